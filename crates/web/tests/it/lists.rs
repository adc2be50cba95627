//! Lists of a form filled from a sheet: read on the page of the form, each bad cell named, the marked sheet given back, the corrected one filed.

use crate::county::{Answer, Browser, IDENTITY_NUMBER, Sample};
use crate::program::{Program, Reply};
use axum::http::StatusCode;
use sheets::{Cell, Column, Kind, Limits, Sheet, Value, Writer};
use store::StoreExt;

/// A sheet of texts; the first row are the headings.
fn sheet(rows: &[Vec<String>]) -> Vec<u8> {
    let column = |heading: &String| Column { heading: heading.clone(), kind: Kind::Text, width: 12 };
    let columns: Vec<Column> = rows[0].iter().map(column).collect();
    let mut writer = Writer::new("Sheet1", &columns).unwrap();
    for row in &rows[1..] {
        let cells: Vec<_> = row.iter().map(|text| Value::Text(text.clone()).into()).collect();
        writer.row(&cells).unwrap();
    }
    writer.finish("说明", &[("空".to_owned(), "空".to_owned())]).unwrap()
}

fn rows(rows: &[&[&str]]) -> Vec<Vec<String>> {
    rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect()
}

fn read(bytes: &[u8], heading: &str) -> Sheet {
    sheets::read(bytes, &|text| text == heading, &Limits::default()).unwrap()
}

