//! Tables out of flat blocks: printed parts merged, headers found, rosters read.

use super::cell::{Cells, rectangle};
use super::findings::Findings;
use super::marker::{self, compact};
use super::roster::{self, Roster};
use super::unit::Flat;
use crate::model::{Block, BlockKind, Cell, Code, Piece, Rule, Table, TableKind};

/// The blocks with every table read.
pub(super) fn tables(flats: Vec<Flat>, findings: &mut Findings) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut flats = flats.into_iter().peekable();
    while let Some(flat) = flats.next() {
        if roster::begins(&flat) {
            let mut run = vec![flat];
            run.extend(std::iter::from_fn(|| flats.next_if(roster::goes_on)));
            blocks.push(roster(run, findings));
        } else if flat.is_table() {
            let header = header_length(&flat.rows);
            let mut parts = vec![flat];
            while let Some(part) = flats.next_if(|next| repeats(&parts[0].rows[..header], next)) {
                parts.push(part);
            }
            blocks.push(grid(parts, header, findings));
        } else {
            blocks.push(flat.block);
        }
    }
    blocks
}

fn roster(run: Vec<Flat>, findings: &mut Findings) -> Block {
    let mut roster = Roster::default();
    for flat in &run {
        roster.read(flat);
        brackets(&flat.rows, findings);
    }
    let parts = run.iter().filter(|flat| flat.is_table()).count();
    let row = |member: &crate::model::Member| {
        vec![member.role.clone().unwrap_or_default(), member.name.clone(), member.post.clone()]
    };
    let table = Table {
        kind: if roster.by_column { TableKind::ColumnFlow } else { TableKind::Roster },
        header: Vec::new(),
        rows: roster.members.iter().map(row).collect(),
        members: roster.members,
        notes: roster.notes,
        page_parts: count(parts.max(1)),
        cut_cells: Vec::new(),
    };
    block(run, table)
}

/// A grid or a form from its printed parts; the first `header` rows of each are its header.
fn grid(parts: Vec<Flat>, header: usize, findings: &mut Findings) -> Block {
    let mut rows: Vec<Cells> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        brackets(&part.rows, findings);
        let dropped = if index == 0 { 0 } else { header };
        if let Some(first) = part.rows.first().filter(|_| dropped > 0) {
            let (zh, en) = ("表头在续页重复，并入前表", "a header repeated on the next page: the parts are one table");
            findings.repair(first.line, Rule::RepeatedHeader, zh, en);
        }
        rows.extend(part.rows[dropped..].iter().cloned());
    }
    for row in rows.iter().filter(|row| row.markup) {
        let (zh, en) = ("单元格中的标记不显示", "markup in cells is not shown");
        findings.doubt(row.line, Code::F26, zh, en);
    }
    let kind = if header > 0 && rows.len() > header { TableKind::Grid } else { TableKind::Form };
    let cut_cells = if kind == TableKind::Grid { cut_cells(&rows, header, findings) } else { Vec::new() };
    let mut rectangle = rectangle(&rows);
    let body = rectangle.split_off(header);
    let table = Table {
        kind,
        header: rectangle,
        rows: body,
        members: Vec::new(),
        notes: Vec::new(),
        page_parts: count(parts.len()),
        cut_cells,
    };
    block(parts, table)
}

fn block(parts: Vec<Flat>, table: Table) -> Block {
    let pieces: Vec<Piece> = parts.into_iter().flat_map(|part| part.block.pieces).collect();
    let mut block = Block::new(BlockKind::Table, pieces);
    block.text.clear();
    block.table = Some(table);
    block
}

fn count(parts: usize) -> u32 {
    u32::try_from(parts).unwrap_or(u32::MAX)
}

/// Whether a part begins with the header of the table before it.
fn repeats(header: &[Cells], next: &Flat) -> bool {
    let same = |(a, b): (&Cells, &Cells)| {
        a.cells.iter().map(|cell| compact(cell)).eq(b.cells.iter().map(|cell| compact(cell)))
    };
    next.is_table() && !header.is_empty() && next.rows.len() >= header.len() && header.iter().zip(&next.rows).all(same)
}

/// How many rows are a header: one with a label in each column, or two that fill each other's gaps; none in a form.
fn header_length(rows: &[Cells]) -> usize {
    let [first, rest @ ..] = rows else { return 0 };
    let width = first.cells.len();
    let labels = first.cells.iter().filter(|cell| !cell.is_empty()).count();
    if width < 2 || first.cells.iter().any(|cell| is_field(cell)) {
        return 0;
    }
    if labels == width {
        return usize::from(!rest.is_empty() || width > 2);
    }
    let Some(second) = rest.first().filter(|_| labels >= 3) else { return 0 };
    let filled =
        (0..width).all(|column| !first.get(column).is_empty() || !second.get(column).is_empty() || column + 1 == width);
    let spanned = (0..width).any(|column| !first.get(column).is_empty() && second.get(column).is_empty());
    if filled && spanned && second.get(0).is_empty() { 2 } else { 0 }
}

/// Whether a cell is a blank to fill in, not a label.
fn is_field(cell: &str) -> bool {
    cell.ends_with(['：', ':']) || cell.contains('_') || marker::is_form_blank(cell)
}

/// Cells that break off: an open bracket, or an enumeration without its end.
fn cut_cells(rows: &[Cells], header: usize, findings: &mut Findings) -> Vec<Cell> {
    let mut cut = Vec::new();
    for (row, cells) in rows[header..].iter().enumerate() {
        for (column, cell) in cells.cells.iter().enumerate() {
            if marker::opens_bracket(cell) || cell.ends_with(['、', '，']) {
                cut.push(Cell { row, column });
                let zh = format!("第{}列的单元格未完", column + 1);
                let en = format!("the cell in column {} breaks off", column + 1);
                findings.doubt(cells.line, Code::F19, zh, en);
            }
        }
    }
    cut
}

/// Says where a cell opens a bracket that it does not close.
fn brackets(rows: &[Cells], findings: &mut Findings) {
    for row in rows.iter().filter(|row| row.cells.iter().any(|cell| marker::opens_bracket(cell))) {
        let (zh, en) = ("单元格内括号未闭合", "a bracket in a cell is not closed");
        findings.doubt(row.line, Code::F17, zh, en);
    }
}
