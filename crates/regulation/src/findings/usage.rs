//! Every expression of the model, with the place where it stands.

use crate::expr::{Expr, Template};
use crate::model::fund::Post;
use crate::model::{
    Act, By, Condition, CountyEffect, DeadlineEnd, Document, Duty, Every, Field, ForEach, Form, Fund, Need, Procedure,
    Publish, Register, Rhythm, Rule, Sentence, Share, Step, Table, To, View,
};

/// Something that is done with every expression.
pub(super) type Visit<'v, 'm> = &'v mut dyn FnMut(&'m Expr);

/// Every expression of a procedure, its steps, rules, tables and documents.
pub(super) fn of_procedure<'m>(procedure: &'m Procedure, visit: Visit<'_, 'm>) {
    procedure.facts.iter().for_each(|fact| visit(&fact.value));
    procedure.number.iter().for_each(|series| holes(&series.pattern, visit));
    procedure.subject.iter().for_each(|subject| holes(subject, visit));
    procedure.about.iter().filter_map(|about| about.offer.as_deref()).for_each(&mut *visit);
    procedure.disclose.iter().for_each(&mut *visit);
    procedure.publish.iter().for_each(|publish| of_publish(publish, visit));
    procedure.keep.iter().flat_map(|keep| keep.expressions()).for_each(&mut *visit);
    procedure.all_acts().for_each(|(_, act)| of_act(act, visit));
    procedure.steps.iter().for_each(|step| of_step(step, visit));
    procedure.rules.values().for_each(|rule| of_rule(rule, visit));
    procedure.tables.values().for_each(|table| of_table(table, visit));
    procedure.documents.values().for_each(|document| of_document(document, visit));
}

fn holes<'m>(template: &'m Template, visit: Visit<'_, 'm>) {
    template.holes().for_each(visit);
}

fn of_by<'m>(by: &'m [By], visit: Visit<'_, 'm>) {
    by.iter().filter_map(|by| by.when.as_ref()).for_each(visit);
}

/// Expressions of an act.
pub(super) fn of_act<'m>(act: &'m Act, visit: Visit<'_, 'm>) {
    of_by(&act.by, visit);
    for condition in act.require.iter().chain(&act.warn) {
        if let Condition::Expr { condition, because } = condition {
            visit(condition);
            because.iter().flat_map(Sentence::holes).for_each(&mut *visit);
        }
    }
    act.dated.iter().for_each(&mut *visit);
    act.restart.iter().for_each(&mut *visit);
    act.issue.iter().filter_map(|(_, when)| when.as_ref()).for_each(&mut *visit);
    let with = |when: &'m Option<Expr>, with: &'m [(String, Expr)], visit: Visit<'_, 'm>| {
        when.iter().for_each(&mut *visit);
        with.iter().for_each(|(_, value)| visit(value));
    };
    let each = |each: &'m Option<ForEach>, visit: Visit<'_, 'm>| each.iter().for_each(|each| visit(&each.list));
    for open in &act.open {
        each(&open.each, visit);
        with(&open.when, &open.with, visit);
    }
    for does in &act.does {
        each(&does.each, visit);
        visit(&does.on);
        with(&does.when, &does.with, visit);
    }
    for enter in &act.enter {
        each(&enter.each, visit);
        with(&enter.when, &enter.with, visit);
    }
    for erase in &act.erase {
        each(&erase.each, visit);
        visit(&erase.what);
        erase.when.iter().for_each(&mut *visit);
    }
    for post in &act.post {
        if let Post::Entry(post) = post {
            post.expressions().for_each(&mut *visit);
        }
    }
    for tell in &act.tell {
        each(&tell.each, visit);
        tell.when.iter().for_each(&mut *visit);
        holes(&tell.text, visit);
    }
    act.county.iter().flat_map(CountyEffect::expressions).for_each(&mut *visit);
    act.enact.iter().chain(&act.revoke).flat_map(|instrument| instrument.expressions()).for_each(&mut *visit);
    act.to.iter().for_each(|to| of_to(to, visit));
}

fn of_to<'m>(to: &'m To, visit: Visit<'_, 'm>) {
    if let To::If { condition, then, otherwise } = to {
        visit(condition);
        of_to(then, visit);
        of_to(otherwise, visit);
    }
}

