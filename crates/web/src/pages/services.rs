//! `/services/{procedure}`: who may apply, what to bring, how long at most, the process; and the self-check.

use super::home::names;
use super::process::Drawing;
use crate::components::button;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::figure::{figure, in_words};
use crate::keeping;
use crate::lang::Lang;
use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use engine::env::Scope;
use maud::{Markup, html};
use regulation::expr::{Env, Expr, NameKind, Template, Type, Value};
use regulation::model::{
    Act, Condition, Field, Keep, Name, Need, Party, Procedure, Regulation, Rule, Sentence, WorstCase,
};
use std::sync::Arc;
use store::Snapshot;
use store::pages::{Cut, MatterQuery};

/// Latest matters whose ends are counted.
const COUNTED_MATTERS: usize = 200;

/// The promise: how long a procedure takes at most.
#[must_use]
pub fn promise(lang: Lang, worst: &WorstCase) -> Markup {
    html! {
        @match lang {
            Lang::Zh => { "法定最长 " b { (worst.days) } " 日" @if !worst.unlimited.is_empty() { "（另有 " (worst.unlimited.len()) " 个环节未定期限）" } }
            Lang::En => { "At most " b { (worst.days) } " days by law" @if !worst.unlimited.is_empty() { " (" (worst.unlimited.len()) " steps have no limit)" } }
        }
    }
}

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Problem> {
    look(&state, move |snapshot| page(snapshot, &visitor, &id)).await
}

/// A procedure in force, with its regulation.
pub fn procedure<'a>(
    snapshot: &'a dyn Snapshot,
    visitor: &Visitor,
    id: &str,
) -> Result<(&'a Arc<Regulation>, &'a Arc<Procedure>), Problem> {
    let found = snapshot.world().rulebook().procedure(id);
    found
        .filter(|(regulation, _)| visitor.reads(regulation))
        .ok_or_else(|| Problem::not_found("没有这项服务", "There is no such service"))
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let (regulation, procedure) = procedure(snapshot, visitor, id)?;
    let title = lang.label(&procedure.title);
    let drawing = Drawing { names: names(snapshot, visitor), regulation, procedure, on: visitor.now.date(), now: None };
    let process = drawing.process();
    let told = told(snapshot, visitor, regulation, procedure);
    let content = html! {
        (crumbs(lang, &[(lang.say("办事", "Services"), "/services")]))
        h1 { (title) }
        div class="columns two-one" {
            div {
                p class="lead" { (lang.say("依据：", "Under: ")) a href=(format!("/gazette/{}", regulation.id)) { "《" (lang.label(&regulation.title)) "》" } " " (regulation.number) }
                (start_buttons(visitor, procedure))
                @if told("conditions") { (conditions(snapshot, visitor, regulation, procedure)) }
                @if told("papers") { (papers(snapshot, visitor, procedure)) }
                @if told("time-limits") { (duration(visitor, &drawing)) }
                @if told("results") { (results(snapshot, visitor, procedure)?) }
                @if let Some(keep) = &procedure.keep { (kept(snapshot, visitor, regulation, keep)) }
            }
            @if told("procedure") {
                aside class="aside" {
                    h2 { (lang.say("办理流程", "Process")) }
                    (stages_in_line(lang, procedure))
                    details {
                        summary { (lang.say("流程图", "Process figure")) }
                        div { (figure(&process)) (in_words(lang, &process)) }
                    }
                }
            }
        }
    };
    Ok(layout::page(visitor, Nav::Services, title, &content))
}

/// How long what is filed is kept (Personal Information Protection Law, art. 17).
fn kept(snapshot: &dyn Snapshot, visitor: &Visitor, regulation: &Arc<Regulation>, keep: &Keep) -> Markup {
    let lang = visitor.lang;
    let world = snapshot.world();
    html! {
        h2 { (lang.say("材料和个人信息保存多久", "How long your papers and data are kept")) }
        p { (keeping::rule(world, lang, regulation, keep, visitor.now)) " " (clauses(&cite(world.rulebook(), &keep.clauses))) }
    }
}

