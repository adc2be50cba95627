//! What expressions look at (求值环境): a matter under its own version of its regulation, in the world as it stands.
//!
//! A [`Scope`] is one look at a world that does not change meanwhile; facts, rules and tables are computed once in it. A
//! [`MatterEnv`] answers for one matter; other matters that an expression reaches answer under *their* regulation.

mod area;
mod element;
mod ledger;
mod members;
mod near;
mod posts;
mod record;
mod roots;

pub(crate) use element::ElementEnv;
pub use near::matters_near;
pub use record::RecordEnv;

use crate::act::{Actor, PersonId, PlaceCode};
use crate::keeping;
use crate::matter::Matter;
use crate::parameter::{counting_rules, parameter};
use crate::reference::kept;
use crate::verdict;
use crate::world::{PLACE, World};
use calendar::{Due, Term};
use jiff::civil::{Date, DateTime};
use plots::Plot;
use regulation::expr::{Env, Ledger, Owned, Record, Thing, Type, Value};
use regulation::model::{AboutTarget, Field, Form, Name, Procedure, Register, Regulation};
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

/// How deep facts of matters may lead to facts of other matters before the answer is *missing*.
const DEEPEST: u32 = 40;

/// One look at a world: who asks, when, and what has been looked up already.
pub struct Scope<'w> {
    pub(crate) world: &'w dyn World,
    pub(crate) now: DateTime,
    actor: Option<PersonId>,
    changes: Option<Rc<Changes>>,
    /// Of an application that is only tried out: its id, and what can only come later.
    pending: Option<(String, BTreeSet<Name>)>,
    frames: RefCell<BTreeMap<String, Option<Rc<Frame>>>>,
    depth: Cell<u32>,
}

/// The form of the act under decision and the matter before it, for `changed(…)`.
pub(crate) struct Changes {
    pub(crate) before: Arc<Matter>,
    pub(crate) forms: Vec<Arc<Form>>,
    pub(crate) form: Arc<Record>,
}

/// A matter with its regulation.
pub(crate) struct Frame {
    pub(crate) matter: Arc<Matter>,
    pub(crate) regulation: Arc<Regulation>,
    pub(crate) procedure: Option<Arc<Procedure>>,
    memo: RefCell<BTreeMap<Name, Value>>,
    /// Forms whose fields are root names: those of the starting acts.
    start_forms: Vec<Arc<Form>>,
}

/// The environment of one matter.
pub struct MatterEnv<'s, 'w> {
    pub(crate) scope: &'s Scope<'w>,
    pub(crate) frame: Rc<Frame>,
}

impl<'w> Scope<'w> {
    /// A look at a world at a moment.
    #[must_use]
    pub fn new(world: &'w dyn World, now: DateTime) -> Self {
        Scope { world, now, actor: None, changes: None, pending: None, frames: RefCell::default(), depth: Cell::new(0) }
    }

    /// By this actor.
    #[must_use]
    pub fn by(mut self, actor: &Actor) -> Self {
        if let Actor::Person { person, .. } = actor {
            self.actor = Some(person.clone());
        }
        self
    }

    pub(crate) fn trying(mut self, matter: &str, later: BTreeSet<Name>) -> Self {
        self.pending = Some((matter.to_owned(), later));
        self
    }

    pub(crate) fn changing(mut self, changes: Rc<Changes>) -> Self {
        self.changes = Some(changes);
        self
    }

    /// The environment of a matter; `None` if there is no such matter, or its regulation is not at hand.
    #[must_use]
    pub fn matter(&self, id: &str) -> Option<MatterEnv<'_, 'w>> {
        if let Some(known) = self.frames.borrow().get(id) {
            return known.clone().map(|frame| MatterEnv { scope: self, frame });
        }
        let frame = self.world.matter(id).and_then(|matter| self.frame(matter)).map(Rc::new);
        self.frames.borrow_mut().insert(id.to_owned(), frame.clone());
        frame.map(|frame| MatterEnv { scope: self, frame })
    }

    /// The environment of a matter that is not in the world: an application not yet made, with its place and subjects.
    #[must_use]
    pub fn imagined(&self, matter: Matter) -> Option<MatterEnv<'_, 'w>> {
        let frame = Rc::new(self.frame(Arc::new(matter))?);
        let id = frame.matter.id.clone();
        self.frames.borrow_mut().insert(id, Some(Rc::clone(&frame)));
        Some(MatterEnv { scope: self, frame })
    }

    /// The environment of a regulation at a place, without any matter: for register rows.
    #[must_use]
    pub fn bare(&self, regulation: &Arc<Regulation>, place: &PlaceCode) -> MatterEnv<'_, 'w> {
        let matter = Arc::new(imagined(regulation, "", place, self.now));
        let frame = Frame {
            matter,
            regulation: Arc::clone(regulation),
            procedure: None,
            memo: RefCell::default(),
            start_forms: Vec::new(),
        };
        MatterEnv { scope: self, frame: Rc::new(frame) }
    }

