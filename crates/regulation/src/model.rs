//! The checked regulation: what the engine, the pages and the analyses read.
//!
//! Only [`crate::check`] makes these values, so nothing unchecked ever runs. Everything is plain data, ordered as in the
//! document or by name, and immutable after checking.

mod duty;
mod force;
pub mod fund;
mod parties;
mod publish;
pub mod view;

pub use duty::{Duty, Each, Every, Rhythm};
pub use force::Instrument;
pub use fund::Fund;
pub use publish::{PublicationKind, Publish, Relation};
pub use view::View;

use crate::expr::{Env, Expr, Record, Template, Type, Value};
use crate::finding::Said;
use crate::span::Span;
use calendar::Term;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A name in a regulation: kebab-case ASCII (`village-review`), or dotted for parameters (`lapse.clock-start`).
pub type Name = String;

/// A clause id such as `hs-4.3.1.b` (条款编号).
pub type ClauseId = String;

/// A text in Chinese and, where given, in English.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Label {
    /// Chinese; never empty (falls back to the name).
    pub zh: String,
    /// English, where the author gave one.
    pub en: Option<String>,
}

/// A sentence with holes (理由) in Chinese and, where the author gave one, in English.
#[derive(Debug, Clone, PartialEq)]
pub struct Sentence {
    /// Chinese.
    pub zh: Template,
    /// English.
    pub en: Option<Template>,
}

impl Sentence {
    /// The expressions in its holes, in both languages.
    pub fn holes(&self) -> impl Iterator<Item = &Expr> {
        self.zh.holes().chain(self.en.iter().flat_map(Template::holes))
    }

    /// The sentence with its holes filled.
    #[must_use]
    pub fn fill(&self, env: &dyn Env) -> Label {
        Label { zh: self.zh.fill(env, &[]), en: self.en.as_ref().map(|en| en.fill_en(env)) }
    }
}

/// All regulations that run together (法规库), names resolved across them.
#[derive(Debug, Clone, Default)]
pub struct Rulebook {
    /// By regulation id.
    pub regulations: BTreeMap<Name, Arc<Regulation>>,
}

impl Rulebook {
    /// The procedure of that name with its regulation.
    #[must_use]
    pub fn procedure(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Procedure>)> {
        self.regulations
            .values()
            .find_map(|regulation| regulation.procedures.get(name).map(|procedure| (regulation, procedure)))
    }

    /// The register of that name with its regulation.
    #[must_use]
    pub fn register(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Register>)> {
        self.regulations
            .values()
            .find_map(|regulation| regulation.registers.get(name).map(|register| (regulation, register)))
    }

    /// The fund of that name with its regulation.
    #[must_use]
    pub fn fund(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Fund>)> {
        self.regulations.values().find_map(|regulation| regulation.funds.get(name).map(|fund| (regulation, fund)))
    }

    /// The duty of that name with its regulation.
    #[must_use]
    pub fn duty(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Duty>)> {
        self.duties().find(|(_, duty)| duty.name == name)
    }

    /// Every duty with its regulation.
    pub fn duties(&self) -> impl Iterator<Item = (&Arc<Regulation>, &Arc<Duty>)> {
        let of = |regulation| {
            let regulation: &Arc<Regulation> = regulation;
            regulation.duties.values().map(move |duty| (regulation, duty))
        };
        self.regulations.values().flat_map(of)
    }

    /// The form of that name with its regulation.
    #[must_use]
    pub fn form(&self, name: &str) -> Option<(&Arc<Regulation>, &Arc<Form>)> {
        self.regulations.values().find_map(|regulation| regulation.forms.get(name).map(|form| (regulation, form)))
    }
}

