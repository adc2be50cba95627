//! `/registers/{name}/-/import`: a sheet sent in; `…/{import}`: how far it is, what it would do, and doing it.

use super::columns;
use super::excel::download;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::{said, unread};
use crate::components::table::{Column, table};
use crate::forms::names::Names;
use crate::forms::uploads;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::registers::fit::{Fit, at_hand};
use crate::registers::imports::{Import, Sent as Sheet, State as Stage, carry_out, may_import, take_in, take_up};
use crate::registers::marked::mark;
use crate::registers::plan::{Plan, Verdict};
use crate::registers::plots::has_plots;
use crate::registers::reading::CellFault;
use crate::registers::{find, keep};
use crate::sent::{AGAIN, SignedSent, take};
use crate::site::{App, Running, long_work, work, work_of};
use crate::visit::{Holding, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::REFRESH;
use axum::response::{IntoResponse, Redirect, Response};
use engine::decide::place_column;
use maud::{Markup, html};
use regulation::model::{Label, Register};
use sheets::column_name;
use std::sync::Arc;
use store::Snapshot;

/// Bad rows shown on the page; the sheet has them all.
const SHOWN: usize = 50;
/// A smaller file is looked at before the answer; a larger one beside, while a page shows how far it is.
pub(super) const AT_ONCE_BYTES: usize = 200 * 1024;
/// So many rows are done before the answer.
const AT_ONCE_ROWS: usize = 500;
/// Characters of a bad cell that are shown.
const VALUE_SHOWN: usize = 60;
/// How often a page that waits asks again, in seconds.
const AGAIN_SECONDS: &str = "2";

/// Does work now, or on a thread of its own.
pub(super) fn run(at_once: bool, task: Box<dyn FnOnce() + Send>) {
    if at_once {
        task();
        return;
    }
    let started = std::thread::Builder::new().name("import".to_owned()).spawn(task);
    if let Err(error) = started {
        tracing::error!(%error, "no thread for an import");
    }
}

/// A register and what can be said of it on these pages.
pub(super) struct Door<'a> {
    pub(super) visitor: &'a Visitor,
    pub(super) register: &'a Arc<Register>,
    pub(super) places: Vec<(String, String)>,
    /// The posts in which they keep it.
    pub(super) posts: Vec<&'a Holding>,
    /// How old ledgers fit, as it is kept for them.
    pub(super) kept: Vec<(String, Fit)>,
}

