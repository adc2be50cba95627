//! What becomes of the clocks of a matter: pure plans, as the events that carry them out.

use super::end::{Sending, call_after, end_of, ends, rules, sending, still, terms};
use crate::env::MatterEnv;
use crate::event::{Clock, ClockKind, ClockState, Event};
use crate::matter::{ActRecord, Matter};
use calendar::{Due, Suspension, Term, TimeError, Unit, Until, Why, suspend_at};
use jiff::civil::{Date, DateTime, Time};
use regulation::expr::Env;
use regulation::model::{Consequence, Deadline, Procedure, RemindAt, Reminder, Step};
use std::sync::Arc;

/// The clocks to start or start anew at the present step. `entering`: the step has just been entered, so that no clock of it runs yet.
pub(crate) fn changes(env: &MatterEnv<'_, '_>, entering: bool, on: Date) -> Result<Vec<Event>, TimeError> {
    let Some(step) = present_step(env) else {
        return Ok(Vec::new());
    };
    let mut plan = Plan { env, step, entering, on, next: env.matter().clocks.len(), events: Vec::new() };
    let mut first = None;
    for (index, deadline) in step.due.iter().enumerate() {
        let due = plan.deadline(deadline)?;
        first = if index == 0 { due } else { first };
    }
    for (index, reminder) in step.remind.iter().enumerate() {
        match &reminder.at {
            // These begin with the alarm.
            RemindAt::After(_) | RemindAt::EachWorkingDay => {}
            RemindAt::LastDay => plan.reminder(index, reminder, None, first)?,
            RemindAt::Entered(_) | RemindAt::Before(_) => {
                for term in terms(env, reminder) {
                    plan.reminder(index, reminder, Some(term), first)?;
                }
            }
        }
    }
    Ok(plan.events)
}

fn present_step<'e>(env: &'e MatterEnv<'_, '_>) -> Option<&'e Step> {
    let procedure = env.frame.procedure.as_deref()?;
    procedure.step(env.matter().step.as_deref()?)
}

/// Acts done since the matter last came to its present step, latest first. Acts at steps that suspend it do not end the stay.
pub(crate) fn stay<'m>(procedure: &'m Procedure, matter: &'m Matter) -> impl Iterator<Item = &'m ActRecord> {
    let here = matter.step.as_deref();
    let suspends = move |record: &ActRecord| {
        let step = record.step.as_deref().and_then(|name| procedure.step(name));
        step.is_some_and(|step| step.suspends.iter().any(|name| Some(name.as_str()) == here))
    };
    let acts = matter.acts.iter().rev().map(Arc::as_ref);
    let stay = acts.take_while(move |record| record.step.as_deref() == here || suspends(record));
    stay.filter(move |record| record.step.as_deref() == here)
}

struct Plan<'p, 's, 'w> {
    env: &'p MatterEnv<'s, 'w>,
    step: &'p Step,
    entering: bool,
    on: Date,
    next: usize,
    events: Vec<Event>,
}

