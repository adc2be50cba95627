//! `/services/{procedure}/check`: the self-check. The same rules as in the decision, over what somebody says of themselves;
//! each condition is explained with its clause and the values looked at. Nothing is kept.

use super::conditions;
use super::services::checked_rules;
use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::forms::filing::Filing;
use crate::lang::Lang;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::{Answers, Sent};
use crate::site::{Running, look};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::response::Response;
use engine::FieldFault;
use engine::Target;
use engine::ask::{Answer, Question, Verdict, ask};
use maud::{Markup, html};
use regulation::analysis::change::Change;
use regulation::expr::{FileRef, Record, Type, Value};
use regulation::model::{Field, Name, Need, Procedure};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use store::Snapshot;

/// The questions.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor, Path(id): Path<String>) -> Result<Markup, Problem> {
    look(&state, move |snapshot| {
        let check = Check::open(snapshot, &visitor, &id)?;
        Ok(check.page(&check.filing.presets(), &[], None))
    })
    .await
}

/// The answer.
pub async fn answer(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Markup, Problem> {
    look(&state, move |snapshot| {
        let check = Check::open(snapshot, &visitor, &id)?;
        let mut answers = sent.answers;
        crate::forms::rows::press(&mut answers);
        let (record, faults) = check.read(&answers);
        let found = if faults.is_empty() { Some(check.answer(record)?) } else { None };
        Ok(check.page(&answers, &faults, found.as_ref()))
    })
    .await
}

/// Which conditional questions are asked, for the answers on the page now.
pub async fn asked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    look(&state, move |snapshot| {
        let check = Check::open(snapshot, &visitor, &id)?;
        Ok(check.filing.asked_now(&check.read(&sent.answers).0))
    })
    .await
}

struct Check<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    filing: Filing<'a>,
    asks: BTreeSet<Name>,
}

