//! Several counties in one process: each opened by itself, so that one whose folder is broken does not stop the others.

use super::Serve;
use super::beside::Beside;
use super::county::{Common, Own};
use crate::clock::CountyClock;
use crate::installation::{CountyFolder, Installation, ProvinceSettings, SITE};
use crate::oidc;
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use web::Site;
use web::counties::{Housed, Province, Reporting};

/// Keys that the environment names would be those of every county.
const OF_ONE_COUNTY: [&str; 4] =
    ["GONGBAO_COUNTY_KEY", "GONGBAO_COUNTY_KEY_FILE", "GONGBAO_LOG_KEY_FILE", "GONGBAO_SEALS_DIR"];

/// A county of the installation, open or not.
pub struct Opened {
    pub housed: Housed,
    /// What works beside its pages, if it is open.
    pub running: Option<(Site, Beside)>,
}

/// What an installation serves.
pub struct All {
    pub opened: Vec<Opened>,
    pub province: Option<Province>,
}

/// A province with the counties that are open.
fn reporting(settings: ProvinceSettings, opened: &[Opened]) -> Result<Province> {
    let open = opened.iter().filter_map(|one| Some((&one.housed, &one.running.as_ref()?.0)));
    let county =
        |(housed, site): (&Housed, &Site)| Reporting { name: housed.name.clone(), store: Arc::clone(&site.store) };
    let clock = Arc::new(CountyClock::real(None)?);
    Ok(Province { name: settings.name, hosts: settings.hosts, counties: open.map(county).collect(), clock })
}

impl Serve {
    /// Opens every county of an installation, and says of each how it went; and what is said of its province.
    pub(super) fn open_all(&self, dir: &Path, address: SocketAddr, common: &Common) -> Result<All> {
        if let Some(name) = OF_ONE_COUNTY.iter().find(|name| std::env::var_os(name).is_some()) {
            bail!(
                "多县运行时各县密钥在各县的数据目录里，不能用环境变量 {name} / with several counties each has its keys in its data folder: unset it"
            );
        }
        let mut installation = Installation::open(dir)?;
        let province = installation.province()?;
        let taken = province.iter().flat_map(|province| &province.hosts);
        let mut taken: BTreeMap<String, String> = taken.map(|host| (host.clone(), SITE.to_owned())).collect();
        let folders = installation.folders()?;
        if folders.is_empty() {
            bail!("{} 下没有县的目录 / no county's folder in it", dir.display());
        }
        let opened: Vec<Opened> = folders
            .iter()
            .map(|folder| self.open_one(&mut installation, folder, address, common, &mut taken))
            .collect();
        let province = province.map(|settings| reporting(settings, &opened)).transpose()?;
        Ok(All { opened, province })
    }

    fn open_one(
        &self,
        installation: &mut Installation,
        folder: &CountyFolder,
        address: SocketAddr,
        common: &Common,
        taken: &mut BTreeMap<String, String>,
    ) -> Opened {
        let hosts = folder.settings().map(|settings| settings.hosts).unwrap_or_default();
        let url = folder.settings().ok().and_then(|settings| settings.public_url);
        let public_url = url.or_else(|| Some(self.usual_url(hosts.first()?, address))).unwrap_or_default();
        let opened = self.try_one(installation, folder, &public_url, common, taken);
        let (name, running) = match opened {
            Ok((name, site, beside)) => (name, Some((site, beside))),
            Err(fault) => {
                eprintln!("{}：未能运行，其余各县照常 / not served, the others are: {fault:#}", folder.name);
                tracing::error!(county = folder.name, "a county is not served: {fault:#}");
                (folder.name.clone(), None)
            }
        };
        Opened { housed: Housed { name, public_url, hosts }, running }
    }

    /// The county's name, its site and what works beside it.
    fn try_one(
        &self,
        installation: &mut Installation,
        folder: &CountyFolder,
        public_url: &str,
        common: &Common,
        taken: &mut BTreeMap<String, String>,
    ) -> Result<(String, Site, Beside)> {
        let settings = folder.settings()?;
        let loaded = installation.load(folder)?;
        let names = settings.hosts.iter().chain([&loaded.library.county.code]);
        for name in names {
            match taken.get(name) {
                Some(other) if *other != folder.name => bail!("{name} 已归 {other} / it is another county's already"),
                _ => _ = taken.insert(name.clone(), folder.name.clone()),
            }
        }
        let origin = |url: &String| Some(format!("{}/log", url.split_once("://")?.1));
        let own = Own {
            data: self.data.within(folder.data()),
            sample: settings.sample,
            log_origin: settings.log_origin.or_else(|| settings.public_url.as_ref().and_then(origin)),
            provider: settings.oidc.as_deref().map(oidc::provider).transpose()?,
            public_url: public_url.to_owned(),
            loaded,
        };
        let name = own.loaded.county_name().to_owned();
        let (site, beside) = self.open(own, common).with_context(|| folder.path.display().to_string())?;
        Ok((name, site, beside))
    }

    /// Where a host is reached if nobody says it: at the port listened on, unless a proxy stands in front.
    fn usual_url(&self, host: &str, address: SocketAddr) -> String {
        if self.https { format!("https://{host}") } else { format!("http://{host}:{}", address.port()) }
    }
}
