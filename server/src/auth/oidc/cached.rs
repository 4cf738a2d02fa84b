//! Something that the provider publishes, as it was when somebody last asked.

use std::{
    future::Future,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use tokio::sync::Semaphore;

use super::ProviderError;

/// One question at a time. Whoever has waited for one that failed is not kept waiting for the next.
#[derive(Debug)]
pub(super) struct Cached<T> {
    last: RwLock<Last<T>>,
    turn: Semaphore,
}

#[derive(Debug)]
struct Last<T> {
    known: Option<(Arc<T>, Instant)>,
    failed_at: Option<Instant>,
}

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self { last: RwLock::new(Last { known: None, failed_at: None }), turn: Semaphore::new(1) }
    }
}

impl<T> Cached<T> {
    /// What is known, unless it is older than `age`: then what `ask` gives. After a failure nobody asks for `rest`.
    ///
    /// # Errors
    /// Those of `ask`. What is too old is not given instead: without a provider nobody signs in anyway.
    pub(super) async fn no_older_than(
        &self,
        age: Duration,
        rest: Duration,
        ask: impl Future<Output = Result<T, ProviderError>>,
    ) -> Result<Arc<T>, ProviderError> {
        if let Some(known) = self.known(age) {
            return Ok(known);
        }
        let _turn = self.turn.acquire().await.map_err(|_| ProviderError::Resting)?;
        if let Some(known) = self.known(age) {
            return Ok(known);
        }
        if self.read(|last| last.failed_at.is_some_and(|at| at.elapsed() < rest)) {
            return Err(ProviderError::Resting);
        }
        let asked = ask.await.map(Arc::new);
        let mut last = self.last.write().unwrap_or_else(PoisonError::into_inner);
        match &asked {
            Ok(told) => *last = Last { known: Some((Arc::clone(told), Instant::now())), failed_at: None },
            Err(_) => last.failed_at = Some(Instant::now()),
        }
        asked
    }

    fn known(&self, age: Duration) -> Option<Arc<T>> {
        self.read(|last| last.known.as_ref().filter(|(_, at)| at.elapsed() < age).map(|(known, _)| Arc::clone(known)))
    }

    fn read<R>(&self, look: impl FnOnce(&Last<T>) -> R) -> R {
        look(&self.last.read().unwrap_or_else(PoisonError::into_inner))
    }
}
