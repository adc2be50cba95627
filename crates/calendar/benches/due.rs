//! What a due date costs, over every day of a year, with and without its reasons. `cargo bench -p calendar` measures; without `--bench` each
//! runs once, so that it never rots.

use calendar::{Holidays, Rules, Term, Unit, due, due_on};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::{Date, date};
use std::hint::black_box;

fn dues(bench: &mut Criterion) {
    let (rules, holidays) = (Rules::default(), Holidays::built_in());
    let days: Vec<Date> = date(2022, 1, 1).series(jiff::Span::new().days(1)).take(365).collect();
    for (name, term) in [
        ("5 working days", Term::new(5, Unit::WorkingDays)),
        ("45 working days", Term::new(45, Unit::WorkingDays)),
        ("15 days", Term::new(15, Unit::Days)),
        ("2 years", Term::new(2, Unit::Years)),
    ] {
        bench.bench_function(&format!("due, {name}, each day of a year"), |run| {
            run.iter(|| days.iter().filter(|on| due_on(black_box(**on), term, &rules, &holidays).is_ok()).count());
        });
        bench.bench_function(&format!("due with reasons, {name}, each day of a year"), |run| {
            run.iter(|| days.iter().filter(|on| due(black_box(**on), term, &rules, &holidays).is_ok()).count());
        });
    }
}

criterion_group!(benches, dues);
criterion_main!(benches);
