//! What a program sent (请求体): one JSON object, read exactly. Numbers keep the digits they were written with, a member
//! that stands twice or that nobody knows is refused by name.

use super::table::JSON_BYTES_MAX;
use crate::identity::proving::Proof;
use crate::problem::Problem;
use crate::sent::Upload;
use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use engine::FieldFault;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use std::fmt;
use std::sync::LazyLock;

/// Integers of up to so many digits are exact as JSON numbers; longer ones are kept as text.
const EXACT_DIGITS: usize = 18;
/// The part of a multipart body that holds the JSON.
const REQUEST: &str = "request";

/// The members of the object that was sent.
#[derive(Debug, Clone, Default)]
pub(crate) struct Body {
    members: Map<String, Value>,
    /// Sheets for lists of the form, beside the JSON.
    sheets: Vec<Upload>,
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Body, Problem> {
        if is_multipart(&request) {
            return read_parts(request, state).await;
        }
        is_json(&request)?;
        let bytes = Bytes::from_request(request, state).await.map_err(|fault| match fault.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            _ => Problem::unreadable("请求体没有完整送达", "The body did not arrive whole"),
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            Problem::unreadable("请求体不是 UTF-8 文字", "The body is not UTF-8 text")
                .hint("请用 UTF-8 编码。", "Encode it as UTF-8.")
        })?;
        Body::read(text)
    }
}

fn is_multipart(request: &Request) -> bool {
    request.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"multipart/form-data"))
}

/// The JSON in the part `request`, and a sheet in each other part, which is named like the field that it fills.
async fn read_parts<S: Send + Sync>(request: Request, state: &S) -> Result<Body, Problem> {
    let incomplete = |status: StatusCode| match status {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::unreadable("请求体没有完整送达", "The body did not arrive whole"),
    };
    let mut parts = Multipart::from_request(request, state).await.map_err(|fault| incomplete(fault.status()))?;
    let (mut json, mut sheets) = (None, Vec::new());
    while let Some(part) = parts.next_field().await.map_err(|fault| incomplete(fault.status()))? {
        let field = part.name().unwrap_or_default().to_owned();
        let name = part.file_name().unwrap_or(&field).to_owned();
        let bytes = part.bytes().await.map_err(|fault| incomplete(fault.status()))?.to_vec();
        if field == REQUEST {
            json = Some(
                String::from_utf8(bytes)
                    .map_err(|_| Problem::unreadable("请求体不是 UTF-8 文字", "The body is not UTF-8 text"))?,
            );
        } else {
            sheets.push(Upload { field, name, bytes });
        }
    }
    let json = json.ok_or_else(|| {
        wrong_member(REQUEST, "缺少这一部分：JSON 请求", "is missing: the part with the request as JSON")
    })?;
    Ok(Body { sheets, ..Body::read(&json)? })
}

/// A body without a stated type is taken as JSON; any other type is refused.
fn is_json(request: &Request) -> Result<(), Problem> {
    let Some(kind) = request.headers().get(CONTENT_TYPE) else { return Ok(()) };
    let kind = kind.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json")) {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "media",
        "这个地址只接受 JSON",
        "This address takes JSON only",
    )
    .hint("请把 Content-Type 设为 application/json。", "Set Content-Type to application/json."))
}

impl Body {
    /// Reads a text.
    pub(crate) fn read(text: &str) -> Result<Body, Problem> {
        if text.len() > JSON_BYTES_MAX {
            return Err(Problem::too_large());
        }
        let Once(checked) = serde_json::from_str(text).map_err(|fault| malformed(&fault))?;
        let Value::Object(members) = checked else {
            return Err(Problem::unreadable("请求体应是一个 JSON 对象", "The body must be a JSON object")
                .hint("例如 {\"procedure\": \"…\"}。", "Such as {\"procedure\": \"…\"}."));
        };
        let quoted = quote_decimals(text);
        if quoted.len() == text.len() {
            // It has no number that would have lost digits.
            return Ok(Body { members, sheets: Vec::new() });
        }
        let members = serde_json::from_str(&quoted).map_err(|fault| malformed(&fault))?;
        Ok(Body { members, sheets: Vec::new() })
    }

