//! `/registers/{name}/-/enter`, `/registers/{name}/{key}/change`, `…/close`: keeping a register by page, with the forms of everywhere.

use super::row::{Found, open_row};
use crate::components::button;
use crate::components::clause::{cite, clauses};
use crate::components::crumbs::crumbs;
use crate::components::error_summary::error_summary;
use crate::forms::ask::{Asking, Choosing, answers_of};
use crate::forms::field::{Control, Field as Drawn, field as draw};
use crate::forms::names::Names;
use crate::forms::read::{Reader, Signer};
use crate::forms::{mask, rows, uploads};
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::registers::offered::Chooser;
use crate::registers::wanted::encoded;
use crate::registers::{find, keep};
use crate::sent::{AGAIN, Answers, Sent, SignedSent, take};
use crate::site::{App, Running, submit, work, work_of};
use crate::visit::Visitor;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Redirect, Response};
use engine::decide::{place_column, row_key};
use engine::{Act, Actor, FieldFault, Refusal, RefusalKind, Row};
use maud::{Markup, html};
use regulation::expr::{Record, Type};
use regulation::model::{Field, Register, Regulation};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::aside::Reading;
use store::{Snapshot, Submitted};

/// The answer that says where a row belongs, where no column does.
const PLACE: &str = "_place";

/// A row being entered or changed.
struct Edit<'a> {
    snapshot: &'a dyn Snapshot,
    visitor: &'a Visitor,
    regulation: &'a Arc<Regulation>,
    register: &'a Arc<Register>,
    /// The row as it stands, unless it is new.
    row: Option<Row>,
}

