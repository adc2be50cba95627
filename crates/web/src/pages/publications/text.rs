//! `/gazette/documents/{series}/{year}/{serial}`, `/gazette/issues/{year}-{no}`, `/gazette/items/{matter}`: one publication, in every version
//! and format.

use super::formats::{self, Format};
use super::live::{self, Runs};
use super::{address, citation, entry, missing, number};
use crate::components::banner::{Tone, banner};
use crate::components::crumbs::crumbs;
use crate::components::summary::summary;
use crate::disposition;
use crate::lang::Lang;
use crate::layout::{self, Nav, encode_part};
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use engine::Publication;
use gazette::body::{self, Section, SectionKind};
use jiff::civil::Date;
use maud::{Markup, PreEscaped, html};
use regulation::model::{PublicationKind, Relation};
use std::sync::Arc;
use store::Snapshot;
use store::publications::{PublicationLine, PublicationVersion, RelatedLine};
use store::search::{Number, NumberWanted};

/// A publication as a page or another format needs it.
pub(crate) struct Shown {
    pub line: PublicationLine,
    /// Versions whose text or title differs from the one before, oldest first; and the one that is read.
    pub versions: Vec<PublicationVersion>,
    pub read: usize,
    pub sections: Vec<Section>,
    /// What others do to it.
    pub about: Vec<RelatedLine>,
    /// What it does to others: as named, and the other one if it is here.
    pub own: Vec<(Relation, String, Option<PublicationLine>)>,
    pub whole: Option<PublicationLine>,
    pub parts: Vec<PublicationLine>,
    /// The regulation of that number that runs.
    pub runs: Option<Runs>,
}

impl Shown {
    pub fn publication(&self) -> &Publication {
        let version = &self.versions[self.read];
        version.publication.as_ref().expect("only versions that were public are kept")
    }

    pub fn is_latest(&self) -> bool {
        self.read + 1 == self.versions.len()
    }
}

/// A document by its number.
pub async fn document(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((series, year, serial)): Path<(String, String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let (serial, format) = Format::split(&serial);
    let number = year.parse().ok().zip(serial.parse().ok());
    let wanted = number.map(|(year, serial)| NumberWanted { series: Some(series.clone()), year: Some(year), serial });
    let is_it = move |line: &PublicationLine| {
        let number = line.number.as_deref().and_then(Number::read);
        line.kind == PublicationKind::Document && number.is_some_and(|number| number.series == series)
    };
    answer(state, visitor, uri, format, move |snapshot| numbered(snapshot, wanted.as_ref(), &is_it)).await
}

/// An issue by its year and number.
pub async fn issue(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(issue): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let (issue, format) = Format::split(&issue);
    // What people type is read generously; an address is what it is, or a copy of a file would seem to lie beside it.
    let wanted = Number::issue(issue).filter(|number| issue == format!("{}-{}", number.year, number.serial));
    let wanted = wanted.map(|number| NumberWanted { series: None, year: Some(number.year), serial: number.serial });
    let is_it = |line: &PublicationLine| line.kind == PublicationKind::Issue;
    answer(state, visitor, uri, format, move |snapshot| numbered(snapshot, wanted.as_ref(), &is_it)).await
}

/// A publication by its matter.
pub async fn item(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(matter): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let (matter, format) = Format::split(&matter);
    let matter = matter.to_owned();
    answer(state, visitor, uri, format, move |snapshot| Ok(snapshot.publication(&matter)?)).await
}

/// The publication with a number; one that is still public before one that was taken back.
fn numbered(
    snapshot: &dyn Snapshot,
    wanted: Option<&NumberWanted>,
    is_it: &dyn Fn(&PublicationLine) -> bool,
) -> Result<Option<PublicationLine>, Problem> {
    let Some(wanted) = wanted else { return Ok(None) };
    let mut lines = snapshot.publications_numbered(wanted)?;
    lines.retain(is_it);
    lines.sort_by_key(|line| line.withdrawn);
    Ok(lines.into_iter().next())
}

async fn answer(
    state: State<Arc<Running>>,
    visitor: Visitor,
    uri: Uri,
    format: Format,
    find: impl FnOnce(&dyn Snapshot) -> Result<Option<PublicationLine>, Problem> + Send + 'static,
) -> Result<Response, Problem> {
    let app: App = state;
    let wanted = Wanted::read(&uri);
    work(&app, move |app| {
        app.read(|snapshot| {
            let line = find(snapshot)?.filter(|line| line.public_on <= visitor.now.date()).ok_or_else(missing)?;
            if line.withdrawn {
                return Ok((StatusCode::GONE, withdrawn(&visitor, &line)).into_response());
            }
            let shown = shown(snapshot, line, wanted, visitor.now.date())?;
            match format {
                Format::Page => Ok(page(&app.site.public_url, &visitor, &shown).into_response()),
                other => formats::answer(app, snapshot, &shown, other),
            }
        })
    })
    .await
}

/// Which version is asked for: by its place in the journal, or as in force on a day; else the latest.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Wanted {
    /// Place in the journal.
    pub version: Option<u64>,
    /// Day.
    pub on: Option<Date>,
}