/// One checked regulation (规范性文件), of one version.
#[derive(Debug, Clone)]
pub struct Regulation {
    /// Short id (`dogs`), also the name of its file and folder.
    pub id: Name,
    /// Title.
    pub title: Label,
    /// Document number (文号).
    pub number: String,
    /// The issuing office's code.
    pub issuer: Name,
    /// Date of issue.
    pub issued: Date,
    /// First day in force.
    pub effective: Date,
    /// Last day in force, where fixed.
    pub until: Option<Date>,
    /// On trial (试行).
    pub trial: bool,
    /// Whether everybody may read it and what it runs; else only those who hold a post (不予公开).
    pub public: bool,
    /// Legal bases (依据), cited in decisions.
    pub basis: Vec<String>,
    /// Ids of the regulations whose registers and forms this one uses.
    pub uses: Vec<Name>,
    /// SM3 of the source text in hex: the version.
    pub version: String,
    /// File name as given to the reader.
    pub file: String,
    /// The whole source text, for display and spans.
    pub source: Arc<str>,
    /// The text's elements in order, for the page.
    pub text: Vec<Element>,
    /// Every clause id in order.
    pub clauses: Vec<Clause>,
    /// Parameters by name.
    pub parameters: BTreeMap<Name, Arc<Parameter>>,
    /// Registers by name.
    pub registers: BTreeMap<Name, Arc<Register>>,
    /// Forms by name.
    pub forms: BTreeMap<Name, Arc<Form>>,
    /// Procedures by name.
    pub procedures: BTreeMap<Name, Arc<Procedure>>,
    /// Duties by name.
    pub duties: BTreeMap<Name, Arc<Duty>>,
    /// Views by name.
    pub views: BTreeMap<Name, Arc<View>>,
    /// Funds by name.
    pub funds: BTreeMap<Name, Arc<Fund>>,
}

/// An element of the text, for display.
#[derive(Debug, Clone)]
pub struct Element {
    /// What it is.
    pub kind: ElementKind,
    /// Plain text without the attribute braces.
    pub text: String,
    /// Clause ids it carries.
    pub clauses: Vec<ClauseId>,
    /// Where it stands.
    pub span: Span,
}

/// The kind of an [`Element`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ElementKind {
    /// A heading of level 1–6.
    Heading(u8),
    /// A paragraph.
    Paragraph,
    /// A list item, with its depth (0 = outermost) and its number in an ordered list.
    Item {
        /// Depth.
        depth: u8,
        /// Number, if ordered.
        number: Option<u64>,
    },
    /// A quotation (editor's note).
    Quote,
    /// A plain table: rows of cells, the first is the header.
    Table(Vec<Vec<String>>),
    /// A machine block: its kind (`step`) and the name of what it defines.
    Block {
        /// Kind.
        kind: String,
        /// Defined name.
        name: Name,
    },
}

/// A clause of the regulation (条款).
#[derive(Debug, Clone)]
pub struct Clause {
    /// Id.
    pub id: ClauseId,
    /// Headings above it, outermost first, then its own text: "四 › （三）乡镇审批 › 受理".
    pub headings: Vec<String>,
    /// Its own text.
    pub text: String,
    /// Where.
    pub span: Span,
    /// Implemented, narrative or uncovered.
    pub status: ClauseStatus,
    /// Names of the blocks (and rows) that implement it.
    pub blocks: Vec<String>,
}

/// Whether a clause has effect in software.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClauseStatus {
    /// A block or row carries it out.
    Implemented,
    /// Marked as asking nothing of software.
    Narrative,
    /// Neither: a finding.
    Uncovered,
}

