//! The index of a package (卷内目录): a page that needs neither network nor scripts.

use super::pack::Written;
use super::plan::{ActLine, Item, Kind, Plan, proof_path};
use crate::lang::Lang;
use maud::{DOCTYPE, Markup, PreEscaped, html};

/// For screens, phones and paper alike.
pub(super) const STYLE: &str = "body{font:16px/1.6 system-ui,'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:1rem auto;\
padding:0 1rem;color:#1a1a1a;overflow-wrap:anywhere}table{border-collapse:collapse;width:100%;margin:.5rem 0}\
th,td{border:1px solid #999;padding:.3rem .5rem;text-align:left;vertical-align:top}th{background:#f2f2f2;font-weight:600}\
code{font-size:.85em}th[scope=row]{width:9em}\
@media screen and (max-width:36rem){.stacked>tbody>tr,.stacked>tbody>tr>th,.stacked>tbody>tr>td{display:block;width:auto}\
.stacked>tbody>tr.head{display:none}td>table{display:block;overflow-x:auto;white-space:nowrap}}\
.text{white-space:pre-wrap}small,.soft{color:#555}h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:1.5rem}\
@media print{body{max-width:none;margin:0;font-size:10.5pt}a{color:inherit;text-decoration:none}}";

/// A page of the package.
pub(super) fn document(lang: Lang, title: &str, style: &'static str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(lang.code()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                style { (PreEscaped(style)) }
            }
            body { (content) }
        }
    }
}

/// The index; `written` has one line for each file of the plan, nothing for what could not be had.
pub(super) fn page(plan: &Plan, written: &[Option<Written>]) -> Markup {
    let lang = plan.lang;
    let items: Vec<(&Item, Option<&Written>)> =
        plan.items.iter().zip(written).map(|(item, written)| (item, written.as_ref())).collect();
    let content = html! {
        h1 { (plan.title) }
        p { (lang.say("归档包 · 截至 ", "Archive package · as of ")) (lang.moment(plan.as_of)) }
        table { @for (label, text) in &plan.facts { tr { th scope="row" { (label) } td { (text) } } } }
        p { (covered(plan)) }
        @for (place, folder) in plan.folders.iter().enumerate() {
            h2 { (format!("{:02}", place + 1)) " " (folder.title) }
            table class="stacked" {
                tr class="head" {
                    th scope="col" { (lang.say("日期", "Date")) }
                    th scope="col" { (lang.say("动作", "Act")) }
                    th scope="col" { (lang.say("经办", "By")) }
                    th scope="col" { (lang.say("材料", "Papers")) }
                }
                @for (at, act) in plan.acts.iter().enumerate().filter(|(_, act)| act.folder == place) {
                    (act_row(lang, at, act, &items))
                }
            }
        }
        (checks(plan, &items))
    };
    document(lang, &plan.title, STYLE, &content)
}

fn covered(plan: &Plan) -> &'static str {
    let lang = plan.lang;
    if plan.in_full {
        return lang
            .say("个人信息未遮盖，请按保密要求保管。", "Personal data stands here in full: keep it as the law asks.");
    }
    lang.say(
        "证件号码等个人信息已遮盖；印有完整个人信息的表格没有收入。",
        "Personal data is covered; forms that print it in full are left out.",
    )
}

fn act_row(lang: Lang, at: usize, act: &ActLine, items: &[(&Item, Option<&Written>)]) -> Markup {
    let papers = items.iter().filter(|(item, _)| item.act == Some(at) && item.kind != Kind::Proof);
    let proof = act.logged.as_ref().map(|(seq, _)| proof_path(*seq));
    let proven = |path: &&String| items.iter().any(|(item, written)| item.path == **path && written.is_some());
    html! {
        tr {
            td {
                @if act.record.at.date() == act.record.on { (lang.moment(act.record.at)) }
                @else { (lang.date(act.record.on)) br; small { (lang.say("记录于 ", "recorded ")) (lang.moment(act.record.at)) } }
            }
            td {
                (act.label)
                @if !act.clauses.is_empty() { br; small { (act.clauses.join(lang.say("、", ", "))) } }
                @for warning in &act.record.warnings { br; small { (lang.say(&warning.zh, &warning.en)) } }
                @if let Some((seq, leaf)) = &act.logged {
                    br;
                    small {
                        (lang.say("日志第 ", "log ")) (seq) (lang.say(" 号 ", " ")) code { (leaf.get(..16).unwrap_or(leaf)) "…" } " "
                        @match proof.as_ref().filter(proven) {
                            Some(path) => a href=(path) { (lang.say("证明", "proof")) },
                            None => (lang.say("待签署", "not signed yet")),
                        }
                    }
                }
            }
            td { (act.who) }
            td { @for (item, written) in papers { (paper(lang, item, *written)) } }
        }
    }
}

fn paper(lang: Lang, item: &Item, written: Option<&Written>) -> Markup {
    html! {
        div {
            @match written {
                Some(written) => {
                    a href=(written.path) { (item.title) }
                    @if item.kind == Kind::Form { " " small { (lang.say("（印制的表）", " (as printed)")) } }
                },
                None => { (item.title) " " small { (lang.say("（已删除或不能排版，未收入）", " (erased, or cannot be printed: not in the package)")) } },
            }
        }
    }
}

/// How to check the package, and every file with its checksum.
fn checks(plan: &Plan, items: &[(&Item, Option<&Written>)]) -> Markup {
    let lang = plan.lang;
    html! {
        h2 { (lang.say("核对", "Checks")) }
        p { (lang.say("文件是否完好（不需联网）：", "Whether the files are whole, without network:")) " " code { "sha256sum -c SHA256SUMS" } }
        p {
            (lang.say("动作是否记入了县的日志（不需联网）：", "Whether an act is in the county's log, without network:")) " "
            code { "gongbao verify log/N.tlog-proof --key KEY" } " "
            (lang.say("公钥在 log/keys.txt，以公报印出的为准。", "The keys are in log/keys.txt: compare them with those that the gazette prints."))
        }
        table class="stacked" {
            tr class="head" { th scope="col" { (lang.say("文件", "File")) } th scope="col" { (lang.say("字节", "Bytes")) } th scope="col" { "SHA-256" } }
            @for written in items.iter().filter_map(|(_, written)| *written) {
                tr { td { a href=(written.path) { (written.path) } } td { (written.size) } td { code { (written.sha256) } } }
            }
        }
    }
}
