//! One act's effect, the same whether it just happened or is replayed: the matters it touched, before and after.

use crate::fault::Fault;
use crate::record::v1::Payload;
use crate::record::write;
use engine::Matter;
use std::collections::BTreeMap;
use std::sync::Arc;
use trust::SALT_BYTES;

use super::fold::{Folded, Title, apply};
use super::view::View;

/// What the projections are made from.
pub(crate) struct Change<'a> {
    pub(crate) payload: &'a Payload,
    /// The engine's form of each event, seals opened; `None` for what only the store knows.
    pub(crate) events: &'a [Option<engine::Event>],
    pub(crate) salt: &'a [u8; SALT_BYTES],
    pub(crate) touched: Vec<Touched>,
}

/// A matter that an act touched.
pub(crate) struct Touched {
    pub(crate) before: Option<Arc<Folded>>,
    pub(crate) after: Arc<Folded>,
}

/// Folds events into the matters that they belong to.
pub(crate) fn fold_events<'e>(
    view: &View<'_>,
    seq: u64,
    events: impl IntoIterator<Item = &'e engine::Event>,
) -> Result<Vec<Touched>, Fault> {
    let mut matters: BTreeMap<String, (Option<Arc<Folded>>, Option<Matter>)> = BTreeMap::new();
    for event in events {
        let Some(id) = event.matter() else {
            continue;
        };
        if !matters.contains_key(id) {
            let before = view.folded(id)?;
            let now = before.as_ref().map(|before| (*before.matter).clone());
            matters.insert(id.to_owned(), (before, now));
        }
        if let Some((_, matter)) = matters.get_mut(id) {
            apply(matter, event);
        }
    }
    let mut touched = Vec::new();
    for (_, (before, matter)) in matters {
        if let Some(matter) = matter {
            let title = before.as_ref().and_then(|before| before.title.clone());
            touched.push(Touched { before, after: Arc::new(Folded { matter: Arc::new(matter), seq, title }) });
        }
    }
    Ok(touched)
}

/// The change that a journal row brings about: how rebuilding sees it.
pub(crate) fn replayed<'a>(
    view: &View<'_>,
    payload: &'a Payload,
    salt: &'a [u8; SALT_BYTES],
    events: &'a [Option<engine::Event>],
) -> Result<Change<'a>, Fault> {
    let mut touched = fold_events(view, payload.act.seq, events.iter().flatten())?;
    for touched in &mut touched {
        if let Some(title) = payload.act.titles.get(&touched.after.matter.id) {
            let title = Title::open(write(title), &view.opener())?;
            Arc::make_mut(&mut touched.after).title = Some(title);
        }
    }
    Ok(Change { payload, events, salt, touched })
}

/// Seals opened, event by event.
pub(crate) fn open_events(view: &View<'_>, payload: &Payload) -> Result<Vec<Option<engine::Event>>, Fault> {
    let opener = view.opener();
    payload.events.iter().map(|event| event.opened(&opener)).collect()
}
