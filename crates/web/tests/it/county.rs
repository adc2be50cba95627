//! An invented county with one regulation, a store in a temporary folder, a standing clock, and a browser without scripts.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use engine::county::{Administration, Appointment, DeskName, Ending, Past, Place, Post};
use engine::{Act, Actor, County, Target};
use http_body_util::BodyExt;
use jiff::civil::{Date, DateTime, date};
use regulation::SourceFile;
use regulation::expr::{Record, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::aside::{Account, AccountState, Given};
use store::{Aside, Library, Settings, Sqlite, Store, StoreExt, Submitted};
use tempfile::TempDir;
use tower::ServiceExt;
use web::taking_in::{ImportLine, Printed};
use web::{Clock, DemoSignIn, Scanned, Site, Ways, serve};

/// County, two townships, villages and groups.
const PLACES: [(&str, &str, &str, &str); 9] = [
    ("999900", "", "county", "示例县"),
    ("999901", "999900", "township", "东河镇"),
    ("999902", "999900", "township", "西岭乡"),
    ("99990101", "999901", "village", "上庄村"),
    ("99990102", "999901", "village", "下庄村"),
    ("9999010101", "99990101", "group", "第一村民小组"),
    ("9999010201", "99990102", "group", "第一村民小组"),
    ("99990201", "999902", "village", "岭头村"),
    (OLD_TOWNSHIP, "999900", "township", "南坪乡"),
];

/// A township that has become part of 东河镇, with the lower of its villages.
pub const OLD_TOWNSHIP: &str = "999903";

/// Who: sign-in name and person id, name, post's level, desk and place; residents have none.
pub const PEOPLE: [(&str, &str, &str, &str, &str); 9] = [
    ("resident", "林示例", "", "", ""),
    ("neighbour", "何邻居", "", "", ""),
    ("village-head", "周村长", "village", "head", "99990101"),
    ("assistant", "吴协管", "village", "assistant", "99990101"),
    ("other-village-head", "郑村长", "village", "head", "99990102"),
    ("window", "马窗口", "township", "window", "999901"),
    ("township-head", "陈镇长", "township", "head", "999901"),
    ("other-window", "许窗口", "township", "window", "999902"),
    ("county-agriculture", "高经办", "county", "agriculture", "999900"),
];

/// What a Debian system with Chinese fonts has.
const FONT: &str = "/usr/share/fonts/opentype/noto/NotoSerifCJK-Regular.ttc";

/// Whether it is here.
pub fn has_font() -> bool {
    std::path::Path::new(FONT).is_file()
}

/// Where the county's site is said to be.
pub const PUBLIC_URL: &str = "https://gongbao.example";

/// The password of everybody.
pub const PASSWORD: &str = "sample-password";
/// When it begins: a Monday.
pub const START: DateTime = date(2022, 2, 14).at(9, 0, 0, 0);

/// A clock that stands until set; it may say that it runs by itself.
pub struct Standing {
    now: Mutex<DateTime>,
    runs: bool,
}

impl Standing {
    fn new(runs: bool) -> Arc<Standing> {
        Arc::new(Standing { now: Mutex::new(START), runs })
    }

    /// Sets it, whatever it says.
    pub fn set_to(&self, now: DateTime) {
        *self.now.lock().unwrap() = now;
    }
}

impl Clock for Standing {
    fn now(&self) -> DateTime {
        *self.now.lock().unwrap()
    }

    fn set(&self, now: DateTime) -> bool {
        self.set_to(now);
        !self.runs
    }

    fn stands(&self) -> bool {
        !self.runs
    }

    fn seconds(&self) -> i64 {
        seconds_at(web::Clock::now(self))
    }
}

/// What a telephone's clock shows then.
pub fn seconds_at(now: DateTime) -> i64 {
    jiff::tz::TimeZone::UTC.to_timestamp(now).unwrap().as_second()
}

/// The county in use.
pub struct Sample {
    pub store: Arc<Sqlite>,
    pub clock: Arc<Standing>,
    pub router: Router,
    folder: TempDir,
}

impl Sample {
    pub fn new() -> Sample {
        let sample = Sample::of(&[STALLS]);
        households(&sample.store);
        sample
    }

    /// The same county where a permit is void as soon as it is issued.
    pub fn of_void_permits() -> Sample {
        let issue = "issue: [stall-permit]";
        assert!(STALLS.1.contains(issue), "the act that issues it");
        let sample = Sample::of(&[("stalls.md", &STALLS.1.replace(issue, &format!("{issue}, void: [stall-permit]")))]);
        households(&sample.store);
        sample
    }

    /// The same county where a notice for the village alone is issued together with the public one.
    pub fn of_memos() -> Sample {
        let issue = "issue: [stall-notice]";
        let after = "\n```yaml step\nstep: display of stall-application";
        assert!(STALLS.1.contains(issue) && STALLS.1.contains(after), "where it goes");
        let memo = "\n```yaml document\ndocument: stall-memo of stall-application\ntitle: { zh: 村级备忘, en: Memo }\n\
                    signed: village/head\ndisplay: notice-term\nreaders: [village/head]\ndata: { area: area }\n\
                    labels: { area: 摊位面积 }\nlayout: notice.typ\n```\n";
        let text =
            STALLS.1.replace(issue, "issue: [stall-notice, stall-memo]").replace(after, &format!("{memo}{after}"));
        let sample = Sample::of(&[("stalls.md", &text)]);
        households(&sample.store);
        sample
    }

    /// The same county, with its administrators, where applications are confidential: only offices to which one falls see it.
    pub fn of_secrets() -> Sample {
        let title = "title: { zh: 集市摊位申请, en: Application for a market stall }\n";
        assert!(STALLS.1.contains(title), "the procedure");
        let text = STALLS.1.replace(title, &format!("{title}confidential: yes\n"));
        let sample = Sample::with_administrators(("stalls.md", &text));
        households(&sample.store);
        sample
    }

    /// The same county with the shared registers beside, and no row entered.
    pub fn with_base() -> Sample {
        Sample::of(&[STALLS, BASE])
    }

    /// The same county whose offices share stall data; the catalogue is printed.
    pub fn of_shares() -> Sample {
        let sample = Sample::of(&[STALLS, SHARES]);
        households(&sample.store);
        sample.store.tick(START).unwrap();
        sample
    }

    /// The same county under an invented regulation of duties.
    pub fn watched() -> Sample {
        Sample::of(&[WATCH])
    }

    /// The same county under an invented regulation of a bulletin: what becomes public.
    pub fn of_bulletin() -> Sample {
        Sample::of(&[BULLETIN])
    }

    /// The same county under an invented regulation of fairs, which traders choose from.
    pub fn of_fairs() -> Sample {
        Sample::of(&[FAIRS])
    }

    /// The same county under an invented regulation by which places are merged.
    pub fn of_mergers() -> Sample {
        Sample::of(&[("mergers.md", &MERGERS.replace("county/office", "county/agriculture"))])
    }

    /// The same county with a regulation under which texts of regulations are signed.
    pub fn of_law() -> Sample {
        Sample::of(&[STALLS, LAW])
    }

    /// The same county under an invented regulation of lists, which the township's window sends.
    pub fn of_lists() -> Sample {
        Sample::of(&[("lists.md", &LISTS.replace("township/market", "township/window"))])
    }

    /// The same county under a regulation that is not public.
    pub fn of_vouchers() -> Sample {
        Sample::of(&[BASE, VOUCHERS])
    }

    /// The same county under an invented regulation of money, kept by the township's window.
    pub fn of_funds() -> Sample {
        Sample::of(&[("upkeep.md", &UPKEEP.replace("township/finance", "township/window"))])
    }

    /// The same county under an invented regulation of appointments, which the county's desk of agriculture decides on.
    pub fn of_posts() -> Sample {
        Sample::of(&[("posts.md", &POSTS.replace("county/personnel", "county/agriculture"))])
    }

    /// The same county, whose people may sign in elsewhere; these posts must have a second factor.
    pub fn with_provider(provider: web::Provider, posts: &[&str]) -> Sample {
        let second_factor = posts.iter().map(|post| (*post).to_owned()).collect();
        Sample::made(&[STALLS], Standing::new(false), |site| {
            site.provider = Some(Arc::new(provider));
            site.sign_in.second_factor = second_factor;
        })
    }

    /// The same county at another address.
    pub fn at(public_url: &str) -> Sample {
        Sample::made(&[STALLS], Standing::new(false), |site| site.public_url = public_url.to_owned())
    }

    /// The same county, reached over HTTPS only.
    pub fn encrypted() -> Sample {
        Sample::made(&[STALLS], Standing::new(false), |site| site.secure = true)
    }

    /// The same county with its three administrators, and somebody who has no account yet.
    pub fn administered() -> Sample {
        let sample = Sample::with_administrators(STALLS);
        households(&sample.store);
        sample
    }

    /// The same county with its three administrators, under an invented regulation by which posts are taken in an emergency.
    pub fn of_emergencies() -> Sample {
        Sample::with_administrators(EMERGENCY)
    }

    /// The same county where the head of one village has two posts in another as well.
    pub fn of_several_posts() -> Sample {
        let sample = Sample::of_county(STALLS, |county| {
            for desk in ["head", "assistant"] {
                let (person, from) = ("other-village-head".to_owned(), date(2020, 1, 1));
                let post = Post {
                    id: format!("post-second-{desk}"),
                    title: format!("village/{desk}"),
                    level: "village".into(),
                    desk: desk.into(),
                    place: "99990101".into(),
                    ..Post::default()
                };
                county.appointments.push(Appointment { person, post: post.id.clone(), from, ..Appointment::default() });
                county.posts.insert(post.id.clone(), post);
            }
        });
        households(&sample.store);
        sample
    }

    fn with_administrators(stalls: (&str, &str)) -> Sample {
        let sample = Sample::of_county(stalls, administrators);
        accounts(&sample.store, ADMINISTRATORS.map(|(id, ..)| id).into_iter());
        sample
    }

    fn of_county(stalls: (&str, &str), change: impl FnOnce(&mut County)) -> Sample {
        let folder = tempfile::tempdir().unwrap();
        let mut library = library(&[stalls]);
        change(&mut library.county);
        let settings = Settings { data: folder.path().to_path_buf(), county_key: [7; 16], library: Arc::new(library) };
        let store = Arc::new(Sqlite::open(settings).unwrap());
        accounts(&store, PEOPLE.map(|(id, ..)| id).into_iter());
        let clock = Standing::new(false);
        let router = serve(site(Arc::clone(&store), Arc::clone(&clock)));
        Sample { store, clock, router, folder }
    }

    /// The same county under a regulation whose text somebody else wrote.
    pub fn of_text(name: &str, text: &str) -> Sample {
        Sample::of(&[(name, text)])
    }

    /// The same county whose clock is that of every day.
    pub fn running() -> Sample {
        Sample::made(&[STALLS], Standing::new(true), |_| {})
    }

    /// The same county, which asks these posts for a second factor.
    pub fn asking_for_factors(posts: &[&str]) -> Sample {
        let second_factor = posts.iter().map(|post| (*post).to_owned()).collect();
        Sample::made(&[STALLS], Standing::new(false), |site| site.sign_in.second_factor = second_factor)
    }

    /// The same county with another scanner of files.
    pub fn scanned_by(scanner: web::Scanner) -> Sample {
        let sample = Sample::made(&[STALLS], Standing::new(false), |site| site.scanner = Some(scanner));
        households(&sample.store);
        sample
    }

    fn of(regulations: &[(&str, &str)]) -> Sample {
        Sample::made(regulations, Standing::new(false), |_| {})
    }

    fn made(regulations: &[(&str, &str)], clock: Arc<Standing>, change: impl FnOnce(&mut Site)) -> Sample {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder, regulations);
        accounts(&store, PEOPLE.map(|(id, ..)| id).into_iter());
        let mut site = site(Arc::clone(&store), Arc::clone(&clock));
        change(&mut site);
        Sample { store, clock, router: serve(site), folder }
    }

    /// The same county after its server stopped and was started again.
    pub fn restarted(self) -> Sample {
        self.restarted_under(STALLS.1)
    }

    /// The same under another text of its regulation; the one before is not at hand.
    pub fn restarted_under(self, text: &str) -> Sample {
        let Sample { store, clock, router, folder } = self;
        drop((store, router));
        let store = open(&folder, &[(STALLS.0, text)]);
        let router = serve(site(Arc::clone(&store), Arc::clone(&clock)));
        Sample { store, clock, router, folder }
    }

    /// Sets the clock and lets fall due what falls due.
    pub fn advance(&self, to: DateTime) {
        self.clock.set(to);
        self.store.tick(to).unwrap();
    }

    /// A browser of somebody who has signed in.
    pub fn now(&self) -> DateTime {
        web::Clock::now(self.clock.as_ref())
    }

    pub async fn browser(&self, name: &str) -> Browser {
        let mut browser = Browser::new(self.router.clone());
        if !name.is_empty() {
            let page = browser.get("/sign-in").await;
            let answer =
                browser.post("/sign-in", &[("name", name), ("password", PASSWORD), ("_token", &page.token())]).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name} signs in: {}", answer.text());
        }
        browser
    }
}

