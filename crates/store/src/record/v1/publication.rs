//! Publications on the wire.

use super::value::File;
use engine::Mention as Mentioned;
use jiff::civil::Date;
use regulation::expr::FileRef;
use regulation::model;
use serde::{Deserialize, Serialize};

/// What everybody may read of a matter: as [`engine::Publication`] says it, without anything personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "each field is documented once, at the engine's publication")]
pub struct Publication {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<File>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effective_on: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    pub kind: Kind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part_of: Option<Mention>,
    pub public_on: Date,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub relations: Vec<Related>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signed_on: Option<Date>,
    pub title: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
}

/// What it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is documented once, in the model")]
pub enum Kind {
    Document,
    Issue,
}

/// Another publication, as this one names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mention {
    /// By its matter.
    Matter(String),
    /// By its number.
    Number(String),
}

/// What it does to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    /// What.
    pub relation: Relation,
    /// To which.
    pub to: Mention,
}

/// What one publication does to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is documented once, in the model")]
pub enum Relation {
    Amends,
    Cites,
    Corrects,
    Repeals,
}

impl From<&engine::Publication> for Publication {
    fn from(from: &engine::Publication) -> Self {
        let related =
            |(relation, to): &(model::Relation, Mentioned)| Related { relation: (*relation).into(), to: to.into() };
        Publication {
            attachments: from.attachments.iter().map(file).collect(),
            body: from.body.clone(),
            category: from.category.clone(),
            effective_on: from.effective_on,
            issuer: from.issuer.clone(),
            kind: from.kind.into(),
            note: from.note.clone(),
            number: from.number.clone(),
            part_of: from.part_of.as_ref().map(Mention::from),
            public_on: from.public_on,
            relations: from.relations.iter().map(related).collect(),
            signed_on: from.signed_on,
            title: from.title.clone(),
            until: from.until,
        }
    }
}

impl From<&Publication> for engine::Publication {
    fn from(from: &Publication) -> Self {
        engine::Publication {
            kind: from.kind.into(),
            public_on: from.public_on,
            title: from.title.clone(),
            number: from.number.clone(),
            issuer: from.issuer.clone(),
            category: from.category.clone(),
            body: from.body.clone(),
            note: from.note.clone(),
            signed_on: from.signed_on,
            effective_on: from.effective_on,
            until: from.until,
            attachments: from.attachments.iter().map(file_ref).collect(),
            part_of: from.part_of.as_ref().map(Mentioned::from),
            relations: from.relations.iter().map(|one| (one.relation.into(), (&one.to).into())).collect(),
        }
    }
}

fn file(file: &FileRef) -> File {
    File { digest: file.digest.clone(), media: file.media.clone(), name: file.name.clone(), size: file.size }
}

fn file_ref(file: &File) -> FileRef {
    FileRef { name: file.name.clone(), digest: file.digest.clone(), size: file.size, media: file.media.clone() }
}

impl From<&Mentioned> for Mention {
    fn from(from: &Mentioned) -> Self {
        match from {
            Mentioned::Matter(id) => Mention::Matter(id.clone()),
            Mentioned::Number(number) => Mention::Number(number.clone()),
        }
    }
}

impl From<&Mention> for Mentioned {
    fn from(from: &Mention) -> Self {
        match from {
            Mention::Matter(id) => Mentioned::Matter(id.clone()),
            Mention::Number(number) => Mentioned::Number(number.clone()),
        }
    }
}

impl From<model::PublicationKind> for Kind {
    fn from(from: model::PublicationKind) -> Self {
        match from {
            model::PublicationKind::Document => Kind::Document,
            model::PublicationKind::Issue => Kind::Issue,
        }
    }
}

impl From<Kind> for model::PublicationKind {
    fn from(from: Kind) -> Self {
        match from {
            Kind::Document => model::PublicationKind::Document,
            Kind::Issue => model::PublicationKind::Issue,
        }
    }
}

impl From<model::Relation> for Relation {
    fn from(from: model::Relation) -> Self {
        match from {
            model::Relation::Amends => Relation::Amends,
            model::Relation::Repeals => Relation::Repeals,
            model::Relation::Corrects => Relation::Corrects,
            model::Relation::Cites => Relation::Cites,
        }
    }
}

impl From<Relation> for model::Relation {
    fn from(from: Relation) -> Self {
        match from {
            Relation::Amends => model::Relation::Amends,
            Relation::Cites => model::Relation::Cites,
            Relation::Corrects => model::Relation::Corrects,
            Relation::Repeals => model::Relation::Repeals,
        }
    }
}
