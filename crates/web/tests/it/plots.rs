//! Plots: typed, drawn, put on a map, taken out and in as GeoJSON; never with whose they are.

use crate::county::{Browser, Sample};
use axum::http::StatusCode;
use serde_json::{Value, json};
use store::StoreExt;

const GROUNDS: &str = "/registers/grounds";
const SQUARE: &str = "4133000 37516000\n4133000 37516012\n4132985 37516012\n4132985 37516000";
const EAST: &str = "4133000 37516012\n4133000 37516024\n4132985 37516024\n4132985 37516012";

async fn enter(browser: &mut Browser, number: &str, plot: &str) -> crate::county::Answer {
    let fields = [("_place", "99990101"), ("number", number), ("user", "林示例"), ("plot", plot)];
    browser.fill(&format!("{GROUNDS}/-/enter"), &format!("{GROUNDS}/-/enter"), &fields).await
}

async fn two_grounds(sample: &Sample) -> Browser {
    let mut window = sample.browser("window").await;
    for (number, plot) in [("g1", SQUARE), ("g2", EAST)] {
        let answer = enter(&mut window, number, plot).await;
        assert_eq!((answer.status, answer.location), (StatusCode::SEE_OTHER, format!("{GROUNDS}/{number}")));
    }
    window
}

#[tokio::test]
async fn a_plot_that_cannot_be_is_refused_beside_the_field_and_kept_as_typed() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    for (plot, said) in [
        ("4133000 37516000\n4132985 37516012\n4133000 37516012\n4132985 37516000", "界址线 J1–J2 与 J3–J4 相交"),
        ("37516000 4133000\n37516012 4133000\n37516012 4132985", "J1 的 X、Y 写反了"),
        ("4133000 37516000", "至少有三个界址点"),
    ] {
        let answer = enter(&mut window, "g1", plot).await;
        let page = answer.text();
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
        assert!(page.contains(said) && page.contains("id=\"f-plot-fault\""), "{page}");
        assert!(page.contains(plot.lines().next().unwrap()), "what was typed stays: {page}");
    }
}

#[tokio::test]
async fn a_file_can_be_sent_in_place_of_the_text() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let form = format!("{GROUNDS}/-/enter");
    let token = window.get(&form).await.token();
    let file = json!({ "type": "Polygon", "coordinates": [[
        [111.18, 37.34], [111.1801, 37.34], [111.1801, 37.3401], [111.18, 37.3401], [111.18, 37.34]
    ]] });
    let fields = [("_token", token.as_str()), ("_place", "99990101"), ("number", "g1"), ("user", "集市"), ("plot", "")];
    let sent = window.upload(&form, &fields, ("plot._geojson", "g1.geojson", file.to_string().as_bytes())).await;
    assert_eq!(
        (sent.status, sent.location.as_str()),
        (StatusCode::SEE_OTHER, "/registers/grounds/g1"),
        "{}",
        sent.text()
    );
    assert!(window.get("/registers/grounds/g1").await.text().contains("J4"));

    let fields =
        [("_token", token.as_str()), ("_place", "99990101"), ("number", "g2"), ("user", "集市"), ("plot", SQUARE)];
    let wrong = window.upload(&form, &fields, ("plot._geojson", "g2.geojson", b"{ \"type\": \"Point\" }")).await;
    let page = wrong.text();
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "{page}");
    assert!(page.contains("文件“g2.geojson”") && page.contains("4132985 37516012"), "what was typed stays: {page}");
}

