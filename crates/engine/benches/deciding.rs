//! What the pure core costs for one act: reading and checking a regulation, deciding an act, keeping its facts, and saying what somebody may do
//! next. `cargo bench -p engine` measures; without `--bench` each runs once, so that it never rots.

#[path = "../tests/it/world.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod world;

use criterion::{Criterion, criterion_group, criterion_main};
use engine::offer::available_acts;
use engine::{Act, Actor, Decision, Memory, Outcome, Target, World, decide};
use jiff::civil::{DateTime, date};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use std::hint::black_box;
use world::{VILLAGE, application, in_post, memory, owner, rulebook};

/// The moment of every act.
fn now() -> DateTime {
    date(2022, 3, 1).at(10, 0, 0, 0)
}

fn act(target: Target, name: &str, actor: Actor, form: Record) -> Act {
    let fresh_ids = (1..20).map(|number| format!("x{number}")).collect();
    Act { target, name: name.into(), actor, form, fresh_ids, proved: false }
}

fn application_for_home() -> Act {
    let about = BTreeMap::from([("home".into(), Value::Key("h1".into()))]);
    let start = Target::Start { procedure: "dog-licence".into(), place: VILLAGE.into(), about };
    act(start, "apply", owner(), application(date(2022, 3, 1)))
}

fn done(memory: &Memory, act: &Act) -> Decision {
    match decide(memory, act, now()) {
        Outcome::Done(decision) => decision,
        Outcome::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn deciding(bench: &mut Criterion) {
    bench.bench_function("check a regulation", |run| run.iter(rulebook));

    let apply = application_for_home();
    let before = memory();
    bench.bench_function("decide an application", |run| run.iter(|| done(black_box(&before), black_box(&apply))));

    let decision = done(&before, &apply);
    bench.bench_function("keep what an application brought about", |run| {
        run.iter_batched_ref(
            memory,
            |memory| memory.apply_all(black_box(&decision.events)),
            criterion::BatchSize::SmallInput,
        );
    });

    let mut applied = memory();
    applied.apply_all(&decision.events);
    let pass = act(Target::Matter { id: "x1".into(), seen: None }, "pass", in_post("head"), Record::new());
    bench.bench_function("decide a pass", |run| run.iter(|| done(black_box(&applied), black_box(&pass))));

    let matter = applied.matter("x1").expect("the application made it");
    let head = in_post("head");
    bench.bench_function("say what an officer may do", |run| {
        run.iter(|| available_acts(black_box(&applied), &matter, &head, now()));
    });
}

criterion_group!(benches, deciding);
criterion_main!(benches);
