//! Imports under way (导入): a sheet read, judged, looked at by the person who sent it, and then done as a whole.
//!
//! What was read of it is kept in memory only; the sheet itself, sealed, beside the journal, so that after a restart it is read and judged
//! anew. After a while it is gone.

use super::asked::{Asked, Look};
use super::fit::{self, Fit};
use super::mapping::Mapping;
use super::plan::{Plan, Verdict, judge};
use super::reading::Reading;
use super::{find, geojson, keep};
use crate::forms::uploads::scan;
use crate::lang::Both;
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::Visitor;
use engine::{FieldFault, World};
use jiff::ToSpan;
use jiff::civil::DateTime;
use regulation::model::Register;
use sheets::{Limits, Sheet, Unreadable};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::aside::PendingImport;
use store::contract::NextAct;
use store::{Batch, Batched};

/// An import is forgotten so many hours after it was sent.
const KEPT_HOURS: i64 = 2;
/// Rows of all imports that are held at a time: some 300 MB.
const ROWS_MAX: usize = 600_000;

/// Imports by id.
#[derive(Default)]
pub struct Imports(Mutex<BTreeMap<String, Arc<Import>>>);

/// An import.
pub struct Import {
    /// Its id, also its idempotency key.
    pub id: String,
    /// Who sent the sheet; nobody else sees it.
    pub person: String,
    /// For which register.
    pub register: String,
    /// Name of the file.
    pub file: String,
    /// When it was sent.
    pub at: DateTime,
    /// Rows looked at or done so far.
    done: AtomicU64,
    /// Rows to look at or to do; 0 while the file is being read.
    all: AtomicU64,
    state: Mutex<State>,
    asked: Mutex<Option<Arc<Asked>>>,
}

/// How far an import has come.
#[derive(Clone)]
pub enum State {
    /// The file is being read and its rows are judged.
    Judging,
    /// Somebody has to say which of its columns is which, see [`Import::asked`].
    Asked,
    /// It can be looked at, and done if no row is bad.
    Judged(Arc<Plan>),
    /// It is being done.
    Importing,
    /// It is done.
    Done {
        /// Rows entered.
        new: usize,
        /// Rows changed.
        changed: usize,
        /// Rows that were so already.
        same: usize,
    },
    /// It could not be read, or not be done.
    Failed(Box<Failure>),
}

/// Why an import came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// What is wrong.
    pub said: Both,
    /// Columns that are missing or double.
    pub faults: Vec<FieldFault>,
}

impl From<Unreadable> for Failure {
    fn from(unreadable: Unreadable) -> Failure {
        Failure { said: Both::new(unreadable.zh, unreadable.en), faults: Vec::new() }
    }
}

impl From<&Problem> for Failure {
    fn from(problem: &Problem) -> Failure {
        Failure { said: Both::clone(&problem.title), faults: Vec::new() }
    }
}

impl Import {
    /// Rows done and all rows.
    pub fn progress(&self) -> (u64, u64) {
        (self.done.load(Ordering::Relaxed), self.all.load(Ordering::Relaxed))
    }

    /// How far it has come.
    pub fn state(&self) -> State {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    /// How its columns fit the register, and how they could be; `None` where they always do, or before the file was looked at.
    pub fn asked(&self) -> Option<Arc<Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether nobody works on it.
    pub fn waits(&self) -> bool {
        matches!(self.state(), State::Asked | State::Judged(_)) || self.is_done()
    }

    fn rows(&self) -> usize {
        match self.state() {
            State::Judged(plan) => plan.verdicts.len(),
            State::Judging | State::Importing => usize::try_from(self.progress().1).unwrap_or(ROWS_MAX),
            State::Asked | State::Done { .. } | State::Failed(_) => 0,
        }
    }

    fn is_done(&self) -> bool {
        matches!(self.state(), State::Done { .. } | State::Failed(_))
    }
}

impl Imports {
    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Arc<Import>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The import of a person; for others it does not exist.
    pub fn get(&self, id: &str, person: &str, register: &str) -> Option<Arc<Import>> {
        self.all().get(id).filter(|import| import.person == person && import.register == register).cloned()
    }

    /// Forgets an import.
    pub fn forget(&self, id: &str) {
        self.all().remove(id);
    }

