//! The process figure (流程图): boxes for steps, lines for acts, drawn so that it can be read on a phone.
//!
//! Steps stand below each other. An act that leads to the next box is the arrow between them; any other leads out of its
//! line to a rail on the right that belongs to its target. Rails that do not overlap share a lane.

use super::is_wide;
use crate::lang::Lang;
use maud::{Markup, html};

/// A process to draw.
#[derive(Debug, Clone, Default)]
pub struct Process {
    /// What it shows, for readers who cannot see it.
    pub title: String,
    /// Boxes from top to bottom.
    pub boxes: Vec<Box>,
}

/// What a box stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Where it begins, or acts that are possible anywhere.
    Note,
    /// A step.
    Step,
    /// An end.
    End,
}

/// Words that name those who act: where they are many, the drawing has the first of them, the list all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// With all of them.
    pub whole: String,
    /// As it is drawn.
    pub drawn: String,
}

impl From<&str> for Said {
    fn from(text: &str) -> Said {
        Said { whole: text.to_owned(), drawn: text.to_owned() }
    }
}

/// A box.
#[derive(Debug, Clone)]
pub struct Box {
    /// What it stands for.
    pub kind: Kind,
    /// Number in a black disc, for steps.
    pub number: Option<usize>,
    /// Its name.
    pub name: String,
    /// Whose desk.
    pub who: Said,
    /// Deadlines, each a line.
    pub due: Vec<String>,
    /// Acts.
    pub acts: Vec<Arrow>,
    /// The matter is here.
    pub now: bool,
}

/// An act and where it leads.
#[derive(Debug, Clone)]
pub struct Arrow {
    /// Its label.
    pub label: Said,
    /// Indices of the boxes it may lead to; none where the matter stays.
    pub to: Vec<usize>,
    /// The clock does it.
    pub by_clock: bool,
}

const WIDTH: i32 = 400;
const LEFT: i32 = 2;
const LANE: i32 = 13;
const MARGIN: i32 = 12;
const PADDING: i32 = 10;
const NAME_LINE: i32 = 21;
const SMALL_LINE: i32 = 18;
const ACT_LINE: i32 = 20;
const GAP: i32 = 26;

/// A line of an act within its box.
struct ActLine {
    text: Vec<String>,
    y: i32,
    by_clock: bool,
    to: Vec<usize>,
}

/// A box with its place on the page.
struct Placed<'a> {
    of: &'a Box,
    y: i32,
    height: i32,
    name: Vec<String>,
    who: Vec<String>,
    due: Vec<String>,
    acts: Vec<ActLine>,
}

/// A rail: all lines that lead to one target.
struct Rail {
    target: usize,
    from: Vec<i32>,
    top: i32,
    bottom: i32,
    lane: i32,
}

/// The figure as SVG with a heading for readers who cannot see it.
#[must_use]
pub fn figure(process: &Process) -> Markup {
    let mut lanes = 0;
    // The width of the boxes depends on the number of lanes and the other way round: two rounds settle it.
    let (mut placed, mut rails) = (Vec::new(), Vec::new());
    for _ in 0..2 {
        placed = place(process, box_width(lanes));
        rails = self::rails(&placed);
        lanes = rails.iter().map(|rail| rail.lane + 1).max().unwrap_or(0);
    }
    let width = box_width(lanes);
    let height = placed.last().map_or(0, |last| last.y + last.height) + 6;
    let lines = Lines::of(&placed, &rails, LEFT + width);
    html! {
        figure class="process" {
            svg viewBox=(format!("0 0 {WIDTH} {height}")) role="img" aria-label=(process.title) {
                (Lines::drawn("edge main", &lines.main)) (Lines::drawn("edge", &lines.rails)) (Lines::drawn("head", &lines.heads))
                @for one in &placed { (draw_box(one, width)) }
                (Lines::drawn("rule", &lines.rules))
            }
        }
    }
}

