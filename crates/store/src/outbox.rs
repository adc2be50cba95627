//! The outbox (发件箱): how messages leave the site, by mail to people and as signed events to other programs.
//!
//! What was said is in the journal. Whether it arrived is a fact of the outside world and stands beside the journal
//! (`docs/decisions/0012-deliveries.md`): no act waits for it, a rebuild leaves it alone. Whoever delivers asks for what is due,
//! marks that it begins, sends, and marks what came of it; after a crash in between the same message goes out again under
//! the same id, which its receiver knows.

use crate::fault::Fault;
use crate::pages::MessageKind;
use engine::event::Desk;
use jiff::civil::DateTime;
use std::collections::BTreeSet;

/// By what way a message leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// To a person's mail address.
    Mail,
    /// To another program.
    Webhook,
}

/// One message on one way to one receiver: there is at most one delivery of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeliveryKey {
    /// Way.
    pub channel: Channel,
    /// Person or webhook.
    pub target: String,
    /// Place in the journal of the act.
    pub seq: u64,
    /// Which of the act's events, from 0.
    pub n: u64,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    /// Not tried yet.
    Queued,
    /// It went out and was taken.
    Sent,
    /// It was not taken, and is tried again.
    Failed,
    /// It was not taken, and is not tried again by itself.
    GivenUp,
}

/// A delivery (投递).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// What to whom.
    pub key: DeliveryKey,
    /// About which matter; of a shared row that was entered `register/key`.
    pub matter: String,
    /// What kind of event, as in [`Topic::code`].
    pub topic: Topic,
    /// How far it has come.
    pub state: DeliveryState,
    /// How often it was tried.
    pub attempts: u32,
    /// Queued at.
    pub queued: DateTime,
    /// Tried next at; `None` once it is over.
    pub next: Option<DateTime>,
    /// Tried last at.
    pub last: Option<DateTime>,
    /// What the other side said last: a code, never its words, which may repeat an address.
    pub answer: String,
}

/// What came of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// How far the delivery has come by it.
    pub state: DeliveryState,
    /// When to try again.
    pub next: Option<DateTime>,
    /// What the other side said.
    pub answer: String,
}

/// Kinds of event that can leave the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Topic {
    /// A matter began.
    MatterOpened,
    /// An act was done.
    ActDone,
    /// A matter came to a step.
    StepEntered,
    /// A matter is over.
    MatterEnded,
    /// A document was issued.
    DocumentIssued,
    /// A document lost its force.
    DocumentVoided,
    /// A deadline passed.
    DeadlinePassed,
    /// A message was sent.
    MessageSent,
    /// A row of a shared register was entered, changed or closed.
    ShareChanged,
}

impl Topic {
    /// All of them.
    pub const ALL: [Topic; 9] = [
        Topic::MatterOpened,
        Topic::ActDone,
        Topic::StepEntered,
        Topic::MatterEnded,
        Topic::DocumentIssued,
        Topic::DocumentVoided,
        Topic::DeadlinePassed,
        Topic::MessageSent,
        Topic::ShareChanged,
    ];

    /// Its code, the end of an event's type.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Topic::MatterOpened => "matter.opened",
            Topic::ActDone => "act.done",
            Topic::StepEntered => "step.entered",
            Topic::MatterEnded => "matter.ended",
            Topic::DocumentIssued => "document.issued",
            Topic::DocumentVoided => "document.voided",
            Topic::DeadlinePassed => "deadline.passed",
            Topic::MessageSent => "message.sent",
            Topic::ShareChanged => "share.changed",
        }
    }

    /// Reads a code.
    #[must_use]
    pub fn read(code: &str) -> Option<Topic> {
        Topic::ALL.into_iter().find(|topic| topic.code() == code)
    }
}

/// The mail address of a person, as far as they have given and confirmed one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Person.
    pub person: String,
    /// Address; empty once erased.
    pub address: String,
    /// The code that confirms it.
    pub code: String,
    /// How far it has come.
    pub state: ContactState,
    /// The code was asked for at.
    pub asked: DateTime,
    /// The code holds until.
    pub until: DateTime,
    /// Codes typed wrongly.
    pub tries: u32,
    /// Whether messages about one's own matters are wanted by mail.
    pub own: bool,
    /// Whether messages to one's posts are.
    pub posts: bool,
}

