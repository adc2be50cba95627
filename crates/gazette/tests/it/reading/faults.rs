//! Each finding on a small invented text: that it is made at its line, and that a faultless text makes none.

use gazette::model::{Code, Number, NumberError};

use super::{found, gazette, notice};

#[test]
fn a_faultless_issue_has_no_findings() {
    let text =
        format!("目录\n县政府文件\n云溪县人民政府关于修桥的通知（云政发〔2022〕1号）\t1\n\n{}", notice("请按期修好。"));
    let gazette = gazette(&text);
    assert_eq!(gazette.doubts, []);
    assert_eq!(gazette.repairs, []);
}

/// A text, and the lines at which it must make a finding of a code.
fn check(code: Code, text: &str, lines: &[u32]) {
    assert_eq!(found(&gazette(text), code), lines, "{code} in {text}");
}

/// As [`check`], for the body of a notice; its first line is line 7 of the text.
fn in_body(code: Code, body: &str, lines: &[u32]) {
    check(code, &notice(body), lines);
    check(code, &notice("一切无误。"), &[]);
}

#[test]
fn gz_ac_19_20_numbers_in_normal_form() {
    let number: Number = "云政办函〔2022〕6号".parse().unwrap();
    for written in ["云政办函[2022]6号", " 云政办函〔2022〕 6 号", "云政办函［2022］6号"] {
        assert_eq!(written.parse(), Ok(number.clone()), "{written}");
    }
    for (written, error) in [
        ("云政发〔2022〕02号", NumberError::Serial),
        ("云政发〔2022〕0号", NumberError::Serial),
        ("云政发〔22〕1号", NumberError::Year),
        ("云政发〔2022〕1", NumberError::Shape),
        ("〔2022〕1号", NumberError::Shape),
        ("见云政发〔2022〕1号。", NumberError::Shape),
        ("云政发〔2022〕99999999999号", NumberError::Serial),
    ] {
        assert_eq!(written.parse::<Number>(), Err(error), "{written}");
    }
}

#[test]
fn odd_numbers_are_read_and_noted() {
    let with = |number: &str| notice("请修好。").replace("云政发〔2022〕1号", number);
    check(Code::F03, &with("云政发〔2022〕1 号"), &[3]);
    check(Code::F04, &with("云政发[2022]1号"), &[3]);
    check(Code::E05, &with("云政发〔2022〕01号"), &[3]);
    check(Code::E06, &with("云政发〔22〕1号"), &[3]);
    check(Code::E07, &with("云政办发〔2022〕1号"), &[1]);
    check(Code::E08, &format!("{0}\n{0}", notice("请修好。")), &[14]);
}

#[test]
fn nothing_to_read_is_an_error() {
    check(Code::E01, "今天天气很好。\n", &[1]);
}

#[test]
fn dates_must_exist_and_precede_publication() {
    let dated = |date: &str| notice("请修好。").replace("2022年3月1日", date);
    check(Code::E09, &dated("2022年2月30日"), &[10]);
    check(Code::E09, &format!("2022年2月1日出版\n{}", dated("2022年3月1日")), &[11]);
    check(Code::E09, &notice("请修好。").replace("2022年3月1日\n", ""), &[3]);
    check(Code::E09, &dated("二〇二二年三月一日"), &[]);
}

#[test]
fn issue_ids_must_agree() {
    let text = format!("2022 · 1\n\n2022 年第 2 期\n\n{}", notice("请修好。"));
    check(Code::F02, &text, &[3]);
}

#[test]
fn contents_and_documents_must_match() {
    let entry = "目录\n县政府文件\n云溪县人民政府关于修路的通知（云政发〔2022〕9号）\t1\n\n";
    let text = format!("{entry}{}", notice("请修好。"));
    check(Code::F10, &text, &[5]);
    check(Code::F11, &text, &[3]);
}

#[test]
fn an_addressee_is_a_short_line_with_a_colon() {
    check(Code::F12, &notice("请修好。").replace("各乡镇：\n\n", ""), &[5]);
    let opening =
        "因连日降雨，全县多处桥梁受损，为保障群众出行安全，经研究决定集中力量尽快修复，现将有关事项通知如下：";
    check(Code::F12, &notice("请修好。").replace("各乡镇：", opening), &[5]);
}

#[test]
fn a_post_holder_signs_in_person() {
    let bill = |signature: &str| {
        notice("请予审议").replace("云溪县人民政府\n2022", &format!("{signature}\n\n云溪县人民政府\n2022"))
    };
    check(Code::F13, &bill("县长："), &[11]);
    check(Code::F13, &bill("县长：甲乙丙"), &[]);
}

