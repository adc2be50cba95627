//! `/admin/webhooks`: other programs that are told of events, kept by offices of the county for what they may see.

use super::home::names;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::forms::field::{Control, Field, LineKind, field};
use crate::lang::{Both, Lang};
use crate::layout::{self, Nav, token};
use crate::outgoing::address::read_target;
use crate::outgoing::event::type_of;
use crate::problem::Problem;
use crate::sent::{Sent, SignedSent};
use crate::site::{App, Running, look, work};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use engine::FieldFault;
use engine::event::Desk;
use jiff::ToSpan;
use maud::{Markup, html};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;
use store::outbox::{Topic, Webhook};

/// How long the secret before goes on signing beside the new one, so that the receiver can change over.
const OVERLAP_HOURS: i64 = 24;
/// How long a fresh secret is shown to whoever made it.
const SHOWN_MINUTES: i64 = 10;
/// Webhooks of one office.
const WEBHOOKS_MAX: usize = 20;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let fresh = query_value(&uri, "fresh");
    look(&state, move |snapshot| {
        let page = Page::open(snapshot, &visitor)?;
        Ok(page.markup(fresh.as_deref(), &Typed::default()))
    })
    .await
}

/// Adds, changes or drops one.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (offices, webhooks) = app.read(|snapshot| {
            let page = Page::open(snapshot, &visitor)?;
            Ok((page.offices, page.webhooks))
        })?;
        let desk = Keeping { app, visitor: &visitor, offices, webhooks };
        match desk.keep(&sent)? {
            Ok(fresh) => {
                let query = fresh.map_or_else(String::new, |id| format!("?fresh={id}"));
                Ok(Redirect::to(&format!("/admin/webhooks{query}")).into_response())
            }
            Err(fault) => {
                let typed = Typed {
                    fault: Some(fault),
                    url: sent.text("url").unwrap_or_default().to_owned(),
                    topics: topics(&sent),
                };
                let page = app.read(|snapshot| Ok(Page::open(snapshot, &visitor)?.markup(None, &typed)))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
        }
    })
    .await
}

/// What was typed into the form for a new one, and what is wrong with it.
#[derive(Default)]
struct Typed {
    fault: Option<(&'static str, Both)>,
    url: String,
    topics: BTreeSet<Topic>,
}

fn topics(sent: &Sent) -> BTreeSet<Topic> {
    sent.answers.get("topics").into_iter().flatten().filter_map(|code| Topic::read(code)).collect()
}

/// Somebody at work on the webhooks of their offices.
struct Keeping<'a> {
    app: &'a Running,
    visitor: &'a Visitor,
    offices: Vec<Desk>,
    webhooks: Vec<Webhook>,
}

