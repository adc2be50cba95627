//! Compiles texts to expressions and templates, and resolves parties and names, with findings on the way.

use super::outline::Outline;
use super::view::View;
use crate::blocks::keys::{tight, words};
use crate::blocks::party;
use crate::expr::{Expr, Found, Scope, Template, Type, check, parse};
use crate::findings::{Sink, names, reading};
use crate::model::{AboutTarget, By, Name, Party, Sentence};
use crate::notes::SymbolKind;
use crate::source::Words;
use crate::text::yaml::Node;

/// The compiler of one run.
pub(crate) struct Compiler<'a> {
    pub outline: &'a Outline<'a>,
    pub sink: &'a Sink,
}

impl Compiler<'_> {
    /// An expression of any type. After a finding there still is one; it never runs.
    pub fn any(&self, view: &View<'_>, words: &Words) -> Expr {
        self.expr(view, words, None)
    }

    /// An expression of that type.
    pub fn typed(&self, view: &View<'_>, words: &Words, ty: &Type) -> Expr {
        self.expr(view, words, Some(ty))
    }

    /// An expression that is yes or no.
    pub fn condition(&self, view: &View<'_>, words: &Words) -> Expr {
        self.expr(view, words, Some(&Type::Bool))
    }

    fn expr(&self, view: &View<'_>, words: &Words, expected: Option<&Type>) -> Expr {
        match parse(&words.text, &words.span) {
            Ok(ast) => {
                let (expr, findings) = check(&ast, view, expected);
                findings.into_iter().for_each(|finding| self.sink.add(finding));
                expr
            }
            Err(findings) => {
                findings.into_iter().for_each(|finding| self.sink.add(finding));
                mistake(words, view)
            }
        }
    }

    /// A text with holes.
    pub fn template(&self, view: &View<'_>, words: &Words) -> Template {
        self.template_with(view, words, &[])
    }

    /// A sentence with holes, in one language or two.
    pub fn sentence(&self, view: &View<'_>, (zh, en): (&Words, Option<&Words>)) -> Sentence {
        Sentence { zh: self.template(view, zh), en: en.map(|en| self.template(view, en)) }
    }

    /// The pattern of a number: `{n}` is the series number, `{year}` the year of the act.
    pub fn pattern(&self, view: &View<'_>, words: &Words) -> Template {
        self.template_with(view, words, &["n", "year"])
    }

    fn template_with(&self, view: &View<'_>, words: &Words, extras: &[&str]) -> Template {
        let (template, findings) = Template::check(&words.text, &words.span, view, extras);
        findings.into_iter().for_each(|finding| self.sink.add(finding));
        template
    }

    /// A cell of an output column: a value, a code, or `= EXPR`.
    pub fn output(&self, view: &View<'_>, cell: &Words, ty: &Type) -> Expr {
        let words = cell.after("=").unwrap_or_else(|| cell.clone());
        self.typed(view, &words, ty)
    }

    /// The types of a table's outputs.
    pub fn output_types(&self, view: &View<'_>, table: &str) -> Vec<Type> {
        let Some(procedure) = view.procedure.as_deref() else { return Vec::new() };
        let names = self.outline.procedures.get(procedure);
        names.map(|names| view.derived.output_types(view, procedure, names, table)).unwrap_or_default()
    }

    /// A party; its subject must be one of the procedure, with that field of a person or a post.
    pub fn party(&self, view: &View<'_>, words: &Words) -> Option<Party> {
        let party = party::party(words, self.sink)?;
        self.note_party(view, words, &party);
        if let Party::Subject { about, role } = &party
            && let Some(ty) = view.derived_type(about).and_then(|of| Some(view.member(&each_of(&of), role)?.ty))
        {
            match each_of(&ty) {
                Type::Post => return Some(Party::Post { of: about.clone(), field: role.clone() }),
                Type::Person | Type::Unknown => {}
                _ => {
                    self.sink.add(names::not_a_party(&words.span, role, &ty));
                    return None;
                }
            }
        }
        match &party {
            starter if *starter == Party::starter() => {}
            Party::Subject { about, role } => self.subject(view, words, about, role),
            Party::Act { procedure, act } => self.act(words, procedure, act),
            _ => {}
        }
        Some(party)
    }

    /// The names that a party is written with.
    fn note_party(&self, view: &View<'_>, words: &Words, party: &Party) {
        let whole = words.trimmed();
        let (Some((first, second)), true) = (whole.text.split_once(['/', '.']), self.sink.is_noting()) else { return };
        let first = whole.part(0, first.len());
        let second = whole.part(whole.text.len() - second.len(), whole.text.len());
        match party {
            Party::Subject { about, .. } if about == Party::THIS => view.found(Found::Name(&second.text), &second.span),
            Party::Subject { about, role } => {
                view.found(Found::Name(about), &first.span);
                if let Some(of) = view.derived_type(about) {
                    view.found(Found::Member(&each_of(&of), role), &second.span);
                }
            }
            Party::Act { procedure, act } => {
                self.sink.found(&first.span, SymbolKind::Procedure, "", procedure);
                self.sink.found(&second.span, SymbolKind::Act, procedure, act);
            }
            _ => {}
        }
    }

    fn subject(&self, view: &View<'_>, words: &Words, about: &str, role: &str) {
        let Some(procedure) = view.procedure.as_deref().and_then(|name| self.outline.procedures.get(name)) else {
            return;
        };
        if about == Party::THIS {
            if view.member(&Type::Matter(procedure.block.name.text.clone()), role).is_none() {
                let known = view.names();
                self.sink.add(names::unknown_field(&words.span, role, known.iter().map(String::as_str)));
            }
            return;
        }
        let target = match procedure.about.iter().find(|(known, _)| known.name == about) {
            Some((found, _)) => found.target.clone(),
            None => match view.derived_type(about).map(|ty| each_of(&ty)) {
                Some(Type::Row(register)) => AboutTarget::Register(register),
                Some(Type::Unknown) => return,
                _ => {
                    let known = procedure.about.iter().map(|(about, _)| about.name.as_str());
                    self.sink.add(names::unknown_subject(&words.span, about, known));
                    return;
                }
            },
        };
        let AboutTarget::Register(register) = target else {
            self.sink.add(names::subject_not_row(&words.span, about));
            return;
        };
        let fields = self.outline.registers.get(&register).map(|names| names.fields.as_slice()).unwrap_or_default();
        if !fields.iter().any(|field| field.name.text == role) {
            let known = fields.iter().map(|field| field.name.text.as_str());
            self.sink.add(names::unknown_field(&words.span, role, known));
        }
    }

    fn act(&self, words: &Words, procedure: &str, act: &str) {
        match self.outline.procedures.get(procedure) {
            None => {
                let known = self.outline.procedures.keys().map(String::as_str);
                self.sink.add(names::unknown_procedure(&words.span, procedure, known));
            }
            Some(names) if !names.acts.iter().any(|known| known.name.text == act) => {
                let known = names.acts.iter().map(|act| act.name.text.as_str());
                self.sink.add(names::unknown_act(&words.span, act, known));
            }
            Some(_) => {}
        }
    }

    /// The value of a `by:` key, and whether each of the parties must act.
    pub fn parties(&self, view: &View<'_>, node: Option<&Node>) -> (Vec<By>, bool) {
        let Some(node) = node else { return (Vec::new(), false) };
        if let Some(each) = node.scalar().and_then(|by| by.after("each of ")) {
            let Some(inside) = each.inside('[', ']') else {
                self.sink.add(reading::bad_party(&each.span, &each.text));
                return (Vec::new(), true);
            };
            return (tight(inside.split(",").iter().filter_map(|party| self.by(view, party))), true);
        }
        let items = node.items().iter().filter_map(|item| words(item, self.sink));
        (tight(items.filter_map(|item| self.by(view, item))), false)
    }

    /// `PARTY` or `PARTY if EXPR`.
    fn by(&self, view: &View<'_>, words: &Words) -> Option<By> {
        match words.split_once(" if ") {
            Some((party, when)) => {
                let when = Some(self.condition(view, &when));
                Some(By { party: self.party(view, &party)?, when })
            }
            None => Some(By { party: self.party(view, &words.trimmed())?, when: None }),
        }
    }

    /// A procedure that may be named here.
    pub fn procedure(&self, draft: usize, words: &Words) -> Option<Name> {
        if self.outline.procedure(draft, &words.text).is_some() {
            self.sink.found(&words.span, SymbolKind::Procedure, "", &words.text);
            return Some(words.text.clone());
        }
        let known = self.outline.procedures.keys().map(String::as_str);
        self.sink.add(names::unknown_procedure(&words.span, &words.text, known));
        None
    }

    /// A form that may be named here.
    pub fn form(&self, draft: usize, words: &Words) -> Option<Name> {
        if self.outline.form(draft, &words.text).is_some() {
            self.sink.found(&words.span, SymbolKind::Form, "", &words.text);
            return Some(words.text.clone());
        }
        let known = self.outline.forms.keys().map(String::as_str);
        self.sink.add(names::unknown_form(&words.span, &words.text, known));
        None
    }
}

/// A type itself, or that of each element where it is a list: the owners of an estate, say.
fn each_of(ty: &Type) -> Type {
    ty.element().unwrap_or_else(|| ty.clone())
}

/// An expression of unknown type in place of one that cannot be read: it fits everywhere and decides nothing.
fn mistake(words: &Words, view: &View<'_>) -> Expr {
    let nothing = parse("cannot-be-read", &words.span).expect("a name is an expression");
    check(&nothing, view, None).0
}