    /// Begins an import, in place of one that the same person left lying.
    ///
    /// # Errors
    /// If too many rows of others wait.
    fn begin(&self, import: Import) -> Result<Arc<Import>, Problem> {
        let mut all = self.all();
        let fresh = |other: &Import| other.at + KEPT_HOURS.hours() > import.at;
        let mine = |other: &Import| other.person == import.person && other.register == import.register;
        all.retain(|_, other| fresh(other) && !(mine(other) && other.waits()));
        if all.values().map(|other| other.rows()).sum::<usize>() > ROWS_MAX {
            return Err(Problem::new(
                axum::http::StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "现在导入的人太多",
                "Too many imports are under way",
            )
            .hint("请过几分钟再上传。", "Upload the sheet again in a few minutes."));
        }
        let import = Arc::new(import);
        all.insert(import.id.clone(), Arc::clone(&import));
        Ok(import)
    }
}

/// A sheet that somebody sent.
pub struct Sent {
    /// The register it is for.
    pub register: String,
    /// Name of the file.
    pub file: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Where rows belong that do not say it.
    pub place: String,
}

/// Takes a sheet in. `run` is told what to do, at once or beside.
pub fn take_in(
    app: &Arc<Running>,
    visitor: &Visitor,
    sent: Sent,
    run: impl FnOnce(Box<dyn FnOnce() + Send>),
) -> Result<Arc<Import>, Problem> {
    scan(app, &sent.file, &sent.bytes)?;
    let pending = PendingImport {
        id: app.fresh(),
        person: visitor.signed_in()?.id.clone(),
        register: sent.register,
        file: sent.file,
        place: sent.place,
        at: visitor.now,
        bytes: sent.bytes,
    };
    app.store().put_import(pending.clone(), visitor.now.saturating_sub(KEPT_HOURS.hours()))?;
    start(app, visitor, pending, None, run)
}

/// Reads the sheet of an import once more, with its columns as somebody chose them.
///
/// # Errors
/// If the sheet is gone, or somebody works on it.
pub fn choose(
    app: &Arc<Running>,
    visitor: &Visitor,
    import: &Import,
    fit: Fit,
    run: impl FnOnce(usize, Box<dyn FnOnce() + Send>),
) -> Result<(), Problem> {
    let pending = app.read(|snapshot| Ok(snapshot.pending_import(&import.id)?))?;
    let Some(pending) = pending.filter(|_| import.waits() && !import.is_done()) else { return Ok(()) };
    let size = pending.bytes.len();
    start(app, visitor, pending, Some(fit), |task| run(size, task)).map(|_| ())
}

/// Takes up again an import that this process does not know: it was sent before a restart. `None` if there is none, or it is another's.
pub fn take_up(
    app: &Arc<Running>,
    visitor: &Visitor,
    register: &str,
    id: &str,
    run: impl FnOnce(usize, Box<dyn FnOnce() + Send>),
) -> Result<Option<Arc<Import>>, Problem> {
    let person = &visitor.signed_in()?.id;
    let fresh = |pending: &PendingImport| pending.at + KEPT_HOURS.hours() > visitor.now;
    let pending = app.read(|snapshot| Ok(snapshot.pending_import(id)?))?;
    let mine = pending.filter(|pending| pending.person == *person && pending.register == register && fresh(pending));
    let Some(pending) = mine else { return Ok(None) };
    let size = pending.bytes.len();
    start(app, visitor, pending, None, |task| run(size, task)).map(Some)
}

fn start(
    app: &Arc<Running>,
    visitor: &Visitor,
    pending: PendingImport,
    chosen: Option<Fit>,
    run: impl FnOnce(Box<dyn FnOnce() + Send>),
) -> Result<Arc<Import>, Problem> {
    let PendingImport { id, person, register, file, place, at, bytes } = pending;
    let sent = Sent { register: register.clone(), file: file.clone(), bytes, place };
    let import = app.imports.begin(Import {
        id,
        person,
        register,
        file,
        at,
        done: AtomicU64::new(0),
        all: AtomicU64::new(0),
        state: Mutex::new(State::Judging),
        asked: Mutex::new(None),
    })?;
    let (app, visitor, working) = (Arc::clone(app), visitor.clone(), Arc::clone(&import));
    run(Box::new(move || {
        let judged = catch_unwind(AssertUnwindSafe(|| judged(&app, &visitor, &working, sent, chosen.as_ref())));
        working.set(match judged {
            Ok(Ok(state)) => state,
            Ok(Err(failure)) => State::Failed(Box::new(failure)),
            Err(_) => State::Failed(Box::new(bug())),
        });
    }));
    Ok(import)
}

fn bug() -> Failure {
    let said = Both::new("系统出了故障，没有导入任何内容。请联系管理员。", "The system failed; nothing was imported.");
    Failure { said, faults: Vec::new() }
}

fn judged(
    app: &Running,
    visitor: &Visitor,
    import: &Import,
    sent: Sent,
    chosen: Option<&Fit>,
) -> Result<State, Failure> {
    let Some((sheet, mapping)) = looked_at(app, visitor, import, &sent, chosen)? else { return Ok(State::Asked) };
    drop(sent.bytes);
    import.all.store(sheet.rows.len() as u64, Ordering::Relaxed);
    let judged = app.read(|snapshot| {
        let (regulation, register) = find(snapshot, &sent.register)?;
        let world = snapshot.world();
        let reading = Reading::new(world, register, sheet, mapping, sent.place);
        Ok(judge(world, visitor, regulation, reading, &|done| import.done.store(done, Ordering::Relaxed)))
    });
    judged.map(|plan| State::Judged(Arc::new(plan))).map_err(|problem| Failure::from(&problem))
}

/// The rows of a sheet and its columns; `None` where somebody has to say which is which.
fn looked_at(
    app: &Running,
    visitor: &Visitor,
    import: &Import,
    sent: &Sent,
    chosen: Option<&Fit>,
) -> Result<Option<(Sheet, Mapping)>, Failure> {
    let limits = Limits::default();
    if geojson::is_json(&sent.bytes) {
        let register = app
            .read(|snapshot| Ok(Arc::clone(find(snapshot, &sent.register)?.1)))
            .map_err(|problem| Failure::from(&problem))?;
        return from_json(&register, &sent.bytes, &limits).map(Some);
    }
    let found = app.read(|snapshot| {
        let (regulation, register) = find(snapshot, &sent.register)?;
        let world = snapshot.world();
        let posts = keep::posts(world, visitor, regulation, register);
        let kept = fit::at_hand(snapshot, visitor, &posts, &register.name)?;
        let look = Look { register, county: world.county(), kept: &kept, chosen };
        Ok(look.at(&sent.bytes, &limits))
    });
    let found = found.map_err(|problem| Failure::from(&problem))??;
    *import.asked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(found.asked));
    Ok(found.mapping.map(|mapping| (found.sheet, mapping)))
}

