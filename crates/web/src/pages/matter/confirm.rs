//! Before an act that cannot be taken back (确认): one sentence says what will happen to whom, and only then is it done.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::forms::filing::Filing;
use crate::forms::kept::hidden;
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::{AGAIN, Answers};
use crate::visit::Visitor;
use engine::event::IssuedDocument;
use engine::{Decision, Event, Matter, Outcome, World};
use maud::{Markup, html};
use regulation::expr::Value;
use regulation::model::{Document, Label, Procedure};
use std::sync::Arc;
use store::Snapshot;

/// The answer that says that the sentence was read.
pub(super) const CONFIRMED: &str = "_confirmed";

/// What an act brings about that nobody can take back, in the order of the events; empty where nothing of it is grave, so that
/// receipts and acknowledgements do not cost a second click.
pub(super) fn consequences(names: Names<'_>, own: &Matter, title: &str, decision: &Decision) -> Vec<String> {
    if !decision.events.iter().any(|event| is_grave(names.world, own, event)) {
        return Vec::new();
    }
    effects(names, own, title, decision)
}

/// What an act ends, issues, voids and erases, in the order of the events.
pub(crate) fn effects(names: Names<'_>, own: &Matter, title: &str, decision: &Decision) -> Vec<String> {
    let mut said: Vec<String> = Vec::new();
    for event in &decision.events {
        let Some(sentence) = consequence(names, own, title, event) else { continue };
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said
}

/// An end, a loss of force, an erasure, or a paper on which somebody will rely: what nobody takes back is asked once, and nothing else is.
fn is_grave(world: &dyn World, own: &Matter, event: &Event) -> bool {
    match event {
        Event::Ended { .. } | Event::Voided { .. } | Event::Erased { .. } => true,
        Event::Issued { matter, document } => {
            let defined = procedure_of(world, own, matter).and_then(|of| of.documents.get(&document.name).cloned());
            document.number.is_some() || defined.is_none_or(|defined| is_relied_on(&defined))
        }
        _ => false,
    }
}

/// Whether somebody relies on a paper: it has a number, anybody can verify it, it is posted for all to see, or there are remedies against it.
/// Receipts and acknowledgements without a number do not cost a second click.
pub(super) fn is_relied_on(document: &Document) -> bool {
    document.number.is_some() || document.verifiable || document.display.is_some() || !document.remedies.is_empty()
}

fn consequence(names: Names<'_>, own: &Matter, title: &str, event: &Event) -> Option<String> {
    let lang = names.lang;
    match event {
        Event::Ended { matter, end, .. } => {
            let (whose, procedure) = of(names.world, own, title, names, matter)?;
            let end = names.step(&procedure, end);
            Some(match lang {
                Lang::Zh => format!("{whose}以“{end}”办结"),
                Lang::En => format!("closes {whose} as “{end}”"),
            })
        }
        Event::Issued { matter, document } => {
            let (whose, procedure) = of(names.world, own, title, names, matter)?;
            let name = document_title(lang, &procedure, &document.name);
            let number = document.number.as_ref();
            let number = number.map(|number| lang.say(&format!("（{number}）"), &format!(" ({number})")).to_owned());
            let number = number.unwrap_or_default();
            Some(match (lang, addressee(document)) {
                (Lang::Zh, Some(to)) => format!("出具《{name}》{number}，给{to}"),
                (Lang::Zh, None) if *matter == own.id => format!("出具《{name}》{number}"),
                (Lang::Zh, None) => format!("在{whose}中出具《{name}》{number}"),
                (Lang::En, Some(to)) => format!("issues “{name}”{number} to {to}"),
                (Lang::En, None) => format!("issues “{name}”{number} in {whose}"),
            })
        }
        Event::Erased { owner, .. } => Some(erasure(names, owner)),
        Event::Voided { matter, document, .. } => {
            let (whose, procedure) = of(names.world, own, title, names, matter)?;
            let name = document_title(lang, &procedure, document);
            Some(match lang {
                Lang::Zh => format!("{whose}的《{name}》失效"),
                Lang::En => format!("voids “{name}” of {whose}"),
            })
        }
        _ => None,
    }
}

/// To whom a paper goes, where it says so in one line.
fn addressee(document: &IssuedDocument) -> Option<&str> {
    let Some(Value::Text(to)) = document.data.get("to") else { return None };
    (!to.trim().is_empty() && !to.contains('\n')).then_some(to)
}

/// An erasure in words: how much of what, and not a word of what stands in it.
fn erasure(names: Names<'_>, owner: &str) -> String {
    let held = engine::keeping::holdings_said(names.world, owner).unwrap_or_default();
    match names.lang {
        Lang::Zh => format!("“{owner}”名下的个人信息永久删除，今后任何人都读不出来：{held}"),
        Lang::En => format!("erases for ever the personal data of `{owner}`: {held}"),
    }
}

/// What an act would erase, or why it cannot, told before its form is filled in.
pub(super) fn erased(names: Names<'_>, outcome: &Outcome) -> Vec<String> {
    match outcome {
        Outcome::Done(decision) => {
            let owners = decision.events.iter().filter_map(|event| match event {
                Event::Erased { owner, .. } => Some(owner),
                _ => None,
            });
            owners.map(|owner| erasure(names, owner)).collect()
        }
        Outcome::Refused(refusal) => {
            refusal.reasons.iter().map(|reason| names.lang.say(&reason.zh, &reason.en).to_owned()).collect()
        }
    }
}

/// What a matter is called, and its procedure. One that the act itself opens has no name yet: its own events say what it is.
fn of(world: &dyn World, own: &Matter, title: &str, names: Names<'_>, id: &str) -> Option<(String, Arc<Procedure>)> {
    let procedure = procedure_of(world, own, id)?;
    let name = if id == own.id { title.to_owned() } else { names.matter(id) };
    Some((format!("“{name}”"), procedure))
}

fn procedure_of(world: &dyn World, own: &Matter, id: &str) -> Option<Arc<Procedure>> {
    let other = if id == own.id { None } else { Some(world.matter(id)?) };
    let matter = other.as_deref().unwrap_or(own);
    world.regulation(&matter.regulation, &matter.version)?.procedures.get(&matter.procedure).cloned()
}

fn document_title(lang: Lang, procedure: &Procedure, name: &str) -> String {
    let title: Option<&Label> = procedure.documents.get(name).map(|document| &document.title);
    title.map_or_else(|| name.to_owned(), |title| lang.label(title).to_owned())
}

/// What the page asks to confirm.
pub(super) struct Confirming<'a> {
    /// The matter.
    pub(super) matter: &'a str,
    /// What it is called.
    pub(super) title: &'a str,
    /// What will happen.
    pub(super) consequences: &'a [String],
    /// The answers that go along.
    pub(super) answers: &'a Answers,
}

