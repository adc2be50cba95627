//! The force of regulations (施行、废止): an act puts a text into force, or ends the force that it has.
//!
//! The text is checked once more at the moment of the act, among the regulations that run then: others may have changed since it was filed.

use super::act::{Doable, clauses_of};
use super::{Run, View};
use crate::act::{FieldFault, Reason, Refusal, RefusalKind};
use crate::eval;
use crate::event::Event;
use crate::reason::{Decided, refuse};
use crate::world::World;
use calendar::zh_date;
use jiff::civil::Date;
use regulation::expr::Value;
use regulation::finding::Finding;
use regulation::model::{ClauseId, Field, Instrument, Label, Rulebook};
use regulation::trial::{Terms, Trial, id_of, restated, version};

/// Errors of a text that are told at once.
const TOLD: usize = 20;

impl Run<'_> {
    pub(super) fn change_force(&mut self, view: &View<'_>, doable: &Doable<'_>, on: Date) -> Decided<()> {
        if let Some(text) = self.instrument(view, doable.act.enact.as_deref())? {
            self.enact(view, doable, &text, on)?;
        }
        if let Some(text) = self.instrument(view, doable.act.revoke.as_deref())? {
            self.revoke(view, &text, on);
        }
        Ok(())
    }

    /// The text as its issue left it; none where there is none, or where it is not to be touched.
    fn instrument(&self, view: &View<'_>, instrument: Option<&Instrument>) -> Decided<Option<String>> {
        let Some(instrument) = instrument else { return Ok(None) };
        self.look(view, |env| {
            if !eval::applies(instrument.when.as_ref(), env) {
                return None;
            }
            let value = |expr: &regulation::expr::Expr| eval::value(expr, env);
            let text = value(&instrument.text).as_text().filter(|text| !text.is_empty())?.to_owned();
            let terms = Terms {
                number: instrument.number.as_ref().and_then(|number| value(number).as_text().map(str::to_owned)),
                issued: instrument.issued.as_ref().and_then(|issued| value(issued).as_date()),
                effective: instrument.effective.as_ref().and_then(|effective| value(effective).as_date()),
            };
            Some(restated(&text, &terms))
        })
    }

    fn enact(&mut self, view: &View<'_>, doable: &Doable<'_>, text: &str, on: Date) -> Decided<()> {
        let trial = Trial::of(self.scratch.rulebook(), text);
        let Some(regulation) = trial.regulation() else {
            let reasons = trial.errors().take(TOLD).map(|error| reason(&trial, error)).collect();
            return Err(Box::new(Refusal::several(RefusalKind::Condition, reasons)));
        };
        if let Some(effective) = trial.effective().filter(|effective| *effective > self.now.date()) {
            let zh = format!("《{}》自{}起施行，还没有到", regulation.title.zh, zh_date(effective));
            let en = format!("`{}` is in force from {effective} only", regulation.id);
            let reason = Reason::general("not-yet-effective", zh, en).under(clauses_of(doable));
            return refuse(
                RefusalKind::Time,
                reason.hint("到那一天零时再生效", "It comes into force at midnight of that day"),
            );
        }
        let known = self.scratch.rulebook().regulations.get(&regulation.id);
        if known.is_some_and(|known| known.version == regulation.version && known.until == regulation.until) {
            return Ok(());
        }
        self.emit(Event::Enacted {
            matter: view.matter.clone(),
            regulation: regulation.id.clone(),
            version: regulation.version.clone(),
            text: regulation.source.to_string(),
            on,
        });
        Ok(())
    }

    /// Ends the force of a text, if it is still the one in force: what took its place stays.
    fn revoke(&mut self, view: &View<'_>, text: &str, on: Date) {
        let known = id_of(text).and_then(|id| self.scratch.rulebook().regulations.get(&id).cloned());
        let Some(known) = known.filter(|known| known.version == version(text)) else { return };
        if known.until.is_some_and(|until| until < on) {
            return;
        }
        self.emit(Event::Revoked {
            matter: view.matter.clone(),
            regulation: known.id.clone(),
            version: known.version.clone(),
            on,
        });
    }
}

/// An error of a text as a reason, with its line and clause.
fn reason(trial: &Trial, error: &Finding) -> Reason {
    let (zh, en) = told(trial, error);
    let mut reason = Reason::general(error.code, zh, en);
    reason.clauses = error.clause.iter().cloned().collect();
    reason.hint = error.hint.as_ref().map(|hint| Label { zh: hint.zh.clone(), en: Some(hint.en.clone()) });
    reason
}

fn told(trial: &Trial, error: &Finding) -> (String, String) {
    match trial.line(error) {
        Some(line) => (format!("第{line}行：{}", error.message.zh), format!("line {line}: {}", error.message.en)),
        None => {
            let file = &error.span.file;
            (format!("{file}：{}", error.message.zh), format!("{file}: {}", error.message.en))
        }
    }
}

/// What is wrong with a regulation's text that was filed in a field; the first errors, each with its line.
pub(crate) fn fault(
    rulebook: &Rulebook,
    field: &Field,
    value: &Value,
    path: &str,
    clauses: &[ClauseId],
) -> Option<FieldFault> {
    let trial = Trial::of(rulebook, value.as_text()?);
    let errors: Vec<(String, String)> = trial.errors().map(|error| told(&trial, error)).collect();
    if errors.is_empty() {
        return None;
    }
    let first = |pick: fn(&(String, String)) -> &str, between: &str| {
        errors.iter().take(TOLD).map(pick).collect::<Vec<_>>().join(between)
    };
    Some(FieldFault {
        field: path.to_owned(),
        label: field.label.clone(),
        zh: format!("规定文本有{}处错误：{}", errors.len(), first(|error| &error.0, "；")),
        en: format!("the text has {} errors: {}", errors.len(), first(|error| &error.1, "; ")),
        clauses: clauses.to_vec(),
    })
}
