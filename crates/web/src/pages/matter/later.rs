//! The form of an act that is to be filled in later (补正的草稿): kept like any draft, sealed with the key of whoever fills it in.

use crate::forms::lists::{self, KeptSheets};
use crate::pages::drafts::answers_of;
use crate::problem::Problem;
use crate::sent::Answers;
use crate::site::Running;
use crate::visit::{Person, Visitor};
use regulation::expr::Value;
use store::Snapshot;
use store::aside::Draft;

/// Marks a draft that somebody asked to have kept.
const KEPT: &str = "kept";

/// What was kept of an act's form.
pub struct Kept {
    /// Its key.
    pub key: String,
    /// Its answers.
    pub answers: Answers,
    /// Its sheets.
    pub sheets: KeptSheets,
}

/// Whether a draft was kept on purpose, for an act of a matter.
#[must_use]
pub fn is_kept(draft: &Draft) -> bool {
    draft.matter.is_some() && draft.record.contains_key(KEPT)
}

/// The latest that this visitor kept of the form of an act.
pub fn of(snapshot: &dyn Snapshot, visitor: &Visitor, matter: &str, act: &str) -> Result<Option<Kept>, Problem> {
    let person = &visitor.signed_in()?.id;
    let mut drafts = snapshot.drafts(person)?;
    let is_of = |draft: &Draft| draft.matter.as_deref() == Some(matter) && act_of(draft) == Some(act);
    drafts.retain(|draft| is_kept(draft) && is_of(draft));
    let Some(draft) = drafts.into_iter().max_by_key(|draft| draft.saved) else { return Ok(None) };
    let (answers, sheets) = (answers_of(&draft), lists::from_record(&draft.record));
    Ok(Some(Kept { key: draft.id, answers, sheets }))
}

/// The act whose form a draft keeps.
#[must_use]
pub fn act_of(draft: &Draft) -> Option<&str> {
    draft.name.split_once('/').map(|(_, act)| act)
}

/// Keeps the form of an act for later.
pub fn keep(
    app: &Running,
    visitor: &Visitor,
    (matter, name): (&str, String),
    (key, answers, sheets): (&str, &Answers, &KeptSheets),
) -> Result<(), Problem> {
    let text = serde_json::to_string(answers).map_err(|fault| Problem::fault(&anyhow::Error::new(fault)))?;
    let mut record = lists::to_record(sheets);
    record.insert("answers".into(), Value::Text(text));
    record.insert(KEPT.into(), Value::Bool(true));
    let (person, matter) = (visitor.signed_in()?.id.clone(), Some(matter.to_owned()));
    app.store().put_draft(Draft { person, id: key.to_owned(), name, matter, saved: visitor.now, record })?;
    Ok(())
}

/// Drops what was kept of a form that is filed now. Sheets stay as long as those of any act: the same form sent once more needs them.
pub fn drop(app: &Running, person: &Person, key: &str) -> Result<(), Problem> {
    let draft = app.read(|snapshot| Ok(snapshot.draft(&person.id, key)?))?;
    let Some(mut draft) = draft.filter(is_kept) else { return Ok(()) };
    if lists::from_record(&draft.record).is_empty() {
        app.store().drop_draft(&person.id, key)?;
    } else {
        draft.record.remove(KEPT);
        app.store().put_draft(draft)?;
    }
    Ok(())
}
