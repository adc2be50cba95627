//! Registers out to sheets and back: what is filtered, templates, previews, marked sheets, and imports that happen whole or not at all.

use crate::county::{Answer, Browser, IDENTITY_NUMBER, Sample, invented_identity};
use axum::http::StatusCode;
use sheets::{Cell, Column, Kind, Limits, Sheet, Value, Writer};
use store::StoreExt;

const STANDS: &str = "/registers/stands";
const IMPORT: &str = "/registers/stands/-/import";
const HOLDERS: &str = "/registers/stallholders";

/// A sheet of texts; the first row are the headings.
pub fn sheet(rows: &[&[&str]]) -> Vec<u8> {
    let column = |heading: &&str| Column { heading: (*heading).to_owned(), kind: Kind::Text, width: 12 };
    let columns: Vec<Column> = rows[0].iter().map(column).collect();
    let mut writer = Writer::new("Sheet1", &columns).unwrap();
    for row in &rows[1..] {
        let cells: Vec<_> = row.iter().map(|text| Value::Text((*text).to_owned()).into()).collect();
        writer.row(&cells).unwrap();
    }
    writer.finish("说明", &[("空".to_owned(), "空".to_owned())]).unwrap()
}

fn read(bytes: &[u8], heading: &str) -> Sheet {
    sheets::read(bytes, &|text| text == heading, &Limits::default()).unwrap()
}

fn texts(sheet: &Sheet) -> Vec<Vec<String>> {
    sheet.rows.iter().map(|row| row.cells.iter().map(Cell::text).collect()).collect()
}

fn column(sheet: &Sheet, heading: &str) -> Vec<String> {
    let at = sheet.headings.iter().position(|text| text == heading).unwrap();
    sheet.rows.iter().map(|row| row.cells.get(at).map(Cell::text).unwrap_or_default()).collect()
}

pub async fn send(browser: &mut Browser, address: &str, bytes: &[u8]) -> Answer {
    let token = browser.get(address).await.token();
    let answer = browser.upload(address, &[("_token", &token)], ("sheet", "台账.xlsx", bytes)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer
}

/// Sends a sheet in; the address of its import, and the page of it.
async fn preview(browser: &mut Browser, address: &str, rows: &[&[&str]]) -> (String, String) {
    let to = send(browser, address, &sheet(rows)).await.location;
    let page = browser.get(&to).await.text();
    (to, page)
}

/// The figures of a page, in order: new, changed, same, bad.
pub fn figures(html: &str) -> Vec<u32> {
    let list =
        html.split("<ul class=\"figures\">").nth(1).and_then(|rest| rest.split("</ul>").next()).unwrap_or_default();
    list.split("<b>").skip(1).map(|rest| rest.split('<').next().unwrap().parse().unwrap()).collect()
}

pub async fn confirm(browser: &mut Browser, import: &str) -> String {
    let answer = browser.fill(import, &format!("{import}/confirm"), &[]).await;
    assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, import), "{}", answer.text());
    browser.get(import).await.text()
}

pub fn keys(sample: &Sample, register: &str) -> Vec<String> {
    sample
        .store
        .read(|snapshot| {
            let query = store::pages::RowQuery { register: register.into(), ..Default::default() };
            let page = snapshot.rows(&query, &store::pages::Cut::first(50))?;
            Ok(page.lines.into_iter().map(|line| line.row.key).collect())
        })
        .unwrap()
}

const TWO: &[&[&str]] = &[
    &["种类", "摊位号", "面积（平方米）", "不相干", "启用日期", "棚顶"],
    &["露天", "Ａ１", "９．５", "x", "2021年5月1日", ""],
    &["棚内", "a2", "1,200 平方米", "", "44197", "瓦"],
];

