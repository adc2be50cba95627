//! The frame of every page: masthead, navigation, language and size, content, foot.

use crate::lang::Lang;
use crate::visit::{Colours, Visitor};
use maud::{DOCTYPE, Markup, html};

/// Which entry of the navigation the page belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nav {
    /// Home.
    Home,
    /// Services.
    Services,
    /// The gazette.
    Gazette,
    /// Public notices.
    Notices,
    /// Verification.
    Verify,
    /// My matters.
    Track,
    /// The desk.
    Desk,
    /// What recurs.
    Duties,
    /// Reports.
    Reports,
    /// What administrators do.
    Admin,
    /// None of them.
    Other,
}

/// A whole page.
#[must_use]
pub fn page(visitor: &Visitor, nav: Nav, title: &str, content: &Markup) -> Markup {
    let lang = visitor.lang;
    html! {
        (DOCTYPE)
        html lang=(lang.code()) class=(appearance(visitor)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(scheme(visitor.colours));
                title { (title) " – " (visitor.county_name()) (lang.say("公报", " Gazette")) }
                link rel="stylesheet" href="/assets/gongbao.css";
                link rel="icon" type="image/svg+xml" href="/assets/favicon.svg";
                script src="/assets/gongbao.js" defer {}
                @if visitor.is_staff() { script type="module" src="/assets/offline.js" {} }
            }
            body data-person=[visitor.person_id()] {
                a class="skip" href="#content" { (lang.say("跳到正文", "Skip to content")) }
                @if visitor.training { (training(visitor)) }
                (masthead(visitor))
                (navigation(visitor, nav))
                main class="main" id="content" { div class="frame" { (content) } }
                (foot(visitor))
            }
        }
    }
}

/// How the reader wants pages to look, for the style sheet.
fn appearance(visitor: &Visitor) -> String {
    let size = if visitor.large { "large " } else { "" };
    format!("{size}{}", visitor.colours.code())
}

/// The same for the browser, before the style sheet is there.
fn scheme(colours: Colours) -> &'static str {
    match colours {
        Colours::Device => "light dark",
        Colours::Light => "light",
        Colours::Dark => "dark",
    }
}

fn training(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! { aside class="training" aria-label=(lang.say("演练", "Training")) { (lang.say("演练环境，时钟停在 ", "Training site; the clock stands at ")) time { (lang.moment(visitor.now)) } " " a href="/clock" { (lang.say("推进", "Advance")) } } }
}

fn masthead(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        header class="masthead" {
            div class="frame" {
                a class="name" href="/" { (lang.say("公报", "Gongbao")) span class="of" { (visitor.county_name()) } }
                div class="tools" {
                    @if visitor.large { a href=(with_query(&visitor.here, "view", "usual")) { (lang.say("标准版", "Usual size")) } }
                    @else { a href=(with_query(&visitor.here, "view", "large")) { (lang.say("大字版", "Large type")) } }
                    @match lang {
                        Lang::Zh => { a href=(with_query(&visitor.here, "lang", "en")) lang="en" hreflang="en" { "English" } }
                        Lang::En => { a href=(with_query(&visitor.here, "lang", "zh")) lang="zh-CN" hreflang="zh-CN" { "中文" } }
                    }
                    (who(visitor))
                }
            }
        }
    }
}

fn who(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        @match &visitor.person {
            None if visitor.pending.is_some() => { (sign_out(visitor)) }
            None => { a href=(format!("/sign-in?back={}", encode(&visitor.here))) { (lang.say("登录", "Sign in")) } }
            Some(person) => {
                a href="/account" { (person.name) @if let Some(post) = person.holdings().next() { span class="soft small" { " " (post.title) } } }
                (sign_out(visitor))
            }
        }
    }
}

fn sign_out(visitor: &Visitor) -> Markup {
    html! { form method="post" action="/sign-out" { (token(visitor)) button class="link-button" type="submit" { (visitor.lang.say("退出", "Sign out")) } } }
}

