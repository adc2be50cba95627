//! Regulations as programs see them: procedures, steps, acts, forms and their fields.

use super::masking::kind_name;
use crate::forms::names::Names;
use crate::forms::show::unit_words;
use crate::lang::Lang;
use engine::rights::party_name;
use regulation::expr::Type;
use regulation::model::{
    Act, By, Consequence, Deadline, DeadlineEnd, Field, Form, Label, Need, Procedure, Regulation, Step,
};
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// How deep forms may lie within forms; none does deeper.
const DEEPEST: u8 = 4;

/// Writes what a regulation defines, in the reader's language.
#[derive(Clone, Copy)]
pub(crate) struct Model<'a> {
    /// Names and language.
    pub(crate) names: Names<'a>,
    /// The regulation, in the version that counts.
    pub(crate) regulation: &'a Regulation,
}

impl<'a> Model<'a> {
    fn lang(&self) -> Lang {
        self.names.lang
    }

    /// A form by name: the regulation's own, else one it uses.
    pub(crate) fn form_of(&self, name: &str) -> Option<Arc<Form>> {
        let own = self.regulation.forms.get(name);
        own.or_else(|| self.names.world.rulebook().form(name).map(|(_, form)| form)).cloned()
    }

    /// The forms of an act.
    pub(crate) fn forms_of(&self, act: &Act) -> Vec<Arc<Form>> {
        act.forms.iter().filter_map(|name| self.form_of(name)).collect()
    }

    /// A form with its fields.
    pub(crate) fn form(&self, form: &Form) -> Value {
        json!({
            "form": form.name,
            "title": self.lang().label(&form.title),
            "clauses": form.clauses,
            "fields": form.fields.iter().map(|field| self.field(field, 0)).collect::<Vec<_>>(),
        })
    }

    /// A field: what is asked, of which type, when it is needed.
    pub(crate) fn field(&self, field: &Field, depth: u8) -> Value {
        let mut members = Map::new();
        members.insert("name".into(), json!(field.name));
        members.insert("label".into(), json!(self.lang().label(&field.label)));
        members.insert("type".into(), json!(type_name(&field.ty)));
        self.type_details(&field.ty, depth, &mut members);
        let (need, when) = need(field);
        members.insert("need".into(), json!(need));
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                members.insert(name.into(), value);
            }
        };
        add("when", when.map(|when| json!(when)));
        add("number", field.number.as_ref().map(|number| json!(number)));
        add("group", field.group.as_ref().map(|group| json!(self.lang().label(group))));
        add("personal", engine::rights::kind_of(field).map(|kind| json!(kind_name(kind))));
        add("hint", field.hint.as_ref().map(|hint| json!(self.lang().label(hint))));
        add("clauses", (!field.clauses.is_empty()).then(|| json!(field.clauses)));
        Value::Object(members)
    }

    fn type_details(&self, ty: &Type, depth: u8, members: &mut Map<String, Value>) {
        match ty {
            Type::Number { unit, whole } => {
                members.insert("whole".into(), json!(whole));
                if !unit.is_none() {
                    members.insert("unit".into(), json!(unit.code()));
                    members.insert("unit_label".into(), json!(unit_words(self.lang(), unit)));
                }
            }
            Type::Text { max } => _ = members.insert("max".into(), json!(max)),
            Type::OneOf(codes) | Type::SomeOf(codes) => _ = members.insert("choices".into(), self.choices(codes)),
            Type::TermOf(unit) => _ = members.insert("unit".into(), json!(unit_code(*unit))),
            Type::Row(name) => _ = members.insert("register".into(), json!(name)),
            Type::Matter(name) => _ = members.insert("procedure".into(), json!(name)),
            Type::List(element) => {
                members.insert("of".into(), json!(type_name(element)));
                self.type_details(element, depth, members);
            }
            Type::Records(form) => {
                members.insert("form".into(), json!(form));
                if let Some(form) = self.form_of(form).filter(|_| depth < DEEPEST) {
                    let fields: Vec<Value> = form.fields.iter().map(|field| self.field(field, depth + 1)).collect();
                    members.insert("fields".into(), json!(fields));
                }
            }
            _ => {}
        }
    }

    fn choices(&self, codes: &[(String, Label)]) -> Value {
        codes.iter().map(|(code, label)| json!({ "code": code, "label": self.lang().label(label) })).collect()
    }

    /// An act with its forms written out.
    pub(crate) fn act(&self, procedure: &Procedure, step: Option<&Step>, act: &Act) -> Value {
        json!({
            "act": act.name,
            "label": self.lang().label(&act.label),
            "by": self.parties(procedure, engine::rights::parties(step, act)),
            "clauses": act.clauses,
            "forms": self.forms_of(act).iter().map(|form| self.form(form)).collect::<Vec<_>>(),
        })
    }

    fn act_line(&self, procedure: &Procedure, step: Option<&Step>, act: &Act) -> Value {
        json!({
            "act": act.name,
            "label": self.lang().label(&act.label),
            "by": self.parties(procedure, engine::rights::parties(step, act)),
            "forms": act.forms,
            "to": act.to.as_ref().map(|to| to.targets()).unwrap_or_default(),
            "clauses": act.clauses,
        })
    }

    fn parties(&self, procedure: &Procedure, by: &[By]) -> Value {
        let party = |by: &By| {
            json!({
                "party": party_name(&by.party),
                "title": self.names.party(procedure, &by.party),
                "when": by.when.as_ref().map(|when| &*when.text),
            })
        };
        by.iter().map(party).collect()
    }

    /// A line of the list of procedures.
    pub(crate) fn procedure_line(&self, procedure: &Procedure) -> Value {
        json!({
            "id": procedure.name,
            "title": self.lang().label(&procedure.title),
            "service": procedure.service,
            "regulation": self.regulation_line(),
            "clauses": procedure.clauses,
            "start": procedure.start.iter().map(|act| self.act_line(procedure, None, act)).collect::<Vec<_>>(),
            "worst_case_days": procedure.worst_case.as_ref().map(|worst| worst.days),
        })
    }

    /// A procedure whole: forms of its starting acts, steps, ends.
    pub(crate) fn procedure(&self, procedure: &Procedure) -> Value {
        let lang = self.lang();
        let mut whole = self.procedure_line(procedure);
        whole["about"] = procedure.about.iter().map(about).collect();
        whole["start"] = procedure.start.iter().map(|act| self.act(procedure, None, act)).collect();
        whole["acts"] = procedure.acts.iter().map(|act| self.act_line(procedure, None, act)).collect();
        whole["stages"] = procedure
            .stages
            .iter()
            .map(|(label, steps)| json!({ "label": lang.label(label), "steps": steps }))
            .collect();
        whole["steps"] = procedure.steps.iter().map(|step| self.step(procedure, step)).collect();
        whole["ends"] =
            procedure.ends.iter().map(|(name, label)| json!({ "end": name, "label": lang.label(label) })).collect();
        whole["worst_case"] = match &procedure.worst_case {
            None => Value::Null,
            Some(worst) => json!({
                "days": worst.days,
                "path": worst.path.iter().map(|(step, term)| json!({ "step": step, "term": term.map(|term| term.to_string()) })).collect::<Vec<_>>(),
                "unlimited": worst.unlimited,
            }),
        };
        whole
    }

    fn step(&self, procedure: &Procedure, step: &Step) -> Value {
        json!({
            "step": step.name,
            "label": self.lang().label(&step.label),
            "by": self.parties(procedure, &step.by),
            "each": step.parallel,
            "due": step.due.iter().map(deadline).collect::<Vec<_>>(),
            "acts": step.acts.iter().map(|act| self.act_line(procedure, Some(step), act)).collect::<Vec<_>>(),
            "clauses": step.clauses,
        })
    }

    /// The regulation in short.
    pub(crate) fn regulation_line(&self) -> Value {
        let regulation = self.regulation;
        json!({
            "id": regulation.id,
            "title": self.lang().label(&regulation.title),
            "number": regulation.number,
            "version": regulation.version,
        })
    }
}