/// Name of the log.
pub const LOG_ORIGIN: &str = "gongbao.example/log";

fn open(folder: &TempDir, regulations: &[(&str, &str)]) -> Arc<Sqlite> {
    let library = Arc::new(library(regulations));
    let settings = Settings { data: folder.path().to_path_buf(), county_key: [7; 16], library };
    Arc::new(Sqlite::open(settings).unwrap())
}

fn site(store: Arc<Sqlite>, clock: Arc<Standing>) -> Site {
    let template = |name: &str, text: &str| (format!("stalls/{name}"), text.as_bytes().to_vec());
    let shared = |name: &str, text: &str| (format!("upkeep/{name}"), text.as_bytes().to_vec());
    Site {
        store,
        clock,
        typesetter: web::typesetter(|| Arc::new(web::Fonts::new(std::fs::read(FONT).into_iter().collect()))),
        templates: Arc::new(BTreeMap::from([
            template("notice.typ", include_str!("fixtures/notice.typ")),
            template("permit.typ", include_str!("fixtures/permit.typ")),
            shared("ledger.typ", include_str!("../../../../regulations/base/ledger.typ")),
            shared("figures.typ", include_str!("../../../../regulations/base/figures.typ")),
            shared("gov.typ", include_str!("../../../../regulations/base/gov.typ")),
        ])),
        printed: printed(),
        demo: vec![DemoSignIn { name: "resident".into(), password: PASSWORD.into(), role: "户主".into() }],
        public_url: PUBLIC_URL.into(),
        secure: false,
        proxies: 1,
        sign_in: web::SignInRules::default(),
        provider: None,
        password_cost: trust::Cost::cheap(),
        ways: Ways { mail: true, private_webhooks: false },
        log_keys: log_keys(),
        scanner: Some(Arc::new(scanner)),
        witnesses: vec![witness().key().clone()],
        seals: Arc::new(DemoSeals),
        chance: |bytes| getrandom::fill(bytes).unwrap(),
    }
}

