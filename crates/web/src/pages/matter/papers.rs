//! The papers of a matter: documents issued, forms filed, files handed in.

use super::View;
use crate::components::plot::{Beside, plan};
use crate::components::summary;
use crate::forms::{mask, purpose, show as values};
use crate::layout::token;
use crate::pages::documents::{Seen, of_matter};
use crate::problem::Problem;
use crate::registers::plots::{Seen as SeenPlot, around};
use engine::matter::ActRecord;
use engine::rights::{Access, masked_in, purposes};
use maud::{Markup, html};
use regulation::expr::{FileRef, Record, Value};
use regulation::model::{Field, Form, Personal};
use std::collections::BTreeSet;
use std::sync::Arc;

impl<'a> View<'a> {
    /// Documents that the visitor may see, in the order in which they were issued.
    pub(super) fn visible_documents(&self) -> Result<Vec<Seen>, Problem> {
        of_matter(self.snapshot, self.visitor, &self.matter)
    }

    pub(super) fn documents(&self) -> Result<Markup, Problem> {
        let lang = self.lang();
        let seen = self.visible_documents()?;
        Ok(html! {
            @if !seen.is_empty() {
                h2 { (lang.say("文书", "Documents")) }
                ul class="plain" {
                    @for Seen { line, model, covered, .. } in &seen {
                        li class="row" {
                            a href=(format!("/documents/{}", line.document.id)) { (lang.label(&model.title)) }
                            @if let Some(number) = &line.document.number { span class="number" { (number) } }
                            span class="soft" { (lang.date(line.document.on)) }
                            @if line.document.voided.is_some() { span class="tag" { (lang.say("已失效", "void")) } }
                            @if !covered { a href=(format!("/documents/{}.pdf", line.document.id)) { "PDF" } }
                        }
                    }
                }
            }
        })
    }

    /// What was issued with the act that brought the matter here: whoever answers it reads it first.
    pub(super) fn led_here(&self) -> Result<Markup, Problem> {
        let Some(last) = self.matter.acts.last() else { return Ok(html! {}) };
        let seen = self.visible_documents()?;
        let by_it = |seen: &&Seen| seen.line.document.act == last.act && seen.line.document.on == last.on;
        let issued: Vec<&Seen> = seen.iter().filter(by_it).collect();
        Ok(html! {
            @for Seen { line, model, .. } in issued {
                p class="panel" {
                    (self.lang().say("先看：", "Read first: ")) a href=(format!("/documents/{}", line.document.id)) { (self.lang().label(&model.title)) }
                    @if let Some(number) = &line.document.number { " " span class="number" { (number) } }
                    " " span class="soft" { (self.lang().date(line.document.on)) }
                }
            }
        })
    }

    pub(super) fn forms(&self) -> Markup {
        let lang = self.lang();
        let mut root: Vec<&Arc<Form>> = Vec::new();
        let started = self.procedure.start.iter().flat_map(|act| &act.forms);
        let filed = started.filter(|name| self.matter.forms.contains_key(*name));
        for form in filed.filter_map(|name| self.form(name)) {
            // Two ways to start may file the same form.
            if !root.iter().any(|known| known.name == form.name) {
                root.push(form);
            }
        }
        let later = self.matter.forms.iter().filter(|(name, _)| !root.iter().any(|form| form.name == **name));
        html! {
            @if !self.matter.forms.is_empty() { h2 { (lang.say("填报内容", "What was filed")) } }
            @for form in &root { (self.filed(form, &self.matter.root, None)) }
            @for (name, filings) in later {
                @if let Some(form) = self.form(name) {
                    @for filing in filings { (self.filed(form, &filing.record, self.matter.acts.get(filing.act).map(AsRef::as_ref))) }
                }
            }
            (self.revealing())
        }
    }

