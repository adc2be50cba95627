//! The gazette: permanent addresses, versions, formats, search and feeds, all without signing in.

use crate::county::{Browser, PUBLIC_URL, Sample, encode};
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;
use store::StoreExt;

const BODY: &str = "各乡镇：\n一、总则\n（一）养犬要登记，见示政发〔2020〕1号。\n| 项目 | 数 |\n| --- | --- |\n| 犬 | 12 |\n四、流程\n（三）乡镇办理\n由乡镇登记<发证>。";

/// A county with two documents of an issue, the second repealing the first.
struct Gazette {
    sample: Sample,
    first: String,
}

async fn start(sample: &Sample, procedure: &str, about: serde_json::Value, form: serde_json::Value) -> String {
    let body = json!({ "procedure": procedure, "place": "999900", "about": about, "form": form });
    let mut clerk = sample.browser("county-agriculture").await;
    let (status, matter) = clerk.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    matter["id"].as_str().unwrap().to_owned()
}

async fn act(sample: &Sample, matter: &str, act: &str, form: serde_json::Value) {
    let mut clerk = sample.browser("county-agriculture").await;
    let body = json!({ "act": act, "form": form });
    let (status, done) = clerk.json("POST", &format!("/api/v1/matters/{matter}/acts"), None, &body).await;
    assert_eq!(status, StatusCode::OK, "{done}");
}

fn paper(number: &str, title: &str, body: &str) -> serde_json::Value {
    json!({ "heading": title, "code": number, "issuer": "示例县人民政府", "sort": "notice", "words": body, "signed-on": "2022-01-10" })
}

async fn gazette() -> Gazette {
    let sample = Sample::of_bulletin();
    let issue = start(&sample, "bulletin-issue", json!({}), json!({ "label": "2022年第1期" })).await;
    let about = json!({ "bulletin": issue });
    let first = start(&sample, "paper", about.clone(), paper("示政发〔2022〕2号", "关于养犬登记的通知", BODY)).await;
    act(&sample, &first, "release", json!({})).await;
    let mut newer = paper("示政发〔2022〕3号", "关于养犬的规定", "第一章 总则\n第一条 自发布之日起施行。");
    newer["undoes"] = json!("示政发[2022]2号");
    newer["from"] = json!("2022-03-01");
    let newer = start(&sample, "paper", about, newer).await;
    act(&sample, &newer, "release", json!({})).await;
    act(&sample, &issue, "print", json!({})).await;
    Gazette { sample, first }
}

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

fn address(serial: &str) -> String {
    format!("/gazette/documents/{}/2022/{serial}", encode("示政发"))
}

