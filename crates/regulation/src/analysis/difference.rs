//! What a new version of a regulation changes, and for whom (修订对照).
//!
//! The texts are compared piece by piece: clauses by their ids, machine blocks by kind and name, each with its lines. So nothing that is
//! written can change unseen, whatever kind of block it is. Whom a piece concerns follows from the model.

use crate::model::{Act, By, ClauseId, ElementKind, Party, Procedure, Regulation};
use std::collections::BTreeMap;

/// Pieces with more lines are shown whole, before and after, instead of line by line.
const COMPARED_MAX: usize = 1_000;
/// Characters of a clause's text by which it is called.
const BRIEF: usize = 24;
/// Lines kept around those that changed.
const AROUND: usize = 2;

/// A piece of the text that is not as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// `clause`, or the kind of the block.
    pub kind: String,
    /// The clause's id, or the name of what the block defines.
    pub name: String,
    /// How people call it.
    pub label: String,
    /// What became of it.
    pub how: How,
    /// Its lines; those between changes are left out.
    pub lines: Vec<Line>,
    /// The clause under which it stands.
    pub clause: Option<ClauseId>,
    /// Whom it concerns.
    pub whom: Vec<Party>,
}

/// What became of a piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum How {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It reads otherwise.
    Changed,
}

/// A line of a piece.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// As before.
    Same(String),
    /// Only before.
    Gone(String),
    /// Only now.
    New(String),
    /// Lines as before, left out.
    Skipped(usize),
}

/// What is different in a new version; everything, where there was none. In the order of the new text, what is gone at the end.
#[must_use]
pub fn differences(old: Option<&Regulation>, new: &Regulation) -> Vec<Difference> {
    let before = old.map(pieces).unwrap_or_default();
    let now = pieces(new);
    let known: BTreeMap<(&str, &str), &Piece> = before.iter().map(|piece| (piece.key(), piece)).collect();
    let kept: BTreeMap<(&str, &str), &Piece> = now.iter().map(|piece| (piece.key(), piece)).collect();
    let mut found: Vec<Difference> = Vec::new();
    for piece in &now {
        match known.get(&piece.key()) {
            None => {
                found.push(difference(new, piece, How::Added, piece.lines.iter().cloned().map(Line::New).collect()))
            }
            Some(earlier) if earlier.lines != piece.lines => {
                let lines = compared(&earlier.lines, &piece.lines);
                found.push(difference(new, piece, How::Changed, lines));
            }
            Some(_) => {}
        }
    }
    if let Some(old) = old {
        for piece in before.iter().filter(|piece| !kept.contains_key(&piece.key())) {
            found.push(difference(old, piece, How::Removed, piece.lines.iter().cloned().map(Line::Gone).collect()));
        }
    }
    found
}

/// A clause or a block as written.
#[derive(Debug)]
struct Piece {
    kind: String,
    name: String,
    lines: Vec<String>,
    clause: Option<ClauseId>,
}

impl Piece {
    fn key(&self) -> (&str, &str) {
        (&self.kind, &self.name)
    }
}

fn pieces(regulation: &Regulation) -> Vec<Piece> {
    let source = &regulation.source;
    let mut pieces: Vec<Piece> = Vec::new();
    let mut clause: Option<ClauseId> = None;
    let mut in_block = false;
    for element in &regulation.text {
        let written = source.get(element.span.start..element.span.end).unwrap_or(&element.text);
        match &element.kind {
            ElementKind::Block { kind, .. } => {
                pieces.extend(blocks(kind, lines(written), clause.as_ref()));
                in_block = true;
            }
            ElementKind::Table(_) if in_block => {
                if let Some(block) = pieces.last_mut() {
                    block.lines.extend(lines(written));
                }
                in_block = false;
            }
            _ => {
                in_block = false;
                let Some(id) = element.clauses.first() else { continue };
                clause = Some(id.clone());
                pieces.push(Piece {
                    kind: "clause".to_owned(),
                    name: id.clone(),
                    lines: vec![element.text.trim().to_owned()],
                    clause: Some(id.clone()),
                });
            }
        }
    }
    if regulation.supplement.is_some() { together(pieces) } else { pieces }
}

