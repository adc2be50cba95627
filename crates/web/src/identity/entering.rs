//! Signing in (登录): what is counted, what is compared, what is noted.
//!
//! A name that is nobody's costs the same work and the same wait as one that is somebody's.

use super::{Origin, factor, password, tries};
use crate::lang::Both;
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::{Person, Visitor, person_of};
use jiff::ToSpan;
use jiff::civil::DateTime;
use store::aside::{Account, AccountState, Given, Session, Stage, Way};
use store::identity::{Advance, Counter, Device, DoorEvent, DoorKind, Entry};

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
    let (way, second) = (Way::Password, Second::Asked);
    let coming = Coming { origin: &attempt.origin, now: attempt.now, remember: attempt.remember, way, second };
    admit(app, &coming, counters, account.person)
}

/// Whether somebody has shown a second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Second {
    /// Not yet: whoever has one is asked for it.
    Asked,
    /// They have, or have none of their own.
    Done,
    /// Elsewhere, where the operator trusts it: nobody needs one of their own.
    Elsewhere,
}

/// Somebody who comes in, and how.
pub(crate) struct Coming<'a> {
    /// From where.
    pub origin: &'a Origin,
    /// When.
    pub now: DateTime,
    /// Whether it is a browser, which can be known again.
    pub remember: bool,
    /// By what way.
    pub way: Way,
    /// With what second factor.
    pub second: Second,
}

/// Begins a session that leads as far as it may.
pub(crate) fn admit(
    app: &Running,
    coming: &Coming<'_>,
    counters: Vec<Counter>,
    person: String,
) -> Result<Opened, Problem> {
    let (now, stands, origin) = (coming.now, app.site.clock.stands(), coming.origin);
    let known = app.read(|snapshot| Ok(person_of(snapshot.world().county(), person.clone(), now)))?;
    let stage = next_stage(app, &known, coming.way, coming.second, now)?;
    let length = if stands { TRAINING_YEARS.years() } else { app.site.sign_in.session_hours.hours() };
    let (token, ends) = (app.fresh(), now.saturating_add(length));
    // Whose code is still to come may be anybody: the device is not known yet.
    let is_code = stage == Stage::Code;
    let device = (coming.remember && !is_code).then(|| origin.device.clone().unwrap_or_else(|| app.fresh()));
    let what = if is_code { DoorKind::CodeAsked } else { came_in(coming.way) };
    app.store().enter(Entry {
        counters,
        session: Session {
            digest: trust::token_digest(&token),
            person: person.clone(),
            way: coming.way,
            stage,
            address: origin.address.clone(),
            agent: origin.agent.clone(),
            created: now,
            seen: now,
            ends,
        },
        device: device.as_deref().map(|token| Device {
            digest: trust::token_digest(token),
            person: person.clone(),
            since: now,
            seen: now,
        }),
        event: event(app, Some(person.clone()), what, origin, now),
    })?;
    Ok(Opened { token, person, ends, device, stage })
}

/// What is noted of somebody who has come in.
pub(crate) fn came_in(way: Way) -> DoorKind {
    match way {
        Way::Password => DoorKind::SignedIn,
        Way::Passkey => DoorKind::PasskeyUsed,
        Way::Provider => DoorKind::ProviderSignedIn,
    }
}

/// What comes next for somebody who has come so far.
pub fn next_stage(app: &Running, person: &Person, way: Way, second: Second, now: DateTime) -> Result<Stage, Problem> {
    let account = app.read(|snapshot| Ok(snapshot.account(&person.id)?))?.ok_or_else(Problem::sign_in_first)?;
    stage_with(app, person, &account, (way, second), now)
}

/// The same for an account as it will be.
pub(crate) fn stage_with(
    app: &Running,
    person: &Person,
    account: &Account,
    (way, second): (Way, Second),
    now: DateTime,
) -> Result<Stage, Problem> {
    let has_factor = factor::Own::of(app, &person.id)?.has_any();
    // A standing clock jumps by months: nobody's password grew old meanwhile.
    let asked_at = if app.site.clock.stands() { account.since } else { now };
    let rules = &app.site.sign_in;
    // Who did not type the password need not know it.
    let due =
        way == Way::Password && password::due(account, person.holdings().next().is_some(), rules, asked_at).is_some();
    let needs_factor = account.given != Given::Demo && factor::is_required(rules, person);
    Ok(if has_factor && second == Second::Asked {
        Stage::Code
    } else if due {
        Stage::Password
    } else if !has_factor && second != Second::Elsewhere && needs_factor {
        Stage::Enrol
    } else {
        Stage::Full
    })
}

/// Somebody has set up a second factor: who had to on the way in goes on.
pub(crate) fn enrolled(app: &Running, visitor: &Visitor, person: &Person) -> Result<(), Problem> {
    if visitor.pending.is_none() {
        return Ok(());
    }
    // That they came in was noted when the password was right.
    let stage = next_stage(app, person, visitor.way, Second::Done, visitor.now)?;
    let session = trust::token_digest(&visitor.token);
    Ok(app.store().advance(Advance { session, renewed: None, stage, device: None, event: None })?)
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
