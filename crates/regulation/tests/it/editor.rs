//! What editors are told of the county's own regulations: every name leads to where it is defined, and can be renamed there and back.

use regulation::SourceFile;
use regulation::editor::{Beside, Completion, Edit, Symbol, SymbolKind, Workspace, applied};
use regulation::finding::{Finding, OfferKind};
use std::collections::BTreeSet;
use std::path::Path;

/// All regulations.
fn files() -> Vec<SourceFile> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../regulations");
    let entries = std::fs::read_dir(&folder).expect("the regulations are there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "md"));
    paths.sort();
    let file = |path: &std::path::PathBuf| {
        let name = path.file_name().expect("files have names").to_string_lossy().into_owned();
        SourceFile { name, text: std::fs::read_to_string(path).expect("regulations are UTF-8") }
    };
    paths.iter().map(file).collect()
}

/// Whether a regulation defines what it stands for, rather than the language or the county.
fn is_defined(symbol: &Symbol) -> bool {
    !matches!(symbol.kind, SymbolKind::BuiltIn | SymbolKind::Function | SymbolKind::Party)
}

fn at<'a>(workspace: &'a Workspace, span: &regulation::span::Span) -> &'a str {
    let file = workspace.file(&span.file).expect("places are in a file");
    &file.text[span.start..span.end]
}

#[test]
fn every_name_leads_to_where_it_is_defined() {
    let workspace = Workspace::read(files());
    let mut lost = BTreeSet::new();
    let mut uses = 0;
    for (span, symbol) in workspace.uses().filter(|(_, symbol)| is_defined(symbol)) {
        uses += 1;
        let found = workspace.definition(&span.file, span.start);
        if !found.iter().any(|definition| definition.symbol == *symbol) {
            lost.insert(format!("{} {:?} {}", span.file, symbol, at(&workspace, span)));
        }
        for definition in found {
            assert_eq!(at(&workspace, &definition.span), definition.symbol.name, "{definition:?}");
        }
    }
    assert!(lost.is_empty(), "{lost:#?}");
    assert!(uses > 10_000, "{uses}");
}

/// The edits that give every name another ending.
fn all_renamed(workspace: &Workspace) -> Vec<Edit> {
    let kept = |symbol: &Symbol| !is_defined(symbol) || symbol.kind == SymbolKind::Regulation;
    let used = workspace.uses().filter(|(_, symbol)| !kept(symbol)).map(|(span, _)| span.clone());
    let defined = workspace.definitions().filter(|definition| !kept(&definition.symbol));
    let spans: BTreeSet<_> = used.chain(defined.map(|definition| definition.span.clone())).collect();
    spans.into_iter().map(|span| Edit { text: format!("{}-zz", at(workspace, &span)), span }).collect()
}

#[test]
fn all_names_at_once_are_renamed_and_back() {
    let workspace = Workspace::read(files());
    let texts = applied(workspace.files(), &all_renamed(&workspace));
    let renamed = Workspace::read(texts);
    // What the language itself reads by name: parameters of statutory time, columns of the list of shares; and fields that are called as
    // something of the language is, of which `rows` makes rows.
    let of_language = |finding: &&Finding| {
        let written = at(&renamed, &finding.span);
        match finding.code {
            "GB0227" | "GB0283" => false,
            "GB0105" => !written.starts_with("rows("),
            _ => true,
        }
    };
    let wrong = renamed.checked().findings.iter().filter(of_language);
    let told = |finding: &Finding| {
        let file = renamed.file(&finding.span.file).expect("findings are in a file");
        let line = file.text[..finding.span.start].lines().count();
        format!("{}:{line} {} {}", finding.span.file, finding.code, finding.message.zh)
    };
    let found: Vec<String> = wrong.map(told).collect();
    assert!(found.is_empty(), "{}: {:#?}", found.len(), &found[..found.len().min(60)]);
    let back: Vec<Edit> =
        all_renamed(&renamed).into_iter().map(|edit| Edit { text: edit.text.replace("-zz-zz", ""), ..edit }).collect();
    assert_eq!(applied(renamed.files(), &back), files());
}

/// The small regulation with a piece written anew; `¦` is where somebody writes.
fn writing(old: &str, new: &str) -> (String, usize) {
    let text = super::tiny::tiny().text;
    assert!(text.contains(old), "{old}");
    let text = text.replacen(old, new, 1);
    let byte = text.find('¦').expect("somebody writes somewhere");
    (text.replacen('¦', "", 1), byte)
}

fn tiny() -> Workspace {
    Workspace::read(vec![super::tiny::tiny()])
}

