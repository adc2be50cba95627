//! What offices of a sample county answer as usual: which act, when, by whom, with what.

use crate::world::{VILLAGE, county, rulebook};
use engine::case::usual::{Day, Usual, Waiting};
use engine::county::{Appointment, Post};
use engine::{Act, Actor, County};
use jiff::civil::{Date, date};
use regulation::expr::Value;

const TEXT: &str = "
## 表单 ask-more

| 字段 | 值 |
| --- | --- |
| text | 缺照片 |

## 照办

| 程序 | 地方 | 谁 | 动作 | 日 | 至 | 内容 |
| --- | --- | --- | --- | --- | --- | --- |
| dog-licence | | township/vet, village/head | ask-more | 2 | 2022-03-31 | |
| dog-licence | 999999100202 | village/head | pass | 0 | | |
| dog-licence | | village/head | pass | -1 | | |
";

/// The county with a head of the village.
fn headed() -> County {
    let mut county = county();
    let post = Post {
        id: "head".into(),
        level: "village".into(),
        desk: "head".into(),
        place: VILLAGE.into(),
        ..Post::default()
    };
    county.posts.insert("head".into(), post);
    county.appointments.push(Appointment {
        person: "东村主任".into(),
        post: "head".into(),
        from: date(2022, 1, 1),
        ..Appointment::default()
    });
    county
}

/// What comes on a day for a licence that came to the village on another.
fn on(entered_on: Date, today: Date) -> Vec<Vec<Act>> {
    let (county, rulebook) = (headed(), rulebook());
    let usual = Usual::read(TEXT, &county, &rulebook).expect("it can be read");
    let waiting = Waiting {
        matter: "m1".into(),
        procedure: "dog-licence",
        step: "village-check",
        place: VILLAGE,
        entered_on,
        due: Some(date(2022, 3, 10)),
    };
    usual.acts(&waiting, &Day { county: &county, rulebook: &rulebook, today })
}

fn names(acts: &[Vec<Act>]) -> Vec<&str> {
    acts.iter().flatten().map(|act| act.name.as_str()).collect()
}

#[test]
fn an_act_comes_days_after_the_step_or_before_it_is_due() {
    assert_eq!(names(&on(date(2022, 3, 1), date(2022, 3, 2))), Vec::<&str>::new());
    assert_eq!(names(&on(date(2022, 3, 1), date(2022, 3, 3))), ["ask-more"]);
    assert_eq!(names(&on(date(2022, 3, 1), date(2022, 3, 9))), ["ask-more", "pass"]);
    assert_eq!(names(&on(date(2022, 4, 1), date(2022, 4, 9))), ["pass"], "only what came by that day");
}

#[test]
fn whoever_holds_the_desk_does_it_with_what_is_usual() {
    let acts = on(date(2022, 3, 1), date(2022, 3, 3));
    let [act] = acts[0].as_slice() else { panic!("nobody is the vet, one is the head: {acts:?}") };
    assert_eq!(act.actor, Actor::Person { person: "东村主任".into(), post: Some("head".into()) });
    assert_eq!(act.form.get("text"), Some(&Value::Text("缺照片".into())));
}

#[test]
fn a_line_that_names_what_there_is_not_is_told() {
    let (county, rulebook) = (county(), rulebook());
    for (old, new, said) in [
        ("| dog-licence | |", "| cat-licence | |", "没有程序"),
        ("ask-more | 2", "ask-less | 2", "没有动作"),
        ("ask-more | 2", "ask-more | soon", "是整数"),
        ("township/vet", "vet", "level/desk"),
        ("999999100202", "月球", "没有地方"),
    ] {
        let failures = Usual::read(&TEXT.replacen(old, new, 1), &county, &rulebook).expect_err("it is told");
        assert!(failures[0].happened.contains(said), "{failures:?}");
    }
}
