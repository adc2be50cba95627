//! An expression written out again, with no more brackets than needed. Reading it back gives the same tree.

use super::ast::{Ast, AstKind};
use super::parser::power;
use std::fmt;

impl fmt::Display for Ast {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&write(self, power::WHERE, false))
    }
}

/// Writes a node where at least `least` binding power is wanted; `in_condition` between `if` and `else`, where a bare
/// `else` would end the condition.
fn write(ast: &Ast, least: u8, in_condition: bool) -> String {
    let bracket = power_of(ast) < least || (in_condition && matches!(ast.kind, AstKind::Default(..)));
    if bracket { format!("({})", bare(ast, false)) } else { bare(ast, in_condition) }
}

fn power_of(ast: &Ast) -> u8 {
    match &ast.kind {
        AstKind::Where(..) => power::WHERE,
        AstKind::If { .. } => power::IF,
        AstKind::Or(_) => power::OR,
        AstKind::And(_) => power::AND,
        AstKind::Not(_) => power::NOT,
        AstKind::Compare(..) | AstKind::In { .. } | AstKind::Given(_) | AstKind::Missing(_) => power::COMPARE,
        AstKind::Counted { .. } => power::COUNTED,
        AstKind::Default(..) => power::DEFAULT,
        AstKind::Arithmetic(operator, ..) => match operator.sign() {
            "+" | "-" => power::SUM,
            _ => power::PRODUCT,
        },
        AstKind::Negate(_) => power::NEGATE,
        AstKind::Bool(_)
        | AstKind::Number(..)
        | AstKind::Term(_)
        | AstKind::Date(_)
        | AstKind::Moment(_)
        | AstKind::Text(_)
        | AstKind::Name(_)
        | AstKind::Member(..)
        | AstKind::List(_)
        | AstKind::Call(..) => power::MEMBER,
    }
}

fn bare(ast: &Ast, in_condition: bool) -> String {
    let side = |of: &Ast, least: u8| write(of, least, in_condition);
    match &ast.kind {
        AstKind::Bool(yes) => (if *yes { "yes" } else { "no" }).to_owned(),
        AstKind::Number(number, None) => number.to_string(),
        AstKind::Number(number, Some(unit)) => format!("{number} {unit}"),
        AstKind::Term(term) => term.to_string(),
        AstKind::Date(date) => date.to_string(),
        AstKind::Moment(moment) => moment.strftime("%Y-%m-%d %H:%M").to_string(),
        AstKind::Text(text) => quoted(text),
        AstKind::Name(name) => name.clone(),
        AstKind::Member(of, name) => format!("{}.{name}", side(of, power::MEMBER)),
        AstKind::List(all) => format!("[{}]", sequence(all)),
        AstKind::Call(name, all) => format!("{name}({})", sequence(all)),
        AstKind::Not(of) => format!("not {}", side(of, power::NOT)),
        AstKind::Negate(of) => format!("-{}", side(of, power::NEGATE)),
        AstKind::And(all) => joined(all, " and ", power::AND, in_condition),
        AstKind::Or(all) => joined(all, " or ", power::OR, in_condition),
        AstKind::Compare(comparison, left, right) => {
            let tighter = power::COMPARE + 1;
            format!("{} {} {}", side(left, tighter), comparison.sign(), side(right, tighter))
        }
        AstKind::In { item, list, negated } => {
            let word = if *negated { "not in" } else { "in" };
            format!("{} {word} {}", side(item, power::COMPARE + 1), side(list, power::COMPARE + 1))
        }
        AstKind::Given(of) => format!("{} given", side(of, power::COMPARE + 1)),
        AstKind::Missing(of) => format!("{} missing", side(of, power::COMPARE + 1)),
        AstKind::Default(left, right) => {
            format!("{} else {}", side(left, power::DEFAULT + 1), side(right, power::DEFAULT))
        }
        AstKind::If { then, condition, otherwise } => format!(
            "{} if {} else {}",
            side(then, power::OR),
            write(condition, power::OR, true),
            side(otherwise, power::IF)
        ),
        AstKind::Arithmetic(operator, left, right) => {
            let own = power_of(ast);
            format!("{} {} {}", side(left, own), operator.sign(), side(right, own + 1))
        }
        AstKind::Counted { term, date, after } => {
            let word = if *after { "after" } else { "before" };
            format!("{} {word} {}", side(term, power::COUNTED + 1), side(date, power::COUNTED + 1))
        }
        AstKind::Where(source, condition) => {
            format!("{} where {}", side(source, power::IF), side(condition, power::IF))
        }
    }
}

fn sequence(all: &[Ast]) -> String {
    all.iter().map(Ast::to_string).collect::<Vec<_>>().join(", ")
}

fn joined(all: &[Ast], word: &str, own: u8, in_condition: bool) -> String {
    all.iter().map(|one| write(one, own + 1, in_condition)).collect::<Vec<_>>().join(word)
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
