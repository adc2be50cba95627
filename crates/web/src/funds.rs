//! Funds (资金): what pages, sheets and the interface have in common. Who sees what is the engine's; here sub-accounts are read out of
//! addresses and amounts are written.

use crate::forms::names::Names;
use crate::forms::show;
use crate::lang::Lang;
use crate::layout::{encode, with_query};
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::visit::Visitor;
use engine::World;
use engine::books::{self, Balance, Entered, Sub};
use engine::rights::{Access, may_see_fund, may_see_statement};
use jiff::civil::{Date, date};
use regulation::expr::Value;
use regulation::model::fund::{Account, Fund, Side};
use regulation::model::{Name, Regulation};
use regulation::money;
use std::sync::Arc;
use store::Snapshot;

/// A visitor's look at a fund.
pub(crate) struct Look<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) visitor: &'a Visitor,
    pub(crate) regulation: &'a Arc<Regulation>,
    pub(crate) fund: &'a Arc<Fund>,
    pub(crate) access: Access,
}

/// One sub-account looked at, with the days asked for.
pub(crate) struct Statement {
    pub(crate) account: Account,
    pub(crate) key: Arc<str>,
    pub(crate) from: Date,
    pub(crate) to: Date,
    /// What stood before the first day, on the account's own side.
    pub(crate) before: i128,
    pub(crate) lines: Vec<Entered>,
    /// There are more lines than were asked for.
    pub(crate) cut: bool,
}

fn missing(visitor: &Visitor) -> Problem {
    match visitor.person {
        Some(_) => Problem::not_found("没有这个账户，或者不对您开放", "There is no such account, or none for you"),
        None => Problem::sign_in_first(),
    }
}

impl<'a> Look<'a> {
    /// Whoever may not look learns no more than that there is nothing for them; owners of sub-accounts get in with no access of their own.
    pub(crate) fn new(snapshot: &'a dyn Snapshot, visitor: &'a Visitor, name: &str) -> Result<Look<'a>, Problem> {
        let world = snapshot.world();
        let (regulation, fund) = world.rulebook().fund(name).ok_or_else(|| missing(visitor))?;
        let access = may_see_fund(world.county(), &viewer(visitor), fund, visitor.now);
        Ok(Look { snapshot, visitor, regulation, fund, access })
    }

    /// At least this access.
    pub(crate) fn at_least(self, wanted: Access) -> Result<Self, Problem> {
        if self.access >= wanted { Ok(self) } else { Err(missing(self.visitor)) }
    }

    pub(crate) fn world(&self) -> &'a dyn World {
        self.snapshot.world()
    }

    pub(crate) fn lang(&self) -> Lang {
        self.visitor.lang
    }

    pub(crate) fn names(&self) -> Names<'a> {
        Names { world: self.world(), lang: self.lang() }
    }

    pub(crate) fn title(&self) -> &'a str {
        self.lang().label(&self.fund.title)
    }

    pub(crate) fn account(&self, name: &str) -> Result<&'a Account, Problem> {
        self.fund.account(name).ok_or_else(|| missing(self.visitor))
    }

    pub(crate) fn total(&self, account: &Account) -> Balance {
        self.world().books().total(&account.path(self.fund))
    }

    /// The sub-account that an address names: a value for every dimension.
    pub(crate) fn key(&self, account: &Account, value: impl Fn(&str) -> Option<String>) -> Result<Arc<str>, Problem> {
        let values: Vec<Value> =
            account.per.iter().map(|name| value(name).map_or(Value::Missing, Value::Text)).collect();
        books::key(&values).ok_or_else(|| {
            let wanted = account.per.join("、");
            Problem::unreadable(format!("请指明明细账：{wanted}"), format!("Name the sub-account: {wanted}"))
        })
    }

    /// Sub-accounts that fit what an address asks for, after one of them, so many at most, with what they come to.
    pub(crate) fn sub_accounts(
        &self,
        account: &Account,
        value: impl Fn(&str) -> Option<String>,
        after: &str,
        limit: usize,
    ) -> Vec<Sub> {
        let path = account.path(self.fund);
        let books = self.world().books();
        if account.per.is_empty() {
            // An account that nothing divides is its own sub-account, also before anything is posted.
            let own = || Sub { key: "".into(), balance: books.total(&path) };
            return if after.is_empty() { vec![own()] } else { Vec::new() };
        }
        let after = (!after.is_empty()).then_some(after);
        let asked = |(place, name): (usize, &Name)| {
            Some((place, value(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())?))
        };
        let asked: Vec<(usize, String)> = account.per.iter().enumerate().filter_map(asked).collect();
        match asked.as_slice() {
            [] => books.page(&path, None, after, limit),
            [(place, value)] => books.page(&path, Some((*place, value)), after, limit),
            [(place, first), ..] => {
                let fits = |key: &str| {
                    asked.iter().all(|(place, value)| books::parts(key).get(*place) == Some(&value.as_str()))
                };
                let found = books.page(&path, Some((*place, first)), after, usize::MAX).into_iter();
                found.filter(|sub| fits(&sub.key)).take(limit).collect()
            }
        }
    }

    /// The statement of a sub-account, for its keepers and its owner.
    pub(crate) fn statement(
        &self,
        account: &str,
        value: impl Fn(&str) -> Option<String>,
        limit: usize,
    ) -> Result<Statement, Problem> {
        let account = self.account(account)?;
        let key = self.key(account, &value)?;
        let of = (&**self.fund, account, &*key);
        let today = self.visitor.now.date();
        if may_see_statement(self.world(), &viewer(self.visitor), of, self.visitor.now) < Access::Full {
            return Err(missing(self.visitor));
        }
        let day = |name: &str, usual: Date| match value(name).filter(|text| !text.is_empty()) {
            None => Ok(usual),
            Some(text) => calendar::parse_date(&text)
                .map_err(|_| Problem::unreadable(format!("看不懂日期“{text}”"), format!("`{text}` is no date"))),
        };
        let (from, to) = (day("from", date(today.year(), 1, 1))?, day("to", today.max(date(today.year(), 12, 31)))?);
        let path = account.path(self.fund);
        let books = self.world().books();
        let before = books.before(&path, &key, from).of(account.side);
        let mut lines = books.statement(&path, &key, (from, to), limit + 1);
        let cut = lines.len() > limit;
        lines.truncate(limit);
        self.snapshot.fault()?;
        Ok(Statement { account: account.clone(), key, from, to, before, lines, cut })
    }

    /// A sub-account's dimensions: name, heading, value as it stands in the key, and as people read it.
    pub(crate) fn dimensions(&self, account: &Account, key: &str) -> Vec<(Name, String, String, String)> {
        let own = self.fund.dimensions_of(account).zip(books::parts(key));
        let one = own.map(|(dimension, part)| {
            let value = books::value(part, &dimension.ty);
            let shown = show::show(self.names(), &dimension.ty, &value);
            (dimension.name.clone(), self.lang().label(&dimension.label).to_owned(), part.to_owned(), shown)
        });
        one.collect()
    }

    /// A sub-account as people call it.
    pub(crate) fn called(&self, account: &Account, key: &str) -> String {
        let shown: Vec<String> = self.dimensions(account, key).into_iter().map(|(_, _, _, shown)| shown).collect();
        if shown.is_empty() { self.lang().label(&account.label).to_owned() } else { shown.join(" · ") }
    }

    pub(crate) fn address(&self) -> String {
        format!("/funds/{}", self.fund.name)
    }

    pub(crate) fn statement_address(&self, account: &Account, key: &str) -> String {
        let path = format!("{}/{}/statement", self.address(), account.name);
        let parts = account.per.iter().zip(books::parts(key));
        parts.fold(path, |path, (name, part)| with_query(&path, name, part))
    }

    pub(crate) fn entry(&self, name: &str) -> String {
        self.fund.entry(name).map_or_else(|| name.to_owned(), |entry| self.lang().label(&entry.label).to_owned())
    }
}