    fn frame(&self, matter: Arc<Matter>) -> Option<Frame> {
        let regulation = self.world.regulation(&matter.regulation, &matter.version)?;
        let procedure = regulation.procedures.get(&matter.procedure).cloned()?;
        let names = procedure.start.iter().flat_map(|act| &act.forms);
        let start_forms = names.filter_map(|name| self.form(&regulation, name)).collect();
        Some(Frame { matter, regulation, procedure: Some(procedure), memo: RefCell::default(), start_forms })
    }

    fn register(&self, regulation: &Regulation, name: &str) -> Option<Arc<Register>> {
        let own = regulation.registers.get(name).cloned();
        own.or_else(|| self.world.rulebook().register(name).map(|(_, register)| Arc::clone(register)))
    }

    fn form(&self, regulation: &Regulation, name: &str) -> Option<Arc<Form>> {
        let own = regulation.forms.get(name).cloned();
        own.or_else(|| self.world.rulebook().form(name).map(|(_, form)| Arc::clone(form)))
    }

    /// Runs a computation one level deeper; missing where facts chase each other.
    fn deeper(&self, compute: impl FnOnce() -> Value) -> Value {
        if self.depth.get() >= DEEPEST {
            return Value::Missing;
        }
        self.depth.set(self.depth.get() + 1);
        let value = compute();
        self.depth.set(self.depth.get() - 1);
        value
    }
}

/// A matter that has not begun: only its regulation, procedure and place are known.
#[must_use]
pub fn imagined(regulation: &Regulation, procedure: &str, place: &str, now: DateTime) -> Matter {
    Matter {
        id: String::new(),
        number: None,
        regulation: regulation.id.clone(),
        version: regulation.version.clone(),
        procedure: procedure.to_owned(),
        place: place.to_owned(),
        about: BTreeMap::new(),
        owner: None,
        instance: None,
        opened_at: now,
        seq: 0,
        step: None,
        suspended_step: None,
        ended: None,
        entered_on: now.date(),
        desks: Vec::new(),
        root: Arc::default(),
        forms: BTreeMap::new(),
        acts: Vec::new(),
        clocks: Vec::new(),
        documents: Vec::new(),
        messages: Vec::new(),
        notes: Vec::new(),
    }
}

impl Frame {
    /// The fields of the forms that the matter was begun with.
    pub(crate) fn start_fields(&self) -> impl Iterator<Item = &Field> {
        self.start_forms.iter().flat_map(|form| &form.fields)
    }

    pub(crate) fn start_field(&self, name: &str) -> Option<&Field> {
        self.start_forms.iter().find_map(|form| form.field(name))
    }
}

