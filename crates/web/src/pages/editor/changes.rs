//! `/editor/{draft}/preview`, `/editor/{draft}/changes`: a draft as people will read it, and what it changes for whom.

use super::findings::list;
use super::{Kept, kept};
use crate::components::banner::{Tone, banner};
use crate::components::crumbs::crumbs;
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::pages::gazette::reading;
use crate::problem::Problem;
use crate::site::{App, Running, long_work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::rights::{party_name, party_title};
use maud::{Markup, html};
use regulation::analysis::difference::{Difference, How, Line, differences};
use regulation::model::{Party, Regulation};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery};

/// Matters under way are counted up to this.
const COUNTED_MAX: usize = 999;

/// The draft as people will read it.
pub async fn preview(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(draft): Path<String>,
) -> Result<Markup, Problem> {
    with(state, visitor, draft, |snapshot, visitor, draft, regulation| {
        let title = visitor.lang.say("预览", "Preview");
        Ok(page(visitor, draft, title, &html! {
            (banner(Tone::Plain, title, &html! { p { (visitor.lang.say("这是草稿，还没有施行；办理、登记簿等链接指向现行规定。", "This is a draft and not in force; its links lead to what is.")) } }))
            (reading(snapshot, visitor, regulation)?)
        }))
    })
    .await
}

/// What it changes, and for whom.
pub async fn changes(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(draft): Path<String>,
) -> Result<Markup, Problem> {
    with(state, visitor, draft, |snapshot, visitor, draft, regulation| {
        let old = snapshot.world().rulebook().regulations.get(&regulation.id);
        let found = differences(old.map(|old| &**old), regulation);
        let title = visitor.lang.say("修改了什么、影响谁", "What changes for whom");
        Ok(page(visitor, draft, title, &html! {
            h1 { (title) }
            (against(snapshot, visitor, old.map(|old| &**old))?)
            @if found.is_empty() { p { (visitor.lang.say("条款和运行块都没有变化。", "Neither clauses nor blocks differ.")) } }
            @else {
                (by_party(snapshot, visitor.lang, &found))
                @for (at, one) in found.iter().enumerate() { (piece(snapshot, visitor.lang, at, one)) }
            }
        }))
    })
    .await
}

/// Shows a draft that has no errors; what has errors shows them.
async fn with(
    state: State<Arc<Running>>,
    visitor: Visitor,
    draft: String,
    show: impl FnOnce(&dyn Snapshot, &Visitor, &Kept, &Arc<Regulation>) -> Result<Markup, Problem> + Send + 'static,
) -> Result<Markup, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let draft = kept(snapshot, &visitor, &draft)?;
            let trial = app.trials.of(snapshot.world().rulebook(), &draft.text);
            match trial.regulation() {
                Some(regulation) => show(snapshot, &visitor, &draft, regulation),
                None => {
                    let title = visitor.lang.say("先改正错误", "Mend the errors first");
                    Ok(page(&visitor, &draft, title, &html! { h1 { (title) } (list(visitor.lang, &trial)) }))
                }
            }
        })
    })
    .await
}

fn page(visitor: &Visitor, draft: &Kept, title: &str, content: &Markup) -> Markup {
    let lang = visitor.lang;
    let way = format!("/editor/{}", draft.id);
    let content = html! {
        (crumbs(lang, &[(lang.say("起草规定", "Draft regulations"), "/editor"), (draft.name.as_str(), way.as_str())]))
        (content)
    };
    layout::page(visitor, Nav::Desk, title, &content)
}

