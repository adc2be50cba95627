//! The description of the interface (OpenAPI 3.1), made from the [`table`](super::table) that also makes the router.

use super::table::{Open, Operation, Takes, table};
use super::{Answered, ROOT, ok};
use axum::http::Method;
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// Schemas of what is sent and answered, with examples.
static SCHEMAS: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schemas.json")).expect("a test reads the file"));

/// The description.
pub(super) async fn show() -> Answered {
    Ok(ok(document()))
}

/// The whole document.
#[must_use]
pub(crate) fn document() -> Value {
    let operations = table();
    let mut paths = Map::new();
    for operation in &operations {
        let path = paths.entry(format!("{ROOT}{}", operation.path)).or_insert_with(|| json!({}));
        path[operation.method.as_str().to_ascii_lowercase()] = describe(operation);
    }
    let mut groups: Vec<&str> = Vec::new();
    for operation in &operations {
        if !groups.contains(&operation.group) {
            groups.push(operation.group);
        }
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "公报接口",
            "version": "1",
            "summary": "县级规范性文件的运行接口",
            "description": DESCRIPTION,
        },
        "servers": [{ "url": "/" }],
        "tags": groups.iter().map(|group| json!({ "name": group })).collect::<Vec<_>>(),
        "paths": paths,
        "components": {
            "schemas": &*SCHEMAS,
            "parameters": { "IdempotencyKey": idempotency() },
            "responses": { "Problem": problem() },
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "POST /session 取得的 token" },
                "key": { "type": "http", "scheme": "bearer", "description": "本单位在 /admin/keys 生成的共享密钥" },
                "cookie": { "type": "apiKey", "in": "cookie", "name": "gongbao", "description": "网站的登录状态；写操作另须 X-CSRF-Token 请求头（取自 GET /session 的 csrf）" },
            },
        },
    })
}

const DESCRIPTION: &str = "全部业务规则来自规定本身：表单、动作、期限和结论随规定的版本变化，程序请以本接口的答复为准，不要写死。\n\n\
表单是以栏目名为成员的 JSON 对象。数可以写成 JSON 数字或文字，按字面精确读取；日期写作 2022-03-01；选项写代码；期限写作 \"90 days\" 或整数；\
附件写 POST /files 答复的引用；签名写 true。\n\n\
出错时答复 application/problem+json（RFC 9457）：code 是稳定的代码，clauses 是所依据的条款，reasons 是逐条理由，errors 是逐栏错误，hint 是下一步怎么办。\
默认中文；Accept-Language: en 或 ?lang=en 得到英文。";

fn describe(operation: &Operation) -> Value {
    let mut described = json!({
        "operationId": operation.name,
        "tags": [operation.group],
        "summary": operation.summary,
        "parameters": parameters(operation),
        "responses": responses(operation),
        "security": security(operation.open),
    });
    if let Some(body) = body(operation.takes) {
        described["requestBody"] = body;
    }
    described
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let names = operation.path.split('{').skip(1).filter_map(|part| part.split('}').next());
    let in_path = names.map(|name| json!({ "name": name, "in": "path", "required": true, "description": path_words(name), "schema": { "type": "string" } }));
    let in_query = operation
        .query
        .iter()
        .map(|(name, says)| json!({ "name": name, "in": "query", "description": says, "schema": query_schema(name) }));
    let language = json!({ "name": "lang", "in": "query", "description": "zh 或 en", "schema": query_schema("lang") });
    let once = matches!(operation.takes, Takes::Once(_) | Takes::OnceWithSheets(_) | Takes::OnceNothing)
        .then(|| json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    in_path.chain(in_query).chain([language]).chain(once).collect()
}

fn query_schema(name: &str) -> Value {
    match name {
        "limit" => json!({ "type": "integer", "minimum": 1, "maximum": 200 }),
        "lang" => json!({ "type": "string", "pattern": "^(zh|en)(-|$)" }),
        // A form leaves empty what nobody filled in.
        "on" | "as_of" | "due_by" | "from" | "to" => {
            json!({ "type": "string", "anyOf": [{ "format": "date" }, { "maxLength": 0 }] })
        }
        _ => json!({ "type": "string" }),
    }
}

fn path_words(name: &str) -> &'static str {
    match name {
        "id" => "编号",
        "name" => "台账名",
        "key" => "记录的编号",
        "code" => "核验码",
        "regulation" => "规定的短名",
        "view" => "报表名",
        "fund" => "资金名",
        "account" => "科目名",
        "share" => "数据的编号",
        "note" => "留言的序号，从 0 起",
        _ => "",
    }
}

