//! The parts of the report: outcomes, steps, deadlines, offices, backlog, refusals.

use super::{Both, Runs, table};
use maud::{Markup, html};
use regulation::model::Rulebook;
use rust_decimal::Decimal;
use simulate::{OfOffice, OfProcedure, Place, Refused, Spread, Summary};
use std::collections::BTreeMap;
use web::components::chart::{Chart, Point, Shape, chart};

/// Desks and refusals in a table, at most.
const ROWS: usize = 30;

/// A share in thousandths.
pub fn percent(permille: Option<u64>) -> String {
    permille.map_or_else(|| "–".to_owned(), |rate| format!("{}.{}%", rate / 10, rate % 10))
}

/// Tenths of a day, where there is anything to measure.
pub fn days(spread: &Spread, tenths: u32) -> String {
    match spread.count {
        0 => "–".to_owned(),
        _ if tenths.is_multiple_of(10) => (tenths / 10).to_string(),
        _ => format!("{}.{}", tenths / 10, tenths % 10),
    }
}

/// Names of what either run has, in the order of the first.
fn names<T>(now: &[T], draft: Option<&[T]>, name: impl Fn(&T) -> &str) -> Vec<String> {
    let mut names: Vec<String> = now.iter().map(|one| name(one).to_owned()).collect();
    for one in draft.into_iter().flatten() {
        if !names.iter().any(|known| known == name(one)) {
            names.push(name(one).to_owned());
        }
    }
    names
}

fn find<'a, T>(all: &'a [T], name: impl Fn(&T) -> &str, wanted: &str) -> Option<&'a T> {
    all.iter().find(|one| name(one) == wanted)
}

fn point(label: &str, value: u64, shown: String) -> Point {
    Point { label: label.to_owned(), values: vec![Some(Decimal::from(value))], shown }
}

/// How matters ended, and what was done.
pub fn acts_and_ends(now: Option<&OfProcedure>, draft: Option<Option<&OfProcedure>>, id: &str) -> Markup {
    let Some(now) = now else { return html! {} };
    let draft_of = draft.flatten();
    let ends = names(&now.ends, draft_of.map(|own| own.ends.as_slice()), |end| &end.name);
    let end_label = |name: &str| {
        let own = find(&now.ends, |end| &end.name, name).or_else(|| find(&draft_of?.ends, |end| &end.name, name));
        own.map_or_else(|| name.to_owned(), |end| end.label.zh.clone())
    };
    let points = now.ends.iter().map(|end| point(&end.label.zh, end.count, end.count.to_string())).collect();
    let drawn = Chart { title: "结果".to_owned(), parts: vec!["件数".to_owned()], points };
    let end_rows = ends.iter().map(|name| {
        let of = |own: &OfProcedure| {
            find(&own.ends, |end| &end.name, name).map_or_else(|| "0".to_owned(), |end| end.count.to_string())
        };
        vec![html! { (end_label(name)) }, Both::of(Some(now), draft, of).cell()]
    });
    let acts = names(&now.acts, draft_of.map(|own| own.acts.as_slice()), |act| &act.name);
    let act_rows = acts.iter().map(|name| {
        let of = |own: &OfProcedure| {
            let act = find(&own.acts, |act| &act.name, name);
            act.map_or_else(|| "0".to_owned(), |act| act.by_people.to_string())
        };
        let clock = |own: &OfProcedure| {
            let act = find(&own.acts, |act| &act.name, name);
            act.map_or_else(|| "0".to_owned(), |act| act.by_clock.to_string())
        };
        let label = find(&now.acts, |act| &act.name, name).or_else(|| find(&draft_of?.acts, |act| &act.name, name));
        let label = label.map_or_else(|| name.clone(), |act| act.label.zh.clone());
        vec![html! { (label) }, Both::of(Some(now), draft, of).cell(), Both::of(Some(now), draft, clock).cell()]
    });
    html! {
        h3 { "结果" }
        @if now.ends.is_empty() { p { "推演期间没有办结的。" } }
        @else {
            (chart(Shape::Bars, &format!("ends-{id}"), &drawn))
            (table("办结的件数", &["结果", "件数"], end_rows.collect()))
        }
        details { summary { "办理动作" }
            (table("期限届满由系统代办的，是没有人按时办的。", &["动作", "有人办", "期满代办"], act_rows.collect()))
        }
    }
}

