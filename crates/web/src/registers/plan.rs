//! What a sheet would do to a register (导入预览): each row judged as if it had been typed into the form.
//!
//! [`judge`] has the engine decide each row without doing it; [`Plan::act`] makes the acts, in the order of the sheet, once somebody
//! has confirmed.

use super::keep;
use super::reading::{CellFault, Reading};
use super::sheet::written;
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::visit::Visitor;
use engine::decide::row_key;
use engine::world::Over;
use engine::{Act, Actor, Event, Outcome, Reason, Refusal, RefusalKind, Row, World};
use jiff::civil::Date;
use regulation::expr::Record;
use regulation::model::{Field, Label, Register, Regulation};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a row would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Enter a new row.
    New,
    /// Change a row.
    Change,
    /// Nothing: the register says so already.
    Same,
    /// Nothing: it shows how to fill in the sheet.
    Example,
    /// Nothing: it is no record, but totals, a remark, or the headings once more.
    NoRecord,
    /// It cannot be.
    Bad,
}

/// What a sheet would do to its register.
#[derive(Clone)]
pub struct Plan {
    /// How it is read.
    pub reading: Arc<Reading>,
    /// By row.
    pub verdicts: Vec<Verdict>,
    /// By row, of those that are bad.
    pub faults: BTreeMap<usize, Vec<CellFault>>,
    /// By row, of those that change one: the columns that change.
    pub changed: BTreeMap<usize, Vec<Label>>,
    /// By row, of those that change one: what that one was like.
    before: BTreeMap<usize, [u8; 16]>,
    /// Who acts, by place.
    actors: BTreeMap<String, Actor>,
}

/// Judges every row; nothing is done. `progress` is told how many rows were looked at.
#[must_use]
pub fn judge(
    world: &dyn World,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    reading: Reading,
    progress: &dyn Fn(u64),
) -> Plan {
    let rows = reading.sheet.rows.len();
    let mut plan = Plan {
        reading: Arc::new(reading),
        verdicts: Vec::with_capacity(rows),
        faults: BTreeMap::new(),
        changed: BTreeMap::new(),
        before: BTreeMap::new(),
        actors: BTreeMap::new(),
    };
    let earlier = RefCell::new(BTreeMap::new());
    for row in 0..rows {
        let judged = {
            let overlay = Overlay { base: world, reading: &plan.reading, earlier: &earlier };
            let mut judge =
                Judge { world: &overlay, visitor, regulation, reading: &plan.reading, actors: &mut plan.actors };
            judge.row(row, &earlier)
        };
        match judged {
            Ok((verdict, change)) => {
                plan.verdicts.push(verdict);
                if let Some(change) = change {
                    plan.before.insert(row, change.before);
                    plan.changed.insert(row, change.columns);
                }
            }
            Err(faults) => {
                plan.verdicts.push(Verdict::Bad);
                plan.faults.insert(row, faults);
            }
        }
        progress(row as u64 + 1);
    }
    plan
}

/// What a row would change.
struct Change {
    before: [u8; 16],
    columns: Vec<Label>,
}

struct Judge<'j> {
    world: &'j dyn World,
    visitor: &'j Visitor,
    regulation: &'j Arc<Regulation>,
    reading: &'j Reading,
    actors: &'j mut BTreeMap<String, Actor>,
}

