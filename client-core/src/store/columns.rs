//! How values lie in columns.

use linecrew_protocol::{ChangeHash, time::Timestamp};
use rusqlite::{
    Result, Row, ToSql,
    types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef},
};
use serde::{Serialize, de::DeserializeOwned};

/// Bytes of a change hash.
const HASH_BYTES: usize = 32;

/// A value kept as JSON text.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> ToSql for Json<T> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        let text = serde_json::to_string(&self.0).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
        Ok(text.into())
    }
}

impl<T: DeserializeOwned> FromSql for Json<T> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        serde_json::from_str(value.as_str()?).map(Self).map_err(|error| FromSqlError::Other(error.into()))
    }
}

/// Change hashes, one after the other.
pub(crate) struct Hashes(pub(crate) Vec<ChangeHash>);

impl ToSql for Hashes {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(self.0.iter().flat_map(|hash| hash.0).collect::<Vec<u8>>().into())
    }
}

impl FromSql for Hashes {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let (hashes, rest) = value.as_blob()?.as_chunks::<HASH_BYTES>();
        if rest.is_empty() { Ok(Self(hashes.iter().map(|bytes| ChangeHash(*bytes)).collect())) } else { Err(FromSqlError::InvalidType) }
    }
}

/// SQLite's integers are signed; counters of ours stay far below their end.
pub(crate) fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A counter from its column.
pub(crate) fn number(row: &Row<'_>, column: &str) -> Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}

/// A counter from its column, if there is one.
pub(crate) fn optional_number(row: &Row<'_>, column: &str) -> Result<Option<u64>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(|value| u64::try_from(value).unwrap_or(0)))
}

/// A time from its column.
pub(crate) fn time(row: &Row<'_>, column: &str) -> Result<Timestamp> {
    Ok(Timestamp::from_unix_millis(row.get(column)?))
}

/// A time from its column, if there is one.
pub(crate) fn optional_time(row: &Row<'_>, column: &str) -> Result<Option<Timestamp>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Timestamp::from_unix_millis))
}
