//! Who may have what of a share (共享权限): by which grant, which columns, on a day. Deny by default.

use super::{Viewer, parts_names, party_name};
use crate::act::Reason;
use crate::county::{County, When};
use crate::event::Desk;
use crate::world::{Row, World};
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::share::{GrantColumns, Share, Terms};
use regulation::model::{Name, Party};
use std::collections::BTreeSet;

/// A grant of a share to an office (共享授权), as its register has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// Key of its row.
    pub number: String,
    /// Office, `county/finance`, or `township/planning@141129100`.
    pub office: String,
    /// Columns of the share that it names; all that are not personal where it names none.
    pub fields: Vec<Name>,
    /// First day.
    pub from: Date,
    /// Last day.
    pub until: Date,
    /// The day from which it no longer holds.
    pub ended: Option<Date>,
    /// For what.
    pub purpose: String,
}

impl Grant {
    /// Whether it holds on a day.
    #[must_use]
    pub fn holds(&self, on: Date) -> bool {
        self.from <= on && on <= self.until && self.ended.is_none_or(|ended| on < ended)
    }
}

/// What an office may have of a share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    /// Columns, in the order of the share.
    pub fields: Vec<Name>,
    /// By which grant; `None` where none is needed.
    pub grant: Option<Grant>,
}

impl Permit {
    /// For only these columns; the refusal names those beyond it.
    ///
    /// # Errors
    /// If a column is not among those permitted.
    pub fn narrowed(self, share: &Share, wanted: &[Name]) -> Result<Permit, Box<Reason>> {
        let beyond: Vec<&str> = wanted.iter().filter(|name| !self.fields.contains(name)).map(String::as_str).collect();
        if !beyond.is_empty() {
            let zh = format!("没有授权共享这些栏目：{}", beyond.join("、"));
            let en = format!("these columns are not granted: {}", beyond.join(", "));
            let reason = Reason::general("beyond-grant", zh, en).under(&share.clauses);
            let (zh, en) = (self.fields.join("、"), self.fields.join(", "));
            return Err(Box::new(reason.hint(format!("可以取的栏目：{zh}"), format!("columns that can be had: {en}"))));
        }
        let fields = self.fields.into_iter().filter(|name| wanted.contains(name)).collect();
        Ok(Permit { fields, ..self })
    }
}

/// What an office may have of a share on a day. Where several grants hold, the one asked for, else the one that ends last.
///
/// # Errors
/// If the share is not shared, or no grant of that office holds: the reason says which.
pub fn may_use_share(
    world: &dyn World,
    share: &Share,
    office: &Desk,
    wanted: Option<&str>,
    on: Date,
) -> Result<Permit, Box<Reason>> {
    match share.terms {
        Terms::Unconditional => Ok(Permit { fields: share.fields.clone(), grant: None }),
        Terms::NotShared => {
            let ground = share.ground.as_ref().map_or_else(String::new, |ground| ground.zh.clone());
            let zh = format!("《{}》不予共享：{ground}", share.title.zh);
            let reason = Reason::general("not-shared", zh, format!("`{}` is not shared", share.name));
            Err(Box::new(reason.under(&share.clauses)))
        }
        Terms::Conditional => {
            let own: Vec<Grant> = office_code(world.county(), office)
                .map(|office| grants(world, share).into_iter().filter(|grant| grant.office == office).collect())
                .unwrap_or_default();
            let asked_for = |grant: &&Grant| wanted.is_none_or(|wanted| grant.number == wanted);
            let held = own.iter().filter(asked_for).filter(|grant| grant.holds(on));
            match held.max_by_key(|grant| (grant.until, grant.number.clone())) {
                Some(grant) => Ok(Permit { fields: granted(share, &grant.fields), grant: Some(grant.clone()) }),
                None => Err(Box::new(no_grant(share, own.iter().find(asked_for), on))),
            }
        }
    }
}

/// The columns that a grant opens: those it names of the share; without any, all that are not personal.
fn granted(share: &Share, named: &[Name]) -> Vec<Name> {
    let released = |name: &Name| share.release.iter().any(|(personal, _)| personal == name);
    let open = |name: &&Name| if named.is_empty() { !released(name) } else { named.contains(name) };
    share.fields.iter().filter(open).cloned().collect()
}

