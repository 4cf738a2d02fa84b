//! What boards hear.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::store::{BoardRow, PhoneRecord};

/// Something new for a board.
#[derive(Debug, Clone)]
pub enum BoardNews {
    /// A row as it is now. Rows of two commits may come in either order: the higher revision is the newer.
    Item(Arc<BoardRow>),
    /// A phone as it is now.
    Phone(Arc<PhoneRecord>),
    /// A journal, a book or a receivable changed: read what is shown of them anew.
    Collection,
    /// Other refused edits wait for a decision than before: read them anew.
    Quarantine,
    /// Some news were lost, because this board reads too slowly: take a new snapshot.
    Lagged,
}

/// A board's end of the bus.
#[derive(Debug)]
pub struct BoardUpdates(broadcast::Receiver<BoardNews>);

impl BoardUpdates {
    pub(super) fn new(receiver: broadcast::Receiver<BoardNews>) -> Self {
        Self(receiver)
    }

    /// The next news; none when the bus is gone.
    ///
    /// # Cancellation
    ///
    /// Safe: no news is lost when the future is dropped.
    pub async fn next(&mut self) -> Option<BoardNews> {
        match self.0.recv().await {
            Ok(news) => Some(news),
            Err(broadcast::error::RecvError::Lagged(_)) => Some(BoardNews::Lagged),
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}
