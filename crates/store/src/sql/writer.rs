//! The writer (写入线程): the only one who changes the database. Whatever waits is decided one after the other and committed
//! together, in one flush; answers go out after it. A job that fails is rolled back alone.

use crate::chance::Chance;
use crate::contract::{Batch, Batched, Forget, Receipt, Reply, Request, Submitted, Ticked};
use crate::db::Connection;
use crate::fault::Fault;
use crate::library::{Changes, Library};
use crate::ring::FreshKeys;
use crate::sqlite;
use engine::Target;
use jiff::civil::{Date, DateTime};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError};

use super::act::{Performed, perform};
use super::forget::{Forgotten, forget};
use super::journal;
use super::look::{Asleep, Found};
use super::looks;
use super::refusals::Refusals;
use super::run;
use super::shared::Shared;
use super::tick::{Retries, fire_first, tick};
use super::view::View;

/// Jobs in one transaction at most: more would make the first wait longer than the flush is worth, and with everybody waiting in one
/// group the writer and those who prepare requests would take turns (`docs/performance.md`).
const GROUP_MAX: usize = 32;
/// Acts between two checkpoints of the write-ahead log: some megabytes of log, so that its file is used over and over.
const CHECKPOINT_ACTS: u64 = 1_000;

/// Told after the transaction, with its fault if it failed.
pub(crate) type Announce = Box<dyn FnOnce(Result<(), Fault>) + Send>;
/// Work on the transaction. What it wrote is rolled back if it returns `false`; the announcement follows either way.
pub(crate) type Work = Box<dyn FnOnce(&View<'_>, &mut Chance) -> (bool, Announce) + Send>;

/// What the writer is asked to do.
pub(crate) enum Job {
    Act(Box<Request>, Reply<Submitted>),
    /// Begins a transaction of its own, so that nobody who was first waits for it.
    Batch(Box<Batch>, Reply<Batched>),
    Tick(DateTime, Reply<Ticked>),
    Forget(Forget, Reply<Receipt>),
    Write(Work),
    /// Outside any shared transaction, between two.
    Alone(Box<dyn FnOnce(&mut Writer) + Send>),
    Stop,
}

/// The writer's connection and what it keeps in mind.
pub(crate) struct Writer {
    pub(crate) conn: Connection,
    pub(crate) shared: Arc<Shared>,
    mind: Mind,
}

/// What the writer keeps in mind between transactions.
pub(crate) struct Mind {
    pub(crate) chance: Chance,
    /// Acts in the journal, those of the transaction included.
    pub(crate) length: u64,
    pub(crate) retries: Retries,
    /// Duties of which nothing begins for a while.
    pub(crate) asleep: Asleep,
    /// The day on which printed rows were last looked at.
    pub(crate) printed_on: Option<Date>,
    /// The day up to which the force of regulations was looked after.
    entered: Option<Date>,
    refusals: Refusals,
    since_checkpoint: u64,
}

/// What one transaction did and whom to tell.
#[derive(Default)]
pub(crate) struct Group {
    /// Something was written, so there is something to commit.
    pub(crate) wrote: bool,
    pub(crate) keys: Vec<FreshKeys>,
    /// What its acts changed in the library: counts for others once it is committed. A change of force ends the group; one of the county is
    /// seen by the acts that follow in it.
    pub(crate) changes: Changes,
    /// What its looks at duties found out.
    pub(crate) found: Vec<Found>,
    announces: Vec<Announce>,
    pub(crate) forgotten: Vec<Forgotten>,
}

impl Writer {
    pub(crate) fn new(conn: Connection, shared: Arc<Shared>) -> Result<Self, Fault> {
        let length = journal::length(&conn, &shared.county)?;
        let mind = Mind {
            chance: Chance::new(),
            length,
            retries: Retries::default(),
            asleep: Asleep::default(),
            printed_on: None,
            entered: None,
            refusals: Refusals::default(),
            since_checkpoint: 0,
        };
        Ok(Writer { conn, shared, mind })
    }

    /// Works until told to stop or nobody is left to ask.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let mut next = Some(first);
            while let Some(job) = next.take() {
                match job {
                    Job::Stop => return self.close(),
                    Job::Alone(work) => work(&mut self),
                    shared => {
                        self.enter_day(&shared);
                        next = self.group(shared, jobs);
                    }
                }
            }
            if self.mind.since_checkpoint >= CHECKPOINT_ACTS {
                self.checkpoint("PASSIVE");
            }
        }
        self.close();
    }

    /// Commits what waits in one transaction; returns the job that could not share it.
    fn group(&mut self, first: Job, jobs: &Receiver<Job>) -> Option<Job> {
        let mut group = Group::default();
        let shared = Arc::clone(&self.shared);
        let before = self.mind.length;
        if let Err(fault) = run(&self.conn, "BEGIN IMMEDIATE") {
            turn_away(first, fault);
            return None;
        }
        let view = View::new(&self.conn, &shared.county, shared.library(), &shared.ring, &shared.cache);
        let next = self.mind.take_turns(&view, &mut group, first, jobs);
        let ended = self.mind.end(&view, group.wrote);
        match &ended {
            Ok(()) => {
                if group.wrote {
                    shared.flushed();
                }
                self.mind.since_checkpoint += self.mind.length - before;
                group.found.drain(..).for_each(|found| self.mind.asleep.learn(found));
                group.keys.drain(..).for_each(|keys| shared.ring.take_up(keys));
                let pending = view.pending.take();
                pending.values().for_each(|folded| shared.cache.put(folded, view.generation));
                drop(view);
                self.change_library(&group.changes);
                self.after_forgetting(&group.forgotten);
            }
            Err(_) => {
                self.mind.length = before;
                // Rows that it printed are gone again.
                self.mind.printed_on = None;
                shared.ring.start_over();
            }
        }
        for announce in group.announces {
            announce(ended.clone());
        }
        next
    }

    /// Before the first request of a day: what comes into force with it. Clocks fire when somebody looks at them, and whoever comes
    /// after midnight must not be faster than the law.
    fn enter_day(&mut self, job: &Job) {
        let Some(now) = job.moment().filter(|now| self.mind.entered.is_none_or(|entered| entered < now.date())) else {
            return;
        };
        let mut latest = None;
        while let Some(instant) = self.force_due(now) {
            latest = Some(instant);
            match self.tick_alone(instant) {
                Ok(ticked) if ticked.fired > 0 => {}
                Ok(_) => break,
                Err(fault) => {
                    tracing::error!(%fault, "what should come into force could not");
                    return;
                }
            }
        }
        // What came into force may have rows printed in it.
        if let Some(Err(fault)) = latest.map(|instant| self.tick_alone(instant)) {
            tracing::error!(%fault, "clocks could not fire");
        }
        self.mind.entered = Some(now.date());
    }

    /// Lets clocks run out while nobody else is asked, so that there is nothing to share the transaction with.
    fn tick_alone(&mut self, instant: DateTime) -> Result<Ticked, Fault> {
        let (reply, answer) = std::sync::mpsc::sync_channel(1);
        let (_, nothing) = std::sync::mpsc::channel();
        let told: Reply<Ticked> = Box::new(move |ticked| _ = reply.send(ticked));
        self.group(Job::Tick(instant, told), &nothing);
        answer.recv().map_err(|_| Fault::Closed)?
    }

    /// The latest instant by now at which an act on the force of a regulation is due.
    fn force_due(&self, now: DateTime) -> Option<DateTime> {
        let shared = &self.shared;
        let view = View::new(&self.conn, &shared.county, shared.library(), &shared.ring, &shared.cache);
        super::tick::force_due(&view, now).unwrap_or_else(|fault| {
            tracing::error!(%fault, "clocks could not be read");
            None
        })
    }

    /// Lets what was committed count: new matters begin under what is in force now, and everybody has the posts that they hold now.
    fn change_library(&mut self, changes: &Changes) {
        if !changes.county.is_empty() {
            let library = self.shared.library().with_county(&changes.county);
            self.shared.set_library(Arc::new(library));
        }
        if changes.force.is_empty() {
            return;
        }
        // The rows printed in a text come with it.
        self.mind.printed_on = None;
        let taken = match self.shared.library().with_force(&changes.force) {
            Ok(library) => self.take_library(library),
            Err(lost) => Err(Fault::unreadable("regulation_force", lost.join(", "))),
        };
        if let Err(fault) = taken {
            tracing::error!(%fault, "a regulation was enacted and could not be taken up; the one before goes on");
        }
    }

    /// Decides by another library from now on, and keeps its texts.
    fn take_library(&mut self, library: Library) -> Result<(), Fault> {
        super::keep_texts(&self.conn, &self.shared.county, &library)?;
        self.shared.set_library(Arc::new(library));
        Ok(())
    }

    /// Makes an erasure hold everywhere: in memory at once, and on disk by rewriting what the log still holds.
    fn after_forgetting(&mut self, forgotten: &[Forgotten]) {
        if forgotten.is_empty() {
            return;
        }
        for one in forgotten {
            self.shared.ring.drop_keys(&one.owner, &one.keys);
        }
        self.shared.cache.clear();
        self.checkpoint("TRUNCATE");
    }

    pub(crate) fn checkpoint(&mut self, mode: &str) {
        self.mind.since_checkpoint = 0;
        sqlite::checkpoint(&self.conn, mode);
    }

    fn close(mut self) {
        let kept = self.mind.refusals.keep(&self.conn, &self.shared.county);
        if let Err(fault) = kept {
            tracing::warn!(%fault, "counts of refusals were lost");
        }
        self.checkpoint("TRUNCATE");
    }
}

