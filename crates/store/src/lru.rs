//! The most recently used values, up to a number.

use std::collections::BTreeMap;

pub(crate) struct Lru<V> {
    values: BTreeMap<String, (u64, V)>,
    uses: BTreeMap<u64, String>,
    clock: u64,
    limit: usize,
}

impl<V: Clone> Lru<V> {
    pub(crate) fn new(limit: usize) -> Self {
        Lru { values: BTreeMap::new(), uses: BTreeMap::new(), clock: 0, limit }
    }

    pub(crate) fn get(&mut self, key: &str) -> Option<V> {
        self.clock += 1;
        let (used, value) = self.values.get_mut(key)?;
        let name = self.uses.remove(used).expect("every value has its use");
        *used = self.clock;
        self.uses.insert(self.clock, name);
        Some(value.clone())
    }

    pub(crate) fn put(&mut self, key: &str, value: V) {
        self.clock += 1;
        if let Some((used, _)) = self.values.insert(key.to_owned(), (self.clock, value)) {
            self.uses.remove(&used);
        }
        self.uses.insert(self.clock, key.to_owned());
        if self.values.len() > self.limit
            && let Some((_, oldest)) = self.uses.pop_first()
        {
            self.values.remove(&oldest);
        }
    }

    pub(crate) fn clear(&mut self) {
        self.values.clear();
        self.uses.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_was_used_last() {
        let mut lru = Lru::new(2);
        lru.put("a", 1);
        lru.put("b", 2);
        assert_eq!(lru.get("a"), Some(1));
        lru.put("c", 3);
        assert_eq!((lru.get("a"), lru.get("b"), lru.get("c")), (Some(1), None, Some(3)));
        lru.put("c", 4);
        assert_eq!(lru.get("c"), Some(4));
        lru.clear();
        assert_eq!(lru.get("a"), None);
    }
}
