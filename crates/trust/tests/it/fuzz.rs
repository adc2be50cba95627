//! What is handed in from outside besides proofs and notes: seals, certificates, requests to witnesses, secrets and codes that are typed, stored
//! hashes. None makes its reader panic, and none that was altered passes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use std::sync::LazyLock;
use trust::{
    Digest, DocumentProof, Key, NewStamp, NoteKeyKind, NoteSigner, SoftwareKey, StampCertificate, StampFiles, StampKey,
    WitnessKey, WitnessRequest, check_totp, open, read_stamp, read_verification_code, read_webhook_secret,
    recovery_digest, seal, totp_uri, unwrap_key, verification_code, verify_password, wrap_key,
};

/// Changes of bytes: where, what is put there, and how much goes.
type Changes = Vec<(u16, u8, u8)>;

fn changed(bytes: &[u8], changes: &Changes) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for (place, byte, cut) in changes.iter().take(6) {
        let at = usize::from(*place) % (bytes.len() + 1);
        let to = (at + usize::from(*cut % 9)).min(bytes.len());
        bytes.splice(at..to, [*byte]);
    }
    bytes
}

struct Seals {
    authority: StampCertificate,
    files: StampFiles,
    message: Vec<u8>,
}

const SEALED: [u8; 32] = [7; 32];

static SEALS: LazyLock<Seals> = LazyLock::new(|| {
    let new =
        |name, seed| NewStamp { name, seed: [seed; 32], serial: [seed; 16], from: 1_640_966_400, to: 1_956_499_200 };
    let county = StampKey::read(&StampKey::new_authority(&new("示例县电子印章", 1)).unwrap()).unwrap();
    let files = county.new_office(&new("示例镇人民政府", 3)).unwrap();
    let message = StampKey::read(&files).unwrap().stamp(&SEALED).unwrap();
    Seals { authority: county.certificate(), files, message }
});

#[test]
fn no_altered_seal_is_one() {
    bolero::check!().with_iterations(1_500).with_type::<(Changes, bool)>().for_each(|(changes, raw)| {
        let seals = &*SEALS;
        let message = if *raw {
            changes.iter().flat_map(|(place, byte, _)| [*byte, *place as u8]).collect()
        } else {
            changed(&seals.message, changes)
        };
        let read = read_stamp(&message, &SEALED, std::slice::from_ref(&seals.authority));
        if let Ok(stamped) = read {
            // What is not covered by the signature may read otherwise; who stamped may not.
            let own = (stamped.name.as_str(), stamped.issuer.as_str()) == ("示例镇人民政府", "示例县电子印章");
            assert!(!stamped.trusted || own, "{stamped:?}");
        }
        assert!(read_stamp(&message, &[8; 32], &[]).is_err(), "nor is it one over something else");
    });
}

#[test]
fn no_text_of_certificates_and_keys_breaks_their_readers() {
    bolero::check!().with_iterations(1_500).with_type::<(Changes, Changes)>().for_each(|(of_key, of_chain)| {
        let files = &SEALS.files;
        let text = |text: &str, changes| String::from_utf8_lossy(&changed(text.as_bytes(), changes)).into_owned();
        let certificates = text(&files.certificates, of_chain);
        for certificate in StampCertificate::read_all(&certificates).into_iter().flatten() {
            assert!(StampCertificate::read_all(&certificate.pem()).is_ok());
            _ = (certificate.name(), certificate.fingerprint());
        }
        let altered = StampFiles { key: text(&files.key, of_key).into(), certificates };
        if let Ok(key) = StampKey::read(&altered) {
            key.stamp(&SEALED).unwrap();
        }
    });
}