/// Finds the test file that every virus scanner knows harmful, and fails on another.
fn scanner(bytes: &[u8]) -> anyhow::Result<Scanned> {
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    if holds("SCANNER-FAULT") {
        anyhow::bail!("no scanner answers");
    }
    Ok(if holds("STANDARD-ANTIVIRUS-TEST-FILE") { Scanned::Harmful } else { Scanned::Clean })
}

/// Seals of every office, of no secret: the seed is the office's place and desk.
#[derive(Clone, Copy)]
pub struct DemoSeals;

impl DemoSeals {
    fn authority() -> trust::StampKey {
        let new = DemoSeals::wanted("样例县电子印章", 1);
        trust::StampKey::read(&trust::StampKey::new_authority(&new).unwrap()).unwrap()
    }

    fn wanted(name: &str, seed: u8) -> trust::NewStamp<'_> {
        trust::NewStamp { name, seed: [seed; 32], serial: [seed; 16], from: 1_640_966_400, to: 1_956_499_200 }
    }
}

impl web::Seals for DemoSeals {
    fn of(&self, office: &web::Office, name: &str) -> Result<Option<Arc<trust::StampKey>>, trust::StampFault> {
        let seed = 2 + office.place.bytes().fold(office.desk.len() as u8, u8::wrapping_add) % 99;
        let files = DemoSeals::authority().new_office(&DemoSeals::wanted(name, seed))?;
        Ok(Some(Arc::new(trust::StampKey::read(&files)?)))
    }

