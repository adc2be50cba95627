//! Who comes in (身份鉴别): counts of wrong tries, devices that are known, passwords of before, and what happened at the door.
//!
//! Wrong tries are counted for a name *and* where they come from, so that a stranger can keep nobody out: whoever signed in on a device
//! before has a count of their own there. A try is counted before its password is looked at; a right one takes its count back.

use crate::aside::{Account, GoingOn, Session, Stage};
use crate::fault::Fault;
use jiff::ToSpan;
use jiff::civil::{Date, DateTime};

/// What wrong tries are counted for. The store keeps a digest of the key that only who has the county's key can make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counter {
    /// What is counted: a name and a device, a name and an address, an address.
    pub key: String,
    /// Wrong tries that cost no wait.
    pub free: u32,
    /// What a right try does to it.
    pub after: AfterRight,
}

/// What a right try does to a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterRight {
    /// It begins anew: whoever tries is the one who may.
    Cleared,
    /// Only the try itself is taken back: other names are tried from there.
    TakenBack,
}

/// Minutes of the first wait; each further wrong try doubles it.
const WAIT_MINUTES: i64 = 15;
/// The longest wait.
const WAIT_MINUTES_MAX: i64 = 240;
/// A count is forgotten so long after the last wrong try.
const FORGOTTEN_HOURS: i64 = 24;

/// Until when nobody may try, after so many wrong tries of which the last was at `last`; `None`: they may.
///
/// The first wait is 15 minutes, each further one twice as long, four hours at most; a day without a try forgets them all.
///
/// ```
/// use jiff::civil::date;
/// let last = date(2022, 3, 1).at(9, 0, 0, 0);
/// assert_eq!(store::identity::waits_until(4, 5, last, last), None);
/// assert_eq!(store::identity::waits_until(5, 5, last, last), Some(date(2022, 3, 1).at(9, 15, 0, 0)));
/// assert_eq!(store::identity::waits_until(6, 5, last, last), Some(date(2022, 3, 1).at(9, 30, 0, 0)));
/// assert_eq!(store::identity::waits_until(40, 5, last, last), Some(date(2022, 3, 1).at(13, 0, 0, 0)));
/// ```
#[must_use]
pub fn waits_until(failures: u32, free: u32, last: DateTime, now: DateTime) -> Option<DateTime> {
    let over = failures.checked_sub(free)?;
    let minutes = WAIT_MINUTES.checked_shl(over.min(8)).unwrap_or(WAIT_MINUTES_MAX).min(WAIT_MINUTES_MAX);
    let until = last.saturating_add(minutes.minutes());
    (until > now).then_some(until)
}

/// The moment before which a last wrong try is forgotten.
#[must_use]
pub(crate) fn forgotten_before(now: DateTime) -> DateTime {
    now.saturating_sub(FORGOTTEN_HOURS.hours())
}

/// A device on which somebody has signed in before (常用设备).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// [`trust::token_digest`] of the token that its browser keeps.
    pub digest: String,
    /// Who signed in.
    pub person: String,
    /// First.
    pub since: DateTime,
    /// Last.
    pub seen: DateTime,
}

/// What happened at the door (鉴别记录).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoorEvent {
    /// Id, drawn by the caller.
    pub id: String,
    /// When.
    pub at: DateTime,
    /// Whose account; none where the name is nobody's. The name itself is not kept: people type passwords there.
    pub person: Option<String>,
    /// Who did it, where it was an administrator.
    pub by: Option<String>,
    /// What.
    pub what: DoorKind,
    /// Where on the network, masked.
    pub address: String,
    /// What browser or program.
    pub agent: String,
}

/// Wrong tries for one account from one place on the network (输错次数).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongTries {
    /// Whose account; none where the names were nobody's.
    pub person: Option<String>,
    /// Where on the network, masked.
    pub address: String,
    /// How many.
    pub times: u64,
    /// The last.
    pub last: DateTime,
}

