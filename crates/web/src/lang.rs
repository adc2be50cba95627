//! The two languages of the pages (中文、English): sentences stand beside each other where they are said.

use jiff::civil::{Date, DateTime};
use regulation::model::Label;

/// The reader's language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Chinese, the default.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The language of a code such as `en` or `zh-CN`, if it is one of ours.
    #[must_use]
    pub fn read(code: &str) -> Option<Lang> {
        match code.split('-').next()? {
            "zh" => Some(Lang::Zh),
            "en" => Some(Lang::En),
            _ => None,
        }
    }

    /// The `lang` attribute of a page.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.say("zh-CN", "en")
    }

    /// One of two sentences.
    #[must_use]
    pub fn say<'a>(self, zh: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Zh => zh,
            Lang::En => en,
        }
    }

    /// A label of a regulation; Chinese where it has no English.
    #[must_use]
    pub fn label(self, label: &Label) -> &str {
        match (self, &label.en) {
            (Lang::En, Some(en)) => en,
            _ => &label.zh,
        }
    }

    /// A date as people read it.
    #[must_use]
    pub fn date(self, date: Date) -> String {
        match self {
            Lang::Zh => calendar::zh_date(date),
            Lang::En => {
                format!("{} {} {}", date.day(), MONTHS[usize::from(date.month().unsigned_abs()) - 1], date.year())
            }
        }
    }

    /// A date with its day of the week.
    #[must_use]
    pub fn day(self, date: Date) -> String {
        match self {
            Lang::Zh => format!("{}（{}）", calendar::zh_date(date), calendar::zh_weekday(date.weekday())),
            Lang::En => format!("{}, {}", date.strftime("%A"), self.date(date)),
        }
    }

    /// The end of a deadline: a day, or a moment.
    #[must_use]
    pub fn until(self, until: calendar::Until) -> String {
        match until.time {
            Some(_) => self.moment(until.ends_at()),
            None => self.day(until.on),
        }
    }

    /// A moment to the minute.
    #[must_use]
    pub fn moment(self, at: DateTime) -> String {
        format!("{} {:02}:{:02}", self.date(at.date()), at.hour(), at.minute())
    }

    /// A number of things, with the measure word where Chinese has one.
    #[must_use]
    pub fn count(self, number: usize, measure: &str, one: &str, many: &str) -> String {
        match self {
            Lang::Zh => format!("{number} {measure}"),
            Lang::En => format!("{number} {}", if number == 1 { one } else { many }),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A sentence in both languages, where the reader's is not known yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Both {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Both {
    /// Both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Both {
        Both { zh: zh.into(), en: en.into() }
    }

    /// In one language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        lang.say(&self.zh, &self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn dates_in_both_languages() {
        let monday = date(2022, 2, 14);
        assert_eq!(Lang::Zh.date(monday), "2022年2月14日");
        assert_eq!(Lang::En.date(monday), "14 February 2022");
        assert_eq!(Lang::En.day(monday), "Monday, 14 February 2022");
    }

    #[test]
    fn only_our_languages_are_read() {
        assert_eq!(Lang::read("en-GB"), Some(Lang::En));
        assert_eq!(Lang::read("zh"), Some(Lang::Zh));
        assert_eq!(Lang::read("de"), None);
    }
}
