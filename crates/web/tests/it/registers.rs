//! Registers by page: listed, filtered, put in order, kept, and seen as of a day; never a row of another place.

use crate::county::{Browser, IDENTITY_NUMBER, Sample, nine};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::{Value, json};
use store::StoreExt;

const STANDS: &str = "/registers/stands";
/// `林`, `西岭乡`'s village, percent-encoded where they stand in addresses.
const LIN: &str = "%E6%9E%97";

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

/// The first cells of a table's rows, in order.
fn listed(html: &str) -> Vec<String> {
    let body = html.split("<tbody>").nth(1).and_then(|rest| rest.split("</tbody>").next()).unwrap_or_default();
    let firsts = body.split("<th scope=\"row\">").skip(1);
    firsts.map(|cell| cell.split("</a>").next().unwrap().rsplit('>').next().unwrap().to_owned()).collect()
}

async fn enter(browser: &mut Browser, fields: &[(&str, &str)]) -> crate::county::Answer {
    browser.fill(&format!("{STANDS}/-/enter"), &format!("{STANDS}/-/enter"), fields).await
}

async fn three_stands(sample: &Sample) -> Browser {
    let mut window = sample.browser("window").await;
    for (number, area, kind, since) in
        [("a1", "9.5", "open", "2021-05-01"), ("a2", "12", "roofed", "2020-01-01"), ("a3", "100", "open", "")]
    {
        let roof = if kind == "roofed" { "瓦" } else { "" };
        let fields = [
            ("_place", "999901"),
            ("number", number),
            ("area", area),
            ("kind", kind),
            ("roof", roof),
            ("since", since),
        ];
        let answer = enter(&mut window, &fields).await;
        assert_eq!((answer.status, answer.location), (StatusCode::SEE_OTHER, format!("{STANDS}/{number}")));
    }
    window
}

#[tokio::test]
async fn a_register_is_filtered_and_ordered_by_its_address() {
    let sample = Sample::new();
    three_stands(&sample).await;
    let mut public = sample.browser("").await;
    for (query, expected) in [
        ("", vec!["a1", "a2", "a3"]),
        ("?sort=area", vec!["a1", "a2", "a3"]),
        ("?sort=-area", vec!["a3", "a2", "a1"]),
        ("?c.area.from=10&c.area.to=12", vec!["a2"]),
        ("?c.kind=open", vec!["a1", "a3"]),
        ("?c.kind=open&c.kind=roofed&sort=-since", vec!["a1", "a2", "a3"]),
        ("?c.since.from=2020-06-01", vec!["a1"]),
        ("?c.number=A2", vec!["a2"]),
        ("?q=a3", vec!["a3"]),
        ("?place=999901", vec!["a1", "a2", "a3"]),
        ("?place=999902", vec![]),
        ("?as-of=2022-02-13", vec![]),
        ("?as-of=2022-02-14&sort=-area", vec!["a3", "a2", "a1"]),
    ] {
        assert_eq!(listed(&page(&mut public, &format!("{STANDS}{query}")).await), expected, "{query}");
    }
    let html = page(&mut public, &format!("{STANDS}?c.area.from=many")).await;
    assert!(
        html.contains("请填数字") && html.contains("data-errors"),
        "an answer that cannot be read is a fault of its field"
    );
    assert!(!html.contains("登记一条"), "only keepers are offered to enter");
    let index = page(&mut public, "/registers").await;
    assert!(index.contains("摊位台账") && !index.contains("经营户名册"));
}

