//! `/account`: by what way somebody wants to hear. A mail address counts once the code sent to it was typed back.

pub mod calendar;
pub mod data;
pub mod factor;
pub mod passkeys;
pub mod password;
pub mod sessions;

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::error_summary::error_summary;
use crate::forms::field::{Control, Field, LineKind, field};
use crate::lang::{Both, Lang};
use crate::layout::{self, Nav, token};
use crate::letters::narrow;
use crate::pages::starting;
use crate::problem::Problem;
use crate::sent::{Sent, SignedSent};
use crate::site::{App, Running, look, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::FieldFault;
use jiff::ToSpan;
use maud::{Markup, html};
use std::sync::Arc;
use store::outbox::{Contact, ContactState};

/// How long a code holds.
const CODE_HOURS: i64 = 24;
/// Between two codes, so that nobody floods a stranger's letter box.
const PAUSE_MINUTES: i64 = 2;
/// Wrong codes before a new one has to be asked for.
const TRIES_MAX: u32 = 5;
/// Longest mail address (RFC 5321).
const ADDRESS_BYTES_MAX: usize = 254;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let mail = state.site.ways.mail;
    look(&state, move |snapshot| {
        let person = visitor.signed_in()?;
        let contact = snapshot.contact(&person.id)?;
        let offices = visitor.offices(snapshot.world().county());
        let webhooks = !offices.is_empty();
        let delegate = starting::delegation_links(&visitor, snapshot.world().rulebook());
        let page = Page { visitor: &visitor, person, contact, mail, webhooks, delegate, fault: None };
        Ok(page.markup())
    })
    .await
}

/// What somebody wants changed.
enum Wish {
    /// This address, which gets a code.
    Address(String),
    /// The code that came.
    Code(String),
    /// What is wanted by mail: about one's own matters, about those of one's posts.
    Choices(bool, bool),
    /// No mail any more.
    Remove,
}

fn wish(sent: &Sent) -> Option<Wish> {
    let ticked = |name: &str| sent.answers.get("wants").is_some_and(|wants| wants.iter().any(|want| want == name));
    let typed = |name: &str| half_width(sent.text(name).unwrap_or_default());
    match sent.text("do")? {
        "address" => Some(Wish::Address(typed("address"))),
        "code" => Some(Wish::Code(typed("code"))),
        "choices" => Some(Wish::Choices(ticked("own"), ticked("posts"))),
        "remove" => Some(Wish::Remove),
        _ => None,
    }
}

/// Changes it.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let person = visitor.signed_in()?;
        let contact = app.read(|snapshot| Ok(snapshot.contact(&person.id)?))?;
        let Some(wish) = wish(&sent) else {
            return Err(Problem::unreadable("看不懂要改什么", "It is not clear what to change"));
        };
        let changed = change(app, &visitor, person, contact.clone(), wish)?;
        let Err(fault) = changed else { return Ok(Redirect::to("/account").into_response()) };
        let offices = app.read(|snapshot| Ok(visitor.offices(snapshot.world().county())))?;
        let delegate = app.read(|snapshot| Ok(starting::delegation_links(&visitor, snapshot.world().rulebook())))?;
        let contact = app.read(|snapshot| Ok(snapshot.contact(&person.id)?))?;
        let page = Page {
            visitor: &visitor,
            person,
            contact,
            mail: app.site.ways.mail,
            webhooks: !offices.is_empty(),
            delegate,
            fault: Some(&fault),
        };
        Ok((StatusCode::UNPROCESSABLE_ENTITY, page.markup()).into_response())
    })
    .await
}

