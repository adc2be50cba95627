//! What accounts of funds hold (余额), and what was posted (过账).

use super::super::player::Player;
use super::sides;
use crate::books;
use crate::env::Scope;
use crate::world::World;
use regulation::money;
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// `balance FUND.ACCOUNT = YUAN`, `balance FUND.ACCOUNT(dimension=value, …) = YUAN`: of all sub-accounts with these values.
pub(super) fn balance(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (what, wanted) = text.rsplit_once('=').ok_or_else(|| "应写成 余额 资金.科目 = 金额".to_owned())?;
    let (path, given) = match what.trim().split_once('(') {
        Some((path, rest)) => (path.trim(), rest.trim_end().strip_suffix(')').unwrap_or(rest)),
        None => (what.trim(), ""),
    };
    let found = sum(player, path, &pairs(given)?)?;
    let wanted = wanted.trim();
    let figure = wanted.split_whitespace().next().and_then(|figure| figure.parse::<Decimal>().ok());
    let figure = figure.ok_or_else(|| format!("看不懂金额“{wanted}”"))?;
    if Decimal::try_from_i128_with_scale(found, 2).is_ok_and(|found| found == figure) {
        return Ok(());
    }
    Err(money::shown(found))
}

fn pairs(given: &str) -> Result<BTreeMap<&str, &str>, String> {
    let pairs = given.split([',', '，']).map(str::trim).filter(|pair| !pair.is_empty());
    pairs.map(sides).collect()
}

fn sum(player: &Player<'_>, path: &str, given: &BTreeMap<&str, &str>) -> Result<i128, String> {
    let county = player.world.county();
    let (fund, account) = path.split_once('.').ok_or_else(|| format!("“{path}”应是 资金.科目"))?;
    let (regulation, fund) = player.rulebook.fund(fund).ok_or_else(|| format!("没有资金 {fund}"))?;
    let account = fund.account(account).ok_or_else(|| format!("没有科目 {account}"))?;
    if let Some(unknown) = given.keys().find(|name| !account.per.iter().any(|own| own == *name)) {
        return Err(format!("科目 {path} 没有维度 {unknown}"));
    }
    let scope = Scope::new(&player.world, player.now);
    let env = scope.bare(regulation, &player.place);
    let books = env.world().books();
    let is = |part: &str, written: &str| {
        let person = || player.cast.get(written).is_some_and(|role| role.person == part);
        let place = || county.place(part).is_some_and(|place| place.name == written);
        let matter = || player.matter_named(written).is_some_and(|id| id == part);
        part == written || person() || place() || matter()
    };
    let fits = |key: &str| {
        let parts = account.per.iter().zip(books::parts(key));
        parts.into_iter().all(|(name, part)| given.get(name.as_str()).is_none_or(|written| is(part, written)))
    };
    let subs = books.page(path, None, None, usize::MAX);
    Ok(subs.iter().filter(|sub| fits(&sub.key)).map(|sub| sub.balance.of(account.side)).sum())
}

/// `posted FUND.ENTRY = N`: so many postings of the entry so far, reversals not counted.
pub(super) fn posted(player: &mut Player<'_>, text: &str) -> Result<(), String> {
    let (path, wanted) = sides(text)?;
    let (fund, entry) = path.split_once('.').ok_or_else(|| format!("“{path}”应是 资金.分录"))?;
    let known = player.rulebook.fund(fund).is_some_and(|(_, fund)| fund.entry(entry).is_some());
    if !known {
        return Err(format!("没有分录 {path}"));
    }
    let all = player.world.books().posted_on(fund, 0, usize::MAX);
    let found = all.iter().filter(|posting| posting.entry == entry && posting.reverses.is_none()).count();
    if wanted == found.to_string() { Ok(()) } else { Err(format!("{found} 笔")) }
}
