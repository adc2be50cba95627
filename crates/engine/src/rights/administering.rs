//! Who administers the system (三员分立): accounts, security and audit in different hands, and none of them in the county's business.
//!
//! Which posts these are the county says. They give no right in a regulation that does not name them: whoever holds one sees no
//! other matter through it and does no other act.

use crate::act::PersonId;
use crate::county::{Administration, Appointment, County};
use jiff::civil::Date;

/// What somebody administers on a day, through the posts they hold.
#[must_use]
pub fn administration(county: &County, person: &str, on: Date) -> Option<Administration> {
    county.posts_of(person, on).find_map(|post| county.administrations.get(&post.id)).copied()
}

/// What there is to administer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Who has an account, and which password opens it first.
    Accounts,
    /// Who is signed in, whose passwords are tried, who has lost a second factor.
    Sessions,
    /// What happened at the door and to accounts.
    Events,
    /// Who has a post by the hour, and what they did in it.
    Emergencies,
    /// Who looked at whose personal data.
    Looks,
}

impl Task {
    /// All of them, in the order of the menu.
    pub const ALL: [Task; 5] = [Task::Accounts, Task::Sessions, Task::Events, Task::Emergencies, Task::Looks];
}

/// Whether an administrator does a task: whoever makes accounts does not watch over them, and whoever reads what both did does neither.
#[must_use]
pub fn may_administer(kind: Administration, task: Task) -> bool {
    match task {
        Task::Accounts => kind == Administration::System,
        Task::Sessions => kind == Administration::Security,
        Task::Events | Task::Emergencies => matches!(kind, Administration::Security | Administration::Audit),
        Task::Looks => kind == Administration::Audit,
    }
}

/// The tenure that excludes another one: the same person would administer two things on one day.
#[must_use]
pub fn excluded_by<'c>(county: &'c County, tenure: &Appointment) -> Option<&'c Appointment> {
    let own = county.administrations.get(&tenure.post)?;
    let last = tenure.to.unwrap_or(Date::MAX);
    let overlaps = |other: &&Appointment| other.from <= last && other.to.is_none_or(|to| tenure.from <= to);
    let of_other = |other: &&Appointment| county.administrations.get(&other.post).is_some_and(|kind| kind != own);
    county.appointments.of_person(&tenure.person).filter(|other| !other.is_void()).filter(overlaps).find(of_other)
}

/// Persons who administer two things on one day, each with both posts.
#[must_use]
pub fn administering_twice(county: &County) -> Vec<(PersonId, [&Appointment; 2])> {
    let people = county.people.keys();
    let tenures = people.flat_map(|person| county.appointments.of_person(person));
    tenures.filter_map(|one| Some((one.person.clone(), [one, excluded_by(county, one)?]))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::county::Post;
    use jiff::civil::date;

    fn county() -> County {
        let mut county = County::default();
        for (id, kind) in [("sys", Some(Administration::System)), ("aud", Some(Administration::Audit)), ("head", None)]
        {
            county.posts.insert(id.into(), Post { id: id.into(), ..Post::default() });
            if let Some(kind) = kind {
                county.administrations.insert(id.into(), kind);
            }
        }
        county.people.insert("wei".into(), "魏".into());
        county
    }

    fn tenure(post: &str, from: Date, to: Option<Date>) -> Appointment {
        Appointment { person: "wei".into(), post: post.into(), from, to, ..Appointment::default() }
    }

    #[test]
    fn nobody_administers_two_things_on_one_day() {
        let mut county = county();
        let (march, june) = (date(2022, 3, 1), date(2022, 6, 1));
        county.appointments.push(tenure("sys", march, Some(date(2022, 5, 31))));
        assert_eq!(administration(&county, "wei", march), Some(Administration::System));
        assert_eq!(administration(&county, "wei", june), None);
        assert!(excluded_by(&county, &tenure("aud", date(2022, 5, 31), None)).is_some());
        assert!(excluded_by(&county, &tenure("aud", june, None)).is_none(), "one after the other");
        assert!(excluded_by(&county, &tenure("head", march, None)).is_none(), "other posts are not concerned");
        assert!(administering_twice(&county).is_empty());
        county.appointments.push(tenure("aud", march, None));
        let twice = administering_twice(&county);
        assert_eq!(twice.first().map(|(person, _)| person.as_str()), Some("wei"));
    }
}
