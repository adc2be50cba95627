//! Views (视图、报表): named questions about what is kept, answered anew each time they are asked.

use super::{ClauseId, Label, Name, Personal, Reader};
use crate::expr::{Expr, Type, Unit};
use crate::span::Span;

/// A view: which lines it looks at, what it shows of each, and how it adds them up.
#[derive(Debug, Clone)]
pub struct View {
    /// Name, unique in its regulation.
    pub name: Name,
    /// The number under which people know it (`rp-05`).
    pub number: Option<String>,
    /// Title.
    pub title: Label,
    /// What readers should know: how a forecast is made, what is not counted.
    pub note: Option<Label>,
    /// Where its lines come from.
    pub source: Source,
    /// Only lines for which this holds.
    pub only: Option<Expr>,
    /// The date by which the chosen period picks lines.
    pub over: Option<Expr>,
    /// The period shown first; `None`: it shows how things stand now, and no period can be chosen.
    pub period: Option<PeriodKind>,
    /// Who may ask. A reader of an office sees the places of that office only.
    pub readers: Vec<Reader>,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Order: columns, each downwards or not. Those of lines order lines, figures order groups.
    pub order: Vec<(Name, bool)>,
    /// Lines for which this holds are late (逾期).
    pub late: Option<Expr>,
    /// The figure drawn above the table.
    pub chart: Option<Chart>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// Where the lines of a view come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// Matters of a procedure.
    Matters(Name),
    /// Rows of a register.
    Rows(Name),
    /// Places of a level.
    Places(Name),
    /// Deadlines of matters of these procedures, kept and running.
    Clocks(Vec<Name>),
    /// Acts done in matters of these procedures.
    Acts(Vec<Name>),
    /// Documents issued in matters of these procedures.
    Documents(Vec<Name>),
    /// Sub-accounts of a fund's account, by its path.
    Subs(Name),
    /// What was posted on a fund: a line for each side of an entry.
    Postings(Name),
    /// Who holds and held which post (任期).
    Tenures,
    /// Looks at personal data (查阅记录).
    Readings,
    /// No lines of its own: these views of the same regulation on one sheet (汇总表).
    Sheet(Vec<Name>),
}

impl Source {
    /// The fund whose sub-accounts or postings it looks at.
    #[must_use]
    pub fn fund(&self) -> Option<&str> {
        match self {
            Source::Subs(account) => account.split_once('.').map(|(fund, _)| fund),
            Source::Postings(fund) => Some(fund),
            _ => None,
        }
    }

    /// The procedures whose matters it looks at.
    #[must_use]
    pub fn procedures(&self) -> &[Name] {
        match self {
            Source::Matters(procedure) => std::slice::from_ref(procedure),
            Source::Clocks(all) | Source::Acts(all) | Source::Documents(all) => all,
            Source::Rows(_)
            | Source::Places(_)
            | Source::Subs(_)
            | Source::Postings(_)
            | Source::Tenures
            | Source::Readings
            | Source::Sheet(_) => &[],
        }
    }
}

/// A column of a view.
#[derive(Debug, Clone)]
pub struct Column {
    /// Name.
    pub name: Name,
    /// Heading.
    pub label: Label,
    /// What it is for.
    pub role: Role,
    /// Value of a line; a count of all lines has none.
    pub value: Option<Expr>,
    /// Type of what is shown: of a figure, that of the figure.
    pub ty: Type,
    /// The kind of personal data that its value shows, if any.
    pub personal: Option<Personal>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Column {
    /// Whether it stands on the right.
    #[must_use]
    pub fn is_number(&self) -> bool {
        matches!(self.ty, Type::Number { .. } | Type::TermOf(_)) && !matches!(self.role, Role::ByTime(_))
    }
}

/// What a column is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Shown of each line.
    Shown,
    /// Lines with the same value form a group; with several values, a line belongs to several groups.
    By,
    /// The same by the month, quarter or year of a date.
    ByTime(PeriodKind),
    /// Summed up over the lines of a group.
    Figure(Figure),
}

