//! `/registers/{name}/-/excel`: exactly what is filtered, as a sheet that Excel and WPS open; `/registers/{name}/-/template`: an empty one.

use super::Look;
use crate::api::kind_name;
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::disposition::saved;
use crate::forms::mask;
use crate::forms::names::Names;
use crate::forms::purpose::{self, Stated};
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::registers::imports::may_import;
use crate::registers::sheet::{self, EMPTIED, EXAMPLE};
use crate::registers::wanted::Wanted;
use crate::registers::{find, keep, through};
use crate::sent::{AGAIN, SignedSent, take};
use crate::site::{App, Running, long_work, work};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::{Access, masked_kinds, purposes};
use maud::html;
use regulation::expr::Value;
use regulation::model::{Field, Personal, Purpose};
use sheets::{Out, Writer};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::aside::Reading;
use store::pages::Cut;

/// Rows fetched at a time.
const CHUNK: usize = 1_000;
/// Rows fetched at a time where they are put in order, which looks at all of them each time.
const SORTED_CHUNK: usize = 20_000;

/// The sheet; where personal data could be taken out in full, a question first.
pub async fn show(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let app: App = state;
    let wanted = Wanted::read(&uri);
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let covered = wanted.text("covered").is_some();
            let look = Look::new(snapshot, &visitor, &name, wanted)?;
            if !covered && look.reach.access == Access::Full && look.register.fields.iter().any(mask::is_masked) {
                return Ok(ask(&look).into_response());
            }
            Ok(sheet(&look, None)?.0)
        })
    })
    .await
}

/// The kinds that are masked in the register, and the purposes that open any of them.
fn closed<'a>(look: &Look<'a>) -> (BTreeSet<Personal>, Vec<&'a Purpose>) {
    let masked = masked_kinds(&look.register.fields);
    let offered = purposes(&look.register.purposes, &masked);
    (masked, offered)
}

fn ask(look: &Look<'_>) -> maud::Markup {
    let lang = look.visitor.lang;
    let names = Names { world: look.snapshot.world(), lang };
    let (_, offered) = closed(look);
    let title = lang.say("导出 Excel", "To Excel");
    let view = look.wanted.view();
    let joined = if view.is_empty() { String::new() } else { format!("&{view}") };
    let content = html! {
        (crumbs(lang, &[(look.title(), &look.with_view(&view))]))
        h1 { (title) }
        (look.in_force())
        p { (lang.say("本簿有身份证号等个人信息。", "This register holds personal data such as identity numbers.")) }
        p { (button::link(lang.say("导出，个人信息遮盖", "With personal data covered"), &format!("{}?covered=yes{joined}", look.under("excel")))) }
        h2 { (lang.say("确需完整的个人信息", "With personal data in full")) }
        form method="post" action=(look.under("excel")) {
            (token(look.visitor))
            input type="hidden" name="query" value=(view);
            p class="hint" { (lang.say("导出的行数也会记入查阅记录。", "The number of rows goes into the log of looks as well.")) }
            (purpose::asked(names, &offered, lang.say("导出完整内容", "In full")))
        }
    };
    layout::page(look.visitor, Nav::Desk, title, &content)
}

/// The sheet in full, for a stated reason; who took out how much is logged before it is sent.
pub async fn in_full(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    SignedSent(mut sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("/registers/{name}/-/excel?{}", sent.text("query").unwrap_or_default()))
            .into_response());
    }
    long_work(&app, move |app| {
        let person = visitor.signed_in()?;
        let asked: Uri = format!("/registers?{}", sent.text("query").unwrap_or_default())
            .parse()
            .map_err(|_| Problem::unreadable("筛选条件无法识别", "The filter cannot be read"))?;
        let ((response, rows), stated, post) = app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &name, Wanted::read(&asked))?;
            if look.reach.access < Access::Full {
                return Err(Problem::forbidden(
                    "您的岗位不能导出完整的个人信息",
                    "Your post may not take out personal data in full",
                ));
            }
            let (masked, offered) = closed(&look);
            let stated = Stated::read(look.reach.access, &offered, &masked, &sent.answers)?;
            let post = through(snapshot, &visitor, look.register, &look.reach);
            Ok((sheet(&look, Some(&stated))?, stated, post))
        })?;
        for kind in &stated.opened {
            app.store().log_reading(Reading {
                subject: name.clone(),
                at: visitor.now,
                person: person.id.clone(),
                post: post.clone(),
                kind: kind_name(*kind).to_owned(),
                why: format!("导出 Excel {rows} 行，{}", stated.why),
            })?;
        }
        Ok(response)
    })
    .await
}

fn packed(error: sheets::XlsxError) -> Problem {
    Problem::fault(&anyhow::Error::new(error).context("a sheet could not be written"))
}

