//! `/sign-in/provider`: signing in elsewhere. One address leads there, the other is where the browser comes back to. State, nonce and verifier
//! follow from a ticket of this browser, so that an answer serves only where it was asked for, and once.

use super::{Onward, back_of, cookies, own_address};
use crate::components::button;
use crate::identity::entering::{Coming, Second, admit, event};
use crate::identity::provider::token::Wrong;
use crate::identity::provider::{Arrived, Named, Provider, ProviderFault, Trip};
use crate::identity::tickets::Bearer;
use crate::identity::tries;
use crate::lang::{Both, Lang};
use crate::layout::{self, Nav, with_query};
use crate::problem::Problem;
use crate::site::{App, Running, long_work};
use crate::visit::{Visitor, first_page, query_value};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::{AccountState, Way};
use store::identity::DoorKind;

/// Where a browser comes back to.
const RETURN: &str = "/sign-in/provider/return";
/// Longest address to go on to that is taken along.
const BACK_BYTES_MAX: usize = 1000;
/// Longest code that is redeemed.
const CODE_BYTES_MAX: usize = 4096;

/// Leads there.
pub async fn begin(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        let provider = provider(app)?;
        let back = Some(back_of(&uri)).filter(|back| back.len() <= BACK_BYTES_MAX).unwrap_or_else(|| "/".into());
        let purpose = purpose(&back);
        let bearer = Bearer { purpose: &purpose, session: &visitor.token };
        let ticket = app.tickets.give(bearer, app.site.chance, app.site.clock.seconds());
        let state = format!("{ticket}.{}", BASE64.encode(&back));
        let journey = Journey::of(app, bearer, &ticket);
        let departure = provider.departure(&journey.trip(&state), app.site.clock.seconds());
        departure.map(|to| Redirect::to(&to).into_response()).map_err(|fault| said(app, provider, &visitor, &fault))
    })
    .await
}

/// Takes what the browser brings back.
pub async fn arrive(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        let provider = provider(app)?;
        let asked = |name: &str| query_value(&uri, name);
        let state = asked("state").unwrap_or_default();
        let (ticket, back) = state.split_once('.').unwrap_or_default();
        let back = BASE64.decode(back).ok().and_then(|back| String::from_utf8(back).ok()).unwrap_or_default();
        let purpose = purpose(&back);
        let bearer = Bearer { purpose: &purpose, session: &visitor.token };
        if !app.tickets.spend(bearer, ticket, app.site.clock.seconds()) {
            return Err(not_asked());
        }
        // Where a service names itself, an answer of another is none (RFC 9207).
        if asked("iss").is_some_and(|issuer| issuer != provider.settings.issuer) {
            return Err(said(app, provider, &visitor, &Wrong::Issuer.into()));
        }
        let code = asked("code").filter(|code| !code.is_empty() && code.len() <= CODE_BYTES_MAX);
        let Some(code) = code else { return Err(declined(provider)) };
        let counters = tries::of_network(&visitor.origin);
        if let Some(until) = app.store().begin_try(counters.clone(), visitor.now)? {
            let wait = tries::wait(until);
            return Err(Problem::new(StatusCode::TOO_MANY_REQUESTS, "locked", wait.zh, wait.en));
        }
        let journey = Journey::of(app, bearer, ticket);
        let arrived = provider.arrival(&journey.trip(&state), &code, app.site.clock.seconds());
        let arrived = match arrived {
            Ok(arrived) => arrived,
            Err(fault) => {
                // A service that is away must not have a whole office wait for its passwords.
                if !may_cheat(&fault) {
                    app.store().take_back(counters)?;
                }
                return Err(said(app, provider, &visitor, &fault));
            }
        };
        let Some(person) = known(app, provider, &arrived)? else {
            note_wrong(app, &visitor)?;
            return Err(unknown(provider, &arrived));
        };
        let (origin, now) = (&visitor.origin, visitor.now);
        let second = if arrived.second { Second::Elsewhere } else { Second::Asked };
        let coming = Coming { origin, now, remember: true, way: Way::Provider, second };
        let opened = admit(app, &coming, counters, person)?;
        // Never a page here: the address in the browser's history has the code in it.
        let back = own_address(back);
        let next = first_page(opened.stage).map_or_else(|| back.clone(), |page| with_query(page, "back", &back));
        Ok((cookies(app, &opened), Redirect::to(&next)).into_response())
    })
    .await
}

fn provider(app: &Running) -> Result<&Provider, Problem> {
    app.site.provider.as_deref().ok_or_else(|| Problem::not_found("没有这个页面", "There is no such page"))
}

fn purpose(back: &str) -> String {
    format!("provider {back}")
}

/// What is bound to one way there and back.
struct Journey {
    nonce: String,
    verifier: String,
    back_to: String,
}

impl Journey {
    fn of(app: &Running, bearer: Bearer<'_>, ticket: &str) -> Journey {
        Journey {
            nonce: app.tickets.secret(bearer, ticket, "nonce"),
            verifier: app.tickets.secret(bearer, ticket, "verifier"),
            back_to: format!("{}{RETURN}", app.site.public_url),
        }
    }

    fn trip<'a>(&'a self, state: &'a str) -> Trip<'a> {
        Trip { state, nonce: &self.nonce, verifier: &self.verifier, back_to: &self.back_to }
    }
}

