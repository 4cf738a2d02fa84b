//! The installation: its id, its numbers, the life of the server's store that it knows.

use linecrew_protocol::ids::{InstallationId, StoreEpoch};
use rusqlite::{Connection, OptionalExtension, Result, Row, Transaction};

use super::{
    columns::{integer, number},
    item,
};

/// The one row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Installation {
    pub(crate) id: InstallationId,
    pub(crate) next_device_seq: u64,
    pub(crate) revision: u64,
    pub(crate) store_epoch: Option<StoreEpoch>,
}

const SELECT: &str = "SELECT id, next_device_seq, revision, store_epoch FROM installation";

pub(crate) fn find(connection: &Connection) -> Result<Option<Installation>> {
    connection.prepare_cached(SELECT)?.query_row([], read).optional()
}

pub(crate) fn current(connection: &Connection) -> Result<Installation> {
    connection.prepare_cached(SELECT)?.query_row([], read)
}

/// Begins the first installation, unless there is one.
pub(crate) fn begin(transaction: &Transaction<'_>, id: InstallationId) -> Result<()> {
    let sql = "INSERT INTO installation (one, id, next_device_seq, revision, layout) VALUES (1, ?1, 1, 0, ?2) ON CONFLICT DO NOTHING";
    transaction.execute(sql, (id.as_bytes(), item::LAYOUT)).map(drop)
}

/// Another identity on the same phone: numbers begin anew.
pub(crate) fn renew(transaction: &Transaction<'_>, id: InstallationId) -> Result<()> {
    transaction.execute("UPDATE installation SET id = ?1, next_device_seq = 1", [id.as_bytes()]).map(drop)
}

/// Another person's phone: nothing of the former stays.
pub(crate) fn forget_everything(transaction: &Transaction<'_>, id: InstallationId) -> Result<()> {
    transaction.execute_batch(
        "DELETE FROM feed; DELETE FROM document; DELETE FROM outbox; DELETE FROM inbox; DELETE FROM departure; DELETE FROM account;
         DELETE FROM journal; DELETE FROM book",
    )?;
    transaction.execute("UPDATE installation SET store_epoch = NULL", [])?;
    renew(transaction, id)
}

/// One more commit; answers its number.
pub(crate) fn rise(transaction: &Transaction<'_>) -> Result<u64> {
    let sql = "UPDATE installation SET revision = revision + 1 RETURNING revision";
    transaction.prepare_cached(sql)?.query_row([], |row| number(row, "revision"))
}

/// The number of the next edit.
pub(crate) fn next_device_seq(connection: &Connection) -> Result<u64> {
    Ok(current(connection)?.next_device_seq)
}

/// `device_seq` is taken. Called only after its edit was written, so that no number is lost to a refusal.
pub(crate) fn use_device_seq(transaction: &Transaction<'_>, device_seq: u64) -> Result<()> {
    let sql = "UPDATE installation SET next_device_seq = ?1 + 1";
    transaction.prepare_cached(sql)?.execute([integer(device_seq)]).map(drop)
}

pub(crate) fn set_store_epoch(transaction: &Transaction<'_>, epoch: StoreEpoch) -> Result<()> {
    transaction.execute("UPDATE installation SET store_epoch = ?1", [epoch.as_bytes()]).map(drop)
}

/// The layout in which the derived rows were written.
pub(crate) fn layout(connection: &Connection) -> Result<i64> {
    connection.query_row("SELECT layout FROM installation", [], |row| row.get("layout"))
}

pub(crate) fn set_layout(transaction: &Transaction<'_>, layout: i64) -> Result<()> {
    transaction.execute("UPDATE installation SET layout = ?1", [layout]).map(drop)
}

/// Bytes of the database, without its log.
pub(crate) fn store_bytes(connection: &Connection) -> Result<u64> {
    let sql = "SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()";
    connection.query_row(sql, [], |row| number(row, "bytes"))
}

fn read(row: &Row<'_>) -> Result<Installation> {
    let store_epoch: Option<[u8; 16]> = row.get("store_epoch")?;
    Ok(Installation {
        id: InstallationId::from_bytes(row.get("id")?),
        next_device_seq: number(row, "next_device_seq")?,
        revision: number(row, "revision")?,
        store_epoch: store_epoch.map(StoreEpoch::from_bytes),
    })
}
