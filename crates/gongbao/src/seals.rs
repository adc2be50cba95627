//! The electronic seals of offices (电子印章) in a folder apart from the database, like the log's keys.
//!
//! `authority.pem` has the certificates of those who issue seals, `LEVEL-DESK-PLACE.key` and `.pem` the key and the certificates of an
//! office. A county puts its own files there; each is read once, when it is first needed, and holds until the program ends. The sample
//! county has none, so it makes an authority of its own at its first start (`authority.key`), and seals as they are wanted; nobody outside
//! should believe them.

use crate::system;
use anyhow::{Context, Result};
use jiff::civil::{Date, date};
use jiff::tz::Offset;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use trust::{NewStamp, StampCertificate, StampFault, StampFiles, StampKey};
use web::{Office, Seals};

/// Names another place for the folder.
const FOLDER: &str = "GONGBAO_SEALS_DIR";
/// The certificates of authorities.
const AUTHORITY: &str = "authority";
/// How long a sample authority's certificate is valid, in years. Its offices' are as long.
const YEARS: i16 = 20;

/// The seals of a folder.
pub struct SealFolder {
    path: PathBuf,
    authorities: Vec<StampCertificate>,
    /// What makes new seals in a sample county, and from which year they are valid.
    sample: Option<(StampKey, i16)>,
    known: Mutex<BTreeMap<Office, Option<Arc<StampKey>>>>,
}

impl SealFolder {
    /// The seals of a data folder.
    pub fn open(data: &Path) -> Result<SealFolder> {
        let path = std::env::var_os(FOLDER).map_or_else(|| data.join("seals"), PathBuf::from);
        let mut folder = SealFolder { path, authorities: Vec::new(), sample: None, known: Mutex::default() };
        if let Some(pem) = folder.authority_certificates()? {
            let place = || folder.path.join(AUTHORITY).display().to_string();
            folder.authorities = StampCertificate::read_all(&pem).with_context(place)?;
        }
        Ok(folder)
    }

    /// The seals of a sample county, which makes those that it does not have.
    pub fn of_sample(data: &Path, county: &str, today: Date) -> Result<SealFolder> {
        let mut folder = SealFolder::open(data)?;
        // Papers of the year before are sealed when they are printed now.
        let year = today.year() - 1;
        if folder.read(AUTHORITY)?.is_none() {
            let name = format!("{county}电子印章（示例）");
            let drawn = Drawn::new()?;
            let mut files = StampKey::new_authority(&drawn.stamp(&name, year))?;
            // Whom the county believed before, it goes on to believe.
            files.certificates.extend(folder.authority_certificates()?);
            folder.write(AUTHORITY, &files)?;
            folder.authorities = StampCertificate::read_all(&files.certificates)?;
        }
        folder.sample = folder.read(AUTHORITY)?.map(|key| (key, year));
        Ok(folder)
    }

    fn authority_certificates(&self) -> Result<Option<String>> {
        system::text_if_there(&self.path.join(AUTHORITY).with_extension("pem"))
    }

    /// The key and certificate of a name, if they are there.
    fn read(&self, name: &str) -> Result<Option<StampKey>> {
        let path = self.path.join(name);
        let place = || format!("电子印章 {} / the seal there", path.display());
        let (key, certificates) = (path.with_extension("key"), path.with_extension("pem"));
        if !key.exists() || !certificates.exists() {
            return Ok(None);
        }
        let key = system::secret_text(&key).with_context(place)?;
        let certificates = std::fs::read_to_string(certificates).with_context(place)?;
        Ok(Some(StampKey::read(&StampFiles { key, certificates }).with_context(place)?))
    }

    /// Writes both files where one is missing at least: a key without its certificate has sealed nothing yet.
    fn write(&self, name: &str, files: &StampFiles) -> Result<()> {
        std::fs::create_dir_all(&self.path).with_context(|| self.path.display().to_string())?;
        let path = self.path.join(name);
        let key = path.with_extension("key");
        if key.exists() {
            std::fs::remove_file(&key).with_context(|| key.display().to_string())?;
        }
        system::write_secret(&key, &files.key)?;
        system::write_whole(&path.with_extension("pem"), files.certificates.as_bytes())
    }

    fn find(&self, office: &Office, name: &str) -> Result<Option<StampKey>> {
        let file = format!("{}-{}-{}", office.level, office.desk, office.place);
        if !file.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return Ok(None);
        }
        if let Some(found) = self.read(&file)? {
            return Ok(Some(found));
        }
        let Some((authority, year)) = &self.sample else { return Ok(None) };
        self.write(&file, &authority.new_office(&Drawn::new()?.stamp(name, *year))?)?;
        self.read(&file)
    }
}

/// Seals the keys of all seals of a data folder by the token.
pub fn move_into_token(data: &Path) -> Result<Vec<PathBuf>> {
    let folder = SealFolder::open(data)?.path;
    let Ok(entries) = std::fs::read_dir(&folder) else { return Ok(Vec::new()) };
    let files: Vec<PathBuf> = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
    let keys: Vec<PathBuf> =
        files.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "key")).collect();
    for key in &keys {
        system::replace_secret(key, &system::secret_text(key)?)?;
    }
    Ok(keys)
}

