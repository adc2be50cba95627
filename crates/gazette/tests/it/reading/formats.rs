//! What was read, written out: nothing lost, the JSON contract, Akoma Ntoso by its content models, Markdown.

use gazette::formats::{akn, json, markdown, text};
use gazette::model::{Gazette, Rule};
use gazette::reading;
use quick_xml::Reader;
use quick_xml::events::Event;

use super::{gazette, notice, real, real_bytes};

/// A text with a bit of everything.
pub fn sample() -> String {
    let head = "云溪县人民政府公报\n2022 · 1\n2022 年 3 月 31 日出版（季度刊）\n目录\n县政府文件\n云溪县人民政府关于修桥的通知（云政发〔2022〕1号）\t1\n\n";
    let body = "一、目标\n\n各乡镇要 <尽快> & 全部\n\n修好。\n\n（一）分工\n\n1. 先修大桥；\n2. 后修小桥。\n\n二、名单\n\n组 长：甲乙丙 副县长\n\n附件：桥梁名册";
    format!("{head}{}\n附件：\n\n桥梁名册\n\n序号\t桥名\n1\t石|桥*\n2\t木桥\n\n公开信息 服务社会", notice(body))
}

/// The source with the repairs made that concern line breaks, computed from the repairs alone.
pub fn expected(source: &str, gazette: &Gazette) -> String {
    let joined = |line: usize| {
        let at = |rule: Rule| matches!(rule, Rule::Join(rule) if rule != "J9");
        gazette.repairs.iter().any(|repair| repair.line as usize == line && at(repair.rule))
    };
    let mut text = String::new();
    for (index, line) in source.split('\n').enumerate() {
        if joined(index + 1) {
            text.truncate(text.trim_end().len());
            text.push_str(line.trim_start());
        } else {
            text.push_str(if index > 0 { "\n" } else { "" });
            text.push_str(if line.trim().is_empty() { "" } else { line });
        }
    }
    text
}

#[test]
fn the_text_comes_back_but_for_the_stated_repairs() {
    let sample = sample();
    let read = gazette(&sample);
    assert!(!read.repairs.is_empty());
    assert_eq!(text(&read), expected(&sample, &read));
    let (Some(real), Some(bytes)) = (real(), real_bytes()) else { return };
    let source = reading::text(&bytes).unwrap();
    assert_eq!(text(&real), expected(&source, &real));
    assert_eq!(text(&real).replace('\n', ""), source.replace('\n', ""), "no character is lost");
}

#[test]
fn the_json_keeps_its_contract() {
    let value = json(&gazette(&sample()));
    let document = &value["documents"][0];
    assert_eq!(value["issue"]["year"], 2022);
    assert_eq!(
        value["contents"][0],
        serde_json::json!({
            "number": "云政发〔2022〕1号", "title": "云溪县人民政府关于修桥的通知", "page": 1,
            "group": "县政府文件", "line": 6, "document": "云政发〔2022〕1号",
        })
    );
    for (field, expected) in [
        ("number", serde_json::json!("云政发〔2022〕1号")),
        ("title", serde_json::json!("云溪县人民政府关于修桥的通知")),
        ("issuer", serde_json::json!("云溪县人民政府")),
        ("date", serde_json::json!("2022-03-01")),
        ("public", serde_json::json!(true)),
        ("addressees", serde_json::json!(["各乡镇"])),
        ("listed", serde_json::json!(true)),
    ] {
        assert_eq!(document[field], expected, "{field}");
    }
    assert_eq!(document["attachments"][0]["title"], "桥梁名册");
    assert_eq!(value["repairs"][0]["rule"], "J8");
    assert!(value["repairs"][0]["line"].is_u64() && value["repairs"][0]["what"].is_string());
    assert!(value["doubts"].is_array());
}

#[test]
fn markdown_escapes_what_it_shows() {
    insta::assert_snapshot!(markdown(&gazette(&sample())));
}

