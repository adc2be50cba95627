//! Proving anew (重新验证身份): whoever is signed in shows once more, for one act, that it is they and not whoever found the browser open.
//!
//! What proves it is what opened the session: the password, and the second factor of whoever has one. Neither is kept, shown again, or sent on.

use super::entering::wrong_password;
use super::factor::{Own, check};
use crate::components::error_summary::anchor;
use crate::lang::Both;
use crate::pages::sign_in::code::refused;
use crate::problem::Problem;
use crate::sent::{Answers, take};
use crate::site::Running;
use crate::visit::Visitor;
use engine::{Reason, Refusal, RefusalKind};
use maud::{Markup, html};
use store::Snapshot;

/// The answers in which a form carries the proof.
pub const PASSWORD: &str = "_password";
/// The code of the second factor.
pub const CODE: &str = "_code";

/// What somebody typed to prove who they are.
#[derive(Clone, Default)]
pub struct Proof {
    /// Password.
    pub password: String,
    /// Code of the second factor.
    pub code: String,
}

impl Proof {
    /// Takes it out of a form, so that it stays nowhere.
    pub fn take(answers: &mut Answers) -> Proof {
        let mut one = |name| take(answers, name).unwrap_or_default();
        Proof { password: one(PASSWORD), code: one(CODE) }
    }
}

/// What is wrong with a proof, if anything. A wrong password costs no code.
pub fn wrong(app: &Running, visitor: &Visitor, proof: &Proof) -> Result<Option<Both>, Problem> {
    let person = visitor.signed_in()?;
    let (account, own) = app.read(|snapshot| Ok((snapshot.account(&person.id)?, Own::read(snapshot, &person.id)?)))?;
    let account = account.ok_or_else(|| Problem::not_found("没有这个账户", "There is no such account"))?;
    if proof.password.is_empty() {
        return Ok(Some(Both::new("请输入登录密码", "Type your password")));
    }
    let session = trust::token_digest(&visitor.token);
    if let Some(said) = wrong_password(app, &account, &session, &proof.password, visitor.now)? {
        return Ok(Some(said));
    }
    if !own.has_any() {
        return Ok(None);
    }
    Ok(refused(check(app, &own, &proof.code, &visitor.origin, visitor.now)?))
}

/// The refusal of an act whose doer did not prove who they are.
#[must_use]
pub fn refusal(said: &Both) -> Refusal {
    let reason = Reason {
        code: "identity-not-proved".to_owned(),
        clauses: Vec::new(),
        zh: format!("没有通过身份验证：{}", said.zh),
        en: format!("you did not prove who you are: {}", said.en),
        values: Vec::new(),
        hint: None,
    };
    Refusal { kind: RefusalKind::Condition, reasons: vec![reason], fields: Vec::new() }
}

/// The fields that ask for it.
pub fn fields(snapshot: &dyn Snapshot, visitor: &Visitor) -> Result<Markup, Problem> {
    let lang = visitor.lang;
    let own = Own::read(snapshot, &visitor.signed_in()?.id)?;
    let hint = match own.app {
        Some(_) => lang.say("应用上的六位数字，或者一个恢复码。", "Six digits from the app, or a recovery code."),
        None => lang.say("一个恢复码。", "A recovery code."),
    };
    Ok(html! {
        fieldset class="panel" {
            legend { (lang.say("重新验证身份", "Prove who you are")) }
            p class="hint" { (lang.say("这一步要再确认是您本人在办。", "This asks once more whether it is you.")) }
            div class="field" {
                label for=(anchor(PASSWORD)) { (lang.say("登录密码", "Your password")) }
                input class="input medium" id=(anchor(PASSWORD)) name=(PASSWORD) type="password" autocomplete="current-password";
            }
            @if own.has_any() {
                div class="field" {
                    label for=(anchor(CODE)) { (lang.say("验证码", "Code")) }
                    p class="hint" id="f-proof-hint" { (hint) }
                    input class="input short" id=(anchor(CODE)) name=(CODE) type="text" autocomplete="one-time-code" aria-describedby="f-proof-hint";
                }
            }
        }
    })
}
