//! The vectors printed in `docs/formats/proof.md` hold, and each way to tamper with a proof has an answer of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use trust::{
    Checkpoint, Digest, DocumentBody, DocumentProof, DocumentProofFault, DocumentRoot, Entry, LogProof, LogProofFault,
    NoteFault, NoteKey, NoteKeyKind, NoteSigner, RootEntry, Sha256, Sm3, SoftwareKey, Tree, document_digest, sm3,
};

use crate::formats::{bytes, digests, fixed, number, vectors};

const PROOF: &str = include_str!("../../../../docs/formats/proof.md");
const LOG: &str = include_str!("../../../../docs/formats/log.md");

fn fenced(name: &str) -> &'static str {
    let (_, rest) = PROOF.split_once(&format!("```{name}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

fn printed() -> DocumentProof {
    fenced("document-proof").parse().unwrap()
}

fn compact() -> String {
    fenced("compact-proof").split_whitespace().collect()
}

fn known() -> Vec<NoteKey> {
    vec![vectors(LOG, "ed25519")[0][2].parse().unwrap()]
}

/// Salt, head, body and digest of each example.
fn documents() -> Vec<([u8; 32], String, String, Digest)> {
    let text = |hexadecimal| String::from_utf8(bytes(hexadecimal)).unwrap();
    vectors(PROOF, "document")
        .iter()
        .map(|row| (fixed(row[0]), text(row[1]), text(row[2]), digests(&row[3..])[0]))
        .collect()
}

/// A log with more acts after the example's documents, signed by a key.
fn proof_of(place: u64, acts_after: u8, key: &SoftwareKey) -> DocumentProof {
    let documents = documents();
    let leaves: Tree<Sm3> = documents.iter().map(|(.., digest)| Tree::<Sm3>::leaf(digest.as_bytes())).collect();
    let root = RootEntry {
        acts: 1,
        root: sm3(b"acts"),
        at: "2022-03-31T18:00:00".to_owned(),
        documents: Some(DocumentRoot { count: leaves.size(), root: leaves.root() }),
    };
    let entry = Entry::Root(root).bytes();
    let after = (0..acts_after).map(|act| Entry::Act(Digest([act; 32])).bytes());
    let entries = [Entry::Act(Digest([9; 32])).bytes(), entry.clone()].into_iter().chain(after);
    let tree: Tree<Sha256> = entries.map(|entry| Tree::<Sha256>::leaf(&entry)).collect();
    let origin = key.key().name().to_owned();
    let checkpoint = Checkpoint { origin, size: tree.size(), root: tree.root() }.sign(&[key]).unwrap();
    let path = tree.inclusion(1, tree.size()).unwrap();
    let (salt, head, body, _) = documents[place as usize].clone();
    DocumentProof {
        head,
        body: DocumentBody::Text(body),
        salt,
        index: place,
        path: leaves.inclusion(place, leaves.size()).unwrap(),
        log: LogProof { extra: Some(entry), index: 1, path, checkpoint },
    }
}

fn key(kind: NoteKeyKind, name: &str) -> SoftwareKey {
    SoftwareKey::new(kind, name, [7; 32]).unwrap()
}

#[test]
fn digests_of_documents_and_the_root_over_them() {
    let mut leaves = Tree::<Sm3>::new();
    for (salt, head, body, digest) in documents() {
        assert_eq!(document_digest(&salt, &head, &sm3(body.as_bytes())), digest);
        leaves.push(Tree::<Sm3>::leaf(digest.as_bytes()));
    }
    let row = &vectors(PROOF, "documents-root")[0];
    assert_eq!((leaves.size(), leaves.root()), (number(row[0]), digests(&row[1..])[0]));
    let row = &vectors(PROOF, "root-entry-2")[0];
    let documents = Some(DocumentRoot { count: number(row[3]), root: digests(&row[4..5])[0] });
    let entry =
        Entry::Root(RootEntry { acts: number(row[0]), root: digests(&row[1..2])[0], at: row[2].to_owned(), documents });
    assert_eq!(hex::encode(entry.bytes()), row[5]);
    assert_eq!(Entry::read(&bytes(row[5])), Some(entry));
}

#[test]
fn the_printed_proof_verifies_and_prints_as_it_was_read() {
    let (proof, known) = (printed(), known());
    let proven = proof.verify(&known).unwrap();
    assert_eq!((proven.checkpoint.size, proven.entry.acts, proven.signed.len()), (6, 5, 1));
    assert_eq!(proof.to_string(), fenced("document-proof"));
    assert_eq!(proof.compact(), Some(compact()));
}

#[test]
fn a_code_proves_the_same_and_has_the_digest_of_the_body_only() {
    let known = known();
    let read = DocumentProof::from_compact(&compact().to_lowercase()).unwrap();
    let whole = printed();
    assert_eq!(read, DocumentProof { body: DocumentBody::Digest(whole.body.digest()), ..whole.clone() });
    assert_eq!(read.verify(&known).unwrap(), whole.verify(&known).unwrap());
    assert_eq!(read.compact(), Some(compact()));
    assert_eq!(read.to_string().parse(), Ok(read.clone()));
    assert!(matches!(DocumentProof::from_compact(&compact()[1..]), Err(DocumentProofFault::Form(_))));
}

#[test]
fn every_kind_of_tampering_has_its_answer() {
    let own = key(NoteKeyKind::Ed25519, "example.gov.cn/log");
    let known = [own.key().clone()];
    let proof = proof_of(2, 3, &own);
    proof.verify(&known).unwrap();
    let fault = |changed: &DocumentProof| changed.verify(&known).unwrap_err();

    let body = DocumentBody::Text(r#"{"data":{"area":"220.50"}}"#.to_owned());
    assert_eq!(fault(&DocumentProof { body, ..proof.clone() }), DocumentProofFault::Document);
    let other = proof_of(0, 3, &own);
    let exchanged = DocumentProof { index: other.index, path: other.path, ..proof.clone() };
    assert_eq!(fault(&exchanged), DocumentProofFault::Document);
    assert_eq!(fault(&DocumentProof { salt: [0; 32], ..proof.clone() }), DocumentProofFault::Document);

    let elsewhere = key(NoteKeyKind::Ed25519, "other.gov.cn/log");
    let unsigned = DocumentProofFault::Log(LogProofFault::Note(NoteFault::Unsigned));
    assert_eq!(fault(&proof_of(2, 3, &elsewhere)), unsigned);
    let mut forged = proof.clone();
    forged.log.checkpoint.signatures[0].signature[5] ^= 1;
    assert!(matches!(fault(&forged), DocumentProofFault::Log(LogProofFault::Note(NoteFault::Signature(_)))));

    let mut older = proof.clone();
    let before = Checkpoint { origin: "example.gov.cn/log".to_owned(), size: 1, root: Digest([0; 32]) };
    older.log.checkpoint = before.sign(&[&own]).unwrap();
    assert_eq!(fault(&older), DocumentProofFault::Log(LogProofFault::Older { index: 1, size: 1 }));
    let mut moved = proof.clone();
    moved.log.path.reverse();
    assert_eq!(fault(&moved), DocumentProofFault::Log(LogProofFault::Path));
    let mut without = proof;
    without.log.extra = Some(Entry::Act(Digest([9; 32])).bytes());
    assert!(matches!(fault(&without), DocumentProofFault::Form(_)));
}

#[test]
fn an_sm2_signature_proves_as_well_and_a_million_acts_fit_into_a_code() {
    let own = key(NoteKeyKind::Sm2, "example.gov.cn/log");
    let known = [own.key().clone()];
    let mut proof = proof_of(1, 200, &own);
    let read = DocumentProof::from_compact(&proof.compact().unwrap()).unwrap();
    assert!(read.verify(&known).is_ok());
    proof.path = vec![Digest([1; 32]); 6];
    proof.log.path = vec![Digest([1; 32]); 24];
    let letters = proof.compact().unwrap().len();
    // The largest QR code holds 4,296 letters and digits; one of 30 mm that phones read holds some 2,000.
    assert!(letters < 2_200, "{letters}");
}

#[test]
fn no_bytes_make_the_reader_fall_over() {
    let whole = compact();
    bolero::check!().with_iterations(20_000).with_type::<(u16, u8, Vec<u8>)>().for_each(|(place, letter, tail)| {
        let mut text = whole.clone().into_bytes();
        let place = usize::from(*place) % text.len();
        text[place] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"[usize::from(*letter % 32)];
        text.extend(tail.iter().map(|byte| byte % 128));
        let text = String::from_utf8(text).unwrap();
        if let Ok(read) = DocumentProof::from_compact(&text) {
            assert!(text.eq_ignore_ascii_case(&whole) || read.verify(&known()).is_err(), "{text}");
        }
    });
}
