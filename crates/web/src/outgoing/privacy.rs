//! Personal data kept out of what leaves the site: whatever the regulation marks as personal in a matter and what it is about.

use crate::forms::mask::cover;
use engine::{Matter, World};
use regulation::expr::{Record, Type, Value};
use regulation::model::{AboutTarget, Field, Regulation};
use std::collections::BTreeSet;

/// What stands in place of something personal.
const HIDDEN: &str = "××";

/// A message's text without personal data of the matter, save the addressee's own name; and without anything that looks like a
/// number of a person or a telephone, whoever wrote it.
pub(super) fn without_personal(world: &dyn World, matter: &Matter, text: &str, addressee: &str) -> String {
    let mut words: Vec<String> = personal_words(world, matter).into_iter().filter(|word| word != addressee).collect();
    // The longest first: a short word may be part of a long one.
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut text = text.to_owned();
    for word in &words {
        text = text.replace(word.as_str(), HIDDEN);
    }
    cover_numbers(&text)
}

fn personal_words(world: &dyn World, matter: &Matter) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let Some(regulation) = world.regulation(&matter.regulation, &matter.version) else { return found };
    let walk = Walk { world, regulation: &regulation };
    for (form, filings) in &matter.forms {
        for filing in filings {
            walk.record(walk.form(form), &filing.record, &mut found);
        }
    }
    let about = regulation.procedures.get(&matter.procedure).map(|procedure| &procedure.about);
    for (name, value) in &matter.about {
        let target = about.and_then(|about| about.iter().find(|known| known.name == *name)).map(|known| &known.target);
        let (Some(AboutTarget::Register(register)), Value::Key(key)) = (target, value) else { continue };
        let fields = world.rulebook().register(register).map(|(_, register)| register.fields.as_slice());
        if let (Some(fields), Some(row)) = (fields, world.row(register, key)) {
            walk.record(fields, &row.record, &mut found);
        }
    }
    found
}

struct Walk<'a> {
    world: &'a dyn World,
    regulation: &'a Regulation,
}

impl Walk<'_> {
    fn form(&self, name: &str) -> &[Field] {
        let own = self.regulation.forms.get(name).map(|form| form.fields.as_slice());
        own.or_else(|| self.world.rulebook().form(name).map(|(_, form)| form.fields.as_slice())).unwrap_or_default()
    }

    fn record(&self, fields: &[Field], record: &Record, found: &mut BTreeSet<String>) {
        for field in fields {
            let Some(value) = record.get(&field.name) else { continue };
            match (&field.ty, value) {
                (Type::Records(form), Value::Records(rows)) => {
                    rows.iter().for_each(|row| self.record(self.form(form), row, found));
                }
                _ if field.personal.is_some() => self.value(value, found),
                _ => {}
            }
        }
    }

    fn value(&self, value: &Value, found: &mut BTreeSet<String>) {
        let mut add = |word: &str| {
            if word.chars().count() > 1 {
                found.insert(word.to_owned());
            }
        };
        match value {
            Value::Text(text) => add(text),
            Value::Signature(signature) => add(&signature.name),
            Value::Key(key) => {
                add(key);
                self.world.county().people.get(key).into_iter().for_each(|name| add(name));
            }
            Value::List(values) => values.iter().for_each(|value| self.value(value, found)),
            _ => {}
        }
    }
}

/// Covers identity numbers (15 digits, or 17 and a digit or X) and mobile numbers (11 digits).
fn cover_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars().chain(['\0']) {
        let belongs = character.is_ascii_digit() || (run.len() == 17 && character.eq_ignore_ascii_case(&'x'));
        if belongs {
            run.push(character);
            continue;
        }
        match run.len() {
            11 | 15 | 18 => out.push_str(&cover(&run)),
            _ => out.push_str(&run),
        }
        run.clear();
        if character != '\0' {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::cover_numbers;

    #[test]
    fn numbers_of_people_are_covered_and_file_numbers_are_not() {
        assert_eq!(
            cover_numbers("身份证99999919790412001X，电话10000000001"),
            "身份证999999********001X，电话10*******01"
        );
        assert_eq!(
            cover_numbers("宁宅申〔2022〕00012号，2022年3月1日，1234567890123"),
            "宁宅申〔2022〕00012号，2022年3月1日，1234567890123"
        );
    }
}
