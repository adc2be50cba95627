//! Changes of the county on the wire.

use engine::county::{Appointment, Place, Post};
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Serialize};

/// What an act changed in posts and their holders, as [`engine::county::Change`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each field is documented once, at the engine's change")]
pub enum Change {
    /// A post is no more.
    Abolished { last: Date, post: String },
    /// A person has a post.
    Appointed {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behalf: Option<String>,
        from: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        hours: Option<Hours>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kind: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        matter: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        only: Vec<String>,
        person: String,
        post: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        to: Option<Date>,
    },
    /// What a person has of a post by the hour ended.
    Cut { at: DateTime, person: String, post: String },
    /// A new post.
    Established {
        desk: String,
        level: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        many: bool,
        place: String,
        post: String,
        title: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
    },
    /// A new place.
    Founded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
        level: String,
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        parent: Option<String>,
        place: String,
        short: String,
    },
    /// A place is part of another one.
    Merged {
        from: Date,
        into: String,
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        keeps_posts: bool,
        place: String,
    },
    /// A place lies in another one.
    Moved { from: Date, into: String, place: String },
    /// A tenure ended.
    Relieved {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behalf: Option<String>,
        last: Date,
        person: String,
        post: String,
    },
    /// A place has another name.
    Renamed { from: Date, name: String, place: String, short: String },
}

/// The moments of a tenure by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hours {
    pub from: DateTime,
    pub until: DateTime,
}

impl From<engine::county::Hours> for Hours {
    fn from(hours: engine::county::Hours) -> Self {
        Hours { from: hours.from, until: hours.until }
    }
}

impl From<Hours> for engine::county::Hours {
    fn from(hours: Hours) -> Self {
        engine::county::Hours { from: hours.from, until: hours.until }
    }
}

impl From<&engine::county::Change> for Change {
    fn from(change: &engine::county::Change) -> Self {
        use engine::county::Change as From;
        match change.clone() {
            From::Appointed(Appointment { person, post, from, to, kind, matter, behalf, only, hours }) => {
                let hours = hours.map(Hours::from);
                Change::Appointed { behalf, from, hours, kind, matter, only, person, post, to }
            }
            From::Cut { post, person, at } => Change::Cut { at, person, post },
            From::Relieved { post, person, last, behalf } => Change::Relieved { behalf, last, person, post },
            From::Established(Post { id, title, level, desk, place, many, until }) => {
                Change::Established { desk, level, many, place, post: id, title, until }
            }
            From::Abolished { post, last } => Change::Abolished { last, post },
            From::Founded(Place { code, name, short, level, parent, from, .. }) => {
                Change::Founded { from, level, name, parent, place: code, short }
            }
            From::Merged { place, into, from, keeps_posts } => Change::Merged { from, into, keeps_posts, place },
            From::Moved { place, into, from } => Change::Moved { from, into, place },
            From::Renamed { place, name, short, from } => Change::Renamed { from, name, place, short },
        }
    }
}

impl From<&Change> for engine::county::Change {
    fn from(change: &Change) -> Self {
        use engine::county::Change as To;
        match change.clone() {
            Change::Appointed { behalf, from, hours, kind, matter, only, person, post, to } => {
                let hours = hours.map(engine::county::Hours::from);
                To::Appointed(Appointment { person, post, from, to, kind, matter, behalf, only, hours })
            }
            Change::Cut { at, person, post } => To::Cut { post, person, at },
            Change::Relieved { behalf, last, person, post } => To::Relieved { post, person, last, behalf },
            Change::Established { desk, level, many, place, post, title, until } => {
                To::Established(Post { id: post, title, level, desk, place, many, until })
            }
            Change::Abolished { last, post } => To::Abolished { post, last },
            Change::Founded { from, level, name, parent, place, short } => {
                To::Founded(Place { code: place, name, short, level, parent, from, ..Place::default() })
            }
            Change::Merged { from, into, keeps_posts, place } => To::Merged { place, into, from, keeps_posts },
            Change::Moved { from, into, place } => To::Moved { place, into, from },
            Change::Renamed { from, name, place, short } => To::Renamed { place, name, short, from },
        }
    }
}
