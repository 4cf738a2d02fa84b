//! Decisions about refused edits: each follows the one before, and what it says became of an edit is what became of it.

use linecrew_protocol::ids::InstallationId;
use rusqlite::{Connection, Row};

use super::{
    super::{
        columns::read_counter,
        decisions::{Link, link_after, read_all},
    },
    Findings, LogPlace, each,
};
use crate::store::refused::DecisionRecord;

/// An edit of a decision, beside what became of it.
struct EditRow {
    decision: u64,
    installation: InstallationId,
    device_seq: u64,
    fate: String,
    /// Whether an edit with this content was accepted.
    is_accepted: bool,
    /// Whether it is in quarantine.
    is_kept: bool,
    /// The decision that has closed it.
    closed_by: Option<i64>,
}

pub(super) fn verify(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<Vec<DecisionRecord>> {
    let decisions = match read_all(connection) {
        Ok(decisions) => decisions,
        Err(error) => {
            findings.add(LogPlace::Table { table: "decisions" }, format!("a row cannot be read back: {error}"));
            return Ok(Vec::new());
        }
    };
    verify_links(&decisions, findings);
    verify_edits(connection, findings)?;
    verify_closed(connection, findings)?;
    Ok(decisions.into_iter().map(|(decision, _)| decision).collect())
}

fn verify_links(decisions: &[(DecisionRecord, Link)], findings: &mut Findings) {
    let mut previous = ([0; 32], 0_u64);
    for (decision, link) in decisions {
        let place = LogPlace::Decision { decision: decision.id };
        if decision.id != previous.1.saturating_add(1) {
            findings.add(place, "a decision before it is missing");
        }
        if link_after(&previous.0, decision) != *link {
            findings.add(place, "its link does not follow: it, or the decision before it, was changed or taken away");
        }
        previous = (*link, decision.id);
    }
}

fn verify_edits(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let sql = "SELECT decided_edits.decision, decided_edits.installation, decided_edits.device_seq, decided_edits.fate,
                      edits.installation IS NOT NULL AND edits.refused IS NULL AS is_accepted,
                      quarantine.installation IS NOT NULL AS is_kept, quarantine.decision AS closed_by
               FROM decided_edits
               LEFT JOIN edits ON edits.installation = decided_edits.installation AND edits.device_seq = decided_edits.device_seq
                   AND edits.content = decided_edits.content
               LEFT JOIN quarantine ON quarantine.installation = decided_edits.installation
                   AND quarantine.device_seq = decided_edits.device_seq AND quarantine.content = decided_edits.content
               ORDER BY decided_edits.decision, decided_edits.installation, decided_edits.device_seq";
    each(connection, ("decided_edits", sql), findings, read, |row, findings| {
        let place = LogPlace::Edit { installation: row.installation, device_seq: row.device_seq };
        let is_closed = row.is_kept && row.closed_by == i64::try_from(row.decision).ok();
        let decision = row.decision;
        match row.fate.as_str() {
            "accepted" if !row.is_accepted => findings.add(place, format!("decision {decision} has accepted it, and it is not")),
            "dismissed" | "already_recorded" if !is_closed => {
                findings.add(place, format!("decision {decision} keeps it in quarantine, and it is not there as decided"));
            }
            // It was decided again, or waits.
            "refused" if !row.is_accepted && !row.is_kept => {
                findings.add(place, format!("decision {decision} has left it in quarantine, and it is gone"));
            }
            _ => {}
        }
    })
}

/// What is no longer open was decided.
fn verify_closed(connection: &Connection, findings: &mut Findings) -> rusqlite::Result<()> {
    let sql = "SELECT installation, device_seq, decision FROM quarantine
               WHERE decision IS NOT NULL AND NOT EXISTS (
                   SELECT 1 FROM decided_edits WHERE decided_edits.decision = quarantine.decision
                       AND decided_edits.installation = quarantine.installation AND decided_edits.device_seq = quarantine.device_seq
                       AND decided_edits.content = quarantine.content AND decided_edits.fate IN ('dismissed', 'already_recorded'))
               ORDER BY installation, device_seq";
    let read = |row: &Row<'_>| {
        let installation = InstallationId::from_bytes(row.get("installation")?);
        Ok((installation, read_counter(row, "device_seq")?, row.get::<_, i64>("decision")?))
    };
    each(connection, ("quarantine", sql), findings, read, |(installation, device_seq, decision), findings| {
        let detail = format!("it is hidden under decision {decision}, which does not say so");
        findings.add(LogPlace::Edit { installation, device_seq }, detail);
    })
}

fn read(row: &Row<'_>) -> rusqlite::Result<EditRow> {
    Ok(EditRow {
        decision: read_counter(row, "decision")?,
        installation: InstallationId::from_bytes(row.get("installation")?),
        device_seq: read_counter(row, "device_seq")?,
        fate: row.get("fate")?,
        is_accepted: row.get("is_accepted")?,
        is_kept: row.get("is_kept")?,
        closed_by: row.get("closed_by")?,
    })
}
