//! A visit: who reads, in which language, and the guard around every request.
//!
//! [`guard`] runs first and last: it finds the visitor, renders [`Problem`]s for people or programs, and sets cookies.

use crate::identity::Origin;
use crate::lang::Lang;
use crate::layout::encode;
use crate::problem::{Problem, RefusedLook};
use crate::site::{App, Running, work};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use engine::County;
use engine::act::{PersonId, PlaceCode, PostId};
use engine::event::Desk;
use engine::rights::{Viewer, key_offices, own_offices};
use jiff::civil::DateTime;
use regulation::model::Regulation;
use std::sync::Arc;
use store::aside::{Stage, Way};

/// Who makes the request.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Language of the page.
    pub lang: Lang,
    /// Large type and plain layout (大字版).
    pub large: bool,
    /// Light or dark (深浅色).
    pub colours: Colours,
    /// Who has signed in.
    pub person: Option<Person>,
    /// Who has signed in but has to do something first.
    pub pending: Option<(Person, Stage)>,
    /// By what way either came in.
    pub way: Way,
    /// Where the request comes from.
    pub origin: Origin,
    /// Token that every form sends back.
    pub csrf: String,
    /// The session's token, whose digest the store knows.
    pub token: String,
    /// The path and query asked for.
    pub here: String,
    /// Moment of the request, county local time.
    pub now: DateTime,
    /// The county's name.
    pub county: String,
    /// The same in English, where it has one.
    pub county_en: Option<String>,
    /// The clock stands until set: pages say so.
    pub training: bool,
}

/// Whether pages are light or dark on a screen (深浅色).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colours {
    /// As the device is.
    #[default]
    Device,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Colours {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Colours; 3] = [Colours::Device, Colours::Light, Colours::Dark];

    /// As addresses, cookies and the style sheet know it.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Colours::Device => "device",
            Colours::Light => "light",
            Colours::Dark => "dark",
        }
    }

    fn read(code: &str) -> Option<Colours> {
        Colours::ALL.into_iter().find(|colours| colours.code() == code)
    }
}

/// A person who has signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Id.
    pub id: PersonId,
    /// Name.
    pub name: String,
    /// Posts held today in which they take part in the county's business.
    pub posts: Vec<Holding>,
    /// Posts held today in which they administer the system, and nothing else.
    pub administers: Vec<Holding>,
}

/// A post that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Post.
    pub id: PostId,
    /// Its title.
    pub title: String,
    /// Level of its office.
    pub level: String,
    /// Desk in it.
    pub desk: String,
    /// Place of its office.
    pub place: PlaceCode,
}

impl Person {
    /// Every post they hold today, of whatever kind.
    pub fn holdings(&self) -> impl Iterator<Item = &Holding> {
        self.posts.iter().chain(&self.administers)
    }
}

impl Visitor {
    /// Whether a regulation is for this visitor to read: one that is not public is for those who hold a post.
    #[must_use]
    pub fn reads(&self, regulation: &Regulation) -> bool {
        regulation.public || self.is_staff()
    }

    /// The county's name in the reader's language.
    #[must_use]
    pub fn county_name(&self) -> &str {
        self.lang.say(&self.county, self.county_en.as_deref().unwrap_or(&self.county))
    }

    /// The person, or the problem of not having signed in.
    pub fn signed_in(&self) -> Result<&Person, Problem> {
        self.person.as_ref().ok_or_else(Problem::sign_in_first)
    }

    /// Whether a session brought them here, however far it leads.
    #[must_use]
    pub fn is_known(&self) -> bool {
        self.person.is_some() || self.pending.is_some()
    }

    /// Id of the person, if signed in.
    #[must_use]
    pub fn person_id(&self) -> Option<&str> {
        self.person.as_ref().map(|person| person.id.as_str())
    }

    /// The post through which the visitor sees something, for the log of looks; none where they see it whatever posts they hold.
    #[must_use]
    pub fn through(&self, sees: impl Fn(&Viewer) -> bool) -> PostId {
        let Some(person) = &self.person else { return PostId::new() };
        let looking = |posts: Vec<PostId>| Viewer { person: Some(person.id.clone()), posts };
        if sees(&looking(Vec::new())) {
            return PostId::new();
        }
        let mut posts = person.holdings().map(|post| &post.id);
        posts.find(|post| sees(&looking(vec![PostId::clone(post)]))).cloned().unwrap_or_default()
    }

    /// Whether the person is an officer: who only administers the system is none.
    #[must_use]
    pub fn is_staff(&self) -> bool {
        self.person.as_ref().is_some_and(|person| !person.posts.is_empty())
    }

