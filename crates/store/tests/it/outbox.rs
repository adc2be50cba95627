//! The outbox: what is queued for whom, once, and what a rebuild and an erasure leave of it.

use crate::fixture::*;
use jiff::ToSpan;
use jiff::civil::{DateTime, datetime};
use store::outbox::{Attempt, Channel, Contact, ContactState, Delivery, DeliveryState, Queued, Topic, Webhook};
use store::pages::MessageKind;
use store::{Forget, Outbox, Sqlite, Store, StoreExt};

const MAILBOX: &str = "someone@mail.example";

pub fn contact(person: &str, own: bool, posts: bool) -> Contact {
    Contact {
        person: person.into(),
        address: MAILBOX.into(),
        code: String::new(),
        state: ContactState::Confirmed,
        asked: start(),
        until: start(),
        tries: 0,
        own,
        posts,
    }
}

fn webhook(topics: &[Topic]) -> Webhook {
    Webhook {
        id: "hook".into(),
        office: village_desk(),
        url: "https://example.gov.cn/".into(),
        secret: vec![7; 32],
        former: Some((vec![8; 32], start())),
        topics: topics.iter().copied().collect(),
        active: true,
        changed: start(),
        person: "zhou".into(),
    }
}

/// An application whose resident is reminded of a correction on that day, and who has not been told before.
pub fn reminded(store: &Sqlite) -> (String, DateTime) {
    let matter = applied(store, "h1");
    done(store, request(None, on(&matter, None, "zhou", "ask-more", reasons()), start()));
    let day = datetime(2022, 4, 2, 9, 0, 0, 0);
    store.tick(day).unwrap();
    (matter, day)
}

fn deliveries(store: &Sqlite, matter: &str) -> Vec<Delivery> {
    store.read(|snapshot| snapshot.deliveries(matter)).unwrap()
}

#[test]
fn what_was_before_the_outbox_is_passed_over_and_what_comes_after_is_queued_once() {
    let (_folder, store) = fresh();
    store.put_contact(contact("resident-h1", true, false)).unwrap();
    let (matter, day) = reminded(&store);
    assert_eq!(store.queue_deliveries(day).unwrap(), Queued::default(), "nobody is told today of what was before");
    done(&store, request(None, on(&matter, None, "resident-h1", "withdraw", reasons()), day));
    let (again, later) = {
        done(&store, request(None, enter_home("h2"), day));
        let matter = done(&store, request(None, apply("h2", "chip-2"), day));
        done(&store, request(None, on(&matter, None, "zhou", "ask-more", reasons()), day));
        store.put_contact(contact("resident-h2", true, false)).unwrap();
        let later = day.saturating_add(40.days());
        store.tick(later).unwrap();
        (matter, later)
    };
    assert!(store.queue_deliveries(later).unwrap().deliveries >= 1);
    assert_eq!(store.queue_deliveries(later).unwrap(), Queued::default());
    let queued = deliveries(&store, &again);
    assert!(
        queued.iter().all(|one| one.key.channel == Channel::Mail && one.key.target == "resident-h2"),
        "{queued:#?}"
    );
    assert_eq!(store.due_deliveries(later, 9).unwrap(), queued);
    let messages = store.read(|snapshot| snapshot.matter_messages(&again)).unwrap();
    let told =
        messages.iter().find(|message| (message.seq, message.n) == (queued[0].key.seq, queued[0].key.n)).unwrap();
    assert_eq!(told.kind, MessageKind::Told);
    let entry = store.read(|snapshot| snapshot.occurrence(told.seq, told.n)).unwrap().unwrap();
    assert!(matches!(&entry.events[..], [engine::Event::Told { text, .. }] if *text == told.text));
    assert_eq!(store.read(|snapshot| snapshot.occurrence(told.seq, 99)).unwrap(), None);
}

#[test]
fn who_wants_nothing_about_their_posts_gets_nothing_sent_to_them() {
    // Nobody gives an opinion: after the last day an alarm goes to the joint check's desks.
    let queued = |own, posts| {
        let (_folder, store) = fresh();
        store.queue_deliveries(start()).unwrap();
        store.put_contact(contact("zheng", own, posts)).unwrap();
        applied(&store, "h1");
        let later = datetime(2022, 6, 1, 9, 0, 0, 0);
        store.tick(later).unwrap();
        store.queue_deliveries(later).unwrap().deliveries
    };
    assert_eq!(queued(true, false), 0);
    assert!(queued(false, true) > 0);
}

#[test]
fn a_rebuild_leaves_deliveries_alone() {
    let (_folder, store) = fresh();
    store.queue_deliveries(start()).unwrap();
    store.put_webhook(webhook(&Topic::ALL)).unwrap();
    let (matter, day) = reminded(&store);
    store.queue_deliveries(day).unwrap();
    let first = deliveries(&store, &matter)[0].clone();
    assert!(store.claim_delivery(&first, day, day.saturating_add(5.minutes())).unwrap());
    assert!(
        store.end_delivery(&first, Attempt { state: DeliveryState::Sent, next: None, answer: "204".into() }).unwrap()
    );
    let before = deliveries(&store, &matter);
    assert_eq!((before[0].state, before[0].attempts, before[0].last), (DeliveryState::Sent, 1, Some(day)));
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(deliveries(&store, &matter), before);
    assert_eq!(store.queue_deliveries(day).unwrap(), Queued::default(), "and nothing is queued anew");
}

#[test]
fn a_webhook_keeps_its_secrets_and_is_told_of_its_topics_only() {
    let (_folder, store) = fresh();
    store.queue_deliveries(start()).unwrap();
    let kept = webhook(&[Topic::MatterOpened]);
    store.put_webhook(kept.clone()).unwrap();
    assert_eq!(store.read(|snapshot| snapshot.webhooks()).unwrap(), std::slice::from_ref(&kept));
    let (matter, day) = reminded(&store);
    store.queue_deliveries(day).unwrap();
    let queued = deliveries(&store, &matter);
    assert_eq!(queued.iter().map(|one| one.topic).collect::<Vec<_>>(), [Topic::MatterOpened]);
    store.drop_webhook("hook").unwrap();
    assert_eq!(deliveries(&store, &matter)[0].state, DeliveryState::GivenUp);
    assert!(store.due_deliveries(day, 9).unwrap().is_empty());
    store.put_webhook(Webhook { active: false, ..kept }).unwrap();
    let other = done(&store, request(None, apply("h1", "chip-2"), day));
    store.queue_deliveries(day).unwrap();
    assert!(deliveries(&store, &other).is_empty(), "a paused one is not told");
}

#[test]
fn an_address_is_never_in_the_open_and_goes_with_its_key() {
    let (folder, store) = fresh();
    store.put_contact(contact("resident-h1", true, true)).unwrap();
    store.put_webhook(webhook(&Topic::ALL)).unwrap();
    for file in ["county.db", "county.db-wal"] {
        let bytes = std::fs::read(folder.path().join(file)).unwrap_or_default();
        for secret in [MAILBOX, "example.gov.cn"] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in {file}");
        }
    }
    let forget = Forget { owner: "resident-h1".into(), actor: actor("zhou"), clauses: vec![], now: start() };
    store.forget(forget).unwrap();
    let left = store.read(|snapshot| snapshot.contact("resident-h1")).unwrap().unwrap();
    assert_eq!(left.address, "");
}
