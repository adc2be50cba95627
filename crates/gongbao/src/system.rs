//! What every command that touches data needs: checked regulations, the county, the open store.

use crate::county::{self, SignIn};
use crate::county_key::CountyKey;
use crate::home::Home;
use crate::token;
use anyhow::{Context, Result, bail};
use calendar::Holidays;
use regulation::finding::Severity;
use regulation::model::{Regulation, Rulebook};
use regulation::{SourceFile, check};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::{Address, Database, Earlier, Library, Server, Settings, Store, StoreExt};
use trust::{Digest, sm3};
use zeroize::Zeroizing;

/// Regulations and county, read and checked, before any data is opened.
pub struct Loaded {
    /// The files they came from.
    pub home: Home,
    /// What the store is told.
    pub library: Library,
    /// Sign-in names.
    pub sign_ins: Vec<SignIn>,
}

impl Loaded {
    /// What the county is called.
    pub fn county_name(&self) -> &str {
        let county = &self.library.county;
        county.place(&county.code).map_or(county.code.as_str(), |place| place.name.as_str())
    }
}

/// Regulations that were checked, by their texts: counties with the same texts share them.
#[derive(Default)]
pub struct Compiled {
    /// By the digest of all texts that were checked together.
    rulebooks: BTreeMap<Digest, Rulebook>,
    /// By the versions of a regulation and of all that it uses, on whatever way.
    regulations: BTreeMap<BTreeSet<String>, Arc<Regulation>>,
}

impl Compiled {
    fn rulebook(&mut self, files: &[SourceFile]) -> Result<Rulebook> {
        let texts = files.iter().flat_map(|file| [&file.name, &file.text]);
        let digests: Vec<u8> = texts.flat_map(|text| sm3(text.as_bytes()).0).collect();
        let key = sm3(&digests);
        if let Some(known) = self.rulebooks.get(&key) {
            return Ok(known.clone());
        }
        let checked = check(files);
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        if errors > 0 {
            bail!(
                "法规有 {errors} 处错误，先运行 `gongbao check` / the regulations have {errors} errors: run `gongbao check`"
            );
        }
        let mut rulebook = checked.rulebook;
        self.share(&mut rulebook);
        self.rulebooks.insert(key, rulebook.clone());
        Ok(rulebook)
    }

    /// A county that supplements some regulations shares the others with those that do not.
    fn share(&mut self, rulebook: &mut Rulebook) {
        let keys: Vec<(String, BTreeSet<String>)> =
            rulebook.regulations.keys().map(|id| (id.clone(), versions(rulebook, id))).collect();
        for (id, key) in keys {
            if let Some(own) = rulebook.regulations.get_mut(&id) {
                *own = Arc::clone(self.regulations.entry(key).or_insert_with(|| Arc::clone(own)));
            }
        }
    }
}

/// The versions of a regulation and of all that it uses: what it was compiled from.
fn versions(rulebook: &Rulebook, id: &str) -> BTreeSet<String> {
    let (mut found, mut wanted) = (BTreeSet::new(), vec![id]);
    while let Some(regulation) = wanted.pop().and_then(|id| rulebook.regulations.get(id)) {
        if found.insert(format!("{} {}", regulation.file, regulation.version)) {
            wanted.extend(regulation.uses.iter().map(String::as_str));
        }
    }
    found.insert(id.to_owned());
    found
}

/// Reads and checks everything; a regulation with an error stops it.
pub fn load(home: Option<&Path>) -> Result<Loaded> {
    load_home(Home::open(home)?, &mut Compiled::default())
}

/// The same of files that were read.
pub fn load_home(home: Home, compiled: &mut Compiled) -> Result<Loaded> {
    let rulebook = compiled.rulebook(&home.sources())?;
    let (county, sign_ins) = county::read(&home)?;
    let overrides = county::overrides(&home, &rulebook)?;
    let library = Library { rulebook, earlier: BTreeMap::new(), overrides, county, holidays: Holidays::built_in() };
    Ok(Loaded { home, library, sign_ins })
}

/// Opens the store of a data folder, with the earlier versions of regulations that matters still run under.
pub fn open(library: &Library, data: &Path) -> Result<Database> {
    open_with(library, data, &CountyKey::beside(data)?)
}

/// Opens the store in a database on a server; the folder holds the keys.
pub fn open_on(library: &Library, data: &Path, server: Address) -> Result<Database> {
    std::fs::create_dir_all(data).with_context(|| format!("无法建立 {} / cannot make it", data.display()))?;
    let begun = store::is_begun(&server, &library.county.code)?;
    let county_key = CountyKey::beside(data)?.of(begun);
    let told = Arc::new(library.clone());
    let with = |key| Database::connect(Server { address: server.clone(), county_key: key, library: Arc::clone(&told) });
    with_earlier(county_key.open(with).with_context(|| format!("打开 {server} / opening it"))?)
}

/// Opens the store of a data folder whose key lies elsewhere.
pub fn open_with(library: &Library, data: &Path, county_key: &CountyKey) -> Result<Database> {
    std::fs::create_dir_all(data).with_context(|| format!("无法建立 {} / cannot make it", data.display()))?;
    let library_then = Arc::new(library.clone());
    let with =
        |key| Database::open(Settings { data: data.to_owned(), county_key: key, library: Arc::clone(&library_then) });
    with_earlier(county_key.open(with).with_context(|| format!("打开 {} / opening it", data.display()))?)
}

