//! Learning to fill in (学着填): a form is tried, what [`engine::decide`] says against it leads the next try, and what was accepted is gone by the next time.
//!
//! The tries are those of somebody who asks at the counter before handing in: nothing of them is recorded. What could not be filled in by then is handed in
//! as it is, refused and counted.

use crate::fill::{Filler, Model};
use engine::{Decision, Outcome, Refusal, RefusalKind};
use jiff::civil::Date;
use regulation::expr::Record;
use regulation::model::{Form, Name};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Accepted forms remembered of each act.
const KEPT: usize = 12;
/// Tries while nothing was accepted yet, and when something was.
const TRIES_NEW: u32 = 60;
const TRIES_KNOWN: u32 = 14;
/// After so many vain searches an act is tried a few times only.
const VAIN: u32 = 6;
const TRIES_VAIN: u32 = 6;
/// After so many refusals for what no field of it says, a form that is known to be right is tried no more.
const ELSEWHERE: u32 = 2;
/// After so many refusals of the same fields in a row, each time filled in anew, no value of them will do.
const SAME: u32 = 4;
/// How often, in a thousand, a form is begun like the first one known.
const USUAL: u32 = 750;
/// Tries along one line before it is begun anew.
const LINE: u32 = 12;

/// What was learned of the forms of each act: procedure and act.
#[derive(Debug, Clone, Default)]
pub(crate) struct Learned(BTreeMap<(Name, Name), OfAct>);

#[derive(Debug, Clone, Default)]
struct OfAct {
    models: Vec<Model>,
    /// To be gone by in the next search, before anything else.
    shown: Option<Model>,
    accepted: usize,
    vain: u32,
}

/// What a search came to.
pub(crate) enum Found {
    /// Accepted: the form and what it brings about.
    Accepted(Record, Box<Decision>),
    /// The last form tried, and what was said against it.
    Refused(Record, Box<Refusal>),
}

impl Learned {
    /// Forms out of cases to begin with.
    pub(crate) fn teach(&mut self, key: (Name, Name), records: Vec<Record>, on: Date) {
        let of = self.0.entry(key).or_default();
        of.models.extend(records.into_iter().map(|record| Model { record, on, proven: false }));
    }

    /// Shows a form to go by in the next search.
    pub(crate) fn show(&mut self, key: &(Name, Name), model: Model) {
        self.0.entry(key.clone()).or_default().shown = Some(model);
    }

    /// A form as somebody fills it in who asks nobody.
    pub(crate) fn unasked(&self, key: &(Name, Name), forms: &[Arc<Form>], filler: &mut Filler<'_>) -> Record {
        let nothing = OfAct::default();
        let of = self.0.get(key).unwrap_or(&nothing);
        let mut record = of.begun(filler, forms, 1);
        vary(filler, forms, &mut record);
        record
    }

    /// Looks for a form that is accepted.
    pub(crate) fn search(
        &mut self,
        key: &(Name, Name),
        forms: &[Arc<Form>],
        filler: &mut Filler<'_>,
        mut decide: impl FnMut(&Record) -> Outcome,
    ) -> Found {
        let of = self.0.entry(key.clone()).or_default();
        let tries = match (of.accepted, of.vain) {
            _ if forms.is_empty() => 1,
            (_, _) if of.shown.is_some() => TRIES_KNOWN,
            (0, VAIN..) => TRIES_VAIN,
            (0, _) => TRIES_NEW,
            _ => TRIES_KNOWN,
        };
        let mut found: Option<(Record, Box<Refusal>)> = None;
        let mut dead = DeadEnd::default();
        for number in 0..tries {
            let record = match found.take() {
                Some((record, refusal)) if number % LINE != 0 => mended(filler, forms, record, &refusal),
                _ => of.begun(filler, forms, number),
            };
            match decide(&record) {
                Outcome::Done(decision) => {
                    of.keep(&record, filler.now.date(), !forms.is_empty());
                    return Found::Accepted(record, Box::new(decision));
                }
                Outcome::Refused(refusal) if !is_of_form(&refusal) => {
                    of.shown = None;
                    return Found::Refused(record, Box::new(refusal));
                }
                Outcome::Refused(refusal) => {
                    dead.note(forms, &refusal);
                    found = Some((record, Box::new(refusal)));
                }
            }
            if of.accepted > 0 && dead.is_sure() {
                break;
            }
        }
        of.vain += 1;
        of.shown = None;
        let (record, refusal) = found.expect("there is a first try, and what was not accepted was refused");
        Found::Refused(record, refusal)
    }
}

/// What tells, of an act with forms that were accepted before, that none will be now.
#[derive(Debug, Default)]
struct DeadEnd {
    /// Refusals for what no field of the forms says: no form will change that.
    elsewhere: u32,
    /// The fields refused last, and how often in a row.
    fields: BTreeSet<Name>,
    same: u32,
}

