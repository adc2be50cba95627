//! How long personal data is kept (保存期限): every register and procedure that has some says so.

use super::Page;
use super::case::Checks;
use crate::expr::Type;
use crate::finding::{Finding, Severity};
use crate::model::{Act, ClauseId, Field, Form, Party, Procedure, Register, Step};
use crate::span::Span;

/// Lists within lists are looked into so far; a form that holds itself would have no end.
const DEEPEST: u32 = 8;

pub(crate) fn bad_keep(span: &Span) -> Finding {
    Finding::error("GB0035", span, "保存期限读不懂", "it is not understood how long this is kept").hint(
        "写 `permanent`，或者 `10 years from ended`：按日、周、月、年的期限，`from` 后面是一个日期",
        "write `permanent`, or `10 years from ended`: a term of days, weeks, months or years, and a date after `from`",
    )
}

pub(crate) fn rows_are_matters(span: &Span, procedure: &str) -> Finding {
    Finding::error(
        "GB0035",
        span,
        format!("这本登记簿的记录就是 `{procedure}` 的事项，保存期限写在那个程序里"),
        format!("the rows of this register are matters of `{procedure}`, which says how long they are kept"),
    )
    .hint("把 `keep` 移到 procedure 里", "move `keep` to the procedure")
}

pub(crate) fn not_an_owner(span: &Span) -> Finding {
    Finding::error("GB0035", span, "这里要写清删除谁的信息", "it is not understood whose data is erased").hint(
        "写登记簿的一行、一件事项，或者写明信息主体的文字栏",
        "name a row of a register, a matter, or a text field that names an owner",
    )
}

fn alone(act: &Act) -> Finding {
    Finding::error(
        "GB0291",
        &act.span,
        format!("`{}` 删除个人信息，却不要求由另一个人提出", act.name),
        format!("`{}` erases personal data and does not ask for a second person", act.name),
    )
    .clause(act.clauses.first())
    .hint(
        "让岗位上的人来做，开始动作也由人来做，并在 procedure 的 `apart` 里和每个开始动作写在一起，如 `apart: [[propose, confirm]]`",
        "let an office do it and people begin it, and set it apart from every starting act: `apart: [[propose, confirm]]`",
    )
}

fn unsaid(span: &Span, clause: Option<&ClauseId>, (zh, en): (&str, &str), name: &str) -> Finding {
    Finding::warning(
        "GB0290",
        span,
        format!("{zh} `{name}` 有个人信息，却没有写保存多久"),
        format!("the {en} `{name}` holds personal data and does not say how long it is kept"),
    )
    .clause(clause)
    .hint(
        "写 `keep: 10 years from ended`（办结、注销之日起）、`keep: 30 years from 某日` 或 `keep: permanent`",
        "write `keep: 10 years from ended`, `keep: 30 years from DATE` or `keep: permanent`",
    )
}

pub(super) fn run(checks: &Checks<'_>) {
    let registers = checks.parts.iter().flat_map(|parts| parts.registers.values());
    for register in registers.filter(|register| register.keep.is_none() && keeps_persons(checks, register)) {
        let kind = ("登记簿", "register");
        checks.sink.add(unsaid(&register.span, register.clauses.first(), kind, &register.name));
    }
    let procedures = || checks.parts.iter().flat_map(|parts| parts.procedures.values());
    for procedure in procedures() {
        for (step, act) in procedure.all_acts().filter(|(_, act)| !act.erase.is_empty()) {
            if !is_by_two(procedure, step, act) {
                checks.sink.add(alone(act));
            }
        }
    }
    for procedure in procedures().filter(|procedure| procedure.keep.is_none() && asks_persons(checks, procedure)) {
        let kind = ("程序", "procedure");
        checks.sink.add(unsaid(&procedure.span, procedure.clauses.first(), kind, &procedure.name));
    }
}

/// Whether an office does it, and somebody began the matter who may not.
fn is_by_two(procedure: &Procedure, step: Option<&Step>, act: &Act) -> bool {
    let by = if act.by.is_empty() { step.map(|step| step.by.as_slice()).unwrap_or_default() } else { &act.by };
    let is_office = by.iter().all(|by| matches!(by.party, Party::Office { .. } | Party::Post { .. }));
    let apart = |start: &Act| procedure.apart.iter().any(|set| set.contains(&start.name) && set.contains(&act.name));
    // What the clock begins, or what follows from another act, nobody has proposed: whoever confirms it would be alone.
    let proposed = |start: &Act| !start.by.iter().any(|by| matches!(by.party, Party::Clock | Party::Act { .. }));
    is_office
        && !procedure.start.iter().any(|start| start.name == act.name)
        && procedure.start.iter().all(|start| apart(start) && proposed(start))
}

