//! What can go wrong with a statement.

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
