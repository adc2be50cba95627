//! The site: everything the pages are built from, handed in by whoever starts it.

use crate::identity::SignInRules;
use crate::identity::provider::Provider;
use crate::identity::tickets::Tickets;
use crate::limits::Limits;
use crate::problem::Problem;
use crate::recent::Recent;
use crate::registers::imports::Imports;
use crate::taking_in::Printed;
use crate::trials::Trials;
use engine::{Act, Actor};
use gazette::typeset::{Fonts, Typesetter};
use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};
use store::aside::GoingOn;
use store::{Request, Snapshot, Store, Submitted, lru};
use tokio::sync::Semaphore;
use trust::{StampCertificate, StampFault, StampKey};

/// The parts of a running site. Nothing else is read: no file, no variable, no clock of the machine.
pub struct Site {
    /// The keeper of the state.
    pub store: Arc<dyn Store>,
    /// The clock of the county.
    pub clock: Arc<dyn Clock>,
    /// Sets documents; reads its fonts when the first is wanted.
    pub typesetter: LazyTypesetter,
    /// Templates: `dogs/notice.typ` → source; other files of the same folder can be imported.
    pub templates: Arc<BTreeMap<String, Vec<u8>>>,
    /// How printed issues of the gazette are read and taken in.
    pub printed: Printed,
    /// Sign-ins shown on the sign-in page of a sample county.
    pub demo: Vec<DemoSignIn>,
    /// Address at which everybody reaches the site, without a slash at its end: what QR codes on paper begin with.
    pub public_url: String,
    /// Whether browsers reach the site over HTTPS only; then cookies say so.
    pub secure: bool,
    /// Proxies of the operator that a request comes through; each appends to `X-Forwarded-For`.
    pub proxies: usize,
    /// What the county asks of those who sign in.
    pub sign_in: SignInRules,
    /// Where people may sign in as well, if anywhere.
    pub provider: Option<Arc<Provider>>,
    /// How much work a password is hashed with.
    pub password_cost: trust::Cost,
    /// By what ways messages leave the site.
    pub ways: Ways,
    /// The public keys of the log.
    pub log_keys: Vec<trust::NoteKey>,
    /// Looks at each file before it is kept.
    pub scanner: Option<Scanner>,
    /// The public keys of those who witness it.
    pub witnesses: Vec<trust::NoteKey>,
    /// The electronic seals of offices.
    pub seals: Arc<dyn Seals>,
    /// Random bytes.
    pub chance: fn(&mut [u8]),
}

impl Site {
    /// Which sessions go on at a moment. Under a standing clock, which jumps by days, nobody has been away.
    #[must_use]
    pub fn going_on(&self, now: DateTime) -> GoingOn {
        GoingOn { now, idle_minutes: (!self.clock.stands()).then_some(self.sign_in.idle_minutes) }
    }
}

/// Looks at a file that somebody sent (病毒扫描), on a thread that may wait. A fault keeps the file out, too.
pub type Scanner = Arc<dyn Fn(&[u8]) -> anyhow::Result<Scanned> + Send + Sync>;

/// What a scanner says of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scanned {
    /// Nothing known to be harmful.
    Clean,
    /// Harmful: it is not kept.
    Harmful,
}

/// By what ways messages leave the site (外发渠道).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ways {
    /// Mail can be sent.
    pub mail: bool,
    /// Webhooks may lead into private networks.
    pub private_webhooks: bool,
}

/// The electronic seals of the county's offices (电子印章).
pub trait Seals: Send + Sync {
    /// The seal of an office: its key, and the county's name for it. `None`: it has no certificate.
    ///
    /// # Errors
    /// If it has one that cannot be read or made.
    fn of(&self, office: &Office, name: &str) -> Result<Option<Arc<StampKey>>, StampFault>;

    /// The authorities that issued certificates for them.
    fn authorities(&self) -> Vec<StampCertificate>;
}

/// An office as its seal is found.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Office {
    /// Level.
    pub level: String,
    /// Desk.
    pub desk: String,
    /// Code of the place.
    pub place: String,
}

/// No office has a seal.
#[derive(Debug, Clone, Copy)]
pub struct NoSeals;

impl Seals for NoSeals {
    fn of(&self, _office: &Office, _name: &str) -> Result<Option<Arc<StampKey>>, StampFault> {
        Ok(None)
    }

    fn authorities(&self) -> Vec<StampCertificate> {
        Vec::new()
    }
}

/// A typesetter made at its first use: fonts are tens of megabytes, and many a day nobody prints.
pub type LazyTypesetter = LazyLock<Typesetter, Box<dyn FnOnce() -> Typesetter + Send>>;

/// A typesetter that takes its fonts when the first document is wanted; counties of one process may share them.
pub fn typesetter(fonts: impl FnOnce() -> Arc<Fonts> + Send + 'static) -> LazyTypesetter {
    LazyLock::new(Box::new(move || Typesetter::new(fonts())))
}

/// The clock of the county: real, or standing until advanced (training, tests).
pub trait Clock: Send + Sync + 'static {
    /// County local time.
    fn now(&self) -> DateTime;
    /// Sets a standing clock. `false`: this clock runs by itself.
    fn set(&self, now: DateTime) -> bool;
    /// Whether it stands until set.
    fn stands(&self) -> bool;
    /// Seconds since 1970 by which telephones go, also where the county's clock stands.
    fn seconds(&self) -> i64;
}

