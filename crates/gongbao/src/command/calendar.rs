//! `gongbao calendar add DATE TERM`: the last day of a term, and why.

use anyhow::{Result, anyhow};
use calendar::{Holidays, Rules, Term, Why, due, due_at, parse_date, parse_time};
use clap::{Args, Subcommand};
use std::process::ExitCode;

#[derive(Args)]
pub struct Calendar {
    #[command(subcommand)]
    question: Question,
}

#[derive(Subcommand)]
enum Question {
    /// 期限的最后一日 / the last day of a term: `add 2022-01-28 "5 working-days"`, `add "2022-01-28 10:15" "4 hours"`
    Add {
        /// 事件日期（按小时的期限，写到时刻） / date of the event (day 0); of a term in hours, its moment
        date: String,
        /// 期限 / term: `10 days`, `5 working-days`, `2 years`, `5个工作日`, `24 hours`
        term: String,
        /// 输出 JSON / print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Calendar {
    pub fn run(self) -> Result<ExitCode> {
        let Question::Add { date, term, json } = self.question;
        let term: Term = term.parse().map_err(|fault| anyhow!("{fault}"))?;
        let end = if term.unit.is_of_clock() { hours(&date, term)? } else { days(&date, term)? };
        if json {
            let why: Vec<String> = end.why.iter().map(Why::zh).collect();
            let answer = serde_json::json!({
                "due": end.due, "due_at": end.due_at, "raw": end.raw, "provisional": end.provisional, "why": why,
            });
            outln!("{answer:#}");
        } else {
            outln!("{}", end.due_at.as_ref().unwrap_or(&end.due));
            for why in &end.why {
                outln!("  {}", why.zh());
            }
            if end.provisional {
                outln!("  （节假日安排尚未公布，按周末推算 / provisional: the year's holidays are not published）");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

struct End {
    due: String,
    due_at: Option<String>,
    raw: String,
    provisional: bool,
    why: Vec<Why>,
}

fn days(date: &str, term: Term) -> Result<End> {
    let date = parse_date(date).map_err(|fault| anyhow!("{fault}"))?;
    let due = due(date, term, &Rules::default(), &Holidays::built_in())
        .map_err(|fault| anyhow!("{} / {}", fault.zh(), fault.en()))?;
    let (on, raw) = (due.on.to_string(), due.raw.to_string());
    Ok(End { due: on, due_at: None, raw, provisional: due.provisional, why: due.why })
}

fn hours(moment: &str, term: Term) -> Result<End> {
    let unread =
        || anyhow!("按小时的期限要从时刻起算，如 2022-01-28 10:15 / hours run from a moment such as 2022-01-28 10:15");
    let (date, time) = moment.split_once([' ', 'T']).ok_or_else(unread)?;
    let date = parse_date(date).map_err(|fault| anyhow!("{fault}"))?;
    let from = date.to_datetime(parse_time(time).map_err(|fault| anyhow!("{fault}"))?);
    let to = due_at(from, term).map_err(|fault| anyhow!("{} / {}", fault.zh(), fault.en()))?;
    let on = to.date().to_string();
    let why = vec![Why::Ran { from, to, term }, Why::EndsAt { at: to }];
    Ok(End { due: on.clone(), due_at: Some(to.to_string()), raw: on, provisional: false, why })
}
