//! The gazette (公报): publications with permanent addresses, search among them, their formats and feeds. Everything is open.

pub mod feeds;
pub mod formats;
pub mod index;
mod live;
mod print;
pub(crate) mod shown;
pub mod text;

use crate::lang::Lang;
use crate::layout::encode_part;
use crate::problem::Problem;
use maud::{Markup, html};
use regulation::model::PublicationKind;
use store::publications::PublicationLine;
use store::search::Number;

/// The address of a publication for ever: by its number, which is on the paper; by its matter, where it has none.
#[must_use]
pub fn address(line: &PublicationLine) -> String {
    let number = line.number.as_deref();
    match line.kind {
        PublicationKind::Document => number.and_then(Number::read).map_or_else(
            || format!("/gazette/items/{}", encode_part(&line.matter)),
            |number| format!("/gazette/documents/{}/{}/{}", encode_part(&number.series), number.year, number.serial),
        ),
        PublicationKind::Issue => number.and_then(Number::issue).map_or_else(
            || format!("/gazette/items/{}", encode_part(&line.matter)),
            |number| format!("/gazette/issues/{}-{}", number.year, number.serial),
        ),
    }
}

/// A number in its normal form.
#[must_use]
pub fn number(line: &PublicationLine) -> Option<String> {
    let number = line.number.as_ref()?;
    let normal = match line.kind {
        PublicationKind::Document => Number::read(number).map(|number| number.shown()),
        PublicationKind::Issue => None,
    };
    Some(normal.unwrap_or_else(|| number.clone()))
}

/// How it is cited: 《标题》（文号）.
#[must_use]
pub fn citation(line: &PublicationLine) -> String {
    let number = number(line).map(|number| format!("（{number}）")).unwrap_or_default();
    format!("《{}》{number}", line.title)
}

/// Where it stands, where that is not simply in force.
fn state(lang: Lang, line: &PublicationLine, today: jiff::civil::Date) -> Markup {
    let ended = line.until.is_some_and(|until| until < today);
    let repealed = line.repealed_on.is_some_and(|repealed| repealed <= today);
    let word = if repealed {
        Some(lang.say("已废止", "repealed"))
    } else if ended {
        Some(lang.say("已失效", "expired"))
    } else if line.effective_on.is_some_and(|from| from > today) {
        Some(lang.say("尚未施行", "not yet in force"))
    } else {
        None
    };
    html! { @if let Some(word) = word { " " span class="tag" { (word) } } }
}

/// One line of a list: title, number, issuer, day.
fn entry(lang: Lang, line: &PublicationLine, today: jiff::civil::Date) -> Markup {
    html! {
        a href=(address(line)) { (line.title) } (state(lang, line, today))
        p class="soft small" {
            @if let Some(number) = number(line) { span class="nowrap" { (number) } " · " }
            @if let Some(issuer) = &line.issuer { (issuer) " · " }
            time datetime=(line.day()) { (lang.date(line.day())) }
        }
    }
}

fn missing() -> Problem {
    Problem::not_found("公报里没有这一件", "The gazette has no such publication")
        .hint("请核对文号，或者到公报页按标题、文号检索", "check the number, or search the gazette by title or number")
        .next("/gazette", "检索公报", "Search the gazette")
}
