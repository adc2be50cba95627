//! Figures of reports (报表数据): what a public view shows at the moment of an act, taken down as it is then. Whoever files a field of the type
//! `report` names a view and a period; what they file is the table itself, so that what was printed of it can be read in the journal for ever.

use crate::reference;
use crate::rights::is_open_view;
use crate::view::{Asked, Period, Report, report};
use crate::world::World;
use jiff::civil::{Date, DateTime};
use regulation::expr::{FigureColumn, Figures, Value};
use regulation::finding::Said;
use regulation::model::view::{Column, Role, Source, View};
use regulation::model::{Label, Regulation, Rulebook};
use std::sync::Arc;

/// Rows of a table that is printed, at most: some six pages. A longer list is a register, not a figure.
pub const ROWS_MAX: usize = 200;

/// The views that may be printed on a day: of regulations that everybody may read and that are in force, open to everybody, each one table.
pub fn printable(rulebook: &Rulebook, on: Date) -> impl Iterator<Item = (&Arc<Regulation>, &Arc<View>)> {
    let all = rulebook.regulations.values();
    let all = all.flat_map(|regulation| regulation.views.values().map(move |view| (regulation, view)));
    all.filter(move |(regulation, view)| why_not(regulation, view, on).is_none())
}

/// Why a view may not be printed; `None` where it may.
fn why_not(regulation: &Regulation, view: &View, on: Date) -> Option<Said> {
    let title = &view.title.zh;
    if !regulation.is_in_force(on) {
        let (zh, en) = (&regulation.title.zh, &regulation.id);
        return Some(Said::new(
            format!("：《{zh}》这一天没有施行，它的报表不能刊印"),
            format!("is a report of `{en}`, which is not in force"),
        ));
    }
    if !is_open_view(regulation, view) {
        let clause = view.clauses.first().map(|clause| format!("（{clause}）")).unwrap_or_default();
        return Some(Said::new(
            format!("：报表“{title}”不对公众开放{clause}，不能刊印；请选公开的报表"),
            format!("is `{}`, which is not open to the public: choose a public view", view.name),
        ));
    }
    if view.columns.iter().any(|column| column.personal.is_some()) {
        return Some(Said::new(
            format!("：报表“{title}”里有个人信息，不能刊印"),
            format!("is `{}`, which shows personal data", view.name),
        ));
    }
    let one_table = !matches!(view.source, Source::Sheet(_) | Source::Readings);
    (!one_table).then(|| {
        Said::new(
            format!("：“{title}”是几张报表的汇总，请选其中的一张"),
            format!("is `{}`, a sheet of several views: choose one of them", view.name),
        )
    })
}

