//! Changes of the county (机构和岗位的变动) that acts bring about.

use super::{Appointment, County, Hours, Place, Post};
use crate::act::{PersonId, PlaceCode, PostId};
use jiff::civil::{Date, DateTime};

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
        /// On whose behalf what ends is held; none of what they hold themselves.
        behalf: Option<PersonId>,
    },
    /// What a person has of a post by the hour ends at a moment (收回应急授权).
    Cut {
        /// Post.
        post: PostId,
        /// Person.
        person: PersonId,
        /// From this moment on they do not have it.
        at: DateTime,
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
    /// A new place (设立).
    Founded(Place),
    /// A place ends and is part of another one (撤并).
    Merged {
        /// The place that ends.
        place: PlaceCode,
        /// The place that takes it in.
        into: PlaceCode,
        /// The first day on which it is so.
        from: Date,
        /// Its posts and their holders go there; else they end.
        keeps_posts: bool,
    },
    /// A place lies in another one (划转).
    Moved {
        /// The place.
        place: PlaceCode,
        /// Where it lies since.
        into: PlaceCode,
        /// The first day on which it is so.
        from: Date,
    },
    /// A place has another name (更名).
    Renamed {
        /// The place.
        place: PlaceCode,
        /// Its name since.
        name: String,
        /// Its short name since.
        short: String,
        /// The first day on which it is so.
        from: Date,
    },
}

impl Change {
    /// The post that it is about, if it is about one.
    #[must_use]
    pub fn post(&self) -> Option<&str> {
        match self {
            Change::Appointed(tenure) => Some(&tenure.post),
            Change::Established(post) => Some(&post.id),
            Change::Relieved { post, .. } | Change::Cut { post, .. } | Change::Abolished { post, .. } => Some(post),
            Change::Founded(_) | Change::Merged { .. } | Change::Moved { .. } | Change::Renamed { .. } => None,
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
            Change::Relieved { post, person, last, behalf } => {
                let ending = self.ended_by(post, person, behalf.as_deref(), *last);
                self.appointments.end(&ending, *last);
            }
            Change::Cut { post, person, at } => {
                let running = self.running(post, person, *at);
                self.appointments.cut(&running, *at);
            }
            Change::Established(post) => _ = self.posts.insert(post.id.clone(), post.clone()),
            Change::Abolished { post, last } => self.close_post(post, *last),
            Change::Founded(place) => self.found(place),
            Change::Merged { place, into, from, keeps_posts } => {
                self.merge(place, into, *from);
                self.leave_posts(place, into, *from, *keeps_posts);
            }
            Change::Moved { place, into, from } => self.move_place(place, into, *from),
            Change::Renamed { place, name, short, from } => self.rename(place, name, short, *from),
        }
    }

    /// The places of the tenures by the hour through which a person has a post at a moment.
    pub(crate) fn running(&self, post: &str, person: &str, at: DateTime) -> Vec<usize> {
        let all = self.appointments.at_post(post).iter().copied();
        let covers = |tenure: &Appointment| tenure.hours.is_some_and(|hours| hours.cover(at));
        let runs = |place: &usize| {
            self.appointments.get(*place).is_some_and(|tenure| tenure.person == person && covers(tenure))
        };
        all.filter(runs).collect()
    }

