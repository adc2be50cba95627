//! Second factors (双因素): the secret that somebody's telephone has, and codes for who has lost it.

use crate::fault::Fault;
use crate::identity::DoorEvent;
use jiff::civil::DateTime;

/// A second factor of somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct Factor {
    /// Whose.
    pub person: String,
    /// The secret, sealed at rest with the person's key; none once that key was destroyed, and then no code is right.
    pub secret: Option<Vec<u8>>,
    /// Since when it is asked for; none while it was only proposed.
    pub since: Option<DateTime>,
    /// The last step whose code served.
    pub step: u64,
}

impl std::fmt::Debug for Factor {
    /// Without the secret: what is debugged is logged.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Factor").field("person", &self.person).field("since", &self.since).finish_non_exhaustive()
    }
}

/// A first code that was right.
#[derive(Clone)]
pub struct FirstCode {
    /// Whose.
    pub person: String,
    /// The secret by which it is right.
    pub secret: Vec<u8>,
    /// Its step.
    pub step: u64,
}

/// Writing second factors. Each returns once it is on disk.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be written")]
pub trait Factors {
    /// Proposes a secret in place of one that was only proposed; one that is asked for stays, and the answer is `false`.
    fn propose_factor(&self, person: &str, secret: Vec<u8>) -> Result<bool, Fault>;
    /// From now on it is asked for: a first code of the secret was right. Its recovery codes replace those of before. `false`: another secret
    /// was proposed meanwhile, or one is asked for already.
    fn confirm_factor(&self, first: FirstCode, recovery: Vec<String>, event: DoorEvent) -> Result<bool, Fault>;
    /// A step's code serves; `false`: one as late has served.
    fn use_step(&self, person: &str, step: u64) -> Result<bool, Fault>;
    /// A recovery code serves; `false`: there is none, or it has.
    fn use_recovery_code(&self, person: &str, digest: &str, at: DateTime) -> Result<bool, Fault>;
    /// Other recovery codes in place of those of before.
    fn put_recovery_codes(&self, person: &str, digests: Vec<String>) -> Result<(), Fault>;
    /// It is asked for no more; where an administrator takes it away, passkeys go as well, and every session of its owner ends. Recovery
    /// codes go with the last of a person's factors.
    fn drop_factor(&self, person: &str, event: DoorEvent) -> Result<(), Fault>;
}

/// What can be read of second factors, at one moment.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database cannot be read")]
pub trait FactorReading {
    /// Somebody's, proposed or asked for.
    fn factor(&self, person: &str) -> Result<Option<Factor>, Fault>;
    /// How many recovery codes are left.
    fn recovery_codes_left(&self, person: &str) -> Result<u64, Fault>;
}
