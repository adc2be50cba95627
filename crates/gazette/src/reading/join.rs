//! Which runs of lines go on in the next one: the print broke them at a column or page end.
//!
//! The rules are tried from top to bottom; the first that fits decides. A run with a table row is never joined.

use std::collections::BTreeMap;
use std::ops::Range;

use super::lines::Line;
use super::marker::{self, Marker, marker};
use super::profile::Profile;
use crate::model::Level;

/// What happens between a run and the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Joint {
    /// They are two.
    Apart,
    /// The second goes on the first, by the rule named.
    Join(&'static str),
    /// The second is a note that belongs to the first (J9).
    Attach,
}

/// The joint after each run of a document; after the last one there is none.
pub(super) fn joints(lines: &[Line<'_>], runs: &[Range<usize>], profile: &Profile) -> Vec<Joint> {
    let siblings = Siblings::count(lines, runs);
    let mut before = None;
    let mut joints = Vec::with_capacity(runs.len());
    for (at, run) in runs.iter().enumerate() {
        let a = &lines[run.clone()];
        let b = runs.get(at + 1).map_or(&[][..], |next| &lines[next.clone()]);
        let above = if a.len() > 1 { a.get(a.len() - 2) } else { before };
        let titled = above.is_some_and(|above| marker::is_annex_alone(above.text));
        joints.push(joint(a, b, titled, &siblings, profile));
        before = a.last();
    }
    joints
}

/// The joint between two runs; `titled` says that the last line of the first is the title of an annex.
fn joint(a: &[Line<'_>], b: &[Line<'_>], titled: bool, siblings: &Siblings, profile: &Profile) -> Joint {
    let (Some(last), Some(next)) = (a.last(), b.first()) else { return Joint::Apart };
    if a.iter().chain(b).any(Line::is_row) {
        return Joint::Apart;
    }
    if marker(next.text).is_some() || closes(next.text, profile) {
        return Joint::Apart; // J1
    }
    if b.len() == 1 && marker::is_responsibility(next.text) {
        return Joint::Attach; // J9
    }
    if marker::opens_bracket(&a.iter().map(|line| line.text).collect::<String>()) {
        return Joint::Join("J2");
    }
    if a.iter().chain(b.first()).any(|line| marker::is_roster_line(line.text)) || short(last) || short(next) {
        return Joint::Apart; // J3
    }
    if closes(last.text, profile) {
        return Joint::Apart; // J3b
    }
    // A marker of an annex without its colon, and the short title under one, whatever it ends in, are as J4 and J10.
    if marker::is_annex_alone(last.text) || (titled && marker::is_short(last.text)) {
        return Joint::Apart;
    }
    by_end(last, siblings)
}

fn short(line: &Line<'_>) -> bool {
    marker::is_short_entry(line.text)
}

/// Rules J4 to J10: how the first run ends.
fn by_end(last: &Line<'_>, siblings: &Siblings) -> Joint {
    let text = last.text;
    match marker(text) {
        Some((Marker::Heading(Level::Chapter | Level::One, _), _)) => return Joint::Apart, // J6b
        Some((Marker::Heading(Level::Two | Level::Three | Level::Four, _), _)) if !has_end(text) => {
            return if siblings.most_end(last) {
                Joint::Join("J7")
            } else if !marker::is_short(text) || text.ends_with(['，', ',']) {
                Joint::Join("J6")
            } else {
                Joint::Apart // J6: a heading
            };
        }
        _ => {}
    }
    if has_end(text) || marker::is_title_like(text) {
        return Joint::Apart; // J4, J5, J10
    }
    Joint::Join("J8")
}

fn has_end(text: &str) -> bool {
    marker::ends_sentence(text) || marker::ends_bracket(text)
}

/// Whether a line closes a document or a form: signature, date, public mark, closing words, form foot.
fn closes(text: &str, profile: &Profile) -> bool {
    marker::is_closing(text)
        || marker::is_form_foot(text)
        || marker::public_mark(text).is_some()
        || marker::date_line(text).is_some()
        || profile.is_issuer(text)
        || profile.signing_post(text).is_some()
}

/// For each list of headings, how many there are and how many end like an item of a list.
struct Siblings {
    /// Line → the list that it belongs to.
    list_of: BTreeMap<u32, (Level, u32)>,
    /// List, by level and the line of its parent → (with end mark, all).
    counts: BTreeMap<(Level, u32), (u32, u32)>,
}

impl Siblings {
    fn count(lines: &[Line<'_>], runs: &[Range<usize>]) -> Siblings {
        let mut siblings = Siblings { list_of: BTreeMap::new(), counts: BTreeMap::new() };
        let mut path: Vec<(Level, u32)> = Vec::new();
        for line in runs.iter().flat_map(|run| &lines[run.clone()]).filter(|line| !line.is_row()) {
            match marker(line.text) {
                Some((Marker::Heading(level, _), _)) => {
                    path.retain(|(outer, _)| *outer < level);
                    let list = (level, path.last().map_or(0, |(_, parent)| *parent));
                    path.push((level, line.number));
                    siblings.list_of.insert(line.number, list);
                    let (ended, all) = siblings.counts.entry(list).or_default();
                    *ended += u32::from(ends_item(line.text));
                    *all += 1;
                }
                Some((Marker::Annex(_), _)) => path.clear(),
                _ => {}
            }
        }
        siblings
    }

    /// Whether more than half of the other items of a line's list have an end mark. The line itself has none.
    fn most_end(&self, line: &Line<'_>) -> bool {
        let counts = self.list_of.get(&line.number).and_then(|list| self.counts.get(list));
        counts.is_some_and(|(ended, all)| ended * 2 > all - 1)
    }
}

/// Whether a line ends as items of a list end.
fn ends_item(text: &str) -> bool {
    text.ends_with(['。', '；', ';']) || marker::ends_bracket(text)
}
