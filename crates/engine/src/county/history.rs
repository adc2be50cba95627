//! What became of places, in order (区划沿革).

use super::{County, Place};
use crate::act::PlaceCode;
use jiff::civil::Date;

/// Something that happened to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The first day on which it was so.
    pub on: Date,
    /// The place.
    pub place: PlaceCode,
    /// What.
    pub kind: TurnKind,
}

/// What happened to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TurnKind {
    /// It began (设立).
    Founded,
    /// It became part of another one (撤销并入).
    Merged {
        /// That one.
        into: PlaceCode,
    },
    /// It got another name (更名).
    Renamed {
        /// The name before.
        from: String,
        /// The name since.
        to: String,
    },
    /// It came to lie in another place (划转).
    Moved {
        /// Where it lay before.
        from: PlaceCode,
        /// Where it lies since.
        to: PlaceCode,
    },
}

impl County {
    /// What happened to the county's places, the latest first.
    #[must_use]
    pub fn turns(&self) -> Vec<Turn> {
        let mut turns: Vec<Turn> = self.places.values().flat_map(|place| self.turns_of(place)).collect();
        turns.sort_by(|one, other| other.on.cmp(&one.on).then_with(|| one.place.cmp(&other.place)));
        turns
    }

    fn turns_of(&self, place: &Place) -> Vec<Turn> {
        let turn = |on: Date, kind: TurnKind| Turn { on, place: place.code.clone(), kind };
        let mut turns: Vec<Turn> = place.from.iter().map(|from| turn(*from, TurnKind::Founded)).collect();
        for (index, past) in place.past.iter().enumerate() {
            let Ok(on) = past.until.tomorrow() else { continue };
            let next = place.past.get(index + 1);
            let name = next.map_or(&place.name, |next| &next.name);
            let parent = next.map_or(&place.parent, |next| &next.parent);
            if *name != past.name {
                turns.push(turn(on, TurnKind::Renamed { from: past.name.clone(), to: name.clone() }));
            }
            if let (Some(from), Some(to)) = (&past.parent, parent)
                && from != to
            {
                turns.push(turn(on, TurnKind::Moved { from: from.clone(), to: to.clone() }));
            }
        }
        let ending = self.ended.get(&place.code);
        let end = ending.and_then(|ending| Some((ending.to.tomorrow().ok()?, ending.into.clone())));
        turns.extend(end.map(|(on, into)| turn(on, TurnKind::Merged { into })));
        turns
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn what_happened_is_told_the_latest_first() {
        let place = |code: &str, parent: Option<&str>| Place {
            code: code.into(),
            name: code.into(),
            short: code.into(),
            level: "township".into(),
            parent: parent.map(Into::into),
            ..Place::default()
        };
        let mut county = County::default();
        for place in [place("c", None), place("a", Some("c")), place("b", Some("c")), place("v", Some("a"))] {
            county.found(&place);
        }
        county.found(&Place { from: Some(date(2019, 1, 1)), ..place("d", Some("c")) });
        county.rename("b", "新乙", "新", date(2020, 1, 1));
        county.move_place("v", "b", date(2021, 1, 1));
        county.merge("a", "b", date(2022, 1, 1));
        let told: Vec<(i16, String, TurnKind)> =
            county.turns().into_iter().map(|turn| (turn.on.year(), turn.place, turn.kind)).collect();
        let expected = [
            (2022, "a", TurnKind::Merged { into: "b".into() }),
            (2021, "v", TurnKind::Moved { from: "a".into(), to: "b".into() }),
            (2020, "b", TurnKind::Renamed { from: "b".into(), to: "新乙".into() }),
            (2019, "d", TurnKind::Founded),
        ];
        assert_eq!(told, expected.map(|(year, place, kind)| (year, place.to_owned(), kind)));
    }
}
