//! `gongbao gazette print FILE`: a document of a gazette's text, or the whole issue, as a PDF.

use crate::command::gazette::Source;
use crate::fonts;
use anyhow::{Context, Result, anyhow, bail};
use clap::{ArgGroup, Args, ValueEnum};
use gazette::body::{Section, SectionKind};
use gazette::issue::{self, Erratum, Root};
use gazette::model::{Document, Gazette, Number, Severity};
use gazette::official::{self, Punctuation};
use gazette::typeset::{Fonts, Typesetter};
use jiff::civil::Date;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use trust::{Entry, LogProof};

#[derive(Args)]
#[command(group(ArgGroup::new("what").required(true).args(["number", "issue"])))]
pub struct Print {
    #[command(flatten)]
    source: Source,
    /// 排印一件公文：发文字号，括号不拘 / one document, by its number in any brackets
    #[arg(long, value_name = "NUMBER")]
    number: Option<String>,
    /// 排印整期 / the whole issue
    #[arg(long)]
    issue: bool,
    /// 写入的文件 / file to write
    #[arg(long, short, value_name = "PDF")]
    output: PathBuf,
    /// 固定网址，印成二维码：公文的永久地址，或本期掌上公报地址 / permanent address, printed as a QR code
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// 将汉字之间的半角标点印成全角 / half-width marks between Chinese characters become full width
    #[arg(long)]
    full_width: bool,
    /// 字体目录；默认系统字体 / folder of fonts; default: the system's
    #[arg(long, value_name = "DIR")]
    fonts: Option<PathBuf>,
    #[command(flatten)]
    document: DocumentPrint,
    #[command(flatten)]
    edition: IssuePrint,
}

/// What only a document has.
#[derive(Args)]
#[command(next_help_heading = "公文 / document")]
struct DocumentPrint {
    /// 格式；默认按文种和字号 / form; default: by kind and number
    #[arg(long, value_enum, conflicts_with = "issue")]
    form: Option<Form>,
    /// 签发人，可多个 / who signed it for issue, may be repeated
    #[arg(long = "signer", value_name = "NAME", conflicts_with = "issue")]
    signers: Vec<String>,
    /// 抄送机关 / who gets a copy
    #[arg(long, value_name = "NAMES", conflicts_with = "issue")]
    copies_to: Option<String>,
    /// 印发机关 / the office that printed it
    #[arg(long, value_name = "OFFICE", conflicts_with = "issue")]
    printed_by: Option<String>,
    /// 印发日期 / when it was sent
    #[arg(long, value_name = "DATE", requires = "printed_by")]
    printed_on: Option<Date>,
    /// 单面印刷：版记紧接末页 / printed on one side only
    #[arg(long, conflicts_with = "issue")]
    single_sided: bool,
}

/// What only an issue has.
#[derive(Args)]
#[command(next_help_heading = "整期 / issue")]
struct IssuePrint {
    /// 校样：有待处理的存疑也排印，每页注明 / a proof: printed with errors open, and marked so on every page
    #[arg(long, requires = "issue")]
    proof: bool,
    /// 往期勘误（CSV：位置,原文,更正） / corrections of earlier issues (CSV: place, old, new)
    #[arg(long, value_name = "CSV", requires = "issue")]
    errata: Option<PathBuf>,
    /// 县情数据（CSV，首行为栏目；文件名为标题） / figures (CSV with a heading row; titled by the file's name)
    #[arg(long, value_name = "CSV", requires = "issue")]
    figures: Option<PathBuf>,
    /// 已签署的日志根（`gongbao log root` 的输出，或检查点文本） / the signed roots (what `gongbao log root` prints, or a checkpoint's text)
    #[arg(long, value_name = "FILE", requires = "issue")]
    root: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    /// 通用格式
    General,
    /// 信函格式
    Letter,
}

impl Print {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let gazette = self.source.read(home)?;
        let typesetter = Typesetter::new(Arc::new(Fonts::new(fonts::read(self.fonts.as_deref()))));
        let pdf = match &self.number {
            Some(number) => self.document(&typesetter, &gazette, number)?,
            None => self.whole_issue(&typesetter, &gazette)?,
        };
        std::fs::write(&self.output, pdf)
            .with_context(|| format!("无法写入 {} / cannot write it", self.output.display()))?;
        Ok(ExitCode::SUCCESS)
    }

    fn document(&self, typesetter: &Typesetter, gazette: &Gazette, number: &str) -> Result<Vec<u8>> {
        let document = find(gazette, number)?;
        let print = &self.document;
        let today = document
            .signed_on
            .or(gazette.issue.published_on)
            .ok_or_else(|| anyhow!("{number} 没有成文日期 / has no date of signature"))?;
        let options = official::Options {
            form: print.form.map(|form| match form {
                Form::General => official::Form::General,
                Form::Letter => official::Form::Letter,
            }),
            signers: print.signers.clone(),
            copies_to: print.copies_to.clone(),
            printed_by: print.printed_by.clone(),
            printed_on: print.printed_on,
            duplex: !print.single_sided,
            permalink: self.url.clone(),
            punctuation: self.punctuation(),
            ..official::Options::new(today)
        };
        Ok(official::pdf(typesetter, document, &options)?)
    }

    fn whole_issue(&self, typesetter: &Typesetter, gazette: &Gazette) -> Result<Vec<u8>> {
        if !self.edition.proof {
            refuse_errors(gazette)?;
        }
        let today = gazette
            .issue
            .published_on
            .ok_or_else(|| anyhow!("本期没有出版日期 / the issue has no date of publication"))?;
        let options = issue::Options {
            mobile: self.url.clone(),
            errata: self.edition.errata.as_deref().map_or(Ok(Vec::new()), errata)?,
            figures: self.edition.figures.as_deref().map_or(Ok(Vec::new()), figures)?,
            root: self.edition.root.as_deref().map(root).transpose()?,
            proof: self.edition.proof,
            punctuation: self.punctuation(),
            ..issue::Options::new(today)
        };
        Ok(issue::pdf(typesetter, gazette, &options)?)
    }

    fn punctuation(&self) -> Punctuation {
        if self.full_width { Punctuation::FullWidth } else { Punctuation::AsPrinted }
    }
}

