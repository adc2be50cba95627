//! `/duties`: what recurs, how the present period stands in each place, and who is behind. For those whose business the matters are; the
//! public does not see it, because patrols must not be foreseen.

use super::home::names;
use super::matter::within_sight;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::light::{Light, light, light_until};
use crate::components::table::{Column, table};
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::duty::{place_of, schedule, units};
use maud::{Markup, html};
use regulation::model::{Duty, Each, Regulation};
use std::sync::Arc;
use store::Snapshot;
use store::pages::InstanceLine;

/// Instances shown of a unit: the present one and some before it.
const SHOWN: usize = 7;

/// How a duty stands for one of its units.
pub(crate) struct Standing {
    /// Place code or row key.
    pub(crate) unit: String,
    /// Place of its matters.
    pub(crate) place: String,
    /// The newest first.
    pub(crate) instances: Vec<InstanceLine>,
    /// The light of the present one.
    pub(crate) light: Light,
}

impl Standing {
    /// The oldest instance that is still open; with several, that one is the most pressing.
    fn present(&self) -> Option<&InstanceLine> {
        self.instances.iter().rev().find(|instance| instance.ended.is_none())
    }
}

/// Every duty.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| all(snapshot, &visitor))).await
}

/// One duty, place by place.
pub async fn one(state: State<Arc<Running>>, visitor: Visitor, Path(duty): Path<String>) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| of_duty(snapshot, &visitor, &duty))).await
}

fn all(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    visitor.signed_in()?;
    let mut rows = Vec::new();
    for (regulation, duty) in snapshot.world().rulebook().duties() {
        let standings = standings(snapshot, visitor, duty)?;
        if !standings.is_empty() {
            rows.push(summary(lang, duty, &rhythm(snapshot, visitor, regulation, duty), &standings));
        }
    }
    let title = lang.say("职责", "Duties");
    let columns = [
        Column::text(lang.say("职责", "Duty")),
        Column::text(lang.say("周期", "Rhythm")),
        Column::number(lang.say("责任对象", "Units")),
        Column::text(lang.say("现状", "State")),
    ];
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say("定期要做的和不能缺的；每一期到时自行开始，逾期的排在前面。", "What recurs and what must not be lacking: each period begins by itself; those behind come first.")) }
        @if rows.is_empty() { p class="soft" { (lang.say("没有您经办或者管理的职责。", "There are no duties for you to do or oversee.")) } }
        @else { (table(title, &columns, &rows)) }
    };
    Ok(layout::page(visitor, Nav::Duties, title, &content))
}

fn summary(lang: Lang, duty: &Duty, rhythm: &str, standings: &[Standing]) -> Vec<Markup> {
    let count = |wanted: Light| standings.iter().filter(|standing| standing.light == wanted).count();
    let late = count(Light::Red);
    let soon = count(Light::Yellow);
    vec![
        html! { a href=(format!("/duties/{}", duty.name)) { (lang.label(&duty.title)) } },
        html! { (rhythm) },
        html! { (standings.len()) },
        html! {
            @if late > 0 { (light(Light::Red, &format!("{late} {}", lang.say("个逾期", "late")))) " " }
            @if soon > 0 { (light(Light::Yellow, &format!("{soon} {}", lang.say("个临近到期", "due soon")))) " " }
            @if late + soon == 0 { (light(Light::Green, lang.say("没有逾期", "none late"))) }
        },
    ]
}

fn of_duty(snapshot: &dyn Snapshot, visitor: &Visitor, name: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    visitor.signed_in()?;
    let not_found = || {
        Problem::not_found("没有这项职责，或者不由您经办、管理", "There is no such duty, or none that is yours to see")
    };
    let (regulation, duty) = snapshot.world().rulebook().duty(name).ok_or_else(not_found)?;
    let standings = standings(snapshot, visitor, duty)?;
    if standings.is_empty() {
        return Err(not_found());
    }
    let title = lang.label(&duty.title);
    let columns = [
        Column::text(lang.say("责任对象", "Unit")),
        Column::text(lang.say("本期", "Present period")),
        Column::text(lang.say("现状", "State")),
        Column::text(lang.say("以前各期", "Before")),
    ];
    let rows: Vec<Vec<Markup>> = standings.iter().map(|standing| row(snapshot, visitor, duty, standing)).collect();
    let late = standings.iter().filter(|standing| standing.light == Light::Red).count();
    let content = html! {
        (crumbs(lang, &[(lang.say("职责", "Duties"), "/duties")]))
        h1 { (title) }
        p class="lead" { (rhythm(snapshot, visitor, regulation, duty)) " · " (clauses(&cite(snapshot.world().rulebook(), &duty.clauses))) }
        ul class="figures" {
            li { span { b { (standings.len()) } (lang.say("责任对象", "units")) } }
            li class=[(late > 0).then_some("late")] { span { b { (late) } (lang.say("逾期", "late")) } }
        }
        (table(title, &columns, &rows))
    };
    Ok(layout::page(visitor, Nav::Duties, title, &content))
}