/// What a county's supplement says of a parameter stands with what the base says of it.
fn together(all: Vec<Piece>) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for piece in all {
        match pieces.iter_mut().find(|known| piece.kind == "parameter" && known.key() == piece.key()) {
            Some(base) => base.lines.extend(piece.lines),
            None => pieces.push(piece),
        }
    }
    pieces
}

/// What a fence defines: one thing, or parameters, each on its own.
fn blocks(kind: &str, lines: Vec<String>, clause: Option<&ClauseId>) -> Vec<Piece> {
    let piece =
        |name: String, lines: Vec<String>| Piece { kind: kind.to_owned(), name, lines, clause: clause.cloned() };
    if kind != "parameter" {
        let defines =
            |line: &String| Some(line.strip_prefix(kind)?.strip_prefix(':')?.split('#').next()?.trim().to_owned());
        return vec![piece(lines.iter().find_map(defines).unwrap_or_default(), lines)];
    }
    let mut parameters: Vec<Piece> = Vec::new();
    for line in lines {
        match (line.split_once(':'), parameters.last_mut()) {
            (Some((name, _)), _) if !line.starts_with([' ', '#']) => {
                let name = name.trim().to_owned();
                parameters.push(piece(name, vec![line]));
            }
            (_, Some(open)) => open.lines.push(line),
            (_, None) => {}
        }
    }
    parameters
}

/// Lines without blanks at their ends; the fence itself says nothing.
fn lines(written: &str) -> Vec<String> {
    let said = |line: &&str| !line.trim().is_empty() && !line.starts_with("```");
    written.lines().filter(said).map(|line| line.trim_end().to_owned()).collect()
}

fn difference(regulation: &Regulation, piece: &Piece, how: How, lines: Vec<Line>) -> Difference {
    Difference {
        label: label(regulation, piece),
        whom: whom(regulation, &piece.kind, &piece.name),
        kind: piece.kind.clone(),
        name: piece.name.clone(),
        clause: piece.clause.clone(),
        how,
        lines,
    }
}

/// The longest lines in common stay; what is not among them is gone or new.
fn compared(old: &[String], new: &[String]) -> Vec<Line> {
    if old.len() > COMPARED_MAX || new.len() > COMPARED_MAX {
        let gone = old.iter().cloned().map(Line::Gone);
        return gone.chain(new.iter().cloned().map(Line::New)).collect();
    }
    let mut common = vec![vec![0_u16; new.len() + 1]; old.len() + 1];
    for (i, before) in old.iter().enumerate().rev() {
        for (j, now) in new.iter().enumerate().rev() {
            common[i][j] =
                if before == now { common[i + 1][j + 1] + 1 } else { common[i + 1][j].max(common[i][j + 1]) };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut all = Vec::new();
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            all.push(Line::Same(old[i].clone()));
            (i, j) = (i + 1, j + 1);
        } else if j >= new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            all.push(Line::Gone(old[i].clone()));
            i += 1;
        } else {
            all.push(Line::New(new[j].clone()));
            j += 1;
        }
    }
    shortened(all)
}

/// Without the lines that are far from any change.
fn shortened(all: Vec<Line>) -> Vec<Line> {
    let changed: Vec<usize> =
        all.iter().enumerate().filter(|(_, line)| !matches!(line, Line::Same(_))).map(|(at, _)| at).collect();
    let near = |at: usize| changed.iter().any(|change| change.abs_diff(at) <= AROUND);
    let mut kept: Vec<Line> = Vec::new();
    for (at, line) in all.into_iter().enumerate() {
        match (near(at), kept.last_mut()) {
            (true, _) => kept.push(line),
            (false, Some(Line::Skipped(count))) => *count += 1,
            (false, _) => kept.push(Line::Skipped(1)),
        }
    }
    kept
}

/// `NAME of PROCEDURE`, as blocks are named that belong to one.
fn parts(name: &str) -> (&str, Option<&str>) {
    name.split_once(" of ").map_or((name, None), |(name, of)| (name.trim(), Some(of.trim())))
}

fn procedures<'r>(regulation: &'r Regulation, of: Option<&'r str>) -> impl Iterator<Item = &'r Procedure> {
    let all = regulation.procedures.values().map(|procedure| &**procedure);
    all.filter(move |procedure| of.is_none_or(|of| procedure.name == of))
}