/// Days at each step.
pub fn steps(now: Option<&OfProcedure>, draft: Option<Option<&OfProcedure>>) -> Markup {
    let Some(now) = now else { return html! {} };
    let draft_of = draft.flatten();
    let all = names(&now.steps, draft_of.map(|own| own.steps.as_slice()), |step| &step.name);
    let rows = all.iter().map(|name| {
        let own = find(&now.steps, |step| &step.name, name);
        let other = draft.map(|draft| draft.and_then(|own| find(&own.steps, |step| &step.name, name)));
        let label = own.or(other.flatten()).map_or_else(|| name.clone(), |step| step.label.zh.clone());
        let cell = |figure: fn(&simulate::OfStep) -> String| Both::of(own, other, figure).cell();
        vec![
            html! { (label) },
            cell(|step| step.days.count.to_string()),
            cell(|step| days(&step.days, step.days.p50)),
            cell(|step| days(&step.days, step.days.p90)),
            cell(|step| days(&step.days, step.days.p99)),
            cell(|step| days(&step.days, step.days.most)),
            cell(|step| step.open.to_string()),
        ]
    });
    let rows: Vec<_> = rows.collect();
    html! {
        @if !rows.is_empty() {
            h3 { "各环节用时" }
            (table("每到一次算一次，日历天。", &["环节", "次数", "中位", "九成以内", "百分之九十九以内", "最长", "期末在此"], rows))
        }
    }
}

/// Deadlines and how they were kept.
pub fn deadlines(now: Option<&OfProcedure>, draft: Option<Option<&OfProcedure>>) -> Markup {
    let Some(now) = now else { return html! {} };
    let draft_of = draft.flatten();
    let all = names(&now.clocks, draft_of.map(|own| own.clocks.as_slice()), |clock| &clock.name);
    let rows = all.iter().map(|name| {
        let own = find(&now.clocks, |clock| &clock.name, name);
        let other = draft.map(|draft| draft.and_then(|own| find(&own.clocks, |clock| &clock.name, name)));
        let either = own.or(other.flatten());
        let label = either.map_or_else(|| name.clone(), |clock| clock.step.zh.clone());
        let clauses = either.map_or_else(String::new, |clock| clock.clauses.join(" "));
        let cell = |figure: fn(&simulate::OfClock) -> String| Both::of(own, other, figure).cell();
        vec![
            html! { (label) " " span class="soft" { (clauses) } },
            cell(|clock| if clock.terms.is_empty() { "定日".to_owned() } else { clock.terms.join("、") }),
            cell(|clock| (clock.in_time + clock.late).to_string()),
            cell(|clock| percent(clock.rate())),
            cell(|clock| days(&clock.days, clock.days.p50)),
            cell(|clock| days(&clock.days, clock.days.p90)),
            cell(|clock| days(&clock.days, clock.days.p99)),
        ]
    });
    let rows: Vec<_> = rows.collect();
    html! {
        @if !rows.is_empty() {
            h3 { "法定期限" }
            (table(
                "用时从起算之日到办理之日，日历天；在限期最后一日以前办的算按时；只须等满的（公示），等满算按时。",
                &["期限", "规定", "已到头", "按时率", "用时中位", "九成以内", "百分之九十九以内"],
                rows,
            ))
        }
    }
}

/// Work per office.
pub fn offices(runs: &Runs<'_>) -> Markup {
    let key = |office: &OfOffice| format!("{}@{}", office.desk, office.place);
    let draft: BTreeMap<String, &OfOffice> =
        runs.draft.into_iter().flat_map(|draft| &draft.offices).map(|office| (key(office), office)).collect();
    let hours = |minutes: u64| (minutes + 30) / 60;
    let points = runs.now.offices.iter().take(12);
    let points = points.map(|own| point(&own.name, own.office.minutes, format!("{} 小时", hours(own.office.minutes))));
    let drawn =
        Chart { title: "各机构工时".to_owned(), parts: vec!["小时".to_owned()], points: points.collect() };
    let rows = runs.now.offices.iter().take(ROWS).map(|own| {
        let other = runs.draft.map(|_| draft.get(&key(own)).copied());
        let cell = |figure: &dyn Fn(&OfOffice) -> String| Both::of(Some(own), other, figure).cell();
        vec![
            html! { (own.name) },
            cell(&|own| own.office.acts.to_string()),
            cell(&|own| hours(own.office.minutes).to_string()),
            cell(&|own| percent(Some(own.load))),
            cell(&|own| hours(own.office.peak.0).to_string()),
            cell(&|own| own.office.most.to_string()),
            cell(&|own| days(&own.waits, own.waits.p90)),
        ]
    });
    html! {
        section { h2 { "各机构的工作量" }
            @if runs.now.offices.is_empty() { p { "推演期间没有机构办理。" } }
            @else {
                (chart(Shape::Bars, "offices", &drawn))
                (table(
                    "负荷是工时占经办人全部办公时间的比例；等人是着手以后等到有经办人空出来的天数，九成以内。",
                    &["机构", "办理", "工时（小时）", "负荷", "最忙一周（小时）", "桌上最多（件）", "等人（天）"],
                    rows.collect(),
                ))
            }
        }
    }
}

