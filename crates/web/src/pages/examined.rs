//! `/verify` with a file: a PDF or a proof is examined, and what holds is said line by line. Nothing of it is kept.

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::error_summary::failure;
use crate::components::summary::summary;
use crate::components::verdict::{self, Holds, verdict};
use crate::examine::{Examination, Known, Line, Verdict, examine, is_examined};
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running, long_work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::DateTime;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::pages::DocumentLine;
use store::record::v1::DocumentHead;

/// The largest file that is examined: as large as one that is kept. A certificate has some hundred kilobytes.
pub const FILE_BYTES_MAX: usize = 20 * 1024 * 1024;

/// The form, below the one that asks for a code.
pub fn form(visitor: &Visitor, fault: Option<&str>) -> Markup {
    let lang = visitor.lang;
    html! {
        h2 { (lang.say("核验 PDF 或证明", "Verify a PDF or a proof")) }
        p { (lang.say(
            "查电子印章、盖章以后有没有改动、文书在不在日志里。文件只用来核验，不保存。",
            "Is the seal sound, was anything changed since, is the document in the log? The file is examined and not kept.",
        )) }
        form method="post" action="/verify" enctype="multipart/form-data" {
            (token(visitor))
            @if let Some(fault) = fault { (failure(fault, Some("file"))) }
            div class="field" {
                label for="f-file" { (lang.say("PDF 或证明文件", "PDF or file with a proof")) }
                p class="hint" id="f-file-hint" { (lang.say("不超过 20 MB", "20 MB at most")) }
                input class="input" id="f-file" name="file" type="file" accept=".pdf,.proof,.txt,application/pdf" aria-describedby="f-file-hint";
            }
            div class="field" {
                label for="f-proof" { (lang.say("或者粘贴二维码内容、证明文本", "or paste what the QR code holds, or a proof")) }
                textarea class="input" id="f-proof" name="proof" rows="3" spellcheck="false" {}
            }
            (button::submit(lang.say("核验文件", "Verify the file")))
        }
    }
}

/// Examines what was sent.
pub async fn submit(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    // Browsers end lines with two characters, and whoever copies leaves out the last end.
    let pasted = sent.text("proof").map(|text| text.replace("\r\n", "\n"));
    let pasted = pasted.filter(|text| !text.trim().is_empty()).map(|text| format!("{}\n", text.trim()));
    let file = sent.files.into_iter().find(|file| file.field == "file").map(|file| file.bytes);
    let Some(bytes) = file.or_else(|| pasted.as_ref().map(|text| text.clone().into_bytes())) else {
        let fault = visitor.lang.say("请选择文件，或者粘贴证明", "Choose a file or paste a proof");
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, super::verify::asked(&visitor, Some(fault))).into_response());
    };
    if bytes.len() > FILE_BYTES_MAX {
        return Err(Problem::file_too_large());
    }
    if let Some(code) = pasted.filter(|text| !is_examined(text.as_bytes()))
        && trust::read_verification_code(super::verify::code_in(&code)).is_ok()
    {
        return Ok(Redirect::to(&format!("/verify?code={}", layout::encode(code.trim()))).into_response());
    }
    let app: App = state;
    long_work(&app, move |app| {
        let known = Known { keys: app.site.log_keys.clone(), authorities: app.site.seals.authorities() };
        let examination = examine(&bytes, &known);
        app.read(|snapshot| {
            let line = match &examination.head {
                Some(head) => snapshot.document(&head.id)?,
                None => None,
            };
            Ok(page(snapshot, &visitor, &examination, line.as_ref()).into_response())
        })
    })
    .await
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, examination: &Examination, line: Option<&DocumentLine>) -> Markup {
    let lang = visitor.lang;
    let heading = lang.say("核验结果", "Result");
    let content = html! {
        h1 { (heading) }
        (outcome(visitor, examination, line))
        (verdict(lang, &examination.lines.iter().map(|line| said(visitor, line)).collect::<Vec<_>>()))
        @if let Some(head) = &examination.head {
            h2 { (lang.say("文书", "Document")) }
            (summary(&head_lines(visitor, head)))
            (online(visitor, line))
        }
        @if let Some(body) = &examination.body {
            details { summary { (lang.say("签发时记下的内容（原始数据）", "What it said when it was issued (raw)")) } pre class="code" { (body) } }
        }
        @if examination.head.is_some() && line.is_some() && snapshot.log_newest().ok().flatten().is_some() {
            p { a href="/log" { (lang.say("这份日志怎样核对", "How this log is checked")) } }
        }
        p { a href="/verify" { (lang.say("核验另一份", "Verify another")) } }
    };
    layout::page(visitor, Nav::Verify, heading, &content)
}

