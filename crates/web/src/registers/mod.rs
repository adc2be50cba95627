//! Registers (台账、名录) as pages, sheets and programs use them: who reads what part, which rows there are, how they are kept.
//!
//! Nothing here decides: rights are [`engine::rights`]'s, and every change is an act that the engine judges.

pub mod asked;
pub mod fit;
pub mod geojson;
pub mod imports;
pub mod keep;
pub mod listing;
pub mod mapping;
pub mod marked;
pub mod offered;
pub mod plan;
pub mod plots;
pub mod proposal;
pub mod reading;
pub mod sheet;
pub mod units;
pub mod wanted;

use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::show;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::visit::Visitor;
use engine::World;
use engine::act::PostId;
use engine::rights::{Access, Viewer, confined, may_read_register, party_title, stays_masked};
use jiff::civil::DateTime;
use regulation::expr::{Record, Value};
use regulation::model::{Field, Personal, Reader, Register, Regulation};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;
use store::pages::Condition;

/// What somebody may read of a register: all of the county (`None`) or a place, and how much of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Only in this place or below.
    pub place: Option<String>,
    /// How much.
    pub access: Access,
    /// Only rows where a column has one of these codes (只看归口的记录).
    pub only: Option<(String, BTreeSet<String>)>,
}

impl Reach {
    /// What a query asks for besides, so that it finds only what is reached.
    #[must_use]
    pub fn conditions(&self) -> Vec<(String, Condition)> {
        let only = self.only.iter();
        only.map(|(column, codes)| (column.clone(), Condition::Codes(codes.clone()))).collect()
    }

    /// Whether a row at a reached place is among those reached.
    #[must_use]
    pub fn shows(&self, record: &Record) -> bool {
        let code = |column: &String| record.get(column).and_then(Value::as_text);
        self.only.as_ref().is_none_or(|(column, codes)| code(column).is_some_and(|code| codes.contains(code)))
    }
}

/// The widest part of a register that a visitor may read; of a place, where one is wanted.
#[must_use]
pub fn reach(snapshot: &dyn Snapshot, visitor: &Visitor, register: &Register, wanted: Option<&str>) -> Option<Reach> {
    let world = snapshot.world();
    let county = world.county();
    let within = |place: &str, shown: Option<&str>| {
        let found = within(world, &viewer(visitor), register, place, visitor.now)?;
        Some(Reach { place: shown.map(str::to_owned), ..found })
    };
    if let Some(wanted) = wanted {
        return county.places.contains_key(wanted).then(|| within(wanted, Some(wanted))).flatten();
    }
    if let Some(whole) = within(&county.code, None) {
        return Some(whole);
    }
    let depth = |place: &String| county.present().filter(|outer| county.contains(&outer.code, place)).count();
    let mut places: Vec<&String> =
        visitor.person.iter().flat_map(|person| &person.posts).map(|post| &post.place).collect();
    places.sort_by_key(|place| depth(place));
    places.into_iter().find_map(|place| within(place, Some(place)))
}

/// What a viewer may list of a register at a place and below.
fn within(world: &dyn World, viewer: &Viewer, register: &Register, place: &str, now: DateTime) -> Option<Reach> {
    let place_shown = Some(place.to_owned());
    let access = may_read_register(world, viewer, register, None, place, now);
    if access > Access::None {
        return Some(Reach { place: place_shown, access, only: None });
    }
    let (column, codes) = confined(world, viewer, register, place, now)?;
    let only = (column.to_owned(), codes.into_iter().map(str::to_owned).collect());
    Some(Reach { place: place_shown, access: Access::Full, only: Some(only) })
}

/// The post through which the visitor lists what they reach of a register.
#[must_use]
pub fn through(snapshot: &dyn Snapshot, visitor: &Visitor, register: &Register, reach: &Reach) -> PostId {
    let world = snapshot.world();
    let place = reach.place.as_deref().unwrap_or(&world.county().code);
    visitor.through(|viewer| {
        within(world, viewer, register, place, visitor.now).is_some_and(|own| own.access == reach.access)
    })
}

/// A register of the regulations in force.
pub fn find<'a>(snapshot: &'a dyn Snapshot, name: &str) -> Result<(&'a Arc<Regulation>, &'a Arc<Register>), Problem> {
    let found = snapshot.world().rulebook().register(name);
    found.ok_or_else(|| Problem::not_found("没有这个登记簿", "There is no such register"))
}

/// Why a register stays shut.
#[must_use]
pub fn closed(snapshot: &dyn Snapshot, visitor: &Visitor, register: &Register) -> Problem {
    if visitor.person.is_none() {
        return Problem::sign_in_first();
    }
    let county = snapshot.world().county();
    let parts = register.part_readers.iter().map(|part| &part.reader);
    let readers = register.readers.iter().chain(parts).map(|reader| match reader {
        Reader::Public => "public".to_owned(),
        Reader::Level(level) => level.clone(),
        Reader::Party(party) => party_title(county, party),
    });
    let readers = readers.collect::<Vec<_>>().join("、");
    Problem::forbidden("您的岗位不能查看这里的登记", "Your post may not read this part of the register")
        .detail(format!("可查阅：{readers}"), format!("Readers: {readers}"))
}

/// Whether a reader sees a column covered.
#[must_use]
pub fn is_covered(field: &Field, access: Access) -> bool {
    stays_covered(field, access, &BTreeSet::new())
}

/// The same where these kinds are open.
#[must_use]
pub fn stays_covered(field: &Field, access: Access, opened: &BTreeSet<Personal>) -> bool {
    stays_masked(field, opened) || (access < Access::Full && field.personal.is_some())
}

/// A column's value as text; personal data is covered, except names for those who may read all.
#[must_use]
pub fn text(names: Names<'_>, field: &Field, access: Access, value: &Value) -> String {
    let text = show::show(names, &field.ty, value);
    if is_covered(field, access) { mask::cover(&text) } else { text }
}
