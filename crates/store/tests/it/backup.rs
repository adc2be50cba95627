//! A backup, restored, is the same store.

use crate::fixture::*;
use crate::log::Keeper;
use std::sync::Arc;
use store::aside::Upload;
use store::{Aside, Fault, Library, Log as _, Settings, Sqlite, Store, StoreExt, backup, restore};

#[test]
fn data_of_one_county_is_not_opened_as_another() {
    let (folder, store) = fresh();
    let backup = folder.path().join("backup.db");
    store.backup(&backup).unwrap();
    assert_eq!(store::county_of_backup(&backup).unwrap(), "999999");
    drop(store);
    let mut other = Library::clone(&library());
    other.county.code = "999998".to_owned();
    let settings = Settings { data: folder.path().to_owned(), county_key: KEY, library: Arc::new(other) };
    let refused = Sqlite::open(settings).err().expect("it is another county's");
    assert_eq!(refused, Fault::OtherCounty { held: "999999".into(), told: "999998".into() });
    assert_eq!(open(folder.path()).library().county.code, "999999", "and nothing was begun in it");
}

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

/// What happened by a moment is there after it is restored, and nothing of what came later; the county goes on from there.
#[test]
fn a_store_is_taken_back_to_a_moment() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("data"));
    let keeper = Keeper::new();
    let signed = |store: &Sqlite, now| while store.log_step(&keeper, now).unwrap().is_some() {};
    let newest = |store: &Sqlite| store.read(|snapshot| snapshot.log_newest()).unwrap().map(|newest| newest.acts);
    story(&store);
    let digest = store.projection_digest().unwrap();
    let acts = store.read(|snapshot| snapshot.journal_length()).unwrap();
    let later = start().saturating_add(jiff::Span::new().days(60));
    let before = later.saturating_sub(jiff::Span::new().days(1));
    signed(&store, before);
    done(&store, request(Some("late"), enter_home("late"), later));
    done(&store, request(None, apply("late", "chip-late"), later));
    let path = folder.path().join("backup.db");
    store.backup(&path).unwrap();

    let elsewhere = folder.path().join("restored");
    restore(&path, &elsewhere).unwrap();
    let gone = open(&elsewhere).rewind(before, &mut |_, _| ()).unwrap();
    assert_eq!(gone, 2);
    let restored = open(&elsewhere);
    assert_eq!(restored.projection_digest().unwrap(), digest);
    assert_eq!(restored.read(|snapshot| snapshot.journal_length()).unwrap(), acts);
    assert_eq!(newest(&restored), Some(acts), "no signed act is gone, so the log goes on");
    assert_eq!(restored.verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    let again = restored.submit(request(Some("late"), enter_home("late"), later)).unwrap();
    assert!(!again.receipt().unwrap().repeated, "what is gone may be done again");
    signed(&restored, later);
    assert_eq!(newest(&restored), Some(acts + 1));
    drop(restored);
    assert_eq!(open(&elsewhere).rewind(later, &mut |_, _| ()).unwrap(), 0, "nothing is later");
    assert_eq!(open(&elsewhere).rewind(before, &mut |_, _| ()).unwrap(), 1);
    assert_eq!(newest(&open(&elsewhere)), None, "what was signed over an act that is gone says nothing of the rest");
}

/// A backup is taken while others write: it holds one moment, whole.
#[test]
fn a_backup_is_taken_beside_whoever_serves() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let store = open(&data);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| {
            for n in 0..60 {
                done(&store, request(None, enter_home(&n.to_string()), start()));
            }
        });
        for n in 0..5 {
            backup(&data, &folder.path().join(n.to_string())).unwrap();
        }
        writing.join().unwrap();
    });
    for n in 0..5 {
        let elsewhere = folder.path().join(format!("restored-{n}"));
        restore(&folder.path().join(n.to_string()), &elsewhere).unwrap();
        assert_eq!(open(&elsewhere).verify(&mut |_, _| ()).unwrap().wrongs, Vec::new());
    }
}

#[test]
fn only_one_process_opens_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    let second = Settings { data: folder.path().to_owned(), county_key: KEY, library: library() };
    let refused = Sqlite::open(second).err().expect("the first has it").to_string();
    assert!(refused.contains("已被另一进程打开"), "{refused}");
    drop(store);
    open(folder.path());
}
