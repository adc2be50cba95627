//! Reports (报表): what pages, sheets and the interface have in common about the views of regulations. What a view shows and to whom
//! is the engine's; here addresses are read and values written.

use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::show;
use crate::lang::Lang;
use crate::pages::documents::viewer;
use crate::problem::Problem;
use crate::visit::Visitor;
use engine::rights::view_areas;
use engine::view::{Asked, Looked, Period, Report, report};
use regulation::expr::{Type, Value};
use regulation::model::view::{Column, PeriodKind, Role, Source};
use regulation::model::{Personal, Regulation, View};
use std::sync::Arc;
use store::Snapshot;

/// Looks at personal data that a view reads at most.
const READINGS_MAX: usize = 100_000;

/// What an address asks for: a period, a place, a group.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    pub(crate) period: Option<String>,
    /// From a day to a day, instead of a named period.
    pub(crate) days: Option<(String, String)>,
    pub(crate) place: Option<String>,
    pub(crate) group: Option<String>,
}

impl Wanted {
    /// Reads it out of the pairs of a query.
    pub(crate) fn read(value: impl Fn(&str) -> Option<String>) -> Wanted {
        let value = |name: &str| value(name).filter(|value| !value.is_empty());
        Wanted {
            period: value("period"),
            days: value("from").zip(value("to")),
            place: value("place"),
            group: value("group"),
        }
    }

    fn period(&self) -> Result<Option<Period>, Problem> {
        let text = match (&self.days, &self.period) {
            (Some((from, to)), _) => format!("{from}..{to}"),
            (None, Some(period)) => period.clone(),
            (None, None) => return Ok(None),
        };
        let unreadable = || {
            Problem::unreadable(format!("看不懂期间“{text}”"), format!("`{text}` is no period")).hint(
                "写 2022、2022-Q1、2022-03，或从某日到某日（先后不能颠倒）。",
                "Write 2022, 2022-Q1, 2022-03, or from one day to a later one.",
            )
        };
        Period::read(&text).map(Some).ok_or_else(unreadable)
    }
}

/// A visitor's look at a view.
pub(crate) struct Look<'a> {
    pub(crate) snapshot: &'a dyn Snapshot,
    pub(crate) visitor: &'a Visitor,
    pub(crate) regulation: &'a Arc<Regulation>,
    pub(crate) view: &'a Arc<View>,
    /// The places on which they may ask.
    pub(crate) areas: Vec<String>,
    pub(crate) asked: Asked,
}

