//! A regulation that is not public: who holds no post finds nothing of it, by no way.

use crate::county::Sample;
use axum::http::StatusCode;

/// The word that stands in every title of it.
const WORD: &str = "消费券";

/// vo-ac-25: an anonymous visitor asks for any voucher page and is shown nothing.
#[tokio::test]
async fn nobody_without_a_post_finds_what_is_not_public() {
    let sample = Sample::of_vouchers();
    for who in ["", "resident"] {
        let mut browser = sample.browser(who).await;
        for page in
            ["/", "/gazette", "/services", "/notices", "/reports", "/registers", "/sitemap.xml", "/gazette/feed.atom"]
        {
            let answer = browser.get(page).await.text();
            assert!(!answer.contains(WORD) && !answer.contains("voucher"), "{who} at {page}: {answer}");
        }
        for search in ["/?q=%E6%B6%88%E8%B4%B9%E5%88%B8", "/gazette?q=%E6%B6%88%E8%B4%B9%E5%88%B8"] {
            let answer = browser.get(search).await.text();
            assert!(
                !answer.contains("/gazette/vouchers") && !answer.contains("发放对象"),
                "{who} at {search}: {answer}"
            );
        }
        for gone in [
            "/gazette/vouchers",
            "/gazette/vouchers.md",
            "/services/voucher-roster",
            "/services/voucher-roster/check",
            "/registers/voucher-recipients",
            "/registers/voucher-levels",
            "/reports/vouchers/voucher-progress",
            "/reports/vouchers/voucher-progress/excel",
        ] {
            let answer = browser.get(gone).await;
            let shut = [StatusCode::NOT_FOUND, StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN, StatusCode::SEE_OTHER];
            assert!(shut.contains(&answer.status), "{who} at {gone}: {} {}", answer.status, answer.text());
            assert!(!answer.text().contains("发放"), "{who} at {gone}: {}", answer.text());
        }
        for list in [
            "/api/v1/gazette",
            "/api/v1/procedures",
            "/api/v1/registers",
            "/api/v1/gazette/vouchers",
            "/api/v1/procedures/voucher-roster",
        ] {
            let (status, answer) = browser.json("GET", list, None, &serde_json::Value::Null).await;
            // A refusal names the address that was asked for, nothing else.
            let text = answer.to_string().replace(list, "");
            assert!(!text.contains(WORD) && !text.contains("voucher-"), "{who} at {list}: {status} {text}");
        }
    }
}

#[tokio::test]
async fn who_holds_a_post_reads_it() {
    let sample = Sample::of_vouchers();
    let mut window = sample.browser("window").await;
    let page = window.get("/gazette/vouchers").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("一个人只发一份"));
    assert!(window.get("/gazette").await.text().contains("/gazette/vouchers"));
    let (_, all) = window.json("GET", "/api/v1/procedures", None, &serde_json::Value::Null).await;
    assert!(all.to_string().contains("voucher-roster"));
}
