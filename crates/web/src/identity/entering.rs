//! Signing in (登录): what is counted, what is compared, what is noted.
//!
//! A name that is nobody's costs the same work and the same wait as one that is somebody's.

use super::{Origin, factor, password, tries};
use crate::lang::Both;
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::{Person, person_of};
use jiff::ToSpan;
use jiff::civil::DateTime;
use store::aside::{Account, AccountState, Given, Session, Stage};
use store::identity::{Counter, Device, DoorEvent, DoorKind, Entry};

/// How long a session lasts under a standing clock, which jumps by days while nobody has been away.
const TRAINING_YEARS: i64 = 50;
/// Longest password that is compared.
const PASSWORD_BYTES_MAX: usize = 1024;

/// A try.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Name, as typed.
    pub login: String,
    /// Password.
    pub password: String,
    /// From where.
    pub origin: Origin,
    /// When.
    pub now: DateTime,
    /// Whether it is a browser, which can be known again.
    pub remember: bool,
}

/// A session just opened.
#[derive(Debug)]
pub struct Opened {
    /// The secret for the browser or program.
    pub token: String,
    /// Whose it is.
    pub person: String,
    /// Ends.
    pub ends: DateTime,
    /// By which the browser is known from now on.
    pub device: Option<String>,
    /// How far it leads.
    pub stage: Stage,
}

/// Why somebody is not let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Denied {
    /// Name or password: which, is not said.
    Wrong,
    /// Too many wrong tries from there.
    Wait(DateTime),
}

impl Denied {
    /// For whoever tried.
    #[must_use]
    pub fn said(self) -> Both {
        match self {
            Denied::Wrong => Both::new("用户名或密码不对", "Wrong name or password"),
            Denied::Wait(until) => tries::wait(until),
        }
    }
}

/// Checks a password and opens a session.
pub fn sign_in(app: &Running, attempt: &Attempt) -> Result<Result<Opened, Denied>, Problem> {
    let login = attempt.login.trim();
    let found = app.read(|snapshot| Ok(snapshot.account_by_login(login)?))?;
    let person = found.as_ref().map(|account| account.person.clone());
    let account = found.filter(|account| account.state == AccountState::Active);
    let owner = account.as_ref().map(|account| account.person.as_str());
    let counters = tries::of_password(app, owner, login, &attempt.origin)?;
    if let Some(until) = app.store().begin_try(counters.clone(), attempt.now)? {
        return Ok(Err(Denied::Wait(until)));
    }
    // Who is nobody costs as much work as who is somebody.
    let stored = account.as_ref().map_or_else(|| app.decoy(), |account| &account.password);
    let right = verified(&attempt.password, stored)?;
    match account.filter(|_| right) {
        Some(account) => open(app, attempt, counters, account).map(Ok),
        None => {
            app.store().note_at_door(event(app, person, DoorKind::Wrong, &attempt.origin, attempt.now))?;
            Ok(Err(Denied::Wrong))
        }
    }
}

fn open(app: &Running, attempt: &Attempt, counters: Vec<Counter>, account: Account) -> Result<Opened, Problem> {
    let (now, stands) = (attempt.now, app.site.clock.stands());
    let person = app.read(|snapshot| Ok(person_of(snapshot.world().county(), account.person.clone(), now)))?;
    let stage = next_stage(app, &person, false, now)?;
    let length = if stands { TRAINING_YEARS.years() } else { app.site.sign_in.session_hours.hours() };
    let (token, ends) = (app.fresh(), now.saturating_add(length));
    // Whose code is still to come may be anybody: the device is not known yet.
    let is_code = stage == Stage::Code;
    let device = (attempt.remember && !is_code).then(|| attempt.origin.device.clone().unwrap_or_else(|| app.fresh()));
    app.store().enter(Entry {
        counters,
        session: Session {
            digest: trust::token_digest(&token),
            person: account.person.clone(),
            stage,
            address: attempt.origin.address.clone(),
            agent: attempt.origin.agent.clone(),
            created: now,
            seen: now,
            ends,
        },
        device: device.as_deref().map(|token| Device {
            digest: trust::token_digest(token),
            person: account.person.clone(),
            since: now,
            seen: now,
        }),
        event: event(
            app,
            Some(account.person.clone()),
            if is_code { DoorKind::CodeAsked } else { DoorKind::SignedIn },
            &attempt.origin,
            now,
        ),
    })?;
    Ok(Opened { token, person: account.person, ends, device, stage })
}

/// What comes next for somebody whose password was right, and whose code was, if `has_code`.
pub fn next_stage(app: &Running, person: &Person, has_code: bool, now: DateTime) -> Result<Stage, Problem> {
    let account = app.read(|snapshot| Ok(snapshot.account(&person.id)?))?.ok_or_else(Problem::sign_in_first)?;
    stage_with(app, person, &account, has_code, now)
}

/// The same for an account as it will be.
pub(crate) fn stage_with(
    app: &Running,
    person: &Person,
    account: &Account,
    has_code: bool,
    now: DateTime,
) -> Result<Stage, Problem> {
    let factor = app.read(|snapshot| Ok(snapshot.factor(&person.id)?))?;
    let has_factor = factor.is_some_and(|factor| factor.since.is_some());
    // A standing clock jumps by months: nobody's password grew old meanwhile.
    let asked_at = if app.site.clock.stands() { account.since } else { now };
    let rules = &app.site.sign_in;
    Ok(if has_factor && !has_code {
        Stage::Code
    } else if password::due(account, person.holdings().next().is_some(), rules, asked_at).is_some() {
        Stage::Password
    } else if !has_factor && account.given != Given::Demo && factor::is_required(rules, person) {
        Stage::Enrol
    } else {
        Stage::Full
    })
}

/// What is wrong with the password that whoever has signed in types once more, if anything.
pub(crate) fn wrong_password(
    app: &Running,
    account: &Account,
    session: &str,
    typed: &str,
    now: DateTime,
) -> Result<Option<Both>, Problem> {
    let counters = tries::of_current(session);
    if let Some(until) = app.store().begin_try(counters.clone(), now)? {
        return Ok(Some(tries::wait(until)));
    }
    if verified(typed, &account.password)? {
        app.store().take_back(counters)?;
        return Ok(None);
    }
    Ok(Some(Both::new("现在的密码不对", "This is not your password")))
}

fn verified(typed: &str, stored: &str) -> Result<bool, Problem> {
    let typed = if typed.len() <= PASSWORD_BYTES_MAX { typed } else { "" };
    trust::verify_password(typed, stored).map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))
}

/// What happened at the door, to be noted.
#[must_use]
pub fn event(app: &Running, person: Option<String>, what: DoorKind, origin: &Origin, at: DateTime) -> DoorEvent {
    DoorEvent {
        id: app.fresh(),
        at,
        person,
        by: None,
        what,
        address: origin.address.clone(),
        agent: origin.agent.clone(),
    }
}
