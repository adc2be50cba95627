//! Passkeys (通行密钥): what browsers are asked, and whether what they answer is right.

use super::entering::event;
use super::tickets::Bearer;
use super::tries;
use crate::lang::Both;
use crate::problem::Problem;
use crate::sent::{Answers, Sent, take};
use crate::site::{Running, Site};
use crate::visit::Visitor;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use serde::Deserialize;
use serde_json::{Value, json};
use store::identity::DoorKind;
use store::passkey::Passkey;
use trust::{NewPasskey, PasskeyAnswer, PasskeyFault, PasskeyKey, PasskeySite};

/// ES256, EdDSA and RS256, as COSE numbers them; what Windows Hello keeps in an older TPM is RSA.
const KINDS: [i32; 3] = [-7, -8, -257];
/// How long the browser waits for its owner, in milliseconds.
const PATIENCE_MS: u32 = 120_000;

/// What a browser is asked to do with a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ceremony<'a> {
    /// Make one for this person, who has shown the password.
    Make(&'a str),
    /// Answer with one, whosever it is; its device has to verify who is there.
    SignIn,
    /// Answer with one of this person, who shows the password as well; that somebody is there is enough.
    SecondStep(&'a str),
}

impl Ceremony<'_> {
    /// How the browser calls it.
    fn kind(self) -> &'static str {
        match self {
            Ceremony::Make(_) => "webauthn.create",
            Ceremony::SignIn | Ceremony::SecondStep(_) => "webauthn.get",
        }
    }

    fn purpose(self) -> String {
        match self {
            Ceremony::Make(person) => format!("passkey make {person}"),
            Ceremony::SignIn => "passkey sign in".to_owned(),
            Ceremony::SecondStep(person) => format!("passkey second step {person}"),
        }
    }
}

/// The site as authenticators know it, and its origin.
pub(crate) struct Place {
    pub site: PasskeySite,
    pub origin: String,
}

/// Where the site is; `None` where it is reached by a number, which no passkey can be bound to.
pub(crate) fn place_of(site: &Site) -> Option<Place> {
    let url = url::Url::parse(&site.public_url).ok()?;
    let url::Host::Domain(domain) = url.host()? else { return None };
    Some(Place { site: PasskeySite { id: domain.to_owned() }, origin: url.origin().ascii_serialization() })
}

/// The same, or the problem that there are no passkeys here.
pub(crate) fn place(site: &Site) -> Result<Place, Problem> {
    let none = || {
        Problem::not_found("本站的网址没有域名，不能用通行密钥", "This site is reached by a number: it has no passkeys")
    };
    place_of(site).ok_or_else(none)
}

/// What the browser is asked, as its script hands it on; `known` are the passkeys that the person has.
pub(crate) fn asked(
    app: &Running,
    visitor: &Visitor,
    ceremony: Ceremony<'_>,
    known: &[Passkey],
) -> Result<Value, Problem> {
    let site = place(&app.site)?.site;
    let purpose = ceremony.purpose();
    let bearer = Bearer { purpose: &purpose, session: &visitor.token };
    let challenge = app.tickets.give(bearer, app.site.chance, app.site.clock.seconds());
    let known: Vec<&str> = known.iter().map(|passkey| passkey.credential.as_str()).collect();
    Ok(match ceremony {
        Ceremony::Make(person) => json!({
            "challenge": challenge,
            "rp": { "id": site.id, "name": visitor.county },
            "user": handle(person),
            "kinds": KINDS,
            "known": known,
            "timeout": PATIENCE_MS,
        }),
        Ceremony::SignIn | Ceremony::SecondStep(_) => json!({
            "challenge": challenge,
            "rp": { "id": site.id },
            "known": known,
            "verification": if ceremony == Ceremony::SignIn { "required" } else { "discouraged" },
            "timeout": PATIENCE_MS,
        }),
    })
}

