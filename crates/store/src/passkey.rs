//! Passkeys (通行密钥): public keys of authenticators, by the ids of their credentials. Nothing secret is kept here.

use crate::fault::Fault;
use crate::identity::DoorEvent;
use jiff::civil::DateTime;

/// A passkey of somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passkey {
    /// The id of its credential, in base64url.
    pub credential: String,
    /// Whose.
    pub person: String,
    /// Its public key, as the authenticator gave it ([`trust::PasskeyKey`]).
    pub key: Vec<u8>,
    /// How often it has answered, where it counts.
    pub counter: u32,
    /// Whether its device verified its owner when it was made: then it signs in without a password.
    pub verifies: bool,
    /// What its owner calls it.
    pub label: String,
    /// Since when.
    pub since: DateTime,
    /// When it was last used.
    pub used: Option<DateTime>,
}

/// Writing passkeys. Each returns once it is on disk.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be written")]
pub trait Passkeys {
    /// Keeps a new one, and recovery codes in place of those of before, if any are given; sessions of its owner that do not lead all the way
    /// yet ask for a factor from now on. `false`: its credential is known already.
    fn put_passkey(&self, passkey: Passkey, recovery: Option<Vec<String>>, event: DoorEvent) -> Result<bool, Fault>;
    /// It has answered; `false`: its counter has gone on meanwhile, so the answer is an old one, or it was taken away.
    fn use_passkey(&self, credential: &str, counter: u32, at: DateTime) -> Result<bool, Fault>;
    /// Takes one away, and the recovery codes with the last factor; `false`: the person has no such.
    fn drop_passkey(&self, person: &str, credential: &str, event: DoorEvent) -> Result<bool, Fault>;
}

/// What can be read of passkeys, at one moment.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database cannot be read")]
pub trait PasskeyReading {
    /// The one with this credential.
    fn passkey(&self, credential: &str) -> Result<Option<Passkey>, Fault>;
    /// Those of a person, the oldest first.
    fn passkeys(&self, person: &str) -> Result<Vec<Passkey>, Fault>;
}
