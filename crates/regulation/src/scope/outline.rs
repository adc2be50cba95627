//! The outline: what exists, by name, before expressions are compiled.

use crate::blocks::block::{Block, Kind};
use crate::blocks::field::{self, RawField};
use crate::blocks::front::Front;
use crate::blocks::fund::{self, FundNames};
use crate::blocks::type_cell::{Known, RawType};
use crate::blocks::{keys, parameter, table};
use crate::expr::Type;
use crate::findings::{Sink, names, overlays};
use crate::model::{About, AboutTarget, Label, Name, Parameter};
use crate::notes::SymbolKind;
use crate::source::{Source, Words};
use crate::span::Span;
use crate::text::Text;
use crate::text::yaml::Node;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A file read, not yet compiled.
pub(crate) struct Draft {
    pub source: Source,
    pub front: Option<Front>,
    pub text: Text,
    pub blocks: Vec<Block>,
}

impl Draft {
    pub fn id(&self) -> &str {
        self.front.as_ref().map_or("", |front| front.id.as_str())
    }

    /// From which day on what stands at a place counts, if a county's supplement says it.
    fn supplemented(&self, span: &Span) -> Option<Date> {
        let supplement = self.front.as_ref()?.supplement.as_ref()?;
        self.text.supplement.filter(|at| *at <= span.start).map(|_| supplement.effective)
    }

    /// Blocks of a kind.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}

/// What exists in all regulations.
pub(crate) struct Outline<'a> {
    pub drafts: &'a [Draft],
    pub parameters: BTreeMap<Name, (usize, Parameter)>,
    pub registers: BTreeMap<Name, RegisterNames<'a>>,
    pub forms: BTreeMap<Name, FormNames<'a>>,
    pub procedures: BTreeMap<Name, ProcedureNames<'a>>,
    pub funds: BTreeMap<Name, FundNames<'a>>,
    /// Duties with the draft they stand in.
    pub duties: BTreeMap<Name, (usize, &'a Block)>,
    /// Shares with the draft they stand in.
    pub shares: BTreeMap<Name, (usize, &'a Block)>,
    /// Where each form is filled in: procedure, and the form it is a part of, if any.
    pub users: BTreeMap<Name, Vec<FormUse>>,
}

/// A place where a form is filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormUse {
    pub procedure: Name,
    /// The form whose rows it describes.
    pub within: Option<Name>,
}

/// A register's names.
pub(crate) struct RegisterNames<'a> {
    pub draft: usize,
    pub block: &'a Block,
    pub fields: Vec<RawField>,
    /// The procedure whose matters are its rows.
    pub rows_of: Option<Words>,
}

/// A form's names.
pub(crate) struct FormNames<'a> {
    pub draft: usize,
    pub block: &'a Block,
    pub fields: Vec<RawField>,
}

/// A procedure's names.
pub(crate) struct ProcedureNames<'a> {
    pub draft: usize,
    pub block: &'a Block,
    pub about: Vec<(About, Words)>,
    /// Acts: starting, of any step, then of each step in order.
    pub acts: Vec<ActNames<'a>>,
    pub facts: Vec<FactNames>,
    pub ends: Vec<(Words, Label)>,
    pub steps: Vec<&'a Block>,
    pub rules: BTreeMap<Name, &'a Block>,
    pub tables: BTreeMap<Name, TableNames<'a>>,
    pub documents: BTreeMap<Name, &'a Block>,
    /// What each of its root names stands for.
    pub roots: Roots,
}

/// What names stand for. Where several things have one name, it is that which goes first.
pub(crate) type Roots = HashMap<Name, Root>;

/// What a root name of a procedure stands for, with its place among the things of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Root {
    /// A field of a starting form.
    Field {
        form: Name,
        field: usize,
    },
    Fact(usize),
    /// An output of a table; the table's own name is its first.
    Output {
        table: Name,
        column: usize,
    },
    /// A form, by the first act that files it.
    Form {
        act: usize,
    },
    Act(usize),
    Document,
    Rule,
    About(usize),
}

/// Where an act is possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum At<'a> {
    Start,
    AnyStep,
    Step(&'a str),
}

/// An act's names.
pub(crate) struct ActNames<'a> {
    pub name: &'a Words,
    pub node: &'a Node,
    pub at: At<'a>,
    pub forms: Vec<Words>,
    /// Done by each of several parties.
    pub each: bool,
}

