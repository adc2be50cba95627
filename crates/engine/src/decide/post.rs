//! Postings (过账): an act's entries on funds, with every amount in whole fen. A posting that would take an account below nought, has no
//! sub-account to go to, or is not above nought refuses the act.

use super::{Run, View};
use crate::act::{Reason, RefusalKind};
use crate::books::{self, Line, Posting};
use crate::env::{ElementEnv, MatterEnv};
use crate::eval;
use crate::event::Event;
use crate::reason::{Decided, refuse};
use crate::reference::kept;
use crate::world::World;
use jiff::civil::Date;
use regulation::expr::{Env, Expr, Value};
use regulation::model::Act;
use regulation::model::fund::{Account, Entry, Fund, Leg, Post, PostEntry};
use regulation::money;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one post of an act is about.
struct Order<'p> {
    post: &'p PostEntry,
    fund: Arc<Fund>,
    entry: Entry,
    /// The act's legal date.
    on: Date,
}

/// Lines by value date. Most of one posting have a side in common, which is then kept once.
#[derive(Default)]
struct Lines {
    by_day: BTreeMap<Date, Vec<Line>>,
    last: Option<Line>,
}

impl Lines {
    fn add(&mut self, on: Date, mut line: Line) {
        if let Some(last) = &self.last {
            let share = |key: &mut Arc<str>, last: &Arc<str>| {
                if key == last {
                    *key = Arc::clone(last);
                }
            };
            share(&mut line.debit, &last.debit);
            share(&mut line.credit, &last.credit);
        }
        self.last = Some(line.clone());
        self.by_day.entry(on).or_default().push(line);
    }
}