    /// The county's own offices in whose name the person keeps webhooks; none without a sign-in.
    #[must_use]
    pub fn offices(&self, county: &County) -> Vec<Desk> {
        self.person_id().map(|person| own_offices(county, person, self.now.date())).unwrap_or_default()
    }

    /// The same for a page that is for officers of such an office: for others there is no such page.
    pub fn in_offices(&self, county: &County) -> Result<Vec<Desk>, Problem> {
        self.signed_in()?;
        let offices = self.offices(county);
        if offices.is_empty() {
            return Err(Problem::not_found("没有这个页面", "There is no such page"));
        }
        Ok(offices)
    }

    /// The offices of the county and its townships in whose name the person keeps keys for shared data; none without a sign-in.
    #[must_use]
    pub fn key_offices(&self, county: &County) -> Vec<Desk> {
        self.person_id().map(|person| key_offices(county, person, self.now.date())).unwrap_or_default()
    }

    /// The form token of a session token.
    #[must_use]
    pub fn csrf_of(token: &str) -> String {
        trust::token_digest(&format!("form {token}"))
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Visitor, Problem> {
        parts
            .extensions
            .get::<Visitor>()
            .cloned()
            .ok_or_else(|| Problem::fault(&anyhow::anyhow!("a handler outside the guard asked for the visitor")))
    }
}

/// Wishes that a request states by cookie or query.
struct Wishes {
    lang: Lang,
    large: bool,
    colours: Colours,
    token: Option<String>,
    cookies: Vec<String>,
}

/// Finds the visitor, runs the handler, renders what went wrong.
pub async fn guard(state: State<Arc<Running>>, mut request: Request, next: Next) -> Response {
    let app: App = state;
    let secure = app.site.secure;
    let mut wishes = read_wishes(request.headers(), request.uri(), secure);
    let origin = Origin::of(request.headers(), request.extensions(), app.site.proxies, secure);
    let fresh = wishes.token.is_none();
    let token = wishes.token.take().unwrap_or_else(|| app.fresh());
    let here = own_address(request.uri().path_and_query().map_or("/", |asked| asked.as_str()));
    let for_program = request.uri().path().starts_with("/api/");
    let visitor = match visitor(&app, &wishes, token.clone(), here, origin).await {
        Ok(visitor) => visitor,
        Err(problem) => return crate::pages::problem::plain(&problem),
    };
    let held_up = held_up(&visitor, request.method(), request.uri().path());
    request.extensions_mut().insert(visitor.clone());
    let mut response = match held_up {
        Some(response) => response,
        None => next.run(request).await,
    };
    if fresh && !for_program && !response.headers().contains_key(SET_COOKIE) {
        wishes.cookies.push(session_cookie(&token, secure));
    }
    let refused = refused_look(&response);
    note_refused_look(&app, &visitor, refused).await;
    response = render_problem(&app, response, &visitor, for_program);
    for cookie in wishes.cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
    }
    if !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Who has to do something first gets nowhere else.
fn held_up(visitor: &Visitor, method: &Method, path: &str) -> Option<Response> {
    let (_, stage) = visitor.pending.as_ref()?;
    let there = first_page(*stage)?;
    // Whoever has to set up a second factor may choose which.
    let may_choose = *stage == Stage::Enrol && path == "/account/passkeys";
    if path == there || may_choose || path.starts_with("/sign-") || path == "/api/v1/session" {
        return None;
    }
    if path.starts_with("/api/") {
        let problem =
            Problem::new(StatusCode::FORBIDDEN, "sign-in-due", "登录还没有完成", "Signing in is not finished yet");
        return Some(
            problem
                .hint("请到网站上登录，按提示做完。", "Sign in on the site, and do what it asks for.")
                .into_response(),
        );
    }
    let back = if *method == Method::GET { encode(&visitor.here) } else { "/".to_owned() };
    Some(Redirect::to(&format!("{there}?back={back}")).into_response())
}

/// The page on which somebody does what comes first.
#[must_use]
pub(crate) fn first_page(stage: Stage) -> Option<&'static str> {
    match stage {
        Stage::Full => None,
        Stage::Code => Some("/sign-in/code"),
        Stage::Password => Some("/account/password"),
        Stage::Enrol => Some("/account/second-factor"),
    }
}

/// The address asked for, as links of the page name it: `//elsewhere` and `/\elsewhere` would lead to another site.
fn own_address(asked: &str) -> String {
    format!("/{}", asked.trim_start_matches(['/', '\\']).replace('\\', "%5C"))
}

fn refused_look(response: &Response) -> Option<Box<str>> {
    let answered = response.extensions().get::<RefusedLook>().map(|look| look.0.clone());
    answered.or_else(|| response.extensions().get::<Problem>()?.refused_look.clone())
}