impl Mind {
    /// Does one job after the other while some wait, up to a group's size.
    fn take_turns(&mut self, view: &View<'_>, group: &mut Group, first: Job, jobs: &Receiver<Job>) -> Option<Job> {
        let mut next = Some(first);
        for turn in 0..GROUP_MAX {
            match next.take()? {
                alone @ (Job::Alone(_) | Job::Stop) => return Some(alone),
                batch @ Job::Batch(..) if turn > 0 => return Some(batch),
                later if turn > 0 && later.moment().is_some_and(|now| Some(now.date()) > self.entered) => {
                    return Some(later);
                }
                job => self.one(view, group, job),
            }
            // What comes after an erasure must not find what was remembered of it in this transaction.
            if !group.changes.force.is_empty() || !group.forgotten.is_empty() {
                return None;
            }
            next = match jobs.try_recv() {
                Ok(job) => Some(job),
                Err(TryRecvError::Empty) => None,
                Err(TryRecvError::Disconnected) => Some(Job::Stop),
            };
        }
        next
    }

    fn one(&mut self, view: &View<'_>, group: &mut Group, job: Job) {
        match job {
            Job::Act(request, reply) => {
                let answer = self.asked(view, group, *request);
                group.answer(answer, reply);
            }
            Job::Batch(batch, reply) => {
                let answer = self.batch(view, group, *batch);
                group.answer(answer, reply);
            }
            Job::Tick(now, reply) => {
                let answer = tick(self, view, group, now);
                let answer = answer.and_then(|ticked| self.close_looks(view, group, now).map(|()| ticked));
                group.answer(answer, reply);
            }
            Job::Forget(request, reply) => {
                let answer = alone(view, || forget(view, &mut self.chance, self.length + 1, request));
                if answer.is_ok() {
                    self.length += 1;
                }
                let answer = answer.map(|(receipt, forgotten)| {
                    group.wrote = true;
                    group.forgotten.push(forgotten);
                    receipt
                });
                group.answer(answer, reply);
            }
            Job::Write(work) => {
                let mut announce = None;
                let done = alone(view, || {
                    let (keep, told) = work(view, &mut self.chance);
                    announce = Some(told);
                    if keep { Ok(()) } else { Err(Fault::Closed) }
                });
                group.wrote |= done.is_ok();
                group.announces.extend(announce);
            }
            Job::Alone(_) | Job::Stop => unreachable!("`take_turns` hands these back"),
        }
    }

