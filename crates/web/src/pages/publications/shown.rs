//! What was searched for, marked where it stands in a text.

use gazette::body::{self, Marker, Section, SectionKind};
use maud::{Markup, html};
use store::publications::{Looked, Wanted};
use store::search::{Clause, folded};

/// Characters shown before a hit.
const BEFORE: usize = 24;
/// Characters shown in all.
const SHOWN: usize = 110;

/// The words as typed, as they are compared: whatever their width, without blanks.
pub(crate) fn words_of(wanted: &Wanted) -> Vec<Vec<char>> {
    let fold = |text: &str| text.chars().map(folded).filter(|sign| !sign.is_whitespace()).collect::<Vec<char>>();
    wanted.words.iter().map(|word| fold(&word.text)).filter(|word| !word.is_empty()).collect()
}

/// Whether a text has every one of the words.
pub(crate) fn has_all(text: &str, words: &[Vec<char>]) -> bool {
    let signs: Vec<char> = text.chars().map(folded).collect();
    words.iter().all(|word| signs.windows(word.len()).any(|part| part == word.as_slice()))
}

/// What to mark: the words as typed, their parts, or, where one character was wrong, their pairs.
pub(super) fn marked_words(wanted: &Wanted, looked: &Looked) -> Vec<Vec<char>> {
    let fold = |text: &str| text.chars().map(folded).filter(|sign| !sign.is_whitespace()).collect::<Vec<char>>();
    let words: Vec<Vec<char>> = wanted.words.iter().map(|word| fold(&word.text)).collect();
    match looked {
        Looked::AsTyped => words,
        Looked::Split(parts) => parts.iter().map(|part| fold(part)).collect(),
        Looked::Nearly => words.iter().flat_map(|word| word.windows(2).map(<[char]>::to_vec)).collect(),
    }
}

/// A text with the words marked.
pub(super) fn marked(text: &str, words: &[Vec<char>]) -> Markup {
    let signs: Vec<char> = text.chars().collect();
    let hit = hits(&signs, words);
    piece(&signs, &hit, 0, signs.len())
}

/// The part of a text around its first hit.
pub(crate) fn excerpt(text: &str, words: &[Vec<char>]) -> Markup {
    let signs: Vec<char> = text.chars().collect();
    let hit = hits(&signs, words);
    let first = hit.iter().position(|hit| *hit).unwrap_or(0);
    let start = first.saturating_sub(BEFORE);
    let end = (start + SHOWN).min(signs.len());
    html! { @if start > 0 { "…" } (piece(&signs, &hit, start, end)) @if end < signs.len() { "…" } }
}

fn hits(signs: &[char], words: &[Vec<char>]) -> Vec<bool> {
    let same: Vec<char> = signs.iter().map(|sign| folded(*sign)).collect();
    let mut hit = vec![false; signs.len()];
    for word in words.iter().filter(|word| !word.is_empty()) {
        for start in 0..(same.len() + 1).saturating_sub(word.len()) {
            if same[start..start + word.len()] == word[..] {
                hit[start..start + word.len()].fill(true);
            }
        }
    }
    hit
}

fn piece(signs: &[char], hit: &[bool], start: usize, end: usize) -> Markup {
    let mut runs: Vec<(bool, String)> = Vec::new();
    for place in start..end {
        match runs.last_mut() {
            Some((same, text)) if *same == hit[place] => text.push(signs[place]),
            _ => runs.push((hit[place], signs[place].to_string())),
        }
    }
    html! { @for (hit, text) in &runs { @if *hit { mark { (text) } } @else { (text) } } }
}

/// The section that has most of the words, with the clause it belongs to.
pub(super) fn best<'s>(sections: &'s [Section], words: &[Vec<char>]) -> Option<(Option<&'s Section>, String)> {
    let mut clause = None;
    let mut best: Option<(usize, Option<&Section>, String)> = None;
    for section in sections {
        if section.anchor.is_some() {
            clause = Some(section);
        }
        let text = plain(section);
        let signs: Vec<char> = text.chars().collect();
        let has = |word: &&Vec<char>| hits(&signs, std::slice::from_ref(*word)).contains(&true);
        let count = words.iter().filter(has).count();
        if count > best.as_ref().map_or(0, |(count, ..)| *count) {
            best = Some((count, clause, text));
        }
    }
    best.map(|(_, clause, text)| (clause, text))
}

/// The text of a section; a table's cells one after the other.
pub(super) fn plain(section: &Section) -> String {
    match &section.kind {
        SectionKind::Table(head, rows) => {
            let cells = head.iter().chain(rows.iter().flatten()).filter(|cell| !cell.is_empty());
            cells.cloned().collect::<Vec<_>>().join(" ")
        }
        _ => section.text.clone(),
    }
}

/// The section that a typed clause names.
pub(super) fn clause<'s>(sections: &'s [Section], path: &[Clause]) -> Option<&'s Section> {
    let markers: Vec<Marker> = path.iter().map(|step| marker(*step)).collect();
    let anchor = body::anchor(&markers)?;
    let exact = sections.iter().find(|section| section.anchor.as_deref() == Some(&anchor));
    // The instrument that a notice issues counts anew; its clauses are what people cite.
    let again = format!("{anchor}-");
    let within = |section: &&Section| section.anchor.as_deref().is_some_and(|known| known.starts_with(&again));
    exact.or_else(|| sections.iter().find(within))
}

fn marker(step: Clause) -> Marker {
    match step {
        Clause::Chapter(number) => Marker::Chapter(number),
        Clause::Article(number) => Marker::Article(number),
        Clause::One(number) => Marker::One(number),
        Clause::Two(number) => Marker::Two(number),
        Clause::Three(number) => Marker::Three(number),
        Clause::Four(number) => Marker::Four(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<Vec<char>> {
        words.iter().map(|word| word.chars().collect()).collect()
    }

    #[test]
    fn words_are_marked_whatever_their_width() {
        assert_eq!(
            marked("Ａ级养犬证", &words(&["a级", "犬证"])).into_string(),
            "<mark>Ａ级</mark>养<mark>犬证</mark>"
        );
        assert_eq!(marked("<b>", &words(&[""])).into_string(), "&lt;b&gt;");
    }

    #[test]
    fn an_excerpt_begins_near_the_hit() {
        let long = format!("{}养犬证{}", "前".repeat(50), "后".repeat(200));
        let text = excerpt(&long, &words(&["养犬证"])).into_string();
        assert!(text.starts_with("…前") && text.contains("<mark>养犬证</mark>") && text.ends_with("后…"), "{text}");
    }

    #[test]
    fn a_clause_is_found_in_the_text_or_in_what_it_issues() {
        let sections = body::read("一、请执行\n示例办法\n一、总则\n四、流程\n（三）审批\n由乡镇审批");
        let found = |path: &[Clause]| clause(&sections, path).and_then(|section| section.anchor.clone());
        assert_eq!(found(&[Clause::One(4), Clause::Two(3)]).as_deref(), Some("s4.3"));
        assert_eq!(found(&[Clause::One(9)]), None);
        let best = best(&sections, &words(&["乡镇"])).unwrap();
        assert_eq!(best.0.and_then(|section| section.anchor.as_deref()), Some("s4.3"));
    }
}