fn box_width(lanes: i32) -> i32 {
    WIDTH - LEFT - MARGIN - lanes * LANE - if lanes > 0 { 6 } else { 0 }
}

fn place(process: &Process, width: i32) -> Vec<Placed<'_>> {
    let mut y = 2;
    let mut placed = Vec::with_capacity(process.boxes.len());
    for of in &process.boxes {
        let one = place_box(process, of, y, width);
        y += one.height + GAP;
        placed.push(one);
    }
    placed
}

fn place_box<'a>(process: &'a Process, of: &'a Box, y: i32, width: i32) -> Placed<'a> {
    let inner = width - 2 * PADDING;
    let indent = if of.number.is_some() { 26 } else { 0 };
    let name = wrap(&of.name, inner - indent, 15);
    let who = if of.who.drawn.is_empty() { Vec::new() } else { wrap(&of.who.drawn, inner, 13) };
    let due: Vec<String> = of.due.iter().flat_map(|line| wrap(line, inner, 13)).collect();
    let head = lines(&name) * NAME_LINE + (lines(&who) + lines(&due)) * SMALL_LINE;
    let mut below = y + PADDING + head + if of.acts.is_empty() { 0 } else { 8 };
    let mut acts = Vec::with_capacity(of.acts.len());
    for arrow in &of.acts {
        let text = wrap(&act_text(process, arrow, &arrow.label.drawn), inner, 13);
        let next = below + lines(&text) * ACT_LINE;
        acts.push(ActLine { text, y: below, by_clock: arrow.by_clock, to: arrow.to.clone() });
        below = next;
    }
    Placed { of, y, height: below - y + PADDING, name, who, due, acts }
}

fn act_text(process: &Process, arrow: &Arrow, label: &str) -> String {
    let targets: Vec<&str> =
        arrow.to.iter().filter_map(|index| process.boxes.get(*index)).map(|target| target.name.as_str()).collect();
    if targets.is_empty() { label.to_owned() } else { format!("{label} → {}", targets.join(" / ")) }
}

fn lines(text: &[String]) -> i32 {
    i32::try_from(text.len()).unwrap_or(0)
}

