//! Proving anew (重新验证身份): whoever is signed in shows once more, for one act, that it is they and not whoever found the browser open.
//!
//! What proves it is what opens a session: the password, and a code or passkey of whoever has a second factor. None of it is kept, shown
//! again, or sent on.

use super::entering::wrong_password;
use super::factor::{Own, check};
use super::passkey::{SAID_ALONG, Said, wrong_second};
use crate::components::banner::{Tone, banner};
use crate::components::error_summary::anchor;
use crate::lang::Both;
use crate::pages::account::passkeys::{not_answered, script};
use crate::pages::sign_in::code::refused;
use crate::problem::Problem;
use crate::sent::{Answers, take};
use crate::site::Running;
use crate::visit::Visitor;
use engine::{Reason, Refusal, RefusalKind};
use maud::{Markup, html};
use store::Snapshot;
use store::aside::Stage;

/// The answers in which a form carries the proof.
pub const PASSWORD: &str = "_password";
/// The code of the second factor.
pub const CODE: &str = "_code";

/// What somebody sends to prove who they are.
#[derive(Clone, Default)]
pub struct Proof {
    /// Password.
    pub password: String,
    /// Code of the second factor.
    pub code: String,
    /// The answer of a passkey, in place of a code.
    pub(crate) passkey: Option<Said>,
}

impl Proof {
    /// Takes it out of a form, so that it stays nowhere.
    pub fn take(answers: &mut Answers) -> Proof {
        let passkey = Said::take(answers);
        let mut one = |name| take(answers, name).unwrap_or_default();
        Proof { password: one(PASSWORD), code: one(CODE), passkey }
    }
}

/// What is wrong with a proof, if anything. A wrong password costs no code and no answer.
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
    match &proof.passkey {
        _ if !own.has_any() => Ok(None),
        Some(said) => wrong_second(app, visitor, &person.id, said),
        None => Ok(refused(check(app, &own, &proof.code, &visitor.origin, visitor.now)?)),
    }
}

/// The same where factors are set up: whoever comes there to be let in has shown the password a moment ago, and has nothing else yet.
pub(crate) fn wrong_to_set_up(app: &Running, visitor: &Visitor, proof: &Proof) -> Result<Option<Both>, Problem> {
    if comes_to_set_up(visitor) { Ok(None) } else { wrong(app, visitor, proof) }
}

fn comes_to_set_up(visitor: &Visitor) -> bool {
    matches!(visitor.pending, Some((_, Stage::Enrol)))
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
    Ok(asking(&Own::read(snapshot, &visitor.signed_in()?.id)?, visitor, ""))
}

/// The same where factors are set up; `of` tells apart those of several forms on a page.
pub(crate) fn fields_to_set_up(own: &Own, visitor: &Visitor, of: &str) -> Markup {
    html! { @if !comes_to_set_up(visitor) { (asking(own, visitor, of)) } }
}

fn asking(own: &Own, visitor: &Visitor, of: &str) -> Markup {
    let lang = visitor.lang;
    let [password, code, hint] = [PASSWORD, CODE, "proof-hint"].map(|name| anchor(&format!("{name}{of}")));
    let says = match own.app {
        Some(_) => lang.say("应用上的六位数字，或者一个恢复码。", "Six digits from the app, or a recovery code."),
        None => lang.say("通行密钥不在身边，用一个恢复码。", "Without your passkey, a recovery code."),
    };
    html! {
        fieldset class="panel" {
            legend { (lang.say("重新验证身份", "Prove who you are")) }
            p class="hint" { (lang.say("这一步要再确认是您本人在办。", "This asks once more whether it is you.")) }
            div class="field" {
                label for=(password) { (lang.say("登录密码", "Your password")) }
                input class="input medium" id=(password) name=(PASSWORD) type="password" autocomplete="current-password";
            }
            @if !own.passkeys.is_empty() { (by_passkey(visitor)) }
            @if own.has_any() {
                div class="field" {
                    label for=(code) { (lang.say("验证码", "Code")) }
                    p class="hint" id=(hint) { (says) }
                    input class="input short" id=(code) name=(CODE) type="text" autocomplete="one-time-code" aria-describedby=(hint);
                }
            }
        }
    }
}

/// The part that a script fills in, where the browser knows passkeys; the form around it is sent by its own button.
fn by_passkey(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let done =
        html! { p { (lang.say("不用再输验证码，请接着提交。", "No code is needed: go on and send the form.")) } };
    html! {
        div data-prove data-ask="/sign-in/passkey" hidden {
            @for name in SAID_ALONG { input type="hidden" name=(name); }
            (not_answered(visitor))
            div data-answered hidden role="status" { (banner(Tone::Good, lang.say("通行密钥已经应答", "The passkey has answered"), &done)) }
            p class="row" { button class="button secondary" type="button" { (lang.say("用通行密钥证明", "Use a passkey")) } }
        }
        (script())
    }
}
