//! Assumptions (假设): what a regulation does not say and a run must suppose: how many come, how long work takes, how often people are late or wrong.
//!
//! They stand in a small table that an office can edit: `setting,for,value`. Whatever is not there has a default, and the report prints all of them.

use crate::hours::Hours;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt;

/// What a run supposes.
#[derive(Debug, Clone, PartialEq)]
pub struct Assumptions {
    /// Settings with one number each, by name.
    numbers: BTreeMap<&'static str, u32>,
    /// The same for a procedure, step, act, place or desk.
    special: BTreeMap<(&'static str, String), u32>,
    /// Office hours.
    pub hours: Hours,
    /// Times with more arrivals (高峰、灾情): from, to, thousandths of the usual.
    pub floods: Vec<(Date, Date, u32)>,
}

/// A setting: its name, its default, what it means, its unit.
struct Setting {
    name: &'static str,
    usual: u32,
    zh: &'static str,
    unit: Unit,
}

/// How a number is written.
#[derive(Clone, Copy, PartialEq)]
enum Unit {
    /// A whole number.
    Whole,
    /// A number with up to three decimals, kept in thousandths.
    Decimal,
    /// A percentage with one decimal, kept in thousandths.
    Percent,
}

/// Arrivals of a procedure on each day, all places together.
pub(crate) const ARRIVALS: &str = "arrivals";
pub(crate) const WEIGHT: &str = "place-weight";
pub(crate) const CLERKS: &str = "clerks";
pub(crate) const MINUTES: &str = "minutes";
pub(crate) const PICKUP: &str = "pickup-days";
pub(crate) const LATE: &str = "late";
pub(crate) const LATE_DAYS: &str = "late-days";
pub(crate) const REPLY_DAYS: &str = "reply-days";
pub(crate) const SILENT: &str = "silent";
pub(crate) const FAULTS: &str = "faults";
pub(crate) const UNFIT: &str = "unfit";
pub(crate) const RETURNING: &str = "returning";
pub(crate) const SIDE: &str = "side-acts";
pub(crate) const SEND_BACK: &str = "send-back";
pub(crate) const CUT_SHORT: &str = "cut-short";
pub(crate) const WEIGHT_OF_ACT: &str = "choose";

const SETTINGS: [Setting; 16] = [
    Setting {
        name: ARRIVALS, usual: 1_000, zh: "每天新来的件数（全县）；按程序可以另定", unit: Unit::Decimal
    },
    Setting { name: WEIGHT, usual: 1, zh: "各地方来件的比重；按地方代码可以另定", unit: Unit::Whole },
    Setting {
        name: CLERKS, usual: 2, zh: "每个机构岗位的经办人数；按 级别/机构 可以另定", unit: Unit::Whole
    },
    Setting {
        name: MINUTES,
        usual: 30,
        zh: "办一个动作的分钟数；按 程序.环节、程序、级别/机构 可以另定",
        unit: Unit::Whole,
    },
    Setting { name: PICKUP, usual: 2, zh: "到了机构以后，最多隔几个工作日才着手", unit: Unit::Whole },
    Setting {
        name: LATE, usual: 50, zh: "拖到限期以后才着手的比例；按 级别/机构 可以另定", unit: Unit::Percent
    },
    Setting { name: LATE_DAYS, usual: 5, zh: "拖的，最多超过限期几个工作日", unit: Unit::Whole },
    Setting { name: REPLY_DAYS, usual: 5, zh: "群众和企业最多隔几天回应", unit: Unit::Whole },
    Setting { name: SILENT, usual: 50, zh: "轮到群众和企业而不回应的比例", unit: Unit::Percent },
    Setting { name: FAULTS, usual: 100, zh: "材料第一次交上来有差错的比例", unit: Unit::Percent },
    Setting { name: UNFIT, usual: 100, zh: "不看条件就来申请的比例", unit: Unit::Percent },
    Setting {
        name: RETURNING, usual: 100, zh: "来件的是已有对象（不是新对象）的比例", unit: Unit::Percent
    },
    Setting {
        name: SIDE,
        usual: 20,
        zh: "每到一个环节，顺带动作（撤回、异议、延期等）发生的比例",
        unit: Unit::Percent,
    },
    Setting { name: SEND_BACK, usual: 120, zh: "经办人退回、补正的比例", unit: Unit::Percent },
    Setting {
        name: CUT_SHORT, usual: 80, zh: "经办人在可以继续时选择了结（不同意等）的比例", unit: Unit::Percent
    },
    Setting {
        name: WEIGHT_OF_ACT,
        usual: 0,
        zh: "某个动作的比重（主要动作为1000）；只按 程序.动作 定",
        unit: Unit::Whole,
    },
];

const HOURS: &str = "hours";
const FLOOD: &str = "flood";
const USUAL_HOURS: &str = "08:30-12:00; 14:30-18:00";
/// So many arrivals a day, clerks or minutes are the most: above it somebody has mistyped.
const MOST: u32 = 10_000_000;

/// What is wrong with a table of assumptions, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrong {
    /// Line in the file, from 1.
    pub line: u64,
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "第{}行：{} / line {}: {}", self.line, self.zh, self.line, self.en)
    }
}

