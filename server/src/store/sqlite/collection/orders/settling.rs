//! Sessions: deposits that are confirmed, and the settlement that writes receipts off.

use linecrew_protocol::{
    ids::{DocumentId, InstallationId, SessionId},
    model::collection::{Amounts, Fen, Flag, FlagKind, OfficeAct},
};
use rusqlite::{Connection, OptionalExtension, Row};

use super::{
    super::{books, journals::raise, payments},
    Counter, Stop, Subject, not_now,
};

/// Where a session is.
struct Place {
    device: InstallationId,
    /// The book whose document holds its opening, and gets what the office does about it.
    book: DocumentId,
}

impl Counter<'_, '_> {
    pub(super) fn confirm(&mut self, id: SessionId, slip: &str, amounts: Amounts) -> Result<Subject, Stop> {
        let (place, settled) = self.place(id)?;
        let journal = self.batch.journals.journal(self.batch.transaction, place.device, place.book)?;
        journal.ensure_session(self.batch.transaction, place.device, id)?;
        let session = journal.ledger().sessions.get(&id).ok_or(Stop::NotFound)?;
        let deposit = session.deposits.iter().find(|deposit| deposit.slip == slip);
        if deposit.is_some_and(|deposit| deposit.confirmed.is_some()) {
            return Err(not_now(format!("slip {slip} was confirmed before")));
        }
        // An envelope that the phone declared without knowing of the settlement is money all the same.
        if settled && deposit.is_none() {
            return Err(not_now("the session is settled"));
        }
        self.record(place.book, &OfficeAct::DepositConfirmed { session: id, slip: slip.to_owned(), amounts })?;
        Ok(Subject::Session(place.device, id))
    }

    pub(super) fn settle(&mut self, id: SessionId, reason: Option<&str>) -> Result<Subject, Stop> {
        let (place, settled) = self.place(id)?;
        if settled {
            return Err(not_now("the session is settled"));
        }
        let journal = self.batch.journals.journal(self.batch.transaction, place.device, place.book)?;
        let session = journal.ledger().sessions.get(&id).ok_or(Stop::NotFound)?;
        let Some(rest) = session.to_deposit() else { return Err(not_now("the session is not closed")) };
        let missing = rest.total();
        if missing != Fen::ZERO && reason.is_none() {
            return Err(not_now(format!("{missing} yuan is missing in the deposits (below zero: too much): say why")));
        }
        self.record(place.book, &OfficeAct::SessionSettled { session: id, reason: reason.map(str::to_owned) })?;
        payments::write_off(self.batch.transaction, place.device, id)?;
        if missing != Fen::ZERO {
            let detail = format!("{missing} yuan was missing in the deposits at the settlement (below zero: too much)");
            raise(self.batch, place.device, place.book, Flag::on_session(FlagKind::DepositBreak, id, missing, detail))?;
        }
        Ok(Subject::Session(place.device, id))
    }

    /// Where a session is that the clerk may decide about, and whether it is settled.
    fn place(&self, id: SessionId) -> Result<(Place, bool), Stop> {
        let found = find(self.connection(), id)?.ok_or(Stop::NotFound)?;
        self.may_write(books::district_of(self.connection(), found.0.book)?.ok_or(Stop::NotFound)?)?;
        Ok(found)
    }
}

fn find(connection: &Connection, id: SessionId) -> rusqlite::Result<Option<(Place, bool)>> {
    let sql = "SELECT device, document, settled FROM cash_sessions WHERE session = ?1 ORDER BY opened_at LIMIT 1";
    let read = |row: &Row<'_>| {
        let (device, book) = (InstallationId::from_bytes(row.get("device")?), DocumentId::from_bytes(row.get("document")?));
        Ok((Place { device, book }, row.get("settled")?))
    };
    connection.prepare_cached(sql)?.query_row([id.as_bytes()], read).optional()
}
