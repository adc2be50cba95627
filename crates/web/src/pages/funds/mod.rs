//! `/funds`: the funds open to a visitor; `/funds/mine`: one's own sub-accounts; `/funds/{fund}`: trial balance; below it sub-accounts and
//! the statement of each. All of it prints on A4 and goes to Excel, CSV and PDF.

pub mod files;

use super::matter::within_sight;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, Row, marked_table, table};
use crate::components::{button, pagination::pagination};
use crate::funds::{Look, Statement, file_address, shown, side_words};
use crate::layout::{self, Nav, with_query};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use engine::books::Sub;
use engine::rights::{Access, own_sub_accounts};
use maud::{Markup, html};
use regulation::model::fund::{Account, Side};
use std::sync::Arc;
use store::Snapshot;

/// Sub-accounts on a page.
const SUBS: usize = 100;
/// Lines of a statement on a page; the sheet has more.
const LINES: usize = 500;

/// The list.
pub async fn index(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| index_page(snapshot, &visitor))).await
}

fn index_page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("资金", "Funds");
    let names = snapshot.world().rulebook().regulations.values().flat_map(|regulation| regulation.funds.keys());
    let looks: Vec<Look<'_>> = names.map(|name| Look::new(snapshot, visitor, name)).collect::<Result<_, _>>()?;
    let open: Vec<&Look<'_>> = looks.iter().filter(|look| look.access > Access::None).collect();
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        p class="lead" { (lang.say("每一分钱都有动作和条款；借贷必平，科目不为负，更正只用红字冲销。", "Every fen has its act and clause; both sides balance, nothing is overdrawn, corrections are reversals.")) }
        @if visitor.person.is_some() { p { a href="/funds/mine" { (lang.say("我的账户", "My accounts")) } } }
        ul class="plain" { @for look in &open { li {
            a href=(look.address()) { (look.title()) } " "
            span class="soft small" { (lang.label(&look.regulation.title)) }
        } } }
        @if open.is_empty() { p class="soft" { (lang.say("没有对您开放的资金账。", "No fund is open to you.")) } }
    };
    Ok(layout::page(visitor, Nav::Other, title, &content))
}

/// One's own sub-accounts.
pub async fn mine(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| mine_page(snapshot, &visitor))).await
}

fn mine_page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let title = lang.say("我的账户", "My accounts");
    let world = snapshot.world();
    let mut found = Vec::new();
    for (_, fund) in world.rulebook().regulations.values().flat_map(|regulation| &regulation.funds) {
        let own = own_sub_accounts(world, fund, &person.id);
        if !own.is_empty() {
            found.push((Look::new(snapshot, visitor, &fund.name)?, own));
        }
    }
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        @for (look, own) in &found {
            h2 { (look.title()) }
            ul class="accounts" { @for (account, sub) in own { @if let Some(account) = look.fund.account(account) { li {
                a href=(look.statement_address(account, &sub.key)) {
                    span { b { (lang.label(&account.label)) } br; span class="soft small" { (look.called(account, &sub.key)) } }
                    b { (shown(sub.balance.of(account.side))) " " (lang.say("元", "yuan")) }
                }
            } } } }
        }
        @if found.is_empty() { p class="soft" { (lang.say("没有在您名下的账户。", "No account is in your name.")) } }
        p class="soft small" { (lang.say("余额截至 ", "Balances as of ")) (lang.moment(visitor.now)) }
    };
    snapshot.fault()?;
    Ok(layout::page(visitor, Nav::Track, title, &content))
}

/// Trial balance.
pub async fn fund(state: State<Arc<Running>>, visitor: Visitor, Path(fund): Path<String>) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| Ok(fund_page(&Look::new(snapshot, &visitor, &fund)?.at_least(Access::Public)?)))
    })
    .await
}

