//! Places that end, take another name or another parent (行政区划变更), and how they were on a day.
//!
//! What is kept keeps the code under which it was written: a matter, a row, a document of a place that was merged is not written anew. Whoever
//! asks goes through here, where a code stands for what it has become. So a merger of any size is one small fact.

use super::{County, Place};
use crate::act::PlaceCode;
use crate::event::Desk;
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The end of a place (撤销): its last day, and the place that it is part of since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    /// Its last day.
    pub to: Date,
    /// The place that took it in (承继单位); that one may have ended later.
    pub into: PlaceCode,
}

/// How a place was until a day (沿革).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The last day on which it was so.
    pub until: Date,
    /// Full name.
    pub name: String,
    /// Short name.
    pub short: String,
    /// The place in which it lay.
    pub parent: Option<PlaceCode>,
}

/// What a place was called on a day, and under which code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Then<'c> {
    /// Code.
    pub code: &'c str,
    /// Full name.
    pub name: &'c str,
    /// Short name.
    pub short: &'c str,
    /// The place in which it lay.
    pub parent: Option<&'c str>,
}

impl Place {
    /// How the place itself was on a day; what became of it is not looked at.
    fn then(&self, on: Date) -> Then<'_> {
        match self.past.iter().filter(|past| on <= past.until).min_by_key(|past| past.until) {
            Some(past) => {
                Then { code: &self.code, name: &past.name, short: &past.short, parent: past.parent.as_deref() }
            }
            None => Then { code: &self.code, name: &self.name, short: &self.short, parent: self.parent.as_deref() },
        }
    }

    /// Notes how the place was until the day before this one.
    fn note_past(&mut self, from: Date) {
        let Ok(until) = from.yesterday() else { return };
        let (name, short, parent) = (self.name.clone(), self.short.clone(), self.parent.clone());
        self.past.push(Past { until, name, short, parent });
    }
}

/// Changes that acts bring about.
impl County {
    /// A place becomes part of another of its level from a day on (撤并). What lies in it lies in that one since.
    pub fn merge(&mut self, place: &str, into: &str, from: Date) {
        let Ok(to) = from.yesterday() else { return };
        self.ended.insert(place.to_owned(), Ending { to, into: into.to_owned() });
    }

    /// A place has another name from a day on (更名).
    pub fn rename(&mut self, place: &str, name: &str, short: &str, from: Date) {
        if let Some(place) = self.places.get_mut(place) {
            place.note_past(from);
            (place.name, place.short) = (name.to_owned(), short.to_owned());
        }
    }

    /// A place lies in another one from a day on (划转).
    pub fn move_place(&mut self, place: &str, into: &str, from: Date) {
        if let Some(place) = self.places.get_mut(place) {
            place.note_past(from);
            place.parent = Some(into.to_owned());
        }
    }

    /// A new place (设立).
    pub fn found(&mut self, place: &Place) {
        self.places.insert(place.code.clone(), place.clone());
    }

    /// The day from which a place is as it is: nothing that happens to it is dated earlier.
    #[must_use]
    pub fn settled_since(&self, code: &str) -> Option<Date> {
        let place = self.places.get(code)?;
        let changed = place.past.iter().map(|past| past.until).max().and_then(|until| until.tomorrow().ok());
        place.from.max(changed)
    }
}

impl County {
    /// The code of what a code stands for today: its own, or that of the place that took it in. An unknown code stands for itself.
    #[must_use]
    pub fn now<'a>(&'a self, code: &'a str) -> &'a str {
        // A place joins only one that has not ended, so that no chain is longer than there are ends.
        let mut here = code;
        for _ in 0..=self.ended.len() {
            match self.ended.get(here) {
                Some(ending) => here = &ending.into,
                None => break,
            }
        }
        here
    }

    /// The place that a code stands for today.
    #[must_use]
    pub fn place(&self, code: &str) -> Option<&Place> {
        self.places.get(self.now(code))
    }

    /// A place's name behind the names of those above it, the county left out; empty where there is no such place.
    #[must_use]
    pub fn path(&self, code: &str) -> String {
        let mut names = Vec::new();
        let mut here = self.place(code);
        while let Some(place) = here {
            if place.parent.is_some() || names.is_empty() {
                names.push(place.name.as_str());
            }
            here = self.parent(place);
        }
        names.reverse();
        names.concat()
    }

    /// Whether two codes stand for one place today.
    #[must_use]
    pub fn same(&self, one: &str, other: &str) -> bool {
        self.now(one) == self.now(other)
    }

    /// Every code that stands for the place for which this one stands: what is kept of it may be written under any of them.
    #[must_use]
    pub fn codes<'a>(&'a self, code: &'a str) -> Vec<&'a str> {
        let now = self.now(code);
        let earlier = self.ended.keys().map(String::as_str).filter(|ended| self.now(ended) == now);
        std::iter::once(now).chain(earlier).collect()
    }

    /// The places that there are today, by code.
    pub fn present(&self) -> impl Iterator<Item = &Place> {
        self.places.values().filter(|place| !self.ended.contains_key(&place.code))
    }

