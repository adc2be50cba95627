//! The messages about a matter: what was said, to whom, when, and whether it arrived.

use super::View;
use crate::components::delivery::delivery;
use crate::problem::Problem;
use engine::rights::Access;
use maud::{Markup, html};
use store::outbox::{Channel, Delivery, MatterMessage};
use store::pages::MessageKind;

impl View<'_> {
    pub(super) fn messages(&self) -> Result<Markup, Problem> {
        let lang = self.lang();
        if self.access < Access::Full || self.matter.messages.is_empty() {
            return Ok(html! {});
        }
        let mut messages = self.snapshot.matter_messages(&self.matter.id)?;
        // An alarm says in words what it is about: the message sent with it.
        messages.retain(|message| message.kind == MessageKind::Told);
        let deliveries = self.snapshot.deliveries(&self.matter.id)?;
        let of = |message: &MatterMessage| -> Vec<&Delivery> {
            deliveries
                .iter()
                .filter(|one| (one.key.seq, one.key.n) == (message.seq, message.n) && self.shows(one))
                .collect()
        };
        Ok(html! {
            h2 { (lang.say("通知", "Messages")) }
            details {
                summary { (lang.count(messages.len(), "条", "message", "messages")) }
                ul { @for message in messages.iter().rev() { li {
                    (message.text)
                    br; span class="soft small" { (lang.moment(message.at)) (lang.say("，发给 ", ", to ")) (self.recipients(message)) }
                    @for one in of(message) { br; (delivery(lang, one)) }
                } } }
            }
        })
    }

    fn recipients(&self, message: &MatterMessage) -> String {
        let names = self.names();
        let names: Vec<String> = message.recipients.iter().map(|desk| names.desk(desk)).collect();
        names.join(self.lang().say("、", ", "))
    }

    /// Whether a reader is shown a delivery: officers see those of the matter's people and offices, others their own.
    fn shows(&self, one: &Delivery) -> bool {
        match one.key.channel {
            Channel::Mail => self.visitor.is_staff() || self.visitor.person_id() == Some(one.key.target.as_str()),
            Channel::Webhook => self.visitor.is_staff(),
        }
    }
}
