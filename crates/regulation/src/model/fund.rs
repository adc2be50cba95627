//! Funds (资金): accounts by double entry, the entries that may be posted on them, and who sees what of them.

use super::{ClauseId, ForEach, Label, Name, Personal, Reader};
use crate::expr::{Expr, Type};
use crate::span::Span;

/// A fund (资金账): its accounts are kept in whole fen, and nothing moves but by one of its entries.
#[derive(Debug, Clone)]
pub struct Fund {
    /// Name.
    pub name: Name,
    /// Title.
    pub title: Label,
    /// Who sees every account, entry and statement.
    pub keepers: Vec<Reader>,
    /// Who sees the totals of accounts, and nothing by dimension.
    pub readers: Vec<Reader>,
    /// What divides accounts into sub-accounts (核算维度), in order.
    pub dimensions: Vec<Dimension>,
    /// The person whose sub-account it is, over its dimensions.
    pub owner: Option<Owner>,
    /// Accounts in order.
    pub accounts: Vec<Account>,
    /// Entries in order.
    pub entries: Vec<Entry>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// Whose sub-account it is: the person that a dimension is, or to whom the columns of its row lead.
#[derive(Debug, Clone)]
pub struct Owner {
    /// As written.
    pub expr: Expr,
    /// The dimension.
    pub dimension: Name,
    /// The way from its row to the person: registers, each with the column that leads on, the last to the person. Empty where it is one.
    pub path: Vec<(Name, Name)>,
}

/// What divides an account into sub-accounts.
#[derive(Debug, Clone)]
pub struct Dimension {
    /// Name.
    pub name: Name,
    /// Heading.
    pub label: Label,
    /// Type.
    pub ty: Type,
    /// Kind of personal data, if any; a person is.
    pub personal: Option<Personal>,
}

/// An account (科目).
#[derive(Debug, Clone)]
pub struct Account {
    /// Name.
    pub name: Name,
    /// Label.
    pub label: Label,
    /// Its own side.
    pub side: Side,
    /// The dimensions that divide it (明细).
    pub per: Vec<Name>,
    /// Whether a balance may go below nought on its own side.
    pub any_balance: bool,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// The side on which an account grows (余额方向).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// 借方: what there is.
    Debit,
    /// 贷方: whose it is.
    Credit,
    /// 备查: noted beside the books; grows on the debit side and stands in no balance.
    Memo,
}

/// An entry (分录): the accounts that it debits and credits with one amount.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Name.
    pub name: Name,
    /// The number under which people know it (`PM-J-01`).
    pub number: Option<String>,
    /// Label.
    pub label: Label,
    /// What is debited; none only where the other side is a memo account.
    pub debit: Option<Leg>,
    /// What is credited.
    pub credit: Option<Leg>,
    /// Clauses.
    pub clauses: Vec<ClauseId>,
    /// Where.
    pub span: Span,
}

/// One side of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leg {
    /// The account.
    pub account: Name,
    /// For each dimension of the account, in order, the name under which the entry is given its value.
    pub given: Vec<Name>,
}

impl Fund {
    /// The account of that name.
    #[must_use]
    pub fn account(&self, name: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == name)
    }

    /// The entry of that name.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == name)
    }

    /// The dimension of that name.
    #[must_use]
    pub fn dimension(&self, name: &str) -> Option<&Dimension> {
        self.dimensions.iter().find(|dimension| dimension.name == name)
    }

    /// The dimensions of an account, in its order.
    pub fn dimensions_of<'f>(&'f self, account: &'f Account) -> impl Iterator<Item = &'f Dimension> {
        account.per.iter().filter_map(|name| self.dimension(name))
    }

    /// Whether the keys of an account's sub-accounts hold what people wrote about a person. A person or a row stands in a key by its id, which
    /// tells nothing by itself.
    #[must_use]
    pub fn is_sealed(&self, account: &Account) -> bool {
        let by_id = |own: &Dimension| matches!(own.ty, Type::Person | Type::Row(_) | Type::Place | Type::Post);
        self.dimensions_of(account).any(|own| own.personal.is_some() && !by_id(own))
    }

    /// The values that an entry is given, each once, with the dimension whose value it is.
    #[must_use]
    pub fn slots<'f>(&'f self, entry: &'f Entry) -> Vec<(&'f Name, &'f Dimension)> {
        let mut all: Vec<(&Name, &Dimension)> = Vec::new();
        for leg in entry.legs() {
            let Some(account) = self.account(&leg.account) else { continue };
            for (given, dimension) in leg.given.iter().zip(self.dimensions_of(account)) {
                if !all.iter().any(|(known, _)| *known == given) {
                    all.push((given, dimension));
                }
            }
        }
        all
    }
}

impl Account {
    /// What an amount on a side adds to its balance, in the unit of the amount: its own side adds, the other takes away.
    #[must_use]
    pub fn grows(&self, debit: bool) -> bool {
        debit == (self.side != Side::Credit)
    }

    /// The name under which expressions find it (`recovery.free`).
    #[must_use]
    pub fn path(&self, fund: &Fund) -> String {
        format!("{}.{}", fund.name, self.name)
    }
}

impl Entry {
    /// Its sides, the debit side first.
    pub fn legs(&self) -> impl Iterator<Item = &Leg> {
        self.debit.iter().chain(&self.credit)
    }
}

/// Postings that an act makes (过账).
#[derive(Debug, Clone)]
pub enum Post {
    /// An entry, once or for each of several elements.
    Entry(Box<PostEntry>),
    /// The mirror of what the latest of each of these acts posted (红字冲销).
    Reverse(Vec<Name>),
}

/// An entry that an act posts.
#[derive(Debug, Clone)]
pub struct PostEntry {
    /// Fund.
    pub fund: Name,
    /// Entry.
    pub entry: Name,
    /// For each element of a list or query.
    pub each: Option<ForEach>,
    /// The amount is split over the elements by this weight.
    pub split: Option<Split>,
    /// Only if; of each element, unless the amount is split.
    pub when: Option<Expr>,
    /// Amount in yuan; of a split, of all.
    pub amount: Expr,
    /// Value date (起息日); by default the act's legal date.
    pub on: Option<Expr>,
    /// Values of the entry's dimensions.
    pub with: Vec<(Name, Expr)>,
    /// Where.
    pub span: Span,
}

/// How an amount is split: by the largest remainder, the total kept to the fen.
#[derive(Debug, Clone)]
pub struct Split {
    /// Weight of an element.
    pub by: Expr,
    /// Who goes first where remainders are equal: ascending.
    pub tie: Expr,
}

impl PostEntry {
    /// Every expression in it.
    pub fn expressions(&self) -> impl Iterator<Item = &Expr> {
        let lists = self.each.iter().map(|each| &each.list);
        let split = self.split.iter().flat_map(|split| [&split.by, &split.tie]);
        let plain = self.when.iter().chain([&self.amount]).chain(&self.on);
        lists.chain(split).chain(plain).chain(self.with.iter().map(|(_, value)| value))
    }
}
