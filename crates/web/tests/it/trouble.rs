//! What goes wrong in real life: sessions that end, second clicks, the back button, two officers at once, files that are not
//! what they are called, broken bytes, a server that stops. Nothing typed is lost, and nothing happens twice.

use crate::county::{Answer, Browser, IDENTITY_NUMBER, PASSWORD, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;
use store::StoreExt;

const APPLY: &str = "/services/stall-application/apply";
const APPLICANT: [(&str, &str); 3] =
    [("applicant-name", "林示例"), ("applicant-id", IDENTITY_NUMBER), ("applicant-phone", "10000000001")];
const STALL: [(&str, &str); 4] = [("goods", "cloth"), ("area", "10"), ("needs-power", "no"), ("reason", "赶集卖布")];

async fn begun(resident: &mut Browser) -> String {
    let begun = resident.fill(APPLY, APPLY, &[("about.holder", "s1")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    begun.location.trim_end_matches("/1").to_owned()
}

async fn filled(resident: &mut Browser) -> String {
    let draft = begun(resident).await;
    for (step, answers) in [(1, &APPLICANT[..]), (2, &STALL[..]), (3, &[])] {
        let page = format!("{draft}/{step}");
        assert_eq!(resident.fill(&page, &page, answers).await.status, StatusCode::SEE_OTHER);
    }
    draft
}

pub async fn applied(sample: &Sample) -> String {
    let mut resident = sample.browser("resident").await;
    let draft = filled(&mut resident).await;
    let done = resident.fill(&format!("{draft}/review"), &format!("{draft}/submit"), &[("signature", "yes")]).await;
    done.location.trim_end_matches("/receipt").to_owned()
}

/// The form of a page, with further answers, as a browser would send it.
fn form(page: &Answer, action: &str, more: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut all = page.hidden(action);
    all.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all
}

async fn send(browser: &mut Browser, action: &str, form: &[(String, String)]) -> Answer {
    let pairs: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(action, &pairs).await
}

/// Signs out in another window, so that the session of this one is over.
async fn session_ends(browser: &Browser) {
    let mut other = browser.clone();
    let token = other.get("/track").await.token();
    assert_eq!(other.post("/sign-out", &[("_token", &token)]).await.status, StatusCode::SEE_OTHER);
}

/// Signs in again on the page that says the session is over, and goes on with the form.
async fn go_on(browser: &mut Browser, name: &str, page: &Answer, action: &str) -> Answer {
    let sign_in = form(page, "/sign-in", &[("name", name), ("password", PASSWORD)]);
    let welcome = send(browser, "/sign-in", &sign_in).await;
    assert_eq!(welcome.status, StatusCode::OK, "{}", welcome.text());
    let again = form(&welcome, action, &[]);
    send(browser, action, &again).await
}

#[tokio::test]
async fn a_page_of_a_form_survives_the_end_of_the_session() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begun(&mut resident).await;
    let page = format!("{draft}/1");
    let sent = form(&resident.get(&page).await, &page, &APPLICANT);
    session_ends(&resident).await;
    let over = send(&mut resident, &page, &sent).await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED);
    assert!(over.text().contains("填写的内容没有丢"), "{}", over.text());
    let back = go_on(&mut resident, "resident", &over, &page).await;
    assert!(back.status == StatusCode::OK && back.text().contains("value=\"林示例\""), "{}", back.text());
    assert!(resident.get(&page).await.text().contains("value=\"10000000001\""), "it was saved as well");
}

#[tokio::test]
async fn more_than_the_sign_in_page_takes_along_is_not_promised() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begun(&mut resident).await;
    let page = format!("{draft}/1");
    let long = "林".repeat(400_000);
    let sent = form(&resident.get(&page).await, &page, &[("applicant-name", &long)]);
    session_ends(&resident).await;
    let over = send(&mut resident, &page, &sent).await;
    assert_eq!((over.status, over.location.starts_with("/sign-in?back=")), (StatusCode::SEE_OTHER, true));
}

#[tokio::test]
async fn an_act_is_asked_again_and_not_done_after_the_end_of_the_session() {
    let sample = Sample::new();
    let matter = applied(&sample).await;
    let mut village = sample.browser("village-head").await;
    let act = format!("{matter}/acts/send-back");
    let sent = form(&village.get(&act).await, &act, &[("reasons", "现场没有这个摊位")]);
    session_ends(&village).await;
    let over = send(&mut village, &act, &sent).await;
    let wrong = form(&over, "/sign-in", &[("name", "village-head"), ("password", "guess")]);
    let over = send(&mut village, "/sign-in", &wrong).await;
    assert_eq!(over.status, StatusCode::UNAUTHORIZED, "a mistyped password loses nothing either");
    let back = go_on(&mut village, "village-head", &over, &act).await;
    assert!(back.text().contains("现场没有这个摊位</textarea>"), "{}", back.text());
    assert!(village.get(&matter).await.text().contains("村级核对"), "nothing was done yet");
}

