//! `/gazette/{regulation}`, `/gazette/{regulation}.md`: the text with its clauses, and beside them what runs here: steps, rules, parameters, registers.
//! `…/definitions`: the rows of its forms, registers, rules and tables, which few who read the text want to see and which weigh as much as it.

use super::home::names;
use super::process::Drawing;
use crate::components::crumbs::crumbs;
use crate::components::figure::{figure, in_words};
use crate::components::pagination::pagination;
use crate::components::{button, table};
use crate::forms::names::Names;
use crate::forms::show::show as shown;
use crate::lang::Lang;
use crate::layout::{self, Nav, with_query};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use regulation::expr::Type;
use regulation::model::{Clause, ClauseStatus, Element, ElementKind, Parameter, Procedure, Regulation, Step};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery};

/// Rows of definitions on a page; one that has more has a page of its own.
const ROWS: usize = 300;
/// Matters at a step are counted up to this.
const COUNTED_MAX: usize = 999;

/// The page, or the text as it is run where the address ends with `.md`.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Response, Problem> {
    look(&state, move |snapshot| match id.strip_suffix(".md") {
        Some(id) => source(snapshot, &visitor, id),
        None => Ok(page(snapshot, &visitor, &id)?.into_response()),
    })
    .await
}

fn source(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Response, Problem> {
    let regulation = snapshot.world().rulebook().regulations.get(id).filter(|found| visitor.reads(found));
    let regulation = regulation.ok_or_else(|| Problem::not_found("没有这份规定", "There is no such regulation"))?;
    Ok(([(CONTENT_TYPE, "text/markdown; charset=utf-8")], regulation.source.to_string()).into_response())
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let Some(regulation) = snapshot.world().rulebook().regulations.get(id).filter(|found| visitor.reads(found)) else {
        return Err(Problem::not_found("没有这份规定", "There is no such regulation"));
    };
    let title = lang.label(&regulation.title);
    let content = html! {
        (crumbs(lang, &[(lang.say("公报", "Gazette"), "/gazette")]))
        (read(snapshot, visitor, regulation, Rows::Elsewhere)?)
    };
    Ok(layout::page(visitor, Nav::Gazette, title, &content))
}

/// The rows of a regulation's definitions, each under the heading where it stands in the text.
pub async fn definitions(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Markup, Problem> {
    let from = query_value(&uri, "from").and_then(|text| text.parse().ok()).unwrap_or(0);
    look(&state, move |snapshot| {
        let found = snapshot.world().rulebook().regulations.get(id.as_str()).filter(|found| visitor.reads(found));
        let regulation = found.ok_or_else(|| Problem::not_found("没有这份规定", "There is no such regulation"))?;
        let lang = visitor.lang;
        let title = lang.label(&regulation.title);
        let (shown, next) = defined(regulation, from);
        let plain = format!("/gazette/{id}/definitions");
        let next = next.map(|next| with_query(&plain, "from", &next.to_string()));
        let content = html! {
            (crumbs(lang, &[(lang.say("公报", "Gazette"), "/gazette"), (title, &format!("/gazette/{id}"))]))
            h1 { (title) (lang.say("：表单、规则等定义", ": forms, rules and definitions")) }
            @for one in &shown { (one) }
            (pagination(lang, (from > 0).then_some(plain.as_str()), next.as_deref()))
        };
        Ok(layout::page(&visitor, Nav::Gazette, title, &content))
    })
    .await
}

/// Headings of the text that have definitions below them, and these, from a place on as far as a page goes; and where the next one begins.
fn defined(regulation: &Regulation, from: usize) -> (Vec<Markup>, Option<usize>) {
    let mut out = Vec::new();
    let mut shown = 0;
    let mut heading: Option<(usize, &Element)> = None;
    let mut block = Block::default();
    for (place, element) in regulation.text.iter().enumerate() {
        let folded = block.folds(element);
        block.pass(element);
        match &element.kind {
            ElementKind::Heading(_) => heading = Some((place, element)),
            ElementKind::Table(rows) if folded && place >= from => {
                if shown + rows.len() > ROWS && shown > 0 {
                    return (out, Some(place));
                }
                shown += rows.len();
                if let Some((place, heading)) = heading.take() {
                    out.push(html! { h2 { a href=(format!("/gazette/{}#{}", regulation.id, anchor(heading, place))) { (heading.text) } } });
                }
                let name = block.name.unwrap_or_default();
                out.push(html! { div class="defined" id=(definition(place)) { h3 { code { (name) } } (rows_of(name, rows)) } });
            }
            _ => {}
        }
    }
    (out, None)
}

fn definition(place: usize) -> String {
    format!("rows-{place}")
}

/// The text as people read it, with what runs under its clauses; of a draft, with all rows.
pub(super) fn reading(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
) -> Result<Markup, Problem> {
    read(snapshot, visitor, regulation, Rows::Here)
}

/// Where the rows of definitions are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rows {
    /// Folded away in the text.
    Here,
    /// On the page of the definitions.
    Elsewhere,
}

fn read(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    rows: Rows,
) -> Result<Markup, Problem> {
    let live = Live { snapshot, names: names(snapshot, visitor), regulation, today: visitor.now.date(), rows };
    Ok(html! {
        div class="columns two-one" {
            article class="statute" lang="zh-CN" {
                (live.head(visitor))
                (live.text()?)
            }
            aside class="aside" { (live.margin()) }
            a class="to-contents no-print" href="#contents" { (visitor.lang.say("目录", "Contents")) }
        }
    })
}

/// Kinds of blocks that readers see at once; forms, rules, documents and tables are folded away.
const LIVE: [&str; 4] = ["procedure", "step", "register", "parameter"];

/// The blocks between two pieces of text.
#[derive(Default)]
struct Run {
    live: Vec<Markup>,
    folded: Vec<Markup>,
}

impl Run {
    fn shown(self, lang: Lang) -> Markup {
        html! {
            @for one in &self.live { (one) }
            @if !self.folded.is_empty() {
                details class="definition" { summary { (lang.say("表单、规则等定义", "Forms, rules and definitions")) } div { @for one in &self.folded { (one) } } }
            }
        }
    }
}

/// The block whose tables may follow, and how many of them have.
#[derive(Default)]
struct Block<'r> {
    kind: Option<&'r str>,
    name: Option<&'r str>,
    tables: usize,
}

