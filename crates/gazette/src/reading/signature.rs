//! The signature block: issuer, date, public mark, with closing words and the list of annexes before them.

use std::ops::Range;

use jiff::civil::Date;

use super::findings::Findings;
use super::marker;
use super::profile::Profile;
use super::unit::Flat;
use crate::model::{BlockKind, Code, PublicMark, Signature};

/// What was found of it.
#[derive(Debug, Default)]
pub(super) struct Foot {
    /// Which blocks it takes up; none if it lies in a table.
    pub range: Option<Range<usize>>,
    pub signature: Signature,
    pub date: Option<Date>,
    pub mark: Option<PublicMark>,
}

/// Finds the signature block: by the public mark, else by a date under an issuer, else in the cells of a table.
pub(super) fn find(flats: &[Flat], profile: &Profile) -> Foot {
    let mark = flats.iter().position(|flat| flat.block.kind == BlockKind::PublicMark);
    let date = match mark {
        Some(mark) => flats[..mark].iter().rposition(is_date).filter(|date| mark - date <= 2),
        None => flats.windows(2).position(|pair| is_issuer(&pair[0], profile) && is_date(&pair[1])).map(|at| at + 1),
    };
    if mark.is_none() && date.is_none() {
        return in_table(flats, profile);
    }
    let mut foot = Foot { mark: mark.and_then(|at| public_mark(&flats[at])), ..Foot::default() };
    let mut start = date.or(mark).unwrap_or(0);
    if let Some(date) = date {
        foot.date = marker::date_line(&flats[date].block.text).flatten();
        foot.signature.date_line = Some(flats[date].line());
    }
    if let Some(at) = start.checked_sub(1).filter(|at| is_issuer(&flats[*at], profile)) {
        foot.signature.issuer = Some(flats[at].block.text.clone());
        foot.signature.line = Some(flats[at].line());
        start = at;
    }
    while let Some(at) = start.checked_sub(1).filter(|at| precedes(&flats[*at], profile)) {
        if let Some((post, holder)) = profile.signing_post(&flats[at].block.text) {
            foot.signature.post = Some(post.to_owned());
            foot.signature.holder = Some(holder.to_owned()).filter(|holder| !holder.is_empty());
        }
        start = at;
    }
    foot.range = Some(start..mark.or(date).unwrap_or(start) + 1);
    foot
}

fn is_date(flat: &Flat) -> bool {
    flat.block.kind == BlockKind::Date
}

fn is_issuer(flat: &Flat, profile: &Profile) -> bool {
    let unknown = || {
        profile.series.is_empty() && flat.block.kind == BlockKind::Paragraph && !marker::ends_sentence(&flat.block.text)
    };
    profile.is_issuer(&flat.block.text) || unknown()
}

/// Whether a block before the signature belongs to the foot.
fn precedes(flat: &Flat, profile: &Profile) -> bool {
    matches!(flat.block.kind, BlockKind::Closing | BlockKind::AnnexEntry)
        || profile.signing_post(&flat.block.text).is_some()
}

fn public_mark(flat: &Flat) -> Option<PublicMark> {
    let full_width = marker::public_mark(&flat.block.text)?;
    Some(PublicMark { line: flat.line(), full_width })
}

/// The block in the cells of one column, read upwards from the public mark.
fn in_table(flats: &[Flat], profile: &Profile) -> Foot {
    let mut foot = Foot::default();
    let rows: Vec<_> = flats.iter().flat_map(|flat| &flat.rows).collect();
    let mark = rows.iter().enumerate().find_map(|(at, row)| {
        let column = row.cells.iter().position(|cell| marker::public_mark(cell).is_some())?;
        Some((at, column))
    });
    let Some((at, column)) = mark else { return foot };
    let full_width = marker::public_mark(rows[at].get(column)).unwrap_or_default();
    foot.mark = Some(PublicMark { line: rows[at].line, full_width });
    foot.signature.in_table = true;
    for row in rows[..at].iter().rev().take(4) {
        let cell = row.get(column);
        if let (None, Some(date)) = (foot.signature.date_line, marker::date_line(cell)) {
            foot.date = date;
            foot.signature.date_line = Some(row.line);
        } else if profile.is_issuer(cell) {
            foot.signature.issuer = Some(cell.to_owned());
            foot.signature.line = Some(row.line);
            break;
        }
    }
    foot
}

impl Foot {
    /// Says what is missing or odd about it; `number` is the line of the document's number.
    pub fn report(&self, number: u32, findings: &mut Findings) {
        match (self.signature.date_line, self.date) {
            (None, _) => findings.doubt(number, Code::E09, "没有找到成文日期", "no date under a signature was found"),
            (Some(line), None) => findings.doubt(line, Code::E09, "没有这一天", "there is no such day"),
            _ => {}
        }
        if self.signature.post.is_some() && self.signature.holder.is_none() {
            let line = self.signature.line.unwrap_or(number);
            findings.doubt(line, Code::F13, "个人署名空白", "the personal signature is blank");
        }
        if let Some(mark) = self.mark.filter(|_| self.signature.in_table) {
            let (zh, en) = (
                "署名、日期和公开标识在表格中，已按栏读取",
                "signature, date and public mark lie in a table; read by column",
            );
            findings.doubt(mark.line, Code::F21, zh, en);
        }
    }
}