fn no_grant(share: &Share, former: Option<&Grant>, on: Date) -> Reason {
    let title = &share.title.zh;
    let (code, zh, en) = match former {
        None => (
            "no-grant",
            format!("本单位没有取得《{title}》的共享授权"),
            format!("your office has no grant of `{}`", share.name),
        ),
        Some(grant) if on < grant.from => (
            "grant-not-yet",
            format!("授权 {} 自{}起有效", grant.number, calendar::zh_date(grant.from)),
            format!("the grant {} holds from {}", grant.number, grant.from),
        ),
        Some(grant) => {
            let last = grant.ended.filter(|ended| *ended <= on);
            let zh = match last {
                Some(ended) => format!("授权 {} 自{}起已经终止", grant.number, calendar::zh_date(ended)),
                None => format!("授权 {} 到{}为止", grant.number, calendar::zh_date(grant.until)),
            };
            ("grant-ended", zh, format!("the grant {} no longer holds", grant.number))
        }
    };
    Reason::general(code, zh, en)
        .under(&share.clauses)
        .hint("写明用途和期限，向提供部门申请", "Ask the office that provides it, with purpose and term")
}

/// Every grant of a share, past ones too, by key.
#[must_use]
pub fn grants(world: &dyn World, share: &Share) -> Vec<Grant> {
    let found = share.grants.as_ref().and_then(|name| world.rulebook().register(name));
    let Some((_, register)) = found else { return Vec::new() };
    let Some(columns) = &register.grants else { return Vec::new() };
    let key = Value::Key(share.name.clone());
    let keys = world.rows(&register.name, Some((&columns.share, &key)));
    keys.iter().filter_map(|key| grant(&*world.row(&register.name, key)?, columns)).collect()
}

/// A grant as its row has it; `None` where what it needs is missing.
fn grant(row: &Row, columns: &GrantColumns) -> Option<Grant> {
    let value = |name: &Name| row.record.get(name);
    let date = |name: &Name| value(name)?.as_date();
    let fields = columns.fields.as_ref().map_or("", |name| text(&row.record, name).unwrap_or_default());
    Some(Grant {
        number: row.key.clone(),
        office: text(&row.record, &columns.office)?.to_owned(),
        fields: names_in(fields),
        from: date(&columns.from)?,
        until: date(&columns.until)?,
        ended: columns.ended.as_ref().and_then(date),
        purpose: text(&row.record, &columns.purpose)?.to_owned(),
    })
}

fn text<'r>(record: &'r Record, name: &str) -> Option<&'r str> {
    record.get(name)?.as_text()
}

/// Names between commas, spaces or line ends.
fn names_in(text: &str) -> Vec<Name> {
    let distinct: BTreeSet<&str> = text.split(parts_names).filter(|part| !part.is_empty()).collect();
    distinct.into_iter().map(str::to_owned).collect()
}

/// The code of an office, as grants have it: one of the county as an act's `office` gives it, one below the county with its place behind it
/// (`township/planning@141129100`); `None` for what is no office.
#[must_use]
pub fn office_code(county: &County, office: &Desk) -> Option<String> {
    let Desk::Office { level, desk, place } = office else { return None };
    let name = party_name(&Party::Office { level: level.clone(), desk: desk.clone() });
    Some(if *place == county.code { name } else { format!("{name}@{place}") })
}

/// The office of that code; `None` where it is none.
#[must_use]
pub fn named_office(county: &County, name: &str) -> Option<Desk> {
    let (office, place) = name.split_once('@').unwrap_or((name, &county.code));
    let (level, desk) = office.split_once('/')?;
    Some(Desk::Office { level: level.to_owned(), desk: desk.to_owned(), place: place.to_owned() })
}

/// Whether somebody answers for a share: they hold a post of the office that owns it. They see who used it and how good it is.
#[must_use]
pub fn may_oversee_share(county: &County, viewer: &Viewer, share: &Share, on: impl Into<When>) -> bool {
    let Party::Office { level, desk } = &share.owner else { return false };
    viewer.held(county, on).iter().any(|post| post.level == *level && post.desk == *desk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_an_office_below_the_county_has_its_place() {
        let county = County { code: "999900".into(), ..County::default() };
        let desk = |place: &str| Desk::Office { level: "x".into(), desk: "y".into(), place: place.into() };
        for (place, name) in [("999900", "x/y"), ("999901", "x/y@999901")] {
            assert_eq!(office_code(&county, &desk(place)).as_deref(), Some(name));
            assert_eq!(named_office(&county, name), Some(desk(place)));
        }
        assert_eq!(office_code(&county, &Desk::Anyone), None);
        assert_eq!(named_office(&county, "nobody"), None);
    }

    #[test]
    fn names_are_read_as_people_part_them() {
        assert_eq!(names_in("code, name，area、plot\n code"), ["area", "code", "name", "plot"]);
        assert!(names_in(" ， ").is_empty());
    }
}