#[tokio::test]
async fn what_is_typed_is_drawn_before_it_is_sent() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let token = window.get(&format!("{GROUNDS}/-/enter")).await.token();
    let drawn = window.post("/plots/plan", &[("_token", &token), ("plot", SQUARE)]).await.text();
    assert!(drawn.contains("J4") && drawn.contains("180.00") && !drawn.contains("<html"), "{drawn}");
    let wrong = window.post("/plots/plan", &[("_token", &token), ("plot", "1 2\n3 4")]).await.text();
    assert!(wrong.contains("class=\"error\""), "{wrong}");
    assert_eq!(window.post("/plots/plan", &[("plot", SQUARE)]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_row_shows_the_plan_with_its_neighbour() {
    let sample = Sample::new();
    two_grounds(&sample).await;
    let page = sample.browser("").await.get(&format!("{GROUNDS}/g1")).await.text();
    let plan = page.split("<figure class=\"plot\">").nth(1).unwrap().split("</figure>").next().unwrap().to_owned();
    for part in ["J1", "J4", "12.00", "15.00", "180.00", "37516012.000", ">g2<", "href=\"/registers/grounds/g2\""] {
        assert!(plan.contains(part), "{part} is missing in {plan}");
    }
    assert!(!plan.contains(">g1<"), "a plot is not its own neighbour");
}

#[tokio::test]
async fn the_map_and_its_file_name_nobody() {
    let sample = Sample::new();
    two_grounds(&sample).await;
    let mut public = sample.browser("").await;
    let page = public.get("/places/99990101/plots").await.text();
    assert!(page.contains("<figure class=\"plot map\">") && page.contains("href=\"/registers/grounds/g2\""), "{page}");
    let file = public.get("/places/99990101/plots.geojson").await;
    let (_, api) = public.json("GET", "/api/v1/registers/grounds.geojson", None, &Value::Null).await;
    let read: Value = serde_json::from_str(&file.text()).unwrap();
    assert_eq!(read, api);
    assert_eq!(read["features"].as_array().unwrap().len(), 2);
    assert_eq!(read["features"][0]["properties"]["area"], "180.00");
    assert!(!file.text().contains("示例") && !page.contains("林示例"), "whose it is stays inside");
    let elsewhere = public.get("/places/99990102/plots").await.text();
    assert!(!elsewhere.contains("g1") && elsewhere.contains("还没有"), "{elsewhere}");
    assert_eq!(public.get("/places/1/plots").await.status, StatusCode::NOT_FOUND);
    let (status, _) = public.json("GET", "/api/v1/registers/stands.geojson", None, &Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "a register without plots has no map");
}

#[tokio::test]
async fn geojson_comes_in_with_a_preview_and_goes_out_the_same() {
    let sample = Sample::new();
    let mut window = two_grounds(&sample).await;
    let mut all: Value = window.json("GET", "/api/v1/registers/grounds.geojson", None, &Value::Null).await.1;
    for (feature, key) in all["features"].as_array_mut().unwrap().iter_mut().zip(["g7", "g8"]) {
        feature["properties"] = json!({ "number": key });
    }
    let mut bad = all.clone();
    bad["features"][1]["geometry"]["coordinates"][0][1] = bad["features"][1]["geometry"]["coordinates"][0][0].clone();
    let address = format!("{GROUNDS}/-/import");
    let import = send(&mut window, &address, &bad).await;
    let page = window.get(&import).await.text();
    assert!(page.contains("坐标相同"), "the bad geometry is named: {page}");
    let import = send(&mut window, &address, &all).await;
    let answer = window.fill(&import, &format!("{import}/confirm"), &[]).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    let row = |key: &str| sample.store.read(|snapshot| snapshot.row("grounds", key)).unwrap().unwrap().row.record;
    assert_eq!(row("g7")["plot"], row("g1")["plot"], "there and back to the millimetre");
    assert_eq!(row("g8")["plot"], row("g2")["plot"]);
}

async fn send(browser: &mut Browser, address: &str, collection: &Value) -> String {
    let token = browser.get(address).await.token();
    let file = ("sheet", "plots.geojson", collection.to_string().into_bytes());
    let answer = browser.upload(address, &[("_token", &token)], (file.0, file.1, &file.2)).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
    answer.location
}

#[tokio::test]
async fn programs_send_geometry_or_text() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let polygon = json!({ "type": "Polygon", "coordinates": [[
        [111.18, 37.34], [111.1802, 37.34], [111.1802, 37.3402], [111.18, 37.3402], [111.18, 37.34],
    ]] });
    for (number, plot) in [("g1", polygon), ("g2", json!("东西 12; 南北 15; 东至 村道"))] {
        let body = json!({ "place": "99990101", "record": { "number": number, "plot": plot } });
        let (status, done) = window.json("POST", "/api/v1/registers/grounds/rows", None, &body).await;
        assert_eq!(status, StatusCode::CREATED, "{done}");
    }
    let (_, first) = window.json("GET", "/api/v1/registers/grounds/rows/g1", None, &Value::Null).await;
    assert_eq!(first["record"]["plot"]["type"], "Polygon");
    assert_eq!(first["record"]["plot"]["area"], "393.39", "17.723 m × 22.197 m");
    let (_, second) = window.json("GET", "/api/v1/registers/grounds/rows/g2", None, &Value::Null).await;
    assert_eq!(second["record"]["plot"], "东西 12.000; 南北 15.000; 东至 村道");
    let bad = json!({ "place": "99990101", "record": { "number": "g3", "plot": { "type": "Point", "coordinates": [111.18, 37.34] } } });
    let (status, refused) = window.json("POST", "/api/v1/registers/grounds/rows", None, &bad).await;
    assert!(status.is_client_error() && refused.to_string().contains("GeoJSON"), "{refused}");
}