/// How lines are summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Figure {
    /// How many, of those for which the value holds where there is one.
    Count,
    /// Of those for which the value is known, the percentage for which it holds, to one decimal.
    Share,
    /// Sum.
    Sum,
    /// Arithmetic mean of the known values, to one decimal.
    Mean,
    /// The smallest.
    Min,
    /// The largest.
    Max,
    /// The value of the first line in the order of the view.
    First,
}

impl Figure {
    /// The type of the figure, for values of this type.
    #[must_use]
    pub fn ty(self, value: &Type) -> Type {
        match (self, value) {
            (Figure::Count, _) => Type::whole(),
            (Figure::Share, _) => Type::Number { unit: Unit::symbol("percent"), whole: false },
            (Figure::Mean, Type::Number { unit, .. }) => Type::Number { unit: unit.clone(), whole: false },
            _ => value.clone(),
        }
    }
}

/// Kinds of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PeriodKind {
    /// A month.
    Month,
    /// A quarter.
    Quarter,
    /// The first or second half of a year.
    HalfYear,
    /// A year.
    Year,
}

impl PeriodKind {
    /// The kind of that word.
    #[must_use]
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "month" => Some(PeriodKind::Month),
            "quarter" => Some(PeriodKind::Quarter),
            "half-year" => Some(PeriodKind::HalfYear),
            "year" => Some(PeriodKind::Year),
            _ => None,
        }
    }
}

/// What is drawn above the table (图).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Chart {
    /// A figure column, by group.
    Figure {
        /// How.
        kind: ChartKind,
        /// The column.
        of: Name,
    },
    /// What takes time, from a day to a day (甘特图).
    Gantt(Gantt),
}

/// Lines, or groups where the view sums up, each as bars over time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gantt {
    /// Columns of the first and the last day; of two pairs, the first is what was planned and the second what came of it.
    pub spans: Vec<(Name, Name)>,
    /// The column that names a bar.
    pub by: Name,
}

/// Kinds of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChartKind {
    /// A bar for each group.
    Bar,
    /// A line over time.
    Line,
    /// A bar for each value of the first grouping, in parts by the second.
    Stacked,
}

impl View {
    /// The column of that name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<(usize, &Column)> {
        self.columns.iter().enumerate().find(|(_, column)| column.name == name)
    }

    /// The columns that form groups.
    pub fn groupings(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, column)| matches!(column.role, Role::By | Role::ByTime(_)))
    }

    /// The columns that are summed up.
    pub fn figures(&self) -> impl Iterator<Item = (usize, &Column, Figure)> {
        self.columns.iter().enumerate().filter_map(|(index, column)| match column.role {
            Role::Figure(figure) => Some((index, column, figure)),
            _ => None,
        })
    }

    /// Columns shown of single lines: not counts of all lines, nor what is only picked from among them; what two figures look at, once.
    pub fn of_lines(&self) -> impl Iterator<Item = (usize, &Column)> {
        let text = |column: &Column| column.value.as_ref().map(|value| value.text.clone());
        let seen = move |index: usize, column: &Column| {
            let before = &self.columns[..index];
            before.iter().any(|before| matches!(before.role, Role::Figure(_)) && text(before) == text(column))
        };
        self.columns.iter().enumerate().filter(move |(index, column)| match column.role {
            Role::Figure(Figure::First) => false,
            Role::Figure(_) => column.value.is_some() && !seen(*index, column),
            _ => true,
        })
    }

    /// Columns shown of groups.
    pub fn of_groups(&self) -> impl Iterator<Item = (usize, &Column)> {
        self.columns.iter().enumerate().filter(|(_, column)| column.role != Role::Shown)
    }

    /// Whether it sums lines up; otherwise it lists them.
    #[must_use]
    pub fn sums(&self) -> bool {
        self.figures().next().is_some()
    }
}
