//! Requests that pages of other sites send (跨站请求): none of them changes anything with a visitor's cookie.
//!
//! It stands before the form's token, not in its place: browsers say where a page is from, and nothing on the page can say otherwise. What
//! says neither (old browsers, programs) is left to the token; what carries a bearer token was never sent unasked.

use crate::problem::Problem;
use crate::site::{App, Running};
use crate::visit::bearer;
use axum::extract::{Request, State};
use axum::http::header::{HOST, ORIGIN};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

/// How browsers say from which kind of site a request comes.
const FETCH_SITE: &str = "sec-fetch-site";

/// Refuses what another site's page sends.
pub(crate) async fn check(state: State<Arc<Running>>, request: Request, next: Next) -> Response {
    let app: App = state;
    let reads = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if reads || is_own(request.headers(), &app.site.public_url) {
        return next.run(request).await;
    }
    let problem = Problem::new(
        StatusCode::FORBIDDEN,
        "foreign-origin",
        "这个请求来自别的网站，没有办理",
        "This came from a page of another site; nothing was done",
    );
    problem.hint("请从本站的页面办理。", "Use the pages of this site.").into_response()
}

fn is_own(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if bearer(headers).is_some() {
        return true;
    }
    match (text(FETCH_SITE), text(ORIGIN.as_str())) {
        // `none`: typed or chosen by the reader.
        (Some("same-origin" | "none"), _) | (None, None) => true,
        (Some(_), _) => false,
        (None, Some(origin)) => {
            let from = authority(origin);
            from.is_some() && (from == text(HOST.as_str()) || from == authority(public_url))
        }
    }
}

/// `https://host:port/path` → `host:port`.
fn authority(url: &str) -> Option<&str> {
    url.split_once("://")?.1.split('/').next()
}

#[cfg(test)]
mod tests {
    use super::is_own;
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn own(headers: &[(&'static str, &'static str)]) -> bool {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (HeaderName::from_static(name), HeaderValue::from_static(value))
        };
        is_own(&headers.iter().map(pair).collect::<HeaderMap>(), "https://gongbao.example")
    }

    #[test]
    fn other_sites_are_told_apart() {
        let host = ("host", "10.0.0.7:8080");
        assert!(own(&[host]) && own(&[("sec-fetch-site", "same-origin")]) && own(&[("sec-fetch-site", "none")]));
        assert!(own(&[host, ("origin", "http://10.0.0.7:8080")]));
        assert!(own(&[host, ("origin", "https://gongbao.example")]), "a proxy in front may change the host");
        for origin in ["https://evil.example", "null", "https://gongbao.example.evil", "", "https://"] {
            assert!(!own(&[host, ("origin", origin)]), "{origin}");
        }
        for site in ["cross-site", "same-site", "?"] {
            assert!(!own(&[host, ("sec-fetch-site", site), ("origin", "http://10.0.0.7:8080")]), "{site}");
        }
        assert!(own(&[("authorization", "Bearer x"), ("sec-fetch-site", "cross-site")]), "never sent unasked");
        for credentials in ["Basic eDp5", "Bearer", "", "bearer x"] {
            assert!(!own(&[("authorization", credentials), ("sec-fetch-site", "cross-site")]), "{credentials}");
        }
    }
}
