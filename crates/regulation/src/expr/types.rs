//! Types of values.

use super::value::{Thing, Unit, Value};
use crate::model::{Label, Name, Personal};
use std::sync::Arc;

/// A type. Numbers of different units are different types; so are the enumerations of different fields, except that a
/// code literal fits each enumeration that has it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// Unified social credit code (`credit-code`), 18 characters with check character (GB 32100).
    CreditCode,
    /// Number of a bank card (`bank-card`) with check digit.
    BankCard,
    /// One of these codes; shared, since every expression that looks at one knows its type.
    OneOf(Arc<[(Name, Label)]>),
    /// Several of these codes.
    SomeOf(Arc<[(Name, Label)]>),
    /// A date.
    Date,
    /// A moment.
    Moment,
    /// A term in days or longer.
    Term,
    /// A term asked for as a count of this unit (`hours`, `days`, `months`, `years`); one of hours may also be in any other unit, as where
    /// hours and days are two branches of a choice. Its end is a moment.
    TermOf(calendar::Unit),
    /// A file.
    File,
    /// A signature.
    Signature,
    /// A box that must be ticked (`agreed`).
    Agreed,
    /// A plot of land by its corners or its dimensions (`plot`).
    Plot,
    /// A public view of the county with a period (`report`); its figures are kept as they are when it is filed.
    Report,
    /// A place.
    Place,
    /// A person with an account (`person`).
    Person,
    /// A post of the county (`post`).
    Post,
    /// A tenure of a post (`tenures`).
    Tenure,
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
    /// A filed form, or one row of a list of records: then its value is a [`Value::Records`] of that one row.
    Form(Name),
    /// An issued document.
    Document {
        /// Procedure.
        procedure: Name,
        /// Document.
        document: Name,
    },
    /// A sub-account of a fund's account, by the account's path (`recovery.free`).
    Sub(Name),
    /// An element of a list over which an amount was split, or that was ranked, with its share or rank as a member. Its value is a list of the two.
    Share(Box<Type>, Added),
    /// The hits of a rule: a list of code, clause and reason.
    Hits,
    /// Of a mistaken expression: fits everything, so that one mistake gives one finding.
    #[default]
    Unknown,
}

/// What an element of a list has besides its own members.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Added {
    /// Its share of an amount (分得): `part`.
    Part,
    /// Its place in an order (名次): `rank`.
    Rank,
}

impl Added {
    /// The member's name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Added::Part => "part",
            Added::Rank => "rank",
        }
    }

    /// The member's type.
    #[must_use]
    pub fn ty(self) -> Type {
        match self {
            Added::Part => Type::number("yuan"),
            Added::Rank => Type::whole(),
        }
    }

    /// What people call it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Added::Part => "分得",
            Added::Rank => "名次",
        }
    }
}

impl Type {
    /// A number of that unit.
    #[must_use]
    pub fn number(unit: &str) -> Type {
        Type::Number { unit: Unit::symbol(unit), whole: false }
    }

    /// A whole number without unit.
    #[must_use]
    pub fn whole() -> Type {
        Type::Number { unit: Unit::none(), whole: true }
    }

    /// The kind of personal data that a value of this type is without saying so.
    #[must_use]
    pub fn personal(&self) -> Option<Personal> {
        match self {
            Type::PersonName | Type::IdNumber | Type::Signature => Some(Personal::Identity),
            Type::Phone => Some(Personal::Contact),
            Type::BankCard => Some(Personal::Bank),
            _ => None,
        }
    }

    /// The type of the members of a list, if it is one.
    #[must_use]
    pub fn element(&self) -> Option<Type> {
        match self {
            Type::Records(form) => Some(Type::Form(form.clone())),
            Type::List(element) => Some((**element).clone()),
            Type::SomeOf(codes) => Some(Type::OneOf(codes.clone())),
            Type::Hits => Some(Type::Text { max: u32::MAX }),
            Type::Unknown => Some(Type::Unknown),
            _ => None,
        }
    }

    /// The codes of an enumeration.
    #[must_use]
    pub fn codes(&self) -> Option<&[(Name, Label)]> {
        match self {
            Type::OneOf(codes) | Type::SomeOf(codes) => Some(codes),
            _ => None,
        }
    }

    /// Texts of any kind: text, names, and numbers of telephones, people, organisations and cards.
    #[must_use]
    pub fn is_text(&self) -> bool {
        matches!(
            self,
            Type::Text { .. } | Type::PersonName | Type::Phone | Type::IdNumber | Type::CreditCode | Type::BankCard
        )
    }

    /// Yes-no, an agreement, or the unknown.
    #[must_use]
    pub fn is_condition(&self) -> bool {
        matches!(self, Type::Bool | Type::Agreed | Type::Unknown)
    }

    /// A date or a moment.
    #[must_use]
    pub fn is_time(&self) -> bool {
        matches!(self, Type::Date | Type::Moment)
    }

