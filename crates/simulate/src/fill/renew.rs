//! Filling in again (照着再填): a form that was accepted before, or that a case shows, for somebody else on another day.

use super::{DEEPEST, Filler, MARK};
use jiff::ToSpan as _;
use jiff::civil::Date;
use regulation::expr::{Record, Type, Value};
use regulation::model::{Field, Form, Need};
use std::sync::Arc;

/// How often, in a thousand, a field that is wrong is left as it was filled in beforehand.
const GOES_BACK: u32 = 800;

/// A form to go by.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) record: Record,
    /// The day on which it was filed.
    pub(crate) on: Date,
    /// It was accepted as it stands, so texts in it may stay.
    pub(crate) proven: bool,
}

impl Filler<'_> {
    /// The same form anew: dates as long ago or ahead, people and numbers of their own, codes and quantities as they were.
    pub(crate) fn renewed(&mut self, forms: &[Arc<Form>], model: &Model) -> Record {
        let mut record = Record::new();
        for field in forms.iter().flat_map(|form| &form.fields).filter(|field| field.derived.is_none()) {
            let value = match model.record.get(&field.name) {
                Some(value) => self.again(&field.ty, field, value, model, 0),
                None if matches!(field.need, Need::Must) => self.value(field, 0),
                None => None,
            };
            if let Some(value) = value {
                record.insert(field.name.clone(), value);
            }
        }
        record
    }

    /// The same, but what is filled in already stays, as it does in a form that nobody has filled in yet.
    pub(crate) fn begun_like(&mut self, forms: &[Arc<Form>], model: &Model) -> Record {
        let mut record = self.renewed(forms, model);
        self.prefill(&mut record);
        record
    }

    /// What the form says of a field before anybody types: to that people go back mostly, where what they wrote instead was refused.
    fn preset(&mut self, name: &str) -> Option<Value> {
        let preset = self.presets.get(name).filter(|value| !value.is_missing()).cloned()?;
        self.chance.happens(GOES_BACK).then_some(preset)
    }

    fn again(&mut self, ty: &Type, field: &Field, value: &Value, model: &Model, depth: usize) -> Option<Value> {
        let shift = self.now.date().since(model.on).ok().map_or(0, |span| i64::from(span.get_days()));
        Some(match (ty, value) {
            (Type::Text { .. }, Value::Text(text)) if field.regulation || !self.is_to_differ(text, model) => {
                value.clone()
            }
            (Type::Date, Value::Date(date)) => Value::Date(date.saturating_add(shift.days())),
            (Type::Moment, Value::Moment(moment)) => Value::Moment(moment.saturating_add(shift.days()).min(self.now)),
            (Type::Row(register), Value::Key(key)) if self.world.row(register, key).is_some() => value.clone(),
            (Type::Place, Value::Key(code)) if self.world.county().places.contains_key(code) => value.clone(),
            (Type::Post, Value::Key(post)) if self.world.county().posts.contains_key(post) => value.clone(),
            (Type::Records(form), Value::Records(rows)) => {
                let form = self.world.rulebook().form(form).map(|(_, form)| Arc::clone(form))?;
                Value::Records(rows.iter().map(|row| self.row_again(&form, row, model, depth + 1)).collect())
            }
            (Type::List(inner), Value::List(values)) => {
                Value::List(values.iter().filter_map(|value| self.again(inner, field, value, model, depth)).collect())
            }
            (Type::OneOf(codes), value) if depth == 0 => self.own_desk(codes).unwrap_or_else(|| value.clone()),
            (
                Type::Bool
                | Type::Agreed
                | Type::Number { .. }
                | Type::OneOf(_)
                | Type::SomeOf(_)
                | Type::Term
                | Type::TermOf(_)
                | Type::Report,
                value,
            ) => value.clone(),
            (Type::List(inner), _) => Value::List(self.typed(inner, &field.label.zh, depth).into_iter().collect()),
            // An entry of a list is no list.
            _ if *ty != field.ty => return self.typed(ty, &field.label.zh, depth),
            _ => return self.value(field, depth),
        })
    }

    fn row_again(&mut self, form: &Form, row: &Record, model: &Model, depth: usize) -> Record {
        let mut again = Record::new();
        for field in form.fields.iter().filter(|field| field.derived.is_none() && depth <= DEEPEST) {
            if let Some(value) =
                row.get(&field.name).and_then(|value| self.again(&field.ty, field, value, model, depth))
            {
                again.insert(field.name.clone(), value);
            }
        }
        again
    }

    /// Whether a text is to be another one: those that were invented are, and of those in cases half, for a name may be taken.
    fn is_to_differ(&mut self, text: &str, model: &Model) -> bool {
        text.contains(MARK) || (!model.proven && self.chance.happens(500))
    }

    /// Fills in one field anew, by its path: `name`, or `list.2.name`.
    pub(crate) fn redo(&mut self, forms: &[Arc<Form>], record: &mut Record, path: &str) {
        let (name, rest) = path.split_once('.').unwrap_or((path, ""));
        let fields = forms.iter().flat_map(|form| &form.fields);
        let Some(field) = fields.into_iter().find(|field| field.name == name && field.derived.is_none()) else {
            record.remove(name);
            return;
        };
        if let (Type::Records(form), Some(Value::Records(rows)), Some((row, inner))) =
            (&field.ty, record.get(name), rest.split_once('.'))
        {
            let form = self.world.rulebook().form(form).map(|(_, form)| Arc::clone(form));
            let mut rows = rows.to_vec();
            let place = row.parse::<usize>().ok().and_then(|row| row.checked_sub(1));
            if let (Some(form), Some(row)) = (form, place.and_then(|place| rows.get_mut(place))) {
                self.redo(&[form], row, inner);
                record.insert(name.to_owned(), Value::Records(rows.into()));
                return;
            }
        }
        match self.preset(name).or_else(|| self.value(field, 0)) {
            Some(value) => record.insert(name.to_owned(), value),
            None => record.remove(name),
        };
    }
}
