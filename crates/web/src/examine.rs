//! Examining what somebody was handed: a PDF, a proof, or what a QR code holds. Nothing is asked of any server, so the page `/verify` and
//! `gongbao verify` on a laptop without network say the same.

use crate::lang::Lang;
use gazette::finished::{self, Seal};
use jiff::civil::DateTime;
use jiff::tz::Offset;
use sha2::{Digest as _, Sha256};
use store::record::v1::DocumentHead;
use trust::{
    DocumentBody, DocumentProof, DocumentProofFault, LogProofFault, NoteFault, NoteKey, StampCertificate, Stamped,
    read_stamp,
};

/// Whom the examiner believes.
#[derive(Debug, Clone, Default)]
pub struct Known {
    /// Keys of the log.
    pub keys: Vec<NoteKey>,
    /// Authorities that issue the certificates of electronic seals.
    pub authorities: Vec<StampCertificate>,
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Examination {
    /// One after the other.
    pub lines: Vec<Line>,
    /// What a proof that holds says everybody may know of the document.
    pub head: Option<DocumentHead>,
    /// What it says, as the journal froze it, where the proof has it.
    pub body: Option<String>,
    /// When a seal that holds and is to be believed says that it was sealed.
    pub sealed_at: Option<DateTime>,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How it came out.
    pub verdict: Verdict,
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// How a thing came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It holds.
    Holds,
    /// It cannot be told from what was handed in.
    Open,
    /// It does not hold.
    Fails,
}

/// How the text of a proof begins.
const PROOF_HEAD: &str = "gongbao document proof ";
/// A code of letters and digits that is shorter than this is no proof: people type verification codes.
const COMPACT_LETTERS_MIN: usize = 200;

/// Whether something can be examined: a PDF, the text of a proof, or a proof in few characters, alone or behind an address.
#[must_use]
pub fn is_examined(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-") || std::str::from_utf8(bytes).is_ok_and(|text| proof_in(text).is_some())
}

/// Examines a PDF or a proof.
#[must_use]
pub fn examine(bytes: &[u8], known: &Known) -> Examination {
    let mut examination = Examination::default();
    if let Some(found) = finished::read(bytes) {
        let stamped = examination.seal(found.seal.as_ref(), known);
        match found.proof {
            Some(proof) => examination.proof(proof.parse(), known),
            None => examination.open(
                "没有附日志证明：出具后一分钟内打印的还没有，不是证书的文书也没有；证书过一分钟重新打印就有".to_owned(),
                "no proof of the log: one printed within a minute of its issue has none yet, and only certificates have one; print a certificate again after a minute".to_owned(),
            ),
        }
        examination.same_office(stamped.as_ref());
        return examination;
    }
    match std::str::from_utf8(bytes).ok().and_then(proof_in) {
        Some(Proof::Text(text)) => examination.proof(text.parse(), known),
        Some(Proof::Compact(letters)) => {
            examination.proof(DocumentProof::from_compact(letters), known);
            examination.open(
                "二维码里没有文书正文：编号、名称、机关和日期已证明，其余内容请联网核对或核验 PDF".to_owned(),
                "the code has no room for the body: number, title, office and day are proven; compare the rest online or verify the PDF".to_owned(),
            );
        }
        None => examination
            .fail("不是 PDF，也不是文书证明".to_owned(), "neither a PDF nor a proof of a document".to_owned()),
    }
    examination
}

enum Proof<'a> {
    Text(&'a str),
    Compact(&'a str),
}

fn proof_in(text: &str) -> Option<Proof<'_>> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with(PROOF_HEAD) {
        return Some(Proof::Text(text));
    }
    let text = text.trim_end();
    let letters = text.rsplit_once('#').map_or(text, |(_, letters)| letters);
    let plain = letters.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (letters.len() >= COMPACT_LETTERS_MIN && plain).then_some(Proof::Compact(letters))
}

