//! A whole issue, read back from its PDF.

use gazette::body;
use gazette::issue::{self, Erratum, Options, Root};
use gazette::model::{Document, Gazette};
use gazette::official::Error;
use jiff::civil::date;

use crate::documents::{self, bill, long_table, measures, notice, reply, report};
use crate::fonts::typesetter;
use crate::pdf::{Pdf, in_order};

fn options() -> Options {
    Options {
        mobile: Some("https://gongbao.example.cn/gazette/issues/2022-1".to_owned()),
        errata: vec![Erratum {
            place: "2021年第4期第3页".to_owned(), old: "示列".to_owned(), new: "示例".to_owned()
        }],
        figures: body::read(
            "办件情况（2022年第1季度，数据截至2022年3月31日）\n\n| 指标 | 单位 | 本期 |\n| --- | --- | --- |\n\
             | 办结事项 | 件 | 1204 |\n| 按时办结率 | % | 99.1 |\n\n注：只计办结的。",
        ),
        root: Some(Root {
            lines: vec![
                ("日志".to_owned(), "gongbao.example.cn/log".to_owned()),
                ("SM3 根".to_owned(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0".to_owned()),
            ],
            checkpoint: "gongbao.example.cn/log\n120394\nZsfw9GLu7dnR8tRr3BDk4kFnxIdc8veiKX2gK49LqOA=\n".to_owned(),
        }),
        ..Options::new(date(2022, 3, 31))
    }
}

/// Documents of both bodies, mixed: the contents group them.
fn gazette() -> Gazette {
    documents::gazette(vec![report(), notice(), bill(), measures(), reply(), long_table(40)])
}

fn print(name: &str, gazette: &Gazette, options: &Options) -> Option<Vec<String>> {
    let bytes = issue::pdf(typesetter()?, gazette, options).expect("the issue can be printed");
    Pdf::new(name, &bytes).pages()
}

#[test]
fn an_issue_has_covers_contents_and_documents() {
    let Some(pages) = print("issue", &gazette(), &options()) else { return };
    in_order(
        &pages[..1],
        &["示例县人民政府公报", "GONGBAO", "2022年第1期", "传达政令", "服务社会", "主办", "掌上公报"],
    );
    in_order(&pages[1..2], &["主办单位", "出版日期", "2022年3月31日", "季度刊", "邮编", "赠阅范围", "图书馆"]);
    in_order(
        &pages[2..3],
        &["目录", "【示例县人民政府文件】", "5号", "8号", "9号", "【示例县人民政府办公室文件】", "1号", "2号", "3号"],
    );
    in_order(
        &pages,
        &["关于示例工作完成情况的报告", "关于提请王示例同志职务任免的议案", "王示例同志简介", "此复。", "特此通知。"],
    );
    in_order(&pages[2..3], &["【县情数据】", "县情数据"]);
    let figures = pages.iter().rposition(|page| page.contains("99.1")).expect("the figures are printed");
    in_order(&pages[figures..=figures], &["县情数据", "办件情况", "指标", "1204", "注：只计办结的。"]);
    let last = &pages[pages.len() - 1..];
    in_order(
        last,
        &[
            "勘误",
            "示列",
            "示例",
            "行政行为日志根",
            "SM3根",
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        ],
    );
    assert_eq!(pages.len() % 2, 0, "the back cover is the back of a sheet");
}

#[test]
fn the_contents_give_the_page_on_which_each_document_begins() {
    let Some(pages) = print("issue-pages", &gazette(), &options()) else { return };
    let contents = &pages[2];
    for number in ["示政函〔2022〕8号", "示政办发〔2022〕2号", "示政办发〔2022〕3号"] {
        let entry = contents.split(&format!("（{number}）")).nth(1).expect("an entry in the contents");
        let page: usize =
            entry.trim_start_matches('·').chars().take_while(char::is_ascii_digit).collect::<String>().parse().unwrap();
        // Cover, inside cover, contents and an empty page come before page 1. Its head names the document as well.
        let begins = &pages[page + 3];
        assert!(begins.contains(number), "{number} does not begin on page {page}: {begins}");
        assert!(begins.ends_with(&format!("—{page}—")), "{begins}");
    }
}

#[test]
fn an_empty_slot_says_so() {
    let Some(pages) = print("issue-bare", &documents::gazette(vec![notice()]), &Options::new(date(2022, 3, 31))) else {
        return;
    };
    in_order(&pages, &["上期无勘误。", "没有已签署的日志根"]);
    assert!(!pages[0].contains("掌上公报"), "no address, no code: {}", pages[0]);
}

#[test]
fn a_proof_is_marked_on_every_page() {
    let proof = Options { proof: true, ..options() };
    let Some(pages) = print("issue-proof", &documents::gazette(vec![notice(), measures()]), &proof) else { return };
    assert!(pages.iter().all(|page| page.contains("校样")), "{pages:#?}");
}

#[test]
fn an_issue_that_the_law_forbids_is_refused() {
    let Some(typesetter) = typesetter() else { return };
    let hidden = Document { public_mark: None, ..notice() };
    let mut nameless = gazette();
    nameless.issue.name = None;
    for (gazette, expected) in [
        (documents::gazette(vec![hidden]), Error::NotPublic("示政办发〔2022〕1号".to_owned())),
        (documents::gazette(vec![notice(), notice()]), Error::Twice("示政办发〔2022〕1号".to_owned())),
        (documents::gazette(Vec::new()), Error::NoDocuments),
        (nameless, Error::Masthead("刊名", "name")),
    ] {
        assert_eq!(issue::pdf(typesetter, &gazette, &options()), Err(expected));
    }
}
