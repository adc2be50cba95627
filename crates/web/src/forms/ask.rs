//! Asking: the fields of a form, as the regulation defines them, with the answers so far.

use super::field::{Control, Field as Drawn, LineKind, field as draw};
use super::filing::Filing;
use super::list_view::{self, Shown};
use super::lists;
use super::names::Names;
use super::show::unit_words;
use super::{json, rows};
use crate::components::error_summary::anchor;
use crate::registers::offered::{Chooser, Offered, choices};
use crate::reports::period_words;
use crate::sent::{Answers, first};
use engine::FieldFault;
use engine::county::Post;
use engine::figures;
use engine::view::Period;
use jiff::civil::Date;
use maud::{Markup, html};
use regulation::expr::{Record, Type, Value, identity};
use regulation::model::view::PeriodKind;
use regulation::model::{Field, Form, Need};
use std::collections::BTreeSet;

/// More choices than this become a list to choose from.
const RADIOS_MAX: usize = 8;
/// Text longer than this gets several lines.
const LINE_MAX: u32 = 100;
/// At most so many rows, places or people are offered to choose from.
const CHOICES_MAX: usize = 500;

/// What drawing a form needs.
#[derive(Clone, Copy)]
pub struct Asking<'a> {
    /// Names and the reader's language.
    pub names: Names<'a>,
    /// Answers so far.
    pub answers: &'a Answers,
    /// Faults of fields.
    pub faults: &'a [FieldFault],
    /// Paths of conditional fields that are asked now.
    pub asked: &'a BTreeSet<String>,
    /// Who fills it in, for signatures.
    pub signer: &'a str,
    /// Place whose places, posts and people are offered first.
    pub place: &'a str,
    /// The day: posts that are there and held on it are offered.
    pub today: Date,
    /// Lists that come from sheets; nothing where no sheet can be sent.
    pub sheets: Option<Shown<'a>>,
    /// Who chooses rows of registers; nobody where only those everybody may read are offered.
    pub choosing: Option<Choosing<'a>>,
}

/// Somebody who chooses rows, and what they are filing.
#[derive(Clone, Copy)]
pub struct Choosing<'a> {
    /// Who, of which state.
    pub chooser: Chooser<'a>,
    /// The form with the answers so far: what its checks refuse is no choice.
    pub filed: Option<(&'a Filing<'a>, &'a Record)>,
}

