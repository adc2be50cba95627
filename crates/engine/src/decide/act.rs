//! One act on one matter: may it be done, and what it brings about.

use super::{DEEPEST, Run, View, unknown_matter};
use crate::act::{Actor, Reason, Refusal, RefusalKind};
use crate::env::{Changes, MatterEnv};
use crate::eval;
use crate::event::Event;
use crate::form::{Asked, Examination, convert};
use crate::matter::Matter;
use crate::offer;
use crate::parameter::cutoff;
use crate::reason::{Decided, refuse};
use crate::rights::Cause;
use crate::rights::PartyName;
use crate::verdict;
use crate::world::World;
use calendar::zh_date;
use jiff::civil::Date;
use regulation::expr::{Record, Value};
use regulation::model::{Act, Condition, Field, Form, Holds, Label, Procedure, Step};
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

/// An act to be done on a matter that exists.
pub(super) struct Doing<'a> {
    pub(super) matter: &'a str,
    pub(super) act: &'a str,
    pub(super) actor: &'a Actor,
    pub(super) form: &'a Record,
    pub(super) cause: Option<Cause<'a>>,
    /// Legal date unless the act says otherwise.
    pub(super) on: Date,
}

/// An act that is being done: where it stands in the regulation.
pub(super) struct Doable<'p> {
    pub(super) procedure: &'p Procedure,
    pub(super) step: Option<&'p Step>,
    pub(super) act: &'p Act,
}

/// Whoever is signed in may have left the room: some acts want to know anew who does them.
fn not_proved(act: &Act) -> Reason {
    let zh = format!("办理“{}”要重新验证身份", act.label.zh);
    let reason =
        Reason::general("identity-not-proved", zh, format!("`{}` asks you to prove anew who you are", act.name));
    reason.under(&act.clauses).hint(
        "请输入登录密码；启用了双因素的，再输入验证码",
        "Enter your password, and the code if you use a second factor",
    )
}