    /// Sheets for lists of the form.
    pub(crate) fn sheets(&self) -> &[Upload] {
        &self.sheets
    }

    /// Refuses members that are not among these.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let faults: Vec<FieldFault> = self
            .members
            .keys()
            .filter(|name| !known.contains(&name.as_str()))
            .map(|name| unknown(name, known))
            .collect();
        if faults.is_empty() {
            return Ok(());
        }
        let problem = Problem::new(
            StatusCode::BAD_REQUEST,
            "unknown-member",
            "请求中有不认识的成员",
            "The request has members that nobody knows",
        );
        Err(Problem {
            fields: faults,
            ..problem.hint("请对照 /api/v1/openapi.json 核对成员名称。", "Compare the names with /api/v1/openapi.json.")
        })
    }

    /// A member that must be there: text.
    pub(crate) fn text(&self, name: &str) -> Result<String, Problem> {
        self.optional_text(name)?.ok_or_else(|| wrong_member(name, "缺少这个成员", "is missing"))
    }

    /// A member that may be there: text.
    pub(crate) fn optional_text(&self, name: &str) -> Result<Option<String>, Problem> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(wrong_member(name, "应是文字", "must be text")),
        }
    }

    /// A member that may be there: a list of texts; empty where it is not.
    pub(crate) fn texts(&self, name: &str) -> Result<Vec<String>, Problem> {
        let wrong = || wrong_member(name, "应是文字的列表", "must be a list of texts");
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Array(texts)) => {
                texts.iter().map(|text| text.as_str().map(str::to_owned).ok_or_else(wrong)).collect()
            }
            Some(_) => Err(wrong()),
        }
    }

    /// A member that may be there: a whole number from zero.
    pub(crate) fn optional_count(&self, name: &str) -> Result<Option<u64>, Problem> {
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value
                .as_u64()
                .map(Some)
                .ok_or_else(|| wrong_member(name, "应是非负整数", "must be a whole number from zero")),
        }
    }

    /// What proves who its sender is, if it is there.
    pub(crate) fn proof(&self) -> Result<Option<Proof>, Problem> {
        let proof = self.object("proof")?;
        let text = |name: &str| proof.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok((!proof.is_empty()).then(|| Proof { password: text("password"), code: text("code"), passkey: None }))
    }

    /// A member that may be there: an object; empty where it is not.
    pub(crate) fn object(&self, name: &str) -> Result<&Map<String, Value>, Problem> {
        static EMPTY: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
        match self.members.get(name) {
            None | Some(Value::Null) => Ok(&EMPTY),
            Some(Value::Object(object)) => Ok(object),
            Some(_) => Err(wrong_member(name, "应是 JSON 对象", "must be a JSON object")),
        }
    }
}

/// A member of the wrong kind, or one that is missing.
pub(crate) fn wrong_member(name: &str, zh: &str, en: &str) -> Problem {
    let fault = FieldFault {
        field: name.to_owned(),
        label: name.into(),
        zh: format!("“{name}”{zh}"),
        en: format!("`{name}` {en}"),
        clauses: Vec::new(),
    };
    let problem = Problem::unreadable(format!("“{name}”{zh}"), format!("`{name}` {en}"));
    Problem {
        fields: vec![fault],
        ..problem.hint("请对照 /api/v1/openapi.json 核对。", "Compare it with /api/v1/openapi.json.")
    }
}

fn unknown(name: &str, known: &[&str]) -> FieldFault {
    FieldFault {
        field: name.to_owned(),
        label: name.into(),
        zh: format!("没有“{name}”这个成员；可用：{}", known.join("、")),
        en: format!("there is no member `{name}`; known: {}", known.join(", ")),
        clauses: Vec::new(),
    }
}

