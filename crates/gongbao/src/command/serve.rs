//! `gongbao serve`: pages and API, and the scheduler that lets clocks run out.

use super::data::Data;
use crate::clock::CountyClock;
use crate::county_key::CountyKey;
use crate::deliver::{Deliverer, Mailer};
use crate::notary::Notary;
use crate::patience::{Listener, asked_to_stop, pages};
use crate::scan;
use crate::seals::SealFolder;
use crate::system::{self, Loaded, off_thread};
use crate::witness::{AtAddress, collect};
use crate::{county, fonts, lines, oidc, sample};
use anyhow::{Context, Result};
use clap::Args;
use jiff::civil::{Date, DateTime};
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::aside::GoingOn;
use store::{Database, Store, StoreExt, Ticked};
use tokio::net::TcpListener;
use trust::NoteKey;
use web::taking_in::Printed;
use web::{Clock, Provider, Scanner, SignInRules, Site, Ways};

/// How often sessions that are over are removed.
const SWEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// How often clocks are looked at.
const TICK: Duration = Duration::from_secs(5);
/// How often the outbox is.
const DELIVER: Duration = Duration::from_secs(5);
/// How often the log is looked at.
const LOG_LOOK: Duration = Duration::from_secs(5);
/// So many new acts are signed at once; fewer wait until a minute has passed.
const LOG_ACTS: u64 = 1_000;
const LOG_WAIT: Duration = Duration::from_secs(60);
/// How often a next county key is looked for.
const KEY_LOOK: Duration = Duration::from_secs(5);
/// Where mail goes out, with its password; not seen by other users of the machine, as the command line is.
const SMTP: &str = "GONGBAO_SMTP";

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    data: Data,
    /// 监听地址；默认本机任一空闲端口 / address; default: a free loopback port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// 停在此刻的时钟（教学、测试），如 2022-06-01T09:00 / a clock that stands at this moment until advanced
    #[arg(long, value_name = "DATETIME")]
    now: Option<DateTime>,
    /// 公众访问的网址，印在文书二维码里；默认是监听的地址 / address at which the public reaches the site, printed in QR codes; default: the address listened on
    #[arg(long, value_name = "URL", value_parser = public_url)]
    public_url: Option<String>,
    /// 首次启动时填入样例县，并公布演示账号 / fill an empty data folder with the sample county and show demo sign-ins
    #[arg(long)]
    sample: bool,
    /// 字体目录；默认系统字体 / folder of fonts; default: the system's
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
    /// 只经 HTTPS 访问（前置代理终结 TLS）/ browsers come over HTTPS only (a proxy in front ends TLS)
    #[arg(long)]
    https: bool,
    /// 前置代理的层数：每层在 X-Forwarded-For 末尾加上来访地址；有 --https 时默认 1，否则 0 / proxies in front, each of which appends to X-Forwarded-For
    #[arg(long, value_name = "N")]
    proxies: Option<usize>,
    /// 发信服务器，如 smtps://user:password@mail.example.gov.cn；也可写在环境变量 GONGBAO_SMTP / SMTP server; or in the environment as GONGBAO_SMTP
    #[arg(long, value_name = "URL")]
    smtp: Option<String>,
    /// 发件人，如“示例县公报 <gongbao@example.gov.cn>” / the sender of mails
    #[arg(long, value_name = "ADDRESS", default_value = "gongbao@localhost")]
    mail_from: String,
    /// 日志的名称，首次启动时定下，以后不变；默认由公众网址或县代码而来 / the log's name, fixed at the first start; default: from the public address or the county's code
    #[arg(long, value_name = "NAME")]
    log_origin: Option<String>,
    /// 见证方：网址和公钥，以逗号分隔，可多个 / a witness: its address and its key, with a comma between; several may be given
    #[arg(long, value_name = "URL,KEY", value_parser = witness)]
    witness: Vec<(String, NoteKey)>,
    /// 统一身份认证（OpenID Connect）的设置文件，见 docs/sign-in.md / file with the settings of a sign-in service
    #[arg(long, value_name = "FILE")]
    oidc: Option<PathBuf>,
    /// 允许网络回调发往内网 / webhooks may lead into private networks
    #[arg(long)]
    webhook_private: bool,
    /// 收到文件后先运行的查毒程序，文件从标准输入交给它：退出码 0 无毒，1 有毒，如 "clamdscan --no-summary -"
    /// / program that is given each file on its standard input: exit 0 clean, 1 harmful
    #[arg(long, value_name = "COMMAND")]
    scan: Option<String>,
}

