//! How long something is kept (保存期限) as pages say it, and where its erasure is proposed or asked for.
//!
//! What may be erased, and what stands against it, says [`engine::keeping`]; which procedure erases, a regulation.

use crate::lang::Lang;
use crate::layout::{encode, encode_part};
use calendar::zh_date;
use engine::env::Scope;
use engine::keeping::{Keeping, Kept, said};
use engine::offer::available_starts;
use engine::{Actor, World};
use jiff::civil::{Date, DateTime};
use regulation::expr::Type;
use regulation::model::{Keep, Name, Party, Regulation};
use std::collections::BTreeMap;
use std::sync::Arc;

/// How long a register's rows or a procedure's matters are kept, in words: 10年（自办结或者注销之日起）.
#[must_use]
pub fn rule(world: &dyn World, lang: Lang, regulation: &Arc<Regulation>, keep: &Keep, now: DateTime) -> String {
    let scope = Scope::new(world, now);
    lang.label(&said(keep, &scope.bare(regulation, &world.county().code))).to_owned()
}

/// How long one thing is kept, as things stand.
#[must_use]
pub fn standing(lang: Lang, keeping: &Keeping, today: Date) -> String {
    match keeping.kept {
        Kept::Unsaid => lang.say("没有写保存期限", "not said").to_owned(),
        Kept::Permanent => lang.say("永久保存", "for ever").to_owned(),
        Kept::Begins => lang.say("还在使用，期限没有开始", "in use: the term has not begun").to_owned(),
        Kept::Until(last) if last < today => match lang {
            Lang::Zh => format!("{}期满", zh_date(last)),
            Lang::En => format!("over since {last}"),
        },
        Kept::Until(last) => match lang {
            Lang::Zh => format!("保存到{}", zh_date(last)),
            Lang::En => format!("until {last}"),
        },
    }
}

/// A way to have something erased: a procedure with an act that erases whom a text field of its starting form names.
pub struct Way {
    procedure: Name,
    act: Name,
    field: Name,
    /// Whether it is an act of offices, and open to nobody else.
    official: bool,
}

/// The ways that the regulations in force offer.
#[must_use]
pub fn ways(world: &dyn World) -> Vec<Way> {
    let mut found = Vec::new();
    for procedure in world.rulebook().regulations.values().flat_map(|regulation| regulation.procedures.values()) {
        let erased = procedure.all_acts().flat_map(|(_, act)| &act.erase).map(|erase| &*erase.what.text);
        for field in erased {
            for start in &procedure.start {
                let forms = start.forms.iter().filter_map(|form| world.rulebook().form(form));
                let asks = forms
                    .flat_map(|(_, form)| &form.fields)
                    .any(|own| own.name == field && matches!(own.ty, Type::Text { .. }));
                if asks {
                    let (procedure, act) = (procedure.name.clone(), start.name.clone());
                    let official =
                        start.by.iter().all(|by| matches!(by.party, Party::Office { .. } | Party::Post { .. }));
                    found.push(Way { procedure, act, field: field.to_owned(), official });
                }
            }
        }
    }
    found
}

/// The page on which an actor begins to have an owner's data erased, where a regulation lets them.
#[must_use]
pub fn begin(
    world: &dyn World,
    ways: &[Way],
    actor: &Actor,
    place: &str,
    owner: &str,
    now: DateTime,
) -> Option<String> {
    let may = |way: &&Way| {
        let starts = available_starts(world, &way.procedure, place, &BTreeMap::new(), actor, now);
        // What the form has to say is judged when it is filed; here only whose act it is.
        let own = |reasons: &[engine::Reason]| reasons.iter().all(|reason| reason.code != "not-your-desk");
        starts.iter().any(|start| start.act == way.act && start.allowed.as_ref().map_or_else(|no| own(no), |_| true))
    };
    // What anybody may ask for, an office proposes in its own way.
    let in_office = matches!(actor, Actor::Person { post: Some(_), .. });
    let own = ways.iter().filter(|way| way.official == in_office).find(may);
    let Way { procedure, act, field, .. } = own.or_else(|| ways.iter().find(may))?;
    let (place, owner) = (encode(place), encode_part(owner));
    Some(format!("/services/{procedure}/apply?act={act}&place={place}&field.{field}={owner}"))
}