    /// A term in any unit.
    #[must_use]
    pub fn is_term(&self) -> bool {
        matches!(self, Type::Term | Type::TermOf(_))
    }

    /// A term that may be in hours or minutes: it runs from a moment and ends at one.
    #[must_use]
    pub fn is_clock_term(&self) -> bool {
        matches!(self, Type::TermOf(unit) if unit.is_of_clock())
    }

    /// Something with an identity, kept as a key or a handle.
    #[must_use]
    pub fn is_reference(&self) -> bool {
        matches!(self, Type::Row(_) | Type::Matter(_) | Type::Place | Type::Person | Type::Post)
    }

    /// A place, or a list of them.
    #[must_use]
    pub fn is_place(&self) -> bool {
        match self {
            Type::List(inner) => inner.is_place(),
            ty => *ty == Type::Place,
        }
    }

    /// The unit of a number.
    #[must_use]
    pub fn unit(&self) -> Option<&Unit> {
        match self {
            Type::Number { unit, .. } => Some(unit),
            _ => None,
        }
    }

    /// Whether a value of this type may stand where `wanted` is needed.
    #[must_use]
    pub fn fits(&self, wanted: &Type) -> bool {
        match (self, wanted) {
            (Type::Unknown, _) | (_, Type::Unknown) => true,
            (Type::Number { unit, whole }, Type::Number { unit: wanted, whole: wanted_whole }) => {
                unit == wanted && (*whole || !wanted_whole)
            }
            (Type::OneOf(codes), Type::OneOf(wanted)) | (Type::SomeOf(codes), Type::SomeOf(wanted)) => {
                codes.iter().all(|(code, _)| wanted.iter().any(|(other, _)| other == code))
            }
            (Type::List(element), Type::List(wanted)) => element.fits(wanted),
            (Type::Moment, Type::Date) | (Type::Bool, Type::Agreed) | (Type::Agreed, Type::Bool) => true,
            (from, Type::Text { .. } | Type::PersonName) if from.is_text() => true,
            (from, wanted) if from.is_term() && wanted.is_term() => wanted.is_clock_term() || !from.is_clock_term(),
            (from, wanted) => from == wanted,
        }
    }

    /// As a finding names it, in Chinese.
    #[must_use]
    pub fn zh(&self) -> String {
        match self {
            Type::Bool => "是或否".into(),
            Type::Number { unit, whole } => {
                let kind = if *whole { "整数" } else { "数" };
                if unit.is_none() { kind.into() } else { format!("{kind}（{}）", unit.zh()) }
            }
            Type::Text { .. } => "文字".into(),
            Type::PersonName => "姓名".into(),
            Type::Phone => "电话".into(),
            Type::IdNumber => "身份证号".into(),
            Type::CreditCode => "统一社会信用代码".into(),
            Type::BankCard => "银行卡号".into(),
            Type::OneOf(codes) => format!("枚举（{}）", listed(codes, "、")),
            Type::SomeOf(codes) => format!("多选（{}）", listed(codes, "、")),
            Type::Date => "日期".into(),
            Type::Moment => "时刻".into(),
            ty if ty.is_clock_term() => "按小时的期限".into(),
            Type::Term | Type::TermOf(_) => "期限".into(),
            Type::File => "文件".into(),
            Type::Signature => "签名".into(),
            Type::Agreed => "同意".into(),
            Type::Plot => "宗地".into(),
            Type::Report => "报表".into(),
            Type::Place => "地方".into(),
            Type::Person => "人员".into(),
            Type::Post => "岗位".into(),
            Type::Tenure => "任期".into(),
            Type::Records(form) => format!("`{form}` 的多行"),
            Type::List(element) => format!("{}的列表", element.zh()),
            Type::Row(register) => format!("登记簿 `{register}` 的一行"),
            Type::Matter(procedure) => format!("事项 `{procedure}`"),
            Type::Act { act, .. } => format!("动作 `{act}`"),
            Type::Form(form) => format!("表单 `{form}`"),
            Type::Document { document, .. } => format!("文书 `{document}`"),
            Type::Sub(account) => format!("科目 `{account}` 的明细账"),
            Type::Share(of, Added::Part) => format!("{}和它分得的一份", of.zh()),
            Type::Share(of, Added::Rank) => format!("{}和它的名次", of.zh()),
            Type::Hits => "规则的命中项".into(),
            Type::Unknown => "未知".into(),
        }
    }

