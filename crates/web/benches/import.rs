//! What an import promises in numbers: 100,000 invented households out of an Excel file, from sending it in to the last row on
//! disk, and the memory that it takes; then the same with one bad row in ten, each of which is named; then all of them out again.
//!
//! `cargo bench -p web --bench import` measures; without `--bench` it runs once on small input, so that it never rots.
#![expect(clippy::unwrap_used, reason = "a bench that cannot go on has nothing to report")]

#[path = "../tests/it/county.rs"]
#[expect(dead_code, reason = "shared with the tests, which use more of it")]
mod county;

use axum::http::StatusCode;
use county::{Browser, Sample, invented_identity};
use sheets::{Column, Kind, Value, Writer};
use std::time::{Duration, Instant};

const IMPORT: &str = "/registers/households/-/import";
const HEADINGS: [&str; 8] =
    ["户编号", "户主姓名", "户主身份证号", "联系电话", "所在组（村）", "户口所在地", "原户", "立户日期"];

fn main() {
    let measured = std::env::args().any(|argument| argument == "--bench");
    let households: usize = if measured { 100_000 } else { 150 };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(run(households));
}

async fn run(households: usize) {
    let sample = Sample::with_base();
    let mut keeper = sample.browser("assistant").await;
    let begun = Instant::now();
    let good = sheet(households, false);
    println!("{households} households: a sheet of {} KB, made in {:.1?}", good.len() / 1024, begun.elapsed());

    let bad = sheet(households, true);
    let (judged, page, _) = send(&mut keeper, &bad).await;
    println!("one in ten bad: judged in {judged:.1?}, {}", if page.contains("有问题") { "refused" } else { "taken" });
    assert!(page.contains("没有导入任何内容"), "{page}");
    drop(bad);

    let (judged, page, import) = send(&mut keeper, &good).await;
    assert!(page.contains("还没有导入"), "{page}");
    println!("judged in {judged:.1?}, peak {} MB", peak_mb());
    let begun = Instant::now();
    let token = keeper.get(IMPORT).await.token();
    let answer = keeper.post(&format!("{import}/confirm"), &[("_token", &token)]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let done = wait(&mut keeper, &import).await;
    assert!(done.contains("已导入"), "{done}");
    println!("imported in {:.1?}, peak {} MB", begun.elapsed(), peak_mb());

    let begun = Instant::now();
    let out = keeper.get("/registers/households/-/excel?covered=yes").await;
    assert_eq!(out.status, StatusCode::OK);
    println!("out again in {:.1?}, {} KB, peak {} MB", begun.elapsed(), out.bytes.len() / 1024, peak_mb());
    for (what, path) in [
        ("first page", "/registers/households"),
        ("filtered by name", "/registers/households?c.head-name=%E6%9E%97%E4%BA%94"),
        ("ordered by day", "/registers/households?sort=-since"),
    ] {
        let begun = Instant::now();
        assert_eq!(keeper.get(path).await.status, StatusCode::OK);
        println!("{what} in {:.1?}", begun.elapsed());
    }
}

async fn send(keeper: &mut Browser, bytes: &[u8]) -> (Duration, String, String) {
    let token = keeper.get(IMPORT).await.token();
    let begun = Instant::now();
    let answer = keeper.upload(IMPORT, &[("_token", &token)], ("sheet", "户名册.xlsx", bytes)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let page = wait(keeper, &answer.location).await;
    (begun.elapsed(), page, answer.location)
}

/// Looks at an import until it waits for somebody.
async fn wait(keeper: &mut Browser, import: &str) -> String {
    loop {
        let page = keeper.get(import).await;
        let text = page.text();
        if !text.contains("本页每两秒刷新一次") {
            return text;
        }
        // Looking all the time would be part of what is measured.
        std::thread::park_timeout(Duration::from_millis(200));
    }
}

fn sheet(households: usize, spoiled: bool) -> Vec<u8> {
    let column = |heading: &str| Column { heading: heading.to_owned(), kind: Kind::Text, width: 16 };
    let mut writer = Writer::new("户名册", &HEADINGS.map(column)).unwrap();
    for number in 0..households {
        let bad = spoiled && number % 10 == 3;
        let identity = if bad { "99999919790412001".to_owned() } else { invented_identity(number) };
        let cells = [
            format!("B{number:06}"),
            name(number),
            identity,
            format!("1000{number:07}"),
            "东河镇上庄村第一村民小组".to_owned(),
            format!("示例县东河镇上庄村第一村民小组虚构路{number}号"),
            if number % 10 == 9 { format!("B{:06}", number - 1) } else { String::new() },
            format!("{}-0{}-{:02}", 1990 + number % 30, 1 + number % 9, 1 + number % 28),
        ];
        let cells: Vec<_> = cells.map(|text| Value::Text(text).into()).into();
        writer.row(&cells).unwrap();
    }
    writer.finish("说明", &[("数据".to_owned(), "全部虚构".to_owned())]).unwrap()
}

fn name(number: usize) -> String {
    const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let letters = number.to_string().bytes().map(|digit| DIGITS[usize::from(digit - b'0')]).collect::<String>();
    format!("林{letters}")
}

/// The most memory that this process has held, in megabytes.
fn peak_mb() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kb| kb.parse::<u64>().ok()).unwrap_or_default() / 1024
}