    /// The places of the tenures of a post that a relief of a person on a day ends; none of those by the hour.
    ///
    /// On somebody's behalf: what they gave that person and lasts beyond the day; where none of it has begun, the next to begin, which then never
    /// does. Else what they hold themselves on that day, and only where that is nothing what they have on anybody's behalf.
    pub(crate) fn ended_by(&self, post: &str, person: &str, behalf: Option<&str>, last: Date) -> Vec<usize> {
        let lasting = |tenure: &Appointment| tenure.person == person && tenure.to.is_none_or(|to| last < to);
        let all = self.appointments.at_post(post).iter();
        let all = all.filter_map(|place| Some((*place, self.appointments.get(*place)?)));
        let (own, given): (Vec<_>, Vec<_>) = all
            .filter(|(_, tenure)| tenure.hours.is_none() && !tenure.is_void() && lasting(tenure))
            .filter(|(_, tenure)| behalf.is_none() || tenure.behalf.as_deref() == behalf)
            .partition(|(_, tenure)| tenure.behalf.is_none());
        let on_day = |tenures: &[(usize, &Appointment)]| -> Vec<usize> {
            tenures.iter().filter(|(_, tenure)| tenure.is_on(last)).map(|(place, _)| *place).collect()
        };
        let next = || given.iter().filter(|_| behalf.is_some()).min_by_key(|(_, tenure)| tenure.from);
        let first = [on_day(&own), on_day(&given)].into_iter().find(|places| !places.is_empty());
        first.unwrap_or_else(|| next().map(|(place, _)| *place).into_iter().collect())
    }

    /// A post ends, and nobody holds it after its last day.
    fn close_post(&mut self, post: &str, last: Date) {
        self.appointments.ends_of_post(post, |tenure| {
            // One that has not begun by then never does: its last day lies before its first.
            tenure.to = Some(tenure.to.map_or(last, |to| to.min(last)));
            let end = last.tomorrow().unwrap_or(last).at(0, 0, 0, 0);
            tenure.hours = tenure.hours.map(|hours| Hours { from: hours.from, until: hours.until.min(end) });
        });
        if let Some(post) = self.posts.get_mut(post) {
            post.until = Some(post.until.map_or(last, |until| until.min(last)));
        }
    }

    /// What becomes of the posts of a place that ends: they go with it, or they end.
    fn leave_posts(&mut self, place: &str, into: &str, from: Date, keeps_posts: bool) {
        let Ok(last) = from.yesterday() else { return };
        let own: Vec<PostId> =
            self.posts.values().filter(|post| post.place == place).map(|post| post.id.clone()).collect();
        for id in own {
            match self.posts.get_mut(&id).filter(|_| keeps_posts) {
                Some(post) => post.place = into.to_owned(),
                None => self.close_post(&id, last),
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
        county.apply(&Change::Relieved {
            post: "head".into(),
            person: "wei".into(),
            last: date(2022, 1, 20),
            behalf: None,
        });
        county.apply(&Change::Appointed(tenure("an", date(2022, 1, 27), None)));
        assert_eq!(holders(&county, date(2022, 1, 20)), ["wei"]);
        assert!(holders(&county, date(2022, 1, 21)).is_empty());
        assert_eq!(holders(&county, date(2022, 1, 27)), ["an"]);
        assert_eq!(county.posts_of("an", date(2022, 1, 27)).count(), 1);
        // A later relief does not touch what had ended before.
        county.apply(&Change::Relieved {
            post: "head".into(),
            person: "wei".into(),
            last: date(2022, 3, 1),
            behalf: None,
        });
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

    #[test]
    fn posts_of_a_merged_place_end_with_it_or_go_along() {
        let post = Post { id: "head".into(), place: "old".into(), ..Post::default() };
        let before = County::default()
            .with(&[Change::Established(post), Change::Appointed(tenure("wei", date(2022, 1, 1), None))]);
        let merged = |keeps_posts: bool| {
            let (place, into) = ("old".to_owned(), "new".to_owned());
            before.with(&[Change::Merged { place, into, from: date(2022, 3, 24), keeps_posts }])
        };
        let closed = merged(false);
        assert_eq!(holders(&closed, date(2022, 3, 23)), ["wei"]);
        assert!(holders(&closed, date(2022, 3, 24)).is_empty());
        assert_eq!(closed.posts_of("wei", date(2022, 3, 23)).count(), 0, "its office is gone");
        let kept = merged(true);
        assert_eq!(kept.posts_of("wei", date(2022, 3, 24)).next().unwrap().place, "new");
    }
}
