//! The writer (写入线程): the only one who changes the database. Whatever waits is decided one after the other and committed
//! together, in one flush; answers go out after it. A job that fails is rolled back alone.

use crate::chance::Chance;
use crate::contract::{Batch, Batched, Forget, Receipt, Reply, Request, Submitted, Ticked};
use crate::db::Connection;
use crate::fault::Fault;
use crate::library::{Changes, Library};
use crate::postgres;
use crate::ring::FreshKeys;
use crate::sqlite;
use engine::Target;
use jiff::civil::{Date, DateTime};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use super::act::{Performed, perform};
use super::bounds;
use super::forget::{Forgotten, forget};
use super::journal;
use super::look::{Asleep, Found};
use super::looks;
use super::mark;
use super::opening;
use super::project::put_counts;
use super::queue::Queue;
use super::refusals::Refusals;
use super::shared::Shared;
use super::tick::{Retries, fire_first, tick};
use super::view::View;

/// Jobs in one transaction at most: more would make the first wait longer than the flush is worth, and with everybody waiting in one
/// group the writer and those who prepare requests would take turns (`docs/performance.md`).
const GROUP_MAX: usize = 32;
/// Acts between two checkpoints of the write-ahead log: some megabytes of log, so that its file is used over and over.
const CHECKPOINT_ACTS: u64 = 1_000;

/// An act whose transaction failed by no fault of its own is decided so many times more.
const TRIES: u32 = 3;

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
    pub(super) mind: Mind,
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
    /// Acts whose transaction failed by no fault of theirs: they are decided anew.
    handed_back: VecDeque<Job>,
    /// How often in a row some were.
    tries: u32,
    /// The transaction failed before its end was asked for: nothing of it happened.
    undone: bool,
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
    /// Nothing of it can be committed, because of one of its acts.
    spoiled: bool,
    told: Vec<Told>,
    pub(crate) forgotten: Vec<Forgotten>,
}

/// Somebody to be told how their job ended, once the transaction has.
enum Told {
    Once(Announce),
    /// An act, with its request where it can be decided anew.
    Act(Result<Submitted, Fault>, Reply<Submitted>, Option<Box<Request>>),
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
            handed_back: VecDeque::new(),
            tries: 0,
            undone: false,
        };
        Ok(Writer { conn, shared, mind })
    }

    /// Works until told to stop or nobody is left to ask.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        let mut queue = Queue::new(jobs);
        while let Some(first) = queue.wait() {
            let mut next = Some(first);
            while let Some(job) = next.take() {
                match job {
                    Job::Stop => return self.close(),
                    Job::Alone(work) => work(&mut self),
                    shared => {
                        self.enter_day(&shared);
                        next = self.group(shared, &mut queue);
                    }
                }
                // What was handed back came before whoever could not share.
                while let Some(again) = self.mind.handed_back.pop_front() {
                    let more = self.group(again, &mut Queue::empty());
                    debug_assert!(more.is_none(), "nobody else was asked");
                }
            }
            if self.mind.since_checkpoint >= CHECKPOINT_ACTS {
                self.checkpoint("PASSIVE");
            }
        }
        self.close();
    }

    /// Commits what waits in one transaction; returns the job that could not share it.
    fn group(&mut self, first: Job, queue: &mut Queue<'_>) -> Option<Job> {
        let mut group = Group::default();
        let shared = Arc::clone(&self.shared);
        if let Err(fault) = self.begin() {
            turn_away(first, fault);
            return None;
        }
        let before = self.mind.length;
        let view = View::new(&self.conn, &shared.county, shared.library(), &shared.ring, &shared.cache);
        let next = self.mind.take_turns(&view, &mut group, first, queue);
        let ended = self.mind.end(&view, &shared, &group);
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
        shared.journeys.store(self.conn.journeys(), Ordering::Relaxed);
        self.mind.tell(group.told, &ended);
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
        let told: Reply<Ticked> = Box::new(move |ticked| _ = reply.send(ticked));
        self.group(Job::Tick(instant, told), &mut Queue::empty());
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
        if self.conn.is_postgres() {
            return self.read_back(changes);
        }
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
        self.by_itself(|view| opening::keep_texts(view.conn, view.county, &library))?;
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
        if !self.conn.is_postgres() {
            sqlite::checkpoint(&self.conn, mode);
        }
    }

    fn close(mut self) {
        let mut refusals = std::mem::take(&mut self.mind.refusals);
        let kept =
            if refusals.is_empty() { Ok(()) } else { self.by_itself(|view| refusals.keep(view.conn, view.county)) };
        if let Err(fault) = kept {
            tracing::warn!(%fault, "counts of refusals were lost");
        }
        self.checkpoint("TRUNCATE");
    }
}