impl Run<'_> {
    pub(super) fn act(&mut self, doing: Doing<'_>) -> Decided<()> {
        let Some(matter) = self.scratch.matter(doing.matter) else {
            return refuse(RefusalKind::Unknown, unknown_matter(doing.matter));
        };
        let procedure = self.look(&doing.view(None), |env| env.frame.procedure.clone())?;
        let Some(procedure) = procedure else {
            return refuse(RefusalKind::Unknown, unknown_matter(doing.matter));
        };
        let doable = locate(&procedure, &matter, doing.act)?;
        self.deeper(|run| run.do_act(&doing, &doable, matter))
    }

    fn deeper(&mut self, act: impl FnOnce(&mut Self) -> Decided<()>) -> Decided<()> {
        if self.depth >= DEEPEST {
            let zh = format!("连带动作超过{DEEPEST}层，请法制机构检查条文");
            return refuse(
                RefusalKind::State,
                Reason::general("too-deep", zh, "too many acts follow from one another"),
            );
        }
        self.depth += 1;
        let done = act(self);
        self.depth -= 1;
        done
    }

    fn do_act(&mut self, doing: &Doing<'_>, doable: &Doable<'_>, before: Arc<Matter>) -> Decided<()> {
        let party = self
            .look(&doing.view(None), |env| offer::standing(env, doable.step, doable.act, doing.actor, doing.cause))??;
        let forms = self.forms(&before, doable.act)?;
        let fields: Vec<&[Field]> = forms.iter().map(|form| form.fields.as_slice()).collect();
        let clauses = clauses_of(doable);
        let asked = Asked { forms: &fields, clauses };
        let converted = self.look(&doing.view(None), |env| convert(env, &asked, doing.form, ""))?;
        let sent = Arc::new(converted.record.clone());
        let changes = Changes { before: Arc::clone(&before), forms: forms.clone(), form: Arc::clone(&sent) };
        let view = doing.view(Some(Rc::new(changes)));

        let filed = self.file(&before, &forms, &sent, doable, &party);
        let given = self.date_given(&view, doable.act)?;
        let on = given.unwrap_or_else(|| self.usual_date(&before, doing));
        let acted = self.record(doing, doable, party, on, &before);

        let faulty: BTreeSet<String> = converted.faults.iter().map(|fault| fault.field.clone()).collect();
        let mut record = converted.record;
        let (examined, judged) = self.look(&view, |env| {
            let examination = Examination { env, actor: doing.actor, faulty: &faulty };
            let examined = examination.examine(env, &asked, &mut record, "");
            let is_final = examined.faults.is_empty() && examined.dropped.is_empty();
            let judged = is_final.then(|| Judgement::of(env, doable.act));
            (examined, judged)
        })?;
        let mut faults = converted.faults;
        faults.extend(examined.faults);
        if !faults.is_empty() {
            let reasons = vec![incomplete(doable.act, faults.len())];
            return Err(Box::new(Refusal { kind: RefusalKind::Form, reasons, fields: faults }));
        }
        is_dated_sensibly(&before, doable.act, on, given.map_or(on, |_| self.now.date()))?;
        let judged = match judged {
            Some(judged) => judged,
            None => {
                self.amend_filings(filed, &forms, &record);
                self.look(&view, |env| Judgement::of(env, doable.act))?
            }
        };
        if !judged.unmet.is_empty() {
            return Err(Box::new(Refusal::several(RefusalKind::Condition, judged.unmet)));
        }
        if doable.act.identify && doing.cause.is_none() && *doing.actor != Actor::Clock && !self.proved {
            return refuse(RefusalKind::Condition, not_proved(doable.act));
        }
        let mut warnings = judged.warnings;
        warnings.extend(examined.warnings);
        self.warn(acted, &before.id, warnings);
        if before.acts.is_empty() {
            self.give_number(&view, doable.procedure, on)?;
        }
        self.add_clauses(clauses);
        self.follow(&view, doable, on)
    }

    fn forms(&self, matter: &Matter, act: &Act) -> Decided<Vec<Arc<Form>>> {
        let regulation = self.scratch.regulation(&matter.regulation, &matter.version);
        let find = |name: &String| {
            let own = regulation.as_ref().and_then(|regulation| regulation.forms.get(name).cloned());
            own.or_else(|| self.scratch.rulebook().form(name).map(|(_, form)| Arc::clone(form)))
        };
        match act.forms.iter().map(find).collect() {
            Some(forms) => Ok(forms),
            None => refuse(
                RefusalKind::Unknown,
                Reason::general("unknown-form", "条文中缺少这个动作的表单", "a form of this act is not defined"),
            ),
        }
    }

    /// Files the forms provisionally: what is examined afterwards sees them. Where in the events they stand.
    fn file(
        &mut self,
        matter: &Matter,
        forms: &[Arc<Form>],
        record: &Arc<Record>,
        doable: &Doable<'_>,
        party: &PartyName,
    ) -> std::ops::Range<usize> {
        let parallel = crate::rights::is_each(doable.step, doable.act).then(|| party.clone());
        let first = self.events.len();
        for form in forms {
            let event = Event::Filed {
                matter: matter.id.clone(),
                form: form.name.clone(),
                // All of it belongs to the only form: names that no form has were faults.
                record: if forms.len() == 1 { Arc::clone(record) } else { Arc::new(part(record, form)) },
                party: parallel.clone(),
            };
            self.emit(event);
        }
        first..self.events.len()
    }

    /// Takes fields out of the filed forms that turned out not to be asked.
    fn amend_filings(&mut self, filed: std::ops::Range<usize>, forms: &[Arc<Form>], record: &Record) {
        for (event, form) in self.events[filed].iter_mut().zip(forms) {
            if let Event::Filed { matter, record: own, .. } = event {
                *own = Arc::new(part(record, form));
                self.scratch.amend_filing(matter, form, own);
            }
        }
    }

    /// The legal date that the act itself gives.
    fn date_given(&self, view: &View<'_>, act: &Act) -> Decided<Option<Date>> {
        match &act.dated {
            Some(dated) => self.look(view, |env| eval::value(dated, env).as_date()),
            None => Ok(None),
        }
    }

    /// The legal date otherwise: the day on which it is done; what somebody hands in for themselves after the hour at which the
    /// day ends is received on the next, and nothing is dated before what it follows.
    fn usual_date(&self, before: &Matter, doing: &Doing<'_>) -> Date {
        let Actor::Person { post, .. } = doing.actor else { return doing.on };
        if doing.cause.is_some() {
            return doing.on;
        }
        let regulation = self.scratch.regulation(&before.regulation, &before.version).filter(|_| post.is_none());
        let on = regulation
            .map_or(doing.on, |regulation| cutoff(&self.scratch, &regulation, self.now.date()).received_on(self.now));
        before.acts.iter().map(|act| act.on).fold(on, Date::max)
    }

    fn record(&mut self, doing: &Doing<'_>, doable: &Doable<'_>, party: PartyName, on: Date, before: &Matter) -> usize {
        self.emit(Event::Acted {
            matter: before.id.clone(),
            act: doable.act.name.clone(),
            actor: doing.actor.clone(),
            party,
            on,
            at: self.now,
            step: before.step.clone(),
            clauses: clauses_of(doable).to_vec(),
            warnings: Vec::new(),
        });
        self.events.len() - 1
    }

    fn warn(&mut self, acted: usize, matter: &str, found: Vec<Reason>) {
        if found.is_empty() {
            return;
        }
        if let Some(Event::Acted { warnings, .. }) = self.events.get_mut(acted) {
            warnings.clone_from(&found);
        }
        self.scratch.amend_warnings(matter, &found);
        self.warnings.extend(found);
    }
}

