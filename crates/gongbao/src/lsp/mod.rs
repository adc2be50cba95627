//! The language server (语言服务): speaks the Language Server Protocol with an editor. What is true of a text says
//! [`regulation::editor`]; here are messages, files, and positions as editors count them.
//!
//! One thread answers, in the order of the messages. Texts are checked when nothing waits any more, so that of many letters typed at once only
//! the last counts; whoever asks about a name before that has it checked at once.

mod answers;
mod folder;
mod position;

use answers::{capabilities, completions, failed, hover, locations, symbols};
use anyhow::{Context as _, Result, anyhow};
use folder::Folder;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, Response};
use regulation::finding::Said;
use serde_json::{Value, json};
use std::collections::{BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Speaks with the editor at the other end of standard input and output until it says goodbye.
pub fn serve(home: Option<&Path>) -> Result<()> {
    let (connection, threads) = Connection::stdio();
    let (id, asked) = connection.initialize_start().map_err(|fault| anyhow!("{fault}"))?;
    let server_info = json!({ "name": "gongbao", "version": env!("CARGO_PKG_VERSION") });
    let said = json!({ "capabilities": capabilities(), "serverInfo": server_info });
    connection.initialize_finish(id, said).map_err(|fault| anyhow!("{fault}"))?;
    let mut server = Server { connection: &connection, folder: Folder::open(home, &asked), shown: BTreeSet::new() };
    let ended = server.listen();
    drop(connection);
    let read = threads.join().context("编辑器发来的不是协议消息 / what the editor sent is no message of the protocol");
    if ended? { Ok(()) } else { read.and(Err(anyhow!("编辑器没有道别就断开了 / the editor went away"))) }
}

struct Server<'a> {
    connection: &'a Connection,
    folder: Folder,
    /// Addresses of the files whose findings the editor shows.
    shown: BTreeSet<String>,
}

