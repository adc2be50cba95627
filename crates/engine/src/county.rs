//! Places, offices, posts and people (地方、机构、岗位、人员) as the engine needs them.

use crate::act::{PersonId, PlaceCode, PostId};
use jiff::civil::Date;
use regulation::model::Name;
use std::collections::BTreeMap;

/// A county's places and posts.
#[derive(Debug, Clone, Default)]
pub struct County {
    /// GB/T 2260 code.
    pub code: PlaceCode,
    /// Places by code.
    pub places: BTreeMap<PlaceCode, Place>,
    /// Posts by id.
    pub posts: BTreeMap<PostId, Post>,
    /// Who holds which post, when.
    pub appointments: Vec<Appointment>,
    /// Names of desks: (`township`, `planning`) → 规划建设办公室.
    pub desks: BTreeMap<(Name, Name), String>,
    /// People: id → name as shown to colleagues.
    pub people: BTreeMap<PersonId, String>,
}

/// A place.
#[derive(Debug, Clone, Default)]
pub struct Place {
    /// Code.
    pub code: PlaceCode,
    /// Full name (宁乡镇).
    pub name: String,
    /// Short name for numbers (宁).
    pub short: String,
    /// `county`, `township`, `village`, `group`.
    pub level: Name,
    /// Parent; `None` for the county.
    pub parent: Option<PlaceCode>,
    /// Further attributes: `collective` → yes/no …
    pub attributes: BTreeMap<Name, bool>,
}

/// A post (岗位).
#[derive(Debug, Clone)]
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
}

/// A person holds a post from a day, to a day.
#[derive(Debug, Clone)]
pub struct Appointment {
    /// Who.
    pub person: PersonId,
    /// Which post.
    pub post: PostId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Option<Date>,
}

impl County {
    /// The place of a level at or above another: the township of a group.
    #[must_use]
    pub fn at_level(&self, place: &str, level: &str) -> Option<&Place> {
        let mut here = self.places.get(place)?;
        loop {
            if here.level == level {
                return Some(here);
            }
            here = self.places.get(here.parent.as_deref()?)?;
        }
    }

    /// Whether a place is another or lies in it.
    #[must_use]
    pub fn contains(&self, outer: &str, inner: &str) -> bool {
        let mut here = Some(inner);
        while let Some(code) = here {
            if code == outer {
                return true;
            }
            here = self.places.get(code).and_then(|place| place.parent.as_deref());
        }
        false
    }

    /// Posts that a person holds on a day.
    pub fn posts_of<'a>(&'a self, person: &'a str, on: Date) -> impl Iterator<Item = &'a Post> {
        self.appointments
            .iter()
            .filter(move |a| a.person == person && a.from <= on && a.to.is_none_or(|to| on <= to))
            .filter_map(|a| self.posts.get(&a.post))
    }
}
