//! Funds: postings, what sub-accounts and accounts come to, and where sub-accounts are found by a dimension.
//!
//! What a posting does to one sub-account on one side is one line, however often it says so.

use crate::db::params;
use crate::fault::Fault;
use crate::record::v1::{self, PostedLines};
use crate::record::write;
use engine::books;
use engine::books::Posting;

use crate::sql::books::{sub_of, whole};
use crate::sql::view::View;

pub(super) fn project(
    view: &View<'_>,
    seq: u64,
    n: usize,
    record: &v1::Event,
    event: &engine::Event,
) -> Result<(), Fault> {
    let (v1::Event::Posted { lines, .. }, engine::Event::Posted { posting }) = (record, event) else {
        return Ok(());
    };
    let sum: i128 = posting.lines.iter().map(|line| i128::from(line.fen)).sum();
    let on = posting.on.to_string();
    view.conn
        .prepare_cached(
            "INSERT INTO fund_posting (county, fund, number, seq, n, entry, on_day, matter, act, fen, reverses)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .put(params![
            view.county,
            posting.fund,
            posting.number,
            seq,
            n,
            posting.entry,
            on,
            posting.matter,
            posting.act,
            whole(sum)?,
            posting.reverses
        ])?;
    if let Some(reversed) = posting.reverses {
        view.conn
            .prepare_cached("UPDATE fund_posting SET reversed = ?4 WHERE county = ?1 AND fund = ?2 AND number = ?3")?
            .put(params![view.county, posting.fund, reversed, posting.number])?;
    }
    for (debit, account) in posting.sides() {
        let path = posting.path(account);
        total(view, &path, debit, sum, &on)?;
        subs(view, &path, debit, posting, lines)?;
    }
    Ok(())
}

/// The amount on each side.
fn sides(debit: bool, fen: i128) -> Result<(i64, i64), Fault> {
    Ok(if debit { (whole(fen)?, 0) } else { (0, whole(fen)?) })
}

fn total(view: &View<'_>, path: &str, debit: bool, fen: i128, on: &str) -> Result<(), Fault> {
    let (debits, credits) = sides(debit, fen)?;
    view.conn
        .prepare_cached(
            "INSERT INTO fund_total (county, account, debits, credits, last_on) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (county, account) DO UPDATE SET debits = fund_total.debits + excluded.debits,
             credits = fund_total.credits + excluded.credits, last_on = max(fund_total.last_on, excluded.last_on)",
        )?
        .put(params![view.county, path, debits, credits, on])?;
    Ok(())
}

fn subs(view: &View<'_>, path: &str, debit: bool, posting: &Posting, leaves: &PostedLines) -> Result<(), Fault> {
    let mut update = view.conn.prepare_cached(
        "UPDATE fund_sub SET debits = debits + ?4, credits = credits + ?5, last_on = max(last_on, ?6)
         WHERE county = ?1 AND account = ?2 AND sub = ?3",
    )?;
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO fund_sub (county, account, sub, debits, credits, last_on, sealed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let mut line = view.conn.prepare_cached(
        "INSERT INTO fund_line (county, account, sub, on_day, number, debit, fen) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    let on = posting.on.to_string();
    let key = |at: &usize| posting.lines[*at].key(debit);
    // There may be a million lines, so they are put in order by their places and not copied.
    let mut order: Vec<usize> = (0..posting.lines.len()).collect();
    order.sort_by_key(key);
    for same in order.chunk_by(|one, other| key(one) == key(other)) {
        let (first, key) = (same[0], key(&same[0]));
        let fen = same.iter().map(|at| i128::from(posting.lines[*at].fen)).sum();
        let (debits, credits) = sides(debit, fen)?;
        let sealed = leaves.seal(debit, first);
        let sub = sub_of(view, path, key, sealed.is_some());
        let known = update.execute(params![view.county, path, sub, debits, credits, on])?;
        if known == 0 {
            insert.put(params![view.county, path, sub, debits, credits, on, sealed.as_ref().map(write)])?;
            dimensions(view, path, key, &sub, sealed.is_some())?;
        }
        line.put(params![view.county, path, sub, on, posting.number, debit, debits + credits])?;
    }
    Ok(())
}

/// Where a sub-account is found by one of its dimensions. An account with one dimension is found by the key itself.
fn dimensions(view: &View<'_>, path: &str, key: &str, sub: &str, sealed: bool) -> Result<(), Fault> {
    let parts = books::parts(key);
    if parts.len() < 2 && !sealed {
        return Ok(());
    }
    let mut insert = view.conn.prepare_cached(
        "INSERT INTO fund_dimension (county, account, place, value, sub) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT DO NOTHING",
    )?;
    for (place, part) in parts.iter().enumerate() {
        let value = crate::sql::books::dimension_value(view, path, place, part, sealed);
        insert.put(params![view.county, path, place, value, sub])?;
    }
    Ok(())
}
