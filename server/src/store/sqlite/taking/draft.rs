//! New items before they are stored: everything that writing them needs, and what was written.

use std::{num::NonZero, thread};

use linecrew_protocol::{
    Automerge, Refusal,
    ids::DocumentId,
    model::{
        command::{Author, Written},
        document::{Meta, SCHEMA},
        history::Receipts,
        reference::Reference,
        work::{
            Order, Priority, WorkCommand, WorkEvent, WorkKind,
            command::{execute, open},
            view::view,
        },
    },
    time::Timestamp,
};

use super::{
    super::{author::author, batch::Batch, commit::Projection, numbers},
    Plan,
};
use crate::store::TakeOrder;

/// Items written by one processor. Fewer are not worth a thread (20 µs against 1 ms an item).
const SHARE: usize = 16;

/// An item to be written.
pub(super) struct Draft {
    pub(super) meta: Meta,
    pub(super) order: Order,
    author: Author,
    booked: Option<(Timestamp, Author)>,
    now: Timestamp,
}

/// An item that was written.
pub(super) struct Drawn {
    pub(super) draft: Draft,
    /// One for each of the draft's authors.
    pub(super) changes: Vec<Written>,
    pub(super) projection: Projection,
}

impl Draft {
    /// Draws the numbers that the item needs.
    pub(super) fn new(batch: &Batch<'_>, request: &TakeOrder, kind: &dyn WorkKind, mut order: Order) -> rusqlite::Result<Self> {
        let (transaction, desk, now) = (batch.transaction, batch.desk, request.now);
        order.number = numbers::next(transaction, now, desk.settings.utc_offset_minutes)?;
        let (id, kind) = (DocumentId::new(now, rand::random()), kind.describe().name.to_owned());
        let meta = Meta { id, kind, schema: SCHEMA, district: request.district, created: now };
        let author = || author(transaction, desk, &request.by, &request.by_name, now);
        let (opening, booked) = (author()?, request.appointment);
        let booked = booked.map(|appointment| author().map(|author| (appointment, author))).transpose()?;
        Ok(Self { meta, order, author: opening, booked, now })
    }

    /// Smaller goes first in a state transfer.
    pub(super) fn priority(&self) -> i64 {
        match self.order.priority {
            Priority::Urgent => 0,
            Priority::Normal => 1,
        }
    }

    /// Who writes each change.
    pub(super) fn authors(&self) -> impl Iterator<Item = &Author> {
        std::iter::once(&self.author).chain(self.booked.as_ref().map(|(_, author)| author))
    }

    fn draw(self, reference: &Reference) -> Result<Drawn, Refusal> {
        let mut changes = vec![open(&self.meta, &self.order, &self.author)?];
        if let (Some((appointment, author)), Some(opened)) = (&self.booked, changes.first()) {
            let booked = WorkCommand::Record(WorkEvent::Booked { appointment: *appointment, reason: None });
            changes.push(execute(&opened.document, &booked, author, reference)?);
        }
        let receipts: Receipts = changes.iter().map(|written| (written.change.hash(), self.now)).collect();
        let nothing = Automerge::new();
        let (view, standing) = view(changes.last().map_or(&nothing, |written| &written.document), &receipts)?;
        Ok(Drawn { draft: self, changes, projection: Projection { view, standing } })
    }
}

/// Writes all drafts, on several processors when there are many.
pub(super) fn draw_all(plans: Vec<Plan<Draft>>, reference: &Reference) -> Vec<Plan<Result<Drawn, Refusal>>> {
    let draw = |plan: Plan<Draft>| match plan {
        Plan::Settled(taken) => Plan::Settled(taken),
        Plan::Later => Plan::Later,
        Plan::Write(draft) => Plan::Write(draft.draw(reference)),
    };
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let share = plans.len().div_ceil(processors).max(SHARE);
    if plans.len() <= share {
        return plans.into_iter().map(draw).collect();
    }
    let mut shares: Vec<Vec<Plan<Draft>>> = Vec::new();
    let mut plans = plans.into_iter().peekable();
    while plans.peek().is_some() {
        shares.push(plans.by_ref().take(share).collect());
    }
    thread::scope(|scope| {
        let threads: Vec<_> = shares.into_iter().map(|share| scope.spawn(|| share.into_iter().map(draw).collect::<Vec<_>>())).collect();
        // A panic goes on here, as it would have without threads.
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
