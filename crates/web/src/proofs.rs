//! What makes a printed document provable: the page of its proof (核验附页), the proof inside the file, the office's electronic seal.

use crate::lang::Lang;
use crate::problem::Problem;
use crate::site::{Office, Running};
use engine::County;
use engine::event::{Desk, IssuedDocument};
use gazette::finished::{Addition, add};
use jiff::civil::DateTime;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use store::record::v1::DocumentHead;
use trust::{Checkpoint, DocumentProof, Entry, RootEntry};

/// The page that stands behind a document which anybody may verify.
pub(crate) const SHEET: &str = include_str!("proof_sheet.typ");
/// Its name among the templates.
pub(crate) const SHEET_NAME: &str = "proof-sheet.typ";

/// The entry of the log under which a proof stands.
pub(crate) fn entry(proof: &DocumentProof) -> Option<RootEntry> {
    match Entry::read(proof.log.extra.as_deref()?)? {
        Entry::Root(entry) => Some(entry),
        Entry::Act(_) => None,
    }
}

/// The proof as the page prints it. Nothing where no code can hold it.
pub(crate) fn sheet_data(address: &str, proof: &DocumentProof) -> Option<Value> {
    let head: DocumentHead = serde_json::from_str(&proof.head).ok()?;
    let checkpoint = Checkpoint::read(&proof.log.checkpoint.text).ok()?;
    let signed_at: DateTime = entry(proof)?.at.parse().ok()?;
    let text = format!("{address}#{}", proof.compact()?);
    Some(json!({
        "title": head.title,
        "number": head.number,
        "issuer": head.issuer,
        "issued-on": Lang::Zh.date(head.on),
        "origin": checkpoint.origin,
        "entry": proof.log.index.to_string(),
        "size": checkpoint.size.to_string(),
        "signed-at": Lang::Zh.moment(signed_at),
        "qr-svg": gazette::qr::dense_qr_svg(&text).ok()?,
    }))
}

/// Adds the proof and the seal of the office that issued the document, as far as there are any. The same document under the same
/// checkpoint and seal gives the same bytes.
pub(crate) fn finish(
    app: &Running,
    county: &County,
    document: &IssuedDocument,
    proof: Option<&DocumentProof>,
    pdf: Vec<u8>,
) -> Result<Vec<u8>, Problem> {
    let fault = |error: &dyn std::fmt::Display| Problem::fault(&anyhow::anyhow!("{error}"));
    let (name, office) = office(county, document.signed.as_ref()).unzip();
    let seal = match (&office, &name) {
        (Some(office), Some(name)) => app.site.seals.of(office, name).map_err(|error| fault(&error))?,
        _ => None,
    };
    let text = proof.map(ToString::to_string);
    let entered = proof.and_then(entry).map(|entry| entry.at);
    let at = entered.unwrap_or_else(|| format!("{}T00:00:00", document.on));
    let at: String = at.chars().filter(char::is_ascii_digit).collect();
    let office = name.as_deref().filter(|_| seal.is_some());
    let added = add(&pdf, &Addition { at: &at, proof: text.as_deref(), office }).map_err(|error| fault(&error))?;
    let (Some(seal), Some([before, behind])) = (seal, added.covered()) else { return Ok(added.bytes()) };
    let digest = Sha256::new().chain_update(before).chain_update(behind).finalize().into();
    let signature = seal.stamp(&digest).map_err(|error| fault(&error))?;
    added.sealed(&signature).map_err(|error| fault(&error))
}

/// The office whose seal a document carries, with the county's name for it.
pub(crate) fn office(county: &County, signed: Option<&Desk>) -> Option<(String, Office)> {
    match signed? {
        Desk::Office { level, desk, place } => {
            let office = Office { level: level.clone(), desk: desk.clone(), place: place.clone() };
            Some((county.office_name(level, desk, place), office))
        }
        Desk::Person(_) | Desk::Anyone | Desk::Clock => None,
    }
}
