//! Signing in elsewhere: who is on the county's list comes in and nobody else, and no answer serves another browser, another time or twice.

use crate::county::{Answer, Browser, PASSWORD, PUBLIC_URL, Sample, seconds_at};
use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use store::StoreExt;
use store::aside::{Account, AccountState, Given, Way};
use store::identity::DoorKind;
use store::{Aside, Factors};
use web::lang::Both;
use web::{Named, Provider, ProviderSettings, Wire};

const ISSUER: &str = "https://id.example";
const SECRET: &str = "a secret";

/// A sign-in service in memory.
struct Service {
    /// What is wrong with it, if anything.
    silent: bool,
    name: String,
    key: u8,
    /// Claims that its next token has besides, or has otherwise.
    claims: Value,
    userinfo: Value,
    /// Codes given out: to what challenge and nonce.
    codes: BTreeMap<String, (String, String)>,
    given: u32,
    asked: Vec<String>,
    now: i64,
}

#[derive(Clone)]
struct Fake(Arc<Mutex<Service>>);

impl Fake {
    fn new(sample_now: i64) -> Fake {
        Fake(Arc::new(Mutex::new(Service {
            silent: false,
            name: ISSUER.into(),
            key: 1,
            claims: json!({ "employee": "window" }),
            userinfo: Value::Null,
            codes: BTreeMap::new(),
            given: 0,
            asked: Vec::new(),
            now: sample_now,
        })))
    }

    fn change(&self, change: impl FnOnce(&mut Service)) {
        change(&mut self.0.lock().unwrap());
    }

    /// Signs somebody in there; what the browser brings back.
    fn passes(&self, departure: &str) -> String {
        let url = url::Url::parse(departure).unwrap();
        let asked: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(url.origin().ascii_serialization(), ISSUER);
        assert_eq!((asked["response_type"].as_str(), asked["client_id"].as_str()), ("code", "gongbao"));
        assert_eq!(asked["redirect_uri"], format!("{PUBLIC_URL}/sign-in/provider/return"));
        assert_eq!((asked["scope"].as_str(), asked["code_challenge_method"].as_str()), ("openid", "S256"));
        let mut service = self.0.lock().unwrap();
        let code = format!("code-{}", service.given);
        service.given += 1;
        service.codes.insert(code.clone(), (asked["code_challenge"].clone(), asked["nonce"].clone()));
        format!("/sign-in/provider/return?code={code}&state={}", asked["state"])
    }
}

impl Service {
    fn key(&self) -> SigningKey {
        SigningKey::from_slice(&[self.key; 32]).unwrap()
    }

    fn token(&self, nonce: &str) -> String {
        let mut claims = json!({
            "iss": ISSUER, "aud": "gongbao", "sub": "u-1", "nonce": nonce, "iat": self.now, "exp": self.now + 300,
        });
        for (name, value) in self.claims.as_object().unwrap() {
            claims[name] = value.clone();
        }
        let header = json!({ "alg": "ES256", "kid": format!("k{}", self.key) });
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature: Signature = self.key().sign(signed.as_bytes());
        format!("{signed}.{}", BASE64.encode(signature.to_bytes()))
    }
}

