//! Who may see what: matters, register rows, documents.

use super::posts::widest;
use super::{competent, subjects};
use crate::act::{Actor, PersonId, PlaceCode, PostId};
use crate::county::{County, Post, When};
use crate::env::{MatterEnv, Scope};
use crate::matter::{ActRecord, Matter};
use crate::world::{Row, World};
use jiff::civil::DateTime;
use regulation::expr::{Type, Value};
use regulation::model::{
    AboutTarget, Document, Name, PartReader, Party, Procedure, Reader, Register, Regulation, Rulebook, View,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// How much may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Nothing, not even that it exists.
    None,
    /// What is on public display.
    Public,
    /// All of it, with personal data masked.
    Masked,
    /// All of it.
    Full,
}

/// Who looks: a person with the posts they look through, or the public.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Viewer {
    /// Person, if signed in.
    pub person: Option<PersonId>,
    /// Posts.
    pub posts: Vec<PostId>,
}

impl Viewer {
    /// Somebody who is not signed in.
    #[must_use]
    pub fn public() -> Self {
        Viewer::default()
    }

    /// An actor, through the one post they act in.
    #[must_use]
    pub fn acting(actor: &Actor) -> Self {
        match actor {
            Actor::Person { person, post } => {
                Viewer { person: Some(person.clone()), posts: post.iter().cloned().collect() }
            }
            Actor::Clock => Viewer::default(),
        }
    }

    /// A person, through every post they hold on a day.
    #[must_use]
    pub fn everywhere(county: &County, person: &str, on: impl Into<When>) -> Self {
        let posts = county.posts_of(person, on.into()).map(|post| post.id.clone()).collect();
        Viewer { person: Some(person.to_owned()), posts }
    }

    /// The posts they look through and do hold on a day, those of the county's business.
    pub(super) fn held<'c>(&self, county: &'c County, on: impl Into<When>) -> Vec<&'c Post> {
        let Some(person) = &self.person else {
            return Vec::new();
        };
        county.business_posts_of(person, on.into()).filter(|post| self.posts.contains(&post.id)).collect()
    }

    /// The posts they look through and do hold at a moment in which they administer the system.
    fn administering<'c>(&self, county: &'c County, at: DateTime) -> Vec<&'c Post> {
        let Some(person) = &self.person else {
            return Vec::new();
        };
        let held = county.posts_of(person, at).filter(|post| !county.is_of_business(&post.id));
        held.filter(|post| self.posts.contains(&post.id)).collect()
    }
}

/// How much of a matter somebody may see.
///
/// Full: its subjects, whoever did an act in it for themselves, and the offices around its place that take part in the procedure.
/// Masked: other offices around its place, of a level above the lowest that takes part. Public: whoever may read one of its notices, while
/// that is on display. Nobody else sees that it exists. Of a confidential matter, only offices to which it falls take part, and none see it
/// masked.
#[must_use]
pub fn may_see(world: &dyn World, viewer: &Viewer, matter: &Matter, now: DateTime) -> Access {
    let scope = Scope::new(world, now);
    let Some(env) = scope.matter(&matter.id) else {
        return Access::None;
    };
    let Some(procedure) = env.frame.procedure.clone() else {
        return Access::None;
    };
    if is_own(&env, &procedure, viewer) {
        return Access::Full;
    }
    let through_posts = through_posts(&env, &procedure, viewer);
    if through_posts > Access::Public {
        return through_posts;
    }
    let displayed = procedure.documents.values().any(|document| {
        let issued = matter.last_document(&document.name);
        let shown = issued.is_some_and(|issued| issued.is_shown(now.date()));
        shown && document.readers.iter().any(|reader| reads(&env, viewer, reader) > Access::None)
    });
    if displayed { Access::Public } else { Access::None }
}

/// The procedures of which offices see only what falls to them, as the regulations in force have it: lists by place leave them out, since being
/// around a place is no reason to see their matters.
#[must_use]
pub fn confidential(rulebook: &Rulebook) -> Vec<Name> {
    let procedures = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
    procedures.filter(|procedure| procedure.confidential).map(|procedure| procedure.name.clone()).collect()
}