/// A fact's names.
pub(crate) struct FactNames {
    pub name: Words,
    pub value: Words,
    pub label: Label,
    pub clauses: Vec<Name>,
}

/// A decision table's names.
pub(crate) struct TableNames<'a> {
    pub block: &'a Block,
    /// Output columns: index and name.
    pub outputs: Vec<(usize, Words)>,
}

impl<'a> Outline<'a> {
    /// Reads what exists. Duplicate names and broken tables are findings.
    pub fn read(drafts: &'a [Draft], sink: &Sink) -> Self {
        let known = known_names(drafts);
        let mut outline = Outline {
            drafts,
            parameters: BTreeMap::new(),
            registers: BTreeMap::new(),
            forms: BTreeMap::new(),
            procedures: BTreeMap::new(),
            funds: BTreeMap::new(),
            shares: BTreeMap::new(),
            duties: BTreeMap::new(),
            users: BTreeMap::new(),
        };
        for (index, draft) in drafts.iter().enumerate() {
            let known = visible(drafts, index, &known);
            for block in &draft.blocks {
                outline.declare(index, block, &known, sink);
            }
        }
        for (index, draft) in drafts.iter().enumerate() {
            for block in &draft.blocks {
                outline.attach(index, block, sink);
            }
        }
        outline.resolve_about(sink);
        outline.users = outline.form_uses();
        let roots: Vec<Roots> = outline.procedures.values().map(|procedure| outline.roots(procedure)).collect();
        outline.procedures.values_mut().zip(roots).for_each(|(procedure, roots)| procedure.roots = roots);
        outline
    }

    /// What matters are about: a register or a procedure.
    fn resolve_about(&mut self, sink: &Sink) {
        let registers: BTreeMap<Name, usize> = self.registers.iter().map(|(name, r)| (name.clone(), r.draft)).collect();
        let procedures: BTreeMap<Name, usize> =
            self.procedures.iter().map(|(name, p)| (name.clone(), p.draft)).collect();
        let drafts = self.drafts;
        for procedure in self.procedures.values_mut() {
            let sees = |other: &usize| *other == procedure.draft || uses(&drafts[procedure.draft], drafts[*other].id());
            procedure.about.retain_mut(|(about, words)| {
                let AboutTarget::Register(target) = about.target.clone() else { return true };
                let name = words.trimmed().part(0, target.len());
                if registers.get(&target).is_some_and(sees) {
                    sink.found(&name.span, SymbolKind::Register, "", &target);
                    return true;
                }
                if procedures.get(&target).is_some_and(sees) {
                    sink.found(&name.span, SymbolKind::Procedure, "", &target);
                    about.target = AboutTarget::Procedure(target);
                    return true;
                }
                let known = registers.keys().chain(procedures.keys()).map(String::as_str);
                sink.add(names::unknown_about(&words.span, &target, known));
                sink.excuse(&words.span.file, &about.name);
                false
            });
        }
    }

    fn roots(&self, procedure: &ProcedureNames<'a>) -> Roots {
        let mut roots = Roots::new();
        let mut add = |name: &str, root: Root| {
            if !roots.contains_key(name) {
                roots.insert(name.to_owned(), root);
            }
        };
        for form in procedure.acts.iter().filter(|act| act.at == At::Start).flat_map(|act| &act.forms) {
            let fields = self.forms.get(&form.text).map(|form| form.fields.as_slice()).unwrap_or_default();
            for (index, field) in fields.iter().enumerate() {
                add(&field.name.text, Root::Field { form: form.text.clone(), field: index });
            }
        }
        for (index, fact) in procedure.facts.iter().enumerate() {
            add(&fact.name.text, Root::Fact(index));
        }
        for (table, names) in &procedure.tables {
            for (column, (_, output)) in names.outputs.iter().enumerate() {
                add(&output.text, Root::Output { table: table.clone(), column });
            }
            if !names.outputs.is_empty() {
                add(table, Root::Output { table: table.clone(), column: 0 });
            }
        }
        for (act, names) in procedure.acts.iter().enumerate() {
            let forms = names.forms.iter().filter(|form| self.forms.contains_key(&form.text));
            forms.for_each(|form| add(&form.text, Root::Form { act }));
        }
        procedure.acts.iter().enumerate().for_each(|(act, names)| add(&names.name.text, Root::Act(act)));
        procedure.documents.keys().for_each(|name| add(name, Root::Document));
        procedure.rules.keys().for_each(|name| add(name, Root::Rule));
        procedure.about.iter().enumerate().for_each(|(index, (about, _))| add(&about.name, Root::About(index)));
        roots
    }

