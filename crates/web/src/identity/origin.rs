//! Where a request comes from (来源): an address on the network, a browser, and whether that browser was here before.

use crate::visit::{cookie_value, is_token};
use axum::extract::ConnectInfo;
use axum::http::header::USER_AGENT;
use axum::http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// Where a request comes from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origin {
    /// What wrong tries are counted by: an address of IPv4, a network of IPv6, which one household or office has. Kept nowhere.
    pub network: String,
    /// The address as it is kept and shown, masked.
    pub address: String,
    /// The browser or program, as it names itself, shortened.
    pub agent: String,
    /// The token of a browser on which somebody has signed in before.
    pub device: Option<String>,
}

const FORWARDED: &str = "x-forwarded-for";
const AGENT_CHARACTERS_MAX: usize = 200;

/// The name of the cookie by which a browser is known again.
pub(crate) fn device_cookie(secure: bool) -> &'static str {
    if secure { "__Host-gongbao-device" } else { "gongbao-device" }
}

impl Origin {
    /// The origin of a request that has come through so many proxies of the operator, each of which appends to `X-Forwarded-For`.
    #[must_use]
    pub fn of(headers: &HeaderMap, extensions: &Extensions, proxies: usize, secure: bool) -> Origin {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
        let ip = forwarded(headers, proxies).or(peer).map(|ip| ip.to_canonical());
        let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
        Origin {
            network: ip.map(network).unwrap_or_default(),
            address: ip.map(masked).unwrap_or_default(),
            agent: agent.chars().take(AGENT_CHARACTERS_MAX).collect(),
            device: cookie_value(headers, device_cookie(secure)).filter(|token| is_token(token)),
        }
    }
}

/// What the outermost of the operator's proxies saw. What stands before it was written by whoever asked, and is believed by nobody.
fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let lines = headers.get_all(FORWARDED).iter().filter_map(|line| line.to_str().ok());
    let hops: Vec<&str> = lines.flat_map(|line| line.split(',')).map(str::trim).collect();
    let place = hops.len().checked_sub(proxies)?;
    hops.get(place)?.parse().ok()
}

fn network(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

fn masked(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => {
            let [a, b, c, _] = ip.octets();
            format!("{a}.{b}.{c}.*")
        }
        IpAddr::V6(ip) => {
            let [a, b, c, ..] = ip.segments();
            format!("{a:x}:{b:x}:{c:x}:*")
        }
    }
}

/// A browser in words: `Chrome · Windows`. Programs are called what they call themselves.
#[must_use]
pub fn device_words(agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("MicroMessenger", "微信"),
        ("Edg", "Edge"),
        ("Firefox", "Firefox"),
        ("OPR", "Opera"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    const SYSTEMS: [(&str, &str); 7] = [
        ("HarmonyOS", "HarmonyOS"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let named =
        |names: &[(&str, &'static str)]| names.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    match (named(&BROWSERS), named(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} · {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => agent.split(['/', ' ']).next().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(forwarded: &str, proxies: usize) -> Origin {
        let mut headers = HeaderMap::new();
        headers.insert(FORWARDED, forwarded.parse().unwrap());
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 5000))));
        Origin::of(&headers, &extensions, proxies, false)
    }

    #[test]
    fn only_the_operators_proxies_are_believed() {
        assert_eq!(origin("203.0.113.9", 0).network, "10.0.0.1", "no proxy: what a stranger writes counts for nothing");
        assert_eq!(origin("6.6.6.6, 203.0.113.9", 1).network, "203.0.113.9");
        assert_eq!(origin("6.6.6.6, 203.0.113.9, 10.9.9.9", 2).network, "203.0.113.9");
        assert_eq!(origin("nonsense", 1).network, "10.0.0.1");
    }

    #[test]
    fn addresses_are_kept_masked_and_counted_by_network() {
        let four = origin("::ffff:203.0.113.9", 1);
        assert_eq!((four.network.as_str(), four.address.as_str()), ("203.0.113.9", "203.0.113.*"));
        let six = origin("2001:db8:1:2:3:4:5:6", 1);
        assert_eq!((six.network.as_str(), six.address.as_str()), ("2001:db8:1:2::/64", "2001:db8:1:*"));
    }

    #[test]
    fn browsers_in_words() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
                "Edge · Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 MicroMessenger/8.0",
                "微信 · iPhone",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", "Firefox · Linux"),
            ("curl/8.5.0", "curl"),
            ("", ""),
        ] {
            assert_eq!(device_words(agent), words);
        }
    }
}