impl Plan<'_, '_, '_> {
    /// Starts a deadline's clock if its base is known and new; when the clock ends that runs afterwards.
    fn deadline(&mut self, deadline: &Deadline) -> Result<Option<Until>, TimeError> {
        let before = self.present(|clock| clock.name == deadline.name);
        let kept = before.as_ref().map(|clock| clock.until());
        if self.is_over(deadline) {
            return Ok(kept);
        }
        let Some(end) = end_of(self.env, deadline)? else {
            return Ok(kept);
        };
        let same = |clock: &Arc<Clock>| clock.event_on == Some(end.base.on) && clock.event_at == end.base.at;
        if before.as_ref().is_some_and(same) {
            return Ok(kept);
        }
        self.stop(before);
        let clauses = if deadline.clauses.is_empty() { &self.step.clauses } else { &deadline.clauses };
        let clock = Clock {
            id: self.next_id(),
            name: deadline.name.clone(),
            step: self.step.name.clone(),
            kind: kind_of(&deadline.consequence),
            event_on: Some(end.base.on),
            event_at: end.base.at,
            term: end.term,
            raw: end.raw,
            due: end.until.on,
            hour: end.until.time,
            provisional: end.provisional,
            why: end.why,
            clauses: clauses.clone(),
            state: ClockState::Running,
        };
        self.start(clock);
        Ok(Some(end.until))
    }

    /// Whether the act that ends this deadline has been done in this stay.
    fn is_over(&self, deadline: &Deadline) -> bool {
        let (Some(until), Some(procedure)) = (&deadline.until, self.env.frame.procedure.as_deref()) else {
            return false;
        };
        !self.entering && stay(procedure, self.env.matter()).any(|record| record.act == *until)
    }

    fn reminder(
        &mut self,
        index: usize,
        reminder: &Reminder,
        term: Option<Term>,
        first: Option<Until>,
    ) -> Result<(), TimeError> {
        let counts_back = reminder.at.needs_deadline();
        if !counts_back && !self.entering {
            return Ok(());
        }
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let Some(sending) = sending(self.env, reminder, term, first)? else {
            return Ok(());
        };
        let hours = is_of_hours(term);
        let past = if hours { sending.moment() < self.env.now() } else { sending.on < self.env.today() };
        let before = self.present(|clock| clock.kind == ClockKind::Reminder(number) && clock.term == term);
        let same = |clock: &Arc<Clock>| clock.due == sending.on && (!hours || clock.hour == sending.time);
        if past || before.as_ref().is_some_and(same) {
            return Ok(());
        }
        self.stop(before);
        let event_on =
            if counts_back { first.map_or(sending.on, |first| first.on) } else { self.env.matter().entered_on };
        let id = self.next_id();
        self.start(reminder_clock(self.step, number, Planned { id, event_on, term, sending }));
        Ok(())
    }

    /// The latest clock of this step of that kind; none of an earlier stay when the step is just being entered.
    fn present(&self, is: impl Fn(&Clock) -> bool) -> Option<Arc<Clock>> {
        let mut clocks = self.env.matter().clocks.iter().rev();
        let latest = clocks.find(|clock| clock.step == self.step.name && is(clock));
        latest.filter(|_| !self.entering).cloned()
    }

    fn next_id(&mut self) -> u32 {
        let id = u32::try_from(self.next).unwrap_or(u32::MAX);
        self.next += 1;
        id
    }

    fn stop(&mut self, clock: Option<Arc<Clock>>) {
        if let Some(clock) = clock.filter(|clock| clock.is_pending()) {
            self.events.push(stopped(self.env.matter(), clock.id, self.on));
        }
    }

    fn start(&mut self, clock: Clock) {
        self.events.push(Event::ClockStarted { matter: self.env.matter().id.clone(), clock });
    }
}

fn is_of_hours(term: Option<Term>) -> bool {
    term.is_some_and(|term| term.unit.is_of_clock())
}

/// A reminder to be sent.
struct Planned {
    id: u32,
    event_on: Date,
    term: Option<Term>,
    sending: Sending,
}

fn reminder_clock(step: &Step, number: u32, planned: Planned) -> Clock {
    let Planned { id, event_on, term, sending } = planned;
    let why = if is_of_hours(term) { Why::EndsAt { at: sending.moment() } } else { Why::Ends { on: sending.on } };
    Clock {
        id,
        name: format!("{}-remind-{}", step.name, number + 1),
        step: step.name.clone(),
        kind: ClockKind::Reminder(number),
        event_on: Some(event_on),
        event_at: None,
        term,
        raw: sending.on,
        due: sending.on,
        hour: sending.time,
        provisional: false,
        why: vec![why],
        clauses: step.clauses.clone(),
        state: ClockState::Running,
    }
}

/// The calls that begin when the step's first deadline has passed (督办): one for each term after it, and the first of each working day.
pub(crate) fn calling(env: &MatterEnv<'_, '_>, step: &Step, passed: &Clock) -> Result<Vec<Event>, TimeError> {
    if step.due.first().is_none_or(|deadline| deadline.name != passed.name) {
        return Ok(Vec::new());
    }
    let mut events = Vec::new();
    for (index, reminder) in step.remind.iter().enumerate() {
        let terms = match reminder.at {
            RemindAt::After(_) => terms(env, reminder),
            RemindAt::EachWorkingDay => vec![Term::new(1, Unit::WorkingDays)],
            _ => Vec::new(),
        };
        for term in terms {
            events.push(call(env, step, index, term, passed.until(), events.len())?);
        }
    }
    Ok(events)
}

/// The call of the next working day after one that was sent; none for calls that are sent once.
pub(crate) fn calling_again(env: &MatterEnv<'_, '_>, step: &Step, sent: &Clock) -> Result<Option<Event>, TimeError> {
    let ClockKind::Reminder(index) = sent.kind else {
        return Ok(None);
    };
    let index = index as usize;
    match step.remind.get(index).map(|reminder| &reminder.at) {
        Some(RemindAt::EachWorkingDay) => {
            call(env, step, index, Term::new(1, Unit::WorkingDays), Until::day(sent.due), 0).map(Some)
        }
        _ => Ok(None),
    }
}

fn call(
    env: &MatterEnv<'_, '_>,
    step: &Step,
    index: usize,
    term: Term,
    from: Until,
    before: usize,
) -> Result<Event, TimeError> {
    let sending = call_after(env, from, term)?;
    let id = u32::try_from(env.matter().clocks.len() + before).unwrap_or(u32::MAX);
    let number = u32::try_from(index).unwrap_or(u32::MAX);
    let clock = reminder_clock(step, number, Planned { id, event_on: from.on, term: Some(term), sending });
    Ok(Event::ClockStarted { matter: env.matter().id.clone(), clock })
}

