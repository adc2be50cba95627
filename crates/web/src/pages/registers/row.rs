//! `/registers/{name}/{key}`: a row, as it stands or stood, and everything that was ever entered in it.

use super::super::home::names;
use crate::api::kind_name;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::plot::{Beside, plan};
use crate::components::summary::summary;
use crate::disposition::shown;
use crate::forms::mask;
use crate::forms::purpose::{self, Stated};
use crate::forms::show as values;
use crate::layout::{self, Nav, token};
use crate::pages::documents::viewer;
use crate::pages::matter::files::in_record;
use crate::problem::Problem;
use crate::registers::listing::Listing;
use crate::registers::plots::{Seen, around};
use crate::registers::wanted::encoded;
use crate::registers::{find, keep, stays_covered};
use crate::sent::{AGAIN, SignedSent, take};
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::Row;
use engine::rights::{Access, Viewer, masked_kinds, may_read_register, purposes};
use jiff::civil::Date;
use maud::{Markup, html};
use regulation::expr::{FileRef, Record, Type, Value};
use regulation::model::{Field, Personal, Purpose, Register, Regulation};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;
use store::aside::Reading;
use store::pages::RowVersion;

/// A row that a visitor may see.
pub(crate) struct Found {
    /// As it stands; `None` once closed.
    pub(crate) row: Option<Row>,
    /// As it stood last, which is as it stands unless it is closed.
    last: Row,
    history: Vec<RowVersion>,
    access: Access,
    is_own: bool,
}

/// A row; for who may not see it, it does not exist.
pub(crate) fn open_row(snapshot: &dyn Snapshot, visitor: &Visitor, name: &str, key: &str) -> Result<Found, Problem> {
    let (_, register) = find(snapshot, name)?;
    let missing = || Problem::not_found("没有这条记录，或者您无权查看", "No such row, or not for you to see");
    let row = snapshot.row(name, key)?.map(|line| line.row);
    let history = snapshot.row_history(name, key)?;
    let last = row.clone().or_else(|| last_entered(key, &history)).ok_or_else(missing)?;
    let world = snapshot.world();
    let access = may_read_register(world, &viewer(visitor), register, Some(&last), &last.place, visitor.now);
    if access == Access::None {
        return Err(if visitor.person.is_none() { Problem::sign_in_first() } else { missing() });
    }
    let oneself = Viewer { person: visitor.person_id().map(str::to_owned), posts: Vec::new() };
    let is_own = oneself.person.is_some()
        && may_read_register(world, &oneself, register, Some(&last), &last.place, visitor.now) == Access::Full;
    Ok(Found { row, last, history, access, is_own })
}

fn last_entered(key: &str, history: &[RowVersion]) -> Option<Row> {
    let version = history.iter().rev().find(|version| version.record.is_some())?;
    Some(Row {
        key: key.to_owned(),
        place: version.place.clone(),
        record: version.record.clone()?,
        since: version.since,
    })
}

/// A row being shown.
struct Sight<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    regulation: &'a Arc<Regulation>,
    register: &'a Arc<Register>,
    found: Found,
    /// Kinds that are shown though they are usually covered.
    opened: BTreeSet<Personal>,
    as_of: Option<Date>,
}

