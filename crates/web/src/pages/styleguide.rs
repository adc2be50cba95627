//! `/admin/styleguide`: every component with its examples. What is seen here is what pages use.

use crate::components::{
    banner, button, chart, clause, delivery, error_summary, figure, gantt, light, pagination, plot, reasons, stages,
    summary, table, tiles, timeline, verdict, why,
};
use crate::layout::{self, Nav};
use crate::visit::Visitor;
use maud::{Markup, html};

/// The page.
pub async fn show(visitor: Visitor) -> Markup {
    let lang = visitor.lang;
    let title = lang.say("界面规范", "Style guide");
    let parts: [(&str, &str, Markup); 20] = [
        ("颜色", "Colours", colours()),
        ("按钮", "Buttons", button::examples()),
        ("提示条", "Banners", banner::examples()),
        ("输入项", "Fields", crate::forms::field::examples()),
        ("错误汇总", "Error summary", error_summary::examples()),
        ("灯与标签", "Lights and tags", light::examples()),
        ("表格", "Tables", table::examples()),
        ("摘要", "Summary lists", summary::examples()),
        ("进度与步骤", "Stages and steps", stages::examples()),
        ("办理过程", "Timelines", timeline::examples()),
        ("投递情况", "Deliveries", delivery::examples()),
        ("判定", "Verdicts", verdict::examples()),
        ("理由", "Reasons", reasons::examples()),
        ("为什么是这一天", "Why this date", why::examples()),
        ("流程图", "Process figures", figure::examples()),
        ("统计图", "Charts", chart::examples()),
        ("方格图", "Tiles", tiles::examples()),
        ("甘特图", "Gantt charts", gantt::examples(lang)),
        ("宗地图", "Plans of plots", plot::examples()),
        ("条款链接与翻页", "Clauses and pages", html! { (clause::examples()) (pagination::examples()) }),
    ];
    let content = html! {
        h1 { (title) }
        p class="lead" { (lang.say(
            "红色只用于报头和逾期；其余是墨色、纸色和一种蓝。正文不小于 16 像素，所有控件可用键盘操作，打印为 A4。",
            "Red is for the masthead and for what is late; the rest is ink, paper and one blue. Text is 16 pixels or more, everything works by keyboard, and prints on A4.",
        )) }
        @for (zh, en, examples) in parts { h2 { (lang.say(zh, en)) } div class="specimen" { (examples) } }
    };
    layout::page(&visitor, Nav::Other, title, &content)
}

/// The colours by name; what they are, light and dark, the style sheet says.
const COLOURS: [(&str, &str); 8] = [
    ("墨", "ink"),
    ("淡墨", "ink-soft"),
    ("蓝", "accent"),
    ("红", "red"),
    ("褐", "amber"),
    ("绿", "green"),
    ("纸", "paper"),
    ("底", "ground"),
];

fn colours() -> Markup {
    html! {
        ul class="swatches" {
            @for (zh, name) in COLOURS {
                li { svg viewBox="0 0 10 10" preserveAspectRatio="none" aria-hidden="true" { rect width="10" height="10" fill=(format!("var(--{name})")); } span class="small" { (zh) br; (name) } }
            }
        }
    }
}
