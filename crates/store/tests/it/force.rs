//! Regulations that acts put into force and out of it: at the moment, for new matters, for good.

use crate::fixture::*;
use engine::{Act, Target};
use jiff::civil::{Date, DateTime, date, datetime};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use std::path::Path;
use store::{Settings, Sqlite, Store, StoreExt, Submitted};

const LAW: &str = include_str!("../../../regulation/tests/fixtures/law.md");
const STALLS: &str = include_str!("../../../regulation/tests/fixtures/stalls.md");

fn open_law(data: &Path) -> Sqlite {
    Sqlite::open(Settings { data: data.to_owned(), county_key: KEY, library: library_of("law", LAW) }).unwrap()
}

fn start_of(procedure: &str, name: &str, person: &str, form: Record) -> Act {
    Act {
        target: Target::Start { procedure: procedure.into(), place: "999999".into(), about: BTreeMap::new() },
        name: name.into(),
        actor: actor(person),
        form,
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn bill(law: &str, from: Date) -> Act {
    let form = [("law-text", text(law)), ("law-number", text("示例办发〔2022〕9号")), ("law-from", Value::Date(from))];
    start_of("lawmaking", "sign", "wei", record(form))
}

fn ask() -> Act {
    start_of("stall", "ask", "resident-h1", record([("goods", text("布匹"))]))
}

/// What a request of that moment came to: the fee that the new matter names, or the first code of the refusal.
fn fee(store: &dyn Store, now: DateTime) -> String {
    match store.submit(request(None, ask(), now)).unwrap() {
        Submitted::Done(receipt) => {
            let matter = store.read(|snapshot| snapshot.matter_line(&receipt.subject)).unwrap().unwrap();
            matter.title.unwrap().trim_start_matches("布匹，收费").to_owned()
        }
        Submitted::Refused(refusal) => refusal.reasons[0].code.clone(),
    }
}

fn dearer() -> String {
    STALLS.replace("5 yuan", "8 yuan")
}

#[test]
fn before_midnight_the_old_one_after_midnight_the_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_law(folder.path());
    let (evening, midnight) = (datetime(2022, 3, 9, 23, 59, 59, 0), datetime(2022, 3, 10, 0, 0, 0, 0));
    assert_eq!(fee(&store, start()), "unknown-procedure");
    // In force on the day on which it is signed, then another text for the tenth.
    done(&store, request(None, bill(STALLS, date(2022, 3, 1)), start()));
    done(&store, request(None, bill(&dearer(), date(2022, 3, 10)), start()));
    assert_eq!(fee(&store, evening), "5.00 元");
    let old = done(&store, request(None, ask(), evening));
    // Nobody has let the clocks run out: who comes first after midnight finds the new one all the same.
    assert_eq!(fee(&store, midnight), "8.00 元");
    let ticked = store.tick(midnight).unwrap();
    assert_eq!((ticked.fired, ticked.enacted), (0, 0), "it has happened");

    // The matter of the evening ends under its own version.
    done(&store, request(None, on(&old, None, "wei", "grant", Record::new()), midnight));
    let library = store.library();
    let now = &library.rulebook.regulations["stalls"];
    assert_eq!((now.number.as_str(), now.effective), ("示例办发〔2022〕9号", date(2022, 3, 10)));
    let matter = store.read(|snapshot| snapshot.matter(&old)).unwrap().unwrap();
    assert_ne!(matter.version, now.version);
    assert!(library.regulation("stalls", &matter.version).is_some());

    let lines = store.read(|snapshot| snapshot.regulation_force("stalls")).unwrap();
    let told: Vec<(Date, bool)> = lines.iter().map(|line| (line.since, line.revoked)).collect();
    assert_eq!(told, [(date(2022, 3, 1), false), (date(2022, 3, 10), false)]);
}

#[test]
fn the_clock_lets_it_come_into_force_in_its_turn() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_law(folder.path());
    done(&store, request(None, bill(STALLS, date(2022, 3, 1)), start()));
    done(&store, request(None, bill(&dearer(), date(2022, 3, 10)), start()));
    let eve = datetime(2022, 3, 9, 23, 59, 59, 0);
    assert_eq!(store.tick(eve).unwrap().enacted, 0);
    // After a rest of ten days.
    let ticked = store.tick(datetime(2022, 3, 20, 9, 0, 0, 0)).unwrap();
    assert_eq!((ticked.fired, ticked.enacted), (1, 1));
    assert_eq!(fee(&store, datetime(2022, 3, 20, 9, 0, 0, 0)), "8.00 元");
}

