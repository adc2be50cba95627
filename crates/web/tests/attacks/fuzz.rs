//! Requests that nobody would send (模糊测试): any address with anything in it, any form with anything filled in, any body to the interface,
//! anything handed in to verify. The site answers each; a fault of the site (500) is a finding.
//!
//! `tests/fuzz` runs these for as long as one likes.

use crate::county::{Answer, Browser, IDENTITY_NUMBER, Sample, encode};
use crate::{APPLY, approved};
use axum::http::Uri;
use jiff::civil::date;
use regulation::SourceFile;
use regulation::model::Field;
use std::panic::AssertUnwindSafe;
use store::Store;
use tokio::runtime::Runtime;
use web::examine::{Known, examine, is_examined};
use web::forms::read::{Reader, Signer};
use web::router::PAGES;
use web::sent::Answers;

/// Choices drawn from random bytes; when they run out, always the first.
struct Dice<'a>(std::slice::Iter<'a, u8>);

impl Dice<'_> {
    fn roll(&mut self, sides: usize) -> usize {
        self.0.next().map_or(0, |byte| usize::from(*byte) % sides)
    }

    fn wide(&mut self, sides: usize) -> usize {
        (self.roll(256) * 256 + self.roll(256)) % sides
    }

    fn text(&mut self, pieces: &[&str]) -> String {
        (0..=self.roll(5)).map(|_| pieces[self.roll(pieces.len())]).collect()
    }

    /// A text that is no text.
    fn bytes(&mut self) -> Vec<u8> {
        (0..self.roll(40)).map(|_| u8::try_from(self.roll(256)).unwrap_or_default()).collect()
    }
}

/// What may stand in an address or a field.
const PIECES: [&str; 60] = [
    "",
    "0",
    "1",
    "-1",
    "2",
    "200",
    "201",
    "4294967296",
    "99999999999999999999",
    "0.5",
    "1e9",
    "2022-02-14",
    "2022-02-30",
    "9999-12-31",
    "-0001-01-01",
    "2022",
    "2022-Q1",
    "2022-Q9",
    "2022-01-01..2021-01-01",
    "yes",
    "no",
    "on",
    "*",
    "%",
    "_",
    "'",
    "\"",
    "\\",
    "/",
    "..",
    "<b>",
    "&",
    ";",
    "=",
    "+",
    " ",
    "\t",
    "\r\n",
    "\0",
    "\u{202e}",
    "\u{feff}",
    "林示例",
    "food",
    "cloth",
    "s1",
    "s2",
    "resident",
    "stallholders",
    "stall-application",
    "stalls",
    "applicant-name",
    "identity",
    "zh",
    "en",
    "large",
    "{",
    "}",
    "[0]",
    "9999010101",
    "999901",
];

/// What a route's parts may be called, besides anything.
const NAMES: [(&str, &[&str]); 12] = [
    ("{procedure}", &["stall-application", "no-such"]),
    ("{register}", &["stallholders", "stands", "stalls-granted"]),
    ("{regulation}", &["stalls"]),
    ("{view}", &["applications"]),
    ("{key}", &["s1", "s2", "s%2F1"]),
    ("{step}", &["1", "2", "3", "review", "0", "99"]),
    ("{act}", &["pass", "approve", "send-back", "withdraw"]),
    ("{code}", &["9999010101", "999901", "AAAA-BBBB-CCCC"]),
    ("{form}", &["stall-form", "application"]),
    ("{field}", &["goods", "reason"]),
    ("{kind}", &["excel", "csv", "print"]),
    ("{post}", &["post-window", "post-village-head"]),
];

