//! `gongbao bench`: measures speed on this machine. Figures are for ratios within one run.

use super::data::address;
use crate::bench;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

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
    /// 只测网上办理 / only acts over HTTP
    #[arg(long)]
    acts: bool,
    /// 每次落盘另加的毫秒数，用以推想较慢的磁盘 / milliseconds added to each flush, to see what a slower disk would give
    #[arg(long, value_name = "N", default_value_t = 0)]
    flush_ms: u64,
    /// 改在此空的 PostgreSQL 库上只测网上办理，测过的数据留在库里 / only acts over HTTP, on an empty database of a server; what is measured stays there
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// 一个进程装这么多个县各要多少代价，如 1,10,100 / what a process costs with so many counties in it
    #[arg(long, value_name = "N,…", value_delimiter = ',', conflicts_with_all = ["acts", "flush_ms", "database"])]
    counties: Vec<usize>,
    /// 把各县数的结果画成图（SVG）/ file for the plot of these figures
    #[arg(long, value_name = "FILE", requires = "counties")]
    plot: Option<PathBuf>,
}

impl Bench {
    pub fn run(self, _home: Option<&Path>) -> Result<ExitCode> {
        let folder =
            self.folder.unwrap_or_else(std::env::temp_dir).join(format!("gongbao-bench-{}", std::process::id()));
        let executable = std::env::current_exe().context("the path of this program")?;
        let flush = Duration::from_millis(self.flush_ms);
        // Only where it is named here: the environment names the county's own.
        let server = self.database.as_deref().map(address).transpose()?;
        let plan = bench::Plan { seconds: self.seconds, acts_only: self.acts, flush, server };
        std::fs::create_dir_all(&folder).with_context(|| format!("making {}", folder.display()))?;
        let measured = if self.counties.is_empty() {
            bench::run(&folder, &plan, &executable)
        } else {
            Bench::grow(&folder, &self.counties, self.seconds, self.plot.as_deref())
        };
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

    /// What growth in counties costs.
    fn grow(folder: &Path, counts: &[usize], seconds: u64, plot: Option<&Path>) -> Result<Value> {
        if !counts.is_sorted() || counts.contains(&0) {
            bail!("--counties 应由小到大，从 1 起 / must be ascending, from 1");
        }
        let (measured, svg) = bench::grow(folder, counts, seconds)?;
        if let Some(file) = plot {
            std::fs::write(file, svg).with_context(|| file.display().to_string())?;
        }
        Ok(measured)
    }
}
