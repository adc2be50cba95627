//! From tokens to a tree: one loop over binding powers.

use super::ast::{Ast, AstKind, Comparison, Operator};
use super::codes;
use super::lexer::{Token, TokenKind, tokens};
use crate::finding::Finding;
use crate::span::Span;
use calendar::Term;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// The longest source of one expression, in bytes: far more than a clause needs, and a bound on all later work.
pub const MAX_BYTES: usize = 8_000;
/// The deepest tree.
pub const MAX_DEPTH: usize = 64;

/// How tightly operators bind, from loose to tight.
pub(super) mod power {
    pub(in crate::expr) const WHERE: u8 = 1;
    pub(in crate::expr) const IF: u8 = 2;
    pub(in crate::expr) const OR: u8 = 3;
    pub(in crate::expr) const AND: u8 = 4;
    pub(in crate::expr) const NOT: u8 = 5;
    pub(in crate::expr) const COMPARE: u8 = 6;
    pub(in crate::expr) const COUNTED: u8 = 7;
    pub(in crate::expr) const DEFAULT: u8 = 8;
    pub(in crate::expr) const SUM: u8 = 9;
    pub(in crate::expr) const PRODUCT: u8 = 10;
    pub(in crate::expr) const NEGATE: u8 = 11;
    pub(in crate::expr) const MEMBER: u8 = 12;
}

/// Words that stand between operands and so cannot be names. `given` and `missing` can: after an operand they are
/// conditions, elsewhere codes.
const BETWEEN: [&str; 9] = ["or", "and", "in", "if", "else", "where", "after", "before", "not"];

/// Whether a word after a number is its unit.
fn is_unit(word: &str) -> bool {
    !BETWEEN.contains(&word) && word != "given" && word != "missing"
}

/// The tree of an expression. `at` is where `source` stands in its file, so that each node knows its place.
///
/// Fails with a finding at the first thing that cannot be read, and on anything longer than [`MAX_BYTES`] or deeper
/// than [`MAX_DEPTH`]. Never panics.
pub fn parse(source: &str, at: &Span) -> Result<Ast, Vec<Finding>> {
    if source.len() > MAX_BYTES {
        return Err(vec![*too_complex(at)]);
    }
    parse_whole(source, at).map_err(|finding| vec![*finding])
}

fn parse_whole(source: &str, at: &Span) -> Result<Ast, Box<Finding>> {
    let mut parser = Parser { tokens: tokens(source, at)?, next: 0, at, nested: 0 };
    let ast = parser.expression(power::WHERE, Else::IsDefault)?;
    match parser.peek() {
        TokenKind::End => Ok(ast),
        _ => Err(parser.unexpected("一个运算符或结尾", "an operator or the end")),
    }
}

fn too_complex(span: &Span) -> Box<Finding> {
    let finding = Finding::error(
        codes::TOO_COMPLEX,
        span,
        format!("表达式太长或套得太深（至多 {MAX_BYTES} 字节、{MAX_DEPTH} 层）"),
        format!("the expression is too long or too deep (at most {MAX_BYTES} bytes, {MAX_DEPTH} levels)"),
    );
    Box::new(finding.hint("请把一部分写成单独的事实", "name a part of it as a fact of its own"))
}

/// What an `else` at this place means: a default, or the end of an `if` condition.
#[derive(Clone, Copy, PartialEq)]
enum Else {
    IsDefault,
    EndsCondition,
}

struct Parser<'a> {
    tokens: Vec<Token>,
    next: usize,
    at: &'a Span,
    nested: usize,
}

