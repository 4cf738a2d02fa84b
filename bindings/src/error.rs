//! What can go wrong, as apps see it: what to do about it, and a stable code.
//!
//! No variant holds a name, a path, what somebody typed or what a server said: apps send errors to crash reporters. The words for people stand in
//! the app, by code.

use std::{error::Error, io};

use linecrew_client::{
    CommandError, EnrolError, OpenError, SignInError, StoreError, WipeError,
    driver::SyncStop,
    protocol::Refusal,
    transport::{AddressError, PrivateCaError, TransportError},
};

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
        /// A stable code.
        code: String,
    },
    /// Somebody has to enrol this phone, with a new invitation from the office. Work goes on meanwhile.
    #[error("an invitation is needed ({code})")]
    NeedsSignIn {
        /// A stable code.
        code: String,
    },
    /// The rules do not permit it: the server would say the same.
    #[error("not permitted ({code})")]
    NotPermitted {
        /// The reason's name, such as `state_not_permitted` (docs/protocol.md).
        code: String,
    },
    /// It is not on this phone, or not any more.
    #[error("not on this phone ({code})")]
    NotFound {
        /// A stable code; for what was withdrawn, why.
        code: String,
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
    /// The store cannot be used: see the code.
    #[error("the store on this phone cannot be used ({code})")]
    Store {
        /// `busy`, `damaged`, `failed`, `wrong_key`, `key_lost`.
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

    fn offline(code: &str, retry_after_ms: Option<u64>) -> Self {
        Self::Offline { code: code.to_owned(), retry_after_ms }
    }

    fn store(code: &str) -> Self {
        Self::Store { code: code.to_owned() }
    }

    fn key(which: &str) -> Self {
        Self::KeyUnavailable { code: which.to_owned() }
    }

    fn needs_sign_in(code: &str) -> Self {
        Self::NeedsSignIn { code: code.to_owned() }
    }
}

impl From<StoreError> for LinecrewError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full { .. } => Self::StorageFull,
            StoreError::Busy { .. } => Self::store("busy"),
            StoreError::Damaged { .. } => Self::store("damaged"),
            StoreError::Locked => Self::Locked,
            failed => Self::of_failed(&failed),
        }
    }
}

impl LinecrewError {
    /// A panic inside a transaction comes back as the store's: it was rolled back.
    fn of_failed(failed: &StoreError) -> Self {
        let source = failed.source().map(ToString::to_string).unwrap_or_default();
        if source.contains("panicked") { Self::panicked(None) } else { Self::store("failed") }
    }
}

impl From<OpenError> for LinecrewError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::WrongKey(_) => Self::store("wrong_key"),
            OpenError::KeyLost => Self::store("key_lost"),
            OpenError::Wiped => Self::Wiped,
            OpenError::Wiping(error) => error.into(),
            OpenError::KeyUnavailable(_) => Self::key("database_key"),
            OpenError::Begin(error) => error.into(),
            _ => Self::store("failed"),
        }
    }
}

impl From<WipeError> for LinecrewError {
    fn from(error: WipeError) -> Self {
        match error {
            WipeError::Unanswered { pending } => Self::Unanswered { pending },
            WipeError::Store(error) => error.into(),
            WipeError::Key(_) => Self::key("database_key"),
            _ => Self::store("failed"),
        }
    }
}

impl From<Refusal> for LinecrewError {
    fn from(refusal: Refusal) -> Self {
        Self::NotPermitted { code: refusal.reason.to_string() }
    }
}

impl From<CommandError> for LinecrewError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::UnknownItem { .. } => Self::NotFound { code: "unknown_item".to_owned() },
            CommandError::Withdrawn { withdrawal, .. } => Self::NotFound { code: withdrawal.reason.to_string() },
            CommandError::DamagedItem { .. } => Self::store("damaged"),
            CommandError::NotSignedIn => Self::needs_sign_in("nobody_signed_in"),
            CommandError::StorageFull(_) => Self::StorageFull,
            CommandError::Locked(_) => Self::Locked,
            CommandError::Store(error) => error.into(),
            _ => Self::store("failed"),
        }
    }
}

impl From<AddressError> for LinecrewError {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::CleartextRefused { .. } => Self::Untrusted { code: "cleartext_refused".to_owned() },
            _ => Self::invalid("server_address"),
        }
    }
}

impl From<PrivateCaError> for LinecrewError {
    fn from(_: PrivateCaError) -> Self {
        Self::invalid("ca_pem")
    }
}

impl From<TransportError> for LinecrewError {
    fn from(error: TransportError) -> Self {
        let retry_after_ms = error.retry_after_ms();
        match &error {
            TransportError::Connect { .. } => Self::offline("no_connection", None),
            TransportError::Untrusted { .. } => Self::Untrusted { code: "certificate".to_owned() },
            TransportError::NotEncrypted { .. } => Self::Untrusted { code: "not_encrypted".to_owned() },
            TransportError::TimedOut(_) => Self::offline("timed_out", None),
            TransportError::NotOurs { .. } => Self::offline("not_ours", None),
            TransportError::Refused(problem) => Self::offline(&problem.code, retry_after_ms),
            TransportError::TooLarge => Self::offline("too_large", None),
            _ => Self::offline("broke_off", None),
        }
    }
}

impl From<EnrolError> for LinecrewError {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::InvitationInvalid => Self::needs_sign_in("invitation_invalid"),
            EnrolError::OfAnother => Self::needs_sign_in("installation_of_another"),
            EnrolError::KeyDiffers => Self::needs_sign_in("installation_key_differs"),
            EnrolError::Revoked => Self::needs_sign_in("installation_revoked"),
            EnrolError::KeyUnavailable(_) => Self::key("device_key"),
            EnrolError::Transport(error) => error.into(),
            EnrolError::NotOurs(_) => Self::offline("not_ours", None),
            EnrolError::SignIn(SignInError::OthersEditsWait { pending, .. }) => Self::OthersEditsWait { pending },
            EnrolError::SignIn(SignInError::Store(error)) => error.into(),
            _ => Self::bug("unforeseen", None),
        }
    }
}

/// Why a sync stopped, by the same codes.
pub(crate) fn of_stop(stop: &SyncStop) -> (&'static str, Option<u64>) {
    let code = match stop {
        SyncStop::Deadline => "deadline",
        SyncStop::NeedsSignIn => "needs_sign_in",
        SyncStop::TokenRefused => "token_refused",
        SyncStop::Revoked => "revoked",
        SyncStop::NotWiped(_) => "not_wiped",
        SyncStop::Suspended => "suspended",
        SyncStop::KeyUnavailable(_) => "key_unavailable",
        SyncStop::InstallationRenewed { .. } => "installation_renewed",
        SyncStop::UpgradeRequired => "upgrade_required",
        SyncStop::Transport(_) => "no_connection",
        SyncStop::Goodbye(_) => "sent_away",
        SyncStop::Diverged => "diverged",
        SyncStop::Stalled => "stalled",
        SyncStop::Store(_) => "store",
        _ => "unforeseen",
    };
    (code, stop.retry_after_ms())
}

/// A file that an app named.
impl From<io::Error> for LinecrewError {
    fn from(_: io::Error) -> Self {
        Self::store("failed")
    }
}
