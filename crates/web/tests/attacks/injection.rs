//! Text that wants to be something else where it ends: HTML, SQL, Typst, formulas of Excel, addresses, headers of answers.

use crate::county::{Answer, Browser, IDENTITY_NUMBER, Sample, encode};
use crate::{acts, drafted, filed};
use axum::http::StatusCode;
use store::Store;
use web::router::PAGES;

/// Each ends what it stands in, in its own way. None has a character that a field would drop.
const HOSTILE: [&str; 12] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "'><svg/onload=alert(1)>",
    "</textarea></title></style><b id=hostile>",
    "' OR '1'='1' --",
    "x'; DROP TABLE act; --",
    "\" NEAR(a b) OR * ^:",
    "{{7*7}}${7*7}{applicant-id}",
    "#panic(\"x\") #read(\"/etc/passwd\") $x$ @y <z>",
    "=HYPERLINK(\"http://evil.example\")",
    "../../../../etc/passwd",
    "%0d%0aSet-Cookie:%20gongbao=x",
];

/// Parameters that pages read.
const PARAMETERS: [&str; 17] = [
    "q", "after", "sort", "step", "light", "place", "view", "colours", "lang", "back", "code", "year", "kind", "group",
    "from", "page", "fresh",
];

/// What must not stand in a page as it was sent.
fn assert_harmless(answer: &Answer, what: &str) {
    let text = answer.text();
    assert!(!answer.status.is_server_error(), "{what}: {text}");
    let is_json = answer.media.contains("json");
    for raw in ["<script>alert", "<img src=x", "<svg/onload", "<b id=hostile", "=\"javascript:"] {
        assert!(is_json || !text.contains(raw), "{what} shows {raw}: {text}");
    }
    assert!(!text.contains("root:x:0"), "{what} shows a file of the machine");
    assert!(answer.headers.get_all("set-cookie").iter().all(|cookie| cookie != "gongbao=x"), "{what} sets a cookie");
}

fn whole(sample: &Sample) {
    let found = sample.store.verify(&mut |_, _| {}).unwrap();
    assert!(found.wrongs.is_empty(), "{:?}", found.wrongs);
}

#[tokio::test]
async fn what_stands_in_an_address_stays_text() {
    let sample = Sample::new();
    let before = acts(&sample);
    for (place, hostile) in HOSTILE.into_iter().enumerate() {
        let person = if place % 2 == 0 { "" } else { "county-agriculture" };
        let mut browser = sample.browser(person).await;
        let sent = encode(hostile);
        let query: Vec<String> = PARAMETERS.iter().map(|name| format!("{name}={sent}")).collect();
        let pages = PAGES.iter().filter(|route| route.methods.contains(&"GET")).map(|route| route.path.to_owned());
        let api = web::api::addresses().into_iter().filter(|(method, _)| method == "GET").map(|(_, path)| path);
        for route in pages.chain(api) {
            let parts = route.split('/').map(|part| if part.starts_with('{') { sent.as_str() } else { part });
            let path = parts.collect::<Vec<_>>().join("/");
            let known = route.replace("{register}", "stallholders").replace("{procedure}", "stall-application");
            for asked in [format!("{path}?{}", query.join("&")), format!("{known}?{}", query.join("&"))] {
                if !asked.contains('{') {
                    assert_harmless(&browser.get(&asked).await, &format!("{person} {asked}"));
                }
            }
        }
    }
    assert_eq!(acts(&sample), before);
    whole(&sample);
}

/// Every page on which an application shows, by who sees it there.
async fn shown(sample: &Sample, matter: &str) -> Vec<(String, Answer)> {
    let own = [
        format!("/matters/{matter}"),
        format!("/matters/{matter}/receipt"),
        format!("/api/v1/matters/{matter}"),
        "/track".to_owned(),
        "/readings".to_owned(),
    ];
    let office = [
        format!("/matters/{matter}"),
        "/desk".to_owned(),
        "/registers/stalls-granted".to_owned(),
        "/registers/stallholders".to_owned(),
        "/reports/stalls/applications".to_owned(),
        "/notices".to_owned(),
        "/".to_owned(),
    ];
    let mut found = Vec::new();
    for (person, pages) in [("resident", &own[..]), ("window", &office), ("village-head", &office), ("", &office[5..])]
    {
        let mut browser = sample.browser(person).await;
        for page in pages {
            found.push((format!("{person} {page}"), browser.get(page).await));
        }
    }
    found
}