/// Whether a matter that runs under a version of its regulation is confidential, whatever the one in force says: a list by place that was
/// asked by [`confidential`] leaves it out by this.
#[must_use]
pub fn is_confidential(world: &dyn World, (regulation, version): (&str, &str), procedure: &str) -> bool {
    let own = world.regulation(regulation, version);
    let own = own.as_ref().and_then(|regulation| regulation.procedures.get(procedure));
    // Of a text that is not at hand nobody can say that its matters are everybody's.
    own.is_none_or(|procedure| procedure.confidential)
}

/// What somebody is as a reader of a matter's documents.
fn reads(env: &MatterEnv<'_, '_>, viewer: &Viewer, reader: &Reader) -> Access {
    let (county, now) = (env.world().county(), env.scope.now);
    let is = match reader {
        Reader::Party(Party::Subject { about, role }) => {
            viewer.person.as_ref().is_some_and(|person| subjects(env, about, role).contains(person))
        }
        Reader::Party(Party::Post { of, field }) => {
            let named = super::named::posts(env, env, of, field);
            let held = viewer.held(county, now);
            named.iter().any(|post| held.iter().any(|own| own.id == post.id))
        }
        reader => return as_reader(county, viewer, reader, &env.matter().place, now.into()),
    };
    if is { Access::Full } else { Access::None }
}

/// The parties that take part in a matter. Of a confidential one: those who could begin it as it was begun, those whom an act or step falls to
/// as things stand, and those who are told when it is late.
fn taking_part<'p>(env: &MatterEnv<'_, '_>, procedure: &'p Procedure) -> Vec<&'p Party> {
    if !procedure.confidential {
        return procedure.parties().collect();
    }
    let begun = env.matter().acts.first().map(|record| record.act.as_str());
    let starts = procedure.start.iter().filter(|act| begun == Some(act.name.as_str()));
    let acts = starts.chain(&procedure.acts).chain(procedure.steps.iter().flat_map(|step| &step.acts));
    let by = acts.map(|act| act.by.as_slice()).chain(procedure.steps.iter().map(|step| step.by.as_slice()));
    by.flat_map(|by| competent(env, by)).chain(procedure.alarmed()).collect()
}

fn is_own(env: &MatterEnv<'_, '_>, procedure: &Procedure, viewer: &Viewer) -> bool {
    let Some(person) = &viewer.person else {
        return false;
    };
    let subject = procedure.parties().any(|party| match party {
        Party::Subject { about, role } => subjects(env, about, role).contains(person),
        _ => false,
    });
    let acted =
        |record: &Arc<ActRecord>| matches!(&record.actor, Actor::Person { person: by, post: None } if by == person);
    subject || env.matter().acts.iter().any(acted)
}

fn through_posts(env: &MatterEnv<'_, '_>, procedure: &Procedure, viewer: &Viewer) -> Access {
    let (county, now) = (env.world().county(), env.scope.now);
    let seats = Seats::of(env, procedure);
    // Who administers the system takes part only where a procedure names their office.
    if viewer.administering(county, now).into_iter().any(|post| seats.has_office(post)) {
        return Access::Full;
    }
    let place = &env.matter().place;
    let access = |post: &Post| {
        if seats.has(post) {
            return Access::Full;
        }
        if procedure.confidential {
            return Access::None;
        }
        let above =
            seats.offices.iter().any(|(_, _, below)| *below != post.place && county.contains(&post.place, below));
        if above && county.contains(&post.place, place) { Access::Masked } else { Access::None }
    };
    viewer.held(county, now).into_iter().map(access).max().unwrap_or(Access::None)
}

/// The offices and posts that take part in a matter: through them it is seen whole.
pub(super) struct Seats<'a> {
    /// Level, desk and place.
    offices: Vec<(&'a str, &'a str, &'a str)>,
    /// Posts that fields name.
    named: Vec<&'a str>,
}

