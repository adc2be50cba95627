//! What a bench is asked for and what it tells: sizes from the environment, one line of JSON for each figure.

use serde_json::{Map, Value, json};
use std::time::Duration;

/// As in the program.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whether this is a measurement; without `--bench` it is a look whether the bench still runs.
pub fn measured() -> bool {
    std::env::args().any(|argument| argument == "--bench")
}

/// A size: from the environment, or else the usual one of a measurement, or else a small one.
pub fn size(name: &str, usual: usize, small: usize) -> usize {
    let asked = std::env::var(name).ok().and_then(|number| number.parse().ok());
    asked.unwrap_or(if measured() { usual } else { small })
}

/// Whether this part is asked for: one of those named behind `--`, all where none is named.
pub fn asked_for(part: &str) -> bool {
    let mut named = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).peekable();
    named.peek().is_none() || named.any(|argument| argument == part)
}

/// Prints a figure: what was measured on how many, in how many seconds, what is promised, and the most memory held since the last figure.
pub fn tell(bench: &str, size: usize, took: Duration, goal: Option<Duration>, more: &[(&str, Value)]) {
    let mut line = Map::new();
    line.insert("bench".to_owned(), bench.into());
    line.insert("size".to_owned(), size.into());
    line.insert("seconds".to_owned(), rounded(took).into());
    if let Some(goal) = goal {
        line.insert("goal_seconds".to_owned(), rounded(goal).into());
        line.insert("met".to_owned(), (took <= goal).into());
    }
    line.insert("peak_mb".to_owned(), json!(peak_mb()));
    line.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    println!("{}", Value::Object(line));
}

/// Seconds to the tenth of a millisecond.
fn rounded(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 1e4
}

/// The most memory that the process held since it was last asked (VmHWM), none where the system does not tell.
fn peak_mb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let peak = line.split_whitespace().next()?.parse::<u64>().ok()? / 1024;
    // Where it cannot be reset, the next figure includes this one.
    _ = std::fs::write("/proc/self/clear_refs", "5");
    Some(peak)
}