impl Asking<'_> {
    /// Fields in order, under their group headings.
    #[must_use]
    pub fn fields(&self, fields: &[&Field], prefix: &str) -> Markup {
        html! {
            @for field in fields.iter().filter(|field| field.derived.is_none()) {
                @if prefix.is_empty() && let Some(group) = &field.group { h2 { (self.names.lang.label(group)) } }
                (self.field(field, &format!("{prefix}{}", field.name)))
            }
        }
    }

    fn field(&self, field: &Field, path: &str) -> Markup {
        match &field.ty {
            Type::Records(form) => self.records(field, form, path),
            _ => draw(self.names.lang, &self.drawn(field, path)),
        }
    }

    fn drawn(&self, field: &Field, path: &str) -> Drawn {
        Drawn {
            path: path.to_owned(),
            label: self.names.lang.label(&field.label).to_owned(),
            // Codes by which a regulation's authors know a field (`f1.12`) stand on no printed form.
            number: field.number.clone().filter(|number| number.starts_with(|first: char| first.is_ascii_digit())),
            hint: self
                .renewed(field, path)
                .or_else(|| field.hint.as_ref().map(|hint| self.names.lang.label(hint).to_owned())),
            optional: matches!(field.need, Need::May),
            fault: self.fault(path),
            conditional: matches!(field.need, Need::If(_)),
            control: self.control(field, path),
        }
    }

    /// What an old identity number of fifteen digits has become, said beside the field.
    fn renewed(&self, field: &Field, path: &str) -> Option<String> {
        let new = identity::renewed(&self.value(path)).filter(|_| field.ty == Type::IdNumber)?;
        let (zh, en) =
            (format!("15位的旧号码已换成18位：{new}，请核对"), format!("the old number has become {new}: check it"));
        Some(self.names.lang.say(&zh, &en).to_owned())
    }

    fn fault(&self, path: &str) -> Option<String> {
        let fault = self.faults.iter().find(|fault| fault.field == path)?;
        Some(self.names.lang.say(&fault.zh, &fault.en).to_owned())
    }

    fn value(&self, path: &str) -> String {
        first(self.answers, path).unwrap_or_default().to_owned()
    }

    fn values(&self, path: &str) -> Vec<String> {
        self.answers.get(path).cloned().unwrap_or_default()
    }

    fn line(&self, path: &str, kind: LineKind, unit: Option<String>) -> Control {
        Control::Line { value: self.value(path), kind, unit }
    }

    fn control(&self, field: &Field, path: &str) -> Control {
        let lang = self.names.lang;
        match &field.ty {
            Type::Bool => {
                let options =
                    vec![("yes".into(), lang.say("是", "Yes").into()), ("no".into(), lang.say("否", "No").into())];
                Control::Radios { options, value: self.value(path) }
            }
            Type::OneOf(codes) => self.one_of(codes, path),
            Type::SomeOf(codes) => Control::Checks { options: self.labelled(codes), values: self.values(path) },
            Type::Number { unit, .. } => {
                let unit = unit_words(lang, unit);
                self.line(path, LineKind::Number, (!unit.is_empty()).then_some(unit))
            }
            Type::Text { max } if *max > LINE_MAX => Control::Area { value: self.value(path), max: *max },
            Type::PersonName => self.line(path, LineKind::Name, None),
            Type::Phone => self.line(path, LineKind::Phone, None),
            // Codes and cards are as long as identity numbers, and as little to be completed by the browser.
            Type::IdNumber | Type::CreditCode | Type::BankCard => self.line(path, LineKind::IdNumber, None),
            Type::Date => self.line(path, LineKind::Date, None),
            Type::Moment => self.line(path, LineKind::Moment, None),
            Type::TermOf(unit) => self.line(path, LineKind::Number, Some(unit_of_term(lang, *unit))),
            Type::Agreed => self.tick(path, lang.say("同意并承诺", "I agree").to_owned()),
            Type::Signature => self.tick(path, self.signature_words()),
            Type::Plot => Control::Plot { value: self.value(path) },
            Type::Report => self.report(path),
            Type::File => Control::File { kept: self.kept(path), many: false },
            Type::List(element) => self.list(element, path),
            Type::Place => {
                Control::Select { options: self.with_present(self.places(), &field.ty, path), value: self.value(path) }
            }
            Type::Person => self.one_from(field, self.people(), path),
            Type::Post => self.one_from(field, self.posts(), path),
            Type::Row(register) => self.rows_of(field, register, path),
            _ => self.line(path, LineKind::Text, None),
        }
    }

    /// The public views of the county; of what was sent before, the view and the period.
    fn report(&self, path: &str) -> Control {
        let (rulebook, lang) = (self.names.world.rulebook(), self.names.lang);
        let mut options: Vec<(String, Vec<(String, String)>)> = Vec::new();
        for (regulation, view) in figures::printable(rulebook, self.today) {
            let title = lang.label(&regulation.title).to_owned();
            let choice = (format!("{}/{}", regulation.id, view.name), lang.label(&view.title).to_owned());
            match options.last_mut().filter(|(known, _)| *known == title) {
                Some((_, views)) => views.push(choice),
                None => options.push((title, vec![choice])),
            }
        }
        let sent = self.values(path).join("/");
        let parts: Vec<&str> = sent.splitn(3, '/').collect();
        let (view, period) = match parts.as_slice() {
            [regulation, view, period] => (format!("{regulation}/{view}"), (*period).to_owned()),
            _ => (sent.clone(), String::new()),
        };
        let kinds = [PeriodKind::Quarter, PeriodKind::Month, PeriodKind::HalfYear, PeriodKind::Year];
        let around = kinds.map(|kind| Period::around(kind, self.today));
        let offered = around.iter().flat_map(|period| [Some(*period), period.beside(-1)]).flatten();
        let periods = offered.map(|period| (period.code(), period_words(lang, &period))).collect();
        Control::Report { options, view, period, periods }
    }

    fn one_of(&self, codes: &[(String, regulation::model::Label)], path: &str) -> Control {
        let (options, value) = (self.labelled(codes), self.value(path));
        if options.len() > RADIOS_MAX { Control::Select { options, value } } else { Control::Radios { options, value } }
    }

    fn list(&self, element: &Type, path: &str) -> Control {
        match element {
            Type::File => Control::File { kept: self.kept(path), many: true },
            Type::Person => {
                Control::Checks { options: self.with_present(self.people(), element, path), values: self.values(path) }
            }
            Type::Post => {
                Control::Checks { options: self.with_present(self.posts(), element, path), values: self.values(path) }
            }
            Type::Place => {
                Control::Checks { options: self.with_present(self.places(), element, path), values: self.values(path) }
            }
            _ => self.line(path, LineKind::Text, None),
        }
    }

    /// A row of a register: one of those that whoever fills it in may read, else of those that are open to all.
    fn rows_of(&self, field: &Field, register: &str, path: &str) -> Control {
        let words = self.value(&rows::words(path)).trim().to_owned();
        let Offered { mut options, more } = self.offered(register, &words);
        self.without_refused(field, &mut options, path);
        let value = self.only_or_chosen(field, &options, path);
        let options = self.with_present(options, &field.ty, path);
        if more || !words.is_empty() || options.is_empty() {
            return Control::Find { words, options, value, more };
        }
        Control::Select { options, value }
    }

    /// One of the people or posts on offer.
    fn one_from(&self, field: &Field, mut offered: Vec<(String, String)>, path: &str) -> Control {
        self.without_refused(field, &mut offered, path);
        let value = self.only_or_chosen(field, &offered, path);
        Control::Select { options: self.with_present(offered, &field.ty, path), value }
    }

    /// Leaves out what a check of the field is known to refuse. In rows of a list that is not looked at.
    fn without_refused(&self, field: &Field, options: &mut Vec<(String, String)>, path: &str) {
        let in_a_row = path.contains('.');
        if let Some((filing, record)) = self.choosing.and_then(|choosing| choosing.filed).filter(|_| !in_a_row) {
            options.retain(|(key, _)| !filing.refuses(field, key, record));
        }
    }

    /// What is chosen; where one thing only can be, that.
    fn only_or_chosen(&self, field: &Field, options: &[(String, String)], path: &str) -> String {
        match (options, self.value(path)) {
            ([(only, _)], value) if value.is_empty() && !matches!(field.need, Need::May) => only.clone(),
            (_, value) => value,
        }
    }

    fn offered(&self, register: &str, words: &str) -> Offered {
        let read = self.choosing.and_then(|choosing| choosing.chooser.rows(register, words).ok().flatten());
        read.unwrap_or_else(|| self.open_rows(register))
    }

    /// The rows of a small register without personal data, which are nobody's secret.
    fn open_rows(&self, register: &str) -> Offered {
        let world = self.names.world;
        let open = world.rulebook().register(register).map(|(_, register)| register).filter(|register| {
            register.rows_of.is_none() && register.fields.iter().all(|field| field.personal.is_none())
        });
        let options = open.map(|register| (register, world.rows(&register.name, None)));
        let few = options.filter(|(_, keys)| keys.len() <= CHOICES_MAX);
        let options = few.map(|(register, keys)| choices(self.names, register, keys, false)).unwrap_or_default();
        Offered { options, more: false }
    }

    /// What may be chosen, and in front of it what is chosen already though it would not be offered: nobody loses it by sending the
    /// form back.
    fn with_present(&self, offered: Vec<(String, String)>, ty: &Type, path: &str) -> Vec<(String, String)> {
        let is_offered = |value: &String| offered.iter().any(|(code, _)| code == value);
        let present = self.values(path).into_iter().filter(|value| !value.is_empty() && !is_offered(value));
        let named = present.map(|value| {
            let label = super::show::show(self.names, ty, &Value::Key(value.clone()));
            (value, label)
        });
        let mut options: Vec<(String, String)> = named.collect();
        options.extend(offered);
        options
    }

    fn tick(&self, path: &str, says: String) -> Control {
        Control::Tick { ticked: self.value(path) == "yes", says }
    }

    fn signature_words(&self) -> String {
        let signer = self.signer;
        self.names
            .lang
            .say(
                &format!("本人{signer}确认以上内容属实，以此作为电子签名。"),
                &format!("I, {signer}, confirm the above; this is my electronic signature."),
            )
            .to_owned()
    }

    fn labelled(&self, codes: &[(String, regulation::model::Label)]) -> Vec<(String, String)> {
        codes.iter().map(|(code, label)| (code.clone(), self.names.lang.label(label).to_owned())).collect()
    }

    fn kept(&self, path: &str) -> Vec<(String, String)> {
        let reference = |text: &String| {
            let value = serde_json::from_str(text).ok()?;
            json::file(&value).map(|file| (text.clone(), file.name))
        };
        self.values(path).iter().filter_map(reference).collect()
    }

    fn places(&self) -> Vec<(String, String)> {
        let county = self.names.world.county();
        let here =
            county.at_level(self.place, "township").map_or(county.code.as_str(), |township| township.code.as_str());
        let within = county.present().filter(|place| county.contains(here, &place.code));
        within.take(CHOICES_MAX).map(|place| (place.code.clone(), self.names.place_path(&place.code))).collect()
    }

    /// The posts of the place and of those above it, the nearest first.
    fn posts(&self) -> Vec<(String, String)> {
        let county = self.names.world.county();
        let mut found: Vec<&Post> = county
            .posts
            .values()
            .filter(|post| post.exists_on(self.today) && county.contains(&post.place, self.place))
            .collect();
        let nearness = |post: &&Post| (std::cmp::Reverse(county.depth(&post.place)), post.title.clone());
        found.sort_by_key(nearness);
        found.into_iter().map(|post| (post.id.clone(), self.names.post(&post.id))).collect()
    }

    /// Who holds a post at, above or below the place, and those whom the county counts among its staff without one; who fills in the form
    /// comes first.
    fn people(&self) -> Vec<(String, String)> {
        let county = self.names.world.county();
        let near = |post: &Post| county.contains(&post.place, self.place) || county.contains(self.place, &post.place);
        let mut found: Vec<(String, String)> = Vec::new();
        for tenure in county.appointments.iter().filter(|tenure| tenure.is_on(self.today)) {
            let Some(post) = county.posts.get(&tenure.post).filter(|post| near(post)) else { continue };
            if found.len() < CHOICES_MAX && !found.iter().any(|(id, _)| *id == tenure.person) {
                let name = self.names.person(&tenure.person);
                found.push((tenure.person.clone(), format!("{name}（{}）", post.title)));
            }
        }
        found.sort_by_key(|(_, label)| !label.starts_with(self.signer));
        let free = county.staff.iter().filter(|id| county.posts_of(id, self.today).next().is_none());
        found.extend(free.take(CHOICES_MAX).map(|id| (id.clone(), self.names.person(id))));
        found
    }

    fn records(&self, field: &Field, form: &str, path: &str) -> Markup {
        let lang = self.names.lang;
        let Some((_, form)) = self.names.world.rulebook().form(form) else { return html! {} };
        let label = lang.label(&field.label);
        let fault = self.fault(path);
        html! {
            fieldset class=(if fault.is_some() { "field rows wrong" } else { "field rows" }) id=(anchor(path)) tabindex="-1"
                data-when=[matches!(field.need, Need::If(_)).then_some(path)] {
                legend { (label) @if matches!(field.need, Need::May) { span class="optional" { (lang.say("（选填）", " (optional)")) } } }
                @if let Some(hint) = &field.hint { p class="hint" { (lang.label(hint)) } }
                @if let Some(fault) = fault { p class="error" { (fault) } }
                @if let Some(sheet) = self.sheets.and_then(|sheets| sheets.list(lang, path)) { (sheet) } @else { (self.typed_rows(field, form, path)) }
            }
        }
    }

    /// The rows that are typed, and the offer to fill them in from a sheet.
    fn typed_rows(&self, field: &Field, form: &Form, path: &str) -> Markup {
        let lang = self.names.lang;
        let fields: Vec<&Field> = form.fields.iter().collect();
        let count = rows::count(self.answers, path);
        let label = lang.label(&field.label);
        let offered = self.sheets.is_some() && !path.contains('.') && lists::form_of(self.names.world, field).is_some();
        html! {
                input type="hidden" name=(rows::counter(path)) value=(count);
                @for row in 1..=count {
                    div class="item" {
                        div class="spread" {
                            b { (label) " " (row) }
                            button class="link-button" type="submit" name="_remove" value=(format!("{path}.{row}")) formnovalidate {
                                (lang.say("删除", "Remove")) span class="hidden-visually" { (label) " " (row) }
                            }
                        }
                        (self.fields(&fields, &format!("{path}.{row}.")))
                    }
                }
                button class="button secondary" type="submit" name="_add" value=(path) formnovalidate {
                    (lang.say("添加", "Add: ")) (label)
                }
                @if offered { (list_view::offer(lang, path, &form.name)) }
        }
    }
}

