//! Funds (资金): dimensions, the table of accounts, the table of entries.

use super::block::{Block, is_name};
use super::field::{Columns, is_dash};
use super::keys::{self, Keys, plain_label};
use super::party;
use super::type_cell::{self, Known, RawType};
use crate::expr::Type;
use crate::expr::typed::{Kind, Node as Typed};
use crate::findings::{Sink, funds, names, reading};
use crate::model::fund::{Account, Dimension, Entry, Fund, Leg, Owner, Side};
use crate::model::{ClauseId, Name, Personal};
use crate::notes::SymbolKind;
use crate::scope::{Compiler, Own, View};
use crate::source::Words;
use crate::text::GridRow;
use crate::text::yaml::Node;

const KEYS: [&str; 7] = ["fund", "title", "keeper", "readers", "dimensions", "owner", "clause"];
const ACCOUNTS: [&str; 6] = ["account", "label", "side", "per", "balance", "clause"];
const ENTRIES: [&str; 6] = ["entry", "no", "label", "debit", "credit", "clause"];

/// A fund's names: all of it but what expressions say.
pub(crate) struct FundNames<'a> {
    pub draft: usize,
    pub block: &'a Block,
    pub dimensions: Vec<Dimension>,
    pub accounts: Vec<Account>,
    pub entries: Vec<Entry>,
}

impl FundNames<'_> {
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|dimension| dimension.name == name)
    }

    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }
}

/// Reads dimensions, accounts and entries. Rows with mistakes are left out after their finding.
pub(crate) fn names<'a>(draft: usize, block: &'a Block, known: &Known, sink: &Sink) -> FundNames<'a> {
    let mut names = FundNames { draft, block, dimensions: Vec::new(), accounts: Vec::new(), entries: Vec::new() };
    let keys = Keys::open(&block.node, &KEYS, sink);
    for (name, node) in keys.entries("dimensions") {
        names.dimensions.extend(dimension(name, node, known, sink));
    }
    names.accounts = accounts(&names, sink);
    names.entries = entries(&names, sink);
    names
}

/// `name: TYPE` or `name: { type: TYPE, label: … }`.
fn dimension(name: &Words, node: &Node, known: &Known, sink: &Sink) -> Option<Dimension> {
    let name = Words::new(keys::name(name, sink)?, name.span.clone());
    let (words, label) = match node.scalar() {
        Some(words) => (words, None),
        None => {
            let keys = Keys::open(node, &["type", "label"], sink);
            (keys.required("type", &name.span)?, keys.get("label").and_then(|node| keys::label(node, sink)))
        }
    };
    let bare = words.text.trim();
    let cell = if bare == "text" || bare.starts_with("text,") {
        type_cell::read(&Words::new(bare.replacen("text", "text 200", 1), words.span.clone()), known, sink)
    } else {
        type_cell::read(&words.trimmed(), known, sink)
    };
    let ty = match cell.ty {
        RawType::Plain(ty) if divides(&ty) => ty,
        _ => {
            sink.add(funds::not_a_dimension(&words.span, &name.text));
            Type::Unknown
        }
    };
    let person = (ty == Type::Person).then_some(Personal::Identity);
    Some(Dimension {
        label: label.unwrap_or_else(|| plain_label(&name.text)),
        name: name.text,
        ty,
        personal: cell.personal.or(person),
    })
}

/// Whether values of a type can tell sub-accounts apart: what has one spelling.
fn divides(ty: &Type) -> bool {
    let plain = matches!(ty, Type::OneOf(_) | Type::Date | Type::Number { .. } | Type::Bool | Type::Unknown);
    plain || ty.is_text() || matches!(ty, Type::Row(_) | Type::Place | Type::Person | Type::Post)
}

fn accounts(names: &FundNames<'_>, sink: &Sink) -> Vec<Account> {
    let Some(grid) = &names.block.grid else { return Vec::new() };
    let columns = Columns::find(grid, &ACCOUNTS, &["account", "label", "side"], names.block.head(), sink);
    let mut all: Vec<Account> = Vec::new();
    for row in &grid.rows {
        let Some(account) = account(names, &columns, row, sink) else { continue };
        match all.iter().find(|other| other.name == account.name) {
            Some(first) => sink.add(names::duplicate(&account.span, &account.name, &first.span)),
            None => all.push(account),
        }
    }
    all
}

