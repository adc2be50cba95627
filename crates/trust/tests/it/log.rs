//! The vectors printed in `docs/formats/log.md` hold, and tiles give what the whole tree gives.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use sha2::Digest as _;
use trust::{
    Checkpoint, Digest, Entry, LogProof, LogProofFault, Note, NoteFault, NoteKey, NoteKeyKind, NoteSigner, RootEntry,
    Sha256, ShortTile, Sm3, SoftwareKey, TileId, TilePath, Tiles, Tree, bundle, commit, grow, leaf, read_bundle,
    read_tile, tile_bytes, verify_consistency, verify_inclusion,
};

use crate::formats::{bytes, digests, fixed, number, vectors};

const LOG: &str = include_str!("../../../../docs/formats/log.md");

fn acts() -> Vec<Digest> {
    let acts = vectors(LOG, "act");
    acts.iter().map(|row| commit(&fixed(row[0]), &bytes(row[1]))).collect()
}

/// The example log: five acts, a root, two acts, a root.
fn entries() -> Vec<Entry> {
    let roots: Vec<Entry> = vectors(LOG, "root-entry").iter().map(|row| Entry::Root(root_entry(row))).collect();
    let acts: Vec<Entry> = acts().into_iter().map(Entry::Act).collect();
    [&acts[..5], &roots[..1], &acts[5..], &roots[1..]].concat()
}

fn root_entry(row: &[&str]) -> RootEntry {
    RootEntry { acts: number(row[0]), root: digests(&row[1..2])[0], at: row[2].to_owned(), documents: None }
}

fn keys() -> Vec<SoftwareKey> {
    let key = |kind, row: &[&str]| SoftwareKey::new(kind, row[0], fixed(row[1])).unwrap();
    vec![key(NoteKeyKind::Ed25519, &vectors(LOG, "ed25519")[0]), key(NoteKeyKind::Sm2, &vectors(LOG, "sm2")[0])]
}

fn known() -> Vec<NoteKey> {
    keys().iter().map(|key| key.key().clone()).collect()
}

fn printed_proof() -> String {
    let (_, rest) = LOG.split_once("```tlog-proof\n").unwrap();
    rest.split_once("```").unwrap().0.to_owned()
}

#[test]
fn entries_and_the_national_root_in_them() {
    for (act, row) in acts().iter().zip(vectors(LOG, "act")) {
        assert_eq!(act.to_string(), row[2]);
    }
    let national: Tree<Sm3> = acts().iter().map(leaf).collect();
    for row in vectors(LOG, "root-entry") {
        let entry = root_entry(&row);
        assert_eq!(national.root_at(entry.acts), Some(entry.root));
        assert_eq!(hex::encode(Entry::Root(entry.clone()).bytes()), row[3]);
        assert_eq!(Entry::read(&bytes(row[3])), Some(Entry::Root(entry)));
    }
}

#[test]
fn the_public_tree_and_its_bundles() {
    let entries: Vec<Vec<u8>> = entries().iter().map(Entry::bytes).collect();
    let tree: Tree<Sha256> = entries.iter().map(|entry| Tree::<Sha256>::leaf(entry)).collect();
    for row in vectors(LOG, "public-root") {
        assert_eq!(tree.root_at(number(row[0])).unwrap().to_string(), row[1]);
    }
    for row in vectors(LOG, "public-inclusion") {
        assert_eq!(tree.inclusion(number(row[0]), number(row[1])), Some(digests(&row[2..])));
    }
    for row in vectors(LOG, "bundle") {
        let bytes = bundle(&entries);
        assert_eq!(hex::encode(sha2::Sha256::digest(&bytes)), row[1]);
        assert_eq!(read_bundle(&bytes), Some(entries.clone()));
    }
}

#[test]
fn tiles_of_a_large_tree() {
    let leaves: Vec<Digest> = (0..70_000).map(|at| Tree::<Sha256>::leaf(format!("entry {at}").as_bytes())).collect();
    let tiles = grow::<Sha256, ShortTile>(0, |_| Ok(Vec::new()), &leaves).unwrap();
    for row in vectors(LOG, "tile") {
        let tile = TileId { level: row[0].parse().unwrap(), index: number(row[1]) };
        assert_eq!(tile.width(70_000), number(row[2]));
        let bytes = tile_bytes(&tiles[&tile]);
        assert_eq!(hex::encode(sha2::Sha256::digest(&bytes)), row[3]);
        assert_eq!(read_tile(&bytes).as_ref(), Some(&tiles[&tile]));
        assert_eq!(read_tile(&bytes[1..]), None);
    }
    let last: Vec<u64> = TileId::last(70_000).iter().map(|tile| tile.width(70_000)).collect();
    assert_eq!(last, [112, 17, 1]);
    let kept = kept(&tiles);
    for row in vectors(LOG, "tiles-root") {
        assert_eq!(kept.root(number(row[0])).unwrap().to_string(), row[1]);
    }
    let short = kept.root(70_001).unwrap_err();
    assert_eq!(short, ShortTile { level: 0, index: 273, wanted: 113 });
    for row in vectors(LOG, "path") {
        let path = TilePath::entries(number(row[0]), u64::MAX);
        assert_eq!(path.to_string(), format!("tile/entries/{}", row[1]));
        assert_eq!(path.to_string().parse(), Ok(path));
    }
}

