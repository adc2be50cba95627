//! Mistakes of writing: what cannot be read at all.

use super::Page;
use crate::finding::{Finding, Severity};
use crate::near::nearest;
use crate::span::Span;

pub(crate) fn not_utf8(span: &Span) -> Finding {
    Finding::error("GB0001", span, "文件不是 UTF-8 编码，此处读不出字", "the file is not UTF-8 here")
        .hint("请把文件另存为 UTF-8", "save the file as UTF-8")
}

pub(crate) fn too_large(span: &Span, bytes: usize) -> Finding {
    let limit = crate::source::MAX_BYTES;
    Finding::error(
        "GB0002",
        span,
        format!("文件有 {bytes} 字节，超过上限 {limit}"),
        format!("the file has {bytes} bytes, more than the limit of {limit}"),
    )
    .hint("请拆成几份规范性文件，用 `uses` 相互引用", "split it into several regulations that use each other")
}

pub(crate) fn no_front_matter(span: &Span) -> Finding {
    Finding::error(
        "GB0003",
        span,
        "文件开头没有首部（`---` 之间的 YAML）",
        "no front matter between `---` lines at the top",
    )
    .hint(
        "第一行写 `---`，接着写 id、title、number 等，再以 `---` 结束",
        "begin with `---`, then id, title, number …, then `---`",
    )
}

pub(crate) fn front_matter_open(span: &Span) -> Finding {
    Finding::error("GB0003", span, "首部没有以 `---` 结束", "the front matter does not end with `---`")
        .hint("在首部最后加一行 `---`", "add a line `---` after the front matter")
}

pub(crate) fn yaml(span: &Span, info: &str) -> Finding {
    Finding::error("GB0004", span, format!("YAML 写法有误：{info}"), format!("YAML mistake: {info}")).hint(
        "检查缩进、冒号后的空格和引号；含 `: `、` #` 或以 `{`、`[`、`\"` 开头的表达式要放在引号里",
        "check indentation, the space after the colon and quotes; quote expressions that contain `: ` or ` #` or begin with `{`, `[` or `\"`",
    )
}

pub(crate) fn yaml_budget(span: &Span, depth: usize, nodes: usize) -> Finding {
    Finding::error(
        "GB0005",
        span,
        format!("块太大：只能有一份 YAML，嵌套不超过 {depth} 层，节点（含别名展开）不超过 {nodes} 个"),
        format!(
            "block too large: one YAML document, at most {depth} levels and {nodes} nodes, repeated aliases included"
        ),
    )
    .hint("拆成几个块", "split it into several blocks")
}

pub(crate) fn duplicate_key(span: &Span, key: &str, first: &Span) -> Finding {
    Finding::error("GB0006", span, format!("键 `{key}` 写了两次"), format!("key `{key}` is written twice"))
        .related(first, "第一次写在这里", "first written here")
        .hint("删去一个", "delete one of them")
}

pub(crate) fn key_not_text(span: &Span) -> Finding {
    Finding::error("GB0004", span, "键必须是一个词", "a key must be a word")
        .hint("检查冒号和括号", "check colons and brackets")
}

pub(crate) fn unknown_key(span: &Span, key: &str, known: &[&str]) -> Finding {
    let finding = Finding::error(
        "GB0007",
        span,
        format!("此处没有 `{key}` 这个键"),
        format!("`{key}` is not a key of this block"),
    );
    match nearest(key, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(format!("可用的键：{}", known.join("、")), format!("keys: {}", known.join(", "))),
    }
}

pub(crate) fn missing_key(span: &Span, key: &str) -> Finding {
    Finding::error("GB0008", span, format!("缺少 `{key}`"), format!("`{key}` is missing"))
        .hint(format!("加一行 `{key}: …`"), format!("add a line `{key}: …`"))
}

pub(crate) fn wrong_shape(span: &Span, expected_zh: &str, expected_en: &str) -> Finding {
    Finding::error("GB0009", span, format!("此处应为{expected_zh}"), format!("expected {expected_en} here"))
}

