//! `gongbao mirror`: a copy of a site's log that anybody can keep. It is made from the entries, so that nothing of the site is believed
//! but what its keys signed; and it shouts when the site signs something that does not append to what it signed before.

use super::verify::named_keys;
use crate::system::write_whole;
use anyhow::{Context, Result, anyhow, bail};
use clap::Args;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use trust::{
    Checkpoint, Digest, Entry, NoteKey, Sha256, ShortTile, Sm3, TILE_WIDTH, TileId, TilePath, Tree, bundle, grow, leaf,
    read_bundle, tile_bytes,
};

/// The newest checkpoint of a copy.
const CHECKPOINT: &str = "checkpoint";
/// The keys that the copy was begun with.
const KEYS: &str = "keys";
/// A bundle is 256 entries of a few lines.
const ANSWER_BYTES_MAX: u64 = 20 * 1024 * 1024;

/// Copies a log, or what is new of it, and checks that it only grew.
#[derive(Args)]
pub struct Mirror {
    /// 日志网址，如 https://example.gov.cn/log / address of the log
    url: String,
    /// 存放副本的目录 / folder of the copy
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// 日志公钥（可多个），或存放公钥的文件；首次必给，以后记在目录里 / public key of the log, or a file with keys; needed the first time, kept in the folder
    #[arg(long, value_name = "KEY|FILE")]
    key: Vec<String>,
}

impl Mirror {
    pub fn run(self) -> Result<ExitCode> {
        let keys = self.keys()?;
        let note = text(fetch(&format!("{}/{CHECKPOINT}", self.url))?)?;
        let (new, _) = Checkpoint::open(&note, &keys)?;
        let copied = self.update(&keys, &note, &new);
        if let Err(fault) = copied {
            // What was signed is the proof, whatever the site says later.
            let evidence =
                self.folder.join(format!("evidence-{}-{}.checkpoint", new.size, &new.root.to_string()[..16]));
            std::fs::write(&evidence, &note).with_context(|| evidence.display().to_string())?;
            outln!("✗ {fault:#}");
            outln!("已留证 / kept as evidence: {}", evidence.display());
            return Ok(ExitCode::from(1));
        }
        outln!("✓ {}：{} 条，根 {} / {} entries", new.origin, new.size, new.root, new.size);
        Ok(ExitCode::SUCCESS)
    }

    /// The keys given, which must be those that the copy was begun with.
    fn keys(&self) -> Result<Vec<NoteKey>> {
        let named = named_keys(&self.key)?;
        let kept = named_keys(&kept_keys(&self.folder))?;
        if named.is_empty() && kept.is_empty() {
            bail!(
                "首次复制须用 --key 给出日志公钥（公报上印有）/ the first copy needs the log's key: give it with --key; the gazette prints it"
            );
        }
        if !named.is_empty() && !kept.is_empty() && named != kept {
            bail!("公钥与副本开始时的不同 / these are not the keys that the copy was begun with");
        }
        if kept.is_empty() {
            let lines: String = named.iter().map(|key| format!("{key}\n")).collect();
            write(&self.folder.join(KEYS), lines.as_bytes())?;
        }
        Ok(if named.is_empty() { kept } else { named })
    }

    fn update(&self, keys: &[NoteKey], note: &str, new: &Checkpoint) -> Result<()> {
        let old = newest(&self.folder, keys)?;
        if let Some(old) = &old {
            if new.origin != old.origin {
                bail!("日志名称变了：原为 {}，现为 {} / it is another log", old.origin, new.origin);
            }
            if new.size < old.size {
                bail!(
                    "日志变短：原 {} 条，现 {} 条 / the log was put back from {} to {} entries",
                    old.size,
                    new.size,
                    old.size,
                    new.size
                );
            }
        }
        let before = old.as_ref().map_or(0, |old| old.size);
        let mut entries = entries(&self.folder, before / TILE_WIDTH * TILE_WIDTH)?;
        for place in before / TILE_WIDTH..new.size.div_ceil(TILE_WIDTH) {
            let path = TilePath::entries(place, new.size);
            let fetched = read_bundle(&fetch(&format!("{}/{path}", self.url))?);
            let fetched = fetched.filter(|fetched| fetched.len() as u64 == path.width);
            entries.extend(fetched.ok_or_else(|| anyhow!("{path} 不完整 / it is not whole"))?);
        }
        let tree = check(&entries, new)?;
        if let Some(old) = &old {
            appends(&tree, old)?;
        }
        keep(&self.folder, before, &entries)?;
        write(&self.folder.join(CHECKPOINT), note.as_bytes())
    }
}

