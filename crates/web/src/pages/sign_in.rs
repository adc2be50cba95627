//! `/sign-in`, `/sign-out`: residents and staff alike. Whoever guesses waits; see [`crate::identity::entering`].

pub(crate) mod code;
pub(crate) mod passkey;
pub(crate) mod provider;

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::error_summary::failure;
use crate::forms::field::{Control, Field, LineKind, field};
use crate::forms::kept::go_on;
use crate::identity::entering::{Attempt, Opened, event, sign_in};
use crate::identity::origin;
use crate::identity::passkey::place_of;
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::{Kept, Sent};
use crate::site::{App, DemoSignIn, Running, work};
use crate::visit::{Person, Visitor, cookie, person_of, session_cookie};
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderName, StatusCode, Uri};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::{Stage, Way};
use store::identity::DoorKind;

/// The page.
pub async fn show(State(app): State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Response {
    let onward = Onward { back: back_of(&uri), kept: None };
    if visitor.person.is_some() {
        return onward.go(&visitor);
    }
    page(&app, &visitor, &Entry { onward: &onward, name: "", failure: None }).into_response()
}

/// The page for somebody whose session ended while they filled in a form.
#[must_use]
pub fn again(app: &Running, visitor: &Visitor, kept: &Kept) -> Markup {
    let onward = Onward { back: kept.address.clone(), kept: Some(kept.clone()) };
    page(app, visitor, &Entry { onward: &onward, name: "", failure: None })
}

/// What the page is entered with.
struct Entry<'a> {
    /// Where to go afterwards.
    onward: &'a Onward,
    /// Name as typed.
    name: &'a str,
    /// Why the last try failed.
    failure: Option<&'a Both>,
}

/// The address to go back to that a page was asked with.
pub(crate) fn back_of(uri: &Uri) -> String {
    own_address(crate::visit::query_value(uri, "back").unwrap_or_default())
}

/// An address of this site; others lead home, so that a link cannot send somebody away after signing in.
fn own_address(address: String) -> String {
    // Browsers drop tabs and line ends before they read an address, so that two slashes come together.
    let plain = !address.contains(|character: char| character == '\\' || character.is_control());
    let own = address.starts_with('/') && !address.starts_with("//") && plain;
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
        @if entry.onward.kept.is_some() {
            (banner(Tone::Care, lang.say("登录已过期", "Your session has ended"), &html! { p { (lang.say(
                "填写的内容没有丢：重新登录后接着办。",
                "What you typed is not lost: sign in again and go on with it.",
            )) } }))
        }
        @if let Some(said) = entry.failure { (failure(said.in_lang(lang), None)) }
        form method="post" action="/sign-in" {
            (token(visitor))
            (entry.onward.hidden())
            (field(lang, &line("name", lang.say("用户名", "Name"), entry.name)))
            div class="field" {
                label for="f-password" { (lang.say("密码", "Password")) }
                input class="input medium" id="f-password" name="password" type="password" autocomplete="current-password";
            }
            (button::submit(title))
        }
        @if let Some(provider) = app.site.provider.as_deref() { (provider::by_provider(provider, lang, entry.onward)) }
        @if place_of(&app.site).is_some() { (passkey::by_passkey(visitor, entry.onward)) }
        @if !app.site.demo.is_empty() { (demo(app, visitor, entry)) }
    };
    layout::page(visitor, Nav::Other, title, &content)
}

/// Sample people of a place shown at once; the others lie behind a line.
const DEMO_SHOWN: usize = 10;

/// The sample people, by the place where they work.
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
        @for (place, people) in &groups {
            h3 { (place) }
            (demo_table(visitor, entry, place, &people[..people.len().min(DEMO_SHOWN)]))
            @if people.len() > DEMO_SHOWN {
                details {
                    summary { (lang.say("其余身份", "More")) " " (people.len() - DEMO_SHOWN) }
                    (demo_table(visitor, entry, place, &people[DEMO_SHOWN..]))
                }
            }
        }
        @if let Some(one) = app.site.demo.first() { p class="soft" { (lang.say("密码都是 ", "All have the password ")) code { (one.password) } } }
    }
}

fn demo_table(visitor: &Visitor, entry: &Entry<'_>, place: &str, people: &[&DemoSignIn]) -> Markup {
    html! {
        table class="compact" {
            caption class="hidden-visually" { (place) }
            tbody {
                @for one in people { tr {
                    td { (one.role) " " code class="soft small" { (one.name) } }
                    td { (demo_button(visitor, one, entry)) }
                } }
            }
        }
    }
}