impl<'r> Block<'r> {
    /// Whether an element is the rows of a form, register, rule or table. They are for the machine; the block's line says what they are.
    fn folds(&self, element: &Element) -> bool {
        let first = self.kind.is_some() && self.tables == 0;
        matches!(element.kind, ElementKind::Table(_)) && (first || (self.kind == Some("fund") && self.tables == 1))
    }

    /// The register whose printed rows an element is.
    fn prints(&self, element: &Element) -> Option<&'r str> {
        let second = self.kind == Some("register") && self.tables == 1;
        self.name.filter(|_| second && matches!(element.kind, ElementKind::Table(_)))
    }

    fn pass(&mut self, element: &'r Element) {
        match &element.kind {
            ElementKind::Block { kind, name } => *self = Block { kind: Some(kind), name: Some(name), tables: 0 },
            ElementKind::Table(_) if self.kind.is_some() => self.tables += 1,
            _ => *self = Block::default(),
        }
    }
}

struct Live<'a> {
    snapshot: &'a dyn Snapshot,
    names: Names<'a>,
    regulation: &'a Arc<Regulation>,
    today: Date,
    rows: Rows,
}

impl Live<'_> {
    fn lang(&self) -> Lang {
        self.names.lang
    }

    fn head(&self, visitor: &Visitor) -> Markup {
        let regulation = self.regulation;
        html! {
            header class="redhead" {
                p class="issuer" { (visitor.county) "人民政府公报" }
                h1 { (regulation.title.zh) }
                p class="number" { (regulation.number) }
                @if let Some(own) = &regulation.supplement { p class="number" { "本县补充：" (own.title) "（" (own.number) "）" } }
            }
        }
    }

    fn margin(&self) -> Markup {
        let (lang, regulation) = (self.lang(), self.regulation);
        html! {
            div class="panel" {
                dl class="summary" {
                    div { dt { (lang.say("文号", "Number")) } dd { (regulation.number) } }
                    div { dt { (lang.say("印发", "Issued")) } dd { (lang.date(regulation.issued)) } }
                    div { dt { (lang.say("施行", "In force from")) } dd { (lang.date(regulation.effective)) @if let Some(until) = regulation.until { (lang.say("，有效期至", ", until ")) (lang.date(until)) } } }
                    @if let Some(own) = &regulation.supplement {
                        div { dt { (lang.say("本县补充", "Added by the county")) } dd { (own.number) (lang.say("，", ", ")) (lang.date(own.effective)) (lang.say("起", " on")) } }
                    }
                    div { dt { (lang.say("版本", "Version")) } dd { code title=(regulation.version) { (regulation.version.chars().take(12).collect::<String>()) } } }
                }
            }
            @for procedure in regulation.procedures.values().filter(|procedure| procedure.service) { (self.service(procedure)) }
            @if !regulation.parameters.is_empty() { (self.parameters()) }
            (self.contents())
        }
    }

    fn service(&self, procedure: &Procedure) -> Markup {
        let lang = self.lang();
        html! {
            div class="panel" {
                h3 { (lang.label(&procedure.title)) }
                @if let Some(worst) = &procedure.worst_case { p { (super::services::promise(lang, worst)) } }
                p class="row" {
                    (button::link(lang.say("办理", "Apply"), &format!("/services/{}", procedure.name)))
                    a href=(format!("#process-{}", procedure.name)) { (lang.say("流程图", "Process")) }
                }
            }
        }
    }

    fn parameters(&self) -> Markup {
        let lang = self.lang();
        let labelled = self.regulation.parameters.values();
        html! {
            details {
                summary { (lang.say("现行标准和期限（参数）", "Standards and terms in force")) }
                dl class="summary" {
                    @for parameter in labelled { div { dt { (lang.label(&parameter.label)) } dd { (self.value(parameter)) } } }
                }
            }
        }
    }

    fn value(&self, parameter: &Parameter) -> Markup {
        let lang = self.lang();
        let world = self.names.world;
        let value = engine::parameter::parameter(world, self.regulation, &parameter.name, self.today);
        let choice = value.as_text().and_then(|code| parameter.choices.iter().find(|(choice, _)| choice == code));
        let text =
            choice.map_or_else(|| shown(self.names, &parameter.ty, &value), |(_, label)| lang.label(label).to_owned());
        let overrides = world.overrides(&self.regulation.id, &parameter.name);
        let own = overrides.iter().rev().find(|(from, _)| *from <= self.today);
        let given = parameter.given.as_ref().map(|given| given.since).filter(|since| *since <= self.today);
        html! {
            @if text.is_empty() { (lang.say("未定", "not set")) } @else { (text) }
            @if let Some(since) = own.map(|(since, _)| *since).or(given) {
                " " span class="tag" { (lang.say("本县规定", "set by the county")) " " (lang.date(since)) }
            }
        }
    }

    fn contents(&self) -> Markup {
        let lang = self.lang();
        html! {
            nav id="contents" aria-label=(lang.say("目录", "Contents")) {
                h3 { (lang.say("目录", "Contents")) }
                ul class="contents" {
                    @for (place, element) in self.regulation.text.iter().enumerate() {
                        @if let ElementKind::Heading(level @ 1..=3) = element.kind {
                            li class=(format!("depth-{level}")) { a href=(format!("#{}", anchor(element, place))) { (element.text) } }
                        }
                    }
                }
            }
        }
    }

    fn text(&self) -> Result<Markup, Problem> {
        let mut out = Vec::new();
        let mut run = Run::default();
        let mut block = Block::default();
        for (place, element) in self.regulation.text.iter().enumerate() {
            match &element.kind {
                ElementKind::Block { kind, name } => {
                    let control = self.block(kind, name)?;
                    if LIVE.contains(&kind.as_str()) { run.live.push(control) } else { run.folded.push(control) }
                }
                ElementKind::Table(rows) if block.folds(element) => run.folded.push(self.folded(place, rows)),
                ElementKind::Table(rows) if block.prints(element).is_some() => {
                    out.push(std::mem::take(&mut run).shown(self.lang()));
                    out.push(self.printed(block.prints(element).unwrap_or_default(), rows));
                }
                _ => {
                    out.push(std::mem::take(&mut run).shown(self.lang()));
                    out.push(plain(element, place, &self.mark(element)));
                }
            }
            block.pass(element);
        }
        out.push(run.shown(self.lang()));
        Ok(html! { @for one in &out { (one) } })
    }

    /// The rows of a definition, or the way to them.
    fn folded(&self, place: usize, rows: &[Vec<String>]) -> Markup {
        if self.rows == Rows::Here {
            return rows_of("定义", rows);
        }
        let lang = self.lang();
        let address = format!("/gazette/{}/definitions?from={place}#{}", self.regulation.id, definition(place));
        let said = lang.count(rows.len().saturating_sub(1), "行", "row", "rows");
        html! { p { a href=(address) { (lang.say("逐行看", "See its rows")) } " " span class="soft" { (said) } } }
    }

    /// Whose text it is, where a county supplements the regulation; and that a clause does not apply here.
    fn mark(&self, element: &Element) -> Markup {
        let (lang, regulation) = (self.lang(), self.regulation);
        let first = regulation.text.iter().find(|one| matches!(one.kind, ElementKind::Heading(_)));
        let is_first = first.is_some_and(|first| first.span == element.span);
        let set_aside =
            |clause: &Clause| element.clauses.contains(&clause.id) && clause.status == ClauseStatus::NotApplied;
        html! {
            @if let Some(own) = &regulation.supplement {
                @if is_first { " " span class="tag" { (lang.say("各县共用", "for all counties")) } }
                @if element.span.start == own.at { " " span class="tag accent" { (lang.say("本县补充", "added by the county")) } }
            }
            @if regulation.clauses.iter().any(set_aside) { " " span class="tag accent" { (lang.say("本县不适用", "not applied in this county")) } }
        }
    }

    fn block(&self, kind: &str, name: &str) -> Result<Markup, Problem> {
        let lang = self.lang();
        let regulation = self.regulation;
        Ok(match kind {
            "procedure" => match regulation.procedures.get(name) {
                Some(procedure) => self.procedure(procedure),
                None => html! {},
            },
            "step" => match self.step_of(name) {
                Some((procedure, step)) => self.step(procedure, step)?,
                None => html! {},
            },
            "rule" => self.rule(name),
            "register" => match regulation.registers.get(name) {
                Some(register) => control(
                    lang.say("登记簿", "register"),
                    &html! { a href=(format!("/registers/{name}")) { (lang.label(&register.title)) } },
                ),
                None => html! {},
            },
            "form" => match regulation.forms.get(name) {
                Some(form) => control(
                    lang.say("表单", "form"),
                    &html! {
                        (lang.label(&form.title)) (lang.say("，", ", ")) (lang.count(form.fields.iter().filter(|field| field.derived.is_none()).count(), "项", "field", "fields"))
                    },
                ),
                None => html! {},
            },
            "document" => self.document(name),
            "parameter" => self.parameter(name),
            _ => html! {},
        })
    }

    /// The rows printed under a register, under the headings and with the words that its columns have.
    fn printed(&self, register: &str, rows: &[Vec<String>]) -> Markup {
        let Some(register) = self.regulation.registers.get(register) else { return rows_of("表", rows) };
        let Some((head, body)) = rows.split_first() else { return html! {} };
        let lang = self.lang();
        let column = |name: &String| register.fields.iter().find(|field| field.name == *name);
        let heading = |name: &String| match column(name) {
            Some(field) => lang.label(&field.label).to_owned(),
            None if name == "clause" => lang.say("条款", "Clause").to_owned(),
            None => name.clone(),
        };
        let word = |cell: &String, name: &String| match column(name).map(|field| &field.ty) {
            Some(Type::OneOf(codes)) => {
                let known = codes.iter().find(|(code, _)| code == cell);
                known.map_or_else(|| cell.clone(), |(_, label)| lang.label(label).to_owned())
            }
            _ => cell.clone(),
        };
        let headings: Vec<String> = head.iter().map(heading).collect();
        let body = body.iter().map(|row| row.iter().zip(head).map(|(cell, name)| word(cell, name)).collect());
        let rows: Vec<Vec<String>> = std::iter::once(headings).chain(body).collect();
        rows_of(lang.label(&register.title), &rows)
    }

    fn step_of(&self, name: &str) -> Option<(&Procedure, &Step)> {
        let (step, of) = name.split_once(" of ").map_or((name, None), |(step, of)| (step, Some(of)));
        let procedures =
            self.regulation.procedures.values().filter(|procedure| of.is_none_or(|of| procedure.name == of));
        procedures.into_iter().find_map(|procedure| procedure.step(step).map(|found| (procedure.as_ref(), found)))
    }

    fn drawing<'b>(&'b self, procedure: &'b Procedure) -> Drawing<'b> {
        Drawing { names: self.names, regulation: self.regulation, procedure, on: self.today, now: None }
    }

    fn procedure(&self, procedure: &Procedure) -> Markup {
        let lang = self.lang();
        let process = self.drawing(procedure).process();
        html! {
            div class="control" id=(format!("process-{}", procedure.name)) {
                p { span class="kind" { (lang.say("程序", "procedure")) } b { (lang.label(&procedure.title)) } }
                @if let Some(worst) = &procedure.worst_case { p { (super::services::promise(lang, worst)) } }
                details {
                    summary { (lang.say("流程图", "Process figure")) }
                    div { (figure(&process)) (in_words(lang, &process)) }
                }
                @if procedure.service { p { (button::link(lang.say("在线办理", "Apply"), &format!("/services/{}", procedure.name))) } }
            }
        }
    }

    fn step(&self, procedure: &Procedure, step: &Step) -> Result<Markup, Problem> {
        let lang = self.lang();
        let drawing = self.drawing(procedure);
        let count = self.count(&procedure.name, &step.name)?;
        Ok(control(
            lang.say("环节", "step"),
            &html! {
                b { (lang.label(&step.label)) } " · " (drawing.parties(&step.by))
                @for deadline in &step.due { " · " (drawing.deadline(step, deadline)) }
                " · " (count)
            },
        ))
    }

    fn count(&self, procedure: &str, step: &str) -> Result<String, Problem> {
        let query = MatterQuery {
            procedure: Some(procedure.to_owned()),
            step: Some(step.to_owned()),
            open: Some(true),
            ..MatterQuery::default()
        };
        let found = self.snapshot.matters(&query, &Cut::first(COUNTED_MAX))?;
        let more = if found.next.is_some() { "+" } else { "" };
        Ok(match self.lang() {
            Lang::Zh => format!("现有 {}{more} 件", found.lines.len()),
            Lang::En => format!("{}{more} here now", found.lines.len()),
        })
    }

    fn rule(&self, name: &str) -> Markup {
        let lang = self.lang();
        let name = name.split_once(" of ").map_or(name, |(rule, _)| rule);
        let rule = self.regulation.procedures.values().find_map(|procedure| procedure.rules.get(name));
        html! {
            @if let Some(rule) = rule {
                (control(lang.say("规则", "rule"), &html! {
                    (lang.label(&rule.title)) (lang.say("，", ", ")) (lang.count(rule.rows.len(), "项条件", "condition", "conditions"))
                    (lang.say("，由系统逐项核对并说明理由", ", each checked and explained"))
                }))
            }
        }
    }

    fn document(&self, name: &str) -> Markup {
        let lang = self.lang();
        let name = name.split_once(" of ").map_or(name, |(document, _)| document);
        let document = self.regulation.procedures.values().find_map(|procedure| procedure.documents.get(name));
        html! {
            @if let Some(document) = document {
                (control(lang.say("文书", "document"), &html! {
                    (lang.label(&document.title))
                    @if document.display.is_some() { (lang.say("，公示", ", on public display")) }
                    @if document.verifiable { (lang.say("，", ", ")) a href="/verify" { (lang.say("可核验", "can be verified")) } }
                }))
            }
        }
    }

    fn parameter(&self, name: &str) -> Markup {
        let lang = self.lang();
        html! {
            @if let Some(parameter) = self.regulation.parameters.get(name) {
                (control(lang.say("现行", "in force"), &html! { (lang.label(&parameter.label)) (lang.say("：", ": ")) b { (self.value(parameter)) } }))
            }
        }
    }
}

