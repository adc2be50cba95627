//! `/gazette`: the search box, what is new, the issues, the regulations that run.

use super::shown::{best, clause, excerpt, marked, marked_words};
use super::{address, entry, number, state};
use crate::components::crumbs::crumbs;
use crate::lang::Lang;
use crate::layout::{self, Nav, encode, with_query};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::Uri;
use axum::http::header::LINK;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use regulation::model::{Procedure, PublicationKind, Rulebook};
use std::sync::Arc;
use store::Snapshot;
use store::publications::{Found, Looked, PublicationLine, PublicationQuery, Wanted};

/// Lines of a page.
const PAGE: usize = 20;
/// Issues on the first page.
const ISSUES: usize = 8;
/// Documents on the home page.
const LATEST: usize = 5;
/// Characters of a search that are looked at.
const TYPED_MAX: usize = 120;
/// Values offered for narrowing.
const FACETS: usize = 12;

/// What the address asks for.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    typed: String,
    /// What to look for.
    pub query: PublicationQuery,
    page: usize,
}

impl Asked {
    /// From the query of an address.
    pub fn read(uri: &Uri) -> Asked {
        let value =
            |name: &str| query_value(uri, name).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let typed: String = value("q").unwrap_or_default().chars().take(TYPED_MAX).collect();
        let kind = value("kind");
        let kind = PublicationKind::ALL.iter().find(|(code, _)| Some(*code) == kind.as_deref()).map(|(_, kind)| *kind);
        let in_force = match value("force").as_deref() {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        };
        let query = PublicationQuery {
            wanted: Wanted::read(&typed),
            kind,
            year: value("year").and_then(|year| year.parse().ok()),
            issuer: value("issuer"),
            category: value("sort"),
            series: value("series"),
            in_force,
        };
        let page = value("page").and_then(|page| page.parse().ok()).unwrap_or(1).max(1);
        Asked { typed, query, page }
    }

    /// Whether anything is looked for.
    fn is_search(&self) -> bool {
        !self.typed.is_empty() || self.query != PublicationQuery::default()
    }
}

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Response, Problem> {
    let asked = Asked::read(&uri);
    let page = look(&state, move |snapshot| page(snapshot, &visitor, &asked)).await?;
    Ok(([(LINK, "</gazette/feed.atom>; rel=\"alternate\"; type=\"application/atom+xml\"")], page).into_response())
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, asked: &Asked) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("公报", "Gazette");
    let content = html! {
        @if asked.is_search() { (crumbs(lang, &[(title, "/gazette")])) }
        h1 { (title) }
        (search_box(lang, asked))
        @if asked.is_search() { (results(snapshot, visitor, asked)?) } @else { (front(snapshot, visitor)?) }
    };
    Ok(layout::page(visitor, Nav::Gazette, title, &content))
}

fn search_box(lang: Lang, asked: &Asked) -> Markup {
    let query = &asked.query;
    let kept = [
        ("year", query.year.map(|year| year.to_string())),
        ("issuer", query.issuer.clone()),
        ("sort", query.category.clone()),
        ("series", query.series.clone()),
        ("kind", query.kind.map(|kind| kind.code().to_owned())),
    ];
    html! {
        form class="search" role="search" method="get" action="/gazette" {
            input class="input" type="search" name="q" value=(asked.typed) aria-label=(lang.say("检索公报：词语、标题、文号、条款", "Search: words, titles, numbers, clauses")) placeholder=(lang.say("词语、文号，或 2号 四（三）", "words, a number, or 2号 四（三）"));
            @for (name, value) in &kept { @if let Some(value) = value { input type="hidden" name=(name) value=(value); } }
            button class="button" type="submit" { (lang.say("检索", "Search")) }
        }
    }
}