fn row(snapshot: &dyn Snapshot, visitor: &Visitor, duty: &Duty, standing: &Standing) -> Vec<Markup> {
    let lang = visitor.lang;
    let world = snapshot.world();
    let names = names(snapshot, visitor);
    let unit = match &duty.each {
        Each::Place { .. } => names.place_path(&standing.unit),
        Each::Row { register, .. } => {
            format!("{} {}", names.row(register, &standing.unit), names.place(&standing.place))
        }
    };
    let present = standing.present();
    let shown = present.map(|instance| instance.matter.as_str());
    let before = standing.instances.iter().filter(|instance| Some(instance.matter.as_str()) != shown);
    vec![
        html! { (unit) },
        html! { @match present {
            Some(instance) => { a href=(format!("/matters/{}", instance.matter)) { (instance.name) } }
            None => { span class="soft" { (lang.say("已办结，等下一期", "done; the next one has not begun")) } }
        } },
        html! { @match present {
            Some(instance) => { (light_until(lang, instance.due, visitor.now, world.holidays())) }
            None => { (light(Light::Green, lang.say("已办结", "Done"))) }
        } },
        html! { ul class="plain" { @for instance in before.take(SHOWN - 1) { (past(snapshot, visitor, duty, instance)) } } },
    ]
}

/// An instance before the present one: how it ended, and whether in time.
fn past(snapshot: &dyn Snapshot, visitor: &Visitor, duty: &Duty, instance: &InstanceLine) -> Markup {
    let lang = visitor.lang;
    let procedure = snapshot.world().rulebook().procedure(&duty.opens.procedure).map(|(_, procedure)| procedure);
    let end = instance.ended.as_ref().map(|(end, _)| match procedure.and_then(|procedure| procedure.end(end)) {
        Some(label) => lang.label(label).to_owned(),
        None => end.clone(),
    });
    let state = end.unwrap_or_else(|| lang.say("未办结", "open").to_owned());
    let mark = if is_behind(instance) { Light::Red } else { Light::Green };
    html! { li class="small" { a href=(format!("/matters/{}", instance.matter)) { (instance.name) } " " (light(mark, &state)) } }
}

/// Not ended, or after its period.
pub(crate) fn is_behind(instance: &InstanceLine) -> bool {
    instance.ended.is_none() || instance.late
}

/// The units whose latest instance the visitor may see, those behind first.
pub(crate) fn standings(snapshot: &dyn Snapshot, visitor: &Visitor, duty: &Duty) -> Result<Vec<Standing>, Problem> {
    let world = snapshot.world();
    let mut all = Vec::new();
    for unit in units(world, duty) {
        let Some(place) = place_of(world, duty, &unit) else { continue };
        if !lies_near(snapshot, visitor, &place) {
            continue;
        }
        let instances = instances_of(snapshot, duty, &unit)?;
        if !is_visible(snapshot, visitor, &instances) {
            continue;
        }
        let mut standing = Standing { unit, place, instances, light: Light::Green };
        if let Some(present) = standing.present() {
            standing.light = Light::of(present.due, visitor.now, world.holidays());
        }
        all.push(standing);
    }
    snapshot.fault()?;
    all.sort_by(|a, b| a.light.cmp(&b.light).then_with(|| due(a).cmp(&due(b))));
    Ok(all)
}

/// The newest instances of a unit; of a place also those that are still open of the places that it took in.
fn instances_of(snapshot: &dyn Snapshot, duty: &Duty, unit: &str) -> Result<Vec<InstanceLine>, Problem> {
    let mut all = snapshot.instances(&duty.name, unit, SHOWN)?;
    if !matches!(duty.each, Each::Place { .. }) {
        return Ok(all);
    }
    let codes = snapshot.world().county().codes(unit);
    for former in codes.into_iter().filter(|code| *code != unit) {
        let found = snapshot.instances(&duty.name, former, SHOWN)?;
        all.extend(found.into_iter().filter(|instance| instance.ended.is_none()));
    }
    all.sort_by_key(|one| std::cmp::Reverse(one.from));
    Ok(all)
}

fn due(standing: &Standing) -> Option<calendar::Until> {
    standing.present().and_then(|present| present.due)
}

/// Whether a place lies in the area of one of the visitor's posts, or around it: spares looking at the matters of all others.
fn lies_near(snapshot: &dyn Snapshot, visitor: &Visitor, place: &str) -> bool {
    let county = snapshot.world().county();
    let posts = visitor.person.iter().flat_map(|person| &person.posts);
    posts.into_iter().any(|post| county.contains(&post.place, place) || county.contains(place, &post.place))
}

fn is_visible(snapshot: &dyn Snapshot, visitor: &Visitor, instances: &[InstanceLine]) -> bool {
    instances.first().is_some_and(|latest| within_sight(snapshot.world(), visitor, &latest.matter).is_some())
}

/// When it recurs, in words; where places differ, as at the seat of the county.
pub(crate) fn rhythm(snapshot: &dyn Snapshot, visitor: &Visitor, regulation: &Arc<Regulation>, duty: &Duty) -> String {
    let lang = visitor.lang;
    let world = snapshot.world();
    match (schedule(world, regulation, duty, &world.county().code, visitor.now), lang) {
        (None, _) => lang.say("缺了就开始", "whenever it is lacking").to_owned(),
        (Some(schedule), Lang::Zh) => schedule.zh(),
        (Some(schedule), Lang::En) => schedule.to_string(),
    }
}
