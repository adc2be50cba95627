//! Deliveries against a mail server and a receiver of events on this machine, both a few lines long.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

#[expect(dead_code, reason = "the store's own tests use the rest of it")]
#[path = "../../../store/tests/it/fixture.rs"]
mod fixture;
mod servers;
mod shares;

use super::{Deliverer, Mailer};
use fixture::{done, enter_home, on, reasons, request, start};
use jiff::ToSpan;
use jiff::civil::{DateTime, datetime};
use servers::{MailServer, Receiver, Request};
use std::sync::Arc;
use store::outbox::{Contact, ContactState, Delivery, DeliveryState, Topic, Webhook};
use store::{Outbox, Sqlite, Store, StoreExt};
use tempfile::TempDir;

const URL: &str = "https://gongbao.example";
const ADDRESS: &str = "resident@mail.example";
const SECRET: [u8; 32] = [5; 32];

struct World {
    _folder: TempDir,
    store: Arc<Sqlite>,
    deliverer: Deliverer,
    mail: MailServer,
}

/// A county whose resident `resident-h1` has a confirmed address, and whose outbox has passed over what was before.
fn world() -> World {
    let (folder, store) = fixture::fresh();
    let store = Arc::new(store);
    let mail = MailServer::start();
    let mailer = Mailer::new(&mail.url(), "示例县公报 <gongbao@county.example>").unwrap();
    let deliverer = Deliverer {
        store: Arc::clone(&store) as Arc<dyn Store>,
        mailer: Some(mailer),
        private_webhooks: true,
        public_url: URL.into(),
    };
    assert_eq!(deliverer.round(start()).unwrap(), 0);
    World { _folder: folder, store, deliverer, mail }
}

fn contact(state: ContactState) -> Contact {
    Contact {
        person: "resident-h1".into(),
        address: ADDRESS.into(),
        code: "123456".into(),
        state,
        asked: start(),
        until: start().saturating_add(24.hours()),
        tries: 0,
        own: true,
        posts: true,
    }
}

/// An application that is sent back for correction, and the reminder of its resident thirty days later.
fn reminded(store: &dyn Store) -> (String, DateTime) {
    done(store, request(None, enter_home("h1"), start()));
    let matter = done(store, request(None, fixture::apply("h1", "chip-h1"), start()));
    done(store, request(None, on(&matter, None, "zhou", "ask-more", reasons()), start()));
    let day = datetime(2022, 4, 2, 9, 0, 0, 0);
    store.tick(day).unwrap();
    (matter, day)
}

fn deliveries(store: &dyn Store, matter: &str) -> Vec<Delivery> {
    store.read(|snapshot| snapshot.deliveries(matter)).unwrap()
}

#[test]
fn a_reminder_reaches_the_letter_box_once_and_says_nothing_personal() {
    let world = world();
    world.store.put_contact(contact(ContactState::Confirmed)).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    assert_eq!(world.deliverer.round(day).unwrap(), 1);
    assert_eq!(world.deliverer.round(day).unwrap(), 0, "once");
    let mails = world.mail.received();
    let [mail] = mails.as_slice() else { panic!("{mails:#?}") };
    assert_eq!(mail.to, ADDRESS);
    assert!(mail.data.contains("Subject: =?utf-8?"), "a Chinese subject is encoded (RFC 2047): {}", mail.data);
    assert!(mail.data.contains("Message-ID: <999999-"), "{}", mail.data);
    assert!(mail.data.contains("multipart/alternative"), "{}", mail.data);
    let text = mail.decoded();
    assert!(text.contains(&format!("{URL}/matters/{matter}")) && text.contains("尚待办理"), "{text}");
    for personal in [fixture::PHONE, fixture::HEAD_ADDRESS, fixture::SIGNER] {
        assert!(!text.contains(personal), "{personal} in {text}");
    }
    let [delivery] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((delivery.state, delivery.attempts, delivery.next), (DeliveryState::Sent, 1, None));
}

#[test]
fn what_is_not_taken_now_is_tried_again_later_under_the_same_id() {
    let world = world();
    world.store.put_contact(contact(ContactState::Confirmed)).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    world.mail.answer_next("451 4.3.0 busy");
    assert_eq!(world.deliverer.round(day).unwrap(), 0);
    let [failed] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((failed.state, failed.answer.as_str()), (DeliveryState::Failed, "451"));
    assert_eq!(world.deliverer.round(day).unwrap(), 0, "not before its time");
    assert_eq!(world.deliverer.round(failed.next.unwrap()).unwrap(), 1);
    let [sent] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((sent.state, sent.attempts), (DeliveryState::Sent, 2));
    assert_eq!(world.mail.received().len(), 1);
}

