//! Files that people send go through a scanner of the operator's choice before they are kept (病毒扫描): a program that takes a file on its
//! standard input and answers by its exit code, as `clamdscan -` and its like do.

use anyhow::{Context, Result, bail};
use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;
use web::{Scanned, Scanner};

/// How long one file may take.
const LONGEST: Duration = Duration::from_secs(60);

/// A scanner out of a command line, its words parted by blanks.
pub fn scanner(command: &str) -> Scanner {
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    Arc::new(move |bytes| scan(&words, bytes, LONGEST))
}

fn scan(words: &[String], bytes: &[u8], longest: Duration) -> Result<Scanned> {
    let (program, arguments) = words.split_first().context("查毒程序没有写 / no scanner is named")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("查毒程序 {program} 无法运行 / cannot be run"))?;
    let mut input = child.stdin.take().context("its input is piped")?;
    let (done, scanned) = channel();
    thread::scope(|threads| {
        threads.spawn(move || {
            // A scanner that has seen enough stops reading; its exit code says what it saw.
            _ = input.write_all(bytes);
            drop(input);
            _ = done.send(());
        });
        let fed = scanned.recv_timeout(longest);
        if fed == Err(RecvTimeoutError::Timeout) {
            // Its end closes the pipe, and with that the thread that feeds it.
            child.kill()?;
            child.wait()?;
            bail!("查毒程序 {program} 没有读完文件 / did not read the file");
        }
        match child.wait()?.code() {
            Some(0) => Ok(Scanned::Clean),
            Some(1) => Ok(Scanned::Harmful),
            code => bail!("查毒程序 {program} 出错，退出码 {code:?} / failed"),
        }
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;

    fn asked(words: &[&str], bytes: &[u8]) -> Result<Scanned> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        scan(&words, bytes, Duration::from_secs(5))
    }

    #[test]
    fn the_exit_code_says_what_was_found() {
        // grep leaves with 0 where it finds the word and with 1 where it does not.
        let grep = ["grep", "--quiet", "harmless"];
        assert_eq!(asked(&grep, b"a harmless file").unwrap(), Scanned::Clean);
        assert_eq!(asked(&grep, b"anything else").unwrap(), Scanned::Harmful);
        let large = vec![b'x'; 4 << 20];
        assert_eq!(asked(&["true"], &large).unwrap(), Scanned::Clean, "one that reads nothing");
    }

    #[test]
    fn a_scanner_that_cannot_say_keeps_the_file_out() {
        for broken in [&["grep", "--no-such-option"][..], &["/no/such/scanner"], &[]] {
            assert!(asked(broken, b"x").is_err(), "{broken:?}");
        }
    }
}
