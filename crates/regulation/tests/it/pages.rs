//! The pages in docs/findings are made from the catalogue. `GONGBAO_UPDATE=1 cargo test -p regulation` writes them again.

use regulation::findings::catalogue;
use std::collections::BTreeSet;
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/findings")
}

#[test]
fn every_code_has_its_page() {
    let update = std::env::var_os("GONGBAO_UPDATE").is_some();
    if update {
        std::fs::create_dir_all(folder()).expect("docs/findings can be made");
    }
    for page in catalogue() {
        let path = folder().join(format!("{}.md", page.code));
        if update {
            std::fs::write(&path, page.markdown()).expect("the page can be written");
        }
        let written = std::fs::read_to_string(&path).unwrap_or_default();
        assert_eq!(written, page.markdown(), "{} is out of date: run with GONGBAO_UPDATE=1", page.code);
    }
}

/// The list of all codes.
fn index() -> String {
    let mut text = String::from(
        "# 检查发现 Findings\n\n`gongbao check` 的每种发现一页：含义、错例、正例。GB00 读不懂，GB01 表达式，GB02 静态检查，GB03 各县的补充。\n\n| 编码 | | |\n| --- | --- | --- |\n",
    );
    for page in catalogue() {
        text.push_str(&format!("| [{0}]({0}.md) | {1} | {2} |\n", page.code, page.zh, page.en));
    }
    text
}

#[test]
fn the_index_lists_every_code() {
    let path = folder().join("README.md");
    if std::env::var_os("GONGBAO_UPDATE").is_some() {
        std::fs::write(&path, index()).expect("the index can be written");
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), index(), "run with GONGBAO_UPDATE=1");
}

#[test]
fn codes_are_unique_and_pages_have_codes() {
    let codes: Vec<String> = catalogue().iter().map(|page| format!("{}.md", page.code)).collect();
    let unique: BTreeSet<&String> = codes.iter().collect();
    assert_eq!(unique.len(), codes.len());
    let files = std::fs::read_dir(folder()).expect("docs/findings is there");
    for file in files.map(|file| file.expect("an entry").file_name().to_string_lossy().into_owned()) {
        assert!(file == "README.md" || codes.contains(&file), "{file} belongs to no code");
    }
}
