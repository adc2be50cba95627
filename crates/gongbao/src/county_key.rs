//! Where the county's key is kept (县级密钥), and how it is changed: the next one lies in a file beside it until the store has taken it up.
//!
//! `county.key` beside the data, unless `GONGBAO_COUNTY_KEY_FILE` names another place; or the key itself in `GONGBAO_COUNTY_KEY`, for operators
//! whose keys come from elsewhere. With the last step of a change the store takes the next key into use; the files follow, and where a crash
//! came between, at the next start.

use crate::system::{self, secret_text, with_ending, write_secret};
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};
use store::{COUNTY_KEY_BYTES, Fault, Sqlite, Store};
use zeroize::Zeroizing;

/// Where another place of the key is named.
const FILE: &str = "GONGBAO_COUNTY_KEY_FILE";
/// Where the key itself may stand.
const VALUE: &str = "GONGBAO_COUNTY_KEY";
/// Owners' keys wrapped anew between two acts: some ten milliseconds.
const STEP: usize = 500;

type Bytes = Zeroizing<[u8; COUNTY_KEY_BYTES]>;

/// The county's key and its file.
pub struct CountyKey {
    place: Place,
    /// The database that it opens is there already: no other key is made.
    begun: bool,
}

enum Place {
    File(PathBuf),
    /// The environment holds the key itself.
    Environment(Bytes),
}

impl CountyKey {
    /// The key of a data folder, as the environment says.
    pub fn beside(data: &Path) -> Result<CountyKey> {
        let place = match std::env::var(VALUE).map(Zeroizing::new) {
            Ok(text) => Place::Environment(read(&text, VALUE)?),
            Err(_) => Place::File(std::env::var_os(FILE).map_or_else(|| data.join("county.key"), PathBuf::from)),
        };
        Ok(CountyKey { place, begun: data.join(store::DATABASE).exists() })
    }

    /// The key of a county that is somewhere else than in the folder, begun or not.
    #[must_use]
    pub fn of(self, begun: bool) -> CountyKey {
        CountyKey { begun, ..self }
    }

    /// Says which file is missing where there is neither the key nor one whose change a crash interrupted.
    pub fn must_be_there(&self) -> Result<()> {
        match &self.place {
            Place::File(file) if !file.exists() && usable(&next_to(file)).is_none() => Err(missing(file)),
            _ => Ok(()),
        }
    }

    /// Opens a store with the key, made where there is no database yet. Where the store has taken the next one into use already, so do the files.
    pub fn open(&self, with: impl Fn([u8; COUNTY_KEY_BYTES]) -> Result<Sqlite, Fault>) -> Result<Sqlite> {
        let file = match &self.place {
            Place::Environment(value) => return Ok(with(**value)?),
            Place::File(file) => file,
        };
        // A next key that cannot be read stops its own taking up, not the county.
        let next = usable(&next_to(file));
        match (file.exists(), next) {
            (true, next) => match (with(*read_file(file)?), next) {
                (Err(Fault::CountyKey), Some(next)) => self.open_by_next(file, with(*next)),
                (opened, _) => Ok(opened?),
            },
            (false, Some(next)) => self.open_by_next(file, with(*next)),
            (false, None) if self.begun => Err(missing(file)),
            (false, None) => open_first(file, with(*write_new(file)?)),
        }
    }

    /// The store has taken the next key into use already: the files follow.
    fn open_by_next(&self, file: &Path, opened: Result<Sqlite, Fault>) -> Result<Sqlite> {
        if matches!(opened, Err(Fault::CountyKey)) {
            bail!(neither(file));
        }
        let store = opened?;
        self.put_in_place()?;
        Ok(store)
    }

    /// The next key, if one was made.
    pub fn next(&self) -> Result<Option<Bytes>> {
        match &self.place {
            Place::File(file) if next_to(file).exists() => read_file(&next_to(file)).map(Some),
            _ => Ok(None),
        }
    }

