//! How long things are kept, what has reached its end, and erasing it: asked for or proposed by one, confirmed by another.

use crate::county::{Browser, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};

const ADDRESS: &str = "虚构路十二号";
const WORDS: &str = "虚构的走访内容";

/// A household that left, with a visit that ended then.
async fn sample() -> Sample {
    let text =
        include_str!("../../../regulation/tests/fixtures/erasures.md").replace("township/vet", "township/window");
    let sample = Sample::of_text("erasures.md", &text);
    let mut assistant = sample.browser("assistant").await;
    let enter = "/registers/homes/-/enter";
    let fields =
        [("code", "h1"), ("head", "resident"), ("address", ADDRESS), ("left-on", "2022-02-10"), ("place", "99990101")];
    let answer = assistant.fill(enter, enter, &fields).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let mut head = sample.browser("village-head").await;
    let visit =
        json!({ "procedure": "visit", "about": { "home": "h1" }, "place": "99990101", "form": { "words": WORDS } });
    let visit = done(&mut head, "/api/v1/matters", &visit).await;
    done(&mut head, &format!("/api/v1/matters/{visit}/acts"), &json!({ "act": "finish" })).await;
    sample
}

async fn done(browser: &mut Browser, path: &str, body: &Value) -> String {
    let (status, answer) = browser.json("POST", path, None, body).await;
    assert!(status.is_success(), "{answer}");
    answer["id"].as_str().unwrap().to_owned()
}

async fn page(sample: &Sample, who: &str, path: &str) -> String {
    let answer = sample.browser(who).await.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{who} at {path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn an_office_sees_what_it_keeps_and_what_has_reached_its_end() {
    let sample = sample().await;
    let index = page(&sample, "assistant", "/keeping").await;
    assert!(index.contains("住户名册") && index.contains("2年（自迁出日起）"), "{index}");
    assert!(!index.contains("/keeping/registers/homes"), "nothing is due: {index}");
    assert!(page(&sample, "assistant", "/keeping/registers/homes").await.contains("没有到期的"));
    let register = page(&sample, "assistant", "/registers/homes").await;
    assert!(register.contains("保存期限：2年") && register.contains("/keeping/registers/homes"), "{register}");
    assert!(page(&sample, "village-head", "/services/visit").await.contains("3年（自办结或者注销之日起）"));

    sample.advance(nine(date(2024, 2, 12)));
    let list = page(&sample, "assistant", "/keeping/registers/homes").await;
    assert!(list.contains("《走访》的1份保存期限未满") && !list.contains("提请删除"), "{list}");
    sample.advance(nine(date(2025, 2, 17)));
    assert!(page(&sample, "assistant", "/keeping").await.contains("/keeping/registers/homes"));
    let list = page(&sample, "assistant", "/keeping/registers/homes").await;
    assert!(list.contains("提请删除") && list.contains("2024年2月10日") && !list.contains(ADDRESS), "{list}");
    let visits = page(&sample, "village-head", "/keeping/procedures/visit").await;
    assert!(visits.contains("提请删除") && !visits.contains(WORDS), "{visits}");
    for (who, path) in [
        ("village-head", "/keeping/registers/homes"),
        ("assistant", "/keeping/procedures/visit"),
        ("other-village-head", "/keeping/registers/homes"),
        ("resident", "/keeping/registers/homes"),
    ] {
        assert_eq!(sample.browser(who).await.get(path).await.status, StatusCode::NOT_FOUND, "{who} at {path}");
    }
    let other = page(&sample, "other-village-head", "/keeping/procedures/visit").await;
    assert!(other.contains("没有到期的"), "another village's: {other}");
}

#[tokio::test]
async fn everybody_sees_how_long_their_data_is_kept_and_asks_for_its_erasure() {
    let sample = sample().await;
    let own = page(&sample, "resident", "/account/data").await;
    assert!(own.contains("保存到2024年2月10日") && own.contains("《走访》的1份保存期限未满"), "{own}");
    assert!(own.contains("申请删除"), "asking is always open, refusing has its reasons: {own}");
    let other = page(&sample, "neighbour", "/account/data").await;
    assert!(other.contains("没有登记在您名下的信息") && !other.contains("homes/h1"), "{other}");
    let href = own.split("href=\"").find(|part| part.starts_with("/services/erasure/apply")).unwrap();
    let href = href.split('"').next().unwrap().replace("&amp;", "&");
    assert!(href.contains("act=ask-it") && href.contains("field.whose=homes%2Fh1"), "{href}");
    let mut resident = sample.browser("resident").await;
    let begun = resident.fill(&href, "/services/erasure/apply", &[]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let draft = resident.get(&begun.location).await.text();
    assert!(draft.contains("value=\"homes/h1\"") || draft.contains(">homes/h1<"), "{draft}");
    // A link fills in texts of the form it leads to, and nothing else.
    let strange = href.replace("field.whose", "field.nothing");
    let begun = resident.fill(&strange, "/services/erasure/apply", &[]).await;
    assert!(!resident.get(&begun.location).await.text().contains("homes/h1"));
}

#[tokio::test]
async fn what_will_go_is_counted_before_and_nothing_of_it_can_be_read_afterwards() {
    let sample = sample().await;
    sample.advance(nine(date(2025, 2, 17)));
    let row = "/registers/homes/h1";
    assert!(page(&sample, "assistant", row).await.contains("h1"));
    let body =
        json!({ "procedure": "erasure", "act": "propose", "place": "99990101", "form": { "whose": "homes/h1" } });
    let matter = done(&mut sample.browser("assistant").await, "/api/v1/matters", &body).await;
    let mut window = sample.browser("window").await;
    let act = format!("/matters/{matter}/acts/confirm");
    let form = window.get(&act).await.text();
    assert!(form.contains("住户名册1条、走访1件") && !form.contains(ADDRESS), "{form}");
    let asked = window.fill(&act, &act, &[]).await;
    assert_eq!(asked.status, StatusCode::OK);
    let asked = asked.text();
    assert!(asked.contains("办理后不能撤回") && asked.contains("住户名册1条、走访1件"), "{asked}");
    assert!(!asked.contains(ADDRESS) && !asked.contains(WORDS), "{asked}");
    let confirmed = window.fill(&act, &act, &[("_confirmed", "yes")]).await;
    assert_eq!(confirmed.status, StatusCode::SEE_OTHER, "{}", confirmed.text());
    let after = page(&sample, "assistant", row).await;
    assert!(after.contains("已依法删除") && !after.contains(ADDRESS), "{after}");
    let history =
        sample.browser("assistant").await.json("GET", "/api/v1/registers/homes/rows/h1", None, &Value::Null).await;
    assert!(!history.1.to_string().contains(ADDRESS), "{}", history.1);
    assert!(page(&sample, "assistant", "/keeping/registers/homes").await.contains("没有到期的"));
    let visits = page(&sample, "village-head", "/keeping/procedures/visit").await;
    assert!(visits.contains("没有到期的"), "{visits}");
    let timeline = page(&sample, "window", &format!("/matters/{matter}")).await;
    assert!(timeline.contains("删除证明"), "{timeline}");
}