impl<'a> Door<'a> {
    pub(super) fn new(snapshot: &'a dyn Snapshot, visitor: &'a Visitor, name: &str) -> Result<Door<'a>, Problem> {
        let world = snapshot.world();
        let (regulation, register) = find(snapshot, name)?;
        may_import(world, visitor, regulation, register)?;
        let county = world.county();
        let names = Names { world, lang: visitor.lang };
        let posts = keep::posts(world, visitor, regulation, register);
        let mine = |code: &String| posts.iter().any(|post| county.contains(&post.place, code));
        let mut places: Vec<(String, String)> = county
            .present()
            .map(|place| &place.code)
            .filter(|code| mine(code))
            .map(|code| (code.clone(), names.place_path(code)))
            .collect();
        // Their own place first.
        places.sort_by_key(|(code, _)| !posts.iter().any(|post| post.place == *code));
        let kept = at_hand(snapshot, visitor, &posts, name)?;
        Ok(Door { visitor, register, places, posts, kept })
    }

    pub(super) fn address(&self) -> String {
        format!("/registers/{}/-/import", self.register.name)
    }

    pub(super) fn page(&self, title: &str, content: &Markup) -> Markup {
        let lang = self.visitor.lang;
        let register = lang.label(&self.register.title);
        let content = html! {
            (crumbs(lang, &[(lang.say("台账和名册", "Registers"), "/registers"), (register, &format!("/registers/{}", self.register.name))]))
            h1 { (title) }
            (content)
        };
        layout::page(self.visitor, Nav::Desk, title, &content)
    }

    fn ask(&self, fault: Option<&str>) -> Markup {
        let lang = self.visitor.lang;
        let content = html! {
            @if let Some(fault) = fault { (unread(lang, fault, "sheet")) }
            ol {
                li { (lang.say("新填的，下载模板，在 Excel 或 WPS 里填写；也可以用导出的表改。原有的台账不必重做，照原样上传。", "For a new sheet, take the template, or a sheet that was taken out, and fill it in with Excel or WPS. An old ledger goes in as it is.")) " "
                    a href=(format!("/registers/{}/-/template", self.register.name)) { (lang.say("下载模板", "Template")) } }
                li { (lang.say("上传。表头不是本簿的，先对应栏目；然后逐行核对，有问题的逐格指出。这时没有导入任何内容。", "Upload it. Where its headings are not the register's, say which column is which; then each row is checked and each bad cell named. Nothing is imported yet.")) }
                li { (lang.say("看过预览，确认以后一次导入：全部成功，或者全不导入。", "Look at the preview and confirm: all of it is imported, or nothing.")) }
            }
            form method="post" action=(self.address()) enctype="multipart/form-data" {
                (token(self.visitor))
                div class="field" {
                    label for="f-sheet" { (lang.say("Excel 文件", "Excel file")) }
                    @if has_plots(self.register) { p class="hint" { (lang.say("也可以上传 GeoJSON：每个要素一行，属性的名称与栏目相同。", "GeoJSON is taken too: a row for each feature, its properties named as the columns.")) } }
                    p class="hint" { (lang.say(".xlsx 或 .csv 文件，不超过 20 MB、20 万行；旧格式请先另存为 .xlsx。", "An .xlsx or .csv file, up to 20 MB and 200,000 rows; save older formats as .xlsx first.")) }
                    input class="input" id="f-sheet" name="sheet" type="file" required accept=(accepted(self.register));
                }
                @if place_column(self.register).is_none() {
                    div class="field" {
                        label for="f-place" { (lang.say("没有写明地点的记录，归到", "Rows that name no place belong to")) }
                        select class="input medium" id="f-place" name="place" {
                            @for (code, name) in &self.places { option value=(code) { (name) } }
                        }
                    }
                }
                div class="row" { (button::submit(lang.say("上传并核对", "Upload and check"))) }
            }
        };
        self.page(lang.say("从 Excel 导入", "From Excel"), &content)
    }

    fn standing(&self, import: &Import) -> Response {
        let lang = self.visitor.lang;
        let title = lang.say("从 Excel 导入", "From Excel");
        let page = match import.state() {
            Stage::Asked => return columns::ask(self, import, None).into_response(),
            Stage::Judging => return self.waiting(import, lang.say("正在核对", "Checking")),
            Stage::Importing => return self.waiting(import, lang.say("正在导入", "Importing")),
            Stage::Judged(plan) => self.page(title, &self.preview(import, &plan)),
            Stage::Done { new, changed, same } => self.page(title, &self.result(import, new, changed, same)),
            Stage::Failed(failure) => {
                let again = html! {
                    div class="errors" role="alert" tabindex="-1" data-errors {
                        h2 { (failure.said.in_lang(lang)) }
                        @if !failure.faults.is_empty() { ul { @for fault in &failure.faults { li { (said(lang, fault)) } } } }
                    }
                    p { a href=(self.address()) { (lang.say("改好后重新上传", "Correct it and upload it again")) } }
                };
                let page = self.page(title, &again);
                return (StatusCode::UNPROCESSABLE_ENTITY, page).into_response();
            }
        };
        page.into_response()
    }

    /// A page that asks again by itself, without scripts.
    fn waiting(&self, import: &Import, title: &str) -> Response {
        let lang = self.visitor.lang;
        let (done, all) = import.progress();
        let content = html! {
            p { (import.file) }
            @if all > 0 {
                progress class="progress" max=(all) value=(done) aria-label=(title) {}
                p role="status" { (lang.say("已看 ", "")) b { (done) } " / " (all) (lang.say(" 行", " rows")) }
            } @else { p role="status" { (lang.say("正在读取文件……", "Reading the file …")) } }
            p class="soft" { (lang.say("本页每两秒刷新一次；可以离开，稍后再回到这个网址。", "This page reloads every two seconds; you may leave and come back to it.")) }
        };
        ([(REFRESH, AGAIN_SECONDS)], self.page(title, &content)).into_response()
    }

    fn preview(&self, import: &Import, plan: &Plan) -> Markup {
        let lang = self.visitor.lang;
        let bad = plan.count(Verdict::Bad);
        let acting = plan.acting().len();
        html! {
            p { (import.file) (lang.say("，工作表“", ", sheet “")) (plan.reading.sheet.name) (lang.say("”", "”")) }
            (columns::told(self, import, plan))
            ul class="figures" {
                (figure(plan.count(Verdict::New), lang.say("新登记", "new"), false))
                (figure(plan.count(Verdict::Change), lang.say("变更", "changed"), false))
                (figure(plan.count(Verdict::Same), lang.say("相同，跳过", "the same, skipped"), false))
                (figure(bad, lang.say("有问题", "bad"), bad > 0))
            }
            (self.remarks(plan))
            (changed(lang, plan))
            @if bad > 0 { (self.bad_rows(import, plan, bad)) }
            @else if acting == 0 { p { (lang.say("表中没有需要导入的内容。", "There is nothing to import.")) } }
            @else {
                (banner(Tone::Plain, lang.say("还没有导入", "Nothing is imported yet"), &html! {
                    p { (lang.say("确认后一次导入，全部成功或者全不导入。导入即为登记，逐条记入不可更改的记录。", "All of it is imported at once or nothing. Each row is an entry in a record that cannot be changed.")) }
                }))
                form method="post" action=(format!("{}/{}/confirm", self.address(), import.id)) {
                    (token(self.visitor))
                    div class="row" { (button::submit(&confirm(lang, acting))) }
                }
            }
            form method="post" action=(format!("{}/{}/drop", self.address(), import.id)) {
                (token(self.visitor))
                button class="link-button" type="submit" { (lang.say("不导入，放弃这个文件", "Do not import; drop this file")) }
            }
        }
    }

    /// What was not read, so that nobody wonders later.
    fn remarks(&self, plan: &Plan) -> Markup {
        let lang = self.visitor.lang;
        let (mapping, sheet) = (&plan.reading.mapping, &plan.reading.sheet);
        let joined = |texts: &[String]| texts.join(lang.say("、", ", "));
        let examples = plan.count(Verdict::Example);
        html! {
            (crate::forms::list_view::renewed(lang, plan.reading.renewed()))
            @if !mapping.unknown.is_empty() { p { (lang.say("本簿没有的栏，不导入：", "Columns that the register does not have are left out: ")) (joined(&mapping.unknown)) } }
            @if !mapping.unfilled.is_empty() { p { (lang.say("不能用表格填写的栏，不导入：", "Columns that cannot be filled in in a sheet are left out: ")) (joined(&mapping.unfilled)) } }
            @if !sheet.others.is_empty() { p { (lang.say("没有读取的其他工作表：", "Other sheets were not read: ")) (joined(&sheet.others)) } }
            @for (column, scale) in &mapping.scales { p { (columns::scaled(lang, &sheet.headings[*column], scale)) } }
            @if plan.count(Verdict::NoRecord) > 0 { p { (lang.say("合计、尾注、重复的表头，不导入：", "Totals, remarks and headings repeated are left out: ")) (no_records(lang, plan)) } }
            @if examples > 0 { p { (lang.say("示例行不导入。", "The example row is left out.")) } }
        }
    }

    fn bad_rows(&self, import: &Import, plan: &Plan, bad: usize) -> Markup {
        let lang = self.visitor.lang;
        let columns = [
            Column::text(lang.say("行", "Row")),
            Column::text(lang.say("格", "Cell")),
            Column::text(lang.say("栏", "Column")),
            Column::text(lang.say("填的是", "It says")),
            Column::text(lang.say("问题", "What is wrong")),
        ];
        let faults = plan.faults.iter().flat_map(|(row, faults)| faults.iter().map(move |fault| (*row, fault)));
        let rows: Vec<Vec<Markup>> =
            faults.take(SHOWN).map(|(row, fault)| fault_line(lang, plan, row, fault)).collect();
        html! {
            (banner(Tone::Care, lang.say("有问题，没有导入任何内容", "There are bad rows; nothing was imported"), &html! {
                p { (lang.say("下载带批注的表，按“导入问题”一栏逐行改好，再上传这张表。", "Take the marked sheet, correct it by the column that names the faults, and upload it again.")) }
            }))
            div class="row" {
                (button::link(lang.say("下载标出问题的表", "Take the marked sheet"), &format!("{}/{}/sheet", self.address(), import.id)))
                (button::secondary_link(lang.say("上传改好的表", "Upload a corrected sheet"), &self.address()))
            }
            @if bad > rows.len() { p class="soft" { (lang.say(&format!("下面是前 {} 处，全部在表中标出。", rows.len()), &format!("The first {} faults; the sheet has them all.", rows.len()))) } }
            (table(lang.say("有问题的行", "Bad rows"), &columns, &rows))
        }
    }

    fn result(&self, import: &Import, new: usize, changed: usize, same: usize) -> Markup {
        let lang = self.visitor.lang;
        html! {
            (banner(Tone::Good, lang.say("已导入", "Imported"), &html! { p { (import.file) } }))
            ul class="figures" {
                (figure(new, lang.say("新登记", "new"), false))
                (figure(changed, lang.say("变更", "changed"), false))
                (figure(same, lang.say("相同，跳过", "the same, skipped"), false))
            }
            p { a href=(format!("/registers/{}", self.register.name)) { (lang.say("看台账", "See the register")) } }
        }
    }
}