    /// As a finding names it, in English.
    #[must_use]
    pub fn en(&self) -> String {
        match self {
            Type::Bool => "yes or no".into(),
            Type::Number { unit, whole } => {
                let kind = if *whole { "a whole number" } else { "a number" };
                if unit.is_none() { kind.into() } else { format!("{kind} in `{}`", unit.code()) }
            }
            Type::Text { .. } => "a text".into(),
            Type::PersonName => "a name".into(),
            Type::Phone => "a telephone number".into(),
            Type::IdNumber => "an identity number".into(),
            Type::CreditCode => "a unified social credit code".into(),
            Type::BankCard => "a bank card number".into(),
            Type::OneOf(codes) => format!("one of {}", listed(codes, ", ")),
            Type::SomeOf(codes) => format!("some of {}", listed(codes, ", ")),
            Type::Date => "a date".into(),
            Type::Moment => "a moment".into(),
            ty if ty.is_clock_term() => "a term in hours".into(),
            Type::Term | Type::TermOf(_) => "a term".into(),
            Type::File => "a file".into(),
            Type::Signature => "a signature".into(),
            Type::Agreed => "an agreement".into(),
            Type::Plot => "a plot of land".into(),
            Type::Report => "a report".into(),
            Type::Place => "a place".into(),
            Type::Person => "a person".into(),
            Type::Post => "a post".into(),
            Type::Tenure => "a tenure of a post".into(),
            Type::Records(form) => format!("rows of `{form}`"),
            Type::List(element) => format!("a list of {}", element.en().trim_start_matches("a ")),
            Type::Row(register) => format!("a row of `{register}`"),
            Type::Matter(procedure) => format!("a matter of `{procedure}`"),
            Type::Act { act, .. } => format!("the act `{act}`"),
            Type::Form(form) => format!("the form `{form}`"),
            Type::Document { document, .. } => format!("the document `{document}`"),
            Type::Sub(account) => format!("a sub-account of `{account}`"),
            Type::Share(of, Added::Part) => format!("{} with its share", of.en()),
            Type::Share(of, Added::Rank) => format!("{} with its rank", of.en()),
            Type::Hits => "the hits of a rule".into(),
            Type::Unknown => "unknown".into(),
        }
    }
}

/// The codes in backquotes; a long enumeration is cut.
fn listed(codes: &[(Name, Label)], between: &str) -> String {
    const SHOWN: usize = 8;
    let mut shown: Vec<String> = codes.iter().take(SHOWN).map(|(code, _)| format!("`{code}`")).collect();
    if codes.len() > SHOWN {
        shown.push("…".into());
    }
    shown.join(between)
}

impl Value {
    /// Whether this is a value of that type. A missing value is of every type.
    #[must_use]
    pub fn is_of(&self, ty: &Type) -> bool {
        match (self, ty) {
            (Value::Missing, _) | (_, Type::Unknown) => true,
            (Value::Bool(_), Type::Bool | Type::Agreed)
            | (Value::Date(_), Type::Date)
            | (Value::Moment(_), Type::Moment | Type::Date)
            | (Value::File(_), Type::File)
            | (Value::Signature(_), Type::Signature)
            | (Value::Plot(_), Type::Plot)
            | (Value::Figures(_) | Value::Key(_), Type::Report)
            | (Value::Records(_), Type::Records(_))
            | (Value::List(_), Type::Hits) => true,
            (Value::Text(_), ty) if ty.is_text() => true,
            (Value::Term(term), Type::Term) => !term.unit.is_of_clock(),
            (Value::Term(term), Type::TermOf(unit)) => unit.is_of_clock() || term.unit == *unit,
            (Value::Number(number, unit), Type::Number { unit: wanted, whole }) => {
                unit == wanted && (!whole || number.fract().is_zero())
            }
            (Value::Code(code), Type::OneOf(codes)) => codes.iter().any(|(known, _)| known == code),
            (Value::Codes(some), Type::SomeOf(codes)) => {
                some.iter().all(|code| codes.iter().any(|(known, _)| known == code))
            }
            (Value::Records(rows), Type::Form(_)) => rows.len() == 1,
            (Value::List(pair), Type::Share(of, _)) => matches!(pair.as_slice(), [element, _] if element.is_of(of)),
            (Value::List(values), Type::List(element)) => values.iter().all(|value| value.is_of(element)),
            (Value::Key(_), ty) => ty.is_reference(),
            (Value::Thing(thing), ty) => thing_is_of(thing, ty),
            _ => false,
        }
    }
}

fn thing_is_of(thing: &Thing, ty: &Type) -> bool {
    match (thing, ty) {
        (Thing::Matter(_), Type::Matter(_))
        | (Thing::Form { .. }, Type::Form(_))
        | (Thing::Place(_), Type::Place)
        | (Thing::Person(_), Type::Person)
        | (Thing::Post(_), Type::Post)
        | (Thing::Tenure(_), Type::Tenure) => true,
        (Thing::Act { act, .. }, Type::Act { act: wanted, .. }) => act == wanted,
        (Thing::Document { document, .. }, Type::Document { document: wanted, .. }) => document == wanted,
        (Thing::Row { register, .. }, Type::Row(wanted)) => register == wanted,
        (Thing::Sub { account, .. }, Type::Sub(wanted)) => **account == **wanted,
        _ => false,
    }
}
