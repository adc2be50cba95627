//! Issuing documents (发文): numbered, with their data as they are at this moment.

use super::{Run, View};
use crate::act::{Reason, RefusalKind};
use crate::env::MatterEnv;
use crate::eval;
use crate::event::{Desk, Display, Event, IssuedDocument};
use crate::parameter::display_rules;
use crate::reason::{Decided, refuse};
use crate::rights;
use jiff::civil::Date;
use regulation::expr::{Env, Record, Thing, Value};
use regulation::model::{Act, Document, Procedure};

/// What is looked up before a document is issued.
struct Head {
    display: Option<Display>,
    signed: Option<Desk>,
}

/// What it says; it may name its own number and days of display.
struct Content {
    data: Record,
    paragraphs: Vec<String>,
    reasons: Vec<Reason>,
}

impl Run<'_> {
    /// Issues and voids the documents of an act.
    pub(super) fn documents(&mut self, view: &View<'_>, procedure: &Procedure, act: &Act, on: Date) -> Decided<()> {
        for (name, when) in &act.issue {
            let applies = self.look(view, |env| eval::applies(when.as_ref(), env))?;
            if let Some(document) = procedure.documents.get(name).filter(|_| applies) {
                self.issue(view, document, act, on)?;
            }
        }
        for name in &act.void {
            let valid =
                self.look(view, |env| env.matter().last_document(name).is_some_and(|issued| issued.voided.is_none()))?;
            if valid {
                self.emit(Event::Voided {
                    matter: view.matter.clone(),
                    document: name.clone(),
                    on,
                    act: act.name.clone(),
                });
            }
        }
        Ok(())
    }

    fn issue(&mut self, view: &View<'_>, document: &Document, act: &Act, on: Date) -> Decided<()> {
        let number = match &document.number {
            Some(series) => Some(self.next_number(view, &document.name, series, on)?),
            None => None,
        };
        let head = self.look(view, |env| head(env, document, on))??;
        let id = self.fresh_id()?;
        let issued = IssuedDocument {
            id,
            name: document.name.clone(),
            number,
            act: act.name.clone(),
            on,
            display: head.display,
            signed: head.signed,
            signer: view.actor.clone(),
            data: Record::new(),
            paragraphs: Vec::new(),
            reasons: Vec::new(),
            voided: None,
        };
        self.add_clauses(&document.clauses);
        self.emit(Event::Issued { matter: view.matter.clone(), document: issued });
        let content = self.look(view, |env| content(env, document))?;
        if let Some(Event::Issued { document, .. }) = self.events.last_mut() {
            document.data = content.data;
            document.paragraphs = content.paragraphs;
            document.reasons = content.reasons;
            self.scratch.amend_document(&view.matter, document);
        }
        Ok(())
    }
}

fn head(env: &MatterEnv<'_, '_>, document: &Document, on: Date) -> Decided<Head> {
    let signed = document.signed.as_ref().and_then(|party| rights::desks(env, party).into_iter().next());
    Ok(Head { display: display(env, document, on)?, signed })
}

fn content(env: &MatterEnv<'_, '_>, document: &Document) -> Content {
    let datum = |(name, value): &(String, regulation::expr::Expr)| (name.clone(), frozen(env, eval::value(value, env)));
    let mut data: Record = document.data.iter().map(datum).filter(|(_, value)| *value != Value::Missing).collect();
    let attached: Vec<Value> = document.attach.iter().map(|file| eval::value(file, env)).collect();
    let attached: Vec<Value> = attached.into_iter().filter(|file| !file.is_missing()).collect();
    if !attached.is_empty() {
        data.insert("attachments".to_owned(), Value::List(attached));
    }
    let reasons = document.reasons.as_ref().map(|reasons| reasons_of(eval::value(reasons, env)));
    Content {
        data,
        paragraphs: document.paragraphs.iter().map(|paragraph| eval::text(paragraph, env)).collect(),
        reasons: reasons.unwrap_or_default(),
    }
}