impl Parser<'_> {
    fn peek(&self) -> &TokenKind {
        &self.token().kind
    }

    /// The next token; past the end it stays the end.
    fn token(&self) -> &Token {
        &self.tokens[self.next.min(self.tokens.len() - 1)]
    }

    fn peek_second(&self) -> &TokenKind {
        &self.tokens[(self.next + 1).min(self.tokens.len() - 1)].kind
    }

    fn is_sign(&self, sign: &str) -> bool {
        matches!(self.peek(), TokenKind::Sign(here) if *here == sign)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), TokenKind::Word(here) if here == word)
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let here = self.is_sign(sign);
        self.next += usize::from(here);
        here
    }

    fn take_word(&mut self, word: &str) -> bool {
        let here = self.is_word(word);
        self.next += usize::from(here);
        here
    }

    fn expect_sign(&mut self, sign: &'static str) -> Result<(), Box<Finding>> {
        if self.take_sign(sign) {
            return Ok(());
        }
        Err(self.unexpected(&format!("`{sign}`"), &format!("`{sign}`")))
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(&self.at.file, self.at.start + start, self.at.start + end)
    }

    /// Where the last token taken ends.
    fn end(&self) -> usize {
        self.tokens[self.next.saturating_sub(1).min(self.tokens.len() - 1)].end
    }

    fn unexpected(&self, zh: &str, en: &str) -> Box<Finding> {
        let token = self.token();
        let span = self.span(token.start, token.end);
        let finding = match said(&token.kind) {
            Some(found) => Finding::error(
                codes::SYNTAX,
                &span,
                format!("此处应为{zh}，却是 `{found}`"),
                format!("expected {en}, found `{found}`"),
            ),
            None => Finding::error(
                codes::SYNTAX,
                &span,
                format!("表达式没有写完：此处应为{zh}"),
                format!("the expression ends where {en} is expected"),
            ),
        };
        Box::new(finding)
    }

    fn make(&self, start: usize, kind: AstKind) -> Result<Ast, Box<Finding>> {
        let ast = Ast::new(kind, self.span(start, self.end()));
        if ast.depth() > MAX_DEPTH { Err(too_complex(&ast.span)) } else { Ok(ast) }
    }

    fn expression(&mut self, least: u8, or_else: Else) -> Result<Ast, Box<Finding>> {
        self.nested += 1;
        if self.nested > MAX_DEPTH {
            return Err(too_complex(&self.span(self.token().start, self.token().end)));
        }
        let start = self.token().start;
        let mut left = self.prefix(or_else)?;
        while let Some(power) = self.infix_power(or_else).filter(|power| *power >= least) {
            left = self.infix(start, left, power, or_else)?;
        }
        self.nested -= 1;
        Ok(left)
    }

    fn operand(&mut self, least: u8, or_else: Else) -> Result<Box<Ast>, Box<Finding>> {
        self.expression(least, or_else).map(Box::new)
    }

    fn infix_power(&self, or_else: Else) -> Option<u8> {
        match self.peek() {
            TokenKind::Sign("==" | "!=" | "<" | "<=" | ">" | ">=") => Some(power::COMPARE),
            TokenKind::Sign("+" | "-") => Some(power::SUM),
            TokenKind::Sign("*" | "/") => Some(power::PRODUCT),
            TokenKind::Sign(".") => Some(power::MEMBER),
            TokenKind::Word(word) => match word.as_str() {
                "where" => Some(power::WHERE),
                "if" => Some(power::IF),
                "or" => Some(power::OR),
                "and" => Some(power::AND),
                "in" | "not" | "given" | "missing" => Some(power::COMPARE),
                "after" | "before" => Some(power::COUNTED),
                "else" if or_else == Else::IsDefault => Some(power::DEFAULT),
                _ => None,
            },
            _ => None,
        }
    }

    fn infix(&mut self, start: usize, left: Ast, power: u8, or_else: Else) -> Result<Ast, Box<Finding>> {
        let token = self.peek().clone();
        match (power, token) {
            (power::COMPARE, token) => self.comparison(start, left, &token, or_else),
            (power::SUM | power::PRODUCT, TokenKind::Sign(sign)) => {
                self.next += 1;
                let right = self.operand(power + 1, or_else)?;
                self.make(start, AstKind::Arithmetic(operator(sign), Box::new(left), right))
            }
            (power::MEMBER, _) => self.member(start, left),
            (power::IF, _) => self.conditional(start, left, or_else),
            (power::OR | power::AND, _) => self.junction(start, left, power, or_else),
            (power::COUNTED, _) => {
                let after = self.is_word("after");
                self.next += 1;
                let date = self.operand(power::COUNTED + 1, or_else)?;
                self.make(start, AstKind::Counted { term: Box::new(left), date, after })
            }
            (power::DEFAULT, _) => {
                self.next += 1;
                let right = self.operand(power::DEFAULT, or_else)?;
                self.make(start, AstKind::Default(Box::new(left), right))
            }
            (_, _) => {
                self.next += 1;
                let condition = self.operand(power::IF, or_else)?;
                self.make(start, AstKind::Where(Box::new(left), condition))
            }
        }
    }

    /// One comparison; a second one at once is a mistake, since `a < b < c` means different things to different readers.
    fn comparison(&mut self, start: usize, left: Ast, token: &TokenKind, or_else: Else) -> Result<Ast, Box<Finding>> {
        let left = Box::new(left);
        self.next += 1;
        let kind = match token {
            TokenKind::Sign(sign) => {
                AstKind::Compare(comparison(sign), left, self.operand(power::COMPARE + 1, or_else)?)
            }
            TokenKind::Word(word) if word == "given" => AstKind::Given(left),
            TokenKind::Word(word) if word == "missing" => AstKind::Missing(left),
            TokenKind::Word(word) => {
                let negated = word == "not";
                if negated && !self.take_word("in") {
                    return Err(self.unexpected("`in`", "`in`"));
                }
                AstKind::In { item: left, list: self.operand(power::COMPARE + 1, or_else)?, negated }
            }
            _ => return Err(self.unexpected("比较符号", "a comparison")),
        };
        if self.infix_power(or_else) == Some(power::COMPARE) {
            let finding = self.unexpected("`and`、`or` 或结尾", "`and`, `or` or the end");
            let hint = ("比较不能连写，请用 `and` 连接", "comparisons do not chain: join them with `and`");
            return Err(Box::new(finding.hint(hint.0, hint.1)));
        }
        self.make(start, kind)
    }

    fn member(&mut self, start: usize, of: Ast) -> Result<Ast, Box<Finding>> {
        self.next += 1;
        let TokenKind::Word(name) = self.peek().clone() else {
            return Err(self.unexpected("成员的名称", "the name of a member"));
        };
        self.next += 1;
        self.make(start, AstKind::Member(Box::new(of), name))
    }

    /// `then if condition else otherwise`: inside the condition, `else` ends it.
    fn conditional(&mut self, start: usize, then: Ast, or_else: Else) -> Result<Ast, Box<Finding>> {
        self.next += 1;
        let condition = self.operand(power::OR, Else::EndsCondition)?;
        if !self.take_word("else") {
            return Err(self.unexpected("`else`", "`else`"));
        }
        let otherwise = self.operand(power::IF, or_else)?;
        self.make(start, AstKind::If { then: Box::new(then), condition, otherwise })
    }

    fn junction(&mut self, start: usize, first: Ast, power: u8, or_else: Else) -> Result<Ast, Box<Finding>> {
        let word = if power == power::OR { "or" } else { "and" };
        let mut all = vec![first];
        while self.take_word(word) {
            all.push(self.expression(power + 1, or_else)?);
        }
        self.make(start, if power == power::OR { AstKind::Or(all) } else { AstKind::And(all) })
    }

    fn prefix(&mut self, or_else: Else) -> Result<Ast, Box<Finding>> {
        let start = self.token().start;
        match self.peek().clone() {
            TokenKind::Sign("(") => self.bracketed(),
            TokenKind::Sign("[") => {
                self.next += 1;
                let all = self.sequence("]")?;
                self.make(start, AstKind::List(all))
            }
            TokenKind::Sign("-") => {
                self.next += 1;
                let of = self.operand(power::NEGATE, or_else)?;
                self.make(start, AstKind::Negate(of))
            }
            TokenKind::Number(number) => self.number(start, number),
            TokenKind::Date(date) => self.literal(start, AstKind::Date(date)),
            TokenKind::Moment(moment) => self.literal(start, AstKind::Moment(moment)),
            TokenKind::Text(text) => self.literal(start, AstKind::Text(text)),
            TokenKind::Word(word) => self.word(start, word, or_else),
            _ => Err(self.unexpected("一个值", "a value")),
        }
    }

    fn bracketed(&mut self) -> Result<Ast, Box<Finding>> {
        self.next += 1;
        let inner = self.expression(power::WHERE, Else::IsDefault)?;
        self.expect_sign(")")?;
        Ok(inner)
    }

    fn literal(&mut self, start: usize, kind: AstKind) -> Result<Ast, Box<Finding>> {
        self.next += 1;
        self.make(start, kind)
    }

    fn word(&mut self, start: usize, word: String, or_else: Else) -> Result<Ast, Box<Finding>> {
        match word.as_str() {
            "yes" | "no" => self.literal(start, AstKind::Bool(word == "yes")),
            "not" => {
                self.next += 1;
                let of = self.operand(power::NOT, or_else)?;
                self.make(start, AstKind::Not(of))
            }
            word if BETWEEN.contains(&word) => Err(self.unexpected("一个值", "a value")),
            _ if matches!(self.peek_second(), TokenKind::Sign("(")) => {
                self.next += 2;
                let arguments = self.sequence(")")?;
                self.make(start, AstKind::Call(word, arguments))
            }
            _ => self.literal(start, AstKind::Name(word)),
        }
    }

    fn sequence(&mut self, close: &'static str) -> Result<Vec<Ast>, Box<Finding>> {
        let mut all = Vec::new();
        if self.take_sign(close) {
            return Ok(all);
        }
        loop {
            all.push(self.expression(power::WHERE, Else::IsDefault)?);
            if !self.take_sign(",") {
                self.expect_sign(close)?;
                return Ok(all);
            }
        }
    }

    fn number(&mut self, start: usize, number: Decimal) -> Result<Ast, Box<Finding>> {
        self.next += 1;
        if self.take_sign("%") {
            return self.make(start, AstKind::Number(number, Some("percent".into())));
        }
        let TokenKind::Word(unit) = self.peek().clone() else {
            return self.make(start, AstKind::Number(number, None));
        };
        if !is_unit(&unit) {
            return self.make(start, AstKind::Number(number, None));
        }
        self.next += 1;
        match term_unit(&unit) {
            Some(term_unit) => self.term(start, number, term_unit),
            None => self.make(start, AstKind::Number(number, Some(unit))),
        }
    }

    fn term(&mut self, start: usize, number: Decimal, unit: calendar::Unit) -> Result<Ast, Box<Finding>> {
        let length = Some(number).filter(|number| number.fract().is_zero()).and_then(|number| number.to_u32());
        match length.filter(|length| *length > 0) {
            Some(length) => self.make(start, AstKind::Term(Term::new(length, unit))),
            None => Err(Box::new(Finding::error(
                codes::LITERAL,
                &self.span(start, self.end()),
                format!("期限的长度应为正整数，却是 `{number}`"),
                format!("the length of a term is a whole number from 1, not `{number}`"),
            ))),
        }
    }
}

