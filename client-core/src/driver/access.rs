//! The token that opens a session, and getting another one in time.
//!
//! A refusal of ours ends the sign-in: tokens are forgotten, and nothing else. Whatever else comes back, a sign-in page, a busy server, nothing at
//! all, says nothing about the sign-in; the refresh token stays and is used again.

use linecrew_protocol::enrolment::PhoneTokens;
use tokio::time::timeout;

use crate::transport::{Endpoint, Stage, TransportError};

use super::{SyncDriver, SyncStop};

impl SyncDriver {
    /// The token to open a session with. One that has ended is replaced first.
    ///
    /// # Errors
    /// [`SyncStop::NeedsSignIn`] when the sign-in has ended; others when the server could not be asked.
    pub(super) async fn token(&self) -> Result<String, SyncStop> {
        let access = self.desk.ask(|client| client.access()).await?.ok_or(SyncStop::NeedsSignIn)?;
        if access.has_ended { self.refreshed(&access.token).await } else { Ok(access.token) }
    }

    /// A token other than `former`, which has ended or was refused. Another driver of this process may have got it meanwhile, or another
    /// process.
    ///
    /// # Errors
    /// As [`token`](Self::token).
    pub(super) async fn refreshed(&self, former: &str) -> Result<String, SyncStop> {
        let client = self.desk.client().clone();
        let _alone = client.refreshing().lock().await;
        if let Some(token) = self.other_than(former).await? {
            return Ok(token);
        }
        let asked = self.desk.ask(|client| client.refresh_request()).await?.ok_or(SyncStop::NeedsSignIn)?;
        let asked_at = self.desk.monotonic_ms();
        let body = serde_json::to_vec(&asked).map_err(SyncStop::NotTokens)?;
        // Everything waits for this answer: it gets no longer than a welcome.
        let answer = timeout(self.options.welcome_within, self.transport.post(Endpoint::Token, body)).await;
        match answer.unwrap_or(Err(TransportError::TimedOut(Stage::Answering))) {
            Ok(answer) => {
                let tokens: PhoneTokens = serde_json::from_slice(&answer).map_err(SyncStop::NotTokens)?;
                let round_trip_ms = self.desk.monotonic_ms().saturating_sub(asked_at);
                self.desk.ask(move |client| client.store_refreshed(asked, tokens, round_trip_ms)).await?;
            }
            Err(refused) if refused.code() == Some("unauthenticated") => {
                self.desk.ask(move |client| client.refresh_refused(asked)).await?;
            }
            Err(error) => return Err(error.into()),
        }
        self.other_than(former).await?.ok_or(SyncStop::NeedsSignIn)
    }

    /// The stored token, unless it is this one.
    ///
    /// # Errors
    /// [`SyncStop::NeedsSignIn`] when there is none.
    async fn other_than(&self, former: &str) -> Result<Option<String>, SyncStop> {
        let access = self.desk.ask(|client| client.access()).await?.ok_or(SyncStop::NeedsSignIn)?;
        Ok(Some(access.token).filter(|token| token != former))
    }
}
