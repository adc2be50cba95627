//! `/admin/keys`: the keys with which programs of an office take shared data. Made by its officers, shown once, kept as digests, ending by
//! themselves, taken back for good.

use super::home::names;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::components::table::{Column, table};
use crate::forms::field::{Control, Field, LineKind, field};
use crate::lang::{Both, Lang};
use crate::layout::{self, Nav, token};
use crate::limits::PER_MINUTE;
use crate::problem::Problem;
use crate::sent::{Sent, SignedSent};
use crate::site::{App, Running, look, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::FieldFault;
use engine::event::Desk;
use jiff::ToSpan;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::sharing::AccessKey;

/// How a key is known from other secrets, by people and by programs that look for what leaked.
const PREFIX: &str = "gongbao-key-";
/// For how many days a key may be made; the first is chosen.
const DAYS: [i64; 3] = [90, 180, 365];
/// Keys of one office that hold at a time.
const KEYS_MAX: usize = 20;
/// Characters of what a key is called.
const LABEL_MAX: usize = 60;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| Ok(Page::open(snapshot, &visitor)?.markup(None, &Typed::default()))).await
}

/// Makes a key or takes one back.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let person = visitor.signed_in()?.id.clone();
        let (offices, keys) = app.read(|snapshot| {
            let page = Page::open(snapshot, &visitor)?;
            Ok((page.offices, page.keys))
        })?;
        if let Some(id) = sent.text("id") {
            if !keys.iter().any(|key| key.id == id) {
                return Err(Problem::not_found("没有这个密钥", "There is no such key"));
            }
            app.store().revoke_access_key(id, visitor.now, &person)?;
            return Ok(Redirect::to("/admin/keys").into_response());
        }
        let page = |fresh: Option<&str>, typed: &Typed| {
            app.read(|snapshot| Ok(Page::open(snapshot, &visitor)?.markup(fresh, typed)))
        };
        match wanted(&sent, &offices, &keys, &visitor) {
            Ok((office, label, days)) => {
                let secret = format!("{PREFIX}{}{}", app.fresh(), app.fresh());
                app.store().put_access_key(AccessKey {
                    id: app.fresh(),
                    office,
                    label,
                    digest: trust::token_digest(&secret),
                    made: visitor.now,
                    person,
                    ends: visitor.now.saturating_add(days.days()),
                    revoked: None,
                })?;
                Ok((StatusCode::CREATED, page(Some(&secret), &Typed::default())?).into_response())
            }
            Err(fault) => {
                let typed = Typed { fault: Some(fault), label: sent.text("label").unwrap_or_default().to_owned() };
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page(None, &typed)?).into_response())
            }
        }
    })
    .await
}

/// What was typed into the form, and what is wrong with it.
#[derive(Default)]
struct Typed {
    fault: Option<(&'static str, Both)>,
    label: String,
}

/// The office, name and days of a key that is wanted, or what is wrong in which field.
fn wanted(
    sent: &Sent,
    offices: &[Desk],
    keys: &[AccessKey],
    visitor: &Visitor,
) -> Result<(Desk, String, i64), (&'static str, Both)> {
    let label = sent.text("label").unwrap_or_default().trim();
    if label.is_empty() || label.chars().count() > LABEL_MAX {
        return Err(("label", Both::new("请写明哪个系统用（60字以内）", "Say which system has it, in 60 characters")));
    }
    let place = sent.text("office").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
    let Some(office) = offices.get(place) else {
        return Err(("office", Both::new("请选择单位", "Choose the office")));
    };
    let days = sent.text("days").and_then(|text| text.parse().ok()).filter(|days| DAYS.contains(days));
    let Some(days) = days else {
        return Err(("days", Both::new("请选择有效期", "Choose how long it holds")));
    };
    let held = keys.iter().filter(|key| key.office == *office && key.holds(visitor.now)).count();
    if held >= KEYS_MAX {
        return Err((
            "label",
            Both::new("本单位的密钥已经够多了，请先收回不用的", "This office has enough keys: revoke some first"),
        ));
    }
    Ok((office.clone(), label.to_owned(), days))
}

struct Page<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    offices: Vec<Desk>,
    keys: Vec<AccessKey>,
}

