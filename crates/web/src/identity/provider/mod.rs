//! Signing in elsewhere (统一身份认证, OpenID Connect): who somebody is says the sign-in service that the operator names, with the authorization
//! code flow and PKCE. What they may do says this county: they have to stand on its list, with an account that is open.
//!
//! The network is handed in ([`Wire`]). What is asked and answered on it is read here; the token in [`token`].

pub(crate) mod token;

use crate::lang::Both;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use token::{Claims, Expected, KeySet, Wrong};
use url::Url;

/// For how many seconds what a service says of itself is believed.
const METADATA_SECONDS: i64 = 3600;
/// Its keys are asked for again after so many seconds at the earliest, where a token names one that is not known.
const KEYS_SECONDS: i64 = 30;
/// For so many seconds it is left alone after it did not answer.
const REST_SECONDS: i64 = 10;

/// What the operator says of a sign-in service.
pub struct ProviderSettings {
    /// Its name for itself, an address: `https://id.example.gov.cn/realms/county`.
    pub issuer: String,
    /// What it knows this site as.
    pub client_id: String,
    /// The secret it shares with this site; none where it has none.
    pub client_secret: Option<String>,
    /// Which claims are asked for: `openid profile`.
    pub scope: String,
    /// The claim that names the person.
    pub claim: String,
    /// What its value is.
    pub names: Named,
    /// What people call it.
    pub label: Both,
    /// Values of `acr` or `amr` that stand for a second factor.
    pub second_factor: Vec<String>,
}

/// What the value of a claim names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Named {
    /// A person by the id on the county's list.
    Person,
    /// A person by the sign-in name of their account.
    Login,
}

/// The network, as far as signing in elsewhere needs it.
pub trait Wire: Send + Sync {
    /// The body found at an address, with a token for it if there is one.
    ///
    /// # Errors
    /// If nothing came, or not with success.
    fn get(&self, address: &str, bearer: Option<&str>) -> anyhow::Result<Vec<u8>>;

    /// The status and body of the answer to a form, sent with name and secret if there are any.
    ///
    /// # Errors
    /// If no answer came.
    fn post(&self, address: &str, form: &[(&str, &str)], basic: Option<(&str, &str)>)
    -> anyhow::Result<(u16, Vec<u8>)>;
}

/// A sign-in service in use.
pub struct Provider {
    /// What the operator says of it.
    pub settings: ProviderSettings,
    wire: Box<dyn Wire>,
    known: Mutex<Option<Known>>,
    /// Until which second it is not asked again, because it did not answer.
    rests: AtomicI64,
}

/// What a service says of itself (OpenID Connect Discovery 1.0), as far as it is used.
#[derive(Debug, Clone, Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Clone)]
struct Known {
    metadata: Metadata,
    since: i64,
    keys: KeySet,
    keys_since: i64,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum ProviderFault {
    /// It does not answer.
    #[error("the sign-in service does not answer: {0:#}")]
    Unreached(#[source] anyhow::Error),
    /// What it says of itself cannot be used: the operator has to look.
    #[error("the sign-in service cannot be used: {0}")]
    Unusable(String),
    /// It refused the code: it was used before, or is too old.
    #[error("the sign-in service refused the code: {0}")]
    Refused(String),
    /// The token is not right.
    #[error("the token of the sign-in service is not right: {0}")]
    Wrong(#[from] Wrong),
}

/// What this browser's way there and back is bound to.
pub(crate) struct Trip<'a> {
    /// Comes back with the answer.
    pub state: &'a str,
    /// Comes back in the token.
    pub nonce: &'a str,
    /// Known to this site alone until the code is redeemed (RFC 7636).
    pub verifier: &'a str,
    /// Where the answer comes back to.
    pub back_to: &'a str,
}

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: Option<String>,
}

impl Provider {
    /// A service that is asked over this wire, when somebody wants to sign in.
    ///
    /// # Errors
    /// If its name is no address that can be trusted: HTTPS, or on this machine.
    pub fn new(settings: ProviderSettings, wire: Box<dyn Wire>) -> Result<Provider, ProviderFault> {
        trusted(&settings.issuer)?;
        Ok(Provider { settings, wire, known: Mutex::default(), rests: AtomicI64::new(i64::MIN) })
    }

