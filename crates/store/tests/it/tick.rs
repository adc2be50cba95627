//! The clock: each deadline at its own instant, however late the machine comes to it.

use crate::fixture::*;
use jiff::civil::{DateTime, date, datetime};
use store::{Store, StoreExt, Ticked};

fn midnight(month: i8, day: i8) -> DateTime {
    datetime(2022, month, day, 0, 0, 0, 0)
}

#[test]
fn a_deadline_fires_when_its_last_day_is_over() {
    let (_folder, store) = fresh();
    let matter = applied(&store, "h1");
    let due = store.read(|snapshot| snapshot.due_clocks(midnight(3, 8), 9)).unwrap();
    assert_eq!(
        (due.len(), due[0].due, due[0].fires_at, due[0].name.as_str()),
        (1, date(2022, 3, 7), midnight(3, 8), "c-village")
    );
    assert_eq!(store.tick(datetime(2022, 3, 7, 23, 59, 59, 0)).unwrap(), Ticked::default());
    assert_eq!(store.tick(midnight(3, 8)).unwrap().fired, 1);
    assert_eq!(store.tick(midnight(3, 8)).unwrap(), Ticked::default(), "once");
    let found = store.read(|snapshot| snapshot.matter(&matter)).unwrap().unwrap();
    assert_eq!(found.step.as_deref(), Some("joint-check"));
    assert_eq!(found.acts.last().unwrap().at, midnight(3, 8));
}

#[test]
fn catching_up_gives_what_would_have_been() {
    let last = datetime(2022, 8, 1, 9, 0, 0, 0);
    let live = |ticks: &[DateTime]| {
        let (_folder, store) = fresh();
        for home in ["h1", "h2"] {
            let mut apply = apply(home, &format!("chip-{home}"));
            apply.fresh_ids = (0..8).map(|n| format!("{home}-{n}")).collect();
            done(&store, request(None, enter_home(home), start()));
            done(&store, request(None, apply, start()));
        }
        let mut ask = on("h2-0", None, "zhou", "ask-more", reasons());
        ask.fresh_ids = vec!["d1".into(), "d2".into()];
        done(&store, request(None, ask, datetime(2022, 3, 2, 9, 0, 0, 0)));
        for now in ticks {
            store.tick(*now).unwrap();
        }
        let acts = store.read(|snapshot| {
            let all = (1..=snapshot.journal_length()?).map(|_| ()).count();
            let mut acts = snapshot.journal(&store::pages::Cut::first(all))?.lines;
            acts.reverse();
            Ok(acts.into_iter().map(|act| (act.seq, act.name, act.at, act.on, act.matter)).collect::<Vec<_>>())
        });
        acts.unwrap()
    };
    let days: Vec<DateTime> = (0..200)
        .filter_map(|n| start().checked_add(jiff::Span::new().days(n)).ok())
        .filter(|day| *day <= last)
        .collect();
    let daily = live(&days);
    let at_once = live(&[last]);
    assert_eq!(at_once, daily);
    assert!(daily.len() > 8, "{daily:#?}");
}

#[test]
fn an_act_comes_after_the_clocks_that_were_due_before_it() {
    let (_folder, store) = fresh();
    let matter = applied(&store, "h1");
    let late = datetime(2022, 3, 9, 9, 0, 0, 0);
    let answer = store.submit(request(None, on(&matter, None, "zhou", "ask-more", reasons()), late)).unwrap();
    assert!(answer.refusal().is_some(), "the term was over: the matter has moved on");
    let found = store.read(|snapshot| snapshot.matter(&matter)).unwrap().unwrap();
    assert_eq!((found.step.as_deref(), found.acts.last().unwrap().at), (Some("joint-check"), midnight(3, 8)));
}

#[test]
fn a_stopped_clock_does_not_fire() {
    let (_folder, store) = fresh();
    let matter = applied(&store, "h1");
    done(&store, request(None, on(&matter, None, "resident-h1", "withdraw", reasons()), start()));
    assert_eq!(store.tick(midnight(12, 1)).unwrap(), Ticked::default());
    let open = store.read(|snapshot| snapshot.due_clocks(midnight(12, 1), 9)).unwrap();
    assert_eq!(open, Vec::new());
}
