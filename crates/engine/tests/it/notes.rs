//! Notes among those who handle a matter: who reads, writes and is mentioned, and that nothing a regulation says is touched by one.

use crate::world::{VILLAGE, application, in_post, memory, owner, record, text};
use engine::act::{Refusal, RefusalKind};
use engine::county::{Appointment, Change};
use engine::decide::note::{MENTION, NOTE_LETTERS_MAX, REASON, TEXT};
use engine::rights::{Mention, Viewer, may_note, mentions, reads_notes};
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide};
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;

const DAY: Date = date(2022, 3, 1);
const NOW: DateTime = DAY.at(9, 0, 0, 0);

/// A licence that was applied for; it lies at the village's head.
fn applied() -> (Memory, String) {
    let mut memory = memory();
    let about = BTreeMap::from([("home".to_owned(), Value::Key("h1".into()))]);
    let target = Target::Start { procedure: "dog-licence".into(), place: VILLAGE.into(), about };
    let act = act(target, "apply", owner(), application(DAY));
    let matter = done(&mut memory, &act).0;
    (memory, matter)
}

fn act(target: Target, name: &str, actor: Actor, form: Record) -> Act {
    Act { target, name: name.into(), actor, form, fresh_ids: vec!["m-1".into(), "d-1".into()], proved: false }
}

fn written(memory: &Memory, matter: &str, actor: Actor, form: Record) -> Outcome {
    let target = Target::Note { matter: matter.into(), strike: None };
    decide(memory, &act(target, "note", actor, form), NOW)
}

fn struck(memory: &Memory, matter: &str, note: u32, actor: Actor, reason: &str) -> Outcome {
    let target = Target::Note { matter: matter.into(), strike: Some(note) };
    decide(memory, &act(target, "note", actor, record([(REASON, text(reason))])), NOW)
}

fn done(memory: &mut Memory, act: &Act) -> (String, Vec<Event>) {
    happened(memory, decide(memory, act, NOW))
}

fn happened(memory: &mut Memory, outcome: Outcome) -> (String, Vec<Event>) {
    let Outcome::Done(decision) = outcome else { panic!("{outcome:?}") };
    memory.apply_all(&decision.events);
    (decision.subject, decision.events)
}

fn refused(outcome: Outcome) -> Refusal {
    match outcome {
        Outcome::Refused(refusal) => refusal,
        Outcome::Done(decision) => panic!("{:?}", decision.events),
    }
}

fn said(words: &str, mentioned: &[&str]) -> Record {
    let mentioned = mentioned.iter().map(|code| text(code)).collect();
    record([(TEXT, text(words)), (MENTION, Value::List(mentioned))])
}

#[test]
fn notes_are_for_the_offices_that_handle_the_matter_and_for_nobody_whom_it_is_about() {
    let (memory, id) = applied();
    let matter = memory.matter(&id).unwrap();
    let reads = |person: &str| reads_notes(&memory, &Viewer::everywhere(memory.county(), person, NOW), &matter, NOW);
    for (person, sees) in
        [("head", true), ("vet", true), ("police", true), ("mayor", true), ("owner", false), ("far-head", false)]
    {
        assert_eq!(reads(person), sees, "{person}");
    }
    assert!(!reads_notes(&memory, &Viewer::public(), &matter, NOW));
    assert!(may_note(&memory, &in_post("head"), &matter, NOW).is_ok());
    let oneself = Actor::Person { person: "head".into(), post: None };
    assert_eq!(may_note(&memory, &oneself, &matter, NOW).unwrap_err().code, "no-notes", "not in their own name");
}

#[test]
fn an_official_does_not_read_what_is_said_of_their_own_application() {
    let (mut memory, id) = applied();
    let tenure = Appointment {
        person: "owner".into(),
        post: "post-vet".into(),
        from: date(2022, 1, 1),
        ..Appointment::default()
    };
    memory.apply(&Event::County { matter: id.clone(), on: DAY, change: Change::Appointed(tenure) });
    let as_vet = Actor::Person { person: "owner".into(), post: Some("post-vet".into()) };
    let matter = memory.matter(&id).unwrap();
    assert_eq!(may_note(&memory, &as_vet, &matter, NOW).unwrap_err().code, "no-notes");
    assert!(may_note(&memory, &in_post("vet"), &matter, NOW).is_ok(), "their colleague does");
    let codes: Vec<String> = mentions(&memory, &matter, NOW).iter().map(Mention::code).collect();
    assert!(codes.contains(&"township/vet/999999100".to_owned()), "{codes:?}");
}

