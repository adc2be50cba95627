//! Filters of a register: a form of its own address, the filters in force, and the views that people keep.

use super::Look;
use crate::components::button;
use crate::components::error_summary::error_summary;
use crate::forms::field::{Control, Field as Drawn, LineKind, field as draw};
use crate::forms::names::Names;
use crate::forms::show::{self, unit_words};
use crate::lang::Lang;
use crate::pages::kept_views::Filtered;
use crate::registers::wanted::{self, Kind};
use engine::county::County;
use maud::{Markup, html};
use regulation::expr::{Type, Value};
use regulation::model::Field;

/// More codes than this are chosen from a list.
const CHECKS_MAX: usize = 8;
/// At most so many places are offered.
const PLACES_MAX: usize = 500;

impl Look<'_> {
    /// The form, closed unless something in it is wrong: what is in force stands below it, and the rows should not be far.
    pub(super) fn filters(&self) -> Markup {
        let lang = self.visitor.lang;
        let open = !self.wanted.faults.is_empty();
        html! {
            (error_summary(lang, &self.wanted.faults))
            details class="filters no-print" open[open] {
                summary { (lang.say("筛选和截至日期", "Filter, and as of a date")) }
                form class="wide" method="get" action=(self.address()) {
                    @if let Some(sort) = self.wanted.text("sort") { input type="hidden" name="sort" value=(sort); }
                    div class="filter-fields" {
                        (draw(lang, &self.drawn("q", lang.say("文字中含有", "Text contains"), self.line("q", LineKind::Text, None))))
                        @for field in &self.register.fields { (self.filter(field)) }
                        (draw(lang, &self.drawn("place", lang.say("登记地点", "Place of the row"), self.places("place"))))
                        (draw(lang, &self.drawn("as-of", lang.say("截至哪一天的登记", "As it stood at the end of"), self.line("as-of", LineKind::Date, None))))
                    }
                    div class="row" {
                        (button::submit(lang.say("筛选", "Filter")))
                        @if !self.wanted.view().is_empty() { a href=(self.address()) { (lang.say("清除全部条件", "Clear all")) } }
                    }
                }
            }
        }
    }

    fn filter(&self, field: &Field) -> Markup {
        let lang = self.visitor.lang;
        let Some(kind) = wanted::kind(self.register, field, self.reach.access) else { return html! {} };
        let (path, label) = (wanted::name(field), lang.label(&field.label));
        let control = match kind {
            Kind::Contains => self.line(&path, LineKind::Text, None),
            Kind::Whole => self.line(&path, LineKind::IdNumber, None),
            Kind::Codes => self.codes(&path, field),
            Kind::YesNo => {
                let options =
                    vec![("yes".into(), lang.say("是", "Yes").into()), ("no".into(), lang.say("否", "No").into())];
                Control::Select { options, value: self.value(&path) }
            }
            Kind::Place => self.places(&path),
            Kind::Range => return self.range(&path, label, field),
        };
        let mut drawn = self.drawn(&path, label, control);
        if kind == Kind::Whole {
            drawn.hint = Some(lang.say("须填完整的号码", "The whole number").to_owned());
        }
        draw(lang, &drawn)
    }

    fn range(&self, path: &str, label: &str, field: &Field) -> Markup {
        let lang = self.visitor.lang;
        let (kind, unit) = match &field.ty {
            Type::Date => (LineKind::Date, None),
            Type::Number { unit, .. } => {
                (LineKind::Number, Some(unit_words(lang, unit)).filter(|unit| !unit.is_empty()))
            }
            _ => (LineKind::Number, None),
        };
        let end = |which: &str, words: &str| {
            let path = format!("{path}.{which}");
            let control = self.line(&path, kind, unit.clone());
            draw(lang, &self.drawn(&path, &format!("{label}{words}"), control))
        };
        html! {
            div class="range" {
                (end("from", lang.say("（起）", " from")))
                (end("to", lang.say("（止）", " to")))
            }
        }
    }

    fn drawn(&self, path: &str, label: &str, control: Control) -> Drawn {
        let lang = self.visitor.lang;
        let fault = self.wanted.faults.iter().find(|fault| fault.field == path);
        Drawn {
            path: path.to_owned(),
            label: label.to_owned(),
            number: None,
            hint: None,
            optional: false,
            fault: fault.map(|fault| lang.say(&fault.zh, &fault.en).to_owned()),
            conditional: false,
            control,
        }
    }

    fn value(&self, path: &str) -> String {
        self.wanted.text(path).unwrap_or_default().to_owned()
    }

    fn line(&self, path: &str, kind: LineKind, unit: Option<String>) -> Control {
        Control::Line { value: self.value(path), kind, unit }
    }

    fn codes(&self, path: &str, field: &Field) -> Control {
        let lang = self.visitor.lang;
        let codes = field.ty.codes().unwrap_or_default();
        let options: Vec<(String, String)> =
            codes.iter().map(|(code, label)| (code.clone(), lang.label(label).to_owned())).collect();
        if options.len() > CHECKS_MAX {
            Control::Select { options, value: self.value(path) }
        } else {
            Control::Checks { options, values: self.wanted.typed.get(path).cloned().unwrap_or_default() }
        }
    }

    /// The places that may be asked for: those that the reader reaches, the large ones first where there are many.
    fn places(&self, path: &str) -> Control {
        let county = self.snapshot.world().county();
        let outer = self.widest.place.as_deref().unwrap_or(&county.code);
        let mut codes: Vec<&String> =
            county.present().map(|place| &place.code).filter(|code| county.contains(outer, code)).collect();
        if codes.len() > PLACES_MAX {
            codes.sort_by_key(|code| depth(county, code));
            codes.truncate(PLACES_MAX);
            codes.sort();
        }
        let options = codes.into_iter().map(|code| (code.clone(), self.names().place_path(code))).collect();
        Control::Select { options, value: self.value(path) }
    }

    /// The filters in force, each with a link that drops it.
    pub(super) fn in_force(&self) -> Markup {
        let lang = self.visitor.lang;
        let shown: Vec<(&String, String)> = self
            .wanted
            .typed
            .iter()
            .filter_map(|(name, texts)| Some((name, self.in_words(lang, name, texts)?)))
            .collect();
        html! {
            @if !shown.is_empty() {
                ul class="chips" aria-label=(lang.say("现有条件", "Filters in force")) {
                    @for (name, words) in shown { li {
                        span class="tag" { (words) }
                        a class="no-print" href=(self.without(name)) { (lang.say("去掉", "drop")) span class="hidden-visually" { (words) } }
                    } }
                }
            }
        }
    }

    /// A filter as people read it; nothing for what is no filter.
    pub(super) fn in_words(&self, lang: Lang, name: &str, texts: &[String]) -> Option<String> {
        let joined = || texts.join(lang.say("、", ", "));
        let place = |code: &String| self.names().place_path(code);
        match name {
            "q" => return Some(format!("{}“{}”", lang.say("含有", "contains "), joined())),
            "place" => return Some(format!("{}{}", lang.say("登记地点：", "place: "), place(texts.first()?))),
            "as-of" => return Some(format!("{}{}", lang.say("截至", "as of "), joined())),
            "sort" => return self.order(lang).map(|order| format!("{}{order}", lang.say("排序：", "order: "))),
            _ => {}
        }
        let column = name.strip_prefix("c.")?;
        let (column, end) = column.rsplit_once('.').map_or((column, ""), |(column, end)| (column, end));
        let field = self.register.fields.iter().find(|field| field.name == column)?;
        let kind = wanted::kind(self.register, field, self.reach.access)?;
        let label = lang.label(&field.label);
        let value = match kind {
            Kind::Codes => {
                let labels: Vec<String> = texts.iter().map(|code| show::label_of(lang, &field.ty, code)).collect();
                labels.join(lang.say("、", ", "))
            }
            Kind::Place => place(texts.first()?),
            Kind::YesNo => show::show(Names { lang, ..self.names() }, &field.ty, &Value::Bool(texts.first()? == "yes")),
            _ => joined(),
        };
        let relation = match (kind, end) {
            (Kind::Contains, _) => lang.say("含有", " contains "),
            (_, "from") => lang.say("不小于", " from "),
            (_, "to") => lang.say("不大于", " to "),
            _ => lang.say("：", ": "),
        };
        Some(format!("{label}{relation}{value}"))
    }

    /// The order in force as people read it.
    pub(super) fn order(&self, lang: Lang) -> Option<String> {
        let (column, down) = self.query.sort.as_ref()?;
        let field = self.register.fields.iter().find(|field| field.name == *column)?;
        let way = if *down { lang.say("从大到小", "downwards") } else { lang.say("从小到大", "upwards") };
        Some(format!("{}{}{way}", lang.label(&field.label), lang.say("，", ", ")))
    }

    /// This address without one of its parts.
    fn without(&self, name: &str) -> String {
        let mut kept = self.wanted.clone();
        kept.typed.remove(name);
        self.with_view(&kept.view())
    }

    /// The views that this person keeps, and the form that keeps this one.
    pub(super) fn views(&self) -> Result<Markup, crate::problem::Problem> {
        let Some(person) = self.visitor.person_id() else { return Ok(html! {}) };
        let kept = self.snapshot.saved_views(person, &self.register.name)?;
        let (of, address) = (self.register.name.as_str(), self.address());
        Ok(Filtered { of, address: &address }.views(self.visitor, &kept, &self.wanted.view(), &self.under("views")))
    }
}

fn depth(county: &County, code: &str) -> usize {
    county.present().filter(|outer| county.contains(&outer.code, code)).count()
}