    /// Every name by which people may call a place, with its code of today: names of today, and earlier ones that no place has today.
    pub fn called(&self) -> impl Iterator<Item = (&str, &str)> {
        let today: BTreeSet<&str> = self.present().map(|place| place.name.as_str()).collect();
        let present = self.present().map(|place| (place.name.as_str(), place.code.as_str()));
        let past = self.places.values().flat_map(|place| {
            let names = place.past.iter().map(|past| past.name.as_str()).chain([place.name.as_str()]);
            names.map(|name| (name, self.now(&place.code)))
        });
        present.chain(past.filter(move |(name, _)| !today.contains(name)))
    }

    /// The place in which a place lies today; `None` for the county.
    #[must_use]
    pub fn parent(&self, place: &Place) -> Option<&Place> {
        self.place(place.parent.as_deref()?)
    }

    /// The places that lie directly in one, by code.
    pub fn children<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a Place> {
        self.present().filter(move |place| self.parent(place).is_some_and(|parent| parent.code == self.now(code)))
    }

    /// The place of a level at or above another, as both are today: the township of a group.
    #[must_use]
    pub fn at_level(&self, place: &str, level: &str) -> Option<&Place> {
        let mut here = self.place(place)?;
        loop {
            if here.level == level {
                return Some(here);
            }
            here = self.parent(here)?;
        }
    }

    /// Whether a place is another or lies in it, as both are today.
    #[must_use]
    pub fn contains(&self, outer: &str, inner: &str) -> bool {
        let (outer, inner) = (self.now(outer), self.now(inner));
        if outer == inner {
            return true;
        }
        let mut here = self.places.get(inner);
        while let Some(parent) = here.and_then(|place| self.parent(place)) {
            if parent.code == outer {
                return true;
            }
            here = Some(parent);
        }
        false
    }

    /// A desk as it is today: what went to an office of a place that ended lies at the same desk of the place that took it in.
    #[must_use]
    pub fn desk_now(&self, desk: Desk) -> Desk {
        match desk {
            Desk::Office { level, desk, place } => Desk::Office { level, desk, place: self.now(&place).to_owned() },
            other => other,
        }
    }

    /// The desks whose work lies at a desk today: itself, and the same one of each place that its place took in.
    #[must_use]
    pub fn desks_behind(&self, desk: &Desk) -> Vec<Desk> {
        match desk {
            Desk::Office { level, desk, place } => {
                let at = |code: &str| Desk::Office { level: level.clone(), desk: desk.clone(), place: code.to_owned() };
                self.codes(place).into_iter().map(at).collect()
            }
            other => vec![other.clone()],
        }
    }

    /// How many places lie above a place.
    #[must_use]
    pub fn depth(&self, place: &str) -> usize {
        std::iter::successors(self.place(place), |here| self.parent(here)).skip(1).count()
    }

