//! `purposes` of a procedure or a register: for what its personal data is opened, and which kinds each purpose opens.

use super::keys::Keys;
use super::type_cell::kind_of_personal;
use crate::findings::Sink;
use crate::findings::reading;
use crate::model::Purpose;
use crate::text::yaml::Node;
use std::collections::BTreeSet;

/// The purposes that a block names; the usual ones where it names none.
pub(super) fn read(keys: &Keys<'_>, sink: &Sink) -> Vec<Purpose> {
    let Some(node) = keys.get("purposes") else { return Purpose::usual() };
    if node.entries().is_empty() {
        sink.add(reading::wrong_shape(&node.span, "用途：{ label, opens }", "purposes, each with `label` and `opens`"));
        return Purpose::usual();
    }
    node.entries().iter().filter_map(|(name, node)| one(&name.text, node, sink)).collect()
}

fn one(name: &str, node: &Node, sink: &Sink) -> Option<Purpose> {
    let keys = Keys::open(node, &["label", "opens"], sink);
    let mut opens = BTreeSet::new();
    for word in keys.names("opens") {
        match kind_of_personal(&word.text) {
            Some(kind) => _ = opens.insert(kind),
            None => sink.add(reading::wrong_shape(
                &word.span,
                "个人信息的种类：identity、contact、bank、health、family",
                "kinds of personal data: identity, contact, bank, health, family",
            )),
        }
    }
    if opens.is_empty() {
        sink.add(reading::wrong_shape(
            &node.span,
            "用途打开的种类（opens）",
            "the kinds that the purpose opens (`opens`)",
        ));
        return None;
    }
    Some(Purpose { name: name.to_owned(), label: keys.label("label", name), opens })
}
