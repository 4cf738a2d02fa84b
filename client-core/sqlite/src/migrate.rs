//! Numbered migrations, each in a transaction of its own, never edited once a file was made with them.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::connection::Site;
use crate::error::{OpenError, StorageError};
use crate::gate::CommitGate;
use crate::identity::{open_error, user_version};

/// One step from the schema before to schema `version`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its number: 1, 2, 3 and so on without a gap.
    pub version: u32,
    /// What it is for, in a few words.
    pub name: &'static str,
    /// Its statements. They run in one transaction and must not begin or commit one; foreign keys are checked at its end,
    /// so that a table may be rebuilt.
    pub sql: &'static str,
}

/// Refuses a list that has a gap; the last number is the schema that this release knows.
pub(crate) fn latest(migrations: &[Migration]) -> Result<u32, OpenError> {
    let mut latest = 0;
    for migration in migrations {
        let expected = latest + 1;
        if migration.version != expected {
            let found = migration.version;
            return Err(OpenError::MigrationOrder { expected, found });
        }
        latest = expected;
    }
    Ok(latest)
}

/// Brings the file to the latest schema. Another process may do the same at the same time.
pub(crate) fn migrate(site: &Site, connection: &Connection, gate: &CommitGate, migrations: &[Migration]) -> Result<(), OpenError> {
    let failed = |error| open_error(site, error);
    if pending(site, connection, migrations)?.is_none() {
        return Ok(());
    }
    // Rebuilding a table means dropping it, which would delete or refuse the rows that refer to it. Only possible outside of
    // a transaction.
    connection.execute_batch("PRAGMA foreign_keys = OFF").map_err(failed)?;
    let migrated = migrate_all(site, connection, gate, migrations);
    connection.execute_batch("PRAGMA foreign_keys = ON").map_err(failed)?;
    migrated
}

fn migrate_all(site: &Site, connection: &Connection, gate: &CommitGate, migrations: &[Migration]) -> Result<(), OpenError> {
    loop {
        let transaction = site.begin(connection).map_err(|error| open_error(site, error))?;
        // Asked again under the lock: another process may have been faster.
        let Some(next) = pending(site, &transaction, migrations)? else {
            return Ok(());
        };
        apply(transaction, gate, next)?;
    }
}

/// The next migration that the file lacks, after checking those that it has.
fn pending<'m>(site: &Site, connection: &Connection, migrations: &'m [Migration]) -> Result<Option<&'m Migration>, OpenError> {
    let failed = |error| open_error(site, error);
    let found = user_version(connection).map_err(failed)?;
    let known = latest(migrations)?;
    if found > known {
        return Err(OpenError::NewerSchema { found, known });
    }
    for migration in migrations {
        if migration.version > found {
            return Ok(Some(migration));
        }
        if recorded(connection, migration.version).map_err(failed)? != Some(checksum(migration.sql)) {
            let Migration { version, name, .. } = *migration;
            return Err(OpenError::EditedMigration { version, name });
        }
    }
    Ok(None)
}

fn apply(transaction: Transaction<'_>, gate: &CommitGate, migration: &Migration) -> Result<(), OpenError> {
    let Migration { version, name, .. } = *migration;
    let failed = |error: rusqlite::Error| OpenError::Migration { version, name, source: StorageError::from(error) };
    transaction.execute_batch(migration.sql).map_err(failed)?;
    if breaks_foreign_key(&transaction).map_err(failed)? {
        return Err(OpenError::MigrationForeignKey { version, name });
    }
    record(&transaction, migration).map_err(failed)?;
    gate.commit(transaction).map_err(failed)
}

fn breaks_foreign_key(transaction: &Transaction<'_>) -> rusqlite::Result<bool> {
    transaction.prepare("PRAGMA foreign_key_check")?.exists([])
}

fn record(transaction: &Transaction<'_>, migration: &Migration) -> rusqlite::Result<()> {
    transaction.execute(
        "INSERT INTO schema_history (version, name, checksum) VALUES (?1, ?2, ?3)",
        (migration.version, migration.name, checksum(migration.sql)),
    )?;
    transaction.pragma_update(None, "user_version", migration.version)
}

fn recorded(connection: &Connection, version: u32) -> rusqlite::Result<Option<i64>> {
    let sql = "SELECT checksum FROM schema_history WHERE version = ?1";
    connection.query_row(sql, [version], |row| row.get("checksum")).optional()
}

/// FNV-1a 64 of a migration's text, as SQLite stores integers.
///
/// It guards against our own later edits, not against an adversary, who could edit the file's schema as well; two texts of
/// one migration collide by accident once in 2^64. Carriage returns do not count: a checkout may add them.
fn checksum(sql: &str) -> i64 {
    let bytes = sql.bytes().filter(|byte| *byte != b'\r');
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::checksum;

    #[test]
    fn the_checksum_is_fnv_1a_64_without_carriage_returns() {
        // Vectors of draft-eastlake-fnv, appendix C.
        assert_eq!(checksum("").cast_unsigned(), 0xcbf2_9ce4_8422_2325);
        assert_eq!(checksum("a").cast_unsigned(), 0xaf63_dc4c_8601_ec8c);
        assert_eq!(checksum("foobar").cast_unsigned(), 0x8594_4171_f739_67e8);
        assert_eq!(checksum("foo\r\nbar"), checksum("foo\nbar"));
    }
}
