//! The edits of phones: one chain for each, without a gap, and each edit is there in full.

use std::collections::BTreeMap;

use linecrew_protocol::{
    Reason,
    ids::{DocumentId, InstallationId, PersonId},
    key::{ChainLink, content_of},
    model::collection::EntryHash,
    time::Timestamp,
};
use rusqlite::{Connection, Row};

use super::{
    super::columns::{read_counter, read_optional_time, read_time},
    Findings, LogPlace, LostEdit,
    changes::Changes,
    each,
    registered::{Phone, Registered},
};

/// What a signature has to fit.
#[derive(Debug, Clone, Copy)]
pub(super) struct Linked {
    pub(super) device_seq: u64,
    pub(super) link: Option<ChainLink>,
    pub(super) received_at: Timestamp,
    pub(super) content: [u8; 32],
    pub(super) is_accepted: bool,
}

/// All edits.
#[derive(Debug, Default)]
pub(super) struct Edits {
    pub(super) count: u64,
    /// By number.
    pub(super) chains: BTreeMap<InstallationId, Vec<Linked>>,
    pub(super) lost: Vec<LostEdit>,
}

struct EditRow {
    installation: InstallationId,
    device_seq: u64,
    content: [u8; 32],
    refused: Option<i64>,
    detail: String,
    received_at: Timestamp,
    entry: Option<EntryHash>,
    link: Option<ChainLink>,
    quarantined: Option<QuarantinedRow>,
}

/// A refused edit as it is kept.
pub(super) struct QuarantinedRow {
    pub(super) document: DocumentId,
    pub(super) generation: u32,
    pub(super) bytes: Vec<u8>,
    pub(super) reason: i64,
    pub(super) detail: String,
    pub(super) received_at: Timestamp,
    pub(super) person: PersonId,
}

impl QuarantinedRow {
    /// Whether its bytes are those of this edit. Of a lost one there are none.
    pub(super) fn fits(&self, content: &[u8; 32]) -> bool {
        self.bytes.is_empty() || content_of(self.document, self.generation, &self.bytes) == *content
    }
}

impl Edits {
    pub(super) fn read(
        connection: &Connection,
        registered: &Registered,
        changes: &Changes,
        findings: &mut Findings,
    ) -> rusqlite::Result<Self> {
        let mut edits = Self::default();
        let sql = "SELECT edits.installation, edits.device_seq, edits.content, edits.refused, edits.detail, edits.received_at, edits.entry,
                          edits.link, quarantine.document, quarantine.generation, quarantine.bytes, quarantine.reason,
                          quarantine.detail AS kept_detail, quarantine.received_at AS kept_at, quarantine.person
                   FROM edits LEFT JOIN quarantine ON quarantine.installation = edits.installation
                       AND quarantine.device_seq = edits.device_seq AND quarantine.content = edits.content
                   ORDER BY edits.installation, edits.device_seq";
        each(connection, ("edits", sql), findings, read, |row, findings| edits.verify(row, registered, changes, findings))?;
        edits.verify_ends(registered, changes, findings);
        Ok(edits)
    }

    /// The edit with this number.
    pub(super) fn find(&self, installation: InstallationId, device_seq: u64) -> Option<&Linked> {
        let chain = self.chains.get(&installation)?;
        chain.binary_search_by_key(&device_seq, |linked| linked.device_seq).ok().and_then(|place| chain.get(place))
    }

    fn verify(&mut self, row: EditRow, registered: &Registered, changes: &Changes, findings: &mut Findings) {
        self.count = self.count.saturating_add(1);
        let EditRow { installation, device_seq, content, received_at, link, .. } = row;
        let place = LogPlace::Edit { installation, device_seq };
        let chain = self.chains.entry(installation).or_default();
        match registered.find(installation) {
            None if chain.is_empty() => findings.add(place, "the register has no such phone"),
            None => {}
            Some(phone) => verify_link(&row, chain.last(), phone, findings),
        }
        chain.push(Linked { device_seq, link, received_at, content, is_accepted: row.refused.is_none() });
        if row.refused.is_none() {
            verify_accepted(&row, changes, findings);
        } else if verify_refused(&row, registered, changes, findings) {
            self.lost.push(LostEdit { installation, device_seq });
        }
    }

    /// Where each chain ends, and whether every change of a phone is in one.
    fn verify_ends(&self, registered: &Registered, changes: &Changes, findings: &mut Findings) {
        for (installation, phone) in registered.all() {
            let last = self.chains.get(&installation).and_then(|chain| chain.last()).map_or(0, |last| last.device_seq);
            if phone.next_device_seq != last.saturating_add(1) {
                let detail = format!("the server waits for edit {}, and the last that is there is edit {last}", phone.next_device_seq);
                findings.add(LogPlace::Phone { installation }, detail);
            }
            if phone.key.is_none() && phone.has_enrolled {
                findings.add(LogPlace::Phone { installation }, "it has enrolled, and its key is gone");
            }
        }
        for ((installation, device_seq), change) in &changes.of_phones {
            if !self.find(*installation, *device_seq).is_some_and(|edit| edit.is_accepted) {
                let (installation, device_seq, commit_seq) = (*installation, *device_seq, change.commit_seq);
                findings.add(LogPlace::Change { installation, device_seq, commit_seq }, "no edit was accepted under its number");
            }
        }
    }
}

