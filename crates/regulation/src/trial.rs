//! A text on its way into force (送审文本): checked among the regulations that run, and restated with what its issue gave it. A county's
//! supplement is tried over the base that runs there, in the place of the one that it has.

use crate::checking::{Checked, check};
use crate::finding::{Finding, Severity};
use crate::model::{Name, Regulation, Rulebook};
use crate::overlay::{OVERLAYS, base_text, is_overlay, overlay_of};
use crate::source::{LineIndex, SourceFile};
use jiff::civil::Date;
use sm3::{Digest, Sm3};
use std::sync::Arc;

/// Characters of a text that a field of the type `regulation` takes.
pub const TEXT_MAX: u32 = 600_000;
/// Under this name findings are reported for a text without an id.
const UNNAMED: &str = "regulations/draft.md";

/// A text tried in the place of the regulation of the same id, or beside the others.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The file under which its findings are reported.
    pub file: String,
    /// The id that its front matter gives: its own, or that of its base.
    pub id: Option<Name>,
    /// The text with plain line ends.
    pub text: String,
    /// What the check of all regulations together said.
    pub checked: Checked,
    lines: LineIndex,
}

impl Trial {
    /// Tries a text among the regulations that run.
    #[must_use]
    pub fn of(rulebook: &Rulebook, text: &str) -> Trial {
        let text = plain(text);
        let is_overlay = is_overlay(&text);
        let id = if is_overlay { overlay_of(&text) } else { id_of(&text) };
        let known = id.as_ref().and_then(|id| rulebook.regulations.get(id));
        let folder = if is_overlay { OVERLAYS } else { "regulations" };
        let named = id.as_ref().map_or_else(|| UNNAMED.to_owned(), |id| format!("{folder}/{id}.md"));
        let base =
            known.filter(|_| is_overlay).map(|known| SourceFile { text: base_text(&known.source), ..source(known) });
        let file = known.filter(|_| !is_overlay).map_or(named, |known| known.file.clone());
        let others = rulebook.regulations.values().filter(|other| Some(&other.id) != id.as_ref());
        let mut files: Vec<SourceFile> = others.map(|other| source(other)).collect();
        files.extend(base);
        files.push(SourceFile { name: file.clone(), text: text.clone() });
        let lines = LineIndex::new(&text);
        Trial { checked: check(&files), file, id, text, lines }
    }

    /// The regulation, if neither it nor, with it, another one has an error.
    #[must_use]
    pub fn regulation(&self) -> Option<&Arc<Regulation>> {
        let own = self.checked.rulebook.regulations.get(self.id.as_ref()?)?;
        (self.errors().next().is_none()).then_some(own)
    }

    /// The first day on which what is tried may come into force.
    #[must_use]
    pub fn effective(&self) -> Option<Date> {
        let regulation = self.regulation()?;
        let own = regulation.supplement.as_ref().filter(|_| is_overlay(&self.text));
        Some(own.map_or(regulation.effective, |own| own.effective))
    }

    /// What is to be said of the text: its own findings, and the errors that it brings about elsewhere.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let concerns = |finding: &&Finding| self.is_own(finding) || finding.severity == Severity::Error;
        self.checked.findings.iter().filter(concerns)
    }

    /// The errors among them: with one, the text cannot come into force.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.findings().filter(|finding| finding.severity == Severity::Error)
    }

    /// The line of a finding in the text; `None` if it stands in another regulation.
    #[must_use]
    pub fn line(&self, finding: &Finding) -> Option<usize> {
        self.is_own(finding).then(|| self.lines.line_column(&self.text, finding.span.start).0)
    }

    fn is_own(&self, finding: &Finding) -> bool {
        *finding.span.file == *self.file
    }
}

/// A regulation's text as it was handed in.
#[must_use]
pub fn source(regulation: &Regulation) -> SourceFile {
    SourceFile { name: regulation.file.clone(), text: regulation.source.to_string() }
}

/// The version of a text: its SM3 in hex.
#[must_use]
pub fn version(text: &str) -> String {
    hex::encode(Sm3::digest(text.as_bytes()))
}

/// The id that a text's front matter gives, whatever else may be wrong with it.
///
/// ```
/// assert_eq!(regulation::trial::id_of("---\nid: dogs\n---\n").as_deref(), Some("dogs"));
/// assert_eq!(regulation::trial::id_of("no front matter\nid: dogs\n"), None);
/// ```
#[must_use]
pub fn id_of(text: &str) -> Option<Name> {
    let mut lines = text.lines();
    lines.next().filter(|first| first.trim_end() == "---")?;
    let front = lines.take_while(|line| line.trim_end() != "---");
    let id = front.filter_map(|line| line.strip_prefix("id:")).next()?.trim();
    (!id.is_empty()).then(|| id.to_owned())
}

/// What the issue of a text gave it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Document number.
    pub number: Option<String>,
    /// Date of issue.
    pub issued: Option<Date>,
    /// First day in force.
    pub effective: Option<Date>,
}

