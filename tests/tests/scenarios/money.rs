//! Field collection: its records, and what collectors do.

use linecrew_client::{
    collection::{Custody, PaperLanguage},
    protocol::model::collection::{Amounts, Fen, FlagKind, Method, Receipt, entry::TicketCount, ledger::ReceiptState},
};
use linecrew_ffi::{
    AmountDue, CashCount, CashDeposit, CashSession, IssuedReceipt, JournalEntry, Ledger, LinecrewCore, MoneyFlag, PaperStyle,
    ReceiptReversal, ReceiptStatus, TicketBook,
};

use crate::{
    asked::{Asked, Failure},
    value::{records, variants},
};

records! {
    AmountDue { receivable, reference, account, customer, address, period, amount, paid, open, is_withdrawn }
    Amounts { cash, cheque, terminal }
    CashCount { at, counted, float_left, tickets, expected, deposited, missing, reason }
    CashDeposit { slip, bank, declared, confirmed }
    CashSession {
        session, opened_at, is_open, float, tickets, collected, voided, refunded, net, expected_in_hand, deposits, closing, to_deposit,
        settled, settled_reason, is_explained
    }
    IssuedReceipt { ticket, code, hash, signed, receipt, entry }
    JournalEntry { device_seq, document, seq, hash, act, signed, at }
    Ledger { entries, turnover, sessions, flags, unsigned }
    MoneyFlag { id, book, kind, seq, session, ticket, amount, detail, decision, decision_note }
    Receipt { ticket, session, receivable, account, period, due, open, amount, method }
    ReceiptReversal { act, at, amount, reason }
    ReceiptStatus { ticket, code, hash, device, seq, at, signed, receipt, customer, state, refunded, reversals, custody }
    TicketBook {
        document, first, last, collector_name, leased_at, taken, next, is_current, is_low, used, voided, disputed, missing, returned,
        frozen, left, frozen_reason, handed_over
    }
    TicketCount { used, voided }
}

variants! {
    Custody { SavedHere, SafeOnServer, Settled, Refused }
    FlagKind {
        DoublePayment, VoidedAndDeposited, CountBreak, DepositBreak, NumberTaken, ChainBroken, BadSignature, KeyChanged, AmountDueAltered,
        NotPermitted, AfterFreeze
    }
    Method { Cash, Cheque { number, bank, date }, Terminal { reference } }
    ReceiptState { Counted, Voided, Refunded, Disputed }
}

/// One step about money; nothing when there is none of this name.
pub(crate) async fn call(core: &LinecrewCore, verb: &str, asked: &mut Asked<'_>) -> Result<Option<Vec<String>>, Failure> {
    let entry = match verb {
        "take_book" => core.take_book(asked.maybe_id("book", "document_id")?).await?,
        "return_book" => core.return_book(asked.id("book", "document_id")?).await?,
        "open_cash_session" => core.open_cash_session(fen(asked, "float")?).await?,
        "void_receipt" => core.void_receipt(asked.id("ticket", "ticket")?, asked.text("reason")?).await?,
        "refund_receipt" => core.refund_receipt(asked.id("ticket", "ticket")?, fen(asked, "amount")?, asked.text("reason")?).await?,
        "deposit" => {
            let session = asked.maybe_id("session", "session_id")?;
            core.deposit(asked.text("slip")?, asked.text("bank")?, amounts(asked)?, session).await?
        }
        "close_cash_session" => core.close_cash_session(amounts(asked)?, fen(asked, "float_left")?, asked.find("reason")).await?,
        "attest" => {
            let attested = core.attest().await?;
            return Ok(Some(asked.labels.lines(attested)));
        }
        "collect" => {
            let receipt = core.collect(asked.id("receivable", "document_id")?, fen(asked, "amount")?, method(asked)?).await?;
            asked.learn(&receipt.ticket);
            return Ok(Some(asked.labels.lines(receipt)));
        }
        _ => {
            return Ok(Some(match look(core, verb, asked)? {
                Some(seen) => seen,
                None => return Ok(None),
            }));
        }
    };
    asked.learn(entry.hash);
    Ok(Some(asked.labels.lines(entry)))
}

fn look(core: &LinecrewCore, verb: &str, asked: &mut Asked<'_>) -> Result<Option<Vec<String>>, Failure> {
    Ok(Some(match verb {
        "books" => asked.labels.lines(core.books()?),
        "due" => asked.labels.lines(core.due(asked.find("text"), asked.parsed("all")?.unwrap_or(false))?),
        "receipts" => asked.labels.lines(core.receipts()?),
        "receipt" => asked.labels.lines(core.receipt(asked.id("ticket", "ticket")?)?),
        "custody" => asked.labels.lines(core.custody(asked.id("entry", "entry_hash")?)?),
        "ledger" => {
            let ledger = core.ledger()?;
            if let Some(last) = ledger.sessions.last() {
                asked.learn(last.session);
            }
            asked.labels.lines(ledger)
        }
        "print_text" => paper(&core.print_text(asked.id("ticket", "ticket")?, style(asked)?)?),
        "print_png" => {
            let png = core.print_png(asked.id("ticket", "ticket")?)?;
            vec![if png.starts_with(b"\x89PNG\r\n\x1a\n") { "png".to_owned() } else { "no png".to_owned() }]
        }
        _ => return Ok(None),
    }))
}

fn fen(asked: &Asked<'_>, key: &str) -> Result<Fen, Failure> {
    Ok(Fen(asked.parsed(key)?.unwrap_or_default()))
}

fn amounts(asked: &Asked<'_>) -> Result<Amounts, Failure> {
    Ok(Amounts { cash: fen(asked, "cash")?, cheque: fen(asked, "cheque")?, terminal: fen(asked, "terminal")? })
}

fn method(asked: &Asked<'_>) -> Result<Method, Failure> {
    Ok(match asked.text("method")?.as_str() {
        "cheque" => Method::Cheque { number: asked.text("number")?, bank: asked.text("bank")?, date: asked.text("date")? },
        "terminal" => Method::Terminal { reference: asked.text("reference")? },
        _ => Method::Cash,
    })
}

fn style(asked: &Asked<'_>) -> Result<PaperStyle, Failure> {
    let language = if asked.find("language").as_deref() == Some("english") { PaperLanguage::English } else { PaperLanguage::Chinese };
    Ok(PaperStyle { language, utc_offset_minutes: asked.parsed("utc_offset_minutes")?.unwrap_or(480) })
}

/// Numbers, times and codes are chance; the words are not.
fn paper(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| !line.contains(|letter: char| letter.is_ascii_alphanumeric()));
    lines.map(|line| line.trim_matches(' ').to_owned()).collect()
}
