//! `/admin/accounts`: the system administrator makes, closes and opens accounts and gives passwords, which only serve to set one's own.

use super::only;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::failure;
use crate::components::pagination::pagination;
use crate::components::table::{Column, table};
use crate::identity::entering::event;
use crate::lang::{Both, Lang};
use crate::layout::{self, Nav, token, with_query};
use crate::pages::home::names;
use crate::problem::Problem;
use crate::sent::{Sent, SignedSent};
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor, query_value};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use engine::County;
use engine::rights::Task;
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;
use store::aside::{Account, AccountState, Given};
use store::identity::{DoorEvent, DoorKind};

/// Lines of a page.
const LINES: usize = 50;
/// People offered for a new account; more are found by the search.
const OFFERED: usize = 30;
/// The name in the address of whose account was just closed or opened.
const DONE: &str = "done";
/// Longest sign-in name.
const LOGIN_CHARACTERS_MAX: usize = 40;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let wanted = query_value(&uri, "q").unwrap_or_default().trim().to_owned();
    let after = query_value(&uri, "after").and_then(|text| text.parse().ok()).unwrap_or(0);
    let done = query_value(&uri, DONE);
    work(&app, move |app| {
        app.read(|snapshot| {
            only(snapshot, &visitor, Task::Accounts)?;
            let done = done.as_deref().map(|person| snapshot.account(person)).transpose()?.flatten();
            let said = done.map_or(Said::Nothing, Said::Done);
            page(snapshot, &visitor, &Wanted { text: &wanted, after }, &said)
        })
    })
    .await
}

/// What is listed.
#[derive(Default)]
struct Wanted<'a> {
    text: &'a str,
    after: usize,
}

/// What the page says besides.
enum Said {
    Nothing,
    /// A password just made, for whom: shown once.
    Password(String, String),
    /// An account is to be closed, if that is meant.
    Asked(Account),
    /// An account was closed or opened.
    Done(Account),
    Fault(Both),
}

/// Does what a form of the page says.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| only(snapshot, &visitor, Task::Accounts).map(|_| ()))?;
        let said = act(app, &visitor, &sent)?;
        let text = sent.text("q").unwrap_or_default();
        let listed = searched(text);
        let status = match &said {
            Said::Nothing => return Ok(Redirect::to(&listed).into_response()),
            Said::Done(account) => {
                return Ok(Redirect::to(&with_query(&listed, DONE, &account.person)).into_response());
            }
            Said::Asked(_) => StatusCode::OK,
            Said::Password(..) => StatusCode::CREATED,
            Said::Fault(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let page = app.read(|snapshot| page(snapshot, &visitor, &Wanted { text, after: 0 }, &said))?;
        Ok((status, page).into_response())
    })
    .await
}

/// The list, with what was looked for in it.
fn searched(text: &str) -> String {
    if text.is_empty() { "/admin/accounts".to_owned() } else { with_query("/admin/accounts", "q", text) }
}

fn act(app: &Running, visitor: &Visitor, sent: &Sent) -> Result<Said, Problem> {
    let person = sent.text("person").unwrap_or_default();
    let account = app.read(|snapshot| Ok(snapshot.account(person)?))?;
    let no_account = || Problem::not_found("没有这个账户", "There is no such account");
    let own = visitor.signed_in()?.id == person;
    match sent.text("do") {
        Some("make") => make(app, visitor, person, sent.text("login").unwrap_or_default().trim(), account),
        Some("give") => give(app, visitor, account.ok_or_else(no_account)?, DoorKind::PasswordGiven),
        Some("close") if own => Ok(Said::Fault(Both::new("不能停用自己的账户", "You cannot close your own account"))),
        Some("close") if sent.text("sure").is_none() => Ok(Said::Asked(account.ok_or_else(no_account)?)),
        Some("close") => {
            let account = Account { state: AccountState::Closed, ..account.ok_or_else(no_account)? };
            keep(app, visitor, account.clone(), DoorKind::AccountClosed)?;
            Ok(Said::Done(account))
        }
        Some("open") => {
            let account = Account { state: AccountState::Active, ..account.ok_or_else(no_account)? };
            keep(app, visitor, account.clone(), DoorKind::AccountOpened)?;
            Ok(Said::Done(account))
        }
        _ => Err(Problem::unreadable("看不懂要做什么", "It is not clear what to do")),
    }
}

