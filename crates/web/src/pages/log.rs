//! `/log`: the journal as a transparency log, for people; and below it the addresses of C2SP tlog-tiles, for programs that copy it
//! (`docs/formats/log.md`).

use crate::components::banner::{Tone, banner};
use crate::components::crumbs::crumbs;
use crate::components::summary::summary;
use crate::components::table::{Column, table};
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{App, Running, look, work};
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::log::{LogCheckpoint, LogTree};
use trust::{Note, NoteKey, NoteKeyKind, TileId, TileKind, TilePath, bundle, tile_bytes};

/// Checkpoints on a page.
const LINES: usize = 20;
/// What never changes may be kept for a year.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// The newest checkpoint changes with the next step.
const A_MOMENT: &str = "no-cache";
const TEXT: &str = "text/plain; charset=utf-8";

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    let before = query_value(&uri, "before").and_then(|step| step.parse().ok()).unwrap_or(u64::MAX);
    let app: App = state;
    work(&app, move |app| app.read(|snapshot| page(app, snapshot, &visitor, before))).await
}

fn page(app: &Running, snapshot: &dyn Snapshot, visitor: &Visitor, before: u64) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let title = lang.say("行政行为日志", "The log of acts");
    let newest = snapshot.log_newest()?;
    let acts = snapshot.journal_length()?;
    let checkpoints = snapshot.log_before(before, LINES)?;
    let content = html! {
        (crumbs(lang, &[]))
        h1 { (title) }
        p class="lead" { (lang.say(
            "每个办理动作都在日志里有一个承诺值，看不出内容，也改不了、抽不掉。日志定期签署，每季公报印出日志根；任何人都可以复制全部日志，核对它只增不改。",
            "Every act has a commitment in this log, which tells nothing of its content and can be neither changed nor taken out. The log is signed regularly and the gazette prints its root each quarter; anybody can copy it and check that it only grows.",
        )) }
        @match &newest {
            None => (banner(Tone::Plain, lang.say("还没有签署过检查点", "No checkpoint was signed yet"), &html! {})),
            Some(newest) => {
                h2 { (lang.say("最新检查点", "Newest checkpoint")) }
                (summary(&[lines(visitor, newest, acts), witnessed(app, visitor, newest)].concat()))
                pre class="code" { (newest.note) }
            }
        }
        @if !app.site.log_keys.is_empty() {
            h2 { (lang.say("公钥", "Public keys")) }
            p class="soft" { (lang.say("以公报印出的为准；从别处得到的，先与公报核对。", "The gazette prints them: compare them with it before use.")) }
            @for key in &app.site.log_keys { p { b { (kind(key)) } } pre class="code" { (key) } }
        }
        h2 { (lang.say("怎样核验", "How to verify")) }
        (how(app, visitor))
        h2 { (lang.say("历次检查点", "Checkpoints")) }
        (list(visitor, &checkpoints))
    };
    Ok(layout::page(visitor, Nav::Verify, title, &content))
}

fn lines(visitor: &Visitor, checkpoint: &LogCheckpoint, acts: u64) -> Vec<(String, Markup)> {
    let lang = visitor.lang;
    let waiting = acts.saturating_sub(checkpoint.acts);
    let mut lines = vec![
        (lang.say("签署时间", "Signed").to_owned(), html! { (lang.moment(checkpoint.at)) }),
        (lang.say("包含动作", "Acts").to_owned(), html! { (checkpoint.acts) }),
        (lang.say("条目", "Entries").to_owned(), html! { (checkpoint.size) }),
        (lang.say("公开根（SHA-256）", "Public root (SHA-256)").to_owned(), html! { code { (checkpoint.root) } }),
        (lang.say("国密根（SM3）", "National root (SM3)").to_owned(), html! { code { (checkpoint.national) } }),
    ];
    if waiting > 0 {
        lines.push((lang.say("待下次签署", "For the next").to_owned(), html! { (waiting) }));
    }
    lines
}