/// The text with these in its front matter, in place of what its author wrote before they were known.
///
/// ```
/// use regulation::trial::{Terms, restated};
/// let terms = Terms { number: Some("甲办发〔2026〕3号".into()), ..Terms::default() };
/// let text = restated("---\nid: dogs\nnumber: 待编号\n---\n# 一、总则\n", &terms);
/// assert_eq!(text, "---\nid: dogs\nnumber: \"甲办发〔2026〕3号\"\n---\n# 一、总则\n");
/// ```
#[must_use]
pub fn restated(text: &str, terms: &Terms) -> String {
    let text = plain(text);
    let Some((front, body)) = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---")) else {
        return text;
    };
    let mut lines: Vec<String> = front.lines().map(str::to_owned).collect();
    let quoted = |number: &String| format!("\"{}\"", number.replace('\\', "\\\\").replace('"', "\\\""));
    put(&mut lines, "number", terms.number.as_ref().map(quoted));
    put(&mut lines, "issued", terms.issued.map(|issued| issued.to_string()));
    put(&mut lines, "effective", terms.effective.map(|effective| effective.to_string()));
    format!("---\n{}\n---{body}", lines.join("\n"))
}

/// Sets a key of a front matter, with whatever lines its value had.
fn put(lines: &mut Vec<String>, key: &str, value: Option<String>) {
    let Some(value) = value else { return };
    let line = format!("{key}: {value}");
    let Some(at) = lines.iter().position(|line| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(':')))
    else {
        lines.push(line);
        return;
    };
    let rest = lines[at + 1..].iter().take_while(|line| line.starts_with([' ', '\t'])).count();
    lines.splice(at..=at + rest, [line]);
}

/// Line ends as files have them: browsers send CR LF.
fn plain(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]
mod tests {
    use super::*;
    use jiff::civil::date;

    const BASE: &str = "---\nid: base\ntitle: 基础\nnumber: 一\nissuer: office\nissued: 2022-01-01\neffective: 2022-01-01\n---\n\
                        # 一 {#b-1}\n```yaml parameter\nfee: 5\n```\n";

    fn rulebook() -> Rulebook {
        check(&[SourceFile { name: "regulations/base.md".into(), text: BASE.into() }]).rulebook
    }

    #[test]
    fn a_text_takes_the_place_of_its_own_earlier_version() {
        let trial = Trial::of(&rulebook(), &BASE.replace("fee: 5", "fee: 6").replace('\n', "\r\n"));
        assert_eq!((trial.id.as_deref(), trial.file.as_str()), (Some("base"), "regulations/base.md"));
        let found: Vec<_> = trial.errors().collect();
        assert!(found.is_empty(), "{found:?}");
        assert_eq!(trial.regulation().unwrap().version, version(&BASE.replace("fee: 5", "fee: 6")));
    }

    #[test]
    fn what_it_breaks_elsewhere_counts_against_it() {
        let user =
            BASE.replace("id: base", "id: user\nuses: [base]").replace("b-1", "u-1").replace("fee: 5", "dues: 2");
        let files = [("base", BASE.to_owned()), ("user", user)]
            .map(|(id, text)| SourceFile { name: format!("regulations/{id}.md"), text });
        let both = check(&files).rulebook;
        assert_eq!(both.regulations.len(), 2);
        // Another parameter of a name that the other regulation has.
        let trial = Trial::of(&both, &BASE.replace("fee: 5", "dues: 5"));
        assert!(trial.errors().next().is_some());
        assert!(trial.regulation().is_none());
    }

    #[test]
    fn a_finding_is_told_with_its_line() {
        let trial = Trial::of(&rulebook(), &BASE.replace("fee: 5", "fee: 5\nx: = oops("));
        let first = trial.errors().next().unwrap();
        assert_eq!(trial.line(first), Some(12), "{first:?}");
        assert!(trial.regulation().is_none());
    }

    #[test]
    fn a_text_without_front_matter_has_errors_and_no_id() {
        for text in ["", "---", "---\nid: \n---", "一、总则", "---\r\nid: a b\r\n"] {
            let trial = Trial::of(&rulebook(), text);
            assert!(trial.errors().next().is_some(), "{text:?}");
            assert!(trial.regulation().is_none(), "{text:?}");
        }
    }

    #[test]
    fn what_the_issue_gave_stands_in_the_front_matter() {
        let terms = Terms { number: None, issued: Some(date(2026, 1, 2)), effective: Some(date(2026, 2, 1)) };
        let text = restated("---\nid: a\nissued:\n  2022-01-01\nuses: [b]\n---\nx", &terms);
        assert_eq!(text, "---\nid: a\nissued: 2026-01-02\nuses: [b]\neffective: 2026-02-01\n---\nx");
        assert_eq!(restated("一、总则", &terms), "一、总则");
        assert_eq!(restated(&restated(BASE, &terms), &terms), restated(BASE, &terms));
    }
}
