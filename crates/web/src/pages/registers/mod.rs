//! `/registers`: the registers that a visitor may read; `/registers/{name}`: one as a table, filtered and put in order by its address.

pub mod columns;
pub mod edit;
pub mod excel;
mod filter;
pub mod import;
pub mod row;

use super::home::names;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::pagination::pagination;
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::keeping;
use crate::layout::{self, Nav, with_query};
use crate::pages::kept_views::Filtered;
use crate::problem::Problem;
use crate::registers::listing::{Line, Listing, MATTERS_MAX};
use crate::registers::wanted::{Wanted, encoded, sorts};
use crate::registers::{Reach, closed, find, keep, reach, text};
use crate::sent::SignedSent;
use crate::site::{App, Running, long_work, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Redirect;
use maud::{Markup, html};
use regulation::expr::{Type, Value};
use regulation::model::{Field, Register, Regulation};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, RowQuery};

/// Rows on a page.
const LINES: usize = 50;
/// Columns of the table; the rest stands on the row's own page and in the sheet.
const COLUMNS: usize = 8;

/// A visitor's look at a register.
pub(crate) struct Look<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) visitor: &'a Visitor,
    pub(crate) regulation: &'a Arc<Regulation>,
    pub(crate) register: &'a Arc<Register>,
    /// What they asked to see.
    pub(crate) reach: Reach,
    /// What they could see.
    widest: Reach,
    pub(crate) wanted: Wanted,
    pub(crate) query: RowQuery,
}

impl<'a> Look<'a> {
    pub(crate) fn new(
        snapshot: &'a dyn Snapshot,
        visitor: &'a Visitor,
        name: &str,
        mut wanted: Wanted,
    ) -> Result<Look<'a>, Problem> {
        let (regulation, register) = find(snapshot, name)?;
        let shut = || closed(snapshot, visitor, register);
        let widest = reach(snapshot, visitor, register, None).ok_or_else(shut)?;
        let reach = match wanted.place.as_deref() {
            None => widest.clone(),
            Some(place) => reach(snapshot, visitor, register, Some(place)).ok_or_else(shut)?,
        };
        let query = wanted.query(snapshot.world().rulebook(), register, &reach);
        Ok(Look { snapshot, visitor, regulation, register, reach, widest, wanted, query })
    }

    fn names(&self) -> Names<'a> {
        names(self.snapshot, self.visitor)
    }

    pub(crate) fn listing(&self) -> Listing<'a> {
        Listing { snapshot: self.snapshot, regulation: self.regulation, register: self.register, now: self.visitor.now }
    }

    fn title(&self) -> &'a str {
        self.visitor.lang.label(&self.register.title)
    }

    fn address(&self) -> String {
        format!("/registers/{}", self.register.name)
    }

    /// An address of this register that is not a row.
    fn under(&self, what: &str) -> String {
        format!("/registers/{}/-/{what}", self.register.name)
    }

    fn with_view(&self, view: &str) -> String {
        if view.is_empty() { self.address() } else { format!("{}?{view}", self.address()) }
    }

    /// The address of a row.
    fn row_address(&self, line: &Line) -> String {
        match &line.matter {
            Some(matter) => format!("/matters/{matter}"),
            None => format!("{}/{}", self.address(), encoded(&line.key)),
        }
    }
}

/// The index: every register that the visitor may read somewhere.
pub async fn index(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| Ok(index_page(snapshot, &visitor)))).await
}

fn index_page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("台账和名册", "Registers");
    let rulebook = snapshot.world().rulebook();
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        @for regulation in rulebook.regulations.values() {
            @let readable: Vec<&Arc<Register>> = regulation.registers.values().filter(|register| reach(snapshot, visitor, register, None).is_some()).collect();
            @if !readable.is_empty() {
                h2 { (lang.label(&regulation.title)) }
                ul class="plain" { @for register in readable { li {
                    a href=(format!("/registers/{}", register.name)) { (lang.label(&register.title)) }
                    " " (clauses(&cite(rulebook, &register.clauses)))
                } } }
            }
        }
        @if visitor.person.is_none() { p class="soft" { (lang.say("登录后可以看到您的岗位能查阅的登记簿。", "Sign in to see the registers that your post may read.")) } }
    };
    layout::page(visitor, Nav::Desk, title, &content)
}

