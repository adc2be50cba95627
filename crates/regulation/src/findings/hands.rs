//! Who may act: every act can be taken by somebody, and consequences are allowed to what causes them.

use super::Page;
use super::case::{Case, Checks};
use crate::blocks::party::written;
use crate::finding::{Finding, Severity};
use crate::model::{Act, Consequence, Duty, Each, Need, Open, Party, Step};
use crate::span::Span;

fn nobody(act: &Act, step: Option<&Step>) -> Finding {
    let name = &act.name;
    Finding::error("GB0211", &act.span, format!("没有人能做动作 `{name}`"), format!("nobody can take the act `{name}`"))
        .clause(act.clauses.first().or(step.and_then(|step| step.clauses.first())))
        .hint("在动作或环节上写 `by:`", "write `by:` at the act or its step")
}

fn clock_without_deadline(act: &Act) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0211",
        &act.span,
        format!("动作 `{name}` 只由时钟做，却没有期限以它为后果"),
        format!("the act `{name}` is only done by the clock, but is the consequence of no deadline"),
    )
    .clause(act.clauses.first())
    .hint(
        format!("在环节的 `due` 里写 `…, else {name}`，或给它别的当事方"),
        format!("write `…, else {name}` in `due`, or name another party"),
    )
}

fn clock_without_duty(act: &Act, procedure: &str) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0211",
        &act.span,
        format!("启动动作 `{name}` 只由时钟做，却没有职责（`duty`）由它开始"),
        format!("the starting act `{name}` is only done by the clock, but no duty opens it"),
    )
    .clause(act.clauses.first())
    .hint(
        format!("写一个 `duty: 名称 of {procedure}`，或给它别的当事方"),
        format!("write a `duty: NAME of {procedure}`, or name another party"),
    )
}

fn never_caused(act: &Act, cause: &str) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0211",
        &act.span,
        format!("动作 `{name}` 只能是 `{cause}` 的后果，但 `{cause}` 并不做它"),
        format!("the act `{name}` can only follow from `{cause}`, which does not do it"),
    )
    .clause(act.clauses.first())
    .hint(format!("在 `{cause}` 的 `open` 或 `do` 里写上它"), format!("list it under `open` or `do` of `{cause}`"))
}

fn duty_not_allowed(duty: &Duty) -> Finding {
    let Open { procedure, act, .. } = &duty.opens;
    Finding::error(
        "GB0212",
        &duty.span,
        format!("职责 `{}` 由时钟开始 `{procedure}`，但 `{act}` 的当事方里没有时钟", duty.name),
        format!("the duty `{}` lets the clock begin `{procedure}`, but `{act}` does not list it", duty.name),
    )
    .clause(duty.clauses.first())
    .hint(format!("在 `{act}` 的 `by` 里加上 `clock`"), format!("add `clock` to `by` of `{act}`"))
}

fn duty_leaves_out(duty: &Duty, name: &str) -> Finding {
    let Open { procedure, act, .. } = &duty.opens;
    Finding::error(
        "GB0240",
        &duty.span,
        format!("`{act}`（{procedure}）必须有 `{name}`，职责 `{}` 没有给它", duty.name),
        format!("`{act}` of `{procedure}` needs `{name}`, which the duty `{}` does not give", duty.name),
    )
    .clause(duty.clauses.first())
    .hint(
        format!("写 `opens: {{ act: {act}, with: {{ {name}: 表达式 }} }}`"),
        format!("write `opens: {{ act: {act}, with: {{ {name}: EXPR }} }}`"),
    )
}

fn not_allowed(span: &Span, cause: &str, act: &str) -> Finding {
    Finding::error(
        "GB0212",
        span,
        format!("`{cause}` 要做 `{act}`，但 `{act}` 的当事方里没有它"),
        format!("`{cause}` does `{act}`, which does not list it among its parties"),
    )
    .hint(format!("在 `{act}` 的 `by` 里加上 `{cause}`"), format!("add `{cause}` to `by` of `{act}`"))
}

pub(super) fn run(checks: &Checks<'_>) {
    for duty in checks.duties() {
        opens_what_the_clock_may(checks, duty);
    }
    for case in checks.cases() {
        for (step, act) in case.model.all_acts() {
            can_be_taken(checks, case, step, act);
            causes_allowed_acts(checks, case, act);
        }
    }
}

