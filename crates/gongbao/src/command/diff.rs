//! `gongbao diff`: what a draft of a regulation changes against the version that runs, and for whom.

use crate::system;
use anyhow::{Context, Result, bail};
use clap::Args;
use engine::rights::party_title;
use regulation::analysis::difference::{Difference, How, Line, differences};
use regulation::model::Regulation;
use regulation::trial::Trial;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

#[derive(Args)]
pub struct Diff {
    /// 修改后的规定 / the regulation as it is to read
    file: PathBuf,
    /// 与这一份比较；默认是目录里同一短名的规定 / compare with this one; default: the one of the same id in regulations/
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// 以 JSON 输出 / print JSON
    #[arg(long)]
    json: bool,
}

impl Diff {
    /// Exit 0: nothing differs; 1: something does; 2: unusable.
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let loaded = system::load(home)?;
        let new = tried(&loaded, &self.file)?;
        let old = match &self.against {
            Some(file) => Some(tried(&loaded, file)?),
            None => loaded.library.rulebook.regulations.get(&new.id).cloned(),
        };
        let found = differences(old.as_deref(), &new);
        let said: Vec<(Difference, Vec<String>)> = found
            .into_iter()
            .map(|one| {
                let whom = one.whom.iter().map(|party| party_title(&loaded.library.county, party)).collect();
                (one, whom)
            })
            .collect();
        if self.json {
            outln!("{:#}", json!({ "regulation": new.id, "changes": said.iter().map(as_json).collect::<Vec<_>>() }));
        } else {
            said.iter().for_each(print);
        }
        Ok(ExitCode::from(u8::from(!said.is_empty())))
    }
}

/// A file's regulation among those that run; its errors, if it has any.
fn tried(loaded: &system::Loaded, file: &Path) -> Result<Arc<Regulation>> {
    let bytes = std::fs::read(file).with_context(|| format!("无法读取 {} / cannot read it", file.display()))?;
    let text = String::from_utf8(bytes).with_context(|| format!("{} 不是 UTF-8 / is not UTF-8", file.display()))?;
    let trial = Trial::of(&loaded.library.rulebook, &loaded.home.with_supplement(&text));
    match trial.regulation() {
        Some(regulation) => Ok(Arc::clone(regulation)),
        None => {
            let errors = trial.errors().count();
            bail!(
                "{} 有 {errors} 处错误，先运行 `gongbao check` / it has {errors} errors: run `gongbao check`",
                file.display()
            )
        }
    }
}

fn how(how: How) -> (&'static str, &'static str) {
    match how {
        How::Added => ("added", "新增"),
        How::Removed => ("removed", "删去"),
        How::Changed => ("changed", "修改"),
    }
}

fn print((one, whom): &(Difference, Vec<String>)) {
    let clause = one.clause.as_ref().map(|clause| format!(" [{clause}]")).unwrap_or_default();
    outln!("{} {} {}{clause}", how(one.how).1, one.kind, one.label);
    if !whom.is_empty() {
        outln!("    影响 / for: {}", whom.join("、"));
    }
    for line in &one.lines {
        match line {
            Line::Same(text) => outln!("      {text}"),
            Line::Gone(text) => outln!("    - {text}"),
            Line::New(text) => outln!("    + {text}"),
            Line::Skipped(count) => outln!("      … {count}"),
        }
    }
}

fn as_json((one, whom): &(Difference, Vec<String>)) -> Value {
    let line = |line: &Line| match line {
        Line::Same(text) => json!({ "same": text }),
        Line::Gone(text) => json!({ "before": text }),
        Line::New(text) => json!({ "after": text }),
        Line::Skipped(count) => json!({ "skipped": count }),
    };
    json!({
        "how": how(one.how).0,
        "kind": one.kind,
        "name": one.name,
        "label": one.label,
        "clause": one.clause,
        "for": whom,
        "lines": one.lines.iter().map(line).collect::<Vec<_>>(),
    })
}