impl Run<'_> {
    pub(super) fn posts(&mut self, view: &View<'_>, act: &Act, on: Date) -> Decided<()> {
        for post in &act.post {
            match post {
                Post::Entry(post) => self.post(view, post, on)?,
                Post::Reverse(acts) => {
                    for act in acts {
                        self.reverse(view, act, on)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn post(&mut self, view: &View<'_>, post: &PostEntry, on: Date) -> Decided<()> {
        let fund = self.look(view, |env| env.fund(&post.fund))?;
        let found = fund.and_then(|fund| Some((fund.entry(&post.entry)?.clone(), fund)));
        let Some((entry, fund)) = found else {
            let name = format!("{}.{}", post.fund, post.entry);
            let zh = format!("条文中没有“{name}”这个分录");
            return refuse(
                RefusalKind::Unknown,
                Reason::general("unknown-entry", zh, format!("there is no entry `{name}`")),
            );
        };
        let order = Order { post, fund, entry, on };
        let lines = self.look(view, |env| order.lines(env))??;
        for (on, lines) in lines.by_day {
            let posting = Posting {
                fund: order.fund.name.clone(),
                number: 0,
                entry: order.entry.name.clone(),
                on,
                debit: order.entry.debit.as_ref().map(|leg| leg.account.clone()),
                credit: order.entry.credit.as_ref().map(|leg| leg.account.clone()),
                lines,
                matter: view.matter.clone(),
                act: self.acts_before(&view.matter),
                reverses: None,
                clauses: order.entry.clauses.clone(),
            };
            self.write(&order.fund, posting)?;
        }
        Ok(())
    }

    /// The mirror of everything that the latest act of that name posted; an act that was never done, or posted nothing, leaves nothing to do.
    fn reverse(&mut self, view: &View<'_>, act: &str, on: Date) -> Decided<()> {
        let matter = self.scratch.matter(&view.matter);
        let latest = matter.and_then(|matter| matter.acts.iter().rposition(|record| record.act == act));
        let Some(latest) = latest.and_then(|index| u32::try_from(index).ok()) else { return Ok(()) };
        let posted = self.scratch.books().posted_in(&view.matter);
        for posting in posted.iter().filter(|posting| posting.act == latest && posting.reverses.is_none()) {
            let Some(fund) = self.look(view, |env| env.fund(&posting.fund))? else { continue };
            if self.scratch.books().is_reversed(&posting.fund, posting.number) {
                let zh = format!("《{}》第{}号凭证已经冲销过", fund.title.zh, posting.number);
                let en = format!("posting {} of `{}` was reversed before", posting.number, posting.fund);
                return refuse(RefusalKind::Condition, Reason::general("reversed", zh, en).under(&posting.clauses));
            }
            let mirror = Posting { on, act: self.acts_before(&view.matter), ..posting.reversed() };
            self.write(&fund, mirror)?;
        }
        Ok(())
    }

    /// How many acts were done in the matter before the present one.
    fn acts_before(&self, matter: &str) -> u32 {
        let done = self.scratch.matter(matter).map_or(0, |matter| matter.acts.len());
        u32::try_from(done.saturating_sub(1)).unwrap_or(u32::MAX)
    }

    /// Writes a posting under the next number of its fund, unless it takes an account below nought.
    fn write(&mut self, fund: &Fund, posting: Posting) -> Decided<()> {
        let posting = Arc::new(Posting { number: self.scratch.books().last_posting(&fund.name) + 1, ..posting });
        self.add_clauses(&posting.clauses);
        self.emit(Event::Posted { posting: Arc::clone(&posting) });
        for (debit, name) in posting.sides() {
            let Some(account) = fund.account(name).filter(|account| !account.any_balance && !account.grows(debit))
            else {
                continue;
            };
            let mut taken: BTreeMap<&Arc<str>, i128> = BTreeMap::new();
            for line in &posting.lines {
                *taken.entry(line.key(debit)).or_default() += i128::from(line.fen);
            }
            let path = account.path(fund);
            for (key, fen) in taken {
                let after = self.scratch.books().balance(&path, key).of(account.side);
                if after < 0 {
                    let reason = overdrawn(fund, account, key, after + fen, fen);
                    return refuse(RefusalKind::Condition, reason.under(&posting.clauses));
                }
            }
        }
        Ok(())
    }
}

impl Order<'_> {
    fn lines(&self, env: &MatterEnv<'_, '_>) -> Decided<Lines> {
        let mut lines = Lines::default();
        match (&self.post.each, &self.post.split) {
            (Some(each), None) => {
                for element in self.elements(&each.list, env)? {
                    let inner = ElementEnv { outer: env, name: &each.name, element: &element };
                    if eval::applies(self.post.when.as_ref(), &inner) {
                        let fen = self.fen(&inner)?;
                        self.line(&inner, fen, &mut lines)?;
                    }
                }
            }
            (Some(each), Some(split)) if eval::applies(self.post.when.as_ref(), env) => {
                let fen = self.fen(env)?;
                let elements = self.elements(&each.list, env)?;
                let mut weights = Vec::with_capacity(elements.len());
                let mut ties = Vec::with_capacity(elements.len());
                for element in &elements {
                    let inner = ElementEnv { outer: env, name: &each.name, element };
                    match eval::value(&split.by, &inner) {
                        Value::Number(weight, _) => weights.push(weight),
                        _ => return self.refuse("no-weight", "有一份的权重不知道", "a weight is missing"),
                    }
                    ties.push(Tie::of(&kept(eval::value(&split.tie, &inner))));
                }
                let shares = self.shares(fen, &weights, ties)?;
                for (element, fen) in elements.iter().zip(shares) {
                    self.line(&ElementEnv { outer: env, name: &each.name, element }, fen, &mut lines)?;
                }
            }
            (None, _) if eval::applies(self.post.when.as_ref(), env) => {
                let fen = self.fen(env)?;
                if fen == 0 {
                    return self.refuse("no-amount", "金额应大于零", "the amount must be above nought");
                }
                self.line(env, fen, &mut lines)?;
            }
            _ => {}
        }
        Ok(lines)
    }

    fn elements(&self, list: &Expr, env: &dyn Env) -> Decided<Vec<Value>> {
        match list.known_elements(env) {
            Some(elements) => Ok(elements),
            None => self.refuse(
                "no-list",
                "有的条件缺少数据，说不清要过账哪些",
                "it cannot be told which elements are meant",
            ),
        }
    }

    /// The amount in fen, not below nought.
    fn fen(&self, env: &dyn Env) -> Decided<i64> {
        let amount = eval::value(&self.post.amount, env);
        match money::fen(&amount) {
            Some(fen) if fen >= 0 => Ok(fen),
            Some(_) => self.refuse("no-amount", "金额应大于零", "the amount must be above nought"),
            None if amount.is_missing() => self.refuse("no-amount", "没有金额", "the amount is missing"),
            None => self.refuse("no-amount", "金额应是整分", "the amount must be in whole fen"),
        }
    }

    /// Each one's share. Where all weights are nought, nothing is split and the amount stays where it is.
    fn shares(&self, fen: i64, weights: &[Decimal], ties: Vec<Tie>) -> Decided<Vec<i64>> {
        if weights.iter().all(Decimal::is_zero) {
            return Ok(Vec::new());
        }
        let whole = money::whole_weights(weights);
        let shares = whole.and_then(|whole| money::split(fen, &whole.into_iter().zip(ties).collect::<Vec<_>>()));
        match shares {
            Some(shares) => Ok(shares),
            None => self.refuse("no-weight", "权重有负数，或者太大", "a weight is below nought, or too large"),
        }
    }

    /// A line, unless there is nothing to post.
    fn line(&self, env: &dyn Env, fen: i64, lines: &mut Lines) -> Decided<()> {
        if fen == 0 {
            return Ok(());
        }
        let given = |leg: &Option<Leg>| match leg {
            Some(leg) => self.key(env, leg),
            None => Ok("".into()),
        };
        let line = Line { debit: given(&self.entry.debit)?, credit: given(&self.entry.credit)?, fen };
        let on = self.post.on.as_ref().and_then(|on| eval::value(on, env).as_date()).unwrap_or(self.on);
        lines.add(on, line);
        Ok(())
    }

    fn key(&self, env: &dyn Env, leg: &Leg) -> Decided<Arc<str>> {
        let mut values = Vec::with_capacity(leg.given.len());
        for given in &leg.given {
            let expr = self.post.with.iter().find(|(name, _)| name == given).map(|(_, value)| value);
            let value = expr.map(|expr| kept(eval::value(expr, env))).unwrap_or_default();
            if books::part(&value).is_none() {
                let zh = format!("缺少“{given}”，不知道记到哪个明细账");
                return self.refuse("no-dimension", &zh, &format!("`{given}` is missing: on which sub-account?"));
            }
            values.push(value);
        }
        match books::key(&values) {
            Some(key) => Ok(key),
            None => self.refuse("no-dimension", "明细账的编号写不下来", "the sub-account cannot be named"),
        }
    }

    fn refuse<T>(&self, code: &str, zh: &str, en: &str) -> Decided<T> {
        let zh = format!("《{}》“{}”不能过账：{zh}", self.fund.title.zh, self.entry.label.zh);
        let en = format!("`{}.{}` cannot be posted: {en}", self.fund.name, self.entry.name);
        refuse(RefusalKind::Condition, Reason::general(code, zh, en).under(&self.entry.clauses))
    }
}

/// What orders elements whose remainders are equal: numbers as numbers, everything else by its letters.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Tie {
    Number(Decimal),
    Text(String),
}

impl Tie {
    fn of(value: &Value) -> Tie {
        match value {
            Value::Number(number, _) => Tie::Number(*number),
            value => Tie::Text(books::part(value).unwrap_or_default()),
        }
    }
}

/// The values of personal dimensions stay out of the sentence: it may be shown to whoever tried.
fn overdrawn(fund: &Fund, account: &Account, key: &str, balance: i128, wanted: i128) -> Reason {
    let shown = fund.dimensions_of(account).zip(books::parts(key)).map(|(dimension, part)| {
        let value = if dimension.personal.is_some() {
            "＊".to_owned()
        } else {
            books::value(part, &dimension.ty).zh(&dimension.ty)
        };
        format!("{}：{value}", dimension.label.zh)
    });
    let shown: Vec<String> = shown.collect();
    let sub = if shown.is_empty() { String::new() } else { format!("（{}）", shown.join("，")) };
    let (balance, wanted) = (money::shown(balance), money::shown(wanted));
    let zh = format!("《{}》科目“{}”{sub}余额{balance}元，不足{wanted}元", fund.title.zh, account.label.zh);
    let en = format!("`{}.{}` holds {balance} yuan, less than the {wanted} wanted", fund.name, account.name);
    let mut reason = Reason::general("overdrawn", zh, en);
    reason.values = vec![("余额".to_owned(), format!("{balance} 元")), ("要用".to_owned(), format!("{wanted} 元"))];
    reason.hint("请减少金额，或先补足余额", "Lower the amount, or fill up the balance first")
}
