//! What a write promises: durable once acknowledged, alone in its failure, and on the thread that was asked for.

use linecrew_sqlite::{Database, Execution, Migration, Options, WriteError};

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "entry",
    sql: "CREATE TABLE entry (id INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL) STRICT",
}];

#[test]
fn a_write_is_read_back_in_both_executions() {
    for execution in [Execution::Thread, Execution::Inline] {
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            execution,
            ..Options::default()
        };
        let database =
            Database::open(&folder.path().join("store.db"), &options, MIGRATIONS).unwrap();
        database
            .write(|transaction| {
                transaction.execute("INSERT INTO entry (id, body) VALUES (1, x'00')", [])
            })
            .unwrap();
        let refused = database.write(|transaction| {
            transaction.execute("INSERT INTO entry (id, body) VALUES (2, x'00')", [])?;
            transaction.execute("INSERT INTO entry (id, body) VALUES (1, x'00')", [])
        });
        assert!(matches!(refused, Err(WriteError::Job(_))), "{refused:?}");
        let ids = database.read(|connection| {
            connection.query_row("SELECT group_concat(id) FROM entry", [], |row| {
                row.get::<_, String>(0)
            })
        });
        assert_eq!(ids, Ok("1".to_owned()));
        database.close().unwrap();
    }
}
