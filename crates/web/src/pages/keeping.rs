//! `/keeping`: how long what one's office keeps is kept, and what has come to the end of its term (到期清单). Nothing is destroyed here: each
//! line leads to where its erasure is proposed.

use super::home::names;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::pagination::pagination;
use crate::components::table::{Column, table};
use crate::keeping::{Way, begin, rule, ways};
use crate::layout::{self, Nav, with_query};
use crate::looking::{Bounds, look_through};
use crate::problem::Problem;
use crate::registers::{keep, wanted::encoded};
use crate::site::{App, Running, actor, work};
use crate::visit::Visitor;
use axum::extract::{Path, Query, State};
use axum::http::Uri;
use engine::keeping::{Kept, hindrances_said, matter_owner, of_matter, of_row, owner_of_row};
use engine::rights::{Access, Viewer, may_see};
use engine::{Actor, Row, World};
use jiff::civil::Date;
use maud::{Markup, html};
use regulation::model::{ClauseId, Keep, Label, Party, Procedure, Register, Regulation};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::keeping::ClosedRow;
use store::pages::{Cut, Page, RowQuery};

/// Lines on a page.
const LINES: usize = 50;
/// Looked through for one page: the term of each is computed.
const BOUNDS: Bounds = Bounds { chunk: 500, page: 5_000 };
/// Looked through to say on the index whether there is anything.
const GLANCE: Bounds = Bounds { chunk: 200, page: 200 };
/// Begins the cursors of rows in force, which come after those that were closed.
const IN_FORCE: &str = "+";

/// What an office keeps.
enum Source<'a> {
    Rows(&'a Arc<Register>),
    Matters(&'a Arc<Procedure>),
}

struct Kind<'a> {
    regulation: &'a Arc<Regulation>,
    source: Source<'a>,
}

/// Something whose term is over.
struct Due {
    /// What people know it by.
    name: String,
    href: String,
    place: String,
    last: Date,
    owner: String,
    actor: Actor,
}

impl Kind<'_> {
    fn title(&self) -> &Label {
        match &self.source {
            Source::Rows(register) => &register.title,
            Source::Matters(procedure) => &procedure.title,
        }
    }

    fn keep(&self) -> Option<&Keep> {
        match &self.source {
            Source::Rows(register) => register.keep.as_deref(),
            Source::Matters(procedure) => procedure.keep.as_deref(),
        }
    }

    fn clauses(&self) -> &[ClauseId] {
        self.keep().map(|keep| keep.clauses.as_slice()).unwrap_or_default()
    }

    fn address(&self) -> String {
        match &self.source {
            Source::Rows(register) => format!("/keeping/registers/{}", register.name),
            Source::Matters(procedure) => format!("/keeping/procedures/{}", procedure.name),
        }
    }
}

/// What the visitor's posts keep: registers of which they are keepers, procedures in which they take part.
fn kinds<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor) -> Vec<Kind<'a>> {
    let world = snapshot.world();
    let mut found = Vec::new();
    for regulation in world.rulebook().regulations.values() {
        for register in regulation.registers.values().filter(|register| register.keep.is_some()) {
            if !keep::posts(world, visitor, regulation, register).is_empty() {
                found.push(Kind { regulation, source: Source::Rows(register) });
            }
        }
        for procedure in regulation.procedures.values().filter(|procedure| procedure.keep.is_some()) {
            if takes_part(world, visitor, procedure) {
                found.push(Kind { regulation, source: Source::Matters(procedure) });
            }
        }
    }
    found
}

fn takes_part(world: &dyn World, visitor: &Visitor, procedure: &Procedure) -> bool {
    let posts = visitor.person.iter().flat_map(|person| &person.posts);
    let posts: Vec<_> = posts.filter_map(|post| world.county().posts.get(&post.id)).collect();
    procedure.parties().any(|party| match party {
        Party::Office { level, desk } => posts.iter().any(|post| post.level == *level && post.desk == *desk),
        _ => false,
    })
}

/// The index.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| index(snapshot, &visitor))).await
}

/// What is due of a register.
pub async fn register(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    let find = move |kind: &Kind<'_>| matches!(&kind.source, Source::Rows(register) if register.name == name);
    work(&app, move |app| app.read(|snapshot| list(snapshot, &visitor, &find, query.get("after"), &uri))).await
}

