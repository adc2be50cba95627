//! What can go wrong with a statement.

use fallible_iterator::FallibleIterator;
use postgres_protocol::message::backend::ErrorResponseBody;

/// Why a statement gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error("no row where one was expected")]
    NoRow,
    #[error("column {column} holds {found} and not a value of the type {wanted}")]
    Value { column: usize, found: &'static str, wanted: &'static str },
    #[error("the number {number} is larger than a column holds")]
    TooLarge { number: u64 },
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// The server said no.
    #[error("{message} ({code})")]
    Server { code: String, message: String },
    /// Whoever answers is not the server that was asked for, or cannot prove it.
    #[error("服务器证书不可信：{what} / the server's certificate is not to be trusted: {what}")]
    Untrusted { what: String },
    #[error("需要数据库密码 / the database asks for a password")]
    NoPassword,
    /// There is no connection any more, and what was asked last may have been done or not.
    #[error("{what}")]
    Lost { what: String },
    /// What came or was to leave does not fit the agreement with the server.
    #[error("{what}")]
    Wire { what: String },
}

impl Error {
    pub(super) fn lost(what: impl ToString) -> Self {
        Error::Lost { what: what.to_string() }
    }

    /// What the server answered.
    pub(super) fn server(body: &ErrorResponseBody) -> Result<Self> {
        let (mut code, mut message) = (String::new(), String::new());
        let mut fields = body.fields();
        while let Some(field) = fields.next()? {
            match field.type_() {
                b'C' => code = String::from_utf8_lossy(field.value_bytes()).into_owned(),
                b'M' => message = String::from_utf8_lossy(field.value_bytes()).into_owned(),
                _ => {}
            }
        }
        Ok(Error::Server { code, message })
    }

    /// Whether the connection is gone, or the server is about to end it: another may take it up.
    pub(crate) fn is_lost(&self) -> bool {
        match self {
            Error::Lost { .. } => true,
            // Connection exceptions; an operator who ends sessions; a session that was idle for too long.
            Error::Server { code, .. } => code.starts_with("08") || code.starts_with("57P") || code == "25P03",
            _ => false,
        }
    }

    /// Whether the server has no room for what it was to keep: a text with the character NUL, an entry too long for an index.
    pub(crate) fn is_unfit(&self) -> bool {
        matches!(self, Error::Server { code, .. } if code == "22021" || code == "54000")
    }

    /// Whether transactions stood in each other's way, and trying again may do.
    pub(crate) fn is_conflict(&self) -> bool {
        matches!(self, Error::Server { code, .. } if code == "40001" || code == "40P01")
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::Wire { what: error.to_string() }
    }
}

pub(crate) type Result<T, E = Error> = std::result::Result<T, E>;

pub(crate) trait OptionalExtension<T> {
    /// `None` where no row is an answer.
    fn optional(self) -> Result<Option<T>>;
}

impl<T> OptionalExtension<T> for Result<T> {
    fn optional(self) -> Result<Option<T>> {
        match self {
            Ok(found) => Ok(Some(found)),
            Err(Error::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
