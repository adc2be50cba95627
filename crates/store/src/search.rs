//! Search of what is public (公报检索): how a text is cut for the index, and how what somebody types is understood.
//!
//! Chinese needs no dictionary here. A run of Chinese is cut into its pairs of neighbouring characters; a phrase of the pairs of a
//! word finds the word wherever it stands. So the index depends on nothing but the text, a rebuild gives the same, and a word that
//! no dictionary knows is found like any other. What is typed without spaces is split by what the index has ([`Looked`]).

mod expression;
mod number;
mod segment;
mod wanted;

pub(crate) use expression::{Expression, Phrase, Sought, Texts};
pub use number::Number;
pub use segment::{folded, is_han, normal};
pub(crate) use segment::{index_text, phrase};
pub use wanted::{Clause, Looked, NumberWanted, Wanted, Word};

pub(crate) use segment::digest_token;
