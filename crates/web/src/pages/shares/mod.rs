//! `/shares`: what the county's offices offer each other; below it each share with its columns and terms, for its owner also who used it and
//! how good it is, and the whole catalogue as a sheet.

pub mod excel;
pub mod owner;

use super::home::names;
use crate::components::banner::{Tone, banner};
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::summary::summary;
use crate::components::table::{Column, Row, marked_table, table};
use crate::layout::{self, Nav, encode};
use crate::problem::Problem;
use crate::sharing::{Freshness, Offered, catalogue, terms_words, update_words};
use crate::site::{App, Running, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use maud::{Markup, html};
use regulation::model::Field;
use regulation::model::share::Terms;
use std::sync::Arc;
use store::Snapshot;

/// The catalogue.
pub async fn index(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let app: App = state;
    let terms = query_value(&uri, "terms");
    work(&app, move |app| app.read(|snapshot| index_page(snapshot, &visitor, terms.as_deref()))).await
}

fn index_page(snapshot: &dyn Snapshot, visitor: &Visitor, terms: Option<&str>) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("数据目录", "Shared data");
    let all = catalogue(snapshot, visitor);
    let wanted = |offered: &&Offered<'_>| terms.is_none_or(|terms| offered.share.terms.code() == terms);
    let columns = [
        Column::text(lang.say("数据", "Data")),
        Column::text(lang.say("提供部门", "Owner")),
        Column::text(lang.say("条件", "Terms")),
        Column::text(lang.say("更新", "Updated")),
    ];
    let mut rows = Vec::new();
    for offered in all.iter().filter(wanted) {
        let fresh = offered.freshness()?;
        rows.push(Row {
            cells: vec![
                html! { a href=(offered.address()) { (lang.label(&offered.share.title)) } },
                html! { (offered.provider(lang)) },
                html! { (terms_words(lang, offered.share.terms)) @if !offered.share.release.is_empty() { " " span class="tag" { (lang.say("含个人信息", "personal data")) } } },
                updated(offered, visitor, fresh),
            ],
            class: fresh.late.then_some("late"),
        });
    }
    snapshot.fault()?;
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "县里各单位采集的数据，采集一次、各处使用：先看目录，要授权的向提供部门申请。",
            "What the county's offices collect is collected once and used everywhere. Look here first; where a grant is needed, ask the owner.",
        )) }
        (filter(visitor, &all, terms))
        @if rows.is_empty() { p class="soft" { (lang.say("目录里还没有数据。", "The catalogue is empty.")) } }
        @else { (marked_table(title, &columns, &rows)) }
        p class="row no-print" {
            a class="button secondary" href="/shares/-/excel" { (lang.say("导出目录（Excel）", "As a sheet")) }
            " " a href="/api/v1/catalogue" { (lang.say("机器可读（DCAT）", "For programs (DCAT)")) }
        }
        @if !visitor.key_offices(snapshot.world().county()).is_empty() { p { a href="/admin/keys" { (lang.say("本单位的密钥", "Keys of your office")) } } }
    };
    Ok(layout::page(visitor, Nav::Other, title, &content))
}

/// How many there are on which terms; each a link.
fn filter(visitor: &Visitor, all: &[Offered<'_>], chosen: Option<&str>) -> Markup {
    let lang = visitor.lang;
    let of = |terms: Terms| all.iter().filter(|offered| offered.share.terms == terms).count();
    html! {
        p {
            a href="/shares" aria-current=[chosen.is_none().then_some("true")] { (lang.say("全部", "All")) " " (all.len()) }
            @for (code, terms) in Terms::ALL {
                " · " a href=(format!("/shares?terms={code}")) aria-current=[(chosen == Some(code)).then_some("true")] { (terms_words(lang, terms)) " " (of(terms)) }
            }
        }
    }
}

fn updated(offered: &Offered<'_>, visitor: &Visitor, fresh: Freshness) -> Markup {
    let lang = visitor.lang;
    html! {
        (update_words(lang, offered.share))
        @if let Some(on) = fresh.changed_on { span class="soft small" { (lang.say("，最近 ", ", latest ")) (lang.date(on)) } }
        @if fresh.late { " " b { (lang.say("逾期未更新", "late")) } }
    }
}

/// One share.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, share)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let offered = Offered::seen(snapshot, &visitor, (&regulation, &share))?;
            let page = share_page(&offered, &visitor)?;
            snapshot.fault()?;
            Ok(page)
        })
    })
    .await
}