impl Examination {
    /// Whether nothing was found that does not hold.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.lines.iter().all(|line| line.verdict != Verdict::Fails)
    }

    fn say(&mut self, verdict: Verdict, zh: String, en: String) {
        self.lines.push(Line { verdict, zh, en });
    }

    fn hold(&mut self, zh: String, en: String) {
        self.say(Verdict::Holds, zh, en);
    }

    fn open(&mut self, zh: String, en: String) {
        self.say(Verdict::Open, zh, en);
    }

    fn fail(&mut self, zh: String, en: String) {
        self.say(Verdict::Fails, zh, en);
    }

    /// A fault whose text says both languages, divided by a slash.
    fn fault(&mut self, both: &str) {
        let (zh, en) = both.split_once(" / ").unwrap_or((both, both));
        self.fail(zh.to_owned(), en.to_owned());
    }

    fn seal(&mut self, seal: Option<&Seal<'_>>, known: &Known) -> Option<Stamped> {
        let Some(seal) = seal else {
            self.open(
                "没有电子印章，或者印章已损坏：纸面内容不受签章保护，请与核验页逐项对照".to_owned(),
                "no electronic seal, or it is damaged: what is printed is not protected; compare it with the page of its code".to_owned(),
            );
            return None;
        };
        let [before, behind] = seal.covered;
        let digest: [u8; 32] = Sha256::new().chain_update(before).chain_update(behind).finalize().into();
        let stamped = match read_stamp(&seal.signature, &digest, &known.authorities) {
            Ok(stamped) => stamped,
            Err(fault) => {
                self.fault(&fault.to_string());
                return None;
            }
        };
        if seal.added_later > 0 {
            self.fail(
                format!("盖章以后又追加了 {} 字节，追加的内容不受保护", seal.added_later),
                format!("{} bytes were added after it was sealed; they are not protected", seal.added_later),
            );
        }
        self.stamped(&stamped, seal.at, known);
        Some(stamped)
    }

    fn stamped(&mut self, stamped: &Stamped, at: &str, known: &Known) {
        let Stamped { name, issuer, serial, valid, trusted } = stamped;
        let claimed = moment(at);
        let said = claimed.map_or_else(|| at.to_owned(), |at| at.to_string());
        let said_zh = claimed.map_or_else(|| at.to_owned(), |at| Lang::Zh.moment(at));
        if *trusted {
            self.hold(
                format!("电子印章有效：{name}，{said_zh}盖章以后没有改动；证书由“{issuer}”签发"),
                format!("sealed by {name} at {said} and not changed since; certificate {serial} of {issuer}"),
            );
            self.sealed_at = claimed;
        } else if known.authorities.is_empty() {
            self.open(
                format!("盖章以后没有改动；印章证书由“{issuer}”签发给“{name}”，是否可信无从判断：没有给出签发机构的证书"),
                format!("not changed since it was sealed; whether to believe the certificate of {name} ({issuer}) cannot be told: no authority is known here"),
            );
        } else {
            self.fail(
                format!("盖章以后没有改动，但证书不是已知机构签发的：“{name}”，由“{issuer}”签发"),
                format!("not changed since it was sealed, but no known authority issued the certificate of {name} ({issuer})"),
            );
        }
        let within = claimed.and_then(seconds).is_some_and(|at| valid.0 <= at && at <= valid.1);
        if !within {
            self.fail(
                format!("声称的盖章时间{said_zh}不在证书有效期内"),
                format!("the certificate is not valid at the time {said} that the seal claims"),
            );
        }
    }

    fn proof(&mut self, read: Result<DocumentProof, DocumentProofFault>, known: &Known) {
        let proof = match read {
            Ok(proof) => proof,
            Err(fault) => return self.fault(&fault.to_string()),
        };
        let proven = match proof.verify(&known.keys) {
            Ok(proven) => proven,
            Err(DocumentProofFault::Log(LogProofFault::Note(NoteFault::Unsigned))) => {
                let origin = proof.log.checkpoint.text.lines().next().unwrap_or_default();
                if known.keys.is_empty() {
                    return self.open(
                        format!("附有日志“{origin}”的证明，是否可信无从判断：没有给出日志公钥"),
                        format!("it carries a proof of the log `{origin}`; whether to believe it cannot be told: no key of a log is known here"),
                    );
                }
                return self.fail(
                    format!("签署检查点的不是已知的日志密钥（日志“{origin}”）：是别县的证明，或者是伪造的"),
                    format!(
                        "no known key signed the checkpoint of the log `{origin}`: another county's proof, or a forgery"
                    ),
                );
            }
            Err(fault) => return self.fault(&fault.to_string()),
        };
        let (size, origin, at) = (proven.checkpoint.size, &proven.checkpoint.origin, &proven.entry.at);
        let (signed, since) = (proven.signed.len(), at.parse().map_or_else(|_| at.clone(), |at| Lang::Zh.moment(at)));
        self.hold(
            format!(
                "文书与签发时一致，自{since}起在日志“{origin}”里（第 {} 条，检查点 {size} 条，{signed} 个签名）",
                proof.log.index
            ),
            format!(
                "the document is as it was issued and in the log {origin} since {at} (entry {}, checkpoint of {size}, {signed} signatures)",
                proof.log.index
            ),
        );
        self.head = serde_json::from_str(&proof.head).ok();
        self.body = match proof.body {
            DocumentBody::Text(text) => Some(text),
            DocumentBody::Digest(_) => None,
        };
    }

    /// The seal is that of the office that issued the document.
    fn same_office(&mut self, stamped: Option<&Stamped>) {
        let issuer = self.head.as_ref().and_then(|head| head.issuer.clone());
        if let (Some(stamped), Some(issuer)) = (stamped, issuer)
            && stamped.name != issuer
        {
            self.fail(
                format!("印章是“{}”的，签发机关却是“{issuer}”", stamped.name),
                format!("the seal is that of {}, but {issuer} issued the document", stamped.name),
            );
        }
    }
}

/// The time that a seal claims: `20220322100000`.
fn moment(text: &str) -> Option<DateTime> {
    DateTime::strptime("%Y%m%d%H%M%S", text).ok()
}

/// County local time in seconds since 1970.
fn seconds(at: DateTime) -> Option<u64> {
    let moment = Offset::constant(8).to_timestamp(at).ok()?;
    u64::try_from(moment.as_second()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_that_people_type_are_not_taken_for_proofs() {
        assert!(!is_examined(b"YFCRE-1F03G-NXQAK-56SGJ"));
        assert!(!is_examined(b"https://example.cn/verify/YFCRE-1F03G-NXQAK-56SGJ#top"));
        assert!(is_examined(format!("https://example.cn/verify/YFCRE#{}\n", "0A".repeat(200)).as_bytes()));
        assert!(is_examined(b"\n gongbao document proof 1\n"));
        assert!(is_examined(b"%PDF-1.7"));
    }

    #[test]
    fn what_is_none_of_them_says_so() {
        let examination = examine(b"GIF89a", &Known::default());
        assert_eq!(examination.lines.len(), 1);
        assert!(!examination.is_sound());
        assert!(!examine("0A".repeat(200).as_bytes(), &Known::default()).is_sound());
    }

    #[test]
    fn county_time_is_eight_hours_ahead() {
        assert_eq!(moment("20220322100000").and_then(seconds), Some(1_647_914_400));
        assert_eq!(moment("20221322100000"), None);
    }
}
