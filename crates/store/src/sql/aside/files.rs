//! Files (附件), kept by digest: beside the database where that is a file, else in it, since nodes keep nothing. A personal one
//! is sealed with its owner's key, and its name on disk
//! tells nothing about its content.

use crate::aside::{FILE_BYTES_MAX, Upload};
use crate::chance::Chance;
use crate::db::{OptionalExtension, params};
use crate::fault::Fault;
use crate::ring::Sealer;
use regulation::expr::FileRef;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::sql::view::View;

pub(super) fn check_size(upload: &Upload) -> Result<(), Fault> {
    let size = upload.bytes.len() as u64;
    if size > FILE_BYTES_MAX {
        return Err(Fault::TooLarge { size, limit: FILE_BYTES_MAX });
    }
    Ok(())
}

/// Where files lie: in a folder, or in the database.
pub(super) type Files = Option<PathBuf>;

/// Keeps a file: on disk first, then in the transaction, so that what is known is there.
pub(super) fn put(view: &View<'_>, chance: &mut Chance, files: &Files, upload: &Upload) -> Result<FileRef, Fault> {
    let digest = trust::sm3(&upload.bytes).to_string();
    let path = path(view, upload.holder.as_deref(), &digest);
    let file =
        FileRef { name: upload.name.clone(), digest, size: upload.bytes.len() as u64, media: upload.media.clone() };
    if is_kept(view, &path)? {
        return Ok(file);
    }
    let key = match &upload.holder {
        None => {
            keep(view, files, &path, &upload.bytes)?;
            None
        }
        Some(holder) => {
            let (key, sealed) = Sealer::new(view.ring, view.conn, chance).seal_bytes(holder, &upload.bytes)?;
            keep(view, files, &path, &sealed)?;
            Some(key)
        }
    };
    view.conn
        .prepare_cached(
            "INSERT INTO file (county, path, key, size, media, stored) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (county, path) DO UPDATE SET key = excluded.key, stored = excluded.stored",
        )?
        .execute(params![view.county, path, key, file.size, file.media, upload.now.to_string()])?;
    Ok(file)
}

fn keep(view: &View<'_>, files: &Files, path: &str, bytes: &[u8]) -> Result<(), Fault> {
    let Some(files) = files else {
        let sql = "INSERT INTO file_content (county, path, content) VALUES (?1, ?2, ?3)
                   ON CONFLICT (county, path) DO UPDATE SET content = excluded.content";
        return Ok(view.conn.prepare_cached(sql)?.put(params![view.county, path, bytes])?);
    };
    keep_file(files, path, bytes)
}

fn content(view: &View<'_>, files: &Files, path: &str) -> Result<Vec<u8>, Fault> {
    let Some(files) = files else {
        let sql = "SELECT content FROM file_content WHERE county = ?1 AND path = ?2";
        return Ok(view.conn.prepare_cached(sql)?.query_row([view.county, path], |row| row.get(0))?);
    };
    let file = files.join(path);
    fs::read(&file).map_err(|error| Fault::file(&file, &error))
}

/// Kept and not erased.
fn is_kept(view: &View<'_>, path: &str) -> Result<bool, Fault> {
    let kept = view
        .conn
        .prepare_cached(
            "SELECT 1 FROM file LEFT JOIN owner_key ON owner_key.county = file.county AND owner_key.id = file.key
             WHERE file.county = ?1 AND file.path = ?2 AND (file.key IS NULL OR owner_key.wrapped IS NOT NULL)",
        )?
        .exists(params![view.county, path])?;
    Ok(kept)
}

pub(super) fn get(
    view: &View<'_>,
    files: &Files,
    holder: Option<&str>,
    digest: &str,
) -> Result<Option<Vec<u8>>, Fault> {
    let path = path(view, holder, digest);
    let key: Option<Option<String>> = view
        .conn
        .prepare_cached("SELECT key FROM file WHERE county = ?1 AND path = ?2")?
        .query_row(params![view.county, path], |row| row.get(0))
        .optional()?;
    let Some(key) = key else {
        return Ok(None);
    };
    let bytes = content(view, files, &path)?;
    let opened = match key {
        None => Some(bytes),
        Some(key) => view.opener().open_bytes(&key, &bytes)?,
    };
    match opened {
        Some(opened) if trust::sm3(&opened).to_string() != digest => {
            Err(Fault::unreadable(format!("file {path}"), "its content does not have its digest"))
        }
        other => Ok(other),
    }
}

/// Where a file lies: its digest; for a sealed one a blind digest, which nobody can compute from the content alone.
fn path(view: &View<'_>, holder: Option<&str>, digest: &str) -> String {
    let name = match holder {
        None => digest.to_owned(),
        Some(holder) => hex::encode(view.ring.blind(&["file", holder, digest])),
    };
    let folder: String = name.chars().take(2).collect();
    format!("{folder}/{name}")
}

/// Writes a file so that it is whole or not there: beside its place, flushed, then renamed.
pub(crate) fn keep_file(files: &Path, path: &str, bytes: &[u8]) -> Result<(), Fault> {
    let plain = |character: char| character.is_ascii_hexdigit() || character == '/';
    if !path.chars().all(plain) || path.starts_with('/') {
        return Err(Fault::unreadable(format!("file `{path}`"), "not a path of the store"));
    }
    let target = files.join(path);
    let folder = target.parent().unwrap_or(files);
    fs::create_dir_all(folder).map_err(|error| Fault::file(folder, &error))?;
    let half = target.with_extension("half");
    let written = File::create(&half).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(|error| Fault::file(&half, &error))?;
    fs::rename(&half, &target).map_err(|error| Fault::file(&target, &error))?;
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Fault::file(folder, &error))
}
