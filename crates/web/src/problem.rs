//! What went wrong with a request (RFC 9457): for people a page, for programs JSON, both with the clause and what to do next.
//!
//! Handlers return a [`Problem`]; [`crate::visit`] renders it once it knows the reader's language and wish.

use crate::lang::Both;
use crate::sent::Kept;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use engine::{FieldFault, Reason, Refusal, RefusalKind};

/// A request that was not carried out.
#[derive(Debug, Clone)]
pub struct Problem {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code, last part of the problem's type.
    pub code: &'static str,
    /// What is wrong.
    pub title: Box<Both>,
    /// More about it.
    pub detail: Option<Box<Both>>,
    /// What to do next.
    pub hint: Option<Box<Both>>,
    /// Reasons of a refusal, each with its clauses.
    pub reasons: Vec<Reason>,
    /// Faults of single fields.
    pub fields: Vec<FieldFault>,
    /// The matter that somebody wanted to see and may not: [`crate::visit::guard`] notes who it was.
    pub refused_look: Option<Box<str>>,
    /// How to go on from here, where that is not the home page. Apart, for few problems have it and every answer may be one.
    pub onward: Option<Box<Onward>>,
}

/// How to go on after a problem.
#[derive(Debug, Clone, Default)]
pub struct Onward {
    /// What was typed into a form that could not be taken now: the page offers to go on with it.
    pub kept: Option<Kept>,
    /// Where to go, and what it is called.
    pub next: Option<(String, Both)>,
}

impl Problem {
    /// A problem with a status, a code and a title.
    pub fn new(status: StatusCode, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem {
            status,
            code,
            title: Box::new(Both::new(zh, en)),
            detail: None,
            hint: None,
            reasons: Vec::new(),
            fields: Vec::new(),
            refused_look: None,
            onward: None,
        }
    }

    /// A look at a matter that was refused.
    #[must_use]
    pub fn of_refused_look(mut self, matter: &str) -> Problem {
        self.refused_look = Some(matter.into());
        self
    }

    /// With what was typed, if it can be sent along.
    #[must_use]
    pub fn keeping(mut self, kept: Option<Kept>) -> Problem {
        self.onward.get_or_insert_default().kept = kept;
        self
    }

    /// With an address to go to, and what it is called.
    #[must_use]
    pub fn next(mut self, address: &str, zh: &str, en: &str) -> Problem {
        self.onward.get_or_insert_default().next = Some((address.to_owned(), Both::new(zh, en)));
        self
    }

    /// With what to do next.
    #[must_use]
    pub fn hint(mut self, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        self.hint = Some(Box::new(Both::new(zh, en)));
        self
    }

    /// With more detail.
    #[must_use]
    pub fn detail(mut self, zh: impl Into<String>, en: impl Into<String>) -> Problem {
        self.detail = Some(Box::new(Both::new(zh, en)));
        self
    }

    /// Nothing at this address, or nothing that this reader may know of.
    #[must_use]
    pub fn not_found(zh: &str, en: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", zh, en).hint(
            "请核对网址或编号；也可以从首页搜索。",
            "Check the address or the number, or search from the home page.",
        )
    }

    /// Signed in, but not for this.
    #[must_use]
    pub fn forbidden(zh: &str, en: &str) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", zh, en).hint(
            "如属您的职责，请联系本单位管理员核对岗位。",
            "If this is part of your duties, ask your administrator to check your post.",
        )
    }

    /// Only after signing in.
    #[must_use]
    pub fn sign_in_first() -> Problem {
        Problem::new(StatusCode::UNAUTHORIZED, "sign-in-first", "请先登录", "Sign in first")
            .hint("登录后会回到这一页。", "You will come back to this page after signing in.")
    }

    /// The request cannot be read.
    pub fn unreadable(zh: impl Into<String>, en: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, "unreadable", zh, en)
    }

    /// More was sent than is taken.
    #[must_use]
    pub fn too_large() -> Problem {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "上传的内容太大", "What was sent is too large")
            .hint("请减少内容，分几次提交；照片可先压缩。", "Send less at a time, and make pictures smaller first.")
    }

    /// A file is larger than files may be.
    #[must_use]
    pub fn file_too_large() -> Problem {
        Problem::too_large().hint("单个文件请不超过 20 MB，可先压缩照片。", "Keep each file below 20 MB.")
    }

    /// The machine failed; what exactly goes to the log, not to the reader.
    #[must_use]
    pub fn fault(fault: &anyhow::Error) -> Problem {
        tracing::error!(error = format!("{fault:#}"), "a request failed");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "fault",
            "系统出了故障，您的操作没有完成",
            "The system failed; nothing was changed",
        )
        .hint("请稍后再试；仍不成功，请联系管理员。", "Try again later; if it fails again, tell the administrator.")
    }
}

