//! Field collection in the store: journals, books, receivables (docs/adr/0016).

use linecrew_protocol::{
    ids::{DistrictId, SessionId},
    model::collection::Ticket,
    time::Timestamp,
};
use rusqlite::{Connection, Transaction};

use super::Desk;
use crate::store::{
    Effects,
    collection::{
        Billed, BookRecord, Clerk, CollectionDone, CollectionOrder, FlagRecord, NewReceivable, ReceivableFilter, ReceivableRecord,
        SessionDetail, SessionRecord,
    },
};

pub(super) fn sessions(
    _connection: &Connection,
    _day: Option<&str>,
    _districts: Option<&[DistrictId]>,
    _now: Timestamp,
) -> rusqlite::Result<Vec<SessionRecord>> {
    Ok(Vec::new())
}

pub(super) fn session(_connection: &Connection, _session: SessionId, _now: Timestamp) -> rusqlite::Result<Option<SessionDetail>> {
    Ok(None)
}

pub(super) fn books(_connection: &Connection, _districts: Option<&[DistrictId]>) -> rusqlite::Result<Vec<BookRecord>> {
    Ok(Vec::new())
}

pub(super) fn flags(_connection: &Connection, _all: bool, _districts: Option<&[DistrictId]>) -> rusqlite::Result<Vec<FlagRecord>> {
    Ok(Vec::new())
}

pub(super) fn receivables(_connection: &Connection, _filter: &ReceivableFilter) -> rusqlite::Result<Vec<ReceivableRecord>> {
    Ok(Vec::new())
}

pub(super) fn bill(
    _transaction: &Transaction<'_>,
    _desk: &Desk,
    _clerk: &Clerk,
    _district: DistrictId,
    _items: &[NewReceivable],
) -> rusqlite::Result<(Vec<Billed>, Effects)> {
    Ok((Vec::new(), Effects::default()))
}

pub(super) fn order(
    _transaction: &Transaction<'_>,
    _desk: &Desk,
    _clerk: &Clerk,
    _order: &CollectionOrder,
) -> rusqlite::Result<CollectionDone> {
    Ok(CollectionDone::NotFound)
}

pub(super) fn verify(_connection: &Connection, _ticket: &Ticket, _code: &str) -> rusqlite::Result<bool> {
    Ok(false)
}
