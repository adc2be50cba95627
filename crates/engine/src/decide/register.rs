//! Keeping registers (登记): rows entered, changed and closed by their keepers; every version stays in the history.

use super::Run;
use super::printed::has_printed_rows;
use crate::act::{Act, Actor, FieldFault, PlaceCode, Reason, Refusal, RefusalKind};
use crate::env::{MatterEnv, Scope};
use crate::event::Event;
use crate::form::{Asked, Examination, convert};
use crate::reason::{Decided, refuse};
use crate::rights;
use crate::world::{Row, World};
use jiff::civil::Date;
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Need, Register, Regulation};
use std::collections::BTreeSet;
use std::sync::Arc;

impl Run<'_> {
    pub(super) fn keep_register(
        &mut self,
        act: &Act,
        register: &str,
        row: Option<&str>,
        place: &PlaceCode,
    ) -> Decided<String> {
        let (regulation, register) = self.register(register)?;
        if let Some(procedure) = &register.rows_of {
            let zh = format!("《{}》由“{procedure}”的事项自动汇成，不能直接登记", register.title.zh);
            let en = format!("the rows of `{}` are matters of `{procedure}`", register.name);
            return refuse(RefusalKind::State, Reason::general("rows-are-matters", zh, en));
        }
        if has_printed_rows(&register) {
            let zh = format!("《{}》的记录随文印发，不能登记、变更或注销", register.title.zh);
            let en = format!("the rows of `{}` are printed in the regulation", register.name);
            let reason = Reason::general("rows-are-printed", zh, en).under(&register.clauses);
            return refuse(
                RefusalKind::State,
                reason.hint("须修改这份文件本身", "The document itself has to be amended"),
            );
        }
        let present = match row {
            Some(key) => Some(self.row(&register, key)?),
            None => None,
        };
        let place = present.as_ref().map_or(place, |row| &row.place).clone();
        self.is_place(&place)?;
        self.may_keep(&regulation, &register, &place, &act.actor)?;
        let (key, record, place) = match (act.name.as_str(), present) {
            ("enter", None) => {
                let (key, record) = self.new_row(&regulation, &register, &place, act)?;
                (key, record, place)
            }
            ("change", Some(row)) => {
                let record = self.changed_row(&regulation, &register, &row, act)?;
                let to = place_after(&register, &row, &record);
                if to != place {
                    // Who moves a row away must keep the register where it goes, too.
                    self.is_place(&to)?;
                    self.may_keep(&regulation, &register, &to, &act.actor)?;
                }
                (row.key.clone(), Some(record), to)
            }
            ("close", Some(row)) => (row.key.clone(), None, place),
            (name, _) => {
                let zh = format!("登记簿只能“登记”“变更”或“注销”，不能“{name}”");
                let en = format!("`{name}` is not possible here: `enter` without a row, `change` or `close` with one");
                return refuse(RefusalKind::Unknown, Reason::general("unknown-act", zh, en));
            }
        };
        self.add_clauses(&register.clauses);
        self.emit_row(&register, (&key, self.now.date()), &place, record, &act.actor);
        Ok(format!("{}/{key}", register.name))
    }

    /// Enters a row, or changes the named columns of the row with this key: a consequence of an act.
    pub(super) fn put_row(&mut self, register: &str, given: &Record, place: &PlaceCode, actor: &Actor) -> Decided<()> {
        let (regulation, register) = self.register(register)?;
        let key = key_of(&register, given)?;
        let present = self.scratch.row(&register.name, &key);
        let mut whole = present.as_ref().map(|row| row.record.clone()).unwrap_or_default();
        whole.extend(given.iter().map(|(name, value)| (name.clone(), value.clone())));
        let before = present.as_ref().map_or(place, |row| &row.place);
        let record = self.checked(&regulation, &register, before, &whole, actor)?;
        let to = match &present {
            Some(row) => place_after(&register, row, &record),
            None => own_place(&register, &record).unwrap_or_else(|| before.clone()),
        };
        self.emit_row(&register, (&key, self.now.date()), &to, Some(record), actor);
        Ok(())
    }

    pub(super) fn register(&self, name: &str) -> Decided<(Arc<Regulation>, Arc<Register>)> {
        match self.scratch.rulebook().register(name) {
            Some((regulation, register)) => Ok((Arc::clone(regulation), Arc::clone(register))),
            None => {
                let zh = format!("没有名为“{name}”的登记簿");
                refuse(
                    RefusalKind::Unknown,
                    Reason::general("unknown-register", zh, format!("there is no register `{name}`")),
                )
            }
        }
    }

    fn row(&self, register: &Register, key: &str) -> Decided<Arc<Row>> {
        match self.scratch.row(&register.name, key) {
            Some(row) => Ok(row),
            None => {
                let zh = format!("《{}》中没有“{key}”", register.title.zh);
                let en = format!("`{}` has no row `{key}`", register.name);
                refuse(
                    RefusalKind::Unknown,
                    Reason::general("unknown-row", zh, en).hint(
                        "请核对编号；已注销的记录只能查阅历史",
                        "Check the number; of a row that was closed only the history is there",
                    ),
                )
            }
        }
    }

    fn bare<T>(
        &self,
        regulation: &Arc<Regulation>,
        place: &PlaceCode,
        actor: &Actor,
        ask: impl FnOnce(&MatterEnv<'_, '_>) -> T,
    ) -> T {
        let scope = Scope::new(&self.scratch, self.now).by(actor);
        ask(&scope.bare(regulation, place))
    }

    fn may_keep(
        &self,
        regulation: &Arc<Regulation>,
        register: &Register,
        place: &PlaceCode,
        actor: &Actor,
    ) -> Decided<()> {
        let kept = self.bare(regulation, place, actor, |env| rights::may_keep(env, register, actor));
        kept.or_else(|reason| refuse(RefusalKind::Rights, *reason))
    }

    fn new_row(
        &mut self,
        regulation: &Arc<Regulation>,
        register: &Register,
        place: &PlaceCode,
        act: &Act,
    ) -> Decided<(String, Option<Record>)> {
        let record = self.checked(regulation, register, place, &act.form, &act.actor)?;
        let key = key_of(register, &record)?;
        if self.scratch.row(&register.name, &key).is_some() {
            let zh = format!("《{}》中已有“{key}”", register.title.zh);
            let en = format!("`{}` already has a row `{key}`", register.name);
            return refuse(
                RefusalKind::State,
                Reason::general("key-taken", zh, en)
                    .hint("请核对编号，或者变更原有记录", "Check the number, or change the row that is there"),
            );
        }
        Ok((key, Some(record)))
    }

    fn changed_row(
        &mut self,
        regulation: &Arc<Regulation>,
        register: &Register,
        row: &Row,
        act: &Act,
    ) -> Decided<Record> {
        let mut whole = row.record.clone();
        whole.extend(act.form.iter().map(|(name, value)| (name.clone(), value.clone())));
        let record = self.checked(regulation, register, &row.place, &whole, &act.actor)?;
        if key_of(register, &record)? == row.key {
            return Ok(record);
        }
        let zh = format!("编号“{}”不能变更", row.key);
        let reason = Reason::general("key-changed", zh, "the key of a row cannot change");
        refuse(RefusalKind::Form, reason.hint("请注销原记录，另行登记", "Close that row and enter another"))
    }

    /// The row as it may stand; what it warns of is said with the act.
    pub(super) fn checked(
        &mut self,
        regulation: &Arc<Regulation>,
        register: &Register,
        place: &PlaceCode,
        record: &Record,
        actor: &Actor,
    ) -> Decided<Record> {
        let (record, warnings) = self.bare(regulation, place, actor, |env| {
            let fields: [&[Field]; 1] = [&register.fields];
            let asked = Asked { forms: &fields, clauses: &register.clauses };
            let converted = convert(env, &asked, record, "");
            let faulty: BTreeSet<String> = converted.faults.iter().map(|fault| fault.field.clone()).collect();
            let mut record = converted.record;
            let examined = Examination { env, actor, faulty: &faulty }.examine(env, &asked, &mut record, "");
            let faults: Vec<FieldFault> = converted.faults.into_iter().chain(examined.faults).collect();
            if faults.is_empty() {
                return Ok((record, examined.warnings));
            }
            let zh = format!("《{}》的登记内容有{}处需要更正", register.title.zh, faults.len());
            let en = format!("{} faults in the row of `{}`", faults.len(), register.name);
            let reasons = vec![Reason::general("form", zh, en)];
            Err(Box::new(Refusal { kind: RefusalKind::Form, reasons, fields: faults }))
        })?;
        self.warnings.extend(warnings);
        Ok(record)
    }

    /// A row, by key and the day from which it stands so.
    pub(super) fn emit_row(
        &mut self,
        register: &Register,
        (key, on): (&str, Date),
        place: &PlaceCode,
        record: Option<Record>,
        actor: &Actor,
    ) {
        let personal = register.fields.iter().any(|field| field.personal.is_some());
        self.emit(Event::RowChanged {
            register: register.name.clone(),
            key: key.to_owned(),
            place: self.scratch.county().now(place).to_owned(),
            record,
            on,
            actor: actor.clone(),
            owner: personal.then(|| format!("{}/{key}", register.name)),
        });
    }
}

