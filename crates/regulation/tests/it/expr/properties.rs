//! Properties of all expressions, on random ones.

use super::world::World;
use proptest::prelude::*;
use regulation::expr::{Template, Type, Value, compile, parse};
use regulation::finding::Severity;
use regulation::span::Span;

fn at(source: &str) -> Span {
    Span::new(&"random.md".into(), 0, source.len())
}

/// Choices drawn from random bytes; when they run out, always the first choice, which is a leaf.
struct Dice<'a> {
    bytes: std::slice::Iter<'a, u8>,
    depth: usize,
}

impl<'a> Dice<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Dice { bytes: bytes.iter(), depth: 0 }
    }

    fn roll(&mut self, sides: usize) -> usize {
        self.bytes.next().map_or(0, |byte| *byte as usize % sides)
    }

    fn pick<'b>(&mut self, from: &[&'b str]) -> &'b str {
        from[self.roll(from.len())]
    }

    fn nest(&mut self, leaf: impl Fn(&mut Self) -> String, inner: impl Fn(&mut Self) -> String) -> String {
        self.depth += 1;
        let text = if self.depth > 6 { leaf(self) } else { inner(self) };
        self.depth -= 1;
        text
    }

    fn area(&mut self) -> String {
        let leaf =
            |dice: &mut Self| dice.pick(&["area", "old-area", "max-area", "7.25 m²", "0 m²", "per-head"]).to_owned();
        self.nest(leaf, |dice| match dice.roll(9) {
            0 | 1 => leaf(dice),
            2 => format!("({} + {})", dice.area(), dice.area()),
            3 => format!("({} - {})", dice.area(), dice.area()),
            4 => format!("({} / {})", dice.area(), dice.count()),
            5 => format!("({} else {})", dice.area(), dice.area()),
            6 => format!("({} if {} else {})", dice.area(), dice.condition(), dice.area()),
            7 => format!("min({}, {})", dice.area(), dice.area()),
            _ => format!("round({} * {}, 2)", dice.area(), dice.count()),
        })
    }

    fn count(&mut self) -> String {
        let leaf = |dice: &mut Self| dice.pick(&["heads", "3", "1", "count(grounds)", "count(members)"]).to_owned();
        self.nest(leaf, |dice| match dice.roll(6) {
            0 | 1 => leaf(dice),
            2 => format!("({} + {})", dice.count(), dice.count()),
            3 => format!("-{}", dice.count()),
            4 => format!("count(members where {})", dice.element_condition()),
            _ => format!("sum(members.age where {})", dice.element_condition()),
        })
    }

    fn date(&mut self) -> String {
        let leaf =
            |dice: &mut Self| dice.pick(&["started-on", "today", "lodge.on", "2022-03-31", "filed-at"]).to_owned();
        self.nest(leaf, |dice| match dice.roll(6) {
            0 | 1 => leaf(dice),
            2 => format!("({} + {})", dice.date(), dice.pick(&["2 years", "1 month", "90 days", "within"])),
            3 => format!("({} - {})", dice.date(), dice.pick(&["2 weeks", "within"])),
            4 => format!("(notice.term after {})", dice.date()),
            _ => format!("({} else {})", dice.date(), dice.date()),
        })
    }

    fn order(&mut self) -> &'static str {
        self.pick(&["==", "!=", "<", "<=", ">", ">="])
    }

    fn condition(&mut self) -> String {
        let leaf = |dice: &mut Self| {
            dice.pick(&["fenced", "eligible", "promise", "kind == none", "moved in grounds"]).to_owned()
        };
        self.nest(leaf, |dice| match dice.roll(10) {
            0 => leaf(dice),
            1 => format!("({} and {})", dice.condition(), dice.condition()),
            2 => format!("({} or {})", dice.condition(), dice.condition()),
            3 => format!("not {}", dice.condition()),
            4 => format!("(area * 2) {} {}", dice.order(), dice.area()),
            5 => format!("(heads + 1) {} {}", dice.order(), dice.count()),
            6 => format!("(today + 1 day) {} {}", dice.order(), dice.date()),
            7 => format!("{}(members where {})", dice.pick(&["some", "none", "each"]), dice.element_condition()),
            8 => format!("({} given or {} missing)", dice.area(), dice.date()),
            _ => format!("kind {} {}", dice.pick(&["==", "!="]), dice.pick(&["new-stall", "none"])),
        })
    }

    fn element_condition(&mut self) -> String {
        let leaf = |dice: &mut Self| dice.pick(&["local", "age >= 18", "relation == child", "age missing"]).to_owned();
        self.nest(leaf, |dice| match dice.roll(5) {
            0 | 1 => leaf(dice),
            2 => format!("({} and {})", dice.element_condition(), dice.condition()),
            3 => format!("not {}", dice.element_condition()),
            _ => format!("age {} {}", dice.order(), dice.count()),
        })
    }

    fn any(&mut self) -> (String, Option<Type>) {
        match self.roll(4) {
            0 => (self.condition(), Some(Type::Bool)),
            1 => (self.area(), Some(Type::number("m²"))),
            2 => (self.count(), Some(Type::whole())),
            _ => (self.date(), Some(Type::Date)),
        }
    }

    /// Anything that is syntactically an expression.
    fn syntax(&mut self) -> String {
        let leaf = |dice: &mut Self| {
            dice.pick(&["a", "b-c", "3", "2.5 m²", "5 days", "2022-03-01", "\"文\"", "yes", "given"]).to_owned()
        };
        self.nest(leaf, |dice| match dice.roll(16) {
            0 | 1 => leaf(dice),
            2 => format!("{} and {}", dice.syntax(), dice.syntax()),
            3 => format!("{} or {}", dice.syntax(), dice.syntax()),
            4 => format!("not {}", dice.syntax()),
            5 => format!("({}) {} ({})", dice.syntax(), dice.order(), dice.syntax()),
            6 => format!("{} {} {}", dice.syntax(), dice.pick(&["+", "-", "*", "/"]), dice.syntax()),
            7 => format!("{} if {} else {}", dice.syntax(), dice.syntax(), dice.syntax()),
            8 => format!("{} else {}", dice.syntax(), dice.syntax()),
            9 => format!("({}).m", dice.syntax()),
            10 => format!("[{}, {}]", dice.syntax(), dice.syntax()),
            11 => format!("f({})", dice.syntax()),
            12 => format!("{} {}", dice.syntax(), dice.pick(&["given", "missing"])),
            13 => format!("{} after {}", dice.syntax(), dice.syntax()),
            14 => format!("({} where {})", dice.syntax(), dice.syntax()),
            _ => format!("-{}", dice.syntax()),
        })
    }
}

