//! The plots that registers hold (宗地图), for maps and for programs: where they lie and what they are called, never whose they are.

use super::listing::{Line, Listing};
use super::{Reach, is_covered, reach};
use crate::components::plot::Beside;
use crate::problem::Problem;
use crate::registers::wanted::encoded;
use crate::visit::Visitor;
use engine::env::matters_near;
use engine::rights::Access;
use plots::Plot;
use regulation::expr::{Type, Value};
use regulation::model::{Field, Register, Regulation};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use store::pages::{Cut, RowQuery};
use store::{Fault, Snapshot};

/// Rows fetched at a time.
const CHUNK: usize = 500;
/// Rows looked at in one register, at most.
const ROWS_MAX: usize = 5_000;
/// Rows looked at in one register for what lies beside a plot, at most.
const BESIDE_MAX: usize = 500;
/// How far around a plot its neighbours are looked for at least, in millimetres; around a large one half its length, which a picture shows.
const AROUND_MM: i64 = 60_000;

/// A plot that somebody may see.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The key of its row; `None` where that would tell who holds it.
    pub key: Option<String>,
    /// The row's page.
    pub href: String,
    /// The register.
    pub register: String,
    /// Its title.
    pub title: String,
    /// Where the row belongs.
    pub place: String,
    /// The plot.
    pub plot: Arc<Plot>,
}

impl Seen {
    /// As a neighbour on a picture, where its position is known.
    #[must_use]
    pub fn beside(&self) -> Option<Beside<'_>> {
        let label = self.key.clone().unwrap_or_default();
        Some(Beside { label, href: Some(self.href.clone()), boundary: self.plot.boundary()? })
    }
}

/// The columns of a register that hold plots.
fn columns(register: &Register) -> impl Iterator<Item = &Field> {
    register.fields.iter().filter(|field| field.ty == Type::Plot)
}

/// Whether a register has plots.
#[must_use]
pub fn has_plots(register: &Register) -> bool {
    columns(register).next().is_some()
}

/// The plots of a place in all registers of which the visitor may read that part; `None` if there is no such register.
pub fn of_place(snapshot: &dyn Snapshot, visitor: &Visitor, place: &str) -> Result<Option<Vec<Seen>>, Problem> {
    let regulations = snapshot.world().rulebook().regulations.values();
    let all =
        regulations.flat_map(|regulation| regulation.registers.values().map(move |register| (regulation, register)));
    let mut found: Option<Vec<Seen>> = None;
    for (regulation, register) in all.filter(|(_, register)| has_plots(register)) {
        if let Some(reach) = reach(snapshot, visitor, register, Some(place)) {
            let seen = of_register(snapshot, visitor, regulation, register, &reach)?;
            found.get_or_insert_default().extend(seen);
        }
    }
    Ok(found)
}

/// What else lies around a plot, in whichever village, as far as the visitor may see that. A fault of other rows leaves the plot itself to be
/// seen.
#[must_use]
pub fn around(snapshot: &dyn Snapshot, visitor: &Visitor, own: &Plot) -> Vec<Seen> {
    let (width, height) = own.spans();
    let Some(area) = own.surroundings(AROUND_MM.max(width.max(height) / 2)) else { return Vec::new() };
    let regulations = snapshot.world().rulebook().regulations.values();
    let all =
        regulations.flat_map(|regulation| regulation.registers.values().map(move |register| (regulation, register)));
    let mut found = Vec::new();
    for (regulation, register) in all.filter(|(_, register)| has_plots(register)) {
        for line in lines_in(snapshot, visitor, (regulation, register), &area).unwrap_or_default() {
            let reached = reach(snapshot, visitor, register, Some(&line.place));
            if let Some(reach) = reached.filter(|reach| reach.shows(&line.record)) {
                found.extend(seen(snapshot, visitor, register, reach.access, &line));
            }
        }
    }
    found.retain(|seen| *seen.plot != *own && seen.plot.is_near(&area));
    found
}

