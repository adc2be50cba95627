//! Shares (数据共享): nothing personal without its clause, terms that are whole, an owner who sees what it answers for, and grants that
//! somebody can give.

use super::Page;
use super::case::{Checks, key_span};
use super::views::{reads_rows, takes_part};
use crate::blocks::Block;
use crate::blocks::block::Kind;
use crate::blocks::party::written;
use crate::expr::Type;
use crate::finding::{Finding, Severity};
use crate::model::share::{GrantColumns, LISTED, Refresh, Share, Terms};
use crate::model::{Field, Reader, Register};
use crate::span::Span;

fn personal(span: &Span, share: &Share, field: &str) -> Finding {
    let name = &share.name;
    Finding::error(
        "GB0280",
        span,
        format!("共享 `{name}` 的 `{field}` 栏是个人信息，没有写明准许共享的条款"),
        format!("the share `{name}` offers the personal column `{field}` without the clause that allows it"),
    )
    .clause(share.clauses.first())
    .hint(
        format!("不要共享这一栏；确有条款准许的，写 `release: {{ {field}: 条款编号 }}`"),
        format!("do not share it; where a clause allows it, write `release: {{ {field}: CLAUSE }}`"),
    )
}

fn wrong_terms(span: &Span, share: &Share, zh: &str, en: &str) -> Finding {
    let name = &share.name;
    Finding::error(
        "GB0281",
        span,
        format!("共享 `{name}` 的条件不成立：{zh}"),
        format!("the terms of the share `{name}` cannot be: {en}"),
    )
    .clause(share.clauses.first())
    .hint(
        "无条件共享的没有个人信息；有条件的写 `grants`；不予共享的写 `ground`，不列 `fields`",
        "what is shared unconditionally holds nothing personal; conditional terms name `grants`; what is not shared names its `ground` and no `fields`",
    )
}

pub(crate) fn no_office(span: &Span, text: &str) -> Finding {
    Finding::error(
        "GB0282",
        span,
        format!("`{text}` 不是单位，不能作提供部门"),
        format!("`{text}` is no office and cannot own a share"),
    )
    .hint("写 `级别/岗位`，如 `county/finance`", "write `level/desk`, such as `county/finance`")
}

fn blind_owner(span: &Span, share: &Share) -> Finding {
    let (name, owner) = (&share.name, written(&share.owner));
    Finding::error(
        "GB0282",
        span,
        format!("提供部门 `{owner}` 看不到它要负责的登记簿 `{}`", share.register),
        format!("the owner `{owner}` of the share `{name}` may not read the register `{}`", share.register),
    )
    .clause(share.clauses.first())
    .hint(
        "由采集它、登记它或经办这一程序的单位作提供部门",
        "the owner is the office that keeps the register, reads it, or takes part in the procedure",
    )
}

fn wrong_column(span: &Span, register: &Register, zh: &str, en: &str) -> Finding {
    let name = &register.name;
    Finding::error(
        "GB0283",
        span,
        format!("登记簿 `{name}` 不能用来记共享：{zh}"),
        format!("the register `{name}` cannot keep shares: {en}"),
    )
    .clause(register.clauses.first())
}

fn nobody_grants(span: &Span, share: &Share, grants: &str) -> Finding {
    let (name, owner) = (&share.name, written(&share.owner));
    Finding::warning(
        "GB0284",
        span,
        format!("提供部门 `{owner}` 不在登记 `{grants}` 的程序里，`{name}` 没有人能授权"),
        format!("its owner `{owner}` takes no part in a procedure that enters `{grants}`: nobody grants `{name}`"),
    )
    .clause(share.clauses.first())
    .hint("把它加进那个程序里决定的动作的 `by`", "add it to `by` of the act that decides in that procedure")
}

pub(super) fn run(checks: &Checks<'_>) {
    for (index, parts) in checks.parts.iter().enumerate() {
        let blocks = || checks.outline.drafts[index].of_kind(Kind::Share);
        for share in parts.shares.values() {
            let Some(block) = blocks().find(|block| block.name.text == share.name) else { continue };
            of_share(checks, share, block);
        }
        for register in parts.registers.values() {
            if register.lists_shares {
                lists(checks, register);
            }
            if let Some(columns) = &register.grants {
                grants(checks, register, columns);
            }
        }
    }
}

