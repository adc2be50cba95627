//! Lights (红黄绿灯): how a statutory clock stands, by colour, shape and words.

use crate::lang::Lang;
use calendar::{Holidays, Rules, Term, Unit};
use jiff::civil::Date;
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
    /// The light of a last day, seen on a day: yellow from two working days before it, as the engine's lights of clocks.
    #[must_use]
    pub fn of(due: Option<Date>, today: Date, holidays: &Holidays) -> Light {
        let Some(due) = due else { return Light::None };
        if due < today {
            return Light::Red;
        }
        let near = calendar::before(due, Term::new(2, Unit::WorkingDays), &Rules::default(), holidays).unwrap_or(due);
        if near <= today { Light::Yellow } else { Light::Green }
    }

    /// The light of a running clock.
    #[must_use]
    pub fn of_clock(clock: &engine::event::Clock, today: Date, holidays: &Holidays) -> Light {
        match engine::clock::light(clock, today, holidays) {
            engine::clock::Light::Green => Light::Green,
            engine::clock::Light::Yellow => Light::Yellow,
            engine::clock::Light::Red => Light::Red,
        }
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

/// A light with its words; the gravest can be told apart by shape alone.
#[must_use]
pub fn light(light: Light, words: &str) -> Markup {
    html! { span class=(format!("light {}", light.code())) { (shape(light)) span { (words) } } }
}

/// A light that says how many days are left to a last day.
#[must_use]
pub fn light_until(lang: Lang, due: Option<Date>, today: Date, holidays: &Holidays) -> Markup {
    light(Light::of(due, today, holidays), &days_left(lang, due, today))
}

/// How many calendar days are left, in words.
#[must_use]
pub fn days_left(lang: Lang, due: Option<Date>, today: Date) -> String {
    let Some(due) = due else { return lang.say("无期限", "no deadline").to_owned() };
    let days = (due - today).get_days();
    match (lang, days) {
        (Lang::Zh, 0) => "今天是最后一日".into(),
        (Lang::Zh, days) if days < 0 => format!("已逾期 {} 日", -days),
        (Lang::Zh, days) => format!("还有 {days} 日"),
        (Lang::En, 0) => "last day today".into(),
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
        let today = date(2022, 2, 24);
        assert_eq!(days_left(Lang::Zh, Some(today), today), "今天是最后一日");
        assert_eq!(days_left(Lang::Zh, Some(date(2022, 2, 23)), today), "已逾期 1 日");
        assert_eq!(days_left(Lang::Zh, Some(date(2022, 3, 1)), today), "还有 5 日");
    }
}
