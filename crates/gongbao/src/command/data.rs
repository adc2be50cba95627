//! `gongbao rebuild | backup | restore`: looking after a data folder.

use crate::county;
use crate::county_key::CountyKey;
use crate::home::Home;
use crate::system::{self, Loaded};
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use jiff::civil::DateTime;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Address, Database, Library, Store, StoreExt};

/// Where the data lies, for every command that needs it.
#[derive(Args, Clone)]
pub struct Data {
    /// 数据目录 / data folder
    #[arg(long = "data", value_name = "DIR", default_value = "data")]
    pub dir: PathBuf,
    /// PostgreSQL 数据库，如 postgres://gongbao@db.example/county；也可写在环境变量 GONGBAO_DATABASE；密码见 docs/operations/postgresql.md
    /// / a database on a PostgreSQL server; or in the environment as GONGBAO_DATABASE
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

/// Where the database may be named instead.
const DATABASE: &str = "GONGBAO_DATABASE";
/// Its password, and a file that holds it: neither is seen by other users of the machine, as the command line is.
const PASSWORD: &str = "GONGBAO_DATABASE_PASSWORD";
const PASSWORD_FILE: &str = "GONGBAO_DATABASE_PASSWORD_FILE";

/// A database on a server as it was named, with the password that the environment has for it.
pub fn address(url: &str) -> Result<Address> {
    let password = match std::env::var_os(PASSWORD_FILE) {
        Some(file) => Some(system::secret_text(Path::new(&file))?.trim_end().to_owned()),
        None => std::env::var(PASSWORD).ok(),
    };
    let address = Address::read(url).map_err(|what| anyhow!(what))?;
    Ok(address.with_password(password))
}

impl Data {
    /// The database on a server, if one is named.
    pub fn server(&self) -> Result<Option<Address>> {
        let url = self.database.clone().or_else(|| std::env::var(DATABASE).ok()).filter(|url| !url.is_empty());
        url.as_deref().map(address).transpose()
    }

    /// The same for a county whose data lies in another folder.
    #[must_use]
    pub fn within(&self, dir: PathBuf) -> Data {
        Data { dir, database: self.database.clone() }
    }

    /// Opens the store there, or makes one.
    pub fn open(&self, library: &Library) -> Result<Database> {
        match self.server()? {
            Some(server) => system::open_on(library, &self.dir, server),
            None => system::open(library, &self.dir),
        }
    }

    /// Opens the store there, which must be there, of a county that is known already.
    pub fn open_known(&self, library: &Library) -> Result<Database> {
        let Some(server) = self.server()? else { return system::open(library, self.existing()?) };
        let county = &library.county.code;
        if !store::is_begun(&server, county)? {
            bail!("数据库 {server} 里没有县 {county} / the database holds no county {county}");
        }
        system::open_on(library, &self.dir, server)
    }

    /// The folder, which must hold a store.
    fn existing(&self) -> Result<&Path> {
        if !self.dir.join(store::DATABASE).is_file() {
            bail!("{} 里没有数据，用 --data 指定 / no data there: name the folder with --data", self.dir.display());
        }
        Ok(&self.dir)
    }

