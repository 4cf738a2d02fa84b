//! Edits: saved here first, then, if it can be, brought to the server.

use std::time::Duration;

use linecrew_client::{
    Client, CommandError, EditStatus, EditsFilter, SavedEdit,
    driver::SyncStop,
    protocol::{ids::DocumentId, model::repair},
};

use crate::{
    args::{Action, Reason, Report},
    failure::Failure,
    page::Page,
    phone::Phone,
    view,
};

/// How long an edit's command tries to reach the server. A person waits for this.
const TRY_FOR: Duration = Duration::from_secs(3);

/// A command that waits for its item.
type Command = Box<dyn FnOnce(&Client, DocumentId) -> Result<SavedEdit, CommandError>>;

/// The item's name as typed and the command, when `action` is an edit.
pub(crate) fn command(action: Action, page: &Page) -> Result<Option<(String, Command)>, Failure> {
    let plain = |item: String, of: fn(&Client, DocumentId) -> Result<SavedEdit, CommandError>| (item, Box::new(of) as Command);
    Ok(Some(match action {
        Action::Accept(at) => plain(at.item, Client::accept),
        Action::Depart(at) => plain(at.item, Client::depart),
        Action::Arrive(at) => plain(at.item, Client::arrive),
        Action::Start(at) => plain(at.item, Client::start_work),
        Action::Resume(at) => plain(at.item, Client::resume),
        Action::Restore(said) => reported(said, page, Client::restore)?,
        Action::Complete(said) => reported(said, page, Client::complete)?,
        Action::Decline(said) => reasoned(said, |client, item, reason| client.decline(item, reason)),
        Action::Suspend(said) => reasoned(said, |client, item, reason| client.suspend(item, reason)),
        Action::NotDone(said) => reasoned(said, |client, item, reason| client.not_done(item, reason)),
        Action::Note { item, text } => (item, Box::new(move |client, item| client.note(item, text))),
        Action::Material { item, name, quantity, unit } => {
            (item, Box::new(move |client, item| client.record_material(item, name, quantity, unit)))
        }
        _ => return Ok(None),
    }))
}

fn reasoned(said: Reason, of: fn(&Client, DocumentId, String) -> Result<SavedEdit, CommandError>) -> (String, Command) {
    (said.item, Box::new(move |client, item| of(client, item, said.reason)))
}

fn reported(
    said: Report,
    page: &Page,
    of: fn(&Client, DocumentId, repair::Report) -> Result<SavedEdit, CommandError>,
) -> Result<(String, Command), Failure> {
    let restored_at = said.restored_at.map(|text| page.clock.read(&text)).transpose()?;
    let report = repair::Report { cause: said.cause, remedy: said.remedy, restored_at, handler: said.handler };
    Ok((said.item, Box::new(move |client, item| of(client, item, report))))
}

/// Saves the edit, says so, and tries to bring it to the server.
pub(crate) async fn act(phone: &Phone, page: &Page, offline: bool, item: &str, command: Command) -> Result<(), Failure> {
    let item = phone.find(item)?;
    let edit = command(&phone.client, item)?;
    // Said before anything else is tried: from here on it is kept, whatever happens.
    print!("{}", view::saved(page, &phone.number(item)?, &edit));
    let stopped = if offline { None } else { try_to_send(phone).await };
    let status = phone.status()?;
    print!("{}", view::outcome(page, whereabouts(phone, &edit)?.as_ref(), status.pending(), stopped.as_ref()));
    Ok(())
}

async fn try_to_send(phone: &Phone) -> Option<SyncStop> {
    match phone.driver() {
        Ok(driver) => driver.sync_once(TRY_FOR).await.stopped,
        Err(Failure::NotSignedIn) => Some(SyncStop::NeedsSignIn),
        Err(_) => None,
    }
}

/// Where the edit is now. A rebase may have made it again under another number: then the event tells.
fn whereabouts(phone: &Phone, edit: &SavedEdit) -> Result<Option<EditStatus>, Failure> {
    let edits = phone.client.edits(EditsFilter { document: Some(edit.document), unsafe_only: false, newest: None })?;
    Ok(edits.into_iter().find(|known| known.event == edit.event).map(|known| known.status))
}
