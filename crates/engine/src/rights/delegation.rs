//! Delegation (代理): whoever holds a post lets another person act in it, between two days, in all acts or in some.
//!
//! A delegated tenure gives nothing that its giver has not got: it holds while they hold the post themselves, and nobody delegates what was
//! only delegated to them.

use super::parts_names;
use crate::act::{Actor, PersonId, Reason};
use crate::county::{Appointment, County, Post};
use crate::env::MatterEnv;
use calendar::zh_date;
use jiff::civil::Date;
use regulation::expr::Env;
use regulation::model::{Act, Name, Rulebook};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// Why an actor may not do an act that their post may do: they only have the post on somebody's behalf, and for other acts.
pub(crate) fn withheld(env: &MatterEnv<'_, '_>, act: &Act, actor: &Actor) -> Option<Reason> {
    let Actor::Person { person, post: Some(post) } = actor else { return None };
    let (county, today) = (env.world().county(), env.today());
    let holder = county.behalf(person, post, today)?;
    let now = env.scope.now;
    let procedure = env.frame.procedure.as_deref().map_or("", |procedure| procedure.name.as_str());
    let whole = format!("{procedure}.{}", act.name);
    let names = [act.name.as_str(), whole.as_str(), act.label.zh.as_str()];
    let named = |only: &Name| names.contains(&only.as_str()) || act.label.en.as_ref() == Some(only);
    let covers = |tenure: &Appointment| tenure.only.is_empty() || tenure.only.iter().any(named);
    let mut tenures = county.appointments.of_person(person).filter(|tenure| tenure.post == *post);
    if tenures.any(|tenure| county.gives(tenure, now) && covers(tenure)) {
        return None;
    }
    let name = county.people.get(holder).unwrap_or(holder);
    let zh = format!("{name}没有把“{}”委托给您", act.label.zh);
    let en = format!("`{}` was not delegated to you", act.name);
    Some(
        Reason::general("not-delegated", zh, en)
            .under(&act.clauses)
            .hint("请由本人办理，或者请本人另行委托", "Let them do it themselves, or delegate it anew"),
    )
}

/// Who answers for what an actor does on a day: the person, and whoever they do it on behalf of.
pub(crate) fn answering<'a>(county: &'a County, actor: &'a Actor, on: Date) -> [Option<&'a PersonId>; 2] {
    let Actor::Person { person, post } = actor else { return [None, None] };
    [Some(person), post.as_ref().and_then(|post| county.behalf(person, post, on))]
}

/// Why an actor may not do what is no act of a procedure, keeping a register say: they have their post on somebody's behalf, and for some acts only.
pub(crate) fn not_wholly(env: &MatterEnv<'_, '_>, what: &str, actor: &Actor) -> Option<Reason> {
    let Actor::Person { person, post: Some(post) } = actor else { return None };
    let (county, today) = (env.world().county(), env.today());
    let holder = county.behalf(person, post, today)?;
    if county.has_wholly(person, post, today) {
        return None;
    }
    let name = county.people.get(holder).unwrap_or(holder);
    let zh = format!("{name}只把几项事情委托给您，其中没有“{what}”");
    let reason = Reason::general("not-delegated", zh, "only some acts were delegated to you, and this is none of them");
    Some(reason.hint("请由本人办理，或者请本人另行委托", "Let them do it themselves, or delegate it anew"))
}

/// The acts that a text names, as people write it: names, `procedure.act` or labels, the longest that fits where labels themselves have commas.
pub(crate) fn acts_in(rulebook: &Rulebook, text: &str) -> Result<Vec<Name>, Box<Reason>> {
    let known = names_of_acts(rulebook);
    let (mut found, mut rest) = (BTreeSet::new(), text.trim_matches(parts_names));
    while !rest.is_empty() {
        let ends = |name: &str| rest.strip_prefix(name).is_some_and(|after| !after.starts_with(|c| !parts_names(c)));
        let Some(name) = known.iter().filter(|name| ends(name)).max_by_key(|name| name.len()) else {
            return Err(unknown_act(rest.split(parts_names).next().unwrap_or(rest)));
        };
        found.insert(name.to_string());
        rest = rest[name.len()..].trim_start_matches(parts_names);
    }
    Ok(found.into_iter().collect())
}

/// What acts of people are called in the regulations in force.
fn names_of_acts(rulebook: &Rulebook) -> BTreeSet<Cow<'_, str>> {
    let procedures = rulebook.regulations.values().flat_map(|regulation| regulation.procedures.values());
    let acts = procedures.flat_map(|procedure| procedure.all_acts().map(move |(_, act)| (procedure, act)));
    let names = acts.flat_map(|(procedure, act)| {
        let whole = Cow::Owned(format!("{}.{}", procedure.name, act.name));
        let labels = std::iter::once(&act.label.zh).chain(&act.label.en).chain([&act.name]);
        labels.map(|name| Cow::Borrowed(name.as_str())).chain([whole])
    });
    names.collect()
}

fn unknown_act(name: &str) -> Box<Reason> {
    let zh = format!("没有名为“{name}”的动作，不能只委托这一项");
    let en = format!("there is no act called `{name}` that could be delegated");
    Reason::general("no-such-act", zh, en)
        .hint(
            "照页面上按钮的字写，几项之间用顿号隔开；不写是全部",
            "Write what stands on the buttons, with commas between; nothing means all",
        )
        .into()
}

/// Why a tenure on somebody's behalf cannot be given; `None`: it can.
pub(crate) fn undue(county: &County, post: &Post, tenure: &Appointment) -> Option<Reason> {
    let holder = tenure.behalf.as_ref()?;
    if *holder == tenure.person {
        let said = Reason::general("delegated-to-oneself", "不能委托给自己", "nobody delegates to themselves");
        return Some(said);
    }
    if tenure.to.is_none() {
        let said = Reason::general("delegation-without-end", "委托代理要有止日", "a delegation has a last day");
        return Some(said.hint("请填写代理到哪一天", "Fill in until which day"));
    }
    if !county.holds_oneself(holder, &post.id, tenure.from) {
        let zh = format!("{}起“{}”不由委托人本人担任，不能委托（代理的不能再委托）", zh_date(tenure.from), post.title);
        let en = format!("`{}` is not held by whoever delegates it on {}", post.id, tenure.from);
        return Some(
            Reason::general("not-theirs-to-delegate", zh, en)
                .hint("只能委托自己担任的岗位", "Only a post that one holds can be delegated"),
        );
    }
    None
}
