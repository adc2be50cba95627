//! Certificates that prove themselves: printed with seal and proof, examined without asking the server, and what is told of each way
//! to tamper with them.

use crate::county::{Answer, Browser, DemoSeals, IDENTITY_NUMBER, PUBLIC_URL, Sample, has_font, log_signers, witness};
use crate::log::Keeper;
use axum::http::StatusCode;
use jiff::civil::date;
use serde_json::json;
use store::pages::DocumentLine;
use store::{Log as _, StoreExt};
use trust::{DocumentProof, NewStamp, NoteKey, NoteSigner as _, StampCertificate, StampKey};
use web::Seals as _;
use web::examine::{Examination, Known, Verdict, examine};

fn known() -> Known {
    Known { keys: log_signers().iter().map(|key| key.key().clone()).collect(), authorities: DemoSeals.authorities() }
}

/// A permit, issued; nothing is signed by the log yet.
async fn permit(sample: &Sample) -> DocumentLine {
    let form = json!({
        "applicant-name": "林示例", "applicant-id": IDENTITY_NUMBER, "applicant-phone": "10000000001", "goods": "cloth", "area": "10",
        "needs-power": false, "signature": true,
    });
    let body = json!({ "procedure": "stall-application", "about": { "holder": "s1" }, "form": form });
    let (status, matter) = sample.browser("resident").await.json("POST", "/api/v1/matters", None, &body).await;
    assert_eq!(status, StatusCode::CREATED, "{matter}");
    let matter = matter["id"].as_str().unwrap().to_owned();
    let acts = format!("/api/v1/matters/{matter}/acts");
    let done = |name| json!({ "act": name });
    sample.browser("village-head").await.json("POST", &acts, Some("pass"), &done("pass")).await;
    sample.advance(date(2022, 2, 22).at(9, 0, 0, 0));
    let (status, approved) = sample.browser("window").await.json("POST", &acts, Some("ok"), &done("approve")).await;
    assert_eq!(status, StatusCode::OK, "{approved}");
    let documents = sample.store.read(|snapshot| snapshot.documents(&matter)).unwrap();
    documents.into_iter().find(|line| line.document.name == "stall-permit").expect("the permit was issued")
}

async fn printed(sample: &Sample, permit: &DocumentLine) -> Vec<u8> {
    let answer = sample.browser("resident").await.get(&format!("/documents/{}.pdf", permit.document.id)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    answer.bytes.to_vec()
}

async fn sent(browser: &mut Browser, name: &str, bytes: &[u8]) -> Answer {
    let token = browser.get("/verify").await.token();
    browser.upload("/verify", &[("_token", &token)], ("file", name, bytes)).await
}

fn verdicts(examination: &Examination) -> Vec<Verdict> {
    examination.lines.iter().map(|line| line.verdict).collect()
}

#[tokio::test]
async fn a_printed_permit_is_sealed_and_has_its_proof_once_the_log_covers_it() {
    if !has_font() {
        return;
    }
    let sample = Sample::new();
    let permit = permit(&sample).await;
    let early = printed(&sample, &permit).await;
    let found = examine(&early, &known());
    assert_eq!(verdicts(&found), [Verdict::Holds, Verdict::Open], "{found:?}");
    assert!(found.lines[1].zh.contains("没有附日志证明"), "{found:?}");
    let mut anybody = sample.browser("").await;
    let at_once = sent(&mut anybody, "permit.pdf", &early).await.text();
    assert!(at_once.contains("今天出具，印章有效") && at_once.contains("过一分钟重新下载"), "{at_once}");
    sample.clock.set_to(date(2022, 2, 23).at(9, 0, 0, 0));
    let later = sent(&mut anybody, "permit.pdf", &early).await.text();
    assert!(later.contains("印章有效，没有改动"), "{later}");
    assert!(!later.contains("今天出具") && !later.contains("真实，现行有效"), "{later}");
    sample.clock.set_to(date(2022, 2, 22).at(9, 0, 0, 0));

    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let pdf = printed(&sample, &permit).await;
    assert_eq!(printed(&sample, &permit).await, pdf, "the same state gives the same bytes");
    let found = examine(&pdf, &known());
    assert_eq!(verdicts(&found), [Verdict::Holds, Verdict::Holds], "{found:?}");
    assert!(found.lines[0].zh.contains("没有改动") && found.lines[1].zh.contains("2022年2月22日 09:00起"), "{found:?}");
    let head = found.head.as_ref().expect("the proof names it");
    assert_eq!((head.title.as_str(), head.number.as_deref()), ("集市摊位证", permit.document.number.as_deref()));
    assert!(found.body.as_ref().is_some_and(|body| body.contains("林示例")), "{found:?}");

    let of_code = anybody.get(&format!("/verify/{}", permit.code)).await.text();
    assert!(of_code.contains("PDF 由") && of_code.contains(head.issuer.as_ref().unwrap()), "{of_code}");
    let page = sent(&mut anybody, "permit.pdf", &pdf).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text().contains("真实，现行有效") && page.text().contains("电子印章有效"), "{}", page.text());
}

