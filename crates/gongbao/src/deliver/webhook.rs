//! Webhooks: CloudEvents in JSON, signed by the Standard Webhooks scheme, over connections that lead where they seem to lead.

use super::Answer;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::Duration;
use store::outbox::Webhook;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Error};
use web::outgoing::address::{is_public, read_target};
use web::outgoing::event::CLOUD_EVENT;

/// How long one exchange may take, looking the name up included.
const TIMEOUT: Duration = Duration::from_secs(15);
/// What the head of an answer may measure; its body is not read at all.
const HEAD_BYTES_MAX: usize = 16 * 1024;
/// The receiver wants no more (410 Gone).
const GONE: u16 = 410;

/// Sends an event.
pub(super) fn send(webhook: &Webhook, id: &str, event: &Value, now: DateTime, private_allowed: bool) -> Answer {
    let Ok(url) = read_target(&webhook.url, private_allowed) else { return Answer::Never("address".into()) };
    let body = event.to_string();
    let timestamp = seconds(now);
    let signature = signatures(webhook, id, timestamp, body.as_bytes(), now);
    let config = Agent::config_builder()
        .timeout_global(Some(TIMEOUT))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .max_response_header_size(HEAD_BYTES_MAX)
        // A proxy would look names up by itself, out of reach of the check below.
        .proxy(None)
        .user_agent("gongbao")
        .build();
    let agent = Agent::with_parts(config, DefaultConnector::default(), Within { private_allowed });
    let answer = agent
        .post(url.as_str())
        .header("content-type", CLOUD_EVENT)
        .header("webhook-id", id)
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature)
        .send(body.as_bytes());
    match answer {
        Ok(answer) => said(answer.status().as_u16()),
        Err(error) => failed(&error),
    }
}

fn said(status: u16) -> Answer {
    match status {
        200..=299 => Answer::Taken(status.to_string()),
        300..=399 => Answer::Later("redirect".into()),
        GONE => Answer::Never(status.to_string()),
        _ => Answer::Later(status.to_string()),
    }
}

fn failed(error: &Error) -> Answer {
    match error {
        Error::Other(reason) if reason.is::<Private>() => Answer::Later("private".into()),
        Error::Timeout(_) => Answer::Later("timeout".into()),
        _ => Answer::Later("connection".into()),
    }
}

/// The signature of the present secret and, while both hold, of the one before: a receiver that knows either accepts it.
fn signatures(webhook: &Webhook, id: &str, timestamp: i64, body: &[u8], now: DateTime) -> String {
    let former = webhook.former.as_ref().filter(|(_, until)| *until > now).map(|(secret, _)| secret);
    let secrets = std::iter::once(&webhook.secret).chain(former);
    let signatures: Vec<String> = secrets.map(|secret| trust::sign_webhook(secret, id, timestamp, body)).collect();
    signatures.join(" ")
}

/// County local time in seconds since 1970.
fn seconds(now: DateTime) -> i64 {
    let zone = TimeZone::get("Asia/Shanghai").expect("the bundled time zone database knows Asia/Shanghai");
    zone.to_timestamp(now).map_or(0, |now| now.as_second())
}

/// Looks names up, and gives only addresses that may be connected to: what was looked up is what is connected to, so that a
/// name cannot mean another machine in between.
#[derive(Debug)]
struct Within {
    private_allowed: bool,
}

/// Every address of a name is one of a private network.
#[derive(Debug, thiserror::Error)]
#[error("the address is in a private network")]
struct Private;

impl Within {
    /// The addresses of a machine and port that may be connected to.
    fn addresses(&self, name: &str) -> Result<Vec<SocketAddr>, Error> {
        let found: Vec<_> = name.to_socket_addrs().map_err(|_| Error::HostNotFound)?.collect();
        let allowed = |address: &&SocketAddr| self.private_allowed || is_public(address.ip());
        match found.iter().filter(allowed).copied().collect::<Vec<_>>() {
            _ if found.is_empty() => Err(Error::HostNotFound),
            allowed if allowed.is_empty() => Err(Error::Other(Box::new(Private))),
            allowed => Ok(allowed),
        }
    }
}

impl Resolver for Within {
    fn resolve(&self, uri: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else { return Err(Error::HostNotFound) };
        let name = DefaultResolver::host_and_port(scheme, authority).ok_or(Error::HostNotFound)?;
        let mut resolved = self.empty();
        for address in self.addresses(&name)? {
            // The first sixteen addresses of a name are enough.
            _ = resolved.try_push(address);
        }
        Ok(resolved)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn local_time_is_eight_hours_ahead() {
        assert_eq!(seconds(date(1970, 1, 1).at(8, 0, 0, 0)), 0);
        assert_eq!(seconds(date(2022, 3, 1).at(9, 0, 0, 0)), 1_646_096_400);
    }

    #[test]
    fn what_an_answer_means() {
        assert_eq!(said(204), Answer::Taken("204".into()));
        assert_eq!(said(302), Answer::Later("redirect".into()));
        assert_eq!(said(400), Answer::Later("400".into()));
        assert_eq!(said(410), Answer::Never("410".into()));
    }

    #[test]
    fn a_name_that_means_this_machine_is_not_connected_to() {
        let refused =
            Within { private_allowed: false }.addresses("localhost:443").expect_err("this machine is private");
        assert_eq!(failed(&refused), Answer::Later("private".into()));
        assert!(Within { private_allowed: true }.addresses("localhost:443").is_ok());
    }
}
