//! From texts to a checked rulebook and all findings.

use crate::blocks::{self, Kind, duty, form, front, fund, gather, procedure, register, share, view};
use crate::finding::{Finding, Severity};
use crate::findings::{Sink, names};
use crate::model::{
    self, Clause, ClauseId, ClauseStatus, Duty, Form, Fund, Name, Parameter, Procedure, Register, Regulation, Rulebook,
    Share, Supplement,
};
use crate::notes::SymbolKind;
use crate::overlay::{Seams, is_overlay, weave};
use crate::scope::{Compiler, Derived, Draft, Outline, View};
use crate::source::{Source, SourceFile};
use crate::span::Span;
use crate::text;
use sm3::{Digest, Sm3};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What a run of [`check`] found.
#[derive(Debug, Clone, Default)]
pub struct Checked {
    /// Regulations without errors, whose `uses` are without errors too.
    pub rulebook: Rulebook,
    /// Every finding, by file and place.
    pub findings: Vec<Finding>,
    /// The clauses of every regulation whose front matter could be read, also of those with errors.
    pub clauses: Vec<(Name, Clause)>,
    /// Every procedure, also of regulations with errors.
    pub procedures: Vec<Arc<Procedure>>,
    /// Where what was woven into other texts stands.
    pub seams: Seams,
}

/// Reads and checks regulations together, what counties supplement laid over its base. Never panics; one run shows all mistakes.
#[must_use]
pub fn check(files: &[SourceFile]) -> Checked {
    if !files.iter().any(|file| is_overlay(&file.text)) {
        return examine(files, Sink::default(), |_, _| ()).0;
    }
    let woven = weave(files);
    let checked = examine(&woven.files, Sink::default(), |_, _| ()).0;
    woven.lead_back(checked)
}

/// Reads and checks regulations together, and lets somebody look at what exists and what was noted before it is given up.
pub(crate) fn examine<T>(
    files: &[SourceFile],
    sink: Sink,
    look: impl FnOnce(&Outline<'_>, &Sink) -> T,
) -> (Checked, T) {
    let drafts = side_by_side(files, |file| file.text.len(), &sink, |_, file, own| draft(file, own));
    check_ids(&drafts, &sink);
    let outline = Outline::read(&drafts, &sink);
    let mut parts = side_by_side(
        &drafts,
        |draft| draft.source.text.len(),
        &sink,
        |draft, _, own| {
            let derived = Derived::new(own);
            let base = View { outline: &outline, derived: &derived, draft, procedure: None, own: Vec::new() };
            compile(&base, &Compiler { outline: &outline, sink: own })
        },
    );
    let clauses = crate::findings::run(&outline, &mut parts, &sink);
    let seen = look(&outline, &sink);
    let findings = sink.sorted().into_iter().map(|finding| complete(finding, &drafts)).collect();
    (finish(drafts, parts, clauses, findings), seen)
}

/// What is found while one of several texts is read, without the checks that look at everything: what an editor asks at each letter.
pub(crate) fn glance(files: &[SourceFile], index: usize) -> Vec<Finding> {
    let sink = Sink::default();
    let drafts = side_by_side(files, |file| file.text.len(), &sink, |_, file, own| draft(file, own));
    let outline = Outline::read(&drafts, &sink);
    let Some(draft) = drafts.get(index) else { return Vec::new() };
    let derived = Derived::new(&sink);
    let base = View { outline: &outline, derived: &derived, draft: index, procedure: None, own: Vec::new() };
    compile(&base, &Compiler { outline: &outline, sink: &sink });
    crate::findings::clauses_of(draft, &drafts, &sink);
    sink.sorted()
}

/// The compiled blocks of one file.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    pub parameters: BTreeMap<Name, Arc<Parameter>>,
    pub registers: BTreeMap<Name, Arc<Register>>,
    pub forms: BTreeMap<Name, Arc<Form>>,
    pub procedures: BTreeMap<Name, Arc<Procedure>>,
    pub duties: BTreeMap<Name, Arc<Duty>>,
    pub views: BTreeMap<Name, Arc<model::View>>,
    pub funds: BTreeMap<Name, Arc<Fund>>,
    pub shares: BTreeMap<Name, Arc<Share>>,
}

