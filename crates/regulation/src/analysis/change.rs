//! The smallest change that would turn a verdict: which field, what it is now, what it would have to be.
//!
//! The fields and facts that comparisons name are tried with the values that would turn these comparisons, one at a time,
//! then in pairs. What somebody has not answered yet stands against nothing: ways are sought to mend what was answered, and only where that
//! is all right among what was not. Facts and rules that follow from a changed field change along; but a fact that is compared itself is said
//! as it stands (`per-capita < 50 m²`), since there are many ways to bring it there.

use crate::expr::ast::Comparison;
use crate::expr::eval::{Evaluator, all_of, any_of, truth_value};
use crate::expr::typed::{Kind, Node};
use crate::expr::{Env, Expr, FileRef, Layer, NameKind, Thing, Type, Value};
use crate::model::{Holds, Name, Procedure, Rule, RuleRow};
use jiff::ToSpan;

use rust_decimal::Decimal;
use std::cell::Cell;

/// Verdicts computed in search of a change, at most.
const MOST_TRIES: usize = 4_000;
/// Alternatives offered, at most.
const MOST_OFFERED: usize = 3;

/// A field that would have to be otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// The field or fact as regulations name it.
    pub field: String,
    /// How people call it.
    pub label: String,
    /// Its present value as people read it.
    pub now: String,
    /// The same for readers of English.
    pub now_en: String,
    /// What would have to hold: `requested-plot-area <= 200 m²`.
    pub needed: String,
    /// The same as people say it: 申请面积不大于200 平方米.
    pub needed_zh: String,
}

/// The smallest sets of changes after which the wanted rules of a procedure no longer fail, a few at most; empty if they do
/// not fail now, or if more than two fields stand in the way. `open` are the fields that are still to be filled in: where something else
/// stands in the way as well, only that is mended.
#[must_use]
pub fn smallest_change(procedure: &Procedure, wanted: &[&str], open: &[Name], env: &dyn Env) -> Vec<Vec<Change>> {
    let answered = Search::new(procedure, wanted, open, env).ways();
    if answered.is_empty() { Search::new(procedure, wanted, &[], env).ways() } else { answered }
}

/// Whether a rule holds; a hit that still needs to be confirmed does not count.
fn rule_truth(rule: &Rule, env: &dyn Env) -> Option<bool> {
    combined(rule, rule.rows.iter().map(|row| row_truth(row, env)))
}

fn combined(rule: &Rule, rows: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    match rule.holds {
        Holds::All => all_of(rows),
        Holds::Any => any_of(rows),
        Holds::None => any_of(rows).map(|yes| !yes),
    }
}

fn row_truth(row: &RuleRow, env: &dyn Env) -> Option<bool> {
    let truth = truth(&row.when, env);
    match &row.confirm {
        Some(confirm) if self::truth(confirm, env) != Some(true) => truth.map(|_| false),
        _ => truth,
    }
}

fn truth(expr: &Expr, env: &dyn Env) -> Option<bool> {
    Evaluator::new(env).truth(expr.node())
}

/// Something that can be changed: a field or fact, or a field of a filed form.
#[derive(Debug, Clone, PartialEq)]
struct Target<'a> {
    node: &'a Node,
    place: Place,
}

/// Where the environment keeps it.
#[derive(Debug, Clone, PartialEq)]
enum Place {
    Root(String),
    Member(Thing, String),
}

/// A change tried.
#[derive(Debug, Clone)]
struct Trial<'a> {
    target: Target<'a>,
    value: Value,
}

struct Search<'a> {
    procedure: &'a Procedure,
    wanted: Vec<&'a Rule>,
    /// Fields that are still to be filled in: a row that looks at one does not stand against anything yet.
    open: &'a [Name],
    env: &'a dyn Env,
    atoms: Vec<&'a Node>,
    trials: Vec<Trial<'a>>,
}

