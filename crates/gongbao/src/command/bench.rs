//! `gongbao bench`: measures speed on this machine. Figures are for ratios within one run.

use crate::bench;
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Bench {
    /// 每组秒数 / seconds for each number of users
    #[arg(long, default_value_t = 5)]
    seconds: u64,
    /// 只输出一行 JSON / print one line of JSON
    #[arg(long)]
    json: bool,
    /// 在此目录下测量；默认系统临时目录 / folder to measure in; default: the system's temporary one
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

impl Bench {
    pub fn run(self, _home: Option<&Path>) -> Result<ExitCode> {
        let folder =
            self.folder.unwrap_or_else(std::env::temp_dir).join(format!("gongbao-bench-{}", std::process::id()));
        let executable = std::env::current_exe().context("the path of this program")?;
        let measured = bench::run(&folder, self.seconds, &executable);
        let swept = std::fs::remove_dir_all(&folder);
        let measured = measured?;
        swept.with_context(|| format!("removing {}", folder.display()))?;
        if self.json {
            outln!("{measured}")
        } else {
            outln!("{measured:#}")
        }
        Ok(ExitCode::SUCCESS)
    }
}
