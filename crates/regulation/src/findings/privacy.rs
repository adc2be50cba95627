//! Personal data (个人信息) on its way: none reaches the public without a clause that releases it, and none loses its mark.

use super::Page;
use super::case::{Case, Checks, key_span};
use crate::expr::{Expr, Scope, Template};
use crate::finding::{Finding, Severity};
use crate::model::fund::{Post, PostEntry};
use crate::model::{Document, Personal, Procedure, Publish, Reader, Register};
use crate::scope::{Outline, View};
use crate::span::Span;

fn kind(personal: Personal) -> (&'static str, &'static str) {
    match personal {
        Personal::Identity => ("身份", "identity"),
        Personal::Contact => ("联系方式", "contact"),
        Personal::Bank => ("银行账户", "bank"),
        Personal::Health => ("健康", "health"),
        Personal::Family => ("家庭", "family"),
    }
}

fn reaches_public(span: &Span, name: &str, personal: Personal, document: &Document) -> Finding {
    let (zh, en) = kind(personal);
    let title = &document.name;
    Finding::error(
        "GB0220",
        span,
        format!("个人信息（{zh}）`{name}` 会出现在公开的文书 `{title}` 上"),
        format!("personal data ({en}) `{name}` reaches the public document `{title}`"),
    )
    .clause(document.clauses.first())
    .hint(
        format!("不要印它；确有条款准许公开的，写 `release: {{ {name}: 条款编号 }}`"),
        format!("do not print it; where a clause allows it, write `release: {{ {name}: CLAUSE }}`"),
    )
}

fn is_published(span: &Span, name: &str, personal: Personal, procedure: &Procedure) -> Finding {
    let (zh, en) = kind(personal);
    let title = &procedure.name;
    Finding::error(
        "GB0220",
        span,
        format!("个人信息（{zh}）`{name}` 会随程序 `{title}` 的事项公布"),
        format!("personal data ({en}) `{name}` is published with the matters of `{title}`"),
    )
    .clause(procedure.clauses.first())
    .hint(
        format!("不要公布它；确有条款准许公开的，在 `publish` 里写 `release: {{ {name}: 条款编号 }}`"),
        format!("do not publish it; where a clause allows it, write `release: {{ {name}: CLAUSE }}` under `publish`"),
    )
}

fn register_public(span: &Span, column: &str, personal: Personal, register: &Register) -> Finding {
    let (zh, en) = kind(personal);
    let name = &register.name;
    Finding::error(
        "GB0220",
        span,
        format!("公开的登记簿 `{name}` 有个人信息（{zh}）栏 `{column}`"),
        format!("the public register `{name}` has a column `{column}` of personal data ({en})"),
    )
    .clause(register.clauses.first())
    .hint(
        "删去这一栏，或不对公众开放（`readers`）",
        "drop the column, or do not open the register to the public (`readers`)",
    )
}

fn loses_mark(span: &Span, target: &str, personal: Personal) -> Finding {
    let (zh, en) = kind(personal);
    Finding::warning(
        "GB0221",
        span,
        format!("个人信息（{zh}）写进了没有标明个人信息的 `{target}`"),
        format!("personal data ({en}) goes into `{target}`, which is not marked as personal"),
    )
    .hint(
        format!("在 `{target}` 的类型后加 `, personal {en}`，或不写进去"),
        format!("add `, personal {en}` to the type of `{target}`, or do not put it there"),
    )
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        let view = checks.view(case);
        for document in case.model.documents.values().filter(|document| is_public(document)) {
            of_document(checks, case, &view, document);
        }
        if let Some(publish) = &case.model.publish {
            of_publish(checks, case, &view, publish);
        }
        of_rows(checks, case);
    }
    for register in checks.parts.iter().flat_map(|parts| parts.registers.values()) {
        if register.readers.contains(&Reader::Public) {
            of_register(checks, register);
        }
    }
}

fn is_public(document: &Document) -> bool {
    document.display.is_some() || document.readers.contains(&Reader::Public)
}

fn of_document(checks: &Checks<'_>, case: Case<'_>, view: &View<'_>, document: &Document) {
    let released = |name: &str| document.release.iter().any(|(field, _)| field == name);
    let mut shown: Vec<(&Expr, Option<&str>)> =
        document.data.iter().map(|(name, expr)| (expr, Some(name.as_str()))).collect();
    shown.extend(document.paragraphs.iter().flat_map(|paragraph| paragraph.holes()).map(|expr| (expr, None)));
    shown.extend(document.attach.iter().map(|expr| (expr, None)));
    shown.extend(document.reasons.iter().map(|expr| (expr, None)));
    shown.extend(document.number.iter().flat_map(|series| series.pattern.holes()).map(|expr| (expr, None)));
    let rules = document.reasons.iter().flat_map(|reasons| &reasons.reads().hits);
    let rules = rules.filter_map(|rule| case.model.rules.get(rule)).flat_map(|rule| &rule.rows);
    shown.extend(rules.flat_map(|row| row.because.holes()).map(|expr| (expr, None)));
    for (expr, printed_as) in shown {
        if expr.personal().is_empty() || printed_as.is_some_and(released) {
            continue;
        }
        for (name, personal) in personal_reads(view, expr) {
            if !released(&name) {
                checks.sink.add(reaches_public(expr.span(), printed_as.unwrap_or(&name), personal, document));
            }
        }
    }
}

