//! Names, dotted paths, members, and bare words that are codes.

use super::Checker;
use super::calls::FUNCTIONS;
use crate::expr::ast::{Ast, AstKind};
use crate::expr::codes;
use crate::expr::scope::{Found, NameKind, Named};
use crate::expr::typed::{Kind, Node};
use crate::expr::types::Type;
use crate::expr::value::Value;
use crate::finding::{Offer, OfferKind, Said};
use crate::model::{Label, Name};
use crate::near::nearest;
use crate::notes::is_asked;
use crate::span::Span;

impl Checker<'_> {
    /// A name, code or dotted path.
    pub(super) fn name_or_member(&mut self, ast: &Ast, hint: Option<&Type>) -> Node {
        if let Some((word, code)) = ast.as_name().and_then(|word| Some((word, code_of(ast, word, hint)?))) {
            self.scope.found(Found::Code(code.ty.codes().unwrap_or_default(), word), &ast.span);
            return code;
        }
        match (ast.path(), &ast.kind) {
            (Some(path), _) => self.path(ast, &path, hint),
            (None, AstKind::Member(of, name)) => {
                let of = self.node(of, None);
                self.member(ast, of, name)
            }
            (None, _) => Self::mistake(ast),
        }
    }

    /// Resolves the longest beginning of a path that is a name, then its members.
    fn path(&mut self, ast: &Ast, path: &[(&str, &Ast)], hint: Option<&Type>) -> Node {
        let Some((mut node, used)) = self.beginning(path) else {
            return self.unknown_name(ast, path[0].0, path[0].1, hint);
        };
        for (name, here) in &path[used..] {
            node = self.member(here, node, name);
        }
        node
    }

    /// The node of the beginning of a path, and how many segments it took.
    fn beginning(&mut self, path: &[(&str, &Ast)]) -> Option<(Node, usize)> {
        let (first, here) = path[0];
        if let Some(node) = self.element_name(first, here) {
            return Some((node, 1));
        }
        if first == "this"
            && path.len() > 1
            && let Some(named) = self.scope.lookup(path[1].0).filter(is_root)
        {
            self.scope.found(Found::Name("this"), &here.span);
            return Some((self.root(path[1].0, path[1].1, named), 2));
        }
        for used in (2..=path.len()).rev() {
            let dotted = path[..used].iter().map(|(name, _)| *name).collect::<Vec<_>>().join(".");
            let named = self.scope.lookup(&dotted).filter(|named| named.kind == NameKind::Parameter);
            if let Some(named) = named {
                return Some((self.root(&dotted, path[used - 1].1, named), used));
            }
        }
        if let Some(named) = self.scope.lookup(first) {
            return Some((self.root(first, here, named), 1));
        }
        if first == "today" {
            return Some((self.today(here), 1));
        }
        if let Some((second, account)) = path.get(1)
            && let Some(node) = self.whole_collection(&format!("{first}.{second}"), account)
        {
            return Some((node, 2));
        }
        self.whole_collection(first, here).map(|node| (node, 1))
    }

    /// `it`, or a member of an element of an enclosing query, innermost first.
    fn element_name(&mut self, name: &str, here: &Ast) -> Option<Node> {
        if name == "it" {
            let element = self.frames.last()?.clone();
            self.scope.found(Found::Name(name), &here.span);
            return Some(Node::new(Kind::It { up: 0 }, element, name.to_owned()));
        }
        let (up, of, named) = self
            .frames
            .iter()
            .rev()
            .enumerate()
            .find_map(|(up, of)| self.member_of(of, name).map(|named| (up, of.clone(), named)))?;
        self.reads.member(&of, name);
        self.scope.found(Found::Member(&of, name), &here.span);
        Some(named_node(Kind::ElementField { up, of: Box::new(of), name: name.to_owned() }, named, here))
    }

    fn today(&mut self, here: &Ast) -> Node {
        self.reads.name("today", NameKind::Today);
        self.scope.found(Found::Name("today"), &here.span);
        Node { label: Some("今日".into()), ..Node::new(Kind::Today, Type::Date, here.to_string()) }
    }

    fn root(&mut self, name: &str, here: &Ast, named: Named) -> Node {
        self.reads.name(name, named.kind);
        let kind = match named.kind {
            NameKind::Parameter => Kind::Parameter(name.to_owned()),
            NameKind::Today => return self.today(here),
            _ => Kind::Root(name.to_owned()),
        };
        self.scope.found(Found::Name(name), &end_of(here, name));
        named_node(kind, named, here)
    }

    pub(super) fn member(&mut self, ast: &Ast, of: Node, name: &str) -> Node {
        if of.ty == Type::Unknown {
            return Self::mistake(ast);
        }
        if let Some(named) = self.member_of(&of.ty, name) {
            self.reads.member(&of.ty, name);
            self.scope.found(Found::Member(&of.ty, name), &end_of(ast, name));
            return named_node(Kind::Member { of: Box::new(of), name: name.to_owned() }, named, ast);
        }
        if let Some(element) = of.ty.element()
            && let Some(named) = self.member_of(&element, name)
        {
            self.reads.member(&element, name);
            self.scope.found(Found::Member(&element, name), &end_of(ast, name));
            let list = Named { ty: Type::List(Box::new(named.ty.clone())), ..named };
            return named_node(Kind::Project { of: Box::new(of), name: name.to_owned() }, list, ast);
        }
        let candidates = self.members_of(&of.ty);
        self.find(
            codes::UNKNOWN_MEMBER,
            &ast.span,
            format!("`{}` 是{}，没有 `{name}`", of.text, of.ty.zh()),
            format!("`{}` is {} and has no `{name}`", of.text, of.ty.en()),
        )
        .hint = did_you_mean(name, &candidates);
        if is_asked(name) {
            let of = if candidates.is_empty() { of.ty.element().unwrap_or_default() } else { of.ty.clone() };
            self.offer(self.offered_members(&of));
        }
        Self::mistake(ast)
    }

    fn unknown_name(&mut self, ast: &Ast, name: &str, here: &Ast, hint: Option<&Type>) -> Node {
        if let Some(Type::OneOf(known)) = hint {
            let known: Vec<String> = known.iter().map(|(code, _)| code.clone()).collect();
            self.find(
                codes::UNKNOWN_CODE,
                &here.span,
                format!("`{name}` 不是这里的代码，也不是名称"),
                format!("`{name}` is neither a code here nor a name"),
            )
            .hint = did_you_mean(name, &known).or_else(|| one_of(&known));
            self.offer_names(name, hint.and_then(Type::codes));
            return Self::mistake(ast);
        }
        let mut candidates = self.scope.names();
        for frame in &self.frames {
            candidates.extend(self.members_of(frame));
        }
        self.find(
            codes::UNKNOWN_NAME,
            &here.span,
            format!("没有 `{name}` 这个名称"),
            format!("there is nothing named `{name}`"),
        )
        .hint = did_you_mean(name, &candidates);
        self.offer_names(name, hint.and_then(Type::codes));
        Self::mistake(ast)
    }

    /// What could stand in place of a name that an editor asks for: codes of the type wanted, members of the elements around, names, functions.
    fn offer_names(&mut self, name: &str, codes: Option<&[(Name, Label)]>) {
        if !is_asked(name) {
            return;
        }
        let code = |(code, label): &(Name, Label)| Offer {
            label: Some(label.zh.clone()),
            ..Offer::new(OfferKind::Code, code.as_str())
        };
        let mut offers: Vec<Offer> = codes.unwrap_or_default().iter().map(code).collect();
        for frame in self.frames.iter().rev() {
            offers.extend(self.offered_members(frame));
        }
        let named = |name: String| offered(OfferKind::Name, self.scope.lookup(&name), name);
        offers.extend(self.scope.names().into_iter().map(named));
        offers.extend(FUNCTIONS.map(|function| Offer::new(OfferKind::Function, function)));
        self.offer(offers);
    }

    fn offered_members(&self, of: &Type) -> Vec<Offer> {
        let member = |name: String| offered(OfferKind::Member, self.member_of(of, &name), name);
        self.members_of(of).into_iter().map(member).collect()
    }

    fn offer(&mut self, offers: Vec<Offer>) {
        if let Some(finding) = self.findings.last_mut() {
            finding.offers = offers;
        }
    }

    /// The type of a bare name, without findings.
    pub(super) fn peek(&self, ast: &Ast) -> Option<Type> {
        let name = ast.as_name()?;
        if name == "today" {
            return Some(Type::Date);
        }
        if name == "it" {
            return self.frames.last().cloned();
        }
        let element = self.frames.iter().rev().find_map(|of| self.member_of(of, name));
        element.or_else(|| self.scope.lookup(name)).map(|named| named.ty)
    }

    /// A bare word that is not a name here: perhaps a code.
    pub(super) fn is_unknown_word(&self, ast: &Ast) -> bool {
        ast.as_name().is_some() && self.peek(ast).is_none()
    }
}

