//! What the office does about collection, carried out by the store as the author of its own changes.

mod leasing;
mod settling;

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DistrictId, DocumentId, InstallationId, SessionId},
    model::{
        collection::{OfficeAct, office::COUNT, receivable::ReceivableAct},
        person::{Principal, Role},
    },
    time::Timestamp,
};
use rusqlite::{Connection, Transaction};

use super::{
    super::{
        Desk,
        author::{author, caller},
        batch::Batch,
        columns::damaged,
    },
    acts, bills, books, consequences, flags, listing,
};
use crate::store::{
    Effects,
    collection::{Clerk, CollectionDone, CollectionOrder},
};

/// Why an order was not carried out.
enum Stop {
    NotFound,
    Refused(Refusal),
    Failed(rusqlite::Error),
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// It is a matter of time.
fn not_now(detail: impl Into<String>) -> Stop {
    Stop::Refused(Refusal::new(Reason::StateNotPermitted, detail))
}

/// What an order was about.
enum Subject {
    Book(DocumentId),
    Session(InstallationId, SessionId),
    Flag(InstallationId, String),
    Receivable(DocumentId),
}

/// Somebody in the office at work.
struct Counter<'a, 'b> {
    batch: &'a mut Batch<'b>,
    clerk: &'a Clerk,
}

pub(in super::super) fn order(
    transaction: &Transaction<'_>,
    desk: &Desk,
    clerk: &Clerk,
    order: &CollectionOrder,
) -> rusqlite::Result<CollectionDone> {
    let Some(by) = caller(transaction, desk, &clerk.by)? else {
        return Ok(CollectionDone::Refused(Refusal::new(Reason::RoleNotPermitted, "this person is not known here")));
    };
    let clerk = Clerk { by, ..clerk.clone() };
    let mut batch = Batch::new(transaction, desk, clerk.now)?;
    let outcome = Counter { batch: &mut batch, clerk: &clerk }.carry_out(order);
    if let Err(Stop::Failed(error)) = outcome {
        return Err(error);
    }
    let effects = batch.settle()?;
    match outcome {
        Ok(subject) => show(transaction, (desk, clerk.now), subject, effects),
        Err(Stop::Refused(refusal)) => Ok(CollectionDone::Refused(refusal)),
        Err(_) => Ok(CollectionDone::NotFound),
    }
}

fn show(connection: &Connection, (desk, now): (&Desk, Timestamp), subject: Subject, effects: Effects) -> rusqlite::Result<CollectionDone> {
    let gone = || damaged("document");
    Ok(match subject {
        Subject::Book(id) => CollectionDone::Book(listing::books::one(connection, id)?.ok_or_else(gone)?, effects),
        Subject::Session(device, id) => {
            let today = desk.local_day(now);
            CollectionDone::Session(listing::sessions::one(connection, (device, id), &today)?.ok_or_else(gone)?, effects)
        }
        Subject::Flag(device, flag) => CollectionDone::Flag(listing::flags::one(connection, device, &flag)?.ok_or_else(gone)?, effects),
        Subject::Receivable(id) => CollectionDone::Receivable(listing::receivables::one(connection, id)?.ok_or_else(gone)?, effects),
    })
}

impl Counter<'_, '_> {
    fn carry_out(&mut self, order: &CollectionOrder) -> Result<Subject, Stop> {
        match order {
            CollectionOrder::Lease { collector, device, count } => self.lease(*collector, *device, *count),
            CollectionOrder::Freeze { book, reason } => self.freeze(*book, reason),
            CollectionOrder::HandOver { book, voided, unused } => self.hand_over(*book, (*voided, *unused)),
            CollectionOrder::ConfirmDeposit { session, slip, amounts } => self.confirm(*session, slip, *amounts),
            CollectionOrder::Settle { session, reason } => self.settle(*session, reason.as_deref()),
            CollectionOrder::Resolve { book, flag, choice, note } => self.resolve(*book, flag, (choice, note)),
            CollectionOrder::Withdraw { receivable, reason } => self.withdraw(*receivable, reason),
        }
    }

    fn resolve(&mut self, book: DocumentId, flag: &str, (choice, note): (&str, &str)) -> Result<Subject, Stop> {
        self.may_write(books::district_of(self.connection(), book)?.ok_or(Stop::NotFound)?)?;
        let (device, raised, decided) = flags::find(self.connection(), book, flag)?.ok_or(Stop::NotFound)?;
        if decided {
            return Err(not_now("somebody has decided already"));
        }
        if !raised.kind.choices().contains(&choice) {
            let detail = format!("the choices are {}", raised.kind.choices().join(", "));
            return Err(Refusal::new(Reason::InvalidValue, detail).into());
        }
        let journal = self.batch.journals.journal(self.batch.transaction, device, book)?;
        if let Some(seq) = raised.seq {
            journal.ensure_line(self.batch.transaction, device, seq)?;
        }
        self.record(book, &OfficeAct::FlagResolved { flag: flag.to_owned(), choice: choice.to_owned(), note: note.to_owned() })?;
        let decision = flags::Decision { choice, note, by_name: &self.clerk.by_name, at: self.clerk.now };
        flags::decide(self.batch.transaction, device, flag, &decision)?;
        if let Some(seq) = raised.seq.filter(|_| choice == COUNT) {
            consequences::follow(self.batch, device, seq)?;
        }
        Ok(Subject::Flag(device, flag.to_owned()))
    }

    fn withdraw(&mut self, receivable: DocumentId, reason: &str) -> Result<Subject, Stop> {
        let bill = bills::find(self.connection(), receivable)?.ok_or(Stop::NotFound)?;
        self.may_write(bill.district)?;
        if bill.withdrawn {
            return Err(not_now("it was withdrawn before"));
        }
        if reason.trim().is_empty() {
            return Err(Refusal::new(Reason::InvalidValue, "reason is missing").into());
        }
        bills::withdraw(self.batch.transaction, receivable)?;
        let author = author(self.batch.transaction, self.batch.desk, &self.clerk.by, &self.clerk.by_name, self.clerk.now)?;
        bills::record_by(self.batch, receivable, &ReceivableAct::Withdrawn { reason: reason.to_owned() }, &author)?;
        Ok(Subject::Receivable(receivable))
    }

    /// Records an act of the clerk's. Its journal is at work.
    fn record(&mut self, book: DocumentId, act: &OfficeAct) -> Result<(), Stop> {
        let author = author(self.batch.transaction, self.batch.desk, &self.clerk.by, &self.clerk.by_name, self.clerk.now)?;
        Ok(acts::record(self.batch, book, act, &author)??)
    }

    fn may_write(&self, district: DistrictId) -> Result<(), Stop> {
        if may_write(&self.clerk.by, district) {
            return Ok(());
        }
        Err(Refusal::new(Reason::RoleNotPermitted, "this role does not decide about money of that district").into())
    }

    fn connection(&self) -> &Connection {
        self.batch.transaction
    }
}

fn may_write(by: &Principal, district: DistrictId) -> bool {
    [Role::Cashier, Role::Dispatcher, Role::Admin].into_iter().any(|role| by.holds(role, district))
}
