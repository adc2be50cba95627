//! The store in SQL (存储): one writer thread with group commit, readers that never wait.

mod act;
pub(crate) mod aside;
mod batch;
mod books;
mod bounds;
mod calendars;
mod change;
mod factor;
pub(crate) mod fold;
mod foresight;
mod forget;
mod identity;
pub(crate) mod journal;
pub(crate) mod leader;
pub(crate) mod log;
mod look;
pub(crate) mod looks;
pub(crate) mod mark;
mod opening;
mod outbox;
mod passkey;
pub(crate) mod place;
pub(crate) mod project;
pub(crate) mod proof;
mod queue;
mod read;
mod readers;
pub(crate) mod rebuild;
mod refusals;
mod rotate;
pub(crate) mod shared;
mod sharing;
mod tick;
mod turn;
pub(crate) mod view;
pub(crate) mod words;
mod writer;

pub use opening::is_begun;
pub(crate) use project::desk_key;

use crate::chance::Chance;
use crate::contract::{
    Batch, Batched, Forget, KnownLog, Progress, Receipt, Reply, Request, Rotated, Store, Submitted, Ticked,
    Verification,
};
use crate::db::Connection;
use crate::db::postgres::Address;
use crate::fault::Fault;
use crate::library::{Earlier, Library};
use crate::pages::Snapshot;
use crate::postgres;
use crate::ring::COUNTY_KEY_BYTES;
use crate::sqlite;
use crate::sqlite::verify::{self, Stored};
use jiff::civil::DateTime;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use trust::Digest;

use leader::Leader;
use opening::Opened;
use readers::{Readers, Reading};
use shared::Shared;
use view::View;
use writer::{Announce, Job, Writer};

/// What a store needs to know to open on SQLite.
pub struct Settings {
    /// The data folder; made if absent.
    pub data: PathBuf,
    /// The county's key: wraps every owner's key. Whoever has it and the data can read everything.
    pub county_key: [u8; COUNTY_KEY_BYTES],
    /// Regulations, places, holidays. The county's code is the first part of every key.
    pub library: Arc<Library>,
}

/// What a store needs to know to open on PostgreSQL.
pub struct Server {
    /// Where the database is.
    pub address: Address,
    /// The county's key, as in [`Settings`].
    pub county_key: [u8; COUNTY_KEY_BYTES],
    /// Regulations, places, holidays, the same at every node.
    pub library: Arc<Library>,
}

/// A store in a database: on SQLite the only one of its folder, on PostgreSQL one of any number of nodes. Closes when dropped, after what was
/// asked of it is done.
pub struct Database {
    shared: Arc<Shared>,
    jobs: Mutex<Sender<Job>>,
    readers: Readers,
    writer: Option<JoinHandle<()>>,
    /// Held while a step of the log is made.
    log_turn: Mutex<()>,
    /// Held as long as a folder is open.
    _lock: Option<File>,
    /// Where there may be other nodes.
    leader: Option<Leader>,
}

/// A store in a data folder.
pub type Sqlite = Database;

impl Database {
    /// Opens the store in a data folder, or makes one.
    ///
    /// # Errors
    /// If the folder cannot be used, another process has it open, the county key is not the one it was made with, or the
    /// database is of a newer program.
    pub fn open(settings: Settings) -> Result<Self, Fault> {
        let Settings { data, county_key, library } = settings;
        std::fs::create_dir_all(&data).map_err(|error| Fault::file(&data, &error))?;
        let lock = sqlite::lock(&data.join("lock"))?;
        let opened = opening::folder(&data, county_key, library)?;
        Database::begin(opened, Some(lock), None)
    }

    /// Opens the store in a database on a server, or makes one there.
    ///
    /// # Errors
    /// If the server cannot be reached or does not let anybody in, the county key is not the one that the county began with, or the database is
    /// of a newer program.
    pub fn connect(server: Server) -> Result<Self, Fault> {
        let leader = Leader::new(server.address.clone(), server.library.county.code.clone());
        Database::begin(opening::server(server)?, None, Some(leader))
    }

    fn begin((shared, conn): Opened, lock: Option<File>, leader: Option<Leader>) -> Result<Self, Fault> {
        let writer = Writer::new(conn, Arc::clone(&shared))?;
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let handle =
            thread.spawn(move || writer.run(&receiver)).map_err(|error| Fault::Database { what: error.to_string() })?;
        Ok(Database {
            shared,
            jobs: Mutex::new(sender),
            readers: Readers::new(leader.is_some()),
            writer: Some(handle),
            log_turn: Mutex::default(),
            _lock: lock,
            leader,
        })
    }

