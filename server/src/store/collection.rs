//! Field collection as the store shows it (docs/api.md).

use linecrew_protocol::{
    Refusal,
    ids::{DistrictId, DocumentId, InstallationId, PersonId, SessionId},
    model::{
        collection::{Amounts, EntryHash, Fen, FlagKind, Receivable, Series, Ticket, ledger::ReceiptState},
        person::Principal,
    },
    time::Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{Effects, PersonBrief};

/// How a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// The collector is at work.
    Open,
    /// Counted and closed.
    Closed,
    /// Deposited and written off.
    Settled,
}

/// A cash session as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionRecord {
    /// The session.
    pub session: SessionId,
    /// The phone.
    pub device: InstallationId,
    /// Its name.
    pub device_name: String,
    /// The document that holds its opening.
    pub book: DocumentId,
    /// Whose it is.
    pub collector: PersonBrief,
    /// Where.
    pub district: DistrictId,
    /// The day it belongs to, such as `2026-11-28`: that of its opening, as far as the evidence allows the phone's clock.
    pub day: String,
    /// When it was opened, by the same rule.
    pub opened_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// How it stands.
    pub state: SessionState,
    /// Of a day before today, and not settled.
    pub overdue: bool,
    /// Change money taken along.
    pub float: Fen,
    /// What of it stays.
    pub float_left: Option<Fen>,
    /// Receipts that stand.
    pub receipts: u64,
    /// Receipts that were voided.
    pub voided_receipts: u64,
    /// What all its receipts brought in.
    pub collected: Amounts,
    /// What of that was taken back.
    pub voided: Amounts,
    /// What was given back for earlier receipts.
    pub refunded: Fen,
    /// What it brought in after all.
    pub net: Amounts,
    /// Its deposits.
    pub deposits: Vec<DepositRecord>,
    /// What is still to be deposited.
    pub to_deposit: Option<Amounts>,
    /// What was missing at the count (below zero: too much).
    pub count_break: Option<Fen>,
    /// What was missing in the deposits.
    pub deposit_break: Option<Fen>,
    /// The collector's word on it.
    pub count_reason: Option<String>,
    /// The cashier's word on it.
    pub deposit_reason: Option<String>,
    /// Questions that somebody has to decide.
    pub open_flags: u64,
}

/// A deposit of a session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositRecord {
    /// The slip's number.
    pub slip: String,
    /// Where.
    pub bank: Option<String>,
    /// What the collector says.
    pub declared: Option<Amounts>,
    /// What the cashier says.
    pub confirmed: Option<Amounts>,
}

/// A session with its entries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionDetail {
    /// As in lists.
    #[serde(flatten)]
    pub record: SessionRecord,
    /// Its part of the journal.
    pub entries: Vec<EntryRecord>,
    /// Its flags and those of its entries.
    pub flags: Vec<FlagRecord>,
}

/// An entry as the board and the exports show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EntryRecord {
    /// Its place in the journal.
    pub seq: u64,
    /// What.
    pub act: String,
    /// When, as far as the evidence allows the phone's clock.
    pub at: Timestamp,
    /// When it came.
    pub received_at: Timestamp,
    /// The ticket.
    pub ticket: Option<Ticket>,
    /// What it adds to the running total.
    pub amount: Fen,
    /// The account.
    pub account: Option<String>,
    /// The customer.
    pub customer: Option<String>,
    /// What was paid for.
    pub period: Option<String>,
    /// `cash`, `cheque`, `terminal`.
    pub method: Option<String>,
    /// What was paid ahead.
    pub prepaid: Fen,
    /// Receipts: how they stand.
    pub state: Option<ReceiptState>,
    /// Whether somebody has vouched for it.
    pub signed: bool,
    /// The collector's word.
    pub reason: Option<String>,
    /// Its hash.
    pub hash: EntryHash,
}

/// How a book stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookState {
    /// In use.
    Leased,
    /// No ticket is left.
    UsedUp,
    /// The rest was given back.
    Returned,
    /// The rest is worth nothing.
    Frozen,
    /// Its tickets were handed in and counted.
    HandedOver,
}

/// A ticket book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookRecord {
    /// Its document.
    pub book: DocumentId,
    /// The series.
    pub series: Series,
    /// The first number.
    pub first: u32,
    /// The last number.
    pub last: u32,
    /// Whose.
    pub collector: PersonBrief,
    /// On which phone.
    pub device: InstallationId,
    /// The phone's name.
    pub device_name: String,
    /// Where.
    pub district: DistrictId,
    /// Since when.
    pub leased_at: Timestamp,
    /// How it stands.
    pub state: BookState,
    /// Whether the collector has drawn it.
    pub taken: bool,
    /// All its tickets.
    pub drawn: u64,
    /// Receipts that stand.
    pub used: u64,
    /// Voided ones.
    pub voided: u64,
    /// Disputed ones.
    pub disputed: u64,
    /// Numbers that were left out.
    pub missing: u64,
    /// Unused and given back.
    pub returned: u64,
    /// Unused and worth nothing.
    pub frozen: u64,
    /// Unused and in hand.
    pub left: u64,
    /// Whether the next should come.
    pub low: bool,
    /// Why it is frozen.
    pub frozen_reason: Option<String>,
}