impl Wanted {
    fn read(uri: &Uri) -> Wanted {
        let version = query_value(uri, "version").and_then(|version| version.parse().ok());
        Wanted { version, on: query_value(uri, "on").and_then(|on| on.trim().parse().ok()) }
    }
}

/// What everybody may read today; what was taken back is gone.
pub(crate) fn public(line: Option<PublicationLine>, today: Date) -> Result<PublicationLine, Problem> {
    let line = line.filter(|line| line.public_on <= today).ok_or_else(missing)?;
    if !line.withdrawn {
        return Ok(line);
    }
    let gone = Problem::new(
        StatusCode::GONE,
        "withdrawn",
        "这一件曾经公布，现在不再公布",
        "This was published once and is not any more",
    );
    Err(gone.next("/gazette", "检索公报", "Search the gazette"))
}

/// A publication in the version that is asked for.
pub(crate) fn shown(
    snapshot: &dyn Snapshot,
    line: PublicationLine,
    wanted: Wanted,
    today: Date,
) -> Result<Shown, Problem> {
    let versions = texts(snapshot.publication_versions(&line.matter)?);
    let latest = versions.len().checked_sub(1).ok_or_else(missing)?;
    let by_day = |on: Date| versions.iter().rposition(|version| version.since <= on);
    let read = match (wanted.version, wanted.on) {
        (Some(seq), _) => versions.iter().position(|version| version.seq == seq).ok_or_else(missing)?,
        (None, Some(on)) => by_day(on).ok_or_else(|| not_yet(&line))?,
        (None, None) => latest,
    };
    let publication = versions[read].publication.as_ref().expect("only versions that were public are kept");
    let sections = body::read(publication.body.as_deref().unwrap_or_default());
    let mut own = Vec::new();
    for (relation, mention) in &publication.relations {
        let other = snapshot.publication_mentioned(mention)?.filter(|other| other.is_public(today));
        let named = match mention {
            engine::Mention::Number(number) => {
                Number::read(number).map_or_else(|| number.clone(), |number| number.shown())
            }
            engine::Mention::Matter(_) => other.as_ref().map(citation).unwrap_or_default(),
        };
        if !named.is_empty() {
            own.push((*relation, named, other));
        }
    }
    let whole = match &line.part_of {
        Some(mention) => snapshot.publication_mentioned(mention)?.filter(|whole| whole.is_public(today)),
        None => None,
    };
    let mut about = snapshot.publications_about(&line)?;
    about.retain(|related| related.line.is_public(today));
    let mut parts = snapshot.publication_parts(&line)?;
    parts.retain(|part| part.is_public(today));
    let runs = runs(snapshot, &line);
    Ok(Shown { versions, read, sections, about, own, whole, parts, runs, line })
}