#[tokio::test]
async fn a_sheet_is_looked_at_first_and_then_imported_whole() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, page) = preview(&mut window, IMPORT, TWO).await;
    assert_eq!(figures(&page), [2, 0, 0, 0], "{page}");
    assert!(page.contains("本簿没有的栏，不导入：不相干") && page.contains("没有读取的其他工作表：说明"));
    assert!(keys(&sample, "stands").is_empty(), "nothing is imported before it is confirmed");
    let done = confirm(&mut window, &import).await;
    assert!(done.contains("已导入"), "{done}");
    assert_eq!(figures(&done), [2, 0, 0]);
    assert_eq!(keys(&sample, "stands"), ["A1", "a2"]);
    let length = || sample.store.read(|snapshot| snapshot.journal_length()).unwrap();
    let before = length();
    let token = window.get(IMPORT).await.token();
    assert_eq!(window.post(&format!("{import}/confirm"), &[("_token", &token)]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(length(), before, "confirmed twice, it happens once");
    let row = window.get(&format!("{STANDS}/A1")).await.text();
    assert!(row.contains("9.5 平方米") && row.contains("2021年5月1日") && row.contains("东河镇"), "{row}");
    assert!(window.get(&format!("{STANDS}/a2")).await.text().contains("2021年1月1日"), "a day may be a serial number");
}

#[tokio::test]
async fn rows_that_exist_are_changed_and_equal_ones_skipped() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, _) = preview(&mut window, IMPORT, TWO).await;
    confirm(&mut window, &import).await;
    let (_, page) = preview(&mut window, IMPORT, TWO).await;
    assert_eq!(figures(&page), [0, 0, 2, 0]);
    assert!(page.contains("没有需要导入的内容") && !page.contains("/confirm\""));
    let rows: &[&[&str]] = &[
        &["摊位号", "面积", "种类", "启用日期", "相邻摊位"],
        &["A1", "10", "露天", "清空", "b1"],
        &["b1", "3", "露天", "", ""],
        &["a2", "", "", "", "b1"],
    ];
    let (_, page) = preview(&mut window, IMPORT, rows).await;
    assert!(page.contains("names no row") || page.contains("没有对应的记录"), "A1 names a row below it: {page}");
    let rows: &[&[&str]] = &[rows[0], rows[2], rows[1], rows[3]];
    let (import, page) = preview(&mut window, IMPORT, rows).await;
    assert_eq!(figures(&page), [1, 2, 0, 0], "a row may name one above it: {page}");
    assert!(confirm(&mut window, &import).await.contains("已导入"));
    let row = window.get(&format!("{STANDS}/A1")).await.text();
    assert!(row.contains("面积：9.5 平方米 → 10 平方米") && row.contains("启用日期：2021年5月1日 → （空）"), "{row}");
    let row = window.get(&format!("{STANDS}/a2")).await.text();
    assert!(row.contains("1200 平方米") && !row.contains("面积："), "an empty cell leaves what stands");
}

