//! `/desk/together`: one act on many matters of one step (成批办理). Its form is filled in once, what it would do to each is shown, one
//! confirmation does it, and each says what became of it. Every one is an act like any other, with its own record.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::error_summary::{error_summary, said};
use crate::components::reasons::reasons;
use crate::components::table::{Column, table};
use crate::forms::ask::{Asking, Choosing};
use crate::forms::filing::Filing;
use crate::forms::kept::hidden;
use crate::forms::names::Names;
use crate::forms::read::Signer;
use crate::forms::rows;
use crate::layout::{self, Nav, token};
use crate::pages::matter::{act, confirm, find, offers};
use crate::problem::Problem;
use crate::registers::offered::Chooser;
use crate::sent::{AGAIN, Answers, Sent, SignedSent, take};
use crate::site::{App, Running, look, submit as do_act, work};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use engine::rights::desks_of;
use engine::{Decision, Event, FieldFault, Outcome, Reason, Refusal, RefusalKind, Target};
use maud::{Markup, html};
use regulation::expr::{Record, Type};
use regulation::model::{Act, Field, Label, Procedure};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::pages::{Cut, TodoQuery};
use store::{Snapshot, Submitted};

/// So many matters at a time: a list that somebody can still read through before confirming it.
const MOST: usize = 50;
/// The matters chosen.
const MATTER: &str = "_matter";
/// The act.
const ACT: &str = "_act";
/// The form was filled in.
const FILLED: &str = "_filled";
/// What it would do to each was read.
const CONFIRMED: &str = "_confirmed";
/// Under which each is done once.
const KEY: &str = "_key";
/// Before the id of a matter: the state of it that the reader saw.
const SEEN: &str = "_seen.";

/// Choosing: the matters at a step, and the acts that can be done to many.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let asked = |name: &str| query_value(&uri, name).unwrap_or_default();
    let (procedure, step) = (asked("procedure"), asked("step"));
    look(&state, move |snapshot| choosing(snapshot, &visitor, &procedure, &step)).await
}

/// Everything after it.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    let fresh = app.fresh();
    let reader = visitor.clone();
    let next = work(&app, move |app| app.read(|snapshot| Wish::read(&sent, &fresh).next(snapshot, &reader))).await?;
    match next {
        Next::Page(status, page) => Ok((status, page).into_response()),
        Next::Do(acts, mut done) => {
            for one in acts {
                let refused = match do_act(&app, one.act, Some(one.key)).await {
                    Ok(Submitted::Done(_)) => None,
                    Ok(Submitted::Refused(refusal)) => Some(refusal),
                    Err(problem) => Some(not_possible(&problem)),
                };
                done.push(Became { matter: one.matter, title: one.title, refused });
            }
            look(&app, move |snapshot| Ok(results(snapshot, &visitor, &done).into_response())).await
        }
    }
}

/// What comes next.
enum Next {
    Page(StatusCode, Markup),
    /// Those that can be done, and what became of the others.
    Do(Vec<Due>, Vec<Became>),
}

/// What became of one.
struct Became {
    matter: String,
    title: String,
    /// Why it was not done; nothing where it was.
    refused: Option<Refusal>,
}

/// An act about to be done.
struct Due {
    matter: String,
    title: String,
    key: String,
    act: engine::Act,
}

/// What was sent.
struct Wish {
    matters: Vec<String>,
    act: String,
    key: String,
    seen: BTreeMap<String, u64>,
    /// The answers of the form, if it was filled in.
    filled: Option<Answers>,
    confirmed: bool,
    again: bool,
}

