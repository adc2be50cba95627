//! A backup, restored, is the same store.

use crate::fixture::*;
use store::aside::Upload;
use store::{Aside, Fault, Store, StoreExt, restore};

#[test]
fn a_restored_backup_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("data"));
    let matters = story(&store);
    let upload = |holder: Option<&str>| Upload {
        holder: holder.map(str::to_owned),
        name: "p".into(),
        media: "image/png".into(),
        bytes: b"invented photograph".to_vec(),
        now: start(),
    };
    let file = store.put_file(upload(Some("homes/h1"))).unwrap();
    store.put_file(upload(None)).unwrap();
    let path = folder.path().join("backup.db");
    store.backup(&path).unwrap();
    let digest = store.projection_digest().unwrap();
    done(&store, request(None, enter_home("later"), start()));
    assert!(matches!(store.backup(&path), Err(Fault::File { .. })), "nothing is overwritten");

    let elsewhere = folder.path().join("restored");
    restore(&path, &elsewhere).unwrap();
    let restored = open(&elsewhere);
    assert_eq!(restored.projection_digest().unwrap(), digest);
    assert_eq!(restored.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    assert!(restored.read(|snapshot| snapshot.matter(&matters[0])).unwrap().is_some());
    for holder in [Some("homes/h1"), None] {
        assert_eq!(restored.file(holder, &file.digest).unwrap().as_deref(), Some(&b"invented photograph"[..]));
    }
    assert!(matches!(restore(&path, &elsewhere), Err(Fault::File { .. })), "a store is not overwritten");
    assert!(!folder.path().join("restored/restoring.db").exists());
}