    fn form_uses(&self) -> BTreeMap<Name, Vec<FormUse>> {
        let mut uses: BTreeMap<Name, Vec<FormUse>> = BTreeMap::new();
        let mut add = |form: &str, procedure: &str, within: Option<&str>| {
            let using = FormUse { procedure: procedure.to_string(), within: within.map(str::to_string) };
            let all = uses.entry(form.to_string()).or_default();
            if !all.contains(&using) {
                all.push(using);
            }
        };
        for (name, procedure) in &self.procedures {
            for form in procedure.acts.iter().flat_map(|act| &act.forms) {
                add(&form.text, name, None);
                for part in self.parts(&form.text) {
                    add(part, name, Some(&form.text));
                }
            }
        }
        uses
    }

    /// Forms whose rows a form holds.
    pub fn parts(&self, form: &str) -> Vec<&str> {
        let fields = self.forms.get(form).map(|form| form.fields.as_slice()).unwrap_or_default();
        let part = |field: &RawField| match &field.ty {
            RawType::Plain(Type::Records(part)) => self.forms.get_key_value(part).map(|(name, _)| name.as_str()),
            _ => None,
        };
        let parts: BTreeSet<&str> = fields.iter().filter_map(part).collect();
        parts.into_iter().collect()
    }

    fn declare(&mut self, draft: usize, block: &'a Block, known: &Known, sink: &Sink) {
        match block.kind {
            Kind::Parameter => {
                for parameter in parameter::read(block, known, sink) {
                    self.declare_parameter(draft, parameter, sink);
                }
            }
            Kind::Register => {
                let fields = field::read(block, known, sink);
                let rows_of = block.node.get("rows").and_then(Node::scalar).cloned();
                let names = RegisterNames { draft, block, fields, rows_of };
                if let Some(first) = self.registers.get(&block.name.text) {
                    sink.add(names::duplicate(&block.name.span, &block.name.text, &first.block.name.span));
                } else {
                    self.registers.insert(block.name.text.clone(), names);
                }
            }
            Kind::Form => {
                let names = FormNames { draft, block, fields: field::read(block, known, sink) };
                if let Some(first) = self.forms.get(&block.name.text) {
                    sink.add(names::duplicate(&block.name.span, &block.name.text, &first.block.name.span));
                } else {
                    self.forms.insert(block.name.text.clone(), names);
                }
            }
            Kind::Procedure => {
                if let Some(first) = self.procedures.get(&block.name.text) {
                    sink.add(names::duplicate(&block.name.span, &block.name.text, &first.block.name.span));
                } else {
                    self.procedures.insert(block.name.text.clone(), procedure_names(draft, block, sink));
                }
            }
            Kind::Fund => {
                if let Some(first) = self.funds.get(&block.name.text) {
                    sink.add(names::duplicate(&block.name.span, &block.name.text, &first.block.name.span));
                } else {
                    self.funds.insert(block.name.text.clone(), fund::names(draft, block, known, sink));
                }
            }
            Kind::Share => {
                if let Some((_, first)) = self.shares.get(&block.name.text) {
                    sink.add(names::duplicate(&block.name.span, &block.name.text, &first.name.span));
                } else {
                    self.shares.insert(block.name.text.clone(), (draft, block));
                }
            }
            Kind::Duty => {
                if let Some((_, first)) = self.duties.get(&block.name.text) {
                    sink.add(names::duplicate(&block.name.span, &block.name.text, &first.name.span));
                } else {
                    self.duties.insert(block.name.text.clone(), (draft, block));
                }
            }
            _ => {}
        }
    }

    fn declare_parameter(&mut self, draft: usize, parameter: Parameter, sink: &Sink) {
        if let Some(since) = self.drafts[draft].supplemented(&parameter.span) {
            self.give(draft, parameter, since, sink);
        } else if let Some((_, first)) = self.parameters.get(&parameter.name) {
            sink.add(names::duplicate(&parameter.span, &parameter.name, &first.span));
        } else {
            self.parameters.insert(parameter.name.clone(), (draft, parameter));
        }
    }

