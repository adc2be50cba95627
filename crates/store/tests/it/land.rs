//! Plots are found by where they lie, wherever in the county; where personal ones lie goes with the key.

use crate::fixture::*;
use engine::{Act, Target};
use regulation::SourceFile;
use regulation::expr::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{Forget, Settings, Sqlite, Store, StoreExt, Submitted};

const REGULATION: &str = r#"---
id: meadows
title: 草地
number: 示例〔2022〕3号
issuer: county-office
issued: 2022-01-01
effective: 2022-01-01
---
# 草地 {#me-1}

```yaml register
register: homes
title: 住户
keeper: [village/assistant]
key: [code]
readers: [village]
clause: me-1
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| code  | 编号  | text 20 | must |
| yard  | 院子  | plot | may |

```yaml form
form: claim-form
title: 申请
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| asked | 草地  | plot, personal contact | must |
| gate  | 出入口 | plot | may |

```yaml procedure
procedure: claim
title: 申请草地
about: { home: homes }
owner: home
facts:
  rivals: "lease where open and (overlap(field, this.asked) else 0 m²) > 0.5 m²"
start:
  ask:
    by: village/head
    form: claim-form
    require:
      - { that: none(rivals), because: "和{rivals.number}的草地重叠" }
      - { that: "none(homes where (overlap(yard, this.asked) else 0 m²) > 0 m²)", because: "占了院子" }
    open: { lease: { act: begin, with: { claim: this } } }
    to: asked-for
ends: { over: 了结 }
clause: me-1
```

```yaml step
step: asked-for of claim
by: village/head
acts: { end-it: { to: over } }
clause: me-1
```

```yaml procedure
procedure: lease
title: 草地使用
about: { claim: claim }
number: { pattern: "草{n}", per: [county] }
facts: { field: claim.asked }
start: { begin: { by: claim.ask, to: in-use } }
ends: { given-back: 已交回 }
clause: me-1
```

```yaml step
step: in-use of lease
by: village/head
acts: { give-back: { to: given-back } }
clause: me-1
```
"#;

/// A square of ten metres, so many metres east of the first.
fn square(east: i64) -> Value {
    let (west, east) = (37_516_000 + east, 37_516_010 + east);
    let text = format!("4133000 {west} / 4133000 {east} / 4132990 {east} / 4132990 {west}");
    Value::Plot(Arc::new(plots::read(&text).unwrap()))
}

fn submit(
    store: &Sqlite,
    target: Target,
    name: &str,
    person: &str,
    form: regulation::expr::Record,
    ids: &[&str],
) -> Submitted {
    let fresh_ids = ids.iter().map(|id| (*id).to_owned()).collect();
    let act = Act { target, name: name.to_owned(), actor: actor(person), form, fresh_ids, proved: false };
    store.submit(request(None, act, start())).unwrap()
}

fn home(store: &Sqlite, code: &str, yard: Option<Value>) {
    let target = Target::Register { register: "homes".to_owned(), row: None, place: VILLAGE.to_owned() };
    let form = record([("code", text(code))].into_iter().chain(yard.map(|yard| ("yard", yard))));
    let answer = submit(store, target, "enter", "wu", form, &[]);
    assert!(answer.refusal().is_none(), "{:?}", answer.refusal());
}

fn claim(store: &Sqlite, home: &str, plot: Value, gate: Option<Value>) -> Submitted {
    let about = BTreeMap::from([("home".to_owned(), Value::Key(home.to_owned()))]);
    let target = Target::Start { procedure: "claim".to_owned(), place: VILLAGE.to_owned(), about };
    let form = record([("asked", plot)].into_iter().chain(gate.map(|gate| ("gate", gate))));
    submit(store, target, "ask", "zhou", form, &[&format!("claim-{home}"), &format!("lease-{home}")])
}

fn said(answer: &Submitted) -> String {
    answer.refusal().map(|refusal| refusal.reasons[0].zh.clone()).unwrap_or_default()
}

fn near(store: &Sqlite, plot: &Value) -> Vec<String> {
    let Value::Plot(plot) = plot else { panic!("no plot") };
    store.read(|snapshot| Ok(snapshot.world().matters_near(plot))).unwrap()
}

#[test]
fn a_condition_on_shared_land_is_a_look_up() {
    let file = SourceFile { name: "meadows.md".to_owned(), text: REGULATION.to_owned() };
    let whole = |text: &str| {
        let file = SourceFile { text: text.to_owned(), ..file.clone() };
        regulation::check(&[file]).findings.iter().filter(|finding| finding.code == "GB0114").count()
    };
    assert_eq!(whole(REGULATION), 0);
    // Without the default, what lies nobody knows where leaves the question open: it must be looked at.
    assert_eq!(whole(&REGULATION.replace("(overlap(field, this.asked) else 0 m²)", "overlap(field, this.asked)")), 1);
}

#[test]
fn land_is_found_where_it_lies_and_forgotten_with_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let library = library_of("meadows", REGULATION);
    let store = Sqlite::open(Settings { data: folder.path().to_owned(), county_key: KEY, library }).unwrap();
    home(&store, "h1", Some(square(500)));
    home(&store, "h2", None);

    assert_eq!(said(&claim(&store, "h1", square(0), Some(square(300)))), "");
    // A lease shows the plot of the claim it is about: it is found over the claim.
    assert_eq!(said(&claim(&store, "h2", square(9), None)), "和草1的草地重叠");
    assert_eq!(said(&claim(&store, "h2", square(491), None)), "占了院子");
    assert_eq!(said(&claim(&store, "h2", square(10), None)), "");
    assert_eq!(near(&store, &square(0)), ["claim-h1", "claim-h2"], "by their squares; who asks looks at the plots");
    assert_eq!(near(&store, &square(1000)), Vec::<String>::new());

    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);

    let forget = Forget { owner: "homes/h1".into(), actor: actor("chen"), clauses: vec!["me-1".into()], now: start() };
    store.forget(forget).unwrap();
    assert_eq!(near(&store, &square(0)), ["claim-h2"]);
    assert_eq!(near(&store, &square(300)), ["claim-h1"], "what is not personal stays");
    let live = store.projection_digests().unwrap();
    store.rebuild(&mut |_, _| ()).unwrap();
    assert_eq!(store.projection_digests().unwrap(), live);
}
