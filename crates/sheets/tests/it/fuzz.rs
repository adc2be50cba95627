//! Whatever is uploaded as a sheet is read within its bounds or refused: bytes that are none, workbooks whose parts say something else, CSV in
//! any encoding.

use rust_xlsxwriter::{Format, Workbook};
use sheets::{Cell, File, Limits, Unreadable, date_of_serial, number_text, read};
use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;
use zip::write::SimpleFileOptions;

const SMALL: Limits = Limits { bytes: 1 << 20, rows: 200, columns: 20, unpacked: 4 << 20, texts: 1 << 20 };

/// The parts of a workbook with numbers, texts, a merged cell and dates: names and contents.
static PARTS: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let mut book = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = book.add_worksheet();
    for (column, heading) in (0..).zip(["编号", "村", "姓名", "日期"]) {
        sheet.write_string(0, column, heading).unwrap();
    }
    for row in 1..5 {
        sheet.write_number(row, 0, f64::from(row)).unwrap().write_string(row, 2, "林示例").unwrap();
        sheet.write_number_with_format(row, 3, 44_600.5, &date).unwrap();
    }
    sheet.merge_range(1, 1, 4, 1, "上庄村", &Format::new()).unwrap();
    let mut archive = zip::ZipArchive::new(Cursor::new(book.save_to_buffer().unwrap())).unwrap();
    let count = archive.len();
    let part = |place| {
        let mut part = archive.by_index(place).unwrap();
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).unwrap();
        (part.name().unwrap_or_default().into_owned(), bytes)
    };
    (0..count).map(part).collect()
});

/// What changes the meaning of a part.
const PIECES: [&str; 40] = [
    "",
    "<",
    ">",
    "/",
    "\"",
    "&lt;",
    "&#0;",
    "&x;",
    "<!DOCTYPE x [<!ENTITY x \"yyyy\">]>",
    "<!--",
    "]]>",
    "0",
    "-1",
    "1",
    "4294967295",
    "18446744073709551616",
    "1e308",
    "NaN",
    "A1",
    "XFD1048576",
    "A1:XFD1048576",
    "ZZZZZZ99999999999",
    "B2:A1",
    " t=\"s\"",
    " t=\"str\"",
    " t=\"e\"",
    " t=\"b\"",
    " t=\"d\"",
    " t=\"inlineStr\"",
    " s=\"999\"",
    "<v>",
    "</v>",
    "<c r=\"A1\">",
    "</c>",
    "<row r=\"0\">",
    "</row>",
    "<f>",
    "<mergeCell ref=\"A1:A9999999\"/>",
    "\u{0}",
    "编号",
];

fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        archive.start_file(name.as_str(), SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Reads it: what is read stays within the bounds, and what is not is said with what to do.
fn hold(bytes: &[u8]) {
    match read(bytes, &|heading| ["编号", "姓名", "村"].contains(&heading), &SMALL) {
        Ok(sheet) => {
            assert!(sheet.rows.len() <= SMALL.rows && sheet.headings.len() <= SMALL.columns);
            assert!(sheet.rows.iter().all(|row| row.cells.len() <= SMALL.columns && row.number > sheet.heading_row));
            assert!(
                sheet.rows.iter().flat_map(|row| &row.cells).map(Cell::text).all(|text| text.len() <= SMALL.bytes << 2)
            );
        }
        Err(Unreadable { zh, en }) => assert!(!zh.is_empty() && !en.is_empty()),
    }
    looked_at(bytes);
}

/// Looks for headings in any of the first rows, as for a table that nobody knows.
fn looked_at(bytes: &[u8]) {
    let Ok(mut file) = File::open(bytes, &SMALL) else { return };
    let Ok(tops) = file.tops() else { return };
    for (top, row) in tops.iter().flat_map(|top| top.rows.iter().take(3).map(move |row| (top, row.number))) {
        let Ok(at) = file.headings(top, row) else { continue };
        assert!(at.first <= row && row <= at.last && at.last - at.first < 4);
        let Ok(sheet) = file.read(&at) else { continue };
        assert!(sheet.headings.len() <= SMALL.columns && sheet.rows.len() <= SMALL.rows);
        assert!(sheet.rows.iter().all(|row| row.number > at.last && row.cells.len() <= SMALL.columns));
    }
}

#[test]
fn no_bytes_are_more_than_a_sheet() {
    const HEADS: [&[u8]; 6] =
        [b"", b"PK\x03\x04", b"\xD0\xCF\x11\xE0", b"\xEF\xBB\xBF", b"\xFF\xFE", "编号,姓名,村\n".as_bytes()];
    bolero::check!().with_iterations(4_000).with_type::<(u8, Vec<u8>, f64)>().for_each(|(head, bytes, number)| {
        hold(&[HEADS[usize::from(*head) % HEADS.len()], bytes].concat());
        _ = (date_of_serial(*number), number_text(*number));
    });
}

/// Parts changed where the bytes of the packed file would not reach: behind the check sums.
#[test]
fn no_part_of_a_workbook_breaks_its_reader() {
    bolero::check!().with_iterations(150).with_type::<Vec<(u8, u16, u8, u8)>>().for_each(|changes| {
        let mut parts = PARTS.clone();
        for (part, place, piece, cut) in changes.iter().take(6) {
            let count = parts.len();
            let (_, bytes) = &mut parts[usize::from(*part) % count];
            let at = usize::from(*place) % (bytes.len() + 1);
            let to = (at + usize::from(*cut % 24)).min(bytes.len());
            bytes.splice(at..to, PIECES[usize::from(*piece) % PIECES.len()].bytes());
        }
        hold(&packed(&parts));
        let dropped = changes.first().map_or(0, |change| usize::from(change.0) % parts.len());
        parts.remove(dropped);
        hold(&packed(&parts));
    });
}

#[test]
fn no_table_of_text_breaks_its_reader() {
    const CELLS: [&str; 20] = [
        "编号",
        "姓名",
        "村",
        "林示例",
        "\"",
        "\"\"",
        ",",
        ";",
        "\t",
        "\n",
        "\r",
        "\u{0}",
        "=1+1",
        "@x",
        "1e400",
        "00012",
        "2022-03-01",
        "",
        " ",
        "\u{feff}",
    ];
    bolero::check!().with_iterations(4_000).with_type::<(Vec<u8>, u8)>().for_each(|(choices, encoding)| {
        let text: String = choices.iter().map(|choice| CELLS[usize::from(*choice) % CELLS.len()]).collect();
        let text = format!("编号,姓名,村\n{text}");
        let bytes = match encoding % 3 {
            0 => text.into_bytes(),
            1 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            _ => encoding_rs::GB18030.encode(&text).0.into_owned(),
        };
        hold(&bytes);
    });
}
