//! The templates of `regulations/gazette/`: an official document with all its parts, cover and contents of an issue, sheets.

use crate::fonts::typesetter;
use crate::templates::{check, folder, with_qr};
use gazette::typeset::{Job, Standard};
use jiff::civil::date;
use serde_json::{Value, json};

const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../regulations/gazette");
/// What all regulations share.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../regulations/base");

fn document(title: &str, number: &str) -> Value {
    json!({
        "name": "paper", "title": title, "number": number, "issued-on": "2022年3月4日", "issuer": "示例县人民政府办公室",
        "signed-by": "某签", "verification-code": "YFCRE-1F03G-NXQAK-56SGJ"
    })
}

fn full_document() -> Value {
    json!({
        "document": document("公文（公开文本）", "示政办发〔2022〕1号"),
        "data": {
            "official-title": "示例县人民政府办公室关于印发示例办法的通知",
            "title-lines": "示例县人民政府办公室/关于印发示例办法的通知",
            "to": "各乡镇、县直各有关单位",
            "body": "示例办法已经同意，现印发给你们。\n一、抓紧落实。\n（一）落到村组。\n特此通知",
            "issuer-name": "示例县人民政府办公室", "signed-on": "2022年3月3日", "bill": false, "public-mark": true,
            "effective-from": "2022年3月3日", "instrument-title": "示例办法", "instrument-text": "第一章 总则\n第一条 样例。",
            "document-attachments": [{ "attachment-no": "1", "attachment-title": "分工表", "shown-text": "甲组、乙组" }],
            "cv-rows": [{ "cv-name": "测试甲", "cv-post": "示例局局长", "shown-birth-year": "1980" }],
            "correction-note": "“落到户”更正为“落到村组”"
        },
        "labels": { "cv-name": "姓名", "cv-post": "职务", "shown-birth-year": "出生年份" },
        "matter": { "number": "GW-2022-0001" }, "county": "示例县"
    })
}

fn issue() -> Value {
    let entry = |group: &str, title: &str, number: &str, page: &str| json!({ "contents-group": group, "contents-title": title, "contents-number": number, "start-page": page });
    json!({
        "document": document("封面和目录", "2022 · 1"),
        "data": {
            "masthead-name": "示例县人民政府公报", "masthead-pinyin": "SHILI", "sponsor": "示例县人民政府办公室", "address": "示例路1号",
            "postcode": "000000", "office-phone": "0000-0000000", "slogan": "传达政令", "issue-year": "2022", "issue-no": "1",
            "published-on": "2022年3月31日", "pages": "12",
            "contents": [
                entry("县政府文件", "关于甲事的通知", "示政发〔2022〕1号", "1"),
                entry("县政府办公室文件", "关于乙事的通知", "示政办发〔2022〕1号", "3")
            ]
        },
        "labels": { "sponsor": "主办单位", "pages": "页数" }, "county": "示例县"
    })
}

fn sheet() -> Value {
    json!({
        "document": document("差错报告回执", ""),
        "data": { "paragraphs": ["收到您报告的差错。"], "file-number": "示政办发〔2022〕1号", "reader-signature": "某读者" },
        "labels": { "file-number": "文号", "reader-signature": "签收" }, "county": "示例县"
    })
}

fn draft() -> Value {
    json!({
        "document": document("公文稿", ""),
        "data": {
            "series": { "code": "a", "label": "示政办发" }, "kind": { "code": "notice", "label": "通知" }, "drafting-unit": "综合科",
            "document-title": "关于示例的通知", "document-body": "一、示例。", "addressee": "各乡镇"
        },
        "labels": { "drafting-unit": "起草单位" }, "county": "示例县"
    })
}

#[test]
fn documents_and_issues_print() {
    let Some(typesetter) = typesetter() else {
        return;
    };
    let mut templates = folder(SHARED, "typ");
    templates.extend(folder(TEMPLATES, "typ"));
    let cases: [(&str, Value, usize, &[&str]); 4] = [
        (
            "official",
            full_document(),
            4,
            &["示政办发〔2022〕1号", "（此件公开发布）", "附件：", "第一条 样例", "测试甲", "更正：", "2022年3月3日"],
        ),
        (
            "masthead",
            issue(),
            1,
            &["示例县人民政府公报", "2022年第1期", "县政府办公室文件", "示政发〔2022〕1号", "主办单位"],
        ),
        ("sheet", sheet(), 1, &["收到您报告的差错", "文号", "签收：某读者"]),
        ("draft", draft(), 1, &["公文稿 · 示政办发 · 通知", "各乡镇：", "综合科"]),
    ];
    let mut faults = Vec::new();
    for (name, data, pages, words) in cases {
        let file = format!("{name}.typ");
        let main = str::from_utf8(&templates[&file]).expect("a template is UTF-8");
        let data = with_qr(data);
        let today = date(2022, 3, 31);
        let job = Job { name: &file, main, files: &templates, data: &data, today, standard: Standard::A2b };
        match typesetter.pdf(&job) {
            Ok(pdf) => faults.extend(check(&format!("gazette-{name}"), pages, words, &pdf)),
            Err(findings) => faults.extend(findings.iter().map(|finding| format!("{name}: {finding}"))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
