//! Posts and their holders as pages and programs see them (岗位、任职): found, filtered, with how much lies at their desks.

use crate::problem::Problem;
use crate::visit::Visitor;
use engine::county::{Appointment, Change, Post};
use engine::rights::may_see_posts;
use jiff::civil::Date;
use store::Snapshot;
use store::pages::CountyLine;

/// Which posts are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this place or below.
    pub place: Option<String>,
    /// Of this office: `township/planning`.
    pub office: Option<String>,
    /// Only those that nobody holds.
    pub vacant: bool,
    /// With this in their title, or in the name of a holder.
    pub text: Option<String>,
    /// The day.
    pub on: Date,
}

/// A post on a day.
pub struct Standing<'a> {
    /// The post.
    pub post: &'a Post,
    /// Who holds it, those who only act in it last.
    pub holders: Vec<&'a Appointment>,
}

/// A tenure with the acts that began and ended it.
pub struct Term<'a> {
    /// The tenure.
    pub tenure: &'a Appointment,
    /// The act that gave the post; none where the county's files say so.
    pub given: Option<CountyLine>,
    /// The act that took it.
    pub taken: Option<CountyLine>,
}

/// Lets through whoever may see posts.
pub fn let_through(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<(), Problem> {
    let person = visitor.signed_in()?;
    if may_see_posts(snapshot.world().county(), &person.id, visitor.now.date()) {
        return Ok(());
    }
    Err(Problem::forbidden("岗位和任职由在岗人员查看", "Posts are shown to those who hold one"))
}

/// The posts wanted: vacant ones first, then by place and title.
#[must_use]
pub fn found<'a>(snapshot: &'a dyn Snapshot, wanted: &Wanted) -> Vec<Standing<'a>> {
    let county = snapshot.world().county();
    let fits = |standing: &Standing<'_>| {
        let Standing { post, holders } = standing;
        let office = format!("{}/{}", post.level, post.desk);
        let named = |text: &String| {
            let name =
                |tenure: &&Appointment| county.people.get(&tenure.person).is_some_and(|name| name.contains(text));
            post.title.contains(text) || holders.iter().any(name)
        };
        wanted.place.as_ref().is_none_or(|place| county.contains(place, &post.place))
            && wanted.office.as_ref().is_none_or(|wanted| *wanted == office)
            && (!wanted.vacant || holders.is_empty())
            && wanted.text.as_ref().is_none_or(named)
    };
    let there = county.posts.values().filter(|post| post.exists_on(wanted.on));
    let mut found: Vec<Standing<'_>> =
        there.map(|post| Standing { post, holders: county.holders(&post.id, wanted.on) }).filter(fits).collect();
    found.sort_by_key(|standing| {
        (!standing.holders.is_empty(), standing.post.place.clone(), standing.post.title.clone())
    });
    found
}

/// How much lies at the desk of a post.
pub fn lying(snapshot: &dyn Snapshot, post: &Post, today: Date) -> Result<u64, Problem> {
    Ok(snapshot.todo_count(&[post.sits_at()], today.at(0, 0, 0, 0))?.all)
}

/// The tenures of a post, the latest first, with the acts behind them.
pub fn terms<'a>(snapshot: &'a dyn Snapshot, post: &str) -> Result<Vec<Term<'a>>, Problem> {
    let lines = snapshot.county_changes(post)?;
    let given = |tenure: &Appointment| {
        lines.iter().find(|line| match &line.change {
            Change::Appointed(own) => {
                own.person == tenure.person && own.from == tenure.from && own.matter == tenure.matter
            }
            _ => false,
        })
    };
    let taken = |tenure: &Appointment| {
        lines.iter().rev().find(|line| match &line.change {
            Change::Relieved { person, last, .. } => *person == tenure.person && tenure.to == Some(*last),
            Change::Abolished { last, .. } => tenure.to == Some(*last),
            _ => false,
        })
    };
    let tenures = snapshot.world().county().appointments.of_post(post).filter(|tenure| !tenure.is_void());
    let mut terms: Vec<Term<'_>> =
        tenures.map(|tenure| Term { tenure, given: given(tenure).cloned(), taken: taken(tenure).cloned() }).collect();
    terms.sort_by_key(|term| std::cmp::Reverse(term.tenure.from));
    Ok(terms)
}