#[test]
fn it_survives_a_restart_and_a_rebuild() {
    let folder = tempfile::tempdir().unwrap();
    let late = datetime(2022, 4, 1, 9, 0, 0, 0);
    let before = {
        let store = open_law(folder.path());
        done(&store, request(None, bill(STALLS, date(2022, 3, 1)), start()));
        assert_eq!(fee(&store, start()), "5.00 元");
        done(&store, request(None, bill(&dearer(), date(2022, 3, 10)), start()));
        store.tick(late).unwrap();
        store.projection_digests().unwrap()
    };
    let store = open_law(folder.path());
    assert_eq!(fee(&store, late), "8.00 元");
    let live = store.projection_digests().unwrap();
    let force =
        |digests: &[(String, trust::Digest)]| digests.iter().find(|(table, _)| table == "regulation_force").cloned();
    assert_eq!(force(&before), force(&live));
    store.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    let verified = store.verify(&mut |_, _| {}).unwrap();
    assert!(verified.wrongs.is_empty(), "{:?}", verified.wrongs);
}

#[test]
fn a_text_with_an_error_cannot_be_signed() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_law(folder.path());
    let refusal = |law: &str| {
        let answer = store.submit(request(None, bill(law, date(2022, 3, 1)), start())).unwrap();
        answer.refusal().unwrap().fields.first().unwrap().clone()
    };
    let fault = refusal(&STALLS.replace("to: asked", "to: nowhere"));
    assert_eq!(fault.field, "law-text");
    assert!(fault.zh.contains("第27行") && fault.en.contains("line 27"), "{fault:?}");
    assert!(refusal("id: stalls").zh.contains("错误"));
    assert_eq!(fee(&store, start()), "unknown-procedure");
}

#[test]
fn two_texts_that_do_not_fit_each_other_do_not_both_come_into_force() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_law(folder.path());
    // Both define the procedure `stall`; each was right when it was signed.
    let other = STALLS.replace("id: stalls", "id: booths").replace("st-1", "bo-1");
    done(&store, request(None, bill(STALLS, date(2022, 3, 10)), start()));
    done(&store, request(None, bill(&other, date(2022, 3, 10)), start()));
    let ticked = store.tick(datetime(2022, 3, 10, 0, 0, 0, 0)).unwrap();
    assert_eq!((ticked.enacted, ticked.refused.len()), (1, 1), "{ticked:?}");
    assert_eq!(fee(&store, datetime(2022, 3, 10, 0, 0, 0, 0)), "5.00 元");
}

#[test]
fn what_is_repealed_takes_no_new_matters_and_ends_those_it_has() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_law(folder.path());
    let law = done(&store, request(None, bill(STALLS, date(2022, 3, 1)), start()));
    let stall = done(&store, request(None, ask(), start()));
    let later = datetime(2022, 3, 8, 9, 0, 0, 0);
    done(&store, request(None, on(&law, None, "wei", "cease", Record::new()), later));
    assert_eq!(fee(&store, later), "not-in-force");
    done(&store, request(None, on(&stall, None, "wei", "grant", Record::new()), later));
    drop(store);
    let store = open_law(folder.path());
    assert_eq!(fee(&store, later), "not-in-force");

    // A newer text is not touched by the end of the one before it.
    let first = done(&store, request(None, bill(STALLS, date(2022, 3, 8)), later));
    done(&store, request(None, bill(&dearer(), date(2022, 3, 8)), later));
    done(&store, request(None, on(&first, None, "wei", "cease", Record::new()), later));
    assert_eq!(fee(&store, later), "8.00 元");
}

#[test]
fn a_supplement_comes_into_force_over_the_base_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (evening, midnight) = (datetime(2022, 3, 9, 23, 59, 59, 0), datetime(2022, 3, 10, 0, 0, 0, 0));
    let opened = STALLS.replace("stall.fee: 5 yuan", "stall.fee: { value: 5 yuan, county: 1 yuan .. 9 yuan }");
    let supplement = "---\noverlay-of: stalls\ntitle: 示例县摊位补充规定\nnumber: 待编号\nissuer: county-office\n\
                      issued: 2000-01-01\neffective: 2000-01-01\n---\n# 一、收费\n\n本县从低收费。 {#own-1}\n\n\
                      ```yaml parameter\nstall.fee: 3 yuan\n```\n";
    {
        let store = open_law(folder.path());
        done(&store, request(None, bill(&opened, date(2022, 3, 1)), start()));
        done(&store, request(None, bill(supplement, date(2022, 3, 10)), start()));
        assert_eq!(fee(&store, evening), "5.00 元");
        assert_eq!(fee(&store, midnight), "3.00 元");
        let sum = &store.library().rulebook.regulations["stalls"];
        let own = sum.supplement.as_ref().unwrap();
        assert_eq!((own.number.as_str(), own.effective), ("示例办发〔2022〕9号", date(2022, 3, 10)));
        let dear =
            store.submit(request(None, bill(&supplement.replace("3 yuan", "10 yuan"), date(2022, 3, 11)), midnight));
        let fault = dear.unwrap().refusal().unwrap().fields.first().unwrap().clone();
        assert!(fault.field == "law-text" && fault.zh.contains("超出允许的范围"), "{fault:?}");
    }
    let store = open_law(folder.path());
    assert_eq!(fee(&store, midnight), "3.00 元");
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| {}).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
}
