//! Field collection: saved here first, then, if it can be, brought to the server.

use std::{fs, path::PathBuf};

use linecrew_client::{
    EditStatus, EditsFilter,
    collection::{BookView, Custody, Due, DueFilter, Paper, PaperLanguage, SavedEntry},
    protocol::{
        ids::{DocumentId, SessionId},
        model::collection::{EntryHash, Ticket},
    },
};
use serde_json::{Value, json};

use crate::{
    act::try_to_send,
    args::{BookAction, Collect, Money, SessionAction},
    failure::Failure,
    lang::Lang,
    page::Page,
    phone::Phone,
    view,
};

/// Ticket books.
pub(crate) async fn book(phone: &Phone, page: &Page, offline: bool, action: Option<BookAction>, as_json: bool) -> Result<(), Failure> {
    let books = phone.client.books()?;
    let entry = match action {
        None if as_json => return print_json(json!({ "books": books })),
        None => {
            print!("{}", view::books(page, &books));
            return Ok(());
        }
        Some(BookAction::Take { book }) => {
            phone.take_key()?;
            let book = book.map(|typed| find_book(&books, &typed)).transpose()?;
            phone.client.take_book(book)?
        }
        Some(BookAction::Return { book }) => {
            phone.take_key()?;
            let current = || books.iter().find(|view| view.is_current).map(|view| view.document);
            let none = || Failure::NoBook(String::new());
            let book = book.map(|typed| find_book(&books, &typed)).transpose()?.or_else(current).ok_or_else(none)?;
            phone.client.return_book(book)?
        }
    };
    after(phone, page, offline, &entry).await
}

/// Everything else.
pub(crate) async fn money(phone: &Phone, page: &Page, offline: bool, asked: Money) -> Result<(), Failure> {
    let client = &phone.client;
    let entry = match asked {
        Money::Due { text, all, json } => return due(phone, page, &DueFilter { all, text }, json),
        Money::Receipts { json } => return receipts(phone, page, json),
        Money::Print { ticket, png } => return print(phone, page, &ticket, png),
        Money::Session { action: None } => return session(phone, page, false),
        Money::Session { action: Some(SessionAction::Show { json }) } => return session(phone, page, json),
        Money::Collect(asked) => return collect(phone, page, offline, asked).await,
        Money::Void { ticket, reason } => {
            phone.take_key()?;
            client.void_receipt(&find_ticket(phone, &ticket)?, reason)?
        }
        Money::Refund { ticket, amount, reason } => {
            phone.take_key()?;
            client.refund_receipt(&find_ticket(phone, &ticket)?, amount, reason)?
        }
        Money::Deposit { slip, amounts, bank, session } => {
            phone.take_key()?;
            match session {
                Some(typed) => client.deposit_of(find_session(phone, &typed)?, slip, bank, amounts)?,
                None => client.deposit(slip, bank, amounts)?,
            }
        }
        Money::Session { action: Some(SessionAction::Open { float }) } => {
            phone.take_key()?;
            client.open_session(float)?
        }
        Money::Session { action: Some(SessionAction::Close { counted, float_left, reason }) } => {
            phone.take_key()?;
            client.close_session(counted, float_left, reason)?
        }
    };
    after(phone, page, offline, &entry).await
}

async fn collect(phone: &Phone, page: &Page, offline: bool, asked: Collect) -> Result<(), Failure> {
    phone.take_key()?;
    let receivable = find_due(phone, &asked.account)?;
    let issued = phone.client.collect(receivable, asked.amount, asked.method())?;
    if asked.json {
        // Said before anything else is tried: from here on it exists.
        print_json(json!(issued))?;
        if !offline {
            try_to_send(phone).await?;
        }
        return Ok(());
    }
    print!("{}", view::issued(page, &issued));
    outcome(phone, page, offline, &issued.entry).await
}

async fn after(phone: &Phone, page: &Page, offline: bool, entry: &SavedEntry) -> Result<(), Failure> {
    print!("{}", view::entered(page, entry));
    if entry.act != "session_closed" {
        print!("{}", view::session_in_hand(page, &phone.client.ledger()?));
    }
    outcome(phone, page, offline, entry).await
}

/// Whether it is on the server: only when the server has named it.
async fn outcome(phone: &Phone, page: &Page, offline: bool, entry: &SavedEntry) -> Result<(), Failure> {
    let stopped = if offline { None } else { try_to_send(phone).await? };
    let status = phone.status()?;
    let known = whereabouts(phone, entry, &entry.hash)?;
    print!("{}", view::outcome(page, known.as_ref(), status.pending(), stopped.as_ref()));
    Ok(())
}

