//! `/verify`, `/verify/{code}`: whether a paper in hand is what was issued, and whether it is still in force.

use super::home::names;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::summary::summary;
use crate::forms::field::{Control, Field, LineKind, field};
use crate::forms::{mask, show};
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::typeset;
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::Access;
use jiff::civil::Date;
use maud::{Markup, html};
use regulation::expr::Expr;
use std::sync::Arc;
use store::Snapshot;
use store::pages::{DocumentLine, FormLine};

/// The query that leads an officer on to the matter.
const TO_MATTER: &str = "to=matter";

/// The page that asks for a code.
pub async fn ask(visitor: Visitor, uri: Uri) -> Response {
    let on = if query_value(&uri, "to").as_deref() == Some("matter") { "?to=matter" } else { "" };
    let Some(typed) = query_value(&uri, "code").filter(|typed| !typed.trim().is_empty()) else {
        return form(&visitor, "", None).into_response();
    };
    match trust::read_verification_code(code_in(&typed)) {
        Ok(code) => Redirect::to(&format!("/verify/{code}{on}")).into_response(),
        Err(fault) => {
            (StatusCode::UNPROCESSABLE_ENTITY, form(&visitor, &typed, Some(said(&visitor, &fault)))).into_response()
        }
    }
}

/// The code in what was typed or pasted: a QR code holds the whole address.
pub(super) fn code_in(typed: &str) -> &str {
    let typed = typed.trim().trim_end_matches('/');
    typed.rsplit_once("/verify/").map_or(typed, |(_, code)| code.split(['?', '#']).next().unwrap_or(code))
}

/// What is wrong with a code, in the reader's language: the fault says both, divided by a slash.
fn said(visitor: &Visitor, fault: &trust::CodeFault) -> String {
    let both = fault.to_string();
    let (zh, en) = both.split_once(" / ").unwrap_or((&both, &both));
    visitor.lang.say(zh, en).to_owned()
}

/// The page that asks, after a file was wanted and none came.
pub(super) fn asked(visitor: &Visitor, file_fault: Option<&str>) -> Markup {
    asks(visitor, "", None, file_fault)
}

fn form(visitor: &Visitor, typed: &str, fault: Option<String>) -> Markup {
    asks(visitor, typed, fault, None)
}

fn asks(visitor: &Visitor, typed: &str, fault: Option<String>, file_fault: Option<&str>) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("核验证书和文书", "Verify a document");
    let code = Field {
        path: "code".into(),
        label: lang.say("核验码", "Verification code").into(),
        number: None,
        hint: Some(
            lang.say("印在二维码下方，20 位字母和数字，不分大小写", "20 letters and digits below the QR code").into(),
        ),
        optional: false,
        fault,
        conditional: false,
        control: Control::Line { value: typed.into(), kind: LineKind::Text, unit: None },
    };
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say("手机扫文书上的二维码会直接打开核验结果；不便扫码的，照着二维码下面的核验码输入。", "The QR code on a document opens its result; or type the code below it.")) }
        form method="get" action="/verify" { (field(lang, &code)) (button::submit(lang.say("核验", "Verify"))) }
        (super::examined::form(visitor, file_fault))
    };
    layout::page(visitor, Nav::Verify, title, &content)
}

/// The page of a code.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(code): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let on = uri.query() == Some(TO_MATTER);
    let code = match trust::read_verification_code(&code) {
        Ok(code) => code,
        Err(fault) => {
            return Ok(
                (StatusCode::UNPROCESSABLE_ENTITY, form(&visitor, &code, Some(said(&visitor, &fault)))).into_response()
            );
        }
    };
    let app: App = state;
    let answer = move |app: &Running, snapshot: &dyn Snapshot| -> Result<Response, Problem> {
        let (document, form) = (snapshot.document_by_code(&code)?, snapshot.form_by_code(&code)?);
        let matter = document.as_ref().map(|line| &line.matter).or(form.as_ref().map(|line| &line.matter));
        let known = matter.is_some_and(|matter| sees(snapshot, &visitor, matter));
        if let (Some(matter), true, true) = (matter, on, known) {
            return Ok(Redirect::to(&format!("/matters/{matter}")).into_response());
        }
        Ok(match (&document, &form) {
            (Some(line), _) if verifiable(snapshot, line) => {
                found(app, snapshot, &visitor, line, known).into_response()
            }
            (Some(line), _) => {
                OnRecord::document(snapshot, &visitor, line).page(&visitor, &code, known).into_response()
            }
            (None, Some(line)) => OnRecord::form(snapshot, &visitor, line).page(&visitor, &code, known).into_response(),
            (None, None) => (StatusCode::NOT_FOUND, unknown(&visitor, &code)).into_response(),
        })
    };
    work(&app, move |app| app.read(|snapshot| answer(app, snapshot))).await
}