fn of_share(checks: &Checks<'_>, share: &Share, block: &Block) {
    let Some(register) = checks.register(&share.register) else { return };
    let at = |key: &str| key_span(block, &[key]);
    let wrong = |key: &str, zh: &str, en: &str| checks.sink.add(wrong_terms(at(key), share, zh, en));
    let shared = share.terms != Terms::NotShared;
    if shared && share.fields.is_empty() {
        wrong("terms", "没有列出栏目", "no `fields` are named");
    }
    match share.terms {
        Terms::NotShared if share.ground.is_none() => wrong("terms", "没有写依据", "there is no `ground`"),
        Terms::NotShared if !share.fields.is_empty() => {
            wrong("fields", "不予共享的又列了栏目", "`fields` of what is not shared")
        }
        Terms::Conditional if share.grants.is_none() => {
            wrong("terms", "没有写授权登记在哪里", "there is no register of `grants`")
        }
        _ => {}
    }
    for name in &share.fields {
        let Some(field) = register.fields.iter().find(|field| field.name == *name) else { continue };
        if is_no_data(&field.ty) {
            wrong("fields", &format!("`{name}` 是附件或签名"), &format!("`{name}` is a file or a signature"));
        } else if is_personal(checks, field) {
            let released = share.release.iter().any(|(known, _)| known == name);
            if share.terms == Terms::Unconditional {
                wrong(
                    "fields",
                    &format!("`{name}` 是个人信息，要有条件共享"),
                    &format!("`{name}` is personal and needs a grant"),
                );
            } else if !released {
                checks.sink.add(personal(at("fields"), share, name));
            }
        }
    }
    let keyless = |name: &&String| !share.fields.contains(name);
    for name in register.key.iter().filter(|name| share.fields.contains(name)) {
        if register.fields.iter().any(|field| field.name == *name && is_personal(checks, field)) {
            wrong("fields", &format!("编号栏 `{name}` 是个人信息"), &format!("the key column `{name}` is personal"));
        }
    }
    for name in register.key.iter().filter(keyless).filter(|_| !share.fields.is_empty()) {
        wrong("fields", &format!("缺编号栏 `{name}`"), &format!("the key column `{name}` is not among its `fields`"));
    }
    for (name, _) in share.release.iter().filter(|(name, _)| !share.fields.contains(name)) {
        wrong("release", &format!("`{name}` 不在 `fields` 里"), &format!("`{name}` is not among its `fields`"));
    }
    if !sees(checks, register, share) {
        checks.sink.add(blind_owner(at("owner"), share));
    }
    if let Some(name) = &share.grants {
        of_grants(checks, share, name, at("grants"));
    }
}

/// Files and signatures are kept with their matter; rows go without them.
fn is_no_data(ty: &Type) -> bool {
    match ty {
        Type::File | Type::Signature => true,
        Type::List(element) => is_no_data(element),
        _ => false,
    }
}

/// Whether a column tells of persons: as marked, by what the rows in it hold, or as a reference to a person.
fn is_personal(checks: &Checks<'_>, field: &Field) -> bool {
    field.personal.is_some() || tells_of_persons(checks, &field.ty)
}

fn tells_of_persons(checks: &Checks<'_>, ty: &Type) -> bool {
    match ty {
        Type::Person => true,
        Type::List(element) => tells_of_persons(checks, element),
        Type::Records(form) => {
            let form = checks.parts.iter().find_map(|parts| parts.forms.get(form));
            form.is_some_and(|form| form.fields.iter().any(|field| is_personal(checks, field)))
        }
        _ => false,
    }
}

fn sees(checks: &Checks<'_>, register: &Register, share: &Share) -> bool {
    let reader = Reader::Party(share.owner.clone());
    let takes_part = || {
        let procedure = register.rows_of.as_ref().and_then(|name| checks.procedure(name));
        procedure.is_some_and(|procedure| takes_part(procedure, &reader))
    };
    register.readers.contains(&Reader::Public) || reads_rows(register, &reader) || takes_part()
}

fn of_grants(checks: &Checks<'_>, share: &Share, name: &str, span: &Span) {
    let Some(register) = checks.register(name) else { return };
    if register.grants.is_none() {
        let (zh, en) = ("没有 `grants` 说明哪一栏是什么", "it has no `grants` to say which column is what");
        checks.sink.add(wrong_column(span, register, zh, en));
        return;
    }
    let enters = |case: &super::case::Case<'_>| {
        case.model.all_acts().any(|(_, act)| act.enter.iter().any(|enter| enter.register == name))
    };
    let granted = checks.cases().filter(enters).any(|case| case.model.parties().any(|party| *party == share.owner));
    if share.terms == Terms::Conditional && !granted {
        checks.sink.add(nobody_grants(span, share, name));
    }
}