impl Seals for SealFolder {
    fn of(&self, office: &Office, name: &str) -> Result<Option<Arc<StampKey>>, StampFault> {
        let mut known = self.known.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(found) = known.get(office) {
            return Ok(found.clone());
        }
        let found = self.find(office, name).map_err(|fault| StampFault::Key(format!("{fault:#}")))?.map(Arc::new);
        known.insert(office.clone(), found.clone());
        Ok(found)
    }

    fn authorities(&self) -> Vec<StampCertificate> {
        self.authorities.clone()
    }
}

/// Random bytes for a key and its certificate.
struct Drawn {
    seed: [u8; 32],
    serial: [u8; 16],
}

impl Drawn {
    fn new() -> Result<Drawn> {
        Ok(Drawn { seed: system::random()?, serial: system::random()? })
    }

    fn stamp<'a>(&self, name: &'a str, year: i16) -> NewStamp<'a> {
        NewStamp { name, seed: self.seed, serial: self.serial, from: new_year(year), to: new_year(year + YEARS) }
    }
}

/// The first moment of a year in the county, in seconds since 1970.
fn new_year(year: i16) -> u64 {
    let moment = Offset::constant(8).to_timestamp(date(year, 1, 1).at(0, 0, 0, 0)).ok();
    moment.and_then(|moment| u64::try_from(moment.as_second()).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::*;

    fn office(place: &str) -> Office {
        Office { level: "township".into(), desk: "government".into(), place: place.into() }
    }

    #[test]
    fn a_sample_county_makes_its_authority_and_seals_once() {
        let data = tempfile::tempdir().unwrap();
        let made = SealFolder::of_sample(data.path(), "示例县", date(2022, 6, 1)).unwrap();
        let seal = made.of(&office("999999001"), "示例镇人民政府").unwrap().unwrap();
        assert_eq!(seal.certificate().name(), "示例镇人民政府");
        let again = SealFolder::of_sample(data.path(), "示例县", date(2023, 6, 1)).unwrap();
        let same = again.of(&office("999999001"), "示例镇人民政府").unwrap().unwrap();
        assert_eq!(same.certificate().fingerprint(), seal.certificate().fingerprint());
        let stamp = same.stamp(&[7; 32]).unwrap();
        let stamped = trust::read_stamp(&stamp, &[7; 32], &again.authorities()).unwrap();
        assert_eq!((stamped.trusted, stamped.valid), (true, (new_year(2021), new_year(2041))));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let file = data.path().join("seals/township-government-999999001.key");
            assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_a_crash_left_of_two_files_is_made_again() {
        let data = tempfile::tempdir().unwrap();
        let start = || SealFolder::of_sample(data.path(), "示例县", date(2022, 6, 1)).unwrap();
        let seal = |folder: &SealFolder| folder.of(&office("999999001"), "示例镇人民政府").unwrap().unwrap();
        let first = start();
        let stamp = seal(&first).stamp(&[7; 32]).unwrap();
        let sealed = |folder: &SealFolder, stamp: &[u8], digest| {
            trust::read_stamp(stamp, digest, &folder.authorities()).unwrap().trusted
        };
        let office_pem = "township-government-999999001.pem";
        for gone in
            [&["authority.key"][..], &["authority.key", office_pem], &[office_pem], &["authority.pem", office_pem]]
        {
            for file in gone {
                std::fs::remove_file(data.path().join("seals").join(file)).unwrap();
            }
            let again = start();
            assert!(sealed(&again, &seal(&again).stamp(&[8; 32]).unwrap(), &[8; 32]), "{gone:?}");
            let known = !gone.contains(&"authority.pem");
            assert_eq!(
                sealed(&again, &stamp, &[7; 32]),
                known,
                "what was sealed before is believed as before: {gone:?}"
            );
        }
    }

    #[test]
    fn a_county_makes_none_and_uses_what_was_put_there() {
        let (sample, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let none = SealFolder::open(data.path()).unwrap();
        assert!(none.authorities().is_empty());
        assert!(none.of(&office("999999001"), "示例镇人民政府").unwrap().is_none());
        assert!(!data.path().join("seals").exists(), "nothing is made");
        let made = SealFolder::of_sample(sample.path(), "示例县", date(2022, 6, 1)).unwrap();
        made.of(&office("999999001"), "示例镇人民政府").unwrap().unwrap();
        std::fs::create_dir(data.path().join("seals")).unwrap();
        for file in ["authority.pem", "township-government-999999001.pem", "township-government-999999001.key"] {
            std::fs::copy(sample.path().join("seals").join(file), data.path().join("seals").join(file)).unwrap();
        }
        let own = SealFolder::open(data.path()).unwrap();
        assert_eq!(own.authorities().len(), 1);
        assert!(own.of(&office("999999001"), "示例镇人民政府").unwrap().is_some());
        assert!(own.of(&office("999999002"), "别镇人民政府").unwrap().is_none());
        assert!(own.of(&office("../999999001"), "别镇人民政府").unwrap().is_none());
        std::fs::write(data.path().join("seals/township-government-999999003.key"), "x").unwrap();
        std::fs::write(data.path().join("seals/township-government-999999003.pem"), "x").unwrap();
        assert!(own.of(&office("999999003"), "坏镇人民政府").is_err(), "a file that cannot be read is said");
    }
}