/// Query parameters and fields that pages read.
const FIELDS: [&str; 53] = [
    "q",
    "after",
    "limit",
    "sort",
    "step",
    "light",
    "place",
    "view",
    "colours",
    "lang",
    "back",
    "code",
    "year",
    "kind",
    "group",
    "from",
    "to",
    "on",
    "period",
    "page",
    "fresh",
    "why",
    "reveal",
    "as_of",
    "post",
    "seen",
    "version",
    "about.holder",
    "applicant-name",
    "applicant-id",
    "applicant-phone",
    "goods",
    "area",
    "needs-power",
    "reason",
    "reasons",
    "health-paper",
    "signature",
    "number",
    "name",
    "password",
    "current",
    "new",
    "again",
    "text",
    "proof",
    "url",
    "now",
    "corners",
    "_confirmed",
    "_list",
    "_act",
    "_token",
];

/// A site in use, with somebody of each kind signed in.
struct Used {
    sample: Sample,
    browsers: Vec<Browser>,
    /// Ids that exist: matter, file, draft, document.
    ids: Vec<String>,
}

impl Used {
    fn new(runtime: &Runtime) -> Used {
        runtime.block_on(async {
            let sample = Sample::new();
            let applied = approved(&sample).await;
            let mut browsers = Vec::new();
            for person in ["", "resident", "village-head", "window", "township-head", "county-agriculture"] {
                browsers.push(sample.browser(person).await);
            }
            let ids = vec![applied.matter, applied.file, applied.draft, applied.document];
            Used { sample, browsers, ids }
        })
    }

    /// The form token of each session: who has signed in has no page for signing in, and strangers have none of their own.
    fn tokens(&self, runtime: &Runtime) -> Vec<String> {
        let token = |browser: &Browser| {
            let pages = ["/sign-in", "/track"].map(|page| runtime.block_on(browser.clone().get(page)).token());
            pages.into_iter().find(|token| !token.is_empty()).expect("a page with a form")
        };
        self.browsers.iter().map(token).collect()
    }

    /// A route with its parts filled in.
    fn address(&self, route: &str, dice: &mut Dice<'_>) -> String {
        let mut part = |part: &str| {
            if !part.starts_with('{') {
                return part.to_owned();
            }
            let known = NAMES.iter().find(|(name, _)| *name == part).map(|(_, names)| *names);
            match (dice.roll(8), known) {
                (0, _) => encode(&dice.text(&PIECES)),
                (_, Some(names)) => names[dice.roll(names.len())].to_owned(),
                _ => self.ids[dice.roll(self.ids.len())].clone(),
            }
        };
        route.split('/').map(&mut part).collect::<Vec<_>>().join("/")
    }

    fn browser(&self, dice: &mut Dice<'_>) -> Browser {
        self.browsers[dice.roll(self.browsers.len())].clone()
    }
}

fn query(dice: &mut Dice<'_>) -> String {
    let pairs = (0..dice.roll(6)).map(|_| {
        let name = FIELDS[dice.roll(FIELDS.len())];
        let value = if dice.roll(6) == 0 { dice.text(&PIECES) } else { encode(&dice.text(&PIECES)) };
        format!("{name}={value}")
    });
    pairs.collect::<Vec<_>>().join("&")
}

/// The site answered, and it was not its fault.
fn answered(answer: &Answer, what: &str) {
    assert!(!answer.status.is_server_error(), "{what}: {} {}", answer.status, answer.text());
}

fn lengths() -> impl bolero::ValueGenerator<Output = Vec<u8>> {
    bolero::produce::<Vec<u8>>().with().len(8..240_usize)
}