pub(crate) fn fence_open(span: &Span) -> Finding {
    Finding::error(
        "GB0010",
        span,
        "代码块没有结束，后面的正文都被它吞掉了",
        "the fence is not closed; it swallows the rest of the text",
    )
    .hint("在块的末尾另起一行写 ```", "end the block with a line ```")
}

pub(crate) fn unknown_kind(span: &Span, kind: &str, kinds: &[&str]) -> Finding {
    let (zh, en) = match kind {
        "" => ("块没有写种类".to_string(), "the block names no kind".to_string()),
        _ => (format!("没有 `{kind}` 这种块"), format!("no block of kind `{kind}`")),
    };
    let finding = Finding::error("GB0011", span, zh, en);
    match nearest(kind, kinds.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(format!("可用的种类：{}", kinds.join("、")), format!("kinds: {}", kinds.join(", "))),
    }
}

pub(crate) fn unsupported_kind(span: &Span, kind: &str, kinds: &[&str]) -> Finding {
    Finding::error(
        "GB0012",
        span,
        format!("本版本还不能运行 `{kind}` 块"),
        format!("blocks of kind `{kind}` are not supported by this version"),
    )
    .hint(format!("可用的种类：{}", kinds.join("、")), format!("kinds: {}", kinds.join(", ")))
}

pub(crate) fn bad_name(span: &Span, name: &str) -> Finding {
    Finding::error("GB0013", span, format!("`{name}` 不能作名称"), format!("`{name}` is not a name")).hint(
        "名称用小写字母、数字和连字符，以字母开头，如 `village-review`",
        "names are lower-case letters, digits and hyphens, beginning with a letter: `village-review`",
    )
}

pub(crate) fn of_missing(span: &Span, kind: &str) -> Finding {
    Finding::error(
        "GB0014",
        span,
        format!("没有写这个 `{kind}` 属于哪个程序"),
        format!("this `{kind}` does not say to which procedure it belongs"),
    )
    .hint(format!("写作 `{kind}: 名称 of 程序`"), format!("write `{kind}: NAME of PROCEDURE`"))
}

pub(crate) fn of_superfluous(span: &Span, kind: &str) -> Finding {
    Finding::error("GB0014", span, format!("`{kind}` 不属于某个程序"), format!("a `{kind}` belongs to no procedure"))
        .hint("删去 `of …`", "delete `of …`")
}

pub(crate) fn grid_missing(span: &Span, kind: &str) -> Finding {
    Finding::error(
        "GB0015",
        span,
        format!("`{kind}` 块后面没有紧跟表格"),
        format!("no table follows the `{kind}` block at once"),
    )
    .hint("表格紧接在块的下一行或隔一空行", "put the table on the line after the block or after one blank line")
}

pub(crate) fn column_missing(span: &Span, column: &str) -> Finding {
    Finding::error("GB0016", span, format!("表格缺少 `{column}` 栏"), format!("the table lacks the column `{column}`"))
        .hint(format!("在表头加一栏 `{column}`"), format!("add a column `{column}` to the header"))
}

pub(crate) fn column_unknown(span: &Span, column: &str, known: &[&str]) -> Finding {
    let finding = Finding::error(
        "GB0016",
        span,
        format!("表格没有 `{column}` 这一栏"),
        format!("`{column}` is not a column of this table"),
    );
    match nearest(column, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(format!("可用的栏：{}", known.join("、")), format!("columns: {}", known.join(", "))),
    }
}

pub(crate) fn too_many_cells(span: &Span, columns: usize) -> Finding {
    Finding::error(
        "GB0016",
        span,
        format!("这一行的格数多于表头的 {columns} 栏，多出的内容会丢失"),
        format!("this row has more cells than the {columns} columns of the header"),
    )
    .hint("格内的竖线写作 `\\|`", "write a bar inside a cell as `\\|`")
}

