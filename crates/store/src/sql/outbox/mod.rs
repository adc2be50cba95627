//! The outbox in the database.

mod contacts;
mod deliveries;
mod queue;
mod shares;
mod webhooks;

pub(crate) use contacts::of as contact_of;
pub(crate) use deliveries::{matter_messages, not_taken, occurrence, of_matter};
pub(crate) use webhooks::all as all_webhooks;

use crate::fault::Fault;
use crate::outbox::{Attempt, Contact, Delivery, DeliveryKey, Outbox, Queued, Webhook};
use jiff::civil::DateTime;

use super::Database;

impl Outbox for Database {
    fn queue_deliveries(&self, now: DateTime) -> Result<Queued, Fault> {
        let batch = self.look(|view| queue::look(view, now))?;
        if batch.is_nothing() {
            return Ok(Queued::default());
        }
        self.write(move |view, _| queue::keep(view, &batch, now))
    }

    fn due_deliveries(&self, now: DateTime, limit: usize) -> Result<Vec<Delivery>, Fault> {
        self.look(|view| deliveries::due(view, now, limit))
    }

    fn claim_delivery(&self, found: &Delivery, now: DateTime, again: DateTime) -> Result<bool, Fault> {
        let found = found.clone();
        self.write(move |view, _| deliveries::claim(view, &found, now, again))
    }

    fn end_delivery(&self, found: &Delivery, attempt: Attempt) -> Result<bool, Fault> {
        let found = found.clone();
        self.write(move |view, _| deliveries::end(view, &found, &attempt))
    }

    fn retry_delivery(&self, key: &DeliveryKey, now: DateTime) -> Result<bool, Fault> {
        let key = key.clone();
        self.write(move |view, _| deliveries::retry(view, &key, now))
    }

    fn put_contact(&self, contact: Contact) -> Result<(), Fault> {
        self.write(move |view, chance| contacts::put(view, chance, &contact))
    }

    fn drop_contact(&self, person: &str) -> Result<(), Fault> {
        let person = person.to_owned();
        self.write(move |view, _| contacts::drop_one(view, &person))
    }

    fn contacts_to_confirm(&self, limit: usize) -> Result<Vec<Contact>, Fault> {
        self.look(|view| contacts::to_confirm(view, limit))
    }

    fn claim_code(&self, contact: &Contact) -> Result<bool, Fault> {
        let (person, asked) = (contact.person.clone(), contact.asked);
        self.write(move |view, _| contacts::claim(view, &person, asked))
    }

    fn put_webhook(&self, webhook: Webhook) -> Result<(), Fault> {
        self.write(move |view, chance| webhooks::put(view, chance, &webhook))
    }

    fn drop_webhook(&self, id: &str) -> Result<(), Fault> {
        let id = id.to_owned();
        self.write(move |view, _| webhooks::drop_one(view, &id))
    }
}