fn account(names: &FundNames<'_>, columns: &Columns, row: &GridRow, sink: &Sink) -> Option<Account> {
    let name = named(columns, row, "account", sink)?;
    let side = columns.cell(row, "side")?;
    let side = match side.text.as_str() {
        "debit" => Side::Debit,
        "credit" => Side::Credit,
        "memo" => Side::Memo,
        _ => {
            sink.add(reading::wrong_shape(&side.span, " `debit`、`credit` 或 `memo`", "`debit`, `credit` or `memo`"));
            return None;
        }
    };
    let mut per = Vec::new();
    for word in columns.filled(row, "per").iter().flat_map(|cell| cell.split(",")) {
        if names.dimension(&word.text).is_none() {
            let known = names.dimensions.iter().map(|dimension| dimension.name.as_str());
            sink.add(names::unknown_dimension(&word.span, &word.text, known));
        } else if per.contains(&word.text) {
            sink.add(names::duplicate(&word.span, &word.text, &name.span));
        } else {
            sink.found(&word.span, SymbolKind::Dimension, &names.block.name.text, &word.text);
            per.push(word.text);
        }
    }
    let any_balance = columns.filled(row, "balance").is_some_and(|cell| {
        let any = cell.text == "any";
        if !any {
            sink.add(reading::wrong_shape(&cell.span, " `any` 或空白", "`any` or nothing"));
        }
        any
    });
    Some(Account {
        label: label(columns, row, &name),
        side,
        per,
        any_balance,
        clauses: clauses(names, columns, row),
        span: name.span,
        name: name.text,
    })
}

fn entries(names: &FundNames<'_>, sink: &Sink) -> Vec<Entry> {
    let Some(grid) = &names.block.second else { return Vec::new() };
    let columns = Columns::find(grid, &ENTRIES, &["entry", "label", "debit", "credit"], names.block.head(), sink);
    let mut all: Vec<Entry> = Vec::new();
    for row in &grid.rows {
        let Some(entry) = entry(names, &columns, row, sink) else { continue };
        match all.iter().find(|other| other.name == entry.name) {
            Some(first) => sink.add(names::duplicate(&entry.span, &entry.name, &first.span)),
            None => all.push(entry),
        }
    }
    all
}

fn entry(names: &FundNames<'_>, columns: &Columns, row: &GridRow, sink: &Sink) -> Option<Entry> {
    let name = named(columns, row, "entry", sink)?;
    let side = |column: &str| match columns.filled(row, column) {
        None => Some(None),
        Some(cell) => leg(names, cell, sink).map(Some),
    };
    let (debit, credit) = (side("debit"), side("credit"));
    let entry = Entry {
        number: columns.filled(row, "no").map(|cell| cell.text.clone()),
        label: label(columns, row, &name),
        debit: debit?,
        credit: credit?,
        clauses: clauses(names, columns, row),
        span: name.span,
        name: name.text,
    };
    funds::check_sides(names, &entry, sink);
    Some(entry)
}

/// `account` or `account(dimension = name, …)`.
fn leg(names: &FundNames<'_>, cell: &Words, sink: &Sink) -> Option<Leg> {
    let (name, renamed) = match cell.text.find('(') {
        Some(at) => (cell.part(0, at).trimmed(), cell.part(at, cell.text.len()).inside('(', ')')),
        None => (cell.trimmed(), None),
    };
    if cell.text.contains('(') && renamed.is_none() {
        sink.add(reading::wrong_shape(&cell.span, "“科目(维度 = 名称)”", "`account(dimension = name)`"));
        return None;
    }
    let Some(account) = names.account(&name.text) else {
        let known = names.accounts.iter().map(|account| account.name.as_str());
        sink.add(names::unknown_account(&name.span, &name.text, known));
        return None;
    };
    let fund = &names.block.name.text;
    sink.found(&name.span, SymbolKind::Account, fund, &name.text);
    let mut given = account.per.clone();
    for pair in renamed.iter().flat_map(|words| words.split(",")) {
        let Some((dimension, as_name)) = pair.split_once("=") else {
            sink.add(reading::wrong_shape(&pair.span, "“维度 = 名称”", "`dimension = name`"));
            continue;
        };
        match account.per.iter().position(|own| *own == dimension.text) {
            Some(_) if !is_name(&as_name.text) => sink.add(reading::bad_name(&as_name.span, &as_name.text)),
            Some(index) => {
                sink.found(&dimension.span, SymbolKind::Dimension, fund, &dimension.text);
                given[index] = as_name.text;
            }
            None => {
                let known = account.per.iter().map(String::as_str);
                sink.add(names::unknown_dimension(&dimension.span, &dimension.text, known));
            }
        }
    }
    Some(Leg { account: account.name.clone(), given })
}

