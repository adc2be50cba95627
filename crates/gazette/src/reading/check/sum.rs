//! Sums: a total in the text against the total of the table, and the total row of a table against its rows (gz-d.12).

use rust_decimal::Decimal;

use crate::model::{Block, Code, Document, Table, TableKind};
use crate::reading::findings::Findings;
use crate::reading::marker::is_total;

pub(super) fn check(document: &Document, findings: &mut Findings) {
    let mut totals: Vec<Decimal> = Vec::new();
    let mut stated: Vec<(u32, Decimal)> = Vec::new();
    document.walk(&mut |block| match &block.table {
        Some(table) if table.kind == TableKind::Grid => {
            let Some(row) = table.rows.iter().position(|row| row.first().is_some_and(|cell| is_total(cell))) else {
                return;
            };
            totals.extend(table.rows[row].iter().filter_map(|cell| amount(cell)));
            columns(block, table, row, findings);
        }
        Some(_) => {}
        None => {
            let lines = block.line_index();
            stated.extend(stated_totals(&block.text).into_iter().map(|(at, total)| (lines.at(at), total)));
        }
    });
    for (line, total) in stated.into_iter().filter(|(_, total)| !totals.is_empty() && !totals.contains(total)) {
        let zh = format!("正文合计{total}，附表合计中没有此数");
        findings.doubt(line, Code::F24, zh, format!("the text says {total} in all, which is no total of the table"));
    }
}

/// The amounts that a text calls a total: …共计1061.12万元.
fn stated_totals(text: &str) -> Vec<(usize, Decimal)> {
    let words = ["共计", "合计", "总计"].into_iter().flat_map(|word| text.match_indices(word));
    let total = |(at, word): (usize, &str)| {
        let rest = text[at + word.len()..].trim_start_matches(['：', ':', ' ']);
        let length = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let unit = rest[length..].trim_start();
        let is_money = ["万元", "亿元", "元"].iter().any(|word| unit.starts_with(word));
        Some((at, amount(&rest[..length]).filter(|_| is_money)?))
    };
    words.filter_map(total).collect()
}

/// Columns beyond this many are not added up.
const COLUMNS_MAX: usize = 64;

/// Compares each number of the total row with the sum of the rows above it.
fn columns(block: &Block, table: &Table, total_row: usize, findings: &mut Findings) {
    for (column, cell) in table.rows[total_row].iter().enumerate().take(COLUMNS_MAX).skip(1) {
        let Some(total) = amount(cell) else { continue };
        let above = table.rows[..total_row].iter().filter_map(|row| row.get(column));
        let amounts: Option<Vec<Decimal>> = above.filter(|cell| !cell.is_empty()).map(|cell| amount(cell)).collect();
        // A column with words in it has no sum.
        let sum = amounts.and_then(|amounts| amounts.into_iter().try_fold(Decimal::ZERO, Decimal::checked_add));
        if let Some(sum) = sum.filter(|sum| *sum != total) {
            let line = block.pieces.last().map_or(0, |piece| piece.line);
            let zh = format!("第{}列合计印作{total}，各行之和为{sum}", column + 1);
            findings.doubt(line, Code::F24, zh, format!("column {} sums to {sum}, {total} is printed", column + 1));
        }
    }
}

fn amount(cell: &str) -> Option<Decimal> {
    const DIGITS_MAX: usize = 24;
    let cell = cell.trim();
    let plain =
        !cell.is_empty() && cell.len() <= DIGITS_MAX && cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    cell.parse().ok().filter(|_| plain)
}
