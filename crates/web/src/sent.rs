//! What a form sent: fields and files, after the form's token was checked.

use crate::identity::proving::Proof;
use crate::problem::Problem;
use crate::visit::Visitor;
use axum::extract::{Form, FromRequest, FromRequestParts, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Answers as typed: field path → one or more texts.
pub type Answers = BTreeMap<String, Vec<String>>;

/// The fields and files of a form.
#[derive(Debug, Clone, Default)]
pub struct Sent {
    /// Fields.
    pub answers: Answers,
    /// Files, empty ones left out.
    pub files: Vec<Upload>,
}

/// An uploaded file.
#[derive(Debug, Clone)]
pub struct Upload {
    /// Field.
    pub field: String,
    /// Name as uploaded.
    pub name: String,
    /// Bytes.
    pub bytes: Vec<u8>,
}

impl Sent {
    /// The first text of a field.
    #[must_use]
    pub fn text(&self, field: &str) -> Option<&str> {
        first(&self.answers, field)
    }
}

/// The first text of a field.
#[must_use]
pub fn first<'a>(answers: &'a Answers, field: &str) -> Option<&'a str> {
    answers.get(field).and_then(|texts| texts.first()).map(String::as_str)
}

impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Sent, Problem> {
        let (sent, visitor, token) = read(request, state).await?;
        if is_token_of(&token, &visitor) { Ok(sent) } else { Err(wrong_token()) }
    }
}

/// A form that only somebody who has signed in can send. Where the session ended meanwhile, what was typed is kept: the
/// page of the [`Problem`] offers to go on with it.
#[derive(Debug, Clone, Default)]
pub struct SignedSent(pub Sent);

impl<S: Send + Sync> FromRequest<S> for SignedSent {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<SignedSent, Problem> {
        let (sent, visitor, token) = read(request, state).await?;
        match (&visitor.person, is_token_of(&token, &visitor)) {
            (Some(_), true) => Ok(SignedSent(sent)),
            (Some(_), false) => Err(wrong_token().keeping(Kept::of(&visitor, sent))),
            (None, _) if sent.answers.is_empty() && sent.files.is_empty() => Err(Problem::sign_in_first()),
            (None, _) => Err(Problem::sign_in_first().keeping(Kept::of(&visitor, sent))),
        }
    }
}

/// What was typed into a form, on its way through the sign-in page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// The address that the form goes to.
    pub address: String,
    /// What was typed.
    pub answers: Answers,
    /// Names of files, which have to be chosen again.
    pub files: Vec<String>,
}

/// So much of what was typed is kept at most: it goes through the form of the sign-in page, which makes three bytes of most.
const KEPT_BYTES_MAX: usize = 1024 * 1024;

impl Kept {
    /// What was typed, no password and no code; nothing where it is more than the sign-in page takes along.
    fn of(visitor: &Visitor, mut sent: Sent) -> Option<Kept> {
        _ = Proof::take(&mut sent.answers);
        let files: Vec<String> = sent.files.into_iter().map(|file| file.name).collect();
        let texts = sent.answers.iter().flat_map(|(name, texts)| std::iter::once(name).chain(texts));
        let bytes: usize = texts.chain(&files).map(String::len).sum();
        let kept = Kept { address: visitor.here.clone(), answers: sent.answers, files };
        (bytes <= KEPT_BYTES_MAX).then_some(kept)
    }
}

/// The answer that asks for the form once more, filled in, instead of doing what it says: for forms that come back from the
/// sign-in page, and for second thoughts.
pub const AGAIN: &str = "_again";

/// Takes an answer that is not a field out of a form.
pub fn take(answers: &mut Answers, name: &str) -> Option<String> {
    answers.remove(name).and_then(|mut texts| texts.pop()).filter(|text| !text.is_empty())
}

async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<(Sent, Visitor, String), Problem> {
    let (mut parts, body) = request.into_parts();
    let visitor = Visitor::from_request_parts(&mut parts, state).await?;
    let multipart = parts.headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/"));
    let request = Request::from_parts(parts, body);
    let mut sent = if multipart { read_multipart(request, state).await? } else { read_plain(request, state).await? };
    let token = take(&mut sent.answers, "_token").unwrap_or_default();
    Ok((sent, visitor, token))
}

/// A text without control characters that no keyboard types: pasted texts carry them unseen.
fn clean(text: String) -> String {
    let stray = |character: char| character.is_control() && !matches!(character, '\n' | '\r' | '\t');
    if text.contains(stray) { text.replace(stray, "") } else { text }
}

fn is_token_of(token: &str, visitor: &Visitor) -> bool {
    trust::same_bytes(token.as_bytes(), visitor.csrf.as_bytes())
}

fn wrong_token() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "form-token",
        "页面停留太久或登录已变化，这次提交没有生效",
        "The form is out of date; nothing was changed",
    )
    .hint("请返回上一页刷新后再提交。", "Go back, reload the page and send it again.")
}

async fn read_plain<S: Send + Sync>(request: Request, state: &S) -> Result<Sent, Problem> {
    let Form(pairs): Form<Vec<(String, String)>> =
        Form::from_request(request, state).await.map_err(|fault| part_problem(fault.status()))?;
    let mut sent = Sent::default();
    for (name, value) in pairs {
        sent.answers.entry(name).or_default().push(clean(value));
    }
    Ok(sent)
}

async fn read_multipart<S: Send + Sync>(request: Request, state: &S) -> Result<Sent, Problem> {
    let mut multipart = Multipart::from_request(request, state).await.map_err(|fault| part_problem(fault.status()))?;
    let mut sent = Sent::default();
    while let Some(part) = multipart.next_field().await.map_err(|fault| part_problem(fault.status()))? {
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().map(str::to_owned);
        let bytes = part.bytes().await.map_err(|fault| part_problem(fault.status()))?;
        match name {
            None => {
                let text = clean(String::from_utf8_lossy(&bytes).into_owned());
                sent.answers.entry(field).or_default().push(text);
            }
            Some(name) if !bytes.is_empty() => sent.files.push(Upload { field, name, bytes: bytes.to_vec() }),
            Some(_) => {}
        }
    }
    Ok(sent)
}

fn part_problem(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE { Problem::too_large() } else { unreadable() }
}

fn unreadable() -> Problem {
    Problem::unreadable("提交的内容无法识别", "The form could not be read")
        .hint("请返回上一页重新提交。", "Go back and send it again.")
}
