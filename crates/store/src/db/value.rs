//! Values as they go into a statement and come out of a row.

use super::{Error, Result};
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef as SqliteValue};
use std::sync::Arc;

/// A value as the database has it. Text is bytes: whoever reads it as text finds out whether it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum ValueRef<'a> {
    Null,
    Integer(i64),
    /// No column is of this type; a damaged file may hold one all the same.
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

impl ValueRef<'_> {
    /// What it is, for a message.
    pub(super) fn kind(self) -> &'static str {
        match self {
            ValueRef::Null => "nothing",
            ValueRef::Integer(_) => "a number",
            ValueRef::Real(_) => "a fraction",
            ValueRef::Text(_) => "text",
            ValueRef::Blob(_) => "bytes",
        }
    }
}

impl<'a> From<SqliteValue<'a>> for ValueRef<'a> {
    fn from(value: SqliteValue<'a>) -> Self {
        match value {
            SqliteValue::Null => ValueRef::Null,
            SqliteValue::Integer(number) => ValueRef::Integer(number),
            SqliteValue::Real(number) => ValueRef::Real(number),
            SqliteValue::Text(text) => ValueRef::Text(text),
            SqliteValue::Blob(bytes) => ValueRef::Blob(bytes),
        }
    }
}

/// What can be bound to a parameter.
pub(crate) trait ToValue {
    fn to_value(&self) -> Result<ValueRef<'_>>;
}

/// A bound value, as SQLite takes it.
pub(super) struct Bound<'a>(pub(super) &'a dyn ToValue);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let value = self.0.to_value().map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
        Ok(ToSqlOutput::Borrowed(match value {
            ValueRef::Null => SqliteValue::Null,
            ValueRef::Integer(number) => SqliteValue::Integer(number),
            ValueRef::Real(number) => SqliteValue::Real(number),
            ValueRef::Text(text) => SqliteValue::Text(text),
            ValueRef::Blob(bytes) => SqliteValue::Blob(bytes),
        }))
    }
}

impl ToValue for ValueRef<'_> {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        Ok(*self)
    }
}

/// What can be read from a column.
pub(crate) trait FromValue: Sized {
    /// `None` if the value is of another type, or out of range.
    fn from_value(value: ValueRef<'_>) -> Option<Self>;
}

macro_rules! integers {
    ($($type:ty),*) => {$(
        impl ToValue for $type {
            fn to_value(&self) -> Result<ValueRef<'_>> {
                Ok(ValueRef::Integer(i64::from(*self)))
            }
        }

        impl FromValue for $type {
            fn from_value(value: ValueRef<'_>) -> Option<Self> {
                if let ValueRef::Integer(number) = value { number.try_into().ok() } else { None }
            }
        }
    )*};
}

integers!(u8, i16, u16, u32, i32, i64);

macro_rules! large {
    ($($type:ty),*) => {$(
        impl ToValue for $type {
            fn to_value(&self) -> Result<ValueRef<'_>> {
                let number = i64::try_from(*self).map_err(|_| Error::TooLarge { number: *self as u64 })?;
                Ok(ValueRef::Integer(number))
            }
        }

        impl FromValue for $type {
            fn from_value(value: ValueRef<'_>) -> Option<Self> {
                if let ValueRef::Integer(number) = value { number.try_into().ok() } else { None }
            }
        }
    )*};
}

large!(u64, usize);

impl ToValue for bool {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        Ok(ValueRef::Integer(i64::from(*self)))
    }
}

impl FromValue for bool {
    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        if let ValueRef::Integer(number) = value { Some(number != 0) } else { None }
    }
}

impl ToValue for str {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        Ok(ValueRef::Text(self.as_bytes()))
    }
}

impl ToValue for String {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        self.as_str().to_value()
    }
}

impl FromValue for String {
    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        if let ValueRef::Text(text) = value { std::str::from_utf8(text).ok().map(str::to_owned) } else { None }
    }
}

impl ToValue for [u8] {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        Ok(ValueRef::Blob(self))
    }
}

impl ToValue for Vec<u8> {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        Ok(ValueRef::Blob(self))
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        if let ValueRef::Blob(bytes) = value { Some(bytes.to_vec()) } else { None }
    }
}

impl<const N: usize> ToValue for [u8; N] {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        Ok(ValueRef::Blob(self))
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        if let ValueRef::Blob(bytes) = value { bytes.try_into().ok() } else { None }
    }
}

impl<T: ToValue> ToValue for Option<T> {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        self.as_ref().map_or(Ok(ValueRef::Null), ToValue::to_value)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: ValueRef<'_>) -> Option<Self> {
        if value == ValueRef::Null { Some(None) } else { T::from_value(value).map(Some) }
    }
}

impl<T: ToValue + ?Sized> ToValue for &T {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        (**self).to_value()
    }
}

impl<T: ToValue + ?Sized> ToValue for Arc<T> {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        (**self).to_value()
    }
}

/// An owned value, where a statement's parameters are gathered one by one.
pub(crate) enum Value {
    Integer(i64),
    Text(String),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Value::Integer(number)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::Text(text)
    }
}

impl ToValue for Value {
    fn to_value(&self) -> Result<ValueRef<'_>> {
        match self {
            Value::Integer(number) => number.to_value(),
            Value::Text(text) => text.to_value(),
        }
    }
}

/// The parameters of a statement, in order.
pub(crate) trait Params {
    fn with<T>(self, work: impl FnOnce(&[&dyn ToValue]) -> T) -> T;
}

impl Params for &[&dyn ToValue] {
    fn with<T>(self, work: impl FnOnce(&[&dyn ToValue]) -> T) -> T {
        work(self)
    }
}

impl Params for Vec<Value> {
    fn with<T>(self, work: impl FnOnce(&[&dyn ToValue]) -> T) -> T {
        let values: Vec<&dyn ToValue> = self.iter().map(|value| value as &dyn ToValue).collect();
        work(&values)
    }
}

impl Params for [&dyn ToValue; 0] {
    fn with<T>(self, work: impl FnOnce(&[&dyn ToValue]) -> T) -> T {
        work(&[])
    }
}

macro_rules! arrays {
    ($($length:literal),*) => {$(
        impl<V: ToValue> Params for [V; $length] {
            fn with<T>(self, work: impl FnOnce(&[&dyn ToValue]) -> T) -> T {
                work(&self.each_ref().map(|value| value as &dyn ToValue))
            }
        }
    )*};
}

arrays!(1, 2, 3, 4, 5, 6);

/// Parameters of different types.
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        &[$(&$value as &dyn $crate::db::ToValue),*] as &[&dyn $crate::db::ToValue]
    };
}

pub(crate) use params;
