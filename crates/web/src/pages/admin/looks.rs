//! `/admin/looks`: who looked at whose personal data, when, in which post and why (查阅记录), for the audit administrator; as a sheet, too. To
//! look here is itself noted: whoever watches is watched.

use super::emergencies::subject;
use super::only;
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, table};
use crate::disposition::saved;
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::layout::{self, Nav, with_query};
use crate::pages::home::names;
use crate::pages::readings::kind;
use crate::pages::registers::excel::download;
use crate::pages::subjects::{own_matters, own_rows, own_subjects};
use crate::problem::Problem;
use crate::site::{App, Running, long_work, work};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::rights::Task;
use jiff::ToSpan;
use jiff::civil::Date;
use maud::{Markup, html};
use sheets::{Kind, Out, Value, Writer, csv_table};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::Snapshot;
use store::aside::Reading;
use store::pages::{Cut, LooksQuery, MatterQuery};

/// Lines on the page; a sheet has more.
const SHOWN: usize = 200;
/// Lines of a sheet.
const LINES_MAX: usize = 100_000;
/// Days shown where none are asked for.
const DAYS: i64 = 7;
/// Matters of one person that a search follows.
const MATTERS_MAX: usize = 2000;
/// What a look at the looks is noted under, with what tells one search from another.
const LOOKS: &str = "looks";
/// The kinds that looks are noted by.
const KINDS: [&str; 7] = ["identity", "contact", "bank", "health", "family", "refused", LOOKS];
/// The columns, with their widths in a sheet.
const COLUMNS: [(&str, usize); 7] = [
    ("时间", 20),
    ("谁看的", 12),
    ("以哪个岗位", 26),
    ("看了什么", 36),
    ("哪一类", 12),
    ("用途和理由", 40),
    ("编号", 34),
];

/// What is asked for, as typed.
struct Wanted {
    from: Date,
    to: Date,
    who: String,
    of: String,
    kind: String,
    why: String,
}

impl Wanted {
    fn of(uri: &Uri, today: Date) -> Wanted {
        let day = |name: &str| query_value(uri, name).and_then(|text| text.parse().ok());
        let text = |name: &str| query_value(uri, name).unwrap_or_default().trim().to_owned();
        Wanted {
            from: day("from").unwrap_or_else(|| today.saturating_sub(DAYS.days())),
            to: day("to").unwrap_or(today),
            who: text("who"),
            of: text("of"),
            kind: text("kind"),
            why: text("why"),
        }
    }

