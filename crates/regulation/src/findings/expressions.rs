//! Pages of the mistakes in expressions; [`crate::expr::codes`] finds and explains them.

use super::Page;
use crate::expr::codes::{self, Explained};
use crate::finding::Severity;

/// A wrong and a right example of each code.
const EXAMPLES: [(&str, &str, &str); 18] = [
    (codes::SYNTAX, "require: area >> 200 m²", "require: area > 200 m²"),
    (codes::LITERAL, "require: asked-on >= 2022-02-30", "require: asked-on >= 2022-02-28"),
    (codes::TOO_COMPLEX, "require: ((((((((… a … ))))))))", "facts: { in-time: … }\n…\nrequire: in-time"),
    (codes::UNKNOWN_NAME, "require: aera > 0 m²", "require: area > 0 m²"),
    (codes::UNKNOWN_MEMBER, "due: 5 days after ask.date, else alarm", "due: 5 days after ask.on, else alarm"),
    (codes::UNKNOWN_FUNCTION, "require: size(members) > 0", "require: count(members) > 0"),
    (codes::ARGUMENTS, "require: age(id-number) >= 18", "require: age(id-number, ask.on) >= 18"),
    (codes::TYPE_MISMATCH, "require: asked-on > 5", "require: asked-on > 2022-01-05"),
    (codes::UNIT_MISMATCH, "require: area > 200 m", "require: area > 200 m²"),
    (codes::NOT_A_CONDITION, "require: exit-agreement", "require: exit-agreement given"),
    (codes::UNKNOWN_CODE, "require: result == passed", "require: result == pass"),
    (codes::CONSTANT, "require: 200 m² > 100 m²", "require: area > 100 m²"),
    (codes::DIVISION_BY_ZERO, "facts: { share: area / 0 }", "facts: { share: area / member-count }"),
    (
        codes::WHOLE_COLLECTION,
        "require: none(plots where area > 200 m²)",
        "require: none(plots where holder == household and area > 200 m²)",
    ),
    (codes::NOT_A_LIST, "require: count(area) > 0", "require: count(members) > 0"),
    (codes::NO_ORDER, "require: build-type > new-site", "require: build-type == new-site"),
    (codes::HOLE, "because: 面积 {area 超限", "because: 面积 {area} 超限"),
    (
        codes::TERM_UNIT,
        "facts: { last-day: ask.on + 5 working-days }",
        "facts: { last-day: 5 working-days after ask.on }",
    ),
];

/// Pages of these codes.
pub(super) fn pages() -> Vec<Page> {
    codes::ALL.iter().map(page).collect()
}

fn page(explained: &Explained) -> Page {
    let (_, wrong, right) =
        EXAMPLES.iter().find(|(code, ..)| *code == explained.code).copied().unwrap_or((explained.code, "", ""));
    let severity = if explained.code == codes::WHOLE_COLLECTION { Severity::Warning } else { Severity::Error };
    Page { code: explained.code, severity, zh: explained.zh, en: explained.en, why: explained.text, wrong, right }
}
