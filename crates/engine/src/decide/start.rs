//! Starting a matter (立案): in force, at a place, about something, under a number.

use super::Run;
use super::act::Doing;
use crate::act::{Actor, Reason, RefusalKind};
use crate::county::County;
use crate::duty::Instance;
use crate::event::Event;
use crate::reason::{Decided, refuse};
use crate::rights::Cause;
use crate::world::World;
use calendar::zh_date;
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::{About, AboutTarget, Name, Procedure, Regulation};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A matter to be started.
pub(super) struct Starting<'a> {
    pub(super) procedure: &'a str,
    pub(super) act: &'a str,
    pub(super) place: &'a str,
    pub(super) about: BTreeMap<Name, Value>,
    pub(super) actor: &'a Actor,
    pub(super) form: &'a Record,
    pub(super) cause: Option<Cause<'a>>,
    /// The duty and period for which the clock starts it.
    pub(super) instance: Option<Instance>,
    /// Legal date unless the act says otherwise.
    pub(super) on: Date,
}

impl Run<'_> {
    /// Opens a matter and does its starting act; the new matter's id.
    pub(super) fn start(&mut self, starting: Starting<'_>) -> Decided<String> {
        let found = self.scratch.rulebook().procedure(starting.procedure);
        let Some((regulation, procedure)) =
            found.map(|(regulation, found)| (Arc::clone(regulation), Arc::clone(found)))
        else {
            let zh = format!("没有名为“{}”的程序", starting.procedure);
            let en = format!("there is no procedure `{}`", starting.procedure);
            return refuse(RefusalKind::Unknown, Reason::general("unknown-procedure", zh, en));
        };
        is_in_force(&regulation, self.now.date())?;
        if !procedure.start.iter().any(|act| act.name == starting.act) {
            let zh_names: Vec<&str> = procedure.start.iter().map(|act| act.label.zh.as_str()).collect();
            let en_names: Vec<&str> = procedure.start.iter().map(|act| act.label.english()).collect();
            let zh = format!("“{}”不能由“{}”开始", procedure.title.zh, starting.act);
            let en = format!("`{}` does not start `{}`", starting.act, procedure.name);
            let zh_hint = format!("可以由以下动作开始：{}", zh_names.join("、"));
            let en_hint = format!("What starts it: {}", en_names.join(", "));
            return refuse(RefusalKind::Unknown, Reason::general("unknown-act", zh, en).hint(zh_hint, en_hint));
        }
        self.is_place(starting.place)?;
        let place = self.scratch.county().now(starting.place).to_owned();
        if place != starting.place && starting.cause.is_none() {
            return refuse(RefusalKind::State, ended(self.scratch.county(), starting.place));
        }
        let about = self.about(&procedure, starting.about)?;
        let id = self.fresh_id()?;
        self.emit(Event::Opened {
            matter: id.clone(),
            regulation: regulation.id.clone(),
            version: regulation.version.clone(),
            procedure: procedure.name.clone(),
            number: None,
            place,
            owner: self.owner(&procedure, &about),
            about,
            instance: starting.instance,
            at: self.now,
        });
        self.act(Doing {
            matter: &id,
            act: starting.act,
            actor: starting.actor,
            form: starting.form,
            cause: starting.cause,
            on: starting.on,
        })?;
        Ok(id)
    }

    pub(super) fn is_place(&self, place: &str) -> Decided<()> {
        if self.scratch.county().places.contains_key(place) {
            return Ok(());
        }
        let zh = format!("本县没有代码为“{place}”的地方");
        refuse(RefusalKind::Unknown, Reason::general("unknown-place", zh, format!("there is no place `{place}`")))
    }

    /// What the matter is about: every name known, every row and matter there, nothing required left out.
    fn about(&self, procedure: &Procedure, given: BTreeMap<Name, Value>) -> Decided<BTreeMap<Name, Value>> {
        for name in given.keys() {
            if !procedure.about.iter().any(|about| about.name == *name) {
                let zh = format!("“{}”不涉及“{name}”", procedure.title.zh);
                let en = format!("`{}` is not about `{name}`", procedure.name);
                return refuse(RefusalKind::Unknown, Reason::general("unknown-subject", zh, en));
            }
        }
        let mut about = BTreeMap::new();
        for subject in &procedure.about {
            if let Some(value) = self.subject(subject, given.get(&subject.name))? {
                about.insert(subject.name.clone(), value);
            }
        }
        Ok(about)
    }

    fn subject(&self, about: &About, given: Option<&Value>) -> Decided<Option<Value>> {
        let kept = given.map(|value| crate::reference::kept(value.clone()));
        let Some(text) = kept.as_ref().and_then(Value::as_text).filter(|text| !text.is_empty()) else {
            if about.optional {
                return Ok(None);
            }
            let zh = format!("请指明“{}”", about.name);
            let en = format!("`{}` must be given", about.name);
            return refuse(RefusalKind::Form, Reason::general("missing-subject", zh, en));
        };
        let (exists, value) = match &about.target {
            AboutTarget::Register(register) => {
                (self.scratch.row(register, text).is_some(), Value::Key(text.to_owned()))
            }
            AboutTarget::Procedure(procedure) => {
                let matter = self.scratch.matter(text);
                (matter.is_some_and(|matter| matter.procedure == *procedure), Value::Text(text.to_owned()))
            }
        };
        if exists {
            return Ok(Some(value));
        }
        let zh = format!("“{}”所指的“{text}”不存在", about.name);
        let en = format!("`{}` names `{text}`, which does not exist", about.name);
        refuse(RefusalKind::Unknown, Reason::general("unknown-subject", zh, en).hint("请核对编号", "Check the number"))
    }

    /// Whose personal data the matter holds: the row that its owner points at, through the matter it is about where that is one.
    fn owner(&self, procedure: &Procedure, about: &BTreeMap<Name, Value>) -> Option<String> {
        let name = procedure.owner.as_ref()?;
        let subject = procedure.about.iter().find(|about| about.name == *name)?;
        let text = about.get(name)?.as_text()?;
        match &subject.target {
            AboutTarget::Register(register) => Some(format!("{register}/{text}")),
            AboutTarget::Procedure(_) => self.scratch.matter(text)?.owner.clone(),
        }
    }
}