    fn fields(&self) -> [(&'static str, String); 6] {
        [
            ("from", self.from.to_string()),
            ("to", self.to.to_string()),
            ("who", self.who.clone()),
            ("of", self.of.clone()),
            ("kind", self.kind.clone()),
            ("why", self.why.clone()),
        ]
    }

    /// The address of a sheet of the same.
    fn address(&self, file: &str) -> String {
        let path = format!("/admin/looks/{file}");
        self.fields().iter().fold(path, |address, (name, value)| with_query(&address, name, value))
    }

    /// In words, for the note of who looked for what.
    fn in_words(&self) -> String {
        let mut words = vec![format!("{} 至 {}", self.from, self.to)];
        let parts =
            [("谁看的", &self.who), ("看了谁的或者什么", &self.of), ("哪一类", &self.kind), ("用途和理由", &self.why)];
        words.extend(parts.iter().filter(|(_, text)| !text.is_empty()).map(|(label, text)| format!("{label}：{text}")));
        words.join("；")
    }

    fn query(&self, snapshot: &dyn Snapshot) -> Result<LooksQuery, Problem> {
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        Ok(LooksQuery {
            from: self.from,
            to: self.to,
            by: some(&self.who).map(|who| people(snapshot, &who, |name| name.contains(&who))).transpose()?,
            of: some(&self.of).map(|of| subjects(snapshot, &of)).transpose()?,
            kind: some(&self.kind),
            why: some(&self.why),
        })
    }
}

/// Those who are called so, or sign in so.
fn people(snapshot: &dyn Snapshot, text: &str, is_called: impl Fn(&str) -> bool) -> Result<Vec<String>, Problem> {
    let county = snapshot.world().county();
    let called = county.people.iter().filter(|(id, name)| id.as_str() == text || is_called(name));
    let mut found: BTreeSet<String> = called.map(|(id, _)| id.clone()).collect();
    found.extend(snapshot.account_by_login(text)?.map(|account| account.person));
    Ok(found.into_iter().collect())
}

/// What looks are noted under: a matter by its number or id, a row as `register/key`, a register, and all that belongs to those who are called so.
fn subjects(snapshot: &dyn Snapshot, text: &str) -> Result<Vec<String>, Problem> {
    let mut found = BTreeSet::from([text.to_owned()]);
    let query = MatterQuery { text: Some(text.to_owned()), ..MatterQuery::default() };
    let matters = snapshot.matters(&query, &Cut::first(20))?.lines;
    found.extend(matters.into_iter().filter(|line| line.number.as_deref() == Some(text)).map(|line| line.id));
    // By the whole name: what belongs to everybody of a family name would be looked up one by one.
    for person in people(snapshot, text, |name| name == text)? {
        let rows = own_rows(snapshot.world(), &person);
        found.extend(own_subjects(&rows, &own_matters(snapshot, &person, MATTERS_MAX)?));
    }
    Ok(found.into_iter().collect())
}

/// What was found, and whether there is more.
struct Found {
    lines: Vec<Reading>,
    more: bool,
}

impl Found {
    /// All of it, for a sheet: one that lacks lines would be taken for all.
    fn whole(self) -> Result<Vec<Reading>, Problem> {
        if self.more {
            return Err(Problem::unreadable(
                "一张表最多十万行，查到的更多：请缩小日期范围，分几次导出",
                "A sheet has at most 100,000 lines, and more were found: take fewer days at a time",
            ));
        }
        Ok(self.lines)
    }
}

/// Finds what is asked for, and notes that it was looked for, and how it leaves, before anything is shown of it.
fn find(app: &Running, visitor: &Visitor, wanted: &Wanted, (how, limit): (&str, usize)) -> Result<Found, Problem> {
    let (found, note) = app.read(|snapshot| {
        let person = only(snapshot, visitor, Task::Looks)?;
        let (lines, more) = snapshot.looks(&wanted.query(snapshot)?, limit)?;
        let why = format!("{how}{}", wanted.in_words());
        // Two searches in one second are two.
        let which: String = trust::sm3(why.as_bytes()).to_string().chars().take(8).collect();
        let note = Reading {
            subject: format!("{LOOKS}/{which}"),
            at: visitor.now,
            person: person.id.clone(),
            post: person.administers.first().map(|post| post.id.clone()).unwrap_or_default(),
            kind: LOOKS.to_owned(),
            why,
        };
        snapshot.fault()?;
        Ok((Found { lines, more }, note))
    })?;
    app.store().log_reading(note)?;
    Ok(found)
}

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let wanted = Wanted::of(&uri, visitor.now.date());
    work(&app, move |app| {
        let found = find(app, &visitor, &wanted, ("", SHOWN))?;
        app.read(|snapshot| Ok(page(names(snapshot, &visitor), &visitor, &wanted, &found)))
    })
    .await
}

/// The Excel sheet.
pub async fn excel(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    let wanted = Wanted::of(&uri, visitor.now.date());
    long_work(&app, move |app| {
        let found = find(app, &visitor, &wanted, ("导出 Excel：", LINES_MAX))?.whole()?;
        let bytes = app.read(|snapshot| {
            sheet(names(snapshot, &visitor), &visitor, &wanted, &found).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("the looks could not be written as a sheet"))
            })
        })?;
        Ok(download(&format!("查阅记录-{}-{}.xlsx", wanted.from, wanted.to), bytes))
    })
    .await
}