    /// Makes the next key, unless there is one: whoever serves this data takes it up.
    pub fn make_next(&self) -> Result<PathBuf> {
        let Place::File(file) = &self.place else {
            bail!(
                "密钥在环境变量 {VALUE} 里，请改存文件再更换 / the key stands in the environment: keep it in a file to change it"
            );
        };
        if self.next()?.is_none() {
            write_new(&next_to(file))?;
        }
        Ok(next_to(file))
    }

    /// Goes one step on with a change that was begun. `Some(true)`: it is over, and the next key lies where the key lies.
    pub fn step(&self, store: &dyn Store) -> Result<Option<bool>> {
        let Some(next) = self.next()? else { return Ok(None) };
        let done = store.rotate_county_key(*next, STEP)?.done;
        if done {
            self.put_in_place()?;
        }
        Ok(Some(done))
    }

    /// The next key's file takes the place of the key's. The one before stays under another name: older backups open with it only.
    fn put_in_place(&self) -> Result<()> {
        let Place::File(file) = &self.place else { return Ok(()) };
        let moving = |from: &Path, to: &Path| {
            std::fs::rename(from, to).with_context(|| format!("无法改名为 {} / cannot rename to it", to.display()))
        };
        // A crash may have come between the two.
        if file.exists() {
            let mut former =
                (1..).map(|number| with_ending(file, &format!("former-{number}"))).skip_while(|path| path.exists());
            moving(file, &former.next().context("there is always another number")?)?;
        }
        moving(&next_to(file), file)
    }
}

/// Two nodes that start together on a new database each make a key, and the county has that of the first to write. The other's opens nothing, and
/// must not lie there as if it did.
fn open_first(file: &Path, opened: Result<Sqlite, Fault>) -> Result<Sqlite> {
    if matches!(opened, Err(Fault::CountyKey)) {
        std::fs::remove_file(file).with_context(|| format!("无法删除 {} / cannot remove it", file.display()))?;
        bail!(
            "另一节点已用它的密钥开始了本县：请把那个节点数据目录里的 county.key 和 log.key 拷到 {} 再启动；这里刚造的密钥没有用过，已删除 / another              node has begun the county with its key: copy county.key and log.key from its data folder to that folder and start again; the key made              here was never used and is removed",
            file.parent().unwrap_or(Path::new(".")).display()
        );
    }
    Ok(opened?)
}

/// Seals every county's key of a data folder by the token: the one in use, the next, and those before.
pub fn move_into_token(data: &Path) -> Result<Vec<PathBuf>> {
    let Place::File(file) = CountyKey::beside(data)?.place else {
        bail!("密钥在环境变量 {VALUE} 里，请改存文件 / the key stands in the environment: keep it in a file");
    };
    let files: Vec<PathBuf> =
        [file.clone(), next_to(&file)].into_iter().filter(|path| path.exists()).chain(former(&file)?).collect();
    for file in &files {
        system::replace_secret(file, &secret_text(file)?)?;
    }
    Ok(files)
}

/// The keys that were in use before. Their numbers may have gaps, where somebody destroyed one.
fn former(file: &Path) -> Result<Vec<PathBuf>> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let entries = folder.read_dir().with_context(|| format!("无法读取 {} / cannot read it", folder.display()))?;
    let names = entries.map(|entry| Ok(entry?.file_name())).collect::<std::io::Result<Vec<_>>>()?;
    let beginning = with_ending(file, "former-").into_os_string();
    let files = names.into_iter().map(|name| file.with_file_name(name));
    let is_former = |path: &PathBuf| path.as_os_str().as_encoded_bytes().starts_with(beginning.as_encoded_bytes());
    Ok(files.filter(is_former).collect())
}

fn missing(file: &Path) -> anyhow::Error {
    anyhow::anyhow!(
        "缺少县级密钥 {}：请放回该文件（或用 {FILE} 指明其所在），没有它就读不出个人信息，也不会另造一把 / the county's key is missing: put that file \
         back, or name its place; no other is made, for it would open nothing",
        file.display()
    )
}

fn neither(file: &Path) -> String {
    let (file, next) = (file.display(), next_to(file));
    format!("{file} 和 {} 都不是这份数据的密钥 / neither is the key of this data", next.display())
}

