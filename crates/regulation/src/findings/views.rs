//! Views (视图、报表): figures fit their values, charts can be drawn, sheets have parts, and nobody is shown personal data
//! that they could not see where it is kept.

use super::Page;
use super::case::{Checks, key_span};
use crate::blocks::Block;
use crate::blocks::block::Kind;
use crate::blocks::party::written;
use crate::expr::Type;
use crate::finding::{Finding, OfferKind, Severity};
use crate::model::view::{Chart, ChartKind, Column, Figure, Gantt, Role, Source, View};
use crate::model::{Party, Procedure, Reader, Register};
use crate::near::nearest;
use crate::span::Span;

pub(crate) fn bad_source(span: &Span, source: &str, forms: &str) -> Finding {
    Finding::error(
        "GB0251",
        span,
        format!("视图不能从 `{source}` 取数：没有这个程序、登记簿或级别"),
        format!("a view cannot look at `{source}`: no such procedure, register or level"),
    )
    .hint(format!("写法：{forms}"), format!("one of: {forms}"))
}

pub(crate) fn bad_role(span: &Span, role: &str, known: &[&str]) -> Finding {
    let finding =
        Finding::error("GB0251", span, format!("没有 `{role}` 这种汇总"), format!("`{role}` is no way to sum up"))
            .offering(OfferKind::Word, role, known.iter().copied());
    match nearest(role, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(format!("可用：{}", known.join("、")), format!("one of: {}", known.join(", "))),
    }
}

pub(crate) fn no_sum(span: &Span, value: &str, ty: &Type, figure: Figure) -> Finding {
    let (zh, en) = if figure == Figure::Sum { ("合计", "summed up") } else { ("求平均", "averaged") };
    Finding::error(
        "GB0251",
        span,
        format!("`{value}` 是{}，不能{zh}", ty.zh()),
        format!("`{value}` is {}, which cannot be {en}", ty.en()),
    )
    .hint("数字才能合计；要数个数写 `count`", "only numbers can; to count lines write `count`")
}

fn reveals(view: &View, column: &Column, reader: &Reader) -> Finding {
    let who = match reader {
        Reader::Public => "public".to_owned(),
        Reader::Level(level) => level.clone(),
        Reader::Party(party) => written(party),
    };
    let (name, title) = (&column.name, &view.name);
    Finding::error(
        "GB0250",
        &column.span,
        format!("视图 `{title}` 的 `{name}` 栏是个人信息，读者 `{who}` 在原处看不到它"),
        format!("column `{name}` of the view `{title}` is personal data, which its reader `{who}` may not see where it is kept"),
    )
    .clause(view.clauses.first())
    .hint(
        "删去这一栏，或只列经办这一程序的岗位（`level/desk`）、登记簿自己的读者为读者",
        "drop the column, or name as readers only posts that take part in the procedure (`level/desk`), or readers of the register",
    )
}

fn cannot_draw(span: &Span, view: &View, zh: &str, en: &str) -> Finding {
    let name = &view.name;
    Finding::error("GB0252", span, format!("视图 `{name}` 画不出图：{zh}"), format!("the view `{name}` cannot be drawn: {en}"))
        .clause(view.clauses.first())
        .hint(
            "条形图要一个 `by` 栏和一个汇总栏；折线图的 `by` 栏是月、季或年；堆叠图要两个 `by` 栏",
            "a bar chart needs a `by` column and a figure; a line needs `by month`, `by quarter` or `by year`; stacked bars need two `by` columns",
        )
}

fn no_day(span: &Span, view: &View, column: &Column) -> Finding {
    let (view, name, ty) = (&view.name, &column.name, &column.ty);
    Finding::error(
        "GB0254",
        span,
        format!("视图 `{view}` 的甘特图要日期，`{name}` 栏是{}", ty.zh()),
        format!("the Gantt chart of `{view}` goes from day to day, and the column `{name}` is {}", ty.en()),
    )
    .clause(column.clauses.first())
    .hint("写值是日期或时刻的栏", "name columns whose value is a date or a moment")
}

fn not_of_groups(span: &Span, view: &View, column: &Column) -> Finding {
    let (view, name) = (&view.name, &column.name);
    Finding::error(
        "GB0254",
        span,
        format!("视图 `{view}` 是汇总的，甘特图每组一条，`{name}` 栏却只是各行的"),
        format!("the view `{view}` sums up, so its Gantt chart has a bar for each group, and the column `{name}` is one of lines"),
    )
    .clause(column.clauses.first())
    .hint(
        "在 `as` 下写 `by`、`min`、`max` 或 `first`，或者去掉汇总栏让视图列出各行",
        "write `by`, `min`, `max` or `first` under `as`, or drop the figures so that the view lists lines",
    )
}

fn no_part(span: &Span, part: &str, known: &[&str]) -> Finding {
    let finding = Finding::error(
        "GB0253",
        span,
        format!("汇总表里的 `{part}` 不是本规定的视图，或者它自己也是汇总表"),
        format!("`{part}` on this sheet is no view of this regulation, or is a sheet itself"),
    );
    match nearest(part, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint("先写这个视图", "write that view first"),
    }
}

