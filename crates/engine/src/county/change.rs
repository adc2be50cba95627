//! Changes of the county (机构和岗位的变动) that acts bring about.

use super::{Appointment, County, Post};
use crate::act::{PersonId, PostId};
use jiff::civil::Date;

/// A change of the county. Whether it may be is decided before ([`crate::decide`]); as a fact it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A person is given a post (任命).
    Appointed(Appointment),
    /// A person's tenure of a post ends (免去).
    Relieved {
        /// Post.
        post: PostId,
        /// Person.
        person: PersonId,
        /// Last day.
        last: Date,
    },
    /// A new post (设立).
    Established(Post),
    /// A post is no more, and nobody holds it (撤销).
    Abolished {
        /// Post.
        post: PostId,
        /// Last day.
        last: Date,
    },
}

impl Change {
    /// The post that it is about.
    #[must_use]
    pub fn post(&self) -> &str {
        match self {
            Change::Appointed(tenure) => &tenure.post,
            Change::Established(post) => &post.id,
            Change::Relieved { post, .. } | Change::Abolished { post, .. } => post,
        }
    }
}

impl County {
    /// The county after these changes, in their order.
    #[must_use]
    pub fn with<'a>(&self, changes: impl IntoIterator<Item = &'a Change>) -> County {
        let mut county = self.clone();
        changes.into_iter().for_each(|change| county.apply(change));
        county
    }

    /// Makes a change part of the county.
    pub fn apply(&mut self, change: &Change) {
        match change {
            Change::Appointed(tenure) => self.appointments.push(tenure.clone()),
            Change::Relieved { post, person, last } => self.appointments.ends_of_post(post, |tenure| {
                if tenure.person == *person && tenure.is_on(*last) {
                    tenure.to = Some(*last);
                }
            }),
            Change::Established(post) => _ = self.posts.insert(post.id.clone(), post.clone()),
            Change::Abolished { post, last } => {
                self.appointments.ends_of_post(post, |tenure| {
                    // One that has not begun by then never does: its last day lies before its first.
                    tenure.to = Some(tenure.to.map_or(*last, |to| to.min(*last)));
                });
                if let Some(post) = self.posts.get_mut(post) {
                    post.until = Some(*last);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn tenure(person: &str, from: Date, to: Option<Date>) -> Appointment {
        Appointment { person: person.into(), post: "head".into(), from, to, ..Appointment::default() }
    }

    fn holders(county: &County, on: Date) -> Vec<&str> {
        county.holders("head", on).iter().map(|tenure| tenure.person.as_str()).collect()
    }

    #[test]
    fn a_tenure_lasts_to_the_end_of_its_last_day() {
        let mut county = County::default();
        county.apply(&Change::Established(Post { id: "head".into(), ..Post::default() }));
        county.apply(&Change::Appointed(tenure("wei", date(2022, 1, 1), None)));
        county.apply(&Change::Relieved { post: "head".into(), person: "wei".into(), last: date(2022, 1, 20) });
        county.apply(&Change::Appointed(tenure("an", date(2022, 1, 27), None)));
        assert_eq!(holders(&county, date(2022, 1, 20)), ["wei"]);
        assert!(holders(&county, date(2022, 1, 21)).is_empty());
        assert_eq!(holders(&county, date(2022, 1, 27)), ["an"]);
        assert_eq!(county.posts_of("an", date(2022, 1, 27)).count(), 1);
        // A later relief does not touch what had ended before.
        county.apply(&Change::Relieved { post: "head".into(), person: "wei".into(), last: date(2022, 3, 1) });
        assert!(holders(&county, date(2022, 1, 21)).is_empty());
    }

    #[test]
    fn who_acts_stands_behind_who_holds() {
        let acting = Appointment { kind: Some("acting".into()), ..tenure("bo", date(2022, 1, 1), None) };
        let county = County::default()
            .with(&[Change::Appointed(acting), Change::Appointed(tenure("wei", date(2022, 1, 1), None))]);
        assert_eq!(holders(&county, date(2022, 2, 1)), ["wei", "bo"]);
    }

    #[test]
    fn an_abolished_post_has_no_holders_now_or_later() {
        let county = County::default().with(&[
            Change::Established(Post { id: "head".into(), ..Post::default() }),
            Change::Appointed(tenure("wei", date(2022, 1, 1), Some(date(2022, 6, 30)))),
            Change::Appointed(tenure("an", date(2022, 7, 1), None)),
            Change::Abolished { post: "head".into(), last: date(2022, 3, 31) },
        ]);
        assert_eq!(holders(&county, date(2022, 3, 31)), ["wei"]);
        assert!(holders(&county, date(2022, 4, 1)).is_empty() && holders(&county, date(2022, 7, 2)).is_empty());
        assert!(county.appointments[1].is_void());
        assert!(county.posts["head"].exists_on(date(2022, 3, 31)) && !county.posts["head"].exists_on(date(2022, 4, 1)));
    }
}
