//! Who may see what of a fund: its keepers everything, its readers what accounts come to, owners their own sub-accounts.

use super::{Access, Viewer};
use crate::books::{self, Sub};
use crate::county::{County, Post, When};
use crate::world::World;
use regulation::expr::Value;
use regulation::model::fund::{Account, Fund};
use regulation::model::{Name, Party, Reader};

/// How much of a fund somebody may see. Full: every account, sub-account and entry, through a post that keeps it, wherever its office is.
/// Public: what accounts come to. A fund has no place: a keeper sees all of it.
#[must_use]
pub fn may_see_fund(county: &County, viewer: &Viewer, fund: &Fund, on: impl Into<When>) -> Access {
    let held = viewer.held(county, on);
    let is = |reader: &Reader| match reader {
        Reader::Public => true,
        Reader::Level(level) => held.iter().any(|post: &&Post| post.level == *level),
        Reader::Party(Party::Office { level, desk }) => {
            held.iter().any(|post| post.level == *level && post.desk == *desk)
        }
        Reader::Party(Party::Anyone) => viewer.person.is_some(),
        Reader::Party(_) => false,
    };
    if fund.keepers.iter().any(is) {
        Access::Full
    } else if fund.readers.iter().any(is) {
        Access::Public
    } else {
        Access::None
    }
}

/// The sub-accounts of a fund that belong to a person, by account, with what they come to.
#[must_use]
pub fn own_sub_accounts(world: &dyn World, fund: &Fund, person: &str) -> Vec<(Name, Sub)> {
    let Some(owner) = &fund.owner else { return Vec::new() };
    let person = Value::Key(person.to_owned());
    let mut values: Vec<String> = books::part(&person).into_iter().collect();
    for (register, column) in owner.path.iter().rev() {
        let leading = |value: &String| world.rows(register, Some((column, &Value::Key(value.clone()))));
        values = values.iter().flat_map(leading).collect();
    }
    let mut own = Vec::new();
    for account in &fund.accounts {
        let Some(place) = account.per.iter().position(|name| *name == owner.dimension) else { continue };
        let path = account.path(fund);
        for value in &values {
            let subs = world.books().page(&path, Some((place, value)), None, usize::MAX);
            own.extend(subs.into_iter().map(|sub| (account.name.clone(), sub)));
        }
    }
    own
}

/// Whether somebody may see the statement of a sub-account: a keeper of the fund, or its owner.
#[must_use]
pub fn may_see_statement(
    world: &dyn World,
    viewer: &Viewer,
    (fund, account, key): (&Fund, &Account, &str),
    on: impl Into<When>,
) -> Access {
    if may_see_fund(world.county(), viewer, fund, on) == Access::Full {
        return Access::Full;
    }
    let (Some(person), Some(owner)) = (&viewer.person, &fund.owner) else { return Access::None };
    let place = account.per.iter().position(|name| *name == owner.dimension);
    let Some(part) = place.and_then(|place| books::parts(key).get(place).copied()) else { return Access::None };
    let end = owner.path.iter().try_fold(part.to_owned(), |key, (register, column)| {
        world.row(register, &key)?.record.get(column)?.as_text().map(str::to_owned)
    });
    if end.as_deref() == Some(person) { Access::Full } else { Access::None }
}
