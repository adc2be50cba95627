//! Posts and tenures as expressions see them: `deputy.holder`, `holder(deputy, from)`, `tenures where post == deputy`.

use super::MatterEnv;
use crate::county::Appointment;
use crate::reference::kept;
use jiff::civil::Date;
use regulation::expr::{Env, Thing, Value};

/// The collection of all tenures.
pub(super) const TENURES: &str = "tenures";

impl MatterEnv<'_, '_> {
    /// The persons who hold a post on a day, those who only act in it last.
    pub(super) fn holders_of(&self, post: &str, on: Date) -> Vec<String> {
        self.world().county().holders(post, on).into_iter().map(|tenure| tenure.person.clone()).collect()
    }

    /// A member of a post; its holder is that of the day.
    pub(super) fn post_member(&self, id: &str, name: &str) -> Value {
        let Some(post) = self.world().county().posts.get(id) else {
            return Value::Missing;
        };
        let holder = || self.holders_of(id, self.today()).into_iter().next();
        match name {
            "title" | "name" => Value::Text(post.title.clone()),
            "code" => Value::Text(post.id.clone()),
            "desk" => Value::Text(format!("{}/{}", post.level, post.desk)),
            "place" => Value::Thing(Thing::Place(post.place.clone())),
            "holder" => holder().map_or(Value::Missing, |person| Value::Thing(Thing::Person(person))),
            "vacant" => Value::Bool(holder().is_none()),
            _ => Value::Missing,
        }
    }

    /// A member of a tenure.
    pub(super) fn tenure_member(&self, place: &str, name: &str) -> Value {
        let tenures = &self.world().county().appointments;
        let found = place.parse().ok().and_then(|place: usize| tenures.get(place));
        found.map(|tenure| self.of_tenure(tenure, name)).unwrap_or_default()
    }

    fn of_tenure(&self, tenure: &Appointment, name: &str) -> Value {
        let text = |text: &Option<String>| text.clone().map_or(Value::Missing, Value::Text);
        match name {
            "post" => Value::Thing(Thing::Post(tenure.post.clone())),
            "person" => Value::Thing(Thing::Person(tenure.person.clone())),
            "from" => Value::Date(tenure.from),
            "to" => tenure.to.map_or(Value::Missing, Value::Date),
            "until" => tenure.hours.map_or(Value::Missing, |hours| Value::Moment(hours.until)),
            "kind" => text(&tenure.kind),
            "behalf" => tenure.behalf.clone().map_or(Value::Missing, |id| Value::Thing(Thing::Person(id))),
            "matter" => {
                let matter = tenure.matter.as_ref().and_then(|id| self.world().matter(id));
                matter.map_or(Value::Missing, |matter| Value::Text(matter.number.clone().unwrap_or(matter.id.clone())))
            }
            _ => Value::Missing,
        }
    }

    /// Tenures that give their post on some day, oldest first. One by the hour does on none: who has a post is not asked of an emergency.
    pub(super) fn tenures(&self, narrowed: Option<(&str, &Value)>) -> Vec<Thing> {
        let tenures = &self.world().county().appointments;
        let wanted = narrowed.and_then(|(name, value)| Some((name, kept(value.clone()).as_text()?.to_owned())));
        let places: Vec<usize> = match &wanted {
            Some(("post", id)) => tenures.at_post(id).to_vec(),
            Some(("person", id)) => tenures.at_person(id).to_vec(),
            _ => (0..tenures.len()).collect(),
        };
        let real =
            |place: &usize| tenures.get(*place).is_some_and(|tenure| !tenure.is_void() && tenure.hours.is_none());
        places.into_iter().filter(real).map(|place| Thing::Tenure(place.to_string())).collect()
    }
}