/// The days of public display: the day of posting does not count unless the regulation says so, and the last day is shown to its end.
fn display(env: &MatterEnv<'_, '_>, document: &Document, on: Date) -> Decided<Option<Display>> {
    let Some(term) = &document.display else {
        return Ok(None);
    };
    let Value::Term(term) = eval::value(term, env) else {
        let zh = format!("“{}”的公示期限没有规定", document.title.zh);
        let en = format!("the display term of `{}` is missing", document.name);
        return refuse(RefusalKind::Time, Reason::general("no-display-term", zh, en));
    };
    let rules = display_rules(env.world(), &env.frame.regulation, env.today());
    match calendar::due(on, term, &rules, env.world().holidays()) {
        Ok(due) => Ok(Some(Display { from: on, last_day: due.on, why: due.why })),
        Err(error) => refuse(RefusalKind::Time, Reason::general("no-date", error.zh(), error.en())),
    }
}

/// A value as a document keeps it: handles become what people read.
fn frozen(env: &MatterEnv<'_, '_>, value: Value) -> Value {
    match value {
        Value::Thing(thing) => frozen_thing(env, &thing),
        Value::List(values) => Value::List(values.into_iter().map(|value| frozen(env, value)).collect()),
        Value::Records(rows) => {
            let freeze =
                |row: &Record| row.iter().map(|(name, value)| (name.clone(), frozen(env, value.clone()))).collect();
            Value::Records(rows.iter().map(freeze).collect())
        }
        other => other,
    }
}

fn frozen_thing(env: &MatterEnv<'_, '_>, thing: &Thing) -> Value {
    let member = match thing {
        Thing::Act { .. } => env.member(thing, "on"),
        Thing::Matter(_) | Thing::Document { .. } => env.member(thing, "number"),
        Thing::Place(_) | Thing::Person(_) | Thing::Post(_) => env.member(thing, "name"),
        Thing::Row { .. } | Thing::Form { .. } | Thing::Sub { .. } | Thing::Tenure(_) => Value::Missing,
    };
    match (member, thing) {
        (Value::Missing, Thing::Row { key: id, .. } | Thing::Matter(id) | Thing::Place(id) | Thing::Person(id)) => {
            Value::Text(id.clone())
        }
        (member, _) => member,
    }
}

/// Reasons as printed: hits of a rule, or the rows of a form that name them.
fn reasons_of(value: Value) -> Vec<Reason> {
    match value {
        Value::Records(rows) => rows.iter().map(reason_of).collect(),
        Value::List(values) => values.into_iter().flat_map(reasons_of).collect(),
        Value::Missing => Vec::new(),
        Value::Codes(codes) => codes.into_iter().map(|code| Reason::general("reason", code.clone(), code)).collect(),
        other => {
            let text = other.show();
            vec![Reason::general("reason", text.clone(), text)]
        }
    }
}

/// `code`, `clause` and `because` (or `facts`, `text`) by name; the other fields of the row are kept as its values.
fn reason_of(row: &Record) -> Reason {
    let text = |name: &str| row.get(name).and_then(Value::as_text).map(str::to_owned);
    let said = text("because").or_else(|| text("facts")).or_else(|| text("text"));
    let clauses = text("clause").map(|clauses| clauses.split('、').map(str::to_owned).collect());
    let known = ["code", "clause", "because", "facts", "text"];
    let others = row.iter().filter(|(name, _)| !known.contains(&name.as_str()));
    let values: Vec<(String, String)> = others.map(|(name, value)| (name.clone(), value.show())).collect();
    let joined = || values.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join("，");
    let zh = said.unwrap_or_else(joined);
    Reason {
        code: text("code").unwrap_or_else(|| "reason".to_owned()),
        clauses: clauses.unwrap_or_default(),
        en: zh.clone(),
        zh,
        values,
        hint: None,
    }
}
