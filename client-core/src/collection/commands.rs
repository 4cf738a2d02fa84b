//! What a collector does. Each command is durable when it returns.

use linecrew_protocol::{
    ids::{DocumentId, SessionId},
    model::{
        collection::{Act, Amounts, EntryHash, Fen, Method, Receipt, Ticket, ledger::Session},
        person::Role,
    },
};
use rusqlite::Connection;
use serde::Serialize;

use super::{
    CollectionError, SavedEntry,
    act::{Step, draw, with_first_use},
    append::Entered,
    due,
    seal::Sealing,
    situation::Situation,
};
use crate::{client::Client, host};

/// A receipt that exists from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Issued {
    /// Its number.
    pub ticket: Ticket,
    /// What is printed for the server to check it by.
    pub code: String,
    /// The hash of its entry.
    pub hash: EntryHash,
    /// Whether it is signed; else an attestation follows.
    pub signed: bool,
    /// The receipt.
    pub receipt: Receipt,
    /// The entry.
    pub entry: SavedEntry,
}

/// A command's answer: the entry on this phone's disk, or why there is none.
type Saved = Result<SavedEntry, CollectionError>;

#[expect(clippy::missing_errors_doc, reason = "every command fails in the ways of `CollectionError`, which says them")]
impl Client {
    /// Draws a book (领取票据): this one, or the first that is not drawn yet. A book is also drawn by its first use.
    pub fn take_book(&self, book: Option<DocumentId>) -> Saved {
        self.enter_one(|_, situation| {
            let fresh = || situation.ledger.books.iter().find(|(id, book)| !book.taken && situation.holds(**id)).map(|(id, _)| *id);
            let id = book.or_else(fresh).ok_or(CollectionError::NoBook)?;
            let known = situation.ledger.books.get(&id).filter(|_| situation.holds(id));
            let known = known.ok_or(CollectionError::UnknownBook { document: id })?;
            situation.requires(Role::Collector, id)?;
            Ok(vec![draw(id, &known.lease)])
        })
    }

    /// Gives the unused rest of a book back.
    pub fn return_book(&self, book: DocumentId) -> Saved {
        self.enter_one(|_, situation| {
            let known = situation.ledger.books.get(&book).filter(|_| situation.holds(book));
            let unused = known.ok_or(CollectionError::UnknownBook { document: book })?.left;
            with_first_use(situation, Step::new(book, Act::BookReturned { book, unused }))
        })
    }

    /// Opens a cash session with change money. A session is one person's day; it may end after midnight.
    pub fn open_session(&self, float: Fen) -> Saved {
        let host = self.host();
        self.enter_carried(move |_, _| Ok(Act::SessionOpened { session: host::new_session(host.as_ref()), float }))
    }

    /// Takes money for an amount due and issues the receipt. More than is open is paid ahead; less leaves the rest open.
    pub fn collect(&self, receivable: DocumentId, amount: Fen, method: Method) -> Result<Issued, CollectionError> {
        let entered = self.enter(|connection, situation| {
            let steps = receipt(connection, situation, receivable, amount, method.clone())?;
            with_first_use(situation, steps)
        })?;
        let entered = last(entered)?;
        let (hash, signed) = (entered.saved.hash, entered.saved.signed);
        match entered.act {
            Act::Receipt(receipt) => {
                let ticket = receipt.ticket.clone();
                Ok(Issued { ticket, code: hash.verification_code(), hash, signed, receipt, entry: entered.saved })
            }
            _ => Err(CollectionError::Contended),
        }
    }

    /// Takes a receipt of the open session back: the money is returned, the original kept.
    pub fn void_receipt(&self, ticket: &Ticket, reason: impl Into<String>) -> Saved {
        let reason = reason.into();
        self.enter_carried(move |situation, session| {
            let amount = amount_of(situation, ticket)?;
            Ok(Act::Voided { ticket: ticket.clone(), session: session?, amount, reason: reason.clone() })
        })
    }

    /// Gives money of an earlier receipt back, out of the open session's cash. Only a cashier does that.
    pub fn refund_receipt(&self, ticket: &Ticket, amount: Fen, reason: impl Into<String>) -> Saved {
        let reason = reason.into();
        self.enter_carried(move |situation, session| {
            situation.requires(Role::Cashier, situation.carrier()?)?;
            amount_of(situation, ticket)?;
            Ok(Act::Refunded { ticket: ticket.clone(), session: session?, amount, reason: reason.clone() })
        })
    }

