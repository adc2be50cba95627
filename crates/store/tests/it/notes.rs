//! Notes of a matter: sealed with its data, told to those mentioned, in no timeline, and gone with an erasure.

use crate::fixture::*;
use engine::decide::note::{MENTION, REASON, TEXT};
use engine::event::Desk;
use engine::{Act, Target};
use regulation::expr::{Record, Value};
use store::outbox::{Channel, Contact, ContactState, Topic, Webhook};
use store::pages::{Cut, MessageKind};
use store::record::v1::ERASED;
use store::{Forget, Outbox, Store, StoreExt, Submitted};

const WORDS: &str = "虚构的内部留言：院墙没有封闭";
const VET: &str = "township/vet/999999001";

fn noting(matter: &str, strike: Option<u32>, person: &str, form: Record) -> Act {
    let target = Target::Note { matter: matter.to_owned(), strike };
    Act { target, name: "note".to_owned(), actor: actor(person), form, fresh_ids: Vec::new(), proved: false }
}

fn said(mentioned: &[&str]) -> Record {
    let codes = mentioned.iter().map(|code| text(code)).collect();
    record([(TEXT, text(WORDS)), (MENTION, Value::List(codes))])
}

fn vets() -> Desk {
    Desk::Office { level: "township".to_owned(), desk: "vet".to_owned(), place: TOWN.to_owned() }
}

#[test]
fn a_note_is_sealed_and_leaves_its_matter_as_it_was() {
    let (folder, store) = fresh();
    let matter = applied(&store, "h1");
    let line = |store: &dyn Store| store.read(|snapshot| snapshot.matter_line(&matter)).unwrap().unwrap();
    let timeline = || store.read(|snapshot| Ok(snapshot.timeline(&matter)?.len())).unwrap();
    let (before, acts) = (line(&store), timeline());
    done(&store, request(Some("k"), noting(&matter, None, "zhou", said(&[VET])), start()));
    done(&store, request(Some("k"), noting(&matter, None, "zhou", said(&[VET])), start()));
    let notes = store.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().notes.clone())).unwrap();
    assert_eq!(notes.len(), 1, "the same request happens once");
    assert_eq!((notes[0].text.as_str(), notes[0].desks.as_slice()), (WORDS, &[vets()][..]));
    assert_eq!((line(&store), timeline()), (before, acts));
    let entry = store.read(|snapshot| Ok(snapshot.journal(&Cut::first(1))?.lines.remove(0))).unwrap();
    assert_eq!((entry.kind.as_str(), entry.name.as_str()), ("note", "note"));
    let needle = WORDS.as_bytes();
    for file in ["county.db", "county.db-wal"] {
        let bytes = std::fs::read(folder.path().join(file)).unwrap_or_default();
        assert!(!bytes.windows(needle.len()).any(|window| window == needle), "{file}");
    }
    let digests = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), digests);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

#[test]
fn whoever_is_mentioned_is_told_on_the_desk_and_by_their_channel_without_a_word_of_it() {
    let (_folder, store) = fresh();
    let contact = Contact {
        person: "zheng".into(),
        address: "vet@mail.example".into(),
        code: String::new(),
        state: ContactState::Confirmed,
        asked: start(),
        until: start(),
        tries: 0,
        own: true,
        posts: true,
    };
    store.put_contact(contact).unwrap();
    for (id, office) in [("of-vets", vets()), ("of-village", village_desk())] {
        let webhook = Webhook {
            id: id.into(),
            office,
            url: "https://example.gov.cn/".into(),
            secret: vec![7; 32],
            former: None,
            topics: [Topic::MessageSent].into(),
            active: true,
            changed: start(),
            person: "zhou".into(),
        };
        store.put_webhook(webhook).unwrap();
    }
    store.queue_deliveries(start()).unwrap();
    let matter = applied(&store, "h1");
    done(&store, request(None, noting(&matter, None, "zhou", said(&[VET])), start()));
    let inbox = store.read(|snapshot| snapshot.inbox(&[vets()], "zheng", &Cut::first(9))).unwrap().lines;
    assert_eq!(inbox.len(), 1);
    assert_eq!((inbox[0].kind, inbox[0].text.as_str(), inbox[0].seen), (MessageKind::Noted, "zhou", false));
    store.queue_deliveries(start()).unwrap();
    let queued = store.read(|snapshot| snapshot.deliveries(&matter)).unwrap();
    let mut told: Vec<(Channel, &str)> = queued.iter().map(|one| (one.key.channel, one.key.target.as_str())).collect();
    told.sort_by_key(|(_, target)| *target);
    assert_eq!(told, [(Channel::Webhook, "of-vets"), (Channel::Mail, "zheng")]);
}

#[test]
fn an_erasure_takes_the_notes_along_and_nothing_is_written_beside_them() {
    let (_folder, store) = fresh();
    let matter = applied(&store, "h1");
    done(&store, request(None, noting(&matter, None, "zhou", said(&[])), start()));
    let owner = store.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().owner.clone())).unwrap().unwrap();
    store.forget(Forget { owner, actor: actor("zhou"), clauses: vec![], now: start() }).unwrap();
    let notes = store.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().notes.clone())).unwrap();
    assert_eq!(notes[0].text, ERASED);
    let strike = noting(&matter, Some(0), "zhou", record([(REASON, text("写错"))]));
    let Submitted::Refused(refusal) = store.submit(request(None, strike, start())).unwrap() else { panic!("struck") };
    assert_eq!(refusal.reasons[0].code, "note-erased");
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}