impl<'a> Edit<'a> {
    /// For who keeps the register, at the row's place where there is one.
    fn new(
        snapshot: &'a dyn Snapshot,
        visitor: &'a Visitor,
        name: &str,
        key: Option<&str>,
    ) -> Result<Edit<'a>, Problem> {
        visitor.signed_in()?;
        let (regulation, register) = find(snapshot, name)?;
        let row = match key {
            None => None,
            Some(key) => Some(in_force(open_row(snapshot, visitor, name, key)?)?),
        };
        let edit = Edit { snapshot, visitor, regulation, register, row };
        edit.may_keep()?;
        Ok(edit)
    }

    fn may_keep(&self) -> Result<(), Problem> {
        let world = self.snapshot.world();
        let allowed = match &self.row {
            None => !keep::posts(world, self.visitor, self.regulation, self.register).is_empty(),
            Some(row) => {
                let actor = keep::keeper(world, self.visitor, self.regulation, self.register, &row.place);
                let keeps =
                    |actor| keep::keeps(world, self.visitor.now, self.regulation, self.register, &row.place, &actor);
                actor.is_some_and(keeps)
            }
        };
        if allowed && self.register.rows_of.is_none() {
            return Ok(());
        }
        let county = world.county();
        let keepers = self.register.keepers.iter().map(|by| engine::rights::party_title(county, &by.party));
        let keepers = keepers.collect::<Vec<_>>().join("、");
        Err(Problem::forbidden("您的岗位不能登记这个登记簿", "Your post does not keep this register")
            .detail(format!("由{keepers}登记"), format!("Kept by {keepers}")))
    }

    fn address(&self) -> String {
        match &self.row {
            None => format!("/registers/{}/-/enter", self.register.name),
            Some(row) => format!("/registers/{}/{}/change", self.register.name, encoded(&row.key)),
        }
    }

    fn back(&self) -> String {
        match &self.row {
            None => format!("/registers/{}", self.register.name),
            Some(row) => format!("/registers/{}/{}", self.register.name, encoded(&row.key)),
        }
    }

    fn read(&self, answers: &Answers) -> (Record, Vec<FieldFault>) {
        let signer = self.visitor.person.as_ref().map(|person| Signer {
            person: person.id.clone(),
            name: person.name.clone(),
            on: self.visitor.now.date(),
        });
        let reader = Reader { rulebook: self.snapshot.world().rulebook(), signer: signer.as_ref() };
        let mut faults = Vec::new();
        let record = reader.fields(&self.register.fields, answers, "", &mut faults);
        (record, faults)
    }

    /// Where the row belongs: it stays where it is; a new one belongs where its column or the answer says, else to the keeper's place.
    fn place(&self, record: &Record, answers: &Answers) -> String {
        if let Some(row) = &self.row {
            return row.place.clone();
        }
        let world = self.snapshot.world();
        let column = place_column(self.register).and_then(|field| record.get(&field.name)?.as_text());
        let said = column.or_else(|| crate::sent::first(answers, PLACE)).map(str::to_owned);
        let known = said.filter(|place| world.county().places.contains_key(place));
        let own = || {
            let posts = keep::posts(world, self.visitor, self.regulation, self.register);
            posts.first().map(|post| post.place.clone())
        };
        known.or_else(own).unwrap_or_default()
    }

    fn act(&self, record: Record, answers: &Answers) -> Act {
        let place = self.place(&record, answers);
        let world = self.snapshot.world();
        let actor = keep::keeper(world, self.visitor, self.regulation, self.register, &place);
        let actor = actor.unwrap_or(engine::Actor::Clock);
        let (row, name) = match &self.row {
            None => (None, "enter"),
            Some(row) => (Some(row.key.as_str()), "change"),
        };
        let record = if self.row.is_some() { keep::whole(self.register, record) } else { record };
        keep::act(self.register, row, &place, name, actor, record)
    }

    fn page(&self, answers: &Answers, key: &str, refusal: Option<&Refusal>) -> Markup {
        let lang = self.visitor.lang;
        let world = self.snapshot.world();
        let (record, _) = self.read(answers);
        let place = self.place(&record, answers);
        let asked = keep::asked(world, self.visitor.now, self.regulation, self.register, &place, &record);
        let faults = refusal.map(|refusal| refusal.fields.as_slice()).unwrap_or_default();
        let names = Names { world, lang };
        let signer = self.visitor.person.as_ref().map_or("", |person| person.name.as_str());
        let asking = Asking {
            names,
            answers,
            faults,
            asked: &asked,
            signer,
            place: &place,
            today: self.visitor.now.date(),
            sheets: None,
            choosing: Some(Choosing {
                chooser: Chooser { snapshot: self.snapshot, visitor: self.visitor },
                filed: None,
            }),
        };
        let title = match &self.row {
            None => lang.say("登记一条", "Enter a row").to_owned(),
            Some(row) => format!("{} {}", lang.say("变更", "Change"), row.key),
        };
        // The key of a row stays; who needs another closes the row and enters a new one.
        let fixed = |field: &&Field| self.row.is_some() && self.register.key.contains(&field.name);
        let fields: Vec<&Field> = self.register.fields.iter().filter(|field| !fixed(field)).collect();
        let register = lang.label(&self.register.title);
        let content = html! {
            (crumbs(lang, &[(register, &format!("/registers/{}", self.register.name))]))
            h1 { (title) }
            p class="soft" { (register) " " (clauses(&cite(world.rulebook(), &self.register.clauses))) }
            (error_summary(lang, faults))
            @if let Some(refusal) = refusal.filter(|refusal| !refusal.reasons.is_empty()) { (reasons(self.visitor, world, refusal)) }
            form method="post" action=(self.address()) enctype="multipart/form-data" data-asked=(format!("{}/asked", self.address())) {
                (token(self.visitor))
                input type="hidden" name="_key" value=(key);
                @for field in self.register.fields.iter().filter(fixed) {
                    @for text in answers.get(&field.name).into_iter().flatten() { input type="hidden" name=(field.name) value=(text); }
                }
                @if self.row.is_none() && place_column(self.register).is_none() { (self.ask_place(&place)) }
                (asking.fields(&fields, ""))
                div class="row" {
                    (button::submit(if self.row.is_some() { lang.say("变更", "Change") } else { lang.say("登记", "Enter") }))
                    a href=(self.back()) { (lang.say("不办了，返回", "Cancel")) }
                }
            }
        };
        layout::page(self.visitor, Nav::Desk, &title, &content)
    }

    fn ask_place(&self, place: &str) -> Markup {
        let lang = self.visitor.lang;
        let world = self.snapshot.world();
        let posts = keep::posts(world, self.visitor, self.regulation, self.register);
        let areas: Vec<&str> = posts.iter().map(|post| post.place.as_str()).collect();
        let options = Names { world, lang }.places_in(&areas);
        draw(
            lang,
            &Drawn {
                path: PLACE.to_owned(),
                label: lang.say("登记地点", "Place of the row").to_owned(),
                number: None,
                hint: None,
                optional: false,
                fault: None,
                conditional: false,
                control: Control::Select { options, value: place.to_owned() },
            },
        )
    }

    /// Personal data that the form shows uncovered, for the log of readings.
    fn readings(&self, answers: &Answers) -> Vec<Reading> {
        let (Some(row), Some(person)) = (&self.row, &self.visitor.person) else { return Vec::new() };
        let shown =
            self.register.fields.iter().filter(|field| mask::is_masked(field) && answers.contains_key(&field.name));
        let kinds: BTreeSet<&str> = shown.filter_map(crate::api::masked_kind).collect();
        let keeper = keep::keeper(self.snapshot.world(), self.visitor, self.regulation, self.register, &row.place);
        let post = match keeper {
            Some(Actor::Person { post: Some(post), .. }) => post,
            _ => String::new(),
        };
        let reading = |kind: &str| Reading {
            subject: format!("{}/{}", self.register.name, row.key),
            at: self.visitor.now,
            person: person.id.clone(),
            post: post.clone(),
            kind: kind.to_owned(),
            why: "变更登记".to_owned(),
        };
        kinds.into_iter().map(reading).collect()
    }
}