#[test]
fn no_address_breaks_a_page() {
    let runtime = AssertUnwindSafe(Runtime::new().unwrap());
    let used = AssertUnwindSafe(Used::new(&runtime));
    let pages = PAGES.iter().filter(|route| route.methods.contains(&"GET")).map(|route| route.path.to_owned());
    let api = web::api::addresses().into_iter().filter(|(method, _)| method == "GET").map(|(_, path)| path);
    let routes: Vec<String> = pages.chain(api).collect();
    bolero::check!().with_iterations(400).with_generator(lengths()).for_each(|bytes| {
        let mut dice = Dice(bytes.iter());
        let address = used.address(&routes[dice.wide(routes.len())], &mut dice);
        let asked = format!("{address}?{}", query(&mut dice));
        let Ok(uri) = asked.parse::<Uri>() else { return };
        let mut browser = used.browser(&mut dice);
        if dice.roll(4) == 0 {
            let odd: String =
                dice.text(&PIECES).chars().filter(|letter| letter.is_ascii_graphic() && *letter != ';').collect();
            browser.put_cookie(["gongbao", "gongbao-device", "lang", "view", "colours"][dice.roll(5)], &odd);
        }
        let header: String = dice.text(&PIECES).chars().filter(|letter| !letter.is_control()).collect();
        let name =
            ["accept-language", "range", "if-none-match", "authorization", "accept", "x-forwarded-for", "user-agent"]
                [dice.roll(7)];
        let answer =
            runtime.block_on(browser.send_raw("GET", &uri.to_string(), &[(name, header.as_str())], Vec::new()));
        answered(&answer, &format!("GET {asked} {name}: {header}"));
    });
}

/// The body of a form, as browsers send it or nearly so.
fn body(dice: &mut Dice<'_>, token: &str) -> (&'static str, Vec<u8>) {
    let fields: Vec<(&str, String)> =
        (0..dice.roll(8)).map(|_| (FIELDS[dice.roll(FIELDS.len())], dice.text(&PIECES))).collect();
    if dice.roll(3) > 0 {
        let pairs = fields.iter().map(|(name, value)| format!("&{name}={}", encode(value)));
        let mut bytes = format!("_token={token}{}", pairs.collect::<String>()).into_bytes();
        if dice.roll(4) == 0 {
            bytes.push(b'&');
            bytes.extend(dice.bytes());
        }
        return ("application/x-www-form-urlencoded", bytes);
    }
    let part = |name: &str, more: &str, value: &[u8]| {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n");
        [head.as_bytes(), value, b"\r\n"].concat()
    };
    let mut bytes = part("_token", "", token.as_bytes());
    for (name, value) in &fields {
        bytes.extend(part(name, "", value.as_bytes()));
    }
    let heads: [&[u8]; 6] =
        [b"%PDF-1.7 ", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"PK\x03\x04", "编号,姓名\n".as_bytes(), b""];
    let content = [heads[dice.roll(heads.len())], &dice.bytes()].concat();
    let field = ["file", "health-paper", "sheet", "text", "proof"][dice.roll(5)];
    let names = ["证.pdf", "../x", "", "a\\\"b.xlsx", "%00", "x.svg"];
    bytes.extend(part(field, &format!("; filename=\"{}\"", names[dice.roll(names.len())]), &content));
    match dice.roll(6) {
        0 => bytes.extend(dice.bytes()),
        1 => bytes.truncate(bytes.len() / 2),
        _ => bytes.extend(b"--x--\r\n"),
    }
    ("multipart/form-data; boundary=x", bytes)
}

#[test]
fn no_form_breaks_a_page() {
    let runtime = AssertUnwindSafe(Runtime::new().unwrap());
    let used = AssertUnwindSafe(Used::new(&runtime));
    // Who signs out, or signs in as nobody, must not do so for those who come after: each request has its own cookies, the session is shared.
    let routes: Vec<&str> = PAGES
        .iter()
        .filter(|route| {
            route.methods.contains(&"POST")
                && !["/sign-out", "/account/password", "/account/sessions"].contains(&route.path)
        })
        .map(|route| route.path)
        .collect();
    let tokens = used.tokens(&runtime);
    bolero::check!().with_iterations(300).with_generator(lengths()).for_each(|bytes| {
        let mut dice = Dice(bytes.iter());
        let address = used.address(routes[dice.wide(routes.len())], &mut dice);
        let Ok(uri) = address.parse::<Uri>() else { return };
        let who = dice.roll(used.browsers.len());
        let (media, body) = body(&mut dice, &tokens[who]);
        let shown = String::from_utf8_lossy(&body).into_owned();
        let answer = runtime.block_on(used.browsers[who].clone().post_raw(&uri.to_string(), media, body));
        answered(&answer, &format!("POST {address} as {who}: {shown}"));
    });
    assert!(used.sample.store.verify(&mut |_, _| {}).unwrap().wrongs.is_empty());
}

