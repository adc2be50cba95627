//! Several counties in one process, and one of them moved into another installation.

use crate::server::Server;
use crate::{gongbao, json};
use std::fs;
use std::path::Path;

/// An installation of two counties under one base, and a third folder that is no county.
fn installation(dir: &Path) {
    let made =
        gongbao(&["new", "wells", "--kind", "register", "--effective", "2022-01-01", "--home", dir.to_str().unwrap()]);
    assert!(made.status.success(), "{made:?}");
    for (name, code) in [("east", "999901"), ("west", "999902")] {
        county(&dir.join(name), name, code);
    }
    fs::create_dir(dir.join("north")).unwrap();
}

fn county(folder: &Path, name: &str, code: &str) {
    fs::create_dir_all(folder.join("county")).unwrap();
    let write = |file: &str, text: String| fs::write(folder.join(file), text).unwrap();
    write("site.csv", format!("setting,value\nhost,{name}.example\npublic-url,https://{name}.example\n"));
    write(
        "county/places.csv",
        format!(
            "code,parent,level,name,short\n{code},,county,{name}县,{name}\n{code}100,{code},township,河镇,河\n{code}100201,{code}100,village,上村,上\n"
        ),
    );
    write("county/desks.csv", "level,desk,name,en\nvillage,assistant,协管员,Assistant\n".into());
    write("county/posts.csv", format!("id,level,desk,place,title\np1,village,assistant,{code}100201,上村协管员\n"));
    write("county/people.csv", "id,name,sign-in\nz1,甲某,jia\n".into());
    write("county/appointments.csv", "person,post,from,to\nz1,p1,2022-01-01,\n".into());
}

/// What a county supplements to the base, which has opened the depth of wells.
fn supplement(depth: &str) -> String {
    format!(
        "---\noverlay-of: wells\ntitle: 东县水井补充规定\nnumber: 东政发〔2022〕1号\nissuer: county-office\nissued: 2022-01-20\n\
         effective: 2022-02-01\n---\n# 一、深度\n\n东县地下水位低。 {{#east-1}}\n\n```yaml parameter\nwells.max-depth: {depth}\n```\n"
    )
}

fn path(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn counties_are_served_by_host_and_one_moves_to_another_installation() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    for dir in [&here, &there] {
        fs::create_dir(dir).unwrap();
        installation(dir);
    }
    let server = Server::start_with(&["--counties", path(&here)]);
    for (host, name) in [("east.example", "east县"), ("west.example:80", "west县")] {
        let (status, page) = server.get_at(host, "/");
        assert!(status == 200 && page.contains(name), "{host}: {page}");
    }
    let (status, list) = server.get_at("elsewhere.example", "/");
    assert!(status == 200 && list.contains("https://east.example") && list.contains("north"), "{list}");
    assert_eq!(server.get_at("elsewhere.example", "/desk").0, 421);
    drop(server);
    // Each has its keys in its own folder, and they are different.
    let key = |county: &str, name: &str| fs::read(here.join(county).join("data").join(name)).unwrap();
    assert!(key("east", "county.key") != key("west", "county.key") && key("east", "log.key") != key("west", "log.key"));

    let backup = folder.path().join("east.db");
    let (home, data) = (here.join("east"), here.join("east/data"));
    let made = gongbao(&["backup", path(&backup), "--home", path(&home), "--data", path(&data)]);
    assert!(made.status.success(), "{made:?}");
    let restore = |county: &str| {
        let (home, data) = (there.join(county), there.join(county).join("data"));
        gongbao(&["restore", path(&backup), "--home", path(&home), "--data", path(&data)])
    };
    let refused = restore("west");
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && said.contains("999901") && said.contains("999902"), "{said}");
    assert!(!there.join("west/data").exists(), "nothing of it was written");
    assert!(restore("east").status.success());
    let moved = there.join("east/data");
    for name in ["county.key", "log.key", "log.signed"] {
        if data.join(name).exists() {
            fs::copy(data.join(name), moved.join(name)).unwrap();
        }
    }
    let verified = json(&gongbao(&["verify", "--json", "--home", path(&there.join("east")), "--data", path(&moved)]));
    assert_eq!(verified["ok"], true, "{verified:#}");

    // A folder put in the place of another county's is not opened under that one's code; the others go on.
    fs::rename(&moved, there.join("west/data")).unwrap();
    let server = Server::start_with(&["--counties", path(&there)]);
    assert_eq!(server.get_at("west.example", "/").0, 503);
    assert_eq!(server.get_at("east.example", "/").0, 200);
}

#[test]
fn with_several_counties_no_key_comes_from_the_environment() {
    let folder = tempfile::tempdir().unwrap();
    let refused = std::process::Command::new(env!("CARGO_BIN_EXE_gongbao"))
        .args(["serve", "--counties", path(folder.path())])
        .env("GONGBAO_COUNTY_KEY", "00112233445566778899aabbccddeeff")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(refused.status.code() == Some(2) && said.contains("GONGBAO_COUNTY_KEY"), "{said}");
    let alone = gongbao(&["serve", "--counties", path(folder.path()), "--sample"]);
    assert_eq!(alone.status.code(), Some(2), "one county's options go with one county");
}

