//! Cases with something changed (变异案例): other days, values, acts and people than anybody thought of, in thousands of states that make sense.
//! Whatever comes of them, `decide` answers.

use super::{CHECKED, county, files, root};
use calendar::Holidays;
use engine::County;
use engine::case::run;
use std::fs;
use std::sync::LazyLock;

/// What a cell of a case may say instead.
const PIECES: [&str; 44] = [
    "",
    " ",
    "|",
    "=",
    ";",
    ",",
    "→",
    "0",
    "-1",
    "1",
    "0.005",
    "99999999999999",
    "79228162514264337593543950335",
    "1e9",
    "2022-03-01",
    "2022-02-29",
    "1900-01-01",
    "2199-12-31",
    "9999-12-31",
    "23:59",
    "24:00",
    "00:00",
    "yes",
    "no",
    "none",
    "look",
    "tick",
    "given",
    "enter",
    "change",
    "close",
    "村长",
    "户主",
    "县自然",
    "柳坪村",
    "5 working-days",
    "4294967295 days",
    "99999 months",
    "元",
    "m²",
    "4133000 37516000; 4133000 37516012; 4132985 37516000",
    "同上",
    "x",
    "\u{0}",
];

/// A case with its fixtures, cut out of its file.
struct Case {
    fixtures: usize,
    text: String,
}

struct Cases {
    fixtures: Vec<String>,
    cases: Vec<Case>,
    county: County,
    holidays: Holidays,
}

/// Every case of every regulation.
static CASES: LazyLock<Cases> = LazyLock::new(|| {
    let (mut fixtures, mut cases) = (Vec::new(), Vec::new());
    for regulation in CHECKED.rulebook.regulations.keys() {
        let folder = root().join("regulations").join(regulation).join("cases");
        if !folder.is_dir() {
            continue;
        }
        fixtures.push(fs::read_to_string(folder.join("fixtures.md")).unwrap_or_default());
        for path in files(&folder, "md").into_iter().filter(|path| !path.ends_with("fixtures.md")) {
            let text = fs::read_to_string(&path).unwrap();
            let (front, body) = text.split_once("\n## ").unwrap_or(("", text.as_str()));
            let own = body
                .split("\n## ")
                .map(|case| Case { fixtures: fixtures.len() - 1, text: format!("{front}\n\n## {case}\n") });
            cases.extend(own);
        }
    }
    Cases { fixtures, cases, county: county(), holidays: Holidays::built_in() }
});

/// Puts pieces into the cells of tables: where, which, and how many characters go.
fn changed(text: &str, changes: &[(u16, u8, u8)]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for (place, piece, cut) in changes.iter().take(8) {
        let at = usize::from(*place) % (letters.len() + 1);
        let to = (at + usize::from(*cut % 12)).min(letters.len());
        letters.splice(at..to, PIECES[usize::from(*piece) % PIECES.len()].chars());
    }
    letters.into_iter().collect()
}

#[test]
fn no_change_of_a_case_makes_decide_panic() {
    let Cases { fixtures, cases, county, holidays } = &*CASES;
    assert!(cases.len() > 300, "{} cases", cases.len());
    bolero::check!().with_iterations(40).with_type::<(u16, Vec<(u16, u8, u8)>)>().for_each(|(which, changes)| {
        let case = &cases[usize::from(*which) % cases.len()];
        let report = run(&changed(&case.text, changes), &fixtures[case.fixtures], &CHECKED.rulebook, county, holidays);
        for failure in report.failures {
            assert!(!failure.happened.is_empty() && !failure.to_string().is_empty());
        }
    });
}
