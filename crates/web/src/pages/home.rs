//! `/`: search, services, notices now on display, regulations.

use super::search;
use super::starting::{follows_another, is_for_residents, is_open_to_all};
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::Uri;
use engine::event::{ClockKind, ClockState};
use maud::{Markup, html};
use regulation::model::{Label, Procedure, Regulation, Rulebook};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery};

/// Characters of a search that are looked at.
const TYPED_MAX: usize = 120;
/// Notices shown on the home page.
const NOTICES: usize = 5;
/// Latest matters of each service whose deadlines are counted.
const COUNTED_MATTERS: usize = 100;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let query = crate::visit::query_value(&uri, "q").unwrap_or_default();
    let query: String = query.trim().chars().take(TYPED_MAX).collect();
    look(&state, move |snapshot| page(snapshot, &visitor, &query)).await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, query: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let rulebook = snapshot.world().rulebook();
    let title = lang.say("办事和公报", "Services and gazette");
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say(
            "这里的每一项服务都直接按已印发的规定运行：条件、期限、结论都可以追到条款。",
            "Each service here runs directly on the regulation as issued: conditions, time limits and decisions lead back to their clauses.",
        )) }
        form class="search" role="search" method="get" action="/" {
            input class="input" type="search" name="q" value=(query) aria-label=(lang.say("搜索办事、规定和条款", "Search services, regulations and clauses")) placeholder=(lang.say("想办什么？例如：建房", "What do you need?"));
            button class="button" type="submit" { (lang.say("搜索", "Search")) }
        }
        @if !query.is_empty() { (search::hits(snapshot, visitor, query)?) }
        h2 { (lang.say("办事", "Services")) }
        (services(visitor, rulebook))
        (punctuality(snapshot, visitor)?)
        h2 { (lang.say("正在公示", "Notices on display")) }
        (notices(snapshot, visitor)?)
        h2 { (lang.say("最新公报文件", "Latest in the gazette")) }
        (super::publications::index::latest(snapshot, visitor)?)
        h2 { (lang.say("正在运行的规定", "Regulations that run")) }
        (regulations(visitor, rulebook))
    };
    Ok(layout::page(visitor, Nav::Home, title, &content))
}

