//! Old ledgers as they are: titles, foreign headings, words for choices, days and numbers in many ways, totals; what was chosen is kept.

use crate::county::{Answer, Browser, Sample};
use crate::imports::{confirm, figures, keys, send};
use axum::http::StatusCode;
use rust_xlsxwriter::{Format, Workbook};
use store::StoreExt;

const STANDS: &str = "/registers/stands";
const IMPORT: &str = "/registers/stands/-/import";

const LEDGER: &str = "\
东河镇集贸市场摊位登记表
填报单位：东河镇,,,填报日期：2021.6.1
序号,摊位编号,占地面积（㎡）,有无棚,棚子,开始使用时间,备注
1,Ａ１,９．５,无,,2021.5.1,
2,a2,\"1,200平米\",有,瓦,44197,老摊
序号,摊位编号,占地面积（㎡）,有无棚,棚子,开始使用时间,备注
3,a3,12,√,彩钢,2021年5月1号,
合计,,1221.5
填表人：某某,,,审核人：某某
";

/// What the form of a page would send as it stands: its selects and its inputs.
fn standing(answer: &Answer, action: &str) -> Vec<(String, String)> {
    let html = answer.text();
    let form =
        html.split(&format!("action=\"{action}\"")).nth(1).unwrap_or_else(|| panic!("no form {action} in {html}"));
    let form = form.split("</form>").next().unwrap();
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split(&format!(" {name}=\"")).nth(1)?;
        Some(rest.split('"').next().unwrap().to_owned())
    };
    let inputs = form.split("<input").skip(1).filter_map(|tag| {
        let tag = tag.split('>').next().unwrap();
        Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))
    });
    let selects = form.split("<select").skip(1).filter_map(|select| {
        let select = select.split("</select>").next().unwrap();
        let options: Vec<&str> = select.split("<option").skip(1).collect();
        let chosen =
            options.iter().find(|option| option.split('>').next().unwrap().contains(" selected")).or(options.first());
        Some((attribute(select, "name")?, chosen.and_then(|option| attribute(option, "value")).unwrap_or_default()))
    });
    inputs.chain(selects).collect()
}

/// Sends a page's form with some of it changed.
async fn answer(browser: &mut Browser, page: &Answer, action: &str, changes: &[(&str, &str)]) -> Answer {
    let mut fields = standing(page, action);
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(action, &fields).await
}

fn chosen(page: &Answer, action: &str, name: &str) -> String {
    let all = standing(page, action);
    all.into_iter().find(|(known, _)| known == name).unwrap_or_else(|| panic!("no {name}: {}", page.text())).1
}

const CHECK: (&str, &str) = ("_do", "check");

/// Takes the ledger in as far as its preview; the address of the import and the preview.
async fn previewed(window: &mut Browser, name: &str) -> (String, String) {
    let import = send(window, IMPORT, LEDGER.as_bytes()).await.location;
    let columns = format!("{import}/columns");
    let page = window.get(&import).await;
    let asked =
        answer(window, &page, &columns, &[("column.3", "kind"), ("column.4", "roof"), ("column.5", "since"), CHECK])
            .await;
    assert_eq!(asked.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(asked.text().contains("有些写法还要说明代表什么"), "{}", asked.text());
    let words =
        [("word.kind.无", "open"), ("word.kind.有", "roofed"), ("word.kind.√", "roofed"), ("name", name), CHECK];
    let done = answer(window, &asked, &columns, &words).await;
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, import.as_str()), "{}", done.text());
    let preview = window.get(&import).await.text();
    (import, preview)
}

