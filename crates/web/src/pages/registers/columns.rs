//! `/registers/{name}/-/import/{import}/columns`: which column of an old ledger is which of the register, what its words stand for, what
//! holds for all of its rows. What is likely is filled in; whoever imports corrects it.

use super::import::{AT_ONCE_BYTES, Door, gone, import_of, run};
use crate::components::button;
use crate::components::error_summary::error_summary;
use crate::lang::Lang;
use crate::layout::token;
use crate::problem::Problem;
use crate::registers::asked::{Asked, Seen, TEXTS_MAX};
use crate::registers::fit::{self, BLANK, Fit, LAST};
use crate::registers::imports::{Import, choose};
use crate::registers::mapping::{Mapping, column_input, is_must};
use crate::registers::plan::Plan;
use crate::registers::proposal::{choices, probably, unknown_words};
use crate::registers::sheet::{PLACE, heading, is_filled};
use crate::registers::units::Scale;
use crate::sent::{AGAIN, Answers, Sent, SignedSent, take};
use crate::site::{App, Running, work};
use crate::visit::{Holding, Visitor};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::FieldFault;
use engine::decide::place_column;
use maud::{Markup, html};
use regulation::expr::Type;
use regulation::model::{Field, Register};
use sheets::Headings;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The button that was pressed.
const DO: &str = "_do";
/// Rows of headings at most, and the last row of any sheet.
const HEADING_ROWS: u32 = 4;
const LAST_ROW: u32 = 1_048_576;
/// Rows of a sheet that the page shows, so that the headings are found; texts of a column that stand as examples; characters of each.
const ROWS_SHOWN: usize = 8;
const EXAMPLES: usize = 3;
const EXAMPLE_LENGTH: usize = 16;
/// Characters of a name, and of what holds for all rows.
const NAME_MAX: usize = 40;
const CONSTANT_MAX: usize = 200;

/// What a page asks, and what was answered so far.
struct Form<'f> {
    door: &'f Door<'f>,
    import: &'f Import,
    asked: &'f Asked,
    fit: Fit,
    faults: Vec<FieldFault>,
    /// Words of choices are asked that were not asked before.
    new_words: bool,
}

/// The page; with what was answered, if it was.
pub(super) fn ask(door: &Door<'_>, import: &Import, answered: Option<(Fit, Vec<FieldFault>, bool)>) -> Markup {
    let Some(asked) = import.asked() else { return html! {} };
    let (fit, faults, new_words) = answered.unwrap_or_else(|| (asked.fit.clone(), asked.faults.clone(), false));
    let form = Form { door, import, asked: &asked, fit, faults, new_words };
    door.page(door.visitor.lang.say("对应栏目", "Which column is which"), &form.content())
}

/// On the preview: by which fit the sheet was read, and the way back to it.
pub(super) fn told(door: &Door<'_>, import: &Import, plan: &Plan) -> Markup {
    let lang = door.visitor.lang;
    let Some(asked) = import.asked() else { return html! {} };
    let address = format!("{}/{}/columns", door.address(), import.id);
    let fields = plan.reading.mapping.fields.iter().zip(&asked.columns);
    let pairs = fields.filter_map(|(place, seen)| Some((seen, &door.register.fields[(*place)?])));
    let renamed: Vec<(&Seen, &Field)> = pairs.filter(|(seen, field)| seen.label != heading(field)).collect();
    html! {
        @if let Some(name) = &asked.from {
            p { @if name == LAST { (lang.say("按您上次的对应关系读的。", "Read as you chose last time.")) }
                @else { (lang.say("按保存的对应关系读的：", "Read by the kept columns: ")) (name) } }
        }
        @if !renamed.is_empty() {
            details { summary { (lang.say("栏目怎样对应", "Which column is which")) }
                ul { @for (seen, field) in &renamed { li { (seen.label) " → " (heading(field)) } } } }
        }
        p { a href=(address) { (lang.say("修改栏目对应", "Change which column is which")) } }
    }
}