/// Somebody who has signed in and asks for a matter of others is noted in the reading log, as are those who may read.
async fn note_refused_look(app: &App, visitor: &Visitor, matter: Option<Box<str>>) {
    let (Some(subject), Some(person)) = (matter, visitor.person.clone()) else { return };
    let post = person.posts.first().map(|post| post.id.clone()).unwrap_or_default();
    let (kind, why) = ("refused".to_owned(), "无权查看，未予显示".to_owned());
    let reading =
        store::aside::Reading { subject: subject.into(), at: visitor.now, person: person.id, post, kind, why };
    let noted = work(app, move |app| Ok(app.store().log_reading(reading)?)).await;
    if let Err(problem) = noted {
        tracing::error!(code = problem.code, "a refused look could not be noted");
    }
}

fn render_problem(app: &Running, mut response: Response, visitor: &Visitor, for_program: bool) -> Response {
    let problem = response.extensions_mut().remove::<Problem>().or_else(|| bare_problem(&response));
    match problem {
        None => response,
        Some(problem) if for_program => crate::api::problem::json(&problem).into_response(),
        Some(problem) => crate::pages::problem::page(app, visitor, &problem),
    }
}

/// Refusals that axum itself makes carry a plain text; readers get a page like any other.
fn bare_problem(response: &Response) -> Option<Problem> {
    // What is a problem for programs already stays as it is.
    if response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == crate::api::problem::PROBLEM_JSON) {
        return None;
    }
    let problem = |code, zh: &str, en: &str| Some(Problem::new(response.status(), code, zh, en));
    match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => {
            problem("method", "这个地址不接受这种操作", "This address does not take that method")
        }
        StatusCode::PAYLOAD_TOO_LARGE => Some(Problem::too_large()),
        StatusCode::REQUEST_TIMEOUT => problem("timeout", "处理超时", "The request took too long"),
        StatusCode::BAD_REQUEST if is_plain_text(response) => {
            let problem = Problem::unreadable("这个地址无法识别", "The address cannot be read");
            Some(problem.hint("请核对网址，或者从首页重新进入。", "Check the address, or start from the home page."))
        }
        _ => None,
    }
}

fn is_plain_text(response: &Response) -> bool {
    response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

async fn visitor(app: &App, wishes: &Wishes, token: String, here: String, origin: Origin) -> Result<Visitor, Problem> {
    let &Wishes { lang, large, colours, .. } = wishes;
    let (now, training) = (app.now(), app.site.clock.stands());
    let digest = trust::token_digest(&token);
    // A look-up by key takes less time than handing it to another thread.
    let ((county, county_en), found, way, to_mark) = app.read(|snapshot| {
        let county = snapshot.world().county();
        let own = county.places.get(&county.code);
        let name = own.map_or_else(String::new, |place| place.name.clone());
        let en = own.and_then(|place| place.en.clone());
        let session = snapshot.session(&digest, app.going_on(now))?;
        let to_mark = session.as_ref().is_some_and(|session| session.to_mark(now));
        let way = session.as_ref().map_or(Way::Password, |session| session.way);
        Ok(((name, en), session.map(|session| (person_of(county, session.person, now), session.stage)), way, to_mark))
    })?;
    if to_mark {
        work(app, move |app| Ok(app.store().touch_session(&digest, now)?)).await?;
    }
    let (person, pending) = match found {
        Some((person, Stage::Full)) => (Some(person), None),
        pending => (None, pending),
    };
    let csrf = Visitor::csrf_of(&token);
    Ok(Visitor {
        lang,
        large,
        colours,
        person,
        pending,
        way,
        origin,
        csrf,
        token,
        here,
        now,
        county,
        county_en,
        training,
    })
}

/// A person with the posts they hold now.
pub(crate) fn person_of(county: &engine::County, id: PersonId, now: DateTime) -> Person {
    let name = county.people.get(&id).cloned().unwrap_or_else(|| id.clone());
    let held = county.posts_of(&id, now).map(|post| Holding {
        id: post.id.clone(),
        title: held_as(county, &id, post, now),
        level: post.level.clone(),
        desk: post.desk.clone(),
        place: post.place.clone(),
    });
    let (posts, administers) = held.partition(|held| county.is_of_business(&held.id));
    Person { id, name, posts, administers }
}

/// What somebody's post is called: with whom they act for, or until when they have it by the hour.
fn held_as(county: &County, person: &str, post: &engine::county::Post, now: DateTime) -> String {
    if let Some(tenure) = county.by_the_hour(person, &post.id, now) {
        let until = tenure.hours.map(|hours| hours.until.strftime("%H:%M").to_string()).unwrap_or_default();
        return format!("{}（{}至{until}）", post.title, tenure.kind.as_deref().unwrap_or("限时"));
    }
    match county.behalf(person, &post.id, now.date()).and_then(|holder| county.people.get(holder)) {
        None => post.title.clone(),
        Some(holder) => format!("{}（代{holder}）", post.title),
    }
}

/// The name of the session cookie. The prefix binds it to this host and to HTTPS.
fn session_name(secure: bool) -> &'static str {
    if secure { "__Host-gongbao" } else { "gongbao" }
}

