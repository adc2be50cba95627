//! Views (视图、报表): what is looked at, what is shown, who may ask.

use super::block::Block;
use super::field::Columns;
use super::{Keys, keys, party};
use crate::expr::{Expr, Found, Scope, Type};
use crate::findings::{names, reading, views};
use crate::model::Name;
use crate::model::view::{Chart, ChartKind, Column, Figure, Gantt, PeriodKind, Role, Source, View};
use crate::notes::SymbolKind;
use crate::scope::{Compiler, Line, Own, View as Place};
use crate::source::Words;
use crate::text::GridRow;

const KEYS: [&str; 14] = [
    "view", "no", "title", "note", "from", "where", "over", "period", "readers", "order", "late", "chart", "sheet",
    "clause",
];
const COLUMNS: [&str; 6] = ["column", "label", "label-en", "as", "value", "clause"];

/// Pairs of days of a Gantt chart: the plan, and what came of it.
const PAIRS_MAX: usize = 2;

/// Forms of `from`, for findings.
const FROM: &str = "PROCEDURE · REGISTER · each LEVEL · clocks of P · acts of P · documents of P · FUND.ACCOUNT · postings of FUND · tenures · readings";

/// A view; none after a finding about what it cannot do without.
pub(crate) fn read(block: &Block, base: &Place<'_>, compiler: &Compiler<'_>) -> Option<View> {
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let source = source(&keys, block, base, compiler)?;
    let period = keys.words("period").and_then(|words| period(words, compiler));
    let place = lines(&source, period.is_some(), base);
    let condition = |key: &str| keys.words(key).map(|words| compiler.condition(&place, words));
    let over = keys.words("over").map(|words| compiler.typed(&place, words, &Type::Date));
    if let (Some(over), None) = (keys.words("over"), period) {
        compiler.sink.add(reading::missing_key(&over.span, "period"));
    }
    let readers: Vec<_> =
        keys.list("readers").into_iter().filter_map(|words| party::reader(words, compiler.sink)).collect();
    if keys.get("readers").is_none() {
        compiler.sink.add(reading::missing_key(block.head(), "readers"));
    }
    let mut view = View {
        name: block.name.text.clone(),
        number: keys.words("no").map(|words| words.text.clone()),
        title: keys.label("title", &block.name.text),
        note: keys.get("note").and_then(|node| keys::label(node, compiler.sink)),
        only: condition("where"),
        late: condition("late"),
        over,
        period,
        readers,
        columns: columns(block, &source, &place, compiler)?,
        source,
        order: Vec::new(),
        chart: None,
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    };
    let named = Named { view: &view, regulation: compiler.outline.drafts[base.draft].id(), compiler };
    let (order, chart) = (named.order(&keys), keys.words("chart").and_then(|words| named.chart(words)));
    (view.order, view.chart) = (order, chart);
    Some(view)
}

fn source(keys: &Keys<'_>, block: &Block, base: &Place<'_>, compiler: &Compiler<'_>) -> Option<Source> {
    if keys.get("sheet").is_some() {
        let views = keys.names("sheet");
        let of = compiler.outline.drafts[base.draft].id();
        views.iter().for_each(|view| compiler.sink.found(&view.span, SymbolKind::View, of, &view.text));
        return Some(Source::Sheet(views.into_iter().map(|words| words.text).collect()));
    }
    let words = keys.required("from", block.head())?.trimmed();
    let outline = compiler.outline;
    if words.text == "readings" {
        return Some(Source::Readings);
    }
    if words.text == "tenures" && outline.register(base.draft, "tenures").is_none() {
        return Some(Source::Tenures);
    }
    if let Some(level) = words.after("each ") {
        if party::LEVELS.contains(&level.text.as_str()) {
            return Some(Source::Places(level.text));
        }
        compiler.sink.add(views::bad_source(&level.span, &level.text, FROM));
        return None;
    }
    type Make = fn(Vec<Name>) -> Source;
    let of: [(&str, Make); 3] =
        [("clocks of ", Source::Clocks), ("acts of ", Source::Acts), ("documents of ", Source::Documents)];
    if let Some((rest, make)) = of.into_iter().find_map(|(word, make)| Some((words.after(word)?, make))) {
        let listed = rest.inside('[', ']').unwrap_or(rest).split(",");
        let known: Option<Vec<Name>> = listed.iter().map(|name| compiler.procedure(base.draft, name)).collect();
        return known.map(make);
    }
    if let Some(fund) = words.after("postings of ") {
        if outline.fund(base.draft, &fund.text).is_some() {
            compiler.sink.found(&fund.span, SymbolKind::Fund, "", &fund.text);
            return Some(Source::Postings(fund.text));
        }
        let known = outline.funds.keys().map(String::as_str);
        compiler.sink.add(names::unknown_fund(&fund.span, &fund.text, known));
        return None;
    }
    base.found(Found::Thing(&words.text), &words.span);
    if base.account(&words.text).is_some() {
        return Some(Source::Subs(words.text));
    }
    if outline.procedure(base.draft, &words.text).is_some() {
        return Some(Source::Matters(words.text));
    }
    let register = outline.register(base.draft, &words.text);
    if register.is_some_and(|register| register.rows_of.is_none()) {
        return Some(Source::Rows(words.text));
    }
    match register.and_then(|register| register.rows_of.as_ref()) {
        Some(procedure) => Some(Source::Matters(compiler.procedure(base.draft, procedure)?)),
        None => {
            compiler.sink.add(views::bad_source(&words.span, &words.text, FROM));
            None
        }
    }
}

