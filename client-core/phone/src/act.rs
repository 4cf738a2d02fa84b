//! Edits: saved here first, then, if it can be, brought to the server.

use std::time::Duration;

use linecrew_client::{Client, EditStatus, EditsFilter, KeyUnavailable, SavedEdit, driver::SyncStop, protocol::ids::DocumentId};

use crate::{args::Edit, failure::Failure, page::Page, phone::Phone, syncing::unless_revoked, view};

mod exchange;
mod files;
mod hints;
mod plain;
mod typed;

/// How long an edit's command tries to reach the server. A person waits for this.
const TRY_FOR: Duration = Duration::from_secs(3);

/// A command that waits for its item.
type Command = Box<dyn FnOnce(&Client, DocumentId) -> Result<SavedEdit, Failure>>;

/// What somebody typed: the item's name, the step that it means, and the command.
pub(crate) struct Typed {
    item: String,
    step: String,
    command: Command,
}

impl Typed {
    fn new(item: String, step: &str, command: impl FnOnce(&Client, DocumentId) -> Result<SavedEdit, Failure> + 'static) -> Self {
        Self { item, step: step.to_owned(), command: Box::new(command) }
    }
}

/// Saves the edit, says so, and tries to bring it to the server.
pub(crate) async fn act(phone: &Phone, page: &Page, offline: bool, edit: Edit) -> Result<(), Failure> {
    let Typed { item: typed, step, command } = plain::typed(edit, page)?;
    let item = phone.find(&typed)?;
    let kind = phone.client.item(item)?.map(|item| item.view.row.kind);
    let edit = command(&phone.client, item).map_err(|failure| hints::advised(failure, phone, page, item, &typed, &step))?;
    // Said before anything else is tried: from here on it is kept, whatever happens.
    print!("{}", view::saved(page, &phone.number(item)?, kind.as_deref(), &edit));
    let stopped = if offline { None } else { try_to_send(phone).await? };
    let status = phone.status()?;
    print!("{}", view::outcome(page, whereabouts(phone, &edit)?.as_ref(), status.pending(), stopped.as_ref()));
    Ok(())
}

/// Why it could not be sent, if it was not.
///
/// # Errors
/// The office has revoked this phone, and it is wiped.
pub(crate) async fn try_to_send(phone: &Phone) -> Result<Option<SyncStop>, Failure> {
    unless_revoked(match phone.driver() {
        Ok(driver) => driver.sync_once(TRY_FOR).await.stopped,
        Err(Failure::NotSignedIn) => Some(SyncStop::NeedsSignIn),
        Err(Failure::Key(error)) => Some(SyncStop::KeyUnavailable(KeyUnavailable::because(error))),
        Err(_) => None,
    })
}

/// Where the edit is now. A rebase may have made it again under another number: then the event tells.
fn whereabouts(phone: &Phone, edit: &SavedEdit) -> Result<Option<EditStatus>, Failure> {
    let edits = phone.client.edits(EditsFilter { document: Some(edit.document), unsafe_only: false, newest: None })?;
    Ok(edits.into_iter().find(|known| known.event == edit.event).map(|known| known.status))
}
