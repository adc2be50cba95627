//! `gongbao witness` as a service: it says its key, refuses what is no request, and ends when it is asked to.

use crate::proofs::KEY;
use crate::root;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};

fn asked(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).expect("the witness listens");
    write!(stream, "{request} HTTP/1.1\r\nhost: {address}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_witness_answers_and_stops_when_it_is_asked_to() {
    let folder = tempfile::tempdir().unwrap();
    let mut witness = Command::new(env!("CARGO_BIN_EXE_gongbao"))
        .current_dir(root())
        .args(["witness", "--listen", "127.0.0.1:0", "--name", "witness.example", "--log", KEY])
        .arg(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(witness.stdout.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find_map(|line| Some(line.split_once("http://")?.1.split_once('/')?.0.to_owned())).unwrap();
    let key = lines.next().unwrap();
    assert!(key.starts_with("witness.example+"), "{key}");
    assert!(asked(&address, "GET /").ends_with(&format!("{key}\n")));
    assert!(asked(&address, "POST /add-checkpoint").starts_with("HTTP/1.1 400"));

    let stop = Command::new("sh").args(["-c", &format!("kill -TERM {}", witness.id())]).status().unwrap();
    assert!(stop.success());
    assert!(witness.wait().unwrap().success(), "it ends by itself, and well");
}
