//! "Did you mean": the known name nearest to a mistaken one.

/// The candidate that differs from `name` in the fewest letters, if it is near enough to be meant.
#[must_use]
pub fn nearest(name: &str, candidates: impl IntoIterator<Item = String>) -> Option<String> {
    let allowed = (name.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(name, &candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to insert, drop or replace to make one word the other.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, letter) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[column + 1];
            row[column + 1] = replaced.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_the_nearest_name() {
        let names = || ["plot-area", "floor-area", "area"].map(String::from);
        assert_eq!(nearest("plot-aera", names()), Some("plot-area".into()));
        assert_eq!(nearest("plotarea", names()), Some("plot-area".into()));
        assert_eq!(nearest("signature", names()), None);
        assert_eq!(nearest("", names()), None);
    }
}
