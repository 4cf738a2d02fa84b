//! Who works on this phone.

use std::fmt;

use linecrew_protocol::{
    ids::{CrewId, InstallationId, PersonId},
    model::person::{Grant, Principal},
    time::Timestamp,
};
use rusqlite::Transaction;
use serde::{Deserialize, Serialize};

use crate::{
    client::Client,
    error::StoreError,
    host,
    store::{
        account, installation,
        journal::{self, Kept},
        outbox,
    },
};

/// What a login answered, to be stored.
#[derive(Clone, PartialEq, Eq)]
pub struct SignIn {
    /// The server, such as `https://linecrew.example`.
    pub server_url: String,
    /// The person.
    pub person: PersonId,
    /// The name people see.
    pub name: String,
    /// The name they type.
    pub username: String,
    /// The roles held.
    pub grants: Vec<Grant>,
    /// The crew and its name, if the person works in one.
    pub crew: Option<(CrewId, String)>,
    /// The token, bound to this installation.
    pub token: String,
    /// When it ends: server time.
    pub token_expires_at: Timestamp,
}

/// What became of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SignedIn {
    /// The person can sync.
    Ready,
    /// The phone was another person's. Their data is gone (all of it was answered by the server), a new installation has begun; log in once
    /// more with it, since the token at hand is bound to the old one.
    LogInAgain {
        /// The new installation.
        installation: InstallationId,
    },
}

/// Why a person could not sign in here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SignInError {
    /// Another person's edits wait on this phone.
    #[error("{name} has {pending} edits on this phone that are not on the server yet; they must be sent before somebody else signs in")]
    OthersEditsWait {
        /// Whose.
        name: String,
        /// How many.
        pending: u64,
    },
    /// The store failed.
    #[error("failed to store the sign-in")]
    Store(#[from] StoreError),
}

impl From<rusqlite::Error> for SignInError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}

/// Who works on this phone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountView {
    /// The person.
    pub person: PersonId,
    /// The name people see.
    pub name: String,
    /// The name they type.
    pub username: String,
    /// The server.
    pub server_url: String,
    /// The roles held.
    pub grants: Vec<Grant>,
    /// The crew.
    pub crew: Option<CrewId>,
    /// Its name.
    pub crew_name: Option<String>,
    /// Whether there is a token. Work goes on without one; syncing does not.
    pub signed_in: bool,
    /// When the token ends: server time.
    pub token_expires_at: Option<Timestamp>,
}

impl AccountView {
    pub(crate) fn principal(&self, installation: InstallationId) -> Principal {
        Principal { person: self.person, installation, grants: self.grants.clone(), crew: self.crew }
    }
}

/// What a session needs.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// The server.
    pub server_url: String,
    /// The token.
    pub token: String,
    /// When it ends: server time.
    pub token_expires_at: Timestamp,
}

/// Without the token: it opens the server.
impl fmt::Debug for SignIn {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("SignIn").field("person", &self.person).field("server_url", &self.server_url).finish_non_exhaustive()
    }
}

/// Without the token: it opens the server.
impl fmt::Debug for Session {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Session").field("server_url", &self.server_url).finish_non_exhaustive()
    }
}

impl Client {
    /// Stores who works here now.
    ///
    /// The same person may sign in again at any time. Another one may when everything of the former was answered by the server: the phone
    /// then begins anew, see [`SignedIn::LogInAgain`].
    ///
    /// # Errors
    /// See [`SignInError`].
    pub fn sign_in(&self, session: SignIn) -> Result<SignedIn, SignInError> {
        let fresh = host::new_installation(self.host().as_ref());
        self.write(move |transaction| {
            if let Some(other) = account::find(transaction)?.filter(|known| known.person != session.person) {
                return hand_on(transaction, &other, fresh);
            }
            account::store(transaction, &session)?;
            Ok(SignedIn::Ready)
        })
    }

    /// Forgets the token. Person, items and pending edits stay: nothing unanswered leaves the phone.
    ///
    /// # Errors
    /// The store failed.
    pub fn sign_out(&self) -> Result<(), StoreError> {
        self.write(|transaction| Ok(account::forget_token(transaction)?))
    }

    /// Who works here; nobody before the first sign-in, or when the store cannot be read.
    #[must_use]
    pub fn account(&self) -> Option<AccountView> {
        self.read(|connection| Ok::<_, StoreError>(account::find(connection)?)).ok().flatten()
    }

    /// What a session needs; none while signed out.
    ///
    /// # Errors
    /// The store failed.
    pub fn session(&self) -> Result<Option<Session>, StoreError> {
        self.read(|connection| Ok(account::session(connection)?))
    }
}

fn hand_on(transaction: &Transaction<'_>, other: &AccountView, fresh: InstallationId) -> Result<SignedIn, SignInError> {
    // An entry about money is done with only when the server has named its hash, whatever else it has answered.
    let pending = outbox::count_unanswered(transaction)?.max(journal::count(transaction, Kept::Here)?);
    if pending > 0 {
        return Err(SignInError::OthersEditsWait { name: other.name.clone(), pending });
    }
    installation::forget_everything(transaction, fresh)?;
    Ok(SignedIn::LogInAgain { installation: fresh })
}
