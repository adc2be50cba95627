//! `/admin/emergencies`: who has or had a post by the hour (应急授权), why, and what was done in it meanwhile: for the security administrator,
//! who may end it, and for the audit administrator, who notes a review. Both do so on the matter, of which this page is the list.

use super::only;
use crate::components::crumbs::crumbs;
use crate::components::summary::summary;
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav, with_query};
use crate::pages::home::names;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use engine::county::{Appointment, Change, Hours};
use engine::rights::{Task, may_administer};
use engine::{Event, Matter};
use maud::{Markup, html};
use regulation::expr::Type;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Deed, Entry};

/// The latest of them are listed.
const SHOWN: usize = 50;
/// Acts listed of each.
const DEEDS_SHOWN: usize = 200;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            only(snapshot, &visitor, Task::Emergencies)?;
            page(snapshot, &visitor)
        })
    })
    .await
}

/// Tenures by the hour, the latest first.
fn emergencies(snapshot: &dyn Snapshot) -> Vec<(&Appointment, Hours)> {
    let tenures = snapshot.world().county().appointments.iter();
    let mut found: Vec<(&Appointment, Hours)> = tenures.filter_map(|tenure| Some((tenure, tenure.hours?))).collect();
    found.sort_by_key(|(_, hours)| std::cmp::Reverse(hours.from));
    found
}

/// How many run now.
#[must_use]
pub fn running(snapshot: &dyn Snapshot, visitor: &Visitor) -> usize {
    let county = snapshot.world().county();
    emergencies(snapshot).iter().filter(|(tenure, _)| county.gives(tenure, visitor.now)).count()
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("应急授权", "Posts taken in an emergency");
    let all = emergencies(snapshot);
    let shown: Vec<Markup> = all
        .iter()
        .take(SHOWN)
        .map(|(tenure, hours)| one(snapshot, visitor, tenure, *hours))
        .collect::<Result<_, _>>()?;
    let content = html! {
        (crumbs(lang, &[(lang.say("管理", "Administration"), "/admin")]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "找不到岗位上的人、事情又等不得时，有人自己取得岗位几个小时。谁、为什么、到几时、其间办了什么，都在这里。",
            "Where nobody in a post can be found and a matter cannot wait, somebody takes the post for some hours. Who, why, until when and what they did stands here.",
        )) }
        @if shown.is_empty() { p class="soft" { (lang.say("没有过。", "There were none.")) } }
        @for one in &shown { (one) }
        @if all.len() > SHOWN { p class="soft" { (lang.say("只列出最近的；全部在日志里。", "Only the latest are listed: the journal has all.")) } }
    };
    Ok(layout::page(visitor, Nav::Admin, title, &content))
}

fn one(snapshot: &dyn Snapshot, visitor: &Visitor, tenure: &Appointment, hours: Hours) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let names = names(snapshot, visitor);
    let matter = tenure.matter.as_deref().map(|id| snapshot.matter(id)).transpose()?.flatten();
    let runs = snapshot.world().county().gives(tenure, visitor.now);
    let is_open = matter.as_ref().is_some_and(|matter| matter.ended.is_none());
    let (tag, state) = match (runs, is_open) {
        (true, _) => ("tag late", lang.say("正在进行", "In force")),
        (false, true) => ("tag", lang.say("已结束，待查看", "Over, to be reviewed")),
        (false, false) => ("tag good", lang.say("已查看", "Reviewed")),
    };
    let mut deeds = match &matter {
        Some(matter) => deeds(snapshot, matter, tenure, hours)?,
        None => Vec::new(),
    };
    let more = deeds.len() > DEEDS_SHOWN;
    deeds.truncate(DEEDS_SHOWN);
    let lines = [
        (lang.say("谁", "Who"), html! { (names.person(&tenure.person)) }),
        (lang.say("岗位", "Post"), html! { (names.post(&tenure.post)) }),
        (lang.say("起", "From"), html! { (lang.moment(hours.from)) }),
        (lang.say("止", "Until"), html! { (lang.moment(hours.until)) }),
        (lang.say("依据", "Matter"), html! { @if let Some(matter) = &matter { (link(names, matter)) } }),
    ];
    let lines = lines.map(|(label, value)| (label.to_owned(), value));
    let lines: Vec<(String, Markup)> =
        lines.into_iter().chain(matter.iter().flat_map(|matter| said(names, matter))).collect();
    Ok(html! { section class="panel" {
        h2 { (names.post(&tenure.post)) " " span class=(tag) { (state) } }
        (summary(&lines))
        @if deeds.is_empty() { p class="soft" { (lang.say("其间没有办过事。", "Nothing was done in it.")) } }
        @else { details { summary { (lang.say("其间办的：", "Done in it: ")) (deeds.len()) @if more { (lang.say("（只列出最早的，其余在日志里）", " (the first; the journal has the rest)")) } } (listed(names, &deeds)) } }
        @if looks_are_theirs(snapshot, visitor) { p { a href=(looks_of(tenure, hours)) { (lang.say("其间看过的个人信息", "Personal data they looked at meanwhile")) } } }
    } })
}