/// The id of a webhook whose secret is fresh, or what is wrong in which field.
type Kept = Result<Option<String>, (&'static str, Both)>;

impl Keeping<'_> {
    fn keep(&self, sent: &Sent) -> Result<Kept, Problem> {
        if sent.text("do") == Some("add") {
            return self.add(sent);
        }
        let gone = || Problem::not_found("没有这个回调", "There is no such webhook");
        let webhook = self.webhooks.iter().find(|webhook| Some(webhook.id.as_str()) == sent.text("id"));
        let webhook = webhook.cloned().ok_or_else(gone)?;
        let id = webhook.id.clone();
        match sent.text("do") {
            Some("rotate") => {
                let former = Some((webhook.secret.clone(), self.visitor.now.saturating_add(OVERLAP_HOURS.hours())));
                self.put(Webhook { secret: self.fresh_secret(), former, ..webhook })?;
                Ok(Ok(Some(id)))
            }
            Some("pause") => self.put(Webhook { active: false, ..webhook }).map(|()| Ok(None)),
            Some("resume") => self.put(Webhook { active: true, ..webhook }).map(|()| Ok(None)),
            Some("drop") => {
                self.app.store().drop_webhook(&id)?;
                Ok(Ok(None))
            }
            _ => Err(Problem::unreadable("看不懂要改什么", "It is not clear what to change")),
        }
    }

    fn add(&self, sent: &Sent) -> Result<Kept, Problem> {
        let url = match read_target(sent.text("url").unwrap_or_default(), self.app.site.ways.private_webhooks) {
            Ok(url) => url,
            Err(fault) => return Ok(Err(("url", fault))),
        };
        let topics = topics(sent);
        if topics.is_empty() {
            return Ok(Err(("topics", Both::new("请至少选一种事件", "Choose at least one kind of event"))));
        }
        let place = sent.text("office").and_then(|text| text.parse().ok()).unwrap_or(0_usize);
        let Some(office) = self.offices.get(place) else {
            return Ok(Err(("office", Both::new("请选择单位", "Choose the office"))));
        };
        if self.webhooks.iter().filter(|webhook| webhook.office == *office).count() >= WEBHOOKS_MAX {
            return Ok(Err((
                "url",
                Both::new("本单位的回调已经够多了，请先删去不用的", "This office has enough webhooks: drop some first"),
            )));
        }
        let id = self.app.fresh();
        self.put(Webhook {
            id: id.clone(),
            office: office.clone(),
            url: url.into(),
            secret: self.fresh_secret(),
            former: None,
            topics,
            active: true,
            changed: self.visitor.now,
            person: String::new(),
        })?;
        Ok(Ok(Some(id)))
    }

    fn put(&self, webhook: Webhook) -> Result<(), Problem> {
        let person = self.visitor.signed_in()?.id.clone();
        Ok(self.app.store().put_webhook(Webhook { changed: self.visitor.now, person, ..webhook })?)
    }

    fn fresh_secret(&self) -> Vec<u8> {
        let mut secret = vec![0; trust::WEBHOOK_SECRET_BYTES];
        (self.app.site.chance)(&mut secret);
        secret
    }
}

struct Page<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    offices: Vec<Desk>,
    webhooks: Vec<Webhook>,
}

