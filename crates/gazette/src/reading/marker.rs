//! What a line says about itself by how it begins or what it is: headings, closings, roster labels.
//!
//! Everything here looks at one trimmed line and takes time linear in its beginning.

use calendar::{parse_date, read_number};
use jiff::civil::Date;

use crate::model::Level;

/// How a line begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    /// A heading or list item of a level.
    Heading(Level, Option<u32>),
    /// 附件, perhaps with a number, and a colon.
    Annex(Option<u32>),
    /// A dash and a blank: a list recovered from a layout.
    Dash,
}

/// The marker that a line begins with, and how many bytes it takes. A line of a table has none.
pub(super) fn marker(text: &str) -> Option<(Marker, usize)> {
    if text.contains('\t') || text.starts_with('|') || text.starts_with("- |") {
        return None;
    }
    ordinal_word(text)
        .or_else(|| chinese_comma(text))
        .or_else(|| bracketed(text))
        .or_else(|| dotted(text))
        .or_else(|| annex(text))
        .or_else(|| text.starts_with("- ").then_some((Marker::Dash, 2)))
}

/// 第一章, 第三十九条. Arabic numerals do not count: 第16次 is no article.
fn ordinal_word(text: &str) -> Option<(Marker, usize)> {
    let rest = text.strip_prefix('第')?;
    let length = chinese_numeral(rest)?;
    let ordinal = read_number(&rest[..length]);
    let level = match rest[length..].chars().next()? {
        '章' => Level::Chapter,
        '条' => Level::Article,
        _ => return None,
    };
    Some((Marker::Heading(level, ordinal), '第'.len_utf8() + length + '章'.len_utf8()))
}

/// 一、
fn chinese_comma(text: &str) -> Option<(Marker, usize)> {
    let length = chinese_numeral(text)?;
    let level = text[length..].starts_with('、').then_some(Level::One)?;
    Some((Marker::Heading(level, read_number(&text[..length])), length + '、'.len_utf8()))
}

/// （一） or （1）, in either width.
fn bracketed(text: &str) -> Option<(Marker, usize)> {
    let rest = text.strip_prefix(['（', '('])?;
    let opening = text.len() - rest.len();
    let (level, length) = match chinese_numeral(rest) {
        Some(length) => (Level::Two, length),
        None => (Level::Four, arabic_numeral(rest)?),
    };
    let closing = rest[length..].chars().next().filter(|c| matches!(c, '）' | ')'))?;
    Some((Marker::Heading(level, read_number(&rest[..length])), opening + length + closing.len_utf8()))
}

/// 1. with or without a blank, but not 614.82.
fn dotted(text: &str) -> Option<(Marker, usize)> {
    let length = arabic_numeral(text)?;
    let point = text[length..].chars().next().filter(|c| matches!(c, '.' | '．'))?;
    let end = length + point.len_utf8();
    let next = text[end..].chars().next().filter(|c| !c.is_ascii_digit())?;
    let blank = if next.is_whitespace() { next.len_utf8() } else { 0 };
    Some((Marker::Heading(Level::Three, text[..length].parse().ok()), end + blank))
}

/// 附件：, 附件1：, 附件 2: and, alone on its line, 附件1
fn annex(text: &str) -> Option<(Marker, usize)> {
    let rest = text.strip_prefix("附件")?.trim_start();
    let digits = arabic_numeral(rest).unwrap_or(0);
    let after = rest[digits..].trim_start();
    let colon = after.chars().next();
    let length = match colon {
        None => 0,
        Some(colon @ (':' | '：')) => colon.len_utf8(),
        Some(_) => return None,
    };
    Some((Marker::Annex(rest[..digits].parse().ok()), text.len() - after.len() + length))
}

fn chinese_numeral(text: &str) -> Option<usize> {
    leading(text, |c| "一二三四五六七八九十百".contains(c))
}

fn arabic_numeral(text: &str) -> Option<usize> {
    leading(text, |c| c.is_ascii_digit())
}

