//! Decision tables: no gap, no overlap, no row in vain. Exact, with a case that shows it.

use super::Page;
use super::case::Checks;
use crate::analysis::boxes::{Input, Overlap, examine};
use crate::expr::Value;
use crate::finding::{Finding, Severity};
use crate::model::{CellTest, Table};

/// A case in words: `area = 50 m², kind = new`.
fn case_of(table: &Table, values: &[Value]) -> String {
    let pairs = table.inputs.iter().zip(values).map(|(input, value)| format!("{} = {}", input.text, value.show()));
    pairs.collect::<Vec<_>>().join("，")
}

fn gap(table: &Table, example: &[Value]) -> Finding {
    let (name, case) = (&table.name, case_of(table, example));
    let en = case.replace('，', ", ");
    Finding::error(
        "GB0231",
        &table.span,
        format!("决策表 `{name}` 有空缺，例如：{case}"),
        format!("the decision table `{name}` has a gap, for example: {en}"),
    )
    .clause(table.clauses.first())
    .hint("为这种情形加一行，或放宽已有的行", "add a row for this case, or widen one")
}

fn overlap(table: &Table, overlap: &Overlap) -> Option<Finding> {
    let (first, second) = (table.rows.get(overlap.first)?, table.rows.get(overlap.second)?);
    let (name, case) = (&table.name, case_of(table, &overlap.example));
    let en = case.replace('，', ", ");
    let finding = Finding::error(
        "GB0232",
        &second.span,
        format!("决策表 `{name}` 的第 {} 行与第 {} 行重叠，例如：{case}", overlap.first + 1, overlap.second + 1),
        format!(
            "rows {} and {} of the decision table `{name}` overlap, for example: {en}",
            overlap.first + 1,
            overlap.second + 1
        ),
    );
    let hint = finding.related(&first.span, "另一行在这里", "the other row is here").clause(second.clauses.first());
    Some(hint.hint("改窄其中一行，或写 `hit: first`（取第一行）", "narrow one of them, or write `hit: first`"))
}

fn in_vain(table: &Table, row: usize) -> Option<Finding> {
    let place = table.rows.get(row)?;
    let name = &table.name;
    Some(
        Finding::error(
            "GB0233",
            &place.span,
            format!("决策表 `{name}` 的第 {} 行永远轮不到", row + 1),
            format!("row {} of the decision table `{name}` is never reached", row + 1),
        )
        .clause(place.clauses.first())
        .hint(
            "前面的行已经包括它，或它的格互相矛盾；改正或删去",
            "earlier rows cover it, or it matches nothing; mend or delete it",
        ),
    )
}

fn too_large(table: &Table) -> Finding {
    let name = &table.name;
    Finding::warning(
        "GB0234",
        &table.span,
        format!("决策表 `{name}` 太大，无法穷尽检查空缺和重叠"),
        format!("the decision table `{name}` is too large to be examined for gaps and overlaps"),
    )
    .clause(table.clauses.first())
    .hint("拆成几张表", "split it into several tables")
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        for table in case.model.tables.values() {
            // A table with an unreadable cell or column would show gaps that are not there.
            if table.rows.iter().all(|row| row.cells.len() == table.inputs.len())
                && !checks.has_mistake(&table_span(case, table))
            {
                of_table(checks, table);
            }
        }
    }
}

fn table_span(case: super::case::Case<'_>, table: &Table) -> crate::span::Span {
    let names = case.names.tables.get(&table.name);
    names.and_then(|names| names.block.grid.as_ref()).map_or_else(|| table.span.clone(), |grid| grid.span.clone())
}

fn of_table(checks: &Checks<'_>, table: &Table) {
    let inputs: Vec<Input> = table.inputs.iter().map(Input::from).collect();
    let rows: Vec<&[CellTest]> = table.rows.iter().map(|row| row.cells.as_slice()).collect();
    let Ok(geometry) = examine(&inputs, &rows, table.hit) else {
        checks.sink.add(too_large(table));
        return;
    };
    geometry.gaps.iter().for_each(|example| checks.sink.add(gap(table, example)));
    let overlaps = geometry.overlaps.iter().filter_map(|found| overlap(table, found));
    overlaps.for_each(|finding| checks.sink.add(finding));
    geometry.unreached.iter().filter_map(|row| in_vain(table, *row)).for_each(|finding| checks.sink.add(finding));
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0231",
        severity: Severity::Error,
        zh: "决策表有空缺",
        en: "a gap in a decision table",
        why: "There is a case that no row matches; the message gives one. The engine would have no answer for it. With `hit: all` gaps are allowed.",
        within: "permit: blocks",
        wrong: r"```yaml table
table: size of permit
hit: one
```
| area    | → class |
| ------- | ------- |
| < 50 m² | small   |
| > 50 m² | large   |",
        right: r"```yaml table
table: size of permit
hit: one
```
| area     | → class |
| -------- | ------- |
| <= 50 m² | small   |
| > 50 m²  | large   |",
    },
    Page {
        code: "GB0232",
        severity: Severity::Error,
        zh: "决策表有重叠",
        en: "an overlap in a decision table",
        why: "Two rows match the same case; the message gives one. With `hit: first` the first of them counts, with `hit: all` both.",
        within: "permit: blocks",
        wrong: r"```yaml table
table: size of permit
hit: one
```
| area     | → class |
| -------- | ------- |
| <= 50 m² | small   |
| >= 50 m² | large   |",
        right: r"```yaml table
table: size of permit
hit: one
```
| area     | → class |
| -------- | ------- |
| <= 50 m² | small   |
| > 50 m²  | large   |",
    },
    Page {
        code: "GB0233",
        severity: Severity::Error,
        zh: "决策表有轮不到的行",
        en: "a row in vain",
        why: "The row matches nothing that the rows before it leave, or nothing at all.",
        within: "permit: blocks",
        wrong: r"```yaml table
table: size of permit
hit: first
```
| area    | → class |
| ------- | ------- |
| –       | large   |
| < 50 m² | small   |",
        right: r"```yaml table
table: size of permit
hit: first
```
| area    | → class |
| ------- | ------- |
| < 50 m² | small   |
| –       | large   |",
    },
    Page {
        code: "GB0234",
        severity: Severity::Warning,
        zh: "决策表太大",
        en: "a decision table too large to examine",
        why: "Gaps and overlaps are found exactly, up to a bound. Above it nobody can see either; split the table.",
        within: "sketch",
        wrong: "（一张表一百多行、二十个输入）",
        right: "（几张表，各管一件事）",
    },
];
