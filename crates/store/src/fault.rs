//! Faults (故障) of the store: the environment's doing, never the law's. A refusal is an answer, not a fault.

use crate::db;
use crate::db::postgres::Address;

/// Why the store could not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The database said no: disk full, file gone, a constraint broken.
    #[error(
        "数据库故障：{what}。请检查磁盘空间和文件权限 / database fault: {what}; check disk space and file permissions"
    )]
    Database {
        /// What it said.
        what: String,
    },
    /// A file could not be read or written.
    #[error("文件故障：{path}：{what} / file fault: {path}: {what}")]
    File {
        /// Which file.
        path: String,
        /// What happened.
        what: String,
    },
    /// The idempotency key was used by the same actor for something else.
    #[error(
        "幂等键 {key} 已用于另一内容的请求，请换一个新键 / key {key} was already used for a different request; take a new key"
    )]
    KeyReused {
        /// The key.
        key: String,
    },
    /// What came in cannot be kept: a character that no text may have, a key longer than an index holds.
    #[error("输入不能保存：{what} / what came in cannot be kept: {what}")]
    Unfit {
        /// What is wrong with it.
        what: String,
    },
    /// What is stored cannot be understood: written by a newer program, or damaged.
    #[error(
        "记录无法识别：{place}：{what}。请用不低于写入时的版本打开，或从备份恢复 / unreadable record at {place}: {what}; open it with the version that wrote it or newer, or restore a backup"
    )]
    Unreadable {
        /// Where it is: a journal sequence number, a table and key.
        place: String,
        /// What is wrong with it.
        what: String,
    },
    /// The database was made by a newer or another program, or a migration was altered.
    #[error("数据库结构版本不符：{what} / the database schema does not fit: {what}")]
    Schema {
        /// What does not fit.
        what: String,
    },
    /// The county key is not the one that this database was made with.
    #[error("县级密钥与本数据库不符 / the county key does not belong to this database")]
    CountyKey,
    /// The data is another county's: nothing of one is read or written under the code of another.
    #[error(
        "数据是县 {held} 的，不能用作县 {told}：请核对县代码，用 {held} 的目录打开 / the data is of county {held} and cannot be used as {told}: open it with that county's files"
    )]
    OtherCounty {
        /// Whose data it is.
        held: String,
        /// Which county was to be opened.
        told: String,
    },
    /// The database server does not let this program in.
    #[error("数据库服务器：{what} / the database server does not do: {what}")]
    Server {
        /// Why not.
        what: String,
    },
    /// The connection to the database server was lost.
    #[error(
        "与数据库的连接中断，不知操作是否生效，可用同一幂等键再发一次（{what}） / the connection to the database was lost; whether it happened is not known: send it again under the same key ({what})"
    )]
    Lost {
        /// What was noticed.
        what: String,
    },
    /// It stood in the way of something else in the database, and nothing happened.
    #[error("与其他操作相冲突，未生效，请重试 / it collided with something else and did not happen: try again")]
    Conflict,
    /// As many read from the database server as may, and none of them left in time.
    #[error("读数据的人太多，请稍后再试 / too many are reading: try again in a while")]
    Busy,
    /// An upload is larger than allowed.
    #[error("文件大小 {size} 字节，超过上限 {limit} 字节 / the file has {size} bytes, more than the limit of {limit}")]
    TooLarge {
        /// Its size in bytes.
        size: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The operating system gave no random bytes.
    #[error("系统未能提供随机数 / the system gave no random bytes")]
    Chance,
    /// A mistake in this program: the act was rolled back, the service goes on.
    #[error(
        "程序内部错误，本次操作未生效，请联系维护人员 / a bug in the program: nothing happened; tell the maintainers"
    )]
    Bug,
    /// The store is closing.
    #[error("存储正在关闭，请稍后重试 / the store is closing; try again later")]
    Closed,
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Fault::Database { what: error.to_string() }
    }
}

impl From<db::Error> for Fault {
    fn from(error: db::Error) -> Self {
        match error {
            error if error.is_conflict() => Fault::Conflict,
            error if error.is_lost() => Fault::Lost { what: error.to_string() },
            error if error.is_unfit() => Fault::Unfit { what: error.to_string() },
            error => Fault::Database { what: error.to_string() },
        }
    }
}

impl From<getrandom::Error> for Fault {
    fn from(_: getrandom::Error) -> Self {
        Fault::Chance
    }
}

impl Fault {
    /// A fault of a file.
    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Fault::File { path: path.display().to_string(), what: error.to_string() }
    }

    /// Why somebody could not enter a database.
    pub(crate) fn entering(address: &Address, error: db::Error) -> Self {
        let code = if let db::Error::Server { code, .. } = &error { code.as_str() } else { "" };
        let why = match code {
            "28P01" | "28000" => "用户名或密码不对 / wrong user or password",
            "3D000" => "没有这个数据库，先用 createdb 建立 / there is no such database: make it with createdb",
            "53300" => "连接已满 / it has no connection left",
            _ if error.is_lost() => return Fault::Lost { what: format!("{address}: {error}") },
            _ => return Fault::Server { what: format!("{address}: {error}") },
        };
        Fault::Server { what: format!("{address}: {why} ({error})") }
    }

    /// Whether the connection is gone, so that another may do.
    pub(crate) fn is_lost(&self) -> bool {
        matches!(self, Fault::Lost { .. })
    }

    /// Whether transactions stood in each other's way.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Fault::Conflict)
    }

    /// Something stored that cannot be read.
    pub(crate) fn unreadable(place: impl Into<String>, what: impl ToString) -> Self {
        Fault::Unreadable { place: place.into(), what: what.to_string() }
    }
}
