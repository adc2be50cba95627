//! Fonts for printed documents: from a folder, or where the system keeps them.

use std::path::{Path, PathBuf};

/// Where Debian and counties keep fonts.
const FOLDERS: [&str; 3] = ["/usr/share/fonts", "/usr/local/share/fonts", "/usr/share/texmf/fonts"];
/// Parts of the file names of fonts that the templates name; others are not read, there are hundreds.
const WANTED: [&str; 11] = [
    "NotoSerifCJK-Regular",
    "NotoSerifCJK-Bold",
    "NotoSansCJK-Regular",
    "NotoSansCJK-Bold",
    "LXGWWenKai-Regular",
    "Fandol",
    "FangSong",
    "simfang",
    "simkai",
    "simhei",
    "FZXBS",
];

/// The bytes of every font wanted.
pub fn read(folder: Option<&Path>) -> Vec<Vec<u8>> {
    let mut files = Vec::new();
    match folder {
        Some(folder) => collect(folder, &mut files, &|_| true),
        None => FOLDERS.iter().for_each(|folder| collect(Path::new(folder), &mut files, &is_wanted)),
    }
    files.sort();
    files.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

fn is_wanted(name: &str) -> bool {
    WANTED.iter().any(|part| name.contains(part))
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>, wanted: &dyn Fn(&str) -> bool) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.is_dir() {
            collect(&path, into, wanted);
        } else if is_font(&path) && path.file_name().is_some_and(|name| wanted(&name.to_string_lossy())) {
            into.push(path);
        }
    }
}

fn is_font(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ["ttf", "otf", "ttc", "otc"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}
