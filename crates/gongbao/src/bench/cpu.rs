//! Processor time that this process has used, by the kernel's account. Unlike a rate it says the same on a machine that others use too.

use serde_json::{Value, json};
use std::fs;

/// Ticks a second in which `/proc` counts time, on every Linux.
const TICKS_A_SECOND: f64 = 100.0;
/// Name of the thread that decides and commits.
const WRITER: &str = "store-writer";

/// Seconds of processor time used so far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cpu {
    /// By all threads, those that make the load included.
    process: f64,
    /// By the store's writer.
    writer: f64,
}

impl Cpu {
    /// Up to now; `None` where the kernel does not tell.
    pub fn now() -> Option<Cpu> {
        let process = fs::read_to_string("/proc/self/stat").ok().and_then(|stat| seconds(&stat))?;
        let threads = fs::read_dir("/proc/self/task").ok()?;
        let mut stats = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("stat")).ok());
        let writer = stats.find(|stat| name(stat) == Some(WRITER)).and_then(|stat| seconds(&stat))?;
        Some(Cpu { process, writer })
    }

    /// Milliseconds for each of some acts since an earlier moment.
    pub fn per_act(self, since: Cpu, acts: f64) -> Value {
        let each = |now: f64, then: f64| super::round((now - then) * 1000.0 / acts.max(1.0));
        json!({ "process": each(self.process, since.process), "writer": each(self.writer, since.writer) })
    }
}

/// The name in a line of `/proc/…/stat`: it stands in brackets and may itself hold some.
fn name(stat: &str) -> Option<&str> {
    Some(stat.split_once('(')?.1.rsplit_once(')')?.0)
}

/// User and system time in a line of `/proc/…/stat`: the fourteenth and fifteenth field, the twelfth and thirteenth after the name.
fn seconds(stat: &str) -> Option<f64> {
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<f64>().ok();
    Some((ticks()? + ticks()?) / TICKS_A_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line_of_the_kernel() {
        let line = "4711 (a (b) c) S 1 4711 4711 0 -1 4194304 900 0 0 0 150 50 0 0 20 0 9 0 777 1000 200";
        assert_eq!(name(line), Some("a (b) c"));
        assert_eq!(seconds(line), Some(2.0));
        assert_eq!(seconds("nothing of that kind"), None);
    }

    #[test]
    fn is_told_for_each_act() {
        let (then, now) = (Cpu { process: 1.0, writer: 0.5 }, Cpu { process: 3.0, writer: 1.5 });
        assert_eq!(now.per_act(then, 2_000.0), json!({ "process": 1.0, "writer": 0.5 }));
    }
}
