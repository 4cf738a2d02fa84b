//! An entry that comes, and what follows from it: written in the transaction that keeps the entry, so that no reader sees one without the other.

use linecrew_protocol::{
    Refusal,
    ids::{DocumentId, InstallationId},
    model::collection::{
        Act, Entry, Fen, Flag, FlagKind, Receipt, Sealed, Ticket,
        audit::Stored,
        ledger::{Ledger, Line},
        rules,
    },
};

use super::{
    super::{author::own_author, batch::Batch, changes::Origin, installations},
    bills,
    books::{self, Holder},
    journal,
    journals::raise,
    payments,
};

/// Keeps an entry, flags what is wrong with it, and does what follows from it.
///
/// # Errors
/// Its place in the journal or its number is taken: the database says so, and the flag is raised.
pub(in super::super) fn receive(
    batch: &mut Batch<'_>,
    origin: &Origin,
    sealed: Sealed,
    entry: Entry,
) -> rusqlite::Result<Result<(), Refusal>> {
    let hash = sealed.hash();
    if journal::is_known(batch.transaction, &hash)? {
        return Ok(Ok(()));
    }
    let (device, book, seq) = (entry.device, origin.document, entry.seq);
    // The key that the phone enrolled with; a phone from before is known by the first key that its journal named.
    let enrolled = installations::find(batch.transaction, device)?.and_then(|phone| phone.key);
    let key = enrolled.or(journal::anchor(batch.transaction, device)?.key);
    let journal = batch.journals.journal(batch.transaction, device, book)?;
    journal.ensure(batch.transaction, device, &entry.act)?;
    let problems = rules::problems(journal.ledger(), &sealed, &entry, key.as_ref());
    let line = Line { hash, signed: sealed.signature.is_some(), entry };
    let stored = Stored::of(book, sealed, &line.entry);
    if let Err(refusal) = journal::insert(batch.transaction, &stored, &line.entry, origin.received_at)? {
        raise(batch, device, book, about(FlagKind::NumberTaken, &line.entry, &refusal.detail))?;
        return Ok(Err(refusal));
    }
    let entry = line.entry.clone();
    journal.push(book, line);
    for problem in problems {
        raise(batch, device, book, about(problem.kind, &entry, &problem.detail))?;
    }
    if let Act::Receipt(receipt) = &entry.act
        && let Some(detail) = altered(batch, receipt)?
    {
        raise(batch, device, book, about(FlagKind::AmountDueAltered, &entry, detail))?;
    }
    follow(batch, device, seq)?;
    Ok(Ok(()))
}

/// What follows from an entry that counts: when it comes, or when somebody has decided that it does.
pub(super) fn follow(batch: &mut Batch<'_>, device: InstallationId, seq: u64) -> rusqlite::Result<()> {
    let Some(journal) = batch.journals.at_work(device) else { return Ok(()) };
    if journal.ledger().is_disputed(seq) {
        return Ok(());
    }
    let (Some(entry), Some(book)) = (journal.line(seq).map(|line| line.entry.clone()), journal.carrier(seq)) else { return Ok(()) };
    match &entry.act {
        Act::Receipt(receipt) => {
            payments::settle(batch, device, &receipt.ticket)?;
            frozen(batch, (device, book), &entry, &receipt.ticket)?;
            low_water(batch, device, &receipt.ticket)?;
        }
        Act::Voided { ticket, .. } => {
            payments::settle(batch, device, ticket)?;
            deposited(batch, (device, book), &entry)?;
        }
        Act::Refunded { ticket, .. } => payments::settle(batch, device, ticket)?,
        _ => {}
    }
    count_breaks(batch, device)
}

/// A flag on an entry, with what it is about.
fn about(kind: FlagKind, entry: &Entry, detail: &str) -> Flag {
    let amount = Some(entry.act.turnover()).filter(|amount| *amount != Fen::ZERO);
    Flag { session: entry.act.session(), ticket: entry.act.ticket().cloned(), amount, ..Flag::on_entry(kind, entry.seq, detail) }
}