fn kept_keys(folder: &Path) -> Vec<String> {
    let file = folder.join(KEYS);
    if file.is_file() { vec![file.display().to_string()] } else { Vec::new() }
}

fn newest(folder: &Path, keys: &[NoteKey]) -> Result<Option<Checkpoint>> {
    let file = folder.join(CHECKPOINT);
    if !file.is_file() {
        return Ok(None);
    }
    let note = std::fs::read_to_string(&file).with_context(|| file.display().to_string())?;
    Ok(Some(Checkpoint::open(&note, keys)?.0))
}

/// Verifies a copy as it lies there, and that these checkpoints are moments of it.
pub fn verify(folder: &Path, named: &[NoteKey], checkpoints: &[(String, Checkpoint)]) -> Result<String> {
    let keys = if named.is_empty() { named_keys(&kept_keys(folder))? } else { named.to_vec() };
    let newest = newest(folder, &keys)?.ok_or_else(|| anyhow!("没有检查点 / there is no checkpoint"))?;
    let entries = entries(folder, newest.size)?;
    let tree = check(&entries, &newest)?;
    for (name, checkpoint) in checkpoints {
        if checkpoint.origin == newest.origin {
            appends(&tree, checkpoint).with_context(|| name.clone())?;
        }
    }
    Ok(format!("{}：副本 {} 条完整 / the copy of {} entries is whole", newest.origin, newest.size, newest.size))
}

/// The first entries of a copy.
fn entries(folder: &Path, size: u64) -> Result<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    for place in 0..size.div_ceil(TILE_WIDTH) {
        let path = TilePath::entries(place, size);
        let file = folder.join(path.to_string());
        let bytes = std::fs::read(&file).with_context(|| file.display().to_string())?;
        let found = read_bundle(&bytes).filter(|found| found.len() as u64 == path.width);
        entries.extend(found.ok_or_else(|| anyhow!("{path} 不完整 / it is not whole"))?);
    }
    Ok(entries)
}

/// The tree of the entries. They give the signed root, and each national root among them is that of the acts before it.
fn check(entries: &[Vec<u8>], signed: &Checkpoint) -> Result<Tree<Sha256>> {
    let tree = tree(entries);
    if tree.root() != signed.root {
        bail!(
            "条目与所签的根不符（{} 条）/ the entries do not give the signed root at {} entries",
            signed.size,
            signed.size
        );
    }
    let mut national = Tree::<Sm3>::new();
    for (place, entry) in entries.iter().enumerate() {
        match Entry::read(entry) {
            Some(Entry::Act(commitment)) => national.push(leaf(&commitment)),
            Some(Entry::Root(root)) if (root.acts, root.root) == (national.size(), national.root()) => {}
            _ => bail!(
                "第 {place} 条不是动作，也不是其前动作的国密根 / entry {place} is neither an act nor the national root of the acts before it"
            ),
        }
    }
    Ok(tree)
}

/// What was signed earlier is a moment of the log.
fn appends(tree: &Tree<Sha256>, earlier: &Checkpoint) -> Result<()> {
    let root = tree.root_at(earlier.size).ok_or_else(|| {
        anyhow!("检查点有 {} 条，副本只有 {} 条 / it has more entries than the copy", earlier.size, tree.size())
    })?;
    if root != earlier.root {
        bail!(
            "日志分叉：{} 条处的根与以前所签的不同，以前的内容被改动 / the log forked: at {} entries it has another root than was signed; what was signed has been altered",
            earlier.size,
            earlier.size
        );
    }
    Ok(())
}

fn tree(entries: &[Vec<u8>]) -> Tree<Sha256> {
    entries.iter().map(|entry| Tree::<Sha256>::leaf(entry)).collect()
}