impl Serve {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        lines::begin();
        let loaded = system::load(home)?;
        let mailer = self.mailer()?;
        let provider = self.oidc.as_deref().map(oidc::provider).transpose()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        // Who asks for an address that is taken learns it before a county is filled in.
        let listening = runtime.block_on(TcpListener::bind(self.listen));
        let listener = listening.with_context(|| format!("无法监听 {} / cannot listen there", self.listen))?;
        let address = listener.local_addr()?;
        let store = self.data.open(&loaded.library)?;
        if self.sample && store.read(|snapshot| snapshot.journal_length())? == 0 {
            eprintln!("首次启动，正在填入样例县…… / first start: filling in the sample county …");
            sample::fill(&loaded, &store)?;
        }
        let newest = store.read(|snapshot| snapshot.log_newest())?;
        let notary = Arc::new(Notary::open_or_make(&self.data.dir, &self.log_origin(&loaded), newest.as_ref())?);
        let clock = Arc::new(self.clock(&loaded, &store)?);
        let opened = Opened {
            printed: super::gazette::printed(&loaded.home)?,
            sign_in: county::sign_in_rules(&loaded.home)?,
            seals: Arc::new(self.seals(&loaded, clock.now().date())?),
            store: Arc::new(store),
            clock,
            address,
            ways: Ways { mail: mailer.is_some(), private_webhooks: self.webhook_private },
            log_keys: notary.known(),
            provider,
            scanner: self.scan.as_deref().map(|command| scan::scanner(command, runtime.handle().clone())),
            loaded,
        };
        let site = self.site(opened);
        let deliverer = Deliverer {
            store: Arc::clone(&site.store),
            mailer,
            private_webhooks: self.webhook_private,
            public_url: site.public_url.clone(),
        };
        let witnesses = self.witness.iter().map(|(url, key)| (AtAddress { url: url.clone() }, key.clone())).collect();
        let beside = Beside {
            deliverer: Arc::new(deliverer),
            signing: Arc::new(Signing { notary, witnesses }),
            county_key: Arc::new(CountyKey::beside(&self.data.dir)?),
        };
        announce(&site, address);
        runtime.block_on(serve(site, beside, listener))?;
        Ok(ExitCode::SUCCESS)
    }

    fn mailer(&self) -> Result<Option<Mailer>> {
        let smtp = self.smtp.clone().or_else(|| std::env::var(SMTP).ok()).filter(|url| !url.is_empty());
        smtp.map(|url| Mailer::new(&url, &self.mail_from)).transpose()
    }

    /// The log's name: an address without its scheme, as readers of logs expect it.
    fn log_origin(&self, loaded: &Loaded) -> String {
        let public = || Some(format!("{}/log", self.public_url.as_deref()?.split_once("://")?.1));
        let county = || format!("gongbao.invalid/{}/log", loaded.library.county.code);
        self.log_origin.clone().or_else(public).unwrap_or_else(county)
    }

    /// A real county brings the seals of its offices; a sample county makes its own.
    fn seals(&self, loaded: &Loaded, today: Date) -> Result<SealFolder> {
        let county = &loaded.library.county;
        let name = county.place(&county.code).map_or(county.code.as_str(), |place| place.name.as_str());
        if self.sample { SealFolder::of_sample(&self.data.dir, name, today) } else { SealFolder::open(&self.data.dir) }
    }

    fn clock(&self, loaded: &Loaded, store: &Database) -> Result<CountyClock> {
        if let Some(at) = self.now {
            return Ok(CountyClock::standing(at));
        }
        let recorded = store.read(|snapshot| snapshot.latest_moment())?;
        match if self.sample { sample::clock(loaded)? } else { None } {
            Some(at) => Ok(CountyClock::standing_after(recorded, at)),
            None => CountyClock::real(recorded),
        }
    }

    fn site(&self, opened: Opened) -> Site {
        let Opened { loaded, printed, sign_in, store, clock, address, ways, log_keys, seals, provider, scanner } =
            opened;
        let demo = if self.sample { sample::sign_ins(&loaded, 3) } else { Vec::new() };
        let folder = self.fonts.clone();
        Site {
            store,
            clock,
            typesetter: web::typesetter(move || fonts::read(folder.as_deref())),
            templates: loaded.home.templates,
            printed,
            demo,
            public_url: self.public_url.clone().unwrap_or_else(|| format!("http://{address}")),
            secure: self.https,
            proxies: self.proxies.unwrap_or_else(|| usize::from(self.https)),
            sign_in,
            provider,
            password_cost: trust::Cost::standard(),
            ways,
            log_keys,
            scanner,
            witnesses: self.witness.iter().map(|(_, key)| key.clone()).collect(),
            seals,
            chance: |bytes| getrandom::fill(bytes).expect("the operating system gives random bytes"),
        }
    }
}

