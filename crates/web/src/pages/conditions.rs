//! Conditions (条件) for a reader: what stands against a matter, what is open, and in one line what holds; and what the
//! acts of a step need.

use crate::components::clause::{cite, clauses};
use crate::components::verdict::{Holds as Mark, Line, verdict};
use crate::lang::Lang;
use engine::env::MatterEnv;
use engine::reach::Reach;
use engine::verdict::{RowVerdict, RuleVerdict};
use maud::{Markup, html};
use regulation::expr::NameKind;
use regulation::model::{Act, Condition, Holds, Name, Procedure, Rule};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;

fn rules_of<'p>(procedure: &'p Procedure, conditions: &'p [Condition]) -> impl Iterator<Item = &'p Arc<Rule>> {
    conditions.iter().filter_map(|condition| match condition {
        Condition::Rule(name) => procedure.rules.get(name),
        Condition::Expr { .. } => None,
    })
}

/// What acts at a step need before they can be done: each act with its rules, those left out that look at what is only
/// filed with the act itself.
#[must_use]
pub fn guards<'p>(env: &MatterEnv<'_, '_>, procedure: &'p Procedure, step: &str) -> Vec<(&'p Act, Vec<&'p Arc<Rule>>)> {
    let own = procedure.step(step).into_iter().flat_map(|step| &step.acts);
    let any = procedure.acts.iter().filter(|act| !act.not_at.iter().any(|name| name == step));
    let with_rules = own.chain(any).map(|act| {
        let told = |rule: &&Arc<Rule>| {
            let mut reach = Reach::new(env, procedure);
            reach.rule(&rule.name);
            !act.forms.iter().any(|form| reach.names.get(form) == Some(&NameKind::Form))
        };
        (act, rules_of(procedure, &act.require).filter(told).collect::<Vec<_>>())
    });
    with_rules.filter(|(_, rules)| !rules.is_empty()).collect()
}

/// Verdicts for a reader: failing rules with their rows, then what is open, then in one line what holds.
#[must_use]
pub fn shown(snapshot: &dyn Snapshot, lang: Lang, verdicts: &[RuleVerdict]) -> Markup {
    told(snapshot, lang, verdicts, |_| true)
}

/// The same for somebody who says of themselves what they can: what looks at something they typed (by what it is called) stands first, what
/// follows from registers or what they left out is folded.
#[must_use]
pub fn shown_to_asker(
    snapshot: &dyn Snapshot,
    lang: Lang,
    verdicts: &[RuleVerdict],
    typed: &BTreeSet<String>,
) -> Markup {
    let of_typed = |line: &Line| line.values.iter().any(|(name, _)| typed.contains(name));
    let any = verdicts.iter().any(|rule| lines(snapshot, lang, rule, Mark::No).iter().any(of_typed));
    told(snapshot, lang, verdicts, |line| !any || of_typed(line))
}

fn told(snapshot: &dyn Snapshot, lang: Lang, verdicts: &[RuleVerdict], is_first: impl Fn(&Line) -> bool) -> Markup {
    let failing = failing(snapshot, lang, verdicts, is_first);
    let told: Vec<Line> = verdicts.iter().flat_map(|rule| lines(snapshot, lang, rule, Mark::No)).collect();
    let open: Vec<Line> = verdicts
        .iter()
        .filter(|rule| rule.holds != Some(false) || rule.how != Holds::Any)
        .flat_map(|rule| lines(snapshot, lang, rule, Mark::Open))
        .filter(|line| !told.iter().any(|known| known.says == line.says))
        .collect();
    let held: Vec<&RuleVerdict> = verdicts.iter().filter(|rule| rule.holds == Some(true)).collect();
    html! {
        @for Failing { title, first, folded } in &failing {
            h3 { (title) (lang.say("：", ": ")) (outcome(lang, Some(false))) }
            @if !first.is_empty() { (verdict(lang, first)) }
            @if !folded.is_empty() {
                details {
                    summary { @match lang { Lang::Zh => { "逐项看这 " (folded.len()) " 项" } Lang::En => { (folded.len()) " conditions one by one" } } }
                    div { (verdict(lang, folded)) }
                }
            }
        }
        @if !open.is_empty() {
            details {
                summary { @match lang { Lang::Zh => { "尚不能确定的 " (open.len()) " 项" } Lang::En => { (open.len()) " not known yet" } } }
                div { (verdict(lang, &open)) }
            }
        }
        @if !held.is_empty() {
            details {
                summary { (held_line(lang, held.len(), held.len() == verdicts.len())) }
                ul class="verdict" { @for rule in held { (held_rule(snapshot, lang, rule)) } }
            }
        }
    }
}

/// A rule that fails: what stands first of it, and what is folded.
struct Failing<'a> {
    title: &'a str,
    first: Vec<Line>,
    folded: Vec<Line>,
}

