//! Attacks (攻击): what somebody who means harm tries first, by class. Each must come to nothing, and say nothing of what it looked for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it stands")]

#[expect(dead_code, reason = "the county serves other tests, too")]
#[path = "it/county.rs"]
mod county;

#[path = "attacks/forgery.rs"]
mod forgery;
#[path = "attacks/fuzz.rs"]
mod fuzz;
#[path = "attacks/injection.rs"]
mod injection;
#[path = "attacks/others.rs"]
mod others;
#[path = "attacks/uploads.rs"]
mod uploads;
#[path = "attacks/wire.rs"]
mod wire;

use axum::http::StatusCode;
use county::{Browser, IDENTITY_NUMBER, Sample, nine};
use jiff::civil::date;
use store::StoreExt;

const APPLY: &str = "/services/stall-application/apply";

/// What somebody else may not see of an application.
const PRIVATE: [&str; 4] = ["林示例", IDENTITY_NUMBER, "10000000001", "体检合格"];

/// An application as filed, with what belongs to it.
struct Applied {
    matter: String,
    file: String,
    /// A second application, not yet filed.
    draft: String,
    /// The permit.
    document: String,
}

impl Applied {
    fn address(&self) -> String {
        format!("/matters/{}", self.matter)
    }
}

/// A draft with these answers on its pages.
async fn drafted(resident: &mut Browser, name: &str, reason: &str) -> String {
    let begun = resident.fill(APPLY, APPLY, &[("about.holder", "s1")]).await;
    let draft = begun.location.trim_end_matches("/1").to_owned();
    let applicant = [("applicant-name", name), ("applicant-id", IDENTITY_NUMBER), ("applicant-phone", "10000000001")];
    let stall = [("goods", "food"), ("area", "10"), ("needs-power", "no"), ("reason", reason)];
    for (step, answers) in [(1, &applicant[..]), (2, &stall[..])] {
        let page = format!("{draft}/{step}");
        let saved = resident.fill(&page, &page, answers).await;
        assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.text());
    }
    let page = format!("{draft}/3");
    let token = resident.get(&page).await.token();
    let paper = ("health-paper", "健康证.pdf", "%PDF-1.7 体检合格".as_bytes());
    let kept = resident.upload(&page, &[("_token", &token)], paper).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text());
    draft
}

/// Files a draft.
async fn filed(resident: &mut Browser, draft: &str) -> String {
    let done = resident.fill(&format!("{draft}/review"), &format!("{draft}/submit"), &[("signature", "yes")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    done.location.trim_start_matches("/matters/").trim_end_matches("/receipt").to_owned()
}

/// An application that was approved.
async fn approved(sample: &Sample) -> Applied {
    let mut resident = sample.browser("resident").await;
    let draft = drafted(&mut resident, "林示例", "赶集卖布").await;
    let matter = filed(&mut resident, &draft).await;
    let address = format!("/matters/{matter}");
    sample.browser("village-head").await.act(&address, "pass", &[]).await;
    sample.advance(nine(date(2022, 2, 22)));
    let done = sample.browser("window").await.act(&address, "approve", &[]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let page = resident.get(&address).await.text();
    let file = part(&page, &format!("{address}/files/"));
    let lines = sample.store.read(|snapshot| snapshot.documents(&matter)).unwrap();
    let permit = lines.into_iter().find(|line| line.document.name == "stall-permit").unwrap();
    let draft = drafted(&mut resident, "林示例", "再摆一处").await;
    Applied {
        matter,
        file,
        draft: draft.trim_start_matches("/drafts/").to_owned(),
        document: permit.document.id.clone(),
    }
}

/// What stands behind `before` in a page, to the next quotation mark.
fn part(page: &str, before: &str) -> String {
    let rest = page.split(before).nth(1).unwrap_or_else(|| panic!("no {before} in {page}"));
    rest.split(['"', '?']).next().unwrap().to_owned()
}

fn acts(sample: &Sample) -> u64 {
    sample.store.read(|snapshot| snapshot.journal_length()).unwrap()
}
