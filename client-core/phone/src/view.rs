//! What commands print: pure functions from what the client answers to text.

mod arrival;
mod edits;
mod inbox;
mod item;
mod link;
mod list;
mod safety;

pub(crate) use edits::edits;
pub(crate) use inbox::inbox;
pub(crate) use item::item;
pub(crate) use link::{link, stop};
pub(crate) use list::list;
pub(crate) use safety::{outcome, safety, saved, status, sync_report};