    /// Where a browser goes to sign in.
    pub(crate) fn departure(&self, trip: &Trip<'_>, seconds: i64) -> Result<String, ProviderFault> {
        let metadata = self.known(seconds)?.metadata;
        let mut url = trusted(&metadata.authorization_endpoint)?;
        let challenge = BASE64.encode(Sha256::digest(trip.verifier));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", trip.back_to)
            .append_pair("scope", &self.settings.scope)
            .append_pair("state", trip.state)
            .append_pair("nonce", trip.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(url.into())
    }

    /// Who has come back with a code.
    pub(crate) fn arrival(&self, trip: &Trip<'_>, code: &str, seconds: i64) -> Result<Arrived, ProviderFault> {
        let known = self.known(seconds)?;
        let tokens = self.redeem(&known.metadata, trip, code)?;
        let expected =
            Expected { issuer: &self.settings.issuer, client_id: &self.settings.client_id, nonce: trip.nonce, seconds };
        let header = token::header(&tokens.id_token)?;
        let keys = if known.keys.has(&header) { known.keys } else { self.fresh_keys(&header, seconds)? };
        let claims = token::verified(&tokens.id_token, &keys, &expected)?;
        let name = match claims.text(&self.settings.claim) {
            Some(name) => Some(name),
            None => self.asked_for(&known.metadata, &claims, tokens.access_token.as_deref())?,
        };
        let second = claims.shows(&self.settings.second_factor);
        Ok(Arrived { name: name.unwrap_or_default(), second })
    }

    /// Where somebody ends their session there, if it says where.
    pub(crate) fn way_out(&self, home: &str) -> Option<String> {
        let known = self.guard().clone()?;
        let mut url = trusted(&known.metadata.end_session_endpoint?).ok()?;
        url.query_pairs_mut()
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("post_logout_redirect_uri", home);
        Some(url.into())
    }

    fn redeem(&self, metadata: &Metadata, trip: &Trip<'_>, code: &str) -> Result<Tokens, ProviderFault> {
        let ProviderSettings { client_id, client_secret, .. } = &self.settings;
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", trip.back_to),
            ("code_verifier", trip.verifier),
        ];
        let methods = metadata.token_endpoint_auth_methods_supported.as_deref();
        let takes_basic = methods.is_none_or(|methods| methods.iter().any(|method| method == "client_secret_basic"));
        let basic = client_secret.as_deref().filter(|_| takes_basic).map(|secret| (client_id.as_str(), secret));
        if basic.is_none() {
            form.push(("client_id", client_id));
            form.extend(client_secret.as_deref().map(|secret| ("client_secret", secret)));
        }
        let address = trusted(&metadata.token_endpoint)?;
        let (status, body) = self.wire.post(address.as_str(), &form, basic).map_err(ProviderFault::Unreached)?;
        match status {
            200 => read(&body),
            400..=499 => Err(ProviderFault::Refused(error_of(&body))),
            _ => Err(ProviderFault::Unreached(anyhow::anyhow!("status {status}"))),
        }
    }

    /// A claim that is not in the token may be asked for, of the same person.
    fn asked_for(
        &self,
        metadata: &Metadata,
        claims: &Claims,
        access: Option<&str>,
    ) -> Result<Option<String>, ProviderFault> {
        let (Some(address), Some(access)) = (&metadata.userinfo_endpoint, access) else { return Ok(None) };
        let body = self.wire.get(trusted(address)?.as_str(), Some(access)).map_err(ProviderFault::Unreached)?;
        let said: Value = read(&body)?;
        let subject = claims.text("sub");
        if subject.is_none() || said["sub"].as_str() != subject.as_deref() {
            return Err(Wrong::Subject.into());
        }
        Ok(said[&self.settings.claim].as_str().map(str::to_owned))
    }

