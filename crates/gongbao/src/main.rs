//! 公报 (Gongbao): the county gazette that runs. The binary: command line, files, the real clock, the scheduler.

mod command;
mod home;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// 公报：会运行的县政府公报 / the county gazette that runs.
#[derive(Parser)]
#[command(name = "gongbao", version, about, arg_required_else_help = true)]
struct Cli {
    /// 法规和县情所在目录（其下有 regulations/ 和 county/）；默认当前目录，没有则用内置样例
    /// / folder with regulations/ and county/; default: the current one, else the built-in sample.
    #[arg(long, global = true, value_name = "DIR")]
    home: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// 检查法规：0 无误，1 有发现，2 无法使用 / check regulations: exit 0 clean, 1 findings, 2 unusable
    Check(command::check::Check),
    /// 期限计算 / statutory time
    Calendar(command::calendar::Calendar),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let answer = match cli.command {
        Command::Check(check) => check.run(cli.home.as_deref()),
        Command::Calendar(calendar) => calendar.run(),
    };
    answer.unwrap_or_else(|fault| {
        eprintln!("gongbao: {fault:#}");
        ExitCode::from(2)
    })
}
