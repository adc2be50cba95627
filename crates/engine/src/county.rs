//! Places, offices, posts and people (地方、机构、岗位、人员) as the engine needs them.
//!
//! What the county's files say is where it begins; since then acts change it ([`Change`]), and [`County::apply`] is total over them.

mod change;
mod history;
mod places;
mod tenures;
mod when;

pub use change::Change;
pub use history::{Turn, TurnKind};
pub use places::{Ending, Past, Then};
pub use tenures::Tenures;
pub use when::{Hours, When};

use crate::act::{MatterId, PersonId, PlaceCode, PostId};
use crate::event::Desk;
use jiff::civil::{Date, DateTime};
use regulation::model::Name;
use std::collections::{BTreeMap, BTreeSet};

/// A county's places and posts.
#[derive(Debug, Clone, Default)]
pub struct County {
    /// GB/T 2260 code.
    pub code: PlaceCode,
    /// Places by code, also those that have ended.
    pub places: BTreeMap<PlaceCode, Place>,
    /// Which of them have ended, and what they are part of since.
    pub ended: BTreeMap<PlaceCode, Ending>,
    /// Posts by id.
    pub posts: BTreeMap<PostId, Post>,
    /// Who holds which post, when.
    pub appointments: Tenures,
    /// What desks are called: (`township`, `planning`) → 规划建设办公室.
    pub desks: BTreeMap<(Name, Name), DeskName>,
    /// People: id → name as shown to colleagues.
    pub people: BTreeMap<PersonId, String>,
    /// Those of them who may be chosen for posts though they hold none yet.
    pub staff: BTreeSet<PersonId>,
    /// Posts that administer the system: what each administers.
    pub administrations: BTreeMap<PostId, Administration>,
}

/// What a desk is called (机构名称).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeskName {
    /// Wherever it is: 规划建设办公室.
    pub name: String,
    /// With its place, `{place}` standing for that one's name: `{place}村委会`. Without it the place comes before the name.
    pub at_place: Option<String>,
}

impl DeskName {
    /// What it is called at a place.
    fn at(&self, place: &str) -> String {
        match &self.at_place {
            Some(pattern) => pattern.replace("{place}", place),
            None => format!("{place}{}", self.name),
        }
    }
}

impl From<&str> for DeskName {
    fn from(name: &str) -> Self {
        DeskName { name: name.to_owned(), at_place: None }
    }
}

/// What a post administers of the system (三员): one thing, and its holder nothing else of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Administration {
    /// Accounts and settings (系统管理员).
    System,
    /// Sessions, attempts and emergencies (安全管理员).
    Security,
    /// The records of what the others and everybody did (审计管理员).
    Audit,
}

impl Administration {
    /// The administration of a name in the county's files.
    #[must_use]
    pub fn read(name: &str) -> Option<Administration> {
        match name {
            "system" => Some(Administration::System),
            "security" => Some(Administration::Security),
            "audit" => Some(Administration::Audit),
            _ => None,
        }
    }
}

/// A place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Code.
    pub code: PlaceCode,
    /// Full name (宁乡镇).
    pub name: String,
    /// The name in English, where it has one.
    pub en: Option<String>,
    /// Short name for numbers (宁).
    pub short: String,
    /// `county`, `township`, `village`, `group`.
    pub level: Name,
    /// Parent; `None` for the county.
    pub parent: Option<PlaceCode>,
    /// Further attributes: `collective` → yes/no …
    pub attributes: BTreeMap<Name, bool>,
    /// Its first day, where it is known.
    pub from: Option<Date>,
    /// How it was before, the oldest first.
    pub past: Vec<Past>,
}

/// A post (岗位). Duties and rights are its own; whoever holds it has them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Post {
    /// Id.
    pub id: PostId,
    /// Title.
    pub title: String,
    /// Level of its office.
    pub level: Name,
    /// Desk.
    pub desk: Name,
    /// Place of its office.
    pub place: PlaceCode,
    /// Several people may hold it at once.
    pub many: bool,
    /// Its last day, once it is abolished (撤销).
    pub until: Option<Date>,
}

impl Post {
    /// The desk at which its holders sit.
    #[must_use]
    pub fn sits_at(&self) -> Desk {
        Desk::Office { level: self.level.clone(), desk: self.desk.clone(), place: self.place.clone() }
    }