/// By what the numbers of a column were multiplied.
pub(super) fn scaled(lang: Lang, label: &str, scale: &Scale) -> String {
    let Scale { word, factor } = scale;
    match lang {
        Lang::Zh => format!("“{label}”以{word}计，换算时乘以 {factor}。"),
        Lang::En => format!("`{label}` is in {word}: multiplied by {factor}."),
    }
}

impl Form<'_> {
    fn lang(&self) -> Lang {
        self.door.visitor.lang
    }

    fn register(&self) -> &Register {
        self.door.register
    }

    fn content(&self) -> Markup {
        let lang = self.lang();
        html! {
            (error_summary(lang, &self.faults))
            @if self.new_words && self.faults.is_empty() {
                div class="errors" role="alert" tabindex="-1" data-errors { h2 { (lang.say("有些写法还要说明代表什么", "Some words still need a meaning")) } }
            }
            p { (self.import.file) (lang.say("，工作表“", ", sheet “")) (self.asked.at.sheet) (lang.say("”。还没有导入任何内容。", "”. Nothing is imported yet.")) }
            form method="post" action=(format!("{}/{}/columns", self.door.address(), self.import.id)) {
                (token(self.door.visitor))
                // The first button of a form is pressed by the Enter key.
                button class="hidden-visually" type="submit" name=(DO) value="check" tabindex="-1" { (lang.say("核对", "Check")) }
                (self.place())
                (self.columns())
                (self.constants())
                div class="field" {
                    label for="f-name" { (lang.say("保存这套对应关系", "Keep this under a name")) " " span class="optional" { (lang.say("（选填）", "(optional)")) } }
                    p class="hint" { (lang.say("起个名字，本单位下次上传同样的表就不必再对应。", "Your office need not say it again for the next sheet of the same kind.")) }
                    input class="input medium" id="f-name" name="name" maxlength=(NAME_MAX);
                }
                div class="row" { (button::confirm(lang.say("核对每一行", "Check every row"), DO, "check")) }
            }
            form method="post" action=(format!("{}/{}/drop", self.door.address(), self.import.id)) {
                (token(self.door.visitor))
                button class="link-button" type="submit" { (lang.say("不导入，放弃这个文件", "Do not import; drop this file")) }
            }
        }
    }

    /// Where the headings stand, with the first rows of the sheet.
    fn place(&self) -> Markup {
        let lang = self.lang();
        let at = &self.asked.at;
        let rows = self.asked.tops.iter().filter(|top| top.sheet == at.sheet).flat_map(|top| &top.rows);
        html! {
            details open[self.asked.columns.is_empty()] {
                summary { (lang.say("表头在", "Headings in ")) (rows_said(lang, at)) (lang.say("；不对的，在这里改", "; change that here")) }
                div {
                    div class="scroll" tabindex="0" role="group" aria-label=(lang.say("表的前几行", "The first rows of the sheet")) {
                        table { tbody { @for row in rows.take(ROWS_SHOWN) { tr {
                            th scope="row" { (row.number) }
                            @for cell in &row.cells { td { (shortened(&cell.text())) } }
                        } } } }
                    }
                    @if self.asked.tops.len() > 1 {
                        div class="field" {
                            label for="f-sheet" { (lang.say("工作表", "Sheet")) }
                            select class="input medium" id="f-sheet" name="sheet" {
                                @for top in &self.asked.tops { option selected[top.sheet == at.sheet] { (top.sheet) } }
                            }
                        }
                    } @else { input type="hidden" name="sheet" value=(at.sheet); }
                    (row_input("first", lang.say("表头从第几行", "First row of the headings"), at.first))
                    (row_input("last", lang.say("到第几行", "Last row of the headings"), at.last))
                    div class="row" { (button::secondary(lang.say("重新读表头", "Read the headings again"), DO, "look")) }
                    (self.kept())
                }
            }
        }
    }

    /// The fits that are kept.
    fn kept(&self) -> Markup {
        let lang = self.lang();
        let kept: Vec<&str> =
            self.door.kept.iter().map(|(name, _)| name.as_str()).filter(|name| *name != LAST).collect();
        html! {
            @if !kept.is_empty() {
                div class="field" {
                    label for="f-kept" { (lang.say("本单位保存的对应关系", "Kept by your office")) }
                    select class="input medium" id="f-kept" name="kept" { @for name in &kept { option { (name) } } }
                }
                div class="row" {
                    (button::secondary(lang.say("套用", "Use it"), DO, "use"))
                    (button::secondary(lang.say("删除", "Delete it"), DO, "forget"))
                }
            }
        }
    }

    fn columns(&self) -> Markup {
        let lang = self.lang();
        let shown = self.asked.columns.iter().enumerate().filter(|(_, seen)| seen.holds());
        html! {
            h2 { (lang.say("表里的每一栏是什么", "What each column is")) }
            div class="filter-fields" { @for (column, seen) in shown { (self.column(column, seen)) } }
        }
    }

    fn column(&self, column: usize, seen: &Seen) -> Markup {
        let lang = self.lang();
        let name = column_input(column);
        let id = format!("f-{}", name.replace('.', "-"));
        let chosen = self.fit.columns.get(&seen.label).map(String::as_str).unwrap_or_default();
        let fields = self.register().fields.iter().filter(|field| is_filled(field));
        let fault = self.faults.iter().find(|fault| fault.field == name);
        let examples: Vec<String> = seen.texts.iter().take(EXAMPLES).map(|text| shortened(text)).collect();
        html! {
            div class=(if fault.is_some() { "field wrong" } else { "field" }) {
                label for=(id) { (seen.label) }
                p class="hint" id=(format!("{id}-hint")) { (lang.say("如：", "Such as: ")) (examples.join(lang.say("；", "; "))) }
                @if let Some(fault) = fault { p class="error" { (lang.say(&fault.zh, &fault.en)) } }
                select class="input" id=(id) name=(name) aria-describedby=(format!("{id}-hint")) {
                    option value="" { (lang.say("（不导入）", "(left out)")) }
                    @for field in fields { option value=(field.name) selected[chosen == field.name] { (named(lang, self.register(), field)) } }
                    @if place_column(self.register()).is_none() { option value=(PLACE) selected[chosen == PLACE] { (lang.say(PLACE, "Place of the row")) } }
                }
                @if let Some(field) = self.register().fields.iter().find(|field| field.name == chosen) { (self.words(field, seen)) }
            }
        }
    }

    /// What the words of a choice stand for, as far as the register does not know them.
    fn words(&self, field: &Field, seen: &Seen) -> Markup {
        let lang = self.lang();
        let choices = choices(&field.ty);
        let words = if choices.is_empty() { Vec::new() } else { unknown_words(&field.ty, seen) };
        let told = self.fit.values.get(&field.name);
        html! {
            @for (place, word) in words.iter().enumerate() {
                @let id = format!("f-word-{}-{place}", field.name);
                @let meant = told.and_then(|told| told.get(word).cloned()).or_else(|| probably(&field.ty, word)).unwrap_or_default();
                label class="choice" for=(id) { "“" (word) "”" (lang.say(" 是", " is")) }
                select class="input" id=(id) name=(word_input(field, word)) {
                    option value="" { (lang.say("（算作有问题）", "(counts as wrong)")) }
                    @for (code, label) in &choices { option value=(code) selected[meant == *code] { (lang.label(label)) } }
                    option value=(BLANK) selected[meant == BLANK] { (lang.say("（空着）", "(left empty)")) }
                }
            }
            @if !words.is_empty() && seen.more { p class="hint" { (lang.say(&format!("写法超过 {TEXTS_MAX} 种，只列前面的。"), &format!("There are more than {TEXTS_MAX} words; these come first."))) } }
        }
    }

    /// Fields that no column is.
    fn constants(&self) -> Markup {
        let lang = self.lang();
        let columns: BTreeSet<&str> = self.fit.columns.values().map(String::as_str).collect();
        let absent =
            self.register().fields.iter().filter(|field| is_filled(field) && !columns.contains(field.name.as_str()));
        let asks = |field: &&Field| {
            is_must(self.register(), field) || self.faults.iter().any(|fault| fault.field == field.name)
        };
        let (must, may): (Vec<&Field>, Vec<&Field>) = absent.partition(asks);
        html! {
            @if !must.is_empty() {
                h2 { (lang.say("表里没有、必须填的栏目", "What must be there and no column is")) }
                p { (lang.say("每一行都一样的，填在这里；不一样的，在上面选是哪一栏。", "Fill in what is the same for every row; otherwise say above which column it is.")) }
                div class="filter-fields" { @for field in &must { (self.constant(field)) } }
            }
            @if !may.is_empty() {
                details { summary { (lang.say("其他没有的栏目（", "Other fields without a column (")) (may.len()) (lang.say("）", ")")) }
                    div class="filter-fields" { @for field in &may { (self.constant(field)) } } }
            }
        }
    }

    fn constant(&self, field: &Field) -> Markup {
        let lang = self.lang();
        let id = format!("f-{}", field.name);
        let name = constant_input(field);
        let text = self.fit.constants.get(&field.name).map(String::as_str).unwrap_or_default();
        let fault = self.faults.iter().find(|fault| fault.field == field.name);
        let choices = if matches!(field.ty, Type::SomeOf(_)) { Vec::new() } else { choices(&field.ty) };
        html! {
            div class=(if fault.is_some() { "field wrong" } else { "field" }) {
                label for=(id) { (heading(field)) }
                @if let Some(fault) = fault { p class="error" { (lang.say(&fault.zh, &fault.en)) } }
                @if choices.is_empty() { input class="input" id=(id) name=(name) value=(text) maxlength=(CONSTANT_MAX); }
                @else {
                    select class="input" id=(id) name=(name) {
                        option value="" {}
                        @for (code, label) in &choices { option value=(code) selected[text == code] { (lang.label(label)) } }
                    }
                }
            }
        }
    }
}

