//! `/files`: uploads (附件), sealed with the key of those whose data they are. A form then names them by reference.

use super::matters::Subjects;
use super::{Answered, created, procedures};
use crate::forms::filing::owner;
use crate::forms::json::file_value;
use crate::forms::uploads::keep_one;
use crate::problem::Problem;
use crate::site::{App, Running, long_work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::extract::multipart::{Field, Multipart, MultipartRejection};
use axum::http::StatusCode;
use engine::rights::Access;
use serde_json::{Map, json};
use std::sync::Arc;
use store::Snapshot;

/// What an upload sent.
#[derive(Debug, Default)]
struct Sent {
    file: Option<(String, Vec<u8>)>,
    matter: Option<String>,
    procedure: Option<String>,
    about: Map<String, serde_json::Value>,
}

/// Keeps a file.
pub(super) async fn keep(
    state: State<Arc<Running>>,
    visitor: Visitor,
    multipart: Result<Multipart, MultipartRejection>,
) -> Answered {
    let app: App = state;
    visitor.signed_in()?;
    let multipart = multipart.map_err(|_| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "media",
            "上传须用 multipart/form-data",
            "An upload must be multipart/form-data",
        )
        .hint("例如 curl -F matter=… -F file=@photo.jpg。", "Such as curl -F matter=… -F file=@photo.jpg.")
    })?;
    let mut sent = read(multipart).await?;
    let (name, bytes) =
        sent.file.take().ok_or_else(|| super::body::wrong_member("file", "缺少这个部分", "is missing"))?;
    let answer = long_work(&app, move |app| {
        let holder = app.read(|snapshot| holder(snapshot, &visitor, &sent))?;
        let kept = keep_one(app, holder.as_deref(), &name, bytes, visitor.now)?;
        Ok(file_value(&kept))
    })
    .await?;
    let location = format!("{}/files", super::ROOT);
    Ok(created(&location, answer))
}

async fn read(mut multipart: Multipart) -> Result<Sent, Problem> {
    let mut sent = Sent::default();
    while let Some(part) = multipart.next_field().await.map_err(|fault| unreadable(fault.status()))? {
        let name = part.name().unwrap_or_default().to_owned();
        match name.as_str() {
            "file" => {
                let called = part.file_name().unwrap_or("file").to_owned();
                let bytes = part.bytes().await.map_err(|fault| unreadable(fault.status()))?;
                sent.file = Some((called, bytes.to_vec()));
            }
            "matter" => sent.matter = Some(text(part).await?),
            "procedure" => sent.procedure = Some(text(part).await?),
            name => match name.strip_prefix("about.") {
                Some(subject) => _ = sent.about.insert(subject.to_owned(), json!(text(part).await?)),
                None => {
                    return Err(super::body::wrong_member(
                        name,
                        "不是这里的部分；可用：file、matter、procedure、about.*",
                        "is not known here; known: file, matter, procedure, about.*",
                    ));
                }
            },
        }
    }
    Ok(sent)
}

async fn text(part: Field<'_>) -> Result<String, Problem> {
    part.text().await.map_err(|fault| unreadable(fault.status()))
}

fn unreadable(status: StatusCode) -> Problem {
    match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::unreadable("上传的内容无法识别", "The upload could not be read")
            .hint("请重新上传。", "Send it again."),
    }
}

/// Whose key seals the file: that of the matter, or of the one that is to be started.
fn holder(snapshot: &dyn Snapshot, visitor: &Visitor, sent: &Sent) -> Result<Option<String>, Problem> {
    if let Some(id) = &sent.matter {
        let (matter, _, _) = super::matter_view::seen(snapshot, visitor, id, Access::Masked)?;
        return Ok(matter.owner.clone());
    }
    let Some(name) = &sent.procedure else {
        return Err(super::body::wrong_member(
            "matter",
            "或 procedure 应写明：附件属于哪一事项，或将用于哪个程序",
            "or procedure must say which matter the file belongs to, or which procedure it will start",
        ));
    };
    let world = snapshot.world();
    let Some((_, procedure)) = world.rulebook().procedure(name) else {
        return Err(procedures::unknown(world.rulebook()));
    };
    let about = Subjects { snapshot, visitor, procedure }.about(&sent.about)?;
    Ok(owner(world, procedure, &about))
}
