//! Token buckets in memory: one instant for each, when it will be full again.

use std::{
    collections::HashMap,
    hash::Hash,
    time::{Duration, Instant},
};

/// A bucket for each key. Who was never seen has a full one, and takes no room.
#[derive(Debug)]
pub(crate) struct Buckets<K> {
    full_again: HashMap<K, Instant>,
}

impl<K> Default for Buckets<K> {
    fn default() -> Self {
        Self { full_again: HashMap::new() }
    }
}

impl<K: Eq + Hash> Buckets<K> {
    /// How long it takes until this bucket is full.
    pub(crate) fn lacks(&self, key: &K, now: Instant) -> Duration {
        self.full_again.get(key).map_or(Duration::ZERO, |full_again| full_again.saturating_duration_since(now))
    }

    /// Takes out what `recovery` fills in again.
    pub(crate) fn take(&mut self, key: K, recovery: Duration, now: Instant) {
        let full_again = self.full_again.entry(key).or_insert(now);
        *full_again = (*full_again).max(now) + recovery;
    }

    /// Puts back what was taken.
    pub(crate) fn give_back(&mut self, key: &K, recovery: Duration) {
        if let Some(full_again) = self.full_again.get_mut(key) {
            *full_again = full_again.checked_sub(recovery).unwrap_or(*full_again);
        }
    }

    /// Whether there is room for one more of `most` buckets, now that the full ones are forgotten.
    pub(crate) fn has_room(&mut self, most: usize, now: Instant) -> bool {
        if self.full_again.len() >= most {
            self.full_again.retain(|_, full_again| *full_again > now);
        }
        self.full_again.len() < most
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.full_again.len()
    }
}
