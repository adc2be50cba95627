//! What follows from holding a post, whichever it is: to be an officer (在岗人员) of an area, and to see which posts there are.

use super::Viewer;
use crate::act::PlaceCode;
use crate::county::{County, Post, When};
use jiff::civil::Date;

/// Whether a person holds a post of the county's business on a day; who only administers the system is no officer, nor is who only has a post by
/// the hour.
#[must_use]
pub fn is_officer(county: &County, person: &str, on: Date) -> bool {
    county.business_posts_of(person, on).next().is_some()
}

/// Whether a person may see the county's posts, their holders and their history: officers may.
#[must_use]
pub fn may_see_posts(county: &County, person: &str, on: Date) -> bool {
    is_officer(county, person, on)
}

/// The areas of somebody (辖区): the places of the posts they look through, the wider ones only.
#[must_use]
pub fn areas(county: &County, viewer: &Viewer, on: impl Into<When>) -> Vec<PlaceCode> {
    widest(county, &viewer.held(county, on))
}

/// Whether a place lies in an area of somebody.
#[must_use]
pub fn is_area_of(county: &County, viewer: &Viewer, place: &str, on: impl Into<When>) -> bool {
    viewer.held(county, on).iter().any(|post| county.contains(&post.place, place))
}

/// The places of posts, each once, in order, without those that lie in another of them.
pub(super) fn widest(county: &County, posts: &[&Post]) -> Vec<PlaceCode> {
    let mut places: Vec<&PlaceCode> = posts.iter().map(|post| &post.place).collect();
    places.sort();
    places.dedup();
    let wider = |place: &PlaceCode| places.iter().any(|other| *other != place && county.contains(other, place));
    places.iter().filter(|place| !wider(place)).map(|place| (*place).clone()).collect()
}