/// A world in which some things are known.
fn world(dice: &mut Dice) -> World {
    let mut world = World::new();
    let known: [(&str, &[&str]); 11] = [
        ("area", &["0", "100", "149.99"]),
        ("old-area", &["12.5", "99999999999.99"]),
        ("per-head", &["49.99"]),
        ("heads", &["0", "3", "-7"]),
        ("kind", &["none", "new-stall"]),
        ("grounds", &["split", "moved"]),
        ("started-on", &["2024-02-29", "1900-01-01", "2199-12-31"]),
        ("filed-at", &["2022-03-31 23:59"]),
        ("within", &["1", "24", "90000"]),
        ("fenced", &["是", "否"]),
        ("members", &["members 40 yes spouse;12 ? child", "members 8 no child"]),
    ];
    for (name, typed) in known {
        if dice.roll(4) > 0 {
            world.set(name, typed[dice.roll(typed.len())]);
        }
    }
    world.set("lodge", "act lodge");
    world
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn well_typed_expressions_check_and_give_values_of_their_type(bytes in prop::collection::vec(any::<u8>(), 0..120), facts in prop::collection::vec(any::<u8>(), 24)) {
        let (source, expected) = Dice::new(&bytes).any();
        let world = world(&mut Dice::new(&facts));
        let (expr, findings) = compile(&source, &at(&source), &world, expected.as_ref());
        let errors: Vec<_> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
        prop_assert!(errors.iter().all(|finding| finding.code == "GB0112"), "{source}: {errors:?}");
        let expr = expr.expect("it parses");
        let value = expr.eval(&world);
        prop_assert!(value.is_of(&expr.ty), "{source} = {value:?} is not {:?}", expr.ty);
        let explained = expr.explain(&world);
        prop_assert_eq!(&explained.value, &value, "{}", source);
        prop_assert_eq!(explained.missing.is_empty(), value != Value::Missing, "{}: {:?}", source, explained);
    }

    #[test]
    fn reading_back_what_was_written_gives_the_same_tree(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let source = Dice::new(&bytes).syntax();
        if let Ok(ast) = parse(&source, &at(&source)) {
            let written = ast.to_string();
            let again = parse(&written, &at(&written));
            prop_assert_eq!(again.as_ref(), Ok(&ast), "{} → {}", source, written);
        }
    }

    #[test]
    fn a_missing_value_never_changes_what_was_decided_without_it(bytes in prop::collection::vec(any::<u8>(), 0..80), facts in prop::collection::vec(any::<u8>(), 24)) {
        // Kleene: filling in a gap may decide what was open, but cannot turn a verdict, unless the condition asks for gaps.
        let source = Dice::new(&bytes).condition();
        let asks_for_gaps = ["missing", "given", "else", "count(grounds)", "members"].iter().any(|word| source.contains(word));
        if !asks_for_gaps {
            let mut world = world(&mut Dice::new(&facts));
            world.values.remove("area");
            let (expr, _) = compile(&source, &at(&source), &world, Some(&Type::Bool));
            let expr = expr.expect("it parses");
            let before = expr.eval(&world);
            world.set("area", "55");
            let after = expr.eval(&world);
            prop_assert!(before == Value::Missing || before == after, "{source}: {before:?} became {after:?}");
        }
    }

    #[test]
    fn findings_lie_within_the_text(source in "[a-z0-9 ()\\[\\],.<>=+*/\"{}汉²%-]{0,60}") {
        let world = World::new();
        let (_, findings) = compile(&source, &at(&source), &world, Some(&Type::Bool));
        let (_, more) = Template::check(&source, &at(&source), &world, &["n"]);
        for finding in findings.iter().chain(&more) {
            prop_assert!(source.get(finding.span.start..finding.span.end).is_some(), "{source}: {finding:?}");
        }
    }

    #[test]
    fn form_input_never_panics(typed in "\\PC{0,40}") {
        for ty in [Type::Bool, Type::number("m²"), Type::number("yuan"), Type::whole(), Type::Date, Type::Moment, Type::Term, Type::IdNumber, Type::Phone, Type::PersonName, Type::TermOf(calendar::Unit::Days), Type::TermOf(calendar::Unit::Hours)] {
            if let Ok(value) = Value::parse(&ty, &typed) {
                prop_assert!(value.is_of(&ty));
            }
        }
    }
}

#[test]
fn no_bytes_make_the_parser_panic() {
    let bytes = bolero::produce::<Vec<u8>>().with().len(0..400_usize);
    bolero::check!().with_iterations(10_000).with_generator(bytes).for_each(|bytes| {
        let source = String::from_utf8_lossy(bytes);
        let _ = parse(&source, &at(&source));
    });
}