fn whereabouts(phone: &Phone, entry: &SavedEntry, hash: &EntryHash) -> Result<Option<EditStatus>, Failure> {
    let edits = phone.client.edits(EditsFilter { document: Some(entry.document), unsafe_only: false, newest: None })?;
    let edit = edits.into_iter().find(|edit| edit.device_seq == entry.device_seq).map(|edit| edit.status);
    Ok(match (edit, phone.client.custody(hash)?) {
        (Some(EditStatus::Safe { .. }), Some(Custody::SavedHere)) => Some(EditStatus::Sent),
        (edit, _) => edit,
    })
}

fn due(phone: &Phone, page: &Page, filter: &DueFilter, as_json: bool) -> Result<(), Failure> {
    let due = phone.client.due(filter)?;
    if as_json {
        return print_json(json!({ "due": due }));
    }
    print!("{}", view::due(page, &due));
    Ok(())
}

fn receipts(phone: &Phone, page: &Page, as_json: bool) -> Result<(), Failure> {
    let receipts = phone.client.receipts()?;
    if as_json {
        return print_json(json!({ "receipts": receipts }));
    }
    print!("{}", view::receipts(page, &receipts));
    Ok(())
}

fn session(phone: &Phone, page: &Page, as_json: bool) -> Result<(), Failure> {
    let ledger = phone.client.ledger()?;
    if as_json {
        return print_json(json!({ "sessions": ledger.sessions, "open": ledger.open_session().map(|(id, _)| id) }));
    }
    print!("{}", view::session(page, &ledger));
    Ok(())
}

fn print(phone: &Phone, page: &Page, typed: &str, png: Option<PathBuf>) -> Result<(), Failure> {
    let ticket = find_ticket(phone, typed)?;
    if let Some(path) = png {
        let picture = phone.client.print_png(&ticket)?;
        return fs::write(&path, picture).map_err(|source| Failure::Write { path, source });
    }
    let language = match page.lang {
        Lang::Zh => PaperLanguage::Chinese,
        Lang::En => PaperLanguage::English,
    };
    let paper = Paper { language, offset: page.clock.offset.of_calendar() };
    print!("{}", phone.client.print_text(&ticket, paper)?);
    Ok(())
}

fn print_json(value: Value) -> Result<(), Failure> {
    println!("{value:#}");
    Ok(())
}

/// A receipt by its number, or by what is behind its series.
fn find_ticket(phone: &Phone, typed: &str) -> Result<Ticket, Failure> {
    let typed = typed.trim();
    if let Ok(ticket) = typed.to_uppercase().parse() {
        return Ok(ticket);
    }
    let wanted: Option<u32> = typed.parse().ok();
    let mut found = phone.client.receipts()?.into_iter().map(|receipt| receipt.ticket).filter(|ticket| Some(ticket.number) == wanted);
    match (found.next(), found.next()) {
        (Some(ticket), None) => Ok(ticket),
        _ => Err(Failure::NoReceipt(typed.to_owned())),
    }
}

/// An amount due by its account, or the end of its id.
fn find_due(phone: &Phone, typed: &str) -> Result<DocumentId, Failure> {
    let typed = typed.trim();
    let all = phone.client.due(&DueFilter { all: true, text: None })?;
    let by_account: Vec<_> = all.iter().filter(|due| due.bill.account == typed).collect();
    let open: Vec<_> = by_account.iter().filter(|due| due.open.is_positive() && !due.is_withdrawn).collect();
    match (open.as_slice(), by_account.as_slice()) {
        ([one], _) => Ok(one.receivable),
        // The client says why nothing can be collected.
        ([], [one, ..]) => Ok(one.receivable),
        ([], []) => {
            let end = typed.to_lowercase();
            let mut found = all.iter().filter(|due| end.len() >= 4 && due.receivable.to_string().ends_with(&end));
            match (found.next(), found.next()) {
                (Some(one), None) => Ok(one.receivable),
                _ => Err(Failure::NothingDue(typed.to_owned())),
            }
        }
        (several, _) => {
            let line = |due: &&&Due| format!("…{}  {}  {}", due.receivable.short(), due.bill.period, due.open);
            Err(Failure::SeveralDue { account: typed.to_owned(), open: several.iter().map(line).collect() })
        }
    }
}

fn find_book(books: &[BookView], typed: &str) -> Result<DocumentId, Failure> {
    let ticket: Option<Ticket> = typed.trim().to_uppercase().parse().ok();
    let end = typed.trim().to_lowercase();
    let is_it = |view: &&BookView| match &ticket {
        Some(ticket) => view.book.lease.holds(ticket),
        None => end.len() >= 4 && view.document.to_string().ends_with(&end),
    };
    let found = books.iter().find(is_it).map(|view| view.document);
    found.ok_or_else(|| Failure::NoBook(typed.to_owned()))
}

fn find_session(phone: &Phone, typed: &str) -> Result<SessionId, Failure> {
    let end = typed.trim().to_lowercase();
    let ledger = phone.client.ledger()?;
    let found = ledger.sessions.keys().find(|id| end.len() >= 4 && id.to_string().ends_with(&end));
    found.copied().ok_or_else(|| Failure::NoSession(typed.to_owned()))
}
