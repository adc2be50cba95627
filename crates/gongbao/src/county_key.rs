//! Where the county's key is kept (县级密钥), and how it is changed: the next one lies in a file beside it until the store has taken it up.
//!
//! `county.key` beside the data, unless `GONGBAO_COUNTY_KEY_FILE` names another place; or the key itself in `GONGBAO_COUNTY_KEY`, for operators
//! whose keys come from elsewhere. With the last step of a change the store takes the next key into use; the files follow, and where a crash
//! came between, at the next start.

use crate::system::write_secret;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use store::{COUNTY_KEY_BYTES, Fault, Sqlite, Store};

/// Where another place of the key is named.
const FILE: &str = "GONGBAO_COUNTY_KEY_FILE";
/// Where the key itself may stand.
const VALUE: &str = "GONGBAO_COUNTY_KEY";
/// Owners' keys wrapped anew between two acts: some ten milliseconds.
const STEP: usize = 500;

type Bytes = [u8; COUNTY_KEY_BYTES];

/// The county's key and its file.
pub struct CountyKey {
    /// None where the environment holds the key itself.
    file: Option<PathBuf>,
    value: Option<Bytes>,
}

impl CountyKey {
    /// The key of a data folder, as the environment says.
    pub fn beside(data: &Path) -> Result<CountyKey> {
        match std::env::var(VALUE) {
            Ok(text) => Ok(CountyKey { file: None, value: Some(read(&text, VALUE)?) }),
            Err(_) => {
                let file = std::env::var_os(FILE).map_or_else(|| data.join("county.key"), PathBuf::from);
                Ok(CountyKey { file: Some(file), value: None })
            }
        }
    }

    /// Whether it is there, so that opening makes no other.
    pub fn is_there(&self) -> bool {
        self.file.as_ref().is_none_or(|file| file.exists())
    }

    /// Opens a store with the key, made at the first start. Where the store has taken the next one into use already, so do the files.
    pub fn open(&self, with: impl Fn(Bytes) -> Result<Sqlite, Fault>) -> Result<Sqlite> {
        let Some(file) = &self.file else {
            let value = self.value.context("the environment holds the key where no file does")?;
            return Ok(with(value)?);
        };
        if !file.exists() {
            write_new(file)?;
        }
        match (with(read_file(file)?), self.next()?) {
            (Err(Fault::CountyKey), Some(next)) => {
                let store = with(next)?;
                self.put_in_place()?;
                Ok(store)
            }
            (opened, _) => Ok(opened?),
        }
    }

    /// The next key, if one was made.
    pub fn next(&self) -> Result<Option<Bytes>> {
        match self.file.as_deref().map(next_to) {
            Some(next) if next.exists() => read_file(&next).map(Some),
            _ => Ok(None),
        }
    }

    /// Makes the next key, unless there is one: whoever serves this data takes it up.
    pub fn make_next(&self) -> Result<PathBuf> {
        let Some(file) = &self.file else {
            bail!(
                "密钥在环境变量 {VALUE} 里，请改存文件再更换 / the key stands in the environment: keep it in a file to change it"
            );
        };
        let next = next_to(file);
        if !next.exists() {
            write_new(&next)?;
        }
        Ok(next)
    }

    /// Goes one step on with a change that was begun. `Some(true)`: it is over, and the next key lies where the key lies.
    pub fn step(&self, store: &dyn Store) -> Result<Option<bool>> {
        let Some(next) = self.next()? else { return Ok(None) };
        let done = store.rotate_county_key(next, STEP)?.done;
        if done {
            self.put_in_place()?;
        }
        Ok(Some(done))
    }

    /// The next key's file takes the place of the key's. The one before stays under another name: older backups open with it only.
    fn put_in_place(&self) -> Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let moving = |from: &Path, to: &Path| {
            std::fs::rename(from, to).with_context(|| format!("无法改名为 {} / cannot rename to it", to.display()))
        };
        let mut former =
            (1..).map(|number| with_ending(file, &format!("former-{number}"))).skip_while(|path| path.exists());
        moving(file, &former.next().context("there is always another number")?)?;
        moving(&next_to(file), file)
    }
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    file.with_file_name(name)
}

fn next_to(file: &Path) -> PathBuf {
    with_ending(file, "next")
}

fn write_new(file: &Path) -> Result<()> {
    let mut key = Bytes::default();
    getrandom::fill(&mut key).context("系统未能提供随机数 / no random bytes")?;
    write_secret(file, &hex::encode(key))
}

fn read_file(file: &Path) -> Result<Bytes> {
    let text =
        std::fs::read_to_string(file).with_context(|| format!("无法读取 {} / cannot read it", file.display()))?;
    read(&text, &file.display().to_string())
}

fn read(text: &str, from: &str) -> Result<Bytes> {
    let bytes = hex::decode(text.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.with_context(|| format!("{from} 应为 32 位十六进制 / should hold 32 hexadecimal digits"))
}