/// What authenticators keep of a person: not who it is.
fn handle(person: &str) -> String {
    BASE64.encode(trust::sm3(format!("passkey of {person}").as_bytes()).as_bytes())
}

/// What a browser signs along (WebAuthn, 5.8.1).
#[derive(Debug, Deserialize)]
struct ClientData {
    #[serde(rename = "type")]
    kind: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    cross_origin: bool,
}

/// The challenge that a browser has answered with this, on a page of this site.
fn challenge_of(client: &[u8], ceremony: Ceremony<'_>, origin: &str) -> Option<String> {
    let said: ClientData = serde_json::from_slice(client).ok()?;
    (said.kind == ceremony.kind() && said.origin == origin && !said.cross_origin).then_some(said.challenge)
}

/// What a browser sends of a passkey that has answered, in base64url.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    credential: String,
    client: String,
    data: String,
    signature: String,
    user: String,
}

impl Said {
    /// As a form of its own sent it.
    pub(crate) fn of(sent: &Sent) -> Said {
        let one = |name| sent.text(name).unwrap_or_default().to_owned();
        Said::with(one, ["credential", "client", "data", "signature", "user"])
    }

    /// Takes it out of a form that is about something else; `None`: no passkey was asked.
    pub(crate) fn take(answers: &mut Answers) -> Option<Said> {
        let [credential, client, data, signature] = SAID_ALONG;
        let one = |name| take(answers, name).unwrap_or_default();
        // Whose it has to be is known there.
        let said = Said::with(one, [credential, client, data, signature, ""]);
        (!said.credential.is_empty()).then_some(said)
    }

    fn with(mut one: impl FnMut(&'static str) -> String, names: [&'static str; 5]) -> Said {
        let [credential, client, data, signature, user] = names.map(&mut one);
        Said { credential, client, data, signature, user }
    }
}

/// The fields in which a form about something else takes it along.
pub(crate) const SAID_ALONG: [&str; 4] = ["_credential", "_client", "_data", "_signature"];

/// Bytes as they travel in forms.
fn bytes(text: &str) -> Vec<u8> {
    BASE64.decode(text).unwrap_or_default()
}

/// The passkey that a browser has made for this person; `None`: what it says is not right.
pub(crate) fn made(
    app: &Running,
    visitor: &Visitor,
    person: &str,
    sent: &Sent,
) -> Result<Option<(String, NewPasskey)>, Problem> {
    let (place, ceremony) = (place(&app.site)?, Ceremony::Make(person));
    let sent = |name| bytes(sent.text(name).unwrap_or_default());
    let Some(challenge) = challenge_of(&sent("client"), ceremony, &place.origin) else { return Ok(None) };
    let purpose = ceremony.purpose();
    let bearer = Bearer { purpose: &purpose, session: &visitor.token };
    let Ok(made) = place.site.register(&sent("data")) else { return Ok(None) };
    let spent = app.tickets.spend(bearer, &challenge, app.site.clock.seconds());
    Ok(spent.then(|| (BASE64.encode(&made.credential), made)))
}

/// The passkey that has answered; `None`: what was sent is not right, which is noted.
pub(crate) fn answered(
    app: &Running,
    visitor: &Visitor,
    ceremony: Ceremony<'_>,
    said: &Said,
) -> Result<Option<Passkey>, Problem> {
    let place = place(&app.site)?;
    let passkey = app.read(|snapshot| Ok(snapshot.passkey(&said.credential)?))?;
    let wrong = |person: Option<String>, what| -> Result<Option<Passkey>, Problem> {
        app.store().note_at_door(event(app, person, what, &visitor.origin, visitor.now))?;
        Ok(None)
    };
    let Some(passkey) = passkey else {
        let person = match ceremony {
            Ceremony::SignIn => None,
            Ceremony::SecondStep(person) | Ceremony::Make(person) => Some(person.to_owned()),
        };
        return wrong(person, DoorKind::WrongPasskey);
    };
    let owner = Some(passkey.person.clone());
    match check(app, visitor, &place, ceremony, &passkey, said) {
        Ok(counter) => {
            let used = app.store().use_passkey(&passkey.credential, counter, visitor.now)?;
            if used { Ok(Some(passkey)) } else { wrong(owner, DoorKind::WrongPasskey) }
        }
        Err(PasskeyFault::Counter) => wrong(owner, DoorKind::PasskeyCopied),
        Err(_) => wrong(owner, DoorKind::WrongPasskey),
    }
}