fn from_json(register: &Register, bytes: &[u8], limits: &Limits) -> Result<(Sheet, Mapping), Failure> {
    let sheet = geojson::sheet(register, bytes, limits)?;
    let mapping = Mapping::new(register, &sheet.headings).map_err(|faults| {
        let said =
            Both::new("属性与本簿不符，没有读取内容", "The properties do not fit this register; nothing was read");
        Failure { said, faults }
    })?;
    Ok((sheet, mapping))
}

/// Does what was looked at and confirmed: all of it, or nothing. Confirmed twice, it is done once.
pub fn carry_out(
    app: &Arc<Running>,
    visitor: &Visitor,
    import: &Arc<Import>,
    run: impl FnOnce(Box<dyn FnOnce() + Send>),
) {
    let plan = {
        let mut state = import.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State::Judged(plan) = &*state else { return };
        if plan.count(Verdict::Bad) > 0 {
            return;
        }
        let plan = Arc::clone(plan);
        *state = State::Importing;
        plan
    };
    let rows = plan.acting();
    import.done.store(0, Ordering::Relaxed);
    import.all.store(rows.len() as u64, Ordering::Relaxed);
    let (app, working, now) = (Arc::clone(app), Arc::clone(import), visitor.now);
    run(Box::new(move || {
        let done = catch_unwind(AssertUnwindSafe(|| carried_out(&app, &working, plan, rows, now)));
        working.set(done.unwrap_or_else(|_| State::Failed(Box::new(bug()))));
    }));
}

fn carried_out(app: &Running, import: &Arc<Import>, plan: Arc<Plan>, rows: Vec<usize>, now: DateTime) -> State {
    let (doing, acting, told) = (Arc::clone(&plan), rows.clone(), Arc::clone(import));
    let mut place = 0;
    let next: NextAct = Box::new(move |world: &dyn World| {
        let row = *acting.get(place)?;
        place += 1;
        Some(doing.act(world, row))
    });
    let progress = Box::new(move |done| told.done.store(done, Ordering::Relaxed));
    let batch = Batch { key: format!("import-{}", import.id), now, next, progress };
    match app.store().submit_all(batch) {
        Ok(Batched::Done { .. }) => {
            if let Err(fault) = app.store().drop_import(&import.id) {
                // It is done all the same; what is left of it goes when it is stale.
                tracing::warn!("{fault}");
            }
            State::Done {
                new: plan.count(Verdict::New),
                changed: plan.count(Verdict::Change),
                same: plan.count(Verdict::Same),
            }
        }
        Ok(Batched::Refused(refusals)) => {
            let refused: Vec<_> = refusals
                .into_iter()
                .filter_map(|(place, refusal)| Some((*rows.get(usize::try_from(place).ok()?)?, refusal)))
                .collect();
            let mut judged = Plan::clone(&plan);
            judged.refuse(&refused);
            State::Judged(Arc::new(judged))
        }
        Err(fault) => State::Failed(Box::new(Failure::from(&Problem::from(fault)))),
    }
}

/// The posts in which somebody imports into a register; why not, if in none.
pub fn may_import(
    world: &dyn World,
    visitor: &Visitor,
    regulation: &Arc<regulation::model::Regulation>,
    register: &Register,
) -> Result<(), Problem> {
    visitor.signed_in()?;
    if register.rows_of.is_none() && !keep::posts(world, visitor, regulation, register).is_empty() {
        return Ok(());
    }
    Err(Problem::forbidden("您的岗位不能登记这个登记簿", "Your post does not keep this register"))
}