fn make(
    app: &Running,
    visitor: &Visitor,
    person: &str,
    login: &str,
    account: Option<Account>,
) -> Result<Said, Problem> {
    let fault = |zh: &str, en: &str| Ok(Said::Fault(Both::new(zh, en)));
    let (known, taken) = app.read(|snapshot| {
        let known = snapshot.world().county().people.contains_key(person);
        Ok((known, snapshot.account_by_login(login)?.is_some()))
    })?;
    let plain = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    if !known || account.is_some() {
        return fault("请选择还没有账户的人", "Choose somebody who has no account yet");
    }
    if login.is_empty() || login.len() > LOGIN_CHARACTERS_MAX || !login.chars().all(plain) {
        return fault("用户名用字母、数字、-、_、.，不超过40个", "A name has letters, digits, -, _ and ., 40 at most");
    }
    if taken {
        return fault("这个用户名已经有人用了", "That name is taken");
    }
    let account = Account {
        person: person.to_owned(),
        login: login.to_owned(),
        password: String::new(),
        given: Given::Office,
        since: visitor.now,
        state: AccountState::Active,
    };
    give(app, visitor, account, DoorKind::AccountMade)
}

/// A fresh password, which only serves to set one's own.
fn give(app: &Running, visitor: &Visitor, account: Account, what: DoorKind) -> Result<Said, Problem> {
    if account.given == Given::Demo {
        return Ok(Said::Fault(Both::new(
            "示例账户的密码是公开的，不能改",
            "The password of a sample account is public and stays",
        )));
    }
    let mut chance = [0; 26];
    (app.site.chance)(&mut chance);
    let (drawn, salt) = chance.split_at(10);
    let drawn: &[u8; 10] = drawn.try_into().expect("ten of 26 bytes were split off");
    let salt: &[u8; 16] = salt.try_into().expect("sixteen of 26 bytes are left");
    let password = trust::print_recovery_code(drawn);
    let hash = trust::hash_password(&password, salt, &app.site.password_cost)
        .map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))?;
    let login = account.login.clone();
    keep(app, visitor, Account { password: hash, given: Given::Office, since: visitor.now, ..account }, what)?;
    Ok(Said::Password(login, password))
}

fn keep(app: &Running, visitor: &Visitor, account: Account, what: DoorKind) -> Result<(), Problem> {
    let by: &Person = visitor.signed_in()?;
    let event = event(app, Some(account.person.clone()), what, &visitor.origin, visitor.now);
    Ok(app.store().administer_account(account, DoorEvent { by: Some(by.id.clone()), ..event })?)
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &Wanted<'_>, said: &Said) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("账户", "Accounts");
    let names = names(snapshot, visitor);
    let accounts = snapshot.accounts()?;
    let fits =
        |account: &&Account| account.login.contains(wanted.text) || names.person(&account.person).contains(wanted.text);
    let found: Vec<&Account> = accounts.iter().filter(fits).collect();
    let lines: Vec<Vec<Markup>> = found
        .iter()
        .skip(wanted.after)
        .take(LINES)
        .map(|account| line(visitor, account, &names.person(&account.person), wanted.text))
        .collect();
    let columns = [
        Column::text(lang.say("用户名", "Name")),
        Column::text(lang.say("姓名", "Person")),
        Column::text(lang.say("密码", "Password")),
        Column::text(lang.say("办理", "Do")),
    ];
    let plain = searched(wanted.text);
    let next = wanted.after + LINES;
    let next = (next < found.len()).then(|| with_query(&plain, "after", &next.to_string()));
    let content = html! {
        (crumbs(lang, &[(lang.say("系统管理", "System"), "/admin")]))
        h1 { (title) }
        @match said {
            Said::Nothing => {}
            Said::Password(login, password) => { (banner(Tone::Care, lang.say("新密码，只显示这一次", "The new password, shown only now"), &html! {
                p { (login) ": " code class="secret" { (password) } }
                p { (lang.say("请当面或者用密封的信交给本人；它只能用来设置自己的密码。", "Hand it over in person or sealed; it only serves to set one's own.")) }
            })) }
            Said::Asked(account) => { (asked(visitor, account, &names.person(&account.person), wanted.text)) }
            Said::Done(account) => { (done(lang, account, &names.person(&account.person))) }
            Said::Fault(said) => { (failure(said.in_lang(lang), None)) }
        }
        form class="search wrap no-print" role="search" method="get" action="/admin/accounts" {
            input class="input" type="search" name="q" value=(wanted.text) aria-label=(lang.say("用户名或姓名", "Name or person")) placeholder=(lang.say("用户名或姓名", "Name or person"));
            button class="button secondary" type="submit" { (lang.say("查找", "Find")) }
        }
        @if lines.is_empty() { p class="soft" { (lang.say("没有符合条件的账户。", "No account fits.")) } }
        @else { (table(title, &columns, &lines)) }
        (pagination(lang, (wanted.after > 0).then_some(plain.as_str()), next.as_deref()))
        h2 { (lang.say("开户", "Make an account")) }
        (making(visitor, snapshot.world().county(), &accounts, wanted.text))
    };
    Ok(layout::page(visitor, Nav::Admin, title, &content))
}

