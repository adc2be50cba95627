//! What happened to a matter: acts, documents, last days, messages.

use super::View;
use crate::components::light::Light;
use crate::components::timeline::{Entry, timeline};
use crate::lang::Lang;
use engine::Actor;
use engine::clock::EntryKind;
use engine::event::ClockKind;
use engine::matter::ActRecord;
use engine::rights::Access;
use maud::{Markup, html};
use regulation::model::Party;

impl View<'_> {
    pub(super) fn history(&self) -> Markup {
        let entries: Vec<Entry> =
            engine::clock::timeline(&self.matter).iter().filter_map(|entry| self.entry(entry)).collect();
        timeline(&entries)
    }

    fn entry(&self, entry: &engine::clock::Entry) -> Option<Entry> {
        let lang = self.lang();
        let names = self.names();
        let day = match entry.kind {
            EntryKind::LastDay(_) => entry.at.map_or_else(|| lang.date(entry.on), |at| lang.moment(at)),
            _ => lang.date(entry.on),
        };
        let plain = |title: String| Entry {
            when: day.clone(),
            title: html! { (title) },
            body: html! {},
            by_clock: true,
            late: false,
        };
        Some(match &entry.kind {
            EntryKind::Act(index) => self.act_entry(self.matter.acts.get(*index)?, entry.on),
            EntryKind::Issued(index) => {
                let document = self.matter.documents.get(*index)?;
                let title = self
                    .procedure
                    .documents
                    .get(&document.name)
                    .map_or(document.name.as_str(), |model| lang.label(&model.title));
                plain(match lang {
                    Lang::Zh => format!("出具《{title}》{}", document.number.clone().unwrap_or_default()),
                    Lang::En => format!("{title} {} issued", document.number.clone().unwrap_or_default()),
                })
            }
            EntryKind::Voided(index) => {
                let document = self.matter.documents.get(*index)?;
                let title = self
                    .procedure
                    .documents
                    .get(&document.name)
                    .map_or(document.name.as_str(), |model| lang.label(&model.title));
                plain(match lang {
                    Lang::Zh => format!("《{title}》失效或撤下"),
                    Lang::En => format!("{title} void or taken down"),
                })
            }
            EntryKind::LastDay(index) => {
                let clock = self.matter.clocks.get(*index)?;
                let late = matches!(clock.kind, ClockKind::Alarm(_)) && self.light(clock) == Light::Red;
                let step = names.step(&self.procedure, &clock.step);
                Entry {
                    late,
                    ..plain(match (lang, clock.hour) {
                        (Lang::Zh, None) => format!("“{step}”的最后一日"),
                        (Lang::En, None) => format!("last day of “{step}”"),
                        (Lang::Zh, Some(_)) => format!("“{step}”截止"),
                        (Lang::En, Some(_)) => format!("end of “{step}”"),
                    })
                }
            }
            EntryKind::Ended(end) => plain(match lang {
                Lang::Zh => format!("办结：{}", names.step(&self.procedure, end)),
                Lang::En => format!("closed: {}", names.step(&self.procedure, end)),
            }),
        })
    }

    /// What an act is called.
    pub(super) fn act_label<'r>(&'r self, record: &'r ActRecord) -> &'r str {
        let model = self
            .procedure
            .act_at(record.step.as_deref(), &record.act)
            .or_else(|| self.procedure.all_acts().find(|(_, act)| act.name == record.act).map(|(_, act)| act));
        model.map_or(record.act.as_str(), |act| self.lang().label(&act.label))
    }

    /// Who did an act, by name to those who may know it.
    pub(super) fn doer(&self, record: &ActRecord) -> String {
        let names = self.names();
        // Whoever began it for an office goes on for that office, and is not “the person concerned”.
        let by_starter = record.party.split('/').next() == Some(Party::STARTER);
        let begun = self.matter.acts.first().map(|first| &first.actor).filter(|_| by_starter);
        let party = match begun {
            Some(Actor::Person { post: Some(post), .. }) => names.post(post),
            _ => names.recorded_party(&self.procedure, &record.party),
        };
        match &record.actor {
            Actor::Clock => names.desk(&engine::event::Desk::Clock),
            Actor::Person { person, post } if self.access >= Access::Masked => {
                let person = names.acting(person, post.as_deref(), record.at);
                if party.is_empty() { person } else { format!("{party} {person}") }
            }
            Actor::Person { .. } => party,
        }
    }

    fn act_entry(&self, record: &ActRecord, on: jiff::civil::Date) -> Entry {
        let lang = self.lang();
        let recorded = if record.at.date() == on {
            lang.moment(record.at)
        } else {
            match lang {
                Lang::Zh => format!("{}（{}记录）", lang.date(on), lang.moment(record.at)),
                Lang::En => format!("{} (recorded {})", lang.date(on), lang.moment(record.at)),
            }
        };
        let warned =
            html! { @for warning in &record.warnings { p class="small" { (lang.say(&warning.zh, &warning.en)) } } };
        Entry {
            when: recorded,
            title: html! { (self.act_label(record)) },
            body: html! { p class="small" { (self.doer(record)) " " (self.cited(&record.clauses)) } (warned) },
            by_clock: record.actor == Actor::Clock,
            late: false,
        }
    }
}