/// Registers that a visitor may read somewhere: name and title.
#[must_use]
pub fn readable(snapshot: &dyn Snapshot, visitor: &Visitor) -> Vec<(String, String)> {
    let all = snapshot.world().rulebook().regulations.values().flat_map(|regulation| regulation.registers.values());
    all.filter(|register| reach(snapshot, visitor, register, None).is_some())
        .map(|register| (register.name.clone(), visitor.lang.label(&register.title).to_owned()))
        .collect()
}

/// The table.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let app: App = state;
    let wanted = Wanted::read(&uri);
    let sorts = wanted.typed.contains_key("sort");
    let see = move |app: &Running| app.read(|snapshot| page(&Look::new(snapshot, &visitor, &name, wanted)?));
    // Rows that are matters are put in order one by one.
    if sorts { long_work(&app, see).await } else { work(&app, see).await }
}

fn page(look: &Look<'_>) -> Result<Markup, Problem> {
    let lang = look.visitor.lang;
    let cut = Cut { limit: LINES, after: look.wanted.after.clone() };
    let found = look.listing().page(&look.query, &cut)?;
    let plain = with_query(&look.visitor.here, "after", "");
    let next = found.next.as_ref().map(|next| with_query(&plain, "after", next));
    let first = look.wanted.after.as_ref().map(|_| plain.as_str());
    let content = html! {
        (crumbs(lang, &[(lang.say("台账和名册", "Registers"), "/registers")]))
        h1 { (look.title()) }
        (look.head()?)
        (look.filters())
        (look.in_force())
        (look.views()?)
        @if let Some(day) = look.wanted.as_of {
            (banner(Tone::Plain, lang.say("历史状态", "As it stood"), &html! { p {
                (lang.say("下面是这一天终了时的登记，不是现在的：", "These are the rows at the end of this day, not today's: ")) time { (lang.date(day)) }
            } }))
        }
        @if look.register.rows_of.is_some() && found.lines.len() < LINES && next.is_some() {
            p class="soft" { (lang.say(&format!("这一页看了 {MATTERS_MAX} 件事项，还没有看完；下一页接着往前找。"), &format!("{MATTERS_MAX} matters were looked at for this page; the next page goes on from there."))) }
        } @else if found.lines.is_empty() { p class="soft" { (lang.say("没有符合条件的记录。", "No rows.")) } }
        @else { (look.table(&found.lines)) }
        (pagination(lang, first, next.as_deref()))
    };
    Ok(layout::page(look.visitor, Nav::Desk, look.title(), &content))
}