fn reads_less(span: &Span, sheet: &View, part: &View) -> Finding {
    let (sheet, part) = (&sheet.name, &part.name);
    Finding::error(
        "GB0253",
        span,
        format!("汇总表 `{sheet}` 的读者有的不能看 `{part}`"),
        format!("some readers of the sheet `{sheet}` may not read `{part}`"),
    )
    .hint(
        format!("给 `{part}` 加上这些读者，或把它从汇总表里去掉"),
        format!("add these readers to `{part}`, or take it off the sheet"),
    )
}

pub(super) fn run(checks: &Checks<'_>) {
    for (index, parts) in checks.parts.iter().enumerate() {
        let blocks = || checks.outline.drafts[index].of_kind(Kind::View);
        for view in parts.views.values() {
            for column in view.columns.iter().filter(|column| column.personal.is_some()) {
                let blind = view.readers.iter().find(|reader| !may_see(checks, view, reader));
                blind.into_iter().for_each(|reader| checks.sink.add(reveals(view, column, reader)));
            }
            let Some(block) = blocks().find(|block| block.name.text == view.name) else { continue };
            of_chart(checks, view, block);
            if let Source::Sheet(names) = &view.source {
                let known = parts.views.values().filter(|other| !matches!(other.source, Source::Sheet(_)));
                let known: Vec<&View> = known.map(|other| &**other).collect();
                of_sheet(checks, view, names, &known, block);
            }
        }
    }
}

/// Whether a reader sees personal data where the lines of a view come from.
fn may_see(checks: &Checks<'_>, view: &View, reader: &Reader) -> bool {
    if let Source::Rows(register) = &view.source {
        let register = checks.parts.iter().find_map(|parts| parts.registers.get(register));
        return register.is_some_and(|register| reads_rows(register, reader) || keeps_to_part(register, view, reader));
    }
    if let Some(fund) = view.source.fund() {
        return checks.fund(fund).is_some_and(|fund| fund.keepers.contains(reader));
    }
    if view.source == Source::Readings {
        return matches!(reader, Reader::Party(Party::Office { .. }));
    }
    let procedures = view.source.procedures();
    let takes_part = |name: &String| checks.procedure(name).is_some_and(|procedure| takes_part(procedure, reader));
    !procedures.is_empty() && procedures.iter().all(takes_part)
}

/// Whether a view has only the rows that a reader of some of them reads.
fn keeps_to_part(register: &Register, view: &View, reader: &Reader) -> bool {
    register.part_readers.iter().filter(|part| part.reader == *reader).any(|part| {
        let only = view.only.as_ref();
        only.is_some_and(|only| only.asks_code(&part.column, &part.code))
    })
}

pub(super) fn reads_rows(register: &Register, reader: &Reader) -> bool {
    let within = |known: &Reader| match (known, reader) {
        (Reader::Level(level), Reader::Party(Party::Office { level: of, .. })) => level == of,
        (known, reader) => known == reader,
    };
    let keeps = |reader: &Reader| register.keepers.iter().any(|by| Reader::Party(by.party.clone()) == *reader);
    *reader != Reader::Public && (register.readers.iter().any(within) || keeps(reader))
}

/// Only offices that take part in a procedure see its matters in full.
pub(super) fn takes_part(procedure: &Procedure, reader: &Reader) -> bool {
    match reader {
        Reader::Party(party @ Party::Office { .. }) => procedure.parties().any(|known| known == party),
        _ => false,
    }
}

fn of_chart(checks: &Checks<'_>, view: &View, block: &Block) {
    let span = key_span(block, &["chart"]);
    match &view.chart {
        None => {}
        Some(Chart::Figure { kind, of }) => {
            if let Some((zh, en)) = lacks(view, *kind, of) {
                checks.sink.add(cannot_draw(span, view, zh, en));
            }
        }
        Some(Chart::Gantt(gantt)) => of_gantt(checks, view, gantt, span),
    }
}

/// What a chart of a figure lacks.
fn lacks(view: &View, kind: ChartKind, of: &str) -> Option<(&'static str, &'static str)> {
    let figure = view.column(of).filter(|(_, column)| matches!(column.ty, Type::Number { .. } | Type::Unknown));
    let is_figure = figure.is_some_and(|(_, column)| matches!(column.role, Role::Figure(_)));
    let groupings: Vec<&Column> = view.groupings().map(|(_, column)| column).collect();
    let over_time = groupings.first().is_some_and(|column| matches!(column.role, Role::ByTime(_)));
    match kind {
        _ if !is_figure => Some(("没有可画的数", "there is no number to draw")),
        _ if groupings.is_empty() => Some(("没有 `by` 栏", "there is no `by` column")),
        ChartKind::Line if !over_time => Some(("折线要按时间", "a line goes over time")),
        ChartKind::Stacked if groupings.len() < 2 => Some(("只有一个 `by` 栏", "there is only one `by` column")),
        _ => None,
    }
}

