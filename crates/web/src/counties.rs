//! Several counties in one process (多县同装): which of them a request is for says the host that it names, and nothing else. Each has a site of
//! its own, with its store, its sessions and its keys; nothing of one is reachable by the host of another.
//!
//! A host that is no county's gets the list of counties; the host of a county that is out of service says so.

mod province;

pub use province::{Province, Reporting};

use crate::lang::Lang;
use crate::router::protected;
use crate::visit::{preferred, query_value};
use axum::Router;
use axum::extract::Request;
use axum::http::header::{CACHE_CONTROL, HOST, RETRY_AFTER, VARY};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use std::collections::BTreeMap;
use std::sync::Arc;
use tower::ServiceExt as _;

/// A county among others.
#[derive(Debug, Clone)]
pub struct Housed {
    /// What it is called.
    pub name: String,
    /// The address at which everybody reaches it.
    pub public_url: String,
    /// Names by which requests are for it, in small letters and without a port.
    pub hosts: Vec<String>,
}

/// After how many seconds a county out of service may be asked again.
const AGAIN_SECONDS: &str = "300";

/// The router of counties, each with its own, and of their province; a county without a router is out of service.
pub fn by_host(counties: Vec<(Housed, Option<Router>)>, province: Option<Province>) -> Router {
    let listed: Arc<Vec<(Housed, bool)>> =
        Arc::new(counties.iter().map(|(county, router)| (county.clone(), router.is_some())).collect());
    let mut routers = BTreeMap::new();
    for (county, router) in counties {
        let router = router.unwrap_or_else(|| out_of_service(county.name.clone()));
        routers.extend(county.hosts.into_iter().map(|host| (host, router.clone())));
    }
    if let Some(province) = province {
        let hosts = province.hosts.clone();
        let router = province::router(province, &listed);
        routers.extend(hosts.into_iter().map(|host| (host, router.clone())));
    }
    let (routers, unknown) = (Arc::new(routers), list(listed));
    Router::new().fallback(async move |request: Request| {
        let router = host(request.headers(), request.uri()).and_then(|host| routers.get(&host)).unwrap_or(&unknown);
        router.clone().oneshot(request).await
    })
}

/// The host that a request names, without its port; none if it names none, several, or two different ones.
fn host(headers: &HeaderMap, uri: &Uri) -> Option<String> {
    let mut named = headers.get_all(HOST).iter();
    let first = named.next().map(|host| host.to_str().ok()).map(|host| host.and_then(without_port));
    let asked = uri.authority().map(|authority| without_port(authority.as_str()));
    match (first, named.next(), asked) {
        (Some(host), None, None) | (None, None, Some(host)) => host,
        (Some(host), None, Some(asked)) => host.filter(|host| asked.as_ref() == Some(host)),
        _ => None,
    }
}

fn without_port(host: &str) -> Option<String> {
    let name = match host.split_once(':') {
        None => host,
        Some((name, port)) => Some(name).filter(|_| port.bytes().all(|byte| byte.is_ascii_digit()))?,
    };
    (!name.is_empty()).then(|| name.to_ascii_lowercase())
}

fn list(counties: Arc<Vec<(Housed, bool)>>) -> Router {
    let home = Arc::clone(&counties);
    let shown = async move |headers: HeaderMap, uri: Uri| page(StatusCode::OK, &headers, &uri, &home);
    let missing = async move |headers: HeaderMap, uri: Uri| missing(&headers, &uri, &counties);
    protected(Router::new().route("/", get(shown)).fallback(missing))
}

fn missing(headers: &HeaderMap, uri: &Uri, counties: &[(Housed, bool)]) -> Response {
    page(StatusCode::MISDIRECTED_REQUEST, headers, uri, counties)
}

fn page(status: StatusCode, headers: &HeaderMap, uri: &Uri, counties: &[(Housed, bool)]) -> Response {
    let lang = language(headers, uri);
    let title = lang.say("各县公报", "County gazettes");
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say("这个网址不属于任何一个县。请选择您所在的县：", "This address is no county's. Choose your county:")) }
        (cards(lang, counties))
    };
    answer(status, lang, title, &content)
}