pub(crate) fn bad_type(span: &Span, text: &str, known: &[&str]) -> Finding {
    let finding = Finding::error("GB0017", span, format!("`{text}` 不是类型"), format!("`{text}` is not a type"));
    match nearest(text, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(
            "写类型（text 200、int、m²、date、one of {码: 标签} …）、登记簿名，或反引号里的计量单位",
            "write a type (text 200, int, m², date, one of {code: 标签} …), a register or a unit in backquotes",
        ),
    }
}

pub(crate) fn bad_need(span: &Span, text: &str) -> Finding {
    Finding::error("GB0018", span, format!("`{text}` 不是填写要求"), format!("`{text}` is not a need")).hint(
        "写 `must`、`may` 或 `if 条件`，之后可用 `;` 接 `check 条件 : 提示`、`warn 条件`",
        "write `must`, `may` or `if COND`, then `; check COND : message` or `; warn COND`",
    )
}

pub(crate) fn bad_deadline(span: &Span, what_zh: &str, what_en: &str) -> Finding {
    Finding::error("GB0019", span, what_zh, what_en).hint(
        "写作 `5 days after 日期, else 动作`、`日期, else alarm` 或 `…, else alarm to [岗位]`",
        "write `5 days after DATE, else ACT`, `DATE, else alarm` or `…, else alarm to [PARTIES]`",
    )
}

pub(crate) fn no_consequence(span: &Span) -> Finding {
    Finding::error("GB0020", span, "期限没有写后果", "the deadline has no consequence").hint(
        "加上 `, else alarm` 或 `, else 时钟所为的动作`",
        "add `, else alarm` or `, else ACT` for what the clock does",
    )
}

pub(crate) fn bad_party(span: &Span, text: &str) -> Finding {
    Finding::error("GB0021", span, format!("`{text}` 不是当事方"), format!("`{text}` is not a party")).hint(
        "写 `层级/岗位`（village/head）、`对象/角色`（household/head）、`anyone`、`clock` 或 `程序.动作`",
        "write LEVEL/DESK (village/head), SUBJECT/ROLE (household/head), `anyone`, `clock` or PROCEDURE.ACT",
    )
}

pub(crate) fn bad_cell(span: &Span, text: &str, column: &str) -> Finding {
    Finding::error(
        "GB0022",
        span,
        format!("`{text}` 不是 `{column}` 一栏可用的格"),
        format!("`{text}` is not a test of `{column}`"),
    )
    .hint(
        "写 `–`、值、`a, b`、`not a`、`< 50 m²` 或 `50 m² .. 200 m²`",
        "write `–`, a value, `a, b`, `not a`, `< 50 m²` or `50 m² .. 200 m²`",
    )
}

pub(crate) fn bad_value(span: &Span, text: &str) -> Finding {
    Finding::error("GB0023", span, format!("`{text}` 不是参数值"), format!("`{text}` is not a value")).hint(
        "写 `200 m²`、`5 working-days`、`yes`、`\"文字\"`、`2022-03-01`、`one of [a, b]` 或 `none of 类型`",
        "write `200 m²`, `5 working-days`, `yes`, `\"text\"`, `2022-03-01`, `one of [a, b]` or `none of TYPE`",
    )
}

pub(crate) fn duplicate_clause(span: &Span, id: &str, first: &Span) -> Finding {
    Finding::error("GB0024", span, format!("条款编号 `{id}` 用了两次"), format!("clause id `{id}` is used twice"))
        .related(first, "第一次用在这里", "first used here")
        .hint("每条用自己的编号", "give each clause its own id")
}

pub(crate) fn strange_attribute(span: &Span, word: &str) -> Finding {
    Finding::error(
        "GB0025",
        span,
        format!("花括号里的 `{word}` 读不懂"),
        format!("`{word}` in the braces is not understood"),
    )
    .hint("写作 `{#编号}` 或 `{#编号 .narrative}`", "write `{#id}` or `{#id .narrative}`")
}

