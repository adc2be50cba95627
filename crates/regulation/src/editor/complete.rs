//! What could stand at a place (补全). The text is read with a word there that nobody can mean; whoever looks that word up and does not find it
//! says what there is. So what is offered is what would be right, of the types that are wanted, in every place of the language.

use super::words;
use super::{SymbolKind, Workspace};
use crate::checking::{check, glance};
use crate::finding::{Finding, Offer, OfferKind};
use crate::notes::ASKED;
use crate::overlay::is_overlay;
use crate::source::SourceFile;
use crate::span::Span;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What could stand at a place, and in place of what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completions {
    /// The word to be replaced.
    pub replace: Span,
    /// What could stand there, the likeliest first.
    pub all: Vec<Completion>,
}

/// One thing that could stand there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// As written.
    pub name: String,
    /// What it is.
    pub kind: OfferKind,
    /// Its type or label, in a few words.
    pub detail: String,
    /// What is to be known of it.
    pub help: Option<String>,
}

/// Of many, the likeliest.
const MAX: usize = 600;

impl Workspace {
    /// What could stand at a place of a text that may have been written on since it was read here.
    #[must_use]
    pub fn complete(&self, file: &str, text: &str, byte: usize) -> Option<Completions> {
        let is_wanted = |known: &SourceFile| known.name == file && !is_overlay(&known.text);
        // Bases stand in front of what is laid over them.
        let index = self.files.iter().position(is_wanted)?;
        if byte > text.len() || !text.is_char_boundary(byte) {
            return None;
        }
        let place = Place::of(text, byte);
        if place.after_number() {
            return Some(self.completions(file, place.short.clone(), self.units()));
        }
        let bases = self.files.iter().filter(|file| !is_overlay(&file.text));
        let mut files: Vec<SourceFile> = bases.cloned().collect();
        for (range, tried) in place.questions() {
            files[index].text = tried;
            let asked = |finding: &Finding| &*finding.span.file == file;
            let mut found: Vec<Finding> = glance(&files, index).into_iter().filter(asked).collect();
            let mut offers = self.offers(&files[index], &found);
            if offers.is_empty() && place.needs_all() {
                found = check(&files).findings.into_iter().filter(asked).collect();
                offers = self.offers(&files[index], &found);
            }
            if !offers.is_empty() {
                return Some(self.completions(file, range, offers));
            }
        }
        None
    }

    /// What was offered in place of the word.
    fn offers(&self, file: &SourceFile, found: &[Finding]) -> Vec<Offer> {
        let Some(finding) = found.iter().find(|finding| !finding.offers.is_empty()) else {
            return words_expected(file, found);
        };
        let mut offers = finding.offers.clone();
        if offers.iter().any(|offer| offer.kind == OfferKind::Name) {
            offers.extend(self.named(&[SymbolKind::Register, SymbolKind::Procedure], OfferKind::Name));
        }
        if offers.iter().any(|offer| offer.kind == OfferKind::Party) {
            let parties: BTreeSet<&str> = self
                .mentions
                .iter()
                .filter_map(|mention| {
                    (mention.symbol.kind == SymbolKind::Party).then_some(mention.symbol.name.as_str())
                })
                .collect();
            offers.extend(parties.into_iter().map(|party| Offer::new(OfferKind::Party, party)));
        }
        if offers.iter().any(|offer| offer.kind == OfferKind::Type) {
            offers.extend(
                self.named(&[SymbolKind::Form], OfferKind::Type)
                    .into_iter()
                    .map(|form| Offer { name: format!("list of {}", form.name), ..form }),
            );
        }
        offers
    }

    /// Everything defined of some kinds, for offers.
    fn named(&self, kinds: &[SymbolKind], kind: OfferKind) -> Vec<Offer> {
        let of_kind = self.definitions().filter(|definition| kinds.contains(&definition.symbol.kind));
        let offer = |definition: &super::Definition| Offer {
            label: definition.label.clone(),
            ..Offer::new(kind, definition.symbol.name.clone())
        };
        of_kind.map(offer).collect()
    }

    fn units(&self) -> Vec<Offer> {
        words::UNITS
            .iter()
            .map(|(unit, label)| Offer { label: Some((*label).into()), ..Offer::new(OfferKind::Unit, *unit) })
            .collect()
    }

    fn completions(&self, file: &str, replace: std::ops::Range<usize>, offers: Vec<Offer>) -> Completions {
        let keys: Vec<&str> =
            offers.iter().filter(|offer| offer.kind == OfferKind::Key).map(|offer| offer.name.as_str()).collect();
        let mut seen = BTreeSet::new();
        let one = |offer: &Offer| Completion {
            name: offer.name.clone(),
            kind: offer.kind,
            detail: self.detail(file, offer),
            help: help(offer, &keys),
        };
        let all = offers.iter().filter(|offer| offer.name != ASKED && seen.insert((offer.kind, offer.name.clone())));
        let all = all.map(one).take(MAX).collect();
        Completions { replace: Span::new(&Arc::from(file), replace.start, replace.end), all }
    }

    fn detail(&self, file: &str, offer: &Offer) -> String {
        let mut parts: Vec<String> = offer.label.iter().filter(|label| **label != offer.name).cloned().collect();
        parts.extend(offer.ty.as_ref().map(crate::expr::Type::zh));
        if offer.kind == OfferKind::Clause {
            let own = self.checked.clauses.iter().filter(|(_, clause)| clause.id == offer.name);
            let here = own.clone().find(|(_, clause)| &*clause.span.file == file);
            let text = here.or_else(|| own.clone().next()).map(|(_, clause)| clause.text.chars().take(60).collect());
            parts.extend(text);
        }
        parts.join(" · ")
    }
}

