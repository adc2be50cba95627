//! The store in SQL (存储): one writer thread with group commit, readers that never wait.

mod act;
pub(crate) mod aside;
mod batch;
mod books;
mod change;
mod factor;
pub(crate) mod fold;
mod forget;
mod identity;
pub(crate) mod journal;
pub(crate) mod log;
mod look;
pub(crate) mod looks;
mod outbox;
mod passkey;
pub(crate) mod project;
pub(crate) mod proof;
mod read;
pub(crate) mod rebuild;
mod refusals;
mod rotate;
pub(crate) mod shared;
mod sharing;
mod tick;
pub(crate) mod view;
mod writer;

pub(crate) use project::desk_key;

use crate::chance::Chance;
use crate::contract::{
    Batch, Batched, Forget, KnownLog, Progress, Receipt, Reply, Request, Rotated, Store, Submitted, Ticked,
    Verification,
};
use crate::db::{Connection, OptionalExtension, params};
use crate::fault::Fault;
use crate::library::{Earlier, Library};
use crate::pages::Snapshot;
use crate::ring::{COUNTY_KEY_BYTES, Ring};
use crate::sqlite::{self, DATABASE, FILES, guard, verify};
use jiff::civil::DateTime;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;
use trust::Digest;

use fold::Cache;
use shared::Shared;
use view::View;
use writer::{Announce, Job, Writer};

/// Reading connections kept for the next reader.
const READERS_KEPT: usize = 8;

/// What a store needs to know to open.
pub struct Settings {
    /// The data folder; made if absent.
    pub data: PathBuf,
    /// The county's key: wraps every owner's key. Whoever has it and the data can read everything.
    pub county_key: [u8; COUNTY_KEY_BYTES],
    /// Regulations, places, holidays. The county's code is the first part of every key.
    pub library: Arc<Library>,
}

/// A store on SQLite. Closes when dropped, after what was asked of it is done.
pub struct Sqlite {
    shared: Arc<Shared>,
    jobs: Mutex<Sender<Job>>,
    readers: Mutex<Vec<Connection>>,
    writer: Option<JoinHandle<()>>,
    /// Held while a step of the log is made.
    log_turn: Mutex<()>,
    /// Held as long as the store is open: a second writer would give the same numbers twice.
    _lock: File,
}

impl Sqlite {
    /// Opens the store in a data folder, or makes one.
    ///
    /// # Errors
    /// If the folder cannot be used, another process has it open, the county key is not the one it was made with, or the
    /// database is of a newer program.
    pub fn open(settings: Settings) -> Result<Self, Fault> {
        let Settings { data, county_key, library } = settings;
        std::fs::create_dir_all(&data).map_err(|error| Fault::file(&data, &error))?;
        let lock = sqlite::lock(&data.join("lock"))?;
        let county = library.county.code.clone();
        let mut ring = Ring::new(&county, county_key);
        let database = data.join(DATABASE);
        let conn = sqlite::open_writing(&database)?;
        rotate::take_up(&conn, &county, &mut ring)?;
        guard::register(conn.sqlite(), &ring)?;
        prove_key(&conn, &county, &ring)?;
        guard::install(conn.sqlite(), &ring)?;
        let library = Arc::new(in_force(&conn, &county, &library)?);
        let cache = Cache::new();
        let shared = Arc::new(Shared::new(county, database, data.join(FILES), ring, cache, Arc::clone(&library)));
        keep_texts(&conn, &shared.county, &library)?;
        let writer = Writer::new(conn, Arc::clone(&shared))?;
        let (sender, receiver) = channel();
        let thread = std::thread::Builder::new().name("store-writer".to_owned());
        let handle =
            thread.spawn(move || writer.run(&receiver)).map_err(|error| Fault::Database { what: error.to_string() })?;
        Ok(Sqlite {
            shared,
            jobs: Mutex::new(sender),
            readers: Mutex::default(),
            writer: Some(handle),
            log_turn: Mutex::default(),
            _lock: lock,
        })
    }

