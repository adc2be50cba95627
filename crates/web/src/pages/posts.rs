//! `/posts`: which posts there are and who holds them; `/posts/{post}`: one of them with its history. For those who hold one.

use super::home::names;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::light::{Light, light};
use crate::components::pagination::pagination;
use crate::components::summary::summary;
use crate::components::table::{Column, Row, marked_table, table};
use crate::lang::Lang;
use crate::layout::{self, Nav, with_query};
use crate::posts::{Standing, Term, Wanted, found, let_through, lying, terms};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use engine::county::{Appointment, Post};
use maud::{Markup, html};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Snapshot;
use store::pages::CountyLine;

/// Posts on a page.
const LINES: usize = 50;

/// The list.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let value = |name: &str| query_value(&uri, name).filter(|value| !value.is_empty());
    let wanted = Wanted {
        place: value("place"),
        office: value("office"),
        vacant: value("vacant").is_some(),
        text: value("q"),
        on: visitor.now.date(),
    };
    let after = value("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    look(&state, move |snapshot| list(snapshot, &visitor, &wanted, after)).await
}

/// One post.
pub async fn one(state: State<Arc<Running>>, visitor: Visitor, Path(post): Path<String>) -> Result<Markup, Problem> {
    look(&state, move |snapshot| of_post(snapshot, &visitor, &post)).await
}

fn list(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &Wanted, after: usize) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let_through(snapshot, visitor)?;
    let all = found(snapshot, wanted);
    let vacant = all.iter().filter(|standing| standing.holders.is_empty()).count();
    let shown: Vec<&Standing<'_>> = all.iter().skip(after).take(LINES).collect();
    let rows = shown.iter().map(|standing| row(snapshot, visitor, standing)).collect::<Result<Vec<_>, _>>()?;
    let title = lang.say("岗位和任职", "Posts and their holders");
    let columns = [
        Column::text(lang.say("岗位", "Post")),
        Column::text(lang.say("机构", "Office")),
        Column::text(lang.say("任职", "Held by")),
        Column::number(lang.say("待办", "To do")),
    ];
    let plain = with_query(&visitor.here, "after", "");
    let next = after + LINES;
    let next = (next < all.len()).then(|| with_query(&plain, "after", &next.to_string()));
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        p class="lead" { (lang.say("职责和权限属于岗位，由任职的人行使；空缺的岗位排在前面，落在那里的待办没有人办。", "Duties and rights belong to posts and go with whoever holds them. Vacant posts come first: nobody does what lies there.")) }
        (chooser(snapshot, visitor, wanted))
        p class="soft" { (count(lang, all.len(), vacant)) }
        @if rows.is_empty() { p class="soft" { (lang.say("没有符合条件的岗位。", "No post fits.")) } }
        @else { (marked_table(title, &columns, &rows)) }
        (pagination(lang, (after > 0).then_some(plain.as_str()), next.as_deref()))
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn count(lang: Lang, all: usize, vacant: usize) -> String {
    match lang {
        Lang::Zh => format!("共{all}个岗位，{vacant}个空缺"),
        Lang::En => format!("{all} posts, {vacant} vacant"),
    }
}

/// Place, office and words, as a form that works without scripts.
fn chooser(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &Wanted) -> Markup {
    let lang = visitor.lang;
    let names = names(snapshot, visitor);
    let county = snapshot.world().county();
    let places: BTreeSet<&str> = county.posts.values().map(|post| post.place.as_str()).collect();
    let offices: BTreeMap<String, String> = county
        .posts
        .values()
        .map(|post| (format!("{}/{}", post.level, post.desk), names.office(&post.level, &post.desk)))
        .collect();
    html! {
        form class="search wrap no-print" role="search" method="get" action="/posts" {
            select class="input" name="place" aria-label=(lang.say("地方", "Place")) {
                option value="" { (lang.say("全县", "Everywhere")) }
                @for place in places { option value=(place) selected[wanted.place.as_deref() == Some(place)] { (names.place_path(place)) } }
            }
            select class="input" name="office" aria-label=(lang.say("机构", "Office")) {
                option value="" { (lang.say("各机构", "All offices")) }
                @for (office, name) in &offices { option value=(office) selected[wanted.office.as_ref() == Some(office)] { (name) } }
            }
            input class="input" type="search" name="q" value=(wanted.text.clone().unwrap_or_default()) aria-label=(lang.say("岗位名称或姓名", "Title or name")) placeholder=(lang.say("岗位名称或姓名", "Title or name"));
            label class="tick" { input type="checkbox" name="vacant" value="yes" checked[wanted.vacant]; " " (lang.say("只看空缺", "Vacant only")) }
            button class="button secondary" type="submit" { (lang.say("查找", "Find")) }
        }
    }
}

fn row(snapshot: &dyn Snapshot, visitor: &Visitor, standing: &Standing<'_>) -> Result<Row, Problem> {
    let lang = visitor.lang;
    let Standing { post, holders } = standing;
    let lying = lying(snapshot, post, visitor.now.date())?;
    let cells = vec![
        html! { a href=(address(post)) { (names(snapshot, visitor).post(&post.id)) } },
        html! { (office(snapshot, visitor, post)) },
        html! {
            @if holders.is_empty() { (light(Light::Red, lang.say("空缺", "Vacant"))) }
            @else { (held_by(snapshot, visitor, holders)) }
        },
        html! { (lying) },
    ];
    Ok(Row { cells, class: (holders.is_empty() && lying > 0).then_some("late") })
}

fn address(post: &Post) -> String {
    format!("/posts/{}", layout::encode_part(&post.id))
}