fn rows_said(lang: Lang, at: &Headings) -> String {
    match (lang, at.first == at.last) {
        (Lang::Zh, true) => format!("第 {} 行", at.first),
        (Lang::Zh, false) => format!("第 {} 至 {} 行", at.first, at.last),
        (Lang::En, true) => format!("row {}", at.first),
        (Lang::En, false) => format!("rows {} to {}", at.first, at.last),
    }
}

fn row_input(name: &str, label: &str, value: u32) -> Markup {
    html! {
        div class="field" {
            label for=(format!("f-{name}")) { (label) }
            input class="input short" id=(format!("f-{name}")) name=(name) inputmode="numeric" pattern="[0-9]*" value=(value);
        }
    }
}

fn named(lang: Lang, register: &Register, field: &Field) -> String {
    let must = if is_must(register, field) { lang.say("（必填）", " (required)") } else { "" };
    let label = if lang == Lang::Zh { heading(field) } else { lang.label(&field.label).to_owned() };
    format!("{label}{must}")
}

fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(EXAMPLE_LENGTH).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

fn word_input(field: &Field, word: &str) -> String {
    format!("word.{}.{word}", field.name)
}

fn constant_input(field: &Field) -> String {
    format!("constant.{}", field.name)
}

/// What was answered.
fn answered(register: &Register, asked: &Asked, answers: &Answers) -> Fit {
    let text = |name: &str| crate::sent::first(answers, name).unwrap_or_default().trim().to_owned();
    let columns = asked.columns.iter().enumerate().map(|(at, seen)| (seen.label.clone(), text(&column_input(at))));
    let mut fit = Fit { at: Some(asked.at.clone()), columns: columns.collect(), ..Fit::default() };
    for field in &register.fields {
        let constant: String = text(&constant_input(field)).chars().take(CONSTANT_MAX).collect();
        if !constant.is_empty() {
            fit.constants.insert(field.name.clone(), constant);
        }
    }
    for (name, texts) in answers {
        let Some((field, word)) = name.strip_prefix("word.").and_then(|rest| rest.split_once('.')) else { continue };
        if let Some(code) = texts.first().filter(|code| !code.is_empty()) {
            fit.values.entry(field.to_owned()).or_default().insert(word.to_owned(), code.clone());
        }
    }
    fit
}

