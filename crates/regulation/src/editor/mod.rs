//! What an editor of regulations (编辑器) asks: what a name is, where it is defined, where it is used, what could stand here,
//! what another name would change.
//!
//! Pure functions over a folder of texts read together. They know what the reader of regulations noted while it read
//! ([`crate::notes`]), so an answer never differs from what is checked; and a text with mistakes is answered from what could be
//! read of it. Places are bytes; whoever speaks with an editor counts as it does.

mod align;
mod complete;
mod contents;
mod definitions;
mod hover;
mod rename;
mod words;

pub use crate::notes::{Symbol, SymbolKind};
pub use complete::{Completion, Completions};
pub use contents::Heading;
pub use definitions::Definition;
pub use hover::Hover;
pub use rename::{Beside, Edit, applied};

use crate::checking::{Checked, check, examine};
use crate::expr::Type;
use crate::findings::Sink;
use crate::model::Element;
use crate::notes::Notes;
use crate::overlay::is_overlay;
use crate::scope::Draft;
use crate::source::SourceFile;
use crate::span::Span;
use align::Places;
use definitions::definitions;
use std::collections::BTreeMap;

/// Texts read together, with what their names stand for.
#[derive(Debug, Default)]
pub struct Workspace {
    files: Vec<SourceFile>,
    checked: Checked,
    /// In the order of the texts, as are the mentions.
    definitions: Vec<Definition>,
    /// Which of them are of a symbol.
    by_symbol: BTreeMap<Symbol, Vec<usize>>,
    mentions: Vec<Mention>,
    /// What each text has, by its name.
    elements: BTreeMap<String, Vec<Element>>,
}

/// A name where it stands, with what it stands for there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mention {
    span: Span,
    symbol: Symbol,
    /// The type of what the language itself has.
    ty: Option<String>,
}

impl Workspace {
    /// Reads and checks texts together. What counties supplement is checked over its base; of its names nothing is known.
    #[must_use]
    pub fn read(files: Vec<SourceFile>) -> Workspace {
        let (overlays, mut files): (Vec<_>, Vec<_>) = files.into_iter().partition(|file| is_overlay(&file.text));
        let (mut checked, (definitions, mentions, elements)) = examine(&files, Sink::new(true), |outline, sink| {
            let mentions = mentions(sink.notes(), outline.drafts);
            let elements =
                outline.drafts.iter().map(|draft| (draft.source.file.to_string(), draft.text.elements.clone()));
            (definitions(outline, &mentions), mentions, elements.collect())
        });
        if !overlays.is_empty() {
            files.extend(overlays);
            checked = check(&files);
        }
        let mut by_symbol: BTreeMap<Symbol, Vec<usize>> = BTreeMap::new();
        for (index, definition) in definitions.iter().enumerate() {
            by_symbol.entry(definition.symbol.clone()).or_default().push(index);
        }
        Workspace { files, checked, definitions, by_symbol, mentions, elements }
    }

    /// The texts.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// What checking them together came to.
    #[must_use]
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// A text by its name.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Every name that is defined.
    pub fn definitions(&self) -> impl Iterator<Item = &Definition> {
        self.definitions.iter()
    }

    /// Every place where a name is used, with what it stands for there.
    pub fn uses(&self) -> impl Iterator<Item = (&Span, &Symbol)> {
        self.mentions.iter().map(|mention| (&mention.span, &mention.symbol))
    }

    /// What the name at a place stands for, with the place of the name: several things where a form is filled in by several procedures.
    #[must_use]
    pub fn symbols_at(&self, file: &str, byte: usize) -> Vec<(Span, Symbol)> {
        let used = around(&self.mentions, |mention| &mention.span, file, byte);
        let used = used.map(|mention| (mention.span.clone(), mention.symbol.clone()));
        let defined = around(&self.definitions, |definition| &definition.span, file, byte);
        let defined = defined.map(|definition| (definition.span.clone(), definition.symbol.clone()));
        let mut all: Vec<(Span, Symbol)> = used.chain(defined).collect();
        all.sort();
        all.dedup();
        all
    }

    /// Where the name at a place is defined: an act in each step that has it.
    #[must_use]
    pub fn definition(&self, file: &str, byte: usize) -> Vec<&Definition> {
        let symbols = self.symbols_at(file, byte);
        symbols.iter().flat_map(|(_, symbol)| self.defined(symbol)).collect()
    }

    /// Every place where what a name stands for is named; its definitions first, if they are wanted.
    #[must_use]
    pub fn references(&self, file: &str, byte: usize, with_definitions: bool) -> Vec<Span> {
        let symbols: Vec<Symbol> = self.symbols_at(file, byte).into_iter().map(|(_, symbol)| symbol).collect();
        let mut all: Vec<Span> = Vec::new();
        for symbol in &symbols {
            let defined = self.defined(symbol).map(|definition| &definition.span);
            let defined: Vec<&Span> = defined.collect();
            let used = self.mentions.iter().filter(|mention| mention.symbol == *symbol).map(|mention| &mention.span);
            let used = used.filter(|span| !defined.contains(span));
            all.extend(defined.iter().filter(|_| with_definitions).map(|span| (*span).clone()));
            all.extend(used.cloned());
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|span| seen.insert(span.clone()));
        all
    }

    fn defined(&self, symbol: &Symbol) -> impl Iterator<Item = &Definition> {
        self.by_symbol.get(symbol).into_iter().flatten().filter_map(|index| self.definitions.get(*index))
    }

    /// A clause's text, of that regulation or of one that it uses.
    fn clause(&self, regulation: &str, id: &str) -> Option<&str> {
        let all = self.checked.clauses.iter().filter(|(_, clause)| clause.id == id);
        let own = all.clone().find(|(of, _)| of == regulation);
        own.or_else(|| all.clone().next()).map(|(_, clause)| clause.text.as_str())
    }
}

/// Names are shorter than this.
const NAME_MAX: usize = 200;

/// What stands around a byte of a file, among things in order of their places.
fn around<'a, T>(
    all: &'a [T],
    span: impl Fn(&T) -> &Span + Copy,
    file: &str,
    byte: usize,
) -> impl Iterator<Item = &'a T> {
    let place = |one: &T| (&*span(one).file, span(one).start) < (file, byte.saturating_sub(NAME_MAX));
    let from = all.partition_point(place);
    let near = all[from..].iter().take_while(move |one| &*span(one).file == file && span(one).start <= byte);
    near.filter(move |one| byte <= span(one).end)
}

/// What was noted, at exact places, in order. A note whose place does not hold its name is of something that is not written: an alias, say.
fn mentions(notes: Notes, drafts: &[Draft]) -> Vec<Mention> {
    let places = Places::of(drafts);
    let mut all: Vec<Mention> = Vec::new();
    for ((span, symbol), ty) in notes.found {
        let span = places.exact(&span);
        if places.text(&span) == Some(symbol.name.as_str()) {
            all.push(Mention { span, symbol, ty: ty.as_ref().map(Type::zh) });
        }
    }
    all.sort();
    let at = |span: &Span| {
        let from = all.partition_point(|mention| mention.span < *span);
        all[from..].iter().take_while(|mention| mention.span == *span).cloned().collect::<Vec<_>>()
    };
    let mut same: Vec<Mention> = Vec::new();
    for (span, other) in &notes.same {
        let meant = at(&places.exact(other));
        same.extend(meant.into_iter().map(|mention| Mention { span: places.exact(span), ..mention }));
    }
    all.extend(same);
    all.sort();
    all.dedup();
    all
}
