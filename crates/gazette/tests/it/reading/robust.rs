//! No input makes reading panic, lose a line, or write XML that is not well formed.
//!
//! `tests/fuzz gazette` runs them for as long as one likes.

use gazette::formats::{akn, json, markdown, text};
use gazette::model::{Block, Code, Gazette, walk};
use gazette::normal::normal;
use gazette::reading::{self, Profile, read};

use super::formats::{check_akn, expected, sample};
use super::profile;

/// Reads bytes, and if they can be read, checks everything that must hold of any text.
fn hold(bytes: &[u8], profile: &Profile) {
    let Ok(source) = reading::text(bytes) else {
        assert!(read(bytes, profile).is_err());
        return;
    };
    let gazette = read(bytes, profile).unwrap();
    assert_eq!(lines(&gazette), not_blank(&source), "each line lies in one block, in order");
    assert_eq!(text(&gazette), expected(&source, &gazette));
    check_akn(&akn(&gazette));
    assert!(json(&gazette).is_object());
    assert!(markdown(&gazette).starts_with("# "));
    let marks = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    assert_eq!(marks(&normal(&source)), marks(&source), "a normal form drops nothing but blanks");
    for line in gazette.repairs.iter().map(|repair| repair.line).chain(gazette.doubts.iter().map(|doubt| doubt.line)) {
        assert!((1..=gazette.line_count).contains(&line), "a finding has a line of the text");
    }
}

fn lines(gazette: &Gazette) -> Vec<u32> {
    let mut lines = Vec::new();
    let mut visit = |block: &Block| lines.extend(block.pieces.iter().map(|piece| piece.line));
    walk(&gazette.front, &mut visit);
    gazette.documents.iter().for_each(|document| document.walk(&mut visit));
    walk(&gazette.back, &mut visit);
    lines
}

fn not_blank(source: &str) -> Vec<u32> {
    (1..).zip(source.split('\n')).filter(|(_, line)| !line.trim().is_empty()).map(|(number, _)| number).collect()
}

#[test]
fn no_bytes_break_reading() {
    let bytes = bolero::produce::<Vec<u8>>().with().len(0..4_000_usize);
    bolero::check!().with_iterations(400).with_generator(bytes).for_each(|bytes| hold(bytes, &profile()));
}

/// What gazettes are made of, in any order.
const PIECES: [&str; 52] = [
    "\n",
    "\n\n",
    "\n",
    " ",
    "\t",
    "|",
    "- ",
    "- | ",
    "一、",
    "（二）",
    "(3)",
    "4. ",
    "第五章 ",
    "第六条 ",
    "附件",
    "附件1：",
    "附件：",
    "云溪县人民政府关于修桥的通知",
    "云溪县人民政府",
    "云溪县人民政府办公室",
    "云政发〔2022〕1号",
    "云政办发〔2022〕02 号",
    "某政发[22]3号",
    "各乡镇：",
    "各乡镇要修好桥梁",
    "。",
    "；",
    "，",
    "（",
    "）",
    "(",
    ")",
    "《",
    "》",
    "组 长：",
    "成 员：",
    "甲乙丙",
    "丁 戊 交通局局长",
    "13900000000",
    "2022年3月1日",
    "2022年2月30日",
    "（此件公开发布）",
    "特此通知",
    "县长：",
    "目录",
    "<p>",
    "</p>",
    "$",
    "合计",
    "1.5",
    "共计3万元",
    "\u{c}",
];

#[test]
fn no_arrangement_of_a_gazettes_pieces_breaks_reading() {
    let choices = bolero::produce::<Vec<u8>>().with().len(0..400_usize);
    bolero::check!().with_generator(choices).with_iterations(400).for_each(|choices| {
        let text: String = choices.iter().map(|choice| PIECES[usize::from(*choice) % PIECES.len()]).collect();
        hold(text.as_bytes(), &profile());
        hold(text.as_bytes(), &Profile::default());
    });
}

