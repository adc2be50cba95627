//! Documents in the layout of GB/T 9704-2012, read back from their PDF.

use gazette::model::{Document, PartKind};
use gazette::official::{self, Error, Form, Options, Punctuation};
use jiff::civil::date;

use crate::documents::{self, bill, letter, long_table, long_text, measures, notice, reply, report};
use crate::fonts::typesetter;
use crate::pdf::{Pdf, in_order};

fn options() -> Options {
    Options {
        copies_to: Some("县委各部门，县人大常委会办公室，县政协办公室，县法院，县检察院。".to_owned()),
        printed_by: Some(documents::OFFICE.to_owned()),
        printed_on: Some(date(2022, 1, 21)),
        permalink: Some("https://gongbao.example.cn/gazette/documents/example/2022/1".to_owned()),
        ..Options::new(date(2022, 1, 20))
    }
}

/// A notice that leaves room for its imprint on the first page.
fn short() -> Document {
    documents::document(documents::OFFICE, "示政办发〔2022〕7号", "关于示例事项的", "通知")
}

/// The PDF of a document, or nothing where the fonts are missing.
fn print(document: &Document, options: &Options) -> Option<Pdf> {
    let bytes = official::pdf(typesetter()?, document, options).expect("the document can be printed");
    Some(Pdf::new(&format!("official-{}-{}", document.kind.as_deref().unwrap_or("-"), document.number.serial), &bytes))
}

/// Prints a document and compares how many pages it has and what follows what in it.
#[track_caller]
fn check(document: &Document, options: &Options, pages: usize, texts: &[&str]) {
    let Some(found) = print(document, options).and_then(|pdf| pdf.pages()) else { return };
    assert_eq!(found.len(), pages, "{found:#?}");
    in_order(&found, texts);
}

#[test]
fn a_notice_has_all_parts_in_their_order() {
    check(
        &notice(),
        &options(),
        2,
        &[
            "示例县人民政府办公室文件",
            "示政办发〔2022〕1号",
            "示例县人民政府办公室",
            "关于做好示例事项办理工作的通知",
            "各乡镇人民政府、县直各有关单位：",
            "为规范示例事项的办理",
            "一、总体要求",
            "（一）明确责任。",
            "（责任单位：县住建局）",
            "（二）工作步骤",
            "1.摸底阶段。",
            "特此通知。",
            "示例县人民政府办公室",
            "2022年1月20日",
            "（此件公开发布）",
            "扫码查阅",
            "抄送：县委各部门",
            "县检察院。",
            "示例县人民政府办公室",
            "2022年1月21日印发",
        ],
    );
}

#[test]
fn a_report_keeps_room_for_its_signer() {
    check(
        &report(),
        &options(),
        2,
        &["示例县人民政府文件", "示政函〔2022〕5号", "签发人：", "关于示例工作完成情况的报告"],
    );
    let signed = Options { signers: vec!["王示例".to_owned()], ..options() };
    check(&report(), &signed, 2, &["签发人：", "王示例", "示例市人民政府："]);
}

#[test]
fn a_bill_is_signed_by_the_holder_of_a_post_and_carries_its_sheet() {
    check(
        &bill(),
        &options(),
        2,
        &["请予审议。", "县长：", "示例县人民政府", "2022年1月20日", "王示例同志简介", "大学学历"],
    );
}

#[test]
fn a_letter_has_neither_the_word_document_nor_a_printing_office() {
    for document in [reply(), letter()] {
        let Some(pages) = print(&document, &options()).and_then(|pdf| pdf.pages()) else { return };
        assert_eq!(pages.len(), 1, "{pages:#?}");
        in_order(&pages, &["示例县人民政府", "示政函〔2022〕", "号", "抄送：县委各部门"]);
        let [page] = &pages[..] else { unreachable!("one page was asserted") };
        for absent in ["文件", "印发", "—1—"] {
            assert!(!page.contains(absent), "`{absent}` does not belong on {page}");
        }
    }
}