fn navigation(visitor: &Visitor, here: Nav) -> Markup {
    let lang = visitor.lang;
    let mut entries = vec![
        (Nav::Services, "/services", lang.say("办事", "Services")),
        (Nav::Gazette, "/gazette", lang.say("公报", "Gazette")),
        (Nav::Notices, "/notices", lang.say("公示", "Notices")),
        (Nav::Verify, "/verify", lang.say("核验", "Verify")),
    ];
    if visitor.person.is_some() {
        entries.push((Nav::Track, "/track", lang.say("我的事项", "My matters")));
    }
    if visitor.is_staff() {
        entries.push((Nav::Desk, "/desk", lang.say("工作台", "Desk")));
        entries.push((Nav::Duties, "/duties", lang.say("职责", "Duties")));
        entries.push((Nav::Reports, "/reports", lang.say("报表", "Reports")));
    }
    if visitor.person.as_ref().is_some_and(|person| !person.administers.is_empty()) {
        entries.push((Nav::Admin, "/admin", lang.say("管理", "Administration")));
    }
    html! {
        nav class="nav" aria-label=(lang.say("主导航", "Main")) {
            div class="frame" { ul {
                @for (nav, href, label) in entries { li { a href=(href) aria-current=[(nav == here).then_some("page")] { (label) } } }
            } }
        }
    }
}

fn foot(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    html! {
        footer class="footer" { div class="frame" {
            ul {
                li { a href="/shares" { (lang.say("数据目录", "Shared data")) } }
                li { a href="/funds" { (lang.say("资金账", "Funds")) } }
                li { a href="/log" { (lang.say("行政行为日志", "The log of acts")) } }
                li { a href="/api/v1/openapi.json" { (lang.say("数据接口", "Interface for programs")) } }
                li { a href="/admin/styleguide" { (lang.say("界面规范", "Style guide")) } }
            }
            (colours(visitor))
            p { (lang.say("本页按已发布的规定运行；每个日期、每项结论都可以追到条款。", "This site runs the regulations as issued: each date and each verdict leads back to its clause.")) }
        } }
    }
}

fn colours(visitor: &Visitor) -> Markup {
    let lang = visitor.lang;
    let name = |colours| match colours {
        Colours::Device => lang.say("随设备", "As the device"),
        Colours::Light => lang.say("浅色", "Light"),
        Colours::Dark => lang.say("深色", "Dark"),
    };
    html! {
        ul class="no-print" {
            li { (lang.say("页面颜色：", "Colours:")) }
            @for one in Colours::ALL {
                li { a href=(with_query(&visitor.here, "colours", one.code())) aria-current=[(one == visitor.colours).then_some("true")] { (name(one)) } }
            }
        }
    }
}

/// The hidden token of a form.
#[must_use]
pub fn token(visitor: &Visitor) -> Markup {
    html! { input type="hidden" name="_token" value=(visitor.csrf); }
}

/// An address with one query parameter set, the others kept.
#[must_use]
pub fn with_query(address: &str, name: &str, value: &str) -> String {
    let (path, query) = address.split_once('?').unwrap_or((address, ""));
    let prefix = format!("{name}=");
    let mut pairs: Vec<String> =
        query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with(&prefix)).map(str::to_owned).collect();
    if !value.is_empty() {
        pairs.push(format!("{name}={}", encode(value)));
    }
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// Percent-encodes a text for a query.
#[must_use]
pub fn encode(text: &str) -> String {
    encode_part(text).replace("%2F", "/")
}

/// Percent-encodes a text for one part of a path.
#[must_use]
pub fn encode_part(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_parameter_is_set_and_the_others_stay() {
        assert_eq!(with_query("/desk?step=a&light=red", "light", "green"), "/desk?step=a&light=green");
        assert_eq!(with_query("/desk", "lang", "en"), "/desk?lang=en");
        assert_eq!(with_query("/desk?light=red", "light", ""), "/desk");
        assert_eq!(
            with_query("/a?limit=5&after=1&x=%E6%88%B7", "after", "2/户"),
            "/a?limit=5&x=%E6%88%B7&after=2/%E6%88%B7"
        );
    }

    #[test]
    fn chinese_is_encoded() {
        assert_eq!(encode("组 a/b"), "%E7%BB%84%20a/b");
        assert_eq!(encode_part("组 a/b"), "%E7%BB%84%20a%2Fb");
    }
}