impl<'w> MatterEnv<'_, 'w> {
    pub(crate) fn matter(&self) -> &Matter {
        &self.frame.matter
    }

    pub(crate) fn form(&self, name: &str) -> Option<Arc<Form>> {
        self.scope.form(&self.frame.regulation, name)
    }

    pub(crate) fn register(&self, name: &str) -> Option<Arc<Register>> {
        self.scope.register(&self.frame.regulation, name)
    }

    pub(crate) fn world(&self) -> &'w dyn World {
        self.scope.world
    }

    fn other(&self, id: &str) -> Option<MatterEnv<'_, 'w>> {
        if id == self.frame.matter.id {
            return Some(MatterEnv { scope: self.scope, frame: Rc::clone(&self.frame) });
        }
        self.scope.matter(id)
    }

    /// The value of a name, computed once per scope.
    fn once(&self, name: &str, compute: impl FnOnce() -> Value) -> Value {
        if let Some(known) = self.frame.memo.borrow().get(name) {
            return known.clone();
        }
        let value = self.scope.deeper(compute);
        self.frame.memo.borrow_mut().insert(name.to_owned(), value.clone());
        value
    }

    /// A kept value as expressions see it: references become handles, and rows of a form get their derived fields.
    pub(crate) fn lift(&self, outer: &dyn Env, value: &Value, ty: &Type) -> Value {
        match (value, ty) {
            (Value::Records(rows), Type::Records(form)) => match self.form(form) {
                Some(form) => Value::Records(rows.iter().map(|row| self.complete(outer, row, &form.fields)).collect()),
                None => value.clone(),
            },
            _ => crate::reference::handle(value, ty),
        }
    }

    /// A record with handles and with its derived fields.
    pub(crate) fn complete(&self, outer: &dyn Env, record: &Record, fields: &[Field]) -> Record {
        let forms = [fields];
        let env = RecordEnv::new(self, outer, record, &forms);
        let value = |field: &Field| match (&field.derived, record.get(&field.name)) {
            (Some(_), _) => env.root(&field.name),
            (None, Some(value)) => self.lift(&env, value, &field.ty),
            (None, None) => Value::Missing,
        };
        let values = fields.iter().map(|field| (field, value(field))).filter(|(_, value)| *value != Value::Missing);
        values.map(|(field, value)| (field.name.clone(), value)).collect()
    }

    /// The last filing of each parallel party, oldest first.
    fn filings_by_party(&self, form: &Form) -> Value {
        let mut latest: BTreeMap<Option<&str>, &Record> = BTreeMap::new();
        for filing in self.matter().forms.get(&form.name).into_iter().flatten() {
            latest.insert(filing.party.as_deref(), &filing.record);
        }
        Value::Records(latest.into_values().map(|record| self.complete(self, record, &form.fields)).collect())
    }

    /// Things of a collection, without the asking matter.
    fn members_of(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        if collection.contains('.') {
            return self.subs_of(collection, narrowed);
        }
        if let Some(register) = self.register(collection) {
            return self.rows_of(&register, narrowed);
        }
        if collection == posts::TENURES {
            return self.tenures(narrowed);
        }
        let ids = self.matters_of(collection, narrowed);
        ids.into_iter().map(Thing::Matter).collect()
    }

    fn rows_of(&self, register: &Register, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        let row = |key: String| Thing::Row { register: register.name.clone(), key };
        if let Some(procedure) = &register.rows_of {
            return self.matters_of(procedure, None).into_iter().map(row).collect();
        }
        let stored = |name: &str| register.fields.iter().any(|field| field.name == name && field.derived.is_none());
        let Some((name, value)) = narrowed.filter(|(name, _)| stored(name)) else {
            return self.world().rows(&register.name, None).into_iter().map(row).collect();
        };
        let keys = self.spelled(register, name, kept(value.clone())).into_iter();
        let keys: BTreeSet<String> =
            keys.flat_map(|value| self.world().rows(&register.name, Some((name, &value)))).collect();
        keys.into_iter().map(row).collect()
    }

    /// The ways in which a value may stand in a column: a place may be written under the code of one that it took in.
    fn spelled(&self, register: &Register, name: &str, value: Value) -> Vec<Value> {
        let is_place = register.fields.iter().any(|field| field.name == name && field.ty == Type::Place);
        match value.as_text().filter(|_| is_place) {
            Some(code) => self.world().county().codes(code).into_iter().map(|code| Value::Key(code.into())).collect(),
            None => vec![value],
        }
    }

    fn matters_of(&self, procedure: &str, narrowed: Option<(&str, &Value)>) -> Vec<String> {
        if let Some(places) = self.area(procedure, narrowed) {
            return self.without_own(self.of_places(&places, |place| self.world().matters(procedure, Some(place))));
        }
        let indexed = self.indexed(procedure, narrowed);
        let ids = self.world().matters(procedure, indexed.as_ref().map(|(name, value)| (*name, value)));
        self.without_own(ids)
    }

    fn open_matters_of(&self, procedure: &str, narrowed: Option<(&str, &Value)>) -> Vec<String> {
        if let Some(places) = self.area(procedure, narrowed) {
            return self
                .without_own(self.of_places(&places, |place| self.world().open_matters(procedure, Some(place))));
        }
        let indexed = self.indexed(procedure, narrowed);
        let ids = self.world().open_matters(procedure, indexed.as_ref().map(|(name, value)| (*name, value)));
        self.without_own(ids)
    }

    fn without_own(&self, mut ids: Vec<String>) -> Vec<String> {
        ids.retain(|id| *id != self.matter().id);
        ids
    }

    /// What an index of matters knows: a place, or what a matter is about, as it is kept.
    fn indexed<'n>(&self, procedure: &str, narrowed: Option<(&'n str, &Value)>) -> Option<(&'n str, Value)> {
        narrowed.and_then(|(name, value)| {
            if name == PLACE {
                return Some((name, kept(value.clone())));
            }
            let (_, procedure) = self.world().rulebook().procedure(procedure)?;
            let about = procedure.about.iter().find(|about| about.name == name)?;
            let text = kept(value.clone()).as_text()?.to_owned();
            let value = match about.target {
                AboutTarget::Register(_) => Value::Key(text),
                AboutTarget::Procedure(_) => Value::Text(text),
            };
            Some((name, value))
        })
    }
}