/// Where a piece of the small regulation stands, at the part marked with `¦`.
fn place(workspace: &Workspace, marked: &str) -> usize {
    let text = &workspace.file("tiny.md").expect("it is there").text;
    let at = text.find(&marked.replacen('¦', "", 1)).unwrap_or_else(|| panic!("{marked}"));
    at + marked.find('¦').expect("a place is marked")
}

/// In place of what, what is written; what must be offered first; what must be among the rest; what must not.
type Offered = (&'static str, &'static str, &'static [&'static str], &'static [&'static str], &'static [&'static str]);

#[test]
fn what_is_offered_is_what_would_be_right() {
    let workspace = tiny();
    let all: [Offered; 25] = [
        (
            "require: [within-limit]",
            "require: [with¦]",
            &[],
            &["within-limit", "own-dogs", "count", "dogs"],
            &["licensed"],
        ),
        (
            "require: own-dogs < max-dogs",
            "require: own-dogs < ¦",
            &[],
            &["max-dogs", "own-dogs", "today", "township"],
            &[],
        ),
        ("licence.licence-notice.shown", "licence.licence-notice.¦", &["on"], &["shown", "last-day"], &["max-dogs"]),
        ("licence.licence-notice.shown", "licence.¦", &[], &["licence-notice", "own-dogs", "step"], &["max-dogs"]),
        ("if breed == other ", "if breed == ¦ ", &["village", "shepherd", "other"], &["dog-name"], &[]),
        (
            "count(dogs where home == this.home and state == kept)",
            "count(dogs where ¦)",
            &["chip", "home", "class"],
            &["own-dogs"],
            &[],
        ),
        (
            "count(dogs where home == this.home and state == kept)",
            "count(dogs where ho¦",
            &["chip", "home", "class"],
            &[],
            &[],
        ),
        (
            "count(dogs where home == this.home and state == kept)",
            "count(dogs where state == ¦",
            &["kept", "gone"],
            &[],
            &[],
        ),
        ("label: 村级审查", "label: 村级审查\nre¦", &[], &["remind", "due", "suspends"], &["form"]),
        (
            "{ label: 张贴, issue: [licence-notice] }",
            "{ label: 张贴, is¦",
            &[],
            &["issue", "void", "require"],
            &["hit"],
        ),
        (
            "{ label: 张贴, issue: [licence-notice] }",
            "{ label: 张贴, issue: [lic¦",
            &[],
            &["licence-notice", "receipt"],
            &["pass"],
        ),
        ("```yaml rule\nrule: no-bar", "```yaml ru¦\nrule: no-bar", &[], &["rule", "step", "procedure"], &[]),
        (
            "    to: joint-check\n",
            "    to: ¦\n",
            &["village-check"],
            &["joint-check", "licensed", "refused"],
            &["pass"],
        ),
        (
            "by: township/vet\n    form",
            "by: township/¦\n    form",
            &[],
            &["township/vet", "village/head", "starter"],
            &[],
        ),
        ("by: township/vet\n    form", "by: ¦\n    form", &[], &["township/vet", "clock"], &[]),
        ("clause: dg-5.2", "clause: dg-¦", &[], &["dg-1", "dg-5.2", "dg-3.1"], &[]),
        (
            "| weight     | 体重     | `kg` ",
            "| weight     | 体重     | te¦ ",
            &[],
            &["text", "date", "homes", "list of shot"],
            &[],
        ),
        ("| no   | field      |", "| no   | fie¦      |", &[], &["field", "need", "preset"], &[]),
        ("notice-term: 5 working-days", "notice-term: 5 ¦", &["m²"], &["working-days", "days"], &[]),
        ("holds: none", "holds: ¦", &["all", "any", "none"], &[], &[]),
        ("chip: chip, home: home", "chip: chip, ho¦: home", &[], &["home", "state", "class"], &["weight"]),
        ("about: { home: homes }", "about: { home: ¦ }", &[], &["homes", "dogs"], &["pass"]),
        ("suspends: [village-check]", "suspends: [¦]", &["village-check"], &["correcting"], &["pass"]),
        (
            "{licence-prefix}{township.code}",
            "{licence-prefix}{township.¦}",
            &["name", "short", "code"],
            &["successor"],
            &["weight"],
        ),
        ("hits(no-bar)", "hi¦(no-bar)", &[], &["hits", "count"], &[]),
    ];
    for (old, new, first, others, never) in all {
        let (text, byte) = writing(old, new);
        let offered = workspace.complete("tiny.md", &text, byte).unwrap_or_else(|| panic!("nothing for {new}"));
        let names: Vec<&str> = offered.all.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names.get(..first.len()), Some(first), "{new}: {names:?}");
        let missing: Vec<&&str> = others.iter().filter(|name| !names.contains(*name)).collect();
        assert!(missing.is_empty(), "{new} lacks {missing:?}: {names:?}");
        assert!(!never.iter().any(|name| names.contains(name)), "{new}: {names:?}");
        assert!(offered.replace.start <= byte && byte <= offered.replace.end, "{new}: {:?}", offered.replace);
        assert!(!names.contains(&"zz-asked-zz"), "{new}");
    }
}

