//! Counts of refusals: which acts are refused and why, without a word about anybody.
//!
//! Kept with the next transaction that writes; a refusal alone is not worth a flush.

use crate::db::{Connection, params};
use crate::fault::Fault;
use engine::{Refusal, RefusalKind};
use jiff::civil::Date;
use std::collections::BTreeMap;

#[derive(Default)]
pub(crate) struct Refusals(BTreeMap<(Date, &'static str, String, String), u64>);

impl Refusals {
    pub(crate) fn count(&mut self, on: Date, name: &str, refusal: &Refusal) {
        let kind = kind(refusal.kind);
        let codes = refusal.reasons.iter().map(|reason| reason.code.as_str());
        let fields = refusal.fields.iter().map(|_| "field");
        for code in codes.chain(fields) {
            *self.0.entry((on, kind, name.to_owned(), code.to_owned())).or_default() += 1;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn keep(&mut self, conn: &Connection, county: &str) -> Result<(), Fault> {
        if self.0.is_empty() {
            return Ok(());
        }
        let mut upsert = conn.prepare_cached(
            "INSERT INTO refusal (county, on_day, kind, name, code, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (county, on_day, kind, name, code) DO UPDATE SET n = refusal.n + excluded.n",
        )?;
        for ((on, kind, name, code), n) in &self.0 {
            upsert.put(params![county, on.to_string(), kind, name, code, n])?;
        }
        self.0.clear();
        Ok(())
    }
}

fn kind(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Unknown => "unknown",
        RefusalKind::Rights => "rights",
        RefusalKind::State => "state",
        RefusalKind::Stale => "stale",
        RefusalKind::Form => "form",
        RefusalKind::Condition => "condition",
        RefusalKind::Time => "time",
    }
}