impl DeadEnd {
    fn note(&mut self, forms: &[Arc<Form>], refusal: &Refusal) {
        self.elsewhere += u32::from(refusal.fields.is_empty() && looked_at(forms, refusal).is_empty());
        let fields: BTreeSet<Name> = refusal.fields.iter().map(|fault| fault.field.clone()).collect();
        let again = !fields.is_empty() && fields == self.fields;
        self.same = if again { self.same + 1 } else { 0 };
        self.fields = fields;
    }

    fn is_sure(&self) -> bool {
        self.elsewhere >= ELSEWHERE || self.same >= SAME
    }
}

impl OfAct {
    /// A form to begin with: like one that was accepted, with something of its own at first; else one out of the types alone.
    fn begun(&self, filler: &mut Filler<'_>, forms: &[Arc<Form>], number: u32) -> Record {
        if let Some(shown) = self.shown.as_ref().filter(|_| number < 2 * LINE) {
            return filler.renewed(forms, shown);
        }
        let proven: Vec<&Model> = self.models.iter().filter(|model| model.proven).collect();
        let from: Vec<&Model> = if proven.is_empty() { self.models.iter().collect() } else { proven };
        let alone = !self.models.is_empty() && number > 0 && (number / LINE) % 3 == 2;
        // The first one in the cases is the form as it should be; those after it also show what is refused later on.
        let usual = from.first().copied().filter(|_| filler.chance.happens(USUAL));
        let Some(model) = usual.or_else(|| filler.chance.pick(&from).copied()).filter(|_| !alone) else {
            return filler.record(forms);
        };
        let mut record = filler.begun_like(forms, model);
        if number == 0 && self.accepted > 0 && filler.chance.happens(500) {
            vary(filler, forms, &mut record);
        }
        record
    }

    fn keep(&mut self, record: &Record, on: Date, has_form: bool) {
        self.vain = 0;
        self.shown = None;
        if !has_form {
            return;
        }
        let model = Model { record: record.clone(), on, proven: true };
        self.accepted += 1;
        let proven = self.models.iter().filter(|model| model.proven).count();
        if proven < KEPT {
            self.models.push(model);
        } else if self.accepted.is_multiple_of(7) {
            let places: Vec<usize> =
                self.models.iter().enumerate().filter(|(_, model)| model.proven).map(|(place, _)| place).collect();
            // The first one stays: it is the usual one.
            let place = places[1 + self.accepted / 7 % (places.len() - 1)];
            self.models[place] = model;
        }
    }
}

/// Whether another form might do: what is refused for who acts, or for where the matter stands, is refused with every form.
fn is_of_form(refusal: &Refusal) -> bool {
    matches!(refusal.kind, RefusalKind::Form | RefusalKind::Condition | RefusalKind::Time)
        || (refusal.kind == RefusalKind::State && refusal.reasons.iter().all(|reason| reason.code == "condition"))
}

/// The fields of the forms that the reasons of a refusal looked at.
fn looked_at<'f>(forms: &'f [Arc<Form>], refusal: &Refusal) -> Vec<&'f Name> {
    let fields = || forms.iter().flat_map(|form| &form.fields).filter(|field| field.derived.is_none());
    let seen = refusal.reasons.iter().flat_map(|reason| &reason.values).map(|(seen, _)| seen.as_str());
    let named = seen.flat_map(|seen| {
        // `form.field`, `field`, or `list.column`.
        let (first, last) = (seen.split('.').next().unwrap_or(seen), seen.rsplit('.').next().unwrap_or(seen));
        fields().map(|field| &field.name).filter(move |name| [first, last].contains(&name.as_str()))
    });
    named.collect()
}

/// The form with what was said against it changed: the fields at fault, else those that a reason looked at, else some.
fn mended(filler: &mut Filler<'_>, forms: &[Arc<Form>], mut record: Record, refusal: &Refusal) -> Record {
    for fault in &refusal.fields {
        filler.redo(forms, &mut record, &fault.field);
    }
    if !refusal.fields.is_empty() {
        return record;
    }
    let looked = looked_at(forms, refusal);
    if looked.is_empty() {
        vary(filler, forms, &mut record);
        return record;
    }
    for name in &looked {
        if looked.len() == 1 || filler.chance.happens(600) {
            filler.redo(forms, &mut record, name);
        }
    }
    record
}

/// One or two fields otherwise than they were: given, left out, or with another value.
fn vary(filler: &mut Filler<'_>, forms: &[Arc<Form>], record: &mut Record) {
    let names: Vec<&Name> = forms
        .iter()
        .flat_map(|form| &form.fields)
        .filter(|field| field.derived.is_none())
        .map(|field| &field.name)
        .collect();
    for _ in 0..=filler.chance.below(2) {
        let Some(name) = filler.chance.pick(&names) else { return };
        if record.contains_key(*name) && filler.chance.happens(150) {
            record.remove(*name);
        } else {
            filler.redo(forms, record, name);
        }
    }
}
