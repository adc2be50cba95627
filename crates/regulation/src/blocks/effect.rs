//! Effects (后果) of acts: matters opened, acts on other matters, register rows, messages; each once, or once for every element of a
//! list.

use super::Keys;
use super::keys;
use crate::expr::{Expr, Type};
use crate::findings::{keeping, names, printed, reading};
use crate::model::{AboutTarget, Do, Enter, Erase, ForEach, Name, Open, Tell};
use crate::notes::{Symbol, SymbolKind};
use crate::scope::{ActNames, At, Compiler, Own, View};
use crate::source::Words;
use crate::text::yaml::Node;

/// Where effects stand.
#[derive(Clone, Copy)]
pub(crate) struct EffectReader<'a> {
    pub view: &'a View<'a>,
    pub compiler: &'a Compiler<'a>,
}

impl EffectReader<'_> {
    /// `PROCEDURE: { act: START-ACT, each: { NAME: LIST }, when: EXPR, with: { … } }`.
    pub fn open(&self, procedure: &Words, node: &Node) -> Option<Open> {
        let keys = Keys::open(node, &["act", "each", "when", "with"], self.compiler.sink);
        let name = self.compiler.procedure(self.view.draft, procedure)?;
        let names = self.compiler.outline.procedures.get(&name)?;
        let starts: Vec<&ActNames<'_>> = names.acts.iter().filter(|act| act.at == At::Start).collect();
        let act = match keys.words("act") {
            Some(act) => act.trimmed(),
            // The only way to start needs no name.
            None if starts.len() == 1 => starts[0].name.clone(),
            None => {
                self.compiler.sink.add(reading::missing_key(&procedure.span, "act"));
                return None;
            }
        };
        let Some(start) = starts.iter().find(|start| start.name.text == act.text) else {
            let known = starts.iter().map(|start| start.name.text.as_str());
            self.compiler.sink.add(names::unknown_act(&act.span, &act.text, known));
            return None;
        };
        if keys.get("act").is_some() {
            self.compiler.sink.found(&act.span, SymbolKind::Act, &name, &act.text);
        }
        let about = names.about.iter().map(|(about, _)| {
            let ty = match &about.target {
                AboutTarget::Register(register) => Type::Row(register.clone()),
                AboutTarget::Procedure(procedure) => Type::Matter(procedure.clone()),
            };
            Slot { symbol: Symbol::new(SymbolKind::Subject, &name, &about.name), ty }
        });
        let mut slots: Vec<Slot> = about.collect();
        slots.extend(self.form_slots(&start.forms));
        slots.push(Slot { symbol: Symbol::new(SymbolKind::BuiltIn, "", "place"), ty: Type::Place });
        let element = self.each(&keys, &slots);
        let view = self.inside(element.as_ref());
        let inner = self.with_view(&view);
        let mut with = inner.with(&keys, &slots);
        with.extend(element.as_ref().and_then(|element| inner.element_in_slot(element, &slots, &with)));
        let each = element.map(|element| element.each);
        Some(Open { procedure: name, act: act.text, each, when: inner.when(&keys), with })
    }

    /// `ACT: { each: { NAME: LIST }, on: EXPR, when: EXPR, with: { … } }`.
    pub fn does(&self, act: &Words, node: &Node) -> Option<Do> {
        let keys = Keys::open(node, &["each", "on", "when", "with"], self.compiler.sink);
        let element = self.each(&keys, &[]);
        let view = self.inside(element.as_ref());
        let inner = self.with_view(&view);
        let on = self.compiler.any(&view, keys.required("on", &act.span)?);
        let matter = match &on.ty {
            Type::List(element) => (**element).clone(),
            other => other.clone(),
        };
        let mut slots = Vec::new();
        match matter {
            Type::Matter(procedure) => {
                let names = self.compiler.outline.procedures.get(&procedure)?;
                match names.acts.iter().find(|known| known.name.text == act.text) {
                    Some(known) => {
                        self.compiler.sink.found(&act.span, SymbolKind::Act, &procedure, &act.text);
                        slots = self.form_slots(&known.forms);
                    }
                    None => {
                        let known = names.acts.iter().map(|act| act.name.text.as_str());
                        self.compiler.sink.add(names::unknown_act(&act.span, &act.text, known));
                        return None;
                    }
                }
            }
            Type::Unknown => {}
            _ => self.compiler.sink.add(reading::wrong_shape(
                on.span(),
                "一件事项或事项的查询",
                "a matter or a query of matters",
            )),
        }
        let (when, with) = (inner.when(&keys), inner.with(&keys, &slots));
        Some(Do { act: act.text.clone(), each: element.map(|element| element.each), when, with, on })
    }

    /// `REGISTER: { each: { NAME: LIST }, when: EXPR, with: { column: EXPR } }`.
    pub fn enter(&self, register: &Words, node: &Node) -> Option<Enter> {
        let keys = Keys::open(node, &["each", "when", "with"], self.compiler.sink);
        let Some(names) = self.compiler.outline.register(self.view.draft, &register.text) else {
            let known = self.compiler.outline.registers.keys().map(String::as_str);
            self.compiler.sink.add(names::unknown_register(&register.span, &register.text, known));
            return None;
        };
        if names.block.second.is_some() || names.block.node.get("lists").is_some() {
            self.compiler.sink.add(printed::entered(&register.span, &register.text));
        }
        self.compiler.sink.found(&register.span, SymbolKind::Register, "", &register.text);
        let slots: Vec<Slot> = names.fields.iter().map(|field| self.slot(&register.text, field, true)).collect();
        let element = self.each(&keys, &[]);
        let view = self.inside(element.as_ref());
        let inner = self.with_view(&view);
        let (when, with) = (inner.when(&keys), inner.with(&keys, &slots));
        Some(Enter { register: register.text.clone(), each: element.map(|element| element.each), when, with })
    }

    /// `{ to: PARTY, text: "…", each: { NAME: LIST }, when: EXPR }`.
    pub fn tell(&self, node: &Node) -> Option<Tell> {
        let keys = Keys::open(node, &["to", "text", "each", "when"], self.compiler.sink);
        let to = keys.required("to", &node.span);
        let text = keys.required("text", &node.span);
        let element = self.each(&keys, &[]);
        let view = self.inside(element.as_ref());
        let when = self.with_view(&view).when(&keys);
        Some(Tell {
            to: self.compiler.party(&view, to?)?,
            text: self.compiler.template(&view, text?),
            each: element.map(|element| element.each),
            when,
        })
    }
}

