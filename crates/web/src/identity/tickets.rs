//! Tickets (一次性凭据): what is given to a browser and has to come back from the same one, once and in time: a challenge for a passkey, the
//! state of a sign-in elsewhere.
//!
//! A ticket carries its own code, so nothing is kept of those that never come back, however many are asked for; only of those that did, until
//! their time is over. The key is drawn when the site starts: what was given before a restart is asked for again.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// How long a ticket holds, in seconds: time to find the key, or to sign in elsewhere.
const HOLDS_SECONDS: i64 = 600;
const TIME_BYTES: usize = 8;
const CHANCE_BYTES: usize = 16;
const CODE_BYTES: usize = 32;

/// What tickets are made and known with.
pub(crate) struct Tickets {
    key: [u8; 32],
    /// Those that have come back, with the second from which they are worth nothing anyway.
    spent: Mutex<BTreeMap<String, i64>>,
}

/// For whom and what a ticket is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bearer<'a> {
    /// For what: tickets for one thing are none for another.
    pub purpose: &'a str,
    /// The token of the browser's session.
    pub session: &'a str,
}

impl Tickets {
    /// Tickets with a key drawn by chance.
    pub(crate) fn new(chance: fn(&mut [u8])) -> Tickets {
        let mut key = [0; 32];
        chance(&mut key);
        Tickets { key, spent: Mutex::default() }
    }

    /// A fresh ticket, in base64url.
    pub(crate) fn give(&self, bearer: Bearer<'_>, chance: fn(&mut [u8]), seconds: i64) -> String {
        let mut bytes = [0; TIME_BYTES + CHANCE_BYTES];
        bytes[..TIME_BYTES].copy_from_slice(&seconds.saturating_add(HOLDS_SECONDS).to_be_bytes());
        chance(&mut bytes[TIME_BYTES..]);
        BASE64.encode([&bytes[..], &self.code(bearer, &bytes)].concat())
    }

    /// Whether a ticket was given to this bearer, still holds, and has not come back yet.
    pub(crate) fn holds(&self, bearer: Bearer<'_>, ticket: &str, seconds: i64) -> bool {
        let Some(until) = self.until(bearer, ticket) else { return false };
        seconds < until && !self.spent().contains_key(ticket)
    }

    /// It has come back; `false`: it had before, or holds no more.
    pub(crate) fn spend(&self, bearer: Bearer<'_>, ticket: &str, seconds: i64) -> bool {
        let Some(until) = self.until(bearer, ticket).filter(|until| seconds < *until) else { return false };
        let mut spent = self.spent();
        spent.retain(|_, until| seconds < *until);
        spent.insert(ticket.to_owned(), until).is_none()
    }

    /// A secret that only this site knows of a ticket, in base64url: 43 characters.
    pub(crate) fn secret(&self, bearer: Bearer<'_>, ticket: &str, name: &str) -> String {
        BASE64.encode(self.code(bearer, format!("{name}\0{ticket}").as_bytes()))
    }

    fn until(&self, bearer: Bearer<'_>, ticket: &str) -> Option<i64> {
        let bytes = BASE64.decode(ticket).ok()?;
        let (said, code) = bytes.split_at_checked(TIME_BYTES + CHANCE_BYTES)?;
        let right = code.len() == CODE_BYTES && trust::same_bytes(code, &self.code(bearer, said));
        right.then(|| said.first_chunk().map(|time| i64::from_be_bytes(*time)))?
    }

    fn code(&self, bearer: Bearer<'_>, said: &[u8]) -> [u8; CODE_BYTES] {
        let session = trust::token_digest(bearer.session);
        *trust::mac(&self.key, &[session.as_bytes(), bearer.purpose.as_bytes(), b"\0", said].concat()).as_bytes()
    }

    fn spent(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, i64>> {
        self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;
    const MINE: Bearer<'static> = Bearer { purpose: "one thing", session: "mine" };

    fn tickets() -> Tickets {
        Tickets::new(|bytes| bytes.fill(7))
    }

    #[test]
    fn a_ticket_comes_back_once_in_time_and_from_its_bearer() {
        let tickets = tickets();
        let ticket = tickets.give(MINE, |bytes| bytes.fill(1), NOW);
        assert!(tickets.holds(MINE, &ticket, NOW) && tickets.holds(MINE, &ticket, NOW + 599));
        assert!(!tickets.holds(MINE, &ticket, NOW + 600) && !tickets.spend(MINE, &ticket, NOW + 600), "late");
        for bearer in [Bearer { session: "yours", ..MINE }, Bearer { purpose: "another", ..MINE }] {
            assert!(!tickets.holds(bearer, &ticket, NOW) && !tickets.spend(bearer, &ticket, NOW));
        }
        assert!(tickets.spend(MINE, &ticket, NOW) && !tickets.spend(MINE, &ticket, NOW), "once");
        assert!(!tickets.holds(MINE, &ticket, NOW));
        let other = tickets.give(MINE, |bytes| bytes.fill(2), NOW + 600);
        assert!(tickets.spend(MINE, &other, NOW + 600));
        assert_eq!(tickets.spent().len(), 1, "what is over anyway is not kept");
    }

    #[test]
    fn nobody_else_makes_one() {
        let (mine, others) = (tickets(), Tickets::new(|bytes| bytes.fill(8)));
        let ticket = others.give(MINE, |bytes| bytes.fill(1), NOW);
        assert!(!mine.holds(MINE, &ticket, NOW), "another key");
        let ticket = mine.give(MINE, |bytes| bytes.fill(1), NOW);
        let bytes = BASE64.decode(&ticket).unwrap();
        for place in 0..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[place] ^= 1;
            assert!(!mine.holds(MINE, &BASE64.encode(wrong), NOW), "{place}");
        }
        for wrong in ["", "x", "!", &ticket[..74], &format!("{ticket}AAAA")] {
            assert!(!mine.holds(MINE, wrong, NOW) && !mine.spend(MINE, wrong, NOW), "{wrong}");
        }
    }

    #[test]
    fn secrets_differ_by_name_ticket_and_bearer() {
        let tickets = tickets();
        let secret = |bearer, ticket, name| tickets.secret(bearer, ticket, name);
        let one = secret(MINE, "t", "n");
        assert_eq!((one.len(), &one), (43, &secret(MINE, "t", "n")));
        let others =
            [secret(MINE, "u", "n"), secret(MINE, "t", "m"), secret(Bearer { session: "yours", ..MINE }, "t", "n")];
        assert!(!others.contains(&one));
    }
}
