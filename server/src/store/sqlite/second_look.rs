//! Rule 14: an edit that an older build could not judge waits in quarantine, and is judged again once by every build that comes after.
//!
//! Only the edit itself: what its phone had built upon it was written anew there (docs/protocol.md, section 7). An edit that is accepted now
//! reaches its own phone when the digests of that feed are compared.

use linecrew_protocol::{Reason, time::Timestamp};
use rusqlite::{Connection, Transaction};
use sha2::{Digest as _, Sha256};

use super::{
    Desk,
    deliver::{self, Again, Judged},
    life,
};
use crate::admission::Right;

/// The build that has judged everything that waits.
const KEY: &str = "judged_by";

/// Judges again what an older build could not; gives how many edits are accepted now.
pub(super) fn take(transaction: &Transaction<'_>, desk: &Desk, build: &str, now: Timestamp) -> rusqlite::Result<u64> {
    let build: [u8; 32] = Sha256::digest(build).into();
    if life::read(transaction, KEY)? == Some(build) {
        return Ok(0);
    }
    let (mut accepted, mut waiting) = (0_u64, 0_u64);
    for again in unreadable(transaction)? {
        match deliver::judge_again(transaction, desk, again, (Right::Sender, now))? {
            // Nobody is connected yet while a store is opened.
            Judged::Accepted(_) => accepted += 1,
            Judged::Refused(..) => waiting += 1,
        }
    }
    if accepted > 0 || waiting > 0 {
        tracing::info!(edits.accepted = accepted, edits.waiting = waiting, "edits that an older version could not judge were judged again");
    }
    life::write(transaction, KEY, &build)?;
    Ok(accepted)
}

/// Edits that wait for a newer build, in the order in which they came.
fn unreadable(connection: &Connection) -> rusqlite::Result<Vec<Again>> {
    let sql = "SELECT installation, device_seq, person, document, generation, bytes FROM quarantine
               WHERE reason = ?1 AND decision IS NULL ORDER BY rowid";
    connection.prepare(sql)?.query_map([Reason::UnreadableEvent.number()], deliver::read_again)?.collect()
}
