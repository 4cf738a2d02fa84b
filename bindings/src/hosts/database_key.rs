//! The key of the store, in the app's keystore.

use std::{fmt, sync::Arc};

use linecrew_client::{DatabaseKey, DatabaseKeyUnavailable, StoreKey};
use zeroize::Zeroizing;

use super::{Desk, HostDone, HostError, HostFault};

/// Keeps one key of 32 random bytes, for one store.
///
/// It is asked when the store is opened and when it is wiped, never in between, on a thread of the library's, and has ten seconds for an answer: whoever
/// has to ask a person for something asks before the store is opened. It must not call the library meanwhile.
#[uniffi::export(rust, foreign)]
pub trait HostDatabaseKey: Send + Sync {
    /// The key; a record without one when there is none, which is never the answer of a keystore that cannot be asked.
    fn find_key(&self) -> Result<FoundDatabaseKey, HostError>;

    /// Draws a key and keeps it; the answer is the one that `find_key` gives from now on, also after a loss of power. When there is one already, that.
    fn create_key(&self) -> Result<MadeDatabaseKey, HostError>;

    /// Destroys the key, so that nobody ever gets it again. That there is none is no error.
    fn destroy_key(&self) -> Result<HostDone, HostError>;
}

/// What a keystore has.
#[derive(Clone, uniffi::Record)]
pub struct FoundDatabaseKey {
    /// The key's 32 bytes; none when there is no key.
    pub key: Option<Vec<u8>>,
}

/// What a keystore made, or had.
#[derive(Clone, uniffi::Record)]
pub struct MadeDatabaseKey {
    /// The key's 32 bytes.
    pub key: Vec<u8>,
}

/// It behind its guard.
pub(crate) struct GuardedDatabaseKey {
    host: Arc<dyn HostDatabaseKey>,
    desk: Arc<Desk>,
}

impl GuardedDatabaseKey {
    pub(crate) fn new(host: Arc<dyn HostDatabaseKey>, desk: Arc<Desk>) -> Self {
        Self { host, desk }
    }

    fn ask<T: Send + 'static>(
        &self,
        callback: &'static str,
        question: impl FnOnce(&dyn HostDatabaseKey) -> Result<T, HostFault> + Send + 'static,
    ) -> Result<T, DatabaseKeyUnavailable> {
        let host = Arc::clone(&self.host);
        let answered = self.desk.ask(callback, self.desk.patience().keys, move || question(host.as_ref()));
        answered.map_err(DatabaseKeyUnavailable::because)
    }
}

impl DatabaseKey for GuardedDatabaseKey {
    fn find(&self) -> Result<Option<StoreKey>, DatabaseKeyUnavailable> {
        self.ask("database_key.find_key", |host| host.find_key()?.key.map(key_of).transpose())
    }

    fn create(&self) -> Result<StoreKey, DatabaseKeyUnavailable> {
        self.ask("database_key.create_key", |host| key_of(host.create_key()?.key))
    }

    fn destroy(&self) -> Result<(), DatabaseKeyUnavailable> {
        self.ask("database_key.destroy_key", |host| host.destroy_key()?.checked())
    }
}

impl fmt::Debug for GuardedDatabaseKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GuardedDatabaseKey")
    }
}

/// The key of these bytes, which leave memory. A key that nobody drew is refused: it would open the store for everybody.
fn key_of(bytes: Vec<u8>) -> Result<StoreKey, HostFault> {
    let (bytes, mut key) = (Zeroizing::new(bytes), Zeroizing::new([0; 32]));
    if bytes.len() != key.len() || bytes.iter().all(|byte| *byte == 0) {
        return Err(HostFault::Unusable);
    }
    key.copy_from_slice(&bytes);
    Ok(StoreKey::new(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_32_bytes_that_were_drawn_are_a_key() {
        assert!(key_of(vec![1; 32]).is_ok_and(|key| *key.as_bytes() == [1; 32]));
        for wrong in [vec![], vec![1; 31], vec![1; 33], vec![0; 32]] {
            assert_eq!(key_of(wrong).err(), Some(HostFault::Unusable));
        }
    }
}
