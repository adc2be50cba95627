//! Parties (当事方) as written: `village/head`, `household/head`, `starter`, `anyone`, `clock`, `PROCEDURE.ACT`.

use super::block::is_name;
use crate::findings::{Sink, reading};
use crate::model::{Party, Reader};
use crate::notes::SymbolKind;
use crate::source::Words;

/// Levels of offices, from near to far.
pub(crate) const LEVELS: [&str; 4] = ["group", "village", "township", "county"];

/// A party; whether a subject or an act exists is checked with the procedure.
pub(crate) fn party(words: &Words, sink: &Sink) -> Option<Party> {
    let party = read(&words.text);
    match &party {
        Some(Party::Office { .. }) => sink.found(&words.span, SymbolKind::Party, "", words.text.trim()),
        Some(_) => {}
        None => sink.add(reading::bad_party(&words.span, &words.text)),
    }
    party
}

fn read(text: &str) -> Option<Party> {
    match text {
        "anyone" => return Some(Party::Anyone),
        "clock" => return Some(Party::Clock),
        Party::STARTER => return Some(Party::starter()),
        _ => {}
    }
    if let Some((first, second)) = text.split_once('/') {
        let both = is_name(first) && is_name(second);
        let (first, second) = (first.to_string(), second.to_string());
        return both.then_some(if LEVELS.contains(&first.as_str()) {
            Party::Office { level: first, desk: second }
        } else {
            Party::Subject { about: first, role: second }
        });
    }
    let (procedure, act) = text.split_once('.')?;
    (is_name(procedure) && is_name(act)).then(|| Party::Act { procedure: procedure.into(), act: act.into() })
}

/// A reader: `public`, a level, or a party.
pub(crate) fn reader(words: &Words, sink: &Sink) -> Option<Reader> {
    match words.text.as_str() {
        "public" => Some(Reader::Public),
        level if LEVELS.contains(&level) => Some(Reader::Level(level.to_string())),
        _ => party(words, sink).map(Reader::Party),
    }
}

/// As written, for messages.
pub(crate) fn written(party: &Party) -> String {
    match party {
        starter if *starter == Party::starter() => Party::STARTER.into(),
        Party::Office { level, desk } => format!("{level}/{desk}"),
        Party::Subject { about, role } => format!("{about}/{role}"),
        Party::Post { of, field } => format!("{of}/{field}"),
        Party::Anyone => "anyone".into(),
        Party::Clock => "clock".into(),
        Party::Act { procedure, act } => format!("{procedure}.{act}"),
    }
}
