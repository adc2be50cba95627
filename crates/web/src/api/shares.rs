//! `/shares`: what the county's offices offer each other, and the rows of a share for whoever has a key and a grant.
//!
//! Every use is on disk before it is answered: who, by which key and grant, which columns, how many rows; and of personal data whose it was.

use super::body::wrong_member;
use super::masking::{Veil, Writer, kind_name};
use super::model::Model;
use super::query::{Query, page};
use super::table::{Open, Operation, reading};
use super::{Answered, ok};
use crate::forms::names::Names;
use crate::forms::read::Reader;
use crate::limits::PER_MINUTE;
use crate::problem::Problem;
use crate::registers::listing::Line;
use crate::sharing::{Offered, catalogue};
use crate::site::{App, Running, work};
use crate::visit::{Visitor, bearer};
use axum::extract::{Path, State};
use axum::http::header::{ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use engine::rights::{Permit, party_name};
use regulation::expr::Record;
use regulation::model::{Field, Personal};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::aside::Reading;
use store::pages::{Cut, RowQuery};
use store::sharing::{AccessKey, ShareUse};

/// Names of a query that are not columns.
const NOT_COLUMNS: [&str; 6] = ["fields", "grant", "since", "after", "limit", "key"];

const ROWS: &[(&str, &str)] = &[
    ("fields", "只取这些栏目，逗号分隔；不写则取授权的全部栏目。编号栏总在内"),
    ("grant", "用哪一项授权；不写则用最晚到期的一项"),
    ("since", "日志中的位置：只取此后有变化的记录，用上次答复的 seq；已注销或不再符合的，gone 为 true"),
    ("key", "只取这一编号的记录"),
    ("COLUMN", "只取这一栏为此值的；栏目须在授权之内"),
    ("after", "上一页答复中的 after，从其后继续"),
    ("limit", "每页行数，1 至 200，默认 50"),
];

/// The operations of this part of the interface.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation {
            open: Open::Both,
            problems: &[],
            ..reading("/shares", "listShares", "共享", "数据目录：各单位提供的数据、条件和新旧", "Shares", get(list))
        },
        Operation {
            open: Open::Both,
            ..reading(
                "/shares/{regulation}/{share}",
                "showShare",
                "共享",
                "一项数据：栏目、条件、更新和质量规则",
                "Share",
                get(show),
            )
        },
        Operation {
            open: Open::Key,
            query: ROWS,
            problems: &[403, 404, 429],
            ..reading(
                "/shares/{regulation}/{share}/rows",
                "listSharedRows",
                "共享",
                "凭本单位的密钥取用记录；每次取用都记给提供部门，个人信息的也记给本人",
                "SharedRows",
                get(rows),
            )
        },
        Operation {
            open: Open::Both,
            problems: &[],
            ..reading(
                "/catalogue",
                "catalogue",
                "共享",
                "数据目录，DCAT-AP（JSON-LD）",
                "Catalogue",
                get(super::dcat::show),
            )
        },
    ]
}

/// The catalogue.
async fn list(state: State<Arc<Running>>, visitor: Visitor) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let items: Result<Vec<Value>, Problem> =
                catalogue(snapshot, &visitor).iter().map(|offered| line(offered, &visitor)).collect();
            let items = items?;
            snapshot.fault()?;
            Ok(json!({ "items": items }))
        })
    })
    .await?;
    Ok(ok(answer))
}

fn line(offered: &Offered<'_>, visitor: &Visitor) -> Result<Value, Problem> {
    let (share, lang) = (offered.share, visitor.lang);
    let fresh = offered.freshness()?;
    Ok(json!({
        "share": share.name,
        "regulation": offered.regulation.id,
        "title": lang.label(&share.title),
        "note": share.note.as_ref().map(|note| lang.label(note)),
        "owner": party_name(&share.owner),
        "owner_name": offered.provider(lang),
        "register": share.register,
        "terms": share.terms.code(),
        "ground": share.ground.as_ref().map(|ground| lang.label(ground)),
        "personal": !share.release.is_empty(),
        "update": share.update.code(),
        "changed_on": fresh.changed_on.map(|on| on.to_string()),
        "late": fresh.late,
        "clauses": share.clauses,
    }))
}