/// The page: the sentence, the button that does it, and the way back to the form with everything that was typed.
pub(super) fn page(visitor: &Visitor, filing: &Filing<'_>, asked: &Confirming<'_>) -> Markup {
    let lang = visitor.lang;
    let label = lang.label(&filing.act.label);
    let heading = lang.say(&format!("确认办理：{label}"), &format!("Confirm: {label}")).to_owned();
    let content = html! {
        (crumbs(lang, &[(asked.title, &format!("/matters/{}", asked.matter))]))
        h1 { (heading) }
        (banner(Tone::Care, lang.say("办理后不能撤回", "This cannot be taken back"), &html! { p { (sentence(lang, asked.consequences)) } }))
        form method="post" action=(format!("/matters/{}/acts/{}", asked.matter, filing.act.name)) {
            (token(visitor))
            (hidden(asked.answers))
            div class="row" {
                (button::confirm(lang.say("确认办理", "Confirm"), CONFIRMED, "yes"))
                (button::secondary(lang.say("返回修改", "Back to the form"), AGAIN, "yes"))
                a href=(format!("/matters/{}", asked.matter)) { (lang.say("不办了", "Cancel")) }
            }
        }
    };
    layout::page(visitor, Nav::Desk, &heading, &content)
}

fn sentence(lang: Lang, consequences: &[String]) -> String {
    match lang {
        Lang::Zh => format!("确认后，{}。", consequences.join("；")),
        Lang::En => format!("This {}.", consequences.join("; ")),
    }
}

/// The title of a matter, as lists have it.
pub(crate) fn title(snapshot: &dyn Snapshot, names: Names<'_>, id: &str) -> Result<String, Problem> {
    let line = snapshot.matter_line(id)?;
    Ok(line.and_then(|line| line.title).unwrap_or_else(|| names.matter(id)))
}