    /// Pays money in: of the open session, or else of the last closed one that is not settled.
    pub fn deposit(&self, slip: impl Into<String>, bank: impl Into<String>, amounts: Amounts) -> Saved {
        let (slip, bank) = (slip.into(), bank.into());
        self.enter_carried(move |situation, session| {
            let session = session.ok().or_else(|| unsettled(situation)).ok_or(CollectionError::NoSession)?;
            Ok(Act::Deposited { session, slip: slip.clone(), bank: bank.clone(), amounts })
        })
    }

    /// Pays money of one session in, such as yesterday's while today's is open.
    pub fn deposit_of(&self, session: SessionId, slip: impl Into<String>, bank: impl Into<String>, amounts: Amounts) -> Saved {
        let (slip, bank) = (slip.into(), bank.into());
        self.enter_carried(move |_, _| Ok(Act::Deposited { session, slip: slip.clone(), bank: bank.clone(), amounts }))
    }

    /// Closes the open session. `counted` is what is in hand, `float_left` what of it stays as change money; `reason` is needed when the count is
    /// not what the journal says.
    pub fn close_session(&self, counted: Amounts, float_left: Fen, reason: Option<String>) -> Saved {
        self.enter_carried(move |situation, session| {
            let session = session?;
            let tickets = situation.ledger.sessions.get(&session).map(|open| open.tickets).unwrap_or_default();
            Ok(Act::SessionClosed { session, counted, float_left, tickets, reason: reason.clone() })
        })
    }

    /// Vouches for the entries that were sealed while the key could not be used. `None`: there are none.
    pub fn attest(&self) -> Result<Option<SavedEntry>, CollectionError> {
        let entered = self.append(|_, _| Ok(|sealing: &mut Sealing<'_>| sealing.try_attest()?.map_err(CollectionError::KeyUnavailable)))?;
        Ok(entered.into_iter().next().map(|entered| entered.saved))
    }

    /// An act that goes into the carrying book, of the open session if it wants one.
    fn enter_carried(&self, act: impl Fn(&Situation, Result<SessionId, CollectionError>) -> Result<Act, CollectionError>) -> Saved {
        self.enter_one(|_, situation| {
            let carrier = situation.carrier()?;
            situation.requires(Role::Collector, carrier)?;
            with_first_use(situation, Step::new(carrier, act(situation, situation.open_session())?))
        })
    }

    fn enter_one(&self, plan: impl Fn(&Connection, &Situation) -> Result<Vec<Step>, CollectionError>) -> Saved {
        Ok(last(self.enter(plan)?)?.saved)
    }
}

/// A plan ends with what was asked for.
fn last(entered: Vec<Entered>) -> Result<Entered, CollectionError> {
    entered.into_iter().next_back().ok_or(CollectionError::Contended)
}

fn receipt(
    connection: &Connection,
    situation: &Situation,
    receivable: DocumentId,
    amount: Fen,
    method: Method,
) -> Result<Step, CollectionError> {
    if !amount.is_positive() {
        return Err(CollectionError::NoAmount { amount });
    }
    let (book, current) = situation.current_book()?;
    situation.requires(Role::Collector, book)?;
    let session = situation.open_session()?;
    let due = due::find(connection, receivable)?.ok_or(CollectionError::UnknownReceivable { document: receivable })?;
    let bill = due.bill;
    if due.is_withdrawn || !due.open.is_positive() {
        return Err(CollectionError::ReceivableClosed { account: bill.account, period: bill.period });
    }
    let receipt = Receipt {
        ticket: current.next().ok_or(CollectionError::NoTickets)?,
        session,
        receivable,
        account: bill.account,
        period: bill.period,
        due: bill.amount,
        open: due.open,
        amount,
        method,
    };
    Ok(Step { document: book, act: Act::Receipt(receipt), customer: Some(bill.customer) })
}

fn amount_of(situation: &Situation, ticket: &Ticket) -> Result<Fen, CollectionError> {
    let issued = situation.ledger.receipts.get(ticket);
    issued.map(|issued| issued.receipt.amount).ok_or_else(|| CollectionError::UnknownTicket { ticket: ticket.clone() })
}

/// The last session that is closed and not settled.
fn unsettled(situation: &Situation) -> Option<SessionId> {
    let is_waiting = |session: &&Session| session.closing.is_some() && !session.settled;
    let sessions = situation.ledger.sessions.iter().filter(|(_, session)| is_waiting(session));
    sessions.max_by_key(|(_, session)| session.seq).map(|(id, _)| *id)
}
