//! Worked tables, and brute force on small random ones.

use super::*;
use crate::model::Label;
use proptest::prelude::*;

fn codes(names: &[&str]) -> Type {
    Type::OneOf(names.iter().map(|name| ((*name).to_owned(), Label::default())).collect())
}

fn number(text: &str) -> Value {
    let (figure, unit) = text.split_once(' ').unwrap_or((text, ""));
    Value::Number(figure.parse().expect("a number"), Unit::symbol(unit))
}

/// A cell as tables write it: `–`, `a, b`, `not a`, `yes`, `< 50`, `>= 3`, `1 .. 5`.
fn cell(text: &str, ty: &Type) -> CellTest {
    let value = |text: &str| match ty {
        Type::Bool => Value::Bool(text == "yes"),
        Type::OneOf(_) => Value::Code(text.to_owned()),
        Type::Date => Value::Date(text.parse().expect("a date")),
        _ => number(text),
    };
    let range = |from, to| CellTest::Range { from, to };
    if text == "–" {
        CellTest::Any
    } else if let Some(rest) = text.strip_prefix("not ") {
        CellTest::NoneOf(vec![value(rest)])
    } else if let Some((low, high)) = text.split_once(" .. ") {
        range(Some((value(low), true)), Some((value(high), true)))
    } else if let Some(rest) = text.strip_prefix("<= ") {
        range(None, Some((value(rest), true)))
    } else if let Some(rest) = text.strip_prefix(">= ") {
        range(Some((value(rest), true)), None)
    } else if let Some(rest) = text.strip_prefix("< ") {
        range(None, Some((value(rest), false)))
    } else if let Some(rest) = text.strip_prefix("> ") {
        range(Some((value(rest), false)), None)
    } else {
        CellTest::OneOf(text.split(", ").map(value).collect())
    }
}

fn table(types: &[Type], rows: &[&str], hit: Hit) -> Geometry {
    let inputs: Vec<Input> = types.iter().cloned().map(Input::from).collect();
    let rows: Vec<Vec<CellTest>> =
        rows.iter().map(|row| row.split(" | ").zip(types).map(|(text, ty)| cell(text.trim(), ty)).collect()).collect();
    let rows: Vec<&[CellTest]> = rows.iter().map(Vec::as_slice).collect();
    examine(&inputs, &rows, hit).expect("the table is small")
}

fn shown(cases: &[Vec<Value>]) -> Vec<String> {
    cases.iter().map(|case| case.iter().map(Value::show).collect::<Vec<_>>().join(" | ")).collect()
}

#[test]
fn a_complete_table_has_no_fault() {
    let types = [codes(&["built", "unused", "farmed"]), Type::Bool, Type::Bool];
    let rows = ["built | – | –", "unused, farmed | yes | –", "not built | no | yes", "unused, farmed | no | no"];
    assert_eq!(table(&types, &rows, Hit::One), Geometry::default());
}

#[test]
fn gaps_come_with_a_case() {
    let types = [codes(&["built", "farmed"]), Type::number("m²")];
    let rows = ["built | –", "farmed | < 50 m²", "farmed | > 50 m²"];
    assert_eq!(shown(&table(&types, &rows, Hit::One).gaps), ["farmed | 50 m²"]);
}

#[test]
fn overlaps_come_with_a_case() {
    let types = [Type::number("m²"), Type::Bool];
    let found = table(&types, &["0 m² .. 50 m² | –", ">= 50 m² | yes", "> 50 m² | no", "< 0 m² | –"], Hit::One);
    assert_eq!(found.gaps, Vec::<Vec<Value>>::new());
    assert_eq!(found.overlaps.len(), 1);
    assert_eq!((found.overlaps[0].first, found.overlaps[0].second), (0, 1));
    assert_eq!(shown(&[found.overlaps[0].example.clone()]), ["50 m² | yes"]);
}

#[test]
fn between_neighbouring_whole_numbers_and_days_there_is_nothing() {
    assert_eq!(table(&[Type::whole()], &["<= 2", ">= 3"], Hit::One), Geometry::default());
    assert_eq!(shown(&table(&[Type::number("")], &["<= 2", ">= 3"], Hit::One).gaps), ["2.5"]);
    assert_eq!(table(&[Type::Date], &["<= 2022-02-28", ">= 2022-03-01"], Hit::One), Geometry::default());
    assert_eq!(shown(&table(&[Type::Date], &["< 2022-02-28", ">= 2022-03-01"], Hit::One).gaps), ["2022-02-28"]);
}

