//! Several nodes on one database: what one does the others see, and none of it goes wrong where a connection does.

use crate::fixture::*;
use crate::outbox::{contact, reminded};
use crate::postgres::{Database, database};
use engine::RefusalKind;
use jiff::ToSpan;
use jiff::civil::datetime;
use regulation::expr::Record;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread;
use store::outbox::{Attempt, Contact, ContactState, DeliveryState};
use store::{Fault, Forget, Outbox, Store, StoreExt, Submitted};

/// Ends the sessions of that name, as an operator or a broken network would; how many there were.
fn cut(database: &Database, name: &str) -> usize {
    let sql = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
               WHERE datname = current_database() AND application_name = $1";
    database.connect().query(sql, &[&name]).unwrap().len()
}

#[test]
fn nodes_share_one_journal() {
    let Some(database) = database() else { return };
    let nodes: Vec<_> = (0..3).map(|_| Arc::new(node(&database.url()))).collect();
    let threads: Vec<_> = (0..24)
        .map(|thread| {
            let node = Arc::clone(&nodes[thread % 3]);
            let other = Arc::clone(&nodes[(thread + 1) % 3]);
            thread::spawn(move || {
                (0..4)
                    .map(|n| {
                        let key = format!("t{thread}-{n}");
                        let entry = request(Some(&key), enter_home(&key), start());
                        let first = node.submit(entry.clone()).unwrap().receipt().unwrap().seq;
                        // Sent again to another node it happens once all the same.
                        assert_eq!(other.submit(entry).unwrap().receipt().unwrap().seq, first);
                        first
                    })
                    .collect::<Vec<_>>()
            })
        })
        .collect();
    let seqs: BTreeSet<u64> = threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
    assert_eq!(seqs, (1..=96).collect(), "numbered without gaps, each once");
    for node in &nodes {
        assert_eq!(node.read(|snapshot| snapshot.row_count("homes", None)).unwrap(), 96);
    }
    assert_eq!(nodes[0].verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    let live = nodes[1].projection_digests().unwrap();
    nodes[2].rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(nodes[0].projection_digests().unwrap(), live);
}

#[test]
fn one_of_two_officers_at_two_nodes_is_told_that_it_is_too_late() {
    let Some(database) = database() else { return };
    let nodes = [node(&database.url()), node(&database.url())].map(Arc::new);
    let matter = applied(&*nodes[0], "h1");
    let seen = nodes[1].read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().seq)).unwrap();
    let both = [("pass", &nodes[0]), ("ask-more", &nodes[1])].map(|(name, node)| {
        let (node, matter) = (Arc::clone(node), matter.clone());
        thread::spawn(move || {
            let form = if name == "pass" { Record::new() } else { reasons() };
            node.submit(request(None, on(&matter, Some(seen), "zhou", name, form), start())).unwrap()
        })
    });
    let answers = both.map(|thread| thread.join().unwrap());
    let happened = answers.iter().filter(|answer| answer.receipt().is_some()).count();
    let stale = answers.iter().filter_map(|answer| answer.refusal()).map(|refusal| refusal.kind).collect::<Vec<_>>();
    assert_eq!((happened, stale), (1, vec![RefusalKind::Stale]));
    let steps = nodes.each_ref().map(|node| node.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().seq)).unwrap());
    assert_eq!(steps[0], steps[1], "both see it as it was decided");
}

/// Whoever has answered no keeps neither the county's turn nor a moment of the past.
#[test]
fn a_node_that_rests_holds_up_nobody() {
    let Some(database) = database() else { return };
    let node = node(&database.url());
    let matter = applied(&node, "h1");
    let refused = node.submit(request(None, on(&matter, None, "wei", "pass", Record::new()), start())).unwrap();
    assert!(refused.refusal().is_some() && node.read(|snapshot| snapshot.matter(&matter)).unwrap().is_some());
    let mut looking = database.connect();
    let holding = "SELECT application_name FROM pg_stat_activity
                   WHERE datname = current_database() AND application_name LIKE 'gongbao%' AND xact_start IS NOT NULL";
    let rests = (0..2_000).any(|_| looking.query(holding, &[]).unwrap().is_empty());
    assert!(rests, "a session goes on with its transaction while nobody asks anything");
}

#[test]
fn an_erasure_at_one_node_holds_at_all() {
    let Some(database) = database() else { return };
    let [one, other] = [node(&database.url()), node(&database.url())];
    let matter = applied(&one, "h1");
    let phone =
        |node: &store::Database| node.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().root["phone"].clone()));
    assert_eq!(phone(&other).unwrap(), text(PHONE), "it has the keys in memory now");
    let owner = one.read(|snapshot| Ok(snapshot.matter(&matter)?.unwrap().owner.clone().unwrap())).unwrap();
    let now = datetime(2022, 3, 2, 9, 0, 0, 0);
    one.forget(Forget { owner, actor: actor("chen"), clauses: Vec::new(), now }).unwrap();
    assert_ne!(phone(&other).unwrap(), text(PHONE), "neither from its cache nor by a key that it remembered");
    let live = one.projection_digests().unwrap();
    other.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(one.projection_digests().unwrap(), live);
}

