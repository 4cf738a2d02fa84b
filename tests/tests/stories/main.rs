//! Stories of the field, told with real phones, real sockets and a real server.

mod absence;
mod board;
mod collection;
mod killed_server;
mod lost_answers;
mod other_stores;
mod privacy;
mod reassignment;
mod refusals;
mod revoked;
mod same_item;
mod secured;

use linecrew_protocol::{ids::DocumentId, ids::EventId, model::work::view::EventView};
use linecrew_server::store::BoardDetail;
use linecrew_tests::fleet::Fleet;

/// The item as the office sees it.
async fn detail(fleet: &Fleet, item: DocumentId) -> BoardDetail {
    fleet.office.detail(item).await.expect("the office sees the item")
}

/// The event in the item's history on the server; every event is there once or not at all.
async fn on_server(fleet: &Fleet, item: DocumentId, event: EventId) -> Option<EventView> {
    let mut history = detail(fleet, item).await.view.history;
    history.retain(|known| known.id == event);
    assert!(history.len() < 2, "event {event} is stored {} times", history.len());
    history.pop()
}
