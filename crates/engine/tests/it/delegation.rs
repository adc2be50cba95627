//! Delegation: a post on somebody's behalf, between two days, for all acts or some; how it ends, and what else it gives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use crate::posts::{TODAY, at, by, change, county_of_posts, do_act, holders, key, over, start, start_of_posts};
use crate::world::{record, text};
use engine::county::{Appointment, Change, County};
use engine::rights::{key_offices, own_offices};
use engine::view::{Asked, Looked, report};
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide};
use jiff::civil::{Date, date};
use regulation::expr::{Record, Value};

/// Delegates a post; the code of the first reason where it is refused.
pub(crate) fn delegate(memory: &mut Memory, holder: Actor, fields: &[(&str, Value)]) -> Result<String, String> {
    let n = memory.all_matters().count();
    let form: Record = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let act = Act { actor: holder, ..start("delegation", "delegate", form, n) };
    match decide(memory, &act, at(TODAY)) {
        Outcome::Done(decision) => {
            memory.apply_all(&decision.events);
            Ok(decision.subject)
        }
        Outcome::Refused(refusal) => Err(refusal.reasons[0].code.clone()),
    }
}

pub(crate) fn lent(to: &str, until: Option<Date>, only: &str) -> Vec<(&'static str, Value)> {
    let mut fields = vec![("lent-post", key("po-clerk")), ("lent-to", key(to)), ("lent-from", Value::Date(TODAY))];
    fields.extend(until.map(|until| ("lent-until", Value::Date(until))));
    if !only.is_empty() {
        fields.push(("lent-acts", text(only)));
    }
    fields
}

/// Tries an act on a day, and leaves everything as it is; the code of the first reason where it is refused.
fn tried(memory: &Memory, act: &Act, on: Date) -> Result<(), String> {
    match decide(memory, act, at(on)) {
        Outcome::Done(_) => Ok(()),
        Outcome::Refused(refusal) => Err(refusal.reasons[0].code.clone()),
    }
}

/// Whether somebody may appoint in the clerk's post on a day.
fn may_decide(memory: &Memory, person: &str, on: Date) -> Result<(), String> {
    let form = record([
        ("kind", Value::Code("appoint".into())),
        ("post", key("po-b")),
        ("person", key("bo")),
        ("from", Value::Date(on)),
    ]);
    let act = Act { actor: by(person, "po-clerk"), ..start("change", "decide", form, 99) };
    tried(memory, &act, on)
}

#[test]
fn a_post_is_delegated_between_two_days_and_never_further() {
    let mut memory = start_of_posts();
    let (clerk, until) = (by("clerk", "po-clerk"), date(2022, 2, 10));
    for (who, fields, code) in [
        (clerk.clone(), lent("clerk", Some(until), ""), "delegated-to-oneself"),
        (clerk.clone(), lent("an", None, ""), "delegation-without-end"),
        (by("wei", "po-a"), lent("an", Some(until), ""), "not-theirs-to-delegate"),
    ] {
        assert_eq!(delegate(&mut memory, who, &fields), Err(code.to_owned()));
    }
    let matter = delegate(&mut memory, clerk.clone(), &lent("an", Some(until), "")).unwrap();
    assert_eq!(holders(&memory, "po-clerk", TODAY), ["clerk"], "the holder stays the holder");
    assert_eq!(memory.county().behalf("an", "po-clerk", TODAY).map(String::as_str), Some("clerk"));
    assert_eq!(memory.county().behalf("clerk", "po-clerk", TODAY), None);
    assert_eq!(may_decide(&memory, "an", TODAY), Ok(()));
    assert_eq!(may_decide(&memory, "clerk", TODAY), Ok(()), "the holder may act as before");
    assert_eq!(may_decide(&memory, "an", date(2022, 2, 11)), Err("not-your-desk".to_owned()));
    assert_eq!(may_decide(&memory, "bo", TODAY), Err("not-your-desk".to_owned()));
    assert_eq!(
        delegate(&mut memory, by("an", "po-clerk"), &lent("bo", Some(until), "")),
        Err("not-theirs-to-delegate".to_owned()),
        "what was delegated is not delegated again"
    );
    assert_eq!(delegate(&mut memory, clerk.clone(), &lent("an", Some(until), "")), Err("post-filled".to_owned()));

    let end = |actor: Actor| Act {
        target: Target::Matter { id: matter.clone(), seen: None },
        actor,
        ..start("delegation", "end-early", Record::new(), 50)
    };
    assert!(matches!(decide(&memory, &end(by("an", "po-clerk")), at(TODAY)), Outcome::Refused(_)), "only who gave it");
    let Outcome::Done(ended) = decide(&memory, &end(clerk), at(TODAY)) else { panic!("it can be ended") };
    memory.apply_all(&ended.events);
    assert_eq!(may_decide(&memory, "an", TODAY), Ok(()), "to the end of the day");
    assert_eq!(may_decide(&memory, "an", date(2022, 1, 28)), Err("not-your-desk".to_owned()));
    assert_eq!(may_decide(&memory, "clerk", date(2022, 1, 28)), Ok(()));
}

