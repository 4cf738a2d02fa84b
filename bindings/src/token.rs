//! Ending what waits, for languages whose own cancellation does not reach this library.
//!
//! Kotlin and Python drop what is no longer waited for, and that ends it. A Swift task that is cancelled goes on waiting: its layer gives a token along,
//! and cancels that.

use std::{future::Future, sync::Arc};

use tokio::sync::watch;

use crate::error::LinecrewError;

/// Ends the calls that it was given to.
#[derive(Debug, uniffi::Object)]
pub struct CancelToken {
    cancelled: watch::Sender<bool>,
}

#[uniffi::export]
impl CancelToken {
    /// A token that nobody has cancelled.
    ///
    /// # Errors
    /// Never.
    #[uniffi::constructor]
    pub fn new() -> Result<Arc<Self>, LinecrewError> {
        Ok(Arc::new(Self::fresh()))
    }

    /// Ends what it was given to, now and from now on, with [`LinecrewError::Cancelled`].
    ///
    /// # Errors
    /// Never.
    pub fn cancel(&self) -> Result<(), LinecrewError> {
        self.cancelled.send_replace(true);
        Ok(())
    }
}

impl CancelToken {
    pub(crate) fn fresh() -> Self {
        Self { cancelled: watch::Sender::new(false) }
    }

    /// Waits for the work, or for the word to give it up.
    pub(crate) fn guard<T, Work>(&self, work: Work) -> impl Future<Output = Result<T, LinecrewError>> + use<T, Work>
    where
        Work: Future<Output = Result<T, LinecrewError>>,
    {
        let mut cancelled = self.cancelled.subscribe();
        async move {
            let given_up = async {
                // A token that nobody holds any more is cancelled by nobody.
                if cancelled.wait_for(|cancelled| *cancelled).await.is_err() {
                    std::future::pending::<()>().await;
                }
            };
            tokio::select! {
                biased;
                () = given_up => Err(LinecrewError::Cancelled),
                done = work => done,
            }
        }
    }
}

/// The same for a call that may have been given no token.
pub(crate) async fn unless_cancelled<T>(
    token: Option<Arc<CancelToken>>,
    work: impl Future<Output = Result<T, LinecrewError>>,
) -> Result<T, LinecrewError> {
    match token {
        Some(token) => token.guard(work).await,
        None => work.await,
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_cancelled_token_ends_what_it_was_given_to_before_and_after() {
        let token = CancelToken::new().unwrap();
        let waiting = tokio::spawn(unless_cancelled(Some(Arc::clone(&token)), pending::<Result<(), _>>()));
        token.cancel().unwrap();
        assert_eq!(waiting.await.unwrap(), Err(LinecrewError::Cancelled));
        assert_eq!(token.guard(pending::<Result<(), _>>()).await, Err(LinecrewError::Cancelled));
        assert_eq!(unless_cancelled(None, async { Ok(1) }).await, Ok(1));
    }

    #[tokio::test]
    async fn a_token_that_is_gone_ends_nothing() {
        let guarded = CancelToken::fresh().guard(async {
            tokio::task::yield_now().await;
            Ok(1)
        });
        assert_eq!(guarded.await, Ok(1));
    }
}
