//! What the words of the language mean, in a sentence each: `docs/language.md` has the rest.

mod keys;

pub(super) use keys::key;

use super::SymbolKind;

/// A word with what it means in Chinese and in English.
type Meaning = (&'static str, &'static str, &'static str);

/// What a kind of thing is called.
pub(super) fn kind(kind: SymbolKind) -> (&'static str, &'static str) {
    match kind {
        SymbolKind::Regulation => ("规范性文件", "regulation"),
        SymbolKind::Clause => ("条款", "clause"),
        SymbolKind::Parameter => ("参数", "parameter"),
        SymbolKind::Register => ("登记簿", "register"),
        SymbolKind::Column => ("登记簿的栏", "column"),
        SymbolKind::Form => ("表单", "form"),
        SymbolKind::Field => ("表单的字段", "field"),
        SymbolKind::Procedure => ("程序", "procedure"),
        SymbolKind::Subject => ("事项所涉", "subject"),
        SymbolKind::Fact => ("事实", "fact"),
        SymbolKind::Act => ("动作", "act"),
        SymbolKind::Step => ("环节", "step"),
        SymbolKind::End => ("结果", "end"),
        SymbolKind::Clock => ("期限", "clock"),
        SymbolKind::Rule => ("规则", "rule"),
        SymbolKind::Table => ("决策表", "decision table"),
        SymbolKind::Output => ("决策表的输出", "table output"),
        SymbolKind::Document => ("文书", "document"),
        SymbolKind::Duty => ("职责", "duty"),
        SymbolKind::Fund => ("资金", "fund"),
        SymbolKind::Dimension => ("核算维度", "dimension"),
        SymbolKind::Account => ("科目", "account"),
        SymbolKind::Entry => ("分录", "entry"),
        SymbolKind::Share => ("共享目录", "share"),
        SymbolKind::View => ("视图", "view"),
        SymbolKind::ViewColumn => ("视图的栏", "column of a view"),
        SymbolKind::Element => ("列表的每一项", "element of a list"),
        SymbolKind::Party => ("当事方", "party"),
        SymbolKind::BuiltIn => ("语言自带的名称", "built-in name"),
        SymbolKind::Function => ("函数", "function"),
    }
}

/// Units that stand behind a number.
pub(super) const UNITS: [(&str, &str); 12] = [
    ("m²", "平方米"),
    ("m", "米"),
    ("yuan", "元"),
    ("percent", "百分之"),
    ("mu", "亩"),
    ("working-days", "工作日"),
    ("days", "日（自然日）"),
    ("weeks", "周"),
    ("months", "个月"),
    ("years", "年"),
    ("hours", "小时"),
    ("minutes", "分钟"),
];

/// What a kind of block is for.
pub(super) fn block(name: &str) -> Option<(&'static str, &'static str)> {
    meaning(&BLOCKS, name)
}

/// What a name of the language itself stands for.
pub(super) fn built_in(name: &str) -> Option<(&'static str, &'static str)> {
    meaning(&BUILT_IN, name)
}

/// How a function is called, and what it gives.
pub(super) fn function(name: &str) -> Option<Meaning> {
    FUNCTIONS.iter().find(|(form, ..)| form.split('(').next() == Some(name)).copied()
}

fn meaning(all: &[Meaning], name: &str) -> Option<(&'static str, &'static str)> {
    all.iter().find(|(word, ..)| *word == name).map(|(_, zh, en)| (*zh, *en))
}

const BLOCKS: [Meaning; 12] = [
    ("parameter", "参数：每行一个，有值、有单位；县里可依据文件改定", "values that a county may set"),
    ("register", "登记簿：后跟栏目表", "a register; the table of its columns follows"),
    ("form", "表单：后跟字段表", "a form; the table of its fields follows"),
    ("procedure", "程序：事项是什么、怎样开始和结束", "what a matter is about, how it starts and ends"),
    ("step", "环节：谁办、期限、可做的动作", "who has a matter, by when, what they may do"),
    ("rule", "规则：条件、理由、条款", "conditions, each with its reason and clause"),
    ("table", "决策表：输入、输出，检查空缺和重叠", "a decision table; gaps and overlaps are found"),
    ("document", "文书：通知书、许可证、公示", "a letter, permit or notice"),
    ("duty", "职责：为谁、多久一次、开始哪个程序", "for whom, when, and which procedure begins"),
    ("view", "视图、报表：从哪里取、显示什么、谁可看", "a question about what is kept, answered anew each time"),
    ("fund", "资金：核算维度，后跟科目表和分录表", "double entry; tables of accounts and entries follow"),
    ("share", "数据共享：哪个登记簿、哪些栏、什么条件", "a register offered to other offices"),
];

const BUILT_IN: [Meaning; 62] = [
    ("today", "办理之日", "the legal day"),
    ("this", "正在办理的这件事项", "the asking matter"),
    ("actor", "正在办理的人", "the acting person"),
    ("it", "查询正在看的这一项", "the element that a query looks at"),
    ("here", "这个地方（查询里也是）", "this place, within a query too"),
    ("group", "村民小组", "the villager group"),
    ("village", "村", "the village"),
    ("township", "乡镇", "the township"),
    ("county", "县", "the county"),
    ("place", "所在的地方", "the place"),
    ("on", "日期", "the legal date"),
    ("at", "时刻", "the moment"),
    ("by", "经办的人", "who did it"),
    ("office", "经办的单位", "the office that did it"),
    ("number", "编号", "its number"),
    ("shown", "正在公示", "on display now"),
    ("last-day", "公示最后一日", "the last day of display"),
    ("over", "公示期满且未提前撤下", "the display term is fully past"),
    ("voided", "已作废", "void"),
    ("open", "未办结", "not ended yet"),
    ("step", "现在的环节", "the step where it stands"),
    ("ended", "办结的结果；保存期限里是办结、注销之日", "its end; in `keep`, the day of it"),
    ("opened-on", "开始之日", "the day on which it began"),
    ("chance", "随事项抽取的 0 到 9999 的数", "a number from 0 to 9999 drawn with the matter"),
    ("duty", "由哪项职责开始", "which duty opened it"),
    ("period", "期次的名称", "what the period is called"),
    ("period-from", "期次的第一日", "the first day of the period"),
    ("period-to", "期次的最后一日", "the last day of the period"),
    ("name", "名称", "its name"),
    ("short", "简称", "its short name"),
    ("code", "代码", "its code"),
    ("current", "仍然存在", "it has not ended"),
    ("ended-on", "撤销之日", "the first day without it"),
    ("successor", "并入的地方", "what took it in"),
    ("area", "面积", "its area"),
    ("corners", "界址点数", "how many corners"),
    ("east-west", "东西长", "metres from east to west"),
    ("north-south", "南北长", "metres from north to south"),
    ("title", "名称", "its title"),
    ("desk", "岗位或科室", "its desk"),
    ("holder", "今日任职的人", "who holds it today"),
    ("vacant", "空缺", "nobody holds it"),
    ("balance", "余额", "the balance"),
    ("debits", "借方发生额", "all debits"),
    ("credits", "贷方发生额", "all credits"),
    ("last-on", "最近过账之日", "the day of the last posting"),
    ("part", "分得的金额", "its share of the amount"),
    ("rank", "名次", "its rank"),
    ("tenures", "任职记录", "who held which post"),
    ("report-from", "统计期的第一日", "the first day of the chosen period"),
    ("report-to", "统计期的最后一日", "the last day of the chosen period"),
    ("due", "期限的最后一日", "the last day of the deadline"),
    ("begun", "期限起算", "when the deadline began"),
    ("late", "已逾期", "late"),
    ("in-time", "按期", "in time"),
    ("running", "正在计时", "running"),
    ("suspended", "已中止", "standing still"),
    ("days-left", "剩余的日数", "days left"),
    ("person", "任职的人", "who holds or held it"),
    ("from", "起", "the first day"),
    ("to", "止", "the last day"),
    ("post", "岗位", "the post"),
];

const FUNCTIONS: [Meaning; 49] = [
    ("age(ID-NUMBER, DATE)", "周岁", "age in years"),
    ("alike(T, U)", "两个名称有多像，百分数", "how alike two names are, in percent"),
    ("as-of(PARAMETER, DATE)", "参数在那一日的值", "the parameter in force on that day"),
    ("balance-on(SUB-ACCOUNTS, DATE)", "那一日终了的余额（按起息日）", "what they held at the end of that day"),
    ("birth(ID-NUMBER)", "出生日期", "the date of birth"),
    ("ceil(X)", "不小于它的最小整数", "the whole number at or above"),
    ("changed(FIELD, …)", "这次提交是否改了这些字段", "whether the act changes any of these fields"),
    ("code-on(PLACE, \"township\", DATE)", "那一日所属的地方的代码", "the code of the place at or above it on a day"),
    ("concat(A, B, …)", "首尾相接成一段文字", "one behind the other, as a text"),
    ("concerns(OWNER, PERSON)", "是不是关于这个人的", "whether it is about that person"),
    ("contains(T, U)", "T 里有 U", "whether T holds U"),
    ("count(C)", "有几个", "how many"),
    ("date(YEAR, MONTH, DAY)", "这一日", "that day"),
    ("day-sum(SUB-ACCOUNTS, FROM, TO)", "每日终了余额之和（积数）", "the sum of what they held each day"),
    ("days-between(A, B)", "A 到 B 的日数", "how many days B lies after A"),
    ("distinct(C.field)", "没有重复的值", "no value occurs twice"),
    ("document-number(T)", "文号的规范写法", "a document number in its normal form"),
    ("each(C where …)", "每一个都符合", "all satisfy"),
    ("ends-with(T, U)", "T 以 U 结尾", "whether T ends with U"),
    ("figures(REPORT)", "报表的数字，作为文字", "the figures of a report, as a text"),
    ("first(C where …)", "第一个", "the first one"),
    ("floor(X)", "不大于它的最大整数", "the whole number at or below"),
    ("hindrances(OWNER)", "为什么还不能删除", "what stands against erasing it"),
    ("hits(RULE)", "规则命中的各行", "the rows of a rule that hit"),
    ("holder(POST, DATE)", "那一日任职的人", "who holds a post on a day"),
    ("holdings(OWNER)", "留存了些什么，计数", "what is kept of it, counted"),
    ("holds(PERSON, POST, DATE)", "那一日是否任此职", "whether a person holds a post on a day"),
    ("lunar(DATE)", "农历的日子", "the day of the lunar calendar in words"),
    ("masked(T)", "遮住个人信息的文字", "the text with personal data covered"),
    ("max(A, B, …)", "最大的", "the greatest"),
    ("min(A, B, …)", "最小的", "the least"),
    ("moment(DATE, \"18:00\")", "那一日的时刻", "the moment of a day at a time"),
    ("month-end(DATE)", "当月最后一日", "the last day of its month"),
    ("name-on(PLACE, \"township\", DATE)", "那一日所属的地方的名称", "the name of the place at or above it on a day"),
    ("none(C where …)", "一个也没有", "there is none"),
    ("only(C where …)", "唯一的一个", "the only one"),
    ("overlap(PLOT, PLOT)", "两块地重叠的面积", "the area that two plots share"),
    ("personal-in(T)", "文字里有哪些个人信息", "which personal data stands in a text"),
    ("quarter(DATE)", "第几季度", "the quarter of the year"),
    ("ranked(C, KEY, …)", "从大到小排名次，每项有 `.rank`", "the highest first, each with its `.rank`"),
    ("round(X, 2)", "四舍五入到几位小数", "rounded half up"),
    ("rows(FORM, C)", "供文书用的多行", "a list of FORM for documents"),
    ("sees(OWNER, PERSON)", "这个人是否看得到", "whether that person sees some of it"),
    ("sex(ID-NUMBER)", "性别：`m` 或 `f`", "`m` or `f`"),
    ("some(C where …)", "至少有一个", "there is one"),
    ("split(AMOUNT, C, WEIGHT, TIE)", "按权重分摊，每项有 `.part`", "divided by weight, each with its `.part`"),
    ("starts-with(T, U)", "T 以 U 开头", "whether T begins with U"),
    ("sum(C.field)", "合计", "the sum"),
    ("year(DATE)", "年份", "the year"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::blocks::block::KINDS;

    #[test]
    fn every_function_and_block_is_explained() {
        let unsaid: Vec<&str> =
            crate::expr::FUNCTIONS.iter().filter(|name| function(name).is_none()).copied().collect();
        assert_eq!(unsaid, [""; 0]);
        let unsaid: Vec<&str> = KINDS.iter().map(|(name, _)| *name).filter(|name| block(name).is_none()).collect();
        assert_eq!(unsaid, [""; 0]);
    }
}