fn find<'a>(gazette: &'a Gazette, number: &str) -> Result<&'a Document> {
    let wanted: Number = number.parse().with_context(|| number.to_string())?;
    gazette.documents.iter().find(|document| document.number == wanted).ok_or_else(|| {
        let known: Vec<String> = gazette.documents.iter().map(|document| document.number.to_string()).collect();
        anyhow!("没有 {wanted}；文中有：{} / no such document; the text has those", known.join("、"))
    })
}

/// What a reviewer has to decide comes before publication (gz-ac-23).
fn refuse_errors(gazette: &Gazette) -> Result<()> {
    let errors: Vec<String> = gazette
        .doubts
        .iter()
        .filter(|doubt| doubt.code.meaning().level == Severity::Error)
        .map(|doubt| format!("  第{}行 {} {} / {}", doubt.line, doubt.code, doubt.said.zh, doubt.said.en))
        .collect();
    if errors.is_empty() {
        return Ok(());
    }
    bail!(
        "有{}处存疑须先处理，未排印；校样用 --proof / {} doubts to settle first; --proof prints a proof\n{}",
        errors.len(),
        errors.len(),
        errors.join("\n")
    )
}

fn errata(file: &Path) -> Result<Vec<Erratum>> {
    let rows = rows(file)?;
    rows.into_iter()
        .skip(1)
        .map(|row| match <[String; 3]>::try_from(row) {
            Ok([place, old, new]) => Ok(Erratum { place, old, new }),
            Err(row) => bail!(
                "{}：每行应为 位置,原文,更正，有一行是 {} 格 / a row needs place, old and new; one has {} cells",
                file.display(),
                row.len(),
                row.len()
            ),
        })
        .collect()
}

fn figures(file: &Path) -> Result<Vec<Section>> {
    let mut rows = rows(file)?;
    if rows.is_empty() {
        bail!("{} 是空的 / is empty", file.display());
    }
    let header = rows.remove(0);
    let title = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let section = |kind, text| Section { kind, text, anchor: None, cited: None };
    Ok(vec![section(SectionKind::Paragraph, title), section(SectionKind::Table(header, rows), String::new())])
}

fn rows(file: &Path) -> Result<Vec<Vec<String>>> {
    let context = || format!("无法读取 {} / cannot read it", file.display());
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(file).with_context(context)?;
    let cells = |row: csv::StringRecord| row.iter().map(|cell| cell.trim().to_owned()).collect();
    reader.records().map(|row| row.map(cells).with_context(context)).collect()
}

/// Both roots with their proof, as `gongbao log root` prints them; or a bare checkpoint: the log's name, its size, its root, then signatures.
fn root(file: &Path) -> Result<Root> {
    let place = || format!("无法读取 {} / cannot read it", file.display());
    let text = std::fs::read_to_string(file).with_context(place)?;
    if !text.starts_with("c2sp.org/") {
        return Ok(Root { lines: checkpoint_lines(file, &text)?, checkpoint: text });
    }
    let proof: LogProof = text.parse().with_context(place)?;
    let Some(Entry::Root(national)) = proof.extra.as_deref().and_then(Entry::read) else {
        bail!(
            "{} 不含国密根，用 `gongbao log root` 生成 / has no national root: make it with `gongbao log root`",
            file.display()
        )
    };
    let checkpoint = proof.checkpoint.to_string();
    let mut lines = checkpoint_lines(file, &checkpoint)?;
    lines.push(("国密根".to_owned(), national.root.to_string()));
    lines.push(("动作".to_owned(), national.acts.to_string()));
    lines.push(("签署".to_owned(), national.at.replace('T', " ")));
    Ok(Root { lines, checkpoint })
}

fn checkpoint_lines(file: &Path, checkpoint: &str) -> Result<Vec<(String, String)>> {
    let mut lines = checkpoint.lines();
    let (Some(log), Some(size), Some(hash)) = (lines.next(), lines.next(), lines.next()) else {
        bail!("{} 不是检查点：应依次有日志名、叶数、根 / is no checkpoint: name, size, root", file.display())
    };
    let size: u64 = size.parse().with_context(|| format!("{} 第2行应为叶数 / line 2 is the size", file.display()))?;
    let line = |name: &str, shown: &str| (name.to_owned(), shown.to_owned());
    Ok(vec![line("日志", log), line("叶数", &size.to_string()), line("根", hash)])
}
