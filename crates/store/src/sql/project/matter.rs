//! Matters: one row each for lists, with what they are about and the words of their titles.

use crate::db::params;
use crate::fault::Fault;
use crate::words::{number_end, square_words, words};
use engine::matter::plots_of;
use plots::Plot;
use regulation::expr::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::sql::change::Touched;
use crate::sql::fold::Folded;
use crate::sql::view::View;

use super::todo::due;

pub(super) fn project(view: &View<'_>, touched: &Touched) -> Result<(), Fault> {
    let (after, matter) = (&touched.after, &touched.after.matter);
    let title = after.title.as_ref().map(|title| title.leaf.as_str());
    let ended = matter.ended.as_ref();
    if let Some(before) = &touched.before {
        view.conn
            .prepare_cached(
                "UPDATE matter SET step = ?3, entered_on = ?4, due = ?5, title = ?6, acts = ?7, seq = ?8
                 WHERE county = ?1 AND id = ?2",
            )?
            .put(params![
                view.county,
                matter.id,
                matter.step,
                matter.entered_on.to_string(),
                due(matter),
                title,
                matter.seq,
                after.seq,
            ])?;
        if before.matter.ended != matter.ended {
            // By itself: the index of what is open would be written anew with every act.
            view.conn
                .prepare_cached("UPDATE matter SET ended = ?3, ended_on = ?4 WHERE county = ?1 AND id = ?2")?
                .put(
                    params![view.county, matter.id, ended.map(|(end, _)| end), ended.map(|(_, on)| on.to_string()),],
                )?;
        }
    } else {
        view.conn
            .prepare_cached(
                "INSERT INTO matter (county, id, opened, number, number_end, procedure, regulation, version, place, owner,
                 step, ended, ended_on, opened_at, entered_on, due, title, acts, seq)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?3)",
            )?
            .put(params![
                view.county,
                matter.id,
                after.seq,
                matter.number,
                matter.number.as_deref().map(number_end),
                matter.procedure,
                matter.regulation,
                matter.version,
                matter.place,
                matter.owner,
                matter.step,
                ended.map(|(end, _)| end),
                ended.map(|(_, on)| on.to_string()),
                matter.opened_at.to_string(),
                matter.entered_on.to_string(),
                due(matter),
                title,
                matter.seq,
            ])?;
        about(view, after)?;
    }
    title_words(view, touched)?;
    land(view, touched)
}

/// The squares of the plots that were filed with the act. What was filed once stays findable: who asks looks at the plots themselves.
fn land(view: &View<'_>, touched: &Touched) -> Result<(), Fault> {
    let before = touched.before.as_ref().map(|before| &before.matter.forms);
    let filed = touched.after.matter.forms.iter().flat_map(|(form, filings)| {
        let known = before.and_then(|before| before.get(form)).map_or(0, Vec::len);
        filings.iter().skip(known)
    });
    let plots: Vec<&Arc<Plot>> = filed.flat_map(|filing| plots_of(&filing.record)).collect();
    add_words(view, &touched.after.matter.id, &square_words(view.ring, plots))
}

fn about(view: &View<'_>, after: &Folded) -> Result<(), Fault> {
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO matter_about (county, procedure, name, value, opened, matter) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for (name, value) in &after.matter.about {
        if let Some(text) = Value::as_text(value) {
            insert.put(params![view.county, after.matter.procedure, name, text, after.seq, after.matter.id])?;
        }
    }
    Ok(())
}

fn title_words(view: &View<'_>, touched: &Touched) -> Result<(), Fault> {
    let before = touched.before.as_ref().and_then(|before| before.title.as_ref());
    let after = touched.after.title.as_ref();
    if before == after {
        return Ok(());
    }
    let old = of(view, before.and_then(|title| title.plain.as_deref()));
    let new = of(view, after.and_then(|title| title.plain.as_deref()));
    remove_words(view, &touched.after.matter.id, old.difference(&new))?;
    add_words(view, &touched.after.matter.id, new.difference(&old))
}

fn add_words<'w>(view: &View<'_>, matter: &str, words: impl IntoIterator<Item = &'w i64>) -> Result<(), Fault> {
    let mut insert = view
        .conn
        .prepare_cached("INSERT INTO matter_word (county, word, matter) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?;
    for word in words {
        insert.put(params![view.county, word, matter])?;
    }
    Ok(())
}

fn of(view: &View<'_>, title: Option<&str>) -> BTreeSet<i64> {
    title.map(|title| words(view.ring, title)).unwrap_or_default()
}

/// Takes words of a title, or squares of plots, out of the index.
pub(super) fn remove_words<'w>(
    view: &View<'_>,
    matter: &str,
    words: impl IntoIterator<Item = &'w i64>,
) -> Result<(), Fault> {
    let mut delete =
        view.conn.prepare_cached("DELETE FROM matter_word WHERE county = ?1 AND word = ?2 AND matter = ?3")?;
    for word in words {
        delete.put(params![view.county, word, matter])?;
    }
    Ok(())
}