/// A sign-in of a sample county, printed on its sign-in page.
#[derive(Debug, Clone)]
pub struct DemoSignIn {
    /// Sign-in name.
    pub name: String,
    /// Password.
    pub password: String,
    /// Who that is, for people: 户主、村委会主任……
    pub role: String,
}

/// A site in use: what was handed in, and typeset documents kept for reuse.
pub struct Running {
    /// The parts.
    pub site: Site,
    /// Papers typeset so far.
    pub(crate) papers: Recent<Vec<u8>>,
    /// Texts of regulations tried so far.
    pub(crate) trials: Trials,
    /// Sheets sent in and not imported yet.
    pub(crate) imports: Imports,
    /// Requests of programs with keys.
    pub(crate) limits: Limits,
    /// What browsers have to bring back.
    pub(crate) tickets: Tickets,
    /// The hash that a password is compared with where nobody has that name.
    decoy: OnceLock<String>,
    /// Permits for work off the request threads.
    workers: Semaphore,
    /// Permits for work that may take seconds.
    long_workers: Semaphore,
}

/// Typeset papers that are kept: together no more than 64 MB.
const PAPERS: lru::Limits = lru::Limits { count: 1_000, weight: 64 * 1024 * 1024 };

/// Pieces of work at once for each core. More would only push each other aside, and each needs a connection of its own.
const WORK_PER_CORE: usize = 2;

/// How handlers hold the site.
pub type App = axum::extract::State<Arc<Running>>;

impl Running {
    /// A site put into use.
    #[must_use]
    pub fn new(site: Site) -> Running {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Running {
            tickets: Tickets::new(site.chance),
            site,
            papers: Recent::new(PAPERS),
            trials: Trials::default(),
            imports: Imports::default(),
            limits: Limits::default(),
            decoy: OnceLock::new(),
            workers: Semaphore::new(WORK_PER_CORE * cores),
            long_workers: Semaphore::new(cores),
        }
    }

    /// A hash of no password, which costs as much to compare with as a real one.
    pub(crate) fn decoy(&self) -> &str {
        self.decoy.get_or_init(|| {
            let hash = trust::hash_password(&self.fresh(), &[0; 16], &self.site.password_cost);
            hash.expect("a short password can be hashed")
        })
    }

    /// County local time.
    #[must_use]
    pub fn now(&self) -> DateTime {
        self.site.clock.now()
    }

    /// Which sessions go on at a moment.
    #[must_use]
    pub fn going_on(&self, now: DateTime) -> GoingOn {
        self.site.going_on(now)
    }

    /// The keeper of the state.
    #[must_use]
    pub fn store(&self) -> &dyn Store {
        self.site.store.as_ref()
    }

    /// Reads one moment of the state.
    pub fn read<T>(&self, see: impl FnOnce(&dyn Snapshot) -> Result<T, Problem>) -> Result<T, Problem> {
        let mut see = Some(see);
        let mut seen = None;
        self.store().snapshot(&mut |snapshot| {
            if let Some(see) = see.take() {
                seen = Some(see(snapshot));
            }
            snapshot.fault()
        })?;
        seen.expect("a store that answers has shown the state")
    }

    /// A fresh random id or token: 32 hexadecimal characters, 128 bits.
    #[must_use]
    pub fn fresh(&self) -> String {
        let mut bytes = [0; 16];
        (self.site.chance)(&mut bytes);
        hex::encode(bytes)
    }
}

/// Does an act, durably.
pub async fn submit(app: &App, act: Act, key: Option<String>) -> Result<Submitted, Problem> {
    let (sender, answer) = tokio::sync::oneshot::channel();
    let request = Request { key, act, now: app.now() };
    // Who no longer waits does not need the answer.
    app.store().submit_then(request, Box::new(move |answer| _ = sender.send(answer)));
    let answer = answer.await.map_err(|_| Problem::from(store::Fault::Closed))?;
    Ok(answer?)
}

/// A person as actor, in a post or for themselves.
#[must_use]
pub fn actor(person: &str, post: Option<&str>) -> Actor {
    Actor::Person { person: person.to_owned(), post: post.map(str::to_owned) }
}

/// Reads one moment of the state off the request threads.
pub async fn look<T: Send + 'static>(
    app: &App,
    see: impl FnOnce(&dyn Snapshot) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    work(app, move |app| app.read(see)).await
}

/// Does work that may wait for a disk off the request threads.
pub async fn work<T: Send + 'static>(
    app: &App,
    task: impl FnOnce(&Running) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    at_a_place(&app.workers, app, task).await
}

/// Does work that may take seconds, such as a large sheet. It has places of its own, so that pages do not wait behind it.
pub async fn long_work<T: Send + 'static>(
    app: &App,
    task: impl FnOnce(&Running) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    at_a_place(&app.long_workers, app, task).await
}

/// How long a piece of work may take.
#[derive(Debug, Clone, Copy)]
pub enum Length {
    /// It waits for a disk at most.
    Short,
    /// Seconds.
    Long,
}

/// Does work among what is as long.
pub async fn work_of<T: Send + 'static>(
    length: Length,
    app: &App,
    task: impl FnOnce(&Running) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    match length {
        Length::Short => work(app, task).await,
        Length::Long => long_work(app, task).await,
    }
}

async fn at_a_place<T: Send + 'static>(
    places: &Semaphore,
    app: &App,
    task: impl FnOnce(&Running) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let _permit = places.acquire().await.expect("nobody closes it");
    let running = Arc::clone(&app.0);
    match tokio::task::spawn_blocking(move || task(&running)).await {
        Ok(answer) => answer,
        Err(panic) => Err(Problem::fault(&anyhow::Error::new(panic))),
    }
}