/// What is due of a procedure.
pub async fn procedure(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    Query(query): Query<BTreeMap<String, String>>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    let find = move |kind: &Kind<'_>| matches!(&kind.source, Source::Matters(procedure) if procedure.name == name);
    work(&app, move |app| app.read(|snapshot| list(snapshot, &visitor, &find, query.get("after"), &uri))).await
}

fn index(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    visitor.signed_in()?;
    let title = lang.say("保存期限和到期清单", "Terms of keeping, and what is due");
    let mut rows = Vec::new();
    for kind in kinds(snapshot, visitor) {
        let due = look(snapshot, visitor, &kind, &Cut::first(1), GLANCE)?;
        rows.push(summary(snapshot, visitor, &kind, (!due.lines.is_empty(), due.next.is_some())));
    }
    snapshot.fault()?;
    let columns = [
        Column::text(lang.say("登记簿或者事项", "Register or procedure")),
        Column::text(lang.say("保存多久", "Kept")),
        Column::text(lang.say("条款", "Clause")),
        Column::text(lang.say("到期的", "Due")),
    ];
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "本单位保存的登记和事项各保存多久。期满的只列在这里，由人提请、另一个单位的人核准，才删除其中的个人信息。",
            "How long what your office keeps is kept. What has reached its end is listed here; one person proposes, another office confirms, and only then personal data is erased.",
        )) }
        @if rows.is_empty() { p class="soft" { (lang.say("您的岗位不保存登记和事项。", "Your post keeps nothing.")) } }
        @else { (table(title, &columns, &rows)) }
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn summary(snapshot: &dyn Snapshot, visitor: &Visitor, kind: &Kind<'_>, (some, more): (bool, bool)) -> Vec<Markup> {
    let lang = visitor.lang;
    let world = snapshot.world();
    let kept = kind.keep().map(|keep| rule(world, lang, kind.regulation, keep, visitor.now)).unwrap_or_default();
    let state = match (some, more) {
        (true, _) => lang.say("有，查看清单", "some: see the list"),
        (false, true) => lang.say("查看清单", "see the list"),
        (false, false) => lang.say("没有", "none"),
    };
    vec![
        html! { (lang.label(kind.title())) },
        html! { (kept) },
        html! { (clauses(&cite(world.rulebook(), kind.clauses()))) },
        html! { @if some || more { a href=(kind.address()) { (state) } } @else { span class="soft" { (state) } } },
    ]
}