impl Mind {
    /// Does one job after the other while some wait, up to a group's size.
    fn take_turns(&mut self, view: &View<'_>, group: &mut Group, first: Job, queue: &mut Queue<'_>) -> Option<Job> {
        let mut next = Some(first);
        for turn in 0..GROUP_MAX {
            if turn == 0 {
                let waiting = next.iter().chain(queue.look_ahead(GROUP_MAX - 1));
                // What goes wrong with it goes wrong again with the act that asks.
                _ = view.foresee(waiting.filter_map(Job::request));
            } else if view.conn.is_postgres() && queue.is_new() {
                // To look ahead again would be to wait until the server has done all that was handed over.
                return next;
            }
            match next.take()? {
                alone @ (Job::Alone(_) | Job::Stop) => return Some(alone),
                // What goes wrong with the acts before is not to be its fault.
                other if !matches!(other, Job::Act(..)) && view.conn.settle().is_err() => return Some(other),
                batch @ Job::Batch(..) if turn > 0 => return Some(batch),
                later if turn > 0 && later.moment().is_some_and(|now| Some(now.date()) > self.entered) => {
                    return Some(later);
                }
                job => self.one(view, group, job),
            }
            // What comes after an erasure must not find what was remembered of it in this transaction.
            if !group.changes.force.is_empty() || !group.forgotten.is_empty() || group.spoiled || view.conn.has_failed()
            {
                return None;
            }
            next = queue.next();
        }
        next
    }