/// What the page shows while nothing is looked for.
fn front(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let (lang, today) = (visitor.lang, visitor.now.date());
    let of = |kind| PublicationQuery { kind: Some(kind), ..PublicationQuery::default() };
    let documents = snapshot.publications(&of(PublicationKind::Document), today, 0, PAGE)?;
    let issues = snapshot.publications(&of(PublicationKind::Issue), today, 0, ISSUES)?;
    let more = documents.total > documents.lines.len();
    Ok(html! {
        div class="columns two-one" {
            div {
                h2 { (lang.say("最新文件", "Latest documents")) }
                @if documents.lines.is_empty() { p class="soft" { (lang.say("还没有公布文件。", "No document has been published yet.")) } }
                ul class="plain entries" { @for line in &documents.lines { li { (entry(lang, line, today)) } } }
                @if more { p { a href="/gazette?kind=document" { (lang.say("全部文件", "All documents")) } } }
            }
            aside class="aside" {
                h2 { (lang.say("各期公报", "Issues")) }
                @if issues.lines.is_empty() { p class="soft" { (lang.say("还没有出版。", "None yet.")) } }
                ul class="plain entries" { @for line in &issues.lines { li { (entry(lang, line, today)) } } }
                @if !documents.years.is_empty() {
                    h2 { (lang.say("按年查看", "By year")) }
                    ul class="chips" { @for (year, count) in &documents.years { li { a href=(format!("/gazette?year={year}")) { (year) " (" (count) ")" } } } }
                }
                h2 { (lang.say("订阅和反馈", "Subscribe, report")) }
                ul class="plain" {
                    @for procedure in for_readers(snapshot.world().rulebook(), today) {
                        li { a href=(format!("/services/{}", procedure.name)) { (lang.label(&procedure.title)) } }
                    }
                    li { a href="/gazette/feed.atom" { (lang.say("Atom 订阅源", "Feed (Atom)")) } }
                }
            }
        }
        h2 { (lang.say("正在运行的规定", "Regulations that run")) }
        (crate::pages::home::regulations(visitor, snapshot.world().rulebook()))
    })
}

/// The latest documents, for the home page.
pub fn latest(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let (lang, today) = (visitor.lang, visitor.now.date());
    let query = PublicationQuery { kind: Some(PublicationKind::Document), ..PublicationQuery::default() };
    let found = snapshot.publications(&query, today, 0, LATEST)?;
    Ok(html! {
        @if found.lines.is_empty() { p class="soft" { (lang.say("还没有公布文件。", "No document has been published yet.")) } }
        @else {
            ul class="plain entries" { @for line in &found.lines { li { (entry(lang, line, today)) } } }
            p { a href="/gazette" { (lang.say("检索公报", "Search the gazette")) } }
        }
    })
}

fn results(snapshot: &dyn Snapshot, visitor: &Visitor, asked: &Asked) -> Result<Markup, Problem> {
    let (lang, today) = (visitor.lang, visitor.now.date());
    let found = snapshot.publications(&asked.query, today, (asked.page - 1) * PAGE, PAGE)?;
    let words = marked_words(&asked.query.wanted, &found.looked);
    let mut hits = Vec::new();
    for line in &found.lines {
        hits.push(hit(snapshot, lang, line, asked, &words, today)?);
    }
    let clauses = if asked.page == 1 && !asked.query.wanted.words.is_empty() {
        crate::pages::search::clauses(visitor, snapshot.world().rulebook(), &asked.query.wanted)
    } else {
        html! {}
    };
    Ok(html! {
        div class="columns two-one" {
            section aria-label=(lang.say("检索结果", "Results")) {
                h2 { (total(lang, &found)) }
                (said(lang, &found))
                @if found.total == 0 { (nothing(lang, asked)) }
                ul class="plain entries" { @for hit in &hits { li { (hit) } } }
                (pages(visitor, asked, &found))
                (clauses)
            }
            aside class="aside" { (narrowing(visitor, asked, &found)) }
        }
    })
}