/// The key that a record has as a row of a register: its key columns, joined by `/`; `None` while one of them is missing.
#[must_use]
pub fn row_key(register: &Register, record: &Record) -> Option<String> {
    let part = |name: &String| record.get(name).filter(|value| !value.is_missing()).map(Value::show);
    let parts = register.key.iter().map(part).collect::<Option<Vec<String>>>()?;
    (!parts.is_empty()).then(|| parts.join("/"))
}

/// The column that says where a row belongs: the only one of places that must be filled in.
#[must_use]
pub fn place_column(register: &Register) -> Option<&Field> {
    let mut places = register.fields.iter().filter(|field| field.ty == Type::Place && matches!(field.need, Need::Must));
    let only = places.next()?;
    places.next().is_none().then_some(only)
}

/// Where a new row belongs: as its place column says.
fn own_place(register: &Register, record: &Record) -> Option<PlaceCode> {
    let field = place_column(register)?;
    record.get(&field.name)?.as_text().map(str::to_owned)
}

/// Where a row belongs after a change: it goes where its place column says, if that changed.
fn place_after(register: &Register, row: &Row, record: &Record) -> PlaceCode {
    let moved = place_column(register).and_then(|field| {
        let to = record.get(&field.name)?;
        (row.record.get(&field.name) != Some(to)).then(|| to.as_text().map(str::to_owned))?
    });
    moved.unwrap_or_else(|| row.place.clone())
}

pub(super) fn key_of(register: &Register, record: &Record) -> Decided<String> {
    match row_key(register, record) {
        Some(key) => Ok(key),
        None => {
            let zh = format!("《{}》的登记缺少编号：{}", register.title.zh, register.key.join("、"));
            let en = format!("the key of a row of `{}` is incomplete", register.name);
            refuse(RefusalKind::Form, Reason::general("no-key", zh, en))
        }
    }
}