fn label(regulation: &Regulation, piece: &Piece) -> String {
    let (name, of) = parts(&piece.name);
    let found = match piece.kind.as_str() {
        "clause" => {
            let clause = regulation.clauses.iter().find(|clause| clause.id == piece.name);
            clause.map(|clause| brief(&clause.text))
        }
        "procedure" => regulation.procedures.get(name).map(|procedure| procedure.title.zh.clone()),
        "register" => regulation.registers.get(name).map(|register| register.title.zh.clone()),
        "form" => regulation.forms.get(name).map(|form| form.title.zh.clone()),
        "parameter" => regulation.parameters.get(name).map(|parameter| parameter.label.zh.clone()),
        "duty" => regulation.duties.get(name).map(|duty| duty.title.zh.clone()),
        "view" => regulation.views.get(name).map(|view| view.title.zh.clone()),
        "share" => regulation.shares.get(name).map(|share| share.title.zh.clone()),
        "step" => procedures(regulation, of).find_map(|procedure| Some(procedure.step(name)?.label.zh.clone())),
        "rule" => procedures(regulation, of).find_map(|procedure| Some(procedure.rules.get(name)?.title.zh.clone())),
        "document" => {
            procedures(regulation, of).find_map(|procedure| Some(procedure.documents.get(name)?.title.zh.clone()))
        }
        _ => None,
    };
    found.filter(|label| !label.is_empty()).unwrap_or_else(|| piece.name.clone())
}

/// The beginning of a clause's text: enough to know it by.
fn brief(text: &str) -> String {
    let mut letters = text.trim().chars();
    let start: String = letters.by_ref().take(BRIEF).collect();
    if letters.next().is_some() { format!("{start}…") } else { start }
}

/// Whom a piece concerns: who acts where it says what is done, and who begins what it decides about.
fn whom(regulation: &Regulation, kind: &str, name: &str) -> Vec<Party> {
    let (name, of) = parts(name);
    let found: Vec<Party> = match kind {
        "procedure" => procedures(regulation, Some(name)).flat_map(Procedure::parties).cloned().collect(),
        "step" => {
            let steps = procedures(regulation, of).filter_map(|procedure| procedure.step(name));
            steps.flat_map(|step| named(&step.by).chain(step.acts.iter().flat_map(|act| named(&act.by)))).collect()
        }
        "form" => {
            let files = |act: &&Act| act.forms.iter().any(|form| form == name);
            let all = procedures(regulation, None).flat_map(|procedure| procedure.all_acts());
            let acts = all.filter(|(_, act)| files(act));
            acts.flat_map(|(step, act)| doers(step.map(|step| step.by.as_slice()), act)).collect()
        }
        "rule" | "table" | "document" | "fund" => {
            let procedures = procedures(regulation, of);
            let owners = procedures.filter(|procedure| {
                procedure.rules.contains_key(name)
                    || procedure.tables.contains_key(name)
                    || procedure.documents.contains_key(name)
            });
            owners.flat_map(|procedure| procedure.start.iter().flat_map(|act| named(&act.by))).collect()
        }
        "register" => {
            regulation.registers.get(name).map(|register| named(&register.keepers).collect()).unwrap_or_default()
        }
        "share" => regulation.shares.get(name).map(|share| vec![share.owner.clone()]).unwrap_or_default(),
        "duty" => regulation
            .duties
            .get(name)
            .map(|duty| {
                procedures(regulation, Some(&duty.opens.procedure)).flat_map(Procedure::parties).cloned().collect()
            })
            .unwrap_or_default(),
        "parameter" => readers_of(regulation, name),
        _ => Vec::new(),
    };
    let mut whom: Vec<Party> = Vec::new();
    for party in found {
        if !matches!(party, Party::Clock | Party::Act { .. }) && !whom.contains(&party) {
            whom.push(party);
        }
    }
    whom
}

fn named(by: &[By]) -> impl Iterator<Item = Party> + '_ {
    by.iter().map(|by| by.party.clone())
}

fn doers(step: Option<&[By]>, act: &Act) -> Vec<Party> {
    let by = if act.by.is_empty() { step.unwrap_or_default() } else { &act.by };
    named(by).collect()
}

