//! `gongbao lsp` as an editor speaks with it: messages over pipes to the binary.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use url::Url;

/// An editor with a folder open.
struct Editor {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    asked: i64,
    /// Notifications that came while an answer was waited for.
    noticed: Vec<Value>,
}

impl Editor {
    /// Starts the server and opens a folder.
    fn open(folder: &Path) -> Editor {
        let mut editor = Editor::start();
        let said = editor.ask("initialize", json!({ "processId": null, "rootUri": uri(folder), "capabilities": {} }));
        assert_eq!(said["result"]["capabilities"]["hoverProvider"], true, "{said}");
        editor.tell("initialized", json!({}));
        editor
    }

    fn start() -> Editor {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gongbao"))
            .arg("lsp")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the binary runs");
        let (input, output) = (child.stdin.take(), BufReader::new(child.stdout.take().unwrap()));
        Editor { child, input, output, asked: 0, noticed: Vec::new() }
    }

    fn write(&mut self, text: &str) {
        self.input.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn send(&mut self, message: Value) {
        let text = message.to_string();
        self.write(&format!("Content-Length: {}\r\n\r\n{text}", text.len()));
    }

    fn tell(&mut self, method: &str, params: Value) {
        self.send(json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Asks, and waits for the answer.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.asked += 1;
        self.send(json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }));
        loop {
            let message = self.read().expect("an answer comes");
            if message["id"] == self.asked {
                return message;
            }
            self.noticed.push(message);
        }
    }

    fn read(&mut self) -> Option<Value> {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if self.output.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            match line.trim().split_once(':') {
                Some(("Content-Length", number)) => length = number.trim().parse().unwrap(),
                Some(_) => {}
                None => break,
            }
        }
        let mut body = vec![0; length];
        self.output.read_exact(&mut body).unwrap();
        Some(serde_json::from_slice(&body).unwrap())
    }

    /// The findings that are shown of a version of a text, once they come.
    fn findings(&mut self, file: &str, version: i64) -> Vec<Value> {
        loop {
            let message =
                if self.noticed.is_empty() { self.read().expect("findings come") } else { self.noticed.remove(0) };
            let params = &message["params"];
            let own = params["uri"].as_str().is_some_and(|uri| uri.ends_with(file));
            if message["method"] == "textDocument/publishDiagnostics" && own && params["version"] == version {
                return params["diagnostics"].as_array().unwrap().clone();
            }
        }
    }

    fn goodbye(mut self) -> ExitStatus {
        self.ask("shutdown", Value::Null);
        self.tell("exit", Value::Null);
        self.input = None;
        self.child.wait().unwrap()
    }
}

fn uri(path: &Path) -> String {
    Url::from_file_path(path).unwrap().into()
}

const TINY: &str = include_str!("../../../regulation/tests/fixtures/tiny.md");

/// A county with one regulation, and a case of it.
fn county() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let regulations = folder.path().join("regulations");
    std::fs::create_dir_all(regulations.join("dogs/cases")).unwrap();
    std::fs::write(regulations.join("dogs.md"), TINY).unwrap();
    std::fs::write(regulations.join("dogs/cases/a.md"), "| 户主 | apply | own-dogs = 2 |\n").unwrap();
    std::fs::write(regulations.join("dogs/application.typ"), "").unwrap();
    std::fs::create_dir_all(folder.path().join("docs/findings")).unwrap();
    std::fs::write(folder.path().join("docs/findings/GB0104.md"), "# GB0104\n").unwrap();
    folder
}

/// Line and character of a place, marked with `¦`, by UTF-16 units.
fn position(text: &str, marked: &str) -> Value {
    let at = text.find(&marked.replacen('¦', "", 1)).unwrap_or_else(|| panic!("{marked}")) + marked.find('¦').unwrap();
    let line = text[..at].rfind('\n').map_or(0, |end| end + 1);
    json!({ "line": text[..at].matches('\n').count(), "character": text[line..at].encode_utf16().count() })
}

