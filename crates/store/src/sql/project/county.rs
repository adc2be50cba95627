//! Changes of posts and their holders: one row for each, from which a store that opens knows the county as it stands.

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::Change;
use crate::record::write;
use jiff::civil::Date;

use crate::sql::view::View;

pub(super) fn project(
    view: &View<'_>,
    (seq, n): (u64, usize),
    matter: &str,
    on: Date,
    change: &Change,
) -> Result<(), Fault> {
    view.conn
        .prepare_cached(
            "INSERT INTO county_change (county, seq, n, matter, on_day, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .put(params![view.county, seq, n as u64, matter, on.to_string(), write(change)])?;
    Ok(())
}