impl Server<'_> {
    /// Answers until the editor says goodbye; `false` where it goes away without.
    fn listen(&mut self) -> Result<bool> {
        let mut waiting: VecDeque<Message> = VecDeque::new();
        let mut said = false;
        loop {
            waiting.extend(self.connection.receiver.try_iter());
            let message = match waiting.pop_front() {
                Some(message) => message,
                None if !said => {
                    self.say_findings()?;
                    said = true;
                    continue;
                }
                None => match self.connection.receiver.recv() {
                    Ok(message) => message,
                    Err(_) => return Ok(false),
                },
            };
            match message {
                Message::Request(request) => {
                    if self.connection.handle_shutdown(&request).map_err(|fault| anyhow!("{fault}"))? {
                        return Ok(true);
                    }
                    let answer =
                        if is_cancelled(&request, &waiting) { cancelled(&request) } else { self.answer(request) };
                    self.send(Message::Response(answer))?;
                }
                Message::Notification(notification) => said &= !self.notice(&notification),
                Message::Response(_) => {}
            }
        }
    }

    fn send(&self, message: Message) -> Result<()> {
        self.connection.sender.send(message).map_err(|_| anyhow!("编辑器已经断开 / the editor went away"))
    }

    /// Takes note of a change; whether anything has to be checked anew.
    fn notice(&mut self, notification: &Notification) -> bool {
        let params = &notification.params;
        match notification.method.as_str() {
            "textDocument/didOpen" => self.folder.opened(params),
            "textDocument/didChange" => self.folder.changed(params),
            "textDocument/didClose" => self.folder.closed(params),
            "textDocument/didSave" | "workspace/didChangeWatchedFiles" => self.folder.read_again(),
            _ => false,
        }
    }

    /// An answer to a request. A fault of ours costs this answer, not the session.
    fn answer(&mut self, request: Request) -> Response {
        let Request { id, method, params } = request;
        let answered = catch_unwind(AssertUnwindSafe(|| self.result(&method, &params)));
        match answered {
            Ok(Some(Ok(result))) => Response::new_ok(id, result),
            Ok(Some(Err(said))) => failed(id, &said),
            Ok(None) => Response::new_err(id, ErrorCode::MethodNotFound as i32, format!("unknown method {method}")),
            Err(_) => Response::new_err(id, ErrorCode::InternalError as i32, format!("{method} failed")),
        }
    }

    /// `None` of a method that is not known.
    fn result(&mut self, method: &str, params: &Value) -> Option<Result<Value, Said>> {
        let at = self.folder.place(params);
        let nothing = Some(Ok(Value::Null));
        Some(match method {
            "textDocument/hover" => {
                let Some((file, byte)) = at else { return nothing };
                Ok(hover(self.folder.workspace(), &file, byte))
            }
            "textDocument/completion" => {
                let Some((file, byte)) = at else { return nothing };
                Ok(completions(&self.folder, &file, byte))
            }
            "textDocument/definition" => {
                let Some((file, byte)) = at else { return nothing };
                let spans = self.folder.workspace().definition(&file, byte).into_iter().map(|found| found.span.clone());
                let spans: Vec<_> = spans.collect();
                Ok(locations(&self.folder, spans.iter()))
            }
            "textDocument/references" => {
                let Some((file, byte)) = at else { return nothing };
                let with_definitions = params.pointer("/context/includeDeclaration") != Some(&Value::Bool(false));
                let spans = self.folder.workspace().references(&file, byte, with_definitions);
                Ok(locations(&self.folder, spans.iter()))
            }
            "textDocument/prepareRename" => {
                let Some((file, byte)) = at else { return nothing };
                let found = self.folder.workspace().renameable(&file, byte);
                found.map(|(span, symbol)| {
                    let range = self.folder.lines(&file).map(|lines| lines.range(span.start, span.end));
                    json!({ "range": range, "placeholder": symbol.name })
                })
            }
            "textDocument/rename" => {
                let (Some((file, byte)), Some(new)) = (at, params["newName"].as_str()) else { return nothing };
                let beside = self.folder.beside();
                let edits = self.folder.workspace().rename(&file, byte, new, &beside);
                edits.map(|edits| self.folder.edits(&edits, &beside))
            }
            "textDocument/documentSymbol" => {
                let Some(file) = self.folder.file(params) else { return nothing };
                let contents = self.folder.workspace().contents(&file);
                Ok(self.folder.lines(&file).map_or(Value::Null, |lines| symbols(&lines, &contents)))
            }
            _ => return None,
        })
    }

    /// Tells the editor what is found in each file, and of files that were mended that nothing is.
    fn say_findings(&mut self) -> Result<()> {
        let found = self.folder.findings();
        let mended = self.shown.iter().filter(|uri| !found.contains_key(*uri)).cloned();
        let mended: Vec<String> = mended.collect();
        self.shown = found.keys().cloned().collect();
        let nothing = mended.into_iter().map(|uri| (uri, Vec::new()));
        for (uri, diagnostics) in found.into_iter().chain(nothing) {
            let version = self.folder.version(&uri);
            let params = json!({ "uri": uri, "version": version, "diagnostics": diagnostics });
            self.send(Message::Notification(Notification::new("textDocument/publishDiagnostics".into(), params)))?;
        }
        Ok(())
    }
}

/// Whether the editor has taken a request back meanwhile.
fn is_cancelled(request: &Request, waiting: &VecDeque<Message>) -> bool {
    let id = serde_json::to_value(&request.id).unwrap_or_default();
    let takes_back = |message: &Message| match message {
        Message::Notification(notification) => {
            notification.method == "$/cancelRequest" && notification.params.get("id") == Some(&id)
        }
        _ => false,
    };
    waiting.iter().any(takes_back)
}

fn cancelled(request: &Request) -> Response {
    Response::new_err(request.id.clone(), ErrorCode::RequestCanceled as i32, "taken back".into())
}
