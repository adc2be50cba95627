//! 公报 (Gongbao): the county gazette that runs. The binary: command line, files, the real clock, the scheduler.

#[macro_use]
mod output;
mod bench;
mod clock;
mod command;
mod county;
mod county_key;
mod deliver;
mod fonts;
mod home;
mod installation;
mod lines;
mod lsp;
mod notary;
mod oidc;
mod patience;
mod sample;
mod scan;
mod seals;
mod settings;
mod simulate;
mod system;
mod token;
mod witness;

use clap::{Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

/// What an act needs is made on one thread and freed on another; this allocator does not mind.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

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
    /// 启动服务 / serve pages and API
    Serve(command::serve::Serve),
    /// 检查法规：0 无误，1 有发现，2 无法使用 / check regulations: exit 0 clean, 1 findings, 2 unusable
    Check(command::check::Check),
    /// 修订对照：改了什么、影响谁；0 没有变化，1 有变化，2 无法使用 / what a draft changes for whom: exit 0 nothing, 1 something, 2 unusable
    Diff(command::diff::Diff),
    /// 起草：写一份能检查、能运行的小办法作样子 / begin a regulation: a small one that checks clean and runs
    New(command::new::New),
    /// 运行案例：0 都如所写，1 有不符，2 无法使用 / run the cases of regulations: exit 0 as written, 1 not, 2 unusable
    Cases(command::cases::Cases),
    /// 供编辑器用的语言服务（标准输入输出） / the language server for editors, over standard input and output
    Lsp(command::lsp::Lsp),
    /// 按一份申请核对条件 / evaluate the rules on one application
    Ask(command::ask::Ask),
    /// 期限计算 / statutory time
    Calendar(command::calendar::Calendar),
    /// 读取公报文本 / read the text of a gazette
    Gazette(command::gazette::Gazette),
    /// 核验：数据目录、离线证明、检查点、镜像 / verify a data folder, an offline proof, checkpoints, a mirror
    Verify(command::verify::Verify),
    /// 日志：签署检查点、公钥、证明 / the log: sign a checkpoint, keys, proofs
    Log(command::log::LogCommand),
    /// 更换县级密钥 / change the county's key
    Keys(command::keys::Keys),
    /// 复制并核对一个站点的日志 / copy a site's log and check that it only grows
    Mirror(command::mirror::Mirror),
    /// 见证别处的日志：只增不改的，才签署 / witness logs: cosign checkpoints of those that only grow
    Witness(command::witness::Serve),
    /// 由流水重建投影 / rebuild the projections from the journal
    Rebuild(command::data::Rebuild),
    /// 备份 / back up to a file
    Backup(command::data::Backup),
    /// 由备份恢复 / restore from a backup
    Restore(command::data::Restore),
    /// 多县统计：各县各规定的受理、办结、按时、积压；不含个人信息。0 齐全，1 有县未读出，2 无法使用
    /// / how the matters of each county stand, without personal data: exit 0 all counties, 1 some missing, 2 unusable
    Statistics(command::statistics::Statistics),
    /// 性能测量 / measure speed
    Bench(command::bench::Bench),
    /// 推演：在合成的县里试行一件程序若干年；0 正常，1 有走不下去的事项，2 无法使用
    /// / try a procedure on a synthetic county for years: exit 0 all went on, 1 something did not, 2 unusable
    Simulate(command::simulate::Simulate),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let answer = match cli.command {
        Command::Serve(serve) => serve.run(cli.home.as_deref()),
        Command::Check(check) => check.run(cli.home.as_deref()),
        Command::Diff(diff) => diff.run(cli.home.as_deref()),
        Command::New(new) => new.run(cli.home.as_deref()),
        Command::Cases(cases) => cases.run(cli.home.as_deref()),
        Command::Lsp(lsp) => lsp.run(cli.home.as_deref()),
        Command::Ask(ask) => ask.run(cli.home.as_deref()),
        Command::Calendar(calendar) => calendar.run(),
        Command::Gazette(gazette) => gazette.run(cli.home.as_deref()),
        Command::Verify(verify) => verify.run(cli.home.as_deref()),
        Command::Log(log) => log.run(cli.home.as_deref()),
        Command::Keys(keys) => keys.run(cli.home.as_deref()),
        Command::Mirror(mirror) => mirror.run(),
        Command::Witness(witness) => witness.run(),
        Command::Rebuild(rebuild) => rebuild.run(cli.home.as_deref()),
        Command::Backup(backup) => backup.run(cli.home.as_deref()),
        Command::Restore(restore) => restore.run(cli.home.as_deref()),
        Command::Statistics(statistics) => statistics.run(cli.home.as_deref()),
        Command::Bench(bench) => bench.run(cli.home.as_deref()),
        Command::Simulate(simulate) => simulate.run(cli.home.as_deref()),
    };
    answer.unwrap_or_else(|fault| {
        eprintln!("gongbao: {fault:#}");
        ExitCode::from(2)
    })
}
