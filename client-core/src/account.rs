//! Who works on this phone.

use std::fmt;

use linecrew_protocol::{
    enrolment::{PhoneOwner, PhoneTokens},
    ids::{CrewId, InstallationId, PersonId},
    model::person::{Grant, Principal},
    time::{Sighting, Timestamp},
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
        outbox, sighting,
    },
};

/// What the server answered to an enrolment or a refresh, to be stored.
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
    /// The access token, bound to this installation and its key. It opens sessions for minutes.
    pub token: String,
    /// When it ends: server time.
    pub token_expires_at: Timestamp,
    /// What gets the next tokens. One answers the other until it is not used for weeks, or the office ends it.
    pub refresh_token: String,
    /// When it ends unless it is used: server time.
    pub refresh_expires_at: Timestamp,
    /// The server's clock when it made them.
    pub server_time: Timestamp,
}

impl SignIn {
    /// From the server's answer.
    #[must_use]
    pub fn of(server_url: &str, tokens: PhoneTokens) -> Self {
        let PhoneOwner { id, name, username, roles, crew } = tokens.person;
        Self {
            server_url: server_url.to_owned(),
            person: id,
            name,
            username,
            grants: roles,
            crew: crew.map(|crew| (crew.id, crew.name)),
            token: tokens.access_token,
            token_expires_at: tokens.access_expires_at,
            refresh_token: tokens.refresh_token,
            refresh_expires_at: tokens.refresh_expires_at,
            server_time: tokens.server_time,
        }
    }
}

/// What became of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum SignedIn {
    /// The person can sync.
    Ready,
    /// The phone was another person's. Their data is gone (all of it was answered by the server), a new installation has begun; enrol once
    /// more with it, since the tokens at hand are bound to the old one.
    EnrolAgain {
        /// The new installation.
        installation: InstallationId,
    },
}

/// Why a person could not sign in here.
#[derive(Debug, thiserror::Error)]
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
    /// Whether this phone can get tokens. Work goes on when it cannot; syncing needs a new invitation then.
    pub signed_in: bool,
    /// Until when the sign-in holds if this phone is not heard of: server time. Every sync prolongs it.
    pub signed_in_until: Option<Timestamp>,
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
    /// The access token.
    pub token: String,
    /// When it ends: server time.
    pub token_expires_at: Timestamp,
}

/// Without the tokens: they open the server.
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
    /// Stores who works here now. [`enrol`](Self::enrol) does it by itself.
    ///
    /// The same person may sign in again at any time. Another one may when everything of the former was answered by the server: the phone
    /// then begins anew, see [`SignedIn::EnrolAgain`].
    ///
    /// # Errors
    /// See [`SignInError`].
    pub fn sign_in(&self, sign_in: SignIn) -> Result<SignedIn, SignInError> {
        self.sign_in_seen(sign_in, None)
    }

    /// The same, with what the server's clock said.
    pub(crate) fn sign_in_seen(&self, sign_in: SignIn, seen: Option<Sighting>) -> Result<SignedIn, SignInError> {
        let fresh = host::new_installation(self.host().as_ref());
        self.write_unleased(move |transaction| {
            if account::find(transaction)?.is_some_and(|known| known.person != sign_in.person) {
                hand_on(transaction, fresh)?;
                return Ok(SignedIn::EnrolAgain { installation: fresh });
            }
            account::store(transaction, &sign_in)?;
            seen.iter().try_for_each(|seen| sighting::store(transaction, seen))?;
            Ok(SignedIn::Ready)
        })
    }

    /// Another person's phone from now on, with nothing of the former on it.
    pub(crate) fn hand_on(&self) -> Result<(), SignInError> {
        let fresh = host::new_installation(self.host().as_ref());
        self.write_unleased(move |transaction| hand_on(transaction, fresh))
    }

    /// Forgets the tokens. Person, items and pending edits stay: nothing unanswered leaves the phone.
    ///
    /// # Errors
    /// The store failed.
    pub fn sign_out(&self) -> Result<(), StoreError> {
        self.write_unleased(|transaction| Ok(account::forget_tokens(transaction)?))
    }

    /// Who works here; nobody before the first sign-in, or when the store cannot be read.
    #[must_use]
    pub fn account(&self) -> Option<AccountView> {
        self.read_unleased(|connection| Ok::<_, StoreError>(account::find(connection)?)).ok().flatten()
    }

    /// What a session needs; none while signed out.
    ///
    /// # Errors
    /// The store failed.
    pub fn session(&self) -> Result<Option<Session>, StoreError> {
        self.read_unleased(|connection| Ok(account::session(connection)?))
    }
}

fn hand_on(transaction: &Transaction<'_>, fresh: InstallationId) -> Result<(), SignInError> {
    // An entry about money is done with only when the server has named its hash, whatever else it has answered.
    let pending = outbox::count_unanswered(transaction)?.max(journal::count(transaction, Kept::Here)?);
    if pending > 0 {
        let name = account::find(transaction)?.map(|former| former.name).unwrap_or_default();
        return Err(SignInError::OthersEditsWait { name, pending });
    }
    Ok(installation::forget_everything(transaction, fresh)?)
}