/// A named, typed constant that a county may override (参数).
#[derive(Debug, Clone)]
pub struct Parameter {
    /// Name, dotted.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Type with unit.
    pub ty: Type,
    /// Values with the first day each applies from (`None` = always), ascending.
    pub values: Vec<(Option<Date>, Value)>,
    /// Allowed codes with labels, where it is a choice.
    pub choices: Vec<(Name, Label)>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// The parameter for the hour at which a day ends for what arrives, `17:30` or `24:00` ([`calendar::Cutoff`]).
pub const CUTOFF: &str = "deadline.cutoff-time";

/// The parameter for the time of day at which reminders are sent, `09:00`.
pub const REMIND_AT: &str = "reminder.time";

/// The parameter for where the county's plots lie ([`plots::Extent`]).
pub const EXTENT: &str = "plots.extent";

/// What is wrong with a value of a parameter, beyond its type: statutory time and plots read some parameters in their own notation.
pub fn misread(parameter: &str, value: &Value) -> Option<Said> {
    if value.is_missing() {
        return None;
    }
    let text = value.as_text().unwrap_or_default();
    let of_time = |wrong: calendar::Unreadable| Said { zh: wrong.zh, en: wrong.en };
    match parameter {
        CUTOFF => text.parse::<calendar::Cutoff>().err().map(of_time),
        REMIND_AT => calendar::parse_time(text).err().map(of_time),
        EXTENT => text.parse::<plots::Extent>().err().map(|wrong| Said { zh: wrong.zh, en: wrong.en }),
        _ => None,
    }
}

/// A typed register (台账、名录、目录).
#[derive(Debug, Clone)]
pub struct Register {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Who enters and changes rows.
    pub keepers: Vec<By>,
    /// Key columns.
    pub key: Vec<Name>,
    /// Who may read it.
    pub readers: Vec<Reader>,
    /// Columns.
    pub fields: Vec<Field>,
    /// `Some(procedure)` when the rows are matters, not entered by hand.
    pub rows_of: Option<Name>,
    /// Rows printed in the regulation (随文印发); where there are any, the register has no others.
    pub printed: Vec<PrintedRow>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A row of a register that stands in the regulation itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PrintedRow {
    /// Columns that are filled in.
    pub record: Record,
    /// Its own clauses, besides those of the register.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A form (表单).
#[derive(Debug, Clone)]
pub struct Form {
    /// Name.
    pub name: Name,
    /// Title as printed.
    pub title: Label,
    /// Fields in order, with group headings.
    pub fields: Vec<Field>,
    /// File name of the Typst template in the regulation's folder, if it prints.
    pub layout: Option<String>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Form {
    /// The field of that name.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A field of a form or a column of a register.
#[derive(Debug, Clone)]
pub struct Field {
    /// The spec's field number (`f1.18`), if any.
    pub number: Option<String>,
    /// Name.
    pub name: Name,
    /// Label beside it.
    pub label: Label,
    /// Group heading above it, where a new group starts (`group` column).
    pub group: Option<String>,
    /// Type.
    pub ty: Type,
    /// Its text is that of a regulation: it must have no error among those that run.
    pub regulation: bool,
    /// Kind of personal data, if any.
    pub personal: Option<Personal>,
    /// When it must be filled in.
    pub need: Need,
    /// Conditions that refuse the form, with messages.
    pub checks: Vec<FieldCheck>,
    /// Conditions that only warn.
    pub warnings: Vec<FieldCheck>,
    /// Derived: computed, not asked.
    pub derived: Option<Expr>,
    /// Value shown at first.
    pub preset: Option<Expr>,
    /// Help under the field.
    pub hint: Option<String>,
    /// Clause.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A condition on a field.
#[derive(Debug, Clone)]
pub struct FieldCheck {
    /// Must hold.
    pub condition: Expr,
    /// Said when it does not; a default is made from the explanation.
    pub because: Option<Template>,
}

/// When a field must be filled in.
#[derive(Debug, Clone)]
pub enum Need {
    /// Always (必填).
    Must,
    /// Never (选填).
    May,
    /// If the condition holds; otherwise it is not asked.
    If(Expr),
}

/// Kinds of personal data (个人信息).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Personal {
    /// Names, identity numbers, signatures.
    Identity,
    /// Telephone, address.
    Contact,
    /// Bank accounts.
    Bank,
    /// Health.
    Health,
    /// Family relations.
    Family,
}

/// Who may do an act or keep a register.
#[derive(Debug, Clone)]
pub struct By {
    /// The party.
    pub party: Party,
    /// Only if this holds (routing).
    pub when: Option<Expr>,
}

/// A party to a matter, resolved through the matter's place and subjects.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Party {
    /// A post in an office of the matter's place: level (`township`) and desk (`planning`).
    Office {
        /// `group`, `village`, `township`, `county`.
        level: Name,
        /// Desk in it.
        desk: Name,
    },
    /// The person behind a subject of the matter: `household/head` = field `head` of the row that `household` points at.
    Subject {
        /// The `about` name.
        about: Name,
        /// The person field of its row.
        role: Name,
    },
    /// Any signed-in person.
    Anyone,
    /// The clock.
    Clock,
    /// Only as the consequence of another act.
    Act {
        /// Procedure.
        procedure: Name,
        /// Act.
        act: Name,
    },
}

impl Party {
    /// The subject name under which [`Party::starter`] is kept.
    pub const STARTER: &str = "starter";

    /// The person who did the starting act of the matter (发起人): a subject like any other, found in the record of that act.
    #[must_use]
    pub fn starter() -> Party {
        Party::Subject { about: Party::STARTER.to_owned(), role: "by".to_owned() }
    }
}

/// Who may read a register or a document: everyone, or parties, or all offices of a level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// Everyone, also without signing in.
    Public,
    /// All posts of a level whose place contains the matter's place.
    Level(Name),
    /// One party.
    Party(Party),
}

/// A kind of matter (事项) and how it goes.
#[derive(Debug, Clone)]
pub struct Procedure {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Stage names for the progress page: heading → steps.
    pub stages: Vec<(Label, Vec<Name>)>,
    /// What a matter is about: name → register or procedure.
    pub about: Vec<About>,
    /// The `about` name whose row owns the personal data of the matter, if any.
    pub owner: Option<Name>,
    /// Number pattern of matters.
    pub number: Option<Series>,
    /// Title of one matter, for lists.
    pub subject: Option<Template>,
    /// Facts in order of dependency.
    pub facts: Vec<Fact>,
    /// Starting acts.
    pub start: Vec<Act>,
    /// Acts possible at any open step.
    pub acts: Vec<Act>,
    /// Sets of acts of which one person may do only one (separation of duties).
    pub apart: Vec<Vec<Name>>,
    /// Rules on the merits (实体条件): what an application is tried against before it is made, and shown for at any step.
    pub merits: Vec<Name>,
    /// Ends: name → label.
    pub ends: Vec<(Name, Label)>,
    /// Steps in document order.
    pub steps: Vec<Step>,
    /// Rules.
    pub rules: BTreeMap<Name, Arc<Rule>>,
    /// Decision tables.
    pub tables: BTreeMap<Name, Arc<Table>>,
    /// Documents.
    pub documents: BTreeMap<Name, Arc<Document>>,
    /// Worst-case statutory duration, computed by the checker.
    pub worst_case: Option<WorstCase>,
    /// Shown among the services to residents.
    pub service: bool,
    /// What in life leads people to it (办事场景), under which pages group the services.
    pub occasion: Option<Label>,
    /// Which parts of it its page tells everybody (公开内容): codes among [`Procedure::PARTS`]; all of them where it is not said.
    pub disclose: Option<Expr>,
    /// How its matters become public (公布).
    pub publish: Option<Box<Publish>>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

impl Procedure {
    /// The parts of a procedure's public page: 条件、程序、要件、时限、结果.
    pub const PARTS: [&str; 5] = ["conditions", "procedure", "papers", "time-limits", "results"];

    /// The step of that name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }

    /// The end of that name.
    #[must_use]
    pub fn end(&self, name: &str) -> Option<&Label> {
        self.ends.iter().find(|(end, _)| end == name).map(|(_, label)| label)
    }

    /// Every act with the step it belongs to (`None` = start or any step).
    pub fn all_acts(&self) -> impl Iterator<Item = (Option<&Step>, &Act)> {
        let own = self.start.iter().chain(&self.acts).map(|act| (None, act));
        own.chain(self.steps.iter().flat_map(|step| step.acts.iter().map(move |act| (Some(step), act))))
    }

    /// The act of that name at that step, or among those of any step, or the starting ones.
    #[must_use]
    pub fn act_at(&self, step: Option<&str>, name: &str) -> Option<&Act> {
        match step {
            None => self.start.iter().find(|act| act.name == name),
            Some(step) => self
                .step(step)
                .and_then(|step| step.acts.iter().find(|act| act.name == name))
                .or_else(|| self.acts.iter().find(|act| act.name == name)),
        }
    }
}

/// The longest a procedure may take by law, as promised to the public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorstCase {
    /// Calendar days on the longest path, working days counted as 7/5 rounded up.
    pub days: u32,
    /// The path: step and its term.
    pub path: Vec<(Name, Option<Term>)>,
    /// Steps on it without any limit.
    pub unlimited: Vec<Name>,
}

/// What a matter is about.
#[derive(Debug, Clone)]
pub struct About {
    /// Name in expressions.
    pub name: Name,
    /// Register or procedure it points into.
    pub target: AboutTarget,
    /// May be absent.
    pub optional: bool,
    /// Those among which whoever starts a matter chooses (可选范围): a query, asked of the matter that would begin.
    pub offer: Option<Box<Expr>>,
}

/// Target of an [`About`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AboutTarget {
    /// A row of this register.
    Register(Name),
    /// A matter of this procedure.
    Procedure(Name),
}

/// A named, derived value (事实).
#[derive(Debug, Clone)]
pub struct Fact {
    /// Name.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Its expression.
    pub value: Expr,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
}

/// A step of a procedure (环节): who has it, by when, what they may do.
#[derive(Debug, Clone)]
pub struct Step {
    /// Name; a wire value.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Whose desk it lies on.
    pub by: Vec<By>,
    /// Every one of `by` must act (parallel parties); otherwise any one.
    pub parallel: bool,
    /// Deadlines.
    pub due: Vec<Deadline>,
    /// Reminders.
    pub remind: Vec<Reminder>,
    /// Steps whose clocks stand still while a matter is here.
    pub suspends: Vec<Name>,
    /// Acts.
    pub acts: Vec<Act>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A deadline (期限) and its consequence.
#[derive(Debug, Clone)]
pub struct Deadline {
    /// Name of the clock, unique in the procedure (`c-correction-5`; default: the step, then `step-2`, …).
    pub name: Name,
    /// When it ends.
    pub end: DeadlineEnd,
    /// Stops at this act even though the step is not left.
    pub until: Option<Name>,
    /// What happens when it passes.
    pub consequence: Consequence,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// How the last day of a deadline is found.
#[derive(Debug, Clone)]
pub enum DeadlineEnd {
    /// A term after a date; rolls by the rules of statutory time.
    After {
        /// The term: a literal, a parameter or a count of days.
        term: Expr,
        /// The event's date.
        event: Expr,
    },
    /// A date as it stands; never rolls.
    On(Expr),
}

/// What follows when a deadline passes.
#[derive(Debug, Clone)]
pub enum Consequence {
    /// An alarm to the step's parties and to these; nothing else changes.
    Alarm {
        /// Further parties.
        to: Vec<Party>,
    },
    /// The clock does this act.
    Act(Name),
}

/// A reminder (提醒), or a further call after the last day (督办).
#[derive(Debug, Clone)]
pub struct Reminder {
    /// When.
    pub at: RemindAt,
    /// Text.
    pub text: Option<Template>,
    /// To whom; default: the step's parties.
    pub to: Vec<Party>,
}

/// When a reminder is sent. A term may be a list of terms, with a reminder for each.
#[derive(Debug, Clone)]
pub enum RemindAt {
    /// So long after the step began.
    Entered(Expr),
    /// So long before the last day of the step's first deadline.
    Before(Expr),
    /// On that last day.
    LastDay,
    /// So long after that last day, if it passed and nothing was done: whoever is above hears of it.
    After(Expr),
    /// On each working day after it until something is done.
    EachWorkingDay,
}

impl RemindAt {
    /// The term, or list of terms.
    #[must_use]
    pub fn terms(&self) -> Option<&Expr> {
        match self {
            RemindAt::Entered(terms) | RemindAt::Before(terms) | RemindAt::After(terms) => Some(terms),
            RemindAt::LastDay | RemindAt::EachWorkingDay => None,
        }
    }