/// What was said in words when the matter began: the reason, above all.
fn said(names: Names<'_>, matter: &Matter) -> Vec<(String, Markup)> {
    let forms = matter.forms.keys().filter_map(|name| names.world.rulebook().form(name));
    let fields = forms.flat_map(|(_, form)| &form.fields).filter(|field| matches!(field.ty, Type::Text { .. }));
    let given = fields.filter_map(|field| Some((field, matter.root.get(&field.name)?.as_text()?)));
    given.map(|(field, text)| (names.lang.label(&field.label).to_owned(), html! { (text) })).collect()
}

fn link(names: Names<'_>, matter: &Matter) -> Markup {
    let procedure = names.world.rulebook().procedure(&matter.procedure).map(|(_, procedure)| procedure);
    let step = matter.ended.as_ref().map(|(end, _)| end).or(matter.step.as_ref());
    html! {
        a href=(format!("/matters/{}", matter.id)) { (names.matter(&matter.id)) }
        @if let (Some(procedure), Some(step)) = (procedure, step) { " " span class="soft" { (names.step(procedure, step)) } }
    }
}

/// What the person did in the post from the act that gave it to the first one at or after its end.
fn deeds(snapshot: &dyn Snapshot, matter: &Matter, tenure: &Appointment, hours: Hours) -> Result<Vec<Deed>, Problem> {
    let timeline = snapshot.timeline(&matter.id)?;
    let gives = |entry: &&Entry| {
        entry.events.iter().any(|event| {
            matches!(event, Event::County { change: Change::Appointed(given), .. }
                if given.person == tenure.person && given.post == tenure.post && given.hours.is_some())
        })
    };
    let Some(given) = timeline.iter().find(gives) else { return Ok(Vec::new()) };
    let after = |entry: &&Entry| entry.seq > given.seq && entry.at >= hours.until;
    let end = timeline.iter().find(after).map_or(u64::MAX, |entry| entry.seq);
    let mut found = snapshot.deeds((&tenure.person, &tenure.post), given.seq, end, DEEDS_SHOWN + 1)?;
    found.retain(|deed| deed.at <= hours.until);
    Ok(found)
}

fn listed(names: Names<'_>, deeds: &[Deed]) -> Markup {
    let lang = names.lang;
    let columns = [
        Column::text(lang.say("时间", "When")),
        Column::text(lang.say("办了什么", "What")),
        Column::text(lang.say("事项或登记簿", "Matter or register")),
        Column::number(lang.say("日志序号", "Place in the journal")),
    ];
    let row = |deed: &Deed| {
        vec![
            html! { (lang.moment(deed.at)) },
            html! { (what(names, deed)) },
            html! { (subject(names, &deed.subject)) },
            html! { (deed.seq) },
        ]
    };
    table(lang.say("其间办的", "Done in it"), &columns, &deeds.iter().map(row).collect::<Vec<_>>())
}

/// What an act is called in its procedure; of a register what is done to a row.
fn what(names: Names<'_>, deed: &Deed) -> String {
    let lang = names.lang;
    let Some(matter) = deed.matter.as_deref().and_then(|id| names.world.matter(id)) else {
        return register_act(lang, &deed.name).to_owned();
    };
    let regulation = names.world.regulation(&matter.regulation, &matter.version);
    let procedure = regulation.and_then(|regulation| regulation.procedures.get(&matter.procedure).cloned());
    let label = procedure.and_then(|procedure| {
        let act = procedure.all_acts().find(|(_, act)| act.name == deed.name);
        act.map(|(_, act)| lang.label(&act.label).to_owned())
    });
    label.unwrap_or_else(|| deed.name.clone())
}

fn register_act(lang: Lang, name: &str) -> &str {
    match name {
        "enter" => lang.say("登记", "Entered"),
        "change" => lang.say("更正", "Changed"),
        "close" => lang.say("注销", "Closed"),
        other => other,
    }
}

/// A matter by its number, a row by the register it stands in.
pub(super) fn subject(names: Names<'_>, subject: &str) -> String {
    match subject.split_once('/') {
        None => names.matter(subject),
        Some((register, key)) => {
            let title = names.world.rulebook().register(register);
            let title = title.map_or(register, |(_, register)| names.lang.label(&register.title));
            format!("{title} {key}")
        }
    }
}

fn looks_are_theirs(snapshot: &dyn Snapshot, visitor: &Visitor) -> bool {
    super::administers(snapshot, visitor).is_ok_and(|kind| may_administer(kind, Task::Looks))
}

fn looks_of(tenure: &Appointment, hours: Hours) -> String {
    let (from, to) = (hours.from.date().to_string(), hours.until.date().to_string());
    [("from", from.as_str()), ("to", to.as_str()), ("who", tenure.person.as_str())]
        .iter()
        .fold("/admin/looks".to_owned(), |address, (name, value)| with_query(&address, name, value))
}
