//! What a county may set up by itself (立法权限) and what it may ask: permits rest on law, and nobody is asked for what the
//! county's registers hold already.

use super::Page;
use super::case::{Case, Checks};
use crate::expr::Type;
use crate::finding::{Finding, Severity};
use crate::model::{AboutTarget, Document, Field, Party, Register};
use crate::scope::Draft;
use crate::source::Words;

fn not_in_force(used: &Words, when_zh: &str, when_en: &str) -> Finding {
    let id = &used.text;
    Finding::error(
        "GB0235",
        &used.span,
        format!("所引用的 `{id}` 在本办法施行之日{when_zh}"),
        format!("the regulation `{id}` that this one uses {when_en} on the day this one takes effect"),
    )
    .hint("改引用的文件，或改生效日", "use another regulation, or change the day of effect")
}

fn permit_without_basis(document: &Document) -> Finding {
    let name = &document.name;
    Finding::warning(
        "GB0236",
        &document.span,
        format!("证书 `{name}` 供公众验证，首部却没有写法律依据；县级文件不得自行设定许可"),
        format!(
            "the certificate `{name}` rests on no law in the front matter; a county document cannot set up a permit"
        ),
    )
    .clause(document.clauses.first())
    .hint("在首部写 `basis: [《……法》第……条]`", "write `basis: [LAW]` in the front matter")
}

fn asked_again(field: &Field, register: &Register, column: &Field) -> Finding {
    let (name, of, held) = (&field.name, &register.name, &column.name);
    Finding::warning(
        "GB0237",
        &field.span,
        format!("`{name}` 在登记簿 `{of}` 里已有（`{held}`），不应再让申请人填写"),
        format!("`{name}` is asked, though the register `{of}` holds it as `{held}`"),
    )
    .clause(field.clauses.first())
    .hint(
        "在 `preset` 栏写登记簿的值，申请人只需核对；或改用登记簿的值",
        "give the register's value in the `preset` column, or use it instead",
    )
}

pub(super) fn run(checks: &Checks<'_>) {
    for draft in checks.outline.drafts {
        in_force(checks, draft);
    }
    for case in checks.cases() {
        let front = checks.outline.drafts.get(case.names.draft).and_then(|draft| draft.front.as_ref());
        if front.is_some_and(|front| front.basis.is_empty()) {
            let certificates = case.model.documents.values().filter(|document| document.verifiable);
            certificates.for_each(|document| checks.sink.add(permit_without_basis(document)));
        }
        asked_once(checks, case);
    }
}

fn in_force(checks: &Checks<'_>, draft: &Draft) {
    let Some(front) = &draft.front else { return };
    for used in &front.uses {
        let other =
            checks.outline.drafts.iter().filter_map(|draft| draft.front.as_ref()).find(|other| other.id == used.text);
        let Some(other) = other else { continue };
        if other.effective > front.effective {
            checks.sink.add(not_in_force(used, "尚未生效", "is not yet in force"));
        } else if other.until.is_some_and(|until| until < front.effective) {
            checks.sink.add(not_in_force(used, "已经失效", "is no longer in force"));
        }
    }
}

/// Fields of the applicant's forms that a register row of the matter holds under the same label.
fn asked_once(checks: &Checks<'_>, case: Case<'_>) {
    let by_people =
        |by: &[crate::model::By]| by.iter().any(|by| matches!(by.party, Party::Subject { .. } | Party::Anyone));
    let forms = case.model.start.iter().filter(|act| by_people(&act.by)).flat_map(|act| &act.forms);
    let forms = forms.filter_map(|name| checks.parts.iter().find_map(|parts| parts.forms.get(name)));
    let rows: Vec<&Register> = case.model.about.iter().filter_map(|about| register(checks, &about.target)).collect();
    for field in forms.flat_map(|form| &form.fields).filter(|field| field.derived.is_none() && field.preset.is_none()) {
        for register in &rows {
            if let Some(column) = register.fields.iter().find(|column| holds(column, field)) {
                checks.sink.add(asked_again(field, register, column));
            }
        }
    }
}

fn register<'a>(checks: &Checks<'a>, target: &AboutTarget) -> Option<&'a Register> {
    let AboutTarget::Register(name) = target else { return None };
    checks.parts.iter().find_map(|parts| parts.registers.get(name)).map(|register| &**register)
}

/// The same label and type; signatures, ticks and files are given anew each time.
fn holds(column: &Field, field: &Field) -> bool {
    let is_data = !matches!(field.ty, Type::Signature | Type::Agreed | Type::File);
    is_data && column.label.zh == field.label.zh && column.ty == field.ty
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0235",
        severity: Severity::Error,
        zh: "所引用的文件不在有效期",
        en: "a regulation used that is not in force",
        why: "A regulation listed under `uses` takes effect later than this one, or has ended before. Its registers and clauses would not hold.",
        within: "permit: front",
        wrong: r"effective: 2022-02-01
uses: [later]",
        right: r"effective: 2099-01-01
uses: [later]",
    },
    Page {
        code: "GB0236",
        severity: Severity::Warning,
        zh: "许可没有法律依据",
        en: "a permit without a law",
        why: "The regulation issues a certificate that anybody can verify, but its front matter cites no law. A county document carries out permits; it cannot set them up.",
        within: "permit: front + data",
        wrong: r"effective: 2022-02-01
…
data: [area]
verifiable: yes",
        right: r"effective: 2022-02-01
basis: [《某某条例》第三条]
…
data: [area]
verifiable: yes",
    },
    Page {
        code: "GB0237",
        severity: Severity::Warning,
        zh: "登记簿已有的不再要",
        en: "asked again",
        why: "An applicant is asked for something that the register row of the matter holds under the same label. The value is shown for checking, not asked again.",
        within: "permit: field + data",
        wrong: r"| house | 户号 | text 20 | must |
…
data: [area, house]",
        right: r"| house | 门牌 | text 20 | must |
…
data: [area, house]",
    },
];
