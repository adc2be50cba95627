//! What is said about a text: repairs that were made and doubts that are left.

use std::fmt;

/// Something that reading put right (修复). The pieces stay as printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repair {
    /// Line it was made at; for a join the line that goes on.
    pub line: u32,
    /// Which rule.
    pub rule: Rule,
    /// What was done.
    pub said: Said,
}

/// Something that a person has to decide (存疑).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Doubt {
    /// Where.
    pub line: u32,
    /// What kind of doubt.
    pub code: Code,
    /// What was found.
    pub said: Said,
}

/// A sentence in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// For the record.
    Note,
    /// May pass, stays on record.
    Warning,
    /// Cannot be accepted until resolved or waived with a reason.
    Error,
}

/// The rule behind a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The line goes on in the next block: by a cut item (J7), an open bracket (J2), a long heading (J6), a loose
    /// responsibility note (J9), or because nothing ended it (J8).
    Join(&'static str),
    /// A reading of a finding of level note: the finding's code.
    Finding(Code),
    /// A header that a table repeats on the next page was dropped.
    RepeatedHeader,
    /// Decoded from another encoding than UTF-8, or stripped of a mark or control character.
    Decode,
}

/// The findings (GZ-Exx, GZ-Fxx) that reading can make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    /// Not readable text (不是可读的文本).
    E01,
    /// Bad serial in a document number (发文字号的序号有误).
    E05,
    /// Bad year in a document number (发文字号的年份有误).
    E06,
    /// Series code and issuer disagree (机关代字与发文机关不符).
    E07,
    /// Duplicate document number in one issue (同一期内发文字号重复).
    E08,
    /// Date invalid or after the publication date (日期无效或晚于出版日期).
    E09,
    /// Two issue ids disagree (两处期号不一致).
    F02,
    /// Blank inside a document number (发文字号中有空格).
    F03,
    /// Square brackets in a document number (发文字号用了方括号).
    F04,
    /// Document in the body but not in the contents (正文有而目录没有的文件).
    F10,
    /// Contents entry without a document (目录有而正文没有的文件).
    F11,
    /// No addressee (没有主送机关).
    F12,
    /// Post-holder signature blank (个人署名空白).
    F13,
    /// Annex listed without body, or body without listing (附件有目无文或有文无目).
    F14,
    /// Annex titles differ (附件标题前后不一).
    F15,
    /// Annex not referred to in the text, or wrong annex number cited (附件未被正文引用或引用编号不符).
    F16,
    /// Unbalanced bracket (括号不配对).
    F17,
    /// Bracket pair of mixed width (括号全角半角混配).
    F18,
    /// Cell cut off (单元格被截断).
    F19,
    /// Ordinal missing or unnumbered (序号缺失或未编号).
    F20,
    /// Signature block inside a table (署名落在表格内).
    F21,
    /// Orphan table without heading (没有标题的表格).
    F22,
    /// Deadline earlier than the date of the document (期限早于成文日期).
    F23,
    /// Sum stated in the text differs from a table total (正文合计与表格合计不符).
    F24,
    /// Personal data, to be dealt with before publication (含个人信息，公开前须处理).
    F25,
    /// Foreign word or stray markup (夹杂外文或标记).
    F26,
    /// One post written with different unit names (同一岗位单位名称不一).
    F27,
    /// One member twice in one body (同一机构内成员重复).
    F28,
}

