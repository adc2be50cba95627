//! Contents and documents: each has the other (gz-2.3), and no number comes twice (gz-3.1).

use std::collections::BTreeMap;

use crate::model::{Code, ContentsEntry, Document, Number};
use crate::reading::findings::Findings;

pub(super) fn match_up(entries: &mut [ContentsEntry], documents: &mut [Document], findings: &mut Findings) {
    let (mut by_number, mut by_title) = (BTreeMap::<Number, usize>::new(), BTreeMap::<String, usize>::new());
    for (index, document) in documents.iter().enumerate() {
        by_title.entry(document.title.clone()).or_insert(index);
        if let Some(first) = by_number.insert(document.number.clone(), index) {
            by_number.insert(document.number.clone(), first);
            let zh = format!("{}在本期出现两次", document.number);
            let en = format!("{} stands twice in this issue", document.number);
            findings.doubt(document.lines.first, Code::E08, zh, en);
        }
    }
    for entry in entries.iter_mut() {
        let found =
            entry.number.as_ref().and_then(|number| by_number.get(number)).or_else(|| by_title.get(&entry.title));
        entry.document = found.copied();
        match found {
            Some(index) => (documents[*index].listed, documents[*index].page) = (true, Some(entry.page)),
            None => {
                let zh = format!("目录列有《{}》，正文没有", entry.title);
                findings.doubt(
                    entry.line,
                    Code::F11,
                    zh,
                    format!("the contents list 《{}》, which is not in the body", entry.title),
                );
            }
        }
    }
    for document in documents.iter().filter(|document| !document.listed) {
        let zh = format!("目录没有{}", document.number);
        findings.doubt(document.lines.first, Code::F10, zh, format!("{} is not in the contents", document.number));
    }
}
