//! Grounds and conditions that can never hold, and pairs that exclude each other.

use super::Page;
use super::case::{Case, Checks};
use crate::analysis::conditions::possible;
use crate::expr::ast::Ast;
use crate::expr::{Expr, Scope, Type, check, parse};
use crate::finding::{Finding, Severity};
use crate::model::{Act, Condition, Form, Holds, Need, Rule, RuleRow};
use crate::scope::View;

fn never_holds(row: &RuleRow) -> Finding {
    let code = &row.code;
    Finding::error(
        "GB0216",
        row.when.span(),
        format!("`{code}` 的条件自相矛盾，永远不会成立"),
        format!("the condition of `{code}` contradicts itself and can never hold"),
    )
    .clause(row.clauses.first())
    .hint("改正其中一项比较，或删去这一行", "mend one of its comparisons, or delete the row")
}

fn exclude(row: &RuleRow, other: &RuleRow, holds: Holds) -> Finding {
    let (code, first) = (&row.code, &other.code);
    let (zh, en) = match holds {
        Holds::None => (
            format!("`{first}` 不成立时 `{code}` 必成立：总有一项不得批准的情形，谁也通不过"),
            format!("whenever `{first}` does not hold, `{code}` does: one of these bars always applies"),
        ),
        Holds::All | Holds::Any => (
            format!("`{code}` 与 `{first}` 不能同时成立，这条规则永远不会成立"),
            format!("`{code}` and `{first}` cannot hold together, so the rule never holds"),
        ),
    };
    Finding::error("GB0217", row.when.span(), zh, en)
        .clause(row.clauses.first())
        .related(other.when.span(), "另一行在这里", "the other row is here")
        .hint("改正其中一行", "mend one of the rows")
}

fn act_impossible(act: &Act) -> Finding {
    let name = &act.name;
    Finding::error(
        "GB0217",
        &act.span,
        format!("动作 `{name}` 的各项 `require` 不能同时成立，谁也做不了"),
        format!("the conditions that `{name}` requires cannot hold together, so nobody can ever do it"),
    )
    .clause(act.clauses.first())
    .hint("改正其中一项", "mend one of them")
}

fn field_impossible(expr: &Expr, field: &str, asked: bool) -> Finding {
    let (zh, en) = if asked {
        (
            format!("字段 `{field}` 的 `if` 永远不会成立，不会要求填写"),
            format!("the `if` of `{field}` can never hold, so it is never asked"),
        )
    } else {
        (
            format!("字段 `{field}` 的 `check` 永远不会成立，填什么都不对"),
            format!("the `check` of `{field}` can never hold, so nothing can be filled in"),
        )
    };
    Finding::error("GB0218", expr.span(), zh, en).hint("改正条件", "mend the condition")
}

pub(super) fn run(checks: &Checks<'_>) {
    for case in checks.cases() {
        let view = checks.view(case);
        case.model.rules.values().for_each(|rule| of_rule(checks, &view, rule));
        case.model.all_acts().for_each(|(_, act)| of_act(checks, &view, case, act));
    }
    for form in checks.parts.iter().flat_map(|parts| parts.forms.values()) {
        if let Some(view) = checks.base.of_form(&form.name).into_iter().next() {
            of_form(checks, &view, form);
        }
    }
}

fn of_rule(checks: &Checks<'_>, view: &View<'_>, rule: &Rule) {
    let rows: Vec<(&RuleRow, Ast)> = rule.rows.iter().filter_map(|row| Some((row, tree(&row.when)?))).collect();
    for (row, _) in rows.iter().filter(|(_, ast)| !can(view, &[(ast, true)])) {
        checks.sink.add(never_holds(row));
    }
    if rule.holds == Holds::Any {
        return;
    }
    // For `all` both must be able to hold; for `none` both must be able to fail.
    let wanted = rule.holds == Holds::All;
    for (index, (row, ast)) in rows.iter().enumerate() {
        let alone = |ast: &Ast| can(view, &[(ast, wanted)]);
        for (other, first) in rows.iter().take(index).filter(|(_, first)| alone(first) && alone(ast)) {
            if !can(view, &[(first, wanted), (ast, wanted)]) {
                checks.sink.add(exclude(row, other, rule.holds));
            }
        }
    }
}

