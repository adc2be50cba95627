//! The three administrators: what each may do, what none of them sees, and what is noted of it.

use crate::county::{Browser, PASSWORD, START, Sample, nine};
use axum::http::StatusCode;
use store::StoreExt;
use store::aside::Given;
use store::identity::DoorKind;

const ACCOUNTS: &str = "/admin/accounts";
const SESSIONS: &str = "/admin/sessions";

async fn post(browser: &mut Browser, page: &str, fields: &[(&str, &str)]) -> crate::county::Answer {
    let token = browser.get(page).await.token();
    let mut form = fields.to_vec();
    form.push(("_token", &token));
    browser.post(page, &form).await
}

async fn sign_in(browser: &mut Browser, name: &str, password: &str) -> crate::county::Answer {
    post(browser, "/sign-in", &[("name", name), ("password", password)]).await
}

/// The password on a page that shows it once.
fn shown(page: &str) -> String {
    page.split("<code class=\"secret\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn each_administrator_has_their_own_pages_and_nobody_else_has_any() {
    let sample = Sample::administered();
    let table: [(&str, &[&str]); 6] = [
        ("", &[]),
        ("window", &[]),
        ("resident", &[]),
        ("system", &["/admin", ACCOUNTS]),
        ("security", &["/admin", SESSIONS, "/admin/events", "/admin/events/excel"]),
        ("audit", &["/admin", "/admin/events", "/admin/events/excel"]),
    ];
    for (who, open) in table {
        let mut browser = sample.browser(who).await;
        for page in ["/admin", ACCOUNTS, SESSIONS, "/admin/events", "/admin/events/excel"] {
            let status = browser.get(page).await.status;
            let expected = match open.contains(&page) {
                true => StatusCode::OK,
                false if who.is_empty() => StatusCode::SEE_OTHER,
                false => StatusCode::NOT_FOUND,
            };
            assert_eq!(status, expected, "{who} at {page}");
        }
        if !open.contains(&ACCOUNTS) && !who.is_empty() {
            let token = browser.get("/track").await.token();
            let form = [("do", "close"), ("person", "window"), ("_token", &token)];
            assert_eq!(browser.post(ACCOUNTS, &form).await.status, StatusCode::NOT_FOUND, "{who}");
        }
    }
}

#[tokio::test]
async fn administrators_see_no_matter() {
    let sample = Sample::administered();
    let title = "林示例的摊位申请";
    let mut resident = sample.browser("resident").await;
    let matter = crate::trouble::applied(&sample).await;
    assert_eq!(resident.get(&matter).await.status, StatusCode::OK);
    for who in ["system", "security", "audit"] {
        let mut browser = sample.browser(who).await;
        assert_eq!(browser.get(&matter).await.status, StatusCode::NOT_FOUND, "{who}");
        assert_eq!(browser.get("/registers/stallholders/s1").await.status, StatusCode::NOT_FOUND, "{who}");
        for page in
            ["/", "/desk", "/places", "/places/999900", "/?q=%E6%91%8A%E4%BD%8D", "/api/v1/matters", "/api/v1/desk"]
        {
            let answer = browser.get(page).await;
            assert!(!answer.text().contains(title), "{who} at {page}: {}", answer.text());
        }
        assert_eq!(browser.get("/places/999900").await.status, StatusCode::FORBIDDEN, "{who} has no area");
        assert_eq!(browser.get("/posts").await.status, StatusCode::FORBIDDEN, "{who} is no officer");
        let home = browser.get("/").await.text();
        assert!(!home.contains("href=\"/desk\"") && !home.contains("href=\"/duties\""), "{home}");
        assert!(home.contains("href=\"/admin\"") && home.contains(&format!("county/{who}-admin")), "{home}");
    }
    let head = sample.browser("township-head").await.get("/places/999901").await.text();
    assert!(head.contains(title), "who has the area does: {head}");
    // Another county office, for comparison, sees it masked.
    assert_eq!(sample.browser("county-agriculture").await.get(&matter).await.status, StatusCode::OK);
}

#[tokio::test]
async fn accounts_are_made_closed_and_opened_and_passwords_given() {
    let sample = Sample::administered();
    let mut system = sample.browser("system").await;
    let mut window = sample.browser("window").await;
    let page = system.get(ACCOUNTS).await.text();
    assert!(page.contains("newcomer") && page.contains("开户"), "{page}");
    let offered = |page: &str| page.matches("<option").count();
    assert!(offered(&page) == 30 && page.contains("只列出前30人") && !page.contains("村民9号"), "{page}");
    let found = system.get(&format!("{ACCOUNTS}?q={}", crate::county::encode("村民9号"))).await.text();
    assert!(offered(&found) == 1 && found.contains("村民9号") && !found.contains("只列出"), "{found}");
    for (login, says) in [("", "用户名用"), ("有空格 的", "用户名用"), ("window", "已经有人用")] {
        let refused = post(&mut system, ACCOUNTS, &[("do", "make"), ("person", "newcomer"), ("login", login)]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(refused.text().contains(says), "{login}: {}", refused.text());
    }
    let made = post(&mut system, ACCOUNTS, &[("do", "make"), ("person", "newcomer"), ("login", "xin.lai")]).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let password = shown(&made.text());
    let first = sign_in(&mut sample.browser("").await, "xin.lai", &password).await;
    assert!(first.text().contains("管理员给的"), "it only serves to set one's own: {}", first.text());

    let given = post(&mut system, ACCOUNTS, &[("do", "give"), ("person", "window")]).await;
    assert_eq!(window.get("/account").await.status, StatusCode::SEE_OTHER, "sessions end with the old password");
    let password = shown(&given.text());
    let mut again = sample.browser("").await;
    assert_eq!(sign_in(&mut again, "window", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert!(sign_in(&mut again, "window", &password).await.text().contains("管理员给的"));

    let asked = post(&mut system, ACCOUNTS, &[("do", "close"), ("person", "resident"), ("q", "res")]).await;
    assert_eq!(asked.status, StatusCode::OK, "it is asked first: {}", asked.text());
    assert!(asked.text().contains("确认停用") && asked.text().contains("value=\"res\""), "{}", asked.text());
    assert_eq!(sign_in(&mut sample.browser("").await, "resident", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let close = [("do", "close"), ("person", "resident"), ("sure", "yes"), ("q", "res")];
    let closed = post(&mut system, ACCOUNTS, &close).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    assert!(closed.location.contains("q=res"), "the search stays: {}", closed.location);
    assert!(system.get(&closed.location).await.text().contains("林示例的账户（resident）已停用"));
    let mut resident = sample.browser("").await;
    assert_eq!(sign_in(&mut resident, "resident", PASSWORD).await.status, StatusCode::UNAUTHORIZED);
    assert!(system.get(&format!("{ACCOUNTS}?q=resident")).await.text().contains("已停用"));
    post(&mut system, ACCOUNTS, &[("do", "open"), ("person", "resident")]).await;
    assert_eq!(sign_in(&mut resident, "resident", PASSWORD).await.status, StatusCode::SEE_OTHER);
    let own = post(&mut system, ACCOUNTS, &[("do", "close"), ("person", "system")]).await;
    assert!(own.text().contains("不能停用自己"), "{}", own.text());
    let nobody = post(&mut system, ACCOUNTS, &[("do", "give"), ("person", "no-such-person")]).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);

    let (events, _) =
        sample.store.read(|snapshot| snapshot.door_events_within(START.date(), START.date(), &|_| true, 99)).unwrap();
    let by_system: Vec<DoorKind> =
        events.iter().filter(|event| event.by.as_deref() == Some("system")).map(|event| event.what).collect();
    for kind in [DoorKind::AccountMade, DoorKind::PasswordGiven, DoorKind::AccountClosed, DoorKind::AccountOpened] {
        assert!(by_system.contains(&kind), "{kind:?} is not noted");
    }
    let mut audit = sample.browser("audit").await;
    let page = audit.get("/admin/events").await.text();
    assert!(page.contains("开户") && page.contains("申系统"), "{page}");
    let found = audit.get("/admin/events?q=%E5%BC%80%E6%88%B7").await.text();
    assert!(found.contains("开户") && !found.contains("停用账户"), "{found}");
    let by_login = audit.get("/admin/events?q=xin.lai").await.text();
    assert!(by_login.contains("辛来人") && !by_login.contains("停用账户"), "{by_login}");
    assert!(audit.get("/admin/events?from=2022-01-01&to=2022-01-31").await.text().contains("没有记录"));
    let sheet = audit.get("/admin/events/excel").await;
    assert!(sheet.bytes.starts_with(b"PK"), "{}", sheet.media);
}

#[tokio::test]
async fn security_ends_sessions_and_sees_whose_passwords_were_tried() {
    let sample = Sample::administered();
    let mut window = sample.browser("window").await;
    let mut stranger = sample.browser("").await;
    for name in ["window", "window", "no-such-name"] {
        sign_in(&mut stranger, name, "guess").await;
    }
    let mut security = sample.browser("security").await;
    let page = security.get(SESSIONS).await.text();
    assert!(page.contains("马窗口") && page.contains("没有这个用户名") && page.contains("192.0.2.*"), "{page}");
    assert_eq!(
        post(&mut security, SESSIONS, &[("do", "end"), ("person", "window")]).await.status,
        StatusCode::SEE_OTHER
    );
    assert_eq!(window.get("/account").await.status, StatusCode::SEE_OTHER);
    assert_eq!(
        post(&mut security, SESSIONS, &[("do", "end"), ("person", "nobody")]).await.status,
        StatusCode::NOT_FOUND
    );
    sample.clock.set_to(nine(START.date().tomorrow().unwrap()).saturating_add(jiff::ToSpan::hours(1)));
    let page = security.get(SESSIONS).await.text();
    assert!(!page.contains("没有这个用户名"), "a day later it is past: {page}");
}

#[tokio::test]
async fn a_sample_account_keeps_its_password() {
    let sample = Sample::administered();
    let account = sample.store.read(|snapshot| snapshot.account("window")).unwrap().unwrap();
    store::Aside::put_account(sample.store.as_ref(), store::aside::Account { given: Given::Demo, ..account }).unwrap();
    let mut system = sample.browser("system").await;
    let answer = post(&mut system, ACCOUNTS, &[("do", "give"), ("person", "window")]).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let line = system.get(&format!("{ACCOUNTS}?q=window")).await.text();
    let line = line.split(">window</th>").nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap().to_owned();
    assert!(line.contains("停用") && !line.contains("重置密码"), "no button that only refuses: {line}");
    let own = system.get(&format!("{ACCOUNTS}?q=system")).await.text();
    assert!(own.contains("重置密码") && !own.contains("value=\"close\""), "nor to close one's own: {own}");
}

#[tokio::test]
async fn a_confidential_matter_stands_in_no_list_by_place() {
    let sample = Sample::of_secrets();
    let matter = crate::rights::begin(&sample).await;
    let title = "林示例的摊位申请";
    let search = format!("/?q={}", crate::county::encode("林示例"));
    for who in ["county-agriculture", "other-window", "other-village-head", "assistant", "system"] {
        let mut browser = sample.browser(who).await;
        assert_eq!(browser.get(&format!("/matters/{matter}")).await.status, StatusCode::NOT_FOUND, "{who}");
        for page in [
            "/desk",
            "/places/999900",
            "/places/999901",
            "/places/99990101",
            "/api/v1/matters",
            "/api/v1/desk",
            &search,
        ] {
            let answer = browser.get(page).await;
            assert!(!answer.text().contains(title), "{who} at {page}: {}", answer.text());
        }
    }
    let mut village = sample.browser("village-head").await;
    let desk = village.get("/desk").await.text();
    assert!(desk.contains(title), "it falls to the village: {desk}");
    let place = village.get("/places/99990101").await.text();
    assert!(!place.contains(title), "whoever sees it sees it on the desk: {place}");
}
