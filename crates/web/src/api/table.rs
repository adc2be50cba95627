//! Every operation of the interface: the router and the description are both made from this table.

mod queries;

use queries::{DESK, LOOK, MATTERS, ON, PAGE, POSTS, PUBLICATIONS, ROWS, STATEMENT, SUBS, TEXT_OF, VIEW};

use super::{
    account, archive, clock, desk, documents, duties, files, funds, gazette, matters, notes, openapi, places, posts,
    procedures, publications, registers, self_check, session, shares, views,
};
use crate::site::Running;
use axum::extract::DefaultBodyLimit;
use axum::http::Method;
use axum::routing::{MethodRouter, delete, get, patch, post};
use std::sync::Arc;

/// The largest JSON that is taken.
pub(crate) const JSON_BYTES_MAX: usize = 1024 * 1024;
/// The largest upload that is taken: a file of 20 MiB and what surrounds it.
const UPLOAD_BYTES_MAX: usize = 21 * 1024 * 1024;

/// One method at one address.
pub(crate) struct Operation {
    /// Method.
    pub(crate) method: Method,
    /// Path below the root.
    pub(crate) path: &'static str,
    /// Its name in the description; unique.
    pub(crate) name: &'static str,
    /// The group it is listed in.
    pub(crate) group: &'static str,
    /// What it does, in one line.
    pub(crate) summary: &'static str,
    /// Parameters of its query: name and what it means.
    pub(crate) query: &'static [(&'static str, &'static str)],
    /// What it takes.
    pub(crate) takes: Takes,
    /// Status of success, and the schema of its answer if it has one.
    pub(crate) gives: (u16, Option<&'static str>),
    /// Who may ask.
    pub(crate) open: Open,
    /// What can go wrong beyond what can go wrong everywhere.
    pub(crate) problems: &'static [u16],
    /// What runs.
    pub(crate) handler: MethodRouter<Arc<Running>>,
}

/// What an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Takes {
    /// No body.
    Nothing,
    /// JSON of this schema.
    Json(&'static str),
    /// JSON of this schema; with an idempotency key it happens once.
    Once(&'static str),
    /// JSON of this schema, or that beside sheets for lists of the form; with an idempotency key it happens once.
    OnceWithSheets(&'static str),
    /// No body; with an idempotency key it happens once.
    OnceNothing,
    /// A file and what belongs to it.
    Upload,
}

/// Who may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Open {
    /// Everybody.
    Everybody,
    /// Who has signed in.
    SignedIn,
    /// Everybody, but who has signed in may see more.
    Both,
    /// A program with a key of its office.
    Key,
}

/// The table, in reading order.
pub(crate) fn table() -> Vec<Operation> {
    let mut all = entrance();
    all.extend(matters_and_desk());
    all.push(archive::operation());
    all.extend(notes::operations());
    all.extend(registers_and_papers());
    all.extend(shares::operations());
    all
}

pub(super) fn reading(
    path: &'static str,
    name: &'static str,
    group: &'static str,
    summary: &'static str,
    schema: &'static str,
    handler: MethodRouter<Arc<Running>>,
) -> Operation {
    Operation {
        method: Method::GET,
        path,
        name,
        group,
        summary,
        query: &[],
        takes: Takes::Nothing,
        gives: (200, Some(schema)),
        open: Open::Everybody,
        problems: &[404],
        handler,
    }
}

pub(super) fn writing(
    path: &'static str,
    name: &'static str,
    group: &'static str,
    summary: &'static str,
    takes: Takes,
    gives: (u16, Option<&'static str>),
    handler: MethodRouter<Arc<Running>>,
) -> Operation {
    let most = match takes {
        Takes::Upload | Takes::OnceWithSheets(_) => UPLOAD_BYTES_MAX,
        _ => JSON_BYTES_MAX,
    };
    Operation {
        method: Method::POST,
        path,
        name,
        group,
        summary,
        query: &[],
        takes,
        gives,
        open: Open::SignedIn,
        problems: &[403, 404, 409, 413, 415, 422],
        handler: handler.layer(DefaultBodyLimit::max(most)),
    }
}

fn entrance() -> Vec<Operation> {
    vec![
        Operation {
            problems: &[],
            ..reading("/openapi.json", "openapi", "说明", "本接口的 OpenAPI 3.1 说明", "OpenApi", get(openapi::show))
        },
        Operation {
            open: Open::Everybody,
            problems: &[401, 413, 415, 429],
            ..writing(
                "/session",
                "signIn",
                "登录",
                "登录，取得 token",
                Takes::Json("SignIn"),
                (201, Some("SignedIn")),
                post(session::open),
            )
        },
        Operation {
            open: Open::SignedIn,
            problems: &[],
            ..reading("/session", "whoAmI", "登录", "当前登录的人和岗位", "Session", get(session::show))
        },
        Operation {
            method: Method::DELETE,
            problems: &[],
            ..writing("/session", "signOut", "登录", "退出登录", Takes::Nothing, (204, None), delete(session::close))
        },
        Operation {
            open: Open::SignedIn,
            problems: &[],
            ..reading("/account/sessions", "listSessions", "登录", "本人在哪里登录着", "Sessions", get(account::list))
        },
        Operation {
            method: Method::DELETE,
            problems: &[],
            ..writing(
                "/account/sessions",
                "endOtherSessions",
                "登录",
                "结束本人的其他登录",
                Takes::Nothing,
                (204, None),
                delete(account::end_others),
            )
        },
        Operation {
            method: Method::DELETE,
            problems: &[404],
            ..writing(
                "/account/sessions/{session}",
                "endSession",
                "登录",
                "结束本人的一个登录",
                Takes::Nothing,
                (204, None),
                delete(account::end),
            )
        },
        Operation {
            problems: &[413, 415, 422],
            ..writing(
                "/account/password",
                "changePassword",
                "登录",
                "修改本人的密码，其他登录随之结束",
                Takes::Json("NewPassword"),
                (204, None),
                post(account::change_password),
            )
        },
        Operation {
            problems: &[],
            ..reading("/procedures", "listProcedures", "程序", "可以办理的程序", "Procedures", get(procedures::list))
        },
        reading(
            "/procedures/{id}",
            "showProcedure",
            "程序",
            "一个程序：起始动作及表单、环节、结果、最长期限",
            "Procedure",
            get(procedures::show),
        ),
        Operation {
            query: &[("act", "起始动作；不写则为第一个")],
            ..reading(
                "/procedures/{id}/schema",
                "startFormSchema",
                "程序",
                "起始表单的 JSON Schema",
                "JsonSchema",
                get(procedures::schema),
            )
        },
        Operation {
            open: Open::Both,
            problems: &[403, 404, 413, 415, 422],
            ..writing(
                "/self-check",
                "selfCheck",
                "程序",
                "申请之前自查：逐条核对条件，不留存",
                Takes::Json("SelfCheck"),
                (200, Some("SelfChecked")),
                post(self_check::check),
            )
        },
    ]
}

fn matters_and_desk() -> Vec<Operation> {
    vec![
        Operation {
            open: Open::SignedIn,
            problems: &[],
            query: MATTERS,
            ..reading("/matters", "listMatters", "事项", "有权查看的事项，新的在前", "MatterLines", get(matters::list))
        },
        writing(
            "/matters",
            "startMatter",
            "事项",
            "启动一个事项",
            Takes::OnceWithSheets("StartMatter"),
            (201, Some("Acted")),
            post(matters::start),
        ),
        Operation {
            open: Open::Both,
            problems: &[403, 404],
            query: LOOK,
            ..reading(
                "/matters/{id}",
                "showMatter",
                "事项",
                "一个事项：状态、表单、可办动作、期限及理由、核验结论、文书、过程",
                "Matter",
                get(matters::show),
            )
        },
        writing(
            "/matters/{id}/acts",
            "act",
            "事项",
            "对事项办理一个动作",
            Takes::OnceWithSheets("DoAct"),
            (200, Some("Acted")),
            post(matters::act),
        ),
        Operation {
            problems: &[403, 404, 413, 415],
            ..writing(
                "/files",
                "upload",
                "事项",
                "上传附件，取得填表用的文件引用",
                Takes::Upload,
                (201, Some("FileRef")),
                post(files::keep),
            )
        },
        Operation {
            open: Open::SignedIn,
            problems: &[403],
            query: DESK,
            ..reading("/desk", "desk", "待办", "待办事项和件数", "Desk", get(desk::show))
        },
        Operation {
            open: Open::SignedIn,
            problems: &[],
            ..reading(
                "/duties",
                "listDuties",
                "职责",
                "有权查看的定期职责：每个责任对象各期的状态，逾期的在前",
                "Duties",
                get(duties::list),
            )
        },
        Operation {
            open: Open::SignedIn,
            query: POSTS,
            problems: &[403],
            ..reading("/posts", "listPosts", "岗位", "岗位和任职：空缺的在前", "Posts", get(posts::list))
        },
        Operation {
            open: Open::SignedIn,
            query: ON,
            problems: &[403, 404],
            ..reading("/posts/{id}", "getPost", "岗位", "一个岗位和它的任职沿革", "PostHistory", get(posts::one))
        },
        Operation {
            open: Open::Everybody,
            query: &[("on", "某日的区划，如 2021-03-23；不写为今天")],
            problems: &[400],
            ..reading(
                "/places",
                "listPlaces",
                "地方",
                "行政区划：今天或某日有哪些地方，及其沿革",
                "Places",
                get(places::list),
            )
        },
        Operation {
            open: Open::Both,
            problems: &[],
            ..reading("/funds", "listFunds", "资金", "对本人开放的资金账", "Funds", get(funds::list))
        },
        Operation {
            open: Open::SignedIn,
            problems: &[],
            ..reading("/funds/mine", "listOwnAccounts", "资金", "本人名下的明细账", "SubAccounts", get(funds::mine))
        },
        Operation {
            open: Open::Both,
            problems: &[401, 404],
            ..reading("/funds/{fund}", "showFund", "资金", "一本资金账的试算平衡和分录", "Fund", get(funds::show))
        },
        Operation {
            open: Open::SignedIn,
            query: SUBS,
            problems: &[404],
            ..reading(
                "/funds/{fund}/accounts/{account}",
                "listSubAccounts",
                "资金",
                "一个科目的明细账",
                "SubAccounts",
                get(funds::account),
            )
        },
        Operation {
            open: Open::SignedIn,
            query: STATEMENT,
            problems: &[404],
            ..reading(
                "/funds/{fund}/accounts/{account}/statement",
                "showStatement",
                "资金",
                "一个明细账的对账单：期初、各笔和期末余额",
                "Statement",
                get(funds::statement),
            )
        },
        Operation {
            open: Open::Both,
            problems: &[],
            ..reading("/views", "listViews", "报表", "对本人岗位开放的报表及其栏目", "Views", get(views::list))
        },
        Operation {
            open: Open::Both,
            query: VIEW,
            problems: &[401, 403, 404],
            ..reading(
                "/views/{regulation}/{view}",
                "showView",
                "报表",
                "一张报表：按期间和地方算出的各组、合计和明细",
                "View",
                get(views::show),
            )
        },
    ]
}

fn registers_and_papers() -> Vec<Operation> {
    vec![
        Operation {
            problems: &[],
            ..reading("/registers", "listRegisters", "台账", "全部台账及其栏目", "Registers", get(registers::list))
        },
        Operation {
            open: Open::Both,
            problems: &[403, 404],
            query: ROWS,
            ..reading(
                "/registers/{name}",
                "listRows",
                "台账",
                "台账中的记录；其余查询参数是栏目名=值。名称后加 .geojson 取其中的宗地图（不含其他栏目）",
                "Rows",
                get(registers::rows),
            )
        },
        Operation {
            open: Open::Both,
            problems: &[403, 404],
            query: LOOK,
            ..reading(
                "/registers/{name}/rows/{key}",
                "showRow",
                "台账",
                "一条记录及其变更历史",
                "Row",
                get(registers::row),
            )
        },
        writing(
            "/registers/{name}/rows",
            "enterRow",
            "台账",
            "登记一条记录",
            Takes::Once("EnterRow"),
            (201, Some("Kept")),
            post(registers::enter),
        ),
        Operation {
            method: Method::PATCH,
            ..writing(
                "/registers/{name}/rows/{key}",
                "changeRow",
                "台账",
                "变更记录中写明的栏目，其余不动",
                Takes::Once("ChangeRow"),
                (200, Some("Kept")),
                patch(registers::change),
            )
        },
        Operation {
            method: Method::DELETE,
            query: &[("post", "以这个岗位办理")],
            problems: &[403, 404, 409],
            ..writing(
                "/registers/{name}/rows/{key}",
                "closeRow",
                "台账",
                "注销一条记录；历史仍可查",
                Takes::OnceNothing,
                (200, Some("Kept")),
                delete(registers::close),
            )
        },
        Operation {
            problems: &[],
            query: PAGE,
            ..reading("/notices", "listNotices", "公示与文书", "正在公示的文书", "Notices", get(documents::notices))
        },
        Operation {
            open: Open::Both,
            ..reading(
                "/documents/{id}",
                "showDocument",
                "公示与文书",
                "一份文书；pdf 是其版式文件的地址",
                "Document",
                get(documents::show),
            )
        },
        Operation {
            problems: &[404, 422],
            ..reading(
                "/verify/{code}",
                "verify",
                "公示与文书",
                "按核验码核对文书真伪和效力",
                "Genuine",
                get(documents::verify),
            )
        },
        Operation {
            problems: &[],
            ..reading("/gazette", "listRegulations", "规定", "现行规定", "Regulations", get(gazette::list))
        },
        reading(
            "/gazette/{regulation}",
            "showRegulation",
            "规定",
            "一份规定：条款及其实施状态、参数、程序、台账",
            "Regulation",
            get(gazette::show),
        ),
        Operation {
            problems: &[],
            query: PUBLICATIONS,
            ..reading(
                "/publications",
                "listPublications",
                "公报",
                "公布的公文和期次：检索、筛选，各年、各机关、各文种的件数",
                "Publications",
                get(publications::list),
            )
        },
        Operation {
            problems: &[404, 410],
            query: TEXT_OF,
            ..reading(
                "/publications/{id}",
                "showPublication",
                "公报",
                "一件公文或者一期：各条款及其锚点、附件、与其他文件的关系",
                "Publication",
                get(publications::one),
            )
        },
        Operation {
            problems: &[404, 410],
            ..reading(
                "/publications/{id}/versions",
                "listPublicationVersions",
                "公报",
                "一件公文有过的文本，最早的在前",
                "PublicationVersions",
                get(publications::versions),
            )
        },
        Operation { problems: &[], ..reading("/clock", "clock", "时钟", "本县时间", "Clock", get(clock::show)) },
        Operation {
            open: Open::Everybody,
            problems: &[409, 413, 415],
            ..writing(
                "/clock",
                "setClock",
                "时钟",
                "推进静止的时钟（仅训练、测试环境），到期的后果逐一发生",
                Takes::Json("SetClock"),
                (200, Some("Ticked")),
                post(clock::set),
            )
        },
    ]
}
