//! What can go wrong, as apps see it: what to do about it, and a stable code.
//!
//! No variant holds a name, a path, what somebody typed or what a server said: apps send errors to crash reporters. The words for people stand in
//! the app, by code.
//!
//! The core's errors are named one by one: a new one does not compile here until somebody has decided what apps see of it.

mod collection;
mod server;
mod store;
mod sync;
mod work;

use linecrew_client::protocol::ids::DocumentId;

use crate::hosts::HostFault;

pub(crate) use sync::of_stop;

/// Why a call failed. Nothing was done, unless the call says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum LinecrewError {
    /// The server cannot be reached now: try again later, nothing is lost.
    #[error("the server cannot be reached now ({code})")]
    Offline {
        /// A stable code, such as `no_connection` or `timed_out`.
        code: String,
        /// When the server asked to come back, in milliseconds.
        retry_after_ms: Option<u64>,
    },
    /// Whoever answers is not proven to be the server, or nothing would be encrypted.
    #[error("the server is not trusted ({code})")]
    Untrusted {
        /// `unknown_issuer`, `certificate_expired`, `certificate_not_yet_valid`, `other_name`, `certificate_unusable`, `not_encrypted`,
        /// `cleartext_refused`.
        code: String,
    },
    /// Somebody has to enrol this phone, with a new invitation from the office. Work goes on meanwhile.
    #[error("an invitation is needed ({code})")]
    NeedsSignIn {
        /// A stable code.
        code: String,
    },
    /// The app is older than the server, or than the store: it needs an update. Work that is saved stays.
    #[error("this app needs an update ({code})")]
    UpgradeRequired {
        /// `server` or `store`: what is newer.
        code: String,
    },
    /// The rules do not permit it: the server would say the same.
    #[error("not permitted ({code})")]
    NotPermitted {
        /// The reason's name, such as `state_not_permitted` (docs/protocol.md); for money also what is missing, such as `no_session`.
        code: String,
    },
    /// It is not on this phone, or not any more.
    #[error("not on this phone ({code})")]
    NotFound {
        /// A stable code; for what was withdrawn, why.
        code: String,
    },
    /// What was typed names several items: ask which.
    #[error("{} items are meant", found.len())]
    Ambiguous {
        /// They, the newest first.
        found: Vec<Found>,
    },
    /// Another person's edits wait on this phone: they have to be sent first.
    #[error("{pending} edits of another person wait on this phone")]
    OthersEditsWait {
        /// How many.
        pending: u64,
    },
    /// The phone is full. What was confirmed before is safe.
    #[error("this phone is full")]
    StorageFull,
    /// The phone was without contact for too long: the next sync opens it.
    #[error("this phone is locked until its next contact")]
    Locked,
    /// A keystore does not answer now: try again when the phone is unlocked.
    #[error("a key cannot be used now ({code})")]
    KeyUnavailable {
        /// `device_key` or `database_key`.
        code: String,
    },
    /// The app did not do what this library asked it for: its keystore, its clock. Nothing was done.
    #[error("the app did not answer {callback}: {how}")]
    Host {
        /// What it was asked, such as `device_key.sign`.
        callback: String,
        /// How it failed.
        how: HostFault,
    },
    /// The store cannot be used: see the code.
    #[error("the store on this phone cannot be used ({code})")]
    Store {
        /// `busy` (try again), `damaged`, `io`, `failed`, `wrong_key`, `key_lost`, `not_closed`, `file`.
        code: String,
    },
    /// Edits that only this phone has keep it from being wiped.
    #[error("{pending} edits are only on this phone")]
    Unanswered {
        /// How many.
        pending: u64,
    },
    /// This phone was wiped. Opening it again begins with an empty one.
    #[error("this phone was wiped")]
    Wiped,
    /// `suspend` was called: `resume` comes first.
    #[error("the store is suspended")]
    Suspended,
    /// `shut_down` was called.
    #[error("the store was shut down")]
    Closed,
    /// Whoever asked has cancelled.
    #[error("cancelled")]
    Cancelled,
    /// What was given is no id, no JSON, no address, no invitation.
    #[error("not a valid value ({code})")]
    Invalid {
        /// What it should have been, such as `document_id`.
        code: String,
    },
    /// A fault of the library: report it with code and place. The store is as it was before or after the call, and opens.
    #[error("a fault in the device library ({code})")]
    Bug {
        /// A stable code.
        code: String,
        /// File and line in the library's code, when known.
        place: Option<String>,
    },
}

/// One of several items that were found.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Found {
    /// The item.
    pub document: DocumentId,
    /// The number people say.
    pub number: String,
}

impl LinecrewError {
    pub(crate) fn bug(code: &str, place: Option<String>) -> Self {
        Self::Bug { code: code.to_owned(), place }
    }

    pub(crate) fn panicked(place: Option<String>) -> Self {
        Self::bug("panic", place)
    }

    pub(crate) fn cancelled() -> Self {
        Self::Cancelled
    }

    pub(crate) fn invalid(what: &str) -> Self {
        Self::Invalid { code: what.to_owned() }
    }

    pub(crate) fn not_found(code: &str) -> Self {
        Self::NotFound { code: code.to_owned() }
    }

    pub(crate) fn store(code: &str) -> Self {
        Self::Store { code: code.to_owned() }
    }

    pub(crate) fn needs_sign_in(code: &str) -> Self {
        Self::NeedsSignIn { code: code.to_owned() }
    }

    fn offline(code: &str, retry_after_ms: Option<u64>) -> Self {
        Self::Offline { code: code.to_owned(), retry_after_ms }
    }

    pub(crate) fn not_permitted(code: &str) -> Self {
        Self::NotPermitted { code: code.to_owned() }
    }

    fn untrusted(code: &str) -> Self {
        Self::Untrusted { code: code.to_owned() }
    }

    fn upgrade_required(what_is_newer: &str) -> Self {
        Self::UpgradeRequired { code: what_is_newer.to_owned() }
    }
}

#[cfg(test)]
mod tests;