    /// Opens the store in it, which must be there.
    pub fn open_existing(&self, home: Option<&Path>) -> Result<Database> {
        self.open_known(&system::load(home)?.library)
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
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        match self.data.server()? {
            Some(server) => {
                let county = system::load(home)?.library.county.code;
                store::backup_from_server(&server, &county, &self.file)?;
            }
            None => store::backup(self.data.existing()?, &self.file)?,
        }
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

/// Where a moment is restored, in the data folder, until all of it is there.
const RESTORING: &str = "restoring";

impl Restore {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        if let Some(home) = home {
            self.is_of(&county::read(&Home::open(Some(home))?)?.0.code)?;
        }
        if let Some(server) = self.data.server()? {
            return self.restore_on(&server);
        }
        let folder = self.data.dir.display();
        match self.until {
            None => {
                self.restore_to(&self.data.dir)?;
                outln!("已恢复到 {folder} / restored. 请放回 county.key / put county.key back");
            }
            Some(until) => {
                let gone = self.restore_until(until, &system::load(home)?)?;
                outln!(
                    "已恢复到 {folder}，时点 {until}，其后 {gone} 项办理未保留 / restored as at that moment, without {gone} later acts"
                );
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Nothing of one county is restored as another.
    fn is_of(&self, told: &str) -> Result<()> {
        let held = store::county_of_backup(&self.file).with_context(|| self.file.display().to_string())?;
        if held != told {
            return Err(store::Fault::OtherCounty { held, told: told.to_owned() }.into());
        }
        Ok(())
    }

    fn restore_on(&self, server: &Address) -> Result<ExitCode> {
        if self.until.is_some() {
            bail!(
                "数据库服务器上不能恢复到时点：先恢复到数据目录，备份，再恢复到服务器 / a moment cannot be restored to a server: restore it into a folder, back that up and restore the backup"
            );
        }
        let county = store::restore_to_server(server, &self.file);
        let county = county.with_context(|| format!("恢复 {} / restoring it", self.file.display()))?;
        outln!("县 {county} 已恢复到 {server} / restored. 请放回 county.key / put county.key back");
        Ok(ExitCode::SUCCESS)
    }

    fn restore_to(&self, folder: &Path) -> Result<()> {
        store::restore(&self.file, folder).with_context(|| format!("恢复 {} / restoring it", self.file.display()))
    }

    /// All of it is made in a folder of its own, which becomes the data once nothing can fail any more: a database as it was at another moment is
    /// nowhere that a server would find it.
    fn restore_until(&self, until: DateTime, loaded: &Loaded) -> Result<u64> {
        let data = &self.data.dir;
        let county_key = CountyKey::beside(data)?;
        county_key.must_be_there().context("恢复到时点要用县级密钥 / a moment is restored with the county's key")?;
        for held in [store::DATABASE, store::FILES] {
            let held = data.join(held);
            if std::fs::read_dir(&held).map_or(held.exists(), |mut entries| entries.next().is_some()) {
                bail!("{} 已存在，请恢复到空目录 / it is there already: restore into an empty folder", held.display());
            }
        }
        let half = data.join(RESTORING);
        remove(&half)?;
        let restored = self.restore_to(&half).and_then(|()| {
            let store = system::open_with(&loaded.library, &half, &county_key)?;
            Ok(store.rewind(until, &mut |_, _| ())?)
        });
        let moved = restored.and_then(|gone| {
            // The database last; with what it still has in its log, if its end was not clean.
            let log = format!("{}-wal", store::DATABASE);
            for part in [store::FILES, &log, store::DATABASE].into_iter().filter(|part| half.join(part).exists()) {
                let (from, to) = (half.join(part), data.join(part));
                std::fs::rename(&from, &to)
                    .with_context(|| format!("无法改名为 {} / cannot rename to it", to.display()))?;
            }
            system::flush_folder(&data.join(store::DATABASE))?;
            Ok(gone)
        });
        remove(&half)?;
        moved
    }
}

/// Removes a folder, if there is one.
fn remove(folder: &Path) -> Result<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("无法删除 {} / cannot remove it", folder.display()))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;
    use engine::Actor;
    use jiff::civil::date;
    use std::fs;
    use store::Forget;

    /// A backup of a county with an act on each of these days of March, and the county's key.
    fn backed_up(folder: &Path, loaded: &Loaded, days: &[i8]) -> (PathBuf, PathBuf) {
        let data = folder.join("data");
        let store = system::open(&loaded.library, &data).unwrap();
        for day in days {
            let actor = Actor::Person { person: "p".into(), post: None };
            let now = date(2022, 3, *day).at(10, 0, 0, 0);
            store.forget(Forget { owner: format!("o{day}"), actor, clauses: Vec::new(), now }).unwrap();
        }
        drop(store);
        let file = folder.join("backup.db");
        Backup { file: file.clone(), data: Data { dir: data.clone(), database: None } }.run(None).unwrap();
        (file, data.join("county.key"))
    }

    #[test]
    fn a_moment_that_cannot_be_restored_leaves_no_database_and_once_it_can_it_is() {
        let (folder, loaded) = (tempfile::tempdir().unwrap(), system::load(None).unwrap());
        let (file, key) = backed_up(folder.path(), &loaded, &[1, 2, 3, 4]);
        let dir = folder.path().join("restored");
        let restore = Restore { file, until: None, data: Data { dir: dir.clone(), database: None } };
        let until = date(2022, 3, 2).at(12, 0, 0, 0);
        fs::create_dir(&dir).unwrap();
        assert!(restore.restore_until(until, &loaded).is_err(), "without a key");
        fs::write(dir.join("county.key"), "00112233445566778899aabbccddeeff").unwrap();
        assert!(restore.restore_until(until, &loaded).is_err(), "with another county's key");
        let names: Vec<_> = fs::read_dir(&dir).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["county.key"], "nothing is left that a server would open");

        fs::copy(key, dir.join("county.key")).unwrap();
        assert_eq!(restore.restore_until(until, &loaded).unwrap(), 2);
        let store = system::open(&loaded.library, &dir).unwrap();
        assert_eq!(store.read(|snapshot| snapshot.journal_length()).unwrap(), 2);
        drop(store);
        assert!(!dir.join(RESTORING).exists());
        assert!(restore.restore_until(until, &loaded).is_err(), "over data nothing is restored");
    }

    #[cfg(unix)]
    #[test]
    fn a_backup_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, loaded) = (tempfile::tempdir().unwrap(), system::load(None).unwrap());
        let (file, _) = backed_up(folder.path(), &loaded, &[]);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
