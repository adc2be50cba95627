//! Titles over several lines (标题回行): balanced, and broken between words.
//!
//! GB/T 9704-2012, 7.3.1: lines whole in meaning, arranged symmetrically, of suitable length. Words are told from the
//! document itself: two characters that mostly stand together in its text belong together.

use std::collections::BTreeMap;

/// What a line must not end with.
const OPENING: &str = "《〈（(“‘〔[";
/// What a line must not begin with.
const CLOSING: &str = "》〉）)”’〕]、，。；：,.;:的";
/// After these a line likes to end.
const STOPS: &str = "》）、，";
/// A last line shorter than this looks lost.
const LEAST: usize = 4;
/// No title is so long; what is longer comes from a text misread, and is cut without care.
const MOST: usize = 300;
/// As dear as a break can be without being forbidden.
const DEAREST: u64 = 100;

/// How firmly two neighbouring characters of a text hold together.
#[derive(Default)]
pub(crate) struct Cohesion {
    singles: BTreeMap<char, u64>,
    pairs: BTreeMap<(char, char), u64>,
}

impl Cohesion {
    /// Adds a text to what is known.
    pub(crate) fn learn(&mut self, text: &str) {
        let mut before = None;
        for letter in text.chars() {
            *self.singles.entry(letter).or_default() += 1;
            if let Some(before) = before {
                *self.pairs.entry((before, letter)).or_default() += 1;
            }
            before = Some(letter);
        }
    }

    /// From 0, strangers, to 100, never apart.
    fn between(&self, before: char, after: char) -> u64 {
        let single = |letter| self.singles.get(&letter).copied().unwrap_or(1);
        let pair = self.pairs.get(&(before, after)).copied().unwrap_or(0);
        // Once seen is no evidence: the title is a part of the text.
        if pair < 2 { 0 } else { (DEAREST * pair * pair / (single(before) * single(after))).min(DEAREST) }
    }
}

/// A title in lines of at most `longest` characters; the issuer has the first line, if it takes more than one.
pub(crate) fn lines(title: &str, issuer: &str, longest: usize, cohesion: &Cohesion) -> Vec<String> {
    let letters: Vec<char> = title.chars().filter(|letter| !letter.is_whitespace()).collect();
    if letters.len() <= longest {
        return vec![letters.into_iter().collect()];
    }
    let head = issuer.chars().filter(|letter| !letter.is_whitespace()).count();
    let title: String = letters.iter().collect();
    if head > 0 && head <= longest && title.starts_with(issuer) && letters[head..].starts_with(&['关', '于']) {
        let mut lines = vec![issuer.to_owned()];
        lines.extend(balanced(&letters[head..], longest, cohesion));
        return lines;
    }
    balanced(&letters, longest, cohesion)
}

/// The cheapest way to break into as few lines as will do.
fn balanced(letters: &[char], longest: usize, cohesion: &Cohesion) -> Vec<String> {
    let count = letters.len().div_ceil(longest).max(1);
    let careful = letters.len() <= MOST;
    let ends = (count..=count + 1)
        .filter(|_| careful)
        .find_map(|count| ends(letters, count, longest, cohesion))
        .unwrap_or_else(|| (1..=count).map(|line| (line * longest).min(letters.len())).collect());
    let mut start = 0;
    let mut lines = Vec::new();
    for end in ends {
        lines.push(letters[start..end].iter().collect());
        start = end;
    }
    lines
}

/// Where `count` lines end, at the least cost; nothing if every way is forbidden.
fn ends(letters: &[char], count: usize, longest: usize, cohesion: &Cohesion) -> Option<Vec<usize>> {
    let target = letters.len().div_ceil(count);
    // best[end]: the cost of what is before `end` in the lines so far, and where those lines end.
    let mut best: BTreeMap<usize, (u64, Vec<usize>)> = BTreeMap::from([(0, (0, Vec::new()))]);
    for line in 1..=count {
        let mut next: BTreeMap<usize, (u64, Vec<usize>)> = BTreeMap::new();
        for (start, (cost, path)) in &best {
            for end in start + 1..=letters.len().min(start + longest) {
                let Some(price) = price(letters, end, line == count, cohesion) else { continue };
                let length = end - start;
                let uneven = u64::try_from(length.abs_diff(target)).unwrap_or(u64::MAX);
                let cost = cost + price + uneven * uneven * 2;
                if next.get(&end).is_none_or(|(known, _)| cost < *known) {
                    let mut path = path.clone();
                    path.push(end);
                    next.insert(end, (cost, path));
                }
            }
        }
        best = next;
    }
    best.remove(&letters.len()).map(|(_, path)| path)
}

/// What it costs to end a line before `end`; the last line ends with the title and nowhere else.
fn price(letters: &[char], end: usize, last: bool, cohesion: &Cohesion) -> Option<u64> {
    let Some(after) = letters.get(end) else { return last.then_some(0) };
    let before = letters[end - 1];
    let word = before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric();
    if last || letters.len() - end < LEAST || OPENING.contains(before) || CLOSING.contains(*after) || word {
        return None;
    }
    if letters[..end].ends_with(&['关', '于']) {
        return Some(DEAREST);
    }
    if STOPS.contains(before) || OPENING.contains(*after) {
        return Some(0);
    }
    Some(10 + cohesion.between(before, *after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(title: &str, issuer: &str, text: &str, expected: &[&str]) {
        let mut cohesion = Cohesion::default();
        cohesion.learn(text);
        assert_eq!(lines(title, issuer, 20, &cohesion), expected);
    }

    #[test]
    fn a_short_title_has_one_line() {
        check("示例县人民政府关于示例情况的报告", "示例县人民政府", "", &["示例县人民政府关于示例情况的报告"]);
    }

    #[test]
    fn the_issuer_has_the_first_line() {
        check(
            "示例县人民政府办公室关于成立示例工作领导小组的通知",
            "示例县人民政府办公室",
            "",
            &["示例县人民政府办公室", "关于成立示例工作领导小组的通知"],
        );
    }

    #[test]
    fn words_of_the_text_are_kept_whole() {
        check(
            "示例县人民政府办公室关于印发示例县林下经济产业高质量发展三年行动计划的通知",
            "示例县人民政府办公室",
            "产业发展要有质量。高质量发展是产业的出路，产业高质量发展计划分三年行动。高质量，高质量。",
            &["示例县人民政府办公室", "关于印发示例县林下经济产业", "高质量发展三年行动计划的通知"],
        );
    }

    #[test]
    fn brackets_stay_with_what_they_hold() {
        let lines = lines(&format!("关于印发《{}》的通知", "甲乙丙丁".repeat(9)), "", 20, &Cohesion::default());
        assert!(lines.iter().all(|line| line.chars().count() <= 20), "{lines:?}");
        assert!(lines.iter().all(|line| !line.ends_with('《') && !line.starts_with(['》', '的'])), "{lines:?}");
    }

    #[test]
    fn what_cannot_be_broken_well_is_broken_all_the_same() {
        let lines = lines(&"A".repeat(45), "", 20, &Cohesion::default());
        assert_eq!(lines.concat().len(), 45);
    }
}
