//! `/deliveries`: messages that did not arrive, for the offices that may see their matters.

use super::home::names;
use super::matter::find;
use crate::components::crumbs::crumbs;
use crate::components::delivery::delivery;
use crate::components::table::{Column, table};
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::SignedSent;
use crate::site::{App, Running, look, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use engine::rights::Access;
use maud::{Markup, html};
use std::sync::Arc;
use store::Snapshot;
use store::outbox::{Channel, Delivery};

/// Deliveries looked at, the latest.
const LINES: usize = 200;

/// The page.
pub async fn show(state: State<Arc<Running>>, visitor: Visitor) -> Result<Markup, Problem> {
    look(&state, move |snapshot| page(snapshot, &visitor)).await
}

/// The deliveries that this officer may see and send again.
fn visible(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Vec<Delivery>, Problem> {
    visitor.signed_in()?;
    if !visitor.is_staff() {
        return Err(Problem::not_found("没有这个页面", "There is no such page"));
    }
    let offices = visitor.offices(snapshot.world().county());
    let webhooks = snapshot.webhooks()?;
    let own = |id: &str| webhooks.iter().any(|webhook| webhook.id == id && offices.contains(&webhook.office));
    let sees = |delivery: &Delivery| match delivery.key.channel {
        Channel::Mail => find(snapshot, visitor, &delivery.matter).is_ok_and(|(_, access)| access == Access::Full),
        Channel::Webhook => own(&delivery.key.target),
    };
    Ok(snapshot.deliveries_not_taken(LINES)?.into_iter().filter(sees).collect())
}

fn page(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let lines = visible(snapshot, visitor)?;
    let title = lang.say("没有送到的通知", "Messages that did not arrive");
    let columns = [
        Column::text(lang.say("事项", "Matter")),
        Column::text(lang.say("发给", "To")),
        Column::text(lang.say("情况", "State")),
        Column::text(lang.say("办理", "Do")),
    ];
    let names = names(snapshot, visitor);
    let row = |line: &Delivery| {
        let to = match line.key.channel {
            Channel::Mail => names.person(&line.key.target),
            Channel::Webhook => line.key.target.clone(),
        };
        vec![
            // A shared row that was entered is no matter.
            html! { @if line.matter.contains('/') { (line.matter) } @else { a href=(format!("/matters/{}", line.matter)) { (names.matter(&line.matter)) } } },
            html! { (to) },
            delivery(lang, line),
            again_form(visitor, line),
        ]
    };
    let rows: Vec<Vec<Markup>> = lines.iter().map(row).collect();
    let content = html! {
        (crumbs(lang, &[(lang.say("工作台", "Desk"), "/desk")]))
        h1 { (title) }
        p class="soft" { (lang.say(
            "站内通知不受影响。会再试的，系统按越来越长的间隔自己再试；不再试的，核对地址以后可以再发。",
            "Messages on this site are not affected. What is tried again is tried by itself, at growing intervals; what was given up can be sent again once the address is right.",
        )) }
        @if rows.is_empty() { p { (lang.say("都送到了。", "Everything arrived.")) } }
        @else { (table(title, &columns, &rows)) }
    };
    Ok(layout::page(visitor, Nav::Desk, title, &content))
}

fn again_form(visitor: &Visitor, line: &Delivery) -> Markup {
    html! {
        form method="post" action="/deliveries" {
            (token(visitor))
            input type="hidden" name="to" value=(line.key.target);
            input type="hidden" name="message" value=(format!("{}-{}", line.key.seq, line.key.n));
            button class="button secondary" type="submit" { (visitor.lang.say("再发", "Send again")) }
        }
    }
}

/// Sends one again.
pub async fn again(
    state: State<Arc<Running>>,
    visitor: Visitor,
    SignedSent(sent): SignedSent,
) -> Result<Response, Problem> {
    let app: App = state;
    work(&app, move |app| {
        let wanted = |line: &Delivery| {
            Some(line.key.target.as_str()) == sent.text("to")
                && Some(format!("{}-{}", line.key.seq, line.key.n).as_str()) == sent.text("message")
        };
        let lines = app.read(|snapshot| visible(snapshot, &visitor))?;
        let line = lines.iter().find(|line| wanted(line));
        let gone = || Problem::not_found("没有这一条，或者已经送到", "There is no such delivery, or it has arrived");
        app.store().retry_delivery(&line.ok_or_else(gone)?.key, visitor.now)?;
        Ok(Redirect::to("/deliveries").into_response())
    })
    .await
}
