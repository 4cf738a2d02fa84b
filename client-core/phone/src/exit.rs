//! What the exit code says.

use std::process::ExitCode;

/// How a command ended. The numbers are documented in `--help` and never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done. Of an edit: it is saved on this phone; what it prints says whether it is on the server, too.
    Done = 0,
    /// The store on this phone failed, or something else that should not happen.
    Failed = 1,
    /// The command line is wrong.
    Usage = 2,
    /// The rules do not allow it; nothing was saved.
    Refused = 3,
    /// No such item on this phone, or several match.
    NotFound = 4,
    /// Somebody has to sign in first.
    SignInNeeded = 5,
    /// The server could not be reached in time. Everything saved is still saved.
    Unreachable = 6,
    /// This phone was without its server for too long: a sync opens it. Everything saved is still saved.
    Locked = 7,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
