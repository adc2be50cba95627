//! `/track`: a person's own matters, drafts and messages.

use super::documents;
use super::home::names;
use super::matter::later;
use super::subjects::{OFFERED_MAX, own_matters};
use crate::components::light::{Light, light, light_until};
use crate::components::table::{Column, table};
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, look, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use engine::event::Desk;
use engine::rights::{Access, may_see};
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::aside::Draft;
use store::pages::{Cut, MatterLine, Message, MessageKind};

/// Messages shown.
const MESSAGES: usize = 10;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| page(snapshot, &visitor)).await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let matters = own_matters(snapshot, &person.id, OFFERED_MAX)?;
    let title = lang.say("我的事项", "My matters");
    let desks = [Desk::Person(person.id.clone())];
    let content = html! {
        h1 { (title) }
        (waiting(snapshot, visitor, &desks)?)
        (messages(snapshot, visitor, person, &desks, "/track")?)
        (drafts(snapshot, visitor, person)?)
        p {
            a href="/readings" { (lang.say("谁看过我的信息", "Who looked at my data")) } " · "
            a href="/track/everything" { (lang.say("下载本站保存的我的全部信息", "Take a copy of everything kept about me")) }
        }
        @if has_owners(snapshot) { p { a href="/funds/mine" { (lang.say("我的账户", "My accounts")) } } }
        @if matters.is_empty() {
            p { (lang.say("还没有办过事项。", "No matters yet.")) " " a href="/services" { (lang.say("去办事", "See the services")) } }
        } @else { (list(snapshot, visitor, &matters, title)) }
    };
    Ok(layout::page(visitor, Nav::Track, title, &content))
}

/// What waits for somebody who holds no post, such as whoever acts for an enterprise: the way to their to-do list.
fn waiting(snapshot: &dyn Snapshot, visitor: &Visitor, desks: &[Desk]) -> Result<Markup, Problem> {
    let count = snapshot.todo_count(desks, visitor.now)?;
    let Ok(all) = usize::try_from(count.all) else { return Ok(html! {}) };
    Ok(html! {
        @if all > 0 {
            p { a href="/desk" { @match visitor.lang {
                Lang::Zh => { "有 " (all) " 件待您办理" }
                Lang::En => { (visitor.lang.count(all, "", "matter waits", "matters wait")) " for you" }
            } }
            @if count.late > 0 { " " (light(Light::Red, &format!("{} {}", count.late, visitor.lang.say("件已逾期", "late")))) } }
        }
    })
}

/// Whether any fund has sub-accounts that belong to people.
fn has_owners(snapshot: &dyn Snapshot) -> bool {
    let regulations = snapshot.world().rulebook().regulations.values();
    regulations.flat_map(|regulation| regulation.funds.values()).any(|fund| fund.owner.is_some())
}

/// Matters as a table.
#[must_use]
pub fn list(snapshot: &dyn Snapshot, visitor: &Visitor, matters: &[MatterLine], caption: &str) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("事项", "Matter")),
        Column::text(lang.say("编号", "Number")),
        Column::text(lang.say("环节", "Step")),
        Column::text(lang.say("期限", "Deadline")),
        Column::text(lang.say("提交", "Filed")),
    ];
    let rows: Vec<Vec<Markup>> = matters.iter().map(|line| row(snapshot, visitor, line)).collect();
    table(caption, &columns, &rows)
}

fn row(snapshot: &dyn Snapshot, visitor: &Visitor, line: &MatterLine) -> Vec<Markup> {
    let lang = visitor.lang;
    let names = names(snapshot, visitor);
    let rulebook = snapshot.world().rulebook();
    let procedure = rulebook.procedure(&line.procedure).map(|(_, procedure)| procedure);
    let title = line.title.clone().or_else(|| procedure.map(|procedure| lang.label(&procedure.title).to_owned()));
    let named = |name: &str| procedure.map_or_else(|| name.to_owned(), |procedure| names.step(procedure, name));
    vec![
        html! { a href=(format!("/matters/{}", line.id)) { (title.unwrap_or_else(|| line.id.clone())) } },
        html! { @if let Some(number) = &line.number { span class="number" { (number) } } },
        html! { @match (&line.step, &line.ended) {
            (Some(step), _) => { (named(step)) }
            (None, Some((end, _))) => { span class="tag" { (named(end)) } }
            (None, None) => {}
        } },
        html! { @if line.step.is_some() && line.due.is_some() { (light_until(lang, line.due, visitor.now, snapshot.world().holidays())) } },
        html! { time { (lang.date(line.opened_at.date())) } },
    ]
}

