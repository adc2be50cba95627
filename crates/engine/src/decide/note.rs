//! Notes of a matter (内部留言): written by those who handle it, struck out by whoever wrote them, never taken away.
//!
//! No regulation says anything of them, and nothing that one says reads them: the matter's state, its clocks, its acts and how many it has
//! seen stay as they are.

use super::{Run, unknown_matter};
use crate::act::{Act, Actor, FieldFault, PersonId, Reason, Refusal, RefusalKind};
use crate::event::Event;
use crate::keeping::matter_owner;
use crate::matter::{Matter, Note};
use crate::reason::{Decided, refuse};
use crate::rights::{self, Mention, may_note, mentions};
use crate::world::World;
use regulation::expr::{Record, Value};

/// The field of a note's text.
pub const TEXT: &str = "text";
/// The field of those mentioned: their codes ([`Mention::code`]), as a list.
pub const MENTION: &str = "mention";
/// The field of the reason for striking a note out.
pub const REASON: &str = "reason";
/// A note has at most so many characters.
pub const NOTE_LETTERS_MAX: usize = 1_000;
/// The reason for striking one out has at most so many.
pub const REASON_LETTERS_MAX: usize = 200;
/// A matter has at most so many notes: they are read with it, each time.
const NOTES_MAX: usize = 500;

impl Run<'_> {
    pub(super) fn note(&mut self, act: &Act, id: &str, strike: Option<u32>) -> Decided<()> {
        let Some(matter) = self.scratch.matter(id) else {
            return refuse(RefusalKind::Unknown, unknown_matter(id));
        };
        if let Err(reason) = may_note(&self.scratch, &act.actor, &matter, self.now) {
            return refuse(RefusalKind::Rights, *reason);
        }
        let event = match strike {
            None => self.noted(act, &matter)?,
            Some(note) => self.struck(act, &matter, note)?,
        };
        self.emit(event);
        Ok(())
    }

    fn noted(&self, act: &Act, matter: &Matter) -> Decided<Event> {
        if !matter.is_open() {
            return refuse(RefusalKind::State, closed());
        }
        if matter.notes.len() >= NOTES_MAX {
            return refuse(RefusalKind::State, too_many());
        }
        let mut faults = Vec::new();
        let text = text_of(&act.form, (TEXT, "留言"), NOTE_LETTERS_MAX, &mut faults);
        let found = mentioned(&act.form, &mentions(&self.scratch, matter, self.now), &mut faults);
        no_faults(faults)?;
        let (mut desks, mut posts) = (Vec::new(), Vec::new());
        for mention in found {
            match mention {
                Mention::Office(desk) => desks.push(desk),
                Mention::Post(post) => posts.push(post),
            }
        }
        let persons = self.holders(&posts);
        let (matter, actor) = (matter.id.clone(), act.actor.clone());
        Ok(Event::Noted { matter, actor, at: self.now, text, desks, posts, persons })
    }

    fn holders(&self, posts: &[String]) -> Vec<PersonId> {
        let held = posts.iter().flat_map(|post| rights::holders(self.scratch.county(), post, self.now));
        let mut persons: Vec<PersonId> = held.collect();
        persons.sort();
        persons.dedup();
        persons
    }

    fn struck(&self, act: &Act, matter: &Matter, number: u32) -> Decided<Event> {
        let Some(note) = matter.notes.get(number as usize) else {
            return refuse(RefusalKind::Unknown, Reason::general("unknown-note", "没有这条留言", "no such note"));
        };
        if !is_by(note, &act.actor) {
            return refuse(RefusalKind::Rights, not_yours());
        }
        if note.struck.is_some() {
            let reason = Reason::general("note-struck", "这条留言已经划去", "the note is struck out already");
            return refuse(RefusalKind::State, reason);
        }
        // What was erased with the rest of the matter gets no new words beside it.
        if !self.scratch.has_sealed(&matter_owner(&matter.id, matter.owner.as_deref())) {
            let reason = Reason::general("note-erased", "这条留言已经依法删除", "the note was erased");
            return refuse(RefusalKind::State, reason);
        }
        let mut faults = Vec::new();
        let reason = text_of(&act.form, (REASON, "划去的理由"), REASON_LETTERS_MAX, &mut faults);
        no_faults(faults)?;
        let (matter, actor) = (matter.id.clone(), act.actor.clone());
        Ok(Event::NoteStruck { matter, note: number, actor, at: self.now, reason })
    }
}

fn is_by(note: &Note, actor: &Actor) -> bool {
    match (&note.actor, actor) {
        (Actor::Person { person: wrote, .. }, Actor::Person { person, .. }) => wrote == person,
        _ => false,
    }
}

/// A text that must be there and is not too long.
fn text_of(form: &Record, (field, label): (&str, &str), most: usize, faults: &mut Vec<FieldFault>) -> String {
    let text = form.get(field).and_then(Value::as_text).unwrap_or_default().trim().to_owned();
    let letters = text.chars().count();
    if letters == 0 {
        faults.push(fault(field, label, format!("请填写{label}"), "must be given".into()));
    } else if letters > most {
        let zh = format!("{label}有{letters}字，最多{most}字");
        faults.push(fault(field, label, zh, format!("has {letters} characters, {most} at most")));
    }
    text
}

/// Those mentioned, each once, in the order in which they are offered.
fn mentioned(form: &Record, offered: &[Mention], faults: &mut Vec<FieldFault>) -> Vec<Mention> {
    let codes: Vec<&str> = match form.get(MENTION) {
        Some(Value::List(codes)) => codes.iter().filter_map(Value::as_text).collect(),
        Some(value) => value.as_text().into_iter().collect(),
        None => Vec::new(),
    };
    for code in &codes {
        if !offered.iter().any(|mention| mention.code() == *code) {
            let zh = format!("“{code}”不能查看这一事项的内部留言，不能提到");
            faults.push(fault(MENTION, "提到谁", zh, format!("`{code}` does not read the notes of this matter")));
        }
    }
    offered.iter().filter(|mention| codes.contains(&mention.code().as_str())).cloned().collect()
}

fn fault(field: &str, label: &str, zh: String, en: String) -> FieldFault {
    FieldFault { field: field.to_owned(), label: label.into(), zh, en, clauses: Vec::new() }
}

fn no_faults(faults: Vec<FieldFault>) -> Decided<()> {
    if faults.is_empty() {
        return Ok(());
    }
    let reason = Reason::general("form", "留言没有写成，请按提示更正", "the note is not complete");
    Err(Box::new(Refusal { kind: RefusalKind::Form, reasons: vec![reason], fields: faults }))
}

/// The file of what is over goes to the archive as it stood: whoever has to say more begins a matter of its own.
fn closed() -> Reason {
    let reason =
        Reason::general("matter-closed", "事项已经办结，不能再写内部留言", "the matter is closed: no more notes");
    reason.hint("办结以后的问题，请另行发起事项或者当面沟通", "After the end, begin another matter or talk in person")
}

fn too_many() -> Reason {
    let zh = format!("这一事项已有{NOTES_MAX}条内部留言，不能再写");
    Reason::general("too-many-notes", zh, format!("the matter has {NOTES_MAX} notes already"))
}

fn not_yours() -> Reason {
    Reason::general("not-your-note", "只能划去自己写的留言", "a note is struck out by whoever wrote it")
}
