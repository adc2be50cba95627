//! The findings: one file per kind of mistake, with its code, sentences and page in `docs/findings/`.
//!
//! A new check is one file here and one line in [`catalogue`].

mod ambiguity;
mod basis;
mod case;
mod clauses;
mod clocks;
mod confidential;
mod corrections;
mod cycles;
mod documents;
mod duties;
mod expressions;
pub(crate) mod funds;
mod grounds;
mod hands;
pub(crate) mod keeping;
pub(crate) mod names;
pub(crate) mod overlays;
pub(crate) mod printed;
mod privacy;
pub(crate) mod reading;
pub(crate) mod shares;
mod tables;
mod templates;
mod unread;
mod usage;
pub(crate) mod views;
mod ways;
mod worst_case;

pub use templates::check_templates;

use crate::checking::{Parts, side_by_side};
use crate::expr::Type;
use crate::finding::{Finding, Severity};
use crate::model::Clause;
use crate::notes::{Notes, Symbol, SymbolKind};
use crate::scope::{Derived, Draft, Outline, View};
use crate::span::Span;
use case::Checks;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What a code means: the source of its page in `docs/findings/`.
#[derive(Debug, Clone, Copy)]
pub struct Page {
    /// Stable code.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// Why it matters and what to do.
    pub why: &'static str,
    /// Where the examples stand: `whole`, at places of one of the scaffolds in `tests/scaffolds/` (`permit: acts + blocks`; their parts are
    /// divided by a line `…`), or `sketch` where they only hint at what no page can show.
    pub within: &'static str,
    /// A wrong example.
    pub wrong: &'static str,
    /// The same, right.
    pub right: &'static str,
}

impl Page {
    /// The page as Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let severity = match self.severity {
            Severity::Error => "错误 error",
            Severity::Warning => "警告 warning",
        };
        let Page { code, zh, en, why, within, wrong, right, .. } = self;
        let example = |text: &str| format!("````markdown {within}\n{}\n````\n", text.trim_matches('\n'));
        format!(
            "# {code} {zh}\n\n{en} ({severity})\n\n{why}\n\n## 错例 Wrong\n\n{}\n## 正例 Right\n\n{}",
            example(wrong),
            example(right)
        )
    }
}

/// Collects findings. Reading and checking go on after each, so that one run shows all mistakes.
#[derive(Debug, Default)]
pub(crate) struct Sink {
    list: RefCell<Vec<Finding>>,
    known: RefCell<BTreeSet<(&'static str, Span, String)>>,
    /// Files with blocks that could not be read.
    lost: RefCell<BTreeSet<Arc<str>>>,
    /// Names of a file that are there, but could not be understood.
    excused: RefCell<BTreeMap<Arc<str>, Vec<String>>>,
    /// What names stand for, where an editor wants to know.
    notes: Option<RefCell<Notes>>,
}

/// Findings that something is not there. Where a block could not be read, they would mislead.
const OF_ABSENCE: [&str; 8] = ["GB0206", "GB0207", "GB0208", "GB0209", "GB0210", "GB0223", "GB0226", "GB0227"];
/// Findings that a name means nothing; they would mislead about the names of a lost block.
const OF_NAMES: [&str; 3] = ["GB0104", "GB0111", "GB0201"];

impl Sink {
    /// An empty one, which may also note what names stand for.
    pub fn new(noting: bool) -> Sink {
        Sink { notes: noting.then(RefCell::default), ..Sink::default() }
    }

    /// Whether it notes what names stand for.
    pub fn is_noting(&self) -> bool {
        self.notes.is_some()
    }

    /// Notes what a name stands for.
    pub fn found(&self, span: &Span, kind: SymbolKind, of: &str, name: &str) {
        if self.is_noting() {
            self.note(span, Symbol::new(kind, of, name), None);
        }
    }

    /// The same of a symbol, with the type of what has no definition to tell it.
    pub fn note(&self, span: &Span, symbol: Symbol, ty: Option<Type>) {
        if let Some(notes) = &self.notes {
            notes.borrow_mut().found.insert((span.clone(), symbol), ty);
        }
    }

    /// Notes that a name stands for what the last name at another place stands for.
    pub fn same(&self, span: &Span, other: &Span) {
        if let Some(notes) = &self.notes {
            notes.borrow_mut().same.push((span.clone(), other.clone()));
        }
    }

    /// What was noted so far.
    pub fn notes(&self) -> Notes {
        self.notes.as_ref().map(RefCell::take).unwrap_or_default()
    }

    /// Adds a finding, unless the same was found at the same place already.
    pub fn add(&self, finding: Finding) {
        let key = (finding.code, finding.span.clone(), finding.message.zh.clone());
        if self.known.borrow_mut().insert(key) {
            self.list.borrow_mut().push(finding);
        }
    }

