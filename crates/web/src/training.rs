//! A standing clock is advanced (推进时钟): on a site for training or tests, by a page and by programs alike.

use crate::problem::Problem;
use crate::site::{App, work};
use axum::http::StatusCode;
use jiff::civil::DateTime;
use store::Ticked;

/// Advances a standing clock from one moment to another; what falls due on the way happens. Refused where the clock runs by itself,
/// and backwards.
pub(crate) async fn advance(app: &App, now: DateTime, to: DateTime) -> Result<Ticked, Problem> {
    if !app.site.clock.stands() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "clock-runs",
            "这里的时钟按真实时间走，不能调整",
            "The clock here runs by itself and cannot be set",
        )
        .hint(
            "只有用 serve --now 启动的训练、测试环境可以推进时钟。",
            "Only a site started with serve --now for training or tests can be advanced.",
        ));
    }
    if to < now {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "clock-back",
            "时钟不能倒拨",
            "The clock cannot be turned back",
        )
        .detail(format!("现在是 {now}"), format!("It is {now}"))
        .hint("请给出不早于现在的时刻。", "Give a moment that is not before the present one."));
    }
    work(app, move |app| {
        if !app.site.clock.set(to) {
            return Err(Problem::fault(&anyhow::anyhow!("a standing clock could not be set")));
        }
        Ok(app.store().tick(to)?)
    })
    .await
}
