//! Evaluating expressions and texts of a regulation, in the words of this crate.

use regulation::expr::{Env, Expr, Template, Value};

/// The value of an expression.
pub(crate) fn value(expr: &Expr, env: &dyn Env) -> Value {
    expr.eval(env)
}

/// Whether a condition holds; `None` while something it needs is missing.
pub(crate) fn holds(expr: &Expr, env: &dyn Env) -> Option<bool> {
    match expr.eval(env) {
        Value::Bool(holds) => Some(holds),
        _ => None,
    }
}

/// Whether a consequence happens: unconditional, or its condition holds.
pub(crate) fn applies(when: Option<&Expr>, env: &dyn Env) -> bool {
    when.is_none_or(|when| when.holds(env))
}

/// A text with its holes filled.
pub(crate) fn text(template: &Template, env: &dyn Env) -> String {
    template.fill(env, &[])
}

/// A condition as written.
pub(crate) fn source(expr: &Expr) -> &str {
    &expr.text
}

/// Why a condition has its value: one Chinese sentence.
pub(crate) fn explained(expr: &Expr, env: &dyn Env) -> String {
    expr.explain(env).zh
}

/// The values a condition looks at.
pub(crate) fn values(expr: &Expr, env: &dyn Env) -> Vec<(String, String)> {
    expr.explain(env).all_values()
}
