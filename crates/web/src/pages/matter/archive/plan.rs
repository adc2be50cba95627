//! What a package holds, decided in one moment of the state.

use super::filing;
use super::names::{clean, of_file};
use crate::components::clause::cite;
use crate::lang::Lang;
use crate::pages::documents::Seen;
use crate::pages::matter::View;
use crate::problem::Problem;
use crate::site::Site;
use engine::Matter;
use engine::event::Event;
use engine::matter::{ActRecord, Filing};
use engine::rights::Access;
use jiff::civil::{Date, DateTime};
use regulation::expr::{FileRef, Record, Value};
use regulation::model::{Document, Form};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::pages::{DocumentLine, Entry};

/// A package before its files are made.
pub(super) struct Plan {
    /// Its reader's language.
    pub(super) lang: Lang,
    /// The name of the package, without ending.
    pub(super) name: String,
    /// The title of the matter.
    pub(super) title: String,
    /// The matter as it stood.
    pub(super) matter: Arc<Matter>,
    /// What its index says of it: label and text.
    pub(super) facts: Vec<(String, String)>,
    /// How much of it the reader may see.
    pub(super) access: Access,
    /// Whether personal data stands there in full.
    pub(super) in_full: bool,
    /// The moment of the last act: what the package shows is how things stood then.
    pub(super) as_of: DateTime,
    /// Folders in order: one for each step, as it was first reached.
    pub(super) folders: Vec<Folder>,
    /// Acts in order.
    pub(super) acts: Vec<ActLine>,
    /// Files in order.
    pub(super) items: Vec<Item>,
}

/// A folder: what was done at a step.
pub(super) struct Folder {
    /// Its name.
    pub(super) name: String,
    /// The step as people call it.
    pub(super) title: String,
    step: Option<String>,
    /// Papers in it so far, which are numbered.
    papers: usize,
}

/// An act.
pub(super) struct ActLine {
    /// Its label.
    pub(super) label: String,
    /// Who did it, as far as the reader may know.
    pub(super) who: String,
    /// As recorded.
    pub(super) record: Arc<ActRecord>,
    /// The clauses it rests on, as people cite them.
    pub(super) clauses: Vec<String>,
    /// Place in the journal and leaf of its row.
    pub(super) logged: Option<(u64, String)>,
    /// The folder of its step.
    pub(super) folder: usize,
}

/// A file of the package.
pub(super) struct Item {
    /// Its place, from the package's root.
    pub(super) path: String,
    /// What it is called in the index.
    pub(super) title: String,
    /// Which act brought it.
    pub(super) act: Option<usize>,
    /// What it is.
    pub(super) kind: Kind,
    /// How it is made.
    pub(super) source: Source,
}

/// What a file of the package is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// What was filed with an act, as a page.
    Filing,
    /// A filed form as its official paper.
    Form,
    /// An issued document.
    Document,
    /// A file that was handed in.
    Upload,
    /// The proof that an act is in the log.
    Proof,
    /// The public keys of the log.
    Keys,
}

/// How a file is made.
pub(super) enum Source {
    /// It is there.
    Text(String),
    /// Kept under its digest.
    Upload { owner: Option<String>, digest: String },
    /// The log's newest proof of an act.
    Proof(u64),
    /// Set from what was frozen when it was issued.
    Document { line: DocumentLine, matter: Arc<Matter>, model: Arc<Document> },
    /// Set from what was filed.
    Form { matter: Arc<Matter>, form: Arc<Form>, record: Arc<Record>, on: Date },
}

impl Plan {
    /// What a visitor takes of a matter.
    pub(super) fn of(view: &View<'_>, site: &Site) -> Result<Plan, Problem> {
        let (lang, matter) = (view.lang(), Arc::clone(&view.matter));
        let title = view.title()?;
        let entries = view.snapshot.timeline(&matter.id)?;
        let mut plan = Plan {
            lang,
            name: clean(matter.number.as_deref().unwrap_or(&title)),
            title,
            facts: facts(view),
            access: view.access,
            in_full: view.unmasked() || (view.access == Access::Full && !view.masks()),
            as_of: matter.acts.last().map_or(matter.opened_at, |act| act.at),
            folders: Vec::new(),
            acts: Vec::new(),
            items: Vec::new(),
            matter,
        };
        plan.add_acts(view, &entries);
        let filings = plan.filings(view);
        let documents = view.visible_documents()?;
        let mut uploads: BTreeMap<String, String> = BTreeMap::new();
        for at in 0..plan.acts.len() {
            for (form, filing) in filings.iter().filter(|(_, filing)| filing.act == at) {
                plan.add_filing(view, at, form, filing, &mut uploads);
            }
            let seq = plan.acts[at].logged.as_ref().map(|(seq, _)| *seq);
            // One journal row can hold several acts on a matter: its documents stand with the first.
            let first =
                seq.is_some() && plan.acts[..at].iter().all(|act| act.logged.as_ref().map(|(seq, _)| *seq) != seq);
            let here = |seen: &&Seen| first && Some(seen.line.seq) == seq && !seen.covered;
            for seen in documents.iter().filter(here) {
                plan.add_document(at, seen);
            }
        }
        plan.add_proofs(site);
        Ok(plan)
    }

