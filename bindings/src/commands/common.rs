//! The steps that all kinds of work have.

use linecrew_client::protocol::{
    ids::{CrewId, DocumentId},
    time::Timestamp,
};

use super::Saved;
use crate::{core::LinecrewCore, values::Json};

#[uniffi::export]
#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `LinecrewError`, which says them")]
impl LinecrewCore {
    /// Takes the item.
    pub async fn accept(&self, item: DocumentId) -> Saved {
        self.command(move |client| client.accept(item)).await
    }

    /// On the way.
    pub async fn depart(&self, item: DocumentId) -> Saved {
        self.command(move |client| client.depart(item)).await
    }

    /// On site.
    pub async fn arrive(&self, item: DocumentId) -> Saved {
        self.command(move |client| client.arrive(item)).await
    }

    /// The crew cannot take it.
    pub async fn decline(&self, item: DocumentId, reason: String) -> Saved {
        self.command(move |client| client.decline(item, reason)).await
    }

    /// Work stops for now.
    pub async fn suspend_work(&self, item: DocumentId, reason: String) -> Saved {
        self.command(move |client| client.suspend(item, reason)).await
    }

    /// Work goes on after it was suspended.
    pub async fn resume_work(&self, item: DocumentId) -> Saved {
        self.command(move |client| client.resume(item)).await
    }

    /// It cannot be done.
    pub async fn not_done(&self, item: DocumentId, reason: String) -> Saved {
        self.command(move |client| client.not_done(item, reason)).await
    }

    /// Gives it to another crew.
    pub async fn hand_over(&self, item: DocumentId, crew: CrewId, reason: String) -> Saved {
        self.command(move |client| client.hand_over(item, crew, reason)).await
    }

    /// Makes an appointment with the customer, or moves one; the reason says why it moves.
    #[uniffi::method(default(reason = None))]
    pub async fn make_appointment(&self, item: DocumentId, appointment: Timestamp, reason: Option<String>) -> Saved {
        self.command(move |client| client.book(item, appointment, reason)).await
    }

    /// Decides an open question of the item by one of its choices: see `questions` for those that this person may decide.
    pub async fn resolve(&self, item: DocumentId, question: String, choice: String, note: String) -> Saved {
        self.command(move |client| client.resolve(item, question, choice, note)).await
    }

    /// A line for whoever reads the item.
    pub async fn note(&self, item: DocumentId, text: String) -> Saved {
        self.command(move |client| client.note(item, text)).await
    }

    /// Work has to begin although the safety gate is not passed: the dispatcher is told.
    pub async fn force_start(&self, item: DocumentId, reason: String) -> Saved {
        self.command(move |client| client.force_start(item, reason)).await
    }

    /// Takes any step by its name and with its fields, as the catalogue describes them: one of the item's kind, or one that all kinds have.
    pub async fn step(&self, item: DocumentId, name: String, body: Json) -> Saved {
        self.command(move |client| client.step(item, &name, body.0)).await
    }
}
