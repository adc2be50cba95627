//! `/clock`: a standing clock is advanced (推进时钟), so that those who train see what time brings about.

use crate::components::button;
use crate::layout::{self, Nav, token};
use crate::problem::Problem;
use crate::sent::Sent;
use crate::site::{App, Running};
use crate::training;
use crate::visit::{Visitor, query_value};
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use jiff::civil::Date;
use maud::{Markup, html};
use std::sync::Arc;

/// When an office opens: a day that is advanced to begins with its work.
const MORNING: i8 = 9;

/// The page with the day to advance to, and what the last step brought about.
pub async fn show(visitor: Visitor, uri: Uri) -> Result<Markup, Problem> {
    if !visitor.training {
        return Err(Problem::not_found("没有这个页面", "There is no such page"));
    }
    let lang = visitor.lang;
    let title = lang.say("推进时钟", "Advance the clock");
    let fired = query_value(&uri, "fired").and_then(|fired| fired.parse::<u64>().ok());
    let tomorrow = visitor.now.date().tomorrow().unwrap_or(visitor.now.date());
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say("这里是演练环境，时钟停着。推进到某一天，其间到期的期限、提醒和定期职责依次自动办理，与真实时间走到那一天一样。", "The clock of this training site stands. Advance it to a day: deadlines, reminders and duties that fall due on the way happen in their order, as they would have.")) }
        @if let Some(fired) = fired {
            p role="status" { (lang.say(&format!("现在是{}；其间自动办理 {fired} 件。", lang.moment(visitor.now)), &format!("It is {}; the clock did {fired} acts on the way.", lang.moment(visitor.now)))) }
        }
        form method="post" action="/clock" {
            (token(&visitor))
            div class="field" {
                label for="to" { (lang.say("推进到", "Advance to")) }
                input class="input short" type="date" id="to" name="to" required min=(visitor.now.date()) value=(tomorrow);
            }
            (button::submit(lang.say("推进", "Advance")))
        }
    };
    Ok(layout::page(&visitor, Nav::Other, title, &content))
}

/// Advances the clock to the morning of a day, or by nothing on the present one.
pub async fn advance(state: State<Arc<Running>>, visitor: Visitor, sent: Sent) -> Result<Response, Problem> {
    let app: App = state;
    let day = sent.text("to").and_then(|text| text.parse::<Date>().ok()).ok_or_else(|| {
        Problem::new(StatusCode::BAD_REQUEST, "wrong-day", "请填写推进到哪一天", "Say to which day")
            .hint("形如 2024-05-01。", "Such as 2024-05-01.")
    })?;
    let morning = day.at(MORNING, 0, 0, 0);
    let to = if day == visitor.now.date() { morning.max(visitor.now) } else { morning };
    let ticked = training::advance(&app, visitor.now, to).await?;
    Ok(Redirect::to(&format!("/clock?fired={}", ticked.fired)).into_response())
}