/// Writes bundles and tiles that are new since a size, at the addresses of the format: the copy can be served as it lies.
fn keep(folder: &Path, before: u64, entries: &[Vec<u8>]) -> Result<()> {
    let size = entries.len() as u64;
    for (place, some) in
        (0..).zip(entries.chunks(TILE_WIDTH as usize)).skip_while(|(place, _)| (place + 1) * TILE_WIDTH <= before)
    {
        write(&folder.join(TilePath::entries(place, size).to_string()), &bundle(some))?;
    }
    let leaves: Vec<Digest> = entries.iter().map(|entry| Tree::<Sha256>::leaf(entry)).collect();
    let tiles = grow::<Sha256, ShortTile>(0, |_: TileId| Ok(Vec::new()), &leaves)?;
    for (tile, hashes) in tiles.iter().filter(|(tile, _)| tile.width(before) < TILE_WIDTH) {
        write(&folder.join(TilePath::hashes(*tile, size).to_string()), &tile_bytes(hashes))?;
    }
    Ok(())
}

/// Writes a file whole or not at all, in a folder that may not be there yet.
fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
    }
    write_whole(path, bytes)
}

fn fetch(url: &str) -> Result<Vec<u8>> {
    let agent: ureq::Agent = ureq::Agent::config_builder().timeout_global(Some(Duration::from_secs(60))).build().into();
    let mut answer = agent.get(url).call().with_context(|| url.to_owned())?;
    answer.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec().with_context(|| url.to_owned())
}

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).context("检查点不是文本 / the checkpoint is no text")
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;
    use trust::{NoteKeyKind, NoteSigner, RootEntry, SoftwareKey};

    const ORIGIN: &str = "gongbao.example/log";

    fn log(acts: std::ops::Range<u8>) -> Vec<Vec<u8>> {
        acts.map(|act| Entry::Act(Digest([act; 32])).bytes()).collect()
    }

    fn with_root(mut entries: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
        let acts = entries.iter().filter_map(|entry| match Entry::read(entry) {
            Some(Entry::Act(commitment)) => Some(leaf(&commitment)),
            _ => None,
        });
        let tree: Tree<Sm3> = acts.collect();
        let root =
            RootEntry { acts: tree.size(), root: tree.root(), at: "2022-03-31T18:00:00".to_owned(), documents: None };
        entries.push(Entry::Root(root).bytes());
        entries
    }

    fn signed(entries: &[Vec<u8>], key: &SoftwareKey) -> (String, Checkpoint) {
        let checkpoint =
            Checkpoint { origin: ORIGIN.to_owned(), size: entries.len() as u64, root: tree(entries).root() };
        (checkpoint.sign(&[key as &dyn NoteSigner]).unwrap().to_string(), checkpoint)
    }

    #[test]
    fn a_copy_verifies_as_it_lies_and_shows_what_was_altered() {
        let folder = tempfile::tempdir().unwrap();
        let key = SoftwareKey::new(NoteKeyKind::Ed25519, ORIGIN, [5; 32]).unwrap();
        let keys = [key.key().clone()];
        let first = with_root(log(0..5));
        let whole = with_root([first.clone(), log(5..200)].concat());
        let (note, newest) = signed(&whole, &key);
        check(&whole, &newest).unwrap();
        keep(folder.path(), 0, &whole).unwrap();
        write(&folder.path().join(CHECKPOINT), note.as_bytes()).unwrap();
        let earlier = ("earlier".to_owned(), signed(&first, &key).1);
        assert!(verify(folder.path(), &keys, std::slice::from_ref(&earlier)).is_ok());
        let forked = ("forked".to_owned(), signed(&with_root(log(1..6)), &key).1);
        assert!(format!("{:#}", verify(folder.path(), &keys, &[forked]).unwrap_err()).contains("the log forked"));
        let later = ("later".to_owned(), signed(&with_root(whole.clone()), &key).1);
        assert!(format!("{:#}", verify(folder.path(), &keys, &[later]).unwrap_err()).contains("more entries"));

        let path = folder.path().join(TilePath::entries(0, newest.size).to_string());
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[40] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(format!("{:#}", verify(folder.path(), &keys, &[earlier]).unwrap_err()).contains("signed root at 202"));
    }

    #[test]
    fn a_national_root_that_is_not_that_of_the_acts_before_it_is_found() {
        let mut entries = with_root(log(0..5));
        entries.swap(0, 1);
        let key = SoftwareKey::new(NoteKeyKind::Ed25519, ORIGIN, [5; 32]).unwrap();
        let (_, checkpoint) = signed(&entries, &key);
        assert!(check(&entries, &checkpoint).unwrap_err().to_string().contains("entry 5"));
    }
}
