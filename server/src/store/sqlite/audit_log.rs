//! The verifier of the whole history: whether what the store holds is what the phones signed, all of it and in its order.
//!
//! It works on the file alone, beside a running server or without one, and changes nothing. The edits of a phone are a chain, and the phone has
//! signed its links; each edit is the hash of its bytes, and each change names its author, its number and its document by itself. What it cannot
//! see is a chain that was cut at its end together with its signatures and its phone's next number; against that stand anchors that were kept
//! elsewhere. The office's own changes carry no signature: of them hashes, authors and heads are verified.

mod anchor;
mod batches;
mod changes;
mod decisions;
mod documents;
mod edits;
mod quarantine;
mod registered;

use std::{fmt, path::Path};

use linecrew_protocol::ids::{DocumentId, InstallationId};
use rusqlite::{Connection, Row};
use serde::Serialize;

pub use self::anchor::{LogAnchor, ParseAnchorError};
use self::{changes::Changes, edits::Edits, registered::Registered};
use super::collection::audit::{AuditError, on_file};
use crate::store::refused::DecisionRecord;

/// Where in the history something is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LogPlace {
    /// An edit of a phone.
    Edit {
        /// The phone.
        installation: InstallationId,
        /// The edit's number.
        device_seq: u64,
    },
    /// A signature of a phone.
    Signature {
        /// The phone.
        installation: InstallationId,
        /// The number up to which it vouches.
        last_seq: u64,
    },
    /// A change: of a phone, or of the store in one of its lives.
    Change {
        /// Its author's installation.
        installation: InstallationId,
        /// Its number there.
        device_seq: u64,
        /// Its place in the order of commits.
        commit_seq: u64,
    },
    /// What the register says of a phone.
    Phone {
        /// The phone.
        installation: InstallationId,
    },
    /// A decision about refused edits.
    Decision {
        /// Its number.
        decision: u64,
    },
    /// A document.
    Document {
        /// The document.
        document: DocumentId,
    },
    /// A row that cannot be read at all.
    Table {
        /// Its table.
        table: &'static str,
    },
}

impl LogPlace {
    /// Whose history it is in, when it is one phone's or one life's.
    #[must_use]
    pub fn installation(&self) -> Option<InstallationId> {
        match self {
            Self::Edit { installation, .. }
            | Self::Signature { installation, .. }
            | Self::Change { installation, .. }
            | Self::Phone { installation } => Some(*installation),
            Self::Decision { .. } | Self::Document { .. } | Self::Table { .. } => None,
        }
    }

    /// By installation, and there by number: the first is the first bad entry. What is known of no number comes last.
    fn order(&self) -> (bool, Option<InstallationId>, u64) {
        let number = match self {
            Self::Edit { device_seq, .. } | Self::Change { device_seq, .. } => *device_seq,
            Self::Signature { last_seq, .. } => *last_seq,
            Self::Decision { decision } => *decision,
            Self::Phone { .. } | Self::Document { .. } | Self::Table { .. } => u64::MAX,
        };
        (self.installation().is_none(), self.installation(), number)
    }
}

impl fmt::Display for LogPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Edit { installation, device_seq } => write!(formatter, "phone {installation}, edit {device_seq}"),
            Self::Signature { installation, last_seq } => write!(formatter, "phone {installation}, signature over edit {last_seq}"),
            Self::Change { installation, device_seq, commit_seq } => {
                write!(formatter, "change {commit_seq} (edit {device_seq} of {installation})")
            }
            Self::Phone { installation } => write!(formatter, "phone {installation}"),
            Self::Decision { decision } => write!(formatter, "decision {decision}"),
            Self::Document { document } => write!(formatter, "document {document}"),
            Self::Table { table } => write!(formatter, "table {table}"),
        }
    }
}

/// Something that is not as it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogFinding {
    /// Where.
    pub place: LogPlace,
    /// In words, without customer data.
    pub detail: String,
}

