//! `gongbao witness`: cosigns checkpoints of logs that only grow. Anybody can run one: another county, the province, a university.

use super::verify::named_keys;
use crate::clock::seconds_now;
use crate::lines;
use crate::patience::{Listener, asked_to_stop, pages};
use crate::system::off_thread;
use crate::witness::Witness;
use anyhow::{Context, Result, bail};
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use clap::Args;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use tokio::net::TcpListener;
use trust::WitnessFault;

/// A request is a few lines.
const REQUEST_BYTES_MAX: usize = 64 * 1024;

/// Serves a witness.
#[derive(Args)]
pub struct Serve {
    /// 存放密钥和见过的检查点的目录 / folder of its key and of what it saw
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// 见证方名称，首次启动时定下，如 witness.example.gov.cn / its name, fixed at the first start
    #[arg(long, default_value = "gongbao.invalid/witness")]
    name: String,
    /// 所见证日志的公钥，或存放公钥的文件 / public keys of the logs that it witnesses, or files with keys
    #[arg(long, value_name = "KEY|FILE", required = true)]
    log: Vec<String>,
    /// 监听地址 / address to listen at
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

impl Serve {
    pub fn run(self) -> Result<ExitCode> {
        lines::begin();
        let logs = named_keys(&self.log)?;
        if logs.is_empty() {
            bail!("没有日志公钥 / there is no key of a log");
        }
        let witness = Arc::new(Witness::open(&self.folder, &self.name, logs)?);
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        runtime.block_on(async {
            let listening = TcpListener::bind(self.listen).await;
            let listener = listening.with_context(|| format!("无法监听 {} / cannot listen there", self.listen))?;
            outln!("见证已就绪 / witnessing: http://{}/add-checkpoint", listener.local_addr()?);
            outln!("{}", witness.key());
            let listener = Listener::new(listener);
            axum::serve(listener, pages(router(witness))).with_graceful_shutdown(asked_to_stop()).await?;
            Ok(ExitCode::SUCCESS)
        })
    }
}

fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/", get(|State(witness): State<Arc<Witness>>| async move { format!("{}\n", witness.key()) }))
        .route("/add-checkpoint", post(add))
        .layer(DefaultBodyLimit::max(REQUEST_BYTES_MAX))
        .with_state(witness)
}

async fn add(State(witness): State<Arc<Witness>>, request: String) -> Response {
    let now = u64::try_from(seconds_now()).unwrap_or_default();
    match off_thread(move || witness.add(&request, now)).await {
        Ok(Ok(line)) => format!("{line}\n").into_response(),
        Ok(Err(WitnessFault::Conflict(size))) => {
            (StatusCode::CONFLICT, [(CONTENT_TYPE, "text/x.tlog.size")], format!("{size}\n")).into_response()
        }
        Ok(Err(fault)) => (status(&fault), format!("{fault}\n")).into_response(),
        Err(fault) => {
            tracing::error!("{fault:#}");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

fn status(fault: &WitnessFault) -> StatusCode {
    match fault {
        WitnessFault::Form => StatusCode::BAD_REQUEST,
        WitnessFault::Unknown => StatusCode::NOT_FOUND,
        WitnessFault::Note(_) => StatusCode::FORBIDDEN,
        WitnessFault::Conflict(_) => StatusCode::CONFLICT,
        WitnessFault::Fork => StatusCode::UNPROCESSABLE_ENTITY,
    }
}