/// What JSON is made of besides what a request says.
const JSON: [&str; 28] = [
    "null",
    "true",
    "0",
    "-1",
    "1e999",
    "0.1",
    "\"\"",
    "\"x\"",
    "\"2022-02-30\"",
    "[]",
    "{}",
    "[[]]",
    "[null]",
    "{\"a\":{}}",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"s1\"",
    "\"food\"",
    "99999999999999999999999999999",
    "{\"name\":\"x\",\"digest\":\"y\"}",
    "{\"type\":\"Polygon\",\"coordinates\":[[[111,37]]]}",
    ",",
    ":",
    "{",
    "}",
    "[",
    "]",
    "\"",
];

#[test]
fn no_json_breaks_the_interface() {
    let runtime = AssertUnwindSafe(Runtime::new().unwrap());
    let used = AssertUnwindSafe(Used::new(&runtime));
    let routes: Vec<(String, String)> = web::api::addresses()
        .into_iter()
        .filter(|(method, path)| {
            method != "GET"
                && !["/session", "/account/password", "/account/sessions"].iter().any(|end| path.ends_with(end))
        })
        .collect();
    let tokens = used.tokens(&runtime);
    let form = format!(
        r#"{{"applicant-name":"林示例","applicant-id":"{IDENTITY_NUMBER}","applicant-phone":"10000000001","goods":"food","area":"10","needs-power":false,"reason":"x","signature":true}}"#
    );
    let bodies = [
        format!(r#"{{"procedure":"stall-application","about":{{"holder":"s1"}},"place":"9999010101","form":{form}}}"#),
        format!(r#"{{"act":"pass","seen":1,"post":"post-village-head","form":{form}}}"#),
        format!(r#"{{"place":"9999010101","record":{form}}}"#),
        format!(r#"{{"procedure":"stall-application","form":{form}}}"#),
        r#"{"now":"2022-02-14T09:00"}"#.to_owned(),
        r#"{"record":{"area":"9","kind":"roofed"}}"#.to_owned(),
    ];
    bolero::check!().with_iterations(400).with_generator(lengths()).for_each(|bytes| {
        let mut dice = Dice(bytes.iter());
        let (method, route) = &routes[dice.wide(routes.len())];
        let address = used.address(route, &mut dice);
        let Ok(uri) = address.parse::<Uri>() else { return };
        let who = dice.roll(used.browsers.len());
        let mut letters: Vec<char> = bodies[dice.roll(bodies.len())].chars().collect();
        for _ in 0..dice.roll(4) {
            let at = dice.wide(letters.len() + 1);
            let to = (at + dice.roll(16)).min(letters.len());
            letters.splice(at..to, JSON[dice.roll(JSON.len())].chars());
        }
        let body: String = letters.into_iter().collect();
        let headers = [
            (
                "content-type",
                ["application/json", "application/json; charset=gbk", "text/plain", ""][dice.roll(9).saturating_sub(5)],
            ),
            ("x-csrf-token", tokens[who].as_str()),
            ("idempotency-key", ["a", "b", "", "\u{e9}", "x y"][dice.roll(5)]),
        ];
        let asked = uri.to_string();
        let answer =
            runtime.block_on(used.browsers[who].clone().send_raw(method, &asked, &headers, body.clone().into_bytes()));
        answered(&answer, &format!("{method} {address} as {who}: {body}"));
    });
    assert!(used.sample.store.verify(&mut |_, _| {}).unwrap().wrongs.is_empty());
}

#[test]
fn nothing_handed_in_to_verify_breaks_it() {
    const PROOF: &str = include_str!("../../../../docs/formats/proof.md");
    let (_, rest) = PROOF.split_once("```document-proof\n").unwrap();
    let (text, _) = rest.split_once("```").unwrap();
    let (_, rest) = PROOF.split_once("```compact-proof\n").unwrap();
    let compact: String = rest.split_once("```").unwrap().0.split_whitespace().collect();
    let known = Known::default();
    bolero::check!().with_iterations(4_000).with_generator(lengths()).for_each(|bytes| {
        let mut dice = Dice(bytes.iter());
        let mut handed =
            [text.as_bytes(), compact.as_bytes(), b"%PDF-1.7\n%%EOF\n", b"https://gongbao.example/verify#", b""]
                [dice.roll(5)]
            .to_vec();
        for _ in 0..dice.roll(5) {
            let at = dice.wide(handed.len() + 1);
            let to = (at + dice.roll(9)).min(handed.len());
            let put = dice.bytes();
            handed.splice(at..to, put);
        }
        let examination = examine(&handed, &known);
        assert!(!examination.lines.is_empty(), "nothing is said");
        assert!(!examination.is_sound() || is_examined(&handed));
    });
}

/// What people and programs fill into any form of any regulation: a form sent from a page, and an object of the interface.
#[test]
fn no_answers_to_any_form_break_its_reader() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regulations");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    files.sort();
    let file = |path: &std::path::PathBuf| {
        SourceFile::from_bytes(path.file_name().unwrap().to_string_lossy(), &std::fs::read(path).unwrap())
    };
    let rulebook = regulation::check(&files.iter().map(file).collect::<Vec<_>>()).rulebook;
    let regulations = || rulebook.regulations.values();
    let forms = regulations().flat_map(|regulation| regulation.forms.values()).map(|form| &form.fields);
    let registers = regulations().flat_map(|regulation| regulation.registers.values()).map(|register| &register.fields);
    let forms: Vec<&Vec<Field>> = forms.chain(registers).collect();
    assert!(forms.len() > 100, "{} forms", forms.len());
    let signer = Signer { person: "resident".to_owned(), name: "林示例".to_owned(), on: date(2022, 2, 14) };
    let reader = Reader { rulebook: &rulebook, signer: Some(&signer) };
    bolero::check!().with_iterations(2_000).with_generator(lengths()).for_each(|bytes| {
        let mut dice = Dice(bytes.iter());
        let fields = forms[dice.wide(forms.len())];
        let (mut answers, mut object) = (Answers::new(), serde_json::Map::new());
        while !dice.0.as_slice().is_empty() {
            let name = fields.get(dice.wide(fields.len().max(1))).map_or("", |field| field.name.as_str());
            let path = match dice.roll(4) {
                0 => format!("{name}.{}.{}", dice.roll(3), FIELDS[dice.roll(FIELDS.len())]),
                1 => format!("_rows.{name}"),
                _ => name.to_owned(),
            };
            answers.entry(path).or_default().push(dice.text(&PIECES));
            let text: String = (0..=dice.roll(3)).map(|_| JSON[dice.roll(JSON.len())]).collect();
            let value = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
            object.insert(name.to_owned(), value);
        }
        let mut faults = Vec::new();
        _ = reader.fields(fields, &answers, "", &mut faults);
        let record = reader.object(&fields.iter().collect::<Vec<_>>(), &object, "", &mut faults);
        assert!(faults.iter().all(|fault| !fault.zh.is_empty() && !fault.en.is_empty()), "{faults:?}");
        // What was read is written as the interface does, and what was typed is shown again.
        _ = (web::forms::json::record(&record), web::forms::ask::answers_of(&record, ""));
    });
}

/// A form as strangers may fill it in reaches its answer: the targets above get past the door.
#[tokio::test]
async fn the_forms_that_are_tried_are_let_in() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let token = resident.get(APPLY).await.token();
    let (media, bytes) = ("application/x-www-form-urlencoded", format!("_token={token}&about.holder=s1").into_bytes());
    assert!(resident.post_raw(APPLY, media, bytes).await.status.is_redirection());
}