/// Erasures.
impl EffectReader<'_> {
    /// `{ what: EXPR, each: { NAME: LIST }, when: EXPR }`, or the expression alone.
    pub fn erase(&self, node: &Node) -> Option<Erase> {
        if let Some(words) = node.scalar() {
            return Some(Erase { each: None, what: self.owner(words, self.view)?, when: None });
        }
        let keys = Keys::open(node, &["what", "each", "when"], self.compiler.sink);
        let what = keys.required("what", &node.span);
        let element = self.each(&keys, &[]);
        let view = self.inside(element.as_ref());
        let when = self.with_view(&view).when(&keys);
        Some(Erase { what: self.owner(what?, &view)?, each: element.map(|element| element.each), when })
    }

    /// Whose data: a row, a matter, or a text that names one.
    fn owner(&self, words: &Words, view: &View<'_>) -> Option<Expr> {
        let what = self.compiler.any(view, words);
        let fits = matches!(what.ty, Type::Row(_) | Type::Matter(_) | Type::Text { .. } | Type::Unknown);
        if !fits {
            self.compiler.sink.add(keeping::not_an_owner(what.span()));
        }
        fits.then_some(what)
    }
}

/// What an effect may give a value to.
pub(crate) struct Slot {
    symbol: Symbol,
    ty: Type,
}

/// What an effect's `each` names.
pub(crate) struct Element {
    pub each: ForEach,
    ty: Type,
    name: Words,
}

