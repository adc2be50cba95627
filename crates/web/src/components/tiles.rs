//! Tiles (方格图): a tile for each place, all of one size, with its rate in a word, a number and a shape; each leads to its place. It is no map:
//! where a tile stands says nothing of where the place lies. The table below says the same in figures.

use super::is_wide;
use maud::{Markup, html};

/// How much of what has a deadline is not late.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Not late.
    pub kept: usize,
    /// With a deadline.
    pub of: usize,
}

/// What a rate is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// Nothing is late.
    Whole,
    /// At most a tenth is.
    Most,
    /// More is.
    Less,
    /// Nothing has a deadline.
    Nothing,
}

impl Rate {
    /// In whole percent, rounded down: only where nothing is late it is a hundred.
    #[must_use]
    pub fn percent(self) -> Option<usize> {
        (self.kept * 100).checked_div(self.of)
    }

    /// What it is called.
    #[must_use]
    pub fn grade(self) -> Grade {
        match self.percent() {
            None => Grade::Nothing,
            Some(100) => Grade::Whole,
            Some(90..) => Grade::Most,
            Some(_) => Grade::Less,
        }
    }
}

impl Grade {
    const ALL: [Grade; 4] = [Grade::Whole, Grade::Most, Grade::Less, Grade::Nothing];

    fn code(self) -> &'static str {
        match self {
            Grade::Whole => "whole",
            Grade::Most => "most",
            Grade::Less => "less",
            Grade::Nothing => "nothing",
        }
    }
}

/// A tile.
#[derive(Debug, Clone)]
pub struct Tile {
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// Its rate.
    pub rate: Rate,
}

const COLUMNS: usize = 3;
const WIDTH: usize = 128;
const HEIGHT: usize = 92;
const GAP: usize = 8;
/// Room for a name in a tile, in halves of a wide letter.
const NAME_ROOM: usize = 12;

/// The tiles, in the order given; `word` says what a grade is called.
#[must_use]
pub fn tiles(title: &str, tiles: &[Tile], word: impl Fn(Grade) -> &'static str) -> Markup {
    let rows = tiles.len().div_ceil(COLUMNS);
    let (width, height) = (COLUMNS * (WIDTH + GAP), rows * (HEIGHT + GAP));
    html! {
        figure class="tiles" {
            svg viewBox=(format!("0 0 {width} {height}")) role="group" aria-label=(title) {
                @for (place, tile) in tiles.iter().enumerate() {
                    @let (x, y) = (place % COLUMNS * (WIDTH + GAP) + 2, place / COLUMNS * (HEIGHT + GAP) + 2);
                    @let shown = shown(tile.rate);
                    a href=(tile.href) aria-label=(format!("{} {shown} {}", tile.name, word(tile.rate.grade()))) {
                        g class=(tile.rate.grade().code()) transform=(format!("translate({x} {y})")) {
                            rect class="tile" width=(WIDTH) height=(HEIGHT) rx="4" {}
                            (shape(tile.rate.grade()))
                            text class="name" x="34" y="27" { (fitted(&tile.name)) }
                            text class="rate" x="12" y="60" { (shown) }
                            text class="word" x="12" y="81" { (word(tile.rate.grade())) }
                        }
                    }
                }
            }
            figcaption class="soft small" {
                @for grade in Grade::ALL {
                    @if tiles.iter().any(|tile| tile.rate.grade() == grade) {
                        span class=(format!("key {}", grade.code())) { svg viewBox="8 8 24 24" aria-hidden="true" { (shape(grade)) } (word(grade)) } " "
                    }
                }
            }
        }
    }
}

fn shown(rate: Rate) -> String {
    rate.percent().map_or_else(|| "–".to_owned(), |percent| format!("{percent}%"))
}

/// A shape for each grade: told apart without colours.
fn shape(grade: Grade) -> Markup {
    html! {
        @match grade {
            Grade::Whole => { circle class="mark" cx="20" cy="21" r="8" {} }
            Grade::Most => { path class="mark" d="M20 12l9 17H11z" {} }
            Grade::Less => { path class="mark" d="M12 13h16v16H12z" {} }
            Grade::Nothing => { circle class="mark empty" cx="20" cy="21" r="7" {} }
        }
    }
}

/// As much of a name as a tile has room for.
fn fitted(name: &str) -> String {
    let width = |letter: char| if is_wide(letter) { 2 } else { 1 };
    if name.chars().map(width).sum::<usize>() <= NAME_ROOM {
        return name.to_owned();
    }
    let mut used = 0;
    let fits = |letter: &char| {
        used += width(*letter);
        used <= NAME_ROOM - 2
    };
    let fitting: String = name.chars().take_while(fits).collect();
    format!("{}…", fitting.trim_end())
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let tile = |name: &str, kept, of| Tile { name: name.into(), href: "#".into(), rate: Rate { kept, of } };
    let all = [tile("宁乡镇", 40, 40), tile("金罗镇", 19, 20), tile("枝柯镇", 3, 5), tile("下枣林乡", 0, 0)];
    tiles("各乡镇在办按期率", &all, |grade| match grade {
        Grade::Whole => "没有逾期",
        Grade::Most => "少数逾期",
        Grade::Less => "逾期较多",
        Grade::Nothing => "没有期限",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_percent_has_nothing_late() {
        let rate = |kept, of| Rate { kept, of };
        for (rate, percent, grade) in [
            (rate(0, 0), None, Grade::Nothing),
            (rate(999, 1000), Some(99), Grade::Most),
            (rate(1000, 1000), Some(100), Grade::Whole),
            (rate(9, 10), Some(90), Grade::Most),
            (rate(89, 100), Some(89), Grade::Less),
            (rate(0, 3), Some(0), Grade::Less),
        ] {
            assert_eq!((rate.percent(), rate.grade()), (percent, grade), "{rate:?}");
        }
    }

    #[test]
    fn long_names_are_cut_at_the_edge_of_their_tile() {
        assert_eq!(fitted("宁乡镇"), "宁乡镇");
        assert_eq!(fitted("呼伦贝尔经济技术开发区"), "呼伦贝尔经…");
        assert_eq!(fitted("Long Name of a Place"), "Long Name…");
    }
}
