//! Invented documents of every kind, for print.

use gazette::model::{
    Attachment, Block, BlockKind, Document, Gazette, Issue, Level, Lines, Member, Part, PartKind, Piece, PublicMark,
    Signature, Table, TableKind,
};
use jiff::civil::date;

pub const OFFICE: &str = "示例县人民政府办公室";
pub const GOVERNMENT: &str = "示例县人民政府";
const SENTENCE: &str = "各乡镇、各有关单位要按照本通知要求逐项落实，建立台账，按月报告进度。";

pub fn block(kind: BlockKind, text: &str) -> Block {
    Block::new(kind, vec![Piece { line: 1, text: text.to_owned() }])
}

pub fn text(text: &str) -> Block {
    block(BlockKind::Paragraph, text)
}

pub fn heading(level: Level, text: &str, children: Vec<Block>) -> Block {
    Block { children, ..block(BlockKind::Heading(level), text) }
}

pub fn table(kind: TableKind, header: &[&str], rows: Vec<Vec<String>>) -> Block {
    let header: Vec<Vec<String>> = if header.is_empty() { Vec::new() } else { vec![owned(header)] };
    let table =
        Table { kind, header, rows, members: Vec::new(), page_parts: 1, cut_cells: Vec::new(), notes: Vec::new() };
    Block { table: Some(table), ..block(BlockKind::Table, "") }
}

pub fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn roster(members: &[(&str, &str, &str)]) -> Block {
    let members = members
        .iter()
        .map(|(role, name, post)| Member {
            role: Some((*role).to_owned()),
            name: (*name).to_owned(),
            post: (*post).to_owned(),
            contact: None,
            line: 1,
        })
        .collect();
    let mut block = table(TableKind::Roster, &[], Vec::new());
    block.table.as_mut().expect("a table was made").members = members;
    block
}

/// A document with a text of one paragraph, signed and public.
pub fn document(issuer: &str, number: &str, subject: &str, kind: &str) -> Document {
    Document {
        number: number.parse().expect("a document number"),
        title: format!("{issuer}{subject}{kind}"),
        title_lines: Vec::new(),
        kind: Some(kind.to_owned()),
        issuer: issuer.to_owned(),
        group: None,
        addressees: vec!["各乡镇人民政府".to_owned(), "县直各有关单位".to_owned()],
        signed_on: Some(date(2022, 1, 20)),
        signature: Signature { issuer: Some(issuer.to_owned()), ..Signature::default() },
        public_mark: Some(PublicMark { line: 1, full_width: true }),
        listed: true,
        page: None,
        cites: Vec::new(),
        head: Vec::new(),
        body: vec![text("经县人民政府研究，现将有关事项通知如下。")],
        foot: Vec::new(),
        parts: Vec::new(),
        attachments: Vec::new(),
        lines: Lines { first: 1, last: 1 },
    }
}

/// A notice of one page with levels, a responsibility and a closing formula.
pub fn notice() -> Document {
    let two = heading(Level::Two, "（一）明确责任。各单位要在2022年3月15日前建立台账。", Vec::new());
    let three = heading(Level::Three, "1.摸底阶段。自印发之日起5个工作日内完成。", Vec::new());
    let steps = heading(Level::Two, "（二）工作步骤", vec![three]);
    let one = heading(
        Level::One,
        "一、总体要求",
        vec![two, block(BlockKind::Responsibility, "（责任单位：县住建局）"), steps],
    );
    Document {
        body: vec![text("为规范示例事项的办理，现就有关事项通知如下。"), one],
        foot: vec![block(BlockKind::Closing, "特此通知。")],
        ..document(OFFICE, "示政办发〔2022〕1号", "关于做好示例事项办理工作的", "通知")
    }
}

/// A report to a higher body.
pub fn report() -> Document {
    Document {
        addressees: vec!["示例市人民政府".to_owned()],
        body: vec![text("现将示例工作完成情况报告如下。"), text(SENTENCE)],
        ..document(GOVERNMENT, "示政函〔2022〕5号", "关于示例工作完成情况的", "报告")
    }
}

/// A bill that the county head signs in person, with a biographical sheet.
pub fn bill() -> Document {
    let mut bill = document(GOVERNMENT, "示政函〔2022〕8号", "关于提请王示例同志职务任免的", "议案");
    bill.addressees = vec!["县人大常委会".to_owned()];
    bill.foot = vec![block(BlockKind::Closing, "请予审议。")];
    bill.signature.post = Some("县长".to_owned());
    bill.parts = vec![part(PartKind::Sheet, "王示例同志简介", vec![text("王示例，大学学历。")])];
    bill
}

/// A reply in the form of a letter.
pub fn reply() -> Document {
    Document {
        addressees: vec!["县示例联合会".to_owned()],
        body: vec![text("你会《关于示例任职的请示》收悉。经研究，同意王示例同志任示例联合会理事长。")],
        foot: vec![block(BlockKind::Closing, "此复。")],
        ..document(GOVERNMENT, "示政函〔2022〕9号", "关于同意王示例同志任职的", "批复")
    }
}

/// A letter to a body of the same rank.
pub fn letter() -> Document {
    Document {
        addressees: vec!["样例县人民政府".to_owned()],
        ..document(GOVERNMENT, "示政函〔2022〕10号", "关于商请示例事项的", "函")
    }
}

