//! `/account/passkeys`: keys of one's devices that sign in without a password, or after it. Made and used by a script of the browser; seen and
//! taken away without. Each time somebody proves anew who they are: whoever finds a browser open, and knows the password too, must neither add
//! one nor take one away, nor get recovery codes.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::{anchor, failure};
use crate::components::table::{Column, table};
use crate::identity::entering::{enrolled, event};
use crate::identity::factor::{Own, fresh_codes, is_required};
use crate::identity::origin::device_words;
use crate::identity::passkey::{Ceremony, asked, made, place_of};
use crate::identity::proving::{Proof, fields_to_set_up, wrong_to_set_up};
use crate::lang::Both;
use crate::layout::{self, Nav, token};
use crate::pages::sign_in::{Onward, back_of};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use std::sync::Arc;
use store::aside::{Account, Given};
use store::identity::{DoorEvent, DoorKind};
use store::passkey::Passkey;

/// Passkeys of one person.
const PASSKEYS_MAX: usize = 20;
/// Longest name of one.
const LABEL_CHARACTERS_MAX: usize = 40;
const PAGE: &str = "/account/passkeys";

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let onward = Onward { back: back_of(&uri), kept: None };
    work(&app, move |app| Ok(Page::open(app, &visitor, &onward)?.markup(None))).await
}

/// Does what a form of the page says.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, mut sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (onward, proof) = (Onward::of(&sent), Proof::take(&mut sent.answers));
        let page = Page::open(app, &visitor, &onward)?;
        let done = match sent.text("do") {
            _ if page.account.given == Given::Demo => Err(demo()),
            Some("begin") => page.begin(&sent, &proof)?,
            Some("add") => page.add(&sent)?,
            Some("codes") => page.renew(&proof)?,
            Some("remove") => page.remove(&sent, &proof)?,
            _ => return Err(Problem::unreadable("看不懂要做什么", "It is not clear what to do")),
        };
        Ok(done.unwrap_or_else(|said| page.refused(&said)))
    })
    .await
}

fn demo() -> Both {
    Both::new("示例账户大家共用，不能设通行密钥", "A sample account is everybody's: it has no passkeys")
}

struct Page<'a> {
    app: &'a Running,
    visitor: &'a Visitor,
    onward: &'a Onward,
    person: &'a Person,
    account: Account,
    own: Own,
    codes_left: u64,
}

/// What came of a form, or why nothing did.
type Done = Result<Result<Response, Both>, Problem>;