/// Open matters by week.
pub fn backlog(runs: &Runs<'_>) -> Markup {
    let open = |summary: &Summary, week: usize| summary.weeks.get(week).map(|week| week.open.values().sum::<u64>());
    let points = runs.now.weeks.iter().enumerate().map(|(place, week)| {
        let count = open(runs.now, place).unwrap_or_default();
        point(&week.from.strftime("%m-%d").to_string(), count, count.to_string())
    });
    let drawn =
        Chart { title: "每周在办件数".to_owned(), parts: vec!["件数".to_owned()], points: points.collect() };
    let rows = runs.now.weeks.iter().enumerate().map(|(place, week)| {
        let said = |summary: &Summary| open(summary, place).map_or_else(|| "–".to_owned(), |count| count.to_string());
        let desks = |summary: &Summary| {
            summary.weeks.get(place).map_or_else(|| "–".to_owned(), |week| week.waiting.to_string())
        };
        let (now, draft) = (Some(runs.now), runs.draft.map(Some));
        vec![html! { (week.from.to_string()) }, Both::of(now, draft, said).cell(), Both::of(now, draft, desks).cell()]
    });
    html! {
        section { h2 { "积压" }
            (chart(Shape::Line, "backlog", &drawn))
            details { summary { "逐周数字" }
                (table("每周一零时", &["周一", "在办", "在机构手上"], rows.collect()))
            }
        }
    }
}

/// What was refused most, and under which clause.
pub fn refusals(runs: &Runs<'_>, rulebook: &Rulebook) -> Markup {
    let places = [
        (Place::Door, "不收的理由", "来了没有立上件的。"),
        (Place::Counter, "退回补正的理由", "第一次材料有差错，补好再来的。"),
        (Place::Desk, "办理时遇到的限制", "经办人想办而当时办不了的，多数后来换了办法。"),
    ];
    let title = |refused: &Refused| {
        let found = rulebook.procedure(&refused.procedure).map(|(_, procedure)| procedure);
        let act = found.and_then(|procedure| procedure.all_acts().find(|(_, act)| act.name == refused.act));
        let act = act.map_or_else(|| refused.act.clone(), |(_, act)| act.label.zh.clone());
        format!("{} · {act}", found.map_or(refused.procedure.as_str(), |procedure| &procedure.title.zh))
    };
    let same = |one: &Refused, other: &Refused| {
        (&one.procedure, &one.act, one.place, &one.code) == (&other.procedure, &other.act, other.place, &other.code)
    };
    html! {
        section { h2 { "为什么不行" }
            @for (place, heading, caption) in places {
                @let now = runs.now.refusals.iter().filter(|own| own.place == place);
                @let added = runs.draft.into_iter().flat_map(|draft| &draft.refusals).filter(|own| own.place == place);
                @let added = added.filter(|own| !runs.now.refusals.iter().any(|known| same(known, own)));
                @let all: Vec<&Refused> = now.chain(added).collect();
                @if !all.is_empty() {
                    h3 { (heading) }
                    (table(caption, &["理由（举一例）", "条款", "哪一步", "次数"], all.into_iter().take(ROWS).map(|own| {
                        let find = |summary: &Summary| summary.refusals.iter().find(|other| same(own, other)).map_or(0, |own| own.count);
                        let count = Both::of(Some(runs.now), runs.draft.map(Some), |summary| find(summary).to_string());
                        vec![html! { (own.zh) }, html! { (own.clauses.join(" ")) }, html! { (title(own)) }, count.cell()]
                    }).collect()))
                }
            }
        }
    }
}
