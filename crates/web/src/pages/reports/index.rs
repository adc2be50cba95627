//! `/reports`: the reports (报表) open to a visitor. Those that name a post of theirs stand first; the rest follows regulation by regulation,
//! folded but for those that have one for the post. `?q=` finds by title, number or regulation.

use super::super::starting::holds;
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::reports::open_to;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use maud::{Markup, html};
use regulation::model::view::Source;
use regulation::model::{Reader, Regulation, View};
use std::sync::Arc;
use store::Snapshot;

/// A report and its regulation.
type Open<'a> = (&'a Arc<Regulation>, &'a Arc<View>);

/// The list.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let wanted = query_value(&uri, "q").unwrap_or_default();
    work(&app, move |app| app.read(|snapshot| Ok(page(snapshot, &visitor, wanted.trim())))).await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, wanted: &str) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("报表", "Reports");
    let open = open_to(snapshot, visitor);
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        p class="lead" { (lang.say("随时按现有记录算出，可以选期间和地方，每个数都能点到背后的事项，可以打印、导出 Excel。", "Computed from what is recorded whenever you look; choose a period and a place; each figure leads to what is behind it; prints, and goes to Excel.")) }
        @if open.is_empty() { p class="soft" {
            @if visitor.person.is_none() { (lang.say("登录后可以看到对您的岗位开放的报表。", "Sign in to see the reports open to your post.")) }
            @else { (lang.say("没有对您的岗位开放的报表。", "No report is open to your post.")) }
        } } @else {
            form class="search no-print" role="search" method="get" action="/reports" {
                input class="input" type="search" name="q" value=(wanted) aria-label=(lang.say("按名称、编号或文件查找报表", "Find a report by title, number or regulation")) placeholder=(lang.say("名称、编号或文件", "Title, number or regulation"));
                (button::submit(lang.say("查找", "Find")))
            }
            @if wanted.is_empty() { (by_post(visitor, &open)) } @else { (found(visitor, &open, wanted)) }
        }
    };
    layout::page(visitor, Nav::Reports, title, &content)
}

/// What names a post of the visitor, then the rest.
fn by_post(visitor: &Visitor, open: &[Open<'_>]) -> Markup {
    let lang = visitor.lang;
    let (named, rest): (Vec<Open>, Vec<Open>) = open.iter().copied().partition(|(_, view)| names_a_post(view, visitor));
    html! {
        @if !named.is_empty() {
            h2 { (lang.say("指明给您的岗位", "For your post")) " " span class="soft" { (named.len()) } }
            @for regulation in regulations(&named) {
                h3 { (lang.label(&regulation.title)) }
                (titles(visitor, &of_regulation(&named, regulation)))
            }
            @if !rest.is_empty() { h2 { (lang.say("也可以看的", "Open to you as well")) " " span class="soft" { (rest.len()) } } }
        }
        @for (regulation, is_near) in folded(&named, &rest) {
            @let own = of_regulation(&rest, regulation);
            details open[is_near] {
                summary { (lang.label(&regulation.title)) " " span class="soft" { (own.len()) } }
                (titles(visitor, &own))
            }
        }
    }
}

/// The regulations of the rest, those first that have a report for the visitor's post. These are near and not folded, nor is the only one.
fn folded<'a>(named: &[Open<'_>], rest: &[Open<'a>]) -> Vec<(&'a Arc<Regulation>, bool)> {
    let all = regulations(rest);
    let only = all.len() == 1;
    let is_near = |regulation: &Arc<Regulation>| only || named.iter().any(|(of, _)| of.id == regulation.id);
    let mut folded: Vec<_> = all.into_iter().map(|regulation| (regulation, is_near(regulation))).collect();
    folded.sort_by_key(|(_, is_near)| !is_near);
    folded
}

/// Whether a report names a post of the visitor among its readers; what is open to a whole level or to everybody names nobody.
fn names_a_post(view: &View, visitor: &Visitor) -> bool {
    let named = |reader: &Reader| match (reader, &visitor.person) {
        (Reader::Party(party), Some(person)) => holds(person, party),
        _ => false,
    };
    view.readers.iter().any(named)
}

fn found(visitor: &Visitor, open: &[Open<'_>], wanted: &str) -> Markup {
    let lang = visitor.lang;
    let words: Vec<String> = wanted.split_whitespace().map(str::to_lowercase).collect();
    let fits = |(regulation, view): &&Open| {
        let text = [
            Some(&view.title.zh),
            view.title.en.as_ref(),
            view.number.as_ref(),
            Some(&regulation.title.zh),
            regulation.title.en.as_ref(),
        ];
        let text = text.into_iter().flatten().map(|text| text.to_lowercase()).collect::<Vec<_>>().join("\n");
        words.iter().all(|word| text.contains(word))
    };
    let found: Vec<Open> = open.iter().filter(fits).copied().collect();
    html! {
        p role="status" {
            @match lang { Lang::Zh => { "找到 " (found.len()) " 张。" } Lang::En => { (found.len()) " found. " } }
            a href="/reports" { (lang.say("看全部", "All reports")) }
        }
        @for regulation in regulations(&found) {
            h2 { (lang.label(&regulation.title)) }
            (titles(visitor, &of_regulation(&found, regulation)))
        }
    }
}

fn regulations<'a>(of: &[Open<'a>]) -> Vec<&'a Arc<Regulation>> {
    let mut regulations: Vec<&Arc<Regulation>> = of.iter().map(|(regulation, _)| *regulation).collect();
    regulations.dedup_by_key(|regulation| &regulation.id);
    regulations
}

/// Sheets first, then by number, then by name.
fn of_regulation<'a>(of: &[Open<'a>], regulation: &Arc<Regulation>) -> Vec<Open<'a>> {
    let mut own: Vec<Open> = of.iter().copied().filter(|(found, _)| found.id == regulation.id).collect();
    own.sort_by_key(|(_, view)| {
        (!matches!(view.source, Source::Sheet(_)), view.number.is_none(), view.number.clone(), view.name.clone())
    });
    own
}

fn titles(visitor: &Visitor, views: &[Open<'_>]) -> Markup {
    html! {
        ul class="plain" { @for (regulation, view) in views { li {
            a href=(format!("/reports/{}/{}", regulation.id, view.name)) { (visitor.lang.label(&view.title)) }
            @if let Some(number) = &view.number { " " span class="soft small" { (number) } }
        } } }
    }
}
