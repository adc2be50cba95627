//! Where regulations, templates and the county's files come from: a folder, or the sample inside the binary.

use crate::installation::{SITE, home_of};
use anyhow::{Context, Result, bail};
use regulation::trial::id_of;
use regulation::{OVERLAYS, SourceFile, overlay_of, supplemented};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(rust_embed::Embed)]
#[folder = "../../regulations"]
struct SampleRegulations;

#[derive(rust_embed::Embed)]
#[folder = "../../county"]
struct SampleCounty;

/// Regulations and county files, read whole.
#[derive(Clone, Default)]
pub struct Home {
    /// `dogs.md` → text, in order of name.
    pub regulations: Vec<(String, Vec<u8>)>,
    /// What the county supplements: `dogs.md` → text.
    pub overlays: Vec<(String, Vec<u8>)>,
    /// `dogs/letter.typ` → bytes; shared by the counties of an installation.
    pub templates: Arc<BTreeMap<String, Vec<u8>>>,
    /// `dogs/cases/fixtures.md` → bytes.
    pub cases: BTreeMap<String, Vec<u8>>,
    /// `places.csv`, `registers/plots.csv` → bytes.
    pub county: BTreeMap<String, Vec<u8>>,
}

impl Home {
    /// Opens a folder; without one, the current folder if it has `regulations/`, else the built-in sample.
    pub fn open(dir: Option<&Path>) -> Result<Home> {
        match dir {
            Some(dir) if dir.join(SITE).is_file() => home_of(dir),
            Some(dir) if !dir.join("regulations").is_dir() => {
                bail!("{} 下没有 regulations/ 目录 / no regulations/ in it", dir.display())
            }
            Some(dir) => Home::from_folder(dir),
            None if Path::new("regulations").is_dir() => Home::from_folder(Path::new(".")),
            None => Ok(Home::built_in()),
        }
    }

    /// The base regulations of an installation, without a county; none where the folder is not there.
    pub fn base(regulations: &Path) -> Result<Home> {
        let mut files = BTreeMap::new();
        if regulations.is_dir() {
            read_tree(regulations, regulations, &mut files)?;
        }
        Ok(Home::sort(files, BTreeMap::new()))
    }

    /// The base with the county in a folder and its own regulations. Nothing of the base is replaced.
    pub fn with_county(&self, dir: &Path) -> Result<Home> {
        let own = Home::base(&dir.join("regulations"))?;
        let mut home = self.clone();
        read_tree(&dir.join("county"), &dir.join("county"), &mut home.county)?;
        let is_taken = |name: &String| self.regulations.iter().any(|(known, _)| known == name);
        let names = own.regulations.iter().map(|(name, _)| name).filter(|name| is_taken(name));
        let templates = own.templates.keys().filter(|name| self.templates.contains_key(*name));
        if let Some(name) = names.chain(templates).next() {
            bail!("regulations/{name} 与共用的同名，请改名 / the base has a file of that name: choose another");
        }
        home.regulations.extend(own.regulations);
        home.regulations.sort();
        if !own.templates.is_empty() {
            Arc::make_mut(&mut home.templates).extend(Arc::unwrap_or_clone(own.templates));
        }
        home.cases.extend(own.cases);
        home.overlays = overlays(dir)?;
        Ok(home)
    }

    /// With the sample county where the folder has none: what a case happens in.
    pub fn with_some_county(mut self) -> Home {
        if self.county.is_empty() {
            self.county = Home::built_in().county;
        }
        self
    }

    fn built_in() -> Home {
        let all = |names: Vec<String>, get: &dyn Fn(&str) -> Option<rust_embed::EmbeddedFile>| {
            names
                .into_iter()
                .filter_map(|name| get(&name).map(|file| (name, file.data.into_owned())))
                .collect::<BTreeMap<_, _>>()
        };
        let regulations =
            all(SampleRegulations::iter().map(String::from).collect(), &|name| SampleRegulations::get(name));
        let county = all(SampleCounty::iter().map(String::from).collect(), &|name| SampleCounty::get(name));
        Home::sort(regulations, county)
    }

