//! A county's supplement laid over its base: one text, with findings in the files where the mistakes stand.

use jiff::civil::date;
use regulation::analysis::difference::differences;
use regulation::editor::Workspace;
use regulation::model::{ClauseStatus, Regulation};
use regulation::trial::{Trial, source, version};
use regulation::{Checked, SourceFile, base_text, check, supplemented};
use std::sync::Arc;

const BASE: &str = include_str!("../fixtures/wells.md");

/// A supplement with something more in its front matter, and its body.
fn supplement(more: &str, body: &str) -> SourceFile {
    let text = format!(
        "---\noverlay-of: wells\nversion: [00000000, {}]\ntitle: 东县水井补充规定\nnumber: 东政发〔2022〕1号\n\
         issuer: county-office\nissued: 2022-01-20\neffective: 2022-02-01\n{more}---\n{body}",
        &version(BASE)[..8]
    );
    SourceFile { name: "overlays/wells.md".into(), text }
}

fn base() -> SourceFile {
    SourceFile { name: "regulations/wells.md".into(), text: BASE.into() }
}

const BODY: &str = "# 一、深度 {#e-1}\n\n本县地下水位低。 {#e-1.1}\n\n```yaml parameter\nmax-depth: 120 m\n```\n";

fn wells(checked: &Checked) -> &Arc<Regulation> {
    checked.rulebook.regulations.get("wells").expect("it runs")
}

#[test]
fn a_supplement_is_one_text_with_its_base() {
    let checked = check(&[base(), supplement("not-applied: [w-2]\n", BODY)]);
    assert_eq!(checked.findings, [], "nothing is wrong");
    let regulation = wells(&checked);
    let own = regulation.supplement.as_ref().expect("it has a supplement");
    assert_eq!((own.number.as_str(), own.effective), ("东政发〔2022〕1号", date(2022, 2, 1)));
    assert!(regulation.source[own.at..].starts_with("# 东县水井补充规定（东政发〔2022〕1号）"));
    let depth = &regulation.parameters["max-depth"];
    let values: Vec<_> = depth.values.iter().map(|(from, value)| (*from, value.zh(&depth.ty))).collect();
    assert_eq!(values, [(None, "100 米".to_owned()), (Some(date(2022, 2, 1)), "120 米".to_owned())]);
    assert_eq!(depth.clauses, ["w-1", "e-1.1"], "reasons cite both");
    let status = |id: &str| regulation.clauses.iter().find(|clause| clause.id == id).map(|clause| clause.status);
    assert_eq!(status("w-2"), Some(ClauseStatus::NotApplied));
    assert_eq!(status("e-1.1"), Some(ClauseStatus::Implemented));
    assert!(regulation.views.is_empty(), "what stands under it does not run");

    assert_eq!(base_text(&regulation.source), BASE, "nothing of the base is lost");
    assert_eq!(base_text(BASE), BASE);
    let twice = check(&[base(), supplement("not-applied: [w-2, w-2]\n", BODY)]);
    assert_eq!((&wells(&twice).version, twice.findings.len()), (&regulation.version, 0));

    // Kept, enacted or compared it is a text like any other.
    let again = check(&[source(regulation)]);
    assert_eq!(again.findings, []);
    assert_eq!((&wells(&again).version, &wells(&again).supplement), (&regulation.version, &regulation.supplement));
    assert_eq!(wells(&again).parameters["max-depth"].values, depth.values);
    let alone = check(&[base()]);
    assert!(alone.findings.is_empty() && wells(&alone).version != regulation.version);
}

#[test]
fn what_is_found_in_the_sum_stands_in_its_own_file() {
    let wrong = format!(
        "{BODY}\n再报一次。 {{#e-2}}\n\n```yaml view\nview: twice\ntitle: 再报\nfrom: nothing\nreaders: [public]\n```\n"
    );
    let own = supplement("", &wrong);
    let checked = check(&[base(), own.clone()]);
    let found: Vec<_> = checked.findings.iter().map(|found| (found.code, &*found.span.file)).collect();
    assert!(found.contains(&("GB0251", "overlays/wells.md")), "{found:?}");
    let place = checked.findings.iter().find(|found| found.code == "GB0251").map(|found| &found.span);
    assert_eq!(place.map(|span| &own.text[span.start..span.end]), Some("nothing"));

    let text = BASE.replace("from: wells", "from: walls");
    let broken = SourceFile { name: "regulations/wells.md".into(), text: text.clone() };
    let own = SourceFile { text: own.text.replace(&version(BASE)[..8], &version(&text)[..8]), ..supplement("", BODY) };
    let checked = check(&[broken, own]);
    let mut wrong = checked.findings.iter().filter(|found| found.code == "GB0251").map(|found| &found.span);
    let place = wrong.find(|place| place.file.starts_with("regulations/"));
    let place = place.expect("the base names no register `walls`");
    assert_eq!((&*place.file, &text[place.start..place.end]), ("regulations/wells.md", "walls"));
}

