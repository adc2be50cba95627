//! The archive package of a matter: whole, checkable without the site, and with nothing in it that its reader may not see.

use crate::county::{IDENTITY_NUMBER, PUBLIC_URL, Sample, has_font, log_signers, nine};
use crate::log::Keeper;
use crate::program::Program;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use jiff::civil::date;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::path::{Component, Path};
use std::process::Command;
use store::{Log as _, StoreExt};
use tower::ServiceExt;
use trust::{LogProof, NoteSigner};
use zip::ZipArchive;

const PAPER: &[u8] = b"%PDF-1.7 sample";

/// A name of its own for each helper, without digits.
fn name_of(number: u32) -> String {
    let letter = char::from_u32(u32::from('一') + number).unwrap();
    format!("帮工{letter}")
}

/// A matter that was filed with a file, checked, displayed and approved.
async fn approved(sample: &Sample) -> String {
    let resident = Program::of(sample, "resident").await;
    let part = |head: &str, bytes: &[u8]| {
        let head = format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        [head.as_bytes(), bytes, b"\r\n"].concat()
    };
    let body = [
        part("name=\"procedure\"", b"stall-application"),
        part("name=\"file\"; filename=\"../健康 证明.PDF\"", PAPER),
        b"--b--\r\n".to_vec(),
    ];
    let multipart = [("content-type", "multipart/form-data; boundary=b")];
    let kept = resident.send("POST", "/api/v1/files", &multipart, Some(body.concat())).await.body;
    let helper = |name: &str| json!({ "helper-name": name, "helper-phone": "10000000007" });
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "food", "area": "10",
        "helpers": (0..150).map(|n| helper(&name_of(n))).collect::<Vec<_>>(), "needs-power": false,
        "reason": "<script>alert(1)</script>", "health-paper": kept, "signature": true,
    });
    let start = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let begun = resident.post("/api/v1/matters", start).await;
    assert_eq!(begun.status, StatusCode::CREATED, "{}", begun.body);
    let matter = begun.body["id"].as_str().unwrap().to_owned();
    let acts = format!("/api/v1/matters/{matter}/acts");
    for (who, act, day) in [("village-head", "pass", date(2022, 2, 14)), ("window", "approve", date(2022, 2, 22))] {
        sample.advance(nine(day));
        let done = Program::of(sample, who).await.post(&acts, json!({ "act": act })).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.body);
    }
    matter
}

/// The files of a package.
fn unpacked(bytes: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut package = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut files = BTreeMap::new();
    for at in 0..package.len() {
        let mut file = package.by_index(at).unwrap();
        let name = file.name().unwrap().into_owned();
        let plain = Path::new(&name).components().all(|part| matches!(part, Component::Normal(_)));
        assert!(plain, "{name} leads elsewhere");
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        assert!(files.insert(name.clone(), content).is_none(), "{name} stands twice");
    }
    files
}

pub async fn package(sample: &Sample, who: &str, matter: &str, query: &str) -> BTreeMap<String, Vec<u8>> {
    let answer = sample.browser(who).await.get(&format!("/matters/{matter}/archive.zip{query}")).await;
    assert_eq!((answer.status, answer.media.as_str()), (StatusCode::OK, "application/zip"), "{}", answer.text());
    unpacked(&answer.bytes)
}

fn manifest(files: &BTreeMap<String, Vec<u8>>) -> Value {
    serde_json::from_slice(&files["manifest.json"]).unwrap()
}

fn text<'a>(files: &'a BTreeMap<String, Vec<u8>>, path: &str) -> &'a str {
    std::str::from_utf8(files.get(path).unwrap_or_else(|| panic!("{path} among {:?}", files.keys()))).unwrap()
}

#[tokio::test]
async fn a_package_holds_the_whole_file_in_order_and_its_checksums_pass_offline() {
    if !has_font() {
        return;
    }
    let sample = Sample::new();
    let matter = approved(&sample).await;
    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let files = package(&sample, "window", &matter, "").await;
    let names: Vec<&str> = files.keys().map(String::as_str).filter(|name| !name.starts_with("log/")).collect();
    assert_eq!(
        names,
        [
            "01-发起/001-集市摊位申请表.html",
            "01-发起/002-___健康_证明.pdf",
            "02-村级核对/001-集市摊位公示.pdf",
            "04-乡镇决定/001-集市摊位证_摊证2022-0001号.pdf",
            "SHA256SUMS",
            "index.html",
            "manifest.json",
        ]
    );
    assert_eq!(files["01-发起/002-___健康_证明.pdf"], PAPER);
    assert!(files["02-村级核对/001-集市摊位公示.pdf"].starts_with(b"%PDF"));

    let folder = tempfile::tempdir().unwrap();
    for (name, content) in &files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let check = || {
        let run = Command::new("sha256sum").args(["-c", "--strict", "SHA256SUMS"]).current_dir(folder.path()).output();
        let run = run.expect("coreutils are here");
        (run.status.success(), String::from_utf8_lossy(&run.stdout).lines().count())
    };
    assert_eq!(check(), (true, files.len() - 1), "every file but the list itself");
    std::fs::write(folder.path().join("01-发起/001-集市摊位申请表.html"), "改过").unwrap();
    assert!(!check().0, "a changed file is found");

    let index = text(&files, "index.html");
    for shown in
        ["林示例的摊位申请", "摊申2022-0001", "核对属实", "系统时钟", "04-乡镇决定/001-集市摊位证_摊证2022-0001号.pdf"]
    {
        assert!(index.contains(shown), "{shown}: {index}");
    }
    assert!(!index.contains(PUBLIC_URL) && !index.contains("<script") && !index.contains("href=\"/"), "{index}");
    let form = text(&files, "01-发起/001-集市摊位申请表.html");
    assert!(form.contains(&name_of(149)) && form.contains("&lt;script&gt;"), "every row, and as text: {form}");
    assert!(form.contains("href=\"../01-发起/002-___健康_证明.pdf\""), "{form}");
}

