//! The way to the server is encrypted, and only to the server that was meant (verify-full): neither another name nor another authority will do.

use crate::fixture::*;
use crate::own_server::Server;
use postgres::{Client, NoTls};
use store::{Address, Database, Fault, StoreExt};

#[test]
fn only_the_server_that_was_meant_is_spoken_to() {
    let Some(mut server) = Server::start(&["tls", "synchronous_commit=on"]) else { return };
    let url = server.url.clone();
    let (_, place) = url.split_once("?host=").unwrap();
    let (folder, port) = place.split_once("&port=").unwrap();
    let mut operator = Client::connect(&server.url, NoTls).unwrap();
    operator.batch_execute("CREATE ROLE gongbao LOGIN PASSWORD 'secret'").unwrap();
    operator.batch_execute("CREATE DATABASE county OWNER gongbao ENCODING 'UTF8' TEMPLATE template0").unwrap();
    let connect = |host: &str, mode: &str, authority: &str| {
        let file = if authority.is_empty() { String::new() } else { format!("&sslrootcert={folder}/{authority}.pem") };
        let url = format!("postgres://gongbao:secret@{host}:{port}/county?sslmode={mode}{file}");
        let address = Address::read(&url).unwrap();
        Database::connect(store::Server { address, county_key: KEY, library: library() })
    };
    let node = connect("localhost", "verify-full", "authority").unwrap();
    done(&node, request(None, enter_home("h1"), start()));
    assert_eq!(node.read(|snapshot| snapshot.row_count("homes", None)).unwrap(), 1);
    let sql = "SELECT count(*) FILTER (WHERE ssl), count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
               WHERE application_name LIKE 'gongbao%'";
    let sessions = operator.query_one(sql, &[]).unwrap();
    let (encrypted, all): (i64, i64) = (sessions.get(0), sessions.get(1));
    assert!(encrypted == all && all >= 2, "{encrypted} of {all} sessions are encrypted");

    for (host, authority, words) in [
        ("127.0.0.1", "authority", ["不是给这个主机名的", "not for this host's name"]),
        ("localhost", "stranger", ["签发机构", "stranger.pem"]),
        ("localhost", "", ["签发机构", "those that browsers trust"]),
    ] {
        let refused = connect(host, "verify-full", authority).err().unwrap();
        let said = refused.to_string();
        assert!(
            matches!(refused, Fault::Server { .. }) && words.iter().all(|word| said.contains(word)),
            "{host}: {said}"
        );
        assert!(said.contains(&format!("{host}:{port}")) && !said.contains("secret"), "{said}");
    }
    // Whoever asks for no encryption gets none.
    drop(connect("localhost", "disable", "").unwrap());
    // Sessions that are lost come back encrypted.
    assert!(server.cut(true) >= 2);
    done(&node, request(None, enter_home("h2"), start()));
    server.crash();
    done(&node, request(None, enter_home("h3"), start()));
    assert_eq!(node.read(|snapshot| snapshot.row_count("homes", None)).unwrap(), 3);
}
