//! Deadlines and clocks: each has a name of its own and a consequence that the clock may carry out.

use super::Page;
use super::case::{Case, Checks};
use super::names::{duplicate, unknown_act, unknown_clock};
use super::ways::goes_back;
use crate::finding::{Finding, Severity};
use crate::model::{Act, Consequence, Deadline, Need, Party, Step};
use crate::span::Span;
use std::collections::BTreeMap;

fn consequence_missing(deadline: &Deadline, act: &str, step: &str) -> Finding {
    Finding::error(
        "GB0213",
        &deadline.span,
        format!("期限的后果 `{act}` 不是环节 `{step}` 可以做的动作"),
        format!("the consequence `{act}` is not an act possible at the step `{step}`"),
    )
    .clause(deadline.clauses.first())
    .hint(
        format!("在 `{step}` 的 `acts` 里写 `{act}`，由 `clock` 做"),
        format!("add `{act}` to the acts of `{step}`, by `clock`"),
    )
}

fn not_by_clock(deadline: &Deadline, act: &Act) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0213",
        &deadline.span,
        format!("期限的后果 `{name}` 不许时钟来做"),
        format!("the consequence `{name}` is not allowed to the clock"),
    )
    .clause(deadline.clauses.first())
    .related(&act.span, "动作在这里", "the act is here")
    .hint(format!("在 `{name}` 的 `by` 里加上 `clock`"), format!("add `clock` to `by` of `{name}`"))
}

fn needs_form(deadline: &Deadline, act: &Act) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0213",
        &deadline.span,
        format!("期限的后果 `{name}` 要填表，时钟填不了"),
        format!("the consequence `{name}` needs a form, which the clock cannot fill in"),
    )
    .clause(deadline.clauses.first())
    .hint("另立一个不带表单、由 `clock` 做的动作", "make another act without a form, by `clock`")
}

fn back_without_suspension(act: &Act, step: &Step) -> Finding {
    let name = &step.name;
    Finding::error(
        "GB0214",
        &act.span,
        format!("`back` 回到本环节中止的环节，但 `{name}` 没有写 `suspends`"),
        format!("`back` goes to the step that this one suspended, but `{name}` has no `suspends`"),
    )
    .clause(step.clauses.first())
    .hint(
        "在环节上写 `suspends: [环节]`，或把 `back` 换成环节的名称",
        "write `suspends: [STEP]` at the step, or name the step instead of `back`",
    )
}

fn restart_without_clock(act: &Act, step: &str) -> Finding {
    Finding::error(
        "GB0215",
        &act.span,
        format!("`{}` 要重定期限，但环节 `{step}` 没有期限", act.name),
        format!("`{}` restarts the clock, but the step `{step}` has no deadline", act.name),
    )
    .clause(act.clauses.first())
    .hint("给环节写 `due`，或删去 `restart`", "write `due` at the step, or delete `restart`")
}

fn reminder_without_deadline(span: &Span, step: &str) -> Finding {
    Finding::error(
        "GB0215",
        span,
        format!("提醒写在期限届满之前，但环节 `{step}` 没有期限"),
        format!("the reminder counts back from a deadline that the step `{step}` does not have"),
    )
    .hint("给环节写 `due`，或去掉 `before`", "write `due` at the step, or drop `before`")
}

fn call_after_enforcement(span: &Span, step: &str) -> Finding {
    Finding::error(
        "GB0215",
        span,
        format!("环节 `{step}` 的期限届满由时钟办理，之后没有可以再告的"),
        format!("the clock acts when the deadline of `{step}` passes, so nobody is called after it"),
    )
    .hint(
        "去掉 `after` 的提醒，或把期限的后果写成 `alarm`",
        "drop the reminders `after` it, or let the deadline raise an `alarm`",
    )
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        clock_names(checks, case);
        for step in &case.model.steps {
            step.due.iter().for_each(|deadline| consequence(checks, case, step, deadline));
            step.acts.iter().for_each(|act| of_act(checks, step, act));
            if step.due.is_empty()
                && step.remind.iter().any(|reminder| reminder.at.needs_deadline())
                && written_due(case, step).is_none()
            {
                checks.sink.add(reminder_without_deadline(&step.span, &step.name));
            }
            let enforced = step.due.first().is_some_and(|due| matches!(due.consequence, Consequence::Act(_)));
            if enforced && step.remind.iter().any(|reminder| reminder.at.follows_alarm()) {
                checks.sink.add(call_after_enforcement(&step.span, &step.name));
            }
        }
    }
}

