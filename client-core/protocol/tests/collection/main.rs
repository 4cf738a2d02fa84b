//! Field collection: the rules of a journal as stories, its identities as a property, and every way to lay hands on it.

#![expect(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may panic")]

mod documents;
mod identities;
mod stories;
mod tampering;
mod till;
