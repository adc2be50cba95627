//! What is typed into a field, and texts of regulations with pieces of the language put where nobody would put them: read or answered with a
//! sentence, never a panic.

use calendar::Unit as TermUnit;
use jiff::civil::date;
use regulation::expr::{Type, Unit, Value, identity, numbers};
use regulation::model::Label;
use regulation::trial::{Terms, id_of, restated, version};
use regulation::{SourceFile, check};
use std::sync::Arc;

/// What people type, in any order.
const TYPED: [&str; 56] = [
    " ",
    "　",
    "\t",
    "\n",
    "0",
    "1",
    "９",
    "12",
    "180",
    "0.5",
    "０．５",
    ",",
    "，",
    ".",
    "-",
    "－",
    "+",
    "e5",
    "万",
    "亿",
    "元",
    "¥",
    "平方米",
    "m²",
    "亩",
    "%",
    "½",
    "2022",
    "年",
    "月",
    "日",
    "2022-03-01",
    "2022/2/30",
    "二〇二二年三月一日",
    "09:30",
    "24:00",
    "T",
    "5个工作日",
    "30日",
    "999999197904120014",
    "99999919790412001X",
    "ｘ",
    "91110000MA0000000X",
    "6222",
    "是",
    "否",
    "yes",
    "a",
    "b",
    "、",
    ";",
    "4133000 37516000",
    "东西长 12 米",
    "\u{0}",
    "\u{202e}",
    "·",
];

fn types() -> Vec<Type> {
    let code = |name: &str| (name.to_owned(), Label { zh: name.to_owned(), en: None });
    let codes: Arc<[_]> = [code("a"), code("b")].into();
    vec![
        Type::Bool,
        Type::Number { unit: Unit::symbol("m²"), whole: false },
        Type::Number { unit: Unit::symbol("yuan"), whole: false },
        Type::Number { unit: Unit::none(), whole: true },
        Type::Text { max: 20 },
        Type::PersonName,
        Type::Phone,
        Type::IdNumber,
        Type::CreditCode,
        Type::BankCard,
        Type::OneOf(Arc::clone(&codes)),
        Type::SomeOf(codes),
        Type::Date,
        Type::Moment,
        Type::Term,
        Type::TermOf(TermUnit::Hours),
        Type::TermOf(TermUnit::Months),
        Type::Plot,
        Type::Report,
        Type::Place,
        Type::Row("homes".to_owned()),
        Type::Matter("dog-licence".to_owned()),
        Type::List(Box::new(Type::Date)),
        Type::List(Box::new(Type::Number { unit: Unit::none(), whole: true })),
        Type::File,
        Type::Records("member".to_owned()),
        Type::Unknown,
    ]
}

#[test]
fn whatever_is_typed_into_a_field_is_read_or_answered() {
    let types = types();
    bolero::check!().with_iterations(2_000).with_type::<(Vec<u8>, bool)>().for_each(|(choices, raw)| {
        let typed = if *raw {
            String::from_utf8_lossy(choices).into_owned()
        } else {
            choices.iter().take(20).map(|choice| TYPED[usize::from(*choice) % TYPED.len()]).collect()
        };
        for ty in &types {
            match Value::parse(ty, &typed) {
                Ok(Value::Missing) => assert!(typed.trim().is_empty(), "{typed:?} is nothing as {ty:?}"),
                Ok(_) => {}
                Err(said) => assert!(!said.zh.is_empty() && !said.en.is_empty(), "{typed:?} as {ty:?}"),
            }
        }
        for number in [identity::normal(&typed), numbers::normal(&typed)] {
            let faults =
                [identity::fault(&number), numbers::credit_code_fault(&number), numbers::bank_card_fault(&number)];
            let born = (identity::birth(&number), identity::sex(&number), identity::age(&number, date(2022, 3, 1)));
            assert!(faults[0].is_some() || born.0.is_some() && born.1.is_some(), "{number} is a number of nobody");
            assert!(identity::renewed(&number).is_none_or(|renewed| renewed.len() == 18));
        }
    });
}

/// Pieces of the language, put anywhere.
const PIECES: [&str; 72] = [
    "",
    " ",
    "\n",
    "\n\n",
    "  ",
    ": ",
    "- ",
    "{",
    "}",
    "[",
    "]",
    "|",
    "|\n",
    "```",
    "```yaml step\n",
    "```yaml procedure\n",
    "```yaml register\n",
    "```yaml view\n",
    "```yaml fund\n",
    "```yaml duty\n",
    "```yaml share\n",
    "```yaml table\n",
    "\"",
    "'",
    "#",
    "{#x-1}",
    "{#x-1 .narrative}",
    "&a ",
    "*a",
    "<<: ",
    "!!str ",
    "? ",
    "--- ",
    "...",
    "\t",
    "step: ",
    "of: ",
    "by: ",
    "to: ",
    "if ",
    " else ",
    "within: ",
    "5 days",
    "0 days",
    "99999999999 days",
    " after ",
    "each: ",
    "every: ",
    "from: ",
    "where ",
    "sum(",
    "count(",
    ") ",
    "(",
    ")",
    " and ",
    " or ",
    "not ",
    "==",
    "<=",
    "/ 0",
    "* ",
    "79228162514264337593543950335",
    "m²",
    "yuan",
    "2022-02-30",
    "today",
    "this.",
    "type: list of ",
    "personal: identity",
    "uses: ",
    "农",
];

#[test]
fn no_pieces_of_the_language_make_its_reader_panic() {
    const SEEDS: [&str; 6] = [
        include_str!("../fixtures/tiny.md"),
        include_str!("../fixtures/posts.md"),
        include_str!("../fixtures/bulletin.md"),
        include_str!("../fixtures/law.md"),
        include_str!("../../../engine/tests/it/upkeep/regulation.md"),
        include_str!("../../../engine/tests/it/watch/regulation.md"),
    ];
    bolero::check!().with_iterations(40).with_type::<(u8, Vec<(u16, u8, u8)>)>().for_each(|(seed, changes)| {
        let mut letters: Vec<char> = SEEDS[usize::from(*seed) % SEEDS.len()].chars().collect();
        for (place, piece, cut) in changes.iter().take(6) {
            let at = usize::from(*place) % (letters.len() + 1);
            let to = (at + usize::from(*cut % 16)).min(letters.len());
            letters.splice(at..to, PIECES[usize::from(*piece) % PIECES.len()].chars());
        }
        let text: String = letters.into_iter().collect();
        let checked = check(&[SourceFile { name: "x.md".into(), text: text.clone() }]);
        for finding in &checked.findings {
            let shown = text.get(finding.span.start..finding.span.end);
            assert!(
                *finding.span.file != *"x.md" || shown.is_some(),
                "{} has no place: {:?}",
                finding.code,
                finding.span
            );
        }
        let terms = Terms {
            number: Some("甲〔2026〕3号\"\\".into()),
            issued: Some(date(2026, 1, 1)),
            effective: Some(date(2026, 2, 1)),
        };
        let once = restated(&text, &terms);
        assert_eq!(restated(&once, &terms), once, "what was restated stays as it is");
        _ = (id_of(&text), version(&text));
    });
}
