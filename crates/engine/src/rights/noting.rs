//! Notes of a matter (内部留言): who reads and writes them, and who may be mentioned in one.
//!
//! A note is free text, of which nothing can be covered. So notes are for the offices and posts through which the whole matter is seen, and
//! for nobody whom it is about, whatever posts they hold: not its applicant, not the public, not an office that sees it covered.

use super::seeing::Seats;
use super::{Viewer, subjects};
use crate::act::{Actor, PersonId, PostId, Reason};
use crate::county::{County, Post};
use crate::env::{MatterEnv, Scope};
use crate::event::Desk;
use crate::matter::Matter;
use crate::world::World;
use jiff::civil::DateTime;
use regulation::model::{Party, Procedure};

/// Who may be mentioned in a note (提到的岗位).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mention {
    /// An office: whoever sits at its desk.
    Office(Desk),
    /// A post: whoever holds it.
    Post(PostId),
}

impl Mention {
    /// How a form writes it: `township/planning/999901`, or the post's id.
    #[must_use]
    pub fn code(&self) -> String {
        match self {
            Mention::Office(Desk::Office { level, desk, place }) => format!("{level}/{desk}/{place}"),
            Mention::Office(_) => String::new(),
            Mention::Post(post) => post.clone(),
        }
    }
}

/// Whether somebody reads the notes of a matter through one of the posts they look through.
#[must_use]
pub fn reads_notes(world: &dyn World, viewer: &Viewer, matter: &Matter, now: DateTime) -> bool {
    let scope = Scope::new(world, now);
    let Some(env) = scope.matter(&matter.id) else { return false };
    let Some(procedure) = env.frame.procedure.clone() else { return false };
    let Some(person) = &viewer.person else { return false };
    let seats = Seats::of(&env, &procedure);
    let mut held = world.county().posts_of(person, now).filter(|post| viewer.posts.contains(&post.id));
    held.any(|post| takes_part(world.county(), &seats, post)) && !is_about(&env, &procedure, person)
}

/// Whether an actor writes notes of a matter in the post in which they act.
///
/// # Errors
/// The reason why not.
pub fn may_note(world: &dyn World, actor: &Actor, matter: &Matter, now: DateTime) -> Result<(), Box<Reason>> {
    if reads_notes(world, &Viewer::acting(actor), matter, now) {
        return Ok(());
    }
    let reason = Reason::general(
        "no-notes",
        "内部留言只给经办这一事项的岗位看和写，您不在这样的岗位",
        "notes are read and written by the posts that handle the matter",
    );
    Err(Box::new(reason.hint(
        "如果您有几个岗位，先切换到经办这一事项的岗位",
        "If you hold several posts, switch to the one that handles this matter first",
    )))
}

/// Who may be mentioned in a note of a matter: the offices that read it, and the posts among them one by one where an office has several.
#[must_use]
pub fn mentions(world: &dyn World, matter: &Matter, now: DateTime) -> Vec<Mention> {
    let scope = Scope::new(world, now);
    let Some(env) = scope.matter(&matter.id) else { return Vec::new() };
    let Some(procedure) = env.frame.procedure.clone() else { return Vec::new() };
    let seats = Seats::of(&env, &procedure);
    let county = world.county();
    let reads = |post: &&Post| {
        let about = |person: &PersonId| is_about(&env, &procedure, person);
        takes_part(county, &seats, post) && holders(county, &post.id, now).iter().any(|person| !about(person))
    };
    let readers: Vec<&Post> = county.posts.values().filter(reads).collect();
    let mut found = Vec::new();
    for post in &readers {
        let office = Mention::Office(post.sits_at());
        let of_office = seats.has_office(post);
        if of_office && !found.contains(&office) {
            found.push(office);
        }
        let alone = readers.iter().filter(|other| other.sits_at() == post.sits_at()).count() == 1;
        if !of_office || !alone {
            found.push(Mention::Post(post.id.clone()));
        }
    }
    found
}

/// Whoever holds a post at a moment, in their own name or not, each once.
pub(crate) fn holders(county: &County, post: &str, now: DateTime) -> Vec<PersonId> {
    let mut held: Vec<PersonId> = county
        .appointments
        .of_post(post)
        .filter(|tenure| county.gives(tenure, now))
        .map(|tenure| tenure.person.clone())
        .collect();
    held.sort();
    held.dedup();
    held
}

/// Who administers the system takes part only where a procedure names their office.
fn takes_part(county: &County, seats: &Seats<'_>, post: &Post) -> bool {
    let there = !county.ended.contains_key(&post.place);
    there && if county.is_of_business(&post.id) { seats.has(post) } else { seats.has_office(post) }
}

/// Whether a matter is about somebody: they are one of its subjects, or did an act in it for themselves. Whoever began it in a post is not.
fn is_about(env: &MatterEnv<'_, '_>, procedure: &Procedure, person: &str) -> bool {
    let subject = procedure.parties().any(|party| match party {
        Party::Subject { about, role } if about != Party::STARTER => {
            subjects(env, about, role).iter().any(|one| one == person)
        }
        _ => false,
    });
    let for_oneself = |actor: &Actor| matches!(actor, Actor::Person { person: by, post: None } if by == person);
    subject || env.matter().acts.iter().any(|record| for_oneself(&record.actor))
}
