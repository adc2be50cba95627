//! `/admin`: what the three administrators (三员) do, each apart: accounts, security, audit. None of them sees a matter here.

pub mod accounts;
pub mod events;
pub mod sessions;

use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use engine::county::Administration;
use engine::rights::{Task, administration, may_administer};
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
                "系统、安全、审计三个管理员分开由三个人担任，互不兼任，都看不到办理中的事项。",
                "System, security and audit are in the hands of three different people; none of them sees any matter.",
            )) }
            ul { @for task in Task::ALL.into_iter().filter(|task| may_administer(kind, *task)) {
                @let (href, label) = page_of(lang, task);
                li { a href=(href) { (label) } }
            } }
        };
        Ok(layout::page(&visitor, Nav::Admin, title, &content))
    })
    .await
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
        Task::Events => ("/admin/events", lang.say("登录和账户管理的记录", "Signing in and changes of accounts")),
    }
}