/// For each element that is written, the elements that Akoma Ntoso 3.0 allows in it; in a sequence, in this order.
const MODELS: &[(&str, &[&str])] = &[
    ("", &["akomaNtoso"]),
    ("akomaNtoso", &["officialGazette"]),
    ("officialGazette", &["meta", "coverPage", "collectionBody", "conclusions"]),
    ("coverPage", &["p", "toc"]),
    ("toc", &["tocItem"]),
    ("collectionBody", &["component"]),
    ("component", &["doc", "interstitial"]),
    ("interstitial", &["p"]),
    ("attachments", &["attachment"]),
    ("attachment", &["doc"]),
    ("doc", &["meta", "preface", "mainBody", "conclusions", "attachments"]),
    ("meta", &["identification", "references"]),
    ("identification", &["FRBRWork", "FRBRExpression", "FRBRManifestation"]),
    ("FRBRWork", &["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRcountry", "FRBRnumber", "FRBRname"]),
    ("FRBRExpression", &["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRlanguage"]),
    ("FRBRManifestation", &["FRBRthis", "FRBRuri", "FRBRdate", "FRBRauthor", "FRBRformat"]),
    ("references", &["TLCOrganization"]),
    ("preface", &["p"]),
    ("conclusions", &["p", "table"]),
    ("mainBody", &["*"]),
    ("chapter", HIERARCHY),
    ("article", HIERARCHY),
    ("section", HIERARCHY),
    ("subsection", HIERARCHY),
    ("paragraph", HIERARCHY),
    ("subparagraph", HIERARCHY),
    ("intro", &["*"]),
    ("content", &["*"]),
    ("table", &["tr"]),
    ("tr", &["th", "td"]),
    ("th", &["p"]),
    ("td", &["p"]),
    ("p", &["docTitle", "docNumber", "docDate", "signature"]),
];
const HIERARCHY: &[&str] = &["num", "heading", "intro", "content", "*"];
/// Elements whose children come in the order of their model.
const SEQUENCES: [&str; 13] = [
    "officialGazette",
    "doc",
    "meta",
    "identification",
    "FRBRWork",
    "FRBRExpression",
    "FRBRManifestation",
    "chapter",
    "article",
    "section",
    "subsection",
    "paragraph",
    "subparagraph",
];
/// What stands for `*`: blocks and the hierarchy.
const ANY: [&str; 8] = ["p", "table", "chapter", "article", "section", "subsection", "paragraph", "subparagraph"];
/// Elements that may not be empty.
const FILLED: [&str; 9] =
    ["collectionBody", "component", "attachments", "mainBody", "preface", "coverPage", "toc", "table", "conclusions"];

/// Reads an Akoma Ntoso document as well formed, every element where the standard allows it, every `eId` once.
pub fn check_akn(xml: &str) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<(String, usize, usize)> = vec![(String::new(), 0, 0)];
    let mut ids = std::collections::BTreeSet::new();
    loop {
        let event = reader.read_event().unwrap();
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                for attribute in start.attributes() {
                    let attribute = attribute.unwrap();
                    let fresh = attribute.key.as_ref() != "eId" || ids.insert(attribute.value.into_owned());
                    assert!(fresh, "an eId twice, at {name}");
                }
                let parent = open.last_mut().unwrap();
                let (_, model) = MODELS
                    .iter()
                    .find(|(element, _)| *element == parent.0)
                    .unwrap_or_else(|| panic!("{} has children", parent.0));
                let any = |allowed: &&&str| **allowed == "*" && ANY.contains(&name.as_str());
                let place = model
                    .iter()
                    .position(|allowed| *allowed == name)
                    .or(model.iter().position(|allowed| any(&allowed)));
                let place = place.unwrap_or_else(|| panic!("{name} in {}", parent.0));
                assert!(
                    place >= parent.1 || !SEQUENCES.contains(&parent.0.as_str()),
                    "{name} too late in {}",
                    parent.0
                );
                (parent.1, parent.2) = (place, parent.2 + 1);
                if matches!(event, Event::Start(_)) {
                    open.push((name, 0, 0));
                }
            }
            Event::End(_) => {
                let (name, _, children) = open.pop().unwrap();
                assert!(children > 0 || !FILLED.contains(&name.as_str()), "{name} is empty");
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(open.len(), 1, "all elements are closed");
}

#[test]
fn akoma_ntoso_keeps_the_content_models() {
    let xml = akn(&gazette(&sample()));
    check_akn(&xml);
    assert!(xml.contains("&lt;尽快&gt; &amp; 全部"), "escaped");
    assert!(xml.contains(r#"<docDate date="2022-03-01">"#) && xml.contains("<num>一、</num>"));
    check_akn(&akn(&gazette("无文件。")));
    check_akn(&akn(&gazette(&notice("|---|"))));
    if let Some(gazette) = real() {
        check_akn(&akn(&gazette));
    }
}

#[test]
#[should_panic(expected = "table in p")]
fn the_check_of_content_models_can_fail() {
    check_akn(
        r#"<akomaNtoso><officialGazette><meta/><coverPage><p><table/></p></coverPage></officialGazette></akomaNtoso>"#,
    );
}

#[test]
fn all_formats_tell_the_same_documents() {
    let Some(gazette) = real() else { return };
    let (markdown, akn, json) = (markdown(&gazette), akn(&gazette), json(&gazette));
    for (index, document) in gazette.documents.iter().enumerate() {
        assert!(markdown.contains(&format!("## {}\n", document.title)), "{}", document.number);
        assert!(akn.contains(&format!("<docTitle>{}</docTitle>", document.title)), "{}", document.number);
        assert_eq!(json["documents"][index]["title"], document.title);
    }
    assert_eq!(akn.matches("<article ").count(), 39);
}