/// All that the look's filters leave, row by row; and how many rows that is.
fn sheet(look: &Look<'_>, stated: Option<&Stated>) -> Result<(Response, u64), Problem> {
    let opened = stated.map(|stated| stated.opened.clone()).unwrap_or_default();
    let names = Names { world: look.snapshot.world(), lang: Lang::Zh };
    let access = look.reach.access;
    let fields: Vec<&Field> = look.register.fields.iter().collect();
    let columns: Vec<_> = fields.iter().map(|field| sheet::column(field, access, &opened)).collect();
    let title = &look.register.title.zh;
    let mut writer = Writer::new(title, &columns).map_err(packed)?;
    let mut rows = 0_u64;
    let limit = if look.query.sort.is_some() { SORTED_CHUNK } else { CHUNK };
    let mut cut = Cut::first(limit);
    loop {
        let found = look.listing().page(&look.query, &cut)?;
        for line in &found.lines {
            let value = |field: &&Field| line.record.get(&field.name).unwrap_or(&Value::Missing);
            let cells: Vec<Out> =
                fields.iter().map(|field| sheet::cell(names, field, (access, &opened), value(field)).into()).collect();
            writer.row(&cells).map_err(packed)?;
            rows += 1;
        }
        match found.next {
            Some(next) => cut.after = Some(next),
            None => break,
        }
    }
    let bytes = writer.finish("说明", &about(look, rows, stated)).map_err(packed)?;
    Ok((download(&format!("{title}-{}.xlsx", look.visitor.now.date()), bytes), rows))
}

/// Where the table comes from: register, part, filters, moment, person.
fn about(look: &Look<'_>, rows: u64, stated: Option<&Stated>) -> Vec<(String, String)> {
    let names = Names { world: look.snapshot.world(), lang: Lang::Zh };
    let county = look.snapshot.world().county();
    let place = look.reach.place.as_deref().unwrap_or(&county.code);
    let typed = look.wanted.typed.iter().filter(|(name, _)| name.as_str() != "sort");
    let filters: Vec<String> = typed.filter_map(|(name, texts)| look.in_words(Lang::Zh, name, texts)).collect();
    let through_post = through(look.snapshot, look.visitor, look.register, &look.reach);
    let by = look.visitor.person.as_ref().map_or_else(
        || "未登录的访客".to_owned(),
        |person| match person.holdings().find(|post| post.id == through_post) {
            Some(post) => format!("{}（{}）", person.name, post.title),
            None => person.name.clone(),
        },
    );
    let masks = look.register.fields.iter().any(|field| crate::registers::is_covered(field, look.reach.access));
    let personal = match stated {
        Some(stated) => format!("完整的只有：{}；用途：{}", purpose::kinds(Lang::Zh, &stated.opened), stated.why),
        None if masks => "已遮盖".to_owned(),
        None => "本表没有需要遮盖的个人信息".to_owned(),
    };
    let none = |text: String| if text.is_empty() { "无".to_owned() } else { text };
    let lines = [
        ("登记簿", look.register.title.zh.clone()),
        ("依据", format!("{} {}", look.regulation.title.zh, look.register.clauses.join("、")).trim().to_owned()),
        ("范围", names.place_path(place)),
        ("筛选条件", none(filters.join("；"))),
        ("排序", none(look.order(Lang::Zh).unwrap_or_default())),
        ("行数", rows.to_string()),
        ("个人信息", personal),
        ("导出时间", Lang::Zh.moment(look.visitor.now)),
        ("导出人", by),
    ];
    lines.map(|(label, text)| (label.to_owned(), text)).into()
}

/// A file to keep.
pub(crate) fn download(name: &str, bytes: Vec<u8>) -> Response {
    let disposition = saved("table.xlsx", name);
    ([(CONTENT_TYPE, sheets::MEDIA.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response()
}

/// The template to fill in.
pub async fn template(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        app.read(|snapshot| {
            let world = snapshot.world();
            let (regulation, register) = find(snapshot, &name)?;
            may_import(world, &visitor, regulation, register)?;
            let posts = keep::posts(world, &visitor, regulation, register);
            let place = posts.first().map_or("", |post| post.place.as_str());
            let names = Names { world, lang: Lang::Zh };
            let columns = sheet::template(names, register, place);
            let lines = [
                ("登记簿", format!("{}（{}）", register.title.zh, regulation.title.zh)),
                ("怎样填", format!("每行一条记录，从第二行起填；带“{EXAMPLE}”的那一行只作示例，导入时不读。黄色的栏必填，把鼠标放在表头上可以看说明。")),
                ("已有的记录", format!("编号已经登记过的，按变更处理：空着的格不变，要清空的写“{EMPTIED}”。内容相同的跳过。")),
                ("可以改动", "栏的顺序可以调整，不用的选填栏可以删去；表头的文字不要改。".to_owned()),
                ("导入", "先逐行核对，有问题的逐格指出，没有导入任何内容；全部改好、确认以后才一次导入。".to_owned()),
            ];
            let lines: Vec<(String, String)> = lines.map(|(label, text)| (label.to_owned(), text)).into();
            let bytes = sheets::template(&register.title.zh, &columns, "填表说明", &lines).map_err(packed)?;
            Ok(download(&format!("{}-模板.xlsx", register.title.zh), bytes))
        })
    })
    .await
}
