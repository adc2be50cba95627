//! Templates (版式): what they print is given by a document or form that is printed with them.
//!
//! Templates are files beside the regulation, so they are handed in apart from it, after checking.

use super::Page;
use crate::checking::Checked;
use crate::finding::{Finding, Severity};
use crate::model::Regulation;
use crate::source::SourceFile;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Functions of a template whose first argument names a value to print; see docs/formats/document-data.md.
/// Lists (`list-of`) may be absent.
const PRINTING: [&str; 3] = ["val(\"", "choices(\"", "filled(\""];
/// Keys that every letter and notice may have besides its data.
const GENERAL: [&str; 10] =
    ["reasons", "remedies", "paragraphs", "attachments", "attach", "rows", "to", "items", "items-heading", "closing"];

fn never_given(span: &crate::span::Span, template: &str, key: &str) -> Finding {
    Finding::warning(
        "GB0238",
        span,
        format!("版式 `{template}` 要印 `{key}`，但用它的文书和表单都没有这一项，印出来总是空白"),
        format!("the template `{template}` prints `{key}`, which no document or form printed with it gives"),
    )
    .hint(
        "改成 `data` 或表单里的名称，或在文书的 `data` 里加上它",
        "use a name of `data` or of the form, or add it to the document's `data`",
    )
}

fn layout_missing(regulation: &Regulation, span: &crate::span::Span, layout: &str) -> Finding {
    let folder = &regulation.id;
    Finding::error(
        "GB0239",
        span,
        format!("没有版式文件 `{folder}/{layout}`"),
        format!("there is no template `{folder}/{layout}`"),
    )
    .hint(
        "把 Typst 文件放进规定的文件夹，或改 `layout`",
        "put the Typst file into the regulation's folder, or change `layout`",
    )
}

/// Checks the templates of checked regulations. A template's name ends with `ID/NAME.typ`, as its path does.
///
/// A layout is looked for in the folder of its regulation, then in those of the regulations it uses. Finds layouts without a file, and keys that a template prints and nothing gives. Texts that a template builds by
/// itself are not looked at, nor is a key that it asks for with `has` first or prints with a substitute (`blank:`).
#[must_use]
pub fn check_templates(checked: &Checked, templates: &[SourceFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let in_folder = |id: &str| {
        let named = templates.iter().filter_map(|file| Some((name_in(file, id)?, file)));
        named.collect::<Vec<(&str, &SourceFile)>>()
    };
    for regulation in checked.rulebook.regulations.values() {
        let own = in_folder(&regulation.id);
        let used: Vec<&str> = regulation.uses.iter().flat_map(|id| in_folder(id)).map(|(name, _)| name).collect();
        for (layout, span) in layouts(regulation) {
            if !own.iter().any(|(name, _)| *name == layout) && !used.contains(&layout) {
                findings.push(layout_missing(regulation, span, layout));
            }
        }
        for (name, file) in own {
            let others = checked.rulebook.regulations.values().filter(|other| {
                other.uses.contains(&regulation.id) && !in_folder(&other.id).iter().any(|(own, _)| *own == name)
            });
            let given: BTreeSet<&str> = others.chain([regulation]).flat_map(|printing| given(printing, name)).collect();
            if !given.is_empty() {
                findings.extend(printed(file).into_iter().filter(|(key, _)| !given.contains(*key)).map(|(key, at)| {
                    let file = Arc::from(file.name.as_str());
                    never_given(&crate::span::Span::new(&file, at, at + key.len()), name, key)
                }));
            }
        }
    }
    findings.iter_mut().for_each(|finding| checked.seams.lead_back(finding));
    findings
}

/// The name of a template in the folder of a regulation.
fn name_in<'f>(file: &'f SourceFile, id: &str) -> Option<&'f str> {
    let (folder, name) = file.name.rsplit_once(['/', '\\'])?;
    let folder = folder.rsplit(['/', '\\']).next()?;
    (folder == id && name.ends_with(".typ")).then_some(name)
}

fn layouts(regulation: &Regulation) -> Vec<(&str, &crate::span::Span)> {
    let documents = regulation.procedures.values().flat_map(|procedure| procedure.documents.values());
    let of_documents = documents.filter_map(|document| Some((document.layout.as_deref()?, &document.span)));
    let of_forms = regulation.forms.values().filter_map(|form| Some((form.layout.as_deref()?, &form.span)));
    of_documents.chain(of_forms).collect()
}

/// The keys that documents and forms with this layout give.
fn given<'r>(regulation: &'r Regulation, layout: &str) -> BTreeSet<&'r str> {
    let documents = regulation.procedures.values().flat_map(|procedure| procedure.documents.values());
    let documents = documents.filter(|document| document.layout.as_deref() == Some(layout));
    let forms = regulation.forms.values().filter(|form| form.layout.as_deref() == Some(layout));
    let of_documents = documents.flat_map(|document| document.data.iter().map(|(name, _)| name.as_str()));
    of_documents.chain(forms.flat_map(|form| form.fields.iter().map(|field| field.name.as_str()))).collect()
}

/// The keys that a template prints whatever happens, with their place; each once.
fn printed(file: &SourceFile) -> Vec<(&str, usize)> {
    let text = file.text.as_str();
    let mut keys: Vec<(&str, usize)> = Vec::new();
    for function in PRINTING {
        for (at, _) in text.match_indices(function) {
            let start = at + function.len();
            let Some(length) = text[start..].find('"') else { continue };
            let key = &text[start..start + length];
            let rest: String = text[start + length + 1..].chars().take_while(|c| *c != ')').collect();
            let is_own = !rest.contains("of:") && !rest.contains("blank:");
            let is_asked = text.contains(&format!("has(\"{key}\""));
            let is_word_before = text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '-');
            if is_own
                && !is_asked
                && !is_word_before
                && !GENERAL.contains(&key)
                && !keys.iter().any(|(known, _)| *known == key)
            {
                keys.push((key, start));
            }
        }
    }
    keys.sort_by_key(|(_, at)| *at);
    keys
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0238",
        severity: Severity::Warning,
        zh: "版式要印的没有人给",
        en: "a template prints what nothing gives",
        why: "The template names a key that no document or form printed with it has, so the place stays blank on every paper. Either the name is mistyped, or the document's `data` lacks it.",
        within: "sketch",
        wrong: "data: { holder-name: applicant-name }\n…\n#val(\"holder\")   // permit.typ",
        right: "data: { holder-name: applicant-name }\n…\n#val(\"holder-name\")   // permit.typ",
    },
    Page {
        code: "GB0239",
        severity: Severity::Error,
        zh: "没有这个版式文件",
        en: "a layout without a file",
        why: "`layout` names a Typst file in the folder of the regulation; there is none of that name, so the paper could not be printed.",
        within: "sketch",
        wrong: "layout: permit.typst",
        right: "layout: permit.typ",
    },
];