#[test]
fn what_is_never_taken_is_given_up_and_can_be_sent_again() {
    let world = world();
    world.store.put_contact(contact(ContactState::Confirmed)).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    world.mail.answer_next("550 5.1.1 no such user resident@mail.example");
    world.deliverer.round(day).unwrap();
    let [given_up] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((given_up.state, given_up.answer.as_str(), given_up.next), (DeliveryState::GivenUp, "550", None));
    assert_eq!(world.store.read(|snapshot| snapshot.deliveries_not_taken(9)).unwrap().len(), 1);
    assert!(world.store.retry_delivery(&given_up.key, day).unwrap());
    assert!(!world.store.retry_delivery(&given_up.key, day).unwrap(), "it is queued already");
    assert_eq!(world.deliverer.round(day).unwrap(), 1);
    assert!(world.store.read(|snapshot| snapshot.deliveries_not_taken(9)).unwrap().is_empty());
}

#[test]
fn a_crash_between_sending_and_noting_sends_the_same_message_again() {
    let world = world();
    world.store.put_contact(contact(ContactState::Confirmed)).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    world.store.queue_deliveries(day).unwrap();
    let [due] = &world.store.due_deliveries(day, 9).unwrap()[..] else { panic!("one is due") };
    // As the deliverer does, up to the point where the machine stops.
    assert!(world.store.claim_delivery(due, day, day.saturating_add(5.minutes())).unwrap());
    assert!(matches!(world.deliverer.send(due, day).unwrap(), super::Answer::Taken(_)));
    assert_eq!(world.deliverer.round(day).unwrap(), 0, "while its lease runs, nobody else takes it");
    assert_eq!(world.deliverer.round(day.saturating_add(5.minutes())).unwrap(), 1);
    let ids: Vec<String> = world.mail.received().iter().map(servers::Mail::id).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1], "its receiver knows it by its id");
    assert_eq!(deliveries(world.store.as_ref(), &matter).len(), 1);
}

#[test]
fn a_code_is_sent_and_nothing_else_before_it_came_back() {
    let world = world();
    world.store.put_contact(contact(ContactState::Asked)).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    assert_eq!(world.deliverer.round(day).unwrap(), 1);
    assert_eq!(world.deliverer.round(day).unwrap(), 0);
    assert!(world.mail.received()[0].decoded().contains("123456"));
    assert_eq!(
        world.store.read(|snapshot| snapshot.contact("resident-h1")).unwrap().unwrap().state,
        ContactState::CodeSent
    );
    assert!(deliveries(world.store.as_ref(), &matter).is_empty());
}

#[test]
fn who_takes_their_address_back_gets_nothing_that_was_queued() {
    let world = world();
    world.store.put_contact(contact(ContactState::Confirmed)).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    world.store.queue_deliveries(day).unwrap();
    world.store.drop_contact("resident-h1").unwrap();
    assert_eq!(world.deliverer.round(day).unwrap(), 0);
    assert_eq!(deliveries(world.store.as_ref(), &matter)[0].state, DeliveryState::GivenUp);
    assert!(world.mail.received().is_empty());
}

fn webhook(url: String) -> Webhook {
    Webhook {
        id: "hook".into(),
        office: engine::event::Desk::Office {
            level: "village".into(),
            desk: "head".into(),
            place: fixture::VILLAGE.into(),
        },
        url,
        secret: SECRET.into(),
        former: None,
        topics: Topic::ALL.into(),
        active: true,
        changed: start(),
        person: "zhou".into(),
    }
}

/// The signature that the receiver computes, by the scheme's rule.
fn expected(secret: &[u8], request: &Request) -> String {
    let timestamp = request.header("webhook-timestamp").parse().unwrap();
    trust::sign_webhook(secret, request.header("webhook-id"), timestamp, request.body.as_bytes())
}