fn rails(placed: &[Placed<'_>]) -> Vec<Rail> {
    let mut rails = Vec::new();
    for (target, at) in placed.iter().enumerate() {
        let from: Vec<i32> = placed
            .iter()
            .enumerate()
            .filter(|(index, _)| *index + 1 != target)
            .flat_map(|(_, one)| one.acts.iter().filter(|act| act.to.contains(&target)))
            .map(|act| act.y + ACT_LINE / 2)
            .collect();
        let entry = entry_y(at);
        if let (Some(top), Some(bottom)) = (from.iter().min(), from.iter().max()) {
            rails.push(Rail { target, top: entry.min(*top), bottom: entry.max(*bottom), from, lane: 0 });
        }
    }
    assign_lanes(&mut rails);
    rails
}

/// Short rails get the lanes next to the boxes.
fn assign_lanes(rails: &mut [Rail]) {
    rails.sort_by_key(|rail| (rail.bottom - rail.top, rail.target));
    for index in 0..rails.len() {
        let (earlier, rest) = rails.split_at_mut(index);
        let rail = &mut rest[0];
        let taken = |lane| {
            earlier.iter().any(|other| other.lane == lane && other.top <= rail.bottom && rail.top <= other.bottom)
        };
        rail.lane = (0..).find(|lane| !taken(*lane)).expect("there is always a further lane");
    }
}

fn entry_y(placed: &Placed<'_>) -> i32 {
    placed.y + PADDING + NAME_LINE / 2
}

/// All lines of a kind in one path each: a page has dozens of figures, and how much there is to read decides when it is seen.
#[derive(Default)]
struct Lines {
    main: String,
    rails: String,
    heads: String,
    rules: String,
}

impl Lines {
    fn of(placed: &[Placed<'_>], rails: &[Rail], right: i32) -> Lines {
        let mut lines = Lines::default();
        for (above, pair) in placed.windows(2).enumerate() {
            lines.step(&pair[0], &pair[1], above + 1);
        }
        for rail in rails {
            lines.rail(rail, entry_y(&placed[rail.target]), right);
        }
        for act in placed.iter().filter_map(|one| one.acts.first()) {
            lines.rules.push_str(&format!("M{LEFT} {}H{right}", act.y - 5));
        }
        lines
    }

    /// From a box to the one below.
    fn step(&mut self, from: &Placed<'_>, to: &Placed<'_>, target: usize) {
        if !from.acts.iter().any(|act| act.to.contains(&target)) {
            return;
        }
        let (x, top, bottom) = (LEFT + 24, from.y + from.height, to.y);
        self.main.push_str(&format!("M{x} {top}V{}", bottom - 7));
        self.heads.push_str(&format!("M{} {}l6 9l6-9z", x - 6, bottom - 9));
    }

    /// Out of the lines of acts and along a lane to the box that they lead to.
    fn rail(&mut self, rail: &Rail, entry: i32, right: i32) {
        let x = right + 10 + rail.lane * LANE;
        self.rails.push_str(&format!("M{x} {}V{}", rail.top, rail.bottom));
        for y in &rail.from {
            self.rails.push_str(&format!("M{right} {y}H{x}"));
        }
        self.rails.push_str(&format!("M{x} {entry}H{}", right + 6));
        self.heads.push_str(&format!("M{} {}l-9 6l9 6z", right + 9, entry - 6));
    }

    fn drawn(class: &str, path: &str) -> Markup {
        html! { @if !path.is_empty() { path class=(class) d=(path) {} } }
    }
}

fn draw_box(placed: &Placed<'_>, width: i32) -> Markup {
    let (x, mut y) = (LEFT + PADDING, placed.y + PADDING);
    let indent = if placed.of.number.is_some() { 26 } else { 0 };
    let name = text_lines("name", x + indent, &mut y, &placed.name, NAME_LINE);
    let who = text_lines("who", x, &mut y, &placed.who, SMALL_LINE);
    let due = text_lines("due", x, &mut y, &placed.due, SMALL_LINE);
    html! {
        rect class=(box_class(placed.of)) x=(LEFT) y=(placed.y) width=(width) height=(placed.height) rx=(corner(placed.of.kind)) {}
        @if let Some(number) = placed.of.number {
            circle class="badge" cx=(x + 9) cy=(placed.y + PADDING + 10) r="9.5" {}
            text class="badge-text" x=(x + 9) y=(placed.y + PADDING + 14) { (number) }
        }
        (name) (who) (due)
        @for act in &placed.acts { (draw_act(act, x)) }
    }
}

fn draw_act(act: &ActLine, x: i32) -> Markup {
    let mut y = act.y;
    text_lines(if act.by_clock { "act clock" } else { "act" }, x, &mut y, &act.text, ACT_LINE)
}

fn box_class(of: &Box) -> &'static str {
    match (of.kind, of.now) {
        (Kind::Step, true) => "box now",
        (Kind::Step, false) => "box",
        (_, true) => "end now",
        (_, false) => "end",
    }
}

fn corner(kind: Kind) -> i32 {
    if kind == Kind::Step { 4 } else { 16 }
}

fn text_lines(class: &str, x: i32, y: &mut i32, lines: &[String], height: i32) -> Markup {
    let start = *y;
    *y += self::lines(lines) * height;
    html! {
        @for (line, top) in lines.iter().zip((start..).step_by(usize::try_from(height).unwrap_or(1))) {
            text class=(class) x=(x) y=(top + height - 5) { (line) }
        }
    }
}

/// Breaks a text into lines of at most so many pixels; Chinese breaks anywhere, other words at spaces where it can.
fn wrap(text: &str, width: i32, size: i32) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in words(text) {
        let needed: i32 = word.chars().map(|letter| letter_width(letter, size)).sum();
        if used + needed > width && used > 0 {
            lines.push(String::new());
            used = 0;
        }
        if let Some(line) = lines.last_mut() {
            line.push_str(if used == 0 { word.trim_start() } else { word });
        }
        used += needed;
    }
    lines
}