fn with_earlier(store: Database) -> Result<Database> {
    // What acts have put into force goes before the files.
    store.keep_earlier(earlier_versions(&store, &store.library())?)?;
    Ok(store)
}

fn earlier_versions(store: &Database, library: &Library) -> Result<Earlier> {
    let current: Vec<SourceFile> = library
        .rulebook
        .regulations
        .values()
        .map(|regulation| SourceFile { name: regulation.file.clone(), text: regulation.source.to_string() })
        .collect();
    let versions = store.read(|snapshot| snapshot.regulation_versions())?;
    let mut earlier = Earlier::new();
    for (id, version) in versions.into_iter().filter(|(id, version)| library.regulation(id, version).is_none()) {
        let Some((file, text)) = store.read(|snapshot| snapshot.regulation_text(&id, &version))? else { continue };
        let mut files: Vec<SourceFile> = current.iter().filter(|source| source.name != file).cloned().collect();
        files.push(SourceFile { name: file, text });
        if let Some(regulation) = check(&files).rulebook.regulations.remove(&id) {
            earlier.insert((id, version), regulation);
        }
    }
    Ok(earlier)
}

/// Random bytes of the operating system.
pub fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).context("系统未能提供随机数 / no random bytes")?;
    Ok(bytes)
}

/// Does work that waits for a disk or another machine off the threads that answer requests.
pub async fn off_thread<T: Send + 'static>(task: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(task).await.map_err(anyhow::Error::new).flatten()
}

/// The text of a file, if there is one.
pub fn text_if_there(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("无法读取 {} / cannot read it", path.display())),
    }
}

/// The text of a file that holds a secret, which must be there; wiped once it was read. What a token sealed is opened by it.
pub fn secret_text(path: &Path) -> Result<Zeroizing<String>> {
    let text = std::fs::read_to_string(path).map(Zeroizing::new);
    let text = text.with_context(|| format!("无法读取 {} / cannot read it", path.display()))?;
    token::opened(text).with_context(|| path.display().to_string())
}

/// Writes a file whole or not at all, over another if there is one, and on disk when it returns.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let half = with_ending(path, "half");
    let written = std::fs::File::create(&half).and_then(|file| fill(file, bytes));
    let renamed = written.and_then(|()| std::fs::rename(&half, path)).and_then(|()| flush_folder(path));
    renamed.with_context(|| format!("无法写入 {} / cannot write it", path.display()))
}

/// Writes a file that only its owner may read, whole or not at all, and never over another; sealed, where the environment names a token.
pub fn write_secret(path: &Path, text: &str) -> Result<()> {
    let text = token::sealed(text)?;
    // Whoever else writes this file at the same time does so under another name.
    let half = with_ending(path, &format!("half-{}", std::process::id()));
    let written = new_secret(&half, &text).and_then(|()| std::fs::hard_link(&half, path));
    let removed = std::fs::remove_file(&half);
    let kept = written.and(removed).and_then(|()| flush_folder(path));
    kept.with_context(|| format!("无法写入 {} / cannot write it", path.display()))
}

/// The same over the file that is there.
pub fn replace_secret(path: &Path, text: &str) -> Result<()> {
    let text = token::sealed(text)?;
    let half = with_ending(path, &format!("half-{}", std::process::id()));
    let written =
        new_secret(&half, &text).and_then(|()| std::fs::rename(&half, path)).and_then(|()| flush_folder(path));
    written.with_context(|| format!("无法写入 {} / cannot write it", path.display()))
}

fn new_secret(half: &Path, text: &str) -> std::io::Result<()> {
    match std::fs::remove_file(half) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    fill(options.open(half)?, text.as_bytes())
}

fn fill(mut file: std::fs::File, bytes: &[u8]) -> std::io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

/// A name beside a file: `county.key` and `next` give `county.key.next`.
pub fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    file.with_file_name(name)
}

/// A file's name is on disk only once its folder is.
pub fn flush_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_secret_is_written_whole_for_its_owner_only_and_never_over_another() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.key");
        // What a crash left of an earlier try.
        std::fs::write(with_ending(&file, &format!("half-{}", std::process::id())), "ab").unwrap();
        write_secret(&file, "whole").unwrap();
        assert!(write_secret(&file, "another").is_err());
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "whole");
        assert_eq!(names(folder.path()), ["a.key"], "nothing half is left");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_secret_that_cannot_be_written_leaves_no_file_under_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.key");
        // Where the half would lie is a folder: the disk could as well be full.
        std::fs::create_dir(with_ending(&file, &format!("half-{}", std::process::id()))).unwrap();
        assert!(write_secret(&file, "whole").is_err());
        assert!(!file.exists());
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("log.signed");
        assert_eq!(text_if_there(&file).unwrap(), None);
        write_whole(&file, b"one").unwrap();
        write_whole(&file, b"two").unwrap();
        assert_eq!(text_if_there(&file).unwrap().as_deref(), Some("two"));
        assert_eq!(names(folder.path()), ["log.signed"]);
    }
}