fn can_be_taken(checks: &Checks<'_>, case: Case<'_>, step: Option<&Step>, act: &Act) {
    // A party that could not be read is a finding already.
    let written_by = case.names.acts.iter().any(|names| names.name.span == act.span && names.node.get("by").is_some());
    if act.by.is_empty() && !written_by {
        let step_has_by = case
            .names
            .steps
            .iter()
            .any(|block| step.is_some_and(|step| step.name == block.name.text) && block.node.get("by").is_some());
        if !step_has_by {
            checks.sink.add(nobody(act, step));
        }
        return;
    }
    let parties = act.by.iter().map(|by| &by.party);
    let only_clock = !act.by.is_empty() && parties.clone().all(|party| *party == Party::Clock);
    if only_clock && is_start(case, act) {
        if !checks.duties().any(|duty| opens(duty, case, act)) && !has_lost_duty(checks, case) {
            checks.sink.add(clock_without_duty(act, &case.model.name));
        }
    } else if only_clock && !is_consequence(case, step, act) {
        checks.sink.add(clock_without_deadline(act));
    }
    if !act.by.is_empty() && parties.clone().all(|party| matches!(party, Party::Act { .. })) {
        let causes: Vec<(&str, &str)> = parties
            .filter_map(|party| match party {
                Party::Act { procedure, act } => Some((procedure.as_str(), act.as_str())),
                _ => None,
            })
            .collect();
        for (procedure, cause) in &causes {
            let known =
                checks.procedure(procedure).filter(|causing| causing.all_acts().any(|(_, act)| act.name == *cause));
            if known.is_some_and(|causing| !does(causing, cause, &case.model.name, &act.name)) {
                checks.sink.add(never_caused(act, &format!("{procedure}.{cause}")));
            }
        }
    }
}

fn is_start(case: Case<'_>, act: &Act) -> bool {
    case.model.start.iter().any(|start| start.name == act.name)
}

fn opens(duty: &Duty, case: Case<'_>, act: &Act) -> bool {
    duty.opens.procedure == case.model.name && duty.opens.act == act.name
}

/// Whether a duty of the procedure could not be read, which is a finding already.
fn has_lost_duty(checks: &Checks<'_>, case: Case<'_>) -> bool {
    let written = checks.outline.duties_of(&case.model.name);
    written.iter().any(|(name, _)| !checks.duties().any(|duty| duty.name == *name))
}

/// Whether a deadline at this step (for acts of any step: at some step) has the act as its consequence.
fn is_consequence(case: Case<'_>, step: Option<&Step>, act: &Act) -> bool {
    let at = |other: &Step| step.is_none_or(|step| step.name == other.name);
    let due = case.model.steps.iter().filter(|step| at(step)).flat_map(|step| &step.due);
    due.into_iter().any(|deadline| matches!(&deadline.consequence, Consequence::Act(name) if *name == act.name))
}

fn does(causing: &crate::model::Procedure, cause: &str, procedure: &str, act: &str) -> bool {
    causing.all_acts().filter(|(_, other)| other.name == cause).any(|(_, other)| {
        let opens = other.open.iter().any(|open| open.procedure == procedure && open.act == act);
        opens || other.does.iter().any(|does| does.act == act)
    })
}

/// What a duty opens must allow the clock, and find every field that must be filled in.
fn opens_what_the_clock_may(checks: &Checks<'_>, duty: &Duty) {
    let opened = checks.procedure(&duty.opens.procedure);
    let Some(act) = opened.and_then(|procedure| procedure.act_at(None, &duty.opens.act)) else { return };
    if !act.by.is_empty() && !act.by.iter().any(|by| by.party == Party::Clock) {
        checks.sink.add(duty_not_allowed(duty));
    }
    let forms = act.forms.iter().filter_map(|name| checks.parts.iter().find_map(|parts| parts.forms.get(name)));
    let given = |name: &str| duty.opens.with.iter().any(|(given, _)| given == name);
    for field in forms.flat_map(|form| &form.fields) {
        let asked = field.derived.is_none() && matches!(field.need, Need::Must);
        if asked && !given(&field.name) {
            checks.sink.add(duty_leaves_out(duty, &field.name));
        }
    }
    let of_row = |name: &str| matches!(&duty.each, Each::Row { about, .. } if about == name);
    for about in opened.iter().flat_map(|procedure| &procedure.about) {
        if !about.optional && !of_row(&about.name) && !given(&about.name) {
            checks.sink.add(duty_leaves_out(duty, &about.name));
        }
    }
}