/// Whether a part of the page is told to everybody, as the procedure says; all of them where it does not.
fn told(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    procedure: &Procedure,
) -> impl Fn(&str) -> bool {
    let scope = Scope::new(snapshot.world(), visitor.now);
    let env = scope.bare(regulation, &snapshot.world().county().code);
    let parts = procedure.disclose.as_ref().map(|parts| parts.eval(&env));
    move |part| match &parts {
        Some(Value::Codes(parts)) => parts.contains(part),
        _ => true,
    }
}

/// How the latest matters of the procedure ended; who they concern is not said here.
fn results(snapshot: &dyn Snapshot, visitor: &Visitor, procedure: &Procedure) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let query = MatterQuery { procedure: Some(procedure.name.clone()), open: Some(false), ..MatterQuery::default() };
    let latest = snapshot.matters(&query, &Cut::first(COUNTED_MATTERS))?.lines;
    let counted = procedure.ends.iter().map(|(end, label)| {
        let count = latest.iter().filter(|line| line.ended.as_ref().is_some_and(|(ended, _)| ended == end)).count();
        (lang.label(label), count)
    });
    let counted: Vec<(&str, usize)> = counted.filter(|(_, count)| *count > 0).collect();
    Ok(html! {
        h2 { (lang.say("办理结果", "Results")) }
        @if counted.is_empty() { p class="soft" { (lang.say("还没有办结的。", "Nothing has been decided yet.")) } }
        @else {
            p { @match lang { Lang::Zh => { "最近办结的 " (latest.len()) " 件：" } Lang::En => { "The latest " (latest.len()) " decided: " } }
                @for (place, (label, count)) in counted.iter().enumerate() {
                    @if place > 0 { (lang.say("，", ", ")) }
                    (label) " " b { (count) } (lang.say(" 件", ""))
                }
                (lang.say("。", "."))
            }
        }
        p { (lang.say("正在公示的见", "On display now: see ")) a href="/notices" { (lang.say("公示", "the notices")) } (lang.say("。", ".")) }
    })
}

fn stages_in_line(lang: Lang, procedure: &Procedure) -> Markup {
    let names: Vec<&str> = procedure.stages.iter().map(|(label, _)| lang.label(label)).collect();
    html! { @if !names.is_empty() { p { (names.join(" → ")) } } }
}

fn start_buttons(visitor: &Visitor, procedure: &Procedure) -> Markup {
    let lang = visitor.lang;
    html! {
        p class="row no-print" {
            (button::link(lang.say("开始申请", "Apply"), &format!("/services/{}/apply", procedure.name)))
            @if !checked_rules(procedure).is_empty() {
                (button::secondary_link(lang.say("先自查是否符合条件", "Check whether I qualify"), &format!("/services/{}/check", procedure.name)))
            }
        }
    }
}

/// The rules on the merits of a procedure; where it names none, those that its acts require, in the order in which they are met.
#[must_use]
pub fn checked_rules(procedure: &Procedure) -> Vec<&Arc<Rule>> {
    if !procedure.merits.is_empty() {
        return procedure.merits.iter().filter_map(|name| procedure.rules.get(name)).collect();
    }
    let mut found: Vec<&Arc<Rule>> = Vec::new();
    let required = |act: &Act| act.require.clone();
    for condition in procedure.all_acts().flat_map(|(_, act)| required(act)) {
        if let Condition::Rule(name) = condition
            && let Some(rule) = procedure.rules.get(&name)
            && !found.iter().any(|known| known.name == rule.name)
        {
            found.push(rule);
        }
    }
    found
}

fn conditions(
    snapshot: &dyn Snapshot,
    visitor: &Visitor,
    regulation: &Arc<Regulation>,
    procedure: &Procedure,
) -> Markup {
    let lang = visitor.lang;
    let scope = Scope::new(snapshot.world(), visitor.now);
    let env = scope.bare(regulation, &snapshot.world().county().code);
    let rulebook = snapshot.world().rulebook();
    html! {
        @for rule in checked_rules(procedure) {
            @let cited = cite(rulebook, &rule.clauses);
            h2 { (lang.label(&rule.title)) " " (clauses(&cited)) }
            p class="soft" { (how(lang, rule)) }
            ul {
                @for row in &rule.rows { li { (said(lang, &env, wording(lang, &row.because))) " " (clauses(&cite(rulebook, &row.clauses))) } }
            }
        }
    }
}

