//! Chance (随机数): drawn from a seed and from what it is drawn for, so that one draw never shifts another: the same applicant waits the same days
//! under two versions of a regulation, and what differs between the two runs is the doing of the texts.
//!
//! Own code, since a report must come out the same years later: the streams of general crates may change with their versions. SplitMix64, whose
//! constants these are, is a public-domain generator with its own published test values.

/// A source of draws for one purpose.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    /// The draws of a seed for what these parts name.
    pub(crate) fn of(seed: u64, parts: &[&str]) -> Chance {
        // FNV-1a over the parts, each closed by a byte that no text has.
        let bytes = parts.iter().flat_map(|part| part.bytes().chain([0xff]));
        let start = 0xcbf2_9ce4_8422_2325_u64 ^ seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut chance =
            Chance(bytes.fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)));
        chance.next();
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from 0 to below `bound`; 0 where the bound is 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        // The modulus prefers small numbers by less than one in 2^44 for bounds up to a million.
        if bound == 0 { 0 } else { self.next() % bound }
    }

    /// A place in a list of that length.
    pub(crate) fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("an index of a list fits")
    }

    /// One of these; none of none.
    pub(crate) fn pick<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        let index = self.index(from.len());
        from.get(index)
    }

    /// Whether something with this share, in thousandths, happens.
    pub(crate) fn happens(&mut self, thousandths: u32) -> bool {
        self.below(1000) < u64::from(thousandths)
    }

    /// A count whose mean is a rate in thousandths: so many tries of one in two as twice the rate, and the rest as one more try.
    pub(crate) fn count(&mut self, thousandths: u64) -> u64 {
        let tries = 2 * thousandths / 1000;
        let heads = (0..tries).filter(|_| self.below(2) == 0).count() as u64;
        let rest = thousandths - tries * 500;
        heads + u64::from(self.below(1000) < rest)
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_same_purpose_draws_the_same_and_another_does_not() {
        let draws = |parts: &[&str]| (0..4).map(move |_| ()).scan(Chance::of(7, parts), |c, ()| Some(c.below(1000)));
        assert!(draws(&["a", "b"]).eq(draws(&["a", "b"])));
        assert!(!draws(&["a", "b"]).eq(draws(&["ab"])));
        assert_ne!(Chance::of(1, &["a"]).below(1 << 40), Chance::of(2, &["a"]).below(1 << 40));
        assert_eq!(Chance::of(1, &["a"]).below(0), 0);
    }

    #[test]
    fn counts_have_their_rate_as_mean() {
        for rate in [0, 300, 1_000, 2_700, 54_800] {
            let mut chance = Chance::of(3, &["rate"]);
            let sum: u64 = (0..10_000).map(|_| chance.count(rate)).sum();
            let mean = sum / 10;
            assert!(mean.abs_diff(rate) <= 30 + rate / 50, "{mean} for {rate}");
        }
    }
}