#[test]
fn a_key_is_changed_while_another_node_goes_on() {
    let Some(database) = database() else { return };
    let [one, other] = [node(&database.url()), node(&database.url())];
    let before = applied(&one, "h1");
    let next = [9; 16];
    assert!(!one.rotate_county_key(next, 1).unwrap().done);
    let between = applied(&other, "h2");
    while !one.rotate_county_key(next, 1).unwrap().done {}
    for node in [&one, &other] {
        for matter in [&before, &between] {
            let phone = node.read(|snapshot| Ok(snapshot.matter(matter)?.unwrap().root["phone"].clone())).unwrap();
            assert_eq!(phone, text(PHONE));
        }
    }
    applied(&other, "h3");
    drop((one, other));
    let address = store::Address::read(&database.url()).unwrap();
    let open = |county_key| {
        store::Database::connect(store::Server { address: address.clone(), county_key, library: library() })
    };
    assert!(matches!(open(KEY), Err(Fault::CountyKey)), "the former key opens nothing");
    assert_eq!(open(next).unwrap().verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

#[test]
fn sessions_that_are_cut_between_two_acts_are_not_noticed() {
    let Some(database) = database() else { return };
    let node = node(&database.url());
    let matter = applied(&node, "h1");
    assert!(cut(&database, "gongbao writer") == 1 && cut(&database, "gongbao reader") == 0);
    assert!(node.read(|snapshot| snapshot.matter_line(&matter)).unwrap().is_some());
    assert_eq!(cut(&database, "gongbao reader"), 1);
    assert!(node.read(|snapshot| snapshot.matter_line(&matter)).unwrap().is_some());
    let entered = node.submit(request(None, enter_home("h2"), start())).unwrap();
    assert_eq!(entered.receipt().unwrap().seq, 3);
}

/// The writer is stopped in the middle of a transaction by another that holds what it needs, and then loses its session.
#[test]
fn acts_whose_session_is_cut_happen_once_or_are_said_to_be_unknown() {
    let Some(database) = database() else { return };
    let node = node(&database.url());
    done(&node, request(None, enter_home("h0"), start()));
    let mut blocker = database.connect();
    let mut blocking = blocker.transaction().unwrap();
    blocking.batch_execute("LOCK TABLE row_version IN EXCLUSIVE MODE").unwrap();
    let (sender, receiver) = channel();
    for n in 1..=3 {
        let sender = sender.clone();
        let reply = Box::new(move |answer: Result<Submitted, Fault>| sender.send((n, answer)).unwrap());
        node.submit_then(request(Some(&format!("k{n}")), enter_home(&format!("h{n}")), start()), reply);
    }
    let mut looking = database.connect();
    let waits = "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'gongbao writer' AND wait_event_type = 'Lock'";
    while looking.query(waits, &[]).unwrap().is_empty() {
        thread::yield_now();
    }
    assert_eq!(cut(&database, "gongbao writer"), 1);
    blocking.rollback().unwrap();
    for _ in 1..=3 {
        let (n, answer) = receiver.recv().unwrap();
        assert!(answer.unwrap().receipt().is_some(), "act {n} was decided anew on a new session");
    }
    assert_eq!(node.read(|snapshot| snapshot.row_count("homes", None)).unwrap(), 4);
    assert_eq!(node.read(|snapshot| snapshot.journal_length()).unwrap(), 4);
    assert_eq!(node.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

#[test]
fn a_batch_whose_session_is_cut_leaves_nothing_and_says_so() {
    let Some(database) = database() else { return };
    let node = node(&database.url());
    done(&node, request(None, enter_home("h0"), start()));
    let (mut n, database_then) = (0, database.url());
    let batch = store::Batch {
        key: "sheet".to_owned(),
        now: start(),
        next: Box::new(move |_| {
            n += 1;
            if n == 3 {
                let mut client = postgres_client(&database_then);
                client
                    .execute(
                        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
                         WHERE datname = current_database() AND application_name = 'gongbao writer'",
                        &[],
                    )
                    .unwrap();
            }
            (n <= 4).then(|| Ok(enter_home(&format!("b{n}"))))
        }),
        progress: Box::new(|_| ()),
    };
    let lost = node.submit_all(batch).unwrap_err();
    assert!(matches!(lost, Fault::Lost { .. }), "{lost}");
    assert_eq!(node.read(|snapshot| snapshot.journal_length()).unwrap(), 1);
    let again = node.submit(request(None, enter_home("h1"), start())).unwrap();
    assert_eq!(again.receipt().unwrap().seq, 2, "numbers go on where they stood");
}

fn postgres_client(url: &str) -> postgres::Client {
    postgres::Client::connect(url, postgres::NoTls).unwrap()
}

#[test]
fn there_is_one_leader_and_another_when_it_is_gone() {
    let Some(database) = database() else { return };
    let [one, other] = [node(&database.url()), node(&database.url())];
    assert!(one.leads() && one.leads() && !other.leads());
    assert_eq!(cut(&database, "gongbao leader"), 2);
    assert!(!one.leads(), "it notices that it was cut off before it does anything as a leader");
    assert!(other.leads() || other.leads());
    assert!(!one.leads(), "it comes back as one of the others");
    drop(other);
    let mut looking = database.connect();
    let sessions = "SELECT 1 FROM pg_stat_activity
                    WHERE datname = current_database() AND application_name = 'gongbao leader'";
    while looking.query(sessions, &[]).unwrap().len() > 1 {
        thread::yield_now();
    }
    assert!(one.leads());
}

/// A leader that does not know yet that it was cut off, beside the next one.
#[test]
fn two_that_believe_to_lead_fire_each_clock_once() {
    let Some(database) = database() else { return };
    let nodes = [node(&database.url()), node(&database.url())].map(Arc::new);
    let matters: Vec<String> = (0..6).map(|n| applied(&*nodes[0], &format!("h{n}"))).collect();
    for matter in &matters {
        let asked = on(matter, None, "zhou", "ask-more", reasons());
        done(&*nodes[1], request(None, asked, datetime(2022, 3, 2, 9, 0, 0, 0)));
    }
    let late = datetime(2022, 4, 20, 9, 0, 0, 0);
    let ticks = nodes.each_ref().map(|node| {
        let node = Arc::clone(node);
        thread::spawn(move || node.tick(late).unwrap().fired)
    });
    let fired: u64 = ticks.into_iter().map(|tick| tick.join().unwrap()).sum();
    assert_eq!(fired, 6, "each matter lapsed once");
    assert_eq!(nodes[0].tick(late).unwrap().fired, 0);
}

/// What [`two_that_believe_to_lead_fire_each_clock_once`] says of clocks, of messages: the term of each attempt is its number.
#[test]
fn of_two_that_believe_to_lead_one_sends_a_message() {
    let Some(database) = database() else { return };
    let [stale, next] = [node(&database.url()), node(&database.url())];
    stale.queue_deliveries(start()).unwrap();
    stale.put_contact(Contact { state: ContactState::Asked, ..contact("resident-h1", true, false) }).unwrap();
    let [code] = &stale.contacts_to_confirm(9).unwrap()[..] else { panic!("one code has to be sent") };
    assert_eq!([&stale, &next].map(|node| node.claim_code(code).unwrap()), [true, false]);
    stale.put_contact(contact("resident-h1", true, false)).unwrap();
    let (matter, day) = reminded(&stale);
    next.queue_deliveries(day).unwrap();
    let found = [&stale, &next].map(|node| node.due_deliveries(day, 9).unwrap().remove(0));
    assert_eq!(found[0], found[1]);
    let lease = day.saturating_add(5.minutes());
    assert!(stale.claim_delivery(&found[0], day, lease).unwrap());
    assert!(!next.claim_delivery(&found[1], day, lease).unwrap(), "the other sends it");
    assert_eq!(next.due_deliveries(day, 9).unwrap(), Vec::new());
    // The stale one stands still until its lease is over.
    let again = next.due_deliveries(lease, 9).unwrap().remove(0);
    assert!(next.claim_delivery(&again, lease, lease.saturating_add(5.minutes())).unwrap());
    let came = |state, answer: &str| Attempt { state, next: None, answer: answer.to_owned() };
    assert!(!stale.end_delivery(&found[0], came(DeliveryState::GivenUp, "550")).unwrap(), "its attempt counts no more");
    assert!(next.end_delivery(&again, came(DeliveryState::Sent, "250")).unwrap());
    assert!(!stale.end_delivery(&again, came(DeliveryState::GivenUp, "550")).unwrap(), "what was sent stays sent");
    let [sent] = &stale.read(|snapshot| snapshot.deliveries(&matter)).unwrap()[..] else { panic!("one delivery") };
    assert_eq!((sent.state, sent.attempts, sent.answer.as_str()), (DeliveryState::Sent, 2, "250"));
}

#[test]
fn what_stands_in_the_way_is_said() {
    let Some(database) = database() else { return };
    drop(node(&database.url()));
    let connect = |url: &str, county_key| {
        let address = store::Address::read(url).unwrap();
        store::Database::connect(store::Server { address, county_key, library: library() }).err().unwrap()
    };
    let other_key = connect(&database.url(), [8; 16]);
    assert_eq!(other_key, Fault::CountyKey);
    let missing = connect(&database.url().replace("/test_", "/gone_"), KEY);
    assert!(missing.to_string().contains("没有这个数据库"), "{missing}");
    let nobody = connect("postgres://gongbao@127.0.0.1:1/county", KEY);
    assert!(matches!(nobody, Fault::Lost { .. }), "{nobody}");
    let other_encoding = crate::postgres::database_as("ENCODING 'LATIN1' LOCALE 'C'").unwrap();
    let encoding = connect(&other_encoding.url(), KEY);
    assert!(encoding.to_string().contains("LATIN1"), "{encoding}");
    let sql = "INSERT INTO migration (number, digest, least) VALUES (99, 'x', 99)";
    database.connect().execute(sql, &[]).unwrap();
    let newer = connect(&database.url(), KEY);
    assert!(matches!(newer, Fault::Schema { .. }), "{newer}");
}