/// The person that a claim names, whose account is open.
fn known(app: &Running, provider: &Provider, arrived: &Arrived) -> Result<Option<String>, Problem> {
    let account = app.read(|snapshot| {
        Ok(match provider.settings.names {
            Named::Person => snapshot.account(&arrived.name)?,
            Named::Login => snapshot.account_by_login(&arrived.name)?,
        })
    })?;
    Ok(account.filter(|account| account.state == AccountState::Active).map(|account| account.person))
}

fn note_wrong(app: &Running, visitor: &Visitor) -> Result<(), Problem> {
    let wrong = event(app, None, DoorKind::WrongProvider, &visitor.origin, visitor.now);
    Ok(app.store().note_at_door(wrong)?)
}

fn not_asked() -> Problem {
    let (zh, en) = ("这次登录没有接上", "This sign-in was not begun here");
    again(Problem::new(StatusCode::BAD_REQUEST, "sign-in-lost", zh, en).detail(
        "可能隔得太久、换了浏览器，或者已经用过一次。",
        "It may have taken too long, begun in another browser, or served once already.",
    ))
}

fn declined(provider: &Provider) -> Problem {
    let Both { zh, en } = &provider.settings.label;
    let (zh, en) = (format!("“{zh}”没有让您登录"), format!("“{en}” did not sign you in"));
    again(Problem::new(StatusCode::FORBIDDEN, "sign-in-declined", zh, en))
}

fn unknown(provider: &Provider, arrived: &Arrived) -> Problem {
    let (zh, en) = ("您的身份已经核实，但本县没有您的账户", "It is known who you are, but you have no account here");
    let shown: String = arrived.name.chars().take(80).collect();
    let claim = &provider.settings.claim;
    let problem = Problem::new(StatusCode::FORBIDDEN, "no-account", zh, en);
    problem.detail(format!("{claim}：{shown}"), format!("{claim}: {shown}")).hint(
        "请联系系统管理员开户；有密码的也可以用密码登录。",
        "Ask the system administrator for an account; who has a password can sign in with it.",
    )
}

/// Whether whoever came back may be to blame, and not the service.
fn may_cheat(fault: &ProviderFault) -> bool {
    matches!(fault, ProviderFault::Wrong(_) | ProviderFault::Refused(_))
}

/// What is said of a fault, which is logged for the operator and, where somebody may be cheating, noted.
fn said(app: &Running, provider: &Provider, visitor: &Visitor, fault: &ProviderFault) -> Problem {
    tracing::warn!(issuer = provider.settings.issuer, "{fault:#}");
    if may_cheat(fault)
        && let Err(problem) = note_wrong(app, visitor)
    {
        return problem;
    }
    let Both { zh, en } = &provider.settings.label;
    let new = |code, said: &str, says: &str| {
        Problem::new(StatusCode::BAD_GATEWAY, code, format!("“{zh}”{said}"), format!("“{en}” {says}"))
    };
    again(match fault {
        ProviderFault::Unreached(_) => new("provider-unreached", "现在没有应答", "does not answer now"),
        ProviderFault::Wrong(Wrong::Time) => {
            let problem = new("provider-clock", "与本站的时钟不一致", "and this site do not agree on the time");
            problem.detail("请告诉系统管理员核对时钟。", "Tell the system administrator to check the clocks.")
        }
        ProviderFault::Refused(_) => new("provider-refused", "不接受这次登录", "did not accept this sign-in"),
        ProviderFault::Unusable(_) | ProviderFault::Wrong(_) => {
            new("provider-wrong", "的应答不对，没有登录", "said something that is not right: nobody was signed in")
        }
    })
}

fn again(problem: Problem) -> Problem {
    problem.hint("请重新登录，或者用密码登录。", "Sign in again, or use your password.").next(
        "/sign-in",
        "去登录",
        "Sign in",
    )
}

/// The button on the page for signing in.
pub(super) fn by_provider(provider: &Provider, lang: Lang, onward: &Onward) -> Markup {
    let address = with_query("/sign-in/provider", "back", &onward.back);
    let Both { zh, en } = &provider.settings.label;
    let label = lang.say(&format!("用{zh}登录"), &format!("Sign in with {en}")).to_owned();
    html! {
        @if onward.kept.is_some() {
            // What was typed waits in the history of this window.
            p class="row" { a class="button secondary" href=(address) target="_blank" { (label) } }
            p class="soft" { (lang.say(
                "在新窗口里登录以后，回到这里按浏览器的“后退”，再提交一次。",
                "Once you have signed in there, come back here, go back one page and send it again.",
            )) }
        } @else {
            p class="row" { (button::secondary_link(&label, &address)) }
        }
    }
}

/// The page after signing out here: the session elsewhere may go on.
pub(super) fn signed_out(visitor: &Visitor, provider: &Provider, way_out: &str) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("已退出", "Signed out");
    let Both { zh, en } = &provider.settings.label;
    let label = lang.say(&format!("退出{zh}"), &format!("Leave {en}")).to_owned();
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say(
            "本站已经退出。登录用的那个账户可能还在登录中；用公共电脑的，请一并退出。",
            "You have left this site. The account that you signed in with may still be signed in; leave it too where others use this computer.",
        )) }
        div class="row" {
            (button::link(&label, way_out))
            (button::secondary_link(lang.say("首页", "Home"), "/"))
        }
    };
    layout::page(&Visitor { person: None, pending: None, ..visitor.clone() }, Nav::Other, title, &content)
}
