//! Pages that everybody sees, and what holds of every page.

use crate::county::{Browser, Sample};
use axum::http::StatusCode;

async fn page(browser: &mut Browser, path: &str) -> String {
    let answer = browser.get(path).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
    answer.text()
}

/// The content of a page, one element a line, without tokens that change.
fn content(html: &str) -> String {
    let main = html.split("<main").nth(1).and_then(|rest| rest.split("</main>").next()).unwrap_or_default();
    let lines = main.replace("><", ">\n<");
    let stable = lines.lines().filter(|line| !line.contains("name=\"_token\""));
    stable.collect::<Vec<_>>().join("\n")
}

#[tokio::test]
async fn main_pages_look_as_reviewed() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    insta::assert_snapshot!("home", content(&page(&mut public, "/").await));
    insta::assert_snapshot!("service", content(&page(&mut public, "/services/stall-application").await));
    insta::assert_snapshot!("sign-in", content(&page(&mut public, "/sign-in?back=/desk").await));
}

#[tokio::test]
async fn pages_carry_no_inline_code_and_say_so_to_browsers() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    for path in [
        "/",
        "/gazette/stalls",
        "/services/stall-application",
        "/services/stall-application/check",
        "/sign-in",
        "/admin/styleguide",
        "/nowhere",
    ] {
        let text = public.get(path).await.text();
        for forbidden in ["<style", "style=\"", "onclick=", "javascript:", "<script>"] {
            assert!(!text.contains(forbidden), "{path} has {forbidden}");
        }
    }
}

#[tokio::test]
async fn english_and_large_type_stay_until_changed() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    let english = page(&mut public, "/?lang=en").await;
    assert!(english.contains("<html lang=\"en\"") && english.contains("Application for a market stall"), "{english}");
    assert!(page(&mut public, "/services").await.contains("<html lang=\"en\""));
    assert!(
        page(&mut public, "/services?view=large&lang=zh").await.contains("<html lang=\"zh-CN\" class=\"large device\"")
    );
}

#[tokio::test]
async fn colours_stay_until_changed() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    let as_the_device = page(&mut public, "/").await;
    assert!(as_the_device.contains("class=\"device\"") && as_the_device.contains("content=\"light dark\""));
    let dark = page(&mut public, "/?colours=dark").await;
    assert!(dark.contains("class=\"dark\"") && dark.contains("name=\"color-scheme\" content=\"dark\""), "{dark}");
    assert!(page(&mut public, "/services?view=large").await.contains("class=\"large dark\""));
    assert!(page(&mut public, "/services?colours=none").await.contains("class=\"large dark\""));
}

#[test]
fn light_colours_are_the_same_in_old_browsers() {
    let css = include_str!("../../assets/gongbao.css");
    let value = |line: &str| {
        line.trim()
            .strip_suffix(';')
            .and_then(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let known: Vec<(String, String)> = css.lines().filter_map(value).collect();
    let mut pairs = 0;
    for (name, light) in
        known.iter().filter_map(|(name, value)| Some((name, value.strip_prefix("light-dark(")?.split_once(',')?.0)))
    {
        assert!(known.iter().any(|(other, value)| other == name && value == light), "{name}: {light}");
        pairs += 1;
    }
    assert_eq!(pairs, 20);
}

#[tokio::test]
async fn search_finds_services_and_clauses() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    let found = page(&mut public, "/?q=%E5%8D%81%E4%BA%8C%E5%B9%B3%E6%96%B9%E7%B1%B3").await; // 十二平方米
    assert!(found.contains("/gazette/stalls#st-1.b") && found.contains("<mark>十二平方米</mark>"), "{found}");
}

#[tokio::test]
async fn the_self_check_explains_each_condition_without_signing_in() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    let path = "/services/stall-application/check";
    let too_large = public.fill(path, path, &[("area", "15")]).await.text();
    assert!(
        too_large.contains("不符合条件") && too_large.contains("15 平方米") && too_large.contains("#st-2.b"),
        "{too_large}"
    );
    let fits = public.fill(path, path, &[("area", "12")]).await.text();
    assert!(fits.contains("按您填的情况，符合条件"), "{fits}");
}

#[tokio::test]
async fn a_mistyped_verification_code_is_told_apart_from_an_unknown_one() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    let short = public.get("/verify?code=ABC").await;
    assert_eq!(short.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(short.text().contains("核验码应为 20 位"));
    let unknown = public.get("/verify/00000-00000-00000-00000").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text().contains("没有签发过这样的文书"));
}

#[tokio::test]
async fn an_error_page_says_what_and_what_to_do() {
    let sample = Sample::new();
    let mut public = sample.browser("").await;
    let missing = public.get("/matters/none").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
    assert!(missing.text().contains("没有这个事项，或者您无权查看") && missing.text().contains("请核对网址或编号"));
    let sign_in = public.get("/track").await;
    assert_eq!((sign_in.status, sign_in.location.as_str()), (StatusCode::SEE_OTHER, "/sign-in?back=/track"));
}
