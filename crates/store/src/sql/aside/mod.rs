//! Writing what lies beside the journal, in the same transactions as acts.

pub(super) mod accounts;
mod drafts;
mod files;
mod forms;
mod imports;
mod views;

pub(crate) use drafts::log_reading;
pub(crate) use files::keep_file;
pub(crate) use forms::by_code as form_by_code;
pub(crate) use imports::of as pending_import;
pub(crate) use views::of as saved_views;

use crate::aside::{Account, Aside, Draft, GoingOn, PendingImport, Reading, Upload};
use crate::fault::Fault;
use crate::pages::SavedView;
use engine::event::Desk;
use jiff::civil::DateTime;
use regulation::expr::FileRef;

use super::Database;

impl Aside for Database {
    fn put_account(&self, account: Account) -> Result<(), Fault> {
        self.write(move |view, _| accounts::put(view, &account))
    }

    fn touch_session(&self, digest: &str, now: DateTime) -> Result<(), Fault> {
        let digest = digest.to_owned();
        self.write(move |view, _| accounts::touch(view, &digest, now))
    }

    fn end_session(&self, digest: &str) -> Result<(), Fault> {
        let digest = digest.to_owned();
        self.write(move |view, _| accounts::end(view, &digest))
    }

    fn end_sessions(&self, person: &str, but: Option<&str>) -> Result<(), Fault> {
        let (person, but) = (person.to_owned(), but.unwrap_or("").to_owned());
        self.write(move |view, _| accounts::end_all(view, &person, &but))
    }

    fn sweep_sessions(&self, going: GoingOn) -> Result<u64, Fault> {
        self.write(move |view, _| accounts::sweep(view, going))
    }

    fn put_draft(&self, draft: Draft) -> Result<(), Fault> {
        self.write(move |view, chance| drafts::put(view, chance, &draft))
    }

    fn drop_draft(&self, person: &str, id: &str) -> Result<(), Fault> {
        let (person, id) = (person.to_owned(), id.to_owned());
        self.write(move |view, _| drafts::drop_one(view, &person, &id))
    }

    fn put_import(&self, import: PendingImport, stale: DateTime) -> Result<(), Fault> {
        self.write(move |view, chance| imports::put(view, chance, &import, stale))
    }

    fn drop_import(&self, id: &str) -> Result<(), Fault> {
        let id = id.to_owned();
        self.write(move |view, _| imports::drop_one(view, &id))
    }

    fn put_view(&self, saved: SavedView) -> Result<(), Fault> {
        self.write(move |view, _| views::put(view, &saved))
    }

    fn drop_view(&self, person: &str, register: &str, name: &str) -> Result<(), Fault> {
        let (person, register, name) = (person.to_owned(), register.to_owned(), name.to_owned());
        self.write(move |view, _| views::drop_one(view, &person, &register, &name))
    }

    fn mark_seen(&self, recipient: &Desk, person: &str, seq: u64) -> Result<(), Fault> {
        let (recipient, person) = (recipient.clone(), person.to_owned());
        self.write(move |view, _| drafts::mark_seen(view, &recipient, &person, seq))
    }

    fn log_reading(&self, reading: Reading) -> Result<(), Fault> {
        self.write(move |view, _| drafts::log_reading(view, &reading))
    }

    fn form_code(&self, matter: &str, form: &str) -> Result<Option<String>, Fault> {
        let (matter, form) = (matter.to_owned(), form.to_owned());
        self.write(move |view, _| forms::code(view, &matter, &form))
    }

    fn put_file(&self, upload: Upload) -> Result<FileRef, Fault> {
        files::check_size(&upload)?;
        let files = self.shared.place.files();
        self.write(move |view, chance| files::put(view, chance, &files, &upload))
    }

    fn file(&self, holder: Option<&str>, digest: &str) -> Result<Option<Vec<u8>>, Fault> {
        self.look(|view| files::get(view, &self.shared.place.files(), holder, digest))
    }
}
