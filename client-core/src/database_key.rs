//! The key of this phone's store: what its files are encrypted with. It lies with the host, which asks the system's keystore for it, and comes
//! here to open the store. Whoever has the files alone has nothing; whoever destroys the key has destroyed them.

mod file_key;

use std::error::Error;

use linecrew_sqlite::Key;

pub use file_key::FileDatabaseKey;

/// Keeps one key of 32 random bytes, for one store.
///
/// It may take as long as a keystore takes: it is asked when the store is opened and when it is wiped, never in between.
pub trait DatabaseKey: Send + Sync {
    /// The key; `None` when there is none, which is never the answer of a keystore that cannot be asked.
    ///
    /// # Errors
    /// The key cannot be used now.
    fn find(&self) -> Result<Option<Key>, DatabaseKeyUnavailable>;

    /// Draws a key and keeps it; the answer is the one that [`find`](Self::find) gives from now on, also after a loss of power. When there is
    /// one already, that.
    ///
    /// # Errors
    /// None could be made. Nothing was encrypted with it.
    fn create(&self) -> Result<Key, DatabaseKeyUnavailable>;

    /// Destroys the key, so that nobody ever gets it again. That there is none is no error.
    ///
    /// # Errors
    /// It may still be there.
    fn destroy(&self) -> Result<(), DatabaseKeyUnavailable>;
}

/// The key of the store cannot be used now: the keystore is locked, or it failed.
#[derive(Debug, Default, thiserror::Error)]
#[error("the key of this phone's store cannot be used now")]
pub struct DatabaseKeyUnavailable {
    #[source]
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl DatabaseKeyUnavailable {
    /// With what the keystore said.
    pub fn because(source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self { source: Some(source.into()) }
    }
}