impl<'a> Seats<'a> {
    pub(super) fn of<'w: 'a>(env: &MatterEnv<'_, 'w>, procedure: &'a Procedure) -> Seats<'a> {
        let county = env.world().county();
        let mut seats = Seats { offices: Vec::new(), named: Vec::new() };
        for party in taking_part(env, procedure) {
            match party {
                Party::Office { level, desk } => {
                    let here = county.at_level(&env.matter().place, level);
                    seats.offices.extend(here.map(|here| (level.as_str(), desk.as_str(), here.code.as_str())));
                }
                Party::Post { of, field } => {
                    let posts = super::named::posts(env, env, of, field);
                    seats.named.extend(posts.into_iter().map(|post| post.id.as_str()));
                }
                _ => {}
            }
        }
        seats
    }

    /// Whether a post's office takes part.
    pub(super) fn has_office(&self, post: &Post) -> bool {
        self.offices.contains(&(post.level.as_str(), post.desk.as_str(), post.place.as_str()))
    }

    /// Whether a post takes part, by its office or by its name.
    pub(super) fn has(&self, post: &Post) -> bool {
        self.has_office(post) || self.named.contains(&post.id.as_str())
    }
}

/// How much of a register somebody may read at a place; of one row where it is given (whoever it names sees it).
#[must_use]
pub fn may_read_register(
    world: &dyn World,
    viewer: &Viewer,
    register: &Register,
    row: Option<&Row>,
    place: &str,
    on: impl Into<When>,
) -> Access {
    let (county, on) = (world.county(), on.into());
    let keepers = register.keepers.iter().map(|by| Reader::Party(by.party.clone()));
    let readers = register.readers.iter().cloned().chain(keepers);
    let read = readers.map(|reader| as_reader(county, viewer, &reader, place, on));
    let named =
        row.is_some_and(|row| names(row, register, viewer) || reads_part(county, viewer, register, row, place, on));
    read.max().unwrap_or(Access::None).max(if named { Access::Full } else { Access::None })
}

/// The rows to which somebody is confined who reads only some of a register at a place (只看归口的记录): a column and the codes that it has
/// in them. None for whoever reads none of them; whoever reads the whole register is not confined, whatever this says.
#[must_use]
pub fn confined<'r>(
    world: &dyn World,
    viewer: &Viewer,
    register: &'r Register,
    place: &str,
    on: impl Into<When>,
) -> Option<(&'r str, BTreeSet<&'r str>)> {
    let parts = parts_of(world.county(), viewer, register, place, on.into());
    let codes: BTreeSet<&str> = parts.map(|part| part.code.as_str()).collect();
    let column = register.part_readers.first().filter(|_| !codes.is_empty())?;
    Some((&column.column, codes))
}

/// What somebody reads of a register in part at a place.
fn parts_of<'r>(
    county: &County,
    viewer: &Viewer,
    register: &'r Register,
    place: &str,
    on: When,
) -> impl Iterator<Item = &'r PartReader> {
    let reads = move |part: &&PartReader| as_reader(county, viewer, &part.reader, place, on) > Access::None;
    register.part_readers.iter().filter(reads)
}

fn reads_part(county: &County, viewer: &Viewer, register: &Register, row: &Row, place: &str, on: When) -> bool {
    let has = |part: &PartReader| row.record.get(&part.column).and_then(Value::as_text) == Some(&part.code);
    parts_of(county, viewer, register, place, on).any(has)
}

fn names(row: &Row, register: &Register, viewer: &Viewer) -> bool {
    viewer.person.as_ref().is_some_and(|person| names_person(row, register, person))
}

/// Whether a row names a person as one whom it is about.
#[must_use]
pub fn names_person(row: &Row, register: &Register, person: &str) -> bool {
    let people = register.fields.iter().filter(|field| match &field.ty {
        Type::Person => true,
        Type::List(inner) => **inner == Type::Person,
        _ => false,
    });
    people.filter_map(|field| row.record.get(&field.name)).any(|value| match value {
        Value::List(values) => values.iter().any(|value| value.as_text() == Some(person)),
        value => value.as_text() == Some(person),
    })
}

