//! A county's files as nobody would write them: read, or refused with file and line, never a panic.

use super::{import_lines, overrides, read, rows, sign_in_rules};
use crate::home::Home;
use std::path::Path;
use std::sync::LazyLock;

const PIECES: [&str; 28] = [
    "",
    ",",
    "\n",
    "\"",
    "\"\"",
    "\r\n",
    "\u{feff}",
    "\u{0}",
    "id",
    "place",
    "村",
    "-1",
    "0",
    "99999999999999999999",
    "2022-02-30",
    "9999-12-31",
    "yes",
    "staff",
    "system",
    "audit",
    "141129",
    "township/planning;",
    "pe-001",
    "po-001",
    ";",
    "{place}",
    "4133000 37516000",
    "5 working-days",
];

/// Names of files with their bytes.
type Files = Vec<(String, Vec<u8>)>;

/// The files of the sample county, and its regulations.
static SAMPLE: LazyLock<(Files, regulation::Checked)> = LazyLock::new(|| {
    let home = sample();
    let file = |(name, bytes): &(String, Vec<u8>)| regulation::SourceFile::from_bytes(name.clone(), bytes);
    let checked = regulation::check(&home.regulations.iter().map(file).collect::<Vec<_>>());
    let county = home.county.into_iter().filter(|(name, _)| name.ends_with(".csv")).collect();
    (county, checked)
});

fn sample() -> Home {
    Home::open(Some(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../.."))).expect("the sample county")
}

#[test]
fn no_file_of_a_county_breaks_its_reader() {
    let (files, checked) = &*SAMPLE;
    bolero::check!().with_iterations(60).with_type::<(u8, Vec<(u16, u8, u8)>)>().for_each(|(which, changes)| {
        let (name, bytes) = &files[usize::from(*which) % files.len()];
        // The other registers are not read: they have some thousands of rows.
        let others = files.iter().filter(|(other, _)| !other.starts_with("registers/"));
        let mut home = Home { county: others.cloned().collect(), ..Home::default() };
        let mut bytes = bytes.clone();
        for (place, piece, cut) in changes.iter().take(4) {
            let at = usize::from(*place) % (bytes.len() + 1);
            let to = (at + usize::from(*cut % 16)).min(bytes.len());
            bytes.splice(at..to, PIECES[usize::from(*piece) % PIECES.len()].bytes());
        }
        home.county.insert(name.clone(), bytes);
        let faults = [
            read(&home).err(),
            rows(&home, &checked.rulebook).err(),
            overrides(&home, &checked.rulebook).err(),
            import_lines(&home).err(),
            sign_in_rules(&home).err(),
        ];
        for fault in faults.into_iter().flatten() {
            assert!(format!("{fault:#}").contains("county"), "{fault:#} names no file");
        }
    });
}
