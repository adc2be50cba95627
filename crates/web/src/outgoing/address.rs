//! Where events may be sent: never into a network behind the site, unless whoever runs it allows that.

use crate::lang::Both;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// Longest address taken.
const URL_BYTES_MAX: usize = 500;

/// Reads the address of a webhook: HTTPS, or HTTP on this very machine; without a user name, and without an address of a
/// private network unless those are allowed.
pub fn read_target(text: &str, private_allowed: bool) -> Result<Url, Both> {
    let wrong = || {
        Both::new(
            "应是 https:// 开头的完整网址（本机可用 http://）",
            "It must be a whole https:// address (http:// only on this machine)",
        )
    };
    let url = Url::parse(text.trim()).map_err(|_| wrong())?;
    let local = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err(wrong()),
    };
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if !scheme || !plain || text.len() > URL_BYTES_MAX {
        return Err(wrong());
    }
    let literal = match url.host() {
        Some(Host::Ipv4(ip)) => Some(IpAddr::V4(ip)),
        Some(Host::Ipv6(ip)) => Some(IpAddr::V6(ip)),
        _ => None,
    };
    let closed = literal.is_some_and(|ip| !is_public(ip)) || local;
    if closed && !private_allowed {
        return Err(Both::new(
            "这是内网或者本机地址，未经允许不能使用",
            "This is an address of a private network or of this machine, which is not allowed here",
        ));
    }
    Ok(url)
}

/// Whether an address is one of the public internet (IANA special-purpose registries): not of this machine, a private network, a
/// link, a carrier's inside, a documentation or test range, or a group.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_documentation()
        || a == 0
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 224;
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(mapped) = ip.to_ipv4_mapped() {
        return is_public_v4(mapped);
    }
    let [a, b, ..] = ip.segments();
    // Global unicast only; and of it neither documentation nor the ranges that carry an IPv4 address inside (6to4, Teredo).
    let documentation = a == 0x2001 && b == 0x0db8;
    let carrying = a == 0x2002 || (a == 0x2001 && b == 0);
    (0x2000..0x4000).contains(&a) && !documentation && !carrying
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_to_a_public_address_is_taken() {
        for good in ["https://example.gov.cn/hook", "https://8.8.8.8:8443/a?b=c", "https://[2400:3200::1]/"] {
            assert!(read_target(good, false).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.gov.cn",
            "http://example.gov.cn/",
            "ftp://example.gov.cn/",
            "https://a:b@example.gov.cn/",
            "https://10.0.0.1/",
            "https://192.168.1.1/",
            "https://[::1]/",
            "https://127.1/",
            "https://localhost/",
            "https://0x7f000001/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://e.cn/#x",
        ] {
            assert!(read_target(bad, false).is_err(), "{bad}");
        }
    }

    #[test]
    fn where_it_is_allowed_a_private_address_may_be_used_but_plain_http_only_here() {
        assert!(read_target("https://10.0.0.1/", true).is_ok());
        assert!(read_target("http://127.0.0.1:9/", true).is_ok());
        assert!(read_target("http://10.0.0.1/", true).is_err());
    }

    #[test]
    fn special_ranges_are_not_public() {
        for closed in [
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "0.0.0.0",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "2002:7f00:1::",
            "2001:db8::1",
            "::",
        ] {
            assert!(!is_public(closed.parse().unwrap()), "{closed}");
        }
        for open in ["1.1.1.1", "100.63.0.1", "2400:3200::1"] {
            assert!(is_public(open.parse().unwrap()), "{open}");
        }
    }
}
