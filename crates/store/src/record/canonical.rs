//! The canonical form of a payload: one text for one meaning, so that a hash of it means something.
//!
//! Object keys ascend by their UTF-8 bytes, there is no white space, absent values are left out, numbers are whole,
//! and strings escape only what JSON demands. The record types print this form because their fields stand in
//! alphabetical order; [`is_canonical`] is how tests and `verify` hold them to it. See `docs/formats/journal.md`.

use serde_json::Value;

/// Whether a text is in canonical form.
#[must_use]
pub fn is_canonical(text: &str) -> bool {
    serde_json::from_str::<Value>(text).is_ok_and(|value| whole(&value) && print(&value) == text)
}

/// The canonical text of a JSON value.
#[must_use]
pub fn print(value: &Value) -> String {
    let mut out = String::new();
    print_into(&mut out, value);
    out
}

fn print_into(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (place, item) in items.iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                print_into(out, item);
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.as_bytes().cmp(b.0.as_bytes()));
            out.push('{');
            for (place, (name, member)) in sorted.into_iter().enumerate() {
                if place > 0 {
                    out.push(',');
                }
                out.push_str(&Value::String(name.clone()).to_string());
                out.push(':');
                print_into(out, member);
            }
            out.push('}');
        }
        plain => out.push_str(&plain.to_string()),
    }
}

fn whole(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_u64() || number.is_i64(),
        Value::Array(items) => items.iter().all(whole),
        Value::Object(members) => members.values().all(whole),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_for_one_meaning() {
        assert!(is_canonical(r#"{"a":[1,{"b":null,"c":"宅\n"}],"z":true}"#));
        for other in [r#"{"z":true,"a":1}"#, r#"{"a": 1}"#, r#"{"a":1.5}"#, r#"{"a":"\u5b85"}"#, r#"{"a":1"#] {
            assert!(!is_canonical(other), "{other}");
        }
    }
}
