//! Requests that are not quite HTTP, sent over a real connection.

use crate::county::Sample;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Serves a county on a port of this machine.
async fn served(sample: &Sample) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = sample.router.clone();
    tokio::spawn(async move { axum::serve(listener, router.into_make_service()).await });
    address
}

/// What the server answers to these bytes; it must end the connection itself.
async fn sent(address: SocketAddr, bytes: Vec<u8>) -> String {
    let asking = move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        // A server that has seen enough stops reading.
        _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    tokio::task::spawn_blocking(asking).await.unwrap()
}

fn statuses(answer: &str) -> Vec<u16> {
    let heads = answer.match_indices("HTTP/1.1 ").map(|(at, head)| &answer[at + head.len()..]);
    heads.filter_map(|rest| rest.get(..3)?.parse().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_hides_in_another() {
    let sample = Sample::new();
    let address = served(&sample).await;
    let hidden = "GET /log HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    // Lengths that are none, or two; a transfer that nobody knows, or that is written to be overlooked.
    for head in [
        "content-length: 5\r\ncontent-length: 6",
        "content-length: 5, 6",
        "content-length: -1",
        "content-length: +5",
        "content-length: 0x5",
        "content-length: 99999999999999999999",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: xchunked",
        "transfer-encoding : chunked",
        "content-length : 5",
    ] {
        let bytes = format!("POST /plots/plan HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n0\r\n\r\n{hidden}");
        let answered = statuses(&sent(address, bytes.into_bytes()).await);
        assert!(
            answered.len() <= 1 && answered.iter().all(|status| (400..500).contains(status)),
            "{head}: {answered:?}"
        );
    }
    // Where both are said the transfer counts, as RFC 9112 has it, or nothing does: the length, which would take the next request in as a
    // body, is not looked at.
    for head in ["content-length: 70\r\ntransfer-encoding: chunked", "transfer-encoding: chunked\r\ncontent-length: 70"]
    {
        let bytes = format!("POST /plots/plan HTTP/1.1\r\nhost: x\r\n{head}\r\n\r\n0\r\n\r\n{hidden}");
        let answered = statuses(&sent(address, bytes.into_bytes()).await);
        let first = answered.first().is_some_and(|status| (400..500).contains(status));
        assert!(first && answered.len() <= 2, "{head}: {answered:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn heads_are_bounded_and_plain() {
    let sample = Sample::new();
    let address = served(&sample).await;
    let large = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "a".repeat(2 << 20));
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "x: 1\r\n".repeat(5_000));
    let long = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "a".repeat(1 << 20));
    for (bytes, what) in [
        (large.as_str(), "large"),
        (&many, "many"),
        (&long, "long"),
        ("GET / HTTP/1.1\r\nhost: x\r\nx: a\0b\r\n\r\n", "a nought"),
        ("GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n", "no colon"),
        ("GET / HTTP/1.1\r\nhost: x\r\n x: folded\r\n\r\n", "folded"),
        ("GET /a b HTTP/1.1\r\nhost: x\r\n\r\n", "a blank"),
        ("GET / HTTP/9.9\r\nhost: x\r\n\r\n", "version"),
        ("\x16\x03\x01\x02\x00\x01\x00", "TLS"),
    ] {
        let answered = statuses(&sent(address, bytes.as_bytes().to_vec()).await);
        assert!(answered.iter().all(|status| (400..500).contains(status)), "{what}: {answered:?}");
    }
    let answered = statuses(&sent(address, b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".to_vec()).await);
    assert_eq!(answered, [200], "and the server goes on");
}

/// What stands in `Host` is in no link: whoever puts another one there, or a proxy that lets it through, changes no page.
#[tokio::test(flavor = "multi_thread")]
async fn the_host_that_was_asked_for_is_in_no_page() {
    let sample = Sample::new();
    let address = served(&sample).await;
    for path in [
        "/",
        "/sign-in?back=/desk",
        "/log",
        "/gazette/feed.atom",
        "/sitemap.xml",
        "/robots.txt",
        "/api/v1/openapi.json",
    ] {
        for head in [
            "host: evil.example",
            "host: x\r\nx-forwarded-host: evil.example",
            "host: x\r\nforwarded: host=evil.example",
        ] {
            let bytes = format!("GET {path} HTTP/1.1\r\n{head}\r\nconnection: close\r\n\r\n");
            let answer = sent(address, bytes.into_bytes()).await;
            assert!(answer.starts_with("HTTP/1.1 ") && !answer.contains("evil.example"), "{path} {head}: {answer}");
        }
    }
    for method in ["TRACE", "CONNECT", "PUT", "DEBUG"] {
        let bytes = format!("{method} / HTTP/1.1\r\nhost: x\r\ncookie: gongbao=secret\r\nconnection: close\r\n\r\n");
        let answer = sent(address, bytes.into_bytes()).await;
        assert!(!answer.contains("secret") && !answer.starts_with("HTTP/1.1 2"), "{method}: {answer}");
    }
}