#[test]
fn what_is_offered_says_what_it_is() {
    let workspace = tiny();
    let (text, byte) = writing("require: own-dogs < max-dogs", "require: own-dogs < ¦");
    let offered = workspace.complete("tiny.md", &text, byte).expect("names are offered");
    let detail = |name: &str| {
        let found = offered.all.iter().find(|one| one.name == name).unwrap_or_else(|| panic!("{name} is offered"));
        (found.detail.as_str(), found.help.as_deref().unwrap_or_default().lines().next().unwrap_or_default())
    };
    assert_eq!(detail("max-dogs"), ("每户最多犬数 · 数", ""));
    assert_eq!(detail("weight"), ("体重 · 数（kg）", ""));
    assert_eq!(detail("today"), ("日期", "办理之日"));
    assert_eq!(detail("count"), ("", "`count(C)`"));
    let (text, byte) = writing("label: 村级审查", "label: 村级审查\nre¦");
    let keys = workspace.complete("tiny.md", &text, byte).expect("keys are offered");
    let unsaid = keys.all.iter().filter(|one| one.help.is_none()).map(|one| one.name.as_str()).collect::<Vec<_>>();
    assert_eq!(unsaid, [""; 0]);
    let (text, byte) = writing("clause: dg-5.2", "clause: dg-5¦");
    let clauses = workspace.complete("tiny.md", &text, byte).expect("clauses are offered");
    let detail = clauses.all.iter().find(|one| one.name == "dg-5.2").map(|one| one.detail.as_str());
    assert_eq!(detail, Some("公示期内任何人可以提出异议。"));
}

/// Texts that use every kind of block, one by one.
const TEXTS: [&str; 8] = [
    include_str!("../fixtures/tiny.md"),
    include_str!("../fixtures/bees.md"),
    include_str!("../fixtures/bulletin.md"),
    include_str!("../fixtures/emergency.md"),
    include_str!("../fixtures/erasures.md"),
    include_str!("../fixtures/law.md"),
    include_str!("../fixtures/posts.md"),
    include_str!("../fixtures/stalls.md"),
];

#[test]
fn every_key_that_is_offered_anywhere_is_explained() {
    let mut unsaid = BTreeSet::new();
    let mut kinds = BTreeSet::new();
    let mut seen = BTreeSet::new();
    for text in TEXTS {
        let workspace = Workspace::read(vec![SourceFile { name: "x.md".into(), text: text.into() }]);
        let begins = text.match_indices(['\n', '{']).map(|(at, _)| at + 1);
        for at in begins {
            let line = text[at..].lines().next().unwrap_or_default();
            let key = line.trim_start_matches([' ', '-']);
            if !key.split_once(':').is_some_and(|(key, _)| key.chars().all(|c| c.is_ascii_lowercase() || c == '-')) {
                continue;
            }
            // What stands in one place of the texts need not be asked again in another like it.
            if !seen.insert((line.len() - key.len(), key.split(':').next())) {
                continue;
            }
            // In front of a key another one may stand: on a line of its own, or in the same braces.
            let start = at + line.len() - key.len();
            let next =
                if text[..at].ends_with('{') { ", ".to_owned() } else { format!("\n{}", " ".repeat(start - at)) };
            let written = format!("{}zz{next}{}", &text[..start], &text[start..]);
            let offered = workspace.complete("x.md", &written, start + 2).map(|found| found.all).unwrap_or_default();
            let keys: Vec<&Completion> = offered.iter().filter(|one| one.kind == OfferKind::Key).collect();
            unsaid
                .extend(keys.iter().filter(|one| one.help.is_none()).map(|one| format!("{} before {line}", one.name)));
            kinds.insert(keys.iter().map(|one| one.name.clone()).collect::<Vec<_>>());
        }
    }
    assert!(unsaid.is_empty(), "{unsaid:#?}");
    assert!(kinds.len() > 20, "{kinds:#?}");
}

