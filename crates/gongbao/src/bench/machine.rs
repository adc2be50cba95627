//! What the machine itself can do, and how soon and how small a server starts on it.

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The disk's own flush, by overwriting four kilobytes, and SQLite's commits of one row and of sixty-four.
pub fn raw(folder: &Path) -> Result<Value> {
    std::fs::create_dir_all(folder)?;
    let fsync_ms = fsync_ms(folder)?;
    let (single, grouped) = store::measure::commits(&folder.join("raw"))?;
    Ok(
        json!({ "fsync_ms": super::round(fsync_ms), "single_commits_per_second": super::round(single), "grouped_commits_per_second": super::round(grouped) }),
    )
}

fn fsync_ms(folder: &Path) -> Result<f64> {
    let path = folder.join("flush");
    let mut file = File::create(&path)?;
    let block = [0x5a; 4096];
    file.write_all(&block)?;
    file.sync_all()?;
    let mut times = Vec::new();
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(1) {
        let once = Instant::now();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(once.elapsed().as_secs_f64() * 1000.0);
    }
    std::fs::remove_file(path)?;
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// A started server.
pub struct Start {
    /// Milliseconds from the start of the process to its announcement.
    pub ready_ms: f64,
    /// Resident memory then, in megabytes.
    pub rss_mb: f64,
}

/// Starts this program on the sample county, twice: the first start fills it, the second is measured.
pub fn start(executable: &Path, folder: &Path) -> Result<Start> {
    let data = folder.join("sample");
    once(executable, &data)?;
    once(executable, &data)
}

fn once(executable: &Path, data: &Path) -> Result<Start> {
    let began = Instant::now();
    let mut child = Command::new(executable)
        .args(["serve", "--sample", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("starting the server")?;
    let mut lines = BufReader::new(child.stdout.take().context("the server's output")?);
    let mut line = String::new();
    let ready = loop {
        line.clear();
        if lines.read_line(&mut line)? == 0 {
            break None;
        }
        if line.contains("http://") {
            break Some(began.elapsed());
        }
    };
    let rss_mb = resident_mb(child.id());
    child.kill()?;
    child.wait()?;
    match ready {
        Some(ready) => Ok(Start { ready_ms: ready.as_secs_f64() * 1000.0, rss_mb: rss_mb.unwrap_or(f64::NAN) }),
        None => bail!("the server ended before it was ready"),
    }
}

/// `VmRSS` of a process; only Linux tells.
pub fn resident_mb(process: u32) -> Option<f64> {
    let mut status = String::new();
    File::open(format!("/proc/{process}/status")).ok()?.read_to_string(&mut status).ok()?;
    let kilobytes: f64 =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
