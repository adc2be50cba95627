//! Names that are not there, or there twice.

use super::Page;
use crate::finding::{Finding, OfferKind, Severity};
use crate::near::nearest;
use crate::span::Span;

/// An unknown name, with what may have been meant.
fn unknown<'a>(
    span: &Span,
    what_zh: &str,
    what_en: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Finding {
    let known: Vec<&str> = known.into_iter().collect();
    let finding = Finding::error(
        "GB0201",
        span,
        format!("没有名为 `{name}` 的{what_zh}"),
        format!("no {what_en} is named `{name}`"),
    )
    .offering(OfferKind::Thing, name, known.iter().copied());
    if known.contains(&name) {
        return finding.hint(
            format!("它在另一份规范性文件里：把那一份写进首部的 `uses`，再用 `{name}`"),
            format!("it belongs to another regulation: list that one under `uses` to name `{name}`"),
        );
    }
    match nearest(name, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None if known.is_empty() => finding,
        None => {
            let shown: Vec<&str> = known.into_iter().take(12).collect();
            finding.hint(format!("已有：{}", shown.join("、")), format!("known: {}", shown.join(", ")))
        }
    }
}

pub(crate) fn unknown_fund<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "资金", "fund", name, known)
}

pub(crate) fn unknown_account<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "科目", "account", name, known)
}

pub(crate) fn unknown_entry<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "分录", "entry", name, known)
}

pub(crate) fn unknown_dimension<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "核算维度", "dimension", name, known)
}

pub(crate) fn unknown_procedure<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "程序", "procedure", name, known)
}

pub(crate) fn unknown_form<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "表单", "form", name, known)
}

pub(crate) fn unknown_register<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "登记簿", "register", name, known)
}

pub(crate) fn unknown_document<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "文书", "document", name, known)
}

pub(crate) fn unknown_act<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "动作", "act", name, known)
}

pub(crate) fn unknown_rule<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "规则", "rule", name, known)
}

pub(crate) fn unknown_step<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "环节", "step", name, known)
}

pub(crate) fn unknown_place<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "环节或结果", "step or end", name, known)
}

pub(crate) fn unknown_clock<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "期限", "clock", name, known)
}

pub(crate) fn unknown_field<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "字段", "field", name, known)
}

pub(crate) fn unknown_about<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "登记簿或程序", "register or procedure", name, known)
}

pub(crate) fn unknown_subject<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "事项对象（`about`）", "subject (`about`)", name, known)
}

pub(crate) fn unknown_regulation<'a>(span: &Span, name: &str, known: impl IntoIterator<Item = &'a str>) -> Finding {
    unknown(span, "规范性文件", "regulation", name, known)
}

pub(crate) fn subject_not_row(span: &Span, name: &str) -> Finding {
    Finding::error(
        "GB0201",
        span,
        format!("`{name}` 不是登记簿的一行，没有经办人员"),
        format!("`{name}` is not a row of a register, so no person stands behind it"),
    )
    .hint(
        "在 `facts` 里写出那一行，或在 `about` 里引用登记簿",
        "name the row under `facts`, or refer to a register under `about`",
    )
}

/// A party by a field that names neither a person nor a post.
pub(crate) fn not_a_party(span: &Span, field: &str, ty: &crate::expr::Type) -> Finding {
    Finding::error(
        "GB0270",
        span,
        format!("`{field}` 是{}，不能作当事方", ty.zh()),
        format!("`{field}` is {}, which cannot be a party", ty.en()),
    )
    .hint("用类型为 `post`（岗位）或 `person`（人员）的字段", "name a field of the type `post` or `person`")
}

pub(crate) fn foreign_procedure(span: &Span, name: &str) -> Finding {
    Finding::error(
        "GB0201",
        span,
        format!("程序 `{name}` 属于另一份规范性文件，不能在这里添加内容"),
        format!("procedure `{name}` belongs to another regulation and cannot be added to here"),
    )
    .hint("写到那一份里，或另立程序", "write it there, or make a procedure of your own")
}