impl From<store::Fault> for Problem {
    fn from(fault: store::Fault) -> Problem {
        match fault {
            store::Fault::KeyReused { .. } => Problem::new(
                StatusCode::CONFLICT,
                "key-reused",
                "这个幂等键已用于另一内容的请求",
                "This idempotency key was used for something else",
            )
            .hint(
                "请刷新页面后重新提交；程序调用请换一个新键。",
                "Reload the page and send it again; programs take a new key.",
            ),
            store::Fault::TooLarge { .. } => Problem::file_too_large(),
            store::Fault::Unfit { .. } => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "unfit",
                "输入中有不能保存的字符，或关键字过长",
                "The input has a character that cannot be kept, or a key that is too long",
            )
            .hint("请检查所填内容后重新提交。", "Look through what was typed and send it again."),
            store::Fault::Closed => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "closing", "系统正在重启", "The system is restarting")
                    .hint("请一分钟后再试。", "Try again in a minute.")
            }
            // The disk is full, or says no for another while: nothing is wrong with the request, which may be sent again as it is.
            store::Fault::Database { .. } | store::Fault::File { .. } => {
                tracing::error!(error = %fault, "nothing can be saved");
                let (zh, en) =
                    ("系统暂时不能保存，您的操作没有完成", "The system cannot save now; nothing was changed");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "storage", zh, en).hint(
                    "请稍后再试；仍不成功，请联系管理员检查磁盘。",
                    "Try again later; if it fails again, tell the administrator to look at the disk.",
                )
            }
            store::Fault::Busy => Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "busy",
                "现在访问的人太多",
                "Too many people are here now",
            )
            .hint("请过一会儿再试。", "Try again in a while."),
            store::Fault::Conflict => {
                let (zh, en) = ("与其他操作相冲突，没有生效", "It collided with something else and did not happen");
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "conflict", zh, en)
                    .hint("请再提交一次。", "Send it once more.")
            }
            store::Fault::Lost { .. } => {
                tracing::error!(error = %fault, "the database is not there");
                let (zh, en) = (
                    "与数据库的连接中断，不知操作是否生效",
                    "The connection to the database was lost; whether it happened is not known",
                );
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "database-lost", zh, en).hint(
                    "请稍后查看是否已经办理；没有就再提交一次，程序用同一幂等键。",
                    "Look in a while whether it was done; if not, send it again, programs under the same key.",
                )
            }
            fault => Problem::fault(&anyhow::Error::new(fault)),
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Problem {
        let (status, code, zh, en) = refusal_kind(refusal.kind);
        Problem { reasons: refusal.reasons, fields: refusal.fields, ..Problem::new(status, code, zh, en) }
    }
}

fn refusal_kind(kind: RefusalKind) -> (StatusCode, &'static str, &'static str, &'static str) {
    match kind {
        RefusalKind::Unknown => (StatusCode::NOT_FOUND, "unknown", "没有这个事项或动作", "No such matter or act"),
        RefusalKind::Rights => (StatusCode::FORBIDDEN, "rights", "您的岗位不能做这一步", "Your post may not do this"),
        RefusalKind::State => {
            (StatusCode::CONFLICT, "state", "事项现在的状态不能做这一步", "Not possible at this step")
        }
        RefusalKind::Stale => (
            StatusCode::CONFLICT,
            "stale",
            "事项已有新的进展，请刷新后再办",
            "The matter has moved on: reload and decide again",
        ),
        RefusalKind::Form => {
            (StatusCode::UNPROCESSABLE_ENTITY, "form", "有几处需要更正", "Some answers need correcting")
        }
        RefusalKind::Condition => (
            StatusCode::UNPROCESSABLE_ENTITY,
            "condition",
            "不符合规定的条件",
            "A condition of the regulation does not hold",
        ),
        RefusalKind::Time => {
            (StatusCode::UNPROCESSABLE_ENTITY, "time", "期限或编号无法确定", "A date or number cannot be determined")
        }
    }
}

/// The id of a matter at which a look was refused, on the way from a handler to [`crate::visit::guard`].
#[derive(Debug, Clone)]
pub struct RefusedLook(pub Box<str>);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}
