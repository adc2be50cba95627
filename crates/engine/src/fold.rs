//! The fold (折叠): how facts become state. Total: an event is a fact, so nothing here may say no.
//!
//! A journal is replayed by a loop over [`apply`]; every prefix of it replays. An event about a matter that was never opened
//! changes nothing.

use crate::act::PlaceCode;
use crate::books::Posting;
use crate::county::Change;
use crate::event::{Clock, ClockState, Event};
use crate::matter::{ActRecord, Filing, Matter, Note, Struck};
use jiff::civil::Date;
use regulation::expr::Record;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where facts are folded into: memory, or the store's projections.
pub trait Sink {
    /// The matter to change, if it exists.
    fn matter_mut(&mut self, id: &str) -> Option<&mut Matter>;
    /// A new matter.
    fn put_matter(&mut self, matter: Matter);
    /// A new version of a register row; `None` closes it.
    fn put_row(&mut self, register: &str, key: &str, place: &PlaceCode, record: Option<&Record>, on: Date);
    /// The last number used in a series.
    fn put_number(&mut self, series: &str, number: u64);
    /// A regulation's text in force.
    fn put_regulation(&mut self, text: &str);
    /// A regulation takes no new matters from this day on.
    fn end_regulation(&mut self, regulation: &str, on: Date);
    /// A change of places, posts and their holders.
    fn change_county(&mut self, change: &Change);
    /// An entry posted on a fund.
    fn put_posting(&mut self, posting: &Arc<Posting>);
    /// All personal data of an owner is erased.
    fn erase(&mut self, owner: &str);
}

/// Makes a fact part of the state.
pub fn apply(sink: &mut impl Sink, event: &Event) {
    match event {
        Event::Opened { .. } => {
            if let Some(matter) = Matter::opened(event) {
                sink.put_matter(matter);
            }
        }
        Event::RowChanged { register, key, place, record, on, .. } => {
            sink.put_row(register, key, place, record.as_ref(), *on);
        }
        Event::Numbered { series, number } => sink.put_number(series, *number),
        Event::Enacted { text, .. } => sink.put_regulation(text),
        Event::Revoked { regulation, on, .. } => sink.end_regulation(regulation, *on),
        Event::County { change, .. } => sink.change_county(change),
        Event::Posted { posting } => sink.put_posting(posting),
        Event::Erased { owner, .. } => sink.erase(owner),
        _ => {
            if let Some(matter) = event.matter().and_then(|id| sink.matter_mut(id)) {
                matter.apply(event);
            }
        }
    }
}

impl Event {
    /// The matter that the event belongs to; register rows and numbers belong to none.
    #[must_use]
    pub fn matter(&self) -> Option<&str> {
        match self {
            Event::Opened { matter, .. }
            | Event::Filed { matter, .. }
            | Event::Acted { matter, .. }
            | Event::Entered { matter, .. }
            | Event::Ended { matter, .. }
            | Event::ClockStarted { matter, .. }
            | Event::ClockSuspended { matter, .. }
            | Event::ClockResumed { matter, .. }
            | Event::ClockStopped { matter, .. }
            | Event::ClockExpired { matter, .. }
            | Event::Reminded { matter, .. }
            | Event::Issued { matter, .. }
            | Event::Voided { matter, .. }
            | Event::Enacted { matter, .. }
            | Event::Revoked { matter, .. }
            | Event::County { matter, .. }
            | Event::Erased { matter, .. }
            | Event::Routed { matter, .. }
            | Event::Told { matter, .. }
            | Event::Noted { matter, .. }
            | Event::NoteStruck { matter, .. } => Some(matter),
            Event::Posted { posting } => Some(&posting.matter),
            Event::Numbered { .. } | Event::RowChanged { .. } => None,
        }
    }

    /// Whether it only adds to the notes of its matter, which nothing reads that a regulation says.
    #[must_use]
    pub fn is_note(&self) -> bool {
        matches!(self, Event::Noted { .. } | Event::NoteStruck { .. })
    }

    /// The matter that the event changes and nothing else; none of what changes force, the county or a fund, though it belongs to a matter.
    pub(crate) fn of_matter_alone(&self) -> Option<&str> {
        let beyond = matches!(
            self,
            Event::Enacted { .. }
                | Event::Revoked { .. }
                | Event::County { .. }
                | Event::Erased { .. }
                | Event::Posted { .. }
        );
        self.matter().filter(|_| !beyond)
    }
}

impl Matter {
    /// The matter that an [`Event::Opened`] begins; `None` for any other event.
    #[must_use]
    pub fn opened(event: &Event) -> Option<Matter> {
        let Event::Opened { matter, regulation, version, procedure, number, place, about, owner, instance, at } = event
        else {
            return None;
        };
        Some(Matter {
            id: matter.clone(),
            number: number.clone(),
            regulation: regulation.clone(),
            version: version.clone(),
            procedure: procedure.clone(),
            place: place.clone(),
            about: about.clone(),
            owner: owner.clone(),
            instance: instance.clone(),
            opened_at: *at,
            seq: 0,
            step: None,
            suspended_step: None,
            ended: None,
            entered_on: at.date(),
            desks: Vec::new(),
            root: Arc::default(),
            forms: BTreeMap::new(),
            acts: Vec::new(),
            clocks: Vec::new(),
            documents: Vec::new(),
            messages: Vec::new(),
            notes: Vec::new(),
        })
    }