/// The versions in which something readers read has changed.
fn texts(versions: Vec<PublicationVersion>) -> Vec<PublicationVersion> {
    let mut kept: Vec<PublicationVersion> = Vec::new();
    for version in versions {
        let Some(publication) = &version.publication else { continue };
        let same = kept.last().and_then(|last| last.publication.as_ref()).is_some_and(|last| {
            (&last.body, &last.title, &last.note, &last.number)
                == (&publication.body, &publication.title, &publication.note, &publication.number)
        });
        if same {
            // What is said beside the text (its issue, its end) is that of the latest.
            let last = kept.last_mut().expect("it has the same text");
            last.publication = version.publication;
        } else {
            kept.push(version);
        }
    }
    kept
}

fn not_yet(line: &PublicationLine) -> Problem {
    let on = line.public_on;
    Problem::new(
        StatusCode::NOT_FOUND,
        "not-found",
        format!("这一件自{}起公布，那一天还没有", calendar::zh_date(on)),
        format!("It was published on {on}; on that day there was none"),
    )
    .next(&address(line), "看现行文本", "See the present text")
}

/// The regulation that runs here and bears the same number.
fn runs(snapshot: &dyn Snapshot, line: &PublicationLine) -> Option<Runs> {
    let number = Number::read(line.number.as_deref()?)?;
    let mut regulations = snapshot.world().rulebook().regulations.values().filter(|one| one.public);
    let same = regulations.find(|regulation| Number::read(&regulation.number).as_ref() == Some(&number))?;
    Some(Runs::of(same))
}

fn withdrawn(visitor: &Visitor, line: &PublicationLine) -> Markup {
    let lang = visitor.lang;
    let title = number(line).unwrap_or_else(|| lang.say("公报", "Gazette").to_owned());
    let content = html! {
        (crumbs(lang, &[(lang.say("公报", "Gazette"), "/gazette")]))
        h1 { (title) }
        (banner(Tone::Care, lang.say("已撤下", "Taken back"), &html! { p { (lang.say("这一件曾经公布，现在不再公布。", "This was published once and is not any more.")) } }))
    };
    layout::page(visitor, Nav::Gazette, &title, &content)
}

fn page(public_url: &str, visitor: &Visitor, shown: &Shown) -> Markup {
    let lang = visitor.lang;
    let publication = shown.publication();
    let content = html! {
        (crumbs(lang, &[(lang.say("公报", "Gazette"), "/gazette")]))
        div class="columns two-one" {
            article class="statute" lang="zh-CN" {
                (banners(visitor, shown))
                header class="redhead" {
                    @if let Some(issuer) = &publication.issuer { p class="issuer" { (issuer) } }
                    h1 { (publication.title) }
                    @if let Some(number) = number(&shown.line) { p class="number" { (number) } }
                }
                @if shown.line.kind == PublicationKind::Issue { (contents_of_issue(visitor, shown)) }
                @for section in &shown.sections { (section_of(section, &live::link(lang, shown, section.anchor.as_deref()))) }
                (attachments(lang, shown))
            }
            aside class="aside" { (margin(public_url, visitor, shown)) }
            @if !headings(shown).is_empty() { a class="to-contents no-print" href="#contents" { (lang.say("目录", "Contents")) } }
        }
        script type="application/ld+json" { (PreEscaped(formats::linked_data(public_url, shown))) }
    };
    layout::page(visitor, Nav::Gazette, &publication.title, &content)
}