impl<'a> Search<'a> {
    fn new(procedure: &'a Procedure, wanted: &[&str], open: &'a [Name], env: &'a dyn Env) -> Self {
        let involved = involved(procedure, wanted);
        let conditions = involved.iter().flat_map(|rule| &rule.rows).map(|row| &row.when);
        let mut atoms = Vec::new();
        conditions.clone().for_each(|when| collect(when.node(), &mut atoms));
        let changeable = |name: &str| {
            let kind = conditions.clone().find_map(|when| when.reads().kind_of(name));
            match kind {
                Some(NameKind::Field | NameKind::TableOutput) => true,
                Some(NameKind::Fact) => !is_set_by_county(procedure, name, DEEPEST),
                _ => false,
            }
        };
        let mut trials: Vec<Trial> = Vec::new();
        for trial in atoms.iter().flat_map(|atom| trials_of(atom, env, &changeable)) {
            let same = |known: &Trial| known.target.place == trial.target.place && known.value == trial.value;
            if !trials.iter().any(same) {
                trials.push(trial);
            }
        }
        let wanted = wanted.iter().filter_map(|name| procedure.rules.get(*name)).map(|rule| &**rule).collect();
        Search { procedure, wanted, open, env, atoms, trials }
    }

    fn ways(&self) -> Vec<Vec<Change>> {
        if self.verdict(&[]) != Some(false) {
            return Vec::new();
        }
        let singles = self.singles();
        if singles.is_empty() { self.pairs() } else { singles }
    }

    fn after<'b>(&'b self, trials: &'b [&'b Trial<'b>]) -> Changed<'b> {
        Changed { env: self.env, procedure: self.procedure, trials, depth: Cell::new(0) }
    }

    fn verdict(&self, trials: &[&Trial]) -> Option<bool> {
        let env = self.after(trials);
        let rows = |rule: &'a Rule| {
            let env = &env;
            combined(rule, rule.rows.iter().map(move |row| self.as_answered(rule, row, row_truth(row, env))))
        };
        all_of(self.wanted.iter().map(|rule| rows(rule)))
    }

    /// What a row says of what was answered: nothing, where it speaks against its rule and looks at what was not.
    fn as_answered(&self, rule: &Rule, row: &RuleRow, truth: Option<bool>) -> Option<bool> {
        let against = truth == Some(rule.holds == Holds::None);
        truth.filter(|_| !(against && self.looks_at_open(&row.when, DEEPEST)))
    }

    /// Whether a condition looks at a field that is still to be filled in, itself or through the rules that it names.
    fn looks_at_open(&self, when: &Expr, deepest: usize) -> bool {
        let of_rule = |name: &str| {
            let rule = self.procedure.rules.get(name).filter(|_| deepest > 0);
            rule.is_some_and(|rule| rule.rows.iter().any(|row| self.looks_at_open(&row.when, deepest - 1)))
        };
        when.reads().names.iter().any(|(name, _)| self.open.contains(name) || of_rule(name))
    }

    fn turns(&self, trials: &[&Trial]) -> bool {
        self.verdict(trials) != Some(false)
    }

    fn singles(&self) -> Vec<Vec<Change>> {
        let mut found = Vec::new();
        let mut turning: Vec<&Trial> =
            self.trials.iter().take(MOST_TRIES).filter(|trial| self.turns(&[trial])).collect();
        turning.sort_by_key(|trial| self.reluctance(trial));
        for trial in turning {
            self.offer(&[trial], &mut found);
        }
        found
    }

    /// What people change last: what they have given rather than what they have not; and of that a figure first, what kind of thing they ask
    /// for only last.
    fn reluctance(&self, trial: &Trial) -> (bool, u8) {
        let node = trial.target.node;
        let kind = match node.ty {
            Type::Number { .. } | Type::Date | Type::Moment | Type::TermOf(_) => 0,
            Type::OneOf(_) | Type::SomeOf(_) => 2,
            _ => 1,
        };
        (Evaluator::new(self.env).value(node).is_missing(), kind)
    }

    fn pairs(&self) -> Vec<Vec<Change>> {
        let mut found = Vec::new();
        let mut tries = 0;
        for (index, second) in self.trials.iter().enumerate() {
            for first in self.trials[..index].iter().filter(|first| first.target.place != second.target.place) {
                tries += 1;
                if tries > MOST_TRIES || found.len() == MOST_OFFERED {
                    return found;
                }
                if self.turns(&[first, second]) {
                    self.offer(&[first, second], &mut found);
                }
            }
        }
        found
    }

    /// Adds a set of changes unless the same is offered already.
    fn offer(&self, trials: &[&Trial], found: &mut Vec<Vec<Change>>) {
        let changes: Vec<Change> = trials.iter().map(|trial| self.change(trial)).collect();
        let fields = |changes: &[Change]| changes.iter().map(|change| change.field.clone()).collect::<Vec<_>>();
        let known = found.iter().any(|other| fields(other) == fields(&changes));
        if !known && found.len() < MOST_OFFERED {
            found.push(changes);
        }
    }

    /// What a trial says, from the comparisons that it turns.
    fn change(&self, trial: &Trial) -> Change {
        let node = trial.target.node;
        let single = [trial];
        let after = self.after(&single);
        let mut needed: Vec<(String, String)> = Vec::new();
        let mut denied: Vec<(String, String)> = Vec::new();
        for atom in &self.atoms {
            let holds = Evaluator::new(&after).truth(atom);
            let turned = holds.is_some() && holds != Evaluator::new(self.env).truth(atom);
            if !turned {
                continue;
            }
            let Some(said) = say(atom, &trial.target, holds == Some(true), self.env) else { continue };
            let said_where = if denies(atom, holds == Some(true), node) { &mut denied } else { &mut needed };
            if !said_where.contains(&said) {
                said_where.push(said);
            }
        }
        // What it is to be says already what it is not to be.
        if needed.is_empty() {
            needed = denied;
        }
        let now = Evaluator::new(self.env).value(node);
        Change {
            field: node.text.to_string(),
            label: name(node),
            now: now.zh(&node.ty),
            now_en: now.en(&node.ty),
            needed: joined(&needed, |said| &said.0, " and "),
            needed_zh: joined(&needed, |said| &said.1, "，"),
        }
    }
}

