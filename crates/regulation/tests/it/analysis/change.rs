//! What would have to be otherwise for an applicant to be eligible.

use calendar::{Due, Term};
use jiff::civil::{Date, DateTime, date};
use regulation::analysis::change::smallest_change;
use regulation::expr::{Env, Record, Thing, Value};
use regulation::model::Procedure;
use regulation::{SourceFile, check};
use std::sync::Arc;

/// A licence to keep bees: no more hives than the garden bears, and none next to a school.
fn bees() -> Arc<Procedure> {
    let file = SourceFile { name: "bees.md".into(), text: include_str!("../../fixtures/bees.md").into() };
    let checked = check(&[file]);
    let errors: Vec<&str> = checked.findings.iter().map(|finding| finding.message.en.as_str()).collect();
    checked.procedures.first().cloned().unwrap_or_else(|| panic!("{errors:?}"))
}

/// One application, with its facts and rules.
struct Application {
    procedure: Arc<Procedure>,
    fields: Record,
    /// Still to be filled in.
    open: Vec<String>,
}

impl Application {
    fn new(fields: &[(&str, Value)]) -> Application {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Application { procedure: bees(), fields, open: Vec::new() }
    }

    /// The alternatives offered, each `condition & condition`.
    fn changes(&self) -> Vec<String> {
        let found = smallest_change(&self.procedure, &["may-keep", "no-bar"], &self.open, self);
        found.iter().map(|set| set.iter().map(|one| one.needed.clone()).collect::<Vec<_>>().join(" & ")).collect()
    }
}

impl Env for Application {
    fn today(&self) -> Date {
        date(2022, 3, 1)
    }

    fn now(&self) -> DateTime {
        date(2022, 3, 1).at(9, 0, 0, 0)
    }

    fn parameter(&self, name: &str, _: Date) -> Value {
        match name {
            "per-hive" => area("50"),
            _ => Value::Missing,
        }
    }

    fn root(&self, name: &str) -> Value {
        if let Some(value) = self.fields.get(name) {
            return value.clone();
        }
        if let Some(fact) = self.procedure.facts.iter().find(|fact| fact.name == name) {
            return fact.value.eval(self);
        }
        match self.procedure.rules.get(name) {
            Some(rule) => Value::Bool(rule.rows.iter().any(|row| row.when.holds(self))),
            None => Value::Missing,
        }
    }

    fn member(&self, _: &Thing, _: &str) -> Value {
        Value::Missing
    }

    fn candidates(&self, _: &str, _: Option<(&str, &Value)>) -> Vec<Thing> {
        Vec::new()
    }

    fn due(&self, _: Date, _: Term) -> Option<Due> {
        None
    }

    fn before(&self, _: Date, _: Term) -> Option<Date> {
        None
    }

    fn changed(&self, _: &str) -> bool {
        false
    }

    fn hits(&self, _: &str) -> Value {
        Value::Missing
    }

    fn label(&self, code: &str) -> String {
        code.to_owned()
    }
}

fn area(number: &str) -> Value {
    Value::parse(&regulation::expr::Type::number("m²"), number).expect("an area")
}

fn count(number: &str) -> Value {
    Value::parse(&regulation::expr::Type::whole(), number).expect("a number")
}

fn code(code: &str) -> Value {
    Value::Code(code.into())
}

#[test]
fn who_is_eligible_needs_no_change() {
    let fields =
        [("garden", area("200")), ("hives", count("4")), ("beside", code("field")), ("trained", Value::Bool(true))];
    assert_eq!(Application::new(&fields).changes(), Vec::<String>::new());
}

#[test]
fn one_field_is_enough_where_it_is() {
    let garden =
        [("garden", area("199.99")), ("hives", count("4")), ("beside", code("field")), ("trained", Value::Bool(true))];
    assert_eq!(Application::new(&garden).changes(), ["garden-per-hive >= 50 m²"]);
    let school =
        [("garden", area("200")), ("hives", count("4")), ("beside", code("school")), ("trained", Value::Bool(true))];
    assert_eq!(Application::new(&school).changes(), ["beside != school"]);
}

#[test]
fn either_ground_will_do() {
    let fields =
        [("garden", area("200")), ("hives", count("4")), ("beside", code("field")), ("trained", Value::Bool(false))];
    assert_eq!(Application::new(&fields).changes(), ["trained == yes", "mentor given"]);
}

#[test]
fn two_fields_together() {
    let fields =
        [("garden", area("150")), ("hives", count("4")), ("beside", code("school")), ("trained", Value::Bool(true))];
    assert_eq!(Application::new(&fields).changes(), ["beside != school & garden-per-hive >= 50 m²"]);
    let change = &smallest_change(&bees(), &["may-keep", "no-bar"], &[], &Application::new(&fields))[0][1];
    assert_eq!(change.needed_zh, "每箱面积不小于50 平方米");
    assert_eq!(change.now, "37.5 平方米");
}

#[test]
fn three_are_too_many_to_say() {
    let fields =
        [("garden", area("150")), ("hives", count("4")), ("beside", code("school")), ("trained", Value::Bool(false))];
    assert_eq!(Application::new(&fields).changes(), Vec::<String>::new());
}

#[test]
fn what_is_not_answered_yet_does_not_stand_in_the_way_of_what_is() {
    let fields =
        [("garden", area("150")), ("hives", count("4")), ("beside", code("field")), ("trained", Value::Bool(false))];
    let mut application = Application::new(&fields);
    assert_eq!(application.changes().len(), 2, "with a ground: {:?}", application.changes());
    assert!(
        application
            .changes()
            .iter()
            .all(|change| change.contains("garden-per-hive >= 50 m² & ")
                || change.contains(" & garden-per-hive >= 50 m²"))
    );
    application.open = vec!["mentor".into()];
    assert_eq!(application.changes(), ["garden-per-hive >= 50 m²"]);
}

#[test]
fn what_is_open_alone_is_said_all_the_same() {
    let fields =
        [("garden", area("200")), ("hives", count("4")), ("beside", code("field")), ("trained", Value::Bool(false))];
    let mut application = Application::new(&fields);
    application.open = vec!["mentor".into()];
    assert_eq!(application.changes(), ["trained == yes", "mentor given"]);
}