fn list(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    find: &dyn Fn(&Kind<'_>) -> bool,
    after: Option<&String>,
    uri: &Uri,
) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    visitor.signed_in()?;
    let missing = || {
        Problem::not_found("没有这份清单，或者不由您的岗位保存", "There is no such list, or your post does not keep it")
    };
    let kind = kinds(snapshot, visitor).into_iter().find(|kind| find(kind)).ok_or_else(missing)?;
    let cut = Cut { limit: LINES, after: after.cloned() };
    let page = look(snapshot, visitor, &kind, &cut, BOUNDS)?;
    snapshot.fault()?;
    let ways = ways(snapshot.world());
    let rows: Vec<Vec<Markup>> = page.lines.iter().map(|due| line(snapshot, visitor, &ways, due)).collect();
    let title = lang.label(kind.title());
    let columns = [
        Column::text(lang.say("编号", "Number")),
        Column::text(lang.say("地方", "Place")),
        Column::text(lang.say("期满", "Over since")),
        Column::text(lang.say("能不能删除", "May it be erased")),
    ];
    let here = uri.to_string();
    let next = page.next.as_ref().map(|next| with_query(&here, "after", next));
    let first = after.map(|_| uri.path());
    let content = html! {
        (crumbs(lang, &[(lang.say("保存期限和到期清单", "Terms of keeping, and what is due"), "/keeping")]))
        h1 { (title) }
        @if let Some(keep) = kind.keep() { p class="lead" {
            (rule(snapshot.world(), lang, kind.regulation, keep, visitor.now)) " · " (clauses(&cite(snapshot.world().rulebook(), kind.clauses())))
        } }
        @if rows.is_empty() && page.next.is_none() { p class="soft" { (lang.say("没有到期的。", "Nothing is due.")) } }
        @else if rows.is_empty() { p class="soft" { (lang.say("看过的里面没有到期的，后面还有。", "Nothing is due among those looked at; there are more.")) } }
        @else { (table(title, &columns, &rows)) }
        (pagination(lang, first, next.as_deref()))
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn line(snapshot: &dyn Snapshot, visitor: &Visitor, ways: &[Way], due: &Due) -> Vec<Markup> {
    let lang = visitor.lang;
    let world = snapshot.world();
    let against = hindrances_said(world, &due.owner, visitor.now);
    let href = begin(world, ways, &due.actor, &due.place, &due.owner, visitor.now).filter(|_| against.is_none());
    vec![
        html! { a href=(due.href) { (due.name) } },
        html! { (names(snapshot, visitor).place(&due.place)) },
        html! { (lang.date(due.last)) },
        html! { @match (&against, &href) {
            (Some(against), _) => { span class="soft" { (against) } }
            (None, Some(href)) => { a class="button secondary" href=(href) { (lang.say("提请删除", "Propose to erase")) } }
            (None, None) => { span class="soft" { (lang.say("可以，但您的岗位不能提请", "yes, but your post cannot propose it")) } }
        } },
    ]
}

fn look(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    kind: &Kind<'_>,
    cut: &Cut,
    bounds: Bounds,
) -> Result<Page<Due>, Problem> {
    let found = match &kind.source {
        Source::Matters(procedure) => look_through(
            cut,
            bounds,
            |cut| snapshot.ended_matters(&procedure.name, visitor.now.date(), cut),
            |line| Ok(due_matter(snapshot.world(), visitor, &line.id)),
        ),
        Source::Rows(register) => look_through(
            cut,
            bounds,
            |cut| rows(snapshot, register, cut),
            |row| Ok(due_row(snapshot.world(), visitor, kind.regulation, register, &row)),
        ),
    };
    Ok(found?)
}

/// Rows that were closed, then those in force.
fn rows(snapshot: &dyn Snapshot, register: &Register, cut: &Cut) -> Result<Page<(Row, Option<Date>)>, store::Fault> {
    let in_force = cut.after.as_deref().and_then(|after| after.strip_prefix(IN_FORCE));
    if in_force.is_none() {
        let page = snapshot.closed_rows(&register.name, cut)?;
        let lines = page.lines.into_iter().map(|ClosedRow { row, closed_on }| (row, Some(closed_on))).collect();
        return Ok(Page { lines, next: page.next.or_else(|| Some(IN_FORCE.to_owned())) });
    }
    let after = in_force.filter(|key| !key.is_empty()).map(str::to_owned);
    let query = RowQuery { register: register.name.clone(), ..RowQuery::default() };
    let page = snapshot.rows(&query, &Cut { limit: cut.limit, after })?;
    let lines = page.lines.into_iter().map(|line| (line.row, None)).collect();
    Ok(Page { lines, next: page.next.map(|next| format!("{IN_FORCE}{next}")) })
}

fn due_row(
    world: &dyn World,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    register: &Register,
    (row, closed): &(Row, Option<Date>),
) -> Option<Due> {
    let Kept::Until(last) = of_row(world, &register.name, row, *closed, visitor.now).kept else { return None };
    let owner = owner_of_row(register, &row.key);
    if last >= visitor.now.date() || !world.has_sealed(&owner) {
        return None;
    }
    let actor = keep::keeper(world, visitor, regulation, register, &row.place)?;
    keep::keeps(world, visitor.now, regulation, register, &row.place, &actor).then(|| Due {
        name: row.key.clone(),
        href: format!("/registers/{}/{}", register.name, encoded(&row.key)),
        place: row.place.clone(),
        last,
        owner,
        actor,
    })
}

fn due_matter(world: &dyn World, visitor: &Visitor, id: &str) -> Option<Due> {
    let matter = world.matter(id)?;
    let Kept::Until(last) = of_matter(world, &matter, visitor.now).kept else { return None };
    let owner = matter_owner(id, matter.owner.as_deref());
    if last >= visitor.now.date() || !world.has_sealed(&owner) {
        return None;
    }
    let person = visitor.person.as_ref()?;
    let sees = |post: &&crate::visit::Holding| {
        let viewer = Viewer { person: None, posts: vec![post.id.clone()] };
        may_see(world, &Viewer { person: Some(person.id.clone()), ..viewer }, &matter, visitor.now) == Access::Full
    };
    let post = person.posts.iter().find(sees)?;
    Some(Due {
        name: matter.number.clone().unwrap_or_else(|| id.to_owned()),
        href: format!("/matters/{id}"),
        place: matter.place.clone(),
        last,
        owner,
        actor: actor(&person.id, Some(&post.id)),
    })
}