impl<'a> Page<'a> {
    /// The keys of somebody's offices; for whoever has none there is no such page.
    fn open(snapshot: &'a dyn Snapshot, visitor: &'a Visitor) -> Result<Page<'a>, Problem> {
        visitor.signed_in()?;
        let offices = visitor.key_offices(snapshot.world().county());
        if offices.is_empty() {
            return Err(Problem::not_found("没有这个页面", "There is no such page"));
        }
        let mut keys = snapshot.access_keys()?;
        keys.retain(|key| offices.contains(&key.office));
        Ok(Page { snapshot, visitor, offices, keys })
    }

    fn lang(&self) -> Lang {
        self.visitor.lang
    }

    fn markup(&self, fresh: Option<&str>, typed: &Typed) -> Markup {
        let lang = self.lang();
        let title = lang.say("共享密钥", "Keys for shared data");
        let content = html! {
            (crumbs(lang, &[(lang.say("数据目录", "Shared data"), "/shares")]))
            h1 { (title) }
            p class="lead" { (lang.say(
                "你们自己的系统凭密钥取用共享数据。密钥属于单位，只显示一次；每个系统用自己的，泄露了就收回。",
                "Your own systems take shared data with a key. It belongs to the office and is shown once; give each system its own, and revoke what leaked.",
            )) }
            p class="soft" { (lang.say("每个密钥每分钟最多 ", "Each key has at most ")) (PER_MINUTE) (lang.say(" 次。", " requests a minute.")) }
            @if let Some(secret) = fresh {
                (banner(Tone::Care, lang.say("新密钥，只显示这一次", "The new key, shown only now"), &html! { p { code class="secret" { (secret) } } }))
            }
            @if !self.keys.is_empty() { (self.list()) }
            h2 { (lang.say("生成一个密钥", "Make a key")) }
            (self.form(typed))
        };
        layout::page(self.visitor, Nav::Desk, title, &content)
    }

    fn list(&self) -> Markup {
        let lang = self.lang();
        let columns = [
            Column::text(lang.say("系统", "System")),
            Column::text(lang.say("单位", "Office")),
            Column::text(lang.say("生成", "Made")),
            Column::text(lang.say("有效", "Holds")),
            Column::text(lang.say("办理", "Do")),
        ];
        let names = names(self.snapshot, self.visitor);
        let row = |key: &AccessKey| {
            vec![
                html! { (key.label) },
                html! { (names.desk(&key.office)) },
                html! { (lang.date(key.made.date())) " " span class="soft small" { (names.person(&key.person)) } },
                self.state(key),
                html! { @if key.holds(self.visitor.now) {
                    form method="post" action="/admin/keys" {
                        (token(self.visitor))
                        input type="hidden" name="id" value=(key.id);
                        button class="button grave" type="submit" { (lang.say("收回", "Revoke")) }
                    }
                } },
            ]
        };
        table(lang.say("密钥", "Keys"), &columns, &self.keys.iter().map(row).collect::<Vec<_>>())
    }

    fn state(&self, key: &AccessKey) -> Markup {
        let lang = self.lang();
        html! {
            @match &key.revoked {
                Some((at, person)) => { span class="tag" { (lang.say("已收回", "revoked")) } " " span class="soft small" { (lang.date(at.date())) " " (names(self.snapshot, self.visitor).person(person)) } },
                None if key.holds(self.visitor.now) => { (lang.say("到 ", "until ")) (lang.date(key.ends.date())) },
                None => { span class="tag" { (lang.say("已到期", "ended")) } " " span class="soft small" { (lang.date(key.ends.date())) } },
            }
        }
    }

    fn form(&self, typed: &Typed) -> Markup {
        let lang = self.lang();
        let fault = |(name, said): &(&'static str, Both)| FieldFault {
            field: (*name).into(),
            label: "".into(),
            zh: said.zh.clone(),
            en: said.en.clone(),
            clauses: Vec::new(),
        };
        let faults: Vec<FieldFault> = typed.fault.iter().map(fault).collect();
        let names = names(self.snapshot, self.visitor);
        let offices: Vec<(String, String)> =
            self.offices.iter().enumerate().map(|(place, desk)| (place.to_string(), names.desk(desk))).collect();
        let days = DAYS.map(|days| (days.to_string(), format!("{days} {}", lang.say("天", "days"))));
        html! {
            (error_summary(lang, &faults))
            form method="post" action="/admin/keys" {
                (token(self.visitor))
                (self.field(typed, "label", lang.say("哪个系统用", "Which system has it"), Control::Line { value: typed.label.clone(), kind: LineKind::Text, unit: None }))
                @if offices.len() > 1 {
                    (self.field(typed, "office", lang.say("单位", "Office"), Control::Radios { options: offices, value: "0".into() }))
                }
                (self.field(typed, "days", lang.say("有效期", "Holds for"), Control::Radios { options: days.into(), value: DAYS[0].to_string() }))
                (button::submit(lang.say("生成", "Make")))
            }
        }
    }

    fn field(&self, typed: &Typed, path: &str, label: &str, control: Control) -> Markup {
        let fault = typed.fault.as_ref().filter(|(name, _)| *name == path);
        let fault = fault.map(|(_, said)| said.in_lang(self.lang()).to_owned());
        let asked = Field {
            path: path.into(),
            label: label.into(),
            number: None,
            hint: None,
            optional: false,
            fault,
            conditional: false,
            control,
        };
        field(self.lang(), &asked)
    }
}