#[tokio::test]
async fn each_way_to_tamper_has_its_answer() {
    if !has_font() {
        return;
    }
    let sample = Sample::new();
    let permit = permit(&sample).await;
    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let pdf = printed(&sample, &permit).await;
    let mut anybody = sample.browser("").await;

    let mut changed = pdf.clone();
    changed[1000] ^= 1;
    let page = sent(&mut anybody, "permit.pdf", &changed).await.text();
    assert!(page.contains("不能采信") && page.contains("加盖电子印章以后内容被改动"), "{page}");
    let longer = [pdf.as_slice(), b"\n%%EOF\n"].concat();
    let page = sent(&mut anybody, "permit.pdf", &longer).await.text();
    assert!(page.contains("不能采信") && page.contains("又追加了 7 字节"), "{page}");

    let other: NoteKey =
        trust::SoftwareKey::new(trust::NoteKeyKind::Ed25519, "other.example/log", [8; 32]).unwrap().key().clone();
    let new = NewStamp { name: "别县电子印章", seed: [8; 32], serial: [8; 16], from: 0, to: u64::from(u32::MAX) };
    let authorities = StampCertificate::read_all(&StampKey::new_authority(&new).unwrap().certificates).unwrap();
    let elsewhere = examine(&pdf, &Known { keys: vec![other], authorities });
    assert_eq!(verdicts(&elsewhere), [Verdict::Fails, Verdict::Fails], "{elsewhere:?}");
    assert!(
        elsewhere.lines[0].zh.contains("不是已知机构") && elsewhere.lines[1].zh.contains("不是已知的日志密钥"),
        "{elsewhere:?}"
    );
    // Whoever names nobody to believe learns that it cannot be told, and still what does not fit.
    let nobody = Known::default();
    let unknown = examine(&pdf, &nobody);
    assert_eq!(verdicts(&unknown), [Verdict::Open, Verdict::Open], "{unknown:?}");
    assert!(unknown.lines.iter().all(|line| line.zh.contains("无从判断")), "{unknown:?}");
    assert_eq!(verdicts(&examine(&changed, &nobody))[0], Verdict::Fails);

    let page = sent(&mut anybody, "cat.gif", b"GIF89a").await.text();
    assert!(page.contains("不是 PDF，也不是文书证明"), "{page}");
    let token = anybody.get("/verify").await.token();
    let nothing = anybody.post("/verify", &[("_token", &token), ("proof", " ")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.text().contains("请选择文件"), "{}", nothing.text());
    let code = anybody.post("/verify", &[("_token", &token), ("proof", &permit.code)]).await;
    assert_eq!((code.status, code.location), (StatusCode::SEE_OTHER, format!("/verify?code={}", permit.code)));
}

#[tokio::test]
async fn a_proof_is_for_its_readers_and_holds_as_text_and_as_a_code() {
    let sample = Sample::new();
    let permit = permit(&sample).await;
    let address = format!("/documents/{}.proof", permit.document.id);
    assert_eq!(sample.browser("resident").await.get(&address).await.status, StatusCode::NOT_FOUND, "not covered yet");
    let before = sample.browser("resident").await.get(&format!("/documents/{}", permit.document.id)).await.text();
    assert!(before.contains("进入公示树前") && !before.contains(&address), "{before}");
    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    assert_eq!(sample.browser("neighbour").await.get(&address).await.status, StatusCode::NOT_FOUND);
    let mut resident = sample.browser("resident").await;
    assert!(resident.get(&format!("/documents/{}", permit.document.id)).await.text().contains(&address));
    let text = resident.get(&address).await.text();
    let proof: DocumentProof = text.parse().unwrap();
    let keys = known().keys;
    proof.verify(&keys).unwrap();
    let code = format!("{PUBLIC_URL}/verify/{}#{}", permit.code, proof.compact().unwrap());
    let mut anybody = sample.browser("").await;
    let token = anybody.get("/verify").await.token();
    let from_browser = text.replace('\n', "\r\n");
    for (pasted, says) in
        [(&text, "真实，现行有效"), (&from_browser, "真实，现行有效"), (&code, "二维码里没有文书正文")]
    {
        let page = anybody.post("/verify", &[("_token", &token), ("proof", pasted)]).await.text();
        assert!(page.contains(says) && page.contains("集市摊位证"), "{page}");
    }
    let forged = text.replace("林示例", "林冒名");
    let page = anybody.post("/verify", &[("_token", &token), ("proof", &forged)]).await.text();
    assert!(page.contains("不能采信") && page.contains("文书内容与日志所记的不符"), "{page}");
    let elsewhere = Sample::new();
    let mut there = elsewhere.browser("").await;
    let token = there.get("/verify").await.token();
    let page = there.post("/verify", &[("_token", &token), ("proof", &text)]).await.text();
    assert!(page.contains("本县没有这份文书的记录"), "{page}");
}

#[tokio::test]
async fn a_proof_does_not_hide_that_a_document_is_void() {
    let sample = Sample::of_void_permits();
    let permit = permit(&sample).await;
    sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let text = sample.browser("resident").await.get(&format!("/documents/{}.proof", permit.document.id)).await.text();
    assert!(examine(text.as_bytes(), &known()).is_sound(), "that it was issued holds all the same");
    let mut anybody = sample.browser("").await;
    let token = anybody.get("/verify").await.token();
    let page = anybody.post("/verify", &[("_token", &token), ("proof", &text)]).await.text();
    assert!(page.contains("真实，但已失效") && page.contains("已失效，自"), "{page}");
}

#[tokio::test]
async fn the_page_of_the_log_says_which_witness_signed() {
    let sample = Sample::new();
    permit(&sample).await;
    let signed = sample.store.log_step(&Keeper::default(), sample.now()).unwrap().unwrap();
    let mut anybody = sample.browser("").await;
    assert!(anybody.get("/log").await.text().contains("还没有见证方签署"));
    let text = trust::Note::read(&signed.note).unwrap().text;
    let line = witness().cosign(&text, 1_647_914_400);
    // Kept once, however often it comes.
    sample.store.log_cosigned(signed.step, &line).unwrap();
    sample.store.log_cosigned(signed.step, &line).unwrap();
    let page = anybody.get("/log").await.text();
    assert!(page.contains("witness.example") && page.contains("已核对签名"), "{page}");
    let note = anybody.get("/log/checkpoint").await.text();
    assert_eq!(note.matches("witness.example").count(), 1, "{note}");

    let other = Sample::new();
    permit(&other).await;
    let signed = other.store.log_step(&Keeper::default(), other.now()).unwrap().unwrap();
    other.store.log_cosigned(signed.step, &witness().cosign("another text", 1_647_914_400)).unwrap();
    let page = other.browser("").await.get("/log").await.text();
    assert!(page.contains("还没有见证方签署"), "a wrong signature is none: {page}");
}
