//! Pages of the mistakes of writing.

use crate::finding::Severity;
use crate::findings::Page;

/// Pages of these codes.
pub(in crate::findings) const PAGES: &[Page] = &[
    Page {
        code: "GB0001",
        severity: Severity::Error,
        zh: "文件不是 UTF-8 编码",
        en: "the file is not UTF-8",
        why: "Some bytes of the file are not UTF-8, so characters are lost. Editors that save as GB 18030 do this; save the file as UTF-8. A byte order mark at the beginning does no harm.",
        within: "sketch",
        wrong: "# 一、总则（以 GB 18030 保存）",
        right: "# 一、总则（以 UTF-8 保存）",
    },
    Page {
        code: "GB0002",
        severity: Severity::Error,
        zh: "文件太大",
        en: "the file is too large",
        why: "A regulation is read by people. A file of more than 4 MiB is a mistake, for example a pasted picture, and is not read at all. Split a very long one and let its parts name each other under `uses`.",
        within: "sketch",
        wrong: "![图](data:image/png;base64,iVBORw0KGgo…)",
        right: "见附图（存于规定的文件夹）",
    },
    Page {
        code: "GB0003",
        severity: Severity::Error,
        zh: "没有首部",
        en: "no front matter",
        why: "The first line is `---`, then come the keys, then `---` again. Without it the regulation has no id, number or date of effect.",
        within: "whole",
        wrong: r"# 某某办法

第一条 ……",
        right: r"---
id: example
title: 某某办法
number: 某政发〔2022〕1号
issuer: county-office
issued: 2022-01-10
effective: 2022-02-01
---
# 总则 {#e-1 .narrative}",
    },
    Page {
        code: "GB0004",
        severity: Severity::Error,
        zh: "YAML 写法有误",
        en: "a YAML mistake",
        why: "The block is not YAML. Indent with spaces, write a space after each colon, and quote an expression that contains `: ` or ` #` or begins with a bracket, brace or quote.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: { zh: 已过: {asked-on} }
```",
        right: r#"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: { zh: "已过：{asked-on}" }
```"#,
    },
    Page {
        code: "GB0005",
        severity: Severity::Error,
        zh: "块太大",
        en: "the block is too large",
        why: "A block is one YAML document with bounded nesting and size; what aliases repeat counts each time. The bound keeps a regulation from stopping the system.",
        within: "permit: blocks",
        wrong: r"```yaml parameter
a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d]
```",
        right: "每个块只写一件事。 {#x-3 .narrative}",
    },
    Page {
        code: "GB0006",
        severity: Severity::Error,
        zh: "键写了两次",
        en: "a key written twice",
        why: "One of the two would be lost. Delete it, or rename it if two different things are meant.",
        within: "permit: acts",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
grant: { issue: [notice, permit-paper], to: granted }
refuse: { form: reasons, issue: [letter], to: refused }",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }",
    },
    Page {
        code: "GB0007",
        severity: Severity::Error,
        zh: "没有这个键",
        en: "an unknown key",
        why: "The block would silently ignore it. The hint gives the nearest key, or all keys that are possible here.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time of permit
required: today <= asked-on
because: 已过 {asked-on}
require: today <= asked-on
```",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
    },
    Page {
        code: "GB0008",
        severity: Severity::Error,
        zh: "缺少必需的键",
        en: "a key is missing",
        why: "The block does not say something without which it has no meaning.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
```",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
    },
    Page {
        code: "GB0009",
        severity: Severity::Error,
        zh: "值的形式不对",
        en: "the wrong shape of a value",
        why: "A list, a mapping, a text, a date or `yes`/`no` is expected here. The message says which.",
        within: "permit: acts",
        wrong: r"grant: { issue: [notice, permit-paper], require: area <= limit, once: sometimes, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }",
        right: r"grant: { issue: [notice, permit-paper], require: area <= limit, once: yes, to: granted }
refuse: { form: reasons, issue: [letter], to: refused }",
    },
    Page {
        code: "GB0010",
        severity: Severity::Error,
        zh: "代码块没有结束",
        en: "a fence is not closed",
        why: "Everything after it would belong to the block. End it with a line of the same marks.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}

# 二、程序 {#x-3 .narrative}",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```

# 二、程序 {#x-3 .narrative}",
    },
    Page {
        code: "GB0011",
        severity: Severity::Error,
        zh: "没有这种块",
        en: "an unknown kind of block",
        why: "The word after `yaml` is the kind of the block. The hint lists the kinds.",
        within: "permit: blocks",
        wrong: r"```yaml ruel
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
    },
    Page {
        code: "GB0012",
        severity: Severity::Error,
        zh: "本版本还不能运行这种块",
        en: "a kind that this version does not run",
        why: "The language reserves this kind, but nothing would carry it out yet. A clause must not seem to have an effect that it lacks.",
        within: "permit: blocks",
        wrong: r"```yaml target
target: greener-roofs
```",
        right: "绿色屋顶逐年增加。 {#x-3 .narrative}",
    },
    Page {
        code: "GB0013",
        severity: Severity::Error,
        zh: "名称不合规则",
        en: "not a name",
        why: "Names are lower-case letters, digits and hyphens, beginning with a letter. They appear in addresses and records and never change; what people read is the label.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: In_Time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
    },
    Page {
        code: "GB0014",
        severity: Severity::Error,
        zh: "没有写属于哪个程序",
        en: "no procedure named",
        why: "Steps, rules, tables and documents belong to one procedure; parameters, registers, forms and procedures to none.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time
require: today <= asked-on
because: 已过 {asked-on}
```",
        right: r"```yaml rule
rule: in-time of permit
require: today <= asked-on
because: 已过 {asked-on}
```",
    },
    Page {
        code: "GB0015",
        severity: Severity::Error,
        zh: "块后面没有表格",
        en: "no table follows",
        why: "Registers, forms and decision tables, and rules without `require`, take their rows from the Markdown table that follows at once. Text in between separates them.",
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time of permit
holds: all
```

下列各项都要成立：

| code | when | because |
| ---- | ---- | ------- |
| late | today <= asked-on | 已过 {asked-on} |",
        right: r"下列各项都要成立：

```yaml rule
rule: in-time of permit
holds: all
```
| code | when | because |
| ---- | ---- | ------- |
| late | today <= asked-on | 已过 {asked-on} |",
    },
    Page {
        code: "GB0016",
        severity: Severity::Error,
        zh: "表格的栏不对",
        en: "wrong columns",
        why: r#"A column is unknown, missing or written twice, or a row has more cells than the header. A bar inside a cell is written `\|`."#,
        within: "permit: blocks",
        wrong: r"```yaml rule
rule: in-time of permit
holds: all
```
| code | when | because | note |
| ---- | ---- | ------- | ---- |
| late | today <= asked-on | 已过 {asked-on} | 逾期 |",
        right: r"```yaml rule
rule: in-time of permit
holds: all
```
| code | when | because |
| ---- | ---- | ------- |
| late | today <= asked-on | 已过 {asked-on} |",
    },
    Page {
        code: "GB0017",
        severity: Severity::Error,
        zh: "不是类型",
        en: "not a type",
        why: "Types are listed in the language reference. Units other than m², m, yuan, percent and mu stand in backquotes; registers are named without decoration.",
        within: "permit: field + data",
        wrong: r"| weight | 体重 | kilo | may |
…
data: [area, weight]",
        right: r"| weight | 体重 | `kg` | may |
…
data: [area, weight]",
    },
    Page {
        code: "GB0018",
        severity: Severity::Error,
        zh: "填写要求写错",
        en: "not a need",
        why: "The cell begins with `must`, `may` or `if CONDITION`, and goes on with `; check CONDITION : message` or `; warn CONDITION`.",
        within: "permit: field + data",
        wrong: r"| floors | 层数 | int | required |
…
data: [area, floors]",
        right: r"| floors | 层数 | int | must; check floors > 0 |
…
data: [area, floors]",
    },
    Page {
        code: "GB0019",
        severity: Severity::Error,
        zh: "期限读不懂",
        en: "a deadline is not understood",
        why: "A deadline is `TERM after DATE` or a date, then perhaps `until ACT` and `named c-x`, then `else CONSEQUENCE`, separated by commas.",
        within: "permit: due",
        wrong: "due: 5 days after ask.on, otherwise alarm, else alarm",
        right: "due: 5 days after ask.on, else alarm",
    },
    Page {
        code: "GB0020",
        severity: Severity::Error,
        zh: "期限没有后果",
        en: "a deadline without consequence",
        why: "A term that nothing follows from is not a deadline. Say what happens: an alarm, or an act that the clock does.",
        within: "permit: due",
        wrong: "due: 5 days after ask.on",
        right: "due: 5 days after ask.on, else alarm to [township/head]",
    },
    Page {
        code: "GB0021",
        severity: Severity::Error,
        zh: "不是当事方",
        en: "not a party",
        why: "Parties are posts (`township/window`), persons behind a subject (`household/head`), `anyone`, `clock`, or an act of which this one is a consequence (`PROCEDURE.ACT`). A name of a person is never a party.",
        within: "permit: by",
        wrong: "by: window",
        right: "by: township/window",
    },
    Page {
        code: "GB0022",
        severity: Severity::Error,
        zh: "决策表的格不对",
        en: "a cell does not fit its column",
        why: "The cell is not a value of the column. Numbers need the unit of the column, codes must be among those of the field, and `< > ..` need numbers or dates.",
        within: "permit: blocks",
        wrong: r"```yaml table
table: size of permit
hit: one
```
| area       | → class |
| ---------- | ------- |
| < 50 yuan  | small   |
| –          | large   |",
        right: r"```yaml table
table: size of permit
hit: first
```
| area    | → class |
| ------- | ------- |
| < 50 m² | small   |
| –       | large   |",
    },
    Page {
        code: "GB0023",
        severity: Severity::Error,
        zh: "不是参数值",
        en: "not a parameter value",
        why: "A parameter is a literal, a choice, a list of literals of one type, `none of TYPE`, or a mapping with `value:`. Texts stand in quotes.",
        within: "permit: parameter + require",
        wrong: r"limit: 200 m²
depth: about 3
…
- area <= limit",
        right: r"limit: 200 m²
depth: 3 m
…
- area <= limit and area / depth > 1 m",
    },
    Page {
        code: "GB0024",
        severity: Severity::Error,
        zh: "条款编号重复",
        en: "a clause id used twice",
        why: "Decisions cite clauses by their id, so each id belongs to one element.",
        within: "permit: text",
        wrong: r"受理。 {#x-3 .narrative}

审查。 {#x-3 .narrative}",
        right: r"受理。 {#x-3 .narrative}

审查。 {#x-4 .narrative}",
    },
    Page {
        code: "GB0025",
        severity: Severity::Error,
        zh: "花括号里的标记读不懂",
        en: "attributes are not understood",
        why: "Braces that begin with `#` or `.` hold clause ids and `.narrative`, nothing else.",
        within: "permit: text",
        wrong: "总则 {#x-3 .narative}",
        right: "总则 {#x-3 .narrative}",
    },
    Page {
        code: "GB0026",
        severity: Severity::Error,
        zh: "首部的值不对",
        en: "a wrong value in the front matter",
        why: "`status` is `trial` or absent, and the last day in force is not before the first.",
        within: "permit: front",
        wrong: r"effective: 2022-02-01
until: 2021-02-01",
        right: r"effective: 2022-02-01
until: 2024-01-31",
    },
    Page {
        code: "GB0027",
        severity: Severity::Error,
        zh: "提醒读不懂",
        en: "a reminder is not understood",
        why: "A reminder is a term after the step began (`30 days`) or before its first deadline (`30 days before`), that deadline's `last day`, or a call after it has passed (`1 working-days after`, `each working-day after`); a parameter may name the term, or a list of terms.",
        within: "permit: due",
        wrong: r"due: 5 days after ask.on, else alarm
remind: [every week]",
        right: r"due: 5 days after ask.on, else alarm
remind: [7 days, 3 days before]",
    },
    Page {
        code: "GB0028",
        severity: Severity::Error,
        zh: "去处读不懂",
        en: "a destination is not understood",
        why: "`to` is a step, an end, `back`, `stay`, or `A if CONDITION else B`.",
        within: "permit: start",
        wrong: "ask: { by: home/head, form: request, issue: [receipt], require: [share > 0 m²], to: desk and granted }",
        right: "ask: { by: home/head, form: request, issue: [receipt], require: [share > 0 m²], to: desk if count-of > 1 else granted }",
    },
    Page {
        code: "GB0029",
        severity: Severity::Error,
        zh: "职责读不懂",
        en: "a duty is not understood",
        why: "A duty says for whom it is (`for: county`, `each village where CONDITION`, `each REGISTER`), and either in which rhythm its procedure begins (`every: month`, `every: xun if CONDITION else month`) or what must be lacking (`whenever: CONDITION`). For rows of a register the procedure must be about such a row.",
        within: "permit: blocks",
        wrong: r"```yaml procedure
procedure: meeting
title: 例会
start: { begin: { by: clock, to: open } }
ends: { held: 已开 }
```

```yaml step
step: open of meeting
by: township/head
due: period-to, else alarm
acts: { hold: { to: held } }
```

```yaml duty
duty: village-meeting of meeting
title: 例会
for: each township
every: often
opens: begin
```",
        right: r"```yaml procedure
procedure: meeting
title: 例会
start: { begin: { by: clock, to: open } }
ends: { held: 已开 }
```

```yaml step
step: open of meeting
by: township/head
due: period-to, else alarm
acts: { hold: { to: held } }
```

```yaml duty
duty: village-meeting of meeting
title: 例会
for: each township
every: month
opens: begin
```",
    },
    Page {
        code: "GB0030",
        severity: Severity::Error,
        zh: "只看一部分记录的读者写法不对",
        en: "a reader of some rows that is not understood",
        why: "`PARTY where COLUMN == CODE` under the `readers` of a register names who reads only the rows with that code. The column is one of the register's own, of the type `one of`, and the same for all of these readers, so that a list of rows can be cut by it. Rows that are matters are seen by whoever takes part in them.",
        within: "permit: blocks",
        wrong: r"```yaml register
register: firms
title: 企业
keeper: county/industry
key: [no]
readers: [county/industry, county/ecology where branch]
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| no    | 编号  | text 20 | must |
| branch | 行业 | one of {steel: 钢铁, coke: 焦化} | must |",
        right: r"```yaml register
register: firms
title: 企业
keeper: county/industry
key: [no]
readers: [county/industry, county/ecology where branch == coke]
```
| field | label | type | need |
| ----- | ----- | ---- | ---- |
| no    | 编号  | text 20 | must |
| branch | 行业 | one of {steel: 钢铁, coke: 焦化} | must |",
    },
];