fn unit_of_term(lang: crate::lang::Lang, unit: calendar::Unit) -> String {
    match lang {
        crate::lang::Lang::Zh => calendar::Term::new(1, unit).zh().trim_start_matches('1').to_owned(),
        crate::lang::Lang::En => calendar::Term::new(2, unit).to_string().trim_start_matches("2 ").replace('-', " "),
    }
}

/// A record as answers, for forms that start with values.
#[must_use]
pub fn answers_of(record: &Record, prefix: &str) -> Answers {
    let mut answers = Answers::new();
    for (name, value) in record {
        let path = format!("{prefix}{name}");
        match value {
            Value::Records(records) => {
                answers.insert(rows::counter(&path), vec![records.len().to_string()]);
                for (place, row) in records.iter().enumerate() {
                    answers.extend(answers_of(row, &format!("{path}.{}.", place + 1)));
                }
            }
            value => _ = answers.insert(path, texts_of(value)),
        }
    }
    answers
}

/// A value as the texts that would be typed for it.
#[must_use]
pub fn texts_of(value: &Value) -> Vec<String> {
    match value {
        Value::Missing | Value::Records(_) | Value::Signature(_) => Vec::new(),
        Value::Bool(yes) => vec![if *yes { "yes" } else { "no" }.to_owned()],
        Value::Number(number, _) => vec![number.normalize().to_string()],
        Value::Text(text) | Value::Code(text) | Value::Key(text) => vec![text.clone()],
        Value::Plot(plot) => vec![plot.to_string().replace("; ", "\n")],
        Value::Figures(figures) => std::iter::once(&figures.view).chain(&figures.period).cloned().collect(),
        Value::Codes(codes) => codes.iter().cloned().collect(),
        Value::Date(date) => vec![date.to_string()],
        Value::Moment(moment) => vec![moment.to_string()],
        Value::Term(term) => vec![term.length.to_string()],
        Value::File(file) => vec![json::file_value(file).to_string()],
        Value::List(values) => values.iter().flat_map(texts_of).collect(),
        Value::Thing(_) => match json::value(value) {
            serde_json::Value::String(text) => vec![text],
            _ => Vec::new(),
        },
    }
}