    fn authorities(&self) -> Vec<trust::StampCertificate> {
        vec![DemoSeals::authority().certificate()]
    }
}

/// A witness of the log, of no secret.
pub fn witness() -> trust::WitnessKey {
    trust::WitnessKey::new("witness.example", [5; 32]).unwrap()
}

/// Keys of the log, of no secret.
pub fn log_signers() -> [trust::SoftwareKey; 2] {
    [trust::NoteKeyKind::Ed25519, trust::NoteKeyKind::Sm2]
        .map(|kind| trust::SoftwareKey::new(kind, LOG_ORIGIN, [9; 32]).unwrap())
}

fn log_keys() -> Vec<trust::NoteKey> {
    log_signers().iter().map(|key| trust::NoteSigner::key(key).clone()).collect()
}

/// Printed issues go where the bulletin's matters begin.
fn printed() -> Printed {
    let line = |(record, procedure, act, field, value): (&str, &str, &str, &str, &str)| ImportLine {
        record: record.into(),
        procedure: procedure.into(),
        act: act.into(),
        field: field.into(),
        value: value.into(),
    };
    let lines = [
        ("issue", "bulletin-issue", "plan", "label", "digest"),
        ("document", "paper", "write", "bulletin", "issue"),
        ("document", "paper", "write", "heading", "title"),
        ("document", "paper", "write", "code", "number"),
        ("document", "paper", "write", "issuer", "issuer"),
        ("document", "paper", "write", "sort", "kind"),
        ("document", "paper", "write", "words", "text"),
        ("document", "paper", "write", "signed-on", "signed-on"),
    ];
    Printed { lines: lines.map(line).into(), ..Printed::default() }
}