    /// Transactions committed since it was opened, each with one flush to disk: how well acts are grouped.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.shared.flushes.load(Ordering::Relaxed)
    }

    /// How often the writer's session has waited for the server since it began: what its transactions cost on PostgreSQL.
    #[must_use]
    pub fn journeys(&self) -> u64 {
        self.shared.journeys.load(Ordering::Relaxed)
    }

    /// Makes each flush take so much longer: how a measurement sees what a slower disk would give.
    pub fn slow_down(&self, by: Duration) {
        self.shared.slow_down(by);
    }

    fn send(&self, job: Job) {
        let sender = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        // If the writer is gone, the job is dropped with whatever channel it would answer on.
        let _ = sender.send(job);
    }

    /// Sends a job that answers, and waits.
    fn ask<T: Send + 'static>(&self, job: impl FnOnce(Reply<T>) -> Job) -> Result<T, Fault> {
        let (sender, receiver) = sync_channel(1);
        self.send(job(Box::new(move |answer| {
            // Who no longer waits does not need the answer.
            let _ = sender.send(answer);
        })));
        receiver.recv().map_err(|_| Fault::Closed)?
    }

    /// Writes something in the writer's transaction and waits until it is on disk.
    fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&View<'_>, &mut Chance) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let job = |reply: Reply<T>| {
            Job::Write(Box::new(move |view, chance| {
                let done = work(view, chance);
                let keep = done.is_ok();
                let announce: Announce = Box::new(move |ended| reply(ended.and(done)));
                (keep, announce)
            }))
        };
        self.ask(job)
    }

    /// Does something on the writer's thread, between two transactions.
    fn between<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Writer) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.ask(|reply: Reply<T>| Job::Alone(Box::new(move |writer| reply(work(writer)))))
    }

    /// As [`Database::between`], telling meanwhile how far it has come.
    fn told<T: Send + 'static>(
        &self,
        progress: Progress<'_>,
        work: impl FnOnce(&mut Writer, Progress<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let (sender, receiver) = channel();
        let (answer, answered) = sync_channel(1);
        self.send(Job::Alone(Box::new(move |writer| {
            let done = work(writer, &mut |done, all| {
                // Progress that nobody looks at is no fault.
                let _ = sender.send((done, all));
            });
            let _ = answer.send(done);
        })));
        for (done, all) in receiver {
            progress(done, all);
        }
        answered.recv().map_err(|_| Fault::Closed)?
    }

    /// Takes the store back to a moment (恢复到时点): the first act after it and all that follow are gone. Says how many they were. For a folder
    /// that was restored from a backup: what was signed over the acts that are gone stays signed, and no mirror of the log will follow.
    ///
    /// # Errors
    /// If the database cannot be read or written; then nothing has changed.
    pub fn rewind(self, to: DateTime, progress: Progress<'_>) -> Result<u64, Fault> {
        self.told(progress, move |writer, progress| rebuild::rewind(writer, to, progress))
    }

    /// Looks at one moment of the state.
    fn look<T>(&self, work: impl FnOnce(&View<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
        let reading = self.readers.enter()?;
        let (conn, library) = self.reader(&reading)?;
        let shared = &self.shared;
        let view = View::new(&conn, &shared.county, library, &shared.ring, &shared.cache);
        let found = work(&view);
        drop(view);
        // What was seen is seen, also by a connection that is of no use any more.
        if conn.roll_back().is_ok() {
            reading.keep(conn);
        }
        found
    }

    /// A connection in a transaction, with the library of its moment. One that was kept may have been lost meanwhile; then the next is tried.
    fn reader(&self, reading: &Reading<'_>) -> Result<(Connection, Arc<Library>), Fault> {
        loop {
            let kept = reading.kept();
            let is_kept = kept.is_some();
            let conn = kept.map_or_else(|| self.shared.place.read(), Ok)?;
            match self.shared.enter(&conn) {
                Ok(library) => return Ok((conn, library)),
                Err(fault) if is_kept && fault.is_lost() => {}
                Err(fault) => return Err(fault),
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        self.send(Job::Stop);
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer ended with a panic");
        }
    }
}

impl Store for Database {
    fn submit_then(&self, request: Request, reply: Reply<Submitted>) {
        self.send(Job::Act(Box::new(request), reply));
    }

    fn submit_all(&self, batch: Batch) -> Result<Batched, Fault> {
        self.ask(|reply| Job::Batch(Box::new(batch), reply))
    }

    fn snapshot(&self, work: &mut dyn FnMut(&dyn Snapshot) -> Result<(), Fault>) -> Result<(), Fault> {
        self.look(|view| work(view))
    }

    fn tick(&self, now: DateTime) -> Result<Ticked, Fault> {
        let mut all = Ticked::default();
        loop {
            let some = self.ask(|reply| Job::Tick(now, reply))?;
            // What came into force counts for whatever follows.
            let more = some.fired >= tick::TICK_MAX || some.enacted > 0;
            all.fired += some.fired;
            all.enacted += some.enacted;
            all.refused.extend(some.refused);
            all.not_begun.extend(some.not_begun);
            if !more {
                return Ok(all);
            }
        }
    }

    fn forget(&self, request: Forget) -> Result<Receipt, Fault> {
        self.ask(|reply| Job::Forget(request, reply))
    }

    fn rotate_county_key(&self, next: [u8; COUNTY_KEY_BYTES], most: usize) -> Result<Rotated, Fault> {
        self.rotate(next, most)
    }

    fn library(&self) -> Arc<Library> {
        self.shared.library()
    }

    fn keep_earlier(&self, earlier: Earlier) -> Result<(), Fault> {
        self.between(move |writer| {
            writer.shared.keep_earlier(&earlier);
            Ok(())
        })
    }

    fn rebuild(&self, progress: Progress<'_>) -> Result<(), Fault> {
        self.told(progress, rebuild::rebuild)
    }

    fn projection_digests(&self) -> Result<Vec<(String, Digest)>, Fault> {
        self.look(rebuild::digests)
    }

    fn verify_with(&self, known: &KnownLog, progress: Progress<'_>) -> Result<Verification, Fault> {
        if let Some(folder) = self.shared.place.folder() {
            return verify::verify(Stored::Folder(folder), &self.shared, known, progress);
        }
        let copy = self.look(|view| postgres::copy::to_nowhere(view.conn, view.county))?;
        verify::verify(Stored::Copy(&copy), &self.shared, known, progress)
    }

    fn backup(&self, path: &Path) -> Result<(), Fault> {
        match self.shared.place.folder() {
            Some(folder) => sqlite::backup(folder, path),
            None => self.look(|view| postgres::copy::to_file(view.conn, view.county, path)),
        }
    }

    fn leads(&self) -> bool {
        self.leader.as_ref().is_none_or(Leader::leads)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn empty(data: &Path) -> Sqlite {
        let library = Library {
            rulebook: Default::default(),
            earlier: BTreeMap::new(),
            overrides: BTreeMap::new(),
            county: engine::County { code: "999999".to_owned(), ..Default::default() },
            holidays: calendar::Holidays::none(),
        };
        Sqlite::open(Settings { data: data.to_owned(), county_key: [1; 16], library: Arc::new(library) }).unwrap()
    }

    fn count(store: &Sqlite, number: &str) -> u64 {
        let sql = "SELECT count(*) FROM number WHERE county = ?1 AND series = ?2";
        store.look(|view| Ok(view.conn.query_row(sql, [view.county, number], |row| row.get(0))?)).unwrap()
    }

    fn insert(view: &View<'_>, series: &str) -> Result<(), Fault> {
        let sql = "INSERT INTO number (county, series, last) VALUES ('999999', ?1, 1)";
        view.conn.execute(sql, [series])?;
        Ok(())
    }

    #[test]
    fn a_panic_costs_one_request_and_not_the_service() {
        let folder = tempfile::tempdir().unwrap();
        let store = empty(folder.path());
        let lost: Result<(), Fault> = store.write(|view, _| {
            insert(view, "lost")?;
            panic!("a bug made for this test")
        });
        assert!(lost.is_err());
        store.write(|view, _| insert(view, "kept")).unwrap();
        assert_eq!((count(&store, "lost"), count(&store, "kept")), (0, 1));
    }

    #[test]
    fn a_fault_is_rolled_back_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = empty(folder.path());
        let (entered, is_held) = channel();
        let (free, freed) = channel::<()>();
        store.send(Job::Alone(Box::new(move |_| {
            entered.send(()).unwrap();
            freed.recv().unwrap();
        })));
        is_held.recv().unwrap();
        std::thread::scope(|scope| {
            let good = scope.spawn(|| store.write(|view, _| insert(view, "good")));
            let bad = scope.spawn(|| {
                store.write(|view, _| -> Result<(), Fault> {
                    insert(view, "bad")?;
                    Err(Fault::Chance)
                })
            });
            free.send(()).unwrap();
            assert_eq!(good.join().unwrap(), Ok(()));
            assert_eq!(bad.join().unwrap(), Err(Fault::Chance));
        });
        assert_eq!((count(&store, "good"), count(&store, "bad")), (1, 0));
    }
}
