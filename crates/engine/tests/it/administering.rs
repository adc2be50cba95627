//! Who administers the system takes no part in the county's business: no desk, no office, no area, no act, and nobody sits beside them.

use crate::delegation::{delegate, lent};
use crate::posts::{TODAY, by, county_of_posts, key, over, refused};
use crate::world::text;
use engine::county::{Administration, Appointment, County, Post};
use engine::event::Desk;
use engine::rights::{self, Viewer};
use engine::{Actor, Memory, World};
use jiff::civil::date;
use regulation::expr::Value;

/// Bo administers the system, and nothing else.
fn administered() -> Memory {
    let mut county = county_of_posts();
    county.desks.insert(("county".into(), "system-admin".into()), "系统管理员".into());
    let post = Post {
        id: "po-sys".into(),
        title: "系统管理员".into(),
        level: "county".into(),
        desk: "system-admin".into(),
        place: "999999".into(),
        ..Post::default()
    };
    county.administrations.insert(post.id.clone(), Administration::System);
    county.posts.insert(post.id.clone(), post);
    county.appointments.push(holding("po-sys"));
    over(county)
}

fn holding(post: &str) -> Appointment {
    Appointment { person: "bo".into(), post: post.into(), from: date(2021, 1, 1), ..Appointment::default() }
}

fn everywhere(county: &County) -> Viewer {
    Viewer::everywhere(county, "bo", TODAY)
}

#[test]
fn who_administers_is_no_officer_and_has_no_area() {
    let memory = administered();
    let county = memory.county();
    let viewer = everywhere(county);
    assert_eq!(rights::administration(county, "bo", TODAY), Some(Administration::System));
    assert!(!rights::is_officer(county, "bo", TODAY) && rights::is_officer(county, "clerk", TODAY));
    assert!(!rights::may_see_posts(county, "bo", TODAY) && rights::may_see_posts(county, "clerk", TODAY));
    let own = rights::desks_of(county, "bo", TODAY.at(9, 0, 0, 0));
    assert_eq!(own, [Desk::Person("bo".into()), county.posts["po-sys"].sits_at()], "what names their office");
    assert!(rights::own_offices(county, "bo", TODAY).is_empty() && rights::key_offices(county, "bo", TODAY).is_empty());
    assert!(!rights::is_area_of(county, &viewer, "999999", TODAY) && rights::areas(county, &viewer, TODAY).is_empty());

    // With a post of the county's business beside it they are an officer of that post's area, through that post.
    let mut county = county.clone();
    county.posts.get_mut("po-b").unwrap().place = "999999100".into();
    county.appointments.push(holding("po-b"));
    let viewer = everywhere(&county);
    assert!(rights::is_officer(&county, "bo", TODAY));
    assert_eq!(rights::areas(&county, &viewer, TODAY), ["999999100"]);
    assert!(rights::is_area_of(&county, &viewer, crate::world::VILLAGE, TODAY));
    assert!(!rights::is_area_of(&county, &viewer, "999999", TODAY));
    let through = Viewer { posts: vec!["po-sys".into()], ..viewer };
    assert!(!rights::is_area_of(&county, &through, crate::world::VILLAGE, TODAY));
    assert_eq!(rights::key_offices(&county, "bo", TODAY).len(), 1, "of the township");
}

#[test]
fn nobody_acts_in_an_administering_post() {
    let mut memory = administered();
    let fields = lent("an", Some(date(2022, 2, 10)), "");
    let acting = delegate(&mut memory, by("bo", "po-sys"), &fields);
    assert_eq!(acting, Err("not-your-desk".to_owned()), "not even what anyone may do");
    let oneself = Actor::Person { person: "bo".into(), post: None };
    assert_eq!(
        delegate(&mut memory, oneself, &fields),
        Err("not-theirs-to-delegate".to_owned()),
        "as a person they may"
    );
}

#[test]
fn nobody_is_seated_beside_an_administrator() {
    let mut memory = administered();
    let from = ("from", Value::Date(TODAY));
    let fields =
        [("code", text("po-new")), ("titled", text("又一个")), ("at", text("county/system-admin")), from.clone()];
    assert_eq!(refused(&mut memory, TODAY, "establish", &fields), "desk-of-administrator");
    assert_eq!(refused(&mut memory, TODAY, "relieve", &[("post", key("po-b")), from]), "nobody-relieved");
}
