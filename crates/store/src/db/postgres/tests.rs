use super::*;
use crate::db::{Connection, OptionalExtension, params};
use crate::postgres::server;

fn connect(database: &server::Database) -> Connection {
    Connection::Postgres(Client::connect(&Address::read(&database.url()).unwrap(), "test").unwrap())
}

const TABLE: &str =
    "CREATE TABLE thing (county TEXT COLLATE \"C\", n BIGINT, text TEXT, bytes BYTEA, PRIMARY KEY (county, n));
                     CREATE TABLE row (county TEXT, key TEXT, seq BIGINT, PRIMARY KEY (county, key))";

#[test]
fn values_come_back_as_they_went() {
    let Some(database) = server::database() else { return };
    let conn = connect(&database);
    conn.execute_batch(TABLE).unwrap();
    let put = "INSERT INTO thing (county, n, text, bytes) VALUES (?1, ?2, ?3, ?4)";
    conn.execute(put, params!["c", i64::MAX, "公报", vec![0_u8, 255]]).unwrap();
    conn.execute(put, params!["c", 1_u32, None::<String>, None::<Vec<u8>>]).unwrap();
    let read = "SELECT text, bytes, n FROM thing WHERE county = ?1 AND n = ?2";
    let back: (Option<String>, Option<Vec<u8>>, i64) =
        conn.query_row(read, params!["c", i64::MAX], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    assert_eq!(back, (Some("公报".to_owned()), Some(vec![0, 255]), i64::MAX));
    let nothing: (Option<String>, bool) = conn
        .query_row("SELECT text, bytes IS NULL FROM thing WHERE county = ?1 AND n = 1", ["c"], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    assert_eq!(nothing, (None, true));
    let sum: i64 = conn.query_row("SELECT sum(n) - CAST(?1 AS BIGINT) FROM thing", [1], |row| row.get(0)).unwrap();
    assert_eq!(sum, i64::MAX);
    assert_eq!(conn.query_row(read, params!["c", 7], |row| row.get::<i64>(2)).optional().unwrap(), None);
    assert_eq!(conn.execute("UPDATE thing SET text = ?1", ["x"]).unwrap(), 2);
    assert!(conn.execute(put, params!["c", "no number", "", ""]).is_err());
    assert_eq!(conn.execute("DELETE FROM thing WHERE n = ?1", [1]).unwrap(), 1, "what failed left nothing behind");
    conn.execute("INSERT INTO row (county, key, seq) VALUES (?1, ?2, 3) ON CONFLICT (county, key) DO UPDATE SET seq = max(row.seq, excluded.seq)", ["c", "k"]).unwrap();
}

#[test]
fn what_a_statement_changes_is_known() {
    for (sql, table) in [
        ("SELECT a FROM b", None),
        ("INSERT INTO matter (county) VALUES (?1)", Some("matter")),
        ("UPDATE matter SET a = 1", Some("matter")),
        ("DELETE FROM pg_temp.row_touched RETURNING n", Some("pg_temp.row_touched")),
        ("WITH x AS (SELECT 1) INSERT INTO row SELECT * FROM x", Some("row")),
    ] {
        assert_eq!(changes(sql).as_deref(), table, "{sql}");
    }
    let Some(database) = server::database() else { return };
    let conn = connect(&database);
    conn.execute_batch(TABLE).unwrap();
    assert_eq!(conn.take_changed().iter().map(|table| &**table).collect::<Vec<_>>(), ["*"]);
    conn.prepare("DELETE FROM thing WHERE county = ?1").unwrap().put(["c"]).unwrap();
    conn.execute("UPDATE row SET seq = 1 WHERE county = ?1", ["c"]).unwrap();
    assert_eq!(conn.take_changed().iter().map(|table| &**table).collect::<Vec<_>>(), ["row", "thing"]);
    assert!(conn.take_changed().is_empty());
}

/// Answers to many come apart, and what was written down before them is done.
#[test]
fn a_query_is_run_for_each_of_many_values_in_one_journey() {
    let Some(database) = server::database() else { return };
    let conn = connect(&database);
    conn.execute_batch(TABLE).unwrap();
    conn.begin_writing().unwrap();
    for n in [1_i64, 3] {
        let put = "INSERT INTO thing (county, n, text) VALUES ('c', ?1, 'x')";
        conn.prepare_cached(put).unwrap().put([n]).unwrap();
    }
    let mut statement = conn.prepare_cached("SELECT n FROM thing WHERE county = ?1 AND n >= ?2 ORDER BY n").unwrap();
    let before = conn.journeys();
    let each: [&[&dyn ToValue]; 3] = [&[&"c", &2_i64], &[&"c", &9_i64], &[&"c", &1_i64]];
    let found = statement.first_each(&each, |row| row.get::<i64>(0)).unwrap();
    assert_eq!((found, conn.journeys() - before), (vec![Some(3), None, Some(1)], 1));
    assert!(!conn.has_failed());
    conn.prepare_cached("INSERT INTO thing (county, n) VALUES ('c', 1)").unwrap().put([]).unwrap();
    conn.hand_over().unwrap();
    assert!(statement.first_each(&each, |row| row.get::<i64>(0)).is_err(), "what was handed over went wrong");
    assert!(conn.has_failed());
    conn.roll_back().unwrap();
    assert_eq!(statement.first_each(&each[..1], |row| row.get::<i64>(0)).unwrap(), [None]);
}

#[test]
fn many_rows_come_some_at_a_time_while_other_statements_run() {
    let Some(database) = server::database() else { return };
    let conn = connect(&database);
    conn.execute_batch(TABLE).unwrap();
    conn.execute("INSERT INTO thing SELECT 'c', n, 'text', NULL FROM generate_series(1, ?1) AS n", [1_000_i64])
        .unwrap();
    conn.begin_writing().unwrap();
    let mut statement = conn.prepare_cached("SELECT n FROM thing WHERE county = ?1 ORDER BY n").unwrap();
    let mut rows = statement.query(["c"]).unwrap();
    let mut sum = 0;
    while let Some(row) = rows.next().unwrap() {
        let n: i64 = row.get(0).unwrap();
        conn.prepare_cached("UPDATE thing SET n = n + 5000 WHERE county = 'c' AND n = ?1").unwrap().put([n]).unwrap();
        sum += n;
    }
    drop(rows);
    conn.commit().unwrap();
    assert_eq!(sum, 500_500, "what was changed meanwhile is not seen twice");
    let first: i64 = conn.query_row("SELECT min(n) FROM thing", [], |row| row.get(0)).unwrap();
    assert_eq!(first, 5_001);
}

#[test]
fn what_is_written_down_is_told_at_the_end_of_its_savepoint() {
    let Some(database) = server::database() else { return };
    let conn = connect(&database);
    conn.execute_batch(TABLE).unwrap();
    let Connection::Postgres(client) = &conn else { unreachable!() };
    let mut insert = conn.prepare_cached("INSERT INTO thing (county, n) VALUES (?1, ?2)").unwrap();
    for name in ["SAVEPOINT job", "RELEASE job", "ROLLBACK TO job", "COMMIT"] {
        conn.prepare_cached(name).unwrap();
    }
    conn.begin_writing().unwrap();
    let before = client.journeys();
    conn.savepoint("job").unwrap();
    for n in 0..100_i64 {
        insert.put(params!["c", n]).unwrap();
    }
    conn.release("job").unwrap();
    assert_eq!(client.journeys() - before, 1, "a hundred statements and both ends of the savepoint");
    let mut select = conn.prepare_cached("SELECT n FROM thing WHERE county = ?1 AND n = ?2").unwrap();
    select.put(params!["c", 1]).unwrap();
    assert_eq!(select.query_row(params!["c", 2], |row| row.get::<i64>(0)).unwrap(), 2, "its own row and no other");
    conn.savepoint("job").unwrap();
    insert.put(params!["c", 100]).unwrap();
    insert.put(params!["c", 100]).unwrap();
    let twice = conn.release("job").unwrap_err();
    assert!(matches!(&twice, Error::Server { code, .. } if code == "23505"), "{twice}");
    conn.roll_back_to("job").unwrap();
    conn.release("job").unwrap();
    conn.commit().unwrap();
    let count: i64 = conn.query_row("SELECT count(*) FROM thing", [], |row| row.get(0)).unwrap();
    assert_eq!(count, 100);
}

#[test]
fn a_session_that_was_ended_says_so() {
    let Some(database) = server::database() else { return };
    let (conn, other) = (connect(&database), connect(&database));
    let id: i64 = conn.query_row("SELECT pg_backend_pid()", [], |row| row.get(0)).unwrap();
    let ended: bool = other.query_row("SELECT pg_terminate_backend(?1, 10000)", [id], |row| row.get(0)).unwrap();
    assert!(ended);
    let lost = conn.execute("SELECT 1", []).unwrap_err();
    assert!(lost.is_lost(), "{lost}");
    let Connection::Postgres(client) = &conn else { unreachable!() };
    assert!(client.is_lost());
    assert!(conn.execute("SELECT 1", []).unwrap_err().is_lost());
}

#[test]
fn who_may_not_come_in_is_told_why() {
    let Some(database) = server::database() else { return };
    let address = |url: &str| Client::connect(&Address::read(url).unwrap(), "test").err().unwrap();
    let missing = address(&database.url().replace("/test_", "/gone_"));
    assert!(matches!(&missing, Error::Server { code, .. } if code == "3D000"), "{missing}");
    let nobody = address("postgres://somebody@127.0.0.1:1/county");
    assert!(nobody.is_lost(), "{nobody}");
}
