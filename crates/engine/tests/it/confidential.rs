//! Confidential procedures: what they are, and that nobody is offered a matter of theirs who may not see it.

use crate::world::{VILLAGE, county, record, rulebook_of, text};
use calendar::Holidays;
use engine::county::{Appointment, Post};
use engine::rights::{Access, Viewer, confidential, is_confidential, may_be_offered, may_see};
use engine::{Act, Actor, Memory, Outcome, Target, World, decide};
use jiff::civil::{DateTime, date};
use regulation::model::AboutTarget;
use std::collections::BTreeMap;

const NOW: DateTime = date(2022, 3, 1).at(9, 0, 0, 0);

const TEXT: &str = r#"---
id: complaints
number: 示政发〔2022〕6号
title: 举报办法
issuer: county-office
issued: 2022-01-01
effective: 2022-01-01
---
# 举报 {#cp-1}

```yaml form
form: letter
title: 举报信
```
| field | label | type     | need |
| ----- | ----- | -------- | ---- |
| words | 内容  | text 200 | must |

```yaml procedure
procedure: complaint
title: 举报
confidential: yes
subject: "{words}"
start:
  write: { label: 举报, by: anyone, form: letter, to: desk }
ends: { done: 办结 }
```

```yaml step
step: desk of complaint
label: 办理
by: village/head
due: 5 days after write.on, else alarm
acts:
  finish: { label: 办结, to: done }
```

# 建议 {#cp-2}

```yaml procedure
procedure: proposal
title: 建议
subject: "{words}"
start:
  propose: { label: 建议, by: anyone, form: letter, to: read }
ends: { kept: 采纳 }
```

```yaml step
step: read of proposal
label: 办理
by: village/head
due: 5 days after propose.on, else alarm
acts:
  keep: { label: 采纳, to: kept }
```
"#;

fn started() -> (Memory, [String; 2]) {
    let mut county = county();
    for (person, desk) in [("head", "head"), ("other", "assistant")] {
        let id = format!("post-{person}");
        let (level, place) = ("village".to_owned(), VILLAGE.to_owned());
        let post = Post { id: id.clone(), title: desk.into(), level, desk: desk.into(), place, ..Post::default() };
        county.posts.insert(id.clone(), post);
        let from = date(2022, 1, 1);
        county.appointments.push(Appointment { person: person.into(), post: id, from, ..Appointment::default() });
    }
    let mut memory = Memory::new(rulebook_of("complaints.md", TEXT), county, Holidays::built_in());
    let begun = [("complaint", "write"), ("proposal", "propose")].map(|(procedure, name)| {
        let target = Target::Start { procedure: procedure.into(), place: VILLAGE.into(), about: BTreeMap::new() };
        let actor = Actor::Person { person: "writer".into(), post: None };
        let form = record([("words", text("路灯坏了"))]);
        let act =
            Act { target, name: name.into(), actor, form, fresh_ids: vec![format!("m-{procedure}")], proved: false };
        let Outcome::Done(decision) = decide(&memory, &act, NOW) else { panic!("{procedure} begins") };
        memory.apply_all(&decision.events);
        decision.subject
    });
    (memory, begun)
}

#[test]
fn a_confidential_matter_is_offered_to_those_only_who_may_see_it() {
    let (memory, [complaint, proposal]) = started();
    assert_eq!(confidential(memory.rulebook()), ["complaint"]);
    let viewer = |person: &str| Viewer::everywhere(memory.county(), person, NOW.date());
    let offered = |person: &str, procedure: &str, id: &str| {
        may_be_offered(&memory, &viewer(person), &AboutTarget::Procedure(procedure.into()), id, NOW)
    };
    for (person, sees) in [("writer", true), ("head", true), ("other", false), ("stranger", false)] {
        let matter = memory.matter(&complaint).unwrap();
        assert_eq!(may_see(&memory, &viewer(person), &matter, NOW) > Access::None, sees, "{person}");
        assert_eq!(offered(person, "complaint", &complaint), sees, "{person}");
        assert!(
            offered(person, "proposal", &proposal),
            "what is not confidential and of nobody is offered to {person}"
        );
    }
}

#[test]
fn a_matter_stays_confidential_under_the_version_it_began_under() {
    let (mut memory, [complaint, proposal]) = started();
    let open = TEXT.replace("confidential: yes\n", "");
    memory.issue(rulebook_of("complaints.md", &open));
    assert_eq!(confidential(memory.rulebook()), Vec::<String>::new(), "by the text in force nothing is");
    for (id, expected) in [(complaint, true), (proposal, false)] {
        let matter = memory.matter(&id).unwrap();
        let version = (matter.regulation.as_str(), matter.version.as_str());
        assert_eq!(is_confidential(&memory, version, &matter.procedure), expected, "{id}");
    }
    assert!(
        is_confidential(&memory, ("complaints", "lost"), "proposal"),
        "what nobody can look up is not for everybody"
    );
}
