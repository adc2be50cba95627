//! Electronic seals: made, read, and what each way to tamper with one is answered.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use trust::{NewStamp, StampCertificate, StampFault, StampFiles, StampKey, read_stamp};

const FROM: u64 = 1_640_966_400;
const TO: u64 = 1_956_499_200;

fn new(name: &str, seed: u8) -> NewStamp<'_> {
    NewStamp { name, seed: [seed; 32], serial: [seed; 16], from: FROM, to: TO }
}

fn authority(name: &str, seed: u8) -> StampKey {
    StampKey::read(&StampKey::new_authority(&new(name, seed)).unwrap()).unwrap()
}

fn office(of: &StampKey, seed: u8) -> StampKey {
    StampKey::read(&of.new_office(&new("示例镇人民政府", seed)).unwrap()).unwrap()
}

#[test]
fn a_stamp_names_its_office_and_is_trusted_by_its_authority_only() {
    let (county, elsewhere) = (authority("示例县电子印章", 1), authority("别县电子印章", 2));
    let stamp = office(&county, 3).stamp(&[7; 32]).unwrap();
    let stamped = read_stamp(&stamp, &[7; 32], &[county.certificate()]).unwrap();
    assert_eq!((stamped.name.as_str(), stamped.issuer.as_str()), ("示例镇人民政府", "示例县电子印章"));
    assert_eq!((stamped.valid, stamped.trusted), ((FROM, TO), true));
    assert!(stamped.serial.starts_with("43"), "{}", stamped.serial);
    for known in [vec![], vec![elsewhere.certificate()]] {
        assert!(!read_stamp(&stamp, &[7; 32], &known).unwrap().trusted);
    }
    let own = office(&county, 3).certificate();
    assert!(read_stamp(&stamp, &[7; 32], &[own]).unwrap().trusted, "a certificate that is known is trusted by itself");
}

#[test]
fn an_office_cannot_issue_certificates() {
    let county = authority("示例县电子印章", 1);
    let forger = office(&county, 3);
    let stamp = office(&forger, 4).stamp(&[7; 32]).unwrap();
    let known = [county.certificate(), forger.certificate()];
    assert!(!read_stamp(&stamp, &[7; 32], &known).unwrap().trusted);
}

#[test]
fn altered_content_and_altered_stamps_are_told_apart() {
    let county = authority("示例县电子印章", 1);
    let key = office(&county, 3);
    let stamp = key.stamp(&[7; 32]).unwrap();
    assert_eq!(stamp, key.stamp(&[7; 32]).unwrap(), "without chance");
    assert_eq!(read_stamp(&stamp, &[8; 32], &[]), Err(StampFault::Altered));
    assert_eq!(read_stamp(&stamp[..stamp.len() - 1], &[7; 32], &[]), Err(StampFault::Form));
    assert_eq!(read_stamp(b"", &[7; 32], &[]), Err(StampFault::Form));
    let mut altered = stamp.clone();
    let last = altered.len() - 1;
    altered[last] ^= 1;
    assert_eq!(read_stamp(&altered, &[7; 32], &[]), Err(StampFault::Signature));
    for place in (0..stamp.len()).step_by(11) {
        let mut altered = stamp.clone();
        altered[place] ^= 0x10;
        if let Ok(read) = read_stamp(&altered, &[7; 32], &[county.certificate()]) {
            assert_eq!(read.name, "示例镇人民政府", "byte {place}");
            assert!(
                !read.trusted || read == read_stamp(&stamp, &[7; 32], &[county.certificate()]).unwrap(),
                "byte {place}"
            );
        }
    }
}

#[test]
fn keys_come_back_from_their_files_and_only_with_their_own_certificate() {
    let county = StampKey::new_authority(&new("示例县电子印章, O=别的", 1)).unwrap();
    let key = StampKey::read(&county).unwrap();
    assert_eq!(key.certificate().name(), "示例县电子印章, O=别的");
    let read = StampCertificate::read_all(&key.certificate().pem()).unwrap();
    assert_eq!(read[0].fingerprint(), key.certificate().fingerprint());
    let other = StampKey::new_authority(&new("别县电子印章", 2)).unwrap();
    let mixed = StampFiles { key: county.key.clone(), certificates: other.certificates };
    assert!(matches!(StampKey::read(&mixed), Err(StampFault::Key(_))));
    assert!(StampCertificate::read_all("x").is_err());
    assert!(StampKey::new_authority(&NewStamp { seed: [0; 32], ..new("x", 1) }).is_err(), "nought is no key");
}