    /// Whether it is there on a day.
    #[must_use]
    pub fn exists_on(&self, day: Date) -> bool {
        self.until.is_none_or(|until| day <= until)
    }
}

/// A person holds a post from a day, to a day (任职).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Appointment {
    /// Who.
    pub person: PersonId,
    /// Which post.
    pub post: PostId,
    /// First day.
    pub from: Date,
    /// Last day: rights end with it, at 24:00.
    pub to: Option<Date>,
    /// What kind of tenure it is, in the words of the act (挂职), or [`Appointment::ACTING`].
    pub kind: Option<String>,
    /// The matter of the act that made it; none of one in the county's files.
    pub matter: Option<MatterId>,
    /// On whose behalf it is held (代理): it gives the post only while that person holds it themselves.
    pub behalf: Option<PersonId>,
    /// The acts to which it is limited: names, `procedure.act` or labels; none is no limit.
    pub only: Vec<Name>,
    /// Held by the hour (应急授权): between these moments, beside the holder, and for nothing that outlasts them.
    pub hours: Option<Hours>,
}

impl Appointment {
    /// The kind of a tenure of somebody who acts in the post (代行职务) beside its holder, or while it has none.
    pub const ACTING: &str = "acting";

    /// Whether it gives the post on a day, or at a moment: what is held by the hour is held at moments only, on no day as a whole.
    #[must_use]
    pub fn is_on(&self, on: impl Into<When>) -> bool {
        let when = on.into();
        match &self.hours {
            None => self.from <= when.day() && self.to.is_none_or(|to| when.day() <= to),
            Some(hours) => when.at().is_some_and(|at| hours.cover(at)),
        }
    }

    /// Whether somebody only acts in the post.
    #[must_use]
    pub fn is_acting(&self) -> bool {
        self.kind.as_deref() == Some(Self::ACTING)
    }

    /// Whether it gives nothing on any day: taken back before it began.
    #[must_use]
    pub fn is_void(&self) -> bool {
        self.to.is_some_and(|to| to < self.from)
    }
}