impl<'a> Doing<'a> {
    fn view(&self, changes: Option<Rc<Changes>>) -> View<'a> {
        View { matter: self.matter.to_owned(), actor: self.actor, changes }
    }
}

/// The fields of a record that a form has.
fn part(record: &Record, form: &Form) -> Record {
    let own = record.iter().filter(|(name, _)| form.field(name).is_some());
    own.map(|(name, value)| (name.clone(), value.clone())).collect()
}

pub(super) fn clauses_of<'p>(doable: &Doable<'p>) -> &'p [String] {
    match doable.step {
        Some(step) if doable.act.clauses.is_empty() => &step.clauses,
        _ => &doable.act.clauses,
    }
}

/// Where the act stands: at the present step, among those of any step, or among the starting ones of a matter just opened.
fn locate<'p>(procedure: &'p Procedure, matter: &Matter, name: &str) -> Decided<Doable<'p>> {
    let starting = matter.acts.is_empty() && matter.step.is_none();
    let step = matter.step.as_deref().and_then(|step| procedure.step(step));
    let found = match (starting, &matter.step) {
        (true, _) => procedure.start.iter().find(|act| act.name == name),
        (false, Some(step)) => procedure.act_at(Some(step), name),
        (false, None) => procedure.acts.iter().find(|act| matter.is_open() && act.name == name),
    };
    let own = |act: &Act| step.filter(|step| step.acts.iter().any(|own| std::ptr::eq(own, act)));
    match found {
        Some(act) => Ok(Doable { procedure, step: own(act), act }),
        None => Err(Box::new(offer::not_here(procedure, matter, name))),
    }
}

fn incomplete(act: &Act, faults: usize) -> Reason {
    let zh = format!("“{}”的材料有{faults}处需要补充或更正", act.label.zh);
    Reason::general("form", zh, format!("{faults} faults in the forms of `{}`", act.name))
        .hint("请按各栏的提示补正后再提交", "Mend what is said beside the fields and send it again")
}