fn share_page(offered: &Offered<'_>, visitor: &Visitor) -> Result<Markup, Problem> {
    let (lang, share) = (visitor.lang, offered.share);
    let title = lang.label(&share.title);
    let fresh = offered.freshness()?;
    let rulebook = offered.world().rulebook();
    let mut lines = vec![
        (lang.say("提供部门", "Owner").to_owned(), html! { (offered.provider(lang)) }),
        (lang.say("条件", "Terms").to_owned(), html! { (terms_words(lang, share.terms)) }),
    ];
    if let Some(ground) = &share.ground {
        let label = if share.terms == Terms::NotShared {
            lang.say("依据", "Ground")
        } else {
            lang.say("给谁用", "For whom")
        };
        lines.push((label.to_owned(), html! { (lang.label(ground)) }));
    }
    lines.push((lang.say("更新", "Updated").to_owned(), updated(offered, visitor, fresh)));
    lines.push((
        lang.say("出自", "From").to_owned(),
        html! {
            a href=(format!("/gazette/{}", offered.regulation.id)) { (lang.label(&offered.regulation.title)) } " "
            (clauses(&cite(rulebook, &share.clauses)))
        },
    ));
    let makes_keys = !visitor.key_offices(offered.world().county()).is_empty();
    let content = html! {
        (crumbs(lang, &[(lang.say("数据目录", "Shared data"), "/shares")]))
        h1 { (title) }
        @if let Some(note) = &share.note { p class="lead" { (lang.label(note)) } }
        @if fresh.late { (banner(Tone::Care, lang.say("逾期未更新", "Not updated in time"), &html! { p { (lang.say("提供部门没有按周期更新，使用前请核对。", "Its owner has not kept its rhythm: check before you use it.")) } })) }
        (summary(&lines))
        @if share.terms != Terms::NotShared { (columns(offered, visitor)) (getting(offered, visitor, makes_keys)) }
        @if !share.quality.is_empty() { (rules(offered, visitor)) }
        @if offered.is_overseen(visitor) {
            h2 { (lang.say("提供部门", "For the owner")) }
            ul {
                li { a href=(format!("{}/uses", offered.address())) { (lang.say("授权和使用记录", "Grants and uses")) } }
                @if !share.quality.is_empty() { li { a href=(format!("{}/quality", offered.address())) { (lang.say("质量报告", "Quality report")) } } }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Other, title, &content))
}

fn columns(offered: &Offered<'_>, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let heads = [
        Column::text(lang.say("栏目", "Column")),
        Column::text(lang.say("名称", "Name")),
        Column::text(lang.say("类型", "Type")),
        Column::text(lang.say("个人信息", "Personal data")),
    ];
    let rulebook = offered.world().rulebook();
    let row = |field: &Field| {
        let released = offered.released(&field.name).cloned();
        vec![
            html! { (lang.label(&field.label)) },
            html! { code { (field.name) } },
            html! { (lang.say(&field.ty.zh(), &field.ty.en())) },
            html! { @if let Some(clause) = released { (lang.say("准许共享：", "allowed by ")) (clauses(&cite(rulebook, &[clause]))) } @else { span class="soft" { "–" } } },
        ]
    };
    let rows: Vec<Vec<Markup>> = offered.fields().map(row).collect();
    html! {
        h2 { (lang.say("栏目", "Columns")) }
        (table(lang.say("栏目", "Columns"), &heads, &rows))
    }
}

/// How an office gets it.
fn getting(offered: &Offered<'_>, visitor: &Visitor, makes_keys: bool) -> Markup {
    let lang = visitor.lang;
    let address = format!("/api/v1{}/rows", offered.address());
    html! {
        h2 { (lang.say("怎样取用", "How to get it")) }
        ol {
            @if let Some((procedure, act)) = offered.asking().filter(|_| offered.share.terms == Terms::Conditional) {
                li {
                    (lang.say("写明用途、依据、栏目和期限，向提供部门申请：", "Ask its owner, with purpose, ground, columns and term: "))
                    a href=(format!("/services/{}/apply?act={}&about.{}={}", procedure.name, act.name, about(procedure), encode(&offered.share.name))) { (lang.label(&procedure.title)) " — " (lang.label(&act.label)) }
                }
            }
            li {
                (lang.say("本单位的岗位生成密钥：", "An officer of yours makes a key: "))
                @if makes_keys { a href="/admin/keys" { "/admin/keys" } } @else { code { "/admin/keys" } }
            }
            li { (lang.say("凭密钥从接口取，每次都记给提供部门：", "Take it from the interface with that key; each use is told to the owner: ")) code { "GET " (address) } }
        }
    }
}

/// The subject of a procedure that is the share asked for.
fn about(procedure: &regulation::model::Procedure) -> &str {
    procedure.about.first().map_or("", |about| about.name.as_str())
}

fn rules(offered: &Offered<'_>, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let rulebook = offered.world().rulebook();
    html! {
        h2 { (lang.say("质量规则", "Quality rules")) }
        ul { @for rule in &offered.share.quality { li {
            code { (rule.holds.text) } " " span class="soft small" { (rule.code) " " (clauses(&cite(rulebook, &rule.clauses))) }
        } } }
    }
}

/// The names of offices and people on these pages.
pub(super) fn called<'a>(offered: &Offered<'a>, visitor: &Visitor) -> crate::forms::names::Names<'a> {
    names(offered.snapshot, visitor)
}
