//! Files that people send go through a scanner of the operator's choice before they are kept (病毒扫描): a program that takes a file on its
//! standard input and answers by its exit code, as `clamdscan -` and its like do.

use anyhow::{Context, Result, bail};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use tokio::runtime::Handle;
use tokio::time::timeout;
use web::{Scanned, Scanner};

/// How long one file may take, from handing it over to the answer.
const LONGEST: Duration = Duration::from_secs(60);

/// A scanner out of a command line, its words parted by blanks. Whoever calls it waits, off the threads of the runtime.
pub fn scanner(command: &str, runtime: Handle) -> Scanner {
    let words: Vec<String> = command.split_whitespace().map(str::to_owned).collect();
    Arc::new(move |bytes| runtime.block_on(scan(&words, bytes, LONGEST)))
}

async fn scan(words: &[String], bytes: &[u8], longest: Duration) -> Result<Scanned> {
    let (program, arguments) = words.split_first().context("查毒程序没有写 / no scanner is named")?;
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("查毒程序 {program} 无法运行 / cannot be run"))?;
    let mut input = child.stdin.take().context("its input is piped")?;
    let feeding = async move {
        // A scanner that has seen enough stops reading; its exit code says what it saw.
        _ = input.write_all(bytes).await;
    };
    let Ok(((), ended)) = timeout(longest, async { tokio::join!(feeding, child.wait()) }).await else {
        child.kill().await?;
        bail!("查毒程序 {program} 没有在 {longest:?} 内答复，已终止 / gave no answer in that time and was ended");
    };
    match ended?.code() {
        Some(0) => Ok(Scanned::Clean),
        Some(1) => Ok(Scanned::Harmful),
        code => bail!("查毒程序 {program} 出错，退出码 {code:?} / failed"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;

    fn within(words: &[&str], bytes: &[u8], longest: Duration) -> Result<Scanned> {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(scan(&words, bytes, longest))
    }

    fn asked(words: &[&str], bytes: &[u8]) -> Result<Scanned> {
        within(words, bytes, Duration::from_secs(30))
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

    #[test]
    fn a_scanner_that_does_not_answer_in_time_is_ended_and_keeps_the_file_out() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        // The first reads all and then sleeps, the second reads nothing.
        let large = vec![b'x'; 4 << 20];
        for (script, bytes) in [("cat >/dev/null; exec sleep 600", &b"x"[..]), ("exec sleep 600", &large)] {
            let script = format!("echo $$ >{}; {script}", pid.display());
            let said = within(&["sh", "-c", &script], bytes, Duration::from_secs(2)).unwrap_err().to_string();
            assert!(said.contains("gave no answer"), "{said}");
            #[cfg(target_os = "linux")]
            {
                let ended = format!("/proc/{}", std::fs::read_to_string(&pid).unwrap().trim());
                assert!(!std::path::Path::new(&ended).exists(), "{script} still runs");
            }
        }
    }
}
