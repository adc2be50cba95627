//! Passkeys: one is made with the password, signs in without it or after it, and nobody's answer serves twice, elsewhere or for another.

use crate::county::{Answer, Browser, PASSWORD, Sample};
use crate::emergency::filled;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::aside::{Account, AccountState, Given, Way};
use store::factor::FirstCode;
use store::identity::{DoorEvent, DoorKind};
use store::{Aside, Factors, StoreExt};

const PAGE: &str = "/account/passkeys";
const SITE: &str = "gongbao.example";
const ORIGIN: &str = "https://gongbao.example";
const PRESENT: u8 = 0x01;
const VERIFIED: u8 = 0x05;
const CREDENTIAL: u8 = 0x40;

type Fields = Vec<(&'static str, String)>;

/// An authenticator of software.
#[derive(Clone)]
struct Device {
    key: SigningKey,
    id: &'static str,
    user: String,
    flags: u8,
    counter: u32,
}

impl Device {
    fn new(id: &'static str) -> Device {
        let seed = Sha256::digest(id).into();
        Device { key: SigningKey::from_bytes(&seed), id, user: String::new(), flags: VERIFIED, counter: 0 }
    }

    fn data(&mut self, site: &str, flags: u8) -> Vec<u8> {
        self.counter += 1;
        [&Sha256::digest(site)[..], &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// A key for what the browser was asked.
    fn made(&mut self, asked: &Value) -> Fields {
        self.user = text(asked, "user");
        let mut data = self.data(SITE, self.flags | CREDENTIAL);
        data.extend([0; 16]);
        data.extend([0, self.id.len() as u8]);
        data.extend(self.id.as_bytes());
        data.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
        data.extend(self.key.verifying_key().to_bytes());
        let client = client("webauthn.create", asked, ORIGIN);
        vec![("do", "add".into()), ("client", BASE64.encode(client)), ("data", BASE64.encode(data))]
    }

    fn answered(&mut self, asked: &Value, origin: &str, site: &str) -> Fields {
        let data = self.data(site, self.flags);
        self.signed(&data, &client("webauthn.get", asked, origin))
    }

    fn signed(&self, data: &[u8], client: &[u8]) -> Fields {
        let message = [data, &Sha256::digest(client)[..]].concat();
        vec![
            ("credential", BASE64.encode(self.id)),
            ("client", BASE64.encode(client)),
            ("data", BASE64.encode(data)),
            ("signature", BASE64.encode(self.key.sign(&message).to_bytes())),
            ("user", self.user.clone()),
        ]
    }
}

fn text(asked: &Value, name: &str) -> String {
    asked[name].as_str().unwrap().to_owned()
}

fn client(kind: &str, asked: &Value, origin: &str) -> Vec<u8> {
    json!({ "type": kind, "challenge": asked["challenge"], "origin": origin, "crossOrigin": false })
        .to_string()
        .into_bytes()
}

/// What the page has its browser make a key for.
fn to_make(page: &Answer) -> Value {
    let page = page.text();
    let (_, rest) = page.split_once("data-asked=\"").unwrap_or_else(|| panic!("{page}"));
    serde_json::from_str(&rest.split_once('"').unwrap().0.replace("&quot;", "\"")).unwrap()
}

async fn to_answer(browser: &mut Browser) -> Value {
    browser.get("/sign-in").await;
    serde_json::from_slice(&browser.get("/sign-in/passkey").await.bytes).unwrap()
}

async fn send(browser: &mut Browser, page: &str, action: &str, fields: &[(&'static str, String)]) -> Answer {
    let token = browser.get(page).await.token();
    let mut form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    form.push(("_token", &token));
    browser.post(action, &form).await
}

async fn post(browser: &mut Browser, fields: &[(&'static str, &str)]) -> Answer {
    let fields: Fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
    send(browser, PAGE, PAGE, &fields).await
}

/// Makes a passkey with a device for somebody who has no factor yet; the page that follows.
async fn make(browser: &mut Browser, device: &mut Device) -> Answer {
    make_with(browser, device, vec![("_password", PASSWORD.into())]).await
}

async fn make_with(browser: &mut Browser, device: &mut Device, proof: Fields) -> Answer {
    let mut fields = vec![("do", "begin".into()), ("label", "办公室电脑".into())];
    fields.extend(proof);
    let asked = to_make(&send(browser, PAGE, PAGE, &fields).await);
    let mut fields = device.made(&asked);
    fields.push(("label", "办公室电脑".into()));
    send(browser, PAGE, PAGE, &fields).await
}

/// Password and passkey, by which whoever has come in proves anew who they are.
async fn proof(browser: &mut Browser, device: &mut Device) -> Fields {
    let asked = serde_json::from_slice(&browser.get("/sign-in/passkey").await.bytes).unwrap();
    let along = ["_credential", "_client", "_data", "_signature"];
    let answered = device.answered(&asked, ORIGIN, SITE).into_iter();
    let mut fields: Fields = answered.zip(along).map(|((_, value), name)| (name, value)).collect();
    fields.push(("_password", PASSWORD.into()));
    fields
}

fn with(what: &[(&'static str, &str)], proof: Fields) -> Fields {
    what.iter().map(|(name, value)| (*name, (*value).to_owned())).chain(proof).collect()
}

async fn sign_in(browser: &mut Browser, device: &mut Device) -> Answer {
    let asked = to_answer(browser).await;
    send(browser, "/sign-in", "/sign-in/passkey", &device.answered(&asked, ORIGIN, SITE)).await
}

async fn with_password(browser: &mut Browser, name: &str) -> Answer {
    let token = browser.get("/sign-in").await.token();
    browser.post("/sign-in", &[("name", name), ("password", PASSWORD), ("_token", &token)]).await
}

async fn second_step(browser: &mut Browser, device: &mut Device) -> Answer {
    let asked = serde_json::from_slice(&browser.get("/sign-in/passkey").await.bytes).unwrap();
    send(browser, "/sign-in/code", "/sign-in/passkey", &device.answered(&asked, ORIGIN, SITE)).await
}

fn events(sample: &Sample, person: &str) -> Vec<DoorKind> {
    let events = sample.store.read(|snapshot| snapshot.door_events(person, 99)).unwrap();
    events.into_iter().map(|event| event.what).collect()
}

fn kept(sample: &Sample, person: &str) -> usize {
    sample.store.read(|snapshot| snapshot.passkeys(person)).unwrap().len()
}

#[tokio::test]
async fn a_passkey_is_made_with_the_password_and_signs_in_without() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    for (typed, says) in [("", "请输入登录密码"), ("guess", "现在的密码不对")] {
        let refused = post(&mut window, &[("do", "begin"), ("_password", typed)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(says) && !refused.text().contains("data-asked"), "{}", refused.text());
    }
    let added = make(&mut window, &mut device).await;
    assert_eq!(added.text().matches("<li><code>").count(), 10, "recovery codes come with the first: {}", added.text());
    let shown = proof(&mut window, &mut device).await;
    let again = make_with(&mut window, &mut device, shown).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "known already");
    let shown = proof(&mut window, &mut device).await;
    let second = make_with(&mut window, &mut Device::new("device-two"), shown).await;
    assert_eq!(second.location, PAGE, "codes come once");

    let mut other = sample.browser("").await;
    assert!(other.get("/sign-in").await.text().contains("data-passkey"));
    let done = sign_in(&mut other, &mut device).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(other.get("/desk").await.status, StatusCode::OK);
    let page = window.get(PAGE).await.text();
    assert!(page.contains("办公室电脑") && page.contains("2022年2月14日 09:00"), "its last use is shown: {page}");
    let sessions = window.get("/account/sessions").await.text();
    assert!(
        sessions.contains("用通行密钥登录") && sessions.contains("<span class=\"tag\">通行密钥</span>"),
        "{sessions}"
    );
}

#[tokio::test]
async fn a_passkey_goes_only_by_its_owner_who_proves_it_anew() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    let credential = BASE64.encode(device.id);
    let remove = |typed| [("do", "remove"), ("credential", credential.as_str()), ("_password", typed)];
    let mut neighbour = sample.browser("neighbour").await;
    assert_eq!(post(&mut neighbour, &remove(PASSWORD)).await.status, StatusCode::NOT_FOUND, "not another's");
    for typed in ["guess", PASSWORD] {
        let refused = post(&mut window, &remove(typed)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "a password is too little: {typed}");
    }
    assert_eq!(kept(&sample, "window"), 1);
    let shown = with(&remove("")[..2], proof(&mut window, &mut device).await);
    assert_eq!(send(&mut window, PAGE, PAGE, &shown).await.location, PAGE);
    assert_eq!(sign_in(&mut sample.browser("").await, &mut device).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(with_password(&mut sample.browser("").await, "window").await.status, StatusCode::SEE_OTHER);
    let noted = events(&sample, "window");
    assert!(noted.contains(&DoorKind::PasskeyAdded) && noted.contains(&DoorKind::PasskeyRemoved), "{noted:?}");
}

/// An answer to a fresh challenge, made wrong by `change`, is refused and noted, and signs nobody in.
async fn refused(sample: &Sample, device: &mut Device, name: &str, change: impl FnOnce(&mut Device, &Value) -> Fields) {
    let mut thief = sample.browser("").await;
    let asked = to_answer(&mut thief).await;
    let fields = change(device, &asked);
    let answer = send(&mut thief, "/sign-in", "/sign-in/passkey", &fields).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}");
    assert!(answer.text().contains("没有认出这个通行密钥"), "{name}: {}", answer.text());
    assert_eq!(thief.get("/account").await.status, StatusCode::SEE_OTHER, "{name}");
}

#[tokio::test]
async fn a_wrong_answer_of_a_passkey_signs_nobody_in() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    make(&mut sample.browser("neighbour").await, &mut Device::new("device-of-neighbour")).await;
    let device = &mut device;
    for origin in ["https://gongbao.example.evil", "http://gongbao.example", "https://evil.example"] {
        refused(&sample, device, origin, |device, asked| device.answered(asked, origin, SITE)).await;
    }
    refused(&sample, device, "another site", |device, asked| device.answered(asked, ORIGIN, "evil.example")).await;
    refused(&sample, device, "another challenge", |device, _| {
        device.answered(&json!({ "challenge": BASE64.encode([7; 56]) }), ORIGIN, SITE)
    })
    .await;
    refused(&sample, device, "an answer to be registered", |device, asked| {
        let data = device.data(SITE, VERIFIED);
        device.signed(&data, &client("webauthn.create", asked, ORIGIN))
    })
    .await;
    refused(&sample, device, "user not verified", |device, asked| {
        let data = device.data(SITE, PRESENT);
        device.signed(&data, &client("webauthn.get", asked, ORIGIN))
    })
    .await;
    refused(&sample, device, "another key under its name", |device, asked| {
        let mut other = Device { key: SigningKey::from_bytes(&[9; 32]), ..device.clone() };
        other.answered(asked, ORIGIN, SITE)
    })
    .await;
    refused(&sample, device, "another person's name", |device, asked| {
        let user = Device::new("device-of-neighbour").user;
        Device { user, ..device.clone() }.answered(asked, ORIGIN, SITE)
    })
    .await;
    for name in ["credential", "client", "data", "signature", "user"] {
        for wrong in ["", "!", "AAAA", "汉字"] {
            refused(&sample, device, name, |device, asked| {
                let fields = device.answered(asked, ORIGIN, SITE).into_iter();
                fields.map(|(field, value)| (field, if field == name { wrong.to_owned() } else { value })).collect()
            })
            .await;
        }
    }
    refused(&sample, device, "nothing", |_, _| Vec::new()).await;
    assert!(events(&sample, "window").iter().filter(|what| **what == DoorKind::WrongPasskey).count() > 15);
    assert_eq!(
        sign_in(&mut sample.browser("").await, device).await.status,
        StatusCode::SEE_OTHER,
        "the owner comes in"
    );
}

#[tokio::test]
async fn an_answer_serves_once_and_in_the_browser_that_was_asked() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    let mut owner = sample.browser("").await;
    let asked = to_answer(&mut owner).await;
    let answer = device.answered(&asked, ORIGIN, SITE);
    let mut thief = sample.browser("").await;
    to_answer(&mut thief).await;
    let elsewhere = send(&mut thief, "/sign-in", "/sign-in/passkey", &answer).await;
    assert_eq!(elsewhere.status, StatusCode::UNAUTHORIZED, "another browser's challenge");
    let mut same = owner.clone();
    assert_eq!(send(&mut owner, "/sign-in", "/sign-in/passkey", &answer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        send(&mut same, "/sign-in", "/sign-in/passkey", &answer).await.status,
        StatusCode::UNAUTHORIZED,
        "twice"
    );
    let again = device.answered(&asked, ORIGIN, SITE);
    assert_eq!(
        send(&mut same, "/sign-in", "/sign-in/passkey", &again).await.status,
        StatusCode::UNAUTHORIZED,
        "a challenge is answered once, whatever the count"
    );
    let asked = to_answer(&mut same).await;
    sample.clock.set_to(sample.now().saturating_add(jiff::ToSpan::minutes(10)));
    let late = send(&mut same, "/sign-in", "/sign-in/passkey", &device.answered(&asked, ORIGIN, SITE)).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED, "late");
}

#[tokio::test]
async fn a_copy_of_a_passkey_is_noticed() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    let mut copy = device.clone();
    assert_eq!(sign_in(&mut sample.browser("").await, &mut device).await.status, StatusCode::SEE_OTHER);
    assert_eq!(sign_in(&mut sample.browser("").await, &mut copy).await.status, StatusCode::UNAUTHORIZED);
    assert!(events(&sample, "window").contains(&DoorKind::PasskeyCopied));
    assert!(window.get("/account/sessions").await.text().contains("可能被复制"));
}

#[tokio::test]
async fn after_the_password_a_passkey_or_a_recovery_code_is_asked_for() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    // A key that verifies nobody: for the second step only.
    let mut device = Device { flags: PRESENT, ..Device::new("a-security-key") };
    let codes = make(&mut window, &mut device).await.text();
    let code = codes.split("<li><code>").nth(1).unwrap().split('<').next().unwrap();
    assert!(window.get(PAGE).await.text().contains("密码之后的第二步"));
    assert_eq!(sign_in(&mut sample.browser("").await, &mut device).await.status, StatusCode::UNAUTHORIZED, "not alone");

    let mut other = sample.browser("").await;
    let asked = with_password(&mut other, "window").await;
    assert!(asked.text().contains("再证明一次") && asked.text().contains("data-passkey"), "{}", asked.text());
    assert_eq!(other.get("/desk").await.location, "/sign-in/code?back=/desk", "a password alone leads nowhere");
    assert_eq!(other.get(PAGE).await.location, format!("/sign-in/code?back={PAGE}"), "nor to another passkey");
    let mut neighbours = Device::new("device-of-neighbour");
    make(&mut sample.browser("neighbour").await, &mut neighbours).await;
    let denied = second_step(&mut other, &mut neighbours).await;
    assert_eq!(denied.status, StatusCode::UNAUTHORIZED, "another person's: {}", denied.text());
    let done = second_step(&mut other, &mut device).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    assert_eq!(other.get("/desk").await.status, StatusCode::OK);

    let mut third = sample.browser("").await;
    let asked = with_password(&mut third, "window").await;
    let mut form = asked.hidden("/sign-in/code");
    form.push(("code".into(), code.to_owned()));
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(third.post("/sign-in/code", &pairs).await.status, StatusCode::SEE_OTHER);
    assert!(window.get(PAGE).await.text().contains("还剩恢复码：9"));
    let shown = with(&[("do", "codes")], proof(&mut window, &mut device).await);
    assert_eq!(send(&mut window, PAGE, PAGE, &shown).await.text().matches("<li><code>").count(), 10);
    let again = send(&mut window, PAGE, PAGE, &shown).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "an answer serves once");
}

#[tokio::test]
async fn whoever_finds_a_browser_open_and_knows_the_password_gets_no_second_factor() {
    let sample = Sample::new();
    let (mut window, mut neighbour) = (sample.browser("window").await, sample.browser("neighbour").await);
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    // The other has an app, and no passkey.
    assert!(sample.store.propose_factor("neighbour", vec![7; 20]).unwrap());
    let first = FirstCode { person: "neighbour".into(), secret: vec![7; 20], step: 1 };
    let added = DoorEvent {
        id: "added".into(),
        at: sample.now(),
        person: Some("neighbour".into()),
        by: None,
        what: DoorKind::FactorAdded,
        address: String::new(),
        agent: String::new(),
    };
    assert!(sample.store.confirm_factor(first, vec!["digest".into()], added).unwrap());
    for (browser, what) in [(&mut window, "passkey"), (&mut neighbour, "app")] {
        for does in ["begin", "codes", "remove"] {
            let refused = post(browser, &[("do", does), ("_password", PASSWORD)]).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{what} {does}");
            assert!(!refused.text().contains("<li><code>") && !refused.text().contains("data-asked"), "{what} {does}");
        }
    }
    const APP: &str = "/account/second-factor";
    let begin = vec![("do", "begin".to_owned()), ("_password", PASSWORD.to_owned())];
    let refused = send(&mut window, APP, APP, &begin).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.text().contains("class=\"secret\""), "nor an app beside a passkey: {}", refused.text());
    let shown = with(&[("do", "begin")], proof(&mut window, &mut device).await);
    assert!(send(&mut window, APP, APP, &shown).await.text().contains("class=\"secret\""), "its owner does");
}

#[tokio::test]
async fn an_act_that_asks_anew_who_is_there_takes_a_passkey() {
    let sample = Sample::of_emergencies();
    let mut window = sample.browser("window").await;
    let (mut device, mut other) = (Device { flags: PRESENT, ..Device::new("a-security-key") }, Device::new("other"));
    make(&mut window, &mut device).await;
    make(&mut sample.browser("neighbour").await, &mut other).await;
    let review = filled(&mut window).await;
    let submit = review.replace("/review", "/submit");
    let alone = send(&mut window, &review, &submit, &[("_password", PASSWORD.into())]).await;
    assert_eq!(alone.status, StatusCode::UNPROCESSABLE_ENTITY, "a password is too little");
    assert!(alone.text().contains("data-prove"), "{}", alone.text());
    let strange = proof(&mut window, &mut other).await;
    let refused = send(&mut window, &review, &submit, &strange).await;
    assert!(refused.text().contains("没有认出这个通行密钥"), "another person's: {}", refused.text());
    let shown = proof(&mut window, &mut device).await;
    let guessed: Fields = shown.iter().filter(|(name, _)| *name != "_password").cloned().collect();
    let guessed = with(&[("_password", "guess")], guessed);
    assert_eq!(send(&mut window, &review, &submit, &guessed).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut elsewhere = sample.browser("").await;
    with_password(&mut elsewhere, "window").await;
    let denied = send(&mut elsewhere, "/sign-in/code", "/sign-in/passkey", &shown).await;
    assert_eq!(denied.status, StatusCode::UNAUTHORIZED, "asked of another session");
    let done = send(&mut window, &review, &submit, &shown).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "a wrong password costs no answer: {}", done.text());
    let again = send(&mut window, PAGE, PAGE, &with(&[("do", "codes")], shown)).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY, "once");
}

