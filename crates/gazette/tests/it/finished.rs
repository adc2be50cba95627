//! Proofs and seals behind a PDF: what is added is found again, covers every byte, and a standard reader calls it valid.

use std::process::Command;

use gazette::finished::{Added, Addition, FinishedFault, add, read};
use gazette::typeset::{Job, Standard};
use jiff::civil::date;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use trust::{NewStamp, StampKey};

use crate::fonts::typesetter;

const PROOF: &str = "gongbao document proof 1\nhead {\"title\":\"准养证\"}\n";
const BOTH: Addition<'_> =
    Addition { at: "20220322100000", proof: Some(PROOF), office: Some("示例镇人民政府（一）") };

/// A PDF of two pages, or nothing where the fonts are missing. A link makes an annotation on its first page.
fn paper(link: bool) -> Option<Vec<u8>> {
    let main = format!(
        "#set document(title: \"准养证\")\n#set text(font: \"Noto Serif CJK SC\", lang: \"zh\")\n准养证 {}\n#pagebreak()\n第二页",
        if link { "#link(\"https://example.cn\")[网址]" } else { "" }
    );
    let (files, data) = (Default::default(), json!({}));
    let job = Job {
        name: "a.typ",
        main: &main,
        files: &files,
        data: &data,
        today: date(2022, 3, 22),
        standard: Standard::A2b,
    };
    Some(typesetter()?.pdf(&job).expect("a sound template"))
}

fn office() -> StampKey {
    let new =
        |name, seed| NewStamp { name, seed: [seed; 32], serial: [seed; 16], from: 1_640_966_400, to: 1_956_499_200 };
    let county =
        StampKey::read(&StampKey::new_authority(&new("示例县电子印章", 1)).expect("a key")).expect("its files");
    StampKey::read(&county.new_office(&new("示例镇人民政府", 2)).expect("a key")).expect("its files")
}

fn digest(covered: [&[u8]; 2]) -> [u8; 32] {
    Sha256::new().chain_update(covered[0]).chain_update(covered[1]).finalize().into()
}

fn sealed(added: Added) -> Vec<u8> {
    let digest = digest(added.covered().expect("there is room for a seal"));
    added.sealed(&office().stamp(&digest).expect("a stamp")).expect("it fits")
}

#[test]
fn proof_and_seal_are_found_again_and_every_byte_is_covered() {
    for link in [false, true] {
        let Some(paper) = paper(link) else { return };
        let pdf = sealed(add(&paper, &BOTH).expect("typesetting built it"));
        assert!(pdf.starts_with(&paper), "what was there stays as it was");
        let found = read(&pdf).expect("a PDF");
        assert_eq!(found.proof, Some(PROOF));
        let seal = found.seal.expect("a seal");
        assert_eq!((seal.at, seal.added_later), ("20220322100000", 0));
        let stamped = trust::read_stamp(&seal.signature, &digest(seal.covered), &[]).expect("a sound stamp");
        assert_eq!(stamped.name, "示例镇人民政府");
        assert_eq!(seal.covered[0].len() + seal.covered[1].len() + 2 * 6 * 1024 + 2, pdf.len());
    }
}

#[test]
fn a_changed_byte_and_an_addition_are_told() {
    let Some(paper) = paper(false) else { return };
    let pdf = sealed(add(&paper, &BOTH).expect("typesetting built it"));
    let whole = read(&pdf).expect("a PDF").seal.expect("a seal");
    let hole = whole.covered[0].len()..pdf.len() - whole.covered[1].len();
    for place in (0..pdf.len()).step_by(97).filter(|place| !hole.contains(place)) {
        let mut changed = pdf.clone();
        changed[place] ^= 1;
        let sound = read(&changed).and_then(|found| found.seal).is_some_and(|seal| {
            seal.added_later == 0 && trust::read_stamp(&seal.signature, &digest(seal.covered), &[]).is_ok()
        });
        assert!(!sound, "byte {place}");
    }
    let longer = [pdf.as_slice(), b"\n7 0 obj\n<<>>\nendobj\n"].concat();
    assert_eq!(read(&longer).expect("a PDF").seal.expect("a seal").added_later, 21);
    let head = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 ";
    let pretended = [pdf.as_slice(), head].concat();
    let seal = read(&pretended).expect("a PDF").seal.expect("the beginning of another hides none");
    assert_eq!(seal.added_later, head.len());
}

#[test]
fn without_a_seal_there_is_the_proof_alone_and_without_both_nothing_changes() {
    let Some(paper) = paper(false) else { return };
    let pdf = add(&paper, &Addition { office: None, ..BOTH }).expect("typesetting built it");
    assert!(pdf.covered().is_none());
    let pdf = pdf.bytes();
    let found = read(&pdf).expect("a PDF");
    assert_eq!((found.proof, found.seal), (Some(PROOF), None));
    let none = add(&paper, &Addition { proof: None, office: None, ..BOTH }).expect("nothing to add");
    assert_eq!(none.bytes(), paper);
    assert_eq!(read(&paper).map(|found| (found.proof, found.seal)), Some((None, None)));
    assert_eq!(read(b"no PDF"), None);
    let twice = add(&pdf, &BOTH).expect_err("it has two tables of places");
    assert!(matches!(twice, FinishedFault::Form(_)));
}

/// `pdfsig` of poppler, by which most readers on Linux verify. It is told of no authority, so it says nothing of the certificate.
#[test]
#[expect(clippy::disallowed_methods, reason = "poppler reads files")]
fn a_standard_reader_calls_the_signature_valid_over_the_whole_document() {
    let Some(paper) = paper(true) else { return };
    let pdf = sealed(add(&paper, &BOTH).expect("typesetting built it"));
    let folder = tempfile::tempdir().expect("a place for a file");
    let file = folder.path().join("sealed.pdf");
    std::fs::write(&file, &pdf).expect("it can be written");
    let Ok(output) = Command::new("pdfsig").arg("-nocert").arg(&file).output() else { return };
    let said = String::from_utf8_lossy(&output.stdout);
    for line in ["Signature is Valid", "Total document signed", "ETSI.CAdES.detached", "示例镇人民政府", "SHA-256"]
    {
        assert!(said.contains(line), "{line}: {said}");
    }
    let text = Command::new("pdftotext").arg(&file).arg("-").output().expect("it came with pdfsig");
    assert!(String::from_utf8_lossy(&text.stdout).contains("准养证"), "{}", String::from_utf8_lossy(&text.stderr));
    assert!(text.stderr.is_empty(), "{}", String::from_utf8_lossy(&text.stderr));
}
