//! Reports of an invented regulation: who sees whose figures, for which period, and what is behind them.

use crate::county::{Browser, IDENTITY_NUMBER, Sample};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;
use store::Aside;
use store::aside::Reading;

/// Two applications in one village: the resident's and the neighbour's.
pub async fn begun() -> Sample {
    let sample = Sample::new();
    apply(&sample, "resident", "s1", "林示例", IDENTITY_NUMBER, "10.5", true).await;
    apply(&sample, "neighbour", "s2", "何邻居", "999999198109300029", "4", false).await;
    sample
}

async fn apply(sample: &Sample, who: &str, holder: &str, name: &str, id: &str, area: &str, power: bool) {
    let form = json!({
        "applicant-name": name, "applicant-id": id, "applicant-phone": "10000000001", "goods": "cloth", "area": area,
        "needs-power": power, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": holder }, "form": form });
    let (status, matter) = sample.browser(who).await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
}

const REPORT: &str = "/reports/stalls/applications";

async fn text(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

#[tokio::test]
async fn figures_are_those_of_the_area_and_the_period() {
    let sample = begun().await;
    let mut window = sample.browser("window").await;
    let page = text(&mut window, REPORT).await;
    assert!(page.contains("期间：2022年2月") && page.contains("东河镇"), "{page}");
    assert!(page.contains(">14.5 平方米</a>") && page.contains(">50 %</a>"), "sum and share: {page}");
    assert!(page.contains(r#"aria-label="摊位申请：面积：东河镇上庄村 14.5""#), "the chart says itself: {page}");
    let page = text(&mut window, &format!("{REPORT}?period=2022-01")).await;
    assert!(page.contains("2022年1月") && page.contains("没有符合的记录"), "{page}");
    let page = text(&mut window, &format!("{REPORT}?from=2022-02-14&to=2022-02-14")).await;
    assert!(page.contains(">14.5 平方米</a>"), "{page}");
    let page = text(&mut sample.browser("other-window").await, REPORT).await;
    assert!(page.contains("西岭乡") && page.contains("没有符合的记录"), "another township sees nothing: {page}");
    let page = text(&mut sample.browser("county-agriculture").await, &format!("{REPORT}?place=99990101")).await;
    assert!(page.contains(">14.5 平方米</a>"), "the county chooses a village: {page}");
}

#[tokio::test]
async fn who_may_not_ask_learns_nothing() {
    let sample = begun().await;
    let status = async |who: &str, path: &str| sample.browser(who).await.get(path).await.status;
    assert_eq!(status("resident", REPORT).await, StatusCode::NOT_FOUND);
    assert_eq!(status("assistant", REPORT).await, StatusCode::NOT_FOUND);
    assert_eq!(status("window", "/reports/stalls/none").await, StatusCode::NOT_FOUND);
    assert_eq!(status("window", "/reports/stalls/looks").await, StatusCode::NOT_FOUND);
    assert_eq!(status("window", &format!("{REPORT}?place=999902")).await, StatusCode::FORBIDDEN);
    assert_eq!(status("window", &format!("{REPORT}?place=x")).await, StatusCode::NOT_FOUND);
    assert_eq!(status("window", &format!("{REPORT}?period=soon")).await, StatusCode::BAD_REQUEST);
    assert_eq!(status("window", &format!("{REPORT}?from=2022-03-01&to=2022-02-01")).await, StatusCode::BAD_REQUEST);
    let list = text(&mut sample.browser("window").await, "/reports").await;
    assert!(list.contains("摊位申请") && list.contains("申请人") && !list.contains("查阅"), "{list}");
    let list = text(&mut sample.browser("resident").await, "/reports").await;
    assert!(!list.contains("摊位申请"), "{list}");
    let desk = text(&mut sample.browser("window").await, "/desk").await;
    assert!(desk.contains("对本岗位开放的报表"), "{desk}");
}

#[tokio::test]
async fn reports_that_name_a_post_stand_first_and_the_rest_by_regulation() {
    let sample = begun().await;
    let list = text(&mut sample.browser("window").await, "/reports").await;
    let (named, rest) = list.split_once("也可以看的").expect("both are there");
    assert!(named.contains("指明给您的岗位") && named.contains(">申请人</a>"), "{list}");
    assert!(!named.contains(">摊位申请</a>"), "a whole level names nobody: {named}");
    let (_, near) = rest.split_once("<details open>").expect("the regulation has one for the post");
    assert!(near.contains(">摊位申请</a>") && !near.contains(">申请人</a>"), "{rest}");
    // Whom no report names has nothing to unfold where there is only one regulation.
    let list = text(&mut sample.browser("county-agriculture").await, "/reports").await;
    assert!(!list.contains("指明给您的岗位") && list.contains("<details open>"), "{list}");
}

#[tokio::test]
async fn a_report_is_found_by_words_of_its_title_its_number_or_its_regulation() {
    let sample = begun().await;
    let mut window = sample.browser("window").await;
    for wanted in ["ST-R1", "applications stalls", "管理办法 摊位申请"] {
        let list = text(&mut window, &format!("/reports?q={}", wanted.replace(' ', "%20"))).await;
        assert!(list.contains("找到 1 张") && list.contains(">摊位申请</a>"), "{wanted}: {list}");
        assert!(list.contains(&format!("value=\"{wanted}\"")) && !list.contains("<details>"), "{wanted}: {list}");
    }
    let list = text(&mut window, "/reports?q=%E6%9F%A5%E9%98%85").await;
    assert!(
        list.contains("找到 0 张") && !list.contains("/reports/stalls/looks"),
        "what is not open is not found: {list}"
    );
}

#[tokio::test]
async fn each_figure_leads_to_what_is_behind_it() {
    let sample = begun().await;
    let mut window = sample.browser("window").await;
    let page = text(&mut window, REPORT).await;
    let link = page.split(r#"<a href="/reports/stalls/applications?group="#).nth(1).unwrap().split('#').next().unwrap();
    let page = text(&mut window, &format!("{REPORT}?group={link}")).await;
    assert!(page.contains("明细") && page.contains("摊申2022-0001") && page.contains("摊申2022-0002"), "{page}");
    let (large, small) = (page.find("摊申2022-0001").unwrap(), page.find("摊申2022-0002").unwrap());
    assert!(large < small, "the larger area comes first: {page}");
    assert!(page.contains(r#"<a href="/matters/"#), "{page}");
    sample.advance(date(2022, 2, 28).at(9, 0, 0, 0));
    let page = text(&mut window, &format!("{REPORT}?group=*")).await;
    assert_eq!(page.matches(r#"class="late""#).count(), 4, "both lines, their group, and the count above: {page}");
    let page = text(&mut window, "/reports/stalls/page").await;
    assert!(page.contains("摊申") || page.contains(">14.5 平方米</a>"), "{page}");
    assert!(
        page.contains("/reports/stalls/applications?period=2022-02&amp;place=999901&amp;group="),
        "figures of a sheet lead to the report: {page}"
    );
}

#[tokio::test]
async fn personal_data_is_masked_as_elsewhere() {
    let sample = begun().await;
    let page = text(&mut sample.browser("window").await, "/reports/stalls/applicants").await;
    assert!(page.contains("林示例") && page.contains("999999********0014"), "{page}");
    assert!(!page.contains(IDENTITY_NUMBER), "{page}");
    let (_, answer) =
        sample.browser("window").await.json("GET", "/api/v1/views/stalls/applicants", None, &json!({})).await;
    assert_eq!(answer["lines"][0]["values"]["id"].as_str().map(|id| id.contains("****")), Some(true), "{answer}");
}

#[tokio::test]
async fn looks_at_personal_data_are_lines_too() {
    let sample = begun().await;
    for (at, post) in [(14, "post-window"), (20, "post-window"), (20, "post-other-window")] {
        let at = date(2022, 2, at).at(9, 0, 0, 0);
        let reading = Reading {
            subject: format!("m{post}"),
            at,
            person: post[5..].into(),
            post: post.into(),
            kind: "identity".into(),
            why: "核对".into(),
        };
        sample.store.log_reading(reading).unwrap();
    }
    let mut head = sample.browser("township-head").await;
    let (_, answer) = head.json("GET", "/api/v1/views/stalls/looks", None, &json!({})).await;
    assert_eq!(answer["found"], 2, "those of the own township: {answer}");
    assert_eq!(answer["groups"][0]["values"]["looks"], "2");
    let (_, answer) =
        head.json("GET", "/api/v1/views/stalls/looks?from=2022-02-15&to=2022-02-20", None, &json!({})).await;
    assert_eq!(answer["found"], 1, "{answer}");
    let (_, answer) = head.json("GET", "/api/v1/views/stalls/looks?period=2022-03", None, &json!({})).await;
    assert_eq!(answer["found"], 0, "{answer}");
}

#[tokio::test]
async fn programs_get_the_same_figures() {
    let sample = begun().await;
    let mut window = sample.browser("window").await;
    let (status, list) = window.json("GET", "/api/v1/views", None, &json!({})).await;
    assert_eq!(status, StatusCode::OK);
    let names: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["view"].as_str().unwrap()).collect();
    assert_eq!(names, ["applicants", "applications", "course", "course-by-village", "page"]);
    let (_, answer) = window.json("GET", "/api/v1/views/stalls/applications", None, &json!({})).await;
    assert_eq!(answer["asked_period"], "2022-02");
    assert_eq!((&answer["total"]["area"], &answer["total"]["powered"]), (&json!("14.5"), &json!("50")));
    assert_eq!(answer["groups"][0]["key"], "99990101 / cloth");
    assert!(answer["lines"].as_array().unwrap().is_empty());
    let path = "/api/v1/views/stalls/applications?group=*&limit=1";
    let (_, answer) = window.json("GET", path, None, &json!({})).await;
    assert_eq!(answer["lines"][0]["values"]["area"], "10.5");
    assert!(answer["lines"][0]["subject"]["matter"].is_string());
    let (_, answer) =
        window.json("GET", &format!("{path}&after={}", answer["after"].as_str().unwrap()), None, &json!({})).await;
    assert_eq!((&answer["lines"][0]["values"]["area"], &answer["after"]), (&json!("4"), &json!(null)));
    let (status, _) = sample.browser("").await.json("GET", "/api/v1/views/stalls/applications", None, &json!({})).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

/// The rows of a sheet that has this heading, as texts.
fn rows(bytes: &[u8], heading: &str) -> Vec<Vec<String>> {
    let sheet = sheets::read(bytes, &|text| text == heading, &sheets::Limits::default()).unwrap();
    sheet.rows.iter().map(|row| row.cells.iter().map(sheets::Cell::text).collect()).collect()
}

#[tokio::test]
async fn the_sheet_has_the_figures_or_the_lines() {
    let sample = begun().await;
    let mut window = sample.browser("window").await;
    let answer = window.get(&format!("{REPORT}/excel")).await;
    assert_eq!(answer.media, sheets::MEDIA);
    let figures = rows(&answer.bytes, "件数");
    assert_eq!(figures[0][..4], ["东河镇上庄村", "布匹", "2", "14.5"]);
    assert_eq!(figures[1][0], "合计");
    let answer = window.get(&format!("{REPORT}/excel?group=*")).await;
    assert_eq!(rows(&answer.bytes, "编号").len(), 2);
    assert_eq!(window.get("/reports/stalls/page/excel").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn what_takes_time_is_drawn_from_day_to_day_with_today_and_said_in_words() {
    let sample = begun().await;
    sample.advance(date(2022, 2, 23).at(9, 0, 0, 0));
    let mut window = sample.browser("window").await;
    let page = text(&mut window, "/reports/stalls/course").await;
    let words = "办理进度：摊申2022-0001 计划 2022-02-14 – 2022-03-06，实际 2022-02-14 – 仍在进行，逾期；摊申2022-0002";
    assert!(page.contains(&format!("aria-label=\"{words}")), "{page}");
    assert_eq!(page.matches(r#"<rect class="bar late""#).count(), 2, "both go on and are late: {page}");
    assert_eq!(page.matches(r#"<path class="open-end""#).count(), 2, "{page}");
    assert_eq!(page.matches(r#"<rect class="planned""#).count(), 3, "one for each, and the legend's: {page}");
    // The axis goes from 14 February to 6 March, 21 days on 392 units; today, 23 February, is the tenth of them.
    assert!(page.contains(r#"<line class="today" x1="181" x2="181""#), "{page}");
    let page = text(&mut window, "/reports/stalls/course-by-village").await;
    assert!(page.contains("东河镇上庄村 实际 2022-02-14 – 仍在进行\""), "groups are drawn too: {page}");
    let page = text(&mut sample.browser("other-window").await, "/reports/stalls/course").await;
    assert!(page.contains("没有符合的记录") && !page.contains("<svg viewBox"), "nothing is drawn of nothing: {page}");
    let english = text(&mut window, "/reports/stalls/course?lang=en").await;
    assert!(english.contains("going on, late"), "{english}");
}