impl<'a> Sight<'a> {
    fn new(snapshot: &'a dyn Snapshot, visitor: &'a Visitor, name: &str, key: &str) -> Result<Sight<'a>, Problem> {
        let (regulation, register) = find(snapshot, name)?;
        let found = open_row(snapshot, visitor, name, key)?;
        let opened = BTreeSet::new();
        Ok(Sight { snapshot, visitor, regulation, register, found, opened, as_of: None })
    }

    fn address(&self) -> String {
        format!("/registers/{}/{}", self.register.name, encoded(&self.found.last.key))
    }

    fn covers(&self, field: &Field) -> bool {
        !self.found.is_own && stays_covered(field, self.found.access, &self.opened)
    }

    /// The post through which the visitor sees all of the row.
    fn through(&self) -> String {
        let (world, now, last) = (self.snapshot.world(), self.visitor.now, &self.found.last);
        let sees = |viewer: &Viewer| may_read_register(world, viewer, self.register, Some(last), &last.place, now);
        self.visitor.through(|viewer| sees(viewer) == Access::Full)
    }

    fn text(&self, field: &Field, value: &Value) -> String {
        let text = values::show(names(self.snapshot, self.visitor), &field.ty, value);
        if self.covers(field) { mask::cover(&text) } else { text }
    }

    fn content(&self, field: &Field, value: &Value) -> Markup {
        match value {
            Value::File(file) => self.file(file),
            Value::List(items) if field.ty == Type::List(Box::new(Type::File)) => {
                html! { ul class="plain" { @for item in items { @if let Value::File(file) = item { li { (self.file(file)) } } } } }
            }
            Value::Plot(plot) if !self.covers(field) => self.plan(field, plot),
            Value::Records(_) if self.found.access == Access::Full => {
                values::content(names(self.snapshot, self.visitor), &field.ty, value, &|field| self.covers(field))
            }
            value => html! { (self.text(field, value)) },
        }
    }

    /// The plan with what lies beside it, as far as the visitor may see that.
    fn plan(&self, field: &Field, own: &plots::Plot) -> Markup {
        let around = around(self.snapshot, self.visitor, own);
        let others = around.iter().filter(|seen| seen.href != self.address());
        let beside: Vec<Beside<'_>> = others.filter_map(Seen::beside).collect();
        plan(self.visitor.lang, self.visitor.lang.label(&field.label), own, &beside)
    }

    fn file(&self, file: &FileRef) -> Markup {
        html! { a href=(format!("{}/files/{}", self.address(), file.digest)) { (file.name) } }
    }

    /// The version that stood at the end of the day asked for: of those that apply by then, the one entered last.
    fn standing(&self) -> (Option<&Record>, Date) {
        match self.as_of {
            None => (self.found.row.as_ref().map(|row| &row.record), self.found.last.since),
            Some(day) => {
                let by_then = self.found.history.iter().rfind(|version| version.since <= day);
                (by_then.and_then(|version| version.record.as_ref()), by_then.map_or(day, |version| version.since))
            }
        }
    }

    fn page(&self) -> Markup {
        let lang = self.visitor.lang;
        let key = &self.found.last.key;
        let register = lang.label(&self.register.title);
        let title = format!("{register} {key}");
        let (record, since) = self.standing();
        let content = html! {
            (crumbs(lang, &[(lang.say("台账和名册", "Registers"), "/registers"), (register, &format!("/registers/{}", self.register.name))]))
            h1 { (title) }
            (self.state(record.is_some()))
            @if let Some(record) = record {
                p class="soft" {
                    (names(self.snapshot, self.visitor).place_path(&self.found.last.place))
                    (lang.say("，自 ", ", since ")) (lang.date(since))
                    " " (clauses(&cite(self.snapshot.world().rulebook(), &self.register.clauses)))
                }
                (summary(&self.lines(record)))
            }
            (self.actions())
            (self.reveal())
            (self.history())
        };
        layout::page(self.visitor, Nav::Desk, &title, &content)
    }

    fn state(&self, stood: bool) -> Markup {
        let lang = self.visitor.lang;
        html! {
            @if let Some(day) = self.as_of {
                (banner(Tone::Plain, lang.say("历史状态", "As it stood"), &html! { p {
                    @if stood { (lang.say("下面是这一天终了时的登记：", "The row at the end of ")) } @else { (lang.say("这一天终了时没有这条登记：", "There was no such row at the end of ")) }
                    time { (lang.date(day)) } " " a href=(self.address()) { (lang.say("看现在的", "Today's")) }
                } }))
            } @else if self.found.row.is_none() {
                (banner(Tone::Care, lang.say("已注销", "Closed"), &html! { p { (lang.say("这条记录已经注销，不再有效；下面是它的历史。", "This row is closed and no longer in force; its history is below.")) } }))
            }
        }
    }

    fn lines(&self, record: &Record) -> Vec<(String, Markup)> {
        let line = |field: &Field| {
            let value = record.get(&field.name).filter(|value| !value.is_missing())?;
            Some((self.visitor.lang.label(&field.label).to_owned(), self.content(field, value)))
        };
        self.register.fields.iter().filter_map(line).collect()
    }

    fn actions(&self) -> Markup {
        let lang = self.visitor.lang;
        let world = self.snapshot.world();
        let keeps = self.found.row.as_ref().filter(|_| self.register.rows_of.is_none()).is_some_and(|row| {
            let actor = keep::keeper(world, self.visitor, self.regulation, self.register, &row.place);
            actor.is_some_and(|actor| {
                keep::keeps(world, self.visitor.now, self.regulation, self.register, &row.place, &actor)
            })
        });
        html! {
            @if keeps && self.as_of.is_none() {
                div class="row no-print" {
                    (button::link(lang.say("变更", "Change"), &format!("{}/change", self.address())))
                    (button::secondary_link(lang.say("注销", "Close"), &format!("{}/close", self.address())))
                }
            }
        }
    }

    /// The kinds that are covered, and the purposes that open any of them.
    fn closed(&self) -> (BTreeSet<Personal>, Vec<&'a Purpose>) {
        let masked = masked_kinds(self.register.fields.iter().filter(|field| self.covers(field)));
        let offered = purposes(&self.register.purposes, &masked);
        (masked, offered)
    }

    /// Asks for a purpose and a reason before what is covered is shown.
    fn reveal(&self) -> Markup {
        let lang = self.visitor.lang;
        let covered = self
            .register
            .fields
            .iter()
            .any(|field| self.covers(field) && self.found.last.record.contains_key(&field.name));
        let (_, offered) = self.closed();
        html! {
            @if covered && !offered.is_empty() && self.found.access == Access::Full && self.as_of.is_none() {
                details class="no-print" {
                    summary { (lang.say("查看完整的个人信息", "Show personal data in full")) }
                    form method="post" action=(self.address()) {
                        (token(self.visitor))
                        (purpose::asked(names(self.snapshot, self.visitor), &offered, lang.say("查看", "Show")))
                    }
                }
            }
        }
    }

    fn history(&self) -> Markup {
        let lang = self.visitor.lang;
        let versions = &self.found.history;
        html! {
            h2 { (lang.say("历史", "History")) }
            form class="search no-print" method="get" action=(self.address()) {
                input class="input" type="date" name="as-of" value=[self.as_of.map(|day| day.to_string())] aria-label=(lang.say("看哪一天终了时的登记", "As it stood at the end of"));
                button class="button secondary" type="submit" { (lang.say("看这一天的登记", "As of this day")) }
            }
            ol class="timeline" {
                @for (place, version) in versions.iter().enumerate().rev() {
                    @let before = place.checked_sub(1).and_then(|before| versions[before].record.as_ref());
                    li { (self.version(before, version)) }
                }
            }
        }
    }

    fn version(&self, before: Option<&Record>, version: &RowVersion) -> Markup {
        let lang = self.visitor.lang;
        let what = match (before, &version.record) {
            (_, None) => lang.say("注销", "Closed"),
            (None, Some(_)) => lang.say("登记", "Entered"),
            (Some(_), Some(_)) => lang.say("变更", "Changed"),
        };
        let changes = match (before, &version.record) {
            (Some(before), Some(after)) => self.changes(before, after),
            _ => Vec::new(),
        };
        html! {
            p class="when-at" { time { (lang.date(version.since)) } " " span { (lang.say("第 ", "entry ")) (version.seq) (lang.say(" 号记录", "")) } }
            p { b { (what) } @if let Some(person) = &version.person { " " (names(self.snapshot, self.visitor).person(person)) } }
            @if !changes.is_empty() { ul { @for change in changes { li { (change) } } } }
        }
    }

    /// What changed: column, from what to what.
    fn changes(&self, before: &Record, after: &Record) -> Vec<Markup> {
        let lang = self.visitor.lang;
        let missing = Value::Missing;
        let differs = self.register.fields.iter().filter(|field| before.get(&field.name) != after.get(&field.name));
        let shown = |record: &Record, field: &Field| {
            let text = self.text(field, record.get(&field.name).unwrap_or(&missing));
            if text.is_empty() { lang.say("（空）", "(empty)").to_owned() } else { text }
        };
        differs
            .map(|field| html! { (lang.label(&field.label)) (lang.say("：", ": ")) (shown(before, field)) " → " (shown(after, field)) })
            .collect()
    }
}

