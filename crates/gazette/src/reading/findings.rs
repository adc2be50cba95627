//! Collects what is said about a text.

use crate::model::{Code, Doubt, Repair, Rule, Said, Severity};

/// Repairs and doubts so far.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub repairs: Vec<Repair>,
    pub doubts: Vec<Doubt>,
}

impl Findings {
    /// Notes what a finding's code stands for: a note is a repair, anything graver a doubt.
    pub fn doubt(&mut self, line: u32, code: Code, zh: impl Into<String>, en: impl Into<String>) {
        let said = Said { zh: zh.into(), en: en.into() };
        match code.meaning().level {
            Severity::Note => self.repairs.push(Repair { line, rule: Rule::Finding(code), said }),
            Severity::Warning | Severity::Error => self.doubts.push(Doubt { line, code, said }),
        }
    }

    /// Notes a repair by a rule.
    pub fn repair(&mut self, line: u32, rule: Rule, zh: impl Into<String>, en: impl Into<String>) {
        self.repairs.push(Repair { line, rule, said: Said { zh: zh.into(), en: en.into() } });
    }

    /// Both, in the order of the lines.
    pub fn sorted(mut self) -> (Vec<Repair>, Vec<Doubt>) {
        self.repairs.sort_by_key(|repair| (repair.line, repair.rule));
        self.doubts.sort_by_key(|doubt| (doubt.line, doubt.code));
        (self.repairs, self.doubts)
    }
}