#[test]
fn nothing_is_offered_where_people_write_as_they_like() {
    let workspace = tiny();
    for (old, new) in [("各村应当文明养犬", "各村¦应当文明养犬"), ("label: 村级审查", "label: 村级¦")]
    {
        let (text, byte) = writing(old, new);
        assert_eq!(workspace.complete("tiny.md", &text, byte), None, "{new}");
    }
    assert_eq!(workspace.complete("tiny.md", "甲", 1), None, "within a character");
    assert_eq!(workspace.complete("other.md", "甲", 0), None, "no such file");
}

#[test]
fn a_name_tells_what_it_is() {
    let workspace = tiny();
    let all: [(&str, &[&str]); 12] = [
        ("require: own-dogs < max-¦dogs", &["参数", "每户最多犬数", "`dg-1` 每户养犬", "第 20 行"]),
        (
            "require: ¦own-dogs < max-dogs",
            &["事实", "count(dogs where home == this.home and state == kept)", "（`dog-licence`）"],
        ),
        ("count(¦dogs where home", &["登记簿", "犬只台账"]),
        ("count(dogs where ¦home", &["登记簿的栏", "住户", "登记簿 `homes` 的一行"]),
        ("count(dogs where home == ¦this.home", &["正在办理的这件事项"]),
        ("shot-count | 免疫次数 | = ¦count(", &["`count(C)`", "有几个"]),
        ("to: ¦joint-check\n  ask-more", &["环节", "联合审查"]),
        ("issue: [¦receipt]", &["文书", "收件回执"]),
        ("stops: [¦joint-check-2]", &[]),
        ("by: township/¦vet\n    form", &["当事方", "乡镇"]),
        ("clause: ¦dg-5.2\ndue", &["条款", "公示期内任何人可以提出异议"]),
        ("due: 5 days after arrived-on, named c-¦village", &["期限", "named c-village, else pass"]),
    ];
    for (marked, expected) in all {
        let hover = workspace.hover("tiny.md", place(&workspace, marked));
        let said = hover.map(|hover| hover.markdown).unwrap_or_default();
        assert!(expected.is_empty() == said.is_empty(), "{marked}: {said}");
        for part in expected {
            assert!(said.contains(part), "{marked} lacks {part}: {said}");
        }
    }
}

#[test]
fn an_act_is_defined_wherever_it_may_be_done_and_found_wherever_it_is_named() {
    let workspace = tiny();
    let lapse = place(&workspace, "60 days after ask-more.on, else ¦lapse");
    let lines = |spans: Vec<regulation::span::Span>| -> Vec<usize> {
        let text = &workspace.file("tiny.md").expect("it is there").text;
        spans.iter().map(|span| text[..span.start].matches('\n').count() + 1).collect()
    };
    let defined = workspace.definition("tiny.md", lapse).into_iter().map(|found| found.span.clone()).collect();
    assert_eq!(lines(defined), [200, 235]);
    assert_eq!(lines(workspace.references("tiny.md", lapse, true)), [200, 235, 193, 215]);
    assert_eq!(lines(workspace.references("tiny.md", lapse, false)), [193, 215]);
}

/// Renames what stands at a place of the small regulation.
fn rename(marked: &str, new: &str, beside: &Beside) -> Result<Vec<Edit>, String> {
    let workspace = tiny();
    workspace.rename("tiny.md", place(&workspace, marked), new, beside).map_err(|said| said.zh)
}

#[test]
fn each_kind_of_name_is_renamed_there_and_back() {
    let all = [
        "require: ¦own-dogs <",
        "< ¦max-dogs",
        "register: ¦homes",
        "| ¦chip  |",
        "form: ¦shot\n",
        "| a.6  | ¦weight",
        "procedure: ¦dog-visit",
        "about: { ¦home: homes",
        "start:\n  ¦apply:",
        "step: ¦correcting of",
        "licensed: 已登记, ¦refused: 不予登记",
        "named ¦c-village",
        "rule: ¦no-bar of",
        "→ ¦class |",
        "document: ¦licence of",
        "{#¦dg-3.2}",
    ];
    for marked in all {
        let before = tiny();
        let byte = place(&before, marked);
        let edits =
            rename(marked, "another-name", &Beside::default()).unwrap_or_else(|said| panic!("{marked}: {said}"));
        assert!(!edits.is_empty(), "{marked}");
        let renamed = Workspace::read(applied(before.files(), &edits));
        assert_eq!(renamed.checked().findings, [], "{marked}");
        let (_, symbol) = before.renameable("tiny.md", byte).expect("it was renamed");
        let definition =
            renamed.definitions().find(|found| found.symbol.name == "another-name").expect("it has its name");
        let back = renamed.rename("tiny.md", definition.span.start, &symbol.name, &Beside::default()).expect(marked);
        assert_eq!(applied(renamed.files(), &back), before.files(), "{marked}");
    }
}

