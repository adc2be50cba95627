//! What authenticators send, made wrong in every way: an answer or none, never a panic.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use p256::ecdsa::SigningKey;
use trust::{PasskeyAnswer, PasskeyKey, PasskeySite, Sha256};

const SITE: &str = "gongbao.example";

fn cose() -> Vec<u8> {
    let secret = SigningKey::from_slice(&[7; 32]).unwrap();
    let point = secret.verifying_key().to_sec1_point(false);
    let (x, y) = point.as_bytes()[1..].split_at(32);
    [&[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20], x, &[0x22, 0x58, 0x20], y].concat()
}

/// What an authenticator sends when it has made a key.
fn made() -> Vec<u8> {
    use trust::TreeHash;
    let site = *Sha256::hash(&[SITE.as_bytes()]).as_bytes();
    [&site[..], &[0x45], &[0, 0, 0, 1], &[0; 16], &[0, 3], b"abc", &cose()].concat()
}

#[test]
fn no_bytes_of_an_authenticator_make_it_panic() {
    let (site, whole) = (PasskeySite { id: SITE.into() }, made());
    assert_eq!(site.register(&whole).unwrap().credential, b"abc");
    let key = PasskeyKey::read(&cose()).unwrap();
    bolero::check!().with_type::<(Vec<u8>, usize)>().for_each(|(bytes, place)| {
        // Random bytes, alone and behind a front that is right.
        let mixed = [&whole[..place % whole.len()], bytes].concat();
        _ = site.register(bytes);
        _ = site.register(&mixed);
        _ = PasskeyKey::read(bytes);
        let answer = PasskeyAnswer { data: &mixed, client: bytes, signature: bytes };
        assert!(site.check(&key, 0, &answer).is_err());
    });
}
