//! Rows that a regulation prints into its registers (随文印发).

use super::Page;
use crate::finding::{Finding, Said, Severity};
use crate::model::ClauseId;
use crate::span::Span;
use jiff::civil::Date;

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

pub(crate) fn no_periods(span: &Span) -> Finding {
    finding(
        span,
        "`periods` 写随文印发的两个日期栏".to_owned(),
        "`periods` names two columns of dates of a register with printed rows".to_owned(),
    )
    .hint(
        "写作 `periods: [起, 止]`；由人登记的记录，在栏目里写 `check`",
        "write `periods: [FROM, TO]`; for rows that are entered write a `check` in the column",
    )
}

pub(crate) fn backwards(span: &Span, first: Date, last: Date) -> Finding {
    finding(
        span,
        format!("{last} 早于 {first}：止日早于起日"),
        format!("it ends on {last}, before it begins on {first}"),
    )
}

pub(crate) fn overlaps(span: &Span, earlier: &Span, (first, last): (Date, Date)) -> Finding {
    finding(
        span,
        format!("时段重叠：{first} 至 {last} 在两行里都有"),
        format!("periods overlap: the days from {first} to {last} are in two rows"),
    )
    .related(earlier, "另一行在这里", "the other row is here")
    .hint("改一行的起止", "change where one of them begins or ends")
}

pub(crate) fn leaves_out(span: &Span, earlier: &Span, (first, last): (Date, Date)) -> Finding {
    finding(
        span,
        format!("时段不连续：{first} 至 {last} 哪一行都没有"),
        format!("periods leave a gap: the days from {first} to {last} are in no row"),
    )
    .related(earlier, "前一行在这里", "the row before is here")
    .hint("为这几天写一行，或者改起止", "write a row for these days, or change where one begins or ends")
}

/// Pages of these codes.
pub(super) const PAGES: &[Page] = &[Page {
    code: "GB0241",
    severity: Severity::Error,
    zh: "随文印发的记录有误",
    en: "a printed row that cannot be",
    why: "The second table after a register holds its rows: they are published with the regulation, in force with it, and nobody changes them. So each must be whole, of the columns' types, with a key of its own, and free of personal data; and the register has no other rows. Rows that `periods: [FROM, TO]` says are periods follow one another, without overlap or gap.",
    within: "permit: blocks",
    wrong: r"```yaml register
register: rates
title: 费率
keeper: county/finance
key: [code]
```
| field | label | type |
| ----- | ----- | ---- |
| code  | 编号  | text 5 |

| code |
| ---- |
| R1   |",
    right: r"```yaml register
register: rates
title: 费率
key: [code]
```
| field | label | type |
| ----- | ----- | ---- |
| code  | 编号  | text 5 |

| code |
| ---- |
| R1   |",
}];