/// Who of the known witnesses cosigned, and when.
fn witnessed(app: &Running, visitor: &Visitor, checkpoint: &LogCheckpoint) -> Vec<(String, Markup)> {
    let lang = visitor.lang;
    let Ok(note) = Note::read(&checkpoint.note) else { return Vec::new() };
    let signed = |key: &&NoteKey| {
        let line = note.signatures.iter().find(|line| line.id == key.id() && line.name == key.name());
        line.is_some_and(|line| key.verifies(note.text.as_bytes(), &line.signature))
    };
    let names: Vec<&str> = app.site.witnesses.iter().filter(signed).map(|key| key.name()).collect();
    let (all, named) = (app.site.witnesses.len(), names.join(lang.say("、", ", ")));
    match (all, names.is_empty()) {
        (0, _) => Vec::new(),
        (_, true) => vec![(
            lang.say("见证", "Witnesses").to_owned(),
            html! { (lang.say("还没有见证方签署", "none has cosigned yet")) },
        )],
        (_, false) => vec![(
            lang.say("见证", "Witnesses").to_owned(),
            html! { (named) (lang.say("（已核对签名）", " (signatures checked)")) },
        )],
    }
}

fn kind(key: &NoteKey) -> &'static str {
    match key.kind() {
        NoteKeyKind::Ed25519 => "Ed25519",
        NoteKeyKind::Sm2 => "SM2（GB/T 32918）",
        NoteKeyKind::Witness => "Ed25519（见证方）",
    }
}

fn how(app: &Running, visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let url = format!("{}/log", app.site.public_url);
    let key = app.site.log_keys.first().map_or_else(|| "KEY".to_owned(), ToString::to_string);
    html! {
        ol {
            li { (lang.say("证书：扫二维码，或在", "A certificate: scan its QR code, or type its code at ")) a href="/verify" { (lang.say("核验页", "the verification page")) } (lang.say("输入核验码，结果页有可下载的离线证明。", "; the result has an offline proof to download.")) }
            li { (lang.say("离线证明，不需联网：", "An offline proof, without network:")) pre class="code" { "gongbao verify act.tlog-proof --key '" (key) "'" } }
            li { (lang.say("复制日志，每次核对它只增不改：", "Copy the log and check each time that it only grew:")) pre class="code" { "gongbao mirror " (url) " ./copy --key '" (key) "'" } }
            li { (lang.say("公报所印的检查点与副本核对：", "A printed checkpoint against the copy:")) pre class="code" { "gongbao verify printed.checkpoint ./copy" } }
        }
        p class="soft" { (lang.say("格式是公开标准（C2SP tlog-tiles、tlog-checkpoint、tlog-proof），其他工具和见证方也能读。", "The formats are open (C2SP tlog-tiles, tlog-checkpoint, tlog-proof): other tools and witnesses read them too.")) }
    }
}

fn list(visitor: &Visitor, checkpoints: &[LogCheckpoint]) -> Markup {
    let lang = visitor.lang;
    let columns = [
        Column::text(lang.say("签署时间", "Signed")),
        Column::number(lang.say("动作", "Acts")),
        Column::number(lang.say("条目", "Entries")),
        Column::text(lang.say("公开根", "Public root")),
    ];
    let row = |one: &LogCheckpoint| {
        vec![
            html! { a href=(format!("/log/checkpoints/{}", one.step)) { (lang.moment(one.at)) } },
            html! { (one.acts) },
            html! { (one.size) },
            html! { code { (&one.root.to_string()[..16]) "…" } },
        ]
    };
    let rows: Vec<Vec<Markup>> = checkpoints.iter().map(row).collect();
    html! {
        @if rows.is_empty() { p { (lang.say("没有更早的。", "None.")) } }
        @else { (table(lang.say("历次检查点", "Checkpoints"), &columns, &rows)) }
        @if let Some(last) = checkpoints.last().filter(|last| last.step > 1) {
            p { a href=(format!("/log?before={}", last.step)) { (lang.say("更早的", "Earlier")) } }
        }
    }
}