impl Wish {
    fn read(sent: &Sent, fresh: &str) -> Wish {
        let mut answers = sent.answers.clone();
        let matters = answers.remove(MATTER).unwrap_or_default();
        let act = take(&mut answers, ACT).unwrap_or_default();
        let key = take(&mut answers, KEY).unwrap_or_else(|| fresh.to_owned());
        let [filled, confirmed, again] = [FILLED, CONFIRMED, AGAIN].map(|name| take(&mut answers, name).is_some());
        let again = rows::press(&mut answers) || again;
        let states = answers.extract_if(.., |name, _| name.starts_with(SEEN));
        let seen = states
            .filter_map(|(name, texts)| Some((name[SEEN.len()..].to_owned(), texts.first()?.parse().ok()?)))
            .collect();
        Wish { matters, act, key, seen, filled: filled.then_some(answers), confirmed, again }
    }

    fn next(self, snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Next, Problem> {
        if self.matters.len() > MOST {
            return Err(too_many());
        }
        let chosen: BTreeSet<&String> = self.matters.iter().collect();
        let mut several = Several { snapshot, visitor, key: &self.key, ones: Vec::new() };
        for id in chosen {
            // Rights before anything is told of it.
            find(snapshot, visitor, id)?;
            let filing =
                act::filing(snapshot, visitor, id, &self.act).map(|filing| filing.seen(self.seen.get(id).copied()));
            let done =
                self.confirmed && snapshot.done_under(&visitor.signed_in()?.id, &key_of(&self.key, id))?.is_some();
            several.ones.push(One { id, filing, done });
        }
        if several.ones.is_empty() {
            return Err(Problem::unreadable("没有选中事项", "No matter was chosen").next(
                "/desk",
                "回到工作台",
                "Back to the desk",
            ));
        }
        if several.ones.iter().all(|one| one.done) {
            let done = several.ones.iter().map(|one| several.became(one, None)).collect::<Result<_, _>>()?;
            return Ok(Next::Do(Vec::new(), done));
        }
        several.ready()?;
        let Some(answers) = self.filled else { return several.form(&several.shared_presets()?, None).map(page) };
        if self.again {
            return several.form(&answers, None).map(page);
        }
        let outcomes = several.outcomes(&answers)?;
        if let Some(faults) = outcomes.faults() {
            return Ok(Next::Page(StatusCode::UNPROCESSABLE_ENTITY, several.form(&answers, Some(faults))?));
        }
        if self.confirmed { several.due(outcomes) } else { several.confirm(&answers, &outcomes).map(page) }
    }
}

fn page(markup: Markup) -> Next {
    Next::Page(StatusCode::OK, markup)
}

fn too_many() -> Problem {
    Problem::unreadable("一次最多成批办理 50 件", "At most fifty matters at a time")
        .hint("请分几次办理。", "Do them in several goes.")
}

/// A field that can be answered once for all: one answer, typed or chosen.
fn is_shared(field: &Field) -> bool {
    !matches!(field.ty, Type::File | Type::Plot | Type::Report | Type::Records(_) | Type::List(_))
}

/// One of the matters, with the act on it or why it is not possible.
struct One<'a> {
    id: &'a str,
    filing: Result<Filing<'a>, Problem>,
    /// It was done a moment ago by the same form, sent twice.
    done: bool,
}

/// The act on all of them.
struct Several<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    key: &'a str,
    ones: Vec<One<'a>>,
}

/// What an act would do to each matter.
struct Outcomes(Vec<Would>);

/// To one of them.
enum Would {
    /// What it brings about, and the request.
    Be(Vec<String>, Box<engine::Act>),
    /// Why not.
    NotBe(Refusal),
}

impl Outcomes {
    /// Faults of the form, where they are why none can be done: then it is the form that has to be mended.
    fn faults(&self) -> Option<&[FieldFault]> {
        let mut faults = None;
        for would in &self.0 {
            match would {
                Would::NotBe(refusal) if refusal.kind == RefusalKind::Form && !refusal.fields.is_empty() => {
                    faults.get_or_insert(refusal.fields.as_slice());
                }
                _ => return None,
            }
        }
        faults
    }

    fn possible(&self) -> usize {
        self.0.iter().filter(|would| matches!(would, Would::Be(..))).count()
    }
}

