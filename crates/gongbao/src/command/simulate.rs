//! `gongbao simulate`: tries a procedure, and a draft of its regulation, on a synthetic county for years of virtual time.

use crate::simulate::{self, Wish};
use crate::system;
use anyhow::{Context, Result};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(Args)]
pub struct Simulate {
    /// 程序名；写法规短名，就是它的全部程序；可以写几个
    /// / procedures, or regulations' ids for all of their procedures
    #[arg(required = true, value_name = "PROCEDURE")]
    procedures: Vec<String>,
    /// 修改稿：同样的来件按现行的和修改稿各走一遍 / a draft: the same arrivals under both versions
    #[arg(long, value_name = "FILE")]
    draft: Option<PathBuf>,
    /// 推演几年 / years of virtual time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=50))]
    years: u32,
    /// 随机种子：相同的种子和材料，结果相同 / the same seed and files give the same figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// 报告写到这个目录：report.html、report.json / folder for the report
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// 假设：一张 setting,for,value 的表（docs/simulate.md） / assumptions, a table
    #[arg(long, value_name = "FILE")]
    assume: Option<PathBuf>,
    /// 从哪一日起；默认是节假日安排齐全的最近一年 / first day; default: of the latest year whose holidays are known
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    /// 再由另一个进程在数据库上把全部办理重做一遍，中途断电三次，核对结果相同
    /// / another process does all acts again on a database, is killed three times, and must come to the same
    #[arg(long)]
    faults: bool,
    /// 断电试验里重做的那个进程 / the process of the crash test
    #[arg(long, value_name = "DIR", hide = true)]
    redo: Option<PathBuf>,
    #[arg(long, value_name = "N", hide = true, default_value_t = 0)]
    skip: usize,
    /// 以 JSON 输出 / print the report as JSON
    #[arg(long)]
    json: bool,
}

impl Simulate {
    /// Exit 0: everything went on; 1: something did not; 2: unusable.
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let loaded = system::load(home)?;
        let again = self.again(home);
        let read = |file: &PathBuf| {
            std::fs::read_to_string(file).with_context(|| format!("无法读取 {} / cannot read it", file.display()))
        };
        let wish = Wish {
            procedures: self.procedures,
            draft: self.draft.as_ref().map(|file| Ok::<_, anyhow::Error>((file.clone(), read(file)?))).transpose()?,
            years: self.years,
            seed: self.seed,
            out: self.out,
            assume: self.assume.as_ref().map(|file| Ok::<_, anyhow::Error>((file.clone(), read(file)?))).transpose()?,
            from: self.from,
            faults: self.faults.then_some(again),
            redo: self.redo.map(|folder| (folder, self.skip)),
            json: self.json,
        };
        let went = simulate::run(&loaded, wish)?;
        Ok(ExitCode::from(u8::from(!went)))
    }

    /// The arguments with which another process makes the same run.
    fn again(&self, home: Option<&Path>) -> Vec<String> {
        let mut arguments = vec!["simulate".to_owned()];
        arguments.extend(self.procedures.iter().cloned());
        let mut option = |name: &str, value: Option<String>| {
            arguments.extend(value.into_iter().flat_map(|value| [name.to_owned(), value]));
        };
        let path = |path: &Path| path.to_string_lossy().into_owned();
        option("--home", home.map(path));
        option("--years", Some(self.years.to_string()));
        option("--seed", Some(self.seed.to_string()));
        option("--assume", self.assume.as_deref().map(path));
        option("--from", self.from.clone());
        arguments
    }
}
