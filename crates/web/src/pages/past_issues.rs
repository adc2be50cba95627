//! `/desk/gazette`: the text of an issue printed before, sent in (收录往期公报). What was read, put right and doubted is shown first; it
//! enters, document by document, through acts, once somebody has looked and confirmed.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary;
use crate::components::table::{Column, table};
use crate::forms::uploads::scan;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::{SignedSent, Upload};
use crate::site::{App, Running, long_work};
use crate::taking_in::{Became, Taken, take_in, taker};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::Actor;
use gazette::model::{Gazette, Severity};
use gazette::reading::read;
use maud::{Markup, html};
use std::sync::Arc;

/// The largest text that is taken here; larger ones are for the command line.
const BYTES_MAX: usize = 8 * 1024 * 1024;
/// Lines of what was put right or is in doubt that are shown.
const SHOWN: usize = 200;

/// Who takes issues in: whoever the regulation lets do it.
fn doer(app: &Running, visitor: &Visitor) -> Result<Actor, Problem> {
    let person = visitor.signed_in()?;
    let found = taker(&app.store().library(), &app.site.printed, &person.id, visitor.now);
    found.ok_or_else(|| {
        Problem::forbidden(
            "往期公报由规定写明的岗位收录",
            "Printed issues are taken in by the posts that the regulation names",
        )
    })
}

/// The form.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        doer(app, &visitor)?;
        Ok(ask(&visitor, None))
    })
    .await
}

fn page(visitor: &Visitor, title: &str, content: &Markup) -> Markup {
    let lang = visitor.lang;
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        (content)
    };
    layout::page(visitor, Nav::Desk, title, &content)
}

fn ask(visitor: &Visitor, fault: Option<&str>) -> Markup {
    let lang = visitor.lang;
    page(
        visitor,
        lang.say("收录往期公报", "Take in a printed issue"),
        &html! {
            @if let Some(fault) = fault { (error_summary::unread(lang, fault, "gazette")) }
            ol {
                li { (lang.say("上传一期公报的文字稿：修复了什么、哪里存疑，逐行列出；这时没有收录任何内容。", "Send the text of an issue: what was put right and what is in doubt is listed by line; nothing enters yet.")) }
                li { (lang.say("看过以后确认，逐件收录：同一文字只收一次，有疑问的先放在案头，核对以后才公开。", "Look at it and confirm: each document enters once; what is in doubt waits on a desk before it is public.")) }
            }
            form method="post" action="/desk/gazette" enctype="multipart/form-data" {
                (token(visitor))
                div class="field" {
                    label for="f-gazette" { (lang.say("文本文件", "Text file")) }
                    p class="hint" { (lang.say(".txt，UTF-8 或者 GB18030，不超过 8 MB；Word、WPS 和 PDF 请先另存为文本。", "A .txt file in UTF-8 or GB18030, up to 8 MB; save Word, WPS and PDF as text first.")) }
                    input class="input" id="f-gazette" name="gazette" type="file" required accept=".txt,.md,text/plain";
                }
                div class="row" { (button::submit(lang.say("上传并核对", "Upload and check"))) }
            }
        },
    )
}

/// Reads a text that was sent, or takes in one that was looked at.
pub async fn submit(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        let by = doer(app, &visitor)?;
        let digest = sent.text("digest").map(str::to_owned);
        match (digest, sent.files.into_iter().next()) {
            (_, Some(file)) => report(app, &visitor, file),
            (Some(digest), None) => confirmed(app, &visitor, &by, &digest),
            (None, None) => Ok(unread(&visitor, visitor.lang.say("请选择文件", "Choose a file"))),
        }
    })
    .await
}

fn unread(visitor: &Visitor, fault: &str) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, ask(visitor, Some(fault))).into_response()
}