fn written_due<'a>(case: Case<'a>, step: &Step) -> Option<&'a crate::text::yaml::Node> {
    case.names.steps.iter().find(|block| block.name.text == step.name)?.node.get("due")
}

/// Names of clocks are unique; acts stop only clocks that exist.
fn clock_names(checks: &Checks<'_>, case: Case<'_>) {
    let mut seen: BTreeMap<&str, &Span> = BTreeMap::new();
    for deadline in case.model.steps.iter().flat_map(|step| &step.due) {
        if let Some(first) = seen.insert(&deadline.name, &deadline.span) {
            checks.sink.add(duplicate(&deadline.span, &deadline.name, first));
        }
    }
    for (_, act) in case.model.all_acts() {
        for clock in act.stops.iter().filter(|clock| !seen.contains_key(clock.as_str())) {
            checks.sink.add(unknown_clock(&act.span, clock, seen.keys().copied()));
        }
    }
}

fn consequence(checks: &Checks<'_>, case: Case<'_>, step: &Step, deadline: &Deadline) {
    let acts: Vec<&Act> = case.acts_at(step).collect();
    let known = || acts.iter().map(|act| act.name.as_str());
    if let Some(until) = &deadline.until
        && !case.model.all_acts().any(|(_, act)| act.name == *until)
    {
        checks.sink.add(unknown_act(&deadline.span, until, known()));
    }
    let Consequence::Act(name) = &deadline.consequence else { return };
    let Some(act) = acts.iter().find(|act| act.name == *name) else {
        checks.sink.add(consequence_missing(deadline, name, &step.name));
        return;
    };
    if !act.by.is_empty() && !act.by.iter().any(|by| by.party == Party::Clock) {
        checks.sink.add(not_by_clock(deadline, act));
    } else if act.forms.iter().any(|form| must_be_filled_in(checks, form)) {
        checks.sink.add(needs_form(deadline, act));
    }
}

fn must_be_filled_in(checks: &Checks<'_>, form: &str) -> bool {
    let form = checks.parts.iter().find_map(|parts| parts.forms.get(form));
    form.is_some_and(|form| form.fields.iter().any(|field| field.derived.is_none() && matches!(field.need, Need::Must)))
}

fn of_act(checks: &Checks<'_>, step: &Step, act: &Act) {
    if act.to.as_ref().is_some_and(goes_back) && step.suspends.is_empty() {
        checks.sink.add(back_without_suspension(act, step));
    }
    if act.restart.is_some() && step.due.is_empty() {
        checks.sink.add(restart_without_clock(act, &step.name));
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0213",
        severity: Severity::Error,
        zh: "期限的后果做不了",
        en: "a consequence the clock cannot carry out",
        why: "What follows a missed deadline is an act at that step, allowed to `clock`, and without a form that must be filled in.",
        within: "permit: due + acts",
        wrong: r"due: 5 days after ask.on, else accept
…
grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
accept: { by: township/window, issue: [notice, permit-paper], to: granted }",
        right: r"due: 5 days after ask.on, else accept
…
grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
accept: { by: [township/window, clock], issue: [notice, permit-paper], to: granted }",
    },
    Page {
        code: "GB0214",
        severity: Severity::Error,
        zh: "没有中止就回去",
        en: "back without suspension",
        why: "`back` returns to the step that this one suspended, and its clocks go on. The step suspends none.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
ask-more: { once: yes, to: correcting }
…
```yaml step
step: correcting of permit
by: home/head
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
        code: "GB0215",
        severity: Severity::Error,
        zh: "没有期限可言",
        en: "no deadline to count from",
        why: "`restart` sets a new last day for the deadline of the step, and `N days before` counts back from it; the step has none.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
ask-more: { once: yes, to: correcting }
…
```yaml step
step: correcting of permit
by: home/head
suspends: [desk]
remind: [3 days before]
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
due: 15 days after ask-more.on, else alarm
remind: [3 days before]
acts:
  hand-in: { to: back }
  give-up: { form: reasons, issue: [letter], to: refused }
```",
    },
];