/// Whether it is meant: whoever is shut out at work cannot go on.
fn asked(visitor: &Visitor, account: &Account, name: &str, text: &str) -> Markup {
    let lang = visitor.lang;
    let heading = match lang {
        Lang::Zh => format!("停用{name}的账户（{}）？", account.login),
        Lang::En => format!("Close the account of {name} ({})?", account.login),
    };
    banner(
        Tone::Care,
        &heading,
        &html! {
            p { (lang.say("停用以后马上不能登录，已经登录的也退出；以后可以再启用。", "They are signed out at once and cannot sign in; it can be opened again.")) }
            form method="post" action="/admin/accounts" {
                (token(visitor))
                input type="hidden" name="person" value=(account.person);
                input type="hidden" name="do" value="close";
                input type="hidden" name="sure" value="yes";
                input type="hidden" name="q" value=(text);
                div class="row" {
                    button class="button grave" type="submit" { (lang.say("确认停用", "Close it")) }
                    a href=(searched(text)) { (lang.say("不停用", "Leave it open")) }
                }
            }
        },
    )
}

fn done(lang: Lang, account: &Account, name: &str) -> Markup {
    let heading = match (lang, account.state == AccountState::Active) {
        (Lang::Zh, true) => format!("{name}的账户（{}）已启用", account.login),
        (Lang::Zh, false) => format!("{name}的账户（{}）已停用", account.login),
        (Lang::En, true) => format!("The account of {name} ({}) is open", account.login),
        (Lang::En, false) => format!("The account of {name} ({}) is closed", account.login),
    };
    banner(Tone::Good, &heading, &html! {})
}

fn line(visitor: &Visitor, account: &Account, name: &str, text: &str) -> Vec<Markup> {
    let lang = visitor.lang;
    let open = account.state == AccountState::Active;
    let own = visitor.person_id() == Some(&account.person);
    let form = |does: &str, class: &str, label: &str| {
        html! {
            form method="post" action="/admin/accounts" {
                (token(visitor))
                input type="hidden" name="person" value=(account.person);
                input type="hidden" name="do" value=(does);
                input type="hidden" name="q" value=(text);
                button class=(class) type="submit" { (label) span class="hidden-visually" { " " (account.login) } }
            }
        }
    };
    vec![
        html! { (account.login) @if !open { " " span class="tag" { (lang.say("已停用", "closed")) } } },
        html! { (name) },
        html! { (password_words(lang, account)) },
        html! { div class="row" {
            @if open {
                @if account.given != Given::Demo { (form("give", "button secondary", lang.say("重置密码", "New password"))) }
                @if !own { (form("close", "button grave", lang.say("停用", "Close"))) }
            } @else { (form("open", "button secondary", lang.say("启用", "Open"))) }
        } },
    ]
}

fn password_words(lang: Lang, account: &Account) -> String {
    let since = lang.date(account.since.date());
    match account.given {
        Given::Own => format!("{}{since}", lang.say("本人设置于", "set by themselves on ")),
        Given::Office => format!("{}{since}", lang.say("待本人修改，重置于", "to be changed, given on ")),
        Given::Demo => lang.say("示例，公开", "sample, public").to_owned(),
    }
}

/// The form for a new account: those of the county's people who have none, as far as the search finds them.
fn making(visitor: &Visitor, county: &County, accounts: &[Account], text: &str) -> Markup {
    let lang = visitor.lang;
    let have: BTreeSet<&str> = accounts.iter().map(|account| account.person.as_str()).collect();
    let without = county.people.iter().filter(|(person, _)| !have.contains(person.as_str()));
    let mut found = without.filter(|(person, name)| person.contains(text) || name.contains(text));
    let offered: Vec<(&String, &String)> = found.by_ref().take(OFFERED).collect();
    let more = found.next().is_some();
    html! {
        @if offered.is_empty() {
            p class="soft" { @if text.is_empty() { (lang.say("人员名册上的人都有账户。", "Everybody of the county's people has one.")) }
            @else { (lang.say("没有账户的人里，没有这个名字。", "Nobody without an account is called so.")) } }
        } @else {
            form method="post" action="/admin/accounts" {
                (token(visitor))
                input type="hidden" name="do" value="make";
                div class="field" {
                    label for="f-person" { (lang.say("人员", "Person")) }
                    @if more { p class="hint" id="f-person-hint" { (lang.say(
                        "只列出前30人；其他人请先在上面按姓名查找。",
                        "These are the first 30: find others by name above.",
                    )) } }
                    select class="input medium" id="f-person" name="person" aria-describedby=[more.then_some("f-person-hint")] {
                        @for (person, name) in offered { option value=(person) { (name) " (" (person) ")" } }
                    }
                }
                div class="field" {
                    label for="f-login" { (lang.say("用户名", "Name")) }
                    input class="input medium" id="f-login" name="login" type="text" autocomplete="off";
                }
                (button::submit(lang.say("开户", "Make it")))
            }
        }
    }
}