/// One line as the report prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Setting.
    pub setting: &'static str,
    /// For what; empty for all.
    pub of: String,
    /// Value as written in the table.
    pub value: String,
    /// What it means.
    pub zh: &'static str,
}

impl Default for Assumptions {
    fn default() -> Self {
        Assumptions {
            numbers: SETTINGS.iter().map(|setting| (setting.name, setting.usual)).collect(),
            special: BTreeMap::new(),
            hours: Hours::read(USUAL_HOURS).expect("the usual hours are written as hours are"),
            floods: Vec::new(),
        }
    }
}

impl Assumptions {
    /// Reads a table over the defaults.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn read(text: &str) -> Result<Assumptions, Wrong> {
        let mut assumptions = Assumptions::default();
        let text = text.trim_start_matches('\u{feff}');
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(true)
            .trim(csv::Trim::All)
            .flexible(true)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        for record in reader.records() {
            let record = record.map_err(|fault| {
                let line = fault.position().map_or(0, csv::Position::line);
                wrong(line, "这一行读不出来，应为 setting,for,value", "the line cannot be read")
            })?;
            let line = record.position().map_or(0, csv::Position::line);
            let cell = |index: usize| record.get(index).unwrap_or_default();
            assumptions.line(line, cell(0), cell(1), cell(2))?;
        }
        Ok(assumptions)
    }

    fn line(&mut self, line: u64, name: &str, of: &str, value: &str) -> Result<(), Wrong> {
        match name {
            HOURS => {
                self.hours = Hours::read(value).ok_or_else(|| {
                    wrong(line, "应写成 08:30-12:00; 14:30-18:00", "hours are written as 08:30-12:00; 14:30-18:00")
                })?;
            }
            FLOOD => {
                let days = of.split_once("..").and_then(|(from, to)| {
                    Some((calendar::parse_date(from.trim()).ok()?, calendar::parse_date(to.trim()).ok()?))
                });
                let days = days.filter(|(from, to)| from <= to).ok_or_else(|| {
                    wrong(line, "for 应写成 2024-07-15..2024-08-05", "`for` is written as 2024-07-15..2024-08-05")
                })?;
                self.floods.push((days.0, days.1, read(value, Unit::Decimal).ok_or_else(|| number(line, value))?));
            }
            _ => {
                let setting = SETTINGS.iter().find(|setting| setting.name == name).ok_or_else(|| {
                    let names: Vec<&str> = SETTINGS.iter().map(|setting| setting.name).collect();
                    let known = format!("{}、{HOURS}、{FLOOD}", names.join("、"));
                    wrong(line, &format!("没有“{name}”这项假设；有：{known}"), &format!("there is no setting `{name}`"))
                })?;
                let value = read(value, setting.unit).ok_or_else(|| number(line, value))?;
                if of.is_empty() {
                    self.numbers.insert(setting.name, value);
                } else {
                    self.special.insert((setting.name, of.to_owned()), value);
                }
            }
        }
        Ok(())
    }

    /// A setting for the first of these names that has its own; else for all.
    pub(crate) fn number(&self, setting: &'static str, of: &[&str]) -> u32 {
        let own = of.iter().find_map(|name| self.special.get(&(setting, (*name).to_owned())));
        own.or_else(|| self.numbers.get(setting)).copied().unwrap_or_default()
    }

    /// A setting that somebody gave for one thing only.
    pub(crate) fn own(&self, setting: &'static str, of: &str) -> Option<u32> {
        self.special.get(&(setting, of.to_owned())).copied()
    }

    /// How many times the usual number comes on a day, in thousandths.
    pub(crate) fn flood(&self, day: Date) -> u64 {
        let now = self.floods.iter().filter(|(from, to, _)| *from <= day && day <= *to);
        now.map(|(_, _, factor)| u64::from(*factor)).max().unwrap_or(1_000)
    }

    /// All of them, the defaults too, as the report prints them.
    #[must_use]
    pub fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for setting in &SETTINGS {
            let own = self.special.iter().filter(|((name, _), _)| *name == setting.name);
            let own = own.map(|((_, of), value)| (of.clone(), *value));
            let all = (setting.name != WEIGHT_OF_ACT).then(|| (String::new(), self.numbers[setting.name]));
            lines.extend(all.into_iter().chain(own).map(|(of, value)| Line {
                setting: setting.name,
                of,
                value: written(value, setting.unit),
                zh: setting.zh,
            }));
        }
        let hours = Line {
            setting: HOURS, of: String::new(), value: self.hours.text(), zh: "机构办公时间（工作日）"
        };
        lines.push(hours);
        lines.extend(self.floods.iter().map(|(from, to, factor)| Line {
            setting: FLOOD,
            of: format!("{from}..{to}"),
            value: written(*factor, Unit::Decimal),
            zh: "这一段时间来件是平时的几倍",
        }));
        lines
    }
}