/// How many bytes of a text hold, at least one character of them.
fn leading(text: &str, holds: impl Fn(char) -> bool) -> Option<usize> {
    let length = text.find(|c| !holds(c)).unwrap_or(text.len());
    (length > 0).then_some(length)
}

/// A text without blanks. Print sets them freely between Chinese characters.
pub(super) fn compact(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The date that a line consists of; `Some(None)` if it has the form of one and is none, such as 2月30日.
pub(super) fn date_line(text: &str) -> Option<Option<Date>> {
    if text.len() > 60 || !text.ends_with('日') {
        return None;
    }
    let text = compact(text);
    let (year, rest) = text.split_once('年')?;
    let (month, day) = rest.strip_suffix('日')?.split_once('月')?;
    let year = year_of(year)?;
    let (month, day) = (read_number(month)?, read_number(day)?);
    Some(parse_date(&format!("{year}年{month}月{day}日")).ok())
}

/// 2022, and 二〇二二 as older prints have it.
fn year_of(text: &str) -> Option<String> {
    const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let digit = |c: char| match c {
        '0'..='9' => Some(c),
        '○' | '零' => Some('0'),
        _ => DIGITS.iter().zip('0'..='9').find(|(chinese, _)| **chinese == c).map(|(_, digit)| digit),
    };
    let year: String = text.chars().map(digit).collect::<Option<_>>()?;
    (year.len() == 4).then_some(year)
}

/// Whether a line or cell is the public mark, and if so whether its brackets are full width.
pub(super) fn public_mark(text: &str) -> Option<bool> {
    let inner = text.strip_prefix(['（', '('])?.strip_suffix(['）', ')'])?;
    (inner == "此件公开发布").then(|| text.starts_with('（'))
}

/// Closing words of a notice, a reply, a bill, a report (结束语).
pub(super) fn is_closing(text: &str) -> bool {
    const WORDS: [&str; 12] = [
        "特此通知",
        "特此报告",
        "特此批复",
        "特此函复",
        "特此函告",
        "特此公告",
        "特此通告",
        "此复",
        "请予审议",
        "请予审定",
        "妥否，请批示",
        "以上请示，请予批复",
    ];
    let text = text.trim_end_matches(['。', '！', '.']);
    WORDS.contains(&text)
}

/// The foot of a form (表尾).
pub(super) fn is_form_foot(text: &str) -> bool {
    const STARTS: [&str; 6] = ["填报", "审核人", "备注", "承诺人：", "发证机关", "遵守事项"];
    STARTS.iter().any(|start| text.starts_with(start)) || is_blank_date_label(text)
}

fn is_blank_date_label(text: &str) -> bool {
    text.strip_prefix('日').is_some_and(|rest| rest.trim_start().starts_with('期'))
}

/// Whether a line is a date or signature left blank in a form, such as 年 月 日.
pub(super) fn is_form_blank(text: &str) -> bool {
    text.len() < 60 && (compact(text).ends_with("年月日") || text.ends_with("（章）：") || text == "承诺人：")
}

/// Who answers for a task, alone in brackets (责任单位).
pub(super) fn is_responsibility(text: &str) -> bool {
    text.strip_prefix(['（', '(']).is_some_and(|rest| rest.starts_with("责任单位"))
}

/// Whether a line sums up (合计).
pub(super) fn is_total(text: &str) -> bool {
    matches!(compact(text).as_str(), "合计" | "总计" | "共计")
}

/// The label that a roster line begins with, blanks removed, and what follows its colon.
pub(super) fn role_label(text: &str) -> Option<(String, &str)> {
    const LABELS: [&str; 11] = [
        "组长",
        "第一副组长",
        "副组长",
        "成员",
        "主任",
        "副主任",
        "法人代表",
        "技术负责人",
        "财务负责人",
        "联络员",
        "总联络员",
    ];
    let (label, rest) = labelled(text)?;
    (LABELS.contains(&label.as_str()) || is_project_role(&label)).then_some((label, rest))
}

/// A short label, blanks removed, and what follows its colon.
fn labelled(text: &str) -> Option<(String, &str)> {
    const LABEL_CHARS_MAX: usize = 16;
    let (at, colon) = text.char_indices().take(LABEL_CHARS_MAX).find(|(_, c)| matches!(c, ':' | '：'))?;
    Some((compact(&text[..at]), text[at + colon.len_utf8()..].trim_start()))
}

/// 项目…人, 项目…组, 项目…代表
fn is_project_role(label: &str) -> bool {
    let inner =
        label.strip_prefix("项目").and_then(|rest| rest.strip_suffix(['人', '组']).or(rest.strip_suffix("代表")));
    inner.is_some_and(|inner| (2..=8).contains(&inner.chars().count()))
}

/// Whether the joining rules take a line for one of a roster: dashes, roles, contacts.
pub(super) fn is_roster_line(text: &str) -> bool {
    let contact = || labelled(text).is_some_and(|(label, _)| matches!(label.as_str(), "联系人" | "邮箱"));
    text.starts_with("- ") || role_label(text).is_some() || contact()
}

/// Whether a line is a name with a post or a number behind it, or a number alone.
pub(super) fn is_short_entry(text: &str) -> bool {
    is_number_entry(text) || name_and_post(text).is_some()
}

/// Whether a line is a telephone or other number alone.
pub(super) fn is_number_entry(text: &str) -> bool {
    let number = |c: char| c.is_ascii_digit() || c == '-' || c.is_whitespace();
    text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(number)
}

/// The name and the post or unit that a short line consists of: two or three words without sentence marks.
pub(super) fn name_and_post(text: &str) -> Option<(String, &str)> {
    const LINE_BYTES_MAX: usize = 90;
    if text.len() > LINE_BYTES_MAX || text.contains(['，', '。', '；', ',', ';', '：', ':']) {
        return None;
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let (post, names) = words.split_last().filter(|(_, names)| matches!(names.len(), 1 | 2))?;
    let name = names.concat();
    (is_name(&name)).then_some((name, post))
}

/// Whether a word may be a person's name: two to four Chinese characters.
pub(super) fn is_name(word: &str) -> bool {
    let chinese = |c| ('\u{3400}'..='\u{9fff}').contains(&c) || matches!(c, '□' | '·' | '×') || c >= '\u{20000}';
    (2..=4).contains(&word.chars().count()) && word.chars().all(chinese)
}

/// Whether a line looks like the title of what follows: at most 40 characters, ending in a word for a kind of paper.
pub(super) fn is_title_like(text: &str) -> bool {
    const ENDS: [&str; 15] = [
        "简介",
        "方案",
        "申请表",
        "承诺书",
        "许可证",
        "批准书",
        "明细表",
        "统计表",
        "名单",
        "工作专班",
        "工作领导小组",
        "措施",
        "重点行业",
        "制度",
        "办法",
    ];
    is_short(text) && (ENDS.iter().any(|end| text.ends_with(end)) || is_form_number(text))
}

/// …字第___号
fn is_form_number(text: &str) -> bool {
    text.ends_with('号') && text.contains('_') && text.contains('字')
}

/// Whether a text has at most 40 characters: longer ones are no headings and no titles.
pub(super) fn is_short(text: &str) -> bool {
    text.chars().nth(40).is_none()
}

/// Whether a line is the marker of an annex and nothing else.
pub(super) fn is_annex_alone(text: &str) -> bool {
    matches!(marker(text), Some((Marker::Annex(_), length)) if length == text.len())
}

/// Whether a text ends a sentence or a clause of a list.
pub(super) fn ends_sentence(text: &str) -> bool {
    text.ends_with(['。', '；', '：', '！', '？', ';', ':', '!', '?'])
}

/// Whether a text ends in a closing round bracket.
pub(super) fn ends_bracket(text: &str) -> bool {
    text.ends_with(['）', ')'])
}

/// Whether a text opens a round bracket that it does not close; the widths count as one kind.
pub(super) fn opens_bracket(text: &str) -> bool {
    let depth = text.chars().fold(0_u32, |depth, c| match c {
        '（' | '(' => depth + 1,
        '）' | ')' => depth.saturating_sub(1),
        _ => depth,
    });
    depth > 0
}
