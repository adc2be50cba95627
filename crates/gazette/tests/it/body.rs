//! Texts of publications as readers cite them.

use gazette::body::{Heads, Section, SectionKind, paper, read};
use gazette::model::{Number, PartKind};
use jiff::civil::date;

fn outline(text: &str) -> Vec<String> {
    let line = |section: &Section| {
        let kind = match &section.kind {
            SectionKind::Heading(level) => format!("h{level}"),
            SectionKind::Paragraph => "p".into(),
            SectionKind::Item => "li".into(),
            SectionKind::Table(head, rows) => format!("table {}×{}", rows.len(), head.len()),
        };
        format!("{kind} {} {}", section.anchor.as_deref().unwrap_or("-"), section.cited.as_deref().unwrap_or("-"))
    };
    read(text).iter().map(line).collect()
}

#[test]
fn an_office_text_has_its_clauses() {
    let text = "各乡镇：\n一、总则\n（一）范围\n1.甲类。\n（1）细目；\n(二)办法，长到足够说明白它是一段话而不是标题，这里再加一些字使它超过四十个字的限度为止。\n十二、附则";
    assert_eq!(
        outline(text),
        [
            "p - -",
            "h1 s1 一",
            "h2 s1.1 一（一）",
            "p s1.1.1 一（一）1.",
            "p s1.1.1.1 一（一）1.（1）",
            "p s1.2 一（二）",
            "h1 s12 十二"
        ]
    );
}

#[test]
fn articles_are_counted_through_the_chapters() {
    let text = "第一章 总则\n第一条 目的。\n第二章 程序\n第二条 步骤：\n（一）受理；\n第一百二十条 施行。";
    assert_eq!(
        outline(text),
        ["h1 c1 第一章", "p a1 第一条", "h1 c2 第二章", "p a2 第二条", "p a2.1 第二条（一）", "p a120 第一百二十条"]
    );
}

#[test]
fn an_instrument_and_its_annexes_have_anchors_of_their_own() {
    let text = "一、请执行。\n示例办法\n一、目的\n附件1：样表\n一、填法\n附件：名单";
    assert_eq!(outline(text), ["p s1 一", "p - -", "h1 s1-2 一", "h1 f1 附件1", "h1 f1-s1 附件1 一", "h1 f1-2 附件1"]);
}

#[test]
fn an_id_that_its_author_wrote_twice_leads_to_the_first() {
    let text = "甲 {#x-1}\n乙 {#x-1}\n丙 {#x-1-2}\n一、丁\n一、戊\n己 {#s1-2}";
    let anchors: Vec<_> = read(text).into_iter().filter_map(|section| section.anchor).collect();
    assert_eq!(anchors, ["x-1", "x-1-2", "x-1-2-2", "s1", "s1-2", "s1-2-2"]);
}

#[test]
fn figures_and_meetings_are_no_clauses() {
    for text in ["614.82万元", "第16次会议", "2022年、2023年", "（见附件）", "附件齐全", "第三方审计", "一、", "、"]
    {
        let anchors: Vec<_> = read(text).into_iter().filter_map(|section| section.anchor).collect();
        assert!(anchors.is_empty() || text == "一、", "{text}: {anchors:?}");
    }
}

#[test]
fn markdown_tables_and_ids_are_read() {
    let text = "# 一、总则 {#x-1}\n- 一项 {#x-1.a .narrative}\n\n| 名 | 数 |\n| --- | --: |\n| 甲 | 1 |\n\n乙\t2\n丙\t3\t4\n\n```yaml step\nstep: a\n```\n**重要**";
    let sections = read(text);
    assert_eq!(outline(text), ["h1 x-1 一", "li x-1.a -", "table 1×2 - -", "table 1×3 - -", "p - -", "p - -"]);
    assert_eq!((sections[4].text.as_str(), sections[5].text.as_str()), ("step: a", "重要"));
}

