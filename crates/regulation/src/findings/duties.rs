//! Separation of duties (不相容职务分离): nobody decides what they applied for or gave an opinion on.

use super::Page;
use super::case::{Case, Checks};
use super::ways::targets;
use crate::blocks::party::written;
use crate::finding::{Finding, Severity};
use crate::model::{Act, Party, Procedure, Step};

fn same_hand(decides: &Act, other: &Act, party: &Party, starts: bool) -> Finding {
    let (decide, first, party) = (&decides.name, &other.name, written(party));
    let (zh, en) = if starts {
        (
            format!("`{party}` 既可以 `{first}`（申请），又可以 `{decide}`（决定），没有规定须由不同的人做"),
            format!("`{party}` may both `{first}` (apply) and `{decide}` (decide), and need not be different persons"),
        )
    } else {
        (
            format!("`{party}` 既可以 `{first}`（审查），又可以 `{decide}`（决定），没有规定须由不同的人做"),
            format!(
                "`{party}` may both `{first}` (inspect) and `{decide}` (decide), and need not be different persons"
            ),
        )
    };
    Finding::warning("GB0219", &decides.span, zh, en)
        .clause(decides.clauses.first())
        .related(&other.span, "另一个动作在这里", "the other act is here")
        .hint(
            format!("在程序里写 `apart: [[{first}, {decide}]]`"),
            format!("write `apart: [[{first}, {decide}]]` in the procedure"),
        )
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        of_case(checks, case);
    }
}

fn of_case(checks: &Checks<'_>, case: Case<'_>) {
    let deciding = case.model.all_acts().filter(|(step, act)| decides(case.model, *step, act));
    for (step, decision) in deciding {
        for (other, starts) in earlier(case.model, step) {
            let shared =
                decision.by.iter().map(|by| &by.party).find(|party| {
                    matches!(party, Party::Office { .. }) && other.by.iter().any(|by| by.party == **party)
                });
            if let Some(party) = shared
                && !apart(case.model, &other.name, &decision.name)
            {
                checks.sink.add(same_hand(decision, other, party, starts));
            }
        }
    }
}

/// A decision ends the matter and has effect outside of it: a document, a row, another matter.
fn decides(procedure: &Procedure, step: Option<&Step>, act: &Act) -> bool {
    let is_start = procedure.start.iter().any(|start| start.name == act.name);
    let ends = targets(act, step).iter().any(|target| procedure.end(target).is_some());
    let has_effect = !act.issue.is_empty() || !act.enter.is_empty() || !act.open.is_empty() || !act.county.is_empty();
    ends && has_effect && !is_start
}

/// Acts that apply (`true`), and opinions that several offices give each (`false`) at other steps.
fn earlier<'a>(procedure: &'a Procedure, decided_at: Option<&'a Step>) -> impl Iterator<Item = (&'a Act, bool)> {
    let elsewhere = move |step: &&Step| decided_at.is_none_or(|at| at.name != step.name);
    let opinions = procedure.steps.iter().filter(elsewhere).flat_map(|step| &step.acts).filter(|act| act.each);
    procedure.start.iter().map(|act| (act, true)).chain(opinions.map(|act| (act, false)))
}

fn apart(procedure: &Procedure, first: &str, second: &str) -> bool {
    let holds = |set: &Vec<String>, name: &str| set.iter().any(|act| act == name);
    procedure.apart.iter().any(|set| holds(set, first) && holds(set, second))
}

pub(super) const PAGES: &[Page] = &[Page {
    code: "GB0219",
    severity: Severity::Warning,
    zh: "不相容职务没有分开",
    en: "duties not kept apart",
    why: "One post may both start a matter and decide it, or give one of several opinions and decide. Where the persons must differ, list the acts under `apart`.",
    within: "permit: start + apart",
    wrong: r"ask: { by: [home/head, township/window], form: request, require: [share > 0 m²], issue: [receipt], to: desk }
…
service: yes",
    right: r"ask: { by: [home/head, township/window], form: request, require: [share > 0 m²], issue: [receipt], to: desk }
…
service: yes
apart: [[ask, grant, refuse]]",
}];