impl Judge<'_> {
    fn row(
        &mut self,
        row: usize,
        earlier: &RefCell<BTreeMap<String, usize>>,
    ) -> Result<(Verdict, Option<Change>), Vec<CellFault>> {
        if self.reading.is_example(row) {
            return Ok((Verdict::Example, None));
        }
        if self.reading.is_no_record(row) {
            return Ok((Verdict::NoRecord, None));
        }
        let register = &self.reading.register;
        let (record, mut faults) = self.reading.record(self.world, row, None);
        let key = row_key(register, &record);
        if let Some(first) = key.as_ref().and_then(|key| earlier.borrow().get(key).copied()) {
            let number = self.reading.sheet.rows[first].number;
            faults.push(CellFault {
                column: register.key.first().and_then(|name| self.reading.column_of(name)),
                label: String::new(),
                zh: format!("与第 {number} 行的编号重复"),
                en: format!("has the key of row {number}"),
            });
            return Err(faults);
        }
        let present = key.as_ref().and_then(|key| self.world.row(&register.name, key));
        let (record, mut faults) = match &present {
            Some(present) => self.reading.record(self.world, row, Some(present)),
            None => (record, faults),
        };
        let place = match &present {
            Some(present) => present.place.clone(),
            None => self.reading.place_of_row(self.world, row, &record).unwrap_or_else(|fault| {
                faults.push(fault);
                self.reading.place.clone()
            }),
        };
        let act = self.act(&place, present.as_deref(), record);
        let outcome = engine::decide(self.world, &act, self.visitor.now);
        if let Some(key) = key {
            earlier.borrow_mut().insert(key, row);
        }
        match outcome {
            Outcome::Refused(refusal) => {
                faults.extend(told(self.reading, &refusal, &faults));
                faults.sort_by_key(|fault| fault.column.unwrap_or(usize::MAX));
                Err(faults)
            }
            Outcome::Done(_) if !faults.is_empty() => Err(faults),
            Outcome::Done(decision) => Ok(match present {
                None => (Verdict::New, None),
                Some(present) if leaves(&decision.events, &present) => (Verdict::Same, None),
                Some(present) => {
                    let before = digest(self.world, register, &present);
                    let columns = changes(register, &decision.events, &present);
                    (Verdict::Change, Some(Change { before, columns }))
                }
            }),
        }
    }

    fn act(&mut self, place: &str, present: Option<&Row>, record: Record) -> Act {
        let register = &self.reading.register;
        let actor = match self.actors.get(place) {
            Some(actor) => actor.clone(),
            None => {
                let actor =
                    keep::keeper(self.world, self.visitor, self.regulation, register, place).unwrap_or(Actor::Clock);
                self.actors.insert(place.to_owned(), actor.clone());
                actor
            }
        };
        act_of(register, place, present, actor, record)
    }
}

fn act_of(register: &Register, place: &str, present: Option<&Row>, actor: Actor, record: Record) -> Act {
    let (row, name) = present.map_or((None, "enter"), |row| (Some(row.key.as_str()), "change"));
    keep::act(register, row, place, name, actor, record)
}

/// A refusal as faults of cells; what is known of a cell already is not said twice.
fn told(reading: &Reading, refusal: &Refusal, known: &[CellFault]) -> Vec<CellFault> {
    let mut told = Vec::new();
    for fault in &refusal.fields {
        let column = reading.column_of(&fault.field);
        if column.is_some() && known.iter().any(|known| known.column == column) {
            continue;
        }
        told.push(CellFault { column, label: fault.label.zh.clone(), zh: fault.zh.clone(), en: fault.en.clone() });
    }
    // With faults of fields, the reason only counts them.
    if refusal.fields.is_empty() {
        let with = |said: &str, next: Option<&str>, between: &str| match next {
            Some(next) => format!("{said}{between}{next}"),
            None => said.to_owned(),
        };
        told.extend(refusal.reasons.iter().map(|reason| CellFault {
            column: None,
            label: String::new(),
            zh: with(&reason.zh, reason.hint.as_ref().map(|hint| hint.zh.as_str()), "；"),
            en: with(&reason.en, reason.hint.as_ref().map(Label::english), "; "),
        }));
    }
    told
}

/// Whether what an act brings about leaves the row as it is.
fn leaves(events: &[Event], present: &Row) -> bool {
    events.iter().all(|event| match event {
        Event::RowChanged { record, .. } => record.as_ref() == Some(&present.record),
        _ => false,
    })
}

