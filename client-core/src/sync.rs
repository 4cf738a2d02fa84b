//! What a sync driver asks of the store: one method for each step of [`PhoneSession`](linecrew_protocol::sync::PhoneSession) that needs it.
//!
//! All of it is derived from what is stored; nothing is remembered between two calls. Every method is safe to repeat.

mod acked;
mod admitted;
mod custody;
mod entries;
mod hand;
mod leave;
mod proof;
mod rebase;
mod refresh;
mod renew;
mod welcome;

use linecrew_protocol::ids::InstallationId;

pub(crate) use refresh::derive_anew;

use crate::{device_key::KeyUnavailable, error::StoreError};

/// Why an answer of the server could not be stored. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// The phone is full: receiving stops, sending goes on.
    #[error("this phone has no space left to store what the server sent")]
    StorageFull(#[source] StoreError),
    /// The store failed otherwise.
    #[error("failed to store what the server sent")]
    Store(#[source] StoreError),
}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::StorageFull(error),
            other => Self::Store(other),
        }
    }
}

impl From<rusqlite::Error> for SyncError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Why there is nothing to open a session with, or to send in it. Edits wait as they are.
#[derive(Debug, thiserror::Error)]
pub enum HandError {
    /// Nothing goes out that this phone does not vouch for: try again when the key can be used.
    #[error("nothing can be sent that this phone does not vouch for")]
    KeyUnavailable(#[source] KeyUnavailable),
    /// The store failed.
    #[error("failed to read what this phone has to send")]
    Store(#[source] StoreError),
}

impl From<KeyUnavailable> for HandError {
    fn from(error: KeyUnavailable) -> Self {
        Self::KeyUnavailable(error)
    }
}

impl From<StoreError> for HandError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<rusqlite::Error> for HandError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// What storing an answer changed for the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// The number that the next edit will get. Larger than before when a rebase made edits again: tell
    /// [`PhoneSession::edits_saved`](linecrew_protocol::sync::PhoneSession::edits_saved).
    pub next_seq: u64,
}

/// A new installation on the same phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renewed {
    /// The new installation: enrol again with it.
    pub installation: InstallationId,
    /// How many edits were made again under it.
    pub edits: u64,
}