    /// Makes a fact of this matter part of its state.
    ///
    /// The fields of a form become root fields when they are filed with the first act, or when the form had been filed with the first act
    /// before: a later filing of a start form replaces them, so that a field left empty the second time is empty.
    pub fn apply(&mut self, event: &Event) {
        match event {
            Event::Filed { form, record, party, .. } => self.file(form, record, party.as_ref()),
            Event::Acted { act, actor, party, on, at, step, clauses, warnings, .. } => {
                self.seq += 1;
                self.acts.push(Arc::new(ActRecord {
                    act: act.clone(),
                    actor: actor.clone(),
                    party: party.clone(),
                    on: *on,
                    at: *at,
                    step: step.clone(),
                    clauses: clauses.clone(),
                    warnings: warnings.clone(),
                }));
            }
            Event::Entered { step, on, parties, suspended, .. } => {
                self.step = Some(step.clone());
                self.suspended_step.clone_from(suspended);
                self.entered_on = *on;
                self.desks.clone_from(parties);
            }
            Event::Routed { parties, .. } => self.desks.clone_from(parties),
            Event::Ended { end, on, .. } => {
                self.step = None;
                self.suspended_step = None;
                self.desks.clear();
                self.ended = Some((end.clone(), *on));
            }
            Event::Issued { document, .. } => self.documents.push(Arc::new(document.clone())),
            Event::Voided { document, on, .. } => {
                let latest = self.documents.iter_mut().rev().find(|issued| issued.name == *document);
                if let Some(issued) = latest {
                    Arc::make_mut(issued).voided = Some(*on);
                }
            }
            Event::Told { text, at, .. } => self.messages.push((*at, text.clone())),
            Event::Noted { .. } | Event::NoteStruck { .. } => self.note(event),
            Event::ClockStarted { clock, .. } => self.clocks.push(Arc::new(clock.clone())),
            Event::ClockSuspended { .. }
            | Event::ClockResumed { .. }
            | Event::ClockStopped { .. }
            | Event::ClockExpired { .. }
            | Event::Reminded { .. } => self.turn_clock(event),
            Event::Opened { .. }
            | Event::Numbered { .. }
            | Event::RowChanged { .. }
            | Event::Enacted { .. }
            | Event::Revoked { .. }
            | Event::County { .. }
            | Event::Erased { .. }
            | Event::Posted { .. } => {}
        }
    }

    fn file(&mut self, form: &str, record: &Arc<Record>, party: Option<&String>) {
        let filings = self.forms.entry(form.to_owned()).or_default();
        let starts = self.acts.is_empty() || filings.first().is_some_and(|first| first.act == 0);
        if starts {
            let root = Arc::make_mut(&mut self.root);
            if let Some(before) = filings.last() {
                for name in before.record.keys() {
                    root.remove(name);
                }
            }
            root.extend(record.iter().map(|(name, value)| (name.clone(), value.clone())));
        }
        let filing = Filing { act: self.acts.len(), party: party.cloned(), record: Arc::clone(record) };
        filings.push(Arc::new(filing));
    }

    fn note(&mut self, event: &Event) {
        match event {
            Event::Noted { actor, at, text, desks, posts, .. } => self.notes.push(Arc::new(Note {
                actor: actor.clone(),
                at: *at,
                text: text.clone(),
                desks: desks.clone(),
                posts: posts.clone(),
                struck: None,
            })),
            Event::NoteStruck { note, at, reason, .. } => {
                if let Some(note) = self.notes.get_mut(*note as usize) {
                    Arc::make_mut(note).struck = Some(Struck { at: *at, reason: reason.clone() });
                }
            }
            _ => {}
        }
    }

    fn turn_clock(&mut self, event: &Event) {
        let id = match event {
            Event::ClockSuspended { clock, .. }
            | Event::ClockResumed { clock, .. }
            | Event::ClockStopped { clock, .. }
            | Event::ClockExpired { clock, .. }
            | Event::Reminded { clock, .. } => *clock,
            _ => return,
        };
        if let Some(clock) = self.clocks.iter_mut().find(|clock| clock.id == id) {
            Arc::make_mut(clock).turn(event);
        }
    }
}

impl Clock {
    fn turn(&mut self, event: &Event) {
        match event {
            Event::ClockSuspended { on, at, .. } => self.state = ClockState::Suspended { on: *on, at: *at },
            Event::ClockResumed { raw, due, hour, why, .. } => {
                self.raw = *raw;
                self.due = *due;
                self.hour = hour.or(self.hour);
                self.why.clone_from(why);
                self.state = ClockState::Running;
            }
            Event::ClockStopped { on, .. } => {
                self.state = match self.state {
                    ClockState::Expired { at, .. } => ClockState::Expired { at, stopped: Some(*on) },
                    _ => ClockState::Stopped(*on),
                };
            }
            Event::ClockExpired { at, .. } => self.state = ClockState::Expired { at: *at, stopped: None },
            Event::Reminded { on, .. } => {
                let hours = self.term.is_some_and(|term| term.unit.is_of_clock());
                let at = if hours { self.fires_at() } else { on.at(0, 0, 0, 0) };
                self.state = ClockState::Expired { at, stopped: Some(*on) };
            }
            _ => {}
        }
    }

    /// Neither stopped nor run out: it can still fire or is standing still.
    #[must_use]
    pub fn is_live(&self) -> bool {
        matches!(self.state, ClockState::Running | ClockState::Suspended { .. })
    }

    /// Still to be stopped when its step is left: live, or an alarm that went off.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.is_live() || matches!(self.state, ClockState::Expired { stopped: None, .. })
    }
}