/// Does the same with many things side by side, as many at a time as there are cores and the heaviest first. What is found is told in the order of the
/// things, so that it does not depend on which was done first.
pub(crate) fn side_by_side<A: Sync, B: Send>(
    all: &[A],
    weight: impl Fn(&A) -> usize,
    sink: &Sink,
    task: impl Fn(usize, &A, &Sink) -> B + Sync,
) -> Vec<B> {
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|&place| Reverse(weight(&all[place])));
    let next = AtomicUsize::new(0);
    let noting = sink.is_noting();
    let work = || {
        let places = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed));
        let places = places.map_while(|turn| order.get(turn).copied());
        let done = |place| {
            let own = Sink::new(noting);
            (place, task(place, &all[place], &own), own)
        };
        places.map(done).collect::<Vec<_>>()
    };
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let mut done: Vec<(usize, B, Sink)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..cores.min(all.len())).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic))).collect()
    });
    done.sort_unstable_by_key(|(place, ..)| *place);
    let keep = |(_, made, own)| {
        sink.take_in(own);
        made
    };
    done.into_iter().map(keep).collect()
}

fn draft(file: &SourceFile, sink: &Sink) -> Draft {
    let source = Source { file: Arc::from(file.name.as_str()), text: Arc::from(file.text.as_str()) };
    let mut text = text::read(&source, sink);
    let front = text.front.as_ref().and_then(|piece| front::read(&source, piece, sink));
    let blocks = gather(&source, &mut text, sink);
    Draft { source, front, text, blocks }
}

/// Ids are unique, and what is used is there.
fn check_ids(drafts: &[Draft], sink: &Sink) {
    let mut first = BTreeMap::new();
    let fronts: Vec<&blocks::front::Front> = drafts.iter().filter_map(|draft| draft.front.as_ref()).collect();
    for front in &fronts {
        if let Some(other) = first.insert(front.id.as_str(), &front.span) {
            sink.add(names::duplicate(&front.span, &front.id, other));
        }
    }
    for used in fronts.iter().flat_map(|front| &front.uses) {
        if !first.contains_key(used.text.as_str()) {
            sink.add(names::unknown_regulation(&used.span, &used.text, first.keys().copied()));
        }
        sink.found(&used.span, SymbolKind::Regulation, "", &used.text);
    }
}

/// Compiles the blocks of the file at whose top a view stands.
fn compile(base: &View<'_>, compiler: &Compiler<'_>) -> Parts {
    let (outline, index) = (compiler.outline, base.draft);
    let draft = &outline.drafts[index];
    let mut parts = Parts::default();
    let own = outline.parameters.iter().filter(|(_, (draft, _))| *draft == index);
    parts.parameters = own.map(|(name, (_, parameter))| (name.clone(), Arc::new(parameter.clone()))).collect();
    for block in &draft.blocks {
        let name = &block.name.text;
        match block.kind {
            Kind::Register => {
                let register = register::read(outline, block, base, compiler);
                parts.registers.insert(name.clone(), Arc::new(register));
            }
            Kind::Form => {
                let form = form::read(outline, block, base, compiler);
                parts.forms.insert(name.clone(), Arc::new(form));
            }
            Kind::View => match parts.views.get(name) {
                Some(first) => compiler.sink.add(names::duplicate(&block.name.span, name, &first.span)),
                None => {
                    if let Some(view) = view::read(block, base, compiler) {
                        parts.views.insert(name.clone(), Arc::new(view));
                    }
                }
            },
            _ => {}
        }
    }
    for (name, names) in outline.procedures.iter().filter(|(_, names)| names.draft == index) {
        parts.procedures.insert(name.clone(), Arc::new(procedure::read(names, base, compiler)));
    }
    for (name, (_, block)) in outline.duties.iter().filter(|(_, (draft, _))| *draft == index) {
        if let Some(duty) = duty::read(block, base, compiler) {
            parts.duties.insert(name.clone(), Arc::new(duty));
        }
    }
    for (name, names) in outline.funds.iter().filter(|(_, names)| names.draft == index) {
        parts.funds.insert(name.clone(), Arc::new(fund::read(names, base, compiler)));
    }
    for (name, (_, block)) in outline.shares.iter().filter(|(_, (draft, _))| *draft == index) {
        if let Some(share) = share::read(block, base, compiler) {
            parts.shares.insert(name.clone(), Arc::new(share));
        }
    }
    parts
}

