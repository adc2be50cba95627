//! An expression written out again, with no more brackets than needed. Reading it back gives the same tree.

use super::ast::{Ast, AstKind};
use super::parser::power;
use std::fmt;

impl fmt::Display for Ast {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(out, self, power::WHERE, false)
    }
}

/// Writes a node where at least `least` binding power is wanted; `in_condition` between `if` and `else`, where a bare
/// `else` would end the condition.
fn write(out: &mut fmt::Formatter<'_>, ast: &Ast, least: u8, in_condition: bool) -> fmt::Result {
    if power_of(ast) >= least && !(in_condition && matches!(ast.kind, AstKind::Default(..))) {
        return bare(out, ast, in_condition);
    }
    out.write_str("(")?;
    bare(out, ast, false)?;
    out.write_str(")")
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

fn bare(out: &mut fmt::Formatter<'_>, ast: &Ast, in_condition: bool) -> fmt::Result {
    let side = |out: &mut fmt::Formatter<'_>, of: &Ast, least: u8| write(out, of, least, in_condition);
    // Two sides with a word between them.
    let both = |out: &mut fmt::Formatter<'_>, left: (&Ast, u8), word: &str, right: (&Ast, u8)| {
        side(out, left.0, left.1)?;
        write!(out, " {word} ")?;
        side(out, right.0, right.1)
    };
    match &ast.kind {
        AstKind::Bool(yes) => out.write_str(if *yes { "yes" } else { "no" }),
        AstKind::Number(number, None) => write!(out, "{number}"),
        AstKind::Number(number, Some(unit)) => write!(out, "{number} {unit}"),
        AstKind::Term(term) => write!(out, "{term}"),
        AstKind::Date(date) => write!(out, "{date}"),
        AstKind::Moment(moment) => write!(out, "{}", moment.strftime("%Y-%m-%d %H:%M")),
        AstKind::Text(text) => write!(out, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        AstKind::Name(name) => out.write_str(name),
        AstKind::Member(of, name) => {
            side(out, of, power::MEMBER)?;
            write!(out, ".{name}")
        }
        AstKind::List(all) => {
            out.write_str("[")?;
            joined(out, all, ", ", power::WHERE, false)?;
            out.write_str("]")
        }
        AstKind::Call(name, all) => {
            write!(out, "{name}(")?;
            joined(out, all, ", ", power::WHERE, false)?;
            out.write_str(")")
        }
        AstKind::Not(of) => {
            out.write_str("not ")?;
            side(out, of, power::NOT)
        }
        AstKind::Negate(of) => {
            out.write_str("-")?;
            side(out, of, power::NEGATE)
        }
        AstKind::And(all) => joined(out, all, " and ", power::AND + 1, in_condition),
        AstKind::Or(all) => joined(out, all, " or ", power::OR + 1, in_condition),
        AstKind::Compare(comparison, left, right) => {
            let tighter = power::COMPARE + 1;
            both(out, (left, tighter), comparison.sign(), (right, tighter))
        }
        AstKind::In { item, list, negated } => {
            let tighter = power::COMPARE + 1;
            both(out, (item, tighter), if *negated { "not in" } else { "in" }, (list, tighter))
        }
        AstKind::Given(of) => {
            side(out, of, power::COMPARE + 1)?;
            out.write_str(" given")
        }
        AstKind::Missing(of) => {
            side(out, of, power::COMPARE + 1)?;
            out.write_str(" missing")
        }
        AstKind::Default(left, right) => both(out, (left, power::DEFAULT + 1), "else", (right, power::DEFAULT)),
        AstKind::If { then, condition, otherwise } => {
            side(out, then, power::OR)?;
            out.write_str(" if ")?;
            write(out, condition, power::OR, true)?;
            out.write_str(" else ")?;
            side(out, otherwise, power::IF)
        }
        AstKind::Arithmetic(operator, left, right) => {
            let own = power_of(ast);
            both(out, (left, own), operator.sign(), (right, own + 1))
        }
        AstKind::Counted { term, date, after } => {
            let tighter = power::COUNTED + 1;
            both(out, (term, tighter), if *after { "after" } else { "before" }, (date, tighter))
        }
        AstKind::Where(source, condition) => both(out, (source, power::IF), "where", (condition, power::IF)),
    }
}

fn joined(out: &mut fmt::Formatter<'_>, all: &[Ast], word: &str, least: u8, in_condition: bool) -> fmt::Result {
    for (index, one) in all.iter().enumerate() {
        if index > 0 {
            out.write_str(word)?;
        }
        write(out, one, least, in_condition)?;
    }
    Ok(())
}
