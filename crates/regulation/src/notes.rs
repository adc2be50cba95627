//! What the names of a text stand for (名称的含义), noted while it is read, for those who write it: see [`crate::editor`].
//!
//! Whoever looks a name up either finds it, which is noted here, or has a finding. So there is one reading of a text, and no
//! second opinion about it.

use crate::expr::Type;
use crate::span::Span;
use std::collections::BTreeMap;

/// What a name may stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SymbolKind {
    /// A regulation, by its id.
    Regulation,
    /// A clause, by its id.
    Clause,
    /// A parameter.
    Parameter,
    /// A register.
    Register,
    /// A column of a register.
    Column,
    /// A form.
    Form,
    /// A field of a form.
    Field,
    /// A procedure.
    Procedure,
    /// What matters are about.
    Subject,
    /// A fact of a procedure.
    Fact,
    /// An act of a procedure.
    Act,
    /// A step of a procedure.
    Step,
    /// An end of a procedure.
    End,
    /// A clock of a procedure that has a name of its own.
    Clock,
    /// A rule of a procedure.
    Rule,
    /// A decision table of a procedure.
    Table,
    /// An output of a decision table.
    Output,
    /// A document of a procedure.
    Document,
    /// A duty.
    Duty,
    /// A fund.
    Fund,
    /// A dimension of a fund.
    Dimension,
    /// An account of a fund.
    Account,
    /// An entry of a fund.
    Entry,
    /// A share.
    Share,
    /// A view of a regulation.
    View,
    /// A column of a view.
    ViewColumn,
    /// The element of a list that an effect runs over.
    Element,
    /// An office's post, by level and desk.
    Party,
    /// What the language itself has: `today`, `township`, members of an act.
    BuiltIn,
    /// A function of the language.
    Function,
}

/// What a name stands for: things of one kind are told apart by what they belong to and their names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Symbol {
    /// Kind.
    pub kind: SymbolKind,
    /// What it belongs to: the procedure of a step, the form of a field, the regulation of a clause; empty where names are the rulebook's.
    pub of: String,
    /// Its name.
    pub name: String,
}

impl Symbol {
    /// A symbol.
    pub(crate) fn new(kind: SymbolKind, of: &str, name: &str) -> Symbol {
        Symbol { kind, of: of.to_owned(), name: name.to_owned() }
    }
}

/// Names found, each with what it stands for there.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    /// A name may stand for several things: expressions of a form are read wherever it is filled in.
    pub found: BTreeMap<(Span, Symbol), Option<Type>>,
    /// Names that stand for whatever the last name at another place does.
    pub same: Vec<(Span, Span)>,
}

impl Notes {
    pub fn take_in(&mut self, other: Notes) {
        self.found.extend(other.found);
        self.same.extend(other.same);
    }
}

/// The word that an editor puts where it asks what could stand there. Whoever does not find it says what there is, see
/// [`crate::finding::Finding::offers`].
pub(crate) const ASKED: &str = "zz-asked-zz";

/// Whether somebody asks what could stand in place of a word.
pub(crate) fn is_asked(word: &str) -> bool {
    word == ASKED
}
