//! Corrections (补正): all that is missing is told at once, and the applicant is not forgotten.
//!
//! A correction step is a detour by way of the applicant from a step of an office.

use super::Page;
use super::case::{Case, Checks};
use super::ways::targets;
use crate::finding::{Finding, Severity};
use crate::model::{Act, By, Party, Step};

fn not_once(act: &Act, step: &Step) -> Finding {
    let name = &act.name;
    Finding::warning(
        "GB0228",
        &act.span,
        format!("补正通知 `{name}` 可以发多次；补正内容应当一次性告知"),
        format!("the request for corrections `{name}` may be repeated; everything missing must be told at once"),
    )
    .clause(act.clauses.first().or(step.clauses.first()))
    .hint("加上 `once: yes`", "add `once: yes`")
}

fn forgotten(step: &Step) -> Finding {
    let name = &step.name;
    Finding::warning(
        "GB0229",
        &step.span,
        format!("补正环节 `{name}` 既没有期限也没有提醒，事项会一直挂着"),
        format!(
            "the correction step `{name}` has neither a deadline nor a reminder, so matters may rest there for ever"
        ),
    )
    .clause(step.clauses.first())
    .hint("写 `due` 或 `remind`", "write `due` or `remind`")
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases().filter(|case| case.ways_are_known()) {
        for from in &case.model.steps {
            for act in &from.acts {
                of_act(checks, case, from, act);
            }
        }
    }
}

fn of_act(checks: &Checks<'_>, case: Case<'_>, from: &Step, act: &Act) {
    let led_to = targets(act, Some(from)).into_iter().filter_map(|target| case.model.step(target));
    for step in led_to.filter(|step| step.name != from.name && is_correction(case, from, step)) {
        if !act.once {
            checks.sink.add(not_once(act, from));
        }
        if step.due.is_empty() && step.remind.is_empty() {
            checks.sink.add(forgotten(step));
        }
    }
}

/// Whether a step is a detour by way of the applicant: it suspends the step that it came from, or leads on to where that
/// step leads as well, with papers other than those of the application.
fn is_correction(case: Case<'_>, from: &Step, step: &Step) -> bool {
    let is_applicant = |by: &By| match &by.party {
        Party::Subject { .. } => true,
        // A post that what the matter is about names, such as the head of the unit that applies.
        Party::Post { of, .. } => case.model.about.iter().any(|about| about.name == *of),
        _ => false,
    };
    if step.by.is_empty() || !step.by.iter().all(&is_applicant) || from.by.iter().any(&is_applicant) {
        return false;
    }
    if step.suspends.contains(&from.name) {
        return true;
    }
    let onward: Vec<&str> = from.acts.iter().flat_map(|act| targets(act, Some(from))).collect();
    let applied: Vec<&String> = case.model.start.iter().flat_map(|act| &act.forms).collect();
    step.acts.iter().any(|act| {
        let brings_other_papers = act.forms.iter().any(|form| !applied.contains(&form));
        let is_station = |name: &&&str| case.model.step(name).is_some() && **name != from.name && **name != step.name;
        brings_other_papers && targets(act, Some(step)).iter().filter(is_station).any(|target| onward.contains(target))
    })
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0228",
        severity: Severity::Warning,
        zh: "补正可以多次告知",
        en: "corrections requested more than once",
        why: "The law asks an office to tell everything that is missing at once. The act that sends a matter to the correction step can be repeated.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
ask-more: { to: correcting }
…
```yaml step
step: correcting of permit
by: home/head
suspends: [desk]
remind: [30 days]
acts:
  hand-in: { to: back }
  give-up: { form: reasons, issue: [letter], to: refused }
```",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
ask-more: { once: yes, to: correcting }
…
```yaml step
step: correcting of permit
by: home/head
suspends: [desk]
remind: [30 days]
acts:
  hand-in: { to: back }
  give-up: { form: reasons, issue: [letter], to: refused }
```",
    },
    Page {
        code: "GB0229",
        severity: Severity::Warning,
        zh: "补正环节没有期限和提醒",
        en: "a correction step without term or reminder",
        why: "The matter lies with the applicant, its clocks stand still, and nothing ever recalls it.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
ask-more: { once: yes, to: correcting }
…
```yaml step
step: correcting of permit
by: home/head
suspends: [desk]
acts:
  hand-in: { to: back }
  give-up: { form: reasons, issue: [letter], to: refused }
```",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
ask-more: { once: yes, to: correcting }
…
```yaml step
step: correcting of permit
by: home/head
suspends: [desk]
remind: [30 days]
acts:
  hand-in: { to: back }
  give-up: { form: reasons, issue: [letter], to: refused }
```",
    },
];