fn idempotency() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "幂等键：同一人以同一键重发同样的内容，只办一次，答复相同且 repeated 为 true；内容不同则答复 409",
        "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        "example": "5f0c1c8e-8f0e-4b7e-9d0e-2d3c4b5a6978",
    })
}

fn body(takes: Takes) -> Option<Value> {
    match takes {
        Takes::Nothing | Takes::OnceNothing => None,
        Takes::Json(schema) | Takes::Once(schema) => {
            Some(json!({ "required": true, "content": { "application/json": { "schema": reference(schema) } } }))
        }
        Takes::OnceWithSheets(schema) => Some(json!({ "required": true, "content": {
            "application/json": { "schema": reference(schema) },
            "multipart/form-data": { "schema": with_sheets(schema) },
        } })),
        Takes::Upload => {
            Some(json!({ "required": true, "content": { "multipart/form-data": { "schema": reference("Upload") } } }))
        }
    }
}

/// The request as JSON, and for lists of the form a sheet in a part that is named like the field.
fn with_sheets(schema: &str) -> Value {
    json!({
        "type": "object",
        "description": "request 是 JSON 请求体；表单里的清单（list of FORM）可以用同名的部分交一张 .xlsx 或 .csv 表",
        "required": ["request"],
        "properties": { "request": reference(schema) },
        "additionalProperties": { "type": "string", "contentMediaType": "application/octet-stream" },
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn responses(operation: &Operation) -> Value {
    let mut responses = Map::new();
    let (status, schema) = operation.gives;
    let mut success = json!({ "description": "办成" });
    if let Some(schema) = schema {
        success["content"] = json!({ media_of(schema): { "schema": reference(schema) } });
    }
    responses.insert(status.to_string(), success);
    for status in statuses(operation) {
        responses.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    Value::Object(responses)
}

/// In what an answer of a schema is written.
fn media_of(schema: &str) -> &'static str {
    match schema {
        "Catalogue" => super::dcat::JSON_LD,
        "Archive" => "application/zip",
        _ => "application/json",
    }
}

/// Statuses other than success: the operation's own, and those that its kind can always give.
fn statuses(operation: &Operation) -> Vec<u16> {
    let mut all: Vec<u16> = operation.problems.to_vec();
    all.extend((operation.open != Open::Everybody).then_some(401));
    all.extend((operation.method != Method::GET).then_some(403));
    // A language that is none of ours may be asked for at every address.
    all.extend([400, 500, 503]);
    all.sort_unstable();
    all.dedup();
    all
}

fn problem() -> Value {
    json!({ "description": "没有办成：原因、条款和下一步", "content": { "application/problem+json": { "schema": reference("Problem") } } })
}

fn security(open: Open) -> Value {
    match open {
        Open::Everybody => json!([]),
        Open::Key => json!([{ "key": [] }]),
        Open::SignedIn => json!([{ "token": [] }, { "cookie": [] }]),
        Open::Both => json!([{}, { "token": [] }, { "cookie": [] }]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every `$ref` in a document.
    fn references<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    found.insert(reference);
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    #[test]
    fn every_operation_is_described_once() {
        let document = document();
        let mut names = BTreeSet::new();
        for operation in table() {
            let path = &document["paths"][format!("{ROOT}{}", operation.path)];
            let described = &path[operation.method.as_str().to_ascii_lowercase()];
            assert_eq!(described["operationId"], operation.name);
            assert!(names.insert(operation.name), "{} stands twice", operation.name);
        }
        let methods: usize =
            document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len()).sum();
        assert_eq!(methods, names.len());
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_schema_is_used() {
        let document = document();
        let mut found = BTreeSet::new();
        references(&document, &mut found);
        for reference in &found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
        for name in document["components"]["schemas"].as_object().unwrap().keys() {
            assert!(found.contains(format!("#/components/schemas/{name}").as_str()), "nobody uses the schema {name}");
        }
    }

    #[test]
    fn every_schema_says_in_chinese_what_it_is() {
        for (name, schema) in SCHEMAS.as_object().unwrap() {
            let says = schema["description"].as_str().unwrap_or_default();
            assert!(says.chars().any(|letter| ('一'..='龥').contains(&letter)), "{name} has no description");
        }
    }
}
