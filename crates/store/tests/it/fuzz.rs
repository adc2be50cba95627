//! What stands in the journal after somebody else wrote to it, and what is typed into a search: read or refused, never a panic.

use crate::golden::Backwards;
use crate::publications::{county, papers};
use jiff::civil::date;
use std::panic::AssertUnwindSafe;
use std::sync::LazyLock;
use store::StoreExt;
use store::publications::{PublicationQuery, Wanted};
use store::record::{self, canonical};
use store::search::Number;

/// Payloads of every kind, as they stand in journals.
static PAYLOADS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut texts: Vec<String> = files.map(|path| std::fs::read_to_string(path).unwrap()).collect();
    texts.sort();
    texts
});

/// What may stand in a payload instead.
const PIECES: [&str; 36] = [
    "",
    "null",
    "true",
    "-1",
    "1e400",
    "18446744073709551616",
    "0.10000000000000000000000000000000001",
    "\"\"",
    "\"x\"",
    "{}",
    "[]",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "\"",
    "\\u0000",
    "\\ud800",
    "\"2022-02-30\"",
    "\"2022-02-10T24:00:00\"",
    "\"9999-12-31\"",
    "\"5 working-days\"",
    "\"99999999999 days\"",
    "\"m^-128\"",
    "{\"number\":\"1e9\"}",
    "{\"plot\":\"J1 1 2\"}",
    "{\"of\":\"h1\",\"sealed\":\"[]\"}",
    "{\"rows\":[null]}",
    "{\"term\":\"0 days\"}",
    "{\"date\":\"\"}",
    "{\"moment\":\"x\"}",
    "{\"file\":{}}",
    "{\"thing\":{\"tenure\":\"1\"}}",
    "\u{0}",
];

#[test]
fn no_altered_payload_makes_its_reader_panic() {
    bolero::check!().with_iterations(4_000).with_type::<(u8, Vec<(u16, u8, u8)>)>().for_each(|(which, changes)| {
        let mut letters: Vec<char> = PAYLOADS[usize::from(*which) % PAYLOADS.len()].chars().collect();
        for (place, piece, cut) in changes.iter().take(4) {
            let at = usize::from(*place) % (letters.len() + 1);
            let to = (at + usize::from(*cut % 16)).min(letters.len());
            letters.splice(at..to, PIECES[usize::from(*piece) % PIECES.len()].chars());
        }
        let text: String = letters.into_iter().collect();
        for format in [1, 2, 3] {
            let Ok(read) = record::read(format, &text, "journal 7") else { continue };
            for event in &read.events {
                if let Err(fault) = event.opened(&Backwards) {
                    assert!(!fault.to_string().is_empty());
                }
            }
        }
        _ = canonical::is_canonical(&text);
    });
}

#[test]
fn no_search_makes_the_index_fail() {
    const TYPED: [&str; 36] = [
        " ",
        "\"",
        "'",
        "“",
        "”",
        "*",
        "^",
        "(",
        ")",
        "-",
        "+",
        ":",
        "AND ",
        "NEAR(",
        " OR ",
        "NOT ",
        "养犬",
        "登记",
        "宅",
        "基地",
        "春耕",
        "示政发",
        "〔2022〕",
        "[2021]",
        "3号",
        "第",
        "四（三）",
        "s4.3",
        "2022",
        "99999999999999999999",
        "号",
        "a",
        "é",
        "\u{0}",
        "\u{fdfa}",
        "%_",
    ];
    let (_folder, store) = county();
    papers(&store);
    // A closure over the store may be left by a panic: the test ends then.
    let store = AssertUnwindSafe(store);
    bolero::check!().with_iterations(400).with_type::<(Vec<u8>, bool)>().for_each(|(choices, raw)| {
        let typed = if *raw {
            String::from_utf8_lossy(choices).into_owned()
        } else {
            choices.iter().take(16).map(|choice| TYPED[usize::from(*choice) % TYPED.len()]).collect()
        };
        let query = PublicationQuery { wanted: Wanted::read(&typed), ..PublicationQuery::default() };
        let found = store.read(|snapshot| snapshot.publications(&query, date(2022, 4, 1), 0, 5)).unwrap();
        assert!(found.lines.len() <= 3 && found.total <= 3, "{typed:?} finds {}", found.total);
        if let Some(number) = Number::read(&typed).or_else(|| Number::issue(&typed)) {
            assert!(!number.shown().is_empty());
        }
    });
}