    /// Days of looks that are over, each an act of its own.
    fn close_looks(&mut self, view: &View<'_>, group: &mut Group, now: DateTime) -> Result<(), Fault> {
        for day in looks::open_days(view, now)? {
            alone(view, || looks::close(view, &mut self.chance, self.length + 1, day, now))?;
            self.length += 1;
            group.wrote = true;
        }
        Ok(())
    }

    /// Performs what somebody asks. Where the law has acted already because a term is over, that comes first.
    fn asked(&mut self, view: &View<'_>, group: &mut Group, request: Request) -> Result<Submitted, Fault> {
        if let Target::Matter { id, .. } = &request.act.target {
            fire_first(self, view, group, id, request.now)?;
        }
        self.act(view, group, request)
    }

    /// Performs an act in a savepoint of its own.
    pub(crate) fn act(&mut self, view: &View<'_>, group: &mut Group, request: Request) -> Result<Submitted, Fault> {
        let (name, day) = (request.act.name.clone(), request.now.date());
        let seq = self.length + 1;
        match alone(view, || perform(view, &mut self.chance, seq, request))? {
            Performed::Recorded { receipt, keys, changes, forgotten } => {
                self.length = seq;
                group.wrote = true;
                group.keys.push(keys);
                group.forgotten.extend(forgotten);
                self.take_up(group, changes);
                Ok(Submitted::Done(receipt))
            }
            Performed::Answered(answer) => {
                if let Submitted::Refused(refusal) = &answer {
                    self.refusals.count(day, &name, refusal);
                }
                Ok(answer)
            }
        }
    }

