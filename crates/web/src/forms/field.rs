//! Fields (输入项): label, hint, fault and control, from plain data.

use super::rows;
use super::uploads::PLOT_FILE;
use crate::components::error_summary::anchor;
use crate::lang::Lang;
use maud::{Markup, html};

/// A field as it is drawn.
#[derive(Debug, Clone)]
pub struct Field {
    /// Path, which is the input's name.
    pub path: String,
    /// Label.
    pub label: String,
    /// Printed number, such as `f1.18`.
    pub number: Option<String>,
    /// Help.
    pub hint: Option<String>,
    /// May be left out.
    pub optional: bool,
    /// What is wrong with the answer.
    pub fault: Option<String>,
    /// Asked only under a condition that its own page can change: scripts hide it while not asked.
    pub conditional: bool,
    /// How it is answered.
    pub control: Control,
}

/// How a field is answered.
#[derive(Debug, Clone)]
pub enum Control {
    /// A line of text.
    Line {
        /// Answer so far.
        value: String,
        /// What kind of line.
        kind: LineKind,
        /// Unit behind it.
        unit: Option<String>,
    },
    /// Several lines.
    Area {
        /// Answer so far.
        value: String,
        /// Characters at most.
        max: u32,
    },
    /// A plot of land, a corner on each line.
    Plot {
        /// Answer so far.
        value: String,
    },
    /// One of few.
    Radios {
        /// Code and label.
        options: Vec<(String, String)>,
        /// Chosen code.
        value: String,
    },
    /// Any of few.
    Checks {
        /// Code and label.
        options: Vec<(String, String)>,
        /// Chosen codes.
        values: Vec<String>,
    },
    /// A view, and its period.
    Report {
        /// Regulations with their views: code and label.
        options: Vec<(String, Vec<(String, String)>)>,
        /// Chosen view.
        view: String,
        /// Its period as typed.
        period: String,
        /// Periods to pick from: code and words.
        periods: Vec<(String, String)>,
    },
    /// One of many.
    Select {
        /// Code and label.
        options: Vec<(String, String)>,
        /// Chosen code.
        value: String,
    },
    /// A row of a register, looked for by what it is called where not all are listed.
    Find {
        /// What was looked for.
        words: String,
        /// Key and name of what was found, or of all.
        options: Vec<(String, String)>,
        /// Chosen key.
        value: String,
        /// Others would be found by other words.
        more: bool,
    },
    /// A box to tick.
    Tick {
        /// Ticked.
        ticked: bool,
        /// What is agreed or signed.
        says: String,
    },
    /// A file, or several.
    File {
        /// Those uploaded already: what is sent back, and the name.
        kept: Vec<(String, String)>,
        /// Several.
        many: bool,
    },
}

/// Kinds of lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineKind {
    /// Any text.
    Text,
    /// A person's name.
    Name,
    /// A telephone number.
    Phone,
    /// An identity number.
    IdNumber,
    /// A number.
    Number,
    /// A date.
    Date,
    /// A date and a time of day.
    Moment,
}

/// Draws a field.
#[must_use]
pub fn field(lang: Lang, field: &Field) -> Markup {
    let class = if field.fault.is_some() { "field wrong" } else { "field" };
    let when = field.conditional.then_some(field.path.as_str());
    html! {
        @if grouped(&field.control) {
            fieldset class=(class) data-when=[when] id=(anchor(&field.path)) tabindex="-1" aria-describedby=[described(field)] {
                legend { (label(lang, field)) }
                (help(lang, field))
                (control(lang, field))
            }
        } @else {
            div class=(class) data-when=[when] {
                label for=(anchor(&field.path)) { (label(lang, field)) }
                (help(lang, field))
                (control(lang, field))
            }
        }
    }
}

fn grouped(control: &Control) -> bool {
    matches!(control, Control::Radios { .. } | Control::Checks { .. } | Control::Tick { .. })
}

fn label(lang: Lang, field: &Field) -> Markup {
    html! {
        (field.label)
        @if field.optional { span class="optional" { (lang.say("（选填）", " (optional)")) } }
        @if let Some(number) = &field.number { span class="no" { (number) } }
    }
}