    fn one(&mut self, view: &View<'_>, group: &mut Group, job: Job) {
        match job {
            Job::Act(request, reply) => {
                let again = view.conn.is_postgres().then(|| request.clone());
                let answer = self.asked(view, group, *request);
                group.told.push(Told::Act(answer, reply, again));
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
                group.told.extend(announce.map(Told::Once));
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
        if let Target::Matter { id, .. } = &request.act.target
            && bounds::fits(id)
        {
            fire_first(self, view, group, id, request.now)?;
        }
        if !view.conn.is_postgres() {
            return self.act(view, group, request);
        }
        let asked = (request.act.name.clone(), request.now.date());
        let seq = self.length + 1;
        let performed = hopefully(view, group, || perform(view, &mut self.chance, seq, request))?;
        Ok(self.note(group, asked, performed))
    }

    /// Performs an act in a savepoint of its own.
    pub(crate) fn act(&mut self, view: &View<'_>, group: &mut Group, request: Request) -> Result<Submitted, Fault> {
        let asked = (request.act.name.clone(), request.now.date());
        let seq = self.length + 1;
        let performed = alone(view, || perform(view, &mut self.chance, seq, request))?;
        Ok(self.note(group, asked, performed))
    }

    /// Keeps in mind what became of an act of that name on that day.
    fn note(&mut self, group: &mut Group, (name, day): (String, Date), performed: Performed) -> Submitted {
        match performed {
            Performed::Recorded { receipt, keys, changes, forgotten } => {
                self.length += 1;
                group.wrote = true;
                group.keys.push(keys);
                group.forgotten.extend(forgotten);
                self.take_up(group, changes);
                Submitted::Done(receipt)
            }
            Performed::Answered(answer) => {
                if let Submitted::Refused(refusal) = &answer {
                    self.refusals.count(day, &name, refusal);
                }
                answer
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
    fn end(&mut self, view: &View<'_>, shared: &Shared, group: &Group) -> Result<(), Fault> {
        self.undone = true;
        if group.spoiled || (view.conn.has_failed() && !view.conn.is_lost()) {
            // What went wrong at the server and was not told yet belongs to this group.
            _ = view.conn.settle();
            view.conn.roll_back()?;
            return Err(group.spoilt_by());
        }
        if !group.wrote {
            return Ok(view.conn.roll_back()?);
        }
        let ready = put_counts(view).and_then(|()| self.refusals.keep(view.conn, view.county));
        let ready = ready.and_then(|()| self.tell_nodes(view, shared, group));
        let ready = ready.and_then(|()| seal(view));
        let ended = ready.and_then(|()| {
            // What has a key happens once, also where the answer to both is lost; of all else it has to be known that it did not happen.
            if !group.is_keyed() {
                view.conn.settle()?;
            }
            self.undone = false;
            Ok(view.conn.commit()?)
        });
        ended.map_err(|fault| {
            // Whether this succeeds or not, the fault told is that of the commit.
            _ = view.conn.roll_back();
            let is_one_acts = view.conn.is_postgres() && !fault.is_lost() && group.told.len() > 1;
            if is_one_acts { Fault::Conflict } else { fault }
        })
    }

    /// Lets other nodes know what they keep in memory and must not any more.
    fn tell_nodes(&self, view: &View<'_>, shared: &Shared, group: &Group) -> Result<(), Fault> {
        let library = !group.changes.county.is_empty() || !group.changes.force.is_empty();
        let erased = !group.forgotten.is_empty();
        if !view.conn.is_postgres() || !(library || erased) {
            return Ok(());
        }
        let (mut mark, _) = shared.standing();
        mark.library = if library { self.length } else { mark.library };
        mark.erased = if erased { self.length } else { mark.erased };
        mark::write(view.conn, view.county, mark)
    }

    /// Tells everybody how it ended; hands back the acts that may be decided anew.
    fn tell(&mut self, told: Vec<Told>, ended: &Result<(), Fault>) {
        for one in told {
            match one {
                Told::Once(announce) => announce(ended.clone()),
                Told::Act(answer, reply, again) => {
                    let answer = ended.clone().and(answer);
                    let again = again.filter(|request| match &answer {
                        Err(fault) if fault.is_conflict() => true,
                        // With a key it happens once, whatever became of it.
                        Err(fault) if fault.is_lost() => self.undone || request.key.is_some(),
                        _ => false,
                    });
                    match again.filter(|_| self.tries < TRIES) {
                        Some(request) => self.handed_back.push_back(Job::Act(request, reply)),
                        None => reply(answer),
                    }
                }
            }
        }
        self.tries = if self.handed_back.is_empty() { 0 } else { self.tries + 1 };
    }
}

impl Group {
    /// Something was written besides acts.
    pub(crate) fn note_write(&mut self) {
        self.wrote = true;
    }

    /// Whether all of it are acts under keys.
    fn is_keyed(&self) -> bool {
        let is_keyed = |told: &Told| matches!(told, Told::Act(_, _, Some(request)) if request.key.is_some());
        self.told.iter().all(is_keyed)
    }

    /// What those are told who were in it: its only act what went wrong with that, several that they collided, and so they are decided anew, each
    /// in a transaction of its own.
    fn spoilt_by(&self) -> Fault {
        match self.told.as_slice() {
            [Told::Act(Err(fault), ..)] => fault.clone(),
            _ => Fault::Conflict,
        }
    }

    /// Tells the answer after the commit, or the commit's fault instead.
    fn answer<T: Send + 'static>(&mut self, answer: Result<T, Fault>, reply: Reply<T>) {
        self.told.push(Told::Once(Box::new(move |ended| reply(ended.and(answer)))));
    }
}

/// Gives the rows beside the journal that were written their codes: SQLite's triggers do so by themselves.
pub(super) fn seal(view: &View<'_>) -> Result<(), Fault> {
    if view.conn.is_postgres() { postgres::guard::seal(view.conn, view.ring, view.county) } else { Ok(()) }
}

/// Runs work in a savepoint: a fault takes back what it wrote and leaves the rest of the transaction.
pub(crate) fn alone<T>(view: &View<'_>, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    view.conn.savepoint("job")?;
    // A bug must cost the one who met it their request, not everybody the service.
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Bug));
    let done = done.and_then(|done| {
        view.conn.release("job")?;
        Ok(done)
    });
    if done.is_err() {
        view.conn.roll_back_to("job")?;
        // Keys made in it may have been unwrapped already; they are gone.
        view.ring.start_over();
        view.conn.release("job")?;
    }
    done
}

/// Runs work without a savepoint, as acts on a server are: they nearly always go well, and a savepoint is two more statements and a journey. The
/// server begins with what was written down while the next is decided. A fault that leaves something behind spoils the group.
fn hopefully<T>(view: &View<'_>, group: &mut Group, work: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    let before = view.conn.changes();
    view.gathers.set(true);
    let done = catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(Fault::Bug));
    view.gathers.set(false);
    let done = done.and_then(|done| {
        view.conn.hand_over()?;
        Ok(done)
    });
    group.spoiled |= done.is_err() && (view.conn.has_failed() || view.conn.changes() != before);
    done
}

impl Job {
    /// The act that it asks for.
    fn request(&self) -> Option<&Request> {
        if let Job::Act(request, _) = self { Some(request) } else { None }
    }

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