/// Whether an atom, turned so, only says which code the target is not to be.
fn denies(atom: &Node, holds: bool, target: &Node) -> bool {
    let is_code = matches!(target.ty, Type::OneOf(_));
    match &atom.kind {
        Kind::Compare(Comparison::Equal, ..) => is_code && !holds,
        Kind::Compare(Comparison::Unequal, ..) => is_code && holds,
        Kind::In { negated, .. } => is_code && holds == *negated,
        _ => false,
    }
}

fn joined(said: &[(String, String)], part: impl Fn(&(String, String)) -> &String, between: &str) -> String {
    said.iter().map(|said| part(said).as_str()).collect::<Vec<_>>().join(between)
}

fn name(node: &Node) -> String {
    node.label.as_ref().unwrap_or(&node.text).to_string()
}

/// Whether a fact follows from parameters and dates alone: whoever applies cannot change it.
fn is_set_by_county(procedure: &Procedure, name: &str, deepest: usize) -> bool {
    let Some(fact) = procedure.facts.iter().find(|fact| fact.name == name).filter(|_| deepest > 0) else {
        return false;
    };
    let reads = fact.value.reads();
    let is_set = |(name, kind): &(Name, NameKind)| match kind {
        NameKind::Parameter | NameKind::Act | NameKind::Today => true,
        NameKind::Fact => is_set_by_county(procedure, name, deepest - 1),
        _ => false,
    };
    reads.collections.is_empty() && reads.names.iter().all(is_set)
}

/// The wanted rules and those that they name, each once.
fn involved<'a>(procedure: &'a Procedure, wanted: &[&str]) -> Vec<&'a Rule> {
    let mut names: Vec<&str> = wanted.to_vec();
    let mut rules: Vec<&Rule> = Vec::new();
    while let Some(name) = names.pop() {
        let Some(rule) = procedure.rules.get(name) else {
            continue;
        };
        if rules.iter().any(|known| known.name == rule.name) {
            continue;
        }
        rules.push(rule);
        names.extend(rule.rows.iter().flat_map(|row| &row.when.reads().names).map(|(name, _)| name.as_str()));
    }
    rules
}

