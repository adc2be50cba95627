//! ID tokens (身份令牌): a signed statement of a sign-in service (OpenID Connect Core 1.0, 3.1.3.7; RFC 7515, 7517, 7519).
//!
//! Only RS256 and ES256 with a key from the service's own set are taken: never `none`, and never a key of another kind than the algorithm
//! that the token names.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use serde_json::{Map, Value};
use trust::{EcdsaForm, PublicKey, same_bytes};

/// So many seconds the clocks may differ.
const SKEW_SECONDS: i64 = 120;
/// Longest token that is read.
const TOKEN_BYTES_MAX: usize = 64 * 1024;
/// Keys of a set that are looked at.
const KEYS_MAX: usize = 50;

/// What is wrong with a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// It is no token.
    #[error("it cannot be read")]
    Shape,
    /// It is signed in a way that is not taken, or not at all.
    #[error("its algorithm is not taken")]
    Algorithm,
    /// Its key is not among the service's.
    #[error("its key is not known")]
    Key,
    /// Its signature is not the key's.
    #[error("its signature is wrong")]
    Signature,
    /// Another service made it.
    #[error("another service made it")]
    Issuer,
    /// It is for another site.
    #[error("it is for another site")]
    Audience,
    /// It is over, or from the future: clocks differ.
    #[error("it is not of this time")]
    Time,
    /// It answers another question.
    #[error("it answers another question")]
    Nonce,
    /// What was said of the person later is of another.
    #[error("it is about somebody else")]
    Subject,
}

/// What a token says of its signature.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
}

/// The keys of a service.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct KeySet {
    keys: Vec<Value>,
}

/// A key as it is written (RFC 7518, 6).
#[derive(Debug, Deserialize)]
struct WebKey {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    used_for: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
}

/// What a token has to be.
pub(crate) struct Expected<'a> {
    /// Of this service.
    pub issuer: &'a str,
    /// For this site.
    pub client_id: &'a str,
    /// An answer to this.
    pub nonce: &'a str,
    /// Now, in seconds since 1970.
    pub seconds: i64,
}

/// What a service says of somebody.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Claims(Map<String, Value>);

impl Claims {
    /// A claim that is a text, and not an empty one.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Whether one of these is the class (`acr`) or among the methods (`amr`) by which they signed in.
    pub(crate) fn shows(&self, trusted: &[String]) -> bool {
        let is = |value: &Value| value.as_str().is_some_and(|value| trusted.iter().any(|one| one == value));
        let methods = self.0.get("amr").and_then(Value::as_array);
        self.0.get("acr").is_some_and(is) || methods.is_some_and(|methods| methods.iter().any(is))
    }
}

impl KeySet {
    /// Whether a key may be the one that a token was signed with.
    pub(crate) fn has(&self, header: &Header) -> bool {
        self.fitting(header).next().is_some()
    }

    fn fitting<'a>(&'a self, header: &'a Header) -> impl Iterator<Item = PublicKey> + 'a {
        let keys = self.keys.iter().take(KEYS_MAX).filter_map(|key| WebKey::deserialize(key).ok());
        keys.filter(|key| key.is_for(header)).filter_map(|key| key.read())
    }
}

impl WebKey {
    fn is_for(&self, header: &Header) -> bool {
        let kind = match header.alg.as_str() {
            "RS256" => "RSA",
            "ES256" => "EC",
            _ => return false,
        };
        self.kty == kind
            && self.alg.as_ref().is_none_or(|alg| *alg == header.alg)
            && self.used_for.as_ref().is_none_or(|used_for| used_for == "sig")
            && header.kid.as_ref().is_none_or(|kid| self.kid.as_ref() == Some(kid))
    }

    fn read(&self) -> Option<PublicKey> {
        let bytes = |text: &Option<String>| BASE64.decode(text.as_ref()?).ok();
        if self.kty == "RSA" {
            return Some(PublicKey::Rsa(bytes(&self.n)?, bytes(&self.e)?));
        }
        let half = |text| bytes(text)?.try_into().ok();
        (self.crv.as_deref() == Some("P-256")).then(|| Some(PublicKey::P256(half(&self.x)?, half(&self.y)?)))?
    }
}

/// What a token says of its signature.
pub(crate) fn header(token: &str) -> Result<Header, Wrong> {
    let (header, ..) = parts(token)?;
    let header: Header = json(header)?;
    // An extension that has to be understood is not.
    if header.crit.is_some() || !["RS256", "ES256"].contains(&header.alg.as_str()) {
        return Err(Wrong::Algorithm);
    }
    Ok(header)
}

/// What a token says, once it is what it has to be.
pub(crate) fn verified(token: &str, keys: &KeySet, expected: &Expected<'_>) -> Result<Claims, Wrong> {
    let header = header(token)?;
    let (_, payload, signature) = parts(token)?;
    let signature = BASE64.decode(signature).map_err(|_| Wrong::Shape)?;
    let signed = token.rsplit_once('.').ok_or(Wrong::Shape)?.0.as_bytes();
    if !keys.has(&header) {
        return Err(Wrong::Key);
    }
    if !keys.fitting(&header).any(|key| key.verifies(signed, &signature, EcdsaForm::Fixed)) {
        return Err(Wrong::Signature);
    }
    let claims = Claims(json(payload)?);
    claims.must_be(expected)?;
    Ok(claims)
}

