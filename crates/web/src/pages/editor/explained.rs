//! `/editor/findings/{code}`: what a finding of the check means, with a wrong and a right example.

use crate::components::crumbs::crumbs;
use crate::components::prose::prose;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::visit::Visitor;
use axum::extract::Path;
use maud::{Markup, html};
use regulation::finding::Severity;
use regulation::findings::{Page, catalogue};

/// The page of a code.
pub async fn show(visitor: Visitor, Path(code): Path<String>) -> Result<Markup, Problem> {
    let not_found = || Problem::not_found("没有这个检查编号", "There is no such finding");
    let page = catalogue().into_iter().find(|page| page.code == code).ok_or_else(not_found)?;
    Ok(shown(&visitor, &page))
}

fn shown(visitor: &Visitor, page: &Page) -> Markup {
    let lang = visitor.lang;
    let severity = match page.severity {
        Severity::Error => lang.say("错误", "error"),
        Severity::Warning => lang.say("提示", "warning"),
    };
    let title = lang.say(page.zh, page.en);
    let content = html! {
        (crumbs(lang, &[(lang.say("起草规定", "Drafts of regulations"), "/editor")]))
        h1 { (title) }
        p class="soft" { code { (page.code) } " · " (severity) }
        // The explanation is written once, in English.
        p lang="en" { (prose(page.why)) }
        h2 { (lang.say("错例", "Wrong")) }
        pre class="code" { (page.wrong.trim_matches('\n')) }
        h2 { (lang.say("正例", "Right")) }
        pre class="code" { (page.right.trim_matches('\n')) }
    };
    layout::page(visitor, Nav::Other, title, &content)
}