impl<'a> Check<'a> {
    fn open(snapshot: &'a dyn Snapshot, visitor: &'a Visitor, id: &str) -> Result<Check<'a>, Problem> {
        let (_, procedure) = super::services::procedure(snapshot, visitor, id)?;
        let Some(act) = procedure.start.first() else {
            return Err(Problem::not_found("这项业务不能自行发起", "This cannot be started by anybody"));
        };
        let world = snapshot.world();
        let about = subjects(snapshot, visitor, procedure);
        let place = procedure
            .about
            .iter()
            .filter_map(|one| super::subjects::place_of(world, &one.target, about.get(&one.name)?.as_text()?))
            .next()
            .unwrap_or_else(|| world.county().code.clone());
        let actor = crate::site::actor(visitor.person_id().unwrap_or_default(), None);
        let filing = Filing::start(world, (&procedure.name, &act.name), &place, about, actor, visitor.now)?;
        let asks = filing.looked_at(checked_rules(procedure).into_iter().map(|rule| rule.name.as_str()));
        Ok(Check { snapshot, visitor, filing, asks })
    }

    /// Questions: the fields that the rules look at. Papers are not asked for: whoever applies brings them.
    fn fields(&self) -> Vec<Field> {
        let read = self.looked_at().filter(|field| field.ty != Type::Signature && !is_paper(field));
        read.map(|field| Field { group: None, ..field.clone() }).collect()
    }

    fn looked_at(&self) -> impl Iterator<Item = &Field> {
        self.filing.fields().into_iter().filter(|field| self.asks.contains(&field.name))
    }

    /// The papers that the rules look at and that are asked for, given the answers.
    fn papers(&self, asked: &BTreeSet<String>) -> Vec<&Field> {
        let wanted = |field: &&Field| match field.need {
            Need::Must => true,
            Need::May => false,
            Need::If(_) => asked.contains(&field.name),
        };
        self.looked_at().filter(|field| is_paper(field)).filter(wanted).collect()
    }

    /// What the rules looked at and somebody typed, as they are called.
    fn typed(&self, answers: &Answers) -> BTreeSet<String> {
        let given =
            |field: &&Field| answers.get(&field.name).is_some_and(|texts| texts.iter().any(|text| !text.is_empty()));
        let fields = self.looked_at().filter(given);
        fields.flat_map(|field| [Some(field.label.zh.clone()), field.label.en.clone()]).flatten().collect()
    }

    fn read(&self, answers: &Answers) -> (Record, Vec<FieldFault>) {
        let reader = crate::forms::read::Reader { rulebook: self.filing.world.rulebook(), signer: None };
        let mut faults = Vec::new();
        let fields = self.fields();
        let mut record = reader.fields(&fields, answers, "", &mut faults);
        let asked = self.filing.asked(&record);
        let dropped = |field: &&Field| matches!(field.need, Need::If(_)) && !asked.contains(&field.name);
        for field in fields.iter().filter(dropped) {
            record.remove(&field.name);
        }
        for field in self.papers(&asked) {
            record.insert(field.name.clone(), in_hand(field));
        }
        (record, faults)
    }

    fn answer(&self, record: Record) -> Result<Answer, Problem> {
        let Target::Start { procedure, place, about } = &self.filing.target else {
            return Err(Problem::not_found("没有这项服务", "There is no such service"));
        };
        let question = Question {
            procedure,
            act: Some(&self.filing.act.name),
            place: place.clone(),
            about: about.clone(),
            form: record,
        };
        Ok(ask(self.filing.world, &question, self.visitor.now).map_err(|refusal| *refusal)?)
    }

    fn page(&self, answers: &Answers, faults: &[FieldFault], found: Option<&Answer>) -> Markup {
        let lang = self.visitor.lang;
        let procedure = &self.filing.procedure;
        let title = lang.say("自查：我能办吗", "Do I qualify?");
        let address = format!("/services/{}/check", procedure.name);
        let asked = BTreeSet::new();
        let asking = self.filing.asking(lang, answers, faults, &asked, "");
        let fields = self.fields();
        let fields: Vec<&Field> = fields.iter().collect();
        let content = html! {
            (crumbs(lang, &[(lang.say("办事", "Services"), "/services"), (lang.label(&procedure.title), &format!("/services/{}", procedure.name))]))
            h1 { (title) }
            @match found { Some(found) => { (self.result(answers, found)) } None => {
                p class="lead" { (lang.say(
                    "不用登录，填写内容不保存。用的是正式审查时的同一套规则；没填的按“尚不能确定”处理。",
                    "No sign-in, nothing is kept. The rules are those of the decision; what you leave out stays open.",
                )) }
            } }
            (error_summary(lang, faults))
            form method="post" action=(address) data-asked=(format!("{address}/asked")) {
                (token(self.visitor))
                (asking.fields(&fields, ""))
                (button::submit(if found.is_some() { lang.say("改好再查一次", "Check again") } else { lang.say("查一查", "Check") }))
            }
        };
        layout::page(self.visitor, Nav::Services, title, &content)
    }

    /// One way to qualify: what would have to hold instead.
    fn way(&self, changes: &[Change]) -> String {
        let lang = self.visitor.lang;
        let said = changes.iter().map(|change| match lang {
            Lang::Zh => format!("{}（现为 {}）", change.needed_zh, change.now),
            Lang::En => format!("{} (now {})", change.needed, change.now_en),
        });
        said.collect::<Vec<_>>().join(lang.say("，并且", ", and "))
    }

    fn result(&self, answers: &Answers, found: &Answer) -> Markup {
        let lang = self.visitor.lang;
        let (tone, heading, words) = match found.verdict {
            Verdict::Ineligible => (
                Tone::Care,
                lang.say("按您填的情况，不符合条件", "By what you say you do not qualify"),
                lang.say(
                    "下面逐项列出不符合的条件、看到的数值和条款。",
                    "Each condition is listed below with the values and clauses.",
                ),
            ),
            Verdict::Eligible => (
                Tone::Good,
                lang.say("按您填的情况，符合条件", "By what you say you qualify"),
                lang.say("最终以审查决定为准。", "The decision is made by the office."),
            ),
            Verdict::Undetermined => (
                Tone::Plain,
                lang.say("目前没有发现不符合的条件", "Nothing speaks against it so far"),
                lang.say(
                    "有几项还没有填写，或者要登录后核对登记。",
                    "Some answers are open, or need your registered data.",
                ),
            ),
        };
        html! {
            (banner(tone, heading, &html! {
                p { (words) }
                @if found.verdict != Verdict::Ineligible { p { a href=(format!("/services/{}/apply", self.filing.procedure.name)) { (lang.say("去申请", "Apply")) } } }
            }))
            @if !found.change.is_empty() {
                h2 { (lang.say("怎样就符合", "What would change that")) }
                ul { @for way in &found.change { li { (self.way(way)) } } }
                @if !found.missing.is_empty() { p class="hint" { (lang.say("只说您填了的；没有填的，填了再查。", "Of what you filled in only; fill in the rest and check again.")) } }
            }
            (conditions::shown_to_asker(self.snapshot, lang, &found.rules, &self.typed(answers)))
            @let papers = self.papers(&self.filing.asked(&self.read(answers).0));
            @if !papers.is_empty() {
                h3 { (lang.say("申请时带上", "Bring with you")) }
                ul { @for paper in papers { li { (lang.label(&paper.label)) } } }
            }
            hr;
            h2 { (lang.say("我填的情况", "My answers")) }
        }
    }
}

/// The subjects that are known: those of somebody who has signed in, where there is only one.
fn subjects(snapshot: &dyn Snapshot, visitor: &Visitor, procedure: &Procedure) -> BTreeMap<Name, Value> {
    let Some(person) = &visitor.person else { return BTreeMap::new() };
    let names = super::home::names(snapshot, visitor);
    let only = |about: &regulation::model::About| {
        let offered = super::subjects::own(snapshot, names, &person.id, about).ok()?;
        let [(key, _)] = offered.as_slice() else { return None };
        Some((about.name.clone(), super::subjects::value_of(&about.target, key)))
    };
    procedure.about.iter().filter(|about| !about.optional).filter_map(only).collect()
}

fn is_paper(field: &Field) -> bool {
    match &field.ty {
        Type::File => true,
        Type::List(element) => **element == Type::File,
        _ => false,
    }
}

/// A paper that is taken as given.
fn in_hand(field: &Field) -> Value {
    let file =
        Value::File(FileRef { name: field.label.zh.clone(), digest: String::new(), size: 0, media: String::new() });
    if field.ty == Type::File { file } else { Value::List(vec![file]) }
}