fn office(snapshot: &dyn Snapshot, visitor: &Visitor, post: &Post) -> String {
    let names = names(snapshot, visitor);
    let office = names.office(&post.level, &post.desk);
    match snapshot.world().county().places.get(&post.place).filter(|place| place.parent.is_some()) {
        Some(place) if !office.contains(&place.name) => format!("{} {office}", names.place_path(&place.code)),
        _ => office,
    }
}

/// Those who hold it, a line each.
fn held_by(snapshot: &dyn Snapshot, visitor: &Visitor, holders: &[&Appointment]) -> Markup {
    html! { @for (place, tenure) in holders.iter().enumerate() { @if place > 0 { br; } (held(snapshot, visitor, tenure)) } }
}

/// Who holds it, how, and until when.
fn held(snapshot: &dyn Snapshot, visitor: &Visitor, tenure: &Appointment) -> Markup {
    let lang = visitor.lang;
    html! {
        (names(snapshot, visitor).person(&tenure.person))
        @if let Some(kind) = kind(lang, tenure) { " " span class="soft" { (kind) } }
        @if let Some(to) = tenure.to { " " span class="soft small" { (lang.say("至", "until ")) (lang.date(to)) } }
    }
}

fn kind(lang: Lang, tenure: &Appointment) -> Option<String> {
    match tenure.kind.as_deref()? {
        Appointment::ACTING => Some(lang.say("代行", "acting").to_owned()),
        other => Some(other.to_owned()),
    }
}

fn of_post(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let_through(snapshot, visitor)?;
    let county = snapshot.world().county();
    let not_found = || Problem::not_found("没有这个岗位", "There is no such post");
    let post = county.posts.get(id).ok_or_else(not_found)?;
    let today = visitor.now.date();
    let holders = county.holders(id, today);
    let terms = terms(snapshot, id)?;
    let lying = lying(snapshot, post, today)?;
    let title = names(snapshot, visitor).post(id);
    let state = html! {
        @if !post.exists_on(today) { (lang.say("已撤销", "abolished")) }
        @else if holders.is_empty() { (light(Light::Red, lang.say("空缺", "Vacant"))) }
        @else { (held_by(snapshot, visitor, &holders)) }
    };
    let mut lines = vec![
        (lang.say("机构", "Office").to_owned(), html! { (office(snapshot, visitor, post)) }),
        (lang.say("现任", "Held by").to_owned(), state),
        (lang.say("待办", "To do").to_owned(), html! { (lying) }),
        (lang.say("编号", "Id").to_owned(), html! { (post.id) }),
    ];
    if post.many {
        lines.push((
            lang.say("员额", "Seats").to_owned(),
            html! { (lang.say("可以同时由几人担任", "several people may hold it")) },
        ));
    }
    if let Some(until) = post.until {
        lines.push((
            lang.say("撤销", "Abolished").to_owned(),
            html! { (lang.say("最后一日 ", "last day ")) (lang.date(until)) },
        ));
    }
    let is_own = visitor.person.iter().flat_map(|person| &person.posts).any(|own| own.id == post.id);
    let content = html! {
        (crumbs(lang, &[(lang.say("岗位和任职", "Posts and their holders"), "/posts")]))
        h1 { (title) }
        (summary(&lines))
        @if is_own { (super::starting::delegation_links(visitor, snapshot.world().rulebook())) }
        h2 { (lang.say("任职沿革", "Who has held it")) }
        @if terms.is_empty() { p class="soft" { (lang.say("还没有人任过这个岗位。", "Nobody has held this post yet.")) } }
        @else { (history(snapshot, visitor, &terms)) }
    };
    Ok(layout::page(visitor, Nav::Desk, &title, &content))
}

fn history(snapshot: &dyn Snapshot, visitor: &Visitor, terms: &[Term<'_>]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("姓名", "Name")),
        Column::text(lang.say("起", "From")),
        Column::text(lang.say("止", "To")),
        Column::text(lang.say("依据", "By which act")),
    ];
    let row = |term: &Term<'_>| {
        let tenure = term.tenure;
        vec![
            html! {
                (names(snapshot, visitor).person(&tenure.person))
                @if let Some(kind) = kind(lang, tenure) { " " span class="soft" { (kind) } }
            },
            html! { (lang.date(tenure.from)) },
            html! { @match tenure.to { Some(to) => { (lang.date(to)) }, None => { span class="soft" { (lang.say("现在", "present")) } } } },
            html! {
                @match &term.given {
                    Some(line) => { (basis(snapshot, visitor, line)) }
                    None => { span class="soft" { (lang.say("县的任职表", "the county's files")) } }
                }
                @if let Some(line) = &term.taken { br; (basis(snapshot, visitor, line)) }
            },
        ]
    };
    table(lang.say("任职沿革", "Who has held it"), &columns, &terms.iter().map(row).collect::<Vec<_>>())
}

/// The act behind a change: what it is called, its day, its clauses, and its matter.
fn basis(snapshot: &dyn Snapshot, visitor: &Visitor, line: &CountyLine) -> Markup {
    let lang = visitor.lang;
    let world = snapshot.world();
    let procedure = world.matter(&line.matter).and_then(|matter| {
        let regulation = world.regulation(&matter.regulation, &matter.version)?;
        regulation.procedures.get(&matter.procedure).cloned()
    });
    let label = procedure.as_ref().and_then(|procedure| {
        let found = procedure.all_acts().find(|(_, act)| act.name == line.act);
        found.map(|(_, act)| lang.label(&act.label).to_owned())
    });
    html! {
        a href=(format!("/matters/{}", line.matter)) { (label.unwrap_or_else(|| line.act.clone())) }
        " " span class="soft small" { (lang.date(line.on)) } " "
        (clauses(&cite(world.rulebook(), &line.clauses)))
    }
}
