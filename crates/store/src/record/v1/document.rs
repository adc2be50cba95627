//! Issued documents and printed reasons.

use super::act::Actor;
use super::clock::Why;
use super::event::Desk;
use super::seal::{Sealable, Sealed};
use super::value::Record;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// An issued document. What it says about people is sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Act that issued it.
    pub act: String,
    /// Data as frozen at issue.
    pub data: Record,
    /// Display, for a notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<Display>,
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Legal date.
    pub on: Date,
    /// Paragraphs.
    pub paragraphs: Sealable<Vec<String>>,
    /// Reasons.
    pub reasons: Vec<Reason>,
    /// Issuing desk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed: Option<Desk>,
    /// Signer.
    pub signer: Actor,
    /// Voided on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voided: Option<Date>,
}

/// What proves a document outside the journal (`docs/formats/proof.md`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The digest, in hexadecimal.
    pub digest: String,
    /// What everybody may know of it, as it was hashed.
    pub head: String,
    /// The salt in hexadecimal, sealed like what the document says of people.
    pub salt: Sealed,
}

/// What a document says, as it is hashed for its proof: nothing sealed, and nothing that is not on the paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Body {
    /// Data as frozen at issue.
    pub data: Record,
    /// First and last day of display, for a notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<(Date, Date)>,
    /// Name.
    pub name: String,
    /// Paragraphs.
    pub paragraphs: Vec<String>,
    /// Codes of the reasons, their clauses and what they say.
    pub reasons: Vec<(String, Vec<String>, String)>,
    /// Issuing desk.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed: Option<Desk>,
}

/// What everybody may know of a document, as it is hashed for its proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentHead {
    /// Id.
    pub id: String,
    /// The issuing office as the county calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Legal date.
    pub on: Date,
    /// Title.
    pub title: String,
}

/// Public display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Display {
    /// Posted on.
    pub from: Date,
    /// Last day.
    pub last_day: Date,
    /// Why.
    pub why: Vec<Why>,
}

/// A reason; its sentences quote values, so they are sealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Clauses.
    pub clauses: Vec<String>,
    /// Code.
    pub code: String,
    /// What it says.
    pub said: Sealable<Said>,
}

/// The words of a reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Said {
    /// English.
    pub en: String,
    /// What to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Values looked at.
    pub values: Vec<(String, String)>,
    /// Chinese.
    pub zh: String,
}