/// The comparisons and plain conditions that a condition is made of.
fn collect<'a>(node: &'a Node, atoms: &mut Vec<&'a Node>) {
    match &node.kind {
        Kind::And(all) | Kind::Or(all) => all.iter().for_each(|one| collect(one, atoms)),
        Kind::Not(of) => collect(of, atoms),
        _ => atoms.push(node),
    }
}

/// The changes that would turn an atom.
fn trials_of<'a>(atom: &'a Node, env: &dyn Env, changeable: &impl Fn(&str) -> bool) -> Vec<Trial<'a>> {
    let mut found = Vec::new();
    let mut add = |node: &'a Node, values: Vec<Value>| {
        if let Some(target) = target(node, env, changeable) {
            found.extend(values.into_iter().map(|value| Trial { target: target.clone(), value }));
        }
    };
    let value_of = |node: &Node| Evaluator::new(env).value(node);
    match &atom.kind {
        Kind::Compare(_, left, right) => {
            add(left, around(&value_of(right), &left.ty));
            add(right, around(&value_of(left), &right.ty));
        }
        Kind::In { item, list, .. } => {
            add(item, around(&Value::Missing, &item.ty));
            add(list, toggled(&value_of(list), &value_of(item)));
        }
        Kind::Given(of) | Kind::Missing(of) => {
            add(of, placeholder(&of.ty).into_iter().chain([Value::Missing]).collect())
        }
        _ => add(atom, vec![Value::Bool(true), Value::Bool(false)]),
    }
    found
}

fn target<'a>(node: &'a Node, env: &dyn Env, changeable: &impl Fn(&str) -> bool) -> Option<Target<'a>> {
    let place = match &node.kind {
        Kind::Root(name) if changeable(name) => Place::Root(name.clone()),
        Kind::Member { of, name } if matches!(of.ty, Type::Form(_)) => match Evaluator::new(env).value(of) {
            Value::Thing(thing) => Place::Member(thing, name.clone()),
            _ => return None,
        },
        _ => return None,
    };
    Some(Target { node, place })
}

/// Values at and beside another one: those that can turn a comparison with it.
fn around(other: &Value, ty: &Type) -> Vec<Value> {
    match (other, ty) {
        (_, Type::OneOf(codes)) => codes.iter().map(|(code, _)| Value::Code(code.clone())).collect(),
        (_, Type::Bool | Type::Agreed) => vec![Value::Bool(true), Value::Bool(false)],
        (Value::Number(number, unit), Type::Number { whole, .. }) => {
            let step = if *whole { Decimal::ONE } else { Decimal::new(1, 2) };
            let beside = [Some(*number), number.checked_sub(step), number.checked_add(step)];
            beside.into_iter().flatten().map(|number| Value::Number(number, unit.clone())).collect()
        }
        (Value::Date(date), Type::Date) => {
            let beside = [Some(*date), date.checked_sub(1.day()).ok(), date.checked_add(1.day()).ok()];
            beside.into_iter().flatten().map(Value::Date).collect()
        }
        (Value::Term(_) | Value::Text(_) | Value::Key(_), _) => vec![other.clone()],
        _ => Vec::new(),
    }
}

/// A set of codes with one more or one less.
fn toggled(codes: &Value, code: &Value) -> Vec<Value> {
    match (codes, code) {
        (Value::Codes(codes), Value::Code(code)) => {
            let mut codes = codes.clone();
            if !codes.remove(code) {
                codes.insert(code.clone());
            }
            vec![Value::Codes(codes)]
        }
        _ => Vec::new(),
    }
}

/// Something given, of no particular content; `None` where any content would decide other conditions too.
fn placeholder(ty: &Type) -> Option<Value> {
    match ty {
        Type::File => {
            Some(Value::File(FileRef { name: "…".into(), digest: String::new(), size: 0, media: String::new() }))
        }
        Type::Bool | Type::Agreed => Some(Value::Bool(true)),
        _ if ty.is_text() => Some(Value::Text("…".into())),
        _ => None,
    }
}

