//! Forms (表单).

use super::Keys;
use super::block::Block;
use super::field::{RawCheck, RawField, RawNeed};
use super::type_cell::RawType;
use crate::expr::Type;
use crate::model::{Field, FieldCheck, Form, Need};
use crate::scope::{Compiler, Outline, View};

const KEYS: [&str; 4] = ["form", "title", "layout", "clause"];

/// A form, checked at every place where it is filled in.
pub(crate) fn read(outline: &Outline<'_>, block: &Block, base: &View<'_>, compiler: &Compiler<'_>) -> Form {
    let keys = Keys::open(&block.node, &KEYS, compiler.sink);
    let raw = outline.forms.get(&block.name.text).map(|form| form.fields.as_slice()).unwrap_or_default();
    let views = base.of_form(&block.name.text);
    Form {
        name: block.name.text.clone(),
        title: keys.label("title", &block.name.text),
        fields: raw.iter().map(|field| compile(field, &views, compiler)).collect(),
        layout: keys.words("layout").map(|words| words.text.clone()),
        clauses: block.clauses.clone(),
        span: block.head().clone(),
    }
}

/// A field with its expressions. The first view makes the model; the others are checked only.
pub(crate) fn compile(raw: &RawField, views: &[View<'_>], compiler: &Compiler<'_>) -> Field {
    let mut fields: Vec<Field> = views.iter().map(|view| compile_in(raw, view, compiler)).collect();
    fields.swap_remove(0)
}

fn compile_in(raw: &RawField, view: &View<'_>, compiler: &Compiler<'_>) -> Field {
    let (ty, derived) = match &raw.ty {
        RawType::Plain(ty) => (ty.clone(), None),
        RawType::Derived(words) => {
            let expr = compiler.any(view, words);
            (expr.ty.clone(), Some(expr))
        }
    };
    let checks = |raw: &[RawCheck]| raw.iter().map(|check| field_check(check, view, compiler)).collect();
    Field {
        number: raw.number.clone(),
        name: raw.name.text.clone(),
        label: raw.label.clone(),
        group: raw.group.clone(),
        need: match &raw.need {
            RawNeed::Must => Need::Must,
            RawNeed::May => Need::May,
            RawNeed::If(condition) => Need::If(compiler.condition(view, condition)),
        },
        checks: checks(&raw.checks),
        warnings: checks(&raw.warnings),
        preset: raw.preset.as_ref().map(|words| compiler.typed(view, words, &preset_type(&ty))),
        personal: raw.personal.or_else(|| derived.as_ref()?.personal().iter().next().copied()),
        hint: raw.hint.clone(),
        clauses: raw.clauses.clone(),
        span: raw.name.span.clone(),
        regulation: raw.regulation,
        ty,
        derived,
    }
}

/// A preset is shown and may be changed, so rows of a form may be preset from any list.
fn preset_type(ty: &Type) -> Type {
    match ty {
        Type::Records(_) => Type::Unknown,
        other => other.clone(),
    }
}

fn field_check(raw: &RawCheck, view: &View<'_>, compiler: &Compiler<'_>) -> FieldCheck {
    FieldCheck {
        condition: compiler.condition(view, &raw.condition),
        because: raw.because.as_ref().map(|words| compiler.template(view, words)),
    }
}
