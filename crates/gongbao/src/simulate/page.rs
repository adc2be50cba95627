//! The report for people: one page that needs nothing beside itself, reads on a phone and prints on A4. With a draft, each figure stands beside the one
//! in force.

mod parts;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use parts::{acts_and_ends, backlog, deadlines, offices, percent, refusals, steps};
use regulation::model::Rulebook;
use simulate::{OfProcedure, Outcome, Plan, Summary};
use std::collections::BTreeSet;

const STYLE: &str = include_str!("page.css");
/// Procedures shown in full, at most; the table at the top has all.
const FULL: usize = 12;

/// A figure under the version in force and, where there is one, under the draft.
pub(super) struct Both {
    now: String,
    draft: Option<String>,
}

impl Both {
    /// The same figure of both runs.
    fn of<T>(now: Option<&T>, draft: Option<Option<&T>>, figure: impl Fn(&T) -> String) -> Both {
        let said = |of: Option<&T>| of.map_or_else(|| "–".to_owned(), &figure);
        Both { now: said(now), draft: draft.map(said) }
    }

    fn cell(&self) -> Markup {
        html! {
            (self.now)
            @if let Some(draft) = &self.draft {
                " " span class=(if *draft == self.now { "draft same" } else { "draft" }) { "稿 " (draft) }
            }
        }
    }
}

/// A table whose rows are cards on a phone.
pub(super) fn table(caption: &str, heads: &[&str], rows: Vec<Vec<Markup>>) -> Markup {
    html! {
        table {
            caption { (caption) }
            thead { tr { @for head in heads { th scope="col" { (head) } } } }
            tbody {
                @for row in rows {
                    tr { @for (place, cell) in row.into_iter().enumerate() {
                        @if place == 0 { th scope="row" { (cell) } }
                        @else { td data-label=(heads.get(place).copied().unwrap_or_default()) { (cell) } }
                    } }
                }
            }
        }
    }
}

/// Two runs side by side.
pub(super) struct Runs<'a> {
    pub(super) now: &'a Summary,
    pub(super) draft: Option<&'a Summary>,
}

impl<'a> Runs<'a> {
    pub(super) fn procedure(&self, name: &str) -> (Option<&'a OfProcedure>, Option<Option<&'a OfProcedure>>) {
        let find = |summary: &'a Summary| summary.procedures.iter().find(|own| own.name == name);
        (find(self.now), self.draft.map(find))
    }
}

/// The page.
pub fn page(plan: &Plan, outcome: &Outcome, rulebook: &Rulebook) -> String {
    let runs = Runs { now: &outcome.in_force, draft: outcome.draft.as_ref() };
    let title = match plan.procedures.as_slice() {
        [one] => rulebook.procedure(one).map_or_else(|| one.clone(), |(_, procedure)| procedure.title.zh.clone()),
        many => {
            let regulations =
                many.iter().filter_map(|name| rulebook.procedure(name)).map(|(of, _)| of.title.zh.as_str());
            let regulations: BTreeSet<&str> = regulations.collect();
            regulations.into_iter().collect::<Vec<_>>().join("、")
        }
    };
    let wanted: Vec<&OfProcedure> = runs.now.procedures.iter().filter(|own| own.wanted).collect();
    let shown = wanted.iter().filter(|own| own.opened > 0 || own.came.came > 0).take(FULL);
    html! {
        (DOCTYPE)
        html lang="zh-CN" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "推演报告：" (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p class="kind" { "推演报告" } h1 { (title) } (opening(plan, &runs)) }
                main {
                    (warnings(&runs))
                    (overview(&runs))
                    @for procedure in shown { (in_full(&runs, procedure)) }
                    (offices(&runs))
                    (backlog(&runs))
                    (refusals(&runs, rulebook))
                    (assumptions(plan))
                }
                footer { p { "本报告的人员、号码和材料都是编造的。相同的法规、县情、假设和随机种子，得出相同的数字。" } }
            }
        }
    }
    .into_string()
}

