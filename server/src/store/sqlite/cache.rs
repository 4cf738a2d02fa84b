//! Documents that the writer keeps loaded, bounded by their estimated bytes; those used last stay.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Mutex, MutexGuard, PoisonError},
};

use linecrew_protocol::ids::DocumentId;

use super::{documents::Loaded, limits::CACHE_BYTES};

/// The cache. Documents are taken out to work on them and put back after; a job that fails in between has forgotten what it touched.
#[derive(Debug, Default)]
pub(super) struct DocumentCache {
    documents: HashMap<DocumentId, (u64, Loaded)>,
    by_use: BTreeMap<u64, DocumentId>,
    clock: u64,
    bytes: usize,
}

impl DocumentCache {
    pub(super) fn take(&mut self, id: DocumentId) -> Option<Loaded> {
        let (used, loaded) = self.documents.remove(&id)?;
        self.by_use.remove(&used);
        self.bytes = self.bytes.saturating_sub(loaded.weight());
        Some(loaded)
    }

    pub(super) fn put(&mut self, id: DocumentId, loaded: Loaded) {
        self.take(id);
        self.clock = self.clock.saturating_add(1);
        self.bytes = self.bytes.saturating_add(loaded.weight());
        self.by_use.insert(self.clock, id);
        self.documents.insert(id, (self.clock, loaded));
        while self.bytes > CACHE_BYTES {
            let Some((_, oldest)) = self.by_use.first_key_value() else { return };
            let oldest = *oldest;
            self.take(oldest);
        }
    }
}

pub(super) fn lock(cache: &Mutex<DocumentCache>) -> MutexGuard<'_, DocumentCache> {
    cache.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::{super::documents::Content, *};

    #[test]
    fn the_cache_stays_within_its_bytes_and_keeps_what_was_used_last() {
        let id = |number: u8| DocumentId::from_bytes([number; 16]);
        let third = || Loaded { byte_total: CACHE_BYTES / 12 - 10_000, ..Loaded::empty(Content::Item, 0) };
        let mut cache = DocumentCache::default();
        for number in [1, 2, 3] {
            cache.put(id(number), third());
        }
        let one = cache.take(id(1)).expect("kept");
        cache.put(id(1), one);
        cache.put(id(4), third());
        assert!(cache.take(id(2)).is_none(), "used least recently");
        assert!(cache.bytes <= CACHE_BYTES);
        for number in [1, 3, 4] {
            assert!(cache.take(id(number)).is_some(), "{number}");
        }
        assert_eq!((cache.bytes, cache.by_use.len()), (0, 0));
    }
}
