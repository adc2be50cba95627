//! What reading a gazette costs, for one issue and for ten thousand in one text: `cargo bench -p gazette`.
//!
//! Each line gives the time, the speed, and the time over ten times that of the size before: 1.0 is linear.

use std::fmt::Write as _;
use std::hint::black_box;
use std::time::{Duration, Instant};

use gazette::formats;
use gazette::reading::{Profile, read};

const NAMES: &str = "kind,value,issuer,group\nseries,云政发,云溪县人民政府,县政府文件\n";

#[expect(clippy::disallowed_methods, reason = "cargo says on the command line whether to measure")]
fn main() {
    // `cargo test` runs benches without `--bench`: the smallest sizes are enough to see that they work.
    let measure = std::env::args().any(|argument| argument == "--bench");
    let sizes: &[u32] = if measure { &[1, 10, 100, 1_000, 10_000] } else { &[1, 10] };
    let profile = Profile::from_csv(NAMES).expect("the names have the right form");
    let mut before: Option<Duration> = None;
    for issues in sizes {
        let text = issues_of(*issues);
        let (elapsed, documents) = best_of(if *issues < 1_000 { 5 } else { 1 }, || {
            read(black_box(text.as_bytes()), &profile).expect("the text is text").documents.len()
        });
        assert_eq!(documents, *issues as usize * DOCUMENTS);
        let ratio = before.map_or(1.0, |before| elapsed.as_secs_f64() / before.as_secs_f64() / 10.0);
        let speed = text.len() as f64 / 1e6 / elapsed.as_secs_f64();
        println!(
            "{issues} issues, {} KB: {} µs, {speed:.0} MB/s, ratio {ratio:.2}",
            text.len() / 1000,
            elapsed.as_micros()
        );
        before = Some(elapsed);
    }
    let gazette = read(issues_of(1).as_bytes(), &profile).expect("the text is text");
    let (json, length) = best_of(3, || formats::json(&gazette).to_string().len());
    let (akn, akn_length) = best_of(3, || formats::akn(&gazette).len());
    println!(
        "one issue as JSON: {} µs, {length} bytes; as Akoma Ntoso: {} µs, {akn_length} bytes",
        json.as_micros(),
        akn.as_micros()
    );
}

#[expect(clippy::disallowed_methods, reason = "a bench measures elapsed time")]
fn best_of<T>(rounds: usize, run: impl Fn() -> T) -> (Duration, T) {
    let timed = || {
        let started = Instant::now();
        let value = run();
        (started.elapsed(), value)
    };
    (0..rounds).map(|_| timed()).min_by_key(|(elapsed, _)| *elapsed).expect("at least one round")
}

/// Documents in one issue.
const DOCUMENTS: usize = 4;

/// The text of some issues, one after the other.
fn issues_of(issues: u32) -> String {
    let mut text = String::new();
    for serial in 1..=issues * DOCUMENTS as u32 {
        document(serial, &mut text);
    }
    text
}

fn document(serial: u32, text: &mut String) {
    let head = "云溪县人民政府 关于修缮桥梁的通知";
    write!(text, "{head}\n\n云政发〔2022〕{serial}号\n\n各乡镇：\n\n为保障出行，现就有关事项通知如下。\n\n")
        .expect("a string takes all");
    for section in ["一、目标", "二、分工", "三、要求"] {
        write!(text, "{section}\n\n").expect("a string takes all");
        for item in ["（一）摸清底数", "（二）分步实施", "（三）验收销号"] {
            let cut = "各乡镇要对辖区内桥梁逐座登记（含已停用的桥梁），按照轻重缓急排出次序，于3月10日前报送，并由专人负责，做到";
            write!(text, "{item}\n\n{cut}\n\n一桥一档、账实相符。\n\n").expect("a string takes all");
        }
    }
    let roster = "组 长：\t甲乙丙\t副县长\n成 员：\t丁 戊\t交通局局长\n\t己 庚\t水利局局长\n\n序号\t桥名\t金额\n1\t石桥\t1.5\n2\t木桥\t2\n合计\t\t3.5\n";
    write!(text, "{roster}\n云溪县人民政府\n2022年3月1日\n\n（此件公开发布）\n\n").expect("a string takes all");
}