impl<'a> Several<'a> {
    fn filings(&self) -> impl Iterator<Item = &Filing<'a>> {
        self.ones.iter().filter_map(|one| one.filing.as_ref().ok())
    }

    /// The first that it can be done to: the act and its form are the same for all.
    fn first(&self) -> Result<&Filing<'a>, Problem> {
        self.filings().next().ok_or_else(|| {
            Problem::new(
                StatusCode::CONFLICT,
                "state",
                "选中的事项现在都不能做这一步",
                "The act is not possible for any of them now",
            )
            .next("/desk", "回到工作台", "Back to the desk")
        })
    }

    /// All of one procedure in one version, and an act that can be done to many.
    fn ready(&self) -> Result<(), Problem> {
        let first = self.first()?;
        let same = |filing: &Filing<'_>| {
            filing.procedure.name == first.procedure.name && filing.regulation.version == first.regulation.version
        };
        if !self.filings().all(same) {
            return Err(Problem::unreadable(
                "选中的事项不是同一项服务，或者适用的规定版本不同",
                "They are not of one procedure under one version",
            )
            .hint("请分开办理。", "Do them apart."));
        }
        if can_be_shared(first) {
            return Ok(());
        }
        Err(Problem::unreadable("这一步要逐件填写，不能成批办理", "This act needs a form for each matter"))
    }

    /// The fields that are asked once: what the text fills in for each matter by itself stays as it fills it in.
    fn fields(&self) -> Result<Vec<&Field>, Problem> {
        let presets: Vec<Answers> = self.filings().map(Filing::presets).collect();
        let preset = |field: &Field| presets.first().and_then(|one| one.get(&field.name));
        let same = |field: &&Field| presets.iter().all(|one| one.get(&field.name) == preset(field));
        Ok(self.first()?.fields().into_iter().filter(same).collect())
    }

    fn shared_presets(&self) -> Result<Answers, Problem> {
        let presets = self.first()?.presets();
        let shared = self
            .fields()?
            .into_iter()
            .filter_map(|field| Some((field.name.clone(), presets.get(&field.name)?.clone())));
        Ok(shared.collect())
    }

    fn title(&self, id: &str) -> Result<String, Problem> {
        confirm::title(self.snapshot, Names { world: self.snapshot.world(), lang: self.visitor.lang }, id)
    }

    /// What goes along from page to page.
    fn carried(&self) -> Result<Markup, Problem> {
        let act = &self.first()?.act.name;
        Ok(html! {
            (token(self.visitor))
            input type="hidden" name=(KEY) value=(self.key);
            input type="hidden" name=(ACT) value=(act);
            input type="hidden" name=(FILLED) value="yes";
            @for one in &self.ones {
                input type="hidden" name=(MATTER) value=(one.id);
                @if let Ok(filing) = &one.filing && let Target::Matter { seen: Some(seen), .. } = &filing.target {
                    input type="hidden" name=(format!("{SEEN}{}", one.id)) value=(seen);
                }
            }
        })
    }

    /// The form, once for all.
    fn form(&self, answers: &Answers, faults: Option<&[FieldFault]>) -> Result<Markup, Problem> {
        let (lang, filing) = (self.visitor.lang, self.first()?);
        let person = self.visitor.signed_in()?;
        let mut asked = BTreeSet::new();
        for one in self.filings() {
            let (record, _) = one.read(&with(one.presets(), answers), Some(&Signer::of(person, self.visitor.now)));
            asked.extend(one.asked(&record));
        }
        let faults = faults.unwrap_or_default();
        let chooser = Chooser { snapshot: self.snapshot, visitor: self.visitor };
        let choosing = Some(Choosing { chooser, filed: None });
        let asking = Asking { choosing, ..filing.asking(lang, answers, faults, &asked, &person.name) };
        let fields = self.fields()?;
        let label = lang.label(&filing.act.label);
        let content = html! {
            (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
            h1 { (label) "：" (lang.count(self.ones.len(), "件", "matter", "matters")) }
            p class="soft" { (clauses(&cite(filing.world.rulebook(), &filing.act.clauses))) }
            (error_summary(lang, faults))
            ul { @for one in &self.ones { li { a href=(format!("/matters/{}", one.id)) { (self.title(one.id)?) } } } }
            form method="post" action="/desk/together" {
                (self.carried()?)
                @if fields.is_empty() { p { (lang.say("这一步不用填写。", "Nothing has to be filled in.")) } }
                (asking.fields(&fields, ""))
                div class="row" {
                    (button::submit(lang.say("下一步：逐件核对", "Next: check each")))
                    a href="/desk" { (lang.say("不办了，返回", "Cancel")) }
                }
            }
        };
        Ok(layout::page(self.visitor, Nav::Desk, label, &content))
    }

    fn outcomes(&self, answers: &Answers) -> Result<Outcomes, Problem> {
        let signer = Signer::of(self.visitor.signed_in()?, self.visitor.now);
        let mut all = Vec::new();
        for one in &self.ones {
            let filing = match &one.filing {
                Ok(filing) => filing,
                Err(problem) => {
                    all.push(Would::NotBe(not_possible(problem)));
                    continue;
                }
            };
            let (record, unread) = filing.read(&with(filing.presets(), answers), Some(&signer));
            all.push(if unread.is_empty() {
                self.would(one.id, filing, record)?
            } else {
                Would::NotBe(Refusal { kind: RefusalKind::Form, reasons: Vec::new(), fields: unread })
            });
        }
        Ok(Outcomes(all))
    }

    fn would(&self, id: &str, filing: &Filing<'_>, record: Record) -> Result<Would, Problem> {
        let decision = match filing.attempt(record.clone()) {
            Outcome::Done(decision) => without_numbers(decision),
            Outcome::Refused(refusal) => return Ok(Would::NotBe(refusal)),
        };
        let names = Names { world: filing.world, lang: self.visitor.lang };
        let mut effects: Vec<String> =
            decision.events.iter().filter_map(|event| entered(names, id, &filing.procedure, event)).collect();
        effects.extend(confirm::effects(names, &filing.imagined(&record), &self.title(id)?, &decision));
        Ok(Would::Be(effects, Box::new(filing.request(record))))
    }

    /// What it would do to each, and the one question.
    fn confirm(&self, answers: &Answers, outcomes: &Outcomes) -> Result<Markup, Problem> {
        let (lang, filing) = (self.visitor.lang, self.first()?);
        let label = lang.label(&filing.act.label);
        let possible = outcomes.possible();
        let columns = [Column::text(lang.say("事项", "Matter")), Column::text(lang.say("办理后", "What this does"))];
        let mut rows = Vec::new();
        for (one, would) in self.ones.iter().zip(&outcomes.0) {
            let told = match would {
                Would::Be(effects, _) => html! { (effects.join(lang.say("；", "; "))) },
                Would::NotBe(refusal) => why_not(self.snapshot, self.visitor, refusal),
            };
            rows.push(vec![html! { a href=(format!("/matters/{}", one.id)) { (self.title(one.id)?) } }, told]);
        }
        let title = lang.say(&format!("逐件核对：{label}"), &format!("Check each: {label}")).to_owned();
        let button = lang.say(&format!("确认办理 {possible} 件"), &format!("Confirm {possible}")).to_owned();
        let content = html! {
            (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
            h1 { (title) }
            (table(&title, &columns, &rows))
            @if possible < outcomes.0.len() { p { (lang.say("写着原因的不会办理。", "Those with a reason will not be done.")) } }
            @if possible > 0 { (banner(Tone::Care, lang.say("办理后不能撤回", "This cannot be taken back"), &html! { p { (lang.say("每件各记一条办理记录。", "Each gets its own record.")) } })) }
            form method="post" action="/desk/together" {
                (self.carried()?)
                (hidden(answers))
                div class="row" {
                    @if possible > 0 { (button::confirm(&button, CONFIRMED, "yes")) }
                    (button::secondary(lang.say("返回修改", "Back to the form"), AGAIN, "yes"))
                    a href="/desk" { (lang.say("不办了", "Cancel")) }
                }
            }
        };
        Ok(layout::page(self.visitor, Nav::Desk, &title, &content))
    }

    fn due(&self, outcomes: Outcomes) -> Result<Next, Problem> {
        let (mut acts, mut others) = (Vec::new(), Vec::new());
        for (one, would) in self.ones.iter().zip(outcomes.0) {
            match would {
                Would::Be(_, act) => {
                    let Became { matter, title, .. } = self.became(one, None)?;
                    acts.push(Due { key: key_of(self.key, one.id), matter, title, act: *act });
                }
                Would::NotBe(refusal) => others.push(self.became(one, (!one.done).then_some(refusal))?),
            }
        }
        Ok(Next::Do(acts, others))
    }

    fn became(&self, one: &One<'_>, refused: Option<Refusal>) -> Result<Became, Problem> {
        Ok(Became { matter: one.id.to_owned(), title: self.title(one.id)?, refused })
    }
}

/// The idempotency key of one of them.
fn key_of(key: &str, matter: &str) -> String {
    format!("{key}.{matter}")
}

/// What each matter's text fills in, and what was typed for all.
fn with(mut presets: Answers, typed: &Answers) -> Answers {
    presets.extend(typed.iter().map(|(name, texts)| (name.clone(), texts.clone())));
    presets
}

fn can_be_shared(filing: &Filing<'_>) -> bool {
    !filing.act.identify && filing.act.erase.is_empty() && filing.fields().into_iter().all(is_shared)
}

/// Each is tried by itself, so that each would take the same next number: which one it gets is told only once it has it.
fn without_numbers(mut decision: Decision) -> Decision {
    for event in &mut decision.events {
        if let Event::Issued { document, .. } = event {
            document.number = None;
        }
    }
    decision
}

fn entered(names: Names<'_>, id: &str, procedure: &Procedure, event: &Event) -> Option<String> {
    match event {
        Event::Entered { matter, step, .. } if matter == id => {
            let step = names.step(procedure, step);
            Some(names.lang.say(&format!("进入“{step}”"), &format!("goes on to “{step}”")).to_owned())
        }
        _ => None,
    }
}

/// Somebody else was faster, or it lies on another desk.
fn not_possible(problem: &Problem) -> Refusal {
    let mut said = Reason::general(problem.code, problem.title.zh.as_str(), problem.title.en.as_str());
    if let Some(hint) = &problem.hint {
        said = said.hint(hint.zh.as_str(), hint.en.as_str());
    }
    let reasons = if problem.reasons.is_empty() { vec![said] } else { problem.reasons.clone() };
    Refusal { kind: RefusalKind::Condition, reasons, fields: problem.fields.clone() }
}

fn why_not(snapshot: &dyn Snapshot, visitor: &Visitor, refusal: &Refusal) -> Markup {
    let lang = visitor.lang;
    html! {
        b { (lang.say("不能办理", "Not possible")) }
        (reasons(lang, snapshot.world().rulebook(), &refusal.reasons))
        @if !refusal.fields.is_empty() { ul { @for fault in &refusal.fields { li { (said(lang, fault)) } } } }
    }
}

/// What became of each.
fn results(snapshot: &dyn Snapshot, visitor: &Visitor, all: &[Became]) -> Markup {
    let lang = visitor.lang;
    let done = all.iter().filter(|one| one.refused.is_none()).count();
    let columns = [Column::text(lang.say("事项", "Matter")), Column::text(lang.say("结果", "Result"))];
    let row = |one: &Became| {
        let told = match &one.refused {
            None => html! { (lang.say("已办理", "Done")) },
            Some(refusal) => why_not(snapshot, visitor, refusal),
        };
        vec![html! { a href=(format!("/matters/{}", one.matter)) { (one.title) } }, told]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    let title = match lang {
        crate::lang::Lang::Zh => format!("办好 {done} 件，没有办成 {} 件", all.len() - done),
        crate::lang::Lang::En => format!("{done} done, {} not done", all.len() - done),
    };
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        (table(&title, &columns, &rows))
        p { (button::link(lang.say("回到工作台", "Back to the desk"), "/desk")) }
    };
    layout::page(visitor, Nav::Desk, &title, &content)
}

/// An act that can be done to several of the matters listed, and to how many.
struct Offered {
    act: Act,
    label: Label,
    matters: usize,
}

fn choosing(snapshot: &dyn Snapshot, visitor: &Visitor, procedure: &str, step: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let desks = desks_of(snapshot.world().county(), &visitor.signed_in()?.id, visitor.now);
    let query =
        TodoQuery { desks, procedure: Some(procedure.to_owned()), step: Some(step.to_owned()), ..TodoQuery::default() };
    let found = snapshot.todo(&query, &Cut::first(MOST))?;
    let offered =
        offered(snapshot, visitor, &found.lines.iter().map(|todo| todo.matter.as_str()).collect::<BTreeSet<_>>())?;
    let names = crate::pages::home::names(snapshot, visitor);
    let shown = snapshot
        .world()
        .rulebook()
        .procedure(procedure)
        .map(|(_, model)| format!("{} · {}", lang.label(&model.title), names.step(model, step)));
    let title = lang.say("成批办理", "Several at once");
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        p class="lead" { (shown.unwrap_or_default()) }
        @if offered.is_empty() {
            p { (lang.say("这一环节没有能成批办理的动作：有的要逐件填写，有的现在不能办。", "No act of this step can be done to several matters: each needs a form of its own, or none is possible now.")) }
        } @else {
            form method="post" action="/desk/together" {
                (token(visitor))
                fieldset class="field" {
                    legend { (lang.say("办什么", "What to do")) }
                    div class="choices" {
                        @for (place, one) in offered.iter().enumerate() {
                            label class="choice" { input type="radio" name=(ACT) value=(one.act.name) checked[place == 0] required; span { (lang.label(&one.label)) " " span class="soft" { (lang.count(one.matters, "件可办", "matter", "matters")) } } }
                        }
                    }
                }
                fieldset class="field" {
                    legend { (lang.say("办哪些", "Which")) }
                    div class="choices" {
                        @for todo in &found.lines {
                            label class="choice" { input type="checkbox" name=(MATTER) value=(todo.matter); span { (super::title_of(snapshot, visitor, todo)) " " span class="soft" { (todo.number.clone().unwrap_or_default()) " " (names.place_path(&todo.place)) } } }
                        }
                    }
                }
                @if found.next.is_some() { p class="soft" { (lang.say("这里列最紧的五十件，其余办完再来。", "The fifty most pressing are listed; come back for the others.")) } }
                (button::submit(lang.say("下一步", "Next")))
            }
        }
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn offered(snapshot: &dyn Snapshot, visitor: &Visitor, matters: &BTreeSet<&str>) -> Result<Vec<Offered>, Problem> {
    let mut all: Vec<Offered> = Vec::new();
    for id in matters {
        let (matter, _) = find(snapshot, visitor, id)?;
        for offer in offers(snapshot, visitor, &matter) {
            let Some(actor) = offer.actor else { continue };
            if let Some(known) = all.iter_mut().find(|known| known.act.name == offer.act.act) {
                known.matters += 1;
                continue;
            }
            let filing = Filing::on_matter(snapshot.world(), &matter, &offer.act.act, actor, visitor.now)?;
            if can_be_shared(&filing) {
                all.push(Offered { act: filing.act, label: offer.act.label, matters: 1 });
            }
        }
    }
    Ok(all)
}
