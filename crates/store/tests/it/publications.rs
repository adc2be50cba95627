//! What is public, and how it is found.

use crate::fixture::*;
use engine::{Act, Mention, Target};
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Record, Value};
use regulation::model::{PublicationKind, Relation};
use std::collections::BTreeMap;
use store::publications::{Found, Looked, PublicationQuery, Wanted};
use store::{Settings, Sqlite, Store, StoreExt};

const RULES: &str = include_str!("../../../regulation/tests/fixtures/bulletin.md");
const TODAY: Date = date(2022, 4, 1);

pub fn county() -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { data: folder.path().to_owned(), county_key: KEY, library: library_of("bulletin", RULES) };
    let store = Sqlite::open(settings).unwrap();
    (folder, store)
}

/// A paper: number, title, text; what else is said of it.
fn write(number: &str, title: &str, words: &str, signed_on: Date, more: &[(&'static str, Value)]) -> Act {
    let mut form = record([
        ("heading", text(title)),
        ("code", text(number)),
        ("issuer", text("示例县人民政府")),
        ("sort", Value::Code("notice".into())),
        ("words", text(words)),
        ("signed-on", Value::Date(signed_on)),
    ]);
    form.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    start_of("paper", "write", form, BTreeMap::new())
}

fn start_of(procedure: &str, name: &str, form: Record, about: BTreeMap<String, Value>) -> Act {
    Act {
        target: Target::Start { procedure: procedure.into(), place: "999999".into(), about },
        name: name.into(),
        actor: actor("wei"),
        form,
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn at(day: Date) -> DateTime {
    day.at(9, 0, 0, 0)
}

fn publish(store: &dyn Store, act: Act, day: Date) -> String {
    let matter = done(store, request(None, act, at(day)));
    done(store, request(None, on(&matter, None, "wei", "release", Record::new()), at(day)));
    matter
}

/// Three papers of two years.
pub fn papers(store: &dyn Store) -> [String; 3] {
    let day = |day| date(2022, 3, day);
    [
        publish(
            store,
            write(
                "示政发〔2021〕3号",
                "示例县人民政府关于养犬登记的通知",
                "一、总则\n（一）养犬要登记。",
                date(2021, 5, 6),
                &[],
            ),
            day(1),
        ),
        publish(
            store,
            write(
                "示政办发〔2022〕2号",
                "示例县人民政府关于农村宅基地审批的通知",
                "四、流程\n（三）乡镇审批\n宅基地由乡镇审批。",
                day(2),
                &[],
            ),
            day(3),
        ),
        publish(
            store,
            write(
                "示政发〔2022〕2号",
                "示例县人民政府关于春耕的通知",
                "按宅基地台账核对地块；见示政发〔2021〕3号。",
                day(4),
                &[],
            ),
            day(5),
        ),
    ]
}

fn find(store: &dyn Store, query: &PublicationQuery) -> Found {
    store.read(|snapshot| snapshot.publications(query, TODAY, 0, 10)).unwrap()
}

fn search(store: &dyn Store, typed: &str) -> Found {
    find(store, &PublicationQuery { wanted: Wanted::read(typed), ..PublicationQuery::default() })
}

fn matters(found: &Found) -> Vec<&str> {
    found.lines.iter().map(|line| line.matter.as_str()).collect()
}

#[test]
fn nothing_is_public_before_the_act_that_publishes_it() {
    let (_folder, store) = county();
    let matter = done(&store, request(None, write("示政发〔2022〕1号", "春耕", "正文", TODAY, &[]), at(TODAY)));
    assert_eq!(store.read(|snapshot| snapshot.publication(&matter)).unwrap(), None);
    assert_eq!(search(&store, "春耕").total, 0);
    done(&store, request(None, on(&matter, None, "wei", "release", Record::new()), at(TODAY)));
    let line = store.read(|snapshot| snapshot.publication(&matter)).unwrap().unwrap();
    assert_eq!((line.number.as_deref(), line.category.as_deref()), (Some("示政发〔2022〕1号"), Some("通知")));
    assert_eq!((line.kind, line.public_on, line.signed_on), (PublicationKind::Document, TODAY, Some(TODAY)));
    assert_eq!(search(&store, "春耕").total, 1);
}

#[test]
fn words_phrases_and_numbers_are_found() {
    let (_folder, store) = county();
    let [dogs, plots, ploughing] = papers(&store);
    assert_eq!(matters(&search(&store, "宅基地")), [&plots, &ploughing], "titles come first");
    assert_eq!(matters(&search(&store, "宅基地 地块")), [&ploughing]);
    assert_eq!(matters(&search(&store, "“乡镇审批”")), [&plots]);
    assert_eq!(matters(&search(&store, "犬")), [&dogs]);
    for typed in ["示政办发[2022]2号", "示政办发（２０２２）2 号", "政办发〔2022〕2号"] {
        assert_eq!(matters(&search(&store, typed)), [&plots], "{typed}");
    }
    assert_eq!(matters(&search(&store, "2022 2号")), [&ploughing, &plots], "shorter series first");
    assert_eq!(matters(&search(&store, "2号 四（三）")).len(), 2);
    assert_eq!(matters(&search(&store, "3号")), [&dogs]);
    assert_eq!(matters(&search(&store, "")).len(), 3, "without words: the latest");
}

#[test]
fn words_without_blanks_are_split_and_mistakes_forgiven() {
    let (_folder, store) = county();
    let [_, plots, _] = papers(&store);
    let split = search(&store, "宅基地流程");
    assert_eq!(matters(&split), [&plots]);
    assert_eq!(split.looked, Looked::Split(vec!["宅基地".into(), "流程".into()]));
    for typed in ["农村宅鸡地审批", "农村宅地审批", "农村村宅基地审批"] {
        let found = search(&store, typed);
        assert_eq!(matters(&found), [&plots], "{typed}: {found:?}");
    }
    let exact = search(&store, "\"农村宅鸡地审批\"");
    assert_eq!(exact.total, 0, "in quotation marks nothing is forgiven");
    assert_eq!(search(&store, "养鸡场补贴").total, 0);
}

#[test]
fn what_is_found_is_counted_and_narrowed() {
    let (_folder, store) = county();
    papers(&store);
    let all = search(&store, "示例县");
    assert_eq!((all.total, all.more, all.years.clone()), (3, false, vec![(2022, 2), (2021, 1)]));
    assert_eq!(all.issuers, [("示例县人民政府".to_owned(), 3)]);
    assert_eq!((all.categories, all.in_force), (vec![("通知".to_owned(), 3)], 3));
    let narrowed =
        |query: PublicationQuery| find(&store, &PublicationQuery { wanted: Wanted::read("示例县"), ..query }).total;
    assert_eq!(narrowed(PublicationQuery { year: Some(2022), ..PublicationQuery::default() }), 2);
    assert_eq!(narrowed(PublicationQuery { series: Some("示政发".into()), ..PublicationQuery::default() }), 2);
    assert_eq!(narrowed(PublicationQuery { issuer: Some("别处".into()), ..PublicationQuery::default() }), 0);
    assert_eq!(narrowed(PublicationQuery { kind: Some(PublicationKind::Issue), ..PublicationQuery::default() }), 0);
    assert_eq!(narrowed(PublicationQuery { in_force: Some(false), ..PublicationQuery::default() }), 0);
    let page = store.read(|snapshot| snapshot.publications(&PublicationQuery::default(), TODAY, 2, 1)).unwrap();
    assert_eq!((page.lines.len(), page.total), (1, 3));
}

#[test]
fn a_correction_shows_and_the_old_text_stays_gz_ac_32() {
    let (_folder, store) = county();
    let [dogs, ..] = papers(&store);
    let mend = record([("mended", text("一、总则\n（一）养猫也要登记。")), ("why", text("漏了猫"))]);
    done(&store, request(None, on(&dogs, None, "wei", "mend", mend), at(date(2022, 3, 20))));
    let versions = store.read(|snapshot| snapshot.publication_versions(&dogs)).unwrap();
    let said = |n: usize| {
        let publication: &engine::Publication = versions[n].publication.as_ref().unwrap();
        (versions[n].since, publication.note.clone(), publication.body.clone().unwrap())
    };
    assert_eq!(said(0), (date(2022, 3, 1), None, "一、总则\n（一）养犬要登记。".into()));
    assert_eq!(said(1).1.as_deref(), Some("漏了猫"));
    assert_eq!((search(&store, "养猫").total, search(&store, "“养犬要登记”").total), (1, 0));
    // An act that changes nothing of what is public makes no version.
    done(&store, request(None, on(&dogs, None, "wei", "close", Record::new()), at(date(2022, 3, 21))));
    assert_eq!(store.read(|snapshot| snapshot.publication_versions(&dogs)).unwrap().len(), 2);
}

#[test]
fn who_repeals_amends_and_cites_is_known_from_both_sides() {
    let (_folder, store) = county();
    let [dogs, _, _] = papers(&store);
    let more = [
        ("undoes", text("示政发[2021]3号、示政发〔2022〕8号")),
        ("changes", text("示政发〔2022〕2号")),
        ("from", Value::Date(date(2022, 5, 1))),
    ];
    let newer = publish(&store, write("示政发〔2022〕7号", "新办法", "正文", TODAY, &more), TODAY);
    let line = |matter: &str| store.read(|snapshot| snapshot.publication(matter)).unwrap().unwrap();
    let repealed = line(&dogs);
    assert_eq!(repealed.repealed_on, Some(date(2022, 5, 1)));
    assert!(repealed.in_force(date(2022, 4, 30)) && !repealed.in_force(date(2022, 5, 1)));
    assert!(!line(&newer).in_force(TODAY), "its own day has not come");
    let about = store.read(|snapshot| snapshot.publications_about(&repealed)).unwrap();
    let about: Vec<_> = about.iter().map(|one| (one.relation, one.line.matter.as_str())).collect();
    assert_eq!(about, [(Relation::Repeals, newer.as_str())]);
    // A number that comes later is repealed at once.
    let late = publish(&store, write("示政发〔2022〕8号", "晚到", "正文", TODAY, &[]), TODAY);
    assert_eq!(line(&late).repealed_on, Some(date(2022, 5, 1)));
    let named = Mention::Number("示政发（2022）8号".into());
    assert_eq!(store.read(|snapshot| snapshot.publication_mentioned(&named)).unwrap().unwrap().matter, late);
}

#[test]
fn an_issue_knows_its_parts() {
    let (_folder, store) = county();
    let issue = start_of("bulletin-issue", "plan", record([("label", text("2022年第1期"))]), BTreeMap::new());
    let issue = done(&store, request(None, issue, at(TODAY)));
    let mut part = write("示政发〔2022〕5号", "一件", "正文", TODAY, &[]);
    let Target::Start { about, .. } = &mut part.target else { unreachable!("a paper is started") };
    about.insert("bulletin".into(), Value::Text(issue.clone()));
    let part = publish(&store, part, TODAY);
    done(&store, request(None, on(&issue, None, "wei", "print", Record::new()), at(TODAY)));
    let line = store.read(|snapshot| snapshot.publication(&issue)).unwrap().unwrap();
    assert_eq!(line.kind, PublicationKind::Issue);
    let parts = store.read(|snapshot| snapshot.publication_parts(&line)).unwrap();
    assert_eq!(parts.iter().map(|line| line.matter.as_str()).collect::<Vec<_>>(), [part.as_str()]);
    let numbered = store::search::NumberWanted { series: None, year: Some(2022), serial: 1 };
    let found = store.read(|snapshot| snapshot.publications_numbered(&numbered)).unwrap();
    assert_eq!(found.iter().map(|line| line.matter.as_str()).collect::<Vec<_>>(), [issue.as_str()]);
}

#[test]
fn a_rebuild_gives_the_same_publications() {
    let (_folder, store) = county();
    let [dogs, ..] = papers(&store);
    publish(
        &store,
        write("示政发〔2022〕7号", "新办法", "正文", TODAY, &[("undoes", text("示政发〔2021〕3号"))]),
        TODAY,
    );
    let live = store.projection_digests().unwrap();
    let found = search(&store, "宅基地");
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
    assert_eq!(search(&store, "宅基地"), found);
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, []);
    assert!(store.read(|snapshot| snapshot.publication(&dogs)).unwrap().unwrap().repealed_on.is_some());
}