fn wrong(line: u64, zh: &str, en: &str) -> Wrong {
    Wrong { line, zh: zh.to_owned(), en: en.to_owned() }
}

fn number(line: u64, value: &str) -> Wrong {
    wrong(line, &format!("“{value}”不是这里要的数"), &format!("`{value}` is no number that fits here"))
}

/// A number as it is kept: thousandths of decimals and of percentages.
fn read(text: &str, unit: Unit) -> Option<u32> {
    let text = text.trim();
    let (text, places) = match unit {
        Unit::Whole => (text, 0),
        Unit::Decimal => (text, 3),
        Unit::Percent => (text.strip_suffix('%')?.trim_end(), 1),
    };
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > places || !digits(whole) || !digits(rest) {
        return None;
    }
    let value: u32 = format!("{whole}{rest:0<places$}").parse().ok()?;
    let most = if unit == Unit::Percent { 1_000 } else { MOST };
    (value <= most).then_some(value)
}

fn written(value: u32, unit: Unit) -> String {
    match unit {
        Unit::Whole => value.to_string(),
        Unit::Percent if value.is_multiple_of(10) => format!("{}%", value / 10),
        Unit::Percent => format!("{}.{}%", value / 10, value % 10),
        Unit::Decimal => {
            let text = format!("{}.{:03}", value / 1000, value % 1000);
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_table_lies_over_the_defaults() {
        let text = "\u{feff}setting,for,value\n# a remark\narrivals,dog-licence,2.5\nlate,,7.5%\nminutes,dog-licence.review,45\n\
                    hours,,09:00-12:00\nflood,2024-07-15..2024-08-05,4\n";
        let read = Assumptions::read(text).unwrap();
        assert_eq!(read.number(ARRIVALS, &["dog-licence"]), 2_500);
        assert_eq!(read.number(ARRIVALS, &["cat-licence"]), 1_000);
        assert_eq!(read.number(LATE, &["county/x"]), 75);
        assert_eq!(read.number(MINUTES, &["dog-licence.payment", "dog-licence.review"]), 45);
        assert_eq!((read.flood(date(2024, 7, 15)), read.flood(date(2024, 8, 6))), (4_000, 1_000));
        let printed: Vec<String> =
            read.lines().iter().map(|line| format!("{},{},\"{}\"", line.setting, line.of, line.value)).collect();
        let again = Assumptions::read(&format!("setting,for,value\n{}", printed.join("\n"))).unwrap();
        assert_eq!(again, read, "what is printed can be read again");
    }

    #[test]
    fn a_wrong_line_is_told_with_its_number() {
        for (line, said) in [
            ("late,,5", "不是这里要的数"),
            ("late,,120%", "不是这里要的数"),
            ("clerks,,-1", "不是这里要的数"),
            ("arrivals,,1.2345", "不是这里要的数"),
            ("arivals,,1", "没有“arivals”"),
            ("flood,2024-08-05..2024-07-15,2", "2024-07-15..2024-08-05"),
            ("hours,,always", "08:30"),
        ] {
            let wrong = Assumptions::read(&format!("setting,for,value\nlate,,5%\n{line}\n")).unwrap_err();
            assert!(wrong.line == 3 && wrong.zh.contains(said), "{line}: {wrong}");
        }
    }
}