    fn known(&self, seconds: i64) -> Result<Known, ProviderFault> {
        if let Some(known) = self.guard().clone()
            && seconds < known.since + METADATA_SECONDS
        {
            return Ok(known);
        }
        // Whoever waits for it holds a place that others need: while it does not answer, only one in a while does.
        if seconds < self.rests.load(Ordering::Relaxed) {
            return Err(ProviderFault::Unreached(anyhow::anyhow!("it did not answer a moment ago")));
        }
        let found = self.look(seconds);
        if matches!(found, Err(ProviderFault::Unreached(_))) {
            self.rests.store(seconds.saturating_add(REST_SECONDS), Ordering::Relaxed);
        }
        found
    }

    /// What the service says of itself now.
    fn look(&self, seconds: i64) -> Result<Known, ProviderFault> {
        let issuer = &self.settings.issuer;
        let address = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let metadata: Metadata = read(&self.wire.get(&address, None).map_err(ProviderFault::Unreached)?)?;
        if metadata.issuer != *issuer {
            return Err(ProviderFault::Unusable(format!("it calls itself {}", metadata.issuer)));
        }
        let keys = self.keys(&metadata)?;
        let known = Known { metadata, since: seconds, keys, keys_since: seconds };
        *self.guard() = Some(known.clone());
        Ok(known)
    }

    /// The keys, once more, because a token was signed with one that is not known: services change theirs.
    fn fresh_keys(&self, header: &token::Header, seconds: i64) -> Result<KeySet, ProviderFault> {
        let Some(known) = self.guard().clone() else { return Err(Wrong::Key.into()) };
        if known.keys.has(header) {
            return Ok(known.keys);
        }
        if seconds < known.keys_since + KEYS_SECONDS {
            return Err(Wrong::Key.into());
        }
        let keys = self.keys(&known.metadata)?;
        *self.guard() = Some(Known { keys: keys.clone(), keys_since: seconds, ..known });
        Ok(keys)
    }

    fn keys(&self, metadata: &Metadata) -> Result<KeySet, ProviderFault> {
        let body = self.wire.get(trusted(&metadata.jwks_uri)?.as_str(), None).map_err(ProviderFault::Unreached)?;
        read(&body)
    }

    fn guard(&self) -> std::sync::MutexGuard<'_, Option<Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Who has come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// What the claim says; empty where it says nothing.
    pub name: String,
    /// Whether they have shown a second factor there that the operator trusts.
    pub second: bool,
}

/// An address whose answers can be trusted: over HTTPS, or on this machine.
fn trusted(address: &str) -> Result<Url, ProviderFault> {
    let url = Url::parse(address).map_err(|fault| ProviderFault::Unusable(format!("{address}: {fault}")))?;
    let here = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    };
    if url.scheme() == "https" || (url.scheme() == "http" && here) {
        return Ok(url);
    }
    Err(ProviderFault::Unusable(format!("{address} is not HTTPS")))
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, ProviderFault> {
    serde_json::from_slice(body).map_err(|fault| ProviderFault::Unusable(format!("an answer cannot be read: {fault}")))
}

/// The code of an error as OAuth names it (RFC 6749, 5.2), for the operator's log.
fn error_of(body: &[u8]) -> String {
    let said: Value = serde_json::from_slice(body).unwrap_or_default();
    said["error"].as_str().unwrap_or("?").chars().filter(char::is_ascii_graphic).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::trusted;

    #[test]
    fn addresses_are_https_or_on_this_machine() {
        for good in ["https://id.example", "http://localhost:3000/x", "http://127.0.0.1:3000", "http://[::1]:3000"] {
            assert!(trusted(good).is_ok(), "{good}");
        }
        for bad in ["http://id.example", "http://192.0.2.7", "ftp://localhost", "id.example", "", "file:///etc/passwd"]
        {
            assert!(trusted(bad).is_err(), "{bad}");
        }
    }
}
