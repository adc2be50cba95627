//! What is odd about documents that have been read. Each check looks at one thing and changes nothing.

mod annex;
mod bracket;
mod citation;
mod contents;
mod deadline;
mod foreign;
mod members;
mod personal;
mod sequence;
mod sum;

use super::findings::Findings;
use crate::model::{Code, ContentsEntry, Document, Issue};

/// Matches contents and documents, and notes what is odd.
pub(super) fn check(issue: &Issue, entries: &mut [ContentsEntry], documents: &mut [Document], findings: &mut Findings) {
    contents::match_up(entries, documents, findings);
    dates(issue, documents, findings);
    for document in documents.iter_mut() {
        document.cites = citation::citations(document, findings);
    }
    for document in documents.iter() {
        document.walk(&mut |block| {
            bracket::check(block, findings);
            foreign::check(block, findings);
            personal::check(block, findings);
        });
        sequence::check(document, findings);
        deadline::check(document, findings);
        sum::check(document, findings);
        annex::check(document, findings);
    }
    members::check(documents, findings);
}

/// A document is signed before it is published.
fn dates(issue: &Issue, documents: &[Document], findings: &mut Findings) {
    let Some(published_on) = issue.published_on else { return };
    for document in documents {
        let late = document.signed_on.is_some_and(|signed_on| signed_on > published_on);
        if let Some(line) = document.signature.date_line.filter(|_| late) {
            findings.doubt(line, Code::E09, "成文日期晚于出版日期", "signed after the day of publication");
        }
    }
}
