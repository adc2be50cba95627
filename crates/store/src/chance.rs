//! Chance (随机数): the only place from which salts, nonces, keys and ids come.

use crate::fault::Fault;
use jiff::civil::Date;

/// Random bytes, drawn from the operating system in bulk: one system call serves some dozens of nonces.
pub(crate) struct Chance {
    bytes: [u8; 2048],
    used: usize,
}

impl Chance {
    pub(crate) fn new() -> Self {
        Chance { bytes: [0; 2048], used: 2048 }
    }

    /// The next random bytes; each is given out once.
    pub(crate) fn draw<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        if self.used + N > self.bytes.len() {
            getrandom::fill(&mut self.bytes)?;
            self.used = 0;
        }
        let mut drawn = [0; N];
        let from = &mut self.bytes[self.used..self.used + N];
        drawn.copy_from_slice(from);
        from.fill(0);
        self.used += N;
        Ok(drawn)
    }

    /// Ids for matters or documents: the day, so that new ones sort last and lie together, and 60 random bits.
    pub(crate) fn ids(&mut self, on: Date, count: usize) -> Result<Vec<String>, Fault> {
        let day = format!("{:04}{:02}{:02}-", on.year(), on.month(), on.day());
        (0..count).map(|_| self.id(&day)).collect()
    }

    fn id(&mut self, day: &str) -> Result<String, Fault> {
        let bits = u64::from_be_bytes(self.draw()?);
        let mut id = String::with_capacity(day.len() + 12);
        id.push_str(day);
        id.extend((0..12).map(|place| char::from(ALPHABET[(bits >> (5 * place) & 0x1f) as usize])));
        Ok(id)
    }
}

/// Crockford's base 32: no letters that are misread.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn ids_differ_and_sort_by_day() {
        let mut chance = Chance::new();
        let mut one = |day| chance.ids(day, 1).unwrap().remove(0);
        let earlier = one(date(2022, 2, 28));
        let later = one(date(2022, 3, 1));
        assert!(earlier < later, "{earlier} {later}");
        assert_ne!(later, one(date(2022, 3, 1)));
        assert_eq!(later.len(), "20220301-".len() + 12);
    }

    #[test]
    fn no_byte_is_given_twice() {
        let mut chance = Chance::new();
        let drawn: std::collections::BTreeSet<[u8; 16]> = (0..1000).map(|_| chance.draw().unwrap()).collect();
        assert_eq!(drawn.len(), 1000);
    }
}
