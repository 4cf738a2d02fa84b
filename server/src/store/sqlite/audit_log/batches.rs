//! The signatures of phones over the links of their chains.

use std::collections::BTreeMap;

use linecrew_protocol::{
    ids::InstallationId,
    key::{ChainLink, Signature, Statement},
    time::Timestamp,
};
use rusqlite::{Connection, Row};

use super::{
    super::columns::{read_counter, read_time},
    Findings, LogPlace, each,
    edits::{Edits, Linked},
    registered::Registered,
};

struct BatchRow {
    installation: InstallationId,
    last_seq: u64,
    signature: Signature,
    received_at: Timestamp,
}

/// Each signature fits its link, the newest edit is signed, and no signature is missing in between.
pub(super) fn verify(connection: &Connection, registered: &Registered, edits: &Edits, findings: &mut Findings) -> rusqlite::Result<()> {
    let mut signed: BTreeMap<InstallationId, u64> = BTreeMap::new();
    let sql = "SELECT installation, last_seq, signature, received_at FROM batches ORDER BY installation, last_seq";
    each(connection, ("batches", sql), findings, read, |row, findings| {
        let before = signed.get(&row.installation).copied().unwrap_or(0);
        if let Some(link) = signed_link(&row, edits, findings) {
            signed.insert(row.installation, row.last_seq);
            verify_one(&row, &link, before, (registered, edits), findings);
        }
    })?;
    for (installation, chain) in &edits.chains {
        let (Some(newest), Some(phone)) = (chain.last(), registered.find(*installation)) else { continue };
        let last_seq = signed.get(installation).copied().unwrap_or(0);
        if last_seq < newest.device_seq && (phone.key.is_some() || newest.link.is_some()) {
            let place = LogPlace::Edit { installation: *installation, device_seq: last_seq.saturating_add(1) };
            findings.add(place, format!("nobody has signed it and what follows it, up to edit {}", newest.device_seq));
        }
    }
    Ok(())
}

/// The link that was signed. A signature over nothing vouches for nothing.
fn signed_link(row: &BatchRow, edits: &Edits, findings: &mut Findings) -> Option<ChainLink> {
    let place = LogPlace::Signature { installation: row.installation, last_seq: row.last_seq };
    let edit = edits.find(row.installation, row.last_seq);
    match edit {
        None => findings.add(place, "the edit that was signed is not there"),
        Some(edit) if edit.link.is_none() => findings.add(place, "the edit that was signed has no link"),
        Some(_) => {}
    }
    edit.and_then(|edit| edit.link)
}

fn verify_one(row: &BatchRow, link: &ChainLink, before: u64, (registered, edits): (&Registered, &Edits), findings: &mut Findings) {
    let BatchRow { installation, last_seq, signature, received_at } = row;
    let place = LogPlace::Signature { installation: *installation, last_seq: *last_seq };
    let Some(key) = registered.find(*installation).and_then(|phone| phone.key) else {
        return findings.add(place, "the register has no key of such a phone");
    };
    let statement = Statement::Batch { installation: *installation, last_seq: *last_seq, link };
    if !statement.is_signed(&key, signature) {
        findings.add(place, "the key of its phone has not signed this: the signature, the key, or the link was changed");
    }
    let chain = edits.chains.get(installation).map(Vec::as_slice).unwrap_or_default();
    let span = || chain.iter().filter(|edit| edit.device_seq > before && edit.device_seq <= *last_seq);
    // The edits of a push come at one time. One that was judged anew has a later one, and is accepted.
    let is_apart = |edit: &&Linked| edit.received_at < *received_at || (edit.received_at > *received_at && !edit.is_accepted);
    if let Some(apart) = span().find(is_apart) {
        let detail = format!("edit {} came at another time: a signature in between is missing, or a time was changed", apart.device_seq);
        findings.add(place, detail);
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<BatchRow> {
    Ok(BatchRow {
        installation: InstallationId::from_bytes(row.get("installation")?),
        last_seq: read_counter(row, "last_seq")?,
        signature: Signature::from_bytes(row.get("signature")?),
        received_at: read_time(row, "received_at")?,
    })
}
