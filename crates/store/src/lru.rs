//! The most recently used values, up to a number and a weight.

use std::collections::BTreeMap;

/// Values by name.
pub struct Lru<V> {
    values: BTreeMap<String, Kept<V>>,
    uses: BTreeMap<u64, String>,
    clock: u64,
    weight: usize,
    limits: Limits,
}

/// How much is kept. A single value is kept whatever it weighs.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Values.
    pub count: usize,
    /// What they weigh together.
    pub weight: usize,
}

struct Kept<V> {
    used: u64,
    weight: usize,
    value: V,
}

impl<V: Clone> Lru<V> {
    /// With nothing in it.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Lru { values: BTreeMap::new(), uses: BTreeMap::new(), clock: 0, weight: 0, limits }
    }

    /// A value, which is then the one used last.
    pub fn get(&mut self, key: &str) -> Option<V> {
        self.clock += 1;
        let kept = self.values.get_mut(key)?;
        let name = self.uses.remove(&kept.used).expect("every value has its use");
        kept.used = self.clock;
        self.uses.insert(self.clock, name);
        Some(kept.value.clone())
    }

    /// Keeps a value, in place of those that were not used for longest.
    pub fn put(&mut self, key: &str, value: V, weight: usize) {
        self.clock += 1;
        if let Some(before) = self.values.insert(key.to_owned(), Kept { used: self.clock, weight, value }) {
            self.weight -= before.weight;
            self.uses.remove(&before.used);
        }
        self.weight += weight;
        self.uses.insert(self.clock, key.to_owned());
        while self.is_full() {
            let Some((_, oldest)) = self.uses.pop_first() else { return };
            self.weight -= self.values.remove(&oldest).map_or(0, |oldest| oldest.weight);
        }
    }

    fn is_full(&self) -> bool {
        let count = self.values.len();
        count > self.limits.count || count > 1 && self.weight > self.limits.weight
    }

    /// Forgets all.
    pub fn clear(&mut self) {
        self.values.clear();
        self.uses.clear();
        self.weight = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_used_last() {
        let mut lru = Lru::new(Limits { count: 2, weight: 100 });
        lru.put("a", 1, 1);
        lru.put("b", 2, 1);
        assert_eq!(lru.get("a"), Some(1));
        lru.put("c", 3, 1);
        assert_eq!((lru.get("a"), lru.get("b"), lru.get("c")), (Some(1), None, Some(3)));
        lru.put("c", 4, 1);
        assert_eq!(lru.get("c"), Some(4));
        lru.clear();
        assert_eq!(lru.get("a"), None);
    }

    #[test]
    fn heavy_values_push_others_out_until_the_rest_fits() {
        let mut lru = Lru::new(Limits { count: 9, weight: 10 });
        for key in ["a", "b", "c"] {
            lru.put(key, key, 3);
        }
        lru.put("c", "c, longer", 6);
        assert_eq!((lru.get("a"), lru.get("b"), lru.get("c")), (None, Some("b"), Some("c, longer")));
        lru.put("whole", "alone", 99);
        assert_eq!((lru.get("b"), lru.get("c"), lru.get("whole")), (None, None, Some("alone")));
        lru.put("d", "d", 10);
        assert_eq!((lru.get("whole"), lru.get("d")), (None, Some("d")));
        lru.clear();
        lru.put("e", "e", 10);
        assert_eq!(lru.get("e"), Some("e"), "what was cleared weighs nothing");
    }
}