fn help(lang: Lang, field: &Field) -> Markup {
    html! {
        @if let Some(hint) = &field.hint { p class="hint" id=(hint_id(field)) { (hint) } }
        @if field.conditional { noscript { p class="hint" { (lang.say("不适用时留空。", "Leave empty if it does not apply.")) } } }
        @if let Some(fault) = &field.fault {
            p class="error" id=(fault_id(field)) { span class="hidden-visually" { (lang.say("错误：", "Error: ")) } (fault) }
        }
    }
}

fn hint_id(field: &Field) -> String {
    format!("{}-hint", anchor(&field.path))
}

fn fault_id(field: &Field) -> String {
    format!("{}-fault", anchor(&field.path))
}

fn described(field: &Field) -> Option<String> {
    let ids: Vec<String> = [field.hint.as_ref().map(|_| hint_id(field)), field.fault.as_ref().map(|_| fault_id(field))]
        .into_iter()
        .flatten()
        .collect();
    (!ids.is_empty()).then(|| ids.join(" "))
}

/// Lines of a text field, by how much it may hold: a remark, a report, a whole document.
fn height(max: u32) -> u8 {
    match max {
        ..=2000 => 4,
        2001..=10_000 => 10,
        _ => 22,
    }
}

fn control(lang: Lang, field: &Field) -> Markup {
    let path = &field.path;
    match &field.control {
        Control::Line { value, kind, unit } => line(field, value, *kind, unit.as_deref()),
        Control::Area { value, max } => html! {
            textarea class="input" id=(anchor(path)) name=(path) rows=(height(*max)) maxlength=(max) aria-describedby=[described(field)] aria-invalid=[invalid(field)] { (value) }
        },
        Control::Plot { value } => plot(lang, field, value),
        Control::Report { options, view, period, periods } => report(lang, field, options, (view, period), periods),
        Control::Radios { options, value } => choices(path, "radio", options, std::slice::from_ref(value)),
        Control::Checks { options, values } => choices(path, "checkbox", options, values),
        Control::Select { options, value } => select(lang, field, options, value),
        Control::Find { words, options, value, more } => find(lang, field, words, (options, value), *more),
        Control::Tick { ticked, says } => html! {
            div class="choices" { label class="choice" { input type="checkbox" name=(path) value="yes" checked[*ticked]; span { (says) } } }
        },
        Control::File { kept, many } => file(lang, field, kept, *many),
    }
}

fn invalid(field: &Field) -> Option<&'static str> {
    field.fault.as_ref().map(|_| "true")
}

fn line(field: &Field, value: &str, kind: LineKind, unit: Option<&str>) -> Markup {
    let (input_type, mode, fill, size) = match kind {
        LineKind::Text => ("text", None, None, "input"),
        LineKind::Name => ("text", None, Some("name"), "input medium"),
        LineKind::Phone => ("tel", Some("tel"), Some("tel"), "input medium"),
        LineKind::IdNumber => ("text", None, Some("off"), "input medium"),
        LineKind::Number => ("text", Some("decimal"), Some("off"), "input short"),
        LineKind::Date => ("date", None, None, "input short"),
        LineKind::Moment => ("datetime-local", None, None, "input short"),
    };
    let input = html! {
        input class=(size) id=(anchor(&field.path)) name=(field.path) type=(input_type) value=(value) inputmode=[mode] autocomplete=[fill]
            aria-describedby=[described(field)] aria-invalid=[invalid(field)];
    };
    html! { @if let Some(unit) = unit { div class="affix" { (input) span class="unit" { (unit) } } } @else { (input) } }
}

fn choices(path: &str, kind: &str, options: &[(String, String)], chosen: &[String]) -> Markup {
    let short = options.len() <= 3 && options.iter().all(|(_, label)| label.chars().count() <= 6);
    html! {
        div class=(if short { "choices inline" } else { "choices" }) {
            @for (code, label) in options {
                label class="choice" { input type=(kind) name=(path) value=(code) checked[chosen.contains(code)]; span { (label) } }
            }
        }
    }
}

fn select(lang: Lang, field: &Field, options: &[(String, String)], value: &str) -> Markup {
    html! {
        select class="input medium" id=(anchor(&field.path)) name=(field.path) aria-describedby=[described(field)] aria-invalid=[invalid(field)] {
            option value="" { (lang.say("请选择", "Choose")) }
            @for (code, label) in options { option value=(code) selected[code == value] { (label) } }
        }
    }
}

