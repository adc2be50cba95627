//! Rights (权限): the one place that says who may do what and see what. Used by the engine, the pages and the store alike.
//!
//! Rights come from posts and from being the subject of a matter, never from a person's name. Whatever is not allowed here is denied.

mod administering;
pub(crate) mod delegation;
mod drafting;
pub(crate) mod emergency;
mod funds;
mod named;
mod noting;
mod personal;
mod posts;
mod seeing;
mod sharing;

pub use administering::{Task, administering_twice, administration, excluded_by, may_administer};
pub use drafting::{TextAct, may_draft, text_acts};
pub use emergency::emergency;
pub use funds::{may_see_fund, may_see_statement, own_sub_accounts};
pub(crate) use noting::holders;
pub use noting::{Mention, may_note, mentions, reads_notes};
pub use personal::{is_covered, is_masked, kind_of, masked_in, masked_kinds, opened, purposes, stays_masked};
pub use posts::{areas, is_area_of, is_officer, may_see_posts};
pub use seeing::{
    Access, Viewer, confidential, confined, is_confidential, is_open_view, may_be_offered, may_read_register, may_see,
    may_see_document, names_person, view_areas,
};
pub use sharing::{Grant, Permit, grants, may_oversee_share, may_use_share, named_office, office_code};

use crate::act::{Actor, PersonId, Reason};
use crate::county::{County, Post};
use crate::env::MatterEnv;
use crate::eval;
use crate::event::Desk;
use jiff::civil::{Date, DateTime};
use regulation::expr::{Env, Thing, Value};
use regulation::model::{Act, By, Party, Register, Step};

/// A party as journaled: `township/window`, `household/head`, `anyone`, `clock`, `dog-licence.grant`.
pub type PartyName = String;

/// Whether a character stands between the names in a text, as people part them.
pub(crate) fn parts_names(character: char) -> bool {
    character.is_whitespace() || matches!(character, ',' | '，' | '、' | ';' | '；')
}

/// The procedure and act whose consequence an act is.
#[derive(Debug, Clone, Copy)]
pub struct Cause<'a> {
    /// Procedure.
    pub procedure: &'a str,
    /// Act.
    pub act: &'a str,
}

/// How a party is written in regulations and in the journal.
#[must_use]
pub fn party_name(party: &Party) -> PartyName {
    match party {
        Party::Office { level, desk } => format!("{level}/{desk}"),
        Party::Subject { about, role } => format!("{about}/{role}"),
        Party::Post { of, field } => format!("{of}/{field}"),
        Party::Anyone => "anyone".to_owned(),
        Party::Clock => "clock".to_owned(),
        Party::Act { procedure, act } => format!("{procedure}.{act}"),
    }
}

/// How people call a party: the desk's name in the county, else as written.
#[must_use]
pub fn party_title(county: &County, party: &Party) -> String {
    match party {
        Party::Office { level, desk } => {
            let key = (level.clone(), desk.clone());
            county.desks.get(&key).map_or_else(|| party_name(party), |desk| desk.name.clone())
        }
        Party::Anyone => "任何人".to_owned(),
        Party::Clock => "系统时钟".to_owned(),
        starter if *starter == Party::starter() => "发起人".to_owned(),
        Party::Subject { .. } => "申请人本人".to_owned(),
        Party::Post { .. } => "指定的岗位".to_owned(),
        Party::Act { .. } => "其他动作的后果".to_owned(),
    }
}

/// The parties who may do an act: its own, or the step's where it names none.
#[must_use]
pub fn parties<'a>(step: Option<&'a Step>, act: &'a Act) -> &'a [By] {
    match step {
        Some(step) if act.by.is_empty() => &step.by,
        _ => &act.by,
    }
}

/// Whether every party does the act once: said of the act, or of its step and the act keeps the step's parties.
#[must_use]
pub fn is_each(step: Option<&Step>, act: &Act) -> bool {
    let inherits = |step: &Step| {
        let same = |(own, steps): (&By, &By)| own.party == steps.party;
        act.by.is_empty() || (act.by.len() == step.by.len() && act.by.iter().zip(&step.by).all(same))
    };
    act.each || step.is_some_and(|step| step.parallel && inherits(step))
}

