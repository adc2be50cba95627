//! A week's brief of a place (周报): four numbers, what is late and with whom, what changed since the week before, what falls due in the week
//! after. For people with one minute and a sheet of paper.
//!
//! Nothing of it is kept: any week is computed from the journal, as things stood at its end. A matter that has seen acts since is folded up to
//! that day; what fell due is told by its clocks as they ran then. What it counts, it counts for the whole place; matters are named only to
//! whoever sees them, and by number, since titles name people.

use crate::components::light::Light;
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::pages::matter::within_sight;
use crate::pages::places::without_confidential;
use crate::problem::Problem;
use crate::visit::Visitor;
use calendar::Until;
use engine::Matter;
use engine::event::Desk;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterLine, MatterQuery};

/// Matters looked at; a brief of a larger place says that it shows the newest.
const COUNTED: usize = 5_000;
/// Lines of each list, so that all is on two sheets; the rest is counted.
const LATE: usize = 10;
const FRESH: usize = 6;
const NEXT: usize = 8;
/// Desks of a list.
const DESKS: usize = 6;

/// A week, by its Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Week(Date);

impl Week {
    /// The week in which a day lies.
    pub(crate) fn of(day: Date) -> Week {
        Week(day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days()))
    }

    /// So many weeks before.
    pub(crate) fn before(self, weeks: i64) -> Week {
        Week(self.0.saturating_sub(weeks.weeks()))
    }

    pub(crate) fn monday(self) -> Date {
        self.0
    }

    pub(crate) fn sunday(self) -> Date {
        self.0.saturating_add(6.days())
    }

    /// Its last second: what falls due on Sunday is not late before Monday.
    fn end(self) -> DateTime {
        self.sunday().at(23, 59, 59, 0)
    }

    /// 2024年第15周.
    pub(crate) fn words(self) -> String {
        let week = self.0.iso_week_date();
        format!("{}年第{}周", week.year(), week.week())
    }
}

/// A matter as it stood at a moment.
struct Stood {
    matter: Arc<Matter>,
    due: Option<Until>,
    light: Light,
}

/// How the place stood at a moment.
struct Then {
    open: BTreeMap<String, Stood>,
}

impl Then {
    fn late(&self) -> impl Iterator<Item = (&String, &Stood)> {
        self.open.iter().filter(|(_, stood)| stood.light == Light::Red)
    }

    fn is_late(&self, id: &str) -> bool {
        self.open.get(id).is_some_and(|stood| stood.light == Light::Red)
    }

    fn count(&self, light: Light) -> usize {
        self.open.values().filter(|stood| stood.light == light).count()
    }
}

/// What a brief is made from.
pub(crate) struct Brief<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) visitor: &'a Visitor,
    pub(crate) place: &'a str,
    pub(crate) week: Week,
}