fn drafts(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    // Texts of regulations are at the editor, sheets for an act on a matter with it.
    let mut drafts = snapshot.drafts(&person.id)?;
    let goes_on = |id: &String| snapshot.world().matter(id).is_some_and(|matter| matter.is_open());
    let is_of_use = |draft: &Draft| match &draft.matter {
        Some(matter) => later::is_kept(draft) && goes_on(matter),
        None => draft.name != super::editor::NAME,
    };
    drafts.retain(is_of_use);
    let names = names(snapshot, visitor);
    let address = |draft: &Draft| match (&draft.matter, later::act_of(draft)) {
        (Some(matter), Some(act)) => format!("/matters/{matter}/acts/{act}"),
        _ => format!("/drafts/{}/1", draft.id),
    };
    let title = |name: &str| {
        let procedure = name.split('/').next().unwrap_or_default();
        let found = snapshot.world().rulebook().procedure(procedure);
        found.map_or_else(|| name.to_owned(), |(_, procedure)| lang.label(&procedure.title).to_owned())
    };
    Ok(html! {
        @if !drafts.is_empty() {
            h2 { (lang.say("没填完的草稿", "Drafts")) }
            ul { @for draft in &drafts { li {
                a href=(address(draft)) { (title(&draft.name)) @if let Some(matter) = &draft.matter { " " (names.matter(matter)) } } span class="soft" { (lang.say("，保存于 ", ", saved ")) (lang.moment(draft.saved)) }
            } } }
            h2 { (lang.say("已提交", "Filed")) }
        }
    })
}

/// The latest messages to somebody, and to the desks they sit at.
pub fn messages(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    desks: &[Desk],
    back: &str,
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let inbox = snapshot.inbox(desks, &person.id, &Cut::first(MESSAGES))?;
    // An alarm that also says so in words is shown once.
    let told = |message: &Message| {
        inbox
            .lines
            .iter()
            .any(|other| other.kind == MessageKind::Told && other.matter == message.matter && other.at == message.at)
    };
    let mut fresh: Vec<&Message> = Vec::new();
    for message in inbox.lines.iter().filter(|message| !message.seen) {
        // Who holds two posts that are told, or is told twice of one thing, reads it once.
        let same = |known: &&Message| {
            known.matter == message.matter && known.kind == message.kind && known.text == message.text
        };
        let again = message.kind != MessageKind::Noted
            && fresh.iter().any(|known| same(known) && known.at.date() == message.at.date());
        if !again && (message.kind != MessageKind::Alarm || !told(message)) {
            fresh.push(message);
        }
    }
    Ok(html! {
        @if !fresh.is_empty() {
            section class="panel" {
                h2 { (lang.say("新消息", "New messages")) }
                ul { @for message in &fresh { li {
                    @match message.kind {
                        MessageKind::Told => { (message.text) }
                        MessageKind::Alarm => { (alarm(snapshot, visitor, message)) }
                        MessageKind::Noted => { (names(snapshot, visitor).person(&message.text)) (lang.say("在内部留言里提到了您或者您的岗位：", " mentions you or your post in a note:")) }
                    }
                    " " (about(snapshot, visitor, &message.matter)?)
                    br; span class="soft small" { (lang.moment(message.at)) }
                } } }
                form method="post" action="/messages/seen" {
                    (token(visitor))
                    input type="hidden" name="back" value=(back);
                    button class="link-button" type="submit" { (lang.say("全部标为已读", "Mark all as read")) }
                }
            }
        }
    })
}

/// The matter of a message by its name, with the way to it, or to its newest paper where that is all that the reader may see.
fn about(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Markup, Problem> {
    let name = names(snapshot, visitor).matter(id);
    let Some(matter) = snapshot.world().matter(id) else { return Ok(html! { (name) }) };
    let sees = may_see(snapshot.world(), &documents::viewer(visitor), &matter, visitor.now) > Access::None;
    let way = if sees {
        Some(format!("/matters/{id}"))
    } else {
        let papers = documents::of_matter(snapshot, visitor, &matter)?;
        papers.last().map(|paper| format!("/documents/{}", paper.line.document.id))
    };
    Ok(html! { @if let Some(way) = way { a href=(way) { (name) } } @else { (name) } })
}

fn alarm(snapshot: &dyn Snapshot, visitor: &Visitor, message: &Message) -> Markup {
    let lang = visitor.lang;
    let world = snapshot.world();
    let matter = world.matter(&message.matter);
    let clock = matter.as_ref().and_then(|matter| matter.clocks.iter().find(|clock| clock.name == message.text));
    let step = matter.as_ref().zip(clock).and_then(|(matter, clock)| {
        let regulation = world.regulation(&matter.regulation, &matter.version)?;
        let procedure = regulation.procedures.get(&matter.procedure)?;
        Some(names(snapshot, visitor).step(procedure, &clock.step))
    });
    html! { span class="light red" { (lang.say("逾期提醒：", "Late: ")) (step.unwrap_or_else(|| message.text.clone())) } }
}

/// `/messages/seen`: marks the messages to somebody's desks as read.
pub async fn seen(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    let back = if sent.text("back") == Some("/desk") { "/desk" } else { "/track" };
    work(&app, move |app| {
        let person = visitor.signed_in()?;
        let (desks, latest) = app.read(|snapshot| {
            let desks = engine::rights::desks_of(snapshot.world().county(), &person.id, visitor.now);
            let latest = snapshot.inbox(&desks, &person.id, &Cut::first(1))?.lines.first().map(|message| message.seq);
            Ok((desks, latest))
        })?;
        if let Some(seq) = latest {
            for desk in &desks {
                app.store().mark_seen(desk, &person.id, seq)?;
            }
        }
        Ok(Redirect::to(back).into_response())
    })
    .await
}