#[tokio::test]
async fn a_document_has_clauses_citation_and_linked_data() {
    let gazette = gazette().await;
    let mut public = gazette.sample.browser("").await;
    let text = page(&mut public, &address("2")).await;
    for expected in [
        "<h1>关于养犬登记的通知</h1>",
        "<h3 id=\"s4.3\" data-cited=\"四（三）\">",
        "<td data-label=\"数\">12</td>",
        "由乡镇登记&lt;发证&gt;",
        "《关于养犬登记的通知》（示政发〔2022〕2号）",
        "application/ld+json",
        "/gazette/issues/2022-1",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(text.contains(&format!("{PUBLIC_URL}{}", address("2"))), "{text}");
    assert!(!text.contains("尚未施行") && !text.contains("已废止"), "{text}");
    let newer = page(&mut public, &address("3")).await;
    assert!(newer.contains("尚未施行") && newer.contains("废止或替代"), "{newer}");
}

#[tokio::test]
async fn a_repealed_document_says_so_and_by_what() {
    let gazette = gazette().await;
    gazette.sample.advance(date(2022, 3, 1).at(9, 0, 0, 0));
    let mut public = gazette.sample.browser("").await;
    let text = page(&mut public, &address("2")).await;
    assert!(text.contains("已废止") && text.contains(&address("3")), "{text}");
    let found = page(&mut public, "/gazette?force=no").await;
    assert!(found.contains(&address("2")) && !found.contains(&address("3")), "{found}");
}

#[tokio::test]
async fn a_correction_is_shown_and_the_old_text_stays_readable_gz_ac_32() {
    let gazette = gazette().await;
    gazette.sample.advance(date(2022, 2, 20).at(9, 0, 0, 0));
    let mended = json!({ "mended": "一、总则\n（一）养猫也要登记。", "why": "漏了猫" });
    act(&gazette.sample, &gazette.first, "mend", mended).await;
    let mut public = gazette.sample.browser("").await;
    let now = page(&mut public, &address("2")).await;
    assert!(now.contains("更正说明") && now.contains("漏了猫") && now.contains("养猫也要登记"), "{now}");
    let old = now.split("?version=").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let old = page(&mut public, &format!("{}?version={old}", address("2"))).await;
    assert!(old.contains("这是旧文本") && old.contains("养犬要登记") && !old.contains("养猫"), "{old}");
    let by_day = page(&mut public, &format!("{}?on=2022-02-19", address("2"))).await;
    assert!(by_day.contains("养犬要登记"), "{by_day}");
    let before = public.get(&format!("{}?on=2021-01-01", address("2"))).await;
    assert_eq!(before.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_issue_lists_its_documents_by_issuer() {
    let gazette = gazette().await;
    let mut public = gazette.sample.browser("").await;
    let text = page(&mut public, "/gazette/issues/2022-1").await;
    assert!(text.contains("示例县人民政府文件") && text.contains("<svg"), "{text}");
    let (first, second) = (text.find("/2022/2\"").unwrap(), text.find("/2022/3\"").unwrap());
    assert!(first < second, "in the order of their numbers");
    for nowhere in ["2022-9", "2022-1~", "2022-1.bak", "2022-1.zip", "2022-01", ".2022-1.swp"] {
        let answer = public.get(&format!("/gazette/issues/{nowhere}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{nowhere}");
    }
}

#[tokio::test]
async fn all_formats_say_the_same() {
    let gazette = gazette().await;
    let mut public = gazette.sample.browser("").await;
    let data: serde_json::Value =
        serde_json::from_str(&page(&mut public, &format!("{}.json", address("2"))).await).unwrap();
    assert_eq!(
        (data["series"].as_str(), data["year"].as_i64(), data["serial"].as_u64()),
        (Some("示政发"), Some(2022), Some(2))
    );
    assert_eq!(data["related"][0]["relation"], "repeals");
    let anchors: Vec<&str> =
        data["sections"].as_array().unwrap().iter().filter_map(|section| section["anchor"].as_str()).collect();
    assert_eq!(anchors, ["s1", "s1.1", "s4", "s4.3"]);
    let markdown = page(&mut public, &format!("{}.md", address("2"))).await;
    let xml = page(&mut public, &format!("{}.xml", address("2"))).await;
    for anchor in anchors {
        assert!(markdown.contains(&format!("{{#{anchor}}}")) && xml.contains(&format!("eId=\"{anchor}\"")), "{anchor}");
    }
    assert!(markdown.contains("| 犬 | 12 |") && xml.contains("&lt;发证&gt;"), "{markdown}\n{xml}");
    let again: Vec<_> = gazette::body::read(markdown.splitn(3, "---").nth(2).unwrap())
        .into_iter()
        .filter_map(|one| one.anchor)
        .collect();
    assert_eq!(again, ["s1", "s1.1", "s4", "s4.3"], "Markdown reads back to the same clauses");
}

#[tokio::test]
async fn a_document_and_an_issue_print() {
    let gazette = gazette().await;
    let mut public = gazette.sample.browser("").await;
    for path in [format!("{}.pdf", address("2")), "/gazette/issues/2022-1.pdf".to_owned()] {
        let answer = public.get(&path).await;
        if crate::county::has_font() {
            assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
            assert!(answer.media == "application/pdf" && answer.bytes.starts_with(b"%PDF"), "{path}");
        } else {
            eprintln!("{path} is not printed: the font of Debian's fonts-noto-cjk is not here");
        }
    }
}

/// An issue with the figures of a public report, taken while one paper was out; another is published after that.
async fn with_figures() -> (Sample, String) {
    let sample = Sample::of_bulletin();
    let issue = start(&sample, "bulletin-issue", json!({}), json!({ "label": "2022年第1期" })).await;
    let about = json!({ "bulletin": issue });
    let first = start(&sample, "paper", about.clone(), paper("示政发〔2022〕2号", "关于养犬登记的通知", BODY)).await;
    act(&sample, &first, "release", json!({})).await;
    let tables = json!([
        { "table": { "view": "bulletin/papers-by-sort", "period": "2022-Q1" }, "words": "按公布的日期统计。" },
        { "table": "bulletin/papers-by-sort/2021" },
    ]);
    act(&sample, &issue, "take", json!({ "tables": tables })).await;
    let later = start(&sample, "paper", about, paper("示政发〔2022〕3号", "关于集市的通知", BODY)).await;
    act(&sample, &later, "release", json!({})).await;
    act(&sample, &issue, "print", json!({})).await;
    (sample, issue)
}

#[tokio::test]
async fn an_issue_shows_the_figures_that_were_taken_for_it() {
    let (sample, issue) = with_figures().await;
    let files = crate::archive::package(&sample, "county-agriculture", &issue, "").await;
    let filed = files.iter().find(|(path, _)| path.ends_with("本县数据.html")).map(|(_, bytes)| bytes.clone());
    let filed = String::from_utf8(filed.unwrap_or_else(|| panic!("{:?}", files.keys()))).unwrap();
    assert!(
        filed.contains("公布的文件（2022年第1季度") && filed.contains(">件数</th>"),
        "a table in the archive: {filed}"
    );
    let mut public = sample.browser("").await;
    let text = page(&mut public, "/gazette/issues/2022-1").await;
    for expected in [
        "<h2>县情数据",
        "按公布的日期统计。",
        "公布的文件（2022年第1季度，数据截至",
        "<td data-label=\"件数\">1</td>",
        "没有数据。",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    let markdown = page(&mut public, "/gazette/issues/2022-1.md").await;
    assert!(markdown.contains("| 通知 | 1 |"), "{markdown}");
    let xml = page(&mut public, "/gazette/issues/2022-1.xml").await;
    assert!(xml.contains("公布的文件（2022年第1季度") && xml.contains("<table"), "{xml}");
    let data = page(&mut public, "/gazette/issues/2022-1.json").await;
    assert!(data.contains("\"通知\""), "{data}");
    let now = page(&mut public, "/reports/bulletin/papers-by-sort?period=2022-Q1").await;
    assert!(now.contains("2"), "the report itself goes on: {now}");
    if crate::county::has_font() {
        let pdf = public.get("/gazette/issues/2022-1.pdf").await;
        assert_eq!(pdf.status, StatusCode::OK, "{}", pdf.text());
        assert!(pdf.bytes.starts_with(b"%PDF"));
    }
}

#[tokio::test]
async fn figures_are_picked_from_the_public_reports() {
    let sample = Sample::of_bulletin();
    let issue = start(&sample, "bulletin-issue", json!({}), json!({ "label": "2022年第1期" })).await;
    let mut clerk = sample.browser("county-agriculture").await;
    let form = page(&mut clerk, &format!("/matters/{issue}/acts/take")).await;
    assert!(form.contains("_add"), "{form}");
    let token = clerk.get(&format!("/matters/{issue}/acts/take")).await.token();
    let here = format!("/matters/{issue}/acts/take");
    let drawn = clerk.post(&here, &[("_token", &token), ("_rows.tables", "0"), ("_add", "tables")]).await.text();
    assert!(
        drawn.contains("<optgroup label=\"示例公报办法\">") && drawn.contains("value=\"bulletin/papers-by-sort\""),
        "{drawn}"
    );
    assert!(!drawn.contains("papers-waiting"), "what is not public is not offered");
    let body = json!({ "act": "take", "form": { "tables": [{ "table": "bulletin/papers-waiting" }] } });
    let (status, refused) = clerk.json("POST", &format!("/api/v1/matters/{issue}/acts"), None, &body).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{refused}");
    assert!(refused.to_string().contains("不对公众开放（bu-2）"), "{refused}");
    let body = json!({ "act": "take", "form": { "tables": [{ "table": "bulletin/papers-by-sort/2022-Q1" }] } });
    assert_eq!(clerk.json("POST", &format!("/api/v1/matters/{issue}/acts"), None, &body).await.0, StatusCode::OK);
    let (_, matter) = clerk.json("GET", &format!("/api/v1/matters/{issue}"), None, &serde_json::Value::Null).await;
    assert!(matter.to_string().contains("\"period\":\"2022-Q1\""), "{matter}");
    let seen = page(&mut clerk, &format!("/matters/{issue}")).await;
    assert!(seen.contains("公布的文件（2022年第1季度"), "{seen}");
}

#[tokio::test]
async fn search_leads_to_the_clause_and_helps_when_nothing_is_found() {
    let gazette = gazette().await;
    let mut public = gazette.sample.browser("").await;
    let mut search = async |typed: &str| page(&mut public, &format!("/gazette?q={}", encode(typed))).await;
    let clause = search("2号 四（三）").await;
    assert!(clause.contains(&format!("{}#s4.3", address("2"))), "{clause}");
    let word = search("养犬登记").await;
    assert!(word.contains("<mark>养犬登记</mark>") && word.contains("找到 1 件"), "{word}");
    let number = search("示政发[2022]3 号").await;
    assert!(number.contains("关于养犬的规定") && number.contains("找到 1 件"), "{number}");
    let nearly = search("养犬登纪").await;
    assert!(nearly.contains("差一个字"), "{nearly}");
    let nothing = search("“无此事”").await;
    assert!(nothing.contains("找到 0 件") && nothing.contains("去掉引号"), "{nothing}");
    let home = page(&mut public, &format!("/?q={}", encode("养犬"))).await;
    assert!(home.contains(&address("2")), "{home}");
}

#[tokio::test]
async fn feeds_sitemap_and_robots_know_what_is_public() {
    let gazette = gazette().await;
    let draft = start(&gazette.sample, "paper", json!({}), paper("示政办发〔2022〕9号", "未公布", "正文")).await;
    let mut public = gazette.sample.browser("").await;
    let feed = page(&mut public, "/gazette/feed.atom").await;
    assert!(feed.matches("<entry>").count() == 3 && !feed.contains("未公布"), "{feed}");
    let series = page(&mut public, &format!("/gazette/feeds/{}.atom", encode("示政发"))).await;
    assert_eq!(series.matches("<entry>").count(), 2, "{series}");
    let gazette_page = page(&mut public, "/gazette").await;
    assert!(gazette_page.contains("/services/reader-wish\">给公报提意见</a>"), "what readers may do: {gazette_page}");
    let map = page(&mut public, "/sitemap.xml").await;
    assert!(map.contains(&format!("{PUBLIC_URL}{}", address("3"))) && map.contains("/gazette/bulletin<"), "{map}");
    assert!(page(&mut public, "/robots.txt").await.contains("/sitemap.xml"));
    assert_eq!(public.get(&format!("/gazette/items/{draft}")).await.status, StatusCode::NOT_FOUND);
    let unknown = public.get(&address("77")).await;
    assert!(unknown.status == StatusCode::NOT_FOUND && unknown.text().contains("公报里没有这一件"));
    assert!(gazette.sample.store.read(|snapshot| snapshot.publication(&draft)).unwrap().is_none());
}

#[tokio::test]
async fn programs_list_search_and_read_what_is_public() {
    let gazette = gazette().await;
    let mut program = gazette.sample.browser("").await;
    let get = async |program: &mut Browser, path: &str| program.json("GET", path, None, &serde_json::Value::Null).await;
    let (status, all) = get(&mut program, "/api/v1/publications?limit=2").await;
    assert_eq!(status, StatusCode::OK, "{all}");
    assert_eq!((all["total"].as_u64(), all["items"].as_array().unwrap().len()), (Some(3), 2));
    let (_, rest) = get(&mut program, all["next"].as_str().unwrap()).await;
    assert_eq!((rest["items"].as_array().unwrap().len(), rest["next"].as_str()), (1, None));

    let (_, found) = get(&mut program, &format!("/api/v1/publications?q={}&kind=document", encode("养犬登记"))).await;
    assert_eq!(found["items"][0]["number"], "示政发〔2022〕2号", "{found}");
    assert_eq!(found["items"][0]["id"], gazette.first.as_str());
    assert_eq!(found["years"][0]["value"], "2022");

    let (_, one) = get(&mut program, found["items"][0]["url"].as_str().unwrap()).await;
    assert_eq!(one["id"], gazette.first.as_str());
    assert!(one["sections"].as_array().unwrap().iter().any(|section| section["anchor"] == "s4.3"), "{one}");
    let (_, versions) = get(&mut program, &format!("/api/v1/publications/{}/versions", gazette.first)).await;
    let version = versions["items"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(get(&mut program, &version).await.0, StatusCode::OK);

    for (path, status) in [
        ("/api/v1/publications?limit=0".to_owned(), StatusCode::BAD_REQUEST),
        ("/api/v1/publications?after=x".to_owned(), StatusCode::BAD_REQUEST),
        ("/api/v1/publications/none".to_owned(), StatusCode::NOT_FOUND),
        (format!("/api/v1/publications/{}?version=x", gazette.first), StatusCode::BAD_REQUEST),
        (format!("/api/v1/publications/{}?version=99999", gazette.first), StatusCode::NOT_FOUND),
        (format!("/api/v1/publications/{}?on=soon", gazette.first), StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(get(&mut program, &path).await.0, status, "{path}");
    }
}

const PRINTED: &str = "示例县人民政府关于集市摊位的通知\n\n示政发〔2022〕7号\n\n各乡镇：\n\n一、摊位要登记。\n\n示例县人民政府\n\n2022年2月10日\n\n（此件公开发布）\n";

#[tokio::test]
async fn a_printed_issue_is_looked_at_and_then_enters_once() {
    let sample = Sample::of_bulletin();
    const HERE: &str = "/desk/gazette";
    assert_eq!(sample.browser("resident").await.get(HERE).await.status, StatusCode::FORBIDDEN);
    let mut clerk = sample.browser("county-agriculture").await;
    let token = clerk.get(HERE).await.token();
    let before = sample.store.read(|snapshot| snapshot.journal_length()).unwrap();
    for wrong in [&b"\x00\x01\x02"[..], &b"PK\x03\x04 a packed file"[..], &vec![b'a'; 8 * 1024 * 1024 + 1]] {
        let answer = clerk.upload(HERE, &[("_token", &token)], ("gazette", "issue.txt", wrong)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let virus = "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!".as_bytes();
    let harmful = clerk.upload(HERE, &[("_token", &token)], ("gazette", "issue.txt", virus)).await;
    assert!(harmful.text().contains("未通过病毒扫描"), "{}", harmful.text());
    let report = clerk.upload(HERE, &[("_token", &token)], ("gazette", "issue.txt", PRINTED.as_bytes())).await;
    assert_eq!(report.status, StatusCode::OK, "{}", report.text());
    assert!(report.text().contains("示政发〔2022〕7号") && report.text().contains("确认收录"), "{}", report.text());
    assert_eq!(sample.store.read(|snapshot| snapshot.journal_length()).unwrap(), before, "nothing entered yet");

    let confirm = report.hidden(HERE);
    let confirm: Vec<(&str, &str)> = confirm.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let done = clerk.post(HERE, &confirm).await.text();
    assert!(done.contains("已收录这一期") && done.contains("核对以后公开"), "{done}");
    assert_eq!(sample.store.read(|snapshot| snapshot.journal_length()).unwrap(), before + 2);
    let again = clerk.post(HERE, &confirm).await.text();
    assert!(again.contains("以前已经收录"), "{again}");
    assert_eq!(sample.store.read(|snapshot| snapshot.journal_length()).unwrap(), before + 2);
    let gone = clerk.post(HERE, &[("_token", &token), ("digest", "none")]).await;
    assert_eq!(gone.status, StatusCode::UNPROCESSABLE_ENTITY);
}
