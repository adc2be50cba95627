//! Fields that are asked and never read, and parameters that nothing depends on.

use super::Page;
use super::case::Checks;
use super::usage;
use crate::expr::{Expr, NameKind, Type};
use crate::finding::{Finding, Severity};
use crate::model::{CUTOFF, EXTENT, Field, Form, Parameter, REMIND_AT};
use crate::scope::{At, Outline};
use std::collections::BTreeSet;

/// Parameters that statutory time and plots read themselves.
const READ_BY_ITSELF: [&str; 8] = [
    CUTOFF,
    EXTENT,
    REMIND_AT,
    "deadline.roll-to-working-day",
    "deadline.day-type",
    "deadline.beyond-data",
    "receipt.non-working-day",
    "public-notice.count-posting-day",
];

fn field_unread(field: &Field, form: &Form) -> Finding {
    let (name, title) = (&field.name, &form.name);
    Finding::warning(
        "GB0226",
        &field.span,
        format!("表单 `{title}` 要填 `{name}`，却没有任何地方用到它"),
        format!("the form `{title}` asks for `{name}`, which nothing reads"),
    )
    .clause(field.clauses.first().or(form.clauses.first()))
    .hint(
        "不要多问；确需留存的，印在文书上、写进规则，或给表单 `layout`",
        "do not ask for it; or print it in a document, use it in a rule, or give the form a `layout`",
    )
}

fn parameter_unread(parameter: &Parameter) -> Finding {
    let name = &parameter.name;
    Finding::warning(
        "GB0227",
        &parameter.span,
        format!("参数 `{name}` 没有用到"),
        format!("nothing depends on the parameter `{name}`"),
    )
    .clause(parameter.clauses.first())
    .hint("在表达式或期限里用它，或删去", "use it in an expression or deadline, or delete it")
}

pub(super) fn run(checks: &Checks<'_>) {
    let mut read = Read { outline: checks.outline, fields: BTreeSet::new(), parameters: BTreeSet::new() };
    for case in checks.cases() {
        let context = Context { procedure: Some(&case.model.name), form: None };
        usage::of_procedure(case.model, &mut |expr| read.expr(expr, context, None));
        for document in case.model.documents.values() {
            document.data.iter().for_each(|(_, value)| read.whole(&value.ty));
        }
    }
    for parts in checks.parts {
        for form in parts.forms.values() {
            let uses = checks.outline.users.get(&form.name).map(Vec::as_slice).unwrap_or_default();
            let procedure = uses.first().map(|using| using.procedure.as_str());
            let context = Context { procedure, form: Some(&form.name) };
            usage::of_form(form, &mut |field, expr| read.expr(expr, context, Some(&field.name)));
            if form.layout.is_some() {
                read.all_of(&form.name);
            }
        }
        for register in parts.registers.values() {
            let context = Context { procedure: register.rows_of.as_deref(), form: None };
            usage::of_register(register, &mut |expr| read.expr(expr, context, None));
        }
        for duty in parts.duties.values() {
            usage::of_duty(duty, &mut |expr| read.expr(expr, Context { procedure: None, form: None }, None));
        }
        for fund in parts.funds.values() {
            usage::of_fund(fund, &mut |expr| read.expr(expr, Context { procedure: None, form: None }, None));
        }
        for share in parts.shares.values() {
            let register = checks.register(&share.register);
            let procedure = register.and_then(|register| register.rows_of.as_deref());
            usage::of_share(share, &mut |expr| read.expr(expr, Context { procedure, form: None }, None));
        }
        for view in parts.views.values() {
            for procedure in view.source.procedures() {
                let context = Context { procedure: Some(procedure), form: None };
                usage::of_view(view, &mut |expr| read.expr(expr, context, None));
            }
            if view.source.procedures().is_empty() {
                usage::of_view(view, &mut |expr| read.expr(expr, Context { procedure: None, form: None }, None));
            }
        }
    }
    for parts in checks.parts {
        let asked = parts.forms.values().filter(|form| checks.outline.users.contains_key(&form.name));
        for form in asked {
            let unread =
                form.fields.iter().filter(|field| is_asked_for_use(field) && !read.has(&form.name, &field.name));
            unread.for_each(|field| checks.sink.add(field_unread(field, form)));
        }
        let unread = parts.parameters.values().filter(|parameter| !read.parameters.contains(parameter.name.as_str()));
        let unread = unread.filter(|parameter| !READ_BY_ITSELF.contains(&parameter.name.as_str()));
        unread.for_each(|parameter| checks.sink.add(parameter_unread(parameter)));
    }
}