/// An act done as a consequence must allow its cause, or one of the parties that do the cause.
fn causes_allowed_acts(checks: &Checks<'_>, case: Case<'_>, cause: &Act) {
    let own = Party::Act { procedure: case.model.name.clone(), act: cause.name.clone() };
    let allows = |act: &Act| act.by.iter().any(|by| by.party == own || cause.by.iter().any(|of| of.party == by.party));
    for open in &cause.open {
        let opened = checks.procedure(&open.procedure).and_then(|procedure| procedure.act_at(None, &open.act));
        if opened.is_some_and(|act| !act.by.is_empty() && !allows(act)) {
            checks.sink.add(not_allowed(&cause.span, &written(&own), &open.act));
        }
    }
    for does in &cause.does {
        let Some(procedure) = matter_of(&does.on.ty).and_then(|name| checks.procedure(name)) else { continue };
        let mut acts = procedure.all_acts().filter(|(_, act)| act.name == does.act).map(|(_, act)| act).peekable();
        if acts.peek().is_some() && !acts.any(|act| act.by.is_empty() || allows(act)) {
            checks.sink.add(not_allowed(&cause.span, &written(&own), &does.act));
        }
    }
}

/// The procedure of a matter or of a list of matters.
pub(super) fn matter_of(ty: &crate::expr::Type) -> Option<&str> {
    match ty {
        crate::expr::Type::Matter(name) => Some(name),
        crate::expr::Type::List(element) => matter_of(element),
        _ => None,
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0211",
        severity: Severity::Error,
        zh: "没有人能做的动作",
        en: "an act nobody can take",
        why: "The act has no party, or only the clock where no deadline leads to it, or only another act that does not do it.",
        within: "permit: due + acts",
        wrong: r"due: 5 days after ask.on, else alarm
…
grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
accept: { by: clock, issue: [notice, permit-paper], to: granted }",
        right: r"due: 5 days after ask.on, else accept
…
grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
accept: { by: clock, issue: [notice, permit-paper], to: granted }",
    },
    Page {
        code: "GB0212",
        severity: Severity::Error,
        zh: "不许作为后果",
        en: "a consequence that is not allowed",
        why: "An act opens a matter or does an act on another one, whose `by` lists neither that act nor any of its parties. It would be refused.",
        within: "permit: acts + blocks",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
stop: { by: village/head, issue: [permit-paper], to: granted }
…
```yaml procedure
procedure: appeal
title: 申诉
about: { permit: permit }
start: { appeal: { by: anyone, to: heard } }
ends: { upheld: 成立 }
```

```yaml step
step: heard of appeal
by: township/head
due: 5 days after appeal.on, else alarm
acts: { uphold: { do: { stop: { on: permit } }, to: upheld } }
```",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
stop: { by: [village/head, appeal.uphold], issue: [permit-paper], to: granted }
…
```yaml procedure
procedure: appeal
title: 申诉
about: { permit: permit }
start: { appeal: { by: anyone, to: heard } }
ends: { upheld: 成立 }
```

```yaml step
step: heard of appeal
by: township/head
due: 5 days after appeal.on, else alarm
acts: { uphold: { do: { stop: { on: permit } }, to: upheld } }
```",
    },
    Page {
        code: "GB0240",
        severity: Severity::Error,
        zh: "职责没有给全",
        en: "a duty leaves something out",
        why: "The starting act needs a field or a subject that the duty does not give, and nobody is asked when the clock begins a matter: it would be refused each time.",
        within: "permit: blocks",
        wrong: r#"```yaml form
form: call
title: 召集
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| seats | 人数  | int  | must; check seats > 0 |

```yaml procedure
procedure: meeting
title: 例会
subject: "{seats}人"
start: { begin: { by: clock, form: call, to: open } }
ends: { held: 已开 }
```

```yaml step
step: open of meeting
by: township/head
due: period-to, else alarm
acts: { hold: { to: held } }
```

```yaml duty
duty: village-meeting of meeting
title: 例会
for: each township
every: month
opens: begin
```"#,
        right: r#"```yaml form
form: call
title: 召集
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| seats | 人数  | int  | must; check seats > 0 |

```yaml procedure
procedure: meeting
title: 例会
subject: "{seats}人"
start: { begin: { by: clock, form: call, to: open } }
ends: { held: 已开 }
```

```yaml step
step: open of meeting
by: township/head
due: period-to, else alarm
acts: { hold: { to: held } }
```

```yaml duty
duty: village-meeting of meeting
title: 例会
for: each township
every: month
opens: { act: begin, with: { seats: 5 } }
```"#,
    },
];
