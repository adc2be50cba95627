//! The acceptance checks that the real issue answers. They are skipped where the shared folder is not there.

use std::collections::BTreeMap;

use calendar::{Holidays, Rules, Term, Unit, due};
use gazette::model::{Block, BlockKind, Code, Document, Gazette, Level, Number, PartKind, TableKind};
use jiff::civil::date;
use sha2::{Digest, Sha256};

use super::{blocks, found, joins, real, real_bytes};

/// What the spec's §7.5 measures of each document: number, first and last line, chapters, articles, l1 to l4, annex
/// markers, dashes, joins, characters and hash of the title.
const MEASURES: &str = "\
中政发〔2022〕1号,58,206,0,0,3,10,27,0,0,0,16,25,5798d0e5423a46b8
中政发〔2022〕2号,208,224,0,0,0,0,0,0,0,0,0,19,3512e7ecc0a865cc
中政函〔2022〕5号,226,308,0,0,5,4,2,3,0,0,3,28,0fd9a8d9b7433726
中政函〔2022〕8号,310,354,0,0,0,0,0,0,0,0,1,24,ac9543b356c0dbda
中政函〔2022〕9号,356,369,0,0,0,0,0,0,0,0,0,21,29dacfad704d9cff
中政函〔2022〕18号,371,384,0,0,0,0,0,0,0,0,0,27,171e2c25638a1cb1
中政办发〔2022〕1号,386,418,0,0,0,0,0,0,0,0,1,27,127799521899382b
中政办发〔2022〕2号,420,750,0,0,15,33,15,0,14,3,12,39,c479957e88b8512c
中政办发〔2022〕3号,752,899,6,39,0,0,0,0,2,0,5,37,ee32c9d26d8a0850
中政办发〔2022〕7号,901,1124,0,0,8,18,22,0,0,26,17,37,1cea873ee6951fa8
中政办函〔2022〕1号,1126,1192,0,0,2,11,0,0,2,0,3,27,fa75a2017d549995
中政办函〔2022〕3号,1194,1349,0,0,7,7,0,0,4,0,5,34,9ac86691b1b1df40
中政办函〔2022〕5号,1351,1612,0,0,6,24,23,0,4,0,12,45,040ffa07d22902a7
中政办函〔2022〕6号,1614,1805,0,0,2,6,2,3,0,0,1,27,f452db583dfbd74b
中政办函〔2022〕7号,1807,1873,0,0,3,0,17,0,0,0,0,30,fd76de980f6b7597
中政办函〔2022〕8号,1875,1948,0,0,3,0,17,0,0,0,1,31,27dfd59a23bd17ab";

/// §7.5: the lines after which a join is due.
const JOIN_AFTER: [u32; 77] = [
    70, 86, 96, 102, 112, 120, 128, 136, 144, 152, 162, 170, 178, 186, 194, 198, 246, 256, 264, 340, 400, 436, 450,
    460, 466, 487, 505, 513, 517, 556, 562, 568, 576, 779, 803, 813, 823, 889, 907, 923, 933, 996, 1002, 1008, 1016,
    1022, 1030, 1038, 1046, 1056, 1064, 1072, 1082, 1088, 1116, 1140, 1160, 1168, 1208, 1218, 1234, 1240, 1246, 1387,
    1407, 1417, 1431, 1447, 1463, 1477, 1495, 1511, 1517, 1529, 1539, 1638, 1916,
];

fn numbered<'a>(gazette: &'a Gazette, number: &str) -> &'a Document {
    gazette.documents.iter().find(|document| document.number.to_string() == number).unwrap()
}

fn count(document: &Document, holds: impl Fn(BlockKind) -> bool) -> usize {
    blocks(document).into_iter().filter(|block| holds(block.kind)).count()
}

fn level(document: &Document, level: Level) -> usize {
    count(document, |kind| kind == BlockKind::Heading(level))
}