#[test]
fn a_note_changes_nothing_but_the_notes_and_tells_those_mentioned() {
    let (mut memory, id) = applied();
    let before = memory.matter(&id).unwrap();
    let outcome =
        written(&memory, &id, in_post("head"), said("  院墙没有封闭，请先看一下 ", &["township/vet/999999100"]));
    let (subject, events) = happened(&mut memory, outcome);
    assert_eq!(subject, id);
    let [Event::Noted { text, desks, posts, persons, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!((text.as_str(), desks.len(), posts.len(), persons.len()), ("院墙没有封闭，请先看一下", 1, 0, 0));
    let after = memory.matter(&id).unwrap();
    assert_eq!(after.notes.len(), 1);
    let mut same = (*after).clone();
    same.notes.clear();
    assert_eq!(same, *before, "its step, clocks, acts and how many it has seen");
}

#[test]
fn whoever_wrote_a_note_strikes_it_out_once_and_it_stays() {
    let (mut memory, id) = applied();
    let outcome = written(&memory, &id, in_post("head"), said("看错了户", &[]));
    happened(&mut memory, outcome);
    assert_eq!(refused(struck(&memory, &id, 0, in_post("vet"), "不对")).reasons[0].code, "not-your-note");
    assert_eq!(refused(struck(&memory, &id, 1, in_post("head"), "不对")).reasons[0].code, "unknown-note");
    assert_eq!(refused(struck(&memory, &id, 0, in_post("head"), " ")).fields[0].field, REASON);
    let outcome = struck(&memory, &id, 0, in_post("head"), "写到别的事项里了");
    happened(&mut memory, outcome);
    let matter = memory.matter(&id).unwrap();
    assert_eq!(matter.notes[0].text, "看错了户");
    assert_eq!(matter.notes[0].struck.as_ref().unwrap().reason, "写到别的事项里了");
    assert_eq!(refused(struck(&memory, &id, 0, in_post("head"), "再划")).reasons[0].code, "note-struck");
}

#[test]
fn what_is_no_note_is_refused() {
    let (mut memory, id) = applied();
    for (form, field) in [
        (said("", &[]), TEXT),
        (said("  \n ", &[]), TEXT),
        (said(&"长".repeat(NOTE_LETTERS_MAX + 1), &[]), TEXT),
        (said("请看", &["village/head/999999100202"]), MENTION),
        (said("请看", &["post-nobody"]), MENTION),
    ] {
        let refusal = refused(written(&memory, &id, in_post("head"), form));
        assert_eq!((refusal.kind, refusal.fields[0].field.as_str()), (RefusalKind::Form, field));
    }
    let other = refused(written(&memory, &id, in_post("far-head"), said("别村的", &[])));
    assert_eq!((other.kind, other.reasons[0].code.as_str()), (RefusalKind::Rights, "no-notes"));
    assert_eq!(refused(written(&memory, "none", in_post("head"), said("没有", &[]))).kind, RefusalKind::Unknown);
    assert_eq!(refused(written(&memory, &id, Actor::Clock, said("时钟", &[]))).kind, RefusalKind::Rights);

    let outcome = written(&memory, &id, in_post("head"), said("办结前写的", &[]));
    happened(&mut memory, outcome);
    let seen = Some(memory.matter(&id).unwrap().seq);
    let target = Target::Matter { id: id.clone(), seen };
    done(&mut memory, &act(target, "withdraw", owner(), record([("text", text("不养了"))])));
    let closed = refused(written(&memory, &id, in_post("head"), said("晚了", &[])));
    assert_eq!((closed.kind, closed.reasons[0].code.as_str()), (RefusalKind::State, "matter-closed"));
    let outcome = struck(&memory, &id, 0, in_post("head"), "写错了人");
    happened(&mut memory, outcome);
}
