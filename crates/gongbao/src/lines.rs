//! Where the service writes what went wrong (运行日志): lines on standard error, which the operator's own log keeps.
//!
//! One event is one line. A message may quote what somebody sent, and what somebody sent may look like lines of the log.

use std::io::{Result, Write};
use tracing_subscriber::EnvFilter;

/// What is told unless `GONGBAO_LOG` says otherwise, in the words of `RUST_LOG`.
const USUAL: &str = "warn,gongbao=info,store=info,web=info";

/// Begins to write them. What was begun before goes on.
pub fn begin() {
    let wished = EnvFilter::try_from_env("GONGBAO_LOG").unwrap_or_else(|_| EnvFilter::new(USUAL));
    let writing = tracing_subscriber::fmt().with_env_filter(wished).with_ansi(false);
    _ = writing.with_writer(|| OneLine(std::io::stderr())).try_init();
}

/// Line and paragraph separators, at which some viewers break; marks that turn the direction of writing and hide what comes after them.
fn disguises(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Writes each event as one line: whatever else would end or disguise it is spelled out.
struct OneLine<W>(W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> Result<usize> {
        let text = String::from_utf8_lossy(event);
        let mut line = String::with_capacity(text.len());
        for character in text.trim_end_matches('\n').chars() {
            if character.is_control() || disguises(character) {
                line.extend(character.escape_default());
            } else {
                line.push(character);
            }
        }
        line.push('\n');
        self.0.write_all(line.as_bytes())?;
        Ok(event.len())
    }

    fn flush(&mut self) -> Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::OneLine;
    use std::io::{Result, Write};
    use std::sync::{Arc, Mutex};

    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_is_logged_stays_on_its_line() {
        let written = Written::default();
        let sink = written.clone();
        let writing = tracing_subscriber::fmt().with_ansi(false).with_writer(move || OneLine(sink.clone())).finish();
        let sent = "x\r\n2022-06-01T09:00:00Z  INFO an act that never was\x1b[2K";
        let marks = "\u{61c}\u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}";
        tracing::subscriber::with_default(writing, || {
            tracing::error!("{sent}");
            tracing::error!(fault = sent, "a request failed");
            tracing::error!("{marks}");
        });
        let lines = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
        assert_eq!(lines.lines().count(), 3, "{lines}");
        assert!(lines.contains("an act that never was") && !lines.contains(['\r', '\x1b']), "{lines:?}");
        assert!(!lines.contains(|character| marks.contains(character)) && lines.contains(r"\u{2028}"), "{lines:?}");
    }
}
