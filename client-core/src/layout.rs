//! Rows of an older layout are derived anew when the store is opened. What is derived can always be thrown away; what a person confirmed
//! lies in changes and commands, and is not touched here. Edits of a build that knew no chain get their links.

use linecrew_sqlite::Database;
use rusqlite::{Connection, Transaction};

use crate::{
    error::{StoreError, flatten},
    store::{
        document, installation,
        item::{self, LAYOUT},
        outbox,
    },
    sync::derive_anew,
};

/// Brings all derived rows to the layout of this build, in one transaction.
pub(crate) fn bring_up(database: &Database) -> Result<(), StoreError> {
    if database.read(is_current)? {
        return Ok(());
    }
    database.write(derive_all).map_err(flatten)
}

fn is_current(connection: &Connection) -> Result<bool, StoreError> {
    Ok(installation::layout(connection)? == LAYOUT)
}

fn derive_all(transaction: &Transaction<'_>) -> Result<(), StoreError> {
    // Another process may have been faster.
    if is_current(transaction)? {
        return Ok(());
    }
    item::forget_all(transaction)?;
    for id in document::all(transaction)? {
        derive_anew(transaction, id)?;
    }
    outbox::complete_chain(transaction)?;
    Ok(installation::set_layout(transaction, LAYOUT)?)
}