/// The same as CSV.
pub async fn csv(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let app: App = state;
    let wanted = Wanted::of(&uri, visitor.now.date());
    long_work(&app, move |app| {
        let found = find(app, &visitor, &wanted, ("导出 CSV：", LINES_MAX))?.whole()?;
        let headings = COLUMNS.map(|(heading, _)| heading);
        let rows = app.read(|snapshot| {
            let names = names(snapshot, &visitor);
            let texts = found.iter().map(|reading| cells(names, Lang::Zh, reading));
            Ok(texts.map(|texts| texts.map(Value::Text).to_vec()).collect::<Vec<_>>())
        })?;
        let disposition = saved("looks.csv", &format!("查阅记录-{}-{}.csv", wanted.from, wanted.to));
        let head = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
        Ok((head, csv_table(&headings, &rows)).into_response())
    })
    .await
}

/// A look in the order of [`COLUMNS`].
fn cells(names: Names<'_>, lang: Lang, reading: &Reading) -> [String; 7] {
    let post = names.world.county().posts.get(&reading.post);
    [
        reading.at.to_string(),
        names.acting(&reading.person, Some(&reading.post), reading.at),
        post.map_or_else(|| reading.post.clone(), |post| post.title.clone()),
        what(names, lang, &reading.subject),
        kind(lang, &reading.kind).to_owned(),
        reading.why.clone(),
        reading.subject.clone(),
    ]
}

fn what(names: Names<'_>, lang: Lang, looked_at: &str) -> String {
    if looked_at.split('/').next() == Some(LOOKS) {
        return lang.say("查阅记录", "the log of looks").to_owned();
    }
    // A register that was taken out as a whole stands under its name alone.
    match names.world.rulebook().register(looked_at) {
        Some((_, register)) => lang.label(&register.title).to_owned(),
        None => subject(names, looked_at),
    }
}

fn sheet(
    names: Names<'_>,
    visitor: &Visitor,
    wanted: &Wanted,
    found: &[Reading],
) -> Result<Vec<u8>, sheets::XlsxError> {
    let column =
        |(heading, width): (&str, usize)| sheets::Column { heading: heading.to_owned(), kind: Kind::Text, width };
    let mut writer = Writer::new("查阅记录", &COLUMNS.map(column))?;
    for reading in found {
        let texts = cells(names, Lang::Zh, reading);
        writer.row(&texts.map(|text| Out::from(if text.is_empty() { Value::Empty } else { Value::Text(text) })))?;
    }
    let about = [("县", visitor.county.clone()), ("时间", Lang::Zh.moment(visitor.now)), ("查找", wanted.in_words())];
    writer.finish("说明", &about.map(|(label, text)| (label.to_owned(), text)))
}

fn page(names: Names<'_>, visitor: &Visitor, wanted: &Wanted, found: &Found) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("查阅个人信息的记录", "Who looked at personal data");
    let columns = [
        Column::text(lang.say("时间", "When")),
        Column::text(lang.say("谁看的", "Who")),
        Column::text(lang.say("看了什么", "What")),
        Column::text(lang.say("哪一类", "Which kind")),
        Column::text(lang.say("用途和理由", "What for")),
    ];
    let row = |reading: &Reading| {
        let [_, who, post, what, kind, why, _] = cells(names, lang, reading);
        vec![
            html! { (lang.moment(reading.at)) },
            html! { (who) br; span class="soft small" { (post) } },
            html! { (what) },
            html! { (kind) },
            html! { (why) },
        ]
    };
    let content = html! {
        (crumbs(lang, &[(lang.say("管理", "Administration"), "/admin")]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "查看完整的个人信息都要写明用途，一次一条记在这里；别的单位通过数据共享取用的、想看而没有看成的也在内。您在这里的查找同样记下来。",
            "Whoever looks at personal data in full says what for, and every look stands here; so do those through shares and those that were refused. What you look for here is noted as well.",
        )) }
        (search(lang, wanted))
        p class="no-print" {
            a class="button secondary" href=(wanted.address("excel")) { (lang.say("导出（Excel）", "As a sheet")) } " "
            a class="button secondary" href=(wanted.address("csv")) { (lang.say("导出（CSV）", "As CSV")) }
        }
        @if found.lines.is_empty() { p class="soft" { (lang.say("没有找到。", "Nothing was found.")) } }
        @else { (table(title, &columns, &found.lines.iter().map(row).collect::<Vec<_>>())) }
        @if found.more { p class="soft" { (lang.say("只显示最近的，全部请导出。", "Only the latest are shown: the sheet has all.")) } }
        (explained(lang))
    };
    layout::page(visitor, Nav::Admin, title, &content)
}

