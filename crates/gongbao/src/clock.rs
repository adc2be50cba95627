//! The only place that reads the machine's clock.

use jiff::civil::DateTime;
use std::sync::RwLock;

/// County local time: the real clock, or one that stands until advanced (training, tests).
pub struct CountyClock {
    standing: Option<RwLock<DateTime>>,
}

impl CountyClock {
    /// The real clock in Asia/Shanghai.
    pub fn real() -> Self {
        CountyClock { standing: None }
    }

    /// A clock that stands at a moment.
    pub fn standing(at: DateTime) -> Self {
        CountyClock { standing: Some(RwLock::new(at)) }
    }

    fn real_now() -> DateTime {
        jiff::Timestamp::now()
            .in_tz("Asia/Shanghai")
            .expect("the bundled time zone database knows Asia/Shanghai")
            .datetime()
    }
}

impl web::Clock for CountyClock {
    fn now(&self) -> DateTime {
        match &self.standing {
            None => Self::real_now(),
            Some(at) => *at.read().expect("no writer panics while holding the clock"),
        }
    }

    fn stands(&self) -> bool {
        self.standing.is_some()
    }

    fn seconds(&self) -> i64 {
        jiff::Timestamp::now().as_second()
    }

    fn set(&self, to: DateTime) -> bool {
        let Some(at) = &self.standing else { return false };
        let mut at = at.write().expect("no writer panics while holding the clock");
        let forward = to >= *at;
        if forward {
            *at = to;
        }
        forward
    }
}
