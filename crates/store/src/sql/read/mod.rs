//! Queries (查询): the pages of one moment.

mod beside;
mod county;
mod documents;
mod force;
mod inbox;
mod instances;
mod journal;
mod keeping;
mod matters;
mod publications;
mod rows;
mod standing;
mod todo;

pub(crate) use beside::{all_accounts, all_sessions};
pub(crate) use county::changes as county_changes;
pub(crate) use force::changes as force_changes;
pub(crate) use inbox::{kind_of as message_kind, text as message_text};

use crate::aside::{Account, Draft, GoingOn, PendingImport, Reading, Session};
pub(crate) use journal::stored;

use crate::db::params;
use crate::fault::Fault;
use crate::outbox::{Contact, Delivery, MatterMessage, Webhook};
use crate::pages::{
    CountyLine, Cut, Deed, DocumentLine, DueClock, Entry, ForceLine, FormLine, InstanceLine, LooksQuery, MatterLine,
    MatterQuery, Message, Page, RefusalCount, RowLine, RowQuery, RowVersion, SavedView, Snapshot, StandingLine, Stored,
    Todo, TodoCount, TodoQuery,
};
use crate::publications::{Found, PublicationLine, PublicationQuery, PublicationVersion, RelatedLine};
use crate::search::NumberWanted;
use crate::sharing::{AccessKey, Changes, ChangesOf, ShareUse};
use engine::event::Desk;
use engine::{Matter, Mention, World};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeSet;
use std::sync::Arc;
use trust::Digest;

use super::outbox;
use super::sharing;
use super::view::View;
use crate::sql::project::{desk_key, read_desk};
use crate::words::words;
pub(crate) use publications::{published, read_publication};
pub(crate) use rows::history as row_history;

/// Rows looked at when searching for the rarest word.
const WORD_SAMPLE: usize = 200;
/// Matters that a search by words looks through at most.
pub(crate) const SEARCHED_MAX: usize = 5_000;