/// Bars go from day to day, and stand for lines or, in a view that sums up, for its groups: then each column is one of groups.
fn of_gantt(checks: &Checks<'_>, view: &View, gantt: &Gantt, span: &Span) {
    for name in gantt.spans.iter().flat_map(|(from, to)| [from, to]) {
        let day = |column: &Column| matches!(column.ty, Type::Date | Type::Moment | Type::Unknown);
        if let Some((_, column)) = view.column(name).filter(|(_, column)| !day(column)) {
            checks.sink.add(no_day(span, view, column));
        }
    }
    let of_lines = |name: &String| view.column(name).filter(|(_, column)| column.role == Role::Shown);
    if view.sums() {
        let named = gantt.spans.iter().flat_map(|(from, to)| [from, to]).chain([&gantt.by]);
        for (_, column) in named.filter_map(of_lines) {
            checks.sink.add(not_of_groups(span, view, column));
        }
    }
}

fn of_sheet(checks: &Checks<'_>, sheet: &View, names: &[String], known: &[&View], block: &Block) {
    let span = key_span(block, &["sheet"]);
    let items = block.node.get("sheet").map(crate::text::yaml::Node::items).unwrap_or_default();
    for name in names {
        let item = items.iter().filter_map(|item| item.scalar()).find(|words| words.text.trim() == name);
        let span = item.map_or(span, |words| &words.span);
        match known.iter().find(|view| view.name == *name) {
            None => {
                let names: Vec<&str> = known.iter().map(|view| view.name.as_str()).collect();
                checks.sink.add(no_part(span, name, &names));
            }
            Some(part) if !sheet.readers.iter().all(|reader| reads(part, reader)) => {
                checks.sink.add(reads_less(span, sheet, part));
            }
            Some(_) => {}
        }
    }
}

fn reads(view: &View, reader: &Reader) -> bool {
    view.readers.iter().any(|known| match (known, reader) {
        (Reader::Public, _) => true,
        (Reader::Level(level), Reader::Party(Party::Office { level: of, .. })) => level == of,
        (known, reader) => known == reader,
    })
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0250",
        severity: Severity::Error,
        zh: "视图里有读者不该看到的个人信息",
        en: "personal data in a view whose readers may not see it",
        why: "A column of the view shows personal data, and one of its readers could not see that data where it is kept: an office that takes no part in the procedure, a level as a whole, a reader that the register does not name, or the public. A count, a share or a sum of areas tells nothing about persons and is not concerned.",
        within: "permit: blocks",
        wrong: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| applicant | 申请人 | | applicant-name |",
        right: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| village | 村 | by | village |
| count | 件数 | count | |",
    },
    Page {
        code: "GB0251",
        severity: Severity::Error,
        zh: "视图的来源或汇总不成立",
        en: "a view that looks at nothing or sums up what cannot be summed",
        why: "`from` names no procedure, register or level; or `as` is no way to sum up; or a sum or mean is taken of something that is no number.",
        within: "permit: blocks",
        wrong: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| village | 村 | by | village |
| total | 合计 | sum | step |",
        right: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| village | 村 | by | village |
| total | 合计 | sum | area |",
    },
    Page {
        code: "GB0252",
        severity: Severity::Error,
        zh: "图画不出来",
        en: "a chart that cannot be drawn",
        why: "The chart draws a figure by group. It needs a numeric figure and a `by` column; a line needs groups in time, stacked bars a second `by` column.",
        within: "permit: blocks",
        wrong: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
chart: line
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| village | 村 | by | village |
| count | 件数 | count | |",
        right: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
chart: line
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| month | 月份 | by month | ask.on |
| count | 件数 | count | |",
    },
    Page {
        code: "GB0253",
        severity: Severity::Error,
        zh: "汇总表的组成有误",
        en: "a sheet with a wrong part",
        why: "A sheet puts views of the same regulation on one printed page. Each part must exist, must not be a sheet itself, and must have all readers of the sheet.",
        within: "permit: blocks",
        wrong: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| village | 村 | by | village |
| count | 件数 | count | |

```yaml view
view: page
title: 汇总
sheet: [no-such-view]
readers: [county]
```",
        right: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
```
| column | label | as | value |
| ------ | ----- | -- | ----- |
| village | 村 | by | village |
| count | 件数 | count | |

```yaml view
view: page
title: 汇总
sheet: [applications]
readers: [county]
```",
    },
    Page {
        code: "GB0254",
        severity: Severity::Error,
        zh: "甘特图画不出来",
        en: "a Gantt chart that cannot be drawn",
        why: "A Gantt chart goes from day to day: its columns must be dates or moments. It has a bar for each line or, where the view sums up, for each group; then a column that is shown of single lines has no value.",
        within: "permit: blocks",
        wrong: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
chart: gantt of begun to area by begun
```
| column | label | value |
| ------ | ----- | ----- |
| begun | 开始 | ask.on |
| area | 面积 | area |",
        right: r"```yaml view
view: applications
title: 申请
from: permit
readers: [county]
chart: gantt of begun to done by begun
```
| column | label | value |
| ------ | ----- | ----- |
| begun | 开始 | ask.on |
| done | 办结 | grant.on |",
    },
];