/// How the rows of a rule combine, in words.
#[must_use]
pub fn how(lang: Lang, rule: &Rule) -> &'static str {
    use regulation::model::Holds;
    match rule.holds {
        Holds::All => lang.say("不得有下列问题：", "None of these faults may be there:"),
        Holds::Any => lang.say("符合下列一项即可：", "One of these is enough:"),
        Holds::None => lang.say("有下列情形之一的，不予办理：", "None of these may be the case:"),
    }
}

/// A sentence of the regulation as written, in the reader's language where it has it.
fn wording(lang: Lang, sentence: &Sentence) -> &Template {
    match (lang, &sentence.en) {
        (Lang::En, Some(en)) => en,
        _ => &sentence.zh,
    }
}

/// A reason before there is a matter: limits that are in force stand in it, and of everything else that there will be something.
fn said(lang: Lang, env: &dyn Env, template: &Template) -> String {
    let is_limit = |expr: &Expr| expr.reads().names.iter().all(|(_, kind)| *kind == NameKind::Parameter);
    let shown = |expr: &Expr| match lang {
        Lang::Zh => expr.shown(env),
        Lang::En => expr.shown_en(env),
    };
    template.fill_with(|expr| if is_limit(expr) { shown(expr) } else { something(lang, &expr.ty).to_owned() })
}

/// What stands for a value that nobody has given yet.
fn something(lang: Lang, ty: &Type) -> &'static str {
    match ty {
        Type::Number { .. } | Type::Term | Type::TermOf(_) => lang.say("若干", "so much"),
        Type::Date | Type::Moment => lang.say("某日", "some day"),
        _ => lang.say("某项", "something"),
    }
}

fn papers(snapshot: &dyn Snapshot, visitor: &Visitor, procedure: &Procedure) -> Markup {
    let lang = visitor.lang;
    let rulebook = snapshot.world().rulebook();
    // What offices fill in for others is none of the applicant's papers; a form shared by several acts is one paper.
    let by_applicant = |act: &&Act| act.by.iter().any(|by| matches!(by.party, Party::Anyone | Party::Subject { .. }));
    let mut asked: Vec<&Name> = Vec::new();
    for name in procedure.start.iter().filter(by_applicant).flat_map(|act| &act.forms) {
        if !asked.contains(&name) {
            asked.push(name);
        }
    }
    let forms: Vec<_> = asked.into_iter().filter_map(|name| rulebook.form(name)).collect();
    let files: Vec<&Field> =
        forms.iter().flat_map(|(_, form)| &form.fields).filter(|field| is_file(&field.ty)).collect();
    html! {
        @if !forms.is_empty() {
            h2 { (lang.say("要填的表、要带的材料", "Forms and papers")) }
            ul {
                @for (_, form) in &forms { li { (lang.label(&form.title)) (lang.say("（在线填写）", " (filled in here)")) } }
                @for field in files { li { (lang.label(&field.label)) (needed(lang, field)) } }
            }
        }
    }
}

fn is_file(ty: &Type) -> bool {
    *ty == Type::File || matches!(ty, Type::List(element) if **element == Type::File)
}

fn needed(lang: Lang, field: &Field) -> &'static str {
    match field.need {
        Need::Must => "",
        Need::May => lang.say("（如有）", " (if any)"),
        Need::If(_) => lang.say("（按情形需要）", " (in some cases)"),
    }
}

fn duration(visitor: &Visitor, drawing: &Drawing<'_>) -> Markup {
    let lang = visitor.lang;
    let procedure = drawing.procedure;
    html! {
        @if let Some(worst) = &procedure.worst_case {
            h2 { (lang.say("多久办结", "How long it takes")) }
            p { (promise(lang, worst)) (lang.say("，按各环节期限相加得出：", ", the sum of the limits of its steps:")) }
            ul {
                @for (name, term) in &worst.path {
                    @let label = drawing.names.step(procedure, name);
                    li { (label) (lang.say("：", ": ")) @match term { Some(term) => { (crate::forms::show::term(lang, *term)) } None => { (lang.say("未定期限", "no limit")) } } }
                }
            }
        }
    }
}
