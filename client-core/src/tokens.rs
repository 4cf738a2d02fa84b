//! Tokens on this phone: which one opens a session, whether it has ended, and what becomes of an answer to a refresh.
//!
//! Two processes on one store may refresh at the same time: the server takes the refresh token of before until the new one was used, so both
//! get an answer. The newer answer stays, by the server's clock, and a refusal counts only when it is of the token that is stored.

use linecrew_protocol::{
    enrolment::{PhoneTokens, RefreshRequest},
    key::Statement,
    time::{Sighting, Timestamp},
};
use rusqlite::Transaction;

use crate::{
    account::{Session, SignIn},
    client::Client,
    error::StoreError,
    host,
    store::{account, installation, sighting},
    sync::HandError,
};

/// An access token that ends within this time is replaced before a session is opened with it: opening one on a slow link takes a while.
const ENDS_SOON_MS: u64 = 60_000;

/// What a session would be opened with.
pub(crate) struct Access {
    pub(crate) token: String,
    /// Whether it ends now, as far as this phone can know.
    pub(crate) has_ended: bool,
}

impl Client {
    /// The access token; none while signed out.
    pub(crate) fn access(&self) -> Result<Option<Access>, StoreError> {
        let (session, seen) =
            self.read_unleased(|connection| Ok::<_, StoreError>((account::session(connection)?, sighting::find(connection)?)))?;
        let now = self.server_now(seen);
        Ok(session.map(|Session { token, token_expires_at, .. }| {
            let has_ended = now.is_some_and(|now| now.plus_ms(ENDS_SOON_MS) >= token_expires_at);
            Access { token, has_ended }
        }))
    }

    /// The server's time, by its last sighting and the clock that never steps; `None` when nothing was ever seen. The wall clock has no say.
    fn server_now(&self, seen: Option<Sighting>) -> Option<Timestamp> {
        let interval = host::evidence(self.host().as_ref(), seen).interval();
        interval.latest.or(interval.earliest)
    }

    /// What asks for new tokens; `None` when the sign-in has ended. The key is asked outside of any transaction.
    pub(crate) fn refresh_request(&self) -> Result<Option<RefreshRequest>, HandError> {
        let (refresh, installation) =
            self.read_unleased(|connection| Ok::<_, HandError>((account::refresh(connection)?, installation::current(connection)?.id)))?;
        let Some(account::Refresh { token: refresh_token, .. }) = refresh else { return Ok(None) };
        let proof = self.vouch(&Statement::Refresh { installation, token: &refresh_token })?;
        Ok(Some(RefreshRequest { installation, refresh_token, proof }))
    }

    /// Stores new tokens with whose they are as of now, unless something newer is stored.
    pub(crate) fn store_refreshed(&self, asked: RefreshRequest, tokens: PhoneTokens, round_trip_ms: u64) -> Result<(), StoreError> {
        let seen = self.seen(tokens.server_time, round_trip_ms);
        self.write_unleased(move |transaction| {
            sighting::store(transaction, &seen)?;
            let Some(known) = account::find(transaction)?.filter(|known| known.signed_in) else { return Ok(()) };
            if !is_wanted(transaction, &asked, tokens.server_time)? {
                return Ok(());
            }
            if known.person != tokens.person.id {
                tracing::error!("the server answered a refresh with another person's tokens");
                return Ok(account::forget_tokens(transaction)?);
            }
            Ok(account::store(transaction, &SignIn::of(&known.server_url, tokens))?)
        })
    }

    /// The server gives no tokens any more: the sign-in has ended, unless the refused token is no longer the one that is stored.
    pub(crate) fn refresh_refused(&self, asked: RefreshRequest) -> Result<(), StoreError> {
        self.write_unleased(move |transaction| {
            let is_stored = account::refresh(transaction)?.is_some_and(|known| known.token == asked.refresh_token);
            if is_stored && installation::current(transaction)?.id == asked.installation {
                account::forget_tokens(transaction)?;
            }
            Ok(())
        })
    }
}

/// Whether tokens that the server made at `made_at` are the newest of this installation.
fn is_wanted(transaction: &Transaction<'_>, asked: &RefreshRequest, made_at: Timestamp) -> Result<bool, StoreError> {
    if installation::current(transaction)?.id != asked.installation {
        return Ok(false);
    }
    let known = account::refresh(transaction)?;
    Ok(known.is_some_and(|known| known.token == asked.refresh_token || known.made_at.is_none_or(|known| known <= made_at)))
}
