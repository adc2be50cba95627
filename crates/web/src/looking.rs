//! Looking through a list for what fits (逐段查找): complete, and with bounded work for each page.
//!
//! Computed columns of a register, rights to read a notice: no index finds them. A page ends when it is full or when enough was
//! looked at; the next one goes on from there. A page may hold few rows, or none, and still have a next one.

use store::Fault;
use store::pages::{Cut, Page};

/// Between the place of a chunk and the number of its lines that were looked at.
const BETWEEN: char = '\u{1e}';

/// How much is fetched at a time, and looked at for one page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bounds {
    /// Lines fetched at a time.
    pub(crate) chunk: usize,
    /// Lines looked at for one page.
    pub(crate) page: usize,
}

/// The next page of what fits. `fetch` gives what there is in order, `fit` what becomes of one.
pub(crate) fn look_through<I, T>(
    cut: &Cut,
    bounds: Bounds,
    mut fetch: impl FnMut(&Cut) -> Result<Page<I>, Fault>,
    mut fit: impl FnMut(I) -> Result<Option<T>, Fault>,
) -> Result<Page<T>, Fault> {
    let (mut place, mut skip) = read(cut.after.as_deref());
    let (mut lines, mut looked) = (Vec::new(), 0);
    loop {
        let chunk = fetch(&Cut { limit: bounds.chunk, after: place.clone() })?;
        for (at, one) in chunk.lines.into_iter().enumerate().skip(skip) {
            if lines.len() == cut.limit || looked == bounds.page {
                return Ok(Page { lines, next: Some(write(place.as_deref(), at)) });
            }
            looked += 1;
            lines.extend(fit(one)?);
        }
        match chunk.next {
            Some(next) => (place, skip) = (Some(next), 0),
            None => return Ok(Page { lines, next: None }),
        }
    }
}

fn read(after: Option<&str>) -> (Option<String>, usize) {
    let Some((place, skip)) = after.and_then(|after| after.rsplit_once(BETWEEN)) else { return (None, 0) };
    (Some(place.to_owned()).filter(|place| !place.is_empty()), skip.parse().unwrap_or(0))
}

fn write(place: Option<&str>, skip: usize) -> String {
    format!("{}{BETWEEN}{skip}", place.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers below a bound, as ids.
    fn numbers(cut: &Cut, below: usize) -> Page<String> {
        let from: usize = cut.after.as_deref().map_or(0, |after| after.parse().unwrap());
        let to = (from + cut.limit).min(below);
        Page {
            lines: (from..to).map(|number| number.to_string()).collect(),
            next: (to < below).then(|| to.to_string()),
        }
    }

    /// Every page of the multiples of a number, and how many ids were looked at for the longest.
    fn pages(limit: usize, bounds: Bounds, of: usize) -> (Vec<Vec<usize>>, usize) {
        let (mut cut, mut all, mut most) = (Cut::first(limit), Vec::new(), 0);
        loop {
            let mut looked = 0;
            let page = look_through(
                &cut,
                bounds,
                |cut| Ok(numbers(cut, 1_000)),
                |id: String| {
                    looked += 1;
                    let number: usize = id.parse().unwrap();
                    Ok(number.is_multiple_of(of).then_some(number))
                },
            );
            let page = page.unwrap();
            most = most.max(looked);
            all.push(page.lines);
            match page.next {
                Some(next) => cut.after = Some(next),
                None => return (all, most),
            }
        }
    }

    #[test]
    fn everything_that_fits_is_found_once_and_in_order_whatever_the_bounds() {
        for (limit, chunk, page) in [(7, 50, 100), (1, 1, 1), (1_000, 3, 10), (5, 1_000, 1_000), (10, 64, 64)] {
            for of in [1, 7, 333, 2_000] {
                let (found, most) = pages(limit, Bounds { chunk, page }, of);
                let expected: Vec<usize> = (0..1_000).step_by(of).collect();
                assert_eq!(found.concat(), expected, "{limit} {chunk} {page} {of}");
                assert!(found.iter().all(|page| page.len() <= limit) && most <= page, "{limit} {chunk} {page} {of}");
            }
        }
    }

    #[test]
    fn an_altered_cursor_begins_anew() {
        let page = look_through(
            &Cut { limit: 2, after: Some("nonsense".into()) },
            Bounds { chunk: 10, page: 10 },
            |cut| Ok(numbers(cut, 5)),
            |id: String| Ok(Some(id)),
        );
        assert_eq!(page.unwrap().lines, ["0", "1"]);
    }
}