/// Pieces that must not be broken: runs of narrow letters with the space before them, and single wide ones.
fn words(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    for (index, letter) in text.char_indices() {
        if index > start && (letter == ' ' || is_wide(letter) || text[start..].starts_with(is_wide)) {
            pieces.push(&text[start..index]);
            start = index;
        }
    }
    pieces.push(&text[start..]);
    pieces
}

fn letter_width(letter: char, size: i32) -> i32 {
    match letter {
        _ if is_wide(letter) => size,
        '→' => size,
        ' ' => size * 3 / 10,
        _ => size * 6 / 10,
    }
}

/// The same as text: each step with its acts, for those who cannot see the drawing or want to copy it.
#[must_use]
pub fn in_words(lang: Lang, process: &Process) -> Markup {
    html! {
        details {
            summary { (lang.say("用文字列出", "In words")) }
            ul {
                @for one in process.boxes.iter().filter(|one| one.kind != Kind::End) {
                    li {
                        b { (one.name) } @if !one.who.whole.is_empty() { "（" (one.who.whole) "）" }
                        @for line in &one.due { "；" (line) }
                        ul { @for arrow in &one.acts { li { (act_text(process, arrow, &arrow.label.whole)) } } }
                    }
                }
            }
        }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let act = |label: &str, to: &[usize], by_clock| Arrow { label: label.into(), to: to.to_vec(), by_clock };
    let step = |number, name: &str, who: &str, due: &[&str], acts: Vec<Arrow>| Box {
        kind: Kind::Step,
        number: Some(number),
        name: name.into(),
        who: who.into(),
        due: due.iter().map(|line| (*line).to_owned()).collect(),
        acts,
        now: number == 2,
    };
    let other = |kind, name: &str, acts: Vec<Arrow>| Box {
        kind,
        number: None,
        name: name.into(),
        who: Said::default(),
        due: Vec::new(),
        acts,
        now: false,
    };
    let boxes = vec![
        other(Kind::Note, "开始", vec![act("提交申请", &[1], false)]),
        step(1, "村级审查", "村委会", &["5日内，逾期提醒"], vec![act("通过", &[2], false), act("退回", &[5], false)]),
        step(
            2,
            "乡镇受理",
            "综合便民服务中心",
            &["5日内，逾期视为受理"],
            vec![act("受理", &[3], false), act("一次性告知补正", &[1], false), act("视为受理", &[3], true)],
        ),
        step(
            3,
            "决定",
            "乡镇人民政府",
            &["5日内，逾期提醒"],
            vec![act("批准", &[4], false), act("不予批准", &[5], false)],
        ),
        other(Kind::End, "已批准", Vec::new()),
        other(Kind::End, "未批准", Vec::new()),
    ];
    figure(&Process { title: "示例流程".into(), boxes })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_breaks_anywhere_and_words_do_not() {
        assert_eq!(wrap("乡镇受理", 45, 15), ["乡镇受", "理"]);
        assert_eq!(wrap("site review", 60, 10), ["site", "review"]);
        assert_eq!(wrap("", 60, 10), [""]);
    }

    #[test]
    fn rails_that_overlap_get_lanes_of_their_own() {
        let rail = |target, top, bottom| Rail { target, from: vec![top], top, bottom, lane: 0 };
        let mut rails = vec![rail(0, 0, 100), rail(1, 20, 40), rail(2, 60, 80), rail(3, 200, 300)];
        assign_lanes(&mut rails);
        let lane = |target| rails.iter().find(|rail| rail.target == target).map(|rail| rail.lane);
        assert_eq!([lane(0), lane(1), lane(2), lane(3)], [Some(1), Some(0), Some(0), Some(0)]);
    }
}
