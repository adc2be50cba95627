//! What expressions see of funds: sub-accounts as a collection, their figures, what they held on a day.

use super::MatterEnv;
use crate::books::{self, Movement};
use crate::reference::{self, kept};
use regulation::expr::{Ledger, Thing, Type, Value};
use regulation::model::fund::{Account, Fund, Side};
use regulation::money::yuan;
use std::sync::Arc;

/// An account found in its fund: looked up for each of a million sub-accounts, so nothing of it is copied.
pub(crate) struct Found {
    pub(crate) fund: Arc<Fund>,
    at: usize,
}

impl Found {
    pub(crate) fn account(&self) -> &Account {
        &self.fund.accounts[self.at]
    }
}

impl MatterEnv<'_, '_> {
    /// An account by its path, with its fund.
    pub(crate) fn account(&self, path: &str) -> Option<Found> {
        let (fund, account) = path.split_once('.')?;
        let fund = self.fund(fund)?;
        let at = fund.accounts.iter().position(|own| own.name == account)?;
        Some(Found { fund, at })
    }

    /// A fund as the regulation of the matter has it, else as another in force.
    pub(crate) fn fund(&self, name: &str) -> Option<Arc<Fund>> {
        let own = self.frame.regulation.funds.get(name).cloned();
        own.or_else(|| self.world().rulebook().fund(name).map(|(_, fund)| Arc::clone(fund)))
    }

    pub(super) fn subs_of(&self, path: &str, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        let Some(found) = self.account(path) else { return Vec::new() };
        let account = found.account();
        let books = self.world().books();
        let keys = match narrowed {
            None => books.subs(path, None),
            Some((name, value)) => {
                let place = account.per.iter().position(|own| own == name);
                let Some((place, part)) = place.zip(books::part(&kept(value.clone()))) else { return Vec::new() };
                let is_place = found.fund.dimension(name).is_some_and(|dimension| dimension.ty == Type::Place);
                // A balance stays under the code under which it was posted.
                let parts = if is_place { self.world().county().codes(&part) } else { vec![part.as_str()] };
                parts.into_iter().flat_map(|part| books.subs(path, Some((place, part)))).collect()
            }
        };
        let path: Arc<str> = path.into();
        keys.into_iter().map(|key| Thing::Sub { account: Arc::clone(&path), key }).collect()
    }

    pub(super) fn sub_member(&self, path: &str, key: &str, name: &str) -> Value {
        let Some(found) = self.account(path) else { return Value::Missing };
        let account = found.account();
        if let Some(place) = account.per.iter().position(|own| own == name) {
            let part = books::parts(key).get(place).copied().unwrap_or_default();
            let ty = found.fund.dimension(name).map(|dimension| &dimension.ty);
            return ty.map_or(Value::Missing, |ty| reference::handle(&books::value(part, ty), ty));
        }
        let balance = self.world().books().balance(path, key);
        if name == "last-on" {
            return balance.last_on.map_or(Value::Missing, Value::Date);
        }
        figure(&balance, account, name).and_then(yuan).unwrap_or_default()
    }

    pub(super) fn answer_ledger(&self, question: &Ledger<'_>) -> Option<i128> {
        match question {
            Ledger::Total { account: path, figure: name } => {
                let found = self.account(path)?;
                figure(&self.world().books().total(path), found.account(), name)
            }
            Ledger::BalanceOn { of, on } => {
                let (movements, side) = self.moved(of)?;
                Some(books::balance_on(&movements, side, *on))
            }
            Ledger::DaySum { of, from, to } => {
                let (movements, side) = self.moved(of)?;
                Some(books::day_sum(&movements, side, *from, *to))
            }
        }
    }

    fn moved(&self, of: &Thing) -> Option<(Vec<Movement>, Side)> {
        let Thing::Sub { account: path, key } = of else { return None };
        let found = self.account(path)?;
        Some((self.world().books().movements(path, key), found.account().side))
    }
}

fn figure(balance: &books::Balance, account: &Account, name: &str) -> Option<i128> {
    match name {
        "balance" => Some(balance.of(account.side)),
        "debits" => Some(balance.debits),
        "credits" => Some(balance.credits),
        _ => None,
    }
}