fn in_force(found: Found) -> Result<Row, Problem> {
    found.row.ok_or_else(|| {
        Problem::new(
            StatusCode::CONFLICT,
            "closed",
            "这条记录已经注销，只能查阅",
            "This row is closed and can only be read",
        )
    })
}

fn reasons(visitor: &Visitor, world: &dyn engine::World, refusal: &Refusal) -> Markup {
    let lang = visitor.lang;
    html! {
        div class="errors" role="alert" tabindex="-1" data-errors {
            h2 { (lang.say("没有登记", "Not entered")) }
            ul { @for reason in &refusal.reasons { li {
                (lang.say(&reason.zh, &reason.en)) " " (clauses(&cite(world.rulebook(), &reason.clauses)))
                @if let Some(hint) = &reason.hint { br; (lang.label(hint)) }
            } } }
        }
    }
}

/// The empty form.
pub async fn enter(state: State<Arc<Running>>, visitor: Visitor, Path(name): Path<String>) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let key = app.fresh();
        app.read(|snapshot| Ok(Edit::new(snapshot, &visitor, &name, None)?.page(&Answers::new(), &key, None)))
    })
    .await
}

/// The form with the row as it stands.
pub async fn change(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let once = app.fresh();
        let (page, readings) = app.read(|snapshot| {
            let edit = Edit::new(snapshot, &visitor, &name, Some(&key))?;
            let answers = edit.row.as_ref().map(|row| answers_of(&row.record, "")).unwrap_or_default();
            Ok((edit.page(&answers, &once, None), edit.readings(&answers)))
        })?;
        for reading in readings {
            app.store().log_reading(reading)?;
        }
        Ok(page)
    })
    .await
}

/// Enters a row.
pub async fn do_enter(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    do_edit(state, visitor, name, None, sent).await
}

/// Changes a row.
pub async fn do_change(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    do_edit(state, visitor, name, Some(key), sent).await
}

/// Either the form once more, or the act to do.
enum Prepared {
    Page(Box<Response>),
    Act { act: Box<Act>, answers: Answers, once: String },
}

