//! `/matters/{id}/archive.zip`: a matter's archive package (归档包): every document of the file in order, readable without this
//! site, with checksums and proofs (`docs/formats/archive.md`).
//!
//! `plan` decides inside one moment of the state what the package holds, by the rights and masks of the matter's page; `pack`
//! then makes one file after another as the reader takes them, so that of papers and files handed in no more than one is in memory
//! for it; the pages of what was filed are made with the plan. The same state gives the same bytes: nothing in a package says when it was taken.

mod filing;
mod index;
mod manifest;
mod names;
mod pack;
mod plan;

use super::View;
use crate::components::button;
use crate::disposition::saved;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::rights::Access;
use maud::{Markup, html};
use std::sync::Arc;

/// Why personal data was read, where nobody gave another reason.
const WHY: &str = "下载归档包";

/// The package; with `show=personal` with personal data in full, which is logged.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let in_full = query_value(&uri, "show").as_deref() == Some("personal");
    packed(state, visitor, id, in_full.then(|| WHY.to_owned())).await
}

/// The package of a matter; `in_full` is why personal data is wanted in full.
pub(crate) async fn packed(
    app: App,
    visitor: Visitor,
    id: String,
    in_full: Option<String>,
) -> Result<Response, Problem> {
    let plan = work(&app, move |app| {
        let (plan, read) = app.read(|snapshot| {
            let view = View::open(snapshot, &visitor, &id)?;
            let view = if in_full.is_some() { view.opening(&super::ALL) } else { view };
            let read = in_full.as_deref().map(|why| view.readings(why)).unwrap_or_default();
            Ok((plan::Plan::of(&view, &app.site)?, read))
        })?;
        for reading in read {
            app.store().log_reading(reading)?;
        }
        Ok(plan)
    })
    .await?;
    let disposition = saved("matter.zip", &format!("{}.zip", plan.name));
    let headers = [(CONTENT_TYPE, "application/zip".to_owned()), (CONTENT_DISPOSITION, disposition)];
    Ok((headers, Body::from_stream(pack::stream(app, plan))).into_response())
}

impl View<'_> {
    /// Where the package is taken.
    pub(super) fn archive(&self) -> Markup {
        let lang = self.lang();
        let address = format!("/matters/{}/archive.zip", self.matter.id);
        html! {
            section class="no-print" {
                h2 { (lang.say("归档", "Archive")) }
                p class="small soft" { (lang.say(
                    "全卷文书、填报内容和附件按环节排好，附目录、校验值和日志证明，离线可读。",
                    "All papers of the file by step, with an index, checksums and proofs; readable offline.",
                )) }
                p { (button::link(lang.say("下载归档包（ZIP）", "Archive package (ZIP)"), &address)) }
                @if self.masks() && self.access == Access::Full {
                    p class="small" {
                        a href={ (address) "?show=personal" } { (lang.say("个人信息不遮盖的归档包", "With personal data in full")) }
                        (lang.say("（会留下查阅记录）", " (this is logged)"))
                    }
                }
            }
        }
    }
}