#[tokio::test]
async fn an_old_ledger_goes_in_as_it_is() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let import = send(&mut window, IMPORT, LEDGER.as_bytes()).await.location;
    let columns = format!("{import}/columns");
    let page = window.get(&import).await;
    assert_eq!(page.status, StatusCode::OK);
    let text = page.text();
    assert!(text.contains("第 3 行") && text.contains("还没有导入任何内容"), "{text}");
    for (column, field) in [("column.0", ""), ("column.1", "number"), ("column.2", "area"), ("column.6", "")] {
        assert_eq!(chosen(&page, &columns, column), field, "{column}: {text}");
    }
    let refused = answer(&mut window, &page, &columns, &[("column.1", ""), CHECK]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("表里缺少必填的一栏“摊位号”") && refused.text().contains("缺少必填的一栏“种类”"));
    let twice = answer(&mut window, &page, &columns, &[("column.0", "number"), ("column.3", "kind"), CHECK]).await;
    assert!(twice.text().contains("表里有两栏“摊位号”"), "{}", twice.text());

    let (import, preview) = previewed(&mut window, "").await;
    assert_eq!(figures(&preview), [3, 0, 0, 0], "{preview}");
    assert!(preview.contains("合计、尾注、重复的表头，不导入：第 6、8、9 行"), "{preview}");
    assert!(preview.contains("摊位编号 → 摊位号") && preview.contains("不导入：序号、备注"), "{preview}");
    assert!(keys(&sample, "stands").is_empty());
    assert!(confirm(&mut window, &import).await.contains("已导入"));
    assert_eq!(keys(&sample, "stands"), ["A1", "a2", "a3"]);
    for (key, says) in
        [("A1", ["9.5 平方米", "露天"]), ("a2", ["1200 平方米", "2021年1月1日"]), ("a3", ["彩钢", "2021年5月1日"])]
    {
        let row = window.get(&format!("{STANDS}/{key}")).await.text();
        assert!(says.iter().all(|text| row.contains(text)), "{key}: {row}");
    }
}

#[tokio::test]
async fn the_next_sheet_of_the_kind_is_read_the_same_way() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, _) = previewed(&mut window, "集市台账").await;
    confirm(&mut window, &import).await;
    let next = LEDGER
        .replace("９．５", "10")
        .replace("a3", "a4")
        .replace("东河镇集贸市场摊位登记表", "又一张,,\n说明：按季填报");
    let import = send(&mut window, IMPORT, next.as_bytes()).await.location;
    let preview = window.get(&import).await.text();
    assert_eq!(figures(&preview), [1, 1, 1, 0], "new, changed, the same: {preview}");
    assert!(preview.contains("按您上次的对应关系读的") && preview.contains("变更了什么"), "{preview}");

    // The columns can still be changed; what an office has kept is there for its people and for nobody else's.
    let columns = format!("{import}/columns");
    let page = window.get(&columns).await;
    assert_eq!(chosen(&page, &columns, "column.3"), "kind");
    assert!(page.text().contains("<option>集市台账</option>"), "{}", page.text());
    let used = answer(&mut window, &page, &columns, &[("column.3", ""), ("kept", "集市台账"), ("_do", "use")]).await;
    assert_eq!(chosen(&used, &columns, "column.3"), "kind", "{}", used.text());
    let kept = |owner: &str| sample.store.read(|snapshot| snapshot.saved_views(owner, "import:stands")).unwrap();
    assert_eq!(kept("999901/township/window").len(), 1);
    let mut other = sample.browser("other-window").await;
    let theirs = send(&mut other, IMPORT, LEDGER.as_bytes()).await.location;
    let page = other.get(&theirs).await;
    assert!(!page.text().contains("集市台账") && page.text().contains("还没有导入任何内容"), "{}", page.text());
    let page = window.get(&columns).await;
    let gone = answer(&mut window, &page, &columns, &[("kept", "集市台账"), ("_do", "forget")]).await;
    assert_eq!((gone.status, kept("999901/township/window").len()), (StatusCode::SEE_OTHER, 0));

    // After a restart the sheet is read as it was chosen last.
    drop((window, other));
    let sample = sample.restarted();
    let preview = sample.browser("window").await.get(&import).await.text();
    assert_eq!(figures(&preview), [1, 1, 1, 0], "{preview}");
}

#[tokio::test]
async fn what_a_sheet_lacks_is_said_once_and_units_are_turned() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let ledger = "摊位登记,,\n摊位号,面积（公顷）,启用日期\nb1,0.0012,2019\nb2,约2,2019.3.5\nb3,0.1,2019.3\n";
    let import = send(&mut window, IMPORT, ledger.as_bytes()).await.location;
    let columns = format!("{import}/columns");
    let page = window.get(&import).await;
    assert_eq!(chosen(&page, &columns, "column.1"), "area", "{}", page.text());
    assert_eq!(chosen(&page, &columns, "constant.kind"), "");
    let done = answer(&mut window, &page, &columns, &[("constant.kind", "open"), CHECK]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let preview = window.get(&import).await.text();
    assert_eq!(figures(&preview), [0, 0, 0, 3], "{preview}");
    for said in ["“面积（公顷）”以公顷计，换算时乘以 10000", "约2", "C5", "2019.3<", "请填数字"]
    {
        assert!(preview.contains(said), "{said}: {preview}");
    }
    let right = ledger.replace(",2019\n", ",2019年1月2日\n").replace("约2", "2").replace("2019.3\n", "20190301\n");
    let import = send(&mut window, IMPORT, right.as_bytes()).await.location;
    let done = confirm(&mut window, &import).await;
    assert_eq!(figures(&done), [3, 0, 0], "{done}");
    let row = window.get(&format!("{STANDS}/b1")).await.text();
    assert!(row.contains("12 平方米") && row.contains("露天"), "{row}");

    // What cannot be turned exactly is not turned, though the headings were known.
    let mu = right.replace("公顷", "亩");
    let import = send(&mut window, IMPORT, mu.as_bytes()).await.location;
    let page = window.get(&import).await;
    let columns = format!("{import}/columns");
    let refused = answer(&mut window, &page, &columns, &[("column.1", "area"), ("constant.kind", "open"), CHECK]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text().contains("的单位是亩"), "{}", refused.text());
}

