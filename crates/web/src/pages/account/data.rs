//! `/account/data`: what is kept about oneself, for how long, and how to ask that it be erased (个人信息删除请求).
//! (Personal Information Protection Law, art. 17 and 47.)

use crate::components::crumbs::crumbs;
use crate::components::table::{Column, table};
use crate::keeping::{Way, begin, standing, ways};
use crate::layout::{self, Nav};
use crate::pages::subjects::own_rows;
use crate::problem::Problem;
use crate::registers::wanted::encoded;
use crate::site::{App, Running, actor, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use engine::World;
use engine::keeping::{Part, hindrances, of_matter, of_row, owner_of_row, parts};
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;

/// Parts listed of each row.
const SHOWN: usize = 200;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let page = page(snapshot, &visitor, visitor.signed_in()?);
            snapshot.fault()?;
            Ok(page)
        })
    })
    .await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, person: &Person) -> Markup {
    let lang = visitor.lang;
    let world = snapshot.world();
    let title = lang.say("我的信息保存多久", "How long my data is kept");
    let ways = ways(world);
    let rows = own_rows(world, &person.id);
    let content = html! {
        (crumbs(lang, &[(lang.say("我的账户", "My account"), "/account")]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "登记在您名下的信息，和归它的全部事项，用同一把密钥密封，要删除就一起删除。保存期限没有到的，法律规定不能删除。",
            "What is registered about you, and all matters that belong to it, is sealed with one key and erased together. Before its term of keeping is over the law does not let it go.",
        )) }
        @if rows.is_empty() { p class="soft" { (lang.say("没有登记在您名下的信息。", "Nothing is registered about you.")) } }
        @for (register, key) in &rows { (section(snapshot, visitor, person, &ways, (register, key))) }
        p { a href="/track/everything" { (lang.say("下载本站保存的我的全部信息", "Take a copy of everything kept about me")) } }
    };
    layout::page(visitor, Nav::Track, title, &content)
}

fn section(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    person: &Person,
    ways: &[Way],
    (register, key): (&str, &str),
) -> Markup {
    let lang = visitor.lang;
    let world = snapshot.world();
    let Some(((_, known), row)) = world.rulebook().register(register).zip(world.row(register, key)) else {
        return html! {};
    };
    let owner = owner_of_row(known, key);
    let columns = [
        Column::text(lang.say("信息", "What")),
        Column::text(lang.say("编号", "Number")),
        Column::text(lang.say("保存多久", "Kept")),
    ];
    let parts = parts(world, &owner);
    let lines: Vec<Vec<Markup>> = parts.iter().take(SHOWN).filter_map(|part| line(world, visitor, part)).collect();
    let against = hindrances(world, &owner, visitor.now);
    let own = actor(&person.id, None);
    let href = begin(world, ways, &own, &row.place, &owner, visitor.now).filter(|_| world.has_sealed(&owner));
    html! {
        section {
            h2 { (lang.label(&known.title)) " " (key) }
            (table(&owner, &columns, &lines))
            @if parts.len() > SHOWN { p class="soft" { (lang.say("只列出前面的。", "Only the first are listed.")) } }
            @if !against.is_empty() {
                p { (lang.say("现在不能删除的原因：", "What stands against erasing it now:")) }
                ul { @for reason in &against { li { (lang.say(&reason.zh, &reason.en)) } } }
            }
            @if let Some(href) = href { p { a class="button secondary" href=(href) { (lang.say("申请删除", "Ask to erase it")) } } }
        }
    }
}

fn line(world: &dyn World, visitor: &Visitor, part: &Part) -> Option<Vec<Markup>> {
    let lang = visitor.lang;
    let (title, number, keeping) = match part {
        Part::Row { register, key } => {
            let (_, known) = world.rulebook().register(register)?;
            let (row, closed) = world.last_row(register, key)?;
            let number = html! { a href=(format!("/registers/{register}/{}", encoded(key))) { (key) } };
            (lang.label(&known.title).to_owned(), number, of_row(world, register, &row, closed, visitor.now))
        }
        Part::Matter(id) => {
            let matter = world.matter(id)?;
            let (_, procedure) = world.rulebook().procedure(&matter.procedure)?;
            let number = html! { a href=(format!("/matters/{id}")) { (matter.number.as_deref().unwrap_or(id)) } };
            (lang.label(&procedure.title).to_owned(), number, of_matter(world, &matter, visitor.now))
        }
    };
    Some(vec![html! { (title) }, number, html! { (standing(lang, &keeping, visitor.now.date())) }])
}