/// Signatures, ticks and files are evidence: having them is their use.
fn is_asked_for_use(field: &Field) -> bool {
    let is_evidence = match &field.ty {
        Type::Signature | Type::Agreed | Type::File => true,
        Type::List(element) => **element == Type::File,
        _ => false,
    };
    field.derived.is_none() && !is_evidence
}

/// Where an expression stands.
#[derive(Clone, Copy)]
struct Context<'a> {
    procedure: Option<&'a str>,
    form: Option<&'a str>,
}

struct Read<'a> {
    outline: &'a Outline<'a>,
    /// Form and field.
    fields: BTreeSet<(String, String)>,
    parameters: BTreeSet<String>,
}

impl Read<'_> {
    fn has(&self, form: &str, field: &str) -> bool {
        self.fields.contains(&(form.to_string(), field.to_string()))
    }

    /// Notes what an expression reads; a field that looks only at itself is not read by that.
    fn expr(&mut self, expr: &Expr, context: Context<'_>, own_field: Option<&str>) {
        for (name, kind) in &expr.reads().names {
            match kind {
                NameKind::Parameter => {
                    self.parameters.insert(name.clone());
                }
                NameKind::Field if own_field != Some(name.as_str()) => self.bare(name, context),
                _ => {}
            }
        }
        for (of, name) in &expr.reads().members {
            match of {
                Type::Form(form) if context.form != Some(form.as_str()) || own_field != Some(name.as_str()) => {
                    self.field(form, name);
                }
                Type::Matter(procedure) => self.start_field(procedure, name),
                _ => {}
            }
        }
    }

    /// A bare name: of the form itself, of a form that it is a part of, or of a starting form.
    fn bare(&mut self, name: &str, context: Context<'_>) {
        let own = context.form.into_iter().map(str::to_string);
        let uses = context.form.and_then(|form| self.outline.users.get(form)).map(Vec::as_slice).unwrap_or_default();
        let around = uses.iter().filter_map(|using| using.within.clone());
        let candidates: Vec<String> = own.chain(around).collect();
        let found = candidates.into_iter().find(|form| self.form_has(form, name));
        match (found, context.procedure) {
            (Some(form), _) => self.field(&form, name),
            (None, Some(procedure)) => self.start_field(procedure, name),
            (None, None) => {}
        }
    }

    fn start_field(&mut self, procedure: &str, name: &str) {
        let Some(names) = self.outline.procedures.get(procedure) else { return };
        let forms = names.acts.iter().filter(|act| act.at == At::Start).flat_map(|act| &act.forms);
        let forms: Vec<&str> = forms.map(|form| form.text.as_str()).filter(|form| self.form_has(form, name)).collect();
        forms.into_iter().for_each(|form| self.field(form, name));
    }

    fn form_has(&self, form: &str, name: &str) -> bool {
        let fields = self.outline.forms.get(form).map(|form| form.fields.as_slice()).unwrap_or_default();
        fields.iter().any(|field| field.name.text == name)
    }

    fn field(&mut self, form: &str, name: &str) {
        self.fields.insert((form.to_string(), name.to_string()));
    }

    /// A value printed as a whole shows all fields of its rows.
    fn whole(&mut self, ty: &Type) {
        match ty {
            Type::Records(form) | Type::Form(form) => self.all_of(form),
            Type::List(element) => self.whole(element),
            _ => {}
        }
    }

    fn all_of(&mut self, form: &str) {
        let fields = self.outline.forms.get(form).map(|form| form.fields.as_slice()).unwrap_or_default();
        for field in fields {
            self.field(form, &field.name.text);
        }
        let parts: Vec<String> = self.outline.parts(form).into_iter().map(str::to_string).collect();
        for part in parts {
            // A form that is a part of itself is noted once.
            let is_new = self
                .outline
                .forms
                .get(&part)
                .is_some_and(|names| names.fields.iter().any(|field| !self.has(&part, &field.name.text)));
            if is_new {
                self.all_of(&part);
            }
        }
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0226",
        severity: Severity::Warning,
        zh: "填了没有用",
        en: "asked and never read",
        why: "The form asks for something that no document, rule, fact, act, register or other field reads, and that is not printed. People should not be asked for what nobody uses. Signatures, ticks and files count as evidence.",
        within: "permit: field + data",
        wrong: r"| hobby | 爱好 | text 50 | must |
…
data: [area]",
        right: r"| hobby | 爱好 | text 50 | must |
…
data: [area, hobby]",
    },
    Page {
        code: "GB0227",
        severity: Severity::Warning,
        zh: "参数没有用到",
        en: "a parameter nothing depends on",
        why: "No expression, deadline or document reads the parameter, so changing it would change nothing.",
        within: "permit: parameter",
        wrong: r"limit: 200 m²
depth: 3 m",
        right: "limit: 200 m²",
    },
];
