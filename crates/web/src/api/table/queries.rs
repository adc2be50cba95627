//! Parameters of queries that several operations share, or that are many: name and what it means.

pub(super) const PAGE: &[(&str, &str)] =
    &[("after", "上一页答复中的 after，从其后继续"), ("limit", "每页行数，1 至 200，默认 50")];
pub(super) const LOOK: &[(&str, &str)] = &[
    ("post", "只以这个岗位查看；以本人名义用 self"),
    ("reveal_for", "查看完整个人信息的用途，见 purposes；只展开这个用途需要的种类；查阅留痕"),
    ("reveal", "在用途之内再缩小的种类，逗号分隔：identity、contact、bank、health、family"),
    ("why", "展开个人信息的理由，有 reveal_for 时必填"),
];
pub(super) const MATTERS: &[(&str, &str)] = &[
    ("text", "编号或标题中的文字"),
    ("procedure", "只列这一程序"),
    ("step", "只列在这一环节的"),
    ("place", "只列这一地方及以下"),
    ("open", "yes 只列在办，no 只列办结"),
    ("after", "上一页答复中的 after，从其后继续"),
    ("limit", "每页行数，1 至 200，默认 50"),
];
pub(super) const DESK: &[(&str, &str)] = &[
    ("post", "只列这个岗位的；本人的用 self；不写则合并全部岗位"),
    ("procedure", "只列这一程序"),
    ("step", "只列在这一环节的"),
    ("place", "只列这一地方及以下"),
    ("due_by", "只列这一天（含）前到期的"),
    ("text", "编号或标题中的文字"),
    ("after", "上一页答复中的 after，从其后继续"),
    ("limit", "每页行数，1 至 200，默认 50"),
];
pub(super) const VIEW: &[(&str, &str)] = &[
    ("period", "期间：2022、2022-Q1、2022-03；不写则为本期"),
    ("from", "自这一天（含）起；与 to 同用，代替 period"),
    ("to", "至这一天（含）止"),
    ("place", "只统计这一地方及以下，须在岗位的辖区之内"),
    ("group", "附上这一组（groups 中的 key）背后的明细；* 为全部"),
    ("after", "上一页答复中的 after，从其后继续列明细"),
    ("limit", "每页明细行数，1 至 200，默认 50"),
];
pub(super) const POSTS: &[(&str, &str)] = &[
    ("on", "这一天的任职，默认今天"),
    ("place", "只列这一地方及以下"),
    ("office", "只列这一机构，如 township/planning"),
    ("vacant", "yes 只列空缺"),
    ("text", "岗位名称或任职人姓名中的文字"),
];
pub(super) const ON: &[(&str, &str)] = &[("on", "这一天的任职，默认今天")];
pub(super) const SUBS: &[(&str, &str)] = &[
    ("DIMENSION", "只列这一核算维度为此值的，如 home=U1；可以写几个"),
    ("after", "上一页答复中的 after，从其后继续"),
    ("limit", "每页行数，1 至 200，默认 50"),
];
pub(super) const STATEMENT: &[(&str, &str)] = &[
    ("DIMENSION", "明细账的每个核算维度各写一个值，如 home=U1"),
    ("from", "首日，默认今年1月1日"),
    ("to", "末日，默认今年12月31日"),
];
pub(super) const ROWS: &[(&str, &str)] = &[
    ("as_of", "这一天终了时的状态"),
    ("place", "只列这一地方及以下"),
    ("text", "文字栏目中含有的文字"),
    ("sort", "按这一栏排序，前面加 - 为降序"),
    ("reveal_for", "查看完整个人信息的用途；只展开这个用途需要的种类；查阅留痕"),
    ("reveal", "在用途之内再缩小的种类，逗号分隔"),
    ("why", "展开个人信息的理由，有 reveal_for 时必填"),
    ("after", "上一页答复中的 after，从其后继续"),
    ("limit", "每页行数，1 至 200，默认 50"),
];
pub(super) const PUBLICATIONS: &[(&str, &str)] = &[
    ("q", "词语、标题、文号、条款；空格分开的都要有，引号里的一字不差"),
    ("kind", "document 公文，issue 期次"),
    ("year", "年份"),
    ("issuer", "发文机关"),
    ("sort", "文种"),
    ("series", "机关代字"),
    ("force", "yes 只列有效的，no 只列失效或者尚未施行的"),
    ("after", "上一页答复中的 after，从其后继续"),
    ("limit", "每页行数，1 至 200，默认 50"),
];
pub(super) const TEXT_OF: &[(&str, &str)] =
    &[("version", "versions 中的 version：那一版的文本"), ("on", "这一天的文本")];
