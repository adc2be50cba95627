//! The disk fills up while people work (磁盘写满): they are told, read on, and send the same again once there is room. The server runs on a small
//! file system of its own, which only a system that allows name spaces of users can give.

use crate::work::{Client, Connection, home, ready, sign_in};
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

const SMALL_DISK: &str = "mount -t tmpfs -o size=24m none \"$0\" && exec \"$@\"";
/// What is left free: enough to begin an act or some, not for many.
const LEFT: u64 = 256 * 1024;

/// The program that follows on a disk of its own, mounted over a folder.
fn apart(disk: &std::path::Path) -> Command {
    let mut command = Command::new("unshare");
    command.args(["--map-root-user", "--mount", "sh", "-c", SMALL_DISK]).arg(disk);
    command
}

#[test]
fn a_full_disk_is_told_to_people_who_send_again_once_there_is_room() {
    let folder = tempfile::tempdir().unwrap();
    let (home, disk) = (home(folder.path()), folder.path().join("disk"));
    fs::create_dir(&disk).unwrap();
    match apart(&disk).arg("true").output() {
        Ok(probe) if probe.status.success() => {}
        refused => {
            println!("skipped: no file system of one's own here: {refused:?}");
            return;
        }
    }
    let mut child = apart(&disk)
        .arg(env!("CARGO_BIN_EXE_gongbao"))
        .args(["serve", "--sample", "--now", "2022-06-01T09:00", "--home"])
        .arg(&home)
        .arg("--data")
        .arg(disk.join("data"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let address = ready(&mut child).unwrap();
    let token = sign_in(&address)["applicant"].clone();
    // The disk as the server sees it.
    let spare = PathBuf::from(format!("/proc/{}/root{}", child.id(), disk.join("spare").display()));
    let mut filling = File::create(&spare).unwrap();
    while filling.write_all(&[7; 16 * 1024]).is_ok() {}
    let full = filling.metadata().unwrap().len();
    filling.set_len(full - LEFT).unwrap();

    let mut connection = Connection::open(&address).unwrap();
    let mut last = 0;
    let turned_away = (0..10_000).find_map(|number| {
        let sent = Client::new(number).next();
        let (status, answer) = connection.send(&token, &sent).unwrap();
        if (200..300).contains(&status) {
            last = answer["receipt"]["entry"].as_u64().unwrap();
            return None;
        }
        assert_eq!((status, answer["code"].as_str()), (503, Some("storage")), "{answer:#}");
        Some((number, sent))
    });
    let (number, sent) = turned_away.expect("the disk has an end");
    let read = ureq::get(&format!("http://{address}/services")).call().unwrap();
    assert_eq!(read.status(), 200, "who only reads is served");
    fs::remove_file(&spare).unwrap();
    drop(filling);
    let (status, answer) = connection.send(&token, &sent).unwrap();
    assert!((200..300).contains(&status) && answer["repeated"] == false, "{number}: {answer:#}");
    assert_eq!(answer["receipt"]["entry"].as_u64(), Some(last + 1), "what was turned away left nothing");
    child.kill().unwrap();
    child.wait().unwrap();
}
