//! Keys of mappings, in the order in which authors need them.

use super::{Meaning, meaning};

/// What a key means in the mapping that knows these keys. Mappings are told apart by their first and last key.
pub(in crate::editor) fn key(known: &[&str], name: &str) -> Option<(&'static str, &'static str)> {
    let ends = |(first, last, _): &&Section| known.first() == Some(first) && known.last() == Some(last);
    let own = SECTIONS.iter().find(ends).and_then(|(_, _, keys)| meaning(keys, name));
    own.or_else(|| meaning(&COMMON, name))
}

/// First and last key of a mapping, with what its keys mean.
type Section = (&'static str, &'static str, &'static [Meaning]);

const COMMON: [Meaning; 24] = [
    ("title", "名称，或 `{ zh: …, en: … }`", "what it is called, or `{ zh: …, en: … }`"),
    ("label", "按钮、栏目上的字", "what people read on it"),
    ("clause", "落实的条款，代替上方的条款", "the clauses it carries out, in place of the one above"),
    ("note", "说明", "what readers should know"),
    ("zh", "中文", "in Chinese"),
    ("en", "英文", "in English"),
    ("when", "这个条件成立才发生", "only if this holds"),
    ("with", "各字段的值", "values of the fields"),
    ("each", "对列表的每一项各做一次：`{ 名称: 列表 }`", "once for each element: `{ NAME: LIST }`"),
    ("on", "日期，或哪件事项", "the day, or which matter"),
    ("readers", "谁可以看：`public`、层级或当事方", "who may see it: `public`, levels or parties"),
    ("keeper", "谁登记、谁管理", "who keeps it"),
    ("keep", "保存期限：`10 years from ended` 或 `permanent`", "how long it is kept"),
    ("purposes", "为了什么查看个人信息", "for what covered personal data is opened"),
    (
        "release",
        "可以公开的个人信息和允许公开的条款",
        "personal fields that may be shown, with the clause that allows it",
    ),
    ("place", "哪个地方", "which place"),
    ("post", "哪个岗位", "which post"),
    ("person", "哪个人", "which person"),
    ("behalf", "`yes`：代理，代表办理人", "`yes`: on behalf of whoever does the act"),
    ("number", "文号、编号的格式", "the pattern of its number"),
    ("code", "代码", "the code"),
    ("name", "名称", "the name"),
    ("short", "简称", "the short name"),
    ("into", "并入哪里", "where it goes"),
];

const SECTIONS: [Section; 35] = [
    ("id", "uses", &FRONT),
    ("value", "note", &VALUE),
    ("register", "clause", &REGISTER),
    ("form", "clause", &FORM),
    ("procedure", "clause", &PROCEDURE),
    ("step", "clause", &STEP),
    ("label", "rename", &ACT),
    ("rule", "clause", &RULE),
    ("table", "clause", &TABLE),
    ("document", "note", &DOCUMENT),
    ("duty", "clause", &DUTY),
    ("view", "clause", &VIEW),
    ("fund", "clause", &FUND),
    ("share", "clause", &SHARE),
    ("share", "purpose", &GRANTS),
    ("kind", "release", &PUBLISH),
    ("pattern", "per", &SERIES),
    ("type", "label", &[("type", "类型：登记簿、text、one of …", "its type")]),
    ("amount", "tie", &SPLIT),
    ("each", "with", &POSTING),
    ("that", "because", &CONDITION),
    ("text", "when", &INSTRUMENT),
    ("term", "clause", &[("term", "`10 years from ended` 或 `permanent`", "how long, from when")]),
    ("of", "offer", &SUBJECT),
    ("label", "opens", &[("opens", "可看哪几类：identity、contact、bank、health、family", "which kinds it opens")]),
    ("act", "with", &[("act", "以哪个开始动作", "by which starting act")]),
    ("to", "when", &TELL),
    ("what", "when", &[("what", "删除谁的：记录、事项", "whose data: a row, a matter")]),
    ("due", "clause", &[("due", "期限：`5 days after 日期, else 后果`", "the deadline and its consequence")]),
    ("at", "to", &REMINDER),
    ("each", "behalf", &[("at", "到哪一刻为止（临时授权）", "the moment of its end, of one by the hour")]),
    ("each", "many", &[("at", "层级/岗位", "level/desk"), ("many", "`yes`：可几人同任", "`yes`: held by several")]),
    ("each", "only", &APPOINT),
    ("each", "on", &[("level", "层级", "its level"), ("in", "属于哪里", "the place above it")]),
    ("each", "posts", &[("posts", "`keep`：岗位随之保留", "`keep`: the posts go along")]),
];

const FRONT: [Meaning; 11] = [
    ("id", "短名，也是文件名和文件夹名", "short name, also that of the file and the folder"),
    ("number", "文号", "document number"),
    ("issuer", "发文单位", "the issuing office"),
    ("issued", "印发日期", "the date of issue"),
    ("effective", "施行日期", "the first day in force"),
    ("until", "失效日期", "the last day in force"),
    ("status", "`trial`：试行", "`trial`"),
    ("public", "`no`：只给任职的人看", "`no`: for those who hold a post"),
    ("basis", "依据的法律法规，文书里引用", "legal bases, cited in decisions"),
    ("supplement", "织入的本县补充，由系统写上", "the county's supplement that was woven in; written by the system"),
    ("uses", "这里可以用其登记簿和表单的法规", "regulations whose registers and forms may be named here"),
];

const VALUE: [Meaning; 4] = [
    ("value", "值：`200 m²`、`5 working-days`、`one of {…}`；事实写表达式", "the value; of a fact, an expression"),
    ("since", "从哪日起", "since when"),
    ("then", "以后的值：`{ 日期: 值 }`", "later values: `{ DATE: VALUE }`"),
    ("county", "各县可以规定的范围：`下限 .. 上限` 或 `any`", "what counties may decide: `LOW .. HIGH`, or `any`"),
];

const REGISTER: [Meaning; 7] = [
    ("register", "名称，全部法规中唯一", "its name, unique among all regulations"),
    ("key", "哪几栏合起来认出一条记录", "the columns that tell rows apart"),
    ("rows", "记录就是这个程序的事项", "its rows are the matters of this procedure"),
    ("lists", "`shares`：列出各项共享", "`shares`: its rows are the shares of all regulations"),
    ("grants", "哪一栏记授权的什么", "which column says what of a grant"),
    ("periods", "起、止两栏，检查重叠和空档", "two columns of dates; overlaps and gaps are found"),
    ("keeper", "谁登记、变更、注销", "who enters, changes and closes rows"),
];

const FORM: [Meaning; 2] = [
    ("form", "名称，全部法规中唯一", "its name, unique among all regulations"),
    ("layout", "打印的版式文件 `x.typ`", "the template it is printed with"),
];

const PROCEDURE: [Meaning; 16] = [
    ("procedure", "名称，全部法规中唯一", "its name, unique among all regulations"),
    ("service", "`yes`：群众可办", "`yes`: offered to residents"),
    ("occasion", "人生大事、生活场景，服务按它归类", "what in life leads to it"),
    ("disclose", "公开页上有哪几部分", "the parts of its public page"),
    ("confidential", "`yes`：只给经手的单位看", "`yes`: only offices that it falls to see a matter"),
    ("publish", "办结的内容怎样公开", "how matters become public"),
    ("about", "事项涉及什么：登记簿的记录、别的程序的事项", "what a matter is about: rows, other matters"),
    ("owner", "个人信息属于谁", "whose personal data it holds"),
    ("subject", "事项的题名", "what a matter is called"),
    ("stages", "页面上的几个阶段：`{ 阶段: [环节] }`", "stages for people: `{ STAGE: [steps] }`"),
    ("facts", "由表达式得出的事实", "facts, each an expression"),
    ("start", "开始的动作", "acts that start a matter"),
    ("acts", "各环节都能做的动作", "acts possible at every open step"),
    ("apart", "同一人只能做其中一个的动作", "acts of which one person may do only one"),
    ("merits", "实体条件：自查和核对用的规则", "rules on the merits, for the self-check"),
    ("ends", "结果：`{ approved: 已批准 }`", "how it may end"),
];

const STEP: [Meaning; 6] = [
    ("step", "`名称 of 程序`", "`NAME of PROCEDURE`"),
    ("by", "谁办", "who has it"),
    ("due", "期限和后果：`5 days after 日期, else 后果`", "deadlines, each with its consequence"),
    ("remind", "提醒：`3 days before`、`last day`", "reminders"),
    ("suspends", "中止哪些环节的期限", "the steps whose clocks stand still"),
    ("acts", "可做的动作", "what may be done here"),
];

const ACT: [Meaning; 31] = [
    ("label", "按钮上的字", "on the button"),
    ("by", "谁可以做；不写就是环节的办理人", "who may do it; default the step's"),
    ("form", "随之提交的表单", "forms filed with it"),
    ("require", "必须成立：规则名、表达式或 `{ that, because }`", "what must hold"),
    ("warn", "不成立时提示", "what is warned of"),
    ("dated", "法定日期，默认当天", "its legal date; default today"),
    ("once", "`yes`：一件事项只做一次", "`yes`: at most once per matter"),
    ("identify", "`yes`：重新验证身份", "`yes`: whoever does it proves anew who they are"),
    ("not-at", "哪些环节不能做", "steps where it is not possible"),
    ("stops", "停止哪些期限", "clocks it stops"),
    ("restart", "本环节第一个期限的新最后一日", "the new last day of the step's first clock"),
    ("issue", "制发的文书：列表，或 `{ 文书: 条件 }`", "documents issued"),
    ("void", "作废的文书", "documents made void"),
    ("open", "另立事项", "matters it opens"),
    ("do", "在别的事项上做的动作", "acts on other matters"),
    ("enter", "登记到登记簿", "rows entered in registers"),
    ("post", "过账", "entries posted on funds"),
    ("tell", "告知", "messages"),
    ("erase", "依法删除个人信息", "personal data erased"),
    ("enact", "使一份规范性文件生效", "a regulation put into force"),
    ("revoke", "废止一份规范性文件", "a regulation's force ended"),
    ("to", "去哪个环节、结果，或 `back`、`stay`", "step, end, `back` or `stay`"),
    ("clause", "依据的条款", "its clauses"),
    ("relieve", "免职", "tenures ended"),
    ("abolish", "撤销岗位", "posts ended"),
    ("establish", "设立岗位", "posts made"),
    ("appoint", "任职、代理、临时授权", "posts given"),
    ("found", "设立地方", "places founded"),
    ("merge", "撤并地方", "places merged"),
    ("move", "改隶地方", "places moved"),
    ("rename", "地方更名", "places renamed"),
];

const RULE: [Meaning; 4] = [
    ("rule", "`名称 of 程序`", "`NAME of PROCEDURE`"),
    ("holds", "`all`、`any` 或 `none` 的行成立", "`all`, `any` or `none` of its rows"),
    ("require", "只有一行时的条件", "the condition, of a single row"),
    ("because", "理由，可有 `{空格}`", "the reason, with `{holes}`"),
];

const TABLE: [Meaning; 2] =
    [("table", "`名称 of 程序`", "`NAME of PROCEDURE`"), ("hit", "`one`、`first` 或 `all`", "`one`, `first` or `all`")];

const DOCUMENT: [Meaning; 12] = [
    ("document", "`名称 of 程序`", "`NAME of PROCEDURE`"),
    ("signed", "由谁签章", "who signs it"),
    ("number", "文号：`{ pattern: \"…{n:4}号\", per: [year] }`", "its number"),
    ("display", "公示多久", "shown as a notice for that term"),
    ("data", "印上的内容：字段列表，或 `{ 名称: 表达式 }`", "what is printed"),
    ("labels", "各项的名称", "labels of what is printed"),
    ("paragraphs", "正文各段，可有 `{空格}`", "its paragraphs, with `{holes}`"),
    ("reasons", "理由：规则的命中项", "its reasons"),
    ("remedies", "救济途径", "remedies"),
    ("attach", "附件", "attached files"),
    ("layout", "版式文件 `x.typ`", "its template"),
    ("verifiable", "`yes`：可扫码核验", "`yes`: anyone may verify it"),
];

const DUTY: [Meaning; 6] = [
    ("duty", "名称", "its name"),
    ("for", "`county`、`each 层级` 或 `each 登记簿`", "`county`, `each LEVEL` or `each REGISTER`"),
    ("every", "多久一次：`month`、`week wed`、`every 10 days`", "how often"),
    ("whenever", "条件一成立就开始", "begins whenever this holds"),
    ("since", "从哪日起，默认施行之日", "since when"),
    ("opens", "以哪个动作开始", "by which act it begins"),
];

const VIEW: [Meaning; 10] = [
    ("view", "名称", "its name"),
    ("no", "报表编号", "the number people know it by"),
    ("from", "从哪里取：程序、登记簿、`clocks of …`", "where its lines come from"),
    ("where", "只要这些", "only these lines"),
    ("over", "按哪个日期归入统计期", "the date by which the period picks lines"),
    ("period", "`month`、`quarter`、`half-year` 或 `year`", "what is shown first"),
    ("order", "排序的栏，`-` 是从大到小", "columns to order by, `-` downwards"),
    ("late", "哪些算逾期", "lines that are late"),
    ("chart", "`bar`、`line`、`stacked`、`gantt of …` 或 `none`", "the chart"),
    ("sheet", "一张表里的几个视图", "views on one printed page"),
];

const FUND: [Meaning; 4] = [
    ("fund", "名称，全部法规中唯一", "its name, unique among all regulations"),
    ("keeper", "谁看得到全部账目", "who sees every account and entry"),
    ("dimensions", "按什么分明细账", "what divides accounts into sub-accounts"),
    ("owner", "明细账属于谁", "whose sub-account it is"),
];

const SHARE: [Meaning; 9] = [
    ("share", "名称，全部法规中唯一", "its name, unique among all regulations"),
    ("register", "共享哪个登记簿", "which register"),
    ("where", "只共享这些记录", "only these rows"),
    ("fields", "共享哪些栏", "which columns"),
    ("terms", "`unconditional`、`conditional` 或 `not-shared`", "on what terms"),
    ("ground", "共享条件，或不予共享的依据", "under what conditions, or why not"),
    ("update", "更新周期", "how often it is brought up to date"),
    ("owner", "提供单位", "the office that answers for it"),
    ("grants", "记授权的登记簿", "the register of grants"),
];

const GRANTS: [Meaning; 7] = [
    ("share", "记哪项共享的栏", "the column of the share"),
    ("office", "记给哪个单位的栏", "the column of the office"),
    ("from", "起日的栏", "the column of the first day"),
    ("until", "止日的栏", "the column of the last day"),
    ("ended", "提前终止日的栏", "the column of an early end"),
    ("fields", "授权哪些栏的栏", "the column of what may be seen"),
    ("purpose", "用途的栏", "the column of the purpose"),
];

const PUBLISH: [Meaning; 17] = [
    ("kind", "`document` 或 `issue`", "`document` or `issue`"),
    ("public", "哪日起公开", "the first day on which it is public"),
    ("title", "标题", "its title"),
    ("number", "文号", "its number"),
    ("issuer", "发文单位", "who issued it"),
    ("category", "文种", "its kind"),
    ("body", "正文", "its text"),
    ("note", "说明", "shown above the text"),
    ("signed", "成文日期", "the day of signature"),
    ("effective", "施行日期", "the first day in force"),
    ("until", "失效日期", "the last day in force"),
    ("attachments", "附件", "attached files"),
    ("part-of", "哪一期", "the issue"),
    ("amends", "修改了哪些", "what it amends"),
    ("repeals", "废止了哪些", "what it repeals"),
    ("corrects", "更正了哪些", "what it corrects"),
    ("cites", "引用了哪些", "what it cites"),
];

const SERIES: [Meaning; 2] = [
    ("pattern", "格式：`…〔{year}〕{n:4}号`", "the pattern"),
    ("per", "按什么各自编号：层级、`year`", "numbered anew for each: levels, `year`"),
];

const SPLIT: [Meaning; 4] = [
    ("amount", "分摊的金额", "the amount to divide"),
    ("among", "分给谁：`{ 名称: 列表 }`", "over what: `{ NAME: LIST }`"),
    ("by", "权重", "the weight"),
    ("tie", "余数相同时的次序", "the order of equal remainders"),
];

const POSTING: [Meaning; 2] =
    [("amount", "金额（元）", "the amount in yuan"), ("split", "按权重分摊", "one amount divided by weight")];

const CONDITION: [Meaning; 2] = [("that", "条件", "the condition"), ("because", "理由", "the reason")];

const INSTRUMENT: [Meaning; 4] = [
    ("text", "文本", "the text"),
    ("number", "文号", "its number"),
    ("issued", "印发日期", "the date of issue"),
    ("effective", "施行日期", "the first day in force"),
];

const SUBJECT: [Meaning; 2] =
    [("of", "登记簿或程序", "a register or procedure"), ("offer", "可选的有哪些", "what may be chosen")];

const TELL: [Meaning; 2] = [("to", "告知谁", "whom"), ("text", "内容，可有 `{空格}`", "the text, with `{holes}`")];

const APPOINT: [Meaning; 5] = [
    ("from", "起", "the first day"),
    ("to", "止", "the last day"),
    ("until", "到哪一刻为止（临时授权）", "the moment of its end, by the hour"),
    ("kind", "任职的性质，`acting` 是代行", "what kind of tenure; `acting`"),
    ("only", "只限这些动作", "limited to these acts"),
];

const REMINDER: [Meaning; 3] =
    [("at", "什么时候：`3 days before`", "when"), ("text", "内容", "the text"), ("to", "提醒谁", "whom")];