    fn add_acts(&mut self, view: &View<'_>, entries: &[Entry]) {
        let rulebook = view.snapshot.world().rulebook();
        let logged = places(entries, &self.matter.id);
        for (at, record) in self.matter.acts.clone().into_iter().enumerate() {
            let folder = self.folder_of(view, record.step.as_deref());
            let clauses = cite(rulebook, &record.clauses).into_iter().map(|cited| cited.label).collect();
            self.acts.push(ActLine {
                label: view.act_label(&record).to_owned(),
                who: view.doer(&record),
                clauses,
                logged: logged.get(at).cloned(),
                folder,
                record,
            });
        }
    }

    /// The folder of a step, made where it is the first time.
    fn folder_of(&mut self, view: &View<'_>, step: Option<&str>) -> usize {
        if let Some(known) = self.folders.iter().position(|folder| folder.step.as_deref() == step) {
            return known;
        }
        let title = match step {
            Some(step) => view.names().step(&view.procedure, step),
            None => self.lang.say("发起", "Start").to_owned(),
        };
        let name = format!("{:02}-{}", self.folders.len() + 1, clean(&title));
        self.folders.push(Folder { name, title, step: step.map(str::to_owned), papers: 0 });
        self.folders.len() - 1
    }

    /// Filings that the visitor may read, each with its form.
    fn filings<'v>(&self, view: &'v View<'_>) -> Vec<(&'v Arc<Form>, Arc<Filing>)> {
        if self.access < Access::Masked {
            return Vec::new();
        }
        let named = self.matter.forms.iter().filter_map(|(name, filings)| Some((view.form(name)?, filings)));
        named.flat_map(|(form, filings)| filings.iter().map(move |filing| (form, Arc::clone(filing)))).collect()
    }

    /// The next place in the folder of an act.
    fn place(&mut self, act: usize, name: &str) -> String {
        let folder = &mut self.folders[self.acts[act].folder];
        folder.papers += 1;
        format!("{}/{:03}-{name}", folder.name, folder.papers)
    }

    fn add_filing(
        &mut self,
        view: &View<'_>,
        at: usize,
        form: &Arc<Form>,
        filing: &Filing,
        uploads: &mut BTreeMap<String, String>,
    ) {
        let title = self.lang.label(&form.title).to_owned();
        let path = self.place(at, &format!("{}.html", clean(&title)));
        // The page is written once its files have their places; it stands before them.
        let page = self.items.len();
        if self.access == Access::Full {
            self.add_uploads(at, &filing.record, uploads);
            self.add_form(view, at, form, filing);
        }
        let text = filing::page(view, self, &self.acts[at], form, &filing.record, uploads).into_string();
        let item = Item { path, title, act: Some(at), kind: Kind::Filing, source: Source::Text(text) };
        self.items.insert(page, item);
    }

    /// Files of a record; one that was handed in before stands where it was first.
    fn add_uploads(&mut self, at: usize, record: &Record, uploads: &mut BTreeMap<String, String>) {
        for file in files(record) {
            if uploads.contains_key(&file.digest) {
                continue;
            }
            let path = self.place(at, &of_file(&file.name));
            uploads.insert(file.digest.clone(), path.clone());
            let source = Source::Upload { owner: self.matter.owner.clone(), digest: file.digest.clone() };
            self.items.push(Item { path, title: file.name.clone(), act: Some(at), kind: Kind::Upload, source });
        }
    }

    /// The official paper of a form's latest filing. It prints everything in full, so it is left out where something is covered.
    fn add_form(&mut self, view: &View<'_>, at: usize, form: &Arc<Form>, filing: &Filing) {
        let latest = self
            .matter
            .last_filing(&form.name)
            .is_some_and(|last| last.act == filing.act && last.party == filing.party);
        if form.layout.is_none() || !latest || !self.in_full {
            return;
        }
        let started = view.procedure.start.iter().any(|act| act.forms.contains(&form.name));
        let record = Arc::clone(if started { &self.matter.root } else { &filing.record });
        let title = self.lang.label(&form.title).to_owned();
        let path = self.place(at, &format!("{}.pdf", clean(&title)));
        let on = self.acts[at].record.on;
        let source = Source::Form { matter: Arc::clone(&self.matter), form: Arc::clone(form), record, on };
        self.items.push(Item { path, title, act: Some(at), kind: Kind::Form, source });
    }

    fn add_document(&mut self, at: usize, seen: &Seen) {
        let Seen { line, model, .. } = seen;
        let mut title = self.lang.label(&model.title).to_owned();
        if let Some(number) = &line.document.number {
            title = format!("{title} {number}");
        }
        let path = self.place(at, &format!("{}.pdf", clean(&title)));
        let source =
            Source::Document { line: line.clone(), matter: Arc::clone(&self.matter), model: Arc::clone(model) };
        self.items.push(Item { path, title, act: Some(at), kind: Kind::Document, source });
    }

    fn add_proofs(&mut self, site: &Site) {
        let title = |seq: u64| match self.lang {
            Lang::Zh => format!("第 {seq} 号动作在日志中的证明"),
            Lang::En => format!("Proof that act {seq} is in the log"),
        };
        let mut proofs: Vec<Item> = Vec::new();
        for (at, act) in self.acts.iter().enumerate() {
            let Some((seq, _)) = act.logged else { continue };
            let path = proof_path(seq);
            if proofs.iter().all(|known| known.path != path) {
                let source = Source::Proof(seq);
                proofs.push(Item { path, title: title(seq), act: Some(at), kind: Kind::Proof, source });
            }
        }
        self.items.extend(proofs);
        if !site.log_keys.is_empty() {
            let keys: String = site.log_keys.iter().map(|key| format!("{key}\n")).collect();
            let title = self.lang.say("日志的公钥", "Public keys of the log").to_owned();
            let source = Source::Text(keys);
            self.items.push(Item { path: "log/keys.txt".to_owned(), title, act: None, kind: Kind::Keys, source });
        }
    }
}

