//! Filled-in forms out of cases (样例材料): what a legal office has written there, for whoever needs forms that make sense, such as the simulation.

use super::fixture::{Fixtures, is_fixture};
use super::markdown::{Document, Row};
use super::player::{named, pairs};
use super::value::Reading;
use super::words::{self, after, cell};
use crate::county::County;
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::{Act, Field, Name, Procedure, Regulation, Rulebook};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Forms of one act at most: more of the same teach nothing.
const MOST: usize = 8;

/// Filled-in forms by procedure and act.
pub type Samples = BTreeMap<(Name, Name), Vec<Record>>;

/// The forms that the cases of a regulation file with the acts of its procedures, and that came out as done. What stands for a person or a matter there
/// is the case's own name; dates are as seen from `today`. A text that cannot be read gives nothing.
#[must_use]
pub fn samples(texts: &[&str], regulation: &Regulation, rulebook: &Rulebook, county: &County, today: Date) -> Samples {
    let documents: Vec<Document> = texts.iter().map(|text| Document::read(text)).collect();
    let Ok(fixtures) = Fixtures::read(&documents.iter().collect::<Vec<_>>()) else {
        return Samples::new();
    };
    let cast = BTreeMap::new();
    let reading = Reading { fixtures: &fixtures, rulebook, county, today, actor: "", cast: &cast };
    let mut found = Found { reading, rulebook, samples: Samples::new() };
    let procedures: Vec<&Arc<Procedure>> = regulation.procedures.values().collect();
    for procedure in &procedures {
        for (_, act) in procedure.all_acts() {
            found.add(procedure, act, &[]);
        }
    }
    let lines = documents.iter().flat_map(|document| &document.sections);
    let cases = lines.clone().filter(|section| !is_fixture(section));
    for row in cases.flat_map(|section| section.tables.iter().take(1)).flat_map(|table| &table.rows) {
        if !is_refused(row) {
            found.line(&procedures, cell(row, &words::ACT), cell(row, &words::WITH));
        }
    }
    for line in fixtures.paths.values().flatten() {
        found.line(&procedures, &line.act, &line.with);
    }
    found.samples
}

/// Whether a line says that its act is refused, or is open (a hole of examples).
fn is_refused(row: &Row) -> bool {
    let result = cell(row, &words::RESULT);
    ["refused", "不准", "拒绝"].iter().any(|word| result.starts_with(word)) || result.contains('{')
}

struct Found<'a> {
    reading: Reading<'a>,
    rulebook: &'a Rulebook,
    samples: Samples,
}

impl Found<'_> {
    fn line(&mut self, procedures: &[&Arc<Procedure>], what: &str, with: &str) {
        let keywords = [words::AT, words::TICK, words::LOOK, words::GIVEN, words::ENTER, words::CHANGE, words::CLOSE];
        let (_, what) = named(what);
        if keywords.iter().any(|word| after(what, word).is_some()) {
            return;
        }
        let Ok(with) = pairs(with) else { return };
        let (of, name) = what.split_once('.').map_or((None, what), |(of, name)| (Some(of), name));
        for procedure in procedures.iter().filter(|procedure| of.is_none_or(|of| procedure.name == of)) {
            for (_, act) in procedure.all_acts().filter(|(_, act)| act.name == name) {
                self.add(procedure, act, &with);
            }
        }
    }

    /// The form of an act as the fixtures fill it, with what a line says otherwise.
    fn add(&mut self, procedure: &Procedure, act: &Act, with: &[(String, String)]) {
        let forms = act.forms.iter().filter_map(|name| self.rulebook.form(name));
        let fields: Vec<&Field> = forms.flat_map(|(_, form)| &form.fields).collect();
        let known = |name: &str| fields.iter().any(|field| field.name == name && field.derived.is_none());
        let payload = self.reading.fixtures.payload_of(&procedure.name, &act.name);
        let mut record = Record::new();
        for (name, text) in payload.iter().chain(with).filter(|(name, _)| known(name)) {
            match self.reading.field(&fields, name, text) {
                Value::Missing => record.remove(name),
                value => record.insert(name.clone(), value),
            };
        }
        let key = (procedure.name.clone(), act.name.clone());
        let kept = self.samples.entry(key).or_default();
        if !record.is_empty() && kept.len() < MOST && !kept.contains(&record) {
            kept.push(record);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use regulation::{SourceFile, check};

    const DOGS: &str = "---\nid: dogs\ntitle: 犬\nnumber: 一\nissuer: office\nissued: 2022-01-01\neffective: 2022-01-01\n---\n\
        # 一 {#d-1}\n```yaml form\nform: dog\n```\n| field | label | type |\n| --- | --- | --- |\n| dog-name | 犬名 | text 20 |\n| seen-on | 日期 | date |\n\n\
        ```yaml procedure\nprocedure: licence\ntitle: 养犬\nstart: { lodge: { by: [anyone], form: dog, to: done } }\nends: { done: 办结 }\n```\n";

    #[test]
    fn forms_of_lines_that_are_done_are_found_once() {
        let rulebook = check(&[SourceFile { name: "dogs.md".into(), text: DOGS.into() }]).rulebook;
        let regulation = &rulebook.regulations["dogs"];
        let fixtures =
            "# 材料\n\n## 表单 lodge\n\n| 字段 | 值 |\n| --- | --- |\n| dog-name | 大黄 |\n| seen-on | today - 1 |\n";
        let cases = "# 例\n\n## 一 d-1\n\n| 日期 | 谁 | 动作 | 内容 | 结果 |\n| --- | --- | --- | --- | --- |\n\
            | 2022-02-01 | 甲 | lodge | dog-name=小黑 | |\n| 2022-02-01 | 甲 | lodge | dog-name=坏 | refused x |\n| 2022-02-02 | 甲 | lodge | | |\n";
        let found = samples(&[fixtures, cases], regulation, &rulebook, &County::default(), date(2022, 3, 2));
        let forms = &found[&("licence".to_owned(), "lodge".to_owned())];
        let names: Vec<&str> = forms.iter().filter_map(|form| form["dog-name"].as_text()).collect();
        assert_eq!(names, ["大黄", "小黑"]);
        assert_eq!(forms[1]["seen-on"], Value::Date(date(2022, 3, 1)));
    }
}