/// The parties among `by` to whom this matter falls: those whose routing condition holds.
pub fn competent<'a>(env: &MatterEnv<'_, '_>, by: &'a [By]) -> Vec<&'a Party> {
    let routed = |by: &&By| by.when.as_ref().is_none_or(|when| eval::holds(when, env) == Some(true));
    by.iter().filter(routed).map(|by| &by.party).collect()
}

/// The parties in whose name an actor may do what these parties may do; empty = not allowed.
///
/// An office's party is whoever holds its post today at the matter's place of that level, and says to act in it.
#[must_use]
pub fn capacities(env: &MatterEnv<'_, '_>, by: &[By], actor: &Actor, cause: Option<Cause<'_>>) -> Vec<PartyName> {
    let is = |party: &&Party| is_party(env, party, actor, cause);
    competent(env, by).into_iter().filter(is).map(party_name).collect()
}

/// Whether an actor may keep a register at a place: they are one of its keepers there, and not for some acts only.
///
/// # Errors
/// The reason why not.
pub fn may_keep(env: &MatterEnv<'_, '_>, register: &Register, actor: &Actor) -> Result<(), Box<Reason>> {
    let reason = if capacities(env, &register.keepers, actor, None).is_empty() {
        Some(not_your_desk(env, &register.keepers, &register.title.zh))
    } else {
        delegation::not_wholly(env, &register.title.zh, actor)
    };
    reason.map_or(Ok(()), |reason| Err(Box::new(reason.under(&register.clauses))))
}

pub(crate) fn not_your_desk(env: &MatterEnv<'_, '_>, by: &[By], what: &str) -> Reason {
    if by.iter().all(|by| matches!(by.party, Party::Act { .. })) {
        let zh = format!("“{what}”只能作为其他动作的后果发生");
        return Reason::general("not-your-desk", zh, format!("`{what}` only follows from other acts"));
    }
    let county = env.world().county();
    let title = |party: &&Party| match party {
        Party::Post { of, field } => {
            let named: Vec<&str> =
                named::posts(env, env, of, field).into_iter().map(|post| post.title.as_str()).collect();
            if named.is_empty() { party_title(county, party) } else { named.join("、") }
        }
        party => party_title(county, party),
    };
    let mut titles: Vec<String> = competent(env, by).iter().map(title).collect();
    titles.dedup();
    let names: Vec<String> = by.iter().map(|by| party_name(&by.party)).collect();
    let zh = format!("“{what}”由{}办理，您不在这个岗位", titles.join("、"));
    let en = format!("`{what}` is for {}", names.join(", "));
    Reason::general("not-your-desk", zh, en).hint(
        "请由有权的岗位办理；如果您有几个岗位，先切换到对应的岗位",
        "The post whose right it is does it; if you hold several posts, switch to that one first",
    )
}

fn is_party(env: &MatterEnv<'_, '_>, party: &Party, actor: &Actor, cause: Option<Cause<'_>>) -> bool {
    match (party, actor) {
        (Party::Office { level, desk }, Actor::Person { person, post: Some(post) }) => {
            holds_post(env, person, post, level, desk)
        }
        (Party::Office { .. }, _) => false,
        (Party::Subject { about, role }, Actor::Person { person, .. }) => subjects(env, about, role).contains(person),
        (Party::Subject { .. }, Actor::Clock) => false,
        (Party::Post { of, field }, Actor::Person { person, post: Some(post) }) => {
            let is = |named: &&Post| named.id == *post;
            named::posts(env, env, of, field).iter().any(is) && holds(env, person, post)
        }
        (Party::Post { .. }, _) => false,
        (Party::Anyone, Actor::Person { post, .. }) => {
            post.as_ref().is_none_or(|post| env.world().county().is_of_business(post))
        }
        (Party::Anyone, Actor::Clock) => false,
        (Party::Clock, actor) => *actor == Actor::Clock,
        (Party::Act { procedure, act }, _) => {
            cause.is_some_and(|cause| cause.procedure == procedure && cause.act == act)
        }
    }
}

fn holds_post(env: &MatterEnv<'_, '_>, person: &str, post: &str, level: &str, desk: &str) -> bool {
    let county = env.world().county();
    let Some(here) = county.at_level(&env.matter().place, level) else {
        return false;
    };
    let mut held = county.posts_of(person, env.scope.now);
    held.any(|own| own.id == post && own.level == level && own.desk == desk && own.place == here.code)
}

fn holds(env: &MatterEnv<'_, '_>, person: &str, post: &str) -> bool {
    env.world().county().business_posts_of(person, env.scope.now).any(|own| own.id == post)
}

