//! Tables in text files beside this one: one line, one expectation.

use super::world::World;
use regulation::expr::{Template, Type, Value, check, compile, parse};
use regulation::finding::{Finding, Severity};
use regulation::span::Span;
use std::sync::Arc;

/// Where an expression stands in an invented file, after some Chinese text.
fn at(source: &str) -> Span {
    let file: Arc<str> = "stall.md".into();
    let start = OFFSET;
    Span::new(&file, start, start + source.len())
}

const OFFSET: usize = 100;

/// Lines `left ⇒ right`, without comments.
fn lines(table: &str) -> impl Iterator<Item = (&str, &str)> {
    let real = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    real.map(|line| {
        let (left, right) = line.split_once('⇒').unwrap_or((line, ""));
        (left.trim(), right.trim())
    })
}

/// `GB0104 «aera» did you mean `area`?`: the code, the text under the span, the hint.
fn said(finding: &Finding, source: &str) -> String {
    let under = &source[finding.span.start - OFFSET..finding.span.end - OFFSET];
    let hint = finding.hint.as_ref().map(|hint| format!(" {}", hint.en)).unwrap_or_default();
    format!("{} «{under}»{hint}", finding.code)
}

#[test]
fn expressions_have_types_or_findings() {
    let world = World::new();
    let mut wrong = Vec::new();
    for (source, expected) in lines(include_str!("types.txt")) {
        let (expr, findings) = compile(source, &at(source), &world, None);
        let found: Vec<String> = findings.iter().map(|finding| said(finding, source)).collect();
        let found = if found.is_empty() { expr.expect("the case is well formed").ty.en() } else { found.join(" & ") };
        if found != expected {
            wrong.push(format!("{source} ⇒ {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn expected_types_are_enforced() {
    let world = World::new();
    let codes = super::world::one_of(&[("pass", "符合"), ("fail", "不符合")]);
    let cases = [
        ("pass if fenced else fail", codes.clone(), ""),
        ("outcome", codes.clone(), ""),
        ("kind", codes.clone(), "GB0108 «kind»"),
        ("maybe if fenced else fail", codes, "GB0111 «maybe» the codes are `pass`, `fail`"),
        ("area", Type::Bool, "GB0110 «area» to ask whether it was filled in or done, write `area given`"),
        ("promise", Type::Bool, ""),
        ("area", Type::number("yuan"), "GB0109 «area»"),
        ("area / heads", Type::whole(), "GB0109 «area / heads»"),
        ("round(rate, 0)", Type::Number { unit: regulation::expr::Unit::symbol("percent"), whole: true }, ""),
        ("filed-at", Type::Date, ""),
        ("started-on", Type::Moment, "GB0108 «started-on»"),
    ];
    for (source, expected, finding) in cases {
        let (_, findings) = compile(source, &at(source), &world, Some(&expected));
        let found = findings.first().map(|finding| said(finding, source)).unwrap_or_default();
        assert_eq!(found, finding, "{source}");
    }
}

/// Blocks of `name = typed` lines, then `expression ⇒ value` or `why expression ⇒ sentence`; a line `---` starts afresh.
#[test]
fn expressions_have_values() {
    let mut world = World::new();
    let mut wrong = Vec::new();
    for (left, right) in lines(include_str!("values.txt")) {
        if left == "---" {
            world = World::new();
        } else if right.is_empty() {
            let (name, typed) = left.split_once('=').expect("the case is well formed");
            world.set(name.trim(), typed.trim());
        } else {
            let found = value_line(&world, left);
            if found != right {
                wrong.push(format!("{left} ⇒ {found}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn value_line(world: &World, left: &str) -> String {
    let (why, source) = match left.strip_prefix("why ") {
        Some(source) => (true, source.trim()),
        None => (false, left),
    };
    let (expr, findings) = compile(source, &at(source), world, None);
    let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{source}: {errors:?}");
    let expr = expr.expect("the case is well formed");
    let explained = expr.explain(world);
    assert_eq!(explained.value, expr.eval(world), "{source}");
    if why { explained.zh } else { expr.shown(world) }
}

#[test]
fn per_head_is_decided_exactly() {
    for (line, _) in lines(include_str!("per-head.txt")) {
        let [case, area, heads, quotient, result] =
            line.split_whitespace().collect::<Vec<_>>().try_into().expect("the case is well formed");
        let mut world = World::new();
        world.set("area", area);
        world.set("heads", heads);
        let eval = |source: &str| compile(source, &at(source), &world, None).0.expect("the case is well formed");
        assert_eq!(eval("area / heads").shown(&world), format!("{quotient} 平方米"), "{case}");
        let below = result == "below";
        assert_eq!(eval("area / heads < per-head-line").eval(&world), Value::Bool(below), "{case}");
        assert_eq!(eval("area / heads >= per-head-line").eval(&world), Value::Bool(!below), "{case}");
        // Also when the quotient was kept as a fact before it is compared.
        world.values.insert("per-head".into(), eval("area / heads").eval(&world));
        let kept = compile("per-head < per-head-line", &at("per-head < per-head-line"), &world, None)
            .0
            .expect("the case is well formed");
        assert_eq!(kept.eval(&world), Value::Bool(below), "{case}");
    }
}

#[test]
fn explanations_show_every_part() {
    let mut world = World::new();
    world.set("area", "149.99");
    world.set("heads", "3");
    let source = "area / heads < per-head-line and kind == new-stall";
    let expr = compile(source, &at(source), &world, None).0.expect("the case is well formed");
    let explained = expr.explain(&world);
    assert_eq!(explained.value, Value::Missing);
    assert_eq!(explained.missing, ["类别"]);
    assert_eq!(explained.children[0].zh, "area / heads（49.9967 平方米）小于人均标准（50 平方米）：成立");
    let expected = [
        ("area / heads", "49.9967 平方米"),
        ("摊位面积", "149.99 平方米"),
        ("人数", "3"),
        ("人均标准", "50 平方米"),
        ("类别", "（未填）"),
    ];
    let values = explained.all_values();
    assert_eq!(values, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
}

#[test]
fn queries_explain_the_elements_that_decide() {
    let mut world = World::new();
    world.set("members", "members 35 yes spouse;12 no child;9 no child");
    let source = "none(members where age < 18 and not local)";
    let explained = compile(source, &at(source), &world, None).0.expect("the case is well formed").explain(&world);
    assert_eq!(explained.value, Value::Bool(false));
    assert_eq!(explained.children.len(), 2);
    assert_eq!(explained.children[0].children[0].zh, "年龄（12）小于18：成立");
}

#[test]
fn expressions_know_what_they_read() {
    let world = World::new();
    let source = "none(stalls where holder == household and size > max-area) and desk-check.result == pass";
    let expr = compile(source, &at(source), &world, None).0.expect("the case is well formed");
    let reads = expr.reads();
    assert_eq!(
        reads.names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["desk-check", "household", "max-area"]
    );
    assert_eq!(reads.collections.iter().collect::<Vec<_>>(), ["stalls"]);
    let members: Vec<&str> = reads.members.iter().map(|(_, name)| name.as_str()).collect();
    assert_eq!(members, ["holder", "size", "result"]);
}

#[test]
fn personal_data_flows_into_values_not_conditions() {
    let world = World::new();
    let cases = [
        ("name", "Identity"),
        ("age(id, today)", "Identity"),
        ("age(id, today) >= 18", ""),
        ("phone if fenced else note", "Contact"),
        ("note if phone given else note", ""),
        ("count(members where age >= 18)", ""),
        ("first(members).illness", "Health"),
        ("household.head", "Identity"),
        ("note else name", "Identity"),
        ("[name, phone]", "Identity, Contact"),
    ];
    for (source, expected) in cases {
        let expr = compile(source, &at(source), &world, None).0.expect("the case is well formed");
        let found: Vec<String> = expr.personal().iter().map(|kind| format!("{kind:?}")).collect();
        assert_eq!(found.join(", "), expected, "{source}");
    }
}

#[test]
fn templates_fill_their_holes() {
    let mut world = World::new();
    world.set("area", "210");
    world.set("kind", "新设");
    let cases = [
        ("面积 {area} 超过上限 {max-area}", "面积 210 平方米 超过上限 200 平方米"),
        ("{village}〔{year}〕{n:4}号", "清溪村〔2022〕0012号"),
        ("{n}", "12"),
        ("{kind}：{note}", "新设：（未填）"),
        ("{{{area}}}", "{210 平方米}"),
        ("{\"}\"}", "}"),
        ("没有空格", "没有空格"),
    ];
    for (source, filled) in cases {
        let (template, findings) = Template::check(source, &at(source), &world, &["n", "year"]);
        assert_eq!(findings, [], "{source}");
        assert_eq!(template.fill(&world, &[("n", "12".into()), ("year", "2022".into())]), filled, "{source}");
    }
}

#[test]
fn template_findings_point_into_the_hole() {
    let world = World::new();
    let cases = [
        ("面积 {aera}", "GB0104 «aera» did you mean `area`?"),
        ("面积 {area", "GB0117 «{area»"),
        ("面积 {}", "GB0117 «»"),
        ("面积 {area +}", "GB0101 «»"),
        ("第 {n:4} 号", "GB0101 «:»"),
    ];
    for (source, expected) in cases {
        let (_, findings) = Template::check(source, &at(source), &world, &[]);
        assert_eq!(findings.len(), 1, "{source}");
        assert_eq!(said(&findings[0], source), expected, "{source}");
    }
}

/// `type | typed ⇒ shown`, or `! sentence` where it is refused.
#[test]
fn form_input_is_read() {
    let mut wrong = Vec::new();
    for (left, expected) in lines(include_str!("input.txt")) {
        let (ty, typed) = left.split_once('|').expect("the case is well formed");
        let ty = input_type(ty.trim());
        let found = match Value::parse(&ty, typed.trim()) {
            Ok(value) => {
                assert!(value.is_of(&ty), "{left}");
                value.show()
            }
            Err(said) => format!("! {}", said.zh),
        };
        if found != expected {
            wrong.push(format!("{left} ⇒ {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn input_type(name: &str) -> Type {
    match name {
        "yes-no" => Type::Bool,
        "int" => Type::whole(),
        "text" => Type::Text { max: 8 },
        "name" => Type::PersonName,
        "phone" => Type::Phone,
        "id" => Type::IdNumber,
        "date" => Type::Date,
        "moment" => Type::Moment,
        "term" => Type::Term,
        "hours" => Type::TermOf(calendar::Unit::Hours),
        "days" => Type::TermOf(calendar::Unit::Days),
        "one" => super::world::one_of(&[("pass", "符合"), ("fail", "不符合")]),
        "some" => Type::SomeOf(
            [
                ("a".into(), regulation::model::Label { zh: "甲".into(), en: None }),
                ("b".into(), regulation::model::Label { zh: "乙".into(), en: None }),
            ]
            .into(),
        ),
        "place" => Type::Place,
        "phones" => Type::List(Box::new(Type::Phone)),
        unit => Type::number(unit),
    }
}

#[test]
fn trees_are_written_as_read() {
    for (source, expected) in lines(include_str!("print.txt")) {
        let ast = parse(source, &at(source)).unwrap_or_else(|findings| panic!("{source}: {findings:?}"));
        let expected = if expected.is_empty() { source } else { expected };
        assert_eq!(ast.to_string(), expected, "{source}");
    }
}

#[test]
fn what_is_too_long_or_too_deep_is_refused() {
    let world = World::new();
    let long = format!("area > {}", "1".repeat(9_000));
    let brackets = format!("{}area{}", "(".repeat(500), ")".repeat(500));
    let nots = format!("{}fenced", "not ".repeat(500));
    let sums = format!("1{}", " + 1".repeat(500));
    for source in [long, brackets, nots, sums] {
        let findings = parse(&source, &at(&source)).expect_err("it is refused");
        assert_eq!(findings[0].code, "GB0103");
    }
    let wide = format!("fenced{}", " and fenced".repeat(500));
    let ast = parse(&wide, &at(&wide)).expect("the case is well formed");
    assert_eq!(check(&ast, &world, Some(&Type::Bool)).1, []);
}

#[test]
fn every_code_has_its_page() {
    let codes = regulation::expr::codes::ALL;
    for (index, page) in codes.iter().enumerate() {
        assert_eq!(page.code, format!("GB{:04}", 101 + index));
        assert!(page.text.len() > 60 && !page.zh.is_empty() && !page.en.is_empty());
    }
}
