//! What a condition looks at in the end (依据): through facts, derived fields, tables and rules down to what people file, do and issue.

use crate::env::MatterEnv;
use regulation::expr::{Expr, NameKind, Reads, Type};
use regulation::model::{Name, Procedure, RuleRow};
use std::collections::BTreeMap;

/// The names that conditions of a procedure lead to, of a matter or of an application that is only imagined.
pub struct Reach<'a, 's, 'w> {
    env: &'a MatterEnv<'s, 'w>,
    procedure: &'a Procedure,
    /// What is looked at in the end, and on the way there: name → what it names.
    pub names: BTreeMap<Name, NameKind>,
    /// Forms of which fields are looked at.
    pub forms: Vec<Name>,
}

impl<'a, 's, 'w> Reach<'a, 's, 'w> {
    /// Nothing yet.
    #[must_use]
    pub fn new(env: &'a MatterEnv<'s, 'w>, procedure: &'a Procedure) -> Self {
        Reach { env, procedure, names: BTreeMap::new(), forms: Vec::new() }
    }

    pub(crate) fn expr(&mut self, expr: &Expr) {
        self.reads(expr.reads());
    }

    /// Adds what a row looks at, also for its confirmation.
    pub fn row(&mut self, row: &RuleRow) {
        self.expr(&row.when);
        if let Some(confirm) = &row.confirm {
            self.expr(confirm);
        }
    }

    /// Adds what every row of a rule looks at.
    pub fn rule(&mut self, name: &str) {
        if let Some(rule) = self.procedure.rules.get(name) {
            for row in &rule.rows {
                self.row(row);
            }
        }
    }

    fn reads(&mut self, reads: &Reads) {
        for (ty, _) in &reads.members {
            if let Type::Form(form) = ty {
                self.forms.push(form.clone());
            }
        }
        for (name, kind) in &reads.names {
            if self.names.insert(name.clone(), *kind).is_none() {
                self.follow(name, *kind);
            }
        }
    }

    fn follow(&mut self, name: &str, kind: NameKind) {
        let procedure = self.procedure;
        match kind {
            NameKind::Fact => {
                if let Some(fact) = procedure.facts.iter().find(|fact| fact.name == name) {
                    self.expr(&fact.value);
                }
            }
            NameKind::Field => {
                let derived = self.env.frame.start_field(name).and_then(|field| field.derived.clone());
                if let Some(derived) = derived {
                    self.expr(&derived);
                }
            }
            NameKind::TableOutput => {
                let table = procedure
                    .tables
                    .values()
                    .find(|table| table.name == name || table.outputs.iter().any(|(output, _)| output == name));
                for expr in table.into_iter().flat_map(|table| &table.inputs) {
                    self.expr(expr);
                }
            }
            NameKind::Rule => self.rule(name),
            _ => {}
        }
    }
}
