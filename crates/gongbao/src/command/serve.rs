//! `gongbao serve`: pages and API, and the scheduler that lets clocks run out.

mod beside;
mod counties;
mod county;

use super::data::Data;
use crate::patience::{Listener, asked_to_stop, pages};
use crate::{lines, oidc, system};
use anyhow::{Context, Result, bail};
use beside::{Beside, Turn};
use clap::Args;
use counties::All;
use county::{Common, Own, shared_fonts};
use jiff::civil::DateTime;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use trust::NoteKey;
use web::Site;
use web::counties::{Housed, Province};

/// Where mail goes out, with its password; not seen by other users of the machine, as the command line is.
const SMTP: &str = "GONGBAO_SMTP";

#[derive(Args)]
pub struct Serve {
    #[command(flatten)]
    data: Data,
    /// 多县运行：其下每县一个目录，按访问的主机名分开，见 docs/operations/counties.md
    /// / several counties, each in a folder of its own below this one, told apart by the host that is asked for
    #[arg(long, value_name = "DIR", conflicts_with_all = ["dir", "sample", "public_url", "log_origin", "oidc"])]
    counties: Option<PathBuf>,
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

/// A county that is served: its site, and what works beside it.
type Running = (Site, Beside);

impl Serve {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        lines::begin();
        if self.counties.is_some() && home.is_some() {
            bail!(
                "--counties 之下各县自带目录，不用 --home / with --counties each county has its folder: leave out --home"
            );
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        // Who asks for an address that is taken learns it before a county is filled in.
        let listening = runtime.block_on(TcpListener::bind(self.listen));
        let listener = listening.with_context(|| format!("无法监听 {} / cannot listen there", self.listen))?;
        let address = listener.local_addr()?;
        let common = Common { fonts: shared_fonts(self.fonts.clone()), runtime: runtime.handle().clone() };
        match &self.counties {
            None => {
                let running = self.open(self.only(home, address)?, &common)?;
                announce(&running.0, address);
                serve(&runtime, listener, vec![(None, Some(running))], None)?;
            }
            Some(dir) => {
                let All { opened, province } = self.open_all(dir, address, &common)?;
                announce_all(&opened, address);
                let counties = opened.into_iter().map(|opened| (Some(opened.housed), opened.running));
                serve(&runtime, listener, counties.collect(), province)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The county of a process that serves no other.
    fn only(&self, home: Option<&Path>, address: SocketAddr) -> Result<Own> {
        let origin = || Some(format!("{}/log", self.public_url.as_deref()?.split_once("://")?.1));
        Ok(Own {
            loaded: system::load(home)?,
            data: self.data.clone(),
            sample: self.sample,
            public_url: self.public_url.clone().unwrap_or_else(|| format!("http://{address}")),
            log_origin: self.log_origin.clone().or_else(origin),
            provider: self.oidc.as_deref().map(oidc::provider).transpose()?,
        })
    }
}

/// A witness as given: its address, a comma, its key.
fn witness(text: &str) -> Result<(String, NoteKey), String> {
    let (url, key) = text.split_once(',').ok_or("应为 网址,公钥 / it should be URL,KEY")?;
    Ok((public_url(url)?, key.parse().map_err(|fault: trust::NoteKeyFault| fault.to_string())?))
}

/// A public address as given: HTTP or HTTPS, without anything behind the path, and without a slash at its end.
pub fn public_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |character: char| character.is_ascii_graphic() && !"?#\"<>\\".contains(character);
    if !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain) {
        return Ok(url.to_owned());
    }
    Err("应是 https://example.gov.cn 这样的网址 / must be an address such as https://example.gov.cn".into())
}

/// Serves until asked to stop: one county whatever it is called, or each under its hosts.
fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    counties: Vec<(Option<Housed>, Option<Running>)>,
    province: Option<Province>,
) -> Result<()> {
    let (mut loops, mut housed, mut only) = (Vec::new(), Vec::new(), None);
    let of = u32::try_from(counties.len()).unwrap_or(u32::MAX);
    for (index, (house, running)) in (0..).zip(counties) {
        let router = running.map(|(site, beside)| {
            loops.extend(beside.begin(&site, runtime.handle(), Turn { index, of }));
            web::serve(site)
        });
        match house {
            Some(house) => housed.push((house, router)),
            None => only = router,
        }
    }
    let router = only.unwrap_or_else(|| web::counties::by_host(housed, province));
    runtime.block_on(async {
        axum::serve(Listener::new(listener), pages(router)).with_graceful_shutdown(asked_to_stop()).await
    })?;
    loops.iter().for_each(tokio::task::JoinHandle::abort);
    Ok(())
}

/// Demo sign-ins told on the terminal; the sign-in page has all of them.
const DEMO_SHOWN: usize = 20;

/// Says where it is. Whoever started it may have stopped listening; that is no reason not to serve.
fn announce(site: &Site, address: SocketAddr) {
    _ = write_announcement(&mut std::io::stdout().lock(), site, address);
}

/// The same of several counties.
fn announce_all(opened: &[counties::Opened], address: SocketAddr) {
    _ = write_counties(&mut std::io::stdout().lock(), opened, address);
}

fn write_counties(out: &mut impl Write, opened: &[counties::Opened], address: SocketAddr) -> std::io::Result<()> {
    writeln!(out, "公报已就绪 / ready: http://{address}/")?;
    for counties::Opened { housed, running } in opened {
        let state = if running.is_some() { "" } else { "（未运行 / not served）" };
        writeln!(out, "  {:<24} {}{state}", housed.public_url, housed.name)?;
    }
    out.flush()
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
