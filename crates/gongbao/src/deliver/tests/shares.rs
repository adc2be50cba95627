//! Offices that take shared data are told when a row of it changed: which, and where to take it.

use super::fixture::{self, KEY, TOWN, done, enter_home, library_of, request, start};
use super::servers::Receiver;
use super::{SECRET, URL, expected, webhook};
use crate::deliver::Deliverer;
use engine::event::Desk;
use serde_json::json;
use std::sync::Arc;
use store::outbox::{Topic, Webhook};
use store::{Settings, Sqlite, Store};

/// The sample regulation with a share of its homes, but for one.
const SHARES: &str = "
# 数据共享 {#dg-9}

```yaml share
share: homes-open
title: 户
register: homes
where: code != \"h9\"
fields: [code, village]
terms: unconditional
update: monthly
owner: village/assistant
clause: dg-9
```
";

#[test]
fn a_changed_row_of_a_share_is_told_with_links_and_without_a_column() {
    let folder = tempfile::tempdir().unwrap();
    let text = concat!(include_str!("../../../../regulation/tests/fixtures/tiny.md"), "\n");
    let library = library_of("dogs", &format!("{text}{SHARES}"));
    let settings = Settings { data: folder.path().to_path_buf(), county_key: KEY, library };
    let store: Arc<dyn Store> = Arc::new(Sqlite::open(settings).unwrap());
    let deliverer =
        Deliverer { store: Arc::clone(&store), mailer: None, private_webhooks: true, public_url: URL.into() };
    assert_eq!(deliverer.round(start()).unwrap(), 0);
    let receiver = Receiver::start();
    let office = Desk::Office { level: "township".into(), desk: "vet".into(), place: TOWN.into() };
    store.put_webhook(Webhook { office, topics: [Topic::ShareChanged].into(), ..webhook(receiver.url()) }).unwrap();

    for code in ["h1", "h9"] {
        done(store.as_ref(), request(None, enter_home(code), start()));
    }
    deliverer.round(start()).unwrap();
    let requests = receiver.received();
    let [told] = requests.as_slice() else { panic!("{} requests came", requests.len()) };
    assert_eq!(told.header("webhook-signature"), expected(&SECRET, told));
    let event = told.event();
    assert_eq!((event["type"].as_str(), event["subject"].as_str()), (Some("gongbao.share.changed"), Some("shares/h1")));
    let rows = format!("{URL}/api/v1/shares/dogs/homes-open/rows");
    let links = json!({ "row": format!("{rows}?key=h1"), "changes": format!("{rows}?since=0") });
    assert_eq!(event["data"]["shares"], json!([{ "regulation": "dogs", "share": "homes-open", "links": links }]));
    assert_eq!((&event["data"]["key"], &event["data"]["seq"]), (&json!("h1"), &json!(1)));
    for personal in [fixture::HEAD_ADDRESS, "resident-h1", "h9"] {
        assert!(!told.body.contains(personal), "{personal} in {}", told.body);
    }
    assert_eq!(deliverer.round(start()).unwrap(), 0, "once");
}
