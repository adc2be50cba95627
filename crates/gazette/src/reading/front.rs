//! Cover, inside cover and contents: what stands before the first document.

use calendar::parse_date;
use jiff::civil::Date;

use super::findings::Findings;
use super::lines::Line;
use super::marker::compact;
use super::profile::Profile;
use crate::model::{Block, BlockKind, Code, ContentsEntry, Issue, Number};

/// What the front says.
#[derive(Debug, Default)]
pub(super) struct Front {
    pub issue: Issue,
    pub contents: Vec<ContentsEntry>,
    pub blocks: Vec<Block>,
}

/// Reads the lines before the first document.
pub(super) fn front(lines: &[Line<'_>], profile: &Profile, findings: &mut Findings) -> Front {
    let mut front = Front::default();
    let mut group = None;
    let mut in_contents = false;
    let mut in_distribution = false;
    for line in lines.iter().filter(|line| !line.text.is_empty()) {
        let entry = entry(line, group.as_deref());
        let kind = if entry.is_some() || in_contents { BlockKind::Contents } else { BlockKind::Cover };
        front.blocks.push(Block::new(kind, vec![line.piece()]));
        if let Some(entry) = entry {
            front.contents.push(entry);
        } else if matches!(compact(line.text).as_str(), "目录") {
            in_contents = true;
        } else if in_contents {
            group = Some(line.text.to_owned());
        } else if std::mem::take(&mut in_distribution) {
            front.issue.distribution = Some(line.text.to_owned());
        } else {
            in_distribution = line.text.ends_with("赠阅范围");
            masthead(line, profile, &mut front.issue, findings);
        }
    }
    front
}

/// An entry: title, number in brackets, a TAB or a row of dots, and the page.
fn entry(line: &Line<'_>, group: Option<&str>) -> Option<ContentsEntry> {
    let digits = line.text.len() - line.text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
    let (before, page) = line.text.split_at(line.text.len() - digits);
    let page = page.parse().ok()?;
    let title = before.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '.' | '…' | '·' | '．'));
    let led = before.ends_with('\t') || before[title.len()..].chars().filter(|c| !c.is_whitespace()).count() >= 2;
    if !led || title.is_empty() {
        return None;
    }
    let (title, number) = numbered(title);
    let group = group.map(str::to_owned);
    Some(ContentsEntry { group, title: compact(title), number, page, line: line.number, document: None })
}

/// The title and the number in brackets behind it.
fn numbered(text: &str) -> (&str, Option<Number>) {
    let inner = text.strip_suffix(['）', ')']).and_then(|text| text.rsplit_once(['（', '(']));
    let read = inner.and_then(|(title, number)| Some((title.trim(), number.parse().ok()?)));
    read.map_or((text, None), |(title, number)| (title, Some(number)))
}

fn masthead(line: &Line<'_>, profile: &Profile, issue: &mut Issue, findings: &mut Findings) {
    let text = compact(line.text);
    if profile.is_purposes(line.text) {
        issue.purposes.extend(line.text.split_whitespace().map(str::to_owned));
    } else if let Some((year, number)) = issue_id(&text) {
        same_issue(line, (year, number), issue, findings);
    } else if let Some((date, frequency)) = published(&text) {
        issue.published_on = issue.published_on.or(date);
        issue.frequency = issue.frequency.take().or(frequency);
        if date.is_none() {
            findings.doubt(line.number, Code::E09, "出版日期无效", "the publication date is not a date");
        }
    } else if issue.name.is_none() && is_name(&text, profile) {
        issue.name = Some(text);
    } else if is_latin(line.text)
        && issue.number.is_none()
        && issue.name_latin.as_ref().is_none_or(|name| name.len() < 200)
    {
        let name = issue.name_latin.get_or_insert_default();
        *name = [name.as_str(), line.text].join(" ").trim().to_owned();
    } else if let Some((label, value)) = line.text.split_once(['：', ':']) {
        let field = match compact(label).as_str() {
            "主办单位" | "主办" => &mut issue.sponsor,
            "地址" => &mut issue.address,
            "邮编" | "邮政编码" => &mut issue.postcode,
            "电话" => &mut issue.telephone,
            _ => return,
        };
        *field = field.take().or_else(|| Some(value.trim().to_owned()));
    }
}

fn is_name(text: &str, profile: &Profile) -> bool {
    if profile.name.is_empty() { text.ends_with("公报") } else { text == profile.name }
}

fn is_latin(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_uppercase() || c == ' ') && !text.is_empty()
}

/// 2022·1 or 2022年第1期
fn issue_id(text: &str) -> Option<(i16, u32)> {
    let (year, number) = match text.split_once('年') {
        Some((year, rest)) => (year, rest.strip_prefix('第')?.split_once('期')?.0),
        None => text.split_once(['·', '•', '・'])?,
    };
    Some((year.parse().ok().filter(|_| year.len() == 4)?, number.parse().ok()?))
}

fn same_issue(line: &Line<'_>, id: (i16, u32), issue: &mut Issue, findings: &mut Findings) {
    match issue.year.zip(issue.number) {
        None => (issue.year, issue.number) = (Some(id.0), Some(id.1)),
        Some(first) if first != id => {
            let zh = format!("前作{}年第{}期，此处作{}年第{}期", first.0, first.1, id.0, id.1);
            let en = format!("{}-{} before, {}-{} here", first.0, first.1, id.0, id.1);
            findings.doubt(line.number, Code::F02, zh, en);
        }
        Some(_) => {}
    }
}

/// 2022年3月31日出版（季度刊）
fn published(text: &str) -> Option<(Option<Date>, Option<String>)> {
    let (date, rest) = text.split_once("出版")?;
    let frequency = rest.strip_prefix(['（', '(']).and_then(|rest| rest.strip_suffix(['）', ')']));
    date.ends_with('日').then(|| (parse_date(date).ok(), frequency.map(str::to_owned)))
}
