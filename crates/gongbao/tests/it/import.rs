//! `gazette import`: an issue printed before enters through acts, once.

use crate::{gongbao, json};
use std::path::{Path, PathBuf};

const NOW: &str = "2022-06-01T09:00";

/// An invented issue of two documents, the second with a telephone number.
const ISSUE: &str = "中阳县人民政府公报\n\n2021 · 4\n\n2021年第4期\n\n2021年12月31日出版\n\n中阳县人民政府关于修桥的通知\n\n中政发〔2021〕7号\n\n各乡镇：\n\n\
一、春汛以前修好。\n\n特此通知\n\n中阳县人民政府\n\n2021年12月1日\n\n（此件公开发布）\n\n中阳县人民政府关于值班的通知\n\n中政发〔2021〕8号\n\n各乡镇：\n\n\
值班手机13800000000。\n\n特此通知\n\n中阳县人民政府\n\n2021年12月2日\n\n（此件公开发布）\n";

fn import(file: &Path, data: &Path) -> (Option<i32>, serde_json::Value) {
    let (file, data) = (file.to_str().unwrap(), data.to_str().unwrap());
    let output = gongbao(&["gazette", "import", file, "--data", data, "--now", NOW, "--json"]);
    (output.status.code(), json(&output))
}

fn states(answer: &serde_json::Value) -> Vec<&str> {
    answer["documents"].as_array().unwrap().iter().filter_map(|document| document["state"].as_str()).collect()
}

#[test]
fn an_issue_enters_once_and_a_taken_number_is_a_conflict_gz_ac_24() {
    let folder = tempfile::tempdir().unwrap();
    let (file, data) = (folder.path().join("issue.txt"), folder.path().join("data"));
    std::fs::write(&file, ISSUE).unwrap();
    let (code, first) = import(&file, &data);
    assert_eq!((code, states(&first)), (Some(0), vec!["entered", "waiting"]), "{first:#}");
    let (code, again) = import(&file, &data);
    assert_eq!((code, states(&again)), (Some(0), vec!["known", "known"]), "{again:#}");
    assert_eq!((&again["issue"]["matter"], &again["issue"]["known"]), (&first["issue"]["matter"], &true.into()));
    std::fs::write(&file, ISSUE.replace("第4期", "第3期").replace("· 4", "· 3").replace("春汛", "秋收")).unwrap();
    let (code, other) = import(&file, &data);
    assert_eq!((code, states(&other)), (Some(1), vec!["conflict", "known"]), "{other:#}");
    let verified = json(&gongbao(&["verify", "--data", data.to_str().unwrap(), "--json"]));
    assert_eq!(verified["ok"], true, "{verified:#}");
}

#[test]
fn the_real_issue_becomes_one_of_the_county() {
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/gazette/2022-01.txt");
    if !file.is_file() {
        eprintln!("skipped: {} is not here", file.display());
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (code, first) = import(&file, folder.path());
    assert_eq!(code, Some(0), "{first:#}");
    let waiting: Vec<&str> = first["documents"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|document| document["state"] == "waiting")
        .filter_map(|document| document["number"].as_str())
        .collect();
    assert_eq!(states(&first).len(), 16, "{first:#}");
    // Telephone numbers in the third letter of the office (gz-ac-23), biographical sheets behind the bill (gz-3.11).
    for number in ["中政办函〔2022〕3号", "中政函〔2022〕8号"] {
        assert!(waiting.contains(&number), "{number}: {first:#}");
    }
    let (_, again) = import(&file, folder.path());
    assert_eq!(states(&again), ["known"; 16], "{again:#}");
}
