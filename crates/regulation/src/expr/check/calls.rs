//! Calls of functions.

use super::names::did_you_mean;
use super::{Checker, joined};
use crate::expr::ast::Ast;
use crate::expr::codes;
use crate::expr::personal;
use crate::expr::scope::{Found, NameKind};
use crate::expr::typed::{Function, Kind, Node};
use crate::expr::types::Type;
use crate::expr::value::{Unit, Value};
use crate::model::Label;
use crate::span::Span;
use rust_decimal::prelude::ToPrimitive;
use std::collections::BTreeSet;

/// Every function, for "did you mean".
pub(crate) const FUNCTIONS: [&str; 49] = [
    "age",
    "alike",
    "as-of",
    "balance-on",
    "birth",
    "ceil",
    "changed",
    "code-on",
    "concat",
    "concerns",
    "contains",
    "count",
    "date",
    "day-sum",
    "days-between",
    "distinct",
    "document-number",
    "each",
    "ends-with",
    "figures",
    "first",
    "floor",
    "hindrances",
    "hits",
    "holder",
    "holdings",
    "holds",
    "lunar",
    "masked",
    "max",
    "min",
    "moment",
    "month-end",
    "name-on",
    "none",
    "only",
    "overlap",
    "personal-in",
    "quarter",
    "ranked",
    "round",
    "rows",
    "sees",
    "sex",
    "some",
    "split",
    "starts-with",
    "sum",
    "year",
];