#[tokio::test]
async fn every_act_has_its_leaf_and_once_signed_a_proof_that_verifies_offline() {
    if !has_font() {
        return;
    }
    let sample = Sample::new();
    let matter = approved(&sample).await;
    let before = manifest(&package(&sample, "window", &matter, "").await);
    let acts = |manifest: &Value| manifest["acts"].as_array().unwrap().clone();
    let called: Vec<Value> = acts(&before).iter().map(|act| act["act"].clone()).collect();
    assert_eq!(called, ["apply", "pass", "display-over", "approve"]);
    assert!(acts(&before).iter().all(|act| act["proof"].is_null() && act["leaf"].is_string()), "{before}");
    assert!(before["absent"].as_array().unwrap().iter().all(|one| one["why"] == "not-signed-yet"), "{before}");

    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let files = package(&sample, "window", &matter, "").await;
    let known: Vec<_> = log_signers().iter().map(|key| key.key().clone()).collect();
    assert_eq!(text(&files, "log/keys.txt").lines().next(), Some(known[0].to_string().as_str()));
    let after = manifest(&files);
    assert_eq!((acts(&after).len(), after["absent"].as_array().unwrap().len()), (4, 0));
    for act in acts(&after) {
        let proof: LogProof = text(&files, act["proof"].as_str().unwrap()).parse().unwrap();
        let commitment = proof.extra.clone().unwrap();
        proof.verify(&commitment, &known).unwrap();
        let leaf = trust::leaf(&trust::Digest(commitment.try_into().unwrap()));
        assert_eq!(act["leaf"], leaf.to_string(), "the proof is of this act");
    }
}

#[tokio::test]
async fn the_same_state_gives_the_same_bytes_whenever_it_is_taken() {
    if !has_font() {
        return;
    }
    let sample = Sample::new();
    let matter = approved(&sample).await;
    let address = format!("/matters/{matter}/archive.zip");
    let mut window = sample.browser("window").await;
    let first = window.get(&address).await.bytes;
    // As browsers ask: layers that could pack the answer once more see its end twice.
    let asked = Request::get(&address).header(header::COOKIE, window.cookie()).header(header::ACCEPT_ENCODING, "gzip");
    let answer = sample.router.clone().oneshot(asked.body(Body::empty()).unwrap()).await.unwrap();
    assert!(!answer.headers().contains_key(header::CONTENT_ENCODING), "what is packed is not packed again");
    assert!(answer.into_body().collect().await.unwrap().to_bytes() == first);
    // A browser holds the site, and two sites cannot have one folder.
    drop(window);
    web::Clock::set(sample.clock.as_ref(), nine(date(2022, 6, 1)));
    let sample = sample.restarted();
    assert!(sample.browser("window").await.get(&address).await.bytes == first, "another day, another process");
    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    assert!(sample.browser("window").await.get(&address).await.bytes != first, "now there are proofs");
}

#[tokio::test]
async fn a_package_shows_what_the_page_shows_and_no_more() {
    if !has_font() {
        return;
    }
    let sample = Sample::new();
    let matter = approved(&sample).await;
    let holds = |files: &BTreeMap<String, Vec<u8>>, secret: &str| {
        files.values().any(|content| String::from_utf8_lossy(content).contains(secret))
    };
    for who in ["window", "resident"] {
        let covered = package(&sample, who, &matter, "").await;
        assert!(!holds(&covered, IDENTITY_NUMBER) && !holds(&covered, "10000000007"), "{who}");
        assert!(holds(&covered, "999999********0014"), "{who}");
        assert_eq!(manifest(&covered)["personal_data"], "covered");
    }
    let readings = |person: &str| sample.store.read(|snapshot| snapshot.readings_by(person, 9)).unwrap();
    assert!(readings("window").is_empty());
    let in_full = package(&sample, "window", &matter, "?show=personal").await;
    assert!(holds(&in_full, IDENTITY_NUMBER) && holds(&in_full, "10000000007"));
    let noted = readings("window");
    let kinds: Vec<&str> = noted.iter().map(|one| one.kind.as_str()).collect();
    assert_eq!(
        (kinds, noted[0].subject.as_str(), noted[0].why.as_str()),
        (vec!["identity", "contact"], matter.as_str(), "下载归档包")
    );

    for (who, status) in [("neighbour", StatusCode::NOT_FOUND), ("other-village-head", StatusCode::NOT_FOUND)] {
        let mut other = sample.browser(who).await;
        for address in
            ["/matters/{}/archive.zip", "/api/v1/matters/{}/archive", "/matters/{}/archive.zip?show=personal"]
        {
            assert_eq!(other.get(&address.replace("{}", &matter)).await.status, status, "{who} {address}");
        }
    }
    let mut window = sample.browser("window").await;
    let page = window.get(&format!("/matters/{matter}")).await.text();
    assert!(page.contains(&format!("/matters/{matter}/archive.zip\"")), "{page}");
    let asked = format!("/api/v1/matters/{matter}/archive");
    assert_eq!(unpacked(&window.get(&asked).await.bytes).keys().next().unwrap(), "01-发起/001-集市摊位申请表.html");
    assert_eq!(window.get(&format!("{asked}?show=personal")).await.status, StatusCode::BAD_REQUEST);
    assert!(readings("window").len() == 2, "what is not given leaves no note");
}
