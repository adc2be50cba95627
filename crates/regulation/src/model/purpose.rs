//! Purposes (用途) for which covered personal data is opened.

use super::{Label, Name, Personal};
use std::collections::BTreeSet;

/// A purpose for which somebody looks at personal data in full, and what it needs of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Name; a wire value.
    pub name: Name,
    /// As people choose it.
    pub label: Label,
    /// The kinds that it opens.
    pub opens: BTreeSet<Personal>,
}

impl Purpose {
    /// The purposes where a procedure or a register names none of its own: each opens what its words say and nothing else.
    #[must_use]
    pub fn usual() -> Vec<Purpose> {
        let purpose = |name: &str, zh: &str, en: &str, opens: &[Personal]| Purpose {
            name: name.to_owned(),
            label: Label { zh: zh.to_owned(), en: Some(en.to_owned()) },
            opens: opens.iter().copied().collect(),
        };
        vec![
            purpose("verify", "核对身份", "Verify who they are", &[Personal::Identity]),
            purpose("contact", "联系当事人", "Get in touch", &[Personal::Contact]),
            purpose("pay", "核对账户", "Check the account", &[Personal::Bank]),
            purpose("care", "核实健康、家庭情况", "Check health or family", &[Personal::Health, Personal::Family]),
        ]
    }
}