/// What effects of every kind share.
impl EffectReader<'_> {
    /// `each: { NAME: LIST }`: the list, and the name that an element has in the rest of the effect. An element that fills the slot of its
    /// name must be of that slot's type.
    pub(crate) fn each(&self, keys: &Keys<'_>, slots: &[Slot]) -> Option<Element> {
        self.element(keys, "each", slots)
    }

    /// The same under another key.
    pub(crate) fn element(&self, keys: &Keys<'_>, key: &str, slots: &[Slot]) -> Option<Element> {
        let node = keys.get(key)?;
        let entries = keys.entries(key);
        if let Some((second, _)) = entries.get(1) {
            self.one_list(&second.span);
        }
        let Some((name, list)) = entries.first() else {
            self.one_list(&node.span);
            return None;
        };
        let words = keys::words(list, self.compiler.sink)?;
        let given = keys.entries("with").iter().any(|(given, _)| given.text == name.text);
        let slot = slots.iter().find(|slot| slot.symbol.name == name.text && !given);
        let list = match slot {
            Some(slot) => self.compiler.typed(self.view, words, &Type::List(Box::new(slot.ty.clone()))),
            None => self.compiler.any(self.view, words),
        };
        let Some(ty) = list.ty.element() else {
            self.compiler.sink.add(reading::wrong_shape(list.span(), "一个列表或查询", "a list or a query"));
            return None;
        };
        let of = format!("{}:{}", name.span.file, name.span.start);
        self.compiler.sink.found(&name.span, SymbolKind::Element, &of, &name.text);
        Some(Element { each: ForEach { name: keys::name(name, self.compiler.sink)?, list }, ty, name: name.clone() })
    }

    fn one_list(&self, span: &crate::span::Span) {
        self.compiler.sink.add(reading::wrong_shape(span, "一个名称和它的列表", "one name and its list"));
    }

    /// The effect's own view: with the element under its name.
    pub(crate) fn inside(&self, element: Option<&Element>) -> View<'_> {
        let mut view = self.view.clone();
        if let Some(element) = element {
            let personal = element.each.list.personal().iter().next().copied();
            view.own.insert(
                0,
                Own::Element {
                    name: element.name.text.clone(),
                    ty: element.ty.clone(),
                    personal,
                    at: Some(element.name.span.clone()),
                },
            );
        }
        view
    }

    pub(crate) fn with_view<'b>(&'b self, view: &'b View<'b>) -> EffectReader<'b> {
        EffectReader { view, compiler: self.compiler }
    }

    /// The element under the slot of its name, where nothing else is said to go there.
    fn element_in_slot(&self, element: &Element, slots: &[Slot], with: &[(Name, Expr)]) -> Option<(Name, Expr)> {
        let name = &element.name.text;
        let slot = slots.iter().find(|slot| slot.symbol.name == *name)?;
        if with.iter().any(|(given, _)| given == name) {
            return None;
        }
        self.compiler.sink.note(&element.name.span, slot.symbol.clone(), None);
        Some((name.clone(), self.compiler.typed(self.view, &element.name, &slot.ty)))
    }

    pub(crate) fn when(&self, keys: &Keys<'_>) -> Option<Expr> {
        keys.words("when").map(|words| self.compiler.condition(self.view, words))
    }

    /// Values for slots under `with`: each name must be a slot, each expression of the slot's type.
    pub(crate) fn with(&self, keys: &Keys<'_>, slots: &[Slot]) -> Vec<(Name, Expr)> {
        let mut with = Vec::new();
        for (name, node) in keys.entries("with") {
            let Some(words) = keys::words(node, self.compiler.sink) else { continue };
            match slots.iter().find(|slot| slot.symbol.name == name.text) {
                Some(slot) => {
                    self.compiler.sink.note(&name.span, slot.symbol.clone(), None);
                    with.push((name.text.clone(), self.compiler.typed(self.view, words, &slot.ty)));
                }
                None => {
                    let known = slots.iter().map(|slot| slot.symbol.name.as_str());
                    self.compiler.sink.add(names::unknown_field(&name.span, &name.text, known));
                }
            }
        }
        with
    }

    fn form_slots(&self, forms: &[Words]) -> Vec<Slot> {
        let fields = forms.iter().filter_map(|form| Some((form, self.compiler.outline.forms.get(&form.text)?)));
        fields.flat_map(|(form, names)| names.fields.iter().map(|field| self.slot(&form.text, field, false))).collect()
    }

    fn slot(&self, owner: &str, field: &super::field::RawField, column: bool) -> Slot {
        let derived = self.view.derived;
        let named =
            if column { derived.column(self.view, owner, field) } else { derived.form_field(self.view, owner, field) };
        let kind = if column { SymbolKind::Column } else { SymbolKind::Field };
        Slot { symbol: Symbol::new(kind, owner, &field.name.text), ty: named.ty }
    }
}