#[tokio::test]
async fn whoever_waits_to_set_up_a_factor_is_asked_for_the_one_that_its_owner_made_meanwhile() {
    let sample = Sample::asking_for_factors(&["township/head"]);
    let (mut head, mut thief) = (sample.browser("").await, sample.browser("").await);
    with_password(&mut thief, "township-head").await;
    let token = thief.get(PAGE).await.token();
    with_password(&mut head, "township-head").await;
    let mut device = Device::new("device-one");
    let asked = to_make(&post(&mut head, &[("do", "begin")]).await);
    assert_eq!(send(&mut head, PAGE, PAGE, &device.made(&asked)).await.status, StatusCode::OK);
    assert_eq!(head.get("/desk").await.status, StatusCode::OK);
    assert_eq!(thief.get(PAGE).await.location, format!("/sign-in/code?back={PAGE}"));
    let tried = thief.post(PAGE, &[("do", "begin"), ("_token", &token)]).await;
    assert!(tried.status == StatusCode::SEE_OTHER && !tried.text().contains("data-asked"), "{}", tried.text());
    assert_eq!(
        second_step(&mut thief, &mut device).await.status,
        StatusCode::SEE_OTHER,
        "with the factor they come in"
    );
}

#[tokio::test]
async fn an_answer_for_the_second_step_is_none_for_the_first() {
    let sample = Sample::new();
    let mut device = Device::new("device-one");
    make(&mut sample.browser("window").await, &mut device).await;
    let mut other = sample.browser("").await;
    let first = to_answer(&mut other).await;
    with_password(&mut other, "window").await;
    let answer = device.answered(&first, ORIGIN, SITE);
    let denied = send(&mut other, "/sign-in/code", "/sign-in/passkey", &answer).await;
    assert_eq!(denied.status, StatusCode::UNAUTHORIZED, "asked of the session before");
    assert_eq!(second_step(&mut other, &mut device).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn wrong_passkeys_after_the_password_have_to_wait() {
    let sample = Sample::new();
    let mut device = Device::new("device-one");
    make(&mut sample.browser("window").await, &mut device).await;
    let mut thief = sample.browser("").await;
    thief.address = "198.51.100.7".into();
    with_password(&mut thief, "window").await;
    for _ in 0..5 {
        assert_eq!(second_step(&mut thief, &mut Device::new("other")).await.status, StatusCode::UNAUTHORIZED);
    }
    assert!(second_step(&mut thief, &mut device).await.text().contains("以后再试"));
}

#[tokio::test]
async fn posts_that_must_have_a_second_factor_may_choose_a_passkey() {
    let sample = Sample::asking_for_factors(&["township/head"]);
    let mut head = sample.browser("").await;
    let first = with_password(&mut head, "township-head").await;
    assert!(first.text().contains("/account/passkeys?back="), "{}", first.text());
    let page = head.get(PAGE).await.text();
    assert!(page.contains("您的岗位必须用双因素") && !page.contains("name=\"_password\""), "{page}");
    let mut device = Device::new("device-one");
    let asked = to_make(&post(&mut head, &[("do", "begin")]).await);
    let added = send(&mut head, PAGE, PAGE, &device.made(&asked)).await;
    assert!(added.text().contains("<li><code>"), "{}", added.text());
    assert_eq!(head.get("/desk").await.status, StatusCode::OK);
    let credential = BASE64.encode(device.id);
    let removal = [("do", "remove"), ("credential", credential.as_str())];
    let removal = with(&removal, proof(&mut head, &mut device).await);
    let kept = send(&mut head, PAGE, PAGE, &removal).await;
    assert!(kept.text().contains("您的岗位必须用双因素"), "{}", kept.text());
    assert_eq!(sign_in(&mut sample.browser("").await, &mut device).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn security_takes_lost_passkeys_away() {
    let sample = Sample::administered();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    let mut security = sample.browser("security").await;
    const SESSIONS: &str = "/admin/sessions";
    let form = [("do", "factor".to_owned()), ("login", "window".to_owned())];
    assert_eq!(send(&mut security, SESSIONS, SESSIONS, &form).await.location, SESSIONS);
    assert_eq!((kept(&sample, "window"), window.get("/account").await.status), (0, StatusCode::SEE_OTHER));
    assert_eq!(sign_in(&mut sample.browser("").await, &mut device).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(with_password(&mut sample.browser("").await, "window").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_closed_account_and_a_sample_account_have_no_use_for_passkeys() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let mut device = Device::new("device-one");
    make(&mut window, &mut device).await;
    let account = sample.store.read(|snapshot| snapshot.account("window")).unwrap().unwrap();
    sample.store.put_account(Account { state: AccountState::Closed, ..account.clone() }).unwrap();
    assert_eq!(sign_in(&mut sample.browser("").await, &mut device).await.status, StatusCode::UNAUTHORIZED);
    sample.store.put_account(Account { given: Given::Demo, ..account }).unwrap();
    let answer = post(&mut window, &[("do", "begin"), ("_password", PASSWORD)]).await;
    assert!(answer.text().contains("大家共用"), "{}", answer.text());
}

#[tokio::test]
async fn whoever_signs_in_with_a_passkey_is_asked_for_no_new_password() {
    let sample = Sample::running();
    let mut device = Device::new("device-one");
    make(&mut sample.browser("window").await, &mut device).await;
    sample.clock.set_to(sample.now().saturating_add(jiff::ToSpan::days(91)));
    let mut other = sample.browser("").await;
    assert_eq!(sign_in(&mut other, &mut device).await.status, StatusCode::SEE_OTHER);
    assert_eq!(other.get("/desk").await.status, StatusCode::OK);
    let session = sample.store.read(|snapshot| snapshot.sessions("window", crate::door::going(sample.now()))).unwrap();
    assert_eq!(session.first().map(|session| session.way), Some(Way::Passkey));
    let mut third = sample.browser("").await;
    assert!(with_password(&mut third, "window").await.text().contains("再证明一次"));
    let asked = second_step(&mut third, &mut device).await;
    assert!(asked.text().contains("每 90 天要换一次"), "whoever types the password is: {}", asked.text());
}

#[tokio::test]
async fn a_site_without_a_name_has_no_passkeys() {
    let sample = Sample::at("http://192.0.2.7:8080");
    let mut window = sample.browser("window").await;
    assert!(!sample.browser("").await.get("/sign-in").await.text().contains("data-passkey"));
    assert!(window.get(PAGE).await.text().contains("没有域名"));
    assert_eq!(window.get("/sign-in/passkey").await.status, StatusCode::NOT_FOUND);
    let refused = post(&mut window, &[("do", "begin"), ("_password", PASSWORD)]).await;
    assert_eq!(refused.status, StatusCode::NOT_FOUND);
}