impl Checker<'_> {
    pub(super) fn call(&mut self, ast: &Ast, name: &str, arguments: &[Ast]) -> Node {
        let written = Span::new(&ast.span.file, ast.span.start, ast.span.start + name.len());
        self.scope.found(Found::Function(name), &written);
        match name {
            "count" | "some" | "none" | "each" | "distinct" | "sum" | "first" | "only" => {
                self.aggregate(ast, name, arguments)
            }
            "min" | "max" => self.extreme(ast, name, arguments),
            "round" => self.round(ast, arguments),
            "floor" => self.whole(ast, Function::Floor, arguments),
            "ceil" => self.whole(ast, Function::Ceil, arguments),
            "age" => self.fixed(ast, Function::Age, arguments, &[Type::IdNumber, Type::Date], Type::whole()),
            "birth" => self.fixed(ast, Function::Birth, arguments, &[Type::IdNumber], Type::Date),
            "sex" => self.fixed(ast, Function::Sex, arguments, &[Type::IdNumber], sexes()),
            "year" => self.fixed(ast, Function::Year, arguments, &[Type::Date], Type::whole()),
            "quarter" => self.fixed(ast, Function::Quarter, arguments, &[Type::Date], Type::whole()),
            "concat" => self.concat(ast, arguments),
            "moment" => self.fixed(ast, Function::Moment, arguments, &[Type::Date, any_text()], Type::Moment),
            "lunar" => self.fixed(ast, Function::Lunar, arguments, &[Type::Date], any_text()),
            "month-end" => self.fixed(ast, Function::MonthEnd, arguments, &[Type::Date], Type::Date),
            "date" => {
                self.fixed(ast, Function::Date, arguments, &[Type::whole(), Type::whole(), Type::whole()], Type::Date)
            }
            "days-between" => {
                self.fixed(ast, Function::DaysBetween, arguments, &[Type::Date, Type::Date], Type::whole())
            }
            "contains" => self.fixed(ast, Function::Contains, arguments, &[any_text(), any_text()], Type::Bool),
            "alike" => {
                let percent = Type::Number { unit: Unit::symbol("percent"), whole: true };
                self.fixed(ast, Function::Alike, arguments, &[any_text(), any_text()], percent)
            }
            "starts-with" => self.fixed(ast, Function::StartsWith, arguments, &[any_text(), any_text()], Type::Bool),
            "ends-with" => self.fixed(ast, Function::EndsWith, arguments, &[any_text(), any_text()], Type::Bool),
            "personal-in" => Node {
                personal: BTreeSet::new(),
                ..self.fixed(ast, Function::PersonalIn, arguments, &[any_text()], personal::kinds())
            },
            "masked" => self.fixed(ast, Function::Masked, arguments, &[any_text()], any_text()),
            "figures" => self.figures(ast, arguments),
            "document-number" => self.fixed(ast, Function::DocumentNumber, arguments, &[any_text()], any_text()),
            "overlap" => self.fixed(ast, Function::Overlap, arguments, &[Type::Plot, Type::Plot], Type::number("m²")),
            "holder" => self.fixed(ast, Function::Holder, arguments, &[Type::Post, Type::Date], Type::Person),
            "holds" => self.fixed(ast, Function::Holds, arguments, &[Type::Person, Type::Post, Type::Date], Type::Bool),
            "holdings" => self.of_owner(ast, Function::Holdings, arguments, any_text()),
            "hindrances" => self.of_owner(ast, Function::Hindrances, arguments, any_text()),
            "concerns" => self.of_owner(ast, Function::Concerns, arguments, Type::Bool),
            "sees" => self.of_owner(ast, Function::Sees, arguments, Type::Bool),
            "balance-on" => self.of_days(ast, Function::BalanceOn, arguments),
            "day-sum" => self.of_days(ast, Function::DaySum, arguments),
            "code-on" => self.place_on(ast, Function::CodeOn, arguments),
            "name-on" => self.place_on(ast, Function::NameOn, arguments),
            "as-of" => self.as_of(ast, arguments),
            "changed" => self.changed(ast, arguments),
            "hits" => self.hits(ast, arguments),
            "rows" => self.rows(ast, arguments),
            "ranked" => self.ranked(ast, arguments),
            "split" => self.split(ast, arguments),
            _ => {
                self.find(
                    codes::UNKNOWN_FUNCTION,
                    &ast.span,
                    format!("没有 `{name}` 这个函数"),
                    format!("there is no function `{name}`"),
                )
                .hint = did_you_mean(name, &FUNCTIONS.map(String::from));
                Self::mistake(ast)
            }
        }
    }

    /// An owner of personal data: a row, a matter, or a text that names one; and, for `concerns` and `sees`, a person. What these say is not personal.
    fn of_owner(&mut self, ast: &Ast, function: Function, arguments: &[Ast], result: Type) -> Node {
        let nodes: Vec<Node> = arguments.iter().map(|argument| self.node(argument, None)).collect();
        let is_owner =
            |node: &Node| node.ty.is_text() || matches!(node.ty, Type::Row(_) | Type::Matter(_) | Type::Unknown);
        let fits = match (function, nodes.as_slice()) {
            (Function::Concerns | Function::Sees, [owner, person]) => {
                is_owner(owner) && matches!(person.ty, Type::Person | Type::Unknown)
            }
            (Function::Concerns | Function::Sees, _) => false,
            (_, [owner]) => is_owner(owner),
            _ => false,
        };
        if !fits {
            let (zh, en) = match function {
                Function::Concerns | Function::Sees => ("信息主体和一个人", "an owner of personal data and a person"),
                _ => (
                    "信息主体：登记簿的一行、一件事项，或者写明它的文字",
                    "a row, a matter, or a text that names an owner",
                ),
            };
            return self.wrong_arguments(ast, zh, en);
        }
        Node { personal: BTreeSet::new(), ..call_node(ast, function, nodes, result) }
    }

    /// A place or its code, a level, and a day.
    fn place_on(&mut self, ast: &Ast, function: Function, arguments: &[Ast]) -> Node {
        let nodes: Vec<Node> = arguments.iter().map(|argument| self.node(argument, None)).collect();
        let wanted = |nodes: &[Node]| match nodes {
            [place, level, day] => {
                let unknown = |node: &Node| node.ty == Type::Unknown;
                (place.ty == Type::Place || place.ty.is_text() || unknown(place))
                    && (level.ty.is_text() || unknown(level))
                    && (day.ty == Type::Date || unknown(day))
            }
            _ => false,
        };
        if !wanted(&nodes) {
            return self.wrong_arguments(
                ast,
                "一个地方（或它的代码）、一个层级（如 \"township\"，\"place\" 为它本身）和一个日期",
                "a place or its code, a level such as \"township\" (\"place\": itself), and a date",
            );
        }
        call_node(ast, function, nodes, any_text())
    }

    /// A report, or a list of them.
    fn figures(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let (zh, en) = ("一张报表，或者报表的列表", "a report, or a list of reports");
        let [report] = arguments else { return self.wrong_arguments(ast, zh, en) };
        let node = self.node(report, None);
        let of = node.ty.element().unwrap_or_else(|| node.ty.clone());
        if !matches!(of, Type::Report | Type::Unknown) {
            return self.wrong_arguments(ast, zh, en);
        }
        call_node(ast, Function::Figures, vec![node], any_text())
    }

    /// Texts, codes, numbers and dates as one text.
    fn concat(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let nodes: Vec<Node> = arguments.iter().map(|argument| self.node(argument, None)).collect();
        let shown = |ty: &Type| {
            ty.is_text() || ty.is_time() || matches!(ty, Type::Number { .. } | Type::OneOf(_) | Type::Unknown)
        };
        if nodes.len() < 2 || !nodes.iter().all(|node| shown(&node.ty)) {
            return self.wrong_arguments(
                ast,
                "两个以上的文字、代码、数或日期",
                "two or more texts, codes, numbers or dates",
            );
        }
        call_node(ast, Function::Concat, nodes, any_text())
    }

    pub(super) fn wrong_arguments(&mut self, ast: &Ast, zh: &str, en: &str) -> Node {
        self.find(codes::ARGUMENTS, &ast.span, format!("参数应为{zh}"), format!("the arguments are {en}"));
        Self::mistake(ast)
    }

    /// A function whose arguments have fixed types.
    fn fixed(&mut self, ast: &Ast, function: Function, arguments: &[Ast], wanted: &[Type], result: Type) -> Node {
        if arguments.len() != wanted.len() {
            let zh = wanted.iter().map(Type::zh).collect::<Vec<_>>().join("、");
            let en = wanted.iter().map(Type::en).collect::<Vec<_>>().join(" and ");
            return self.wrong_arguments(ast, &zh, &en);
        }
        let mut nodes = Vec::new();
        for (argument, ty) in arguments.iter().zip(wanted) {
            let node = self.node(argument, Some(ty));
            self.expect(&node, ty, &argument.span);
            nodes.push(node);
        }
        call_node(ast, function, nodes, result)
    }

    fn aggregate(&mut self, ast: &Ast, name: &str, arguments: &[Ast]) -> Node {
        let [argument] = arguments else {
            return self.wrong_arguments(ast, "一个列表或查询", "one list or query");
        };
        let list = self.list_argument(argument);
        let Some(element) = list.ty.element() else {
            return Self::mistake(ast);
        };
        let (function, ty) = match name {
            "count" => (Function::Count, Type::whole()),
            "some" => (Function::Some, Type::Bool),
            "none" => (Function::None, Type::Bool),
            "each" => (Function::Each, Type::Bool),
            "distinct" => (Function::Distinct, Type::Bool),
            "sum" => (Function::Sum, element.clone()),
            "first" => (Function::First, element.clone()),
            _ => (Function::Only, element.clone()),
        };
        let summable = matches!(element, Type::Number { .. } | Type::Unknown);
        if function == Function::Sum && !summable {
            return self.wrong_arguments(ast, "数的列表", "a list of numbers");
        }
        let tests = matches!(&list.kind, Kind::Query(query) if query.condition.is_some()) || element.is_condition();
        if function == Function::Each && !tests {
            return self.wrong_arguments(ast, "带 `where` 的查询", "a query with `where`");
        }
        let list = if function == Function::Each { self.unnarrowed(list, argument) } else { list };
        if matches!(function, Function::Sum | Function::First | Function::Only) {
            return call_node(ast, function, vec![list], ty);
        }
        Node::new(Kind::Call(function, vec![list]), ty, ast.to_string())
    }

    /// `min` and `max` of a list, or of two and more values.
    fn extreme(&mut self, ast: &Ast, name: &str, arguments: &[Ast]) -> Node {
        let function = if name == "min" { Function::Min } else { Function::Max };
        let (nodes, ty) = match arguments {
            [] => {
                return self.wrong_arguments(ast, "一个列表或几个值", "a list, or several values");
            }
            [list] => {
                let list = self.list_argument(list);
                let element = list.ty.element().unwrap_or(Type::Unknown);
                (vec![list], element)
            }
            several => self.several(several),
        };
        let ordered = matches!(ty, Type::Number { .. } | Type::Date | Type::Moment | Type::Unknown);
        if !ordered {
            return self.wrong_arguments(ast, "数或日期", "numbers or dates");
        }
        call_node(ast, function, nodes, ty)
    }

    fn several(&mut self, arguments: &[Ast]) -> (Vec<Node>, Type) {
        let mut nodes: Vec<Node> = Vec::new();
        let mut ty = Type::Unknown;
        for argument in arguments {
            let node = self.node(argument, None);
            ty = match joined(&ty, &node.ty) {
                Some(ty) => ty,
                None => self.join(ty, &node, &argument.span),
            };
            nodes.push(node);
        }
        (nodes, ty)
    }

    fn round(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let [number, places] = arguments else {
            return self.wrong_arguments(ast, "一个数和小数位数", "a number and the decimal places");
        };
        let number = self.node(number, None);
        let places = self.node(places, None);
        let places = match places.as_literal() {
            Some(Value::Number(places, unit)) if unit.is_none() => places.to_u32().filter(|places| *places <= 10),
            _ => None,
        };
        let (Type::Number { unit, .. }, Some(places)) = (number.ty.clone(), places) else {
            if number.ty == Type::Unknown {
                return Self::mistake(ast);
            }
            return self.wrong_arguments(
                ast,
                "一个数和小数位数（0 至 10）",
                "a number and the decimal places (0 to 10)",
            );
        };
        call_node(ast, Function::Round(places), vec![number], Type::Number { unit, whole: places == 0 })
    }

    fn whole(&mut self, ast: &Ast, function: Function, arguments: &[Ast]) -> Node {
        let [number] = arguments else {
            return self.wrong_arguments(ast, "一个数", "a number");
        };
        let node = self.node(number, None);
        match node.ty.clone() {
            Type::Number { unit, .. } => call_node(ast, function, vec![node], Type::Number { unit, whole: true }),
            Type::Unknown => Self::mistake(ast),
            _ => self.wrong_arguments(ast, "一个数", "a number"),
        }
    }

    /// `balance-on(SUB-ACCOUNTS, DATE)` and `day-sum(SUB-ACCOUNTS, FROM, TO)`, of one sub-account or several.
    fn of_days(&mut self, ast: &Ast, function: Function, arguments: &[Ast]) -> Node {
        let (dates, result, zh, en) = match function {
            Function::BalanceOn => (1, Type::number("yuan"), "科目的明细账和一个日期", "sub-accounts and a date"),
            _ => (2, Type::whole(), "科目的明细账和起止日期", "sub-accounts and two dates"),
        };
        let Some((subject, days)) = arguments.split_first().filter(|(_, days)| days.len() == dates) else {
            return self.wrong_arguments(ast, zh, en);
        };
        let subject = self.node(subject, None);
        let of = subject.ty.element().unwrap_or_else(|| subject.ty.clone());
        if !matches!(of, Type::Sub(_) | Type::Unknown) {
            return self.wrong_arguments(ast, zh, en);
        }
        let mut nodes = vec![subject];
        for day in days {
            let node = self.node(day, Some(&Type::Date));
            self.expect(&node, &Type::Date, &day.span);
            nodes.push(node);
        }
        Node::new(Kind::Call(function, nodes), result, ast.to_string())
    }

    fn as_of(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let [parameter, date] = arguments else {
            return self.wrong_arguments(ast, "一个参数名和一个日期", "a parameter and a date");
        };
        let name = parameter.to_string();
        let named = self.scope.lookup(&name).filter(|named| named.kind == NameKind::Parameter);
        let Some(named) = named else {
            return self.wrong_arguments(ast, "一个参数名和一个日期", "a parameter and a date");
        };
        self.reads.name(&name, NameKind::Parameter);
        self.scope.found(Found::Name(&name), &parameter.span);
        let date_node = self.node(date, Some(&Type::Date));
        self.expect(&date_node, &Type::Date, &date.span);
        let node = Node::new(Kind::AsOf { parameter: name, date: Box::new(date_node) }, named.ty, ast.to_string());
        Node { label: named.label.map(String::into_boxed_str), ..node }
    }

    fn changed(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let fields: Vec<String> = arguments.iter().map(Ast::to_string).collect();
        let unknown = fields.iter().any(|name| {
            !self.scope.lookup(name).is_some_and(|named| matches!(named.kind, NameKind::Field | NameKind::Fact))
        });
        if fields.is_empty() || unknown {
            return self.wrong_arguments(ast, "本事项的字段名", "names of fields of the matter");
        }
        for (name, argument) in fields.iter().zip(arguments) {
            self.reads.name(name, NameKind::Field);
            self.scope.found(Found::Name(name), &argument.span);
        }
        Node::new(Kind::Changed(fields), Type::Bool, ast.to_string())
    }

    fn hits(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let rule = match arguments {
            [rule] => rule.as_name().zip(Some(&rule.span)),
            _ => None,
        };
        let rule = rule.filter(|(name, _)| self.scope.lookup(name).is_some_and(|named| named.kind == NameKind::Rule));
        let Some((rule, span)) = rule else {
            return self.wrong_arguments(ast, "一条规则的名称", "the name of a rule");
        };
        self.scope.found(Found::Name(rule), span);
        self.reads.hits_of(rule);
        Node::new(Kind::Hits(rule.to_owned()), Type::Hits, ast.to_string())
    }

    /// `rows(FORM, QUERY)`: rows of the form, each field the member of that name of an element of the query.
    fn rows(&mut self, ast: &Ast, arguments: &[Ast]) -> Node {
        let form = arguments.first().and_then(Ast::as_name).map(|name| Type::Form(name.to_owned()));
        let columns = form.as_ref().map(|form| self.scope.members(form)).unwrap_or_default();
        let (Some(Type::Form(name)), [_, list], false) = (&form, arguments, columns.is_empty()) else {
            return self.wrong_arguments(
                ast,
                "一个表单名和一个列表或查询",
                "the name of a form, and one list or query",
            );
        };
        let list = self.list_argument(list);
        self.scope.found(Found::Thing(name), &arguments[0].span);
        let mut row = Node::new(Kind::Mistake, Type::Records(name.clone()), ast.to_string()).showing([&list]);
        for column in &columns {
            let cell = self.member(ast, list.clone(), column);
            let wanted = self.scope.member(&Type::Form(name.clone()), column).map(|named| named.ty);
            let found = cell.ty.element().unwrap_or(Type::Unknown);
            self.expect(&Node { ty: found, ..cell.clone() }, &wanted.unwrap_or(Type::Unknown), &ast.span);
            row.personal.extend(cell.personal);
        }
        Node { kind: Kind::Rows { of: Box::new(list), columns }, ..row }
    }
}

fn call_node(ast: &Ast, function: Function, nodes: Vec<Node>, ty: Type) -> Node {
    let shell = Node::new(Kind::Mistake, ty, ast.to_string()).showing(&nodes);
    Node { kind: Kind::Call(function, nodes), ..shell }
}

/// A text of any length.
fn any_text() -> Type {
    Type::Text { max: u32::MAX }
}

/// The codes that `sex(id)` gives.
fn sexes() -> Type {
    let label = |zh: &str, en: &str| Label { zh: zh.into(), en: Some(en.into()) };
    Type::OneOf([("m".into(), label("男", "male")), ("f".into(), label("女", "female"))].into())
}