fn malformed(fault: &serde_json::Error) -> Problem {
    let (line, column) = (fault.line(), fault.column());
    Problem::unreadable(
        format!("第 {line} 行第 {column} 列起不是合法的 JSON"),
        format!("Not JSON at line {line}, column {column}"),
    )
    .detail(format!("解析器的说明：{fault}"), fault.to_string())
    .hint("请核对引号、逗号和括号。", "Check quotes, commas and brackets.")
}

/// Puts numbers that floating point could not hold exactly into quotes: those with a fraction or an exponent, and long
/// ones. The text is valid JSON already.
fn quote_decimals(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some(at) = rest.find(|letter: char| letter == '"' || letter == '-' || letter.is_ascii_digit()) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = if rest.starts_with('"') { string_length(rest) } else { number_length(rest) };
        let (token, after) = rest.split_at(length);
        if token.starts_with('"') || is_exact(token) {
            out.push_str(token);
        } else {
            out.push('"');
            out.push_str(token);
            out.push('"');
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn string_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

fn number_length(text: &str) -> usize {
    text.find(|letter: char| !(letter.is_ascii_digit() || "+-.eE".contains(letter))).unwrap_or(text.len())
}

fn is_exact(number: &str) -> bool {
    let digits = number.trim_start_matches('-');
    digits.len() <= EXACT_DIGITS && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Any JSON whose objects have each member once.
struct Once(Value);

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Once, D::Error> {
        deserializer.deserialize_any(OnceVisitor).map(Once)
    }
}

struct OnceVisitor;

impl<'de> Visitor<'de> for OnceVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Value, E> {
        Ok(Value::Bool(yes))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Number::from_f64(number).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::String(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(Once(item)) = items.next_element()? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let Once(value) = members.next_value()?;
            if all.contains_key(&name) {
                return Err(de::Error::custom(format!("member `{name}` stands twice")));
            }
            all.insert(name, value);
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_keep_their_digits() {
        let body =
            Body::read(r#"{"a": 120.10, "b": -3, "c": [0.1, 12345678901234567890], "d": "1.5 \" 2.5", "e": 1e2}"#)
                .unwrap();
        let expect =
            json!({"a": "120.10", "b": -3, "c": ["0.1", "12345678901234567890"], "d": "1.5 \" 2.5", "e": "1e2"});
        assert_eq!(Value::Object(body.members), expect);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let said = |text: &str| Body::read(text).unwrap_err().title.zh;
        assert_eq!(said("{\n  \"a\": 1,\n}"), "第 3 行第 1 列起不是合法的 JSON");
        assert_eq!(said("[1]"), "请求体应是一个 JSON 对象");
        let twice = Body::read(r#"{"a": 1, "a": 2}"#).unwrap_err();
        assert!(twice.detail.unwrap().en.contains("member `a` stands twice"));
    }

    #[test]
    fn unknown_members_are_refused_by_name() {
        let body = Body::read(r#"{"act": "lodge", "from": {}}"#).unwrap();
        let problem = body.only(&["act", "form"]).unwrap_err();
        assert_eq!((problem.status.as_u16(), problem.fields[0].field.as_str()), (400, "from"));
        assert!(problem.fields[0].zh.contains("form"));
        assert!(body.only(&["act", "from"]).is_ok());
    }

    #[test]
    fn members_have_their_kinds() {
        let body = Body::read(r#"{"act": 5, "seen": 3, "form": [], "note": null}"#).unwrap();
        assert_eq!(body.text("act").unwrap_err().title.zh, "“act”应是文字");
        assert_eq!(body.optional_count("seen").unwrap(), Some(3));
        assert_eq!(body.object("form").unwrap_err().status.as_u16(), 400);
        assert_eq!(body.optional_text("note").unwrap(), None);
        assert_eq!(body.text("post").unwrap_err().title.zh, "“post”缺少这个成员");
    }
}
