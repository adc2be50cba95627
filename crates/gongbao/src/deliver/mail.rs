//! Mail through an SMTP server of the county's choice.

use super::Answer;
use anyhow::{Context, Result, bail};
use lettre::message::{Mailbox, Message, MultiPart};
use lettre::transport::smtp::Error;
use lettre::{SmtpTransport, Transport};
use std::time::Duration;
use url::Url;
use web::outgoing::mail::Letter;

/// How long one exchange with the server may take.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Sends mails.
pub struct Mailer {
    transport: SmtpTransport,
    sender: Mailbox,
}

impl Mailer {
    /// A mailer through `smtps://user:password@host`, `smtp://…?tls=required`, or `smtp://localhost:25` for a relay on this machine.
    ///
    /// A password that crosses a network unencrypted is refused.
    pub fn new(url: &str, sender: &str) -> Result<Mailer> {
        let read = Url::parse(url).context("发信服务器网址不对 / the SMTP address cannot be read")?;
        let local = matches!(read.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        let encrypted =
            read.scheme() == "smtps" || read.query_pairs().any(|pair| pair == ("tls".into(), "required".into()));
        if !encrypted && !local {
            bail!(
                "经网络发信必须加密：用 smtps:// 或者加 ?tls=required / mail over a network needs smtps:// or ?tls=required"
            );
        }
        let sender = sender
            .parse()
            .context("发件地址不对，如 公报 <gongbao@example.gov.cn> / the sender's address cannot be read")?;
        let transport = SmtpTransport::from_url(url)
            .context("发信服务器网址不对 / the SMTP address cannot be read")?
            .timeout(Some(TIMEOUT))
            .build();
        Ok(Mailer { transport, sender })
    }

    /// Sends a mail under an id that is the same at every attempt.
    pub fn send(&self, letter: &Letter, id: &str) -> Answer {
        let Ok(mail) = self.write(letter, id) else { return Answer::Never("address".into()) };
        match self.transport.send(&mail) {
            Ok(response) => Answer::Taken(response.code().to_string()),
            Err(error) => said(&error),
        }
    }

    fn write(&self, letter: &Letter, id: &str) -> Result<Message> {
        let to = Mailbox::new(Some(on_one_line(&letter.name)).filter(|name| !name.is_empty()), letter.to.parse()?);
        let host = self.sender.email.domain();
        let mail = Message::builder()
            .from(self.sender.clone())
            .to(to)
            .message_id(Some(format!("<{id}@{host}>")))
            .subject(on_one_line(&letter.subject))
            // Letters of holiday answering machines help nobody (RFC 3834).
            .header(AutoSubmitted)
            .multipart(MultiPart::alternative_plain_html(letter.text.clone(), letter.html.clone()))?;
        Ok(mail)
    }
}

/// A text for the head of a mail, where a line end would begin another line of the head.
fn on_one_line(text: &str) -> String {
    text.replace(char::is_control, " ")
}

/// What the server's refusal means. Its words are not kept: they often repeat the address.
fn said(error: &Error) -> Answer {
    let code = error.status().map(|code| code.to_string());
    match code {
        Some(code) if error.is_permanent() => Answer::Never(code),
        Some(code) => Answer::Later(code),
        None if error.is_timeout() => Answer::Later("timeout".into()),
        None => Answer::Later("connection".into()),
    }
}

/// `Auto-Submitted: auto-generated`.
#[derive(Clone)]
struct AutoSubmitted;

impl lettre::message::header::Header for AutoSubmitted {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

    use super::{Letter, Mailer};

    #[test]
    fn mail_over_a_network_is_encrypted() {
        let sender = "公报 <gongbao@example.gov.cn>";
        for good in ["smtps://mail.example.gov.cn", "smtp://mail.example.gov.cn?tls=required", "smtp://localhost:2525"]
        {
            assert!(Mailer::new(good, sender).is_ok(), "{good}");
        }
        for bad in ["smtp://mail.example.gov.cn", "https://mail.example.gov.cn", "mail.example.gov.cn"] {
            assert!(Mailer::new(bad, sender).is_err(), "{bad}");
        }
        assert!(Mailer::new("smtp://localhost", "公报").is_err());
    }

    #[test]
    fn a_letter_cannot_be_given_another_addressee() {
        let mailer = Mailer::new("smtp://localhost:2525", "公报 <gongbao@example.gov.cn>").unwrap();
        let hostile = "林示例\r\nBcc: evil@example.org\r\n\r\n<b>";
        let letter = |to: &str| Letter {
            to: to.into(),
            name: hostile.into(),
            subject: hostile.into(),
            text: "x".into(),
            html: "x".into(),
        };
        let mail = mailer.write(&letter("lin@example.org"), "id-1").unwrap();
        assert_eq!(mail.envelope().to().len(), 1);
        let sent = String::from_utf8(mail.formatted()).unwrap();
        let head = sent.split("\r\n\r\n").next().unwrap();
        assert!(head.contains("Subject: ") && !head.to_lowercase().contains("\nbcc:"), "{head}");
        for to in ["lin@example.org, evil@example.org", "lin@example.org\r\nBcc: evil@example.org", "@example.org"] {
            assert!(mailer.write(&letter(to), "id-1").is_err(), "{to}");
        }
    }
}