fn report(app: &Running, visitor: &Visitor, file: Upload) -> Result<Response, Problem> {
    let lang = visitor.lang;
    if file.bytes.len() > BYTES_MAX {
        return Ok(unread(
            visitor,
            lang.say("文件超过 8 MB，请用命令行收录", "The file has more than 8 MB: take it in on the command line"),
        ));
    }
    scan(app, &file.name, &file.bytes)?;
    let gazette = match read(&file.bytes, &app.site.printed.profile) {
        Ok(gazette) => gazette,
        Err(refusal) => return Ok(unread(visitor, lang.say(&refusal.said.zh, &refusal.said.en))),
    };
    let kept = app.store().put_file(store::aside::Upload {
        holder: Some(visitor.signed_in()?.id.clone()),
        name: file.name.clone(),
        media: "text/plain".to_owned(),
        bytes: file.bytes,
        now: visitor.now,
    })?;
    Ok(found(visitor, &file.name, &kept.digest, &gazette).into_response())
}

/// What was read: documents, what was put right, what is in doubt; and the button that takes it in.
fn found(visitor: &Visitor, name: &str, digest: &str, gazette: &Gazette) -> Markup {
    let lang = visitor.lang;
    let errors = gazette.doubts.iter().filter(|doubt| doubt.code.meaning().level == Severity::Error).count();
    let issue = &gazette.issue;
    let title = issue.name.clone().unwrap_or_else(|| name.to_owned());
    page(
        visitor,
        lang.say("收录往期公报：核对", "A printed issue: what was read"),
        &html! {
            p {
                b { (title) }
                @if let (Some(year), Some(number)) = (issue.year, issue.number) { " " (year) (lang.say("年第", ", no. ")) (number) (lang.say("期", "")) }
                " · " (lang.count(gazette.documents.len(), "件", "document", "documents")) " · "
                (lang.count(gazette.repairs.len(), "处修复", "repair", "repairs")) " · " (lang.count(gazette.doubts.len(), "处存疑", "doubt", "doubts"))
            }
            @if gazette.documents.is_empty() {
                (banner(Tone::Care, lang.say("没有读出文件", "No document was found"), &html! { p { (lang.say("文号要单独成行，上面是标题。", "A document begins with its number on a line of its own, under its title.")) } }))
            } @else {
                @if errors > 0 { (banner(Tone::Care, lang.say("有错误级的存疑", "Grave doubts"), &html! { p { (lang.say("所在的文件收录以后先放在案头，核对以后才公开。", "Their documents wait on a desk and are public after a look.")) } })) }
                (documents(lang, gazette))
                form method="post" action="/desk/gazette" {
                    (token(visitor))
                    input type="hidden" name="digest" value=(digest);
                    div class="row" { (button::submit(lang.say("确认收录", "Take it in"))) a href="/desk/gazette" { (lang.say("换一个文件", "Another file")) } }
                }
            }
            (doubts(lang, gazette))
            (repairs(lang, gazette))
        },
    )
}

