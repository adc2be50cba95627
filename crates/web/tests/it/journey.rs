//! From the application to the certificate, without scripts.

use crate::county::{IDENTITY_NUMBER, PASSWORD, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;

#[tokio::test]
async fn an_application_goes_from_form_to_certificate() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;

    let begun = resident
        .fill("/services/stall-application/apply", "/services/stall-application/apply", &[("about.holder", "s1")])
        .await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let draft = begun.location.trim_end_matches("/1").to_owned();

    // A wrong identity number is told beside its field and in the summary; the draft is kept all the same.
    let applicant =
        [("applicant-name", "林示例"), ("applicant-id", "999999197904120015"), ("applicant-phone", "10000000001")];
    let wrong = resident.fill(&format!("{draft}/1"), &format!("{draft}/1"), &applicant).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("href=\"#f-applicant-id\""), "{}", wrong.text());

    let right = [
        ("applicant-name", "林示例"),
        ("applicant-id", IDENTITY_NUMBER),
        ("applicant-phone", "10000000001"),
        ("_add", "helpers"),
    ];
    let with_row = resident.fill(&format!("{draft}/1"), &format!("{draft}/1"), &right).await;
    assert!(with_row.text().contains("name=\"helpers.1.helper-name\""), "a row can be added without scripts");
    let helper = [&right[..3], &[("_rows.helpers", "1"), ("helpers.1.helper-name", "林帮工")]].concat();
    let next = resident.fill(&format!("{draft}/1"), &format!("{draft}/1"), &helper).await;
    assert_eq!(next.location, format!("{draft}/2"), "{}", next.text());

    let stall = [("goods", "cloth"), ("area", "１０"), ("needs-power", "no"), ("reason", "赶集卖布")];
    let next = resident.fill(&format!("{draft}/2"), &format!("{draft}/2"), &stall).await;
    assert_eq!(next.location, format!("{draft}/3"), "{}", next.text());
    // Cloth needs no health certificate: the last page asks nothing.
    let next = resident.fill(&format!("{draft}/3"), &format!("{draft}/3"), &[]).await;
    assert_eq!(next.location, format!("{draft}/review"), "{}", next.text());

    let submit = format!("{draft}/submit");
    let unsigned = resident.fill(&format!("{draft}/review"), &submit, &[]).await;
    assert_eq!(unsigned.status, StatusCode::UNPROCESSABLE_ENTITY);
    let done = resident.fill(&format!("{draft}/review"), &submit, &[("signature", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let receipt = resident.get(&done.location).await.text();
    assert!(receipt.contains("摊申2022-0001") && receipt.contains("2022年2月21日"), "{receipt}");
    let matter = done.location.trim_end_matches("/receipt").to_owned();

    let mut village = sample.browser("village-head").await;
    assert!(village.get("/desk").await.text().contains("林示例的摊位申请"));
    let page = village.get(&matter).await.text();
    assert!(page.contains("999999********0014") && !page.contains(IDENTITY_NUMBER), "identity numbers are covered");
    let passed = village.act(&matter, "pass", &[]).await;
    assert_eq!(passed.status, StatusCode::SEE_OTHER, "{}", passed.text());

    let mut public = sample.browser("").await;
    let notices = public.get("/notices").await.text();
    assert!(notices.contains("集市摊位公示") && notices.contains("提出异议"), "{notices}");

    sample.advance(nine(date(2022, 2, 22)));
    let mut window = sample.browser("window").await;
    let approved = window.act(&matter, "approve", &[]).await;
    assert_eq!(approved.status, StatusCode::SEE_OTHER, "{}", approved.text());

    let page = resident.get(&matter).await.text();
    let certificate = page
        .split("href=\"/documents/")
        .find(|part| part.contains("集市摊位证"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let paper = resident.get(&format!("/documents/{certificate}.pdf")).await;
    assert_eq!((paper.status, paper.media.as_str()), (StatusCode::OK, "application/pdf"), "{}", paper.text());
    assert!(paper.bytes.starts_with(b"%PDF-"));
    let shown = resident.get(&format!("/documents/{certificate}")).await.text();
    let code = shown.split("/verify/").nth(1).unwrap().split('"').next().unwrap();
    let verified = public.get(&format!("/verify/{code}")).await.text();
    assert!(verified.contains("真实，现行有效") && verified.contains("摊证2022-0001号"), "{verified}");
    assert_eq!(
        public.get(&format!("/documents/{certificate}")).await.status,
        StatusCode::NOT_FOUND,
        "the certificate itself is not public"
    );
}

#[tokio::test]
async fn who_guesses_passwords_has_to_wait() {
    let sample = Sample::new();
    let mut browser = sample.browser("").await;
    let token = browser.get("/sign-in").await.token();
    for _ in 0..5 {
        let answer = browser.post("/sign-in", &[("name", "resident"), ("password", "guess"), ("_token", &token)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    }
    let right = [("name", "resident"), ("password", PASSWORD), ("_token", token.as_str())];
    let locked = browser.post("/sign-in", &right).await;
    assert!(locked.text().contains("09:15 以后再试"), "{}", locked.text());
    sample.advance(date(2022, 2, 14).at(9, 16, 0, 0));
    assert_eq!(browser.post("/sign-in", &right).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_form_without_its_token_changes_nothing() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let answer = resident.post("/services/stall-application/apply", &[("about.holder", "s1")]).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.text().contains("这次提交没有生效"));
}