#[test]
fn events_arrive_signed_with_ids_and_links_and_without_personal_data() {
    let world = world();
    let receiver = Receiver::start();
    world.store.put_webhook(webhook(receiver.url())).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    assert!(world.deliverer.round(day).unwrap() >= 4);
    let requests = receiver.received();
    let types: Vec<String> =
        requests.iter().map(|request| request.event()["type"].as_str().unwrap().to_owned()).collect();
    for wanted in ["gongbao.matter.opened", "gongbao.act.done", "gongbao.step.entered", "gongbao.message.sent"] {
        assert!(types.iter().any(|kind| kind == wanted), "{wanted} in {types:?}");
    }
    for request in &requests {
        assert_eq!(request.header("webhook-signature"), expected(&SECRET, request));
        let event = request.event();
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"], request.header("webhook-id"));
        assert_eq!(event["data"]["matter"]["id"], matter.as_str());
        assert_eq!(event["data"]["links"]["page"], format!("{URL}/matters/{matter}"));
        for personal in [fixture::PHONE, fixture::HEAD_ADDRESS, fixture::SIGNER, "resident-h1", "阿黄"] {
            assert!(!request.body.contains(personal), "{personal} in {}", request.body);
        }
    }
    let ids: std::collections::BTreeSet<&str> = requests.iter().map(|request| request.header("webhook-id")).collect();
    assert_eq!(ids.len(), requests.len(), "each event has an id of its own");
}

#[test]
fn while_two_secrets_hold_both_sign() {
    let world = world();
    let receiver = Receiver::start();
    let (_, day) = { reminded(world.store.as_ref()) };
    let former = Some((vec![9; 32], day.saturating_add(1.hours())));
    world.store.put_webhook(Webhook { former, ..webhook(receiver.url()) }).unwrap();
    world.deliverer.round(day).unwrap();
    let first = receiver.received().remove(0);
    let signatures: Vec<&str> = first.header("webhook-signature").split(' ').collect();
    assert_eq!(signatures, [expected(&SECRET, &first), expected(&[9; 32], &first)]);
    // Afterwards only the new one does.
    let later = day.saturating_add(2.hours());
    let matter = done(world.store.as_ref(), request(None, fixture::apply("h1", "chip-2"), later));
    world.deliverer.round(later).unwrap();
    let last = receiver.received().pop().unwrap();
    assert_eq!(last.event()["data"]["matter"]["id"], matter.as_str());
    assert_eq!(last.header("webhook-signature"), expected(&SECRET, &last));
}

#[test]
fn a_receiver_that_fails_is_tried_again_and_one_that_is_gone_is_not() {
    let world = world();
    let receiver = Receiver::start();
    let topics = [Topic::MatterOpened].into();
    world.store.put_webhook(Webhook { topics, ..webhook(receiver.url()) }).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    receiver.answer_next("503 Service Unavailable");
    assert_eq!(world.deliverer.round(day).unwrap(), 0);
    let [failed] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((failed.state, failed.answer.as_str()), (DeliveryState::Failed, "503"));
    receiver.answer_next("302 Found\r\nlocation: http://127.0.0.1:1/");
    let again = failed.next.unwrap();
    world.deliverer.round(again).unwrap();
    let [moved] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((moved.state, moved.answer.as_str()), (DeliveryState::Failed, "redirect"));
    receiver.answer_next("410 Gone");
    world.deliverer.round(moved.next.unwrap()).unwrap();
    let [gone] = &deliveries(world.store.as_ref(), &matter)[..] else { panic!("one delivery") };
    assert_eq!((gone.state, gone.answer.as_str(), gone.attempts), (DeliveryState::GivenUp, "410", 3));
    let ids: std::collections::BTreeSet<String> =
        receiver.received().iter().map(|request| request.header("webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 1, "every attempt has the same id");
}

#[test]
fn a_private_address_is_refused_where_it_is_not_allowed() {
    let mut world = world();
    let receiver = Receiver::start();
    world.deliverer.private_webhooks = false;
    let topics = [Topic::MatterOpened].into();
    world.store.put_webhook(Webhook { topics, ..webhook(receiver.url()) }).unwrap();
    let (matter, day) = reminded(world.store.as_ref());
    assert_eq!(world.deliverer.round(day).unwrap(), 0);
    assert_eq!(deliveries(world.store.as_ref(), &matter)[0].answer, "address");
    assert!(receiver.received().is_empty());
}

#[test]
fn an_office_hears_only_of_what_it_may_see() {
    let world = world();
    let receiver = Receiver::start();
    let office =
        engine::event::Desk::Office { level: "village".into(), desk: "head".into(), place: "999999001002".into() };
    world.store.put_webhook(Webhook { office, ..webhook(receiver.url()) }).unwrap();
    let (_, day) = reminded(world.store.as_ref());
    assert_eq!(world.deliverer.round(day).unwrap(), 0);
    assert!(receiver.received().is_empty());
}
