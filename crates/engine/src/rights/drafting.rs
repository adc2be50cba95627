//! Who writes regulations on the site (起草权): whoever a regulation lets file the text of one.

use crate::world::World;
use jiff::civil::Date;
use regulation::model::{Act, By, Field, Party, Procedure, Rulebook, Step};

/// An act that files a regulation's text.
#[derive(Debug, Clone, Copy)]
pub struct TextAct<'a> {
    /// Its procedure.
    pub procedure: &'a Procedure,
    /// Its step; none for a starting act and an act of any step.
    pub step: Option<&'a Step>,
    /// The act.
    pub act: &'a Act,
    /// The field that takes the text.
    pub field: &'a Field,
}

/// The acts that file a regulation's text, those that only follow from others left out.
#[must_use]
pub fn text_acts(rulebook: &Rulebook) -> Vec<TextAct<'_>> {
    let mut found = Vec::new();
    for regulation in rulebook.regulations.values() {
        for procedure in regulation.procedures.values() {
            for (step, act) in procedure.all_acts() {
                let forms = act.forms.iter().filter_map(|name| {
                    regulation.forms.get(name).or_else(|| rulebook.form(name).map(|(_, form)| form))
                });
                let field = forms.flat_map(|form| &form.fields).find(|field| field.regulation);
                let by_people = super::parties(step, act).iter().any(|by| !matches!(by.party, Party::Act { .. }));
                found.extend(field.filter(|_| by_people).map(|field| TextAct { procedure, step, act, field }));
            }
        }
    }
    found
}

/// Whether somebody may write regulations: they hold a post, in all acts, that files a regulation's text, or that
/// starts the matter whose starter does.
#[must_use]
pub fn may_draft(world: &dyn World, person: &str, on: Date) -> bool {
    let county = world.county();
    let holds = |by: &[By]| {
        let post = |party: &Party| match party {
            Party::Office { level, desk } => {
                county.whole_posts_of(person, on).any(|post| post.level == *level && post.desk == *desk)
            }
            _ => false,
        };
        by.iter().any(|by| post(&by.party))
    };
    text_acts(world.rulebook()).iter().any(|one| {
        let by = super::parties(one.step, one.act);
        let starter = by.iter().any(|by| by.party == Party::starter());
        holds(by) || (starter && one.procedure.start.iter().any(|start| holds(&start.by)))
    })
}
