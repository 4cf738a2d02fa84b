//! What lies on the server's disk, read past the server.

use std::{collections::BTreeSet, path::Path};

use linecrew_protocol::ids::InstallationId;
use rusqlite::{Connection, OpenFlags};

/// The tables in which edits lie.
pub(crate) struct Ledger(Connection);

impl Ledger {
    pub(crate) fn open(data: &Path) -> Self {
        Self(Connection::open_with_flags(data.join("linecrew.db"), OpenFlags::SQLITE_OPEN_READ_ONLY).expect("the server's file opens"))
    }

    /// The numbers of the installation's accepted edits.
    pub(crate) fn accepted(&self, installation: InstallationId) -> BTreeSet<u64> {
        let sql = "SELECT device_seq FROM edits WHERE installation = ?1 AND refused IS NULL";
        let mut statement = self.0.prepare(sql).expect("a statement");
        let numbers = statement.query_map([installation.as_bytes()], |row| row.get::<_, i64>(0).map(i64::cast_unsigned));
        numbers.and_then(Iterator::collect).expect("the numbers")
    }

    /// How many changes there are of the installation.
    pub(crate) fn changes(&self, installation: InstallationId) -> usize {
        let sql = "SELECT count(*) FROM changes WHERE installation = ?1";
        self.0
            .query_row(sql, [installation.as_bytes()], |row| row.get::<_, i64>(0))
            .map(usize::try_from)
            .expect("a count")
            .expect("no fewer than none")
    }

    /// Every edit is stored once: as many changes as accepted numbers, and no number twice.
    pub(crate) fn check_each_once(&self) {
        let sql = "SELECT count(*) FROM (SELECT installation, device_seq FROM changes GROUP BY 1, 2 HAVING count(*) > 1)";
        let twice: i64 = self.0.query_row(sql, [], |row| row.get(0)).expect("a count");
        assert_eq!(twice, 0, "{twice} edits are stored twice");
        let verdict: String = self.0.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("a verdict");
        assert_eq!(verdict, "ok");
    }
}