#[test]
fn a_gazette_with_a_line_missing_or_cut_off_is_read() {
    let sample = sample();
    let lines: Vec<&str> = sample.lines().collect();
    for at in 0..lines.len() {
        let missing: Vec<&str> =
            lines.iter().enumerate().filter(|(line, _)| *line != at).map(|(_, line)| *line).collect();
        hold(missing.join("\n").as_bytes(), &profile());
        hold(lines[..at].join("\n").as_bytes(), &profile());
    }
}

/// Texts that make a careless reader take quadratic time: each must be read in time that tests do not notice.
#[test]
fn hostile_shapes_are_read_in_linear_time() {
    const TIMES: usize = 6_000;
    let wide = format!("{}\n", "甲\t".repeat(TIMES));
    for body in [
        "（".repeat(TIMES),
        "（一）\n\n".repeat(TIMES),
        "云政发〔2022〕1号\n\n".repeat(TIMES),
        "附件1：\n\n".repeat(TIMES),
        "附件1：甲\n\n".repeat(TIMES),
        "甲，\n\n".repeat(TIMES),
        "组 长：甲乙丙 局长\n".repeat(TIMES),
        "序号\t名称\n\n".repeat(TIMES),
        "见附件1，".repeat(TIMES),
        "〔〔〔〔".repeat(TIMES),
        "$".repeat(TIMES),
        "日前底前".repeat(TIMES),
        wide.clone() + &"甲\t乙\n".repeat(TIMES),
        "\n".repeat(TIMES * 10),
    ] {
        let gazette = read(super::notice(&body).as_bytes(), &profile()).unwrap();
        assert!(gazette.line_count > 0);
    }
}

#[test]
fn what_is_no_gazette_is_said_to_be_none() {
    for text in [
        "",
        "\n \n\t\n",
        "红烧豆腐\n\n一、豆腐两块\n二、酱油少许\n（一）先煎\n（二）后炖\n",
        "<!doctype html><html><body><table><tr><td>1</td></tr></table></body></html>",
        "编号,名称\n1,甲\n2,乙\n",
        "{\"a\": [1, 2, {\"b\": null}]}",
        "fn main() {\n    println!(\"你好\");\n}\n",
        &"没有换行的一行，".repeat(20_000),
    ] {
        let gazette = read(text.as_bytes(), &profile()).unwrap();
        assert!(gazette.documents.is_empty());
        let doubts: Vec<_> = gazette.doubts.iter().map(|doubt| (doubt.code, doubt.line)).collect();
        assert_eq!(doubts, [(Code::E01, 1)], "{}", &text[..text.len().min(30)]);
        hold(text.as_bytes(), &profile());
    }
}

#[test]
fn a_file_beyond_the_bound_is_refused_before_it_is_read() {
    let refusal = read(&vec![b'a'; reading::BYTES_MAX + 1], &profile()).unwrap_err();
    assert!(refusal.to_string().contains("128 MiB"), "{refusal}");
}

#[test]
fn nesting_has_an_end() {
    let round = "第一章 总则\n第一条 修桥。\n一、修桥\n（一）修桥\n1.修桥\n（1）修桥\n①修桥\na.修桥\n";
    let gazette = read(super::notice(&round.repeat(200)).as_bytes(), &profile()).unwrap();
    fn depth(block: &Block) -> usize {
        1 + block.children.iter().map(depth).max().unwrap_or(0)
    }
    let document = &gazette.documents[0];
    let parts = document.parts.iter().flat_map(|part| &part.blocks);
    let deepest = document.body.iter().chain(&document.foot).chain(parts).map(depth).max();
    assert!(deepest.is_some_and(|deepest| (3..=7).contains(&deepest)), "{deepest:?}");
    hold(super::notice(&round.repeat(20)).as_bytes(), &profile());
}

#[test]
fn thousands_of_tables_are_read_each_for_itself() {
    const TABLES: usize = 3_000;
    let tables: String = (1..=TABLES).map(|n| format!("表{n}如下。\n\n序号\t名称\n1\t甲{n}\n2\t乙{n}\n\n")).collect();
    let gazette = read(super::notice(&tables).as_bytes(), &profile()).unwrap();
    let mut found = 0;
    gazette.documents[0].walk(&mut |block| found += usize::from(block.table.is_some()));
    assert_eq!(found, TABLES);
}
