//! An installation of several counties (多县安装): a folder with the base regulations that they share, and a folder for each county with
//! `site.csv` (where it is reached), `county/`, `regulations/` of its own if it has any, and `data/`.

use crate::home::Home;
use crate::settings;
use crate::system::{self, Compiled, Loaded};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What marks a folder as a county of an installation.
pub const SITE: &str = "site.csv";
/// The folder of the base regulations.
const REGULATIONS: &str = "regulations";
/// Settings of a county.
const SETTINGS: [&str; 5] = ["host", "public-url", "log-origin", "oidc", "sample"];

/// The folder of an installation, and what was read of it so far.
pub struct Installation {
    dir: PathBuf,
    base: Home,
    compiled: Compiled,
}

/// Settings of the installation itself: the province's host.
const PROVINCE: [&str; 2] = ["host", "name"];

/// Where the province of an installation is reached.
pub struct ProvinceSettings {
    pub name: String,
    pub hosts: Vec<String>,
}

/// The folder of a county.
#[derive(Debug, Clone)]
pub struct CountyFolder {
    pub name: String,
    pub path: PathBuf,
}

/// How a county is reached.
#[derive(Debug, Default)]
pub struct CountySettings {
    /// Names by which requests are for it, in small letters.
    pub hosts: Vec<String>,
    pub public_url: Option<String>,
    pub log_origin: Option<String>,
    /// The file of its sign-in service.
    pub oidc: Option<PathBuf>,
    pub sample: bool,
}

impl Installation {
    pub fn open(dir: &Path) -> Result<Installation> {
        Ok(Installation { dir: dir.to_owned(), base: Home::base(&base_of(dir))?, compiled: Compiled::default() })
    }

    /// The province's host, if the installation has one.
    pub fn province(&self) -> Result<Option<ProvinceSettings>> {
        let file = self.dir.join(SITE);
        let Some(text) = system::text_if_there(&file)? else { return Ok(None) };
        province_of(&text).map(Some).with_context(|| file.display().to_string())
    }

    /// The counties' folders, in order of name.
    pub fn folders(&self) -> Result<Vec<CountyFolder>> {
        let entries = std::fs::read_dir(&self.dir)
            .with_context(|| format!("无法读取 {} / cannot read it", self.dir.display()))?;
        let mut folders = Vec::new();
        for entry in entries {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && name != REGULATIONS && !name.starts_with('.') {
                folders.push(CountyFolder { name, path });
            }
        }
        folders.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(folders)
    }

    /// Reads and checks a county with the base; what was checked once is not checked again.
    pub fn load(&mut self, folder: &CountyFolder) -> Result<Loaded> {
        system::load_home(self.base.with_county(&folder.path)?, &mut self.compiled)
    }
}

/// The base lies in the installation, or beside it.
fn base_of(dir: &Path) -> PathBuf {
    let within = dir.join(REGULATIONS);
    if within.is_dir() { within } else { dir.parent().unwrap_or(dir).join(REGULATIONS) }
}

/// The files of a county's folder together with the base beside it.
pub fn home_of(folder: &Path) -> Result<Home> {
    // The parent of `.` and of a path of one part is not written in it.
    let folder = folder.canonicalize().with_context(|| format!("无法读取 {} / cannot read it", folder.display()))?;
    let Some(dir) = folder.parent() else { bail!("{} 没有上级目录 / has no parent", folder.display()) };
    Home::base(&base_of(dir))?.with_county(&folder)
}

impl CountyFolder {
    /// Where its data lies.
    pub fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    pub fn settings(&self) -> Result<CountySettings> {
        let file = self.path.join(SITE);
        let text = system::text_if_there(&file)?;
        let Some(text) = text else {
            bail!("缺少 {}，其中写明 host / it is missing; it names the host", file.display())
        };
        read(&text, &self.path).with_context(|| file.display().to_string())
    }
}

fn province_of(text: &str) -> Result<ProvinceSettings> {
    let mut found: BTreeMap<String, String> = settings::read(text, &PROVINCE)?;
    let hosts = hosts(&found.remove("host").unwrap_or_default())?;
    Ok(ProvinceSettings { name: found.remove("name").unwrap_or_else(|| "各县公报".to_owned()), hosts })
}

fn read(text: &str, folder: &Path) -> Result<CountySettings> {
    let mut found: BTreeMap<String, String> = settings::read(text, &SETTINGS)?;
    let hosts = hosts(&found.remove("host").unwrap_or_default())?;
    let sample = match found.remove("sample").as_deref() {
        None | Some("no") => false,
        Some("yes") => true,
        Some(other) => bail!("sample：应为 yes 或 no，不是 {other} / must be yes or no"),
    };
    let public_url = found.remove("public-url").map(|url| crate::command::serve::public_url(&url));
    Ok(CountySettings {
        hosts,
        public_url: public_url.transpose().map_err(anyhow::Error::msg).context("public-url")?,
        log_origin: found.remove("log-origin"),
        oidc: found.remove("oidc").map(|file| folder.join(file)),
        sample,
    })
}

/// Names with `;` between.
fn hosts(text: &str) -> Result<Vec<String>> {
    let hosts: Vec<String> =
        text.split(';').map(|host| host.trim().to_ascii_lowercase()).filter(|host| !host.is_empty()).collect();
    if hosts.is_empty() {
        bail!("缺 host / is missing");
    }
    if let Some(wrong) = hosts.iter().find(|host| !is_host(host)) {
        bail!("host：{wrong} 不是主机名，不写端口 / is no host name; without a port");
    }
    Ok(hosts)
}

fn is_host(host: &str) -> bool {
    host.len() <= 253 && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::read;
    use std::path::Path;

    #[test]
    fn a_county_says_where_it_is_reached() {
        let text = "setting,value\nhost,East.example; www.east.example\nsample,yes\noidc,sign-in.csv\n";
        let settings = read(text, Path::new("east")).unwrap();
        assert_eq!(settings.hosts, ["east.example", "www.east.example"]);
        assert!(settings.sample && settings.public_url.is_none());
        assert_eq!(settings.oidc.unwrap(), Path::new("east/sign-in.csv"));
        for wrong in [
            "setting,value\n",
            "setting,value\nhost,east.example:8080\n",
            "setting,value\nhost,东县\n",
            "setting,value\nhost,a.example\nsample,maybe\n",
            "setting,value\nhost,a.example\npublic-url,a.example\n",
            "setting,value\nhost,a.example\nport,80\n",
        ] {
            assert!(read(wrong, Path::new("east")).is_err(), "{wrong}");
        }
    }
}