fn confirm(lang: Lang, rows: usize) -> String {
    match lang {
        Lang::Zh => format!("确认导入 {rows} 行"),
        Lang::En => format!("Import {rows} rows"),
    }
}

fn figure(count: usize, label: &str, late: bool) -> Markup {
    html! { li class=[late.then_some("late")] { b { (count) } (label) } }
}

fn fault_line(lang: Lang, plan: &Plan, row: usize, fault: &CellFault) -> Vec<Markup> {
    let number = plan.reading.sheet.rows[row].number;
    let cell = fault.column.map(|column| format!("{}{number}", column_name(column))).unwrap_or_default();
    let cells = &plan.reading.sheet.rows[row].cells;
    let value = fault.column.and_then(|column| cells.get(column)).map(sheets::Cell::text).unwrap_or_default();
    let value: String = value.chars().take(VALUE_SHOWN).collect();
    vec![
        html! { (number) },
        html! { (cell) },
        html! { (fault.label) },
        html! { (value) },
        html! { (lang.say(&fault.zh, &fault.en)) },
    ]
}

/// The numbers of the rows that are no records.
fn no_records(lang: Lang, plan: &Plan) -> String {
    let rows = plan.verdicts.iter().zip(&plan.reading.sheet.rows).filter(|(verdict, _)| **verdict == Verdict::NoRecord);
    let numbers: Vec<String> = rows.map(|(_, row)| row.number.to_string()).collect();
    let (shown, more) = numbers.split_at(numbers.len().min(SHOWN));
    let more = if more.is_empty() { "" } else { lang.say("……", " …") };
    match lang {
        Lang::Zh => format!("第 {}{more} 行", shown.join("、")),
        Lang::En => format!("rows {}{more}", shown.join(", ")),
    }
}