/// Against what it is compared, and what stays as it is.
fn against(snapshot: &dyn Snapshot, visitor: &Visitor, old: Option<&Regulation>) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let Some(old) = old else {
        return Ok(
            html! { p { (lang.say("这是新的规定，以下全部是新增。", "This regulation is new: all of it is added.")) } },
        );
    };
    let mut staying = 0;
    for procedure in old.procedures.values() {
        let query = MatterQuery { procedure: Some(procedure.name.clone()), open: Some(true), ..MatterQuery::default() };
        staying += snapshot.matters(&query, &Cut::first(COUNTED_MAX))?.lines.len();
    }
    Ok(html! {
        p {
            (lang.say("与现行版本相比：", "Compared with the version in force: "))
            a href=(format!("/gazette/{}", old.id)) { (lang.label(&old.title)) } (lang.say("（", " (")) (old.number) (lang.say("，", ", ")) (lang.date(old.effective)) (lang.say("起施行）", ")"))
        }
        p { (lang.say("正在办理的 ", "")) b { (staying) } (lang.say(" 件照原来的版本办完，以后的照新的办。", " matters under way end under the version they began with; new ones follow the new text.")) }
    })
}

/// Whom it concerns, with the pieces that do.
fn by_party(snapshot: &dyn Snapshot, lang: Lang, found: &[Difference]) -> Markup {
    let mut parties: BTreeMap<String, (&Party, Vec<usize>)> = BTreeMap::new();
    for (at, one) in found.iter().enumerate() {
        for party in &one.whom {
            parties.entry(party_name(party)).or_insert_with(|| (party, Vec::new())).1.push(at);
        }
    }
    html! {
        @if !parties.is_empty() {
            section class="panel" {
                h2 { (lang.say("影响谁", "For whom")) }
                dl class="summary" {
                    @for (party, places) in parties.values() { div {
                        dt { (party_title(snapshot.world().county(), party)) }
                        dd { @for at in places { a href=(format!("#change-{at}")) { (found[*at].label) } " " } }
                    } }
                }
            }
        }
    }
}

fn piece(snapshot: &dyn Snapshot, lang: Lang, at: usize, one: &Difference) -> Markup {
    let how = match one.how {
        How::Added => lang.say("新增", "added"),
        How::Removed => lang.say("删去", "removed"),
        How::Changed => lang.say("修改", "changed"),
    };
    let county = snapshot.world().county();
    let whom: Vec<String> = one.whom.iter().map(|party| party_title(county, party)).collect();
    html! {
        section class="change" id=(format!("change-{at}")) {
            h3 { span class="tag" { (how) } " " (kind(lang, &one.kind)) " " (one.label) @if let Some(clause) = &one.clause { " " code class="soft" { (clause) } } }
            @if !whom.is_empty() { p class="soft small" { (lang.say("影响：", "For: ")) (whom.join(lang.say("、", ", "))) } }
            div class="table-scroll" tabindex="0" role="region" aria-label=(one.label) {
                @for line in &one.lines { (line_of(lang, line)) }
            }
        }
    }
}

fn line_of(lang: Lang, line: &Line) -> Markup {
    match line {
        Line::Same(text) => html! { div class="line" { "  " (text) } },
        Line::Gone(text) => {
            html! { div class="line gone" { span class="hidden-visually" { (lang.say("原来：", "before: ")) } "− " del { (text) } } }
        }
        Line::New(text) => {
            html! { div class="line new" { span class="hidden-visually" { (lang.say("现在：", "now: ")) } "+ " ins { (text) } } }
        }
        Line::Skipped(count) => {
            html! { div class="line soft" { "… " (lang.count(*count, "行没有变化", "line as before", "lines as before")) } }
        }
    }
}

fn kind(lang: Lang, kind: &str) -> String {
    let word = match kind {
        "clause" => lang.say("条款", "clause"),
        "parameter" => lang.say("参数", "parameter"),
        "register" => lang.say("登记簿", "register"),
        "form" => lang.say("表单", "form"),
        "procedure" => lang.say("程序", "procedure"),
        "step" => lang.say("环节", "step"),
        "rule" => lang.say("规则", "rule"),
        "table" => lang.say("判定表", "table"),
        "duty" => lang.say("职责", "duty"),
        "document" => lang.say("文书", "document"),
        "view" => lang.say("报表", "view"),
        other => other,
    };
    word.to_owned()
}