impl Wire for Fake {
    fn get(&self, address: &str, bearer: Option<&str>) -> anyhow::Result<Vec<u8>> {
        let mut service = self.0.lock().unwrap();
        service.asked.push(address.to_owned());
        anyhow::ensure!(!service.silent, "nobody answers");
        let path = address.strip_prefix(ISSUER).unwrap();
        let said = match path {
            "/.well-known/openid-configuration" => json!({
                "issuer": service.name,
                "authorization_endpoint": format!("{ISSUER}/auth?theme=county"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
                "userinfo_endpoint": format!("{ISSUER}/me"),
                "end_session_endpoint": format!("{ISSUER}/leave"),
            }),
            "/keys" => {
                let point = service.key().verifying_key().to_sec1_point(false);
                let (x, y) = point.as_bytes()[1..].split_at(32);
                let (x, y) = (BASE64.encode(x), BASE64.encode(y));
                json!({ "keys": [{ "kty": "EC", "crv": "P-256", "kid": format!("k{}", service.key), "x": x, "y": y }] })
            }
            "/me" => {
                assert_eq!(bearer, Some("an access token"));
                service.userinfo.clone()
            }
            other => panic!("{other}"),
        };
        Ok(said.to_string().into_bytes())
    }

    fn post(
        &self,
        address: &str,
        form: &[(&str, &str)],
        basic: Option<(&str, &str)>,
    ) -> anyhow::Result<(u16, Vec<u8>)> {
        let mut service = self.0.lock().unwrap();
        anyhow::ensure!(!service.silent, "nobody answers");
        assert_eq!((address, basic), ("https://id.example/token", Some(("gongbao", SECRET))));
        let form: BTreeMap<&str, &str> = form.iter().copied().collect();
        assert_eq!(form["grant_type"], "authorization_code");
        let refused = || Ok((400, json!({ "error": "invalid_grant" }).to_string().into_bytes()));
        let Some((challenge, nonce)) = service.codes.remove(form["code"]) else { return refused() };
        if BASE64.encode(Sha256::digest(form["code_verifier"])) != challenge {
            return refused();
        }
        let tokens =
            json!({ "id_token": service.token(&nonce), "access_token": "an access token", "token_type": "Bearer" });
        Ok((200, tokens.to_string().into_bytes()))
    }
}

fn settings() -> ProviderSettings {
    ProviderSettings {
        issuer: ISSUER.into(),
        client_id: "gongbao".into(),
        client_secret: Some(SECRET.into()),
        scope: "openid".into(),
        claim: "employee".into(),
        names: Named::Person,
        label: Both::new("县政务认证", "the county's sign-in"),
        second_factor: vec!["mfa".into()],
    }
}

fn sample_of(settings: ProviderSettings, posts: &[&str]) -> (Sample, Fake) {
    let fake = Fake::new(seconds_at(crate::county::START));
    let provider = Provider::new(settings, Box::new(fake.clone())).unwrap();
    (Sample::with_provider(provider, posts), fake)
}

fn sample() -> (Sample, Fake) {
    sample_of(settings(), &[])
}

/// As far as the service.
async fn depart(browser: &mut Browser, back: &str) -> String {
    let away = browser.get(&format!("/sign-in/provider?back={back}")).await;
    assert_eq!(away.status, StatusCode::SEE_OTHER, "{}", away.text());
    away.location
}

/// There and back.
async fn sign_in(browser: &mut Browser, fake: &Fake) -> Answer {
    let departure = depart(browser, "/desk").await;
    browser.get(&fake.passes(&departure)).await
}

fn events(sample: &Sample) -> Vec<(Option<String>, DoorKind)> {
    let day = sample.now().date();
    let (events, _) = sample.store.read(|snapshot| snapshot.door_events_within(day, day, &|_| true, 99)).unwrap();
    events.into_iter().map(|event| (event.person, event.what)).collect()
}

#[tokio::test]
async fn who_is_on_the_list_comes_in_and_goes_on() {
    let (sample, fake) = sample();
    let mut browser = sample.browser("").await;
    let page = browser.get("/sign-in?back=/desk").await.text();
    assert!(page.contains("href=\"/sign-in/provider?back=/desk\"") && page.contains("县政务认证"), "{page}");
    let done = sign_in(&mut browser, &fake).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/desk"), "{}", done.text());
    assert_eq!(browser.get("/desk").await.status, StatusCode::OK);
    assert!(events(&sample).contains(&(Some("window".into()), DoorKind::ProviderSignedIn)));
    let sessions = browser.get("/account/sessions").await.text();
    assert!(sessions.contains("统一身份认证登录"), "{sessions}");
    let token = browser.get("/desk").await.token();
    let left = browser.post("/sign-out", &[("_token", &token)]).await.text();
    let way_out =
        "https://id.example/leave?client_id=gongbao&amp;post_logout_redirect_uri=https%3A%2F%2Fgongbao.example";
    assert!(left.contains(way_out), "{left}");
    assert_eq!(browser.get("/desk").await.status, StatusCode::SEE_OTHER, "here it is over");
    let mut other = sample.browser("window").await;
    let token = other.get("/desk").await.token();
    assert_eq!(
        other.post("/sign-out", &[("_token", &token)]).await.location,
        "/",
        "who typed the password was not there"
    );
}

#[tokio::test]
async fn a_stranger_is_told_so_and_nobody_is_made() {
    let (sample, fake) = sample();
    fake.change(|service| service.userinfo = json!({ "sub": "u-1" }));
    for name in ["nobody", "", "林示例", "window "] {
        fake.change(|service| service.claims = json!({ "employee": name }));
        let answer = sign_in(&mut sample.browser("").await, &fake).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{name}");
        assert!(answer.text().contains("本县没有您的账户"), "{name}: {}", answer.text());
    }
    fake.change(|service| service.claims = json!({ "employee": ["window"] }));
    assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.status, StatusCode::FORBIDDEN);
    let account = sample.store.read(|snapshot| snapshot.account("window")).unwrap().unwrap();
    sample.store.put_account(Account { state: AccountState::Closed, ..account }).unwrap();
    fake.change(|service| service.claims = json!({ "employee": "window" }));
    assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.status, StatusCode::FORBIDDEN, "closed");
    assert_eq!(
        events(&sample).iter().filter(|(person, what)| person.is_none() && *what == DoorKind::WrongProvider).count(),
        6
    );
}

