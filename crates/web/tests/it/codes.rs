//! Codes on paper lead back: an officer to the matter, everybody else to what the paper is.

use crate::county::{Browser, IDENTITY_NUMBER, Sample};
use axum::http::StatusCode;
use serde_json::json;
use store::Aside;

async fn filed(sample: &Sample) -> String {
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    matter["id"].as_str().unwrap().to_owned()
}

/// Follows the box of the desk: what was typed, and where it leads in the end.
async fn typed(browser: &mut Browser, code: &str) -> (StatusCode, String) {
    let asked = browser.get(&format!("/verify?to=matter&code={}", web::layout::encode(code))).await;
    let led = browser.get(&asked.location).await;
    (led.status, if led.location.is_empty() { led.text() } else { led.location })
}

#[tokio::test]
async fn a_typed_code_of_a_printed_form_finds_its_matter() {
    let sample = Sample::new();
    let matter = filed(&sample).await;
    let code = sample.store.form_code(&matter, "stall-form").unwrap().unwrap();
    assert_eq!(
        sample.store.form_code(&matter, "stall-form").unwrap().as_ref(),
        Some(&code),
        "printed again, it is the same"
    );
    assert_eq!(sample.store.form_code(&matter, "no-such-form").unwrap(), None);

    let wide: String = code
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { char::from_u32(u32::from(c) + 0xfee0).unwrap() } else { c })
        .collect();
    let confused = code.replace('0', "O").replace('1', "l");
    let address = format!("https://gongbao.example/verify/{code}");
    let mut head = sample.browser("village-head").await;
    for text in [code.clone(), code.to_lowercase().replace('-', " "), wide, confused, address] {
        assert_eq!(typed(&mut head, &text).await, (StatusCode::SEE_OTHER, format!("/matters/{matter}")), "{text}");
    }
    let page = head.get(&format!("/verify/{code}")).await.text();
    assert!(page.contains(&format!("/matters/{matter}")), "without the box, a link leads on: {page}");

    for other in ["", "other-village-head", "neighbour"] {
        let (status, page) = typed(&mut sample.browser(other).await, &code).await;
        assert_eq!(status, StatusCode::OK, "{other}");
        assert!(page.contains("系统记录中有这份材料") && page.contains("摊申2022-0001"), "{other}: {page}");
        for hidden in ["林示例", IDENTITY_NUMBER, &matter] {
            assert!(!page.contains(hidden), "{other} sees {hidden}");
        }
    }
}
