//! The log on pages: for people, for programs that copy it, and under a document that is verified.

use crate::county::{IDENTITY_NUMBER, LOG_ORIGIN, Sample, log_signers};
use axum::http::StatusCode;
use serde_json::json;
use std::sync::Mutex;
use store::log::LogKeeper;
use store::{Log as _, StoreExt};
use trust::{
    Checkpoint, Digest, Entry, LogProof, Note, NoteKey, NoteSigner, Sha256, SignFault, Tree, read_bundle,
    verify_consistency,
};

/// Remembers what it signed.
#[derive(Default)]
pub struct Keeper(Mutex<Option<Checkpoint>>);

fn known() -> Vec<NoteKey> {
    log_signers().iter().map(|key| key.key().clone()).collect()
}

impl LogKeeper for Keeper {
    fn origin(&self) -> &str {
        LOG_ORIGIN
    }

    fn last(&self) -> Result<Option<Checkpoint>, SignFault> {
        Ok(self.0.lock().unwrap().clone())
    }

    fn is_own(&self, note: &str) -> bool {
        Checkpoint::open(note, &known()).is_ok()
    }

    fn sign(&self, checkpoint: &Checkpoint) -> Result<Note, SignFault> {
        let keys = log_signers();
        checkpoint.sign(&[&keys[0], &keys[1]])
    }

    fn kept(&self, note: &str) -> Result<(), SignFault> {
        *self.0.lock().unwrap() = Some(Checkpoint::open(note, &known()).unwrap().0);
        Ok(())
    }
}

#[tokio::test]
async fn an_empty_log_says_so_and_serves_nothing() {
    let sample = Sample::new();
    let mut anybody = sample.browser("").await;
    assert!(anybody.get("/log").await.text().contains("还没有签署过检查点"));
    for path in [
        "checkpoint",
        "checkpoints/1",
        "tile/0/000.p/1",
        "tile/entries/000.p/1",
        "tile/x",
        "proofs/1",
        "consistency/1/2",
    ] {
        assert_eq!(anybody.get(&format!("/log/{path}")).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn programs_read_checkpoint_tiles_entries_and_proofs() {
    let sample = Sample::new();
    let keeper = Keeper::default();
    let now = sample.now();
    let first = sample.store.log_step(&keeper, now).unwrap().unwrap();
    let mut anybody = sample.browser("").await;
    file(&sample).await;
    let newest = sample.store.log_step(&keeper, now).unwrap().unwrap();

    let note = anybody.get("/log/checkpoint").await.text();
    let (checkpoint, signed) = (Checkpoint::open(&note, &known()).unwrap().0, known().len());
    assert_eq!((checkpoint.size, checkpoint.root, signed), (newest.size, newest.root, 2));
    assert_eq!(anybody.get("/log/checkpoints/1").await.text(), first.note);

    let (size, width) = (newest.size, newest.size);
    let tile = anybody.get(&format!("/log/tile/0/000.p/{width}")).await;
    let leaves: Vec<Digest> = tile.bytes.chunks(32).map(|hash| Digest(hash.try_into().unwrap())).collect();
    assert_eq!(leaves.iter().copied().collect::<Tree<Sha256>>().root(), newest.root);
    let entries = read_bundle(&anybody.get(&format!("/log/tile/entries/000.p/{width}")).await.bytes).unwrap();
    assert_eq!(entries.iter().map(|entry| Tree::<Sha256>::leaf(entry)).collect::<Vec<_>>(), leaves);
    assert!(matches!(Entry::read(entries.last().unwrap()), Some(Entry::Root(root)) if root.root == newest.national));
    assert_eq!(anybody.get(&format!("/log/tile/0/000.p/{}", width + 1)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(anybody.get(&format!("/log/tile/0/0.p/{width}")).await.status, StatusCode::NOT_FOUND);

    let proof: LogProof = anybody.get("/log/proofs/1").await.text().parse().unwrap();
    let entry = proof.extra.clone().unwrap();
    assert_eq!(proof.verify(&entry, &known()).unwrap().0, checkpoint);
    let lines = anybody.get(&format!("/log/consistency/{}/{size}", first.size)).await.text();
    let hashes: Vec<Digest> = lines.lines().map(base64_digest).collect();
    assert!(verify_consistency::<Sha256>((first.size, &first.root), (size, &newest.root), &hashes));

    let page = anybody.get("/log").await.text();
    for shown in [newest.root.to_string(), newest.national.to_string(), known()[1].to_string()] {
        assert!(page.contains(&shown), "{shown}: {page}");
    }
    assert!(anybody.get("/log?before=2").await.text().contains("/log/checkpoints/1"));
}

fn base64_digest(line: &str) -> Digest {
    use base64::Engine as _;
    Digest(base64::engine::general_purpose::STANDARD.decode(line).unwrap().try_into().unwrap())
}

async fn file(sample: &Sample) -> String {
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    matter["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_verified_document_says_where_its_act_stands_in_the_log() {
    let sample = Sample::new();
    let matter = file(&sample).await;
    let acts = format!("/api/v1/matters/{matter}/acts");
    let pass = json!({ "act": "pass" });
    let (status, passed) = sample.browser("village-head").await.json("POST", &acts, Some("pass"), &pass).await;
    assert_eq!(status, StatusCode::OK, "{passed}");
    let documents = sample.store.read(|snapshot| snapshot.documents(&matter)).unwrap();
    let Some(document) = documents.first() else { panic!("no document was issued by then: {passed}") };
    let mut anybody = sample.browser("").await;
    let before = anybody.get(&format!("/verify/{}", document.code)).await.text();
    assert!(before.contains("待下一次签署记入"), "{before}");
    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let after = anybody.get(&format!("/verify/{}", document.code)).await.text();
    assert!(
        after.contains(&format!("/log/proofs/{}", document.seq)) && after.contains("/log/checkpoints/1"),
        "{after}"
    );
}