#[test]
fn counts_are_not_negative() {
    let input = Input { ty: Type::whole(), at_least: Some(Decimal::ZERO) };
    let cells = [[cell("0", &Type::whole())], [cell(">= 1", &Type::whole())]];
    let rows: Vec<&[CellTest]> = cells.iter().map(<[CellTest; 1]>::as_slice).collect();
    assert_eq!(examine(&[input], &rows, Hit::One), Ok(Geometry::default()));
    assert_eq!(shown(&table(&[Type::whole()], &["0", ">= 1"], Hit::One).gaps), ["-1"]);
}

#[test]
fn masked_rows_are_not_reached() {
    let types = [Type::Bool, Type::Bool];
    let found = table(&types, &["yes | –", "– | yes", "yes | no", "– | –", "no | no"], Hit::First);
    assert_eq!(found.unreached, [2, 4]);
    assert_eq!((found.gaps.len(), found.overlaps.len()), (0, 0));
    assert_eq!(table(&[Type::whole()], &["5 .. 3", "–"], Hit::One).unreached, [0]);
}

#[test]
fn too_many_limits_are_refused() {
    let ty = Type::number("m²");
    let cells: Vec<[CellTest; 1]> = (0..100).map(|limit| [cell(&format!("< {limit} m²"), &ty)]).collect();
    let rows: Vec<&[CellTest]> = cells.iter().map(<[CellTest; 1]>::as_slice).collect();
    assert_eq!(examine(&[ty.into()], &rows, Hit::First), Err(TooLarge));
}

/// Whether a row matches a case.
fn row_matches(row: &[CellTest], case: &[Value]) -> bool {
    row.iter().zip(case).all(|(test, value)| matches(test, value) == Some(true))
}

/// Every case of three small inputs, with numbers at and between all limits of the random cells.
fn cases() -> Vec<Vec<Value>> {
    let mut all = Vec::new();
    for code in ["a", "b", "c"] {
        for yes in [true, false] {
            for half in -1..=9 {
                let number = Decimal::from(half) / Decimal::TWO;
                all.push(vec![Value::Code(code.into()), Value::Bool(yes), Value::Number(number, Unit::none())]);
            }
        }
    }
    all
}

fn random_cell(axis: usize, choice: u8, low: u8, high: u8) -> CellTest {
    let ty = [codes(&["a", "b", "c"]), Type::Bool, Type::number("")][axis].clone();
    let code = ["a", "b", "c"][low as usize % 3];
    let (low, high) = (low % 5, high % 5);
    let text = match (axis, choice % 5) {
        (_, 0) => "–".to_owned(),
        (0, 1) => format!("not {code}"),
        (0, 2) => format!("{code}, a"),
        (0, _) => code.to_owned(),
        (1, choice) => (if choice % 2 == 0 { "yes" } else { "no" }).to_owned(),
        (_, 1) => format!("{low} .. {high}"),
        (_, 2) => format!("< {low}"),
        (_, 3) => format!(">= {low}"),
        _ => format!("{low}, {high}"),
    };
    cell(&text, &ty)
}

proptest! {
    #[test]
    fn boxes_agree_with_brute_force(cells in prop::collection::vec((any::<u8>(), any::<u8>(), any::<u8>()), 3..18)) {
        let rows: Vec<Vec<CellTest>> = cells
            .chunks_exact(3)
            .map(|row| row.iter().enumerate().map(|(axis, (choice, low, high))| random_cell(axis, *choice, *low, *high)).collect())
            .collect();
        let inputs: Vec<Input> = [codes(&["a", "b", "c"]), Type::Bool, Type::number("")].map(Input::from).to_vec();
        let slices: Vec<&[CellTest]> = rows.iter().map(Vec::as_slice).collect();
        let one = examine(&inputs, &slices, Hit::One).expect("small");
        let first = examine(&inputs, &slices, Hit::First).expect("small");
        let matching: Vec<Vec<usize>> = cases()
            .iter()
            .map(|case| (0..rows.len()).filter(|row| row_matches(&rows[*row], case)).collect())
            .collect();

        prop_assert_eq!(one.gaps.is_empty(), matching.iter().all(|rows| !rows.is_empty()));
        for gap in &one.gaps {
            prop_assert!(!rows.iter().any(|row| row_matches(row, gap)), "{gap:?} is no gap");
        }
        for overlap in &one.overlaps {
            prop_assert!(row_matches(&rows[overlap.first], &overlap.example));
            prop_assert!(row_matches(&rows[overlap.second], &overlap.example));
        }
        let pairs = (0..rows.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
        let overlapping = pairs.filter(|(a, b)| matching.iter().any(|rows| rows.contains(a) && rows.contains(b))).count();
        prop_assert_eq!(one.overlaps.len(), overlapping);
        for row in 0..rows.len() {
            let reached = matching.iter().any(|rows| rows.first() == Some(&row));
            prop_assert_eq!(first.unreached.contains(&row), !reached);
        }
    }
}
