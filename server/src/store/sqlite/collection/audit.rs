//! The verifier of receipts: whether what the store holds of the journals is what the phones sealed, and all of it.
//!
//! It believes nobody: texts, hashes and signatures are compared with what the tables say, the tables with the documents, and the chain of
//! links with its end. It changes nothing. What it cannot see is a hand that changes documents, tables and all links at once; the signatures of
//! the phones, which are not on this machine, are against that.

mod compare;
mod documents;
mod entries;
mod tables;

use std::{
    fmt,
    path::{Path, PathBuf},
};

use linecrew_protocol::{
    ids::{DocumentId, InstallationId},
    model::collection::audit::{Found, Signed},
};
use rusqlite::{Connection, OpenFlags};
use serde::Serialize;

pub use self::entries::AuditedEntry;
use self::{documents::Documents, tables::Tables};
use super::super::MIGRATIONS;

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The file could not be opened.
    #[error("failed to open {path}", path = path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// The file is of another version: a server of this version brings it up to date when it opens it.
    #[error("the store is of schema {found}, and this version verifies schema {known}")]
    OtherSchema {
        /// The file's.
        found: u32,
        /// This version's.
        known: u32,
    },
    /// A table could not be read.
    #[error("failed to read the store")]
    Read(#[source] rusqlite::Error),
}

/// Where in the store something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// A row of the table of entries.
    Row(u64),
    /// What the store says of the end of a journal.
    Head(InstallationId),
    /// The end of the chain of links.
    Tail,
    /// A book, in its table or its document.
    Book(DocumentId),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Row(position) => write!(formatter, "row {position}"),
            Self::Head(device) => write!(formatter, "head of journal {device}"),
            Self::Tail => write!(formatter, "end of the chain"),
            Self::Book(document) => write!(formatter, "book {document}"),
        }
    }
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Irregularity {
    /// In a journal, by its own texts.
    Journal(Found),
    /// Between the tables and the documents.
    Store {
        /// Where.
        place: Place,
        /// In words, without customer data.
        detail: String,
    },
}

impl Irregularity {
    fn store(place: Place, detail: impl Into<String>) -> Self {
        Self::Store { place, detail: detail.into() }
    }

    /// Whether it may be so without anybody having laid hands on it.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        matches!(self, Self::Journal(found) if found.finding.is_pending())
    }
}

impl fmt::Display for Irregularity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Journal(found) => found.fmt(formatter),
            Self::Store { place, detail } => write!(formatter, "store: {place}: {detail}"),
        }
    }
}

/// What was verified, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReceiptAudit {
    /// All entries, in the order in which they came.
    pub entries: Vec<AuditedEntry>,
    /// What is wrong.
    pub findings: Vec<Irregularity>,
}

impl ReceiptAudit {
    /// Verifies the store in the file `path`, beside a running server or without one.
    ///
    /// # Errors
    /// The file cannot be read at all. What cannot be read of it is a finding.
    pub fn of(path: &Path, utc_offset_minutes: i32) -> Result<Self, AuditError> {
        on_file(path, |connection| Self::read(connection, utc_offset_minutes))
    }

    fn read(connection: &Connection, utc_offset_minutes: i32) -> rusqlite::Result<Self> {
        let (tables, documents) = (Tables::read(connection)?, Documents::read(connection)?);
        let findings = findings(&tables, &documents, &mut |key, hash, signature| key.has_signed(hash.as_bytes(), signature)).collect();
        Ok(Self { entries: entries::list(connection, &tables, &documents, utc_offset_minutes)?, findings })
    }
}

/// Lets `audit` read a store beside a running server or without one.
pub(in super::super) fn on_file<T>(path: &Path, audit: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, AuditError> {
    let mut connection = connect(path).map_err(|source| AuditError::Open { path: path.to_owned(), source })?;
    // One transaction: all tables as of one commit.
    let transaction = connection.transaction().map_err(AuditError::Read)?;
    let found = transaction.query_row("PRAGMA user_version", [], |row| row.get("user_version")).map_err(AuditError::Read)?;
    let known = MIGRATIONS.last().map(|migration| migration.version).unwrap_or_default();
    if found != known {
        return Err(AuditError::OtherSchema { found, known });
    }
    audit(&transaction).map_err(AuditError::Read)
}

/// Everything that is wrong. What costs least is looked at first, for who wants to know only whether there is anything.
fn findings<'a>(tables: &'a Tables, documents: &'a Documents, signed: Signed<'a>) -> impl Iterator<Item = Irregularity> + 'a {
    let chain = std::iter::once_with(|| compare::chain(tables));
    let books = std::iter::once_with(|| compare::books(tables, documents));
    let heads = std::iter::once_with(|| compare::heads(tables));
    let acts = std::iter::once_with(|| compare::acts(tables, documents));
    let carriers = std::iter::once_with(|| compare::carriers(tables, documents));
    let journals = std::iter::once_with(|| compare::journals(tables, documents, signed));
    chain.chain(books).chain(heads).chain(acts).chain(carriers).chain(journals).flatten()
}

/// Without the right to write, when that is possible: a log that another process left may have to be read with it.
fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let open = |flags| {
        let connection = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA trusted_schema = OFF")?;
        connection.query_row("SELECT count(*) AS tables FROM sqlite_schema", [], |row| row.get::<_, i64>("tables"))?;
        Ok(connection)
    };
    open(OpenFlags::SQLITE_OPEN_READ_ONLY).or_else(|_: rusqlite::Error| open(OpenFlags::SQLITE_OPEN_READ_WRITE))
}

#[cfg(test)]
pub(in super::super) mod testing {
    //! The two halves of an audit, for tests that change only one of them.

    use linecrew_protocol::model::collection::audit::Signed;
    use rusqlite::Connection;

    use super::{Documents, Irregularity, Tables};

    /// The documents, read once.
    pub(in super::super::super) struct Books(Documents);

    impl Books {
        pub(in super::super::super) fn read(connection: &Connection) -> rusqlite::Result<Self> {
            Documents::read(connection).map(Self)
        }

        /// The first thing that is wrong with the tables as they are now.
        pub(in super::super::super) fn first(&self, connection: &Connection, signed: Signed<'_>) -> rusqlite::Result<Option<Irregularity>> {
            let tables = Tables::read(connection)?;
            let first = super::findings(&tables, &self.0, signed).find(|found| !found.is_pending());
            Ok(first)
        }
    }
}