fn search(lang: Lang, wanted: &Wanted) -> Markup {
    let line = |name: &str, label: &str, value: &str, kind: &str| {
        html! {
            div class="field" {
                label for=(format!("look-{name}")) { (label) }
                input class="input" id=(format!("look-{name}")) type=(kind) name=(name) value=(value);
            }
        }
    };
    html! {
        form class="no-print" role="search" method="get" action="/admin/looks" {
            div class="filter-fields" {
            (line("from", lang.say("从", "From"), &wanted.from.to_string(), "date"))
            (line("to", lang.say("到", "To"), &wanted.to.to_string(), "date"))
            (line("who", lang.say("谁看的（姓名、用户名）", "Who looked (name or login)"), &wanted.who, "search"))
            (line("of", lang.say("看了谁的（姓名），或者事项编号、登记簿/编号", "Whose (name), or a matter's number, register/key"), &wanted.of, "search"))
            div class="field" {
                label for="look-kind" { (lang.say("哪一类", "Which kind")) }
                select class="input" id="look-kind" name="kind" {
                    option value="" { (lang.say("不限", "Any")) }
                    @for one in KINDS { option value=(one) selected[wanted.kind == one] { (kind(lang, one)) } }
                }
            }
            (line("why", lang.say("用途和理由里有", "With in what for"), &wanted.why, "search"))
            }
            p { button class="button secondary" type="submit" { (lang.say("查找", "Find")) } }
        }
    }
}

/// Every column in a sentence.
fn explained(lang: Lang) -> Markup {
    let lines = [
        (lang.say("时间", "When"), lang.say("打开的时刻，先记下来才给看。", "The moment of opening; it is noted before anything is shown.")),
        (
            lang.say("谁看的", "Who"),
            lang.say("姓名和当时的岗位；代理的写明代谁，应急取得岗位的写“应急”。", "Name and post at that time; for whom where they acted for somebody, and that they had it by the hour."),
        ),
        (
            lang.say("看了什么", "What"),
            lang.say("事项的编号，或者登记簿和编号；整本导出的只写登记簿。", "A matter by its number, or a register with the row's key; of one taken out as a whole the register alone."),
        ),
        (
            lang.say("哪一类", "Which kind"),
            lang.say("身份、联系方式、银行账户、健康、家庭；“想看，未予显示”是没有权限的；“查阅记录”是在这里的查找。", "Identity, contact, bank, health, family; “refused” had no right to it; “the log of looks” is a search on this page."),
        ),
        (
            lang.say("用途和理由", "What for"),
            lang.say("当时选的用途和自己写的话；共享取用的写明授权。", "The purpose chosen and the words typed; of shares the grant."),
        ),
    ];
    html! {
        details class="no-print" {
            summary { (lang.say("各栏是什么意思", "What the columns mean")) }
            dl { @for (term, meaning) in lines { dt { (term) } dd { (meaning) } } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_has_all_that_was_found_or_is_not_made() {
        assert!(Found { lines: Vec::new(), more: false }.whole().is_ok());
        assert!(Found { lines: Vec::new(), more: true }.whole().is_err());
    }
}
