//! How much may be asked (限流): so many requests a minute for each key of a program, or of a person for what is costly. Counted by ids that
//! nobody can choose, and only for keys that hold and people who have signed in; so what is kept never grows by what strangers send.

use jiff::civil::DateTime;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Requests of one key in a minute.
pub(crate) const PER_MINUTE: u32 = 120;

/// Requests counted, by key: those of its latest minute.
#[derive(Debug, Default)]
pub(crate) struct Limits(Mutex<BTreeMap<String, (DateTime, u32)>>);

impl Limits {
    /// Counts a request of a program; `false`: it is one too many.
    pub(crate) fn admits(&self, key: &str, now: DateTime) -> bool {
        self.admits_so_many(key, now, PER_MINUTE)
    }

    /// Counts a request of which only so many are admitted in a minute.
    pub(crate) fn admits_so_many(&self, key: &str, now: DateTime, most: u32) -> bool {
        let minute = now.date().at(now.hour(), now.minute(), 0, 0);
        let mut counted = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counted.retain(|_, (of, _)| *of == minute);
        let (_, count) = counted.entry(key.to_owned()).or_insert((minute, 0));
        *count = count.saturating_add(1);
        *count <= most
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::datetime;

    #[test]
    fn a_key_is_held_to_its_minute_and_no_other_key_pays_for_it() {
        let limits = Limits::default();
        let now = datetime(2022, 3, 1, 9, 0, 30, 0);
        assert!((0..PER_MINUTE).all(|_| limits.admits("a", now)));
        assert!(!limits.admits("a", now) && !limits.admits("a", now));
        assert!(limits.admits("b", now));
        assert!(limits.admits("a", datetime(2022, 3, 1, 9, 1, 0, 0)), "the next minute counts anew");
        assert_eq!(limits.0.lock().unwrap().len(), 1, "what is past is forgotten");
    }
}
