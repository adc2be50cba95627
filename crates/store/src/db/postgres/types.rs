//! Values as the server writes and reads them, by the numbers that it has for their types.

use crate::db::{Error, Result, ToValue, ValueRef};
use bytes::BytesMut;
use postgres_protocol::types;
use postgres_protocol::{IsNull, Oid};

const BOOL: Oid = 16;
const BYTEA: Oid = 17;
const NAME: Oid = 19;
const INT8: Oid = 20;
const INT2: Oid = 21;
const INT4: Oid = 23;
const TEXT: Oid = 25;
const JSON: Oid = 114;
const UNKNOWN: Oid = 705;
const VARCHAR: Oid = 1043;
const NUMERIC: Oid = 1700;

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Writes a parameter of that type.
pub(super) fn write(value: &dyn ToValue, oid: Oid, out: &mut BytesMut) -> Result<IsNull, Failure> {
    match (value.to_value()?, oid) {
        (ValueRef::Null, _) => return Ok(IsNull::Yes),
        (ValueRef::Integer(number), INT8) => types::int8_to_sql(number, out),
        (ValueRef::Integer(number), INT4) => types::int4_to_sql(number.try_into()?, out),
        (ValueRef::Integer(number), INT2) => types::int2_to_sql(number.try_into()?, out),
        (ValueRef::Integer(number), BOOL) => types::bool_to_sql(number != 0, out),
        (ValueRef::Text(text), TEXT | VARCHAR | NAME | UNKNOWN | JSON) => out.extend_from_slice(text),
        (ValueRef::Blob(bytes), BYTEA) => types::bytea_to_sql(bytes, out),
        (other, _) => return Err(format!("{} for a parameter of the type {oid}", other.kind()).into()),
    }
    Ok(IsNull::No)
}

/// Reads a column of that type.
pub(super) fn read(bytes: &[u8], oid: Oid) -> Result<ValueRef<'_>> {
    let read: Result<ValueRef<'_>, Failure> = match oid {
        INT8 => types::int8_from_sql(bytes).map(ValueRef::Integer),
        INT4 => types::int4_from_sql(bytes).map(|number| ValueRef::Integer(number.into())),
        INT2 => types::int2_from_sql(bytes).map(|number| ValueRef::Integer(number.into())),
        BOOL => types::bool_from_sql(bytes).map(|yes| ValueRef::Integer(yes.into())),
        NUMERIC => whole(bytes).map(ValueRef::Integer).ok_or_else(|| "a number that is not whole".into()),
        TEXT | VARCHAR | NAME | UNKNOWN | JSON => Ok(ValueRef::Text(bytes)),
        BYTEA => Ok(ValueRef::Blob(bytes)),
        _ => Err(format!("a column of the type {oid}").into()),
    };
    read.map_err(|error| Error::Wire { what: error.to_string() })
}

/// A `numeric` without a fraction, which is what a sum of numbers is: count of digits, weight of the first, sign, scale, digits to the base of
/// ten thousand.
fn whole(bytes: &[u8]) -> Option<i64> {
    let mut words = bytes.chunks_exact(2).map(|word| i16::from_be_bytes([word[0], word[1]]));
    let (count, weight, sign, _) = (words.next()?, words.next()?, words.next()?, words.next()?);
    if i32::from(count) > i32::from(weight) + 1 {
        return None;
    }
    let mut number: i64 = 0;
    for _ in 0..=weight {
        number = number.checked_mul(10_000)?.checked_add(words.next().unwrap_or(0).into())?;
    }
    match sign {
        0 => Some(number),
        0x4000 => number.checked_neg(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_are_whole_numbers() {
        let numeric = |words: &[i16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
        assert_eq!(whole(&numeric(&[0, 0, 0, 0])), Some(0));
        assert_eq!(whole(&numeric(&[1, 0, 0, 0, 42])), Some(42));
        assert_eq!(whole(&numeric(&[2, 1, 0x4000, 0, 1, 2345])), Some(-12345));
        assert_eq!(whole(&numeric(&[1, 2, 0, 0, 3])), Some(300_000_000));
        assert_eq!(whole(&numeric(&[1, -1, 0, 1, 5000])), None);
        assert_eq!(whole(&numeric(&[1, 9, 0, 0, 1])), None);
    }
}