/// What a view shows now, by its reference (`air/days/2022-Q1`); or why it cannot be printed, as it follows the label of a field.
///
/// # Errors
/// If there is no such view, it may not be printed, its period cannot be read or has not begun, or it has more than [`ROWS_MAX`] rows.
pub fn taken(world: &dyn World, written: &str, now: DateTime) -> Result<Figures, Said> {
    let mut parts = written.splitn(3, '/').map(str::trim);
    let (id, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let found = world.rulebook().regulations.get(id);
    let found = found.and_then(|regulation| Some((regulation, regulation.views.get(name)?)));
    let Some((regulation, view)) = found else {
        return Err(Said::new(
            format!("：没有报表“{id}/{name}”，请从列表中选择"),
            format!("names no report: there is no `{id}/{name}`"),
        ));
    };
    if let Some(said) = why_not(regulation, view, now.date()) {
        return Err(said);
    }
    let period = period(view, parts.next().filter(|text| !text.is_empty()), now.date())?;
    let asked = Asked { period, ..Asked::new(view, &world.county().code, now) };
    let answer = report(world, regulation, view, &asked, &[]);
    let table = Table { world, view };
    let rows = table.rows(&answer);
    if answer.cut || rows.len() > ROWS_MAX {
        let title = &view.title.zh;
        return Err(Said::new(
            format!("：报表“{title}”有{}行，刊印的至多{ROWS_MAX}行；请缩短期间，或者选分组汇总的报表", answer.found),
            format!(
                "has {} rows, at most {ROWS_MAX} are printed: take a shorter period or a view that sums up",
                answer.found
            ),
        ));
    }
    let total = table.total(&answer, rows.len());
    Ok(Figures {
        view: format!("{id}/{name}"),
        period: period.map(|period| period.code()),
        period_words: period.map(|period| words(&period)),
        on: now.date(),
        title: view.title.clone(),
        note: view.note.clone(),
        columns: table.columns().map(|(_, column)| heading(column)).collect(),
        has_total: total.is_some(),
        rows: rows.into_iter().chain(total).collect(),
    })
}

/// The period asked for: the present one of the view's kind where none is written.
fn period(view: &View, written: Option<&str>, today: Date) -> Result<Option<Period>, Said> {
    match (view.period, written) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err(Said::new(
            format!("：报表“{}”显示的是现状，没有期间，请把期间留空", view.title.zh),
            format!("has no period: `{}` shows how things stand", view.name),
        )),
        (Some(kind), None) => Ok(Some(Period::around(kind, today))),
        (Some(_), Some(text)) => match Period::read(text) {
            Some(period) if period.from <= today => Ok(Some(period)),
            Some(_) => Err(Said::new(
                format!("：期间“{text}”还没有开始"),
                format!("has the period `{text}`, which has not begun"),
            )),
            None => Err(Said::new(
                format!("：看不懂期间“{text}”，请写 2022、2022-H1、2022-Q1、2022-03 或者 2022-01-01..2022-03-31"),
                format!(
                    "has `{text}`, which is no period: write 2022, 2022-H1, 2022-Q1, 2022-03 or 2022-01-01..2022-03-31"
                ),
            )),
        },
    }
}

fn words(period: &Period) -> Label {
    Label { zh: period.zh(), en: Some(period.code()) }
}

fn heading(column: &Column) -> FigureColumn {
    FigureColumn { label: column.label.clone(), is_number: column.is_number() }
}

struct Table<'t> {
    world: &'t dyn World,
    view: &'t View,
}

impl<'t> Table<'t> {
    fn columns(&self) -> Box<dyn Iterator<Item = (usize, &'t Column)> + 't> {
        if self.view.sums() { Box::new(self.view.of_groups()) } else { Box::new(self.view.of_lines()) }
    }

    fn rows(&self, answer: &Report) -> Vec<Vec<Label>> {
        let row = |values: &[Value]| self.columns().map(|(index, column)| self.cell(column, &values[index])).collect();
        match self.view.sums() {
            true => answer.groups.iter().map(|group| row(&group.values)).collect(),
            false => answer.lines.iter().map(|line| row(&line.values)).collect(),
        }
    }

    /// The figures over all groups, where there is more than one.
    fn total(&self, answer: &Report, rows: usize) -> Option<Vec<Label>> {
        if !self.view.sums() || rows < 2 {
            return None;
        }
        let cell = |place: usize, index: usize, column: &Column| match column.role {
            Role::Figure(_) => self.cell(column, &answer.total[index]),
            _ if place == 0 => Label { zh: "合计".to_owned(), en: Some("Total".to_owned()) },
            _ => Label::default(),
        };
        Some(self.columns().enumerate().map(|(place, (index, column))| cell(place, index, column)).collect())
    }

    /// A value as people read it; empty where it is missing.
    fn cell(&self, column: &Column, value: &Value) -> Label {
        let element = match column.role {
            Role::By => column.ty.element(),
            _ => None,
        };
        let ty = element.as_ref().unwrap_or(&column.ty);
        match (column.role, value) {
            _ if value.is_missing() => Label::default(),
            (Role::ByTime(kind), Value::Date(day)) => words(&Period::around(kind, *day)),
            (_, Value::Key(key) | Value::Text(key)) if ty.is_reference() => {
                Label { zh: reference::open_name(self.world, ty, key), en: None }
            }
            _ => {
                let (zh, en) = (value.zh(ty), value.en(ty));
                Label { en: (en != zh).then_some(en), zh }
            }
        }
    }
}