/// Whether a chosen column has words for choices that the page did not ask.
fn asks_more(register: &Register, asked: &Asked, fit: &Fit, answers: &Answers) -> bool {
    asked.columns.iter().any(|seen| {
        let name = fit.columns.get(&seen.label).map(String::as_str).unwrap_or_default();
        let field = register.fields.iter().find(|field| field.name == name && !choices(&field.ty).is_empty());
        field.is_some_and(|field| {
            unknown_words(&field.ty, seen).iter().any(|word| !answers.contains_key(&word_input(field, word)))
        })
    })
}

/// Where somebody says that the headings stand.
fn headings(asked: &Asked, sent: &Sent) -> Headings {
    let row =
        |name: &str| sent.text(name).and_then(|text| text.trim().parse().ok()).unwrap_or(1_u32).clamp(1, LAST_ROW);
    let sheet = sent.text("sheet").filter(|sheet| asked.tops.iter().any(|top| top.sheet == *sheet));
    let sheet = sheet.unwrap_or(&asked.at.sheet).to_owned();
    let (first, last) = (row("first"), row("last"));
    Headings { sheet, first: first.min(last).max(last.saturating_sub(HEADING_ROWS - 1)), last }
}

/// What has to be done after an answer.
enum Next {
    /// Nothing: the page comes again, or another one.
    Show(Response),
    /// The sheet is read as chosen; under a name, if one was given.
    Read(Fit, Option<String>),
    /// A kept fit goes.
    Forget(String),
}