#[test]
fn a_name_that_would_mean_something_else_is_refused() {
    let wrong = |marked: &str, new: &str, part: &str| {
        let said = rename(marked, new, &Beside::default()).expect_err(marked);
        assert!(said.contains(part), "{marked}: {said}");
    };
    wrong("require: ¦own-dogs <", "late", "会有错");
    wrong("require: ¦own-dogs <", "today", "会");
    wrong("require: ¦own-dogs <", "Own Dogs", "不能作名称");
    wrong("count(dogs where home == ¦this.home", "that", "不能改");
    wrong("by: township/¦vet\n    form", "doctor", "不能改");
    wrong("id: ¦dogs", "cats", "不能改");
    wrong("各村¦应当", "x", "没有可以改的名称");
}

#[test]
fn cases_are_renamed_too_where_only_one_thing_has_the_name() {
    let file = |name: &str, text: &str| SourceFile { name: name.into(), text: text.into() };
    let cases = vec![file("dogs/cases/a.md", "| 户主 | apply | own-dogs-x = 1; own-dogs = 2 |")];
    let beside = Beside { cases, ..Beside::default() };
    let edits = rename("require: ¦own-dogs <", "dogs-kept", &beside).expect("only one thing has that name");
    let changed = applied(&beside.cases, &edits);
    assert_eq!(changed[0].text, "| 户主 | apply | own-dogs-x = 1; dogs-kept = 2 |");
    // Two procedures know `reasons`, as a form and as a datum of a document; `chip` is a field and a column.
    let beside = Beside { cases: vec![file("dogs/cases/a.md", "chip=1")], ..Beside::default() };
    let said = rename("| ¦chip  |", "tag", &beside).expect_err("it may be either");
    assert!(said.contains("dogs/cases/a.md"), "{said}");
    let beside = Beside { county: vec![file("county/parameters.csv", "max-dogs,3")], ..Beside::default() };
    let said = rename("< ¦max-dogs", "most-dogs", &beside).expect_err("the county sets it");
    assert!(said.contains("county/parameters.csv"), "{said}");
}

#[test]
fn a_text_with_mistakes_still_answers() {
    let mut file = super::tiny::tiny();
    file.text = file.text.replace("rule: no-bar of dog-licence\nholds: none", "rule: [no-bar\nholds: none");
    let workspace = Workspace::read(vec![file]);
    assert!(workspace.checked().findings.iter().any(|finding| finding.code == "GB0004"));
    let hover = workspace.hover("tiny.md", place(&workspace, "require: own-dogs < max-¦dogs"));
    assert!(hover.is_some_and(|hover| hover.markdown.contains("每户最多犬数")));
    let contents = workspace.contents("tiny.md");
    let titles: Vec<&str> = contents.iter().map(|heading| heading.title.as_str()).collect();
    assert_eq!(titles, ["一、总则", "二、申请和审查", "三、公示和决定", "四、台账"]);
    let rules: Vec<&str> =
        contents[0].below.iter().flat_map(|clause| &clause.below).map(|block| block.title.as_str()).collect();
    assert_eq!(rules, ["parameter", "register homes", "register dogs"]);
}

#[test]
fn any_place_of_any_text_is_answered() {
    let workspace = tiny();
    let text = super::tiny::tiny().text;
    bolero::check!().with_iterations(60).with_type::<(usize, usize, u8, String)>().for_each(
        |(at, length, what, new)| {
            let mut written = text.clone();
            let start = written.floor_char_boundary(at % (text.len() + 1));
            let end = written.floor_char_boundary((start + length % 200).min(text.len())).max(start);
            written.replace_range(start..end, new);
            let byte = start + new.len();
            match what % 4 {
                0 => drop(workspace.complete("tiny.md", &written, byte)),
                1 => drop(workspace.hover("tiny.md", *at)),
                2 => drop(workspace.rename("tiny.md", *at % text.len(), new, &Beside::default())),
                _ => {
                    let file = SourceFile { name: "tiny.md".into(), text: written };
                    let workspace = Workspace::read(vec![file]);
                    drop((
                        workspace.hover("tiny.md", byte),
                        workspace.definition("tiny.md", byte),
                        workspace.contents("tiny.md"),
                    ));
                }
            }
        },
    );
}
