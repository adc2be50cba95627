//! Postings of an act (过账): which entries, with what amounts, over which lists.

use super::act::ActReader;
use super::effect::EffectReader;
use super::fund::FundNames;
use super::keys::{self, Keys};
use crate::expr::{Expr, Type};
use crate::findings::{funds, names, reading};
use crate::model::Name;
use crate::model::fund::{Post, PostEntry, Split};
use crate::notes::SymbolKind;
use crate::scope::View;
use crate::source::Words;
use crate::text::yaml::{Node, Yaml};

const KEYS: [&str; 6] = ["each", "split", "when", "amount", "on", "with"];

impl ActReader<'_> {
    /// The entries of `post`: `FUND.ENTRY: { … }` and `reverse: [act]`.
    pub fn posts(&self, node: Option<&Node>) -> Vec<Post> {
        let items = node.map(Node::items).unwrap_or_default();
        for item in items.iter().filter(|item| !matches!(item.yaml, Yaml::Map(_))) {
            self.compiler.sink.add(reading::wrong_shape(&item.span, "“资金.分录: { … }”", "`FUND.ENTRY: { … }`"));
        }
        items.iter().flat_map(Node::entries).filter_map(|(name, node)| self.post(name, node)).collect()
    }

    fn post(&self, name: &Words, node: &Node) -> Option<Post> {
        if name.text == "reverse" {
            let acts = node.items().iter().filter_map(|item| keys::words(item, self.compiler.sink));
            return Some(Post::Reverse(acts.filter_map(|act| self.own_act(&act.trimmed())).collect()));
        }
        let Some((fund, entry)) = name.split_once(".") else {
            self.compiler.sink.add(reading::wrong_shape(&name.span, "“资金.分录”", "`FUND.ENTRY`"));
            return None;
        };
        let outline = self.compiler.outline;
        let Some(fund_names) = outline.fund(self.view.draft, &fund.text) else {
            let known = outline.funds.keys().map(String::as_str);
            self.compiler.sink.add(names::unknown_fund(&fund.span, &fund.text, known));
            return None;
        };
        let Some(model) = fund_names.entries.iter().find(|known| known.name == entry.text) else {
            let known = fund_names.entries.iter().map(|entry| entry.name.as_str());
            self.compiler.sink.add(names::unknown_entry(&entry.span, &entry.text, known));
            return None;
        };
        self.compiler.sink.found(&fund.span, SymbolKind::Fund, "", &fund.text);
        self.compiler.sink.found(&entry.span, SymbolKind::Entry, &fund.text, &entry.text);
        let slots = fund_names.slots(model);
        let keys = Keys::open(node, &KEYS, self.compiler.sink);
        let split =
            keys.get("split").map(|node| Keys::open(node, &["amount", "among", "by", "tie"], self.compiler.sink));
        let effects = EffectReader { view: self.view, compiler: self.compiler };
        let element = match &split {
            Some(split) => {
                if split.get("among").is_none() {
                    self.compiler.sink.add(reading::missing_key(&name.span, "among"));
                }
                Some(effects.element(split, "among", &[])?)
            }
            None => effects.each(&keys, &[]),
        };
        let view = effects.inside(element.as_ref());
        if let (Some(_), Some(each)) = (&split, keys.get("each")) {
            self.compiler.sink.add(reading::wrong_shape(
                &each.span,
                "只写 `each` 或 `split` 之一",
                "only one of `each` and `split`",
            ));
        }
        let typed = |view: &View<'_>, words: &Words, ty: &Type| self.compiler.typed(view, words, ty);
        let yuan = Type::number("yuan");
        let outer = if split.is_some() { self.view } else { &view };
        let amount = typed(outer, split.as_ref().unwrap_or(&keys).required("amount", &name.span)?, &yuan);
        let split = match &split {
            Some(split) => Some(self.split(split, &view, name)?),
            None => None,
        };
        let post = PostEntry {
            when: keys.words("when").map(|words| self.compiler.condition(outer, words)),
            on: keys.words("on").map(|words| typed(&view, words, &Type::Date)),
            with: self.dimension_values(&keys, &view, &slots, name, fund_names),
            fund: fund.text,
            entry: entry.text,
            each: element.map(|element| element.each),
            split,
            amount,
            span: name.span.clone(),
        };
        Some(Post::Entry(Box::new(post)))
    }

    /// An act of this procedure.
    fn own_act(&self, act: &Words) -> Option<Name> {
        if self.procedure.acts.iter().any(|known| known.name.text == act.text) {
            self.compiler.sink.found(&act.span, SymbolKind::Act, &self.procedure.block.name.text, &act.text);
            return Some(act.text.clone());
        }
        let known = self.procedure.acts.iter().map(|act| act.name.text.as_str());
        self.compiler.sink.add(names::unknown_act(&act.span, &act.text, known));
        None
    }

    /// The weight, a number not below nought, and the order of those with equal remainders.
    fn split(&self, keys: &Keys<'_>, view: &View<'_>, name: &Words) -> Option<Split> {
        let by = self.compiler.any(view, keys.required("by", &name.span)?);
        let tie = self.compiler.any(view, keys.required("tie", &name.span)?);
        if !matches!(by.ty, Type::Number { .. } | Type::Unknown) {
            self.compiler.sink.add(reading::wrong_shape(by.span(), "数（权重）", "a number, the weight"));
        }
        Some(Split { by, tie })
    }

    /// Values for the dimensions of the entry: all of them, and no others.
    fn dimension_values(
        &self,
        keys: &Keys<'_>,
        view: &View<'_>,
        slots: &[(Name, Type)],
        name: &Words,
        fund: &FundNames<'_>,
    ) -> Vec<(Name, Expr)> {
        let mut with = Vec::new();
        for (slot, node) in keys.entries("with") {
            let Some(words) = keys::words(node, self.compiler.sink) else { continue };
            match slots.iter().find(|(known, _)| *known == slot.text) {
                Some((_, ty)) => {
                    // One that an entry calls otherwise is known by that name only there.
                    if fund.dimension(&slot.text).is_some() {
                        let of = &fund.block.name.text;
                        self.compiler.sink.found(&slot.span, SymbolKind::Dimension, of, &slot.text);
                    }
                    with.push((slot.text.clone(), self.compiler.typed(view, words, ty)));
                }
                None => {
                    let known = slots.iter().map(|(known, _)| known.as_str());
                    self.compiler.sink.add(names::unknown_dimension(&slot.span, &slot.text, known));
                }
            }
        }
        let written = keys.entries("with");
        let missing = slots.iter().filter(|(slot, _)| !written.iter().any(|(name, _)| name.text == *slot));
        for (slot, _) in missing {
            self.compiler.sink.add(funds::missing_dimension(&name.span, slot, &name.text));
        }
        with
    }
}