/// States of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactState {
    /// The code has to be sent.
    Asked,
    /// The code was sent.
    CodeSent,
    /// The code could not be sent.
    NotSent,
    /// The address is the person's.
    Confirmed,
}

/// Another program that is told of events (网络回调).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Id.
    pub id: String,
    /// The office that keeps it: it is told of what that office may see.
    pub office: Desk,
    /// Where to.
    pub url: String,
    /// Secret that signs.
    pub secret: Vec<u8>,
    /// The secret before, and until when both sign.
    pub former: Option<(Vec<u8>, DateTime)>,
    /// What it is told of.
    pub topics: BTreeSet<Topic>,
    /// Whether it is told at all.
    pub active: bool,
    /// Made or changed last at.
    pub changed: DateTime,
    /// By whom.
    pub person: String,
}

/// A message about a matter, with all who got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterMessage {
    /// Place in the journal.
    pub seq: u64,
    /// Which of the act's events.
    pub n: u64,
    /// When.
    pub at: DateTime,
    /// Kind.
    pub kind: MessageKind,
    /// Text of a message; name of the clock of an alarm.
    pub text: String,
    /// To whom.
    pub recipients: Vec<Desk>,
}

/// What was queued in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queued {
    /// Deliveries made.
    pub deliveries: u64,
    /// Acts looked at; as many as allowed means that more may wait.
    pub acts: u64,
}

/// Acts looked at in one go.
pub const QUEUE_ACTS: usize = 200;

/// Keeping the outbox. Each write returns once it is on disk.
#[expect(clippy::missing_errors_doc, reason = "each fails only if the database or the disk cannot be read or written")]
pub trait Outbox {
    /// Looks at the next acts of the journal, at most [`QUEUE_ACTS`], and queues what they have to tell. The first time it
    /// passes over all that lies before: nobody is told today what happened before there was an outbox.
    fn queue_deliveries(&self, now: DateTime) -> Result<Queued, Fault>;
    /// Deliveries to be tried by now, those that wait longest first.
    fn due_deliveries(&self, now: DateTime, limit: usize) -> Result<Vec<Delivery>, Fault>;
    /// Claims the next attempt of a delivery as it was found due, before it is sent. `false`: somebody else has claimed it since. If nothing
    /// is heard of the attempt, it is due again at `again`.
    fn claim_delivery(&self, found: &Delivery, now: DateTime, again: DateTime) -> Result<bool, Fault>;
    /// Marks what came of the attempt that was claimed for a delivery as it was found due. `false`: it was claimed anew meanwhile, and what came
    /// of that counts.
    fn end_delivery(&self, found: &Delivery, attempt: Attempt) -> Result<bool, Fault>;
    /// Lets a delivery that failed be tried again from the beginning. `false`: there is none, or it did not fail.
    fn retry_delivery(&self, key: &DeliveryKey, now: DateTime) -> Result<bool, Fault>;

    /// Keeps a person's contact, its address and code sealed with their key.
    fn put_contact(&self, contact: Contact) -> Result<(), Fault>;
    /// Drops it, with what is queued for it.
    fn drop_contact(&self, person: &str) -> Result<(), Fault>;
    /// Contacts whose code has to be sent.
    fn contacts_to_confirm(&self, limit: usize) -> Result<Vec<Contact>, Fault>;
    /// Notes that a code goes out, before it does. `false`: somebody else sends it, or another was asked for since.
    fn claim_code(&self, contact: &Contact) -> Result<bool, Fault>;

    /// Keeps a webhook, its address and secrets sealed.
    fn put_webhook(&self, webhook: Webhook) -> Result<(), Fault>;
    /// Drops it, with what is queued for it.
    fn drop_webhook(&self, id: &str) -> Result<(), Fault>;
}
