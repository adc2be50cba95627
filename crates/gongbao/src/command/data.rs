//! `gongbao rebuild | backup | restore`: looking after a data folder.

use crate::system;
use anyhow::{Context, Result};
use clap::Args;
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
