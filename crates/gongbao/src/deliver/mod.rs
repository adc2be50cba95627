//! Delivering (投递): takes what the outbox has due, sends it, and notes what came of it.
//!
//! Nobody waits for it: it runs beside the scheduler on threads of its own. Each delivery is claimed before it is sent and marked after, so
//! that of two nodes that believe to lead one sends it; if the machine stops in between, it is sent again under the same id when its lease is
//! over. A code to confirm an address is not: whoever did not get it asks for another. Times come from the county's clock.

mod mail;
mod retry;
#[cfg(test)]
mod tests;
mod webhook;

pub use mail::Mailer;

use anyhow::Result;
use jiff::ToSpan;
use jiff::civil::DateTime;
use std::sync::Arc;
use store::outbox::{Attempt, Channel, Contact, ContactState, Delivery, DeliveryState, QUEUE_ACTS};
use store::{Store, StoreExt};
use web::outgoing::{event, mail as letters};

/// Deliveries taken in one go.
const DELIVERIES_AT_ONCE: usize = 50;
/// Codes sent in one go.
const CODES_AT_ONCE: usize = 20;
/// A delivery of which nothing was heard for so long is tried again: longer than any attempt may take.
const LEASE_MINUTES: i64 = 5;

/// What one attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It was taken.
    Taken(String),
    /// Not now: try again.
    Later(String),
    /// Never, as it stands.
    Never(String),
}

/// Sends what is due.
pub struct Deliverer {
    /// The keeper of the outbox.
    pub store: Arc<dyn Store>,
    /// Mail, where it is set up.
    pub mailer: Option<Mailer>,
    /// Whether webhooks may lead into private networks.
    pub private_webhooks: bool,
    /// The address at which people reach the site.
    pub public_url: String,
}

impl Deliverer {
    /// One round: queues what the journal has to tell, sends codes and deliveries that are due. How many it sent.
    pub fn round(&self, now: DateTime) -> Result<u64> {
        while self.store.queue_deliveries(now)?.acts >= QUEUE_ACTS as u64 {}
        let mut sent = self.codes()?;
        for delivery in self.store.due_deliveries(now, DELIVERIES_AT_ONCE)? {
            if !self.store.claim_delivery(&delivery, now, now.saturating_add(LEASE_MINUTES.minutes()))? {
                continue;
            }
            let answer = self.send(&delivery, now)?;
            sent += u64::from(matches!(answer, Answer::Taken(_)));
            if !self.store.end_delivery(&delivery, outcome(&delivery, answer, now))? {
                tracing::warn!(seq = delivery.key.seq, "another attempt was begun meanwhile, or the receiver is gone");
            }
        }
        Ok(sent)
    }

    fn send(&self, delivery: &Delivery, now: DateTime) -> Result<Answer> {
        match delivery.key.channel {
            Channel::Mail => self.by_mail(delivery),
            Channel::Webhook => self.to_webhook(delivery, now),
        }
    }

    fn by_mail(&self, delivery: &Delivery) -> Result<Answer> {
        let Some(mailer) = &self.mailer else { return Ok(Answer::Later("connection".into())) };
        let (letter, id) = self.store.read(|snapshot| {
            let county = &snapshot.world().county().code;
            // One message may go to several people: each gets a mail of their own.
            let id = format!("{}-{}", event::id(county, delivery), trust::token_digest(&delivery.key.target));
            Ok((letters::letter(snapshot, delivery, &self.public_url)?, id))
        })?;
        Ok(letter.map_or_else(|| Answer::Never("nothing".into()), |letter| mailer.send(&letter, &id)))
    }

    fn to_webhook(&self, delivery: &Delivery, now: DateTime) -> Result<Answer> {
        let (webhook, body, id) = self.store.read(|snapshot| {
            let webhook = snapshot.webhooks()?.into_iter().find(|webhook| webhook.id == delivery.key.target);
            let id = event::id(&snapshot.world().county().code, delivery);
            Ok((webhook, event::event(snapshot, delivery, &self.public_url)?, id))
        })?;
        let Some(webhook) = webhook else { return Ok(Answer::Never("gone".into())) };
        let Some(body) = body else { return Ok(Answer::Never("nothing".into())) };
        if !webhook.active {
            return Ok(Answer::Later("gone".into()));
        }
        Ok(webhook::send(&webhook, &id, &body, now, self.private_webhooks))
    }

    fn codes(&self) -> Result<u64> {
        let Some(mailer) = &self.mailer else { return Ok(0) };
        let mut sent = 0;
        for contact in self.store.contacts_to_confirm(CODES_AT_ONCE)? {
            if !self.store.claim_code(&contact)? {
                continue;
            }
            let letter = self.store.read(|snapshot| letters::code_letter(snapshot, &contact, &self.public_url))?;
            let id = trust::token_digest(&format!("{} {} {}", contact.person, contact.asked, contact.code));
            match mailer.send(&letter, &id) {
                Answer::Taken(_) => sent += 1,
                Answer::Later(_) | Answer::Never(_) => self.note_not_sent(contact)?,
            }
        }
        Ok(sent)
    }

    /// Notes that a code did not go out, unless the person has asked for another meanwhile.
    fn note_not_sent(&self, contact: Contact) -> Result<()> {
        let present = self.store.read(|snapshot| snapshot.contact(&contact.person))?;
        if present.as_ref() == Some(&Contact { state: ContactState::CodeSent, ..contact.clone() }) {
            self.store.put_contact(Contact { state: ContactState::NotSent, ..contact })?;
        }
        Ok(())
    }
}

/// What is noted of an attempt.
fn outcome(delivery: &Delivery, answer: Answer, now: DateTime) -> Attempt {
    let attempts = delivery.attempts + 1;
    match answer {
        Answer::Taken(answer) => Attempt { state: DeliveryState::Sent, next: None, answer },
        Answer::Never(answer) => Attempt { state: DeliveryState::GivenUp, next: None, answer },
        Answer::Later(answer) => match retry::next(attempts, now) {
            Some(next) => Attempt { state: DeliveryState::Failed, next: Some(next), answer },
            None => Attempt { state: DeliveryState::GivenUp, next: None, answer },
        },
    }
}
