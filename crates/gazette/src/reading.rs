//! Reads the text of a gazette (公报): bytes to documents, with what was put right and what is in doubt.
//!
//! The text is what printing, scanning or a layout program left of an issue: sentences broken at columns and pages,
//! tables flattened to lines, the width of punctuation changing with the column. Nothing is corrected silently. Each
//! line keeps its text and its number; a joined sentence is a [`Repair`](crate::model::Repair) with its line and rule,
//! anything that a person must decide a [`Doubt`](crate::model::Doubt).
//!
//! Names come from the county's [`Profile`]; the forms of Chinese official documents (GB/T 9704-2012) are code.
//! Reading never panics and takes time linear in the text.
//!
//! ```
//! use gazette::reading::{Profile, read};
//! let text = "某县人民政府关于修桥的通知\n\n某政发〔2022〕1号\n\n各乡镇：\n\n请于三月内修好。\n\n2022年1月5日\n";
//! let gazette = read(text.as_bytes(), &Profile::default())?;
//! assert_eq!(gazette.documents[0].number.to_string(), "某政发〔2022〕1号");
//! assert_eq!(gazette.documents[0].addressees, ["各乡镇"]);
//! # Ok::<(), gazette::reading::Refusal>(())
//! ```

mod attachment;
mod cell;
mod check;
mod decode;
mod document;
mod findings;
mod front;
mod join;
mod lines;
mod marker;
mod part;
mod profile;
mod roster;
mod signature;
mod split;
mod table;
mod tree;
mod unit;

use crate::model::{Block, BlockKind, Code, Gazette, Said};
use findings::Findings;
use lines::Line;

pub use decode::BYTES_MAX;
pub use profile::{Profile, ProfileFault, Series};

/// Why a file cannot be read at all (GZ-E01).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("GZ-E01 {} / {}", said.zh, said.en)]
pub struct Refusal {
    /// What is wrong with it.
    pub said: Said,
}

/// Reads a file: UTF-8, UTF-16 with its mark, or GB18030.
///
/// Fails with GZ-E01 if the bytes are no text or more than [`BYTES_MAX`].
pub fn read(bytes: &[u8], profile: &Profile) -> Result<Gazette, Refusal> {
    let (text, repairs) = decode::decode(bytes)?;
    let mut findings = Findings::default();
    findings.repairs.extend(repairs);
    Ok(gazette(&text, profile, findings))
}

/// The text of a file as [`read`] takes it: decoded, without its mark, line ends made `\n`.
pub fn text(bytes: &[u8]) -> Result<String, Refusal> {
    decode::decode(bytes).map(|(text, _)| text)
}

/// How many bytes of a text its marker takes: 一、, （二）, 第三条. None: 0.
pub(crate) fn marker_length(text: &str) -> usize {
    marker::marker(text).map_or(0, |(_, length)| length)
}

fn gazette(text: &str, profile: &Profile, mut findings: Findings) -> Gazette {
    let (lines, runs) = lines::lines(text);
    let spans = split::spans(&lines, &runs, profile);
    let start = spans.first().map_or(lines.len(), |span| span.title);
    let end = spans.last().map_or(lines.len(), |span| span.end);
    let mut front = front::front(&lines[..start], profile, &mut findings);
    if spans.is_empty() {
        findings.doubt(
            1,
            Code::E01,
            "没有找到发文字号，没有读出文件",
            "no document number was found: nothing was read",
        );
    }
    let mut documents: Vec<_> =
        spans.iter().map(|span| document::document(&lines, &runs, span, profile, &mut findings)).collect();
    check::check(&front.issue, &mut front.contents, &mut documents, &mut findings);
    let (repairs, doubts) = findings.sorted();
    Gazette {
        issue: front.issue,
        contents: front.contents,
        documents,
        front: front.blocks,
        back: back(&lines[end..]),
        repairs,
        doubts,
        line_count: u32::try_from(lines.len()).unwrap_or(u32::MAX),
    }
}

fn back(lines: &[Line<'_>]) -> Vec<Block> {
    let lines = lines.iter().filter(|line| !line.text.is_empty());
    lines.map(|line| Block::new(BlockKind::Cover, vec![line.piece()])).collect()
}
