//! Drawing lists from sheets: the offer beside typed rows, and what was read of a sheet, with what is to be corrected.

use super::lists::{List, Lists, READ, TYPED_MAX, UNSHEET, input};
use crate::components::button;
use crate::components::table::{Column, table};
use crate::lang::Lang;
use crate::registers::reading::CellFault;
use engine::FieldFault;
use maud::{Markup, html};
use sheets::column_name;
use std::collections::BTreeMap;

/// Faults shown on the page; the marked sheet has them all.
const SHOWN: usize = 50;
/// Rows shown of a sheet that is right.
const FIRST: usize = 5;

/// The sheets of a form as its page shows them.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// Lists read from sheets.
    pub lists: &'a Lists,
    /// Everything that is wrong with their rows.
    pub faults: &'a [FieldFault],
    /// Where the marked sheets are: the address, without the field.
    pub address: &'a str,
}

impl Shown<'_> {
    /// What was read of a field's sheet.
    pub fn list(&self, lang: Lang, path: &str) -> Option<Markup> {
        let list = self.lists.get(path)?;
        let wrong = list.by_row(path, self.faults);
        Some(html! {
            p { (list.file) (lang.say("，工作表“", ", sheet “")) (list.reading.sheet.name) (lang.say("”", "”")) }
            ul class="figures" {
                li { b { (list.records.len()) } (lang.say("行", "rows")) }
                li class=[(!wrong.is_empty()).then_some("late")] { b { (wrong.len()) } (lang.say("行有问题", "rows to correct")) }
            }
            (left_out(lang, list))
            @if wrong.is_empty() { (first_rows(lang, list)) } @else { (self.wrong_rows(lang, path, list, &wrong)) }
            (choose(lang, path, lang.say("换一张表", "Another sheet"), &html! {
                button class="link-button" type="submit" name=(UNSHEET) value=(path) formnovalidate {
                    @if list.records.len() <= TYPED_MAX { (lang.say("不用表格，改为在本页逐行填写", "Go on with these rows typed here")) }
                    @else { (lang.say("不用这张表", "Drop this sheet")) }
                }
            }))
        })
    }

    fn wrong_rows(&self, lang: Lang, path: &str, list: &List, wrong: &BTreeMap<usize, Vec<CellFault>>) -> Markup {
        let columns = [
            Column::text(lang.say("行", "Row")),
            Column::text(lang.say("格", "Cell")),
            Column::text(lang.say("栏", "Column")),
            Column::text(lang.say("问题", "What is wrong")),
        ];
        let all: usize = wrong.values().map(Vec::len).sum();
        let faults = wrong.iter().flat_map(|(row, faults)| faults.iter().map(move |fault| (*row, fault)));
        let lines: Vec<Vec<Markup>> = faults.take(SHOWN).map(|(row, fault)| line(lang, list, row, fault)).collect();
        html! {
            p { (lang.say("下载标出问题的表，按“导入问题”一栏改好，再选这张表读入。", "Take the marked sheet, correct it by the column that names the faults, and read it in again.")) }
            div class="row" { (button::secondary_link(lang.say("下载标出问题的表", "Take the marked sheet"), &format!("{}/{path}", self.address))) }
            @if all > lines.len() { p class="soft" { (lang.say(&format!("下面是前 {} 处，全部在表中标出。", lines.len()), &format!("The first {} faults; the sheet has them all.", lines.len()))) } }
            (table(lang.say("有问题的格", "Cells to correct"), &columns, &lines))
        }
    }
}

/// The offer to fill a list from a sheet.
pub fn offer(lang: Lang, path: &str, form: &str) -> Markup {
    html! {
        details class="from-sheet" {
            summary { (lang.say("行多的，用 Excel 表填", "Many rows: from an Excel sheet")) }
            p class="hint" {
                (lang.say("下载模板填好，或者用表头相同的表；选好文件后读入，有问题的逐格指出。", "Fill in the template, or use a sheet with the same headings; choose it and read it in: each bad cell is named.")) " "
                a href=(format!("/forms/{form}/template")) { (lang.say("下载模板", "Template")) }
            }
            (choose(lang, path, lang.say("Excel 或 CSV 文件", "Excel or CSV file"), &html! {}))
        }
    }
}

fn choose(lang: Lang, path: &str, label: &str, beside: &Markup) -> Markup {
    let id = format!("sheet-{}", path.replace('.', "-"));
    html! {
        div class="field" {
            label for=(id) { (label) }
            input class="input" id=(id) name=(input(path)) type="file" accept=".xlsx,.xlsm,.csv";
        }
        div class="row" {
            button class="button secondary" type="submit" name=(READ) value=(path) formnovalidate { (lang.say("读入", "Read it in")) }
            (beside)
        }
    }
}

/// That old identity numbers were read as what they have become.
pub fn renewed(lang: Lang, count: usize) -> Markup {
    let zh = format!("{count}个15位的旧身份证号已换成18位，请核对。");
    html! {
        @if count > 0 { p { (lang.say(&zh, &format!("{count} old identity numbers of 15 digits are read as 18: check them."))) } }
    }
}

/// What was not read, so that nobody wonders later.
fn left_out(lang: Lang, list: &List) -> Markup {
    let (mapping, sheet) = (&list.reading.mapping, &list.reading.sheet);
    let joined = |texts: &[String]| texts.join(lang.say("、", ", "));
    html! {
        (renewed(lang, list.reading.renewed()))
        @if !mapping.unknown.is_empty() { p { (lang.say("表单里没有的栏，没有读：", "Columns that the form does not have were left out: ")) (joined(&mapping.unknown)) } }
        @if !mapping.unfilled.is_empty() { p { (lang.say("不能用表格填写的栏，没有读：", "Columns that cannot be filled in in a sheet were left out: ")) (joined(&mapping.unfilled)) } }
        @if !sheet.others.is_empty() { p { (lang.say("没有读取的其他工作表：", "Other sheets were not read: ")) (joined(&sheet.others)) } }
    }
}

fn first_rows(lang: Lang, list: &List) -> Markup {
    let known = list.reading.mapping.fields.iter().enumerate().filter_map(|(column, field)| Some((column, (*field)?)));
    let known: Vec<(usize, usize)> = known.collect();
    let label = |(_, field): &(usize, usize)| Column::text(lang.label(&list.reading.register.fields[*field].label));
    let columns: Vec<Column> = known.iter().map(label).collect();
    let cell = |row: &sheets::Row, column: usize| row.cells.get(column).map(sheets::Cell::text).unwrap_or_default();
    let lines: Vec<Vec<Markup>> = list
        .reading
        .sheet
        .rows
        .iter()
        .take(FIRST)
        .map(|row| known.iter().map(|(column, _)| html! { (cell(row, *column)) }).collect())
        .collect();
    table(lang.say("读到的前几行", "The first rows"), &columns, &lines)
}

fn line(lang: Lang, list: &List, row: usize, fault: &CellFault) -> Vec<Markup> {
    let number = list.reading.sheet.rows[row].number;
    let cell = fault.column.map(|column| format!("{}{number}", column_name(column))).unwrap_or_default();
    vec![html! { (number) }, html! { (cell) }, html! { (fault.label) }, html! { (lang.say(&fault.zh, &fault.en)) }]
}