/// What readers must know before they read.
fn banners(visitor: &Visitor, shown: &Shown) -> Markup {
    let (lang, line, today) = (visitor.lang, &shown.line, visitor.now.date());
    let by = |relation: Relation| shown.about.iter().filter(move |one| one.relation == relation).map(|one| &one.line);
    let list = |lines: Vec<&PublicationLine>| html! { ul { @for line in lines { li { a href=(address(line)) { (citation(line)) } } } } };
    let repealed = line.repealed_on.is_some_and(|repealed| repealed <= today);
    let expired = line.until.filter(|until| *until < today && !repealed);
    let later = line.effective_on.filter(|from| *from > today);
    let changed: Vec<&PublicationLine> = by(Relation::Amends).collect();
    let corrected: Vec<&PublicationLine> = by(Relation::Corrects).collect();
    html! {
        @if !shown.is_latest() {
            (banner(Tone::Care, lang.say("这是旧文本", "This is an earlier text"), &html! { p {
                (lang.date(shown.versions[shown.read].since)) (lang.say("至", " to ")) (lang.date(shown.versions[shown.read + 1].since)) (lang.say("的文本，后来有更正。", "; it was corrected later. "))
                a href=(address(line)) { (lang.say("看现行文本", "See the present text")) }
            } }))
        }
        @if repealed { (banner(Tone::Care, lang.say("已废止", "Repealed"), &html! {
            @if let Some(on) = line.repealed_on { p { (lang.say("自", "Since ")) (lang.date(on)) (lang.say("起由下列文件废止或者替代：", " by:")) } }
            (list(by(Relation::Repeals).collect()))
        })) }
        @if let Some(until) = expired { (banner(Tone::Care, lang.say("已失效", "Expired"), &html! { p { (lang.say("有效期至", "In force until ")) (lang.date(until)) (lang.say("。", ".")) } })) }
        @if let Some(from) = later { (banner(Tone::Plain, lang.say("尚未施行", "Not yet in force"), &html! { p { (lang.say("自", "In force from ")) (lang.date(from)) (lang.say("起施行。", ".")) } })) }
        @if !changed.is_empty() { (banner(Tone::Plain, lang.say("有修改", "Amended"), &html! { p { (lang.say("下列文件修改了它，引用时一并看：", "These amend it:")) } (list(changed)) })) }
        @if !corrected.is_empty() { (banner(Tone::Plain, lang.say("有更正", "Corrected"), &list(corrected))) }
        @if let (Some(note), true) = (&shown.publication().note, shown.is_latest()) {
            (banner(Tone::Plain, lang.say("更正说明", "Correction"), &html! {
                p { (note) }
                @if shown.versions.len() > 1 { p { a href=(older(line, &shown.versions[shown.versions.len() - 2])) { (lang.say("看更正以前的文本", "See the text before it")) } } }
            }))
        }
        @if let Some(runs) = &shown.runs {
            (banner(Tone::Good, lang.say("这份文件正在运行", "This document runs here"), &html! { p { a href=(format!("/gazette/{}", runs.id)) { (runs.title) } (lang.say("：办事、期限和登记簿直接按它的条款办理。", ": services, deadlines and registers follow its clauses.")) } }))
        }
    }
}

fn older(line: &PublicationLine, version: &PublicationVersion) -> String {
    format!("{}?version={}", address(line), version.seq)
}

/// The contents of an issue, by issuer.
fn contents_of_issue(visitor: &Visitor, shown: &Shown) -> Markup {
    let lang = visitor.lang;
    let mut groups: Vec<(&str, Vec<&PublicationLine>)> = Vec::new();
    for part in &shown.parts {
        let issuer = part.issuer.as_deref().unwrap_or(lang.say("其他", "Others"));
        match groups.iter_mut().find(|(known, _)| *known == issuer) {
            Some((_, lines)) => lines.push(part),
            None => groups.push((issuer, vec![part])),
        }
    }
    html! {
        @if shown.parts.is_empty() { p class="soft" { (lang.say("这一期的文件还没有列入。", "The documents of this issue are not listed yet.")) } }
        @for (issuer, lines) in &groups {
            h2 { (issuer) (lang.say("文件", "")) }
            ol class="entries" { @for line in lines { li { (entry(lang, line, visitor.now.date())) } } }
        }
    }
}