    fn from_folder(dir: &Path) -> Result<Home> {
        let mut county = BTreeMap::new();
        if dir.join("county").is_dir() {
            read_tree(&dir.join("county"), &dir.join("county"), &mut county)?;
        }
        let mut regulations = BTreeMap::new();
        read_tree(&dir.join("regulations"), &dir.join("regulations"), &mut regulations)?;
        Ok(Home { overlays: overlays(dir)?, ..Home::sort(regulations, county) })
    }

    /// The texts that are checked together: regulations, and what the county supplements.
    pub fn sources(&self) -> Vec<SourceFile> {
        let named = |folder: &'static str| {
            move |(name, bytes): &(String, Vec<u8>)| SourceFile::from_bytes(format!("{folder}/{name}"), bytes)
        };
        let regulations = self.regulations.iter().map(named("regulations"));
        regulations.chain(self.overlays.iter().map(named(OVERLAYS))).collect()
    }

    /// A base text with what the county supplements to the regulation of its id; other texts as they are.
    pub fn with_supplement(&self, text: &str) -> String {
        let id = id_of(text);
        let mut own = self.overlays.iter().map(|(_, bytes)| String::from_utf8_lossy(bytes));
        let own = own.find(|own| id.is_some() && overlay_of(own) == id);
        own.map_or_else(|| text.to_owned(), |own| supplemented(text, &own))
    }

    fn sort(files: BTreeMap<String, Vec<u8>>, county: BTreeMap<String, Vec<u8>>) -> Home {
        let mut templates = BTreeMap::new();
        let mut home = Home { county, ..Home::default() };
        for (name, bytes) in files {
            match name.rsplit_once('.').map(|(_, ending)| ending) {
                Some("md") if !name.contains('/') => home.regulations.push((name, bytes)),
                Some("md") if name.contains("/cases/") => {
                    home.cases.insert(name, bytes);
                }
                Some("typ") => {
                    templates.insert(name, bytes);
                }
                _ => {}
            }
        }
        home.templates = Arc::new(templates);
        home
    }

    /// The files that tell what has happened in the sample county: `story.md` first, then `story-NAME.md` in order of name.
    pub fn stories(&self) -> impl Iterator<Item = &str> {
        let told = |name: &&String| {
            let middle = name.strip_prefix("story").and_then(|rest| rest.strip_suffix(".md"));
            middle.is_some_and(|middle| middle.is_empty() || middle.starts_with('-'))
        };
        let mut names: Vec<&str> = self.county.keys().filter(told).map(String::as_str).collect();
        names.sort_by_key(|name| (*name != "story.md", *name));
        names.into_iter()
    }

    /// A county file as text.
    pub fn county_text(&self, name: &str) -> Result<Option<String>> {
        text(&self.county, name).with_context(|| format!("county/{name}"))
    }

    /// A file of cases as text.
    pub fn case_text(&self, name: &str) -> Result<Option<String>> {
        text(&self.cases, name).with_context(|| format!("regulations/{name}"))
    }
}

/// What a county supplements, in its folder.
fn overlays(dir: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let (dir, mut files) = (dir.join(OVERLAYS), BTreeMap::new());
    if dir.is_dir() {
        read_tree(&dir, &dir, &mut files)?;
    }
    Ok(files.into_iter().filter(|(name, _)| name.ends_with(".md")).collect())
}

fn text(files: &BTreeMap<String, Vec<u8>>, name: &str) -> Result<Option<String>> {
    let bytes = files.get(name);
    bytes.map(|bytes| String::from_utf8(bytes.clone()).context("不是 UTF-8 / is not UTF-8")).transpose()
}

/// Reads every file below a folder, by its path from the root.
pub fn read_tree(root: &Path, dir: &Path, into: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir)
        .with_context(|| format!("无法读取 {} / cannot read it", dir.display()))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_, std::io::Error>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            read_tree(root, &path, into)?;
        } else {
            let name =
                path.strip_prefix(root).expect("the tree is walked from its root").to_string_lossy().replace('\\', "/");
            let bytes =
                std::fs::read(&path).with_context(|| format!("无法读取 {} / cannot read it", path.display()))?;
            into.insert(name, bytes);
        }
    }
    Ok(())
}
