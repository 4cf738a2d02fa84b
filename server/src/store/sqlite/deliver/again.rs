//! Judging a refused edit again, as it stands: by the same gate and rules, and under the number and in the place that it has in its phone's
//! chain.

use linecrew_protocol::{
    Reason, Refusal,
    ids::{DocumentId, InstallationId, PersonId},
    key::{ChainLink, Signature},
    model::person::Principal,
    time::Timestamp,
    wire::{Edit, Push},
};
use rusqlite::{Row, Transaction};

use super::{
    super::{Desk, batch::Batch, columns::read_counter, edits, installations, people, quarantine},
    Admission, Care, Grounds, Inspection,
};
use crate::{
    admission::Right,
    store::{Delivery, Effects},
};

/// A refused edit that deserves another judgement.
pub(in super::super) struct Again {
    pub(in super::super) installation: InstallationId,
    pub(in super::super) device_seq: u64,
    /// Who had sent it.
    pub(in super::super) person: PersonId,
    pub(in super::super) edit: Edit,
}

/// What became of it.
pub(in super::super) enum Judged {
    /// It is accepted, and no longer in quarantine.
    Accepted(Effects),
    /// It stays, for this reason and building on that refused edit. What it has raised stays as well: somebody has to look at it.
    Refused(Refusal, Option<u64>, Effects),
}

/// The columns `installation, device_seq, person, document, generation, bytes`.
pub(in super::super) fn read_again(row: &Row<'_>) -> rusqlite::Result<Again> {
    Ok(Again {
        installation: InstallationId::from_bytes(row.get("installation")?),
        device_seq: read_counter(row, "device_seq")?,
        person: PersonId::from_bytes(row.get("person")?),
        edit: Edit {
            document: DocumentId::from_bytes(row.get("document")?),
            generation: row.get("generation")?,
            change: row.get::<_, Vec<u8>>("bytes")?.into(),
            lost: None,
        },
    })
}

/// Judges a refused edit as if it came now.
pub(in super::super) fn judge_again(
    transaction: &Transaction<'_>,
    desk: &Desk,
    again: Again,
    (right, now): (Right, Timestamp),
) -> rusqlite::Result<Judged> {
    let Again { installation, device_seq, person, edit } = again;
    let Some(sender) = sender(transaction, installation, person, right)? else {
        let refusal = Refusal::new(Reason::Revoked, "this phone or its person may no longer write");
        return Ok(Judged::Refused(refusal, None, Effects::default()));
    };
    // Nothing is signed anew: the edit keeps the place in its phone's chain that it has.
    let push = Push { first_seq: device_seq, edits: vec![edit], previous: ChainLink::START, signature: Signature::from_bytes([0; 64]) };
    let push = Inspection::of(Delivery { principal: sender.clone(), push, now });
    let batch = Batch::new(transaction, desk, now)?;
    let principal = Some(sender);
    let mut admission =
        Admission { batch, push: &push, care: Care::Edits, principal, right, is_again: true, kept: false, next_seq: device_seq };
    for offered in &push.edits {
        match admission.admit(device_seq, offered)? {
            Ok(kept) => {
                edits::accept(transaction, installation, device_seq, &offered.content, (kept.received_at, kept.entry))?;
                quarantine::release(transaction, installation, device_seq, &offered.content)?;
            }
            Err(Grounds { refusal, depends_on }) => return Ok(Judged::Refused(refusal, depends_on, admission.batch.settle()?)),
        }
    }
    let effects = admission.batch.settle()?;
    Ok(Judged::Accepted(Effects { admitted: [installation].into(), ..effects }))
}

/// Who is behind it: with the rights of this moment, or, when the office decides, whatever became of them.
fn sender(
    transaction: &Transaction<'_>,
    installation: InstallationId,
    person: PersonId,
    right: Right,
) -> rusqlite::Result<Option<Principal>> {
    let Some(phone) = installations::find(transaction, installation)?.filter(|phone| phone.person == person) else { return Ok(None) };
    match right {
        Right::Sender if phone.revoked => Ok(None),
        Right::Sender => people::principal(transaction, person, installation),
        Right::Decision => Ok(Some(Principal { person, installation, grants: Vec::new(), crew: None })),
    }
}