fn demo_button(visitor: &Visitor, one: &DemoSignIn, entry: &Entry<'_>) -> Markup {
    html! {
        form method="post" action="/sign-in" {
            (token(visitor))
            (entry.onward.hidden())
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
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    let name = sent.text("name").unwrap_or_default().trim().to_owned();
    let onward = Onward::of(&sent);
    let attempt = Attempt {
        login: name.clone(),
        password: sent.text("password").unwrap_or_default().to_owned(),
        origin: visitor.origin.clone(),
        now: visitor.now,
        remember: true,
    };
    match work(&app, move |app| sign_in(app, &attempt)).await? {
        Ok(opened) => work(&app, move |app| come_in(app, &visitor, opened, &onward)).await,
        Err(denied) => {
            let failure = denied.said();
            let entry = Entry { onward: &onward, name: &name, failure: Some(&failure) };
            Ok((StatusCode::UNAUTHORIZED, page(&app, &visitor, &entry)).into_response())
        }
    }
}

/// Where somebody goes who has just signed in.
fn come_in(app: &Running, visitor: &Visitor, opened: Opened, onward: &Onward) -> Result<Response, Problem> {
    let cookies = cookies(app, &opened);
    let person = app.read(|snapshot| Ok(person_of(snapshot.world().county(), opened.person, visitor.now)))?;
    let csrf = Visitor::csrf_of(&opened.token);
    let visitor = Visitor { csrf, token: opened.token, here: "/".into(), ..visitor.clone() };
    Ok((cookies, lead_on(app, visitor, person, opened.stage, onward)?).into_response())
}

/// What the browser of somebody keeps who has just signed in.
fn cookies(app: &Running, opened: &Opened) -> AppendHeaders<Vec<(HeaderName, String)>> {
    let session = session_cookie(&opened.token, app.site.secure);
    let device = opened.device.as_deref().map(|token| device_cookie(token, app.site.secure));
    AppendHeaders(std::iter::once(session).chain(device).map(|cookie| (SET_COOKIE, cookie)).collect())
}

/// Where somebody goes who has come so far: on, or to the page where they do what comes next.
pub(crate) fn lead_on(
    app: &Running,
    visitor: Visitor,
    person: Person,
    stage: Stage,
    onward: &Onward,
) -> Result<Response, Problem> {
    if stage == Stage::Full {
        return Ok(onward.go(&Visitor { person: Some(person), pending: None, ..visitor }));
    }
    let visitor = Visitor { person: None, pending: Some((person.clone(), stage)), ..visitor };
    match stage {
        Stage::Full | Stage::Code => code::first(app, &visitor, &person, onward),
        Stage::Password => super::account::password::first(app, &visitor, onward),
        Stage::Enrol => super::account::factor::first(app, &visitor, onward),
    }
}

fn device_cookie(token: &str, secure: bool) -> String {
    const HALF_A_YEAR: &str = "; Max-Age=15552000";
    cookie(origin::device_cookie(secure), token, secure, HALF_A_YEAR)
}

/// Where somebody was going when they had to sign in.
#[derive(Debug, Clone, Default)]
pub struct Onward {
    /// Address to go to afterwards.
    pub back: String,
    /// What was typed into the form that the reader came from.
    pub kept: Option<Kept>,
}

impl Onward {
    /// As a form sent it.
    #[must_use]
    pub fn of(sent: &Sent) -> Onward {
        let kept: Option<Kept> = sent.text("kept").and_then(|text| serde_json::from_str(text).ok());
        Onward {
            back: own_address(sent.text("back").unwrap_or_default().to_owned()),
            kept: kept.map(|kept| Kept { address: own_address(kept.address), ..kept }),
        }
    }

    /// What goes along in a form.
    pub fn hidden(&self) -> Markup {
        let kept = self.kept.as_ref().and_then(|kept| serde_json::to_string(kept).ok());
        html! {
            input type="hidden" name="back" value=(self.back);
            @if let Some(kept) = kept { input type="hidden" name="kept" value=(kept); }
        }
    }

    /// Goes there: by the page between, where a form was under way.
    #[must_use]
    pub fn go(&self, visitor: &Visitor) -> Response {
        let Some(kept) = &self.kept else { return Redirect::to(&self.back).into_response() };
        let title = visitor.lang.say("已登录", "Signed in");
        let content = html! { h1 { (title) } (go_on(visitor, kept)) };
        layout::page(visitor, Nav::Other, title, &content).into_response()
    }
}

/// Signs out.
pub async fn sign_out(state: State<Arc<Running>>, visitor: Visitor, _sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    let cookie = [(SET_COOKIE, session_cookie(&app.fresh(), app.site.secure))];
    work(&app, move |app| {
        leave(app, &visitor)?;
        let provider = app.site.provider.as_deref().filter(|_| visitor.way == Way::Provider);
        let way_out = provider.and_then(|provider| Some((provider, provider.way_out(&app.site.public_url)?)));
        Ok(match way_out {
            Some((provider, way_out)) => (cookie, provider::signed_out(&visitor, provider, &way_out)).into_response(),
            None => (cookie, Redirect::to("/")).into_response(),
        })
    })
    .await
}

/// Ends the visitor's session, and notes it where there was one.
pub(crate) fn leave(app: &Running, visitor: &Visitor) -> Result<(), Problem> {
    app.store().end_session(&trust::token_digest(&visitor.token))?;
    let person = visitor.person.as_ref().or(visitor.pending.as_ref().map(|(person, _)| person));
    if let Some(person) = person {
        let event = event(app, Some(person.id.clone()), DoorKind::SignedOut, &visitor.origin, visitor.now);
        app.store().note_at_door(event)?;
    }
    Ok(())
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
