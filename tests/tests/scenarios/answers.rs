//! How the surface's records are written.

use linecrew_ffi::{Account, Edit, EditState, SavedEdit, Status, SyncOutcome, WorkItem};

use crate::labels::{Labels, known, line, listed, maybe, number, text, variant};

pub(crate) fn account(labels: &Labels, it: Account) -> String {
    line(
        "account",
        &[
            ("person", labels.name_of(it.person)),
            ("name", text(it.name)),
            ("username", text(it.username)),
            ("roles", listed(it.roles.iter().map(variant))),
            ("crew", maybe(it.crew, |crew| labels.name_of(crew))),
            ("crew_name", maybe(it.crew_name, text)),
            ("signed_in", it.signed_in.to_string()),
            ("signed_in_until", known(it.signed_in_until)),
        ],
    )
}

pub(crate) fn saved(labels: &Labels, it: SavedEdit) -> String {
    line(
        "saved",
        &[
            ("device_seq", it.device_seq.to_string()),
            ("document", labels.name_of(it.document)),
            ("kind", it.kind),
            ("state", maybe(it.state, text)),
            ("phase", maybe(it.phase, |phase| variant(&phase))),
        ],
    )
}

pub(crate) fn item(labels: &Labels, it: WorkItem) -> String {
    let edits = it.edits;
    line(
        "item",
        &[
            ("id", labels.name_of(it.id)),
            ("number", number(it.number)),
            ("kind", it.kind),
            ("state", it.state),
            ("phase", variant(&it.phase)),
            ("priority", variant(&it.priority)),
            ("crew", maybe(it.crew, |crew| labels.name_of(crew))),
            ("lead", maybe(it.lead, |lead| labels.name_of(lead))),
            ("customer", text(it.customer.name)),
            ("phone", maybe(it.customer.phone, text)),
            ("account", maybe(it.customer.account, text)),
            ("arrears_fen", maybe(it.customer.arrears_fen, |fen| fen.to_string())),
            ("address", text(it.site.address)),
            ("street_code", maybe(it.site.street_code, text)),
            ("about", text(labels.within(&it.about.0.to_string()))),
            ("appointment", known(it.appointment)),
            ("next", listed(it.next)),
            ("questions", it.questions.to_string()),
            ("edits", format!("{}/{}/{}/{}", edits.saved_here, edits.sent, edits.safe, edits.needs_attention)),
            ("withdrawn", maybe(it.withdrawn, text)),
            ("damaged", it.damaged.to_string()),
        ],
    )
}

pub(crate) fn edit(labels: &Labels, it: Edit) -> String {
    line(
        "edit",
        &[
            ("device_seq", it.device_seq.to_string()),
            ("document", labels.name_of(it.document)),
            ("number", maybe(it.number, number)),
            ("kind", it.kind),
            ("state", edit_state(&it.state)),
        ],
    )
}

pub(crate) fn edit_state(state: &EditState) -> String {
    match state {
        EditState::NeedsAttention { reason } | EditState::Withdrawn { reason } => format!("{}:{reason}", variant(state)),
        EditState::SavedHere | EditState::Sent | EditState::Safe { .. } => variant(state),
    }
}

pub(crate) fn status(labels: &Labels, it: Status) -> Vec<String> {
    let status = line(
        "status",
        &[
            ("saved_here", it.saved_here.to_string()),
            ("sent", it.sent.to_string()),
            ("oldest_pending_at", known(it.oldest_pending_at)),
            ("safe", it.safe.to_string()),
            ("safe_since", known(it.safe_since)),
            ("needs_attention", it.needs_attention.to_string()),
            ("last_contact", known(it.last_contact)),
            ("documents", it.documents.to_string()),
            ("forms", it.forms.to_string()),
            ("books", it.books.to_string()),
            ("receivables", it.receivables.to_string()),
            ("entries_here", it.entries_here.to_string()),
            ("entries_refused", it.entries_refused.to_string()),
            ("unreadable", it.unreadable.to_string()),
            ("damaged", it.damaged.to_string()),
            ("locked", it.locked.to_string()),
        ],
    );
    let feeds = it.feeds.into_iter().map(|feed| {
        line(
            "feed",
            &[
                ("feed", labels.within(&feed.feed)),
                ("cursor", known(feed.cursor)),
                ("documents", feed.documents.to_string()),
                ("transferring", feed.transferring.to_string()),
            ],
        )
    });
    [status].into_iter().chain(feeds).collect()
}

pub(crate) fn synced(it: SyncOutcome) -> String {
    // How far a sync came that stopped early is chance.
    let far = |number: u64| if it.stopped.is_none() { number.to_string() } else { "?".to_owned() };
    line(
        "synced",
        &[
            ("pushed", far(it.pushed)),
            ("accepted", it.accepted.to_string()),
            ("quarantined", it.quarantined.to_string()),
            ("received", far(it.received)),
            ("still_pending", maybe(it.still_pending, |pending| pending.to_string())),
            ("equal", maybe(it.equal, |equal| equal.to_string())),
            ("stopped", maybe(it.stopped, |stopped| stopped.code)),
        ],
    )
}
