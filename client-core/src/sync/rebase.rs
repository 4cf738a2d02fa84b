//! After a refusal: the document is rebuilt from what was accepted, and the commands that had only depended on the refused one are carried
//! out again, with the evidence of the moment when they were confirmed.

use linecrew_protocol::{
    Reason, Refusal,
    ids::DocumentId,
    model::{collection::Sealed, person::Principal},
};
use rusqlite::Transaction;

use super::{SyncError, leave::drop_document, refresh::refresh};
use crate::{
    authoring::{self, AuthorError, Moment, Working},
    command::Command,
    host::{self, Host},
    inbox::InboxBody,
    store::{
        account, book,
        change::{self, Standing},
        document, inbox, installation, journal,
        outbox::{self, OutboxEdit},
    },
};

pub(super) struct Rebase<'t, 'c> {
    pub(super) transaction: &'t Transaction<'c>,
    pub(super) host: &'t dyn Host,
}

impl Rebase<'_, '_> {
    /// Draws the conclusions from answers to edits of a document.
    pub(super) fn settle(&self, id: DocumentId) -> Result<(), SyncError> {
        let Some(held) = document::find(self.transaction, id)? else { return Ok(()) };
        if outbox::is_unanswered(self.transaction, id)? {
            return refresh(self.transaction, id);
        }
        let refused = outbox::to_rebase(self.transaction, id)?;
        if book::is_book(self.transaction, id)? {
            return self.settle_book(id, held.withdrawal.is_some(), &refused);
        }
        if held.withdrawal.is_some() {
            self.give_up(&refused)?;
            return drop_document(self.transaction, id);
        }
        if !refused.is_empty() {
            self.rebase(id, &refused)?;
        }
        refresh(self.transaction, id)
    }

    /// What was sealed goes to the server also when the book is no longer this phone's; it leaves when the server has all of it.
    fn settle_book(&self, id: DocumentId, is_withdrawn: bool, refused: &[OutboxEdit]) -> Result<(), SyncError> {
        if !refused.is_empty() {
            self.rebase(id, refused)?;
        }
        self.carry_what_is_not(id)?;
        if is_withdrawn && journal::is_elsewhere(self.transaction, id)? {
            return drop_document(self.transaction, id);
        }
        refresh(self.transaction, id)
    }

    /// Entries of a book that the server has lost, after the book had left this phone: with the book back, they go into it again.
    pub(super) fn carry_what_is_not(&self, id: DocumentId) -> Result<(), SyncError> {
        let entries = journal::not_carried(self.transaction, id)?;
        let Some(account) = account::find(self.transaction)?.filter(|_| !entries.is_empty()) else { return Ok(()) };
        let principal = account.principal(installation::current(self.transaction)?.id);
        entries.into_iter().try_for_each(|sealed| self.carry(id, &principal, sealed))
    }

    fn carry(&self, id: DocumentId, principal: &Principal, sealed: Sealed) -> Result<(), SyncError> {
        let (hash, Ok(entry)) = (sealed.hash(), sealed.read()) else { return Ok(()) };
        let moment = Moment { event: host::new_event(self.host), evidence: entry.at };
        let made = authoring::load(self.transaction, id)
            .and_then(|mut working| authoring::save(self.transaction, &mut working, principal, &Command::Collection(sealed), &moment));
        match made {
            Ok(saved) => Ok(journal::set_edit(self.transaction, &hash, Some(saved.device_seq))?),
            Err(AuthorError::Store(error)) => Err(error.into()),
            // It stays in the journal, and is tried again when the book comes whole.
            Err(AuthorError::Refused(refusal) | AuthorError::Damaged { damage: refusal, .. }) => {
                tracing::error!(document.id = %id, refusal.reason = %refusal.reason, "a sealed entry cannot be carried again");
                Ok(())
            }
        }
    }

    /// The item is another crew's now: there is nothing to carry the rest out on.
    fn give_up(&self, refused: &[OutboxEdit]) -> Result<(), SyncError> {
        for edit in refused {
            let refusal = edit.refusal.clone().unwrap_or_else(|| Refusal::new(Reason::Unknown, "refused"));
            note_refusal(self, edit, &refusal, false)?;
        }
        Ok(())
    }

    fn rebase(&self, id: DocumentId, refused: &[OutboxEdit]) -> Result<(), SyncError> {
        for edit in refused {
            change::set_standing(self.transaction, id, edit.hash, Standing::Refused, None)?;
        }
        document::next_generation(self.transaction, id)?;
        let mut working = match authoring::load(self.transaction, id) {
            Ok(working) => working,
            Err(AuthorError::Store(error)) => return Err(error.into()),
            Err(_) => return self.give_up(refused),
        };
        let depended = |edit: &&OutboxEdit| edit.refusal.as_ref().is_some_and(|refusal| refusal.reason == Reason::DependsOnRefused);
        for edit in refused.iter().filter(depended) {
            if let Some(again) = self.carry_out(&mut working, edit)? {
                outbox::replace(self.transaction, edit.device_seq, again)?;
            }
        }
        Ok(())
    }

    /// Carries a command out again; answers the new edit's number. When this phone's rules refuse it now, people are told.
    pub(super) fn carry_out(&self, working: &mut Working, edit: &OutboxEdit) -> Result<Option<u64>, SyncError> {
        let (Some((command, evidence)), Some(account)) = (&edit.origin, account::find(self.transaction)?) else { return Ok(None) };
        let principal = account.principal(installation::current(self.transaction)?.id);
        let moment = Moment { event: host::new_event(self.host), evidence: *evidence };
        match authoring::save(self.transaction, working, &principal, command, &moment) {
            Ok(saved) => {
                if let Command::Collection(sealed) = command {
                    journal::set_edit(self.transaction, &sealed.hash(), Some(saved.device_seq))?;
                }
                Ok(Some(saved.device_seq))
            }
            Err(AuthorError::Store(error)) => Err(error.into()),
            Err(AuthorError::Refused(refusal) | AuthorError::Damaged { damage: refusal, .. }) => {
                note_refusal(self, edit, &refusal, true)?;
                Ok(None)
            }
        }
    }
}

/// Puts a refused edit into the inbox, with everything that the person had confirmed.
pub(super) fn note_refusal(rebase: &Rebase<'_, '_>, edit: &OutboxEdit, refusal: &Refusal, by_this_phone: bool) -> Result<(), SyncError> {
    let Some((command, evidence)) = edit.origin.clone() else {
        tracing::warn!(device_seq = edit.device_seq, refusal.reason = %refusal.reason, "the server lost an edit whose item had left this phone");
        return Ok(());
    };
    let (device_seq, refusal) = (edit.device_seq, refusal.clone());
    let body = InboxBody::Refused { device_seq, command, evidence, refusal, by_this_phone };
    Ok(inbox::note(rebase.transaction, edit.document, rebase.host.wall(), &body)?)
}