#[test]
fn a_delegation_may_be_for_some_acts_only_and_ends_with_its_giver() {
    let mut memory = start_of_posts();
    let until = date(2022, 2, 28);
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("an", Some(until), "交办、finish")).unwrap();
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("bo", Some(until), "change.decide")).unwrap();
    assert_eq!(may_decide(&memory, "an", TODAY), Err("not-delegated".to_owned()));
    assert_eq!(may_decide(&memory, "bo", TODAY), Ok(()));
    let errand =
        Act { actor: by("an", "po-clerk"), ..start("errand", "entrust", record([("deputy", key("po-a"))]), 60) };
    assert!(matches!(decide(&memory, &errand, at(TODAY)), Outcome::Done(_)), "by its label");
    let from = ("from", Value::Date(date(2022, 2, 1)));
    change(&mut memory, TODAY, "relieve", &[("post", key("po-clerk")), ("whose", key("clerk")), from]).unwrap();
    assert_eq!(may_decide(&memory, "bo", date(2022, 2, 1)), Ok(()));
    assert_eq!(
        may_decide(&memory, "bo", date(2022, 2, 2)),
        Err("not-your-desk".to_owned()),
        "never wider than its giver"
    );
}

/// The acts to which a delegation of the clerk's post is limited, as they are kept; the code of the refusal.
fn limited_to(only: &str) -> Result<Vec<String>, String> {
    let mut memory = start_of_posts();
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("an", Some(date(2022, 2, 28)), only))?;
    Ok(memory.county().appointments.of_person("an").flat_map(|tenure| tenure.only.clone()).collect())
}

#[test]
fn the_acts_of_a_delegation_are_acts_that_there_are() {
    assert_eq!(limited_to(""), Ok(Vec::new()));
    assert_eq!(
        limited_to("转办、交接、finish，errand.entrust"),
        Ok(["errand.entrust", "finish", "转办、交接"].map(String::from).into())
    );
    assert_eq!(limited_to(" 办结 ; 办结 "), Ok(vec!["办结".to_owned()]));
    for unknown in ["转办", "办结、转办", "办结了", "finish2", "errand.decide"] {
        assert_eq!(limited_to(unknown), Err("no-such-act".to_owned()), "{unknown}");
    }
}

/// Ends a delegation in the name of the clerk.
fn end(memory: &mut Memory, matter: &str, on: Date) -> Vec<Event> {
    do_act(memory, matter, by("clerk", "po-clerk"), "end-early", Record::new(), on)
}

fn reliefs(events: &[Event]) -> Vec<(&str, Option<&str>)> {
    let mut found = Vec::new();
    for event in events {
        if let Event::County { change: Change::Relieved { person, behalf, .. }, .. } = event {
            found.push((person.as_str(), behalf.as_deref()));
        }
    }
    found
}

/// The post is one of many, and An holds it too.
fn shared_post() -> County {
    let mut county = county_of_posts();
    county.posts.get_mut("po-clerk").unwrap().many = true;
    let from = date(2021, 6, 1);
    county.appointments.push(Appointment {
        person: "an".into(),
        post: "po-clerk".into(),
        from,
        ..Appointment::default()
    });
    county
}

#[test]
fn the_end_of_a_delegation_leaves_what_the_deputy_holds_themselves() {
    let mut memory = over(shared_post());
    let matter = delegate(&mut memory, by("clerk", "po-clerk"), &lent("an", Some(date(2022, 2, 28)), "")).unwrap();
    let events = end(&mut memory, &matter, TODAY);
    assert_eq!(reliefs(&events), [("an", Some("clerk"))], "once, and what was given");
    let tomorrow = date(2022, 1, 28);
    assert!(memory.county().holds_oneself("an", "po-clerk", tomorrow));
    assert_eq!(memory.county().appointments.of_person("an").filter(|tenure| tenure.is_on(tomorrow)).count(), 1);
}

#[test]
fn a_plain_relief_ends_what_somebody_holds_themselves_before_what_they_were_given() {
    let mut memory = over(shared_post());
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("an", Some(date(2022, 2, 28)), "")).unwrap();
    let relieve = [("post", key("po-clerk")), ("whose", key("an")), ("from", Value::Date(TODAY))];
    let own = change(&mut memory, TODAY, "relieve", &relieve).unwrap();
    assert_eq!(reliefs(&own), [("an", None)]);
    let tomorrow = date(2022, 1, 28);
    assert_eq!(memory.county().behalf("an", "po-clerk", tomorrow).map(String::as_str), Some("clerk"));
    let given = change(&mut memory, TODAY, "relieve", &relieve).unwrap();
    assert_eq!(reliefs(&given), [("an", Some("clerk"))]);
    assert_eq!(memory.county().posts_of("an", tomorrow).count(), 0);
    assert_eq!(change(&mut memory, TODAY, "relieve", &relieve), Err("nobody-relieved".to_owned()));
}

