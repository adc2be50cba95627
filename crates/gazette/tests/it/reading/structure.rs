//! How invented texts are read: titles, levels, joins, tables, rosters, annexes, encodings.

use gazette::model::{Block, BlockKind, Document, PartKind, TableKind};
use gazette::normal::normal;
use gazette::reading::{Profile, read, text};

use super::{blocks, gazette, joins, notice, read_notice};

/// The body as an indented outline.
fn outline(document: &Document) -> String {
    fn add(blocks: &[Block], depth: usize, out: &mut String) {
        for block in blocks {
            let what = block
                .table
                .as_ref()
                .map_or_else(|| block.text.clone(), |table| format!("{:?} {:?}", table.kind, table.rows));
            out.push_str(&format!("{}{:?}: {what}\n", "  ".repeat(depth), block.kind));
            add(&block.children, depth + 1, out);
        }
    }
    let mut out = String::new();
    add(&document.body, 0, &mut out);
    add(&document.foot, 0, &mut out);
    for part in &document.parts {
        out.push_str(&format!("{:?} {}\n", part.kind, part.title));
        add(&part.blocks, 1, &mut out);
    }
    out
}

#[test]
fn a_body_is_a_tree_of_its_headings() {
    let document = read_notice(
        "为修好桥梁，通知如下。\n\n一、目标\n\n年内修好。\n\n二、要求\n\n（一）质量\n\n1. 用料。用好料。\n(1)石料\n先验。\n\n2. 用工。\n\n（二）进度\n\n按月报告。\n\n特此通知",
    );
    insta::assert_snapshot!(outline(&document));
}

#[test]
fn an_instrument_with_its_annexes_follows_the_signature() {
    let text = notice("现印发给你们。")
        + "\n云溪县桥梁管理办法\n\n第一章 总 则\n\n第一条 桥梁要常修。\n\n第二章 附 则\n\n第二条 自印发之日起施行。\n\n附件：\n\n1. 桥梁名册\n2. 桥梁\n检查表\n\n附件1\n\n桥梁名册\n\n序号\t桥名\n1\t石桥\n\n附件2：\n\n桥梁检查表\n\n桥名\t\n检查人：\t年 月 日\n";
    let document = gazette(&text).documents.remove(0);
    insta::assert_snapshot!(outline(&document));
    let annexes: Vec<_> = document.attachments.iter().map(|annex| (annex.ordinal, annex.title(), annex.part)).collect();
    assert_eq!(annexes, [(Some(1), "桥梁名册", Some(1)), (Some(2), "桥梁检查表", Some(2))]);
}

#[test]
fn a_title_may_stand_on_several_lines() {
    let text = "云溪县人民政府\n\n关于印发《云溪县 2022 年桥梁\n\n管理办法》的通知\n\n云政发〔2022〕3 号\n\n各乡镇：\n\n现予印发。\n";
    let document = gazette(text).documents.remove(0);
    assert_eq!(document.title, "云溪县人民政府关于印发《云溪县2022年桥梁管理办法》的通知");
    assert_eq!(document.title_lines, ["云溪县人民政府", "关于印发《云溪县 2022 年桥梁", "管理办法》的通知"]);
    assert_eq!((document.issuer.as_str(), document.kind.as_deref()), ("云溪县人民政府", Some("通知")));
    assert_eq!(document.group.as_deref(), Some("县政府文件"));
}

#[test]
fn a_county_without_a_profile_is_read_too() {
    let text = "某省人民政府关于修路的意见\n\n某政发〔2021〕8号\n\n各市：\n\n修好路。\n\n某省人民政府\n2021年5月1日\n";
    let gazette = read(text.as_bytes(), &Profile::default()).unwrap();
    let document = &gazette.documents[0];
    assert_eq!((document.issuer.as_str(), document.kind.as_deref()), ("某省人民政府", Some("意见")));
    assert_eq!(document.signature.issuer.as_deref(), Some("某省人民政府"));
}

#[test]
fn a_number_in_a_sentence_is_a_citation() {
    let document = read_notice("根据《关于修桥的意见》（晋政办发〔2020〕115号）和省交发[2021]7号文件，通知如下。");
    let cites: Vec<String> = document.cites.iter().map(|cite| cite.number.to_string()).collect();
    assert_eq!(cites, ["晋政办发〔2020〕115号", "省交发〔2021〕7号"]);
}

/// Two runs of lines and the rule that joins them, if one does.
fn check_join(a: &str, b: &str, rule: Option<&str>) {
    let gazette = gazette(&notice(&format!("{a}\n\n{b}")));
    let joined = joins(&gazette);
    assert_eq!(joined.first().map(|(_, rule)| *rule), rule, "{a} / {b}");
}