fn period(words: &Words, compiler: &Compiler<'_>) -> Option<PeriodKind> {
    let kind = PeriodKind::read(&words.text);
    if kind.is_none() {
        compiler.sink.add(reading::wrong_shape(
            &words.span,
            " `month`、`quarter`、`half-year` 或 `year`",
            "`month`, `quarter`, `half-year` or `year`",
        ));
    }
    kind
}

/// What expressions about one line see.
fn lines<'a>(source: &Source, has_period: bool, base: &Place<'a>) -> Place<'a> {
    let mut own: Vec<Own> = match source {
        Source::Clocks(all) => vec![Own::Line(Line::Clock(all.clone()))],
        Source::Acts(all) => vec![Own::Line(Line::Act(all.clone()))],
        Source::Documents(all) => vec![Own::Line(Line::Document(all.clone()))],
        Source::Readings => vec![Own::Line(Line::Reading)],
        Source::Tenures => vec![Own::Line(Line::Tenure)],
        Source::Rows(register) => vec![Own::Register(register.clone())],
        Source::Places(_) => vec![Own::Line(Line::Place)],
        Source::Subs(account) => vec![Own::Sub(account.clone())],
        Source::Postings(fund) => vec![Own::Line(Line::Posting(fund.clone())), Own::Fund(fund.clone())],
        Source::Matters(_) | Source::Sheet(_) => Vec::new(),
    };
    if has_period {
        own.insert(0, Own::Line(Line::Period));
    }
    let procedure = match source.procedures() {
        [one] => Some(one.clone()),
        [] => None,
        several => {
            own.push(Own::Line(Line::Matter(several.to_vec())));
            None
        }
    };
    own.extend(procedure.is_some().then_some(Own::Matter));
    Place { own, procedure, ..base.clone() }
}

fn columns(block: &Block, source: &Source, place: &Place<'_>, compiler: &Compiler<'_>) -> Option<Vec<Column>> {
    let sink = compiler.sink;
    let grid = match (&block.grid, source) {
        (_, Source::Sheet(_)) => return Some(Vec::new()),
        (Some(grid), _) => grid,
        (None, _) => {
            sink.add(reading::grid_missing(block.head(), "view"));
            return None;
        }
    };
    let found = Columns::find(grid, &COLUMNS, &["column", "label", "value"], block.head(), sink);
    let mut all: Vec<Column> = Vec::new();
    for row in &grid.rows {
        let Some(column) = column(block, &found, row, place, compiler) else { continue };
        match all.iter().find(|other| other.name == column.name) {
            Some(first) => sink.add(names::duplicate(&column.span, &column.name, &first.span)),
            None => all.push(column),
        }
    }
    Some(all)
}

fn column(block: &Block, found: &Columns, row: &GridRow, place: &Place<'_>, compiler: &Compiler<'_>) -> Option<Column> {
    let sink = compiler.sink;
    let name = found.cell(row, "column")?;
    keys::name(name, sink)?;
    let role = match found.filled(row, "as") {
        None => Role::Shown,
        Some(words) => role(words, compiler)?,
    };
    let wanted = match role {
        Role::Figure(Figure::Count | Figure::Share) => Some(Type::Bool),
        Role::ByTime(_) => Some(Type::Date),
        _ => None,
    };
    let value: Option<Expr> = found.filled(row, "value").map(|words| match &wanted {
        Some(ty) => compiler.typed(place, words, ty),
        None => compiler.any(place, words),
    });
    let of = value.as_ref().map_or(Type::Unknown, |value| value.ty.clone());
    if value.is_none() && role != Role::Figure(Figure::Count) {
        sink.add(reading::column_missing(&name.span, "value"));
        return None;
    }
    if let (Role::Figure(figure @ (Figure::Sum | Figure::Mean)), Some(value)) = (role, &value)
        && !matches!(value.ty, Type::Number { .. } | Type::Unknown)
    {
        sink.add(views::no_sum(value.span(), &value.text, &value.ty, figure));
    }
    let own = found.clauses(row);
    Some(Column {
        name: name.text.clone(),
        label: found.label(row, &name.text),
        role,
        ty: match role {
            Role::Figure(figure) => figure.ty(&of),
            _ => of,
        },
        personal: value.as_ref().and_then(|value| value.personal().iter().next().copied()),
        value,
        clauses: if own.is_empty() { block.clauses.clone() } else { own },
        span: name.span.clone(),
    })
}

