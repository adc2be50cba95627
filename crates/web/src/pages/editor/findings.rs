//! What the check says of a draft: each finding with line, clause and hint.

use crate::components::banner::{Tone, banner};
use crate::components::prose::prose;
use crate::lang::Lang;
use maud::{Markup, html};
use regulation::finding::{Finding, Severity};
use regulation::trial::Trial;

/// Findings shown at once.
const SHOWN: usize = 100;

/// The findings of a text, errors first; a line is a button where scripts run, which leads to it.
pub(super) fn list(lang: Lang, trial: &Trial) -> Markup {
    let (errors, warnings): (Vec<&Finding>, Vec<&Finding>) =
        trial.findings().partition(|finding| finding.severity == Severity::Error);
    html! {
        @if errors.is_empty() {
            (banner(Tone::Good, lang.say("没有错误", "No errors"), &html! { p { (lang.say("可以附到公文上。", "It can go with a document.")) @if !warnings.is_empty() { " " (lang.count(warnings.len(), "处提示", "warning", "warnings")) } } }))
        } @else {
            (banner(Tone::Care, &lang.count(errors.len(), "处错误", "error", "errors"), &html! { p { (lang.say("改正以后才能附到公文上。", "They must be mended before it can go with a document.")) } }))
        }
        ol class="plain findings" {
            @for finding in errors.iter().chain(&warnings).take(SHOWN) { li { (one(lang, trial, finding)) } }
        }
        @if errors.len() + warnings.len() > SHOWN { p class="soft" { (lang.say("只列出前一百处。", "Only the first hundred are listed.")) } }
    }
}

fn one(lang: Lang, trial: &Trial, finding: &Finding) -> Markup {
    let is_error = finding.severity == Severity::Error;
    let said = |said: &regulation::finding::Said| lang.say(&said.zh, &said.en).to_owned();
    html! {
        p {
            span class=(if is_error { "tag late" } else { "tag" }) { (if is_error { lang.say("错误", "error") } else { lang.say("提示", "warning") }) } " "
            @match trial.line(finding) {
                Some(line) => span class="nowrap" data-line=(line) { (line_word(lang, line)) },
                None => span class="nowrap" { (finding.span.file) },
            }
            @if let Some(clause) = &finding.clause { " · " code { (clause) } }
            " · " (prose(&said(&finding.message))) " " a class="nowrap" href=(format!("/editor/findings/{}", finding.code)) { code { (finding.code) } }
        }
        // A hint that only names the page of the code says nothing that its link does not.
        @if let Some(hint) = finding.hint.as_ref().filter(|hint| !hint.zh.contains(&format!("{}.md", finding.code))) { p class="soft small" { (prose(&said(hint))) } }
    }
}

fn line_word(lang: Lang, line: usize) -> String {
    match lang {
        Lang::Zh => format!("第{line}行"),
        Lang::En => format!("line {line}"),
    }
}