/// What a site is made of, opened and read.
struct Opened {
    loaded: Loaded,
    printed: Printed,
    sign_in: SignInRules,
    store: Arc<Database>,
    clock: Arc<CountyClock>,
    /// Where it listens.
    address: SocketAddr,
    ways: Ways,
    log_keys: Vec<NoteKey>,
    seals: Arc<SealFolder>,
    provider: Option<Arc<Provider>>,
    scanner: Option<Scanner>,
}

/// What works beside the pages.
struct Beside {
    deliverer: Arc<Deliverer>,
    signing: Arc<Signing>,
    county_key: Arc<CountyKey>,
}

/// A witness as given: its address, a comma, its key.
fn witness(text: &str) -> Result<(String, NoteKey), String> {
    let (url, key) = text.split_once(',').ok_or("应为 网址,公钥 / it should be URL,KEY")?;
    Ok((public_url(url)?, key.parse().map_err(|fault: trust::NoteKeyFault| fault.to_string())?))
}

/// A public address as given: HTTP or HTTPS, without anything behind the path, and without a slash at its end.
fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |character: char| character.is_ascii_graphic() && !"?#\"<>\\".contains(character);
    if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain) {
        return Ok(url.to_owned());
    }
    Err("应是 https://example.gov.cn 这样的网址 / must be an address such as https://example.gov.cn".into())
}