    /// Transactions committed since it was opened, each with one flush to disk: how well acts are grouped.
    #[must_use]
    pub fn flushes(&self) -> u64 {
        self.shared.flushes.load(Ordering::Relaxed)
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

    /// As [`Sqlite::between`], telling meanwhile how far it has come.
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
        let kept = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let conn = match kept {
            Some(conn) => conn,
            None => sqlite::open_reading(&self.shared.database)?,
        };
        run(&conn, "BEGIN")?;
        let shared = &self.shared;
        let view = View::new(&conn, &shared.county, shared.library(), &shared.ring, &shared.cache);
        let found = work(&view);
        drop(view);
        run(&conn, "ROLLBACK")?;
        let mut readers = self.readers.lock().unwrap_or_else(PoisonError::into_inner);
        if readers.len() < READERS_KEPT {
            readers.push(conn);
        }
        found
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        self.send(Job::Stop);
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writer ended with a panic");
        }
    }
}

impl Store for Sqlite {
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
            writer.shared.set_library(Arc::new(writer.shared.library().with_earlier(earlier)));
            Ok(())
        })
    }

    fn rebuild(&self, progress: Progress<'_>) -> Result<(), Fault> {
        self.told(progress, rebuild::rebuild)
    }

    fn projection_digests(&self) -> Result<Vec<(String, Digest)>, Fault> {
        self.look(|view| rebuild::digests(view.conn))
    }

    fn verify_with(&self, known: &KnownLog, progress: Progress<'_>) -> Result<Verification, Fault> {
        verify::verify(&self.shared, known, progress)
    }

    fn backup(&self, path: &Path) -> Result<(), Fault> {
        sqlite::backup(self.shared.database.parent().unwrap_or(Path::new("")), path)
    }
}

/// Runs a statement without values, parsed once per connection.
pub(crate) fn run(conn: &Connection, sql: &str) -> Result<(), Fault> {
    conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}

/// Checks the county key against the one the database was made with, or notes it in a new one.
fn prove_key(conn: &Connection, county: &str, ring: &Ring) -> Result<(), Fault> {
    let proof: Option<Vec<u8>> =
        conn.query_row("SELECT proof FROM county_key WHERE county = ?1", [county], |row| row.get(0)).optional()?;
    match proof {
        Some(proof) => ring.check_proof(&proof),
        None => {
            let proof = ring.proof(&mut Chance::new())?;
            conn.execute("INSERT INTO county_key (county, proof) VALUES (?1, ?2)", params![county, proof])?;
            Ok(())
        }
    }
}

/// What is in force, and the county as it stands: what the store was told, and what acts have made of it.
fn in_force(conn: &Connection, county: &str, library: &Library) -> Result<Library, Fault> {
    let changes = read::force_changes(conn, county)?;
    library.with_county(&read::county_changes(conn, county)?).with_force(&changes).map_err(|lost| {
        let what =
            "与现有规定文件一起检查有错误，不能运行 / it has errors together with the files of the other regulations";
        Fault::unreadable(format!("regulation_force `{}`", lost.join("`, `")), what)
    })
}

/// Keeps the text of every regulation: matters stay on the version they began under, however long that is.
fn keep_texts(conn: &Connection, county: &str, library: &Library) -> Result<(), Fault> {
    let mut insert = conn.prepare(
        "INSERT INTO regulation_text (county, regulation, version, file, text) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    for regulation in library.rulebook.regulations.values() {
        insert.execute(params![county, regulation.id, regulation.version, regulation.file, &*regulation.source])?;
    }
    Ok(())
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
        let sql = "SELECT count(*) FROM number WHERE series = ?1";
        store.look(|view| Ok(view.conn.query_row(sql, [number], |row| row.get(0))?)).unwrap()
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
