//! What somebody may begin (可以发起), as the links of several pages.

use crate::lang::Lang;
use crate::visit::{Person, Visitor};
use maud::{Markup, html};
use regulation::model::{AboutTarget, Act, Party, Procedure, Register, Rulebook};

/// A starting act with its procedure.
pub type Start<'a> = (&'a Procedure, &'a Act);

fn all<'a>(visitor: &Visitor, rulebook: &'a Rulebook) -> impl Iterator<Item = Start<'a>> {
    let regulations = rulebook.regulations.values().filter(|regulation| visitor.reads(regulation));
    let procedures = regulations.flat_map(|regulation| regulation.procedures.values());
    procedures.flat_map(|procedure| procedure.start.iter().map(move |act| (procedure.as_ref(), act)))
}

/// What the posts of somebody may begin; first what falls to their offices, then what anybody who holds a post may.
#[must_use]
pub fn of_posts<'a>(visitor: &Visitor, person: &Person, rulebook: &'a Rulebook) -> Vec<Start<'a>> {
    let own = |(_, act): &Start<'_>| act.by.iter().any(|by| holds(person, &by.party));
    let other = |start: &Start<'_>| !own(start) && !person.posts.is_empty() && has_no_other_door(start);
    let first: Vec<Start<'a>> = all(visitor, rulebook).filter(own).collect();
    let then: Vec<Start<'a>> = all(visitor, rulebook).filter(other).collect();
    first.into_iter().chain(then).collect()
}

/// Acts by which whoever holds a post lets another act for them (委托代理).
#[must_use]
pub fn delegations<'a>(visitor: &Visitor, rulebook: &'a Rulebook) -> Vec<Start<'a>> {
    all(visitor, rulebook).filter(|(_, act)| act.delegates()).collect()
}

/// Whether a procedure that is no service is open to anybody, and begins at nothing else.
#[must_use]
pub fn is_open_to_all(procedure: &Procedure) -> bool {
    let concerns_posts = |act: &Act| act.delegates() || act.lends();
    let mut open = procedure.start.iter().filter(|act| !concerns_posts(act));
    open.any(by_anyone) && !procedure.service && !follows_another(procedure)
}

fn has_no_other_door((procedure, act): &Start<'_>) -> bool {
    by_anyone(act) && !procedure.service && !follows_another(procedure)
}

fn by_anyone(act: &Act) -> bool {
    act.by.iter().any(|by| by.party == Party::Anyone)
}

/// Whether it cannot be started without another matter: such services begin at a notice or a permit.
#[must_use]
pub fn follows_another(procedure: &Procedure) -> bool {
    procedure.about.iter().any(|about| !about.optional && matches!(about.target, AboutTarget::Procedure(_)))
}

/// Whether people begin it for themselves, and not only offices and organisations: anybody does, or somebody of whom a register keeps personal
/// data.
#[must_use]
pub fn is_for_residents(rulebook: &Rulebook, procedure: &Procedure) -> bool {
    let keeps_people = |register: &Register| register.fields.iter().any(|field| field.personal.is_some());
    let is_person = |about: &str| {
        let mut subjects = procedure.about.iter().filter(|subject| subject.name == about);
        subjects.any(|subject| match &subject.target {
            AboutTarget::Register(register) => {
                rulebook.register(register).is_some_and(|(_, register)| keeps_people(register))
            }
            AboutTarget::Procedure(_) => procedure.owner.is_some(),
        })
    };
    procedure.start.iter().flat_map(|act| &act.by).any(|by| match &by.party {
        Party::Anyone => true,
        Party::Subject { about, .. } => is_person(about),
        _ => false,
    })
}

/// Whether one of somebody's posts is of an office.
#[must_use]
pub fn holds(person: &Person, party: &Party) -> bool {
    match party {
        Party::Office { level, desk } => person.posts.iter().any(|post| post.level == *level && post.desk == *desk),
        _ => false,
    }
}

/// The address at which an act begins.
#[must_use]
pub fn address((procedure, act): &Start<'_>) -> String {
    format!("/services/{}/apply?act={}", procedure.name, act.name)
}

/// What a starting act is called away from its procedure: the procedure first, since a verb alone says little.
#[must_use]
pub fn called(lang: Lang, (procedure, act): &Start<'_>) -> String {
    let (procedure, act) = (lang.label(&procedure.title), lang.label(&act.label));
    if procedure == act { act.to_owned() } else { format!("{procedure}：{act}") }
}

/// Links to the delegation of a post, for whoever holds one.
#[must_use]
pub fn delegation_links(visitor: &Visitor, rulebook: &Rulebook) -> Markup {
    let lang = visitor.lang;
    let ways = if visitor.is_staff() { delegations(visitor, rulebook) } else { Vec::new() };
    html! {
        @for start in &ways {
            p { a href=(address(start)) { (called(lang, start)) } " " span class="soft" { (lang.say("出差、休假的时候请人代办", "while you are away")) } }
        }
    }
}
