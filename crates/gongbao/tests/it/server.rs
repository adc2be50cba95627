//! The sample county served, then its data verified, rebuilt, backed up and restored.

use crate::examples::the_shell_of_the_page_does_what_it_says;
use crate::{gongbao, json, root};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that is stopped by its own id when dropped.
pub struct Server {
    child: Child,
    address: String,
}

impl Server {
    fn start(data: &Path) -> Server {
        Server::start_with(&["--sample", "--data", data.to_str().unwrap()])
    }

    pub fn start_with(arguments: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_gongbao"))
            .current_dir(root())
            .arg("serve")
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("its output is piped")).lines();
        let ready = lines
            .map_while(Result::ok)
            .find_map(|line| Some(line.split_once("http://")?.1.trim_end_matches('/').to_owned()));
        Server { child, address: ready.expect("the server announces its address") }
    }

    /// Status and body of a page.
    fn get(&self, path: &str) -> (u16, String) {
        self.get_at(&self.address, path)
    }

    /// The same asked of a host.
    pub fn get_at(&self, host: &str, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        write!(stream, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("an HTTP status");
        (status, answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

/// Anybody copies the log from its pages, and verifies the copy, a checkpoint and a proof without asking the site again.
fn the_log_is_copied_and_verified_offline(server: &Server, folder: &Path, data: &Path) {
    let body = |path: &str| {
        let (status, answer) = server.get(path);
        (status == 200).then(|| answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    };
    // The first checkpoint is signed as soon as the site is up.
    let checkpoint = (0..100_000).find_map(|_| body("/log/checkpoint")).expect("a checkpoint is signed");
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let keys = gongbao(&["log", "keys", "--data", data.to_str().unwrap()]).stdout;
    assert_eq!(String::from_utf8_lossy(&keys).lines().count(), 2);
    for (name, content) in
        [("keys", keys), ("first", checkpoint.into_bytes()), ("proof", body("/log/proofs/3").unwrap().into_bytes())]
    {
        std::fs::write(path(name), content).unwrap();
    }
    let url = format!("http://{}/log", server.address);
    let refused = gongbao(&["mirror", &url, &path("mirror")]);
    assert_eq!(refused.status.code(), Some(2), "without a key nothing is believed: {refused:?}");
    for _ in 0..2 {
        let copied = gongbao(&["mirror", &url, &path("mirror"), "--key", &path("keys")]);
        assert!(copied.status.success(), "{copied:?}");
    }
    let whole = gongbao(&["verify", &path("mirror"), &path("first"), &path("proof"), "--key", &path("keys")]);
    assert!(whole.status.success(), "{whole:?}");

    let proof = std::fs::read_to_string(path("proof")).unwrap();
    std::fs::write(path("proof"), proof.replacen("index 2", "index 3", 1)).unwrap();
    let altered = gongbao(&["verify", &path("proof"), "--key", &path("keys"), "--json"]);
    assert_eq!(altered.status.code(), Some(1), "{altered:?}");
    assert!(String::from_utf8_lossy(&altered.stdout).contains("not in the tree"), "{altered:?}");
    let unknown = gongbao(&["verify", &path("first"), "--data", &path("nowhere")]);
    assert_eq!(unknown.status.code(), Some(2), "{unknown:?}");
}

/// What everybody may read of the recovery money: its totals, and nothing of whom it went to.
fn public_money_shows_no_persons_df_ac_26(server: &Server) {
    let reports =
        ["recovery-sheet", "sum-checks", "matrix-planned", "payments-public", "relief-progress", "donations-public"];
    let registers = ["fund-sources", "fund-allocations", "recovery-projects", "performance-results"];
    let reports = reports.iter().map(|name| format!("/reports/disaster-fund/{name}"));
    let registers = registers.iter().map(|name| format!("/registers/{name}"));
    for path in reports.chain(registers) {
        let (status, page) = server.get(&path);
        assert_eq!(status, 200, "{path}");
        for private in ["99999919", "6222", "1990000000", "白石坡", "马春莲", "韩有田"] {
            assert!(!page.contains(private), "{path} shows {private}");
        }
    }
    let (_, sheet) = server.get("/reports/disaster-fund/recovery-sheet");
    assert!(sheet.contains("10611200 元") && sheet.contains("10111200 元") && sheet.contains("500000 元"), "{sheet}");
}

/// The county's page as its head sees it.
const COUNTY: &str = r#"set -euo pipefail
token=$(curl -sS -c jar "$SITE/sign-in" | grep -o 'name="_token" value="[^"]*"' | sed -n 1p | cut -d'"' -f4)
curl -sS -b jar -c jar -o signed-in "$SITE/sign-in" -d "_token=$token" -d name=county-head -d password=zhongyang-2022
curl -sS -b jar "$SITE/places/141129"
"#;

/// At the sample's clock some matters are late: a handful, by days, as in a county that works.
fn a_handful_is_late(server: &Server, folder: &Path) {
    let site = format!("http://{}", server.address);
    let run = Command::new("bash").args(["-c", COUNTY]).env("SITE", site).current_dir(folder).output().unwrap();
    let page = String::from_utf8_lossy(&run.stdout);
    let number = |text: &str| text.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse::<u32>().unwrap();
    let late = page.split_once(r#"<li class="late"><b>"#).map(|(_, rest)| number(rest));
    assert!(late.is_some_and(|late| (5..=12).contains(&late)), "{late:?}: {page}");
    let days: Vec<u32> = page.split("已逾期 ").skip(1).map(number).collect();
    assert!(!days.is_empty() && days.iter().all(|days| *days <= 21), "{days:?}");
}

#[test]
fn the_sample_county_is_served_and_its_data_holds() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data);
    for path in
        ["/", "/services", "/notices", "/gazette/homestead", "/services/homestead-application", "/api/v1/openapi.json"]
    {
        assert_eq!(server.get(path).0, 200, "{path}");
    }
    assert_eq!(server.get("/no-such-page").0, 404);
    let (_, notices) = server.get("/notices");
    assert!(notices.contains("公示") && !notices.contains("99999919"), "notices show no identity numbers");
    public_money_shows_no_persons_df_ac_26(&server);
    the_log_is_copied_and_verified_offline(&server, folder.path(), &data);
    a_handful_is_late(&server, folder.path());
    the_shell_of_the_page_does_what_it_says(&server.address, folder.path());
    drop(server);

    let data = data.to_str().unwrap();
    let verified = json(&gongbao(&["verify", "--json", "--data", data]));
    assert_eq!(verified["ok"], true, "{verified:#}");
    assert!(verified["checked"]["acts"].as_u64() > Some(500));
    assert!(verified["checked"]["checkpoints"].as_u64() > Some(0), "{verified:#}");
    let newest = gongbao(&["log", "checkpoint", "--data", data]);
    assert!(String::from_utf8_lossy(&newest.stdout).contains("\n\n— "), "{newest:?}");
    let roots = folder.path().join("roots");
    std::fs::write(&roots, gongbao(&["log", "root", "--data", data]).stdout).unwrap();
    let verified = json(&gongbao(&["verify", roots.to_str().unwrap(), "--data", data, "--json"]));
    assert!(verified["holds"][0].as_str().unwrap().contains("a national root"), "{verified:#}");
    let rebuilt = gongbao(&["rebuild", "--data", data]);
    assert!(String::from_utf8_lossy(&rebuilt.stdout).contains("与重建前一致"), "{rebuilt:?}");

    let backup = folder.path().join("backup");
    let copy = folder.path().join("copy");
    assert!(gongbao(&["backup", backup.to_str().unwrap(), "--data", data]).status.success());
    assert!(gongbao(&["restore", backup.to_str().unwrap(), "--data", copy.to_str().unwrap()]).status.success());
    std::fs::copy(Path::new(data).join("county.key"), copy.join("county.key")).unwrap();
    let verified = json(&gongbao(&["verify", "--json", "--data", copy.to_str().unwrap()]));
    assert_eq!(verified["ok"], true, "{verified:#}");

    let secret = |folder: &Path| std::fs::read_to_string(folder.join("county.key")).unwrap();
    let former = secret(&copy);
    let copied = copy.to_str().unwrap();
    assert!(gongbao(&["keys", "rotate", "--data", copied]).status.success());
    assert!(secret(&copy) != former && !copy.join("county.key.next").exists());
    assert_eq!(std::fs::read_to_string(copy.join("county.key.former-1")).unwrap(), former);
    // A crash between the store and the files: the next key is in use, and still called the next one.
    std::fs::rename(copy.join("county.key"), copy.join("county.key.next")).unwrap();
    std::fs::rename(copy.join("county.key.former-1"), copy.join("county.key")).unwrap();
    let verified = json(&gongbao(&["verify", "--json", "--data", copied]));
    assert_eq!(verified["ok"], true, "{verified:#}");
    assert!(secret(&copy) != former && !copy.join("county.key.next").exists());
}
