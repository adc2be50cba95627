//! The second factor (双因素): codes of an authenticator app, and recovery codes. Who must have one the county says.

use super::entering::event;
use super::{Origin, SignInRules};
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::Person;
use jiff::civil::DateTime;
use store::factor::Factor;
use store::identity::{AfterRight, Counter, DoorKind};

/// Recovery codes given out at once.
pub const RECOVERY_CODES: usize = 10;
/// Wrong codes of a person from one source that cost no wait.
const FREE: u32 = 5;
/// Wrong codes of a person from everywhere but known devices: whoever tries them has the password already.
const FREE_EVERYWHERE: u32 = 30;
/// In the county's settings: whoever holds a post.
const EVERY_OFFICER: &str = "staff";

/// Whether the county asks somebody for a second factor: `staff`, or one of their posts as `level/desk`.
#[must_use]
pub fn is_required(rules: &SignInRules, person: &Person) -> bool {
    let names = |wanted: &String| {
        wanted == EVERY_OFFICER
            || person.posts.iter().any(|post| wanted.split_once('/') == Some((&post.level, &post.desk)))
    };
    !person.posts.is_empty() && rules.second_factor.iter().any(names)
}

/// What came of a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Checked {
    /// It was right.
    Right,
    /// It was not, or had served before.
    Wrong,
    /// Too many were wrong.
    Wait(DateTime),
}

/// Checks a code, of the app or for recovery; a right one has served.
pub fn check(app: &Running, factor: &Factor, typed: &str, origin: &Origin, now: DateTime) -> Result<Checked, Problem> {
    let counters = counters(app, &factor.person, origin)?;
    if let Some(until) = app.store().begin_try(counters.clone(), now)? {
        return Ok(Checked::Wait(until));
    }
    let seconds = app.site.clock.seconds();
    let step = factor.secret.as_ref().and_then(|secret| trust::check_totp(secret, typed, seconds, factor.step));
    let by_app = match step {
        Some(step) => app.store().use_step(&factor.person, step)?,
        None => false,
    };
    let digest = trust::recovery_digest(typed);
    let by_recovery = !by_app && app.store().use_recovery_code(&factor.person, &digest, now)?;
    let note = |what| app.store().note_at_door(event(app, Some(factor.person.clone()), what, origin, now));
    if !by_app && !by_recovery {
        note(DoorKind::WrongCode)?;
        return Ok(Checked::Wrong);
    }
    if by_recovery {
        note(DoorKind::RecoveryUsed)?;
    }
    app.store().take_back(counters)?;
    Ok(Checked::Right)
}

fn counters(app: &Running, person: &str, origin: &Origin) -> Result<Vec<Counter>, Problem> {
    let device = origin.device.as_deref().map(trust::token_digest);
    if let Some(device) = device
        && app.read(|snapshot| Ok(snapshot.device(&device, person)?))?.is_some()
    {
        let key = format!("code device {device} {person}");
        return Ok(vec![Counter { key, free: FREE, after: AfterRight::Cleared }]);
    }
    let network = &origin.network;
    Ok(vec![
        Counter { key: format!("code {person}\0{network}"), free: FREE, after: AfterRight::Cleared },
        Counter { key: format!("code {person}"), free: FREE_EVERYWHERE, after: AfterRight::TakenBack },
    ])
}

/// Fresh recovery codes as people keep them, and what is stored of each.
#[must_use]
pub fn fresh_codes(app: &Running) -> (Vec<String>, Vec<String>) {
    let codes: Vec<String> = (0..RECOVERY_CODES)
        .map(|_| {
            let mut bytes = [0; 10];
            (app.site.chance)(&mut bytes);
            trust::print_recovery_code(&bytes)
        })
        .collect();
    let digests = codes.iter().map(|code| trust::recovery_digest(code)).collect();
    (codes, digests)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::visit::Holding;

    #[test]
    fn who_must_have_one() {
        let holding = Holding {
            id: "po-1".into(),
            title: "县长".into(),
            level: "county".into(),
            desk: "head".into(),
            place: "999900".into(),
        };
        let officer = Person { id: "a".into(), name: "甲".into(), posts: vec![holding] };
        let resident = Person { id: "b".into(), name: "乙".into(), posts: Vec::new() };
        let rules = |names: &[&str]| SignInRules {
            second_factor: names.iter().map(|name| (*name).to_owned()).collect(),
            ..SignInRules::default()
        };
        assert!(!is_required(&rules(&[]), &officer));
        assert!(is_required(&rules(&["township/head", "county/head"]), &officer));
        assert!(!is_required(&rules(&["county"]), &officer));
        assert!(is_required(&rules(&["staff"]), &officer) && !is_required(&rules(&["staff"]), &resident));
    }
}