async fn do_edit(
    app: App,
    visitor: Visitor,
    name: String,
    key: Option<String>,
    sent: Sent,
) -> Result<Response, Problem> {
    let (reader, register, row) = (visitor.clone(), name.clone(), key.clone());
    let length = uploads::length(&app, &sent);
    let prepared = work_of(length, &app, move |app| prepare(app, &reader, &register, row.as_deref(), sent)).await?;
    let (act, answers, once) = match prepared {
        Prepared::Page(page) => return Ok(*page),
        Prepared::Act { act, answers, once } => (*act, answers, once),
    };
    match submit(&app, act, Some(once.clone())).await? {
        Submitted::Done(receipt) => {
            let key = receipt.subject.split_once('/').map_or("", |(_, key)| key);
            Ok(Redirect::to(&format!("/registers/{name}/{}", encoded(key))).into_response())
        }
        Submitted::Refused(refusal) if refusal.kind == RefusalKind::Rights => Err(Problem::from(refusal)),
        Submitted::Refused(refusal) => {
            let page = work(&app, move |app| {
                app.read(|snapshot| {
                    let edit = Edit::new(snapshot, &visitor, &name, key.as_deref())?;
                    Ok(edit.page(&answers, &once, Some(&refusal)))
                })
            })
            .await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

fn prepare(
    app: &Running,
    visitor: &Visitor,
    name: &str,
    key: Option<&str>,
    mut sent: Sent,
) -> Result<Prepared, Problem> {
    let once = take(&mut sent.answers, "_key").unwrap_or_else(|| app.fresh());
    let mut faults = keep_files(app, visitor, name, key, &mut sent)?;
    let mut answers = sent.answers;
    let pressed = rows::press(&mut answers) || take(&mut answers, AGAIN).is_some();
    app.read(|snapshot| {
        let edit = Edit::new(snapshot, visitor, name, key)?;
        if pressed {
            return Ok(Prepared::Page(Box::new(edit.page(&answers, &once, None).into_response())));
        }
        let (record, unread) = edit.read(&answers);
        faults.extend(unread);
        let act = edit.act(record, &answers);
        if !faults.is_empty() {
            let refusal = keep::refusal(snapshot.world(), &act, faults, visitor.now);
            let page = edit.page(&answers, &once, refusal.as_ref());
            return Ok(Prepared::Page(Box::new((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())));
        }
        Ok(Prepared::Act { act: Box::new(act), answers, once })
    })
}

/// Keeps uploaded files under the key of the row they belong to. Of a personal row without a key they are not kept: nothing personal
/// lies open, and the form comes back for the key anyway.
fn keep_files(
    app: &Running,
    visitor: &Visitor,
    name: &str,
    key: Option<&str>,
    sent: &mut Sent,
) -> Result<Vec<FieldFault>, Problem> {
    if sent.files.is_empty() {
        return Ok(Vec::new());
    }
    let (holder, many, homeless) = app.read(|snapshot| {
        let edit = Edit::new(snapshot, visitor, name, key)?;
        let (record, _) = edit.read(&sent.answers);
        let key = key.map(str::to_owned).or_else(|| row_key(edit.register, &record));
        let holder = keep::holder(edit.register, key.as_deref().unwrap_or_default());
        let list = |field: &&Field| matches!(&field.ty, Type::List(element) if **element == Type::File);
        let many: BTreeSet<String> = edit.register.fields.iter().filter(list).map(|field| field.name.clone()).collect();
        let homeless = key.is_none() && holder.is_some();
        Ok((holder, many, homeless))
    })?;
    if homeless {
        sent.files.clear();
        return Ok(Vec::new());
    }
    uploads::keep(app, holder.as_deref(), sent, |field| many.contains(field), visitor.now)
}

/// Which conditional fields of a new row are asked, for the answers on the page now.
pub async fn enter_asked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path(name): Path<String>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    asked(state, visitor, name, None, sent).await
}

/// Which conditional fields of a row are asked, for the answers on the page now.
pub async fn change_asked(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    asked(state, visitor, name, Some(key), sent).await
}

async fn asked(app: App, visitor: Visitor, name: String, key: Option<String>, sent: Sent) -> Result<Response, Problem> {
    work(&app, move |app| {
        app.read(|snapshot| {
            let edit = Edit::new(snapshot, &visitor, &name, key.as_deref())?;
            let (record, _) = edit.read(&sent.answers);
            let place = edit.place(&record, &sent.answers);
            let asked = keep::asked(snapshot.world(), visitor.now, edit.regulation, edit.register, &place, &record);
            Ok(Json(serde_json::json!({ "asked": asked })).into_response())
        })
    })
    .await
}

/// Asks once more before a row is closed.
pub async fn close(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
) -> Result<Markup, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let once = app.fresh();
        app.read(|snapshot| {
            let edit = Edit::new(snapshot, &visitor, &name, Some(&key))?;
            let lang = visitor.lang;
            let title = format!("{} {key}", lang.say("注销", "Close"));
            let content = html! {
                (crumbs(lang, &[(lang.label(&edit.register.title), &format!("/registers/{name}"))]))
                h1 { (title) }
                p { (lang.say("注销后，这条记录不再有效，也不能再变更；它的历史仍可查阅。", "A closed row is no longer in force and cannot be changed; its history can still be read.")) }
                form method="post" action=(format!("/registers/{name}/{}/close", encoded(&key))) {
                    (token(&visitor))
                    input type="hidden" name="_key" value=(once);
                    div class="row" {
                        button class="button grave" type="submit" { (lang.say("注销这条记录", "Close this row")) }
                        a href=(edit.back()) { (lang.say("不注销，返回", "Keep it")) }
                    }
                }
            };
            Ok(layout::page(&visitor, Nav::Desk, &title, &content))
        })
    })
    .await
}

/// Closes a row.
pub async fn do_close(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((name, key)): Path<(String, String)>,
    SignedSent(mut sent): SignedSent,
) -> Result<Redirect, Problem> {
    let app: App = state;
    let to = format!("/registers/{name}/{}", encoded(&key));
    if take(&mut sent.answers, AGAIN).is_some() {
        return Ok(Redirect::to(&format!("{to}/close")));
    }
    let once = take(&mut sent.answers, "_key");
    let act = work(&app, move |app| {
        app.read(|snapshot| {
            let edit = Edit::new(snapshot, &visitor, &name, Some(&key))?;
            let act = edit.act(Record::new(), &Answers::new());
            Ok(Act { name: "close".to_owned(), form: Record::new(), ..act })
        })
    })
    .await?;
    match submit(&app, act, once).await? {
        Submitted::Done(_) => Ok(Redirect::to(&to)),
        Submitted::Refused(refusal) => Err(refusal.into()),
    }
}