    /// What a code stood for on a day, with the name of then; `None` before the place began.
    #[must_use]
    pub fn then(&self, code: &str, on: Date) -> Option<Then<'_>> {
        let mut here = self.places.get(code)?;
        while let Some(ending) = self.ended.get(&here.code).filter(|ending| ending.to < on) {
            here = self.places.get(&ending.into)?;
        }
        here.from.is_none_or(|from| from <= on).then(|| here.then(on))
    }

    /// Whether any place ended, moved or was renamed after a day.
    #[must_use]
    pub fn has_changed_since(&self, day: Date) -> bool {
        let ended = self.ended.values().any(|ending| day <= ending.to);
        ended || self.places.values().any(|place| place.past.iter().any(|past| day <= past.until))
    }

    /// The county with the places that it had on a day, as they were called and lay then.
    #[must_use]
    pub fn on(&self, day: Date) -> County {
        let mut county = self.clone();
        county.ended.retain(|_, ending| ending.to < day);
        county.places.retain(|_, place| place.from.is_none_or(|from| from <= day));
        for place in county.places.values_mut() {
            place.past.sort_by_key(|past| past.until);
            let later = place.past.partition_point(|past| past.until < day);
            let after = place.past.split_off(later);
            if let Some(past) = after.into_iter().next() {
                (place.name, place.short, place.parent) = (past.name, past.short, past.parent);
            }
        }
        county
    }

    /// The place of a level at or above another, as they were on a day; `place` asks for the place itself.
    #[must_use]
    pub fn at_level_then(&self, code: &str, level: &str, on: Date) -> Option<Then<'_>> {
        let mut here = self.then(code, on)?;
        loop {
            let is_level = self.places.get(here.code).is_some_and(|place| place.level == level);
            if is_level || level == "place" {
                return Some(here);
            }
            here = self.then(here.parent?, on)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn place(code: &str, level: &str, parent: Option<&str>) -> (PlaceCode, Place) {
        let place = Place {
            code: code.into(),
            name: format!("{code}名"),
            short: code.into(),
            level: level.into(),
            parent: parent.map(Into::into),
            ..Place::default()
        };
        (code.into(), place)
    }

    /// A county with the townships `old` and `new`, a village in each, and a group in the old one's.
    fn county() -> County {
        let places = [
            place("county", "county", None),
            place("old", "township", Some("county")),
            place("new", "township", Some("county")),
            place("v-old", "village", Some("old")),
            place("v-new", "village", Some("new")),
            place("g-old", "group", Some("v-old")),
        ];
        County { code: "county".into(), places: places.into(), ..County::default() }
    }

    fn merged() -> County {
        let mut county = county();
        county.merge("old", "new", date(2021, 3, 24));
        county
    }

    #[test]
    fn what_lay_in_a_merged_place_lies_in_the_one_that_took_it_in() {
        let county = merged();
        let level = |code: &str| county.at_level(code, "township").unwrap().code.as_str();
        assert_eq!([level("g-old"), level("old"), level("v-new")], ["new"; 3]);
        assert!(county.contains("new", "g-old") && county.contains("new", "old") && county.contains("old", "v-new"));
        assert!(!county.contains("v-new", "old"));
        let children: Vec<&str> = county.children("new").map(|place| place.code.as_str()).collect();
        assert_eq!(children, ["v-new", "v-old"]);
        assert_eq!(county.codes("old"), ["new", "old"]);
        assert_eq!(county.codes("v-old"), ["v-old"]);
        assert_eq!(county.present().filter(|place| place.level == "township").count(), 1);
    }

    #[test]
    fn a_day_tells_how_places_lay_then() {
        let county = merged();
        let then = |code: &str, on: Date| county.at_level_then(code, "township", on).unwrap().code;
        assert_eq!([then("g-old", date(2021, 3, 23)), then("old", date(2021, 3, 23))], ["old"; 2]);
        assert_eq!([then("g-old", date(2021, 3, 24)), then("old", date(2021, 3, 24))], ["new"; 2]);
        let before = county.on(date(2021, 3, 23));
        assert_eq!(before.at_level("g-old", "township").unwrap().code, "old");
        assert!(before.contains("old", "g-old") && !before.contains("new", "g-old"));
        assert_eq!(county.on(date(2021, 3, 24)).present().count(), 5);
    }

    #[test]
    fn places_may_end_one_after_another() {
        let mut county = merged();
        let mut places = BTreeSet::from(["county", "old", "new"]);
        county.found(&place("last", "township", Some("county")).1);
        county.merge("new", "last", date(2024, 1, 1));
        assert_eq!((county.now("old"), county.codes("last")), ("last", vec!["last", "new", "old"]));
        assert_eq!(county.then("old", date(2022, 1, 1)).unwrap().code, "new");
        places.retain(|code| county.place(code).is_some_and(|place| place.code == *code));
        assert_eq!(places, BTreeSet::from(["county"]));
    }

    #[test]
    fn names_and_parents_have_a_past() {
        let mut county = county();
        county.rename("new", "新城街道", "新", date(2022, 5, 1));
        county.move_place("v-old", "new", date(2023, 1, 1));
        county.rename("new", "新区", "区", date(2024, 1, 1));
        let name = |on: Date| county.then("new", on).unwrap().name;
        assert_eq!(
            [date(2022, 4, 30), date(2022, 5, 1), date(2023, 12, 31), date(2024, 1, 1)].map(name),
            ["new名", "新城街道", "新城街道", "新区"]
        );
        let of_village = |on: Date| county.at_level_then("g-old", "township", on).unwrap().name;
        assert_eq!([of_village(date(2022, 12, 31)), of_village(date(2023, 1, 1))], ["old名", "新城街道"]);
        let then = county.on(date(2022, 6, 1));
        assert_eq!(then.places["new"].name, "新城街道");
        assert_eq!(then.places["v-old"].parent.as_deref(), Some("old"));
        assert_eq!(county.settled_since("new"), Some(date(2024, 1, 1)));
        let called: Vec<&str> = county.called().filter(|(_, code)| *code == "new").map(|(name, _)| name).collect();
        assert_eq!(called, ["新区", "new名", "新城街道"]);
    }

    #[test]
    fn a_place_is_unknown_before_its_first_day() {
        let mut county = county();
        let (_, street) = place("street", "township", Some("county"));
        county.found(&Place { from: Some(date(2023, 7, 1)), ..street });
        assert_eq!(county.then("street", date(2023, 6, 30)), None);
        assert!(county.then("street", date(2023, 7, 1)).is_some());
        assert!(!county.on(date(2023, 6, 30)).places.contains_key("street"));
    }

    #[test]
    fn work_at_a_desk_follows_its_place() {
        let county = merged();
        let desk =
            |place: &str| Desk::Office { level: "township".into(), desk: "window".into(), place: place.to_owned() };
        assert_eq!(county.desk_now(desk("old")), desk("new"));
        assert_eq!(county.desks_behind(&desk("new")), [desk("new"), desk("old")]);
        assert_eq!(county.desks_behind(&Desk::Anyone), [Desk::Anyone]);
    }
}
