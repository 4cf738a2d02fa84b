//! Cash sessions.

use linecrew_protocol::{
    ids::{DistrictId, DocumentId, InstallationId, SessionId},
    model::collection::ledger::{Deposit, Session},
};
use rusqlite::{Connection, Row, named_params};

use super::{
    super::{
        super::{
            columns::{read_json, read_optional_time, read_time},
            rows::hex_list,
        },
        flags,
    },
    read_collector,
};
use crate::store::collection::{DepositRecord, SessionRecord, SessionState};

const SELECT: &str = "
    SELECT session, cash_sessions.device, installations.name AS device_name, cash_sessions.document, books.district,
           collector, people.name AS collector_name, day, opened_at, closed_at, record
    FROM cash_sessions JOIN books ON books.document = cash_sessions.document
    LEFT JOIN people ON people.id = collector LEFT JOIN installations ON installations.id = cash_sessions.device
    WHERE (:only IS NULL OR session = :only)
      AND (:device IS NULL OR cash_sessions.device = :device)
      AND (:day IS NULL OR day = :day OR (:unsettled AND settled = 0))
      AND (:districts IS NULL OR books.district IN (SELECT unhex(value) FROM json_each(:districts)))
    ORDER BY opened_at DESC, session DESC";

/// Sessions, newest first: those of a day, or today's and all that are not settled.
pub(in super::super::super) fn list(
    connection: &Connection,
    (day, today): (Option<&str>, &str),
    districts: Option<&[DistrictId]>,
) -> rusqlite::Result<Vec<SessionRecord>> {
    let none = None::<[u8; 16]>;
    let values = named_params! {
        ":only": none,
        ":device": none,
        ":day": day.unwrap_or(today),
        ":unsettled": day.is_none(),
        ":districts": districts.map(hex_list).transpose()?,
    };
    connection.prepare_cached(SELECT)?.query_map(values, |row| read(connection, row, today))?.collect()
}

/// One session of a phone.
pub(in super::super) fn one(
    connection: &Connection,
    (device, session): (InstallationId, SessionId),
    today: &str,
) -> rusqlite::Result<Option<SessionRecord>> {
    select_one(connection, (Some(device), session), today)
}

/// The session with this id; the first one, when several phones drew the same.
pub(super) fn first(connection: &Connection, session: SessionId, today: &str) -> rusqlite::Result<Option<SessionRecord>> {
    select_one(connection, (None, session), today)
}

fn select_one(
    connection: &Connection,
    (device, session): (Option<InstallationId>, SessionId),
    today: &str,
) -> rusqlite::Result<Option<SessionRecord>> {
    let none = None::<String>;
    let values = named_params! {
        ":only": session.as_bytes(),
        ":device": device.map(|device| *device.as_bytes()),
        ":day": none,
        ":unsettled": false,
        ":districts": none,
    };
    let mut statement = connection.prepare_cached(SELECT)?;
    let found = statement.query_map(values, |row| read(connection, row, today))?.collect::<rusqlite::Result<Vec<SessionRecord>>>()?;
    Ok(found.into_iter().next_back())
}

fn read(connection: &Connection, row: &Row<'_>, today: &str) -> rusqlite::Result<SessionRecord> {
    let record: Session = read_json(row, "record")?;
    let (id, device) = (SessionId::from_bytes(row.get("session")?), InstallationId::from_bytes(row.get("device")?));
    let day: String = row.get("day")?;
    let closing = record.closing.as_ref();
    Ok(SessionRecord {
        session: id,
        device,
        device_name: row.get::<_, Option<String>>("device_name")?.unwrap_or_default(),
        book: DocumentId::from_bytes(row.get("document")?),
        collector: read_collector(row)?,
        district: DistrictId::from_bytes(row.get("district")?),
        overdue: !record.settled && day.as_str() < today,
        day,
        opened_at: read_time(row, "opened_at")?,
        closed_at: read_optional_time(row, "closed_at")?,
        state: state(&record),
        float: record.float,
        float_left: closing.map(|closing| closing.float_left),
        receipts: record.tickets.used,
        voided_receipts: record.tickets.voided,
        collected: record.collected,
        voided: record.voided,
        refunded: record.refunded,
        net: record.net(),
        to_deposit: record.to_deposit(),
        count_break: closing.map(linecrew_protocol::model::collection::ledger::Closing::count_break),
        deposit_break: record.deposit_break(),
        count_reason: closing.and_then(|closing| closing.reason.clone()),
        deposit_reason: record.settled_reason.clone(),
        open_flags: flags::open_of(connection, device, id)?,
        deposits: record.deposits.into_iter().map(deposit).collect(),
    })
}

fn state(session: &Session) -> SessionState {
    match (session.settled, &session.closing) {
        (true, _) => SessionState::Settled,
        (false, Some(_)) => SessionState::Closed,
        (false, None) => SessionState::Open,
    }
}

fn deposit(deposit: Deposit) -> DepositRecord {
    let Deposit { slip, bank, declared, confirmed } = deposit;
    DepositRecord { slip, bank, declared, confirmed }
}