#[tokio::test]
async fn nobody_reads_rows_of_another_place_or_guesses_at_covered_numbers() {
    let sample = Sample::new();
    let holders = "/registers/stallholders";
    let mut window = sample.browser("window").await;
    let html = page(&mut window, holders).await;
    assert!(html.contains("林示例") && html.contains("999999********0014") && !html.contains(IDENTITY_NUMBER));
    assert_eq!(listed(&page(&mut window, &format!("{holders}?c.head-name={LIN}")).await), ["s1"]);
    assert_eq!(listed(&page(&mut window, &format!("{holders}?c.identity-number={IDENTITY_NUMBER}")).await), ["s1"]);
    let part = page(&mut window, &format!("{holders}?c.identity-number=99999919")).await;
    assert!(part.contains("data-errors"), "part of a number is no number");
    assert_eq!(listed(&page(&mut window, &format!("{holders}?sort=identity-number")).await), ["s1", "s2"]);
    assert!(!page(&mut window, holders).await.contains("sort=identity-number"));

    let mut other = sample.browser("other-village-head").await;
    assert_eq!(listed(&page(&mut other, holders).await), Vec::<String>::new());
    assert_eq!(other.get(&format!("{holders}?place=99990101")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(other.get(&format!("{holders}/s1")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(sample.browser("neighbour").await.get(holders).await.status, StatusCode::FORBIDDEN);
    let mut resident = sample.browser("resident").await;
    assert!(page(&mut resident, &format!("{holders}/s1")).await.contains(IDENTITY_NUMBER), "one's own data is open");
}

#[tokio::test]
async fn a_row_is_changed_and_closed_and_its_history_stays() {
    let sample = Sample::new();
    let mut window = three_stands(&sample).await;
    sample.advance(nine(date(2022, 3, 1)));
    let wrong = window
        .fill(&format!("{STANDS}/a1/change"), &format!("{STANDS}/a1/change"), &[("area", "0"), ("kind", "roofed")])
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let text = wrong.text();
    assert!(text.contains("面积应大于零") && text.contains("棚顶") && text.contains("href=\"#f-area\""), "{text}");
    let fields = [("area", "10"), ("kind", "open"), ("since", "")];
    let changed = window.fill(&format!("{STANDS}/a1/change"), &format!("{STANDS}/a1/change"), &fields).await;
    assert_eq!((changed.status, changed.location.as_str()), (StatusCode::SEE_OTHER, "/registers/stands/a1"));
    let row = page(&mut window, &format!("{STANDS}/a1")).await;
    assert!(row.contains("面积：9.5 平方米 → 10 平方米") && row.contains("启用日期：2021年5月1日 → （空）"), "{row}");
    let before = page(&mut window, &format!("{STANDS}/a1?as-of=2022-02-20")).await;
    assert!(before.contains("<dd>9.5 平方米</dd>") && before.contains("2022年2月20日"));

    let closed = window.fill(&format!("{STANDS}/a1/close"), &format!("{STANDS}/a1/close"), &[]).await;
    assert_eq!(closed.status, StatusCode::SEE_OTHER);
    let row = page(&mut window, &format!("{STANDS}/a1")).await;
    assert!(row.contains("已注销") && row.contains("9.5 平方米 → 10 平方米") && !row.contains("/a1/change\""));
    assert_eq!(window.get(&format!("{STANDS}/a1/change")).await.status, StatusCode::CONFLICT);
    assert_eq!(listed(&page(&mut window, STANDS).await), ["a2", "a3"]);
    assert_eq!(listed(&page(&mut window, &format!("{STANDS}?as-of=2022-02-20")).await), ["a1", "a2", "a3"]);
}

#[tokio::test]
async fn only_the_keeper_of_the_place_keeps_it() {
    let sample = Sample::new();
    three_stands(&sample).await;
    for person in ["resident", "village-head", "township-head"] {
        let mut browser = sample.browser(person).await;
        for path in ["/-/enter", "/a1/change", "/a1/close"] {
            assert_eq!(browser.get(&format!("{STANDS}{path}")).await.status, StatusCode::FORBIDDEN, "{person} {path}");
        }
        assert_eq!(browser.get(&format!("{STANDS}/a1")).await.status, StatusCode::OK);
    }
    let mut other = sample.browser("other-window").await;
    assert_eq!(other.get(&format!("{STANDS}/a1/change")).await.status, StatusCode::FORBIDDEN);
    let fields = [("_place", "999901"), ("number", "b1"), ("area", "3"), ("kind", "open")];
    let refused = enter(&mut other, &fields).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN, "{}", refused.text());
    let taken = enter(
        &mut sample.browser("window").await,
        &[("_place", "999901"), ("number", "a1"), ("area", "3"), ("kind", "open")],
    )
    .await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text().contains("已有“a1”"), "{}", taken.text());
}

#[tokio::test]
async fn what_is_covered_is_shown_for_a_reason_and_logged() {
    let sample = Sample::new();
    let row = "/registers/stallholders/s1";
    let mut assistant = sample.browser("assistant").await;
    let html = page(&mut assistant, row).await;
    assert!(!html.contains(IDENTITY_NUMBER) && html.contains("查看完整的个人信息"));
    for unsaid in [[("purpose", "verify"), ("why", " ")], [("purpose", "pay"), ("why", "核对户口本")]] {
        assert_eq!(assistant.fill(row, row, &unsaid).await.status, StatusCode::BAD_REQUEST, "{unsaid:?}");
    }
    let shown = assistant.fill(row, row, &[("purpose", "verify"), ("why", "核对户口本")]).await;
    assert!(shown.text().contains(IDENTITY_NUMBER));
    sample.advance(nine(date(2022, 2, 15)));
    let change = page(&mut assistant, &format!("{row}/change")).await;
    assert!(change.contains(IDENTITY_NUMBER), "who changes a number must see it");
    assert!(
        change.contains("value=\"resident\" selected"),
        "what is chosen stays chosen though it would not be offered"
    );
    let logged = sample.store.read(|snapshot| snapshot.readings("stallholders/s1", 10)).unwrap();
    let mut told: Vec<(&str, &str)> = logged.iter().map(|one| (one.kind.as_str(), one.why.as_str())).collect();
    told.sort_unstable();
    assert_eq!(told, [("identity", "变更登记"), ("identity", "核对身份：核对户口本")]);
}

#[tokio::test]
async fn a_look_names_the_post_that_was_looked_through() {
    let sample = Sample::of_several_posts();
    let row = "/registers/stallholders/s1";
    let mut officer = sample.browser("other-village-head").await;
    let why = [("purpose", "verify"), ("why", "核对户口本")];
    assert_eq!(officer.fill(row, row, &why).await.status, StatusCode::OK);
    let excel = "/registers/stallholders/-/excel";
    let there = format!("{excel}?place=99990101");
    assert_eq!(officer.fill(&there, excel, &why).await.status, StatusCode::OK);
    let through = |subject: &str| -> Vec<String> {
        let looks = sample.store.read(|snapshot| snapshot.readings(subject, 10)).unwrap();
        looks.into_iter().map(|one| one.post).collect()
    };
    assert_eq!(through("stallholders/s1"), ["post-second-head"]);
    assert_eq!(through("stallholders"), ["post-second-head"]);
    sample.advance(nine(date(2022, 2, 15)));
    page(&mut officer, &format!("{row}/change")).await;
    assert_eq!(through("stallholders/s1"), ["post-second-assistant", "post-second-head"], "of a change the keeper's");
}

#[tokio::test]
async fn views_are_kept_and_dropped() {
    let sample = Sample::new();
    let mut window = three_stands(&sample).await;
    let filtered = format!("{STANDS}?c.kind=open&sort=-area");
    let kept = window.fill(&filtered, &format!("{STANDS}/-/views"), &[("name", "露天的")]).await;
    assert_eq!((kept.status, kept.location.as_str()), (StatusCode::SEE_OTHER, filtered.as_str()));
    assert!(page(&mut window, STANDS).await.contains("露天的"));
    assert!(!page(&mut sample.browser("other-window").await, STANDS).await.contains("露天的"));
    let dropped = window.fill(&filtered, &format!("{STANDS}/-/views"), &[("drop", "yes")]).await;
    assert_eq!(dropped.status, StatusCode::SEE_OTHER);
    assert!(!page(&mut window, STANDS).await.contains("露天的"));
}

#[tokio::test]
async fn the_order_of_rows_that_are_matters_looks_at_all_of_them() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    for (area, goods) in [("10", "cloth"), ("12", "other"), ("8", "cloth")] {
        let mut form = json!({
            "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": goods, "area": area,
            "needs-power": false, "signature": true,
        });
        if goods == "other" {
            form["goods-other"] = json!("竹器");
        }
        let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
        let (status, matter) = resident.json("POST", "/api/v1/matters", None, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{matter}");
    }
    let mut window = sample.browser("window").await;
    for (query, areas) in [
        ("sort=wanted", vec!["8", "10", "12"]),
        ("sort=-wanted", vec!["12", "10", "8"]),
        ("sort=-wanted&goods-in=cloth", vec!["10", "8"]),
        ("sort=wanted&limit=2", vec!["8", "10"]),
    ] {
        let path = format!("/api/v1/registers/stalls-granted?{query}");
        let (_, rows) = window.json("GET", &path, None, &Value::Null).await;
        let items = rows["items"].as_array().unwrap_or_else(|| panic!("{query}: {rows}"));
        let found: Vec<&str> = items.iter().filter_map(|row| row["record"]["wanted"].as_str()).collect();
        assert_eq!(found, areas, "{query}");
        let Some(next) = rows["next"].as_str() else { continue };
        let (_, rest) = window.json("GET", next, None, &Value::Null).await;
        assert_eq!(rest["items"][0]["record"]["wanted"], "12", "the next page goes on: {rest}");
    }
}

#[tokio::test]
async fn rows_that_are_matters_list_and_filter_like_others() {
    let sample = Sample::new();
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    let id = matter["id"].as_str().unwrap();
    let granted = "/registers/stalls-granted";
    let mut window = sample.browser("window").await;
    for (query, count) in [
        ("", 1),
        ("?c.wanted.from=10", 1),
        ("?c.wanted.from=11", 0),
        ("?c.goods-in=cloth", 1),
        ("?c.goods-in=food", 0),
        ("?c.household=s1", 1),
        ("?sort=-wanted", 1),
        ("?as-of=2022-02-13", 0),
    ] {
        let html = page(&mut window, &format!("{granted}{query}")).await;
        assert_eq!(listed(&html).len(), count, "{query}");
        assert_eq!(html.contains(&format!("/matters/{id}")), count == 1, "{query}");
    }
    sample.advance(nine(date(2022, 2, 15)));
    let acts = format!("/api/v1/matters/{id}/acts");
    let passed = sample.browser("village-head").await.json("POST", &acts, None, &json!({ "act": "pass" })).await;
    assert_eq!(passed.0, StatusCode::OK, "{}", passed.1);
    assert_eq!(listed(&page(&mut window, &format!("{granted}?c.passed-on.from=2022-02-15")).await).len(), 1);
    assert!(!page(&mut window, &format!("{granted}?as-of=2022-02-14")).await.contains("<time>2022年2月15日</time>"));
    assert_eq!(
        sample.browser("other-window").await.get(&format!("{granted}?place=999901")).await.status,
        StatusCode::FORBIDDEN
    );

    let (_, rows) = window.json("GET", "/api/v1/registers/stalls-granted", None, &Value::Null).await;
    let row = &rows["items"][0];
    assert_eq!(
        (row["record"]["wanted"].as_str(), row["record"]["applicant"].as_str()),
        (Some("10"), Some("林示例")),
        "{rows}"
    );
    assert_eq!(row["matter"], id);
    let key = row["key"].as_str().unwrap();
    let (status, one) = window
        .json("GET", &format!("/api/v1/registers/stalls-granted/rows/{}", web::layout::encode(key)), None, &Value::Null)
        .await;
    assert_eq!((status, one["history"].as_array().unwrap().len()), (StatusCode::OK, 2), "{one}");
    let (_, none) = window.json("GET", "/api/v1/registers/stalls-granted?wanted=11", None, &Value::Null).await;
    assert_eq!(none["items"], json!([]));
}

#[tokio::test]
async fn a_row_moves_with_its_place_if_both_are_the_keepers() {
    let sample = Sample::new();
    let mut assistant = sample.browser("assistant").await;
    let mut row = async |place: &str| {
        let body = json!({ "record": { "place": place } });
        let (status, _) = assistant.json("PATCH", "/api/v1/registers/stallholders/rows/s1", None, &body).await;
        let found = sample.store.read(|snapshot| snapshot.row("stallholders", "s1")).unwrap().unwrap();
        (status, found.row.place)
    };
    assert_eq!(row("9999010201").await, (StatusCode::FORBIDDEN, "9999010101".to_owned()));
    assert_eq!(row("99990101").await, (StatusCode::OK, "99990101".to_owned()));
}
