//! Funds (资金): entries balance, postings say where they go, and every account is used.

use super::Page;
use super::case::Checks;
use super::usage;
use crate::blocks::fund::FundNames;
use crate::expr::Type;
use crate::finding::{Finding, Severity};
use crate::model::Fund;
use crate::model::fund::{Entry, Post, Side};
use crate::model::view::Source;
use crate::span::Span;
use std::collections::BTreeSet;

pub(crate) fn not_a_dimension(span: &Span, name: &str) -> Finding {
    Finding::error(
        "GB0260",
        span,
        format!("核算维度 `{name}` 的类型不能用来分明细账"),
        format!("the dimension `{name}` has a type that cannot tell sub-accounts apart"),
    )
    .hint(
        "用文字、枚举、日期、数、地方、人员或登记簿",
        "use a text, an enumeration, a date, a number, a place, a person or a register",
    )
}

/// An entry debits one account and credits another with the same amount; only memo accounts stand by themselves.
pub(crate) fn check_sides(fund: &FundNames<'_>, entry: &Entry, sink: &super::Sink) {
    let is_memo = |leg: &crate::model::fund::Leg| fund.account(&leg.account).is_some_and(|own| own.side == Side::Memo);
    let (debit, credit) = (entry.debit.as_ref().map(is_memo), entry.credit.as_ref().map(is_memo));
    let balances = matches!((debit, credit), (Some(one), Some(other)) if one == other)
        || matches!((debit, credit), (Some(true), None) | (None, Some(true)));
    if !balances {
        sink.add(cannot_balance(&entry.span, &entry.name));
    }
    let same = entry.debit.is_some() && entry.debit == entry.credit;
    if same {
        sink.add(moves_nothing(&entry.span, &entry.name));
    }
    let mut types: Vec<(&str, &Type)> = Vec::new();
    for leg in entry.legs() {
        let per = fund.account(&leg.account).map(|account| account.per.as_slice()).unwrap_or_default();
        for (given, own) in leg.given.iter().zip(per).filter_map(|(given, own)| Some((given, fund.dimension(own)?))) {
            match types.iter().find(|(known, _)| known == given) {
                Some((_, ty)) if **ty != own.ty => sink.add(two_types(&entry.span, &entry.name, given)),
                _ => types.push((given, &own.ty)),
            }
        }
    }
}

fn cannot_balance(span: &Span, entry: &str) -> Finding {
    Finding::error(
        "GB0261",
        span,
        format!("分录 `{entry}` 借贷不能平衡"),
        format!("the entry `{entry}` cannot balance"),
    )
    .hint(
        "借贷两方各写一个科目；备查科目只能对备查科目，或单独一方",
        "write an account on each side; a memo account stands against a memo account or alone",
    )
}

fn moves_nothing(span: &Span, entry: &str) -> Finding {
    Finding::error(
        "GB0261",
        span,
        format!("分录 `{entry}` 的借方和贷方是同一个明细账"),
        format!("the entry `{entry}` debits and credits the same sub-account"),
    )
    .hint(
        "给一方的维度另起名称：`科目(维度 = 新名称)`",
        "name a dimension of one side anew: `account(dimension = name)`",
    )
}

fn two_types(span: &Span, entry: &str, name: &str) -> Finding {
    Finding::error(
        "GB0261",
        span,
        format!("分录 `{entry}` 的 `{name}` 在两方是不同的类型"),
        format!("`{name}` of the entry `{entry}` has another type on each side"),
    )
    .hint("给一方的维度另起名称", "name the dimension of one side anew")
}

pub(crate) fn missing_dimension(span: &Span, dimension: &str, entry: &str) -> Finding {
    Finding::error(
        "GB0262",
        span,
        format!("过账 `{entry}` 没有给出核算维度 `{dimension}`"),
        format!("the posting `{entry}` does not give the dimension `{dimension}`"),
    )
    .hint(format!("在 `with` 里加 `{dimension}: …`"), format!("add `{dimension}: …` under `with`"))
}

pub(crate) fn bad_owner(span: &Span, owner: &str) -> Finding {
    Finding::error(
        "GB0265",
        span,
        format!("`{owner}` 不能作明细账的户主"),
        format!("`{owner}` cannot be the owner of sub-accounts"),
    )
    .hint(
        "写一个人员维度，或登记簿维度的一个人员栏：`home.holder`",
        "write a dimension that is a person, or a column of people of a dimension that is a register: `home.holder`",
    )
}

fn account_unused(span: &Span, account: &str) -> Finding {
    Finding::warning(
        "GB0263",
        span,
        format!("科目 `{account}` 没有分录过账，也没有任何地方读它"),
        format!("nothing posts to the account `{account}` and nothing reads it"),
    )
    .hint("给它一个分录，或删去", "give it an entry, or delete it")
}

fn entry_unused(span: &Span, entry: &str) -> Finding {
    Finding::warning("GB0264", span, format!("没有动作过账 `{entry}`"), format!("no act posts the entry `{entry}`"))
        .hint("在动作的 `post` 里用它，或删去", "use it under `post` of an act, or delete it")
}

