//! An act that opens a matter for each of many rows: as many ids are drawn as it takes, and all matters or none are there.

use crate::fixture::*;
use engine::{Act, Target};
use jiff::civil::datetime;
use regulation::expr::Value;
use store::pages::{Cut, MatterQuery};
use store::{Settings, Sqlite, StoreExt};

const REGULATION: &str = r#"---
id: rounds
title: 走访
number: 示例〔2022〕1号
issuer: county-office
issued: 2022-01-01
effective: 2022-01-01
---
# 走访 {#rn-1}

```yaml register
register: homes
title: 住户
keeper: [village/assistant]
key: [street, code]
readers: [village]
clause: rn-1
```
| field  | label | type | need |
| ------ | ----- | ---- | ---- |
| street | 街    | text 20 | must |
| code   | 编号  | text 20 | must |

```yaml procedure
procedure: visit
title: 走访一户
about: { home: homes }
start: { plan: { label: 立户, by: round.begin, to: waiting } }
ends: { done: 已走访 }
clause: rn-1
```

```yaml step
step: waiting of visit
label: 待走访
by: village/head
acts: { visit-it: { label: 走访, to: done } }
clause: rn-1
```

```yaml procedure
procedure: round
title: 一轮走访
start:
  begin:
    label: 开始
    by: village/head
    open: [{ visit: { each: { home: "homes where street == \"东街\"" } } }]
    to: going
ends: { over: 走完 }
clause: rn-1
```

```yaml step
step: going of round
label: 走访中
by: village/head
acts: { close: { label: 走完, to: over } }
clause: rn-1
```
"#;

#[test]
fn a_matter_for_each_of_many_rows() {
    let folder = tempfile::tempdir().unwrap();
    let library = library_of("rounds", REGULATION);
    let store = Sqlite::open(Settings { data: folder.path().to_owned(), county_key: KEY, library }).unwrap();
    let now = datetime(2022, 3, 1, 9, 0, 0, 0);
    let do_it = |target: Target, name: &str, person: &str, form| {
        let act =
            Act { target, name: name.to_owned(), actor: actor(person), form, fresh_ids: Vec::new(), proved: false };
        let answer = store.submit(request(None, act, now)).unwrap();
        assert!(answer.refusal().is_none(), "{:?}", answer.refusal());
    };
    for number in 0..60 {
        let street = if number < 50 { "东街" } else { "西街" };
        let target = Target::Register { register: "homes".to_owned(), row: None, place: VILLAGE.to_owned() };
        let form = record([("street", text(street)), ("code", Value::Text(format!("h{number:02}")))]);
        do_it(target, "enter", "wu", form);
    }
    let round = Target::Start { procedure: "round".to_owned(), place: VILLAGE.to_owned(), about: Default::default() };
    do_it(round, "begin", "zhou", record([]));
    let query = MatterQuery { procedure: Some("visit".to_owned()), ..MatterQuery::default() };
    let visits = store.read(|snapshot| snapshot.matters(&query, &Cut::first(999))).unwrap();
    let mut homes: Vec<String> = visits.lines.iter().map(|line| line.id.clone()).collect();
    homes.sort();
    homes.dedup();
    assert_eq!(homes.len(), 50, "one for each home of the street, each with an id of its own");
}
