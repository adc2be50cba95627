//! The expression language: typed, exact, total, explained.
//!
//! A source text becomes a tree ([`parse`]), the tree a typed expression ([`check`()]), and that gives a value
//! ([`Expr::eval`]) or a value with its explanation ([`Expr::explain`]). Nothing here panics or loops without bound.

pub mod ast;
mod check;
pub mod codes;
mod document_number;
pub(crate) mod eval;
mod explain;
pub(crate) mod figures;
mod functions;
pub mod identity;
mod input;
mod layer;
mod lexer;
mod likeness;
pub mod numbers;
mod parser;
mod personal;
mod print;
mod ratio;
pub mod scope;
pub(crate) mod shares;
mod show;
mod template;
pub(crate) mod typed;
pub mod types;
pub mod value;

pub use ast::Ast;
#[cfg(test)]
pub(crate) use check::FUNCTIONS;
pub use check::{check, compile};
pub use explain::Explained;
pub use figures::{FigureColumn, Figures};
pub use functions::of_plot;
pub use input::parts;
pub use layer::Layer;
pub use parser::{MAX_BYTES, MAX_DEPTH, parse};
pub use scope::{Collection, Found, NameKind, Named, Scope};
pub use show::NOT_FILLED_IN;
pub use template::Template;
pub use typed::{Expr, Known, Reads, Typed};
pub use types::{Added, Type};
pub use value::{FileRef, Record, Signature, Thing, Unit, Value};

use calendar::{Due, Term};
use jiff::civil::{Date, DateTime};
use plots::Plot;

/// A question about the postings of a fund.
#[derive(Debug, Clone, Copy)]
pub enum Ledger<'q> {
    /// `balance`, `debits` or `credits` of a whole account, by its path.
    Total {
        /// The account's path.
        account: &'q str,
        /// Which figure.
        figure: &'q str,
    },
    /// What a sub-account held at the end of a day, by value dates.
    BalanceOn {
        /// Sub-account.
        of: &'q Thing,
        /// Day.
        on: Date,
    },
    /// The sum of what it held at the end of each day, both days included.
    DaySum {
        /// Sub-account.
        of: &'q Thing,
        /// First day.
        from: Date,
        /// Last day.
        to: Date,
    },
}

/// A question about what is kept of an owner of personal data (信息主体), see [`Env::owned`].
#[derive(Debug, Clone, Copy)]
pub enum Owned<'q> {
    /// How many of what, in one text; missing where nothing personal can be read.
    Holdings,
    /// What stands against erasing it, in one text; missing where nothing does.
    Hindrances,
    /// Whether it is about this person.
    Concerns(&'q str),
    /// Whether this person sees all of some part of it, for themselves or through their posts.
    Sees(&'q str),
}

/// What an expression looks at. The engine implements it over a matter and the world; `gongbao ask` over one application.
///
/// Every answer is total: what is not there is [`Value::Missing`].
pub trait Env {
    /// The legal day on which the question is asked.
    fn today(&self) -> Date;
    /// The moment.
    fn now(&self) -> DateTime;
    /// A parameter's value as in force on a day.
    fn parameter(&self, name: &str, on: Date) -> Value;
    /// A root name of the current procedure: field of a start form, fact, form, act, document, rule, table output, subject, place level, `this`, `actor`.
    fn root(&self, name: &str) -> Value;
    /// A member of a handle: `lodge.on`, `notice.last-day`, `filing.requested-plot-area`, `household.head`, `township.name`.
    fn member(&self, of: &Thing, name: &str) -> Value;
    /// The members of a register or procedure, narrowed by an equality where the query has one: an index look-up.
    /// A reference comes as records keep it: rows, people and places as [`Value::Key`], matters as [`Value::Text`].
    /// The matter that asks never finds itself.
    fn candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing>;
    /// The same of a procedure, without the matters that have ended.
    fn open_candidates(&self, collection: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        self.candidates(collection, narrowed)
    }
    /// The members of a register or procedure whose field is a plot that may share land with this one; all of them where no index tells.
    fn near(&self, collection: &str, field: &str, plot: &Plot) -> Vec<Thing> {
        let _ = (field, plot);
        self.candidates(collection, None)
    }
    /// The last day of a term after an event, by the rules of statutory time in force.
    fn due(&self, event_on: Date, term: Term) -> Option<Due>;
    /// The day so many working days before another, by the same rules.
    fn before(&self, until: Date, term: Term) -> Option<Date>;
    /// Whether the act under decision changes this field of the matter (`changed(…)`).
    fn changed(&self, field: &str) -> bool;
    /// The hits of a rule of the current procedure: code, clause, text.
    fn hits(&self, rule: &str) -> Value;
    /// A place, or a list of places, as it counts today: one that was merged is the place that took it in.
    fn settled(&self, value: Value) -> Value {
        value
    }
    /// Code and name of the place of a level (`place`: itself) at or above a place, as they were on a day.
    fn place_then(&self, code: &str, level: &str, on: Date) -> Option<(String, String)> {
        let _ = (code, level, on);
        None
    }
    /// Whether a root name stands for something that could not have happened yet, so that nobody knows whether it will be
    /// given: an act, form or document of a later step, seen from an application that is only tried out.
    fn pending(&self, name: &str) -> bool {
        let _ = name;
        false
    }
    /// What the postings of a fund come to, in fen, or fen-days; `None` where there is no such account or sub-account.
    fn ledger(&self, question: &Ledger<'_>) -> Option<i128> {
        let _ = question;
        None
    }
    /// The persons who hold a post on a day, those who only act in it last; nobody where there is no such post.
    fn holders(&self, post: &str, on: Date) -> Vec<String> {
        let _ = (post, on);
        Vec::new()
    }
    /// What is kept of an owner: a row, a matter, or a text that names one.
    fn owned(&self, owner: &Value, question: Owned<'_>) -> Value {
        let _ = (owner, question);
        Value::Missing
    }
    /// The label of a code of a field, for explanations; the code itself where unknown.
    fn label(&self, code: &str) -> String;
}