/// The invented regulation of market stalls.
pub const STALLS: (&str, &str) = ("stalls.md", include_str!("fixtures/stalls.md"));
/// The invented regulation of sharing stall data.
const SHARES: (&str, &str) = ("stall-shares.md", include_str!("fixtures/stall-shares.md"));
/// The invented regulation of fire watches: what recurs.
const WATCH: (&str, &str) = ("watch.md", include_str!("../../../engine/tests/it/watch/regulation.md"));
/// A regulation that is not public.
const VOUCHERS: (&str, &str) = ("vouchers.md", include_str!("../../../../regulations/vouchers.md"));
/// The invented regulation of lists.
const LISTS: &str = include_str!("../../../engine/tests/it/lists/regulation.md");
/// The invented regulation of posts.
const POSTS: &str = include_str!("../../../regulation/tests/fixtures/posts.md");
/// The invented regulation of posts in an emergency.
const EMERGENCY: (&str, &str) = ("emergency.md", include_str!("../../../regulation/tests/fixtures/emergency.md"));
/// The invented regulation of changes of places.
const MERGERS: &str = include_str!("../../../engine/tests/it/mergers/regulation.md");
/// The invented regulation of a fund.
const UPKEEP: &str = include_str!("../../../engine/tests/it/upkeep/regulation.md");
/// The invented regulation of a bulletin.
const BULLETIN: (&str, &str) = ("bulletin.md", include_str!("../../../regulation/tests/fixtures/bulletin.md"));
/// The invented regulation of fairs.
const FAIRS: (&str, &str) = ("fairs.md", include_str!("fixtures/fairs.md"));
/// The invented regulation of making regulations.
const LAW: (&str, &str) = ("law.md", include_str!("../../../regulation/tests/fixtures/law.md"));
/// The registers that regulations share.
const BASE: (&str, &str) = ("base.md", include_str!("../../../../regulations/base.md"));