#[test]
fn the_form_follows_kind_and_series() {
    let forms = [notice(), report(), bill(), reply(), letter(), measures()].map(|document| Form::of(&document));
    assert_eq!(forms, [Form::General, Form::General, Form::General, Form::Letter, Form::Letter, Form::General]);
}

#[test]
fn measures_and_annexes_begin_on_new_pages() {
    let Some(pdf) = print(&measures(), &options()) else { return };
    let Some(pages) = pdf.pages() else { return };
    in_order(
        &pages,
        &["实施办法（试行）》的通知", "—1—", "第一章　总则", "第一条", "（一）符合规划的；", "附件：", "1.", "申请表"],
    );
    let starts = ["示例县人民政府办公室文件", "第一章", "附件1示例事项申请表", "附件2示例事项分工表"];
    let found = starts.map(|start| pages.iter().position(|page| page.contains(start)).expect("a page with each part"));
    assert_eq!(found, [0, 1, 2, 3]);
    // The wide table lies on its side; the pages around it stand upright.
    let Some(facts) = pdf.facts(&["-f", "3", "-l", "4"]) else { return };
    assert!(facts.contains("Page    3 size:  595.276 x 841.89 pts"), "{facts}");
    assert!(facts.contains("Page    4 size:  841.89 x 595.276 pts"), "{facts}");
}

#[test]
fn a_long_table_repeats_its_head_on_every_page() {
    let Some(pages) = print(&long_table(300), &options()).and_then(|pdf| pdf.pages()) else { return };
    let with_rows: Vec<&String> = pages.iter().filter(|page| page.contains("示例项目第")).collect();
    assert!(with_rows.len() > 5, "300 rows need many pages");
    assert!(with_rows.iter().all(|page| page.contains("金额（万元）")), "{with_rows:#?}");
    in_order(&pages, &["示例项目第1号", "示例项目第299号", "示例项目第300号"]);
}

#[test]
fn forty_pages_are_numbered_to_the_last() {
    let Some(pages) = print(&long_text(140), &options()).and_then(|pdf| pdf.pages()) else { return };
    assert!(pages.len() >= 38, "{} pages", pages.len());
    for (place, page) in pages.iter().enumerate().take(pages.len() - 1) {
        assert!(page.ends_with(&format!("—{}—", place + 1)), "page {}: {page}", place + 1);
    }
}

#[test]
fn a_full_page_has_22_lines_of_28_characters() {
    let mut unbroken = notice();
    unbroken.body = vec![documents::text(&"字".repeat(3 * 22 * 28))];
    let Some(pages) = print(&unbroken, &options()).and_then(|pdf| pdf.pages()) else { return };
    assert_eq!(pages[1].trim_end_matches("—2—").chars().count(), 22 * 28);
}

#[test]
fn the_imprint_of_a_sheet_printed_on_both_sides_stands_on_an_even_page() {
    for paragraphs in 1..8 {
        let Some(pages) = print(&long_text(paragraphs), &options()).and_then(|pdf| pdf.pages()) else { return };
        assert_eq!(pages.len() % 2, 0, "{paragraphs} paragraphs: {pages:#?}");
        assert!(pages.last().expect("a page").contains("抄送"), "{pages:#?}");
    }
    let plain = Options { duplex: false, permalink: None, copies_to: None, ..options() };
    check(&short(), &plain, 1, &["（此件公开发布）", "印发"]);
}

#[test]
fn an_imprint_by_itself_has_no_page_number() {
    let Some(pages) = print(&short(), &options()).and_then(|pdf| pdf.pages()) else { return };
    assert!(pages[0].ends_with("—1—"), "{pages:#?}");
    assert!(!pages[1].contains('—'), "{pages:#?}");
}

