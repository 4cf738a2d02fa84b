//! A cash session in the fold: what came in, what was deposited, what is not explained.

use serde::{Deserialize, Serialize};

use super::super::{
    entry::{Amounts, TicketCount},
    fen::Fen,
};
use crate::time::Evidence;

/// A deposit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deposit {
    /// The slip's number.
    pub slip: String,
    /// Where the collector says it was paid in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// What the collector says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared: Option<Amounts>,
    /// What the cashier says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<Amounts>,
}

/// The count at the end of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// When, as far as the phone knew.
    pub at: Evidence,
    /// What was counted, float included.
    pub counted: Amounts,
    /// What of the cash stays as change money.
    pub float_left: Fen,
    /// The tickets that were handed in.
    pub tickets: TicketCount,
    /// What should have been in hand.
    pub expected: Amounts,
    /// What had been declared as deposited before.
    pub deposited: Amounts,
    /// The collector's word on the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Closing {
    /// What was missing in hand (below zero: too much).
    #[must_use]
    pub fn count_break(&self) -> Fen {
        (self.expected - self.counted).total()
    }
}

/// A cash session: a collector's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// When it was opened, as far as the phone knew.
    pub opened: Evidence,
    /// The place of its opening in the journal.
    pub seq: u64,
    /// Change money taken along.
    pub float: Fen,
    /// Its receipts that stand, and those that were voided.
    pub tickets: TicketCount,
    /// What all its receipts brought in, voided ones included.
    pub collected: Amounts,
    /// What of that was taken back.
    pub voided: Amounts,
    /// What was given back out of its cash for earlier receipts.
    pub refunded: Fen,
    /// Its deposits.
    pub deposits: Vec<Deposit>,
    /// The count, once it is closed.
    pub closing: Option<Closing>,
    /// Whether it is settled.
    pub settled: bool,
    /// The cashier's word on the difference.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled_reason: Option<String>,
}

impl Session {
    pub(super) fn open(opened: Evidence, seq: u64, float: Fen) -> Self {
        let (tickets, nothing) = (TicketCount::default(), Amounts::default());
        Self {
            opened,
            seq,
            float,
            tickets,
            collected: nothing,
            voided: nothing,
            refunded: Fen::ZERO,
            deposits: Vec::new(),
            closing: None,
            settled: false,
            settled_reason: None,
        }
    }

    /// What it brought in after all.
    #[must_use]
    pub fn net(&self) -> Amounts {
        self.collected - self.voided - Amounts::cash(self.refunded)
    }

    /// What the collector says was deposited.
    #[must_use]
    pub fn declared(&self) -> Amounts {
        self.deposits.iter().filter_map(|deposit| deposit.declared).fold(Amounts::default(), |sum, amounts| sum + amounts)
    }

    /// What the cashier says was deposited.
    #[must_use]
    pub fn confirmed(&self) -> Amounts {
        self.deposits.iter().filter_map(|deposit| deposit.confirmed).fold(Amounts::default(), |sum, amounts| sum + amounts)
    }

    /// What should be in the collector's hands while it is open.
    #[must_use]
    pub fn expected_in_hand(&self) -> Amounts {
        Amounts::cash(self.float) + self.net() - self.declared()
    }

    /// What is still to be deposited, once it is closed (below zero: more was confirmed than there was).
    #[must_use]
    pub fn to_deposit(&self) -> Option<Amounts> {
        self.closing.as_ref().map(|closing| closing.deposited + closing.counted - Amounts::cash(closing.float_left) - self.confirmed())
    }

    /// What is missing in the deposits once it is settled (below zero: too much).
    #[must_use]
    pub fn deposit_break(&self) -> Option<Fen> {
        self.to_deposit().filter(|_| self.settled).map(Amounts::total)
    }

    /// What of the float has become more (below zero: less).
    #[must_use]
    pub fn float_difference(&self) -> Option<Fen> {
        self.closing.as_ref().map(|closing| closing.float_left - self.float)
    }

    /// Whether the closing identity holds; none before the settlement.
    #[must_use]
    pub fn is_explained(&self) -> Option<bool> {
        let (closing, deposit_break, difference) = (self.closing.as_ref()?, self.deposit_break()?, self.float_difference()?);
        Some(self.net().total() == self.confirmed().total() + difference + closing.count_break() + deposit_break)
    }

    pub(super) fn deposit(&mut self, slip: &str) -> &mut Deposit {
        let place = self.deposits.iter().position(|deposit| deposit.slip == slip).unwrap_or(self.deposits.len());
        if place == self.deposits.len() {
            self.deposits.push(Deposit { slip: slip.to_owned(), bank: None, declared: None, confirmed: None });
        }
        #[expect(clippy::indexing_slicing, reason = "found or just pushed")]
        &mut self.deposits[place]
    }
}