fn about(about: &regulation::model::About) -> Value {
    use regulation::model::AboutTarget;
    let (register, procedure) = match &about.target {
        AboutTarget::Register(name) => (Some(name), None),
        AboutTarget::Procedure(name) => (None, Some(name)),
    };
    json!({
        "name": about.name,
        "register": register,
        "procedure": procedure,
        "optional": about.optional,
        "offer": about.offer.as_ref().map(|offer| &offer.text),
    })
}

fn deadline(deadline: &Deadline) -> Value {
    let (term, event) = match &deadline.end {
        DeadlineEnd::After { term, event } => (Some(&*term.text), &*event.text),
        DeadlineEnd::On(date) => (None, &*date.text),
    };
    let consequence = match &deadline.consequence {
        Consequence::Alarm { .. } => "alarm",
        Consequence::Act(act) => act.as_str(),
    };
    json!({ "clock": deadline.name, "term": term, "from": event, "else": consequence, "clauses": deadline.clauses })
}

/// When a field must be filled in: `must`, `may`, `if` with its condition, `derived`.
pub(crate) fn need(field: &Field) -> (&'static str, Option<&str>) {
    match (&field.derived, &field.need) {
        (Some(derived), _) => ("derived", Some(&derived.text)),
        (None, Need::Must) => ("must", None),
        (None, Need::May) => ("may", None),
        (None, Need::If(condition)) => ("if", Some(&condition.text)),
    }
}

/// The name of a type, as regulations write it.
pub(crate) fn type_name(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "yes-no",
        Type::Number { .. } => "number",
        Type::Text { .. } => "text",
        Type::PersonName => "name",
        Type::Phone => "phone",
        Type::IdNumber => "id-number",
        Type::CreditCode => "credit-code",
        Type::BankCard => "bank-card",
        Type::OneOf(_) => "one-of",
        Type::SomeOf(_) => "some-of",
        Type::Date => "date",
        Type::Moment => "moment",
        Type::Term => "term",
        Type::TermOf(_) => "count",
        Type::File => "file",
        Type::Signature => "signature",
        Type::Agreed => "agreed",
        Type::Plot => "plot",
        Type::Report => "report",
        Type::Place => "place",
        Type::Person => "person",
        Type::Post => "post",
        Type::Tenure => "tenure",
        Type::Records(_) => "rows",
        Type::List(_) => "list",
        Type::Row(_) => "row",
        Type::Matter(_) => "matter",
        Type::Act { .. } => "act",
        Type::Form(_) => "form",
        Type::Document { .. } => "document",
        Type::Sub(_) => "sub-account",
        Type::Share(..) => "share",
        Type::Hits => "hits",
        Type::Unknown => "unknown",
    }
}

/// The name of a unit of time, as regulations write it.
pub(crate) fn unit_code(unit: calendar::Unit) -> &'static str {
    match unit {
        calendar::Unit::Minutes => "minutes",
        calendar::Unit::Hours => "hours",
        calendar::Unit::Days => "days",
        calendar::Unit::WorkingDays => "working-days",
        calendar::Unit::Weeks => "weeks",
        calendar::Unit::Months => "months",
        calendar::Unit::Years => "years",
    }
}