/// How the act behind a document stands in the log: a line for pages that show the document. Nothing if the log cannot be read now.
pub fn standing(snapshot: &dyn Snapshot, visitor: &Visitor, seq: u64) -> Option<(String, Markup)> {
    let lang = visitor.lang;
    let covering = snapshot.log_covering(seq).ok()?;
    let content = match covering {
        None => {
            html! { (lang.say("进入公示树前：已办理，待下一次签署记入（通常一分钟内）", "Not in a signed checkpoint yet: the next one, usually within a minute, will cover it")) }
        }
        Some(checkpoint) => html! {
            (lang.say("第 ", "Entry ")) (checkpoint.index_of(seq)) (lang.say(" 条，", ", ")) (lang.moment(checkpoint.at))
            (lang.say(" 签署 ", " signed "))
            a href=(format!("/log/checkpoints/{}", checkpoint.step)) { (lang.say("检查点", "checkpoint")) } " · "
            a href=(format!("/log/proofs/{seq}")) download=(format!("{seq}.tlog-proof")) { (lang.say("下载离线证明", "offline proof")) } " · "
            a href="/log" { (lang.say("怎样核验", "how to verify")) }
        },
    };
    Some((lang.say("行政行为日志", "The log of acts").to_owned(), content))
}

/// The newest checkpoint.
pub async fn newest(state: State<Arc<Running>>) -> Result<Response, Problem> {
    let found = look(&state, |snapshot| Ok(snapshot.log_newest()?)).await?;
    Ok(served(TEXT, A_MOMENT, found.ok_or_else(missing)?.note.into_bytes()))
}

/// An earlier checkpoint, by its step.
pub async fn checkpoint(state: State<Arc<Running>>, Path(step): Path<u64>) -> Result<Response, Problem> {
    let found = look(&state, move |snapshot| Ok(snapshot.log_before(step.saturating_add(1), 1)?)).await?;
    let found = found.into_iter().find(|found| found.step == step);
    Ok(served(TEXT, FOR_EVER, found.ok_or_else(missing)?.note.into_bytes()))
}

/// A tile or a bundle.
pub async fn tile(state: State<Arc<Running>>, Path(path): Path<String>) -> Result<Response, Problem> {
    let path: TilePath = format!("tile/{path}").parse().map_err(|_| missing())?;
    let bytes = look(&state, move |snapshot| tile_at(snapshot, &path)).await?;
    Ok(served("application/octet-stream", FOR_EVER, bytes.ok_or_else(missing)?))
}

/// What stands at an address, if the newest checkpoint covers it. Tiles grow, so a partial one is the start of what there is now.
fn tile_at(snapshot: &dyn Snapshot, path: &TilePath) -> Result<Option<Vec<u8>>, Problem> {
    let size = snapshot.log_newest()?.map_or(0, |newest| newest.size);
    let level = match path.kind {
        TileKind::Hashes(level) => level,
        TileKind::Entries => 0,
    };
    let tile = TileId { level, index: path.index };
    if tile.width(size) < path.width {
        return Ok(None);
    }
    let width = usize::try_from(path.width).expect("a tile has at most 256 hashes");
    Ok(match path.kind {
        TileKind::Hashes(_) => snapshot.log_tile(LogTree::Public, tile)?.get(..width).map(tile_bytes),
        TileKind::Entries => snapshot.log_bundle(path.index)?.get(..width).map(bundle),
    })
}

/// The offline proof of an act, by its place in the journal.
pub async fn proof(state: State<Arc<Running>>, Path(seq): Path<u64>) -> Result<Response, Problem> {
    let proof = look(&state, move |snapshot| if seq == 0 { Ok(None) } else { Ok(snapshot.log_proof(seq)?) }).await?;
    Ok(served(TEXT, A_MOMENT, proof.ok_or_else(missing)?.to_string().into_bytes()))
}

/// The proof that the log of one size appends to that of another: a hash in base 64 on each line.
pub async fn consistency(state: State<Arc<Running>>, Path((old, new)): Path<(u64, u64)>) -> Result<Response, Problem> {
    let proof = look(&state, move |snapshot| Ok(snapshot.log_consistency(old, new)?)).await?;
    let lines: String = proof.ok_or_else(missing)?.iter().map(|hash| BASE64.encode(hash.as_bytes()) + "\n").collect();
    Ok(served(TEXT, FOR_EVER, lines.into_bytes()))
}

fn served(media: &'static str, kept: &'static str, bytes: Vec<u8>) -> Response {
    ([(CONTENT_TYPE, media), (CACHE_CONTROL, kept)], bytes).into_response()
}

fn missing() -> Problem {
    Problem::not_found("日志里没有", "The log has no such thing")
}
