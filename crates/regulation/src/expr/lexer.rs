//! Words, numbers and signs of an expression.

use super::codes;
use crate::finding::Finding;
use crate::span::Span;
use jiff::civil::{Date, DateTime, Time};
use rust_decimal::Decimal;

/// A token and its bytes in the source of the expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum TokenKind {
    /// A name, keyword, code or unit.
    Word(String),
    Number(Decimal),
    Date(Date),
    Moment(DateTime),
    Text(String),
    /// An operator or bracket.
    Sign(&'static str),
    End,
}

/// Signs, longer ones before those they begin with.
const SIGNS: [&str; 17] = ["==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "(", ")", "[", "]", ",", ".", "%"];

/// Signs of other languages and input methods, with what to write instead.
const STRANGERS: [(&str, &str); 14] = [
    ("&&", "and"),
    ("||", "or"),
    ("=", "=="),
    ("!", "not"),
    ("（", "("),
    ("）", ")"),
    ("，", ","),
    ("、", ","),
    ("“", "\""),
    ("”", "\""),
    ("≤", "<="),
    ("≥", ">="),
    ("≠", "!="),
    ("×", "*"),
];

/// The tokens of a source text, with an [`TokenKind::End`] last. `at` is where the text stands.
pub(super) fn tokens(source: &str, at: &Span) -> Result<Vec<Token>, Box<Finding>> {
    let mut lexer = Lexer { source, at, position: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip_space();
        let start = lexer.position;
        let kind = lexer.next()?;
        let done = kind == TokenKind::End;
        tokens.push(Token { kind, start, end: lexer.position });
        if done {
            return Ok(tokens);
        }
    }
}

struct Lexer<'a> {
    source: &'a str,
    at: &'a Span,
    position: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.source[self.position..]
    }

    fn skip_space(&mut self) {
        self.position += self.rest().len() - self.rest().trim_start().len();
    }

    fn next(&mut self) -> Result<TokenKind, Box<Finding>> {
        let Some(first) = self.rest().chars().next() else {
            return Ok(TokenKind::End);
        };
        if first.is_ascii_digit() {
            return self.number_or_date();
        }
        if first == '"' {
            return self.text();
        }
        if is_word(first) {
            return Ok(self.word());
        }
        if let Some(sign) = SIGNS.iter().find(|sign| self.rest().starts_with(**sign)) {
            self.position += sign.len();
            return Ok(TokenKind::Sign(sign));
        }
        Err(self.stranger(first))
    }

    fn word(&mut self) -> TokenKind {
        let start = self.position;
        self.position += word_length(self.rest());
        TokenKind::Word(self.source[start..self.position].to_owned())
    }

    fn number_or_date(&mut self) -> Result<TokenKind, Box<Finding>> {
        if let Some(length) = date_length(self.rest()) {
            return self.date(length);
        }
        let length = number_length(self.rest());
        let text = &self.rest()[..length];
        let number = Decimal::from_str_exact(text).map_err(|_| {
            self.finding(
                codes::LITERAL,
                length,
                format!("数 `{text}` 太长"),
                format!("the number `{text}` is too long"),
            )
        })?;
        self.position += length;
        Ok(TokenKind::Number(number))
    }

    fn date(&mut self, length: usize) -> Result<TokenKind, Box<Finding>> {
        let text = &self.rest()[..length];
        let date = text.parse::<Date>().map_err(|_| {
            self.finding(codes::LITERAL, length, format!("没有 `{text}` 这一天"), format!("there is no day `{text}`"))
        })?;
        self.position += length;
        match time_length(self.rest()) {
            Some(length) => self.moment(date, length),
            None => Ok(TokenKind::Date(date)),
        }
    }

    /// The time of day behind a date: together a moment.
    fn moment(&mut self, date: Date, length: usize) -> Result<TokenKind, Box<Finding>> {
        let text = self.rest()[..length].trim();
        let time = text.parse::<Time>().map_err(|_| {
            self.finding(
                codes::LITERAL,
                length,
                format!("没有 `{text}` 这个时刻"),
                format!("there is no time `{text}`"),
            )
        })?;
        self.position += length;
        Ok(TokenKind::Moment(date.to_datetime(time)))
    }

    fn text(&mut self) -> Result<TokenKind, Box<Finding>> {
        let mut text = String::new();
        let mut escaped = false;
        for (offset, character) in self.rest().char_indices().skip(1) {
            match (escaped, character) {
                (false, '"') => {
                    self.position += offset + 1;
                    return Ok(TokenKind::Text(text));
                }
                (false, '\\') => escaped = true,
                (_, other) => {
                    text.push(other);
                    escaped = false;
                }
            }
        }
        let length = self.rest().len();
        Err(self.finding(codes::SYNTAX, length, "文字没有收尾的引号 `\"`", "the text has no closing quote `\"`"))
    }

    fn stranger(&self, first: char) -> Box<Finding> {
        let known = STRANGERS.iter().find(|(sign, _)| self.rest().starts_with(*sign));
        let sign = known.map_or_else(|| first.to_string(), |(sign, _)| (*sign).to_owned());
        let finding = self.finding(
            codes::SYNTAX,
            sign.len(),
            format!("表达式里没有 `{sign}` 这个符号"),
            format!("`{sign}` is not a sign of expressions"),
        );
        match known {
            Some((_, instead)) => Box::new(finding.hint(format!("请写 `{instead}`"), format!("write `{instead}`"))),
            None => finding,
        }
    }

    fn finding(&self, code: &'static str, length: usize, zh: impl Into<String>, en: impl Into<String>) -> Box<Finding> {
        let start = self.at.start + self.position;
        Box::new(Finding::error(code, &Span::new(&self.at.file, start, start + length), zh, en))
    }
}

fn is_word(character: char) -> bool {
    character.is_alphabetic() || character == '_'
}

fn continues_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The bytes of the word at the start: letters and digits; a hyphen belongs to it directly between two of them.
fn word_length(text: &str) -> usize {
    let mut length = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((offset, character)) = characters.next() {
        let joins = character == '-' && length > 0 && characters.peek().is_some_and(|(_, next)| continues_word(*next));
        if !joins && !continues_word(character) {
            break;
        }
        length = offset + character.len_utf8();
    }
    length
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

/// The bytes of a number: digits, and a fraction if digits follow the point.
fn number_length(text: &str) -> usize {
    let whole = digits(text);
    match text[whole..].strip_prefix('.').map(digits) {
        Some(fraction) if fraction > 0 => whole + 1 + fraction,
        _ => whole,
    }
}

/// The bytes of a time shaped ` 18:00` right behind a date, not followed by a further digit.
fn time_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 6
        && bytes[..6].iter().enumerate().all(|(at, byte)| match at {
            0 => *byte == b' ',
            3 => *byte == b':',
            _ => byte.is_ascii_digit(),
        });
    (shaped && !bytes.get(6).is_some_and(u8::is_ascii_digit)).then_some(6)
}

/// Ten bytes shaped `2022-03-01`, not followed by a further digit.
fn date_length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 10
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    (shaped && !bytes.get(10).is_some_and(u8::is_ascii_digit)).then_some(10)
}