/// A flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagRecord {
    /// Its name within the journal.
    pub flag: String,
    /// The book whose document holds it.
    pub book: DocumentId,
    /// What it is about.
    pub kind: FlagKind,
    /// Whose journal.
    pub collector: PersonBrief,
    /// The session.
    pub session: Option<SessionId>,
    /// The receipt.
    pub ticket: Option<Ticket>,
    /// How much is at stake.
    pub amount: Option<Fen>,
    /// In words.
    pub detail: String,
    /// Since when.
    pub raised_at: Timestamp,
    /// What can be decided.
    pub choices: Vec<String>,
    /// What was.
    pub resolved: Option<FlagDecision>,
}

/// A decision about a flag.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagDecision {
    /// One of the choices.
    pub choice: String,
    /// Why.
    pub note: String,
    /// Who.
    pub by_name: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// How a receivable stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceivableState {
    /// Something is due.
    Open,
    /// Nothing is.
    Paid,
    /// Billing took it back.
    Withdrawn,
}

/// An amount due and what became of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReceivableRecord {
    /// Its document.
    pub receivable: DocumentId,
    /// What is due.
    #[serde(flatten)]
    pub due: Receivable,
    /// What is paid of it.
    pub paid: Fen,
    /// What was paid beyond it.
    pub prepaid: Fen,
    /// What of it was written off: deposited and settled.
    pub written_off: Fen,
    /// In whose round.
    pub collector: Option<PersonBrief>,
    /// How it stands.
    pub state: ReceivableState,
}

/// Who in the office does it, and when.
#[derive(Debug, Clone, PartialEq)]
pub struct Clerk {
    /// Who.
    pub by: Principal,
    /// Their name.
    pub by_name: String,
    /// Now.
    pub now: Timestamp,
}

/// A receivable to take in.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReceivable {
    /// What is due.
    pub receivable: Receivable,
    /// In whose round.
    pub collector: PersonId,
}

/// What became of one receivable of an import.
#[derive(Debug, Clone, PartialEq)]
pub enum Billed {
    /// It is new.
    Created(DocumentId),
    /// The same was billed before.
    Unchanged(DocumentId),
    /// It cannot be billed, or its reference was billed with other words.
    Refused(Refusal),
}

/// What the office does about collection.
#[derive(Debug, Clone, PartialEq)]
pub enum CollectionOrder {
    /// Leases a book.
    Lease {
        /// To whom.
        collector: PersonId,
        /// On which phone.
        device: InstallationId,
        /// How many tickets.
        count: u32,
    },
    /// Freezes a book.
    Freeze {
        /// The book.
        book: DocumentId,
        /// Why.
        reason: String,
    },
    /// Takes a book's tickets in.
    HandOver {
        /// The book.
        book: DocumentId,
        /// Voided originals that were counted.
        voided: u64,
        /// Unused tickets that were counted.
        unused: u64,
    },
    /// Confirms a deposit.
    ConfirmDeposit {
        /// The session.
        session: SessionId,
        /// The slip.
        slip: String,
        /// How much.
        amounts: Amounts,
    },
    /// Settles a session and writes its receipts off.
    Settle {
        /// The session.
        session: SessionId,
        /// Why money is missing or too much.
        reason: Option<String>,
    },
    /// Decides about a flag.
    Resolve {
        /// The book.
        book: DocumentId,
        /// The flag.
        flag: String,
        /// One of its choices.
        choice: String,
        /// Why.
        note: String,
    },
    /// Takes a receivable back.
    Withdraw {
        /// The receivable.
        receivable: DocumentId,
        /// Why.
        reason: String,
    },
}

/// What an order of the office was about, as it is now.
#[derive(Debug, Clone, PartialEq)]
pub enum CollectionDone {
    /// A book.
    Book(BookRecord, Effects),
    /// A session.
    Session(SessionRecord, Effects),
    /// A flag.
    Flag(FlagRecord, Effects),
    /// A receivable.
    Receivable(ReceivableRecord, Effects),
    /// There is no such thing.
    NotFound,
    /// A rule refused it: `StateNotPermitted` when it is a matter of time.
    Refused(Refusal),
}

/// Which receivables to list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReceivableFilter {
    /// Only of this round.
    pub collector: Option<PersonId>,
    /// Only those of which something is due.
    pub open_only: bool,
    /// Only districts the caller may see; everything when absent.
    pub districts: Option<Vec<DistrictId>>,
}