/// Every text of up to five of these signs.
#[test]
fn any_text_is_read_and_no_anchor_stands_twice() {
    const SIGNS: [char; 10] = ['一', '第', '条', '（', '）', '1', '.', '、', '|', '\n'];
    let mut texts = vec![String::new()];
    for _ in 0..5 {
        let longer: Vec<String> =
            texts.iter().flat_map(|text| SIGNS.iter().map(move |sign| format!("{text}{sign}"))).collect();
        for text in &longer {
            let sections = read(text);
            let mut anchors: Vec<&str> = sections.iter().filter_map(|section| section.anchor.as_deref()).collect();
            let all = anchors.len();
            anchors.sort_unstable();
            anchors.dedup();
            assert_eq!(anchors.len(), all, "{text:?}");
            let kept: usize = sections.iter().map(|section| section.text.matches('第').count()).sum();
            let in_table = text.contains('|');
            assert!(in_table || kept == text.matches('第').count(), "{text:?} loses something");
        }
        texts = longer;
    }
}

#[test]
fn a_list_of_annexes_above_the_public_mark_is_no_annex() {
    let text = "各乡镇：\n请执行。\n附件：1.分工表、2.人员、经费表\n（此件公开发布）\n示例方案\n一、目标\n附件1\n分工表\n甲组\n附件2\n人员、经费表\n乙组";
    assert_eq!(
        outline(text),
        [
            "p - -",
            "p - -",
            "p - -",
            "p - -",
            "p - -",
            "h1 s1 一",
            "h1 f1 附件1",
            "p - -",
            "p - -",
            "h1 f2 附件2",
            "p - -",
            "p - -"
        ]
    );
    let heads = Heads {
        number: Number { series: "某政发".into(), year: 2022, serial: 1 },
        title: "某县人民政府关于印发示例方案的通知",
        issuer: "某县人民政府",
        kind: Some("通知"),
        signed_on: Some(date(2022, 1, 5)),
    };
    let document = paper(&heads, &read(text));
    let listed: Vec<_> =
        document.attachments.iter().map(|annex| (annex.ordinal, annex.listed_title.as_deref().unwrap())).collect();
    assert_eq!(listed, [(Some(1), "分工表"), (Some(2), "人员、经费表")]);
    let parts: Vec<_> = document.parts.iter().map(|part| (part.title.as_str(), part.blocks.len())).collect();
    assert_eq!(parts, [("示例方案", 1), ("分工表", 1), ("人员、经费表", 1)]);
    assert_eq!(document.body.len(), 1, "the list stands under the text by itself: {:#?}", document.body);

    let one = paper(&heads, &read("请执行。\n附件：分工表\n（此件公开发布）\n附件\n分工表\n甲组"));
    assert_eq!(one.attachments.iter().map(|annex| annex.ordinal).collect::<Vec<_>>(), [None], "one has no number");
    assert_eq!(one.parts.iter().map(|part| part.title.as_str()).collect::<Vec<_>>(), ["分工表"]);
}

#[test]
fn a_publication_becomes_a_document_with_its_parts() {
    let text = "各乡镇：\n一、请执行下列办法。\n（一）按期；\n特此通知\n某县人民政府\n2022年1月5日\n（此件公开发布）\n示例办法\n第一章 总则\n第一条 目的。\n\
                附件1：样表\n| 名 | 数 |\n| --- | --- |\n| 甲 | 1 |\n附件2\n一、说明";
    let heads = Heads {
        number: Number { series: "某政发".into(), year: 2022, serial: 1 },
        title: "某县人民政府关于印发示例办法的通知",
        issuer: "某县人民政府",
        kind: Some("通知"),
        signed_on: Some(date(2022, 1, 5)),
    };
    let document = paper(&heads, &read(text));
    assert_eq!(document.addressees, ["各乡镇"]);
    assert_eq!(document.body.len(), 1, "one heading, with the rest under it: {:#?}", document.body);
    assert_eq!(document.body[0].children.iter().map(|block| block.text.as_str()).collect::<Vec<_>>(), ["（一）按期；"]);
    let parts: Vec<_> = document.parts.iter().map(|part| (part.kind, part.title.as_str(), part.blocks.len())).collect();
    let annex = |ordinal| PartKind::Annex { ordinal: Some(ordinal) };
    assert_eq!(parts, [(PartKind::Instrument, "示例办法", 1), (annex(1), "样表", 1), (annex(2), "", 1)]);
    let closing = document.body[0].children[0].children.first().map(|block| block.text.as_str());
    assert_eq!(closing, Some("特此通知"), "text stands under what is above it");
}