/// Whether the step's first deadline has passed and what it asks for has not been done since.
pub(crate) fn is_late(matter: &Matter, step: &Step) -> bool {
    let named = |clock: &&Arc<Clock>| step.due.first().is_some_and(|deadline| deadline.name == clock.name);
    let latest = matter.clocks.iter().rev().filter(|clock| clock.step == step.name).find(named);
    latest.is_some_and(|clock| matches!(clock.state, ClockState::Expired { stopped: None, .. }))
}

fn stopped(matter: &Matter, clock: u32, on: Date) -> Event {
    Event::ClockStopped { matter: matter.id.clone(), clock, on }
}

fn kind_of(consequence: &Consequence) -> ClockKind {
    match consequence {
        Consequence::Alarm { to } => ClockKind::Alarm(to.clone()),
        Consequence::Act(act) => ClockKind::Act(act.clone()),
    }
}

/// How a step is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// Its clocks stop; a step that was itself suspended by it is left with it.
    ForGood,
    /// Its clocks stand still.
    Suspending,
    /// Its clocks stop, and those of the step that it suspended will run on.
    Back,
}

/// The clocks to stop, or to suspend, when the present step is left. `on` is the legal date, `now` the moment.
pub(crate) fn leaving(matter: &Matter, how: Leaving, on: Date, now: DateTime) -> Vec<Event> {
    let of = |step: Option<&String>, clock: &&Arc<Clock>| Some(&clock.step) == step;
    let mut events = Vec::new();
    for clock in matter.clocks.iter().filter(|clock| of(matter.step.as_ref(), clock) && clock.is_pending()) {
        match (&clock.state, how == Leaving::Suspending) {
            (ClockState::Running, true) => {
                let at = is_of_hours(clock.term).then_some(now);
                events.push(Event::ClockSuspended { matter: matter.id.clone(), clock: clock.id, on, at });
            }
            (_, true) => {}
            (_, false) => events.push(stopped(matter, clock.id, on)),
        }
    }
    if how != Leaving::Back && matter.suspended_step.is_some() {
        let left = matter.clocks.iter().filter(|clock| of(matter.suspended_step.as_ref(), clock) && clock.is_pending());
        events.extend(left.map(|clock| stopped(matter, clock.id, on)));
    }
    events
}

/// The clocks that run on when the matter comes back to the step that was suspended.
pub(crate) fn resuming(env: &MatterEnv<'_, '_>, step: &Step, on: Date) -> Result<Vec<Event>, TimeError> {
    let mut events = Vec::new();
    let mut first = None;
    for clock in env.matter().clocks.iter().filter(|clock| clock.step == step.name) {
        let ClockState::Suspended { on: from, at } = clock.state else {
            continue;
        };
        let to = on.max(from);
        let reminder = reminder_before(step, clock).zip(first);
        let end = match (at, reminder) {
            (_, Some((reminder, first))) => reminded_again(env, clock, reminder, first)?,
            (Some(at), None) => hours_resumed(clock, at, env.now())?,
            (None, None) => resumed(env, clock, Suspension { from, to })?,
        };
        if step.due.first().is_some_and(|deadline| deadline.name == clock.name) {
            first = Some(Until { on: end.due, time: end.hour.or(clock.hour) });
        }
        let (matter, clock) = (env.matter().id.clone(), clock.id);
        let Resumed { raw, due, hour, why } = end;
        events.push(Event::ClockResumed { matter, clock, on: to, raw, due, hour, why });
    }
    Ok(events)
}

/// The new end of a clock that stood still. `hour` is its new time of day, where that has moved.
struct Resumed {
    raw: Date,
    due: Date,
    hour: Option<Time>,
    why: Vec<Why>,
}

/// The reminder of a clock that counts back from the step's first deadline. A call some hours after the alarm only runs on.
fn reminder_before<'s>(step: &'s Step, clock: &Clock) -> Option<&'s Reminder> {
    let ClockKind::Reminder(index) = clock.kind else {
        return None;
    };
    let calls = |reminder: &&Reminder| reminder.at.follows_alarm() && is_of_hours(clock.term);
    step.remind.get(index as usize).filter(|reminder| reminder.at.needs_deadline() && !calls(reminder))
}

/// A reminder keeps its distance from the deadline.
fn reminded_again(
    env: &MatterEnv<'_, '_>,
    clock: &Clock,
    reminder: &Reminder,
    first: Until,
) -> Result<Resumed, TimeError> {
    let sending = sending(env, reminder, clock.term, Some(first))?;
    let hours = is_of_hours(clock.term);
    let on = sending.map_or(clock.due, |sending| sending.on);
    let hour = sending.filter(|_| hours).and_then(|sending| sending.time);
    let why = match hour {
        Some(time) => vec![Why::EndsAt { at: on.to_datetime(time) }],
        None => clock.why.clone(),
    };
    Ok(Resumed { raw: on, due: on, hour, why })
}

