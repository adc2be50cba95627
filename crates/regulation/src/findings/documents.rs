//! Documents: what they name exists, somebody issues them, and refusals say why and what can be done.

use super::Page;
use super::case::{Case, Checks};
use super::privacy::{document_key, personal_reads};
use super::ways::targets;
use crate::finding::{Finding, Severity};
use crate::model::{Act, Document, Party};
use crate::scope::View;
use crate::span::Span;

fn names_nothing(span: &Span, key: &str, name: &str, document: &Document) -> Finding {
    let title = &document.name;
    Finding::error(
        "GB0222",
        span,
        format!("文书 `{title}` 的 `{key}` 里有 `{name}`，但文书上没有这一项"),
        format!("`{key}` of the document `{title}` names `{name}`, which the document does not show"),
    )
    .clause(document.clauses.first())
    .hint("改成 `data` 里的名称，或删去", "use a name of `data`, or delete it")
}

fn never_issued(document: &Document) -> Finding {
    let name = &document.name;
    Finding::warning(
        "GB0223",
        &document.span,
        format!("没有动作制发文书 `{name}`"),
        format!("no act issues the document `{name}`"),
    )
    .clause(document.clauses.first())
    .hint(
        format!("在动作里写 `issue: [{name}]`，或删去文书"),
        format!("write `issue: [{name}]` at an act, or delete the document"),
    )
}

fn no_remedies(document: &Document) -> Finding {
    let name = &document.name;
    Finding::error(
        "GB0224",
        &document.span,
        format!("文书 `{name}` 说明不予批准的理由，却没有告知救济途径"),
        format!("the document `{name}` gives reasons for a refusal but no remedies"),
    )
    .clause(document.clauses.first())
    .hint(
        "加上 `remedies: [行政复议 60 日, 行政诉讼 6 个月]`",
        "add `remedies: [ … ]` with the ways of appeal and their terms",
    )
}

fn refused_silently(act: &Act, end: &str) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0225",
        &act.span,
        format!("动作 `{name}` 以不利结果 `{end}` 办结，却不制发说明理由的文书"),
        format!("the act `{name}` ends the matter as `{end}`, a refusal, without a document that gives the reasons"),
    )
    .clause(act.clauses.first())
    .hint(
        "加上 `issue: [文书]`，文书写 `reasons` 和 `remedies`",
        "add `issue: [DOCUMENT]` with `reasons` and `remedies`",
    )
}

fn ended_silently(act: &Act, end: &str) -> Finding {
    let name = &act.name;
    Finding::warning(
        "GB0230",
        &act.span,
        format!("机关以 `{name}` 办结事项（`{end}`），申请人收不到任何文书"),
        format!("an office ends the matter by `{name}` (`{end}`) and the applicant gets no document"),
    )
    .clause(act.clauses.first())
    .hint("加上 `issue: [文书]`", "add `issue: [DOCUMENT]`")
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        let view = checks.view(case);
        for document in case.model.documents.values() {
            names_exist(checks, case, &view, document);
            if issues_are_known(case) && !is_issued(case, document) {
                checks.sink.add(never_issued(document));
            }
            if document.reasons.is_some() && document.remedies.is_empty() {
                checks.sink.add(no_remedies(document));
            }
        }
        if case.ways_are_known() {
            refusals(checks, case);
        }
    }
}

fn names_exist(checks: &Checks<'_>, case: Case<'_>, view: &View<'_>, document: &Document) {
    let shown = |name: &str| document.data.iter().any(|(data, _)| data == name);
    let span = |path: &[&str]| document_key(case, &document.name, path).unwrap_or(&document.span).clone();
    for name in document.labels.keys().filter(|name| !shown(name)) {
        checks.sink.add(names_nothing(&span(&["labels", name]), "labels", name, document));
    }
    let mut personal: Vec<String> = Vec::new();
    super::usage::of_document(document, &mut |expr| {
        personal.extend(personal_reads(view, expr).into_iter().map(|(name, _)| name))
    });
    let rules = document.reasons.iter().flat_map(|reasons| &reasons.reads().hits);
    let rows = rules.filter_map(|rule| case.model.rules.get(rule)).flat_map(|rule| &rule.rows);
    for hole in rows.flat_map(|row| row.because.holes()) {
        personal.extend(personal_reads(view, hole).into_iter().map(|(name, _)| name));
    }
    for (name, _) in document.release.iter().filter(|(name, _)| !shown(name) && !personal.contains(name)) {
        checks.sink.add(names_nothing(&span(&["release", name]), "release", name, document));
    }
}