    /// Adds what another one holds.
    pub fn take_in(&self, other: Sink) {
        if let (Some(notes), Some(other)) = (&self.notes, other.notes) {
            notes.borrow_mut().take_in(other.into_inner());
        }
        other.list.into_inner().into_iter().for_each(|finding| self.add(finding));
        self.lost.borrow_mut().extend(other.lost.into_inner());
        for (file, names) in other.excused.into_inner() {
            self.excused.borrow_mut().entry(file).or_default().extend(names);
        }
    }

    /// Where the errors found so far are.
    pub fn errors(&self) -> Vec<Span> {
        let list = self.list.borrow();
        let errors = list.iter().filter(|finding| finding.severity == Severity::Error);
        errors.map(|finding| finding.span.clone()).collect()
    }

    /// Notes that a block could not be read, with the name that it would have defined.
    pub fn lost(&self, file: &Arc<str>, name: Option<&str>) {
        self.lost.borrow_mut().insert(Arc::clone(file));
        name.iter().for_each(|name| self.excuse(file, name));
    }

    /// Notes that a name is there, though a mistake hides what it means.
    pub fn excuse(&self, file: &Arc<str>, name: &str) {
        self.excused.borrow_mut().entry(Arc::clone(file)).or_default().push(name.to_string());
    }

    /// Everything found, in order of file and place; without what only follows from other mistakes.
    pub fn sorted(self) -> Vec<Finding> {
        let mut list = self.list.into_inner();
        let (lost, excused) = (self.lost.into_inner(), self.excused.into_inner());
        list.retain(|finding| {
            let file = &finding.span.file;
            let excused = excused.get(file).map(Vec::as_slice).unwrap_or_default();
            let names_one = || excused.iter().any(|name| finding.message.zh.contains(&format!("`{name}`")));
            let follows = (lost.contains(file) && OF_ABSENCE.contains(&finding.code))
                || (OF_NAMES.contains(&finding.code) && names_one());
            !follows
        });
        list.sort_by(|a, b| (&a.span, a.code, &a.message.zh).cmp(&(&b.span, b.code, &b.message.zh)));
        list
    }
}

/// A kind of check that looks at everything there is.
type Check = fn(&Checks<'_>);

/// The checks in their order; each list is done beside the other, since the first two take as long as all others.
const CHECKS: [&[Check]; 2] = [
    &[grounds::run, unread::run],
    &[
        ambiguity::run,
        ways::run,
        hands::run,
        clocks::run,
        duties::run,
        privacy::run,
        documents::run,
        corrections::run,
        tables::run,
        cycles::run,
        views::run,
        funds::run,
        shares::run,
        confidential::run,
        keeping::run,
        basis::run,
    ],
];

/// Checks everything that shows only when all is read. Gives the clauses of each file with their status.
pub(crate) fn run(outline: &Outline<'_>, parts: &mut [Parts], sink: &Sink) -> Vec<Vec<Clause>> {
    let (read, mistakes): (&[Parts], _) = (parts, sink.errors());
    side_by_side(
        &CHECKS,
        |_| 0,
        sink,
        |_, checks, own| {
            let derived = Derived::new(own);
            let base = View { outline, derived: &derived, draft: 0, procedure: None, own: Vec::new() };
            let all = Checks { outline, parts: read, base: &base, mistakes: &mistakes, sink: own };
            checks.iter().for_each(|check| check(&all));
        },
    );
    let parameters = parts.iter().flat_map(|parts| parts.parameters.clone()).collect();
    let worst = case::all(outline, parts)
        .filter_map(|case| Some((case.model.name.clone(), worst_case::of_procedure(case, &parameters)?)))
        .collect();
    worst_case::fill(parts, worst);
    clauses::run(outline, sink)
}

/// Looks whether the clauses that a file names are there.
pub(crate) fn clauses_of(draft: &Draft, all: &[Draft], sink: &Sink) {
    clauses::of_draft(draft, all, sink);
}

/// All pages, by code.
#[must_use]
pub fn catalogue() -> Vec<Page> {
    let mut pages: Vec<Page> = [
        reading::PAGES,
        names::PAGES,
        clauses::PAGES,
        ways::PAGES,
        hands::PAGES,
        clocks::PAGES,
        grounds::PAGES,
        duties::PAGES,
        printed::PAGES,
        privacy::PAGES,
        documents::PAGES,
        unread::PAGES,
        corrections::PAGES,
        tables::PAGES,
        basis::PAGES,
        templates::PAGES,
        views::PAGES,
        funds::PAGES,
        shares::PAGES,
        confidential::PAGES,
        keeping::PAGES,
        overlays::PAGES,
    ]
    .concat();
    pages.extend(expressions::pages());
    pages.sort_by_key(|page| page.code);
    pages
}