fn section_of(section: &Section, live: &Markup) -> Markup {
    let id = section.anchor.as_deref();
    let cited = section.cited.as_deref();
    let mark = html! { @if let Some(id) = id { a class="anchor" href=(format!("#{id}")) aria-label=(format!("条款 {}", cited.unwrap_or(id))) { "§" } } };
    let text = html! { (section.text) (mark) (live) };
    match &section.kind {
        SectionKind::Heading(1) => html! { h2 id=[id] data-cited=[cited] { (text) } },
        SectionKind::Heading(2) => html! { h3 id=[id] data-cited=[cited] { (text) } },
        SectionKind::Heading(_) => html! { h4 id=[id] data-cited=[cited] { (text) } },
        SectionKind::Paragraph => html! { p id=[id] data-cited=[cited] { (text) } },
        SectionKind::Item => html! { p class="item" id=[id] { "· " (text) } },
        SectionKind::Table(head, rows) => table_of(head, rows),
    }
}

/// A table of the text: on a phone each row becomes a card, unless the table has no heads to name its lines by.
fn table_of(head: &[String], rows: &[Vec<String>]) -> Markup {
    let named = head.iter().all(|name| !name.is_empty()) && !rows.is_empty();
    html! {
        div class="table-scroll" tabindex="0" {
            table class=[named.then_some("stack")] {
                thead { tr { @for name in head { th scope="col" { (name) } } } }
                tbody { @for row in rows { tr { @for (place, cell) in row.iter().enumerate() {
                    @if place == 0 && named { th scope="row" { (cell) } } @else { td data-label=[head.get(place)] { (cell) } }
                } } } }
            }
        }
    }
}

fn attachments(lang: Lang, shown: &Shown) -> Markup {
    let files = &shown.publication().attachments;
    html! {
        @if !files.is_empty() {
            h2 { (lang.say("附件文件", "Attached files")) }
            ul { @for file in files { li {
                a href=(format!("/gazette/items/{}/files/{}", encode_part(&shown.line.matter), file.digest)) { (file.name) }
                " " span class="soft small" { (file.size.div_ceil(1024)) " KB" }
            } } }
        }
    }
}

fn headings(shown: &Shown) -> Vec<(&Section, u8)> {
    let heading = |section: &'_ Section| match section.kind {
        SectionKind::Heading(level @ 1..=2) if section.anchor.is_some() => Some(level),
        _ => None,
    };
    shown.sections.iter().filter_map(|section| Some((section, heading(section)?))).collect()
}

fn margin(public_url: &str, visitor: &Visitor, shown: &Shown) -> Markup {
    let (lang, line) = (visitor.lang, &shown.line);
    let permalink = format!("{public_url}{}", address(line));
    let cited = citation(line);
    let headings = headings(shown);
    html! {
        div class="panel" { (summary(&facts(lang, shown))) }
        div class="panel" {
            h2 class="minor" { (lang.say("引用", "Cite")) }
            label class="hidden-visually" for="citation" { (lang.say("引用格式", "Citation")) }
            textarea class="input small" id="citation" rows="5" readonly data-citation=(cited) data-address=(permalink) { (cited) " " (permalink) }
            p { button class="button secondary" type="button" data-copy="citation" hidden { (lang.say("复制", "Copy")) } }
            p class="small soft no-print" { (lang.say("点条款后的 § 即引用到那一条。", "§ after a clause cites that clause.")) }
            @if let Ok(code) = gazette::qr::qr_svg(&permalink) { div class="qr" role="img" aria-label=(lang.say("本文网址的二维码", "QR code of this address")) { (PreEscaped(code)) } }
        }
        div class="panel no-print" {
            h2 class="minor" { (lang.say("其他格式", "Other formats")) }
            p class="row" { @for (suffix, name) in Format::OFFERED { a href=(format!("{}{suffix}", address(line))) { (name) } } }
        }
        (relations(lang, shown))
        (versions(lang, shown))
        @if !headings.is_empty() {
            nav id="contents" aria-label=(lang.say("目录", "Contents")) {
                h2 class="minor" { (lang.say("目录", "Contents")) }
                ul class="contents" { @for (section, level) in &headings { li class=(format!("depth-{level}")) { a href=(format!("#{}", section.anchor.as_deref().unwrap_or_default())) { (section.text) } } } }
            }
        }
    }
}