#[test]
fn runs_are_joined_by_rule() {
    check_join("各乡镇要尽快", "修好桥梁。", Some("J8"));
    check_join("各乡镇（含街道", "）要尽快修好。", Some("J2"));
    check_join("（含街道。", "）要尽快修好。", Some("J2"));
    check_join("各乡镇要尽快修好。", "各单位要支持。", None);
    check_join("各乡镇要修好（限年内）", "各单位要支持。", None);
    check_join("各乡镇要尽快", "一、目标", None);
    check_join("各乡镇要尽快", "（一）目标", None);
    check_join("各乡镇要尽快", "附件1：名册", None);
    check_join("各乡镇要尽快", "特此通知", None);
    check_join("桥梁管理工作领导小组", "各单位要支持。", None);
    check_join("一、工作目标", "各单位要支持。", None);
    check_join("组 长：甲乙丙 交通局局长", "各单位要支持。", None);
    check_join("各乡镇要尽快", "甲乙丙 交通局局长", None);
    check_join("填报人：", "各单位要支持。", None);
    check_join("桥名\t限重", "各单位要支持。", None);
}

#[test]
fn a_heading_is_told_from_a_cut_item_by_its_siblings() {
    check_join("（一）质量\n\n要好。\n\n（二）进度", "要快。", None);
    check_join("（一）质量要好；\n\n（二）进度要", "快；\n\n（三）花费要省。", Some("J7"));
    check_join(
        "（一）各乡镇要按照全县桥梁养护管理工作的统一部署和要求切实抓好本辖区内所有桥梁的日常",
        "养护。",
        Some("J6"),
    );
}

#[test]
fn a_responsibility_note_belongs_to_the_text_above() {
    let document = read_notice("一、修桥\n\n年内修好。\n\n（责任单位：交通局）");
    assert_eq!(document.body[0].children[1].kind, BlockKind::Responsibility);
}

/// Kind, header, rows and printed parts of the first table of a body.
fn check_table(body: &str, kind: TableKind, header: usize, rows: &[&[&str]], parts: u32) {
    let document = read_notice(body);
    let table = blocks(&document).into_iter().find_map(|block| block.table.as_ref()).unwrap();
    assert_eq!((table.kind, table.header.len(), table.page_parts), (kind, header, parts), "{body}");
    assert_eq!(table.rows, rows, "{body}");
}

#[test]
fn tables_of_each_kind() {
    check_table("序号\t桥名\n1\t石桥\n2\t木桥", TableKind::Grid, 1, &[&["1", "石桥"], &["2", "木桥"]], 1);
    check_table("序号\t桥名\n1\t石桥\n\n序号\t桥名\n2\t木桥", TableKind::Grid, 1, &[&["1", "石桥"], &["2", "木桥"]], 2);
    check_table("序号\t桥名\t金额\t\n\t\t省\t县\n1\t石桥\t2\t3", TableKind::Grid, 2, &[&["1", "石桥", "2", "3"]], 1);
    check_table("| 序号 | 桥名 |\n|---|---|\n| 1 | 石\n桥 |", TableKind::Grid, 1, &[&["1", "石桥"]], 1);
    check_table("桥名\t\n检查人：\t年 月 日", TableKind::Form, 0, &[&["桥名", ""], &["检查人：", "年 月 日"]], 1);
    check_table(
        "桥名\t限重\n石桥\t<p>$\\leq 5\\text{t}$</p> <p>缓行</p>",
        TableKind::Grid,
        1,
        &[&["石桥", "≤5 t\n缓行"]],
        1,
    );
}

#[test]
fn rosters_of_each_layout() {
    let rows: &[&[&str]] =
        &[&["组长", "甲乙丙", "副县长"], &["成员", "丁戊", "交通局局长"], &["成员", "己庚", "水利局局长"]];
    check_table("组 长：甲乙丙 副县长\n成 员：丁 戊 交通局局长\n己 庚 水利局局长", TableKind::Roster, 0, rows, 1);
    check_table(
        "- 组 长: 甲乙丙 副县长\n- 成 员: 丁 戊 交通局\n局长\n\n己 庚 水利局局长",
        TableKind::Roster,
        0,
        rows,
        1,
    );
    check_table(
        "组 长：\t甲乙丙\t副县长\n成 员：\t丁 戊\t交通局局长\n\n\t己 庚\t水利局局长",
        TableKind::Roster,
        0,
        rows,
        2,
    );
    check_table(
        "| 组 长：甲乙丙 | 副县长 |\n| 成 员：丁 戊 | 交通局\n局长 |\n\n| 己 庚 | 水利局局长 |",
        TableKind::Roster,
        0,
        rows,
        2,
    );
    check_table(
        "组 长：甲乙丙\t副县长\t己庚\t水利局\n成 员：丁戊\t交通局局长\t\t局长",
        TableKind::ColumnFlow,
        0,
        rows,
        1,
    );
}