/// The rules that fail, each condition said once; where one of several would do, that none does, and these folded.
fn failing<'a>(
    snapshot: &dyn Snapshot,
    lang: Lang,
    verdicts: &'a [RuleVerdict],
    is_first: impl Fn(&Line) -> bool,
) -> Vec<Failing<'a>> {
    let mut said: Vec<String> = Vec::new();
    let mut found: Vec<Failing<'a>> = Vec::new();
    for rule in verdicts.iter().filter(|rule| rule.holds == Some(false)) {
        let mut all = lines(snapshot, lang, rule, Mark::No);
        all.retain(|line| !said.contains(&line.says));
        said.extend(all.iter().map(|line| line.says.clone()));
        let whole = rule.because.as_ref().map(|because| lang.label(because).to_owned());
        let folds = rule.how == Holds::Any && whole.is_some();
        let is_whole = |line: &Line| Some(&line.says) == whole.as_ref();
        let (first, folded): (Vec<Line>, Vec<Line>) =
            all.into_iter().partition(|line| is_whole(line) || (!folds && is_first(line)));
        if !first.is_empty() || !folded.is_empty() {
            found.push(Failing { title: lang.label(&rule.title), first, folded });
        }
    }
    found.sort_by_key(|failing| failing.first.iter().all(|line| line.values.is_empty()));
    found
}

fn held_line(lang: Lang, count: usize, all: bool) -> String {
    match (lang, all) {
        (Lang::Zh, true) => format!("{count} 项都符合"),
        (Lang::Zh, false) => format!("其余 {count} 项符合"),
        (Lang::En, true) => format!("All {count} met"),
        (Lang::En, false) => format!("{count} others met"),
    }
}

fn held_rule(snapshot: &dyn Snapshot, lang: Lang, rule: &RuleVerdict) -> Markup {
    let mut cited: Vec<Name> = rule.clauses.clone();
    cited.extend(rule.rows.iter().flat_map(|row| row.clauses.clone()));
    // Of an `any` rule, the rows that hold say why; the rows of the others say what would stand against it.
    let because: Vec<&str> = match rule.how {
        Holds::Any => {
            rule.rows.iter().filter(|row| row.holds == Some(true)).map(|row| lang.label(&row.because)).collect()
        }
        Holds::All | Holds::None => Vec::new(),
    };
    html! {
        li {
            (crate::components::icon::tick())
            p { (lang.label(&rule.title)) @if !because.is_empty() { (lang.say("：", ": ")) (because.join(lang.say("；", "; "))) } " " (clauses(&cite(snapshot.world().rulebook(), &cited))) }
        }
    }
}

/// The rows of one mark, for a reader.
fn lines(snapshot: &dyn Snapshot, lang: Lang, rule: &RuleVerdict, mark: Mark) -> Vec<Line> {
    let wanted = |row: &&RowVerdict| marked(rule, row) == mark && (mark == Mark::No || rule.holds != Some(true));
    let rows = rule.rows.iter().filter(wanted).map(|row| Line {
        holds: mark,
        says: lang.label(&row.because).to_owned(),
        values: named(&row.values),
        citations: cite(snapshot.world().rulebook(), &row.clauses),
        hint: None,
    });
    let whole = rule.because.iter().filter(|_| mark == Mark::No && rule.holds == Some(false)).map(|because| Line {
        holds: Mark::No,
        says: lang.label(because).to_owned(),
        values: Vec::new(),
        citations: cite(snapshot.world().rulebook(), &rule.clauses),
        hint: None,
    });
    if rule.how == Holds::Any && (mark == Mark::No) != (rule.holds == Some(false)) {
        return Vec::new();
    }
    whole.chain(rows).collect()
}

/// What was looked at and has a name for people; whole conditions and names of the language are the clause's business.
fn named(values: &[(String, String)]) -> Vec<(String, String)> {
    let for_people = |(name, _): &&(String, String)| !name.is_ascii() && !name.contains(['(', '=', '<', '>']);
    values.iter().filter(for_people).cloned().collect()
}

fn marked(rule: &RuleVerdict, row: &RowVerdict) -> Mark {
    match (row.holds, rule.how, row.candidate) {
        (None, ..) | (_, _, true) => Mark::Open,
        (Some(hit), Holds::None, _) => {
            if hit {
                Mark::No
            } else {
                Mark::Yes
            }
        }
        (Some(true), ..) => Mark::Yes,
        (Some(false), ..) => Mark::No,
    }
}

/// Whether a rule holds, in words.
fn outcome(lang: Lang, holds: Option<bool>) -> &'static str {
    match holds {
        Some(true) => lang.say("符合", "met"),
        Some(false) => lang.say("不符合", "not met"),
        None => lang.say("尚不能确定", "not known yet"),
    }
}