/// Kinds of [`DoorEvent`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DoorKind {
    /// Signed in (登录).
    SignedIn,
    /// The password was right, and the code is asked for (待输验证码).
    CodeAsked,
    /// A wrong name or password (口令不对).
    Wrong,
    /// A wrong code (验证码不对).
    WrongCode,
    /// A recovery code served (用了恢复码).
    RecoveryUsed,
    /// An account was made (开户).
    AccountMade,
    /// An administrator gave a password (重置口令).
    PasswordGiven,
    /// An account was closed (停用账户).
    AccountClosed,
    /// It was opened again (启用账户).
    AccountOpened,
    /// A second factor was set up (启用双因素).
    FactorAdded,
    /// It was taken away (停用双因素).
    FactorRemoved,
    /// A passkey was added (添加通行密钥).
    PasskeyAdded,
    /// One was taken away (删去通行密钥).
    PasskeyRemoved,
    /// Came in, or passed the second step, with a passkey (用了通行密钥).
    PasskeyUsed,
    /// An answer of a passkey that was not right (通行密钥不对).
    WrongPasskey,
    /// A passkey counted backwards: there may be a copy of it (通行密钥计数倒退).
    PasskeyCopied,
    /// Signed in through the sign-in of another organisation (统一身份认证登录).
    ProviderSignedIn,
    /// What that sign-in said was not right (统一身份认证不对).
    WrongProvider,
    /// Signed out (退出).
    SignedOut,
    /// Other sessions were ended (结束其他会话).
    Ended,
    /// The password was changed (修改口令).
    PasswordChanged,
    /// A calendar address was made (生成日历订阅地址).
    CalendarMade,
    /// A calendar address was ended (停用日历订阅地址).
    CalendarEnded,
}

impl DoorKind {
    const CODES: [(DoorKind, &'static str); 23] = [
        (DoorKind::SignedIn, "signed-in"),
        (DoorKind::CodeAsked, "code-asked"),
        (DoorKind::Wrong, "wrong"),
        (DoorKind::WrongCode, "wrong-code"),
        (DoorKind::RecoveryUsed, "recovery-used"),
        (DoorKind::AccountMade, "account-made"),
        (DoorKind::PasswordGiven, "password-given"),
        (DoorKind::AccountClosed, "account-closed"),
        (DoorKind::AccountOpened, "account-opened"),
        (DoorKind::FactorAdded, "factor-added"),
        (DoorKind::FactorRemoved, "factor-removed"),
        (DoorKind::PasskeyAdded, "passkey-added"),
        (DoorKind::PasskeyRemoved, "passkey-removed"),
        (DoorKind::PasskeyUsed, "passkey-used"),
        (DoorKind::WrongPasskey, "wrong-passkey"),
        (DoorKind::PasskeyCopied, "passkey-copied"),
        (DoorKind::ProviderSignedIn, "provider-signed-in"),
        (DoorKind::WrongProvider, "wrong-provider"),
        (DoorKind::SignedOut, "signed-out"),
        (DoorKind::Ended, "ended"),
        (DoorKind::PasswordChanged, "password-changed"),
        (DoorKind::CalendarMade, "calendar-made"),
        (DoorKind::CalendarEnded, "calendar-ended"),
    ];

    /// Its code, in the database and for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(kind, _)| *kind == self).map_or("", |(_, code)| code)
    }

    /// The kind of a code.
    pub(crate) fn read(code: &str) -> Option<DoorKind> {
        Self::CODES.iter().find(|(_, known)| *known == code).map(|(kind, _)| *kind)
    }
}

/// Passwords kept besides the one that holds, so that they do not come back.
pub const PASSWORDS_KEPT: usize = 5;

/// A new password (新口令).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// Whose.
    pub person: String,
    /// Its PHC string.
    pub password: String,
    /// The session that goes on; every other ends.
    pub but: String,
    /// How far it leads then.
    pub then: Stage,
    /// The device that stays known; every other is forgotten.
    pub device: Option<String>,
    /// What is noted.
    pub event: DoorEvent,
}