#[test]
fn a_session_from_hello_to_goodbye() {
    let folder = county();
    let address = uri(&folder.path().join("regulations/dogs.md"));
    let document = json!({ "uri": address });
    let mut editor = Editor::open(folder.path());
    let text = TINY.replace("because: 本户已养 {own-dogs} 条，", "because: 本户𠮷已养 {own-dgs} 条，");
    let opened = json!({ "textDocument": { "uri": address, "languageId": "markdown", "version": 1, "text": text } });
    editor.tell("textDocument/didOpen", opened);

    // A finding at its place: characters before it count as UTF-16 does.
    let found = editor.findings("dogs.md", 1);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((&found[0]["code"], &found[0]["severity"]), (&json!("GB0104"), &json!(1)));
    let (start, end) = (position(&text, "{¦own-dgs}"), position(&text, "{own-dgs¦}"));
    assert_eq!(found[0]["range"], json!({ "start": start, "end": end }));
    let message = found[0]["message"].as_str().unwrap();
    assert!(message.contains("没有 `own-dgs` 这个名称（dg-1） / there is nothing named `own-dgs`"), "{message}");
    assert!(message.contains("是不是 `own-dogs`？ / did you mean"), "{message}");
    assert!(found[0]["codeDescription"]["href"].as_str().unwrap().ends_with("/docs/findings/GB0104.md"));

    // Mended, it goes: of several letters only the last counts.
    let range = json!({ "start": position(&text, "{own-d¦gs}"), "end": position(&text, "{own-d¦gs}") });
    for (version, letters) in [(2, "x"), (3, "y")] {
        let change = json!([{ "range": range, "text": letters }]);
        editor.tell(
            "textDocument/didChange",
            json!({ "textDocument": { "uri": address, "version": version }, "contentChanges": change }),
        );
    }
    let mended = text.replace("own-dgs", "own-dogs");
    let change = json!([{ "text": mended }]);
    editor.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": address, "version": 4 }, "contentChanges": change }),
    );
    assert_eq!(editor.findings("dogs.md", 4), [] as [Value; 0]);

    let at = |marked: &str| json!({ "textDocument": document, "position": position(&mended, marked) });
    let hover = editor.ask("textDocument/hover", at("require: own-dogs < max-¦dogs"));
    let said = hover["result"]["contents"]["value"].as_str().unwrap();
    assert!(said.contains("每户最多犬数") && said.contains("`dg-1` 每户养犬"), "{said}");
    let found = editor.ask("textDocument/definition", at("require: own-dogs < max-¦dogs"));
    assert_eq!(found["result"][0]["range"]["start"], position(&mended, "¦max-dogs: { value"), "{found}");
    let found = editor.ask("textDocument/references", at("require: ¦own-dogs < max-dogs"));
    assert_eq!(found["result"].as_array().unwrap().len(), 5, "{found}");
    let offered = editor.ask("textDocument/completion", at("require: own-dogs < max¦-dogs"));
    let items = offered["result"]["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["label"] == "max-dogs").unwrap();
    assert_eq!((&item["kind"], &item["textEdit"]["newText"]), (&json!(6), &json!("max-dogs")));
    assert_eq!(item["textEdit"]["range"]["start"], position(&mended, "require: own-dogs < ¦max-dogs"));
    let contents = editor.ask("textDocument/documentSymbol", json!({ "textDocument": document }));
    assert_eq!(contents["result"][1]["name"], "二、申请和审查", "{contents}");

    // Another name, also in the cases; and why another may not be.
    let ready = editor.ask("textDocument/prepareRename", at("require: ¦own-dogs < max-dogs"));
    assert_eq!(ready["result"]["placeholder"], "own-dogs");
    let asked = |new: &str| {
        let mut asked = at("require: ¦own-dogs < max-dogs");
        asked["newName"] = json!(new);
        asked
    };
    let renamed = editor.ask("textDocument/rename", asked("dogs-kept"));
    let changes = renamed["result"]["changes"].as_object().unwrap();
    assert_eq!(changes[&address].as_array().unwrap().len(), 5);
    assert_eq!(changes[&uri(&folder.path().join("regulations/dogs/cases/a.md"))][0]["newText"], "dogs-kept");
    let refused = editor.ask("textDocument/rename", asked("late"));
    assert_eq!(refused["error"]["code"], -32803, "{refused}");
    assert!(refused["error"]["message"].as_str().unwrap().contains("会有错"), "{refused}");

    // Closed without saving, the file counts as it lies there.
    std::fs::write(folder.path().join("regulations/dogs.md"), TINY.replace("to: back", "to: bck")).unwrap();
    editor.tell("textDocument/didSave", json!({ "textDocument": document }));
    editor.tell("textDocument/didClose", json!({ "textDocument": document }));
    let found = loop {
        let message = editor.read().unwrap();
        if message["params"]["diagnostics"].as_array().is_some_and(|all| !all.is_empty()) {
            break message["params"]["diagnostics"].clone();
        }
    };
    assert_eq!(found[0]["code"], "GB0201", "{found}");
    assert!(editor.goodbye().success());
}

