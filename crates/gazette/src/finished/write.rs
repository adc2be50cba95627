//! Writing the addition.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Added, Addition, FinishedFault, PLACE_DIGITS, PROOF_HEAD, SEAL_HEAD, SIGNATURE_BYTES};

/// Adds to a PDF as typesetting made it. With nothing to add it stays as it is.
///
/// # Errors
/// If the PDF is not built as expected.
pub fn add(pdf: &[u8], addition: &Addition<'_>) -> Result<Added, FinishedFault> {
    if addition.proof.is_none() && addition.office.is_none() {
        return Ok(Added { bytes: pdf.to_vec(), hole: None });
    }
    let file = File::read(pdf)?;
    let mut update = Update { file: &file, bytes: pdf.to_vec(), places: BTreeMap::new(), next: file.size };
    let mut catalog = String::new();
    if let Some(proof) = addition.proof {
        let stream = update.number();
        update.object(stream, format!("{PROOF_HEAD}{}>>stream\n{proof}\nendstream", proof.len()).as_bytes());
        let _ =
            write!(catalog, "/PieceInfo<</Gongbao<</LastModified(D:{}+08'00')/Private {stream} 0 R>>>>", addition.at);
    }
    let mut hole = None;
    if let Some(office) = addition.office {
        let field = update.number();
        hole = Some(update.seal(field, (office, addition.at))?);
        let _ = write!(catalog, "/AcroForm<</SigFlags 3/Fields[{field} 0 R]>>");
    }
    let root = file.object(file.root)?;
    update.object(file.root, extended(root, &catalog)?.as_bytes());
    update.end();
    let mut added = Added { bytes: update.bytes, hole };
    added.fill_range();
    Ok(added)
}

impl Added {
    /// Says in the seal which bytes it covers, now that the file is whole.
    fn fill_range(&mut self) {
        let Some(hole) = self.hole.clone() else { return };
        let numbers = [hole.start, hole.end, self.bytes.len() - hole.end];
        let text = numbers.map(|number| format!("{number:0PLACE_DIGITS$}")).join(" ");
        let head = SEAL_HEAD.as_bytes();
        let before = &self.bytes[..hole.start];
        let place =
            before.windows(head.len()).rposition(|window| window == head).expect("it was written before its hole");
        let place = place + head.len();
        self.bytes[place..place + text.len()].copy_from_slice(text.as_bytes());
    }
}

/// A PDF with one table of places, as typesetting writes it.
struct File<'a> {
    bytes: &'a [u8],
    /// Number of objects.
    size: usize,
    root: usize,
    /// Where the table of places stands.
    table: usize,
    /// The other members of the trailer, as they are.
    kept: String,
}

impl<'a> File<'a> {
    fn read(bytes: &'a [u8]) -> Result<File<'a>, FinishedFault> {
        let wrong = FinishedFault::Form("找不到交叉引用表 / it has no table of places");
        let tail = &bytes[bytes.len().saturating_sub(64)..];
        let tail = String::from_utf8_lossy(tail);
        let (_, place) = tail.rsplit_once("startxref\n").ok_or(wrong)?;
        let table: usize = place.lines().next().and_then(|line| line.parse().ok()).ok_or(wrong)?;
        let rest = bytes.get(table..).filter(|rest| rest.starts_with(b"xref\n0 ")).ok_or(wrong)?;
        let trailer = find(rest, b"trailer\n<<").ok_or(wrong)?;
        let trailer = &rest[trailer + b"trailer\n<<".len()..];
        let end = find(trailer, b">>\nstartxref").ok_or(wrong)?;
        let trailer = std::str::from_utf8(&trailer[..end]).map_err(|_| wrong)?;
        let member = |name: &str| {
            let (_, rest) = trailer.split_once(name)?;
            rest.split(|sign: char| !sign.is_ascii_digit()).next()?.parse::<usize>().ok()
        };
        let (size, root) = (member("/Size ").ok_or(wrong)?, member("/Root ").ok_or(wrong)?);
        let kept = trailer.replacen(&format!("/Size {size}"), "", 1);
        Ok(File { bytes, size, root, table, kept })
    }

    /// The dictionary of an object.
    fn object(&self, number: usize) -> Result<&'a str, FinishedFault> {
        let wrong = FinishedFault::Form("缺一个对象 / an object is missing");
        let rows = find(&self.bytes[self.table + 5..], b"\n").ok_or(wrong)? + self.table + 6;
        let row = self.bytes.get(rows + 20 * number..rows + 20 * number + 10).ok_or(wrong)?;
        let place: usize = std::str::from_utf8(row).ok().and_then(|row| row.parse().ok()).ok_or(wrong)?;
        let object = self.bytes.get(place..).ok_or(wrong)?;
        let head = format!("{number} 0 obj\n");
        let object = object.strip_prefix(head.as_bytes()).ok_or(wrong)?;
        let end = find(object, b"\nendobj").ok_or(wrong)?;
        std::str::from_utf8(&object[..end]).map_err(|_| wrong)
    }

