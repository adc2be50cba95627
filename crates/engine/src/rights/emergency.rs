//! Break-glass (应急授权): somebody on the staff has, for some hours, a post that is not theirs, because nobody else can act in it in time.
//!
//! It stands beside whoever holds the post and gives what the post may do and see at a moment, nothing that outlasts it: no delegation, no keys
//! and no webhooks of the office, no drafting. Who did an act under it is the person themselves, so that what two must do one cannot do.

use crate::act::{Actor, Reason};
use crate::county::{Appointment, County, Post};
use calendar::zh_date;
use jiff::civil::DateTime;

/// The tenure by the hour under which an actor does an act at a moment; none where they have the post by any other, or act for themselves.
#[must_use]
pub fn emergency<'c>(county: &'c County, actor: &Actor, at: DateTime) -> Option<&'c Appointment> {
    let Actor::Person { person, post: Some(post) } = actor else { return None };
    county.by_the_hour(person, post, at)
}

/// Why a tenure by the hour cannot be given; `None`: it can.
pub(crate) fn undue(county: &County, post: &Post, tenure: &Appointment) -> Option<Reason> {
    let hours = tenure.hours?;
    let (person, day) = (tenure.person.as_str(), hours.from.date());
    if hours.until <= hours.from {
        return Some(Reason::general("ends-before-it-begins", "结束的时刻不晚于现在", "it ends before it begins"));
    }
    if !county.is_of_business(&post.id) {
        let zh = format!("“{}”管理系统，不能临时取得", post.title);
        let en = format!("`{}` administers the system: nobody has it by the hour", post.id);
        return Some(
            Reason::general("post-of-administrator", zh, en)
                .hint("请找任这个岗位的人", "Turn to whoever holds this post"),
        );
    }
    if !county.is_on_staff(person, day) {
        let zh = "只有在岗人员才能临时取得岗位，管理系统的人不能".to_owned();
        let en = "only who holds a post of the county's business, and administers nothing, has another by the hour";
        return Some(
            Reason::general("not-on-the-staff", zh, en)
                .hint("请由在岗的同事办理", "Let a colleague who is on duty do it"),
        );
    }
    if !post.exists_on(day) || county.ended.contains_key(&post.place) {
        let zh = format!("“{}”已经撤销", post.title);
        return Some(Reason::general("post-abolished", zh, format!("the post `{}` has ended", post.id)));
    }
    if county.posts_of(person, hours.from).any(|own| own.id == post.id) {
        let zh = format!("“{}”现在就可以办理，不需要临时取得（{}）", post.title, zh_date(day));
        return Some(Reason::general("post-held", zh, format!("they have the post `{}` already", post.id)));
    }
    None
}