#[test]
fn messages_that_make_no_sense_are_answered_so() {
    let folder = county();
    let address = uri(&folder.path().join("regulations/dogs.md"));
    let mut editor = Editor::open(folder.path());
    assert_eq!(editor.ask("textDocument/colour", json!({}))["error"]["code"], -32601);
    let wrong = [
        json!({}),
        Value::Null,
        json!({ "textDocument": { "uri": "no address" }, "position": { "line": 0, "character": 0 } }),
        json!({ "textDocument": { "uri": "untitled:x" }, "position": { "line": 0, "character": 0 } }),
        json!({ "textDocument": { "uri": address }, "position": { "line": -1, "character": "x" } }),
        json!({ "textDocument": { "uri": address } }),
        json!({ "textDocument": { "uri": address }, "position": { "line": 4_000_000_000_u32, "character": 4_000_000_000_u32 } }),
    ];
    for params in wrong {
        for method in ["hover", "completion", "definition", "references", "prepareRename", "rename"] {
            let answer = editor.ask(&format!("textDocument/{method}"), params.clone());
            assert!(answer["result"].is_null() || answer["result"] == json!([]), "{method} {params}: {answer}");
        }
        editor.tell("textDocument/didOpen", params.clone());
        editor.tell("textDocument/didChange", params.clone());
        editor.tell("textDocument/didClose", params);
    }
    editor.tell("$/unknown", json!({}));
    assert!(editor.goodbye().success());
}

#[test]
fn a_text_beyond_all_bounds_is_a_finding() {
    let folder = county();
    let address = uri(&folder.path().join("regulations/huge.md"));
    let mut editor = Editor::open(folder.path());
    let text = "甲".repeat(1_500_000);
    editor.tell("textDocument/didOpen", json!({ "textDocument": { "uri": address, "version": 1, "text": text } }));
    let found = editor.findings("huge.md", 1);
    assert_eq!(found[0]["code"], "GB0002", "{found:?}");
    let at = json!({ "textDocument": { "uri": address }, "position": { "line": 0, "character": 1_000_000 } });
    assert!(editor.ask("textDocument/completion", at)["result"].is_null());
    assert!(editor.goodbye().success());
}

#[test]
fn an_editor_that_goes_away_or_speaks_nonsense_ends_the_server() {
    let folder = county();
    let mut editor = Editor::open(folder.path());
    editor.input = None;
    assert_eq!(editor.child.wait().unwrap().code(), Some(2));
    let mut editor = Editor::open(folder.path());
    editor.write("Content-Length: 3\r\n\r\n{{{");
    editor.input = None;
    assert_eq!(editor.child.wait().unwrap().code(), Some(2));
    let mut editor = Editor::start();
    editor.write("hello\r\n\r\n");
    editor.input = None;
    assert_eq!(editor.child.wait().unwrap().code(), Some(2));
}

#[test]
fn a_supplement_is_checked_over_the_base_of_its_installation() {
    const WELLS: &str = include_str!("../../../regulation/tests/fixtures/wells.md");
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let file = folder.path().join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    let text = "---\noverlay-of: wells\ntitle: 补充\nnumber: 一\nissuer: county-office\nissued: 2022-01-20\neffective: 2022-02-01\n---\n\
                # 一 {#e-1}\n\n```yaml parameter\nmax-depth: 900 m\n```\n";
    write("regulations/wells.md", WELLS);
    write("east/site.csv", "setting,value\nhost,east.example\n");
    write("east/county/places.csv", "code,parent,level,name,short\n");
    write("east/overlays/wells.md", text);
    let mut editor = Editor::open(&folder.path().join("east"));
    let address = uri(&folder.path().join("east/overlays/wells.md"));
    let opened = json!({ "textDocument": { "uri": address, "languageId": "markdown", "version": 1, "text": text } });
    editor.tell("textDocument/didOpen", opened);
    let found = editor.findings("overlays/wells.md", 1);
    let places: Vec<_> = found.iter().map(|found| (&found["code"], &found["range"]["start"]["line"])).collect();
    assert_eq!(places, [(&json!("GB0305"), &json!(11))]);
    let mended = json!([{ "text": text.replace("900 m", "90 m") }]);
    editor.tell(
        "textDocument/didChange",
        json!({ "textDocument": { "uri": address, "version": 2 }, "contentChanges": mended }),
    );
    assert_eq!(editor.findings("overlays/wells.md", 2), [] as [Value; 0]);
    assert!(editor.goodbye().success());
}
