//! Verdicts (核验结论): whether rules hold, row by row, with the reasons and the values looked at.

use crate::act::Reason;
use crate::env::MatterEnv;
use crate::eval;
use regulation::expr::{Record, Value};
use regulation::model::{ClauseId, Holds, Label, Name, Rule, RuleRow};

/// What a rule says about a matter.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleVerdict {
    /// Rule.
    pub rule: Name,
    /// Its title.
    pub title: Label,
    /// How its rows combine.
    pub how: Holds,
    /// Whether it holds; `None` while something it needs is missing.
    pub holds: Option<bool>,
    /// Its rows, in order.
    pub rows: Vec<RowVerdict>,
    /// Said when an `any` rule fails as a whole.
    pub because: Option<Label>,
    /// Clauses of the rule.
    pub clauses: Vec<ClauseId>,
}

/// What one row of a rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct RowVerdict {
    /// Code.
    pub code: Name,
    /// Whether its condition holds; `None` while something is missing. In a `none` rule a row that holds is a hit.
    pub holds: Option<bool>,
    /// It would be a hit, but nobody has confirmed it yet.
    pub candidate: bool,
    /// Reason, with its values.
    pub because: Label,
    /// Clauses of the row, or of the rule where it has none of its own.
    pub clauses: Vec<ClauseId>,
    /// Values looked at: what → value as people read it.
    pub values: Vec<(String, String)>,
}

impl RuleVerdict {
    /// The rows that stand against the rule, or all of an `any` rule that fails: what a refusal reports.
    pub fn against(&self) -> impl Iterator<Item = &RowVerdict> {
        self.rows.iter().filter(|row| match self.how {
            Holds::None => row.holds == Some(true) && !row.candidate,
            Holds::All => row.holds != Some(true) || row.candidate,
            Holds::Any => true,
        })
    }
}

impl RowVerdict {
    /// As a reason.
    #[must_use]
    pub fn reason(&self) -> Reason {
        Reason {
            code: self.code.clone(),
            clauses: self.clauses.clone(),
            zh: self.because.zh.clone(),
            en: self.because.en.clone().unwrap_or_else(|| format!("`{}`: {}", self.code, self.because.zh)),
            values: self.values.clone(),
            hint: None,
        }
    }
}

/// The state of a row: whether its condition holds, and whether it is only a candidate.
fn row_state(env: &MatterEnv<'_, '_>, row: &RuleRow) -> (Option<bool>, bool) {
    let holds = eval::holds(&row.when, env);
    let unconfirmed = || row.confirm.as_ref().is_some_and(|confirm| eval::holds(confirm, env) != Some(true));
    (holds, holds == Some(true) && unconfirmed())
}

fn combine(how: Holds, states: impl Iterator<Item = (Option<bool>, bool)>) -> Option<bool> {
    let (mut hit, mut failed, mut unknown) = (false, false, false);
    for (holds, candidate) in states {
        match holds {
            Some(true) if candidate => unknown |= how != Holds::None,
            Some(true) => hit = true,
            Some(false) => failed = true,
            None => unknown = true,
        }
    }
    let (decided, verdict) = match how {
        Holds::All => (failed, false),
        Holds::Any => (hit, true),
        Holds::None => (hit, false),
    };
    match (decided, unknown) {
        (true, _) => Some(verdict),
        (false, true) => None,
        (false, false) => Some(!verdict),
    }
}

/// A rule as a condition in expressions. A `none` rule holds until a row hits, so that what nobody has asked yet does not bar;
/// `all` and `any` rules are missing while something they need is missing.
pub(crate) fn truth(env: &MatterEnv<'_, '_>, rule: &Rule) -> Value {
    match (combine(rule.holds, rule.rows.iter().map(|row| row_state(env, row))), rule.holds) {
        (Some(holds), _) => Value::Bool(holds),
        (None, Holds::None) => Value::Bool(true),
        (None, _) => Value::Missing,
    }
}

/// What a rule says, explained.
#[must_use]
pub fn verdict(env: &MatterEnv<'_, '_>, rule: &Rule) -> RuleVerdict {
    let rows: Vec<RowVerdict> = rule.rows.iter().map(|row| row_verdict(env, rule, row)).collect();
    RuleVerdict {
        rule: rule.name.clone(),
        title: rule.title.clone(),
        how: rule.holds,
        holds: combine(rule.holds, rows.iter().map(|row| (row.holds, row.candidate))),
        rows,
        because: rule.because.as_ref().map(|because| because.fill(env)),
        clauses: rule.clauses.clone(),
    }
}

/// The rows that stand against a rule, explained: what [`RuleVerdict::against`] gives, without explaining the others.
pub(crate) fn rows_against(env: &MatterEnv<'_, '_>, rule: &Rule) -> Vec<RowVerdict> {
    let stands = |row: &&RuleRow| match (rule.holds, row_state(env, row)) {
        (Holds::None, state) => state == (Some(true), false),
        (Holds::All, state) => state != (Some(true), false),
        (Holds::Any, _) => true,
    };
    rule.rows.iter().filter(stands).map(|row| row_verdict(env, rule, row)).collect()
}

/// What the named rules of a matter's procedure say, in that order; names without a rule are left out.
#[must_use]
pub fn verdicts<'n>(env: &MatterEnv<'_, '_>, rules: impl IntoIterator<Item = &'n str>) -> Vec<RuleVerdict> {
    let Some(procedure) = env.frame.procedure.clone() else {
        return Vec::new();
    };
    let found = rules.into_iter().filter_map(|name| procedure.rules.get(name));
    found.map(|rule| verdict(env, rule)).collect()
}

fn row_verdict(env: &MatterEnv<'_, '_>, rule: &Rule, row: &RuleRow) -> RowVerdict {
    let (holds, candidate) = row_state(env, row);
    RowVerdict {
        code: row.code.clone(),
        holds,
        candidate,
        because: row.because.fill(env),
        clauses: clauses_of(rule, row),
        values: eval::values(&row.when, env),
    }
}

fn clauses_of(rule: &Rule, row: &RuleRow) -> Vec<ClauseId> {
    if row.clauses.is_empty() { rule.clauses.clone() } else { row.clauses.clone() }
}

/// The hits of a rule, for `reasons`: code, clause and text of each row that holds.
pub(crate) fn hits(env: &MatterEnv<'_, '_>, rule: &Rule) -> Value {
    let hit = |row: &&RuleRow| row_state(env, row) == (Some(true), false);
    let record = |row: &RuleRow| {
        Record::from([
            ("code".to_owned(), Value::Code(row.code.clone())),
            ("clause".to_owned(), Value::Text(clauses_of(rule, row).join("、"))),
            ("because".to_owned(), Value::Text(eval::text(&row.because.zh, env))),
        ])
    };
    Value::Records(rule.rows.iter().filter(hit).map(record).collect())
}