/// A legal date lies neither in the future (`latest` is today) nor before the matter began.
fn is_dated_sensibly(before: &Matter, act: &Act, on: Date, latest: Date) -> Decided<()> {
    if on > latest {
        let zh = format!("“{}”的日期{}在今天（{}）之后", act.label.zh, zh_date(on), zh_date(latest));
        let en = format!("`{}` would be dated {on}, after today ({latest})", act.name);
        return refuse(
            RefusalKind::Time,
            Reason::general("dated-in-future", zh, en)
                .hint("请等到那一天再办理，或者更正日期", "Wait for that day, or correct the date"),
        );
    }
    match before.acts.first() {
        Some(first) if on < first.on => {
            let (on_zh, first_zh) = (zh_date(on), zh_date(first.on));
            let zh = format!("“{}”的日期{on_zh}早于本事项开始之日{first_zh}", act.label.zh);
            let en = format!("`{}` would be dated {on}, before the matter began ({})", act.name, first.on);
            refuse(
                RefusalKind::Time,
                Reason::general("dated-before-start", zh, en).hint("请核对日期", "Check the date"),
            )
        }
        _ => Ok(()),
    }
}

/// The reasons of all conditions that do not hold.
pub(crate) fn unmet(env: &MatterEnv<'_, '_>, act: &Act, conditions: &[Condition]) -> Vec<Reason> {
    conditions.iter().flat_map(|condition| against(env, act, condition)).collect()
}

/// What the conditions of an act say.
struct Judgement {
    unmet: Vec<Reason>,
    /// Looked at only where nothing is unmet.
    warnings: Vec<Reason>,
}

impl Judgement {
    fn of(env: &MatterEnv<'_, '_>, act: &Act) -> Self {
        let unmet = unmet(env, act, &act.require);
        let warnings = if unmet.is_empty() { self::unmet(env, act, &act.warn) } else { Vec::new() };
        Judgement { unmet, warnings }
    }
}

fn against(env: &MatterEnv<'_, '_>, act: &Act, condition: &Condition) -> Vec<Reason> {
    match condition {
        Condition::Rule(name) => rule_against(env, name),
        Condition::Expr { condition, because } => {
            if eval::holds(condition, env) == Some(true) {
                return Vec::new();
            }
            let said = because.as_ref().map(|because| because.fill(env)).unwrap_or_else(|| Label {
                zh: format!("“{}”的条件不具备：{}", act.label.zh, eval::explained(condition, env)),
                en: None,
            });
            let (zh, en) = both(said, || format!("`{}` does not hold", eval::source(condition)));
            let mut reason = Reason::general("condition", zh, en).under(&act.clauses);
            reason.values = eval::values(condition, env);
            vec![reason]
        }
    }
}

/// A sentence in both languages; where the regulation has none in English, what stands for it.
fn both(said: Label, en: impl FnOnce() -> String) -> (String, String) {
    (said.zh, said.en.unwrap_or_else(en))
}

fn rule_against(env: &MatterEnv<'_, '_>, name: &str) -> Vec<Reason> {
    let rule = env.frame.procedure.as_ref().and_then(|procedure| procedure.rules.get(name).cloned());
    let Some(rule) = rule else {
        let zh = format!("条文中没有“{name}”这条规则");
        return vec![Reason::general("unknown-rule", zh, format!("there is no rule `{name}`"))];
    };
    if verdict::truth(env, &rule) == Value::Bool(true) {
        return Vec::new();
    }
    let whole = rule.because.as_ref().map(|because| {
        let (zh, en) = both(because.fill(env), || format!("rule `{name}` does not hold"));
        Reason::general(name, zh, en).under(&rule.clauses)
    });
    let rows = verdict::rows_against(env, &rule);
    let rows = rows.iter().map(|row| match (row.reason(), &rule.holds) {
        (reason, Holds::Any) => Reason { zh: format!("不成立：{}", reason.zh), ..reason },
        (reason, Holds::All | Holds::None) => reason,
    });
    let rows: Vec<Reason> = rows.collect();
    // The one row of a rule without a table says the same, and shows the values as well.
    let said = rows.iter().any(|row| row.code == name);
    let mut reasons: Vec<Reason> = whole.filter(|_| !said).into_iter().collect();
    reasons.extend(rows);
    if reasons.is_empty() {
        let zh = format!("不符合“{}”", rule.title.zh);
        reasons.push(Reason::general(name, zh, format!("rule `{name}` does not hold")).under(&rule.clauses));
    }
    reasons
}
