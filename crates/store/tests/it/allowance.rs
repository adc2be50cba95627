//! A yearly allowance (年度指标) that several draw upon at once: what is left is a sum over matters, and is never overdrawn,
//! because the writer decides one act after the other.

use crate::fixture::*;
use engine::{Act, Target};
use regulation::SourceFile;
use regulation::expr::{Record, Unit, Value};
use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};
use std::thread;
use store::{Library, Settings, Sqlite, Store, StoreExt, Submitted};

const WATER: &str = r"---
id: water
title: 用水办法
number: 示水〔2022〕1号
issuer: water
issued: 2022-01-01
effective: 2022-01-01
---
# 指标

年度指标以内可以取水。 {#wt-1}

```yaml procedure
procedure: allowance
title: 年度指标
facts:
  drawn: sum(drawing.amount where allowance == this and ((step == reserved) else no))
  left: size - drawn
start:
  allot: { by: township/vet, form: allotment, to: in-force }
ends: { closed: 结清 }
```

```yaml step
step: in-force of allowance
label: 年度内
by: township/vet
acts:
  close: { label: 结清, to: closed }
```

```yaml form
form: allotment
title: 下达
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| size  | 指标  | m²   | must |

```yaml procedure
procedure: drawing
title: 取用
about: { allowance: allowance }
start:
  draw:
    by: village/assistant
    form: drawing-sheet
    require: [{ that: amount <= allowance.left, because: 余额不够 }]
    to: reserved
ends: { released: 退还 }
```

```yaml step
step: reserved of drawing
label: 已预留
by: village/assistant
acts:
  release: { label: 退还, to: released }
```

```yaml form
form: drawing-sheet
title: 取用单
```
| field  | label | type | need |
| ------ | ----- | ---- | ---- |
| amount | 数量  | m²   | must |
";

fn store_with_water() -> (tempfile::TempDir, Arc<Sqlite>) {
    let checked = regulation::check(&[SourceFile { name: "water.md".to_owned(), text: WATER.to_owned() }]);
    assert!(checked.rulebook.regulations.contains_key("water"), "{:?}", checked.findings);
    let library = Library { rulebook: checked.rulebook, ..Library::clone(&library()) };
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings { data: folder.path().to_owned(), county_key: KEY, library: Arc::new(library) };
    (folder, Arc::new(Sqlite::open(settings).unwrap()))
}

fn area(amount: &str) -> Value {
    Value::Number(amount.parse().unwrap(), Unit::symbol("m²"))
}

fn starting(procedure: &str, name: &str, person: &str, about: BTreeMap<String, Value>, form: Record) -> Act {
    Act {
        target: Target::Start { procedure: procedure.to_owned(), place: VILLAGE.to_owned(), about },
        name: name.to_owned(),
        actor: actor(person),
        form,
        fresh_ids: Vec::new(),
        proved: false,
    }
}

fn draw(allowance: &str, amount: &str) -> Act {
    let about = BTreeMap::from([("allowance".to_owned(), Value::Text(allowance.to_owned()))]);
    starting("drawing", "draw", "wu", about, record([("amount", area(amount))]))
}

#[test]
fn two_at_once_cannot_overdraw() {
    let (_folder, store) = store_with_water();
    let allot = starting("allowance", "allot", "zheng", BTreeMap::new(), record([("size", area("500.00"))]));
    let allowance = done(&*store, request(None, allot, start()));
    let together = Arc::new(Barrier::new(2));
    let both = [(); 2].map(|()| {
        let (store, allowance, together) = (Arc::clone(&store), allowance.clone(), Arc::clone(&together));
        thread::spawn(move || {
            together.wait();
            store.submit(request(None, draw(&allowance, "300.00"), start())).unwrap()
        })
    });
    let answers = both.map(|thread| thread.join().unwrap());
    assert_eq!(answers.iter().filter(|answer| answer.receipt().is_some()).count(), 1);
    let refusal = answers.iter().find_map(Submitted::refusal).unwrap();
    assert!(refusal.reasons.iter().any(|reason| reason.zh == "余额不够"), "{refusal:?}");
    // Two hundred are left to the hundredth.
    assert!(store.submit(request(None, draw(&allowance, "200.01"), start())).unwrap().refusal().is_some());
    done(&*store, request(None, draw(&allowance, "200.00"), start()));
    assert!(store.submit(request(None, draw(&allowance, "0.01"), start())).unwrap().refusal().is_some());
    assert_eq!(store.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
}

#[test]
fn many_at_once_use_it_up_exactly() {
    let (_folder, store) = store_with_water();
    let allot = starting("allowance", "allot", "zheng", BTreeMap::new(), record([("size", area("70.00"))]));
    let allowance = done(&*store, request(None, allot, start()));
    let threads: Vec<_> = (0..16)
        .map(|_| {
            let (store, allowance) = (Arc::clone(&store), allowance.clone());
            thread::spawn(move || store.submit(request(None, draw(&allowance, "10.00"), start())).unwrap())
        })
        .collect();
    let drawn = threads.into_iter().map(|thread| thread.join().unwrap());
    assert_eq!(drawn.filter(|answer| answer.receipt().is_some()).count(), 7);
}
