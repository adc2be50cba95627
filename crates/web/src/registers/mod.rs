//! Registers (台账、名录) as pages, sheets and programs use them: who reads what part, which rows there are, how they are kept.
//!
//! Nothing here decides: rights are [`engine::rights`]'s, and every change is an act that the engine judges.

pub mod geojson;
pub mod imports;
pub mod keep;
pub mod listing;
pub mod marked;
pub mod plan;
pub mod plots;
pub mod reading;
mod scan;
pub mod sheet;
pub mod wanted;

use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::show;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::visit::Visitor;
use engine::rights::{Access, may_read_register, party_title};
use regulation::expr::Value;
use regulation::model::{Field, Reader, Register, Regulation};
use std::sync::Arc;
use store::Snapshot;

/// What somebody may read of a register: all of the county (`None`) or a place, and how much of each row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Only in this place or below.
    pub place: Option<String>,
    /// How much.
    pub access: Access,
}

/// The widest part of a register that a visitor may read; of a place, where one is wanted.
#[must_use]
pub fn reach(snapshot: &dyn Snapshot, visitor: &Visitor, register: &Register, wanted: Option<&str>) -> Option<Reach> {
    let world = snapshot.world();
    let county = world.county();
    let access = |place: &str| may_read_register(world, &viewer(visitor), register, None, place, visitor.now.date());
    let within = |place: &str| {
        let access = access(place);
        (access > Access::None).then_some(access)
    };
    if let Some(wanted) = wanted {
        let access = county.places.contains_key(wanted).then(|| within(wanted)).flatten()?;
        return Some(Reach { place: Some(wanted.to_owned()), access });
    }
    if let Some(access) = within(&county.code) {
        return Some(Reach { place: None, access });
    }
    let depth = |place: &String| county.present().filter(|outer| county.contains(&outer.code, place)).count();
    let mut places: Vec<&String> =
        visitor.person.iter().flat_map(|person| &person.posts).map(|post| &post.place).collect();
    places.sort_by_key(|place| depth(place));
    let found = places.into_iter().find_map(|place| Some((place, within(place)?)));
    found.map(|(place, access)| Reach { place: Some(place.clone()), access })
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
    let readers = register.readers.iter().map(|reader| match reader {
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
    mask::is_masked(field) || (access < Access::Full && field.personal.is_some())
}

/// A column's value as text; personal data is covered, except names for those who may read all.
#[must_use]
pub fn text(names: Names<'_>, field: &Field, access: Access, value: &Value) -> String {
    let text = show::show(names, &field.ty, value);
    if is_covered(field, access) { mask::cover(&text) } else { text }
}