async fn serve(site: Site, beside: Beside, listener: TcpListener) -> Result<()> {
    let (store, clock) = (|| Arc::clone(&site.store), || Arc::clone(&site.clock));
    let idle_minutes = site.going_on(site.clock.now()).idle_minutes;
    let loops = [
        tokio::spawn(tick(store(), clock())),
        tokio::spawn(deliver(beside.deliverer, clock())),
        tokio::spawn(log(store(), beside.signing, clock())),
        tokio::spawn(change_key(store(), beside.county_key)),
        tokio::spawn(sweep(store(), clock(), idle_minutes)),
    ];
    axum::serve(Listener::new(listener), pages(web::serve(site))).with_graceful_shutdown(asked_to_stop()).await?;
    loops.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// Demo sign-ins told on the terminal; the sign-in page has all of them.
const DEMO_SHOWN: usize = 20;

/// Says where it is. Whoever started it may have stopped listening; that is no reason not to serve.
fn announce(site: &Site, address: SocketAddr) {
    _ = write_announcement(&mut std::io::stdout().lock(), site, address);
}

fn write_announcement(out: &mut impl Write, site: &Site, address: SocketAddr) -> std::io::Result<()> {
    writeln!(out, "公报已就绪 / ready: http://{address}/")?;
    if site.clock.stands() {
        writeln!(out, "教学时钟停在 {} / the clock stands there until advanced", site.clock.now())?;
    }
    if let Some(first) = site.demo.first() {
        writeln!(out, "演示账号（口令均为 {}）/ demo sign-ins (all with that password):", first.password)?;
    }
    for sign_in in site.demo.iter().take(DEMO_SHOWN) {
        writeln!(out, "  {:<24} {}", sign_in.name, sign_in.role)?;
    }
    if let Some(more) = site.demo.len().checked_sub(DEMO_SHOWN).filter(|more| *more > 0) {
        writeln!(out, "  …… 另有 {more} 个，见 / {more} more: http://{address}/sign-in")?;
    }
    out.flush()
}

/// Lets clocks run out. One at a time, off the request threads; a fault is logged and tried again.
async fn tick(store: Arc<dyn Store>, clock: Arc<dyn Clock>) {
    let mut interval = tokio::time::interval(TICK);
    loop {
        interval.tick().await;
        let (store, now) = (Arc::clone(&store), clock.now());
        let ticked = move || if store.leads() { Ok(store.tick(now)?) } else { Ok(Ticked::default()) };
        match off_thread(ticked).await {
            Ok(ticked) => {
                if ticked.fired > 0 {
                    tracing::info!(fired = ticked.fired, "clocks ran out");
                }
                for (duty, unit, reason) in ticked.not_begun {
                    tracing::warn!(duty, unit, reason, "a duty could not begin");
                }
            }
            Err(fault) => tracing::error!("{fault:#}"),
        }
    }
}

/// Removes sessions that are over: at the start, and then once a day.
async fn sweep(store: Arc<dyn Store>, clock: Arc<dyn Clock>, idle_minutes: Option<i64>) {
    let mut interval = tokio::time::interval(SWEEP);
    loop {
        interval.tick().await;
        let (store, going) = (Arc::clone(&store), GoingOn { now: clock.now(), idle_minutes });
        if let Err(fault) = off_thread(move || Ok(store.sweep_sessions(going)?)).await {
            tracing::error!("{fault:#}");
        }
    }
}

/// Sends what is due. One round at a time, off the request threads; a fault is logged and tried again.
async fn deliver(deliverer: Arc<Deliverer>, clock: Arc<dyn Clock>) {
    let mut interval = tokio::time::interval(DELIVER);
    loop {
        interval.tick().await;
        let (deliverer, now) = (Arc::clone(&deliverer), clock.now());
        let round = move || if deliverer.store.leads() { deliverer.round(now) } else { Ok(0) };
        match off_thread(round).await {
            Ok(0) => {}
            Ok(sent) => tracing::info!(sent, "messages went out"),
            Err(fault) => tracing::error!("{fault:#}"),
        }
    }
}

/// Has checkpoints signed. One step at a time, off the request threads and off the writer's path; a fault is logged and tried again.
async fn log(store: Arc<dyn Store>, signing: Arc<Signing>, clock: Arc<dyn Clock>) {
    let mut interval = tokio::time::interval(LOG_LOOK);
    let mut last: Option<Instant> = None;
    loop {
        interval.tick().await;
        let waited = last.is_none_or(|last| last.elapsed() >= LOG_WAIT);
        let (store, signing, now) = (Arc::clone(&store), Arc::clone(&signing), clock.now());
        let signed = off_thread(move || {
            if !store.leads() {
                return Ok(false);
            }
            let signed = sign_log(store.as_ref(), &signing.notary, now, waited)?;
            signing.ask_witnesses(store.as_ref(), signed);
            Ok(signed)
        });
        match signed.await {
            Ok(false) => {}
            Ok(true) => last = Some(Instant::now()),
            Err(fault) => {
                tracing::error!("no checkpoint of the log was signed: {fault:#}");
                last = Some(Instant::now());
            }
        }
    }
}

/// Takes up the next county key once `gongbao keys next` has made one: step by step, with acts in between.
async fn change_key(store: Arc<dyn Store>, county_key: Arc<CountyKey>) {
    let mut interval = tokio::time::interval(KEY_LOOK);
    let mut said = String::new();
    loop {
        interval.tick().await;
        loop {
            let (store, county_key) = (Arc::clone(&store), Arc::clone(&county_key));
            match off_thread(move || county_key.step(store.as_ref())).await {
                Ok(Some(false)) => continue,
                Ok(Some(true)) => tracing::info!("the county's key was changed"),
                Ok(None) => {}
                Err(fault) => say_once(&mut said, format!("the county's key could not be changed: {fault:#}")),
            }
            break;
        }
    }
}

/// A fault that lasts is said once, until there is another.
fn say_once(said: &mut String, fault: String) {
    if *said != fault {
        tracing::error!("{fault}");
        *said = fault;
    }
}

/// What signs checkpoints.
struct Signing {
    notary: Arc<Notary>,
    witnesses: Vec<(AtAddress, NoteKey)>,
}

impl Signing {
    /// Has a new checkpoint cosigned. A witness that cannot be reached is asked again at the next one: nothing waits for it.
    fn ask_witnesses(&self, store: &dyn Store, signed: bool) {
        for (witness, key) in self.witnesses.iter().filter(|_| signed) {
            if let Err(fault) = collect(store, witness, key) {
                tracing::warn!(witness = key.name(), "did not cosign: {fault:#}");
            }
        }
    }
}

/// Signs what is new, if there is enough or it has waited; whether it did.
fn sign_log(store: &dyn Store, notary: &Notary, now: DateTime, waited: bool) -> Result<bool> {
    let fresh = store.read(|snapshot| {
        let covered = snapshot.log_newest()?.map_or(0, |newest| newest.acts);
        Ok(snapshot.journal_length()?.saturating_sub(covered))
    })?;
    if fresh < LOG_ACTS && !waited {
        return Ok(false);
    }
    let mut signed = false;
    while store.log_step(notary, now)?.is_some() {
        signed = true;
    }
    Ok(signed)
}

#[cfg(test)]
mod tests {
    use super::public_url;

    #[test]
    fn a_public_address_is_one_that_a_phone_can_open() {
        assert_eq!(public_url("https://gongbao.example/"), Ok("https://gongbao.example".into()));
        assert_eq!(public_url("http://10.0.0.7:8080/county"), Ok("http://10.0.0.7:8080/county".into()));
        for wrong in
            ["gongbao.example", "https://", "https:///x", "ftp://a", "https://a?b", "https://a b", "https://县"]
        {
            assert!(public_url(wrong).is_err(), "{wrong}");
        }
    }
}