/// All expressions and all rows of `all` rules that an act requires, together. Rows that are impossible by themselves
/// are findings already.
fn of_act(checks: &Checks<'_>, view: &View<'_>, case: Case<'_>, act: &Act) {
    let mut trees: Vec<Ast> = Vec::new();
    for condition in &act.require {
        match condition {
            Condition::Expr { condition, .. } => trees.extend(tree(condition)),
            Condition::Rule(name) => {
                let rule = case.model.rules.get(name).filter(|rule| rule.holds == Holds::All);
                let rows = rule.iter().flat_map(|rule| &rule.rows).filter_map(|row| tree(&row.when));
                trees.extend(rows.filter(|ast| can(view, &[(ast, true)])));
            }
        }
    }
    let together: Vec<(&Ast, bool)> = trees.iter().map(|ast| (ast, true)).collect();
    if !can(view, &together) {
        checks.sink.add(act_impossible(act));
    }
}

fn of_form(checks: &Checks<'_>, view: &View<'_>, form: &Form) {
    for field in &form.fields {
        let never = |expr: &Expr| tree(expr).is_some_and(|ast| !can(view, &[(&ast, true)]));
        if let Need::If(condition) = &field.need
            && never(condition)
        {
            checks.sink.add(field_impossible(condition, &field.name, true));
        }
        for check in field.checks.iter().filter(|check| never(&check.condition)) {
            checks.sink.add(field_impossible(&check.condition, &field.name, false));
        }
    }
}

/// The tree of a compiled condition; none where it has a mistake.
fn tree(expr: &Expr) -> Option<Ast> {
    parse(&expr.text, expr.span()).ok().filter(|_| expr.ty != Type::Unknown)
}

fn can(view: &View<'_>, wanted: &[(&Ast, bool)]) -> bool {
    possible(wanted, &|ast| match ast.as_name() {
        Some(name) => view.lookup(name).map_or(Type::Unknown, |named| named.ty),
        None => check(ast, view, None).0.ty.clone(),
    })
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0216",
        severity: Severity::Error,
        zh: "永远不会成立",
        en: "a condition that never holds",
        why: "The condition of the row contradicts itself, whatever the matter. Only what is certain is reported: comparisons of the same value with literals, codes, `given` and `missing`.",
        within: "permit: row",
        wrong: "| small | area < 50 m² and area > 200 m² | 面积 {area} |",
        right: "| small | area < 50 m² or area > 200 m² | 面积 {area} |",
    },
    Page {
        code: "GB0217",
        severity: Severity::Error,
        zh: "互相排斥",
        en: "conditions that exclude each other",
        why: "Two rows of an `all` rule cannot hold together, one of two rows of a `none` rule always applies, or the conditions of an act cannot all be met. Nobody could ever pass.",
        within: "permit: require",
        wrong: r"- area <= limit
- area > 200 m²
- area <= 200 m²",
        right: r"- area <= limit
- area > 20 m²
- area <= 200 m²",
    },
    Page {
        code: "GB0218",
        severity: Severity::Error,
        zh: "填不了的字段",
        en: "a field that cannot be filled in",
        why: "The `if` of the field can never hold, so it is never asked; or its `check` can never hold, so no answer is right.",
        within: "permit: field + data",
        wrong: r"| floors | 层数 | int | must; check floors > 3 and floors < 1 |
…
data: [area, floors]",
        right: r"| floors | 层数 | int | must; check floors >= 1 and floors <= 3 |
…
data: [area, floors]",
    },
];
