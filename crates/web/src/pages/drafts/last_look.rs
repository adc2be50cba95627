//! The last look before a form is filed: what stands against it, what to mind, and who files it.

use super::{Opened, belongs, review_page, with_draft};
use crate::components::error_summary::said;
use crate::components::reasons::reasons;
use crate::forms::filing::{Filing, Section};
use crate::identity::proving::{self, Proof};
use crate::problem::Problem;
use crate::site::{App, work};
use crate::visit::Visitor;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::{FieldFault, Outcome};
use maud::{Markup, html};
use regulation::expr::Record;

pub(super) fn faults_by_step(
    visitor: &Visitor,
    sections: &[Section<'_>],
    opened: &Opened,
    faults: &[FieldFault],
) -> Markup {
    let lang = visitor.lang;
    let step_of = |fault: &FieldFault| {
        let has = |section: &Section<'_>| {
            let names: Vec<&str> = section.fields.iter().map(|field| field.name.as_str()).collect();
            belongs(&fault.field, &names)
        };
        sections.iter().position(has).unwrap_or(0) + 1
    };
    html! {
        div class="errors" role="alert" tabindex="-1" data-errors {
            h2 { (lang.say("还有几处没有填好", "Some answers are missing or wrong")) }
            ul { @for fault in faults { li { a href=(format!("/drafts/{}/{}#{}", opened.id, step_of(fault), crate::components::error_summary::anchor(&fault.field))) { (said(lang, fault)) } } } }
        }
    }
}

pub(super) fn obstacles(visitor: &Visitor, filing: &Filing<'_>, refusal: &engine::Refusal) -> Markup {
    let lang = visitor.lang;
    html! {
        div class="errors" role="alert" {
            h2 { (lang.say("按现在的情况不能提交", "This cannot be filed as things stand")) }
            (reasons(lang, filing.world.rulebook(), &refusal.reasons))
        }
    }
}

pub(super) fn warnings(visitor: &Visitor, filing: &Filing<'_>, record: &Record) -> Markup {
    let lang = visitor.lang;
    let Outcome::Done(decision) = filing.attempt(record.clone()) else { return html! {} };
    html! {
        @if !decision.warnings.is_empty() {
            (crate::components::banner::banner(crate::components::banner::Tone::Care, lang.say("请留意", "Please note"), &reasons(lang, filing.world.rulebook(), &decision.warnings)))
        }
    }
}

/// The act of somebody who proved who they are; else the page that says what is wrong.
pub(super) async fn proved(
    app: &App,
    visitor: &Visitor,
    id: &str,
    act: engine::Act,
    proof: Proof,
) -> Result<Result<engine::Act, Response>, Problem> {
    let (visitor, id) = (visitor.clone(), id.to_owned());
    work(app, move |app| {
        let Some(said) = proving::wrong(app, &visitor, &proof)? else {
            return Ok(Ok(engine::Act { proved: true, ..act }));
        };
        let fault = FieldFault {
            field: proving::PASSWORD.to_owned(),
            label: "".into(),
            zh: said.zh,
            en: said.en,
            clauses: Vec::new(),
        };
        app.read(|snapshot| {
            with_draft(snapshot, &visitor, &id, |filing, opened| {
                let page = review_page(snapshot, &visitor, filing, opened, std::slice::from_ref(&fault))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            })
        })
        .map(Err)
    })
    .await
}