#[test]
fn a_county_supplements_the_base_and_no_other_county_sees_it() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    installation(dir);
    let base = dir.join("regulations/wells.md");
    let opened = "\n# 四、深度\n\n水井的深度有上限。 {#wells-4}\n\n```yaml parameter\nwells.max-depth: { value: 100 m, label: 深度上限, county: 50 m .. 150 m }\n```\n";
    let text = fs::read_to_string(&base).unwrap() + opened;
    fs::write(&base, &text).unwrap();
    let (east, overlay) = (dir.join("east"), dir.join("east/overlays/wells.md"));
    fs::create_dir(dir.join("east/overlays")).unwrap();
    fs::write(&overlay, supplement("900 m")).unwrap();

    // The county of a supplement is that in whose folder it lies.
    let checked = json(&gongbao(&["check", path(&overlay), "--format", "json"]));
    let found: Vec<_> =
        checked["findings"].as_array().unwrap().iter().map(|found| (&found["code"], &found["line"])).collect();
    assert_eq!(found, [(&serde_json::json!("GB0305"), &serde_json::json!(14))], "{checked:#}");
    let server = Server::start_with(&["--counties", path(dir)]);
    assert_eq!((server.get_at("east.example", "/").0, server.get_at("west.example", "/").0), (503, 200));
    drop(server);

    fs::write(&overlay, supplement("120 m")).unwrap();
    let server = Server::start_with(&["--counties", path(dir)]);
    let (_, shown) = server.get_at("east.example", "/gazette/wells");
    for said in ["本县补充", "东政发〔2022〕1号", "东县地下水位低", "各县共用", "120 米"] {
        assert!(shown.contains(said), "{said}: {shown}");
    }
    let (_, shown) = server.get_at("west.example", "/gazette/wells");
    for said in ["本县补充", "东政发〔2022〕1号", "东县地下水位低", "各县共用", "120 米"] {
        assert!(!shown.contains(said), "{said}: {shown}");
    }
    assert!(server.get_at("west.example", "/gazette/wells.md").1.ends_with(&text));
    assert!(server.get_at("east.example", "/gazette/wells.md").1.contains("supplement: { title: "));
    drop(server);

    // A new supplement is compared with the present one, a new base with the present supplement upon it.
    let draft = dir.join("draft.md");
    let names = |text: &str| {
        fs::write(&draft, text).unwrap();
        let said = json(&gongbao(&["diff", path(&draft), "--home", path(&east), "--json"]));
        let changes = said["changes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|change| change["name"].as_str().unwrap_or_default().to_owned());
        changes.collect::<Vec<_>>()
    };
    assert!(names(&supplement("120 m")).is_empty());
    assert!(names(&text).is_empty());
    assert!(names(&supplement("110 m")).contains(&"wells.max-depth".to_owned()));
}

#[test]
fn the_province_has_figures_of_every_county_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    installation(dir);
    fs::write(dir.join("site.csv"), "setting,value\nhost,province.example\nname,样例省\n").unwrap();
    let server = Server::start_with(&["--counties", path(dir)]);
    let (status, page) = server.get_at("province.example", "/statistics");
    assert!(status == 200 && page.contains("合计（2县）") && page.contains("未能读取，不在合计内：north"), "{page}");
    assert!(server.get_at("province.example", "/").1.contains("样例省"));
    drop(server);
    let made = gongbao(&["statistics", "--counties", path(dir), "--format", "json"]);
    assert_eq!(made.status.code(), Some(1), "{made:?}");
    let figures = json(&made);
    let names: Vec<_> = figures["counties"].as_array().unwrap().iter().map(|county| &county["name"]).collect();
    assert_eq!(names, ["east县", "west县"]);
    assert_eq!(figures["missing"], serde_json::json!(["north"]));
    fs::remove_dir(dir.join("north")).unwrap();
    assert!(gongbao(&["statistics", "--counties", path(dir)]).status.success());
}

#[test]
fn growth_is_measured_by_the_number_of_counties_and_plotted() {
    let folder = tempfile::tempdir().unwrap();
    let plot = folder.path().join("growth.svg");
    let measured = json(&gongbao(&[
        "bench",
        "--json",
        "--counties",
        "1,3",
        "--seconds",
        "1",
        "--folder",
        path(folder.path()),
        "--plot",
        path(&plot),
    ]));
    let lines = measured["counties"].as_array().unwrap();
    assert_eq!(lines.iter().map(|line| &line["counties"]).collect::<Vec<_>>(), [1, 3]);
    for line in lines {
        for figure in ["/acts_per_second", "/act_ms/p99", "/page_ms/p50", "/rss_mb", "/open_ms_per_county"] {
            assert!(
                line.pointer(figure).and_then(serde_json::Value::as_f64).is_some_and(|figure| figure > 0.0),
                "{figure}: {line}"
            );
        }
    }
    assert_eq!(fs::read_to_string(&plot).unwrap().matches("<circle").count(), 8);
    assert_eq!(gongbao(&["bench", "--counties", "3,1"]).status.code(), Some(2));
}
