//! What the office and the server add to a book: deposits that a cashier confirms, settlements, freezes, and flags for people to decide.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    Fen, Ticket,
    entry::{Amounts, MAX_AMOUNT},
};
use crate::{
    ids::SessionId,
    model::{
        event::{of_parts, parts},
        work::order::{bounded, required},
    },
    refusal::{Reason, Refusal},
};

/// Something about money that no rule can settle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlagKind {
    /// Rule 8: two receipts for one bill. Both are valid money; the excess is paid ahead.
    DoublePayment,
    /// Rule 9: a receipt was voided offline while the money of its session was deposited.
    VoidedAndDeposited,
    /// What was counted at the close is not what the journal says.
    CountBreak,
    /// What the cashier confirmed is not what was to be deposited.
    DepositBreak,
    /// Another receipt bears the same number, or another entry has the same place in the journal.
    NumberTaken,
    /// An entry does not follow the one before: its place, its hash or its running total.
    ChainBroken,
    /// The signature is not this phone's.
    BadSignature,
    /// The phone signs with another key than before.
    KeyChanged,
    /// The amount due on a receipt is not the server's.
    AmountDueAltered,
    /// An entry that the rules do not allow.
    NotPermitted,
    /// A receipt out of a frozen book: issued before the phone was lost, or by whoever has it.
    AfterFreeze,
}

impl FlagKind {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::DoublePayment,
        Self::VoidedAndDeposited,
        Self::CountBreak,
        Self::DepositBreak,
        Self::NumberTaken,
        Self::ChainBroken,
        Self::BadSignature,
        Self::KeyChanged,
        Self::AmountDueAltered,
        Self::NotPermitted,
        Self::AfterFreeze,
    ];

    /// Its name, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DoublePayment => "double_payment",
            Self::VoidedAndDeposited => "voided_and_deposited",
            Self::CountBreak => "count_break",
            Self::DepositBreak => "deposit_break",
            Self::NumberTaken => "number_taken",
            Self::ChainBroken => "chain_broken",
            Self::BadSignature => "bad_signature",
            Self::KeyChanged => "key_changed",
            Self::AmountDueAltered => "amount_due_altered",
            Self::NotPermitted => "not_permitted",
            Self::AfterFreeze => "after_freeze",
        }
    }

    /// Whether the entry counts for nothing until somebody has decided that it does.
    #[must_use]
    pub fn disputes(self) -> bool {
        matches!(self, Self::BadSignature | Self::AmountDueAltered | Self::NotPermitted)
    }

    /// What can be decided.
    #[must_use]
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Self::DoublePayment => &["keep_as_prepayment", "refund_customer"],
            Self::VoidedAndDeposited => &["void_stands", "look_for_money"],
            Self::CountBreak | Self::DepositBreak => &["collector_makes_good", "company_bears"],
            Self::BadSignature | Self::AmountDueAltered | Self::NotPermitted => &[COUNT, "do_not_count"],
            Self::NumberTaken | Self::ChainBroken | Self::KeyChanged | Self::AfterFreeze => &["looked_into"],
        }
    }
}

/// The choice that makes a disputed entry count.
pub const COUNT: &str = "count";

/// A flag, raised by the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flag {
    /// Its name within the journal: the same reason gives the same name, so that it is raised once.
    pub id: String,
    /// What it is about.
    pub kind: FlagKind,
    /// The entry's place in the journal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// The session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionId>,
    /// The receipt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket: Option<Ticket>,
    /// How much is at stake: for breaks, what is missing (below zero: too much).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Fen>,
    /// In words, without customer data.
    pub detail: String,
}

impl Flag {
    /// A flag on an entry.
    #[must_use]
    pub fn on_entry(kind: FlagKind, seq: u64, detail: impl Into<String>) -> Self {
        let id = format!("{}/{seq}", kind.name());
        Self { id, kind, seq: Some(seq), session: None, ticket: None, amount: None, detail: detail.into() }
    }

    /// A flag on a session.
    #[must_use]
    pub fn on_session(kind: FlagKind, session: SessionId, amount: Fen, detail: impl Into<String>) -> Self {
        let id = format!("{}/{session}", kind.name());
        Self { id, kind, seq: None, session: Some(session), ticket: None, amount: Some(amount), detail: detail.into() }
    }
}

/// An act of the office, or of the server itself, on a book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "body", rename_all = "snake_case")]
pub enum OfficeAct {
    /// The book was leased: its first event.
    Leased,
    /// The rest of the book is worth nothing: the phone is lost.
    Frozen {
        /// Why.
        reason: String,
    },
    /// A cashier has the money, or the bank's word that it has.
    DepositConfirmed {
        /// The session.
        session: SessionId,
        /// The slip's number.
        slip: String,
        /// How much.
        amounts: Amounts,
    },
    /// The session is settled: its receipts are written off against the receivables.
    SessionSettled {
        /// The session.
        session: SessionId,
        /// Why money is missing or too much, when it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
    },
    /// The tickets of the book were handed in and counted.
    HandedOver {
        /// What was counted as voided originals.
        voided: u64,
        /// What was counted as unused.
        unused: u64,
    },
    /// Something for people to decide.
    Flagged(Flag),
    /// Somebody decided.
    FlagResolved {
        /// The flag.
        flag: String,
        /// One of its choices.
        choice: String,
        /// Why.
        note: String,
    },
}

impl OfficeAct {
    /// Kind and body of the event.
    #[must_use]
    pub fn parts(&self) -> (String, Value) {
        parts(self)
    }

    /// From an event's kind and body; none when it is no act of the office that this build knows.
    #[must_use]
    pub fn of(kind: &str, body: &Value) -> Option<Self> {
        of_parts(kind, body)
    }

    /// # Errors
    /// [`Reason::InvalidValue`] naming the field.
    pub fn validate(&self) -> Result<(), Refusal> {
        match self {
            Self::Frozen { reason } => required("reason", reason),
            Self::DepositConfirmed { slip, amounts, .. } => {
                required("slip", slip)?;
                let each = [amounts.cash, amounts.cheque, amounts.terminal];
                if each.iter().all(|amount| (Fen::ZERO..=MAX_AMOUNT).contains(amount)) && amounts.total().is_positive() {
                    return Ok(());
                }
                Err(Refusal::new(Reason::InvalidValue, "amounts are below zero, nothing at all, or too much"))
            }
            Self::SessionSettled { reason, .. } => reason.iter().try_for_each(|reason| required("reason", reason)),
            Self::FlagResolved { note, .. } => bounded("note", note),
            Self::Leased | Self::HandedOver { .. } | Self::Flagged(_) => Ok(()),
        }
    }
}