impl Snapshot for View<'_> {
    fn world(&self) -> &dyn World {
        self
    }

    fn fault(&self) -> Result<(), Fault> {
        self.take_fault()
    }

    fn matter(&self, id: &str) -> Result<Option<Arc<Matter>>, Fault> {
        Ok(self.folded(id)?.map(|folded| Arc::clone(&folded.matter)))
    }

    fn matter_as_of(&self, id: &str, day: Date) -> Result<Option<Arc<Matter>>, Fault> {
        journal::matter_as_of(self, id, day)
    }

    fn matter_line(&self, id: &str) -> Result<Option<MatterLine>, Fault> {
        matters::line(self, id)
    }

    fn matters(&self, query: &MatterQuery, cut: &Cut) -> Result<Page<MatterLine>, Fault> {
        matters::page(self, query, cut)
    }

    fn timeline(&self, matter: &str) -> Result<Vec<Entry>, Fault> {
        journal::timeline(self, matter)
    }

    fn deeds(&self, doer: (&str, &str), from: u64, to: u64, limit: usize) -> Result<Vec<Deed>, Fault> {
        journal::deeds(self, doer, (from, to), limit)
    }

    fn journal_length(&self) -> Result<u64, Fault> {
        super::journal::length(self.conn, self.county)
    }

    fn latest_moment(&self) -> Result<Option<DateTime>, Fault> {
        super::journal::latest_moment(self.conn, self.county)
    }

    fn stored(&self, seq: u64) -> Result<Option<Stored>, Fault> {
        journal::stored(self, seq)
    }

    fn journal(&self, cut: &Cut) -> Result<Page<Entry>, Fault> {
        journal::page(self, cut)
    }

    fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Digest>, Fault> {
        journal::leaves(self, from, limit)
    }

    fn todo(&self, query: &TodoQuery, cut: &Cut) -> Result<Page<Todo>, Fault> {
        todo::page(self, query, cut)
    }

    fn todo_count(&self, desks: &[Desk], now: DateTime) -> Result<TodoCount, Fault> {
        todo::count(self, desks, now)
    }

    fn row(&self, register: &str, key: &str) -> Result<Option<RowLine>, Fault> {
        rows::one(self, register, key)
    }

    fn rows(&self, query: &RowQuery, cut: &Cut) -> Result<Page<RowLine>, Fault> {
        rows::page(self, query, cut)
    }

    fn row_count(&self, register: &str, place: Option<&str>) -> Result<u64, Fault> {
        rows::count(self, register, place)
    }

    fn row_history(&self, register: &str, key: &str) -> Result<Vec<RowVersion>, Fault> {
        rows::history(self, register, key)
    }

    fn document(&self, id: &str) -> Result<Option<DocumentLine>, Fault> {
        documents::one(self, "id", id)
    }

    fn document_by_code(&self, code: &str) -> Result<Option<DocumentLine>, Fault> {
        match trust::read_verification_code(code) {
            Ok(code) => documents::one(self, "code", &code),
            Err(_) => Ok(None),
        }
    }

    fn form_by_code(&self, code: &str) -> Result<Option<FormLine>, Fault> {
        super::aside::form_by_code(self, code)
    }

    fn document_by_number(&self, number: &str) -> Result<Option<DocumentLine>, Fault> {
        documents::one(self, "number", number)
    }

    fn documents(&self, matter: &str) -> Result<Vec<DocumentLine>, Fault> {
        documents::of_matter(self, matter)
    }

    fn notices(&self, on: Date, cut: &Cut) -> Result<Page<DocumentLine>, Fault> {
        documents::notices(self, on, cut)
    }

    fn publications(&self, query: &PublicationQuery, today: Date, from: usize, limit: usize) -> Result<Found, Fault> {
        publications::search(self, query, today, from, limit)
    }

    fn publication_list(&self, cut: &Cut) -> Result<Page<PublicationLine>, Fault> {
        publications::list(self, cut)
    }

    fn publication(&self, matter: &str) -> Result<Option<PublicationLine>, Fault> {
        publications::line(self, matter)
    }

    fn publication_versions(&self, matter: &str) -> Result<Vec<PublicationVersion>, Fault> {
        publications::versions(self, matter)
    }

    fn publications_numbered(&self, number: &NumberWanted) -> Result<Vec<PublicationLine>, Fault> {
        publications::numbered(self, number)
    }

    fn publication_mentioned(&self, mention: &Mention) -> Result<Option<PublicationLine>, Fault> {
        publications::mentioned(self, mention)
    }

    fn publications_about(&self, line: &PublicationLine) -> Result<Vec<RelatedLine>, Fault> {
        publications::about(self, line)
    }

    fn publication_parts(&self, line: &PublicationLine) -> Result<Vec<PublicationLine>, Fault> {
        publications::parts(self, line)
    }

    fn inbox(&self, recipients: &[Desk], person: &str, cut: &Cut) -> Result<Page<Message>, Fault> {
        inbox::page(self, recipients, person, cut)
    }

    fn unseen(&self, recipients: &[Desk], person: &str) -> Result<u64, Fault> {
        inbox::unseen(self, recipients, person)
    }

    fn due_clocks(&self, until: DateTime, limit: usize) -> Result<Vec<DueClock>, Fault> {
        beside::due_clocks(self, until, limit)
    }

    fn instances(&self, duty: &str, unit: &str, limit: usize) -> Result<Vec<InstanceLine>, Fault> {
        instances::of(self, duty, unit, limit)
    }

    fn standing(&self) -> Result<Vec<StandingLine>, Fault> {
        standing::lines(self)
    }

    fn refusals(&self, since: Date) -> Result<Vec<RefusalCount>, Fault> {
        beside::refusals(self, since)
    }

    fn regulation_text(&self, regulation: &str, version: &str) -> Result<Option<(String, String)>, Fault> {
        beside::regulation_text(self, regulation, version)
    }

    fn county_changes(&self, post: &str) -> Result<Vec<CountyLine>, Fault> {
        county::lines(self, post)
    }

    fn regulation_force(&self, regulation: &str) -> Result<Vec<ForceLine>, Fault> {
        force::lines(self, regulation)
    }

    fn regulation_versions(&self) -> Result<Vec<(String, String)>, Fault> {
        beside::regulation_versions(self)
    }

    fn account(&self, person: &str) -> Result<Option<Account>, Fault> {
        beside::account(self, "person", person)
    }

    fn account_by_login(&self, login: &str) -> Result<Option<Account>, Fault> {
        beside::account(self, "login", login)
    }

    fn session(&self, digest: &str, going: GoingOn) -> Result<Option<Session>, Fault> {
        Ok(beside::sessions(self, "digest", digest, going)?.pop())
    }

    fn sessions(&self, person: &str, going: GoingOn) -> Result<Vec<Session>, Fault> {
        beside::sessions(self, "person", person, going)
    }

    fn draft(&self, person: &str, id: &str) -> Result<Option<Draft>, Fault> {
        Ok(beside::drafts(self, person, Some(id))?.pop())
    }

    fn drafts(&self, person: &str) -> Result<Vec<Draft>, Fault> {
        beside::drafts(self, person, None)
    }

    fn pending_import(&self, id: &str) -> Result<Option<PendingImport>, Fault> {
        super::aside::pending_import(self, id)
    }

    fn saved_views(&self, person: &str, register: &str) -> Result<Vec<SavedView>, Fault> {
        super::aside::saved_views(self, person, register)
    }

    fn done_under(&self, person: &str, key: &str) -> Result<Option<(String, Option<String>)>, Fault> {
        journal::done_under(self, person, key)
    }

    fn matter_messages(&self, matter: &str) -> Result<Vec<MatterMessage>, Fault> {
        outbox::matter_messages(self, matter)
    }

    fn occurrence(&self, seq: u64, n: u64) -> Result<Option<Entry>, Fault> {
        outbox::occurrence(self, seq, n)
    }

    fn contact(&self, person: &str) -> Result<Option<Contact>, Fault> {
        outbox::contact_of(self, person)
    }

    fn webhooks(&self) -> Result<Vec<Webhook>, Fault> {
        outbox::all_webhooks(self)
    }

    fn deliveries(&self, matter: &str) -> Result<Vec<Delivery>, Fault> {
        outbox::of_matter(self, matter)
    }

    fn deliveries_not_taken(&self, limit: usize) -> Result<Vec<Delivery>, Fault> {
        outbox::not_taken(self, limit)
    }

    fn access_keys(&self) -> Result<Vec<AccessKey>, Fault> {
        sharing::keys(self)
    }

    fn access_key(&self, digest: &str) -> Result<Option<AccessKey>, Fault> {
        sharing::key_by_digest(self, digest)
    }

    fn share_uses(&self, share: &str, limit: usize) -> Result<Vec<ShareUse>, Fault> {
        sharing::uses(self, share, limit)
    }

    fn changes(&self, of: ChangesOf<'_>, since: u64, limit: usize) -> Result<Changes, Fault> {
        sharing::changes(self, of, since, limit)
    }

    fn changed_on(&self, of: ChangesOf<'_>) -> Result<Option<Date>, Fault> {
        sharing::changed_on(self, of)
    }

    fn readings(&self, subject: &str, limit: usize) -> Result<Vec<Reading>, Fault> {
        beside::readings(self, "subject", subject, limit)
    }

    fn readings_by(&self, person: &str, limit: usize) -> Result<Vec<Reading>, Fault> {
        beside::readings(self, "person", person, limit)
    }

    fn looks(&self, query: &LooksQuery, limit: usize) -> Result<(Vec<Reading>, bool), Fault> {
        beside::looks(self, query, limit)
    }

    fn readings_within(&self, from: Date, to: Date, limit: usize) -> Result<Vec<Reading>, Fault> {
        beside::readings_within(self, from, to, limit)
    }
}

