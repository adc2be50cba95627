//! Supplements of counties: what they are laid over, and what they may change in it.

use super::Page;
use crate::finding::{Finding, Severity};
use crate::near::nearest;
use crate::span::Span;

pub(crate) fn unknown_base<'a>(span: &Span, id: &str, known: impl Iterator<Item = &'a str>) -> Finding {
    let finding = Finding::error(
        "GB0301",
        span,
        format!("没有 `{id}` 这份规定可以补充"),
        format!("there is no regulation `{id}` to lay this over"),
    );
    match nearest(id, known) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint("检查 `overlay-of` 的短名", "check the id after `overlay-of`"),
    }
}

pub(crate) fn other_version(span: &Span, id: &str, present: &str) -> Finding {
    let short = present.get(..12).unwrap_or(present);
    Finding::warning(
        "GB0302",
        span,
        format!("`{id}` 现在的版本是 {short}，没有人说过这份补充与它相符"),
        format!("`{id}` has the version {short}, and nobody has said that this fits it"),
    )
    .hint(
        format!("核对补充与现行文本仍相符，再把 {short} 加进 `version`"),
        format!("see that it still fits the text, then add {short} to `version`"),
    )
}

pub(crate) fn unknown_parameter<'a>(span: &Span, name: &str, known: impl Iterator<Item = &'a str>) -> Finding {
    let finding = Finding::error(
        "GB0303",
        span,
        format!("被补充的规定没有参数 `{name}`"),
        format!("the base has no parameter `{name}`"),
    );
    match nearest(name, known) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(
            "补充只给已有的参数定值；自己的数值直接写在规则里",
            "a supplement gives values to parameters of the base; write your own figures into the rules",
        ),
    }
}

pub(crate) fn not_open(span: &Span, name: &str, base: &Span) -> Finding {
    Finding::error(
        "GB0304",
        span,
        format!("参数 `{name}` 没有放开由县规定"),
        format!("the parameter `{name}` is not open to counties"),
    )
    .related(base, "参数定义在这里", "the parameter is defined here")
    .hint("删去这一行；要放开，须在被补充的规定里写 `county:`", "delete it; the base opens a parameter with `county:`")
}

pub(crate) fn bounds_again(span: &Span, name: &str, base: &Span) -> Finding {
    Finding::error(
        "GB0304",
        span,
        format!("参数 `{name}` 的范围由被补充的规定定"),
        format!("the bounds of `{name}` are set by the base"),
    )
    .related(base, "参数定义在这里", "the parameter is defined here")
    .hint("删去 `county:`", "delete `county:`")
}

pub(crate) fn out_of_bounds(span: &Span, name: &str, bounds: &str, base: &Span) -> Finding {
    Finding::error(
        "GB0305",
        span,
        format!("参数 `{name}` 的值超出允许的范围 {bounds}"),
        format!("the value of `{name}` is out of its bounds {bounds}"),
    )
    .related(base, "范围定在这里", "the bounds are set here")
    .hint("取范围以内的值", "take a value within the bounds")
}

pub(crate) fn not_optional(span: &Span, clause: &str) -> Finding {
    Finding::error(
        "GB0306",
        span,
        format!("条款 `{clause}` 不许各县不适用"),
        format!("the base does not let counties set clause `{clause}` aside"),
    )
    .hint(
        "只有标了 `.optional` 的条款可以写进 `not-applied`",
        "only clauses marked `.optional` can stand under `not-applied`",
    )
}

pub(crate) fn second(span: &Span, id: &str, first: &Span) -> Finding {
    Finding::error("GB0307", span, format!("`{id}` 已有一份补充"), format!("`{id}` has a supplement already"))
        .related(first, "第一份在这里", "the first one is here")
        .hint("把两份并成一份", "make one of the two")
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0301",
        severity: Severity::Error,
        zh: "补充的对象不存在",
        en: "no such regulation to lay a supplement over",
        why: "A supplement names the regulation that it is laid over by its id. That one stands in the base of the installation.",
        within: "sketch",
        wrong: "overlay-of: well",
        right: "overlay-of: wells",
    },
    Page {
        code: "GB0302",
        severity: Severity::Warning,
        zh: "补充还没有对照现行版本",
        en: "a supplement that names another version",
        why: "Whoever changed the base could not know of the county's supplement. What no longer fits in their rules is an error of its own; whether the words still fit, somebody has to see, and says so by adding the base's version: the SM3 of its text, eight digits at least.",
        within: "sketch",
        wrong: "version: 00000000",
        right: "version: [00000000, 1c9d08e2]",
    },
    Page {
        code: "GB0303",
        severity: Severity::Error,
        zh: "补充里的参数不存在",
        en: "a supplement gives a value to no parameter",
        why: "A parameter block of a supplement gives other values to parameters of its base. It defines none, so that a typing mistake is not one more parameter that nobody reads.",
        within: "sketch",
        wrong: "```yaml parameter\nmax-aera: 180 m²\n```",
        right: "```yaml parameter\nmax-area: 180 m²\n```",
    },
    Page {
        code: "GB0304",
        severity: Severity::Error,
        zh: "参数没有放开由县规定",
        en: "a parameter that is not open to counties",
        why: "The base says of each parameter whether counties may give it another value, and within which bounds.",
        within: "sketch",
        wrong: "fee: 50 元",
        right: "fee: { value: 50 元, county: 0 元 .. 50 元 }",
    },
    Page {
        code: "GB0305",
        severity: Severity::Error,
        zh: "参数的值超出范围",
        en: "a value out of its bounds",
        why: "The base sets bounds for what counties may decide. They hold for its own value, too.",
        within: "sketch",
        wrong: "max-area: 300 m²     # county: 100 m² .. 250 m²",
        right: "max-area: 250 m²",
    },
    Page {
        code: "GB0306",
        severity: Severity::Error,
        zh: "条款不许各县不适用",
        en: "a clause that cannot be set aside",
        why: "A county sets aside only what the base marks as optional. The clause stays in the text, marked; what implements it does not run.",
        within: "sketch",
        wrong: "不适用：公示。 {#x-2}",
        right: "可以不适用：公示。 {#x-2 .optional}",
    },
    Page {
        code: "GB0307",
        severity: Severity::Error,
        zh: "同一规定有两份补充",
        en: "two supplements of one regulation",
        why: "A county's supplement is one text, so that it is clear which of two sentences holds.",
        within: "sketch",
        wrong: "overlay-of: wells     # in two files",
        right: "overlay-of: wells     # in one",
    },
];
