//! Figures of a report on the wire: `{"figures":{…}}`.

use jiff::civil::Date;
use regulation::expr;
use regulation::model::Label;
use serde::{Deserialize, Serialize};

/// What a view showed on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Figures {
    /// Columns.
    columns: Vec<Column>,
    /// The last row is the total.
    #[serde(default, skip_serializing_if = "is_no")]
    has_total: bool,
    /// What readers should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<Words>,
    /// As of this day.
    on: Date,
    /// Period.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period: Option<String>,
    /// The period in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    period_words: Option<Words>,
    /// Rows of cells.
    rows: Vec<Vec<Words>>,
    /// Title.
    title: Words,
    /// Regulation and view.
    view: String,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    label: Words,
    /// Stands on the right.
    #[serde(default, skip_serializing_if = "is_no")]
    number: bool,
}

/// A text in Chinese and, where it differs, in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Words {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    en: Option<String>,
    zh: String,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
fn is_no(yes: &bool) -> bool {
    !yes
}

impl From<&Label> for Words {
    fn from(label: &Label) -> Words {
        Words { en: label.en.clone(), zh: label.zh.clone() }
    }
}

impl From<&Words> for Label {
    fn from(words: &Words) -> Label {
        Label { zh: words.zh.clone(), en: words.en.clone() }
    }
}

impl From<&expr::Figures> for Figures {
    fn from(of: &expr::Figures) -> Figures {
        let column =
            |column: &expr::FigureColumn| Column { label: Words::from(&column.label), number: column.is_number };
        Figures {
            columns: of.columns.iter().map(column).collect(),
            has_total: of.has_total,
            note: of.note.as_ref().map(Words::from),
            on: of.on,
            period: of.period.clone(),
            period_words: of.period_words.as_ref().map(Words::from),
            rows: of.rows.iter().map(|row| row.iter().map(Words::from).collect()).collect(),
            title: Words::from(&of.title),
            view: of.view.clone(),
        }
    }
}

impl From<&Figures> for expr::Figures {
    fn from(of: &Figures) -> expr::Figures {
        let column =
            |column: &Column| expr::FigureColumn { label: Label::from(&column.label), is_number: column.number };
        expr::Figures {
            view: of.view.clone(),
            period: of.period.clone(),
            period_words: of.period_words.as_ref().map(Label::from),
            on: of.on,
            title: Label::from(&of.title),
            note: of.note.as_ref().map(Label::from),
            columns: of.columns.iter().map(column).collect(),
            rows: of.rows.iter().map(|row| row.iter().map(Label::from).collect()).collect(),
            has_total: of.has_total,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::record::canonical::is_canonical;
    use crate::record::v1::{Closed, Value};
    use regulation::expr;

    /// One with everything, one with only what there must be.
    const KEPT: [&str; 2] = [
        r#"{"figures":{"columns":[{"label":{"en":"Month","zh":"月份"}},{"label":{"zh":"天数"},"number":true}],"has-total":true,"note":{"zh":"只计工作日"},"on":"2022-03-31","period":"2022-Q1","period-words":{"en":"2022-Q1","zh":"2022年第1季度"},"rows":[[{"en":"2022-01","zh":"2022年1月"},{"zh":"31"}],[{"en":"Total","zh":"合计"},{"zh":"31"}]],"title":{"zh":"优良天数"},"view":"air/days"}}"#,
        r#"{"figures":{"columns":[],"on":"2022-03-31","rows":[],"title":{"zh":"优良天数"},"view":"air/days"}}"#,
    ];

    #[test]
    fn what_was_printed_is_kept_for_ever() {
        for kept in KEPT {
            assert!(is_canonical(kept));
            let read: Value = serde_json::from_str(kept).unwrap();
            let opened = read.opened(&Closed).unwrap();
            assert!(matches!(&opened, expr::Value::Figures(figures) if figures.view == "air/days"));
            assert_eq!(serde_json::to_string(&Value::from(&opened)).unwrap(), kept);
        }
    }

    #[test]
    fn damaged_figures_are_a_fault() {
        for damaged in [KEPT[1].replace("\"rows\":[],", ""), KEPT[1].replace("\"view\"", "\"more\":1,\"view\"")] {
            assert!(serde_json::from_str::<Value>(&damaged).is_err(), "{damaged}");
        }
    }
}