/// Why nothing begins any more at a place that has ended; says where it begins instead.
fn ended(county: &County, code: &str) -> Reason {
    let name = county.places.get(code).map_or(code, |place| &place.name);
    let now = county.place(code).map_or("", |place| &place.name);
    let last = county.ended.get(code).map(|ending| ending.to);
    let day =
        last.and_then(|last| last.tomorrow().ok()).map_or_else(String::new, |day| format!("自{}起", zh_date(day)));
    let zh = format!("{name}{day}已并入{now}，不能再在那里立件");
    let en = format!("`{code}` has ended and is part of `{}`", county.now(code));
    let there = county.now(code);
    Reason::general("place-ended", zh, en)
        .hint(format!("请在{now}（{there}）办理"), format!("Do it at {now} (`{there}`)"))
}

pub(super) fn is_in_force(regulation: &Regulation, today: Date) -> Decided<()> {
    if today < regulation.effective {
        let zh = format!("《{}》自{}起施行，此前不能受理", regulation.title.zh, zh_date(regulation.effective));
        let en = format!("`{}` is in force from {}", regulation.id, regulation.effective);
        return refuse(RefusalKind::State, Reason::general("not-in-force", zh, en));
    }
    match regulation.until {
        Some(until) if today > until => {
            let zh = format!("《{}》施行至{}，不再受理新的事项", regulation.title.zh, zh_date(until));
            let en = format!("`{}` was in force until {until}", regulation.id);
            refuse(RefusalKind::State, Reason::general("not-in-force", zh, en))
        }
        _ => Ok(()),
    }
}
