//! `/matters/{id}`: how it stands, what happened, what is due, what may be done now.

pub mod act;
pub mod files;
mod history;
pub mod receipt;

use super::conditions;
use super::home::names;
use super::process::Drawing;
use crate::components::banner::{Tone, banner};
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::figure::{figure, in_words};
use crate::components::light::{Light, days_left, light};
use crate::components::stages::{Progress, stages};
use crate::components::{button, summary, why};
use crate::forms::names::Names;
use crate::forms::{mask, show as values};
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use engine::env::Scope;
use engine::event::{Clock, ClockKind, ClockState};
use engine::matter::ActRecord;
use engine::offer::{AvailableAct, available_acts};
use engine::rights::{Access, may_see, may_see_document};
use engine::verdict::verdicts;
use engine::{Actor, Matter, Reason};
use maud::{Markup, html};
use regulation::model::{Field, Form, Procedure, Regulation};
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
    let unmasked = query_value(&uri, "show").as_deref() == Some("personal");
    work(&app, move |app| {
        let (page, read) = app.read(|snapshot| {
            let view = View::open(snapshot, &visitor, &id, unmasked)?;
            Ok((view.page()?, view.reading()))
        })?;
        if let Some(reading) = read {
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
    unmasked: bool,
}

/// A matter that this visitor may see at least in part; for others it does not exist.
pub fn find(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<(Arc<Matter>, Access), Problem> {
    let missing = || Problem::not_found("没有这个事项，或者您无权查看", "No such matter, or not for you to see");
    let matter = snapshot.matter(id)?.ok_or_else(missing)?;
    match may_see(snapshot.world(), &super::documents::viewer(visitor), &matter, visitor.now) {
        Access::None => Err(missing().of_refused_look(id)),
        access => Ok((matter, access)),
    }
}

/// An act that can be done from here, by whom.
pub struct Offer {
    /// The act.
    pub act: AvailableAct,
    /// In whose name; nobody where it is refused.
    pub actor: Option<Actor>,
    /// Why not.
    pub reasons: Vec<Reason>,
}

/// The acts of the present step that people do, for a visitor in every capacity they have.
#[must_use]
pub fn offers(snapshot: &dyn Snapshot, visitor: &Visitor, matter: &Matter) -> Vec<Offer> {
    let Some(person) = &visitor.person else { return Vec::new() };
    let mut offers: Vec<Offer> = Vec::new();
    for actor in super::apply::actors(person) {
        for act in available_acts(snapshot.world(), matter, &actor, visitor.now) {
            let (actor, reasons) = match &act.allowed {
                Ok(_) => (Some(actor.clone()), Vec::new()),
                Err(reasons) => (None, reasons.clone()),
            };
            match offers.iter_mut().find(|known| known.act.act == act.act) {
                None => offers.push(Offer { act, actor, reasons }),
                Some(known) if known.actor.is_none() && better(&known.reasons, actor.as_ref(), &reasons) => {
                    *known = Offer { act, actor, reasons };
                }
                Some(_) => {}
            }
        }
    }
    offers
}

/// A refusal by condition says more than one by post.
fn better(known: &[Reason], actor: Option<&Actor>, reasons: &[Reason]) -> bool {
    let by_post = |reasons: &[Reason]| reasons.iter().all(|reason| reason.code == "not-your-desk");
    actor.is_some() || (by_post(known) && !by_post(reasons))
}

impl<'a> View<'a> {
    /// Looks at a matter.
    pub fn open(
        snapshot: &'a dyn Snapshot,
        visitor: &'a Visitor,
        id: &str,
        unmasked: bool,
    ) -> Result<View<'a>, Problem> {
        let (matter, access) = find(snapshot, visitor, id)?;
        let gone =
            || Problem::not_found("这个事项所依据的规定不在库中", "The regulation of this matter is not at hand");
        let regulation = snapshot.world().regulation(&matter.regulation, &matter.version).ok_or_else(gone)?;
        let procedure = regulation.procedures.get(&matter.procedure).cloned().ok_or_else(gone)?;
        let unmasked = unmasked && access == Access::Full;
        Ok(View { snapshot, visitor, matter, regulation, procedure, access, unmasked })
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

    /// Whether personal data is shown in full.
    #[must_use]
    pub fn unmasked(&self) -> bool {
        self.unmasked
    }

    /// The note that personal data was read in full, if it was.
    #[must_use]
    pub fn reading(&self) -> Option<Reading> {
        let person = self.visitor.person.as_ref().filter(|_| self.unmasked)?;
        Some(Reading {
            subject: self.matter.id.clone(),
            at: self.visitor.now,
            person: person.id.clone(),
            post: person.posts.first().map_or_else(String::new, |post| post.id.clone()),
            kind: "identity".into(),
            why: self.matter.step.clone().unwrap_or_else(|| "ended".into()),
        })
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
                div { (self.acts()) (self.clocks()) (self.documents()?) }
                aside class="aside" {
                    h2 { (lang.say("办理过程", "History")) }
                    (self.history())
                    (self.messages())
                    (self.process())
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
                                (light(self.light(clock), &days_left(lang, Some(clock.due), self.visitor.now.date())))
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

    fn light(&self, clock: &Clock) -> Light {
        Light::of_clock(clock, self.visitor.now.date(), self.snapshot.world().holidays())
    }

    fn nearest(&self) -> Option<&Clock> {
        let deadline = |clock: &&Clock| !matches!(clock.kind, ClockKind::Reminder(_)) && is_live(clock);
        self.matter.clocks.iter().filter(deadline).min_by_key(|clock| clock.due)
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

    fn acts(&self) -> Markup {
        let lang = self.lang();
        let offers = offers(self.snapshot, self.visitor, &self.matter);
        let (open, shut): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.actor.is_some());
        let shut: Vec<&&Offer> =
            shut.iter().filter(|offer| offer.reasons.iter().any(|reason| reason.code != "not-your-desk")).collect();
        html! {
            @if !open.is_empty() {
                section class="no-print" {
                    h2 { (lang.say("您现在可以办理", "What you can do now")) }
                    p class="row" {
                        @for (place, offer) in open.iter().enumerate() {
                            @let href = format!("/matters/{}/acts/{}", self.matter.id, offer.act.act);
                            @if place == 0 { (button::link(lang.label(&offer.act.label), &href)) } @else { (button::secondary_link(lang.label(&offer.act.label), &href)) }
                        }
                    }
                }
            }
            @if !shut.is_empty() {
                details class="no-print" {
                    summary { (lang.say("暂时不能办理的，和原因", "Not possible now, and why")) }
                    ul { @for offer in shut { li { b { (lang.label(&offer.act.label)) } (self.reasons(&offer.reasons)) } } }
                }
            }
            (self.objections())
        }
    }

    fn reasons(&self, reasons: &[Reason]) -> Markup {
        let lang = self.lang();
        html! { ul { @for reason in reasons { li {
            (lang.say(&reason.zh, &reason.en)) " " (self.cited(&reason.clauses))
            @if let Some(hint) = &reason.hint { br; span class="soft" { (hint) } }
        } } } }
    }

    fn cited(&self, ids: &[String]) -> Markup {
        clauses(&cite(self.snapshot.world().rulebook(), ids))
    }

    /// Procedures that can be started about this matter: extension, objection.
    fn objections(&self) -> Markup {
        let lang = self.lang();
        let Some(person) = &self.visitor.person else { return html! {} };
        let world = self.snapshot.world();
        let all = world.rulebook().regulations.values().flat_map(|regulation| regulation.procedures.values());
        let mut found: Vec<(String, String)> = Vec::new();
        for procedure in all {
            let wanted = regulation::model::AboutTarget::Procedure(self.procedure.name.clone());
            let Some(about) = procedure.about.iter().find(|about| about.target == wanted) else { continue };
            let subject = std::collections::BTreeMap::from([(
                about.name.clone(),
                super::subjects::value_of(&about.target, &self.matter.id),
            )]);
            for actor in super::apply::actors(person) {
                for start in engine::offer::available_starts(
                    world,
                    &procedure.name,
                    &self.matter.place,
                    &subject,
                    &actor,
                    self.visitor.now,
                ) {
                    let href = format!(
                        "/services/{}/apply?act={}&about.{}={}",
                        procedure.name,
                        start.act,
                        about.name,
                        layout::encode(&self.matter.id)
                    );
                    if start.allowed.is_ok() && !found.iter().any(|(known, _)| *known == href) {
                        found.push((href, lang.label(&start.label).to_owned()));
                    }
                }
            }
        }
        html! {
            @if !found.is_empty() {
                section class="no-print" {
                    h2 { (lang.say("与本事项有关，可以另行发起", "What you can start about this")) }
                    ul { @for (href, label) in found { li { a href=(href) { (label) } } } }
                }
            }
        }
    }

    fn clocks(&self) -> Markup {
        let lang = self.lang();
        let shown: Vec<&Clock> = self
            .matter
            .clocks
            .iter()
            .filter(|clock| !matches!(clock.kind, ClockKind::Reminder(_)) && is_live(clock))
            .collect();
        html! {
            @if !shown.is_empty() {
                h2 { (lang.say("期限", "Deadlines")) }
                @for clock in shown { (self.clock(clock)) }
            }
        }
    }

    fn clock(&self, clock: &Clock) -> Markup {
        let lang = self.lang();
        let names = self.names();
        let model = self.procedure.step(&clock.step).and_then(|step| {
            step.due.iter().find(|deadline| deadline.name == clock.name).map(|deadline| (step, deadline))
        });
        let drawing = self.drawing();
        html! {
            div class="panel" {
                p class="spread" {
                    b { (names.step(&self.procedure, &clock.step)) (lang.say("：最后一日 ", ": last day ")) (lang.day(clock.due)) }
                    (light(self.light(clock), &self.clock_words(clock)))
                }
                @if let Some((step, deadline)) = model { p class="soft" { (drawing.deadline(step, deadline)) " " (self.cited(&clock.clauses)) } }
                @if clock.provisional { p class="small" { (lang.say("按尚未公布的节假日安排推算，公布后可能变动。", "Computed without a published holiday arrangement; it may change.")) } }
                (why::why(lang, &clock.why))
            }
        }
    }

    fn clock_words(&self, clock: &Clock) -> String {
        let lang = self.lang();
        match clock.state {
            ClockState::Suspended(on) => match lang {
                Lang::Zh => format!("自{}起中止", lang.date(on)),
                Lang::En => format!("standing still since {}", lang.date(on)),
            },
            _ => days_left(lang, Some(clock.due), self.visitor.now.date()),
        }
    }

    fn documents(&self) -> Result<Markup, Problem> {
        let lang = self.lang();
        let world = self.snapshot.world();
        let viewer = super::documents::viewer(self.visitor);
        let mut lines = self.snapshot.documents(&self.matter.id)?;
        lines.retain(|line| {
            let model = self.procedure.documents.get(&line.document.name);
            model.is_some_and(|model| {
                may_see_document(world, &viewer, &self.matter, model, self.visitor.now) > Access::None
            })
        });
        Ok(html! {
            @if !lines.is_empty() {
                h2 { (lang.say("文书", "Documents")) }
                ul class="plain" {
                    @for line in &lines {
                        li class="row" {
                            a href=(format!("/documents/{}", line.document.id)) { (super::documents::title(self.snapshot, self.visitor, line)) }
                            @if let Some(number) = &line.document.number { span class="number" { (number) } }
                            span class="soft" { (lang.date(line.document.on)) }
                            @if line.document.voided.is_some() { span class="tag" { (lang.say("已失效", "void")) } }
                            a href=(format!("/documents/{}.pdf", line.document.id)) { "PDF" }
                        }
                    }
                }
            }
        })
    }

    fn verdicts(&self) -> Markup {
        let lang = self.lang();
        let scope = Scope::new(self.snapshot.world(), self.visitor.now);
        let Some(env) = scope.matter(&self.matter.id) else { return html! {} };
        // Without rules on the merits there is nothing to say before an act asks for it.
        let found = verdicts(&env, self.procedure.merits.iter().map(String::as_str));
        let step = self.matter.step.as_deref().unwrap_or_default();
        let guards = conditions::guards(&self.procedure, step);
        html! {
            @if !found.is_empty() {
                h2 { (lang.say("条件核对", "Conditions")) }
                (conditions::shown(self.snapshot, lang, &found))
            }
            @if !guards.is_empty() && self.visitor.is_staff() {
                details class="no-print" {
                    summary { (lang.say("这一环节各项办理的前提", "What each act of this step needs")) }
                    ul { @for (act, rules) in &guards {
                        li { b { (lang.label(&act.label)) } ul { @for one in verdicts(&env, rules.iter().map(|rule| rule.name.as_str())) {
                            li { (one.title) (lang.say("：", ": ")) (ready(lang, one.holds)) " " (self.cited(&one.clauses)) }
                        } } }
                    } }
                }
            }
        }
    }

    fn forms(&self) -> Markup {
        let lang = self.lang();
        let root: Vec<&Arc<Form>> = self
            .procedure
            .start
            .iter()
            .flat_map(|act| &act.forms)
            .filter(|name| self.matter.forms.contains_key(*name))
            .filter_map(|name| self.form(name))
            .collect();
        let later = self.matter.forms.iter().filter(|(name, _)| !root.iter().any(|form| form.name == **name));
        html! {
            @if !self.matter.forms.is_empty() { h2 { (lang.say("填报内容", "What was filed")) } }
            @for form in &root { (self.filed(form, &self.matter.root, None)) }
            @for (name, filings) in later {
                @if let Some(form) = self.form(name) {
                    @for filing in filings { (self.filed(form, &filing.record, self.matter.acts.get(filing.act))) }
                }
            }
            @if self.masks() && self.access == Access::Full && !self.unmasked {
                p class="no-print small" { a href=(format!("/matters/{}?show=personal", self.matter.id)) { (lang.say("显示完整的证件号码和电话", "Show numbers in full")) } (lang.say("（会留下查阅记录）", " (this is logged)")) }
            }
        }
    }

    /// A form by name.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&'a Arc<Form>> {
        self.snapshot.world().rulebook().form(name).map(|(_, form)| form)
    }

    fn masks(&self) -> bool {
        let forms = self.matter.forms.keys().filter_map(|name| self.form(name));
        forms.flat_map(|form| &form.fields).any(mask::is_masked)
    }

    fn filed(&self, form: &Form, record: &regulation::expr::Record, act: Option<&ActRecord>) -> Markup {
        let lang = self.lang();
        let names = self.names();
        let mut lines = Vec::new();
        for field in &form.fields {
            if let Some(value) = record.get(&field.name).filter(|value| !value.is_missing()) {
                lines.push((lang.label(&field.label).to_owned(), self.value(field, value)));
            }
        }
        html! {
            @if !lines.is_empty() {
                details {
                    summary { (lang.label(&form.title)) @if let Some(act) = act { (lang.say("，", ", ")) (names.recorded_party(&self.procedure, &act.party)) " " (lang.date(act.on)) } }
                    div {
                        (summary::summary(&lines))
                        @if form.layout.is_some() { p class="no-print" { a href=(format!("/matters/{}/forms/{}.pdf", self.matter.id, form.name)) { (lang.say("打印这份表（PDF）", "Print this form (PDF)")) } } }
                    }
                }
            }
        }
    }

    fn value(&self, field: &Field, value: &regulation::expr::Value) -> Markup {
        let names = self.names();
        if let regulation::expr::Value::File(file) = value {
            return self.file(file);
        }
        if let regulation::expr::Value::List(all) = value
            && matches!(all.first(), Some(regulation::expr::Value::File(_)))
        {
            return html! { @for one in all { @if let regulation::expr::Value::File(file) = one { (self.file(file)) " " } } };
        }
        if mask::is_covered(field, self.access, self.unmasked) {
            return html! { (mask::cover(&values::show(names, &field.ty, value))) };
        }
        values::content(names, &field.ty, value)
    }

    fn file(&self, file: &regulation::expr::FileRef) -> Markup {
        let kilobytes = file.size.div_ceil(1024);
        html! {
            @if self.access == Access::Full { a href=(format!("/matters/{}/files/{}", self.matter.id, file.digest)) { (file.name) } }
            @else { (file.name) }
            span class="soft small" { " " (kilobytes) " KB" }
        }
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

/// Whether what an act needs is there, in words.
fn ready(lang: Lang, holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => lang.say("已具备", "ready"),
        Some(false) | None => lang.say("尚不具备", "not yet"),
    }
}

fn is_live(clock: &Clock) -> bool {
    matches!(clock.state, ClockState::Running | ClockState::Suspended(_) | ClockState::Expired { stopped: None, .. })
}

/// Whether a rule holds, in words.
#[must_use]
pub fn outcome(lang: Lang, holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => lang.say("符合", "met"),
        Some(false) => lang.say("不符合", "not met"),
        None => lang.say("尚不能确定", "not known yet"),
    }
}
