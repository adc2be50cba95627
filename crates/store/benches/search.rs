//! How long a search of the gazette takes among many documents: a rare word, a word that everything has, a phrase, a number, words without
//! blanks, a mistyped word, a year and an issuer.
//!
//! `cargo bench -p store --bench search` measures 100,000 documents of invented text; `GONGBAO_DOCUMENTS=N` another number. Without
//! `--bench` it runs once on a few, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;

use engine::{Act, Target};
use fixture::*;
use jiff::ToSpan;
use jiff::civil::date;
use regulation::expr::Value;
use std::collections::BTreeMap;
use std::time::Instant;
use store::contract::Batched;
use store::publications::{PublicationQuery, Wanted};
use store::{Batch, Settings, Sqlite, Store, StoreExt};

const RULES: &str = include_str!("../../regulation/tests/fixtures/bulletin.md");
/// Acts of one transaction.
const AT_ONCE: usize = 5_000;
/// Characters of a document's text.
const TEXT: usize = 1_200;
const SERIES: [&str; 4] = ["示政发", "示政函", "示政办发", "示政办函"];

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let asked = std::env::var("GONGBAO_DOCUMENTS").ok().and_then(|number| number.parse().ok());
    let documents = asked.unwrap_or(if measured { 100_000 } else { 60 });
    let rounds = if measured { 50 } else { 2 };
    let folder = tempfile::tempdir().unwrap();
    // Public with the act that writes it: the bench is about searching.
    let rules = RULES.replace("public: release.on", "public: write.on");
    let library = library_of("bulletin", &rules);
    let store = Sqlite::open(Settings { data: folder.path().to_owned(), county_key: KEY, library }).unwrap();
    let begun = Instant::now();
    fill(&store, documents);
    println!("documents: {documents} written in {:.1} s", begun.elapsed().as_secs_f32());
    let size = std::fs::metadata(folder.path().join(store::DATABASE)).unwrap().len();
    println!("database: {:.0} MB", size as f32 / 1e6);
    for (name, typed, year) in [
        ("rare word", "甲乙丙丁戊", None),
        ("word of all", "通知", None),
        ("phrase of all", "\"各乡镇人民政府\"", None),
        ("two words", "山水 田林", None),
        ("number", "示政办发[2015]7号", None),
        ("number and clause", "7号 二（一）", None),
        ("without blanks", "山水各乡镇人民政府", None),
        ("mistyped", "各乡镇仁民政府", None),
        ("word of all in a year", "通知", Some(2015)),
        ("the latest", "", None),
    ] {
        let query = PublicationQuery { wanted: Wanted::read(typed), year, ..PublicationQuery::default() };
        measure(&store, name, &query, rounds);
    }
}

fn measure(store: &Sqlite, name: &str, query: &PublicationQuery, rounds: usize) {
    let mut times = Vec::new();
    let mut total = 0;
    for _ in 0..rounds {
        let begun = Instant::now();
        let found = store.read(|snapshot| snapshot.publications(query, date(2030, 1, 1), 0, 20)).unwrap();
        times.push(begun.elapsed());
        total = found.total;
    }
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f32() * 1e3;
    println!("{name:<22} {total:>5} found   median {:>7.2} ms   95 % {:>7.2} ms", at(50), at(95));
}

fn fill(store: &Sqlite, documents: usize) {
    let mut done = 0;
    while done < documents {
        let last = (done + AT_ONCE).min(documents);
        let mut next = done;
        let batch = Batch {
            key: format!("papers-{done}"),
            now: date(2029, 1, 1).at(9, 0, 0, 0),
            next: Box::new(move |_| {
                next += 1;
                (next <= last).then(|| Ok(paper(next)))
            }),
            progress: Box::new(|_| ()),
        };
        assert!(matches!(store.submit_all(batch).unwrap(), Batched::Done { .. }));
        done = last;
    }
}

fn paper(number: usize) -> Act {
    let mut chance = Chance(number as u64);
    let signed_on = date(2000, 1, 1) + (number as i64 % 10_000).days();
    let series = SERIES[number % SERIES.len()];
    let rare = if number % 20_011 == 7 { "甲乙丙丁戊。" } else { "" };
    let words = format!(
        "各乡镇人民政府：\n一、总则\n{rare}{}\n二、办法\n（一）步骤\n{}",
        chance.text(TEXT / 2),
        chance.text(TEXT / 2)
    );
    let form = record([
        ("heading", text(&format!("示例县人民政府关于{}的通知", chance.text(8)))),
        ("code", text(&format!("{series}〔{}〕{}号", signed_on.year(), number / 40 % 400 + 1))),
        ("issuer", text("示例县人民政府")),
        ("sort", Value::Code("notice".into())),
        ("words", text(&words)),
        ("signed-on", Value::Date(signed_on)),
    ]);
    Act {
        target: Target::Start { procedure: "paper".into(), place: "999999".into(), about: BTreeMap::new() },
        name: "write".into(),
        actor: actor("wei"),
        form,
        fresh_ids: Vec::new(),
    }
}

/// A small generator of numbers (xorshift): the same text each time.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d).wrapping_add(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 29;
        self.0
    }

    /// Words of a small dictionary, as texts repeat them.
    fn text(&mut self, length: usize) -> String {
        const WORDS: [&str; 40] = [
            "山水", "田林", "村庄", "道路", "桥梁", "水库", "学校", "医院", "市场", "企业", "工程", "项目", "资金",
            "计划", "检查", "登记", "公示", "审批", "监督", "责任", "群众", "干部", "会议", "方案", "措施", "安全",
            "生产", "环境", "卫生", "教育", "文化", "旅游", "农业", "工业", "商业", "交通", "运输", "粮食", "牲畜",
            "果树",
        ];
        let mut out = String::new();
        while out.chars().count() < length {
            out.push_str(WORDS[(self.next() % WORDS.len() as u64) as usize]);
            if self.next() % 9 == 0 {
                out.push('，');
            }
        }
        out
    }
}
