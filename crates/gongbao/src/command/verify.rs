//! `gongbao verify`: what is stored, what was signed, and what somebody was handed, each against what it must be.

use super::data::Data;
use crate::notary::Notary;
use crate::seals::SealFolder;
use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use store::{Store, Verification};
use trust::{Checkpoint, Entry, LogProof, NoteKey, StampCertificate};
use web::Seals as _;
use web::examine::{Examination, Known, Verdict, examine, is_examined};

/// How the text of a proof begins.
const PROOF_HEAD: &str = "c2sp.org/tlog-proof@";

/// Verifies a data folder; or files: offline proofs, checkpoints, folders of mirrors.
#[derive(Args)]
pub struct Verify {
    /// 文书 PDF、离线证明、二维码内容（存成文件）、检查点（可多个，互相核对）、镜像目录；不给则核验数据目录
    /// / PDFs of documents, proofs, what a QR code holds in a file, checkpoints (several: against one another), a mirror's folder; default: the data folder
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    data: Data,
    /// 日志公钥（可多个），或存放公钥的文件；默认取数据目录里的 / public key of the log, or a file with keys; default: those of the data folder
    #[arg(long, value_name = "KEY|FILE")]
    key: Vec<String>,
    /// 签发电子印章证书的机构（PEM 文件，可多个）；默认取数据目录里的 / authorities of electronic seals (PEM files); default: those of the data folder
    #[arg(long, value_name = "PEM")]
    authority: Vec<PathBuf>,
    /// 输出 JSON / print JSON
    #[arg(long)]
    json: bool,
}

/// What came of it.
#[derive(Default)]
struct Outcome {
    /// Kinds of things checked, with their number.
    checked: Vec<(&'static str, &'static str, u64)>,
    /// What was found to hold.
    holds: Vec<String>,
    /// What cannot be told from what was handed in.
    open: Vec<String>,
    faults: Vec<Fault>,
}

struct Fault {
    what: String,
    place: String,
    since: Option<String>,
}

impl Verify {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let outcome = if self.files.is_empty() { self.data(home)? } else { self.handed()? };
        if self.json {
            outln!("{:#}", outcome.json());
        } else {
            outcome.say();
        }
        Ok(ExitCode::from(u8::from(!outcome.faults.is_empty())))
    }

    fn data(&self, home: Option<&Path>) -> Result<Outcome> {
        let mut known = Notary::find(&self.data.dir)?.map(|notary| notary.known_log()).transpose()?.unwrap_or_default();
        let named = named_keys(&self.key)?;
        if !named.is_empty() {
            known.keys = named;
        }
        let found = self.data.open_existing(home)?.verify_with(&known, &mut |_, _| ())?;
        Ok(Outcome::of_data(found, known.keys.is_empty()))
    }

    /// What somebody was handed: nothing is asked of any server.
    fn handed(&self) -> Result<Outcome> {
        let mut known = named_keys(&self.key)?;
        if known.is_empty() {
            known = Notary::find(&self.data.dir)?.map(|notary| notary.known()).unwrap_or_default();
        }
        let mut outcome = Outcome::default();
        let mut checkpoints: Vec<(String, Checkpoint)> = Vec::new();
        let mut mirrors = Vec::new();
        for file in &self.files {
            let place = file.display().to_string();
            if file.is_dir() {
                mirrors.push(file);
                continue;
            }
            let bytes = std::fs::read(file).with_context(|| place.clone())?;
            if is_examined(&bytes) {
                outcome.examined(&place, examine(&bytes, &self.known(&known)?));
                continue;
            }
            need_keys(&known)?;
            let text = String::from_utf8(bytes).with_context(|| place.clone())?;
            let found = if text.starts_with(PROOF_HEAD) {
                outcome.proof(&text, &known)
            } else {
                outcome.checkpoint(&text, &known)
            };
            match found {
                Ok(checkpoint) => checkpoints.push((place, checkpoint)),
                Err(what) => outcome.faults.push(Fault { what, place, since: None }),
            }
        }
        for folder in &mirrors {
            super::mirror::verify(folder, &named_keys(&self.key)?, &checkpoints).map_or_else(
                |fault| {
                    outcome.faults.push(Fault {
                        what: format!("{fault:#}"),
                        place: folder.display().to_string(),
                        since: None,
                    })
                },
                |said| outcome.holds.push(said),
            );
        }
        outcome.compare(&checkpoints, mirrors.is_empty());
        Ok(outcome)
    }

    /// Whom to believe about PDFs and proofs of documents.
    fn known(&self, keys: &[NoteKey]) -> Result<Known> {
        let mut authorities = Vec::new();
        for file in &self.authority {
            let pem = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            authorities.extend(StampCertificate::read_all(&pem).with_context(|| file.display().to_string())?);
        }
        if authorities.is_empty() {
            authorities = SealFolder::open(&self.data.dir)?.authorities();
        }
        Ok(Known { keys: keys.to_vec(), authorities })
    }
}

fn need_keys(known: &[NoteKey]) -> Result<()> {
    if known.is_empty() {
        bail!(
            "没有日志公钥：用 --key 给出（公报上印有，`/log` 页面也有）/ no key of the log: give it with --key; the gazette prints it, and so does the page /log"
        );
    }
    Ok(())
}

/// Keys given on the command line, or in files.
pub fn named_keys(named: &[String]) -> Result<Vec<NoteKey>> {
    let mut keys = Vec::new();
    for name in named {
        let text = if Path::new(name).is_file() { std::fs::read_to_string(name)? } else { name.clone() };
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            keys.push(line.parse::<NoteKey>().with_context(|| name.clone())?);
        }
    }
    Ok(keys)
}