impl<'a> Page<'a> {
    /// The webhooks of somebody's offices; for whoever has none there is no such page.
    fn open(snapshot: &'a dyn Snapshot, visitor: &'a Visitor) -> Result<Page<'a>, Problem> {
        let offices = visitor.in_offices(snapshot.world().county())?;
        let mut webhooks = snapshot.webhooks()?;
        webhooks.retain(|webhook| offices.contains(&webhook.office));
        Ok(Page { snapshot, visitor, offices, webhooks })
    }

    fn lang(&self) -> Lang {
        self.visitor.lang
    }

    fn markup(&self, fresh: Option<&str>, typed: &Typed) -> Markup {
        let lang = self.lang();
        let title = lang.say("网络回调", "Webhooks");
        let content = html! {
            (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
            h1 { (title) }
            p class="lead" { (lang.say(
                "事项有变化时，签了名的通知发到你们自己的系统。只含编号、环节、条款和链接，没有个人信息；只发本单位看得到的事项和可以取用的共享数据。",
                "When a matter changes, a signed event goes to your own system: ids, steps, clauses and links, no personal data, and only for matters that your office may see and shared data that it may take.",
            )) }
            @for webhook in &self.webhooks { (self.one(webhook, fresh == Some(webhook.id.as_str()))) }
            h2 { (lang.say("登记一个回调", "Add a webhook")) }
            (self.form(typed))
        };
        layout::page(self.visitor, Nav::Desk, title, &content)
    }

    fn one(&self, webhook: &Webhook, fresh: bool) -> Markup {
        let lang = self.lang();
        let own = self.visitor.person_id() == Some(webhook.person.as_str());
        let shown = fresh && own && webhook.changed.saturating_add(SHOWN_MINUTES.minutes()) >= self.visitor.now;
        html! {
            section class="panel" {
                h2 class="number" { (webhook.url) }
                p class="soft" { (names(self.snapshot, self.visitor).desk(&webhook.office)) (lang.say("，最近改动 ", ", last changed ")) (lang.moment(webhook.changed)) }
                @if !webhook.active { p { span class="tag" { (lang.say("已停发", "paused")) } } }
                p { @for topic in &webhook.topics { span class="tag" { (topic_label(lang, *topic)) } " " } }
                @if shown {
                    (banner(Tone::Care, lang.say("签名密钥，只显示这一次", "Signing secret, shown only now"), &html! { p { code { (trust::print_webhook_secret(&webhook.secret)) } } }))
                }
                @if let Some((_, until)) = webhook.former.as_ref().filter(|(_, until)| *until > self.visitor.now) {
                    p class="soft" { (lang.say("旧密钥同时签名，到 ", "The former secret signs as well until ")) (lang.moment(*until)) }
                }
                div class="row" {
                    (self.button(webhook, "rotate", lang.say("换密钥", "New secret"), false))
                    @if webhook.active { (self.button(webhook, "pause", lang.say("停发", "Pause"), false)) }
                    @else { (self.button(webhook, "resume", lang.say("恢复", "Resume"), false)) }
                    (self.button(webhook, "drop", lang.say("删除", "Drop"), true))
                }
            }
        }
    }

    fn button(&self, webhook: &Webhook, does: &str, label: &str, grave: bool) -> Markup {
        html! {
            form method="post" action="/admin/webhooks" {
                (token(self.visitor))
                input type="hidden" name="id" value=(webhook.id);
                button class=(if grave { "button grave" } else { "button secondary" }) type="submit" name="do" value=(does) { (label) }
            }
        }
    }

    fn form(&self, typed: &Typed) -> Markup {
        let lang = self.lang();
        let faults: Vec<FieldFault> = typed
            .fault
            .iter()
            .map(|(name, said)| FieldFault {
                field: (*name).into(),
                label: "".into(),
                zh: said.zh.clone(),
                en: said.en.clone(),
                clauses: Vec::new(),
            })
            .collect();
        let names = names(self.snapshot, self.visitor);
        let offices: Vec<(String, String)> =
            self.offices.iter().enumerate().map(|(place, desk)| (place.to_string(), names.desk(desk))).collect();
        let topics = Topic::ALL
            .map(|topic| (topic.code().to_owned(), format!("{}（{}）", topic_label(lang, topic), type_of(topic))));
        let chosen = typed.topics.iter().map(|topic| topic.code().to_owned()).collect();
        html! {
            (error_summary(lang, &faults))
            form method="post" action="/admin/webhooks" {
                (token(self.visitor))
                input type="hidden" name="do" value="add";
                (self.field(typed, "url", lang.say("网址", "Address"), Control::Line { value: typed.url.clone(), kind: LineKind::Text, unit: None }))
                @if offices.len() > 1 {
                    (self.field(typed, "office", lang.say("单位", "Office"), Control::Radios { options: offices, value: "0".into() }))
                }
                (self.field(typed, "topics", lang.say("事件", "Events"), Control::Checks { options: topics.into(), values: chosen }))
                (button::submit(lang.say("登记", "Add")))
            }
        }
    }

    fn field(&self, typed: &Typed, path: &str, label: &str, control: Control) -> Markup {
        let fault = typed.fault.as_ref().filter(|(name, _)| *name == path);
        field(
            self.lang(),
            &Field {
                path: path.into(),
                label: label.into(),
                number: None,
                hint: None,
                optional: false,
                fault: fault.map(|(_, said)| said.in_lang(self.lang()).to_owned()),
                conditional: false,
                control,
            },
        )
    }
}

fn topic_label(lang: Lang, topic: Topic) -> &'static str {
    match topic {
        Topic::MatterOpened => lang.say("事项开始", "matter opened"),
        Topic::ActDone => lang.say("办理动作", "act done"),
        Topic::StepEntered => lang.say("进入环节", "step entered"),
        Topic::MatterEnded => lang.say("事项办结", "matter ended"),
        Topic::DocumentIssued => lang.say("出具文书", "document issued"),
        Topic::DocumentVoided => lang.say("文书失效", "document voided"),
        Topic::DeadlinePassed => lang.say("期限届满", "deadline passed"),
        Topic::MessageSent => lang.say("发出通知", "message sent"),
        Topic::ShareChanged => lang.say("共享数据有变化", "shared data changed"),
    }
}