/// The persons behind a subject: `household/head` are the persons in the field `head` of the row that `household` points at, or of each of the
/// rows where it is a list; the starter is the person who did the matter's first act.
#[must_use]
pub fn subjects(env: &MatterEnv<'_, '_>, about: &str, role: &str) -> Vec<PersonId> {
    subjects_seen(env, env, about, role)
}

/// The same where an effect runs over a list: `seen` also knows the element.
fn subjects_seen(env: &MatterEnv<'_, '_>, seen: &dyn Env, about: &str, role: &str) -> Vec<PersonId> {
    if about == Party::STARTER {
        return starter(env).into_iter().collect();
    }
    let of = |value: Value| match value {
        Value::Thing(thing) => persons(seen.member(&thing, role)),
        _ => Vec::new(),
    };
    named::rows(seen.root(about)).into_iter().flat_map(of).collect()
}

fn starter(env: &MatterEnv<'_, '_>) -> Option<PersonId> {
    match &env.matter().acts.first()?.actor {
        Actor::Person { person, .. } => Some(person.clone()),
        Actor::Clock => None,
    }
}

fn persons(value: Value) -> Vec<PersonId> {
    match value {
        Value::Thing(Thing::Person(id)) | Value::Key(id) => vec![id],
        Value::List(values) => values.into_iter().flat_map(persons).collect(),
        _ => Vec::new(),
    }
}

/// Whose desk a party is for this matter; empty where the county has no such place or the row names nobody.
#[must_use]
pub fn desks(env: &MatterEnv<'_, '_>, party: &Party) -> Vec<Desk> {
    desks_seen(env, env, party)
}

/// The same where an effect runs over a list: `seen` also knows the element.
pub(crate) fn desks_seen(env: &MatterEnv<'_, '_>, seen: &dyn Env, party: &Party) -> Vec<Desk> {
    match party {
        Party::Office { level, desk } => {
            let place = env.world().county().at_level(&env.matter().place, level);
            let office =
                |place: &str| Desk::Office { level: level.clone(), desk: desk.clone(), place: place.to_owned() };
            place.map(|place| office(&place.code)).into_iter().collect()
        }
        Party::Subject { about, role } => subjects_seen(env, seen, about, role).into_iter().map(Desk::Person).collect(),
        Party::Post { of, field } => named::posts(env, seen, of, field).into_iter().map(Post::sits_at).collect(),
        Party::Anyone => vec![Desk::Anyone],
        Party::Clock => vec![Desk::Clock],
        Party::Act { .. } => Vec::new(),
    }
}

/// The desks of all competent parties, each once, in order.
pub(crate) fn desks_for(env: &MatterEnv<'_, '_>, by: &[By]) -> Vec<Desk> {
    let parties = competent(env, by);
    distinct(parties.into_iter().flat_map(|party| desks(env, party)))
}

/// Each desk once, in order.
pub(crate) fn distinct(desks: impl IntoIterator<Item = Desk>) -> Vec<Desk> {
    let mut all = Vec::new();
    for desk in desks {
        if !all.contains(&desk) {
            all.push(desk);
        }
    }
    all
}

/// The desks at which a person sits at a moment: their own, and one for each post they hold.
#[must_use]
pub fn desks_of(county: &County, person: &str, at: DateTime) -> Vec<Desk> {
    let posts = county.posts_of(person, at).map(Post::sits_at);
    distinct(std::iter::once(Desk::Person(person.to_owned())).chain(posts))
}

/// The offices in whose name somebody keeps webhooks: those of the county itself whose posts they hold, in all acts.
#[must_use]
pub fn own_offices(county: &County, person: &str, on: Date) -> Vec<Desk> {
    let of_county = county.whole_posts_of(person, on).filter(|post| post.place == county.code);
    distinct(of_county.map(Post::sits_at))
}

/// The offices in whose name somebody keeps keys for shared data: those of the county and of its townships whose posts they hold, in all acts.
#[must_use]
pub fn key_offices(county: &County, person: &str, on: Date) -> Vec<Desk> {
    let within = |post: &&Post| {
        let parent = county.place(&post.place).and_then(|place| place.parent.as_deref());
        post.place == county.code || parent == Some(&county.code)
    };
    distinct(county.whole_posts_of(person, on).filter(within).map(Post::sits_at))
}
