//! What proves documents outside the journal (`docs/formats/proof.md`): digests made when they are issued, taken into the log's steps,
//! and opened again for whoever may have the document.

use crate::db::params;
use crate::fault::Fault;
use crate::pages::Stored;
use crate::personal::matter_holder;
use crate::record::v1::{Body, DocumentHead, Event, Opening, Payload, Proof, Sealing};
use crate::record::write;
use crate::ring::{Opener, Sealer};
use engine::World as _;
use engine::event::{Desk, IssuedDocument};
use engine::world::AsOn;
use jiff::civil::Date;
use serde::Deserialize;
use trust::{Digest, DocumentBody, DocumentProof, DocumentRoot, LogProof, SALT_BYTES, Sm3, Tree, document_digest, sm3};

use super::change::Touched;
use super::journal::{STORED, kept, stored};
use super::view::View;

/// How a payload shows that its act issued documents with proofs: in strings quotes are escaped, so only a member reads so.
const MARK: &str = "\"documents\":[";

/// What proves the documents that these events issue, in their order.
pub(super) fn seal(
    view: &View<'_>,
    sealer: &mut Sealer<'_>,
    events: &[engine::Event],
    touched: &[Touched],
) -> Result<Vec<Proof>, Fault> {
    let mut proofs = Vec::new();
    for event in events {
        let engine::Event::Issued { matter, document } = event else { continue };
        // In the order of matters.
        let of = touched.binary_search_by(|touched| touched.after.matter.id.cmp(matter));
        let of = of.ok().map(|place| &touched[place].after.matter);
        let owner = of.and_then(|of| of.owner.as_deref());
        let head = write(&DocumentHead {
            id: document.id.clone(),
            issuer: document.signed.as_ref().and_then(|desk| issuer(view, desk, document.on)),
            number: document.number.clone(),
            on: document.on,
            title: of.and_then(|of| title(view, of, document)).unwrap_or_else(|| document.name.clone()),
        });
        let salt: [u8; SALT_BYTES] = sealer.draw()?;
        let digest = document_digest(&salt, &head, &sm3(write(&Body::from(document)).as_bytes()));
        let salt = sealer.seal(&matter_holder(matter, owner), &hex::encode(salt))?;
        proofs.push(Proof { digest: digest.to_string(), head, salt });
    }
    Ok(proofs)
}

fn title(view: &View<'_>, matter: &engine::Matter, document: &IssuedDocument) -> Option<String> {
    let regulation = view.library.regulation(&matter.regulation, &matter.version)?;
    Some(regulation.procedures.get(&matter.procedure)?.documents.get(&document.name)?.title.zh.clone())
}

/// The office's name on the day of the document, as its paper and its seal have it.
fn issuer(view: &View<'_>, desk: &Desk, on: Date) -> Option<String> {
    match desk {
        Desk::Office { level, desk, place } => Some(AsOn::new(view, on).county().office_name(level, desk, place)),
        Desk::Person(_) | Desk::Anyone | Desk::Clock => None,
    }
}

/// The digests of the documents that an act issued.
pub(crate) fn digests(act: &Stored) -> Result<Vec<Digest>, Fault> {
    #[derive(Deserialize)]
    struct Act {
        act: Documents,
    }
    #[derive(Deserialize)]
    struct Documents {
        #[serde(default)]
        documents: Vec<Proof>,
    }
    if !act.payload.contains(MARK) {
        return Ok(Vec::new());
    }
    let damaged = |what: String| Fault::unreadable(format!("act {}", act.seq), what);
    let read: Act = serde_json::from_str(&act.payload).map_err(|error| damaged(error.to_string()))?;
    let digests = read.act.documents.iter().map(|proof| proof.digest.parse());
    digests.collect::<Result<_, _>>().map_err(|fault: trust::DigestFault| damaged(fault.to_string()))
}

/// The root over the documents of a step, if there are any.
pub(crate) fn document_root(digests: &[Digest]) -> Option<DocumentRoot> {
    let tree = tree(digests);
    (tree.size() > 0).then(|| DocumentRoot { count: tree.size(), root: tree.root() })
}

fn tree(digests: &[Digest]) -> Tree<Sm3> {
    digests.iter().map(|digest| Tree::<Sm3>::leaf(digest.as_bytes())).collect()
}

/// Where a document was issued.
pub(super) struct Issue {
    /// The act.
    pub(super) seq: u64,
    /// Which of its events.
    n: usize,
}

/// A document's own part of its proof.
pub(super) struct Opened {
    head: String,
    body: String,
    salt: [u8; SALT_BYTES],
    /// Which of the documents of its act.
    place: usize,
}

/// Where a document was issued, by its id.
pub(super) fn issue(view: &View<'_>, id: &str) -> Result<Option<Issue>, Fault> {
    let mut statement = view.conn.prepare_cached("SELECT seq, n FROM document WHERE county = ?1 AND id = ?2")?;
    let mut rows = statement.query(params![view.county, id])?;
    rows.next()?.map(|row| Ok(Issue { seq: row.get(0)?, n: row.get(1)? })).transpose()
}

/// What a document said and its salt; nothing if it has no proof or the salt was erased.
pub(super) fn open(view: &View<'_>, issue: &Issue) -> Result<Option<Opened>, Fault> {
    let Some(payload) = payload(view, issue.seq)? else { return Ok(None) };
    let is_issue = |event: &&Event| matches!(event, Event::Issued { .. });
    let place = payload.events.iter().take(issue.n).filter(is_issue).count();
    let (Some(proof), Some(Event::Issued { document, .. })) =
        (payload.act.documents.get(place), payload.events.get(issue.n))
    else {
        return Ok(None);
    };
    let opener = Opener { ring: view.ring, conn: view.conn };
    let Some(salt) = opener.open(&proof.salt)? else { return Ok(None) };
    let damaged = || Fault::unreadable(format!("act {}", issue.seq), "the salt of a document is not one");
    let salt = hex::decode(salt).ok().and_then(|salt| salt.try_into().ok()).ok_or_else(damaged)?;
    let body = write(&Body::from(&document.opened(&opener)?));
    Ok(Some(Opened { head: proof.head.clone(), body, salt, place }))
}

fn payload(view: &View<'_>, seq: u64) -> Result<Option<Payload>, Fault> {
    let sql = format!("SELECT {STORED} FROM act WHERE county = ?1 AND seq = ?2");
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, seq])?;
    Ok(rows.next()?.map(kept).transpose()?.map(|kept| kept.payload))
}

/// The whole proof: the document among those of a step that took the acts after the first number up to the second.
pub(super) fn prove(
    view: &View<'_>,
    issue: &Issue,
    opened: Opened,
    (before, acts): (u64, u64),
    log: LogProof,
) -> Result<Option<DocumentProof>, Fault> {
    let Opened { head, body, salt, place } = opened;
    let sql = format!(
        "SELECT {STORED} FROM act WHERE county = ?1 AND seq IN
         (SELECT seq FROM document WHERE county = ?1 AND seq > ?2 AND seq <= ?3) ORDER BY seq"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, before, acts])?;
    let (mut all, mut index) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let (_, act) = stored(row)?;
        if act.seq == issue.seq {
            index = (all.len() + place) as u64;
        }
        all.extend(digests(&act)?);
    }
    let tree = tree(&all);
    let Some(path) = tree.inclusion(index, tree.size()) else { return Ok(None) };
    Ok(Some(DocumentProof { head, body: DocumentBody::Text(body), salt, index, path, log }))
}
