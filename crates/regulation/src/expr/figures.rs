//! Figures (报表数据): what a public view showed on a day, kept as it was then. The value of a field of the type `report`.

use super::value::{Unit, Value};
use crate::model::Label;
use jiff::civil::Date;

/// What a view showed. Everything in it is text for people, in both languages: nobody calculates with what was printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// Regulation and view, `air/days`.
    pub view: String,
    /// The period, as periods are written (`2022-Q1`); `None` of a view that shows how things stand.
    pub period: Option<String>,
    /// The same in words.
    pub period_words: Option<Label>,
    /// The day on which the view was asked.
    pub on: Date,
    /// Title.
    pub title: Label,
    /// What readers should know.
    pub note: Option<Label>,
    /// Columns.
    pub columns: Vec<FigureColumn>,
    /// Rows; each has a cell for each column.
    pub rows: Vec<Vec<Label>>,
    /// The last row is the total.
    pub has_total: bool,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureColumn {
    /// Heading.
    pub label: Label,
    /// Stands on the right.
    pub is_number: bool,
}

/// Members that expressions see.
pub(crate) const MEMBERS: [&str; 4] = ["title", "period", "on", "rows"];

impl Figures {
    /// How it is asked for: `air/days/2022-Q1`.
    #[must_use]
    pub fn reference(&self) -> String {
        match &self.period {
            Some(period) => format!("{}/{period}", self.view),
            None => self.view.clone(),
        }
    }

    /// What stands above the table: title, period, and the day as of which it is.
    #[must_use]
    pub fn caption_zh(&self) -> String {
        let period = self.period_words.as_ref().map(|words| format!("{}，", words.zh)).unwrap_or_default();
        format!("{}（{period}数据截至{}）", self.title.zh, calendar::zh_date(self.on))
    }

    /// The same in English.
    #[must_use]
    pub fn caption_en(&self) -> String {
        let period = self.period_words.as_ref().map(|words| format!("{}, ", in_english(words))).unwrap_or_default();
        format!("{} ({period}as of {})", in_english(&self.title), self.on)
    }

    /// As a text in Chinese with the table in Markdown: what publications are made of.
    ///
    /// ```text
    /// 空气质量（2022年第1季度，数据截至2022年3月31日）
    ///
    /// | 月份 | 天数 |
    /// | --- | --- |
    /// | 2022年1月 | 31 |
    /// ```
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut out = self.caption_zh();
        if self.rows.is_empty() {
            out.push_str("\n\n没有数据。");
        } else {
            out.push_str("\n\n");
            put_row(&mut out, self.columns.iter().map(|column| &column.label));
            out.push_str(&format!("|{}\n", " --- |".repeat(self.columns.len())));
            self.rows.iter().for_each(|row| put_row(&mut out, row.iter()));
        }
        if let Some(note) = &self.note {
            out.push_str(&format!("\n\n注：{}", one_line(&note.zh)));
        }
        out
    }

    /// A member, as expressions see it; `None` if there is no such member.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Value> {
        Some(match name {
            "title" => Value::Text(self.title.zh.clone()),
            "period" => Value::Text(self.period_words.as_ref()?.zh.clone()),
            "on" => Value::Date(self.on),
            "rows" => Value::Number(self.rows.len().into(), Unit::none()),
            _ => return None,
        })
    }
}

/// The English of a label, or its Chinese where there is none.
fn in_english(label: &Label) -> &str {
    label.en.as_deref().unwrap_or(&label.zh)
}

fn put_row<'l>(out: &mut String, cells: impl Iterator<Item = &'l Label>) {
    let cells: Vec<String> = cells.map(|cell| one_line(&cell.zh).replace('|', "｜")).collect();
    out.push_str(&format!("| {} |\n", cells.join(" | ")));
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use jiff::civil::date;

    fn label(zh: &str) -> Label {
        Label { zh: zh.to_owned(), en: None }
    }

    pub(in crate::expr) fn sample() -> Figures {
        Figures {
            view: "air/days".into(),
            period: Some("2022-Q1".into()),
            period_words: Some(Label { zh: "2022年第1季度".into(), en: Some("2022-Q1".into()) }),
            on: date(2022, 3, 31),
            title: Label { zh: "优良天数".into(), en: Some("Good days".into()) },
            note: None,
            columns: vec![
                FigureColumn { label: label("镇|乡"), is_number: false },
                FigureColumn { label: label("天数"), is_number: true },
            ],
            rows: vec![vec![label("示例\n镇"), label("31")], vec![label("合计"), label("31")]],
            has_total: true,
        }
    }

    #[test]
    fn a_table_is_a_text_whose_cells_cannot_break_it() {
        let text = sample().markdown();
        assert_eq!(
            text,
            "优良天数（2022年第1季度，数据截至2022年3月31日）\n\n| 镇｜乡 | 天数 |\n| --- | --- |\n| 示例 镇 | 31 |\n| 合计 | 31 |\n"
        );
        assert_eq!(sample().caption_en(), "Good days (2022-Q1, as of 2022-03-31)");
        assert_eq!(sample().reference(), "air/days/2022-Q1");
    }

    #[test]
    fn without_rows_it_says_so() {
        let empty = Figures { rows: Vec::new(), has_total: false, period: None, period_words: None, ..sample() };
        assert_eq!(empty.markdown(), "优良天数（数据截至2022年3月31日）\n\n没有数据。");
        let noted = Figures { note: Some(label("只计\n工作日")), ..empty };
        assert!(noted.markdown().ends_with("没有数据。\n\n注：只计 工作日"));
        assert_eq!(noted.reference(), "air/days");
    }
}
