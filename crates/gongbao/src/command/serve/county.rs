//! One county opened to be served: its store, its keys, its clock, its pages.

use super::Serve;
use super::beside::{Beside, Signing};
use crate::clock::CountyClock;
use crate::command::data::Data;
use crate::command::gazette::printed;
use crate::county_key::CountyKey;
use crate::deliver::{Deliverer, Mailer};
use crate::notary::Notary;
use crate::seals::SealFolder;
use crate::system::Loaded;
use crate::witness::AtAddress;
use crate::{county, fonts, sample, scan};
use anyhow::Result;
use jiff::civil::Date;
use std::path::PathBuf;
use std::sync::{Arc, LazyLock};
use store::{Database, StoreExt};
use tokio::runtime::Handle;
use web::{Clock, Fonts, Provider, Site, Ways};

/// Fonts are read once for all counties of a process, when the first document is wanted.
pub type SharedFonts = Arc<LazyLock<Arc<Fonts>, Box<dyn FnOnce() -> Arc<Fonts> + Send>>>;

/// Fonts of a folder, or of the system.
pub fn shared_fonts(folder: Option<PathBuf>) -> SharedFonts {
    Arc::new(LazyLock::new(Box::new(move || Arc::new(Fonts::new(fonts::read(folder.as_deref()))))))
}

/// What is one county's own.
pub struct Own {
    pub loaded: Loaded,
    pub data: Data,
    /// It is a sample: filled in at its first start, with demo sign-ins.
    pub sample: bool,
    /// The address at which everybody reaches it.
    pub public_url: String,
    /// The log's name, where it was given one.
    pub log_origin: Option<String>,
    /// Where its people may sign in as well.
    pub provider: Option<Arc<Provider>>,
}

/// What the counties of a process share.
pub struct Common {
    pub fonts: SharedFonts,
    pub runtime: Handle,
}

impl Own {
    /// Opens the county's store, which is filled in at the first start of a sample.
    fn open(&self) -> Result<Database> {
        let store = self.data.open(&self.loaded.library)?;
        if self.sample && store.read(|snapshot| snapshot.journal_length())? == 0 {
            eprintln!("首次启动，正在填入样例县…… / first start: filling in the sample county …");
            sample::fill(&self.loaded, &store)?;
        }
        Ok(store)
    }

    /// The log's name: an address without its scheme, as readers of logs expect it.
    fn log_origin(&self) -> String {
        self.log_origin.clone().unwrap_or_else(|| format!("gongbao.invalid/{}/log", self.loaded.library.county.code))
    }

    /// A real county brings the seals of its offices; a sample county makes its own.
    fn seals(&self, today: Date) -> Result<SealFolder> {
        if self.sample {
            SealFolder::of_sample(&self.data.dir, self.loaded.county_name(), today)
        } else {
            SealFolder::open(&self.data.dir)
        }
    }
}

impl Serve {
    /// Opens a county: its site, and what works beside it.
    pub(super) fn open(&self, own: Own, common: &Common) -> Result<(Site, Beside)> {
        let store = own.open()?;
        let newest = store.read(|snapshot| snapshot.log_newest())?;
        let notary = Arc::new(Notary::open_or_make(&own.data.dir, &own.log_origin(), newest.as_ref())?);
        let clock = Arc::new(self.clock(&own, &store)?);
        let (store, mailer) = (Arc::new(store), self.mailer()?);
        let deliverer = Deliverer {
            store: Arc::clone(&store) as _,
            private_webhooks: self.webhook_private,
            public_url: own.public_url.clone(),
            mailer,
        };
        let witnesses = self.witness.iter().map(|(url, key)| (AtAddress { url: url.clone() }, key.clone())).collect();
        let fonts = Arc::clone(&common.fonts);
        let site = Site {
            typesetter: web::typesetter(move || Arc::clone(&**fonts)),
            printed: printed(&own.loaded.home)?,
            sign_in: county::sign_in_rules(&own.loaded.home)?,
            seals: Arc::new(own.seals(clock.now().date())?),
            demo: if own.sample { sample::sign_ins(&own.loaded, 3) } else { Vec::new() },
            secure: self.https,
            proxies: self.proxies.unwrap_or_else(|| usize::from(self.https)),
            password_cost: trust::Cost::standard(),
            ways: Ways { mail: deliverer.mailer.is_some(), private_webhooks: self.webhook_private },
            log_keys: notary.known(),
            scanner: self.scan.as_deref().map(|command| scan::scanner(command, common.runtime.clone())),
            witnesses: self.witness.iter().map(|(_, key)| key.clone()).collect(),
            chance: |bytes| getrandom::fill(bytes).expect("the operating system gives random bytes"),
            templates: own.loaded.home.templates,
            public_url: own.public_url,
            provider: own.provider,
            store,
            clock,
        };
        let beside = Beside {
            deliverer: Arc::new(deliverer),
            signing: Arc::new(Signing { notary, witnesses }),
            county_key: Arc::new(CountyKey::beside(&own.data.dir)?),
        };
        Ok((site, beside))
    }

    fn mailer(&self) -> Result<Option<Mailer>> {
        let smtp = self.smtp.clone().or_else(|| std::env::var(super::SMTP).ok()).filter(|url| !url.is_empty());
        smtp.map(|url| Mailer::new(&url, &self.mail_from)).transpose()
    }

    fn clock(&self, own: &Own, store: &Database) -> Result<CountyClock> {
        if let Some(at) = self.now {
            return Ok(CountyClock::standing(at));
        }
        let recorded = store.read(|snapshot| snapshot.latest_moment())?;
        match if own.sample { sample::clock(&own.loaded)? } else { None } {
            Some(at) => Ok(CountyClock::standing_after(recorded, at)),
            None => CountyClock::real(recorded),
        }
    }
}
