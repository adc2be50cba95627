//! The second factor (双因素): codes of an authenticator app, passkeys, and recovery codes for both. Who must have one the county says.

use super::entering::event;
use super::{Origin, SignInRules, tries};
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::Person;
use jiff::civil::DateTime;
use store::Snapshot;
use store::factor::Factor;
use store::identity::DoorKind;
use store::passkey::Passkey;

/// Recovery codes given out at once.
pub const RECOVERY_CODES: usize = 10;
/// In the county's settings: whoever holds a post, of whatever kind.
const EVERY_OFFICER: &str = "staff";

/// Whether the county asks somebody for a second factor: `staff`, or one of their posts as `level/desk`.
#[must_use]
pub fn is_required(rules: &SignInRules, person: &Person) -> bool {
    let names = |wanted: &String| {
        wanted == EVERY_OFFICER
            || person.holdings().any(|post| wanted.split_once('/') == Some((&post.level, &post.desk)))
    };
    person.holdings().next().is_some() && rules.second_factor.iter().any(names)
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

/// The factors that somebody has besides the password.
#[derive(Debug, Clone)]
pub struct Own {
    /// Whose.
    pub person: String,
    /// An app that is asked for.
    pub app: Option<Factor>,
    /// Passkeys, the oldest first.
    pub passkeys: Vec<Passkey>,
}

impl Own {
    /// Those of a person.
    pub fn of(app: &Running, person: &str) -> Result<Own, Problem> {
        app.read(|snapshot| Own::read(snapshot, person))
    }

    /// The same, at a moment of the state.
    pub fn read(snapshot: &dyn Snapshot, person: &str) -> Result<Own, Problem> {
        let app = snapshot.factor(person)?.filter(|factor| factor.since.is_some());
        Ok(Own { person: person.to_owned(), app, passkeys: snapshot.passkeys(person)? })
    }

    /// Whether there is any.
    #[must_use]
    pub fn has_any(&self) -> bool {
        self.app.is_some() || !self.passkeys.is_empty()
    }
}

/// Checks a code, of the app or for recovery; a right one has served.
pub fn check(app: &Running, own: &Own, typed: &str, origin: &Origin, now: DateTime) -> Result<Checked, Problem> {
    let person = &own.person;
    let counters = tries::of_code(app, person, origin)?;
    if let Some(until) = app.store().begin_try(counters.clone(), now)? {
        return Ok(Checked::Wait(until));
    }
    let seconds = app.site.clock.seconds();
    let known = own.app.as_ref().and_then(|factor| Some((factor.secret.as_ref()?, factor.step)));
    let step = known.and_then(|(secret, step)| trust::check_totp(secret, typed, seconds, step));
    let by_app = match step {
        Some(step) => app.store().use_step(person, step)?,
        None => false,
    };
    let digest = trust::recovery_digest(typed);
    let by_recovery = !by_app && app.store().use_recovery_code(person, &digest, now)?;
    let note = |what| app.store().note_at_door(event(app, Some(person.clone()), what, origin, now));
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
        let person = |id: &str, posts: &[&Holding], administers: &[&Holding]| Person {
            id: id.into(),
            name: id.into(),
            posts: posts.iter().copied().cloned().collect(),
            administers: administers.iter().copied().cloned().collect(),
        };
        let officer = person("a", &[&holding], &[]);
        let resident = person("b", &[], &[]);
        let administrator = person("c", &[], &[&holding]);
        let rules = |names: &[&str]| SignInRules {
            second_factor: names.iter().map(|name| (*name).to_owned()).collect(),
            ..SignInRules::default()
        };
        assert!(!is_required(&rules(&[]), &officer));
        assert!(is_required(&rules(&["township/head", "county/head"]), &officer));
        assert!(!is_required(&rules(&["county"]), &officer));
        assert!(is_required(&rules(&["staff"]), &officer) && !is_required(&rules(&["staff"]), &resident));
        assert!(
            is_required(&rules(&["staff"]), &administrator) && is_required(&rules(&["county/head"]), &administrator)
        );
    }
}