#[test]
fn annexes_are_listed_printed_and_of_one_title() {
    let with = |list: &str, bodies: &str| notice(&format!("请修好（附件1）。\n\n{list}")) + bodies;
    check(Code::F14, &with("附件1：桥梁名册", "\n附件1：\n\n桥梁名册\n\n无。\n"), &[]);
    check(Code::F14, &with("附件1：桥梁名册", ""), &[9]);
    check(Code::F14, &with("", "\n附件1：\n\n桥梁名册\n\n无。\n"), &[16]);
    check(Code::F15, &with("附件1：桥梁名册", "\n附件1：\n\n桥梁一览\n\n无。\n"), &[16]);
    check(Code::F15, &with("附件1：桥梁（涵洞）名册", "\n附件1：\n\n桥梁(涵洞) 名册\n\n无。\n"), &[]);
    check(Code::F16, &with("附件1：桥梁名册", "\n附件1：\n\n桥梁名册\n\n无。\n").replace("（附件1）", ""), &[9]);
}

#[test]
fn a_reference_to_the_wrong_annex() {
    let body = "按农村危桥改造计划表（附件1）实施。\n\n附件：1.养护工区人员名册\n2.农村危桥改造计划表";
    in_body(Code::F16, body, &[7, 10]);
}

#[test]
fn a_table_after_a_finished_form_belongs_to_the_missing_annex() {
    let text = notice("见附件1、附件2。\n\n附件1：承诺书\n\n附件2：位置图")
        + "\n附件1：\n\n承诺书\n\n我按期修好。\n\n承诺人：\n\n年 月 日\n\n位置图\t\n\t绘图：\n";
    check(Code::F22, &text, &[28]);
}

#[test]
fn brackets_pair_and_have_one_width() {
    in_body(Code::F17, "各乡镇（含街道要按期修好。", &[7]);
    in_body(Code::F17, "各乡镇）要按期修好。", &[7]);
    in_body(Code::F17, "序号\t桥名\n1\t石桥（旧", &[8]);
    in_body(Code::F18, "各乡镇（含街道)要按期修好。", &[7]);
    check(Code::F17, &notice("1）先修大桥。"), &[]);
}

#[test]
fn a_cell_that_breaks_off() {
    in_body(Code::F19, "序号\t桥名\n1\t石桥、\n2\t木桥", &[8]);
}

#[test]
fn ordinals_run_without_a_gap() {
    in_body(Code::F20, "一、总则\n\n（一）先修；\n\n（二）后验；\n\n（四）再用。", &[13]);
    in_body(Code::F20, "一、总则\n\n1. 先修。\n\n后验。\n\n3. 再用。", &[13]);
    for accepted in [
        "一、甲\n\n1. 先。\n\n二、乙\n\n2. 后。",
        "一、甲\n\n1. 先。\n\n二、乙\n\n1. 后。",
        "第一章 总则\n\n第一条 甲。\n\n第二章 附则\n\n第二条 乙。",
    ] {
        check(Code::F20, &notice(accepted), &[]);
    }
}

#[test]
fn the_signature_may_lie_in_a_table() {
    let text = "云溪县人民政府关于修桥的通知\n\n云政发〔2022〕1号\n\n各乡镇：\n\n成员如下。\n\n\
                组 长：甲乙丙\t交通局局长\t云溪县人民政府\n丁戊己\t水利局局长\t2022年3月1日\n庚辛壬\t住建局局长\t（此件公开发布）\n";
    check(Code::F21, text, &[11]);
    check(Code::E09, text, &[]);
}

#[test]
fn a_deadline_before_the_document() {
    in_body(Code::F23, "请于2月10日前修好。", &[7]);
    in_body(Code::F23, "2021年底前修好。", &[7]);
    check(Code::F23, &notice("请于3月1日前修好。"), &[]);
}

#[test]
fn sums_agree_with_tables_and_tables_with_themselves() {
    let table = |total: &str| format!("桥名\t金额\n石桥\t1.5\n木桥\t2\n合计\t{total}");
    in_body(Code::F24, &format!("共计3.6万元。\n\n{}", table("3.5")), &[7]);
    in_body(Code::F24, &table("3.6"), &[10]);
    check(Code::F24, &notice(&format!("共计3.5万元。\n\n{}", table("3.5"))), &[]);
}

#[test]
fn personal_data_is_found_by_line() {
    in_body(Code::F25, "联系人见下。\n\n甲乙丙 13900000000\n\n邮箱：a@example.cn", &[9, 11]);
    in_body(Code::F25, "此项工作不宣传不报道。", &[7]);
}

#[test]
fn foreign_words_and_markup() {
    in_body(Code::F26, "承担经济 and 法律责任。", &[7]);
    in_body(Code::F26, "桥名\t限重\n石桥\t<p>甲；</p> <p>乙</p>", &[8]);
    check(Code::F26, &notice("通过手机App申报。"), &[]);
}

#[test]
fn members_and_their_units() {
    in_body(Code::F28, "成 员：甲乙丙 交通局局长\n丁戊己 水利局局长\n甲乙丙 交通局副局长", &[9]);
    in_body(Code::F27, "成 员：甲乙丙 县交通运输局局长\n\n另设一组。\n\n组 长：甲乙丙 交通局局长", &[11]);
}
