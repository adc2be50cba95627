//! `gongbao rebuild | backup | restore`: looking after a data folder.

use crate::county_key::CountyKey;
use crate::system;
use anyhow::{Context, Result};
use clap::Args;
use jiff::civil::DateTime;
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
    /// The folder, which must hold a store.
    fn existing(&self) -> Result<&Path> {
        if !self.dir.join(store::DATABASE).is_file() {
            anyhow::bail!(
                "{} 里没有数据，用 --data 指定 / no data there: name the folder with --data",
                self.dir.display()
            );
        }
        Ok(&self.dir)
    }

    /// Opens the store in it, which must be there.
    pub fn open_existing(&self, home: Option<&Path>) -> Result<store::Sqlite> {
        system::open(&system::load(home)?.library, self.existing()?)
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

/// Copies everything into one file, also beside a server that runs.
#[derive(Args)]
pub struct Backup {
    /// 备份文件，须尚不存在 / the file to make
    file: PathBuf,
    #[command(flatten)]
    data: Data,
}

impl Backup {
    pub fn run(self) -> Result<ExitCode> {
        store::backup(self.data.existing()?, &self.file)?;
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
    /// 恢复到此刻，其后的办理不要，如 2022-06-01T09:00；county.key 须已放回 / as it was at this moment, without what was done after it; county.key must be back in place
    #[arg(long, value_name = "DATETIME")]
    until: Option<DateTime>,
    #[command(flatten)]
    data: Data,
}

impl Restore {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let folder = self.data.dir.display().to_string();
        if self.until.is_some() && !CountyKey::beside(&self.data.dir)?.is_there() {
            anyhow::bail!(
                "{folder} 里没有 county.key，恢复到时点要用它 / put county.key there: a moment is restored with it"
            );
        }
        store::restore(&self.file, &self.data.dir)
            .with_context(|| format!("恢复 {} / restoring it", self.file.display()))?;
        let Some(until) = self.until else {
            outln!("已恢复到 {folder} / restored. 请放回 county.key / put county.key back");
            return Ok(ExitCode::SUCCESS);
        };
        let gone = self.data.open_existing(home)?.rewind(until, &mut |_, _| ())?;
        outln!(
            "已恢复到 {folder}，时点 {until}，其后 {gone} 项办理未保留 / restored as at that moment, without {gone} later acts"
        );
        Ok(ExitCode::SUCCESS)
    }
}
