//! The state of a delivery (投递状态), in words.

use crate::lang::Lang;
use jiff::civil::{DateTime, date};
use maud::{Markup, html};
use store::outbox::{Channel, Delivery, DeliveryKey, DeliveryState, Topic};

/// By what way, and how far it came.
#[must_use]
pub fn delivery(lang: Lang, delivery: &Delivery) -> Markup {
    let way = match delivery.key.channel {
        Channel::Mail => lang.say("邮件", "Mail"),
        Channel::Webhook => lang.say("网络回调", "Webhook"),
    };
    let (class, state) = match delivery.state {
        DeliveryState::Queued => ("light", lang.say("等待发送", "queued")),
        DeliveryState::Sent => ("light green", lang.say("已送出", "sent")),
        DeliveryState::Failed => ("light yellow", lang.say("没送到，会再试", "not taken yet, tried again")),
        DeliveryState::GivenUp => ("light yellow", lang.say("没送到，不再试", "given up")),
    };
    let answer = (!delivery.answer.is_empty()).then(|| answer(lang, &delivery.answer));
    html! {
        span class=(class) { (way) (lang.say("：", ": ")) (state) }
        span class="soft small" {
            @if let Some(last) = delivery.last { " " (lang.moment(last)) }
            @if delivery.attempts > 1 { (tries(lang, delivery.attempts)) }
            @if let Some(answer) = answer { (lang.say("，", ", ")) (answer) }
            @if let (DeliveryState::Failed, Some(next)) = (delivery.state, delivery.next) { (lang.say("，下次 ", ", next ")) (lang.moment(next)) }
        }
    }
}

fn tries(lang: Lang, attempts: u32) -> String {
    match lang {
        Lang::Zh => format!("，试了{attempts}次"),
        Lang::En => format!(", {attempts} attempts"),
    }
}

/// What the other side said, in words where it is one of the codes that this site itself gives.
fn answer(lang: Lang, code: &str) -> String {
    let known = match code {
        "gone" => lang.say("收件方已经取消", "the receiver is gone"),
        "nothing" => lang.say("内容已依法删除", "its content was erased"),
        "address" => lang.say("地址不能用", "the address cannot be used"),
        "private" => lang.say("地址在内网，不允许", "the address is in a private network"),
        "timeout" => lang.say("对方没有及时应答", "no answer in time"),
        "connection" => lang.say("连接不上", "no connection"),
        "redirect" => lang.say("对方要求转到别处，不跟随", "it points elsewhere, which is not followed"),
        other => return format!("{}{other}", lang.say("对方应答 ", "answer ")),
    };
    known.to_owned()
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let at: DateTime = date(2022, 3, 1).at(9, 0, 0, 0);
    let example = |channel, state, attempts, answer: &str| Delivery {
        key: DeliveryKey { channel, target: "example".into(), seq: 1, n: 0 },
        matter: "example".into(),
        topic: Topic::MessageSent,
        state,
        attempts,
        queued: at,
        next: (state == DeliveryState::Failed).then_some(at),
        last: (attempts > 0).then_some(at),
        answer: answer.into(),
    };
    html! {
        ul {
            li { (delivery(Lang::Zh, &example(Channel::Mail, DeliveryState::Queued, 0, ""))) }
            li { (delivery(Lang::Zh, &example(Channel::Mail, DeliveryState::Sent, 1, "250"))) }
            li { (delivery(Lang::Zh, &example(Channel::Webhook, DeliveryState::Failed, 3, "503"))) }
            li { (delivery(Lang::Zh, &example(Channel::Webhook, DeliveryState::GivenUp, 8, "timeout"))) }
        }
    }
}
