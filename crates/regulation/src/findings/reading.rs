//! Mistakes of writing: what cannot be read at all.

mod pages;

pub(super) use pages::PAGES;

use crate::finding::{Finding, OfferKind, Said};
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
    )
    .offering(OfferKind::Key, key, known.iter().copied());
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

pub(crate) fn bad_part_reader(span: &Span, text: &str) -> Finding {
    Finding::error(
        "GB0030",
        span,
        format!("看不懂读者 `{text}`"),
        format!("`{text}` is no reader of some rows"),
    )
    .hint(
        "写作 `岗位 where 栏目 == 代码`：栏目是本登记簿自己的 one of 栏，各个读者用同一栏；记录是事项的登记簿不用写",
        "write `PARTY where COLUMN == CODE`, with a `one of` column of the register itself, the same for all; registers of matters need none",
    )
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
    let finding = Finding::error("GB0011", span, zh, en).offering(OfferKind::Block, kind, kinds.iter().copied());
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
    )
    .offering(OfferKind::Column, column, known.iter().copied());
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
    let finding = Finding::error("GB0017", span, format!("`{text}` 不是类型"), format!("`{text}` is not a type"))
        .offering(OfferKind::Type, text, known.iter().copied());
    match nearest(text, known.iter().copied()) {
        Some(near) => finding.hint(format!("是不是 `{near}`？"), format!("did you mean `{near}`?")),
        None => finding.hint(
            "写类型（text 200、int、m²、date、one of {码: 标签} …）、登记簿名，或反引号里的计量单位",
            "write a type (text 200, int, m², date, one of {code: 标签} …), a register or a unit in backquotes",
        ),
    }
}

pub(crate) fn bad_need(span: &Span, text: &str) -> Finding {
    let finding = Finding::error("GB0018", span, format!("`{text}` 不是填写要求"), format!("`{text}` is not a need"));
    finding.offering(OfferKind::Word, text, ["must", "may", "if", "check", "warn"]).hint(
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
    let finding = Finding::error("GB0021", span, format!("`{text}` 不是当事方"), format!("`{text}` is not a party"));
    finding.offering(OfferKind::Party, text, ["anyone", "starter", "clock"]).hint(
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

pub(crate) fn bad_notation(span: &Span, wrong: Said) -> Finding {
    Finding::error("GB0023", span, format!("参数值{}", wrong.zh), format!("the value {}", wrong.en))
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
        "写 `30 days`、`2 hours`（进入环节之后）、`30 days before`（期限届满之前）、`last day`、`1 working-days after` 或 `each working-day after`（届满之后）",
        "write `30 days` or `2 hours` (after the step began), `30 days before` (the deadline), `last day`, `1 working-days after` or `each working-day after`",
    )
}

pub(crate) fn bad_to(span: &Span) -> Finding {
    Finding::error("GB0028", span, "`to` 的写法读不懂", "`to` is not understood").hint(
        "写环节、结果、`back`、`stay`，或 `A if 条件 else B`",
        "write a step, an end, `back`, `stay`, or `A if COND else B`",
    )
}

/// A duty whose notation is not understood.
fn bad_duty(span: &Span, zh: impl Into<String>, en: impl Into<String>) -> Finding {
    Finding::error("GB0029", span, zh, en)
}

pub(crate) fn bad_each(span: &Span, text: &str) -> Finding {
    let (zh, en) = (format!("`{text}` 没有说明由谁承担"), format!("`{text}` does not say for whom the duty is"));
    bad_duty(span, zh, en).hint(
        "写 `county`、`each village`、`each village where 条件` 或 `each 登记簿 where 条件`",
        "write `county`, `each village`, `each village where COND` or `each REGISTER where COND`",
    )
}

pub(crate) fn not_about(span: &Span, register: &str, procedure: &str) -> Finding {
    bad_duty(
        span,
        format!("程序 `{procedure}` 不涉及登记簿 `{register}` 的一行"),
        format!("the procedure `{procedure}` is not about a row of `{register}`"),
    )
    .hint(
        format!("在程序里写 `about: {{ 名称: {register} }}`"),
        format!("write `about: {{ NAME: {register} }}` in the procedure"),
    )
}

pub(crate) fn two_rhythms(span: &Span) -> Finding {
    bad_duty(span, "`every` 和 `whenever` 只能写一个", "a duty has either `every` or `whenever`")
        .hint("定期的写 `every`，缺了才补的写 `whenever`", "`every` for periods, `whenever` for what is lacking")
}

pub(crate) fn bad_schedule(span: &Span, wrong: &calendar::Unreadable) -> Finding {
    let text = &wrong.text;
    bad_duty(span, format!("`{text}` 不是周期"), format!("`{text}` is not a schedule"))
        .hint(format!("{}；可以写 `A if 条件 else B`", wrong.zh), format!("{}; or `A if COND else B`", wrong.en))
}