    /// The first page: its number and dictionary.
    fn first_page(&self) -> Result<(usize, &'a str), FinishedFault> {
        let wrong = FinishedFault::Form("找不到第一页 / it has no first page");
        let mut number = reference(self.object(self.root)?, "/Pages ").ok_or(wrong)?;
        // A tree of pages is a few levels high.
        for _ in 0..8 {
            let node = self.object(number)?;
            match reference(node, "/Kids[").or_else(|| reference(node, "/Kids [")) {
                Some(child) => number = child,
                None => return Ok((number, node)),
            }
        }
        Err(wrong)
    }
}

/// The new part while it is written.
struct Update<'a> {
    file: &'a File<'a>,
    bytes: Vec<u8>,
    /// Where each object stands.
    places: BTreeMap<usize, usize>,
    next: usize,
}

impl Update<'_> {
    fn number(&mut self) -> usize {
        self.next += 1;
        self.next - 1
    }

    fn object(&mut self, number: usize, content: &[u8]) {
        if !self.bytes.ends_with(b"\n") {
            self.bytes.push(b'\n');
        }
        self.places.insert(number, self.bytes.len());
        self.bytes.extend(format!("{number} 0 obj\n").as_bytes());
        self.bytes.extend(content);
        self.bytes.extend(b"\nendobj\n");
    }

    /// The seal, its field, and the page on which it stands without being seen.
    fn seal(&mut self, field: usize, (office, at): (&str, &str)) -> Result<std::ops::Range<usize>, FinishedFault> {
        let number = self.number();
        let (page, dictionary) = self.file.first_page()?;
        let zero = "0".repeat(PLACE_DIGITS);
        let head = format!("{SEAL_HEAD}{zero} {zero} {zero}]/Contents");
        let empty = "0".repeat(2 * SIGNATURE_BYTES);
        let tail = format!("/M(D:{}+08'00')/Name{}>>", at, text(office));
        self.object(number, format!("{head}<{empty}>{tail}").as_bytes());
        let start = self.places[&number] + format!("{number} 0 obj\n").len() + head.len();
        let widget =
            format!("<</Type/Annot/Subtype/Widget/FT/Sig/T(seal)/V {number} 0 R/F 132/Rect[0 0 0 0]/P {page} 0 R>>");
        self.object(field, widget.as_bytes());
        self.object(page, with_annotation(dictionary, field)?.as_bytes());
        Ok(start..start + empty.len() + 2)
    }

    /// The table of places and the trailer.
    fn end(&mut self) {
        let table = self.bytes.len();
        let mut text = "xref\n".to_owned();
        for (number, place) in &self.places {
            let _ = write!(text, "{number} 1\n{place:010} 00000 n\r\n");
        }
        let (size, previous, kept) = (self.next, self.file.table, &self.file.kept);
        let _ = write!(text, "trailer\n<</Size {size}{kept}/Prev {previous}>>\nstartxref\n{table}\n%%EOF\n");
        self.bytes.extend(text.as_bytes());
    }
}

/// A dictionary with more members.
fn extended(dictionary: &str, members: &str) -> Result<String, FinishedFault> {
    let open = dictionary.trim_end().strip_suffix(">>");
    let open = open.ok_or(FinishedFault::Form("目录不是字典 / the catalog is no dictionary"))?;
    Ok(format!("{open}{members}>>"))
}

fn with_annotation(page: &str, field: usize) -> Result<String, FinishedFault> {
    match page.split_once("/Annots[").or_else(|| page.split_once("/Annots [")) {
        Some((before, after)) => Ok(format!("{before}/Annots[{field} 0 R {after}")),
        None if page.contains("/Annots") => {
            Err(FinishedFault::Form("首页的批注不在页内 / annotations of the page stand elsewhere"))
        }
        None => extended(page, &format!("/Annots[{field} 0 R]")),
    }
}

/// The number of the object that a member refers to.
fn reference(dictionary: &str, member: &str) -> Option<usize> {
    let (_, rest) = dictionary.split_once(member)?;
    rest.split(|sign: char| !sign.is_ascii_digit()).next()?.parse().ok()
}

/// A text of a PDF in UTF-16, written in hexadecimal: nothing in it needs to be escaped.
fn text(text: &str) -> String {
    let units: String = text.encode_utf16().map(|unit| format!("{unit:04X}")).collect();
    format!("<FEFF{units}>")
}

pub(super) fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