/// What was left of a term in hours runs on from the moment at which it runs again.
fn hours_resumed(clock: &Clock, from: DateTime, to: DateTime) -> Result<Resumed, TimeError> {
    let to = to.max(from);
    let until = suspend_at(clock.until().ends_at(), (from, to))?;
    let mut why: Vec<Why> = clock.why.iter().filter(|why| !matches!(why, Why::EndsAt { .. })).cloned().collect();
    why.extend([Why::StoodStill { from, to, until }, Why::EndsAt { at: until }]);
    Ok(Resumed { raw: until.date(), due: until.date(), hour: Some(until.time()), why })
}

/// What was left of a term in days runs on; a fixed date stands.
fn resumed(env: &MatterEnv<'_, '_>, clock: &Clock, suspension: Suspension) -> Result<Resumed, TimeError> {
    let rules = if matches!(clock.kind, ClockKind::Reminder(_)) { still(env) } else { rules(env) };
    let due = due_of(clock);
    let due = match (&clock.kind, clock.term) {
        (ClockKind::Alarm(_) | ClockKind::Act(_), None) => due,
        _ => calendar::suspend(&due, suspension, &rules, env.world().holidays())?,
    };
    Ok(Resumed { raw: due.raw, due: due.on, hour: None, why: due.why })
}

/// A clock as a computed term, so that it can be suspended.
fn due_of(clock: &Clock) -> Due {
    let mut unit = clock.term.map_or(Unit::Days, |term| term.unit);
    let mut starts_on = None;
    for why in &clock.why {
        match why {
            Why::Counted { day, .. } => {
                unit = Unit::WorkingDays;
                starts_on = starts_on.or(Some(day.date));
            }
            Why::Span { first, .. } => starts_on = starts_on.or(Some(*first)),
            _ => {}
        }
    }
    let after_event = clock.event_on.and_then(|on| on.tomorrow().ok());
    Due {
        on: clock.due,
        raw: clock.raw,
        starts_on: starts_on.or(after_event).unwrap_or(clock.raw),
        unit,
        provisional: clock.provisional,
        why: clock.why.clone(),
    }
}

/// The step's first clock gets a new end: an exception was granted.
pub(crate) fn restarting(matter: &Matter, step: &Step, until: Until, on: Date) -> Vec<Event> {
    let Some(deadline) = step.due.first() else {
        return Vec::new();
    };
    let latest = matter.clocks.iter().rev().find(|clock| clock.step == step.name && clock.name == deadline.name);
    let Some(latest) = latest else {
        return Vec::new();
    };
    let clock = Clock {
        id: u32::try_from(matter.clocks.len()).unwrap_or(u32::MAX),
        raw: until.on,
        due: until.on,
        hour: until.time,
        why: vec![ends(until)],
        state: ClockState::Running,
        ..Clock::clone(latest)
    };
    let stop = latest.is_pending().then(|| stopped(matter, latest.id, on));
    let start = Event::ClockStarted { matter: matter.id.clone(), clock };
    stop.into_iter().chain([start]).collect()
}

/// The clocks that an act stops without leaving the step: those it names, and those that run until it. With the step's first deadline
/// stop the reminders that lead to it: nothing remains to be reminded of.
pub(crate) fn stopping(matter: &Matter, step: Option<&Step>, act: &regulation::model::Act, on: Date) -> Vec<Event> {
    let until = |clock: &Clock| {
        let mut due = step.into_iter().filter(|step| step.name == clock.step).flat_map(|step| &step.due);
        due.any(|deadline| deadline.name == clock.name && deadline.until.as_ref() == Some(&act.name))
    };
    let named = |clock: &Clock| act.stops.contains(&clock.name) || until(clock);
    let first = step.and_then(|step| step.due.first()).map(|deadline| deadline.name.as_str());
    let pending = || matter.clocks.iter().filter(|clock| clock.is_pending());
    let over = pending().any(|clock| Some(clock.name.as_str()) == first && named(clock));
    let leads = |clock: &Clock| over && step.is_some_and(|step| leads_to_deadline(step, clock));
    pending().filter(|clock| named(clock) || leads(clock)).map(|clock| stopped(matter, clock.id, on)).collect()
}

/// Whether a clock is a reminder that counts back from the step's first deadline.
fn leads_to_deadline(step: &Step, clock: &Clock) -> bool {
    let ClockKind::Reminder(index) = clock.kind else {
        return false;
    };
    let at = step.remind.get(index as usize).map(|reminder| &reminder.at);
    clock.step == step.name && at.is_some_and(|at| at.needs_deadline() && !at.follows_alarm())
}
