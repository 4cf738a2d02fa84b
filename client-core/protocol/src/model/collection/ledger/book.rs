//! A ticket book in the fold: where each of its tickets is.

use serde::{Deserialize, Serialize};

use super::super::{
    book::{LOW_WATER_PERCENT, Lease},
    ticket::Ticket,
};

/// A book and its tickets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// The block.
    pub lease: Lease,
    /// Whether the collector has drawn it.
    pub taken: bool,
    /// Receipts that stand.
    pub used: u64,
    /// Receipts that were voided.
    pub voided: u64,
    /// Receipts that count for nothing until somebody decides.
    pub disputed: u64,
    /// Numbers that were left out.
    pub missing: u64,
    /// The unused rest that was given back.
    pub returned: u64,
    /// The unused rest that is worth nothing.
    pub frozen: u64,
    /// The unused rest in hand.
    pub left: u64,
    /// Why it is frozen, when it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen_reason: Option<String>,
    /// Whether its tickets were handed in and counted.
    pub handed_over: bool,
    pub(super) highest: u32,
    pub(super) given_back: bool,
}

impl Book {
    pub(super) fn of(lease: Lease) -> Self {
        let highest = lease.first.saturating_sub(1);
        Self {
            lease,
            taken: false,
            used: 0,
            voided: 0,
            disputed: 0,
            missing: 0,
            returned: 0,
            frozen: 0,
            left: 0,
            frozen_reason: None,
            handed_over: false,
            highest,
            given_back: false,
        }
    }

    /// The next ticket, while there is one that may be issued.
    #[must_use]
    pub fn next(&self) -> Option<Ticket> {
        let is_open = !self.given_back && self.frozen_reason.is_none() && self.highest < self.lease.last;
        is_open.then(|| self.lease.ticket(self.highest.saturating_add(1)))
    }

    /// Whether the next book should come before this one is used up.
    #[must_use]
    pub fn is_low(&self) -> bool {
        self.left.saturating_mul(100) <= self.lease.drawn().saturating_mul(LOW_WATER_PERCENT)
    }

    /// Whether every ticket is accounted for.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        let parts = [self.used, self.voided, self.disputed, self.missing, self.returned, self.frozen, self.left];
        self.lease.drawn() == parts.into_iter().fold(0, u64::saturating_add)
    }
}
