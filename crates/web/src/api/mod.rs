//! The interface for programs (接口): `/api/v1`, described by itself at `/api/v1/openapi.json` and for people in docs/api.md.
//!
//! One table ([`table`]) builds both the router and the description, so that neither can know an address that the other does not.
//! Nothing is decided here: what may be done and seen the engine knows, what happened the store. Every problem is answered
//! as RFC 9457 says, in Chinese unless the program asks for English.

mod account;
mod acting;
mod archive;
mod body;
pub(crate) mod clock;
mod dcat;
mod desk;
mod documents;
mod duties;
mod files;
mod funds;
mod gazette;
mod masking;
mod matter_view;
mod matters;
mod model;
mod notes;
pub(crate) mod openapi;
mod places;
mod posts;
pub mod problem;
mod procedures;
mod publications;
mod query;
mod registers;
mod schema;
mod self_check;
mod session;
mod shares;
mod table;
mod views;

use crate::lang::Lang;
use crate::problem::{Problem, RefusedLook};
use crate::site::Running;
use crate::visit::{Visitor, bearer};
use axum::Router;
use axum::extract::{Query, Request};
use axum::http::header::{ACCEPT_LANGUAGE, LOCATION};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use std::sync::Arc;
use store::Snapshot;

/// Where the interface lives.
pub(crate) const ROOT: &str = "/api/v1";

/// The header in which a program that uses the site's cookie sends the form token back.
const TOKEN_HEADER: &str = "x-csrf-token";

/// The name of a kind of personal data, as the log of looks has it.
pub(crate) fn kind_name(kind: regulation::model::Personal) -> &'static str {
    masking::kind_name(kind)
}

/// The kind of personal data that a field holds, as the log of readings names it.
pub(crate) fn masked_kind(field: &regulation::model::Field) -> Option<&'static str> {
    engine::rights::kind_of(field).map(masking::kind_name)
}

/// A matter whole, for somebody whose own it is.
pub(crate) fn own_matter(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Value, Problem> {
    Ok(matter_view::whole(snapshot, visitor, id, &matter_view::Looking::plain())?.0)
}

/// What every handler gives.
pub(crate) type Answered = Result<Response, Problem>;

/// The addresses of the interface.
pub fn routes() -> Router<Arc<Running>> {
    let addresses = table::table()
        .into_iter()
        .fold(Router::new(), |router, operation| router.route(operation.path, operation.handler));
    let addresses = addresses.fallback(async || no_such_address()).layer(from_fn(gate));
    Router::new().nest(ROOT, addresses)
}

/// Every method and path of the interface, for tests that go through them all.
#[must_use]
pub fn addresses() -> Vec<(String, String)> {
    let all = table::table().into_iter();
    all.map(|operation| (operation.method.to_string(), format!("{ROOT}{}", operation.path))).collect()
}

fn no_such_address() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no-such-address", "接口没有这个地址", "The interface has no such address")
        .hint("全部地址见 /api/v1/openapi.json。", "All addresses are listed in /api/v1/openapi.json.")
}

fn wrong_method() -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method",
        "这个地址不接受这种方法",
        "This address does not take that method",
    )
    .hint("可用的方法见 /api/v1/openapi.json。", "Its methods are listed in /api/v1/openapi.json.")
}

/// Around every handler: the reader's language, the form token, and problems as JSON.
async fn gate(mut request: Request, next: Next) -> Response {
    let Some(mut visitor) = request.extensions().get::<Visitor>().cloned() else {
        return problem::json(&Problem::fault(&anyhow::anyhow!("the interface was reached without the guard")));
    };
    let wished = wished_lang(&request);
    visitor.lang = wished.as_ref().ok().copied().flatten().unwrap_or(visitor.lang);
    let (lang, path) = (visitor.lang, visitor.here.split('?').next().unwrap_or_default().to_owned());
    if let Err(wrong) = wished.and_then(|_| check_token(&request, &visitor)) {
        return problem::respond(lang, &path, &wrong);
    }
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Problem>() {
        Some(problem) => {
            let mut answer = problem::respond(lang, &path, &problem);
            if let Some(matter) = problem.refused_look {
                answer.extensions_mut().insert(RefusedLook(matter));
            }
            answer
        }
        None if response.status() == StatusCode::METHOD_NOT_ALLOWED => problem::respond(lang, &path, &wrong_method()),
        None => response,
    }
}