fn fund_page(look: &Look<'_>) -> Markup {
    let lang = look.lang();
    let content = html! {
        (crumbs(lang, &[(lang.say("资金", "Funds"), "/funds")]))
        h1 { (look.title()) }
        p class="soft" { (lang.label(&look.regulation.title)) " " (clauses(&cite(look.world().rulebook(), &look.fund.clauses))) }
        h2 { (lang.say("试算平衡", "Trial balance")) }
        (trial_balance(look))
        @let memo = look.fund.accounts.iter().any(|account| account.side == Side::Memo);
        @if memo { h2 { (lang.say("备查", "Beside the books")) } (memo_table(look)) }
        (takeaway(look))
        @if look.access == Access::Full { (entries(look)) }
    };
    layout::page(look.visitor, Nav::Other, look.title(), &content)
}

fn of_account(look: &Look<'_>, account: &Account) -> Markup {
    let label = look.lang().label(&account.label);
    html! {
        @if look.access == Access::Full { a href=(format!("{}/{}", look.address(), account.name)) { (label) } }
        @else { (label) }
    }
}

/// Debits and credits of each account and on which side its balance lies; both sums must be the same.
fn trial_balance(look: &Look<'_>) -> Markup {
    let lang = look.lang();
    let columns = [
        Column::text(lang.say("科目", "Account")),
        Column::number(lang.say("借方发生额", "Debits")),
        Column::number(lang.say("贷方发生额", "Credits")),
        Column::number(lang.say("借方余额", "Debit balance")),
        Column::number(lang.say("贷方余额", "Credit balance")),
    ];
    let mut sums = [0_i128; 4];
    let mut rows: Vec<Row> = Vec::new();
    for account in look.fund.accounts.iter().filter(|account| account.side != Side::Memo) {
        let figures = files::figures(look, account);
        for (sum, figure) in sums.iter_mut().zip(figures) {
            *sum += figure;
        }
        rows.push(Row { cells: cells(of_account(look, account), &figures), class: None });
    }
    rows.push(Row { cells: cells(html! { (lang.say("合计", "Total")) }, &sums), class: Some("total") });
    let balanced = sums[0] == sums[1] && sums[2] == sums[3];
    html! {
        (marked_table(lang.say("试算平衡", "Trial balance"), &columns, &rows))
        p { @if balanced { (lang.say("借贷平衡。", "The books balance.")) } @else { strong { (lang.say("借贷不平，请立即核查。", "The books do not balance: look into it at once.")) } } }
    }
}

fn cells(first: Markup, figures: &[i128]) -> Vec<Markup> {
    std::iter::once(first).chain(figures.iter().map(|fen| html! { (shown(*fen)) })).collect()
}

fn memo_table(look: &Look<'_>) -> Markup {
    let lang = look.lang();
    let columns = [Column::text(lang.say("科目", "Account")), Column::number(lang.say("余额", "Balance"))];
    let memo = look.fund.accounts.iter().filter(|account| account.side == Side::Memo);
    let row = |account: &Account| cells(of_account(look, account), &[look.total(account).of(Side::Memo)]);
    table(lang.say("备查", "Beside the books"), &columns, &memo.map(row).collect::<Vec<_>>())
}

/// Amounts, day and the files of what a page shows.
fn takeaway(look: &Look<'_>) -> Markup {
    let lang = look.lang();
    html! {
        p class="soft small" { (lang.say("单位：元。截至 ", "In yuan, as of ")) (lang.moment(look.visitor.now)) }
        p class="no-print" {
            (button::secondary_link(lang.say("导出 Excel", "To Excel"), &file_address(&look.visitor.here, "excel"))) " "
            a href=(file_address(&look.visitor.here, "csv")) { "CSV" } " "
            a href=(file_address(&look.visitor.here, "pdf")) { "PDF" }
        }
    }
}

/// The entries of a fund: what may be posted at all.
fn entries(look: &Look<'_>) -> Markup {
    let lang = look.lang();
    let label = |leg: &Option<regulation::model::fund::Leg>| {
        let account = leg.as_ref().and_then(|leg| look.fund.account(&leg.account));
        account.map_or_else(|| "–".to_owned(), |account| lang.label(&account.label).to_owned())
    };
    let columns = ["分录", "编号", "借", "贷", "条款"].map(Column::text);
    let rows = look.fund.entries.iter().map(|entry| {
        vec![
            html! { (lang.label(&entry.label)) },
            html! { (entry.number.as_deref().unwrap_or("–")) },
            html! { (label(&entry.debit)) },
            html! { (label(&entry.credit)) },
            html! { (clauses(&cite(look.world().rulebook(), &entry.clauses))) },
        ]
    });
    html! {
        details {
            summary { (lang.say("分录", "Entries")) }
            (table(lang.say("分录", "Entries"), &columns, &rows.collect::<Vec<_>>()))
        }
    }
}

