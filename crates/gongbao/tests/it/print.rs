//! `gongbao gazette print` as an office uses it: an invented issue on paper, and what stops it.

use std::path::{Path, PathBuf};
use std::process::Output;

use crate::gongbao;

const PROFILE: &str = "\
kind,value,issuer,group
name,示例县人民政府公报,,
series,示政发,示例县人民政府,县政府文件
";

/// An issue with one document; `more` is a paragraph of it.
fn text(more: &str) -> String {
    format!(
        "示例县人民政府公报\n\n2022 · 1\n\n2022 年 3 月 31 日出版（季度刊）\n\n目 录\n\n县政府文件\n\n\
         示例县人民政府关于修桥的通知（示政发〔2022〕1号）\t1\n\n\
         示例县人民政府关于修桥的通知\n\n示政发〔2022〕1号\n\n各乡镇：\n\n请于三月底前修好。\n\n{more}\n\n特此通知。\n\n\
         示例县人民政府\n\n2022年1月5日\n\n（此件公开发布）\n"
    )
}

/// A home with the names of the county, and the text of an issue in it.
struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    fn new(text: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in [("county/gazette.csv", PROFILE), ("issue.txt", text)] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        std::fs::create_dir(folder.path().join("regulations")).unwrap();
        Home { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Prints to `out.pdf`; files among the arguments are those of the home.
    fn print(&self, arguments: &[&str]) -> Output {
        let of_home = |argument: &&str| {
            if argument.contains('.') { text_of(&self.path(argument)) } else { (*argument).to_owned() }
        };
        let given = arguments.iter().map(of_home);
        let fixed = ["--home", &text_of(self.folder.path()), "gazette", "print"].map(str::to_owned);
        let all: Vec<String> = fixed.into_iter().chain(given).collect();
        gongbao(&all.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn text_of(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Whether it was printed: a PDF lies there. Where no Chinese font is installed the command says so, and nothing can be asked.
fn printed(home: &Home, output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("字体缺字") {
        eprintln!("skipped: no Chinese font; install fonts-noto-cjk");
        return false;
    }
    assert!(output.status.success(), "{said}");
    std::fs::read(home.path("out.pdf")).unwrap().starts_with(b"%PDF-")
}

#[track_caller]
fn refused(output: &Output, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(words.iter().all(|word| said.contains(word)), "{said}");
}

#[test]
fn a_document_is_found_by_its_number_in_any_brackets() {
    let home = Home::new(&text("请按时完成。"));
    let output = home.print(&["issue.txt", "--number", "示政发[2022]1号", "-o", "out.pdf"]);
    if printed(&home, &output) {
        let again = home.print(&["issue.txt", "--number", "示政发〔2022〕1号", "-o", "again.pdf"]);
        assert!(again.status.success());
        assert!(std::fs::read(home.path("out.pdf")).unwrap() == std::fs::read(home.path("again.pdf")).unwrap());
    }
}

#[test]
fn a_number_that_is_not_there_names_those_that_are() {
    let home = Home::new(&text("请按时完成。"));
    refused(
        &home.print(&["issue.txt", "--number", "示政发〔2022〕2号", "-o", "out.pdf"]),
        &["没有 示政发〔2022〕2号", "文中有：示政发〔2022〕1号"],
    );
    refused(&home.print(&["issue.txt", "--number", "二号文", "-o", "out.pdf"]), &["不是发文字号"]);
}

#[test]
fn an_issue_with_personal_data_is_printed_as_a_proof_only() {
    let home = Home::new(&text("联系电话13900000000。"));
    refused(&home.print(&["issue.txt", "--issue", "-o", "out.pdf"]), &["GZ-F25", "--proof"]);
    assert!(!home.path("out.pdf").exists());
    let output = home.print(&["issue.txt", "--issue", "--proof", "-o", "out.pdf"]);
    printed(&home, &output);
}

#[test]
fn errata_figures_and_root_come_from_files() {
    let home = Home::new(&text("请按时完成。"));
    std::fs::write(home.path("errata.csv"), "位置,原文,更正\n第3页,示列,示例\n").unwrap();
    std::fs::write(home.path("县情数据.csv"), "指标,本期\n办结事项,1204\n").unwrap();
    std::fs::write(home.path("root.note"), "example.cn/log\n120394\nZsfw9GLu7dk=\n\n— example.cn/log AAAA\n").unwrap();
    let all = [
        "issue.txt",
        "--issue",
        "-o",
        "out.pdf",
        "--errata",
        "errata.csv",
        "--figures",
        "县情数据.csv",
        "--root",
        "root.note",
    ];
    let output = home.print(&all);
    printed(&home, &output);

    std::fs::write(home.path("errata.csv"), "位置,原文\n第3页,示列\n").unwrap();
    refused(&home.print(&all), &["errata.csv", "2 格"]);
    std::fs::write(home.path("errata.csv"), "位置,原文,更正\n").unwrap();
    std::fs::write(home.path("root.note"), "example.cn/log\nmany\n").unwrap();
    refused(&home.print(&all), &["root.note", "检查点"]);
}

#[test]
fn both_roots_come_with_their_proof() {
    let home = Home::new(&text("请按时完成。"));
    let page = std::fs::read_to_string(crate::root().join("docs/formats/log.md")).unwrap();
    let (_, rest) = page.split_once("```tlog-proof\n").unwrap();
    let proof = rest.split_once("```").unwrap().0;
    // The example of the format proves an act; the gazette prints roots.
    std::fs::write(home.path("root.note"), proof).unwrap();
    let all = ["issue.txt", "--issue", "-o", "out.pdf", "--root", "root.note"];
    refused(&home.print(&all), &["root.note", "gongbao log root"]);
    let entry = "Z29uZ2JhbyBzbTMgcm9vdCAxCjcKQzJYK0NZMWh0R0paTG5XU2xZcEVrWjJwcW13cmZQQ3ZKWFd3aHdNSW95dz0KMjAyMi0wNC0wMVQwOTozMDowMAo=";
    let with_root = proof.replacen("index 6", &format!("extra {entry}\nindex 8"), 1);
    std::fs::write(home.path("root.note"), with_root).unwrap();
    printed(&home, &home.print(&all));
}
