//! What one place of a regulation sees: the [`Scope`] of its expressions.

use super::derive::Derived;
use super::line::Line;
use super::outline::{At, Outline, ProcedureNames, Root};
use crate::blocks::field::{RawField, RawNeed};
use crate::blocks::fund::FundNames;
use crate::blocks::party::LEVELS;
use crate::expr::{Collection, Found, NameKind, Named, Scope, Type, Typed};
use crate::model::fund::Account;
use crate::model::{AboutTarget, Label, Name, Personal};
use crate::notes::{Symbol, SymbolKind, is_asked};
use crate::span::Span;
use std::sync::Arc;

/// A place from which names are looked up.
#[derive(Clone)]
pub(crate) struct View<'a> {
    pub outline: &'a Outline<'a>,
    pub derived: &'a Derived<'a>,
    /// The regulation it stands in.
    pub draft: usize,
    /// The procedure it belongs to.
    pub procedure: Option<Name>,
    /// Forms and registers whose fields are bare names here, innermost first.
    pub own: Vec<Own>,
}

/// A form or register whose fields are bare names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Own {
    Form(Name),
    Register(Name),
    /// The matter itself: its state members are bare names too.
    Matter,
    /// A line of a view.
    Line(Line),
    /// A sub-account of an account: its dimensions and what it comes to.
    Sub(Name),
    /// The dimensions of a fund.
    Fund(Name),
    /// The element of the list that an effect runs over.
    Element {
        name: Name,
        ty: Type,
        personal: Option<Personal>,
        /// Where it is named; nowhere, of what the language itself names.
        at: Option<Span>,
    },
}

/// Members of a matter besides its root names.
const MATTER: [&str; 11] =
    ["open", "step", "ended", "number", "place", "opened-on", "chance", "duty", "period", "period-from", "period-to"];
const ACT: [&str; 4] = ["on", "at", "by", "office"];
const DOCUMENT: [&str; 6] = ["on", "number", "shown", "last-day", "over", "voided"];
const PLACE: [&str; 6] = ["name", "short", "code", "current", "ended-on", "successor"];
/// Members of a sub-account besides its dimensions.
const SUB: [&str; 4] = ["balance", "debits", "credits", "last-on"];
const PLOT: [&str; 4] = ["area", "corners", "east-west", "north-south"];

