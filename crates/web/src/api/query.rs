//! What a program asks for in the query of an address: page sizes, dates, columns.

use super::body::wrong_member;
pub(crate) use crate::layout::encode_part as encoded;
use crate::layout::with_query;
use crate::problem::Problem;
use crate::visit::Visitor;
use axum::extract::{FromRequestParts, Query as Pairs};
use axum::http::request::Parts;
use jiff::civil::Date;
use serde_json::{Value, json};
use store::pages::{Cut, Page};

/// Lines of a page where the program names no number.
const USUAL_LINES: usize = 50;
/// Lines of a page at most.
const LINES_MAX: usize = 200;
/// Known at every address.
const EVERYWHERE: [&str; 1] = ["lang"];

/// The pairs of a query, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Query, Problem> {
        let pairs: Pairs<Vec<(String, String)>> = Pairs::try_from_uri(&parts.uri)
            .map_err(|_| Problem::unreadable("网址中的查询参数无法识别", "The query of the address cannot be read"))?;
        Ok(Query(pairs.0))
    }
}

impl Query {
    /// The first value of a name; empty ones do not count.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// Pairs whose names are not among these.
    pub(crate) fn others<'a>(&'a self, known: &'a [&str]) -> impl Iterator<Item = (&'a str, &'a str)> {
        let other = move |name: &str| !known.contains(&name) && !EVERYWHERE.contains(&name);
        self.0.iter().filter(move |(name, _)| other(name)).map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Which page is wanted: `limit` lines from `after` on.
    pub(crate) fn cut(&self) -> Result<Cut, Problem> {
        let after = self.get("after").map(str::to_owned);
        let Some(limit) = self.get("limit") else { return Ok(Cut { limit: USUAL_LINES, after }) };
        match limit.parse() {
            Ok(limit) if (1..=LINES_MAX).contains(&limit) => Ok(Cut { limit, after }),
            _ => Err(wrong_member("limit", "应是 1 至 200 的整数", "must be a whole number from 1 to 200")),
        }
    }

    /// A date, if asked for.
    pub(crate) fn date(&self, name: &str) -> Result<Option<Date>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        calendar::parse_date(text)
            .map(Some)
            .map_err(|_| wrong_member(name, "应是日期，如 2022-03-01", "must be a date such as 2022-03-01"))
    }
}

/// A page as JSON: `items`, and in `next` the address of the next page.
pub(crate) fn page<T>(visitor: &Visitor, page: &Page<T>, line: impl FnMut(&T) -> Value) -> Value {
    let next = page.next.as_ref().map(|after| with_query(&visitor.here, "after", after));
    json!({ "items": page.lines.iter().map(line).collect::<Vec<_>>(), "after": page.next, "next": next })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(pairs: &[(&str, &str)]) -> Query {
        Query(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn pages_are_bounded() {
        assert_eq!(query(&[]).cut().unwrap(), Cut::first(USUAL_LINES));
        assert_eq!(
            query(&[("limit", "10"), ("after", "x")]).cut().unwrap(),
            Cut { limit: 10, after: Some("x".into()) }
        );
        for limit in ["0", "201", "many", "-1"] {
            assert_eq!(query(&[("limit", limit)]).cut().unwrap_err().status.as_u16(), 400, "{limit}");
        }
    }

    #[test]
    fn dates_are_read_or_refused_by_name() {
        assert_eq!(query(&[("as_of", "2022-03-01")]).date("as_of").unwrap(), Some(jiff::civil::date(2022, 3, 1)));
        assert_eq!(query(&[("as_of", "soon")]).date("as_of").unwrap_err().fields[0].field, "as_of");
    }
}
