//! An amount due: what the billing system says that an account owes for a period. Only the server writes it, and nobody on site can change
//! it. The phone holds those of its collector's round.

use automerge::Automerge;
use serde::{Deserialize, Serialize};

use super::{Fen, Ticket, entry::MAX_AMOUNT};
use crate::{
    model::{
        command::{Author, Written, create, put_json, write},
        document::{Meta, Snapshot},
        event::{Event, of_parts, parts},
        work::order::{bounded, required},
    },
    refusal::{Reason, Refusal},
};

/// `meta.kind` of a receivable's document.
pub const RECEIVABLE_KIND: &str = "receivable";

/// An amount due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receivable {
    /// The billing system's own number of it: the same one is billed once.
    pub reference: String,
    /// The customer's account.
    pub account: String,
    /// The customer's name.
    pub customer: String,
    /// Where to collect.
    pub address: String,
    /// What for, such as `2026-10`.
    pub period: String,
    /// How much.
    pub amount: Fen,
}

impl Receivable {
    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        let texts = [("reference", &self.reference), ("account", &self.account), ("customer", &self.customer), ("period", &self.period)];
        texts.into_iter().try_for_each(|(field, text)| required(field, text))?;
        bounded("address", &self.address)?;
        if self.amount.is_positive() && self.amount <= MAX_AMOUNT {
            return Ok(());
        }
        Err(Refusal::new(Reason::InvalidValue, format!("amount is not above zero, or above {MAX_AMOUNT}")))
    }
}

/// What the server adds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum ReceivableAct {
    /// It was billed: its first event.
    Billed,
    /// A receipt pays some of it.
    Paid {
        /// The receipt.
        ticket: Ticket,
        /// How much of the bill it pays; what it is above that is paid ahead.
        applied: Fen,
    },
    /// A receipt that paid some of it was voided or refunded.
    PaymentReversed {
        /// The receipt.
        ticket: Ticket,
        /// How much of the bill is open again.
        amount: Fen,
    },
    /// Billing took it back, or it was paid elsewhere.
    Withdrawn {
        /// Why.
        reason: String,
    },
}

/// A receivable, read from its document.
#[derive(Debug, Clone)]
pub struct ReceivableDocument {
    /// Identity.
    pub meta: Meta,
    /// What is due.
    pub receivable: Receivable,
    /// What happened to it.
    pub acts: Vec<ReceivableAct>,
}

impl ReceivableDocument {
    /// What is paid of it, as far as the server knew.
    #[must_use]
    pub fn paid(&self) -> Fen {
        self.acts.iter().fold(Fen::ZERO, |paid, act| match act {
            ReceivableAct::Paid { applied, .. } => paid + *applied,
            ReceivableAct::PaymentReversed { amount, .. } => paid - *amount,
            ReceivableAct::Billed | ReceivableAct::Withdrawn { .. } => paid,
        })
    }
}

/// The first change of a receivable's document. Only a server writes it.
///
/// # Errors
/// [`Reason::InvalidValue`] naming the field, or when Automerge refuses to write.
pub fn bill(meta: &Meta, receivable: &Receivable, author: &Author) -> Result<Written, Refusal> {
    receivable.validate()?;
    let recorded = author.sign(parts(&ReceivableAct::Billed));
    create(meta, author, recorded, |transaction| put_json(transaction, "order", receivable))
}

/// Records what happened to it. Only a server writes it.
///
/// # Errors
/// When Automerge refuses to write.
pub fn record(document: &Automerge, act: &ReceivableAct, author: &Author) -> Result<Written, Refusal> {
    let id = Snapshot::read(document)?.meta.id;
    write(document, id, author, author.sign(parts(act)), |_| Ok(()))
}

/// The receivable in a document.
///
/// # Errors
/// [`Reason::UnreadableEvent`] when it is none.
pub fn read(document: &Automerge) -> Result<ReceivableDocument, Refusal> {
    let snapshot = Snapshot::read(document)?;
    let none = || Refusal::new(Reason::UnreadableEvent, "not a receivable's document");
    if snapshot.meta.kind != RECEIVABLE_KIND {
        return Err(none());
    }
    let receivable = serde_json::from_value(snapshot.order).map_err(|_| none())?;
    let acts = snapshot
        .events
        .values()
        .filter_map(|text| Event::from_text(text).ok().and_then(|event| of_parts(&event.kind, &event.body)))
        .collect();
    Ok(ReceivableDocument { meta: snapshot.meta, receivable, acts })
}
