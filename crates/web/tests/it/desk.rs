//! What lies on a desk, by days and as a calendar.

use crate::county::{Answer, Browser};
use crate::reports::begun;
use axum::http::StatusCode;
use jiff::civil::date;

/// The part of the week's page from one day's heading to the next.
fn day(page: &str, day: &str) -> String {
    let from = page.split(&format!("datetime=\"{day}\"")).nth(1).unwrap_or_else(|| panic!("no {day}: {page}"));
    from.split("<h2>").next().unwrap().to_owned()
}

#[tokio::test]
async fn the_week_shows_what_falls_due_day_by_day() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let far = head.get("/desk/week").await.text();
    assert!(!far.contains("林示例的摊位申请"), "the last day is the eighth: {far}");
    sample.advance(date(2022, 2, 18).at(9, 0, 0, 0));
    let near = head.get("/desk/week").await.text();
    assert!(day(&near, "2022-02-21").contains("林示例的摊位申请"), "{near}");
    assert!(day(&near, "2022-02-18").contains("今天") && day(&near, "2022-02-19").contains("休息日"), "{near}");
    assert!(day(&near, "2022-02-19").contains("没有到期的待办"), "{near}");
}

#[tokio::test]
async fn what_is_late_stands_first() {
    let sample = begun().await;
    sample.advance(date(2022, 2, 28).at(9, 0, 0, 0));
    let week = sample.browser("village-head").await.get("/desk/week").await.text();
    let (late, today) = (week.find("已逾期"), week.find("datetime=\"2022-02-28\""));
    assert!(late.is_some() && late < today, "{week}");
}

#[tokio::test]
async fn deadlines_go_into_a_calendar_without_names() {
    let sample = begun().await;
    let answer = sample.browser("village-head").await.get("/desk/deadlines.ics").await;
    assert_eq!((answer.status, answer.media.as_str()), (StatusCode::OK, "text/calendar; charset=utf-8"));
    let text = answer.text();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"), "{text}");
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2, "{text}");
    assert!(text.contains("DTSTART;VALUE=DATE:20220221\r\n") && text.contains("摊申2022-0001"), "{text}");
    assert!(!text.contains("林示例") && !text.contains("何邻居"), "{text}");
    let public = sample.browser("").await.get("/desk/deadlines.ics").await;
    assert_eq!(public.status, StatusCode::SEE_OTHER, "{}", public.text());
}

/// The lines of a calendar, unfolded.
fn unfolded(text: &str) -> Vec<String> {
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
    text.replace("\r\n ", "").split_terminator("\r\n").map(str::to_owned).collect()
}

/// What RFC 5545 asks of a calendar of events.
fn is_a_calendar(text: &str) {
    let lines = unfolded(text);
    let name = |line: &String| line.split([':', ';']).next().unwrap_or_default().to_owned();
    assert!(lines.iter().all(|line| line.contains(':') && !line.contains(['\r', '\n'])), "{text}");
    let names: Vec<String> = lines.iter().map(name).collect();
    assert_eq!((names[0].as_str(), names.last().map(String::as_str)), ("BEGIN", Some("END")));
    for once in ["VERSION", "PRODID", "REFRESH-INTERVAL"] {
        assert_eq!(names.iter().filter(|name| *name == once).count(), 1, "{once} of {text}");
    }
    for event in text.split("BEGIN:VEVENT\r\n").skip(1) {
        let of_event: Vec<String> = unfolded(event.split("END:VEVENT").next().unwrap()).iter().map(name).collect();
        for once in ["UID", "DTSTAMP", "LAST-MODIFIED", "SEQUENCE", "DTSTART", "SUMMARY", "URL"] {
            assert_eq!(of_event.iter().filter(|name| *name == once).count(), 1, "{once} of {event}");
        }
    }
}

/// Makes a calendar address; its path.
async fn subscribed(browser: &mut Browser, post: &str) -> String {
    let made = browser.fill("/account/calendar", "/account/calendar", &[("post", post)]).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let page = made.text();
    let secret = page.split("/calendar/").find_map(|rest| rest.split_once(".ics</code>")).unwrap().0.to_owned();
    assert!(!browser.get("/account/calendar").await.text().contains(&secret), "it is shown once");
    format!("/calendar/{secret}.ics")
}

