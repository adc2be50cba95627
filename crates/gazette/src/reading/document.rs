//! One document: title, number, addressee, text, signature, and what follows it.

use std::ops::Range;

use super::attachment;
use super::findings::Findings;
use super::join::joints;
use super::lines::Line;
use super::marker::{self, compact};
use super::part;
use super::profile::Profile;
use super::signature::{self, Foot};
use super::split::Span;
use super::table::tables;
use super::tree::nest;
use super::unit::{Flat, units};
use crate::model::{Block, BlockKind, Code, Document, Lines, Number, NumberError, NumberShape, Signature};

/// Reads the lines of a span. `runs` are those of the whole text.
pub(super) fn document(
    lines: &[Line<'_>],
    runs: &[Range<usize>],
    span: &Span,
    profile: &Profile,
    findings: &mut Findings,
) -> Document {
    let number_line = &lines[span.number];
    let number = number(number_line, findings);
    let title_block = title(&lines[span.title..span.number]);
    let mut head: Vec<Block> = title_block.iter().cloned().collect();
    head.push(Block::new(BlockKind::Number, vec![number_line.piece()]));

    let runs = inside(runs, span.number + 1..span.end);
    let mut flats = units(lines, &runs, &joints(lines, &runs, profile), profile, findings);
    attachment::mark_list(&mut flats);
    let addressees = addressee(&mut flats, &mut head, number_line, findings);
    let foot = signature::find(&flats, profile);
    foot.report(number_line.number, findings);
    let (body, foot_blocks, rest) = regions(flats, &foot);

    let mut document = Document {
        number,
        title: title_block.as_ref().map(|block| compact(&block.text)).unwrap_or_default(),
        title_lines: title_block.as_ref().map(print_lines).unwrap_or_default(),
        kind: None,
        issuer: String::new(),
        group: None,
        addressees,
        signed_on: foot.date,
        signature: Signature::default(),
        public_mark: foot.mark,
        listed: false,
        page: None,
        cites: Vec::new(),
        head,
        body: nest(tables(body, findings)),
        foot: tables(foot_blocks, findings),
        parts: part::parts(rest, findings),
        attachments: Vec::new(),
        lines: Lines { first: lines[span.title].number, last: last_line(lines, span) },
    };
    document.signature = foot.signature;
    name_issuer(&mut document, profile, findings);
    document.attachments = attachment::attachments(&document, findings);
    document
}

fn last_line(lines: &[Line<'_>], span: &Span) -> u32 {
    let last = lines[span.number..span.end].iter().rev().find(|line| !line.text.is_empty());
    last.map_or(lines[span.number].number, |line| line.number)
}

/// The runs inside a range of lines; one that begins outside is cut.
fn inside(runs: &[Range<usize>], range: Range<usize>) -> Vec<Range<usize>> {
    let first = runs.partition_point(|run| run.end <= range.start);
    let within = runs[first..].iter().take_while(|run| run.start < range.end);
    within.map(|run| run.start.max(range.start)..run.end.min(range.end)).collect()
}

/// The number, with what is odd about how it is written.
fn number(line: &Line<'_>, findings: &mut Findings) -> Number {
    let shape = NumberShape::of(line.text).expect("a span is made at a line that has the shape of a number");
    let number = shape.number().expect("a span is made at a line whose number can be read");
    if shape.blanks {
        let zh = format!("字号中的空格不计，读作{number}");
        findings.doubt(line.number, Code::F03, zh, format!("blanks in the number are ignored: {number}"));
    }
    if shape.square {
        let zh = format!("方括号读作六角括号：{number}");
        findings.doubt(line.number, Code::F04, zh, format!("square brackets are read as tortoise brackets: {number}"));
    }
    let code = match shape.error() {
        Some(NumberError::Serial) => Code::E05,
        Some(NumberError::Year) => Code::E06,
        Some(NumberError::Shape) | None => return number,
    };
    let meaning = code.meaning();
    findings.doubt(
        line.number,
        code,
        format!("{}：{}", meaning.zh, line.text),
        format!("{}: {}", meaning.en, line.text),
    );
    number
}

fn title(lines: &[Line<'_>]) -> Option<Block> {
    let pieces: Vec<_> = lines.iter().filter(|line| !line.text.is_empty()).map(Line::piece).collect();
    (!pieces.is_empty()).then(|| Block::new(BlockKind::Title, pieces))
}

/// The lines that a title was printed in: those of the text, and within one, what blanks part. Blanks around Latin
/// letters and digits part nothing.
fn print_lines(title: &Block) -> Vec<String> {
    title.pieces.iter().flat_map(|piece| at_breaks(piece.text.trim())).collect()
}

fn at_breaks(text: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let chinese = |c: Option<char>| c.is_some_and(|c| !c.is_ascii());
        match parts.last_mut() {
            Some(last) if !(chinese(last.chars().last()) && chinese(word.chars().next())) => {
                last.push(' ');
                last.push_str(word);
            }
            _ => parts.push(word.to_owned()),
        }
    }
    parts
}

/// Takes the addressee from the blocks to the head: the first block if it ends with a colon, has at most 40 characters
/// and no other sentence mark.
fn addressee(flats: &mut Vec<Flat>, head: &mut Vec<Block>, number: &Line<'_>, findings: &mut Findings) -> Vec<String> {
    let text =
        flats.first().filter(|flat| flat.block.kind == BlockKind::Paragraph).map(|flat| flat.block.text.as_str());
    let names = text.and_then(|text| text.strip_suffix(['：', ':'])).filter(|names| {
        names.chars().nth(39).is_none() && !names.contains(['。', '；', '：', '！', '？', ';', ':', '!', '?'])
    });
    let Some(names) = names else {
        let at = flats.first().map_or(number.number, Flat::line);
        findings.doubt(at, Code::F12, "字号之后没有主送机关", "no addressee follows the number");
        return Vec::new();
    };
    let names =
        names.split(['、', '，', ',']).map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    let mut block = flats.remove(0).block;
    block.kind = BlockKind::Addressee;
    head.push(block);
    names
}

/// Body, foot and what follows.
fn regions(mut flats: Vec<Flat>, foot: &Foot) -> (Vec<Flat>, Vec<Flat>, Vec<Flat>) {
    let bounds = foot.range.clone().unwrap_or_else(|| {
        let annex = flats.iter().position(|flat| flat.block.kind == BlockKind::AnnexMarker);
        let end = annex.unwrap_or(flats.len());
        end..end
    });
    let rest = flats.split_off(bounds.end);
    let foot = flats.split_off(bounds.start);
    (flats, foot, rest)
}

/// Issuer, kind and group by title and series, and whether these agree with each other and with the signature.
fn name_issuer(document: &mut Document, profile: &Profile, findings: &mut Findings) {
    const KINDS: [&str; 20] = [
        "决议", "决定", "命令", "公报", "公告", "通告", "意见", "通知", "通报", "报告", "请示", "批复", "议案", "纪要",
        "办法", "方案", "规定", "细则", "函", "令",
    ];
    let before_about = document.title.split_once("关于").map(|(issuer, _)| issuer);
    let by_title = profile.issuer_of(&document.title).or(before_about).unwrap_or_default().to_owned();
    document.kind = KINDS.iter().find(|kind| document.title.ends_with(**kind)).map(|kind| (*kind).to_owned());
    let line = document.lines.first;
    if let Some(series) = profile.series(&document.number.series) {
        document.group = Some(series.group.clone());
        let signed = document.signature.issuer.as_deref().unwrap_or(&series.issuer);
        if by_title != series.issuer || signed != series.issuer {
            let zh = format!("{}是{}的字号，标题或署名不是该机关", document.number, series.issuer);
            let en = format!(
                "{} is a number of {}, but title or signature name another body",
                document.number, series.issuer
            );
            findings.doubt(line, Code::E07, zh, en);
        }
    }
    document.issuer = by_title;
}

/// Whether a text may stand as a title over a part: one short line that is no sentence.
pub(super) fn may_be_title(block: &Block) -> bool {
    let short = block.text.chars().nth(60).is_none();
    block.kind == BlockKind::Paragraph
        && short
        && !marker::ends_sentence(&block.text)
        && !marker::is_form_blank(&block.text)
}

/// A title in one line: print breaks between Chinese characters closed up, other blanks kept.
pub(super) fn without_breaks(text: &str) -> String {
    at_breaks(text).concat()
}
