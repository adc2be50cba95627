//! Publications (公布): what of a matter everybody may read, as its procedure says.
//!
//! Pure, like every decision: what is published follows from the matter and the moment. Whoever keeps the journal records the
//! outcome with the act that changed it, so that a text once public can be shown and proved for ever.

use crate::act::MatterId;
use crate::env::{MatterEnv, Scope};
use crate::eval;
use crate::world::World;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Expr, FileRef, Template, Thing, Value};
use regulation::model::{PublicationKind, Publish, Relation};

/// What everybody may read of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// What it is.
    pub kind: PublicationKind,
    /// The first day on which it is public.
    pub public_on: Date,
    /// Title.
    pub title: String,
    /// Number (文号、期号).
    pub number: Option<String>,
    /// Who issues it (发文机关).
    pub issuer: Option<String>,
    /// Kind of document (文种).
    pub category: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// What readers must know about it, such as a correction.
    pub note: Option<String>,
    /// Date of signature (成文日期).
    pub signed_on: Option<Date>,
    /// First day in force.
    pub effective_on: Option<Date>,
    /// Last day in force.
    pub until: Option<Date>,
    /// Files that belong to it.
    pub attachments: Vec<FileRef>,
    /// What it is a part of.
    pub part_of: Option<Mention>,
    /// What it does to others.
    pub relations: Vec<(Relation, Mention)>,
}

/// Another publication, as this one names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mention {
    /// By its matter.
    Matter(String),
    /// By its number, as written.
    Number(String),
}

/// What some matters publish, of those whose procedures publish anything.
pub(crate) fn publications<'m>(
    world: &dyn World,
    matters: impl IntoIterator<Item = &'m str>,
    now: DateTime,
) -> Vec<(MatterId, Option<Publication>)> {
    let publishes = |id: &&str| {
        let matter = world.matter(id);
        let regulation = matter.as_ref().and_then(|matter| world.regulation(&matter.regulation, &matter.version));
        let procedure = matter
            .zip(regulation)
            .and_then(|(matter, regulation)| regulation.procedures.get(&matter.procedure).cloned());
        procedure.is_some_and(|procedure| procedure.publish.is_some())
    };
    matters.into_iter().filter(publishes).map(|id| (id.to_owned(), publication(world, id, now))).collect()
}

/// What a matter publishes; `None` if its procedure publishes nothing, or this one not yet, or not any more.
#[must_use]
pub fn publication(world: &dyn World, matter: &str, now: DateTime) -> Option<Publication> {
    let scope = Scope::new(world, now);
    let env = scope.matter(matter)?;
    let procedure = env.frame.procedure.clone()?;
    let publish = procedure.publish.as_ref()?;
    of(publish, &env)
}

fn of(publish: &Publish, env: &MatterEnv<'_, '_>) -> Option<Publication> {
    let text = |template: &Option<Template>| template.as_ref().and_then(|template| given(template, env));
    let day = |expr: &Option<Expr>| expr.as_ref().and_then(|expr| date(expr, env));
    Some(Publication {
        kind: publish.kind,
        public_on: date(&publish.public, env)?,
        title: eval::text(&publish.title, env),
        number: text(&publish.number),
        issuer: text(&publish.issuer),
        category: text(&publish.category),
        body: body(&publish.body, env),
        note: text(&publish.note),
        signed_on: day(&publish.signed),
        effective_on: day(&publish.effective),
        until: day(&publish.until),
        attachments: publish.attachments.iter().flat_map(|expr| files(eval::value(expr, env))).collect(),
        part_of: publish.part_of.as_ref().and_then(|expr| mentions(eval::value(expr, env)).into_iter().next()),
        relations: relations(publish, env),
    })
}

/// A text whose holes are all filled in, and which is not empty.
fn given(template: &Template, env: &MatterEnv<'_, '_>) -> Option<String> {
    if template.holes().any(|hole| eval::value(hole, env).is_missing()) {
        return None;
    }
    Some(eval::text(template, env)).filter(|text| !text.trim().is_empty())
}

fn body(pieces: &[Template], env: &MatterEnv<'_, '_>) -> Option<String> {
    let given: Vec<String> = pieces.iter().flat_map(|piece| paragraphs(piece, env)).collect();
    (!given.is_empty()).then(|| given.join("\n\n"))
}

/// A piece that is nothing but a list of texts gives each of them as it stands, so that long texts do not run into one another.
fn paragraphs(piece: &Template, env: &MatterEnv<'_, '_>) -> Vec<String> {
    let mut holes = piece.holes();
    if let (Some(only), None) = (holes.next(), holes.next())
        && piece.is_one_hole()
        && let Value::List(texts) = eval::value(only, env)
    {
        let texts = texts.iter().filter_map(Value::as_text).filter(|text| !text.trim().is_empty());
        return texts.map(str::to_owned).collect();
    }
    given(piece, env).into_iter().collect()
}

fn date(expr: &Expr, env: &MatterEnv<'_, '_>) -> Option<Date> {
    match eval::value(expr, env) {
        Value::Date(date) => Some(date),
        Value::Moment(moment) => Some(moment.date()),
        _ => None,
    }
}

fn files(value: Value) -> Vec<FileRef> {
    match value {
        Value::File(file) => vec![file],
        Value::List(values) => values.into_iter().flat_map(files).collect(),
        _ => Vec::new(),
    }
}

fn relations(publish: &Publish, env: &MatterEnv<'_, '_>) -> Vec<(Relation, Mention)> {
    let mut all = Vec::new();
    for (relation, target) in &publish.relations {
        for mention in mentions(eval::value(target, env)) {
            if !all.contains(&(*relation, mention.clone())) {
                all.push((*relation, mention));
            }
        }
    }
    all
}

/// Numbers stand in a text one beside the other: `甲发〔2020〕1号、甲发〔2020〕2号`.
fn mentions(value: Value) -> Vec<Mention> {
    match value {
        Value::Thing(Thing::Matter(id)) => vec![Mention::Matter(id)],
        Value::Text(text) => {
            let parts = text.split(['、', '，', ',', '；', ';', '\n']).map(str::trim).filter(|part| !part.is_empty());
            parts.map(|part| Mention::Number(part.to_owned())).collect()
        }
        Value::List(values) => values.into_iter().flat_map(mentions).collect(),
        _ => Vec::new(),
    }
}