/// Somebody who comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the right try does to the counts.
    pub counters: Vec<Counter>,
    /// The session.
    pub session: Session,
    /// The device that is known from now on.
    pub device: Option<Device>,
    /// What is noted.
    pub event: DoorEvent,
}

/// A session that leads further.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// Its digest.
    pub session: String,
    /// Its digest from now on, where it gets another token: whoever knew the one before does not come in with it.
    pub renewed: Option<String>,
    /// How far it leads now.
    pub stage: Stage,
    /// The device that is known from now on.
    pub device: Option<Device>,
    /// What is noted.
    pub event: Option<DoorEvent>,
}

/// Writing at the door. Each returns once it is on disk.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be written")]
pub trait Identity {
    /// Counts a try as wrong before anybody knows; `Some`: it may not be made until then, and is not counted.
    fn begin_try(&self, counters: Vec<Counter>, now: DateTime) -> Result<Option<DateTime>, Fault>;
    /// A try was right that opens no session.
    fn take_back(&self, counters: Vec<Counter>) -> Result<(), Fault>;
    /// The try was right: takes back what was counted, begins the session.
    fn enter(&self, entry: Entry) -> Result<(), Fault>;
    /// An administrator makes, changes or closes an account; its sessions end.
    fn administer_account(&self, account: Account, event: DoorEvent) -> Result<(), Fault>;
    /// Notes what happened.
    fn note_at_door(&self, event: DoorEvent) -> Result<(), Fault>;
    /// Changes a password; what was before is remembered.
    fn change_password(&self, change: NewPassword) -> Result<(), Fault>;
    /// A session leads further.
    fn advance(&self, advance: Advance) -> Result<(), Fault>;
}

/// What can be read at the door, at one moment.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database cannot be read")]
pub trait IdentityReading {
    /// The device with this digest, as somebody's.
    fn device(&self, digest: &str, person: &str) -> Result<Option<Device>, Fault>;
    /// The devices on which somebody has signed in, the latest used first.
    fn devices(&self, person: &str) -> Result<Vec<Device>, Fault>;
    /// Passwords somebody had before the one that holds, the latest first.
    fn past_passwords(&self, person: &str) -> Result<Vec<String>, Fault>;
    /// What happened at somebody's door, the latest first.
    fn door_events(&self, person: &str, limit: usize) -> Result<Vec<DoorEvent>, Fault>;
    /// Every account, by sign-in name.
    fn accounts(&self) -> Result<Vec<Account>, Fault>;
    /// Every session that goes on, the latest used first.
    fn all_sessions(&self, going: GoingOn, limit: usize) -> Result<Vec<Session>, Fault>;
    /// What happened at every door between two days, both included, of what fits, the latest first; and whether there is more of it.
    fn door_events_within(
        &self,
        from: Date,
        to: Date,
        fits: &dyn Fn(&DoorEvent) -> bool,
        limit: usize,
    ) -> Result<(Vec<DoorEvent>, bool), Fault>;
    /// Wrong passwords, codes and passkeys since a moment, by account and network, the latest first.
    fn wrong_tries(&self, since: DateTime) -> Result<Vec<WrongTries>, Fault>;
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn every_kind_has_a_code_that_reads_back() {
        for (kind, code) in DoorKind::CODES {
            assert_eq!((kind.code(), DoorKind::read(code)), (code, Some(kind)));
        }
        assert_eq!(DoorKind::read("unknown"), None);
    }

    #[test]
    fn a_wait_ends_at_its_moment() {
        let last = date(2022, 3, 1).at(9, 0, 0, 0);
        assert_eq!(waits_until(5, 5, last, last.saturating_add(15.minutes())), None);
        assert!(waits_until(u32::MAX, 5, last, last).is_some(), "however often they tried");
    }
}
