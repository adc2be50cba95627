//! `/matters/{id}/archive`: a matter's archive package.

use super::Answered;
use super::table::{Open, Operation, reading};
use crate::pages::matter::archive::packed;
use crate::problem::Problem;
use crate::site::Running;
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::routing::get;
use std::sync::Arc;

const QUERY: &[(&str, &str)] = &[
    ("show", "personal 个人信息不遮盖（须有权，查阅留痕）；不写则遮盖"),
    ("why", "查看完整个人信息的理由，有 show 时必填"),
];

/// Its line in the table.
pub(super) fn operation() -> Operation {
    Operation {
        open: Open::Both,
        problems: &[403, 404],
        query: QUERY,
        ..reading(
            "/matters/{id}/archive",
            "takeArchive",
            "事项",
            "一个事项的归档包（ZIP）：全卷文书、填报内容、附件、目录、校验值和日志证明",
            "Archive",
            get(take),
        )
    }
}

/// The package; personal data stands in it in full only for a stated reason.
async fn take(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>, uri: Uri) -> Answered {
    let in_full = query_value(&uri, "show").as_deref() == Some("personal");
    let why = query_value(&uri, "why").map(|why| why.trim().to_owned()).filter(|why| !why.is_empty());
    if in_full && why.is_none() {
        return Err(Problem::unreadable("show=personal 须用 why 写明理由", "show=personal needs a reason in why"));
    }
    packed(state, visitor, id, why.filter(|_| in_full)).await
}
