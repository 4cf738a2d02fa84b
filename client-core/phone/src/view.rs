//! What commands print: pure functions from what the client answers to text.

mod body;
mod clock;
mod edits;
mod form;
mod inbox;
mod item;
mod link;
mod list;
mod money;
mod next;
mod questions;
mod record;
mod safety;
mod signature;
mod why;

pub(crate) use edits::edits;
pub(crate) use form::form;
pub(crate) use inbox::inbox;
pub(crate) use item::{Shown, item};
pub(crate) use link::{link, stop, transport};
pub(crate) use list::list;
pub(crate) use money::{books, due, entered, issued, receipts, session, session_in_hand};
pub(crate) use next::next;
pub(crate) use safety::{outcome, safety, saved, status, sync_report};
pub(crate) use why::why;
