//! Shares: the catalogue is printed, and nobody has more of a share than a grant of theirs says on the day.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

use crate::world::{VILLAGE, county, record, rulebook_of, text};
use calendar::Holidays;
use engine::event::Desk;
use engine::rights::{grants, may_use_share};
use engine::sharing::{SharedRow, Sharing};
use engine::{Act, Actor, Event, Memory, Outcome, Target, World, decide, printings};
use jiff::civil::{Date, DateTime, date};
use regulation::expr::{Record, Unit, Value};

fn row(register: &str, key: &str, values: Vec<(&'static str, Value)>) -> Event {
    Event::RowChanged {
        register: register.into(),
        key: key.into(),
        place: VILLAGE.into(),
        record: Some(values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()),
        on: date(2022, 1, 1),
        actor: Actor::Clock,
        owner: None,
    }
}

/// A grant from 1 March to 31 March.
fn grant(number: &str, office: &str, more: Vec<(&'static str, Value)>) -> Event {
    let mut values = vec![
        ("no", text(number)),
        ("of", Value::Key("homes-known".into())),
        ("to", text(office)),
        ("since", Value::Date(date(2022, 3, 1))),
        ("until", Value::Date(date(2022, 3, 31))),
        ("purpose", text("核对")),
    ];
    values.extend(more);
    row("grants", number, values)
}

fn start() -> Memory {
    let rulebook = rulebook_of("shares.md", include_str!("shares/regulation.md"));
    let printings = printings(&rulebook);
    let mut memory = Memory::new(rulebook, county(), Holidays::built_in());
    for (moment, act) in printings {
        match decide(&memory, &act, moment) {
            Outcome::Done(decision) => memory.apply_all(&decision.events),
            Outcome::Refused(refusal) => panic!("{refusal:?}"),
        }
    }
    memory
}

fn office(memory: &Memory, desk: &str) -> Desk {
    Desk::Office { level: "county".into(), desk: desk.into(), place: memory.county().code.clone() }
}

/// What an office may have of a share on a day: its columns, or the code of the refusal.
fn had(memory: &Memory, share: &str, office: &Desk, on: Date) -> String {
    let (_, share) = memory.rulebook().share(share).unwrap();
    match may_use_share(memory, share, office, None, on) {
        Ok(permit) => permit.fields.join(" "),
        Err(reason) => reason.code,
    }
}

#[test]
fn the_catalogue_lists_every_share_as_the_regulation_has_it() {
    let memory = start();
    let listed = memory.row("catalogue", "homes-known").unwrap();
    let of = |name: &str| listed.record.get(name).cloned().unwrap_or_default();
    assert_eq!((of("provider"), of("fields")), (text("township/window"), text("户号、户主、面积")));
    assert_eq!((of("terms"), of("personal")), (Value::Code("conditional".into()), Value::Bool(true)));
    assert_eq!(memory.rows("catalogue", None).len(), 3);
    let again = printings(memory.rulebook())
        .into_iter()
        .all(|(moment, act)| matches!(decide(&memory, &act, moment), Outcome::Refused(_)));
    assert!(again, "what is listed is not listed anew");
}

#[test]
fn a_grant_opens_its_columns_to_its_office_on_its_days() {
    let mut memory = start();
    let finance = office(&memory, "finance");
    assert_eq!(had(&memory, "homes-known", &finance, date(2022, 3, 1)), "no-grant");
    memory.apply(&grant("g1", "county/finance", Vec::new()));
    for (on, opened) in [
        (date(2022, 2, 28), "grant-not-yet"),
        (date(2022, 3, 1), "code area"),
        (date(2022, 3, 31), "code area"),
        (date(2022, 4, 1), "grant-ended"),
    ] {
        assert_eq!(had(&memory, "homes-known", &finance, on), opened, "{on}");
    }
    let day = date(2022, 3, 15);
    assert_eq!(had(&memory, "homes-known", &office(&memory, "market"), day), "no-grant");
    let elsewhere = Desk::Office { level: "county".into(), desk: "finance".into(), place: "110000".into() };
    assert_eq!(had(&memory, "homes-known", &elsewhere, day), "no-grant", "another county's office of that name");
    assert_eq!(had(&memory, "homes-known", &Desk::Person("somebody".into()), day), "no-grant");
    memory.apply(&grant("g2", "county/market", vec![("columns", text("name，street"))]));
    assert_eq!(had(&memory, "homes-known", &office(&memory, "market"), day), "name", "no more than the share has");
    memory.apply(&grant("g1", "county/finance", vec![("ended", Value::Date(date(2022, 3, 15)))]));
    assert_eq!(had(&memory, "homes-known", &finance, date(2022, 3, 14)), "code area");
    assert_eq!(had(&memory, "homes-known", &finance, day), "grant-ended");
    assert_eq!(had(&memory, "homes-counted", &finance, day), "code");
    assert_eq!(had(&memory, "homes-closed", &finance, day), "not-shared");
    let (_, share) = memory.rulebook().share("homes-known").unwrap();
    assert_eq!(grants(&memory, share).len(), 2, "those that ended are told too");
}

#[test]
fn columns_beyond_a_permit_are_named() {
    let mut memory = start();
    memory.apply(&grant("g1", "county/finance", Vec::new()));
    let (_, share) = memory.rulebook().share("homes-known").unwrap();
    let permit = || may_use_share(&memory, share, &office(&memory, "finance"), None, date(2022, 3, 15)).unwrap();
    assert_eq!(permit().narrowed(share, &["area".into()]).unwrap().fields, ["area"]);
    let beyond = permit().narrowed(share, &["area".into(), "name".into()]).unwrap_err();
    assert_eq!((beyond.code.as_str(), beyond.en.as_str()), ("beyond-grant", "these columns are not granted: name"));
}

#[test]
fn rows_are_a_part_of_a_share_and_good_as_its_expressions_say() {
    let memory = start();
    let (regulation, share) = memory.rulebook().share("homes-known").unwrap();
    let sharing = Sharing::new(&memory, regulation, share, date(2022, 3, 1).at(9, 0, 0, 0));
    let area = |area: i64| ("area", Value::Number(area.into(), Unit::symbol("m²")));
    let (small, large, none) = (record([area(40)]), record([area(60)]), record([("code", text("h1"))]));
    let place = VILLAGE.to_owned();
    let entered = |record| SharedRow::Entered(&place, record);
    assert_eq!([&small, &large, &none].map(|record| sharing.has(entered(record))), [true, true, false]);
    assert!(sharing.faults(entered(&small)).is_empty());
    assert!(sharing.faults(entered(&none)).is_empty(), "what cannot be told is no fault");
    let faults = sharing.faults(entered(&large));
    assert_eq!((faults.len(), faults[0].rule.code.as_str()), (1, "fits"));
    assert!(faults[0].said.zh.starts_with("面积是60"), "{}", faults[0].said.zh);
}

const STAYS: &str = r#"---
id: stays
number: 示政发〔2022〕8号
title: 停留办法
issuer: county-office
issued: 2022-01-01
effective: 2022-01-01
---
# 停留 {#st-1}

```yaml form
form: slip
title: 登记单
```
| field | label | type    | need |
| ----- | ----- | ------- | ---- |
| mark  | 标记  | text 20 | must |

```yaml procedure
procedure: stay
title: 停留
subject: "{mark}"
start:
  begin: { label: 登记, by: anyone, form: slip, to: here }
ends: { gone: 离开 }
```

```yaml step
step: here of stay
label: 停留
by: starter
due: 90 days after begin.on, else alarm to [village/head]
acts:
  leave: { label: 离开, to: gone }
```

```yaml register
register: stays
title: 停留登记簿
rows: stay
readers: [village]
```
| field | label | type   |
| ----- | ----- | ------ |
| mark  | 标记  | = mark |

```yaml share
share: newcomers
title: 新到的
register: stays
where: open and days-between(begin.on, today) < 5
fields: [mark]
terms: unconditional
update: daily
owner: village/head
```
"#;

#[test]
fn a_matter_was_part_of_a_share_as_it_was_at_the_moment_of_an_act() {
    let mut memory = Memory::new(rulebook_of("stays.md", STAYS), county(), Holidays::built_in());
    let guest = || Actor::Person { person: "guest".into(), post: None };
    let mut acts: Vec<(DateTime, Vec<Event>)> = Vec::new();
    let about = Default::default();
    let start = Target::Start { procedure: "stay".into(), place: VILLAGE.into(), about };
    let leave = Target::Matter { id: "m1".into(), seen: None };
    for (target, name, on) in [(start, "begin", date(2022, 3, 1)), (leave, "leave", date(2022, 3, 20))] {
        let form = if name == "begin" { record([("mark", text("甲"))]) } else { Record::new() };
        let act = Act { target, name: name.into(), actor: guest(), form, fresh_ids: vec!["m1".into()], proved: false };
        let Outcome::Done(decision) = decide(&memory, &act, on.at(9, 0, 0, 0)) else { panic!("{name}") };
        memory.apply_all(&decision.events);
        acts.push((on.at(9, 0, 0, 0), decision.events));
    }
    let (regulation, share) = memory.rulebook().share("newcomers").unwrap();
    let sharing = Sharing::new(&memory, regulation, share, date(2022, 6, 1).at(9, 0, 0, 0));
    assert!(!sharing.has(SharedRow::Matter("m1")), "it has ended");
    let ever_had = |acts: &[(DateTime, Vec<Event>)]| {
        sharing.ever_had("m1", acts.iter().map(|(at, events)| (*at, events.as_slice())))
    };
    assert!(ever_had(&acts), "it was new when it began, though nothing of March is new today");
    let late: Vec<(DateTime, Vec<Event>)> =
        acts.iter().map(|(_, events)| (date(2022, 3, 20).at(9, 0, 0, 0), events.clone())).collect();
    assert!(!ever_had(&late), "nobody asks before the moments that are handed in");
}