/// What is wrong with the passkey that somebody shows besides the password, if anything; counted as codes are.
pub(crate) fn wrong_second(
    app: &Running,
    visitor: &Visitor,
    person: &str,
    said: &Said,
) -> Result<Option<Both>, Problem> {
    let counters = tries::of_code(app, person, &visitor.origin)?;
    if let Some(until) = app.store().begin_try(counters.clone(), visitor.now)? {
        return Ok(Some(tries::wait(until)));
    }
    if answered(app, visitor, Ceremony::SecondStep(person), said)?.is_none() {
        return Ok(Some(Both::new(
            "没有认出这个通行密钥，请再试一次，或者用一个恢复码",
            "This passkey was not recognised: try once more, or use a recovery code",
        )));
    }
    app.store().take_back(counters)?;
    Ok(None)
}

/// The new count of a passkey whose answer is right.
fn check(
    app: &Running,
    visitor: &Visitor,
    place: &Place,
    ceremony: Ceremony<'_>,
    passkey: &Passkey,
    said: &Said,
) -> Result<u32, PasskeyFault> {
    let client = bytes(&said.client);
    let challenge = challenge_of(&client, ceremony, &place.origin).ok_or(PasskeyFault::Site)?;
    let purpose = ceremony.purpose();
    let bearer = Bearer { purpose: &purpose, session: &visitor.token };
    let now = app.site.clock.seconds();
    if !app.tickets.holds(bearer, &challenge, now) {
        return Err(PasskeyFault::Site);
    }
    let key = PasskeyKey::read(&passkey.key)?;
    let (data, signature) = (bytes(&said.data), bytes(&said.signature));
    let answer = PasskeyAnswer { data: &data, client: &client, signature: &signature };
    let used = place.site.check(&key, passkey.counter, &answer)?;
    let of_owner = match ceremony {
        Ceremony::SignIn => used.verified && said.user == handle(&passkey.person),
        Ceremony::SecondStep(person) | Ceremony::Make(person) => passkey.person == person,
    };
    if !of_owner {
        return Err(PasskeyFault::Absent);
    }
    if app.tickets.spend(bearer, &challenge, now) { Ok(used.counter) } else { Err(PasskeyFault::Site) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_says_has_to_fit() {
        let said = |kind: &str, origin: &str, cross: bool| {
            format!(r#"{{"type":"{kind}","challenge":"abc","origin":"{origin}","crossOrigin":{cross},"more":1}}"#)
        };
        const SITE: &str = "https://gongbao.example";
        let of = |said: String| challenge_of(said.as_bytes(), Ceremony::SignIn, SITE);
        assert_eq!(of(said("webauthn.get", SITE, false)).as_deref(), Some("abc"));
        assert_eq!(of(said("webauthn.create", SITE, false)), None);
        for origin in ["https://gongbao.example.evil", "http://gongbao.example", "https://gongbao.example:8443", ""] {
            assert_eq!(of(said("webauthn.get", origin, false)), None, "{origin}");
        }
        assert_eq!(of(said("webauthn.get", SITE, true)), None, "in a frame of another site");
        for nonsense in ["", "{}", "[]", "\u{feff}{}", r#"{"type":"webauthn.get","challenge":1,"origin":""}"#] {
            assert_eq!(of(nonsense.into()), None, "{nonsense}");
        }
    }
}