fn next_to(file: &Path) -> PathBuf {
    with_ending(file, "next")
}

fn write_new(file: &Path) -> Result<Bytes> {
    let key = Zeroizing::new(system::random()?);
    write_secret(file, &Zeroizing::new(hex::encode(*key)))?;
    Ok(key)
}

/// The key of a file, if there is a whole one in it.
fn usable(file: &Path) -> Option<Bytes> {
    read_file(file).ok()
}

fn read_file(file: &Path) -> Result<Bytes> {
    read(&secret_text(file)?, &file.display().to_string())
}

fn read(text: &str, from: &str) -> Result<Bytes> {
    let mut key = Bytes::default();
    let read = hex::decode_to_slice(text.trim(), &mut *key);
    read.ok().with_context(|| format!("{from} 应为 32 位十六进制 / should hold 32 hexadecimal digits"))?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;
    use std::fs;
    use store::{Library, Settings};

    /// A folder with a store, and how to open that.
    struct County {
        folder: tempfile::TempDir,
        library: std::sync::Arc<Library>,
    }

    impl County {
        fn new() -> County {
            let library = std::sync::Arc::new(system::load(None).unwrap().library);
            let county = County { folder: tempfile::tempdir().unwrap(), library };
            county.open().unwrap();
            county
        }

        fn key(&self) -> CountyKey {
            CountyKey::beside(self.folder.path()).unwrap()
        }

        fn open(&self) -> Result<Sqlite> {
            let data = self.folder.path();
            self.key().open(|county_key| {
                Sqlite::open(Settings { data: data.to_owned(), county_key, library: self.library.clone() })
            })
        }

        fn file(&self, name: &str) -> PathBuf {
            self.folder.path().join(name)
        }

        fn said(&self) -> String {
            format!("{:#}", self.open().err().unwrap())
        }
    }

    #[test]
    fn a_change_that_a_crash_interrupted_anywhere_is_finished_at_the_next_start() {
        let county = County::new();
        let (key, next, former) =
            (county.file("county.key"), county.file("county.key.next"), county.file("county.key.former-1"));
        let first = fs::read_to_string(&key).unwrap();
        county.key().make_next().unwrap();
        let second = fs::read_to_string(&next).unwrap();
        let store = county.open().unwrap();
        while county.key().step(&store).unwrap() == Some(false) {}
        drop(store);
        assert_eq!([&key, &former].map(|file| fs::read_to_string(file).unwrap()), [second.clone(), first.clone()]);
        // The store has the next key; neither file was renamed yet, or only the first was.
        for renamed in [false, true] {
            fs::rename(&key, &next).unwrap();
            if !renamed {
                fs::rename(&former, &key).unwrap();
            }
            county.key().must_be_there().unwrap();
            county.open().unwrap();
            assert_eq!([&key, &former].map(|file| fs::read_to_string(file).unwrap()), [second.clone(), first.clone()]);
            assert!(!next.exists());
        }
    }

    #[test]
    fn no_key_is_made_over_a_database_that_has_one() {
        let county = County::new();
        fs::rename(county.file("county.key"), county.file("elsewhere")).unwrap();
        assert!(county.said().contains("county.key") && county.said().contains("放回"), "{}", county.said());
        assert!(!county.file("county.key").exists() && county.key().must_be_there().is_err());
        // A next key alone that is not that of the data is none.
        fs::write(county.file("county.key.next"), hex::encode([9; COUNTY_KEY_BYTES])).unwrap();
        assert!(county.said().contains("neither is the key"), "{}", county.said());
        assert!(county.file("county.key.next").exists() && !county.file("county.key").exists());
    }

    #[test]
    fn a_next_key_that_is_not_whole_does_not_stop_the_county() {
        let county = County::new();
        for half in ["", "0123456789abcdef"] {
            fs::write(county.file("county.key.next"), half).unwrap();
            let store = county.open().unwrap();
            let said = county.key().step(&store).unwrap_err().to_string();
            assert!(said.contains("county.key.next"), "{said}");
            assert!(county.key().make_next().is_err(), "nor is it taken for one");
        }
    }
}