fn total(lang: Lang, found: &Found) -> String {
    let more = if found.more { "+" } else { "" };
    match lang {
        Lang::Zh => format!("找到 {}{more} 件", found.total),
        Lang::En => format!("{}{more} found", found.total),
    }
}

/// What readers may do about the gazette: the services of the regulations under which its issues are published.
fn for_readers(rulebook: &Rulebook, today: Date) -> impl Iterator<Item = &Arc<Procedure>> {
    let publishes = |procedure: &Arc<Procedure>| {
        procedure.publish.as_ref().is_some_and(|publish| publish.kind == PublicationKind::Issue)
    };
    let all =
        rulebook.regulations.values().filter(move |regulation| regulation.public && regulation.is_in_force(today));
    let all = all.filter(move |regulation| regulation.procedures.values().any(publishes));
    all.flat_map(|regulation| regulation.procedures.values().filter(|procedure| procedure.service))
}

/// How the words were taken, where not as typed.
fn said(lang: Lang, found: &Found) -> Markup {
    html! {
        @match &found.looked {
            Looked::AsTyped => {}
            Looked::Split(parts) => { p class="soft" { (lang.say("没有连在一起的，按这些词查：", "Nothing has it as one phrase; looked for: ")) b { (parts.join(lang.say("、", ", "))) } } }
            Looked::Nearly if found.total == 0 => {}
            Looked::Nearly => { p class="soft" { (lang.say("没有完全一样的，下面是差一个字的。", "Nothing matches exactly; these differ by one character.")) } }
        }
        @if found.more { p class="soft" { (lang.say("只看了最近的一千件，可以用右边的条件缩小范围。", "Only the latest thousand were looked at; narrow the search.")) } }
    }
}

/// An empty answer that helps.
fn nothing(lang: Lang, asked: &Asked) -> Markup {
    let narrowed =
        asked.query.clone() != PublicationQuery { wanted: asked.query.wanted.clone(), ..PublicationQuery::default() };
    html! {
        ul {
            @if narrowed { li { a href=(format!("/gazette?q={}", encode(&asked.typed))) { (lang.say("去掉年份、机关等条件再查", "Search without year, issuer and the like")) } } }
            @if asked.query.wanted.words.iter().any(|word| word.exact) { li { (lang.say("引号里的要一字不差；去掉引号再试。", "Words in quotation marks must match exactly; try without them.")) } }
            @if asked.query.wanted.words.len() > 1 { li { (lang.say("所有词都要出现；少写一个词试试。", "All words must occur; try fewer.")) } }
            li { (lang.say("文号可以只写年份和序号，例如 2022 2号；条款接在后面，例如 2号 四（三）。", "A number may be just year and serial, 2022 2号; a clause may follow, 2号 四（三）.")) }
            li { a href="/gazette" { (lang.say("看最新文件和各期公报", "See the latest documents and issues")) } }
        }
    }
}

/// A line with what was found in it, and the clause it stands in.
fn hit(
    snapshot: &dyn Snapshot,
    lang: Lang,
    line: &PublicationLine,
    asked: &Asked,
    words: &[Vec<char>],
    today: jiff::civil::Date,
) -> Result<Markup, Problem> {
    let versions = snapshot.publication_versions(&line.matter)?;
    let body = versions.last().and_then(|version| version.publication.as_ref()).and_then(|one| one.body.clone());
    let sections = gazette::body::read(&body.unwrap_or_default());
    let named = clause(&sections, &asked.query.wanted.clause).map(|section| (Some(section), section.text.clone()));
    let place = named.or_else(|| best(&sections, words));
    let href = |anchor: Option<&str>| {
        format!("{}{}", address(line), anchor.map(|anchor| format!("#{anchor}")).unwrap_or_default())
    };
    Ok(html! {
        a href=(address(line)) { (marked(&line.title, words)) } (state(lang, line, today))
        p class="soft small" {
            @if let Some(number) = number(line) { span class="nowrap" { (number) } " · " }
            @if let Some(issuer) = &line.issuer { (issuer) " · " }
            time datetime=(line.day()) { (lang.date(line.day())) }
        }
        @if let Some((section, text)) = &place {
            p class="small" {
                @if let Some(section) = section { a class="nowrap" href=(href(section.anchor.as_deref())) { (section.cited.as_deref().unwrap_or(lang.say("条款", "clause"))) } " " }
                (excerpt(text, words))
            }
        }
    })
}