/// What is to be known of something offered.
fn help(offer: &Offer, keys: &[&str]) -> Option<String> {
    let both = |(zh, en): (&str, &str)| format!("{zh}\n\n{en}");
    match offer.kind {
        OfferKind::Key => words::key(keys, &offer.name).map(both),
        OfferKind::Block => words::block(&offer.name).map(both),
        OfferKind::Function => words::function(&offer.name).map(|(form, zh, en)| format!("`{form}`\n\n{zh}\n\n{en}")),
        OfferKind::Name | OfferKind::Member => words::built_in(&offer.name).map(both),
        _ => None,
    }
}

/// Where only a few words can stand, the finding names them.
fn words_expected(file: &SourceFile, found: &[Finding]) -> Vec<Offer> {
    let here = |finding: &&Finding| {
        file.text.get(finding.span.start..finding.span.end).is_some_and(|text| text.trim() == ASKED)
    };
    let Some(finding) = found.iter().find(here) else { return Vec::new() };
    let quoted = finding.message.en.split('`').skip(1).step_by(2);
    let is_word =
        |word: &&str| *word != ASKED && !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    quoted.filter(is_word).map(|word| Offer::new(OfferKind::Word, word)).collect()
}

/// A place of a text where somebody writes.
struct Place<'a> {
    text: &'a str,
    /// The word there.
    short: std::ops::Range<usize>,
    /// With what belongs to it before a dot or slash.
    long: std::ops::Range<usize>,
    line: std::ops::Range<usize>,
}

impl<'a> Place<'a> {
    fn of(text: &'a str, byte: usize) -> Place<'a> {
        let line_start = text[..byte].rfind('\n').map_or(0, |at| at + 1);
        let line_end = text[byte..].find(['\r', '\n']).map_or(text.len(), |at| byte + at);
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let is_long = |c: char| is_word(c) || c == '.' || c == '/';
        let before = |is: &dyn Fn(char) -> bool| {
            text[line_start..byte]
                .char_indices()
                .rev()
                .take_while(|(_, c)| is(*c))
                .last()
                .map_or(byte, |(at, _)| line_start + at)
        };
        let end = text[byte..line_end].find(|c| !is_word(c)).map_or(line_end, |at| byte + at);
        let long_end = text[byte..line_end].find(|c| !is_long(c)).map_or(line_end, |at| byte + at);
        Place { text, short: before(&is_word)..end, long: before(&is_long)..long_end, line: line_start..line_end }
    }

    /// What stands on the line before the word.
    fn before(&self) -> &'a str {
        &self.text[self.line.start..self.short.start]
    }

    /// Whether a unit stands here: `200 m²`, `5 working-days`.
    fn after_number(&self) -> bool {
        let Some(before) = self.before().strip_suffix(' ') else { return false };
        let number = before.rsplit([' ', '(', '[', '|', ',', '"', '{']).next().unwrap_or_default();
        !number.is_empty()
            && number.chars().all(|c| c.is_ascii_digit() || c == '.')
            && !before.trim_start().starts_with('#')
    }

    /// Whether a key may stand here: at the beginning of a line or of an entry in braces.
    fn may_be_key(&self) -> bool {
        let before = self.before().trim_end();
        let before = before.strip_suffix('-').map_or(before, str::trim_end);
        before.is_empty() || before.ends_with(['{', ','])
    }

    /// Whether what may stand here is known only when all is checked: what ends or follows a deadline, clocks.
    fn needs_all(&self) -> bool {
        let before = self.before();
        ["until ", "else ", "stops: ", "stops: ["].iter().any(|word| before.ends_with(word))
    }

    /// Texts with the word that nobody means, the likeliest first, each with what it stands for: as a key or a value; the word alone or with what
    /// belongs to it; with the rest of the line, or without it and with all brackets closed.
    fn questions(&self) -> Vec<(std::ops::Range<usize>, String)> {
        let key = format!("{ASKED}: ~");
        let forms: &[&str] = if self.may_be_key() { &[&key, ASKED] } else { &[ASKED] };
        let mut ranges = vec![self.short.clone()];
        if self.long != self.short {
            ranges.push(self.long.clone());
        }
        let mut all = Vec::new();
        for whole_line in [true, false] {
            for form in forms {
                for range in &ranges {
                    let (head, rest) = (&self.text[..range.start], &self.text[range.end..]);
                    let rest = if whole_line {
                        rest.to_owned()
                    } else {
                        self.closed(range.start) + &self.text[self.line.end..]
                    };
                    all.push((range.clone(), format!("{head}{form}{rest}")));
                }
            }
        }
        all
    }

    /// What closes the brackets and quotes that are open at a place of the line.
    fn closed(&self, at: usize) -> String {
        let mut open: Vec<char> = Vec::new();
        for character in self.text[self.line.start..at].chars() {
            match (character, open.last()) {
                ('"', Some('"')) => drop(open.pop()),
                ('"', _) => open.push('"'),
                ('(', _) => open.push(')'),
                ('[', _) => open.push(']'),
                ('{', _) => open.push('}'),
                (closing, Some(last)) if closing == *last => drop(open.pop()),
                _ => {}
            }
        }
        let table = self.text[self.line.clone()].trim_start().starts_with('|');
        open.iter().rev().collect::<String>() + if table { " |" } else { "" }
    }
}