/// A finding with its clause and a hint, its places on whole characters.
fn complete(mut finding: Finding, drafts: &[Draft]) -> Finding {
    let draft = drafts.iter().find(|draft| draft.source.file == finding.span.file);
    if finding.clause.is_none() {
        finding.clause = draft.and_then(|draft| clause_at(draft, &finding.span));
    }
    for span in std::iter::once(&mut finding.span).chain(finding.related.iter_mut().map(|(span, _)| span)) {
        if let Some(draft) = drafts.iter().find(|draft| draft.source.file == span.file) {
            span.start = draft.source.text.floor_char_boundary(span.start);
            span.end = draft.source.text.ceil_char_boundary(span.end.max(span.start));
        }
    }
    if finding.hint.is_none() {
        let page = format!("docs/findings/{}.md", finding.code);
        finding = finding.hint(format!("写法见 {page}"), format!("see {page}"));
    }
    finding
}

/// The clause that a place belongs to: that of its block, or the nearest one above.
fn clause_at(draft: &Draft, span: &Span) -> Option<ClauseId> {
    let block = draft.blocks.iter().find(|block| {
        let last = block.second.as_ref().or(block.grid.as_ref());
        let end = last.map_or(block.span.end, |grid| grid.span.end);
        block.span.start <= span.start && span.start < end
    });
    if let Some(clause) = block.and_then(|block| block.clauses.first()) {
        return Some(clause.clone());
    }
    let above = draft.text.clauses.iter().rev().find(|clause| clause.span.start <= span.start);
    above.map(|clause| clause.id.clone())
}

/// Leaves out regulations with errors and those that use them.
fn finish(drafts: Vec<Draft>, parts: Vec<Parts>, clauses: Vec<Vec<Clause>>, findings: Vec<Finding>) -> Checked {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut broken: BTreeSet<&str> = errors.map(|finding| &*finding.span.file).collect();
    loop {
        let dropped = drafts.iter().filter(|draft| broken.contains(&*draft.source.file)).map(Draft::id);
        let dropped: Vec<&str> = dropped.collect();
        let uses_dropped = |draft: &&Draft| {
            let uses = draft.front.as_ref().map(|front| front.uses.as_slice()).unwrap_or_default();
            uses.iter().any(|used| dropped.contains(&used.text.as_str()))
        };
        let before = broken.len();
        broken.extend(drafts.iter().filter(uses_dropped).map(|draft| &*draft.source.file));
        if broken.len() == before {
            break;
        }
    }
    let mut checked = Checked::default();
    let broken: BTreeSet<String> = broken.into_iter().map(str::to_owned).collect();
    // What stays is copied out before anything that was read is given back: a piece left between others would keep their whole page.
    for ((draft, parts), clauses) in drafts.iter().zip(parts).zip(clauses) {
        checked.procedures.extend(parts.procedures.values().cloned());
        checked.clauses.extend(clauses.iter().map(|clause| (draft.id().to_string(), clause.clone())));
        if !broken.contains(&*draft.source.file)
            && let Some(regulation) = regulation(draft, parts, clauses)
        {
            checked.rulebook.regulations.insert(regulation.id.clone(), Arc::new(regulation));
        }
    }
    checked.findings = findings;
    checked
}

/// A copy of what lasts of a draft, with its parts; `None` of a text without front matter.
fn regulation(draft: &Draft, parts: Parts, clauses: Vec<Clause>) -> Option<Regulation> {
    let Draft { source, front, text, .. } = draft;
    let front = front.clone()?;
    let at = text.supplement.unwrap_or(source.text.len());
    Some(Regulation {
        id: front.id,
        title: front.title,
        number: front.number,
        issuer: front.issuer,
        issued: front.issued,
        effective: front.effective,
        until: front.until,
        trial: front.trial,
        public: front.public,
        supplement: front.supplement.map(|supplement| Box::new(Supplement { at, ..supplement })),
        basis: front.basis,
        uses: front.uses.into_iter().map(|used| used.text).collect(),
        version: hex::encode(Sm3::digest(source.text.as_bytes())),
        file: source.file.to_string(),
        source: Arc::clone(&source.text),
        text: text.elements.clone(),
        clauses,
        parameters: parts.parameters,
        registers: parts.registers,
        forms: parts.forms,
        procedures: parts.procedures,
        duties: parts.duties,
        views: parts.views,
        funds: parts.funds,
        shares: parts.shares,
    })
}

/// Whether a clause is carried out, marked as narrative, or neither.
pub(crate) fn status(clause: &Clause, blocks: &[String]) -> ClauseStatus {
    match (blocks.is_empty(), clause.status) {
        (_, ClauseStatus::NotApplied) => ClauseStatus::NotApplied,
        (false, _) => ClauseStatus::Implemented,
        (true, status) => status,
    }
}
