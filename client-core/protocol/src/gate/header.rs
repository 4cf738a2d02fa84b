//! What stands before the columns, read by our own code because Automerge allocates what the header says.

use automerge::{ActorId, ChangeHash};

use super::cursor::Cursor;
use crate::{
    limits::{ACTOR_BYTES, MAX_CHANGE_ACTORS, MAX_CHANGE_DEPS, MAX_CHANGE_TIME, MAX_COMMIT_MESSAGE_BYTES, MAX_COUNTER},
    refusal::{Reason, Refusal},
};

const HASH_BYTES: u64 = 32;

/// The fields before the columns.
#[derive(Debug, Clone)]
pub(super) struct Header {
    pub(super) deps: Vec<ChangeHash>,
    pub(super) actor: ActorId,
    pub(super) seq: u64,
    pub(super) start_op: u64,
    /// The author and the other actors that operations refer to by index.
    pub(super) actors: u64,
}

impl Header {
    /// Reads the header and leaves the cursor at the column list.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, Refusal> {
        let deps = read_deps(cursor)?;
        let actor = read_author(cursor)?;
        let seq = cursor.unsigned()?;
        if seq == 0 || seq > MAX_COUNTER {
            return Err(Refusal::new(Reason::WrongSequence, format!("header: seq {seq} lies outside 1..={MAX_COUNTER}")));
        }
        let start_op = cursor.unsigned()?;
        if start_op == 0 || start_op > MAX_COUNTER {
            let detail = format!("header: start_op {start_op} lies outside 1..={MAX_COUNTER}");
            return Err(Refusal::new(Reason::OperationNumberOutOfRange, detail));
        }
        read_time(cursor)?;
        read_message(cursor)?;
        let actors = 1 + read_other_actors(cursor)?;
        Ok(Self { deps, actor, seq, start_op, actors })
    }

    /// The number of the last operation must fit as well.
    pub(super) fn check_last_operation(&self, operations: u64) -> Result<(), Refusal> {
        if self.start_op.saturating_add(operations) > MAX_COUNTER {
            let detail = format!("header: start_op {} and {operations} operations, at most {MAX_COUNTER}", self.start_op);
            return Err(Refusal::new(Reason::OperationNumberOutOfRange, detail));
        }
        Ok(())
    }
}

fn read_deps(cursor: &mut Cursor<'_>) -> Result<Vec<ChangeHash>, Refusal> {
    let count = cursor.unsigned()?;
    if count > MAX_CHANGE_DEPS as u64 {
        return Err(cursor.undecodable(&format!("{count} dependencies, at most {MAX_CHANGE_DEPS}")));
    }
    let mut deps = Vec::new();
    for _ in 0..count {
        let dep = ChangeHash::try_from(cursor.take(HASH_BYTES)?).map_err(|_| cursor.undecodable("a dependency is no hash"))?;
        if deps.last().is_some_and(|last| *last >= dep) {
            return Err(Refusal::new(Reason::NotCanonical, "header: dependencies are not sorted and unique"));
        }
        deps.push(dep);
    }
    Ok(deps)
}

fn read_author(cursor: &mut Cursor<'_>) -> Result<ActorId, Refusal> {
    let length = cursor.unsigned()?;
    if length != ACTOR_BYTES as u64 {
        return Err(Refusal::new(Reason::WrongActor, format!("header: actor of {length} bytes, not {ACTOR_BYTES}")));
    }
    Ok(ActorId::from(cursor.take(length)?))
}

/// The change's time is claimed by the phone and used by nobody; it only has to be one.
fn read_time(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    let time = cursor.signed()?;
    if time.unsigned_abs() > MAX_CHANGE_TIME {
        return Err(cursor.undecodable(&format!("time {time}, at most {MAX_CHANGE_TIME} before or after 1970")));
    }
    Ok(())
}

fn read_message(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    let length = cursor.unsigned()?;
    if length > MAX_COMMIT_MESSAGE_BYTES {
        return Err(cursor.undecodable(&format!("message of {length} bytes, at most {MAX_COMMIT_MESSAGE_BYTES}")));
    }
    std::str::from_utf8(cursor.take(length)?).map_err(|_| cursor.undecodable("message is not UTF-8"))?;
    Ok(())
}

/// More than 16 bytes would make each predecessor an allocation of its own. That they are sorted and used is seen when re-encoding.
fn read_other_actors(cursor: &mut Cursor<'_>) -> Result<u64, Refusal> {
    let count = cursor.unsigned()?;
    if count > MAX_CHANGE_ACTORS as u64 {
        return Err(cursor.undecodable(&format!("{count} other actors, at most {MAX_CHANGE_ACTORS}")));
    }
    for _ in 0..count {
        let length = cursor.unsigned()?;
        if length > ACTOR_BYTES as u64 {
            return Err(Refusal::new(Reason::WrongActor, format!("header: another actor of {length} bytes, at most {ACTOR_BYTES}")));
        }
        cursor.take(length)?;
    }
    Ok(count)
}
