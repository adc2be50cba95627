//! Tenures (任期): who holds which post from when to when, found by post and by person.

use super::{Appointment, Hours};
use crate::act::{PersonId, PostId};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;
use std::ops::Deref;

/// Tenures in the order in which they were made. None is ever taken out, so that its place tells one from another.
#[derive(Debug, Clone, Default)]
pub struct Tenures {
    all: Vec<Appointment>,
    by_person: BTreeMap<PersonId, Vec<usize>>,
    by_post: BTreeMap<PostId, Vec<usize>>,
}

impl Tenures {
    /// Adds one.
    pub fn push(&mut self, tenure: Appointment) {
        let place = self.all.len();
        self.by_person.entry(tenure.person.clone()).or_default().push(place);
        self.by_post.entry(tenure.post.clone()).or_default().push(place);
        self.all.push(tenure);
    }

    /// Those of a person, oldest first.
    pub fn of_person<'t>(&'t self, person: &str) -> impl Iterator<Item = &'t Appointment> + use<'t> {
        self.at_person(person).iter().filter_map(|place| self.all.get(*place))
    }

    /// Those of a post, oldest first.
    pub fn of_post<'t>(&'t self, post: &str) -> impl Iterator<Item = &'t Appointment> + use<'t> {
        self.at_post(post).iter().filter_map(|place| self.all.get(*place))
    }

    /// The places of those of a person.
    #[must_use]
    pub fn at_person(&self, person: &str) -> &[usize] {
        self.by_person.get(person).map(Vec::as_slice).unwrap_or_default()
    }

    /// The places of those of a post.
    #[must_use]
    pub fn at_post(&self, post: &str) -> &[usize] {
        self.by_post.get(post).map(Vec::as_slice).unwrap_or_default()
    }

    /// Ends those at these places, with a day as their last. Neither post nor person of any is changed by this.
    pub(super) fn end(&mut self, places: &[usize], last: Date) {
        for place in places {
            if let Some(tenure) = self.all.get_mut(*place) {
                tenure.to = Some(last);
            }
        }
    }

    /// Ends those at these places that are held by the hour, at a moment.
    pub(super) fn cut(&mut self, places: &[usize], at: DateTime) {
        for place in places {
            if let Some(tenure) = self.all.get_mut(*place) {
                let cut = |hours: Hours| Hours { from: hours.from, until: at.max(hours.from).min(hours.until) };
                tenure.hours = tenure.hours.map(cut);
                tenure.to = tenure.hours.map(|hours| hours.until.date()).or(tenure.to);
            }
        }
    }

    /// Those of a post, to end them. Neither its post nor its person is changed by this.
    pub(super) fn ends_of_post(&mut self, post: &str, mut end: impl FnMut(&mut Appointment)) {
        for place in self.by_post.get(post).map(Vec::as_slice).unwrap_or_default() {
            if let Some(tenure) = self.all.get_mut(*place) {
                end(tenure);
            }
        }
    }
}

impl Deref for Tenures {
    type Target = [Appointment];

    fn deref(&self) -> &[Appointment] {
        &self.all
    }
}

impl FromIterator<Appointment> for Tenures {
    fn from_iter<I: IntoIterator<Item = Appointment>>(tenures: I) -> Self {
        let mut all = Tenures::default();
        tenures.into_iter().for_each(|tenure| all.push(tenure));
        all
    }
}
