//! Who may see which posts there are, who holds them and how much lies there: whoever holds one themselves.

use crate::county::County;
use jiff::civil::Date;

/// Whether a person may see the county's posts, their holders and their history.
#[must_use]
pub fn may_see_posts(county: &County, person: &str, on: Date) -> bool {
    county.posts_of(person, on).next().is_some()
}