fn library(regulations: &[(&str, &str)]) -> Library {
    let file = |(name, text): &(&str, &str)| SourceFile { name: (*name).into(), text: (*text).into() };
    let files: Vec<SourceFile> = regulations.iter().map(file).collect();
    let checked = regulation::check(&files);
    assert_eq!(checked.rulebook.regulations.len(), files.len(), "{:#?}", checked.findings);
    Library {
        rulebook: checked.rulebook,
        earlier: BTreeMap::new(),
        overrides: BTreeMap::new(),
        county: county(),
        holidays: calendar::Holidays::built_in(),
    }
}

fn county() -> County {
    let mut county = County { code: "999900".into(), ..County::default() };
    for (code, parent, level, name) in PLACES {
        let parent = (!parent.is_empty()).then(|| parent.to_owned());
        let place = Place {
            code: code.into(),
            name: name.into(),
            short: String::new(),
            level: level.into(),
            parent,
            ..Place::default()
        };
        county.places.insert(code.into(), place);
    }
    let to = date(2021, 3, 23);
    county.ended.insert(OLD_TOWNSHIP.into(), Ending { to, into: "999901".into() });
    if let Some(village) = county.places.get_mut("99990102") {
        let (name, parent) = (village.name.clone(), Some(OLD_TOWNSHIP.into()));
        village.past.push(Past { until: to, name, short: String::new(), parent });
    }
    for (level, desk, name) in [
        ("village", "head", "村委会"),
        ("village", "assistant", "村协管员"),
        ("township", "window", "便民服务中心"),
        ("township", "head", "镇长"),
        ("county", "agriculture", "县农业农村局"),
    ] {
        let at_place = name.strip_prefix('县').map(|rest| format!("{{place}}{rest}"));
        county.desks.insert((level.into(), desk.into()), DeskName { name: name.into(), at_place });
    }
    for (id, name, level, desk, place) in PEOPLE {
        county.people.insert(id.into(), name.into());
        if level.is_empty() {
            continue;
        }
        let post = Post {
            id: format!("post-{id}"),
            title: format!("{level}/{desk}"),
            level: level.into(),
            desk: desk.into(),
            place: place.into(),
            ..Post::default()
        };
        county.appointments.push(Appointment {
            person: id.into(),
            post: post.id.clone(),
            from: date(2020, 1, 1),
            ..Appointment::default()
        });
        county.posts.insert(post.id.clone(), post);
    }
    county
}

/// Who administers: person, name, what.
pub const ADMINISTRATORS: [(&str, &str, Administration); 3] = [
    ("system", "申系统", Administration::System),
    ("security", "安保障", Administration::Security),
    ("audit", "沈审计", Administration::Audit),
];