/// A search that works without scripts, and below it what was found; with nothing to choose from, a line for whoever knows the key.
fn find(lang: Lang, field: &Field, words: &str, (options, value): (&[(String, String)], &str), more: bool) -> Markup {
    let searched = !words.is_empty();
    html! {
        @if more || searched {
            div class="find" {
                input class="input medium" id=[(options.is_empty()).then(|| anchor(&field.path))] type="search" name=(rows::words(&field.path)) value=(words) autocomplete="off"
                    aria-label=(format!("{}：{}", lang.say("查找", "Find"), field.label)) placeholder=(lang.say("名称或编号的一部分", "Part of its name or code")) aria-describedby=[described(field)] aria-invalid=[invalid(field)];
                input type="hidden" name=(rows::found(&field.path)) value=(words);
                button class="button secondary" type="submit" name="_find" value=(field.path) formnovalidate { (lang.say("查找", "Find")) span class="hidden-visually" { (field.label) } }
            }
            @if options.is_empty() && searched { p class="hint" role="status" { (lang.say("没有找到，换几个字再查。", "Nothing found: try other words.")) } }
            @if more { p class="hint" { (lang.say("没有全部列出，输入名称的几个字再查找。", "Not all are listed: type part of the name and search.")) } }
        } @else if options.is_empty() {
            input class="input medium" id=(anchor(&field.path)) type="text" name=(field.path) value=(value) aria-describedby=[described(field)] aria-invalid=[invalid(field)];
            p class="hint" { (lang.say("现在没有登记可以选的；知道编号的，填写编号。", "There is nothing to choose from now; if you know its code, give that.")) }
        }
        @if !options.is_empty() { (select(lang, field, options, value)) }
    }
}

/// The views by their regulation, and a period that is typed or picked: two answers to one question, one after the other.
fn report(
    lang: Lang,
    field: &Field,
    options: &[(String, Vec<(String, String)>)],
    (view, period): (&str, &str),
    periods: &[(String, String)],
) -> Markup {
    let id = anchor(&field.path);
    html! {
        select class="input" id=(id) name=(field.path) aria-describedby=[described(field)] aria-invalid=[invalid(field)] {
            option value="" { (lang.say("请选择报表", "Choose a report")) }
            @for (regulation, views) in options {
                optgroup label=(regulation) { @for (code, label) in views { option value=(code) selected[code == view] { (label) } } }
            }
        }
        div class="affix" {
            label class="unit" for=(format!("{id}-period")) { (lang.say("期间", "Period")) }
            input class="input medium" id=(format!("{id}-period")) name=(field.path) type="text" value=(period) list=(format!("{id}-periods")) autocomplete="off" placeholder=[periods.first().map(|(code, _)| code)] aria-invalid=[invalid(field)];
        }
        datalist id=(format!("{id}-periods")) { @for (code, words) in periods { option value=(code) { (words) } } }
        p class="hint small" { (lang.say(
            "只能选向公众公开的报表，提交时取数，取下的数以后不变。期间写 2022、2022-Q1、2022-03 或者 2022-01-01..2022-03-31；留空就是报表的当期，只看现状的报表要留空。",
            "Public reports only; the figures are taken when you submit and do not change afterwards. Period: 2022, 2022-Q1, 2022-03 or 2022-01-01..2022-03-31; empty for the present one, and for reports of how things stand.",
        )) }
    }
}

/// Coordinates as text, a file to take them from where scripts run, and what has been read so far as a plan.
fn plot(lang: Lang, field: &Field, value: &str) -> Markup {
    let read = plots::read(value).ok();
    let id = anchor(&field.path);
    html! {
        textarea class="input coordinates" id=(id) name=(field.path) rows="6" spellcheck="false" autocomplete="off" data-plot aria-describedby=[described(field)] aria-invalid=[invalid(field)] { (value) }
        p class="hint small" { (lang.say(
            "每行一个界址点：X（北）和 Y（东，三度带号在前），单位米；也可以写经度和纬度，或者粘贴 Excel 的两列、GeoJSON。没有坐标的长方形写“东西 12.5”“南北 16”“东至 村道”等行。",
            "A corner on each line: X (north) and Y (east, the zone in front) in metres, or longitude and latitude; two columns of a sheet or GeoJSON can be pasted. A rectangle without coordinates: lines such as 东西 12.5, 南北 16, 东至 …",
        )) }
        p class="small" data-plot-file { label { (lang.say("从 GeoJSON 文件读取（代替上面所填）：", "From a GeoJSON file, in place of the above: ")) input type="file" name=(format!("{}{PLOT_FILE}", field.path)) accept=".geojson,.json,application/geo+json,application/json" data-fills=(id); } }
        div data-plan aria-live="polite" { @if let Some(plot) = read { (crate::components::plot::plan(lang, &field.label, &plot, &[])) } }
    }
}