/// `?lang=` goes before `Accept-Language`; of that, the first language that is ours. Who asks for another in the address is told so; a
/// browser that would like another is not to blame.
fn wished_lang(request: &Request) -> Result<Option<Lang>, Problem> {
    let asked: Vec<(String, String)> = Query::try_from_uri(request.uri()).map(|query| query.0).unwrap_or_default();
    let mut asked = asked.iter().filter(|(name, _)| name == "lang").map(|(_, code)| Lang::read(code));
    match (asked.next(), asked.next()) {
        (Some(Some(lang)), None) => return Ok(Some(lang)),
        (None, _) => {}
        _ => return Err(body::wrong_member("lang", "应是 zh 或 en，写一次", "must be zh or en, once")),
    }
    let accepted =
        request.headers().get(ACCEPT_LANGUAGE).and_then(|accepted| accepted.to_str().ok()).unwrap_or_default();
    Ok(accepted.split(',').find_map(|one| Lang::read(one.split(';').next()?.trim())))
}

/// A browser sends its cookie on its own, also for another site's page; who writes with it must show the form token too. A bearer token
/// is never sent unasked, and signing in writes nothing for the visitor whose cookie it is.
fn check_token(request: &Request, visitor: &Visitor) -> Result<(), Problem> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let by_cookie = visitor.is_known() && bearer(request.headers()).is_none();
    let signs_in = request.method() == Method::POST && request.uri().path().ends_with("/session");
    if reads || !by_cookie || signs_in {
        return Ok(());
    }
    let sent = request.headers().get(TOKEN_HEADER).map_or(&b""[..], |value| value.as_bytes());
    if trust::same_bytes(sent, visitor.csrf.as_bytes()) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        "form-token",
        "用网站的登录状态办理时，缺少有效的 X-CSRF-Token",
        "Writing with the site's cookie needs a valid X-CSRF-Token",
    )
    .hint(
        "从 GET /api/v1/session 的 csrf 取得；程序请改用 token。",
        "Take it from csrf of GET /api/v1/session; programs use a bearer token.",
    ))
}

/// Answers 200 with JSON.
pub(crate) fn ok(value: Value) -> Response {
    axum::Json(value).into_response()
}

/// Answers 201 with JSON and where what was made is found.
pub(crate) fn created(location: &str, value: Value) -> Response {
    (StatusCode::CREATED, [(LOCATION, location.to_owned())], axum::Json(value)).into_response()
}

/// The key under which a request happens once, as the program sent it.
pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    const LONGEST: usize = 255;
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().unwrap_or_default().trim();
    if key.is_empty() || key.len() > LONGEST {
        return Err(Problem::unreadable(
            "Idempotency-Key 应为 1 至 255 个 ASCII 字符",
            "Idempotency-Key must have 1 to 255 ASCII characters",
        )
        .hint("每个新请求取一个随机值，例如 UUID。", "Take a random value for each new request, such as a UUID."));
    }
    Ok(Some(key.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;

    fn asking(uri: &str, accepted: &str) -> Result<Option<Lang>, StatusCode> {
        let request = Request::builder().uri(uri).header(ACCEPT_LANGUAGE, accepted).body(Body::empty()).unwrap();
        wished_lang(&request).map_err(|problem| problem.status)
    }

    #[test]
    fn the_language_is_the_first_of_ours() {
        assert_eq!(asking("/x", "de, en-GB;q=0.8, zh;q=0.5"), Ok(Some(Lang::En)));
        assert_eq!(asking("/x", "zh-CN,en"), Ok(Some(Lang::Zh)));
        assert_eq!(asking("/x?lang=en", "zh"), Ok(Some(Lang::En)));
        assert_eq!(asking("/x", "fr"), Ok(None));
        for wrong in ["/x?lang=fr", "/x?lang=", "/x?lang=zh&lang=en"] {
            assert_eq!(asking(wrong, "zh"), Err(StatusCode::BAD_REQUEST), "{wrong}");
        }
    }

    #[test]
    fn keys_are_bounded() {
        let with = |key: &str| {
            idempotency_key(&HeaderMap::from_iter([("idempotency-key".parse().unwrap(), key.parse().unwrap())]))
        };
        assert_eq!(with("a-1").unwrap().as_deref(), Some("a-1"));
        assert_eq!(with(" ").unwrap_err().status, StatusCode::BAD_REQUEST);
        assert_eq!(with(&"x".repeat(256)).unwrap_err().status, StatusCode::BAD_REQUEST);
        assert_eq!(idempotency_key(&HeaderMap::new()).unwrap(), None);
    }
}
