//! `/account/second-factor`: an authenticator app as second factor, with recovery codes that are shown once.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::failure;
use crate::identity::entering::{enrolled, event};
use crate::identity::factor::{Own, RECOVERY_CODES, check, fresh_codes, is_required};
use crate::identity::passkey::place_of;
use crate::identity::proving::{Proof, fields_to_set_up, wrong_to_set_up};
use crate::identity::tickets::Bearer;
use crate::lang::Both;
use crate::layout::{self, Nav, token, with_query};
use crate::pages::sign_in::code::{code_field, refused};
use crate::pages::sign_in::{Onward, back_of};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, PreEscaped, html};
use std::sync::Arc;
use store::aside::{Account, Given};
use store::factor::{Factor, FirstCode};
use store::identity::DoorKind;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    let onward = Onward { back: back_of(&uri), kept: None };
    work(&app, move |app| first(app, &visitor, &onward)).await
}

/// The page for somebody on the way to elsewhere.
pub(crate) fn first(app: &Running, visitor: &Visitor, onward: &Onward) -> Result<Response, Problem> {
    Ok(Page::open(app, visitor, onward)?.markup(None, None).into_response())
}

/// Does what a form of the page says.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, mut sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (onward, proof) = (Onward::of(&sent), Proof::take(&mut sent.answers));
        let page = Page::open(app, &visitor, &onward)?;
        let typed = sent.text("code").unwrap_or_default();
        match (sent.text("do"), &page.factor) {
            _ if page.account.given == Given::Demo => Ok(page.refused(&demo())),
            (Some("begin"), factor) if factor.as_ref().is_none_or(|factor| factor.since.is_none()) => {
                page.begin(&proof)
            }
            (Some("confirm"), Some(factor)) if factor.since.is_none() => {
                page.confirm(factor, sent.text("begun").unwrap_or_default(), typed)
            }
            (Some("codes"), Some(factor)) if factor.since.is_some() => match page.wrong(typed)? {
                Some(said) => Ok(page.refused(&said)),
                None => {
                    let (codes, digests) = fresh_codes(app);
                    app.store().put_recovery_codes(&page.person.id, digests)?;
                    Ok(page.codes(&visitor, &codes).into_response())
                }
            },
            (Some("remove"), Some(factor)) if factor.since.is_some() => page.remove(typed),
            _ => Ok(Redirect::to("/account/second-factor").into_response()),
        }
    })
    .await
}

fn demo() -> Both {
    Both::new("示例账户大家共用，不能设双因素", "A sample account is everybody's: it has no second factor")
}

struct Page<'a> {
    app: &'a Running,
    visitor: &'a Visitor,
    onward: &'a Onward,
    person: &'a Person,
    account: Account,
    /// An app, proposed or asked for.
    factor: Option<Factor>,
    own: Own,
    left: u64,
    required: bool,
}

