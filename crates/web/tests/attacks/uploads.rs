//! Files that are not what they are called, paths that lead out, bodies that unpack to more than they are.

use crate::county::{Sample, encode};
use crate::{APPLY, acts, approved, drafted};
use axum::http::StatusCode;

const TEST_VIRUS: &[u8] = b"%PDF-1.7 EICAR-STANDARD-ANTIVIRUS-TEST-FILE!";

#[tokio::test]
async fn a_file_is_what_its_bytes_say_and_is_scanned_before_it_is_kept() {
    let sample = Sample::new();
    let mut resident = sample.browser("resident").await;
    let draft = drafted(&mut resident, "林示例", "x").await;
    let page = format!("{draft}/3");
    let token = resident.get(&page).await.token();
    for (name, content, says) in [
        ("证.pdf", b"<html><script>alert(1)</script>".as_slice(), "不是照片或 PDF"),
        ("证.jpg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "不是照片或 PDF"),
        ("证.png", b"#!/bin/sh\nrm -rf /", "不是照片或 PDF"),
        ("证.gif", b"PK\x03\x04", "不是照片或 PDF"),
        ("证.pdf", TEST_VIRUS, "未通过病毒扫描"),
        ("证.pdf", b"%PDF-1.7 SCANNER-FAULT", "病毒扫描没有运行"),
    ] {
        let answer = resident.upload(&page, &[("_token", &token)], ("health-paper", name, content)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(answer.text().contains(says), "{name}: {}", answer.text());
    }
    let mut program = sample.browser("resident").await;
    let session = program.get("/api/v1/session").await;
    let session: serde_json::Value = serde_json::from_slice(&session.bytes).unwrap();
    let headers =
        [("content-type", "multipart/form-data; boundary=x"), ("x-csrf-token", session["csrf"].as_str().unwrap())];
    let part =
        |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n");
    let virus = String::from_utf8(TEST_VIRUS.to_vec()).unwrap();
    let file = part("\"file\"; filename=\"x.pdf\"", &virus);
    let body =
        [part("procedure", "stall-application"), part("about.holder", "s1"), file, "--x--\r\n".to_owned()].concat();
    let harmless = body.replace("STANDARD-ANTIVIRUS", "harmless");
    let kept = program.send_raw("POST", "/api/v1/files", &headers, harmless.into_bytes()).await;
    assert_eq!(kept.status, StatusCode::CREATED, "{}", kept.text());
    let refused = program.send_raw("POST", "/api/v1/files", &headers, body.into_bytes()).await;
    assert!(refused.status.is_client_error() && !refused.text().contains("digest"), "{}", refused.text());
}

#[tokio::test]
async fn no_path_leads_out_of_the_site() {
    let sample = Sample::new();
    let applied = approved(&sample).await;
    let mut resident = sample.browser("resident").await;
    let out =
        ["../../county.key", "..\\..\\county.key", "/etc/passwd", "....//county.key", "gongbao.css/../../Cargo.toml"];
    for out in out {
        for sent in [out.to_owned(), encode(out), out.replace("..", "%2e%2e"), out.replace('.', "%252e")] {
            for before in [
                "/assets/".to_owned(),
                "/log/tile/".to_owned(),
                format!("{}/files/", applied.address()),
                format!("{}/forms/", applied.address()),
                "/documents/".to_owned(),
                "/forms/".to_owned(),
                "/gazette/".to_owned(),
                "/registers/stallholders/s1/files/".to_owned(),
            ] {
                let path = format!("{before}{sent}");
                let Ok(uri) = path.parse::<axum::http::Uri>() else { continue };
                let answer = resident.get(&uri.to_string()).await;
                let refused = [StatusCode::NOT_FOUND, StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN];
                let refused = refused.contains(&answer.status);
                assert!(refused, "{path}: {}", answer.status);
            }
        }
    }
}

#[tokio::test]
async fn bodies_are_bounded_before_they_are_read() {
    let sample = Sample::new();
    let before = acts(&sample);
    let mut resident = sample.browser("resident").await;
    let session = resident.get("/api/v1/session").await;
    let session: serde_json::Value = serde_json::from_slice(&session.bytes).unwrap();
    let csrf = session["csrf"].as_str().unwrap().to_owned();
    let json = [("content-type", "application/json"), ("x-csrf-token", csrf.as_str())];
    let deep = format!("{{\"form\":{}{}}}", "[".repeat(200_000), "]".repeat(200_000));
    let deep_objects = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let digits = format!("{{\"n\":1e{}}}", "9".repeat(100_000));
    let wide = format!("{{\"form\":\"{}\"}}", "x".repeat(40 << 20));
    for (body, what) in [(deep, "deep"), (deep_objects, "deep objects"), (digits, "digits"), (wide, "wide")] {
        let answer = resident.send_raw("POST", "/api/v1/matters", &json, body.into_bytes()).await;
        assert!(answer.status.is_client_error(), "{what}: {}", answer.status);
    }
    // What says that it is packed is not unpacked: it is no form, and no JSON.
    let packed = [&json[..], &[("content-encoding", "gzip")]].concat();
    let answer = resident.send_raw("POST", "/api/v1/matters", &packed, vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{}", answer.text());

    // What strangers may send is bounded more tightly than what officers upload.
    let form = ("content-type", "application/x-www-form-urlencoded");
    let mut stranger = sample.browser("").await;
    for (address, field, bytes, refused) in [
        ("/sign-in", "name", 4 << 20, false),
        ("/sign-in", "name", (4 << 20) + 1, true),
        ("/sign-in/code", "code", 4 << 20, false),
        ("/sign-in/code", "code", (4 << 20) + 1, true),
        ("/verify", "code", (20 << 20) + (64 << 10), false),
        ("/verify", "code", (20 << 20) + (64 << 10) + 1, true),
        ("/verify", "proof", 20 << 20, false),
        ("/verify", "proof", (20 << 20) + (32 << 10), true),
    ] {
        let token = stranger.get("/verify").await.token();
        let head = format!("_token={token}&{field}=");
        let body = format!("{head}{}", "x".repeat(bytes - head.len()));
        let answer = stranger.send_raw("POST", address, &[form], body.into_bytes()).await;
        assert_eq!(answer.status == StatusCode::PAYLOAD_TOO_LARGE, refused, "{address}: {}", answer.status);
        let says = answer.text().contains("20 MB");
        assert!(!refused || says == (field == "proof"), "{address} says of a file how much: {}", answer.text());
    }
    let token = resident.get(APPLY).await.token();
    let huge = format!("_token={token}&about.holder={}", "x".repeat(65 << 20));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let answer = resident.send_raw("POST", APPLY, &form, huge.into_bytes()).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let many = (0..200_000).map(|n| format!("a{n}=1")).collect::<Vec<_>>().join("&");
    let answer = resident.send_raw("POST", APPLY, &form, format!("_token={token}&{many}").into_bytes()).await;
    assert!(answer.status.is_client_error(), "{}", answer.status);
    assert_eq!(acts(&sample), before);
}
