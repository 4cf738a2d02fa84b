//! The tables, one module each. Functions that write take a [`Transaction`](rusqlite::Transaction), those that read a
//! [`Connection`](rusqlite::Connection).

use linecrew_sqlite::Migration;

pub(crate) mod account;
pub(crate) mod book;
pub(crate) mod change;
mod columns;
pub(crate) mod contact;
pub(crate) mod departure;
pub(crate) mod document;
pub(crate) mod feed;
pub(crate) mod form;
pub(crate) mod inbox;
pub(crate) mod installation;
pub(crate) mod item;
pub(crate) mod journal;
pub(crate) mod lease;
pub(crate) mod outbox;
pub(crate) mod receivable;
pub(crate) mod sighting;

/// Numbered steps of the schema; never edited once released.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration { version: 1, name: "store", sql: include_str!("migrations/0001_store.sql") },
    Migration { version: 2, name: "all kinds of work", sql: include_str!("migrations/0002_kinds.sql") },
    Migration { version: 3, name: "field collection", sql: include_str!("migrations/0003_collection.sql") },
    Migration { version: 4, name: "device key, chain and tokens", sql: include_str!("migrations/0004_trust.sql") },
    Migration { version: 5, name: "lease", sql: include_str!("migrations/0005_lease.sql") },
];