impl Look<'_> {
    /// Where, how many, by whom kept; and what can be done.
    fn head(&self) -> Result<Markup, Problem> {
        let lang = self.visitor.lang;
        let world = self.snapshot.world();
        let keepers = self.register.keepers.iter().map(|by| engine::rights::party_title(world.county(), &by.party));
        let keepers = keepers.collect::<Vec<_>>().join(lang.say("、", ", "));
        let counted = self.register.rows_of.is_none() && self.query.as_of.is_none() && !self.narrows();
        let count = match counted {
            true => Some(self.snapshot.row_count(&self.register.name, self.reach.place.as_deref())?),
            false => None,
        };
        let keeps = self.register.rows_of.is_none()
            && !keep::posts(world, self.visitor, self.regulation, self.register).is_empty();
        let view = self.wanted.view();
        let sheet = if view.is_empty() { self.under("excel") } else { format!("{}?{view}", self.under("excel")) };
        Ok(html! {
            p class="soft" {
                @if let Some(place) = &self.reach.place { (self.names().place_path(place)) (lang.say("，", ", ")) }
                @if let Some(count) = count { (lang.say("现有 ", "")) b { (count) } (lang.say(" 条，", " rows, ")) }
                @if self.register.rows_of.is_some() { (lang.say("由办理的事项汇成", "made of matters")) }
                @else if !self.register.printed.is_empty() { (lang.say("随文印发", "printed in the regulation")) }
                @else if keepers.is_empty() { (lang.say("由办理的动作记入", "entered by acts")) }
                @else { (lang.say("由", "kept by ")) (keepers) (lang.say("登记", "")) }
                " " (clauses(&cite(world.rulebook(), &self.register.clauses)))
            }
            @if let Some(keep) = &self.register.keep { p class="soft" {
                (lang.say("保存期限：", "Kept: ")) (keeping::rule(world, lang, self.regulation, keep, self.visitor.now))
                " " (clauses(&cite(world.rulebook(), &keep.clauses)))
                @if keeps { " " a href=(format!("/keeping/registers/{}", self.register.name)) { (lang.say("到期清单", "What is due")) } }
            } }
            div class="row no-print" {
                @if keeps { (button::link(lang.say("登记一条", "Enter a row"), &self.under("enter"))) }
                (button::secondary_link(lang.say("导出 Excel", "To Excel"), &sheet))
                @if keeps { (button::secondary_link(lang.say("从 Excel 导入", "From Excel"), &self.under("import"))) }
                (button::print(lang.say("打印", "Print")))
            }
        })
    }

    /// Whether anything but the place narrows down or orders.
    fn narrows(&self) -> bool {
        !self.query.equal.is_empty()
            || !self.query.conditions.is_empty()
            || self.query.text.is_some()
            || self.query.sort.is_some()
    }

    fn shown(&self) -> impl Iterator<Item = &Field> {
        let fields = self.register.fields.iter();
        let plain = fields.filter(|field| !matches!(field.ty, Type::Records(_) | Type::List(_) | Type::File));
        plain.take(COLUMNS)
    }

    fn table(&self, lines: &[Line]) -> Markup {
        let columns: Vec<Column> = self.shown().map(|field| self.column(field)).collect();
        let body: Vec<Vec<Markup>> = lines.iter().map(|line| self.cells(line)).collect();
        table(self.title(), &columns, &body)
    }

    /// A heading; a link where the table can be put in this order, or the other way round.
    fn column(&self, field: &Field) -> Column {
        let name = self.visitor.lang.label(&field.label);
        let number = matches!(field.ty, Type::Number { .. });
        let column = if number { Column::number(name) } else { Column::text(name) };
        if !sorts(self.register, field, self.reach.access) {
            return column;
        }
        let order = self.query.sort.as_ref().filter(|(column, _)| *column == field.name).map(|(_, down)| *down);
        let sort = if order == Some(false) { format!("-{}", field.name) } else { field.name.clone() };
        let href = with_query(&with_query(&self.visitor.here, "after", ""), "sort", &sort);
        column.ordered(&href, order)
    }

    fn cells(&self, line: &Line) -> Vec<Markup> {
        let cell = |(place, field): (usize, &Field)| {
            let value = line.record.get(&field.name).unwrap_or(&Value::Missing);
            let text = text(self.names(), field, self.reach.access, value);
            match place {
                0 => html! { a href=(self.row_address(line)) { @if text.is_empty() { (line.key) } @else { (text) } } },
                _ if field.ty == Type::Date => html! { @if !text.is_empty() { time { (text) } } },
                _ if matches!(field.ty, Type::PersonName | Type::Person) => html! { span class="nowrap" { (text) } },
                _ => html! { (text) },
            }
        };
        self.shown().enumerate().map(cell).collect()
    }
}

/// Keeps or drops a view.
pub async fn view(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(register): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Redirect, Problem> {
    let app: App = state;
    let address = format!("/registers/{register}");
    if let Some(again) = (Filtered { of: &register, address: &address }).again(&mut sent) {
        return Ok(again);
    }
    work(&app, move |app| {
        let person = visitor.signed_in()?.id.clone();
        app.read(|snapshot| Look::new(snapshot, &visitor, &register, Wanted::default()).map(|_| ()))?;
        let list = Filtered { of: &register, address: &address };
        list.change(app, &person, &sent, |asked| Wanted::read(asked).view())
    })
    .await
}