fn outcome(visitor: &Visitor, examination: &Examination, line: Option<&DocumentLine>) -> Markup {
    let lang = visitor.lang;
    if !examination.is_sound() {
        let heading = lang.say("有不符之处，不能采信", "Something does not hold: do not rely on it");
        return banner(Tone::Late, heading, &html! {});
    }
    if let Some(on) = line.and_then(|line| line.document.voided) {
        let heading = lang.say("真实，但已失效", "Genuine, but no longer in force");
        return banner(Tone::Late, heading, &html! { p { (lang.say("失效日期：", "Since ")) (lang.date(on)) } });
    }
    let whole = examination.lines.iter().all(|line| line.verdict == Verdict::Holds) && line.is_some();
    if whole {
        return banner(Tone::Good, lang.say("真实，现行有效", "Genuine and in force"), &html! {});
    }
    if let Some(at) = examination.sealed_at.filter(|_| examination.head.is_none()) {
        return sealed_only(visitor, at);
    }
    let heading = lang.say("没有发现改动，但不是每一项都能核验", "No change was found, but not everything can be told");
    banner(Tone::Care, heading, &html! {})
}

/// A sound seal and no proof: usual for what was issued just now, and for what is no certificate.
fn sealed_only(visitor: &Visitor, sealed_at: DateTime) -> Markup {
    let lang = visitor.lang;
    // A seal bears the day of the act, not its minute: the paper of one act is always the same.
    let is_fresh = sealed_at.date() == visitor.now.date();
    let (tone, heading) = match is_fresh {
        true => (
            Tone::Good,
            lang.say("今天出具，印章有效，没有改动", "Issued today; the seal is sound, nothing was changed"),
        ),
        false => (Tone::Plain, lang.say("印章有效，没有改动", "The seal is sound, nothing was changed")),
    };
    banner(
        tone,
        heading,
        &html! {
            p {
                @if is_fresh { (lang.say(
                    "证书出具后一分钟内记入公示日志。过一分钟重新下载这份 PDF，再来核验，就连日志一起核验。",
                    "A certificate enters the log within a minute. Download it again after that, and the log is verified as well.",
                )) } @else { (lang.say(
                    "文书里没有附日志证明。证书重新下载一份就附有；其他文书没有这种证明。",
                    "It carries no proof of the log. A certificate has one when it is downloaded again; other papers have none.",
                )) }
            }
            p { (lang.say("现在就要核对的，在", "To compare it now, type the code below its QR code on ")) a href="/verify" { (lang.say("核验页", "this page")) } (lang.say("输入二维码下面的核验码。", ".")) }
        },
    )
}

fn said(visitor: &Visitor, line: &Line) -> verdict::Line {
    let holds = match line.verdict {
        Verdict::Holds => Holds::Yes,
        Verdict::Open => Holds::Open,
        Verdict::Fails => Holds::No,
    };
    let says = visitor.lang.say(&line.zh, &line.en).to_owned();
    verdict::Line { holds, says, values: Vec::new(), citations: Vec::new(), hint: None }
}

fn head_lines(visitor: &Visitor, head: &DocumentHead) -> Vec<(String, Markup)> {
    let lang = visitor.lang;
    let mut lines = vec![(lang.say("文书", "Document").to_owned(), html! { (head.title) })];
    if let Some(number) = &head.number {
        lines.push((lang.say("编号", "Number").to_owned(), html! { (number) }));
    }
    if let Some(issuer) = &head.issuer {
        lines.push((lang.say("签发机关", "Issued by").to_owned(), html! { (issuer) }));
    }
    lines.push((lang.say("签发日期", "Issued on").to_owned(), html! { (lang.date(head.on)) }));
    lines
}

/// What only this county's own record tells: whether the document is still in force.
fn online(visitor: &Visitor, line: Option<&DocumentLine>) -> Markup {
    let lang = visitor.lang;
    match line {
        None => html! { p { (lang.say(
            "本县没有这份文书的记录，是否现行有效请向签发机关核对。",
            "This county has no record of it: ask the issuing office whether it is in force.",
        )) } },
        Some(line) => html! { p {
            @match line.document.voided {
                Some(on) => { (lang.say("已失效，自", "No longer in force since ")) (lang.date(on)) (lang.say("起。", ".")) }
                None => { (lang.say("现行有效。", "In force. ")) }
            }
            " " a href=(format!("/verify/{}", line.code)) { (lang.say("逐项对照", "Compare it")) }
        } },
    }
}
