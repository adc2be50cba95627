//! Codes of printed forms (打印表的核验码): what leads from the paper back to the filing. A code is made when a form is first printed.

use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use crate::pages::FormLine;
use crate::record::v1::Event;
use crate::record::write;
use trust::{Sm3, TreeHash, verification_code};

use crate::sql::journal::{STORED, kept};
use crate::sql::view::{View, read_date};

/// The code of a matter's latest filing of a form, kept so that it is found again; `None` if it was never filed.
pub(super) fn code(view: &View<'_>, matter: &str, form: &str) -> Result<Option<String>, Fault> {
    let Some((seq, n, code)) = latest(view, matter, form)? else { return Ok(None) };
    view.conn
        .prepare_cached(
            "INSERT INTO form_code (county, code, matter, form, seq, n) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![view.county, code, matter, form, seq, n as u64])?;
    Ok(Some(code))
}

/// The latest filing: its act, its place among the act's events, its code.
fn latest(view: &View<'_>, matter: &str, form: &str) -> Result<Option<(u64, usize, String)>, Fault> {
    let sql = format!(
        "SELECT {STORED} FROM act_matter JOIN act USING (county, seq)
         WHERE act_matter.county = ?1 AND act_matter.matter = ?2 ORDER BY act_matter.seq DESC"
    );
    let mut statement = view.conn.prepare_cached(&sql)?;
    let mut rows = statement.query(params![view.county, matter])?;
    let is = |event: &Event| matches!(event, Event::Filed { form: of, matter: at, .. } if of == form && at == matter);
    while let Some(row) = rows.next()? {
        let kept = kept(row)?;
        if let Some(n) = kept.payload.events.iter().rposition(is) {
            let seq = kept.stored.seq;
            let place = (n as u64).to_be_bytes();
            // As with documents: the code must not be computable from the act and its salt, which are handed out with proofs.
            let salt = Sm3::hash(&[b"gongbao form 1\0", &kept.stored.salt, &place]);
            let code = verification_code(write(&kept.payload.events[n]).as_bytes(), salt.as_bytes());
            return Ok(Some((seq, n, code)));
        }
    }
    Ok(None)
}

/// The filing that a code stands for.
pub(crate) fn by_code(view: &View<'_>, code: &str) -> Result<Option<FormLine>, Fault> {
    let found: Option<(String, String, String)> = view
        .conn
        .prepare_cached(
            "SELECT form_code.matter, form_code.form, act.on_day FROM form_code JOIN act USING (county, seq)
             WHERE form_code.county = ?1 AND form_code.code = ?2",
        )?
        .query_row(params![view.county, code], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let line = |(matter, form, on): (String, String, String)| {
        Ok(FormLine { on: read_date(&on, &format!("form `{form}` of `{matter}`"))?, matter, form })
    };
    found.map(line).transpose()
}