fn cards(lang: Lang, counties: &[(Housed, bool)]) -> Markup {
    html! {
        ul class="cards" {
            @for (county, is_open) in counties {
                li {
                    @if *is_open {
                        a class="card" href=(county.public_url) { b { (county.name) } br; span class="soft small" { (county.public_url) } }
                    } @else {
                        div class="card" { b { (county.name) } br; span class="soft small" { (lang.say("暂停服务", "Out of service")) } }
                    }
                }
            }
        }
    }
}

fn out_of_service(name: String) -> Router {
    let say = async move |headers: HeaderMap, uri: Uri| {
        let lang = language(&headers, &uri);
        let title = lang.say("本县的网站暂停服务", "This county's site is out of service");
        let content = html! {
            h1 { (title) }
            p class="lead" { (name) }
            p { (lang.say("原因已记入运行日志，管理员处理后恢复。已经办理的事项不受影响，请过些时候再来。", "The operator's log says why. Nothing that was done is lost; come back in a while.")) }
        };
        ([(RETRY_AFTER, AGAIN_SECONDS)], answer(StatusCode::SERVICE_UNAVAILABLE, lang, title, &content)).into_response()
    };
    protected(Router::new().fallback(say))
}

fn language(headers: &HeaderMap, uri: &Uri) -> Lang {
    let asked = query_value(uri, "lang").and_then(|code| Lang::read(&code));
    asked.or_else(|| preferred(headers)).unwrap_or_default()
}

/// A page outside every county: it knows no visitor.
fn answer(status: StatusCode, lang: Lang, title: &str, content: &Markup) -> Response {
    let other = lang.say("English", "中文");
    let page = html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) }
                link rel="stylesheet" href="/assets/gongbao.css";
                link rel="icon" type="image/svg+xml" href="/assets/favicon.svg";
            }
            body {
                header class="masthead" { div class="frame" {
                    a class="name" href="/" { (lang.say("公报", "Gongbao")) }
                    div class="tools" { a href=(format!("/?lang={}", lang.say("en", "zh"))) lang=(lang.say("en", "zh-CN")) { (other) } }
                } }
                main class="main" id="content" { div class="frame" { (content) } }
            }
        }
    };
    (status, [(CACHE_CONTROL, "no-store"), (VARY, "accept-language")], page).into_response()
}

#[cfg(test)]
mod tests {
    use super::host;
    use axum::http::header::HOST;
    use axum::http::{HeaderMap, HeaderValue, Uri};

    fn named(hosts: &[&'static str], uri: &'static str) -> Option<String> {
        let headers = hosts.iter().map(|host| (HOST, HeaderValue::from_static(host)));
        let mut all = HeaderMap::new();
        headers.for_each(|(name, value)| _ = all.append(name, value));
        host(&all, &Uri::from_static(uri))
    }

    #[test]
    fn a_request_is_for_the_one_host_that_it_names() {
        for hosts in [["East.example"], ["east.example:8080"]] {
            assert_eq!(named(&hosts, "/"), Some("east.example".into()), "{hosts:?}");
        }
        assert_eq!(named(&[], "http://east.example/"), Some("east.example".into()), "HTTP/2 has no such header");
        assert_eq!(named(&["east.example"], "http://east.example:80/"), Some("east.example".into()));
        assert_eq!(named(&["east.example"], "http://west.example/"), None, "two different ones");
        assert_eq!(named(&["east.example", "west.example"], "/"), None);
        assert_eq!(named(&["east.example", "east.example"], "/"), None);
        for wrong in ["", ":80", "east.example:80@west.example", "east.example:x"] {
            assert_eq!(named(&[wrong], "/"), None, "{wrong}");
        }
        assert_eq!(named(&[], "/"), None);
    }
}
