//! Texts of publications, profiles of gazettes, numbers of documents, and PDFs that people hand in: read or not, never a panic; what carries a
//! seal that holds was not altered.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use gazette::body::{Heads, Meta, Section, SectionKind, akn, blocks, paper, printed, read};
use gazette::finished::{self, Addition, add};
use gazette::model::Number;
use gazette::normal::normal;
use gazette::qr::{dense_qr_svg, qr_svg};
use gazette::reading::Profile;
use gazette::typeset::{Job, Standard};
use jiff::civil::date;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use trust::{NewStamp, StampKey, read_stamp};

use crate::fonts::typesetter;

/// What published texts are made of, in any order.
const PIECES: [&str; 44] = [
    "\n",
    "\n\n",
    " ",
    "\t",
    "|",
    "| --- |",
    "# ",
    "###### ",
    "- ",
    "* ",
    "> ",
    "```",
    "```yaml step\n",
    "{#a-1}",
    "{#",
    "}",
    "**",
    "一、",
    "（二）",
    "3.",
    "（4）",
    "第五章 ",
    "第六条 ",
    "附件1：",
    "附件：",
    "（此件公开发布）",
    "特此通知。",
    "各乡镇：",
    "甲",
    "乙丙",
    "。",
    "；",
    "2022年3月1日",
    "云政发〔2022〕1号",
    "<",
    ">",
    "&",
    "]]>",
    "\u{0}",
    "\u{fffe}",
    "\r",
    "廿",
    "〇",
    "二百",
];

/// Whether a text is well-formed XML.
fn is_xml(text: &str) -> bool {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

#[test]
fn no_text_of_a_publication_breaks_its_formats() {
    let number: Number = "云政发〔2022〕1号".parse().expect("a number");
    let day = date(2022, 3, 1);
    bolero::check!().with_iterations(600).with_type::<(Vec<u8>, bool)>().for_each(|(choices, raw)| {
        let text = if *raw {
            String::from_utf8_lossy(choices).into_owned()
        } else {
            choices.iter().take(80).map(|choice| PIECES[usize::from(*choice) % PIECES.len()]).collect()
        };
        let sections = read(&text);
        let mut anchors = BTreeSet::new();
        for section in &sections {
            assert!(
                section.anchor.as_ref().is_none_or(|anchor| anchors.insert(anchor.clone())),
                "an anchor twice in {text:?}"
            );
            let table = |section: &Section| match &section.kind {
                SectionKind::Table(head, rows) => rows.iter().all(|row| row.len() <= head.len()),
                _ => true,
            };
            assert!(table(section), "{section:?}");
        }
        let meta =
            Meta { address: &text, title: &text, number: Some(&text), issuer: Some(&text), dated: day, since: day };
        let xml = akn(&meta, &sections);
        assert!(is_xml(&xml), "{xml}");
        let heads = Heads { number: number.clone(), title: &text, issuer: &text, kind: None, signed_on: Some(day) };
        _ = (printed(&paper(&heads, &sections)), blocks(&sections));
    });
}

#[test]
fn no_line_is_more_than_a_number_or_a_profile() {
    const PARTS: [&str; 20] = [
        "云政发",
        "〔",
        "〕",
        "[",
        "］",
        "2022",
        "22",
        "1",
        "01",
        "号",
        " ",
        "name,",
        "series,",
        "purpose,",
        ",",
        "\n",
        "\"",
        "kind,value,issuer,group\n",
        "县政府文件",
        "\u{0}",
    ];
    bolero::check!().with_iterations(2_000).with_type::<Vec<u8>>().for_each(|choices| {
        let text: String = choices.iter().take(40).map(|choice| PARTS[usize::from(*choice) % PARTS.len()]).collect();
        if let Ok(number) = text.parse::<Number>() {
            assert_eq!(number.to_string().parse::<Number>(), Ok(number));
        }
        _ = (Profile::from_csv(&text).is_ok(), normal(&text));
    });
}

/// Drawing a code takes a hundred times longer than reading a line.
#[test]
fn no_text_breaks_the_drawing_of_a_code() {
    bolero::check!().with_iterations(8).with_type::<(Vec<u8>, u8)>().for_each(|(bytes, times)| {
        let text = String::from_utf8_lossy(bytes).repeat(usize::from(*times % 40));
        let drawn = (qr_svg(&text), dense_qr_svg(&text));
        assert!(text.len() > 1_000 || matches!(drawn, (Ok(_), Ok(_))), "{} bytes do not fit", text.len());
    });
}

/// A PDF with proof and seal, and the office's key; nothing where there are no fonts.
static SEALED: LazyLock<Option<(Vec<u8>, StampKey)>> = LazyLock::new(|| {
    let new =
        NewStamp {
            name: "示例镇人民政府", seed: [2; 32], serial: [2; 16], from: 1_640_966_400, to: 1_956_499_200
        };
    let key = StampKey::read(&StampKey::new_authority(&new).expect("a key")).expect("its files");
    let (files, data) = (Default::default(), json!({}));
    let main = "#set document(title: \"准养证\")\n#set text(font: \"Noto Serif CJK SC\", lang: \"zh\")\n准养证";
    let job =
        Job { name: "a.typ", main, files: &files, data: &data, today: date(2022, 3, 22), standard: Standard::A2b };
    let pdf = typesetter()?.pdf(&job).expect("a sound template");
    let addition =
        Addition {
            at: "20220322100000", proof: Some("gongbao document proof 1\n"), office: Some("示例镇人民政府")
        };
    let added = add(&pdf, &addition).expect("typesetting built it");
    let seal = key.stamp(&digest(added.covered().expect("room for a seal"))).expect("a stamp");
    Some((added.sealed(&seal).expect("it fits"), key))
});

fn digest(covered: [&[u8]; 2]) -> [u8; 32] {
    Sha256::new().chain_update(covered[0]).chain_update(covered[1]).finalize().into()
}

#[test]
fn no_altered_pdf_passes_for_a_sealed_one() {
    const MARKS: [&str; 12] = [
        "%PDF-1.7",
        "%%EOF",
        "startxref",
        "trailer",
        "xref\n",
        "endobj",
        "stream\n",
        "<</Type/GongbaoProof/Length ",
        "/ByteRange[0 ",
        "/Contents<",
        "99999999999",
        "<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange[0 ",
    ];
    let Some((sealed, key)) = &*SEALED else { return };
    let whole = finished::read(sealed).and_then(|found| found.seal).expect("a seal");
    let original = whole.covered.concat();
    bolero::check!().with_iterations(400).with_type::<(Vec<(u32, u8, u8)>, bool, Vec<u8>)>().for_each(
        |(changes, raw, bytes)| {
            let mut file = if *raw { [b"%PDF-1.7\n".as_slice(), bytes].concat() } else { sealed.clone() };
            for (place, mark, cut) in changes.iter().take(5) {
                let at = *place as usize % (file.len() + 1);
                let to = (at + usize::from(*cut % 40)).min(file.len());
                file.splice(at..to, MARKS[usize::from(*mark) % MARKS.len()].bytes());
            }
            if let Some(seal) = finished::read(&file).and_then(|found| found.seal) {
                let holds = read_stamp(&seal.signature, &digest(seal.covered), &[key.certificate()]).is_ok();
                assert!(!holds || seal.covered.concat() == original, "an altered PDF has a seal that holds");
            }
            let addition = Addition { at: "20220322100000", proof: Some("x"), office: Some("示例镇") };
            if let Ok(added) = add(&file, &addition) {
                assert!(finished::read(&added.bytes()).is_some());
            }
        },
    );
}