#[tokio::test]
async fn a_form_of_a_session_that_changed_is_kept_too() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begun(&mut resident).await;
    let page = format!("{draft}/1");
    let sent = form(&resident.get(&page).await, &page, &APPLICANT);
    let mut again = sample.browser("resident").await;
    let refused = send(&mut again, &page, &sent).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let more = form(&refused, &page, &[]);
    let back = send(&mut again, &page, &more).await;
    assert!(back.text().contains("value=\"林示例\""), "{}", back.text());
}

#[tokio::test]
async fn a_form_filed_twice_leads_to_its_receipt() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = filled(&mut resident).await;
    let submit = format!("{draft}/submit");
    let sent = form(&resident.get(&format!("{draft}/review")).await, &submit, &[("signature", "yes")]);
    let first = send(&mut resident, &submit, &sent).await;
    let second = send(&mut resident, &submit, &sent).await;
    assert!(first.location.ends_with("/receipt") && second.location == first.location, "{}", second.text());
    for page in ["review", "1"] {
        assert_eq!(resident.get(&format!("{draft}/{page}")).await.location, first.location, "the back button");
    }
    let matters = sample.store.read(|snapshot| snapshot.matters(&Default::default(), &store::pages::Cut::first(9)));
    assert_eq!(matters.unwrap().lines.len(), 1);
    let other = sample.browser("neighbour").await.get(&format!("{draft}/review")).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    assert!(other.text().contains("href=\"/track\""), "{}", other.text());
}

#[tokio::test]
async fn what_cannot_be_taken_back_is_asked_once_more_and_done_once() {
    let sample = Sample::new();
    let matter = applied(&sample).await;
    let mut village = sample.browser("village-head").await;
    let act = format!("{matter}/acts/send-back");
    let asked = village.fill(&act, &act, &[("reasons", "现场没有这个摊位")]).await;
    assert_eq!(asked.status, StatusCode::OK);
    assert!(asked.text().contains("确认后，“林示例的摊位申请”以“未批准”办结。"), "{}", asked.text());
    let back = send(&mut village, &act, &form(&asked, &act, &[("_again", "yes")])).await;
    assert!(back.text().contains("现场没有这个摊位</textarea>"), "{}", back.text());
    let asked = send(&mut village, &act, &form(&back, &act, &[("reasons", "现场没有这个摊位")])).await;
    let sent = form(&asked, &act, &[("_confirmed", "yes")]);
    let (first, second) = (send(&mut village, &act, &sent).await, send(&mut village, &act, &sent).await);
    assert_eq!((first.location.as_str(), second.location.as_str()), (matter.as_str(), matter.as_str()));
    let mut other: Vec<(String, String)> = sent.into_iter().filter(|(name, _)| name != "reasons").collect();
    other.push(("reasons".into(), "改了主意".into()));
    let changed = send(&mut village, &act, &other).await;
    assert_eq!(changed.status, StatusCode::CONFLICT);
    assert!(changed.text().contains("这一步刚才已经办好，这次改动没有生效"), "{}", changed.text());
    let id = matter.trim_start_matches("/matters/");
    let entries = sample.store.read(|snapshot| snapshot.timeline(id)).unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.name == "send-back").count(), 1);
    let late = village.get(&act).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "no act after the end");
}

#[tokio::test]
async fn an_act_that_issues_a_notice_says_so_before() {
    let sample = Sample::new();
    let matter = applied(&sample).await;
    let mut village = sample.browser("village-head").await;
    let act = format!("{matter}/acts/pass");
    let asked = village.fill(&act, &act, &[]).await.text();
    assert!(asked.contains("确认后，出具《集市摊位公示》。"), "{asked}");
    let english = village.fill(&format!("{act}?lang=en"), &act, &[]).await.text();
    assert!(english.contains("This issues “Public notice” in “林示例的摊位申请”."), "{english}");
}

#[tokio::test]
async fn who_saw_an_older_state_decides_again_with_what_was_typed() {
    let sample = Sample::new();
    let matter = applied(&sample).await;
    let mut village = sample.browser("village-head").await;
    let act = format!("{matter}/acts/send-back");
    let page = village.get(&act).await;
    let mut sent = form(&page, &act, &[("reasons", "现场没有这个摊位")]);
    sent.iter_mut().filter(|(name, _)| name == "_seen").for_each(|(_, seen)| *seen = "0".into());
    let stale = send(&mut village, &act, &sent).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text().contains("又有了新的办理") && stale.text().contains("现场没有这个摊位</textarea>"));
    let asked = send(&mut village, &act, &form(&stale, &act, &[("reasons", "现场没有这个摊位")])).await;
    assert_eq!(village.confirm(&asked, &act).await.status, StatusCode::SEE_OTHER);

    let sample = Sample::new();
    let matter = applied(&sample).await;
    let mut village = sample.browser("village-head").await;
    let act = format!("{matter}/acts/pass");
    let sent = form(&village.get(&act).await, &act, &[]);
    let withdrawn = sample.browser("resident").await.act(&matter, "withdraw", &[]).await;
    assert_eq!(withdrawn.status, StatusCode::SEE_OTHER, "{}", withdrawn.text());
    let late = send(&mut village, &act, &sent).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text().contains(&format!("href=\"{matter}\"")), "{}", late.text());
}