pub(super) fn run(checks: &Checks<'_>) {
    let mut read: BTreeSet<String> = BTreeSet::new();
    let mut posted: BTreeSet<(String, String)> = BTreeSet::new();
    for case in checks.cases() {
        usage::of_procedure(case.model, &mut |expr| read.extend(expr.reads().collections.iter().cloned()));
        for post in case.model.all_acts().flat_map(|(_, act)| &act.post) {
            if let Post::Entry(post) = post {
                posted.insert((post.fund.clone(), post.entry.clone()));
            }
        }
    }
    for view in checks.parts.iter().flat_map(|parts| parts.views.values()) {
        usage::of_view(view, &mut |expr| read.extend(expr.reads().collections.iter().cloned()));
        if let Source::Subs(account) = &view.source {
            read.insert(account.clone());
        }
    }
    for fund in checks.parts.iter().flat_map(|parts| parts.funds.values()) {
        of_fund(checks, fund, &read, &posted);
    }
}

fn of_fund(checks: &Checks<'_>, fund: &Fund, read: &BTreeSet<String>, posted: &BTreeSet<(String, String)>) {
    for entry in &fund.entries {
        if !posted.contains(&(fund.name.clone(), entry.name.clone())) {
            checks.sink.add(entry_unused(&entry.span, &entry.name).clause(entry.clauses.first()));
        }
    }
    for account in &fund.accounts {
        let in_entry = fund.entries.iter().flat_map(Entry::legs).any(|leg| leg.account == account.name);
        if !in_entry && !read.contains(&account.path(fund)) {
            checks.sink.add(account_unused(&account.span, &account.name).clause(account.clauses.first()));
        }
    }
}

pub(super) const PAGES: &[Page] = &[
    Page {
        code: "GB0260",
        severity: Severity::Error,
        zh: "核算维度的类型分不出明细账",
        en: "a dimension of a fund with a type that cannot tell sub-accounts apart",
        why: "A dimension divides an account into sub-accounts, so its values must have one spelling: texts, codes, dates, numbers, places, people, rows of a register. Files, signatures, lists and plots do not.",
        within: "fund: dimensions",
        wrong: "dimensions: { home: homes, receipt: file }",
        right: "dimensions: { home: homes }",
    },
    Page {
        code: "GB0261",
        severity: Severity::Error,
        zh: "分录借贷不能平衡",
        en: "an entry that cannot balance",
        why: "An entry debits one account and credits another with the same amount. A memo account (备查) is outside the books: it stands against another memo account or alone. Where both sides are the same account, a dimension of one side needs a name of its own, or nothing moves; and one name cannot mean two types.",
        within: "fund: entry + post",
        wrong: r"| pay | 拨付 | free | |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount, with: { home: of } }",
        right: r"| pay | 拨付 | free | bank |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount, with: { home: of } }",
    },
    Page {
        code: "GB0262",
        severity: Severity::Error,
        zh: "过账缺少核算维度",
        en: "a posting that does not say on which sub-account",
        why: "Each side of an entry lies on one sub-account: every dimension of its accounts must be given a value under `with`.",
        within: "fund: entry + post",
        wrong: r"| pay | 拨付 | free | bank |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount }",
        right: r"| pay | 拨付 | free | bank |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount, with: { home: of } }",
    },
    Page {
        code: "GB0265",
        severity: Severity::Error,
        zh: "明细账的户主找不到",
        en: "an owner of sub-accounts that cannot be looked up",
        why: "Owners see their own sub-accounts. Among a million these are found through the owner, so the owner is a dimension that is a person, or a column with a person of the register that a dimension names.",
        within: "fund: dimensions + owner",
        wrong: r"dimensions: { home: homes, use: text }
…
owner: first(homes where code == use).head",
        right: r"dimensions: { home: homes }
…
owner: home.head",
    },
    Page {
        code: "GB0263",
        severity: Severity::Warning,
        zh: "科目没有用到",
        en: "an account that nothing posts to and nothing reads",
        why: "No entry debits or credits the account and no expression reads it: it will always be nought.",
        within: "fund: account + entry + post",
        wrong: r"| spare | 备用 | credit | | |
…
| pay | 拨付 | free | bank |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount, with: { home: of } }",
        right: r"| spare | 备用 | credit | | |
…
| pay | 拨付 | free | spare |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount, with: { home: of } }",
    },
    Page {
        code: "GB0264",
        severity: Severity::Warning,
        zh: "分录没有动作过账",
        en: "an entry that no act posts",
        why: "Money moves only by acts. An entry that none of them posts is either forgotten or superfluous.",
        within: "fund: entry + post",
        wrong: r"| pay | 拨付 | free | bank |
…
- purse.deposit: { amount: amount, with: { home: of } }",
        right: r"| pay | 拨付 | free | bank |
…
- purse.deposit: { amount: amount, with: { home: of } }
- purse.pay: { amount: amount, with: { home: of } }",
    },
];