impl MatterEnv<'_, '_> {
    /// What has a plot in a field that may share land with this one. An index knows the columns of registers and what was filed in forms; where
    /// a fact takes its plot from elsewhere, everything is a candidate.
    fn things_near(&self, collection: &str, field: &str, plot: &Plot) -> Vec<Thing> {
        if let Some(register) = self.register(collection) {
            let stored = |own: &Field| own.name == field && own.derived.is_none();
            if register.rows_of.is_some() || !register.fields.iter().any(stored) {
                return self.rows_of(&register, None);
            }
            let keys = self.world().rows_near(&register.name, field, plot);
            return keys.into_iter().map(|key| Thing::Row { register: register.name.clone(), key }).collect();
        }
        let ids = match near::hops(self.world().rulebook(), collection, field) {
            Some(hops) => near::matters(self.world(), collection, hops, plot),
            None => self.world().matters(collection, None),
        };
        ids.into_iter().filter(|id| *id != self.matter().id).map(Thing::Matter).collect()
    }
}

impl Env for MatterEnv<'_, '_> {
    fn today(&self) -> Date {
        self.scope.now.date()
    }

    fn now(&self) -> DateTime {
        self.scope.now
    }

    fn parameter(&self, name: &str, on: Date) -> Value {
        parameter(self.world(), &self.frame.regulation, name, on)
    }

    fn root(&self, name: &str) -> Value {
        self.find_root(name)
    }

    fn member(&self, of: &Thing, name: &str) -> Value {
        self.find_member(of, name)
    }

    fn candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        self.members_of(collection, narrowed)
    }

    fn open_candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        if collection.contains('.') || self.register(collection).is_some() {
            return self.members_of(collection, narrowed);
        }
        self.open_matters_of(collection, narrowed).into_iter().map(Thing::Matter).collect()
    }

    fn near(&self, collection: &str, field: &str, plot: &Plot) -> Vec<Thing> {
        self.things_near(collection, field, plot)
    }

    fn due(&self, event_on: Date, term: Term) -> Option<Due> {
        let rules = counting_rules(self.world(), &self.frame.regulation, self.today());
        calendar::due(event_on, term, &rules, self.world().holidays()).ok()
    }

    fn before(&self, until: Date, term: Term) -> Option<Date> {
        let rules = counting_rules(self.world(), &self.frame.regulation, self.today());
        calendar::before(until, term, &rules, self.world().holidays()).ok()
    }

    fn changed(&self, field: &str) -> bool {
        let Some(changes) = &self.scope.changes else {
            return false;
        };
        let asked = changes.forms.iter().any(|form| form.field(field).is_some());
        asked && changes.before.root.get(field) != changes.form.get(field)
    }

    fn holders(&self, post: &str, on: Date) -> Vec<String> {
        self.holders_of(post, on)
    }

    fn ledger(&self, question: &Ledger<'_>) -> Option<i128> {
        self.answer_ledger(question)
    }

    fn owned(&self, owner: &Value, question: Owned<'_>) -> Value {
        keeping::answer(self.world(), owner, question, self.scope.now)
    }

    fn pending(&self, name: &str) -> bool {
        let pending = self.scope.pending.as_ref();
        pending.is_some_and(|(matter, later)| *matter == self.frame.matter.id && later.contains(name))
    }

    fn hits(&self, rule: &str) -> Value {
        let rule = self.frame.procedure.as_ref().and_then(|procedure| procedure.rules.get(rule));
        rule.map_or(Value::Missing, |rule| verdict::hits(self, rule))
    }

    fn settled(&self, value: Value) -> Value {
        match &value {
            Value::Thing(Thing::Place(code)) => Value::Thing(Thing::Place(self.world().county().now(code).to_owned())),
            Value::Key(code) => Value::Key(self.world().county().now(code).to_owned()),
            Value::List(values) => Value::List(values.iter().map(|value| self.settled(value.clone())).collect()),
            _ => value,
        }
    }

    fn place_then(&self, code: &str, level: &str, on: Date) -> Option<(String, String)> {
        let then = self.world().county().at_level_then(code, level, on)?;
        Some((then.code.to_owned(), then.name.to_owned()))
    }

    fn label(&self, code: &str) -> String {
        let forms = self.frame.regulation.forms.values().flat_map(|form| &form.fields);
        let registers = self.frame.regulation.registers.values().flat_map(|register| &register.fields);
        let choices = self.frame.regulation.parameters.values().flat_map(|parameter| &parameter.choices);
        let of_fields = forms.chain(registers).find_map(|field| label_in(&field.ty, code));
        let of_parameters = || choices.filter(|(name, _)| name == code).map(|(_, label)| label.zh.clone()).next();
        of_fields.or_else(of_parameters).unwrap_or_else(|| code.to_owned())
    }
}

fn label_in(ty: &Type, code: &str) -> Option<String> {
    match ty {
        Type::OneOf(codes) | Type::SomeOf(codes) => {
            codes.iter().find(|(name, _)| name == code).map(|(_, label)| label.zh.clone())
        }
        Type::List(inner) => label_in(inner, code),
        _ => None,
    }
}
