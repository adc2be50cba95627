//! Rows that a regulation prints into its registers (随文印发).

use super::Page;
use crate::finding::{Finding, Said, Severity};
use crate::model::ClauseId;
use crate::span::Span;

fn finding(span: &Span, zh: String, en: String) -> Finding {
    Finding::error("GB0241", span, zh, en)
}

pub(crate) fn kept(span: &Span, register: &str) -> Finding {
    finding(
        span,
        format!("`{register}` 的记录随文印发，不能又由人登记或由事项汇成"),
        format!("the rows of `{register}` are printed in the regulation: it has no keeper and no matters as rows"),
    )
    .hint(
        "删去 `keeper`、`rows`；会变的内容放到另一个登记簿，引用这里的一行",
        "delete `keeper` and `rows`; what changes goes into another register that refers to a row here",
    )
}

pub(crate) fn entered(span: &Span, register: &str) -> Finding {
    finding(
        span,
        format!("`{register}` 的记录随文印发，办理时不能增改"),
        format!("the rows of `{register}` are printed in the regulation: no act enters any"),
    )
    .hint("登记到另一个登记簿", "enter it in another register")
}

pub(crate) fn column(span: &Span, name: &str, what: &Said) -> Finding {
    finding(
        span,
        format!("`{name}` 一栏{}，不能随文印发", what.zh),
        format!("the column `{name}` {}: it cannot be printed", what.en),
    )
    .hint(
        "印发的记录人人可见，只写文字、数字、日期、代码和引用",
        "print texts, numbers, dates, codes and references only",
    )
}

pub(crate) fn value(span: &Span, text: &str, column: &str, wrong: &Said, clause: Option<&ClauseId>) -> Finding {
    finding(
        span,
        format!("`{text}` 不能填在 `{column}` 一栏：{}", wrong.zh),
        format!("`{text}` is not a value of `{column}`: {}", wrong.en),
    )
    .clause(clause)
}

pub(crate) fn missing(span: &Span, column: &str) -> Finding {
    finding(span, format!("这一行缺 `{column}`"), format!("`{column}` is missing in this row"))
        .hint("填上，或在 `need` 栏写 `may`", "fill it in, or let its need be `may`")
}

pub(crate) fn twice(span: &Span, key: &str, first: &Span) -> Finding {
    finding(span, format!("编号 `{key}` 已有一行"), format!("there is a row `{key}` already")).related(
        first,
        "第一行在这里",
        "the first one is here",
    )
}

/// Pages of these codes.
pub(super) const PAGES: &[Page] = &[Page {
    code: "GB0241",
    severity: Severity::Error,
    zh: "随文印发的记录有误",
    en: "a printed row that cannot be",
    why: "The second table after a register holds its rows: they are published with the regulation, in force with it, and nobody changes them. So each must be whole, of the columns' types, with a key of its own, and free of personal data; and the register has no other rows.",
    wrong: r#"```yaml register
register: rates
title: 费率
keeper: county/finance
key: [code]
```
| field | label | type |
| ----- | ----- | ---- |
| code  | 编号  | text |

| code |
| ---- |
| R1   |"#,
    right: r#"```yaml register
register: rates
title: 费率
key: [code]
```
| field | label | type |
| ----- | ----- | ---- |
| code  | 编号  | text |

| code |
| ---- |
| R1   |"#,
}];
