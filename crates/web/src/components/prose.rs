//! Sentences of the checker (行文): names between backticks are set as code.

use maud::{Markup, html};

/// A sentence with its names set as code. A backtick without its second stays one.
#[must_use]
pub fn prose(text: &str) -> Markup {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() - 1 - (parts.len() - 1) % 2;
    html! {
        @for (place, part) in parts.iter().enumerate() {
            @if place % 2 == 1 && place < paired { code { (part) } }
            @else if place > paired { "`" (part) }
            @else { (part) }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::prose;

    #[test]
    fn names_are_set_as_code_and_nothing_is_lost() {
        let cases = [
            ("没有名为 `base` 的规定", "没有名为 <code>base</code> 的规定"),
            ("`a` and `b`", "<code>a</code> and <code>b</code>"),
            ("one ` alone", "one ` alone"),
            ("`a` and ` alone", "<code>a</code> and ` alone"),
            ("<b>", "&lt;b&gt;"),
        ];
        for (text, expected) in cases {
            assert_eq!(prose(text).into_string(), expected);
        }
    }
}