/// Which rows change what, so that nobody overwrites unseen.
fn changed(lang: Lang, plan: &Plan) -> Markup {
    let line = |(row, columns): (&usize, &Vec<Label>)| {
        let labels: Vec<&str> = columns.iter().map(|label| lang.label(label)).collect();
        vec![html! { (plan.reading.sheet.rows[*row].number) }, html! { (labels.join(lang.say("、", ", "))) }]
    };
    let rows: Vec<Vec<Markup>> = plan.changed.iter().take(SHOWN).map(line).collect();
    let columns = [Column::text(lang.say("行", "Row")), Column::text(lang.say("变更的栏", "Columns that change"))];
    html! {
        @if !rows.is_empty() {
            details {
                summary { (lang.say("变更了什么", "What changes")) }
                div {
                    @if plan.changed.len() > rows.len() { p class="soft" { (lang.say(&format!("前 {} 行：", rows.len()), &format!("The first {} rows:", rows.len()))) } }
                    (table(lang.say("变更的行", "Rows that change"), &columns, &rows))
                }
            }
        }
    }
}

/// The form.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(name): Path<String>) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| Ok(Door::new(snapshot, &visitor, &name)?.ask(None)))).await
}

/// Takes a sheet in.
pub async fn upload(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("/registers/{name}/-/import")).into_response());
    }
    let running = Arc::clone(&app.0);
    work_of(uploads::length(&app, &sent), &app, move |app| {
        let file = sent.files.iter().position(|file| file.field == "sheet").map(|place| sent.files.swap_remove(place));
        let (place, page) = app.read(|snapshot| {
            let door = Door::new(snapshot, &visitor, &name)?;
            let asked = sent.text("place").filter(|place| door.places.iter().any(|(code, _)| code == place));
            let place = asked.map(str::to_owned).or_else(|| door.places.first().map(|(code, _)| code.clone()));
            let page = file
                .is_none()
                .then(|| door.ask(Some(visitor.lang.say("请选择一个 Excel 文件", "Choose an Excel file"))));
            Ok((place.unwrap_or_default(), page))
        })?;
        let Some(file) = file else {
            return Ok((StatusCode::UNPROCESSABLE_ENTITY, page.unwrap_or_default()).into_response());
        };
        let at_once = file.bytes.len() <= AT_ONCE_BYTES;
        let sheet = Sheet { register: name.clone(), file: file.name, bytes: file.bytes, place };
        let import = take_in(&running, &visitor, sheet, |task| run(at_once, task))?;
        Ok(Redirect::to(&format!("/registers/{name}/-/import/{}", import.id)).into_response())
    })
    .await
}