/// A notice that promulgates measures with chapters, articles and annexes: a form, a narrow table, a wide one, a roster.
pub fn measures() -> Document {
    let entry = |title: &str| block(BlockKind::AnnexEntry, title);
    let mut measures =
        document(OFFICE, "示政办发〔2022〕2号", "关于印发《示例县农村示例事项审批管理实施办法（试行）》的", "通知");
    let articles = vec![
        heading(Level::Article, "第一条 为了规范示例事项，制定本办法。", Vec::new()),
        heading(
            Level::Article,
            "第二条 本办法所称示例事项，是指下列事项：",
            vec![
                heading(Level::Two, "（一）符合规划的；", Vec::new()),
                heading(Level::Two, "（二）其他事项。", Vec::new()),
            ],
        ),
    ];
    let instrument = vec![heading(Level::Chapter, "第一章 总则", articles), entry("附件：1.申请表"), entry("2.分工表")];
    let form = table(TableKind::Form, &[], vec![owned(&["姓名", "", "性别", ""]), owned(&["住址", "", "", ""])]);
    measures.parts = vec![
        part(PartKind::Instrument, "示例县农村示例事项审批管理实施办法（试行）", instrument),
        part(PartKind::Annex { ordinal: Some(1) }, "示例事项申请表", vec![form]),
        part(PartKind::Annex { ordinal: Some(2) }, "示例事项分工表", vec![wide_table(12), leaders()]),
    ];
    measures.attachments = vec![annex(1, "示例事项申请表", 1), annex(2, "示例事项分工表", 2)];
    measures
}

fn leaders() -> Block {
    roster(&[("组长", "王示例", "副县长"), ("成员", "李样", "县住建局局长"), ("成员", "欧阳例子", "县水利局局长")])
}

/// A table of eleven columns, which does not fit a page upright.
pub fn wide_table(rows: usize) -> Block {
    let header = [
        "序号",
        "行业类别",
        "单位名称",
        "黄色预警措施",
        "橙色预警措施",
        "红色预警措施",
        "牵头单位",
        "监管责任人",
        "核查方式",
        "完成时限",
        "备注说明",
    ];
    let row = |row: usize| {
        let mut cells = vec![row.to_string()];
        cells.extend(owned(&["焦化行业", "示例县某某有限公司", "延长出焦时间至二十八小时，停止厂内运输"]));
        cells.extend(owned(&["延长出焦时间至三十六小时", "停产并留人值守", "县生态环境局", "分管负责人", "现场核查"]));
        cells.extend(owned(&["预警解除之前", ""]));
        cells
    };
    table(TableKind::Grid, &header, (1..=rows).map(row).collect())
}

/// A notice with a table of some rows in its annex.
pub fn long_table(rows: usize) -> Document {
    let row = |row: usize| vec![row.to_string(), format!("示例项目第{row}号"), "12.50".to_owned(), String::new()];
    let body = table(TableKind::Grid, &["序号", "项目名称", "金额（万元）", "备注"], (1..=rows).map(row).collect());
    let mut notice = notice();
    notice.number.serial = 3;
    notice.foot.insert(0, block(BlockKind::AnnexEntry, "附件：示例项目表"));
    notice.attachments = vec![Attachment { ordinal: None, ..annex(1, "示例项目表", 0) }];
    notice.parts = vec![part(PartKind::Annex { ordinal: None }, "示例项目表", vec![body])];
    notice
}

/// A notice of some paragraphs.
pub fn long_text(paragraphs: usize) -> Document {
    let paragraph = |place: usize| text(&format!("{}{}", place + 1, SENTENCE.repeat(5)));
    let mut notice = notice();
    notice.number.serial = 4;
    notice.body = (0..paragraphs).map(paragraph).collect();
    notice
}

fn part(kind: PartKind, title: &str, blocks: Vec<Block>) -> Part {
    Part { kind, title: title.to_owned(), blocks, lines: Lines { first: 1, last: 1 } }
}

fn annex(ordinal: u32, title: &str, part: usize) -> Attachment {
    Attachment {
        ordinal: Some(ordinal),
        listed_title: Some(title.to_owned()),
        listed_line: Some(1),
        body_title: Some(title.to_owned()),
        part: Some(part),
    }
}

/// An issue with some of these documents.
pub fn gazette(documents: Vec<Document>) -> Gazette {
    let issue = Issue {
        name: Some("示例县人民政府公报".to_owned()),
        name_latin: Some("SHILIXIAN RENMIN ZHENGFU GONGBAO".to_owned()),
        year: Some(2022),
        number: Some(1),
        published_on: Some(date(2022, 3, 31)),
        frequency: Some("季度刊".to_owned()),
        sponsor: Some(OFFICE.to_owned()),
        address: Some("示例县示例路1号".to_owned()),
        postcode: Some("000000".to_owned()),
        telephone: Some("0000-0000000".to_owned()),
        distribution: Some("县直各部门、各乡镇，档案馆、图书馆等".to_owned()),
        purposes: owned(&["传达政令", "公开信息", "指导工作", "服务社会"]),
    };
    Gazette { issue, documents, ..Gazette::default() }
}