type Map = BTreeMap<TileId, Vec<Digest>>;

fn kept(tiles: &Map) -> Tiles<Sha256, impl Fn(TileId) -> Result<Vec<Digest>, ShortTile>> {
    Tiles::new(|tile| Ok(tiles.get(&tile).cloned().unwrap_or_default()))
}

#[test]
fn every_size_grows_by_every_step_to_the_tree_it_should_be() {
    let leaves: Vec<Digest> = (0..600u16).map(|at| Tree::<Sha256>::leaf(&at.to_be_bytes())).collect();
    let whole: Tree<Sha256> = leaves.iter().copied().collect();
    let mut steps = Map::new();
    for size in 0..600u64 {
        let grown = {
            let read = |tile: TileId| Ok::<_, ShortTile>(steps.get(&tile).cloned().unwrap_or_default());
            grow::<Sha256, _>(size, read, &leaves[size as usize..=size as usize]).unwrap()
        };
        steps.extend(grown);
        let tiles = kept(&steps);
        assert_eq!(Some(tiles.root(size + 1).unwrap()), whole.root_at(size + 1));
        for index in [0, size / 2, size] {
            assert_eq!(tiles.inclusion(index, size + 1).unwrap(), whole.inclusion(index, size + 1));
        }
        assert_eq!(tiles.consistency(size / 3, size + 1).unwrap(), whole.consistency(size / 3, size + 1));
        assert_eq!(tiles.inclusion(size + 1, size + 1).unwrap(), None);
        assert_eq!(tiles.consistency(size + 2, size + 1).unwrap(), None);
    }
}

proptest! {
    // Hashing is slow in a build for tests.
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn steps_of_any_length_give_the_same_tiles(cuts in proptest::collection::vec(1..700usize, 1..6), stale in 0..3usize) {
        let all: usize = cuts.iter().sum();
        let leaves: Vec<Digest> = (0..all).map(|at| Tree::<Sha256>::leaf(&at.to_be_bytes())).collect();
        let once = grow::<Sha256, ShortTile>(0, |_| Ok(Vec::new()), &leaves).unwrap();
        let (mut tiles, mut size) = (Map::new(), 0);
        for cut in cuts {
            let grown = {
                // What a work that did not end left behind is dropped.
                let read = |tile: TileId| {
                    let mut hashes: Vec<Digest> = tiles.get(&tile).cloned().unwrap_or_default();
                    hashes.extend(std::iter::repeat_n(Digest([0; 32]), stale));
                    Ok::<_, ShortTile>(hashes)
                };
                grow::<Sha256, _>(size as u64, read, &leaves[size..size + cut]).unwrap()
            };
            tiles.extend(grown);
            size += cut;
        }
        prop_assert_eq!(&tiles, &once);
        let (tree, kept) = (leaves.iter().copied().collect::<Tree<Sha256>>(), kept(&tiles));
        let (root, size) = (tree.root(), size as u64);
        let path = kept.inclusion(size / 2, size).unwrap().unwrap();
        prop_assert!(verify_inclusion::<Sha256>(&leaves[all / 2], size / 2, size, &path, &root));
        let old = size / 2;
        let proof = kept.consistency(old, size).unwrap().unwrap();
        prop_assert!(verify_consistency::<Sha256>((old, &tree.root_at(old).unwrap()), (size, &root), &proof));
    }

    #[test]
    fn whatever_reads_prints_again(text in "(tile/([0-7]|entries)/(x[0-9]{3}/){0,3}[0-9]{1,4}(\\.p/[0-9]{1,3})?|.{0,30})") {
        if let Ok(path) = text.parse::<TilePath>() {
            prop_assert_eq!(path.to_string(), text);
        }
    }
}

