//! `/editor`: drafts of regulations (起草工作台). A draft is one person's, kept beside the journal; it changes nothing until its text is
//! filed with a matter, whose regulation says who signs it and when it comes into force.

mod changes;
pub mod explained;
mod findings;
mod text;

pub use changes::{changes, preview};
pub use text::{download, drop, findings, save, show};

use crate::components::banner::{Tone, banner};
use crate::components::button;
use crate::components::crumbs::crumbs;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::{Sent, SignedSent};
use crate::site::{App, Running, look, work};
use crate::visit::{Person, Visitor};
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use engine::World;
use engine::rights::may_draft;
use jiff::civil::DateTime;
use maud::{Markup, html};
use regulation::expr::{Record, Value};
use std::sync::Arc;
use store::Snapshot;
use store::aside::Draft;

/// The name under which the store keeps these drafts.
pub const NAME: &str = "regulation-text";
/// Drafts that one person keeps at most.
const DRAFTS_MAX: usize = 30;
/// Characters of a draft's name.
const NAME_MAX: usize = 80;

/// What a new regulation begins with.
const EMPTY: &str = "---\nid: \ntitle: \nnumber: 待编号\nissuer: \nissued: 2000-01-01\neffective: 2000-01-01\nuses: [base]\n---\n\n# 一、总则\n";

/// A draft as it lies in the store.
#[derive(Debug, Clone, PartialEq)]
struct Kept {
    id: String,
    name: String,
    text: String,
    /// Grows with every save: who saves over another window's text is told.
    revision: u64,
    saved: DateTime,
}

impl Kept {
    fn read(draft: &Draft) -> Option<Kept> {
        if draft.name != NAME {
            return None;
        }
        let text = |name: &str| draft.record.get(name).and_then(Value::as_text).unwrap_or_default().to_owned();
        let revision = text("revision").parse().unwrap_or_default();
        Some(Kept { id: draft.id.clone(), name: text("name"), text: text("text"), revision, saved: draft.saved })
    }

    fn draft(&self, person: &Person) -> Draft {
        let value = |text: &str| Value::Text(text.to_owned());
        let record = Record::from([
            ("name".to_owned(), value(&self.name)),
            ("text".to_owned(), value(&self.text)),
            ("revision".to_owned(), value(&self.revision.to_string())),
        ]);
        Draft {
            person: person.id.clone(),
            id: self.id.clone(),
            name: NAME.to_owned(),
            matter: None,
            saved: self.saved,
            record,
        }
    }
}

/// Who has signed in and may write regulations.
fn drafter<'v>(world: &dyn World, visitor: &'v Visitor) -> Result<&'v Person, Problem> {
    let person = visitor.signed_in()?;
    if may_draft(world, &person.id, visitor.now.date()) {
        return Ok(person);
    }
    Err(Problem::forbidden(
        "起草规定由有权起草公文的岗位办理",
        "Regulations are drafted by the posts that may draft documents",
    )
    .hint("如需起草，请由本单位有权的岗位登录", "sign in with a post that may"))
}

fn kept(snapshot: &dyn Snapshot, visitor: &Visitor, id: &str) -> Result<Kept, Problem> {
    let person = drafter(snapshot.world(), visitor)?;
    let draft = snapshot.draft(&person.id, id)?;
    draft.as_ref().and_then(Kept::read).ok_or_else(|| {
        Problem::not_found("没有这份草稿，或者已经删除", "There is no such draft, or it was deleted").next(
            "/editor",
            "我的草稿",
            "My drafts",
        )
    })
}

fn all(snapshot: &dyn Snapshot, person: &Person) -> Result<Vec<Kept>, Problem> {
    Ok(snapshot.drafts(&person.id)?.iter().filter_map(Kept::read).collect())
}

/// The drafts of somebody, and the regulations from which a new one may begin.
pub async fn index(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| {
        let person = drafter(snapshot.world(), &visitor)?;
        let drafts = all(snapshot, person)?;
        Ok(index_page(snapshot, &visitor, &drafts))
    })
    .await
}

fn index_page(snapshot: &dyn Snapshot, visitor: &Visitor, drafts: &[Kept]) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("起草规定", "Draft regulations");
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        p class="soft" { (lang.say("草稿只有本人能看。写好、检查无误以后附到公文上，经签发公开，到施行日期自动生效。", "A draft is yours alone. Once it has no errors it goes with a document, is signed and published, and comes into force on its day.")) }
        h2 { (lang.say("我的草稿", "My drafts")) }
        @if drafts.is_empty() { p class="soft" { (lang.say("还没有草稿。", "None yet.")) } }
        ul class="plain entries" { @for draft in drafts { li {
            a href=(format!("/editor/{}", draft.id)) { (draft.name) }
            p class="soft small" {
                (lang.say("保存于 ", "saved ")) (lang.moment(draft.saved)) " · " (draft.text.chars().count()) (lang.say(" 字", " characters"))
            }
        } } }
        h2 { (lang.say("新建草稿", "New draft")) }
        @if drafts.len() >= DRAFTS_MAX {
            (banner(Tone::Care, lang.say("草稿已满", "No room"), &html! { p { (full(visitor)) } }))
        } @else {
            form method="post" action="/editor" {
                (token(visitor))
                div class="field" {
                    label for="f-from" { (lang.say("从哪一份开始", "Begin with")) }
                    p class="hint" { (lang.say("修改现行规定的，选那一份；短名不变，施行以后替换原来的版本。", "To amend a regulation choose it; with the same id it takes its place.")) }
                    select class="input medium" id="f-from" name="from" {
                        option value="" { (lang.say("新的规定", "A new regulation")) }
                        @for regulation in snapshot.world().rulebook().regulations.values() {
                            option value=(regulation.id) { (lang.label(&regulation.title)) }
                        }
                    }
                }
                div class="row" { (button::submit(lang.say("新建", "Begin"))) }
            }
        }
    };
    layout::page(visitor, Nav::Desk, title, &content)
}

fn full(visitor: &Visitor) -> String {
    visitor.lang.say("每人最多保存30份草稿，请先删除不用的。", "You may keep 30 drafts: delete some first.").to_owned()
}

/// Begins a draft.
pub async fn begin(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let id = app.fresh();
        let draft = app.read(|snapshot| {
            let person = drafter(snapshot.world(), &visitor)?;
            if all(snapshot, person)?.len() >= DRAFTS_MAX {
                return Err(Problem::new(StatusCode::CONFLICT, "too-many", full(&visitor), full(&visitor)));
            }
            Ok(new_draft(snapshot, &visitor, &sent, id)?.draft(person))
        })?;
        let address = format!("/editor/{}", draft.id);
        app.store().put_draft(draft)?;
        Ok(Redirect::to(&address).into_response())
    })
    .await
}

fn new_draft(snapshot: &dyn Snapshot, visitor: &Visitor, sent: &Sent, id: String) -> Result<Kept, Problem> {
    let from = sent.text("from").unwrap_or_default();
    let known = &snapshot.world().rulebook().regulations;
    let (name, text) = match known.get(from) {
        _ if from.is_empty() => (visitor.lang.say("新的规定", "A new regulation").to_owned(), EMPTY.to_owned()),
        Some(regulation) => (visitor.lang.label(&regulation.title).to_owned(), regulation.source.to_string()),
        None => return Err(Problem::not_found("没有这份规定", "There is no such regulation")),
    };
    Ok(Kept { id, name: name.chars().take(NAME_MAX).collect(), text, revision: 1, saved: visitor.now })
}
