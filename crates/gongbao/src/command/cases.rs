//! `gongbao cases`: runs the given/when/then files of regulations, as the test suite does.

use crate::county;
use crate::home::Home;
use anyhow::{Result, bail};
use calendar::Holidays;
use clap::Args;
use regulation::check;
use regulation::finding::Severity;
use std::path::Path;
use std::process::ExitCode;

#[derive(Args)]
pub struct Cases {
    /// 法规的短名；默认全部 / ids of regulations; default: all
    ids: Vec<String>,
}

impl Cases {
    /// Exit 0: everything comes out as written; 1: something does not; 2: unusable.
    pub fn run(self, home: Option<&Path>) -> Result<ExitCode> {
        let home = Home::open(home)?.with_some_county();
        if let Some(id) =
            self.ids.iter().find(|id| !home.regulations.iter().any(|(name, _)| *name == format!("{id}.md")))
        {
            bail!("没有 regulations/{id}.md / there is no such regulation");
        }
        let checked = check(&home.sources());
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        if errors > 0 {
            bail!("法规有 {errors} 处错误，先运行 `gongbao check` / {errors} errors: run `gongbao check`");
        }
        let (county, _) = county::read(&home)?;
        let holidays = Holidays::built_in();
        let (mut cases, mut failed) = (0, 0);
        for name in home.cases.keys() {
            let Some((id, file)) = name.split_once("/cases/") else { continue };
            if file == "fixtures.md" || !(self.ids.is_empty() || self.ids.iter().any(|wanted| wanted == id)) {
                continue;
            }
            let text = home.case_text(name)?.unwrap_or_default();
            let fixtures = home.case_text(&format!("{id}/cases/fixtures.md"))?.unwrap_or_default();
            let report = engine::case::run(&text, &fixtures, &checked.rulebook, &county, &holidays);
            cases += report.cases;
            failed += report.failures.len();
            report.failures.iter().for_each(|failure| outln!("regulations/{name} {failure}"));
        }
        outln!("{cases} 个案例，{failed} 处不符 / {cases} cases, {failed} not as written");
        Ok(ExitCode::from(u8::from(failed > 0)))
    }
}
