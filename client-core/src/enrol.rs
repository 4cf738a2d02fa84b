//! Enrolling: a one-time code from the office binds this phone, its installation and its key, to a person (docs/api.md).
//!
//! [`Client::enrol`] does all of it, whoever the phone was before. A lost answer costs nothing: the same code, used again by the same
//! installation, gives tokens again.

use linecrew_protocol::{
    enrolment::{EnrolRequest, InviteCode, PhoneTokens},
    ids::InstallationId,
    key::Statement,
};

use crate::{
    account::{AccountView, SignIn, SignInError, SignedIn},
    client::Client,
    device_key::{self, DeviceKey, KeyUnavailable},
    error::StoreError,
    store::account,
    sync::SyncError,
    transport::{Endpoint, Transport, TransportError},
};

/// How often an enrolment begins anew: once because the phone was another person's, and once because it had another key.
const MAX_TRIES: usize = 3;

/// What enrols.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The code, as a person typed it or a QR code held it.
    pub code: InviteCode,
    /// What people call the phone.
    pub device_name: String,
    /// Its installation.
    pub installation: InstallationId,
}

/// Why enrolling failed. What waits on the phone is untouched.
#[derive(Debug, thiserror::Error)]
pub enum EnrolError {
    /// There is no such invitation, or it is over, or somebody has used it; the server does not say which.
    #[error("the invitation is not valid, has ended or was used: ask the office for a new one")]
    InvitationInvalid,
    /// The installation belongs to another person. The code is not used up.
    #[error("this phone is enrolled for another person")]
    OfAnother,
    /// The installation is known with another key: this phone was restored from a backup, or its keystore was reset. The code is not used up.
    #[error("the server knows this phone with another key")]
    KeyDiffers,
    /// The office has locked this phone out. The code is not used up.
    #[error("the office has locked this phone out: ask there")]
    Revoked,
    /// The key cannot be used now.
    #[error("nobody can enrol without the key of this phone")]
    KeyUnavailable(#[source] KeyUnavailable),
    /// The server could not be asked, or refused for another reason.
    #[error("enrolling needs the server")]
    Transport(#[source] TransportError),
    /// Somebody answered, in words that are not the server's.
    #[error("the answer is not the server's; a sign-in page of the network may stand in between")]
    NotOurs(#[source] serde_json::Error),
    /// Another person's edits wait on this phone, or the store failed.
    #[error(transparent)]
    SignIn(#[from] SignInError),
}

impl From<TransportError> for EnrolError {
    fn from(error: TransportError) -> Self {
        match error.code() {
            Some("invitation_invalid") => Self::InvitationInvalid,
            Some("installation_of_another") => Self::OfAnother,
            Some("installation_key_differs") => Self::KeyDiffers,
            Some("installation_revoked") => Self::Revoked,
            _ => Self::Transport(error),
        }
    }
}

impl From<KeyUnavailable> for EnrolError {
    fn from(error: KeyUnavailable) -> Self {
        Self::KeyUnavailable(error)
    }
}

/// Asks the server at `server_url` (which `transport` reaches) for tokens. Stores nothing.
///
/// # Errors
/// See [`EnrolError`].
///
/// # Cancellation
/// Dropping the future stores nothing. The code may be used up by then, for any other installation than this one.
pub async fn enrol(transport: &dyn Transport, server_url: &str, enrolment: &Enrolment, key: &dyn DeviceKey) -> Result<SignIn, EnrolError> {
    let Enrolment { code, device_name, installation } = enrolment;
    let (public, canonical) = (key.public_key()?, code.canonical());
    let statement = Statement::Enrolment { installation: *installation, key: &public, code: &canonical };
    let request = EnrolRequest {
        installation: *installation,
        device_name: device_name.clone(),
        key: public,
        code: code.clone(),
        proof: device_key::sign(key, &public, &statement.hash())?,
    };
    let body = serde_json::to_vec(&request).map_err(EnrolError::NotOurs)?;
    let answer = transport.post(Endpoint::Enrol, body).await?;
    let tokens: PhoneTokens = serde_json::from_slice(&answer).map_err(EnrolError::NotOurs)?;
    Ok(SignIn::of(server_url, tokens))
}

impl Client {
    /// Enrols this phone with a one-time code and stores who works here from now on.
    ///
    /// A phone that was another person's begins anew, as soon as everything of the former is answered: nothing of theirs stays. A phone that
    /// the server knows with another key begins a new installation, under which the edits that wait are made again. In both cases the same
    /// code is used again.
    ///
    /// Store and key are asked on the calling thread.
    ///
    /// # Errors
    /// See [`EnrolError`]; [`SignInError::OthersEditsWait`] when the phone cannot be handed on yet.
    ///
    /// # Cancellation
    /// Dropping the future leaves the store as it was or with a new installation; enrolling again goes on from there.
    pub async fn enrol(
        &self,
        transport: &dyn Transport,
        server_url: &str,
        code: &InviteCode,
        device_name: &str,
    ) -> Result<AccountView, EnrolError> {
        let key = self.device_key().ok_or_else(KeyUnavailable::default)?;
        let mut last = EnrolError::OfAnother;
        for _ in 0..MAX_TRIES {
            let enrolment = Enrolment { code: code.clone(), device_name: device_name.to_owned(), installation: self.installation() };
            let asked_at = self.host().monotonic_ms();
            last = match enrol(transport, server_url, &enrolment, key.as_ref()).await {
                Ok(sign_in) => match self.keep(sign_in, asked_at)? {
                    Some(account) => return Ok(account),
                    None => EnrolError::OfAnother,
                },
                Err(EnrolError::OfAnother) => {
                    self.hand_on()?;
                    EnrolError::OfAnother
                }
                Err(EnrolError::KeyDiffers) => {
                    self.begin_anew()?;
                    EnrolError::KeyDiffers
                }
                Err(other) => return Err(other),
            };
        }
        Err(last)
    }

    /// Stores the sign-in; `None` when the phone had to begin anew for this person.
    fn keep(&self, sign_in: SignIn, asked_at: u64) -> Result<Option<AccountView>, EnrolError> {
        let seen = self.seen(sign_in.server_time, self.host().monotonic_ms().saturating_sub(asked_at));
        match self.sign_in_seen(sign_in, Some(seen)) {
            Ok(SignedIn::Ready) => Ok(self.read_unleased(|connection| Ok::<_, StoreError>(account::find(connection)?))?),
            Ok(SignedIn::EnrolAgain { .. }) => Ok(None),
            Err(waiting @ SignInError::OthersEditsWait { .. }) => {
                // The server takes this installation for the other person's now: what waits here needs one of its own to be sent.
                self.begin_anew()?;
                Err(waiting.into())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn begin_anew(&self) -> Result<(), EnrolError> {
        match self.renew_installation() {
            Ok(_) => Ok(()),
            Err(SyncError::StorageFull(error) | SyncError::Store(error)) => Err(SignInError::Store(error).into()),
        }
    }
}

impl From<StoreError> for EnrolError {
    fn from(error: StoreError) -> Self {
        Self::SignIn(error.into())
    }
}
