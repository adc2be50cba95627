//! Lights (红黄绿灯): how a statutory clock stands, by colour, shape and words.

use crate::lang::Lang;
use calendar::{Holidays, Until};
use jiff::civil::{Date, DateTime};
use maud::{Markup, html};

/// How a deadline stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Light {
    /// The last day has passed.
    Red,
    /// The last day is near.
    Yellow,
    /// Time enough.
    Green,
    /// No deadline.
    None,
}

/// Every light, the gravest first.
pub const LIGHTS: [Light; 4] = [Light::Red, Light::Yellow, Light::Green, Light::None];

impl Light {
    /// The light of a deadline that runs, seen at a moment.
    #[must_use]
    pub fn of(due: Option<Until>, now: DateTime, holidays: &Holidays) -> Light {
        due.map_or(Light::None, |due| engine::clock::running(due, now, holidays).into())
    }

    /// The light of a clock.
    #[must_use]
    pub fn of_clock(clock: &engine::event::Clock, now: DateTime, holidays: &Holidays) -> Light {
        engine::clock::light(clock, now, holidays).into()
    }

    /// Its code in addresses and JSON.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Light::Red => "red",
            Light::Yellow => "yellow",
            Light::Green => "green",
            Light::None => "none",
        }
    }

    /// Its name.
    #[must_use]
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Light::Red => lang.say("已逾期", "Late"),
            Light::Yellow => lang.say("临近到期", "Due soon"),
            Light::Green => lang.say("期限内", "In time"),
            Light::None => lang.say("无期限", "No deadline"),
        }
    }
}

impl From<engine::clock::Light> for Light {
    fn from(light: engine::clock::Light) -> Light {
        match light {
            engine::clock::Light::Green => Light::Green,
            engine::clock::Light::Yellow => Light::Yellow,
            engine::clock::Light::Red => Light::Red,
        }
    }
}

/// A light with its words; the gravest can be told apart by shape alone.
#[must_use]
pub fn light(light: Light, words: &str) -> Markup {
    html! { span class=(format!("light {}", light.code())) { (shape(light)) span { (words) } } }
}

/// A light that says how much time is left to a deadline.
#[must_use]
pub fn light_until(lang: Lang, due: Option<Until>, now: DateTime, holidays: &Holidays) -> Markup {
    light(Light::of(due, now, holidays), &time_left(lang, due, now))
}

/// How much time is left, in words: calendar days; hours and minutes near a deadline that ends at a moment.
#[must_use]
pub fn time_left(lang: Lang, due: Option<Until>, now: DateTime) -> String {
    let Some(due) = due else { return lang.say("无期限", "no deadline").to_owned() };
    let seconds = due.ends_at().duration_since(now).as_secs();
    if due.time.is_some() && seconds.abs() < FEW_HOURS * HOUR {
        hours_left(lang, seconds, due.is_over(now))
    } else {
        days_left(lang, due.on, now.date())
    }
}

/// Seconds.
const HOUR: i64 = 3_600;

/// Hours are told up to here: two days.
const FEW_HOURS: i64 = 48;

fn hours_left(lang: Lang, seconds: i64, late: bool) -> String {
    let minutes = seconds.abs() / 60;
    if minutes == 0 {
        return match (lang, late) {
            (Lang::Zh, true) => "已逾期不到 1 分钟".into(),
            (Lang::Zh, false) => "还有不到 1 分钟".into(),
            (Lang::En, true) => "less than a minute late".into(),
            (Lang::En, false) => "less than a minute left".into(),
        };
    }
    let (number, zh, en) = match (minutes / 60, minutes) {
        (0, 1) => (minutes, "分钟", "minute"),
        (0, _) => (minutes, "分钟", "minutes"),
        (1, _) => (1, "小时", "hour"),
        (hours, _) => (hours, "小时", "hours"),
    };
    match (lang, late) {
        (Lang::Zh, true) => format!("已逾期 {number} {zh}"),
        (Lang::Zh, false) => format!("还有 {number} {zh}"),
        (Lang::En, true) => format!("{number} {en} late"),
        (Lang::En, false) => format!("{number} {en} left"),
    }
}

fn days_left(lang: Lang, due: Date, today: Date) -> String {
    let days = (due - today).get_days();
    match (lang, days) {
        (Lang::Zh, 0) => "今天是最后一日".into(),
        (Lang::Zh, days) if days < 0 => format!("已逾期 {} 日", -days),
        (Lang::Zh, days) => format!("还有 {days} 日"),
        (Lang::En, 0) => "last day today".into(),
        (Lang::En, -1) => "1 day late".into(),
        (Lang::En, 1) => "1 day left".into(),
        (Lang::En, days) if days < 0 => format!("{} days late", -days),
        (Lang::En, days) => format!("{days} days left"),
    }
}

fn shape(light: Light) -> Markup {
    html! {
        svg viewBox="0 0 12 12" aria-hidden="true" {
            @match light {
                Light::Green => { circle cx="6" cy="6" r="5" fill="currentColor"; }
                Light::Yellow => { path d="M6 .8L11.6 11H.4z" fill="currentColor"; }
                Light::Red => { path d="M1 1h10v10H1z" fill="currentColor"; }
                Light::None => { circle cx="6" cy="6" r="4.5" fill="none" stroke="currentColor"; }
            }
        }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    html! {
        p class="row" { @for one in LIGHTS { (light(one, one.label(Lang::Zh))) } }
        p class="row" { span class="tag" { "附件1" } span class="tag accent" { "办理中" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn words_for_days() {
        let now = date(2022, 2, 24).at(9, 0, 0, 0);
        let left = |on| time_left(Lang::Zh, Some(Until::day(on)), now);
        assert_eq!(left(now.date()), "今天是最后一日");
        assert_eq!(left(date(2022, 2, 23)), "已逾期 1 日");
        assert_eq!(left(date(2022, 3, 1)), "还有 5 日");
        let left = |on| time_left(Lang::En, Some(Until::day(on)), now);
        let told = [20, 23, 25, 26].map(|day| left(date(2022, 2, day)));
        assert_eq!(told, ["4 days late", "1 day late", "1 day left", "2 days left"]);
    }

    #[test]
    fn words_for_hours() {
        let due = Some(Until::moment(date(2022, 2, 24).at(17, 0, 0, 0)));
        let cases = [
            (date(2022, 2, 21).at(9, 0, 0, 0), "还有 3 日", "3 days left"),
            (date(2022, 2, 23).at(9, 0, 0, 0), "还有 32 小时", "32 hours left"),
            (date(2022, 2, 24).at(13, 30, 0, 0), "还有 3 小时", "3 hours left"),
            (date(2022, 2, 24).at(16, 35, 0, 0), "还有 25 分钟", "25 minutes left"),
            (date(2022, 2, 24).at(17, 0, 0, 0), "还有不到 1 分钟", "less than a minute left"),
            (date(2022, 2, 24).at(17, 0, 1, 0), "已逾期不到 1 分钟", "less than a minute late"),
            (date(2022, 2, 24).at(18, 0, 0, 0), "已逾期 1 小时", "1 hour late"),
            (date(2022, 2, 27).at(9, 0, 0, 0), "已逾期 3 日", "3 days late"),
        ];
        for (now, zh, en) in cases {
            assert_eq!(time_left(Lang::Zh, due, now), zh, "{now}");
            assert_eq!(time_left(Lang::En, due, now), en, "{now}");
        }
    }
}