/// Whether every document that an act issues exists; a mistyped one may be any.
fn issues_are_known(case: Case<'_>) -> bool {
    let issues = case.names.acts.iter().filter_map(|act| act.node.get("issue"));
    issues.into_iter().all(|node| {
        let listed = node.items().iter().filter_map(|item| item.scalar()).map(|words| words.text.trim());
        let mapped = node.entries().iter().map(|(name, _)| name.text.as_str());
        listed.chain(mapped).all(|name| case.names.documents.contains_key(name))
    })
}

fn is_issued(case: Case<'_>, document: &Document) -> bool {
    let issues = case.names.acts.iter().filter_map(|act| act.node.get("issue"));
    issues.into_iter().any(|node| {
        let listed =
            node.items().iter().filter_map(|item| item.scalar()).any(|words| words.text.trim() == document.name);
        listed || node.get(&document.name).is_some()
    })
}

/// Ends that some act reaches with a document that gives reasons are refusals; every way there must give them.
fn refusals(checks: &Checks<'_>, case: Case<'_>) {
    let gives_reasons = |act: &Act| {
        let documents = act.issue.iter().filter_map(|(name, _)| case.model.documents.get(name));
        documents.into_iter().any(|document| document.reasons.is_some())
    };
    let acts: Vec<_> = case.model.all_acts().collect();
    for (end, _) in &case.model.ends {
        let ways: Vec<&Act> = acts
            .iter()
            .filter(|(step, act)| targets(act, *step).contains(&end.as_str()))
            .map(|(_, act)| *act)
            .collect();
        let is_refusal = ways.iter().any(|act| gives_reasons(act));
        for act in ways.into_iter().filter(|act| by_office(act) && !gives_reasons(act)) {
            if is_refusal {
                checks.sink.add(refused_silently(act, end));
            } else if case.model.service && act.issue.is_empty() && act.open.is_empty() {
                checks.sink.add(ended_silently(act, end));
            }
        }
    }
}

fn by_office(act: &Act) -> bool {
    act.by.iter().any(|by| matches!(by.party, Party::Office { .. }))
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0222",
        severity: Severity::Error,
        zh: "文书上没有这一项",
        en: "a document names what it does not show",
        why: "`labels` and `release` name data of the document; here they name something that is not on it.",
        within: "permit: data",
        wrong: r"data: [area]
labels: { aera: 面积 }",
        right: r"data: [area]
labels: { area: 面积 }",
    },
    Page {
        code: "GB0223",
        severity: Severity::Warning,
        zh: "没有动作制发的文书",
        en: "a document nobody issues",
        why: "No act of the procedure issues the document.",
        within: "permit: start + blocks",
        wrong: r"ask: { by: home/head, form: request, require: [share > 0 m²], issue: [receipt], to: desk }
…
```yaml document
document: leaflet of permit
title: 须知
readers: [home/head]
data: [area]
```",
        right: r"ask: { by: home/head, form: request, require: [share > 0 m²], issue: [receipt, leaflet], to: desk }
…
```yaml document
document: leaflet of permit
title: 须知
readers: [home/head]
data: [area]
```",
    },
    Page {
        code: "GB0224",
        severity: Severity::Error,
        zh: "没有告知救济途径",
        en: "no remedies",
        why: "A document that gives the reasons of a refusal must tell how and until when it can be appealed.",
        within: "permit: letter",
        wrong: r"reasons: hits(fit)
data: { why: reasons.why, result: reasons.result }",
        right: r"reasons: hits(fit)
data: { why: reasons.why, result: reasons.result }
remedies: [行政复议 60 日, 行政诉讼 6 个月]",
    },
    Page {
        code: "GB0225",
        severity: Severity::Error,
        zh: "不予批准而不说明理由",
        en: "a refusal without reasons",
        why: "Another act reaches the same end with a document that gives reasons, so this end is a refusal; this act refuses without one.",
        within: "permit: acts",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
reject: { by: township/head, to: refused }",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
reject: { by: township/head, form: reasons, issue: [letter], to: refused }",
    },
    Page {
        code: "GB0230",
        severity: Severity::Warning,
        zh: "办结而没有文书",
        en: "an end without a document",
        why: "An office ends a service to residents and the applicant gets no document.",
        within: "permit: apart + acts",
        wrong: r"service: yes
apart: [[ask, grant, refuse]]
…
grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
finish: { to: granted }",
        right: r"service: yes
apart: [[ask, grant, refuse]]
…
grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }
finish: { issue: [permit-paper], to: granted }",
    },
];