impl Brief<'_> {
    /// The moment of its figures: the end of its week, or now where that is still to come.
    fn at(&self) -> DateTime {
        self.week.end().min(self.visitor.now)
    }

    fn names(&self) -> Names<'_> {
        Names { world: self.snapshot.world(), lang: Lang::Zh }
    }

    /// The data of its template.
    pub(crate) fn data(&self) -> Result<Value, Problem> {
        let before = self.week.before(1);
        let (lines, cut) = self.lines(before.monday())?;
        let now = self.stood(&lines, self.at())?;
        let then = self.stood(&lines, before.end())?;
        let ended = |week: Week| {
            let within = |on: Date| week.monday() <= on && on <= week.sunday() && on <= self.at().date();
            lines.iter().filter(|line| line.ended.as_ref().is_some_and(|(_, on)| within(*on))).count()
        };
        let begun = |week: Week| {
            let on = |line: &&MatterLine| (week.monday()..=week.sunday()).contains(&line.opened_at.date());
            lines.iter().filter(on).filter(|line| line.opened_at <= self.at()).count()
        };
        let number = |label: &str, was: usize, is: usize| json!({ "label": label, "was": was, "is": is });
        let fresh: Vec<&Stood> = now.late().filter(|(id, _)| !then.is_late(id)).map(|(_, stood)| stood).collect();
        let righted = then.late().filter(|(id, _)| !now.is_late(id)).count();
        let next = self.due_next(&now);
        Ok(json!({
            "title": format!("{}办理情况周报", self.names().place(self.place)),
            "week": self.week.words(),
            "from": Lang::Zh.date(self.week.monday()),
            "to": Lang::Zh.date(self.week.sunday()),
            "at": Lang::Zh.moment(self.at()),
            "running": self.at() < self.week.end(),
            "cut": cut,
            "numbers": [
                number("正在办理", then.open.len(), now.open.len()),
                number("已逾期", then.count(Light::Red), now.count(Light::Red)),
                number("临近到期", then.count(Light::Yellow), now.count(Light::Yellow)),
                number("本周办结", ended(before), ended(self.week)),
            ],
            "late": self.list(now.late().map(|(_, stood)| stood).collect(), LATE),
            "begun": begun(self.week),
            "ended": ended(self.week),
            "righted": righted,
            "fresh": self.list(fresh, FRESH),
            "next": self.list(next, NEXT),
        }))
    }

    /// What was under way on a day or since.
    fn lines(&self, since: Date) -> Result<(Vec<MatterLine>, bool), Problem> {
        let query = |open: bool| MatterQuery {
            place: Some(self.place.to_owned()),
            open: Some(open),
            ended_since: (!open).then_some(since),
            ..MatterQuery::default()
        };
        let mut lines = Vec::new();
        let mut cut = false;
        for open in [true, false] {
            let found = without_confidential(self.snapshot, query(open), &Cut::first(COUNTED))?;
            cut |= found.next.is_some();
            lines.extend(found.lines);
        }
        Ok((lines, cut))
    }

    fn stood(&self, lines: &[MatterLine], at: DateTime) -> Result<Then, Problem> {
        let mut open = BTreeMap::new();
        for line in lines.iter().filter(|line| line.opened_at <= at) {
            let Some(matter) = as_of(self.snapshot, &line.id, at)?.filter(|matter| matter.is_open()) else { continue };
            let due = matter.due();
            let light = Light::of(due, at, self.snapshot.world().holidays());
            open.insert(line.id.clone(), Stood { matter, due, light });
        }
        Ok(Then { open })
    }

    /// What falls due in the week after.
    fn due_next<'t>(&self, now: &'t Then) -> Vec<&'t Stood> {
        let next = self.week.before(-1);
        let within = |until: Until| next.monday() <= until.on && until.on <= next.sunday();
        now.open.values().filter(|stood| stood.due.is_some_and(within)).collect()
    }

    /// Matters, the earliest last day first: how many, with whom, and the first of them that the reader sees.
    fn list(&self, mut all: Vec<&Stood>, most: usize) -> Value {
        all.sort_by(|one, other| one.due.cmp(&other.due).then_with(|| one.matter.id.cmp(&other.matter.id)));
        let seen = |stood: &&&Stood| within_sight(self.snapshot.world(), self.visitor, &stood.matter.id).is_some();
        let lines: Vec<Value> = all.iter().filter(seen).take(most).map(|stood| self.line(stood)).collect();
        json!({ "count": all.len(), "desks": self.by_whom(&all), "lines": lines, "rest": all.len() - lines.len() })
    }

    fn line(&self, stood: &Stood) -> Value {
        let (names, matter) = (self.names(), &stood.matter);
        let regulation = names.world.regulation(&matter.regulation, &matter.version);
        let model = regulation.as_ref().and_then(|regulation| regulation.procedures.get(&matter.procedure));
        let step = matter.step.as_deref().unwrap_or_default();
        let days = stood.due.map(|due| i64::from((self.at().date() - due.on).get_days()));
        json!({
            "number": matter.number,
            "procedure": model.map_or(matter.procedure.as_str(), |model| &model.title.zh),
            "step": model.map_or_else(|| step.to_owned(), |model| names.step(model, step)),
            "place": names.place_path(&matter.place),
            "desks": matter.desks.iter().map(|desk| self.desk(desk)).collect::<Vec<_>>().join("、"),
            "due": stood.due.map(|due| Lang::Zh.until(due)),
            "days-late": days.filter(|days| *days > 0),
        })
    }

    /// Whose desk it is; people have no name on paper.
    fn desk(&self, desk: &Desk) -> String {
        match desk {
            Desk::Person(_) => "当事人".to_owned(),
            desk => self.names().desk(desk),
        }
    }

    /// With whom they lie, the most first.
    fn by_whom(&self, all: &[&Stood]) -> Vec<Value> {
        let mut desks: BTreeMap<String, usize> = BTreeMap::new();
        for desk in all.iter().flat_map(|stood| &stood.matter.desks) {
            *desks.entry(self.desk(desk)).or_default() += 1;
        }
        let mut desks: Vec<(String, usize)> = desks.into_iter().collect();
        desks.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        desks.into_iter().take(DESKS).map(|(desk, count)| json!({ "desk": desk, "count": count })).collect()
    }
}

/// A matter as it stood at a moment: as it stands, where nothing was done to it since.
fn as_of(snapshot: &dyn Snapshot, id: &str, at: DateTime) -> Result<Option<Arc<Matter>>, Problem> {
    let Some(matter) = snapshot.matter(id)? else { return Ok(None) };
    if matter.acts.iter().all(|act| act.at <= at) {
        return Ok(Some(matter));
    }
    Ok(snapshot.matter_as_of(id, at.date())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_week_goes_from_monday_to_sunday() {
        for day in [date(2024, 4, 8), date(2024, 4, 10), date(2024, 4, 14)] {
            let week = Week::of(day);
            assert_eq!((week.monday(), week.sunday()), (date(2024, 4, 8), date(2024, 4, 14)), "{day}");
        }
        assert_eq!(Week::of(date(2024, 4, 15)).before(1), Week::of(date(2024, 4, 14)));
        assert_eq!(Week::of(date(2024, 12, 31)).words(), "2025年第1周", "a week belongs to the year of its Thursday");
    }
}