impl Statement {
    /// The balance after each line.
    pub(crate) fn running(&self) -> impl Iterator<Item = (&Entered, i128)> {
        let mut balance = self.before;
        self.lines.iter().map(move |line| {
            let adds = if self.account.grows(line.debit) { 1 } else { -1 };
            balance += adds * i128::from(line.fen);
            (line, balance)
        })
    }

    /// What stands after the last line.
    pub(crate) fn after(&self) -> i128 {
        self.running().last().map_or(self.before, |(_, balance)| balance)
    }
}

/// An amount as pages show it: `1,234,567.80`.
pub(crate) fn shown(fen: i128) -> String {
    let plain = money::shown(fen);
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}.{fraction}")
}

/// The side of an account.
pub(crate) fn side_words(lang: Lang, side: Side) -> &'static str {
    match side {
        Side::Debit => lang.say("借", "debit"),
        Side::Credit => lang.say("贷", "credit"),
        Side::Memo => lang.say("备查", "memo"),
    }
}

/// A query that keeps what an address asks and names another address.
pub(crate) fn file_address(here: &str, kind: &str) -> String {
    let (path, query) = here.split_once('?').map_or((here, String::new()), |(path, query)| (path, format!("?{query}")));
    format!("{path}/-/{}{query}", encode(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped() {
        let all = [0, 5, -5, 123_456, 100_000_000, -123_456_789].map(shown);
        assert_eq!(all, ["0.00", "0.05", "-0.05", "1,234.56", "1,000,000.00", "-1,234,567.89"]);
    }

    #[test]
    fn a_file_keeps_the_question() {
        assert_eq!(file_address("/funds/a/b?use=x", "excel"), "/funds/a/b/-/excel?use=x");
        assert_eq!(file_address("/funds/a", "csv"), "/funds/a/-/csv");
    }
}