/// What the run was and what came of it, in a few sentences.
fn opening(plan: &Plan, runs: &Runs<'_>) -> Markup {
    let figures = |summary: &Summary| {
        let wanted: Vec<&OfProcedure> = summary.procedures.iter().filter(|own| own.wanted).collect();
        let came: u64 = wanted.iter().map(|own| own.came.came).sum();
        let opened: u64 = wanted.iter().map(|own| own.opened).sum();
        let open: u64 = wanted.iter().map(|own| own.open).sum();
        let (kept, late) = wanted
            .iter()
            .flat_map(|own| &own.clocks)
            .fold((0, 0), |(kept, late), clock| (kept + clock.in_time, late + clock.late));
        let rate = (kept * 1000_u64).checked_div(kept + late);
        format!("来件 {came} 次，立件 {opened} 件，期末在办 {open} 件，各期限合计按时率 {}", percent(rate))
    };
    html! {
        p {
            (plan.from.to_string()) " 起至 " (runs.now.until.to_string()) " 前，随机种子 " (plan.seed) "。"
            @if !runs.now.whole || runs.draft.is_some_and(|draft| !draft.whole) { strong { "推演中途停止，以下是到停止之日为止的数字。" } }
        }
        p { @if runs.draft.is_some() { "现行：" } (figures(runs.now)) "。" }
        @if let Some(draft) = runs.draft {
            p { "修改稿：" (figures(draft)) "。" }
            p class="soft" { "两次推演的来件相同：同样的人在同样的时刻交同样的材料，只有修改稿不收的才改。表中“稿”后面是修改稿的数字，与现行相同的颜色较淡。" }
        }
    }
}

fn warnings(runs: &Runs<'_>) -> Markup {
    let all = [("现行", Some(runs.now)), ("修改稿", runs.draft)];
    let broken = all.into_iter().filter_map(|(which, summary)| Some((which, summary?)));
    let broken: Vec<_> =
        broken.flat_map(|(which, summary)| summary.broken.iter().map(move |one| (which, one))).collect();
    html! {
        @if !broken.is_empty() {
            section class="warning" role="alert" {
                h2 { "有走不下去的事项" }
                ul { @for (which, one) in broken {
                    li { (which) "：" (one.procedure) "，环节 " (one.step) "，" (one.count) " 件，例如 " (one.matter) "。" (one.zh) "。" }
                } }
            }
        }
    }
}

/// A line for each procedure.
fn overview(runs: &Runs<'_>) -> Markup {
    let row = |own: &OfProcedure| {
        let (now, draft) = runs.procedure(&own.name);
        let cell = |figure: fn(&OfProcedure) -> String| Both::of(now, draft, figure).cell();
        vec![
            html! { (own.title.zh) @if !own.wanted { span class="soft" { "（连带）" } } },
            cell(|own| own.came.came.to_string()),
            cell(|own| own.came.sent_home.to_string()),
            cell(|own| own.came.turned_away.to_string()),
            cell(|own| own.opened.to_string()),
            cell(|own| own.open.to_string()),
            cell(|own| parts::days(&own.days, own.days.p50)),
            cell(|own| parts::days(&own.days, own.days.p90)),
            cell(|own| percent(own.rate())),
        ]
    };
    let active =
        runs.now.procedures.iter().filter(|own| own.opened > 0 || own.came.came + own.came.without_subject > 0);
    let heads =
        ["程序", "来件", "退回补材料", "不收", "立件", "期末在办", "办结用时中位（天）", "九成以内（天）", "按时率"];
    html! { section { h2 { "各程序" } (table("立件含职责到期和其他事项引起的。用时从开始之日到办结之日，日历天。", &heads, active.map(row).collect())) } }
}

fn in_full(runs: &Runs<'_>, own: &OfProcedure) -> Markup {
    let (now, draft) = runs.procedure(&own.name);
    html! {
        section class="procedure" {
            h2 { (own.title.zh) }
            (acts_and_ends(now, draft, &own.name))
            (steps(now, draft))
            (deadlines(now, draft))
        }
    }
}

fn assumptions(plan: &Plan) -> Markup {
    let row = |line: simulate::assumptions::Line| {
        vec![html! { (line.zh) }, html! { (line.of) }, html! { (line.value) }, html! { code { (line.setting) } }]
    };
    let rows = plan.assumptions.lines().into_iter().map(row).collect();
    html! {
        section { h2 { "假设" }
            p { "法规没有说、推演必须设定的，都在这里；用 --assume 换成本县的数字。" }
            (table("设置名是假设表中 setting 一栏的写法。", &["含义", "只对", "取值", "设置名"], rows))
        }
    }
}
