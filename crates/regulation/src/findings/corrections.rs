//! Corrections (补正): all that is missing is told at once, and the applicant is not forgotten.
//!
//! A correction step lies with the applicant and suspends the step that it came from.

use super::Page;
use super::case::{Case, Checks};
use super::ways::targets;
use crate::finding::{Finding, Severity};
use crate::model::{Act, Party, Step};

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
    for case in checks.cases() {
        let corrections: Vec<&Step> = case.model.steps.iter().filter(|step| is_correction(step)).collect();
        for step in &corrections {
            if step.due.is_empty() && step.remind.is_empty() {
                checks.sink.add(forgotten(step));
            }
        }
        requests(checks, case, &corrections);
    }
}

fn is_correction(step: &Step) -> bool {
    !step.suspends.is_empty() && step.by.iter().any(|by| matches!(by.party, Party::Subject { .. }))
}

fn requests(checks: &Checks<'_>, case: Case<'_>, corrections: &[&Step]) {
    for step in &case.model.steps {
        for act in &step.acts {
            let leads_there =
                corrections.iter().any(|correction| targets(act, Some(step)).contains(&correction.name.as_str()));
            if leads_there && !act.once {
                checks.sink.add(not_once(act, step));
            }
        }
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0228",
        severity: Severity::Warning,
        zh: "补正可以多次告知",
        en: "corrections requested more than once",
        why: "The law asks an office to tell everything that is missing at once. The act that sends a matter to the correction step can be repeated.",
        wrong: "ask-more: { form: list-of-missing, to: correcting }",
        right: "ask-more: { form: list-of-missing, once: yes, to: correcting }",
    },
    Page {
        code: "GB0229",
        severity: Severity::Warning,
        zh: "补正环节没有期限和提醒",
        en: "a correction step without term or reminder",
        why: "The matter lies with the applicant, its clocks stand still, and nothing ever recalls it.",
        wrong: r#"step: correcting of permit
suspends: [review]"#,
        right: r#"step: correcting of permit
suspends: [review]
remind: [30 days, 60 days]"#,
    },
];