/// Sub-accounts of an account.
pub async fn account(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, account)): Path<(String, String)>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?.at_least(Access::Full)?;
            account_page(&look, &account, &uri)
        })
    })
    .await
}

fn account_page(look: &Look<'_>, account: &str, uri: &Uri) -> Result<Markup, Problem> {
    let lang = look.lang();
    let account = look.account(account)?;
    let title = lang.label(&account.label);
    let after = query_value(uri, "after").unwrap_or_default();
    let mut subs = look.sub_accounts(account, |name| query_value(uri, name), &after, SUBS + 1);
    let more = subs.len() > SUBS;
    subs.truncate(SUBS);
    look.snapshot.fault()?;
    let headings: Vec<&str> = look.fund.dimensions_of(account).map(|dimension| lang.label(&dimension.label)).collect();
    let mut columns: Vec<Column> = if headings.is_empty() { vec![Column::text(title)] } else { Vec::new() };
    columns.extend(headings.iter().map(|heading| Column::text(heading)));
    columns.extend(
        [lang.say("借方发生额", "Debits"), lang.say("贷方发生额", "Credits"), lang.say("余额", "Balance")]
            .map(Column::number),
    );
    let rows: Vec<Vec<Markup>> = subs.iter().map(|sub| sub_row(look, account, sub)).collect();
    let next = subs.last().filter(|_| more).map(|sub| with_query(&look.visitor.here, "after", &sub.key));
    let content = html! {
        (crumbs(lang, &[(lang.say("资金", "Funds"), "/funds"), (look.title(), &look.address())]))
        h1 { (title) }
        p class="soft" { (side_words(lang, account.side)) " · " (lang.say("余额合计 ", "in all ")) b { (shown(look.total(account).of(account.side))) } }
        (filter(look, account, uri))
        @if rows.is_empty() { p class="soft" { (lang.say("没有符合的明细账。", "No sub-account fits.")) } }
        @else { (table(title, &columns, &rows)) }
        (pagination(lang, (!after.is_empty()).then(|| with_query(&look.visitor.here, "after", "")).as_deref(), next.as_deref()))
        (takeaway(look))
    };
    Ok(layout::page(look.visitor, Nav::Other, title, &content))
}

fn sub_row(look: &Look<'_>, account: &Account, Sub { key, balance }: &Sub) -> Vec<Markup> {
    let address = look.statement_address(account, key);
    let mut named: Vec<String> = look.dimensions(account, key).into_iter().map(|(_, _, _, shown)| shown).collect();
    if named.is_empty() {
        named.push(look.lang().label(&account.label).to_owned());
    }
    let mut row: Vec<Markup> = Vec::new();
    for (place, name) in named.iter().enumerate() {
        row.push(html! { @if place == 0 { a href=(address) { (name) } } @else { (name) } });
    }
    row.extend([balance.debits, balance.credits, balance.of(account.side)].map(|fen| html! { (shown(fen)) }));
    row
}

/// A field for each dimension.
fn filter(look: &Look<'_>, account: &Account, uri: &Uri) -> Markup {
    let lang = look.lang();
    html! { @if !account.per.is_empty() {
        form class="search wrap no-print" method="get" {
            @for dimension in look.fund.dimensions_of(account) {
                @let label = lang.label(&dimension.label);
                input class="input" name=(dimension.name) value=(query_value(uri, &dimension.name).unwrap_or_default()) placeholder=(label) aria-label=(label);
            }
            button class="button secondary" type="submit" { (lang.say("筛选", "Filter")) }
        }
    } }
}