/// What stands under `as`.
fn role(words: &Words, compiler: &Compiler<'_>) -> Option<Role> {
    const ROLES: [(&str, Role); 12] = [
        ("by", Role::By),
        ("by month", Role::ByTime(PeriodKind::Month)),
        ("by quarter", Role::ByTime(PeriodKind::Quarter)),
        ("by half-year", Role::ByTime(PeriodKind::HalfYear)),
        ("by year", Role::ByTime(PeriodKind::Year)),
        ("count", Role::Figure(Figure::Count)),
        ("share", Role::Figure(Figure::Share)),
        ("sum", Role::Figure(Figure::Sum)),
        ("mean", Role::Figure(Figure::Mean)),
        ("min", Role::Figure(Figure::Min)),
        ("max", Role::Figure(Figure::Max)),
        ("first", Role::Figure(Figure::First)),
    ];
    let found = ROLES.iter().find(|(word, _)| *word == words.text.trim());
    if found.is_none() {
        compiler.sink.add(views::bad_role(&words.span, &words.text, &ROLES.map(|(word, _)| word)));
    }
    found.map(|(_, role)| *role)
}

/// Columns of a view by their names.
struct Named<'a> {
    view: &'a View,
    regulation: &'a str,
    compiler: &'a Compiler<'a>,
}

impl Named<'_> {
    /// `[-days, number]`: columns, those with `-` downwards.
    fn order(&self, keys: &Keys<'_>) -> Vec<(Name, bool)> {
        let mut all = Vec::new();
        for words in keys.names("order") {
            let (name, down) = match words.after("-") {
                Some(name) => (name, true),
                None => (words, false),
            };
            if self.column(&name) {
                all.push((name.text, down));
            }
        }
        all
    }

    /// `bar`, `line of COLUMN`, `gantt of FROM to TO by LABEL`.
    fn chart(&self, words: &Words) -> Option<Chart> {
        let (kind, of) = match words.split_once(" of ") {
            Some((kind, of)) => (kind, Some(of)),
            None => (words.trimmed(), None),
        };
        let kind = match kind.text.as_str() {
            "bar" => ChartKind::Bar,
            "line" => ChartKind::Line,
            "stacked" => ChartKind::Stacked,
            "gantt" => return self.gantt(&kind, of.as_ref()).map(Chart::Gantt),
            "none" => return None,
            _ => {
                let shapes = (
                    " `bar`、`line`、`stacked`、`gantt of 起 to 止 by 名称` 或 `none`",
                    "`bar`, `line`, `stacked`, `gantt of FROM to TO by LABEL` or `none`",
                );
                self.compiler.sink.add(reading::wrong_shape(&kind.span, shapes.0, shapes.1));
                return None;
            }
        };
        let of = match of {
            Some(of) => self.column(&of).then_some(of.text)?,
            None => self.view.figures().next().map(|(_, column, _)| column.name.clone()).unwrap_or_default(),
        };
        Some(Chart::Figure { kind, of })
    }

    /// `FROM to TO by LABEL`; of two pairs with a comma between them the first is the plan.
    fn gantt(&self, kind: &Words, of: Option<&Words>) -> Option<Gantt> {
        let parts = of.and_then(|of| of.split_once(" by "));
        let pairs: Option<Vec<(Words, Words)>> =
            parts.as_ref().and_then(|(pairs, _)| pairs.split(",").iter().map(|pair| pair.split_once(" to ")).collect());
        let (Some((_, by)), Some(pairs)) = (&parts, pairs.filter(|pairs| pairs.len() <= PAIRS_MAX)) else {
            let shapes = (
                " `gantt of 起 to 止 by 名称`，或两对：`gantt of 计划起 to 计划止, 起 to 止 by 名称`",
                "`gantt of FROM to TO by LABEL`, or two pairs: `gantt of FROM to TO, FROM to TO by LABEL`",
            );
            self.compiler.sink.add(reading::wrong_shape(&of.unwrap_or(kind).span, shapes.0, shapes.1));
            return None;
        };
        let named = pairs.iter().flat_map(|(from, to)| [from, to]).chain([by]);
        // Every one is looked at, so that one run shows all mistakes.
        let unknown = named.filter(|name| !self.column(name)).count();
        let spans = pairs.iter().map(|(from, to)| (from.text.clone(), to.text.clone())).collect();
        (unknown == 0).then(|| Gantt { spans, by: by.text.clone() })
    }

    fn column(&self, name: &Words) -> bool {
        let known = self.view.column(&name.text).is_some();
        if known {
            let of = format!("{}/{}", self.regulation, self.view.name);
            self.compiler.sink.found(&name.span, SymbolKind::ViewColumn, &of, &name.text);
        } else {
            let columns = self.view.columns.iter().map(|column| column.name.as_str());
            self.compiler.sink.add(names::unknown_field(&name.span, &name.text, columns));
        }
        known
    }
}