/// What becomes public: its texts, files and dates.
fn of_publish(checks: &Checks<'_>, case: Case<'_>, view: &View<'_>, publish: &Publish) {
    let released = |name: &str| publish.release.iter().any(|(field, _)| field == name);
    let shown = publish.texts().flat_map(Template::holes).chain(publish.exprs());
    for expr in shown.filter(|expr| !expr.personal().is_empty()) {
        for (name, personal) in personal_reads(view, expr).into_iter().filter(|(name, _)| !released(name)) {
            checks.sink.add(is_published(expr.span(), &name, personal, case.model));
        }
    }
}

/// The personal fields, facts and files that an expression looks at.
pub(super) fn personal_reads(view: &View<'_>, expr: &Expr) -> Vec<(String, Personal)> {
    let reads = expr.reads();
    let names = reads.names.iter().filter_map(|(name, _)| Some((name.clone(), view.lookup(name)?.personal?)));
    let members = reads.members.iter().filter_map(|(of, name)| Some((name.clone(), view.member(of, name)?.personal?)));
    names.chain(members).collect()
}

fn of_register(checks: &Checks<'_>, register: &Register) {
    for field in &register.fields {
        if let Some(personal) = field.personal {
            checks.sink.add(register_public(&field.span, &field.name, personal, register));
        }
    }
}

/// What acts write into rows and forms.
fn of_rows(checks: &Checks<'_>, case: Case<'_>) {
    for (_, act) in case.model.all_acts() {
        for post in &act.post {
            if let Post::Entry(post) = post {
                let marked = |slot: &str| dimension_mark(checks, post, slot);
                post.with.iter().for_each(|(slot, value)| keeps_mark(checks, slot, value, marked(slot)));
            }
        }
        for enter in &act.enter {
            let marked = |column: &str| column_mark(checks.outline, &enter.register, column);
            enter.with.iter().for_each(|(column, value)| keeps_mark(checks, column, value, marked(column)));
        }
        for open in &act.open {
            let forms = checks.procedure(&open.procedure).and_then(|procedure| procedure.act_at(None, &open.act));
            let forms = forms.map(|act| act.forms.as_slice()).unwrap_or_default();
            open.with
                .iter()
                .for_each(|(field, value)| keeps_mark(checks, field, value, form_mark(checks.outline, forms, field)));
        }
    }
}

fn keeps_mark(checks: &Checks<'_>, target: &str, value: &Expr, marked: Option<bool>) {
    if let (Some(personal), Some(false)) = (value.personal().iter().next(), marked) {
        checks.sink.add(loses_mark(value.span(), target, *personal));
    }
}

/// Whether the dimension that a value of a posting goes into is marked as personal.
fn dimension_mark(checks: &Checks<'_>, post: &PostEntry, slot: &str) -> Option<bool> {
    let fund = checks.fund(&post.fund)?;
    let slots = fund.slots(fund.entry(&post.entry)?);
    slots.into_iter().find(|(name, _)| *name == slot).map(|(_, dimension)| dimension.personal.is_some())
}

/// Whether a column is marked as personal.
fn column_mark(outline: &Outline<'_>, register: &str, column: &str) -> Option<bool> {
    let fields = &outline.registers.get(register)?.fields;
    fields.iter().find(|field| field.name.text == column).map(|field| field.personal.is_some())
}

fn form_mark(outline: &Outline<'_>, forms: &[String], field: &str) -> Option<bool> {
    let fields = forms.iter().filter_map(|form| outline.forms.get(form)).flat_map(|form| &form.fields);
    fields.into_iter().find(|known| known.name.text == field).map(|field| field.personal.is_some())
}

/// Where a document's key stands, for findings about it.
pub(super) fn document_key<'a>(case: Case<'a>, document: &str, path: &[&str]) -> Option<&'a Span> {
    case.names.documents.get(document).map(|block| key_span(block, path))
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0220",
        severity: Severity::Error,
        zh: "个人信息会被公开",
        en: "personal data reaches the public",
        why: "A field marked as personal, or anything computed so that its value can be seen, is printed on a public notice, on a document that everybody may read, in a publication, or in a public register. Where a clause allows it, `release` names the field and the clause; registers have no such exception.",
        within: "permit: notice",
        wrong: "data: { area: area, name: applicant-name }",
        right: r"data: { area: area, name: applicant-name }
release: { name: x-2 }",
    },
    Page {
        code: "GB0221",
        severity: Severity::Warning,
        zh: "个人信息丢了标记",
        en: "personal data loses its mark",
        why: "A personal value is written into a column or field that is not marked as personal. From there it would be shown, searched and published like any other.",
        within: "permit: field + acts + blocks",
        wrong: r"| tel | 电话 | phone | must |
…
grant: { issue: [notice, permit-paper], require: area <= limit, enter: { calls: { with: { code: home.code, number: tel } } }, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
…
```yaml register
register: calls
title: 电话
key: [code]
readers: [township]
keep: permanent
```
| field  | label | type | need |
| ------ | ----- | ---- | ---- |
| code   | 户号  | text 20 | must |
| number | 电话  | text 20 | must |",
        right: r"| tel | 电话 | phone | must |
…
grant: { issue: [notice, permit-paper], require: area <= limit, enter: { calls: { with: { code: home.code, number: tel } } }, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
…
```yaml register
register: calls
title: 电话
key: [code]
readers: [township]
keep: permanent
```
| field  | label | type | need |
| ------ | ----- | ---- | ---- |
| code   | 户号  | text 20 | must |
| number | 电话  | phone | must |",
    },
];
