//! The server's answers to this phone's edits.

use std::collections::BTreeSet;

use linecrew_protocol::{
    Reason, Refusal,
    wire::{Acked, Outcome, Verdict},
};
use rusqlite::Transaction;

use super::{
    Stored, SyncError, custody,
    rebase::{Rebase, note_refusal},
};
use crate::{
    client::Client,
    store::{
        change::{self, Standing},
        inbox, installation,
        outbox::{self, OutboxEdit},
    },
};

impl Client {
    /// Stores what became of edits, and rebases the documents of refused ones once all their edits are answered.
    ///
    /// # Errors
    /// The store failed; nothing was stored.
    pub fn store_acked(&self, acked: Acked) -> Result<Stored, SyncError> {
        let host = self.host();
        self.write_unleased(move |transaction| {
            let rebase = Rebase { transaction, host: host.as_ref() };
            let mut documents = BTreeSet::new();
            for outcome in &acked.outcomes {
                let Some(edit) = outbox::find(transaction, outcome.device_seq)? else {
                    tracing::warn!(device_seq = outcome.device_seq, "an answer to an edit that this installation did not make");
                    continue;
                };
                documents.insert(edit.document);
                answer(&rebase, &edit, outcome)?;
            }
            for document in documents {
                rebase.settle(document)?;
            }
            Ok(Stored { next_seq: installation::next_device_seq(transaction)? })
        })
    }
}

fn answer(rebase: &Rebase<'_, '_>, edit: &OutboxEdit, outcome: &Outcome) -> Result<(), SyncError> {
    match &outcome.verdict {
        Verdict::Accepted => {
            accept(rebase.transaction, edit, outcome)?;
            custody::accepted(rebase, edit, outcome)
        }
        Verdict::Quarantined { reason, detail } => {
            let refusal = Refusal::new(*reason, detail.clone());
            outbox::quarantine(rebase.transaction, edit.device_seq, outcome.received_at, &refusal)?;
            if custody::refused(rebase.transaction, edit, &refusal)? {
                return Ok(());
            }
            // One that only depends on a refused one is made again by the rebase; nobody has to look at it yet. Of one that was made again
            // and whose first writing the office has admitted, nothing is missing.
            if !matches!(reason, Reason::DependsOnRefused | Reason::AlreadyRecorded) {
                note_refusal(rebase, edit, &refusal, false)?;
            }
            Ok(())
        }
    }
}

fn accept(transaction: &Transaction<'_>, edit: &OutboxEdit, outcome: &Outcome) -> Result<(), SyncError> {
    outbox::accept(transaction, edit.device_seq, outcome.received_at)?;
    change::set_standing(transaction, edit.document, edit.hash, Standing::Accepted, Some(outcome.received_at))?;
    Ok(inbox::forget_refusal(transaction, edit.device_seq)?)
}
