//! `/readings`: who looked at one's own personal data (谁看过我的信息), on the site and through shares.

use super::home::names;
use super::subjects::{own_matters, own_rows, own_subjects};
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, table};
use crate::forms::names::hourly;
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::aside::Reading;

/// Looks listed.
const SHOWN: usize = 200;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let person = &visitor.signed_in()?.id;
            let rows = own_rows(snapshot.world(), person);
            let subjects = own_subjects(&rows, &own_matters(snapshot, person, SHOWN)?);
            let found = looks(snapshot, person, &subjects, SHOWN)?;
            snapshot.fault()?;
            Ok(page(snapshot, &visitor, &found))
        })
    })
    .await
}

/// Looks of others at what is somebody's own, the latest first, so many at most.
pub fn looks(
    snapshot: &dyn Snapshot,
    person: &str,
    subjects: &[String],
    limit: usize,
) -> Result<Vec<Reading>, Problem> {
    let mut found = Vec::new();
    for subject in subjects {
        found.extend(snapshot.readings(subject, limit)?.into_iter().filter(|reading| reading.person != person));
    }
    found.sort_by(|a, b| (b.at, &a.subject, &a.kind).cmp(&(a.at, &b.subject, &b.kind)));
    found.truncate(limit);
    Ok(found)
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, found: &[Reading]) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("谁看过我的信息", "Who looked at my data");
    let columns = [
        Column::text(lang.say("时间", "When")),
        Column::text(lang.say("谁", "Who")),
        Column::text(lang.say("看了什么", "What")),
        Column::text(lang.say("为什么", "Why")),
    ];
    let posts = &snapshot.world().county().posts;
    let row = |reading: &Reading| {
        let post = posts.get(&reading.post).map_or_else(|| reading.post.clone(), |post| post.title.clone());
        let emergency = snapshot.world().county().by_the_hour(&reading.person, &reading.post, reading.at);
        vec![
            html! { (lang.moment(reading.at)) },
            html! { (post) @if let Some(tenure) = emergency { "（" (hourly(lang, tenure)) "）" } },
            html! { (subject(snapshot, visitor, &reading.subject)) br; span class="soft small" { (kind(lang, &reading.kind)) } },
            html! { (reading.why) },
        ]
    };
    let content = html! {
        (crumbs(lang, &[(lang.say("我的事项", "My matters"), "/track")]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "岗位查看您的个人信息、别的单位通过数据共享取用，都记在这里。",
            "Whenever a post looks at your personal data, or another office takes it as shared data, it stands here.",
        )) }
        @if found.is_empty() { p class="soft" { (lang.say("还没有人看过。", "Nobody has looked yet.")) } }
        @else { (table(title, &columns, &found.iter().map(row).collect::<Vec<_>>())) }
    };
    layout::page(visitor, Nav::Track, title, &content)
}

/// A matter as a link, or a row by the register it stands in.
fn subject(snapshot: &dyn Snapshot, visitor: &Visitor, subject: &str) -> Markup {
    match subject.split_once('/') {
        None => html! { a href=(format!("/matters/{subject}")) { (names(snapshot, visitor).matter(subject)) } },
        Some((register, key)) => {
            let title = snapshot.world().rulebook().register(register);
            let title = title.map_or(register, |(_, register)| visitor.lang.label(&register.title));
            html! { (title) " " (key) }
        }
    }
}

/// What a kind of personal data is called in the log of looks.
pub fn kind(lang: Lang, kind: &str) -> &str {
    match kind {
        "identity" => lang.say("身份", "identity"),
        "contact" => lang.say("联系方式", "contact"),
        "bank" => lang.say("银行账户", "bank"),
        "health" => lang.say("健康", "health"),
        "family" => lang.say("家庭", "family"),
        "looks" => lang.say("查阅记录", "the log of looks"),
        "refused" => lang.say("想看，未予显示", "refused"),
        other => other,
    }
}
