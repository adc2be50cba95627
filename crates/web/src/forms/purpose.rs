//! For what somebody looks at personal data in full (用途): one of the purposes on offer, and a reason in words.

use crate::components::button;
use crate::forms::names::Names;
use crate::lang::Lang;
use crate::pages::readings::kind;
use crate::problem::Problem;
use crate::sent::{Answers, first};
use engine::rights::{Access, opened};
use maud::{Markup, html};
use regulation::model::{Personal, Purpose};
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Every kind of personal data.
pub static ALL: LazyLock<BTreeSet<Personal>> = LazyLock::new(|| {
    [Personal::Identity, Personal::Contact, Personal::Bank, Personal::Health, Personal::Family].into()
});

/// What somebody stated, and what it opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated {
    /// The kinds that are open.
    pub opened: BTreeSet<Personal>,
    /// The purpose and the reason, as the log of looks keeps them.
    pub why: String,
}

impl Stated {
    /// A purpose by its name, with a reason.
    pub fn new(
        access: Access,
        offered: &[&Purpose],
        masked: &BTreeSet<Personal>,
        (name, why): (&str, &str),
    ) -> Result<Stated, Problem> {
        let names: Vec<&str> = offered.iter().map(|purpose| purpose.name.as_str()).collect();
        let names = names.join(", ");
        let Some(purpose) = offered.iter().find(|purpose| purpose.name == name) else {
            return Err(Problem::unreadable("请选择用途", "Choose what for")
                .hint(format!("可选：{names}"), format!("One of: {names}")));
        };
        let why = why.trim();
        if why.is_empty() {
            return Err(Problem::unreadable("请写明查看的理由", "Say why you need to see it"));
        }
        let opened = opened(access, purpose, masked);
        if opened.is_empty() {
            return Err(Problem::forbidden(
                "您的岗位不能查看完整的个人信息",
                "Your post may not see personal data in full",
            ));
        }
        Ok(Stated { opened, why: format!("{}：{why}", purpose.label.zh) })
    }

    /// Out of a form.
    pub fn read(
        access: Access,
        offered: &[&Purpose],
        masked: &BTreeSet<Personal>,
        answers: &Answers,
    ) -> Result<Stated, Problem> {
        let text = |name: &str| first(answers, name).unwrap_or_default();
        Stated::new(access, offered, masked, (text("purpose"), text("why")))
    }
}

/// The fields that ask for it, with the button. The only purpose on offer is chosen already.
#[must_use]
pub fn asked(names: Names<'_>, offered: &[&Purpose], label: &str) -> Markup {
    let lang = names.lang;
    html! {
        fieldset class="field" {
            legend { (lang.say("用途", "What for")) }
            div class="choices" {
                @for purpose in offered {
                    label class="choice" {
                        input type="radio" name="purpose" value=(purpose.name) required checked[offered.len() == 1];
                        span { (lang.label(&purpose.label)) " " span class="soft small" { (lang.say("只打开：", "opens ")) (kinds(lang, &purpose.opens)) } }
                    }
                }
            }
        }
        div class="field" {
            label for="why" { (lang.say("查看的理由", "Why you need it")) }
            p class="hint" { (lang.say("您的姓名、岗位、时间、用途和理由会记入查阅记录，本人看得到。", "Your name, post, the time, the purpose and this reason go into the log of looks, which the person sees.")) }
            input class="input" id="why" name="why" required maxlength="200";
        }
        (button::submit(label))
    }
}

/// Kinds in words.
#[must_use]
pub fn kinds(lang: Lang, all: &BTreeSet<Personal>) -> String {
    let words: Vec<&str> = all.iter().map(|one| kind(lang, crate::api::kind_name(*one))).collect();
    words.join(lang.say("、", ", "))
}