#[test]
fn no_request_to_a_witness_breaks_its_reader() {
    let log = SoftwareKey::new(NoteKeyKind::Ed25519, "example.gov.cn/log", [1; 32]).unwrap();
    let tree: trust::Tree<trust::Sha256> =
        (0..9_u8).map(|entry| trust::Tree::<trust::Sha256>::leaf(&[entry])).collect();
    let checkpoint = trust::Checkpoint { origin: log.key().name().to_owned(), size: 9, root: tree.root() };
    let request = WitnessRequest {
        old: 5,
        proof: tree.consistency(5, 9).unwrap(),
        checkpoint: checkpoint.sign(&[&log]).unwrap(),
    };
    let (text, known) = (request.text(), [log.key().clone()]);
    let seen = trust::Checkpoint { size: 5, root: tree.root_at(5).unwrap(), ..checkpoint };
    assert!(WitnessRequest::read(&text).unwrap().check(Some(&seen), &known).is_ok());
    bolero::check!().with_iterations(2_000).with_type::<Changes>().for_each(|changes| {
        let altered = String::from_utf8_lossy(&changed(text.as_bytes(), changes)).into_owned();
        if let Ok(request) = WitnessRequest::read(&altered) {
            assert_eq!(WitnessRequest::read(&request.text()), Ok(request.clone()));
            if let Ok(taken) = request.check(Some(&seen), &known) {
                assert_eq!((taken.size, taken.root), (9, tree.root()), "only what was signed");
            }
        }
    });
}

/// Texts that people type or copy: keys, codes, digests, hashes, secrets of webhooks.
#[test]
fn no_typed_secret_breaks_its_reader() {
    let log = SoftwareKey::new(NoteKeyKind::Sm2, "example.gov.cn/log", [1; 32]).unwrap();
    let witness = WitnessKey::new("witness.example", [2; 32]).unwrap();
    let code = verification_code(b"a document", &[3; 32]);
    let hash = trust::hash_password("a password", &[3; 16], &trust::Cost::cheap()).unwrap();
    let texts = [
        log.secret_text().to_string(),
        witness.secret_text().to_string(),
        log.key().to_string(),
        code,
        hash,
        trust::print_webhook_secret(&[4; trust::WEBHOOK_SECRET_BYTES]),
        trust::sm3(b"x").to_string(),
        "287082".to_owned(),
        trust::print_recovery_code(&[5; 10]),
    ];
    bolero::check!().with_iterations(1_500).with_type::<(u8, Changes, i64)>().for_each(|(which, changes, seconds)| {
        let text = &texts[usize::from(*which) % texts.len()];
        let typed = String::from_utf8_lossy(&changed(text.as_bytes(), changes)).into_owned();
        _ = (SoftwareKey::read(&typed).is_ok(), WitnessKey::read(&typed).is_ok(), typed.parse::<Digest>().is_ok());
        _ = (typed.parse::<DocumentProof>().is_ok(), DocumentProof::from_compact(&typed).is_ok());
        if let Ok(code) = read_verification_code(&typed) {
            assert_eq!(read_verification_code(&code), Ok(code));
        }
        _ = (read_webhook_secret(&typed), recovery_digest(&typed), totp_uri(&typed, &typed, typed.as_bytes()));
        if let Some(step) = check_totp(b"12345678901234567890", &typed, *seconds, 0) {
            assert!(step > 0 && step.abs_diff(u64::try_from(seconds.div_euclid(30)).unwrap_or(0)) <= 1);
        }
        // A stored hash may ask for no more work than those that are stored here do.
        if !typed.contains("m=") || typed.contains("m=8,t=1,p=1") {
            assert!(verify_password("another", &typed) != Ok(true));
        }
    });
}

#[test]
fn nothing_sealed_opens_once_altered() {
    let (county, own) = (Key::new([1; 16]), Key::new([2; 16]));
    let sealed = seal(&own, [3; trust::NONCE_BYTES], b"where", "林示例".as_bytes());
    let wrapped = wrap_key(&county, "h1", [4; trust::NONCE_BYTES], &own);
    bolero::check!().with_iterations(2_000).with_type::<Changes>().for_each(|changes| {
        let (text, key) = (changed(&sealed, changes), changed(&wrapped, changes));
        assert!(text == sealed || open(&own, b"where", &text).is_err());
        assert!(key == wrapped || unwrap_key(&county, "h1", &key).is_err());
    });
}
