//! The small valid regulation that uses every kind of block.

use regulation::model::ElementKind;
use regulation::{LineIndex, SourceFile, check, report};

/// `FILE:LINE:COLUMN CODE message` for each finding.
pub(crate) fn lines(files: &[SourceFile]) -> Vec<String> {
    let checked = check(files);
    let line = |finding: &regulation::finding::Finding| {
        let file = files.iter().find(|file| file.name == *finding.span.file).expect("findings name a given file");
        let (line, column) = LineIndex::new(&file.text).line_column(&file.text, finding.span.start);
        format!("{}:{line}:{column} {} {}", file.name, finding.code, finding.message.en)
    };
    checked.findings.iter().map(line).collect()
}

pub(crate) fn tiny() -> SourceFile {
    SourceFile { name: "tiny.md".into(), text: include_str!("../fixtures/tiny.md").into() }
}

#[test]
fn tiny_has_no_findings() {
    assert_eq!(lines(&[tiny()]), Vec::<String>::new());
    assert!(check(&[tiny()]).rulebook.regulations.contains_key("dogs"));
}

#[test]
fn the_worst_case_counts_every_term_on_the_longest_way() {
    let checked = check(&[tiny()]);
    let (_, procedure) = checked.rulebook.procedure("dog-licence").expect("tiny has a dog licence");
    let worst = procedure.worst_case.clone().expect("it has terms");
    let steps: Vec<&str> = worst.path.iter().map(|(step, _)| step.as_str()).collect();
    assert_eq!(steps, ["village-check", "correcting", "village-check", "joint-check", "notice", "decision"]);
    // 5 days and 60 of correction lie within the three months from arrival; then 3 working days after 5 of display; 5 days.
    assert_eq!(worst.days, 3 * 31 + 5 + 7 + 5);
}

#[test]
fn a_choice_may_have_a_label_in_english_behind_a_slash() {
    let text = include_str!("../fixtures/tiny.md")
        .replace("village: 田园犬,", "village: 田园犬 / Village dog,")
        .replace("calm: 温顺,", "calm: 温顺 / Calm/quiet,");
    let checked = check(&[SourceFile { name: "tiny.md".into(), text }]);
    assert!(checked.findings.is_empty(), "{:?}", checked.findings);
    let form = checked.rulebook.regulations["dogs"]
        .forms
        .values()
        .find(|form| form.field("breed").is_some())
        .expect("a form asks for the breed");
    let read = |field: &str| {
        let codes = form.field(field).and_then(|field| field.ty.codes()).expect("a field of choices");
        codes.iter().map(|(_, label)| (label.zh.as_str(), label.english())).collect::<Vec<_>>()
    };
    assert_eq!(read("breed"), [("田园犬", "Village dog"), ("牧羊犬", "牧羊犬"), ("其他", "其他")]);
    assert_eq!(read("traits")[0], ("温顺", "Calm/quiet"));
}

#[test]
fn facts_come_after_those_they_need() {
    let text = include_str!("../fixtures/tiny.md")
        .replace("facts:\n  own-dogs", "facts:\n  soon: valid-to - 30 days\n  own-dogs");
    let checked = check(&[SourceFile { name: "tiny.md".into(), text }]);
    let (_, procedure) = checked.rulebook.procedure("dog-licence").expect("tiny has a dog licence");
    let names: Vec<&str> = procedure.facts.iter().map(|fact| fact.name.as_str()).collect();
    let place = |name: &str| names.iter().position(|fact| *fact == name).expect("the fact is there");
    assert!(place("valid-to") < place("soon"));
    assert!(place("arrived-on") < place("late"));
}

#[test]
fn what_is_written_and_means_the_same_is_kept_once() {
    let twice = "facts:\n  late-again: today > arrived-on + 6 months and late-mode == refuse-late\n  own-dogs:";
    let text = tiny().text.replacen("facts:\n  own-dogs:", twice, 1);
    let checked = check(&[SourceFile { name: "tiny.md".into(), text }]);
    let (_, procedure) = checked.rulebook.procedure("dog-licence").expect("tiny has a dog licence");
    let value = |name: &str| &procedure.facts.iter().find(|fact| fact.name == name).expect("it is a fact").value;
    let (late, again, other) = (value("late"), value("late-again"), value("valid-to"));
    assert!(std::ptr::eq(&**late, &**again), "one of them");
    assert_ne!(late.span(), again.span(), "at two places");
    assert!(!std::ptr::eq(&**late, &**other));
}

#[test]
fn the_report_has_places_clauses_and_durations() {
    let text =
        include_str!("../fixtures/tiny.md").replace("# 四、台账 {#dg-8}", "另有一条。 {#dg-7.9}\n\n# 四、台账 {#dg-8}");
    let files = [SourceFile { name: "tiny.md".into(), text }];
    let report = report::json(&check(&files), &files);
    let first = report.findings.first().expect("nothing carries it out");
    assert_eq!((first.code, first.severity, first.column), ("GB0206", "warning", 1));
    let status = |id: &str| report.clauses.iter().find(|clause| clause.id == id).map(|clause| clause.status);
    assert_eq!(status("dg-2"), Some("narrative"));
    assert_eq!(status("dg-3.2"), Some("implemented"));
    assert_eq!(status("dg-7.9"), Some("uncovered"));
    let licence = report.procedures.iter().find(|procedure| procedure.id == "dog-licence").expect("reported");
    assert_eq!((licence.steps, licence.worst_case_days), (5, Some(110)));
}

#[test]
fn regulations_that_use_one_with_errors_are_left_out() {
    let base = tiny().text.replace("own-dogs < max-dogs", "own-dogs < max-cats");
    let front = "---\nid: more\ntitle: 又一份\nnumber: 2号\nissuer: county-office\nissued: 2022-02-01\neffective: 2022-02-01\nuses: [dogs]\n---\n";
    let file = |name: &str, text: &str| SourceFile { name: name.into(), text: text.into() };
    let checked = check(&[file("base.md", &base), file("more.md", front)]);
    assert!(checked.rulebook.regulations.is_empty());
    let checked = check(&[tiny(), file("more.md", front)]);
    assert_eq!(checked.rulebook.regulations.len(), 2);
}

#[test]
fn the_text_is_kept_for_the_page() {
    let checked = check(&[tiny()]);
    let regulation = checked.rulebook.regulations.get("dogs").expect("tiny is right");
    let clause = regulation.clauses.iter().find(|clause| clause.id == "dg-3.1").expect("the clause is there");
    assert_eq!(clause.headings, ["二、申请和审查", "（一）申请"]);
    assert_eq!(clause.text, "户主填写申请表，附免疫记录。");
    assert!(regulation.source[clause.span.start..clause.span.end].starts_with("户主填写"));
    for element in &regulation.text {
        let written = &regulation.source[element.span.start..element.span.end];
        if element.kind == ElementKind::Paragraph {
            assert!(written.starts_with(&element.text), "{written}");
        }
    }
}
