//! `/matters/{id}/notes`: notes among those who handle a matter (内部留言), which nobody else sees. They are written here, and struck out here
//! by whoever wrote them.

use super::{View, find};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::components::reasons::reasons;
use crate::forms::field::{Control, Field, field};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::pages::apply::actors;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::sent::{AGAIN, Sent, SignedSent, first, take};
use crate::site::{App, Running, submit as do_act, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use engine::decide::note::{MENTION, NOTE_LETTERS_MAX, REASON, REASON_LETTERS_MAX, TEXT};
use engine::matter::Note;
use engine::rights::{Mention, may_note, mentions, reads_notes};
use engine::{Act, Actor, FieldFault, Matter, Refusal, Target, World};
use maud::{Markup, html};
use regulation::expr::{Record, Value};
use std::sync::Arc;
use store::{Snapshot, Submitted};

/// The answer that carries the idempotency key: a form sent twice is done once.
const KEY: &str = "_key";
/// The answer that says which note is struck out; a form without it writes one.
const STRIKE: &str = "strike";

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let key = app.fresh();
        app.read(|snapshot| page(snapshot, &visitor, &id, &Sent::default(), (&key, None)))
    })
    .await
}

/// Writes a note, or strikes one out.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    let again = take(&mut sent.answers, AGAIN).is_some();
    let key = take(&mut sent.answers, KEY).unwrap_or_else(|| app.fresh());
    if again {
        return work(&app, move |app| {
            app.read(|snapshot| Ok(page(snapshot, &visitor, &id, &sent, (&key, None))?.into_response()))
        })
        .await;
    }
    let (reader, matter, answers) = (visitor.clone(), id.clone(), sent.clone());
    let act = work(&app, move |app| app.read(|snapshot| asked(snapshot, &reader, &matter, &answers))).await?;
    match do_act(&app, act, Some(key.clone())).await? {
        Submitted::Done(_) => Ok(Redirect::to(&format!("/matters/{id}#notes")).into_response()),
        Submitted::Refused(refusal) => {
            work(&app, move |app| {
                app.read(|snapshot| {
                    let page = page(snapshot, &visitor, &id, &sent, (&key, Some(&refusal)))?;
                    Ok((Problem::from(refusal).status, page).into_response())
                })
            })
            .await
        }
    }
}

fn asked(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str, sent: &Sent) -> Result<Act, Problem> {
    let (matter, _) = find(snapshot, visitor, id)?;
    let actor = writer(snapshot.world(), visitor, &matter)?;
    let strike = match sent.text(STRIKE) {
        None => None,
        Some(note) => Some(note.parse().map_err(|_| Problem::not_found("没有这条留言", "No such note"))?),
    };
    let mentioned: &[String] = sent.answers.get(MENTION).map(Vec::as_slice).unwrap_or_default();
    let text = |name: &str| Value::Text(first(&sent.answers, name).unwrap_or_default().to_owned());
    let form: Record = [
        (TEXT.to_owned(), text(TEXT)),
        (REASON.to_owned(), text(REASON)),
        (MENTION.to_owned(), Value::List(mentioned.iter().cloned().map(Value::Text).collect())),
    ]
    .into();
    Ok(noting(&matter.id, strike, actor, form))
}

/// The act that writes a note or strikes one out.
#[must_use]
pub fn noting(matter: &str, strike: Option<u32>, actor: Actor, form: Record) -> Act {
    let target = Target::Note { matter: matter.to_owned(), strike };
    Act { target, name: "note".into(), actor, form, fresh_ids: Vec::new(), proved: false }
}

/// The first capacity in which a visitor writes notes of a matter; for whoever has none, there are no notes.
fn writer(world: &dyn World, visitor: &Visitor, matter: &Matter) -> Result<Actor, Problem> {
    let person = visitor.signed_in()?;
    let may = |actor: &Actor| may_note(world, actor, matter, visitor.now).is_ok();
    actors(person).into_iter().find(may).ok_or_else(|| {
        Problem::not_found(
            "没有这个事项，或者您无权查看它的内部留言",
            "No such matter, or its notes are not for you to see",
        )
        .of_refused_look(&matter.id)
    })
}