#[tokio::test]
async fn an_answer_serves_once_and_in_the_browser_that_asked() {
    let (sample, fake) = sample();
    let mut victim = sample.browser("").await;
    let mut thief = sample.browser("").await;
    let departure = depart(&mut thief, "/").await;
    let answer = fake.passes(&departure);
    let mixed = victim.get(&answer).await;
    assert_eq!(mixed.status, StatusCode::BAD_REQUEST, "nobody is signed in as somebody else: {}", mixed.text());
    depart(&mut victim, "/").await;
    assert_eq!(victim.get(&answer).await.status, StatusCode::BAD_REQUEST, "nor once they asked themselves");
    let mut same = thief.clone();
    assert_eq!(thief.get(&answer).await.status, StatusCode::SEE_OTHER);
    assert_eq!(same.get(&answer).await.status, StatusCode::BAD_REQUEST, "twice");
    let departure = depart(&mut same, "/").await;
    let own = fake.passes(&departure);
    let state = own.split_once("&state=").unwrap().1;
    let used = same.get(&format!("/sign-in/provider/return?code=code-0&state={state}")).await;
    assert_eq!(used.status, StatusCode::BAD_GATEWAY, "a code that was used: {}", used.text());
    for wrong in ["", "?code=x", "?state=x.y&code=x", "?state=.&code=x", &format!("?code=x&state={state}")] {
        let path = format!("/sign-in/provider/return{wrong}");
        assert_eq!(same.get(&path).await.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
    let departure = depart(&mut same, "/").await;
    let late = fake.passes(&departure);
    sample.clock.set_to(sample.now().saturating_add(jiff::ToSpan::minutes(10)));
    assert_eq!(same.get(&late).await.status, StatusCode::BAD_REQUEST, "late");
}

#[tokio::test]
async fn where_to_go_on_is_taken_along_unchanged_and_leads_nowhere_else() {
    let (sample, fake) = sample();
    let mut browser = sample.browser("").await;
    let departure = depart(&mut browser, "https://evil.example/").await;
    assert_eq!(browser.get(&fake.passes(&departure)).await.location, "/");
    let departure = depart(&mut browser, "/desk").await;
    let answer = fake.passes(&departure);
    let (ticket, _) = answer.rsplit_once('.').unwrap();
    let changed = format!("{ticket}.{}", BASE64.encode("/track"));
    assert_eq!(browser.get(&changed).await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_wrong_token_signs_nobody_in() {
    let (sample, fake) = sample();
    let now = seconds_at(sample.now());
    for (claims, says) in [
        (json!({ "employee": "window", "nonce": "another" }), "应答不对"),
        (json!({ "employee": "window", "iss": "https://evil.example" }), "应答不对"),
        (json!({ "employee": "window", "aud": "another" }), "应答不对"),
        (json!({ "employee": "window", "exp": now - 1000 }), "时钟不一致"),
        (json!({ "employee": "window", "iat": now + 1000 }), "时钟不一致"),
    ] {
        fake.change(|service| service.claims = claims.clone());
        let mut browser = sample.browser("").await;
        let answer = sign_in(&mut browser, &fake).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{claims}");
        assert!(answer.text().contains(says), "{claims}: {}", answer.text());
        assert_eq!(browser.get("/desk").await.status, StatusCode::SEE_OTHER);
    }
    assert_eq!(events(&sample).iter().filter(|(_, what)| *what == DoorKind::WrongProvider).count(), 5);
    let mut browser = sample.browser("").await;
    let departure = depart(&mut browser, "/").await;
    let mixed = format!("{}&iss=https://evil.example", fake.passes(&departure));
    assert_eq!(browser.get(&mixed).await.status, StatusCode::BAD_GATEWAY, "an answer of another service");
    let departure = depart(&mut browser, "/").await;
    let named = format!("{}&iss={ISSUER}", fake.passes(&departure));
    fake.change(|service| service.claims = json!({ "employee": "window" }));
    assert_eq!(browser.get(&named).await.status, StatusCode::SEE_OTHER);
    let departure = depart(&mut browser, "/").await;
    let declined = fake.passes(&departure).replace("code=", "error=access_denied&was=");
    assert!(browser.get(&declined).await.text().contains("没有让您登录"));
}

#[tokio::test]
async fn keys_change_and_a_forged_one_is_not_asked_for_again_and_again() {
    let (sample, fake) = sample();
    assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.status, StatusCode::SEE_OTHER);
    let looked = |fake: &Fake| fake.0.lock().unwrap().asked.iter().filter(|path| path.ends_with("/keys")).count();
    assert_eq!(looked(&fake), 1);
    fake.change(|service| service.key = 2);
    let soon = sign_in(&mut sample.browser("").await, &fake).await;
    assert_eq!((soon.status, looked(&fake)), (StatusCode::BAD_GATEWAY, 1), "only once in half a minute");
    sample.clock.set_to(sample.now().saturating_add(jiff::ToSpan::seconds(31)));
    fake.change(|service| service.now += 31);
    assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.status, StatusCode::SEE_OTHER);
    assert_eq!(looked(&fake), 2);
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_left_alone_for_a_while() {
    let (sample, fake) = sample();
    fake.change(|service| service.silent = true);
    let mut browser = sample.browser("").await;
    for _ in 0..3 {
        let away = browser.get("/sign-in/provider").await;
        assert_eq!(away.status, StatusCode::BAD_GATEWAY);
        assert!(away.text().contains("现在没有应答") && away.text().contains("/sign-in"), "{}", away.text());
    }
    assert_eq!(fake.0.lock().unwrap().asked.len(), 1);
    fake.change(|service| service.silent = false);
    sample.clock.set_to(sample.now().saturating_add(jiff::ToSpan::seconds(10)));
    assert_eq!(sign_in(&mut browser, &fake).await.status, StatusCode::SEE_OTHER);
    // It falls silent while people are there: nobody has to wait for their password because of that.
    for _ in 0..60 {
        let mut on_the_way = sample.browser("").await;
        let back = fake.passes(&depart(&mut on_the_way, "/").await);
        fake.change(|service| service.silent = true);
        assert_eq!(on_the_way.get(&back).await.status, StatusCode::BAD_GATEWAY);
        fake.change(|service| service.silent = false);
    }
    assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.status, StatusCode::SEE_OTHER);
    let other = self::sample();
    other.1.change(|service| service.name = "https://evil.example".into());
    let away = other.0.browser("").await.get("/sign-in/provider").await;
    assert!(away.text().contains("应答不对"), "a service under another name: {}", away.text());
}

#[tokio::test]
async fn a_second_factor_is_asked_for_unless_it_was_shown_there() {
    let (sample, fake) = sample_of(settings(), &["township/window"]);
    let mut browser = sample.browser("").await;
    let half = sign_in(&mut browser, &fake).await;
    assert_eq!(half.location, "/account/second-factor?back=/desk", "{}", half.text());
    assert_eq!(browser.get("/desk").await.status, StatusCode::SEE_OTHER);
    fake.change(|service| service.claims = json!({ "employee": "window", "amr": ["pwd", "mfa"] }));
    let mut trusted = sample.browser("").await;
    assert_eq!(sign_in(&mut trusted, &fake).await.location, "/desk");
    assert_eq!(trusted.get("/desk").await.status, StatusCode::OK);
    fake.change(|service| service.claims = json!({ "employee": "window", "amr": ["pwd", "sms"] }));
    assert_ne!(sign_in(&mut sample.browser("").await, &fake).await.location, "/desk", "not what the operator trusts");
}

#[tokio::test]
async fn who_has_a_factor_here_is_asked_for_it() {
    let (sample, fake) = sample();
    assert!(sample.store.propose_factor("window", vec![7; 20]).unwrap());
    let first = store::factor::FirstCode { person: "window".into(), secret: vec![7; 20], step: 1 };
    let added = store::identity::DoorEvent {
        id: "added".into(),
        at: sample.now(),
        person: Some("window".into()),
        by: None,
        what: DoorKind::FactorAdded,
        address: String::new(),
        agent: String::new(),
    };
    assert!(sample.store.confirm_factor(first, Vec::new(), added).unwrap());
    let account = sample.store.read(|snapshot| snapshot.account("window")).unwrap().unwrap();
    sample.store.put_account(Account { given: Given::Office, ..account }).unwrap();
    let mut browser = sample.browser("").await;
    assert_eq!(sign_in(&mut browser, &fake).await.location, "/sign-in/code?back=/desk");
    let page = browser.get("/sign-in/code?back=/desk").await;
    let code = trust::totp_code(&[7; 20], seconds_at(sample.now()));
    let form = [("code", code.as_str()), ("back", "/desk"), ("_token", &page.token())];
    let done = browser.post("/sign-in/code", &form).await;
    assert_eq!(done.location, "/desk", "whose password an administrator gave need not know it: {}", done.text());
    let sessions = sample.store.read(|snapshot| snapshot.sessions("window", crate::door::going(sample.now()))).unwrap();
    assert!(sessions.iter().all(|session| session.way == Way::Provider));
}

#[tokio::test]
async fn a_claim_that_is_not_in_the_token_is_asked_for_of_the_same_person() {
    let (sample, fake) = sample_of(ProviderSettings { names: Named::Login, ..settings() }, &[]);
    fake.change(|service| {
        service.claims = json!({});
        service.userinfo = json!({ "sub": "u-1", "employee": "window" });
    });
    assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.location, "/desk");
    for userinfo in [json!({ "sub": "u-2", "employee": "window" }), json!({ "employee": "window" })] {
        fake.change(|service| service.userinfo = userinfo.clone());
        assert_eq!(sign_in(&mut sample.browser("").await, &fake).await.status, StatusCode::BAD_GATEWAY, "{userinfo}");
    }
}

#[tokio::test]
async fn a_county_without_such_a_service_has_no_such_pages() {
    let sample = Sample::new();
    let mut browser = sample.browser("").await;
    assert!(!browser.get("/sign-in").await.text().contains("/sign-in/provider"));
    for path in ["/sign-in/provider", "/sign-in/provider/return?code=x&state=y"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(
        browser
            .post(
                "/sign-in",
                &[
                    ("name", "window"),
                    ("password", PASSWORD),
                    ("_token", &browser.clone().get("/sign-in").await.token())
                ]
            )
            .await
            .status,
        StatusCode::SEE_OTHER
    );
}
