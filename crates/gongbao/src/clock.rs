//! The only place that reads the machine's clock.

use anyhow::Result;
use jiff::civil::DateTime;
use jiff::{Span, ToSpan as _};
use std::sync::{PoisonError, RwLock};

/// How far a machine's clock may be set back without anybody asking: as time servers do.
fn small_step() -> Span {
    5.minutes()
}

/// County local time: the real clock, or one that stands until advanced (training, tests). Neither goes back, so that nothing is recorded before
/// what was done before it.
pub struct CountyClock {
    stands: bool,
    latest: RwLock<DateTime>,
}

impl CountyClock {
    /// The real clock in Asia/Shanghai, by which the latest act was recorded at `recorded`.
    ///
    /// # Errors
    /// If the machine's clock is far behind that: statutory terms would be counted from a wrong day.
    pub fn real(recorded: Option<DateTime>) -> Result<Self> {
        let now = Self::real_now();
        let latest = recorded.unwrap_or(now).max(now);
        if latest > now.saturating_add(small_step()) {
            anyhow::bail!(
                "本机时间 {now:.0} 早于最近一项办理的时间 {latest:.0}。请校准本机时钟；如果当时记录的时间有误，可用 restore --until 恢复到出错之前 / \
                 the machine's clock is behind the latest act: set it right, or, if that act has a wrong time, restore to a moment before it"
            );
        }
        Ok(CountyClock { stands: false, latest: RwLock::new(latest) })
    }

    /// A clock that stands at a moment; at the latest act, which was recorded at `recorded`, if that is later.
    pub fn standing_after(recorded: Option<DateTime>, at: DateTime) -> Self {
        CountyClock::standing(recorded.map_or(at, |recorded| at.max(recorded)))
    }

    /// A clock that stands at a moment.
    pub fn standing(at: DateTime) -> Self {
        CountyClock { stands: true, latest: RwLock::new(at) }
    }

    /// What the machine's clock shows, for commands that record nothing.
    pub fn real_now() -> DateTime {
        jiff::Timestamp::now()
            .in_tz("Asia/Shanghai")
            .expect("the bundled time zone database knows Asia/Shanghai")
            .datetime()
    }

    fn latest(&self) -> DateTime {
        *self.latest.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latest moment that it has shown, or this one if it is later.
    fn at_least(&self, now: DateTime) -> DateTime {
        let latest = self.latest();
        if now <= latest {
            return latest;
        }
        let mut kept = self.latest.write().unwrap_or_else(PoisonError::into_inner);
        *kept = now.max(*kept);
        *kept
    }
}

/// What the machine's clock shows, in seconds since 1970: for what other machines compare with theirs.
pub fn seconds_now() -> i64 {
    jiff::Timestamp::now().as_second()
}

impl web::Clock for CountyClock {
    fn now(&self) -> DateTime {
        if self.stands { self.latest() } else { self.at_least(Self::real_now()) }
    }

    fn stands(&self) -> bool {
        self.stands
    }

    fn seconds(&self) -> i64 {
        seconds_now()
    }

    fn set(&self, to: DateTime) -> bool {
        self.stands && self.at_least(to) == to
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::CountyClock;
    use jiff::ToSpan as _;
    use web::Clock as _;

    #[test]
    fn time_does_not_go_back_with_the_machines_clock() {
        let now = CountyClock::real_now();
        let clock = CountyClock::real(Some(now.saturating_add(4.minutes()))).unwrap();
        assert_eq!(clock.now(), now.saturating_add(4.minutes()), "a small step is waited for");
        assert_eq!(clock.at_least(now), clock.now());
        let later = now.saturating_add(1.hour());
        assert_eq!(clock.at_least(later), later);
        assert!(!clock.set(later.saturating_add(1.hour())), "nobody advances a real clock");
    }

    #[test]
    fn a_clock_far_behind_the_journal_does_not_serve() {
        let recorded = CountyClock::real_now().saturating_add(1.hour());
        let refused = CountyClock::real(Some(recorded)).err().expect("an hour behind").to_string();
        assert!(refused.contains("校准") && refused.contains("restore"), "{refused}");
        assert!(CountyClock::real(None).is_ok(), "nothing was recorded yet");
    }

    #[test]
    fn a_standing_clock_is_only_advanced() {
        let at = jiff::civil::datetime(2022, 3, 1, 9, 0, 0, 0);
        let clock = CountyClock::standing(at);
        assert!(!clock.set(at.saturating_sub(1.minute())) && clock.set(at.saturating_add(1.minute())));
        assert_eq!(clock.now(), at.saturating_add(1.minute()));
        let later = at.saturating_add(1.hour());
        assert_eq!(CountyClock::standing_after(Some(later), at).now(), later, "a sample goes on where it was left");
        assert_eq!(CountyClock::standing_after(Some(at), later).now(), later);
    }
}