impl<'a> View<'a> {
    /// A place of a procedure.
    pub fn of_procedure(&self, name: &str) -> View<'a> {
        let draft = self.outline.procedures.get(name).map_or(self.draft, |procedure| procedure.draft);
        View { draft, procedure: Some(name.to_string()), own: Vec::new(), ..self.clone() }
    }

    /// The same place, inside a form's own expressions or an act that files these forms.
    pub fn with_forms<'b>(&self, forms: impl IntoIterator<Item = &'b str>) -> View<'a> {
        let own = forms.into_iter().map(|form| Own::Form(form.to_string())).collect();
        View { own, ..self.clone() }
    }

    /// Inside a register's own expressions. Where its rows are matters, bare names are those of the matter, not columns.
    pub fn of_register(&self, name: &str) -> View<'a> {
        let register = self.outline.registers.get(name);
        let draft = register.map_or(self.draft, |register| register.draft);
        match register.and_then(|register| register.rows_of.as_ref()) {
            Some(rows) => View { draft, procedure: Some(rows.text.clone()), own: vec![Own::Matter], ..self.clone() },
            None => View { draft, procedure: None, own: vec![Own::Register(name.to_string())], ..self.clone() },
        }
    }

    /// Inside a form's own expressions; one view for each place where it is filled in.
    pub fn of_form(&self, name: &str) -> Vec<View<'a>> {
        let own_draft = self.outline.forms.get(name).map_or(self.draft, |form| form.draft);
        let uses = self.outline.users.get(name).map(Vec::as_slice).unwrap_or_default();
        if uses.is_empty() {
            return vec![View {
                draft: own_draft,
                procedure: None,
                own: vec![Own::Form(name.to_string())],
                ..self.clone()
            }];
        }
        let view = |using: &super::outline::FormUse| {
            let forms = [Some(name), using.within.as_deref()].into_iter().flatten();
            self.of_procedure(&using.procedure).with_forms(forms)
        };
        uses.iter().map(view).collect()
    }

    /// The type of a name here.
    pub fn derived_type(&self, name: &str) -> Option<Type> {
        self.lookup(name).map(|named| named.ty)
    }

    fn own_field(&self, name: &str) -> Option<Named> {
        self.own.iter().find_map(|own| match own {
            Own::Form(form) => self.form_field(form, name),
            Own::Register(register) => self.column(register, name),
            Own::Matter => self.of_matter(self.procedure.as_deref()?, name),
            Own::Line(line) => line.lookup(self.outline, name),
            Own::Sub(account) => self.sub_member(account, name),
            Own::Fund(fund) => dimension(self.outline.funds.get(fund)?, name),
            Own::Element { name: own, ty, personal, .. } => {
                (own == name).then(|| Named::new(ty.clone(), NameKind::Element).personal(*personal))
            }
        })
    }

    fn form_field(&self, form: &str, name: &str) -> Option<Named> {
        let names = self.outline.forms.get(form)?;
        let field = find(&names.fields, name)?;
        Some(self.derived.form_field(self, form, field))
    }

    fn column(&self, register: &str, name: &str) -> Option<Named> {
        let names = self.outline.registers.get(register)?;
        let field = find(&names.fields, name)?;
        Some(self.derived.column(self, register, field))
    }

    /// A root name of a procedure.
    fn root(&self, procedure: &str, name: &str) -> Option<Named> {
        let names = self.outline.procedures.get(procedure)?;
        match names.roots.get(name) {
            Some(root) => self.of_root(names, procedure, name, root),
            None => level(name),
        }
    }

    fn of_root(&self, names: &ProcedureNames<'a>, procedure: &str, name: &str, root: &Root) -> Option<Named> {
        Some(match root {
            Root::Field { form, field } => {
                self.derived.form_field(self, form, self.outline.forms.get(form)?.fields.get(*field)?)
            }
            Root::Fact(index) => self.derived.fact(self, procedure, names.facts.get(*index)?),
            Root::Output { table, column } => self.derived.output(self, procedure, names.tables.get(table)?, *column),
            Root::Form { act } => {
                let each = names.acts.get(*act)?.each;
                let ty = if each { Type::Records(name.into()) } else { Type::Form(name.into()) };
                labelled(ty, NameKind::Form, title(&self.outline.forms.get(name)?.block.node))
            }
            Root::Act(index) => {
                let ty = Type::Act { procedure: procedure.into(), act: name.into() };
                labelled(ty, NameKind::Act, names.acts.get(*index)?.node.get("label").and_then(text))
            }
            Root::Document => {
                let ty = Type::Document { procedure: procedure.into(), document: name.into() };
                labelled(ty, NameKind::Document, title(&names.documents.get(name)?.node))
            }
            Root::Rule => labelled(Type::Bool, NameKind::Rule, title(&names.rules.get(name)?.node)),
            Root::About(index) => {
                let ty = match &names.about.get(*index)?.0.target {
                    AboutTarget::Register(register) => Type::Row(register.clone()),
                    AboutTarget::Procedure(procedure) => Type::Matter(procedure.clone()),
                };
                Named::new(ty, NameKind::About)
            }
        })
    }

    /// A member of a matter: its state, or one of its root names.
    fn of_matter(&self, procedure: &str, name: &str) -> Option<Named> {
        let names = self.outline.procedures.get(procedure)?;
        let ty = match name {
            "open" => Type::Bool,
            "step" | "ended" => Type::OneOf(stations(names).into()),
            "number" => Type::Text { max: 200 },
            "place" => Type::Place,
            "opened-on" => Type::Date,
            _ => return self.root(procedure, name).or_else(|| self.of_instance(procedure, name)),
        };
        Some(Named::new(ty, NameKind::Element))
    }

    /// What was drawn with the matter, and what an instance of a duty was opened for. A field of that name goes first.
    fn of_instance(&self, procedure: &str, name: &str) -> Option<Named> {
        let ty = match name {
            "chance" => Type::whole(),
            "duty" => Type::OneOf(self.outline.duties_of(procedure).into()),
            "period" => Type::Text { max: 200 },
            "period-from" | "period-to" => Type::Date,
            _ => return None,
        };
        Some(Named::new(ty, NameKind::Element))
    }

    fn parameter(&self, name: &str) -> Option<Named> {
        let (draft, parameter) = self.outline.parameters.get(name)?;
        let visible = self.outline.sees(self.draft, *draft);
        visible.then(|| Named::new(parameter.ty.clone(), NameKind::Parameter).label(parameter.label.zh.clone()))
    }

    /// Names of root things of a procedure.
    fn root_names(&self, procedure: &str) -> Vec<String> {
        let Some(names) = self.outline.procedures.get(procedure) else { return Vec::new() };
        let start = names.acts.iter().filter(|act| act.at == At::Start).flat_map(|act| &act.forms);
        let mut all: Vec<String> = start.flat_map(|form| self.fields_of_form(&form.text)).collect();
        all.extend(names.facts.iter().map(|fact| fact.name.text.clone()));
        all.extend(names.tables.values().flat_map(|table| table.outputs.iter().map(|(_, name)| name.text.clone())));
        all.extend(names.tables.keys().cloned());
        all.extend(names.acts.iter().map(|act| act.name.text.clone()));
        let forms = names.acts.iter().flat_map(|act| &act.forms).map(|form| form.text.clone());
        all.extend(forms.filter(|form| self.outline.forms.contains_key(form)));
        all.extend(names.documents.keys().cloned());
        all.extend(names.rules.keys().cloned());
        all.extend(names.about.iter().map(|(about, _)| about.name.clone()));
        all
    }

    fn fields_of_form(&self, form: &str) -> Vec<String> {
        self.outline.forms.get(form).map(|form| field_names(&form.fields)).unwrap_or_default()
    }

    /// An account by its path, with its fund.
    pub fn account(&self, path: &str) -> Option<(&'a FundNames<'a>, &'a Account)> {
        let (fund, account) = path.split_once('.')?;
        let fund = self.outline.fund(self.draft, fund)?;
        Some((fund, fund.account(account)?))
    }

    fn dimensions_of(&self, fund: &str) -> Vec<String> {
        let fund = self.outline.funds.get(fund);
        fund.map(|fund| fund.dimensions.iter().map(|own| own.name.clone()).collect()).unwrap_or_default()
    }

    /// A member of a sub-account: a dimension of its account, or what it comes to.
    fn sub_member(&self, path: &str, name: &str) -> Option<Named> {
        let (fund, account) = path.split_once('.')?;
        let fund = self.outline.funds.get(fund)?;
        if fund.account(account)?.per.iter().any(|own| own == name) {
            return dimension(fund, name);
        }
        let ty = match name {
            "balance" | "debits" | "credits" => Type::number("yuan"),
            "last-on" => Type::Date,
            _ => return None,
        };
        Some(Named::new(ty, NameKind::Element))
    }

    fn columns_of(&self, register: &str) -> Vec<String> {
        self.outline.registers.get(register).map(|register| field_names(&register.fields)).unwrap_or_default()
    }
}

