//! The way of a matter: every step can be reached and left, every end is reached.

use super::Page;
use super::case::{Case, Checks};
use crate::finding::{Finding, Severity};
use crate::model::{Act, Step, To};
use crate::span::Span;
use std::collections::BTreeSet;

fn unreachable(step: &Step) -> Finding {
    let name = &step.name;
    Finding::error(
        "GB0207",
        &step.span,
        format!("没有动作到达环节 `{name}`"),
        format!("no act leads to the step `{name}`"),
    )
    .clause(step.clauses.first())
    .hint(format!("让某个动作 `to: {name}`，或删去这个环节"), format!("let an act go `to: {name}`, or delete the step"))
}

fn endless(step: &Step) -> Finding {
    let name = &step.name;
    Finding::error(
        "GB0208",
        &step.span,
        format!("到了环节 `{name}` 就办不结：没有一条路通向任何结果"),
        format!("a matter at the step `{name}` can never end"),
    )
    .clause(step.clauses.first())
    .hint(
        "加一个通向结果的动作，如不予批准、撤回或逾期终止",
        "add an act that leads to an end: refusal, withdrawal or lapse",
    )
}

fn end_not_reached(span: &Span, end: &str) -> Finding {
    Finding::error("GB0209", span, format!("没有动作到达结果 `{end}`"), format!("no act leads to the end `{end}`"))
        .hint(
            format!("让某个动作 `to: {end}`，或删去这个结果"),
            format!("let an act go `to: {end}`, or delete the end"),
        )
}

fn start_leads_nowhere(act: &Act) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0210",
        &act.span,
        format!("启动动作 `{name}` 没有写去处，事项会停在原地"),
        format!("the starting act `{name}` leads nowhere"),
    )
    .hint("加上 `to: 环节或结果`", "add `to: STEP-OR-END`")
}

fn no_start(span: &Span) -> Finding {
    Finding::error("GB0210", span, "程序没有启动动作", "the procedure has no starting act")
        .hint("在 `start:` 下写一个动作", "write an act under `start:`")
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        if case.model.start.is_empty() && case.names.acts.iter().all(|act| act.at != crate::scope::At::Start) {
            checks.sink.add(no_start(&case.model.span));
        } else if case.ways_are_known() {
            of_case(checks, case);
        }
    }
}

fn of_case(checks: &Checks<'_>, case: Case<'_>) {
    let leading_nowhere: Vec<&Act> = case.model.start.iter().filter(|act| !leads_somewhere(act)).collect();
    if !leading_nowhere.is_empty() {
        leading_nowhere.into_iter().for_each(|act| checks.sink.add(start_leads_nowhere(act)));
        return;
    }
    let reached = reached(case);
    let ending = ending(case);
    for step in &case.model.steps {
        if !reached.contains(step.name.as_str()) {
            checks.sink.add(unreachable(step));
        } else if !ending.contains(step.name.as_str()) {
            checks.sink.add(endless(step));
        }
    }
    for (end, _) in &case.names.ends {
        if !reached.contains(end.text.as_str()) {
            checks.sink.add(end_not_reached(&end.span, &end.text));
        }
    }
}

fn leads_somewhere(act: &Act) -> bool {
    act.to.as_ref().is_some_and(|to| !to.targets().is_empty())
}

/// Where an act may lead from a step.
pub(super) fn targets<'a>(act: &'a Act, step: Option<&'a Step>) -> Vec<&'a str> {
    let Some(to) = &act.to else { return Vec::new() };
    let mut all = to.targets();
    if let (true, Some(step)) = (goes_back(to), step) {
        all.extend(step.suspends.iter().map(String::as_str));
    }
    all
}

/// Whether it may go back to the step that this one suspended.
pub(super) fn goes_back(to: &To) -> bool {
    match to {
        To::Back => true,
        To::If { then, otherwise, .. } => goes_back(then) || goes_back(otherwise),
        To::Place(_) | To::Stay => false,
    }
}

/// Steps and ends that a matter may come to.
pub(super) fn reached<'a>(case: Case<'a>) -> BTreeSet<&'a str> {
    let mut reached: BTreeSet<&str> = BTreeSet::new();
    let mut open: Vec<&str> = case.model.start.iter().flat_map(|act| targets(act, None)).collect();
    while let Some(name) = open.pop() {
        if !reached.insert(name) {
            continue;
        }
        if let Some(step) = case.model.step(name) {
            open.extend(case.acts_at(step).flat_map(|act| targets(act, Some(step))));
        }
    }
    reached
}

/// Steps from which an end can be reached.
fn ending<'a>(case: Case<'a>) -> BTreeSet<&'a str> {
    let mut ending: BTreeSet<&str> = case.model.ends.iter().map(|(end, _)| end.as_str()).collect();
    loop {
        let before = ending.len();
        for step in &case.model.steps {
            let mut onward = case.acts_at(step).flat_map(|act| targets(act, Some(step)));
            if onward.any(|target| ending.contains(target)) {
                ending.insert(&step.name);
            }
        }
        if ending.len() == before {
            return ending;
        }
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0207",
        severity: Severity::Error,
        zh: "到不了的环节",
        en: "an unreachable step",
        why: "No act leads to the step, so its deadlines and acts never happen.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
…
```yaml step
step: review of permit
by: township/head
due: 5 days after ask.on, else alarm
acts:
  agree: { issue: [permit-paper], to: granted }
```",
        right: r"grant: { issue: [notice], require: area <= limit, to: review }
refuse: { form: reasons, issue: [letter], to: refused }
…
```yaml step
step: review of permit
by: township/head
due: 5 days after ask.on, else alarm
acts:
  agree: { issue: [permit-paper], to: granted }
```",
    },
    Page {
        code: "GB0208",
        severity: Severity::Error,
        zh: "办不结",
        en: "a step that cannot end",
        why: "From this step no way leads to an end: a matter there stays open for ever.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
wait: { to: hold }
…
```yaml step
step: hold of permit
by: township/window
due: 5 days after ask.on, else alarm
acts:
  ask-again: { to: stay }
```",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
wait: { to: hold }
…
```yaml step
step: hold of permit
by: township/window
due: 5 days after ask.on, else alarm
acts:
  ask-again: { to: stay }
  give-up: { form: reasons, issue: [letter], to: refused }
```",
    },
    Page {
        code: "GB0209",
        severity: Severity::Error,
        zh: "到不了的结果",
        en: "an end never reached",
        why: "No act leads to this end.",
        within: "permit: ends",
        wrong: "ends: { granted: 准予, refused: 不予, closed: 关闭 }",
        right: "ends: { granted: 准予, refused: 不予 }",
    },
    Page {
        code: "GB0210",
        severity: Severity::Error,
        zh: "程序没有开头",
        en: "a procedure without a beginning",
        why: "A procedure needs a starting act, and each starting act says where the matter goes.",
        within: "permit: start",
        wrong: "ask: { by: home/head, form: request, require: [share > 0 m²], issue: [receipt] }",
        right: "ask: { by: home/head, form: request, require: [share > 0 m²], issue: [receipt], to: desk }",
    },
];
