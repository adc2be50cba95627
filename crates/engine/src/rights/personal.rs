//! Personal data (个人信息): which of it is covered on screens, and what a purpose opens of it. Pages, interface and sheets ask here.
//!
//! A purpose is one of a closed list: the procedure's or register's own, else the usual ones. It opens the kinds that it names and no others,
//! and only for whoever sees all of the matter or row; whoever looks adds in words why, and the look is kept.

use super::Access;
use crate::matter::Matter;
use crate::world::World;
use regulation::expr::Type;
use regulation::model::{Field, Personal, Purpose};
use std::collections::BTreeSet;

/// The kind of personal data that a field holds: as the regulation says, else by its type.
#[must_use]
pub fn kind_of(field: &Field) -> Option<Personal> {
    field.personal.or_else(|| field.ty.personal())
}

/// Whether a field's value is covered on screens until a purpose opens its kind.
#[must_use]
pub fn is_masked(field: &Field) -> bool {
    match field.ty {
        Type::IdNumber | Type::Phone | Type::BankCard => true,
        _ => matches!(field.personal, Some(Personal::Bank | Personal::Health)),
    }
}

/// Whether what is masked stays covered where these kinds are open.
#[must_use]
pub fn stays_masked(field: &Field, opened: &BTreeSet<Personal>) -> bool {
    is_masked(field) && kind_of(field).is_none_or(|kind| !opened.contains(&kind))
}

/// Whether a reader of a matter sees a field's value covered: what is masked, unless its kind is open; and all personal data but names for
/// those who see a matter only masked.
#[must_use]
pub fn is_covered(field: &Field, access: Access, opened: &BTreeSet<Personal>) -> bool {
    stays_masked(field, opened) || (access < Access::Full && field.personal.is_some() && field.ty != Type::PersonName)
}

/// The kinds that are masked among some fields.
#[must_use]
pub fn masked_kinds<'f>(fields: impl IntoIterator<Item = &'f Field>) -> BTreeSet<Personal> {
    fields.into_iter().filter(|field| is_masked(field)).filter_map(kind_of).collect()
}

/// The kinds that are masked in what was filed in a matter, in forms and in the rows of their lists.
#[must_use]
pub fn masked_in(world: &dyn World, matter: &Matter) -> BTreeSet<Personal> {
    let form = |name: &String| world.rulebook().form(name).map(|(_, form)| form);
    let fields = matter.forms.keys().filter_map(form).flat_map(|form| &form.fields);
    let rows = fields.clone().filter_map(|field| match &field.ty {
        Type::Records(name) => form(name),
        _ => None,
    });
    masked_kinds(fields.chain(rows.flat_map(|form| &form.fields)))
}

/// The purposes among which somebody chooses: those that open something of what is masked.
#[must_use]
pub fn purposes<'p>(all: &'p [Purpose], masked: &BTreeSet<Personal>) -> Vec<&'p Purpose> {
    all.iter().filter(|purpose| !purpose.opens.is_disjoint(masked)).collect()
}

/// What a purpose opens for a reader of what is masked; nothing to whoever does not see all of the matter or row.
#[must_use]
pub fn opened(access: Access, purpose: &Purpose, masked: &BTreeSet<Personal>) -> BTreeSet<Personal> {
    if access < Access::Full {
        return BTreeSet::new();
    }
    purpose.opens.intersection(masked).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(ty: Type, personal: Option<Personal>) -> Field {
        Field { ty, personal, ..Field::default() }
    }

    fn fields() -> [Field; 5] {
        [
            field(Type::IdNumber, Some(Personal::Identity)),
            field(Type::Phone, None),
            field(Type::Text { max: 30 }, Some(Personal::Bank)),
            field(Type::Text { max: 30 }, Some(Personal::Health)),
            field(Type::PersonName, Some(Personal::Identity)),
        ]
    }

    #[test]
    fn a_purpose_opens_the_kinds_it_names_and_no_others() {
        let fields = fields();
        let masked = masked_kinds(&fields);
        let usual = Purpose::usual();
        for (name, open) in [
            ("verify", [true, false, false, false]),
            ("contact", [false, true, false, false]),
            ("pay", [false, false, true, false]),
            ("care", [false, false, false, true]),
        ] {
            let purpose = usual.iter().find(|purpose| purpose.name == name).unwrap();
            let opened = opened(Access::Full, purpose, &masked);
            let shown: Vec<bool> = fields[..4].iter().map(|field| !is_covered(field, Access::Full, &opened)).collect();
            assert_eq!(shown, open, "{name}");
        }
    }

    #[test]
    fn nothing_is_opened_to_whoever_does_not_see_all() {
        let masked = masked_kinds(&fields());
        for purpose in Purpose::usual() {
            for access in [Access::None, Access::Public, Access::Masked] {
                assert!(opened(access, &purpose, &masked).is_empty(), "{} {access:?}", purpose.name);
            }
        }
        let name = &fields()[4];
        assert!(!is_covered(name, Access::Masked, &BTreeSet::new()), "names are read");
        assert!(is_covered(&fields()[0], Access::Masked, &BTreeSet::new()));
    }

    #[test]
    fn only_purposes_that_open_something_are_offered() {
        let usual = Purpose::usual();
        let phone = [field(Type::Phone, None)];
        let names = |fields: &[Field]| -> Vec<String> {
            purposes(&usual, &masked_kinds(fields)).into_iter().map(|purpose| purpose.name.clone()).collect()
        };
        assert_eq!(names(&phone), ["contact"]);
        assert!(names(&[field(Type::PersonName, Some(Personal::Identity))]).is_empty());
    }
}
