//! Cash sessions, and what the journal of this phone adds up to.

use linecrew_client::protocol::{
    ids::{DocumentId, SessionId},
    model::collection::{
        Amounts, Fen, Flag, FlagKind, Ticket,
        entry::TicketCount,
        ledger::{self, Closing, Deposit, Raised, Session},
    },
    time::Timestamp,
};

use crate::{core::LinecrewCore, error::LinecrewError};

/// Everything that this phone's journal adds up to. Receipts and books have calls of their own.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct Ledger {
    /// The place of the journal's last entry; 0 before the first.
    pub entries: u64,
    /// The running total.
    pub turnover: Fen,
    /// The sessions, in their order.
    pub sessions: Vec<CashSession>,
    /// What nobody could explain.
    pub flags: Vec<MoneyFlag>,
    /// Entries without a signature that no attestation covers.
    pub unsigned: u64,
}

/// A cash session: a collector's day.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CashSession {
    /// Its name.
    pub session: SessionId,
    /// When it was opened, by this phone's clock.
    pub opened_at: Timestamp,
    /// Whether money is taken in it: there is one at most.
    pub is_open: bool,
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
    /// What it brought in after all.
    pub net: Amounts,
    /// What should be in the collector's hands while it is open.
    pub expected_in_hand: Amounts,
    /// Its deposits.
    pub deposits: Vec<CashDeposit>,
    /// The count, once it is closed.
    pub closing: Option<CashCount>,
    /// What is still to be deposited, once it is closed (below zero: more was confirmed than there was).
    pub to_deposit: Option<Amounts>,
    /// Whether it is settled.
    pub settled: bool,
    /// The cashier's word on the difference.
    pub settled_reason: Option<String>,
    /// Whether everything in it is explained; absent before it is settled.
    pub is_explained: Option<bool>,
}

/// Money that was paid in at a bank.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CashDeposit {
    /// The slip's number.
    pub slip: String,
    /// Where the collector says that it was paid in.
    pub bank: Option<String>,
    /// What the collector says.
    pub declared: Option<Amounts>,
    /// What the cashier says.
    pub confirmed: Option<Amounts>,
}

/// The count at the end of a session.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct CashCount {
    /// When, by this phone's clock.
    pub at: Timestamp,
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
    /// What was missing (below zero: too much).
    pub missing: Fen,
    /// The collector's word on the difference.
    pub reason: Option<String>,
}

/// What is wrong with money.
#[uniffi::remote(Enum)]
pub enum FlagKind {
    /// Two receipts for one bill. Both are valid money; the excess is paid ahead.
    DoublePayment,
    /// A receipt was voided offline while the money of its session was deposited.
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

/// Something about money that no rule can settle.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct MoneyFlag {
    /// Its name within the journal.
    pub id: String,
    /// The book whose document holds it.
    pub book: DocumentId,
    /// What it is about.
    pub kind: FlagKind,
    /// The entry's place in the journal.
    pub seq: Option<u64>,
    /// The session.
    pub session: Option<SessionId>,
    /// The receipt.
    pub ticket: Option<Ticket>,
    /// How much is at stake: for breaks, what is missing (below zero: too much).
    pub amount: Option<Fen>,
    /// In words, without customer data.
    pub detail: String,
    /// What was decided.
    pub decision: Option<String>,
    /// Why.
    pub decision_note: Option<String>,
}

impl From<ledger::Ledger> for Ledger {
    fn from(ledger: ledger::Ledger) -> Self {
        let open = ledger.open_session().map(|(id, _)| id);
        // Books and receipts have calls of their own, with what else is known of them; the key is the office's business.
        let ledger::Ledger { head, key: _, books: _, sessions, receipts: _, flags, unsigned } = ledger;
        let mut sessions: Vec<_> = sessions.into_iter().collect();
        sessions.sort_by_key(|(_, session)| session.seq);
        Self {
            entries: head.seq,
            turnover: head.turnover,
            sessions: sessions.into_iter().map(|(id, session)| CashSession::of(id, session, open == Some(id))).collect(),
            flags: flags.into_values().map(MoneyFlag::from).collect(),
            unsigned: unsigned.len() as u64,
        }
    }
}

impl CashSession {
    fn of(id: SessionId, session: Session, is_open: bool) -> Self {
        let (net, expected_in_hand) = (session.net(), session.expected_in_hand());
        let (to_deposit, is_explained) = (session.to_deposit(), session.is_explained());
        let Session { opened, seq: _, float, tickets, collected, voided, refunded, deposits, closing, settled, settled_reason } = session;
        Self {
            session: id,
            opened_at: opened.wall,
            is_open,
            float,
            tickets,
            collected,
            voided,
            refunded,
            net,
            expected_in_hand,
            deposits: deposits.into_iter().map(CashDeposit::from).collect(),
            closing: closing.map(CashCount::from),
            to_deposit,
            settled,
            settled_reason,
            is_explained,
        }
    }
}

impl From<Deposit> for CashDeposit {
    fn from(Deposit { slip, bank, declared, confirmed }: Deposit) -> Self {
        Self { slip, bank, declared, confirmed }
    }
}

impl From<Closing> for CashCount {
    fn from(closing: Closing) -> Self {
        let missing = closing.count_break();
        let Closing { at, counted, float_left, tickets, expected, deposited, reason } = closing;
        Self { at: at.wall, counted, float_left, tickets, expected, deposited, missing, reason }
    }
}

impl From<Raised> for MoneyFlag {
    fn from(Raised { book, flag, resolved }: Raised) -> Self {
        let Flag { id, kind, seq, session, ticket, amount, detail } = flag;
        let (decision, decision_note) = resolved.unzip();
        Self { id, book, kind, seq, session, ticket, amount, detail, decision, decision_note }
    }
}

#[uniffi::export]
impl LinecrewCore {
    /// What this phone's journal adds up to, of this installation.
    ///
    /// # Errors
    /// [`LinecrewError::Locked`], and the store's.
    pub fn ledger(&self) -> Result<Ledger, LinecrewError> {
        self.read(|client| Ok(client.ledger()?.into()))
    }
}
