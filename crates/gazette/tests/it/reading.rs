//! Reading a gazette's text: the real issue where it is at hand, invented texts everywhere.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

mod faults;
mod formats;
mod issue;
mod robust;
mod structure;

use std::path::Path;

use gazette::model::{Block, Code, Document, Gazette, Rule};
use gazette::reading::{Profile, read};

/// A county that does not exist.
const NAMES: &str = "kind,value,issuer,group
name,云溪县人民政府公报,,
purpose,公开信息,,
purpose,服务社会,,
post,县长,,
series,云政发,云溪县人民政府,县政府文件
series,云政函,云溪县人民政府,县政府文件
series,云政办发,云溪县人民政府办公室,县政府办公室文件
";

fn profile() -> Profile {
    Profile::from_csv(NAMES).unwrap()
}

fn gazette(text: &str) -> Gazette {
    read(text.as_bytes(), &profile()).unwrap()
}

/// A notice with a body, otherwise faultless.
fn notice(body: &str) -> String {
    format!(
        "云溪县人民政府关于修桥的通知\n\n云政发〔2022〕1号\n\n各乡镇：\n\n{body}\n\n云溪县人民政府\n2022年3月1日\n\n（此件公开发布）\n"
    )
}

/// The only document of a notice with a body.
fn read_notice(body: &str) -> Document {
    gazette(&notice(body)).documents.remove(0)
}

/// The real issue as bytes; `None`, with a word on why, if the shared folder is not there.
fn real_bytes() -> Option<Vec<u8>> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/gazette/2022-01.txt");
    #[expect(clippy::disallowed_methods, reason = "a test may read its input")]
    let bytes = std::fs::read(&file).ok();
    if bytes.is_none() {
        println!("skipped: {} is not there", file.display());
    }
    bytes
}

/// The real issue, read with the county's own names.
fn real() -> Option<Gazette> {
    let profile = Profile::from_csv(include_str!("../../../../county/gazette.csv")).unwrap();
    real_bytes().map(|bytes| read(&bytes, &profile).unwrap())
}

/// Lines with a finding of a code, repairs and doubts alike.
fn found(gazette: &Gazette, code: Code) -> Vec<u32> {
    let repairs = gazette.repairs.iter().filter(|repair| repair.rule == Rule::Finding(code)).map(|repair| repair.line);
    let doubts = gazette.doubts.iter().filter(|doubt| doubt.code == code).map(|doubt| doubt.line);
    repairs.chain(doubts).collect()
}

/// The lines that go on the text above, with the rule that says so.
fn joins(gazette: &Gazette) -> Vec<(u32, &'static str)> {
    let join = |rule| match rule {
        Rule::Join(rule) if rule != "J9" => Some(rule),
        _ => None,
    };
    gazette.repairs.iter().filter_map(|repair| Some((repair.line, join(repair.rule)?))).collect()
}

/// All blocks of a document, a heading before what stands under it.
fn blocks(document: &Document) -> Vec<&Block> {
    let mut blocks = Vec::new();
    document.walk(&mut |block| blocks.push(block));
    blocks
}
