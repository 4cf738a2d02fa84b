//! The HTTP side as callers meet it: a real server on a free port, a real store, raw sockets.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "a test may panic")]

mod accept;
mod assets;
mod bodies;
mod client;
mod collection;
mod collector;
mod enrolment;
mod exposure;
mod faults;
mod fitter;
mod handset;
mod invites;
mod keys;
mod kinds;
mod log;
mod login;
mod oidc;
mod phones;
mod quarantine;
mod receivables;
mod renewal;
mod roles;
mod roster;
mod server;
mod sessions;
mod socket;
mod stream;
mod tokens;
mod verify;
mod work;
