//! What may be done from a matter: acts of its step, and those that are not possible and why.

use super::View;
use crate::components::button;
use crate::components::reasons::reasons;
use crate::visit::Visitor;
use engine::offer::{AvailableAct, available_acts};
use engine::{Actor, Matter, Reason};
use maud::{Markup, html};
use store::Snapshot;

/// An act that can be done from here, by whom.
pub struct Offer {
    /// The act.
    pub act: AvailableAct,
    /// In whose name; nobody where it is refused.
    pub actor: Option<Actor>,
    /// Why not.
    pub reasons: Vec<Reason>,
}

/// The acts of the present step that people do, for a visitor in every capacity they have.
#[must_use]
pub fn offers(snapshot: &dyn Snapshot, visitor: &Visitor, matter: &Matter) -> Vec<Offer> {
    let Some(person) = &visitor.person else { return Vec::new() };
    let mut offers: Vec<Offer> = Vec::new();
    for actor in crate::pages::apply::actors(person) {
        for act in available_acts(snapshot.world(), matter, &actor, visitor.now) {
            let (actor, reasons) = match &act.allowed {
                Ok(_) => (Some(actor.clone()), Vec::new()),
                Err(reasons) => (None, reasons.clone()),
            };
            match offers.iter_mut().find(|known| known.act.act == act.act) {
                None => offers.push(Offer { act, actor, reasons }),
                Some(known) if known.actor.is_none() && better(&known.reasons, actor.as_ref(), &reasons) => {
                    *known = Offer { act, actor, reasons };
                }
                Some(_) => {}
            }
        }
    }
    offers
}

/// A refusal by condition says more than one by post.
fn better(known: &[Reason], actor: Option<&Actor>, reasons: &[Reason]) -> bool {
    let by_post = |reasons: &[Reason]| reasons.iter().all(|reason| reason.code == "not-your-desk");
    actor.is_some() || (by_post(known) && !by_post(reasons))
}

impl View<'_> {
    pub(super) fn acts(&self) -> Markup {
        let lang = self.lang();
        let offers = offers(self.snapshot, self.visitor, &self.matter);
        let (open, shut): (Vec<&Offer>, Vec<&Offer>) = offers.iter().partition(|offer| offer.actor.is_some());
        let shut: Vec<&&Offer> =
            shut.iter().filter(|offer| offer.reasons.iter().any(|reason| reason.code != "not-your-desk")).collect();
        html! {
            (self.elsewhere())
            @if !open.is_empty() {
                section class="no-print" {
                    h2 { (lang.say("您现在可以办理", "What you can do now")) }
                    p class="row" {
                        @for (place, offer) in open.iter().enumerate() {
                            @let href = format!("/matters/{}/acts/{}", self.matter.id, offer.act.act);
                            @if place == 0 { (button::link(lang.label(&offer.act.label), &href)) } @else { (button::secondary_link(lang.label(&offer.act.label), &href)) }
                        }
                    }
                }
            }
            @if !shut.is_empty() {
                details class="no-print" {
                    summary { (lang.say("暂时不能办理的，和原因", "Not possible now, and why")) }
                    ul { @for offer in shut { li { b { (lang.label(&offer.act.label)) } (reasons(lang, self.snapshot.world().rulebook(), &offer.reasons)) } } }
                }
            }
            (self.what_else())
        }
    }
}
