//! `gongbao keys`: changing the county's key, and moving keys into a token.

use super::data::Data;
use crate::county_key::{self, CountyKey};
use crate::token::{MODULE, Token};
use crate::{notary, seals};
use anyhow::{Context, Result};
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
    /// 停机把密钥移入密码设备（环境变量 GONGBAO_PKCS11_MODULE 等）/ with the service stopped: move the keys into a token, as the environment names it
    Token(Data),
}

impl Keys {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        match self.what {
            What::Next(data) => {
                let next = CountyKey::beside(&data.dir)?.make_next()?;
                outln!("下一把密钥在 {} / the next key", next.display());
            }
            What::Rotate(data) => rotate(&data, home)?,
            What::Token(data) => into_token(&data, home)?,
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

fn into_token(data: &Data, home: Option<&Path>) -> Result<()> {
    Token::named()?.with_context(|| format!("请设 {MODULE} / set it to the module of the token"))?;
    // Nobody else has the folder open meanwhile, and the keys are those of this data.
    let store = data.open_existing(home)?;
    let county = county_key::move_into_token(&data.dir)?;
    let (log, seals) = (notary::move_into_token(&data.dir)?, seals::move_into_token(&data.dir)?);
    for file in county.into_iter().chain(log).chain(seals) {
        outln!("{} 已由密码设备加密 / is sealed by the token", file.display());
    }
    drop(store);
    outln!(
        "原来的文件已被替换，旧备份和磁盘上的残留须另行销毁 / the files were replaced: destroy older copies of them"
    );
    Ok(())
}
