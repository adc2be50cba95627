//! `/sign-in`, `/sign-out`: residents and staff alike. Repeated wrong passwords lock the account for a while.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::forms::field::{Control, Field, LineKind, field};
use crate::forms::kept::go_on;
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::{Kept, Sent};
use crate::site::{App, DemoSignIn, Running, work};
use crate::visit::{Visitor, person_of, session_cookie};
use axum::extract::State;
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::ToSpan;
use jiff::civil::DateTime;
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::{AccountState, Session};

/// Wrong passwords in a row before the account is locked.
const FAILURES_MAX: u32 = 5;
/// How long it then stays locked.
const LOCK_MINUTES: i64 = 15;
/// How long a session lasts without signing in again.
const SESSION_HOURS: i64 = 12;
/// How long it lasts under a standing clock.
const TRAINING_YEARS: i64 = 50;

/// The page.
pub async fn show(State(app): State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Response {
    let back = back_of(&uri);
    if visitor.person.is_some() {
        return Redirect::to(&back).into_response();
    }
    page(&app, &visitor, &Entry { back: &back, ..Entry::default() }).into_response()
}

/// The page for somebody whose session ended while they filled in a form.
#[must_use]
pub fn again(app: &Running, visitor: &Visitor, kept: &Kept) -> Markup {
    page(app, visitor, &Entry { back: &kept.address, kept: Some(kept), ..Entry::default() })
}

/// What the page is entered with.
#[derive(Default)]
struct Entry<'a> {
    /// Address to go to afterwards.
    back: &'a str,
    /// Name as typed.
    name: &'a str,
    /// Why the last try failed.
    failure: Option<&'a Both>,
    /// What was typed into the form that the reader came from.
    kept: Option<&'a Kept>,
}

impl Entry<'_> {
    /// What goes along through signing in.
    fn hidden(&self) -> Markup {
        let kept = self.kept.and_then(|kept| serde_json::to_string(kept).ok());
        html! {
            input type="hidden" name="back" value=(self.back);
            @if let Some(kept) = kept { input type="hidden" name="kept" value=(kept); }
        }
    }
}

fn back_of(uri: &Uri) -> String {
    own_address(crate::visit::query_value(uri, "back").unwrap_or_default())
}

/// An address of this site; others lead home, so that a link cannot send somebody away after signing in.
fn own_address(address: String) -> String {
    let own = address.starts_with('/') && !address.starts_with("//") && !address.contains('\\');
    if own && !address.starts_with("/sign-in") { address } else { "/".into() }
}

fn page(app: &Running, visitor: &Visitor, entry: &Entry<'_>) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("登录", "Sign in");
    let line = |path: &str, label: &str, value: &str| Field {
        path: path.into(),
        label: label.into(),
        number: None,
        hint: None,
        optional: false,
        fault: None,
        conditional: false,
        control: Control::Line { value: value.into(), kind: LineKind::Text, unit: None },
    };
    let content = html! {
        h1 { (title) }
        @if entry.kept.is_some() {
            (banner(Tone::Care, lang.say("登录已过期", "Your session has ended"), &html! { p { (lang.say(
                "填写的内容没有丢：重新登录后接着办。",
                "What you typed is not lost: sign in again and go on with it.",
            )) } }))
        }
        @if let Some(failure) = entry.failure { div class="errors" role="alert" tabindex="-1" data-errors { h2 { (failure.in_lang(lang)) } } }
        form method="post" action="/sign-in" {
            (token(visitor))
            (entry.hidden())
            (field(lang, &line("name", lang.say("用户名", "Name"), entry.name)))
            div class="field" {
                label for="f-password" { (lang.say("密码", "Password")) }
                input class="input medium" id="f-password" name="password" type="password" autocomplete="current-password";
            }
            (button::submit(title))
        }
        @if !app.site.demo.is_empty() { (demo(app, visitor, entry)) }
    };
    layout::page(visitor, Nav::Other, title, &content)
}

/// The sample people as a table, by the place where they work.
fn demo(app: &Running, visitor: &Visitor, entry: &Entry<'_>) -> Markup {
    let lang = visitor.lang;
    let explanation = html! { p { (lang.say(
        "人名、户名都是虚构的。点一下就以该身份登录。",
        "All people here are invented. One click signs in as that person.",
    )) } };
    let groups = by_place(app, visitor).unwrap_or_default();
    html! {
        h2 { (lang.say("示例身份", "Sample people")) }
        (banner(Tone::Plain, lang.say("这是示例县", "This is a sample county"), &explanation))
        table class="compact" {
            caption class="hidden-visually" { (lang.say("示例身份", "Sample people")) }
            @for (place, people) in &groups {
                tbody {
                    tr { th colspan="2" scope="rowgroup" { (place) } }
                    @for one in people { tr {
                        td { (one.role) " " code class="soft small" { (one.name) } }
                        td { (demo_button(visitor, one, entry)) }
                    } }
                }
            }
        }
        @if let Some(one) = app.site.demo.first() { p class="soft" { (lang.say("密码都是 ", "All have the password ")) code { (one.password) } } }
    }
}

fn demo_button(visitor: &Visitor, one: &DemoSignIn, entry: &Entry<'_>) -> Markup {
    html! {
        form method="post" action="/sign-in" {
            (token(visitor))
            (entry.hidden())
            input type="hidden" name="name" value=(one.name);
            input type="hidden" name="password" value=(one.password);
            button class="button secondary" type="submit" { (visitor.lang.say("登录", "Sign in")) span class="hidden-visually" { (one.role) } }
        }
    }
}

