//! The error summary (错误汇总): on top of a form, each line leads to its field.

use crate::lang::Lang;
use engine::FieldFault;
use maud::{Markup, html};

/// The summary of a form's faults; nothing without faults.
#[must_use]
pub fn error_summary(lang: Lang, faults: &[FieldFault]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div class="errors" role="alert" tabindex="-1" data-errors aria-labelledby="errors-title" {
                h2 id="errors-title" { (lang.say("有几处需要更正", "There is a problem")) }
                ul {
                    @for fault in faults {
                        li { a href=(format!("#{}", anchor(&fault.field))) { (said(lang, fault)) } }
                    }
                }
            }
        }
    }
}

/// Why a form was not taken, as a whole; it leads to its field, if it has one.
#[must_use]
pub fn failure(said: &str, field: Option<&str>) -> Markup {
    html! {
        div class="errors" role="alert" tabindex="-1" data-errors {
            h2 { @match field {
                Some(field) => a href=(format!("#{}", anchor(field))) { (said) },
                None => (said),
            } }
        }
    }
}

/// A file that was not read, and why.
#[must_use]
pub fn unread(lang: Lang, said: &str, field: &str) -> Markup {
    html! {
        div class="errors" role="alert" tabindex="-1" data-errors {
            h2 { (lang.say("没有读取", "Not read")) }
            ul { li { a href=(format!("#{}", anchor(field))) { (said) } } }
        }
    }
}

/// The id of a field's input in the page.
#[must_use]
pub fn anchor(field: &str) -> String {
    format!("f-{}", field.replace('.', "-"))
}

/// What is wrong, with the field's label in front unless the sentence has it already.
#[must_use]
pub fn said(lang: Lang, fault: &FieldFault) -> String {
    let sentence = lang.say(&fault.zh, &fault.en);
    let label = lang.say(&fault.label.zh, fault.label.english());
    if label.is_empty() || sentence.contains(label) {
        sentence.to_owned()
    } else {
        format!("{label}{}{sentence}", lang.say("：", ": "))
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let fault = |field: &str, label: &str, zh: &str| FieldFault {
        field: field.into(),
        label: label.into(),
        zh: zh.into(),
        en: String::new(),
        clauses: Vec::new(),
    };
    html! {
        (error_summary(
            Lang::Zh,
            &[fault("area", "面积", "请填写数字，单位平方米"), fault("paper", "证明材料", "请上传照片或 PDF 文件")],
        ))
        (failure("用户名或密码不对", None))
        (unread(Lang::Zh, "请选择一个 Excel 文件", "paper"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regulation::model::Label;

    #[test]
    fn a_field_is_named_once_in_the_readers_language() {
        let fault = |en: &str| FieldFault {
            field: "applicant-sex".into(),
            label: Label { zh: "性别".into(), en: Some("Sex".into()) },
            zh: "请选择“性别”".into(),
            en: en.into(),
            clauses: Vec::new(),
        };
        assert_eq!(said(Lang::Zh, &fault("")), "请选择“性别”");
        assert_eq!(said(Lang::En, &fault("choose “Sex”")), "choose “Sex”");
        assert_eq!(said(Lang::En, &fault("none of those offered")), "Sex: none of those offered");
    }
}