pub(crate) fn bad_front(span: &Span, what_zh: &str, what_en: &str) -> Finding {
    Finding::error("GB0026", span, what_zh, what_en)
}

pub(crate) fn bad_reminder(span: &Span, text: &str) -> Finding {
    Finding::error("GB0027", span, format!("`{text}` 不是提醒"), format!("`{text}` is not a reminder")).hint(
        "写 `30 days`（进入环节之后）或 `30 days before`（期限届满之前）",
        "write `30 days` (after the step began) or `30 days before` (the deadline)",
    )
}

pub(crate) fn bad_to(span: &Span) -> Finding {
    Finding::error("GB0028", span, "`to` 的写法读不懂", "`to` is not understood").hint(
        "写环节、结果、`back`、`stay`，或 `A if 条件 else B`",
        "write a step, an end, `back`, `stay`, or `A if COND else B`",
    )
}

/// Pages of these codes.
pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0001",
        severity: Severity::Error,
        zh: "文件不是 UTF-8 编码",
        en: "the file is not UTF-8",
        why: "Some bytes of the file are not UTF-8, so characters are lost. Editors that save as GB 18030 do this; save the file as UTF-8. A byte order mark at the beginning does no harm.",
        wrong: "# 一、总则（以 GB 18030 保存）",
        right: "# 一、总则（以 UTF-8 保存）",
    },
    Page {
        code: "GB0002",
        severity: Severity::Error,
        zh: "文件太大",
        en: "the file is too large",
        why: "A regulation is read by people. A file of more than 4 MiB is a mistake, for example a pasted picture, and is not read at all. Split a very long one and let its parts name each other under `uses`.",
        wrong: "![图](data:image/png;base64,iVBORw0KGgo…)",
        right: "见附图（存于规定的文件夹）",
    },
    Page {
        code: "GB0003",
        severity: Severity::Error,
        zh: "没有首部",
        en: "no front matter",
        why: "The first line is `---`, then come the keys, then `---` again. Without it the regulation has no id, number or date of effect.",
        wrong: r#"# 某某办法
第一条 ……"#,
        right: r#"---
id: example
title: 某某办法
number: 某政发〔2022〕1号
issuer: county-office
issued: 2022-01-10
effective: 2022-02-01
---
# 某某办法"#,
    },
    Page {
        code: "GB0004",
        severity: Severity::Error,
        zh: "YAML 写法有误",
        en: "a YAML mistake",
        why: "The block is not YAML. Indent with spaces, write a space after each colon, and quote an expression that contains `: ` or ` #` or begins with a bracket, brace or quote.",
        wrong: r#"```yaml step
step: check of permit
acts: { pass: to: done }
```"#,
        right: r#"```yaml step
step: check of permit
acts: { pass: { to: done } }
```"#,
    },
    Page {
        code: "GB0005",
        severity: Severity::Error,
        zh: "块太大",
        en: "the block is too large",
        why: "A block is one YAML document with bounded nesting and size; what aliases repeat counts each time. The bound keeps a regulation from stopping the system.",
        wrong: r#"a: &a [x, x]
b: &b [*a, *a]
c: &c [*b, *b]   # …"#,
        right: "每个块只写一件事",
    },
    Page {
        code: "GB0006",
        severity: Severity::Error,
        zh: "键写了两次",
        en: "a key written twice",
        why: "One of the two would be lost. Delete it, or rename it if two different things are meant.",
        wrong: r#"acts:
  pass: { to: done }
  pass: { to: refused }"#,
        right: r#"acts:
  pass: { to: done }
  refuse: { to: refused }"#,
    },
    Page {
        code: "GB0007",
        severity: Severity::Error,
        zh: "没有这个键",
        en: "an unknown key",
        why: "The block would silently ignore it. The hint gives the nearest key, or all keys that are possible here.",
        wrong: r#"```yaml procedure
procedure: permit
titel: 许可
```"#,
        right: r#"```yaml procedure
procedure: permit
title: 许可
```"#,
    },
    Page {
        code: "GB0008",
        severity: Severity::Error,
        zh: "缺少必需的键",
        en: "a key is missing",
        why: "The block does not say something without which it has no meaning.",
        wrong: r#"```yaml rule
rule: in-time of permit
require: today <= last-day
```"#,
        right: r#"```yaml rule
rule: in-time of permit
require: today <= last-day
because: 已过 {last-day}
```"#,
    },
    Page {
        code: "GB0009",
        severity: Severity::Error,
        zh: "值的形式不对",
        en: "the wrong shape of a value",
        why: "A list, a mapping, a text, a date or `yes`/`no` is expected here. The message says which.",
        wrong: "once: sometimes",
        right: "once: yes",
    },
    Page {
        code: "GB0010",
        severity: Severity::Error,
        zh: "代码块没有结束",
        en: "a fence is not closed",
        why: "Everything after it would belong to the block. End it with a line of the same marks.",
        wrong: r#"```yaml parameter
limit: 200 m²

# 二、程序"#,
        right: r#"```yaml parameter
limit: 200 m²
```

# 二、程序"#,
    },
    Page {
        code: "GB0011",
        severity: Severity::Error,
        zh: "没有这种块",
        en: "an unknown kind of block",
        why: "The word after `yaml` is the kind of the block. The hint lists the kinds.",
        wrong: r#"```yaml paramter
limit: 200 m²
```"#,
        right: r#"```yaml parameter
limit: 200 m²
```"#,
    },
    Page {
        code: "GB0012",
        severity: Severity::Error,
        zh: "本版本还不能运行这种块",
        en: "a kind that this version does not run",
        why: "The language reserves this kind, but nothing would carry it out yet. A clause must not seem to have an effect that it lacks.",
        wrong: r#"```yaml duty
duty: quarterly-report
```"#,
        right: "按季度报送。 {#x-3 .narrative}",
    },
    Page {
        code: "GB0013",
        severity: Severity::Error,
        zh: "名称不合规则",
        en: "not a name",
        why: "Names are lower-case letters, digits and hyphens, beginning with a letter. They appear in addresses and records and never change; what people read is the label.",
        wrong: r#"```yaml form
form: Site_Visit
```"#,
        right: r#"```yaml form
form: site-visit
title: 现场勘查
```"#,
    },
    Page {
        code: "GB0014",
        severity: Severity::Error,
        zh: "没有写属于哪个程序",
        en: "no procedure named",
        why: "Steps, rules, tables and documents belong to one procedure; parameters, registers, forms and procedures to none.",
        wrong: r#"```yaml step
step: village-review
```"#,
        right: r#"```yaml step
step: village-review of permit
```"#,
    },
    Page {
        code: "GB0015",
        severity: Severity::Error,
        zh: "块后面没有表格",
        en: "no table follows",
        why: "Registers, forms and decision tables, and rules without `require`, take their rows from the Markdown table that follows at once. Text in between separates them.",
        wrong: r#"```yaml form
form: request
```
填写下列各项：
| field | label | type |"#,
        right: r#"```yaml form
form: request
```
| field | label | type |"#,
    },
    Page {
        code: "GB0016",
        severity: Severity::Error,
        zh: "表格的栏不对",
        en: "wrong columns",
        why: r#"A column is unknown, missing or written twice, or a row has more cells than the header. A bar inside a cell is written `\|`."#,
        wrong: "| field | lable | type |",
        right: "| field | label | type |",
    },
    Page {
        code: "GB0017",
        severity: Severity::Error,
        zh: "不是类型",
        en: "not a type",
        why: "Types are listed in the language reference. Units other than m², m, yuan, percent and mu stand in backquotes; registers are named without decoration.",
        wrong: "| weight | 体重 | kilo |",
        right: "| weight | 体重 | `kg` |",
    },
    Page {
        code: "GB0018",
        severity: Severity::Error,
        zh: "填写要求写错",
        en: "not a need",
        why: "The cell begins with `must`, `may` or `if CONDITION`, and goes on with `; check CONDITION : message` or `; warn CONDITION`.",
        wrong: "| area | 面积 | m² | required |",
        right: "| area | 面积 | m² | must; check area > 0 m² |",
    },
    Page {
        code: "GB0019",
        severity: Severity::Error,
        zh: "期限读不懂",
        en: "a deadline is not understood",
        why: "A deadline is `TERM after DATE` or a date, then perhaps `until ACT` and `named c-x`, then `else CONSEQUENCE`, separated by commas.",
        wrong: "due: 5 days after ask.on, otherwise alarm",
        right: "due: 5 days after ask.on, else alarm",
    },
    Page {
        code: "GB0020",
        severity: Severity::Error,
        zh: "期限没有后果",
        en: "a deadline without consequence",
        why: "A term that nothing follows from is not a deadline. Say what happens: an alarm, or an act that the clock does.",
        wrong: "due: 5 days after ask.on",
        right: "due: 5 days after ask.on, else alarm to [township/head]",
    },
    Page {
        code: "GB0021",
        severity: Severity::Error,
        zh: "不是当事方",
        en: "not a party",
        why: "Parties are posts (`township/window`), persons behind a subject (`household/head`), `anyone`, `clock`, or an act of which this one is a consequence (`PROCEDURE.ACT`). A name of a person is never a party.",
        wrong: "by: window",
        right: "by: township/window",
    },
    Page {
        code: "GB0022",
        severity: Severity::Error,
        zh: "决策表的格不对",
        en: "a cell does not fit its column",
        why: "The cell is not a value of the column. Numbers need the unit of the column, codes must be among those of the field, and `< > ..` need numbers or dates.",
        wrong: r#"| area      | → class |
| --------- | ------- |
| < 50 yuan | small   |"#,
        right: r#"| area    | → class |
| ------- | ------- |
| < 50 m² | small   |"#,
    },
    Page {
        code: "GB0023",
        severity: Severity::Error,
        zh: "不是参数值",
        en: "not a parameter value",
        why: "A parameter is a literal, a choice, a list of literals of one type, `none of TYPE`, or a mapping with `value:`. Texts stand in quotes.",
        wrong: "max-area: about 200",
        right: "max-area: 200 m²",
    },
    Page {
        code: "GB0024",
        severity: Severity::Error,
        zh: "条款编号重复",
        en: "a clause id used twice",
        why: "Decisions cite clauses by their id, so each id belongs to one element.",
        wrong: r#"受理。 {#x-1}

审查。 {#x-1}"#,
        right: r#"受理。 {#x-1}

审查。 {#x-2}"#,
    },
    Page {
        code: "GB0025",
        severity: Severity::Error,
        zh: "花括号里的标记读不懂",
        en: "attributes are not understood",
        why: "Braces that begin with `#` or `.` hold clause ids and `.narrative`, nothing else.",
        wrong: "总则 {#x-1 .narative}",
        right: "总则 {#x-1 .narrative}",
    },
    Page {
        code: "GB0026",
        severity: Severity::Error,
        zh: "首部的值不对",
        en: "a wrong value in the front matter",
        why: "`status` is `trial` or absent, and the last day in force is not before the first.",
        wrong: r#"effective: 2022-02-01
until: 2021-02-01"#,
        right: r#"effective: 2022-02-01
until: 2024-01-31"#,
    },
    Page {
        code: "GB0027",
        severity: Severity::Error,
        zh: "提醒读不懂",
        en: "a reminder is not understood",
        why: "A reminder is a term after the step began (`30 days`) or before its first deadline (`30 days before`).",
        wrong: "remind: [every week]",
        right: "remind: [7 days, 3 days before]",
    },
    Page {
        code: "GB0028",
        severity: Severity::Error,
        zh: "去处读不懂",
        en: "a destination is not understood",
        why: "`to` is a step, an end, `back`, `stay`, or `A if CONDITION else B`.",
        wrong: "to: done and closed",
        right: "to: done if fee-paid else closed",
    },
];