fn documents(lang: Lang, gazette: &Gazette) -> Markup {
    let columns =
        [lang.say("文号", "Number"), lang.say("标题", "Title"), lang.say("成文", "Signed"), lang.say("行", "Lines")];
    let columns: Vec<Column> = columns.iter().map(|name| Column::text(name)).collect();
    let row = |document: &gazette::model::Document| {
        vec![
            html! { span class="nowrap" { (document.number.to_string()) } },
            html! { (document.title) },
            html! { @if let Some(on) = document.signed_on { (lang.date(on)) } },
            html! { span class="nowrap" { (document.lines.first) "–" (document.lines.last) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = gazette.documents.iter().map(row).collect();
    table(lang.say("读出的文件", "Documents found"), &columns, &rows)
}

fn doubts(lang: Lang, gazette: &Gazette) -> Markup {
    html! {
        @if !gazette.doubts.is_empty() {
            h2 { (lang.say("存疑", "Doubts")) }
            ul class="plain findings" { @for doubt in gazette.doubts.iter().take(SHOWN) {
                @let meaning = doubt.code.meaning();
                li {
                    p {
                        @if meaning.level == Severity::Error { span class="tag" { (lang.say("错误", "error")) } " " }
                        span class="nowrap" { (line(lang, doubt.line)) } " · " (lang.say(&doubt.said.zh, &doubt.said.en)) " "
                        code class="soft" { (format!("GZ-{:?}", doubt.code)) } " " span class="soft" { (meaning.clause) }
                    }
                    p class="soft small" { (lang.say(meaning.hint_zh, meaning.hint_en)) }
                }
            } }
        }
    }
}

fn repairs(lang: Lang, gazette: &Gazette) -> Markup {
    html! {
        @if !gazette.repairs.is_empty() {
            details {
                summary { (lang.say("修复", "Repairs")) " (" (gazette.repairs.len()) ")" }
                ul { @for repair in gazette.repairs.iter().take(SHOWN) { li { (line(lang, repair.line)) " · " (lang.say(&repair.said.zh, &repair.said.en)) } } }
            }
        }
    }
}

fn line(lang: Lang, line: u32) -> String {
    match lang {
        Lang::Zh => format!("第{line}行"),
        Lang::En => format!("line {line}"),
    }
}

fn confirmed(app: &Running, visitor: &Visitor, by: &Actor, digest: &str) -> Result<Response, Problem> {
    let lang = visitor.lang;
    let person = visitor.signed_in()?;
    let Some(source) = app.store().file(Some(&person.id), digest)? else {
        return Ok(unread(visitor, lang.say("这份文件不在了，请重新上传", "That file is gone: send it again")));
    };
    let gazette = match read(&source, &app.site.printed.profile) {
        Ok(gazette) => gazette,
        Err(refusal) => return Ok(unread(visitor, lang.say(&refusal.said.zh, &refusal.said.en))),
    };
    match take_in(app.store(), &app.site.printed, Some(by), &source, &gazette, visitor.now) {
        Ok(taken) => Ok(result(visitor, &gazette, &taken).into_response()),
        Err(fault) => {
            let said = format!("{fault:#}");
            let (zh, en) = said.split_once(" / ").unwrap_or((&said, &said));
            Ok(unread(visitor, lang.say(zh, en)))
        }
    }
}

fn result(visitor: &Visitor, gazette: &Gazette, taken: &Taken) -> Markup {
    let lang = visitor.lang;
    let (issue, known) = &taken.issue;
    page(
        visitor,
        lang.say("收录往期公报：结果", "A printed issue: what became of it"),
        &html! {
            p { a href=(format!("/matters/{issue}")) { @if *known { (lang.say("这一期以前已经收录", "This issue was here before")) } @else { (lang.say("已收录这一期", "The issue is in")) } } }
            ul class="plain entries" { @for (document, became) in gazette.documents.iter().zip(&taken.documents) { li {
                (document.title) " " span class="soft nowrap" { (document.number.to_string()) }
                p { (what_became(lang, became)) }
            } } }
            p { a href="/gazette" { (lang.say("去公报页", "To the gazette")) } " · " a href="/desk/gazette" { (lang.say("再收录一期", "Another issue")) } }
        },
    )
}

fn what_became(lang: Lang, became: &Became) -> Markup {
    let matter = |matter: &str, said: &str| html! { a href=(format!("/matters/{matter}")) { (said) } };
    match became {
        Became::Entered(id) => matter(id, lang.say("已收录，已公开", "entered and public")),
        Became::Waiting(id) => matter(id, lang.say("已收录，核对以后公开", "entered; public after a look")),
        Became::Known(id) => matter(id, lang.say("以前已经收录", "here before")),
        Became::Conflict(title) => {
            html! { span class="tag" { (lang.say("冲突", "conflict")) } " " (lang.say("这个文号已在册，文字不同：", "its number is taken by another text: ")) (title) }
        }
        Became::Refused(why) => html! { span class="tag" { (lang.say("没有收录", "not entered")) } " " (why) },
    }
}
