//! What every command that touches data needs: checked regulations, the county, the open store.

use crate::county::{self, SignIn};
use crate::county_key::CountyKey;
use crate::home::Home;
use anyhow::{Context, Result, bail};
use calendar::Holidays;
use regulation::finding::Severity;
use regulation::model::{Name, Regulation};
use regulation::{SourceFile, check};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use store::{Library, Settings, Sqlite, Store, StoreExt};

/// Regulations and county, read and checked, before any data is opened.
pub struct Loaded {
    /// The files they came from.
    pub home: Home,
    /// What the store is told.
    pub library: Library,
    /// Sign-in names.
    pub sign_ins: Vec<SignIn>,
}

/// Reads and checks everything; a regulation with an error stops it.
pub fn load(home: Option<&Path>) -> Result<Loaded> {
    let home = Home::open(home)?;
    let files: Vec<SourceFile> = home
        .regulations
        .iter()
        .map(|(name, bytes)| SourceFile::from_bytes(format!("regulations/{name}"), bytes))
        .collect();
    let checked = check(&files);
    let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    if errors > 0 {
        bail!(
            "法规有 {errors} 处错误，先运行 `gongbao check` / the regulations have {errors} errors: run `gongbao check`"
        );
    }
    let (county, sign_ins) = county::read(&home)?;
    let overrides = county::overrides(&home, &checked.rulebook)?;
    let library = Library {
        rulebook: checked.rulebook,
        earlier: BTreeMap::new(),
        overrides,
        county,
        holidays: Holidays::built_in(),
    };
    Ok(Loaded { home, library, sign_ins })
}

/// Opens the store of a data folder, with the earlier versions of regulations that matters still run under.
pub fn open(library: &Library, data: &Path) -> Result<Sqlite> {
    std::fs::create_dir_all(data).with_context(|| format!("无法建立 {} / cannot make it", data.display()))?;
    let library_then = Arc::new(library.clone());
    let with =
        |county_key| Sqlite::open(Settings { data: data.to_owned(), county_key, library: Arc::clone(&library_then) });
    let store = CountyKey::beside(data)?.open(with).with_context(|| format!("打开 {} / opening it", data.display()))?;
    // What acts have put into force goes before the files.
    let library = store.library();
    let earlier = earlier_versions(&store, &library)?;
    if !earlier.is_empty() {
        store.set_library(Arc::new(Library { earlier, ..Library::clone(&library) }))?;
    }
    Ok(store)
}

fn earlier_versions(store: &Sqlite, library: &Library) -> Result<BTreeMap<(Name, String), Arc<Regulation>>> {
    let current: Vec<SourceFile> = library
        .rulebook
        .regulations
        .values()
        .map(|regulation| SourceFile { name: regulation.file.clone(), text: regulation.source.to_string() })
        .collect();
    let versions = store.read(|snapshot| snapshot.regulation_versions())?;
    let mut earlier = BTreeMap::new();
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

/// Writes a file whole or not at all, over another if there is one, and on disk when it returns.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    use std::io::Write as _;
    let half = path.with_extension("half");
    let written = std::fs::File::create(&half).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    let renamed = written.and_then(|()| std::fs::rename(&half, path)).and_then(|()| flush_folder(path));
    renamed.with_context(|| format!("无法写入 {} / cannot write it", path.display()))
}

/// Writes a file that only its owner may read, and never over another.
pub fn write_secret(path: &Path, text: &str) -> Result<()> {
    use std::io::Write as _;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| format!("无法写入 {} / cannot write it", path.display()))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    Ok(flush_folder(path)?)
}

/// A file's name is on disk only once its folder is.
fn flush_folder(file: &Path) -> std::io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::File::open(folder)?.sync_all()
}