/// Splits what follows after the limit off: there is a next page if one more line was found.
fn paged<T>(mut lines: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Page<T> {
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| more).map(cursor);
    Page { lines, next }
}

/// The two parts of a cursor; the beginning if there is none, or if somebody altered it.
fn split_cursor(cut: &Cut) -> Option<(&str, &str)> {
    cut.after.as_deref().and_then(|after| after.split_once('\u{1f}'))
}

fn join_cursor(first: &str, second: &str) -> String {
    format!("{first}\u{1f}{second}")
}

pub(crate) fn moment(text: &str, place: &str) -> Result<DateTime, Fault> {
    text.parse().map_err(|error| Fault::unreadable(place, error))
}

impl View<'_> {
    /// The keys under which the work of these desks is kept: also that of desks whose places have become part of theirs.
    pub(crate) fn desk_keys(&self, desks: &[Desk]) -> BTreeSet<String> {
        let behind = desks.iter().flat_map(|desk| self.library.county.desks_behind(desk));
        behind.filter_map(|desk| desk_key(&desk)).collect()
    }

    /// The desk at which what is kept under a key lies today.
    fn desk_of(&self, key: &str) -> Result<Desk, Fault> {
        read_desk(key).map(|desk| self.library.county.desk_now(desk))
    }

    /// Whether a place is wanted: it lies in the one asked for, if one is.
    fn in_place(&self, wanted: Option<&str>, place: &str) -> bool {
        wanted.is_none_or(|wanted| self.county().contains(wanted, place))
    }

    /// Matters whose titles have all pairs of a text, by the rarest first; at most [`SEARCHED_MAX`]. `None` if there is no
    /// word in it.
    fn with_words(&self, text: &str) -> Result<Option<BTreeSet<String>>, Fault> {
        let mut wanted: Vec<(usize, i64)> = Vec::new();
        for word in words(self.ring, text) {
            wanted.push((self.having(word, WORD_SAMPLE)?.len(), word));
        }
        wanted.sort_unstable();
        let Some(((_, rarest), others)) = wanted.split_first() else {
            return Ok(None);
        };
        let mut found: BTreeSet<String> = self.having(*rarest, SEARCHED_MAX)?.into_iter().collect();
        let mut probe =
            self.conn.prepare_cached("SELECT 1 FROM matter_word WHERE county = ?1 AND word = ?2 AND matter = ?3")?;
        for (_, word) in others {
            let mut kept = BTreeSet::new();
            for matter in found {
                if probe.exists(params![self.county, word, matter])? {
                    kept.insert(matter);
                }
            }
            found = kept;
        }
        Ok(Some(found))
    }

    /// The latest matters that have a word.
    fn having(&self, word: i64, limit: usize) -> Result<Vec<String>, Fault> {
        let mut statement = self.conn.prepare_cached(
            "SELECT matter FROM matter_word WHERE county = ?1 AND word = ?2 ORDER BY matter DESC LIMIT ?3",
        )?;
        let found = statement.query_map(params![self.county, word, limit], |row| row.get(0))?;
        Ok(found.collect::<Result<_, _>>()?)
    }
}