#[tokio::test]
async fn a_calendar_is_subscribed_to_without_a_session_and_reads_nothing_else() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let wrong = head.fill("/account/calendar", "/account/calendar", &[("post", "post-window")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "somebody else's post");
    let path = subscribed(&mut head, "post-village-head").await;
    assert!(head.get("/account/sessions").await.text().contains("没有用过"), "it stands among the sessions");
    let mut phone = sample.browser("").await;
    let feed = phone.get(&path).await;
    assert_eq!((feed.status, feed.media.as_str()), (StatusCode::OK, "text/calendar; charset=utf-8"));
    is_a_calendar(&feed.text());
    let text = feed.text();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 2, "{text}");
    assert!(text.contains("DTSTART;VALUE=DATE:20220221\r\n") && text.contains("摊申2022-0001"), "{text}");
    assert!(!text.contains("林示例") && !text.contains("何邻居"), "{text}");
    assert_eq!(phone.get(&path).await.text(), text, "the same state gives the same bytes");
    for other in ["/desk", "/account", "/account/calendar"] {
        assert_eq!(phone.get(other).await.status, StatusCode::SEE_OTHER, "{other}: it opens no session");
    }
    assert!(!head.get("/account/sessions").await.text().contains("没有用过"), "its use is noted");
    let other = format!("{}0.ics", path.trim_end_matches(".ics"));
    for none in [other.as_str(), "/calendar/.ics", "/calendar/none", "/calendar/none.ics"] {
        assert_eq!(phone.get(none).await.status, StatusCode::NOT_FOUND, "{none}");
    }
}

#[tokio::test]
async fn an_act_raises_the_event_in_sequence() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let path = subscribed(&mut head, "post-village-head").await;
    let before = head.get(&path).await.text();
    assert!(before.matches("SEQUENCE:1\r\n").count() == 2, "{before}");
    let matter = before.split("UID:https://gongbao.example").nth(1).unwrap().split("\r\n").next().unwrap().to_owned();
    assert_eq!(head.act(&matter, "pass", &[]).await.status, StatusCode::SEE_OTHER);
    let after = head.get(&path).await.text();
    let event = after.split("BEGIN:VEVENT").find(|event| event.contains(&matter)).unwrap();
    assert!(event.contains("SEQUENCE:2\r\n"), "the same event, later: {after}");
}

#[tokio::test]
async fn a_calendar_ends_with_its_owners_will_and_sessions_and_is_not_asked_without_end() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let mut phone = sample.browser("").await;
    let first = subscribed(&mut head, "post-village-head").await;
    let mut answers = Vec::new();
    for _ in 0..7 {
        answers.push(phone.get(&first).await.status);
    }
    assert_eq!(answers.pop(), Some(StatusCode::TOO_MANY_REQUESTS));
    assert!(answers.iter().all(|status| *status == StatusCode::OK), "{answers:?}");
    let ended = head.fill("/account/calendar", "/account/calendar", &[]).await;
    assert_eq!(ended.status, StatusCode::SEE_OTHER, "the first form of the page ends it: {}", ended.text());
    assert_eq!(phone.get(&first).await.status, StatusCode::NOT_FOUND);
    let second = subscribed(&mut head, "post-village-head").await;
    assert_eq!(phone.get(&second).await.status, StatusCode::OK);
    let mut window = sample.browser("window").await;
    let page = window.get("/account/calendar").await;
    let foreign = [("_token", page.token()), ("do", "end".into()), ("id", "none".into())];
    let foreign: Vec<(&str, &str)> = foreign.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert_eq!(window.post("/account/calendar", &foreign).await.status, StatusCode::NOT_FOUND);
    let others = head.get("/account/sessions").await.token();
    head.post("/account/sessions", &[("_token", &others), ("do", "others")]).await;
    assert_eq!(phone.get(&second).await.status, StatusCode::NOT_FOUND, "they end with all other sessions");
}

/// Where the two applications on the desk of the village's head are chosen, and the answers that choose both.
async fn chosen(head: &mut Browser) -> (String, Vec<(String, String)>) {
    let link = |page: &str, begin: &str| {
        let rest =
            page.split(&format!("href=\"{begin}?procedure=")).nth(1).unwrap_or_else(|| panic!("no {begin}: {page}"));
        format!("{begin}?procedure={}", rest.split('"').next().unwrap().replace("&amp;", "&"))
    };
    let desk = head.get("/desk").await.text();
    let narrowed = head.get(&link(&desk, "/desk")).await.text();
    let choosing = link(&narrowed, "/desk/together");
    let page = head.get(&choosing).await.text();
    let matters = page.split("name=\"_matter\" value=\"").skip(1).map(|rest| rest.split('"').next().unwrap());
    let mut sent: Vec<(String, String)> = matters.map(|matter| ("_matter".to_owned(), matter.to_owned())).collect();
    assert_eq!(sent.len(), 2, "{page}");
    sent.push(("_act".to_owned(), "pass".to_owned()));
    (choosing, sent)
}