fn as_reader(county: &County, viewer: &Viewer, reader: &Reader, place: &str, on: When) -> Access {
    let through = |fits: &dyn Fn(&Post) -> bool| {
        viewer.held(county, on).into_iter().any(|post| fits(post) && county.contains(&post.place, place))
    };
    let full = match reader {
        Reader::Public => return Access::Public,
        Reader::Level(level) => through(&|post| post.level == *level),
        Reader::Party(Party::Office { level, desk }) => through(&|post| post.level == *level && post.desk == *desk),
        Reader::Party(Party::Anyone) => viewer.person.is_some(),
        Reader::Party(_) => false,
    };
    if full { Access::Full } else { Access::None }
}

/// Whether somebody may be told of a row or matter as something to choose (可供选择): what belongs to a person and what is confidential only to
/// those who may see it, anything else to whoever starts something about it.
#[must_use]
pub fn may_be_offered(world: &dyn World, viewer: &Viewer, target: &AboutTarget, key: &str, now: DateTime) -> bool {
    match target {
        AboutTarget::Procedure(_) => world.matter(key).is_some_and(|matter| {
            let regulation = world.regulation(&matter.regulation, &matter.version);
            let procedure = regulation.as_ref().and_then(|regulation| regulation.procedures.get(&matter.procedure));
            let open = matter.owner.is_none() && procedure.is_some_and(|procedure| !procedure.confidential);
            open || may_see(world, viewer, &matter, now) > Access::None
        }),
        AboutTarget::Register(name) => {
            let (Some((_, register)), Some(row)) = (world.rulebook().register(name), world.row(name, key)) else {
                return false;
            };
            let open = register.fields.iter().all(|field| field.personal.is_none());
            open || may_read_register(world, viewer, register, Some(&row), &row.place, now) > Access::None
        }
    }
}

/// How much of a document of a matter somebody may see. A public notice is public while it is on display; another document with
/// public readers always.
#[must_use]
pub fn may_see_document(
    world: &dyn World,
    viewer: &Viewer,
    matter: &Matter,
    document: &Document,
    now: DateTime,
) -> Access {
    let whole = may_see(world, viewer, matter, now);
    if whole == Access::Full {
        return whole;
    }
    let scope = Scope::new(world, now);
    let Some(env) = scope.matter(&matter.id) else {
        return Access::None;
    };
    let issued = matter.last_document(&document.name);
    let displayed = issued.is_some_and(|issued| issued.display.is_none() || issued.is_shown(now.date()));
    let read = document.readers.iter().map(|reader| match reader {
        Reader::Public if !displayed => Access::None,
        reader => reads(&env, viewer, reader),
    });
    let masked = if whole == Access::Masked { Access::Masked } else { Access::None };
    read.max().unwrap_or(Access::None).max(masked)
}

/// Whether a view is open to everybody (对公众开放): whoever asks, and in print. Nothing of a regulation that is itself not open is.
#[must_use]
pub fn is_open_view(regulation: &Regulation, view: &View) -> bool {
    regulation.public && view.readers.contains(&Reader::Public)
}

/// The places on which somebody may ask for a view (报表): the whole county where everybody may who may read the regulation, which of one
/// that is not public are officers; else the places of those of their
/// posts that are among its readers, the wider ones only. Empty: they may not.
#[must_use]
pub fn view_areas(
    county: &County,
    viewer: &Viewer,
    (regulation, view): (&Regulation, &View),
    on: impl Into<When>,
) -> Vec<PlaceCode> {
    let held = viewer.held(county, on);
    if is_open_view(regulation, view) || (view.readers.contains(&Reader::Public) && !held.is_empty()) {
        return vec![county.code.clone()];
    }
    let reads = |post: &&Post| {
        view.readers.iter().any(|reader| match reader {
            Reader::Level(level) => post.level == *level,
            Reader::Party(Party::Office { level, desk }) => post.level == *level && post.desk == *desk,
            _ => false,
        })
    };
    let readers: Vec<&Post> = held.into_iter().filter(reads).collect();
    widest(county, &readers)
}
