//! What a phone holds of a customer only while its person needs it: the telephone number and the arrears (docs/domain.md, Privacy).
//!
//! They are never part of the work item's document, which the whole crew holds. They lie in a document of their own, which the server puts into
//! the feeds of those people who hold one of the kind's roles, from dispatch to close. What leaves a feed leaves the phone's disk.

use automerge::Automerge;
use serde::{Deserialize, Serialize};

use crate::{
    ids::DocumentId,
    model::{
        command::{Author, Written, create, put_json},
        document::{Meta, Snapshot},
    },
    refusal::{Reason, Refusal},
};

/// `meta.kind` of a contact's document.
pub const CONTACT_KIND: &str = "customer_contact";

/// The part of a customer that not everybody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The work item.
    pub item: DocumentId,
    /// How to reach the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// What the customer owes, in fen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arrears_fen: Option<i64>,
}

/// The first and only change of a contact's document. Only a server writes it.
///
/// # Errors
/// When Automerge refuses to write.
pub fn publish(meta: &Meta, contact: &Contact, author: &Author) -> Result<Written, Refusal> {
    let recorded = author.sign(("kept_apart".to_owned(), serde_json::Value::Null));
    create(meta, author, recorded, |transaction| put_json(transaction, "order", contact))
}

/// The contact in a document.
///
/// # Errors
/// [`Reason::UnreadableEvent`] when it is no contact.
pub fn read(document: &Automerge) -> Result<Contact, Refusal> {
    let snapshot = Snapshot::read(document)?;
    let none = || Refusal::new(Reason::UnreadableEvent, "not a contact's document");
    if snapshot.meta.kind != CONTACT_KIND {
        return Err(none());
    }
    serde_json::from_value(snapshot.order).map_err(|_| none())
}