/// Where the proof of an act stands.
pub(super) fn proof_path(seq: u64) -> String {
    format!("log/{seq:08}.tlog-proof")
}

/// Place in the journal and leaf of each act on a matter, in order: one row can hold several.
fn places(entries: &[Entry], id: &str) -> Vec<(u64, String)> {
    let acts_in = |entry: &Entry| {
        entry.events.iter().filter(|event| matches!(event, Event::Acted { matter, .. } if matter == id)).count()
    };
    entries.iter().flat_map(|entry| vec![(entry.seq, entry.leaf.to_string()); acts_in(entry)]).collect()
}

/// Every file of a record, in lists and rows too.
fn files(record: &Record) -> Vec<&FileRef> {
    fn of(value: &Value) -> Vec<&FileRef> {
        match value {
            Value::File(file) => vec![file],
            Value::List(values) => values.iter().flat_map(of).collect(),
            Value::Records(rows) => rows.iter().flat_map(files).collect(),
            _ => Vec::new(),
        }
    }
    record.values().flat_map(of).collect()
}

/// What the index says of the matter.
fn facts(view: &View<'_>) -> Vec<(String, String)> {
    let (lang, names, matter) = (view.lang(), view.names(), &view.matter);
    let state = match (&matter.ended, &matter.step) {
        (Some((end, on)), _) => format!("{} {}", names.step(&view.procedure, end), lang.date(*on)),
        (None, Some(step)) => names.step(&view.procedure, step),
        (None, None) => String::new(),
    };
    let regulation = lang.label(&view.regulation.title);
    let mut facts = vec![
        (lang.say("编号", "Number"), matter.number.clone().unwrap_or_default()),
        (lang.say("程序", "Procedure"), lang.label(&view.procedure.title).to_owned()),
        (lang.say("依据", "Under"), format!("{regulation} {}", view.regulation.number)),
        (lang.say("规定的版本", "Version of the regulation"), matter.version.clone()),
        (lang.say("地方", "Place"), names.place_path(&matter.place)),
        (lang.say("开始", "Began"), lang.moment(matter.opened_at)),
        (lang.say("状态", "State"), state),
    ];
    facts.retain(|(_, text)| !text.trim().is_empty());
    facts.into_iter().map(|(label, text)| (label.to_owned(), text)).collect()
}