/// Two sheets; the table is on the second, below a title, with headings in two rows.
fn book() -> Vec<u8> {
    let format = Format::new();
    let mut book = Workbook::new();
    book.add_worksheet().set_name("封面").unwrap().write_string(0, 0, "东河镇").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("摊位").unwrap();
    sheet.merge_range(0, 0, 0, 3, "摊位一览表", &format).unwrap();
    sheet.merge_range(1, 0, 2, 0, "摊位号", &format).unwrap();
    sheet.merge_range(1, 1, 1, 2, "基本情况", &format).unwrap();
    sheet.write_string(2, 1, "面积").unwrap().write_string(2, 2, "摊位种类").unwrap();
    sheet.merge_range(1, 3, 2, 3, "启用", &format).unwrap();
    for (row, number, kind) in [(3, "e1", "露天"), (4, "e2", "露天的")] {
        sheet
            .write_string(row, 0, number)
            .unwrap()
            .write_number(row, 1, 8.5)
            .unwrap()
            .write_string(row, 2, kind)
            .unwrap();
        sheet.write_number(row, 3, 43_529.0).unwrap();
    }
    book.save_to_buffer().unwrap()
}

#[tokio::test]
async fn headings_in_two_rows_are_proposed_and_can_be_looked_for_elsewhere() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let import = send(&mut window, IMPORT, &book()).await.location;
    let columns = format!("{import}/columns");
    let page = window.get(&import).await;
    let text = page.text();
    assert!(text.contains("第 2 至 3 行") && text.contains("基本情况 面积"), "{text}");
    for (column, field) in [("column.0", "number"), ("column.1", "area"), ("column.2", "kind")] {
        assert_eq!(chosen(&page, &columns, column), field, "{column}: {text}");
    }
    assert_eq!(chosen(&page, &columns, "word.kind.露天的"), "open", "a word that means one choice is proposed");
    let elsewhere = [("sheet", "封面"), ("first", "1"), ("last", "1"), ("_do", "look")];
    let moved = answer(&mut window, &page, &columns, &elsewhere).await;
    assert_eq!(moved.status, StatusCode::SEE_OTHER);
    let page = window.get(&import).await;
    assert!(page.text().contains("第 1 行") && !page.text().contains("基本情况 面积"), "{}", page.text());
    let back = [("sheet", "摊位"), ("first", "2"), ("last", "3"), ("_do", "look")];
    answer(&mut window, &page, &columns, &back).await;
    let page = window.get(&import).await;
    let done = answer(&mut window, &page, &columns, &[("column.3", "since"), CHECK]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text());
    let preview = window.get(&import).await.text();
    assert_eq!(figures(&preview), [2, 0, 0, 0], "{preview}");
    confirm(&mut window, &import).await;
    assert!(window.get(&format!("{STANDS}/e1")).await.text().contains("2019年3月5日"));
}

#[tokio::test]
async fn what_is_worked_on_or_done_is_not_chosen_anew() {
    let sample = Sample::new();
    let mut window = sample.browser("window").await;
    let (import, _) = previewed(&mut window, "").await;
    let columns = format!("{import}/columns");
    let page = window.get(&columns).await;
    confirm(&mut window, &import).await;
    let late = answer(&mut window, &page, &columns, &[("column.4", ""), CHECK]).await;
    assert_eq!(late.status, StatusCode::SEE_OTHER);
    assert!(window.get(&import).await.text().contains("已导入"), "it stays done");
    let nobody = sample.browser("other-window").await.get(&columns).await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}
