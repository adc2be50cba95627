//! The findings about expressions: stable codes, each with a page in `docs/findings/` made from here.

/// A word, sign or bracket stands where it cannot.
pub const SYNTAX: &str = "GB0101";
/// A number, date or term that cannot be read.
pub const LITERAL: &str = "GB0102";
/// Too long or too deep.
pub const TOO_COMPLEX: &str = "GB0103";
/// A name that means nothing here.
pub const UNKNOWN_NAME: &str = "GB0104";
/// A member that this kind of thing does not have.
pub const UNKNOWN_MEMBER: &str = "GB0105";
/// A function that does not exist.
pub const UNKNOWN_FUNCTION: &str = "GB0106";
/// A function given the wrong number or kind of arguments.
pub const ARGUMENTS: &str = "GB0107";
/// A value of the wrong type.
pub const TYPE_MISMATCH: &str = "GB0108";
/// Numbers of different units put together.
pub const UNIT_MISMATCH: &str = "GB0109";
/// Something else where a condition is needed.
pub const NOT_A_CONDITION: &str = "GB0110";
/// A code that the enumeration does not have.
pub const UNKNOWN_CODE: &str = "GB0111";
/// A comparison that is always true or always false.
pub const CONSTANT: &str = "GB0112";
/// A division by a literal zero.
pub const DIVISION_BY_ZERO: &str = "GB0113";
/// A query that reads its whole collection.
pub const WHOLE_COLLECTION: &str = "GB0114";
/// A query of something that has no members to query.
pub const NOT_A_LIST: &str = "GB0115";
/// `<` or `>` between values that have no order.
pub const NO_ORDER: &str = "GB0116";
/// A text whose hole is not closed or holds nothing.
pub const HOLE: &str = "GB0117";
/// A term added or compared where its unit makes that impossible.
pub const TERM_UNIT: &str = "GB0118";

/// What a code means, for its page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Explained {
    /// The code.
    pub code: &'static str,
    /// Title in Chinese.
    pub zh: &'static str,
    /// Title in English.
    pub en: &'static str,
    /// What it is about and what to do.
    pub text: &'static str,
}

/// Every code of this module, in order.
pub const ALL: [Explained; 18] = [
    Explained {
        code: SYNTAX,
        zh: "表达式写法有误",
        en: "the expression cannot be read",
        text: "A word, sign or bracket stands where it cannot. Conditions are joined with `and`, `or` and `not`; equality is `==`; names are kebab-case, so a subtraction has a space on both sides: `a - b`. Comparisons do not chain: write `a <= b and b <= c`. Full-width brackets and commas of a Chinese input method are not signs of expressions.",
    },
    Explained {
        code: LITERAL,
        zh: "数、日期或期限不能辨认",
        en: "a number, date or term cannot be read",
        text: "Numbers have at most 28 digits. Dates are written `2022-03-01` and must exist. A term is a whole number from 1 with `minutes`, `hours`, `days`, `working-days`, `weeks`, `months` or `years`.",
    },
    Explained {
        code: TOO_COMPLEX,
        zh: "表达式太长或套得太深",
        en: "the expression is too long or too deep",
        text: "Every expression is bounded, so that no regulation can stop the system. Nobody reads a condition of that size either: give its parts names among the facts of the procedure.",
    },
    Explained {
        code: UNKNOWN_NAME,
        zh: "没有这个名称",
        en: "unknown name",
        text: "The name is neither a field, fact, form, act, document, rule, table output, subject, place level or parameter here, nor a code of the enumeration on the other side. Fields of forms other than those of a starting act are written `FORM.field`; codes are only understood where the other side is an enumeration.",
    },
    Explained {
        code: UNKNOWN_MEMBER,
        zh: "没有这个成员",
        en: "unknown member",
        text: "The thing before the dot has no member of that name. Acts have `on`, `at`, `by`; documents `on`, `number`, `shown`, `last-day`, `over`, `voided`; forms and register rows have their fields; places `name`, `short`, `code`; plots `area`, `corners`, `east-west`, `north-south`.",
    },
    Explained {
        code: UNKNOWN_FUNCTION,
        zh: "没有这个函数",
        en: "unknown function",
        text: "Only the functions of the language reference exist. A regulation cannot define functions; name a value among the facts instead.",
    },
    Explained {
        code: ARGUMENTS,
        zh: "函数的参数不对",
        en: "wrong arguments of a function",
        text: "The function takes another number or another kind of arguments. The message says which.",
    },
    Explained {
        code: TYPE_MISMATCH,
        zh: "类型不合",
        en: "types do not fit",
        text: "A value of one type stands where another is needed: a date compared with a number, a text where a code is expected. Values are never converted silently.",
    },
    Explained {
        code: UNIT_MISMATCH,
        zh: "单位不合",
        en: "units do not fit",
        text: "Square metres are not metres, and neither are yuan. Numbers of different units cannot be added or compared; multiplying and dividing makes the unit of the result. A literal needs its unit, also when it is zero: `0 m²`.",
    },
    Explained {
        code: NOT_A_CONDITION,
        zh: "不是条件",
        en: "not a condition",
        text: "A condition is yes or no. To ask whether something was filled in, done or issued, write `X given` or `X missing`.",
    },
    Explained {
        code: UNKNOWN_CODE,
        zh: "枚举里没有这个代码",
        en: "unknown code of an enumeration",
        text: "The word is not among the codes of the field, parameter or output it is compared with, so the comparison could never hold.",
    },
    Explained {
        code: CONSTANT,
        zh: "条件的结果不随任何情况改变",
        en: "a comparison that never changes",
        text: "Both sides are fixed, so the condition is always true or always false. Compare with a field, fact or parameter, or remove it.",
    },
    Explained {
        code: DIVISION_BY_ZERO,
        zh: "除以零",
        en: "division by zero",
        text: "The divisor is a literal zero. A divisor that becomes zero only for some matter gives a missing value, and the condition is undetermined.",
    },
    Explained {
        code: WHOLE_COLLECTION,
        zh: "查询会读遍整个登记簿",
        en: "a query reads its whole collection",
        text: "The query compares no indexed column with a value from outside (`holder == household`), so every row must be read. That is fine for a register of some hundred rows, and slow for one of a hundred thousand.",
    },
    Explained {
        code: NOT_A_LIST,
        zh: "不能查询",
        en: "nothing to query",
        text: "`count`, `some`, `none`, `each`, `sum`, `first`, `only` and `where` need a list field, a register or a procedure.",
    },
    Explained {
        code: NO_ORDER,
        zh: "没有先后大小",
        en: "no order",
        text: "Only numbers, dates, moments and terms can be smaller or greater. Texts, codes and things can only be equal or not.",
    },
    Explained {
        code: HOLE,
        zh: "文字里的空格有误",
        en: "a hole in a text is wrong",
        text: "In texts, `{expression}` is replaced by its value. Each `{` needs its `}`; a brace that is meant as such is doubled: `{{`.",
    },
    Explained {
        code: TERM_UNIT,
        zh: "期限的单位不合",
        en: "the unit of a term does not fit",
        text: "Working days depend on holidays and are only counted with `TERM after DATE`. Hours and minutes run from a moment, such as `ACT.at`, not from a date. Terms are compared with terms of the same kind: hours with minutes, days with weeks, months with years, working days among themselves.",
    },
];
