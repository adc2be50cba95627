//! `gongbao gazette import FILE --data DIR`: an issue printed before enters the county, document by document, through acts.

use super::data::Data;
use super::gazette::{bytes, printed};
use crate::clock::CountyClock;
use crate::system;
use anyhow::{Context, Result, anyhow};
use clap::Args;
use gazette::model::{Gazette, Severity};
use gazette::reading::read;
use jiff::civil::DateTime;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::StoreExt as _;
use web::Clock as _;
use web::taking_in::{Became, Taken, take_in};

#[derive(Args)]
pub struct Import {
    /// 文本文件（UTF-8 或 GB18030），`-` 为标准输入 / the text, `-` for standard input
    file: PathBuf,
    #[command(flatten)]
    data: Data,
    /// 收录的时刻（教学、测试）；默认此刻 / the moment of the acts; default: now
    #[arg(long, value_name = "DATETIME")]
    now: Option<DateTime>,
    /// 输出 JSON / print JSON
    #[arg(long)]
    json: bool,
}

impl Import {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let loaded = system::load(home)?;
        let source = bytes(&self.file).with_context(|| format!("无法读取 {} / cannot read it", self.file.display()))?;
        let printed = printed(&loaded.home)?;
        let gazette = read(&source, &printed.profile).map_err(|refusal| anyhow!("{refusal}"))?;
        let store = self.data.open(&loaded.library)?;
        let now = match self.now {
            Some(now) => now,
            None => CountyClock::real(store.read(|snapshot| snapshot.latest_moment())?)?.now(),
        };
        let taken = take_in(&store, &printed, None, &source, &gazette, now)?;
        if self.json {
            outln!("{:#}", data(&gazette, &taken));
        } else {
            say(&gazette, &taken);
        }
        let all_in = taken
            .documents
            .iter()
            .all(|became| matches!(became, Became::Entered(_) | Became::Waiting(_) | Became::Known(_)));
        Ok(ExitCode::from(u8::from(!all_in)))
    }
}

/// What was found and what became of it.
fn say(gazette: &Gazette, taken: &Taken) {
    let errors = gazette.doubts.iter().filter(|doubt| doubt.code.meaning().level == Severity::Error).count();
    outln!(
        "读出 {} 件，修复 {} 处，存疑 {} 处（错误级 {errors} 处） / {} documents, {} repairs, {} doubts ({errors} grave)",
        gazette.documents.len(),
        gazette.repairs.len(),
        gazette.doubts.len(),
        gazette.documents.len(),
        gazette.repairs.len(),
        gazette.doubts.len()
    );
    let (issue, known) = &taken.issue;
    outln!(
        "{} {issue}",
        if *known {
            "这一期已经收录 / this issue is here already:"
        } else {
            "已收录这一期 / the issue is in:"
        }
    );
    for (document, became) in gazette.documents.iter().zip(&taken.documents) {
        let (sign, said) = match became {
            Became::Entered(matter) => ("✓", format!("已收录 / entered {matter}")),
            Became::Waiting(matter) => ("…", format!("已收录，核对以后公开 / entered, public after a look {matter}")),
            Became::Known(matter) => ("=", format!("已经收录过 / here already {matter}")),
            Became::Conflict(title) => (
                "!",
                format!(
                    "文号已在册，文字不同：{title}。请核对是新文本、重复，还是读错 / the number is taken by another text"
                ),
            ),
            Became::Refused(why) => ("✗", format!("没有收录：{why} / not entered")),
        };
        outln!("{sign} {} {}：{said}", document.number, document.title);
    }
}

fn data(gazette: &Gazette, taken: &Taken) -> Value {
    let documents: Vec<Value> = gazette
        .documents
        .iter()
        .zip(&taken.documents)
        .map(|(document, became)| {
            let (state, said) = match became {
                Became::Entered(matter) => ("entered", matter),
                Became::Waiting(matter) => ("waiting", matter),
                Became::Known(matter) => ("known", matter),
                Became::Conflict(title) => ("conflict", title),
                Became::Refused(why) => ("refused", why),
            };
            json!({ "number": document.number.to_string(), "title": document.title, "state": state, "of": said })
        })
        .collect();
    json!({
        "issue": { "matter": taken.issue.0, "known": taken.issue.1 },
        "documents": documents,
        "repairs": gazette.repairs.len(),
        "doubts": gazette.doubts.len(),
    })
}