impl<'a> Page<'a> {
    fn open(app: &'a Running, visitor: &'a Visitor, onward: &'a Onward) -> Result<Page<'a>, Problem> {
        let person = super::password::person(visitor)?;
        let account = super::password::account(app, visitor)?;
        let (factor, left) =
            app.read(|snapshot| Ok((snapshot.factor(&person.id)?, snapshot.recovery_codes_left(&person.id)?)))?;
        let required = is_required(&app.site.sign_in, person);
        let own = Own::of(app, &person.id)?;
        Ok(Page { app, visitor, onward, person, account, factor, own, left, required })
    }

    /// A fresh secret. Whoever finds a browser open must not tie the account to a telephone of theirs: they prove who they are.
    fn begin(&self, proof: &Proof) -> Result<Response, Problem> {
        let (app, visitor) = (self.app, self.visitor);
        if let Some(said) = wrong_to_set_up(app, visitor, proof)? {
            return Ok(self.refused(&said));
        }
        let mut secret = vec![0; trust::TOTP_SECRET_BYTES];
        (app.site.chance)(&mut secret);
        app.store().propose_factor(&self.person.id, secret.clone())?;
        Ok(self.markup(None, Some(&secret)).into_response())
    }

    /// The first code: from now on it is asked for, and the recovery codes are shown.
    fn confirm(&self, factor: &Factor, begun: &str, typed: &str) -> Result<Response, Problem> {
        let (app, visitor) = (self.app, self.visitor);
        // What somebody began and left lying must not be gone on with by whoever finds the browser open.
        if !app.tickets.holds(self.bearer(&self.setting_up_of()), begun, app.site.clock.seconds()) {
            return Ok(self.refused(&Both::new("隔得太久，请重新设置", "It took too long: begin again")));
        }
        let secret = factor.secret.as_deref().unwrap_or_default();
        let Some(step) = trust::check_totp(secret, typed, app.site.clock.seconds(), 0) else {
            let said = Both::new("验证码不对：手机的时间准吗？", "Wrong code: is your telephone's clock right?");
            let page = self.markup(Some(&said), Some(secret));
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        };
        let (codes, digests) = fresh_codes(app);
        let added = event(app, Some(self.person.id.clone()), DoorKind::FactorAdded, &visitor.origin, visitor.now);
        let first = FirstCode { person: self.person.id.clone(), secret: secret.to_vec(), step };
        if !app.store().confirm_factor(first, digests, added)? {
            return Ok(
                self.refused(&Both::new("密钥已经换了，请重新设置", "The secret has changed meanwhile: begin again"))
            );
        }
        enrolled(app, visitor, self.person)?;
        let visitor = Visitor { person: Some(self.person.clone()), pending: None, ..visitor.clone() };
        Ok(self.codes(&visitor, &codes).into_response())
    }

    /// For what a ticket is that goes from the secret to its first code.
    fn setting_up_of(&self) -> String {
        format!("second factor {}", self.person.id)
    }

    fn bearer<'b>(&'b self, purpose: &'b str) -> Bearer<'b> {
        Bearer { purpose, session: &self.visitor.token }
    }

    /// Whether the county wants it kept: a passkey in its place would do.
    fn must_stay(&self) -> bool {
        self.required && self.own.passkeys.is_empty()
    }

    fn remove(&self, typed: &str) -> Result<Response, Problem> {
        if self.must_stay() {
            return Ok(self.refused(&Both::new("您的岗位必须用双因素", "Your post must have a second factor")));
        }
        if let Some(said) = self.wrong(typed)? {
            return Ok(self.refused(&said));
        }
        let (app, visitor) = (self.app, self.visitor);
        let removed = event(app, Some(self.person.id.clone()), DoorKind::FactorRemoved, &visitor.origin, visitor.now);
        app.store().drop_factor(&self.person.id, removed)?;
        Ok(Redirect::to("/account/second-factor").into_response())
    }

    fn wrong(&self, typed: &str) -> Result<Option<Both>, Problem> {
        Ok(refused(check(self.app, &self.own, typed, &self.visitor.origin, self.visitor.now)?))
    }

    fn refused(&self, said: &Both) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, self.markup(Some(said), None)).into_response()
    }

    /// The page; with a fresh secret, what the telephone is to read.
    fn markup(&self, said: Option<&Both>, secret: Option<&[u8]>) -> Markup {
        let lang = self.visitor.lang;
        let title = lang.say("双因素登录", "Second factor");
        let active = self.factor.as_ref().filter(|factor| factor.since.is_some());
        let content = html! {
            (crumbs(lang, &[(lang.say("我的账户", "My account"), "/account")]))
            h1 { (title) }
            @if let Some(said) = said { (failure(said.in_lang(lang), None)) }
            @if self.visitor.pending.is_some() && active.is_none() {
                (banner(Tone::Care, lang.say("您的岗位必须用双因素登录", "Your post needs a second factor"), &html! { p { (lang.say("设好以后接着办。", "Set it up, then go on.")) } }))
            }
            @match (active, secret) {
                (Some(factor), _) => (self.active(factor)),
                (None, Some(secret)) => (self.setting_up(secret)),
                (None, None) => (self.start()),
            }
        };
        layout::page(self.visitor, Nav::Other, title, &content)
    }

    fn form(&self, does: &str, content: &Markup) -> Markup {
        html! {
            form method="post" action="/account/second-factor" {
                (token(self.visitor))
                (self.onward.hidden())
                input type="hidden" name="do" value=(does);
                (content)
            }
        }
    }

    fn start(&self) -> Markup {
        let lang = self.visitor.lang;
        html! {
            p class="lead" { (lang.say(
                "登录时除了密码，再输手机上的六位数字。密码被人知道了，也进不来。",
                "Besides your password, signing in asks for six digits from your telephone: a password alone lets nobody in.",
            )) }
            p { (lang.say(
                "先在手机上装一个身份验证器应用（支持 TOTP 的都可以，离线也能用）。",
                "First put an authenticator app on your telephone: any that knows TOTP; it works without a network.",
            )) }
            (self.form("begin", &html! {
                (fields_to_set_up(&self.own, self.visitor, ""))
                (button::submit(lang.say("开始设置", "Set it up")))
            }))
            @if place_of(&self.app.site).is_some() && self.own.passkeys.is_empty() { p {
                (lang.say("不装应用也可以：", "Without an app: "))
                a href=(with_query("/account/passkeys", "back", &self.onward.back)) { (lang.say("用指纹、面容或者安全密钥（通行密钥）", "finger, face or a security key (passkey)")) }
            } }
        }
    }

    fn setting_up(&self, secret: &[u8]) -> Markup {
        let lang = self.visitor.lang;
        let issuer = format!("{}{}", self.visitor.county, lang.say("公报", " Gazette"));
        let uri = trust::totp_uri(&issuer, &self.account.login, secret);
        let typed = trust::print_base32(secret);
        let begun = self.app.tickets.give(
            self.bearer(&self.setting_up_of()),
            self.app.site.chance,
            self.app.site.clock.seconds(),
        );
        let groups: Vec<&str> =
            (0..typed.len()).step_by(4).map(|from| &typed[from..(from + 4).min(typed.len())]).collect();
        html! {
            p { (lang.say("1. 用应用扫这个二维码；扫不了就手工输入下面的密钥。", "1. Scan this code with the app, or type the key below.")) }
            @if let Ok(svg) = gazette::qr::qr_svg(&uri) { div class="qr factor" role="img" aria-label=(lang.say("二维码", "QR code")) { (PreEscaped(svg)) } }
            p { code class="secret" { (groups.join(" ")) } }
            p { (lang.say("2. 把应用上显示的六位数字填进来。", "2. Type the six digits that the app shows.")) }
            (self.form("confirm", &html! {
                input type="hidden" name="begun" value=(begun);
                (code_field(self.visitor, lang.say("每半分钟换一次。", "It changes every half minute.")))
                (button::submit(lang.say("启用", "Switch it on")))
            }))
        }
    }

    fn active(&self, factor: &Factor) -> Markup {
        let lang = self.visitor.lang;
        let since = factor.since.map(|since| lang.date(since.date())).unwrap_or_default();
        let hint = lang.say("应用上的六位数字，或者一个恢复码。", "Six digits from the app, or a recovery code.");
        html! {
            (banner(Tone::Good, lang.say("已启用", "Switched on"), &html! {
                p { (lang.say("启用日期：", "Since ")) (since) }
                p { (lang.say("还剩恢复码：", "Recovery codes left: ")) (self.left) }
            }))
            details {
                summary { (lang.say("换一套恢复码", "Other recovery codes")) }
                (self.form("codes", &html! { (code_field(self.visitor, hint)) (button::submit(lang.say("换一套", "Make new ones"))) }))
            }
            @if self.must_stay() { p class="soft" { (lang.say("您的岗位必须用双因素，不能停用。", "Your post needs a second factor: it stays on.")) } }
            @else {
                details {
                    summary { (lang.say("停用", "Switch it off")) }
                    (self.form("remove", &html! { (code_field(self.visitor, hint)) button class="button grave" type="submit" { (lang.say("停用", "Switch off")) } }))
                }
            }
        }
    }

    fn codes(&self, visitor: &Visitor, codes: &[String]) -> Markup {
        let next = if self.visitor.pending.is_some() { &self.onward.back } else { "/account/second-factor" };
        codes_page(visitor, codes, next, self.onward)
    }
}

/// Recovery codes, shown this once; then it goes on to `next`.
pub(super) fn codes_page(visitor: &Visitor, codes: &[String], next: &str, onward: &Onward) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("恢复码", "Recovery codes");
    let content = html! {
        h1 { (title) }
        (banner(Tone::Care, lang.say("只显示这一次", "Shown only now"), &html! { p { (lang.say(
            "手机丢了或者不在身边，用一个恢复码代替验证码或通行密钥。每个只能用一次。请打印或抄下来，放在安全的地方。",
            "Without your telephone, a recovery code serves in place of a code or a passkey, once each. Print them or write them down, and keep them safe.",
        )) } }))
        ol class="codes" { @for code in codes { li { code { (code) } } } }
        p class="soft" { (lang.say("共 ", "")) (RECOVERY_CODES) (lang.say(" 个，以前的都作废。", " codes; earlier ones are void.")) }
        div class="row" {
            (button::print(lang.say("打印", "Print")))
            (button::secondary_link(lang.say("继续", "Go on"), next))
        }
        @if let Some(kept) = &onward.kept { (crate::forms::kept::go_on(visitor, kept)) }
    };
    layout::page(visitor, Nav::Other, title, &content)
}