    /// Counted from the step's first deadline.
    #[must_use]
    pub fn needs_deadline(&self) -> bool {
        !matches!(self, RemindAt::Entered(_))
    }

    /// Sent only once that deadline has passed.
    #[must_use]
    pub fn follows_alarm(&self) -> bool {
        matches!(self, RemindAt::After(_) | RemindAt::EachWorkingDay)
    }
}

/// An act (动作): the only way to change anything.
#[derive(Debug, Clone)]
pub struct Act {
    /// Name; a wire value.
    pub name: Name,
    /// Label on its button.
    pub label: Label,
    /// Who may do it (inherited from the step where not given).
    pub by: Vec<By>,
    /// Every party in `by` does it once; `to` applies after the last.
    pub each: bool,
    /// Forms that go with it.
    pub forms: Vec<Name>,
    /// Only at these steps / not at these steps (acts of any step).
    pub not_at: Vec<Name>,
    /// Conditions that refuse it.
    pub require: Vec<Condition>,
    /// Conditions that only warn.
    pub warn: Vec<Condition>,
    /// The act's legal date: a date expression over its form; default the day it is done.
    pub dated: Option<Expr>,
    /// At most once per matter.
    pub once: bool,
    /// Clocks it stops without leaving the step.
    pub stops: Vec<Name>,
    /// A new end date for the step's first clock (an exception granted).
    pub restart: Option<Expr>,
    /// Documents it issues, each with a condition.
    pub issue: Vec<(Name, Option<Expr>)>,
    /// Documents it voids.
    pub void: Vec<Name>,
    /// Matters it opens.
    pub open: Vec<Open>,
    /// Acts it does on other matters.
    pub does: Vec<Do>,
    /// Register rows it enters or changes.
    pub enter: Vec<Enter>,
    /// Entries it posts on funds.
    pub post: Vec<fund::Post>,
    /// Messages it sends.
    pub tell: Vec<Tell>,
    /// A regulation that it puts into force.
    pub enact: Option<Instrument>,
    /// A regulation whose force it ends.
    pub revoke: Option<Instrument>,
    /// Where the matter goes.
    pub to: Option<To>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A condition of an act: a rule by name, or an expression.
#[derive(Debug, Clone)]
pub enum Condition {
    /// A rule of the procedure.
    Rule(Name),
    /// An expression with its reason.
    Expr {
        /// Must hold.
        condition: Box<Expr>,
        /// Said when it does not.
        because: Option<Sentence>,
    },
}

/// Where an act leads.
#[derive(Debug, Clone)]
pub enum To {
    /// A step or an end.
    Place(Name),
    /// Back to the step that this one suspended.
    Back,
    /// One of two, by condition.
    If {
        /// Condition.
        condition: Expr,
        /// If it holds.
        then: Box<To>,
        /// If not.
        otherwise: Box<To>,
    },
    /// Stay.
    Stay,
}

impl To {
    /// Every step or end it may lead to.
    #[must_use]
    pub fn targets(&self) -> Vec<&str> {
        match self {
            To::Place(name) => vec![name],
            To::Back | To::Stay => Vec::new(),
            To::If { then, otherwise, .. } => {
                let mut all = then.targets();
                all.extend(otherwise.targets());
                all
            }
        }
    }
}

/// Opening another matter.
#[derive(Debug, Clone)]
pub struct Open {
    /// Procedure.
    pub procedure: Name,
    /// Its starting act.
    pub act: Name,
    /// Once for each element of a list; an element named like an `about` or field fills it.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
    /// `about` values and form fields: name → expression.
    pub with: Vec<(Name, Expr)>,
}

/// The list that an effect runs over.
#[derive(Debug, Clone)]
pub struct ForEach {
    /// What an element is called in the effect.
    pub name: Name,
    /// A list or query.
    pub list: Expr,
}

/// Doing an act on another matter.
#[derive(Debug, Clone)]
pub struct Do {
    /// Act.
    pub act: Name,
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// The matter (an `about` name) or a query for several.
    pub on: Expr,
    /// Only if.
    pub when: Option<Expr>,
    /// Form fields: name → expression.
    pub with: Vec<(Name, Expr)>,
}

/// Entering or changing a register row.
#[derive(Debug, Clone)]
pub struct Enter {
    /// Register.
    pub register: Name,
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
    /// Columns: name → expression; the key columns select the row, which is made if absent.
    pub with: Vec<(Name, Expr)>,
}

/// A message.
#[derive(Debug, Clone)]
pub struct Tell {
    /// To.
    pub to: Party,
    /// Text.
    pub text: Template,
    /// Once for each element of a list.
    pub each: Option<ForEach>,
    /// Only if.
    pub when: Option<Expr>,
}

/// A rule (规则): rows that must hold, each with its reason and clause.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// How the rows combine.
    pub holds: Holds,
    /// Rows.
    pub rows: Vec<RuleRow>,
    /// Said when an `any` rule fails as a whole.
    pub because: Option<Sentence>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// How the rows of a rule combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Each row must hold.
    All,
    /// One row suffices.
    Any,
    /// No row may hold; every hit is reported.
    None,
}

/// One row of a rule.
#[derive(Debug, Clone)]
pub struct RuleRow {
    /// Code (`rf-9-over-area`).
    pub code: Name,
    /// Condition.
    pub when: Expr,
    /// Reason.
    pub because: Sentence,
    /// A hit is only a candidate until this party confirms it (`confirm` column): name of the yes-no field that confirms.
    pub confirm: Option<Expr>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A decision table (决策表).
#[derive(Debug, Clone)]
pub struct Table {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Hit policy.
    pub hit: Hit,
    /// Inputs: heading and expression.
    pub inputs: Vec<Expr>,
    /// Output names; the first is the table's own value, all are facts.
    pub outputs: Vec<(Name, Type)>,
    /// Rows.
    pub rows: Vec<TableRow>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// Hit policy of a decision table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Exactly one row matches: gaps and overlaps are findings.
    One,
    /// The first that matches: only gaps are findings.
    First,
    /// All that match (collect).
    All,
}

/// One row of a decision table.
#[derive(Debug, Clone)]
pub struct TableRow {
    /// One test per input.
    pub cells: Vec<CellTest>,
    /// One value per output.
    pub outputs: Vec<Expr>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A test in a cell of a decision table.
#[derive(Debug, Clone, PartialEq)]
pub enum CellTest {
    /// `–`: anything.
    Any,
    /// One of these values.
    OneOf(Vec<Value>),
    /// None of these values.
    NoneOf(Vec<Value>),
    /// An interval of numbers or dates.
    Range {
        /// Lower end and whether it belongs.
        from: Option<(Value, bool)>,
        /// Upper end and whether it belongs.
        to: Option<(Value, bool)>,
    },
}

/// A document that an act issues (文书).
#[derive(Debug, Clone)]
pub struct Document {
    /// Name.
    pub name: Name,
    /// Title as printed.
    pub title: Label,
    /// Whose seal it carries.
    pub signed: Option<Party>,
    /// Number and its series.
    pub number: Option<Series>,
    /// Public display for this term: then it is a notice (公示).
    pub display: Option<Expr>,
    /// Who may read it.
    pub readers: Vec<Reader>,
    /// Personal fields that may be shown to all readers, with the clause that allows it.
    pub release: Vec<(Name, ClauseId)>,
    /// Data of its template: name → expression.
    pub data: Vec<(Name, Expr)>,
    /// Labels for the data, where the field's own label does not do.
    pub labels: BTreeMap<Name, String>,
    /// Rule whose hits are printed as reasons.
    pub reasons: Option<Expr>,
    /// Remedies: text lines with their terms (`行政复议 60 days`).
    pub remedies: Vec<String>,
    /// Paragraphs of a letter.
    pub paragraphs: Vec<Template>,
    /// File fields that belong to it.
    pub attach: Vec<Expr>,
    /// Typst template in the regulation's folder.
    pub layout: Option<String>,
    /// Can be verified by anyone with its code.
    pub verifiable: bool,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// A gapless series of numbers (编号).
#[derive(Debug, Clone)]
pub struct Series {
    /// `"农宅字{township.code}{year}{n:4}号"`: `n` is the next number, `:4` pads with zeros; may refer to a text parameter.
    pub pattern: Template,
    /// What the count is per: `county`, `township`, `village`, `year`.
    pub per: Vec<Name>,
}