/// Whether a reader may see a matter beyond what is on public display: then its paper leads there.
fn sees(snapshot: &dyn Snapshot, visitor: &Visitor, matter: &str) -> bool {
    super::matter::find(snapshot, visitor, matter).is_ok_and(|(_, access)| access >= Access::Masked)
}

fn matter_link(visitor: &Visitor, matter: &str, known: bool) -> Markup {
    html! { @if known { p { (button::secondary_link(visitor.lang.say("打开事项", "Open the matter"), &format!("/matters/{matter}"))) } } }
}

/// A paper that is on record, and nothing of what is written on it: a form, or a letter that is not for everybody to verify.
struct OnRecord {
    title: String,
    number: Option<String>,
    on: Date,
    voided: Option<Date>,
    matter: String,
    /// How it stands in the log.
    log: Option<(String, Markup)>,
}

impl OnRecord {
    fn document(snapshot: &dyn Snapshot, visitor: &Visitor, line: &DocumentLine) -> OnRecord {
        OnRecord {
            title: super::documents::title(snapshot, visitor, line),
            number: line.document.number.clone(),
            on: line.document.on,
            voided: line.document.voided,
            matter: line.matter.clone(),
            log: super::log::standing(snapshot, visitor, line.seq),
        }
    }

    fn form(snapshot: &dyn Snapshot, visitor: &Visitor, line: &FormLine) -> OnRecord {
        let world = snapshot.world();
        let matter = world.matter(&line.matter);
        let regulation = matter.as_ref().and_then(|matter| world.regulation(&matter.regulation, &matter.version));
        let own = regulation.as_ref().and_then(|regulation| regulation.forms.get(&line.form));
        let form = own.or_else(|| world.rulebook().form(&line.form).map(|(_, form)| form));
        OnRecord {
            title: form.map_or_else(|| line.form.clone(), |form| visitor.lang.label(&form.title).to_owned()),
            number: matter.and_then(|matter| matter.number.clone()),
            on: line.on,
            voided: None,
            matter: line.matter.clone(),
            log: None,
        }
    }

    fn page(&self, visitor: &Visitor, code: &str, known: bool) -> Markup {
        let lang = visitor.lang;
        let mut lines = vec![
            (lang.say("名称", "Title").to_owned(), html! { (self.title) }),
            (lang.say("编号", "Number").to_owned(), html! { (self.number.clone().unwrap_or_default()) }),
            (lang.say("核验码", "Code").to_owned(), html! { code { (code) } }),
            (lang.say("日期", "Date").to_owned(), html! { (lang.date(self.on)) }),
        ];
        lines.extend(self.log.clone());
        let heading = lang.say("核验结果", "Result");
        let content = html! {
            h1 { (heading) }
            @if let Some(on) = self.voided { (banner(Tone::Late, lang.say("已失效", "No longer in force"), &html! { p { (lang.date(on)) } })) }
            (banner(Tone::Good, lang.say("系统记录中有这份材料", "This paper is on record"), &html! { p { (lang.say(
                "内容不对外公开，请向办理的单位核对。",
                "Its content is not public: compare it at the office that handles it.",
            )) } }))
            (summary(&lines))
            (matter_link(visitor, &self.matter, known))
            p { a href="/verify" { (lang.say("核验另一份", "Verify another")) } }
        };
        layout::page(visitor, Nav::Verify, heading, &content)
    }
}

/// Only documents that a regulation lets anybody verify are told of.
fn verifiable(snapshot: &dyn Snapshot, line: &DocumentLine) -> bool {
    let world = snapshot.world();
    let Some(matter) = world.matter(&line.matter) else { return false };
    let Some(regulation) = world.regulation(&matter.regulation, &matter.version) else { return false };
    let document =
        regulation.procedures.get(&matter.procedure).and_then(|procedure| procedure.documents.get(&line.document.name));
    document.is_some_and(|document| document.verifiable)
}