impl<'a> Page<'a> {
    fn open(app: &'a Running, visitor: &'a Visitor, onward: &'a Onward) -> Result<Page<'a>, Problem> {
        let person = super::password::person(visitor)?;
        let account = super::password::account(app, visitor)?;
        let (own, codes_left) =
            app.read(|snapshot| Ok((Own::read(snapshot, &person.id)?, snapshot.recovery_codes_left(&person.id)?)))?;
        Ok(Page { app, visitor, onward, person, account, own, codes_left })
    }

    fn event(&self, what: DoorKind) -> DoorEvent {
        event(self.app, Some(self.person.id.clone()), what, &self.visitor.origin, self.visitor.now)
    }

    fn wrong(&self, proof: &Proof) -> Result<Option<Both>, Problem> {
        wrong_to_set_up(self.app, self.visitor, proof)
    }

    /// It is they: the browser is asked to make a key.
    fn begin(&self, sent: &Sent, proof: &Proof) -> Done {
        if let Some(said) = self.wrong(proof)? {
            return Ok(Err(said));
        }
        if self.own.passkeys.len() >= PASSKEYS_MAX {
            return Ok(Err(Both::new(
                "通行密钥已经够多了，请先删去不用的",
                "There are enough passkeys: remove some first",
            )));
        }
        let label = label(sent.text("label").unwrap_or_default(), &self.visitor.origin.agent, self.visitor);
        Ok(Ok(self.making(&label)?.into_response()))
    }

    /// The browser has made one. Who asked for it had proved who they are: the challenge says so.
    fn add(&self, sent: &Sent) -> Done {
        let (app, visitor) = (self.app, self.visitor);
        let Some((credential, made)) = made(app, visitor, &self.person.id, sent)? else {
            return Ok(Err(Both::new(
                "浏览器的应答不对，或者过了时间，请再试一次",
                "The browser's answer does not fit, or came late: try again",
            )));
        };
        let passkey = Passkey {
            credential,
            person: self.person.id.clone(),
            key: made.key,
            counter: made.counter,
            verifies: made.verified,
            label: label(sent.text("label").unwrap_or_default(), &visitor.origin.agent, visitor),
            since: visitor.now,
            used: None,
        };
        // Whoever had no factor until now gets codes for the day on which the device is lost.
        let (codes, digests) = (!self.own.has_any()).then(|| fresh_codes(app)).unzip();
        if !app.store().put_passkey(passkey, digests, self.event(DoorKind::PasskeyAdded))? {
            return Ok(Err(Both::new("这个通行密钥已经登记过", "This passkey is known already")));
        }
        enrolled(app, visitor, self.person)?;
        let Some(codes) = codes else { return Ok(Ok(Redirect::to(PAGE).into_response())) };
        let visitor = Visitor { person: Some(self.person.clone()), pending: None, ..visitor.clone() };
        Ok(Ok(self.codes(&visitor, &codes).into_response()))
    }

    /// Other recovery codes.
    fn renew(&self, proof: &Proof) -> Done {
        if let Some(said) = self.wrong(proof)? {
            return Ok(Err(said));
        }
        if !self.own.has_any() {
            return Ok(Err(Both::new("还没有通行密钥", "There is no passkey yet")));
        }
        let (codes, digests) = fresh_codes(self.app);
        self.app.store().put_recovery_codes(&self.person.id, digests)?;
        Ok(Ok(self.codes(self.visitor, &codes).into_response()))
    }

    fn remove(&self, sent: &Sent, proof: &Proof) -> Done {
        if let Some(said) = self.wrong(proof)? {
            return Ok(Err(said));
        }
        let is_last = self.own.passkeys.len() == 1 && self.own.app.is_none();
        if is_last && is_required(&self.app.site.sign_in, self.person) {
            return Ok(Err(Both::new(
                "您的岗位必须用双因素：先设好另一种，再删去最后一个通行密钥",
                "Your post needs a second factor: set up another before you remove the last passkey",
            )));
        }
        let credential = sent.text("credential").unwrap_or_default();
        let removed = self.event(DoorKind::PasskeyRemoved);
        if !self.app.store().drop_passkey(&self.person.id, credential, removed)? {
            return Err(Problem::not_found("没有这个通行密钥", "There is no such passkey"));
        }
        Ok(Ok(Redirect::to(PAGE).into_response()))
    }

    fn refused(&self, said: &Both) -> Response {
        (StatusCode::UNPROCESSABLE_ENTITY, self.markup(Some(said))).into_response()
    }

    fn codes(&self, visitor: &Visitor, codes: &[String]) -> Markup {
        let next = if self.visitor.pending.is_some() { &self.onward.back } else { PAGE };
        super::factor::codes_page(visitor, codes, next, self.onward)
    }

    fn framed(&self, content: &Markup) -> Markup {
        let lang = self.visitor.lang;
        let title = lang.say("通行密钥", "Passkeys");
        let content = html! {
            (crumbs(lang, &[(lang.say("我的账户", "My account"), "/account")]))
            h1 { (title) }
            (content)
        };
        layout::page(self.visitor, Nav::Other, title, &content)
    }

    fn form(&self, does: &str, content: &Markup) -> Markup {
        html! {
            form method="post" action=(PAGE) {
                (token(self.visitor))
                (self.onward.hidden())
                input type="hidden" name="do" value=(does);
                (content)
            }
        }
    }

    fn proof(&self, of: &str) -> Markup {
        fields_to_set_up(&self.own, self.visitor, of)
    }

    fn markup(&self, said: Option<&Both>) -> Markup {
        let lang = self.visitor.lang;
        self.framed(&html! {
            p class="lead" { (lang.say(
                "用指纹、面容、锁屏密码或者安全密钥登录，不用输密码和验证码。密钥不离开您的设备，假网站骗不走。",
                "Sign in with finger, face, screen lock or a security key, without password and code. The key stays on the device; no false site gets it.",
            )) }
            @if let Some(said) = said { (failure(said.in_lang(lang), None)) }
            @if self.visitor.pending.is_some() && !self.own.has_any() {
                (banner(Tone::Care, lang.say("您的岗位必须用双因素登录", "Your post needs a second factor"), &html! { p { (lang.say("设好以后接着办。", "Set it up, then go on.")) } }))
            }
            @if !self.own.passkeys.is_empty() { (self.listed()) (self.recovery()) }
            h2 { (lang.say("添加", "Add one")) }
            @match place_of(&self.app.site) {
                None => p class="soft" { (lang.say("本站的网址没有域名，不能用通行密钥。", "This site is reached by a number: it has no passkeys.")) },
                Some(_) => (self.start()),
            }
        })
    }

    fn start(&self) -> Markup {
        let lang = self.visitor.lang;
        let hint = format!("{}-hint", anchor("label"));
        html! {
            @if !self.own.has_any() { p { (lang.say(
                "添加以后，光凭密码不能再登录：还要通行密钥、验证码或者恢复码。",
                "From then on the password alone lets nobody in: it takes a passkey, a code or a recovery code as well.",
            )) } }
            (self.form("begin", &html! {
                div class="field" {
                    label for=(anchor("label")) { (lang.say("名称", "Name")) }
                    p class="hint" id=(hint) { (lang.say("以后认得出是哪一个，如“办公室电脑”。", "By which you know it later, such as “office computer”.")) }
                    input class="input medium" id=(anchor("label")) name="label" type="text" maxlength=(LABEL_CHARACTERS_MAX) value=(device_words(&self.visitor.origin.agent)) autocomplete="off" aria-describedby=(hint);
                }
                (self.proof(""))
                (button::submit(lang.say("下一步", "Go on")))
            }))
        }
    }

    /// The page on which the browser makes a key.
    fn making(&self, label: &str) -> Result<Markup, Problem> {
        let (visitor, lang) = (self.visitor, self.visitor.lang);
        let asked = asked(self.app, visitor, Ceremony::Make(&self.person.id), &self.own.passkeys)?;
        let login = &self.account.login;
        Ok(self.framed(&html! {
            p data-no-passkey { (lang.say("这个浏览器不支持通行密钥，或者没有开脚本，或者不是经网站的正式网址打开的。", "This browser knows no passkeys, or runs no scripts, or did not open the site by its own address.")) }
            form method="post" action=(PAGE) data-passkey="make" data-asked=(asked) data-login=(login) data-name=(self.person.name) hidden {
                p { (lang.say("名称：", "Name: ")) strong { (label) } }
                p { (lang.say("按下按钮，再照浏览器的提示做。", "Press the button, then do what the browser says.")) }
                (token(visitor))
                (self.onward.hidden())
                input type="hidden" name="do" value="add";
                input type="hidden" name="label" value=(label);
                input type="hidden" name="client";
                input type="hidden" name="data";
                (not_answered(visitor))
                (button::submit(lang.say("创建通行密钥", "Make the passkey")))
            }
            p { a href=(PAGE) { (lang.say("返回", "Back")) } }
            (script())
        }))
    }

    fn listed(&self) -> Markup {
        let lang = self.visitor.lang;
        let columns = [
            Column::text(lang.say("名称", "Name")),
            Column::text(lang.say("用途", "For")),
            Column::text(lang.say("添加日期", "Since")),
            Column::text(lang.say("最近使用", "Last used")),
            Column::text(lang.say("办理", "Do")),
        ];
        let row = |(number, passkey): (usize, &Passkey)| {
            vec![
                html! { (passkey.label) },
                html! { @if passkey.verifies { (lang.say("登录", "Signing in")) } @else { (lang.say("密码之后的第二步", "After the password")) } },
                html! { (lang.date(passkey.since.date())) },
                html! { @if let Some(used) = passkey.used { (lang.moment(used)) } @else { (lang.say("还没有", "never")) } },
                html! { details {
                    summary { (lang.say("删去", "Remove")) span class="hidden-visually" { " " (passkey.label) } }
                    (self.form("remove", &html! {
                        input type="hidden" name="credential" value=(passkey.credential);
                        (self.proof(&format!("-{number}")))
                        button class="button grave" type="submit" { (lang.say("删去", "Remove")) }
                    }))
                } },
            ]
        };
        table(
            lang.say("通行密钥", "Passkeys"),
            &columns,
            &self.own.passkeys.iter().enumerate().map(row).collect::<Vec<_>>(),
        )
    }

    fn recovery(&self) -> Markup {
        let lang = self.visitor.lang;
        html! {
            p { (lang.say("还剩恢复码：", "Recovery codes left: ")) (self.codes_left) }
            details {
                summary { (lang.say("换一套恢复码", "Other recovery codes")) }
                (self.form("codes", &html! { (self.proof("-codes")) button class="button secondary" type="submit" { (lang.say("换一套", "Make new ones")) } }))
            }
        }
    }
}

/// What somebody calls a passkey; else the browser it was made in.
fn label(typed: &str, agent: &str, visitor: &Visitor) -> String {
    let typed: String = typed.trim().chars().filter(|one| !one.is_control()).take(LABEL_CHARACTERS_MAX).collect();
    if typed.is_empty() { super::sessions::device(visitor.lang, agent) } else { typed }
}

/// What the script shows where the device did not answer.
pub(crate) fn not_answered(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let said = html! { p { (lang.say(
        "可能是取消了、超时了，或者这台设备上没有本站的通行密钥。请再试一次，或者用别的方式。",
        "It was cancelled, took too long, or there is no passkey for this site on the device. Try again, or another way.",
    )) } };
    html! { div data-failed hidden { (banner(Tone::Care, lang.say("设备没有应答", "The device did not answer"), &said)) } }
}

/// The script that runs the ceremony.
pub(crate) fn script() -> Markup {
    html! { script type="module" src="/assets/passkey.js" {} }
}
