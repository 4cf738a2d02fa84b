//! What a command or a search can say.

use linecrew_client::{CommandError, FindError, NoSpace, protocol::Refusal};

use super::{Found, LinecrewError};

impl From<Refusal> for LinecrewError {
    fn from(refusal: Refusal) -> Self {
        Self::NotPermitted { code: refusal.reason.to_string() }
    }
}

impl From<CommandError> for LinecrewError {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::Refused(refusal) => refusal.into(),
            CommandError::UnknownItem { .. } => Self::not_found("unknown_item"),
            CommandError::Withdrawn { withdrawal, .. } => Self::not_found(&withdrawal.reason.to_string()),
            CommandError::DamagedItem { .. } => Self::store("damaged"),
            CommandError::NotSignedIn => Self::needs_sign_in("nobody_signed_in"),
            CommandError::StorageFull(NoSpace::Store(_) | NoSpace::Files(_)) => Self::StorageFull,
            CommandError::File(error) => error.into(),
            CommandError::Locked(error) | CommandError::Store(error) => error.into(),
        }
    }
}

impl From<FindError> for LinecrewError {
    fn from(error: FindError) -> Self {
        match error {
            FindError::NotFound(_) => Self::not_found("unknown_item"),
            FindError::Ambiguous(found) => {
                Self::Ambiguous { found: found.into_iter().map(|(document, number)| Found { document, number }).collect() }
            }
            FindError::Departed { withdrawal, .. } => Self::not_found(&withdrawal.reason.to_string()),
            FindError::Store(error) => error.into(),
        }
    }
}