#[tokio::test]
async fn every_bad_row_is_named_and_the_corrected_sheet_comes_back() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let rows: &[&[&str]] = &[
        &["摊位号", "面积", "种类", "棚顶", "启用日期", "使用户", "登记地点", "相邻摊位"],
        &["c1", "很大", "露天", "", "", "", "", ""],
        &["c2", "0", "露天", "", "", "", "", ""],
        &["c3", "5", "室内", "", "", "", "", ""],
        &["c4", "5", "棚内", "", "", "", "", ""],
        &["c5", "5", "露天", "", "明天", "", "", ""],
        &["c6", "5", "露天", "", "", "nobody", "", ""],
        &["", "5", "露天", "", "", "", "", ""],
        &["c1", "5", "露天", "", "", "", "", ""],
        &["c9", "5", "露天", "", "", "", "西岭乡", ""],
        &["c10", "5", "露天", "", "", "", "天边", ""],
        &["c11", "5", "露天", "", "2022-02-01", "s1", "东河镇", "c11"],
        &["c12", "5", "露天", "", "", "", "", ""],
    ];
    let (import, page) = preview(&mut window, IMPORT, rows).await;
    assert_eq!(figures(&page), [1, 0, 0, 11], "{page}");
    for said in [
        "B2",
        "请填数字",
        "面积应大于零",
        "C4",
        "请选：露天、棚内",
        "请填写“棚顶”",
        "E6",
        "没有对应的记录",
        "摊位号",
        "与第 2 行的编号重复",
        "没有这个地方",
        "您不在这个岗位",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("/confirm\"") && page.contains("没有导入任何内容"));
    let token = window.get(IMPORT).await.token();
    window.post(&format!("{import}/confirm"), &[("_token", &token)]).await;
    assert!(keys(&sample, "stands").is_empty());

    let marked = window.get(&format!("{import}/sheet")).await;
    assert_eq!(marked.media, sheets::MEDIA);
    let back = read(&marked.bytes, "摊位号");
    assert_eq!(back.rows.len(), 12);
    let reasons = column(&back, "导入问题");
    assert_eq!(reasons.iter().filter(|reason| !reason.is_empty()).count(), 11);
    assert!(reasons[0].contains("面积（平方米）：请填数字") && reasons[11].is_empty(), "{reasons:?}");

    let mut corrected = vec![back.headings.clone()];
    corrected.extend(texts(&back).into_iter().enumerate().map(|(at, mut row)| {
        row.resize(back.headings.len(), String::new());
        row[..8].clone_from_slice(&[
            format!("d{at}"),
            "5".into(),
            "露天".into(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]);
        row
    }));
    let corrected: Vec<Vec<&str>> = corrected.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let corrected: Vec<&[&str]> = corrected.iter().map(Vec::as_slice).collect();
    let (import, page) = preview(&mut window, IMPORT, &corrected).await;
    assert_eq!(figures(&page), [12, 0, 0, 0], "{page}");
    assert!(confirm(&mut window, &import).await.contains("已导入"));
    assert_eq!(keys(&sample, "stands").len(), 12);
}

#[tokio::test]
async fn what_is_no_table_is_refused_at_once() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    for (bytes, said) in [
        (&b"MZ\x90\0 this is a program"[..], "不是 Excel 文件"),
        (b"1,2\n3,4\n", "没有找到表格"),
        (b"\xD0\xCF\x11\xE0", "旧格式"),
    ] {
        let answer = send(&mut window, IMPORT, bytes).await;
        let page = window.get(&answer.location).await;
        assert_eq!(page.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(page.text().contains(said), "{said}: {}", page.text());
    }
    let token = window.get(IMPORT).await.token();
    let none = window.post(IMPORT, &[("_token", &token)]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text().contains("请选择一个 Excel 文件"));
}

#[tokio::test]
async fn what_changed_after_the_preview_is_not_overwritten() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, _) = preview(&mut window, IMPORT, TWO).await;
    confirm(&mut window, &import).await;
    let rows: &[&[&str]] = &[&["摊位号", "面积", "种类"], &["A1", "11", "露天"], &["z9", "4", "露天"]];
    let (import, page) = preview(&mut window, IMPORT, rows).await;
    assert_eq!(figures(&page), [1, 1, 0, 0]);
    let change = format!("{STANDS}/A1/change");
    let changed = window.fill(&change, &change, &[("area", "20"), ("kind", "open")]).await;
    assert_eq!(changed.status, StatusCode::SEE_OTHER);
    let page = confirm(&mut window, &import).await;
    assert!(page.contains("预览之后，这个编号的记录有了变动") && page.contains("没有导入任何内容"), "{page}");
    assert_eq!(keys(&sample, "stands"), ["A1", "a2"], "all or nothing");
}

#[tokio::test]
async fn what_is_gone_cannot_be_confirmed_and_its_page_says_so() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let token = window.get("/registers/stands/-/import").await.token();
    let gone = window.post("/registers/stands/-/import/nothing/confirm", &[("_token", &token)]).await;
    assert_eq!(gone.status, StatusCode::NOT_FOUND);
    assert!(gone.text().contains("没有这次导入") && gone.text().contains("请重新上传"), "{}", gone.text());
}