impl<'a> Look<'a> {
    /// Whoever may not ask learns no more than that there is nothing for them.
    pub(crate) fn new(
        snapshot: &'a dyn Snapshot,
        visitor: &'a Visitor,
        (regulation, name): (&str, &str),
        wanted: &Wanted,
    ) -> Result<Look<'a>, Problem> {
        let world = snapshot.world();
        let found = world.rulebook().regulations.get(regulation);
        let found = found.and_then(|regulation| Some((regulation, regulation.views.get(name)?)));
        let missing = || match visitor.person {
            Some(_) => Problem::not_found(
                "没有这张报表，或者不对您的岗位开放",
                "There is no such report, or none for your post",
            ),
            None => Problem::sign_in_first(),
        };
        let (regulation, view) = found.ok_or_else(missing)?;
        let areas = view_areas(world.county(), &viewer(visitor), (regulation, view), visitor.now);
        let first = areas.first().ok_or_else(missing)?;
        let mut asked = Asked::new(view, wanted.place.as_ref().unwrap_or(first), visitor.now);
        if !world.county().places.contains_key(&asked.area) {
            return Err(Problem::not_found("没有这个地方", "There is no such place"));
        }
        if !areas.iter().any(|outer| world.county().contains(outer, &asked.area)) {
            return Err(Problem::forbidden("这里不在您的辖区", "This place is not in your area"));
        }
        if let (Some(period), Some(_)) = (wanted.period()?, view.period) {
            asked.period = Some(period);
        }
        asked.group.clone_from(&wanted.group);
        Ok(Look { snapshot, visitor, regulation, view, areas, asked })
    }

    /// The same question put to another view of the regulation: a part of a sheet.
    pub(crate) fn part(&self, name: &str) -> Option<Look<'a>> {
        let view = self.regulation.views.get(name)?;
        let period = view.period.and(self.asked.period.or_else(|| Asked::new(view, "", self.visitor.now).period));
        let asked = Asked { period, group: None, ..self.asked.clone() };
        Some(Look { view, asked, areas: self.areas.clone(), ..*self })
    }

    /// The answer.
    pub(crate) fn report(&self) -> Result<Report, Problem> {
        let looked = if self.view.source == Source::Readings { self.looked()? } else { Vec::new() };
        let answer = report(self.snapshot.world(), self.regulation, self.view, &self.asked, &looked);
        self.snapshot.fault()?;
        Ok(answer)
    }

    fn looked(&self) -> Result<Vec<Looked>, Problem> {
        let whole = Period::around(PeriodKind::Year, self.visitor.now.date());
        let period = self.asked.period.unwrap_or(whole);
        let found = self.snapshot.readings_within(period.from, period.to, READINGS_MAX)?;
        let looked = found.into_iter().map(|reading| Looked {
            subject: reading.subject,
            at: reading.at,
            person: reading.person,
            post: reading.post,
            kind: reading.kind,
            why: reading.why,
        });
        Ok(looked.collect())
    }

    pub(crate) fn names(&self, lang: Lang) -> Names<'a> {
        Names { world: self.snapshot.world(), lang }
    }

    pub(crate) fn title(&self) -> &'a str {
        self.visitor.lang.label(&self.view.title)
    }

    pub(crate) fn address(&self) -> String {
        format!("/reports/{}/{}", self.regulation.id, self.view.name)
    }

    /// The address at which this is asked: the visitor's own, or that of a part of the sheet that they look at.
    pub(crate) fn here(&self) -> String {
        let own = self.visitor.here.split('?').next() == Some(self.address().as_str());
        if own { self.visitor.here.clone() } else { format!("{}?{}", self.address(), self.asked_again()) }
    }

    /// The query that asks the same of another view.
    fn asked_again(&self) -> String {
        let period = self.asked.period.map(|period| format!("period={}&", period.code())).unwrap_or_default();
        format!("{period}place={}", self.asked.area)
    }
}

/// Views that a visitor may ask for, with their regulations.
pub(crate) fn open_to<'a>(snapshot: &'a dyn Snapshot, visitor: &Visitor) -> Vec<(&'a Arc<Regulation>, &'a Arc<View>)> {
    let world = snapshot.world();
    let viewer = viewer(visitor);
    let all = world.rulebook().regulations.values();
    let all = all.flat_map(|regulation| regulation.views.values().map(move |view| (regulation, view)));
    all.filter(|(regulation, view)| !view_areas(world.county(), &viewer, (regulation, view), visitor.now).is_empty())
        .collect()
}

/// A period as people say it.
pub(crate) fn period_words(lang: Lang, period: &Period) -> String {
    match (lang, period.kind()) {
        (Lang::Zh, _) => period.zh(),
        (Lang::En, Some(_)) => period.code(),
        (Lang::En, None) => format!("{} – {}", lang.date(period.from), lang.date(period.to)),
    }
}

/// A value of a column as people read it; empty where it is missing. What is masked elsewhere is masked here.
pub(crate) fn shown(names: Names<'_>, column: &Column, value: &Value) -> String {
    match (column.role, value) {
        (Role::ByTime(kind), Value::Date(day)) => period_words(names.lang, &Period::around(kind, *day)),
        _ if value.is_missing() => String::new(),
        (Role::By, value) => {
            let ty = column.ty.element().unwrap_or_else(|| column.ty.clone());
            covered(column, show::show(names, &ty, value))
        }
        (_, value) => covered(column, show::show(names, &value_type(column, value), value)),
    }
}

/// In the list of lines, a column of figures shows what a line adds to it.
fn value_type(column: &Column, value: &Value) -> Type {
    match value {
        Value::Bool(_) => Type::Bool,
        _ => column.ty.clone(),
    }
}

fn covered(column: &Column, text: String) -> String {
    let masked = matches!(column.ty, Type::IdNumber | Type::Phone | Type::BankCard)
        || matches!(column.personal, Some(Personal::Bank | Personal::Health));
    if masked { mask::cover(&text) } else { text }
}