fn verify_link(row: &EditRow, before: Option<&Linked>, phone: &Phone, findings: &mut Findings) {
    let place = LogPlace::Edit { installation: row.installation, device_seq: row.device_seq };
    let wanted = before.map_or(0, |before| before.device_seq).saturating_add(1);
    if row.device_seq != wanted {
        findings.add(place, format!("edits {wanted} to {} are missing before it", row.device_seq.saturating_sub(1)));
    }
    let previous = before.map_or(Some(ChainLink::START), |before| before.link);
    match (phone.key, row.link, previous) {
        // A phone from before keys.
        (None, None, _) => {}
        (None, Some(_), _) => findings.add(place, "it is linked, and its phone has no key"),
        (Some(_), None, _) => findings.add(place, "its link is missing"),
        // By its own word, so that one change is found once.
        (Some(_), Some(_), None) => {}
        (Some(_), Some(link), Some(previous)) if previous.then(&row.content) == link => {}
        (Some(_), Some(_), Some(_)) => {
            findings.add(place, "its link does not follow: it, or the edit before it, was changed or taken away");
        }
    }
}

fn verify_accepted(row: &EditRow, changes: &Changes, findings: &mut Findings) {
    let place = LogPlace::Edit { installation: row.installation, device_seq: row.device_seq };
    if row.quarantined.is_some() {
        findings.add(place, "it was accepted, and is in quarantine too");
    }
    if !row.detail.is_empty() {
        findings.add(place, "it was accepted, and there is a reason why not");
    }
    let Some(change) = changes.of_phones.get(&(row.installation, row.device_seq)) else {
        return findings.add(place, "it was accepted, and its change is not there");
    };
    if change.content != Some(row.content) {
        findings.add(place, format!("change {} is not what its phone has signed", change.commit_seq));
    }
    if change.received_at != row.received_at {
        findings.add(place, format!("change {} came at another time", change.commit_seq));
    }
    // Only in a book an event is an entry; elsewhere none is answered for.
    if row.entry.is_some() && change.entry != row.entry {
        findings.add(place, "the journal entry that was confirmed is not the one in it");
    }
    if row.entry.is_none() && change.entry.is_some() {
        findings.add(place, "there is a journal entry in it that was not confirmed");
    }
}

/// Gives whether the edit is lost.
fn verify_refused(row: &EditRow, registered: &Registered, changes: &Changes, findings: &mut Findings) -> bool {
    let place = LogPlace::Edit { installation: row.installation, device_seq: row.device_seq };
    if changes.of_phones.contains_key(&(row.installation, row.device_seq)) {
        findings.add(place, "it was refused, and its change is part of a document");
    }
    if row.entry.is_some() {
        findings.add(place, "it was refused, and a journal entry in it was confirmed");
    }
    let Some(kept) = &row.quarantined else {
        findings.add(place, "it was refused, and is not in quarantine");
        return false;
    };
    if !kept.fits(&row.content) {
        findings.add(place, "what is in quarantine is not what its phone has signed");
    }
    if registered.find(row.installation).is_some_and(|phone| phone.person != kept.person) {
        findings.add(place, "the person in quarantine is not the one whose phone it came from");
    }
    // A copy of the phone had sent the same before, and it was set aside for that.
    let was_set_aside = kept.reason == i64::from(Reason::SequenceReused.number());
    let answered = (row.refused, row.detail.as_str(), row.received_at) == (Some(kept.reason), kept.detail.as_str(), kept.received_at);
    if !answered && !was_set_aside {
        findings.add(place, "what was answered is not what is in quarantine");
    }
    kept.bytes.is_empty() && content_of(kept.document, kept.generation, &[]) != row.content
}

fn read(row: &Row<'_>) -> rusqlite::Result<EditRow> {
    let document = row.get::<_, Option<[u8; 16]>>("document")?.map(DocumentId::from_bytes);
    let quarantined = match (document, read_optional_time(row, "kept_at")?) {
        (Some(document), Some(received_at)) => Some(QuarantinedRow {
            document,
            generation: row.get("generation")?,
            bytes: row.get("bytes")?,
            reason: row.get("reason")?,
            detail: row.get("kept_detail")?,
            received_at,
            person: PersonId::from_bytes(row.get("person")?),
        }),
        _ => None,
    };
    Ok(EditRow {
        installation: InstallationId::from_bytes(row.get("installation")?),
        device_seq: read_counter(row, "device_seq")?,
        content: row.get("content")?,
        refused: row.get("refused")?,
        detail: row.get("detail")?,
        received_at: read_time(row, "received_at")?,
        entry: row.get::<_, Option<[u8; 32]>>("entry")?.map(EntryHash::from_bytes),
        link: row.get::<_, Option<[u8; 32]>>("link")?.map(ChainLink::from_bytes),
        quarantined,
    })
}