#[tokio::test]
async fn what_was_typed_into_a_form_stays_text_on_every_page() {
    for hostile in HOSTILE {
        let sample = Sample::new();
        let mut resident = sample.browser("resident").await;
        let draft = drafted(&mut resident, "林示例", hostile).await;
        let page = format!("{draft}/1");
        let named =
            |name| [("applicant-name", name), ("applicant-id", IDENTITY_NUMBER), ("applicant-phone", "10000000001")];
        let renamed = resident.fill(&page, &page, &named(hostile)).await;
        assert_eq!(renamed.status, StatusCode::UNPROCESSABLE_ENTITY, "no name is {hostile}");
        assert!(renamed.text().contains("href=\"#f-applicant-name\""), "{}", renamed.text());
        assert_harmless(&renamed, "a name that is refused");
        resident.fill(&page, &page, &named("林示例")).await;
        for step in ["1", "2", "3", "review"] {
            let page = resident.get(&format!("{draft}/{step}")).await;
            assert_eq!(page.status, StatusCode::OK);
            assert_harmless(&page, &format!("{step} of the form"));
        }
        let matter = filed(&mut resident, &draft).await;
        let address = format!("/matters/{matter}");
        let passed = sample.browser("village-head").await.act(&address, "pass", &[]).await;
        assert_eq!(passed.status, StatusCode::SEE_OTHER, "{}", passed.text());
        let mut seen = 0;
        for (what, answer) in shown(&sample, &matter).await {
            assert_harmless(&answer, &what);
            seen += usize::from(answer.text().contains("alert(1)") || answer.text().contains("evil.example"));
        }
        let known = hostile.contains("alert") || hostile.contains("evil");
        assert!(!known || seen >= 3, "it does show, as text: {hostile}, {seen}");
        whole(&sample);
    }
}

#[tokio::test]
async fn what_was_typed_is_no_formula_in_a_sheet() {
    const FORMULA: &str = "=1+1";
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let page = "/registers/stands/-/enter";
    let row = [("number", FORMULA), ("area", "9"), ("kind", "roofed"), ("roof", FORMULA)];
    let entered = window.fill(page, page, &row).await;
    assert_eq!(entered.status, StatusCode::SEE_OTHER, "{}", entered.text());
    let sheet = window.get("/registers/stands/-/excel").await;
    assert_eq!(sheet.status, StatusCode::OK);
    // A formula's cell would read as its value, and it has none before Excel computes it.
    let read = sheets::read(&sheet.bytes, &|_| true, &sheets::Limits::default()).unwrap();
    let cells = read.rows.iter().flat_map(|row| &row.cells).map(|cell| format!("{cell:?}"));
    assert_eq!(cells.filter(|cell| cell.contains(FORMULA)).count(), 2, "{read:?}");
}

#[tokio::test]
async fn a_file_name_cannot_end_the_header_it_stands_in() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = drafted(&mut resident, "林示例", "x").await;
    let page = format!("{draft}/3");
    let token = resident.get(&page).await.token();
    let name = "../..\\%22; filename=%22x.html%0d%0aSet-Cookie: gongbao=x";
    let kept = resident.upload(&page, &[("_token", &token)], ("health-paper", name, b"%PDF-1.7 x")).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    let matter = filed(&mut resident, &draft).await;
    let address = format!("/matters/{matter}");
    let shown = resident.get(&address).await.text();
    let file = resident.get(&format!("{address}/files/{}", crate::part(&shown, &format!("{address}/files/")))).await;
    assert_harmless(&file, "a file");
    assert_eq!(file.media, "application/pdf");
    let said = file.headers["content-disposition"].to_str().unwrap();
    assert!(said.starts_with("inline; filename=\"file\"; filename*=UTF-8''"), "{said}");
    assert!(!said[10..].contains("x.html\""), "{said}");
}

/// A text that somebody else wrote, shown as the law: its HTML is text, and its links lead nowhere but to pages.
#[tokio::test]
async fn the_text_of_a_regulation_cannot_carry_code() {
    let text = include_str!("../it/fixtures/stalls.md").replace(
        "集市摊位按户申请，一户一摊。",
        "集市摊位<script>alert(1)</script>按户<img src=x onerror=alert(1)>申请，[一户](javascript:alert(1))一摊<b id=hostile>。",
    );
    let sample = Sample::of_text("stalls.md", &text);
    let mut browser: Browser = sample.browser("county-agriculture").await;
    for path in ["/gazette/stalls", "/gazette", "/?q=%E4%B8%80%E6%88%B7", "/services/stall-application", "/sitemap.xml"]
    {
        assert_harmless(&browser.get(path).await, path);
    }
    assert!(browser.get("/gazette/stalls").await.text().contains("alert(1)"), "it stands there, as text");
}
