//! A form being filed with an act: its fields, what is asked of whom, what the engine would say to it.

use super::ask::{Asking, texts_of};
use super::lists::{self, KeptSheets, Lists};
use super::names::Names;
use super::read::{Reader, Signer};
use crate::lang::Lang;
use crate::problem::Problem;
use crate::sent::Answers;
use axum::response::{IntoResponse, Json, Response};
use engine::env::{MatterEnv, RecordEnv, Scope, imagined};
use engine::reach::Reach;
use engine::{Actor, FieldFault, Matter, Outcome, Refusal, RefusalKind, Target, World};
use jiff::civil::DateTime;
use regulation::expr::{Env, Record, Type, Value};
use regulation::model::{
    AboutTarget, Act, CountyChange, CountyEffect, Field, Form, Label, Name, Need, PostEffect, Procedure, Regulation,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Ids handed to a dry run; what it decides is thrown away.
const DRY_IDS: usize = 1024;

/// An act that somebody is about to do, with its forms.
pub struct Filing<'a> {
    /// The state.
    pub world: &'a dyn World,
    /// Moment.
    pub now: DateTime,
    /// Who.
    pub actor: Actor,
    /// To what.
    pub target: Target,
    /// The regulation in the version that applies.
    pub regulation: Arc<Regulation>,
    /// The procedure.
    pub procedure: Arc<Procedure>,
    /// The act.
    pub act: Act,
    /// Its forms.
    pub forms: Vec<Arc<Form>>,
    matter: Arc<Matter>,
    /// Fields whose rows come from a sheet.
    lists: Lists,
}

/// A part of a form that is filled in on one page.
pub struct Section<'f> {
    /// Heading.
    pub title: Label,
    /// Fields.
    pub fields: Vec<&'f Field>,
}

