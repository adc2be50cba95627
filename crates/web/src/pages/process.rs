//! The process of a procedure, out of the checked model: for its figure and for its words.

use crate::components::figure::{Arrow, Box, Kind, Process, Said};
use crate::forms::names::Names;
use crate::forms::show;
use crate::lang::Lang;
use jiff::civil::Date;
use regulation::expr::{Expr, Value};
use regulation::model::{Act, By, Consequence, Deadline, DeadlineEnd, Procedure, Regulation, Step, To};

/// As many parties are named in a figure and in a line; of more, one less and how many they are.
const DRAWN: usize = 4;

/// What a figure of a procedure needs.
#[derive(Clone, Copy)]
pub struct Drawing<'a> {
    /// Names of parties.
    pub names: Names<'a>,
    /// Its regulation.
    pub regulation: &'a Regulation,
    /// The procedure.
    pub procedure: &'a Procedure,
    /// Day whose parameters apply.
    pub on: Date,
    /// Where the matter is, if one is shown.
    pub now: Option<&'a str>,
}

impl Drawing<'_> {
    /// The boxes: start, steps, acts possible anywhere, ends.
    #[must_use]
    pub fn process(&self) -> Process {
        let (lang, procedure) = (self.names.lang, self.procedure);
        let targets = self.targets();
        let mut boxes = vec![self.note(lang.say("开始", "Start"), &procedure.start, &targets)];
        for (place, step) in procedure.steps.iter().enumerate() {
            boxes.push(self.step(place + 1, step, &targets));
        }
        if !procedure.acts.is_empty() {
            boxes.push(self.note(lang.say("办结前随时可以", "At any step"), &procedure.acts, &targets));
        }
        boxes.extend(procedure.ends.iter().map(|(name, label)| Box {
            kind: Kind::End,
            number: None,
            name: lang.label(label).to_owned(),
            who: Said::default(),
            due: Vec::new(),
            acts: Vec::new(),
            now: self.now == Some(name.as_str()),
        }));
        let title = match lang {
            Lang::Zh => format!("{}流程图", procedure.title.zh),
            Lang::En => format!("Process of {}", lang.label(&procedure.title)),
        };
        Process { title, boxes }
    }

    /// Names of boxes in the order in which they are drawn.
    fn targets(&self) -> Vec<&str> {
        let note = (!self.procedure.acts.is_empty()).then_some("");
        let steps = self.procedure.steps.iter().map(|step| step.name.as_str());
        let ends = self.procedure.ends.iter().map(|(name, _)| name.as_str());
        std::iter::once("").chain(steps).chain(note).chain(ends).collect()
    }

    fn note(&self, name: &str, acts: &[Act], targets: &[&str]) -> Box {
        Box {
            kind: Kind::Note,
            number: None,
            name: name.to_owned(),
            who: Said::default(),
            due: Vec::new(),
            acts: acts.iter().map(|act| self.arrow(act, targets, &self.said(&act.by))).collect(),
            now: false,
        }
    }

    fn step(&self, number: usize, step: &Step, targets: &[&str]) -> Box {
        let (who, nobody) = (self.said(&step.by), Said::default());
        Box {
            kind: Kind::Step,
            number: Some(number),
            name: self.names.lang.label(&step.label).to_owned(),
            due: step
                .due
                .iter()
                .filter(|deadline| self.runs(deadline))
                .map(|deadline| self.deadline(step, deadline))
                .collect(),
            acts: step
                .acts
                .iter()
                .map(|act| {
                    let by = self.said(&act.by);
                    self.arrow(act, targets, if by == who { &nobody } else { &by })
                })
                .collect(),
            who,
            now: self.now == Some(step.name.as_str()),
        }
    }

    fn arrow(&self, act: &Act, targets: &[&str], by: &Said) -> Arrow {
        let lang = self.names.lang;
        let by_clock = !act.by.is_empty() && act.by.iter().all(|by| by.party == regulation::model::Party::Clock);
        let back = match act.to {
            Some(To::Back) => lang.say(" → 回到原环节", " → back"),
            _ => "",
        };
        let label = |by: &str| {
            let by = if by.is_empty() { String::new() } else { format!("（{by}）") };
            format!("{}{by}{back}", lang.label(&act.label))
        };
        let names = act.to.as_ref().map(To::targets).unwrap_or_default();
        let to = names.into_iter().filter_map(|name| targets.iter().position(|target| *target == name)).collect();
        Arrow { label: Said { whole: label(&by.whole), drawn: label(&by.drawn) }, to, by_clock }
    }

    /// The parties of a step or act in one line, each once; of many the first and how many they are.
    #[must_use]
    pub fn parties(&self, by: &[By]) -> String {
        self.said(by).drawn
    }

    fn comma(&self) -> &'static str {
        self.names.lang.say("、", ", ")
    }

    /// The parties of a step or act: a list of twenty offices would hide what it is about.
    fn said(&self, by: &[By]) -> Said {
        let names = self.each(by);
        let whole = names.join(self.comma());
        if names.len() <= DRAWN {
            return Said { drawn: whole.clone(), whole };
        }
        let first = names[..DRAWN - 1].join(self.comma());
        let drawn = match self.names.lang {
            Lang::Zh => format!("{first}等{}家", names.len()),
            Lang::En => format!("{first} and {} more", names.len() - DRAWN + 1),
        };
        Said { whole, drawn }
    }

    fn each(&self, by: &[By]) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for one in by {
            let name = self.names.party(self.procedure, &one.party);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Whether a deadline runs at all: one whose term is a parameter that the county left empty promises nothing.
    #[must_use]
    pub fn runs(&self, deadline: &Deadline) -> bool {
        let DeadlineEnd::After { term, .. } = &deadline.end else { return true };
        let parameter = term.as_root().filter(|name| self.regulation.parameters.contains_key(*name));
        let value = |name| engine::parameter::parameter(self.names.world, self.regulation, name, self.on);
        parameter.is_none_or(|name| !value(name).is_missing())
    }

    /// A deadline in words: term and consequence.
    #[must_use]
    pub fn deadline(&self, step: &Step, deadline: &Deadline) -> String {
        let lang = self.names.lang;
        let end = match &deadline.end {
            DeadlineEnd::After { term, .. } => match lang {
                Lang::Zh => format!("{}内", self.term(term)),
                Lang::En => format!("within {}", self.term(term)),
            },
            DeadlineEnd::On(date) => match lang {
                Lang::Zh => format!("至{}", self.named(date)),
                Lang::En => format!("until {}", self.named(date)),
            },
        };
        let then = match &deadline.consequence {
            Consequence::Alarm { .. } => lang.say("逾期亮红灯", "an alarm after that").to_owned(),
            Consequence::Act(name) => {
                let label =
                    self.procedure.act_at(Some(&step.name), name).map_or(name.as_str(), |act| lang.label(&act.label));
                match lang {
                    Lang::Zh => format!("逾期自动“{label}”"),
                    Lang::En => format!("after that “{label}” by itself"),
                }
            }
        };
        format!("{end}{}{then}", lang.say("，", ", "))
    }

    fn term(&self, term: &Expr) -> String {
        let value = match (term.as_literal(), term.as_root()) {
            (Some(value), _) => value.clone(),
            (None, Some(name)) => engine::parameter::parameter(self.names.world, self.regulation, name, self.on),
            (None, None) => Value::Missing,
        };
        match value {
            Value::Missing => self.named(term),
            value => show::show(self.names, &term.ty, &value),
        }
    }

    /// A date or term that depends on the matter, by the label of its fact or field.
    fn named(&self, expr: &Expr) -> String {
        let lang = self.names.lang;
        if let Some((document, "last-day")) = expr.text.split_once('.')
            && let Some(document) = self.procedure.documents.get(document)
        {
            return match lang {
                Lang::Zh => format!("《{}》期满", lang.label(&document.title)),
                Lang::En => format!("the end of display of {}", lang.label(&document.title)),
            };
        }
        let name = expr.as_root().unwrap_or_default();
        let fact = self.procedure.facts.iter().find(|fact| fact.name == name).map(|fact| &fact.label);
        let field = || {
            let forms = self.procedure.all_acts().flat_map(|(_, act)| &act.forms);
            forms
                .filter_map(|form| self.regulation.forms.get(form))
                .find_map(|form| form.field(name))
                .map(|field| &field.label)
        };
        fact.or_else(field).map_or_else(
            || lang.say("依条款计算的日期", "a date computed by the clause").to_owned(),
            |label| lang.label(label).to_owned(),
        )
    }
}
