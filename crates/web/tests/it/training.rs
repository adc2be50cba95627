//! A clock that stands is advanced by hand, by the page as well.

use crate::county::{START, Sample};
use axum::http::StatusCode;

#[tokio::test]
async fn the_clock_is_advanced_by_the_page_and_never_back() {
    let sample = Sample::watched();
    sample.advance(START);
    let mut browser = sample.browser("").await;
    assert!(browser.get("/").await.text().contains("href=\"/clock\""));
    let answer = browser.fill("/clock", "/clock", &[("to", "2022-03-01")]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let page = browser.get(&answer.location).await.text();
    assert!(page.contains("现在是2022年3月1日 09:00；其间自动办理"), "{page}");
    assert!(!page.contains("自动办理 0 件"), "a month and its duties have passed: {page}");

    let back = browser.fill("/clock", "/clock", &[("to", "2022-02-01")]).await;
    assert_eq!(back.status, StatusCode::CONFLICT);
    assert!(back.text().contains("时钟不能倒拨"));
    let none = browser.fill("/clock", "/clock", &[("to", "明天")]).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST);
    assert!(none.text().contains("请填写推进到哪一天"));
    let again = browser.fill("/clock", "/clock", &[("to", "2022-03-01")]).await;
    assert_eq!(browser.get(&again.location).await.text().matches("自动办理 0 件").count(), 1, "done already");
}