impl Outcome {
    fn of_data(found: Verification, unsigned: bool) -> Outcome {
        let checked = vec![
            ("acts", "个动作", found.acts),
            ("leaves", "个叶值", found.leaves),
            ("projections", "张投影表", found.projections),
            ("checkpoints", "个检查点", found.checkpoints),
            ("beside", "张其他表", found.beside),
            ("files", "个文件", found.files),
        ];
        let wrongs = found.wrongs.into_iter();
        let faults = wrongs.map(|wrong| Fault { what: wrong.what, place: wrong.where_, since: wrong.since }).collect();
        let without = "没有日志公钥，签名未核验 / without the log's keys no signature was checked".to_owned();
        let holds = if unsigned && found.checkpoints > 0 { vec![without] } else { Vec::new() };
        Outcome { checked, holds, faults, open: Vec::new() }
    }

    fn proof(&mut self, text: &str, known: &[NoteKey]) -> Result<Checkpoint, String> {
        let proof: LogProof = text.parse().map_err(|fault: trust::LogProofFault| fault.to_string())?;
        let entry = proof.extra.as_deref().ok_or("证明没有附条目 / the proof does not carry its entry")?;
        let (checkpoint, signed) = proof.verify(entry, known).map_err(|fault| fault.to_string())?;
        let what = match Entry::read(entry) {
            Some(Entry::Act(commitment)) => format!("动作的承诺值 {commitment} / the commitment to an act"),
            Some(Entry::Root(root)) => format!("国密根 {}（{} 个动作）/ a national root", root.root, root.acts),
            None => "未知条目 / an unknown entry".to_owned(),
        };
        self.holds.push(format!(
            "第 {} 条：{what}；检查点 {} 条，{} 个签名 / entry {}, under a checkpoint of {} entries with {} signatures",
            proof.index,
            checkpoint.size,
            signed.len(),
            proof.index,
            checkpoint.size,
            signed.len()
        ));
        Ok(checkpoint)
    }

    fn checkpoint(&mut self, text: &str, known: &[NoteKey]) -> Result<Checkpoint, String> {
        let (checkpoint, signed) = Checkpoint::open(text, known).map_err(|fault| fault.to_string())?;
        self.holds.push(format!(
            "{}：{} 条，根 {}，{} 个签名 / checkpoint of {} entries, {} signatures",
            checkpoint.origin,
            checkpoint.size,
            checkpoint.root,
            signed.len(),
            checkpoint.size,
            signed.len()
        ));
        Ok(checkpoint)
    }

    /// What was found about a PDF or the proof of a document.
    fn examined(&mut self, place: &str, examination: Examination) {
        let head = examination.head.as_ref();
        let named = head.map(|head| {
            let (number, issuer) =
                (head.number.as_deref().unwrap_or_default(), head.issuer.as_deref().unwrap_or_default());
            format!("《{}》{number}，{issuer}，{} / the document", head.title, head.on)
        });
        for line in &examination.lines {
            let what = format!("{} / {}", line.zh, line.en);
            match line.verdict {
                Verdict::Holds => self.holds.push(what),
                Verdict::Open => self.open.push(what),
                Verdict::Fails => self.faults.push(Fault { what, place: place.to_owned(), since: None }),
            }
        }
        self.holds.extend(named);
        if head.is_some() {
            self.open.push(
                "是否现行有效只有联网才知道：扫码或在核验页查询 / whether it is in force is known online only: scan its code"
                    .to_owned(),
            );
        }
    }

    /// Two checkpoints of one log and one size have one root. For different sizes a mirror tells.
    fn compare(&mut self, checkpoints: &[(String, Checkpoint)], alone: bool) {
        for (place, (name, one)) in checkpoints.iter().enumerate() {
            for (other_name, other) in &checkpoints[place + 1..] {
                if one.origin == other.origin && one.size != other.size && alone {
                    self.open.push(format!(
                        "{name}（{} 条）和 {other_name}（{} 条）大小不同：加上镜像目录，才能核对只增不改 / their sizes differ: add a mirror's folder to see that the log only grew",
                        one.size, other.size
                    ));
                }
                if one.origin == other.origin && one.size == other.size && one.root != other.root {
                    let what = format!(
                        "同一日志 {} 条处有两个根：日志分叉 / two roots at {} entries of one log: it forked",
                        one.size, one.size
                    );
                    self.faults.push(Fault { what, place: format!("{name}, {other_name}"), since: None });
                }
            }
        }
    }

    fn json(&self) -> Value {
        let faults: Vec<Value> = self
            .faults
            .iter()
            .map(|fault| json!({ "what": fault.what, "where": fault.place, "since": fault.since }))
            .collect();
        let checked: serde_json::Map<String, Value> =
            self.checked.iter().map(|(name, _, number)| ((*name).to_owned(), json!(number))).collect();
        json!({ "ok": self.faults.is_empty(), "checked": checked, "holds": self.holds, "open": self.open, "faults": faults })
    }

    fn say(&self) {
        for fault in &self.faults {
            let since = fault.since.as_deref().unwrap_or("不详 / unknown");
            outln!("✗ {}：{}（自 {since}）", fault.place, fault.what);
        }
        self.holds.iter().for_each(|said| outln!("✓ {said}"));
        self.open.iter().for_each(|said| outln!("? {said}"));
        if !self.checked.is_empty() {
            let zh: Vec<String> = self.checked.iter().map(|(_, zh, number)| format!("{number} {zh}")).collect();
            let en: Vec<String> = self.checked.iter().map(|(en, _, number)| format!("{number} {en}")).collect();
            outln!("已核验 {} / checked {}", zh.join("、"), en.join(", "));
        }
        let whole = self.faults.is_empty();
        outln!("{}", if whole { "未发现改动 / nothing was changed" } else { "发现问题 / something is wrong" });
    }
}