/// The files that can be read into a register.
fn accepted(register: &Register) -> &'static str {
    if has_plots(register) { ".xlsx,.xlsm,.csv,.geojson,.json" } else { ".xlsx,.xlsm,.csv" }
}

pub(super) fn gone() -> Problem {
    Problem::not_found("没有这次导入，或者已经过期", "There is no such import, or it has expired").hint(
        "没有确认的导入保留两小时；请重新上传。",
        "An import that was not confirmed is kept for two hours: upload the sheet again.",
    )
}

/// The import of a person, as far as this process knows it.
pub(super) fn import_of(
    app: &Running,
    visitor: &Visitor,
    name: &str,
    id: &str,
) -> Result<Option<Arc<Import>>, Problem> {
    let person = &visitor.signed_in()?.id;
    Ok(app.imports.get(id, person, name))
}

/// How far an import is.
pub async fn standing(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    let running = Arc::clone(&app.0);
    work(&app, move |app| {
        let import = match import_of(app, &visitor, &name, &id)? {
            Some(import) => import,
            None => take_up(&running, &visitor, &name, &id, |size, task| run(size <= AT_ONCE_BYTES, task))?
                .ok_or_else(gone)?,
        };
        app.read(|snapshot| Ok(Door::new(snapshot, &visitor, &name)?.standing(&import)))
    })
    .await
}

/// Does what was looked at.
pub async fn do_import(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
    SignedSent(mut sent): SignedSent,
) -> Result<Redirect, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("/registers/{name}/-/import/{id}")));
    }
    let running = Arc::clone(&app.0);
    work(&app, move |app| {
        let standing = Redirect::to(&format!("/registers/{name}/-/import/{id}"));
        let Some(import) = import_of(app, &visitor, &name, &id)? else {
            // Sent before a restart: it is taken up again and looked at once more before anybody confirms it.
            take_up(&running, &visitor, &name, &id, |size, task| run(size <= AT_ONCE_BYTES, task))?.ok_or_else(gone)?;
            return Ok(standing);
        };
        app.read(|snapshot| Door::new(snapshot, &visitor, &name).map(|_| ()))?;
        let at_once = matches!(import.state(), Stage::Judged(plan) if plan.acting().len() <= AT_ONCE_ROWS);
        carry_out(&running, &visitor, &import, |task| run(at_once, task));
        Ok(standing)
    })
    .await
}

/// Forgets an import.
pub async fn drop(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
    SignedSent(mut sent): SignedSent,
) -> Result<Redirect, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("/registers/{name}/-/import/{id}")));
    }
    work(&app, move |app| {
        let import = import_of(app, &visitor, &name, &id)?.ok_or_else(gone)?;
        if import.waits() {
            app.imports.forget(&import.id);
            app.store().drop_import(&import.id)?;
        }
        Ok(Redirect::to(&format!("/registers/{name}")))
    })
    .await
}

/// The sheet as it was sent, with its bad cells coloured and what is wrong with each row in a column of its own.
pub async fn marked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        let import = import_of(app, &visitor, &name, &id)?.ok_or_else(gone)?;
        let Stage::Judged(plan) = import.state() else { return Err(gone()) };
        let done = "还没有导入任何内容。";
        let bytes = mark(&plan.reading.sheet, &import.file, &plan.faults, done).map_err(|error| {
            Problem::fault(&anyhow::Error::new(error).context("a marked sheet could not be written"))
        })?;
        let stem = import.file.rsplit_once('.').map_or(import.file.as_str(), |(stem, _)| stem);
        Ok(download(&format!("{stem}-核对结果.xlsx"), bytes))
    })
    .await
}