/// One share with its columns and rules.
async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, share)): Path<(String, String)>,
) -> Answered {
    let app: App = state;
    let answer = work(&app, move |app| {
        app.read(|snapshot| {
            let offered = Offered::seen(snapshot, &visitor, (&regulation, &share))?;
            let mut answer = line(&offered, &visitor)?;
            let names = Names { world: snapshot.world(), lang: visitor.lang };
            let model = Model { names, regulation: offered.regulation };
            let column = |field: &Field| {
                let mut column = model.field(field, 0);
                column["released_by"] = json!(offered.released(&field.name));
                column
            };
            answer["fields"] = json!(offered.fields().map(column).collect::<Vec<_>>());
            answer["key"] = json!(offered.register.key);
            let rules = offered.share.quality.iter();
            answer["quality"] = json!(
                rules
                    .map(|rule| json!({ "code": rule.code, "holds": rule.holds.text, "clauses": rule.clauses }))
                    .collect::<Vec<_>>()
            );
            answer["ask"] =
                json!(offered.asking().map(|(procedure, act)| json!({ "procedure": procedure.name, "act": act.name })));
            snapshot.fault()?;
            Ok(answer)
        })
    })
    .await?;
    Ok(ok(answer))
}

/// Rows, page by page or as they changed.
async fn rows(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, share)): Path<(String, String)>,
    headers: HeaderMap,
    query: Query,
) -> Answered {
    let app: App = state;
    let digest = trust::token_digest(secret(&headers)?);
    let had = headers.get(IF_NONE_MATCH).cloned();
    work(&app, move |app| {
        let key = app.read(|snapshot| held(snapshot.access_key(&digest)?, &visitor))?;
        if !app.limits.admits(&key.id, visitor.now) {
            return Err(too_many());
        }
        let taken = app.read(|snapshot| {
            let offered = Offered::named(snapshot, (&regulation, &share), visitor.now)?;
            let wanted = names_of(query.get("fields"));
            let permit = offered.permit(&key, query.get("grant"), &wanted)?;
            let taking = Taking { offered, visitor: &visitor, key: &key, permit };
            let taken = taking.take(&query)?;
            snapshot.fault()?;
            Ok(taken)
        })?;
        let etag = format!("\"{}\"", trust::sm3(taken.answer.to_string().as_bytes()));
        let same = had.is_some_and(|had| had.as_bytes() == etag.as_bytes());
        let share_use =
            ShareUse { id: app.fresh(), rows: if same { 0 } else { taken.share_use.rows }, ..taken.share_use };
        app.store().log_share_use(share_use, if same { Vec::new() } else { taken.readings })?;
        let mut response = if same { StatusCode::NOT_MODIFIED.into_response() } else { ok(taken.answer) };
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            response.headers_mut().insert(ETAG, etag);
        }
        Ok::<Response, Problem>(response)
    })
    .await
}

/// The key that a request brings, as text.
fn secret(headers: &HeaderMap) -> Result<&str, Problem> {
    bearer(headers)
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .ok_or_else(|| no_key("access-key", "取用共享数据要带本单位的密钥", "Shared data needs the key of your office"))
}

/// The key, if it holds.
fn held(found: Option<AccessKey>, visitor: &Visitor) -> Result<AccessKey, Problem> {
    let Some(key) = found else {
        return Err(no_key("access-key", "没有这个密钥", "There is no such key"));
    };
    match &key.revoked {
        Some((at, _)) => {
            let zh = format!("密钥“{}”已于{}收回", key.label, calendar::zh_date(at.date()));
            Err(no_key("key-revoked", zh, format!("The key `{}` was revoked on {}", key.label, at.date())))
        }
        None if !key.holds(visitor.now) => {
            let zh = format!("密钥“{}”已于{}到期", key.label, calendar::zh_date(key.ends.date()));
            Err(no_key("key-ended", zh, format!("The key `{}` ended on {}", key.label, key.ends.date())))
        }
        None => Ok(key),
    }
}