    /// The way to what is covered: of one's own a link, else a purpose and a reason.
    fn revealing(&self) -> Markup {
        let lang = self.lang();
        let address = format!("/matters/{}", self.matter.id);
        let masked = self.masked();
        let offered = purposes(&self.procedure.purposes, &masked);
        html! {
            @if !masked.is_empty() && self.access == Access::Full && !self.unmasked() {
                @if self.is_own() {
                    p class="no-print small" { a href={ (address) "?show=personal" } { (lang.say("显示完整的证件号码和电话", "Show numbers in full")) } }
                } @else if !offered.is_empty() {
                    details class="no-print" {
                        summary { (lang.say("查看完整的个人信息", "Show personal data in full")) }
                        form method="post" action=(address) {
                            (token(self.visitor))
                            (purpose::asked(self.names(), &offered, lang.say("查看", "Show")))
                        }
                    }
                }
            }
        }
    }

    /// A form by name.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<&'a Arc<Form>> {
        self.snapshot.world().rulebook().form(name).map(|(_, form)| form)
    }

    /// Whether something of what was filed is covered on screens.
    pub(super) fn masks(&self) -> bool {
        !self.masked().is_empty()
    }

    /// The kinds of personal data that are covered on screens in what was filed.
    pub(super) fn masked(&self) -> BTreeSet<Personal> {
        masked_in(self.snapshot.world(), &self.matter)
    }

    /// Whether this visitor sees a field's value covered, in a form and in the rows of its lists alike, on the page and in the archive.
    pub(super) fn covers(&self, field: &Field) -> bool {
        mask::is_covered(field, self.access, &self.opened)
    }

    fn filed(&self, form: &Form, record: &Record, act: Option<&ActRecord>) -> Markup {
        let lang = self.lang();
        let names = self.names();
        let mut lines = Vec::new();
        for field in &form.fields {
            if let Some(value) = record.get(&field.name).filter(|value| !value.is_missing()) {
                lines.push((lang.label(&field.label).to_owned(), self.value(field, value)));
            }
        }
        html! {
            @if !lines.is_empty() {
                details {
                    summary { (lang.label(&form.title)) @if let Some(act) = act { (lang.say("，", ", ")) (names.recorded_party(&self.procedure, &act.party)) " " (lang.date(act.on)) } }
                    div {
                        (summary::summary(&lines))
                        @if form.layout.is_some() { p class="no-print" { a href=(format!("/matters/{}/forms/{}.pdf", self.matter.id, form.name)) { (lang.say("打印这份表（PDF）", "Print this form (PDF)")) } } }
                    }
                }
            }
        }
    }

    fn value(&self, field: &Field, value: &Value) -> Markup {
        let names = self.names();
        if let Value::File(file) = value {
            return self.file(file);
        }
        if let Value::List(all) = value
            && matches!(all.first(), Some(Value::File(_)))
        {
            return html! { @for one in all { @if let Value::File(file) = one { (self.file(file)) " " } } };
        }
        if self.covers(field) {
            return html! { (mask::cover(&values::show(names, &field.ty, value))) };
        }
        if let Value::Plot(plot) = value {
            let around = around(self.snapshot, self.visitor, plot);
            let own = format!("/matters/{}", self.matter.id);
            let beside: Vec<Beside<'_>> =
                around.iter().filter(|seen| seen.href != own).filter_map(SeenPlot::beside).collect();
            return plan(self.lang(), self.lang().label(&field.label), plot, &beside);
        }
        if let (true, Some(text)) = (field.regulation, value.as_text()) {
            let label = self.lang().label(&field.label);
            return html! { textarea class="input source" rows="12" readonly wrap="off" aria-label=(label) { "\n" (text) } };
        }
        let content = values::content(names, &field.ty, value, &|field| self.covers(field));
        match value {
            Value::Records(rows) if rows.len() > values::ROWS_SHOWN => html! {
                (content)
                p { a href=(format!("/matters/{}/lists/{}", self.matter.id, field.name)) { (self.lang().say("下载全部各行（Excel）", "Take all rows (Excel)")) } }
            },
            _ => content,
        }
    }

    fn file(&self, file: &FileRef) -> Markup {
        let kilobytes = file.size.div_ceil(1024);
        html! {
            @if self.access == Access::Full { a href=(format!("/matters/{}/files/{}", self.matter.id, file.digest)) { (file.name) } }
            @else { (file.name) }
            span class="soft small" { " " (kilobytes) " KB" }
        }
    }
}
