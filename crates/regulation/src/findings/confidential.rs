//! Confidential procedures (只给经手的看): their matters are not told by another way than their own pages to whoever takes no part in them.

use super::Page;
use super::case::{Checks, key_span};
use super::views::takes_part;
use crate::blocks::block::Kind;
use crate::blocks::party::written;
use crate::finding::{Finding, Severity};
use crate::model::share::Terms;
use crate::model::{ClauseId, Procedure, Reader};
use crate::span::Span;

/// A list that tells of a procedure's matters: what it is, its name, its clauses.
struct List<'a> {
    zh: &'static str,
    en: &'static str,
    name: &'a str,
    clauses: &'a [ClauseId],
}

fn tells(span: &Span, list: &List<'_>, procedure: &Procedure, (zh, en): (&str, &str)) -> Finding {
    let (name, procedure) = (list.name, &procedure.name);
    Finding::warning(
        "GB0255",
        span,
        format!("{} `{name}` 列出 `{procedure}` 的事项，那是只给经手的看的，而{zh}", list.zh),
        format!("the {} `{name}` tells of matters of `{procedure}`, which is confidential, and {en}", list.en),
    )
    .clause(list.clauses.first())
    .hint(
        "读者只写经手这一程序的岗位（`level/desk`）",
        "name as readers only posts that take part in the procedure (`level/desk`)",
    )
}

fn by_reader(reader: &Reader) -> (String, String) {
    let who = match reader {
        Reader::Public => "public".to_owned(),
        Reader::Level(level) => level.clone(),
        Reader::Party(party) => written(party),
    };
    (format!("读者 `{who}` 不经手"), format!("its reader `{who}` takes no part in it"))
}

pub(super) fn run(checks: &Checks<'_>) {
    for (index, parts) in checks.parts.iter().enumerate() {
        let span = |kind: Kind, name: &str, key: &str| {
            let block = checks.outline.drafts[index].of_kind(kind).find(|block| block.name.text == name);
            block.map(|block| key_span(block, &[key]).clone())
        };
        for view in parts.views.values() {
            let list = List { zh: "视图", en: "view", name: &view.name, clauses: &view.clauses };
            let span = span(Kind::View, &view.name, "readers").unwrap_or_else(|| view.span.clone());
            for procedure in view.source.procedures().iter().filter_map(|name| confidential(checks, name)) {
                readers(checks, &span, &list, procedure, &view.readers);
            }
        }
        for register in parts.registers.values() {
            let procedure = register.rows_of.as_ref().and_then(|name| confidential(checks, name));
            if let Some((procedure, span)) = procedure.zip(span(Kind::Register, &register.name, "readers")) {
                let list = List { zh: "登记簿", en: "register", name: &register.name, clauses: &register.clauses };
                readers(checks, &span, &list, procedure, &register.readers);
            }
        }
        for share in parts.shares.values().filter(|share| share.terms != Terms::NotShared) {
            let rows_of = checks.register(&share.register).and_then(|register| register.rows_of.as_ref());
            let procedure = rows_of.and_then(|name| confidential(checks, name));
            if let Some((procedure, span)) = procedure.zip(span(Kind::Share, &share.name, "terms")) {
                let list = List { zh: "共享", en: "share", name: &share.name, clauses: &share.clauses };
                let others = ("取它的单位不必经手", "whoever has it need not take part in it");
                checks.sink.add(tells(&span, &list, procedure, others));
            }
        }
    }
}

fn confidential<'a>(checks: &Checks<'a>, name: &str) -> Option<&'a Procedure> {
    checks.procedure(name).filter(|procedure| procedure.confidential)
}

fn readers(checks: &Checks<'_>, span: &Span, list: &List<'_>, procedure: &Procedure, readers: &[Reader]) {
    for reader in readers.iter().filter(|reader| !takes_part(procedure, reader)) {
        let (zh, en) = by_reader(reader);
        checks.sink.add(tells(span, list, procedure, (&zh, &en)));
    }
}

pub(super) const PAGES: &[Page] = &[Page {
    code: "GB0255",
    severity: Severity::Warning,
    zh: "保密的事项从别处看得到",
    en: "confidential matters seen by another way",
    why: "Of a `confidential` procedure only those offices see a matter to which it falls. A view, a register of its matters (`rows`) or a share tells of them to whoever reads it: the public, every post of a level, or an office that takes no part in the procedure.",
    within: "permit: blocks",
    wrong: r"```yaml procedure
procedure: complaint
title: 举报
confidential: yes
start: { write: { by: anyone, to: heard } }
ends: { done: 办结 }
```

```yaml step
step: heard of complaint
by: county/office
due: 5 days after write.on, else alarm
acts: { finish: { to: done } }
```

```yaml view
view: cases
title: 举报
from: complaint
readers: [county]
```
| column | label | value |
| ------ | ----- | ----- |
| since  | 收到  | write.on |",
    right: r"```yaml procedure
procedure: complaint
title: 举报
confidential: yes
start: { write: { by: anyone, to: heard } }
ends: { done: 办结 }
```

```yaml step
step: heard of complaint
by: county/office
due: 5 days after write.on, else alarm
acts: { finish: { to: done } }
```

```yaml view
view: cases
title: 举报
from: complaint
readers: [county/office]
```
| column | label | value |
| ------ | ----- | ----- |
| since  | 收到  | write.on |",
}];
