//! The page of a problem: what, why, what to do.

use crate::components::error_summary::said;
use crate::forms::kept::go_on;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::Visitor;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};

/// The page; who has to sign in first is sent there and comes back, with what was typed.
#[must_use]
pub fn page(app: &Running, visitor: &Visitor, problem: &Problem) -> Response {
    let onward = problem.onward.as_deref();
    let kept = onward.and_then(|onward| onward.kept.as_ref());
    if problem.status == StatusCode::UNAUTHORIZED {
        if let Some(kept) = kept {
            return (StatusCode::UNAUTHORIZED, super::sign_in::again(app, visitor, kept)).into_response();
        }
        return Redirect::to(&format!("/sign-in?back={}", layout::encode(&visitor.here))).into_response();
    }
    let lang = visitor.lang;
    let title = problem.title.in_lang(lang);
    let content = html! {
        h1 { (title) }
        (explanation(visitor, problem))
        @if let Some(kept) = kept { (go_on(visitor, kept)) }
        @match onward.and_then(|onward| onward.next.as_ref()) {
            Some((address, name)) => { p { a href=(address) { (name.in_lang(lang)) } } }
            None => { p { a href="/" { (lang.say("回到首页", "Back to the home page")) } } }
        }
        p class="small soft" { (lang.say("代码：", "Code: ")) (problem.status.as_u16()) " " (problem.code) }
    };
    (problem.status, layout::page(visitor, Nav::Other, title, &content)).into_response()
}

/// The detail, the reasons and the next step of a problem.
#[must_use]
pub fn explanation(visitor: &Visitor, problem: &Problem) -> Markup {
    let lang = visitor.lang;
    html! {
        @if let Some(detail) = &problem.detail { p class="lead" { (detail.in_lang(lang)) } }
        @if !problem.reasons.is_empty() {
            ul {
                @for reason in &problem.reasons {
                    li {
                        (lang.say(&reason.zh, &reason.en))
                        @for clause in &reason.clauses { " " span class="clause soft" { (clause) } }
                        @if let Some(hint) = &reason.hint { br; (lang.label(hint)) }
                    }
                }
            }
        }
        @if !problem.fields.is_empty() { ul { @for fault in &problem.fields { li { (said(lang, fault)) } } } }
        @if let Some(hint) = &problem.hint { p { (hint.in_lang(lang)) } }
    }
}

/// A problem before the visitor is known: text only, in both languages.
#[must_use]
pub fn plain(problem: &Problem) -> Response {
    (problem.status, format!("{}\n{}\n", problem.title.zh, problem.title.en)).into_response()
}
