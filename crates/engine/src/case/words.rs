//! The keywords of cases, in Chinese and English.

use super::markdown::Row;

/// A keyword: its spellings.
pub(super) type Word = [&'static str; 2];

pub(super) const DATE: Word = ["日期", "date"];
pub(super) const WHO: Word = ["谁", "who"];
pub(super) const ACT: Word = ["动作", "act"];
pub(super) const WITH: Word = ["内容", "with"];
pub(super) const RESULT: Word = ["结果", "result"];
pub(super) const ID: Word = ["编号", "id"];
pub(super) const NAME: Word = ["名", "name"];
pub(super) const POST: Word = ["岗位", "post"];
pub(super) const PLACE: Word = ["地方", "place"];
pub(super) const FIELD: Word = ["字段", "field"];
pub(super) const VALUE: Word = ["值", "value"];
pub(super) const TO: Word = ["到", "to"];
pub(super) const DAY: Word = ["日", "day"];
pub(super) const PROCEDURE: Word = ["程序", "procedure"];
pub(super) const UNTIL: Word = ["至", "until"];

pub(super) const PEOPLE_SECTION: Word = ["人员", "people"];
pub(super) const REGISTER_SECTION: Word = ["登记簿", "register"];
pub(super) const PAYLOAD_SECTION: Word = ["表单", "form"];
pub(super) const LIST_SECTION: Word = ["名单", "list"];
pub(super) const PATH_SECTION: Word = ["路径", "path"];
pub(super) const USUAL_SECTION: Word = ["照办", "usual"];

pub(super) const AT: Word = ["到达", "at"];
pub(super) const TICK: Word = ["到时", "tick"];
pub(super) const LOOK: Word = ["查看", "look"];
pub(super) const GIVEN: Word = ["已有", "given"];
pub(super) const ENTER: Word = ["登记", "enter"];
pub(super) const CHANGE: Word = ["变更", "change"];
pub(super) const CLOSE: Word = ["注销", "close"];
pub(super) const PARAMETER: Word = ["参数", "parameter"];
pub(super) const DUTIES: Word = ["职责", "duties"];

/// The cell of a column in either spelling; empty where there is none.
pub(super) fn cell<'r>(row: &'r Row, word: &Word) -> &'r str {
    word.iter().find_map(|spelling| row.cells.get(*spelling)).map_or("", String::as_str)
}

/// What follows a keyword, if the text begins with it as a word of its own.
pub(super) fn after<'t>(text: &'t str, word: &Word) -> Option<&'t str> {
    word.iter().find_map(|spelling| {
        let rest = text.strip_prefix(spelling)?;
        let ends = rest.is_empty() || rest.starts_with(char::is_whitespace);
        ends.then(|| rest.trim())
    })
}