fn page(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    id: &str,
    sent: &Sent,
    (key, refusal): (&str, Option<&Refusal>),
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let view = View::open(snapshot, visitor, id)?;
    let actor = writer(snapshot.world(), visitor, &view.matter)?;
    let names = view.names();
    let title = lang.say("内部留言", "Internal notes");
    let faults = refusal.map(|refusal| refusal.fields.as_slice()).unwrap_or_default();
    let says_more = refusal.filter(|refusal| refusal.fields.is_empty());
    let writing = if sent.text(STRIKE).is_none() { sent.clone() } else { Sent::default() };
    let content = html! {
        (crumbs(lang, &[(&names.matter(id), &format!("/matters/{id}"))]))
        h1 { (title) }
        p class="lead" { (view.title()?) }
        (explained(lang))
        (error_summary(lang, faults))
        @if let Some(refusal) = says_more {
            div class="errors" role="alert" tabindex="-1" data-errors {
                h2 { (lang.say("没有办成", "Not done")) }
                (reasons(lang, names.world.rulebook(), &refusal.reasons))
            }
        }
        (list(names, &view.matter, |number, note| strike(visitor, &view, (number, note), (key, sent, faults))))
        @if view.matter.is_open() {
            h2 { (lang.say("写一条", "Write one")) }
            p class="soft" { (super::act::acting(visitor, &actor)) }
            form method="post" action=(format!("/matters/{id}/notes")) {
                (token(visitor))
                input type="hidden" name=(KEY) value=(key);
                (field(lang, &text_field(lang, &writing, faults)))
                (field(lang, &mention_field(names, &view.matter, visitor, &writing, faults)))
                div class="row" {
                    (button::submit(lang.say("留言", "Write the note")))
                    a href=(format!("/matters/{id}")) { (lang.say("不写了，返回", "Cancel")) }
                }
            }
        } @else {
            p class="soft" { (lang.say("事项已经办结，不能再写；自己写错的还可以划去。", "The matter is closed: no more notes. Your own can still be struck out.")) }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn explained(lang: Lang) -> Markup {
    html! { p class="soft" { (lang.say(
        "只有经办这一事项的岗位看得到，申请人和公众看不到。留言不改变事项的办理和期限，写下以后不能删除，写错的由本人注明理由划去。",
        "Only the posts that handle this matter see them, never the applicant or the public. A note changes nothing of the matter and its deadlines. It cannot be deleted; whoever wrote it may strike it out with a reason.",
    )) } }
}

fn fault_of(lang: Lang, faults: &[FieldFault], name: &str) -> Option<String> {
    faults.iter().find(|fault| fault.field == name).map(|fault| lang.say(&fault.zh, &fault.en).to_owned())
}

fn plain(path: &str, label: &str, fault: Option<String>, control: Control) -> Field {
    let (path, label) = (path.to_owned(), label.to_owned());
    Field { path, label, number: None, hint: None, optional: false, fault, conditional: false, control }
}

fn limit(letters: usize) -> u32 {
    u32::try_from(letters).unwrap_or(u32::MAX)
}

fn text_field(lang: Lang, sent: &Sent, faults: &[FieldFault]) -> Field {
    let value = sent.text(TEXT).unwrap_or_default().to_owned();
    let control = Control::Area { value, max: limit(NOTE_LETTERS_MAX) };
    let hint =
        lang.say("不要抄写身份证号、银行账号等个人信息。", "Do not copy identity or account numbers.").to_owned();
    Field { hint: Some(hint), ..plain(TEXT, lang.say("留言", "Note"), fault_of(lang, faults, TEXT), control) }
}

fn mention_field(names: Names<'_>, matter: &Matter, visitor: &Visitor, sent: &Sent, faults: &[FieldFault]) -> Field {
    let lang = names.lang;
    let offered = mentions(names.world, matter, visitor.now);
    let options = offered.iter().map(|mention| (mention.code(), called(names, mention))).collect();
    let values = sent.answers.get(MENTION).cloned().unwrap_or_default();
    let hint = lang.say("提到的会在工作台收到消息。", "They are told on their desk.").to_owned();
    let control = Control::Checks { options, values };
    let own = plain(MENTION, lang.say("提到谁（@）", "Mention (@)"), fault_of(lang, faults, MENTION), control);
    Field { hint: Some(hint), optional: true, ..own }
}

/// How people call whoever is mentioned; of a post, with who holds it.
#[must_use]
pub fn called(names: Names<'_>, mention: &Mention) -> String {
    match mention {
        Mention::Office(desk) => names.desk(desk),
        Mention::Post(post) => names.post(post),
    }
}

/// The notes in order, each with what may be done with it.
fn list(names: Names<'_>, matter: &Matter, beside: impl Fn(usize, &Note) -> Markup) -> Markup {
    html! {
        @if !matter.notes.is_empty() {
            ol class="notes" { @for (number, note) in matter.notes.iter().enumerate() { li id=(format!("note-{}", number + 1)) {
                (one(names, note))
                (beside(number, note))
            } } }
        }
    }
}

fn one(names: Names<'_>, note: &Note) -> Markup {
    let lang = names.lang;
    html! {
        p class="soft small" { (wrote(names, note)) " " time { (lang.moment(note.at)) } }
        @if let Some(struck) = &note.struck {
            p { s { (note.text) } }
            p class="small" { (lang.say("本人划去：", "Struck out: ")) (struck.reason) " " time { (lang.moment(struck.at)) } }
        } @else { p class="said" { (note.text) } }
        @if !note.desks.is_empty() || !note.posts.is_empty() {
            p class="small" {
                @for desk in &note.desks { span class="tag" { "@" (names.desk(desk)) } " " }
                @for post in &note.posts { span class="tag" { "@" (names.post(post)) } " " }
            }
        }
    }
}

/// Who wrote a note, with the post.
fn wrote(names: Names<'_>, note: &Note) -> String {
    match &note.actor {
        Actor::Person { person, post } => {
            let name = names.acting(person, post.as_deref(), note.at);
            post.as_ref().map_or_else(|| name.clone(), |post| format!("{} {name}", names.post(post)))
        }
        Actor::Clock => String::new(),
    }
}

/// The form with which whoever wrote a note strikes it out.
fn strike(
    visitor: &Visitor,
    view: &View<'_>,
    (number, note): (usize, &Note),
    (key, sent, faults): (&str, &Sent, &[FieldFault]),
) -> Markup {
    let lang = visitor.lang;
    let own = matches!(&note.actor, Actor::Person { person, .. } if visitor.person_id() == Some(person));
    if !own || note.struck.is_some() {
        return html! {};
    }
    let asked = sent.text(STRIKE) == Some(&number.to_string());
    let value = sent.text(REASON).filter(|_| asked).unwrap_or_default();
    let fault = fault_of(lang, faults, REASON).filter(|_| asked);
    // The summary's link leads to the one that was sent.
    let id = if asked { format!("f-{REASON}") } else { format!("f-{REASON}-{number}") };
    html! {
        details open[asked] {
            summary { (lang.say("划去这条", "Strike this out")) }
            div {
                form method="post" action=(format!("/matters/{}/notes", view.matter.id)) {
                    (token(visitor))
                    input type="hidden" name=(KEY) value=(format!("{key}-{number}"));
                    input type="hidden" name=(STRIKE) value=(number);
                    div class=(if fault.is_some() { "field wrong" } else { "field" }) {
                        label for=(id) { (lang.say("划去的理由", "Reason")) }
                        @if let Some(fault) = &fault { p class="error" { (fault) } }
                        input class="input" id=(id) name=(REASON) value=(value) maxlength=(REASON_LETTERS_MAX) required;
                    }
                    (button::secondary(lang.say("划去", "Strike out"), "do", "strike"))
                }
            }
        }
    }
}

impl View<'_> {
    /// The notes on the page of their matter, for those who read them.
    pub(super) fn notes(&self) -> Markup {
        let lang = self.lang();
        if !reads_notes(self.snapshot.world(), &viewer(self.visitor), &self.matter, self.visitor.now) {
            return html! {};
        }
        let label = if self.matter.is_open() {
            lang.say("写内部留言", "Write a note")
        } else {
            lang.say("查看和划去", "See and strike out")
        };
        html! {
            section id="notes" class="no-print" {
                h2 { (lang.say("内部留言", "Internal notes")) }
                (list(self.names(), &self.matter, |_, _| html! {}))
                @if self.matter.notes.is_empty() { p class="soft" { (lang.say("还没有。只有经办岗位看得到。", "None yet. Only those who handle the matter see them.")) } }
                @if self.matter.is_open() || !self.matter.notes.is_empty() {
                    p { (button::secondary_link(label, &format!("/matters/{}/notes", self.matter.id))) }
                }
            }
        }
    }
}