fn administrators(county: &mut County) {
    county.people.insert("newcomer".into(), "辛来人".into());
    county.people.extend((1..=40).map(|n| (format!("villager-{n}"), format!("村民{n}号"))));
    for (id, name, kind) in ADMINISTRATORS {
        let desk = format!("{id}-admin");
        let post = Post {
            id: format!("post-{id}"),
            title: format!("county/{desk}"),
            level: "county".into(),
            desk: desk.clone(),
            place: county.code.clone(),
            ..Post::default()
        };
        county.people.insert(id.into(), name.into());
        county.desks.insert(("county".into(), desk), name.into());
        county.administrations.insert(post.id.clone(), kind);
        let (person, from) = (id.to_owned(), date(2020, 1, 1));
        county.appointments.push(Appointment { person, post: post.id.clone(), from, ..Appointment::default() });
        county.posts.insert(post.id.clone(), post);
    }
}

fn accounts(store: &Sqlite, people: impl Iterator<Item = &'static str>) {
    let password = trust::hash_password(PASSWORD, &[3; 16], &trust::Cost::cheap()).unwrap();
    for id in people {
        let account = Account {
            person: id.into(),
            login: id.into(),
            password: password.clone(),
            given: Given::Own,
            since: START,
            state: AccountState::Active,
        };
        store.put_account(account).unwrap();
    }
}

fn households(store: &Sqlite) {
    let row = |code: &str, head: &str, name: &str, number: &str| {
        Record::from([
            ("code".to_owned(), Value::Text(code.into())),
            ("head".to_owned(), Value::Key(head.into())),
            ("head-name".to_owned(), Value::Text(name.into())),
            ("identity-number".to_owned(), Value::Text(number.into())),
            ("place".to_owned(), Value::Key("9999010101".into())),
        ])
    };
    for form in
        [row("s1", "resident", "林示例", IDENTITY_NUMBER), row("s2", "neighbour", "何邻居", "999999198109300029")]
    {
        let act = Act {
            target: Target::Register { register: "stallholders".into(), row: None, place: "9999010101".into() },
            name: "enter".into(),
            actor: Actor::Person { person: "assistant".into(), post: Some("post-assistant".into()) },
            form,
            fresh_ids: Vec::new(),
            proved: false,
        };
        let answer = store.submit(store::Request { key: None, act, now: START }).unwrap();
        assert!(matches!(answer, Submitted::Done(_)), "{answer:?}");
    }
}

/// The resident's invented identity number: an impossible region, a right check digit.
pub const IDENTITY_NUMBER: &str = "999999197904120014";

