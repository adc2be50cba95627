//! Another name for a thing (改名), wherever it is named: all of it or nothing, and only if every name still stands for what it stood for.

use super::words;
use super::{Symbol, SymbolKind, Workspace};
use crate::blocks::block::is_name;
use crate::finding::{Finding, Said};
use crate::findings::check_templates;
use crate::source::{LineIndex, SourceFile};
use crate::span::Span;
use std::collections::BTreeMap;

/// A place to be written anew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// Where.
    pub span: Span,
    /// What stands there then.
    pub text: String,
}

/// Files beside the regulations that name what these define.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Given/when/then files, also the county's story: changed with the rest where a name can mean but one thing.
    pub cases: Vec<SourceFile>,
    /// Templates of documents: never changed here.
    pub templates: Vec<SourceFile>,
    /// The county's tables: never changed here.
    pub county: Vec<SourceFile>,
}

impl Workspace {
    /// What may be renamed at a place: its name and what it is. Refused where the name is not the author's to choose.
    ///
    /// # Errors
    /// Says why it cannot be renamed.
    pub fn renameable(&self, file: &str, byte: usize) -> Result<(Span, Symbol), Said> {
        let all = self.symbols_at(file, byte);
        let (span, symbol) = match all.as_slice() {
            [] => return Err(Said::new("这里没有可以改的名称", "there is no name here")),
            [one] => one.clone(),
            [_, second, ..] => return Err(several(&second.1)),
        };
        let fixed = matches!(
            symbol.kind,
            SymbolKind::BuiltIn | SymbolKind::Function | SymbolKind::Party | SymbolKind::Regulation
        );
        if fixed || self.defined(&symbol).next().is_none() {
            let name = &symbol.name;
            return Err(Said::new(
                format!("`{name}` 不是法规里定义的名称，不能改"),
                format!("`{name}` is not defined by a regulation"),
            ));
        }
        Ok((span, symbol))
    }

    /// The edits that give what stands at a place another name, in all files.
    ///
    /// # Errors
    /// Says what stands against it: a name that is no name or is taken, or files beside the regulations that would break.
    pub fn rename(&self, file: &str, byte: usize, new: &str, beside: &Beside) -> Result<Vec<Edit>, Said> {
        let (_, symbol) = self.renameable(file, byte)?;
        if new == symbol.name {
            return Ok(Vec::new());
        }
        well_formed(&symbol, new)?;
        let mut spans: Vec<Span> = self.defined(&symbol).map(|definition| definition.span.clone()).collect();
        spans.extend(
            self.mentions.iter().filter(|mention| mention.symbol == symbol).map(|mention| mention.span.clone()),
        );
        spans.sort();
        spans.dedup();
        let others = self.mentions.iter().filter(|mention| mention.symbol != symbol);
        if let Some(other) = others.into_iter().find(|mention| spans.binary_search(&mention.span).is_ok()) {
            return Err(several(&other.symbol));
        }
        let mut edits: Vec<Edit> = spans.into_iter().map(|span| Edit { span, text: new.to_owned() }).collect();
        self.still_means_the_same(&symbol, new, &edits, beside)?;
        edits.extend(self.edits_beside(&symbol, new, beside)?);
        Ok(edits)
    }

    /// Reads the texts as they would be: nothing new is found wrong, and every name stands for what it stood for.
    fn still_means_the_same(&self, symbol: &Symbol, new: &str, edits: &[Edit], beside: &Beside) -> Result<(), Said> {
        let renamed = Workspace::read(applied(&self.files, edits));
        let (before, after) = (count(&self.checked.findings), count(&renamed.checked.findings));
        let is_new = |finding: &&Finding| after.get(finding.code) > before.get(finding.code);
        if let Some(finding) = renamed.checked.findings.iter().find(is_new) {
            return Err(renamed.refused(finding));
        }
        let named =
            |name: &Symbol| if name == symbol { Symbol { name: new.to_owned(), ..name.clone() } } else { name.clone() };
        let unmoved = |kind: SymbolKind| kind != SymbolKind::Element;
        let mut old: Vec<Symbol> =
            self.mentions.iter().filter(|m| unmoved(m.symbol.kind)).map(|m| named(&m.symbol)).collect();
        let mut now: Vec<Symbol> =
            renamed.mentions.iter().filter(|m| unmoved(m.symbol.kind)).map(|m| m.symbol.clone()).collect();
        old.iter_mut().for_each(|name| follow(name, symbol, new));
        old.sort();
        now.sort();
        if old != now {
            return Err(Said::new(
                format!("改成 `{new}` 以后，有的名称会指别的东西"),
                format!("with `{new}`, some names would stand for something else"),
            ));
        }
        let templates = |checked| check_templates(checked, &beside.templates);
        let was = templates(&self.checked).len();
        match templates(&renamed.checked).first().filter(|_| templates(&renamed.checked).len() > was) {
            Some(finding) => Err(renamed.refused(finding)),
            None => Ok(()),
        }
    }