/// Sample people under the place of their post, residents first; places in the order of the list.
fn by_place<'a>(app: &'a Running, visitor: &Visitor) -> Result<Vec<(String, Vec<&'a DemoSignIn>)>, Problem> {
    app.read(|snapshot| {
        let county = snapshot.world().county();
        let names = super::home::names(snapshot, visitor);
        let mut groups: Vec<(String, Vec<&DemoSignIn>)> = Vec::new();
        for one in &app.site.demo {
            let person = snapshot.account_by_login(&one.name)?.map(|account| account.person).unwrap_or_default();
            let posts = county.appointments.iter().filter(|appointment| appointment.person == person);
            let post = posts.filter_map(|appointment| county.posts.get(&appointment.post)).next();
            let place = post
                .map_or_else(|| visitor.lang.say("居民", "Residents").to_owned(), |post| names.place_path(&post.place));
            match groups.iter_mut().find(|(known, _)| *known == place) {
                Some((_, people)) => people.push(one),
                None => groups.push((place, vec![one])),
            }
        }
        Ok(groups)
    })
}

/// Signs in.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    headers: HeaderMap,
    sent: Sent,
) -> Result<Response, Problem> {
    let app: App = state;
    let name = sent.text("name").unwrap_or_default().trim().to_owned();
    let password = sent.text("password").unwrap_or_default().to_owned();
    let back = own_address(sent.text("back").unwrap_or_default().to_owned());
    let kept: Option<Kept> = sent.text("kept").and_then(|text| serde_json::from_str(text).ok());
    let kept = kept.map(|kept| Kept { address: own_address(kept.address), ..kept });
    let agent = agent_of(&headers);
    let (login, now) = (name.clone(), visitor.now);
    match work(&app, move |app| sign_in(app, &login, &password, agent, now)).await? {
        Ok(opened) => {
            let cookie = session_cookie(&opened.token, app.site.secure);
            let next = match kept {
                None => Redirect::to(&back).into_response(),
                Some(kept) => signed_in_again(&app, &visitor, opened, &kept)?.into_response(),
            };
            Ok(([(SET_COOKIE, cookie)], next).into_response())
        }
        Err(failure) => {
            let entry = Entry { back: &back, name: &name, failure: Some(&failure), kept: kept.as_ref() };
            Ok((axum::http::StatusCode::UNAUTHORIZED, page(&app, &visitor, &entry)).into_response())
        }
    }
}

/// The page between signing in again and the form that was under way.
fn signed_in_again(app: &Running, visitor: &Visitor, opened: Opened, kept: &Kept) -> Result<Markup, Problem> {
    let title = visitor.lang.say("已登录", "Signed in");
    let person = app.read(|snapshot| Ok(person_of(snapshot.world().county(), opened.person, visitor.now)))?;
    let csrf = Visitor::csrf_of(&opened.token);
    let visitor = Visitor { csrf, person: Some(person), here: "/".into(), ..visitor.clone() };
    Ok(layout::page(&visitor, Nav::Other, title, &html! { h1 { (title) } (go_on(&visitor, kept)) }))
}

/// The browser or program, as it names itself, shortened.
#[must_use]
pub fn agent_of(headers: &HeaderMap) -> String {
    headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default().chars().take(200).collect()
}

/// A session just opened.
pub struct Opened {
    /// The secret for the browser or program.
    pub token: String,
    /// Whose it is.
    pub person: String,
    /// Ends.
    pub ends: DateTime,
}

/// Checks a password and opens a session; the inner error is for the person who tried.
pub fn sign_in(
    app: &Running,
    login: &str,
    password: &str,
    agent: String,
    now: DateTime,
) -> Result<Result<Opened, Both>, Problem> {
    let wrong = || Both::new("用户名或密码不对", "Wrong name or password");
    let account = app.read(|snapshot| Ok(snapshot.account_by_login(login)?))?;
    let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
        return Ok(Err(wrong()));
    };
    if let Some(until) = account.locked_until.filter(|until| *until > now) {
        let clock = format!("{:02}:{:02}", until.hour(), until.minute());
        return Ok(Err(Both::new(
            format!("密码多次输错，账户锁定至 {clock}"),
            format!("Too many wrong passwords: locked until {clock}"),
        )));
    }
    let right = trust::verify_password(password, &account.password)
        .map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))?;
    if !right {
        let lock = account.failures + 1 >= FAILURES_MAX;
        let until = lock.then(|| now.saturating_add(LOCK_MINUTES.minutes()));
        app.store().count_sign_in(&account.person, false, until)?;
        return Ok(Err(wrong()));
    }
    app.store().count_sign_in(&account.person, true, None)?;
    // A standing clock jumps by days while nobody has been away.
    let length = if app.site.clock.stands() { TRAINING_YEARS.years() } else { SESSION_HOURS.hours() };
    let (token, ends) = (app.fresh(), now.saturating_add(length));
    app.store().put_session(Session {
        digest: trust::token_digest(&token),
        person: account.person.clone(),
        post: None,
        agent,
        created: now,
        seen: now,
        ends,
    })?;
    Ok(Ok(Opened { token, person: account.person, ends }))
}

/// Signs out.
pub async fn sign_out(state: State<Arc<Running>>, visitor: Visitor, _sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    let digest = trust::token_digest(&visitor.token);
    work(&app, move |app| Ok(app.store().end_session(&digest)?)).await?;
    let cookie = session_cookie(&app.fresh(), app.site.secure);
    Ok(([(SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}

#[cfg(test)]
mod tests {
    use super::own_address;

    #[test]
    fn nobody_is_sent_to_another_site() {
        for elsewhere in ["https://example.org", "//example.org", "/\\example.org", "", "/sign-in?back=/"] {
            assert_eq!(own_address(elsewhere.into()), "/", "{elsewhere}");
        }
        assert_eq!(own_address("/track?x=1".into()), "/track?x=1");
    }
}
