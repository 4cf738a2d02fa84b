//! What people do. Every command is on this phone's disk when it returns, with or without a network, or nothing of it is.

mod common;
mod customers;
mod evidence;
mod repair;
mod rotation;
mod survey;

pub use customers::MeterServiceReport;
pub use evidence::{AttachedFile, FileContent, NewFile, Point, Stroke};
pub use rotation::{MeterExchange, MeterPutOn, MeterTakenOff, StartReading};

use linecrew_client::{
    Client, CommandError,
    protocol::{
        ids::{DocumentId, EventId},
        model::work::Phase,
        time::Timestamp,
    },
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// An edit that is on this phone's disk.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct SavedEdit {
    /// Its number on this installation.
    pub device_seq: u64,
    /// The item.
    pub document: DocumentId,
    /// The event in the item's history.
    pub event: EventId,
    /// What it records, such as `arrived`.
    pub kind: String,
    /// When, by this phone's clock.
    pub saved_at: Timestamp,
    /// Where the item stands now, as far as this phone knows, in its kind's words.
    pub state: Option<String>,
    /// The same, in words of all kinds.
    pub phase: Option<Phase>,
}

impl From<linecrew_client::SavedEdit> for SavedEdit {
    fn from(edit: linecrew_client::SavedEdit) -> Self {
        let linecrew_client::SavedEdit { device_seq, document, event, kind, saved_at, state, phase } = edit;
        Self { device_seq, document, event, kind, saved_at, state, phase }
    }
}

type Saved = Result<SavedEdit, LinecrewError>;

impl LinecrewCore {
    /// Carries out one command. It goes on when nobody waits for its answer any more.
    async fn command(&self, command: impl FnOnce(&Client) -> Result<linecrew_client::SavedEdit, CommandError> + Send + 'static) -> Saved {
        self.write(move |client| Ok(command(client)?.into())).await
    }
}