    /// Notes what acts changed in the library.
    pub(crate) fn take_up(&mut self, group: &mut Group, changes: Changes) {
        if changes.may_call_for_duties() {
            self.asleep.wake();
        }
        group.changes.extend(changes);
    }

    /// Ends the transaction. One that wrote nothing has nothing to flush.
    fn end(&mut self, view: &View<'_>, wrote: bool) -> Result<(), Fault> {
        if !wrote {
            return run(view.conn, "ROLLBACK");
        }
        let kept = self.refusals.keep(view.conn, view.county);
        let committed = kept.and_then(|()| run(view.conn, "COMMIT"));
        if committed.is_err() && !view.conn.is_autocommit() {
            // Whether this succeeds or not, the fault told is that of the commit.
            let _ = run(view.conn, "ROLLBACK");
        }
        committed
    }
}

impl Group {
    /// Something was written besides acts.
    pub(crate) fn note_write(&mut self) {
        self.wrote = true;
    }

    /// Tells the answer after the commit, or the commit's fault instead.
    fn answer<T: Send + 'static>(&mut self, answer: Result<T, Fault>, reply: Reply<T>) {
        self.announces.push(Box::new(move |ended| reply(ended.and(answer))));
    }
}

/// Runs work in a savepoint: a fault takes back what it wrote and leaves the rest of the transaction.
pub(crate) fn alone<T>(view: &View<'_>, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    run(view.conn, "SAVEPOINT job")?;
    // A bug must cost the one who met it their request, not everybody the service.
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Bug));
    if done.is_err() {
        run(view.conn, "ROLLBACK TO job")?;
        // Keys made in it may have been unwrapped already; they are gone.
        view.ring.start_over();
    }
    run(view.conn, "RELEASE job")?;
    done
}

impl Job {
    /// The county's time for whoever asks, where they act on matters.
    fn moment(&self) -> Option<DateTime> {
        match self {
            Job::Act(request, _) => Some(request.now),
            Job::Batch(batch, _) => Some(batch.now),
            Job::Tick(..) | Job::Forget(..) | Job::Write(_) | Job::Alone(_) | Job::Stop => None,
        }
    }
}

/// Answers a job whose transaction could not begin.
fn turn_away(job: Job, fault: Fault) {
    match job {
        Job::Act(_, reply) => reply(Err(fault)),
        Job::Batch(_, reply) => reply(Err(fault)),
        Job::Tick(_, reply) => reply(Err(fault)),
        Job::Forget(_, reply) => reply(Err(fault)),
        // Whoever waits learns from the channel that closes with the work.
        Job::Write(_) | Job::Alone(_) | Job::Stop => {}
    }
}
