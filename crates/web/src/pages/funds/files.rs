//! What the pages of funds show, as Excel, CSV and PDF.

use crate::disposition::{self, saved};
use crate::funds::{Look, shown, side_words};
use crate::lang::Lang;
use crate::pages::registers::excel::download;
use crate::problem::Problem;
use crate::site::{App, Running, long_work};
use crate::typeset;
use crate::visit::{Visitor, query_value};
use axum::extract::{Path, State};
use axum::http::Uri;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use engine::books::Sub;
use engine::rights::Access;
use regulation::expr::Unit;
use regulation::model::fund::{Account, Side};
use regulation::money::{self, yuan};
use serde_json::json;
use sheets::{Column, Kind, Out, Value, Writer, csv_table};
use std::sync::Arc;

/// Lines of a file at most.
const LINES_MAX: usize = 100_000;
/// How headings say that a column is of amounts.
const IN_YUAN: &str = "（元）";
/// Lines on paper at most: some hundred pages.
const PRINTED_MAX: usize = 4_000;

/// A table on its way into a file.
struct Sheet {
    title: String,
    columns: Vec<(String, Kind)>,
    rows: Vec<Vec<Value>>,
    /// The row that sums up.
    total: Option<usize>,
    about: Vec<(String, String)>,
}

/// Debits, credits, and the balance on the side where it lies.
pub(super) fn figures(look: &Look<'_>, account: &Account) -> [i128; 4] {
    let total = look.total(account);
    let balance = total.debits - total.credits;
    [total.debits, total.credits, balance.max(0), (-balance).max(0)]
}

/// The trial balance.
pub async fn fund(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, kind)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?.at_least(Access::Public)?;
            file(app, &look, &kind, trial_balance(&look))
        })
    })
    .await
}

fn trial_balance(look: &Look<'_>) -> Sheet {
    let row = |label: &str, side: &str, figures: [i128; 4]| {
        [text(label), text(side)].into_iter().chain(figures.map(amount)).collect::<Vec<Value>>()
    };
    let (memo, kept): (Vec<&Account>, Vec<&Account>) =
        look.fund.accounts.iter().partition(|account| account.side == Side::Memo);
    let of = |account: &&Account| row(&account.label.zh, side_words(Lang::Zh, account.side), figures(look, account));
    let mut rows: Vec<Vec<Value>> = kept.iter().map(of).collect();
    let sums = kept
        .iter()
        .map(|account| figures(look, account))
        .fold([0; 4], |sums, own| std::array::from_fn(|place| sums[place] + own[place]));
    rows.push(row("合计", "", sums));
    rows.extend(memo.iter().map(of));
    let columns = [
        ("科目", Kind::Text),
        ("方向", Kind::Text),
        ("借方发生额（元）", Kind::Number),
        ("贷方发生额（元）", Kind::Number),
        ("借方余额（元）", Kind::Number),
        ("贷方余额（元）", Kind::Number),
    ];
    Sheet { total: Some(kept.len()), ..sheet(look, format!("{}试算平衡", look.fund.title.zh), &columns, rows) }
}

/// Sub-accounts of an account.
pub async fn account(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, account, kind)): Path<(String, String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?.at_least(Access::Full)?;
            let account = look.account(&account)?;
            file(app, &look, &kind, subs(&look, account, &uri))
        })
    })
    .await
}

fn subs(look: &Look<'_>, account: &Account, uri: &Uri) -> Sheet {
    let mut rows = Vec::new();
    for Sub { key, balance } in look.sub_accounts(account, |name| query_value(uri, name), "", LINES_MAX) {
        let mut row: Vec<Value> = look.dimensions(account, &key).iter().map(|(_, _, _, called)| text(called)).collect();
        row.extend([balance.debits, balance.credits, balance.of(account.side)].map(amount));
        row.push(balance.last_on.map_or(Value::Empty, Value::Date));
        rows.push(row);
    }
    let headings: Vec<String> = look.fund.dimensions_of(account).map(|own| own.label.zh.clone()).collect();
    let mut columns: Vec<(&str, Kind)> = headings.iter().map(|heading| (heading.as_str(), Kind::Text)).collect();
    columns.extend([
        ("借方发生额（元）", Kind::Number),
        ("贷方发生额（元）", Kind::Number),
        ("余额（元）", Kind::Number),
        ("最近起息日", Kind::Date),
    ]);
    sheet(look, format!("{}·{}", look.fund.title.zh, account.label.zh), &columns, rows)
}