impl Scope for View<'_> {
    fn same(&self, typed: Typed) -> Arc<Typed> {
        self.derived.same(typed)
    }

    fn lookup(&self, name: &str) -> Option<Named> {
        if let Some(field) = self.own_field(name) {
            return Some(field);
        }
        match (name, &self.procedure) {
            ("this", Some(procedure)) => return Some(Named::new(Type::Matter(procedure.clone()), NameKind::This)),
            ("actor", Some(_)) => return Some(Named::new(Type::Person, NameKind::Actor)),
            ("today", _) => return Some(Named::new(Type::Date, NameKind::Today)),
            _ => {}
        }
        let root = self.procedure.as_deref().and_then(|procedure| self.root(procedure, name));
        let state = || self.of_matter(self.procedure.as_deref()?, name).filter(|_| MATTER.contains(&name));
        root.or_else(|| level(name)).or_else(|| self.parameter(name)).or_else(state)
    }

    fn member(&self, of: &Type, name: &str) -> Option<Named> {
        let plain = |ty: Type| Some(Named::new(ty, NameKind::Element));
        match of {
            Type::Unknown => plain(Type::Unknown),
            Type::Row(register) => self.column(register, name),
            Type::Form(form) => self.form_field(form, name),
            Type::Matter(procedure) => self.of_procedure(procedure).of_matter(procedure, name),
            Type::Act { .. } => match name {
                "on" => plain(Type::Date),
                "at" => plain(Type::Moment),
                "by" => plain(Type::Person),
                "office" => plain(Type::Text { max: 200 }),
                _ => None,
            },
            Type::Document { .. } => match name {
                "on" | "last-day" => plain(Type::Date),
                "number" => plain(Type::Text { max: 200 }),
                "shown" | "over" | "voided" => plain(Type::Bool),
                _ => None,
            },
            Type::Place => match name {
                "name" | "short" | "code" => plain(Type::Text { max: 200 }),
                "ended-on" => plain(Type::Date),
                "successor" => plain(Type::Place),
                _ if is_asked(name) => None,
                // Attributes of places are the county's data, each yes or no; so is whether it has not ended.
                _ => plain(Type::Bool),
            },
            Type::Sub(account) => self.sub_member(account, name),
            Type::Person if name == "name" => plain(Type::PersonName),
            Type::Post => post_member(name).and_then(plain),
            Type::Tenure => tenure_member(name).and_then(plain),
            Type::Plot => match name {
                "area" => plain(Type::number("m²")),
                "corners" => plain(Type::whole()),
                "east-west" | "north-south" => plain(Type::number("m")),
                _ => None,
            },
            Type::Report => match name {
                "title" | "period" => plain(Type::Text { max: 200 }),
                "on" => plain(Type::Date),
                "rows" => plain(Type::whole()),
                _ => None,
            },
            _ => None,
        }
    }

    fn found(&self, name: Found<'_>, span: &Span) {
        if !self.derived.sink().is_noting() {
            return;
        }
        if let Found::Thing(path) = name
            && let Some((fund, _)) = path.split_once('.')
        {
            let start = Span::new(&span.file, span.start, span.start + fund.len());
            self.derived.sink().found(&start, SymbolKind::Fund, "", fund);
        }
        let symbol = match name {
            Found::Code(codes, code) => {
                let all = self.symbols_of_code(codes, code);
                return all.into_iter().for_each(|symbol| self.derived.sink().note(span, symbol, None));
            }
            Found::Name(name) => self.symbol_of_name(name),
            Found::Member(of, name) => self.symbol_of_member(of, name),
            Found::Thing(name) => self.symbol_of_thing(name),
            Found::Function(name) => Symbol::new(SymbolKind::Function, "", name),
        };
        let named = || match name {
            Found::Name(name) => self.lookup(name),
            Found::Member(of, name) => self.member(of, name),
            Found::Thing(_) | Found::Function(_) | Found::Code(..) => None,
        };
        let ty = if symbol.kind == SymbolKind::BuiltIn { named().map(|named| named.ty) } else { None };
        // Of a path, its last name.
        let start = span.end.saturating_sub(symbol.name.len()).max(span.start);
        self.derived.sink().note(&Span::new(&span.file, start, span.end), symbol, ty);
    }

    fn collection(&self, name: &str) -> Option<Collection> {
        if let Some(register) = self.outline.register(self.draft, name) {
            let key = register.block.node.get("key").map(crate::text::yaml::Node::items).unwrap_or_default();
            let mut indexed: Vec<Name> =
                key.iter().filter_map(|key| key.scalar()).map(|key| key.text.clone()).collect();
            indexed.extend(
                register.fields.iter().filter(|field| is_looked_up(field)).map(|field| field.name.text.clone()),
            );
            // What stands in regulations themselves is short.
            let read_whole = register.block.second.is_some() || register.block.node.get("lists").is_some();
            return Some(Collection { element: Type::Row(name.to_string()), indexed, read_whole });
        }
        if let Some((_, account)) = self.account(name) {
            return Some(Collection {
                element: Type::Sub(name.to_string()),
                indexed: account.per.clone(),
                read_whole: true,
            });
        }
        if name == TENURES {
            let indexed = ["post", "person"].map(String::from).to_vec();
            return Some(Collection { element: Type::Tenure, indexed, read_whole: true });
        }
        let procedure = self.outline.procedure(self.draft, name)?;
        let about = procedure.about.iter().map(|(about, _)| about.name.clone());
        let levels = LEVELS.iter().map(|level| level.to_string());
        let indexed = about.chain(["place".to_string()]).chain(levels).collect();
        Some(Collection { element: Type::Matter(name.to_string()), indexed, read_whole: false })
    }

    fn names(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for own in &self.own {
            match own {
                Own::Form(form) => all.extend(self.fields_of_form(form)),
                Own::Register(register) => all.extend(self.columns_of(register)),
                Own::Matter => all.extend(MATTER.map(String::from)),
                Own::Sub(account) => all.extend(self.members(&Type::Sub(account.clone()))),
                Own::Fund(fund) => all.extend(self.dimensions_of(fund)),
                Own::Line(line) => all.extend(line.names().iter().map(|name| (*name).to_owned())),
                Own::Element { name, .. } => all.push(name.clone()),
            }
        }
        if let Some(procedure) = &self.procedure {
            all.extend(self.root_names(procedure));
            all.extend(["this", "actor"].map(String::from));
        }
        all.extend(["today", "place"].map(String::from));
        all.extend(LEVELS.map(String::from));
        let visible = self.outline.parameters.iter().filter(|(_, (draft, _))| self.outline.sees(self.draft, *draft));
        all.extend(visible.map(|(name, _)| name.clone()));
        all
    }

    fn members(&self, of: &Type) -> Vec<String> {
        let fixed = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
        match of {
            Type::Row(register) => self.columns_of(register),
            Type::Form(form) => self.fields_of_form(form),
            Type::Matter(procedure) => {
                let mut all: Vec<String> = fixed(&MATTER);
                all.extend(self.root_names(procedure));
                all
            }
            Type::Act { .. } => fixed(&ACT),
            Type::Document { .. } => fixed(&DOCUMENT),
            Type::Place => fixed(&PLACE),
            Type::Plot => fixed(&PLOT),
            Type::Report => fixed(&crate::expr::figures::MEMBERS),
            Type::Person => fixed(&["name"]),
            Type::Post => fixed(&POST),
            Type::Tenure => fixed(&TENURE),
            Type::Sub(account) => {
                let per = self.account(account).map(|(_, account)| account.per.clone()).unwrap_or_default();
                fixed(&SUB).into_iter().chain(per).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A dimension of a fund.
fn dimension(fund: &FundNames<'_>, name: &str) -> Option<Named> {
    let own = fund.dimension(name)?;
    Some(Named::new(own.ty.clone(), NameKind::Element).label(own.label.zh.clone()).personal(own.personal))
}

/// The collection of all tenures.
const TENURES: &str = "tenures";

const POST: [&str; 7] = ["title", "name", "code", "desk", "place", "holder", "vacant"];
const TENURE: [&str; 8] = ["post", "person", "from", "to", "until", "kind", "behalf", "matter"];

/// A member of a post; its holder and whether it is vacant are those of the day.
fn post_member(name: &str) -> Option<Type> {
    Some(match name {
        "title" | "name" | "code" | "desk" => Type::Text { max: 200 },
        "place" => Type::Place,
        "holder" => Type::Person,
        "vacant" => Type::Bool,
        _ => return None,
    })
}

/// A member of a tenure; `until` is when one by the hour ends, `behalf` is the person on whose behalf it is held, `matter` is the number of the matter that brought it about.
fn tenure_member(name: &str) -> Option<Type> {
    Some(match name {
        "post" => Type::Post,
        "person" | "behalf" => Type::Person,
        "from" | "to" => Type::Date,
        "until" => Type::Moment,
        "kind" | "matter" => Type::Text { max: 200 },
        _ => return None,
    })
}

fn level(name: &str) -> Option<Named> {
    let is_level = name == "place" || LEVELS.contains(&name);
    is_level.then(|| Named::new(Type::Place, NameKind::Level))
}

/// Steps and ends of a procedure: what `.step` and `.ended` may be.
pub(crate) fn stations(names: &ProcedureNames<'_>) -> Vec<(Name, Label)> {
    let step = |block: &&crate::blocks::Block| {
        let label = block.node.get("label").and_then(text).unwrap_or_else(|| block.name.text.clone());
        (block.name.text.clone(), crate::blocks::keys::plain_label(&label))
    };
    let ends = names.ends.iter().map(|(name, label)| (name.text.clone(), label.clone()));
    names.steps.iter().map(step).chain(ends).collect()
}

fn find<'f>(fields: &'f [RawField], name: &str) -> Option<&'f RawField> {
    fields.iter().find(|field| field.name.text == name)
}

fn field_names(fields: &[RawField]) -> Vec<String> {
    fields.iter().map(|field| field.name.text.clone()).collect()
}

/// Whether rows are found at once by this column: references, and texts that every row has.
fn is_looked_up(field: &RawField) -> bool {
    match &field.ty {
        crate::blocks::type_cell::RawType::Plain(ty) if ty.is_reference() => !matches!(field.need, RawNeed::If(_)),
        crate::blocks::type_cell::RawType::Plain(ty) => ty.is_text() && matches!(field.need, RawNeed::Must),
        crate::blocks::type_cell::RawType::Derived(_) => false,
    }
}

fn title(node: &crate::text::yaml::Node) -> Option<String> {
    node.get("title").and_then(text)
}

/// A label's Chinese text.
fn text(node: &crate::text::yaml::Node) -> Option<String> {
    node.scalar().or_else(|| node.get("zh")?.scalar()).map(|words| words.text.clone())
}

fn labelled(ty: Type, kind: NameKind, label: Option<String>) -> Named {
    let named = Named::new(ty, kind);
    match label {
        Some(label) => named.label(label),
        None => named,
    }
}