#[test]
fn gz_ac_01_02_06_17_the_documents_are_those_of_the_inventory() {
    let Some(gazette) = real() else { return };
    let joined: Vec<u32> = joins(&gazette).iter().map(|(line, _)| *line).collect();
    let measures = gazette.documents.iter().map(|document| {
        let lines = document.lines;
        let levels = [Level::Chapter, Level::Article, Level::One, Level::Two].map(|level| self::level(document, level));
        // The spec counts numbered entries of an annex list as l3.
        let blocks = blocks(document);
        let listed = blocks.iter().filter(|block| {
            block.kind == BlockKind::AnnexEntry && block.text.starts_with(|c: char| c.is_ascii_digit())
        });
        let three = level(document, Level::Three) + listed.count();
        let annexes =
            blocks.iter().filter(|block| block.text.starts_with("附件") && block.kind != BlockKind::Paragraph).count();
        let dashes = blocks
            .iter()
            .flat_map(|block| &block.pieces)
            .filter(|piece| piece.text.starts_with("- ") && !piece.text.starts_with("- |"));
        let joins = joined.iter().filter(|line| (lines.first..=lines.last).contains(*line)).count();
        let hash = hex(&Sha256::digest(document.title.as_bytes())[..8]);
        let [chapters, articles, one, two] = levels;
        format!(
            "{},{},{},{chapters},{articles},{one},{two},{three},{},{annexes},{},{joins},{},{hash}",
            document.number,
            lines.first,
            lines.last,
            level(document, Level::Four),
            dashes.count(),
            document.title.chars().count(),
        )
    });
    let measures: Vec<String> = measures.collect();
    assert_eq!(measures, MEASURES.lines().collect::<Vec<_>>());

    let mut series: BTreeMap<&str, u32> = BTreeMap::new();
    gazette.documents.iter().for_each(|document| *series.entry(&document.number.series).or_default() += 1);
    assert_eq!(series, BTreeMap::from([("中政办函", 6), ("中政办发", 4), ("中政函", 4), ("中政发", 2)]));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn gz_ac_17_18_30_the_joins_are_exactly_the_77() {
    let Some(gazette) = real() else { return };
    let text = String::from_utf8(real_bytes().unwrap()).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let after = |line: u32| (1..line).rev().find(|above| !lines[*above as usize - 1].is_empty()).unwrap();
    let joins = joins(&gazette);
    assert_eq!(joins.iter().map(|(line, _)| after(*line)).collect::<Vec<_>>(), JOIN_AFTER);
    let rule = |above: u32| joins.iter().find(|(line, _)| after(*line) == above).map(|(_, rule)| *rule);
    assert_eq!(rule(289), None, "289 is a heading: its sibling has no end mark");
    for line in [487, 1140, 1160] {
        assert_eq!(rule(line), Some("J7"), "{line} is an item cut off");
    }
    for line in [340, 562, 568, 576, 1008, 1431, 1495] {
        assert_eq!(rule(line), Some("J2"), "{line} has an open bracket");
    }
    let note = gazette.documents.iter().flat_map(blocks).find(|block| block.kind == BlockKind::Responsibility).unwrap();
    assert_eq!(note.pieces[0].line, 1421, "J9");
}

#[test]
fn gz_ac_03_04_the_contents_list_six_of_sixteen() {
    let Some(gazette) = real() else { return };
    assert_eq!(gazette.contents.iter().map(|entry| entry.page).collect::<Vec<_>>(), [1, 9, 10, 13, 15, 15]);
    assert!(gazette.contents.iter().all(|entry| entry.group.as_deref() == Some("县政府文件")));
    assert_eq!(
        gazette.contents.iter().map(|entry| entry.document).collect::<Vec<_>>(),
        (0..6).map(Some).collect::<Vec<_>>()
    );
    for entry in &gazette.contents {
        let document = &gazette.documents[entry.document.unwrap()];
        assert_eq!((&entry.title, Some(entry.page)), (&document.title, document.page));
    }
    assert_eq!(found(&gazette, Code::F10).len(), 10);
    assert!(found(&gazette, Code::F11).is_empty());
}

#[test]
fn gz_ac_05_a_blank_in_the_number_is_noted() {
    let Some(gazette) = real() else { return };
    assert_eq!(gazette.documents[0].number.to_string(), "中政发〔2022〕1号");
    assert_eq!(found(&gazette, Code::F03), [62]);
}

#[test]
fn gz_ac_07_08_dates_and_public_marks() {
    let Some(gazette) = real() else { return };
    let dates: Vec<_> = gazette.documents.iter().map(|document| document.signed_on.unwrap()).collect();
    assert_eq!(dates.iter().min(), Some(&date(2022, 1, 10)));
    assert_eq!(dates.iter().max(), Some(&date(2022, 2, 28)));
    assert_eq!(gazette.issue.published_on, Some(date(2022, 3, 31)));
    assert!(found(&gazette, Code::E09).is_empty());
    let marks: Vec<bool> = gazette.documents.iter().map(|document| document.public_mark.unwrap().full_width).collect();
    assert_eq!((marks.len(), marks.iter().filter(|full| **full).count()), (16, 9));
}

#[test]
fn gz_ac_09_a_signature_in_the_cells_of_a_table() {
    let Some(gazette) = real() else { return };
    let document = numbered(&gazette, "中政办函〔2022〕6号");
    assert!(document.signature.in_table);
    assert_eq!(document.signature.issuer.as_deref(), Some("中阳县人民政府办公室"));
    assert_eq!(document.signed_on, Some(date(2022, 2, 15)));
    assert_eq!(found(&gazette, Code::F21), [1805]);
}

#[test]
fn gz_ac_10_one_document_has_no_addressee() {
    let Some(gazette) = real() else { return };
    let without: Vec<String> = gazette
        .documents
        .iter()
        .filter(|document| document.addressees.is_empty())
        .map(|document| document.number.to_string())
        .collect();
    assert_eq!(without, ["中政办函〔2022〕1号"]);
    assert_eq!(found(&gazette, Code::F12), [1130]);
    assert_eq!(numbered(&gazette, "中政办发〔2022〕7号").addressees, ["各乡镇", "县直各有关单位"]);
}

#[test]
fn gz_ac_11_the_bill_has_a_blank_signature_and_three_sheets() {
    let Some(gazette) = real() else { return };
    let bill = numbered(&gazette, "中政函〔2022〕8号");
    assert_eq!((bill.signature.post.as_deref(), bill.signature.holder.as_deref()), (Some("县长"), None));
    assert_eq!(found(&gazette, Code::F13), [330]);
    assert_eq!(bill.parts.iter().map(|part| part.kind).collect::<Vec<_>>(), [PartKind::Sheet; 3]);
    assert_eq!(bill.kind.as_deref(), Some("议案"));
}

#[test]
fn gz_ac_12_six_chapters_and_39_articles_without_a_gap() {
    let Some(gazette) = real() else { return };
    let document = numbered(&gazette, "中政办发〔2022〕3号");
    let ordinals = |level| -> Vec<u32> {
        let headings = blocks(document).into_iter().filter(|block| block.kind == BlockKind::Heading(level));
        headings.map(|block| block.ordinal.unwrap()).collect()
    };
    assert_eq!(ordinals(Level::Chapter), (1..=6).collect::<Vec<_>>());
    assert_eq!(ordinals(Level::Article), (1..=39).collect::<Vec<_>>());
}

#[test]
fn gz_ac_13_eight_annexes_listed_six_printed() {
    let Some(gazette) = real() else { return };
    let annexes = &numbered(&gazette, "中政办发〔2022〕2号").attachments;
    let printed = |printed| {
        annexes.iter().filter(move |annex| annex.part.is_some() == printed).map(|annex| annex.ordinal.unwrap())
    };
    assert_eq!(printed(true).collect::<Vec<_>>(), [1, 2, 4, 5, 7, 8]);
    assert_eq!(printed(false).collect::<Vec<_>>(), [3, 6]);
    assert_eq!(found(&gazette, Code::F14), [568, 576]);
    assert_eq!(found(&gazette, Code::F22), [618]);
}

#[test]
fn gz_ac_14_15_printed_parts_of_a_table_merge() {
    let Some(gazette) = real() else { return };
    let plan = numbered(&gazette, "中政办函〔2022〕5号");
    let tables: Vec<_> = blocks(plan).into_iter().filter_map(|block| block.table.as_ref()).collect();
    let measures = tables[1];
    assert_eq!(
        (measures.kind, measures.page_parts, measures.header.len(), measures.rows.len()),
        (TableKind::Grid, 4, 1, 11)
    );
    let industries: Vec<&str> = tables[2].rows.iter().map(|row| row[0].as_str()).collect();
    assert_eq!(industries, (1..=24).map(|number| number.to_string()).collect::<Vec<_>>());
    assert!(measures.rows.iter().flatten().all(|cell| !cell.contains("<p>") && !cell.contains('$')));
    assert!(measures.rows.iter().flatten().any(|cell| cell.contains("≥2.8 kPa")));
}

#[test]
fn gz_ac_16_a_roster_in_two_print_columns() {
    let Some(gazette) = real() else { return };
    let vouchers = numbered(&gazette, "中政办函〔2022〕3号");
    let roster = blocks(vouchers).into_iter().find_map(|block| block.table.as_ref()).unwrap();
    assert_eq!(roster.kind, TableKind::ColumnFlow);
    assert_eq!(roster.members.iter().filter(|member| member.post.ends_with("监管组副组长")).count(), 1);
    assert_eq!(roster.members.iter().filter(|member| member.role.as_deref() == Some("组长")).count(), 1);
    assert_eq!(roster.members.len(), 38);
    assert!(
        roster.members[23..].iter().all(|member| member.contact.is_some()),
        "two-line entries after the page break"
    );
}

#[test]
fn gz_ac_21_web_publication_is_due_before_the_gazette_appears() {
    let Some(gazette) = real() else { return };
    let term = Term::new(20, Unit::WorkingDays);
    let due_on = |signed_on| due(signed_on, term, &Rules::default(), &Holidays::built_in()).unwrap().on;
    assert_eq!(due_on(date(2022, 1, 10)), date(2022, 2, 10));
    assert!(
        gazette
            .documents
            .iter()
            .all(|document| due_on(document.signed_on.unwrap()) < gazette.issue.published_on.unwrap())
    );
}

#[test]
fn gz_ac_22_numbers_that_are_not_in_the_issue() {
    let Some(gazette) = real() else { return };
    let mut highest: BTreeMap<&str, u32> = BTreeMap::new();
    for document in &gazette.documents {
        let last = highest.entry(&document.number.series).or_default();
        *last = document.number.serial.max(*last);
    }
    assert_eq!(highest.values().sum::<u32>() as usize - gazette.documents.len(), 19);
}

#[test]
fn gz_ac_23_personal_data_and_the_no_publicity_clause_are_found() {
    let Some(gazette) = real() else { return };
    let lines = numbered(&gazette, "中政办函〔2022〕3号").lines;
    let inside: Vec<u32> =
        found(&gazette, Code::F25).into_iter().filter(|line| (lines.first..=lines.last).contains(line)).collect();
    assert_eq!((inside.len(), inside[0]), (24, 1246));
}

#[test]
fn gz_ac_31_square_brackets_are_normalised() {
    let Some(gazette) = real() else { return };
    assert_eq!(found(&gazette, Code::F04), [168, 1187, 1188, 1189, 1190]);
    let funds = numbered(&gazette, "中政办函〔2022〕1号");
    let cited = |lines: std::ops::RangeInclusive<u32>| -> Vec<&Number> {
        funds.cites.iter().filter(|cite| lines.contains(&cite.line)).map(|cite| &cite.number).collect()
    };
    let in_text = cited(1130..=1172);
    assert_eq!(cited(1185..=1192).iter().filter(|number| in_text.contains(number)).count(), 4);
}

#[test]
fn gz_ac_33_two_brackets_are_lost_and_two_pairs_are_mixed() {
    let Some(gazette) = real() else { return };
    assert_eq!(found(&gazette, Code::F17), [597, 1567]);
    assert_eq!(found(&gazette, Code::F18), [340, 1431]);
}

#[test]
fn the_defects_of_the_spec_are_found_where_they_are() {
    let Some(gazette) = real() else { return };
    for (code, lines) in [
        (Code::F02, vec![]),
        (Code::F15, vec![623, 1336]),
        (Code::F16, vec![580, 582, 1491, 1546, 1547]),
        (Code::F19, vec![1566, 1567]),
        (Code::F20, vec![714, 1437]),
        (Code::F23, vec![1447, 1459, 1652]),
        (Code::F24, vec![1148]),
        (Code::F28, vec![1738, 1740, 1747]),
        (Code::E05, vec![]),
        (Code::E07, vec![]),
        (Code::E08, vec![]),
    ] {
        assert_eq!(found(&gazette, code), lines, "{code}");
    }
    assert!(found(&gazette, Code::F26).contains(&612));
}

#[test]
fn gz_1_the_masthead() {
    let Some(gazette) = real() else { return };
    let issue = &gazette.issue;
    assert_eq!((issue.year, issue.number), (Some(2022), Some(1)));
    assert_eq!(issue.frequency.as_deref(), Some("季度刊"));
    assert_eq!(issue.postcode.as_deref(), Some("033400"));
    assert_eq!(issue.purposes.len(), 4);
    assert!(issue.distribution.as_deref().is_some_and(|scope| scope.ends_with("等。")));
    assert_eq!(gazette.back.len(), 1);
}

/// The tree of some blocks by kinds and ordinals: `One1(P Two1(P P))`. Runs of plain paragraphs are counted.
fn shape(blocks: &[Block]) -> String {
    let name = |block: &Block| match (block.kind, &block.table) {
        (BlockKind::Heading(level), _) => format!("{level:?}{}", block.ordinal.unwrap_or_default()),
        (_, Some(table)) => format!("{:?}[{}]", table.kind, table.rows.len()),
        (kind, None) => format!("{kind:?}"),
    };
    let mut shapes: Vec<(String, usize)> = Vec::new();
    for block in blocks {
        let under = if block.children.is_empty() { String::new() } else { format!("({})", shape(&block.children)) };
        let shape = name(block) + &under;
        match shapes.last_mut().filter(|(last, _)| *last == shape) {
            Some((_, times)) => *times += 1,
            None => shapes.push((shape, 1)),
        }
    }
    let times = |(shape, times): &(String, usize)| if *times > 1 { format!("{times}×{shape}") } else { shape.clone() };
    shapes.iter().map(times).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_outline_of_the_issue() {
    let Some(gazette) = real() else { return };
    let mut outline = String::new();
    for document in &gazette.documents {
        outline += &format!("{}\n  {}\n  {}\n", document.number, shape(&document.body), shape(&document.foot));
        for part in &document.parts {
            outline += &format!("  {:?}: {}\n", part.kind, shape(&part.blocks));
        }
    }
    insta::assert_snapshot!(outline);
}