/// The cookie that carries a session's token.
#[must_use]
pub fn session_cookie(token: &str, secure: bool) -> String {
    cookie(session_name(secure), token, secure, "")
}

pub(crate) fn cookie(name: &str, value: &str, secure: bool, more: &str) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}")
}

fn read_wishes(headers: &HeaderMap, uri: &Uri, secure: bool) -> Wishes {
    const YEAR: &str = "; Max-Age=31536000";
    let asked = |name: &str| query_value(uri, name);
    let mut cookies = Vec::new();
    let lang_asked = asked("lang").and_then(|code| Lang::read(&code));
    if let Some(lang) = lang_asked {
        cookies.push(cookie("lang", lang.say("zh", "en"), secure, YEAR));
    }
    let view_asked = asked("view").filter(|view| view == "large" || view == "usual");
    if let Some(view) = &view_asked {
        cookies.push(cookie("view", view, secure, YEAR));
    }
    let colours_asked = asked("colours").and_then(|code| Colours::read(&code));
    if let Some(colours) = colours_asked {
        cookies.push(cookie("colours", colours.code(), secure, YEAR));
    }
    let lang = lang_asked
        .or_else(|| cookie_value(headers, "lang").and_then(|code| Lang::read(&code)))
        .or_else(|| preferred(headers))
        .unwrap_or_default();
    let large = view_asked.or_else(|| cookie_value(headers, "view")).is_some_and(|view| view == "large");
    let colours = colours_asked
        .or_else(|| cookie_value(headers, "colours").and_then(|code| Colours::read(&code)))
        .unwrap_or_default();
    let token = bearer(headers)
        .map(str::to_owned)
        .or_else(|| cookie_value(headers, session_name(secure)))
        .filter(|token| is_token(token));
    Wishes { lang, large, colours, token, cookies }
}

/// The language of ours that the browser prefers (`Accept-Language`, RFC 9110 §12.5.4). Unreadable parts of it count for nothing.
pub(crate) fn preferred(headers: &HeaderMap) -> Option<Lang> {
    let asked = headers.get(ACCEPT_LANGUAGE)?.to_str().ok()?;
    let wishes = asked.split(',').filter_map(|wish| {
        let (code, weight) = wish.split_once(';').unwrap_or((wish, "q=1"));
        let weight: f32 = weight.trim().strip_prefix("q=")?.parse().ok()?;
        Some((Lang::read(code.trim())?, weight)).filter(|(_, weight)| *weight > 0.0)
    });
    // Of equals the first.
    wishes.reduce(|best, wish| if wish.1 > best.1 { wish } else { best }).map(|(lang, _)| lang)
}

pub(crate) fn is_token(token: &str) -> bool {
    token.len() == 32 && token.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The value of a query parameter, decoded.
#[must_use]
pub fn query_value(uri: &Uri, name: &str) -> Option<String> {
    let query: axum::extract::Query<Vec<(String, String)>> = axum::extract::Query::try_from_uri(uri).ok()?;
    query.0.into_iter().find(|(key, _)| key == name).map(|(_, value)| value)
}

pub(crate) fn cookie_value(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok()).flat_map(|line| line.split(';')).find_map(
        |pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name).then(|| value.to_owned())
        },
    )
}

/// The token that a program sends (`Authorization: Bearer …`). Browsers send their cookies unasked, and other credentials too; a bearer
/// token never.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_browser_s_language_counts() {
        let cases = [
            ("zh-CN,zh;q=0.9,en;q=0.8", Some(Lang::Zh)),
            ("en-GB,en;q=0.9,zh;q=0.5", Some(Lang::En)),
            ("fr, de;q=0.9, en ; q=0.3, zh;q=0.4", Some(Lang::Zh)),
            ("en;q=0", None),
            ("fr", None),
            ("en;q=much,zh;q=0.1", Some(Lang::Zh)),
            (";;,,=", None),
        ];
        for (asked, expected) in cases {
            let headers = HeaderMap::from_iter([(ACCEPT_LANGUAGE, HeaderValue::from_static(asked))]);
            assert_eq!(preferred(&headers), expected, "{asked}");
        }
        assert_eq!(preferred(&HeaderMap::new()), None);
    }
}