fn keeps_persons(checks: &Checks<'_>, register: &Register) -> bool {
    register.rows_of.is_none() && is_personal(checks, &register.fields, DEEPEST)
}

fn asks_persons(checks: &Checks<'_>, procedure: &Procedure) -> bool {
    // Titles and documents of a matter that belongs to a row tell something about its person, whatever its forms ask.
    let forms = procedure.all_acts().flat_map(|(_, act)| &act.forms);
    procedure.owner.is_some()
        || forms.filter_map(|name| form(checks, name)).any(|form| is_personal(checks, &form.fields, DEEPEST))
}

/// Whether a field is personal data, or a list of forms that have such a field. What is computed is kept nowhere.
fn is_personal(checks: &Checks<'_>, fields: &[Field], depth: u32) -> bool {
    fields.iter().filter(|field| field.derived.is_none()).any(|field| match &field.ty {
        _ if field.personal.is_some() => true,
        Type::Records(part) if depth > 0 => {
            form(checks, part).is_some_and(|part| is_personal(checks, &part.fields, depth - 1))
        }
        _ => false,
    })
}

fn form<'a>(checks: &Checks<'a>, name: &str) -> Option<&'a Form> {
    checks.parts.iter().find_map(|parts| parts.forms.get(name)).map(|form| &**form)
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0035",
        severity: Severity::Error,
        zh: "保存期限读不懂",
        en: "how long something is kept is not understood",
        why: "`keep` says `permanent`, or a term from a day on: `10 years from ended` counts from the day on which a matter ended or a row was closed, `30 years from granted-on` from a date of the row or matter. The term is in days, weeks, months or years. A register whose rows are matters says nothing; its procedure does.",
        within: "permit: blocks",
        wrong: r"```yaml register
register: firms
title: 企业
keeper: county/industry
key: [no]
keep: 10 years
readers: [county]
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| no    | 编号  | text 20 | must |
| branch | 行业 | one of {steel: 钢铁, coke: 焦化} | must |",
        right: r"```yaml register
register: firms
title: 企业
keeper: county/industry
key: [no]
keep: 10 years from until
readers: [county]
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| no    | 编号  | text 20 | must |
| branch | 行业 | one of {steel: 钢铁, coke: 焦化} | must |
| until | 注销 | date | may |",
    },
    Page {
        code: "GB0291",
        severity: Severity::Error,
        zh: "一个人就能删除个人信息",
        en: "one person alone erases personal data",
        why: "What `erase` destroys nobody brings back. So one person proposes it and another confirms it: the act with `erase` is done by an office, never by the clock or as a consequence, `apart` keeps it from whoever began the matter, and no matter of its procedure begins by the clock or as a consequence.",
        within: "permit: blocks",
        wrong: r#"```yaml form
form: proposal
title: 删除建议
```
| field | label    | type    | need |
| ----- | -------- | ------- | ---- |
| whose | 信息主体 | text 80 | must |

```yaml procedure
procedure: erasure
title: 删除
subject: "{whose}"
start:
  propose: { by: county/registry, form: proposal, to: checking }
ends: { erased: 已删除 }
```

```yaml step
step: checking of erasure
by: county/cyber
due: 5 days after propose.on, else alarm
acts:
  confirm: { erase: whose, to: erased }
```"#,
        right: r#"```yaml form
form: proposal
title: 删除建议
```
| field | label    | type    | need |
| ----- | -------- | ------- | ---- |
| whose | 信息主体 | text 80 | must |

```yaml procedure
procedure: erasure
title: 删除
subject: "{whose}"
start:
  propose: { by: county/registry, form: proposal, to: checking }
apart: [[propose, confirm]]
ends: { erased: 已删除 }
```

```yaml step
step: checking of erasure
by: county/cyber
due: 5 days after propose.on, else alarm
acts:
  confirm: { erase: whose, to: erased }
```"#,
    },
    Page {
        code: "GB0290",
        severity: Severity::Warning,
        zh: "个人信息没有写保存期限",
        en: "personal data without a term of keeping",
        why: "Personal data is kept no longer than its purpose asks for (Personal Information Protection Law, art. 19), and no shorter than archives are to be kept. A register or procedure with personal fields says which term holds, and its clause: `permanent`, or so many years from a day on. What has reached its end is listed for the office that keeps it; nothing is destroyed by itself.",
        within: "permit: blocks",
        wrong: r"```yaml register
register: owners
title: 业主
keeper: county/registry
key: [no]
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| no    | 编号  | text 20 | must |
| name  | 姓名  | name | must |",
        right: r"```yaml register
register: owners
title: 业主
keeper: county/registry
key: [no]
keep: permanent
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| no    | 编号  | text 20 | must |
| name  | 姓名  | name | must |",
    },
];