/// Does what is wished, or says in which field something is wrong.
fn change(
    app: &Running,
    visitor: &Visitor,
    person: &Person,
    contact: Option<Contact>,
    wish: Wish,
) -> Result<Result<(), (&'static str, Both)>, Problem> {
    match (wish, contact) {
        (Wish::Remove, _) => app.store().drop_contact(&person.id)?,
        (Wish::Address(address), contact) => {
            let stands = app.site.clock.stands();
            let ready =
                |contact: &Contact| stands || contact.asked.saturating_add(PAUSE_MINUTES.minutes()) <= visitor.now;
            if !app.site.ways.mail || !is_address(&address) {
                return Ok(Err(("address", not_an_address())));
            }
            if !contact.as_ref().is_none_or(ready) {
                return Ok(Err((
                    "address",
                    Both::new("刚寄出过验证码，请过两分钟再试", "A code was sent just now: try again in two minutes"),
                )));
            }
            app.store().put_contact(asked(app, visitor, person, contact, address))?;
        }
        (Wish::Code(code), Some(contact)) => return confirm(app, visitor, contact, &code),
        (Wish::Choices(own, posts), Some(contact)) => app.store().put_contact(Contact { own, posts, ..contact })?,
        (Wish::Code(_) | Wish::Choices(..), None) => {
            return Ok(Err(("address", Both::new("请先填邮箱", "Give an address first"))));
        }
    }
    Ok(Ok(()))
}

/// A contact whose code has to be sent; what was chosen before stays chosen.
fn asked(app: &Running, visitor: &Visitor, person: &Person, before: Option<Contact>, address: String) -> Contact {
    let (own, posts) = before.map_or((true, true), |before| (before.own, before.posts));
    Contact {
        person: person.id.clone(),
        address,
        code: fresh_code(app),
        state: ContactState::Asked,
        asked: visitor.now,
        until: visitor.now.saturating_add(CODE_HOURS.hours()),
        tries: 0,
        own,
        posts,
    }
}

/// Six digits. That some are likelier than others by one in four thousand helps nobody who has five tries.
fn fresh_code(app: &Running) -> String {
    let mut bytes = [0; 4];
    (app.site.chance)(&mut bytes);
    format!("{:06}", u32::from_be_bytes(bytes) % 1_000_000)
}

fn confirm(
    app: &Running,
    visitor: &Visitor,
    contact: Contact,
    code: &str,
) -> Result<Result<(), (&'static str, Both)>, Problem> {
    if contact.state == ContactState::Confirmed {
        return Ok(Ok(()));
    }
    if contact.tries >= TRIES_MAX || contact.until < visitor.now {
        return Ok(Err(("code", Both::new("验证码已经作废，请重新获取", "The code is void: ask for another"))));
    }
    if !trust::same_bytes(code.as_bytes(), contact.code.as_bytes()) {
        app.store().put_contact(Contact { tries: contact.tries + 1, ..contact })?;
        return Ok(Err(("code", Both::new("验证码不对，请核对邮件", "Wrong code: compare it with the mail"))));
    }
    app.store().put_contact(Contact { state: ContactState::Confirmed, code: String::new(), ..contact })?;
    Ok(Ok(()))
}

fn not_an_address() -> Both {
    Both::new("邮箱地址不对，如 name@example.cn", "Not a mail address, such as name@example.cn")
}

/// Whether a text can be a mail address; whether it is one shows the code.
fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let allowed = |character: char| character.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(character);
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    text.len() <= ADDRESS_BYTES_MAX
        && !local.is_empty()
        && local.chars().all(allowed)
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// What an input method writes at full width, at half width; without spaces.
fn half_width(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).map(narrow).collect()
}

/// A mail address as it is shown: enough to know it again.
fn covered(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = local.chars().take(1).collect();
    format!("{first}***@{domain}")
}

struct Page<'a> {
    visitor: &'a Visitor,
    person: &'a Person,
    contact: Option<Contact>,
    mail: bool,
    webhooks: bool,
    delegate: Markup,
    fault: Option<&'a (&'static str, Both)>,
}