#[tokio::test]
async fn an_import_is_its_senders_and_its_keepers() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, _) = preview(&mut window, IMPORT, TWO).await;
    for (person, status) in [("other-window", StatusCode::NOT_FOUND), ("resident", StatusCode::NOT_FOUND)] {
        let mut browser = sample.browser(person).await;
        assert_eq!(browser.get(&import).await.status, status, "{person}");
        assert_eq!(browser.get(&format!("{import}/sheet")).await.status, status, "{person}");
    }
    for person in ["resident", "village-head", "township-head"] {
        let mut browser = sample.browser(person).await;
        for path in ["/-/import", "/-/template"] {
            assert_eq!(browser.get(&format!("{STANDS}{path}")).await.status, StatusCode::FORBIDDEN, "{person} {path}");
        }
    }
    let dropped = window.fill(&import, &format!("{import}/drop"), &[]).await;
    assert_eq!(dropped.status, StatusCode::SEE_OTHER);
    assert_eq!(window.get(&import).await.status, StatusCode::NOT_FOUND);
    assert_eq!(window.get("/registers/stalls-granted/-/import").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_is_filtered_goes_out_as_a_sheet() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, _) = preview(&mut window, IMPORT, TWO).await;
    confirm(&mut window, &import).await;
    let mut public = sample.browser("").await;
    let answer = public.get(&format!("{STANDS}/-/excel?c.area.to=100&sort=-area")).await;
    assert_eq!((answer.status, answer.media.as_str()), (StatusCode::OK, sheets::MEDIA));
    let out = read(&answer.bytes, "摊位号");
    assert_eq!(out.headings[..5], ["摊位号", "面积（平方米）", "种类", "棚顶", "启用日期"]);
    assert_eq!(texts(&out), [["A1", "9.5", "露天", "", "2021-05-01"]]);
    assert!(matches!(out.rows[0].cells[1], Cell::Number(_)));
    let about = texts(&read(&answer.bytes, "登记簿"));
    let line = |label: &str| about.iter().find(|line| line[0] == label).map(|line| line[1].clone()).unwrap();
    assert_eq!((line("行数"), line("导出人")), ("1".to_owned(), "未登录的访客".to_owned()));
    assert!(line("筛选条件").contains("面积不大于100") && line("排序").contains("从大到小"), "{about:?}");
}

#[tokio::test]
async fn identity_numbers_leave_whole_only_for_a_stated_reason() {
    let sample = Sample::new();
    let mut assistant = sample.browser("assistant").await;
    let excel = format!("{HOLDERS}/-/excel");
    assert!(assistant.get(&excel).await.text().contains("个人信息遮盖"));
    let covered = read(&assistant.get(&format!("{excel}?covered=yes")).await.bytes, "户编号");
    assert_eq!(column(&covered, "身份证号"), ["999999********0014", "999999********0029"]);
    let unsaid = assistant.fill(&excel, &excel, &[("purpose", "verify"), ("why", "")]).await;
    assert_eq!(unsaid.status, StatusCode::BAD_REQUEST);
    let full = assistant.fill(&excel, &excel, &[("purpose", "verify"), ("why", "年度核对")]).await;
    let full = read(&full.bytes, "户编号");
    assert_eq!(column(&full, "身份证号")[0], IDENTITY_NUMBER);
    assert!(matches!(&full.rows[0].cells[3], Cell::Text(_)), "eighteen digits are text");
    let logged = sample.store.read(|snapshot| snapshot.readings("stallholders", 9)).unwrap();
    assert_eq!((logged.len(), logged[0].why.as_str()), (1, "导出 Excel 2 行，核对身份：年度核对"));
    assert_eq!(sample.browser("resident").await.get(&excel).await.status, StatusCode::FORBIDDEN);

    // A sheet that left covered may come back: what is covered stays as it is.
    let at = |heading: &str| covered.headings.iter().position(|text| text == heading).unwrap();
    let mut rows = texts(&covered);
    rows[0][at("户主姓名")] = "林改名".to_owned();
    let mut all = vec![covered.headings.clone()];
    all.append(&mut rows);
    let all: Vec<Vec<&str>> = all.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let all: Vec<&[&str]> = all.iter().map(Vec::as_slice).collect();
    let (import, page) = preview(&mut assistant, &format!("{HOLDERS}/-/import"), &all).await;
    assert_eq!(figures(&page), [0, 1, 1, 0], "{page}");
    confirm(&mut assistant, &import).await;
    let row = sample.store.read(|snapshot| snapshot.row("stallholders", "s1")).unwrap().unwrap().row.record;
    assert_eq!(row["identity-number"].as_text(), Some(IDENTITY_NUMBER));
    assert_eq!(row["head-name"].as_text(), Some("林改名"));
}

