//! The templates of `regulations/homestead/` print their samples: every one compiles to PDF/A, on as many pages as its
//! form has, and the text can be read back. Sample `letter--refusal.json` belongs to the template `letter.typ`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use gazette::qr::qr_svg;
use gazette::typeset::{Job, Standard};
use jiff::civil::date;
use serde_json::Value;

use crate::fonts::typesetter;

const TEMPLATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../regulations/homestead");
/// What all regulations share.
const SHARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../regulations/base");
const SAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/samples");

/// Sample, how many pages it has, and what must be readable in it.
const EXPECTED: &[(&str, usize, &[&str])] = &[
    (
        "application",
        1,
        &["农村宅基地和建房（规划许可）申请表", "王小例", "190.00 平方米", "□✓3、异址新建", "□1、原址翻建"],
    ),
    ("application--large", 2, &["示例8", "农村宅基地和建房（规划许可）申请表"]),
    ("application--blank", 1, &["农村宅基地和建房（规划许可）申请表", "□3、异址新建"]),
    ("commitment", 1, &["农村宅基地使用承诺书", "□✓2、按照规划迁址新建住房", "18 个月", "承诺人：王示例"]),
    (
        "approval-form",
        2,
        &[
            "审批表",
            "交通管理站",
            "5、组级、村级公示和审查是否完成",
            "7、是否符合风貌管控",
            "□✓已预留指标",
            "宅基地坐落平面位置图",
            "村委会旗杆基座",
        ],
    ),
    ("planning-permit", 1, &["乡村建设规划许可证", "乡字第 9999 2022 0007 号", "遵守事项", "66c7f0f462ee"]),
    ("planning-permit--parts", 1, &["县自然资源局", "房基占地 118.00 平方米，2 层，建筑面积 210.00 平方米"]),
    (
        "planning-permit--site",
        1,
        &["上庄村集中居民点", "用地 3200.00 平方米， 12 户，建筑面积 2880.00 平方米", "县自然资源局"],
    ),
    ("homestead-approval--parts", 1, &["上庄村第一村民小组农民集体", "有效期最后一日：2024年3月22日"]),
    ("homestead-approval", 1, &["农村宅基地批准书", "存根", "农宅字 9999 2022 0007 号", "自 2022年3月 至 2024年3月"]),
    ("homestead-approval--plan", 2, &["附图：宗地图", "J4", "15.60", "面积 190.00 平方米", "37516012.500"]),
    ("planning-permit--plan", 2, &["附图：用地位置", "J1", "5 米"]),
    ("approval-form--plan", 2, &["宅基地坐落平面位置图", "J3", "12.11"]),
    ("record--plan", 2, &["宗地图形", "16.00", "面积 200.00 平方米"]),
    ("homestead-approval--void", 1, &["已失效", "农村宅基地批准书"]),
    ("inspection-certificate", 1, &["验收意见表", "189.60 平方米", "□✓2、属于，已落实", "□✓验收合格"]),
    ("notice", 1, &["宅基地申请公示", "王示例", "2022年1月19日"]),
    ("notice--result", 1, &["审批结果公示", "农宅字999920220009号"]),
    ("letter--refusal", 2, &["不予批准", "理由和依据", "41.20 平方米", "救济途径", "行政复议"]),
    ("letter--correction", 1, &["一次性告知书", "立面图", "示政宅补字〔2022〕5号"]),
    ("letter--receipt", 1, &["收件回执", "农村宅基地使用承诺书"]),
    ("letter--lapse", 1, &["失效告知书", "两年未开工"]),
    ("quarterly-package", 1, &["2022年第二季度", "农宅字999920220007号", "合计：2宗，350.00 平方米", "2810.00 平方米"]),
    ("quarterly-package--nil", 1, &["合计：0宗", "3000.00 平方米"]),
    ("table-letter", 2, &["关于批准农村宅基地农用地转用的请示", "组件地块", "勘测定界图.pdf", "170.00 平方米"]),
    ("record--minutes", 1, &["会议记录", "应到人数", "86 人", "主持人：孙组长"]),
    ("record--stake-out", 1, &["丈量批放记录", "4129013.210", "水泥界桩"]),
    ("record--registry-package", 1, &["移交清单", "摘要（SM3）"]),
];

#[test]
fn every_sample_prints() {
    let Some(typesetter) = typesetter() else {
        return;
    };
    let mut templates = folder(SHARED, "typ");
    templates.extend(folder(TEMPLATES, "typ"));
    let samples = folder(SAMPLES, "json");
    let listed: Vec<String> = EXPECTED.iter().map(|(sample, _, _)| format!("{sample}.json")).collect();
    let mut found: Vec<&String> = samples.keys().collect();
    found.sort_by_key(|name| listed.iter().position(|other| other == *name));
    assert_eq!(found, listed.iter().collect::<Vec<_>>(), "each sample has a line here");
    let mut faults = Vec::new();
    for (sample, pages, words) in EXPECTED {
        let name = format!("{}.typ", sample.split("--").next().expect("a split has a first part"));
        let main = str::from_utf8(&templates[&name]).expect("a template is UTF-8");
        let data = with_qr(serde_json::from_slice(&samples[&format!("{sample}.json")]).expect("a sample is JSON"));
        let job = Job {
            name: &name,
            main,
            files: &templates,
            data: &data,
            today: date(2022, 3, 22),
            standard: Standard::A2b,
        };
        match typesetter.pdf(&job) {
            Ok(pdf) => faults.extend(check(sample, *pages, words, &pdf)),
            Err(findings) => faults.extend(findings.iter().map(|finding| format!("{sample}: {finding}"))),
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Writes the PDF where a person can look at it, and compares what a reader gets out of it.
#[expect(clippy::disallowed_methods, reason = "the tests show their documents and read them with pdftotext")]
pub fn check(sample: &str, pages: usize, words: &[&str], pdf: &[u8]) -> Vec<String> {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{sample}.pdf"));
    std::fs::write(&path, pdf).expect("the test folder can be written");
    let Ok(output) = Command::new("pdftotext").arg("-raw").arg(&path).arg("-").output() else {
        eprintln!("not read back: pdftotext is missing; install poppler-utils");
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let mut faults: Vec<String> = words
        .iter()
        .filter(|word| !squeeze(&text).contains(&squeeze(word)))
        .map(|word| format!("{sample}: `{word}` cannot be read in\n{text}"))
        .collect();
    let found = text.matches('\u{c}').count();
    if found != pages {
        faults.push(format!("{sample}: {found} pages, expected {pages}"));
    }
    faults
}

/// Text without the spaces and line breaks that layout puts between Chinese characters.
fn squeeze(text: &str) -> String {
    text.split_whitespace().collect()
}

pub fn with_qr(mut data: Value) -> Value {
    if let Some(code) = data["document"]["verification-code"].as_str() {
        let svg = qr_svg(&format!("https://example.cn/v/{code}")).expect("an address fits a QR code");
        data["document"]["qr-svg"] = Value::String(svg);
    }
    data
}

#[expect(clippy::disallowed_methods, reason = "the crate takes templates as bytes; the tests stand in for its caller")]
pub fn folder(path: &str, extension: &str) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(path).expect("the folder is in the repository").flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|found| found == extension) {
            let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
            files.insert(name, std::fs::read(&file).expect("a file that can be read"));
        }
    }
    files
}
