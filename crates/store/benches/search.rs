//! How long a search of the gazette takes among many documents: a rare word, a word that everything has, a phrase, a number, words without
//! blanks, a mistyped word, a year and an issuer.
//!
//! `cargo bench -p store --bench search` measures 100,000 documents of invented text; `GONGBAO_DOCUMENTS=N` another number. Without
//! `--bench` it runs once on a few, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/fixture.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod fixture;

use fixture::*;
use jiff::ToSpan;
use jiff::civil::date;
use rusqlite::{Connection, params};
use std::path::Path;
use std::time::{Duration, Instant};
use store::publications::{PublicationQuery, Wanted};
use store::{DATABASE, Settings, Sqlite, StoreExt};

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
    let library = library_of("bulletin", RULES);
    let store = Sqlite::open(Settings { data: folder.path().to_owned(), county_key: KEY, library }).unwrap();
    let begun = Instant::now();
    fill(&folder.path().join(DATABASE), documents);
    println!("documents: {documents} written in {:.1} s", begun.elapsed().as_secs_f32());
    let size = std::fs::metadata(folder.path().join(DATABASE)).unwrap().len();
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
    let before = on_processor();
    for _ in 0..rounds {
        let begun = Instant::now();
        let found = store.read(|snapshot| snapshot.publications(query, date(2030, 1, 1), 0, 20)).unwrap();
        times.push(begun.elapsed());
        total = found.total;
    }
    let worked = on_processor().saturating_sub(before).as_secs_f32() * 1e3 / rounds as f32;
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f32() * 1e3;
    println!(
        "{name:<22} {total:>5} found   median {:>8.2} ms   95 % {:>8.2} ms   on the processor {:>7.2} ms",
        at(50),
        at(95),
        worked
    );
}

/// How long this thread has had a processor, where the system tells (Linux): what a machine that is busy with other things does not
/// lengthen.
fn on_processor() -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(told.split(' ').next().and_then(|time| time.parse().ok()).unwrap_or_default())
}

/// Writes what the projection of so many documents is, without the acts: the bench is about searching.
fn fill(database: &Path, documents: usize) {
    let mut conn = Connection::open(database).unwrap();
    let mut done = 0;
    while done < documents {
        let last = (done + AT_ONCE).min(documents);
        let transaction = conn.transaction().unwrap();
        (done + 1..=last).for_each(|number| paper(&transaction, number));
        transaction.commit().unwrap();
        done = last;
    }
}

fn paper(conn: &Connection, number: usize) {
    let mut chance = Chance(number as u64);
    let day = date(2000, 1, 1) + (number as i64 % 10_000).days();
    let series = SERIES[number % SERIES.len()];
    let rare = if number % 20_011 == 7 { "甲乙丙丁戊。" } else { "" };
    let title = format!("示例县人民政府关于{}的通知", chance.text(8));
    let head = chance.text(TEXT / 2);
    let body = format!("各乡镇人民政府：\n一、总则\n{rare}{head}\n二、办法\n（一）步骤\n{}", chance.text(TEXT / 2));
    let serial = number / 40 % 400 + 1;
    let shown = format!("{series}〔{}〕{serial}号", day.year());
    conn.prepare_cached(
        "INSERT INTO publication (county, matter, entry, kind, number, series, year, serial, title, issuer, category, public_on,
         day, signed_on, withdrawn, seq)
         VALUES ('999999', ?1, ?2, 'document', ?3, ?4, ?5, ?6, ?7, '示例县人民政府', '通知', ?8, ?8, ?8, 0, ?2)",
    )
    .unwrap()
    .execute(params![format!("m{number:08}"), number, shown, series, day.year(), serial, title, day.to_string()])
    .unwrap();
    conn.prepare_cached("INSERT INTO publication_title (rowid, title, filter) VALUES (?1, ?2, ?3)")
        .unwrap()
        .execute(params![number, words(&title), format!("kdocument y{}", day.year())])
        .unwrap();
    conn.prepare_cached("INSERT INTO publication_index (rowid, title, head, body, filter) VALUES (?1, ?2, ?3, ?4, ?5)")
        .unwrap()
        .execute(params![
            number,
            words(&title),
            words(&format!("{shown}，示例县人民政府，通知")),
            words(&body),
            format!("kdocument y{}", day.year())
        ])
        .unwrap();
}

/// A text as the index takes it: pairs of characters, and the last one of each run; figures whole.
fn words(text: &str) -> String {
    let mut out = String::new();
    let mut before = None;
    for sign in text.chars() {
        let kind = if sign.is_ascii_alphanumeric() { 1 } else { i32::from(sign.is_alphanumeric()) * 2 };
        match before {
            Some((other, 2)) if kind == 2 => out.extend([other, sign, ' ']),
            Some((other, 2)) => out.extend([other, ' ']),
            Some((_, 1)) if kind != 1 => out.push(' '),
            _ => {}
        }
        if kind == 1 {
            out.push(sign);
        }
        before = Some((sign, kind));
    }
    out
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
            if self.next().is_multiple_of(9) {
                out.push('，');
            }
        }
        out
    }
}
