//! `gongbao keys`: changing the county's key.

use super::data::Data;
use crate::county_key::CountyKey;
use anyhow::Result;
use clap::{Args, Subcommand};
use std::path::Path;
use std::process::ExitCode;

#[derive(Args)]
pub struct Keys {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// 生成下一把县级密钥；正在运行的服务随即逐步换用，不停机 / make the next county key; a running service takes it up step by step
    Next(Data),
    /// 停机换用：没有下一把就先生成；中断后再次运行即继续 / change to it with the service stopped; run again to go on
    Rotate(Data),
}

impl Keys {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        match self.what {
            What::Next(data) => {
                let next = CountyKey::beside(&data.dir)?.make_next()?;
                outln!("下一把密钥在 {} / the next key", next.display());
            }
            What::Rotate(data) => rotate(&data, home)?,
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn rotate(data: &Data, home: Option<&Path>) -> Result<()> {
    // What a crash left between the store and the files is mended as it opens.
    let store = data.open_existing(home)?;
    let key = CountyKey::beside(&data.dir)?;
    key.make_next()?;
    while key.step(&store)? == Some(false) {}
    outln!("已换用新密钥；旧密钥只用来打开更换以前的备份 / changed; the former key opens only backups made before");
    Ok(())
}