fn no_key(code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, code, zh, en).hint(
        "写在 Authorization: Bearer 后面；密钥由本单位的岗位在 /admin/keys 生成。",
        "It goes after `Authorization: Bearer`; an officer of yours makes one at /admin/keys.",
    )
}

fn too_many() -> Problem {
    Problem::new(
        StatusCode::TOO_MANY_REQUESTS,
        "too-many",
        format!("这个密钥每分钟最多{PER_MINUTE}次，已经用完"),
        format!("This key has {PER_MINUTE} requests a minute, and they are used up"),
    )
    .hint(
        "请一分钟后再试；成批取用的加大 limit，只取变化的用 since。",
        "Try again in a minute; take larger pages, or only changes with `since`.",
    )
}

/// Names between commas.
fn names_of(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split(',').map(str::trim);
    parts.filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// A key at a share, with what it may have.
struct Taking<'a> {
    offered: Offered<'a>,
    visitor: &'a Visitor,
    key: &'a AccessKey,
    permit: Permit,
}

/// What was taken, and what is to be noted of it.
struct Taken {
    answer: Value,
    share_use: ShareUse,
    readings: Vec<Reading>,
}

impl Taking<'_> {
    fn take(&self, query: &Query) -> Result<Taken, Problem> {
        let cut = query.cut()?;
        let (lines, mut answer) = match query.get("since") {
            Some(since) => self.changed(since, &cut)?,
            None => self.listed(query, &cut)?,
        };
        answer["share"] = json!(self.offered.share.name);
        answer["fields"] = json!(self.permit.fields);
        answer["grant"] = json!(self.permit.grant.as_ref().map(|grant| &grant.number));
        let share_use = ShareUse {
            share: self.offered.share.name.clone(),
            id: String::new(),
            at: self.visitor.now,
            office: self.key.office.clone(),
            key: self.key.id.clone(),
            grant: self.permit.grant.as_ref().map(|grant| grant.number.clone()),
            purpose: self.purpose().to_owned(),
            fields: self.permit.fields.clone(),
            rows: lines.len() as u64,
        };
        Ok(Taken { answer, share_use, readings: self.readings(&lines) })
    }

    /// For what: as granted; where no grant is needed, the system that has the key.
    fn purpose(&self) -> &str {
        self.permit.grant.as_ref().map_or(&self.key.label, |grant| &grant.purpose)
    }

    /// A page of rows, or the one with a key.
    fn listed(&self, query: &Query, cut: &Cut) -> Result<(Vec<Line>, Value), Problem> {
        let mut found = match query.get("key") {
            Some(key) => store::pages::Page { lines: self.offered.line(key)?.into_iter().collect(), next: None },
            None => self.offered.listing().page(&self.wanted(query)?, cut)?,
        };
        found.lines.retain(|line| self.offered.has(line));
        let answer = page(self.visitor, &found, |line: &Line| self.shown(line));
        Ok((found.lines, answer))
    }

    fn wanted(&self, query: &Query) -> Result<RowQuery, Problem> {
        let reader = Reader { rulebook: self.offered.world().rulebook(), signer: None };
        let mut equal = Vec::new();
        for (name, text) in query.others(&NOT_COLUMNS) {
            // Who may not have a column learns nothing of it by asking for its value either.
            let field = self.fields().find(|field| field.name == name).ok_or_else(|| self.no_column(name))?;
            let value = reader.text(&field.ty, text).map_err(|said| wrong_member(name, &said.zh, &said.en))?;
            equal.push((name.to_owned(), value));
        }
        Ok(RowQuery { register: self.offered.register.name.clone(), equal, ..RowQuery::default() })
    }

    fn no_column(&self, name: &str) -> Problem {
        let known = self.permit.fields.join(", ");
        wrong_member(
            name,
            &format!("不是可以取用的栏目；有：{known}"),
            &format!("is no column open to you; there are {known}"),
        )
    }

    fn fields(&self) -> impl Iterator<Item = &Field> {
        self.offered.fields().filter(|field| self.permit.fields.contains(&field.name))
    }

    /// What changed after a place in the journal; rows that are gone or no longer a part of it are named as such.
    fn changed(&self, since: &str, cut: &Cut) -> Result<(Vec<Line>, Value), Problem> {
        let since: u64 = since.parse().map_err(|_| {
            wrong_member("since", "应是上次答复的 seq（第一次写 0）", "must be the seq of the last answer, or 0")
        })?;
        let changes = self.offered.snapshot.changes(self.offered.source(), since, cut.limit)?;
        let (mut lines, mut items) = (Vec::new(), Vec::new());
        for key in &changes.keys {
            match self.offered.line(key)?.filter(|line| self.offered.has(line)) {
                Some(line) => {
                    items.push(self.shown(&line));
                    lines.push(line);
                }
                None if self.offered.concerns(key)? => items.push(json!({ "key": self.gone(key), "gone": true })),
                // Of what was never a part of it, not even the number is told.
                None => {}
            }
        }
        let next =
            changes.more.then(|| crate::layout::with_query(&self.visitor.here, "since", &changes.seq.to_string()));
        Ok((lines, json!({ "items": items, "seq": changes.seq, "after": null, "next": next })))
    }

    /// How a row that is gone was called: of a matter its number, as while it was there.
    fn gone(&self, key: &str) -> String {
        if self.offered.register.rows_of.is_none() {
            return key.to_owned();
        }
        self.offered.world().matter(key).and_then(|matter| matter.number.clone()).unwrap_or_else(|| key.to_owned())
    }

    fn shown(&self, line: &Line) -> Value {
        let fields: Vec<&Field> = self.fields().collect();
        let open = |name: &String| fields.iter().any(|field| field.name == *name);
        let record: Record = line
            .record
            .iter()
            .filter(|(name, _)| open(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let names = Names { world: self.offered.world(), lang: self.visitor.lang };
        let mut writer = Writer::new(names, &Veil::Nothing);
        json!({ "key": line.key, "since": line.since.to_string(), "record": writer.record(&fields, &record, "") })
    }

    /// Whose personal data was looked at: one line for each row and kind.
    fn readings(&self, lines: &[Line]) -> Vec<Reading> {
        let kinds = |line: &Line| -> BTreeSet<Personal> {
            let released = self.fields().filter(|field| self.offered.released(&field.name).is_some());
            let filled = released.filter(|field| line.record.get(&field.name).is_some_and(|value| !value.is_missing()));
            filled.map(|field| engine::rights::kind_of(field).unwrap_or(Personal::Identity)).collect()
        };
        let county = self.offered.world().county();
        let post = county.posts.values().find(|post| post.sits_at() == self.key.office);
        let post = post.map_or_else(String::new, |post| post.id.clone());
        let title = &self.offered.share.title.zh;
        let grant = self.permit.grant.as_ref().map_or("", |grant| &grant.number);
        let why = format!("共享《{title}》：{}（授权 {grant}）", self.purpose());
        let reading = |line: &Line, kind: Personal| Reading {
            subject: line.matter.clone().unwrap_or_else(|| format!("{}/{}", self.offered.register.name, line.key)),
            at: self.visitor.now,
            person: self.key.person.clone(),
            post: post.clone(),
            kind: kind_name(kind).to_owned(),
            why: why.clone(),
        };
        lines
            .iter()
            .flat_map(|line| kinds(line).into_iter().map(move |kind| (line, kind)))
            .map(|(line, kind)| reading(line, kind))
            .collect()
    }
}