#[test]
fn a_delegation_that_has_not_begun_is_taken_back_and_never_begins() {
    let mut memory = start_of_posts();
    let mut fields = lent("an", Some(date(2022, 2, 28)), "");
    fields[2] = ("lent-from", Value::Date(date(2022, 2, 1)));
    let matter = delegate(&mut memory, by("clerk", "po-clerk"), &fields).unwrap();
    end(&mut memory, &matter, TODAY);
    assert!(memory.county().appointments.of_person("an").all(Appointment::is_void));
    assert_eq!(may_decide(&memory, "an", date(2022, 2, 1)), Err("not-your-desk".to_owned()));
}

/// Enters a room in the register that the clerk's office keeps.
fn enter(memory: &Memory, person: &str) -> Result<(), String> {
    let target = Target::Register { register: "rooms".into(), row: None, place: "999999".into() };
    let form = record([("room", text("301"))]);
    let act =
        Act { target, name: "enter".into(), actor: by(person, "po-clerk"), form, fresh_ids: Vec::new(), proved: false };
    tried(memory, &act, TODAY)
}

#[test]
fn who_has_a_post_for_some_acts_keeps_no_register_and_no_keys_of_its_office() {
    let mut memory = start_of_posts();
    let until = Some(date(2022, 2, 28));
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("an", until, "办结")).unwrap();
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("bo", until, "")).unwrap();
    assert_eq!(enter(&memory, "clerk"), Ok(()));
    assert_eq!(enter(&memory, "bo"), Ok(()), "whoever has all of it may");
    assert_eq!(enter(&memory, "an"), Err("not-delegated".to_owned()));
    let offices = |person: &str| {
        let county = memory.county();
        (own_offices(county, person, TODAY).len(), key_offices(county, person, TODAY).len())
    };
    assert_eq!((offices("clerk"), offices("bo"), offices("an")), ((1, 1), (1, 1), (0, 0)));
}

/// The deputies whom the report lists on a day, each with who gave them the post.
fn deputies(memory: &Memory, on: Date) -> Vec<(String, String)> {
    let regulation = &memory.rulebook().regulations["posts"];
    let view = &regulation.views["deputies"];
    let report = report(memory, regulation, view, &Asked::new(view, "999999", at(on)), &Vec::<Looked>::new());
    report.lines.iter().map(|line| (line.values[0].show(), line.values[1].show())).collect()
}

#[test]
fn tenures_tell_on_whose_behalf_they_are_and_are_current_while_they_give_the_post() {
    let mut memory = start_of_posts();
    delegate(&mut memory, by("clerk", "po-clerk"), &lent("an", Some(date(2022, 2, 28)), "")).unwrap();
    assert_eq!(deputies(&memory, TODAY), [("an".to_owned(), "clerk".to_owned())]);
    let relieve = [("post", key("po-clerk")), ("whose", key("clerk")), ("from", Value::Date(date(2022, 2, 1)))];
    change(&mut memory, TODAY, "relieve", &relieve).unwrap();
    assert_eq!(deputies(&memory, date(2022, 2, 1)).len(), 1);
    assert_eq!(deputies(&memory, date(2022, 2, 2)), [], "it ended with its giver's tenure");
}

/// Drafts a paper and tries to have it approved; the code of the refusal.
fn two_hands(memory: &mut Memory, draft: Actor, approve: Actor) -> Result<(), String> {
    let n = memory.all_matters().count();
    let act = Act { actor: draft, ..start("paper", "draft", Record::new(), n) };
    let Outcome::Done(decision) = decide(memory, &act, at(TODAY)) else { panic!("drafted") };
    memory.apply_all(&decision.events);
    let target = Target::Matter { id: decision.subject, seen: None };
    let act = Act { actor: approve, target, ..start("paper", "approve", Record::new(), n + 50) };
    tried(memory, &act, TODAY)
}

#[test]
fn what_two_must_do_is_not_done_by_one_with_a_deputy() {
    let mut memory = start_of_posts();
    let until = date(2022, 2, 28);
    let clerk = || by("clerk", "po-clerk");
    let deputy = |person: &str| by(person, "po-clerk");
    for person in ["an", "bo"] {
        // Two deputies at once, each for acts of their own.
        let only = if person == "an" { "draft" } else { "approve" };
        delegate(&mut memory, clerk(), &lent(person, Some(until), only)).unwrap();
    }
    let apart = || Err("separation-of-duties".to_owned());
    assert_eq!(two_hands(&mut memory, clerk(), clerk()), apart());
    assert_eq!(two_hands(&mut memory, clerk(), deputy("bo")), apart(), "the deputy acts for who drafted");
    assert_eq!(two_hands(&mut memory, deputy("an"), clerk()), apart(), "who approves answers for the draft");
    assert_eq!(two_hands(&mut memory, deputy("an"), deputy("bo")), apart(), "both act for one");
}
