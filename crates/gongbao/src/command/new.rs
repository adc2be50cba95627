//! `gongbao new`: a small regulation to begin with, that checks clean, runs, and says why each part stands there.

use crate::clock::CountyClock;
use crate::home::Home;
use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use jiff::ToSpan;
use jiff::civil::Date;
use regulation::{SourceFile, check};
use std::fs::{File, create_dir_all};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

#[derive(Args)]
pub struct New {
    /// 短名：小写字母、数字、连字符；也是文件名 / short name, also that of the file
    id: String,
    /// 标题 / title
    #[arg(long, default_value = "某某办法")]
    title: String,
    /// 写成什么样的 / what kind of regulation
    #[arg(long, value_enum, default_value_t = Kind::Permit)]
    kind: Kind,
    /// 发文单位 / the issuing office
    #[arg(long, default_value = "county-office", value_name = "OFFICE")]
    issuer: String,
    /// 施行日期；默认今天 / first day in force; default: today
    #[arg(long, value_name = "DATE")]
    effective: Option<Date>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Kind {
    /// 申请、审查、批准或不予批准 / an application, its review, a permit or a refusal
    Permit,
    /// 台账和报表 / a register and a report
    Register,
}

/// Texts of a kind, with holes for what the author chose.
struct Texts {
    regulation: &'static str,
    cases: &'static str,
    fixtures: &'static str,
    /// Name and text of the template of its document.
    template: Option<(&'static str, &'static str)>,
}

impl Kind {
    fn texts(self) -> Texts {
        match self {
            Kind::Permit => Texts {
                regulation: include_str!("new/permit/regulation.md"),
                cases: include_str!("new/permit/cases.md"),
                fixtures: include_str!("new/permit/fixtures.md"),
                template: Some(("permit.typ", include_str!("new/permit/permit.typ"))),
            },
            Kind::Register => Texts {
                regulation: include_str!("new/register/regulation.md"),
                cases: include_str!("new/register/cases.md"),
                fixtures: include_str!("new/register/fixtures.md"),
                template: None,
            },
        }
    }
}

impl New {
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let home = home.unwrap_or(Path::new("."));
        let folder = home.join("regulations");
        if !is_name(&self.id) {
            bail!(
                "`{}` 不能作短名：用小写字母、数字和连字符，以字母开头 / not a name: lower-case letters, digits, hyphens",
                self.id
            );
        }
        let file = folder.join(format!("{}.md", self.id));
        if file.exists() || folder.join(&self.id).exists() {
            bail!("{} 已经有了 / is there already", file.display());
        }
        create_dir_all(&folder).with_context(|| format!("无法建立 {} / cannot make it", folder.display()))?;
        let there = Home::open(Some(home))?.with_some_county();
        let (texts, fill) = (self.kind.texts(), self.filling(&there));
        let regulation = fill(texts.regulation);
        self.is_clean(&there, &regulation)?;
        let own = folder.join(&self.id);
        let mut written = vec![(file, regulation)];
        written.push((own.join("cases/fixtures.md"), fill(texts.fixtures)));
        written.push((own.join("cases/first.md"), fill(texts.cases)));
        written.extend(texts.template.map(|(name, text)| (own.join(name), text.to_owned())));
        for (path, text) in &written {
            write_new(path, text)?;
            outln!("{}", path.display());
        }
        outln!(
            "接着：gongbao check，gongbao cases {}，改成自己的；写法见 docs/authoring.md / next: check, cases, and make it yours",
            self.id
        );
        Ok(ExitCode::SUCCESS)
    }

    /// Fills the holes of a text.
    fn filling(&self, home: &Home) -> impl Fn(&str) -> String {
        let effective = self.effective.unwrap_or_else(|| CountyClock::real_now().date());
        let after = |days: i64| effective.saturating_add(days.days());
        let (first, second) = (after(30), after(32));
        let values = [
            ("{id}", self.id.clone()),
            ("{title}", self.title.clone()),
            ("{issuer}", self.issuer.clone()),
            ("{issued}", effective.to_string()),
            ("{effective}", effective.to_string()),
            ("{place}", a_village(home)),
            ("{day-1}", first.to_string()),
            ("{day-2}", second.to_string()),
            ("{day-30}", after(60).to_string()),
            ("{year-later}", second.saturating_add(1.year()).to_string()),
        ];
        move |text| values.iter().fold(text.to_owned(), |text, (hole, value)| text.replace(hole, value))
    }

    /// Names may be taken by another regulation, and a title may be no title.
    fn is_clean(&self, home: &Home, text: &str) -> Result<()> {
        let name = format!("regulations/{}.md", self.id);
        let others = home.regulations.iter();
        let mut files: Vec<SourceFile> =
            others.map(|(name, bytes)| SourceFile::from_bytes(format!("regulations/{name}"), bytes)).collect();
        files.push(SourceFile { name: name.clone(), text: text.to_owned() });
        match check(&files).findings.into_iter().find(|finding| *finding.span.file == *name) {
            Some(finding) => bail!("{} / {}", finding.message.zh, finding.message.en),
            None => Ok(()),
        }
    }
}

/// Names of regulations are those of files too.
fn is_name(id: &str) -> bool {
    let fine = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.starts_with(|first: char| first.is_ascii_lowercase())
        && !id.ends_with('-')
        && id.chars().all(fine)
        && id.len() <= 60
}

/// The first village of the county.
fn a_village(home: &Home) -> String {
    let places = home.county_text("places.csv").ok().flatten().unwrap_or_default();
    let rows = places.lines().map(|line| line.split(',').collect::<Vec<&str>>());
    let village =
        rows.filter(|row| row.get(2) == Some(&"village")).find_map(|row| row.first().map(|code| (*code).to_owned()));
    village.unwrap_or_default()
}

/// Writes a file that is not there yet.
fn write_new(path: &Path, text: &str) -> Result<()> {
    let place = || format!("无法写 {} / cannot write it", path.display());
    if let Some(folder) = path.parent() {
        create_dir_all(folder).with_context(place)?;
    }
    let mut file = File::create_new(path).with_context(place)?;
    file.write_all(text.as_bytes()).with_context(place)
}