/// Where procedures begin that are about another matter.
fn elsewhere(lang: Lang, services: &[Service<'_>]) -> Markup {
    let titles: Vec<&str> = services
        .iter()
        .filter(|(_, procedure)| follows_another(procedure))
        .map(|(_, procedure)| lang.label(&procedure.title))
        .collect();
    html! {
        @if !titles.is_empty() {
            p class="soft" {
                (titles.join(lang.say("、", ", ")))
                (lang.say("：在所针对的", " begin at the ")) a href="/notices" { (lang.say("公示", "notice")) }
                (lang.say("或者", " or at ")) a href="/track" { (lang.say("您的事项", "your matter")) } (lang.say("上发起。", "."))
            }
        }
    }
}

/// How many of the deadlines that ended lately were kept, in what is offered to residents.
fn punctuality(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let mut latest = Vec::new();
    for (_, procedure) in offered(snapshot.world().rulebook()) {
        let query = MatterQuery { procedure: Some(procedure.name.clone()), ..MatterQuery::default() };
        latest.extend(snapshot.matters(&query, &Cut::first(COUNTED_MATTERS))?.lines);
    }
    let (mut kept, mut late) = (0_usize, 0_usize);
    for line in &latest {
        let Some(matter) = snapshot.matter(&line.id)? else { continue };
        for clock in matter.clocks.iter().filter(|clock| matches!(clock.kind, ClockKind::Alarm(_))) {
            match clock.state {
                ClockState::Stopped(_) => kept += 1,
                ClockState::Expired { .. } => late += 1,
                ClockState::Running | ClockState::Suspended { .. } => {}
            }
        }
    }
    let all = kept + late;
    Ok(html! {
        @if all > 0 {
            p { @match lang {
                Lang::Zh => { "最近 " (latest.len()) " 件事项的 " (all) " 个办理期限中，按时办结 " b { (kept * 100 / all) "%" } "。" }
                Lang::En => { "Of " (all) " deadlines in the latest " (latest.len()) " matters, " b { (kept * 100 / all) "%" } " were kept." }
            } }
        }
    })
}

/// Procedures offered to residents: the services, and what anybody may begin without there being another door to it.
pub fn offered(rulebook: &Rulebook) -> impl Iterator<Item = (&Arc<Regulation>, &Arc<Procedure>)> {
    rulebook
        .regulations
        .values()
        .flat_map(|regulation| regulation.procedures.values().map(move |procedure| (regulation, procedure)))
        .filter(|(regulation, procedure)| procedure.service || (regulation.public && is_open_to_all(procedure)))
}

/// What a service stands for on a page: its procedure with the regulation.
type Service<'a> = (&'a Arc<Regulation>, &'a Arc<Procedure>);

/// The services, a line each, under what in life leads to them; what only offices and organisations begin is folded.
#[must_use]
pub fn services(visitor: &Visitor, rulebook: &Rulebook) -> Markup {
    let lang = visitor.lang;
    let residents = |(_, services): &(Option<&Label>, Vec<Service<'_>>)| {
        services.iter().any(|(_, procedure)| is_for_residents(rulebook, procedure))
    };
    let (own, others): (Vec<_>, Vec<_>) = by_occasion(rulebook).into_iter().partition(residents);
    let single = own.len() + others.len() == 1;
    html! {
        div class="occasions" { @for group in &own { (occasion(lang, group, single)) } }
        @if !others.is_empty() {
            details class="no-print" open[own.is_empty()] {
                summary { (lang.say("机关、单位和企业办的事", "For offices and organisations")) }
                div class="occasions" { @for group in &others { (occasion(lang, group, single)) } }
            }
        }
    }
}

fn occasion(lang: Lang, (occasion, services): &(Option<&Label>, Vec<Service<'_>>), single: bool) -> Markup {
    html! {
        section {
            @if !single || occasion.is_some() {
                h3 { (occasion.map_or(lang.say("其他", "Others"), |label| lang.label(label))) }
            }
            ul class="plain" {
                @for (_, procedure) in services.iter().filter(|(_, procedure)| !follows_another(procedure)) {
                    li {
                        a href=(format!("/services/{}", procedure.name)) { (lang.label(&procedure.title)) }
                        @if let Some(worst) = &procedure.worst_case { " " span class="soft small" { (super::services::promise(lang, worst)) } }
                    }
                }
            }
            (elsewhere(lang, services))
        }
    }
}

/// Services under each occasion, in the order in which the regulations first name it; those
/// without one come last.
fn by_occasion(rulebook: &Rulebook) -> Vec<(Option<&Label>, Vec<Service<'_>>)> {
    let mut groups: Vec<(Option<&Label>, Vec<Service<'_>>)> = Vec::new();
    for service in offered(rulebook) {
        let occasion = service.1.occasion.as_ref();
        let same = |known: &Option<&Label>| known.map(|label| &label.zh) == occasion.map(|label| &label.zh);
        match groups.iter_mut().find(|(known, _)| same(known)) {
            Some((_, services)) => services.push(service),
            None => groups.push((occasion, vec![service])),
        }
    }
    groups.sort_by_key(|(occasion, _)| occasion.is_none());
    groups
}

fn notices(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let page = super::documents::on_display(snapshot, visitor, &Cut::first(NOTICES))?;
    Ok(html! {
        @if page.lines.is_empty() { p class="soft" { (lang.say("现在没有公示。", "Nothing is on display now.")) } }
        @else {
            (super::notices::list(snapshot, visitor, &page.lines))
            p { a href="/notices" { (lang.say("全部公示", "All notices")) } }
        }
    })
}

/// The regulations, the newest first.
#[must_use]
pub fn regulations(visitor: &Visitor, rulebook: &Rulebook) -> Markup {
    let lang = visitor.lang;
    let mut newest: Vec<&Arc<Regulation>> = rulebook.regulations.values().filter(|one| visitor.reads(one)).collect();
    newest.sort_by(|one, other| other.issued.cmp(&one.issued).then_with(|| one.id.cmp(&other.id)));
    let columns = [
        Column::text(lang.say("规定", "Regulation")),
        Column::text(lang.say("文号", "Number")),
        Column::text(lang.say("印发", "Issued")),
        Column::text(lang.say("施行", "In force from")),
    ];
    let rows: Vec<Vec<Markup>> = newest
        .iter()
        .map(|regulation| {
            vec![
                html! { a href=(format!("/gazette/{}", regulation.id)) { (lang.label(&regulation.title)) } @if regulation.trial { " " span class="tag" { (lang.say("试行", "trial")) } } },
                html! { (regulation.number) },
                html! { time { (lang.date(regulation.issued)) } },
                html! { time { (lang.date(regulation.effective)) } },
            ]
        })
        .collect();
    table(lang.say("规定", "Regulations"), &columns, &rows)
}

/// `/services`: the services alone.
pub async fn services_page(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| {
        let title = visitor.lang.say("办事", "Services");
        let content = html! { h1 { (title) } h2 class="hidden-visually" { (visitor.lang.say("全部服务", "All services")) } (services(&visitor, snapshot.world().rulebook())) };
        Ok(layout::page(&visitor, Nav::Services, title, &content))
    })
    .await
}

/// Names for a page that reads a snapshot.
#[must_use]
pub fn names<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor) -> Names<'a> {
    Names { world: snapshot.world(), lang: visitor.lang }
}
