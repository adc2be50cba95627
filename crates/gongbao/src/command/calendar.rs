//! `gongbao calendar add DATE TERM`: the last day of a term, and why.

use anyhow::{Result, anyhow};
use calendar::{Holidays, Rules, Term, due, parse_date};
use clap::{Args, Subcommand};
use std::process::ExitCode;

#[derive(Args)]
pub struct Calendar {
    #[command(subcommand)]
    question: Question,
}

#[derive(Subcommand)]
enum Question {
    /// 期限的最后一日 / the last day of a term: `add 2022-01-28 "5 working-days"`
    Add {
        /// 事件日期 / date of the event (day 0)
        date: String,
        /// 期限 / term: `10 days`, `5 working-days`, `2 years`, `5个工作日`
        term: String,
        /// 输出 JSON / print JSON
        #[arg(long)]
        json: bool,
    },
}

impl Calendar {
    pub fn run(self) -> Result<ExitCode> {
        let Question::Add { date, term, json } = self.question;
        let date = parse_date(&date).map_err(|fault| anyhow!("{fault}"))?;
        let term: Term = term.parse().map_err(|fault| anyhow!("{fault}"))?;
        let due = due(date, term, &Rules::default(), &Holidays::built_in())
            .map_err(|fault| anyhow!("{} / {}", fault.zh(), fault.en()))?;
        if json {
            let why: Vec<String> = due.why.iter().map(calendar::Why::zh).collect();
            let answer = serde_json::json!({ "due": due.on.to_string(), "raw": due.raw.to_string(), "provisional": due.provisional, "why": why });
            outln!("{answer:#}");
        } else {
            outln!("{}", due.on);
            for why in &due.why {
                outln!("  {}", why.zh());
            }
            if due.provisional {
                outln!("  （节假日安排尚未公布，按周末推算 / provisional: the year's holidays are not published）");
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