/// What an atom asks of the target when it must hold, or must not: as written and as people say it.
fn say(atom: &Node, target: &Target, holds: bool, env: &dyn Env) -> Option<(String, String)> {
    let is_target = |node: &Node| node.text == target.node.text;
    let label = name(target.node);
    let text = &target.node.text;
    match &atom.kind {
        Kind::Compare(comparison, left, right) => {
            let (comparison, other) = match (is_target(left), is_target(right)) {
                (true, _) => (*comparison, right),
                (_, true) => (comparison.mirrored(), left),
                _ => return None,
            };
            let comparison = if holds { comparison } else { comparison.opposite() };
            Some(compared(text, &label, comparison, other, env))
        }
        Kind::In { item, list, negated } if is_target(item) || is_target(list) => {
            let inside = holds != *negated;
            let list_zh = Evaluator::new(env).value(list).zh(&list.ty);
            let item_zh = Evaluator::new(env).value(item).zh(&item.ty);
            let (word, zh) = if inside { ("in", "属于") } else { ("not in", "不属于") };
            let said = if is_target(item) { format!("{label}{zh}{list_zh}") } else { format!("{item_zh}{zh}{label}") };
            Some((format!("{} {word} {}", item.text, list.text), said))
        }
        Kind::Given(of) | Kind::Missing(of) if is_target(of) => {
            let given = holds == matches!(atom.kind, Kind::Given(_));
            let (word, zh) = if given { ("given", "已提供") } else { ("missing", "不提供") };
            Some((format!("{text} {word}"), format!("{label}{zh}")))
        }
        _ if is_target(atom) => {
            let (word, zh) = if holds { ("yes", "是") } else { ("no", "否") };
            Some((format!("{text} == {word}"), format!("{label}为“{zh}”")))
        }
        _ => None,
    }
}

fn compared(text: &str, label: &str, comparison: Comparison, other: &Node, env: &dyn Env) -> (String, String) {
    let value = Evaluator::new(env).value(other);
    (
        format!("{text} {} {}", comparison.sign(), value.show()),
        format!("{label}{}{}", comparison.zh(), value.zh(&other.ty)),
    )
}

/// Facts and rules that refer to each other, at most this deep.
const DEEPEST: usize = 32;

/// The environment with some values changed, and what follows from them.
struct Changed<'a> {
    env: &'a dyn Env,
    procedure: &'a Procedure,
    trials: &'a [&'a Trial<'a>],
    depth: Cell<usize>,
}

impl Changed<'_> {
    fn tried(&self, place: &Place) -> Option<Value> {
        self.trials.iter().find(|trial| trial.target.place == *place).map(|trial| trial.value.clone())
    }

    /// A fact or rule of the procedure, derived anew.
    fn derived(&self, name: &str) -> Option<Value> {
        if self.trials.is_empty() || self.depth.get() >= DEEPEST {
            return None;
        }
        self.depth.set(self.depth.get() + 1);
        let fact = self.procedure.facts.iter().find(|fact| fact.name == name);
        let value = match fact {
            Some(fact) => Some(fact.value.eval(self)),
            None => self.procedure.rules.get(name).map(|rule| truth_value(rule_truth(rule, self))),
        };
        self.depth.set(self.depth.get() - 1);
        value
    }
}

impl Layer for Changed<'_> {
    fn outer(&self) -> &dyn Env {
        self.env
    }

    fn answer(&self, name: &str) -> Option<Value> {
        self.tried(&Place::Root(name.to_owned())).or_else(|| self.derived(name))
    }

    fn answer_of(&self, of: &Thing, name: &str) -> Option<Value> {
        self.tried(&Place::Member(of.clone(), name.to_owned()))
    }

    // What is tried out is said now, not left to a later step.
    fn settles(&self, _: &str) -> bool {
        true
    }
}
