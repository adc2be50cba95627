//! `gongbao verify | rebuild | backup | restore`: looking after a data folder.

use crate::system;
use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Store, StoreExt};

/// Where the data lies, for every command that needs it.
#[derive(Args)]
pub struct Data {
    /// 数据目录 / data folder
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    pub dir: PathBuf,
}

impl Data {
    /// Opens the store in it, which must be there.
    pub fn open_existing(&self, home: Option<&Path>) -> Result<store::Sqlite> {
        let database = self.dir.join(store::DATABASE);
        if !database.is_file() {
            anyhow::bail!(
                "{} 里没有数据，用 --data 指定 / no data there: name the folder with --data",
                self.dir.display()
            );
        }
        system::open(&system::load(home)?.library, &self.dir)
    }
}

/// Checks every leaf, the order of the journal and the projections.
#[derive(Args)]
pub struct Verify {
    #[command(flatten)]
    data: Data,
    /// 输出 JSON / print JSON
    #[arg(long)]
    json: bool,
}

impl Verify {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let found = self.data.open_existing(home)?.verify(&mut |_, _| ())?;
        let ok = found.wrongs.is_empty();
        if self.json {
            let faults: Vec<_> = found
                .wrongs
                .iter()
                .map(|wrong| json!({ "what": wrong.what, "where": wrong.where_, "since": wrong.since }))
                .collect();
            let checked = json!({ "acts": found.acts, "leaves": found.leaves, "projections": found.projections });
            outln!("{:#}", json!({ "ok": ok, "checked": checked, "faults": faults }));
        } else {
            for wrong in &found.wrongs {
                outln!(
                    "✗ {}：{}（自 {}）",
                    wrong.where_,
                    wrong.what,
                    wrong.since.as_deref().unwrap_or("不详 / unknown")
                );
            }
            let (acts, tables) = (found.acts, found.projections);
            outln!(
                "{} 个动作、{} 个叶值、{tables} 张投影表已核验 / {acts} acts, {} leaves, {tables} projections checked",
                acts,
                found.leaves,
                found.leaves
            );
            outln!("{}", if ok { "未发现改动 / nothing was changed" } else { "发现问题 / something is wrong" });
        }
        Ok(ExitCode::from(u8::from(!ok)))
    }
}

/// Makes the projections anew.
#[derive(Args)]
pub struct Rebuild {
    #[command(flatten)]
    data: Data,
}

impl Rebuild {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let store = self.data.open_existing(home)?;
        let before = store.projection_digest()?;
        store.rebuild(&mut |done, of| {
            if done == of || done % 10_000 == 0 {
                eprintln!("{done}/{of}");
            }
        })?;
        let after = store.projection_digest()?;
        outln!("投影摘要 / digest of the projections: {after}");
        outln!(
            "{}",
            if before == after {
                "与重建前一致 / the same as before"
            } else {
                "与重建前不同，原投影已替换 / different: the old projections were replaced"
            }
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Copies everything into one file.
#[derive(Args)]
pub struct Backup {
    /// 备份文件，须尚不存在 / the file to make
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Backup {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        self.data.open_existing(home)?.backup(&self.file)?;
        outln!(
            "已备份到 {} / backed up. 县级密钥 county.key 不在其中，另行保管 / the county key is not in it: keep it apart",
            self.file.display()
        );
        Ok(ExitCode::SUCCESS)
    }
}

/// Makes a data folder from a backup.
#[derive(Args)]
pub struct Restore {
    /// 备份文件 / the backup
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Restore {
    pub fn run(self) -> Result<ExitCode> {
        store::restore(&self.file, &self.data.dir)
            .with_context(|| format!("恢复 {} / restoring it", self.file.display()))?;
        outln!("已恢复到 {} / restored. 请放回 county.key / put county.key back", self.data.dir.display());
        Ok(ExitCode::SUCCESS)
    }
}
