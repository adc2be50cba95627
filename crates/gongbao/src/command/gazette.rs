//! `gongbao gazette parse FILE`: the structure of a gazette's text; `print FILE`: it as a PDF; `import FILE`: it into the county.

use super::import::Import;
use crate::command::print::Print;
use crate::county::import_lines;
use crate::home::Home;
use anyhow::{Context, Result, anyhow};
use clap::{Args, Subcommand, ValueEnum};
use gazette::formats;
use gazette::model::{self, Severity};
use gazette::reading::{BYTES_MAX, Profile, read};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use web::taking_in::Printed;

#[derive(Args)]
pub struct Gazette {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// 拆分公报文本：文件、正文层级、附件、表格、修复与存疑；0 已读出，2 无法读取
    /// / split a gazette's text into documents, with repairs and doubts: exit 0 read, 2 unusable
    Parse {
        #[command(flatten)]
        source: Source,
        /// 输出格式 / output
        #[arg(long, value_enum, default_value_t = Format::Json)]
        format: Format,
    },
    /// 排印一件公文或整期公报为 PDF / a document or the whole issue as a PDF
    Print(Box<Print>),
    /// 收录一期已经印出的公报：每件经办理进入登记，同一文字只收一次；0 全部收录，1 有冲突或没有收录的，2 无法使用
    /// / take in an issue printed before, each document by an act, the same text once: exit 0 all in, 1 not all, 2 unusable
    Import(Import),
}

/// A gazette's text in a file.
#[derive(Args)]
pub struct Source {
    /// 文本文件（UTF-8 或 GB18030），`-` 为标准输入 / the text, `-` for standard input
    file: PathBuf,
}

impl Source {
    /// Reads it with the names of the county.
    pub fn read(&self, home: Option<&Path>) -> Result<model::Gazette> {
        let profile = profile(&Home::open(home)?)?;
        let bytes = bytes(&self.file).with_context(|| format!("无法读取 {} / cannot read it", self.file.display()))?;
        read(&bytes, &profile).map_err(|refusal| anyhow!("{}：{refusal}", self.file.display()))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// docs/formats/gazette-json.md
    Json,
    /// Markdown (GFM)
    Md,
    /// Akoma Ntoso 3.0 (XML)
    Akn,
    /// 原文（断行已接） / the source's own lines, breaks joined
    Text,
}

impl Gazette {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        match self.task {
            Task::Parse { source, format } => parse(&source.read(home)?, format),
            Task::Print(print) => return print.run(home),
            Task::Import(import) => return import.run(home),
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn parse(gazette: &model::Gazette, format: Format) {
    match format {
        Format::Json => outln!("{:#}", formats::json(gazette)),
        Format::Md => outln!("{}", formats::markdown(gazette)),
        Format::Akn => outln!("{}", formats::akn(gazette)),
        Format::Text => outln!("{}", formats::text(gazette)),
    }
    if format != Format::Json {
        eprintln!("{}", summary(gazette));
    }
}

/// How the county's printed gazettes are read, and where what they say goes.
pub fn printed(home: &Home) -> Result<Printed> {
    Ok(Printed { profile: profile(home)?, lines: import_lines(home)? })
}

/// The names that the county's gazette is read by; a county without the file gets a reading without them.
pub(super) fn profile(home: &Home) -> Result<Profile> {
    let Some(file) = home.county.get("gazette.csv") else { return Ok(Profile::default()) };
    let text = std::str::from_utf8(file).context("county/gazette.csv 不是 UTF-8 / is not UTF-8")?;
    Profile::from_csv(text).map_err(|fault| anyhow!("county/gazette.csv {fault}"))
}

/// The bytes of a file, one more than may be read at most: reading then refuses it.
pub(super) fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    let most = BYTES_MAX as u64 + 1;
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)?;
    } else {
        File::open(file)?.take(most).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

fn summary(gazette: &model::Gazette) -> String {
    let errors = gazette.doubts.iter().filter(|doubt| doubt.code.meaning().level == Severity::Error).count();
    format!(
        "文件{}件，修复{}处，存疑{}处（其中须处理{errors}处） / {} documents, {} repairs, {} doubts ({errors} errors)",
        gazette.documents.len(),
        gazette.repairs.len(),
        gazette.doubts.len(),
        gazette.documents.len(),
        gazette.repairs.len(),
        gazette.doubts.len(),
    )
}
