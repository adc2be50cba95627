//! Wrong tries (输错): what each kind is counted for, and what whoever has to wait is told.
//!
//! A stranger who guesses waits ever longer, and nobody else does: tries are counted for the name together with the device that is known, or
//! with the address.

use super::Origin;
use crate::lang::Both;
use crate::problem::Problem;
use crate::site::Running;
use jiff::civil::DateTime;
use store::identity::{AfterRight, Counter};

/// Wrong passwords for a name from one source that cost no wait.
const FREE_PER_NAME: u32 = 5;
/// Wrong passwords from an address, whatever the names: a whole office may sit behind it.
const FREE_PER_ADDRESS: u32 = 50;
/// Wrong codes of a person from one source that cost no wait.
const FREE_CODES: u32 = 5;
/// Wrong codes of a person from everywhere but known devices: whoever tries them has the password already.
const FREE_CODES_EVERYWHERE: u32 = 30;
/// Wrong old passwords in a session that cost no wait: whoever finds a browser open must not find the password too.
const FREE_IN_SESSION: u32 = 5;

/// What a password for a name is counted for; `person` is whose name it is, if anybody's.
pub(super) fn of_password(
    app: &Running,
    person: Option<&str>,
    login: &str,
    origin: &Origin,
) -> Result<Vec<Counter>, Problem> {
    if let Some(person) = person
        && let Some(device) = known_device(app, person, origin)?
    {
        return Ok(vec![cleared(format!("device {device} {person}"), FREE_PER_NAME)]);
    }
    let network = &origin.network;
    Ok(vec![
        cleared(format!("name {login}\0{network}"), FREE_PER_NAME),
        taken_back(format!("network {network}"), FREE_PER_ADDRESS),
    ])
}

/// What a person's code is counted for.
pub(crate) fn of_code(app: &Running, person: &str, origin: &Origin) -> Result<Vec<Counter>, Problem> {
    if let Some(device) = known_device(app, person, origin)? {
        return Ok(vec![cleared(format!("code device {device} {person}"), FREE_CODES)]);
    }
    Ok(vec![
        cleared(format!("code {person}\0{}", origin.network), FREE_CODES),
        taken_back(format!("code {person}"), FREE_CODES_EVERYWHERE),
    ])
}

/// What a passkey is counted for whose owner nobody knows yet, and an answer of a sign-in elsewhere.
pub(crate) fn of_network(origin: &Origin) -> Vec<Counter> {
    vec![taken_back(format!("network {}", origin.network), FREE_PER_ADDRESS)]
}

/// What the password of whoever has signed in already is counted for.
pub(super) fn of_current(session: &str) -> Vec<Counter> {
    vec![cleared(format!("current {session}"), FREE_IN_SESSION)]
}

/// For whoever has tried too often.
#[must_use]
pub fn wait(until: DateTime) -> Both {
    let clock = format!("{:02}:{:02}", until.hour(), until.minute());
    Both::new(
        format!("从这里输错的次数太多，{clock} 以后再试"),
        format!("Too many wrong tries from here: try again after {clock}"),
    )
}

/// The digest of the device that a request comes from, if its owner has signed in on it before.
fn known_device(app: &Running, person: &str, origin: &Origin) -> Result<Option<String>, Problem> {
    let Some(device) = origin.device.as_deref().map(trust::token_digest) else { return Ok(None) };
    let known = app.read(|snapshot| Ok(snapshot.device(&device, person)?))?.is_some();
    Ok(known.then_some(device))
}

fn cleared(key: String, free: u32) -> Counter {
    Counter { key, free, after: AfterRight::Cleared }
}

fn taken_back(key: String, free: u32) -> Counter {
    Counter { key, free, after: AfterRight::TakenBack }
}