/// A row.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let app: App = state;
    let day = query_value(&uri, "as-of").filter(|day| !day.is_empty());
    work(&app, move |app| {
        app.read(|snapshot| {
            let as_of = day.map(|day| read_day(&day)).transpose()?;
            let (regulation, register) = find(snapshot, &name)?;
            let listing = Listing { snapshot, regulation, register, now: visitor.now };
            // The page of a row that is a matter is the matter's.
            if let Some(matter) = listing.find(&key)?.and_then(|line| line.matter) {
                return Ok(Redirect::to(&format!("/matters/{matter}")).into_response());
            }
            Ok(Sight { as_of, ..Sight::new(snapshot, &visitor, &name, &key)? }.page().into_response())
        })
    })
    .await
}

fn read_day(text: &str) -> Result<Date, Problem> {
    match Value::parse(&Type::Date, text) {
        Ok(Value::Date(day)) => Ok(day),
        _ => Err(Problem::unreadable("日期无法识别", "The date cannot be read")
            .hint("请写作 2022-03-01。", "Write it as 2022-03-01.")),
    }
}

/// A row with what is usually covered, for a stated reason; the reading is logged before the page is sent.
pub async fn reveal(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    SignedSent(mut sent): SignedSent,
) -> Result<Markup, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return work(&app, move |app| app.read(|snapshot| Ok(Sight::new(snapshot, &visitor, &name, &key)?.page())))
            .await;
    }
    work(&app, move |app| {
        let person = visitor.signed_in()?;
        let (page, stated, post) = app.read(|snapshot| {
            let sight = Sight::new(snapshot, &visitor, &name, &key)?;
            if sight.found.access < Access::Full {
                return Err(Problem::forbidden(
                    "您的岗位不能查看完整的个人信息",
                    "Your post may not see personal data in full",
                ));
            }
            let (masked, offered) = sight.closed();
            let stated = Stated::read(sight.found.access, &offered, &masked, &sent.answers)?;
            let post = sight.through();
            Ok((Sight { opened: stated.opened.clone(), ..sight }.page(), stated, post))
        })?;
        for kind in &stated.opened {
            app.store().log_reading(Reading {
                subject: format!("{name}/{key}"),
                at: visitor.now,
                person: person.id.clone(),
                post: post.clone(),
                kind: kind_name(*kind).to_owned(),
                why: stated.why.clone(),
            })?;
        }
        Ok(page)
    })
    .await
}

/// A file of a row.
pub async fn file(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key, digest)): Path<(String, String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let missing = || Problem::not_found("没有这个文件，或者您无权查看", "No such file, or not for you to see");
        let (file, holder) = app.read(|snapshot| {
            let sight = Sight::new(snapshot, &visitor, &name, &key)?;
            let open = |field: &Field| !sight.covers(field);
            let fields = sight.register.fields.iter().filter(|field| open(field));
            let kept: Record = fields
                .filter_map(|field| Some((field.name.clone(), sight.found.last.record.get(&field.name)?.clone())))
                .collect();
            let file = in_record(&kept, &digest).ok_or_else(missing)?;
            Ok((file, keep::holder(sight.register, &key)))
        })?;
        let bytes = app.store().file(holder.as_deref(), &digest)?.ok_or_else(missing)?;
        let disposition = shown("file", &file.name);
        Ok(([(CONTENT_TYPE, file.media), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
    })
    .await
}
