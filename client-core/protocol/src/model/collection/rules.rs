//! The rules of a journal, asked by the phone before it seals an entry, and by the server when one arrives.
//!
//! The phone seals nothing that has a problem. The server refuses nothing for one: it keeps the entry, says what is wrong with it in a
//! [flag](super::office::FlagKind), and goes on, because a receipt that was handed to a customer exists. A journal has one author, so what an
//! entry was judged by on its phone is what comes before it.

use super::{
    book::Lease,
    entry::{Act, Amounts, Entry, Receipt, Sealed},
    fen::Fen,
    ledger::{Book, Head, Ledger, ReceiptState, Session},
    office::FlagKind,
    ticket::Ticket,
};
use crate::{
    ids::{DocumentId, SessionId},
    key::PublicKey,
};

/// What is wrong with an entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct Problem {
    /// The flag that it gets.
    pub kind: FlagKind,
    /// In words, without customer data.
    pub detail: String,
}

impl Problem {
    fn new(kind: FlagKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }
}

/// All that is wrong with an entry that comes after everything in `ledger`. `key` is the key that the server has known for this phone.
#[must_use]
pub fn problems(ledger: &Ledger, sealed: &Sealed, entry: &Entry, key: Option<&PublicKey>) -> Vec<Problem> {
    let chain = follows(&ledger.head, entry).map_err(|detail| Problem::new(FlagKind::ChainBroken, detail));
    let act = permitted(ledger, &entry.act).map_err(|detail| Problem::new(kind_of(ledger, &entry.act), detail));
    let signature = signed(sealed, entry, key.or(ledger.key.as_ref()));
    [chain.err(), act.err(), signature.err()].into_iter().flatten().collect()
}

/// A number that was left out is looked into, and forbids nothing: the receipt before may have been refused for bytes that were damaged on the way,
/// and one bad receipt must not cost the next one. So is an envelope that was handed in before the phone heard of the settlement.
fn kind_of(ledger: &Ledger, act: &Act) -> FlagKind {
    let left_out = |receipt: &Receipt| {
        let next = ledger.books.values().find(|book| book.lease.holds(&receipt.ticket)).and_then(Book::next);
        let first_of_the_rest = next.filter(|next| next.number < receipt.ticket.number);
        first_of_the_rest.is_some_and(|ticket| issue(ledger, &Receipt { ticket, ..receipt.clone() }).is_ok())
    };
    match act {
        Act::Receipt(receipt) if left_out(receipt) => FlagKind::ChainBroken,
        Act::Deposited { session, amounts, .. }
            if ledger.sessions.get(session).is_some_and(|session| covers(session, *amounts).is_ok()) =>
        {
            FlagKind::DepositBreak
        }
        _ => FlagKind::NotPermitted,
    }
}

/// Whether an entry is the next of a journal.
///
/// # Errors
/// In words, what does not fit.
pub fn follows(head: &Head, entry: &Entry) -> Result<(), String> {
    if entry.seq != head.seq.saturating_add(1) {
        return Err(format!("entry {} comes after entry {}", entry.seq, head.seq));
    }
    if entry.previous != head.hash {
        return Err(format!("entry {} does not name the hash of entry {}", entry.seq, head.seq));
    }
    let turnover = head.turnover + entry.act.turnover();
    if entry.turnover != turnover {
        return Err(format!("the running total after entry {} is {turnover}, not {}", entry.seq, entry.turnover));
    }
    Ok(())
}

fn signed(sealed: &Sealed, entry: &Entry, known: Option<&PublicKey>) -> Result<(), Problem> {
    let named = entry.key.as_ref();
    if let (Some(known), Some(named)) = (known, named)
        && known != named
    {
        return Err(Problem::new(FlagKind::KeyChanged, format!("entry {} names another key than before", entry.seq)));
    }
    match (&sealed.signature, known.or(named)) {
        (None, _) if matches!(entry.act, Act::Attested { .. }) => {
            Err(Problem::new(FlagKind::BadSignature, format!("the attestation {} has no signature", entry.seq)))
        }
        (None, _) => Ok(()),
        (Some(signature), Some(key)) if key.has_signed(sealed.hash().as_bytes(), signature) => Ok(()),
        (Some(_), _) => Err(Problem::new(FlagKind::BadSignature, format!("the signature of entry {} is not this phone's", entry.seq))),
    }
}

/// Whether an act may come next, by what the journal itself says.
///
/// # Errors
/// In words, the rule that it breaks.
pub fn permitted(ledger: &Ledger, act: &Act) -> Result<(), String> {
    match act {
        Act::BookTaken { book, first, last } => take(ledger, *book, first, last),
        Act::SessionOpened { session, .. } => match ledger.open_session() {
            _ if ledger.sessions.contains_key(session) => Err("this session was opened before".to_owned()),
            Some(_) => Err("a session is open already: close it first".to_owned()),
            None => Ok(()),
        },
        Act::Receipt(receipt) => issue(ledger, receipt),
        Act::Voided { ticket, session, amount, .. } => void(ledger, ticket, *session, *amount),
        Act::Refunded { ticket, session, amount, .. } => refund(ledger, ticket, *session, *amount),
        Act::Deposited { session, amounts, .. } => deposit(ledger, *session, *amounts),
        Act::SessionClosed { session, counted, tickets, reason, .. } => {
            let open = open(ledger, *session)?;
            if *tickets != open.tickets {
                return Err(format!("{} receipts stand and {} are voided in this session", open.tickets.used, open.tickets.voided));
            }
            let missing = (open.expected_in_hand() - *counted).total();
            if missing != Fen::ZERO && reason.is_none() {
                return Err(format!("{missing} is missing from what should be in hand: say why (below zero: too much)"));
            }
            Ok(())
        }
        Act::BookReturned { book, unused } => {
            let book = held(ledger, *book)?;
            if book.next().is_none() {
                return Err("the book has no tickets to give back".to_owned());
            }
            if *unused == book.left { Ok(()) } else { Err(format!("{} tickets of the book are unused, not {unused}", book.left)) }
        }
        Act::Attested { from, through } => match ledger.to_attest() {
            Some(range) if range == (*from, *through) => Ok(()),
            Some((first, last)) => Err(format!("the entries without a signature are {first} to {last}")),
            None => Err("no entry lacks a signature".to_owned()),
        },
    }
}

