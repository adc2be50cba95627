//! What an act may bring (输入上限), the same on both databases: no character NUL, which PostgreSQL has no room for, and no key that is longer than what
//! an index holds. Checked at the door and not where rows are written: a journal from before goes on being readable.

use crate::contract::{INDEXED_BYTES_MAX, KEY_BYTES_MAX};
use crate::fault::Fault;
use engine::{Act, Event, FieldFault, Reason, Refusal, RefusalKind, Target};
use regulation::expr::{Record, Value};

/// An idempotency key that can be kept.
pub(super) fn key(key: &str) -> Result<(), Fault> {
    if key.len() > KEY_BYTES_MAX || key.contains('\0') {
        let what = format!(
            "幂等键最长 {KEY_BYTES_MAX} 字节，不含空字符 / a key has at most {KEY_BYTES_MAX} bytes, without the character NUL"
        );
        return Err(Fault::Unfit { what });
    }
    Ok(())
}

/// Why an act is not even looked at.
pub(super) fn before(act: &Act) -> Option<Refusal> {
    if let Some(text) = target(&act.target).into_iter().chain([act.name.as_str()]).find(|text| !fits(text)) {
        return Some(Refusal::one(RefusalKind::Unknown, unfit(text)));
    }
    let mut fields = Vec::new();
    faults(&act.form, "", &mut fields);
    let (zh, en) = ("表单中有空字符（NUL），不能保存", "the form has the character NUL, which cannot be kept");
    let is_fit = fields.is_empty();
    (!is_fit).then(|| Refusal { kind: RefusalKind::Form, reasons: vec![Reason::general("form", zh, en)], fields })
}

/// Why what an act would bring about cannot be kept.
pub(super) fn after(events: &[Event]) -> Option<Refusal> {
    let unfit_key = events.iter().find_map(|event| match event {
        Event::RowChanged { key, .. } => Some(key.as_str()).filter(|key| !fits(key)),
        Event::Opened { number, about, .. } => {
            let about = about.values().filter_map(Value::as_text);
            number.as_deref().into_iter().chain(about).find(|text| !fits(text))
        }
        Event::Numbered { series, .. } => Some(series.as_str()).filter(|series| !fits(series)),
        _ => None,
    })?;
    Some(Refusal::one(RefusalKind::Form, unfit(unfit_key)))
}

/// Whether a text can be looked up.
pub(super) fn fits(text: &str) -> bool {
    text.len() <= INDEXED_BYTES_MAX && !text.contains('\0')
}

fn unfit(text: &str) -> Reason {
    let shown: String = text.chars().filter(|character| !character.is_control()).take(20).collect();
    Reason::general(
        "key-unfit",
        format!("“{shown}……”不能作为编号或关键字：最长 {INDEXED_BYTES_MAX} 字节，不含空字符"),
        format!("`{shown}…` cannot be a key: at most {INDEXED_BYTES_MAX} bytes, without the character NUL"),
    )
}

/// What names the thing that an act is done to.
fn target(target: &Target) -> Vec<&str> {
    match target {
        Target::Start { procedure, place, about } => {
            about.values().filter_map(Value::as_text).chain([procedure.as_str(), place.as_str()]).collect()
        }
        Target::Matter { id, .. } => vec![id.as_str()],
        Target::Register { register, row, place } => {
            row.as_deref().into_iter().chain([register.as_str(), place.as_str()]).collect()
        }
        Target::Clock { matter, .. } | Target::Note { matter, .. } => vec![matter.as_str()],
        Target::Duty { duty, unit } => vec![duty.as_str(), unit.as_str()],
        Target::Printed { register } => vec![register.as_str()],
    }
}

/// Fields with the character NUL, those of records within counted from 1.
fn faults(record: &Record, within: &str, found: &mut Vec<FieldFault>) {
    for (name, value) in record {
        let field = format!("{within}{name}");
        match value {
            Value::Records(records) => {
                let numbered = records.iter().zip(1..);
                numbered.for_each(|(record, number)| faults(record, &format!("{field}.{number}."), found));
            }
            value if has_nul(value) => found.push(FieldFault {
                label: field.as_str().into(),
                field,
                zh: "含有空字符（NUL），请删去后重填".to_owned(),
                en: "contains the character NUL: remove it".to_owned(),
                clauses: Vec::new(),
            }),
            _ => {}
        }
    }
}

fn has_nul(value: &Value) -> bool {
    match value {
        Value::Text(text) | Value::Code(text) | Value::Key(text) => text.contains('\0'),
        Value::Codes(codes) => codes.iter().any(|code| code.contains('\0')),
        Value::File(file) => file.name.contains('\0'),
        Value::Signature(signature) => signature.name.contains('\0'),
        Value::List(values) => values.iter().any(has_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Actor;
    use jiff::civil::date;

    #[test]
    fn what_would_be_looked_up_by_a_text_that_no_index_holds_is_not_kept() {
        let changed = |key: &str| Event::RowChanged {
            register: "homes".to_owned(),
            key: key.to_owned(),
            place: "1".to_owned(),
            record: None,
            on: date(2022, 3, 1),
            actor: Actor::Clock,
            owner: None,
        };
        let longest = "k".repeat(INDEXED_BYTES_MAX);
        assert!(after(&[changed("k"), changed(&longest)]).is_none());
        for unfit in [format!("{longest}k"), "k\0".to_owned()] {
            let refusal = after(&[changed("k"), changed(&unfit)]).unwrap();
            assert_eq!((refusal.kind, refusal.reasons[0].code.as_str()), (RefusalKind::Form, "key-unfit"));
            assert!(!refusal.reasons[0].zh.contains('\0') && refusal.reasons[0].zh.len() < 200);
        }
    }

    #[test]
    fn a_record_within_a_record_is_looked_through() {
        let row = Record::from([("name".to_owned(), Value::Text("\0".to_owned()))]);
        let form = Record::from([("members".to_owned(), Value::Records([Record::new(), row].into()))]);
        let mut found = Vec::new();
        faults(&form, "", &mut found);
        assert_eq!(found.iter().map(|fault| fault.field.as_str()).collect::<Vec<_>>(), ["members.2.name"]);
    }
}
