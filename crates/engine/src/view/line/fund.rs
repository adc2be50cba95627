//! Lines of funds: sub-accounts, and the sides of entries posted.

use super::{Dimensions, Ground, LineEnv, Names, Visit};
use crate::books::{self, Line as Amount, Posting, Sub};
use crate::env::Scope;
use crate::reference;
use crate::view::Subject;
use regulation::expr::{Env, Thing, Type, Unit, Value};
use regulation::model::Fund;
use regulation::model::fund::Account;
use regulation::money::yuan;

/// Postings fetched at a time: what is held of them stays small.
const FETCHED: usize = 64;

impl Ground<'_> {
    /// Sub-accounts of an account on which something was posted.
    pub(super) fn subs(&self, path: &str, visit: &mut Visit<'_>) {
        let scope = Scope::new(self.world, self.asked.now);
        let env = scope.bare(self.regulation, &self.world.county().code);
        let Some(found) = env.account(path) else { return };
        for Sub { key, balance } in self.world.books().page(path, None, None, usize::MAX) {
            let dimensions = handles(&found.fund, found.account(), &key);
            let place = self.place_of(&dimensions);
            let fen = |fen: i128| yuan(fen).unwrap_or_default();
            let figures = [
                ("balance", fen(balance.of(found.account().side))),
                ("debits", fen(balance.debits)),
                ("credits", fen(balance.credits)),
                ("last-on", balance.last_on.map_or(Value::Missing, Value::Date)),
            ];
            if self.in_area(&place) && !self.line(&env, Names::from(figures), &dimensions, &place, visit) {
                return;
            }
        }
    }

    /// Both sides of everything posted on a fund.
    pub(super) fn postings(&self, name: &str, visit: &mut Visit<'_>) {
        let scope = Scope::new(self.world, self.asked.now);
        let env = scope.bare(self.regulation, &self.world.county().code);
        let Some(fund) = env.fund(name) else { return };
        let mut after = 0;
        loop {
            let fetched = self.world.books().posted_on(name, after, FETCHED);
            let Some(last) = fetched.last() else { return };
            after = last.number;
            for posting in &fetched {
                for (debit, account) in posting.sides() {
                    let Some(account) = fund.account(account) else { continue };
                    for amount in &posting.lines {
                        let dimensions = handles(&fund, account, amount.key(debit));
                        let place = self.place_of(&dimensions);
                        let names = self.names_of(&fund, posting, account, debit, amount);
                        if self.in_area(&place) && !self.line(&env, names, &dimensions, &place, visit) {
                            return;
                        }
                    }
                }
            }
        }
    }

    fn names_of(&self, fund: &Fund, posting: &Posting, account: &Account, debit: bool, amount: &Amount) -> Names {
        let text = |text: Option<String>| text.map_or(Value::Missing, Value::Text);
        let matter = self.world.matter(&posting.matter);
        let act = matter.as_ref().and_then(|matter| matter.acts.get(posting.act as usize));
        Names::from([
            ("entry", Value::Code(posting.entry.clone())),
            ("entry-no", text(fund.entry(&posting.entry).and_then(|entry| entry.number.clone()))),
            ("posting", Value::Number(posting.number.into(), Unit::none())),
            ("account", Value::Code(account.name.clone())),
            ("side", Value::Code((if debit { "debit" } else { "credit" }).to_owned())),
            ("amount", yuan(amount.fen.into()).unwrap_or_default()),
            ("on", Value::Date(posting.on)),
            ("act", text(act.map(|record| record.act.clone()))),
            ("matter", text(matter.as_ref().and_then(|matter| matter.number.clone()))),
            ("reversal", Value::Bool(posting.reverses.is_some())),
        ])
    }

    fn line(&self, env: &dyn Env, names: Names, dimensions: &Dimensions, place: &str, visit: &mut Visit<'_>) -> bool {
        visit(&LineEnv { outer: env, names: &names, dimensions, period: self.asked.period }, &Subject::None, place)
    }

    /// Where a sub-account belongs: to the place that one of its dimensions is, or that one's row lies in; else to the county.
    fn place_of(&self, dimensions: &Dimensions) -> String {
        let place = |(ty, value): &(Type, Value)| match (ty, value) {
            (Type::Place, Value::Thing(Thing::Place(code))) => Some(code.clone()),
            (Type::Row(register), Value::Thing(Thing::Row { key, .. })) => {
                self.world.row(register, key).map(|row| row.place.clone())
            }
            _ => None,
        };
        dimensions.values().find_map(place).unwrap_or_else(|| self.world.county().code.clone())
    }
}

fn handles(fund: &Fund, account: &Account, key: &str) -> Dimensions {
    let own = fund.dimensions_of(account).zip(books::parts(key));
    let one = own.map(|(dimension, part)| {
        let value = reference::handle(&books::value(part, &dimension.ty), &dimension.ty);
        (dimension.name.clone(), (dimension.ty.clone(), value))
    });
    one.collect()
}
