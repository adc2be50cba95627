//! The parts of an act's form: what the act itself asks first, what was filed when the matter began folded, signatures last.

use crate::components::error_summary::anchor;
use crate::forms::ask::Asking;
use crate::forms::filing::Filing;
use maud::{Markup, html};
use regulation::expr::Type;
use regulation::model::{Field, Form};

/// The fields of an act by where they stand on its page.
struct Parts<'f> {
    /// What the act asks.
    own: Vec<&'f Field>,
    /// What the matter began with, and may be changed: prefilled.
    begun: Vec<(&'f Form, Vec<&'f Field>)>,
    /// What is agreed to and signed anew.
    signed: Vec<&'f Field>,
}

/// The fields of an act on its page.
pub fn drawn(filing: &Filing<'_>, asking: &Asking<'_>) -> Markup {
    let lang = asking.names.lang;
    let parts = parts(filing);
    let is_wrong = |fields: &[&Field]| {
        let of = |path: &str| path.split('.').next().unwrap_or_default().to_owned();
        asking.faults.iter().any(|fault| fields.iter().any(|field| field.name == of(&fault.field)))
    };
    html! {
        (asking.fields(&parts.own, ""))
        @for (form, fields) in &parts.begun {
            details id=(anchor(&format!("fold-{}", form.name))) open[is_wrong(fields)] {
                summary { (lang.say("要改申请里填的：", "To change what was filed: ")) (lang.label(&form.title)) }
                div {
                    p class="hint" { (lang.say("已经照原来填的填好，不用改的不必打开。", "As filed before: leave closed what stays.")) }
                    (asking.fields(fields, ""))
                }
            }
        }
        (asking.fields(&parts.signed, ""))
    }
}

fn parts<'f>(filing: &'f Filing<'_>) -> Parts<'f> {
    let mut parts = Parts { own: Vec::new(), begun: Vec::new(), signed: Vec::new() };
    let folds = filing.forms.iter().any(|form| !filing.begins_with(form));
    for form in &filing.forms {
        let fields = form.fields.iter().filter(|field| field.derived.is_none());
        if !folds || !filing.begins_with(form) {
            parts.own.extend(fields);
            continue;
        }
        let (signed, kept): (Vec<&Field>, Vec<&Field>) =
            fields.partition(|field| matches!(field.ty, Type::Signature | Type::Agreed));
        parts.signed.extend(signed);
        if !kept.is_empty() {
            parts.begun.push((form, kept));
        }
    }
    parts
}