impl<'a> Filing<'a> {
    /// A start act.
    pub fn start(
        world: &'a dyn World,
        (procedure, act): (&str, &str),
        place: &str,
        about: BTreeMap<Name, Value>,
        actor: Actor,
        now: DateTime,
    ) -> Result<Filing<'a>, Problem> {
        let (regulation, procedure) = world
            .rulebook()
            .procedure(procedure)
            .ok_or_else(|| Problem::not_found("没有这项服务", "There is no such service"))?;
        let act = procedure.act_at(None, act).cloned().ok_or_else(no_act)?;
        let matter = Matter { about: about.clone(), ..imagined(regulation, &procedure.name, place, now) };
        let target = Target::Start { procedure: procedure.name.clone(), place: place.to_owned(), about };
        let forms = forms(world, regulation, &act);
        let (regulation, procedure) = (Arc::clone(regulation), Arc::clone(procedure));
        Ok(Filing {
            world,
            now,
            actor,
            target,
            regulation,
            procedure,
            act,
            forms,
            matter: Arc::new(matter),
            lists: Lists::new(),
        })
    }

    /// An act on a matter.
    pub fn on_matter(
        world: &'a dyn World,
        matter: &Arc<Matter>,
        act: &str,
        actor: Actor,
        now: DateTime,
    ) -> Result<Filing<'a>, Problem> {
        let gone =
            || Problem::not_found("这个事项所依据的规定不在库中", "The regulation of this matter is not at hand");
        let regulation = world.regulation(&matter.regulation, &matter.version).ok_or_else(gone)?;
        let procedure = regulation.procedures.get(&matter.procedure).cloned().ok_or_else(gone)?;
        let step = matter.step.as_deref();
        let found = step.and_then(|step| procedure.act_at(Some(step), act));
        let act = found.or_else(|| procedure.all_acts().find(|(_, known)| known.name == act).map(|(_, act)| act));
        let act = act.cloned().ok_or_else(no_act)?;
        let target = Target::Matter { id: matter.id.clone(), seen: Some(matter.seq) };
        let forms = forms(world, &regulation, &act);
        Ok(Filing {
            world,
            now,
            actor,
            target,
            regulation,
            procedure,
            act,
            forms,
            matter: Arc::clone(matter),
            lists: Lists::new(),
        })
    }

    /// For somebody who looked at an earlier state of the matter than the present one.
    #[must_use]
    pub fn seen(mut self, earlier: Option<u64>) -> Filing<'a> {
        if let (Target::Matter { seen, .. }, Some(earlier)) = (&mut self.target, earlier) {
            *seen = Some(earlier);
        }
        self
    }

    /// With the sheets that some of its lists come from.
    #[must_use]
    pub fn with_sheets(mut self, sheets: &KeptSheets) -> Filing<'a> {
        self.lists = lists::read_all(&self, sheets);
        self
    }

    /// The lists that come from sheets.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.lists
    }

    /// What is wrong with the rows that come from sheets, given the other answers.
    #[must_use]
    pub fn faults_of_rows(&self, record: &Record, unread: Vec<FieldFault>) -> Vec<FieldFault> {
        if self.lists.is_empty() {
            return Vec::new();
        }
        let found = self.refusal(record, unread).map(|refusal| refusal.fields).unwrap_or_default();
        lists::of_rows(&self.lists, &found)
    }

    /// Every field of its forms, derived ones left out.
    #[must_use]
    pub fn fields(&self) -> Vec<&Field> {
        self.forms.iter().flat_map(|form| &form.fields).filter(|field| field.derived.is_none()).collect()
    }

    /// The parts in which it is filled in: a heading starts one, and so does a form. Signatures are left for the end.
    #[must_use]
    pub fn sections(&self) -> Vec<Section<'_>> {
        let mut sections: Vec<Section<'_>> = Vec::new();
        for form in &self.forms {
            let mut fresh = Some(form.title.clone());
            for field in form.fields.iter().filter(|field| field.derived.is_none()) {
                if let Some(group) = &field.group {
                    fresh = Some(group.clone());
                }
                if field.ty == Type::Signature {
                    continue;
                }
                match (fresh.take(), sections.last_mut()) {
                    (None, Some(section)) => section.fields.push(field),
                    (title, _) => sections.push(Section { title: title.unwrap_or_default(), fields: vec![field] }),
                }
            }
        }
        sections
    }

    /// The fields that are signed at the end.
    #[must_use]
    pub fn signatures(&self) -> Vec<&Field> {
        self.fields().into_iter().filter(|field| field.ty == Type::Signature).collect()
    }

    /// Reads answers into a record.
    #[must_use]
    pub fn read(&self, answers: &Answers, signer: Option<&Signer>) -> (Record, Vec<FieldFault>) {
        let reader = Reader { rulebook: self.world.rulebook(), signer };
        let mut faults = Vec::new();
        let mut record = Record::new();
        for form in &self.forms {
            record.append(&mut reader.fields(&form.fields, answers, "", &mut faults));
        }
        for (field, list) in &self.lists {
            record.insert(field.clone(), Value::Records(Arc::clone(&list.records)));
            faults.extend(list.unread.iter().cloned());
        }
        (record, faults)
    }

    /// The request to the store.
    #[must_use]
    pub fn request(&self, record: Record) -> engine::Act {
        engine::Act {
            target: self.target.clone(),
            name: self.act.name.clone(),
            actor: self.actor.clone(),
            form: record,
            fresh_ids: Vec::new(),
            proved: false,
        }
    }

    /// What the engine would say now; nothing is changed.
    #[must_use]
    pub fn attempt(&self, record: Record) -> Outcome {
        let fresh_ids = (0..DRY_IDS).map(|place| format!("dry-run-{place}")).collect();
        // Who they are is asked last, when all else is right.
        engine::decide(self.world, &engine::Act { fresh_ids, proved: true, ..self.request(record) }, self.now)
    }

    /// The refusal of a dry run, without signatures being missing: they are given last.
    #[must_use]
    pub fn refusal(&self, record: &Record, faults: Vec<FieldFault>) -> Option<Refusal> {
        let signatures: BTreeSet<&str> = self.signatures().iter().map(|field| field.name.as_str()).collect();
        let mut refusal = match self.attempt(record.clone()) {
            Outcome::Done(_) => Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: Vec::new() },
            Outcome::Refused(refusal) => refusal,
        };
        refusal.fields.retain(|fault| {
            !signatures.contains(fault.field.as_str()) && !faults.iter().any(|own| own.field == fault.field)
        });
        refusal.fields.splice(0..0, faults);
        if refusal.kind == RefusalKind::Form {
            // Only says how many fields are wrong.
            refusal.reasons.clear();
        }
        (!refusal.fields.is_empty() || !refusal.reasons.is_empty()).then_some(refusal)
    }

    /// The answer to a page that asks, while it is filled in, which conditional fields are asked now.
    #[must_use]
    pub fn asked_now(&self, record: &Record) -> Response {
        Json(serde_json::json!({ "asked": self.asked(record) })).into_response()
    }

    /// Its fields as a page asks them.
    #[must_use]
    pub fn asking<'p>(
        &'p self,
        lang: Lang,
        answers: &'p Answers,
        faults: &'p [FieldFault],
        asked: &'p BTreeSet<String>,
        signer: &'p str,
    ) -> Asking<'p> {
        let names = Names { world: self.world, lang };
        let (place, today) = (self.place(), self.now.date());
        Asking { names, answers, faults, asked, signer, place, today, sheets: None, choosing: None }
    }

    /// Whether a row, person or post is known to be refused as the answer to a field, with the other answers as they stand: it is no choice then.
    #[must_use]
    pub fn refuses(&self, field: &Field, key: &str, record: &Record) -> bool {
        self.is_anothers(field, key) || self.fails_check(field, key, record)
    }

    /// Whether the act would hand on a post that whoever does it does not hold.
    fn is_anothers(&self, field: &Field, key: &str) -> bool {
        let hands_on = |effect: &CountyEffect| match &effect.what {
            CountyChange::Post(PostEffect::Appoint { post, behalf: true, .. }) => post.as_root() == Some(&field.name),
            _ => false,
        };
        let Actor::Person { person, .. } = &self.actor else { return false };
        self.act.county.iter().any(hands_on)
            && !self.world.county().posts_of(person, self.now).any(|post| post.id == *key)
    }

    fn fails_check(&self, field: &Field, key: &str, record: &Record) -> bool {
        if field.checks.is_empty() {
            return false;
        }
        let mut with = record.clone();
        with.insert(field.name.clone(), Value::Key(key.to_owned()));
        let forms: Vec<&[Field]> = self.forms.iter().map(|form| form.fields.as_slice()).collect();
        let mut refused = false;
        self.in_env(&with, |env| {
            let env = RecordEnv::new(env, env, &with, &forms);
            refused = field.checks.iter().any(|check| check.condition.eval(&env) == Value::Bool(false));
        });
        refused
    }

    /// Names that rules of the procedure look at in the end.
    #[must_use]
    pub fn looked_at<'r>(&self, rules: impl IntoIterator<Item = &'r str>) -> BTreeSet<Name> {
        let mut names = BTreeSet::new();
        self.in_env(&Record::new(), |env| {
            let mut reach = Reach::new(env, &self.procedure);
            rules.into_iter().for_each(|rule| reach.rule(rule));
            names = reach.names.into_keys().collect();
        });
        names
    }

    /// Paths of the conditional fields that are asked, given the answers so far.
    #[must_use]
    pub fn asked(&self, record: &Record) -> BTreeSet<String> {
        let mut asked = BTreeSet::new();
        self.in_env(record, |env| {
            let forms: Vec<&[Field]> = self.forms.iter().map(|form| form.fields.as_slice()).collect();
            self.asked_in(env, env, &forms, record, "", &mut asked);
        });
        asked
    }

    fn asked_in(
        &self,
        base: &MatterEnv<'_, '_>,
        outer: &dyn Env,
        forms: &[&[Field]],
        record: &Record,
        prefix: &str,
        asked: &mut BTreeSet<String>,
    ) {
        let env = RecordEnv::new(base, outer, record, forms);
        for field in forms.iter().flat_map(|fields| fields.iter()) {
            let path = format!("{prefix}{}", field.name);
            if let Need::If(condition) = &field.need
                && condition.holds(&env)
            {
                asked.insert(path.clone());
            }
            if let (Type::Records(form), Some(Value::Records(rows))) = (&field.ty, record.get(&field.name))
                && let Some(form) = form_of(self.world, &self.regulation, form)
            {
                for (place, row) in rows.iter().enumerate() {
                    self.asked_in(base, &env, &[form.fields.as_slice()], row, &format!("{path}.{}.", place + 1), asked);
                }
            }
        }
    }

    /// What the fields show at first: presets of the regulation, and for an amended start form the matter's own fields.
    #[must_use]
    pub fn presets(&self) -> Answers {
        let mut answers = Answers::new();
        let record = Record::new();
        self.in_env(&record, |env| {
            for field in self.fields() {
                let own = self.matter.root.get(&field.name).filter(|_| self.is_start_form_of_matter(&field.name));
                let today = self.dates_the_act(&field.name).then(|| Value::Date(self.now.date()));
                let preset = field.preset.as_ref().map(|preset| preset.eval(env)).or(today);
                let Some(value) = own.cloned().or(preset).filter(|value| !value.is_missing()) else { continue };
                match &value {
                    // More rows than can be typed came from a sheet, and come from one again: a page that showed some of them would file those.
                    Value::Records(rows) if rows.len() > super::rows::MOST => {}
                    Value::Records(_) => {
                        let one = Record::from([(field.name.clone(), value)]);
                        answers.append(&mut super::ask::answers_of(&one, ""));
                    }
                    value => _ = answers.insert(field.name.clone(), texts_of(value)),
                }
            }
        });
        answers
    }

    /// The same with what a link has filled in already: texts of the form's own fields, and nothing else.
    #[must_use]
    pub fn presets_with(&self, handed_on: &[(&str, &str)]) -> Answers {
        let mut answers = self.presets();
        let is_text = |name: &str| self.fields().iter().any(|field| field.name == name && field.ty.is_text());
        let texts = handed_on.iter().filter(|(name, _)| is_text(name));
        answers.extend(texts.map(|(name, text)| ((*name).to_owned(), vec![(*text).to_owned()])));
        answers
    }

    /// Whether the act has its legal date from this field: today, unless somebody records it later.
    fn dates_the_act(&self, field: &str) -> bool {
        let dated = self.act.dated.as_ref().and_then(|dated| dated.text.split_once('.'));
        dated.is_some_and(|(form, name)| name == field && self.act.forms.iter().any(|own| own == form))
    }

    /// Whether the matter began, or could have begun, with this form: its fields show what was filed.
    #[must_use]
    pub fn begins_with(&self, form: &Form) -> bool {
        self.procedure.start.iter().flat_map(|act| &act.forms).any(|name| *name == form.name)
    }

    fn is_start_form_of_matter(&self, field: &str) -> bool {
        self.forms.iter().any(|form| form.field(field).is_some() && self.begins_with(form))
    }

    fn in_env(&self, record: &Record, look: impl FnOnce(&MatterEnv<'_, '_>)) {
        let scope = Scope::new(self.world, self.now).by(&self.actor);
        let env = match &self.target {
            Target::Matter { id, .. } => scope.matter(id),
            _ => scope.imagined(self.imagined(record)),
        };
        if let Some(env) = env {
            look(&env);
        }
    }

    /// The matter as it would be with these answers, for a start act.
    #[must_use]
    pub fn imagined(&self, record: &Record) -> Matter {
        Matter { root: Arc::new(record.clone()), ..Matter::clone(&self.matter) }
    }

    /// Whose key seals the files of this filing.
    #[must_use]
    pub fn holder(&self) -> Option<String> {
        match &self.target {
            Target::Start { about, .. } => owner(self.world, &self.procedure, about),
            _ => self.matter.owner.clone(),
        }
    }

    /// The matter's place.
    #[must_use]
    pub fn place(&self) -> &str {
        &self.matter.place
    }
}

fn no_act() -> Problem {
    Problem::not_found("没有这个动作", "There is no such act")
}

fn form_of(world: &dyn World, regulation: &Regulation, name: &str) -> Option<Arc<Form>> {
    regulation.forms.get(name).or_else(|| world.rulebook().form(name).map(|(_, form)| form)).cloned()
}

fn forms(world: &dyn World, regulation: &Regulation, act: &Act) -> Vec<Arc<Form>> {
    act.forms.iter().filter_map(|name| form_of(world, regulation, name)).collect()
}

/// Whose personal data a matter would hold.
#[must_use]
pub fn owner(world: &dyn World, procedure: &Procedure, about: &BTreeMap<Name, Value>) -> Option<String> {
    let name = procedure.owner.as_ref()?;
    let subject = procedure.about.iter().find(|subject| subject.name == *name)?;
    let key = about.get(name)?.as_text()?;
    match &subject.target {
        AboutTarget::Register(register) => Some(format!("{register}/{key}")),
        AboutTarget::Procedure(_) => world.matter(key)?.owner.clone(),
    }
}