/// Whose electronic seal its PDF carries.
fn seal(app: &Running, snapshot: &dyn Snapshot, visitor: &Visitor, line: &DocumentLine) -> Option<(String, Markup)> {
    let lang = visitor.lang;
    let (name, office) = crate::proofs::office(snapshot.world().county(), line.document.signed.as_ref())?;
    let seal = app.site.seals.of(&office, &name).ok().flatten()?;
    let content = html! {
        (lang.say("PDF 由", "Its PDF is sealed by ")) (seal.certificate().name()) (lang.say("加盖", "")) " · "
        a href="/verify#f-file" { (lang.say("核验 PDF", "verify the PDF")) }
    };
    Some((lang.say("电子印章", "Electronic seal").to_owned(), content))
}

fn found(app: &Running, snapshot: &dyn Snapshot, visitor: &Visitor, line: &DocumentLine, known: bool) -> Markup {
    let lang = visitor.lang;
    let names = names(snapshot, visitor);
    let document = &line.document;
    let title = super::documents::title(snapshot, visitor, line);
    let signed = document.signed.as_ref().map_or_else(String::new, |desk| names.desk(desk));
    let lines = vec![
        (lang.say("文书", "Document").to_owned(), html! { (title) }),
        (lang.say("编号", "Number").to_owned(), html! { (document.number.clone().unwrap_or_default()) }),
        (lang.say("核验码", "Code").to_owned(), html! { code { (line.code) } }),
        (lang.say("签发机关", "Issued by").to_owned(), html! { (signed) }),
        (lang.say("签发日期", "Issued on").to_owned(), html! { (lang.date(document.on)) }),
    ];
    let log = super::log::standing(snapshot, visitor, line.seq);
    let log = seal(app, snapshot, visitor, line).into_iter().chain(log).collect();
    let lines = [lines, printed(snapshot, visitor, line), log].concat();
    let state = match document.voided {
        None => banner(
            Tone::Good,
            lang.say("真实，现行有效", "Genuine and in force"),
            &html! { p { (lang.say(
                "系统记录中有这份文书。请逐项核对手中的纸质文书与下面的内容是否一致。",
                "This document is on record. Compare the paper with what is shown below.",
            )) } },
        ),
        Some(on) => banner(
            Tone::Late,
            lang.say("真实，但已失效", "Genuine, but no longer in force"),
            &html! { p { (lang.say("失效日期：", "Since ")) (lang.date(on)) } },
        ),
    };
    let heading = lang.say("核验结果", "Result");
    let content = html! {
        h1 { (heading) }
        (state)
        (summary(&lines))
        (matter_link(visitor, &line.matter, known))
        p { a href="/verify" { (lang.say("核验另一份", "Verify another")) } }
    };
    layout::page(visitor, Nav::Verify, heading, &content)
}

/// What stands on the paper, to compare: personal data covered, so that a code found in the street tells nothing.
fn printed(snapshot: &dyn Snapshot, visitor: &Visitor, line: &DocumentLine) -> Vec<(String, Markup)> {
    let world = snapshot.world();
    let Some(matter) = world.matter(&line.matter) else { return Vec::new() };
    let Some(regulation) = world.regulation(&matter.regulation, &matter.version) else { return Vec::new() };
    let procedure = regulation.procedures.get(&matter.procedure);
    let Some(model) = procedure.and_then(|procedure| procedure.documents.get(&line.document.name)) else {
        return Vec::new();
    };
    let shown = |(name, expr): &(String, Expr)| {
        let value = line.document.data.get(name).filter(|value| !value.is_missing())?;
        let text = show::show(names(snapshot, visitor), &expr.ty, value);
        let text = if expr.personal().is_empty() { text } else { mask::cover(&text) };
        Some((typeset::label(world, &matter, model, name, expr), html! { (text) }))
    };
    model.data.iter().filter_map(shown).collect()
}

fn unknown(visitor: &Visitor, code: &str) -> Markup {
    let lang = visitor.lang;
    let heading = lang.say("没有这份文书", "No such document");
    let content = html! {
        h1 { (heading) }
        p class="lead" { (lang.say("核验码格式正确，但没有签发过这样的文书：", "The code is well formed, but no such document was issued: ")) code { (code) } }
        p { (lang.say("请对照原件再核对一遍；仍查不到的，请向签发机关反映，谨防伪造。", "Check it against the paper; if it still cannot be found, tell the issuing office.")) }
        p { a href="/verify" { (lang.say("重新输入", "Try again")) } }
    };
    layout::page(visitor, Nav::Verify, heading, &content)
}