#[tokio::test]
async fn a_file_that_is_not_taken_costs_nothing_else() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begun(&mut resident).await;
    for (step, answers) in [(1, &APPLICANT[..]), (2, &[("goods", "food"), ("area", "9"), ("needs-power", "no")][..])] {
        let page = format!("{draft}/{step}");
        assert_eq!(resident.fill(&page, &page, answers).await.status, StatusCode::SEE_OTHER);
    }
    let page = format!("{draft}/3");
    let token = resident.get(&page).await.token();
    let huge = [b"%PDF-1.7 ".as_slice(), &vec![b' '; 20 * 1024 * 1024]].concat();
    for (name, content, says) in [
        ("健康证明.pdf", b"<html><script>alert(1)</script>".as_slice(), "不是照片或 PDF"),
        ("健康证明.pdf", b"MZ\x90\x00".as_slice(), "不是照片或 PDF"),
        ("健康证明.pdf", huge.as_slice(), "上传的内容太大"),
    ] {
        let refused = resident.upload(&page, &[("_token", &token)], ("health-paper", name, content)).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            refused.text().contains(says) && refused.text().contains("href=\"#f-health-paper\""),
            "{}",
            refused.text()
        );
    }
    let kept = resident.upload(&page, &[("_token", &token)], ("health-paper", "健康证明.exe", b"%PDF-1.7 x")).await;
    assert_eq!(kept.location, format!("{draft}/review"), "{}", kept.text());
}

#[tokio::test]
async fn broken_bytes_and_surplus_fields_do_no_harm() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begun(&mut resident).await;
    let page = format!("{draft}/1");
    let token = resident.get(&page).await.token();
    for (broken, says) in [("%FF%FE", "有无法识别的字符，请重新输入"), ("%00%1B", "请填写")] {
        let body = format!("_token={token}&applicant-phone=10000000001&applicant-name={broken}").into_bytes();
        let refused = resident.post_raw(&page, "application/x-www-form-urlencoded", body).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{broken}: {}", refused.text());
        assert!(
            refused.text().contains(says) && refused.text().contains("value=\"10000000001\""),
            "{}",
            refused.text()
        );
    }
    let cut_off = resident.post_raw(&page, "multipart/form-data; boundary=x", b"--x\r\nContent-Disp".to_vec()).await;
    assert_eq!(cut_off.status, StatusCode::BAD_REQUEST);
    for address in [
        "/services/%FF",
        "/matters/%00",
        "/?q=%FF%00",
        "/notices?after=%FF",
        "/verify/%E7",
        "/services/stall-application/apply?a=%FF",
    ] {
        let answer = resident.get(address).await;
        assert!(!answer.status.is_server_error() && answer.text().contains("<html"), "{address}: {}", answer.text());
    }
    let surplus =
        [&APPLICANT[..], &[("area", "-5"), ("nonsense", "x"), ("helpers.999.helper-name", "y"), ("signature", "yes")]];
    let saved = resident.fill(&page, &page, &surplus.concat()).await;
    assert_eq!(saved.location, format!("{draft}/2"), "{}", saved.text());
    let second = resident.get(&format!("{draft}/2")).await.text();
    assert!(!second.contains("-5"), "a field of another page is not taken");
}

#[tokio::test]
async fn a_draft_survives_a_restart() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begun(&mut resident).await;
    let page = format!("{draft}/1");
    resident.fill(&page, &page, &APPLICANT).await;
    drop(resident);
    let sample = sample.restarted();
    let mut resident = sample.browser("resident").await;
    assert!(resident.get("/track").await.text().contains(&draft));
    assert!(resident.get(&page).await.text().contains("value=\"林示例\""));
}

#[tokio::test]
async fn nothing_of_a_matter_is_shown_to_another_village() {
    let sample = Sample::new();
    let matter = applied(&sample).await;
    let mut village = sample.browser("village-head").await;
    village.act(&matter, "pass", &[]).await;
    sample.advance(nine(date(2022, 2, 22)));
    sample.browser("window").await.act(&matter, "approve", &[]).await;
    let id = matter.trim_start_matches("/matters/");
    let documents = sample.store.read(|snapshot| snapshot.documents(id)).unwrap();
    let permit = documents.iter().find(|line| line.document.name == "stall-permit").unwrap().document.id.clone();
    let addresses = [
        matter.clone(),
        format!("{matter}/receipt"),
        format!("{matter}/forms/stall-form.pdf"),
        format!("{matter}/files/none"),
        format!("/documents/{permit}"),
        format!("/documents/{permit}.pdf"),
        format!("/api/v1/matters/{id}"),
        format!("/api/v1/documents/{permit}"),
    ];
    for person in ["neighbour", "other-village-head", "other-window", ""] {
        let mut browser = sample.browser(person).await;
        for address in &addresses {
            let answer = browser.get(address).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{person} {address}");
            assert!(!answer.text().contains("林示例"), "{person} {address}");
        }
        let act = browser.post(&format!("{matter}/acts/withdraw"), &[]).await;
        assert!(act.status.is_client_error() || act.location.starts_with("/sign-in"), "{person}");
    }
}