#[tokio::test]
async fn a_template_comes_back_empty_and_filled() {
    let sample = Sample::new();
    let mut assistant = sample.browser("assistant").await;
    let template = assistant.get(&format!("{HOLDERS}/-/template")).await;
    assert_eq!(template.media, sheets::MEDIA);
    let address = format!("{HOLDERS}/-/import");
    let to = send(&mut assistant, &address, &template.bytes).await.location;
    let page = assistant.get(&to).await.text();
    assert!(page.contains("示例行不导入") && page.contains("没有需要导入的内容"), "{page}");
    let empty = read(&template.bytes, "户编号");
    let row = ["s9", "何邻居", "新户主", "99999919850214 0033", "东河镇上庄村第一村民小组"];
    let headings: Vec<&str> = empty.headings.iter().map(String::as_str).collect();
    let (import, page) = preview(&mut assistant, &address, &[&headings, &row]).await;
    assert_eq!(figures(&page), [1, 0, 0, 0], "{page}");
    confirm(&mut assistant, &import).await;
    let row = sample.store.read(|snapshot| snapshot.row("stallholders", "s9")).unwrap().unwrap().row;
    assert_eq!((row.place.as_str(), row.record["head"].as_text()), ("9999010101", Some("neighbour")));
}

#[tokio::test]
async fn households_come_in_with_what_refers_to_them() {
    let sample = Sample::with_base();
    let mut assistant = sample.browser("assistant").await;
    let address = "/registers/households/-/import";
    let rows: &[&[&str]] = &[
        &["户编号", "户主姓名", "户主身份证号", "所在组（村）", "户口所在地", "成员账户", "原户", "户内成员"],
        &["h1", "林示例", IDENTITY_NUMBER, "东河镇上庄村", "虚构路1号", "林示例、何邻居", "", "三人"],
        &["h2", "何邻居", "999999198109300029", "99990101", "虚构路2号", "", "h1", ""],
        &["h3", "周村长", "999999198502140033", "下庄村", "虚构路3号", "", "", ""],
    ];
    let (_, page) = preview(&mut assistant, address, rows).await;
    assert_eq!(figures(&page), [2, 0, 0, 1], "another village is not theirs to keep: {page}");
    assert!(page.contains("不能用表格填写的栏，不导入：户内成员"));
    let (import, _) = preview(&mut assistant, address, &rows[..3]).await;
    assert!(confirm(&mut assistant, &import).await.contains("已导入"));
    let row = sample.store.read(|snapshot| snapshot.row("households", "h2")).unwrap().unwrap();
    assert_eq!((row.row.record["split-from"].as_text(), row.owner.as_deref()), (Some("h1"), Some("households/h2")));
    let out = assistant.get("/registers/households/-/excel?covered=yes").await;
    let out = read(&out.bytes, "户编号");
    assert_eq!(column(&out, "成员账户")[0], "林示例、何邻居");
    assert_eq!(column(&out, "原户"), ["", "h1"]);
}