#[test]
fn what_the_right_column_begins_with_ends_the_left_one() {
    let rows: &[&[&str]] =
        &[&["组长", "甲乙丙", "副县长"], &["成员", "丁戊己", "监管组副组长"], &["成员", "庚辛壬", "水利局局长"]];
    check_table(
        "组 长：\t甲乙丙\t副县长\t组长\t庚辛壬\t水利局局长\n成 员：\t丁戊己\t监管组副\t\t\t",
        TableKind::ColumnFlow,
        0,
        rows,
        1,
    );
}

#[test]
fn names_without_posts_and_units_without_names() {
    check_table(
        "项目技术组：甲乙丙 丁戊\n己庚辛",
        TableKind::Roster,
        0,
        &[&["项目技术组", "甲乙丙", ""], &["项目技术组", "丁戊", ""], &["项目技术组", "己庚辛", ""]],
        1,
    );
    check_table("成 员：交通局、水利局和各乡镇", TableKind::Roster, 0, &[&["成员", "", "交通局、水利局和各乡镇"]], 1);
}

#[test]
fn tabs_that_indent_make_no_table() {
    let document = read_notice("\t各乡镇要修好。\n\t各单位要支持。");
    assert!(document.body.iter().all(|block| block.kind == BlockKind::Paragraph && block.table.is_none()));
}

#[test]
fn a_sheet_and_an_annex_stand_behind_the_mark() {
    let text = notice("请予审议") + "\n甲乙丙同志简介\n\n甲乙丙，云溪县人。\n\n附件\n\n名册\n\n无。\n";
    let kinds: Vec<PartKind> = gazette(&text).documents[0].parts.iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [PartKind::Sheet, PartKind::Annex { ordinal: None }]);
}

#[test]
fn encodings_are_recognised() {
    let notice = notice("请修好。");
    let (gb18030, ..) = encoding(&notice);
    let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(notice.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let marked = format!("\u{feff}{notice}").into_bytes();
    let windows = notice.replace('\n', "\r\n").into_bytes();
    for bytes in [gb18030, utf16, marked, windows] {
        assert_eq!(text(&bytes).as_deref(), Ok(notice.as_str()));
        let gazette = read(&bytes, &super::profile()).unwrap();
        assert_eq!(gazette.documents.len(), 1);
        assert_eq!(gazette.repairs.len(), 1, "says how it was decoded");
    }
}

fn encoding(text: &str) -> (Vec<u8>, bool) {
    let (bytes, _, lossy) = encoding_rs::GB18030.encode(text);
    (bytes.into_owned(), lossy)
}

#[test]
fn what_is_no_text_is_refused() {
    for bytes in [
        b"%PDF-1.7 ...".as_slice(),
        b"PK\x03\x04....",
        b"\xd0\xcf\x11\xe0\xa1\xb1",
        &[0; 64],
        &[0x81, 0xff, 0xff, 0x30],
        &[7; 64],
    ] {
        let refusal = read(bytes, &Profile::default()).unwrap_err();
        assert!(refusal.to_string().starts_with("GZ-E01 "), "{refusal}");
    }
}

#[test]
fn a_profile_says_where_it_is_wrong() {
    for (row, line) in [("flag,x,,", 2), ("series,云政发,,", 2), ("name,,,", 2), ("name,x", 2)] {
        let fault = Profile::from_csv(&format!("kind,value,issuer,group\n{row}\n")).unwrap_err();
        assert_eq!(fault.line, line, "{row}: {fault}");
    }
}

#[test]
fn gz_4_10_the_normal_form_is_for_search_only() {
    for (print, expected) in [
        ("2022 年 3 月", "2022年3月"),
        ("中 阳 县", "中阳县"),
        ("PDT 窄带", "PDT 窄带"),
        ("要求:快,好;省", "要求：快，好；省"),
        ("比例5:3:2", "比例5:3:2"),
        ("12:00 前", "12:00前"),
        ("(一)镇(乡)", "（一）镇（乡）"),
        ("(附件1)。", "（附件1）。"),
        ("f(x)", "f(x)"),
        ("吕建发[2021]2 号", "吕建发〔2021〕2号"),
        ("a[2021]b", "a[2021]b"),
        ("[20", "[20"),
        ("以後", "以后"),
    ] {
        assert_eq!(normal(print), expected, "{print}");
    }
    let text = "各镇(乡)要办好,办快。";
    let document = read_notice(text);
    assert_eq!(document.body[0].text, text, "the print is kept");
}
