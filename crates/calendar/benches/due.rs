//! What a due date costs, in nanoseconds, with and without its reasons: `cargo bench -p calendar`.

use std::hint::black_box;
use std::time::Instant;

use calendar::{Holidays, Rules, Term, Unit, due, due_on};
use jiff::civil::{Date, date};

#[expect(clippy::disallowed_methods, reason = "cargo says on the command line whether to measure")]
fn main() {
    // `cargo test` runs benches without `--bench`: once over the input is enough to see that they work.
    let rounds = if std::env::args().any(|argument| argument == "--bench") { 200 } else { 1 };
    let (rules, holidays) = (Rules::default(), Holidays::built_in());
    for (name, term) in [
        ("5 working days", Term::new(5, Unit::WorkingDays)),
        ("45 working days", Term::new(45, Unit::WorkingDays)),
        ("15 days", Term::new(15, Unit::Days)),
        ("2 years", Term::new(2, Unit::Years)),
    ] {
        report(&format!("due_on, {name}"), rounds, |event_on| {
            black_box(due_on(event_on, term, &rules, &holidays)).expect("the year is in range");
        });
        report(&format!("due with reasons, {name}"), rounds, |event_on| {
            black_box(due(event_on, term, &rules, &holidays)).expect("the year is in range");
        });
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench measures elapsed time")]
fn report(name: &str, rounds: u32, run: impl Fn(Date)) {
    let days: Vec<Date> = date(2022, 1, 1).series(jiff::Span::new().days(1)).take(365).collect();
    let started = Instant::now();
    for _ in 0..rounds {
        for event_on in &days {
            run(black_box(*event_on));
        }
    }
    let count = u128::from(rounds) * days.len() as u128;
    println!("{name}: {} ns", started.elapsed().as_nanos() / count);
}