/// The figures of a page: rows read, rows to correct.
fn figures(html: &str) -> Vec<u32> {
    let list =
        html.split("<ul class=\"figures\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    list.split("<b>").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect()
}

const APPLICANT: [(&str, &str); 3] =
    [("applicant-name", "林示例"), ("applicant-id", IDENTITY_NUMBER), ("applicant-phone", "10000000001")];

/// Begins an application; its draft.
async fn begin(resident: &mut Browser) -> String {
    let apply = "/services/stall-application/apply";
    let begun = resident.fill(apply, apply, &[("about.holder", "s1")]).await;
    begun.location.trim_end_matches("/1").to_owned()
}

/// Sends a page with a sheet for one of its lists.
async fn send(
    browser: &mut Browser,
    page: &str,
    list: &str,
    fields: &[(&str, &str)],
    name: &str,
    bytes: &[u8],
) -> Answer {
    let html = browser.get(page).await;
    let mut all = html.hidden(page);
    all.retain(|(field, _)| !field.starts_with("_rows."));
    all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    all.push(("_read".into(), list.into()));
    let pairs: Vec<(&str, &str)> = all.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.upload(page, &pairs, (&format!("_sheet.{list}"), name, bytes)).await
}

#[tokio::test]
async fn a_sheet_is_read_marked_corrected_and_filed() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begin(&mut resident).await;
    let page = format!("{draft}/1");
    let offer = resident.get(&page).await.text();
    assert!(offer.contains("/forms/helper-row/template") && offer.contains("name=\"_sheet.helpers\""), "{offer}");

    let wrong = sheet(&rows(&[
        &["电话", "姓名", "不相干"],
        &["１０００００００００１", "林帮工", "x"],
        &["12", "何帮工", ""],
        &["", "", ""],
        &["10000000003", "", ""],
    ]));
    let answer = send(&mut resident, &page, "helpers", &APPLICANT, "帮工.xlsx", &wrong).await;
    let html = answer.text();
    assert_eq!(answer.status, StatusCode::OK, "{html}");
    assert_eq!(figures(&html), [3, 2], "a blank row is none: {html}");
    assert!(html.contains("A3") && html.contains("请填电话号码") && html.contains("请填写“姓名”"), "{html}");
    assert!(html.contains("没有读：不相干") && html.contains("没有读取的其他工作表：说明"), "{html}");
    assert!(html.contains("林示例"), "what was typed beside it is kept");

    // It cannot be gone on with; another person does not see it.
    let next = resident.fill(&page, &page, &APPLICANT).await;
    assert_eq!(next.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(next.text().contains("表“帮工.xlsx”有2行要改正"), "{}", next.text());
    let marked_at = format!("{draft}/lists/helpers");
    assert_eq!(sample.browser("neighbour").await.get(&marked_at).await.status, StatusCode::NOT_FOUND);

    let marked = read(&resident.get(&marked_at).await.bytes, "姓名");
    let reasons: Vec<String> =
        marked.rows.iter().map(|row| row.cells.last().map(Cell::text).unwrap_or_default()).collect();
    assert!(reasons[1].contains("电话") && reasons[2].contains("请填写“姓名”"), "{reasons:?}");

    let right = sheet(&rows(&[&["姓名", "电话", "导入问题"], &["林帮工", "10000000001", ""], &["何帮工", "", "已改"]]));
    let answer = send(&mut resident, &page, "helpers", &APPLICANT, "帮工（改）.xlsx", &right).await;
    assert_eq!(figures(&answer.text()), [2, 0], "{}", answer.text());
    let next = resident.fill(&page, &page, &APPLICANT).await;
    assert_eq!(next.location, format!("{draft}/2"), "{}", next.text());
    let stall = [("goods", "cloth"), ("area", "10"), ("needs-power", "no")];
    resident.fill(&format!("{draft}/2"), &format!("{draft}/2"), &stall).await;
    resident.fill(&format!("{draft}/3"), &format!("{draft}/3"), &[]).await;
    let review = resident.get(&format!("{draft}/review")).await.text();
    assert!(review.contains("帮工（改）.xlsx，2 行"), "{review}");
    let done = resident.fill(&format!("{draft}/review"), &format!("{draft}/submit"), &[("signature", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let matter = resident.get(done.location.trim_end_matches("/receipt")).await.text();
    assert!(matter.contains("林帮工") && matter.contains("何帮工"), "{matter}");
}

#[tokio::test]
async fn csv_is_read_and_a_short_list_can_be_typed_on() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begin(&mut resident).await;
    let page = format!("{draft}/1");
    let csv = "姓名,电话\n【示例】林示例,10000000001\n林帮工,12\n";
    let answer = send(&mut resident, &page, "helpers", &APPLICANT, "帮工.csv", csv.as_bytes()).await;
    assert_eq!(figures(&answer.text()), [1, 1], "{}", answer.text());
    let typed = resident.fill(&page, &page, &[&APPLICANT[..], &[("_unsheet", "helpers")]].concat()).await.text();
    assert!(typed.contains("name=\"helpers.1.helper-name\" value=\"林帮工\"") || typed.contains("林帮工"), "{typed}");
    assert!(
        typed.contains("helpers.1.helper-phone") && typed.contains("value=\"12\""),
        "a wrong cell stands as it was: {typed}"
    );
    assert!(!typed.contains("换一张表"), "{typed}");
}

#[tokio::test]
async fn a_file_that_is_no_use_says_why() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = begin(&mut resident).await;
    let page = format!("{draft}/1");
    for (name, bytes, why) in [
        ("x.xls", b"\xD0\xCF\x11\xE0".to_vec(), "旧格式"),
        ("x.xlsx", b"PK\x03\x04nothing".to_vec(), "已损坏"),
        ("x.csv", "甲,乙\n1,2\n".as_bytes().to_vec(), "没有找到表头"),
        ("x.csv", "电话\n10000000001\n".as_bytes().to_vec(), "缺少必填的一栏“姓名”"),
        ("x.csv", "姓名,电话\n".as_bytes().to_vec(), "没有数据行"),
    ] {
        let answer = send(&mut resident, &page, "helpers", &APPLICANT, name, &bytes).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{why}: {}", answer.text());
        assert!(answer.text().contains(why), "{why}: {}", answer.text());
    }
}

#[tokio::test]
async fn a_template_has_the_columns_of_the_rows() {
    let sample = Sample::new();
    assert_eq!(sample.browser("").await.get("/forms/helper-row/template").await.status, StatusCode::SEE_OTHER);
    let mut resident = sample.browser("resident").await;
    let answer = resident.get("/forms/helper-row/template").await;
    assert_eq!((answer.status, answer.media.as_str()), (StatusCode::OK, sheets::MEDIA));
    let template = read(&answer.bytes, "姓名");
    assert_eq!(template.headings, ["姓名", "电话"]);
    assert!(template.rows[0].cells[0].text().starts_with("【示例】"));
    assert_eq!(
        resident.get("/forms/stall-form/template").await.status,
        StatusCode::NOT_FOUND,
        "not the rows of a list"
    );
}

#[tokio::test]
async fn an_act_takes_thousands_of_rows_and_asks_once_more() {
    // Ten thousand are for nights: GONGBAO_SLOW=1.
    let count = if std::env::var("GONGBAO_SLOW").is_ok() { 10_000 } else { 1_000 };
    let sample = Sample::of_lists();
    let mut window = sample.browser("window").await;
    let apply = "/services/market-list/apply";
    let begun = window.fill(apply, apply, &[("place", "999901"), ("act", "send")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text());
    let draft = begun.location.trim_end_matches("/1").to_owned();
    let page = format!("{draft}/1");
    let mut all = rows(&[&["牌号", "货品"]]);
    all.extend((0..count).map(|row| vec![format!("b{row:05}"), "豆腐".to_owned()]));
    all[500][1].clear();
    let answer = send(&mut window, &page, "lines", &[("once", "yes")], "名单.xlsx", &sheet(&all)).await;
    assert_eq!(figures(&answer.text()), [count, 1]);
    all[500][1] = "鱼".to_owned();
    let answer = send(&mut window, &page, "lines", &[("once", "yes")], "名单.xlsx", &sheet(&all)).await;
    assert_eq!(figures(&answer.text()), [count, 0]);
    let next = window.fill(&page, &page, &[("once", "yes")]).await;
    assert_eq!(next.location, format!("{draft}/review"));
    let done = window.fill(&format!("{draft}/review"), &format!("{draft}/submit"), &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let entered = sample.store.read(|snapshot| {
        let query = store::pages::RowQuery { register: "traders".into(), ..Default::default() };
        Ok(snapshot.rows(&query, &store::pages::Cut::first(20_000))?.lines.len() as u32)
    });
    assert_eq!(entered.unwrap(), count);

    let all = window.get(done.location.trim_end_matches("/receipt")).await.text();
    let filed = format!("{}/lists/lines", done.location.trim_end_matches("/receipt"));
    assert!(all.contains(&filed) && all.contains("这里显示前 100 行"), "{all}");
    assert_eq!(read(&window.get(&filed).await.bytes, "牌号").rows.len(), count as usize);
    assert_eq!(sample.browser("resident").await.get(&filed).await.status, StatusCode::NOT_FOUND);

    // The same list on a matter: its sheet is kept until the question is answered.
    let matter = done.location.trim_end_matches("/receipt").to_owned();
    let act = format!("{matter}/acts/relist");
    let two = sheet(&rows(&[&["牌号", "货品"], &["c1", "梨"], &["c1", ""]]));
    let answer = send(&mut window, &act, "lines", &[("once", "yes")], "两行.xlsx", &two).await;
    assert_eq!(figures(&answer.text()), [2, 1], "{}", answer.text());
    let key = answer.hidden(&act).into_iter().find(|(name, _)| name == "_key").unwrap().1;
    assert_eq!(window.get(&format!("/drafts/{key}/lists/lines")).await.status, StatusCode::OK);
    assert!(!window.get("/track").await.text().contains(&key), "it is no draft of an application");
    let two = sheet(&rows(&[&["牌号", "货品"], &["c1", "梨"], &["c2", "枣"]]));
    let mut fields: Vec<(String, String)> = answer.hidden(&act);
    fields.extend([("_read".to_owned(), "lines".to_owned()), ("once".to_owned(), "yes".to_owned())]);
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = window.upload(&act, &pairs, ("_sheet.lines", "两行.xlsx", &two)).await;
    assert_eq!(figures(&answer.text()), [2, 0], "{}", answer.text());
    let mut fields: Vec<(String, String)> = answer.hidden(&act);
    fields.push(("once".to_owned(), "yes".to_owned()));
    let pairs: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = window.post(&act, &pairs).await;
    let done = if done.text().contains("_confirmed") { window.confirm(&done, &act).await } else { done };
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, matter.as_str()), "{}", done.text());
    assert!(window.get(&matter).await.text().contains("枣"));
}

/// A request with a sheet beside it.
async fn send_parts(program: &Program, request: &serde_json::Value, field: &str, csv: &str) -> Reply {
    const BOUNDARY: &str = "sample-parts";
    let body = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{request}\r\n\
         --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"list.csv\"\r\n\r\n{csv}\r\n--{BOUNDARY}--\r\n"
    );
    let kind = format!("multipart/form-data; boundary={BOUNDARY}");
    program.send("POST", "/api/v1/matters", &[("content-type", &kind)], Some(body.into_bytes())).await
}

#[tokio::test]
async fn programs_send_a_sheet_beside_the_request() {
    let sample = Sample::of_lists();
    let window = Program::of(&sample, "window").await;
    let request =
        serde_json::json!({ "procedure": "market-list", "act": "send", "place": "999901", "form": { "once": true } });
    let wrong = send_parts(&window, &request, "lines", "牌号,货品\nb1,豆腐\nb2,\n").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", wrong.body);
    assert_eq!(wrong.body["errors"][0]["field"], "lines.2.wares", "{}", wrong.body);
    let none = send_parts(&window, &request, "once", "牌号,货品\nb1,豆腐\n").await;
    assert!(none.body["errors"].to_string().contains("不是可以用表格填写的清单"), "{}", none.body);
    let done = send_parts(&window, &request, "lines", "牌号,货品\nb1,豆腐\nb2,鱼\n").await;
    assert_eq!(done.status, StatusCode::CREATED, "{}", done.body);
}

#[tokio::test]
async fn a_sheet_that_the_scanner_keeps_out_is_not_read() {
    let scanned = |bytes: &[u8]| match bytes.starts_with(b"PK") {
        true => Ok(web::Scanned::Harmful),
        false => Ok(web::Scanned::Clean),
    };
    let sample = Sample::scanned_by(std::sync::Arc::new(scanned));
    let mut resident = sample.browser("resident").await;
    let page = format!("{}/1", begin(&mut resident).await);
    let rows = rows(&[&["姓名", "电话"], &["林帮工", "10000000001"]]);
    let answer = send(&mut resident, &page, "helpers", &APPLICANT, "名单.xlsx", &sheet(&rows)).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let told = answer.text();
    assert!(told.contains("“名单.xlsx”未通过病毒扫描") && !told.contains("林帮工"), "{told}");
    assert!(!resident.get(&page).await.text().contains("名单.xlsx"), "it is not kept either");
    let clean = "姓名,电话\n林帮工,10000000001\n".as_bytes();
    let answer = send(&mut resident, &page, "helpers", &APPLICANT, "名单.csv", clean).await;
    assert!(answer.text().contains("名单.csv") || resident.get(&page).await.text().contains("名单.csv"));
    // A program's sheet is looked at before it is read, too.
    let program = Program::of(&sample, "resident").await;
    let request = serde_json::json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": {} });
    let told = send_parts(&program, &request, "helpers", "PK,电话\n林帮工,10000000001\n").await;
    assert_eq!(
        (told.status, &told.body["code"]),
        (StatusCode::UNPROCESSABLE_ENTITY, &"harmful".into()),
        "{}",
        told.body
    );
}