impl Claims {
    fn must_be(&self, expected: &Expected<'_>) -> Result<(), Wrong> {
        let is = |name: &str, wanted: &str| self.0.get(name).and_then(Value::as_str) == Some(wanted);
        if !is("iss", expected.issuer) {
            return Err(Wrong::Issuer);
        }
        if !self.is_for(expected.client_id) {
            return Err(Wrong::Audience);
        }
        let second = |name: &str| self.0.get(name).and_then(Value::as_i64);
        let (Some(ends), Some(made)) = (second("exp"), second("iat")) else { return Err(Wrong::Time) };
        let now = expected.seconds;
        let begins = second("nbf").unwrap_or(made).max(made);
        if now >= ends.saturating_add(SKEW_SECONDS) || now < begins.saturating_sub(SKEW_SECONDS) {
            return Err(Wrong::Time);
        }
        let nonce = self.text("nonce").ok_or(Wrong::Nonce)?;
        if same_bytes(nonce.as_bytes(), expected.nonce.as_bytes()) { Ok(()) } else { Err(Wrong::Nonce) }
    }

    /// For this site: the only one it is for, or the one it was made for.
    fn is_for(&self, client_id: &str) -> bool {
        let party = self.0.get("azp").map(|party| party.as_str() == Some(client_id));
        match self.0.get("aud") {
            Some(Value::String(one)) => one == client_id && party != Some(false),
            Some(Value::Array(all)) => {
                let among = all.iter().any(|one| one.as_str() == Some(client_id));
                among && party.unwrap_or(all.len() == 1)
            }
            _ => false,
        }
    }
}

fn parts(token: &str) -> Result<(&str, &str, &str), Wrong> {
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some(header), Some(payload), Some(signature), None) if token.len() <= TOKEN_BYTES_MAX => {
            Ok((header, payload, signature))
        }
        _ => Err(Wrong::Shape),
    }
}

fn json<T: serde::de::DeserializeOwned>(part: &str) -> Result<T, Wrong> {
    serde_json::from_slice(&BASE64.decode(part).map_err(|_| Wrong::Shape)?).map_err(|_| Wrong::Shape)
}

#[cfg(test)]
mod tests {
    use super::*;
    use p256::ecdsa::signature::Signer;
    use p256::ecdsa::{Signature, SigningKey};
    use serde_json::json;

    const NOW: i64 = 1_700_000_000;
    /// A token and the modulus of its key, made with Python's `cryptography`.
    const RS256: &str = include_str!("vectors/rs256.txt");

