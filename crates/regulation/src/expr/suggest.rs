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

/// Letters to insert, drop, replace or swap with their neighbour to make one word the other.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut rows: Vec<Vec<usize>> = vec![(0..=right.len()).collect()];
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut least = replaced.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            let swapped =
                i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if swapped {
                least = least.min(rows[i - 2][j - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[left.len()][right.len()]
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