/// The statement of a sub-account.
pub async fn statement(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, account)): Path<(String, String)>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?;
            let statement = look.statement(&account, |name| query_value(&uri, name), LINES)?;
            Ok(statement_page(&look, &statement))
        })
    })
    .await
}

fn statement_page(look: &Look<'_>, statement: &Statement) -> Markup {
    let lang = look.lang();
    let account = &statement.account;
    let title = look.called(account, &statement.key);
    let label = lang.label(&account.label);
    let full = look.access == Access::Full;
    let account_address = format!("{}/{}", look.address(), account.name);
    let above: Vec<(&str, &str)> = if full {
        vec![(lang.say("资金", "Funds"), "/funds"), (label, &account_address)]
    } else {
        vec![(lang.say("我的账户", "My accounts"), "/funds/mine")]
    };
    let content = html! {
        (crumbs(lang, &above))
        h1 { (lang.say("对账单", "Statement")) }
        p class="soft" { (look.title()) " · " (label) }
        dl class="summary" {
            @for (_, heading, _, value) in look.dimensions(account, &statement.key) { div { dt { (heading) } dd { (value) } } }
            div { dt { (lang.say("期间", "Period")) } dd { (lang.date(statement.from)) " – " (lang.date(statement.to)) } }
            div { dt { (lang.say("期末余额", "Balance")) } dd { b { (shown(statement.after())) } " " (lang.say("元", "yuan")) } }
        }
        form class="search wrap no-print" method="get" {
            @for (name, _, part, _) in look.dimensions(account, &statement.key) { input type="hidden" name=(name) value=(part); }
            input class="input" type="date" name="from" value=(statement.from) aria-label=(lang.say("从", "From"));
            input class="input" type="date" name="to" value=(statement.to) aria-label=(lang.say("到", "To"));
            button class="button secondary" type="submit" { (lang.say("查看", "Show")) }
        }
        (statement_table(look, statement))
        @if statement.cut { p { (lang.say("发生额太多，没有全部列出；请选短一些的期间。", "There are too many lines to list; choose a shorter period.")) } }
        (takeaway(look))
    };
    layout::page(look.visitor, if full { Nav::Other } else { Nav::Track }, &title, &content)
}

fn statement_table(look: &Look<'_>, statement: &Statement) -> Markup {
    let lang = look.lang();
    let columns = [
        Column::text(lang.say("起息日", "Value date")),
        Column::text(lang.say("摘要", "Entry")),
        Column::number(lang.say("借方", "Debit")),
        Column::number(lang.say("贷方", "Credit")),
        Column::number(lang.say("余额", "Balance")),
        Column::text(lang.say("凭证", "Posting")),
        Column::text(lang.say("事项", "Matter")),
    ];
    let plain = |text: &str, balance: i128| {
        let mut cells = vec![html! { (lang.date(statement.from)) }, html! { (text) }, html! {}, html! {}];
        cells.extend([html! { (shown(balance)) }, html! {}, html! {}]);
        Row { cells, class: Some("total") }
    };
    let mut rows = vec![plain(lang.say("期初余额", "brought forward"), statement.before)];
    for (line, balance) in statement.running() {
        let fen = shown(line.fen.into());
        let (debit, credit) = if line.debit { (fen.as_str(), "") } else { ("", fen.as_str()) };
        let reversal = line.reverses.map(|number| format!("{}{number}", lang.say("冲销 ", "reverses ")));
        rows.push(Row {
            cells: vec![
                html! { (lang.date(line.on)) },
                html! { (look.entry(&line.entry)) @if let Some(reversal) = &reversal { " " span class="soft small" { (reversal) } } },
                html! { (debit) },
                html! { (credit) },
                html! { (shown(balance)) },
                html! { (line.number) },
                html! { (matter(look, &line.matter)) },
            ],
            class: None,
        });
    }
    marked_table(lang.say("对账单", "Statement"), &columns, &rows)
}

/// The matter of a line, for those who may see it.
fn matter(look: &Look<'_>, id: &str) -> Markup {
    let seen = within_sight(look.world(), look.visitor, id);
    html! { @if seen.is_some() { a href=(format!("/matters/{id}")) { (look.names().matter(id)) } } }
}
