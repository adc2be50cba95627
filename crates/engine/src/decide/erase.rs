//! Erasing personal data (依法删除): refused while anything of it must still be kept.

use super::Run;
use super::consequence::Seen;
use crate::act::{Actor, Reason, Refusal, RefusalKind};
use crate::eval;
use crate::event::Event;
use crate::keeping;
use crate::reason::{Decided, refuse};
use jiff::civil::Date;
use regulation::model::Erase;

impl Run<'_> {
    /// Erases all that the keys of an owner seal, if nothing stands against it; then no part of it may be kept any longer.
    pub(super) fn erase(&mut self, seen: &Seen<'_>, erase: &Erase, on: Date) -> Decided<()> {
        let owner = self.see(seen, |env, own| {
            let applies = eval::applies(erase.when.as_ref(), env);
            applies.then(|| keeping::named(own.world(), &eval::value(&erase.what, env)))
        })?;
        let Some(owner) = owner else { return Ok(()) };
        if *seen.view.actor == Actor::Clock {
            return refuse(RefusalKind::Rights, never_by_clock());
        }
        let Some(owner) = owner else { return refuse(RefusalKind::Condition, nobody_named()) };
        let against = keeping::hindrances(&self.scratch, &owner, self.now);
        if !against.is_empty() {
            return Err(Box::new(Refusal::several(RefusalKind::Condition, against)));
        }
        self.emit(Event::Erased { matter: seen.view.matter.clone(), owner, on });
        Ok(())
    }
}

fn never_by_clock() -> Reason {
    let zh = "个人信息不能由时钟删除：保存期满的只列出来，由人决定";
    Reason::general("erasure-by-clock", zh, "the clock erases nothing: what is due is listed, and people decide")
}

fn nobody_named() -> Reason {
    Reason::general("no-owner", "没有写明删除谁的信息", "it is not said whose data is to be erased")
}