#[test]
fn a_pdf_is_tagged_and_says_what_it_is() {
    let Some(pdf) = print(&measures(), &options()) else { return };
    let Some(facts) = pdf.facts(&[]) else { return };
    for fact in [
        "Tagged:          yes",
        "Title:           示例县人民政府办公室关于印发",
        "Author:          示例县人民政府办公室",
    ] {
        assert!(facts.contains(fact), "`{fact}` is missing in {facts}");
    }
    let structure = pdf.facts(&["-struct-text"]).unwrap_or_default();
    for tag in ["H1", "H2", "Table", "TH", "TD", "Figure"] {
        assert!(structure.contains(tag), "{tag} is missing in {structure}");
    }
    let fonts = pdf.fonts().unwrap_or_default();
    // The columns end with: embedded, subset, has Unicode, object number.
    assert!(!fonts.is_empty() && fonts.iter().all(|font| font.contains("yes yes yes")), "{fonts:#?}");
}

#[test]
fn the_same_document_gives_the_same_bytes() {
    let Some(typesetter) = typesetter() else { return };
    let [one, other] = [(); 2].map(|()| official::pdf(typesetter, &measures(), &options()).unwrap());
    assert!(one == other);
}

#[test]
fn stamps_and_joint_issuers_have_their_places() {
    let joint = Options {
        copy_number: Some(12),
        secrecy: Some("机密★1年".to_owned()),
        urgency: Some("特急".to_owned()),
        joint_issuers: vec!["样例县人民政府".to_owned()],
        ..options()
    };
    check(
        &report(),
        &joint,
        2,
        &["000012", "机密★1年", "特急", "示例县人民政府", "样例县人民政府", "关于示例工作完成情况的报告"],
    );
}

#[test]
fn rare_characters_are_printed_and_absent_ones_are_named() {
    let mut rare = notice();
    rare.body.push(documents::text("经办人：㐂𠮷。"));
    check(&rare, &options(), 2, &["㐂𠮷"]);
    let Some(typesetter) = typesetter() else { return };
    rare.body.push(documents::text("\u{e000}"));
    let error = official::pdf(typesetter, &rare, &options()).unwrap_err();
    assert_eq!(error, Error::MissingCharacters(vec!['\u{e000}']));
    assert!(error.to_string().contains("U+E000"), "{error}");
}

#[test]
fn a_very_long_title_is_broken_into_lines() {
    let mut long = notice();
    long.title = format!("{}关于{}的通知", documents::OFFICE, "进一步加强示例事项办理".repeat(12));
    let Some(pages) = print(&long, &options()).and_then(|pdf| pdf.pages()) else { return };
    in_order(&pages, &[&long.title, "各乡镇人民政府"]);
}

#[test]
fn half_width_marks_stay_unless_asked() {
    let mut recovered = notice();
    recovered.body = vec![documents::text("各乡镇,各单位:示例(试行)。")];
    check(&recovered, &options(), 2, &["各乡镇,各单位:示例(试行)。"]);
    let full = Options { punctuation: Punctuation::FullWidth, ..options() };
    check(&recovered, &full, 2, &["各乡镇，各单位：示例（试行）。"]);
}

#[test]
fn a_document_without_title_or_issuer_is_refused() {
    let Some(typesetter) = typesetter() else { return };
    let untitled = Document { title: " ".to_owned(), ..notice() };
    let nobodys = Document { issuer: String::new(), ..notice() };
    for (document, zh) in [(untitled, "标题"), (nobodys, "发文机关")] {
        let error = official::pdf(typesetter, &document, &options()).unwrap_err().to_string();
        assert!(error.contains(zh) && error.contains("示政办发〔2022〕1号"), "{error}");
    }
}

#[test]
fn what_is_barely_there_can_be_printed() {
    let mut bare = notice();
    bare.body.clear();
    bare.foot.clear();
    bare.addressees.clear();
    bare.signed_on = None;
    bare.public_mark = None;
    bare.kind = None;
    let mut empty_part = measures().parts.remove(1);
    empty_part.blocks = vec![documents::table(gazette::model::TableKind::Grid, &[], Vec::new())];
    empty_part.title.clear();
    empty_part.kind = PartKind::Annex { ordinal: None };
    bare.parts = vec![empty_part];
    check(&bare, &Options::new(date(2022, 1, 20)), 2, &["示例县人民政府办公室文件", "年", "月", "日", "附件"]);
}