/// A statement.
pub async fn statement(
    state: State<Arc<Running>>,
    visitor: Visitor,
    Path((fund, account, kind)): Path<(String, String, String)>,
    uri: Uri,
) -> Result<Response, Problem> {
    let app: App = state;
    long_work(&app, move |app| {
        app.read(|snapshot| {
            let look = Look::new(snapshot, &visitor, &fund)?;
            let statement = look.statement(&account, |name| query_value(&uri, name), LINES_MAX)?;
            let mut rows = vec![vec![
                Value::Date(statement.from),
                text("期初余额"),
                Value::Empty,
                Value::Empty,
                amount(statement.before),
                Value::Empty,
            ]];
            for (line, balance) in statement.running() {
                let label = look.fund.entry(&line.entry).map_or(line.entry.as_str(), |entry| &entry.label.zh);
                let side = |debit: bool| if line.debit == debit { amount(line.fen.into()) } else { Value::Empty };
                let number = Value::Number(line.number.into());
                rows.push(vec![Value::Date(line.on), text(label), side(true), side(false), amount(balance), number]);
            }
            let columns = [
                ("起息日", Kind::Date),
                ("摘要", Kind::Text),
                ("借方（元）", Kind::Number),
                ("贷方（元）", Kind::Number),
                ("余额（元）", Kind::Number),
                ("凭证", Kind::Number),
            ];
            let title = format!("{}·{}对账单", look.fund.title.zh, statement.account.label.zh);
            let mut sheet = sheet(&look, title, &columns, rows);
            for (_, heading, _, called) in look.dimensions(&statement.account, &statement.key) {
                sheet.about.push((heading, called));
            }
            sheet.about.push(("期间".into(), format!("{}至{}", statement.from, statement.to)));
            file(app, &look, &kind, sheet)
        })
    })
    .await
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn amount(fen: i128) -> Value {
    match yuan(fen) {
        Some(regulation::expr::Value::Number(number, _)) => Value::Number(number),
        _ => Value::Text(money::shown(fen)),
    }
}

fn sheet(look: &Look<'_>, title: String, columns: &[(&str, Kind)], rows: Vec<Vec<Value>>) -> Sheet {
    let by = look.visitor.person.as_ref().map_or_else(|| "未登录的访客".to_owned(), |person| person.name.clone());
    let about = vec![
        ("资金".to_owned(), look.fund.title.zh.clone()),
        ("依据".to_owned(), format!("{} {}", look.regulation.title.zh, look.fund.clauses.join("、")).trim().to_owned()),
        ("统计时间".to_owned(), Lang::Zh.moment(look.visitor.now)),
        ("导出人".to_owned(), by),
    ];
    let columns = columns.iter().map(|(heading, kind)| ((*heading).to_owned(), *kind)).collect();
    Sheet { title, columns, rows, total: None, about }
}

fn file(app: &Running, look: &Look<'_>, kind: &str, sheet: Sheet) -> Result<Response, Problem> {
    look.snapshot.fault()?;
    match kind {
        "excel" => {
            let bytes = excel(&sheet).map_err(|error| {
                Problem::fault(&anyhow::Error::new(error).context("a table of a fund could not be written as a sheet"))
            })?;
            Ok(download(&format!("{}.xlsx", sheet.title), bytes))
        }
        "csv" => Ok(csv(&sheet)),
        "pdf" => {
            if sheet.rows.len() > PRINTED_MAX {
                let zh = format!("有{}行，PDF最多印{PRINTED_MAX}行", sheet.rows.len());
                let en = format!("{} lines; a PDF has at most {PRINTED_MAX}", sheet.rows.len());
                return Err(Problem::unreadable(zh, en)
                    .hint("请选短一些的期间，或者导出 Excel。", "Choose a shorter period, or take the Excel sheet."));
            }
            let of = (look.world(), look.regulation.id.as_str());
            Ok(paper(&sheet.title, typeset::ledger(app, of, &printed(&sheet), look.visitor.now.date())?))
        }
        _ => Err(Problem::not_found("没有这种文件", "There is no such kind of file")),
    }
}

/// What the template of account books reads: headings, cells as texts, what stands beside.
fn printed(sheet: &Sheet) -> serde_json::Value {
    let column = |(heading, kind): &(String, Kind)| {
        let label = heading.strip_suffix(IN_YUAN).unwrap_or(heading);
        json!({ "label": label, "number": matches!(kind, Kind::Number) })
    };
    let columns: Vec<serde_json::Value> = sheet.columns.iter().map(column).collect();
    let cell = |((heading, _), value): (&(String, Kind), &Value)| match value {
        Value::Number(number) if heading.ends_with(IN_YUAN) => {
            money::fen(&regulation::expr::Value::Number(*number, Unit::symbol("yuan")))
                .map_or_else(|| number.to_string(), |fen| shown(fen.into()))
        }
        Value::Number(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Text(text) => text.clone(),
        _ => String::new(),
    };
    let rows: Vec<Vec<String>> =
        sheet.rows.iter().map(|row| sheet.columns.iter().zip(row).map(cell).collect()).collect();
    let about: Vec<serde_json::Value> =
        sheet.about.iter().map(|(label, value)| json!({ "label": label, "value": value })).collect();
    json!({
        "document": { "title": sheet.title },
        "data": { "columns": columns, "rows": rows, "total": sheet.total, "about": about },
    })
}

fn paper(title: &str, bytes: Vec<u8>) -> Response {
    let disposition = disposition::shown("ledger.pdf", &format!("{title}.pdf"));
    let head = [(CONTENT_TYPE, "application/pdf".to_owned()), (CONTENT_DISPOSITION, disposition)];
    (head, bytes).into_response()
}

fn excel(sheet: &Sheet) -> Result<Vec<u8>, sheets::XlsxError> {
    let width = |heading: &str| (heading.chars().count() * 2 + 2).max(14);
    let column =
        |(heading, kind): &(String, Kind)| Column { heading: heading.clone(), kind: *kind, width: width(heading) };
    let mut writer = Writer::new("明细", &sheet.columns.iter().map(column).collect::<Vec<_>>())?;
    for row in &sheet.rows {
        writer.row(&row.iter().cloned().map(Out::from).collect::<Vec<_>>())?;
    }
    writer.finish("说明", &sheet.about)
}

fn csv(sheet: &Sheet) -> Response {
    let headings: Vec<&str> = sheet.columns.iter().map(|(heading, _)| heading.as_str()).collect();
    let disposition = saved("table.csv", &format!("{}.csv", sheet.title));
    let head = [(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)];
    (head, csv_table(&headings, &sheet.rows)).into_response()
}
