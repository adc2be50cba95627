//! `/clock`: sets a standing clock (training, tests) and lets everything fall due that falls due until then.

use super::Object;
use crate::problem::Problem;
use crate::site::{App, Running, work};
use crate::visit::Visitor;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Json;
use jiff::civil::{Date, DateTime};
use serde_json::{Value, json};
use std::sync::Arc;

/// Advances the clock: `{now}`, a date (then 09:00) or a moment.
pub async fn set(state: State<Arc<Running>>, visitor: Visitor, body: Object) -> Result<Json<Value>, Problem> {
    let app: App = state;
    if !app.site.clock.stands() {
        return Err(Problem::not_found("时钟自己在走，不能设定", "The clock runs by itself and cannot be set"));
    }
    let text = body.text("now")?;
    let now = read(&text).ok_or_else(|| {
        Problem::unreadable(
            "now 应写作 2022-03-01 或 2022-03-01T09:00:00",
            "`now` must look like 2022-03-01 or 2022-03-01T09:00:00",
        )
    })?;
    if now < visitor.now {
        return Err(Problem::new(StatusCode::CONFLICT, "clock-back", "时钟不能往回拨", "The clock cannot be set back"));
    }
    work(&app, move |app| {
        let ticked = app.store().tick(now)?;
        app.site.clock.set(now);
        let refused: Vec<Value> = ticked
            .refused
            .iter()
            .map(|(matter, clock, reason)| json!({ "matter": matter, "clock": clock, "reason": reason }))
            .collect();
        Ok(Json(json!({ "now": now.to_string(), "fired": ticked.fired, "refused": refused })))
    })
    .await
}

fn read(text: &str) -> Option<DateTime> {
    let moment = text.parse::<DateTime>().ok().filter(|_| text.len() > 10);
    moment.or_else(|| text.parse::<Date>().ok().map(|date| date.at(9, 0, 0, 0)))
}

#[cfg(test)]
mod tests {
    use super::read;
    use jiff::civil::date;

    #[test]
    fn a_date_means_nine_o_clock() {
        assert_eq!(read("2022-03-01"), Some(date(2022, 3, 1).at(9, 0, 0, 0)));
        assert_eq!(read("2022-03-01T23:30:00"), Some(date(2022, 3, 1).at(23, 30, 0, 0)));
        assert_eq!(read("tomorrow"), None);
    }
}
