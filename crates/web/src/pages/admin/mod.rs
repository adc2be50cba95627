//! `/admin`: what the three administrators (三员) do, each apart: accounts, security, audit. None of them sees a matter here
//! but those that a regulation hands them by name.

pub mod accounts;
pub mod emergencies;
pub mod events;
pub mod looks;
pub mod sessions;

use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use engine::county::Administration;
use engine::rights::{Task, administration, desks_of, may_administer};
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;

/// The page: what the visitor administers.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| {
        let lang = visitor.lang;
        let kind = administers(snapshot, &visitor)?;
        let title = words(lang, kind);
        let content = html! {
            h1 { (title) }
            p class="lead" { (lang.say(
                "系统、安全、审计三个管理员分开由三个人担任，互不兼任；办理中的事项，只看得到规定写明要他们办的。",
                "System, security and audit are in the hands of three different people; of matters they see only those that a regulation hands them.",
            )) }
            (waiting(snapshot, &visitor)?)
            ul { @for task in Task::ALL.into_iter().filter(|task| may_administer(kind, *task)) {
                @let (href, label) = page_of(lang, task);
                li { a href=(href) { (label) } }
            } }
        };
        Ok(layout::page(&visitor, Nav::Admin, title, &content))
    })
    .await
}

/// What waits for the visitor, and whether an emergency runs.
fn waiting(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let person = &visitor.signed_in()?.id;
    let count = snapshot.todo_count(&desks_of(snapshot.world().county(), person, visitor.now), visitor.now)?;
    let running = emergencies::running(snapshot, visitor);
    let may_see = may_administer(administers(snapshot, visitor)?, Task::Emergencies);
    Ok(html! {
        ul class="figures" {
            li class=[(count.late > 0).then_some("late")] { a href="/desk" { b { (count.all) } (lang.say("待办", "to do")) } }
            @if may_see { li { a href="/admin/emergencies" { b { (running) } (lang.say("正在进行的应急授权", "posts taken in an emergency")) } } }
        }
    })
}

/// What the visitor administers; for others there is no such page.
fn administers(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Administration, Problem> {
    let person = visitor.signed_in()?;
    let kind = administration(snapshot.world().county(), &person.id, visitor.now.date());
    kind.ok_or_else(|| Problem::not_found("没有这个页面", "There is no such page"))
}

/// The visitor, if this is theirs to do; for others there is no such page.
pub(super) fn only<'v>(snapshot: &dyn Snapshot, visitor: &'v Visitor, task: Task) -> Result<&'v Person, Problem> {
    if may_administer(administers(snapshot, visitor)?, task) {
        visitor.signed_in()
    } else {
        Err(Problem::not_found("没有这个页面", "There is no such page"))
    }
}

fn words(lang: Lang, kind: Administration) -> &'static str {
    match kind {
        Administration::System => lang.say("系统管理", "System"),
        Administration::Security => lang.say("安全管理", "Security"),
        Administration::Audit => lang.say("审计管理", "Audit"),
    }
}

/// Where a task is done, and what its link says.
fn page_of(lang: Lang, task: Task) -> (&'static str, &'static str) {
    match task {
        Task::Accounts => ("/admin/accounts", lang.say("账户", "Accounts")),
        Task::Sessions => (
            "/admin/sessions",
            lang.say("登录着的人、输错的密码、丢失的双因素", "Who is signed in, wrong passwords, lost second factors"),
        ),
        Task::Emergencies => ("/admin/emergencies", lang.say("应急授权", "Posts taken in an emergency")),
        Task::Looks => ("/admin/looks", lang.say("查阅个人信息的记录", "Who looked at personal data")),
        Task::Events => ("/admin/events", lang.say("登录和账户管理的记录", "Signing in and changes of accounts")),
    }
}