pub(crate) fn duplicate(span: &Span, name: &str, first: &Span) -> Finding {
    Finding::error("GB0202", span, format!("`{name}` 已经定义过"), format!("`{name}` is defined already"))
        .related(first, "第一次定义在这里", "first defined here")
        .hint("换一个名称，或删去一个", "choose another name or delete one")
}

/// Two different things of one procedure under one name.
pub(crate) fn ambiguous(span: &Span, name: &str, first_zh: &str, first_en: &str, first: &Span) -> Finding {
    Finding::error(
        "GB0203",
        span,
        format!("`{name}` 与同一程序的{first_zh}重名，表达式里分不清"),
        format!("`{name}` is also a {first_en} of this procedure; expressions cannot tell them apart"),
    )
    .related(first, "另一个在这里", "the other one is here")
    .hint("给其中一个换名称", "rename one of them")
}

pub(crate) fn cycle(span: &Span, name: &str, chain: &[String]) -> Finding {
    let from = chain.iter().position(|link| link == name).unwrap_or(0);
    let mut path: Vec<&str> = chain[from..].iter().map(String::as_str).collect();
    path.push(name);
    let path = path.join(" → ");
    Finding::error(
        "GB0204",
        span,
        format!("`{name}` 由自己算出：{path}"),
        format!("`{name}` is computed from itself: {path}"),
    )
    .hint("去掉其中一环", "break the circle at one place")
}

pub(crate) fn chain_too_long(span: &Span, name: &str, limit: usize) -> Finding {
    Finding::error(
        "GB0204",
        span,
        format!("`{name}` 所依赖的名称一环套一环，超过 {limit} 环"),
        format!("`{name}` depends on a chain of more than {limit} names"),
    )
    .hint("把中间的几环合并", "merge some of the links")
}

/// Pages of these codes.
pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0201",
        severity: Severity::Error,
        zh: "没有这个名称",
        en: "nothing has this name",
        why: "A step, form, register, document, act, clock, subject or procedure is named that does not exist, or exists only in a regulation that is not listed under `uses`.",
        within: "permit: acts",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [leter, letter], to: refused }",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }",
    },
    Page {
        code: "GB0270",
        severity: Severity::Error,
        zh: "当事方不是人员或岗位",
        en: "a party that is neither a person nor a post",
        why: "A party such as `this/deputy` or `item/deputy` is whoever stands behind a field. The field must be of the type `post` (then it is the desk of that post, and whoever holds it) or `person`.",
        within: "permit: by",
        wrong: "by: this/note",
        right: "by: home/head",
    },
    Page {
        code: "GB0202",
        severity: Severity::Error,
        zh: "名称重复",
        en: "a name defined twice",
        why: "Names are unique: registers, forms, procedures and parameters among all regulations; steps, rules, tables, documents and clocks in their procedure; the fields of all forms that one act files.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: fit of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
    },
    Page {
        code: "GB0203",
        severity: Severity::Error,
        zh: "一个名称两个意思",
        en: "one name, two meanings",
        why: "Fields of the starting forms, facts, table outputs, acts, forms, documents, rules and subjects share the expressions of a procedure. A name that means two of them could be read either way.",
        within: "permit: facts",
        wrong: r"share: area / (count-of + 1)
notice: ask.on",
        right: r"share: area / (count-of + 1)
noticed-on: ask.on",
    },
    Page {
        code: "GB0204",
        severity: Severity::Error,
        zh: "由自己算出",
        en: "computed from itself",
        why: "A fact, derived field or table output needs itself, directly or through others, so it has no value.",
        within: "permit: facts",
        wrong: r"share: area / (other + 1)
other: count-of if share > 1 m² else 1",
        right: r"share: area / (other + 1)
other: count-of",
    },
];
