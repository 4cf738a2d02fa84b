//! How the contract's types lie in columns.

use linecrew_protocol::{ChangeHash, ids::DocumentId, time::Timestamp, wire::Feed};
use rusqlite::{Row, types::Type};

/// The store holds something that this program did not write.
#[derive(Debug, thiserror::Error)]
pub(super) enum Damaged {
    /// A column that cannot be read back.
    #[error("column {column} cannot be read back")]
    Column {
        /// Its name.
        column: &'static str,
        /// Why not, where something said so.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The changes of a document do not give its heads.
    #[error("the stored changes of {document} do not make the document")]
    Document {
        /// The document.
        document: DocumentId,
        /// Why not, where something said so.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
}

impl From<Damaged> for rusqlite::Error {
    /// Jobs fail with SQLite's own error, because the writer learns from it whether the transaction is gone.
    fn from(damaged: Damaged) -> Self {
        Self::FromSqlConversionFailure(0, Type::Blob, Box::new(damaged))
    }
}

pub(super) fn damaged(column: &'static str) -> rusqlite::Error {
    Damaged::Column { column, source: None }.into()
}

/// A counter as SQLite stores it. Counters begin at 0 or 1 and rise by one; none comes near 2^63.
pub(super) fn counter(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A counter from a column.
pub(super) fn read_counter(row: &Row<'_>, column: &'static str) -> rusqlite::Result<u64> {
    u64::try_from(row.get::<_, i64>(column)?).map_err(|_| damaged(column))
}

pub(super) fn read_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_unix_millis)
}

pub(super) fn read_optional_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_unix_millis))
}

pub(super) fn read_feed(row: &Row<'_>) -> rusqlite::Result<Feed> {
    row.get::<_, String>("feed")?.parse().map_err(|_| damaged("feed"))
}

pub(super) fn read_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: &'static str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| Damaged::Column { column, source: Some(error.into()) }.into())
}

pub(super) fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The JSON name of an enum's variant.
pub(super) fn name_of(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    let value = serde_json::to_value(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    value.as_str().map(str::to_owned).ok_or_else(|| damaged("name"))
}

/// Heads, ascending, as one blob.
pub(super) fn heads_column(heads: &[ChangeHash]) -> Vec<u8> {
    let mut sorted: Vec<&ChangeHash> = heads.iter().collect();
    sorted.sort();
    sorted.iter().flat_map(|hash| hash.0).collect()
}

pub(super) fn read_heads(row: &Row<'_>) -> rusqlite::Result<Vec<ChangeHash>> {
    let bytes: Vec<u8> = row.get("heads")?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if rest.is_empty() { Ok(hashes.iter().map(|hash| ChangeHash(*hash)).collect()) } else { Err(damaged("heads")) }
}
