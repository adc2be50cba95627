//! Types of values.

use super::value::Unit;
use crate::model::{Label, Name};

/// A type. Numbers of different units are different types; so are the enumerations of different fields, except that a
/// code literal fits each enumeration that has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Yes or no (`yes-no`), and every condition.
    Bool,
    /// A decimal number with unit; `int` allows whole numbers only. At most two decimal places are accepted in forms.
    Number {
        /// Unit.
        unit: Unit,
        /// Whole numbers only.
        whole: bool,
    },
    /// Text of at most so many characters.
    Text {
        /// Characters at most.
        max: u32,
    },
    /// A person's name (`name`).
    PersonName,
    /// Telephone (`phone`).
    Phone,
    /// Resident identity number (`id-number`), 18 characters with check digit (GB 11643).
    IdNumber,
    /// One of these codes.
    OneOf(Vec<(Name, Label)>),
    /// Several of these codes.
    SomeOf(Vec<(Name, Label)>),
    /// A date.
    Date,
    /// A moment.
    Moment,
    /// A term.
    Term,
    /// A file.
    File,
    /// A signature.
    Signature,
    /// A box that must be ticked (`agreed`).
    Agreed,
    /// A place.
    Place,
    /// A person with an account (`person`).
    Person,
    /// Rows of another form (`list of member`).
    Records(Name),
    /// A list of plain values.
    List(Box<Type>),
    /// A row of this register.
    Row(Name),
    /// A matter of this procedure.
    Matter(Name),
    /// The record of an act of this procedure.
    Act {
        /// Procedure.
        procedure: Name,
        /// Act.
        act: Name,
    },
    /// A filed form.
    Form(Name),
    /// An issued document.
    Document {
        /// Procedure.
        procedure: Name,
        /// Document.
        document: Name,
    },
    /// The hits of a rule: a list of code, clause and reason.
    Hits,
    /// Of a mistaken expression: fits everything, so that one mistake gives one finding.
    Unknown,
}