fn of_step<'m>(step: &'m Step, visit: Visit<'_, 'm>) {
    of_by(&step.by, visit);
    for deadline in &step.due {
        match &deadline.end {
            DeadlineEnd::After { term, event } => {
                visit(term);
                visit(event);
            }
            DeadlineEnd::On(date) => visit(date),
        }
    }
    step.remind.iter().filter_map(|reminder| reminder.at.terms()).for_each(&mut *visit);
    step.remind.iter().filter_map(|reminder| reminder.text.as_ref()).for_each(|text| holes(text, visit));
}

fn of_rule<'m>(rule: &'m Rule, visit: Visit<'_, 'm>) {
    rule.because.iter().flat_map(Sentence::holes).for_each(&mut *visit);
    for row in &rule.rows {
        visit(&row.when);
        row.because.holes().for_each(&mut *visit);
        row.confirm.iter().for_each(&mut *visit);
    }
}

fn of_table<'m>(table: &'m Table, visit: Visit<'_, 'm>) {
    table.inputs.iter().for_each(&mut *visit);
    table.rows.iter().flat_map(|row| &row.outputs).for_each(visit);
}

/// Expressions of a document.
pub(super) fn of_document<'m>(document: &'m Document, visit: Visit<'_, 'm>) {
    document.number.iter().for_each(|series| holes(&series.pattern, visit));
    document.display.iter().for_each(&mut *visit);
    document.data.iter().for_each(|(_, value)| visit(value));
    document.reasons.iter().for_each(&mut *visit);
    document.paragraphs.iter().for_each(|paragraph| holes(paragraph, visit));
    document.attach.iter().for_each(visit);
}

/// Expressions of what is published.
pub(super) fn of_publish<'m>(publish: &'m Publish, visit: Visit<'_, 'm>) {
    publish.texts().for_each(|text| holes(text, visit));
    publish.exprs().for_each(visit);
}

/// Expressions of a field.
pub(super) fn of_field<'m>(field: &'m Field, visit: Visit<'_, 'm>) {
    if let Need::If(condition) = &field.need {
        visit(condition);
    }
    for check in field.checks.iter().chain(&field.warnings) {
        visit(&check.condition);
        check.because.iter().for_each(|because| holes(because, visit));
    }
    field.derived.iter().for_each(&mut *visit);
    field.preset.iter().for_each(visit);
}

/// Expressions of a form's fields, with the field.
pub(super) fn of_form<'m>(form: &'m Form, visit: &mut dyn FnMut(&'m Field, &'m Expr)) {
    for field in &form.fields {
        of_field(field, &mut |expr| visit(field, expr));
    }
}

/// Expressions of a register.
pub(super) fn of_register<'m>(register: &'m Register, visit: Visit<'_, 'm>) {
    of_by(&register.keepers, visit);
    register.keep.iter().flat_map(|keep| keep.expressions()).for_each(&mut *visit);
    register.fields.iter().for_each(|field| of_field(field, visit));
}

/// Expressions of a duty.
pub(super) fn of_duty<'m>(duty: &'m Duty, visit: Visit<'_, 'm>) {
    duty.each.when().into_iter().for_each(&mut *visit);
    match &duty.rhythm {
        Rhythm::Every(every) => of_every(every, visit),
        Rhythm::Whenever(condition) => visit(condition),
    }
    duty.since.iter().for_each(&mut *visit);
    duty.opens.with.iter().for_each(|(_, value)| visit(value));
}

/// Expressions of a fund.
pub(super) fn of_fund<'m>(fund: &'m Fund, visit: Visit<'_, 'm>) {
    fund.owner.iter().for_each(|owner| visit(&owner.expr));
}

/// Expressions of a share.
pub(super) fn of_share<'m>(share: &'m Share, visit: Visit<'_, 'm>) {
    share.only.iter().for_each(&mut *visit);
    for rule in &share.quality {
        visit(&rule.holds);
        rule.because.holes().for_each(&mut *visit);
    }
}

/// Expressions of a view.
pub(super) fn of_view<'m>(view: &'m View, visit: Visit<'_, 'm>) {
    view.only.iter().chain(&view.over).chain(&view.late).for_each(&mut *visit);
    view.columns.iter().filter_map(|column| column.value.as_ref()).for_each(visit);
}

fn of_every<'m>(every: &'m Every, visit: Visit<'_, 'm>) {
    if let Every::If { condition, then, otherwise } = every {
        visit(condition);
        of_every(then, visit);
        of_every(otherwise, visit);
    }
}
