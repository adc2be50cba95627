//! Repeating rows of a form (多行): `members.2.member-name`. How many there are is an answer of its own, so that rows can
//! be added and removed without scripts.

use crate::sent::Answers;

/// How many rows a list field has now.
#[must_use]
pub fn count(answers: &Answers, list: &str) -> usize {
    let prefix = format!("{list}.");
    let highest = answers.keys().filter_map(|path| index(path.strip_prefix(&prefix)?)).max().unwrap_or(0);
    let stated = crate::sent::first(answers, &counter(list)).and_then(|text| text.parse().ok()).unwrap_or(0);
    highest.max(stated).min(MOST)
}

/// No form has more rows than this.
pub const MOST: usize = 200;

/// The name of the hidden answer that says how many rows there are.
#[must_use]
pub fn counter(list: &str) -> String {
    format!("_rows.{list}")
}

/// The path of a field in a row, counted from 1.
#[must_use]
pub fn path(list: &str, row: usize, field: &str) -> String {
    format!("{list}.{row}.{field}")
}

/// The name of what is looked for to fill in a field that names a row.
#[must_use]
pub fn words(path: &str) -> String {
    format!("_words.{path}")
}

/// The name of what was looked for when its page was drawn.
#[must_use]
pub fn found(path: &str) -> String {
    format!("_found.{path}")
}

/// Whether something is to be looked for: the button was pressed, or new words stand beside a field and nothing is chosen.
fn looks(answers: &mut Answers) -> bool {
    let text = |path: &str| crate::sent::first(answers, path).unwrap_or_default().trim();
    let new = |path: &str| {
        let words = text(&words(path));
        !words.is_empty() && words != text(&found(path)) && text(path).is_empty()
    };
    let typed = answers.keys().filter_map(|path| path.strip_prefix("_words.")).any(new);
    answers.remove("_find").is_some() || typed
}

/// Adds an empty row.
fn add(answers: &mut Answers, list: &str) {
    let rows = (count(answers, list) + 1).min(MOST);
    answers.insert(counter(list), vec![rows.to_string()]);
}

/// Removes a row; those behind it move up.
fn remove(answers: &mut Answers, list: &str, row: usize) {
    let rows = count(answers, list);
    if row == 0 || row > rows {
        return;
    }
    let prefix = format!("{list}.");
    let paths: Vec<String> = answers.keys().filter(|path| path.starts_with(&prefix)).cloned().collect();
    let mut kept = Answers::new();
    for path in paths {
        let Some(texts) = answers.remove(&path) else { continue };
        let Some((at, field)) = split(&path[prefix.len()..]) else { continue };
        match at.cmp(&row) {
            std::cmp::Ordering::Less => _ = kept.insert(path, texts),
            std::cmp::Ordering::Equal => {}
            std::cmp::Ordering::Greater => _ = kept.insert(self::path(list, at - 1, field), texts),
        }
    }
    answers.append(&mut kept);
    answers.insert(counter(list), vec![(rows - 1).to_string()]);
}

/// Does what a pressed “add” or “remove” button of a row asks for; whether one was pressed, or something is looked for.
pub fn press(answers: &mut Answers) -> bool {
    let looks = looks(answers);
    let mut take = |name: &str| answers.remove(name).and_then(|mut texts| texts.pop());
    let (added, removed) = (take("_add"), take("_remove"));
    if let Some(list) = &added {
        add(answers, list);
    }
    if let Some((list, row)) = removed.as_deref().and_then(read_row) {
        remove(answers, list, row);
    }
    looks || added.is_some() || removed.is_some()
}

/// `members.2` as list and row.
#[must_use]
fn read_row(text: &str) -> Option<(&str, usize)> {
    let (list, row) = text.rsplit_once('.')?;
    Some((list, row.parse().ok()?))
}

fn split(rest: &str) -> Option<(usize, &str)> {
    let (row, field) = rest.split_once('.')?;
    Some((row.parse().ok()?, field))
}

fn index(rest: &str) -> Option<usize> {
    split(rest).map(|(row, _)| row)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(pairs: &[(&str, &str)]) -> Answers {
        pairs.iter().map(|(path, text)| ((*path).to_owned(), vec![(*text).to_owned()])).collect()
    }

    #[test]
    fn rows_behind_a_removed_one_move_up() {
        let mut all =
            answers(&[("members.1.name", "甲"), ("members.2.name", "乙"), ("members.3.name", "丙"), ("other", "x")]);
        remove(&mut all, "members", 2);
        assert_eq!(
            all,
            answers(&[("members.1.name", "甲"), ("members.2.name", "丙"), ("other", "x"), ("_rows.members", "2")])
        );
        assert_eq!(count(&all, "members"), 2);
    }

    #[test]
    fn new_words_are_looked_for_unless_something_is_chosen() {
        let press = |pairs: &[(&str, &str)]| press(&mut answers(pairs));
        assert!(press(&[("_words.owner", "东关"), ("owner", "")]));
        assert!(!press(&[("_words.owner", "东关"), ("_found.owner", "东关"), ("owner", "")]), "looked for before");
        assert!(!press(&[("_words.owner", "东关"), ("owner", "y1")]), "chosen");
        assert!(press(&[("_find", "owner"), ("owner", "y1")]), "the button was pressed");
    }

    #[test]
    fn an_added_row_counts_before_it_is_filled() {
        let mut all = Answers::new();
        add(&mut all, "members");
        assert_eq!(count(&all, "members"), 1);
        assert_eq!(count(&answers(&[("_rows.members", "99999999")]), "members"), MOST);
    }
}
