//! `/shares/…/uses` and `/shares/…/quality`: what the owner of a share sees: who may use it, who did, and which rows break its rules.

use super::called;
use crate::components::crumbs::crumbs;
use crate::components::table::{Column, Row, marked_table, table};
use crate::layout::{self, Nav, encode_part};
use crate::problem::Problem;
use crate::sharing::{EXAMINED_ROWS, Offered, Quality};
use crate::site::{App, Running, long_work, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::rights::Grant;
use maud::{Markup, html};
use std::sync::Arc;
use store::sharing::{AccessKey, ShareUse};

/// Uses listed.
const USES: usize = 200;

/// Grants and uses.
pub async fn uses(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, share)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let offered = Offered::seen(snapshot, &visitor, (&regulation, &share))?.overseen(&visitor)?;
            let uses = snapshot.share_uses(&offered.share.name, USES)?;
            let keys = snapshot.access_keys()?;
            let grants = offered.grants();
            snapshot.fault()?;
            let lang = visitor.lang;
            let content = html! {
                h1 { (lang.label(&offered.share.title)) (lang.say("：授权和使用", ": grants and uses")) }
                h2 { (lang.say("授权", "Grants")) }
                @if grants.is_empty() { p class="soft" { (lang.say("没有授权。", "There are no grants.")) } }
                @else { (grants_table(&offered, &visitor, &grants)) }
                h2 { (lang.say("使用记录", "Uses")) }
                @if uses.is_empty() { p class="soft" { (lang.say("还没有人取用过。", "Nobody has used it yet.")) } }
                @else { (uses_table(&offered, &visitor, &uses, &keys)) }
                @if uses.len() == USES { p class="soft small" { (lang.say("只列最近 200 次。", "The latest 200 are shown.")) } }
            };
            Ok(page(&offered, &visitor, &content))
        })
    })
    .await
}

fn page(offered: &Offered<'_>, visitor: &Visitor, content: &Markup) -> Markup {
    let lang = visitor.lang;
    let title = lang.label(&offered.share.title);
    let content = html! {
        (crumbs(lang, &[(lang.say("数据目录", "Shared data"), "/shares"), (title, &offered.address())]))
        (content)
    };
    layout::page(visitor, Nav::Other, title, &content)
}

fn grants_table(offered: &Offered<'_>, visitor: &Visitor, grants: &[Grant]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("授权编号", "Grant")),
        Column::text(lang.say("使用单位", "Office")),
        Column::text(lang.say("用途", "Purpose")),
        Column::text(lang.say("栏目", "Columns")),
        Column::text(lang.say("期限", "Term")),
    ];
    let row = |grant: &Grant| Row {
        cells: vec![
            html! { (grant.number) },
            html! { (office(offered, visitor, &grant.office)) },
            html! { (grant.purpose) },
            html! { @if grant.fields.is_empty() { (lang.say("全部不含个人信息的", "all that are not personal")) } @else { (grant.fields.join("、")) } },
            html! {
                (lang.date(grant.from)) " – " (lang.date(grant.until))
                @if let Some(ended) = grant.ended { br; (lang.say("提前终止：", "ended early: ")) (lang.date(ended)) }
                @else if !grant.holds(visitor.now.date()) { br; span class="soft" { (lang.say("不在有效期内", "not in force")) } }
            },
        ],
        class: None,
    };
    marked_table(lang.say("授权", "Grants"), &columns, &grants.iter().map(row).collect::<Vec<_>>())
}

fn office(offered: &Offered<'_>, visitor: &Visitor, name: &str) -> String {
    let found = engine::rights::named_office(offered.world().county(), name);
    found.map_or_else(|| name.to_owned(), |desk| called(offered, visitor).desk(&desk))
}

fn uses_table(offered: &Offered<'_>, visitor: &Visitor, uses: &[ShareUse], keys: &[AccessKey]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("时间", "When")),
        Column::text(lang.say("使用单位", "Office")),
        Column::text(lang.say("系统（密钥）", "System (key)")),
        Column::text(lang.say("用途", "Purpose")),
        Column::text(lang.say("栏目", "Columns")),
        Column::number(lang.say("记录", "Rows")),
    ];
    let label = |id: &str| keys.iter().find(|key| key.id == id).map_or_else(String::new, |key| key.label.clone());
    let row = |one: &ShareUse| {
        vec![
            html! { (lang.moment(one.at)) },
            html! { (called(offered, visitor).desk(&one.office)) },
            html! { (label(&one.key)) },
            html! { (one.purpose) @if let Some(grant) = &one.grant { br; span class="soft small" { (grant) } } },
            html! { (one.fields.join("、")) },
            html! { (one.rows) },
        ]
    };
    table(lang.say("使用记录", "Uses"), &columns, &uses.iter().map(row).collect::<Vec<_>>())
}

/// Which rows break the rules.
pub async fn quality(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((regulation, share)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let offered = Offered::seen(snapshot, &visitor, (&regulation, &share))?.overseen(&visitor)?;
            let quality = offered.quality()?;
            Ok(page(&offered, &visitor, &quality_content(&offered, &visitor, &quality)))
        })
    })
    .await
}

fn quality_content(offered: &Offered<'_>, visitor: &Visitor, quality: &Quality<'_>) -> Markup {
    let lang = visitor.lang;
    let columns = [Column::text(lang.say("规则", "Rule")), Column::number(lang.say("不符合", "Broken"))];
    let counts: Vec<Vec<Markup>> = offered
        .share
        .quality
        .iter()
        .zip(&quality.counts)
        .map(|(rule, count)| vec![html! { code { (rule.holds.text) } }, html! { (count) }])
        .collect();
    let faulty: Vec<Vec<Markup>> = quality
        .faults
        .iter()
        .map(|(line, faults)| {
            let address = match &line.matter {
                Some(matter) => format!("/matters/{matter}"),
                None => format!("/registers/{}/{}", offered.register.name, encode_part(&line.key)),
            };
            vec![
                html! { a href=(address) { (line.key) } },
                html! { ul class="plain" { @for fault in faults { li { (lang.label(&fault.said)) } } } },
            ]
        })
        .collect();
    let rows = [Column::text(lang.say("记录", "Row")), Column::text(lang.say("哪里不符合", "What is wrong"))];
    html! {
        h1 { (lang.label(&offered.share.title)) (lang.say("：质量报告", ": quality")) }
        p class="lead" {
            (lang.say("看了 ", "Looked at ")) (quality.examined) (lang.say(" 条记录，", " rows, ")) (quality.good)
            (lang.say(" 条没有问题。", " of them without a fault."))
            @if quality.cut { " " (lang.say("记录很多，只看了前 ", "There are many: only the first ")) (EXAMINED_ROWS) (lang.say(" 条。", " were looked at.")) }
        }
        (table(lang.say("规则", "Rules"), &columns, &counts))
        @if !faulty.is_empty() {
            h2 { (lang.say("要更正的记录", "Rows to correct")) }
            (table(lang.say("要更正的记录", "Rows to correct"), &rows, &faulty))
        }
    }
}
