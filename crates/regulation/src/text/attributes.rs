//! Clause ids in braces at the end of a text: `{#hs-4.3}`, `{#hs-1.2 .narrative}`.

/// What stood in the braces.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Attributes {
    pub ids: Vec<String>,
    pub narrative: bool,
    /// Set aside by a county.
    pub not_applied: bool,
    /// Here begins what a county adds.
    pub supplement: bool,
    /// Words that are neither `#id` nor a known mark.
    pub strange: Vec<String>,
}

/// Separates the text from its attributes. Braces that do not begin with `#` or `.` are ordinary text.
pub(super) fn separate(text: &str) -> (&str, Attributes) {
    let trimmed = text.trim();
    let none = || (trimmed, Attributes::default());
    let Some(body) = trimmed.strip_suffix('}') else { return none() };
    let Some(open) = body.rfind('{') else { return none() };
    let inside = body[open + 1..].trim();
    if !inside.starts_with(['#', '.']) {
        return none();
    }
    let mut attributes = Attributes::default();
    for word in inside.split_whitespace() {
        match word.strip_prefix('#') {
            Some(id) if is_clause_id(id) => attributes.ids.push(id.to_string()),
            _ if word == ".narrative" => attributes.narrative = true,
            _ if word == ".not-applied" => attributes.not_applied = true,
            _ if word == ".supplement" => attributes.supplement = true,
            // Weaving looks for it; where nothing is woven it says nothing.
            _ if word == ".optional" => {}
            _ => attributes.strange.push(word.to_string()),
        }
    }
    (body[..open].trim_end(), attributes)
}

/// Lower-case letters, digits, dots and hyphens, beginning with a letter or digit.
fn is_clause_id(id: &str) -> bool {
    id.starts_with(|first: char| first.is_ascii_alphanumeric())
        && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_stand_at_the_end() {
        let (text, attributes) = separate("受理 {#hs-4.3 .narrative} ");
        assert_eq!(text, "受理");
        assert_eq!(attributes.ids, ["hs-4.3"]);
        assert!(attributes.narrative);
    }

    #[test]
    fn other_braces_are_text() {
        assert_eq!(separate("共 {n} 户 {n}").0, "共 {n} 户 {n}");
        assert_eq!(separate("x {#a strange}").1.strange, ["strange"]);
    }
}