fn pages(visitor: &Visitor, asked: &Asked, found: &Found) -> Markup {
    let last = found.total.div_ceil(PAGE);
    let to = |page: usize| with_query(&visitor.here, "page", &if page > 1 { page.to_string() } else { String::new() });
    let lang = visitor.lang;
    html! {
        @if last > 1 {
            nav class="pages no-print" aria-label=(lang.say("翻页", "Pages")) {
                @if asked.page > 1 { a class="button secondary" rel="prev" href=(to(asked.page - 1)) { (lang.say("上一页", "Previous")) } }
                span { (asked.page) " / " (last) }
                @if asked.page < last { a class="button secondary" rel="next" href=(to(asked.page + 1)) { (lang.say("下一页", "Next")) } }
            }
        }
    }
}

/// Ways to narrow: links that set one value, or take it away.
fn narrowing(visitor: &Visitor, asked: &Asked, found: &Found) -> Markup {
    let (lang, query) = (visitor.lang, &asked.query);
    let years: Vec<(String, usize)> = found.years.iter().map(|(year, count)| (year.to_string(), *count)).collect();
    let force = [
        ("yes".to_owned(), lang.say("有效", "in force"), found.in_force),
        (
            "no".to_owned(),
            lang.say("失效或尚未施行", "not in force"),
            (found.years.iter().map(|(_, count)| count).sum::<usize>()).saturating_sub(found.in_force),
        ),
    ];
    let chosen_force = query.in_force.map(|yes| if yes { "yes" } else { "no" });
    html! {
        (facet(visitor, lang.say("年份", "Year"), "year", &years, query.year.map(|year| year.to_string()).as_deref()))
        (facet(visitor, lang.say("发文机关", "Issuer"), "issuer", &found.issuers, query.issuer.as_deref()))
        (facet(visitor, lang.say("文种", "Kind"), "sort", &found.categories, query.category.as_deref()))
        @if force.iter().any(|(value, _, count)| *count > 0 || chosen_force == Some(value)) { h3 { (lang.say("效力", "Force")) } }
        ul class="plain" { @for (value, label, count) in &force { @if *count > 0 || chosen_force == Some(value) { li { (choice(visitor, "force", value, label, *count, chosen_force == Some(value))) } } } }
    }
}

fn facet(visitor: &Visitor, title: &str, name: &str, values: &[(String, usize)], chosen: Option<&str>) -> Markup {
    html! {
        @if !values.is_empty() || chosen.is_some() {
            h3 { (title) }
            ul class="plain" {
                @if let Some(value) = chosen.filter(|chosen| !values.iter().take(FACETS).any(|(value, _)| value == chosen)) { li { (choice(visitor, name, value, value, 0, true)) } }
                @for (value, count) in values.iter().take(FACETS) { li { (choice(visitor, name, value, value, *count, chosen == Some(value))) } }
            }
        }
    }
}

fn choice(visitor: &Visitor, name: &str, value: &str, label: &str, count: usize, chosen: bool) -> Markup {
    let here = with_query(&visitor.here, "page", "");
    let lang = visitor.lang;
    html! {
        @if chosen { b { (label) } " " a href=(with_query(&here, name, "")) { (lang.say("取消", "clear")) } }
        @else { a href=(with_query(&here, name, value)) { (label) } " " span class="soft" { "(" (count) ")" } }
    }
}