fn pairs(fields: &[(String, String)]) -> Vec<(&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Sends the form of a page on.
async fn send(head: &mut Browser, page: &Answer, confirmed: bool) -> Answer {
    let mut fields = page.hidden("/desk/together");
    fields.extend(confirmed.then(|| ("_confirmed".to_owned(), "yes".to_owned())));
    head.post("/desk/together", &pairs(&fields)).await
}

#[tokio::test]
async fn one_act_is_done_to_several_matters_with_one_confirmation() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let (choosing, sent) = chosen(&mut head).await;
    let form = head.fill(&choosing, "/desk/together", &pairs(&sent)).await;
    assert!(form.text().contains("2 件") && form.text().contains("下一步：逐件核对"), "{}", form.text());
    let check = send(&mut head, &form, false).await;
    assert_eq!(check.status, StatusCode::OK, "{}", check.text());
    assert!(check.text().contains("确认办理 2 件") && check.text().contains("进入“"), "{}", check.text());
    let left = async |head: &mut Browser| head.get(&choosing).await.text().matches("name=\"_matter\"").count();
    assert_eq!(left(&mut head).await, 2, "nothing is done before it is confirmed");
    let done = send(&mut head, &check, true).await;
    assert!(done.text().contains("办好 2 件，没有办成 0 件"), "{}", done.text());
    assert_eq!(left(&mut head).await, 0);
    let again = send(&mut head, &check, true).await;
    assert!(again.text().contains("办好 2 件，没有办成 0 件"), "a second click finds them done: {}", again.text());
}

#[tokio::test]
async fn who_was_faster_is_told_matter_by_matter() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let (choosing, sent) = chosen(&mut head).await;
    let form = head.fill(&choosing, "/desk/together", &pairs(&sent)).await;
    let check = send(&mut head, &form, false).await;
    let first = format!("/matters/{}", sent[0].1);
    assert_eq!(head.act(&first, "pass", &[]).await.status, StatusCode::SEE_OTHER);
    let late = send(&mut head, &check, true).await.text();
    assert!(late.contains("办好 1 件，没有办成 1 件") && late.contains(&first), "{late}");
    let token = ("_token", check.token());
    let none = head.post("/desk/together", &[(token.0, &token.1), ("_act", "pass")]).await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST, "{}", none.text());
    let mut stranger = sample.browser("resident").await;
    let theirs = stranger.get("/track").await.token();
    let mut fields = pairs(&sent);
    fields.push(("_token", &theirs));
    let refused = stranger.post("/desk/together", &fields).await;
    assert!(refused.status.is_client_error(), "{}", refused.text());
}

#[tokio::test]
async fn filters_of_the_desk_are_kept_under_a_name() {
    let sample = begun().await;
    let mut head = sample.browser("village-head").await;
    let kept = head.fill("/desk?light=red&odd=1", "/desk/views", &[("name", "逾期的")]).await;
    assert_eq!((kept.status, kept.location.as_str()), (StatusCode::SEE_OTHER, "/desk?light=red"), "{}", kept.text());
    assert!(head.get("/desk").await.text().contains("<a href=\"/desk?light=red\">逾期的</a>"));
    let other = sample.browser("window").await.get("/desk").await.text();
    assert!(!other.contains("逾期的"), "{other}");
    let unnamed = head.fill("/desk?q=x", "/desk/views", &[("name", " ")]).await;
    assert_eq!(unnamed.status, StatusCode::BAD_REQUEST, "{}", unnamed.text());
    let dropped = head.fill("/desk?light=red", "/desk/views", &[("drop", "yes")]).await;
    assert_eq!(dropped.location, "/desk");
    assert!(!head.get("/desk").await.text().contains("逾期的"));
}

#[tokio::test]
async fn what_lies_elsewhere_is_found_by_whoever_may_see_it() {
    let sample = begun().await;
    let path = "/desk?q=%E6%91%8A%E7%94%B32022-0001"; // 摊申2022-0001
    let window = sample.browser("window").await.get(path).await.text();
    assert!(window.contains("不在手里的事项") && window.contains("林示例的摊位申请"), "{window}");
    let neighbour = sample.browser("neighbour").await.get(path).await.text();
    assert!(!neighbour.contains("林示例的摊位申请"), "{neighbour}");
}
