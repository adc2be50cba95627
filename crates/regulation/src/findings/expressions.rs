//! Pages of the mistakes in expressions; [`crate::expr::codes`] finds and explains them.

use super::Page;
use crate::expr::codes::{self, Explained};
use crate::finding::Severity;

/// Where the examples of each code stand, a wrong and a right one.
const EXAMPLES: [(&str, &str, &str, &str); 18] = [
    (
        codes::SYNTAX,
        "permit: require",
        r"- area <= limit
- area >> 20 m²",
        r"- area <= limit
- area > 20 m²",
    ),
    (
        codes::LITERAL,
        "permit: require",
        r"- area <= limit
- asked-on >= 2022-02-30",
        r"- area <= limit
- asked-on >= 2022-02-28",
    ),
    (
        codes::TOO_COMPLEX,
        "sketch",
        "require: ((((((((… a … ))))))))",
        r"facts: { in-time: … }
…
require: in-time",
    ),
    (codes::UNKNOWN_NAME, "permit: require", "- aera <= limit and area > 0 m²", "- area <= limit and area > 0 m²"),
    (
        codes::UNKNOWN_MEMBER,
        "permit: due",
        "due: 5 days after ask.date, else alarm",
        "due: 5 days after ask.on, else alarm",
    ),
    (
        codes::UNKNOWN_FUNCTION,
        "permit: require",
        "- area <= limit and size(members) > 0",
        "- area <= limit and count(members) > 0",
    ),
    (
        codes::ARGUMENTS,
        "permit: require",
        "- area <= limit and year(ask.on, birth) > 2020",
        "- area <= limit and year(ask.on) > 2020",
    ),
    (
        codes::TYPE_MISMATCH,
        "permit: require",
        "- area <= limit and asked-on > 5",
        "- area <= limit and asked-on > 2022-01-05",
    ),
    (codes::UNIT_MISMATCH, "permit: require", "- area <= limit and area > 20 m", "- area <= limit and area > 20 m²"),
    (codes::NOT_A_CONDITION, "permit: require", "- area <= limit and paper", "- area <= limit and paper given"),
    (
        codes::UNKNOWN_CODE,
        "permit: require",
        "- area <= limit and kind == brand-new",
        "- area <= limit and kind == new-site",
    ),
    (codes::CONSTANT, "permit: require", "- area <= limit and 200 m² > 100 m²", "- area <= limit and area > 100 m²"),
    (
        codes::DIVISION_BY_ZERO,
        "permit: facts",
        r"share: area / (count-of + 1)
half: area / 0",
        r"share: area / (count-of + 1)
half: area / 2",
    ),
    (
        codes::WHOLE_COLLECTION,
        "permit: require",
        "- area <= limit and none(homes where area > 200 m²)",
        "- area <= limit and none(homes where head == home.head and area > 200 m²)",
    ),
    (
        codes::NOT_A_LIST,
        "permit: require",
        "- area <= limit and count(area) > 0",
        "- area <= limit and count(members) > 0",
    ),
    (codes::NO_ORDER, "permit: require", "- area <= limit and kind > new-site", "- area <= limit and kind == new-site"),
    (
        codes::HOLE,
        "permit: row",
        "| size | area < 50 m² | 面积 {area 超限 |",
        "| size | area < 50 m² | 面积 {area} 超限 |",
    ),
    (
        codes::TERM_UNIT,
        "permit: facts",
        r"share: area / (count-of + 1)
last-day: ask.on + 5 working-days",
        r"share: area / (count-of + 1)
last-day: 5 working-days after ask.on",
    ),
];

/// Pages of these codes.
pub(super) fn pages() -> Vec<Page> {
    codes::ALL.iter().map(page).collect()
}

fn page(explained: &Explained) -> Page {
    let found = EXAMPLES.iter().find(|(code, ..)| *code == explained.code);
    let (_, within, wrong, right) = *found.expect("each code has its examples: a test makes all pages");
    let severity = if explained.code == codes::WHOLE_COLLECTION { Severity::Warning } else { Severity::Error };
    Page {
        code: explained.code,
        severity,
        zh: explained.zh,
        en: explained.en,
        why: explained.text,
        within,
        wrong,
        right,
    }
}
