//! A week's brief of a place on paper, and its places as tiles.

use crate::county::{has_font, nine};
use crate::reports::begun;
use axum::http::StatusCode;
use jiff::civil::date;

/// What a PDF says, as far as a plain look tells: its pages.
fn pages(bytes: &[u8]) -> usize {
    String::from_utf8_lossy(bytes).matches("/Type/Page/").count()
        + String::from_utf8_lossy(bytes).matches("/Type /Page\n").count()
}

#[tokio::test]
async fn a_week_is_printed_for_those_whose_area_it_is() {
    if !has_font() {
        return;
    }
    let sample = begun().await;
    sample.advance(nine(date(2022, 3, 1)));
    let mut head = sample.browser("township-head").await;
    let paper = head.get("/places/999901/brief?week=2022-02-21").await;
    assert_eq!((paper.status, paper.media.as_str()), (StatusCode::OK, "application/pdf"), "{}", paper.text());
    assert!(paper.bytes.starts_with(b"%PDF-") && pages(&paper.bytes) <= 2);
    let again = head.get("/places/999901/brief?week=2022-02-27").await;
    assert_eq!(again.bytes, paper.bytes, "any day of a week gives its brief, and the same bytes");
    for person in ["other-window", "resident"] {
        let refused = sample.browser(person).await.get("/places/999901/brief").await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN, "{person}");
    }
    assert_eq!(sample.browser("").await.get("/places/999901/brief").await.status, StatusCode::SEE_OTHER);
    assert_eq!(head.get("/places/999901/brief?week=soon").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(head.get("/places/1/brief").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_happens_later_changes_no_past_week() {
    if !has_font() {
        return;
    }
    let sample = begun().await;
    sample.advance(nine(date(2022, 2, 28)));
    let mut head = sample.browser("township-head").await;
    let path = "/places/999901/brief?week=2022-02-21";
    let before = head.get(path).await.bytes;
    let running = head.get("/places/999901/brief").await.bytes;
    let mut village = sample.browser("village-head").await;
    let desk = village.get("/desk").await.text();
    let matter = desk.split("href=\"/matters/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(village.act(&format!("/matters/{matter}"), "pass", &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(head.get(path).await.bytes, before, "as on its last day, whatever was done since");
    assert_ne!(head.get("/places/999901/brief").await.bytes, running, "the week that runs has the act");
}

#[tokio::test]
async fn places_stand_as_tiles_with_a_word_a_number_and_a_way_down() {
    let sample = begun().await;
    let mut county = sample.browser("county-agriculture").await;
    let page = county.get("/places/999900").await.text();
    assert!(
        page.contains("aria-label=\"东河镇 100% 没有逾期\"") && page.contains("<a href=\"/places/999901\""),
        "{page}"
    );
    assert!(page.contains("aria-label=\"西岭乡 – 没有期限\""), "{page}");
    sample.advance(nine(date(2022, 2, 28)));
    let late = county.get("/places/999900").await.text();
    assert!(late.contains("aria-label=\"东河镇 0% 逾期较多\"") && late.contains("<th scope=\"col\""), "{late}");
    assert!(late.contains("/places/999900/brief?week=2022-02-21"), "the brief of the week before: {late}");
}
