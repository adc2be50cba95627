//! Consequences (后果): documents, register rows, where the matter goes, matters opened, acts on other matters, messages, in this order.

use super::act::{Doable, Doing};
use super::start::Starting;
use super::{Run, View};
use crate::act::{PersonId, Reason, Refusal};
use crate::eval;
use crate::event::{Desk, Event};
use crate::reason::Decided;
use crate::reference::{filled, kept};
use crate::rights::{self, Cause};
use crate::world::World;
use jiff::civil::Date;
use regulation::expr::{Record, Thing, Value};
use regulation::model::{Do, Enter, Open, Procedure, Tell};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn follow(&mut self, view: &View<'_>, doable: &Doable<'_>, on: Date) -> Decided<()> {
        let Doable { procedure, act, .. } = doable;
        self.documents(view, procedure, act, on)?;
        for enter in &act.enter {
            self.enter_row(view, enter)?;
        }
        self.go(view, doable, on)?;
        let cause = Cause { procedure: &procedure.name, act: &act.name };
        for open in &act.open {
            self.open(view, open, cause, on)?;
        }
        for order in &act.does {
            self.do_others(view, order, cause, on)?;
        }
        for tell in &act.tell {
            self.tell(view, tell)?;
        }
        self.refresh_clocks(view, on)
    }

    fn enter_row(&mut self, view: &View<'_>, enter: &Enter) -> Decided<()> {
        if !self.look(view, |env| eval::applies(enter.when.as_ref(), env))? {
            return Ok(());
        }
        let record = self.look(view, |env| filled(env, &enter.with))?;
        let matter = self.scratch.matter(&view.matter);
        let place = matter.map(|matter| matter.place.clone()).unwrap_or_default();
        self.put_row(&enter.register, &record, &place, view.actor)
    }

    fn open(&mut self, view: &View<'_>, open: &Open, cause: Cause<'_>, on: Date) -> Decided<()> {
        if !self.look(view, |env| eval::applies(open.when.as_ref(), env))? {
            return Ok(());
        }
        let form = self.look(view, |env| filled(env, &open.with))?;
        let Some((name, query)) = &open.each else {
            return self.open_one(view, open, form, cause, on);
        };
        let elements = match self.look(view, |env| kept(eval::value(query, env)))? {
            Value::List(elements) => elements,
            _ => Vec::new(),
        };
        for element in elements {
            let mut own = form.clone();
            own.insert(name.clone(), element);
            self.open_one(view, open, own, cause, on)?;
        }
        Ok(())
    }

    fn open_one(&mut self, view: &View<'_>, open: &Open, mut form: Record, cause: Cause<'_>, on: Date) -> Decided<()> {
        let opened = self.scratch.rulebook().procedure(&open.procedure).map(|(_, procedure)| Arc::clone(procedure));
        let about = opened.as_deref().map(|opened| take_about(opened, &mut form)).unwrap_or_default();
        let own_place = self.scratch.matter(&view.matter).map(|matter| matter.place.clone()).unwrap_or_default();
        let place = match form.get("place").and_then(Value::as_text) {
            Some(place) if self.scratch.county().places.contains_key(place) => {
                let place = place.to_owned();
                form.remove("place");
                place
            }
            _ => own_place,
        };
        let started = self.start(Starting {
            procedure: &open.procedure,
            act: &open.act,
            place: &place,
            about,
            actor: view.actor,
            form: &form,
            cause: Some(cause),
            instance: None,
            on,
        });
        started.map(|_| ()).map_err(|refusal| consequent(refusal, opened.as_deref(), &open.act))
    }

    fn do_others(&mut self, view: &View<'_>, order: &Do, cause: Cause<'_>, on: Date) -> Decided<()> {
        let (matters, form) = self.look(view, |env| {
            if !eval::applies(order.when.as_ref(), env) {
                return (Vec::new(), Record::new());
            }
            (matters_in(eval::value(&order.on, env)), filled(env, &order.with))
        })?;
        for matter in matters {
            let doing =
                Doing { matter: &matter, act: &order.act, actor: view.actor, form: &form, cause: Some(cause), on };
            if let Err(refusal) = self.act(doing) {
                let other = self.look(&View { matter, ..view.clone() }, |env| env.frame.procedure.clone())?;
                return Err(consequent(refusal, other.as_deref(), &order.act));
            }
        }
        Ok(())
    }

    fn tell(&mut self, view: &View<'_>, tell: &Tell) -> Decided<()> {
        let told = self.look(view, |env| {
            let applies = eval::applies(tell.when.as_ref(), env);
            applies.then(|| (rights::desks(env, &tell.to), eval::text(&tell.text, env)))
        })?;
        if let Some((desks, text)) = told {
            self.send(&view.matter, desks, text);
        }
        Ok(())
    }

    /// Sends a message to desks and persons.
    pub(super) fn send(&mut self, matter: &str, to: Vec<Desk>, text: String) {
        let person = |desk: &Desk| match desk {
            Desk::Person(person) => Some(person.clone()),
            _ => None,
        };
        let persons: Vec<PersonId> = to.iter().filter_map(person).collect();
        let desks = to.into_iter().filter(|desk| matches!(desk, Desk::Office { .. } | Desk::Anyone)).collect();
        self.emit(Event::Told { matter: matter.to_owned(), persons, desks, text, at: self.now });
    }
}

/// Takes out of a form what is `about` in the procedure to be opened.
pub(super) fn take_about(procedure: &Procedure, form: &mut Record) -> BTreeMap<String, Value> {
    let names = procedure.about.iter().map(|about| &about.name);
    names.filter_map(|name| form.remove_entry(name)).collect()
}

fn matters_in(value: Value) -> Vec<String> {
    match value {
        Value::Thing(Thing::Matter(id)) => vec![id],
        Value::List(values) => values.into_iter().flat_map(matters_in).collect(),
        _ => Vec::new(),
    }
}

/// A refusal of a consequence refuses the whole act, and says of which consequence.
fn consequent(mut refusal: Box<Refusal>, procedure: Option<&Procedure>, act: &str) -> Box<Refusal> {
    let label = procedure.and_then(|procedure| {
        let found = procedure.all_acts().find(|(_, own)| own.name == act);
        found.map(|(_, own)| format!("{}：{}", procedure.title.zh, own.label.zh))
    });
    let zh = format!("随之要办的“{}”办不成，因此整个动作不办", label.as_deref().unwrap_or(act));
    refusal.reasons.insert(0, Reason::general("consequence", zh, format!("its consequence `{act}` is refused")));
    refusal
}
