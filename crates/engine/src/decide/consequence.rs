//! Consequences (后果): documents, register rows, changes of posts and places, the force of regulations, postings, where the matter goes,
//! matters opened, acts on other matters, messages, in this order.

use super::act::{Doable, Doing};
use super::start::Starting;
use super::{Run, View};
use crate::act::{PersonId, Reason, Refusal};
use crate::env::{ElementEnv, MatterEnv};
use crate::eval;
use crate::event::{Desk, Event};
use crate::reason::Decided;
use crate::reference::filled;
use crate::rights::{self, Cause};
use crate::world::World;
use jiff::civil::Date;
use regulation::expr::{Env, Expr, Record, Thing, Value};
use regulation::model::{Do, Enter, ForEach, Name, Open, Procedure, Tell};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What an effect sees: the matter that has it and, of one that runs over a list, the element with its name.
pub(super) struct Seen<'a> {
    pub(super) view: &'a View<'a>,
    pub(super) element: Option<(&'a str, &'a Value)>,
}

impl Run<'_> {
    pub(super) fn follow(&mut self, view: &View<'_>, doable: &Doable<'_>, on: Date) -> Decided<()> {
        let Doable { procedure, act, .. } = doable;
        self.documents(view, procedure, act, on)?;
        for enter in &act.enter {
            self.for_each(view, enter.each.as_ref(), |run, seen| run.enter_row(seen, enter))?;
        }
        for effect in &act.county {
            self.for_each(view, effect.each.as_ref(), |run, seen| run.change_county(seen, doable, effect, on))?;
        }
        self.change_force(view, doable, on)?;
        self.posts(view, act, on)?;
        self.go(view, doable, on)?;
        let cause = Cause { procedure: &procedure.name, act: &act.name };
        for open in &act.open {
            self.for_each(view, open.each.as_ref(), |run, seen| run.open(seen, open, cause, on))?;
        }
        for order in &act.does {
            self.for_each(view, order.each.as_ref(), |run, seen| run.do_others(seen, order, cause, on))?;
        }
        for tell in &act.tell {
            self.for_each(view, tell.each.as_ref(), |run, seen| run.tell(seen, tell))?;
        }
        for erase in &act.erase {
            self.for_each(view, erase.each.as_ref(), |run, seen| run.erase(seen, erase, on))?;
        }
        self.route(view)?;
        self.refresh_clocks(view, on)
    }

    /// An effect once, or once for each element of its list as that is now. Each one finds the world as those before it left it.
    pub(super) fn for_each(
        &mut self,
        view: &View<'_>,
        each: Option<&ForEach>,
        mut effect: impl FnMut(&mut Self, &Seen<'_>) -> Decided<()>,
    ) -> Decided<()> {
        let Some(each) = each else {
            return effect(self, &Seen { view, element: None });
        };
        let elements = self.look(view, |env| each.list.elements(env))?;
        elements.iter().try_for_each(|element| effect(self, &Seen { view, element: Some((&each.name, element)) }))
    }

    /// What an effect sees: the matter, and the element it is about. Expressions ask the first environment, rights the second.
    pub(super) fn see<T>(&self, seen: &Seen<'_>, ask: impl FnOnce(&dyn Env, &MatterEnv<'_, '_>) -> T) -> Decided<T> {
        self.look(seen.view, |env| match seen.element {
            Some((name, element)) => ask(&ElementEnv { outer: env, name, element }, env),
            None => ask(env, env),
        })
    }

    /// The values that an effect hands on, if its condition holds.
    pub(super) fn handed_on(
        &self,
        seen: &Seen<'_>,
        when: Option<&Expr>,
        with: &[(Name, Expr)],
    ) -> Decided<Option<Record>> {
        self.see(seen, |env, _| eval::applies(when, env).then(|| filled(env, with)))
    }

    fn enter_row(&mut self, seen: &Seen<'_>, enter: &Enter) -> Decided<()> {
        let Some(record) = self.handed_on(seen, enter.when.as_ref(), &enter.with)? else {
            return Ok(());
        };
        let matter = self.scratch.matter(&seen.view.matter);
        let place = matter.map(|matter| matter.place.clone()).unwrap_or_default();
        self.put_row(&enter.register, &record, &place, seen.view.actor)
    }

    fn open(&mut self, seen: &Seen<'_>, open: &Open, cause: Cause<'_>, on: Date) -> Decided<()> {
        let Some(mut form) = self.handed_on(seen, open.when.as_ref(), &open.with)? else {
            return Ok(());
        };
        let view = seen.view;
        let opened = self.scratch.rulebook().procedure(&open.procedure).map(|(_, procedure)| Arc::clone(procedure));
        let about = opened.as_deref().map(|opened| take_about(opened, &mut form)).unwrap_or_default();
        let own_place = self.scratch.matter(&view.matter).map(|matter| matter.place.clone()).unwrap_or_default();
        let given = form.get("place").and_then(Value::as_text);
        let place = match given.and_then(|place| self.scratch.county().place(place)) {
            Some(place) => {
                let place = place.code.clone();
                form.remove("place");
                place
            }
            None => own_place,
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

    fn do_others(&mut self, seen: &Seen<'_>, order: &Do, cause: Cause<'_>, on: Date) -> Decided<()> {
        let view = seen.view;
        let (matters, form) = self.see(seen, |env, _| {
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

    fn tell(&mut self, seen: &Seen<'_>, tell: &Tell) -> Decided<()> {
        let told = self.see(seen, |env, matter| {
            let applies = eval::applies(tell.when.as_ref(), env);
            applies.then(|| (rights::desks_seen(matter, env, &tell.to), eval::text(&tell.text, env)))
        })?;
        if let Some((desks, text)) = told {
            self.send(&seen.view.matter, desks, text);
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
