//! `gongbao log`: the journal as a transparency log, from the command line.

use super::data::Data;
use crate::clock::CountyClock;
use crate::notary::Notary;
use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand};
use std::path::Path;
use std::process::ExitCode;
use store::log::LogKeeper as _;
use store::{Log as _, StoreExt};
use web::Clock as _;

#[derive(Args)]
pub struct LogCommand {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 立即签署检查点 / sign a checkpoint now
    Checkpoint(Data),
    /// 打印公钥 / print the public keys
    Keys(Data),
    /// 打印最新的根及其证明，供公报刊印（gazette print --root）/ print the newest roots with their proof, for the gazette to print
    Root(Data),
    /// 打印某号动作的离线证明 / print the offline proof of an act
    Proof {
        /// 日志序号 / its place in the journal
        seq: u64,
        #[command(flatten)]
        data: Data,
    },
}

impl LogCommand {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        match self.what {
            What::Checkpoint(data) => checkpoint(&data, home)?,
            What::Keys(data) => keys(&data)?.known().iter().for_each(|key| outln!("{key}")),
            What::Root(data) => {
                let proof = data.open_existing(home)?.read(|snapshot| snapshot.log_root_proof())?;
                let proof = proof.context("还没有检查点 / there is no checkpoint yet")?.to_string();
                outln!("{}", proof.trim_end());
            }
            What::Proof { seq, data } => {
                let store = data.open_existing(home)?;
                let proof = store.read(|snapshot| snapshot.log_proof(seq))?;
                let none =
                    "还没有检查点包含它；先运行 `gongbao log checkpoint` / no checkpoint covers it yet: run that first";
                let proof = proof.with_context(|| format!("act {seq}: {none}"))?.to_string();
                outln!("{}", proof.trim_end());
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn keys(data: &Data) -> Result<Notary> {
    let none = || {
        anyhow!(
            "{} 里没有日志密钥；首次 `serve` 时生成 / no keys of a log there: the first `serve` makes them",
            data.dir.display()
        )
    };
    Notary::find(&data.dir)?.ok_or_else(none)
}

fn checkpoint(data: &Data, home: Option<&Path>) -> Result<()> {
    let notary = keys(data)?;
    let store = data.open_existing(home)?;
    let now = CountyClock::real(store.read(|snapshot| snapshot.latest_moment())?)?.now();
    while store.log_step(&notary, now)?.is_some() {}
    let newest = store.read(|snapshot| snapshot.log_newest())?;
    match newest {
        Some(newest) => outln!("{}", newest.note.trim_end()),
        None => outln!("{}：还没有动作 / there are no acts yet", notary.origin()),
    }
    Ok(())
}