/// Whom the blocks concern that read one of the parameters which a block defines.
fn readers_of(regulation: &Regulation, name: &str) -> Vec<Party> {
    let reads = |piece: &&Piece| {
        !matches!(piece.kind.as_str(), "parameter" | "clause") && piece.lines.iter().any(|line| has_word(line, name))
    };
    let all = pieces(regulation);
    all.iter().filter(reads).flat_map(|piece| whom(regulation, &piece.kind, &piece.name)).collect()
}

/// Whether a name stands in a line as a whole.
fn has_word(line: &str, name: &str) -> bool {
    let part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '.';
    line.match_indices(name).any(|(at, _)| {
        let before = line[..at].chars().next_back().is_some_and(part);
        let after = line[at + name.len()..].chars().next().is_some_and(part);
        !before && !after
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{SourceFile, check};

    const STALLS: &str = include_str!("../../tests/fixtures/stalls.md");

    fn regulation(text: &str) -> std::sync::Arc<Regulation> {
        let checked = check(&[SourceFile { name: "stalls.md".into(), text: text.into() }]);
        checked.rulebook.regulations.get("stalls").cloned().unwrap_or_else(|| panic!("{:?}", checked.findings))
    }

    fn told(old: Option<&str>, new: &str) -> Vec<(String, How, String)> {
        let old = old.map(regulation);
        let found = differences(old.as_deref(), &regulation(new));
        found.into_iter().map(|one| (format!("{} {}", one.kind, one.name), one.how, one.label)).collect()
    }

    #[test]
    fn what_reads_the_same_is_not_told() {
        assert_eq!(told(Some(STALLS), STALLS), []);
        // Only blank lines and the front matter differ.
        assert_eq!(told(Some(STALLS), &STALLS.replace("待编号", "甲1号").replace("\n\n", "\n\n\n")), []);
    }

    #[test]
    fn a_changed_block_tells_its_lines_and_whom_it_concerns() {
        let old = regulation(STALLS);
        let new = regulation(&STALLS.replace("by: county/agriculture", "by: county/market"));
        let found = differences(Some(&old), &new);
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!((found[0].kind.as_str(), found[0].label.as_str(), found[0].how), ("step", "待准", How::Changed));
        assert!(found[0].lines.contains(&Line::Gone("by: county/agriculture".into())));
        assert!(found[0].lines.contains(&Line::New("by: county/market".into())));
        assert_eq!(found[0].whom, [Party::Office { level: "county".into(), desk: "market".into() }]);
        assert_eq!(found[0].clause.as_deref(), Some("st-1"));
    }

    #[test]
    fn what_is_added_and_what_is_gone_is_told() {
        let more =
            STALLS.replace("# 一、摊位 {#st-1}", "# 一、摊位 {#st-1}\n\n收摊以后打扫干净。 {#st-1.1 .narrative}\n");
        assert_eq!(told(Some(STALLS), &more), [("clause st-1.1".into(), How::Added, "收摊以后打扫干净。".into())]);
        assert_eq!(told(Some(&more), STALLS), [("clause st-1.1".into(), How::Removed, "收摊以后打扫干净。".into())]);
        assert!(told(None, STALLS).iter().all(|(_, how, _)| *how == How::Added));
    }

    #[test]
    fn a_parameter_concerns_those_whose_blocks_read_it() {
        let old = regulation(STALLS);
        let found = differences(Some(&old), &regulation(&STALLS.replace("5 yuan", "8 yuan")));
        assert_eq!((found.len(), found[0].kind.as_str()), (1, "parameter"));
        assert!(found[0].whom.contains(&Party::Anyone), "{:?}", found[0].whom);
    }

    #[test]
    fn lines_in_common_are_kept_and_those_far_away_left_out() {
        let text = |letters: &str| letters.chars().map(String::from).collect::<Vec<_>>();
        let found = compared(&text("abcdefgh"), &text("abcdexgh"));
        assert_eq!(found[0], Line::Skipped(3));
        assert_eq!(found[3..5], [Line::Gone("f".into()), Line::New("x".into())]);
        assert_eq!(compared(&text(""), &text("a")), [Line::New("a".into())]);
    }
}
