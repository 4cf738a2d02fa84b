//! What an accepted event means for other documents: written in the transaction that accepts it, so that no reader sees one without the
//! other.

use linecrew_protocol::{
    ids::DocumentId,
    model::work::{Standing, WorkEvent, kind::MeterClaim},
};

use super::{batch::Batch, meters};

/// What follows from an event.
#[derive(Debug, Default)]
pub(super) struct Consequences {
    /// What the item says of meters, and the number it is known by.
    claims: Vec<MeterClaim>,
    number: String,
    /// The item that goes on, and what it has to be told.
    joined: Option<(DocumentId, Vec<WorkEvent>)>,
}

impl Consequences {
    /// Of an event on the item that stands like this, before it or after.
    pub(super) fn of(standing: &Standing, event: &WorkEvent) -> Self {
        match event {
            WorkEvent::Own { step, body } => {
                Self { claims: standing.kind.meters(step, body), number: standing.order.number.clone(), joined: None }
            }
            WorkEvent::Linked { to } => Self { joined: Some((*to, reports(standing))), ..Self::default() },
            _ => Self::default(),
        }
    }

    /// Records them, once the event of `document` is stored.
    pub(super) fn carry_out(self, batch: &mut Batch<'_>, document: DocumentId) -> rusqlite::Result<()> {
        for claim in &self.claims {
            claimed(batch, (document, &self.number), claim)?;
        }
        let Some((to, reports)) = self.joined else { return Ok(()) };
        batch.open(to)?;
        reports.into_iter().try_for_each(|report| batch.record_own(to, report))
    }
}

/// Rule 10: who says something of a meter that another item has said already is told so, and the other item too. Once, because a claim is
/// only new once.
fn claimed(batch: &mut Batch<'_>, (document, number): (DocumentId, &str), claim: &MeterClaim) -> rusqlite::Result<()> {
    if !meters::claim(batch.transaction, claim, document)? {
        return Ok(());
    }
    for (other, other_number) in meters::others(batch.transaction, claim, document)? {
        let MeterClaim { serial, side } = claim.clone();
        batch.open(other)?;
        batch.record_own(other, WorkEvent::MeterClaimed { serial: serial.clone(), side, other: document, number: number.to_owned() })?;
        batch.record_own(document, WorkEvent::MeterClaimed { serial, side, other, number: other_number })?;
    }
    Ok(())
}

/// Rule 15: the item that goes on learns who reported, also those who were linked to this item before.
fn reports(standing: &Standing) -> Vec<WorkEvent> {
    let own = WorkEvent::ReportJoined {
        from: standing.snapshot.meta.id,
        number: standing.order.number.clone(),
        reported_at: standing.order.reported_at,
        customer: standing.order.customer.name.clone(),
    };
    let before = standing.fold.reporters.iter().map(|reporter| WorkEvent::ReportJoined {
        from: reporter.document,
        number: reporter.number.clone(),
        reported_at: reporter.reported_at,
        customer: reporter.customer.clone(),
    });
    std::iter::once(own).chain(before).collect()
}