fn take(ledger: &Ledger, id: DocumentId, first: &Ticket, last: &Ticket) -> Result<(), String> {
    let Book { lease, taken, .. } = held(ledger, id)?;
    let Lease { first: from, last: to, .. } = lease;
    if *taken {
        return Err("the book was drawn before".to_owned());
    }
    if *first != lease.ticket(*from) || *last != lease.ticket(*to) {
        return Err("the book has other numbers".to_owned());
    }
    Ok(())
}

fn issue(ledger: &Ledger, receipt: &Receipt) -> Result<(), String> {
    open(ledger, receipt.session)?;
    let ticket = &receipt.ticket;
    let book = ledger
        .books
        .values()
        .find(|book| book.lease.holds(ticket))
        .ok_or_else(|| format!("ticket {ticket} is of no book that this phone holds"))?;
    if !book.taken {
        return Err("the book was not drawn yet".to_owned());
    }
    // A book that the server froze meanwhile is no fault of the journal: the server flags what comes out of it.
    if book.frozen_reason.is_none() {
        match book.next() {
            Some(next) if next == *ticket => {}
            Some(next) => return Err(format!("the next ticket is {next}, not {ticket}")),
            None => return Err("the book has no tickets left".to_owned()),
        }
    }
    if receipt.open > receipt.due {
        return Err("more is open than was due".to_owned());
    }
    Ok(())
}

fn void(ledger: &Ledger, ticket: &Ticket, session: SessionId, amount: Fen) -> Result<(), String> {
    let open = open(ledger, session)?;
    let issued = ledger.receipts.get(ticket).ok_or_else(|| format!("there is no receipt {ticket} here"))?;
    if issued.receipt.session != session {
        return Err("a receipt is voided in its own session only; later it is refunded".to_owned());
    }
    if issued.state != ReceiptState::Counted || issued.refunded.is_positive() {
        return Err(format!("receipt {ticket} does not stand any more"));
    }
    if issued.receipt.amount != amount {
        return Err("a receipt is voided with all of its amount".to_owned());
    }
    let left = open.expected_in_hand() - Amounts::by(&issued.receipt.method, amount);
    if !left.is_covered() {
        return Err("there is not so much money in hand".to_owned());
    }
    if open.deposits.iter().any(|deposit| deposit.declared.is_some()) {
        return Err("money of this session was deposited already: a receipt of before can only be refunded".to_owned());
    }
    Ok(())
}

fn refund(ledger: &Ledger, ticket: &Ticket, session: SessionId, amount: Fen) -> Result<(), String> {
    let open = open(ledger, session)?;
    let issued = ledger.receipts.get(ticket).ok_or_else(|| format!("there is no receipt {ticket} here"))?;
    if issued.state != ReceiptState::Counted {
        return Err(format!("receipt {ticket} does not stand any more"));
    }
    if issued.refunded + amount > issued.receipt.amount {
        return Err(format!("receipt {ticket} is over {}", issued.receipt.amount));
    }
    if open.expected_in_hand().cash < amount {
        return Err("there is not so much cash in hand".to_owned());
    }
    Ok(())
}

fn deposit(ledger: &Ledger, session: SessionId, amounts: Amounts) -> Result<(), String> {
    let session = ledger.sessions.get(&session).ok_or("there is no such session here")?;
    if session.settled { Err("the session is settled".to_owned()) } else { covers(session, amounts) }
}

/// Whether so much can be in an envelope.
fn covers(session: &Session, amounts: Amounts) -> Result<(), String> {
    let in_hand = match &session.closing {
        None => session.expected_in_hand(),
        Some(closing) => closing.deposited + closing.counted - session.declared(),
    };
    if !(in_hand - amounts).is_covered() {
        return Err(format!(
            "only {} in cash, {} in cheques and {} in terminal slips are in hand",
            in_hand.cash, in_hand.cheque, in_hand.terminal
        ));
    }
    Ok(())
}

fn open(ledger: &Ledger, id: SessionId) -> Result<&Session, String> {
    let session = ledger.sessions.get(&id).ok_or("open a session first")?;
    if session.closing.is_some() { Err("the session is closed".to_owned()) } else { Ok(session) }
}

fn held(ledger: &Ledger, id: DocumentId) -> Result<&Book, String> {
    ledger.books.get(&id).ok_or_else(|| "this phone does not hold the book".to_owned())
}
