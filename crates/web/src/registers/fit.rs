//! How an old ledger fits a register (对应关系): which of its columns is which field, what its words for choices stand for, and what holds
//! for all of its rows. An office keeps it under a name for the next sheet of the same kind.

use super::asked::Seen;
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::{Holding, Visitor};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::Snapshot;
use store::pages::SavedView;

/// A word that stands for nothing: the field is left empty.
pub const BLANK: &str = "-";
/// The name of the one that a person used last.
pub const LAST: &str = "";

/// How a ledger fits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Fit {
    /// Where the headings stand, where somebody said so: the sheet, their first and their last row. Another file has them elsewhere.
    #[serde(skip)]
    pub at: Option<sheets::Headings>,
    /// By heading: the field, [`super::sheet::PLACE`], or nothing where the column is left out.
    pub columns: BTreeMap<String, String>,
    /// By field, by word: the code that it stands for, or [`BLANK`].
    pub values: BTreeMap<String, BTreeMap<String, String>>,
    /// By field: what holds for all rows.
    pub constants: BTreeMap<String, String>,
}

impl Fit {
    /// Whether it knows every column of a sheet that holds something.
    #[must_use]
    pub fn covers(&self, columns: &[Seen]) -> bool {
        let unknown = |seen: &&Seen| seen.holds() && !self.columns.contains_key(&seen.label);
        !self.columns.is_empty() && !columns.iter().any(|seen| unknown(&seen))
    }

    /// How many columns of a sheet it knows.
    #[must_use]
    pub fn known(&self, columns: &[Seen]) -> usize {
        columns.iter().filter(|seen| self.columns.contains_key(&seen.label)).count()
    }
}

/// Under what the fits of a register are kept.
fn of(register: &str) -> String {
    format!("import:{register}")
}

/// An office as the owner of what it keeps.
fn office(post: &Holding) -> String {
    format!("{}/{}/{}", post.place, post.level, post.desk)
}

/// The fits that a person has at hand for a register: the last one used first, then those of their offices by name.
///
/// # Errors
/// If they cannot be read.
pub fn at_hand(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    posts: &[&Holding],
    register: &str,
) -> Result<Vec<(String, Fit)>, Problem> {
    let mut owners = vec![visitor.signed_in()?.id.clone()];
    owners.extend(posts.iter().map(|post| office(post)));
    let mut found: Vec<(String, Fit)> = Vec::new();
    for owner in owners {
        for kept in snapshot.saved_views(&owner, &of(register))? {
            // What an older program kept and this one cannot read is as good as not kept.
            let Ok(fit) = serde_json::from_str(&kept.query) else { continue };
            if !found.iter().any(|(name, _)| *name == kept.name) {
                found.push((kept.name, fit));
            }
        }
    }
    Ok(found)
}

/// Keeps a fit under a name for an office, and for the person as the last one used.
///
/// # Errors
/// If it cannot be written.
pub fn keep(
    app: &Running,
    visitor: &Visitor,
    post: Option<&Holding>,
    register: &str,
    name: &str,
    fit: &Fit,
) -> Result<(), Problem> {
    let query = serde_json::to_string(fit).expect("texts and maps of texts are JSON");
    let saved = |person: String, name: &str| SavedView {
        person,
        register: of(register),
        name: name.to_owned(),
        query: query.clone(),
    };
    app.store().put_view(saved(visitor.signed_in()?.id.clone(), LAST))?;
    if let (Some(post), false) = (post, name.is_empty()) {
        app.store().put_view(saved(office(post), name))?;
    }
    Ok(())
}

/// No longer keeps a fit of any of a person's offices.
///
/// # Errors
/// If it cannot be written.
pub fn drop(app: &Running, posts: &[Holding], register: &str, name: &str) -> Result<(), Problem> {
    for post in posts {
        app.store().drop_view(&office(post), &of(register), name)?;
    }
    Ok(())
}
