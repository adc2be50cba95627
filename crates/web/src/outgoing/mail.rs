//! Mails (邮件): a message to one person, in plain text and as a simple page, with a link to its matter.
//!
//! A mail crosses networks that nobody here knows. It carries the addressee's name and no other personal data: of a matter
//! with somebody's name in its title it says procedure and number.

use super::privacy::without_personal;
use crate::lang::Lang;
use engine::Event;
use maud::{DOCTYPE, Markup, html};
use store::outbox::{Contact, Delivery};
use store::{Fault, Snapshot};

/// What a mail says of a note: nothing of what stands in it.
const MENTIONED: &str = "有同事在这一事项的内部留言里提到了您或者您的岗位。留言内容只在站内查看。";

/// A mail as it is written, before it is encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Address.
    pub to: String,
    /// Name of the addressee.
    pub name: String,
    /// Subject.
    pub subject: String,
    /// Plain text.
    pub text: String,
    /// The same as a page.
    pub html: String,
}

/// The mail of a delivery; `None` where there is nothing to send any more: the message was erased, or the person has taken back their address.
///
/// # Errors
/// If the state cannot be read.
pub fn letter(snapshot: &dyn Snapshot, delivery: &Delivery, public_url: &str) -> Result<Option<Letter>, Fault> {
    let contact = snapshot.contact(&delivery.key.target)?.filter(|contact| !contact.address.is_empty());
    let told = snapshot.occurrence(delivery.key.seq, delivery.key.n)?.map(|entry| entry.events);
    let (Some(contact), Some([event])) = (contact, told.as_deref()) else { return Ok(None) };
    let Some(matter) = snapshot.matter(&delivery.matter)? else { return Ok(None) };
    let world = snapshot.world();
    let name = person_name(snapshot, &contact.person);
    let procedure = world
        .regulation(&matter.regulation, &matter.version)
        .and_then(|regulation| regulation.procedures.get(&matter.procedure).cloned());
    let title = procedure.map_or_else(String::new, |procedure| procedure.title.zh.clone());
    let about = matter.number.as_ref().map_or_else(|| title.clone(), |number| format!("{title} {number}"));
    let said = match event {
        Event::Told { text, .. } => without_personal(world, &matter, text, &name),
        Event::Noted { .. } => MENTIONED.to_owned(),
        _ => return Ok(None),
    };
    let body = Body {
        county: county_name(snapshot),
        greeting: format!("{name}："),
        paragraphs: vec![said],
        about: about.clone(),
        link: Some(format!("{public_url}/matters/{}", matter.id)),
        foot: format!("不想再收到邮件，请在“我的账户”里改：{public_url}/account"),
    };
    let subject = format!("【{}公报】{about}有新通知", body.county);
    Ok(Some(Letter { to: contact.address, name, subject, text: body.text(), html: body.page().into_string() }))
}

/// The mail with the code that confirms an address.
///
/// # Errors
/// If the state cannot be read.
pub fn code_letter(snapshot: &dyn Snapshot, contact: &Contact, public_url: &str) -> Result<Letter, Fault> {
    let name = person_name(snapshot, &contact.person);
    let body = Body {
        county: county_name(snapshot),
        greeting: format!("{name}："),
        paragraphs: vec![
            format!("验证码：{}", contact.code),
            format!("请在{}以前到“我的账户”填入，确认今后用这个邮箱接收通知。", Lang::Zh.moment(contact.until)),
        ],
        about: String::new(),
        link: Some(format!("{public_url}/account")),
        foot: "不是您本人申请的，不必理会这封邮件；不填验证码，就不会再有邮件寄来。".into(),
    };
    let subject = format!("【{}公报】邮箱验证码", body.county);
    Ok(Letter { to: contact.address.clone(), name, subject, text: body.text(), html: body.page().into_string() })
}

fn person_name(snapshot: &dyn Snapshot, person: &str) -> String {
    snapshot.world().county().people.get(person).cloned().unwrap_or_default()
}

fn county_name(snapshot: &dyn Snapshot) -> String {
    let county = snapshot.world().county();
    county.places.get(&county.code).map_or_else(String::new, |place| place.name.clone())
}

struct Body {
    county: String,
    greeting: String,
    paragraphs: Vec<String>,
    about: String,
    link: Option<String>,
    foot: String,
}

impl Body {
    fn text(&self) -> String {
        let mut lines = vec![self.greeting.clone(), String::new()];
        lines.extend(self.paragraphs.iter().cloned());
        lines.push(String::new());
        if !self.about.is_empty() {
            lines.push(format!("事项：{}", self.about));
        }
        lines.extend(self.link.iter().map(|link| format!("查看：{link}")));
        lines.extend([String::new(), "--".into(), format!("{}公报", self.county), self.foot.clone(), String::new()]);
        lines.join("\n")
    }

    fn page(&self) -> Markup {
        html! {
            (DOCTYPE)
            html lang="zh-CN" {
                head { meta charset="utf-8"; title { (self.county) "公报" } }
                body style="font-size:16px;line-height:1.7;max-width:40em" {
                    p { (self.greeting) }
                    @for paragraph in &self.paragraphs { p { (paragraph) } }
                    @if !self.about.is_empty() { p { "事项：" (self.about) } }
                    @if let Some(link) = &self.link { p { a href=(link) { (link) } } }
                    hr;
                    p style="color:#555;font-size:14px" { (self.county) "公报" br; (self.foot) }
                }
            }
        }
    }
}
