//! `/matters/{id}`: how it stands, what happened, what is due, what may be done now.

pub mod act;
pub mod archive;
mod beside;
pub(crate) mod confirm;
mod deadlines;
pub mod files;
mod history;
pub(crate) mod later;
mod messages;
pub mod notes;
mod offers;
mod papers;
mod parts;
pub mod receipt;
pub(crate) mod unread;
mod verdicts;

use super::home::names;
use super::process::Drawing;
use crate::api::kind_name;
use crate::components::banner::{Tone, banner};
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::figure::{figure, in_words};
use crate::components::light::{light, time_left};
use crate::components::stages::{Progress, stages};
use crate::forms::names::Names;
use crate::forms::purpose::{ALL, Stated};
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::sent::{AGAIN, SignedSent, take};
use crate::site::{App, Running, look, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use engine::rights::{Access, Viewer, may_see, purposes};
use engine::{Matter, World};
use maud::{Markup, html};
pub use offers::offers;
use regulation::model::{Personal, Procedure, Regulation};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;
use store::aside::Reading;

/// The page.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    let shown = query_value(&uri, "show").as_deref() == Some("personal");
    look(&app, move |snapshot| {
        if let Some(page) = unread::page(snapshot, &visitor, &id)? {
            return Ok(page);
        }
        let view = View::open(snapshot, &visitor, &id)?;
        // What is one's own needs no purpose.
        if shown && view.is_own() { view.opening(&ALL).page() } else { view.page() }
    })
    .await
}

/// The page with what a purpose opens of what is covered; the look is kept before the page is sent.
pub async fn reveal(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Markup, Problem> {
    let app: App = state;
    let again = take(&mut sent.answers, AGAIN).is_some();
    work(&app, move |app| {
        let (page, looks) = app.read(|snapshot| {
            let view = View::open(snapshot, &visitor, &id)?;
            if again {
                return Ok((view.page()?, Vec::new()));
            }
            let masked = view.masked();
            let offered = purposes(&view.procedure.purposes, &masked);
            let stated = Stated::read(view.access, &offered, &masked, &sent.answers)?;
            let view = view.opening(&stated.opened);
            Ok((view.page()?, view.readings(&stated.why)))
        })?;
        for reading in looks {
            app.store().log_reading(reading)?;
        }
        Ok(page)
    })
    .await
}

/// A matter as one visitor may see it.
pub struct View<'a> {
    /// The state.
    pub snapshot: &'a dyn Snapshot,
    /// Who looks.
    pub visitor: &'a Visitor,
    /// The matter.
    pub matter: Arc<Matter>,
    /// Its regulation, in its version.
    pub regulation: Arc<Regulation>,
    /// Its procedure.
    pub procedure: Arc<Procedure>,
    /// How much may be seen.
    pub access: Access,
    /// Kinds of personal data that are shown though they are usually covered.
    opened: BTreeSet<Personal>,
}