impl Code {
    /// Severity, clause, meaning and hint of a code.
    pub fn meaning(self) -> Meaning {
        use Code::*;
        use Severity::*;
        match self {
            E01 => meaning(
                Error,
                "gz-3.3",
                ["不是可读的文本", "not readable text"],
                ["请另存为 UTF-8 或 GB18030 纯文本后再读", "save it as plain text in UTF-8 or GB18030"],
            ),
            E05 => meaning(
                Error,
                "gz-x.5",
                ["发文字号的序号有误", "bad serial in a document number"],
                ["序号不编虚位，不加“第”", "no leading zero, no 第"],
            ),
            E06 => meaning(
                Error,
                "gz-x.5",
                ["发文字号的年份有误", "bad year in a document number"],
                ["年份标四位全称", "write the year in four digits"],
            ),
            E07 => meaning(
                Error,
                "gz-3.1",
                ["机关代字与发文机关不符", "series code and issuer disagree"],
                ["核对发文字号或标题中的机关", "check the number or the issuer in the title"],
            ),
            E08 => meaning(
                Error,
                "gz-3.1",
                ["同一期内发文字号重复", "duplicate document number in one issue"],
                ["核对其中一件的字号", "check the number of one of them"],
            ),
            E09 => meaning(
                Error,
                "gz-3.6",
                ["日期无效或晚于出版日期", "date invalid or after the publication date"],
                ["核对成文日期", "check the date under the signature"],
            ),
            F02 => meaning(
                Warning,
                "gz-1.2",
                ["两处期号不一致", "two issue ids disagree"],
                ["核对封面与扉页", "compare cover and inside cover"],
            ),
            F03 => meaning(
                Note,
                "gz-3.1",
                ["发文字号中有空格", "blank inside a document number"],
                ["已按规范写法读取", "read in the normal form"],
            ),
            F04 => meaning(
                Note,
                "gz-3.1",
                ["发文字号用了方括号", "square brackets in a document number"],
                ["已按六角括号读取", "read as tortoise brackets"],
            ),
            F10 => meaning(
                Warning,
                "gz-2.3",
                ["正文有而目录没有的文件", "document in the body but not in the contents"],
                ["在目录中补列", "add it to the contents"],
            ),
            F11 => meaning(
                Error,
                "gz-2.3",
                ["目录有而正文没有的文件", "contents entry without a document"],
                ["核对目录条目", "check the entry"],
            ),
            F12 => meaning(
                Warning,
                "gz-3.5",
                ["没有主送机关", "no addressee"],
                ["确认是否普发", "confirm that none is meant"],
            ),
            F13 => meaning(
                Warning,
                "gz-3.7",
                ["个人署名空白", "post-holder signature blank"],
                ["核对签署原件", "check the signed original"],
            ),
            F14 => meaning(
                Warning,
                "gz-3.10",
                ["附件有目无文或有文无目", "annex listed without body, or body without listing"],
                ["补全附件或附件说明", "complete the annexes or their list"],
            ),
            F15 => meaning(
                Warning,
                "gz-3.10",
                ["附件标题前后不一", "annex titles differ"],
                ["统一附件说明与正文标题", "make list and body agree"],
            ),
            F16 => meaning(
                Warning,
                "gz-3.10",
                ["附件未被正文引用或引用编号不符", "annex not referred to in the text, or wrong annex number cited"],
                ["核对正文对附件的引用", "check the references to the annexes"],
            ),
            F17 => meaning(
                Warning,
                "gz-d.4",
                ["括号不配对", "unbalanced bracket"],
                ["按单元格末尾补齐理解", "read as closed at the end"],
            ),
            F18 => meaning(
                Note,
                "gz-d.6",
                ["括号全角半角混配", "bracket pair of mixed width"],
                ["已按一对括号读取", "read as a pair"],
            ),
            F19 => meaning(
                Warning,
                "gz-d.17",
                ["单元格被截断", "cell cut off"],
                ["对照印刷件核对", "compare with the print"],
            ),
            F20 => meaning(
                Warning,
                "gz-d.8",
                ["序号缺失或未编号", "ordinal missing or unnumbered"],
                ["序号按原样保留", "ordinals are kept as printed"],
            ),
            F21 => meaning(
                Warning,
                "gz-3.6",
                ["署名落在表格内", "signature block inside a table"],
                ["按栏读取", "read by column"],
            ),
            F22 => meaning(
                Warning,
                "gz-d.7",
                ["没有标题的表格", "orphan table without heading"],
                ["确认它属于哪个附件", "say which annex it belongs to"],
            ),
            F23 => meaning(
                Warning,
                "gz-3.6",
                ["期限早于成文日期", "deadline earlier than the date of the document"],
                ["核对期限", "check the deadline"],
            ),
            F24 => meaning(
                Warning,
                "gz-d.12",
                ["正文合计与表格合计不符", "sum stated in the text differs from a table total"],
                ["核对两处金额", "check both sums"],
            ),
            F25 => meaning(
                Error,
                "gz-x.4",
                ["含个人信息，公开前须处理", "personal data, to be dealt with before publication"],
                ["遮蔽或由审核人决定", "mask it or let the reviewer decide"],
            ),
            F26 => meaning(
                Note,
                "gz-d.17",
                ["夹杂外文或标记", "foreign word or stray markup"],
                ["原文保留，显示时去除标记", "kept in the source, markup hidden when shown"],
            ),
            F27 => meaning(
                Warning,
                "gz-d.29",
                ["同一岗位单位名称不一", "one post written with different unit names"],
                ["核对单位名称", "check the unit names"],
            ),
            F28 => meaning(
                Warning,
                "gz-d.21",
                ["同一机构内成员重复", "one member twice in one body"],
                ["核对名单", "check the roster"],
            ),
        }
    }
}

/// What a code stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// How grave it is.
    pub level: Severity,
    /// The clause that it comes from.
    pub clause: &'static str,
    /// In Chinese.
    pub zh: &'static str,
    /// In English.
    pub en: &'static str,
    /// What to do, in Chinese.
    pub hint_zh: &'static str,
    /// What to do, in English.
    pub hint_en: &'static str,
}

fn meaning(level: Severity, clause: &'static str, [zh, en]: [&'static str; 2], hints: [&'static str; 2]) -> Meaning {
    let [hint_zh, hint_en] = hints;
    Meaning { level, clause, zh, en, hint_zh, hint_en }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GZ-{self:?}")
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rule::Join(rule) => f.write_str(rule),
            Rule::Finding(code) => code.fmt(f),
            Rule::RepeatedHeader => f.write_str("header"),
            Rule::Decode => f.write_str("decode"),
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}
