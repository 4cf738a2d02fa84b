//! The last server time seen.

use linecrew_protocol::{ids::BootId, time::Sighting};
use rusqlite::{Connection, OptionalExtension, Result, Transaction};

use super::columns::{integer, number, time};

pub(crate) fn find(connection: &Connection) -> Result<Option<Sighting>> {
    let sql = "SELECT server_time, round_trip_ms, monotonic_ms, boot FROM sighting";
    let found = connection.prepare_cached(sql)?.query_row([], |row| {
        Ok(Sighting {
            server: time(row, "server_time")?,
            round_trip_ms: number(row, "round_trip_ms")?,
            monotonic_ms: number(row, "monotonic_ms")?,
            boot: BootId::from_bytes(row.get("boot")?),
        })
    });
    found.optional()
}

pub(crate) fn store(transaction: &Transaction<'_>, sighting: &Sighting) -> Result<()> {
    let sql = "INSERT INTO sighting (one, server_time, round_trip_ms, monotonic_ms, boot) VALUES (1, ?1, ?2, ?3, ?4)
               ON CONFLICT (one) DO UPDATE SET server_time = excluded.server_time, round_trip_ms = excluded.round_trip_ms,
                   monotonic_ms = excluded.monotonic_ms, boot = excluded.boot";
    let Sighting { server, round_trip_ms, monotonic_ms, boot } = sighting;
    let values = (server.as_unix_millis(), integer(*round_trip_ms), integer(*monotonic_ms), boot.as_bytes());
    transaction.execute(sql, values).map(drop)
}
