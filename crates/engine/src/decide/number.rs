//! Numbers (编号): each series without gap or repetition.

use super::{Run, View};
use crate::event::Event;
use crate::reason::Decided;
use crate::world::World;
use jiff::civil::Date;
use regulation::model::{Procedure, Series};

impl Run<'_> {
    /// Gives a matter that is being started its number.
    pub(super) fn give_number(&mut self, view: &View<'_>, procedure: &Procedure, on: Date) -> Decided<()> {
        let Some(series) = &procedure.number else {
            return Ok(());
        };
        let given = self.next_number(view, &procedure.name, series, on)?;
        // From the latest back: an act may open a matter for each of many.
        let opened = self.events.iter_mut().rev().find_map(|event| match event {
            Event::Opened { matter, number, .. } if *matter == view.matter => Some(number),
            _ => None,
        });
        if let Some(number) = opened {
            *number = Some(given.clone());
        }
        self.scratch.amend_number(&view.matter, &given);
        Ok(())
    }

    /// Uses the next number of a series and fills in its pattern.
    pub(super) fn next_number(&mut self, view: &View<'_>, name: &str, series: &Series, on: Date) -> Decided<String> {
        let key = self.series_key(view, name, series, on);
        let number = self.scratch.last_number(&key) + 1;
        let extra = [("n", number.to_string()), ("year", on.year().to_string())];
        let text = self.look(view, |env| series.pattern.fill(env, &extra))?;
        self.emit(Event::Numbered { series: key, number });
        Ok(text)
    }

    /// `planning-permit/999999100/2022`: the name, and what the count is per.
    fn series_key(&self, view: &View<'_>, name: &str, series: &Series, on: Date) -> String {
        let place = self.scratch.matter(&view.matter).map(|matter| matter.place.clone()).unwrap_or_default();
        let mut key = name.to_owned();
        for per in &series.per {
            key.push('/');
            match per.as_str() {
                "year" => key.push_str(&on.year().to_string()),
                level => {
                    let found = self.scratch.county().at_level(&place, level);
                    key.push_str(found.map_or("-", |place| &place.code));
                }
            }
        }
        key
    }
}