/// What of a receipt is not as the bill says.
fn altered(batch: &Batch<'_>, receipt: &Receipt) -> rusqlite::Result<Option<&'static str>> {
    let Some(bill) = bills::find(batch.transaction, receipt.receivable)? else {
        return Ok(Some("there is no such receivable"));
    };
    let due = &bill.due;
    let same = [receipt.due == due.amount, receipt.account == due.account, receipt.period == due.period];
    Ok(match same {
        [true, true, true] => None,
        [false, ..] => Some("the amount due on the receipt is not the receivable's"),
        [_, false, _] => Some("the account on the receipt is not the receivable's"),
        [.., false] => Some("the period on the receipt is not the receivable's"),
    })
}

/// A receipt out of a frozen book: it was issued before the phone was lost, or by whoever has it.
fn frozen(batch: &mut Batch<'_>, (device, book): (InstallationId, DocumentId), entry: &Entry, ticket: &Ticket) -> rusqlite::Result<()> {
    let Some(journal) = batch.journals.at_work(device) else { return Ok(()) };
    let is_frozen = journal.ledger().books.values().any(|book| book.lease.holds(ticket) && book.frozen_reason.is_some());
    if is_frozen {
        raise(batch, device, book, about(FlagKind::AfterFreeze, entry, "the book was frozen when this receipt came"))?;
    }
    Ok(())
}

/// Rule 9: the money of a session is at the bank already, and a receipt of it was taken back.
fn deposited(batch: &mut Batch<'_>, (device, book): (InstallationId, DocumentId), entry: &Entry) -> rusqlite::Result<()> {
    let Some(journal) = batch.journals.at_work(device) else { return Ok(()) };
    let session = entry.act.session().and_then(|session| journal.ledger().sessions.get(&session));
    if session.is_some_and(|session| session.deposits.iter().any(|deposit| deposit.confirmed.is_some())) {
        let detail = "the receipt was voided on the phone while money of its session was confirmed as deposited";
        raise(batch, device, book, about(FlagKind::VoidedAndDeposited, entry, detail))?;
    }
    Ok(())
}

fn count_breaks(batch: &mut Batch<'_>, device: InstallationId) -> rusqlite::Result<()> {
    let Some(journal) = batch.journals.at_work(device) else { return Ok(()) };
    for (book, flag) in
        breaks(journal.ledger()).into_iter().filter_map(|(seq, flag)| Some((journal.carrier(seq)?, flag))).collect::<Vec<_>>()
    {
        raise(batch, device, book, flag)?;
    }
    Ok(())
}

/// Sessions whose count is not what the journal says, and which nobody was told of.
fn breaks(ledger: &Ledger) -> Vec<(u64, Flag)> {
    let broken = ledger.sessions.iter().filter_map(|(id, session)| {
        let missing = session.closing.as_ref()?.count_break();
        let detail = format!("{missing} yuan is missing at the count (below zero: too much)");
        let flag = Flag::on_session(FlagKind::CountBreak, *id, missing, detail);
        (missing != Fen::ZERO && !ledger.flags.contains_key(&flag.id)).then_some((session.seq, flag))
    });
    broken.collect()
}

/// The next book comes before this one is used up.
fn low_water(batch: &mut Batch<'_>, device: InstallationId, ticket: &Ticket) -> rusqlite::Result<()> {
    let Some(journal) = batch.journals.at_work(device) else { return Ok(()) };
    let ledger = journal.ledger();
    let Some((id, book)) = ledger.books.iter().find(|(_, book)| book.lease.holds(ticket)) else { return Ok(()) };
    let has_more = ledger.books.iter().any(|(other, book)| other != id && book.next().is_some() && !book.is_low());
    if has_more || !book.is_low() || book.frozen_reason.is_some() || book.handed_over {
        return Ok(());
    }
    let (id, collector, count) = (*id, book.lease.collector, u32::try_from(book.lease.drawn()).unwrap_or(u32::MAX));
    let Some(district) = books::district_of(batch.transaction, id)? else { return Ok(()) };
    let author = own_author(batch.transaction, batch.desk, batch.now)?;
    if let Err(refusal) = books::lease(batch, Holder { district, collector, device }, count, &author)? {
        tracing::error!(document = %id, refusal.detail, "the next book could not be leased");
    }
    Ok(())
}