/// What runs under the clause above it.
fn control(kind: &str, content: &Markup) -> Markup {
    html! { div class="control" { p { span class="kind" { (kind) } (content) } } }
}

fn anchor(element: &Element, place: usize) -> String {
    element.clauses.first().cloned().unwrap_or_else(|| format!("part-{place}"))
}

fn plain(element: &Element, place: usize, tags: &Markup) -> Markup {
    let id = (!element.clauses.is_empty()).then(|| anchor(element, place));
    let mark = html! { @if let Some(id) = &id { a class="anchor" href=(format!("#{id}")) { (id) } } };
    let text = html! { (element.text) (tags) (mark) };
    match &element.kind {
        ElementKind::Heading(1) => html! { h2 id=(anchor(element, place)) { (text) } },
        ElementKind::Heading(2) => html! { h3 id=(anchor(element, place)) { (text) } },
        ElementKind::Heading(_) => html! { h4 id=(anchor(element, place)) { (text) } },
        ElementKind::Quote => html! { blockquote id=[id.as_ref()] { p { (text) } } },
        ElementKind::Item { depth, number } => html! {
            p class=(format!("item depth-{depth}")) id=[id.as_ref()] { @if let Some(number) = number { (number) "．" } @else { "· " } (text) }
        },
        ElementKind::Table(rows) => rows_of("表", rows),
        ElementKind::Paragraph | ElementKind::Block { .. } => html! { p id=[id.as_ref()] { (text) } },
    }
}

fn rows_of(caption: &str, rows: &[Vec<String>]) -> Markup {
    let Some((head, body)) = rows.split_first() else { return html! {} };
    let columns: Vec<table::Column> = head.iter().map(|name| table::Column::text(name)).collect();
    let body: Vec<Vec<Markup>> = body.iter().map(|row| row.iter().map(|cell| html! { (cell) }).collect()).collect();
    table::table(caption, &columns, &body)
}