    fn refused(&self, finding: &Finding) -> Said {
        let line = self
            .file(&finding.span.file)
            .map(|file| LineIndex::new(&file.text).line_column(&file.text, finding.span.start).0);
        let place = line.map_or_else(|| finding.span.file.to_string(), |line| format!("{}:{line}", finding.span.file));
        Said::new(
            format!("改名以后 {place} 会有错：{}", finding.message.zh),
            format!("{place} would be wrong: {}", finding.message.en),
        )
    }

    /// Cases name things by words alone. Where only one thing has the name they are changed with it; else it is for their author to say which.
    fn edits_beside(&self, symbol: &Symbol, new: &str, beside: &Beside) -> Result<Vec<Edit>, Said> {
        if let Some(file) = beside.county.iter().find(|file| !occurrences(file, &symbol.name).is_empty()) {
            let name = &file.name;
            return Err(Said::new(
                format!("{name} 里用到 `{}`，先改那里", symbol.name),
                format!("{name} names `{}`: change that first", symbol.name),
            ));
        }
        let named = |file: &SourceFile| occurrences(file, &symbol.name);
        let found: Vec<Span> = beside.cases.iter().flat_map(named).collect();
        let alone =
            self.definitions().all(|definition| definition.symbol == *symbol || definition.symbol.name != symbol.name);
        match found.first() {
            Some(first) if !alone => Err(Said::new(
                format!("案例 {} 里用到 `{}`，而不止一样东西叫这个名称，不能替作者决定", first.file, symbol.name),
                format!("the cases in {} name `{}`, which more than one thing is called", first.file, symbol.name),
            )),
            _ => Ok(found.into_iter().map(|span| Edit { span, text: new.to_owned() }).collect()),
        }
    }
}

/// What belongs to a thing is called after it.
fn follow(name: &mut Symbol, symbol: &Symbol, new: &str) {
    if symbol.kind == SymbolKind::View && name.of == format!("{}/{}", symbol.of, symbol.name) {
        name.of = format!("{}/{new}", symbol.of);
    } else if name.of == symbol.name && owns(symbol.kind, name.kind) {
        new.clone_into(&mut name.of);
    }
}

/// Whether things of one kind belong to one of the other by its name.
fn owns(owner: SymbolKind, kind: SymbolKind) -> bool {
    use SymbolKind as Kind;
    match owner {
        Kind::Register => kind == Kind::Column,
        Kind::Form => kind == Kind::Field,
        Kind::Fund => matches!(kind, Kind::Account | Kind::Entry | Kind::Dimension),
        Kind::Procedure => matches!(
            kind,
            Kind::Subject
                | Kind::Fact
                | Kind::Act
                | Kind::Step
                | Kind::End
                | Kind::Clock
                | Kind::Rule
                | Kind::Table
                | Kind::Output
                | Kind::Document
        ),
        _ => false,
    }
}

fn several(other: &Symbol) -> Said {
    let (zh, en) = words::kind(other.kind);
    let Symbol { of, name, .. } = other;
    Said::new(
        format!("这个名称在这里还指{zh} `{name}`（`{of}`），不能只改其中一个"),
        format!("the name here also stands for the {en} `{name}` of `{of}`"),
    )
}

/// Names are kebab-case; those of parameters may have dots, ids of clauses dots and capitals.
fn well_formed(symbol: &Symbol, new: &str) -> Result<(), Said> {
    let fine = match symbol.kind {
        SymbolKind::Parameter => new.split('.').all(is_name),
        SymbolKind::Clause => {
            let mut characters = new.chars();
            characters.next().is_some_and(|first| first.is_ascii_alphanumeric())
                && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        }
        _ => is_name(new),
    };
    if fine {
        return Ok(());
    }
    Err(Said::new(
        format!("`{new}` 不能作名称：用小写字母、数字和连字符，以字母开头"),
        format!("`{new}` is not a name: lower-case letters, digits and hyphens, beginning with a letter"),
    ))
}

/// How many of each code.
fn count(findings: &[Finding]) -> BTreeMap<&'static str, usize> {
    let mut all = BTreeMap::new();
    findings.iter().for_each(|finding| *all.entry(finding.code).or_insert(0) += 1);
    all
}

/// The texts with edits in them.
#[must_use]
pub fn applied(files: &[SourceFile], edits: &[Edit]) -> Vec<SourceFile> {
    let one = |file: &SourceFile| {
        let mut own: Vec<&Edit> = edits.iter().filter(|edit| *edit.span.file == *file.name).collect();
        own.sort();
        let mut text = file.text.clone();
        for edit in own.into_iter().rev() {
            text.replace_range(edit.span.start..edit.span.end, &edit.text);
        }
        SourceFile { name: file.name.clone(), text }
    };
    files.iter().map(one).collect()
}

/// Where a name stands in a text as a whole word.
fn occurrences(file: &SourceFile, name: &str) -> Vec<Span> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let whole = |at: usize| {
        let before = file.text[..at].chars().next_back();
        let after = file.text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(is_part)
    };
    let shared = std::sync::Arc::from(file.name.as_str());
    let found = file.text.match_indices(name).filter(|(at, _)| whole(*at));
    found.map(|(at, _)| Span::new(&shared, at, at + name.len())).collect()
}