#[test]
fn keys_print_and_read() {
    for (kind, row) in
        [(NoteKeyKind::Ed25519, &vectors(LOG, "ed25519")[0]), (NoteKeyKind::Sm2, &vectors(LOG, "sm2")[0])]
    {
        let secret = SoftwareKey::new(kind, row[0], fixed(row[1])).unwrap();
        assert_eq!((secret.key().to_string().as_str(), secret.key().kind()), (row[2], kind));
        assert_eq!(row[2].parse().as_ref(), Ok(secret.key()));
        let again = SoftwareKey::read(&secret.secret_text()).unwrap();
        assert_eq!(again.sign(b"text").unwrap(), secret.sign(b"text").unwrap());
        assert!(secret.key().verifies(b"text", &secret.sign(b"text").unwrap()));
        assert!(!secret.key().verifies(b"texts", &secret.sign(b"text").unwrap()));
        for (place, _) in row[2].char_indices() {
            let mut altered = row[2].to_owned();
            altered.replace_range(place..=place, "0");
            assert!(altered == row[2] || altered.parse::<NoteKey>().is_err(), "{altered}");
        }
    }
    assert!(SoftwareKey::new(NoteKeyKind::Ed25519, "two words", [1; 32]).is_err());
    assert!(SoftwareKey::new(NoteKeyKind::Sm2, "zero", [0; 32]).is_err());
    assert!(SoftwareKey::read("PRIVATE+KEY+a+00000000+AQ==").is_err());
}

#[test]
fn a_proof_signed_elsewhere_verifies_and_prints_as_it_was() {
    let proof: LogProof = printed_proof().parse().unwrap();
    assert_eq!(proof.to_string(), printed_proof());
    let entry = entries()[6].bytes();
    let known = known();
    let (checkpoint, signed) = proof.verify(&entry, &known).unwrap();
    assert_eq!((checkpoint.size, signed.len()), (9, 2));
    // A reader who knows only one of the keys passes over the other.
    assert_eq!(proof.verify(&entry, &known[..1]).unwrap().1.len(), 1);
    assert_eq!(proof.verify(&entries()[5].bytes(), &known).unwrap_err(), LogProofFault::Path);
    assert_eq!(proof.verify(&entry, &[]).unwrap_err(), LogProofFault::Note(NoteFault::Unsigned));
    let other = SoftwareKey::new(NoteKeyKind::Ed25519, "witness.example", [3; 32]).unwrap();
    let signature = trust::Checkpoint::sign(&checkpoint, &[&other]).unwrap();
    let witnessed = LogProof { checkpoint: signature, ..proof };
    assert_eq!(witnessed.verify(&entry, &[other.key().clone()]).unwrap_err(), LogProofFault::Note(NoteFault::Unsigned));
}

#[test]
fn a_checkpoint_signs_to_a_note_that_opens() {
    let checkpoint = Checkpoint { origin: "example.gov.cn/log".to_owned(), size: 9, root: Digest([4; 32]) };
    let signers = keys();
    let signers: Vec<&dyn NoteSigner> = signers.iter().map(|key| key as &dyn NoteSigner).collect();
    let note = checkpoint.sign(&signers).unwrap().to_string();
    assert_eq!(Checkpoint::open(&note, &known()).unwrap().0, checkpoint);
    let altered = note.replacen("\n9\n", "\n8\n", 1);
    assert!(matches!(Checkpoint::open(&altered, &known()), Err(NoteFault::Signature(_))));
}

#[test]
fn what_is_no_note_or_no_checkpoint_is_said() {
    for wrong in [
        "",
        "a\n",
        "a\n\n",
        "a\n\n— b\n",
        "a\n\n— b !!\n",
        "a\n\n— b+c AAAAAAA=\n",
        "a\r\n\n— b AAAAAAA=\n",
        "a\n\n— b AAAAAAA=",
    ] {
        assert!(matches!(Note::read(wrong), Err(NoteFault::Form(_))), "{wrong:?}");
    }
    for wrong in ["", "o\n", "o\n1\n", "o\n01\nAA==\n", "o\n1\nAA==\n", "\n1\n"] {
        assert!(Checkpoint::read(wrong).is_err(), "{wrong:?}");
    }
    let root = format!("{}=", "A".repeat(43));
    assert!(Checkpoint::read(&format!("o\n1\n{root}\nextension\n")).is_ok());
    assert!(Checkpoint::read(&format!("o\n1\n{root}\n\n")).is_err());
    for wrong in [
        "",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nx",
        "c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\nx",
    ] {
        assert!(wrong.parse::<LogProof>().is_err(), "{wrong:?}");
    }
}

#[test]
fn readers_of_what_comes_from_outside_never_panic() {
    let seeds = [printed_proof(), LOG.to_owned()];
    bolero::check!().with_iterations(20_000).with_type::<(u16, u8, Vec<u8>)>().for_each(|(place, byte, tail)| {
        let mut text = seeds[0].clone().into_bytes();
        let at = usize::from(*place) % text.len();
        text[at] = *byte;
        text.extend_from_slice(tail);
        let text = String::from_utf8_lossy(&text);
        if let Ok(proof) = text.parse::<LogProof>() {
            assert!(proof.verify(b"another entry", &known()[..1]).is_err());
        }
        _ = (
            Note::read(&text),
            Checkpoint::read(&text),
            text.parse::<NoteKey>().is_ok(),
            text.parse::<TilePath>().is_ok(),
        );
        _ = (Entry::read(tail), read_bundle(tail), read_tile(tail));
    });
}