/// An invented identity number, another for each number: an impossible region, a right check digit (GB 11643).
pub fn invented_identity(number: usize) -> String {
    const WEIGHTS: [usize; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let day = 1 + number % 28;
    let head = format!("999999{}{:02}{day:02}{:03}", 1940 + number / 1000 % 60, 1 + number % 12, number % 1000);
    let sum: usize = head.bytes().zip(WEIGHTS).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    let check = b"10X98765432"[sum % 11];
    format!("{head}{}", char::from(check))
}

/// A browser: it keeps cookies and sends forms. A clone is another window with the cookies of this moment.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    cookies: BTreeMap<String, String>,
    /// Its address, as the proxy in front of the site sees it.
    pub address: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub media: String,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Browser {
    pub fn new(router: Router) -> Browser {
        Browser { router, cookies: BTreeMap::new(), address: "192.0.2.1".into() }
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Request::get(path), Body::empty()).await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let request = Request::post(path).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request, Body::from(body.join("&"))).await
    }

    /// Sends a form with a file: its field, name and bytes.
    pub async fn upload(&mut self, path: &str, fields: &[(&str, &str)], file: (&str, &str, &[u8])) -> Answer {
        const BOUNDARY: &str = "----sample-boundary";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        let (field, name, bytes) = file;
        let head =
            format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        self.send(Request::post(path).header(header::CONTENT_TYPE, kind), Body::from(body)).await
    }

    /// Sends whatever bytes.
    pub async fn post_raw(&mut self, path: &str, media: &str, body: Vec<u8>) -> Answer {
        self.send(Request::post(path).header(header::CONTENT_TYPE, media), Body::from(body)).await
    }

    /// Sends a form from its page: the page's hidden fields go along.
    pub async fn fill(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let html = self.get(page).await;
        assert_eq!(html.status, StatusCode::OK, "{page}: {}", html.text());
        let mut all = html.hidden(action);
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let pairs: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(action, &pairs).await
    }

    /// Does an act of a matter: fills in its form, and confirms what cannot be taken back.
    pub async fn act(&mut self, matter: &str, act: &str, fields: &[(&str, &str)]) -> Answer {
        let action = format!("{matter}/acts/{act}");
        let answer = self.fill(&action, &action, fields).await;
        if answer.text().contains("_confirmed") { self.confirm(&answer, &action).await } else { answer }
    }

    /// Presses the button of a page that asks once more.
    pub async fn confirm(&mut self, page: &Answer, action: &str) -> Answer {
        let mut all = page.hidden(action);
        all.push(("_confirmed".into(), "yes".into()));
        let pairs: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(action, &pairs).await
    }

    pub async fn json(
        &mut self,
        method: &str,
        path: &str,
        key: Option<&str>,
        body: &serde_json::Value,
    ) -> (StatusCode, serde_json::Value) {
        let mut request = Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if method != "GET" {
            let session = self.get("/api/v1/session").await;
            let session: serde_json::Value = serde_json::from_slice(&session.bytes).unwrap_or_default();
            request = request.header("X-CSRF-Token", session["csrf"].as_str().unwrap_or_default());
        }
        let answer = self.send(request, Body::from(body.to_string())).await;
        (answer.status, serde_json::from_slice(&answer.bytes).unwrap_or(serde_json::Value::Null))
    }

    /// What the browser sends along.
    pub fn cookie(&self) -> String {
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        cookies.join("; ")
    }

    /// Sends whatever bytes with whatever headers.
    pub async fn send_raw(&mut self, method: &str, path: &str, headers: &[(&str, &str)], body: Vec<u8>) -> Answer {
        let request = Request::builder().method(method).uri(path);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        self.send(request, Body::from(body)).await
    }

    /// Takes a cookie that somebody else chose.
    pub fn put_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    async fn send(&mut self, request: axum::http::request::Builder, body: Body) -> Answer {
        let request = request.header(header::COOKIE, self.cookie()).header("x-forwarded-for", &self.address);
        let request = request.body(body).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let text =
            |name| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let (status, location, media) = (response.status(), text(header::LOCATION), text(header::CONTENT_TYPE));
        let headers = response.headers().clone();
        let bytes = response.into_body().collect().await.unwrap().to_bytes().to_vec();
        Answer { status, location, media, headers, bytes }
    }
}

impl Answer {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    /// The page's form token.
    pub fn token(&self) -> String {
        self.text()
            .split("name=\"_token\" value=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap_or_default()
            .to_owned()
    }

    /// The hidden fields of the form with this action.
    pub fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let text = self.text();
        let form =
            text.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("no form {action} in {text}"));
        let form = form.split("</form>").next().unwrap_or_default();
        let inputs = form.split("<input type=\"hidden\"").skip(1).filter_map(|input| {
            let attribute = |name: &str| {
                let value = input.split(&format!("{name}=\"")).nth(1)?.split('"').next()?;
                Some(value.replace("&quot;", "\"").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))
            };
            Some((attribute("name")?, attribute("value")?))
        });
        inputs.collect()
    }
}

pub fn encode(text: &str) -> String {
    web::layout::encode(text).replace('/', "%2F")
}

/// A day at nine o'clock.
pub fn nine(on: Date) -> DateTime {
    on.at(9, 0, 0, 0)
}