    fn expected() -> Expected<'static> {
        Expected { issuer: "https://id.example", client_id: "gongbao", nonce: "n", seconds: NOW }
    }

    fn secret(seed: u8) -> SigningKey {
        SigningKey::from_slice(&[seed; 32]).unwrap()
    }

    fn web_key(seed: u8, kid: &str) -> Value {
        let point = secret(seed).verifying_key().to_sec1_point(false);
        let (x, y) = point.as_bytes()[1..].split_at(32);
        json!({ "kty": "EC", "crv": "P-256", "kid": kid, "use": "sig", "x": BASE64.encode(x), "y": BASE64.encode(y) })
    }

    fn keys(keys: &[Value]) -> KeySet {
        serde_json::from_value(json!({ "keys": keys })).unwrap()
    }

    fn claims() -> Value {
        json!({ "iss": "https://id.example", "aud": "gongbao", "sub": "u-1", "nonce": "n", "iat": NOW, "exp": NOW + 300 })
    }

    fn made(header: &Value, claims: &Value, seed: u8) -> String {
        let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims.to_string()));
        let signature: Signature = secret(seed).sign(signed.as_bytes());
        format!("{signed}.{}", BASE64.encode(signature.to_bytes()))
    }

    fn check(header: &Value, claims: &Value) -> Result<(), Wrong> {
        verified(&made(header, claims, 1), &keys(&[web_key(1, "k1"), web_key(2, "k2")]), &expected()).map(|_| ())
    }

    fn es256() -> Value {
        json!({ "alg": "ES256", "kid": "k1" })
    }

    /// The usual claims with one of them changed, or taken away.
    fn with(name: &str, value: Value) -> Result<(), Wrong> {
        let mut claims = claims();
        match value {
            Value::Null => _ = claims.as_object_mut().unwrap().remove(name),
            value => claims[name] = value,
        }
        check(&es256(), &claims)
    }

    #[test]
    fn a_token_that_another_program_made_is_taken() {
        let (token, modulus) = RS256.trim().split_once('\n').unwrap();
        let key = |kid: &str| json!({ "kty": "RSA", "kid": kid, "alg": "RS256", "n": modulus, "e": "AQAB" });
        let claims = verified(token, &keys(&[key("r1")]), &expected()).unwrap();
        assert_eq!(claims.text("preferred_username").as_deref(), Some("window"));
        assert_eq!(verified(token, &keys(&[key("r2")]), &expected()), Err(Wrong::Key));
        assert_eq!(verified(token, &keys(&[]), &expected()), Err(Wrong::Key));
        let last = token.len() - 1;
        let other = format!("{}{}", &token[..last - 2], "AA");
        assert!(matches!(verified(&other, &keys(&[key("r1")]), &expected()), Err(Wrong::Signature | Wrong::Shape)));
    }

    #[test]
    fn a_token_is_of_this_service_for_this_site_now_and_to_this_question() {
        assert_eq!(check(&es256(), &claims()), Ok(()));
        for (name, value, wrong) in [
            ("iss", json!("https://id.example/"), Wrong::Issuer),
            ("iss", json!("https://evil.example"), Wrong::Issuer),
            ("iss", Value::Null, Wrong::Issuer),
            ("aud", json!("another"), Wrong::Audience),
            ("aud", json!(["another"]), Wrong::Audience),
            ("aud", json!(["gongbao", "another"]), Wrong::Audience),
            ("aud", json!([]), Wrong::Audience),
            ("aud", Value::Null, Wrong::Audience),
            ("azp", json!("another"), Wrong::Audience),
            ("nonce", json!("another"), Wrong::Nonce),
            ("nonce", json!(""), Wrong::Nonce),
            ("nonce", Value::Null, Wrong::Nonce),
            ("exp", json!(NOW - 120), Wrong::Time),
            ("exp", json!("tomorrow"), Wrong::Time),
            ("exp", Value::Null, Wrong::Time),
            ("iat", json!(NOW + 121), Wrong::Time),
            ("iat", Value::Null, Wrong::Time),
            ("nbf", json!(NOW + 121), Wrong::Time),
        ] {
            assert_eq!(with(name, value.clone()), Err(wrong), "{name} {value}");
        }
        for (name, value) in [
            ("aud", json!(["gongbao"])),
            ("azp", json!("gongbao")),
            ("exp", json!(NOW - 119)),
            ("iat", json!(NOW + 120)),
        ] {
            assert_eq!(with(name, value.clone()), Ok(()), "{name} {value}");
        }
        let mut several = claims();
        (several["aud"], several["azp"]) = (json!(["gongbao", "another"]), json!("gongbao"));
        assert_eq!(check(&es256(), &several), Ok(()), "made for this site");
    }

    #[test]
    fn a_token_is_signed_with_a_key_of_the_service() {
        for header in [
            json!({ "alg": "none" }),
            json!({ "alg": "None", "kid": "k1" }),
            json!({ "alg": "HS256", "kid": "k1" }),
            json!({ "alg": "ES256K", "kid": "k1" }),
            json!({ "alg": "ES256", "kid": "k1", "crit": ["exp"] }),
        ] {
            assert_eq!(check(&header, &claims()), Err(Wrong::Algorithm), "{header}");
        }
        assert_eq!(
            check(&json!({ "alg": "ES256", "kid": "k2" }), &claims()),
            Err(Wrong::Signature),
            "another of its keys"
        );
        assert_eq!(check(&json!({ "alg": "ES256", "kid": "k3" }), &claims()), Err(Wrong::Key));
        assert_eq!(check(&json!({ "alg": "RS256", "kid": "k1" }), &claims()), Err(Wrong::Key), "a key of another kind");
        assert_eq!(check(&json!({ "alg": "ES256" }), &claims()), Ok(()), "no name of a key: any of them may fit");
        let encrypting = json!({ "use": "enc" });
        let mut key = web_key(1, "k1");
        key["use"] = encrypting["use"].clone();
        let token = made(&es256(), &claims(), 1);
        assert_eq!(verified(&token, &keys(&[key]), &expected()), Err(Wrong::Key), "a key for something else");
        let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
        let all = keys(&[web_key(1, "k1")]);
        assert_eq!(verified(&unsigned, &all, &expected()), Err(Wrong::Signature));
        let stranger = made(&es256(), &claims(), 9);
        assert_eq!(verified(&stranger, &all, &expected()), Err(Wrong::Signature));
        for nonsense in ["", ".", "..", "a.b.c", "e30.e30.", "....", &format!("{token}.x"), &"a".repeat(70_000)] {
            assert!(verified(nonsense, &all, &expected()).is_err());
        }
    }

    #[test]
    fn classes_and_methods_are_compared_whole() {
        let claims = |json: Value| Claims(json.as_object().unwrap().clone());
        let trusted = ["mfa".to_owned(), "urn:high".to_owned()];
        assert!(claims(json!({ "acr": "urn:high" })).shows(&trusted));
        assert!(claims(json!({ "amr": ["pwd", "mfa"] })).shows(&trusted));
        for none in [json!({}), json!({ "acr": "urn:higher" }), json!({ "amr": ["pwd"] }), json!({ "amr": "mfa" })] {
            assert!(!claims(none).shows(&trusted));
        }
        assert!(!claims(json!({ "amr": ["mfa"] })).shows(&[]));
    }
}
