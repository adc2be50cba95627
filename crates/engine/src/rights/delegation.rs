//! Delegation (代理): whoever holds a post lets another person act in it, between two days, in all acts or in some.
//!
//! A delegated tenure gives nothing that its giver has not got: it holds while they hold the post themselves, and nobody delegates what was
//! only delegated to them.

use crate::act::{Actor, PersonId, Reason};
use crate::county::{Appointment, County, Post};
use crate::env::MatterEnv;
use calendar::zh_date;
use jiff::civil::Date;
use regulation::expr::Env;
use regulation::model::Act;

/// Why an actor may not do an act that their post may do: they only have the post on somebody's behalf, and for other acts.
pub(crate) fn withheld(env: &MatterEnv<'_, '_>, act: &Act, actor: &Actor) -> Option<Reason> {
    let Actor::Person { person, post: Some(post) } = actor else { return None };
    let (county, today) = (env.world().county(), env.today());
    let holder = county.behalf(person, post, today)?;
    let procedure = env.frame.procedure.as_deref().map_or("", |procedure| procedure.name.as_str());
    let whole = format!("{procedure}.{}", act.name);
    let names = [act.name.as_str(), whole.as_str(), act.label.zh.as_str()];
    let covers =
        |tenure: &Appointment| tenure.only.is_empty() || tenure.only.iter().any(|only| names.contains(&only.as_str()));
    let mut tenures = county.appointments.of_person(person).filter(|tenure| tenure.post == *post);
    if tenures.any(|tenure| county.gives(tenure, today) && covers(tenure)) {
        return None;
    }
    let name = county.people.get(holder).unwrap_or(holder);
    let zh = format!("{name}没有把“{}”委托给您", act.label.zh);
    let en = format!("`{}` was not delegated to you", act.name);
    Some(Reason::general("not-delegated", zh, en).under(&act.clauses).hint("请由本人办理，或者请本人另行委托"))
}

/// Who answers for what an actor does on a day: the person, and whoever they do it on behalf of.
pub(crate) fn answering<'a>(county: &'a County, actor: &'a Actor, on: Date) -> [Option<&'a PersonId>; 2] {
    let Actor::Person { person, post } = actor else { return [None, None] };
    [Some(person), post.as_ref().and_then(|post| county.behalf(person, post, on))]
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
        return Some(said.hint("请填写代理到哪一天"));
    }
    if !county.holds_oneself(holder, &post.id, tenure.from) {
        let zh = format!("{}起“{}”不由委托人本人担任，不能委托（代理的不能再委托）", zh_date(tenure.from), post.title);
        let en = format!("`{}` is not held by whoever delegates it on {}", post.id, tenure.from);
        return Some(Reason::general("not-theirs-to-delegate", zh, en).hint("只能委托自己担任的岗位"));
    }
    None
}
