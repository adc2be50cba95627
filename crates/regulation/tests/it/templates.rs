//! Templates against the documents and forms that are printed with them.

use crate::tiny::tiny;
use regulation::findings::check_templates;
use regulation::{SourceFile, check};

fn template(text: &str) -> SourceFile {
    SourceFile { name: "regulations/dogs/application.typ".into(), text: text.into() }
}

/// Codes and the text where each stands.
fn found(templates: &[SourceFile]) -> Vec<(&'static str, String)> {
    let checked = check(&[tiny()]);
    let place = |finding: &regulation::finding::Finding| {
        let file = templates.iter().find(|file| file.name == *finding.span.file);
        file.map_or_else(String::new, |file| file.text[finding.span.start..finding.span.end].to_string())
    };
    check_templates(&checked, templates).iter().map(|finding| (finding.code, place(finding))).collect()
}

#[test]
fn what_the_form_has_may_be_printed() {
    let text = "#val(\"dog-name\") #choices(\"breed\", ()) #for row in list-of(\"shots\") [#val(\"vaccine\", of: row)]";
    assert_eq!(found(&[template(text)]), []);
}

#[test]
fn what_nothing_gives_is_found_at_its_place() {
    assert_eq!(found(&[template("年龄 #val(\"dog-age\") #val(\"dog-age\")")]), [("GB0238", "dog-age".to_string())]);
}

#[test]
fn what_is_asked_for_first_or_has_a_substitute_may_be_absent() {
    let text = "#if has(\"note\") [#val(\"note\")] #val(\"issuer\", blank: \"示例县\")";
    assert_eq!(found(&[template(text)]), []);
}

#[test]
fn a_layout_needs_its_file() {
    assert_eq!(found(&[]), [("GB0239", String::new())]);
}
