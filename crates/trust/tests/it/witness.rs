//! Witnesses: what they sign is checked by everybody, and what they refuse has its reason.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use trust::{
    Checkpoint, Digest, Note, NoteFault, NoteKey, NoteKeyKind, NoteSigner, Sha256, SoftwareKey, Tree, WitnessFault,
    WitnessKey, WitnessRequest,
};

const ORIGIN: &str = "example.gov.cn/log";

fn log(kind: NoteKeyKind, seed: u8) -> SoftwareKey {
    SoftwareKey::new(kind, ORIGIN, [seed; 32]).unwrap()
}

fn tree(entries: u8) -> Tree<Sha256> {
    (0..entries).map(|entry| Tree::<Sha256>::leaf(&[entry])).collect()
}

fn checkpoint(tree: &Tree<Sha256>) -> Checkpoint {
    Checkpoint { origin: ORIGIN.to_owned(), size: tree.size(), root: tree.root() }
}

fn request(key: &SoftwareKey, tree: &Tree<Sha256>, old: u64) -> WitnessRequest {
    let proof = tree.consistency(old, tree.size()).unwrap();
    WitnessRequest { old, proof, checkpoint: checkpoint(tree).sign(&[key]).unwrap() }
}

#[test]
fn a_cosignature_is_a_line_of_the_note_that_its_key_verifies() {
    let (own, witness) = (log(NoteKeyKind::Ed25519, 1), WitnessKey::new("witness.example", [2; 32]).unwrap());
    let mut note = request(&own, &tree(5), 0).checkpoint;
    note.signatures.push(witness.cosign(&note.text, 1_647_914_400));
    let keys = [own.key().clone(), witness.key().clone()];
    let (_, signed) = Checkpoint::open(&note.to_string(), &keys).unwrap();
    assert_eq!(signed.iter().map(|key| key.kind()).collect::<Vec<_>>(), [NoteKeyKind::Ed25519, NoteKeyKind::Witness]);
    assert_eq!(
        Checkpoint::open(&note.to_string(), &keys[1..]),
        Err(NoteFault::Unsigned),
        "a witness alone is not enough"
    );
    let mut later = note.clone();
    later.signatures[1].signature[7] ^= 1;
    assert!(matches!(Checkpoint::open(&later.to_string(), &keys), Err(NoteFault::Signature(_))), "the time is signed");

    let printed: NoteKey = witness.key().to_string().parse().unwrap();
    assert_eq!(printed, *witness.key());
    assert_eq!(WitnessKey::read(&witness.secret_text()).unwrap().key(), witness.key());
    assert!(WitnessKey::read(&own.secret_text()).is_err());
    assert!(SoftwareKey::read(&witness.secret_text()).is_err(), "and no log signs with a witness's key");
    assert!(SoftwareKey::new(NoteKeyKind::Witness, ORIGIN, [1; 32]).is_err());
}

/// Key and cosignature of another program: computed with OpenSSL from the text of C2SP tlog-cosignature.
#[test]
fn agrees_with_openssl() {
    let witness = WitnessKey::new("witness.example", std::array::from_fn(|at| at as u8)).unwrap();
    assert_eq!(witness.key().to_string(), "witness.example+7e81f231+BAOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4");
    let text = "example.gov.cn/log\n9\n9BdFa4/73JptU5+PgFhze4ZqRsxCh+yNT1tyeBSIo58=\n";
    let note = Note { text: text.to_owned(), signatures: vec![witness.cosign(text, 1_647_914_400)] };
    assert!(note.to_string().ends_with("— witness.example foHyMQAAAABiOS2g1osgvuI/6dETV6ijFEepi6s0J5YfT9dMt9u0JGQ6Yre12pH2wVXDHORjkjCNVfFFzMOKGB8geD9yhLsRGAaVBQ==\n"), "{note}");
}

#[test]
fn a_witness_signs_what_appends_and_says_why_it_does_not() {
    let own = log(NoteKeyKind::Ed25519, 1);
    let known = [own.key().clone()];
    let small = checkpoint(&tree(5));
    assert_eq!(request(&own, &tree(5), 0).check(None, &known).unwrap(), small);
    assert_eq!(request(&own, &tree(9), 5).check(Some(&small), &known).unwrap(), checkpoint(&tree(9)));
    assert_eq!(request(&own, &tree(5), 5).check(Some(&small), &known).unwrap(), small, "it may be asked again");
    assert_eq!(request(&own, &tree(9), 0).check(Some(&small), &known), Err(WitnessFault::Conflict(5)));
    assert_eq!(request(&own, &tree(9), 5).check(None, &known), Err(WitnessFault::Conflict(0)));

    let mut forked = tree(4);
    (0..5).for_each(|_| forked.push(Digest([9; 32])));
    assert_eq!(request(&own, &forked, 5).check(Some(&small), &known), Err(WitnessFault::Fork));
    let shorter = WitnessRequest { old: 5, proof: Vec::new(), checkpoint: checkpoint(&tree(3)).sign(&[&own]).unwrap() };
    assert_eq!(shorter.check(Some(&small), &known), Err(WitnessFault::Fork));
    let other = log(NoteKeyKind::Sm2, 3);
    let unsigned = request(&other, &tree(5), 0).check(None, &known);
    assert_eq!(unsigned, Err(WitnessFault::Note(NoteFault::Unsigned)));
    let elsewhere = SoftwareKey::new(NoteKeyKind::Ed25519, "other.example/log", [1; 32]).unwrap();
    assert_eq!(request(&own, &tree(5), 0).check(None, &[elsewhere.key().clone()]), Err(WitnessFault::Unknown));
}

#[test]
fn a_request_reads_as_it_was_written_and_nothing_else_does() {
    let request = request(&log(NoteKeyKind::Ed25519, 1), &tree(9), 5);
    assert_eq!(WitnessRequest::read(&request.text()), Ok(request.clone()));
    let first = WitnessRequest { old: 0, proof: Vec::new(), ..request.clone() };
    assert_eq!(WitnessRequest::read(&first.text()), Ok(first));
    for wrong in ["", "old 5\n", "old x\n\na\n\n— b c\n"] {
        assert_eq!(WitnessRequest::read(wrong), Err(WitnessFault::Form), "{wrong}");
    }
    assert_eq!(WitnessRequest::read(&request.text().replace("old 5", "old 05")), Err(WitnessFault::Form));
}