/// Where the last name of a path stands, which may be the dotted one of a parameter.
pub(super) fn end_of(ast: &Ast, name: &str) -> Span {
    let end = ast.span.end;
    Span::new(&ast.span.file, end.saturating_sub(name.len()).max(ast.span.start), end)
}

fn offered(kind: OfferKind, named: Option<Named>, name: String) -> Offer {
    let offer = Offer::new(kind, name);
    match named {
        Some(named) => Offer { ty: Some(named.ty), label: named.label, ..offer },
        None => offer,
    }
}

/// Whether a name belongs to the asking matter itself.
fn is_root(named: &Named) -> bool {
    !matches!(named.kind, NameKind::Parameter | NameKind::This | NameKind::Today)
}

fn named_node(kind: Kind, named: Named, ast: &Ast) -> Node {
    let node = Node::new(kind, named.ty, ast.to_string());
    Node { label: named.label.map(String::into_boxed_str), personal: named.personal.into_iter().collect(), ..node }
}

/// The literal of a word that is a code of the enumeration hinted at.
fn code_of(ast: &Ast, word: &str, hint: Option<&Type>) -> Option<Node> {
    let Some(Type::OneOf(known)) = hint else {
        return None;
    };
    let known = known.iter().any(|(code, _)| code == word).then(|| known.clone())?;
    Some(Node::new(Kind::Literal(Box::new(Value::Code(word.to_owned()))), Type::OneOf(known), ast.to_string()))
}

pub(super) fn did_you_mean(name: &str, candidates: &[String]) -> Option<Said> {
    let near = nearest(name, candidates.iter().map(String::as_str))?;
    Some(Said::new(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")))
}

fn one_of(codes: &[String]) -> Option<Said> {
    let listed = codes.iter().map(|code| format!("`{code}`")).collect::<Vec<_>>().join(", ");
    Some(Said::new(format!("代码有 {listed}"), format!("the codes are {listed}")))
}