    /// A parameter block of a county's supplement gives values to parameters of its base.
    fn give(&mut self, draft: usize, own: Parameter, since: Date, sink: &Sink) {
        let is_here = self.parameters.get(&own.name).is_some_and(|(defined, _)| *defined == draft);
        match self.parameters.get_mut(&own.name).filter(|_| is_here) {
            Some((_, base)) => parameter::give(base, own, since, sink),
            None => {
                let known = self.parameters.iter().filter(|(_, (defined, _))| *defined == draft);
                sink.add(overlays::unknown_parameter(&own.span, &own.name, known.map(|(name, _)| name.as_str())));
            }
        }
    }

    /// Puts a step, rule, table or document into its procedure.
    fn attach(&mut self, draft: usize, block: &'a Block, sink: &Sink) {
        let Some(of) = block.of.as_ref().filter(|_| block.kind != Kind::Duty) else { return };
        if !self.procedures.contains_key(&of.text) {
            sink.add(names::unknown_procedure(&of.span, &of.text, self.procedures.keys().map(String::as_str)));
        }
        let Some(procedure) = self.procedures.get_mut(&of.text) else { return };
        if procedure.draft != draft {
            sink.add(names::foreign_procedure(&of.span, &of.text));
            return;
        }
        sink.found(&of.span, SymbolKind::Procedure, "", &of.text);
        let name = &block.name;
        let first = match block.kind {
            Kind::Step => {
                let first = procedure.steps.iter().find(|step| step.name.text == name.text).map(|step| &step.name.span);
                if first.is_none() {
                    procedure.steps.push(block);
                    let step = At::Step(&block.name.text);
                    let by_each =
                        block.node.get("by").and_then(Node::scalar).is_some_and(|by| by.text.starts_with("each of"));
                    procedure.acts.extend(acts(block.node.get("acts"), step, by_each));
                }
                first
            }
            Kind::Rule => procedure.rules.insert(name.text.clone(), block).map(|first| &first.name.span),
            Kind::Table => {
                let outputs = table::outputs(block);
                let names = TableNames { block, outputs };
                procedure.tables.insert(name.text.clone(), names).map(|first| &first.block.name.span)
            }
            Kind::Document => procedure.documents.insert(name.text.clone(), block).map(|first| &first.name.span),
            _ => None,
        };
        if let Some(first) = first {
            sink.add(names::duplicate(&name.span, &name.text, first));
        }
    }

    /// Whether a draft may name what another one defines.
    pub fn sees(&self, from: usize, other: usize) -> bool {
        from == other || uses(&self.drafts[from], self.drafts[other].id())
    }

    pub fn form(&self, from: usize, name: &str) -> Option<&FormNames<'a>> {
        self.forms.get(name).filter(|form| self.sees(from, form.draft))
    }

    pub fn register(&self, from: usize, name: &str) -> Option<&RegisterNames<'a>> {
        self.registers.get(name).filter(|register| self.sees(from, register.draft))
    }

    pub fn fund(&self, from: usize, name: &str) -> Option<&FundNames<'a>> {
        self.funds.get(name).filter(|fund| self.sees(from, fund.draft))
    }

    /// The duties that open a procedure, with their titles.
    pub fn duties_of(&self, procedure: &str) -> Vec<(Name, Label)> {
        let own = self.duties.iter().filter(|(_, (_, block))| block.procedure() == procedure);
        let title = |block: &Block| {
            let node = block.node.get("title");
            let words = node.and_then(|node| node.scalar().or_else(|| node.get("zh")?.scalar()));
            keys::plain_label(words.map_or(block.name.text.as_str(), |words| words.text.as_str()))
        };
        own.map(|(name, (_, block))| (name.clone(), title(block))).collect()
    }

    pub fn procedure(&self, from: usize, name: &str) -> Option<&ProcedureNames<'a>> {
        self.procedures.get(name).filter(|procedure| self.sees(from, procedure.draft))
    }
}

fn uses(draft: &Draft, id: &str) -> bool {
    draft.front.as_ref().is_some_and(|front| front.uses.iter().any(|used| used.text == id))
}

