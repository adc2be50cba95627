//! A matter under a version of its regulation that is not at hand (版本未知): a newer program began it, or one with other texts. Who took part
//! in it may read what needs no regulation; nobody can say here who else may see it, so for all others it does not exist.

use crate::layout::{self, Nav};
use crate::problem::Problem;
use crate::visit::Visitor;
use axum::http::StatusCode;
use engine::{Actor, Matter, World};
use maud::{Markup, html};
use store::Snapshot;

/// Whether its version is not at hand and the visitor has done something in it.
fn is_so(world: &dyn World, visitor: &Visitor, matter: &Matter) -> bool {
    let by_visitor =
        |actor: &Actor| matches!(actor, Actor::Person { person, .. } if visitor.person_id() == Some(person.as_str()));
    world.regulation(&matter.regulation, &matter.version).is_none()
        && matter.acts.iter().any(|record| by_visitor(&record.actor))
}

/// What is said to them where something is to be done or shown by the regulation.
pub(crate) fn problem(world: &dyn World, visitor: &Visitor, matter: &Matter) -> Option<Problem> {
    let version = matter.version.get(..12).unwrap_or(&matter.version);
    is_so(world, visitor, matter).then(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "unknown-version",
            format!("本系统没有这个事项所依据的规定版本（{}，{version}），不能办理", matter.regulation),
            format!("The matter runs under version {version} of {}, which is not known here", matter.regulation),
        )
        .hint(
            "请管理员升级程序，或补齐该版本的规定。",
            "The administrator has to update the program, or add that version.",
        )
    })
}

/// The page: what can be told without the regulation, and its text as it was.
pub(super) fn page(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Option<Markup>, Problem> {
    let Some(matter) = snapshot.matter(id)? else { return Ok(None) };
    let Some(problem) = problem(snapshot.world(), visitor, &matter) else { return Ok(None) };
    let text = snapshot.regulation_text(&matter.regulation, &matter.version)?;
    let lang = visitor.lang;
    let title = matter.number.as_deref().unwrap_or(&matter.id);
    let content = html! {
        h1 { (title) }
        p class="lead" { (problem.title.in_lang(lang)) }
        @if let Some(hint) = &problem.hint { p { (hint.in_lang(lang)) } }
        h2 { (lang.say("已经办理的", "What was done")) }
        ol { @for record in &matter.acts { li { (lang.moment(record.at)) " " code { (record.act) } " " span class="soft" { (record.clauses.join(lang.say("、", ", "))) } } } }
        @if let Some((_, text)) = text {
            details { summary { (lang.say("该版本规定的原文", "The text of that version")) } pre { (text) } }
        }
    };
    Ok(Some(layout::page(visitor, Nav::Other, title, &content)))
}
