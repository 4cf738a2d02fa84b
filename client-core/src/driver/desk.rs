//! The store, asked without blocking the runtime.

use std::panic::resume_unwind;

use linecrew_protocol::time::Timestamp;
use linecrew_sqlite::Execution;

use crate::{client::Client, error::StoreError, store::installation};

/// The client, and where its calls run.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    client: Client,
    execution: Execution,
}

impl Desk {
    pub(super) fn new(client: Client, execution: Execution) -> Self {
        Self { client, execution }
    }

    /// Runs `question` against the store.
    ///
    /// # Cancellation
    /// Dropping the future drops the answer, never half of a call: it has not begun, or it runs to its end.
    pub(super) async fn ask<T, F>(&self, question: F) -> T
    where
        T: Send + 'static,
        F: FnOnce(&Client) -> T + Send + 'static,
    {
        if self.execution == Execution::Inline {
            return question(&self.client);
        }
        let client = self.client.clone();
        match tokio::task::spawn_blocking(move || question(&client)).await {
            Ok(answer) => answer,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => resume_unwind(panic),
                // The runtime is going down, and this future with it.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// The number that the next edit will get.
    pub(super) async fn next_seq(&self) -> Result<u64, StoreError> {
        self.ask(|client| client.read_unleased(|connection| Ok(installation::next_device_seq(connection)?))).await
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn monotonic_ms(&self) -> u64 {
        self.client.host().monotonic_ms()
    }

    pub(super) fn wall(&self) -> Timestamp {
        self.client.host().wall()
    }
}