/// Names of registers and forms of each draft.
fn known_names(drafts: &[Draft]) -> Vec<Known> {
    let named = |draft: &Draft, kind: Kind| -> BTreeSet<Name> {
        draft.of_kind(kind).map(|block| block.name.text.clone()).collect()
    };
    let of = |draft| Known { registers: named(draft, Kind::Register), forms: named(draft, Kind::Form) };
    drafts.iter().map(of).collect()
}

fn visible(drafts: &[Draft], index: usize, known: &[Known]) -> Known {
    let mut all = known[index].clone();
    for (other, names) in known.iter().enumerate() {
        if other != index && uses(&drafts[index], drafts[other].id()) {
            all.registers.extend(names.registers.iter().cloned());
            all.forms.extend(names.forms.iter().cloned());
        }
    }
    all
}

fn procedure_names<'a>(draft: usize, block: &'a Block, sink: &Sink) -> ProcedureNames<'a> {
    let node = &block.node;
    let mut all = acts(node.get("start"), At::Start, false);
    all.extend(acts(node.get("acts"), At::AnyStep, false));
    ProcedureNames {
        draft,
        block,
        about: about(node),
        acts: all,
        facts: node
            .get("facts")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .filter_map(|(n, v)| fact(n, v, sink))
            .collect(),
        ends: ends(node, sink),
        steps: Vec::new(),
        rules: BTreeMap::new(),
        tables: BTreeMap::new(),
        documents: BTreeMap::new(),
        roots: Roots::new(),
    }
}

/// Acts of a mapping, read only as far as others need to know.
fn acts<'a>(node: Option<&'a Node>, at: At<'a>, step_each: bool) -> Vec<ActNames<'a>> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let act = |(name, node): &'a (Words, Node)| {
        let forms = node.get("form").map(Node::items).unwrap_or_default();
        let each = match node.get("by") {
            Some(by) => by.scalar().is_some_and(|by| by.text.starts_with("each of")),
            None => step_each,
        };
        ActNames { name, node, at, forms: forms.iter().filter_map(Node::scalar).map(Words::trimmed).collect(), each }
    };
    entries.iter().map(act).collect()
}

/// `{ household: households, permit: dog-permit may, site: { of: …, offer: … } }`; whether the target exists is checked later, and what
/// is offered is compiled once all names are known.
fn about(node: &Node) -> Vec<(About, Words)> {
    let entries = node.get("about").map(Node::entries).unwrap_or_default();
    let one = |(name, target): &(Words, Node)| {
        let words = target.get("of").unwrap_or(target).scalar()?;
        let (target, optional) = match words.text.trim().strip_suffix(" may") {
            Some(target) => (target.trim(), true),
            None => (words.text.trim(), false),
        };
        // Which of the two it is shows when all names are known.
        let target = AboutTarget::Register(target.to_string());
        Some((About { name: name.text.clone(), target, optional, offer: None }, words.clone()))
    };
    entries.iter().filter_map(one).collect()
}

/// `name: EXPR` or `name: { value: EXPR, label: …, clause: … }`. A leading `=` is allowed.
fn fact(name: &Words, node: &Node, sink: &Sink) -> Option<FactNames> {
    let of = |words: &Words| words.after("=").unwrap_or_else(|| words.trimmed());
    keys::name(name, sink)?;
    if let Some(words) = node.scalar() {
        let label = keys::plain_label(&name.text);
        return Some(FactNames { name: name.clone(), value: of(words), label, clauses: Vec::new() });
    }
    let keys = keys::Keys::open(node, &["value", "label", "clause", "note"], sink);
    let value = of(keys.required("value", &name.span)?);
    Some(FactNames { name: name.clone(), value, label: keys.label("label", &name.text), clauses: keys.clauses() })
}

fn ends(node: &Node, sink: &Sink) -> Vec<(Words, Label)> {
    let entries = node.get("ends").map(|ends| keys::entries(ends, sink)).unwrap_or_default();
    let end = |(name, node): &(Words, Node)| {
        keys::name(name, sink)?;
        Some((name.clone(), keys::label(node, sink).unwrap_or_else(|| keys::plain_label(&name.text))))
    };
    entries.iter().filter_map(end).collect()
}