/// The rows that may have a plot in an area.
fn lines_in(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    (regulation, register): (&Arc<Regulation>, &Arc<Register>),
    area: &Plot,
) -> Result<Vec<Line>, Fault> {
    let listing = Listing { snapshot, regulation, register, now: visitor.now };
    let mut found = Vec::new();
    if let Some(procedure) = &register.rows_of {
        for id in matters_near(snapshot.world(), procedure, area).into_iter().take(BESIDE_MAX) {
            found.extend(listing.matter(&id, None)?);
        }
        return Ok(found);
    }
    let mut keys: Vec<String> =
        columns(register).flat_map(|column| snapshot.world().rows_near(&register.name, &column.name, area)).collect();
    keys.sort();
    keys.dedup();
    for key in keys.iter().take(BESIDE_MAX) {
        found.extend(snapshot.row(&register.name, key)?.map(|row| listing.entered(row)));
    }
    Ok(found)
}

/// The plots of the part of a register that a visitor reaches. Of a register of matters those that are not closed: what has lapsed no
/// longer takes up land.
pub fn of_register(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    register: &Arc<Register>,
    reach: &Reach,
) -> Result<Vec<Seen>, Problem> {
    let listing = Listing { snapshot, regulation, register, now: visitor.now };
    let query = RowQuery {
        register: register.name.clone(),
        place: reach.place.clone(),
        conditions: reach.conditions(),
        ..RowQuery::default()
    };
    let mut found = Vec::new();
    let mut cut = Cut::first(CHUNK);
    for _ in 0..ROWS_MAX.div_ceil(CHUNK) {
        let page = listing.page(&query, &cut)?;
        for line in &page.lines {
            found.extend(seen(snapshot, visitor, register, reach.access, line));
        }
        match page.next {
            Some(next) => cut.after = Some(next),
            None => break,
        }
    }
    Ok(found)
}

/// The plots of a row that a visitor with that access sees; none of a matter that is closed.
fn seen(snapshot: &dyn Snapshot, visitor: &Visitor, register: &Register, access: Access, line: &Line) -> Vec<Seen> {
    let closed = |id: &String| !snapshot.world().matter(id).is_some_and(|matter| matter.is_open());
    if line.matter.as_ref().is_some_and(closed) {
        return Vec::new();
    }
    let is_personal =
        |name: &String| register.fields.iter().any(|field| field.name == *name && field.personal.is_some());
    let telling = register.key.iter().any(is_personal);
    let href = match &line.matter {
        Some(id) => format!("/matters/{id}"),
        None => format!("/registers/{}/{}", register.name, encoded(&line.key)),
    };
    let shown = columns(register).filter(|field| !is_covered(field, access));
    let plots = shown.filter_map(|field| match line.record.get(&field.name) {
        Some(Value::Plot(plot)) => Some(plot),
        _ => None,
    });
    let of = |plot: &Arc<Plot>| Seen {
        key: (!telling).then(|| line.key.clone()),
        href: href.clone(),
        register: register.name.clone(),
        title: visitor.lang.label(&register.title).to_owned(),
        place: line.place.clone(),
        plot: Arc::clone(plot),
    };
    plots.map(of).collect()
}

/// Plots as a GeoJSON collection. Of each its key, register, place, area and corners in the plane, and nothing of any other column.
#[must_use]
pub fn collection(all: &[Seen]) -> Json {
    let feature = |seen: &Seen| {
        json!({
            "type": "Feature",
            "geometry": plots::geojson::geometry(&seen.plot),
            "properties": {
                "key": seen.key,
                "register": seen.register,
                "title": seen.title,
                "place": seen.place,
                "area": seen.plot.area_text(),
                "plane": seen.plot.boundary().map(|_| seen.plot.to_string()),
            },
        })
    };
    json!({ "type": "FeatureCollection", "features": all.iter().map(feature).collect::<Vec<_>>() })
}