impl Door<'_> {
    fn next(&self, import: &Import, asked: &Asked, sent: &Sent) -> Next {
        let at = headings(asked, sent);
        let kept = sent.text("kept").unwrap_or_default();
        match sent.text(DO).unwrap_or_default() {
            "look" => return Next::Read(Fit { at: Some(at), ..Fit::default() }, None),
            "forget" => return Next::Forget(kept.to_owned()),
            "use" => {
                let found =
                    self.kept.iter().find(|(name, _)| name == kept).map(|(_, fit)| fit.clone()).unwrap_or_default();
                return Next::Show(ask(self, import, Some((found, Vec::new(), false))).into_response());
            }
            _ => {}
        }
        let fit = answered(self.register, asked, &sent.answers);
        let faults = Mapping::chosen(self.register, &asked.columns, &fit, &asked.above()).err().unwrap_or_default();
        if !faults.is_empty() || asks_more(self.register, asked, &fit, &sent.answers) {
            let page = ask(self, import, Some((fit, faults, true)));
            return Next::Show((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
        }
        let name: String = sent.text("name").unwrap_or_default().trim().chars().take(NAME_MAX).collect();
        Next::Read(fit, Some(name))
    }
}

/// The page of an import whose columns were chosen already.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let import =
            import_of(app, &visitor, &name, &id)?.filter(|import| import.asked().is_some()).ok_or_else(gone)?;
        app.read(|snapshot| Ok(ask(&Door::new(snapshot, &visitor, &name)?, &import, None)))
    })
    .await
}

/// Takes the answers.
pub async fn chosen(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, id)): Path<(String, String)>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    let standing = Redirect::to(&format!("/registers/{name}/-/import/{id}"));
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(standing.into_response());
    }
    let running = Arc::clone(&app.0);
    work(&app, move |app| {
        let import = import_of(app, &visitor, &name, &id)?.ok_or_else(gone)?;
        let asked = import.asked().ok_or_else(gone)?;
        let (next, posts) = app.read(|snapshot| {
            let door = Door::new(snapshot, &visitor, &name)?;
            let posts: Vec<Holding> = door.posts.iter().copied().cloned().collect();
            Ok((door.next(&import, &asked, &sent), posts))
        })?;
        match next {
            Next::Show(page) => return Ok(page),
            Next::Forget(kept) => fit::drop(app, &posts, &name, &kept)?,
            Next::Read(fit, kept) => {
                if let Some(kept) = kept {
                    fit::keep(app, &visitor, posts.first(), &name, &kept, &fit)?;
                }
                choose(&running, &visitor, &import, fit, |size, task| run(size <= AT_ONCE_BYTES, task))?;
            }
        }
        Ok(standing.into_response())
    })
    .await
}
