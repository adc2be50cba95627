//! `/funds`: trial balance, sub-accounts and statements as data. Amounts are texts in yuan with both decimals.

use super::query::Query;
use super::{Answered, ok};
use crate::funds::{Look, side_words};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::books::{self, Balance};
use engine::rights::{Access, own_sub_accounts};
use regulation::model::fund::{Account, Entry, Fund, Leg, Side};
use regulation::money::shown;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use store::Snapshot;

/// Lines of a statement in one answer.
const LINES: usize = 10_000;

/// Funds open to the caller.
pub(super) async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let names = snapshot.world().rulebook().regulations.values().flat_map(|regulation| regulation.funds.keys());
            let looks: Vec<Look<'_>> =
                names.map(|name| Look::new(snapshot, &visitor, name)).collect::<Result<_, _>>()?;
            let open = looks.iter().filter(|look| look.access > Access::None);
            Ok(json!({ "items": open.map(line).collect::<Vec<_>>() }))
        })
    })
    .await?;
    Ok(ok(answer))
}

fn line(look: &Look<'_>) -> Value {
    json!({
        "fund": look.fund.name,
        "title": look.title(),
        "regulation": look.regulation.id,
        "access": if look.access == Access::Full { "full" } else { "totals" },
        "clauses": look.fund.clauses,
    })
}

/// The caller's own sub-accounts.
pub(super) async fn mine(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| app.read(|snapshot| own(snapshot, &visitor))).await?;
    Ok(ok(answer))
}

fn own(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Value, Problem> {
    let person = visitor.signed_in()?;
    let world = snapshot.world();
    let mut items = Vec::new();
    for fund in world.rulebook().regulations.values().flat_map(|regulation| regulation.funds.values()) {
        for (account, own) in own_sub_accounts(world, fund, &person.id) {
            let Some(account) = fund.account(&account) else { continue };
            let mut item = sub(fund, account, &own.key, own.balance);
            item["fund"] = json!(fund.name);
            item["account"] = json!(account.name);
            items.push(item);
        }
    }
    snapshot.fault()?;
    Ok(json!({ "items": items }))
}

/// A sub-account: its dimensions as they stand in the key, and what it comes to.
fn sub(fund: &Fund, account: &Account, key: &str, balance: Balance) -> Value {
    let dimensions = fund.dimensions_of(account).zip(books::parts(key));
    let dimensions: Map<String, Value> = dimensions.map(|(own, part)| (own.name.clone(), json!(part))).collect();
    json!({
        "dimensions": dimensions,
        "debits": shown(balance.debits),
        "credits": shown(balance.credits),
        "balance": shown(balance.of(account.side)),
        "last_on": balance.last_on.map(|on| on.to_string()),
    })
}

/// Trial balance and entries of a fund.
pub(super) async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(fund): Path<String>) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?.at_least(Access::Public)?;
            let mut answer = line(&look);
            let accounts: Vec<Value> = look.fund.accounts.iter().map(|account| of_account(&look, account)).collect();
            answer["accounts"] = json!(accounts);
            answer["entries"] = json!(look.fund.entries.iter().map(|entry| of_entry(&look, entry)).collect::<Vec<_>>());
            answer["at"] = json!(visitor.now.to_string());
            snapshot.fault()?;
            Ok(answer)
        })
    })
    .await?;
    Ok(ok(answer))
}

fn of_account(look: &Look<'_>, account: &Account) -> Value {
    let total = look.total(account);
    json!({
        "account": account.name,
        "label": look.lang().label(&account.label),
        "side": match account.side {
            Side::Debit => "debit",
            Side::Credit => "credit",
            Side::Memo => "memo",
        },
        "side_label": side_words(look.lang(), account.side),
        "dimensions": account.per,
        "debits": shown(total.debits),
        "credits": shown(total.credits),
        "balance": shown(total.of(account.side)),
        "last_on": total.last_on.map(|on| on.to_string()),
        "clauses": account.clauses,
    })
}

fn of_entry(look: &Look<'_>, entry: &Entry) -> Value {
    let leg = |leg: &Option<Leg>| leg.as_ref().map(|leg| leg.account.clone());
    json!({
        "entry": entry.name,
        "number": entry.number,
        "label": look.lang().label(&entry.label),
        "debit": leg(&entry.debit),
        "credit": leg(&entry.credit),
        "clauses": entry.clauses,
    })
}

/// Sub-accounts of an account, page by page; a dimension's name in the query picks those with that value.
pub(super) async fn account(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, account)): Path<(String, String)>,
    query: Query,
) -> Answered {
    let app: App = state;
    let cut = query.cut()?;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?.at_least(Access::Full)?;
            let account = look.account(&account)?;
            let after = cut.after.clone().unwrap_or_default();
            let mut subs = look.sub_accounts(account, |name| query.get(name).map(str::to_owned), &after, cut.limit + 1);
            let more = subs.len() > cut.limit;
            subs.truncate(cut.limit);
            let items: Vec<Value> = subs.iter().map(|own| sub(look.fund, account, &own.key, own.balance)).collect();
            snapshot.fault()?;
            Ok(json!({ "items": items, "after": subs.last().filter(|_| more).map(|own| own.key.to_string()) }))
        })
    })
    .await?;
    Ok(ok(answer))
}

/// The statement of a sub-account, named by a value for each of its dimensions.
pub(super) async fn statement(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, account)): Path<(String, String)>,
    query: Query,
) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?;
            let statement = look.statement(&account, |name| query.get(name).map(str::to_owned), LINES)?;
            let line = |(line, balance): (&books::Entered, i128)| {
                json!({
                    "on": line.on.to_string(),
                    "posting": line.number,
                    "entry": line.entry,
                    "label": look.entry(&line.entry),
                    "side": if line.debit { "debit" } else { "credit" },
                    "amount": shown(line.fen.into()),
                    "balance": shown(balance),
                    "reverses": line.reverses,
                })
            };
            let account = &statement.account;
            let balance = look.world().books().balance(&account.path(look.fund), &statement.key);
            let mut answer = sub(look.fund, account, &statement.key, balance);
            answer["from"] = json!(statement.from.to_string());
            answer["to"] = json!(statement.to.to_string());
            answer["before"] = json!(shown(statement.before));
            answer["after"] = json!(shown(statement.after()));
            answer["lines"] = json!(statement.running().map(line).collect::<Vec<_>>());
            answer["cut"] = json!(statement.cut);
            Ok(answer)
        })
    })
    .await?;
    Ok(ok(answer))
}
