//! Posts in cases: who holds which is given like a row, and people act in the posts that they hold by then.

use super::markdown::Row;
use super::player::{Player, Role};
use super::value::post_id;
use crate::act::PostId;
use crate::county::{Appointment, Change};
use crate::fold::Sink;
use crate::world::World;
use jiff::civil::Date;
use regulation::expr::{Type, Value};

/// `given tenures`.
pub(super) const TENURES: &str = "tenures";

impl Player<'_> {
    /// Somebody holds a post: `post=…; person=…; from=…; to=…; kind=…`.
    pub(super) fn given_tenure(&mut self, row: &Row) -> Result<(), String> {
        let mut tenure = Appointment { from: Date::MIN, ..Appointment::default() };
        for (name, text) in &row.cells {
            let read = |ty: &Type| self.reading("").read(ty, text);
            match name.as_str() {
                "post" => tenure.post = self.known_post(text)?,
                "person" => tenure.person = read(&Type::Person).as_text().unwrap_or_default().to_owned(),
                "from" => tenure.from = day(&read(&Type::Date), text)?,
                "to" => tenure.to = Some(day(&read(&Type::Date), text)?),
                "kind" => tenure.kind = Some(text.clone()),
                _ => return Err(format!("任职只有 post、person、from、to、kind，没有“{name}”")),
            }
        }
        if tenure.post.is_empty() || tenure.person.is_empty() {
            return Err("任职应写明 post 和 person".to_owned());
        }
        self.world.change_county(&Change::Appointed(tenure));
        Ok(())
    }

    /// The post of that id, title, or `level/desk`.
    pub(super) fn known_post(&self, text: &str) -> Result<PostId, String> {
        post_id(self.world.county(), text).ok_or_else(|| format!("没有岗位“{text}”"))
    }

    /// In what somebody may act: the posts that the fixtures give them, those that they hold since, and for themselves.
    pub(super) fn capacities(&self, role: &Role) -> Vec<Option<PostId>> {
        let since = self.world.county().posts_of(&role.person, self.now).map(|post| post.id.clone());
        let mut posts: Vec<Option<PostId>> = Vec::new();
        for post in role.posts.iter().cloned().chain(since).map(Some).chain([None]) {
            if !posts.contains(&post) {
                posts.push(post);
            }
        }
        posts
    }
}

fn day(value: &Value, text: &str) -> Result<Date, String> {
    value.as_date().ok_or_else(|| format!("看不懂日期“{text}”"))
}