/// The unit of a term by its word, singular or plural.
pub(super) fn term_unit(word: &str) -> Option<calendar::Unit> {
    Some(match word {
        "minute" | "minutes" => calendar::Unit::Minutes,
        "hour" | "hours" => calendar::Unit::Hours,
        "day" | "days" => calendar::Unit::Days,
        "working-day" | "working-days" => calendar::Unit::WorkingDays,
        "week" | "weeks" => calendar::Unit::Weeks,
        "month" | "months" => calendar::Unit::Months,
        "year" | "years" => calendar::Unit::Years,
        _ => return None,
    })
}

fn comparison(sign: &str) -> Comparison {
    match sign {
        "==" => Comparison::Equal,
        "!=" => Comparison::Unequal,
        "<" => Comparison::Less,
        "<=" => Comparison::AtMost,
        ">" => Comparison::Greater,
        _ => Comparison::AtLeast,
    }
}

fn operator(sign: &str) -> Operator {
    match sign {
        "+" => Operator::Plus,
        "-" => Operator::Minus,
        "*" => Operator::Times,
        _ => Operator::Over,
    }
}

/// How a finding quotes a token; `None` for the end.
fn said(kind: &TokenKind) -> Option<String> {
    match kind {
        TokenKind::Word(word) => Some(word.clone()),
        TokenKind::Number(number) => Some(number.to_string()),
        TokenKind::Date(date) => Some(date.to_string()),
        TokenKind::Moment(moment) => Some(moment.strftime("%Y-%m-%d %H:%M").to_string()),
        TokenKind::Text(text) => Some(format!("\"{text}\"")),
        TokenKind::Sign(sign) => Some((*sign).to_owned()),
        TokenKind::End => None,
    }
}