/// The columns of a register that lists shares are filled in by themselves: each is one of these, of the type that holds it.
fn lists(checks: &Checks<'_>, register: &Register) {
    let add = |span: &Span, zh: &str, en: &str| checks.sink.add(wrong_column(span, register, zh, en));
    if register.key != [LISTED[0]] {
        add(&register.span, "编号应是 `share` 一栏", "its key is the column `share`");
    }
    if !register.keepers.is_empty() || register.rows_of.is_some() || !register.printed.is_empty() {
        add(&register.span, "它的记录就是各项共享，没有别的", "its rows are the shares and nothing else");
    }
    for field in &register.fields {
        let fits = match field.name.as_str() {
            "terms" => has_codes(&field.ty, &Terms::ALL.map(|(code, _)| code)),
            "update" => has_codes(&field.ty, &Refresh::ALL.map(|(code, _)| code)),
            "personal" => field.ty == Type::Bool,
            name if LISTED.contains(&name) => matches!(field.ty, Type::Text { .. } | Type::Unknown),
            name => {
                let known = LISTED.join("、");
                add(
                    &field.span,
                    &format!("没有 `{name}` 可填；有：{known}"),
                    &format!("there is nothing to fill `{name}` with"),
                );
                true
            }
        };
        if !fits {
            let name = &field.name;
            add(&field.span, &format!("`{name}` 一栏的类型不对"), &format!("the column `{name}` has the wrong type"));
        }
    }
}

fn has_codes(ty: &Type, codes: &[&str]) -> bool {
    match ty {
        Type::OneOf(known) => codes.iter().all(|code| known.iter().any(|(name, _)| name == code)),
        ty => *ty == Type::Unknown,
    }
}

fn grants(checks: &Checks<'_>, register: &Register, columns: &GrantColumns) {
    let add = |zh: &str, en: &str| checks.sink.add(wrong_column(&register.span, register, zh, en));
    let column = |name: &str| register.fields.iter().find(|field| field.name == name);
    let lists = |field: &Field| match &field.ty {
        Type::Row(to) => checks.register(to).is_some_and(|register| register.lists_shares),
        _ => false,
    };
    if !column(&columns.share).is_some_and(lists) {
        add("`share` 一栏要引用列出共享的登记簿", "its `share` refers to a register that lists shares");
    }
    for name in columns.dates().filter(|name| column(name).is_none_or(|field| field.ty != Type::Date)) {
        add(&format!("`{name}` 不是日期栏"), &format!("`{name}` is no column of dates"));
    }
    let is_text = |field: &Field| field.ty.is_text() && field.personal.is_none();
    for name in columns.texts().filter(|name| !column(name).is_some_and(is_text)) {
        add(&format!("`{name}` 不是文字栏"), &format!("`{name}` is no column of texts"));
    }
    if register.rows_of.is_some() {
        add("它的记录由事项汇成；授权要登记", "its rows are matters; grants are entered");
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0280",
        severity: Severity::Error,
        zh: "共享的个人信息没有条款",
        en: "personal data shared without a clause",
        why: "What is personal may go to another office only where a clause allows it. The checker must see that clause: `release` names it for each such column; lists of rows with personal columns and references to persons count as well. And it never goes without a grant.",
        within: "share: terms",
        wrong: r"fields: [code, phone]
terms: conditional
grants: grants",
        right: r"fields: [code, phone]
terms: conditional
grants: grants
release: { phone: x-2 }",
    },
    Page {
        code: "GB0281",
        severity: Severity::Error,
        zh: "共享条件不成立",
        en: "terms of a share that cannot be",
        why: "Unconditional terms are for every office, so nothing personal is among the columns. Conditional terms need a register of grants. What is not shared needs its ground in law, and names no columns. Files and signatures stay with their matter.",
        within: "share: terms",
        wrong: "terms: not-shared",
        right: r"terms: not-shared
ground: 《某某条例》第三条",
    },
    Page {
        code: "GB0282",
        severity: Severity::Error,
        zh: "提供部门负不了责",
        en: "an owner that cannot answer for the share",
        why: "Who collects the data decides who may have it and answers for its quality. That is an office, and one that sees the register: its keeper, a reader, or one that takes part in the procedure whose matters are its rows.",
        within: "share: owner",
        wrong: "owner: starter",
        right: "owner: township/planning",
    },
    Page {
        code: "GB0283",
        severity: Severity::Error,
        zh: "记不了共享的登记簿",
        en: "a register that cannot keep shares or grants",
        why: "A register with `lists: shares` is filled in by itself, so its columns are those that a share has. A register with `grants` tells to which office which share is granted, from when until when, and for what; its `share` refers to a row of the former.",
        within: "share: catalogue",
        wrong: "| terms | 共享类型 | text 20 | must |",
        right: "| terms | 共享类型 | one of {unconditional: 无条件, conditional: 有条件, not-shared: 不予共享} | must |",
    },
    Page {
        code: "GB0284",
        severity: Severity::Warning,
        zh: "没有人能授权",
        en: "a share that nobody can grant",
        why: "The share is offered with a grant, but its owner takes no part in any procedure that enters grants. Whoever asks would wait for nobody.",
        within: "share: by",
        wrong: "by: township/social",
        right: "by: [township/social, township/planning]",
    },
];