/// The columns that an act changes in a row.
fn changes(register: &Register, events: &[Event], present: &Row) -> Vec<Label> {
    let after = events.iter().find_map(|event| match event {
        Event::RowChanged { record, .. } => record.as_ref(),
        _ => None,
    });
    let changed = |field: &&Field| after.is_some_and(|after| after.get(&field.name) != present.record.get(&field.name));
    register.fields.iter().filter(changed).map(|field| field.label.clone()).collect()
}

/// What a row is like, to notice that it was changed meanwhile.
fn digest(world: &dyn World, register: &Register, row: &Row) -> [u8; 16] {
    let names = Names { world, lang: Lang::Zh };
    let mut text = String::new();
    for field in &register.fields {
        let value = row.record.get(&field.name).map(|value| written(names, &field.ty, value)).unwrap_or_default();
        text.push_str(&value);
        text.push('\u{1f}');
    }
    let digest = trust::sm3(text.as_bytes());
    let (head, _) = digest.as_bytes().split_first_chunk().expect("a digest has 32 bytes");
    *head
}

impl Plan {
    /// How many rows have a verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.verdicts.iter().filter(|one| **one == verdict).count()
    }

    /// The row of the sheet of each act, in order.
    #[must_use]
    pub fn acting(&self) -> Vec<usize> {
        let acts = |verdict: &Verdict| matches!(verdict, Verdict::New | Verdict::Change);
        self.verdicts.iter().enumerate().filter(|(_, verdict)| acts(verdict)).map(|(row, _)| row).collect()
    }

    /// The act of a row, made from what stands when it is done.
    pub fn act(&self, world: &dyn World, row: usize) -> Result<Act, Refusal> {
        let register = &self.reading.register;
        let (record, _) = self.reading.record(world, row, None);
        let present = row_key(register, &record).and_then(|key| world.row(&register.name, &key));
        let expected = self.before.get(&row);
        let found = present.as_ref().map(|present| digest(world, register, present));
        if expected != found.as_ref() {
            return Err(changed_meanwhile());
        }
        let record = match &present {
            Some(present) => self.reading.record(world, row, Some(present)).0,
            None => record,
        };
        let place = match &present {
            Some(present) => present.place.clone(),
            None => self.reading.place_of_row(world, row, &record).unwrap_or_else(|_| self.reading.place.clone()),
        };
        // The preview found who acts at each place of its rows; at another place nobody was asked.
        let actor = self.actors.get(&place).cloned().ok_or_else(changed_meanwhile)?;
        Ok(act_of(register, &place, present.as_deref(), actor, record))
    }

    /// Notes that rows were refused when they should have been done.
    pub fn refuse(&mut self, refused: &[(usize, Refusal)]) {
        for (row, refusal) in refused {
            let faults = told(&self.reading, refusal, &[]);
            self.verdicts[*row] = Verdict::Bad;
            self.faults.insert(*row, faults);
        }
    }
}

fn changed_meanwhile() -> Refusal {
    let (zh, en) = ("预览之后，这个编号的记录有了变动", "the row was changed after the preview");
    let reason = Reason::general("changed-meanwhile", zh, en)
        .hint("请重新上传，看过新的预览再导入", "Upload it again and look at the new preview before importing");
    Refusal { kind: RefusalKind::Stale, reasons: vec![reason], fields: Vec::new() }
}

/// The world with the rows of the sheet that come before: a row may name one that stands above it.
struct Overlay<'o> {
    base: &'o dyn World,
    reading: &'o Reading,
    earlier: &'o RefCell<BTreeMap<String, usize>>,
}

impl Over for Overlay<'_> {
    fn below(&self) -> &dyn World {
        self.base
    }

    fn row_over(&self, register: &str, key: &str) -> Option<Arc<Row>> {
        let stands = self.base.row(register, key);
        if stands.is_some() || register != self.reading.register.name {
            return stands;
        }
        let above = self.earlier.borrow().get(key).copied()?;
        let (record, _) = self.reading.record(self.base, above, None);
        let place = self.reading.place_of_row(self.base, above, &record).unwrap_or_default();
        Some(Arc::new(Row { key: key.to_owned(), place, record, since: Date::MIN }))
    }
}