impl County {
    /// Posts that a person holds on a day. The posts of a place that has ended give no rights to anybody.
    pub fn posts_of<'c, W: Into<When>>(&'c self, person: &str, on: W) -> impl Iterator<Item = &'c Post> + use<'c, W> {
        let on = on.into();
        self.appointments
            .of_person(person)
            .filter(move |tenure| self.gives(tenure, on))
            .filter_map(|tenure| self.posts.get(&tenure.post))
            .filter(|post| !self.ended.contains_key(&post.place))
    }

    /// Posts that a person holds on a day and that take part in the county's business: those that administer the system do not.
    pub fn business_posts_of<'c, W: Into<When>>(
        &'c self,
        person: &str,
        on: W,
    ) -> impl Iterator<Item = &'c Post> + use<'c, W> {
        self.posts_of(person, on).filter(move |post| self.is_of_business(&post.id))
    }

    /// Whether a post takes part in the county's business.
    #[must_use]
    pub fn is_of_business(&self, post: &str) -> bool {
        !self.administrations.contains_key(post)
    }

    /// Posts of the county's business that a person has in all acts on a day: whoever acts in some acts of one only does no more than those, and
    /// whoever has one by the hour nothing that lasts longer.
    pub fn whole_posts_of<'a>(&'a self, person: &'a str, on: Date) -> impl Iterator<Item = &'a Post> {
        self.business_posts_of(person, on).filter(move |post| self.has_wholly(person, &post.id, on))
    }

    /// Whether a person has a post in all acts on a day, in their own name or on somebody's behalf.
    #[must_use]
    pub fn has_wholly(&self, person: &str, post: &str, on: Date) -> bool {
        let mut tenures = self.appointments.of_person(person);
        tenures.any(|tenure| tenure.post == post && tenure.only.is_empty() && self.gives(tenure, on))
    }

    /// Whether a tenure gives its post on a day; one on somebody's behalf only while that person holds the post themselves, one by the hour
    /// only while whoever has it is on the staff.
    #[must_use]
    pub fn gives(&self, tenure: &Appointment, on: impl Into<When>) -> bool {
        let on = on.into();
        let stands = |holder: &PersonId| self.holds_oneself(holder, &tenure.post, on.day());
        tenure.is_on(on)
            && tenure.behalf.as_ref().is_none_or(stands)
            && (tenure.hours.is_none() || self.is_on_staff(&tenure.person, on.day()))
    }

    /// Whether a person holds a post of the county's business on a day, and none that administers the system (在岗).
    #[must_use]
    pub fn is_on_staff(&self, person: &str, on: Date) -> bool {
        let mut held = self.posts_of(person, on).peekable();
        held.peek().is_some() && held.all(|post| self.is_of_business(&post.id))
    }

    /// The tenure by the hour (应急授权) through which a person has or had a post at a moment; none where they have it by any other. Who has
    /// left the staff since had it all the same.
    #[must_use]
    pub fn by_the_hour(&self, person: &str, post: &str, at: DateTime) -> Option<&Appointment> {
        let of_post = self.appointments.of_person(person).filter(|tenure| tenure.post == post);
        let (lent, by_days): (Vec<_>, Vec<_>) = of_post.partition(|tenure| tenure.hours.is_some());
        let is_held = by_days.into_iter().any(|tenure| self.gives(tenure, at));
        lent.into_iter().rfind(|tenure| !is_held && tenure.is_on(at))
    }

    /// Whether a person holds a post on a day, on nobody's behalf and not by the hour.
    #[must_use]
    pub fn holds_oneself(&self, person: &str, post: &str, on: Date) -> bool {
        let mut tenures = self.appointments.of_person(person);
        tenures.any(|tenure| tenure.post == post && tenure.behalf.is_none() && tenure.is_on(on))
    }

    /// On whose behalf a person has a post on a day; none where they hold it themselves, or not at all.
    #[must_use]
    pub fn behalf(&self, person: &str, post: &str, on: Date) -> Option<&PersonId> {
        if self.holds_oneself(person, post, on) {
            return None;
        }
        let mut tenures = self.appointments.of_person(person).filter(|tenure| tenure.post == post);
        tenures.find(|tenure| self.gives(tenure, on))?.behalf.as_ref()
    }

    /// Those who hold a post on a day in their own name, those who only act in it last.
    #[must_use]
    pub fn holders(&self, post: &str, on: Date) -> Vec<&Appointment> {
        let own = |tenure: &&Appointment| tenure.behalf.is_none() && tenure.is_on(on);
        let mut held: Vec<&Appointment> = self.appointments.of_post(post).filter(own).collect();
        held.sort_by_key(|tenure| tenure.is_acting());
        held
    }

    /// An office at a place as people call it: 示例县教育局. What the county does not know is called by its code.
    #[must_use]
    pub fn office_name(&self, level: &str, desk: &str, place: &str) -> String {
        let office = self.desks.get(&(level.to_owned(), desk.to_owned()));
        let place = self.place(place).map_or(place, |place| place.name.as_str());
        office.map_or_else(|| format!("{place}{level}/{desk}"), |office| office.at(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_is_called_at_its_place_as_the_county_says() {
        let mut county = County::default();
        for (code, name) in [("1", "示例县"), ("2", "样例镇"), ("3", "样例村")] {
            county.places.insert(code.into(), Place { code: code.into(), name: name.into(), ..Place::default() });
        }
        let patterned = |name: &str, pattern: &str| DeskName { at_place: Some(pattern.into()), ..name.into() };
        for (desk, name) in [
            ("planning", "规划建设办公室".into()),
            ("education", patterned("县教育局", "{place}教育局")),
            ("committee", patterned("村级组织", "{place}村委会")),
            ("ecology", patterned("市生态环境局示例分局", "市生态环境局示例分局")),
        ] {
            county.desks.insert(("level".into(), desk.into()), name);
        }
        for (desk, place, name) in [
            ("planning", "2", "样例镇规划建设办公室"),
            ("education", "1", "示例县教育局"),
            ("committee", "3", "样例村村委会"),
            ("ecology", "1", "市生态环境局示例分局"),
            ("nothing", "9", "9level/nothing"),
        ] {
            assert_eq!(county.office_name("level", desk, place), name);
        }
    }
}
