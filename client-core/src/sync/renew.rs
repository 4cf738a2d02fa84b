//! Another copy of this installation has written under its identity (a phone restored from a backup, a cloned phone): this one begins anew.

use std::collections::{BTreeMap, btree_map::Entry};

use linecrew_protocol::{Refusal, ids::DocumentId};
use rusqlite::Transaction;

use super::{
    Renewed, SyncError,
    rebase::{Rebase, note_refusal},
    refresh::refresh,
};
use crate::{
    authoring::{self, AuthorError, Working},
    client::Client,
    host,
    store::{account, change, inbox, installation, journal, outbox},
};

impl Client {
    /// Begins a new installation. Edits without an answer are made again under it, once, with their original evidence; answered ones are
    /// forgotten here (refused ones stay in the inbox). Numbers and chain begin anew. A new enrolment is needed, since the tokens are bound to
    /// the old installation.
    ///
    /// # Errors
    /// The store failed; nothing was changed.
    pub fn renew_installation(&self) -> Result<Renewed, SyncError> {
        let host = self.host();
        self.write_unleased(move |transaction| {
            let rebase = Rebase { transaction, host: host.as_ref() };
            let fresh = host::new_installation(host.as_ref());
            let waiting = outbox::to_make_again(transaction)?;
            // In this order: the numbers of the old installation are free again before the first edit of the new one.
            inbox::forget_numbers(transaction)?;
            outbox::clear(transaction)?;
            journal::forget_edits(transaction)?;
            change::delete_pending(transaction)?;
            installation::renew(transaction, fresh)?;
            account::forget_tokens(transaction)?;
            let mut documents = BTreeMap::new();
            let mut edits = 0;
            for edit in waiting {
                let made = match rebuilt(transaction, &mut documents, edit.document)? {
                    Ok(working) => rebase.carry_out(working, &edit)?,
                    Err(damage) => {
                        note_refusal(&rebase, &edit, damage, true)?;
                        None
                    }
                };
                edits += u64::from(made.is_some());
            }
            for document in documents.into_keys() {
                refresh(transaction, document)?;
            }
            inbox::forget_numbers(transaction)?;
            Ok(Renewed { installation: fresh, edits })
        })
    }
}

/// The document as the server has accepted it, with the edits that were made again so far.
fn rebuilt<'d>(
    transaction: &Transaction<'_>,
    documents: &'d mut BTreeMap<DocumentId, Result<Working, Refusal>>,
    id: DocumentId,
) -> Result<Result<&'d mut Working, &'d Refusal>, SyncError> {
    let known = match documents.entry(id) {
        Entry::Occupied(known) => known.into_mut(),
        Entry::Vacant(vacant) => vacant.insert(match authoring::load(transaction, id) {
            Ok(working) => Ok(working),
            Err(AuthorError::Store(error)) => return Err(error.into()),
            Err(AuthorError::Damaged { damage, .. } | AuthorError::Refused(damage)) => Err(damage),
        }),
    };
    Ok(known.as_mut().map_err(|damage| &*damage))
}