fn file(lang: Lang, field: &Field, kept: &[(String, String)], many: bool) -> Markup {
    html! {
        @for (reference, name) in kept {
            p class="file-kept" {
                label class="choice" { input type="checkbox" name=(field.path) value=(reference) checked; span { (lang.say("已上传：", "Uploaded: ")) (name) (lang.say("（不要时取消勾选）", " (untick to remove)")) } }
            }
        }
        input class="input" id=(anchor(&field.path)) name=(field.path) type="file" accept="image/*,application/pdf" multiple[many]
            aria-describedby=[described(field)] aria-invalid=[invalid(field)];
        p class="hint small" { (lang.say("照片或 PDF，单个不超过 20 MB；手机上可以直接拍照。", "Photos or PDF, up to 20 MB each; on a phone you can take a picture.")) }
    }
}

/// Examples for the style guide.
#[must_use]
pub fn examples() -> Markup {
    let options =
        |list: &[(&str, &str)]| list.iter().map(|(code, label)| ((*code).into(), (*label).into())).collect::<Vec<_>>();
    let of = |path: &str, label: &str, control| Field {
        path: path.into(),
        label: label.into(),
        number: None,
        hint: None,
        optional: false,
        fault: None,
        conditional: false,
        control,
    };
    let text = |kind, unit: Option<&str>| Control::Line { value: String::new(), kind, unit: unit.map(str::to_owned) };
    let fields = [
        Field { number: Some("f1.01".into()), ..of("name", "姓名", text(LineKind::Name, None)) },
        Field {
            hint: Some("产权证上的面积，没有的填 0".into()),
            fault: Some("请填写数字".into()),
            ..of("area", "面积", text(LineKind::Number, Some("平方米")))
        },
        of("sex", "性别", Control::Radios { options: options(&[("m", "男"), ("f", "女")]), value: "m".into() }),
        of(
            "grounds",
            "申请情形",
            Control::Checks {
                options: options(&[
                    ("a", "因子女结婚等原因需要分户"),
                    ("b", "外来人口落户"),
                    ("c", "规划调整需要搬迁"),
                ]),
                values: vec!["a".into()],
            },
        ),
        Field { optional: true, ..of("reason", "说明", Control::Area { value: String::new(), max: 300 }) },
        of("paper", "证明材料", Control::File { kept: vec![("{}".into(), "户口簿.jpg".into())], many: false }),
        of("plot", "宗地", Control::Plot { value: "4133000 37516000\n4133000 37516012\n4132985 37516012".into() }),
        of(
            "signed",
            "签名",
            Control::Tick {
                ticked: false, says: "本人李某某确认以上内容属实，以此作为签名。".into()
            },
        ),
        of(
            "table",
            "报表",
            Control::Report {
                options: vec![("空气质量管理办法".into(), options(&[("air/days", "优良天数")]))],
                view: "air/days".into(),
                period: String::new(),
                periods: options(&[("2022-Q1", "2022年第1季度"), ("2021-Q4", "2021年第4季度")]),
            },
        ),
        of("on", "日期", text(LineKind::Date, None)),
        of("at", "时刻", text(LineKind::Moment, None)),
        of(
            "place",
            "所在组",
            Control::Select {
                options: options(&[("1", "第一村民小组"), ("2", "第二村民小组")]), value: String::new()
            },
        ),
        of(
            "owner",
            "业主",
            Control::Find {
                words: "东".into(),
                options: options(&[("y1", "东关小区1号楼"), ("y2", "东关小区2号楼")]),
                value: "y1".into(),
                more: true,
            },
        ),
    ];
    html! { form { @for one in &fields { (field(Lang::Zh, one)) } } }
}
