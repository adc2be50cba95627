//! The vectors printed in `docs/formats/` hold. They were computed by a separate program.

use trust::{
    Digest, Key, Sm3, Tree, commit, leaf, open, read_verification_code, seal, verification_code, verify_consistency,
    verify_inclusion,
};

const JOURNAL_LEAF: &str = include_str!("../../../../docs/formats/journal-leaf.md");
const VERIFICATION_CODE: &str = include_str!("../../../../docs/formats/verification-code.md");
const SEAL: &str = include_str!("../../../../docs/formats/seal.md");

#[test]
fn commitments_and_leaves() {
    for row in vectors(JOURNAL_LEAF, "commit") {
        let commitment = commit(&fixed(row[0]), &bytes(row[1]));
        assert_eq!(commitment.to_string(), row[2]);
        assert_eq!(leaf(&commitment).to_string(), row[3]);
        assert_eq!(Tree::<Sm3>::leaf(commitment.as_bytes()).to_string(), row[3]);
    }
}

#[test]
fn roots() {
    let tree = tree();
    for row in vectors(JOURNAL_LEAF, "root") {
        let root = tree.root_at(number(row[0])).expect("the tree has that many leaves");
        assert_eq!(root.to_string(), row[1], "size {}", row[0]);
    }
    assert_eq!(tree.root_at(tree.size() + 1), None);
}

#[test]
fn inclusion_proofs() {
    let (leaves, tree) = (leaves(), tree());
    for row in vectors(JOURNAL_LEAF, "inclusion") {
        let (index, size, proof) = (number(row[0]), number(row[1]), digests(&row[2..]));
        assert_eq!(tree.inclusion(index, size), Some(proof.clone()), "{row:?}");
        let (leaf, root) = (&leaves[usize::from(row[0].as_bytes()[0] - b'0')], tree.root_at(size).expect("in range"));
        assert!(verify_inclusion::<Sm3>(leaf, index, size, &proof, &root), "{row:?}");
    }
}

#[test]
fn consistency_proofs() {
    let tree = tree();
    for row in vectors(JOURNAL_LEAF, "consistency") {
        let (old, new, proof) = (number(row[0]), number(row[1]), digests(&row[2..]));
        assert_eq!(tree.consistency(old, new), Some(proof.clone()), "{row:?}");
        let (old_root, new_root) = (tree.root_at(old).expect("in range"), tree.root_at(new).expect("in range"));
        assert!(verify_consistency::<Sm3>((old, &old_root), (new, &new_root), &proof), "{row:?}");
    }
}

#[test]
fn verification_codes() {
    for row in vectors(VERIFICATION_CODE, "code") {
        assert_eq!(verification_code(&bytes(row[1]), &fixed(row[0])), row[2]);
        assert_eq!(read_verification_code(row[2]).as_deref(), Ok(row[2]));
    }
}

#[test]
fn sealed_vectors_come_out() {
    for row in vectors(SEAL, "seal") {
        let (key, context, plain) = (Key::new(fixed(row[0])), bytes(row[2]), bytes(row[3]));
        let sealed = seal(&key, fixed(row[1]), &context, &plain);
        assert_eq!(hex::encode(&sealed), row[4]);
        assert_eq!(open(&key, &context, &sealed), Ok(plain));
    }
}

fn tree() -> Tree {
    leaves().into_iter().collect()
}

fn leaves() -> Vec<Digest> {
    vectors(JOURNAL_LEAF, "commit").iter().map(|row| digest(row[3])).collect()
}

/// The rows of one kind out of all `vectors` fences of a document; at least one.
pub(crate) fn vectors<'doc>(document: &'doc str, kind: &str) -> Vec<Vec<&'doc str>> {
    let mut rows = Vec::new();
    let mut inside = false;
    for line in document.lines() {
        if line.starts_with("```") {
            inside = line == "```vectors";
        } else if inside && line.split(' ').next() == Some(kind) {
            rows.push(line.split(' ').skip(1).collect());
        }
    }
    assert!(!rows.is_empty(), "the document has no `{kind}` vectors");
    rows
}

pub(crate) fn digests(texts: &[&str]) -> Vec<Digest> {
    texts.iter().map(|text| digest(text)).collect()
}

fn digest(text: &str) -> Digest {
    text.parse().expect("a digest in the document")
}

pub(crate) fn number(text: &str) -> u64 {
    text.parse().expect("a number in the document")
}

pub(crate) fn fixed<const LENGTH: usize>(text: &str) -> [u8; LENGTH] {
    bytes(text).try_into().expect("as many bytes as the format says")
}

pub(crate) fn bytes(text: &str) -> Vec<u8> {
    if text == "-" { Vec::new() } else { hex::decode(text).expect("hexadecimal in the document") }
}