impl Page<'_> {
    fn lang(&self) -> Lang {
        self.visitor.lang
    }

    fn markup(&self) -> Markup {
        let lang = self.lang();
        let title = lang.say("我的账户", "My account");
        let faults: Vec<FieldFault> = self
            .fault
            .iter()
            .map(|(name, said)| FieldFault {
                field: (*name).into(),
                zh: said.zh.clone(),
                en: said.en.clone(),
                label: "".into(),
                clauses: Vec::new(),
            })
            .collect();
        let content = html! {
            h1 { (title) }
            (error_summary(lang, &faults))
            p { (self.person.name) }
            @if self.person.holdings().next().is_some() {
                h2 { (lang.say("岗位", "Posts")) }
                ul { @for post in &self.person.posts { li { a href=(format!("/posts/{}", layout::encode_part(&post.id))) { (post.title) } } } @for post in &self.person.administers { li { (post.title) } } }
                (self.delegate)
            }
            h2 { (lang.say("通知方式", "How to hear")) }
            p { (lang.say(
                "站内通知总是有：在“我的事项”和工作台里。也可以再发到邮箱。",
                "Messages always stand on this site, under My matters and on the desk. They can come by mail as well.",
            )) }
            @if !self.mail { p class="soft" { (lang.say("本站还没有开通发邮件。", "This site does not send mail yet.")) } }
            @else { (self.by_mail()) }
            @if !self.person.administers.is_empty() { p { a href="/admin" { (lang.say("系统、安全、审计管理", "Administration")) } } }
            h2 { (lang.say("登录安全", "Signing in")) }
            ul {
                @if self.visitor.is_staff() { li { a href="/account/calendar" { (lang.say("日历订阅", "Calendar subscription")) } } }
                li { a href="/account/sessions" { (lang.say("登录的设备和最近的登录记录", "Where you are signed in, and what happened lately")) } }
                li { a href="/account/data" { (lang.say("我的信息保存多久、申请删除", "How long my data is kept, and asking to erase it")) } }
                li { a href="/account/password" { (lang.say("修改密码", "Change your password")) } }
                li { a href="/account/second-factor" { (lang.say("双因素登录", "Second factor")) } }
                li { a href="/account/passkeys" { (lang.say("通行密钥", "Passkeys")) } }
            }
            @if self.visitor.is_staff() {
                h2 { (lang.say("投递情况", "Deliveries")) }
                p { a href="/deliveries" { (lang.say("没有送到的通知", "Messages that did not arrive")) } }
                @if self.webhooks { p { a href="/admin/webhooks" { (lang.say("网络回调（供其他系统接收）", "Webhooks (for other programs)")) } } }
            }
        };
        layout::page(self.visitor, Nav::Other, title, &content)
    }

    fn by_mail(&self) -> Markup {
        match &self.contact {
            None => self.address_form(self.lang().say("发送验证码", "Send a code"), ""),
            Some(contact) if contact.state == ContactState::Confirmed => self.confirmed(contact),
            Some(contact) => self.waiting(contact),
        }
    }

    fn line(&self, path: &'static str, label: &str, hint: Option<&str>, value: &str) -> Markup {
        let fault = self.fault.filter(|(name, _)| *name == path).map(|(_, said)| said.in_lang(self.lang()).to_owned());
        field(
            self.lang(),
            &Field {
                path: path.into(),
                label: label.into(),
                number: None,
                hint: hint.map(str::to_owned),
                optional: false,
                fault,
                conditional: false,
                control: Control::Line { value: value.into(), kind: LineKind::Text, unit: None },
            },
        )
    }

    fn form(&self, does: &str, content: &Markup) -> Markup {
        html! {
            form method="post" action="/account" {
                (token(self.visitor))
                input type="hidden" name="do" value=(does);
                (content)
            }
        }
    }

    fn address_form(&self, submit: &str, value: &str) -> Markup {
        let lang = self.lang();
        let hint =
            lang.say("先寄一个验证码，填回来才算数。", "A code is sent there first; it counts once you type it back.");
        self.form("address", &html! { (self.line("address", lang.say("邮箱", "Mail address"), Some(hint), value)) (button::submit(submit)) })
    }

    fn waiting(&self, contact: &Contact) -> Markup {
        let lang = self.lang();
        let shown = covered(&contact.address);
        let (tone, says) = match contact.state {
            ContactState::Asked => (Tone::Plain, lang.say("验证码正在寄出", "The code is on its way")),
            ContactState::NotSent => (
                Tone::Care,
                lang.say("验证码没有寄到，请核对邮箱地址", "The code could not be sent: check the address"),
            ),
            _ => (Tone::Plain, lang.say("验证码已经寄出", "The code was sent")),
        };
        html! {
            (banner(tone, says, &html! { p { (shown) } }))
            @if contact.state != ContactState::NotSent {
                (self.form("code", &html! { (self.line("code", lang.say("验证码（6位数字）", "Code (6 digits)"), None, "")) (button::submit(lang.say("确认邮箱", "Confirm"))) }))
            }
            details open[contact.state == ContactState::NotSent || self.fault.is_some_and(|(name, _)| *name == "address")] {
                summary { (lang.say("没收到，或者要换邮箱", "Nothing came, or another address")) }
                (self.address_form(lang.say("重新发送验证码", "Send a code again"), &contact.address))
                (self.remove())
            }
        }
    }

    fn confirmed(&self, contact: &Contact) -> Markup {
        let lang = self.lang();
        html! {
            (banner(Tone::Good, lang.say("邮箱已确认", "Address confirmed"), &html! { p { (covered(&contact.address)) } }))
            (self.form("choices", &html! {
                (self.choices(contact))
                (button::submit(lang.say("保存", "Save")))
            }))
            details open[self.fault.is_some()] {
                summary { (lang.say("换邮箱，或者不再用邮箱", "Another address, or no mail any more")) }
                (self.address_form(lang.say("发送验证码", "Send a code"), ""))
                (self.remove())
            }
        }
    }

    fn choices(&self, contact: &Contact) -> Markup {
        let lang = self.lang();
        let choice = |code: &str, zh: &str, en: &str| (code.to_owned(), lang.say(zh, en).to_owned());
        let mut options = vec![choice("own", "我自己事项的通知", "About my own matters")];
        if self.visitor.is_staff() {
            options.push(choice("posts", "我岗位上的通知和提醒", "To my posts"));
        }
        let chosen = [("own", contact.own), ("posts", contact.posts)];
        field(
            lang,
            &Field {
                path: "wants".into(),
                label: lang.say("发到邮箱的通知", "By mail").into(),
                number: None,
                hint: None,
                optional: true,
                fault: None,
                conditional: false,
                control: Control::Checks {
                    options,
                    values: chosen.iter().filter(|(_, wanted)| *wanted).map(|(code, _)| (*code).to_owned()).collect(),
                },
            },
        )
    }

    fn remove(&self) -> Markup {
        self.form("remove", &html! { button class="button grave" type="submit" { (self.lang().say("删除邮箱", "Remove the address")) } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_an_address() {
        for good in ["a@b.cn", "zhang.san+x@mail.example.gov.cn"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "a", "a@b", "@b.cn", "a b@c.cn", "a@b..cn", "a@-b.cn", "张@b.cn", "a@b.cn\r\nBcc:x@y.cn", "a<x>@b.cn"]
        {
            assert!(!is_address(bad), "{bad}");
        }
    }

    #[test]
    fn full_width_and_spaces_are_read() {
        assert_eq!(half_width(" １２３ ４５６"), "123456");
        assert_eq!(half_width("ａ＠ｂ．cn "), "a@b.cn");
    }

    #[test]
    fn an_address_is_shown_covered() {
        assert_eq!(covered("zhang@example.cn"), "z***@example.cn");
    }
}