/// Looks at an import until it waits for somebody.
async fn settled(browser: &mut Browser, import: &str) -> String {
    loop {
        let page = browser.get(import).await.text();
        if !page.contains("本页每两秒刷新一次") {
            return page;
        }
        assert!(page.contains("role=\"status\""), "who waits sees how far it is: {page}");
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_large_sheet_is_worked_on_beside_and_shows_how_far_it_is() {
    const ROWS: usize = 700;
    let sample = Sample::with_base();
    let mut assistant = sample.browser("assistant").await;
    let mut letters = (0_u32..).map(|n| char::from_u32(0x4e00 + n.wrapping_mul(2_654_435_761) % 20_000).unwrap());
    let rows: Vec<[String; 5]> = (0..ROWS)
        .map(|number| {
            let address: String = letters.by_ref().take(190).collect();
            let place = "东河镇上庄村".to_owned();
            [format!("L{number:04}"), "林示例".to_owned(), invented_identity(number), place, address]
        })
        .collect();
    let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let headings = ["户编号", "户主姓名", "户主身份证号", "所在组（村）", "户口所在地"];
    let all: Vec<&[&str]> = std::iter::once(&headings[..]).chain(rows.iter().map(Vec::as_slice)).collect();
    let bytes = sheet(&all);
    assert!(bytes.len() > 200 * 1024, "small files are looked at before the answer: {}", bytes.len());
    let import = send(&mut assistant, "/registers/households/-/import", &bytes).await.location;
    let page = settled(&mut assistant, &import).await;
    assert_eq!(figures(&page), [700, 0, 0, 0], "{page}");
    let token = assistant.get("/registers/households/-/import").await.token();
    assistant.post(&format!("{import}/confirm"), &[("_token", &token)]).await;
    assert_eq!(figures(&settled(&mut assistant, &import).await), [700, 0, 0]);
    let counted = sample.store.read(|snapshot| snapshot.row_count("households", Some("99990101"))).unwrap();
    assert_eq!(counted, 700);
}

#[tokio::test]
async fn a_sheet_outlives_a_restart_and_is_looked_at_once_more() {
    let sample = Sample::new();
    let mut keeper = sample.browser("window").await;
    let (import, page) = preview(&mut keeper, IMPORT, TWO).await;
    let judged = figures(&page);
    assert_eq!(judged[0], 2, "{page}");
    let id = import.rsplit('/').next().unwrap().to_owned();

    drop(keeper);
    let sample = sample.restarted();
    let mut keeper = sample.browser("window").await;
    assert_eq!(
        sample.browser("other-window").await.get(&import).await.status,
        StatusCode::NOT_FOUND,
        "it is its sender's"
    );
    assert_eq!(figures(&keeper.get(&import).await.text()), judged);
    let done = confirm(&mut keeper, &import).await;
    assert_eq!(figures(&done)[0], 2, "{done}");
    assert_eq!(keys(&sample, "stands"), ["A1", "a2"]);
    assert_eq!(
        sample.store.read(|snapshot| snapshot.pending_import(&id)).unwrap(),
        None,
        "what is imported is not kept"
    );

    // Who lets it lie finds nothing after two hours.
    let (left, _) = preview(&mut keeper, IMPORT, TWO).await;
    sample.advance(crate::county::START.saturating_add(jiff::Span::new().hours(3)));
    drop(keeper);
    let sample = sample.restarted();
    assert_eq!(sample.browser("window").await.get(&left).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_sheet_is_scanned_before_it_is_read() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    const HERE: &str = "/registers/stands/-/import";
    for (content, status, says) in [
        ("EICAR-STANDARD-ANTIVIRUS-TEST-FILE!", StatusCode::UNPROCESSABLE_ENTITY, "未通过病毒扫描"),
        ("SCANNER-FAULT", StatusCode::SERVICE_UNAVAILABLE, "病毒扫描没有运行"),
    ] {
        let token = window.get(HERE).await.token();
        let answer = window.upload(HERE, &[("_token", &token)], ("sheet", "台账.xlsx", content.as_bytes())).await;
        assert_eq!(answer.status, status, "{}", answer.text());
        assert!(answer.text().contains(says), "{}", answer.text());
    }
}