fn facts(lang: Lang, shown: &Shown) -> Vec<(String, Markup)> {
    let line = &shown.line;
    let mut facts: Vec<(String, Markup)> = Vec::new();
    let mut add = |zh: &str, en: &str, value: Option<Markup>| {
        facts.extend(value.map(|value| (lang.say(zh, en).to_owned(), value)))
    };
    let day = |day: Option<Date>| day.map(|day| html! { time datetime=(day) { (lang.date(day)) } });
    let numbered = if line.kind == PublicationKind::Issue { "期号" } else { "文号" };
    add(numbered, "Number", number(line).map(|number| html! { (number) }));
    add("文种", "Kind", line.category.as_ref().map(|category| html! { (category) }));
    add("成文", "Signed", day(line.signed_on));
    add("公布", "Published", day(Some(line.public_on)));
    add("施行", "In force from", day(line.effective_on));
    add("有效期至", "Until", day(line.until));
    add("刊登", "Issue", shown.whole.as_ref().map(|whole| html! { a href=(address(whole)) { (whole.title) } }));
    facts
}

fn relations(lang: Lang, shown: &Shown) -> Markup {
    let does = |relation: Relation| match relation {
        Relation::Amends => lang.say("修改", "Amends"),
        Relation::Repeals => lang.say("废止或替代", "Repeals"),
        Relation::Corrects => lang.say("更正", "Corrects"),
        Relation::Cites => lang.say("引用", "Cites"),
    };
    let citing: Vec<&RelatedLine> = shown.about.iter().filter(|one| one.relation == Relation::Cites).collect();
    html! {
        @if !shown.own.is_empty() || !citing.is_empty() {
            div class="panel" {
                h2 class="minor" { (lang.say("相关文件", "Related")) }
                ul class="plain" {
                    @for (relation, named, other) in &shown.own { li {
                        span class="soft small" { (does(*relation)) " " }
                        @match other { Some(line) => { a href=(address(line)) { (citation(line)) } } None => { (named) } }
                    } }
                    @for one in &citing { li { span class="soft small" { (lang.say("被引用", "Cited by")) " " } a href=(address(&one.line)) { (citation(&one.line)) } } }
                }
            }
        }
    }
}

fn versions(lang: Lang, shown: &Shown) -> Markup {
    html! {
        @if shown.versions.len() > 1 {
            div class="panel" {
                h2 class="minor" { (lang.say("各时文本", "Versions")) }
                ul class="plain" {
                    @for (place, version) in shown.versions.iter().enumerate().rev() { li {
                        @if place == shown.read { b { (lang.date(version.since)) (lang.say("起", " on")) } }
                        @else { a href=(older(&shown.line, version)) { (lang.date(version.since)) (lang.say("起", " on")) } }
                    } }
                }
                form class="no-print" method="get" action=(address(&shown.line)) {
                    label for="on" { (lang.say("某一日的文本", "As on a day")) }
                    div class="row" { input class="input short" type="date" id="on" name="on" required; button class="button secondary" type="submit" { (lang.say("看", "Show")) } }
                }
            }
        }
    }
}

/// A file that belongs to a publication in any of its versions.
pub async fn file(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((matter, digest)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let (file, owner) = app.read(|snapshot| {
            let line =
                snapshot.publication(&matter)?.filter(|line| line.is_public(visitor.now.date())).ok_or_else(missing)?;
            let versions = snapshot.publication_versions(&line.matter)?;
            let mut files =
                versions.into_iter().filter_map(|version| version.publication).flat_map(|one| one.attachments);
            let owner = snapshot.world().matter(&matter).and_then(|matter| matter.owner.clone());
            Ok((files.find(|file| file.digest == digest).ok_or_else(missing)?, owner))
        })?;
        let sealed = match &owner {
            Some(owner) => app.store().file(Some(owner), &file.digest)?,
            None => None,
        };
        let bytes = match sealed {
            Some(bytes) => bytes,
            None => app.store().file(None, &file.digest)?.ok_or_else(missing)?,
        };
        let disposition = disposition::shown("file", &file.name);
        Ok(([(CONTENT_TYPE, file.media), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
    })
    .await
}