impl fmt::Display for LogFinding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.place, self.detail)
    }
}

/// An edit whose bytes its phone no longer had when it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct LostEdit {
    /// The phone.
    pub installation: InstallationId,
    /// Its number.
    pub device_seq: u64,
}

/// What was verified, and what was found.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LogAudit {
    /// Edits of phones.
    pub edits: u64,
    /// Changes of documents, the office's own included.
    pub changes: u64,
    /// The end of each phone's chain, to be kept elsewhere.
    pub anchors: Vec<LogAnchor>,
    /// Edits of which only the hash came: known, signed, and gone.
    pub lost: Vec<LostEdit>,
    /// What was decided about refused edits, in order.
    pub decisions: Vec<DecisionRecord>,
    /// What is wrong, by phone and number: the first of a phone is its first bad entry.
    pub findings: Vec<LogFinding>,
}

impl LogAudit {
    /// Verifies the store in the file `path`, and whether it still holds what `kept` anchors say. `progress` hears how many of how many changes
    /// and documents are verified.
    ///
    /// # Errors
    /// The file cannot be read at all. What cannot be read of it is a finding.
    pub fn of(path: &Path, kept: &[LogAnchor], progress: &mut dyn FnMut(u64, u64)) -> Result<Self, AuditError> {
        on_file(path, |connection| Self::read(connection, kept, progress))
    }

    /// The same on a connection, for tests that take back what they did.
    #[cfg(test)]
    pub(super) fn on(connection: &Connection) -> rusqlite::Result<Self> {
        Self::read(connection, &[], &mut |_, _| ())
    }

    fn read(connection: &Connection, kept: &[LogAnchor], progress: &mut dyn FnMut(u64, u64)) -> rusqlite::Result<Self> {
        let mut findings = Findings::default();
        let registered = Registered::read(connection, &mut findings)?;
        let total = count(connection, "changes")?.saturating_add(count(connection, "documents")?);
        let changes = Changes::read(connection, &registered, &mut findings, &mut |done| progress(done, total))?;
        let edits = Edits::read(connection, &registered, &changes, &mut findings)?;
        batches::verify(connection, &registered, &edits, &mut findings)?;
        quarantine::verify(connection, &registered, &edits, &mut findings)?;
        documents::verify(connection, &changes, &mut findings, &mut |done| progress(changes.count.saturating_add(done), total))?;
        let decisions = decisions::verify(connection, &mut findings)?;
        let anchors = anchor::ends(&registered, &edits);
        anchor::compare(kept, &registered, &edits, &mut findings);
        Ok(Self { edits: edits.count, changes: changes.count, anchors, lost: edits.lost, decisions, findings: findings.sorted() })
    }
}

/// What was found until now.
#[derive(Debug, Default)]
struct Findings(Vec<LogFinding>);

impl Findings {
    fn add(&mut self, place: LogPlace, detail: impl Into<String>) {
        self.0.push(LogFinding { place, detail: detail.into() });
    }

    fn sorted(mut self) -> Vec<LogFinding> {
        self.0.sort_by_key(|finding| finding.place.order());
        self.0
    }
}

fn count(connection: &Connection, table: &str) -> rusqlite::Result<u64> {
    let read = |row: &Row<'_>| super::columns::read_counter(row, "total");
    connection.query_row(&format!("SELECT count(*) AS total FROM {table}"), [], read)
}

/// Every row of a query, one after the other; one that cannot be read is a finding.
fn each<T>(
    connection: &Connection,
    (table, sql): (&'static str, &str),
    findings: &mut Findings,
    read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    mut verify: impl FnMut(T, &mut Findings),
) -> rusqlite::Result<()> {
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        match read(row) {
            Ok(value) => verify(value, findings),
            Err(error) => findings.add(LogPlace::Table { table }, format!("a row cannot be read back: {error}")),
        }
    }
    Ok(())
}