#[test]
fn a_base_with_a_broken_supplement_does_not_run() {
    let codes = |checked: &Checked| checked.findings.iter().map(|found| found.code).collect::<Vec<_>>();
    let untitled = SourceFile {
        text: supplement("", BODY).text.replace("title: 东县水井补充规定\n", ""),
        ..supplement("", BODY)
    };
    let checked = check(&[base(), untitled]);
    assert_eq!(codes(&checked), ["GB0008"]);
    assert!(checked.rulebook.regulations.is_empty(), "the county has said more than the base");

    let second = SourceFile { name: "overlays/wells-2.md".into(), ..supplement("", BODY) };
    let checked = check(&[base(), supplement("", BODY), second]);
    assert_eq!(codes(&checked), ["GB0307"]);
    assert_eq!(&*checked.findings[0].span.file, "overlays/wells-2.md");
    assert!(checked.rulebook.regulations.is_empty());
}

#[test]
fn a_supplement_gives_values_of_the_type_and_within_the_bounds() {
    let codes = |line: &str| {
        let body = BODY.replace("max-depth: 120 m", line);
        check(&[base(), supplement("", &body)]).findings.iter().map(|found| found.code).collect::<Vec<_>>()
    };
    for fine in
        ["max-depth: 50 m", "max-depth: 150 m", "max-depth: { value: 60 m, since: 2022-03-01 }", "shared-by: 900"]
    {
        assert!(codes(fine).is_empty(), "{fine}: {:?}", codes(fine));
    }
    for (wrong, code) in [
        ("max-depth: { value: 60 m, county: any }", "GB0304"),
        ("max-depth: 49.9 m", "GB0305"),
        ("max-depth: 100", "GB0009"),
        ("shared-by: 2 days", "GB0009"),
        ("min-depth: 3 m", "GB0304"),
        ("other: 3 m", "GB0303"),
    ] {
        assert_eq!(codes(wrong), [code], "{wrong}");
    }
}

#[test]
fn a_supplement_for_another_version_runs_and_is_told() {
    let other =
        SourceFile { text: supplement("", BODY).text.replace(&version(BASE)[..8], "11111111"), ..supplement("", BODY) };
    let checked = check(&[base(), other]);
    let codes: Vec<_> = checked.findings.iter().map(|found| (found.code, &*found.span.file)).collect();
    assert_eq!(codes, [("GB0302", "overlays/wells.md")]);
    assert!(wells(&checked).supplement.is_some());
    let unsaid =
        supplement("", BODY).text.lines().filter(|line| !line.starts_with("version:")).collect::<Vec<_>>().join("\n");
    assert!(check(&[base(), SourceFile { text: unsaid, ..supplement("", BODY) }]).findings.is_empty());
}

#[test]
fn a_new_supplement_is_tried_over_the_base_that_runs() {
    let then = check(&[base(), supplement("not-applied: [w-2]\n", BODY)]).rulebook;
    let text = supplement("", BODY).text.replace("120 m", "130 m").replace("2022-02-01", "2022-05-01");
    let trial = Trial::of(&then, &text);
    assert_eq!(trial.errors().next(), None);
    assert_eq!((trial.id.as_deref(), trial.file.as_str()), (Some("wells"), "overlays/wells.md"));
    assert_eq!(trial.effective(), Some(date(2022, 5, 1)));
    let regulation = trial.regulation().expect("it is sound");
    let depth = &regulation.parameters["max-depth"];
    let last = depth.values.last().map(|(from, value)| (*from, value.zh(&depth.ty)));
    assert_eq!(last, Some((Some(date(2022, 5, 1)), "130 米".to_owned())));
    assert_eq!(base_text(&regulation.source), BASE);
    assert!(!regulation.views.is_empty(), "what the former one set aside applies again");

    let changed = differences(then.regulations.get("wells").map(|known| &**known), regulation);
    let names: Vec<_> = changed.iter().map(|one| (one.kind.as_str(), one.name.as_str())).collect();
    assert!(names.contains(&("parameter", "max-depth")) && !names.contains(&("parameter", "min-depth")), "{names:?}");
    assert!(differences(Some(regulation), regulation).is_empty(), "a parameter stands in two places");

    let wrong = Trial::of(&then, &text.replace("130 m", "400 m"));
    let lines: Vec<_> = wrong.errors().map(|error| (error.code, wrong.line(error))).collect();
    assert_eq!(lines, [("GB0305", Some(15))]);
}

#[test]
fn a_new_base_is_looked_at_with_the_supplement_that_it_will_have() {
    let new = BASE.replace("households <= shared-by", "households < shared-by");
    let sum = supplemented(&new, &supplement("", BODY).text);
    assert_eq!(base_text(&sum), new);
    let checked = check(&[SourceFile { name: "regulations/wells.md".into(), text: sum.clone() }]);
    assert_eq!(wells(&checked).parameters["max-depth"].clauses, ["w-1", "e-1.1"]);
    assert_eq!(supplemented(&sum, &supplement("", BODY).text), sum, "it has it already");
}

#[test]
fn an_editor_of_a_folder_with_supplements_knows_the_base_and_tells_what_is_wrong_in_both() {
    let workspace = Workspace::read(vec![supplement("", &BODY.replace("120 m", "900 m")), base()]);
    let found: Vec<_> = workspace.checked().findings.iter().map(|found| (found.code, &*found.span.file)).collect();
    assert_eq!(found, [("GB0305", "overlays/wells.md")]);
    let at = BASE.find("max-depth").expect("it is there");
    assert!(workspace.hover("regulations/wells.md", at).is_some());
    assert_eq!(workspace.complete("overlays/wells.md", BODY, 4), None);
}