fn named(columns: &Columns, row: &GridRow, column: &str, sink: &Sink) -> Option<Words> {
    let name = columns.cell(row, column)?;
    if !is_name(&name.text) {
        sink.add(reading::bad_name(&name.span, &name.text));
        return None;
    }
    Some(name.clone())
}

fn label(columns: &Columns, row: &GridRow, name: &Words) -> crate::model::Label {
    let cell = columns.cell(row, "label").filter(|cell| !is_dash(&cell.text));
    plain_label(cell.map_or(name.text.as_str(), |cell| cell.text.as_str()))
}

fn clauses(names: &FundNames<'_>, columns: &Columns, row: &GridRow) -> Vec<ClauseId> {
    let own = columns.clauses(row);
    if own.is_empty() { names.block.clauses.clone() } else { own }
}

/// The fund with its owner's expression.
pub(crate) fn read(names: &FundNames<'_>, base: &View<'_>, compiler: &Compiler<'_>) -> Fund {
    let sink = compiler.sink;
    let keys = Keys::open(&names.block.node, &KEYS, sink);
    let name: Name = names.block.name.text.clone();
    let readers = |key: &str| keys.list(key).into_iter().filter_map(|words| party::reader(words, sink)).collect();
    let place = View { own: vec![Own::Fund(name.clone())], ..base.clone() };
    if keys.get("keeper").is_none() {
        sink.add(reading::missing_key(names.block.head(), "keeper"));
    }
    let owner = keys.words("owner").and_then(|words| self::owner(names, words, &place, compiler));
    Fund {
        title: keys.label("title", &name),
        name,
        keepers: readers("keeper"),
        readers: readers("readers"),
        dimensions: names.dimensions.clone(),
        owner,
        accounts: names.accounts.clone(),
        entries: names.entries.clone(),
        clauses: names.block.clauses.clone(),
        span: names.block.head().clone(),
    }
}

/// `DIMENSION`, `DIMENSION.COLUMN` or columns of further rows: then an owner's sub-accounts are found without looking at all others.
fn owner(names: &FundNames<'_>, words: &Words, place: &View<'_>, compiler: &Compiler<'_>) -> Option<Owner> {
    let expr = compiler.typed(place, words, &Type::Person);
    let way = way_to(expr.node()).filter(|(dimension, _)| names.dimension(dimension).is_some());
    match way {
        Some((dimension, path)) => Some(Owner { dimension, path, expr }),
        None if expr.ty == Type::Unknown => None,
        None => {
            compiler.sink.add(funds::bad_owner(&words.span, &expr.text));
            None
        }
    }
}

/// The name that a node begins with, and the registers and columns that lead on from there.
fn way_to(node: &Typed) -> Option<(Name, Vec<(Name, Name)>)> {
    match &node.kind {
        Kind::Root(name) => Some((name.clone(), Vec::new())),
        Kind::Member { of, name } => {
            let Type::Row(register) = &of.ty else { return None };
            let (dimension, mut path) = way_to(of)?;
            path.push((register.clone(), name.clone()));
            Some((dimension, path))
        }
        _ => None,
    }
}

impl FundNames<'_> {
    /// The values that an entry is given, each once, with their types.
    pub fn slots(&self, entry: &Entry) -> Vec<(Name, Type)> {
        let mut all: Vec<(Name, Type)> = Vec::new();
        for leg in entry.legs() {
            let per = self.account(&leg.account).map(|account| account.per.as_slice()).unwrap_or_default();
            for (given, dimension) in leg.given.iter().zip(per) {
                if !all.iter().any(|(known, _)| known == given) {
                    let ty = self.dimension(dimension).map_or(Type::Unknown, |dimension| dimension.ty.clone());
                    all.push((given.clone(), ty));
                }
            }
        }
        all
    }
}