/// A matter that this visitor may see at least in part; for others it does not exist.
pub fn find(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<(Arc<Matter>, Access), Problem> {
    let missing = || Problem::not_found("没有这个事项，或者您无权查看", "No such matter, or not for you to see");
    let matter = snapshot.matter(id)?.ok_or_else(missing)?;
    match may_see(snapshot.world(), &super::documents::viewer(visitor), &matter, visitor.now) {
        Access::None => {
            let unread = unread::problem(snapshot.world(), visitor, &matter);
            Err(unread.unwrap_or_else(|| missing().of_refused_look(id)))
        }
        access => Ok((matter, access)),
    }
}

/// A matter of which this visitor may see more than everybody may: lists name it to nobody else.
#[must_use]
pub fn within_sight(world: &dyn World, visitor: &Visitor, id: &str) -> Option<Arc<Matter>> {
    let matter = world.matter(id)?;
    let access = may_see(world, &super::documents::viewer(visitor), &matter, visitor.now);
    (access > Access::Public).then_some(matter)
}

impl<'a> View<'a> {
    /// Looks at a matter.
    pub fn open(snapshot: &'a dyn Snapshot, visitor: &'a Visitor, id: &str) -> Result<View<'a>, Problem> {
        let (matter, access) = find(snapshot, visitor, id)?;
        let gone =
            || Problem::not_found("这个事项所依据的规定不在库中", "The regulation of this matter is not at hand");
        let regulation = snapshot.world().regulation(&matter.regulation, &matter.version).ok_or_else(gone)?;
        let procedure = regulation.procedures.get(&matter.procedure).cloned().ok_or_else(gone)?;
        Ok(View { snapshot, visitor, matter, regulation, procedure, access, opened: BTreeSet::new() })
    }

    /// The same with these kinds of personal data open, to whoever sees all of it.
    #[must_use]
    pub fn opening(self, kinds: &BTreeSet<Personal>) -> Self {
        let opened = if self.access == Access::Full { kinds.clone() } else { BTreeSet::new() };
        View { opened, ..self }
    }

    /// Whether it is the visitor's own, whatever posts they hold.
    fn is_own(&self) -> bool {
        let oneself = Viewer { person: self.visitor.person_id().map(str::to_owned), posts: Vec::new() };
        oneself.person.is_some() && self.seen_by(&oneself) == Access::Full
    }

    fn seen_by(&self, viewer: &Viewer) -> Access {
        may_see(self.snapshot.world(), viewer, &self.matter, self.visitor.now)
    }

    fn lang(&self) -> Lang {
        self.visitor.lang
    }

    /// Names in the reader's language.
    #[must_use]
    pub fn names(&self) -> Names<'a> {
        names(self.snapshot, self.visitor)
    }

    /// The title of the matter: its subject as the store keeps it, else its procedure's.
    pub fn title(&self) -> Result<String, Problem> {
        let procedure = self.lang().label(&self.procedure.title).to_owned();
        if self.access < Access::Masked {
            return Ok(procedure);
        }
        let line = self.snapshot.matter_line(&self.matter.id)?;
        Ok(line.and_then(|line| line.title).unwrap_or(procedure))
    }

    /// Whether something is shown that is usually covered.
    #[must_use]
    pub fn unmasked(&self) -> bool {
        !self.opened.is_empty()
    }

    /// The notes that personal data was read in full: one for each kind that is open and there.
    #[must_use]
    pub fn readings(&self, why: &str) -> Vec<Reading> {
        let Some(person) = &self.visitor.person else { return Vec::new() };
        let masked = self.masked();
        let post = self.visitor.through(|viewer| self.seen_by(viewer) == Access::Full);
        let reading = |kind: &Personal| Reading {
            subject: self.matter.id.clone(),
            at: self.visitor.now,
            person: person.id.clone(),
            post: post.clone(),
            kind: kind_name(*kind).into(),
            why: why.to_owned(),
        };
        self.opened.intersection(&masked).map(reading).collect()
    }

    fn page(&self) -> Result<Markup, Problem> {
        let lang = self.lang();
        let title = self.title()?;
        let content = html! {
            @if self.visitor.is_staff() { (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")])) }
            @else { (crumbs(lang, &[(lang.say("我的事项", "My matters"), "/track")])) }
            div class="spread" {
                h1 { (title) }
                @if let Some(number) = &self.matter.number { p class="number soft" { (number) } }
            }
            (self.standing())
            (stages(lang, &self.stages()))
            div class="columns two-one in-parts" {
                div { (self.acts()) (self.clocks()) (self.documents()?) (self.notes()) }
                aside class="aside" {
                    (self.related()?)
                    h2 { (lang.say("办理过程", "History")) }
                    (self.history())
                    (self.messages()?)
                    (self.process())
                    (self.archive())
                }
                @if self.access >= Access::Masked { div { (self.verdicts()) (self.forms()) } }
            }
        };
        Ok(layout::page(self.visitor, if self.visitor.is_staff() { Nav::Desk } else { Nav::Track }, &title, &content))
    }

    fn standing(&self) -> Markup {
        let lang = self.lang();
        let names = self.names();
        match (&self.matter.ended, &self.matter.step) {
            (Some((end, on)), _) => banner(
                Tone::Plain,
                lang.say("已办结", "Closed"),
                &html! {
                    p { b { (names.step(&self.procedure, end)) } "，" (lang.date(*on)) }
                },
            ),
            (None, Some(step)) => {
                let due = self.nearest();
                html! {
                    div class="panel" {
                        p class="spread" {
                            span { (lang.say("现在：", "Now: ")) b { (names.step(&self.procedure, step)) } }
                            @if let Some(clock) = due {
                                (light(self.light(clock), &time_left(lang, Some(clock.until()), self.visitor.now)))
                            }
                        }
                        p class="soft" { (lang.say("由 ", "With ")) (self.desks()) (lang.say(" 办理，自", " since ")) (lang.date(self.matter.entered_on)) }
                    }
                }
            }
            (None, None) => html! {},
        }
    }

    fn desks(&self) -> String {
        let names = self.names();
        let desks: Vec<String> = self.matter.desks.iter().map(|desk| names.desk(desk)).collect();
        desks.join(self.lang().say("、", ", "))
    }

    fn cited(&self, ids: &[String]) -> Markup {
        clauses(&cite(self.snapshot.world().rulebook(), ids))
    }

    fn stages(&self) -> Vec<(String, Progress)> {
        let lang = self.lang();
        let here = self.matter.step.as_deref();
        let last = self.matter.acts.iter().rev().find_map(|act| act.step.as_deref());
        let at = |name: &str| self.procedure.stages.iter().position(|(_, steps)| steps.iter().any(|step| step == name));
        let present = here.and_then(at);
        let reached = present.or_else(|| last.and_then(at));
        let progress = |place: usize| match (present, reached) {
            (Some(now), _) if place == now => Progress::Now,
            (_, Some(reached)) if place <= reached => Progress::Done,
            _ => Progress::Ahead,
        };
        self.procedure
            .stages
            .iter()
            .enumerate()
            .map(|(place, (label, _))| (lang.label(label).to_owned(), progress(place)))
            .collect()
    }

    fn drawing(&self) -> Drawing<'_> {
        let ended = self.matter.ended.as_ref().map(|(end, _)| end.as_str());
        Drawing {
            names: self.names(),
            regulation: &self.regulation,
            procedure: &self.procedure,
            on: self.visitor.now.date(),
            now: self.matter.step.as_deref().or(ended),
        }
    }

    fn process(&self) -> Markup {
        let lang = self.lang();
        let process = self.drawing().process();
        html! { details class="no-print" { summary { (lang.say("流程图", "Process figure")) } div { (figure(&process)) (in_words(lang, &process)) } } }
    }
}
